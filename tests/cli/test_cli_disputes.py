"""Invoices on the ledger and disputes of them, against the real ledger and contracts in this process."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from chainbill_cli import preview
from cli.cli_desk import Desk, accepted_bill, bill_over

pytestmark = pytest.mark.untraced

FINGERPRINT = "ab" * 32


def test_an_invoice_claimed_twice_and_disputed_is_seen_by_who_finances(desk: Desk) -> None:
    """security 10: a stranger's cent on the same fingerprint blocks nothing, and the bank that is asked sees it."""
    bill_over(desk, FINGERPRINT, "supplier2", "anchor", 1)
    bill = bill_over(desk, FINGERPRINT, "supplier1", "anchor", 100_000)
    paper = desk.home / "letter.pdf"
    paper.write_bytes(b"this invoice is ours")
    said = ["invoice", "dispute", FINGERPRINT.upper(), "--seller", "supplier1", "--document", str(paper)]
    raised = desk.json("supplier2", *said)
    dispute = raised["dispute"]
    assert raised["status"] == "committed"

    token = desk.json("supplier1", "token", "list", "--holder", "supplier1")[0]
    assert token["bill"] == bill
    asked = desk.json("supplier1", "finance", "request", token["id"], "--to", "bank1", "--amount", "300.00")
    assert (asked["claimed_twice"], asked["disputes"]) == ([FINGERPRINT], [dispute])
    shown = desk.json("bank1", "finance", "show", asked["request"])
    assert (shown["claimed_twice"], shown["disputes"]) == ([FINGERPRINT], [dispute])
    assert dispute in desk.text("--as", "bank1", "finance", "show", asked["request"])
    quoted = desk.json("bank1", "finance", "quote", asked["request"], "--rate", "4", "--recourse")
    assert quoted["disputes"] == [dispute]
    assert desk.json("supplier1", "finance", "agree", quoted["quote"])["disputes"] == [dispute]

    held = desk.json("anchor", "invoice", "show", FINGERPRINT)
    assert (held["claimed_twice"], sorted(one["occupied"] for one in held["invoices"])) == (True, [1, 100_000])
    [listed] = desk.json("anchor", "invoice", "list", "--seller", "supplier1")
    assert (listed["status"], listed["disputes"]) == ("occupied", [dispute])
    [found] = desk.json("bank1", "invoice", "disputes", "--by", "supplier2", "--status", "open")
    assert found["document"] == hashlib.sha256(b"this invoice is ours").hexdigest()
    for language, word in (("en", "occupied"), ("zh", "已占满")):
        assert word in desk.text("--as", "anchor", "--lang", language, "invoice", "list")
        assert dispute in desk.text("--as", "anchor", "--lang", language, "invoice", "disputes")
        desk.text("--as", "anchor", "--lang", language, "invoice", "show", FINGERPRINT)


def test_lists_take_the_beginning_of_a_fingerprint_as_tables_show_it(desk: Desk, tmp_path: Path) -> None:
    """Refused as no fingerprint where the documentation says that the beginning does."""
    bill = bill_over(desk, FINGERPRINT, "supplier1", "anchor", 5)
    (tmp_path / "letter.pdf").write_bytes(b"ours")
    said = ["--seller", "supplier1", "--document", str(tmp_path / "letter.pdf")]
    dispute = desk.json("supplier2", "invoice", "dispute", FINGERPRINT, *said)["dispute"]
    for typed in (FINGERPRINT, FINGERPRINT[:12].upper(), f"{FINGERPRINT[:12]}…"):
        assert [one["id"] for one in desk.json("anchor", "bill", "list", "--invoice", typed)] == [bill], typed
        listed = desk.json("anchor", "invoice", "disputes", "--fingerprint", typed)
        assert [one["id"] for one in listed] == [dispute], typed
    desk.text("--as", "anchor", "bill", "list", "--invoice", "cd" * 6, expect=1)
    desk.text("--as", "anchor", "bill", "list", "--invoice", "no", expect=2)


def test_the_sponsor_upholds_with_two_keys_and_the_party_withdraws(desk: Desk) -> None:
    paper = desk.home / "letter.pdf"
    paper.write_bytes(b"not ours")
    said = ["invoice", "dispute", FINGERPRINT, "--seller", "supplier1", "--document", str(paper)]
    first = desk.json("supplier3", *said)["dispute"]
    assert desk.json("supplier3", *said, expect=3)["code"] == "dispute_exists"
    assert desk.json("bank2", "invoice", "uphold", first, expect=3)["code"] == "not_the_sponsor"
    upheld = desk.json("bank1", "invoice", "uphold", first[:8])
    assert (upheld["dispute"], upheld["dispute_status"]) == (first, "upheld")
    assert len(desk.json("bank1", "tx", "show", upheld["transaction"])["signers"]) == 2
    second = desk.json("supplier2", *said)["dispute"]
    assert desk.json("supplier2", "invoice", "withdraw", second)["dispute_status"] == "ended"
    assert desk.json("supplier2", "invoice", "dispute", "12", *said[3:], expect=2)
    assert desk.json("supplier2", *said[:-1], "nothing.pdf", expect=1)


def test_without_doubts_nothing_is_said_of_them(desk: Desk) -> None:
    _, token = accepted_bill(desk)
    told = desk.text("--as", "supplier1", "finance", "request", token, "--to", "bank1", "--amount", "300.00")
    assert "dispute" not in told
    assert "twice" not in told


def test_doubts_are_shown_before_anybody_signs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    bill = bill_over(desk, FINGERPRINT, "supplier1", "anchor", 100_000)
    paper = desk.home / "letter.pdf"
    paper.write_bytes(b"not ours")
    said = ["invoice", "dispute", FINGERPRINT, "--seller", "supplier1", "--document", str(paper)]
    dispute = desk.json("supplier2", *said)["dispute"]
    token = desk.json("supplier1", "bill", "show", bill)["root_token"]
    asked = desk.json("supplier1", "finance", "request", token, "--to", "bank1", "--amount", "300.00")["request"]
    quoted = desk.json("bank1", "finance", "quote", asked, "--rate", "4", "--recourse")["quote"]
    monkeypatch.setattr(preview, "person", lambda: True)
    monkeypatch.setattr(preview, "confirm", lambda *_, **__: False)
    for who, words in (
        ("bank1", ["finance", "quote", asked, "--rate", "3", "--recourse"]),
        ("supplier1", ["finance", "agree", quoted]),
    ):
        desk.text("--as", who, *words, expect=1)
        assert f"disputes: {dispute}" in desk.err
    desk.text("--as", "supplier3", *said, expect=1)
    assert "Supplier One" in desk.err
    assert str(paper) in desk.err
    desk.text("--as", "bank2", "invoice", "uphold", dispute, expect=1)
    assert FINGERPRINT in desk.err


def test_a_fingerprint_is_typed_as_a_table_shows_it(desk: Desk, tmp_path: Path) -> None:
    """A table of 80 cells shows its first 12 characters."""
    first, second = "ab" * 32, "ab" * 20 + "cd" * 12
    for one in (first, second):
        bill_over(desk, one, "supplier1", "anchor", 1_000)
    assert desk.json("auditor", "invoice", "show", first[:41])["fingerprint"] == first
    assert desk.json("auditor", "invoice", "show", second[:42].upper() + "…")["fingerprint"] == second
    desk.text("invoice", "show", "abababababab…", expect=2)
    assert first in desk.err
    assert second in desk.err
    desk.text("invoice", "show", "12" * 6, expect=1)
    paper = tmp_path / "paper.txt"
    paper.write_text("why\n", encoding="utf-8")
    words = ["invoice", "dispute", first[:50], "--seller", "supplier1", "--document", str(paper)]
    assert desk.json("supplier2", *words)["dispute"]
    assert desk.json("auditor", "invoice", "disputes")[0]["fingerprint"] == first
    desk.text("--as", "supplier2", *words[:2], "zz", *words[3:], expect=2)
