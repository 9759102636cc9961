"""Who reads of a party's status, of the orders behind it, and of what of it is open."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from chainbill_node.rest.access import Viewer
from chainbill_node.rest.own_acts import sees_own_act
from rest.bill_book import BillBook

from chainbill.ledger.receipt import Kind

ReadAs = Callable[[str, str], httpx.Response]
S1, S2 = "SUPPLIER1", "SUPPLIER2"


def suspend(book: BillBook, party: str, status: str) -> None:
    book.put("standing", "order", "S-1", {
        "id": "S-1", "party": party, "kind": "suspended", "reason": "review", "authority": "", "number": "",
        "documents": ["ab"], "keys": [], "by": "BANK1", "second": "BANK2" if status == "ratified" else "",
        "status": status, "at_once": True, "entered_on": "2026-01-05", "ratified_on": "", "until": "2026-01-19",
        "objected_on": "", "created": {"height": book.height, "transaction": ""},
    })  # fmt: skip
    book.put("standing", "standing", party, {
        "suspended": "S-1", "insolvent": "", "administrator": "", "unratified": [], "open": {},
    })  # fmt: skip
    row = dict(book.get("party", "party", party) or {})
    book.put("party", "party", party, {**row, "status": "suspended"})


@pytest.mark.parametrize(("status", "until"), [("entered", "2026-01-19"), ("ratified", "")])
def test_every_member_reads_why_and_until_when_a_party_is_stopped(
    read_as: ReadAs, example: tuple[BillBook, str], status: str, until: str
) -> None:
    assert read_as(S1, f"/v1/parties/{S2}").json()["standing"] is None
    suspend(example[0], S2, status)
    shown = read_as(S1, f"/v1/parties/{S2}").json()
    assert (shown["status"], shown["standing"]) == (
        "suspended",
        {"order": "S-1", "reason": "review", "since": "2026-01-05", "until": until, "ratified": status == "ratified"},
    )
    assert shown == {**shown, **read_as(S1, "/v1/parties?status=suspended").json()["data"][0]}


def test_a_bank_that_may_ratify_reads_the_order_and_nobody_else_does(
    read_as: ReadAs, example: tuple[BillBook, str]
) -> None:
    suspend(example[0], S2, "entered")
    seen = {who: read_as(who, "/v1/status-orders/S-1").status_code for who in (S1, S2, "BANK4", "REGULATOR")}
    assert seen == {S1: 404, S2: 200, "BANK4": 200, "REGULATOR": 200}
    assert read_as("BANK4", f"/v1/status-orders?party={S2}&status=entered").json()["count"] == 1
    assert read_as("BANK4", "/v1/status-orders?kind=insolvent").json()["count"] == 0
    assert read_as("BANK4", "/v1/status-orders?kind=closed").status_code == 400


def test_an_order_that_is_ratified_shows_to_no_bank_but_those_that_made_it(
    read_as: ReadAs, example: tuple[BillBook, str]
) -> None:
    suspend(example[0], S2, "ratified")
    seen = {who: read_as(who, "/v1/status-orders/S-1").status_code for who in ("BANK1", "BANK2", "BANK4")}
    assert seen == {"BANK1": 200, "BANK2": 200, "BANK4": 404}
    assert read_as("BANK4", f"/v1/status-orders?party={S2}").json()["count"] == 0


def test_what_is_open_shows_to_the_party_and_its_sponsor(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    book = example[0]
    book.put("core", "holding", (S2, "CNY", "holder"), [2, 700])
    book.put("party", "sponsored", S2, {"count": 3})
    for who in (S2, "BANK1", "REGULATOR"):
        body = read_as(who, f"/v1/parties/{S2}/open-items").json()
        assert body["holdings"] == [{"currency": "CNY", "role": "holder", "count": 2, "sum": 700}]
        assert (body["party"], body["sponsored"], body["seats"]) == (S2, 3, 0)
    assert read_as(S1, f"/v1/parties/{S2}/open-items").status_code == 404


def test_what_a_bank_is_to_pay_is_its_successors(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    """security 13: as the view of the contract counts it."""
    book = example[0]
    for bank, count in (("BANK1", 2), ("BANK2", 5)):
        book.put("party", "pays_for", bank, {"count": count})
        book.put("bill", "to_pay", bank, {"count": 10 * count})

    def open_items(bank: str) -> tuple[int, int]:
        body = read_as("REGULATOR", f"/v1/parties/{bank}/open-items").json()
        return body["debtors"], body["bills"]

    assert (open_items("BANK1"), open_items("BANK2"), open_items("BANK4")) == ((2, 20), (5, 50), (0, 0))
    book.put("succession", "successor", "BANK1", {"named": "BANK2", "successor": "BANK2", "from": "2026-01-05"})
    book.put("succession", "predecessor", "BANK2", {"banks": ["BANK1"]})
    assert (open_items("BANK1"), open_items("BANK2")) == ((0, 0), (7, 70))


class _View:
    """As much of a view as an own act asks for."""

    def __init__(self, viewer: str, **rows: dict[str, Any]) -> None:
        self.viewer = Viewer(viewer)
        self._rows = rows

    def row(self, contract: str, table: str, key: str) -> Any:
        return self._rows.get(table)

    def party(self, party: str) -> Any:
        return {"id": party, "sponsor": "BANK1"}


@pytest.mark.parametrize(("party", "seen"), [("S1", True), ("S2", False)])
def test_the_lapse_of_an_order_shows_to_its_party(party: str, seen: bool) -> None:
    told = ("standing", "status_lapsed", {"order": "S-1", "party": party, "kind": "suspended", "by": "BANK1"})
    changed = ("standing", "status_changed", {"party": party, "from": "suspended", "to": "active", "by": ""})
    order = {"party": party, "by": "BANK1", "second": "", "status": "lapsed"}
    receipt: Any = SimpleNamespace(kind=Kind.DAY_ITEM, events=[told, changed])
    view: Any = _View("S1", order=order)
    assert sees_own_act(view, receipt) is seen


@pytest.mark.parametrize(("viewer", "seen"), [("S1", True), ("BANK2", True), ("BANK3", False), ("S2", False)])
def test_an_agreement_put_off_shows_to_both_parties_and_not_to_a_rival(viewer: str, seen: bool) -> None:
    told = ("finance", "agreement_put_off", {"quote": "Q-1", "request": "R-1", "until": "2026-01-09"})
    request = {"bill": "B-1", "holder": "S1", "banks": ["BANK2", "BANK3"]}
    quote = {"bill": "B-1", "bank": "BANK2", "request": "R-1"}
    receipt: Any = SimpleNamespace(kind=Kind.DAY_ITEM, events=[told])
    view: Any = _View(viewer, request=request, quote=quote)
    assert sees_own_act(view, receipt) is seen


@pytest.mark.parametrize(("viewer", "seen"), [("S1", True), ("BANK1", True), ("S2", False)])
def test_an_order_put_off_shows_to_its_party_and_its_bank(viewer: str, seen: bool) -> None:
    told = ("standing", "status_put_off", {"order": "S-1", "party": "S1", "until": "2026-01-09"})
    order = {"party": "S1", "by": "BANK1", "second": "", "status": "lapsed"}
    receipt: Any = SimpleNamespace(kind=Kind.DAY_ITEM, events=[told])
    view: Any = _View(viewer, order=order)
    assert sees_own_act(view, receipt) is seen
