"""What the specification says of invoices and disputes (its section 16; decision 0034), one test a rule."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.expected import both, door, refused, told
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    OTHER_ANCHOR,
    S1,
    S2,
    S3,
    World,
    accepted_bill,
    ask,
    bid,
    issue,
    order,
    settle,
)  # fmt: skip

PRINT = "1f" * 32


def on(amount: int, total: int = 1_000, fingerprint: str = PRINT, **fields: Any) -> dict[str, Any]:
    """A bill of this amount that stands on one invoice."""
    return {
        "face": amount,
        "invoices": [{"fingerprint": fingerprint, "amount": amount, "total": total}],
        **fields,
    }


def invoice(world: World, seller: str = S1) -> Any:
    return world.row("invoice", "invoice", [PRINT, seller])


def confirm(world: World, bill: str) -> None:
    world.call(world.bill(bill)["debtor"], "bill", "confirm", bill=bill)


def confirm_new(world: World, **fields: Any) -> None:
    """Issue and confirm: what the ledger knows already, it may refuse at issue."""
    confirm(world, issue(world, **fields))


def dispute(world: World, by: str = S3, seller: str = S1, document: str = "5a" * 32, of: str = PRINT) -> Any:
    return world.call(by, "invoice", "dispute", fingerprint=of, seller=seller, document=document)


# --- occupying --------------------------------------------------------------------------------------------------------
def test_an_invoice_is_occupied_at_confirmation_only(world: World) -> None:
    bill = issue(world, **on(400))
    assert invoice(world) is None
    confirm(world, bill)
    row = invoice(world)
    assert (row["seller"], row["buyer"], row["occupied"], row["status"]) == (S1, ANCHOR, 400, "part_occupied")
    second = issue(world, **on(600))
    third = issue(world, **on(1))
    confirm(world, second)
    assert (invoice(world)["occupied"], invoice(world)["status"]) == (1_000, "occupied")
    refused("invoice_occupied", confirm, world, third)


@pytest.mark.parametrize("way", ["reject", "cancel", "expire"])
def test_every_exit_of_a_bill_frees_its_invoice(world: World, way: str) -> None:
    bill = issue(world, **on(1_000))
    confirm(world, bill)
    if way == "reject":
        world.call(S1, "bill", "reject", bill=bill, reason="not mine")
    elif way == "cancel":
        world.call(ANCHOR, "bill", "cancel", bill=bill, reason="wrong")
    else:
        world.day(world.plus(30))
    assert (invoice(world)["occupied"], invoice(world)["status"]) == (0, "registered")


def test_settlement_frees_nothing(world: World) -> None:
    bill, _ = accepted_bill(world, **on(1_000))
    settle(world, bill, 1_000)
    assert (invoice(world)["occupied"], invoice(world)["status"]) == (1_000, "occupied")
    refused("invoice_occupied", confirm_new, world, **on(1))


def test_the_same_invoice_keeps_its_total_and_currency(world: World) -> None:
    confirm(world, issue(world, **on(100)))
    refused("invoice_total_differs", confirm_new, world, **on(100, total=2_000))
    refused("invoice_currency_differs", confirm_new, world, **on(100, currency="EUR"))


def test_no_stranger_blocks_an_invoice_and_the_banks_are_told(world: World) -> None:
    """A false seller with its own anchor, over one cent: the true seller's bill stands, and who finances it sees it."""
    accepted_bill(world, **on(1, debtor=OTHER_ANCHOR, creditor=S2), by=S2)
    _, token = accepted_bill(world, **on(1_000))
    asked = ask(world, token, BANK2, amount=1_000)
    quoted = bid(world, asked["request"], BANK2)
    agreed = world.call(S1, "finance", "agree", quote=quoted["quote"])
    assert PRINT in str(asked["claimed_twice"])
    assert PRINT in str(quoted["claimed_twice"])
    assert PRINT in str(agreed["claimed_twice"])
    alerts = [data for contract, topic, data in world.events if topic == "claimed_twice"]
    assert alerts
    assert not any(S2 in str(data) or OTHER_ANCHOR in str(data) for data in alerts)


def test_an_anchor_alone_does_not_hold_a_seller_s_invoice(world: World) -> None:
    """Decision 0034: what the seller signed goes before what it did not; what gave way is accepted no more."""
    false = issue(world, by=OTHER_ANCHOR, **on(1, debtor=OTHER_ANCHOR))
    confirm(world, false)
    true = issue(world, **on(1_000))
    confirm(world, true)
    assert (invoice(world)["buyer"], invoice(world)["occupied"]) == (ANCHOR, 1_000)
    refused("invoice_of_others", world.call, S1, "bill", "accept", bill=false)
    world.call(S1, "bill", "reject", bill=false, reason="not mine")
    assert invoice(world)["occupied"] == 1_000
    world.call(S1, "bill", "accept", bill=true)


def test_what_a_seller_signed_gives_way_to_nobody(world: World) -> None:
    accepted_bill(world, **on(1))
    refused("invoice_of_others", confirm_new, world, **on(1, debtor=OTHER_ANCHOR))


@pytest.mark.parametrize("fingerprint", ["", "1f" * 31, "1F" * 32, "zz" * 32])
def test_a_fingerprint_has_its_form(world: World, fingerprint: str) -> None:
    refused("fingerprint_not_valid", issue, world, **on(1, fingerprint=fingerprint))


# --- disputes ---------------------------------------------------------------------------------------------------------
def test_any_party_disputes_and_it_blocks_nothing(world: World) -> None:
    _, token = accepted_bill(world, **on(1_000))
    raised = dispute(world)
    assert raised["until"] == "2026-04-01"
    asked = ask(world, token, BANK2, amount=1_000)
    quoted = bid(world, asked["request"], BANK2)
    agreed = world.call(S1, "finance", "agree", quote=quoted["quote"])
    for answer in (asked, quoted, agreed):
        assert raised["dispute"] in str(answer["disputes"])


def test_an_invoice_that_is_not_on_the_ledger_is_disputed_alike(world: World) -> None:
    first = dispute(world)
    accepted_bill(world, **on(1_000))
    second = dispute(world, by=S2)
    assert set(first) == set(second)


def test_a_dispute_ends_after_thirty_days(world: World) -> None:
    raised = dispute(world)["dispute"]
    world.day("2026-04-01")
    assert world.row("invoice", "dispute", raised)["status"] == "open"
    world.day("2026-04-02")
    assert world.row("invoice", "dispute", raised)["status"] == "ended"
    assert world.row("invoice", "disputed", [PRINT, S1]) is None
    refused("dispute_transition", both, world, BANK1, "invoice.uphold", dispute=raised)


def test_its_sponsor_upholds_with_two_people_and_it_stays(world: World) -> None:
    raised = dispute(world)["dispute"]
    refused("maker_and_checker_needed", world.call, BANK1, "invoice", "uphold", dispute=raised)
    refused("not_the_sponsor", both, world, BANK2, "invoice.uphold", dispute=raised)
    both(world, BANK1, "invoice.uphold", dispute=raised)
    refused("dispute_transition", both, world, BANK1, "invoice.uphold", dispute=raised)
    world.day("2026-06-01")
    assert world.row("invoice", "dispute", raised)["status"] == "upheld"
    assert world.row("invoice", "disputed", [PRINT, S1])["disputes"] == [raised]
    refused("not_the_sponsor", world.call, S1, "invoice", "withdraw_dispute", dispute=raised)
    world.call(S3, "invoice", "withdraw_dispute", dispute=raised)  # nothing but a withdrawal or a vote ends it


def test_who_raised_a_dispute_takes_it_back_in_every_status(world: World) -> None:
    raised = dispute(world)["dispute"]
    refused("not_the_disputing_party", world.call, S1, "invoice", "withdraw_dispute", dispute=raised)
    order(world, S3, "suspended")
    refused("party_not_active", door, world, S3, "invoice.dispute")
    door(world, S3, "invoice.withdraw_dispute", dispute=raised)
    world.call(S3, "invoice", "withdraw_dispute", dispute=raised)
    refused("dispute_transition", world.call, S3, "invoice", "withdraw_dispute", dispute=raised)
    refused("dispute_unknown", world.call, S3, "invoice", "withdraw_dispute", dispute="D-nothing")


def test_a_dispute_names_a_paper_an_invoice_and_a_seller(world: World) -> None:
    refused("document_not_valid", dispute, world, document="paper")
    refused("fingerprint_not_valid", dispute, world, of="1f")
    refused("party_unknown", dispute, world, seller="nobody")
    dispute(world)
    refused("dispute_exists", dispute, world)
    assert told(world, "invoice.disputed")


def test_disputes_of_one_party_are_bounded(backend: str) -> None:
    world = World(backend, parameters={"open_disputes": 2})
    first = dispute(world, of="11" * 32)["dispute"]
    dispute(world, of="12" * 32)
    refused("too_many_disputes", dispute, world, of="13" * 32)
    world.call(S3, "invoice", "withdraw_dispute", dispute=first)
    refused("too_many_disputes", dispute, world, of="13" * 32)
    world.day(world.plus(1))
    dispute(world, of="13" * 32)
