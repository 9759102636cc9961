"""Bounds of the pool; the whole is bounded by `limits.mempool_transactions` and `limits.mempool_bytes` of node.toml."""

from __future__ import annotations

from chainbill.limits import MAX_TRANSACTION_BYTES

LEAST_SHARE_TRANSACTIONS = 16
"""So many of one party may wait as long as there is any room at all."""
LEAST_SHARE_BYTES = MAX_TRANSACTION_BYTES
"""The same in bytes."""
WIRE_OVERHEAD_BYTES = 5
"""What a block's list adds to each wire at most."""
