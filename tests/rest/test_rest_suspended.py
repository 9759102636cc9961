"""An agreed financing that a court's freeze suspends, on a closed network: who reads of it, and of money that waits."""

from __future__ import annotations

from typing import Any

import pytest
from rest.bill_book import ANCHOR, SUPPLIERS, BillBook
from rest.conftest import app_of, signed_get
from rest.node_twin import TwinNode, key_of

HOLDER, STRANGER = SUPPLIERS[2], SUPPLIERS[5]
AGREED, RIVAL, PAYING = "BANK21", "BANK22", "BANK23"
DAY = "2026-01-05"


@pytest.fixture
def book(example: tuple[BillBook, str]) -> BillBook:
    """HOLDER agreed with AGREED; RIVAL was asked, too. The debtor paid 70 of 100 through PAYING since it is frozen."""
    found, _ = example
    height, found.height = found.height, 0
    for bank in (AGREED, RIVAL, PAYING):
        found.party(bank, "bank", key=key_of(bank).public.hex())
    found.height = height
    token = found.issue(ANCHOR, HOLDER, 100)
    bill = str(found.token(token)["bill"])
    found.change("bill", bill, paying_bank=PAYING)
    made = {"height": found.height, "transaction": ""}
    found.put("finance", "request", "R9", {
        "id": "R9", "holder": HOLDER, "token": token, "bill": bill, "currency": "CNY", "amount": 30,
        "banks": [AGREED, RIVAL], "status": "agreed", "ended_by": "", "quotes": ["Q9"], "declined": [],
        "agreed_quote": "Q9", "until": "2026-02-01", "held_days": 2, "allowed_ms": 5, "lost": 0,
        "suspended_on": "2026-01-04", "suspended_by": [{"freeze": "F9", "on": DAY}],
        "set_aside": [{"bank": PAYING, "reference": "P-9", "on": DAY, "amount": 70}], "created": made,
    })  # fmt: skip
    found.put("finance", "quote", "Q9", {"id": "Q9", "request": "R9", "bank": AGREED, "bill": bill, "rate": 1})
    found.put("settlement", "payment", (bill, token), {
        "bill": bill, "token": token, "party": HOLDER, "account": "", "amount": 70, "currency": "CNY",
        "status": "set_aside", "bank": PAYING, "reference": "P-9", "last_reference": "", "changed_on": DAY,
        "kind": "holder", "pledge": "", "freezes": [], "order": "", "waits_since": "", "request": "R9",
        "locked_since": DAY,
    })  # fmt: skip
    found.paid = f"{bill}.{token}"  # type: ignore[attr-defined]
    return found


def read(book: BillBook, who: str, path: str) -> Any:
    with app_of(TwinNode(book, public_reads=False)) as client:
        return signed_get(client, who, path)


@pytest.mark.parametrize("who", [HOLDER, AGREED])
def test_holder_and_bank_read_since_when_and_how_much_waits(book: BillBook, who: str) -> None:
    """Of several freezes the first that stands counts. Which receipt of the debtor's it was is not the bank's."""
    row = read(book, who, "/v1/finance/requests/R9").json()
    assert (row["suspended_on"], row["set_aside"]) == (DAY, [{"on": DAY, "amount": 70}])
    assert (row["until"], row["held_days"], row["allowed_ms"]) == ("2026-02-01", 2, 5)
    assert "suspended_by" not in row


def test_a_rival_reads_nothing_of_it(book: BillBook) -> None:
    row = read(book, RIVAL, "/v1/finance/requests/R9").json()
    assert (row["suspended_on"], row["set_aside"]) == ("", [])
    listed = read(book, RIVAL, "/v1/finance/requests").json()["data"]
    assert [(one["suspended_on"], one["set_aside"]) for one in listed] == [("", [])]


def test_a_rival_reads_not_until_when_an_agreement_stands(book: BillBook) -> None:
    """It follows from the day by which the other is to pay, and moves where a freeze puts that off."""
    ends = ("until", "held_days", "allowed_ms")
    row = read(book, RIVAL, "/v1/finance/requests/R9").json()
    assert [row[name] for name in ends] == ["", 0, 0]
    book.put("finance", "request", "R9", {**(book.get("finance", "request", "R9") or {}), "agreed_quote": ""})
    [row] = read(book, RIVAL, "/v1/finance/requests").json()["data"]
    assert [row[name] for name in ends] == ["2026-02-01", 2, 5]


@pytest.mark.parametrize("who", [PAYING, ANCHOR, STRANGER])
def test_nobody_else_reads_the_request(book: BillBook, who: str) -> None:
    assert read(book, who, "/v1/finance/requests/R9").status_code == 404


@pytest.mark.parametrize(("who", "request_of"), [(HOLDER, "R9"), (PAYING, "R9"), (ANCHOR, "")])
def test_for_which_request_money_waits_is_its_payees_and_its_banks(book: BillBook, who: str, request_of: str) -> None:
    rows = read(book, who, "/v1/payments").json()["data"]
    [row] = [one for one in rows if one["reference"] == "P-9"]
    assert (row["status"], row["request"]) == ("set_aside", request_of)
