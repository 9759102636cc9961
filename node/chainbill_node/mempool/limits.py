"""Bounds of the pool; the whole is bounded by `limits.mempool_transactions` and `limits.mempool_bytes` of node.toml."""

from __future__ import annotations

from chainbill.limits import MAX_TRANSACTION_BYTES

LEAST_SHARE_TRANSACTIONS = 16
"""So many of one party may wait as long as there is any room at all."""
LEAST_SHARE_BYTES = MAX_TRANSACTION_BYTES
"""The same in bytes."""
ALONE_WAITING_GAS, FLOOD_WAITING_GAS = 32_000_000, 2_000_000
"""With so much gas as is expected of them, no further transactions of a party that floods wait: where it is alone a
second's work, else what two or three blocks take of it. More would be read by every node only to wait."""
WIRE_OVERHEAD_BYTES = 5
"""What a block's list adds to each wire at most."""
LEAST_WAITING = 400
"""So many transactions may wait before clients wait at the door, however slow the blocks are: some full blocks."""
WAITING_WITHIN_S = 0.5
"""Else as many as blocks lately took in this time."""
DOOR_WITHIN_S = 5.0
"""Who waits longer at the door is told to come back."""

# on their way in: at the door, or waiting to be verified
LEAST_UNVERIFIED = 2_000
"""There is room for so many, however small the pool is."""
LEAST_UNVERIFIED_BYTES = 16 * 1024 * 1024
"""The same in bytes: two batches of the largest size."""
MAX_KNOWN_ADDRESSES = 4_096
"""Addresses of which something was admitted lately; the one for which that is longest ago gives way."""
MOST_CREDIT = 64
"""So much of an address may be refused in a row before it is a stranger again, however much was good before."""
