"""Up to a third of the peers offer and send whatever they like under the header that all honest ones offer, too."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from chainbill_node.storage.snapshots.fetched_chunks import FetchedChunks
from chainbill_node.sync.manifest import SnapshotManifest, chunk_hash
from chainbill_node.sync.snapshots import StateSync
from chainbill_node.wire.messages import Chunk, Message, Snapshots, WantChunk, WantSnapshots
from hypothesis import given
from hypothesis import strategies as st
from snapshot_server import recut
from test_node_snapshots import make

Chunks = list[bytes]
CUTS = (6, 7)
"""Honest nodes may have cut it otherwise, so that their chunks are not the same."""
LIES: dict[str, Callable[[Chunks], Chunks]] = {
    "invents all": lambda true: [b"lie" * len(one) for one in true],
    "changes the last": lambda true: [*true[:-1], b"lie"],
    "adds one": lambda true: [*true, b"lie"],
    "leaves out one": lambda true: true[:-1],
}
"""What it names and sends; others name what is true and send something else, or nothing."""
OTHER_SIZE, SENDS_OTHER, SENDS_NOTHING = "says another size", "sends other chunks", "has no chunk"
ANSWERS_OTHERS = "says that it has no chunk whenever somebody else is asked for one"
KINDS = st.sampled_from([*LIES, OTHER_SIZE, SENDS_OTHER, SENDS_NOTHING, ANSWERS_OTHERS])


class Peer:
    """No dataclass, as hypothesis would print all of it."""

    def __init__(self, manifest: SnapshotManifest, chunks: Chunks, sends: str = "") -> None:
        self.manifest, self.chunks, self.sends = manifest, chunks, sends

    def answer(self, message: Message) -> Message:
        if isinstance(message, WantSnapshots):
            return Snapshots((self.manifest.encode(),))
        assert isinstance(message, WantChunk)
        gone = self.sends == SENDS_NOTHING or message.index >= len(self.chunks)
        data = None if gone else self.chunks[message.index]
        return Chunk(message.height, message.index, b"lie" if self.sends == SENDS_OTHER else data)


def liar(kind: str, honest: Peer) -> Peer:
    chunks = LIES.get(kind, list)(honest.chunks)
    size = sum(map(len, chunks)) + (kind == OTHER_SIZE)
    return Peer(replace(honest.manifest, chunks=tuple(map(chunk_hash, chunks)), size=size), chunks, kind)


class Newcomer:
    """The ports of one, with the product's folder for chunks; a lie in a state shows with its last chunk."""

    def __init__(self, folder: Path, honest: list[Peer], peers: list[Peer], may_lie: int) -> None:
        self.sent: list[tuple[str, Message]] = []
        self.dropped: list[str] = []
        self.left_alone: list[str] = []
        self.disk = FetchedChunks(folder)
        self._states = [one.chunks for one in honest]
        self._offered = [one.manifest.encode() for one in peers]
        self._may_lie = may_lie
        self._taken: Chunks = []

    def send(self, peer: str, message: Message) -> None:
        self.sent.append((peer, message))

    def drop(self, peer: str, reason: str) -> None:
        self.dropped.append(peer)

    def kept_manifest(self) -> SnapshotManifest | None:
        return self.disk.manifest()

    def begin(self, manifest: SnapshotManifest, data: bytes, *, vouched: bool) -> str:
        assert not vouched or self._offered.count(data) > self._may_lie
        self.disk.begin(manifest, data)
        self._taken, self._manifest = [], manifest
        return ""

    def keep(self, index: int, chunk: bytes) -> None:
        self.disk.put(index, chunk)

    def kept(self, index: int) -> bytes | None:
        return self.disk.get(self._manifest, index)

    def take(self, index: int, chunk: bytes) -> str:
        assert index == len(self._taken)
        self._taken.append(chunk)
        last = index + 1 == len(self._manifest.chunks)
        return "another state" if last and self._taken not in self._states else ""

    def forget(self) -> None:
        self.disk.drop()

    def left(self, peer: str, height: int, why: str) -> None:
        self.left_alone.append(peer)

    def nobody(self) -> None:
        pytest.fail("all of them are there")


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> list[Peer]:
    """One snapshot, as honest nodes have it."""
    made = make(tmp_path_factory.mktemp("snapshot"))
    size = sum(map(len, made.chunks()))
    return [Peer(*recut(made.manifest, made.chunks(), -(-size // parts))) for parts in CUTS]


@given(kinds=st.lists(KINDS, min_size=1, max_size=2), cuts=st.tuples(*[st.integers(0, 1)] * 5), seed=st.integers())
def test_a_newcomer_has_the_state_and_drops_nobody_honest(
    cut: list[Peer], kinds: list[str], cuts: tuple[int, ...], seed: int
) -> None:
    """Six or seven peers, of which two may lie; chunks of any of them may be left of an earlier attempt."""
    chance = random.Random(seed)
    honest = [cut[number] for number in cuts]
    peers = [liar(kind, chance.choice(honest)) for kind in kinds] + honest
    names = [f"liar {kind}" for kind in kinds] + ["honest"] * len(honest)
    named = {f"{number} {name}": peer for number, (name, peer) in enumerate(zip(names, peers, strict=True))}
    with tempfile.TemporaryDirectory() as folder:
        ports = Newcomer(Path(folder) / "kept", cut, peers, len(peers) // 3)
        left = chance.choice(peers)
        ports.disk.begin(left.manifest, left.manifest.encode())
        for index in range(chance.randrange(len(left.chunks))):
            ports.disk.put(index, left.chunks[index])
        sync, now_ms = StateSync(ports, 0, members=len(peers), wait_ms=10_000), 0
        for name in named:
            sync.joined(name, 0)
        while not sync.done:
            if ports.sent:
                name, message = ports.sent.pop(chance.randrange(len(ports.sent)))
                now_ms += chance.randrange(100)
                for liar_name in [one for one in named if ANSWERS_OTHERS in one and isinstance(message, WantChunk)]:
                    sync.receive(liar_name, Chunk(message.height, message.index, None), now_ms)
                sync.receive(name, named[name].answer(message), now_ms)
            else:
                now_ms = max(now_ms, sync.deadline_ms)
                sync.tick(now_ms)
    assert sync.height == cut[0].manifest.height
    assert not [name for name in ports.dropped + ports.left_alone if "honest" in name]
