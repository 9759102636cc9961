"""The HTTP server under the REST interface: connection limits, slow clients, memory for bodies, request scheduling."""
