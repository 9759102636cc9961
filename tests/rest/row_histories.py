"""Random rows beside bills and tokens, so that every list has something to list: made, changed, a few taken away."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from rest.bill_book import ANCHOR, BANKS, SUPPLIERS, BillBook, Row

CHANGED = {
    "request": ("finance", "open", "agreed", "disbursed", "withdrawn"),
    "invoice": ("invoice", "registered", "part_occupied", "occupied"),
    "joint": ("bill", "open", "done", "refused", "lapsed"),
    "dispute": ("invoice", "open", "upheld", "ended"),
    "order": ("standing", "entered", "ratified", "lapsed"),
    "change": ("party", "announced", "acted", "withdrawn"),
    "recovery": ("recovery", "announced", "acted", "vetoed"),
    "payment": ("settlement", "instructed", "paid", "returned"),
    "receipt": ("settlement", ""),
    "proposal": ("governance", "open", "accepted", "rejected"),
}
"""Table → its contract, and the statuses its rows take."""


def fingerprint_of(number: int) -> str:
    """The fingerprint of one of a few invoices."""
    return f"f{number:063d}"


def random_rows(book: BillBook, choice: random.Random) -> None:
    """One row more of some table, or one that has another status now, or is gone."""
    table = choice.choice(sorted(CHANGED))
    contract, *statuses = CHANGED[table]
    there = [parts for parts, _ in book.scan(contract, table)]
    if there and choice.random() < 0.5:
        parts = choice.choice(there)
        row = book.get(contract, table, parts) or {}
        gone = choice.random() < 0.1 and table in ("dispute", "proposal")
        book.put(contract, table, parts, None if gone else {**row, "status": choice.choice(statuses)})
        return
    made = MAKERS[table](book, choice, f"{table[0].upper()}{len(there):03d}-{choice.randrange(10**9):09d}")
    if made is not None:
        parts, row = made
        created = {"height": book.height, "transaction": ""}
        book.put(contract, table, parts, {**row, "status": statuses[0], "created": created})


Made = tuple[tuple[str, ...], Row] | None


def _request(book: BillBook, choice: random.Random, name: str) -> Made:
    live = book.live()
    if not live:
        return None
    token = book.token(choice.choice(live))
    return (name,), {
        "id": name, "holder": token["holder"], "token": token["id"], "bill": token["bill"],
        "currency": token["currency"], "amount": token["hi"] - token["lo"], "quotes": [], "declined": [],
        "banks": choice.sample(BANKS, choice.randint(1, 2)), "agreed_quote": "", "until": "2026-02-01",
    }  # fmt: skip


def _invoice(book: BillBook, choice: random.Random, name: str) -> Made:
    bills = [row for _, row in book.scan("bill", "bill")]
    if not bills:
        return None
    bill = choice.choice(bills)
    fingerprint = fingerprint_of(choice.randrange(5))  # under several sellers' names
    if book.get("invoice", "invoice", (fingerprint, bill["creditor"])) is not None:
        return None
    book.change("bill", bill["id"], invoices=[*bill["invoices"], {"fingerprint": fingerprint, "amount": 1}])
    return (fingerprint, bill["creditor"]), {
        "fingerprint": fingerprint, "seller": bill["creditor"], "buyer": bill["debtor"], "currency": bill["currency"],
        "total": 9, "occupied": choice.randint(1, 9), "bills": [bill["id"]], "signed": 1,
    }  # fmt: skip


def _dispute(book: BillBook, choice: random.Random, name: str) -> Made:
    return (name,), {
        "id": name, "fingerprint": fingerprint_of(choice.randrange(5)), "seller": choice.choice(SUPPLIERS),
        "by": choice.choice((ANCHOR, *SUPPLIERS)), "document": "ab", "until": "2026-02-01",
    }  # fmt: skip


def _joint(book: BillBook, choice: random.Random, name: str) -> Made:
    bills = [row for _, row in book.scan("bill", "bill")]
    if not bills:
        return None
    bill = choice.choice(bills)
    asks, answers = choice.sample((bill["debtor"], bill["creditor"]), 2)
    return (name,), {
        "id": name, "kind": "void", "bill": bill["id"], "by": asks, "others": [answers], "content": {}, "reason": "",
        "until": "2026-02-01", "ended_on": "",
    }  # fmt: skip


def _order(book: BillBook, choice: random.Random, name: str) -> Made:
    return (name,), {
        "id": name, "party": choice.choice(SUPPLIERS), "kind": choice.choice(("suspended", "insolvent")),
        "by": "BANK1", "second": "", "documents": [], "keys": [],
    }  # fmt: skip


def _of_party(book: BillBook, choice: random.Random, name: str) -> Made:
    return (name,), {"id": name, "party": choice.choice(SUPPLIERS), "kind": "set_policy", "content": {}, "by": []}


def _payment(book: BillBook, choice: random.Random, name: str) -> Made:
    tokens = [row for _, row in book.scan("token", "token")]
    if not tokens:
        return None
    token = choice.choice(tokens)
    if book.get("settlement", "payment", (token["bill"], token["id"])) is not None:
        return None
    return (token["bill"], token["id"]), {
        "bill": token["bill"], "token": token["id"], "party": token["holder"], "account": "",
        "amount": token["hi"] - token["lo"], "currency": token["currency"], "bank": choice.choice(BANKS),
        "reference": "P", "last_reference": "", "changed_on": "2026-02-01",
    }  # fmt: skip


def _receipt(book: BillBook, choice: random.Random, name: str) -> Made:
    bills = [row for _, row in book.scan("bill", "bill")]
    if not bills:
        return None
    return (choice.choice(BANKS), f"{name}/{choice.randrange(9)}"), {
        "digest": "", "bill": choice.choice(bills)["id"], "amount": choice.randint(1, 99), "result": {},
        "value_date": f"2026-02-0{choice.randint(1, 9)}", "kind": choice.choice(("settlement", "payment")),
        "height": book.height, "transaction": "ab" * 32,
    }  # fmt: skip


def _proposal(book: BillBook, choice: random.Random, name: str) -> Made:
    return (name,), {"id": name, "kind": choice.choice(("calendar", "rules")), "votes": {}}


MAKERS: dict[str, Callable[[BillBook, random.Random, str], Any]] = {
    "request": _request, "invoice": _invoice, "dispute": _dispute, "joint": _joint, "order": _order,
    "change": _of_party,    "recovery": _of_party, "payment": _payment, "receipt": _receipt, "proposal": _proposal,
}  # fmt: skip
