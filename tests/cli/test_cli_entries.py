"""`order default|strike|lift`, `entry …`, `invoice examine`: what banks enter, who ratifies it, who reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.cli_desk import Desk, Refused, bill_over
from cli.test_cli_sales import as_a_person

pytestmark = pytest.mark.untraced

FINGERPRINT = "ab" * 32


@pytest.fixture
def paper(tmp_path: Path) -> str:
    path = tmp_path / "list.pdf"
    path.write_bytes(b"issuers in default")
    return str(path)


def in_default(desk: Desk, paper: str) -> str:
    entry = desk.json("bank1", "order", "default", "anchor", "--kind", "bond_default", "--document", paper)["entry"]
    desk.json("bank2", "entry", "ratify", entry[:8])
    return str(entry)


def upheld(desk: Desk, paper: str) -> tuple[str, str]:
    """A bill over an invoice of supplier1, and a dispute of it behind which a sponsor stands."""
    bill = bill_over(desk, FINGERPRINT, "supplier1", "anchor", 100_000)
    told = ("--seller", "supplier1", "--document", paper)
    dispute = desk.json("supplier2", "invoice", "dispute", FINGERPRINT, *told)["dispute"]
    desk.json("bank2", "invoice", "uphold", dispute)
    return bill, str(dispute)


def test_a_default_is_read_by_everybody_once_a_second_bank_ratified_it(desk: Desk, paper: str) -> None:
    entry = desk.json("bank1", "order", "default", "anchor", "--kind", "债券违约", "--document", paper)["entry"]
    assert desk.json("supplier3", "entry", "defaults") == []
    assert [one["id"] for one in desk.json("bank2", "entry", "list", "--status", "entered")] == [entry]
    assert desk.json("bank2", "entry", "ratify", entry)["entry_status"] == "ratified"
    desk.json("anchor", "entry", "object", entry, "--reason", "already paid")
    [row] = desk.json("supplier3", "entry", "defaults")
    assert (row["kind"], row["status"], row["objection"]) == ("bond_default", "in_force", "already paid")
    shown = desk.text("--as", "supplier3", "--lang", "zh", "party", "show", "anchor")
    assert "债券违约" in shown
    assert "已提出异议" in shown
    assert "银行登记：债券违约" in desk.text("--as", "supplier3", "--lang", "zh", "trace", "anchor", "anchor")
    lift = ("order", "lift", "anchor", "--kind", "bond_default", "--document", paper)
    lifted = desk.json("bank1", *lift)["entry"]
    desk.json("bank2", "entry", "ratify", lifted)
    assert desk.json("supplier3", "party", "show", "anchor")["defaults"] == []
    assert [one["status"] for one in desk.json("supplier3", "entry", "defaults")] == ["lifted"]
    assert desk.json("bank1", *lift, expect=1)["code"] == "not_found"


def test_a_struck_invoice_is_financed_for_nobody_but_who_took_a_token_on(desk: Desk, paper: str) -> None:
    bill, dispute = upheld(desk, paper)
    [token] = [one["id"] for one in desk.json("supplier1", "token", "list", "--holder", "supplier1")]
    sent = desk.json("supplier1", "token", "transfer", token, "--to", "supplier2:400.00")
    mine = desk.json("supplier2", "token", "accept", sent["tokens"][0]["id"])["token"]
    entry = desk.json("bank1", "order", "strike", dispute, "--document", paper)["entry"]
    desk.json("bank2", "entry", "ratify", entry)
    asked = desk.json("supplier1", "finance", "request", sent["remainder"], "--to", "bank2", expect=3)
    assert asked["code"] == "invoice_struck"
    request = desk.json("supplier2", "finance", "request", mine, "--to", "bank1")
    assert request["struck"] == [FINGERPRINT]
    quote = ("finance", "quote", request["request"], "--rate", "3.85", "--no-recourse")
    assert desk.json("bank1", *quote, expect=3)["code"] == "examination_missing"
    looked = desk.json("bank1", "invoice", "examine", request["request"], "--document", paper)
    assert (looked["bill"], looked["fingerprints"]) == (bill, [FINGERPRINT])
    assert desk.json("bank1", *quote)["struck"] == [FINGERPRINT]
    [seen] = desk.json("bank1", "invoice", "examinations")
    assert (seen["bill"], seen["fingerprints"]) == (bill, [FINGERPRINT])
    assert "已剔除" in desk.text("--as", "anchor", "--lang", "zh", "invoice", "list")
    lifted = desk.json("bank1", "order", "lift", dispute, "--document", paper)["entry"]
    desk.json("bank2", "entry", "ratify", lifted)
    [row] = desk.json("anchor", "invoice", "list")
    assert (row["status"], row["struck_by"]) == ("occupied", "")


def test_what_each_side_is_shown_before_it_signs(desk: Desk, paper: str, monkeypatch: pytest.MonkeyPatch) -> None:
    enter = ("order", "default", "anchor", "--kind", "persistent", "--document", paper)
    seen = as_a_person(desk, monkeypatch, "--as", "bank1", "--lang", "zh", *enter)
    for said in ("即将登记违约记录", "票据持续逾期", "公开名单", "list.pdf"):
        assert said in seen, said
    [entry] = [one["id"] for one in desk.json("bank2", "entry", "list")]
    seen = as_a_person(desk, monkeypatch, "--as", "bank2", "--lang", "zh", "entry", "ratify", entry)
    for said in ("即将复核确认他行登记", "票据持续逾期", "登记行", "确认截止"):
        assert said in seen, said
    told = ("--as", "anchor", "--lang", "zh", "entry", "object", entry, "--reason", "已结清")
    assert "已结清" in as_a_person(desk, monkeypatch, *told)
    lift = ("--as", "bank1", "--lang", "zh", "order", "lift", entry, "--document", paper)
    seen = as_a_person(desk, monkeypatch, *lift)
    for said in ("即将登记解除", "所解除登记", "已结清", "解除依据"):
        assert said in seen, said
    _, dispute = upheld(desk, paper)
    strike = ("--as", "bank1", "--lang", "zh", "order", "strike", dispute, "--document", paper)
    seen = as_a_person(desk, monkeypatch, *strike)
    for said in ("即将登记发票剔除", FINGERPRINT, "认定"):
        assert said in seen, said


def test_what_the_ledger_would_refuse_is_said_before_it_is_signed(desk: Desk, paper: str, refused: Refused) -> None:
    enter = ("order", "default", "anchor", "--kind", "persistent", "--document", paper)
    assert refused("supplier1", *enter) == "not_a_bank"
    entry = desk.json("bank1", *enter)["entry"]
    lift = ("order", "lift", entry, "--document", paper)
    assert refused("bank1", "entry", "ratify", entry) == "not_the_entering_bank"
    assert refused("supplier1", "entry", "object", entry, "--reason", "no") in ("not_found", "entry_on_another_party")
    assert refused("bank1", *lift) == "entry_transition"
    desk.json("bank2", "entry", "ratify", entry)
    assert refused("bank2", "entry", "ratify", entry) == "entry_transition"
    assert refused("bank1", *enter) == "entry_stands"
    desk.json("anchor", "entry", "object", entry, "--reason", "no")
    assert refused("anchor", "entry", "object", entry, "--reason", "no") == "objection_made"
    assert refused("supplier1", "entry", "object", entry, "--reason", "no") == "entry_on_another_party"
    bill_over(desk, FINGERPRINT, "supplier1", "anchor", 100_000)
    told = ("--seller", "supplier1", "--document", paper)
    dispute = desk.json("supplier2", "invoice", "dispute", FINGERPRINT, *told)["dispute"]
    assert refused("bank1", "order", "strike", dispute, "--document", paper) in ("not_found", "dispute_not_upheld")


def test_what_is_typed_wrong_is_said(desk: Desk, paper: str) -> None:
    wrong = desk.json("bank1", "order", "lift", "anchor", "--document", paper, expect=2)
    assert "--kind" in wrong["detail"]
    desk.json("bank1", "order", "default", "anchor", "--kind", "late", "--document", paper, expect=2)
    _, dispute = upheld(desk, paper)
    assert desk.json("bank1", "order", "lift", dispute, "--document", paper, expect=1)["code"] == "not_found"
