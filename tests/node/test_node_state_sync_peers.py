"""A newcomer whose peers come, go and come back: whom it waits for, and when it ends without a snapshot."""

from __future__ import annotations

import pytest
from chainbill_node.sync import snapshots
from chainbill_node.sync.snapshots import AGAIN_MS, EMPTY_MS, GATHER_MS, ROUNDS, StateSync
from chainbill_node.wire.messages import Chunk, Snapshots, WantChunk, WantSnapshots
from join_recorder import WAIT_MS, Recorder, begun, decode, deliver, idle, offer


@pytest.fixture(autouse=True)
def _plain_manifests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "decode_manifest", decode)


def test_it_goes_on_trying_until_somebody_can_be_reached() -> None:
    sync, ports = begun()
    for _ in range(50):
        sync.tick(sync.deadline_ms)
    assert not sync.done
    now = sync.deadline_ms
    sync.joined("a", now)
    offer(sync, "a", 10, at=now)
    sync.tick(sync.deadline_ms)
    assert ports.begun == [10]


def test_it_is_said_that_nobody_is_there_once_for_each_wait_and_not_before() -> None:
    sync, ports = begun()
    idle(sync, WAIT_MS - 1)
    assert ports.alone == 0
    idle(sync, 3 * WAIT_MS)
    assert ports.alone == 3
    sync.joined("a", 3 * WAIT_MS)
    idle(sync, 9 * WAIT_MS)
    assert (sync.done, ports.alone) == (True, 3)


def test_a_first_peer_that_comes_as_the_wait_ends_has_time_to_answer() -> None:
    sync, ports = begun()
    idle(sync, WAIT_MS - 10)
    sync.joined("a", WAIT_MS - 10)
    sync.tick(WAIT_MS)
    assert not sync.done
    offer(sync, "a", 10, at=WAIT_MS + 10)
    sync.joined("b", WAIT_MS + 10)
    sync.tick(WAIT_MS + 10 + GATHER_MS)
    assert ports.begun == [10], "who comes later does not lengthen the wait for more offers"


def test_a_peer_that_was_seen_and_is_gone_does_not_end_it() -> None:
    sync, ports = begun("a")
    for turn in range(1, 5):
        sync.gone("a", turn * 100_000)
        idle(sync, turn * 100_000 + 60_000)
        assert not sync.done
        sync.joined("a", turn * 100_000 + 60_000)
        assert ("a", None) in ports.asked(WantSnapshots)
    offer(sync, "a", 10, at=500_000)
    sync.tick(500_000 + GATHER_MS)
    assert ports.begun == [10]


@pytest.mark.parametrize("offered", [(20,), (20, 10)])
@pytest.mark.parametrize("members", [1, 3])
def test_the_only_peer_may_be_away_for_long_and_often_in_the_middle(members: int, offered: tuple[int, ...]) -> None:
    sync, ports = begun("a", members=members)
    now = 0
    for turn in range(2 * ROUNDS):
        offer(sync, "a", *offered, at=now)
        sync.tick(now + GATHER_MS)
        deliver(sync, "a", 20, turn % 5, at=now + GATHER_MS)
        now += 100_000
        sync.gone("a", now - 60_000)
        idle(sync, now)
        assert not sync.done
        sync.joined("a", now)
    offer(sync, "a", *offered, at=now)
    sync.tick(now + GATHER_MS)
    ports.asked(WantChunk)
    deliver(sync, "a", 20, 5, at=now + GATHER_MS)
    assert (sync.done, sync.height, ports.taken) == (True, 20, [0, 1, 2, 3, 4, 5])
    assert set(ports.begun) == {20}, "an older one of a peer that is away would cost the kept chunks"


def test_the_only_honest_peer_may_be_away_although_another_lied_before() -> None:
    sync, ports = begun("a", "b", members=2)
    sync.receive("b", Snapshots((b"rubbish",)), 0)
    offer(sync, "a", 20)
    sync.tick(GATHER_MS)
    sync.gone("b", GATHER_MS)
    sync.gone("a", GATHER_MS)
    idle(sync, 100_000)
    ports.asked(WantSnapshots)
    sync.joined("b", 100_000)
    assert ports.asked(WantSnapshots) == [], "a liar is not asked again"
    idle(sync, 200_000)
    sync.joined("a", 200_000)
    offer(sync, "a", 20, at=200_000)
    idle(sync, 200_000 + GATHER_MS)
    deliver(sync, "a", 20, 0, 1, 2, 3, 4, 5, at=202_000)
    assert (sync.done, sync.height) == (True, 20)


def test_a_liar_alone_ends_it() -> None:
    for members in (1, 3):
        sync, _ = begun("a", members=members)
        sync.receive("a", Snapshots((b"rubbish",)), 0)
        sync.gone("a", 1)
        idle(sync, 2 * WAIT_MS)
        assert (sync.done, sync.height) == (True, None)


def test_a_quick_liar_does_not_shorten_the_wait_for_the_others() -> None:
    sync, ports = begun("liar", members=3)
    ports.refuse = {30}
    offer(sync, "liar", 30)
    idle(sync, GATHER_MS)
    assert [peer for peer, _ in ports.dropped] == ["liar"]
    assert not sync.done
    idle(sync, WAIT_MS - 100)
    sync.joined("a", WAIT_MS - 100)
    offer(sync, "a", 10, at=WAIT_MS - 100)
    idle(sync, WAIT_MS + GATHER_MS)
    assert ports.begun == [30, 10]


@pytest.mark.parametrize("members", [1, 3])
def test_a_liar_with_two_connections_ends_it_too(members: int) -> None:
    sync, ports = begun("a", members=members)
    offer(sync, "a", 20)
    sync.tick(GATHER_MS)
    sync.joined("a", 2_000)
    sync.receive("a", Chunk(20, 0, b"another"), 2_000)
    assert [peer for peer, _ in ports.dropped] == ["a"]
    idle(sync, 3 * WAIT_MS)
    assert (sync.done, sync.height, ports.alone) == (True, None, 0)


def test_when_all_are_liars_it_ends_although_one_was_waited_for() -> None:
    sync, ports = begun("a", "b", members=2)
    offer(sync, "a", 20)
    offer(sync, "b", 20)
    sync.gone("b", 1_500)
    sync.joined("b", 1_600)
    sync.receive("a", Chunk(20, 0, b"another"), 2_000)
    sync.receive("b", Snapshots((b"rubbish",)), 2_100)
    idle(sync, 5 * WAIT_MS)
    assert (sync.done, sync.height, ports.alone) == (True, None, 0)


def test_one_that_has_none_and_is_gone_ends_it_unless_it_comes_back_with_one() -> None:
    for comes_back in (False, True):
        sync, ports = begun("a")
        offer(sync, "a")
        sync.gone("a", 100)
        if comes_back:
            sync.joined("a", 200)
            assert ports.asked(WantSnapshots) == [("a", None)]
            offer(sync, "a", 10, at=200)
        idle(sync, EMPTY_MS)
        assert (sync.done, ports.begun) == (not comes_back, [10] * comes_back)


def test_who_offers_and_goes_before_it_is_asked_for_chunks_is_waited_for() -> None:
    sync, ports = begun("a")
    offer(sync, "a", 10)
    sync.gone("a", 100)
    idle(sync, 50_000)
    assert (sync.done, ports.begun) == (False, [])
    sync.joined("a", 50_000)
    offer(sync, "a", 10, at=50_000)
    idle(sync, 50_000 + GATHER_MS)
    assert ports.begun == [10]


def test_who_comes_while_a_liar_serves_is_asked_before_it_ends() -> None:
    sync, ports = begun("a")
    offer(sync, "a", 20)
    sync.tick(GATHER_MS)
    sync.joined("b", 2_000)
    sync.receive("a", Chunk(20, 0, b"another"), 2_000)
    assert [peer for peer, _ in ports.dropped] == ["a"]
    assert ports.asked(WantSnapshots) == [("b", None)]
    offer(sync, "b", 10, at=2_000)
    idle(sync, 2_000 + GATHER_MS)
    assert ports.begun == [20, 10]


def test_without_a_wait_it_does_not_spin() -> None:
    ports = Recorder()
    sync = StateSync(ports, 0, members=1, wait_ms=0)
    assert idle(sync, 20 * AGAIN_MS) <= 60
    sync.joined("a", 20 * AGAIN_MS)
    sync.tick(20 * AGAIN_MS)
    assert not sync.done, "it has a moment to answer"
    idle(sync, 30 * AGAIN_MS)
    assert (sync.done, sync.height) == (True, None)
