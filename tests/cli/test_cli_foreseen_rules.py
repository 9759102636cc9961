"""What is refused before anybody signs, rule by rule: beside the refusals, what must be left to be signed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from chainbill_cli.failure import Exit, Failure
from chainbill_cli.foreseen import of_payment, refuse_foreseen

from chainbill.ledger.transaction import Call

pytestmark = pytest.mark.untraced

QUOTE = {"id": "Q", "bank": "BANK", "request": "R"}
SETTLE = {"bill": "B", "amount": 5, "partial": False, "reference": "P-1", "value_date": "2026-03-02"}
BILL = {"id": "B", "paying_bank": "BANK", "outstanding": 5, "currency": "CNY"}


class Told:
    """A session of BANK: what its node has under each id, and the references of the receipts it shows."""

    party = "BANK"
    offline = False

    def __init__(self, rows: dict[str, dict[str, Any]], known: tuple[str, ...] | None = ()) -> None:
        self._rows, self._known = rows, known
        self.client = self

    def object_row(self, _: str, identifier: str) -> dict[str, Any]:
        return self._rows.get(identifier, {})

    def today(self) -> str:
        return "2026-03-02"

    def registered(self, party: str) -> dict[str, Any]:
        return self._rows.get(party, {})

    def pages(self, _: str, **asked: str) -> Iterator[dict[str, str]]:
        assert asked["bill"] == "B"
        if self._known is None:
            raise Failure(Exit.FAILED, {"code": "not_reached"})
        return iter([{"reference": reference} for reference in self._known])


def said(session: Told, act: str, /, **arguments: Any) -> str:
    """The reason why an act is refused unasked, "" where it is left to be signed."""
    contract, function = act.split(".")
    try:
        refuse_foreseen(session, [Call(contract, function, arguments)])  # type: ignore[arg-type]
    except Failure as failure:
        return str(failure.problem["code"])
    return ""


@pytest.mark.parametrize("status", ["pending_confirm", "pending_accept", "active", "due", "overdue", "settled"])
def test_a_bill_is_paid_from_its_acceptance_to_its_end(status: str) -> None:
    payable = status in {"active", "due", "overdue"}
    assert said(Told({"B": {**BILL, "status": status}}), "settlement.settle", **SETTLE) == (
        "" if payable else "bill_not_payable"
    )


@pytest.mark.parametrize("known", [(), ("P-2",), ("P-2", "P-1"), None])
def test_only_what_was_not_reported_before_is_refused(known: tuple[str, ...] | None) -> None:
    """A second report is answered as the first; where receipts cannot be read, the ledger decides."""
    session = Told({"B": {**BILL, "status": "settled"}}, known)
    refused = known is not None and "P-1" not in known
    assert said(session, "settlement.settle", **SETTLE) == ("bill_not_payable" if refused else "")


@pytest.mark.parametrize("status", ["offered", "agreed", "expired", "withdrawn", "lost"])
def test_what_becomes_of_a_quote(status: str) -> None:
    session = Told({"Q": {**QUOTE, "status": status}, "R": {"bill": "B", "holder": "S", "status": "agreed"}})
    for act, then in (("finance.withdraw_quote", "offered"), ("finance.cancel", "agreed")):
        assert said(session, act, quote="Q") == ("" if status == then else "quote_transition")
    paid = "" if status in {"agreed", "expired"} else "quote_not_agreed"
    assert said(session, "finance.disburse", quote="Q", reference="P-1") == paid


def test_every_token_of_a_transfer_is_looked_at() -> None:
    mine = {"holder": "BANK", "status": "live", "locks": []}
    session = Told({"T1": mine, "T2": {**mine, "holder": "S"}})
    assert said(session, "token.transfer", tokens=["T1"]) == ""
    assert said(session, "token.transfer", tokens=["T1", "T2"]) == "not_the_holder"


@pytest.mark.parametrize(("paying", "reason"), [
    ("BANK", ""), ("BEFORE", ""), ("OTHER", "not_the_paying_bank"), ("", ""),
])  # fmt: skip
def test_a_successor_pays_in_the_place_of_the_bank_of_a_bill(paying: str, reason: str) -> None:
    """A bank that stands in another's place was refused what the ledger takes from it."""
    row = {**BILL, "paying_bank": paying, "status": "active"}
    session = Told({"B": row, "BEFORE": {"successor": {"successor": "BANK"}}, "BANK": {"successor": None}})
    assert said(session, "settlement.settle", **SETTLE) == reason


@pytest.mark.parametrize(("party", "status", "bank", "reason"), [
    ("D", "active", "OTHER", ""), ("D", "overdue", "OTHER", ""), ("S", "active", "OTHER", "not_the_debtor"),
    ("D", "pending_accept", "OTHER", "bill_not_payable"), ("D", "active", "BANK", "bank_pays_already"),
    ("D", "active", "SUPPLIER", "not_a_bank"),
])  # fmt: skip
def test_the_debtor_asks_another_bank_in_business_to_pay(party: str, status: str, bank: str, reason: str) -> None:
    session = Told({
        "B": {"id": "B", "debtor": "D", "creditor": "S", "paying_bank": "BEFORE", "status": status},
        "BEFORE": {"successor": {"successor": "BANK"}}, "OTHER": {"id": "OTHER", "roles": ["bank"], "status": "active"},
        "SUPPLIER": {"id": "SUPPLIER", "roles": ["supplier"], "status": "active"},
    })  # fmt: skip
    session.party = party
    assert said(session, "bill.ask_paying_bank", bill="B", bank=bank, reason="") == reason


@pytest.mark.parametrize("bank", ["BANK", "BEFORE", "OTHER"])
def test_a_bank_and_its_successor_report_of_a_payment(bank: str) -> None:
    session = Told({"BEFORE": {"successor": {"successor": "BANK"}}, "OTHER": {"successor": {"successor": "ELSE"}}})
    payment = {"bank": bank, "party": "S", "status": "instructed", "bill": "B"}
    if bank == "OTHER":
        with pytest.raises(Failure) as caught:
            of_payment(session, payment, "paid")  # type: ignore[arg-type]
        assert caught.value.problem["code"] == "not_the_instructing_bank"
    else:
        of_payment(session, payment, "paid")  # type: ignore[arg-type]


STEPS = {
    ("instructed", "paid"), ("instructed", "returned"), ("paid", "returned"), ("returned", "instructed"),
    ("returned", "set_aside"), ("set_aside", "instructed"),
}  # fmt: skip


@pytest.mark.parametrize("now", ["instructed", "paid", "returned", "set_aside"])
@pytest.mark.parametrize("then", ["instructed", "paid", "returned", "set_aside"])
@pytest.mark.parametrize("known", [(), ("R-1",), None])
def test_a_payment_takes_only_the_steps_of_its_bank(now: str, then: str, known: tuple[str, ...] | None) -> None:
    """use: a bank was asked to sign a step that the ledger then refused."""
    session = Told({}, known)
    payment = {"bank": "BANK", "party": "S", "status": now, "bill": "B"}
    if (now, then) in STEPS or known != ():
        of_payment(session, payment, then, "R-1")  # type: ignore[arg-type]
        return
    with pytest.raises(Failure) as caught:
        of_payment(session, payment, then, "R-1")  # type: ignore[arg-type]
    assert caught.value.problem["code"] == "payment_transition"


@pytest.mark.parametrize(("party", "status", "reason"), [
    ("BANK", "active", "not_debtor_or_creditor"), ("S", "settled", "bill_not_payable"), ("S", "overdue", ""),
])  # fmt: skip
def test_only_the_sides_of_a_bill_that_is_owed_ask_to_take_something_off(party: str, status: str, reason: str) -> None:
    session = Told({"B": {"id": "B", "debtor": "D", "creditor": "S", "status": status}})
    session.party = party
    assert said(session, "bill.ask_dilution", bill="B", token="T", amount=1) == reason


@pytest.mark.parametrize(("kind", "then", "freezes", "reason"), [
    ("court", "paid", [], ""), ("court", "instructed", [], "payment_transition"), ("holder", "instructed", [], ""),
    ("holder", "instructed", [{"freeze": "F"}], "payment_frozen"),
    ("holder", "received", [{"freeze": "F"}], "payment_frozen"),
])  # fmt: skip
def test_what_a_court_set_aside_waits_for_it(kind: str, then: str, freezes: list[Any], reason: str) -> None:
    session = Told({}, ())
    payment = {"bank": "BANK", "party": session.party, "status": "set_aside", "bill": "B", "kind": kind}
    told = {**payment, "freezes": freezes}
    if not reason:
        of_payment(session, told, then, "R-1")  # type: ignore[arg-type]
        return
    with pytest.raises(Failure) as caught:
        of_payment(session, told, then, "R-1")  # type: ignore[arg-type]
    assert caught.value.problem["code"] == reason
