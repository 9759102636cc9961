"""What a transaction asked for and what came of it, told in words of the ledger, without what is empty."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from chainbill_cli.call_text import result_text
from chainbill_cli.session import Session
from chainbill_cli.texts import set_language
from cli.cli_desk import Desk, accepted_bill


def told(desk: Desk, made: dict[str, Any], language: str = "zh") -> str:
    return " ".join(desk.text("--lang", language, "tx", "show", made["transaction"]).split())


def test_an_account_counts_from_a_day(desk: Desk) -> None:
    """The day was labelled as who gives something."""
    made = desk.json("supplier1", "party", "account", "--announce", "JPY:bank1:777")
    shown = told(desk, made)
    assert "生效日 20" in shown
    assert "转出方" not in shown


def test_a_reference_of_ones_own_is_no_banks(desk: Desk) -> None:
    issue = ("bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "+90d", "--reference", "PO-7")
    shown = told(desk, desk.json("supplier1", *issue))
    assert "本方编号 PO-7" in shown
    assert "银行流水号" not in shown


def test_votes_and_rules_are_told_in_words(desk: Desk, tmp_path: Path) -> None:
    """A proposal was open as a request is, a vote `yes`, and the content of rules had the names of its fields."""
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"currencies": {"XBT": 2}}), encoding="utf-8")
    proposed = desk.json("bank1", "governance", "propose", "rules", str(file))
    shown = told(desk, proposed)
    assert "XBT" in shown
    for name in ("changes", "currencies", "python"):
        assert name not in shown.lower(), name
    voted = told(desk, desk.json("bank1", "governance", "vote", proposed["proposal"], "yes"))
    assert "赞成" in voted
    assert " yes" not in voted
    assert "已通过" in voted or "表决中" in voted


def test_keys_and_quotes_leave_out_what_is_empty(desk: Desk) -> None:
    desk.text("key", "new", "second", "--no-passphrase")
    shown = told(desk, desk.json("supplier1", "party", "key", "add", "second", "--capability", "maker"))
    assert "capabilities" not in shown
    assert "权限 经办" in shown
    assert " ，" not in shown
    _, token = accepted_bill(desk)
    asked = desk.json("supplier1", "finance", "request", token, "--to", "bank2")
    quoted = told(desk, desk.json("bank2", "finance", "quote", asked["request"], "--rate", "3.85", "--no-recourse"))
    assert " ，" not in quoted
    assert "重复主张" not in quoted
    assert "3.8500%" in quoted


@pytest.mark.parametrize(("language", "said"), [("en", "2026-12-20T00:00:00+08:00"), ("zh", "时钟偏移（毫秒）")])
def test_the_clock_is_moved_to_a_time(desk: Desk, language: str, said: str) -> None:
    made = json.loads(desk.text("-o", "json", "localnet", "clock", "--to", "2026-12-20"))
    shown = told(desk, made, language)
    assert said in shown
    assert "offset_ms" not in shown
    assert "毫秒 0" not in shown


def test_one_rest_is_named_once() -> None:
    set_language("zh")
    result = {"remainder": "T1", "remainders": ["T1"], "bills": ["B1"], "scheme": "green", "bill": "B1"}
    shown = result_text(Session.__new__(Session), result, "CNY")
    assert shown.count("T1") == 1
    assert "凭证数" not in shown
    assert "方案 green" in shown
