"""Admission control between a client and the mempool: backpressure, rate limits, verification, simulation."""
