"""Snapshot calls of the Application Protocol: listing and loading from the folder, offering and applying."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import ChainbillError
from chainbill.ledger.genesis import Genesis
from chainbill.limits import FORMAT
from chainbill_node.application.protocol import SnapshotInfo, SnapshotOffer
from chainbill_node.storage.snapshots.restore import SnapshotTaker
from chainbill_node.storage.store import Store
from chainbill_node.sync.manifest import SnapshotManifest, decode_manifest
from chainbill_node.wire.limits import MAX_SNAPSHOTS
from chainbill_node.wire.messages import Chunk, Snapshots, WantChunk, WantSnapshots

UNREADABLE = (msgspec.MsgspecError, LookupError, TypeError, ValueError, AttributeError)


def snapshot_info(manifest: bytes, height: int, chunks: int) -> SnapshotInfo:
    """What an engine is told of a snapshot."""
    return SnapshotInfo(height, FORMAT, chunks, tagged_hash("snapshot", manifest), manifest)


class SnapshotShelf(Protocol):
    """Where finished snapshots lie (`storage.snapshots.folder` on disk)."""

    def manifests(self) -> list[tuple[SnapshotManifest, bytes]]:
        """Newest first, with their canonical bytes."""

    def chunk(self, height: int, index: int) -> bytes | None:
        """One chunk, None where there is none."""


class SnapshotSource(Protocol):
    """The two calls that serve others (`application.protocol.Application` has them)."""

    def list_snapshots(self) -> Sequence[SnapshotInfo]:
        """Newest first."""

    def load_snapshot_chunk(self, height: int, format: int, chunk: int) -> bytes | None:  # noqa: A002  as in ABCI
        """One chunk, None where there is none."""


def snapshot_answer(ledger: SnapshotSource, message: WantSnapshots | WantChunk) -> Snapshots | Chunk:
    """What a peer that asks for snapshots gets."""
    if isinstance(message, WantChunk):
        return Chunk(message.height, message.index, ledger.load_snapshot_chunk(message.height, FORMAT, message.index))
    return Snapshots(tuple([one.metadata for one in ledger.list_snapshots()[:MAX_SNAPSHOTS]]))


class SnapshotCalls:
    """`scratch` gives an empty store for the time of taking one in; `trusted`: what the operator knows.

    room: how many bytes a snapshot may unpack to, None: any number.
    """

    def __init__(
        self,
        folder: SnapshotShelf | None,
        scratch: Callable[[], Store] | None = None,
        trusted: tuple[int, bytes] | None = None,
        room: int | None = None,
    ) -> None:
        self.folder = folder
        self._room = room
        self._scratch = scratch
        self._trusted = trusted
        self._taker: SnapshotTaker | None = None
        self._genesis: Genesis | None = None

    def listed(self) -> tuple[SnapshotInfo, ...]:
        """Newest first."""
        found = [] if self.folder is None else self.folder.manifests()
        return tuple([snapshot_info(data, manifest.height, len(manifest.chunks)) for manifest, data in found])

    def chunk(self, height: int, format: int, chunk: int) -> bytes | None:  # noqa: A002  as in ABCI
        """One chunk, None where there is none."""
        return None if self.folder is None or format != FORMAT else self.folder.chunk(height, chunk)

    def offer(self, genesis: Genesis, snapshot: SnapshotInfo, store: Store) -> SnapshotOffer:
        """Check the chain of trust up to the snapshot's header; then chunks are taken into `store`, which is empty."""
        if self._scratch is None:
            return SnapshotOffer(False, "there is no room for a snapshot")
        try:
            self._taker = SnapshotTaker(
                decode_manifest(snapshot.metadata), genesis, store, self._scratch(), trusted=self._trusted,
                room=self._room,
            )  # fmt: skip
        except ChainbillError as error:
            return SnapshotOffer(False, str(error))
        self._genesis = genesis
        return SnapshotOffer(True, "")

    def apply(self, index: int, chunk: bytes) -> tuple[SnapshotOffer, Genesis | None]:
        """The next chunk; with the last one the genesis whose chain is complete now."""
        taker = self._taker
        if taker is None:
            return SnapshotOffer(False, "no snapshot was accepted"), None
        try:
            taker.take(index, chunk)
            if taker.missing is not None:
                return SnapshotOffer(True, ""), None
            taker.finish()
        except (
            ChainbillError,
            *UNREADABLE,
        ) as error:  # rows are read before they are believed
            self._taker = None
            return SnapshotOffer(False, str(error)), None
        self._taker = None
        return SnapshotOffer(True, ""), self._genesis
