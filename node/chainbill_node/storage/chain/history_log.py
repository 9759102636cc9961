"""Block id log (a Merkle log), kept so that proofs over it cost O(log n) reads (docs/reference/storage.md).

Item i is the id of block i + 1; header h + 1 names the root over the ids of blocks 1 to h. The database keeps the root
of every full subtree under its level and index, about two rows a block, and never takes one away: whoever has them
proves that a block is under a header (inclusion), and that what a header names goes on from what an earlier one named
(consistency). A node that began from a snapshot of height h has the full subtrees of the first h ids only as far as
they are peaks: it proves blocks above h, and consistency from h on.

The field's word: transparency log.
"""

from __future__ import annotations

from chainbill.crypto.merkle import Frontier, consistency_proof, inclusion_proof
from chainbill_node.foundation.operator_error import Pair
from chainbill_node.storage.chain import layout
from chainbill_node.storage.ledger_reader import Future, Pruned
from chainbill_node.storage.store import FETCH_AGAIN, DiskError, Readable

DAMAGED: Pair = (
    f"the log of block ids is not whole; {FETCH_AGAIN[0]}",
    f"区块标识日志不完整；请{FETCH_AGAIN[1]}",
)

Rows = list[tuple[bytes, bytes]]


def log_key(level: int, index: int) -> bytes:
    """Key of the full subtree over 2^level ids from number index · 2^level on: prefix ‖ level (1) ‖ index (8)."""
    return layout.LOG + bytes((level,)) + index.to_bytes(layout.HEIGHT_BYTES, "big")


def log_rows(before: Frontier, block_id: bytes) -> Rows:
    """The rows that one more block id completes. Example: behind 3 ids, levels 0 (index 3), 1 (1) and 2 (0)."""
    completed = before.completed(block_id)
    return [(log_key(level, before.size >> level), root) for level, root in enumerate(completed)]


def peak_rows(frontier: Frontier) -> Rows:
    """The rows of a log of which only this is known."""
    return list(zip(_peak_keys(frontier.size), frontier.peaks, strict=True))


def frontier_of(source: Readable, height: int) -> Frontier:
    """The log of the ids of blocks 1 to `height`. Raises DiskError when a row is missing."""
    return Frontier(height, tuple([_root(source, key) for key in _peak_keys(height)]))


def log_begins(source: Readable) -> int:
    """The height of the snapshot from which the log goes on here, 0 where it begins with block 1."""
    return int.from_bytes(source.get(layout.LOG_KEY) or b"", "big")


class HistoryLog:
    """Proofs over the block ids up to the newest height of `source`, a snapshot or the store itself."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._head = int.from_bytes(source.get(layout.HEAD_KEY) or b"", "big")
        self._from = log_begins(source)

    @property
    def lowest_height(self) -> int:
        """The lowest height whose block id can be proved here, 1 where everything is."""
        return self._from + 1

    def inclusion(self, height: int, size: int) -> list[bytes]:
        """That the id of block `height` is one of the first `size`, whose root header size + 1 names.

        Raises Pruned for a height below `lowest_height`, Future for a size above the newest height.
        """
        self._require(height, self.lowest_height, size)
        return inclusion_proof(self._node, height - 1, size)

    def consistency(self, first: int, second: int) -> list[bytes]:
        """That the first `first` ids begin the first `second`: of what headers first + 1 and second + 1 name.

        Raises Pruned for a size below that of the log this node began with, Future above the newest height.
        """
        self._require(first, max(self._from, 1), second)
        return consistency_proof(self._node, first, second)

    def _require(self, least: int, lowest: int, most: int) -> None:
        if most > self._head:
            raise Future(most, lowest, self._head)
        if least < lowest:
            raise Pruned(least, lowest, self._head)

    def _node(self, level: int, index: int) -> bytes:
        return _root(self._source, log_key(level, index))


def _root(source: Readable, key: bytes) -> bytes:
    found = source.get(key)
    if found is None:
        raise DiskError((f"row {key.hex()} is missing", f"缺少行 {key.hex()}"), DAMAGED)
    return found


def _peak_keys(size: int) -> list[bytes]:
    """Keys of the full subtrees of a log of `size` items, the largest first. Example: 6 → levels 2 (0) and 1 (2)."""
    levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
    return [log_key(level, (size >> level) - 1) for level in levels]
