"""A closed network with two unrelated bills, and a request of every kind for every address: the ground of the matrix.

`own` objects are those that SUPPLIER3 has a part in, `foreign` ones belong to SUPPLIER6, ANCHOR2 and BANK5 alone.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import httpx
from chainbill_node.rest.request_signing import sign_request
from rest.bill_book import ANCHOR, SUPPLIERS, BillBook, penetration_example
from rest.conftest import BASE, NOW_MS, TestClient, app_of, nonces, with_parties
from rest.node_twin import TwinNode, key_of, wire_of

from chainbill.codec import encode

OWNER, OTHER, STRANGER = SUPPLIERS[2], SUPPLIERS[4], SUPPLIERS[5]
ROLES = {
    "anonymous": "", "owner": OWNER, "other": OTHER, "anchor": ANCHOR, "bank": "BANK4", "rival": "BANK2",
    "regulator": "REGULATOR", "auditor": "AUDITOR", "auditor+grant": "AUDITOR",
}  # fmt: skip
SOURCE = Path(__file__).resolve().parents[2] / "contracts/chainbill_contracts/calendar.py"
MSGPACK = "application/msgpack"


def _finance(book: BillBook, request: str, quote: str, holder: str, token: str, bank: str) -> None:
    bill = book.token(token)["bill"]
    book.put("finance", "request", request, {
        "id": request, "holder": holder, "token": token, "bill": bill, "currency": "CNY", "amount": 100,
        "banks": [bank], "status": "open", "quotes": [quote], "declined": [], "agreed_quote": "",
        "until": "2026-02-01", "created": {"height": book.height, "transaction": ""},
    })  # fmt: skip
    book.put("finance", "quote", quote, {"id": quote, "request": request, "bank": bank, "bill": bill, "rate": 1})


def _change(book: BillBook, name: str, party: str) -> None:
    row = {
        "id": name, "party": party, "kind": "set_policy", "content": {"policy": {"rules": []}}, "by": ["ab"],
        "announced_on": "2026-01-05", "acts_on": "2026-01-09", "status": "announced",
        "created": {"height": book.height, "transaction": ""},
    }  # fmt: skip
    book.put("party", "change", name, row)
    recovery = {**row, "id": f"R{name}", "kind": "recover", "content": {}, "announced_by": "BANK5"}
    book.put("recovery", "recovery", f"R{name}", recovery)


def _invoice(book: BillBook, name: str, seller: str, buyer: str, bill: str) -> None:
    book.put("invoice", "invoice", (name, seller), {
        "fingerprint": name, "seller": seller, "buyer": buyer, "currency": "CNY", "total": 5, "occupied": 5,
        "bills": [bill], "signed": 1, "status": "occupied",
    })  # fmt: skip
    part = {"fingerprint": name, "amount": 5, "total": 5}
    book.change("bill", bill, invoices=[*(book.get("bill", "bill", bill) or {"invoices": []})["invoices"], part])
    dispute = f"D-{name}"
    book.put("invoice", "dispute", dispute, {
        "id": dispute, "fingerprint": name, "seller": seller, "by": buyer, "document": "ab", "until": "2026-02-01",
        "status": "open", "created": {"height": book.height, "transaction": ""},
    })  # fmt: skip


def _joint(book: BillBook, name: str, debtor: str, creditor: str, bill: str) -> None:
    book.put("bill", "joint", name, {
        "id": name, "kind": "void", "bill": bill, "by": debtor, "others": [creditor], "content": {}, "reason": "back",
        "status": "open", "until": "2026-02-01", "ended_on": "", "created": {"height": book.height, "transaction": ""},
    })  # fmt: skip


def _label(book: BillBook, bill: str, scheme: str, by: str) -> None:
    book.put("label", "label", (bill, scheme), {
        "bill": bill, "scheme": scheme, "grade": "A", "document": "ab" * 32, "by": by, "until": "2026-02-01",
        "said_on": "2026-01-05", "status": "active", "created": {"height": book.height, "transaction": ""},
    })  # fmt: skip


def _product(book: BillBook, name: str, anchor: str, supplier: str, bill: str) -> None:
    made = {"created": {"height": book.height, "transaction": ""}}
    book.put("product", "product", f"P-{name}", {
        "id": f"P-{name}", "anchor": anchor, "name": "Car", "currency": "CNY", "due_days": 90, "attestor": "ab" * 32,
        "parts": [{"part": "engine", "supplier": supplier, "share": 7}, {"part": "seats", "supplier": "S", "share": 9}],
        "agreed": [supplier, "S"], "alg": "ed25519", "most_value": 9, "most_a_day": 9, "terms": {}, "status": "active",
        **made,
    })  # fmt: skip
    book.put("product", "event", f"E-{name}", {
        "id": f"E-{name}", "anchor": anchor, "order": "O-1", "serial": name, "product": f"P-{name}", "value": 5,
        "currency": "CNY", "happened_on": "2026-01-05", "bills": [bill], **made,
    })  # fmt: skip


def _pledge(book: BillBook, name: str, holder: str, pledgee: str, bill: str) -> None:
    made = {"height": book.height, "transaction": ""}
    book.put("pledge", "pledge", f"K-{name}", {
        "id": f"K-{name}", "holder": holder, "pledgee": pledgee, "currency": "CNY", "secured": 9, "received": 0,
        "owed": 0, "due_on": "2026-02-05", "contract_no": "L-1", "registration": "ZD-2",
        "ranges": [{"bill": bill, "lo": 0, "hi": 10}], "tokens": [], "unpaid": 0, "final_on": "", "until": "",
        "status": "active", "pledged_on": "2026-01-05", "ended_on": "", "accepted": made, "ended": made,
        "created": made,
    })  # fmt: skip


def _guarantee(book: BillBook, bill: str, token: str, holder: str, by: str) -> None:
    made = {"created": {"height": book.height, "transaction": ""}}
    book.put("guarantee", "guarantee", (by, bill), {
        "guarantor": by, "bill": bill, "currency": "CNY", "amount": 10, "paid": 0, "bank": "BANK7",
        "until": "2026-09-01", "late_until": "", "document": "ab" * 32, "given_on": "2026-01-05", "ended_on": "",
        "status": "active", **made,
    })  # fmt: skip
    book.put("guarantee", "demand", (by, token), {
        "guarantor": by, "token": token, "bill": bill, "holder": holder, "currency": "CNY", "amount": 10,
        "demanded_on": "2026-01-05", **made,
    })  # fmt: skip


def _write_off(book: BillBook, token: str, holder: str, bill: str) -> None:
    book.put("write_off", "mark", token, {
        "token": token, "bill": bill, "holder": holder, "currency": "CNY", "origin": token, "lo": 0, "hi": 10,
        "amount": 10, "recovered": 0, "document": "ab" * 32, "reason": "", "written_on": "2026-01-05",
        "changed_on": "2026-01-05", "status": "written_off", "created": {"height": book.height, "transaction": ""},
    })  # fmt: skip


def _sale(book: BillBook, token: str, seller: str, buyer: str, bill: str) -> None:
    made = {"height": book.height, "transaction": ""}
    book.put("sale", "sale", token, {
        "token": token, "bill": bill, "currency": "CNY", "amount": 10, "seller": seller, "buyer": buyer,
        "recourse": False, "price_doc": "ab" * 32, "offered_on": "2026-01-05", "until": "2026-01-12",
        "status": "bought", "bought_on": "2026-01-06", "value_date": "2026-01-06", "paid": 0, "reference": "S-1",
        "registration": "ZD-3", "bought_token": "T-9", "offered": made, "created": made,
    })  # fmt: skip


def _prepayment(book: BillBook, token: str, holder: str, bank: str, bill: str) -> None:
    made = {"height": book.height, "transaction": ""}
    book.put("prepayment", "prepayment", token, {
        "token": token, "bill": bill, "currency": "CNY", "amount": 10, "price": 9, "forgone": 1, "holder": holder,
        "debtor": str((book.get("bill", "bill", bill) or {})["debtor"]), "bank": bank, "pay_by": "2026-01-20",
        "offered_on": "2026-01-05", "until": "2026-01-12", "status": "ended", "agreed_on": "", "value_date": "",
        "reference": "", "offered": made, "created": made,
    })  # fmt: skip


def _claim(book: BillBook, token: str, holder: str, asked: str, bill: str) -> None:
    made = {"height": book.height, "transaction": ""}
    book.put("recourse", "claim", token, {
        "token": token, "bill": bill, "currency": "CNY", "principal": 10, "holder": holder, "asked": asked,
        "hop": token, "ground": "overdue", "amount": 11, "document": "ab" * 32, "left": 10, "now": token,
        "asked_on": "2026-01-05", "until": "2026-02-04", "stands_until": "2026-02-04", "status": "recourse_asked",
        "answered_on": "", "bought_back_on": "", "value_date": "", "paid": 0, "reference": "", "returned": "",
        "claimed": made, "agreed": {"height": 0, "transaction": ""}, "ended": {"height": 0, "transaction": ""},
        "created": made,
    })  # fmt: skip


def _court_order(book: BillBook, name: str, holder: str, pays: str, bill: str, status: str) -> None:
    made = {"height": book.height, "transaction": ""}
    book.put("legal", "order", f"O-{name}", {
        "id": f"O-{name}", "kind": "freeze", "authority": "Court", "number": "H-1", "documents": ["ab" * 32],
        "issued_on": "2026-01-04", "by": "BANK8", "second": "BANK9" if status == "ratified" else "",
        "items": [{"freeze": f"F-{name}", "token": "T", "bill": bill, "currency": "CNY", "amount": 10, "given": 0}],
        "freezes": [f"F-{name}"], "concerned": [holder, pays], "days": 90, "beneficiary": "", "account": "",
        "refusals": [], "objected_by": "", "objected_on": "", "entered_on": "2026-01-05",
        "ratified_on": "2026-01-06" if status == "ratified" else "", "acts_on": "", "until": "2026-01-08",
        "allowed_ms": 0, "status": status, "created": made,
    })  # fmt: skip
    book.put("legal", "freeze", f"F-{name}", {
        "id": f"F-{name}", "order": f"O-{name}", "bill": bill, "currency": "CNY", "holder": holder, "pledgee": "",
        "lo": 0, "hi": 10, "days": 90, "since": "2026-01-05", "until": "2026-04-05", "held_by": [],
        "over": False, "status": "in_force", "ended_on": "", "created": made,
    })  # fmt: skip


def _entry(book: BillBook, name: str, seller: str, status: str) -> None:
    made = {"height": book.height, "transaction": ""}
    book.put("entry", "entry", f"N-{name}", {
        "id": f"N-{name}", "kind": "struck", "party": seller, "default": "", "dispute": "D-1", "fingerprint": "f",
        "lifts": "", "concerned": [seller, "BUYER8"], "document": "ab" * 32, "by": "BANK8",
        "second": "BANK9" if status == "ratified" else "", "refusals": [], "objected_on": "", "objection": "",
        "entered_on": "2026-01-05", "ratified_on": "2026-01-06" if status == "ratified" else "", "ended_on": "",
        "until": "2026-01-08", "allowed_ms": 0, "status": status, "created": made,
    })  # fmt: skip
    book.put("entry", "default", (seller, "persistent"), {
        "debtor": seller, "kind": "persistent", "entry": "N-9", "document": "ab" * 32, "by": "BANK8",
        "second": "BANK9", "from": "2026-01-05", "until": "2027-01-05", "objected_on": "", "objection": "",
        "ended_on": "", "status": "in_force", "created": made,
    })  # fmt: skip


def _examination(book: BillBook, bank: str, bill: str) -> None:
    book.put("invoice", "examination", (bank, bill), {
        "bank": bank, "bill": bill, "document": "ab" * 32, "fingerprints": ["f"], "marks": ["N-9"],
        "examined_on": "2026-01-05", "created": {"height": book.height, "transaction": ""},
    })  # fmt: skip


def _order(book: BillBook, name: str, party: str, status: str) -> None:
    book.put("standing", "order", name, {
        "id": name, "party": party, "kind": "suspended", "reason": "review", "authority": "", "number": "",
        "documents": ["ab"], "keys": [], "by": "BANK8", "second": "BANK9" if status == "ratified" else "",
        "status": status, "at_once": True, "entered_on": "2026-01-02", "ratified_on": "", "until": "2026-01-16",
        "objected_on": "", "created": {"height": book.height, "transaction": ""},
    })  # fmt: skip


def paid(book: BillBook, bill: str, token: str, party: str, bank: str) -> str:
    reference = f"PAY-{party}"
    book.put("settlement", "receipt", (bank, reference), {
        "digest": "", "bill": bill, "amount": 100, "value_date": "2026-01-08", "kind": "settlement", "result": {},
        "height": book.height, "transaction": "ab" * 32,
    })  # fmt: skip
    book.put("settlement", "payment", (bill, token), {
        "bill": bill, "token": token, "party": party, "account": "", "amount": 100, "currency": "CNY",
        "status": "instructed", "bank": bank, "reference": reference, "last_reference": "", "changed_on": "2026-01-08",
    })  # fmt: skip
    return f"{bank}/{reference}"


class World:
    """One closed network; `ids[kind][whose]` is what stands in an address."""

    def __init__(self, *, granted: bool) -> None:
        book, own_bill = penetration_example()
        with_parties(book)
        book.party("ANCHOR2", "anchor", key=key_of("ANCHOR2").public.hex(), sponsor="BANK5")
        book.party("BANK5", "bank", key=key_of("BANK5").public.hex())
        book.party(STRANGER, "supplier", key=key_of(STRANGER).public.hex(), sponsor="BANK5")
        own_token = next(token for token in book.live(own_bill) if book.token(token)["holder"] == OWNER)
        foreign_token = book.issue("ANCHOR2", STRANGER, 5_000)
        foreign_bill = str(book.token(foreign_token)["bill"])
        upper = next(token for token in book.live(own_bill) if book.token(token)["holder"] == SUPPLIERS[1])
        own_offer, _ = book.offer(upper, OWNER, 100)
        foreign_offer, foreign_token = book.offer(foreign_token, "BANK5", 100)
        _finance(book, "R-own", "Q-own", OWNER, own_token, "BANK4")
        _finance(book, "R-foreign", "Q-foreign", STRANGER, foreign_token, "BANK5")
        _invoice(book, "f-own", SUPPLIERS[0], ANCHOR, own_bill)
        _invoice(book, "f-foreign", STRANGER, "ANCHOR2", foreign_bill)
        _change(book, "C-own", OWNER)
        _change(book, "C-foreign", STRANGER)
        for debtor, bank in ((OWNER, "BANK4"), (STRANGER, "BANK5")):
            row = {"status": "asked", "asked_on": "2026-01-05", "from": "", "until": "2026-01-12"}
            book.put("party", "mandate", (debtor, bank), row)
        book.party("AUDITOR2", "auditor", key=key_of("AUDITOR2").public.hex())
        for giver in (OWNER, STRANGER):
            row = {"scope": "all", "from": "2026-01-01", "until": "", "status": "revoked", "by": []}
            book.put("audit", "grant", ("AUDITOR2", giver), row)
        _joint(book, "J-own", ANCHOR, OWNER, own_bill)
        _joint(book, "J-foreign", "ANCHOR2", STRANGER, foreign_bill)
        _label(book, own_bill, "label-own", "BANK9")
        _label(book, foreign_bill, "label-foreign", "BANK5")
        book.put("governance", "label_scheme", "green", {"scheme": "green", "attestors": [ANCHOR]})
        _product(book, "own", ANCHOR, OWNER, own_bill)
        _product(book, "foreign", "ANCHOR2", STRANGER, foreign_bill)
        _pledge(book, "own", OWNER, "BANK4", own_bill)
        _pledge(book, "foreign", STRANGER, "BANK5", foreign_bill)
        _guarantee(book, own_bill, "D-own", OWNER, "GUARANTOR1")
        _guarantee(book, foreign_bill, "D-foreign", STRANGER, "GUARANTOR2")
        _write_off(book, "W-own", OWNER, own_bill)
        _write_off(book, "W-foreign", STRANGER, foreign_bill)
        _sale(book, own_token, OWNER, "BANK4", own_bill)
        _sale(book, foreign_token, STRANGER, "BANK5", foreign_bill)
        _prepayment(book, own_token, OWNER, "BANK4", own_bill)
        _prepayment(book, foreign_token, STRANGER, "BANK5", foreign_bill)
        _claim(book, own_token, OWNER, "BANK4", own_bill)
        _claim(book, foreign_token, STRANGER, "BANK5", foreign_bill)
        _court_order(book, "own", OWNER, "BANK3", own_bill, "ratified")
        _court_order(book, "foreign", STRANGER, "BANK5", foreign_bill, "entered")
        _entry(book, "own", OWNER, "ratified")
        _entry(book, "foreign", STRANGER, "entered")
        _examination(book, "BANK4", own_bill)
        _examination(book, "BANK5", foreign_bill)
        _order(book, "S-own", OWNER, "ratified")
        _order(book, "S-foreign", STRANGER, "entered")
        own_receipt = paid(book, own_bill, own_token, OWNER, "BANK3")
        foreign_receipt = paid(book, foreign_bill, foreign_token, STRANGER, "BANK9")
        if granted:
            row = {"scope": "all", "from": "2026-01-01", "until": "", "status": "active"}
            book.put("audit", "grant", ("AUDITOR", OWNER), row)
        book.put("governance", "contract", "calendar", {"source": SOURCE.read_text(), "hash": "ab", "since": 1})
        self.node = TwinNode(book, public_reads=False)
        self.wires = {"own": wire_of(OWNER), "foreign": wire_of(STRANGER)}
        sent = {whose: self.node.commit(wire, self.node.outcome_of(wire)) for whose, wire in self.wires.items()}
        self.ids = {
            "bill_id": {"own": own_bill, "foreign": foreign_bill},
            "token_id": {"own": own_token, "foreign": foreign_token},
            "request_id": {"own": "R-own", "foreign": "R-foreign"},
            "quote_id": {"own": "Q-own", "foreign": "Q-foreign"},
            "fingerprint": {"own": "f-own", "foreign": "f-foreign"},
            "dispute_id": {"own": "D-f-own", "foreign": "D-f-foreign"},
            "change": {"own": "C-own", "foreign": "C-foreign"},
            "recovery": {"own": "RC-own", "foreign": "RC-foreign"},
            "bank_receipt": {"own": own_receipt, "foreign": foreign_receipt},
            "payment": {"own": f"{own_bill}/{own_token}", "foreign": f"{foreign_bill}/{foreign_token}"},
            "joint_id": {"own": "J-own", "foreign": "J-foreign"},
            "entry_id": {"own": "N-own", "foreign": "N-foreign"},
            "label": {"own": "label-own", "foreign": "label-foreign"},
            "product_id": {"own": "P-own", "foreign": "P-foreign"},
            "pledge_id": {"own": "K-own", "foreign": "K-foreign"},
            "guarantor": {"own": "GUARANTOR1", "foreign": "GUARANTOR2"},
            "demanded": {"own": "D-own", "foreign": "D-foreign"},
            "mark": {"own": "W-own", "foreign": "W-foreign"},
            "court_order_id": {"own": "O-own", "foreign": "O-foreign"},
            "freeze_id": {"own": "F-own", "foreign": "F-foreign"},
            "event_id": {"own": "E-own", "foreign": "E-foreign"},
            "order_id": {"own": "S-own", "foreign": "S-foreign"},
            "party": {"own": OWNER, "foreign": STRANGER},
            "graph": {"own": OWNER, "foreign": STRANGER},
            "giver": {"own": SUPPLIERS[1], "foreign": "ANCHOR2"},
            "offer": {"own": own_offer, "foreign": foreign_offer},
            "anchor": {"own": ANCHOR, "foreign": "ANCHOR2"},
            "identifier": {whose: one.receipt.id.hex() for whose, one in sent.items()},
            "receipt": {whose: base64.b64encode(one.receipt.encode()).decode() for whose, one in sent.items()},
            "name": {whose: str(one.height) for whose, one in sent.items()},
        }
        self.client: TestClient = app_of(self.node)

    def ask(self, role: str, method: str, path: str, body: bytes = b"") -> httpx.Response:
        """One request, signed by the party of the role."""
        url = f"{BASE}{path}"
        headers = {"Content-Type": MSGPACK} if body else {}
        party = ROLES[role]
        if party:
            extra: dict[str, Any] = {"body": body} if body else {}
            headers |= sign_request(
                key_of(party), method, url, created_s=NOW_MS // 1000, nonce=next(nonces).to_bytes(12, "big"), **extra
            )
        return self.client.request(method, path, headers=headers, content=body or None)

    def path(self, route: str, whose: str) -> str:
        """The address of a route with the ids of one side."""
        route = route.replace("/contracts/{name}", "/contracts/calendar")
        kinds = {**self.ids, "party": self.ids["anchor"]} if "/anchors/" in route else self.ids
        for kind, names in kinds.items():
            route = route.replace(f"{{{kind}}}", names[whose])
        return route.replace("{year}", "2026")

    def body(self, route: str, whose: str) -> bytes:
        """What is handed in: that side's transaction."""
        wire = self.wires[whose]
        return encode([wire]) if route.endswith("/batch") else wire

    def cell(self, role: str, method: str, route: str, whose: str, mark: str) -> str:
        """What a role gets: the status, and + where the object of that side is in the answer, − where it is not."""
        body = self.body(route, whose) if method == "POST" else b""
        answer = self.ask(role, method, self.path(route, whose), body)
        if answer.status_code >= 300 or not mark:
            return str(answer.status_code)
        wanted = f'"{self.ids[mark][whose]}"'
        wanted = f'"party":{wanted}' if route.endswith("{name}/transactions") else wanted
        return f"{answer.status_code}{'+' if wanted in answer.text else '-'}"

    def close(self) -> None:
        self.client.__exit__()
