"""What is shown before a signature, on the real ledger: all that is signed, and what it stands on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from chainbill_cli import preview as previews
from chainbill_cli.texts import has_text
from chainbill_cli.told import FOLDED, told
from cli.cli_desk import Desk, accepted_bill, sent
from contracts.test_money_in_refusals import refusals

from chainbill.codec import decode
from chainbill.ledger.transaction import decode_body


def shows(told: str, *parts: str) -> None:
    missing = [part for part in parts if part not in told]
    assert not missing, f"{missing} not in\n{told}"


def test_use_6_a_bill_is_shown_with_contract_delivery_and_terms(desk: Desk, seen: Callable[..., str]) -> None:
    issue = [
        "bill", "issue", "--debtor", "anchor", "--amount", "1000.00", "--due", "+120d", "--contract", "C-7",
        "--delivered", "today", "--term", "non_transferable=true", "--term", "debtor_pays_interest=true",
        "--reference", "PO-1",
    ]  # fmt: skip
    today = desk.json("anchor", "network", "show")["date"]
    parts = ["contract: C-7", f"delivered on: {today}", "cannot be passed on", "charge the debtor", "(in 120 days)"]
    shows(seen("supplier1", *issue), *parts, "your reference: PO-1")
    bill = desk.json("anchor", "bill", "list")[0]["id"]
    shows(desk.text("--as", "anchor", "bill", "show", bill), "cannot be passed on", "charge the debtor", "C-7", today)
    shows(seen("anchor", "bill", "confirm", bill), *parts, "face: 1,000.00 CNY", f"bill: {bill}")
    shows(seen("supplier1", "bill", "accept", bill, language="zh"), "合同编号：C-7", "不得转让", "120 天后", "兑付行")


def test_use_9_a_due_date_of_another_century_is_looked_at_twice(desk: Desk, seen: Callable[..., str]) -> None:
    words = ["bill", "issue", "--debtor", "anchor", "--amount", "5.00", "--due"]
    shows(seen("supplier1", *words, "2207-03-31", "--far-due"), "LOOK TWICE", "more than a year")
    assert "LOOK TWICE" not in seen("supplier1", *words, "+365d")
    shows(seen("supplier1", *words, "+120d", "--currency", "GBP"), "LOOK TWICE", "no attested account in GBP")


def test_use_6_a_quote_shows_what_it_comes_to(desk: Desk, seen: Callable[..., str]) -> None:
    bill, root = accepted_bill(desk, "100000.00")
    asked = desk.json("supplier1", "finance", "request", root, "--to", "bank2")["request"]
    told = seen("bank2", "finance", "quote", asked, "--rate", "3.85", "--no-recourse", "--fee", "10.00")
    shown_bill = desk.json("bank2", "bill", "show", bill)
    quote = desk.json("supplier1", "finance", "show", asked)["quotes"][0]
    if not isinstance(quote, dict):
        quote = desk.json("supplier1", "finance", "show", quote)
    parts = [
        f"interest: {quote['interest'] / 100:,.2f} CNY", f"paid out: {quote['net'] / 100:,.2f} CNY", "fee: 10.00 CNY",
        f"days of interest: {quote['days']}",
        "interest is paid by: the holder", "without recourse", f"value date: {quote['value_date']}",
        f"to be paid out by: {quote['disburse_by']}", f"the quote stands until: {quote['valid_until']}",
        f"payable on: {shown_bill['pay_on']}", "rate: 3.8500% act/360",
    ]  # fmt: skip
    shows(told, *parts, "request stands until")
    assert told.count("interest is paid by:") == 1, "said once, in words"
    shows(seen("supplier1", "finance", "agree", quote["id"]), *parts)
    told = seen("bank2", "finance", "disburse", quote["id"], "--reference", "P-1", "--registration", "Z-1")
    shows(told, *parts, "paid by the bank", "reference: P-1", "registration: Z-1")


def test_a_disbursement_on_another_day_is_shown_as_the_ledger_will_record_it(
    desk: Desk, seen: Callable[..., str]
) -> None:
    """use: quoted from the day after tomorrow and paid today, it was shown with days and interest of the quote."""
    issue = ("bill", "issue", "--debtor", "anchor", "--amount", "100000.00", "--due", "+120d")
    bill = desk.json("supplier1", *issue, "--term", "debtor_pays_interest=true")["bill"]
    desk.json("anchor", "bill", "confirm", bill)
    root = desk.json("supplier1", "bill", "accept", bill)["token"]
    asked = desk.json("supplier1", "finance", "request", root, "--to", "bank2")["request"]
    words = ("--rate", "3.85", "--no-recourse", "--value-date", "+2d", "--interest-payer", "债务人")
    quote = desk.json("bank2", "finance", "quote", asked, *words)["quote"]
    desk.json("supplier1", "finance", "agree", quote)
    quoted = desk.json("bank2", "finance", "show", quote)
    words = ("finance", "disburse", quote, "--reference", "P-1", "--registration", "Z-1")
    told = seen("bank2", *words, language="zh")
    paid = desk.json("bank2", "finance", "show", quote)
    assert paid["days"] == quoted["days"] + 2
    assert paid["interest"] > quoted["interest"]
    parts = [f"起息日：{paid['value_date']}", f"银行已付金额：{paid['paid'] / 100:,.2f} CNY"]
    shows(told, f"计息天数：{paid['days']}", f"利息：{paid['interest'] / 100:,.2f} CNY", *parts)
    assert f"计息天数：{quoted['days']}" not in told
    assert quoted["value_date"] not in told
    assert "签署内容：报价、银行流水号、起息日" in told, "what is signed has the names of its lines"
    shown = desk.text("--as", "bank2", "finance", "show", quote, "--lang", "zh")
    shows(shown, "利息承担方", "债务人（买方付息）", "实付", "P-1")


@pytest.mark.parametrize("other_day", [False, True])
@pytest.mark.parametrize("part_paid", [False, True])
def test_a_disbursement_is_shown_as_the_ledger_will_record_it_whatever_came_between(
    desk: Desk, seen: Callable[..., str], part_paid: bool, other_day: bool
) -> None:
    """A bank that pays what was agreed is to see before it signs for how much of the token, and at which interest."""
    bill, root = accepted_bill(desk, "100000.00")
    asked = desk.json("supplier1", "finance", "request", root, "--to", "bank2")["request"]
    day = ("--value-date", "+2d") if other_day else ()
    quote = desk.json("bank2", "finance", "quote", asked, "--rate", "3.85", "--no-recourse", *day)["quote"]
    desk.json("supplier1", "finance", "agree", quote)
    if part_paid:
        desk.json("bank1", "bill", "settle", bill, "--amount", "30000.00", "--reference", "S-1", "--partial")
    agreed = f"{desk.json('bank2', 'finance', 'show', quote)['net'] / 100:.2f}"
    words = ("finance", "disburse", quote, "--reference", "P-1", "--registration", "Z-1", "--amount", agreed)
    told = seen("bank2", *words)
    paid = desk.json("bank2", "finance", "show", quote)
    assert paid["amount"] == (7_000_000 if part_paid else 10_000_000)
    money = {name: f"{paid[name] / 100:,.2f} CNY" for name in ("amount", "interest", "net", "paid")}
    shows(told, f"amount: {money['amount']}", f"interest: {money['interest']}", f"paid out: {money['net']}")
    shows(told, f"paid by the bank: {money['paid']}", f"days of interest: {paid['days']}")
    assert ("the debtor has paid" in told.lower()) is part_paid


def test_a_disbursement_below_what_was_agreed_is_refused_before_it_is_signed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """use: paid two days before the day quoted, it comes to less, and the preview said the agreed sum was paid."""
    _, root = accepted_bill(desk, "100000.00")
    asked = desk.json("supplier1", "finance", "request", root, "--to", "bank2")["request"]
    words = ("--rate", "3.85", "--no-recourse", "--value-date", "+2d")
    quote = desk.json("bank2", "finance", "quote", asked, *words)["quote"]
    desk.json("supplier1", "finance", "agree", quote)
    monkeypatch.setattr(previews, "person", lambda: True)
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: pytest.fail("asked"))
    disburse = ("finance", "disburse", quote, "--registration", "Z-1", "--reference")
    for reference, more in (("P-1", ()), ("P-2", ("--amount", "1.00"))):
        assert desk.json("bank2", *disburse, reference, *more, expect=3)["code"] == "amount_below_agreed_net"
    monkeypatch.setattr(previews, "person", lambda: False)
    assert desk.json("bank2", *disburse, "P-1", expect=3)["code"] == "amount_below_agreed_net", "and so says the ledger"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--rate", "100", "--fee", "90000.00"], "net_not_positive"),
        (["--rate", "3", "--value-date", "+200d"], "value_date_not_before_payment"),
    ],
)
def test_use_6_a_quote_that_pays_nothing_out_is_refused_before_it_is_signed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, words: list[str], code: str
) -> None:
    _, root = accepted_bill(desk, "100000.00")
    asked = desk.json("supplier1", "finance", "request", root, "--to", "bank2")["request"]
    monkeypatch.setattr(previews, "person", lambda: True)
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: pytest.fail("asked"))
    desk.text("--as", "bank2", "finance", "quote", asked, "--no-recourse", *words, expect=3)
    assert "transaction" not in desk.err
    monkeypatch.setattr(previews, "person", lambda: False)
    told = desk.json("bank2", "finance", "quote", asked, "--no-recourse", *words, expect=3)
    assert told["code"] in {code, "disburse_by_too_late"}


def test_use_4_a_checker_sees_the_act_with_names_amounts_and_terms(
    desk: Desk, seen: Callable[..., str], tmp_path: Path
) -> None:
    made = desk.json(
        "supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "9900", "--currency", "JPY", "--due", "+120d",
        "--contract", "C-7", "--term", "non_transferable=true",
    )  # fmt: skip
    path = str(tmp_path / "confirm.tx")
    desk.json("anchor", "bill", "confirm", made["bill"], "--for-checker", path)
    parts = ["bill.confirm", "face: 9,900 JPY", "contract: C-7", "cannot be passed on", "(in 120 days)"]
    shows(seen("anchor-checker", "tx", "sign", path), *parts)
    shows(seen("anchor", "tx", "send", path), *parts)


def test_use_4_a_file_waits_for_a_checker_as_long_as_the_ledger_takes(desk: Desk, tmp_path: Path) -> None:
    bill = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "+120d")["bill"]
    path = tmp_path / "confirm.tx"
    words = ["bill", "confirm", bill, "--for-checker", str(path)]
    desk.json("anchor", *words)
    body = decode_body(decode(path.read_bytes())[0])
    hours = (body.valid_until_ms - desk.transport.node.ledger.info().time_ms) / 3_600_000
    assert 22.9 < hours < 23.1
    desk.transport.node.block([])
    desk.json("anchor-checker", "tx", "sign", str(path))
    assert desk.json("anchor", "tx", "send", str(path))["status"] == "committed"
    told = desk.json("anchor", *words, "--valid-for", "2d", expect=2)
    assert (told["code"], told["longest"]) == ("span_long", "1380m")
    for wrong in ("0h", "soon", "5", "-1h"):
        desk.json("anchor", *words, "--valid-for", wrong, expect=2)
    desk.json("anchor", *words, "--valid-for", "2h")
    body = decode_body(decode(path.read_bytes())[0])
    assert 1.9 < (body.valid_until_ms - desk.transport.node.ledger.info().time_ms) / 3_600_000 < 2.1


def test_use_3_figures_of_any_transaction_are_in_their_own_currency(desk: Desk, tmp_path: Path) -> None:
    party = desk.json("supplier1", "party", "show", "supplier1")["id"]
    desk.text("--as", "supplier1", "party", "account", "--announce", "JPY:bank1:6222")
    kept = next((desk.home / "accounts").glob("*-JPY-*.json"))
    desk.text("--as", "bank1", "party", "account", party, "--attest", "JPY", "--shown", str(kept))
    bill = desk.json(
        "supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "9900", "--currency", "JPY", "--due", "+120d"
    )["bill"]
    desk.json("anchor", "bill", "confirm", bill)
    desk.json("supplier1", "bill", "accept", bill)
    today = desk.json("anchor", "network", "show")["date"]
    path = str(tmp_path / "one.tx")
    arguments = {"bill": bill, "amount": 900, "reference": "P-1", "value_date": today, "partial": True}
    desk.text("--as", "bank1", "tx", "build", "--call", "settlement.settle", json.dumps(arguments), "--out", path)
    desk.text("--as", "bank1", "tx", "sign", path)
    assert "amount 900 JPY" in desk.text("--as", "bank1", "tx", "decode", path)
    told = desk.text("--as", "bank1", "tx", "send", path)
    transaction = next(word for word in desk.err.split() if len(word) == 64)
    assert "9,000 JPY" in told
    assert "900 JPY" in told
    assert "90.00" not in told
    for words in (["tx", "wait", transaction], ["tx", "show", transaction]):
        shows(desk.text("--as", "bank1", *words), "9,000 JPY", "900 JPY")
    assert desk.json("bank1", "tx", "wait", transaction)["outstanding"] == 9_000


def test_use_5_amounts_of_refusals_are_in_major_units_of_their_currency(desk: Desk) -> None:
    bill, root = accepted_bill(desk, "5000000.00")
    desk.json("bank1", "bill", "settle", bill, "--amount", "1.00", "--reference", "P-1", expect=3)
    assert "outstanding: 5,000,000.00 CNY" in desk.err
    assert "500000000" not in desk.err
    desk.json("supplier1", "token", "split", root, "--amount", "6000000.00", expect=3)
    assert "missing: 1,000,000.00 CNY" in desk.err
    asked = desk.json("supplier1", "finance", "request", root, "--to", "bank2")["request"]
    told = desk.json("bank2", "finance", "quote", asked, "--rate", "1", "--fee", "6000000.00", "--recourse", expect=3)
    assert "net: -1,016,666.67 CNY" in desk.err
    assert told["details"]["currency"] == "CNY"
    assert type(told["details"]["net"]) is int, "programs read minor units"


def test_use_5_every_detail_of_a_refusal_has_a_label() -> None:
    found = {name for _, _, names in refusals() for name in names}
    assert {"occupied", "agreed_net", "outstanding"} <= found
    assert not {one for one in found if not has_text(f"detail.{one}") and not has_text(f"column.{one}")}


def test_use_7_a_change_of_an_account_that_waits_is_shown(desk: Desk) -> None:
    desk.text("--as", "supplier1", "party", "account", "--announce", "CNY:bank2:777")
    rows = desk.text("--as", "supplier1", "party", "account", "-o", "csv").splitlines()
    change = desk.json("supplier1", "party", "account")[0]["next"]
    assert change["from"] in rows[2]
    assert "account_change_announced" in rows[2]
    told = desk.text("--as", "supplier1", "party", "account")
    shows(told, "change, to be attested", change["from"], "bank2")
    shows(desk.text("--as", "supplier1", "--lang", "zh", "party", "account"), "变更，待核验")


@pytest.mark.parametrize("who", ["regulator", "auditor"])
def test_use_9_who_cannot_hold_is_refused(desk: Desk, who: str) -> None:
    _, root = accepted_bill(desk)
    told = desk.json("supplier1", "token", "transfer", root, "--to", f"{who}:1.00", expect=3)
    assert told["code"] == "cannot_hold"
    issue = ["bill", "issue", "--debtor", "anchor", "--creditor", who, "--amount", "1", "--due", "+90d"]
    assert desk.json("anchor", *issue, expect=3)["code"] == "cannot_hold"


def test_use_8_a_bill_is_payable_until_it_is_paid(desk: Desk) -> None:
    bill, _ = accepted_bill(desk)
    for words in (["bill", "show", bill], ["trace", "bill", bill]):
        assert "payable on" in desk.text("--as", "anchor", *words)
        assert "paid on" not in desk.text("--as", "anchor", *words)


def test_amounts_of_a_bill_that_cannot_be_read_are_minor_units(desk: Desk, tmp_path: Path) -> None:
    path = str(tmp_path / "one.tx")
    arguments = {"bill": "B" + "0" * 17, "amount": 900, "reference": "P", "value_date": "2027-01-01", "partial": False}
    desk.text("--as", "bank1", "tx", "build", "--call", "settlement.settle", json.dumps(arguments), "--out", path)
    assert "amount 900 minor units" in desk.text("--as", "bank1", "tx", "decode", path)


def test_a_call_without_amounts_is_told(desk: Desk) -> None:
    made = sent(desk, "supplier1", "bill.withdraw", bill=accepted_or_drafted(desk), reason="")
    assert made["status"] == "committed"


def accepted_or_drafted(desk: Desk) -> str:
    return str(desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "+9d")["bill"])


def test_a_text_full_of_spaces_looks_like_no_line_of_the_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    """attack: a contract number of C-1, spaces up to the end of the clerk's terminal, and another face."""
    monkeypatch.setattr("sys.stderr", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setenv("COLUMNS", "110")
    for space in (" ", "\u00a0", "\u2800", "\u3000", "x"):
        filled = 97 // (2 if space == "\u3000" else 1)
        first, *others = told(f"  contract: C-1{space * filled}  face: 0.01 CNY", hard=True).split("\n")
        assert first.startswith("  contract:")
        assert "face" in others[-1]
        assert all(line.startswith(FOLDED) for line in others)
    assert told("  face: 1.00 CNY", hard=True) == "  face: 1.00 CNY"
