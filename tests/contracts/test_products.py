"""From order to part to product: an attested event becomes bills to the cent, which are financed once covered."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from chainbill_contracts import sources
from contracts.expected import refused
from contracts.invariants import check_all
from contracts.products import VALUE, active, attested, described, event_bill, register, report
from contracts.silence import QuietWorld, waits
from contracts.test_red_letters import come
from contracts.world import (
    ANCHOR,
    BANK1,
    OTHER_ANCHOR,
    S1,
    S2,
    S3,
    S4,
    World,
    accepted_bill,
    as_two,
    ask,
    bid,
    change,
    disburse,
    issue,
    key_of,
    order,
    pay,
    settle,
)  # fmt: skip
from hypothesis import given
from hypothesis import strategies as st

from chainbill.state.keys import row_key
from chainbill.vm.testing import Harness

FACES = [3_703_704, 2_469_136, 411_518, 823_049]
WHOLE = 1_000_000


@pytest.fixture
def world() -> World:
    return World()


def product_of(world: World, product: str) -> dict[str, Any]:
    return dict(world.row("product", "product", product))


def test_the_worked_event(world: World, backend: str) -> None:
    """Value 123,456.79; engine 30 %, battery 20 %, tyres 3.3333 %, seats 6.6667 %."""
    world = World(backend)
    product = active(world)
    told = report(world, product)
    bills = [world.bill(one) for one in told["bills"]]
    assert not told["repeated"]
    assert [one["face"] for one in bills] == FACES
    assert sum(FACES) == 7_407_407
    assert [one["creditor"] for one in bills] == [S1, S2, S3, S4]
    for one in bills:
        assert (one["debtor"], one["initiator"], one["paying_bank"]) == (ANCHOR, ANCHOR, BANK1)
        assert (one["status"], one["confirmed_on"], one["issued_on"]) == ("pending_accept", world.today, world.today)
        assert (one["due_on"], one["delivered_on"], one["contract_no"]) == (world.plus(90), world.today, "O-1")
        assert (one["product"], one["event"], one["invoices"]) == (product, told["event"], [])
        assert one["confirmed"] == one["created"] != {"height": 0, "transaction": ""}
    row = world.row("product", "event", told["event"])
    assert (row["order"], row["serial"], row["value"], row["bills"]) == ("O-1", "VIN-1", VALUE, told["bills"])
    assert world.row("product", "reported", [ANCHOR, "O-1", "VIN-1"])["event"] == told["event"]
    assert world.row("bill", "to_pay", BANK1) == {"count": 4}
    assert [topic for _, topic, _ in world.events[-5:]] == ["issued"] * 4 + ["produced"]
    check_all(world)


def test_each_supplier_accepts_its_own_bill_and_refuses_it_alone(world: World) -> None:
    bills = report(world, active(world))["bills"]
    token = world.call(S1, "bill", "accept", bill=bills[0])["token"]
    assert (world.token(token)["holder"], world.bill(bills[0])["status"]) == (S1, "active")
    world.call(S2, "bill", "reject", bill=bills[1], reason="not mine")
    world.call(ANCHOR, "bill", "cancel", bill=bills[2], reason="")
    refused("not_the_creditor", world.call, S1, "bill", "accept", bill=bills[3])
    world.day(world.bill(bills[3])["expires_on"])
    assert [world.bill(one)["status"] for one in bills] == ["active", "rejected", "cancelled", "expired"]
    assert world.row("bill", "to_pay", BANK1) == {"count": 1}
    check_all(world)


def test_a_replay_issues_nothing(world: World) -> None:
    """The same content answers the first bills, also when the product is retired and its day is over."""
    product = active(world)
    said = attested(world, product)
    first = world.call(ANCHOR, "product", "event", **said)
    world.day(world.plus(5))
    world.call(S4, "product", "retire", product=product)
    again = world.call(ANCHOR, "product", "event", **said)
    assert again == {**first, "repeated": True}
    assert len(world.rows("bill", "bill")) == 4
    for otherwise in ({"value": VALUE + 1}, {"happened_on": "2026-03-01"}, {"product": register(world)}):
        refused("event_used_otherwise", world.call, ANCHOR, "product", "event", **{**said, **otherwise})


def test_another_serial_number_or_order_is_another_event(world: World) -> None:
    product = active(world)
    report(world, product, value=1_000_000)
    report(world, product, "VIN-2", 1_000_000)
    report(world, product, value=1_000_000, order="O-2")
    assert len(world.rows("bill", "bill")) == 12
    check_all(world)


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("order", "O-2"),
        ("serial", "VIN-9"),
        ("value", VALUE - 1),
        ("happened_on", "2026-03-01"),
        ("signature", "00" * 64),
    ],
)
def test_the_attestor_signs_all_that_is_said(world: World, what: str, other: Any) -> None:
    said = {**attested(world, active(world)), what: other}
    refused("attestation_wrong", world.call, ANCHOR, "product", "event", **said)
    assert world.rows("bill", "bill") == []


def test_what_was_signed_for_one_product_or_by_another_key_is_no_attestation(world: World) -> None:
    said = attested(world, active(world))
    for other in (active(world), active(world, attestor={"alg": "ed25519", "key": key_of(S1)})):
        refused("attestation_wrong", world.call, ANCHOR, "product", "event", **{**said, "product": other})


def test_nothing_is_issued_before_all_have_agreed_nor_once_one_of_them_retired_it(world: World) -> None:
    product = register(world)
    for supplier in (S1, S2, S3):
        assert world.call(supplier, "product", "agree", product=product)["product_status"] == "proposed"
        refused("product_not_active", report, world, product)
    assert world.call(S4, "product", "agree", product=product)["product_status"] == "active"
    assert product_of(world, product)["agreed"] == [S1, S2, S3, S4]
    bills = report(world, product)["bills"]
    world.call(S2, "product", "retire", product=product)
    refused("product_not_active", report, world, product, "VIN-2", 1_000)
    refused("product_transition", world.call, S1, "product", "agree", product=product)
    refused("product_transition", world.call, ANCHOR, "product", "retire", product=product)
    world.call(S1, "bill", "accept", bill=bills[0])
    check_all(world)


def test_a_supplier_of_several_parts_agrees_once_and_gets_a_bill_for_each(world: World) -> None:
    parts = [{"part": name, "supplier": S1, "share": 400_000} for name in ("left", "right")]
    product = register(world, parts)
    assert world.call(S1, "product", "agree", product=product)["product_status"] == "active"
    assert [world.bill(one)["face"] for one in report(world, product, value=1_001)["bills"]] == [401, 400]


def test_a_supplier_that_is_suspended_may_leave_and_stops_the_events(world: World) -> None:
    product = active(world)
    order(world, S1, "suspended")
    refused("party_not_active", report, world, product)
    assert world.rows("bill", "bill") == []
    world.call(S1, "product", "retire", product=product)
    assert product_of(world, product)["status"] == "retired"


def test_the_limits_of_one_event_and_of_a_day(world: World) -> None:
    product = active(world)
    refused("event_too_large", report, world, product, value=20_000_001)
    report(world, product, value=20_000_000)
    refused("event_too_large", report, world, product, "VIN-2", 10_000_001)
    report(world, product, "VIN-2", 10_000_000)
    refused("event_too_large", report, world, product, "VIN-3", 100)
    report(world, active(world), "VIN-3", 20_000_000)
    world.day(world.plus(1))
    report(world, product, "VIN-4", 20_000_000)
    refused("event_too_large", report, world, product, "VIN-5", 10_000_001)


def test_the_day_of_an_event_decides_when_its_bills_are_due(world: World) -> None:
    product = active(world, due_days=5)
    refused("event_in_future", report, world, product, happened_on=world.plus(1))
    refused("due_date_not_in_future", report, world, product, happened_on=world.plus(-5))
    bills = report(world, product, happened_on=world.plus(-4))["bills"]
    assert world.bill(bills[0])["due_on"] == world.plus(1)


def test_a_policy_of_the_anchor_asks_for_two_people_by_the_sum_of_the_bills(world: World) -> None:
    product = active(world)
    rules = [{"action": "product.event", "currency": "CNY", "above": sum(FACES) - 1}]
    change(world, ANCHOR, "set_policy", policy={"rules": rules})
    refused("maker_and_checker_needed", report, world, product)
    report(world, product, value=VALUE - 10)
    said = attested(world, product, "VIN-2", VALUE - 1)
    world.send(ANCHOR, ("product", "event", said), keys=[key_of(ANCHOR), key_of(ANCHOR, 1)])


def test_bills_of_events_are_no_drafts(world: World) -> None:
    """Their suppliers agreed to the product: none counts against a bound, and none gives back what it never took."""
    product = active(world)
    bills = report(world, product, value=1_000)["bills"] + report(world, product, "VIN-2", 1_000)["bills"]
    assert world.rows("bill", "open_drafts") == []
    issue(world, ANCHOR)
    world.call(ANCHOR, "bill", "cancel", bill=bills[0], reason="")
    world.call(S1, "bill", "reject", bill=bills[4], reason="")
    world.call(S2, "bill", "accept", bill=bills[1])
    assert [row["count"] for _, row in world.rows("bill", "open_drafts")] == [1, 1]
    world.day(world.bill(bills[2])["expires_on"])
    assert world.rows("bill", "open_drafts") == []
    check_all(world)


@pytest.mark.parametrize("holder", [S1, S2])
def test_an_uncovered_bill_is_financed_by_nobody_until_its_invoices_come(world: World, holder: str) -> None:
    bill, token = event_bill(world)
    face = world.bill(bill)["face"]
    if holder == S2:
        token = pay(world, token, S2, face)[0]
    refused("invoices_missing", world.call, holder, "finance", "request", token=token, banks=[BANK1], amount=1_000)
    come(world, bill, [{"fingerprint": "1" * 64, "amount": face - 1, "total": face}])
    refused("invoices_missing", world.call, holder, "finance", "request", token=token, banks=[BANK1], amount=1_000)
    come(world, bill, [{"fingerprint": "2" * 64, "amount": 1, "total": 5}])
    request = world.call(holder, "finance", "request", token=token, banks=[BANK1], amount=1_000)["request"]
    quote = bid(world, request, BANK1)["quote"]
    world.call(holder, "finance", "agree", quote=quote)
    disburse(world, BANK1, quote)
    check_all(world)


@pytest.mark.parametrize("step", ["agree", "disburse"])
def test_what_is_uncovered_is_asked_with_every_step(world: World, step: str) -> None:
    """Nothing takes an invoice back that stands; were one gone all the same, no money follows."""
    bill, token = event_bill(world)
    face = world.bill(bill)["face"]
    come(world, bill, [{"fingerprint": "1" * 64, "amount": face, "total": face}])
    quote = bid(world, ask(world, token, BANK1, amount=1_000)["request"], BANK1)["quote"]
    if step == "disburse":
        world.call(S1, "finance", "agree", quote=quote)
    world.overlay.put(row_key("bill", "bill", bill), {**world.bill(bill), "invoices": []})
    if step == "agree":
        refused("invoices_missing", world.call, S1, "finance", "agree", quote=quote)
    else:
        refused("invoices_missing", disburse, world, BANK1, quote)


def test_a_dilution_lowers_what_invoices_have_to_cover(world: World) -> None:
    bill, token = event_bill(world)
    face = world.bill(bill)["face"]
    asked = world.call(
        S1, "bill", "ask_dilution", bill=bill, token=token, amount=300, credit_note="d" * 64, parts=[], reason=""
    )
    rest = world.call(ANCHOR, "bill", "answer", joint=asked["joint"], answer="yes")["token"]
    come(world, bill, [{"fingerprint": "1" * 64, "amount": face - 300, "total": face}])
    ask(world, rest, BANK1, amount=1_000)


def test_an_uncovered_bill_is_paid_as_any(world: World) -> None:
    bill, _ = event_bill(world)
    world.day(world.bill(bill)["pay_on"])
    settle(world, bill, world.bill(bill)["face"])
    assert world.bill(bill)["status"] == "settled"
    check_all(world)


def test_what_was_not_of_an_event_needs_no_invoices(world: World) -> None:
    ask(world, accepted_bill(world)[1], BANK1, amount=1_000)


def test_an_anchor_registers_so_many_a_day(world: World) -> None:
    for _ in range(20):
        register(world)
    refused("too_many_products", register, world)
    as_two(world, OTHER_ANCHOR, "product", "register", **described())
    world.day(world.plus(1))
    register(world)


def test_what_it_is_made_of_fits(world: World) -> None:
    one = {"part": "a", "supplier": S1, "share": 1}
    for parts in ("x", [], [one] * 101, [{**one, "share": 0}], [{**one, "share": True}], [{**one, "share": WHOLE + 1}],
                  [{**one, "share": 600_000}, {**one, "share": 400_001}]):  # fmt: skip
        refused("shares_not_valid", register, world, parts)
    for days in (0, 367, "9"):
        refused("due_days_not_valid", register, world, due_days=days)
    register(world, [one] * 100, due_days=366)
    register(world, [{**one, "share": WHOLE}], due_days=1)


@cache
def apportioned() -> Any:
    return Harness(sources()).function("product", "apportioned")


@st.composite
def edges(draw: st.DrawFn) -> tuple[int, list[int], int]:
    """A value and shares, all of which come to this many millionths of a cent beyond half a cent."""
    beyond = draw(st.integers(-1, 1))
    value = draw(st.integers(WHOLE, 2**53 - 1).filter(lambda one: one % 2 and one % 5))
    whole = (WHOLE // 2 + beyond) * pow(value, -1, WHOLE) % WHOLE
    cuts = draw(st.sets(st.integers(1, whole - 1), max_size=19)) if whole > 1 else set()
    bounds = [0, *sorted(cuts), whole]
    return value, [high - low for low, high in pairwise(bounds)], beyond


@given(drawn=edges())
def test_half_a_cent_of_all_shares_is_a_cent(drawn: tuple[int, list[int], int]) -> None:
    value, shares, beyond = drawn
    parts = [{"part": "a", "supplier": S1, "share": share} for share in shares]
    found = apportioned()(value, parts)
    assert sum(one["amount"] for one in found) == value * sum(shares) // WHOLE + (beyond >= 0)


@given(
    value=st.integers(1, 2**53 - 1),
    shares=st.lists(st.integers(1, WHOLE), min_size=1, max_size=20).filter(lambda all_: sum(all_) <= WHOLE),
)
def test_shares_sum_to_their_part_of_the_value_and_each_is_within_a_cent(value: int, shares: list[int]) -> None:
    parts = [{"part": "a", "supplier": S1, "share": share} for share in shares]
    amounts = [value * share // WHOLE for share in shares]
    if min(amounts) == 0:
        value *= WHOLE
    found = [one["amount"] for one in apportioned()(value, parts)]
    exact = [value * share for share in shares]
    assert sum(found) == (2 * sum(exact) + WHOLE) // (2 * WHOLE)
    assert all(0 <= amount - much // WHOLE <= 1 for amount, much in zip(found, exact, strict=True))
    got = [much % WHOLE for amount, much in zip(found, exact, strict=True) if amount > much // WHOLE]
    left = [much % WHOLE for amount, much in zip(found, exact, strict=True) if amount == much // WHOLE]
    assert not got or not left or min(got) >= max(left)


@waits("product", "proposed", silent="a supplier")
def an_anchor_retires_what_a_supplier_does_not_answer(world: QuietWorld) -> None:
    product = register(world)
    world.silent = (S1,)
    world.call(ANCHOR, "product", "retire", product=product)
    assert product_of(world, product)["status"] == "retired"


@waits("product", "proposed", silent="the anchor")
def a_supplier_retires_what_others_do_not_agree_to(world: QuietWorld) -> None:
    product = register(world)
    world.silent = (ANCHOR, S2)
    world.call(S1, "product", "retire", product=product)
    assert product_of(world, product)["status"] == "retired"
