"""An agreed financing that a court's freeze suspends, as holder and bank read it, and before the bank records money."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from chainbill_cli.texts.value import TEXTS
from chainbill_contracts.declared_rows import rows
from cli.cli_desk import Desk, Refused, accepted_bill

BANK, RIVAL = "bank1", "bank2"
"""Who finances, and pays the bill, too; who was asked as well, and is the second bank of an order."""
Agreed = tuple[str, str, str, str]
SUSPENDED = {
    "en": ("agreed, suspended", "suspends the agreement", "stands longer by the days that it lost"),
    "zh": ("已确认（中止）", "起使融资约定中止", "按所占天数顺延"),
}
WAITING = {"en": "set aside, financing", "zh": "留存（融资）"}
STOPPED = {"en": "ends the agreement", "zh": "终止融资约定"}
WAITS = {"en": "400.00 CNY of it has been paid and waits", "zh": "其中 400.00 CNY 已付款，留存于登记银行"}


def told(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def agreed(desk: Desk) -> Agreed:
    """1,000.00 that supplier1 agreed today to have financed by BANK: bill, request, quote, token."""
    bill, token = accepted_bill(desk)
    request = desk.json("supplier1", "finance", "request", token, "--to", BANK, "--to", RIVAL)["request"]
    terms = ("--rate", "3.6", "--no-recourse", "--disburse-by", "+15d")
    quote = desk.json(BANK, "finance", "quote", request, *terms)["quote"]
    desk.json("supplier1", "finance", "agree", quote)
    return bill, request, quote, token


@pytest.fixture
def freeze(desk: Desk, agreed: Agreed, tmp_path: Path) -> Callable[[], str]:
    """Enter a freeze of 300.00 of it, as the bank that pays the bill; the order."""
    paper = tmp_path / "ruling.txt"
    paper.write_text("frozen\n", encoding="utf-8")
    said = ("--authority", "Court", "--number", "H-1", "--document", str(paper), "--days", "90")
    return lambda: str(desk.json("bank1", "order", "freeze", f"{agreed[3]}:300.00", *said)["order"])


def next_day(desk: Desk) -> None:
    desk.text("localnet", "clock", "--advance", "1d")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("who", ["supplier1", BANK])
def test_holder_and_bank_read_that_it_is_suspended_and_what_comes_of_it(
    desk: Desk, agreed: Agreed, freeze: Callable[[], str], language: str, who: str
) -> None:
    _, request, quote, _ = agreed
    before = desk.json(who, "finance", "show", request)
    freeze()
    word, *notes = SUSPENDED[language]
    for shown in (request, quote):
        desk.text("--as", who, "--lang", language, "finance", "show", shown)
        assert all(one in told(desk.err) for one in notes), desk.err
        assert "chainbill freeze list" in desk.err
    assert word in told(desk.text("--as", who, "--lang", language, "finance", "show", request))
    assert word in told(desk.text("--as", who, "--lang", language, "finance", "list", "-o", "wide"))
    machine = desk.json(who, "finance", "show", request)
    assert (machine["status"], machine["until"]) == ("agreed", before["until"])
    assert machine["suspended_on"] != ""


def test_a_lapse_gives_the_days_back(desk: Desk, agreed: Agreed, freeze: Callable[[], str]) -> None:
    _, request, _, _ = agreed
    before = desk.json("supplier1", "finance", "show", request)["until"]
    freeze()
    desk.text("localnet", "clock", "--advance", "8d")
    desk.text("--as", "supplier1", "finance", "show", request)
    assert "suspend" not in desk.out + desk.err
    assert desk.json("supplier1", "finance", "show", request)["until"] > before


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_ratified_order_says_until_when_money_of_before_counts(
    desk: Desk, agreed: Agreed, freeze: Callable[[], str], seen: Callable[..., str], language: str
) -> None:
    """Money of that day or later is written down with what was paid, not with 0.00."""
    _, request, quote, _ = agreed
    desk.json(RIVAL, "order", "ratify", freeze())
    until = desk.json(BANK, "finance", "show", request)["until"]
    desk.text("--as", BANK, "--lang", language, "finance", "show", quote)
    assert STOPPED[language] in told(desk.err)
    assert until in desk.err
    shown = seen(BANK, "finance", "disburse", quote, "--reference", "U-1", language=language)
    assert {"en": "a court's order has ended the agreement", "zh": "法院文书已终止该融资约定"}[language] in told(shown)
    [row] = desk.json(BANK, "bill", "receipts", "--kind", "unmatched")
    assert row["amount"] == desk.json(BANK, "finance", "show", quote)["agreed_net"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_bank_is_told_that_it_gets_the_debtors_money_alone(
    desk: Desk, agreed: Agreed, seen: Callable[..., str], language: str
) -> None:
    bill, _, quote, _ = agreed
    day = desk.json(BANK, "finance", "show", quote)["agreed_on"]
    next_day(desk)
    desk.json("bank1", "bill", "settle", bill, "--amount", "1000.00", "--reference", "P-1")
    written = ("--reference", "F-1", "--value-date", day)
    shown = told(seen(BANK, "finance", "disburse", quote, *written, language=language))
    assert {"en": "gets 1,000.00 CNY of that money, and no token", "zh": "不再取得子凭证"}[language] in shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_frozen_part_of_what_was_paid_is_told_apart_and_why_it_ended(
    desk: Desk, agreed: Agreed, freeze: Callable[[], str], language: str
) -> None:
    bill, request, _, _ = agreed
    desk.json(RIVAL, "order", "ratify", freeze())
    desk.json("bank1", "bill", "settle", bill, "--amount", "1000.00", "--reference", "P-1")
    desk.text("localnet", "clock", "--advance", "20d")
    next_day(desk)
    shown = told(desk.text("--as", "supplier1", "--lang", language, "bill", "payments", bill))
    assert {"en": "set aside, frozen", "zh": "留存（冻结）"}[language] in shown
    shown = told(desk.text("--as", "supplier1", "--lang", language, "finance", "show", request))
    assert {"en": "a court froze the token", "zh": "法院冻结"}[language] in shown


def test_every_end_of_a_request_has_its_words() -> None:
    """`freeze` was shown as it stands on the ledger."""
    ends = re.findall(r"`(\w+)`", rows()["finance/request"].fields["ended_by"].en)
    assert "freeze" in ends
    assert [end for end in ends if f"value.ended_{end}" not in TEXTS] == []


def test_money_of_the_day_of_the_freeze_is_refused_before_anybody_is_asked(
    desk: Desk, agreed: Agreed, freeze: Callable[[], str], refused: Refused
) -> None:
    _, _, quote, _ = agreed
    freeze()
    assert refused(BANK, "finance", "disburse", quote, "--reference", "F-1") == "agreement_suspended"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_bank_says_with_money_of_an_earlier_day(
    desk: Desk, agreed: Agreed, freeze: Callable[[], str], seen: Callable[..., str], language: str
) -> None:
    _, request, quote, _ = agreed
    day = desk.json(BANK, "finance", "show", quote)["agreed_on"]
    next_day(desk)
    freeze()
    written = ("--reference", "F-1", "--value-date", day)
    shown = told(seen(BANK, "finance", "disburse", quote, *written, language=language))
    assert {"en": "gets the token free of the freeze", "zh": "不受该冻结影响"}[language] in shown
    assert desk.json(BANK, "finance", "show", request)["status"] == "disbursed"
    [own] = desk.json(BANK, "token", "list", "--holder", BANK)
    assert (own["amount"], own["locks"]) == (100_000, [])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_debtors_money_waits_and_goes_to_the_bank(
    desk: Desk, agreed: Agreed, seen: Callable[..., str], language: str
) -> None:
    bill, request, quote, _ = agreed
    day = desk.json(BANK, "finance", "show", quote)["agreed_on"]
    next_day(desk)
    paid = desk.json("bank1", "bill", "settle", bill, "--amount", "400.00", "--partial", "--reference", "P-1")
    assert [one["status"] for one in paid["payments"]] == ["set_aside"]
    desk.text("--as", "supplier1", "--lang", language, "finance", "show", request)
    assert WAITS[language] in told(desk.err)
    shown = told(desk.text("--as", "supplier1", "--lang", language, "bill", "payments", bill))
    assert WAITING[language] in shown
    instruct = ("--status", "instructed", "--reference", "X-1")
    token = paid["payments"][0]["token"]
    said = desk.json("bank1", "bill", "payment", bill, token, *instruct, expect=3)
    assert (said["code"], said["details"]["until"]) == (
        "payment_awaits_financing", desk.json(BANK, "finance", "show", request)["until"],
    )  # fmt: skip
    shown = told(seen(BANK, "finance", "disburse", quote, "--reference", "F-1", "--value-date", day))
    assert "the bank gets a token of 600.00 CNY, and 400.00 CNY of that money" in shown
    assert "400.00 CNY" in desk.out
    next_day(desk)
    [row] = desk.json(BANK, "bill", "payments", "--party", BANK)
    assert (row["kind"], row["amount"], row["status"]) == ("financing", 40_000, "instructed")
    reverse = ("bill", "reverse", "--reference", "P-1", "--reason", "x")
    assert desk.json("bank1", *reverse, expect=3)["code"] == "payment_already_paid"


def test_all_is_paid_and_money_of_that_day_comes_too_late(desk: Desk, agreed: Agreed, seen: Callable[..., str]) -> None:
    bill, request, quote, _ = agreed
    desk.json("bank1", "bill", "settle", bill, "--amount", "1000.00", "--reference", "P-1")
    assert desk.json("supplier1", "finance", "show", request)["status"] == "agreed"
    shown = told(seen(BANK, "finance", "disburse", quote, "--reference", "F-1", language="zh"))
    assert "届时已全部付款" in shown
    [row] = desk.json(BANK, "bill", "receipts", "--kind", "unmatched")
    assert row["amount"] == desk.json(BANK, "finance", "show", quote)["agreed_net"]
