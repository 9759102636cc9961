"""State sync: whose snapshot to take, chunk by chunk, and when to leave a peer for the next one. Pure.

First everybody is asked for offers. Then one snapshot is taken, before all others one that more peers offer than may
lie: what is in the chunks of a single one shows only after the last of them, and there may be 64 GiB. Next comes the
one of which an earlier attempt has kept chunks, then the highest. It is taken a few chunks ahead, each asked for again
if it does not come. Chunks that the manifest names are kept, so what was interrupted goes on with them, and so does the
next peer that offers the same. Of those that do the quickest is asked, and what any of them sends is taken. A peer that
lies is dropped and asked nothing more; one that stalls, or no longer has a chunk, is only left. Where offers failed and
nobody lied, everybody is asked again, and the first offer is taken at once: a snapshot may have made place for a newer
one. While nobody is there, and nobody has answered, there is nothing to decide, and it goes on trying: also when the
only peer goes away in the middle. The node's process (`process.state_sync`) and the simulator run this very class
with other ports.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from chainbill.errors import Malformed
from chainbill_node.sync.join_ports import JoinedHome, JoinPorts
from chainbill_node.sync.manifest import SnapshotManifest, decode_manifest
from chainbill_node.wire.messages import Chunk, Message, PeerId, Snapshots, WantChunk, WantSnapshots

AHEAD = 4
AGAIN_MS = 3_000  # what was not answered is asked again
CHUNK_WITHIN_MS = 15_000
UNKNOWN_MS = 1_000  # who takes longer for a chunk gives way to one that was not asked yet
GATHER_MS = 1_000  # how long to wait for more offers, once all who are there have answered or enough agree
EMPTY_MS = 3_000  # how long to wait for an offer after somebody said that it has none
ROUNDS = 20  # how often those who are there are asked
MAX_SNAPSHOTS = 256  # different ones looked at in one round
TAKEN_AT_ONCE = 8  # chunks that are here already, in one call


def adopt(home: JoinedHome, height: int) -> None:
    """First the signer file, then the data: after a crash in between the home is still empty, and nothing is signed."""
    home.keep_intact(height)
    home.put_in_place()


@dataclass(frozen=True, slots=True)
class Offer:
    """A peer has this snapshot; `data`: the manifest's bytes, with the signatures that this peer knows."""

    peer: PeerId
    manifest: SnapshotManifest
    data: bytes


@dataclass(slots=True)
class _Taking:
    """The snapshot under way, taken of the first of its offers: `following` is the next chunk, `asked` are under way,
    `here` are kept and not yet taken."""

    offers: list[Offer]
    until_ms: int = 0
    again_ms: int = 0
    following: int = 0
    asked: set[int] = field(default_factory=set)
    here: set[int] = field(default_factory=set)
    since_ms: int = 0
    pace_ms: dict[PeerId, int] = field(default_factory=dict)  # for the last chunk of each peer, or so far in vain

    @property
    def peer(self) -> PeerId:
        return self.offers[0].peer

    @property
    def manifest(self) -> SnapshotManifest:
        return self.offers[0].manifest

    def wait(self, now_ms: int) -> None:
        """Something came, or somebody else is asked."""
        self.until_ms, self.again_ms = now_ms + CHUNK_WITHIN_MS, now_ms + AGAIN_MS
        self.since_ms = now_ms

    def offers_it(self, peer: PeerId) -> bool:
        """Whether a peer is one of those that have it."""
        return any(one.peer == peer for one in self.offers)

    def turn(self, peer: PeerId, now_ms: int) -> bool:
        """A chunk of this peer has come, or none: whether from now on another one is asked, that is twice as quick."""
        self.pace_ms[peer] = max(0, now_ms - self.since_ms)
        self.since_ms = now_ms
        quickest = min(self.offers, key=lambda one: self.pace_ms.get(one.peer, UNKNOWN_MS))
        known_ms = self.pace_ms.get(quickest.peer)
        enough_ms = UNKNOWN_MS if known_ms is None else 2 * known_ms
        if quickest.peer == self.peer or self.pace_ms.get(self.peer, 0) <= enough_ms:
            return False
        self.offers.remove(quickest)
        self.offers.insert(0, quickest)
        return True


class StateSync:
    """One attempt. `done` and `height` tell how it ended: at the height of a snapshot, or None where there is none.

    members: how many peers there may be. wait_ms: how long to wait for the first answer, at least
    AGAIN_MS; it begins anew with the first peer that comes, and ends nothing while nobody is there.
    """

    def __init__(self, ports: JoinPorts, now_ms: int, *, members: int, wait_ms: int) -> None:
        self._ports = ports
        self._members = members
        self._may_lie = members // 3  # f of the validators that these and this node are
        self._wait_ms = max(wait_ms, AGAIN_MS)
        self._peers: set[PeerId] = set()  # connected, without liars
        self._liars: set[PeerId] = set()
        self._snapshots: list[list[Offer]] = []  # offers of the same snapshot together
        self._taking: _Taking | None = None
        self._rounds = 1
        self.done = False
        self.height: int | None = None
        self._gather(now_ms)

    @property
    def deadline_ms(self) -> int:
        """When `tick` has something to do, if no message comes before."""
        taking = self._taking
        return min(self._until_ms, self._again_ms) if taking is None else min(taking.until_ms, taking.again_ms)

    def joined(self, peer: PeerId, now_ms: int) -> None:
        """A peer is connected, maybe again: what it answered before may be true no more."""
        if self.done or peer in self._liars:
            return
        if not self._peers and not self._answered - self._liars:
            self._wait(now_ms)
        again = peer in self._peers  # a second connection in the place of the first
        if not again:
            self._peers.add(peer)
            self._answered.discard(peer)
        if self._taking is None:
            self._ports.send(peer, WantSnapshots())
        elif not again:
            self._ask_anew = True

    def gone(self, peer: PeerId, now_ms: int) -> None:
        """A peer is not connected any more."""
        self._peers.discard(peer)
        withdrawn = self._withdraw(peer)
        if withdrawn or self._taking is not None:
            self._ask_anew = True
        if self._taking is not None and self._taking.peer == peer:
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
            if now_ms >= self._until_ms or self._asked_all:
                self._next(now_ms)
            elif now_ms >= self._again_ms:
                self._ask_for_offers(now_ms)
        elif now_ms >= taking.until_ms:
            self._leave(f"snapshot_chunk_late: {taking.following}", now_ms)
        elif taking.following in taking.here:
            self._go_on(taking, now_ms)
        elif now_ms >= taking.again_ms:
            taking.again_ms = now_ms + AGAIN_MS
            taking.turn(taking.peer, now_ms)
            self._ask_again(taking)

    # ---- offers ----

    def _gather(self, now_ms: int) -> None:
        """Begin to ask around."""
        self._wait(now_ms)
        self._answered: set[PeerId] = set()  # in this round, with those that lied in it
        self._ask_anew = False  # somebody was left, went or came in the meantime
        self._ask_for_offers(now_ms)

    def _wait(self, now_ms: int) -> None:
        """From now on for as long as the operator says; offers may shorten that."""
        self._until_ms = self._whole_wait_ms = now_ms + self._wait_ms

    @property
    def _asked_all(self) -> bool:
        return len(self._answered | self._liars) >= self._members

    def _ask_for_offers(self, now_ms: int) -> None:
        self._again_ms = now_ms + AGAIN_MS
        for peer in sorted(self._peers - self._answered):
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
        for offer in offers:
            self._file(offer)
        gather_ms = GATHER_MS if self._rounds == 1 else 0
        if not self._snapshots or self._peers <= self._answered or any(map(self._is_enough, self._snapshots)):
            self._until_ms = min(self._until_ms, now_ms + (gather_ms if self._snapshots else EMPTY_MS))
        self.tick(now_ms)

    def _is_enough(self, offers: list[Offer]) -> bool:
        """Whether more peers offer a snapshot than may lie."""
        return len({one.peer for one in offers}) > self._may_lie

    def _file(self, offer: Offer) -> None:
        """To the other offers of the same snapshot."""
        for offers in self._snapshots:
            if offers[0].manifest.same_as(offer.manifest):
                offers.append(offer)
                return
        if len(self._snapshots) < MAX_SNAPSHOTS:
            self._snapshots.append([offer])

    def _next(self, now_ms: int) -> None:
        """One that enough peers offer, that was begun, or the highest, of those that have not lied; else ask again, or
        end without.
        """
        if not self._peers and not self._answered and len(self._liars) < self._members:
            self._wait(now_ms)
            self._ports.nobody()
            return
        while self._snapshots:
            kept = self._ports.kept_manifest()
            best = max(
                self._snapshots,
                key=lambda offers: (
                    self._is_enough(offers),
                    kept is not None and offers[0].manifest.same_as(kept),
                    offers[0].manifest.height,
                ),
            )
            offer = best[0]
            why = self._ports.begin(offer.manifest, offer.data, vouched=self._is_enough(best))
            if not why and not offer.manifest.chunks:
                why = "it has no chunks"
            if why:
                self._lied(offer.peer, why)
                continue
            self._snapshots.remove(best)
            self._taking = _Taking(best)
            self._taking.wait(now_ms)
            self._go_on(self._taking, now_ms)
            return
        if self._ask_anew and self._rounds < ROUNDS:
            self._rounds += 1 if self._peers else 0
            self._gather(now_ms)
        elif self._liars & self._answered and not self._asked_all and now_ms < self._whole_wait_ms:
            self._until_ms = self._whole_wait_ms  # a lie does not shorten the time that the others have to answer
        else:
            self.done = True

    # ---- chunks ----

    def _take_chunk(self, peer: PeerId, chunk: Chunk, now_ms: int) -> None:
        taking = self._taking
        if taking is None or chunk.height != taking.manifest.height or not taking.offers_it(peer):
            return
        if chunk.index not in taking.asked:
            return
        if chunk.data is None:
            if peer == taking.peer:
                self._leave(f"snapshot_chunk_gone: {chunk.index}", now_ms)
        elif not taking.manifest.names(chunk.index, chunk.data):
            self._lied(peer, f"snapshot_chunk: {chunk.index} is not the one that the manifest names")
            self._ask_another(taking, now_ms)
        else:
            self._ports.keep(chunk.index, chunk.data)
            taking.asked.discard(chunk.index)
            taking.here.add(chunk.index)
            if taking.turn(peer, now_ms):
                self._ask_again(taking)
            self._go_on(taking, now_ms)

    def _ask_again(self, taking: _Taking) -> None:
        """What is under way, of the peer whose turn it is now."""
        for index in sorted(taking.asked):
            self._ports.send(taking.peer, WantChunk(taking.manifest.height, index))

    def _go_on(self, taking: _Taking, now_ms: int) -> None:
        """Take what is here, in order, and ask for what is not, a few chunks ahead."""
        count = len(taking.manifest.chunks)
        self._look_ahead(taking, now_ms)
        for _ in range(TAKEN_AT_ONCE):
            if taking.following not in taking.here:
                break
            chunk = self._ports.kept(taking.following)
            taking.here.discard(taking.following)
            if chunk is None:  # the disk did not hold it
                break
            why = self._ports.take(taking.following, chunk)
            if why:  # the hash was right: the manifest is a lie, and so is everybody's who offers it
                self._give_up(taking, why, now_ms)
                return
            taking.following += 1
            taking.wait(now_ms)
            if taking.following == count:
                self.done, self.height, self._taking = True, taking.manifest.height, None
                return
            self._look_ahead(taking, now_ms)

    def _look_ahead(self, taking: _Taking, now_ms: int) -> None:
        """Each of the next chunks is kept, or under way."""
        manifest = taking.manifest
        for index in range(taking.following, min(len(manifest.chunks), taking.following + AHEAD)):
            if index in taking.asked or index in taking.here:
                continue
            if self._ports.kept(index) is not None:
                taking.here.add(index)
            else:
                taking.asked.add(index)
                self._ports.send(taking.peer, WantChunk(manifest.height, index))
        if taking.following in taking.here:
            taking.again_ms = now_ms

    def _give_up(self, taking: _Taking, why: str, now_ms: int) -> None:
        self._taking = None
        self._ports.forget()
        for offer in taking.offers:
            self._lied(offer.peer, why)
        self._next(now_ms)

    def _leave(self, why: str, now_ms: int) -> None:
        """Ask somebody else, without blaming anybody."""
        taking = self._taking
        if taking is not None:
            self._ports.left(taking.peer, taking.manifest.height, why)
            self._ask_anew = True
            del taking.offers[0]
            self._ask_another(taking, now_ms)

    def _ask_another(self, taking: _Taking, now_ms: int) -> None:
        """The next peer that offers the same snapshot, or the next snapshot."""
        taking.offers = [one for one in taking.offers if one.peer in self._peers]
        taking.asked.clear()
        if taking.offers:
            taking.wait(now_ms)
            self._go_on(taking, now_ms)
        else:
            self._taking = None
            self._next(now_ms)

    def _lied(self, peer: PeerId, why: str) -> None:
        self._liars.add(peer)
        self._answered.add(peer)
        self._peers.discard(peer)
        self._withdraw(peer)
        self._ports.drop(peer, why)

    def _withdraw(self, peer: PeerId) -> bool:
        """What this peer offers is not to be had of it; whether it offered anything."""
        without = [[one for one in offers if one.peer != peer] for offers in self._snapshots]
        withdrawn = without != self._snapshots
        self._snapshots = [offers for offers in without if offers]
        return withdrawn
