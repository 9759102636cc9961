"""What tells changes and statuses apart, and what needs a second bank or key, is said before a question."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from chainbill_cli import preview
from chainbill_cli.commands import network
from chainbill_cli.told import TYPED, told
from cli.cli_desk import Desk, accepted_bill

Seen = Callable[..., str]
RULE = ("party", "policy", "--rule", "bill.issue:CNY:1000")


@pytest.fixture
def seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Seen:
    """What a person at 80 columns sees of a command, the question answered with yes: stdout and stderr."""

    def run(who: str, *words: str, language: str = "zh") -> str:
        with monkeypatch.context() as at_terminal:
            at_terminal.setattr(preview, "person", lambda: True)
            at_terminal.setattr(preview, "confirm", lambda *_, **__: True)
            at_terminal.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
            at_terminal.setenv("COLUMNS", "80")
            desk.text("--as", who, "--lang", language, *words)
        return desk.out + desk.err

    return run


def test_a_change_of_policy_is_told_whole(desk: Desk, seen: Seen) -> None:
    """The act or the amount was cut off, which alone tell what it is."""
    desk.json("supplier1", *RULE)
    told = seen("supplier1", "party", "change", "list")
    assert "bill.issue" in told
    assert "1,000.00" in told
    assert "…" not in told


def test_who_lifts_an_insolvency_is_told_that_another_bank_ratifies_it(desk: Desk, seen: Seen, tmp_path: Path) -> None:
    """The preview said that the party is active, the answer that it is insolvent."""
    papers = []
    for name in ("ruling.pdf", "administrator.pdf"):
        (tmp_path / name).write_bytes(name.encode())
        papers += ["--document", str(tmp_path / name)]
    court = ("--authority", "court", "--number", "2027-1")
    asked = seen("bank1", "party", "insolvent", "supplier3", *court, *papers)
    assert "文号：2027-1" in asked
    assert "号码" not in asked
    assert "此后状态：破产" in asked
    order = desk.json("bank1", "party", "orders")[0]["id"]
    assert "文号：2027-1" in seen("bank2", "party", "ratify", order)
    lifted = seen("bank1", "party", "lift", "supplier3", *papers[:2])
    assert "当前状态：破产" in lifted
    assert "此后状态：有效" in lifted
    assert "由另一银行确认" in lifted


@pytest.mark.parametrize(("language", "said"), [("zh", "高于 1,000.00 CNY 须两把密钥"), ("en", "above 1,000.00 CNY")])
def test_the_own_policy_is_named_before_the_question(desk: Desk, seen: Seen, language: str, said: str) -> None:
    """A person was asked, and then told that two keys sign this."""
    issue = ("bill", "issue", "--debtor", "anchor", "--amount", "1", "--due", "+90d")
    assert said not in " ".join(seen("supplier1", *issue, language=language).split())
    desk.json("supplier1", *RULE)
    desk.text("localnet", "clock", "--advance", "8d")
    assert said in " ".join(seen("supplier1", *issue, language=language).split())
    file = str(desk.home.parent / "two.tx")
    assert said not in " ".join(seen("supplier1", *issue, "--for-checker", file, language=language).split())


def test_a_command_with_a_place_for_a_checker_stays_in_one_line(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    desk.json("supplier1", *RULE)
    desk.text("localnet", "clock", "--advance", "8d")
    issue = ("bill", "issue", "--debtor", "anchor", "--amount", "1001", "--due", "+90d", "--yes")
    desk.text("--as", "supplier1", "--lang", "zh", *issue, expect=3)
    [hint] = [line for line in desk.err.splitlines() if "--for-checker" in line]
    assert "chainbill --as 复核身份 tx sign 文件" in TYPED.findall(hint)
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda _: True, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    assert "chainbill --as 复核身份 tx sign 文件" in told(hint)
    assert desk.err.count("→") == 1, "the node's hint says the same"


@pytest.mark.parametrize("day", ["today", "今天", "+0d"])
def test_a_moment_is_typed_as_any_day(desk: Desk, day: str) -> None:
    bill, _ = accepted_bill(desk)
    assert [one["id"] for one in desk.json("supplier1", "bill", "list", "--at", day)] == [bill]
    assert desk.json("supplier1", "bill", "show", bill, "--at", day)["id"] == bill
    desk.json("supplier1", "bill", "show", bill, "--basis", "value", "--at", day, "--known-at", day)


def test_nodes_of_a_new_network_stand_a_line_each() -> None:
    assert [column.path for column in network.MADE] == ["name", "api", "p2p", "home"]
    assert max(network.MADE, key=lambda column: column.rank).path == "home"


def test_a_short_passphrase_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for passphrase, said in (("abc", True), ("abcdefgh", False)):
        monkeypatch.setenv("CHAINBILL_PASSPHRASE", passphrase)
        desk.text("--lang", "zh", "key", "new", f"key-{passphrase}")
        assert ("口令不足 8 个字符" in desk.err) is said
