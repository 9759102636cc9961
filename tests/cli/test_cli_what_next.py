"""What a person is told to do next, where an act is not all that is to be done, or was not what it seemed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
import pytest
from chainbill_cli import asking, preview
from chainbill_cli.texts import set_language
from cli.cli_desk import Desk, accepted_bill, bill_over


def seen(desk: Desk, monkeypatch: pytest.MonkeyPatch, *words: str, expect: int = 0) -> str:
    """What a person sees who answers yes, in one line."""
    with monkeypatch.context() as patched:
        patched.setattr(preview, "person", lambda: True)
        patched.setattr(preview, "confirm", lambda *_, **__: True)
        desk.text(*words, expect=expect)
    return " ".join(desk.err.split())


def test_a_bank_is_told_that_a_part_was_paid_since(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told to pay the agreed net, a bank would have paid 49,480.00 for 33,333.33 of claims."""
    bill, token = accepted_bill(desk)
    request = desk.json("supplier1", "finance", "request", token, "--to", "bank2")["request"]
    quote = desk.json("bank2", "finance", "quote", request, "--rate", "3.85", "--no-recourse")["quote"]
    desk.json("supplier1", "finance", "agree", quote)
    desk.json("bank1", "bill", "settle", bill, "--amount", "400.00", "--partial", "--reference", "S-1")
    assert "600.00" in desk.text("--as", "bank2", "finance", "show", quote)
    disburse = ("finance", "disburse", quote, "--reference", "F-1")
    refused = seen(desk, monkeypatch, "--as", "bank2", *disburse, expect=3)
    assert "chainbill finance cancel" in refused
    told = seen(desk, monkeypatch, "--as", "bank2", "--lang", "zh", *disburse, "--amount", "1000.00")
    assert "债务人已兑付 400.00 CNY" in told
    assert "实付高于按现有金额计算的净额" in told


def test_an_order_that_waits_names_who_ratifies_it(desk: Desk, tmp_path: Path) -> None:
    paper = tmp_path / "ruling.pdf"
    paper.write_bytes(b"ruling")
    desk.text("--as", "bank2", "party", "suspend", "supplier2", "--document", str(paper))
    assert "chainbill party ratify S" in desk.err


def test_what_is_only_handed_in_says_how_to_learn_more(desk: Desk) -> None:
    issue = ("bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "+90d", "--yes", "--wait", "accepted")
    desk.text("--as", "supplier1", *issue)
    assert ("chainbill tx wait" in desk.err) == ("accepted" in desk.out)


def test_whom_an_anchors_figures_are_not_of(desk: Desk) -> None:
    accepted_bill(desk)
    desk.text("--as", "auditor", "--lang", "zh", "trace", "anchor", "supplier1")
    assert "不是核心企业" in desk.err
    desk.text("--as", "auditor", "trace", "anchor", "anchor")
    assert "no anchor" not in desk.err


@pytest.mark.parametrize("words", ["经办", "经办，复核", "maker、checker"])
def test_what_a_key_may_do_is_typed_as_it_is_read(desk: Desk, words: str) -> None:
    desk.text("key", "new", "second", "--no-passphrase")
    desk.json("supplier1", "party", "key", "add", "second", "--capability", words)
    desk.text("--as", "supplier1", "--lang", "zh", "party", "key", "add", "second", "--capability", "老板", expect=2)
    assert "经办、复核、管理" in desk.err


def test_a_fault_of_a_contract_is_told_in_words(desk: Desk) -> None:
    """Its raw code stood in a Chinese sentence, and a line of nothing that was named."""
    path = str(desk.home / "a.tx")
    desk.text("--as", "supplier1", "tx", "build", "--call", "bill.accept", '{"x": 1}', "--out", path)
    desk.text("--as", "supplier1", "tx", "sign", path)
    desk.text("--as", "supplier1", "--lang", "zh", "tx", "send", path, expect=3)
    assert "参数与函数不符" in desk.err
    assert "合约源码行" in desk.err


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_secret_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    """The same prompt came again and again."""
    typed = iter(["", "one", "two", "one", "one"])
    monkeypatch.setattr(click.termui, "hidden_prompt_func", lambda _: next(typed))
    set_language(language)
    assert asking.new_secret("secret") == "one"
    assert "--no-passphrase" in capsys.readouterr().err


def test_who_takes_a_change_back_sees_what_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number alone was shown, of a recovery not even whose."""
    desk.text("key", "new", "second", "--no-passphrase")
    made = desk.json("supplier1", "party", "key", "add", "second", "--capability", "maker")
    told = seen(desk, monkeypatch, "--as", "supplier1", "--lang", "zh", "party", "change", "withdraw", made["change"])
    public = json.loads(desk.text("key", "show", "second", "-o", "json"))["public"]
    for said in ("新增密钥", public, "经办", "生效日"):
        assert said in told, said


def test_a_recovery_is_vetoed_by_who_sees_whose_keys_come(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"paper")
    desk.text("key", "new", "fresh", "--no-passphrase")
    made = desk.json("bank1", "party", "recover", "supplier1", "--key", "fresh", "--document", str(paper))
    told = seen(desk, monkeypatch, "--as", "supplier1", "party", "recovery", "veto", made["recovery"])
    public = json.loads(desk.text("key", "show", "fresh", "-o", "json"))["public"]
    assert public in told
    assert "Supplier One" in told


def test_a_key_is_not_announced_twice(desk: Desk) -> None:
    """The later change lapsed on its day, and nothing said so."""
    desk.text("key", "new", "second", "--no-passphrase")
    made = desk.json("supplier1", "party", "key", "add", "second", "--capability", "maker")
    desk.text("--as", "supplier1", "--lang", "zh", "party", "rotate-key", "--new", "second", expect=2)
    assert made["change"] in desk.err
    assert "chainbill party change withdraw" in desk.err


def test_changes_keep_the_act_and_the_beginning_of_a_key_on_a_screen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.json("supplier1", "party", "policy", "--rule", "bill.issue:CNY:1000")
    desk.text("key", "new", "second", "--no-passphrase")
    desk.json("supplier1", "party", "rotate-key", "--new", "second")
    public = json.loads(desk.text("key", "show", "second", "-o", "json"))["public"]
    with monkeypatch.context() as patched:
        patched.setenv("COLUMNS", "80")
        patched.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
        told = desk.text("--as", "supplier1", "--lang", "zh", "party", "change", "list")
    assert "开立凭证" in told
    assert f"{public[:12]}…" in told
    assert public in desk.text("--as", "supplier1", "-o", "wide", "party", "change", "list")


def test_a_party_that_halted_is_not_told_as_active(desk: Desk) -> None:
    identifier = desk.json("supplier1", "party", "show", "supplier1")["id"]
    shown = desk.text("--as", "supplier1", "--lang", "zh", "party", "show", "supplier1")
    assert shown.count(identifier) == 1, "an identifier is no other than the id"
    assert "经办" in shown
    assert "chainbill party policy" in desk.err
    desk.json("supplier1", "party", "halt")
    shown = desk.text("--as", "supplier1", "--lang", "zh", "party", "show", "supplier1")
    assert "有效（已自行停用）" in shown
    assert desk.json("supplier1", "party", "show", "supplier1")["status"] == "active"


def test_who_gives_a_token_back_sees_to_whom(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = accepted_bill(desk)
    offered = desk.json("supplier1", "token", "transfer", token, "--to", "supplier2:1000.00")["tokens"][0]["id"]
    held = desk.json("supplier2", "token", "accept", offered)["token"]
    told = seen(desk, monkeypatch, "--as", "supplier2", "--lang", "zh", "token", "return", held)
    assert "退回给：一级供应有限公司" in told
    assert "仍由您持有" in told
    assert "退回给" in desk.out
    assert "退回原持有人的子凭证" not in desk.out, "supplier2 has it until supplier1 accepts"
    told = seen(desk, monkeypatch, "--as", "supplier1", "--lang", "zh", "token", "accept", held)
    assert "退回给：一级供应有限公司" in told
    assert "此为退回，不是转让" in told
    assert "受让方" not in told


def test_a_merge_says_what_it_comes_to(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = accepted_bill(desk)
    pieces = [one["id"] for one in desk.json("supplier1", "token", "split", token, "--amount", "400.00")["tokens"]]
    assert "1,000.00 CNY" in seen(desk, monkeypatch, "--as", "supplier1", "token", "merge", *pieces)


def test_a_payee_whose_bank_has_reported_has_nothing_left_to_do(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was told what a bank may report."""
    bill, token = accepted_bill(desk)
    desk.json("bank1", "bill", "settle", bill, "--amount", "1000.00", "--reference", "S-1")
    desk.json("bank1", "bill", "payment", bill, token, "--status", "paid", "--reference", "X-1")
    told = seen(desk, monkeypatch, "--as", "supplier1", "--lang", "zh", "bill", "received", bill, token, expect=3)
    assert "无须办理：兑付行已报告付款" in told


def test_a_transfer_to_several_says_who_gets_which(desk: Desk) -> None:
    _, token = accepted_bill(desk)
    told = desk.text(
        "--as", "supplier1", "--lang", "zh", "token", "transfer", token, "--to", "supplier2:300.00", "--to",
        "supplier3:400.00",
    )  # fmt: skip
    for amount, payee in (("300.00 CNY", "supplier2"), ("400.00 CNY", "supplier3")):
        assert f"{amount}、{payee}" in told


def test_csv_says_changes_votes_and_invoices_in_words(desk: Desk) -> None:
    """Raw JSON with minor units stood in cells of a spreadsheet, and no amount beside an invoice."""
    desk.json("supplier1", "party", "policy", "--rule", "bill.issue:CNY:1000")
    told = desk.text("--as", "supplier1", "--lang", "zh", "party", "change", "list", "-o", "csv")
    assert "1,000.00 CNY" in told
    assert "{" not in told
    proposed = desk.json("bank1", "governance", "propose", "parameter", "pending_days", "9")["proposal"]
    desk.json("bank1", "governance", "vote", proposed, "yes")
    told = desk.text("--as", "bank1", "--lang", "zh", "governance", "list", "-o", "csv")
    assert "bank1 赞成" in told
    assert "{" not in told
    bill = bill_over(desk, "ab" * 32, "supplier1", "anchor", 50_000)
    told = desk.text("--as", "anchor", "--lang", "zh", "bill", "show", bill, "-o", "csv")
    assert "500.00 / 500.00 CNY" in told
    assert "{" not in told


def test_little_things_say_what_they_did(desk: Desk) -> None:
    desk.text("localnet", "clock", "--advance", "0d", expect=2)
    assert "does not move" in desk.err
    desk.text("config", "set", "currency", "EUR")
    desk.text("--lang", "zh", "config", "unset", "currency")
    assert "已移除 currency" in desk.err


def test_who_leaves_learns_what_follows(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.text("--as", "supplier3", "--lang", "zh", "party", "leave")
    assert "chainbill party close" in desk.err
    assert "chainbill party stay" in desk.err
    issue = ("bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "+90d", "--yes")
    desk.text("--as", "supplier3", "--lang", "zh", *issue, expect=3)
    assert "退出中" in desk.err
    assert "chainbill party stay" in desk.err
    paper = tmp_path / "ruling.pdf"
    paper.write_bytes(b"ruling")
    other = tmp_path / "administrator.pdf"
    other.write_bytes(b"named")
    told = seen(
        desk, monkeypatch, "--as", "bank2", "--lang", "zh", "party", "insolvent", "supplier2", "--authority", "法院",
        "--number", "2027-破-1", "--document", str(paper), "--document", str(other),
    )  # fmt: skip
    assert "文号：2027-破-1" in told
