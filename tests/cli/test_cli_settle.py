"""Amounts only in the currency of what they are paid for; settlements of several steps; what became of payments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from chainbill_cli import preview as previews
from chainbill_cli.texts import set_language
from cli.cli_desk import Desk, accepted_bill
from cli.cli_fakes import (
    BILL,
    PARTIES,
    QUOTE,
    REQUEST,
    TOKEN,
    FakeNode,
    Shell,
    an_id,
    bill,
    listing,
    ok,
    problem,
    token,
)  # fmt: skip
from cli.test_cli_sales import as_a_person

from chainbill.ledger.transaction import decode_transaction

SETTLE = ["bill", "settle", BILL, "--amount", "9000", "--reference", "R1"]


@pytest.mark.parametrize(("own", "named"), [("CNY", "USD"), ("JPY", "CNY"), ("JPY", "usd"), ("EUR", "cny")])
def test_a_bill_is_settled_in_its_own_currency_only(shell: Shell, node: FakeNode, own: str, named: str) -> None:
    node.answers[f"GET /v1/bills/{BILL}"] = ok(bill(currency=own))
    found = shell.run(*SETTLE, "--currency", named, "-o", "json", profile="bank1", expect=2)
    assert (found["code"], found["currency"]) == ("currency_differs", own)
    assert not node.transactions
    node.result = {"payments": [], "complete": True, "repeated": False}
    shell.run(*SETTLE, "--currency", own.lower(), profile="bank1")
    assert node.call[2]["amount"] == (9_000 if own == "JPY" else 900_000)


@pytest.mark.parametrize(
    "words",
    [
        ["token", "transfer", TOKEN, "--to", "supplier2:1.00"], ["token", "split", TOKEN, "--amount", "1.00"],
        ["finance", "request", TOKEN, "--to", "bank1", "--amount", "1.00"], ["finance", "disburse", QUOTE,
         "--reference", "P", "--amount", "1.00"], ["finance", "quote", REQUEST, "--rate", "3", "--recourse"],
    ],
)  # fmt: skip
def test_no_other_currency_anywhere(shell: Shell, node: FakeNode, words: list[str]) -> None:
    node.answers[f"GET /v1/tokens/{TOKEN}"] = ok(token())
    node.answers[f"GET /v1/finance/quotes/{QUOTE}"] = ok({"id": QUOTE, "currency": "CNY", "net": 100})
    node.answers[f"GET /v1/finance/requests/{REQUEST}"] = ok({"id": REQUEST, "currency": "CNY", "amount": 100})
    shell.run(*words, "--currency", "JPY", expect=2)
    assert "in CNY" in shell.err
    shell.run(*words, "--currency", "XYZ", expect=2)
    assert "no currency" in shell.err
    shell.run(*words, "--currency", "CNY")
    assert len(node.transactions) == 1


def test_offline_the_currency_is_named(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "signed.tx"
    words = [*SETTLE, "--value-date", "2026-03-02", "--offline", str(path)]
    shell.run(*words, profile="bank1", expect=2)
    assert "--currency" in shell.err
    shell.run(*words, "--currency", "JPY", profile="bank1")
    assert decode_transaction(path.read_bytes()).calls[0].args["amount"] == 9_000


def steps(node: FakeNode, *answers: Any) -> None:
    """Answer the transactions handed in one after the other."""
    left = list(answers)

    def take(request: httpx.Request) -> httpx.Response:
        transaction = decode_transaction(request.content)
        node.transactions.append(transaction)
        found = left.pop(0)
        if isinstance(found, httpx.Response):
            return found
        return ok({"id": transaction.id.hex(), "status": "committed", "height": 8, "result": found}, 201)

    node.answers["POST /v1/transactions"] = take


def paid(number: int) -> dict[str, Any]:
    return {"party": PARTIES["supplier1"], "token": an_id("T", str(number)), "amount": number, "status": "instructed"}


def test_a_settlement_of_several_steps_goes_on(shell: Shell, node: FakeNode) -> None:
    node.answers[f"GET /v1/bills/{BILL}"] = ok(bill())
    steps(
        node,
        {"payments": [paid(1)], "complete": False, "repeated": False},
        {"payments": [paid(2)], "complete": False, "repeated": False},
        {"payments": [paid(3)], "complete": True, "repeated": False},
    )
    answer = shell.run(*SETTLE, "-o", "json", profile="bank1")
    assert [one["amount"] for one in answer["payments"]] == [1, 2, 3]
    assert [one.calls[0].function for one in node.transactions] == ["settle", "proceed", "proceed"]
    assert answer["steps"] == [one.id.hex() for one in node.transactions[1:]]
    assert answer["repeated"] is False


def test_a_broken_off_settlement_says_how_to_go_on(shell: Shell, node: FakeNode) -> None:
    node.answers[f"GET /v1/bills/{BILL}"] = ok(bill())
    steps(node, {"payments": [paid(1)], "complete": False, "repeated": False}, problem(422, "capability_missing"))
    found = shell.run(*SETTLE, "-o", "json", profile="bank1", expect=3)
    assert "same command" in found["hint"]
    history = listing(
        {"kind": "settled", "token": paid(1)["token"], "currency": "CNY", "payment": {**paid(1), "reference": "R1"}},
        {"kind": "settled", "token": paid(2)["token"], "currency": "CNY", "payment": {**paid(2), "reference": "R1"}},
        {"kind": "settled", "token": paid(3)["token"], "currency": "CNY", "payment": {**paid(3), "reference": "R0"}},
    )
    node.answers[f"GET /v1/bills/{BILL}/history"] = ok(history)
    again = {"payments": [paid(1)], "complete": False, "repeated": True}
    for last in ({"payments": [paid(2)], "complete": True}, problem(422, "nothing_to_proceed")):
        steps(node, again, last)
        answer = shell.run(*SETTLE, "-o", "json", profile="bank1")
        assert answer["payments"] == [paid(1), paid(2)]
        assert answer["repeated"] is True


def test_a_payee_ends_what_came_back(desk: Desk) -> None:
    number, _ = accepted_bill(desk)
    [payment] = desk.json("bank1", "bill", "settle", number, "--amount", "1000", "--reference", "S1")["payments"]
    words = ["bill", "payment", number, payment["token"]]
    desk.json("bank1", *words, "--status", "returned", "--reference", "S1-1")
    assert desk.json("supplier1", "bill", "received", number, payment["token"])["payment_status"] == "paid"
    refused = desk.json("bank1", *words, "--status", "instructed", "--reference", "S1-2", expect=3)
    assert (refused["code"], refused["details"]) == ("payment_transition", {"from": "paid", "to": "instructed"})
    assert "said that the money arrived, that is the end" in desk.err


def test_what_became_of_payments(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    number, _ = accepted_bill(desk)
    settled = desk.json("bank1", "bill", "settle", number, "--amount", "1000", "--reference", "S1")
    [payment] = settled["payments"]
    words = ["bill", "payment", number, payment["token"]]
    done = desk.json("bank1", *words, "--status", "returned", "--reference", "S1-1")
    assert (done["status"], done["payment_status"]) == ("committed", "returned")
    assert desk.json("bank1", *words, "--status", "returned", "--reference", "S1-1")["repeated"] is True
    refused = desk.json("bank1", *words, "--status", "paid", "--reference", "S1-2", expect=3)
    assert refused["code"] == "payment_transition"
    assert "returned" in desk.err, "the details are said to people too"
    [listed] = desk.json("auditor", "bill", "payments", number)
    assert (listed["status"], listed["reference"], listed["amount"]) == ("returned", "S1", 100_000)
    assert desk.json("auditor", "bill", "payments", number, "--status", "paid") == []
    assert desk.json("auditor", "bill", "payments", "--bank", "bank1", "--party", "supplier1") == [listed]
    [receipt] = desk.json("auditor", "bill", "receipts", "--bill", number, "--debtor", "anchor", "--value-to", "today")
    assert (receipt["reference"], receipt["amount"], receipt["days_late"]) == ("S1", 100_000, 0)
    assert desk.json("auditor", "bill", "receipts", "--kind", "finance,unmatched") == []
    for asked in ((), ("--bill", number)):
        desk.text("--as", "auditor", "--lang", "zh", "bill", "receipts", *asked)
        assert "只列收到付款；全部：--kind all" in desk.err, "use: what banks had reported otherwise seemed to be lost"
    for asked in (("--kind", "all"), ("--kind", "settlement"), ("-o", "csv")):
        desk.text("--as", "auditor", "--lang", "zh", "bill", "receipts", *asked)
        assert "--kind all" not in desk.err
    assert "付款结果" in desk.text("--as", "auditor", "--lang", "zh", "bill", "receipts", "--kind", "all")
    assert "合计 收到付款：1,000.00 CNY" in desk.err, "several reports are on one payment: they do not add up"
    assert "2,000.00" not in desk.err
    history = desk.json("auditor", "bill", "history", number)
    assert next(one["amount"] for one in history if one["kind"] == "confirm") == 100_000
    for view in (["bill", "history", number], ["bill", "show", number], ["bill", "payments", number]):
        assert "已退汇" in desk.text("--as", "auditor", "--lang", "zh", *view), view
    set_language("en")
    monkeypatch.setattr("chainbill_cli.commands.bill_settle.asks", lambda _: True)
    monkeypatch.setattr(previews, "asks", lambda _: True)
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: True)
    desk.text("--as", "bank1", *words, "--status", "instructed", "--reference", "S1-3")
    for part in ("1,000.00 CNY", "returned", "instructed", "S1-3", payment["token"]):
        assert part in desk.err


def test_a_disbursement_reported_again(desk: Desk) -> None:
    _, held = accepted_bill(desk)
    asked = desk.json("supplier1", "finance", "request", held, "--to", "bank2")
    quoted = desk.json("bank2", "finance", "quote", asked["request"], "--rate", "4", "--recourse")
    desk.json("supplier1", "finance", "agree", quoted["quote"])
    words = ["finance", "disburse", quoted["quote"], "--reference", "P1", "--value-date", "today"]
    first = desk.json("bank2", *words)
    assert first["repeated"] is False
    again = desk.json("bank2", *words)
    assert (again["repeated"], again["token"]) == (True, first["token"])


def test_only_a_write_of_before_is_repeated(shell: Shell, node: FakeNode) -> None:
    """The client's own retry of a lost answer finds the transaction committed: that is the first answer."""

    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("gone", request=request)

    node.answers["node1.test POST /v1/transactions"] = lost
    node.answers["node2.test POST /v1/transactions"] = ok(
        {"status": "committed", "height": 4, "result": {}, "repeated": True}
    )
    assert "repeated" not in shell.run("bill", "confirm", BILL, "-o", "json")


def test_a_result_never_hides_the_state_of_the_write(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    path = str(tmp_path / "built.tx")
    arguments = {"bill": BILL, "token": TOKEN, "status": "paid", "reference": "R"}
    shell.run("tx", "build", "--call", "settlement.pay_result", json.dumps(arguments), "--out", path, profile="bank1")
    shell.run("tx", "sign", path, profile="bank1")
    node.result = {"bill": BILL, "token": TOKEN, "status": "paid", "repeated": False}
    sent = shell.run("tx", "send", path, "-o", "json", profile="bank1")
    assert (sent["status"], sent["payment_status"]) == ("committed", "paid")
    node.result = [{"bill": BILL, "status": "paid"}, {"bill": BILL, "status": "returned"}]
    assert shell.run("tx", "send", path, "-o", "json", profile="bank1")["results"] == node.result


def test_waiting_for_a_refused_transaction_says_why(shell: Shell, node: FakeNode) -> None:
    identifier = "ab" * 32
    node.answers[f"GET /v1/transactions/{identifier}"] = ok(
        {"id": identifier, "status": "refused", "height": 4, "reason": "token_locked", "detail": "The token is locked.",
         "hint": "Wait for the answer.", "details": {"kind": "offered"}}
    )  # fmt: skip
    found = shell.run("tx", "wait", identifier, "-o", "json", expect=3)
    assert (found["code"], found["detail"], found["hint"]) == (
        "token_locked", "The token is locked.", "Wait for the answer.",
    )  # fmt: skip
    assert "block 4: The token is locked." in shell.err
    assert "kind: offered" in shell.err


def test_who_is_paid_and_for_which_token(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user read 受让方 of who is paid, and missed the token that `bill payment` asks for in a list of 80 columns."""
    bill, _ = accepted_bill(desk)
    desk.json("bank1", "bill", "settle", bill, "--amount", "1000.00", "--reference", "P-1")
    [paid] = desk.json("bank1", "bill", "payments", bill)
    seen = as_a_person(
        desk, monkeypatch, "--as", "bank1", "--lang", "zh", "bill", "payment", bill, paid["token"], "--status", "paid",
        "--reference", "R-1",
    )  # fmt: skip
    assert "收款方：" in seen
    assert "受让方" not in seen
    monkeypatch.setenv("COLUMNS", "80")
    assert paid["token"] in desk.text("--as", "bank1", "--lang", "zh", "bill", "payments", bill)
