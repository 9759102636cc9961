"""Whom a newcomer asks for a snapshot, in which order it takes chunks, when it leaves a peer: no network, no disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from chainbill_node.sync import snapshots
from chainbill_node.sync.snapshots import AGAIN_MS, AHEAD, CHUNK_WITHIN_MS, EMPTY_MS, GATHER_MS, StateSync, adopt
from chainbill_node.wire.messages import Chunk, Message, Snapshots, Status, WantChunk, WantSnapshots

from chainbill.errors import Malformed

WAIT_MS = 10_000
CHUNKS = 6


@dataclass
class Recorder:
    """Ports that write down what happens. `refuse`: chunks or heights that the ledger finds wanting."""

    sent: list[tuple[str, Message]] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    refuse: set[Any] = field(default_factory=set)

    def send(self, peer: str, message: Message) -> None:
        self.sent.append((peer, message))

    def drop(self, peer: str, reason: str) -> None:
        self.dropped.append((peer, reason))

    def left(self, peer: str, height: int, why: str) -> None:
        self.given_up.append(f"{peer} {height}: {why}")

    def begin(self, manifest: Any, data: bytes) -> str:
        self.begun.append(manifest.height)
        self.taken.clear()
        return "no chain of trust" if manifest.height in self.refuse else ""

    def take(self, index: int, chunk: bytes) -> str:
        self.taken.append(index)
        return "not the one" if chunk in self.refuse else ""

    def asked(self, kind: type) -> list[tuple[str, Any]]:
        """What was asked since the last look."""
        found = [(peer, getattr(message, "index", None)) for peer, message in self.sent if isinstance(message, kind)]
        self.sent = [one for one in self.sent if not isinstance(one[1], kind)]
        return found


@pytest.fixture(autouse=True)
def _plain_manifests(monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(data: bytes) -> Any:
        if not data.isdigit():
            raise Malformed("snapshot_malformed", "no manifest")
        return SimpleNamespace(height=int(data), chunks=(b"",) * CHUNKS)

    monkeypatch.setattr(snapshots, "decode_manifest", decode)


def begun(*peers: str, members: int = 3) -> tuple[StateSync, Recorder]:
    ports = Recorder()
    sync = StateSync(ports, 0, members=members, wait_ms=WAIT_MS)
    for peer in peers:
        sync.joined(peer)
    assert ports.asked(WantSnapshots) == [(peer, None) for peer in peers]
    return sync, ports


def offer(sync: StateSync, peer: str, *heights: int, at: int = 0) -> None:
    sync.receive(peer, Snapshots(tuple(b"%d" % height for height in heights)), at)


def deliver(sync: StateSync, peer: str, height: int, *indexes: int, at: int = 100) -> None:
    for index in indexes:
        sync.receive(peer, Chunk(height, index, b"chunk"), at)


def test_the_highest_offer_is_taken_a_few_chunks_ahead_and_in_order() -> None:
    sync, ports = begun("a", "b")
    offer(sync, "a", 10, 5)
    offer(sync, "b", 20)
    sync.tick(GATHER_MS)
    assert ports.begun == [20]
    assert ports.asked(WantChunk) == [("b", index) for index in range(AHEAD)]
    deliver(sync, "b", 20, 2, 1)
    assert ports.taken == []
    deliver(sync, "b", 20, 0)
    assert ports.taken == [0, 1, 2]
    assert ports.asked(WantChunk) == [("b", 4), ("b", 5)]
    deliver(sync, "b", 20, 0, 3, 5, 4)
    assert (sync.done, sync.height, ports.taken) == (True, 20, [0, 1, 2, 3, 4, 5])


def test_what_nobody_asked_for_is_passed_over() -> None:
    sync, ports = begun("a", "b")
    offer(sync, "a", 10)
    sync.tick(GATHER_MS)
    deliver(sync, "b", 10, 0)
    deliver(sync, "a", 9, 0)
    deliver(sync, "a", 10, AHEAD)
    sync.receive("a", Status(99, 0, (), ()), 5)
    offer(sync, "b", 99)
    assert ports.taken == []
    assert ports.begun == [10]


def test_a_chunk_that_does_not_come_is_asked_for_again() -> None:
    sync, ports = begun("a")
    offer(sync, "a", 10)
    sync.tick(GATHER_MS)
    ports.asked(WantChunk)
    deliver(sync, "a", 10, 0, 2, at=GATHER_MS)
    assert ports.asked(WantChunk) == [("a", 4)]
    assert sync.deadline_ms == GATHER_MS + AGAIN_MS
    sync.tick(sync.deadline_ms)
    assert ports.asked(WantChunk) == [("a", 1), ("a", 3), ("a", 4)]


def test_who_stalls_is_left_and_not_dropped() -> None:
    sync, ports = begun("a", "b")
    offer(sync, "a", 10)
    offer(sync, "b", 20)
    sync.tick(GATHER_MS)
    sync.tick(GATHER_MS + CHUNK_WITHIN_MS)
    assert ports.given_up == ["b 20: chunk 0 did not come"]
    assert ports.dropped == []
    assert ports.begun == [20, 10]
    sync.gone("a", GATHER_MS + CHUNK_WITHIN_MS)
    assert ports.given_up[1:] == ["a 10: it is gone"]


def test_a_liar_is_dropped_and_never_asked_again() -> None:
    sync, ports = begun("a", "b")
    offer(sync, "a", 10)
    offer(sync, "b", 20, 15)
    ports.refuse = {b"chunk"}
    sync.tick(GATHER_MS)
    deliver(sync, "b", 20, 0)
    assert ports.dropped == [("b", "not the one")]
    assert ports.begun == [20, 10], "what else it offers is worth nothing"
    ports.refuse = {10}
    offer(sync, "b", 30)
    sync.gone("a", 200)
    assert ports.asked(WantSnapshots) == []


def test_a_manifest_that_is_none_costs_the_connection() -> None:
    sync, ports = begun("a", "b")
    sync.receive("a", Snapshots((b"rubbish",)), 0)
    offer(sync, "b", 20)
    ports.refuse = {20}
    sync.tick(GATHER_MS)
    assert [peer for peer, _ in ports.dropped] == ["a", "b"]
    assert (sync.done, sync.height) == (True, None)


def test_a_snapshot_that_has_made_place_for_a_newer_one_is_asked_for_anew() -> None:
    """Else a newcomer to a busy chain would begin with block 1, which pruned peers do not have."""
    sync, ports = begun("a", members=1)
    now_ms, height = 0, 10
    for _ in range(5):
        offer(sync, "a", height, at=now_ms)
        assert ports.begun[-1] == height, "taken at once"
        sync.receive("a", Chunk(height, 0, None), now_ms)
        assert not sync.done
        assert ports.asked(WantSnapshots) == [("a", None)]
        now_ms, height = now_ms + 10, height + 10
    offer(sync, "a", height, at=now_ms)
    deliver(sync, "a", height, 0, 1, 2, 3, 4, 5, at=now_ms)
    assert (sync.done, sync.height) == (True, height)
    assert ports.dropped == []


def test_it_does_not_ask_for_ever() -> None:
    sync, _ = begun("a", members=1)
    for _ in range(1_000):
        offer(sync, "a", 10)
        if sync.done:
            break
        sync.receive("a", Chunk(10, 0, None), 0)
    assert (sync.done, sync.height) == (True, None)


@pytest.mark.parametrize(("answers", "after_ms"), [(0, WAIT_MS), (1, EMPTY_MS), (2, 0)])
def test_where_nobody_has_a_snapshot_it_ends_without_one(answers: int, after_ms: int) -> None:
    sync, ports = begun("a", "b", members=2)
    for peer in ("a", "b")[:answers]:
        offer(sync, peer)
    if after_ms:
        sync.tick(after_ms - 1)
        assert not sync.done
        assert ports.asked(WantSnapshots) != [] or after_ms <= AGAIN_MS
        sync.tick(after_ms)
    assert (sync.done, sync.height) == (True, None)


def test_the_signer_file_is_told_before_the_data_are_in_place() -> None:
    told: list[str] = []
    home = SimpleNamespace(
        follow_only=lambda height: told.append(f"follow {height}"), put_in_place=lambda: told.append("in place")
    )
    adopt(home, 7)
    assert told == ["follow 7", "in place"]
