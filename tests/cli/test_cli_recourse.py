"""`token recourse`, `recourse accept|refuse`, `token buyback`: what is asked, what the debtor pays meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from chainbill_cli import preview
from cli.cli_desk import Desk, Refused, accepted_bill
from cli.test_cli_sales import as_a_person

pytestmark = pytest.mark.untraced


@pytest.fixture
def demand(tmp_path: Path) -> str:
    path = tmp_path / "demand.pdf"
    path.write_bytes(b"pay")
    return str(path)


def with_recourse(desk: Desk) -> tuple[str, str]:
    """A bill of 1,000.00 that bank1 has financed whole with recourse: bill and the bank's token."""
    bill, token = accepted_bill(desk)
    request = desk.json("supplier1", "finance", "request", token, "--to", "bank1")["request"]
    quote = desk.json("bank1", "finance", "quote", request, "--rate", "3.85", "--recourse")["quote"]
    desk.json("supplier1", "finance", "agree", quote)
    held = desk.json("bank1", "finance", "disburse", quote, "--reference", f"LOAN-{token}")["token"]
    sold = desk.json("bank1", "token", "sell", held, "--to", "bank2", "--price", "990.00", "--recourse")
    assert sold["until"]
    return bill, str(desk.json("bank2", "token", "buy", held, "--reference", f"BUY-{held}")["token"])


def test_it_is_asked_agreed_paid_and_the_token_is_back(desk: Desk, demand: str) -> None:
    _, token = with_recourse(desk)
    ask = ("token", "recourse", token, "--ground", "agreed", "--amount", "1003.21", "--document", demand)
    asked = desk.json("bank2", *ask)
    assert (asked["asked"], asked["amount"]) == (desk.json("bank1", "party", "show", "bank1")["id"], 100_321)
    assert [one["status"] for one in desk.json("bank1", "recourse", "list")] == ["recourse_asked"]
    assert desk.json("bank1", "recourse", "accept", token[:9])["claim_status"] == "recourse_agreed"
    back = desk.json("bank2", "token", "buyback", token, "--reference", "R-1")
    assert desk.json("bank2", "token", "buyback", token, "--reference", "R-1")["repeated"] is True
    assert desk.json("bank1", "token", "show", back["token"])["holder"] == asked["asked"]
    shown = desk.json("bank1", "recourse", "show", token)
    assert (shown["status"], shown["paid"], shown["returned"]) == ("bought_back", 100_321, back["token"])
    [row] = desk.json("bank1", "bill", "receipts", "--bill", shown["bill"], "--kind", "buyback")
    assert (row["reference"], row["amount"], row["token"]) == ("R-1", 100_321, back["token"])
    steps = {step["kind"]: step for step in desk.json("bank1", "bill", "history", shown["bill"])}
    told = [kind for kind in steps if kind.startswith(("recourse", "buyback"))]
    assert told == ["recourse_asked", "recourse_agreed", "buyback"]
    assert (steps["recourse_asked"]["amount"], steps["recourse_asked"]["to"]) == (100_321, asked["asked"])
    assert steps["recourse_agreed"]["from"] == asked["asked"]


def test_what_the_debtor_has_paid_is_not_asked_again(desk: Desk, demand: str) -> None:
    bill, token = with_recourse(desk)
    desk.json("bank2", "token", "recourse", token, "--ground", "agreed", "--amount", "1003.21", "--document", demand)
    desk.json("bank1", "recourse", "accept", token)
    desk.json("bank1", "bill", "settle", bill, "--amount", "300.00", "--partial", "--reference", "P-1")
    now = desk.json("bank2", "recourse", "show", token)
    assert (now["left"], now["principal"]) == (70_000, 100_000)
    too_little = desk.json("bank2", "token", "buyback", token, "--reference", "R-1", "--amount", "703.20", expect=3)
    assert too_little["code"] == "amount_below_asked"
    for who in ("bank1", "bank2"):
        for typed in (now["now"], now["now"][:10]):
            assert desk.json(who, "recourse", "show", typed) == desk.json(who, "recourse", "show", token)
    desk.json("bank2", "token", "buyback", now["now"], "--reference", "R-1")
    assert desk.json("bank1", "recourse", "show", token)["paid"] == 70_321


def test_what_each_side_is_shown_before_it_signs(desk: Desk, demand: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = with_recourse(desk)
    ask = ("--as", "bank2", "--lang", "zh", "token", "recourse", token, "--ground", "agreed", "--amount", "1003.21")
    seen = as_a_person(desk, monkeypatch, *ask, "--document", demand)
    for said in ("即将请求追索", "1,003.21 CNY", "壹仟零叁元贰角壹分", "双方协商", "demand.pdf"):
        assert said in seen, said
    seen = as_a_person(desk, monkeypatch, "--as", "bank1", "--lang", "zh", "recourse", "accept", token)
    for said in ("即将同意回购", "其中本金", "其中利息", "3.21 CNY"):
        assert said in seen, said
    pay = ("--as", "bank2", "--lang", "zh", "token", "buyback", token, "--reference", "R-1")
    seen = as_a_person(desk, monkeypatch, *pay)
    for said in ("即将登记回购付款", "1,003.21 CNY", "R-1"):
        assert said in seen, said


def test_what_the_ledger_would_refuse_is_said_before_it_is_signed(desk: Desk, demand: str, refused: Refused) -> None:
    _, token = with_recourse(desk)
    ask = ("token", "recourse", token, "--amount", "1000.00", "--document", demand)
    assert refused("bank2", *ask, "--ground", "overdue") == "bill_not_overdue"
    assert refused("bank1", *ask, "--ground", "agreed") == "not_the_holder"
    pay = ("token", "buyback", token, "--reference", "R-1", "--amount", "1000.00")
    desk.json("bank2", *ask, "--ground", "agreed")
    assert refused("bank2", *ask, "--ground", "agreed") == "claim_open"
    assert refused("bank2", "token", "split", token, "--amount", "400.00") == "claim_open"
    assert refused("bank2", "token", "sell", token, "--to", "bank1", "--price", "1.00", "--recourse") == "claim_open"
    assert refused("supplier1", "recourse", "accept", token) == "not_asked"
    assert refused("bank1", "recourse", "withdraw", token) == "not_the_holder"
    assert refused("bank2", *pay) == "claim_transition"
    desk.json("bank1", "recourse", "accept", token)
    assert refused("bank2", *pay[:-1], "999.99") == "amount_below_asked"
    assert refused("bank2", *pay, "--value-date", "2020-01-01") == "value_date_before_agreement"
    desk.json("bank2", "recourse", "withdraw", token)
    assert refused("bank2", *pay) == "claim_transition"


def test_a_claim_is_told_with_what_it_asks_for_now(desk: Desk, demand: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """use: what is asked now was in no list, a claim that was withdrawn had a day of answer, and names were ids."""
    bill, token = with_recourse(desk)
    ask = ("--as", "bank2", "--lang", "zh", "token", "recourse", token, "--ground", "agreed", "--amount", "1003.21")
    seen = as_a_person(desk, monkeypatch, *ask, "--document", demand)
    assert "被请求方：第1银行" in seen
    assert "被请求方  bank1" in desk.out
    desk.json("bank1", "bill", "settle", bill, "--amount", "300.00", "--partial", "--reference", "P-1")
    listed = desk.text("--as", "bank2", "recourse", "list")
    assert "703.21" in listed
    assert "1 in all, asked now 703.21 CNY" in desk.err
    assert "703.21 CNY" in desk.text("--as", "bank2", "recourse", "show", token)
    desk.json("bank2", "recourse", "withdraw", token)
    shown = desk.text("--as", "bank2", "recourse", "show", token)
    for absent in ("answered on", "asked now", "to be paid by", "stands until"):
        assert absent not in shown, absent
    desk.text("--as", "bank2", "recourse", "list")
    assert "asked now 0.00 CNY" in desk.err


def test_more_than_is_asked_is_looked_at_twice(desk: Desk, demand: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = with_recourse(desk)
    desk.json("bank2", "token", "recourse", token, "--ground", "agreed", "--amount", "1003.21", "--document", demand)
    desk.json("bank1", "recourse", "accept", token)
    pay = ("--as", "bank2", "token", "buyback", token, "--reference", "R-1", "--amount")
    monkeypatch.setattr(preview, "confirm", lambda *_, **__: False)
    monkeypatch.setattr(preview, "person", lambda: True)
    for amount, differs in (("1003.22", True), ("1003.21", False)):
        desk.text(*pay, amount, expect=1)
        assert ("LOOK TWICE: more than is asked now, 1,003.21 CNY" in desk.err) == differs


def test_who_was_given_it_without_recourse_is_told_at_once(desk: Desk, demand: str, refused: Refused) -> None:
    _, token = accepted_bill(desk)
    token = desk.json("supplier1", "token", "transfer", token, "--to", "supplier2:1000.00")["tokens"][0]["id"]
    token = desk.json("supplier2", "token", "accept", token)["token"]
    desk.text("localnet", "clock", "--advance", "130d")
    accepted_bill(desk)
    ask = ("token", "recourse", token, "--amount", "1000.00", "--document", demand, "--ground", "overdue")
    assert refused("supplier2", *ask) == "no_recourse"


def test_a_claim_is_answered_under_the_token_as_it_is_now(desk: Desk, demand: str) -> None:
    """use: what a list shows as the token now was found by buyback alone."""
    bill, token = with_recourse(desk)
    ask = ("--ground", "agreed", "--amount", "1003.21", "--document", demand)
    desk.json("bank2", "token", "recourse", token, *ask)
    desk.json("bank1", "bill", "settle", bill, "--amount", "300.00", "--partial", "--reference", "P-1")
    now = desk.json("bank2", "recourse", "show", token)["now"]
    assert now != token
    assert desk.json("bank1", "recourse", "refuse", now, "--reason", "no")["claim_status"] == "refused"
    desk.json("bank2", "token", "recourse", now, *ask)
    assert desk.json("bank1", "recourse", "accept", now)["claim_status"] == "recourse_agreed"
    desk.json("bank1", "bill", "settle", bill, "--amount", "300.00", "--partial", "--reference", "P-2")
    left = desk.json("bank2", "recourse", "show", now)["now"]
    assert left not in (now, token)
    assert desk.json("bank2", "recourse", "withdraw", left)["token"] == now


def test_nobody_is_sent_to_a_ground_that_does_not_help(desk: Desk, demand: str) -> None:
    """use: who asked on the ground agreed for what a pledge brought was told to ask on the ground agreed."""
    _, token = accepted_bill(desk)
    pledge = ("--to", "bank2", "--secured", "1000.00", "--due", "+2d", "--contract", "L-1")
    made = desk.json("supplier1", "token", "pledge", token, *pledge)["pledge"]
    desk.json("bank2", "pledge", "accept", made, "--registration", "ZD-2")
    desk.text("localnet", "clock", "--advance", "4d")
    desk.json("bank2", "token", "enforce", made, "--owed", "1000.00")
    desk.json("supplier1", "pledge", "agree", made)
    [taken] = desk.json("bank2", "token", "list", "--holder", "bank2")
    ask = ("--as", "bank2", "--lang", "zh", "token", "recourse", taken["id"], "--amount", "1.00", "--document", demand)
    desk.text(*ask, "--ground", "agreed", expect=3)
    assert "按双方协商提出" not in desk.err
    assert "均无人可供追索" in desk.err
