"""`pledge`: offered, accepted, paid by a settlement, enforced; what each side is shown before it signs."""

from __future__ import annotations

import pytest
from chainbill_cli import preview
from cli.cli_desk import Desk, accepted_bill

TOLD = ("--to", "bank2", "--secured", "300.00", "--due", "+2d", "--contract", "L-1")


def pledged(desk: Desk) -> tuple[str, str]:
    """A bill of 1,000.00 and a pledge of it that bank2 accepted."""
    bill, token = accepted_bill(desk)
    made = desk.json("supplier1", "token", "pledge", token, *TOLD)["pledge"]
    accepted = desk.json("bank2", "pledge", "accept", made[:8], "--registration", "ZD-2")
    assert accepted["pledge_status"] == "active"
    return bill, made


def as_a_person(desk: Desk, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """What somebody sees who is asked before it is signed."""
    with monkeypatch.context() as patched:
        patched.setattr(preview, "person", lambda: True)
        patched.setattr(preview, "confirm", lambda *_, **__: True)
        desk.text(*words)
    return desk.err


def test_the_pledgee_is_paid_first(desk: Desk) -> None:
    bill, made = pledged(desk)
    told = desk.json("bank1", "bill", "settle", bill, "--amount", "500.00", "--partial", "--reference", "P-1")
    assert [one["amount"] for one in told["payments"]] == [30_000, 20_000]
    shown = desk.json("bank2", "pledge", "show", made)
    assert (shown["status"], shown["received"], shown["unpaid"]) == ("covered", 30_000, 1)
    [row] = desk.json("auditor", "trace", "bill", bill)["by_tier"]
    assert (row["held"], row["pledged"]) == (50_000, 50_000)
    kinds = [step["kind"] for step in desk.json("supplier1", "bill", "history", bill)]
    assert kinds.count("pledged") == 1
    paid = [step for step in desk.json("supplier1", "bill", "history", bill) if step["kind"] == "settled"]
    supplier1, bank2 = (desk.json("supplier1", "party", "show", one)["id"] for one in ("supplier1", "bank2"))
    assert [(step["to"], step.get("holder")) for step in paid] == [(bank2, supplier1), (supplier1, None)], (
        "the money of the pledgee was told as the holder's"
    )
    assert all(step["to"] == step["payment"]["party"] for step in paid)
    wide = desk.text("--as", "bank2", "--lang", "zh", "bill", "history", bill, "-o", "wide")
    assert "持有人" in wide


def test_enforcement_is_asked_for_and_agreed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _, made = pledged(desk)
    assert desk.json("bank2", "pledge", "enforce", made, "--owed", "1.00", expect=3)["code"] == "pledge_not_due"
    desk.text("localnet", "clock", "--advance", "4d")
    desk.json("bank2", "token", "enforce", made, "--owed", "250.00")
    seen = as_a_person(desk, monkeypatch, "--as", "supplier1", "--lang", "zh", "pledge", "agree", made)
    for said in ("即将按所欠金额", "250.00 CNY", "贰佰伍拾元整", "L-1"):
        assert said in seen, said
    assert desk.json("bank2", "pledge", "show", made)["status"] == "enforced"
    [taken] = desk.json("bank2", "token", "list", "--holder", "bank2")
    assert (taken["amount"], taken["financed_tier"]) == (25_000, 1)


def test_what_was_enforced_reads_as_neither_financed_nor_enforced_twice(desk: Desk) -> None:
    """The tree called it financed where nothing was; the end of the pledge read as if all of it had been enforced."""
    bill, made = pledged(desk)
    desk.text("localnet", "clock", "--advance", "4d")
    desk.json("bank2", "token", "enforce", made, "--owed", "250.00")
    desk.json("supplier1", "pledge", "agree", made)
    tree = desk.text("--as", "bank2", "trace", "bill", bill)
    assert "taken over at tier 1" in tree
    assert "financed at tier" not in tree
    told = {one["kind"]: one for one in desk.json("bank2", "bill", "history", bill)}
    assert told["enforce"]["amount"] == 25_000
    assert "amount" not in told["pledge_enforced"]
    shown = desk.text("--as", "bank2", "--lang", "zh", "bill", "history", bill, "-o", "wide")
    assert "质押结束（实现质权）" in shown
    assert desk.json("bank2", "bill", "list")[0]["id"] == bill


def test_what_is_offered_is_shown_with_what_it_means(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = accepted_bill(desk)
    seen = as_a_person(desk, monkeypatch, "--as", "supplier1", "pledge", "offer", token, *TOLD)
    for said in ("goes to the pledgee", "300.00 CNY", "1,000.00 CNY"):
        assert said in seen, said
    [row] = desk.json("bank2", "pledge", "list", "--pledgee", "bank2", "--status", "offered")
    seen = as_a_person(desk, monkeypatch, "--as", "bank2", "pledge", "accept", row["id"], "--registration", "ZD-2")
    assert "ZD-2" in seen
    seen = as_a_person(desk, monkeypatch, "--as", "bank2", "token", "release", row["id"], "--secured", "100.00")
    assert "100.00 CNY" in seen
    assert desk.json("supplier1", "pledge", "list", "--holder", "supplier1")[0]["secured"] == 10_000
    assert desk.json("bank2", "pledge", "release", row["id"])["pledge_status"] == "released"


def test_tokens_of_two_currencies_are_not_pledged_together(desk: Desk) -> None:
    _, token = accepted_bill(desk)
    desk.text("--as", "supplier1", "token", "pledge", token, *TOLD, "--currency", "EUR", expect=2)


def test_what_cannot_be_is_refused_before_the_question(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _, made = pledged(desk)
    monkeypatch.setattr(preview, "person", lambda: True)
    monkeypatch.setattr(preview, "confirm", lambda *_, **__: pytest.fail("nobody is asked"))
    desk.text("--as", "supplier2", "pledge", "agree", made, expect=3)
    desk.text("--as", "bank2", "pledge", "reject", made, expect=3)


def test_its_days_and_amounts_have_one_name(desk: Desk) -> None:
    """use: the day of the secured debt was `due on` in one place, as if it were the bill's, and nothing was 0.00."""
    _, made = pledged(desk)
    shown = desk.text("--lang", "zh", "--as", "bank2", "pledge", "show", made)
    assert "被担保债务到期日" in shown
    for absent in ("请求金额", "未付笔数"):
        assert absent not in shown, absent
    desk.text("--as", "bank2", "pledge", "list")
    assert "1 in all, secured 300.00 CNY" in desk.err
