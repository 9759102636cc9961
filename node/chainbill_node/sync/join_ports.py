"""What the world outside must offer to a newcomer that takes a snapshot (`snapshots`): the node's process and the
simulator do it in their own ways.
"""

from __future__ import annotations

from typing import Protocol

from chainbill_node.sync.manifest import SnapshotManifest
from chainbill_node.wire.messages import Message, PeerId


class JoinPorts(Protocol):
    """What a newcomer needs. A reason of "" is none: it went well."""

    def send(self, peer: PeerId, message: Message) -> None:
        """Queue a message; it may be lost."""

    def drop(self, peer: PeerId, reason: str) -> None:
        """Close the connection to a peer that lied."""

    def kept_manifest(self) -> SnapshotManifest | None:
        """The snapshot of which chunks are kept, None where none are."""

    def begin(self, manifest: SnapshotManifest, data: bytes, *, vouched: bool) -> str:
        """Offer this snapshot to an empty ledger: why it will not do. Chunks that are kept of another one go.

        vouched: more peers offer it than may lie. What is not may take no more than there is room for.
        """

    def keep(self, index: int, chunk: bytes) -> None:
        """Keep a chunk of the snapshot that was begun, also for a later attempt."""

    def kept(self, index: int) -> bytes | None:
        """A chunk of the snapshot that was begun, None where it is not here or not whole."""

    def take(self, index: int, chunk: bytes) -> str:
        """Give the ledger the next chunk: why it will not do."""

    def forget(self) -> None:
        """Keep nothing any more."""

    def left(self, peer: PeerId, height: int, why: str) -> None:
        """For the log: this peer was left for the next one."""

    def nobody(self) -> None:
        """For the log: a whole wait has passed, and nobody is there to be asked."""


class JoinedHome(Protocol):
    """The two things that make fetched data a node's own; each is on the disk when it returns."""

    def keep_intact(self, height: int) -> None:
        """Make the signer file one that allows no signature yet, unless it is intact."""

    def put_in_place(self) -> None:
        """Give the fetched database the name under which it is opened."""
