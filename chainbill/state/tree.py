"""The authenticated state: a binary tree over 2^18 buckets of row hashes (docs/reference/state-and-proofs.md).

A row sits in the bucket named by the first 18 bits of H("state-key", key). The hash of a bucket is H("state-leaf", its
entries), also of an empty one; that of a node above, and of a bucket that is split, is H("state-node", left ‖ right).
The root depends on the content alone: any order of changes gives the same one.

Nodes down to the buckets lie in one bytearray in heap order (root at 1, children of i at 2i and 2i+1), so siblings are
neighbours. What is below a split bucket lies in rows of the store (see buckets).

The field's word: Merkle tree.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, repeat
from struct import Struct
from typing import NamedTuple

from chainbill.crypto.hashing import HASH_BYTES, domain_prefix, tagged_hash
from chainbill.errors import InternalFault, Reason, Refused
from chainbill.limits import KEPT_ROOTS, TREE_DEPTH
from chainbill.state.buckets import (
    BUCKET_BYTES,
    BUCKETS,
    BucketEdit,
    Edit,
    bucket_of,
    edit_entries,
    find_entries,
    hash_of_row,
    is_split,
    key_hash,
)
from chainbill.state.proof import StateProof, verify_proof
from chainbill.state.rows import row_hash
from chainbill.state.view import RowChange, View

__all__ = ["StateProof", "StateTree", "TreeDelta", "verify_proof"]

_KEY = domain_prefix("state-key")
_get_node, _put_node = Struct(f"{HASH_BYTES}s").unpack_from, Struct(f"{HASH_BYTES}s").pack_into
_NODE_HASH = sha256(domain_prefix("state-node"))
_EMPTY_LEAF = hash_of_row(b"")


@dataclass(frozen=True, slots=True)
class TreeDelta:
    """What one block changes in the tree.

    To be stored: `buckets`, rows of buckets and of their parts by node, and `leaves`; an empty row means that there is
    none any more. To be committed: `levels`, from the buckets up, changed nodes by heap index in ascending order.
    """

    base_root: bytes
    root: bytes
    buckets: dict[int, bytes]
    old_buckets: dict[int, bytes]
    levels: tuple[dict[int, bytes], ...]

    @property
    def leaves(self) -> dict[int, bytes]:
        """Hashes of changed buckets by node."""
        return self.levels[0] if self.levels else {}


class _OldLevel(NamedTuple):
    """What nodes of one level were: heap indices in ascending order, and the hashes joined."""

    indices: list[int]
    hashes: bytes


class _Undo(NamedTuple):
    root: bytes
    buckets: dict[int, bytes]
    levels: tuple[_OldLevel, ...]


class StateTree:
    """Inner nodes of the current root in memory, with what is needed to prove against the last 16 roots."""

    def __init__(self) -> None:
        self._nodes = bytearray(_empty_nodes())
        self._undo: deque[_Undo] = deque(maxlen=KEPT_ROOTS - 1)

    @property
    def root(self) -> bytes:
        """Root hash: 32 bytes."""
        return bytes(self._nodes[HASH_BYTES : 2 * HASH_BYTES])

    def is_empty(self, node: int) -> bool:
        """Whether a bucket, one of nodes 2^18 to 2^19 - 1, has no row in the newest state."""
        return self._nodes[node * HASH_BYTES : (node + 1) * HASH_BYTES] == _EMPTY_LEAF

    def build(self, leaf_rows: Iterable[tuple[int, bytes]]) -> None:
        """Start from stored hashes of buckets by node; undo records are forgotten."""
        nodes = bytearray(_empty_nodes())
        level: dict[int, bytes] = {}
        for index, leaf in leaf_rows:
            if not BUCKETS <= index < 2 * BUCKETS or len(leaf) != HASH_BYTES:
                raise InternalFault(Reason.TREE_BUCKET_MALFORMED, f"leaf row of node {index}")
            nodes[index * HASH_BYTES : (index + 1) * HASH_BYTES] = leaf
            level[index] = leaf
        level = dict(sorted(level.items()))
        while level and 1 not in level:
            level = _parents(nodes, level)
            for index, node in level.items():
                nodes[index * HASH_BYTES : (index + 1) * HASH_BYTES] = node
        self._nodes = nodes
        self._undo.clear()

    def stage(self, view: View, changes: Sequence[RowChange]) -> TreeDelta:
        """The delta of a block's changes, computed against `view` (the state of this root). Pure."""
        read = view.bucket
        old: dict[int, bytes] = {}
        new: dict[int, bytes] = {}
        edit = BucketEdit(read, old, new)
        below: dict[int, list[Edit]] = {}  # split buckets
        for key, _, raw, _, value in changes:
            hashed = sha256(_KEY + key).digest()
            node = BUCKETS | int.from_bytes(hashed[:3], "big") >> (24 - TREE_DEPTH)
            row = new.get(node)
            if row is None:
                row = new[node] = old[node] = read(node)
            hashed_row = None if raw is None else row_hash(key, raw, value)
            if is_split(row):
                below.setdefault(node, []).append((hashed, hashed_row))
            elif len(row := edit_entries(row, hashed, hashed_row)) > BUCKET_BYTES:
                edit.put(node, row)
            else:
                new[node] = row
        for node, edits in below.items():
            edit.apply(node, edits)
        buckets = {node: row for node in sorted(new) if (row := new[node]) != old[node]}
        leaves = {node: hash_of_row(row) for node, row in buckets.items() if node < 2 * BUCKETS}
        levels = self._levels(leaves)
        root = levels[-1][1] if levels else self.root
        return TreeDelta(self.root, root, buckets, {node: old[node] for node in buckets}, levels)

    def commit(self, delta: TreeDelta) -> None:
        """Take over a staged delta; every commit counts as one root, also one that changes nothing."""
        if delta.base_root != self.root:
            raise InternalFault(Reason.TREE_DELTA_STALE, "the delta was staged against another root")
        self._undo.append(_Undo(delta.base_root, delta.old_buckets, tuple(map(self._exchange, delta.levels))))

    def prove(self, view: View, key: bytes, height_offset: int = 0) -> StateProof:
        """Inclusion or absence of `key` under the root `height_offset` commits ago; `view` is the current state.

        Refused(proof_too_old) when undo records do not reach that far.
        """
        records = self._records(height_offset)

        def read(node: int) -> bytes:
            row = next((undo.buckets[node] for undo in records if node in undo.buckets), None)
            return view.bucket(node) if row is None else row

        hashed = key_hash(key)
        entries, siblings = find_entries(read, hashed)
        siblings.reverse()
        node = bucket_of(hashed)
        while node > 1:
            siblings.append(self._node_at(records, node ^ 1))
            node >>= 1
        return StateProof(entries, tuple(siblings))

    def _records(self, height_offset: int) -> list[_Undo]:
        """Undo records from the one of that root to the newest."""
        if height_offset:
            self._undo_at(height_offset)
        return list(self._undo)[len(self._undo) - height_offset :]

    def _undo_at(self, height_offset: int) -> _Undo:
        if not 0 < height_offset <= len(self._undo):
            raise Refused(Reason.PROOF_TOO_OLD, f"proofs reach back {len(self._undo)} roots", reach=len(self._undo))
        return self._undo[-height_offset]

    def _node_at(self, records: Sequence[_Undo], index: int) -> bytes:
        row = TREE_DEPTH + 1 - index.bit_length()
        for undo in records:
            if row < len(undo.levels):
                level = undo.levels[row]
                at = bisect_left(level.indices, index)
                if at < len(level.indices) and level.indices[at] == index:
                    return level.hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES]
        return bytes(self._nodes[index * HASH_BYTES : (index + 1) * HASH_BYTES])

    def _levels(self, leaves: dict[int, bytes]) -> tuple[dict[int, bytes], ...]:
        """Changed nodes from the leaves up to the root."""
        if not leaves:
            return ()
        level = leaves
        levels = [level]
        while 1 not in level:
            level = _parents(self._nodes, level)
            levels.append(level)
        return tuple(levels)

    def _exchange(self, level: dict[int, bytes]) -> _OldLevel:
        """Write a level's hashes, give back what was there."""
        nodes, places = repeat(self._nodes), [index * HASH_BYTES for index in level]
        old = b"".join(chain.from_iterable(map(_get_node, nodes, places)))
        deque(map(_put_node, nodes, places, level.values()), maxlen=0)  # a loop without a step of the interpreter
        return _OldLevel(list(level), old)


def _parents(nodes: bytearray, level: dict[int, bytes]) -> dict[int, bytes]:
    """Hashes of the parents of changed nodes; unchanged siblings come from `nodes`. Ascending in, ascending out."""
    parents: dict[int, bytes] = {}
    begin = _NODE_HASH.copy
    for index, node in level.items():
        hashed = begin()
        if index & 1:
            if index >> 1 in parents:
                continue
            start = (index - 1) * HASH_BYTES
            hashed.update(nodes[start : start + HASH_BYTES] + node)
        elif (right := level.get(index + 1)) is not None:
            hashed.update(node + right)
        else:
            start = (index + 1) * HASH_BYTES
            hashed.update(node + nodes[start : start + HASH_BYTES])
        parents[index >> 1] = hashed.digest()
    return parents


def _empty_nodes() -> bytes:
    """All nodes of the tree without rows; position 0 is unused."""
    hashes = [_EMPTY_LEAF]
    for _ in range(TREE_DEPTH):
        hashes.append(tagged_hash("state-node", hashes[-1], hashes[-1]))
    levels = [node * (1 << depth) for depth, node in enumerate(reversed(hashes))]
    return bytes(HASH_BYTES) + b"".join(levels)
