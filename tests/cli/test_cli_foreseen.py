"""What the ledger will surely refuse is refused before anybody is asked to sign, in the ledger's own words."""

from __future__ import annotations

from typing import Any

import pytest
from chainbill_cli import preview as previews
from chainbill_cli.foreseen import READ_AT, RULES
from cli.cli_desk import Desk, Refused, accepted_bill

pytestmark = pytest.mark.untraced


def paid(desk: Desk, bill: str, *words: str) -> Any:
    return desk.json("bank1", "bill", "settle", bill, *words)


def test_bills(desk: Desk, refused: Refused) -> None:
    bill = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "100.00", "--due", "+120d")["bill"]
    pay = ("bill", "settle", bill, "--reference", "P-1", "--amount")
    assert refused("supplier1", "bill", "confirm", bill) == "not_the_debtor"
    assert refused("supplier2", "bill", "reject", bill) == "not_debtor_or_creditor"
    assert refused("anchor", "bill", "withdraw", bill) == "not_the_initiator"
    assert refused("supplier1", "bill", "accept", bill) == "bill_not_confirmed"
    assert refused("anchor", "bill", "cancel", bill) == "bill_transition"
    desk.json("anchor", "bill", "confirm", bill)
    assert refused("anchor", "bill", "confirm", bill) == "bill_transition"
    assert refused("supplier2", "bill", "accept", bill) == "not_the_creditor"
    assert refused("anchor", "bill", "reject", bill) == "not_the_creditor"
    assert refused("supplier1", "bill", "cancel", bill) == "not_the_debtor"
    assert refused("bank1", *pay, "100.00") == "bill_not_payable"
    desk.json("supplier1", "bill", "accept", bill)
    assert refused("supplier2", "bill", "reject", bill) == "not_debtor_or_creditor"
    assert refused("supplier1", "bill", "reject", bill) == "bill_transition"
    assert refused("bank2", *pay, "100.00") == "not_the_paying_bank"
    assert refused("bank1", *pay, "100.01") == "amount_exceeds_outstanding"
    assert refused("bank1", *pay, "99.99") == "amount_below_outstanding"


def test_tokens(desk: Desk, refused: Refused) -> None:
    bill, root = accepted_bill(desk, "100.00")
    to = ("--to", "supplier3:40.00")
    assert refused("supplier2", "token", "transfer", root, *to) == "not_the_holder"
    assert refused("supplier2", "token", "split", root, "--amount", "1.00") == "not_the_holder"
    assert refused("supplier2", "token", "return", root) == "not_the_holder"
    assert refused("supplier2", "token", "accept", root) == "not_offered_to_you"
    assert refused("supplier1", "token", "recall", root) == "not_offered"
    assert refused("supplier2", "finance", "request", root, "--to", "bank2") == "not_the_holder"
    offered = desk.json("supplier1", "token", "transfer", root, "--to", "supplier2:40.00")["tokens"][0]["id"]
    assert refused("supplier1", "token", "transfer", offered, *to) == "token_locked"
    assert refused("supplier1", "token", "transfer", root, *to) == "token_already_used"
    assert "chainbill token list --bill BILL --status live" in desk.err, "use: its record lists nothing that came of it"
    assert refused("supplier3", "token", "reject", offered) == "not_offered_to_you"
    assert refused("supplier2", "token", "recall", offered) == "not_the_holder"
    desk.json("supplier2", "token", "accept", offered)
    assert refused("supplier2", "token", "accept", offered) == "not_offered_to_you"
    assert bill


def test_financing(desk: Desk, refused: Refused) -> None:
    _, root = accepted_bill(desk, "100.00")
    ask = ("finance", "request", root, "--to", "bank2", "--amount")
    assert refused("supplier1", *ask, "100.01") == "amount_exceeds_tokens"
    asked = desk.json("supplier1", *ask, "100.00")["request"]
    offer = ("finance", "quote", asked, "--rate", "3", "--no-recourse")
    assert refused("bank1", *offer) == "bank_not_asked"
    assert refused("bank1", "finance", "decline", asked) == "bank_not_asked"
    assert refused("supplier2", "finance", "withdraw", asked) == "not_the_holder"
    quote = desk.json("bank2", *offer)["quote"]
    disburse = ("finance", "disburse", quote, "--registration", "Z", "--reference")
    assert refused("supplier2", "finance", "agree", quote) == "not_the_holder"
    assert refused("supplier2", "finance", "decline", quote) == "not_the_holder"
    assert refused("bank1", "finance", "withdraw", quote) == "not_the_quoting_bank"
    assert refused("bank1", *disburse, "P-1") == "not_the_quoting_bank"
    assert refused("bank2", *disburse, "P-1") == "quote_not_agreed"
    desk.json("supplier1", "finance", "agree", quote)
    assert refused("supplier1", "finance", "agree", quote) in {"quote_transition", "request_transition"}


def test_issues(desk: Desk, refused: Refused) -> None:
    issue = ("bill", "issue", "--amount", "1.00", "--debtor")
    assert refused("supplier1", *issue, "supplier2", "--due", "+9d") == "debtor_not_an_anchor"
    assert refused("bank1", *issue, "anchor", "--creditor", "supplier1", "--due", "+9d") == "not_debtor_or_creditor"
    assert refused("anchor", *issue, "anchor", "--creditor", "anchor", "--due", "+9d") == "debtor_is_creditor"
    assert refused("supplier1", *issue, "anchor", "--due", "today") == "due_date_not_in_future"


def test_votes(desk: Desk, refused: Refused) -> None:
    proposal = desk.json("bank1", "governance", "propose", "parameter", "open_offers", "900")["proposal"]
    desk.json("bank1", "governance", "vote", proposal, "yes")
    assert refused("bank1", "governance", "vote", proposal, "no") == "proposal_closed"
    assert refused("bank1", "governance", "withdraw", proposal) == "proposal_closed"
    assert "赞成" in desk.text("--lang", "zh", "governance", "list")


def test_payments_and_what_was_reported_already(desk: Desk, refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    bill, root = accepted_bill(desk, "100.00")
    first = ("--amount", "100.00", "--reference", "P-1")
    paid(desk, bill, *first)
    assert refused("bank1", "bill", "settle", bill, "--amount", "1.00", "--reference", "P-2") == "bill_not_payable"
    outcome = ("bill", "payment", bill, root, "--status", "paid", "--reference")
    assert refused("bank2", *outcome, "R-1") == "not_the_instructing_bank"
    assert refused("supplier2", "bill", "received", bill, root) == "not_the_payee"
    with monkeypatch.context() as at_terminal:
        at_terminal.setattr(previews, "person", lambda: True)
        at_terminal.setattr(previews, "confirm", lambda *_, **__: True)
        desk.text("--as", "bank1", "bill", "settle", bill, *first)
    assert "repeated" in desk.out, "the same report again is no mistake"
    assert "still open afterwards" not in desk.err, "nothing changes"
    for other in (("--amount", "40.01", "--partial"), ("--amount", "100.00", "--value-date", "2026-01-01")):
        assert refused("bank1", "bill", "settle", bill, *other, "--reference", "P-1") == "reference_used_otherwise"
    assert "P-1" in desk.err
    assert refused("bank1", *outcome, "P-1") == "reference_used_otherwise"


def test_a_payee_is_asked_about_whatever_its_bank_said_last(
    desk: Desk, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill, root = accepted_bill(desk, "100.00")
    paid(desk, bill, "--amount", "100.00", "--reference", "P-1")
    desk.json("bank1", "bill", "payment", bill, root, "--status", "returned", "--reference", "R-1")
    arrived = ("bill", "received", bill, root)
    asked: list[str] = []
    with monkeypatch.context() as at_terminal:
        at_terminal.setattr(previews, "person", lambda: True)
        at_terminal.setattr(previews, "confirm", lambda line, **_: asked.append(line) or True)
        desk.text("--as", "supplier1", *arrived)
    assert len(asked) == 1
    assert refused("supplier1", *arrived) == "payment_transition"


def test_every_rule_reads_a_row_that_its_act_names() -> None:
    assert all(("tokens" if named == "tokens" else named) in READ_AT for named, _ in RULES.values())


def test_what_is_refused_to_strangers_of_a_bill_names_no_other_act(desk: Desk, refused: Refused) -> None:
    """use: who asked for a dilution of somebody else's bill was told who issues bills."""
    bill, _ = accepted_bill(desk)
    assert refused("supplier2", "bill", "void", bill, "--reason", "x") == "not_debtor_or_creditor"
    assert "issue" not in desk.err.lower()
    desk.text("--as", "supplier2", "--lang", "zh", "bill", "void", bill, "--reason", "x", expect=3)
    assert "发起" not in desk.err
