"""Bounds of the HTTP server: slow clients, bodies, the event loop's time. How many connections: node.toml."""

from __future__ import annotations

ACCEPTED_AT_ONCE = 8
"""New connections taken in one turn of the event loop, some 60 µs each with all that begins with one."""
WAITING_CONNECTIONS = 2_048
"""So many the system keeps until they are taken; it tells others to come again."""
REQUEST_WITHIN_S = 10.0
"""From the first byte of a request, or from the connection, to the end of its headers."""
BODY_WITHIN_S = 60.0
READING_WITHIN_S = 30.0
"""How long a client may take nothing of an answer that is ready."""
KEEP_ALIVE_S = 30
MAX_HEADER_BYTES = 16 * 1024
MAX_HEADER_FIELDS = 100
"""A field of 5 bytes takes 140 in memory."""
MAX_TARGET_BYTES = 8_000
"""Of path and query: what everybody must support (RFC 9110, 4.1)."""
MAX_QUERY_FIELDS = 100
"""Whoever reads a query splits and decodes all its fields: 2 µs of the event loop each, more than once a request."""
MAX_PIPELINED = 16
"""Requests that a client sends before the answer to the first."""
HEADERS_READ_BYTES, BODY_READ_BYTES = 16 * 1024, 64 * 1024
"""Read from a connection at a time: so much may be there before anybody looks at it."""
LEAST_BODY_SHARE = 256 * 1024
"""So many bytes of bodies each address may hold as long as there is any room."""
LEAST_BODY_PROGRESS = 16 * 1024
"""Fewer bytes than so many in BODY_LOOK_S: a body stands still, and gives way where others need its room."""
BODY_LOOK_S = 1.0
ROOM_AGAIN_S = 0.005
"""After bodies have ended, those that wait for room are told within so long, all at once."""
LINGER_S = 2.0
"""How long what a client still sends is thrown away after a refusal, so that it can read why."""

REQUESTS_SHARE = 0.25
"""Of the event loop's time, for all requests that hand nothing in, or in vain, while blocks are made."""
REQUESTS_BURST_S = 0.05
"""Of the time that went by unused, so much counts."""
REQUESTS_PAUSE_S = 0.1
"""No longer is the next one put off for what was used."""
REQUEST_S = 0.0001
"""What reading a request takes beside answering it."""
REFUSED_S = 0.0002
"""What reading a request that hands in takes beside answering it, and is paid for only where it was in vain."""

METRICS_CONNECTIONS = 64
METRICS_BODY_BYTES = 1024 * 1024
"""Of the operator's own address."""
