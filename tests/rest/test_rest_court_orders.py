"""Orders of courts on closed networks: whom an order is on reads its own items, and never what is others'."""

from __future__ import annotations

from typing import Any

import pytest
from rest.bill_book import ANCHOR, SUPPLIERS, BillBook
from rest.conftest import app_of, signed_get
from rest.node_twin import TwinNode, key_of

S1, S2, S3, S4 = SUPPLIERS[:4]
ACTING, SECOND, PAYING, NEW_PAYING, PLEDGEE, SUCCESSOR = (f"BANK{number}" for number in (11, 12, 13, 14, 15, 16))
SPONSOR = "BANK17"
TAKER = "SUPPLIER8"
OF = (("F1", S1, ""), ("F2", S2, PLEDGEE))


def item(freeze: str, bill: str) -> dict[str, Any]:
    return {"freeze": freeze, "token": f"T-{freeze}", "bill": bill, "currency": "CNY", "amount": 70, "given": 0}


@pytest.fixture
def book(example: tuple[BillBook, str]) -> BillBook:
    """Order O1 froze cents of S1 on B1 and of S2, pledged, on B2; O2 transferred both to TAKER; O3 waits."""
    found, _ = example
    height, found.height = found.height, 0
    for bank in (ACTING, SECOND, PAYING, NEW_PAYING, PLEDGEE, SUCCESSOR, SPONSOR):
        found.party(bank, "bank", key=key_of(bank).public.hex())
    found.party(TAKER, "supplier", key=key_of(TAKER).public.hex(), sponsor="BANK1")
    found.party(S1, "supplier", key=key_of(S1).public.hex(), sponsor=SPONSOR)
    found.height = height
    made = {"height": found.height, "transaction": ""}
    bills = {}
    for freeze, holder, pledgee in OF:
        bill = str(found.token(found.issue(ANCHOR, holder, 100))["bill"])
        found.change("bill", bill, paying_bank=PAYING)
        bills[freeze] = bill
        found.put("legal", "freeze", freeze, {
            "id": freeze, "order": "O1", "bill": bill, "currency": "CNY", "holder": holder, "pledgee": pledgee,
            "lo": 30, "hi": 100, "days": 90, "since": "2026-01-05", "until": "2026-04-05", "held_by": [],
            "over": False, "status": "in_force", "ended_on": "", "created": made,
        })  # fmt: skip
    for name, kind, status, to in (
        ("O1", "freeze", "ratified", ""), ("O2", "transfer", "ratified", TAKER), ("O3", "release", "entered", ""),
    ):  # fmt: skip
        found.put("legal", "order", name, {
            "id": name, "kind": kind, "authority": "Court", "number": "H-1", "documents": ["ab" * 32],
            "issued_on": "2026-01-04", "by": ACTING, "second": SECOND if status == "ratified" else "",
            "items": [item(freeze, bill) for freeze, bill in bills.items()],
            "freezes": ["F1", "F2"] if kind == "freeze" else [], "concerned": [S1, PAYING, S2, PLEDGEE], "days": 90,
            "beneficiary": to, "account": "", "refusals": [], "objected_by": "", "objected_on": "",
            "entered_on": "2026-01-05", "ratified_on": "2026-01-06" if status == "ratified" else "", "acts_on": "",
            "until": "2026-01-08", "allowed_ms": 0, "status": status, "created": made,
        })  # fmt: skip
    found.bills_of = bills  # type: ignore[attr-defined]
    return found


def read(book: BillBook, who: str, path: str) -> Any:
    with app_of(TwinNode(book, public_reads=False)) as client:
        return signed_get(client, who, path)


def items(book: BillBook, who: str, name: str) -> list[str]:
    """The freezes of the items that one reads of an order, alike in the list and alone; [] where it does not show."""
    answer = read(book, who, f"/v1/orders/{name}")
    listed = [row for row in read(book, who, "/v1/orders").json()["data"] if row["id"] == name]
    assert (answer.status_code == 200) == (len(listed) == 1), (who, name)
    if not listed:
        return []
    alone = answer.json()
    alone.pop("as_of")
    assert alone == listed[0]
    return [one["freeze"] for one in alone["items"]]


def freezes(book: BillBook, who: str) -> list[str]:
    """The freezes that one reads, alike in the list and each alone."""
    listed = sorted(row["id"] for row in read(book, who, "/v1/freezes").json()["data"])
    assert listed == [name for name in ("F1", "F2") if read(book, who, f"/v1/freezes/{name}").status_code == 200]
    return listed


def moved(book: BillBook, bill: str, bank: str) -> None:
    """Have another bank pay a bill, by the joint act in which it was asked."""
    book.change("bill", bill, paying_bank=bank)
    book.put("bill", "joint", f"J-{bill}", {
        "id": f"J-{bill}", "kind": "paying_bank", "bill": bill, "by": ANCHOR, "others": [PAYING, bank],
        "content": {"from": PAYING, "to": bank}, "reason": "", "status": "done", "until": "2026-02-01",
        "ended_on": "2026-01-06", "created": {"height": book.height, "transaction": ""},
    })  # fmt: skip


def changed(book: BillBook, order: str, **fields: Any) -> None:
    book.put("legal", "order", order, {**(book.get("legal", "order", order) or {}), **fields})


def succeeds(book: BillBook, old: str, new: str) -> None:
    book.put("succession", "successor", old, {"named": new, "successor": new, "from": ""})
    book.put("succession", "predecessor", new, {"banks": [old]})


def test_each_holder_reads_its_own_items_and_nothing_of_the_other(book: BillBook) -> None:
    for who, own, other, others in ((S1, "F1", "F2", (S2, PLEDGEE)), (S2, "F2", "F1", (S1,))):
        for name in ("O1", "O2", "O3"):
            assert items(book, who, name) == [own]
            alone = read(book, who, f"/v1/orders/{name}")
            for hidden in (other, *others, book.bills_of[other]):  # type: ignore[attr-defined]
                assert f'"{hidden}"' not in alone.text, (who, name, hidden)
                assert f'"{hidden}"' not in read(book, who, "/v1/orders").text
        assert freezes(book, who) == [own]


def test_nobody_learns_by_a_filter_whom_an_order_is_on_besides(book: BillBook) -> None:
    def found(who: str, asked: str) -> int:
        return len(read(book, who, f"/v1/orders?concerned={asked}").json()["data"])

    assert (found(S1, S1), found(S1, S2), found(S1, PLEDGEE), found(S1, PAYING)) == (3, 0, 0, 3)
    assert (found(SECOND, S1), found(SECOND, S2), found("REGULATOR", S2)) == (3, 3, 3)
    assert read(book, S1, f"/v1/freezes?holder={S2}").json()["data"] == []


def test_banks_that_act_and_regulators_read_all_of_an_order(book: BillBook) -> None:
    for who in (ACTING, SECOND, "REGULATOR", PAYING):
        assert items(book, who, "O1") == ["F1", "F2"], who
        assert freezes(book, who) == ["F1", "F2"]
    assert items(book, "BANK2", "O3") == ["F1", "F2"], "one that waits: any bank may be the second"
    assert items(book, "BANK2", "O1") == []
    assert freezes(book, "BANK2") == []


def test_a_pledgee_reads_what_is_pledged_to_it(book: BillBook) -> None:
    assert items(book, PLEDGEE, "O1") == ["F2"]
    assert freezes(book, PLEDGEE) == ["F2"]


def test_a_beneficiary_reads_what_comes_to_it_once_that_is_ratified(book: BillBook) -> None:
    assert items(book, TAKER, "O2") == ["F1", "F2"]
    shown = read(book, TAKER, "/v1/orders/O2").json()
    assert (shown["concerned"], shown["freezes"]) == ([], [])
    assert items(book, TAKER, "O1") == []
    assert freezes(book, TAKER) == []


def test_an_order_that_was_objected_to_is_read_by_every_bank_for_any_may_vote(book: BillBook) -> None:
    changed(book, "O2", status="objected", objected_by=S1, objected_on="2026-01-07")
    assert items(book, "BANK2", "O2") == ["F1", "F2"]
    assert items(book, TAKER, "O2") == ["F1", "F2"]
    said = {who: read(book, who, "/v1/orders/O2").json()["objected_by"] for who in (S1, S2, TAKER, ACTING)}
    assert said == {S1: S1, S2: "", TAKER: "", ACTING: S1}, "one holder does not learn of the other"


def test_who_refused_an_order_reads_it(book: BillBook) -> None:
    refusals = [{"bank": "BANK2", "reason": "forged", "refused_on": "2026-01-06"}]
    changed(book, "O1", status="lapsed", refusals=refusals)
    assert items(book, "BANK2", "O1") == ["F1", "F2"]


def test_the_holders_sponsor_reads_what_its_holder_reads(book: BillBook) -> None:
    assert items(book, SPONSOR, "O1") == ["F1"]
    assert freezes(book, SPONSOR) == ["F1"]
    succeeds(book, SPONSOR, SUCCESSOR)
    assert items(book, SUCCESSOR, "O1") == ["F1"]
    assert freezes(book, SUCCESSOR) == ["F1"]


def test_a_new_paying_bank_reads_what_is_on_the_bill_that_it_pays(book: BillBook) -> None:
    bill = book.bills_of["F1"]  # type: ignore[attr-defined]
    moved(book, bill, NEW_PAYING)
    for name in ("O1", "O2"):
        assert items(book, NEW_PAYING, name) == ["F1"]
        assert items(book, PAYING, name) == ["F2"], "the bill is no longer its own to pay"
    assert (freezes(book, NEW_PAYING), freezes(book, PAYING)) == (["F1"], ["F2"])
    succeeds(book, NEW_PAYING, SUCCESSOR)
    assert items(book, SUCCESSOR, "O1") == ["F1"]


def test_the_bank_that_keeps_money_aside_reads_the_freeze_on_it(book: BillBook) -> None:
    bill = book.bills_of["F1"]  # type: ignore[attr-defined]
    moved(book, bill, NEW_PAYING)
    book.put("settlement", "held", ("F1", bill, "T-F1"), {})
    book.put("settlement", "payment", (bill, "T-F1"), {
        "bill": bill, "token": "T-F1", "party": S1, "account": "", "amount": 70, "currency": "CNY",
        "status": "set_aside", "bank": PAYING, "reference": "P", "last_reference": "", "changed_on": "2026-01-08",
    })  # fmt: skip
    assert items(book, PAYING, "O1") == ["F1", "F2"]
    assert freezes(book, PAYING) == ["F1", "F2"]


@pytest.mark.parametrize("old", [ACTING, SECOND, PAYING, PLEDGEE])
def test_a_successor_reads_what_the_bank_read_in_whose_place_it_stands(book: BillBook, old: str) -> None:
    before = {name: items(book, old, name) for name in ("O1", "O2")}, freezes(book, old)
    assert before[0]["O1"]
    succeeds(book, old, SUCCESSOR)
    assert ({name: items(book, SUCCESSOR, name) for name in ("O1", "O2")}, freezes(book, SUCCESSOR)) == before


def test_nobody_else_reads_anything_of_it(book: BillBook) -> None:
    for who in (S3, S4, ANCHOR, NEW_PAYING, SUCCESSOR, SPONSOR):
        assert who == SPONSOR or items(book, who, "O1") == [], who
        assert items(book, who, "O2") == (["F1"] if who == SPONSOR else []), who


@pytest.mark.parametrize(("who", "lost"), [("BANK2", 40), (S1, None), ("BANK3", None), ("REGULATOR", 40)])
def test_what_a_bank_lost_of_a_financing_is_its_own_business(book: BillBook, who: str, lost: int | None) -> None:
    made = {"height": book.height, "transaction": ""}
    book.put("finance", "request", "R1", {
        "id": "R1", "holder": S1, "token": "T-F1", "bill": "B", "currency": "CNY", "amount": 100, "lost": 40,
        "banks": ["BANK2", "BANK3"], "status": "disbursed", "ended_by": "", "quotes": ["Q1"], "declined": [],
        "agreed_quote": "Q1", "until": "2026-02-01", "allowed_ms": 0, "held_days": 0, "created": made,
    })  # fmt: skip
    book.put("finance", "quote", "Q1", {"id": "Q1", "request": "R1", "bank": "BANK2", "bill": "B", "rate": 1})
    assert read(book, who, "/v1/finance/requests/R1").json()["lost"] == lost
    [row] = read(book, who, "/v1/finance/requests").json()["data"]
    assert row["lost"] == lost


@pytest.mark.parametrize(("who", "sees"), [(S1, True), (PAYING, True), (ANCHOR, False)])
def test_a_freeze_is_a_step_of_its_bill_to_those_whom_it_concerns(book: BillBook, who: str, sees: bool) -> None:
    """[30, 100) of S1's cents were frozen: 70. The anchor sees the bill, and nothing of it."""
    path = f"/v1/bills/{book.bills_of['F1']}/history"  # type: ignore[attr-defined]
    steps = [step for step in read(book, who, path).json()["data"] if step["kind"].startswith("fr")]
    told = [(one["kind"], one["from"], one["amount"], one["date"], one["freeze"]) for one in steps]
    assert told == [("frozen", S1, 70, "2026-01-05", "F1")] * sees
    over = {**(book.get("legal", "freeze", "F1") or {}), "status": "ended", "ended_on": "2026-01-06"}
    book.put("legal", "freeze", "F1", over)
    kinds = [step["kind"] for step in read(book, who, path).json()["data"]]
    assert [kind for kind in kinds if kind.startswith("fr")] == ["frozen", "freeze_ended"] * sees
