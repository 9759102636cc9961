"""Gas that parties used lately: who floods, who stands behind, how long, and what is expected."""

from __future__ import annotations

import pytest
from chainbill_node.mempool import Accounts, Mempool, MempoolFull, Room, Use
from chainbill_node.mempool.accounts import (
    APART_MS,
    BUSY_GAS,
    CALM_GAS,
    FIRST_CALL_GAS,
    FLOOD_GAS,
    FORGOTTEN_BELOW,
    HELD_FOR,
    LOST_A_SECOND,
    MAX_ACCOUNTS,
    MAX_HELD_MS,
    ORDINARY_GAS,
    OTHERS_WITHIN_MS,
    SPONSORED_FLOOD_GAS,
)
from chainbill_node.mempool.limits import ALONE_WAITING_GAS, FLOOD_WAITING_GAS
from hypothesis import given
from hypothesis import strategies as st
from test_node_mempool import transaction

NOW_MS = 1_790_000_000_000
ROOM = Room(1_000, 4_000_000, 1_000_000)


@pytest.fixture(autouse=True)
def _all_gas_is_dear(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is ordinary has a test of its own; the others speak of the gas above it."""
    if "ordinary" not in request.node.name:
        monkeypatch.setattr("chainbill_node.mempool.accounts.ORDINARY_GAS", 0)


def accounts() -> Accounts:
    """Parties "bank1/a" and "bank1/b" have one sponsor; others have none."""
    return Accounts(lambda party: party.partition("/")[0] if "/" in party else "")


def flooded(party: str = "flood", *, calls: int = 1) -> Accounts:
    """This party floods, and "quiet" uses the network too."""
    held = accounts()
    held.charge([Use(party, calls, FLOOD_GAS + 1), Use("quiet", 1, 5_000)], NOW_MS)
    return held


def pool_of(held: Accounts, *parties: str) -> Mempool:
    pool = Mempool(10_000, 10_000_000, held)
    for number, party in enumerate(parties):
        pool.add(transaction(number, party=party), number, own=False)
    return pool


def taken(pool: Mempool, flood_gas: int = 1_000, now_ms: int = NOW_MS) -> list[str]:
    return [one.transaction.party for one in pool.candidates(ROOM, flood_gas, now_ms)]


def test_who_floods_and_until_when() -> None:
    held = accounts()
    held.charge([Use("a", 1, FLOOD_GAS)], NOW_MS)
    assert held.flooding == frozenset()
    held.charge([Use("a", 1, 1)], NOW_MS)
    assert held.flooding == {"a"}
    second = NOW_MS
    while held.used("a") > CALM_GAS:
        assert held.flooding == {"a"}, "one bound alone would be crossed back and forth, a whole block each time"
        second += 1_000
        held.charge([], second)
    assert held.flooding == frozenset()
    assert (second - NOW_MS) // 1_000 == 8
    for _ in range(60):
        second += 1_000
        held.charge([], second)
    assert held.used("a") == 0


def test_many_parties_of_one_sponsor_flood_together_and_others_do_not() -> None:
    """Security 2: a share by party alone lets a sponsor flood by a thousand names."""
    held = accounts()
    each = FLOOD_GAS - 1
    crowd = [f"bank1/{number}" for number in range(SPONSORED_FLOOD_GAS // each + 1)]
    held.charge([Use(party, 1, each) for party in crowd], NOW_MS)
    held.charge([Use("bank2/a", 1, each), Use("anchor", 1, each)], NOW_MS)
    assert held.flooding == set(crowd)


def test_one_party_that_floods_does_not_make_those_of_its_sponsor_flood() -> None:
    held = accounts()
    held.charge([Use("bank1/a", 1, 100 * SPONSORED_FLOOD_GAS), Use("bank1/b", 1, 5_000)], NOW_MS)
    assert held.flooding == {"bank1/a"}


def test_after_a_block_of_theirs_those_that_flood_are_held_back_where_others_are() -> None:
    held = flooded()
    ms = held.charge([Use("flood", 1, 8_000_000)], NOW_MS, 30e-9)
    assert ms == HELD_FOR * 240
    assert held.held(NOW_MS + ms - 1) == {"flood"}
    assert held.held(NOW_MS + ms) == frozenset()
    assert held.charge([Use("flood", 1, 8_000_000)], NOW_MS, 1.0) == MAX_HELD_MS
    later_ms = NOW_MS + OTHERS_WITHIN_MS
    assert held.alone(later_ms)
    assert held.charge([Use("flood", 1, 8_000_000)], later_ms, 30e-9) == 0, "nobody else is there"


def test_a_clock_that_is_set_back_holds_nobody_for_an_hour() -> None:
    held = flooded()
    held.charge([Use("flood", 1, 8_000_000)], NOW_MS, 1.0)
    assert held.held(NOW_MS) == {"flood"}
    back_ms = NOW_MS - 3_600_000
    assert held.held(back_ms) == frozenset()
    assert held.alone(back_ms)
    before = held.used("flood")
    held.charge([], back_ms)
    assert held.used("flood") == before, "it takes nothing"
    held.charge([], back_ms + 60_000)
    assert held.flooding == frozenset(), "and forgetting goes on from there"


def test_a_quiet_party_costs_those_that_flood_nothing_when_it_is_run() -> None:
    held = flooded()
    assert held.charge([Use("quiet", 1, 5_000)], NOW_MS, 30e-9) == 0


def test_what_is_expected_of_a_party_is_what_its_calls_used() -> None:
    held = accounts()
    assert held.expected("a", 3) == 3 * FIRST_CALL_GAS
    held.charge([Use("a", 2, 100_000), Use("a", 1, 200_000)], NOW_MS)
    assert held.expected("a", 3) == 300_000
    held.charge([], NOW_MS + 5_000)
    assert held.expected("a", 3) == pytest.approx(300_000, rel=0.01), "both are forgotten alike"


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=40))
def test_what_is_forgotten_goes_by_the_time_that_has_passed_however_often_it_is_looked_at(gaps_ms: list[int]) -> None:
    """A block every 1.9 seconds is the ordinary case: each look that drops the rest of a second makes accounts last."""
    held, at_ms = accounts(), NOW_MS
    held.charge([Use("a", 10, 10**12)], at_ms)
    for gap_ms in gaps_ms:
        at_ms += gap_ms
        held.charge([], at_ms)
    kept = (1 - 1 / LOST_A_SECOND) ** ((at_ms - NOW_MS) // 1_000)
    assert held.used("a") == pytest.approx(10**12 * kept, rel=1e-3, abs=FORGOTTEN_BELOW)


def test_accounts_are_bounded_and_the_largest_stay() -> None:
    held = accounts()
    held.charge([Use("flood", 1, FLOOD_GAS * 2)], NOW_MS)
    held.charge([Use(f"p{number}", 1, 5_000) for number in range(MAX_ACCOUNTS)], NOW_MS)
    assert len(held._of) <= MAX_ACCOUNTS
    assert held.flooding == {"flood"}


# --- in the pool


def test_who_floods_stands_behind_all_others_and_one_of_its_transactions_goes_in_whatever_it_takes() -> None:
    """Security 2: half of a block went to the oldest, so a flood of heavy ones held everybody else's for seconds."""
    pool = pool_of(flooded(calls=4), "flood", "flood", "quiet", "flood", "newcomer")
    chosen = pool.candidates(ROOM, 1_000, NOW_MS)
    assert [one.transaction.party for one in chosen] == ["quiet", "newcomer", "flood"]
    assert [one.early for one in chosen] == [True, True, False], "they came before older ones"


@pytest.mark.parametrize("others", [1, 2, 5])
def test_who_floods_has_no_turn_while_others_fill_a_block(others: int) -> None:
    parties = [f"p{number % others}" for number in range(20)]
    pool = pool_of(flooded(), *["flood"] * 2, *parties, "flood")
    for count in (1, 4, 10, 19):
        found = [one.transaction.party for one in pool.candidates(Room(count, 4_000_000, 1_000_000), 1_000, NOW_MS)]
        assert len(found) == count
        assert "flood" not in found


def test_who_sends_what_is_dear_stands_behind_before_it_floods_and_a_block_takes_little_of_it() -> None:
    """In its first second a flood was nobody's yet, and filled whole blocks in order of arrival."""
    held = accounts()
    held.charge([Use("dear", 1, FLOOD_GAS // 8), Use("usual", 1, 5_000)], NOW_MS)
    assert held.flooding == frozenset()
    assert held.dear(["dear", "usual", "unknown"]) == {"dear"}
    pool = pool_of(held, *["dear"] * 4, "unknown", "unknown")
    fits = 2 * held.expected("dear", 1)
    assert taken(pool, fits) == ["unknown", "unknown", "dear", "dear"]
    assert taken(pool, 1) == ["unknown", "unknown", "dear"], "and one of any gas"


def test_of_those_that_flood_as_much_goes_in_as_fits() -> None:
    held = flooded(calls=2_000)
    fits = held.expected("flood", 2)
    pool = pool_of(held, *["flood"] * 5)
    assert taken(pool, fits) == ["flood"] * 2
    assert taken(pool, 10 * fits) == ["flood"] * 5


@pytest.mark.parametrize(("more", "less"), [("a", "b"), ("b", "a")])
def test_those_that_flood_take_turns_and_who_used_least_is_first(more: str, less: str) -> None:
    held = flooded(more, calls=1_000)
    held.charge([Use(more, 1, FLOOD_GAS), Use(less, 1_000, FLOOD_GAS + 1)], NOW_MS)
    pool = pool_of(held, more, more, less, less)
    assert taken(pool, 1) == [less]


def test_while_they_are_held_back_there_is_no_work_but_for_others() -> None:
    held = flooded()
    pool = pool_of(held, "flood", "flood")
    held.charge([Use("flood", 1, 8_000_000)], NOW_MS, 30e-9)
    assert taken(pool) == []
    assert not pool.ready(NOW_MS)
    pool.add(transaction(77, party="quiet"), 7, own=False)
    assert pool.ready(NOW_MS)
    assert taken(pool) == ["quiet"]


def test_who_was_held_back_waits_for_a_block_without_others_and_not_for_ever() -> None:
    """Whoever stood in a block with a dear one waited for as long as that took."""
    held = flooded()
    pool = pool_of(held, "flood", "quiet")
    free_ms = NOW_MS + held.charge([Use("flood", 1, 8_000_000)], NOW_MS, 30e-9)
    assert taken(pool, now_ms=free_ms) == ["quiet"]
    assert taken(pool, now_ms=free_ms + APART_MS - 1) == ["quiet"]
    for later_ms in range(0, APART_MS, 100):  # blocks of others do not put it off
        held.charge([Use("quiet", 1, 1_000)], free_ms + later_ms, 30e-9)
    assert taken(pool, now_ms=free_ms + APART_MS) == ["quiet", "flood"]
    pool.remove([pool.ids()[1]])
    assert taken(pool, now_ms=free_ms) == ["flood"]


@pytest.mark.parametrize("alone", [True, False])
def test_no_more_of_a_flood_waits_than_some_blocks_take(alone: bool) -> None:
    """What waits has been read and verified by every node: 490 transactions of one party, 1.6 ms each."""
    held = accounts()
    held.charge([Use("flood", 10, FLOOD_GAS + 10)], NOW_MS)
    if not alone:
        held.charge([Use("quiet", 1, 5_000)], NOW_MS)
    pool = Mempool(10_000, 10_000_000, held)
    most = -(-(ALONE_WAITING_GAS if alone else FLOOD_WAITING_GAS) // held.expected("flood", 1))
    for number in range(most):
        pool.add(transaction(number, party="flood"), number, own=False)
    with pytest.raises(MempoolFull, match="mempool_party_share"):
        pool.add(transaction(most, party="flood"), 0, own=False)
    assert pool.add(transaction(most, party="quiet"), 0, own=False)
    assert pool.calm == 1


def test_who_begins_calm_and_then_floods_is_no_other_to_itself() -> None:
    """A burst after a quiet time ran at a third of the speed, for fear of the party's own first act."""
    accounts = Accounts(lambda party: "")
    accounts.charge([Use("a", 1, 5_000)], 1_000, 30e-9)
    assert not accounts.alone(1_100)
    assert accounts.charge([Use("a", 1, FLOOD_GAS + 1)], 1_200, 30e-9) == 0
    assert accounts.flooding == {"a"}
    assert accounts.alone(1_300)
    assert accounts.charge([Use("b", 1, 5_000), Use("a", 1, FLOOD_GAS)], 1_400, 30e-9) > 0, "b is another"


def test_what_is_ordinary_floods_never_and_what_is_above_it_does() -> None:
    """A thousand transfers a second are a busy day: one party alone was cut to 0.4 of what a machine can do."""
    accounts = Accounts(lambda party: "")
    accounts.charge([Use("busy", 1, ORDINARY_GAS)] * 10_000 + [Use("quiet", 1, 5_000)], NOW_MS, 30e-9)
    assert accounts.flooding == frozenset()
    assert accounts.dear(["busy", "quiet"]) == frozenset()
    assert accounts.expected("busy", 1) == ORDINARY_GAS
    accounts.charge([Use("dear", 1, ORDINARY_GAS + FLOOD_GAS + 1)], NOW_MS, 30e-9)
    assert accounts.flooding == {"dear"}


def sent_much(*parties: str) -> Accounts:
    """So many ordinary transactions of these parties that they are busy."""
    held = accounts()
    held.charge([Use(party, 1, 7_000) for party in parties for _ in range(BUSY_GAS // 7_000 + 1)], NOW_MS)
    return held


def test_who_sends_very_much_that_is_ordinary_stands_behind_who_sends_little_in_short_blocks() -> None:
    """500 cheap transactions a second of one supplier filled each block: others' commits cost twelve times as much."""
    held = sent_much("busy")
    held.charge([Use("quiet", 1, 7_000)], NOW_MS)
    assert held.dear(["busy", "quiet"]) == frozenset(), "it is no flood"
    assert held.busy(["busy", "quiet"], NOW_MS) == {"busy"}
    pool = pool_of(held, *["busy"] * 40, "quiet", "newcomer")
    assert taken(pool, 5 * held.expected("busy", 1)) == ["quiet", "newcomer", *["busy"] * 5]
    pool.remove(pool.ids()[40:])
    assert taken(pool, 5 * held.expected("busy", 1)) == ["busy"] * 5, "who comes next waits for a short block too"
    held.charge([], NOW_MS + 20_000)
    assert held.busy(["busy"], NOW_MS + 20_000) == frozenset(), "it sends little now"


def test_who_sends_ordinary_transactions_alone_or_beside_others_like_it_is_not_held_up() -> None:
    held = sent_much("busy", "other")
    assert held.busy(["busy", "other"], NOW_MS) == frozenset()
    pool = pool_of(held, *["busy", "other"] * 20)
    assert len(taken(pool, 0)) == 40
    held.charge([Use("quiet", 1, 7_000)], NOW_MS)
    assert held.busy(["busy"], NOW_MS + OTHERS_WITHIN_MS - 1) == {"busy"}
    assert held.busy(["busy"], NOW_MS + OTHERS_WITHIN_MS) == frozenset(), "the quiet one has left"
