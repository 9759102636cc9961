"""Guarantees at the command line: given in words, demanded, paid by the guarantor's bank; what is refused unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cli.cli_desk import Desk, Refused


@pytest.fixture
def paper(tmp_path: Path) -> str:
    (tmp_path / "resolution.txt").write_text("resolved\n", encoding="utf-8")
    return str(tmp_path / "resolution.txt")


@pytest.fixture
def fresh(desk: Desk) -> tuple[str, str]:
    """A bill of 500.00 that is due tomorrow, and its token."""
    made = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "500.00", "--due", "+1d")
    desk.json("anchor", "bill", "confirm", made["bill"])
    return str(made["bill"]), str(desk.json("supplier1", "bill", "accept", made["bill"])["token"])


def test_from_the_promise_to_the_debtor_s_money(
    desk: Desk, seen: Callable[..., str], fresh: tuple[str, str], paper: str
) -> None:
    bill, token = fresh
    shown = seen(
        "supplier3", "bill", "guarantee", bill, "--until", "+180d", "--resolution", paper, language="zh"
    )  # fmt: skip
    for said in ("即将为凭证提供保证", "连带责任保证", "伍佰元整", "resolution.txt"):
        assert said in "".join(shown.split()), said
    [row] = desk.json("supplier1", "bill", "guarantees", bill)
    assert (row["amount"], row["paid"], row["status"]) == (50_000, 0, "active")
    desk.text("localnet", "clock", "--advance", "5d")
    shown = seen("supplier1", "bill", "demand", bill, "--guarantor", "supplier3")
    assert "A guarantor is about to be asked to pay" in shown
    assert "500.00 CNY" in shown
    [row] = desk.json("supplier3", "bill", "demands", "--guarantor", "supplier3")
    assert (row["token"], row["amount"]) == (token, 50_000)
    told = ("--guarantor", "supplier3", "--token", token, "--reference", "G-1")
    shown = seen("bank1", "bill", "pay-guarantee", bill, *told, language="zh")
    assert "不可冲正" in shown
    again = desk.json("bank1", "bill", "pay-guarantee", bill, *told)
    assert again["repeated"] is True
    [taken] = desk.json("supplier3", "token", "list", "--holder", "supplier3", "--bill", bill)
    assert (taken["amount"], taken["holder"], taken["status"]) == (50_000, row["guarantor"], "live")
    kinds = [step["kind"] for step in desk.json("supplier3", "bill", "history", bill)]
    assert kinds.count("guaranteed") == kinds.count("guarantee") == kinds.count("guarantee_paid") == 1
    assert desk.json("bank1", "bill", "reverse", "--reference", "G-1", "--reason", "x", expect=3)["code"] == (
        "reversal_too_late"
    )
    paid = desk.json("bank1", "bill", "settle", bill, "--amount", "500.00", "--reference", "P-1")["payments"]
    assert [(one["party"], one["amount"]) for one in paid] == [(row["guarantor"], 50_000)]
    [row] = desk.json("supplier1", "bill", "guarantees", bill)
    assert (row["paid"], row["status"]) == (50_000, "ended")


def test_what_the_ledger_refuses_is_said_before_anybody_is_asked(
    desk: Desk, refused: Refused, fresh: tuple[str, str], paper: str
) -> None:
    bill, token = fresh
    give = ("bill", "guarantee", bill, "--resolution", paper, "--until")
    assert refused("supplier2", *give, "+180d") == "role_missing"
    assert refused("supplier3", *give, "+1d") == "guarantee_period_over"
    demand = ("bill", "demand", bill, "--guarantor", "supplier3", "--token", token)
    assert refused("supplier1", *demand) == "guarantee_unknown"
    desk.json("supplier3", *give, "+180d")
    assert refused("supplier3", *give, "+180d") == "guarantee_transition"
    assert refused("supplier1", *demand) == "bill_not_overdue"
    assert refused("supplier2", *demand) == "not_the_holder"
    pay = ("bill", "pay-guarantee", bill, "--token", token, "--reference", "G-1", "--guarantor")
    assert refused("bank1", *pay, "supplier2") == "guarantee_unknown"
    assert refused("bank1", *pay, "supplier3") == "bill_not_overdue"
    desk.text("--as", "supplier2", *demand[:5], expect=2)
    assert "--token" in desk.err
