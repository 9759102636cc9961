"""What the core refuses whatever contracts write, and what it derives from what they write."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ledger.token_world import TokenWorld, bill_row

from chainbill.errors import Malformed, Reason, Refused
from chainbill.ledger.checks import FIGURES
from chainbill.ledger.core_rows import bill_key, holding_key, range_key, text_part, token_key
from chainbill.ledger.whole_state import check_bill, check_state
from chainbill.state.keys import row_key, table_prefix
from chainbill.state.view import RowChange


@pytest.fixture
def world() -> TokenWorld:
    world = TokenWorld()
    world.bill()
    world.next_block()
    return world


def refused(reason: Reason) -> pytest.RaisesContext[Refused]:
    return pytest.raises(Refused, match=f"^{reason}")


@given(st.text(max_size=20).filter(lambda text: len(text.encode("utf-8", "surrogatepass")) < 100))
@example("é")
@example("a\0b")
@example("\n")
def test_a_text_is_in_a_key_as_every_key_has_it(text: str) -> None:
    """By the short way for plain texts, too."""
    try:
        key = row_key("core", "t", text)
    except Malformed:
        return
    assert text_part(text) == key.removeprefix(table_prefix("core", "t"))


@pytest.mark.parametrize("name", FIGURES)
def test_a_bill_that_states_one_sum_states_it_truly(name: str) -> None:
    """The others are left out; a leaf that ends otherwise changes nothing of it."""
    for ended in FIGURES:
        world = TokenWorld()
        first = {**bill_row("B1", 1000, "ANCHOR", "pending_accept"), name: 0}
        world.act((bill_key("B1"), first))
        world.act((bill_key("B1"), {**first, "status": "active"}), world.new("B1", 0, 1000, "S1"))
        with refused(Reason.CORE_CONSERVATION):
            world.finish("T1", ended)
        told = {**first, "status": "active", name: 1000 if ended == name else 0, "ended_as": ended}
        world.act(world.end("T1", ended), (bill_key("B1"), told))


def test_acceptance_makes_the_range_and_both_holdings(world: TokenWorld) -> None:
    assert world.overlay.get(range_key("B1", 0)) == [1000, "T1"]
    assert world.overlay.get(holding_key("S1", "CNY", "holder")) == [1, 1000]
    assert world.overlay.get(holding_key("ANCHOR", "CNY", "debtor")) == [1, 1000]


def test_a_cut_and_a_move_replace_ranges_and_shift_holdings(world: TokenWorld) -> None:
    world.cut("T1", 400)
    world.move("T2", "S2")
    assert world.overlay.get(range_key("B1", 0)) == [400, "T4"]
    assert world.overlay.get(range_key("B1", 400)) == [1000, "T3"]
    assert world.overlay.get(holding_key("S1", "CNY", "holder")) == [1, 600]
    assert world.overlay.get(holding_key("S2", "CNY", "holder")) == [1, 400]
    assert world.overlay.get(holding_key("ANCHOR", "CNY", "debtor")) == [2, 1000]


def test_a_merge_removes_the_inner_range(world: TokenWorld) -> None:
    world.cut("T1", 400)
    merged = world.new("B1", 0, 1000, "S1", parent="T1")
    world.act(world.end("T2", "moved"), world.end("T3", "moved"), merged)
    assert world.overlay.get(range_key("B1", 0)) == [1000, "T4"]
    assert world.overlay.get(range_key("B1", 400)) is None


def test_settling_takes_cents_out_of_circulation_and_keeps_the_range(world: TokenWorld) -> None:
    world.finish("T1", "settled")
    world.next_block()
    assert world.overlay.get(range_key("B1", 0)) == [1000, "T1"]
    assert world.overlay.get(holding_key("S1", "CNY", "holder")) is None
    totals = check_state(world.view)["B1"]
    assert (totals.face, totals.live, totals.settled) == (1000, 0, 1000)


@pytest.mark.parametrize(("lo", "hi"), [(0, 1001), (0, 999), (1, 1000)])
def test_a_first_token_is_the_whole_bill(lo: int, hi: int) -> None:
    world = TokenWorld()
    world.act((bill_key("B1"), bill_row("B1", 1000, "ANCHOR", "pending_accept")))
    with refused(Reason.CORE_CONSERVATION):
        world.act((bill_key("B1"), bill_row("B1", 1000, "ANCHOR", "active")), world.new("B1", lo, hi, "S1"))


def test_a_bill_does_not_become_active_without_its_token() -> None:
    world = TokenWorld()
    world.act((bill_key("B1"), bill_row("B1", 1000, "ANCHOR", "pending_accept")))
    with refused(Reason.CORE_CONSERVATION):
        world.act((bill_key("B1"), bill_row("B1", 1000, "ANCHOR", "active")))


def test_a_bill_becomes_active_from_pending_accept_only() -> None:
    world = TokenWorld()
    world.act((bill_key("B1"), bill_row("B1", 1000, "ANCHOR", "draft")))
    with refused(Reason.CORE_CONSERVATION):
        world.act((bill_key("B1"), bill_row("B1", 1000, "ANCHOR", "active")), world.new("B1", 0, 1000, "S1"))


@pytest.mark.parametrize("status", ["pending_accept", "draft", "withdrawn", "no such status"])
def test_an_accepted_bill_stays_accepted(world: TokenWorld, status: str) -> None:
    """Its cents exist: a bill that took an unaccepted status again would be left out of every total."""
    with refused(Reason.CORE_CONSERVATION):
        world.act((bill_key("B1"), bill_row("B1", 1000, "ANCHOR", status)))


def test_a_new_bill_is_never_active() -> None:
    with refused(Reason.CORE_ROW_SCHEMA):
        world = TokenWorld()
        world.act((bill_key("B1"), bill_row("B1", 1000, "ANCHOR", "active")), world.new("B1", 0, 1000, "S1"))


def test_cents_from_nothing_are_refused(world: TokenWorld) -> None:
    with refused(Reason.CORE_CONSERVATION):
        world.act(world.new("B1", 0, 10, "S2", parent="T1"))


def test_cents_into_nothing_are_refused(world: TokenWorld) -> None:
    with refused(Reason.CORE_CONSERVATION):
        world.act(world.end("T1", "split"), world.new("B1", 0, 999, "S1", parent="T1"))


def test_one_cent_in_two_tokens_is_refused(world: TokenWorld) -> None:
    pieces = [world.new("B1", 0, 501, "S1", parent="T1"), world.new("B1", 500, 1000, "S1", parent="T1")]
    with refused(Reason.CORE_CONSERVATION):
        world.act(world.end("T1", "split"), *pieces)


def test_the_same_range_twice_is_refused(world: TokenWorld) -> None:
    pieces = [world.new("B1", 0, 1000, "S1", parent="T1"), world.new("B1", 0, 1000, "S2", parent="T1")]
    with refused(Reason.CORE_CONSERVATION):
        world.act(world.end("T1", "split"), *pieces)


def test_cents_of_one_bill_do_not_pay_for_another(world: TokenWorld) -> None:
    world.bill("B2")
    with refused(Reason.CORE_CONSERVATION):
        world.act(world.end("T1", "moved"), world.new("B2", 0, 1000, "S2", parent="T2"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lo", 1),
        ("lo", False),
        ("ended", False),
        ("hi", 999),
        ("holder", "S2"),
        ("currency", "USD"),
        ("bill", "B2"),
        ("parent", "T9"),
        ("born", 7),
    ],
)
def test_what_a_token_is_never_changes(world: TokenWorld, field: str, value: object) -> None:
    with refused(Reason.CORE_ROW_FIXED):
        world.act((token_key("T1"), {**world.token("T1"), field: value}))


def test_locks_change_in_place(world: TokenWorld) -> None:
    world.act((token_key("T1"), {**world.token("T1"), "locks": [{"kind": "offered"}], "offered_to": "S2"}))
    assert world.overlay.get(range_key("B1", 0)) == [1000, "T1"]


@pytest.mark.parametrize("status", ["settled", "diluted", "void", "split", "moved"])
def test_an_ended_token_never_lives_again(world: TokenWorld, status: str) -> None:
    children = [world.new("B1", 0, 1000, "S1", parent="T1")] if status in ("split", "moved") else []
    world.act(world.end("T1", status), *children)
    with refused(Reason.CORE_ROW_FIXED):
        world.act((token_key("T1"), {**world.token("T1"), "status": "live", "ended": 0}))


def test_a_token_is_never_deleted(world: TokenWorld) -> None:
    with refused(Reason.CORE_ROW_FIXED):
        world.act((token_key("T1"), None))


@pytest.mark.parametrize(("field", "value"), [("face", 1001), ("debtor", "OTHER"), ("currency", "USD"), ("id", "B2")])
def test_what_a_bill_is_never_changes(world: TokenWorld, field: str, value: object) -> None:
    with refused(Reason.CORE_ROW_FIXED):
        world.act((bill_key("B1"), {**bill_row("B1", 1000, "ANCHOR", "active"), field: value}))


@pytest.mark.parametrize("parent", ["", "T404", "T2"])
def test_a_new_token_comes_from_a_token_of_its_bill_that_covers_it(world: TokenWorld, parent: str) -> None:
    world.bill("B2")
    with refused(Reason.CORE_CONSERVATION):
        world.act(world.end("T1", "moved"), world.new("B1", 0, 1000, "S2", parent=parent))


def test_a_parent_covers_its_children(world: TokenWorld) -> None:
    world.cut("T1", 400)
    with refused(Reason.CORE_CONSERVATION):
        world.act(world.end("T2", "moved"), world.new("B1", 0, 400, "S2", parent="T3"))


def test_lineage_has_no_circle(world: TokenWorld) -> None:
    one = world.new("B1", 0, 1000, "S2", parent="T3")
    other = world.new("B1", 0, 1000, "S2", parent="T2", status="moved", ended=world.height)
    with refused(Reason.CORE_CONSERVATION):
        world.act(world.end("T1", "moved"), one, other)


def test_a_long_chain_within_one_block_is_fine(world: TokenWorld) -> None:
    for token in range(1, 6):
        world.move(f"T{token}", f"S{token + 1}")
    assert world.overlay.get(range_key("B1", 0)) == [1000, "T6"]


def test_a_chain_within_one_transaction_is_fine(world: TokenWorld) -> None:
    inner = world.new("B1", 0, 1000, "S2", parent="T1", status="moved", ended=world.height)
    world.act(world.end("T1", "moved"), inner, world.new("B1", 0, 1000, "S3", parent="T2"))
    assert world.overlay.get(range_key("B1", 0)) == [1000, "T3"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lo", "0"),
        ("hi", True),
        ("lo", -1),
        ("status", "gone"),
        ("holder", ""),
        ("born", 0),
        ("ended", 5),
        ("id", "TX"),
    ],
)
def test_a_new_token_has_the_schema_of_the_core(world: TokenWorld, field: str, value: object) -> None:
    key, row = world.new("B1", 0, 1000, "S2", parent="T1")
    with refused(Reason.CORE_ROW_SCHEMA):
        world.act(world.end("T1", "moved"), (key, {**row, field: value}))


TEXTS = ("id", "bill", "currency", "holder", "parent", "financing", "status")
NUMBERS = ("lo", "hi", "born", "ended", "reversed_at")


@pytest.mark.parametrize("field", [*TEXTS, *NUMBERS])
def test_a_new_token_has_each_field_of_the_core_in_its_own_type(world: TokenWorld, field: str) -> None:
    """Not missing, nor anything else that a contract can write, be it equal: True is 1 and False is 0."""
    key, row = world.new("B1", 0, 1000, "S2", parent="T1")
    without = {name: value for name, value in row.items() if name != field}
    others: list[object] = [None, True, False, b"", b"T1", [], ["S2"], {}, "1" if field in NUMBERS else 1]
    for wrong in (without, *({**row, field: other} for other in others)):
        with refused(Reason.CORE_ROW_SCHEMA):
            world.act(world.end("T1", "moved"), (key, wrong))


def test_a_token_has_its_bills_currency(world: TokenWorld) -> None:
    with refused(Reason.CORE_ROW_SCHEMA):
        world.act(world.end("T1", "moved"), world.new("B1", 0, 1000, "S2", parent="T1", currency="USD"))


def test_a_token_that_ends_says_when(world: TokenWorld) -> None:
    with refused(Reason.CORE_ROW_SCHEMA):
        world.act((token_key("T1"), {**world.token("T1"), "status": "settled", "ended": 1}))


def test_a_sum_beyond_the_largest_amount_is_refused() -> None:
    world = TokenWorld()
    world.bill("B1", face=2**53 - 1)
    with refused(Reason.CORE_HOLDINGS):
        world.bill("B2", face=1)


def test_only_the_core_changes_the_contracts_that_run(world: TokenWorld) -> None:
    with refused(Reason.CORE_ROW_FIXED):
        world.act((row_key("governance", "contract", "token"), {"source": "x"}))


def test_the_clock_of_a_real_network_stands(world: TokenWorld) -> None:
    with refused(Reason.CORE_ROW_FIXED):
        world.act((row_key("governance", "clock", "offset"), {"offset_ms": 5}))


def test_a_network_keeps_a_validator(world: TokenWorld) -> None:
    row = {"alg": "ed25519", "name": "v", "party": "P", "address": "", "status": "active"}
    world.act((row_key("governance", "validator", "11" * 32), row))
    with pytest.raises(Exception, match="shape_wrong"):
        world.act((row_key("governance", "validator", "11" * 32), {**row, "status": "removed"}))


@pytest.mark.parametrize(("settled", "fine"), [(1000, True), (999, False), (0, False), (1001, False)])
def test_the_sums_that_a_bill_states_are_those_of_its_leaves(world: TokenWorld, settled: int, fine: bool) -> None:
    figures = {"settled": 0, "diluted": 0, "void": 0}
    world.act((bill_key("B1"), {**bill_row("B1", 1000, "ANCHOR", "active"), **figures}))
    changed = bill_key("B1"), {**bill_row("B1", 1000, "ANCHOR", "settled"), **figures, "settled": settled}
    if fine:
        world.act(world.end("T1", "settled"), changed)
        return
    with refused(Reason.CORE_CONSERVATION):
        world.act(world.end("T1", "settled"), changed)


def test_a_bill_that_states_sums_changes_with_its_leaves(world: TokenWorld) -> None:
    figures = {"settled": 0, "diluted": 0, "void": 0}
    world.act((bill_key("B1"), {**bill_row("B1", 1000, "ANCHOR", "active"), **figures}))
    with refused(Reason.CORE_CONSERVATION):
        world.act(world.end("T1", "void"))
    with refused(Reason.CORE_CONSERVATION):
        world.act((bill_key("B1"), {**bill_row("B1", 1000, "ANCHOR", "active"), **figures, "diluted": 5}))


def test_the_walk_over_a_bill_finds_a_gap(world: TokenWorld) -> None:
    world.cut("T1", 400)
    world.next_block()
    assert check_bill(world.view, "B1") is not None
    key = range_key("B1", 400)
    world.view.apply([RowChange(key, world.view.get(key), None)])
    with pytest.raises(Exception, match="core_conservation: the ranges end at 400"):
        check_bill(world.view, "B1")


def test_the_walk_over_the_state_finds_a_wrong_holding(world: TokenWorld) -> None:
    world.view.rows[holding_key("S1", "CNY", "holder")] = world.view.rows[range_key("B1", 0)]
    with pytest.raises(Exception, match="core_holdings"):
        check_state(world.view)
