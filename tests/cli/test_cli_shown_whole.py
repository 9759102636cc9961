"""What a node shows of an object its command shows to people, too; what banks report is told apart."""

from __future__ import annotations

import pytest
from chainbill_cli import preview
from chainbill_cli.shapes import fields_of
from chainbill_contracts.declared_reads import reads
from cli.cli_desk import Desk, accepted_bill

LEFT_OUT = {
    "bill": {"settled_in_time"},
    "request": {"quotes", "held_days", "allowed_ms", "set_aside"},
    "quote": {"envelope"},
    "token": {"claim"},
    "joint": set(),
    "pledge": {"ranges", "moves"},
    "claim": set(),
    "prepayment": set(),
    "sale": set(),
    "product": {"alg"},
    "status_order": {"allowed_ms"},
    "order": {"concerned", "created"},
    "entry": {"created"},
    "freeze": {"over", "created"},
}
"""Quotes have a table below their request; the others are how days are counted, of one value only, or said otherwise:
whom an order concerns by its items, what waits for a bank before that records its money, what a freeze is over by its
range, freezes that move to what a pledge frees by those."""


def test_no_field_of_an_object_is_left_out() -> None:
    """Product, event, days of steps, and the number of a registration showed nowhere but in JSON."""
    objects = [read for read in reads().values() if read.fields]
    assert {one.name for one in objects} == set(LEFT_OUT)
    for read in objects:
        shown = {column.path.partition(".")[0] for column in fields_of(read.name)}
        kept = {name for name, field in read.row.fields.items() if not field.unseen}
        assert kept - shown == LEFT_OUT[read.name], read.name


def financed(desk: Desk) -> tuple[str, str]:
    bill, token = accepted_bill(desk)
    request = desk.json("supplier1", "finance", "request", token, "--to", "bank2")["request"]
    quote = desk.json("bank2", "finance", "quote", request, "--rate", "3.85", "--no-recourse")["quote"]
    desk.json("supplier1", "finance", "agree", quote)
    return bill, quote


@pytest.mark.parametrize(("language", "said", "absent"), [("zh", "登记编号", "实付"), ("en", "registration", "paid")])
def test_a_quote_shows_the_registration_once_it_is_paid(desk: Desk, language: str, said: str, absent: str) -> None:
    _, quote = financed(desk)
    before = desk.text("--as", "bank2", "--lang", language, "finance", "show", quote)
    assert absent not in before.replace("paid by", "")
    desk.json("bank2", "finance", "disburse", quote, "--reference", "F-1", "--registration", "ZD-9")
    shown = desk.text("--as", "bank2", "--lang", language, "finance", "show", quote)
    assert f"{said}  " in shown
    assert "ZD-9" in shown
    assert absent in shown.replace("paid by", "")


@pytest.mark.parametrize(("language", "said"), [("en", "has lapsed"), ("zh", "已失效")])
def test_money_for_an_agreement_that_lapsed_is_kept_as_it_is_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    """The net was shown as paid and 0.00 was written down, with no word that nothing would move."""
    _, quote = financed(desk)
    desk.text("localnet", "clock", "--advance", "40d")
    assert desk.json("bank2", "finance", "show", quote)["status"] == "expired"
    net = desk.json("bank2", "finance", "show", quote)["agreed_net"]
    with monkeypatch.context() as patched:
        patched.setattr(preview, "person", lambda: True)
        patched.setattr(preview, "confirm", lambda *_, **__: True)
        desk.text("--as", "bank2", "--lang", language, "finance", "disburse", quote, "--reference", "U-1")
    assert said in " ".join(desk.err.split())
    assert f"{net / 100:,.2f}" in desk.out
    assert "0.00 CNY" not in [line.split("  ")[-1].strip() for line in desk.out.splitlines()]
    assert "chainbill finance request" in desk.err
    [row] = desk.json("bank2", "bill", "receipts", "--kind", "unmatched")
    assert row["amount"] == net
    assert desk.json("bank2", "finance", "disburse", quote, "--reference", "U-1")["repeated"] is True


def reported(desk: Desk) -> tuple[str, str]:
    """A bill whose one payment came back and was made again; bill and token."""
    bill, token = accepted_bill(desk)
    desk.json("bank1", "bill", "settle", bill, "--amount", "1000.00", "--reference", "S-1")
    for status, reference in (("returned", "X-1"), ("instructed", "X-2"), ("paid", "X-3")):
        desk.json("bank1", "bill", "payment", bill, token, "--status", status, "--reference", reference)
    return bill, token


def test_reports_on_one_payment_are_told_apart_and_not_added_up(desk: Desk) -> None:
    """Three reports on 1,000.00 read as 3,000.00, in three rows alike."""
    _, token = reported(desk)
    told = desk.text("--as", "bank1", "--lang", "zh", "bill", "receipts", "--kind", "payment", "-o", "wide")
    for said in ("已退汇", "已指令", "已付款", token):
        assert said in told, said
    assert "3,000.00" not in desk.out + desk.err
    desk.text("--as", "bank1", "bill", "receipts", "--kind", "all")
    assert "3,000.00" not in desk.err
    assert "1,000.00 CNY" in desk.err


def test_a_bill_says_which_bank_pays_in_the_place_of_another(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bank that had left was shown as the one that pays, and refused as "only the bank that the bill names"."""
    bill, _ = accepted_bill(desk)
    assert "pays in its place" not in desk.text("--as", "anchor", "bill", "show", bill)
    desk.json("bank2", "party", "successor", "accept", "bank1")
    desk.json("bank1", "party", "successor", "name", "bank2")
    for language, said in (("en", "pays in its place"), ("zh", "现由承继行兑付")):
        shown = desk.text("--as", "anchor", "--lang", language, "bill", "show", bill)
        [line] = [one for one in shown.splitlines() if said in one]
        assert "bank2" in line
        with monkeypatch.context() as patched:
            patched.setattr(preview, "person", lambda: True)
            patched.setattr(preview, "confirm", lambda *_, **__: False)
            desk.text("--as", "anchor", "--lang", language, "bill", "void", bill, "--reason", "x", expect=1)
        assert said in desk.err


def test_a_history_says_each_reference(desk: Desk) -> None:
    bill, _ = reported(desk)
    told = desk.text("--as", "bank1", "bill", "history", bill, "-o", "wide")
    lines = told.splitlines()
    for kind, reference in (
        ("money received", "S-1"), ("settled", "S-1"), ("payment returned", "X-1"), ("payment instructed", "X-2"),
        ("payment made", "X-3"),
    ):  # fmt: skip
        assert any(kind in line and reference in line for line in lines), kind
    assert "X-3" in desk.text("--as", "bank1", "bill", "history", bill, "-o", "csv")
