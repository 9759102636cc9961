"""`bill reverse`: what its bank is shown, what becomes of bill, payments and receipts, and how it goes on in steps."""

from __future__ import annotations

import pytest
from cli.cli_desk import Desk, Refused, accepted_bill
from cli.cli_fakes import BILL, PARTIES, FakeNode, Shell, an_id, listing, ok, problem
from cli.test_cli_pledges import as_a_person
from cli.test_cli_settle import steps

RECEIPT = {
    "id": "R1", "bank": PARTIES["bank1"], "reference": "R1", "kind": "settlement", "bill": BILL, "amount": 9_000,
    "currency": "JPY",
    "status": "standing", "value_date": "2027-01-04", "recorded_on": "2027-01-04", "reversible_until": "2027-01-05",
}  # fmt: skip
REVERSE = ["bill", "reverse", "--reference", "R1", "--reason", "wrong debtor"]


def test_a_receipt_is_reversed_and_the_right_money_settles(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    bill, _ = accepted_bill(desk)
    desk.json("bank1", "bill", "settle", bill, "--amount", "400.00", "--partial", "--reference", "PAY-1")
    desk.json("bank1", "bill", "settle", bill, "--amount", "600.00", "--reference", "PAY-2")
    words = ["--as", "bank1", "bill", "reverse", "--reason", "记错债务人", "--reference"]
    assert "较新者" not in desk.text(*words, "PAY-1", expect=3)
    seen = as_a_person(desk, monkeypatch, *words[:2], "--lang", "zh", *words[2:], "PAY-2")
    for said in ("即将冲正", "600.00 CNY", "陆佰元整", "PAY-2", "记错债务人"):
        assert said in seen, said
    shown = desk.json("bank1", "bill", "show", bill)
    assert (shown["status"], shown["settled"], shown["outstanding"]) == ("active", 40_000, 60_000)
    [first, second] = desk.json("supplier1", "bill", "receipts")
    assert (first["status"], second["status"], second["reason"]) == ("standing", "reversed", "记错债务人")
    assert second["reversed_on"] == second["recorded_on"]
    rows = desk.json("supplier1", "bill", "payments", bill)
    assert sorted(row["status"] for row in rows) == ["cancelled", "instructed"]
    kinds = [step["kind"] for step in desk.json("supplier1", "bill", "history", bill)]
    assert kinds[-1] == "reversed"
    assert kinds.count("settled") == 2
    again = desk.json("bank1", "bill", "settle", bill, "--amount", "600.00", "--reference", "PAY-2")
    assert (again["repeated"], again["reversed"]) == (True, True)
    desk.json("bank1", "bill", "settle", bill, "--amount", "600.00", "--reference", "PAY-3")
    assert desk.json("bank1", "bill", "show", bill)["status"] == "settled"
    standing = desk.json("bank1", "bill", "receipts", "--status", "standing")
    assert [row["reference"] for row in standing] == ["PAY-1", "PAY-3"]
    desk.text("--as", "bank1", "bill", "receipts")
    assert "1,000.00 CNY" in desk.err


def test_what_cannot_be_reversed_is_refused_before_the_question(desk: Desk) -> None:
    bill, _ = accepted_bill(desk)
    words = ["bank1", "bill", "reverse", "--reason", "x", "--reference"]
    assert desk.json(*words, "PAY-9", expect=3)["code"] == "receipt_unknown"
    desk.json("bank1", "bill", "settle", bill, "--amount", "1000.00", "--reference", "PAY-1")
    desk.json(*words, "PAY-1")
    assert desk.json(*words, "PAY-1", expect=3)["code"] == "receipt_transition"


def test_what_bars_a_reversal_is_said_before_it_is_signed(desk: Desk, refused: Refused) -> None:
    """use: a newer receipt, and a payment that had gone out, were told only after the signature."""
    bill, _ = accepted_bill(desk)
    reverse = ("bank1", "bill", "reverse", "--reason", "x", "--reference")
    desk.json("bank1", "bill", "settle", bill, "--amount", "400.00", "--partial", "--reference", "PAY-1")
    desk.json("bank1", "bill", "settle", bill, "--amount", "600.00", "--reference", "PAY-2")
    assert refused(*reverse, "PAY-1") == "reversal_not_newest"
    [paid] = [one for one in desk.json("bank1", "bill", "payments", bill) if one["reference"] == "PAY-2"]
    desk.json("bank1", "bill", "payment", bill, paid["token"], "--status", "paid", "--reference", "X-1")
    assert refused(*reverse, "PAY-2") == "payment_already_paid"


def test_a_reversal_of_several_steps_goes_on(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/receipts"] = ok(listing(RECEIPT))
    tokens = [an_id("T", str(number)) for number in range(3)]
    answers = [{"bill": BILL, "tokens": [one], "outstanding": 1, "complete": one == tokens[-1]} for one in tokens]
    steps(node, *answers)
    told = shell.run(*REVERSE, "-o", "json", profile="bank1")
    assert told["tokens"] == tokens
    assert [one.calls[0].function for one in node.transactions] == ["reverse", "proceed", "proceed"]


def test_a_reversal_that_was_broken_off_goes_on_with_the_same_command(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/receipts"] = ok(listing(RECEIPT))
    steps(node, {"bill": BILL, "tokens": [], "outstanding": 1, "complete": False}, problem(422, "capability_missing"))
    assert "same command" in shell.run(*REVERSE, "-o", "json", profile="bank1", expect=3)["hint"]
    node.answers["GET /v1/receipts"] = ok(listing({**RECEIPT, "status": "reversed"}))
    waiting = {"bill": BILL, "token": an_id("T", "1"), "reference": "R1", "status": "instructed"}
    node.answers["GET /v1/payments"] = ok(listing(waiting))
    steps(node, {"bill": BILL, "tokens": [an_id("T", "2")], "outstanding": 0, "complete": True})
    assert shell.run(*REVERSE, "-o", "json", profile="bank1")["tokens"] == [an_id("T", "2")]
    assert node.transactions[-1].calls[0].function == "proceed"
    node.answers["GET /v1/payments"] = ok(listing({**waiting, "status": "cancelled"}))
    assert shell.run(*REVERSE, "-o", "json", profile="bank1", expect=3)["code"] == "receipt_transition"


@pytest.mark.parametrize("other", ["instructed", "paid", "returned", "set_aside", "cancelled"])
@pytest.mark.parametrize("own", ["instructed", "paid", "returned", "set_aside", "cancelled"])
def test_a_reversal_goes_on_by_its_own_payments_alone(shell: Shell, node: FakeNode, own: str, other: str) -> None:
    """A settlement of the same bank on the same bill was carried on in the name of a reversal that was over."""
    node.answers["GET /v1/receipts"] = ok(listing({**RECEIPT, "status": "reversed"}))
    paid = [(own, "R1"), (other, "R2"), (other, "R10")]
    node.answers["GET /v1/payments"] = ok(listing(*(
        {"bill": BILL, "token": an_id("T", str(number)), "reference": reference, "status": status}
        for number, (status, reference) in enumerate(paid)
    )))  # fmt: skip
    steps(node, {"bill": BILL, "tokens": [], "outstanding": 0, "complete": True})
    over = own == "cancelled"
    told = shell.run(*REVERSE, "-o", "json", profile="bank1", expect=3 if over else 0)
    assert (told.get("code") == "receipt_transition") == over
    assert [one.calls[0].function for one in node.transactions] == ([] if over else ["proceed"])
