"""As `test_cli_foreseen`, of acts on parties, accounts, disputes and orders, and of whom and when an act names."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from chainbill_cli.acts import ACTS
from chainbill_cli.foreseen import RULES
from chainbill_cli.foreseen_parties import CHECKS as OF_PARTIES
from chainbill_cli.foreseen_terms import CHECKS as OF_TERMS
from cli.cli_desk import Desk, Refused, accepted_bill, bill_over


@pytest.fixture
def paper(tmp_path: Path) -> str:
    path = tmp_path / "ruling.pdf"
    path.write_bytes(b"ruling")
    return str(path)


def test_what_a_sponsor_attests(refused: Refused, paper: str) -> None:
    assert refused("bank2", "party", "rename", "supplier1", "--name-zh", "新名") == "not_the_sponsor"
    assert refused("supplier2", "party", "size", "supplier1", "small", "--document", paper) == "not_the_sponsor"
    assert refused("bank2", "party", "add-identifier", "supplier1", "gln=1234567890123") == "not_the_sponsor"
    assert refused("bank2", "party", "suspend", "supplier1", "--document", paper) == "not_the_sponsor"
    assert refused("bank2", "party", "close", "supplier1") == "not_the_sponsor"
    assert refused("bank1", "party", "close", "supplier1") == "party_transition"
    assert refused("bank2", "party", "leave", "supplier1") == "not_the_sponsor"
    assert refused("bank2", "party", "halt", "supplier1", "--lift") == "not_the_sponsor"
    assert refused("bank1", "party", "halt", "supplier1", "--lift") == "not_halted"
    assert refused("supplier1", "party", "stay") == "party_transition"


def test_who_is_stopped_is_told_so_before_it_signs(desk: Desk, refused: Refused, paper: str) -> None:
    _, token = accepted_bill(desk)
    desk.json("supplier1", "party", "halt")
    assert refused("supplier1", "token", "split", token, "--amount", "1.00") == "party_halted"
    assert refused("supplier1", "token", "transfer", token, "--to", "supplier2:1.00") == "party_halted"
    assert refused("supplier1", "party", "policy", "--clear") == "party_halted"
    issue = ("bill", "issue", "--debtor", "anchor", "--amount", "1.00", "--due", "+9d")
    assert refused("anchor", *issue, "--creditor", "supplier1") == "party_halted"
    order = desk.json("bank2", "party", "suspend", "supplier2", "--document", paper)["order"]
    assert refused("bank2", "party", "suspend", "supplier2", "--document", paper) == "party_transition"
    assert refused("supplier2", *issue) == "party_not_active"
    assert refused("bank2", "party", "ratify", order) == "entered_by_own_house"
    assert refused("supplier3", "party", "ratify", order) == "not_a_bank"
    assert refused("supplier3", "party", "object", order, "--reason", "no") == "order_on_another_party"
    desk.json("bank1", "party", "ratify", order)
    assert refused("bank1", "party", "ratify", order) == "status_order_transition"


def test_a_label_is_attested_by_its_attestor_under_a_scheme_until_a_day(
    desk: Desk, refused: Refused, paper: str
) -> None:
    """use: three labels that the ledger refuses were shown to be signed."""
    bill, _ = accepted_bill(desk)
    proposal = desk.json("bank1", "governance", "propose", "label-scheme", "green", "bank1")["proposal"]
    desk.json("bank1", "governance", "vote", proposal, "yes")
    label = ("label", "attest", bill, "--grade", "A", "--document", paper)
    assert refused("bank1", *label, "--scheme", "blue", "--until", "+9d") == "label_scheme_unknown"
    assert refused("bank2", *label, "--scheme", "green", "--until", "+9d") == "not_an_attestor"
    assert refused("bank1", *label, "--scheme", "green", "--until", "2026-01-01") == "label_end_not_valid"
    assert refused("bank1", *label, "--scheme", "green", "--until", "+1097d") == "label_end_not_valid"
    assert refused("bank1", "label", "revoke", bill, "--scheme", "green") == "label_unknown"
    desk.json("bank1", *label, "--scheme", "green", "--until", "+9d")
    assert refused("bank2", "label", "revoke", bill, "--scheme", "green") == "not_an_attestor"
    desk.json("bank1", "label", "revoke", bill, "--scheme", "green")
    assert refused("bank1", "label", "revoke", bill, "--scheme", "green") == "label_transition"


def test_an_application_is_attested_by_the_bank_that_it_names(desk: Desk, refused: Refused, tmp_path: Path) -> None:
    desk.text("key", "new", "new", "--no-passphrase")
    for day, by, reason in (
        ("+9d", "bank2", "application_for_another_sponsor"), ("2026-01-01", "bank1", "application_expired"),
    ):  # fmt: skip
        file = str(tmp_path / f"{by}.json")
        desk.text(
            "--as", "bank1", "party", "apply", "--id", "91320000MA1ABCDE2D", "--name-zh", "新", "--role", "supplier",
            "--key", "new=maker,checker,admin", "--sponsor", "bank1", "--until", day, "--out", file,
        )  # fmt: skip
        assert refused(by, "party", "register", file) == reason


def test_a_bill_is_accepted_by_who_can_be_paid(desk: Desk, refused: Refused) -> None:
    """use: asked for a yes without an account in the bill's currency; the refusal named no command."""
    issued = desk.json(
        "supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "100", "--currency", "JPY", "--due", "+90d"
    )  # fmt: skip
    desk.json("anchor", "bill", "confirm", issued["bill"])
    assert refused("supplier1", "bill", "accept", issued["bill"]) == "account_missing"
    desk.text("--as", "supplier1", "bill", "accept", issued["bill"], "--yes", expect=3)
    assert "chainbill party account --announce" in " ".join(desk.err.split())
    desk.text("--as", "supplier1", "party", "account", "--announce", "JPY:bank1:777")
    assert "--attest JPY" in desk.err


def test_rules_have_bounds(refused: Refused, tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    for content, reason in (
        ({"changes": {"gas_block": 1}}, "rule_out_of_range"), ({"changes": {"xyz": 1}}, "rule_unknown"),
        ({"currencies": {"CNY": 9}}, "rule_currency"), ({"python": ["3"]}, "rule_python"),
    ):  # fmt: skip
        file.write_text(json.dumps(content), encoding="utf-8")
        assert refused("bank1", "governance", "propose", "rules", str(file)) == reason


def test_a_key_to_seal_for_is_64_hexadecimal_digits(desk: Desk) -> None:
    desk.text("--as", "supplier1", "party", "encryption-key", "12", expect=2)
    assert "X25519" in desk.err


def test_what_comes_off_invoices_is_no_more_than_what_comes_off_the_bill(
    desk: Desk, refused: Refused, paper: str
) -> None:
    bill = bill_over(desk, "ab" * 32, "supplier1", "anchor", 100_000)
    [token] = desk.json("supplier1", "token", "list", "--bill", bill)
    asked = ("bill", "dilute", bill, "--token", token["id"], "--amount", "10.00", "--credit-note", paper)
    assert refused("anchor", *asked, "--invoice", f"{'ab' * 32}=10.01") == "parts_not_the_amount"


def test_banks_and_accounts(desk: Desk, refused: Refused) -> None:
    assert refused("supplier1", "party", "account", "--announce", "CNY:supplier2:6222") == "not_a_bank"
    assert refused("supplier1", "party", "paying-bank", "ask", "bank2") == "debtor_not_an_anchor"
    assert refused("anchor", "party", "paying-bank", "ask", "supplier1") == "not_a_bank"
    assert refused("bank1", "party", "successor", "accept", "bank1") == "succession_too_long"
    assert refused("bank1", "party", "successor", "accept", "supplier1") == "not_a_bank"
    assert refused("supplier1", "party", "successor", "name", "bank1") == "not_a_bank"
    assert refused("anchor", "party", "grant", "bank1") == "not_an_auditor"
    assert refused("anchor", "party", "grant", "auditor", "--from", "+9d", "--until", "+1d") == "date_not_valid"


def test_mandates(desk: Desk, refused: Refused) -> None:
    assert refused("bank1", "party", "paying-bank", "accept", "anchor") == "mandate_transition"
    assert refused("bank1", "party", "paying-bank", "refuse", "anchor") == "mandate_transition"


def test_disputes(desk: Desk, refused: Refused, paper: str) -> None:
    fingerprint = hashlib.sha256(b"one").hexdigest()
    bill_over(desk, fingerprint, "supplier1", "anchor", 10_000)
    words = ("invoice", "dispute", fingerprint, "--seller", "supplier1", "--document", paper)
    dispute = desk.json("supplier2", *words)["dispute"]
    assert refused("bank1", "invoice", "uphold", dispute) == "not_the_sponsor"
    assert refused("supplier3", "invoice", "withdraw", dispute) == "not_the_disputing_party"
    desk.json("supplier2", "invoice", "withdraw", dispute)
    assert refused("supplier2", "invoice", "withdraw", dispute) == "dispute_transition"


def test_whom_and_which_days_an_act_names(desk: Desk, refused: Refused) -> None:
    bill, token = accepted_bill(desk, "100.00")
    ask = ("finance", "request", token, "--amount", "100.00", "--to", "bank2", "--to")
    assert refused("supplier1", *ask, "bank2") == "bank_named_twice"
    assert refused("supplier1", *ask, "supplier2") == "not_a_bank"
    for to, said in (
        ("supplier1", "recipient_is_the_sender"),
        ("bank1", "recipient_is_a_bank"),
        ("auditor", "cannot_hold"),
    ):
        assert refused("supplier1", "token", "transfer", token, "--to", f"{to}:1.00") == said
    assert refused("supplier1", "token", "split", token, "--amount", "100.00") == "nothing_to_cut"
    assert (
        refused("supplier1", "token", "split", token, "--amount", "60.00", "--amount", "60.00")
        == "amount_exceeds_tokens"
    )
    paid = ("bill", "settle", bill, "--amount", "100.00", "--reference", "P-1", "--value-date")
    assert refused("bank1", *paid, "+1d") == "value_date_in_future"
    assert refused("bank1", *paid, "2020-01-01") == "value_date_before_acceptance"
    issue = ("bill", "issue", "--amount", "1.00", "--due", "+9d", "--debtor", "anchor", "--creditor")
    assert refused("anchor", *issue, "bank1") == "creditor_is_a_bank"
    assert refused("anchor", *issue, "auditor") == "cannot_hold"
    pieces = desk.json("supplier1", "token", "split", token, "--amount", "30.00", "--amount", "30.00")["tokens"]
    assert refused("supplier1", "token", "merge", pieces[0]["id"], pieces[2]["id"]) == "tokens_not_neighbours"
    assert refused("supplier1", "token", "merge", pieces[0]["id"]) == "too_few_to_merge"
    asked = desk.json("supplier1", "finance", "request", pieces[0]["id"], "--to", "bank2")["request"]
    offer = ("finance", "quote", asked, "--rate", "3", "--no-recourse")
    assert refused("bank2", *offer, "--valid-until", "+300d") == "validity_not_in_request"
    quote = desk.json("bank2", *offer)["quote"]
    desk.json("supplier1", "finance", "agree", quote)
    disburse = ("finance", "disburse", quote, "--registration", "Z", "--reference", "R-1", "--value-date")
    assert refused("bank2", *disburse, "+1d") == "value_date_in_future"
    assert refused("bank2", *disburse, "2020-01-01") == "value_date_before_agreement"


def test_every_check_is_of_an_act() -> None:
    named = {*OF_PARTIES, *OF_TERMS, *(f"{contract}.{function}" for contract, function in RULES)}
    assert named <= set(ACTS)
    assert len(named) > 40
