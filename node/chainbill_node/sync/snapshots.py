"""State sync: whose snapshot to take, chunk by chunk, and when to leave a peer for the next one. Pure.

First everybody is asked for offers; then the highest one is taken, a few chunks ahead, each asked for again if it does
not come. A peer that lies is dropped and asked nothing more; one that stalls, or no longer has a chunk, is only left.
Where offers failed and nobody lied, everybody is asked again, and the first offer is taken at once: a snapshot may have
made place for a newer one. The node's process (`joining`) and the simulator run this very class with other ports.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from chainbill.errors import Malformed
from chainbill_node.driver_ports import PeerId
from chainbill_node.sync.manifest import SnapshotManifest, decode_manifest
from chainbill_node.wire.messages import Chunk, Message, Snapshots, WantChunk, WantSnapshots

AHEAD = 4
AGAIN_MS = 3_000  # what was not answered is asked again
CHUNK_WITHIN_MS = 15_000
GATHER_MS = 1_000  # how long to wait for more offers after the first
EMPTY_MS = 3_000  # how long to wait for an offer after somebody said that it has none
ROUNDS = 20


class JoinPorts(Protocol):
    """What a newcomer needs. A reason of "" is none: it went well."""

    def send(self, peer: PeerId, message: Message) -> None:
        """Queue a message; it may be lost."""

    def drop(self, peer: PeerId, reason: str) -> None:
        """Close the connection to a peer that lied."""

    def begin(self, manifest: SnapshotManifest, data: bytes) -> str:
        """Throw away what was fetched so far, and offer this snapshot to an empty ledger: why it will not do."""

    def take(self, index: int, chunk: bytes) -> str:
        """Give the ledger the next chunk: why it will not do."""

    def left(self, peer: PeerId, height: int, why: str) -> None:
        """For the log: this peer's snapshot was given up."""


class JoinedHome(Protocol):
    """The two things that make fetched data a node's own; each is on the disk when it returns."""

    def follow_only(self, height: int) -> None:
        """Make the signer file one that allows no signature yet."""

    def put_in_place(self) -> None:
        """Give the fetched database the name under which it is opened."""


def adopt(home: JoinedHome, height: int) -> None:
    """First the signer file, then the data: after a crash in between the home is still empty, and nothing is signed."""
    home.follow_only(height)
    home.put_in_place()


@dataclass(frozen=True, slots=True)
class Offer:
    """A peer has this snapshot; `data`: the manifest's bytes."""

    peer: PeerId
    manifest: SnapshotManifest
    data: bytes


@dataclass(slots=True)
class _Taking:
    """The snapshot under way: chunks below `following` are taken, those below `asked` asked for."""

    offer: Offer
    until_ms: int
    again_ms: int
    following: int = 0
    asked: int = 0
    early: dict[int, bytes] = field(default_factory=dict)


class StateSync:
    """One attempt. `done` and `height` tell how it ended: at the height of a snapshot, or None where there is none.

    members: how many peers there may be. wait_ms: how long to wait for the first answer.
    """

    def __init__(self, ports: JoinPorts, now_ms: int, *, members: int, wait_ms: int) -> None:
        self._ports = ports
        self._members = members
        self._wait_ms = wait_ms
        self._peers: set[PeerId] = set()
        self._liars: set[PeerId] = set()
        self._offers: list[Offer] = []
        self._taking: _Taking | None = None
        self._rounds = 0
        self.done = False
        self.height: int | None = None
        self._gather(now_ms)

    @property
    def deadline_ms(self) -> int:
        """When `tick` has something to do, if no message comes before."""
        taking = self._taking
        return min(self._until_ms, self._again_ms) if taking is None else min(taking.until_ms, taking.again_ms)

    def joined(self, peer: PeerId) -> None:
        """A peer is connected."""
        self._peers.add(peer)
        if self._taking is None and not self.done:
            self._ports.send(peer, WantSnapshots())

    def gone(self, peer: PeerId, now_ms: int) -> None:
        """A peer is not connected any more."""
        self._peers.discard(peer)
        if self._taking is not None and self._taking.offer.peer == peer:
            self._leave("it is gone", now_ms)

    def receive(self, peer: PeerId, message: Message, now_ms: int) -> None:
        """An answer; everything else, and whatever was not asked for, is passed over."""
        if self.done or peer in self._liars:
            return
        if isinstance(message, Snapshots):
            self._take_offers(peer, message, now_ms)
        elif isinstance(message, Chunk):
            self._take_chunk(peer, message, now_ms)

    def tick(self, now_ms: int) -> None:
        """Time has passed."""
        taking = self._taking
        if self.done:
            return
        if taking is None:
            if now_ms >= self._until_ms or len(self._answered) >= self._members:
                self._next(now_ms)
            elif now_ms >= self._again_ms:
                self._ask_for_offers(now_ms)
        elif now_ms >= taking.until_ms:
            self._leave(f"chunk {taking.following} did not come", now_ms)
        elif now_ms >= taking.again_ms:
            taking.again_ms = now_ms + AGAIN_MS
            for index in range(taking.following, taking.asked):
                if index not in taking.early:
                    self._ports.send(taking.offer.peer, WantChunk(taking.offer.manifest.height, index))

    # ---- offers ----

    def _gather(self, now_ms: int) -> None:
        """Begin to ask around."""
        self._rounds += 1
        self._until_ms = now_ms + self._wait_ms
        self._answered: set[PeerId] = set()
        self._left = False
        self._ask_for_offers(now_ms)

    def _ask_for_offers(self, now_ms: int) -> None:
        self._again_ms = now_ms + AGAIN_MS
        for peer in sorted(self._peers - self._answered - self._liars):
            self._ports.send(peer, WantSnapshots())

    def _take_offers(self, peer: PeerId, message: Snapshots, now_ms: int) -> None:
        if self._taking is not None or peer in self._answered:
            return
        try:
            offers = [Offer(peer, decode_manifest(data), data) for data in message.manifests]
        except Malformed as error:
            self._lied(peer, str(error))
            return
        self._answered.add(peer)
        self._offers += offers
        gather_ms = GATHER_MS if self._rounds == 1 else 0
        self._until_ms = min(self._until_ms, now_ms + (gather_ms if self._offers else EMPTY_MS))
        self.tick(now_ms)

    def _next(self, now_ms: int) -> None:
        """The highest snapshot of a peer that has not lied; else ask again, or end without one."""
        while self._offers:
            offer = max(self._offers, key=lambda one: (one.manifest.height, one.peer))
            self._offers.remove(offer)
            why = self._ports.begin(offer.manifest, offer.data)
            if why:
                self._lied(offer.peer, why)
                continue
            self._taking = _Taking(offer, now_ms + CHUNK_WITHIN_MS, now_ms + AGAIN_MS)
            if offer.manifest.chunks:
                self._ask_ahead(self._taking)
                return
            self._taking = None
            self._lied(offer.peer, "it has no chunks")
        if self._left and self._rounds < ROUNDS:
            self._gather(now_ms)
        else:
            self.done = True

    # ---- chunks ----

    def _ask_ahead(self, taking: _Taking) -> None:
        manifest = taking.offer.manifest
        while taking.asked < min(len(manifest.chunks), taking.following + AHEAD):
            self._ports.send(taking.offer.peer, WantChunk(manifest.height, taking.asked))
            taking.asked += 1

    def _take_chunk(self, peer: PeerId, chunk: Chunk, now_ms: int) -> None:
        taking = self._taking
        if taking is None or (peer, chunk.height) != (taking.offer.peer, taking.offer.manifest.height):
            return
        if not taking.following <= chunk.index < taking.asked:
            return
        if chunk.data is None:
            self._leave(f"chunk {chunk.index} is not there any more", now_ms)
            return
        taking.early[chunk.index] = chunk.data
        while taking.following in taking.early:
            why = self._ports.take(taking.following, taking.early.pop(taking.following))
            if why:
                self._taking = None
                self._lied(peer, why)
                self._next(now_ms)
                return
            taking.following += 1
            taking.until_ms, taking.again_ms = now_ms + CHUNK_WITHIN_MS, now_ms + AGAIN_MS
        if taking.following == len(taking.offer.manifest.chunks):
            self.done, self.height, self._taking = True, taking.offer.manifest.height, None
        else:
            self._ask_ahead(taking)

    def _leave(self, why: str, now_ms: int) -> None:
        """Give up what is under way without blaming anybody."""
        taking = self._taking
        if taking is not None:
            self._ports.left(taking.offer.peer, taking.offer.manifest.height, why)
        self._taking, self._left = None, True
        self._next(now_ms)

    def _lied(self, peer: PeerId, why: str) -> None:
        self._liars.add(peer)
        self._offers = [offer for offer in self._offers if offer.peer != peer]
        self._ports.drop(peer, why)
