"""Block sync: whom to ask, and what not to believe."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

from chainbill_node import wire
from chainbill_node.driver import catchup
from chainbill_node.driver.catchup import Catchup
from chainbill_node.sync import blocks as sync
from chainbill_node.sync.blocks import Request, SyncState
from chainbill_node.wire.limits import MAX_BATCH_BYTES, MAX_BLOCKS_IN_BATCH, MAX_MESSAGE_BYTES
from chainbill_node.wire.messages import Blocks, Decided, Message, WantBlocks
from consensus.consensus_kit import KEYS, NETWORK, NOW_MS, block, certificate, rules, validators
from hypothesis import given, settings
from hypothesis import strategies as st
from sim.ledger import Store, build

from chainbill.ledger.certificate import Certificate
from chainbill.limits import MAX_BLOCK_BYTES
from chainbill.limits import MAX_TRANSACTION_BYTES as PIECE

A, B = block(b"A"), block(b"B")


def claiming(**heights: int) -> SyncState:
    state = SyncState()
    for peer, height in heights.items():
        state = sync.heard(state, peer, height)
    return state


def test_nobody_is_asked_who_has_nothing_more() -> None:
    assert sync.plan(claiming(one=4, two=5), 5, 0)[1] is None


def test_one_bounded_request_at_a_time_to_the_peer_that_claims_most() -> None:
    state, request = sync.plan(claiming(one=90, two=200), 5, 1_000)
    assert request == Request("two", 5, 32, 6_000)
    assert sync.plan(state, 5, 1_000)[1] is None


def test_a_short_tail_is_asked_for_as_it_is() -> None:
    assert sync.plan(claiming(one=7), 5, 0)[1] == Request("one", 5, 3, 5_000)


def test_who_does_not_answer_is_asked_last_and_in_the_end_dropped() -> None:
    state = claiming(liar=10**12, honest=40)
    state, request = sync.plan(state, 5, 0)
    assert request is not None
    assert request.peer == "liar"
    assert sync.expired(state, 4_999) == (state, None)
    for strike in (1, 2, 3):
        state, drop = sync.expired(state, 10**9)
        assert (drop == "liar") is (strike == 3)
        if strike < 3:
            state = sync.heard(state, "liar", 10**12)
            state, request = sync.plan(SyncState({"liar": 10**12}, state.strikes), 5, 0)
    state = sync.heard(sync.forget(state, "liar"), "honest", 40)
    assert sync.plan(state, 5, 0)[1] == Request("honest", 5, 32, 5_000)


def test_an_honest_peer_goes_before_one_that_failed() -> None:
    state, _ = sync.plan(claiming(liar=99, honest=40), 5, 0)
    state, _ = sync.expired(state, 10**9)
    state = sync.heard(state, "liar", 99)
    _, request = sync.plan(state, 5, 0)
    assert request is not None
    assert request.peer == "honest"


def test_who_hangs_up_instead_of_answering_is_asked_last_when_it_comes_again() -> None:
    known = replace(claiming(flighty=99, honest=40), pace_ms={"flighty": 1.0, "honest": 20.0})
    state, request = sync.plan(known, 5, 0)
    assert request is not None
    assert request.peer == "flighty"
    state = sync.heard(sync.forget(state, "flighty"), "flighty", 99)
    _, request = sync.plan(state, 5, 0)
    assert request is not None
    assert request.peer == "honest"


def test_only_what_was_asked_for_is_taken() -> None:
    state, _ = sync.plan(claiming(one=90), 5, 0)
    for peer, first in (("two", 5), ("one", 6)):
        assert sync.answered(state, peer, first, 3, 0, pruned=False)[1] is False
    after, wanted, drop = sync.answered(state, "one", 5, 3, 0, pruned=False)
    assert (wanted, drop, after.request) == (True, None, None)


def test_empty_answers_are_strikes_but_pruning_is_no_lie() -> None:
    for pruned, dropped in ((False, "one"), (True, None)):
        state = claiming(one=90)
        drop = None
        for _ in range(sync.STRIKES_ALLOWED):
            state, _ = sync.plan(sync.heard(state, "one", 90), 5, 0)
            state, _, drop = sync.answered(state, "one", 5, 0, 0, pruned=pruned)
        assert drop == dropped


def test_claims_are_bounded() -> None:
    state = SyncState()
    for number in range(sync.MAX_PEERS + 10):
        state = sync.heard(state, f"p{number}", 5)
    assert len(state.claims) == sync.MAX_PEERS


def test_only_a_certificate_of_this_very_block_by_a_quorum_is_believed() -> None:
    members = validators()
    good = certificate(A)
    assert sync.refusal(A, good, NETWORK, members) is None
    assert sync.refusal(B, good, NETWORK, members) == "certificate_of_other_block"
    assert sync.refusal(A, good, b"o" * 32, members) == "network_wrong"
    assert sync.refusal(A, certificate(A, (0, 1)), NETWORK, members) is not None
    assert sync.refusal(A, certificate(A, (0, 1, 5)), NETWORK, members) is not None
    forged = Certificate(1, 1, A.id, good.signatures)
    assert sync.refusal(A, forged, NETWORK, members) is not None
    twice = Certificate(1, 0, A.id, (good.signatures[0], *good.signatures[:2]))
    assert sync.refusal(A, twice, NETWORK, members) is not None


def rounds(chain: int, requests: int) -> tuple[int, dict[str, int]]:
    """Catch up from three honest peers and one that claims most, is asked, gives one block after almost five seconds,
    hangs up and comes back; the ms it took for `chain` blocks, and how often each was asked."""
    state, now_ms, next_height = claiming(drip=10**9, one=chain, two=chain, three=chain), 0, 1
    asked = dict.fromkeys(state.claims, 0)
    for _ in range(requests):
        state, request = sync.plan(state, next_height, now_ms)
        if request is None or next_height >= chain:
            break
        asked[request.peer] += 1
        slow = request.peer == "drip"
        now_ms += 4_900 if slow else 100
        count = 1 if slow else request.count
        state, wanted, _ = sync.answered(state, request.peer, next_height, count, now_ms, pruned=False)
        assert wanted
        next_height += count
        if slow:
            state = sync.heard(sync.forget(state, "drip"), "drip", 10**9)
    assert next_height >= chain
    return now_ms, asked


def test_one_that_drips_blocks_and_comes_back_does_not_hold_a_newcomer_up() -> None:
    """It claimed most, so it was asked each time: 10,000 blocks took 13 hours, and a busy chain grows faster."""
    took_ms, asked = rounds(10_000, 20_000)
    assert asked["drip"] <= 4
    assert took_ms < 60_000
    assert all(asked[name] for name in ("one", "two", "three")), "all have their turn now and then"


def test_the_pace_of_peers_is_remembered_within_bounds() -> None:
    state = SyncState()
    for number in range(sync.MAX_PEERS + 10):
        state, request = sync.plan(sync.heard(state, f"p{number}", 90), 5, 0)
        assert request is not None
        state, _ = sync.expired(state, 10**9)
        state = sync.forget(state, request.peer)
    assert len(state.pace_ms) == sync.MAX_PEERS


# ---- what is served, and that it leads to the end


class Wire:
    """The connection of one catchup: what it sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, peer: str, data: bytes) -> None:
        self.sent.append(data)

    def last(self) -> Message:
        return wire.decode(self.sent.pop())


class Held:
    """The blocks that a node has, by height: from `lowest` on, one of `sizes` bytes or a little more each."""

    def __init__(self, sizes: list[int], lowest: int = 1) -> None:
        self.blocks: dict[int, Decided] = {}
        genesis = Store.genesis(validators()).tip
        for height, size in enumerate(sizes, lowest):
            wires = [bytes([number]) * min(PIECE, size - start) for number, start in enumerate(range(0, size, PIECE))]
            one = build(replace(genesis, height=height - 1), NETWORK, NOW_MS, KEYS[1].public, wires, ())
            self.blocks[height] = Decided(one, certificate(A))

    def load_block(self, height: int) -> tuple[Any, Any] | None:
        found = self.blocks.get(height)
        return None if found is None else (found.block, found.certificate)


def fetched(held: Held, batch_bytes: int = MAX_BATCH_BYTES) -> list[int]:
    """The heights that a newcomer gets from one peer, in turn, until it has all or is told that there are no more."""
    top = max(held.blocks)
    theirs, ours = Wire(), Wire()
    giver, taker = Catchup(held, theirs), Catchup(Held([0]), ours)  # type: ignore[arg-type]
    got: list[int] = []
    next_height = min(held.blocks)
    while next_height <= top:
        taker.heard("giver", top + 1)  # of the next height alone it is told without asking
        taker.go_on(next_height, 0)
        request = ours.last()
        assert isinstance(request, WantBlocks)
        with patch.object(catchup, "MAX_BATCH_BYTES", batch_bytes):
            giver.serve("taker", request, top)
        assert len(theirs.sent[-1]) <= MAX_MESSAGE_BYTES
        answer = theirs.last()
        assert isinstance(answer, Blocks)
        assert not answer.pruned, f"block {next_height} is there, and called pruned"
        assert 1 <= len(answer.blocks) <= MAX_BLOCKS_IN_BATCH
        sizes = [len(one.block.encoded) for one in answer.blocks]
        assert len(sizes) == 1 or sum(sizes) <= batch_bytes
        assert taker.receive("giver", answer, 0) is None
        while taker.has_blocks:
            waiting = taker.next_block(rules(None, height=next_height))
            assert waiting is not None
            got.append(waiting[1].block.height)
            next_height += 1
    return got


@settings(max_examples=40)
@given(sizes=st.lists(st.sampled_from([0, 200, 900, 1_100, 3_000]), min_size=1, max_size=70), lowest=st.integers(1, 3))
def test_batches_lead_to_the_end_whatever_the_size_of_the_blocks(sizes: list[int], lowest: int) -> None:
    """Worked small: a batch has 1,500 bytes, an empty block some 500."""
    assert fetched(Held(sizes, lowest), 1_500) == list(range(lowest, lowest + len(sizes)))


def test_a_block_of_the_largest_size_is_fetched() -> None:
    largest = MAX_BLOCK_BYTES - 2_000
    assert fetched(Held([0, largest, largest, 0, MAX_BATCH_BYTES, 0])) == [1, 2, 3, 4, 5, 6]
