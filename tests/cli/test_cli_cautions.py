"""What is to be looked at twice reaches programs too, and a due date ten years away is not signed by the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chainbill_cli import asking, cautions, preview
from chainbill_cli.commands import bill as commands
from cli.cli_desk import Desk, accepted_bill

pytestmark = pytest.mark.untraced

ISSUE = ["bill", "issue", "--debtor", "anchor", "--amount", "100.00"]
FAR = "2207-03-31"


def test_use_9_a_due_date_ten_years_away_is_confirmed_by_itself(desk: Desk) -> None:
    for language, word in (("en", "--far-due"), ("zh", "超过十年")):
        desk.text("--lang", language, "--as", "supplier1", *ISSUE, "--due", FAR, "--yes", expect=2)
        assert word in desk.err
    assert desk.json("supplier1", *ISSUE, "--due", FAR, expect=2)["code"] == "far_due"
    answer = desk.json("supplier1", *ISSUE, "--due", FAR, "--far-due")
    assert desk.json("anchor", "bill", "confirm", answer["bill"], expect=2)["code"] == "far_due"
    assert desk.json("anchor", "bill", "confirm", answer["bill"], "--far-due")["status"] == "committed"
    assert "warnings" not in desk.json("supplier1", *ISSUE, "--due", "+360d")
    assert [one["code"] for one in desk.json("supplier1", *ISSUE, "--due", "+400d")["warnings"]] == ["far_due"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A person who is asked, says yes, and types what `answers` has."""
    for module in (preview, cautions, commands):
        monkeypatch.setattr(module, "asks", lambda _: True)
    monkeypatch.setattr(preview, "confirm", lambda _: True)
    answers: list[str] = []
    monkeypatch.setattr(asking.click, "prompt", lambda *_, **__: answers.pop(0))
    return answers


def test_use_9_a_person_types_such_a_date_again(desk: Desk, asked: list[str]) -> None:
    asked += ["2027-03-31", f" {FAR}"]
    desk.text("--as", "supplier1", *ISSUE, "--due", FAR, expect=1)
    assert "was not typed again" in desk.err
    desk.text("--as", "supplier1", *ISSUE, "--due", FAR)
    assert desk.err.count("LOOK TWICE") == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_use_9_a_creditor_without_an_account_is_told(desk: Desk, language: str) -> None:
    """A bill was confirmed whose creditor could never accept it."""
    words = [*ISSUE, "--currency", "GBP", "--due", "+60d"]
    told = json.loads(desk.text("--lang", language, "--as", "supplier1", "-o", "json", *words))
    [warning] = told["warnings"]
    assert warning["code"] == "no_account"
    assert "GBP" in warning["detail"]
    desk.text("--lang", language, "--as", "anchor", "bill", "confirm", told["bill"])
    assert ("LOOK TWICE: the creditor" if language == "en" else "请再核对：债权人") in desk.err
    shown: dict[str, Any] = json.loads(desk.text("--as", "supplier1", "-o", "json", "bill", "show", told["bill"]))
    assert shown["status"] == "pending_accept"


def test_nothing_is_told_where_there_is_nothing(desk: Desk) -> None:
    accepted_bill(desk)
    assert "LOOK" not in desk.err
