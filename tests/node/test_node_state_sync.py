"""Whom a newcomer asks for a snapshot, in which order it takes chunks, when it leaves a peer: no network, no disk."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from chainbill_node.sync import snapshots
from chainbill_node.sync.snapshots import AGAIN_MS, AHEAD, CHUNK_WITHIN_MS, EMPTY_MS, GATHER_MS, adopt
from chainbill_node.wire.messages import Chunk, Snapshots, Status, WantChunk, WantSnapshots
from join_recorder import CHUNKS, WAIT_MS, Manifest, begun, decode, deliver, idle, offer


@pytest.fixture(autouse=True)
def _plain_manifests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "decode_manifest", decode)


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


def test_a_peer_that_can_be_reached_and_has_none_ends_it_and_so_does_one_that_says_nothing() -> None:
    for says_something in (True, False):
        sync, _ = begun("a", members=2)
        if says_something:
            offer(sync, "a")
        for _ in range(20):
            sync.tick(sync.deadline_ms)
        assert (sync.done, sync.height) == (True, None)


def test_where_there_is_nobody_to_ask_it_ends_at_once() -> None:
    sync, _ = begun(members=0)
    sync.tick(0)
    assert (sync.done, sync.height) == (True, None)


def test_what_nobody_asked_for_is_passed_over() -> None:
    sync, ports = begun("a", "b")
    offer(sync, "a", 10)
    sync.tick(WAIT_MS)
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
    assert ports.given_up == ["b 20: snapshot_chunk_late: 0"]
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
    assert not sync.done, "a third might have one"
    sync.tick(sync.deadline_ms)
    sync.tick(WAIT_MS)
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


def test_the_next_peer_with_the_same_snapshot_goes_on_with_what_is_there() -> None:
    sync, ports = begun("a", "b", "c")
    for peer in ("a", "b", "c"):
        offer(sync, peer, 20)
    first, second, third = [peer for peer, _ in ports.asked(WantChunk)[:1]] + ["?", "?"]
    deliver(sync, first, 20, 0, 1, 3)
    sync.receive(first, Chunk(20, 2, None), 200)
    assert ports.given_up == [f"{first} 20: snapshot_chunk_gone: 2"]
    again = ports.asked(WantChunk)
    second = again[-1][0]
    assert [index for peer, index in again if peer == second] == [2, 4, 5]
    sync.receive(second, Chunk(20, 4, b"another"), 300)
    assert ports.dropped == [(second, "snapshot_chunk: 4 is not the one that the manifest names")]
    third = ports.asked(WantChunk)[-1][0]
    deliver(sync, third, 20, 2, 4, 5, at=400)
    assert (sync.done, sync.height, ports.taken) == (True, 20, [0, 1, 2, 3, 4, 5])
    assert ports.begun == [20]
    assert len({first, second, third}) == 3


def test_an_interrupted_attempt_goes_on_with_the_snapshot_it_had_begun() -> None:
    sync, ports = begun("a", "b")
    ports.disk = (Manifest(10), {0: b"chunk", 1: b"chunk", 4: b"chunk"})
    offer(sync, "a", 10)
    offer(sync, "b", 20)
    sync.tick(GATHER_MS)
    assert ports.begun == [10]
    assert ports.taken == [0, 1]
    assert ports.asked(WantChunk) == [("a", 2), ("a", 3), ("a", 5)]
    deliver(sync, "a", 10, 5, 3, 2)
    assert (sync.done, sync.height) == (True, 10)


def test_what_is_all_here_is_taken_a_little_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "TAKEN_AT_ONCE", 2)
    sync, ports = begun("a", members=1)
    ports.disk = (Manifest(10), dict.fromkeys(range(CHUNKS), b"chunk"))
    offer(sync, "a", 10)
    turns = 0
    while not sync.done:
        assert sync.deadline_ms == 0, "there is work to do now"
        sync.tick(0)
        turns += 1
    assert (turns, ports.taken, ports.asked(WantChunk)) == (2, [0, 1, 2, 3, 4, 5], [])


def test_a_lie_under_right_hashes_costs_all_who_offer_it_and_nothing_of_it_stays() -> None:
    sync, ports = begun("a", "b", "c")
    offer(sync, "a", 20)
    offer(sync, "b", 20)
    ports.refuse = {b"chunk"}
    offer(sync, "c", 10)
    deliver(sync, ports.asked(WantChunk)[0][0], 20, 0)
    assert sorted(ports.dropped) == [("a", "not the one"), ("b", "not the one")]
    assert ports.begun == [20, 10]
    assert ports.disk == (Manifest(10), {})


def test_bad_signatures_of_one_peer_are_not_another_ones_fault() -> None:
    sync, ports = begun("a", "b")
    ports.refuse = {b"20 unsigned"}
    sync.receive("b", Snapshots((b"20 unsigned",)), 0)
    offer(sync, "a", 20)
    sync.tick(GATHER_MS)
    assert ports.dropped == [("b", "no chain of trust")]
    assert ports.begun == [20, 20]
    deliver(sync, "a", 20, 0, 1, 2, 3, 4, 5)
    assert (sync.done, sync.height) == (True, 20)


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
        keep_intact=lambda height: told.append(f"follow {height}"), put_in_place=lambda: told.append("in place")
    )
    adopt(home, 7)
    assert told == ["follow 7", "in place"]


def test_what_enough_peers_offer_goes_before_what_is_higher_and_one_ones_alone() -> None:
    """A manifest's author says what its chunks are: 65,536 of rows that are no state, as the last one shows."""
    sync, ports = begun("liar", "b", "c")
    offer(sync, "liar", 99)
    offer(sync, "b", 10)
    offer(sync, "c", 10)
    assert (ports.begun, ports.vouched) == ([10], [True])


def test_a_peer_counts_once_however_often_it_offers_the_same() -> None:
    sync, ports = begun("liar", "b", "c")
    offer(sync, "liar", 99, 99)
    assert ports.begun == [], "the others are still asked"
    offer(sync, "b", 10)
    offer(sync, "c", 10)
    assert (ports.begun, ports.vouched) == ([10], [True])


def test_what_one_peer_alone_offers_is_given_no_more_than_there_is_room_for() -> None:
    sync, ports = begun("liar", "b", "c")
    offer(sync, "liar", 99)
    idle(sync, 2 * WAIT_MS)
    assert (ports.begun, ports.vouched) == ([99], [False])


def test_what_was_begun_of_one_peer_alone_is_left_for_what_others_offer() -> None:
    """A disk that the first attempt has filled up would be filled up again by the next."""
    sync, ports = begun("liar")
    offer(sync, "liar", 99)
    sync.tick(sync.deadline_ms)
    deliver(sync, "liar", 99, 0)
    assert ports.begun == [99]
    disk = ports.disk
    sync, ports = begun("liar", "b", "c")
    ports.disk = disk
    offer(sync, "liar", 99)
    offer(sync, "b", 10)
    offer(sync, "c", 10)
    assert ports.begun == [10]


def test_of_three_validators_none_may_lie_and_one_offer_is_enough() -> None:
    sync, ports = begun("a", "b", members=2)
    offer(sync, "a", 99)
    offer(sync, "b", 10)
    assert ports.begun == [99]


@pytest.mark.parametrize("late_ms", [1_500, 2_900, CHUNK_WITHIN_MS - 100])
def test_who_is_slow_with_each_chunk_is_not_asked_for_all_of_them(late_ms: int) -> None:
    """14.9 s for each chunk was in time: 65,536 of them take eleven days, while others had the same."""
    sync, ports = begun("slow", "b", "c", members=3)
    offer(sync, "slow", 10)
    offer(sync, "b", 10)
    sync.tick(GATHER_MS)
    assert ports.begun == [10]
    now_ms, of_slow = GATHER_MS, 0
    while not sync.done:
        for peer, index in ports.asked(WantChunk):
            if peer == "slow":
                of_slow += 1
            else:
                deliver(sync, peer, 10, index, at=now_ms)
        if now_ms >= GATHER_MS + late_ms:
            deliver(sync, "slow", 10, 0, at=now_ms)
        now_ms += 100
        sync.tick(now_ms)
    assert (sync.height, ports.taken, ports.dropped) == (10, [*range(CHUNKS)], [])
    assert of_slow <= 2 * AHEAD
    assert now_ms < GATHER_MS + 2 * AGAIN_MS


def test_chunks_count_of_whoever_offers_them_and_only_of_those() -> None:
    """A link on which a chunk takes longer than the patience with one peer."""
    sync, ports = begun("a", "b", "c")
    offer(sync, "a", 10)
    offer(sync, "b", 10)
    sync.tick(GATHER_MS)
    sync.tick(GATHER_MS + AGAIN_MS)
    assert ("b", 0) in ports.asked(WantChunk)
    deliver(sync, "c", 10, 0, at=8_000)
    assert ports.taken == []
    deliver(sync, "a", 10, 0, at=8_000)
    assert ports.taken == [0]
    sync.receive("a", Chunk(10, 1, b"wrong"), 8_100)
    assert [peer for peer, _ in ports.dropped] == ["a"]
    deliver(sync, "b", 10, *range(1, CHUNKS), at=8_200)
    deliver(sync, "b", 10, *range(1, CHUNKS), at=8_200)
    assert sync.height == 10


def test_the_first_to_answer_is_not_taken_alone_while_others_may_answer() -> None:
    """A liar that was connected first had a second's advance, and all its chunks were fetched."""
    sync, ports = begun("liar", "b", "c")
    offer(sync, "liar", 99)
    sync.tick(GATHER_MS)
    sync.tick(2 * GATHER_MS)
    assert ports.begun == []
    offer(sync, "b", 10)
    offer(sync, "c", 10)
    assert ports.begun == [10]
    alone, ports = begun("a", "b", "c")
    offer(alone, "a", 99)
    for now_ms in range(0, WAIT_MS + 1, 500):
        alone.tick(now_ms)
    assert ports.begun == [99], "it is all there is"
