"""`token sell` and `token buy`: a price that both banks alone know, and what each side is shown before it signs."""

from __future__ import annotations

import json

import pytest
from chainbill_cli import preview
from cli.cli_desk import Desk, Refused
from cli.selling import bank_token

pytestmark = pytest.mark.untraced
SELL = ("--to", "bank2", "--price", "980.00", "--no-recourse")


def as_a_person(desk: Desk, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """What somebody sees who is asked before it is signed."""
    with monkeypatch.context() as patched:
        patched.setattr(preview, "person", lambda: True)
        patched.setattr(preview, "confirm", lambda *_, **__: True)
        desk.text(*words)
    return desk.err


def test_a_token_is_sold_at_a_price_that_the_ledger_does_not_know(desk: Desk) -> None:
    bill, token = bank_token(desk)
    offered = desk.json("bank1", "token", "sell", token, *SELL)
    [kept] = (desk.home / "prices").iterdir()
    assert (kept.name, kept.stat().st_mode & 0o777) == (f"{offered['price_doc']}.json", 0o600)
    assert json.loads(kept.read_text())["salt"] == offered["salt"]
    told = ("--price", "980.00", "--salt", offered["salt"])
    buy = ("token", "buy", token[:8], "--reference", "S-1", "--registration", "ZD-3")
    wrong = desk.json("bank2", *buy, "--price", "970.00", "--salt", offered["salt"], expect=2)
    assert "970.00 CNY" in wrong["detail"]
    desk.json("bank2", *buy, "--price", "980.00", expect=2)
    bought = desk.json("bank2", *buy, *told)
    assert desk.json("bank2", *buy, *told)["repeated"] is True
    shown = desk.json("bank1", "sale", "show", token)
    assert (shown["status"], shown["paid"], shown["bought_token"]) == ("bought", 0, bought["token"])
    assert desk.json("auditor", "trace", "bill", bill)["by_tier"][0]["financed"] == 100_000
    [step] = [step for step in desk.json("bank2", "bill", "history", bill) if step["kind"] == "sale"]
    assert step["price"] == {"price": offered["price_doc"], "amount": 0, "recourse": False}
    [row] = desk.json("bank1", "bill", "receipts", "--bill", bill, "--kind", "sale")
    assert (row["reference"], row["amount"], row["token"]) == ("S-1", 0, bought["token"])


def test_refused_or_taken_back_it_shows_as_over_at_once(desk: Desk) -> None:
    _, token = bank_token(desk)
    desk.json("bank1", "token", "sell", token, *SELL)
    assert [one["status"] for one in desk.json("bank2", "sale", "list")] == ["offered"]
    desk.json("bank2", "token", "reject", token)
    assert desk.json("bank2", "sale", "show", token)["status"] == "ended"
    assert desk.json("bank2", "sale", "list", "--status", "offered") == []
    assert [one["token"] for one in desk.json("bank1", "sale", "list", "--status", "ended")] == [token]
    desk.json("bank1", "token", "sell", token, *SELL)
    desk.json("bank1", "token", "recall", token)
    assert desk.json("bank1", "sale", "show", token)["status"] == "ended"


def test_what_each_side_is_shown_before_it_signs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = bank_token(desk)
    seen = as_a_person(desk, monkeypatch, "--as", "bank1", "--lang", "zh", "token", "sell", token, *SELL)
    for said in ("即将再转让", "980.00 CNY", "玖佰捌拾元整", "无追索权", "对价与盐值已存入"):
        assert said in seen, said
    salt = json.loads(next((desk.home / "prices").iterdir()).read_text())["salt"]
    buy = ("--as", "bank2", "--lang", "zh", "token", "buy", token, "--reference", "S-1", "--registration", "ZD-3")
    seen = as_a_person(desk, monkeypatch, *buy, "--price", "980.00", "--salt", salt)
    for said in ("即将登记受让", "对价与盐值同要约一致", "980.00 CNY", "ZD-3"):
        assert said in seen, said


def test_what_the_ledger_would_refuse_is_said_before_it_is_signed(desk: Desk, refused: Refused) -> None:
    _, token = bank_token(desk)
    sell = ("token", "sell", token, "--price", "980.00", "--recourse")
    assert refused("bank1", *sell, "--to", "supplier1") == "not_a_bank"
    assert refused("bank1", *sell, "--to", "bank1") == "recipient_is_the_sender"
    assert refused("bank2", *sell, "--to", "bank1") == "not_the_holder"
    assert refused("bank1", "token", "sell", token, *sell[2:], "--to", "bank2") == "token_named_twice"
    desk.json("bank1", *sell, "--to", "bank2")
    assert refused("bank1", *sell, "--to", "bank2") == "token_locked"
    buy = ("token", "buy", token, "--reference", "S-1")
    assert refused("bank1", *buy) == "not_the_buyer"
    assert refused("bank2", *buy, "--value-date", "+1d") == "value_date_in_future"
    assert refused("bank2", *buy, "--value-date", "2020-01-01") == "value_date_before_offer"
    assert refused("bank2", "token", "accept", token) == "offer_of_other_kind"
    desk.json("bank1", "token", "recall", token)
    assert refused("bank2", *buy) == "sale_transition"


def test_whether_there_is_recourse_is_said(desk: Desk) -> None:
    _, token = bank_token(desk)
    answer = desk.json("bank1", "token", "sell", token, "--to", "bank2", "--price", "980.00", expect=2)
    assert "--no-recourse" in answer["detail"]


def test_what_differs_from_the_price_is_looked_at_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """use: what was in order was marked, and an amount that is not the price was not."""
    _, token = bank_token(desk)
    salt = desk.json("bank1", "token", "sell", token, *SELL)["salt"]
    monkeypatch.setattr(preview, "person", lambda: True)
    monkeypatch.setattr(preview, "confirm", lambda *_, **__: False)
    buy = ("--as", "bank2", "--lang", "zh", "token", "buy", token, "--reference", "S-1")
    told = ("--price", "980.00", "--salt", salt)
    for words, differs in (
        ((*told, "--amount", "979.99"), True), ((*told, "--amount", "980.00"), False), (told, False), ((), False)
    ):  # fmt: skip
        desk.text(*buy, *words, expect=1)
        assert ("请再核对：已付金额与对价 980.00 CNY 不符" in desk.err) == differs
        assert desk.err.count("请再核对") == differs


def test_a_list_of_sales_has_its_sum(desk: Desk) -> None:
    _, token = bank_token(desk)
    desk.json("bank1", "token", "sell", token, *SELL)
    desk.text("--as", "bank2", "sale", "list")
    assert "1 in all, 1,000.00 CNY" in desk.err
