"""Pruning: what lies below the lowest height that a node answers for is taken away, a little at a time.

Never taken away: the state, what is derived from it, validator sets and what certifies them (`T`), anything of the
last 24 hours of block time, and the last blocks that name who proposed. Headers and records stay for seven days,
because evidence may name them. First the lowest height is raised, in one synced batch with the blocks that go; then
history rows below it are swept out in key order. Safe beside commits: no key is written by both. What lies in the
order of heights is never written near again, so LevelDB would keep its room; now and then it is told to merge those
tables.
"""

from __future__ import annotations

from chainbill.codec import decode_trusted
from chainbill.ledger.block import Block, decode_block
from chainbill.ledger.environment import PROPOSERS_KEPT
from chainbill.ledger.transaction import decode_transaction
from chainbill.limits import KEPT_HEADERS_MS, KEPT_IDS_MS
from chainbill_node.storage.chain import layout
from chainbill_node.storage.chain.database import lowest_height
from chainbill_node.storage.chain.history_sweep import HistorySweep
from chainbill_node.storage.chain.layout import height_bytes, height_key
from chainbill_node.storage.chain.records import HeightRecord
from chainbill_node.storage.store import Store, prefix_end

HEIGHTS_A_STEP = 100
HEIGHTS_A_MERGE = 500  # each writes out memory too, which LevelDB would rather fill first
BY_HEIGHT = (layout.BLOCK, layout.CERTIFICATE, layout.RECEIPTS)


class Pruner:
    """Keeps the newest `keep_blocks` blocks (0: all of them) of one store."""

    def __init__(self, store: Store, keep_blocks: int) -> None:
        self._store = store
        self._keep = max(keep_blocks, PROPOSERS_KEPT) if keep_blocks else 0
        self._sweeps = (HistorySweep(store), HistorySweep(store, layout.SUM_HISTORY))

    def step(self) -> bool:
        """One bounded piece of work; True when there was something to take away. Raises DiskError."""
        if not self._keep:
            return False
        raised = self._raise_lowest()
        dropped = self._drop_headers()
        lowest = lowest_height(self._store)
        swept = [one.step(lowest) for one in self._sweeps] if lowest else []
        return raised or dropped or any(swept)

    def _head(self) -> HeightRecord:
        head = int.from_bytes(self._store.get(layout.HEAD_KEY) or b"", "big")
        record = self._record(head)
        if record is None:
            raise ValueError("the store has no newest height")
        return record

    def _record(self, height: int) -> HeightRecord | None:
        raw = self._store.get(height_key(layout.RECORD, height))
        return None if raw is None else HeightRecord.decode(raw)

    def _mark(self, key: bytes, otherwise: bytes) -> int:
        """Where the work of one kind stands; at first at the lowest height that has a row of the kind."""
        known = self._store.get(key)
        if known is not None:
            return int.from_bytes(known, "big")
        for row, _ in self._store.range(otherwise, prefix_end(otherwise)):
            return int.from_bytes(row[1:], "big")
        return 0

    def _raise_lowest(self) -> bool:
        """Take away the oldest blocks that may go, at most HEIGHTS_A_STEP of them."""
        head = self._head()
        old_ms = head.time_ms - KEPT_IDS_MS
        lowest = lowest_height(self._store)
        start = self._mark(layout.BLOCKS_KEY, layout.BLOCK)
        new = max(start, 1)
        until = min(head.height - self._keep, new + HEIGHTS_A_STEP)
        puts: list[tuple[bytes, bytes]] = []
        deletes: list[bytes] = []
        while new < until and self._is_old(new, old_ms):
            self._take_block(new, puts, deletes)
            new += 1
        if not deletes:
            return False
        puts.append((layout.BLOCKS_KEY, height_bytes(new)))
        puts.append((layout.LOWEST_KEY, height_bytes(max(lowest, new))))
        self._store.write(puts, deletes)
        if new // HEIGHTS_A_MERGE > start // HEIGHTS_A_MERGE:
            for prefix in BY_HEIGHT:
                self._store.compact(height_key(prefix, 0), height_key(prefix, new))
        return True

    def _is_old(self, height: int, old_ms: int) -> bool:
        """Whether a block and the one after it, from which its state is certified, are older than a time."""
        following = self._record(height + 1)
        return following is not None and following.time_ms <= old_ms

    def _take_block(self, height: int, puts: list[tuple[bytes, bytes]], deletes: list[bytes]) -> None:
        raw = self._store.get(height_key(layout.BLOCK, height))
        if raw is None:
            return
        block: Block = decode_block(raw)
        puts.append((height_key(layout.HEADER, height), block.header.encode()))
        certificate = self._store.get(height_key(layout.CERTIFICATE, height))
        if certificate is not None and self._store.get(height_key(layout.VALIDATORS, height + 1)) is not None:
            link = layout.pack_link([block.header.fields(), decode_trusted(certificate)])
            puts.append((height_key(layout.LINK, height + 1), link))
        deletes.extend(height_key(prefix, height) for prefix in BY_HEIGHT)
        deletes.extend(layout.TRANSACTION + decode_transaction(wire).id for wire in block.signed)

    def _drop_headers(self) -> bool:
        """Headers and records that no evidence may name any more."""
        head = self._head()
        old_ms = head.time_ms - KEPT_HEADERS_MS
        limit = self._mark(layout.BLOCKS_KEY, layout.BLOCK)
        height = max(1, self._mark(layout.HEADERS_KEY, layout.HEADER))  # what is held of the genesis stays
        until = min(limit, height + HEIGHTS_A_STEP, head.height - PROPOSERS_KEPT)
        deletes: list[bytes] = []
        while height < until and self._is_old(height, old_ms):
            record = self._record(height)
            deletes.append(height_key(layout.HEADER, height))
            if record is not None:
                deletes.append(height_key(layout.RECORD, height))
                deletes.append(layout.BLOCK_ID + record.block_id)
            height += 1
        if not deletes:
            return False
        self._store.write([(layout.HEADERS_KEY, height_bytes(height))], deletes)
        return True
