"""Money for an account that a court named is its bank's to pay: its holder is owed nothing and may be closed."""

from __future__ import annotations

import pytest
from contracts.expected import both
from contracts.freezing import frozen, transfer
from contracts.invariants import check_all
from contracts.world import BANK1, S1, World, accepted_bill, settle

from chainbill.dates import add_days
from chainbill.errors import Refused


@pytest.fixture
def waiting(world: World) -> dict[str, str]:
    """Money of S1 that a court has had transferred to its account, and that BANK1 has not reported yet."""
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 1_000)
    paid = settle(world, bill, 1_000)["payments"][0]["token"]
    assert {row[2] for row, _ in world.rows("core", "holding", (S1,))} == {"payee_open"}
    transfer(world, made, 0, "", account="7c" * 32)
    return {"bill": bill, "token": paid}


def open_of(world: World, party: str) -> dict[str, list[int]]:
    return {key[2]: row for key, row in world.rows("core", "holding", (party,))}


def test_its_holder_is_owed_nothing_and_can_be_closed(world: World, waiting: dict[str, str]) -> None:
    assert open_of(world, S1) == {}
    assert open_of(world, BANK1) == {"payee_open": [1, 1_000], "paying_bank_open": [1, 1_000]}
    check_all(world)
    both(world, BANK1, "standing.leave", party=S1)
    world.day(world.plus(10))
    both(world, BANK1, "standing.close", party=S1)
    assert world.row("party", "party", S1)["status"] == "closed"
    world.call(BANK1, "settlement", "pay_result", **waiting, status="paid", reference="P-1")
    assert open_of(world, BANK1) == {}
    check_all(world)


def test_the_bank_owes_it_until_it_reports_it_and_says_nothing_else(world: World, waiting: dict[str, str]) -> None:
    with pytest.raises(Refused, match="not_the_payee"):
        both(world, BANK1, "settlement.acknowledge", **waiting)
    with pytest.raises(Refused, match="not_the_payee"):
        both(world, S1, "settlement.acknowledge", **waiting)
    with pytest.raises(Refused, match="payment_transition"):
        world.call(BANK1, "settlement", "pay_result", **waiting, status="instructed", reference="P-1")
    world.call(BANK1, "settlement", "pay_result", **waiting, status="paid", reference="P-2")
    world.call(BANK1, "settlement", "pay_result", **waiting, status="returned", reference="P-3")
    world.call(BANK1, "settlement", "pay_result", **waiting, status="instructed", reference="P-4")
    row = world.row("settlement", "payment", list(waiting.values()))
    assert (row["party"], row["account"], row["kind"]) == (BANK1, "7c" * 32, "court")
    check_all(world)


@pytest.mark.parametrize("paid", [False, True])
def test_after_five_years_it_is_an_alert(world: World, waiting: dict[str, str], *, paid: bool) -> None:
    since = world.today
    if paid:
        world.call(BANK1, "settlement", "pay_result", **waiting, status="paid", reference="P-1")
    world.day(add_days(since, 1_826))
    assert "settlement.payment_waits" not in world.topics()
    world.day(world.plus(1))
    told = [fields for contract, topic, fields in world.events if topic == "payment_waits"]
    assert told == ([] if paid else [{**waiting, "party": BANK1, "bank": BANK1, "since": since}])
    assert not world.failed_items
