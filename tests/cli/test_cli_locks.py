"""A lock says what it is for, in lists, in trees and in refusals, and the command that a refusal names ends it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from chainbill_cli.details import detail_lines
from chainbill_cli.endings import readable
from chainbill_cli.texts import set_language
from cli.cli_desk import Desk, accepted_bill
from cli.selling import bank_token

pytestmark = pytest.mark.untraced
ZH = ("--lang", "zh")
PLEDGE = ("--to", "bank2", "--secured", "100.00", "--due", "+2d", "--contract", "L-1")
Locked = tuple[str, str, str, str]
"""Holder, bill, token, and to whom lists say that it is offered."""


def transfer(desk: Desk) -> Locked:
    bill, token = accepted_bill(desk)
    offered = desk.json("supplier1", "token", "transfer", token, "--to", "supplier2:1000.00")["tokens"][0]["id"]
    return "supplier1", bill, offered, "supplier2"


def given_back(desk: Desk) -> Locked:
    _, bill, offered, _ = transfer(desk)
    token = desk.json("supplier2", "token", "accept", offered)["token"]
    return "supplier2", bill, desk.json("supplier2", "token", "return", token)["token"], "supplier1"


def sale(desk: Desk) -> Locked:
    bill, token = bank_token(desk)
    desk.json("bank1", "token", "sell", token, "--to", "bank2", "--price", "980.00", "--no-recourse")
    return "bank1", bill, token, "bank2"


def pledge(desk: Desk) -> Locked:
    bill, token = accepted_bill(desk)
    desk.json("supplier1", "token", "pledge", token, *PLEDGE)
    return "supplier1", bill, token, ""


def financing(desk: Desk) -> Locked:
    bill, token = accepted_bill(desk)
    desk.json("supplier1", "finance", "request", token, "--to", "bank1")
    return "supplier1", bill, token, ""


def prepay(desk: Desk) -> Locked:
    bill, token = accepted_bill(desk)
    desk.json("supplier1", "token", "prepay", token, "--price", "985.00", "--by", "+20d")
    return "supplier1", bill, token, ""


@pytest.mark.parametrize(("lock", "said", "told"), [
    (transfer, "转让要约", "待签收"), (given_back, "退回要约", "退回给"), (sale, "再转让要约", "再转让给"),
    (pledge, "出质要约", "出质要约"), (financing, "融资中", ""), (prepay, "提前付款", "提前付款"),
])  # fmt: skip
def test_a_lock_says_what_it_is_for_and_what_ends_it(
    desk: Desk, lock: Callable[[Desk], Locked], said: str, told: str
) -> None:
    """All of them were 要约中 or 转让中, and one remedy told of all that there might be."""
    holder, bill, token, to = lock(desk)
    listed = desk.text(*ZH, "--as", holder, "token", "list", "--bill", bill)
    assert said in listed
    assert ("受让方" in listed) == bool(to)
    shown = desk.text(*ZH, "--as", holder, "token", "show", token)
    assert re.search(rf"锁定 +{said}\n", shown)
    assert told in desk.text(*ZH, "--as", holder, "trace", "bill", bill)
    desk.text(*ZH, "--yes", "--as", holder, "token", "split", token, "--amount", "1.00", expect=3)
    assert f"类型 {said}，" in desk.err
    [command] = re.findall(r"→ [^\n]*?(chainbill [a-z]+ [a-z]+ [A-Z0-9]{18})", desk.err)
    desk.text("--yes", "--as", holder, *command.split()[1:])
    desk.text("--yes", "--as", holder, "token", "split", token, "--amount", "1.00")


def test_what_a_debtor_agreed_to_pay_early_waits_for_its_money(desk: Desk) -> None:
    """It was 转让中 to the debtor, which is never one to whom a token goes."""
    holder, bill, token, _ = prepay(desk)
    desk.json("anchor", "prepay", "agree", token)
    for words in (("token", "list", "--bill", bill), ("token", "show", token), ("trace", "bill", bill)):
        for party in (holder, "anchor"):
            told = desk.text(*ZH, "--as", party, *words)
            assert "提前付款待付" in told
            assert "受让方" not in told
            assert "待签收" not in told
    assert "early payment agreed" in desk.text("--as", holder, "token", "show", token)
    desk.text(*ZH, "--yes", "--as", holder, "token", "split", token, "--amount", "1.00", expect=3)
    assert f"chainbill prepay show {token}" in desk.err


@pytest.mark.parametrize(("kind", "command"), [
    ("pledged", "chainbill pledge release K1"), ("frozen", "chainbill freeze show K1"),
])  # fmt: skip
def test_a_lock_of_others_names_who_ends_it(kind: str, command: str) -> None:
    lock = {"kind": kind, "ref": "K1", "until": ""}
    details = {"token": "T1", "locks": [lock, {"kind": "in_finance", "ref": "Q1", "until": ""}]}
    for language in ("en", "zh"):
        set_language(language)
        said = readable({"detail": "x", "code": "token_locked", "details": details})
        assert said[-2].endswith(command)
        assert said[-1].endswith("chainbill finance withdraw Q1")
    assert "K1" in " ".join(detail_lines(details, "token_locked", str))
