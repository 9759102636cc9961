"""Broken storage and broken joining: one-place patches of production code, each switched on alone.

The scenes of `storage_scenes` pass without them, and a generic checker must fire with each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from chainbill_node.application.cached_view import CachedView
from chainbill_node.consensus.signer_memory import Recovered
from chainbill_node.driver.signer import Signer
from chainbill_node.storage.chain import layout
from chainbill_node.storage.chain.batch import Batch
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.chain.pruning import Pruner
from chainbill_node.storage.chain.rebuild import StateRebuild
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.storage.snapshots.restore import SnapshotTaker
from chainbill_node.sync.manifest import SnapshotManifest
from sim.mutants import Mutant


def batch_not_synced() -> AbstractContextManager[Any]:
    """The batch of a height is written, and nobody waits until it is on the disk."""

    def careless(self: LevelStore, puts: Any, deletes: Any = ()) -> None:
        with self._db.write_batch(transaction=True, sync=False) as batch:
            for key in deletes:
                batch.delete(key)
            for key, value in puts:
                batch.put(key, value)

    return patch.object(LevelStore, "write", careless)


def signer_frames_dropped_early() -> AbstractContextManager[Any]:
    """What was signed at a height goes from the signer file before the height is in the database."""

    def dropping(self: Signer, height: int) -> None:
        self.memory = Recovered(height, sign_from=self.memory.sign_from)
        self._said = (height, [])
        self._rewrite()

    return patch.object(Signer, "before_commit", dropping)


def height_in_another_batch() -> AbstractContextManager[Any]:
    """The state goes to the disk first, and which height it is of in a batch of its own."""
    write_block = ChainDatabase.write_block

    def in_two(self: ChainDatabase, write: Any) -> None:
        def split(puts: Any, deletes: Any = ()) -> None:
            head = [(key, value) for key, value in puts if key == layout.HEAD_KEY]
            whole([(key, value) for key, value in puts if key != layout.HEAD_KEY], deletes)
            whole(head)

        whole = self.store.write
        with patch.object(self.store, "write", split):
            write_block(self, write)

    return patch.object(ChainDatabase, "write_block", in_two)


def _puts_without(prefix: bytes) -> AbstractContextManager[Any]:
    """No row whose key begins so is written by a commit."""
    write_block = ChainDatabase.write_block

    def leaving_out(self: ChainDatabase, write: Any) -> None:
        def fewer(puts: Any, deletes: Any = ()) -> None:
            whole([(key, value) for key, value in puts if not key.startswith(prefix)], deletes)

        whole = self.store.write
        with patch.object(self.store, "write", fewer):
            write_block(self, write)

    return patch.object(ChainDatabase, "write_block", leaving_out)


def history_not_written() -> AbstractContextManager[Any]:
    """A row that is written over is gone."""
    return _puts_without(layout.HISTORY)


def used_id_not_stored() -> AbstractContextManager[Any]:
    """A block's transactions are not remembered as used."""
    return _puts_without(layout.TRANSACTION)


def receipts_not_stored() -> AbstractContextManager[Any]:
    """What came of a block's transactions is forgotten."""
    return _puts_without(layout.RECEIPTS)


def leaf_not_stored() -> AbstractContextManager[Any]:
    """The leaves of the state tree are not written, only its buckets."""
    return _puts_without(layout.LEAF)


def index_entry_not_written() -> AbstractContextManager[Any]:
    """New rows are listed nowhere."""
    return patch("chainbill_node.storage.chain.batch.index_entries", lambda change: [])


def deleted_row_left() -> AbstractContextManager[Any]:
    """A row that goes stays on the disk."""
    add_state = Batch.add_state

    def keeping(self: Batch, height: int, changes: Any, delta: Any) -> None:
        add_state(self, height, changes, delta)
        self.deletes.clear()

    return patch.object(Batch, "add_state", keeping)


def stale_cache() -> AbstractContextManager[Any]:
    """The cache of rows does not hear of commits."""
    return patch.object(CachedView, "committed", lambda self, changes, buckets: None)


@contextmanager
def chunk_hash_not_checked() -> Iterator[None]:
    """A snapshot's chunk is taken for the one that the manifest names, whatever its size."""
    with (
        patch.object(SnapshotManifest, "names", lambda self, index, chunk: True),
        patch.object(SnapshotTaker, "has_its_size", property(lambda self: True)),
    ):
        yield


class _LikeAnything(bytes):
    """Bytes that differ from nothing."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = bytes.__hash__


def snapshot_root_not_compared() -> AbstractContextManager[Any]:
    """The rows of a snapshot are believed, whatever root they have."""
    finish = StateRebuild.finish
    return patch.object(StateRebuild, "finish", lambda self: _LikeAnything(finish(self)))


def used_ids_of_a_snapshot_left_out() -> AbstractContextManager[Any]:
    """A newcomer does not take over which transactions are used up."""
    put = SnapshotTaker._put

    def leaving_out(self: SnapshotTaker, key: bytes, value: bytes) -> None:
        if not key.startswith(layout.TRANSACTION):
            put(self, key, value)

    return patch.object(SnapshotTaker, "_put", leaving_out)


def young_blocks_pruned() -> AbstractContextManager[Any]:
    """Pruning does not look at how old a block is."""
    return patch.object(Pruner, "_is_old", lambda self, height, old_ms: True)


def links_not_kept() -> AbstractContextManager[Any]:
    """With a pruned block goes what certifies the validator set that it named."""
    take = Pruner._take_block

    def forgetting(self: Pruner, height: int, puts: list[Any], deletes: list[bytes]) -> None:
        take(self, height, puts, deletes)
        puts[:] = [(key, value) for key, value in puts if not key.startswith(layout.LINK)]

    return patch.object(Pruner, "_take_block", forgetting)


MUTANTS: dict[str, Mutant] = {
    mutant.__name__.replace("_", " "): mutant
    for mutant in (
        batch_not_synced,
        signer_frames_dropped_early,
        height_in_another_batch,
        history_not_written,
        used_id_not_stored,
        receipts_not_stored,
        leaf_not_stored,
        index_entry_not_written,
        deleted_row_left,
        stale_cache,
        chunk_hash_not_checked,
        snapshot_root_not_compared,
        used_ids_of_a_snapshot_left_out,
        young_blocks_pruned,
        links_not_kept,
    )
}
