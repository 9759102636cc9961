"""Bounds of admission control: who waits, and for how long. What is only one node's choice is in node.toml."""

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
PAUSE_AFTER_STRANGERS = 9
"""The same for addresses that nothing good came from lately: they take a tenth of one."""
STRANGERS_SHARE, STRANGERS_BURST_S = 0.15, 0.005
"""Of the event loop's time, for batches from addresses that nothing good came from lately, piece by piece."""
STRANGERS_WAITING, STRANGERS_WAITING_OF_ONE = 1_000, 100
"""Of such batches, in all and from one address; they wait no longer than at the door."""
MAX_LISTENERS = 1_000
"""Clients that hand in the same bytes at the same time."""
MAX_WAITERS = 20_000
"""Clients that wait for a commit, a batch counts with each of its transactions; another one is told to come back."""

# transactions that are tried out
TRY_GAS_A_SECOND = 3_000_000
"""Of all that are tried out: about a tenth of a core, at some 30 ns a gas."""
TRY_GAS_BURST = 6_000_000
TRY_CHECK_GAS = 5_000
"""What checking one before it is run counts: about 150 µs."""
TRY_WAITING, TRY_WAITING_OF_ONE = 64, 4
"""How many wait for their turn, in all and of one address or party."""
TRY_WITHIN_S = 5.0
