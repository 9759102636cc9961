"""`label` and quotes that ask for one: voted, attested, shown before it is agreed to, missed and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from chainbill_cli import preview
from cli.cli_desk import Desk, accepted_bill

GREEN = "绿色供应链"


@pytest.fixture
def paper(tmp_path: Path) -> str:
    path = tmp_path / "report.pdf"
    path.write_text("a report\n", encoding="utf-8")
    return str(path)


def decided(desk: Desk, *attestors: str, scheme: str = GREEN) -> None:
    proposal = desk.json("bank1", "governance", "propose", "label-scheme", scheme, *attestors)["proposal"]
    assert desk.json("bank1", "governance", "vote", proposal, "yes")["decision"] == "accepted"


def attested(desk: Desk, bill: str, paper: str, grade: str = "A+", who: str = "supplier3") -> None:
    said = ["--scheme", GREEN, "--grade", grade, "--document", paper, "--until", "+30d"]
    assert desk.json(who, "label", "attest", bill, *said)["scheme"] == GREEN


def quoted(desk: Desk, token: str, need: str = f"{GREEN}:A+") -> str:
    request = desk.json("supplier1", "finance", "request", token, "--to", "bank2")["request"]
    said = ["--rate", "3.85", "--no-recourse", "--needs-label", need]
    return str(desk.json("bank2", "finance", "quote", request, *said)["quote"])


def shown(desk: Desk, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """What a person at 80 columns is shown before the question, answered with yes."""
    monkeypatch.setenv("COLUMNS", "80")
    with monkeypatch.context() as patched:
        patched.setattr(preview, "person", lambda: True)
        patched.setattr(preview, "confirm", lambda *_, **__: True)
        desk.text(*words)
    return desk.err


def test_a_financing_under_a_label(desk: Desk, paper: str, monkeypatch: pytest.MonkeyPatch) -> None:
    decided(desk, "supplier3", "bank1")
    bill, token = accepted_bill(desk)
    quote = quoted(desk, token)
    assert desk.json("supplier1", "finance", "show", quote)["needs_label"] == {"scheme": GREEN, "grade": "A+"}
    refused = desk.json("supplier1", "finance", "agree", quote, expect=3)
    assert refused["code"] == "label_missing"
    attested(desk, bill, paper)
    seen = shown(desk, monkeypatch, "--as", "supplier1", "--lang", "zh", "finance", "agree", quote)
    assert "要求标签" in seen
    assert f"{GREEN}:A+" in seen
    seen = shown(desk, monkeypatch, "--as", "bank2", "finance", "disburse", quote, "--reference", "P-1")
    assert "asks for label" in seen
    assert "until" in seen
    [row] = desk.json("bank2", "label", "list", bill)
    assert (row["grade"], row["status"]) == ("A+", "active")
    desk.text("--as", "supplier1", "bill", "show", bill)
    assert GREEN in desk.out
    desk.text("--as", "bank2", "finance", "show", quote)
    assert GREEN in desk.out


def test_what_is_missing_is_said_before_a_person_is_asked(
    desk: Desk, paper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(desk, "supplier3")
    bill, token = accepted_bill(desk)
    quote = quoted(desk, token)
    attested(desk, bill, paper, "A")
    monkeypatch.setattr(preview, "person", lambda: True)
    monkeypatch.setattr(preview, "confirm", lambda *_, **__: pytest.fail("nobody is asked"))
    desk.text("--as", "supplier1", "finance", "agree", quote, expect=3)
    assert f"scheme {GREEN} with grade A+" in " ".join(desk.err.split())
    request = desk.json("supplier1", "finance", "show", quote)["request"]
    said = ["--rate", "3.85", "--no-recourse", "--needs-label", "blue:A"]
    desk.text("--as", "bank2", "finance", "quote", request, *said, expect=3)
    assert "blue" in desk.err


def test_an_attestor_attests_a_bill_that_it_does_not_see_and_takes_the_label_back(
    desk: Desk, paper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(desk, "supplier3", "supplier2")
    bill, token = accepted_bill(desk)
    words = ["label", "attest", bill, "--scheme", GREEN, "--grade", "A+", "--document", paper, "--until", "+30d"]
    seen = shown(desk, monkeypatch, "--as", "supplier3", *words)
    for said in (bill, GREEN, "A+", "report.pdf", "holds until"):
        assert said in seen, said
    [row] = desk.json("supplier3", "label", "list", "--by", "supplier3")
    assert row["bill"] == bill
    quote = quoted(desk, token)
    desk.json("supplier1", "finance", "agree", quote)
    assert f"{GREEN}:A+" in shown(desk, monkeypatch, "--as", "supplier3", *words)
    seen = shown(desk, monkeypatch, "--as", "supplier2", "label", "revoke", bill, "--scheme", GREEN)
    assert GREEN in seen
    desk.text("localnet", "clock", "--advance", "24h")
    refused = desk.json("bank2", "finance", "disburse", quote, "--reference", "P-1", expect=3)
    assert refused["code"] == "label_missing"
    [row] = desk.json("supplier1", "label", "list", bill, "--status", "revoked")
    assert row["by"] == desk.json("auditor", "party", "show", "supplier3")["id"]


def test_a_scheme_is_changed_and_retired_by_vote(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    decided(desk, "supplier3")
    decided(desk, "bank1", "bank2")
    [row] = desk.json("supplier2", "label", "schemes")
    assert len(row["attestors"]) == 2
    content = f'{{"scheme": "{GREEN}", "attestors": []}}'
    seen = shown(
        desk,
        monkeypatch,
        "--as",
        "bank1",
        "--lang",
        "zh",
        "governance",
        "propose",
        "label-scheme",
        "--content",
        content,
    )
    assert "停用" in seen
    desk.text("--as", "bank1", "governance", "propose", "label-scheme", GREEN, expect=2)


@pytest.mark.parametrize("typed", ["green", ":A", "green:"])
def test_a_label_that_is_asked_for_has_scheme_and_grade(desk: Desk, typed: str) -> None:
    token = accepted_bill(desk)[1]
    request = desk.json("supplier1", "finance", "request", token, "--to", "bank2")["request"]
    said = ["--rate", "3.85", "--no-recourse", "--needs-label", typed]
    desk.text("--as", "bank2", "finance", "quote", request, *said, expect=2)
    assert "SCHEME:GRADE" in desk.err
