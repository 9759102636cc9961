"""`token prepay`, `prepay agree`, `bill settle-prepaid`: what each side sees before it signs, and what it comes to."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from chainbill_node.trace.ratios import yearly_rate
from cli.cli_desk import Desk, Refused, accepted_bill
from cli.test_cli_sales import as_a_person

pytestmark = pytest.mark.untraced
PRICE = ("--price", "985.00", "--by", "+20d")


def agreed(desk: Desk) -> tuple[str, str]:
    """A bill of 1,000.00 whose debtor has agreed to pay its token early for 985.00: bill and token."""
    bill, token = accepted_bill(desk)
    desk.json("supplier1", "token", "prepay", token, *PRICE)
    desk.json("anchor", "prepay", "agree", token)
    return bill, token


def test_it_is_offered_agreed_and_paid_at_its_price(desk: Desk) -> None:
    bill, token = accepted_bill(desk)
    offered = desk.json("supplier1", "token", "prepay", token, *PRICE)
    assert [one["token"] for one in desk.json("anchor", "prepay", "list", "--status", "offered")] == [token]
    assert [one["id"] for one in desk.json("anchor", "token", "offers")] == [token]
    agreed_on = desk.json("anchor", "prepay", "agree", token[:9])
    assert agreed_on["until"] > offered["until"]
    assert desk.json("anchor", "token", "offers") == []
    [row] = desk.json("bank1", "prepay", "list", "--status", "agreed")
    assert (row["price"], row["forgone"], row["amount"]) == (98_500, 1_500, 100_000)
    done = desk.json("bank1", "bill", "settle-prepaid", token, "--reference", "EP-1")
    assert (done["price"], done["forgone"], done["outstanding"]) == (98_500, 1_500, 0)
    assert desk.json("bank1", "bill", "settle-prepaid", token, "--reference", "EP-1")["repeated"] is True
    shown = desk.json("supplier1", "prepay", "show", token)
    assert (shown["status"], shown["reference"]) == ("paid", "EP-1")
    told = desk.json("supplier1", "bill", "show", bill)
    assert (told["status"], told["settled"], told["outstanding"]) == ("settled", 100_000, 0)
    [receipt] = desk.json("bank1", "bill", "receipts", "--bill", bill, "--kind", "prepaid")
    assert (receipt["amount"], receipt["token"], receipt["kind"]) == (98_500, token, "prepaid")
    [payment] = desk.json("supplier1", "bill", "payments", bill)
    assert (payment["amount"], payment["kind"]) == (98_500, "prepaid")
    kinds = [step["kind"] for step in desk.json("supplier1", "bill", "history", bill)]
    assert kinds.count("prepaid") == kinds.count("settled") == 1


def test_totals_of_a_trace_go_by_the_face(desk: Desk) -> None:
    """Also by value date, before the day on which the money is recorded."""
    bill, token = agreed(desk)
    desk.json("bank1", "bill", "settle-prepaid", token, "--reference", "EP-1")
    for basis in ("recorded", "value"):
        at = ("--basis", basis, "--at", "today") if basis == "value" else ()
        [tier] = desk.json("auditor", "trace", "bill", bill, *at)["by_tier"]
        assert (tier["settled"], tier["amount"]) == (100_000, 100_000)
        told = desk.json("auditor", "bill", "show", bill, *at)
        assert (told["settled"], told["status"]) == (100_000, "settled")


def test_what_each_side_is_shown_before_it_signs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    bill, token = accepted_bill(desk)
    pay_on = desk.json("supplier1", "bill", "show", bill)["pay_on"]
    zh = ("--lang", "zh")
    seen = as_a_person(desk, monkeypatch, "--as", "supplier1", *zh, "token", "prepay", token, *PRICE)
    for said in ("即将向债务人提出折价提前付款", "985.00 CNY", "玖佰捌拾伍元整", "让利", "15.00 CNY", "付款截止日"):
        assert said in seen, said
    shown = desk.json("anchor", "prepay", "show", token)
    assert pay_on > shown["pay_by"]
    rate = cost_said(shown["pay_by"], pay_on)
    assert f"年化成本：{rate}" in seen
    seen = as_a_person(desk, monkeypatch, "--as", "anchor", *zh, "prepay", "agree", token)
    for said in ("即将同意按此对价提前付款", "985.00 CNY", "15.00 CNY", rate):
        assert said in seen, said
    pay = ("bill", "settle-prepaid", token, "--reference", "EP-1")
    seen = as_a_person(desk, monkeypatch, "--as", "bank1", *zh, *pay)
    paid = desk.json("bank1", "prepay", "show", token)
    assert paid["value_date"] < paid["pay_by"]
    for said in ("即将登记提前付款", "不可冲正", "985.00 CNY", "EP-1", cost_said(paid["value_date"], pay_on)):
        assert said in seen, said


def cost_said(since: str, pay_on: str) -> str:
    """What 15.00 on 985.00 cost a year, counted from one day to the other."""
    days = (date.fromisoformat(pay_on) - date.fromisoformat(since)).days
    rate = (Decimal(15) / 985 * 36_500 / days).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return f"{rate}%（让利 ÷ 对价 × 365 ÷ 提前 {days} 天，自 {since} 至 {pay_on}）"


def test_the_rate_of_what_was_paid_counts_from_the_day_of_the_money(desk: Desk) -> None:
    """It counted from the last day for the money also where the money came long before."""
    bill, token = agreed(desk)
    pay_on = date.fromisoformat(desk.json("supplier1", "bill", "show", bill)["pay_on"])
    told = {"offered": "pay_by", "paid": "value_date"}
    for status, since in told.items():
        if status == "paid":
            desk.json("bank1", "bill", "settle-prepaid", token, "--reference", "EP-1")
        shown = desk.json("anchor", "prepay", "show", token)
        [row] = desk.json("anchor", "prepay", "list", "--bill", bill)
        days = (pay_on - date.fromisoformat(shown[since])).days
        assert shown["days_early"] == row["days_early"] == days
        assert shown["yearly_rate"] == row["yearly_rate"] == yearly_rate(1_500, 98_500, days)


def test_one_thing_has_one_word(desk: Desk) -> None:
    """The bank was 银行 beside 兑付行 elsewhere; who agreed had 确认日, and a refusal said 已付款."""
    _, token = agreed(desk)
    desk.text("--lang", "zh", "--as", "anchor", "prepay", "show", token)
    for said in ("兑付行", "同意日", "已同意", "提前天数"):
        assert said in desk.out, said
    assert "确认日" not in desk.out
    desk.json("bank1", "bill", "settle-prepaid", token, "--reference", "EP-1")
    words = ("bill", "settle-prepaid", token, "--reference", "EP-2")
    desk.text("--lang", "zh", "--yes", "--as", "bank1", *words, expect=3)
    assert "当前状态：已提前付款" in desk.err


def test_what_the_ledger_would_refuse_is_said_before_it_is_signed(desk: Desk, refused: Refused) -> None:
    _, token = accepted_bill(desk)
    prepay = ("token", "prepay", token)
    assert refused("supplier1", *prepay, "--price", "1000.01", "--by", "+20d") == "price_not_valid"
    assert refused("supplier1", *prepay, "--price", "985.00", "--by", "+3000d") == "pay_by_not_valid"
    assert refused("supplier1", *prepay, "--price", "985.00", "--by", "2020-01-01") == "pay_by_not_valid"
    assert refused("supplier2", *prepay, *PRICE) == "not_the_holder"
    desk.json("supplier1", *prepay, *PRICE)
    assert refused("supplier1", *prepay, *PRICE) == "token_locked"
    assert refused("anchor", "token", "accept", token) == "offer_of_other_kind"
    settle = ("bill", "settle-prepaid", token, "--reference", "EP-1")
    assert refused("bank1", *settle) == "prepayment_transition"
    desk.json("anchor", "prepay", "agree", token)
    assert refused("anchor", "prepay", "agree", token) == "prepayment_transition"
    assert refused("supplier1", "token", "recall", token) == "prepayment_agreed"
    assert refused("anchor", "token", "reject", token) == "prepayment_agreed"
    assert refused("bank1", *settle, "--value-date", "+1d") == "value_date_in_future"
    assert refused("bank1", *settle, "--value-date", "2020-01-01") == "value_date_before_agreement"
    desk.json("bank1", *settle)
    assert refused("bank1", *settle[:-1], "EP-2") == "prepayment_transition"
    assert refused("bank1", "bill", "reverse", "--reference", "EP-1", "--reason", "why") == "reversal_too_late"


def test_refused_or_taken_back_it_shows_as_over_at_once(desk: Desk) -> None:
    _, token = accepted_bill(desk)
    desk.json("supplier1", "token", "prepay", token, *PRICE)
    desk.json("anchor", "token", "reject", token)
    assert desk.json("supplier1", "prepay", "show", token)["status"] == "ended"
    desk.json("supplier1", "prepay", "offer", token, *PRICE)
    desk.json("supplier1", "token", "recall", token)
    assert desk.json("anchor", "prepay", "list", "--status", "offered") == []
