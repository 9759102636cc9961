"""Bounds of the node's shell: who waits, slow clients. What is only one node's choice is in node.toml."""

from __future__ import annotations

# the way into the mempool
SLICE_TRANSACTIONS, SLICE_BYTES = 100, 128 * 1024
"""Of what came in together so much is looked at in one go, some 2 ms at most, before the event loop goes on."""
BATCH_TRANSACTIONS, BATCH_BYTES = 500, 32 * 1024
"""So much at most is verified and admitted as one batch: 90 transfers, or 16 of two thousand items each, 25 ms of a
processor, for which whoever comes then waits."""
BATCHES_AT_ONCE = 4
"""So many times as much where blocks are short of it, and nobody in the line floods: while a block is run, no further
batch begins, and the next block holds what was read meanwhile."""
PAUSE_AFTER_BATCH = 2
"""So many times as long as processors worked on a batch of sources that took much lately, no other of those is begun:
they take a third of one."""
OFFER_AGAIN_MS, MAX_OFFERED_AGAIN = 500, 50
"""What was handed in here and has waited so long is offered again each second, so many at most: far below the rate of
transactions at which a peer ends the connection."""
MAX_HOPELESS = 10_000
"""Transactions of peers of which it is remembered until the next block that they cannot be admitted."""
MAX_LISTENERS = 1_000
"""Clients that hand in the same bytes at the same time."""
MAX_WAITERS = 20_000
"""Clients that wait for a commit, a batch counts with each of its transactions; another one is told to come back."""

# questions of peers that take long
MAX_QUESTIONS_WAITING = 8
"""Of one peer; an honest one has one batch of blocks and four chunks of a snapshot under way at the most."""
PAUSE_AFTER_ANSWER = 3
"""So many times as long as an answer took, no other is begun: answering takes a quarter of the loop's time at most."""

# transactions that are tried out
TRY_GAS_A_SECOND = 3_000_000
"""Of all that are tried out: about a tenth of a core, at some 30 ns a gas."""
TRY_GAS_BURST = 6_000_000
TRY_CHECK_GAS = 5_000
"""What checking one before it is run counts: about 150 µs."""
TRY_WAITING, TRY_WAITING_OF_ONE = 64, 4
"""How many wait for their turn, in all and of one address or party."""
TRY_WITHIN_S = 5.0

# REST connections (their number is in node.toml)
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
REFUSED_S = 0.0005
"""What handing in is taken to have used that was refused: it is not measured, since most is not."""

METRICS_CONNECTIONS = 64
METRICS_BODY_BYTES = 1024 * 1024
"""Of the operator's own address."""

# threads
INTERPRETER_TURN_S = 0.0005
"""So long a thread may keep the interpreter while others want it. The event loop lets it go with each call of the
system, six times a connection: by Python's own 5 ms a thread that counts rows leaves it some thirty a second."""

# the log
SELDOM_S = 1.0
"""Of a warning that strangers can cause there is one line in so long."""
