"""Chain database: what a commit writes, and what it is read back from at a start.

One height is one synced batch: state rows, buckets and leaf hashes of the state tree, history rows, index entries,
sums, the block with its certificate and receipts, the places of its transactions. Nothing else is ever written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chainbill.codec import decode_trusted
from chainbill.crypto.merkle import Frontier
from chainbill.ledger.block import Header, header_of
from chainbill.ledger.validators import ValidatorSet
from chainbill.state.buckets import BUCKETS
from chainbill.state.tree import StateTree, TreeDelta
from chainbill.state.view import RowChange
from chainbill_node.foundation.operator_error import Pair
from chainbill_node.storage.chain import layout
from chainbill_node.storage.chain.batch import Batch
from chainbill_node.storage.chain.derived import bring_up_to_date
from chainbill_node.storage.chain.history_log import log_rows
from chainbill_node.storage.chain.layout import bucket_key, height_key
from chainbill_node.storage.chain.records import HeightRecord, decode_validators, encode_validators
from chainbill_node.storage.store import FETCH_AGAIN, DiskError, Readable, Store, prefix_end

DAMAGED: Pair = (
    f"this data directory does not hold a whole chain; {FETCH_AGAIN[0]}",
    f"该数据目录不是完整的链；请{FETCH_AGAIN[1]}",
)
NO_SET: Pair = ("no validator set on disk", "磁盘上没有验证节点名单")


@dataclass(frozen=True, slots=True)
class BlockWrite:
    """What one height puts on the disk. Bytes are the canonical forms; `transaction_ids` in the order of the block.

    history: the log of the ids of the blocks before this one.
    """

    record: HeightRecord
    block: bytes
    certificate: bytes
    history: Frontier
    receipts: tuple[bytes, ...]
    transaction_ids: tuple[bytes, ...]
    changes: tuple[RowChange, ...]
    delta: TreeDelta
    next_validators: ValidatorSet


class LiveView:
    """The newest state as the core's `View`: rows, buckets and their parts as they are in the store."""

    def __init__(self, store: Readable) -> None:
        self._get = store.get
        self._range = store.range

    def get(self, key: bytes) -> bytes | None:
        """Stored row, None where there is none."""
        return self._get(b"s" + key)

    def scan(self, prefix: bytes, after: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """At most `limit` rows whose keys begin with `prefix` and are greater than `after`."""
        start = layout.STATE + (after + b"\x00" if after >= prefix and after else prefix)
        found: list[tuple[bytes, bytes]] = []
        for key, value in self._range(start, prefix_end(layout.STATE + prefix)):
            if len(found) >= limit:
                break
            found.append((key[1:], value))
        return found

    def bucket(self, node: int) -> bytes:
        """Row of a bucket of the state tree, or of a part of a split one, b"" when empty."""
        return self._get(bucket_key(b"b", node)) or b""


def _mend_of(found: str) -> Pair:
    """What to do about data of another format; nothing in it is damaged."""
    newer = found.isdecimal() and int(found) > int(layout.FORMAT)
    made_by, made_by_zh = ("a newer", "较新的") if newer else ("an older", "较旧的")
    return (
        f"the data was made by {made_by} release and is not damaged: start the node with that release, "
        "or move data/ away and let the node fetch the chain from its peers",
        f"数据由{made_by_zh}版本写入，并未损坏：请用该版本启动节点，或移走 data/，由节点向其他节点重新获取链数据",
    )


class ChainDatabase:
    """One chain in one store. Not thread-safe for writing; reads may come from other threads through snapshots."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.view = LiveView(store)
        self._newest_set: tuple[int, ValidatorSet] | None = None

    @property
    def empty(self) -> bool:
        """True before `write_genesis`."""
        return self.store.get(layout.FORMAT_KEY) is None

    def check_format(self, genesis_hash: bytes) -> None:
        """Raises DiskError when the store has another format or belongs to another chain."""
        found = self.store.get(layout.FORMAT_KEY)
        if found != layout.FORMAT:
            theirs = (found or b"").decode("ascii", "replace")
            ours = layout.FORMAT.decode()
            raise DiskError(
                (f"data format {theirs}, this release reads {ours}", f"数据格式为 {theirs}，本版本只读取 {ours}"),
                _mend_of(theirs),
            )
        if self.store.get(layout.GENESIS_KEY) != genesis_hash:
            raise DiskError(
                (
                    "the data directory belongs to another chain than genesis.json",
                    "data/ 目录与 genesis.json 不属于同一条链",
                ),
                (
                    "put back the genesis.json it was made with, or start with an empty data directory",
                    "请放回原来的 genesis.json，或使用空的数据目录",
                ),
            )

    def write_genesis(
        self,
        genesis_hash: bytes,
        record: HeightRecord,
        changes: tuple[RowChange, ...],
        delta: TreeDelta,
        validators: ValidatorSet,
        *,
        receipts: tuple[bytes, ...] = (),
    ) -> None:
        """Height 0: the state that the genesis makes, and the receipts of its making."""
        batch = Batch()
        batch.add_state(0, changes, delta)
        bring_up_to_date(batch, self.store, 0, changes)
        batch.put(layout.FORMAT_KEY, layout.FORMAT)
        batch.put(layout.GENESIS_KEY, genesis_hash)
        batch.put(height_key(layout.VALIDATORS, 1), encode_validators(validators))
        batch.put(height_key(layout.RECORD, 0), record.encode())
        batch.put(height_key(layout.RECEIPTS, 0), layout.pack_list(receipts))
        batch.put(layout.HEAD_KEY, layout.height_bytes(0))
        self.store.write(batch.puts, batch.deletes)

    def write_block(self, write: BlockWrite) -> None:
        """One height, one synced batch."""
        height = write.record.height
        batch = Batch()
        batch.add_state(height, write.changes, write.delta)
        bring_up_to_date(batch, self.store, height, write.changes)
        batch.put(height_key(layout.BLOCK, height), write.block)
        batch.put(height_key(layout.CERTIFICATE, height), write.certificate)
        batch.put(height_key(layout.RECEIPTS, height), layout.pack_list(write.receipts))
        batch.put(height_key(layout.RECORD, height), write.record.encode())
        batch.put(layout.BLOCK_ID + write.record.block_id, layout.height_bytes(height))
        batch.puts += log_rows(write.history, write.record.block_id)
        for place, identity in enumerate(write.transaction_ids):
            batch.put(layout.TRANSACTION + identity, layout.pack_location(height, place))
        changed = write.next_validators != self.validators(height + 1)
        if changed:
            batch.put(height_key(layout.VALIDATORS, height + 2), encode_validators(write.next_validators))
        batch.put(layout.HEAD_KEY, layout.height_bytes(height))
        self.store.write(batch.puts, batch.deletes)
        self._newest_set = None if changed else self._newest_set

    def head(self) -> HeightRecord:
        """Record of the newest height. Raises DiskError when the store is not whole."""
        raw = self.store.get(layout.HEAD_KEY)
        record = None if raw is None else self.record(int.from_bytes(raw, "big"))
        if record is None:
            raise DiskError(("the newest height is not there", "缺少最新高度"), DAMAGED)
        return record

    def record(self, height: int) -> HeightRecord | None:
        """Record of one height."""
        raw = self.store.get(height_key(layout.RECORD, height))
        return None if raw is None else HeightRecord.decode(raw)

    def validators(self, height: int) -> ValidatorSet:
        """The set that decides `height` (at most the newest height + 2)."""
        newest = self._newest_set
        if newest is None:
            newest = self._newest_set = newest_validators(self.store)
        return newest[1] if height >= newest[0] else validators_at(self.store, height)

    def block_bytes(self, height: int) -> tuple[bytes, bytes] | None:
        """(block, certificate) of one height, None where there is none."""
        block = self.store.get(height_key(layout.BLOCK, height)) if height > 0 else None
        certificate = self.certificate_bytes(height)
        return None if block is None or certificate is None else (block, certificate)

    def certificate_bytes(self, height: int) -> bytes | None:
        """The certificate of one height, None where there is none; height 0 has none."""
        return self.store.get(height_key(layout.CERTIFICATE, height))

    def header(self, height: int) -> Header | None:
        """Header of one height, also where the block is not kept."""
        block = self.store.get(height_key(layout.BLOCK, height))
        if block is not None:
            return header_of(block)
        raw = self.store.get(height_key(layout.HEADER, height))
        return None if raw is None else Header.from_fields(decode_trusted(raw))

    def is_used(self, transaction_id: bytes) -> bool:
        """True when the id is in a block already."""
        return self.store.get(b"t" + transaction_id) is not None

    def leaves(self) -> Iterator[tuple[int, bytes]]:
        """(node, hash) of every bucket that is not empty."""
        for key, leaf in self.store.range(layout.LEAF, prefix_end(layout.LEAF)):
            yield BUCKETS + int.from_bytes(key[1:], "big"), leaf

    def build_tree(self) -> StateTree:
        """The state tree of the newest height. Raises DiskError when its root is not the recorded one."""
        tree = StateTree()
        tree.build(self.leaves())
        head = self.head()
        if tree.root != head.app_hash:
            raise DiskError(
                (
                    f"the state of height {head.height} has another root than its record",
                    f"高度 {head.height} 的状态根与其记录不符",
                ),
                DAMAGED,
            )
        return tree


def lowest_height(source: Readable) -> int:
    """The lowest height that can be read."""
    return int.from_bytes(source.get(layout.LOWEST_KEY) or b"", "big")


def newest_validators(source: Readable) -> tuple[int, ValidatorSet]:
    """The newest set on disk and the height it acts from."""
    for key, raw in source.range(layout.VALIDATORS, prefix_end(layout.VALIDATORS), reverse=True):
        return int.from_bytes(key[1:], "big"), decode_validators(raw)
    raise DiskError(NO_SET, DAMAGED)


def validators_at(source: Readable, height: int) -> ValidatorSet:
    """The set that acts at `height`: the newest one written for a height not above it."""
    start = height_key(layout.VALIDATORS, 0)
    for _key, raw in source.range(start, height_key(layout.VALIDATORS, height + 1), reverse=True):
        return decode_validators(raw)
    raise DiskError(NO_SET, DAMAGED)
