"""A newcomer's ports that write down what happens, with plain manifests, and steps of an attempt to take a snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chainbill_node.sync.snapshots import StateSync
from chainbill_node.wire.messages import Chunk, Message, Snapshots, WantSnapshots

from chainbill.errors import Malformed

WAIT_MS = 10_000
CHUNKS = 6


@dataclass(frozen=True)
class Manifest:
    """A manifest by its height; its chunks are all b"chunk"."""

    height: int
    chunks: tuple[bytes, ...] = (b"chunk",) * CHUNKS

    def names(self, index: int, chunk: bytes) -> bool:
        return chunk == self.chunks[index]

    def same_as(self, other: Manifest) -> bool:
        return self.height == other.height


@dataclass
class Recorder:
    """Ports that write down what happens. `refuse`: chunks, heights or data that the ledger finds wanting."""

    sent: list[tuple[str, Message]] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    alone: int = 0
    begun: list[int] = field(default_factory=list)
    refuse: set[Any] = field(default_factory=set)
    vouched: list[bool] = field(default_factory=list)
    disk: tuple[Manifest, dict[int, bytes]] | None = None

    def send(self, peer: str, message: Message) -> None:
        self.sent.append((peer, message))

    def drop(self, peer: str, reason: str) -> None:
        self.dropped.append((peer, reason))

    def left(self, peer: str, height: int, why: str) -> None:
        self.given_up.append(f"{peer} {height}: {why}")

    def nobody(self) -> None:
        self.alone += 1

    def begin(self, manifest: Any, data: bytes, *, vouched: bool) -> str:
        self.begun.append(manifest.height)
        self.vouched.append(vouched)
        self.taken.clear()
        if manifest.height in self.refuse or data in self.refuse:
            return "no chain of trust"
        if self.disk is None or not self.disk[0].same_as(manifest):
            self.disk = (manifest, {})
        return ""

    def kept_manifest(self) -> Any:
        return self.disk and self.disk[0]

    def keep(self, index: int, chunk: bytes) -> None:
        assert self.disk is not None
        self.disk[1][index] = chunk

    def kept(self, index: int) -> bytes | None:
        return self.disk[1].get(index) if self.disk else None

    def forget(self) -> None:
        self.disk = None

    def take(self, index: int, chunk: bytes) -> str:
        self.taken.append(index)
        return "not the one" if chunk in self.refuse else ""

    def asked(self, kind: type) -> list[tuple[str, Any]]:
        """What was asked since the last look."""
        found = [(peer, getattr(message, "index", None)) for peer, message in self.sent if isinstance(message, kind)]
        self.sent = [one for one in self.sent if not isinstance(one[1], kind)]
        return found


def decode(data: bytes) -> Any:
    """In the place of `decode_manifest`: two digits are the height."""
    if not data[:2].isdigit():
        raise Malformed("snapshot_malformed", "no manifest")
    return Manifest(int(data[:2]))


def begun(*peers: str, members: int = 3) -> tuple[StateSync, Recorder]:
    ports = Recorder()
    sync = StateSync(ports, 0, members=members, wait_ms=WAIT_MS)
    for peer in peers:
        sync.joined(peer, 0)
    assert ports.asked(WantSnapshots) == [(peer, None) for peer in peers]
    return sync, ports


def offer(sync: StateSync, peer: str, *heights: int, at: int = 0) -> None:
    sync.receive(peer, Snapshots(tuple(b"%d" % height for height in heights)), at)


def deliver(sync: StateSync, peer: str, height: int, *indexes: int, at: int = 100) -> None:
    for index in indexes:
        sync.receive(peer, Chunk(height, index, b"chunk"), at)


def idle(sync: StateSync, until_ms: int) -> int:
    """Time passes and nothing comes; how often there was something to do."""
    turns = 0
    while not sync.done and sync.deadline_ms <= until_ms:
        sync.tick(sync.deadline_ms)
        turns += 1
        assert turns < 10_000, "it spins"
    return turns
