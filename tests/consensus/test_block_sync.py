"""Block sync: whom to ask, and what not to believe."""

from __future__ import annotations

from dataclasses import replace

from chainbill_node.sync import blocks as sync
from chainbill_node.sync.blocks import Request, SyncState
from consensus.consensus_kit import NETWORK, block, certificate, validators

from chainbill.ledger.certificate import Certificate

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
