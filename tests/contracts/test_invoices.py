"""Invoices: nobody blocks one that is not theirs, one claimed twice is seen, what a dispute does and does not do."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.invariants import check_all
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
    key_of,
)

from chainbill.errors import Refused

FINGERPRINT = "7" * 64
FACE = 100_000_000
DOCUMENT = "d" * 64


def over(amount: int = FACE, total: int = FACE) -> list[dict[str, Any]]:
    return [{"fingerprint": FINGERPRINT, "amount": amount, "total": total}]


def invoice(world: World, seller: str = S1) -> Any:
    return world.row("invoice", "invoice", [FINGERPRINT, seller])


def dispute(world: World, by: str = S2) -> str:
    said = {"fingerprint": FINGERPRINT, "seller": S1, "document": DOCUMENT}
    return str(world.call(by, "invoice", "dispute", **said)["dispute"])


def uphold(world: World, found: str) -> Any:
    return world.send(BANK1, ("invoice", "uphold", {"dispute": found}), keys=[key_of(BANK1), key_of(BANK1, 1)])[0]


def events(world: World, topic: str) -> list[dict[str, Any]]:
    return [fields for _, name, fields in world.events if name == topic]


def test_an_anchor_and_a_supplier_cannot_occupy_a_stranger_s_invoice(world: World) -> None:
    """security 10: both collude and confirm one cent of an invoice of S1 and the anchor; it is theirs all the same."""
    accepted_bill(world, by=S2, creditor=S2, debtor=OTHER_ANCHOR, face=1, invoices=over(1, total=1))
    _, token = accepted_bill(world, invoices=over())
    assert (invoice(world)["occupied"], invoice(world)["buyer"], invoice(world)["total"]) == (FACE, ANCHOR, FACE)
    assert invoice(world, S2)["occupied"] == 1
    told = events(world, "claimed_twice")
    assert [(one["seller"], one["sellers"]) for one in told] == [(S1, 2)], (
        "how many, not who: nobody reads others' trade"
    )
    asked = ask(world, token, BANK2, amount=1_000)
    assert asked["claimed_twice"] == [FINGERPRINT]
    assert events(world, "invoices_in_doubt") == [
        {
            "request": asked["request"],
            "banks": [BANK2],
            "claimed_twice": [FINGERPRINT],
            "disputes": [],
            "over_occupied": [],
            "struck": [],
        }
    ]
    assert bid(world, asked["request"], BANK2)["claimed_twice"] == [FINGERPRINT]
    check_all(world)


def test_a_buyer_alone_cannot_hold_a_seller_s_invoice(world: World) -> None:
    """security 10: a strange anchor names S1 as creditor and confirms one cent by itself; what S1 signs goes before."""
    strange = issue(world, by=OTHER_ANCHOR, debtor=OTHER_ANCHOR, face=1, invoices=over(1, total=7))
    world.call(OTHER_ANCHOR, "bill", "confirm", bill=strange)
    assert (invoice(world)["buyer"], invoice(world)["signed"]) == (OTHER_ANCHOR, 0)
    accepted_bill(world, invoices=over())
    assert (invoice(world)["buyer"], invoice(world)["occupied"], invoice(world)["signed"]) == (ANCHOR, FACE, 1)
    check_all(world)
    with pytest.raises(Refused, match="invoice_of_others"):
        world.call(S1, "bill", "accept", bill=strange)
    world.call(OTHER_ANCHOR, "bill", "cancel", bill=strange, reason="")
    assert (invoice(world)["occupied"], len(invoice(world)["bills"])) == (FACE, 1), "it took nothing any more"
    check_all(world)


def test_the_seller_s_other_way_out_is_to_reject(world: World) -> None:
    """security 10: where the true buyer issues and a stranger was first, the seller rejects the stranger's bill."""
    strange = issue(world, by=OTHER_ANCHOR, debtor=OTHER_ANCHOR, face=1, invoices=over(1, total=1))
    world.call(OTHER_ANCHOR, "bill", "confirm", bill=strange)
    with pytest.raises(Refused, match="invoice_of_others"):
        issue(world, by=ANCHOR, invoices=over())
    world.call(S1, "bill", "reject", bill=strange, reason="not ours")
    accepted_bill(world, by=ANCHOR, invoices=over())
    check_all(world)


def test_what_the_seller_signed_does_not_give_way(world: World) -> None:
    accepted_bill(world, by=OTHER_ANCHOR, debtor=OTHER_ANCHOR, face=1, invoices=over(1))
    assert invoice(world)["signed"] == 1, "accepted"
    with pytest.raises(Refused, match="invoice_of_others"):
        issue(world, invoices=over())


def test_a_seller_that_takes_back_what_it_signed_is_free_again(world: World) -> None:
    """security 10: else one bill that it signed once would keep the buyer's others on its invoice for good."""
    signed = issue(world, face=40, invoices=over(40, total=100))
    unsigned = issue(world, by=ANCHOR, face=60, invoices=over(60, total=100))
    for bill in (signed, unsigned):
        world.call(ANCHOR, "bill", "confirm", bill=bill)
    assert (invoice(world)["occupied"], invoice(world)["signed"]) == (100, 1)
    world.call(S1, "bill", "reject", bill=signed, reason="")
    assert (invoice(world)["occupied"], invoice(world)["signed"]) == (60, 0)
    accepted_bill(world, debtor=OTHER_ANCHOR, face=100, invoices=over(100, total=100))
    assert (invoice(world)["occupied"], invoice(world)["buyer"]) == (100, OTHER_ANCHOR)


def test_a_claim_gives_way_to_another_buyer_only(world: World) -> None:
    first = issue(world, by=ANCHOR, invoices=over())
    world.call(ANCHOR, "bill", "confirm", bill=first)
    second = issue(world, invoices=over())
    with pytest.raises(Refused, match="invoice_occupied"):
        world.call(ANCHOR, "bill", "confirm", bill=second)


def test_one_invoice_of_one_seller_is_no_alert(world: World) -> None:
    _, token = accepted_bill(world, invoices=over())
    asked = ask(world, token, BANK1, amount=1_000)
    assert (asked["claimed_twice"], asked["disputes"]) == ([], [])
    assert not {"claimed_twice", "invoices_in_doubt"} & {topic for _, topic, _ in world.events}
    other = issue(world, by=S2, creditor=S2, invoices=over())
    assert bid(world, asked["request"], BANK1)["claimed_twice"] == [], "a bill that is not confirmed claims nothing"
    world.call(ANCHOR, "bill", "confirm", bill=other)
    quoted = bid(world, asked["request"], BANK1)
    assert quoted["claimed_twice"] == [FINGERPRINT]
    world.call(S2, "bill", "reject", bill=other, reason="")
    assert world.call(S1, "finance", "agree", quote=quoted["quote"])["claimed_twice"] == []


def test_a_dispute_is_seen_by_those_who_finance_and_bars_nothing(world: World) -> None:
    _, token = accepted_bill(world, invoices=over())
    found = dispute(world)
    row = world.row("invoice", "dispute", found)
    assert found.startswith("D")
    assert (row["by"], row["until"], row["status"]) == (S2, world.plus(30), "open")
    asked = ask(world, token, BANK1, amount=1_000)
    assert asked["disputes"] == [found]
    quoted = bid(world, asked["request"], BANK1)
    assert quoted["disputes"] == [found]
    world.call(S2, "invoice", "withdraw_dispute", dispute=found)
    assert world.row("invoice", "dispute", found)["status"] == "ended"
    assert world.call(S1, "finance", "agree", quote=quoted["quote"])["disputes"] == []
    assert [row for _, row in world.rows("invoice", "agenda") if "dispute" in row] == []
    check_all(world)


def test_an_open_dispute_ends_after_thirty_days_and_an_upheld_one_does_not(world: World) -> None:
    ends, stays = dispute(world, S2), dispute(world, S3)
    assert uphold(world, stays) == {"dispute": stays, "dispute_status": "upheld"}
    world.day(world.plus(30))
    assert world.row("invoice", "dispute", ends)["status"] == "open", "its last day"
    world.day(world.plus(1))
    assert [world.row("invoice", "dispute", one)["status"] for one in (ends, stays)] == ["ended", "upheld"]
    assert world.row("invoice", "disputed", [FINGERPRINT, S1]) == {"disputes": [stays]}
    assert events(world, "dispute_ended") == [{"dispute": ends, "by": S2}]
    assert not world.failed_items
    assert dispute(world, S2) != ends, "it may be raised again"
    check_all(world)


def test_a_dispute_tells_nobody_whether_the_invoice_is_there(world: World) -> None:
    before = set(world.call(S2, "invoice", "dispute", fingerprint="1" * 64, seller=S1, document=DOCUMENT))
    accepted_bill(world, invoices=over())
    assert before == {"dispute", "until"}
    assert set(world.call(S2, "invoice", "dispute", fingerprint=FINGERPRINT, seller=S1, document=DOCUMENT)) == before


def test_places_for_open_disputes_come_back(backend: str) -> None:
    world = World(backend, parameters={"open_disputes": 1})
    first = dispute(world)
    with pytest.raises(Refused, match="too_many_disputes"):
        world.call(S2, "invoice", "dispute", fingerprint="1" * 64, seller=S1, document=DOCUMENT)
    uphold(world, first)
    world.call(S2, "invoice", "dispute", fingerprint="1" * 64, seller=S1, document=DOCUMENT)
    world.day(world.plus(31))
    assert world.rows("invoice", "open_disputes") == []
    dispute_again = {"fingerprint": "2" * 64, "seller": S1, "document": DOCUMENT}
    world.call(S2, "invoice", "dispute", **dispute_again)


def test_a_party_that_leaves_may_still_dispute(world: World) -> None:
    world.send(S2, ("standing", "leave", {"party": S2}), keys=[key_of(S2), key_of(S2, 1)])
    assert world.row("party", "party", S2)["status"] == "leaving"
    dispute(world)


def test_a_claim_that_gave_way_never_comes_back(world: World) -> None:
    """Not even when its buyer holds the invoice again by another bill: what is accepted is always what is occupied."""
    first = issue(world, by=OTHER_ANCHOR, debtor=OTHER_ANCHOR, face=1, invoices=over(1))
    world.call(OTHER_ANCHOR, "bill", "confirm", bill=first)
    signed = issue(world, invoices=over())
    world.call(ANCHOR, "bill", "confirm", bill=signed)
    world.call(ANCHOR, "bill", "cancel", bill=signed, reason="")
    second = issue(world, by=OTHER_ANCHOR, debtor=OTHER_ANCHOR, face=FACE, invoices=over())
    world.call(OTHER_ANCHOR, "bill", "confirm", bill=second)
    check_all(world)
    with pytest.raises(Refused, match="invoice_of_others"):
        world.call(S1, "bill", "accept", bill=first)
    world.call(S1, "bill", "accept", bill=second)
    world.day(world.plus(16))
    assert world.bill(first)["status"] == "expired"
    check_all(world)
