"""Bounds of the pool; the whole is bounded by `limits.mempool_transactions` and `limits.mempool_bytes` of node.toml."""

from __future__ import annotations

from chainbill.limits import MAX_TRANSACTION_BYTES

LEAST_SHARE_TRANSACTIONS = 16
"""So many of one party may wait as long as there is any room at all."""
LEAST_SHARE_BYTES = MAX_TRANSACTION_BYTES
"""The same in bytes."""
WIRE_OVERHEAD_BYTES = 5
"""What a block's list adds to each wire at most."""
LEAST_WAITING = 400
"""So many transactions may wait before clients wait at the door, however slow the blocks are: some full blocks."""
WAITING_WITHIN_S = 0.5
"""Else as many as blocks lately took in this time."""
DOOR_WITHIN_S = 5.0
"""Who waits longer at the door is told to come back."""
AT_THE_DOOR = 10_000
"""So many wait at the door."""
