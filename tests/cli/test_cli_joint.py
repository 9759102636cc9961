"""`bill void`, `bill answer`, `bill joint`, on a ledger: what one side asks and the other answers."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from chainbill_cli import preview
from cli.cli_desk import Desk, Refused, accepted_bill, bill_over

pytestmark = pytest.mark.untraced


def asked(desk: Desk, bill: str) -> str:
    joint: str = desk.json("anchor", "bill", "void", bill, "--reason", "delivered back")["joint"]
    return joint


def test_a_bill_is_void_once_the_other_side_says_yes(desk: Desk) -> None:
    bill, _ = accepted_bill(desk)
    joint = asked(desk, bill)
    [row] = desk.json("supplier1", "bill", "joint", "list", "--asked", "supplier1", "--status", "open")
    assert (row["id"], row["kind"], row["bill"], row["reason"]) == (joint, "void", bill, "delivered back")
    told = desk.json("supplier1", "bill", "answer", joint, "yes")
    assert (told["joint_status"], told["bill"], told["bill_status"]) == ("done", bill, "void")
    shown = desk.json("anchor", "bill", "show", bill)
    assert (shown["status"], shown["void"], shown["outstanding"]) == ("void", shown["face"], 0)
    told = desk.text("--as", "anchor", "--lang", "zh", "bill", "show", bill)
    assert ["作废", "1,000.00", "CNY"] in [line.split() for line in told.splitlines()], "the figures make up the face"
    assert "应付 1" not in desk.text("--as", "anchor", "--lang", "zh", "trace", "bill", bill), "nobody owes it any more"
    assert desk.json("anchor", "bill", "joint", "show", joint)["ended_on"] != ""
    kinds = [one["kind"] for one in desk.json("anchor", "bill", "history", bill)]
    assert kinds[-1] == "void"


def test_what_was_asked_is_taken_back_or_refused(desk: Desk) -> None:
    bill, _ = accepted_bill(desk)
    assert desk.json("anchor", "bill", "joint", "withdraw", asked(desk, bill))["joint_status"] == "withdrawn"
    assert desk.json("supplier1", "bill", "answer", asked(desk, bill), "no")["joint_status"] == "refused"
    assert desk.json("anchor", "bill", "show", bill)["status"] == "active"


def test_a_stranger_does_not_answer(desk: Desk) -> None:
    bill, _ = accepted_bill(desk)
    joint = asked(desk, bill)
    desk.text("--as", "supplier2", "bill", "answer", joint, "yes", expect=3)
    assert "You were not asked" in desk.err


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_answers_sees_what_is_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    bill, _ = accepted_bill(desk)
    joint = asked(desk, bill)
    monkeypatch.setattr(preview, "person", lambda: True)
    monkeypatch.setattr(preview, "confirm", lambda *_, **__: True)
    desk.text("--as", "supplier1", "--lang", language, "bill", "answer", joint, "yes")
    for said in ("delivered back", bill, {"en": "void", "zh": "作废"}[language]):
        assert said in desk.err
    answers = [line.strip() for line in desk.err.splitlines() if line.strip().startswith(("answer:", "答复："))]
    assert answers == [{"en": "answer: yes", "zh": "答复：同意"}[language]], "once, in words"


def test_another_bank_pays_once_both_banks_agree(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    bill, _ = accepted_bill(desk)
    banks = {name: desk.json("anchor", "party", "show", name)["id"] for name in ("bank1", "bank2")}
    asking = ("bill", "paying-bank", bill, "--to", "bank2", "--reason", "one bank for all")
    joint = desk.json("anchor", *asking)["joint"]
    [row] = desk.json("bank2", "bill", "joint", "list", "--asked", "bank2", "--kind", "paying_bank")
    assert (row["id"], row["amount"], row["content"]) == (
        joint, 100_000, {"from": banks["bank1"], "to": banks["bank2"]},
    )  # fmt: skip
    first = desk.json("bank2", "bill", "answer", joint, "yes")
    assert (first["joint_status"], first["waits_for"]) == ("open", [banks["bank1"]])
    with monkeypatch.context() as patched:
        patched.setattr(preview, "person", lambda: True)
        patched.setattr(preview, "confirm", lambda *_, **__: True)
        told = desk.text("--as", "bank1", "--lang", "zh", "bill", "answer", joint, "yes")
    for said in ("更换兑付行", "现兑付行：", "拟兑付行：", "未兑付余额：1,000.00 CNY", "one bank for all", bill):
        assert said in desk.err
    assert "兑付行" in told
    assert desk.json("anchor", "bill", "show", bill)["paying_bank"] == banks["bank2"]
    shown = desk.text("--as", "anchor", "bill", "joint", "show", joint)
    assert shown.count("(yes)") == 2
    [step] = [one for one in desk.json("anchor", "bill", "history", bill) if one["kind"] == "paying_bank"]
    assert (step["from"], step["to"]) == (banks["bank1"], banks["bank2"])
    assert "another paying bank" in desk.text("--as", "anchor", "bill", "history", bill)
    paying = ("bill", "settle", bill, "--amount", "1000.00", "--reference", "PAY-1")
    assert desk.json("bank1", *paying, expect=3)["code"] == "not_the_paying_bank"
    assert desk.json("bank2", *paying)["status"] == "committed"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_asks_for_another_bank_sees_what_is_still_owed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    bill, _ = accepted_bill(desk)
    desk.json("bank1", "bill", "settle", bill, "--amount", "400.00", "--reference", "PAY-1", "--partial")
    monkeypatch.setattr(preview, "person", lambda: True)
    monkeypatch.setattr(preview, "confirm", lambda *_, **__: True)
    desk.text("--as", "anchor", "bill", "paying-bank", bill, "--to", "bank1", expect=3)
    assert "paying bank already" in desk.err
    desk.text("--as", "anchor", "--lang", language, "bill", "paying-bank", bill, "--to", "bank2", "--reason", "moved")
    said = {"en": ("is to pay:", "still owed: 600.00 CNY"), "zh": ("拟兑付行：", "未兑付余额：600.00 CNY")}
    for line in said[language]:
        assert line in desk.err


def test_a_credit_note_comes_off_a_bill(desk: Desk, tmp_path: Path) -> None:
    bill, token = accepted_bill(desk)
    note = tmp_path / "credit-note.pdf"
    note.write_bytes(b"returned goods")
    words = ["bill", "dilute", bill, "--token", token, "--amount", "100.00", "--credit-note", str(note)]
    joint = desk.json("anchor", *words, "--reason", "two crates back")["joint"]
    [row] = desk.json("supplier1", "bill", "joint", "list", "--kind", "dilution")
    assert (row["amount"], row["currency"], row["content"]["credit_note"]) == (
        10_000,
        "CNY",
        sha256(b"returned goods").hexdigest(),
    )
    told = desk.json("supplier1", "bill", "answer", joint, "yes")
    rest = desk.json("supplier1", "token", "show", told["token"])
    assert (told["bill_status"], told["outstanding"], rest["amount"]) == ("active", 90_000, 90_000)
    shown = desk.json("anchor", "bill", "show", bill)
    assert (shown["diluted"], shown["outstanding"]) == (10_000, 90_000)
    result = desk.text("--as", "anchor", "--lang", "zh", "tx", "show", told["transaction"])
    assert "未兑付 900.00 CNY" in result, "the answer names its bill, and so the currency"
    assert "扣减的子凭证 T" in result


def test_what_comes_off_which_invoice_is_asked_for_in_words(desk: Desk, tmp_path: Path) -> None:
    bill, token = accepted_bill(desk)
    note = tmp_path / "note"
    note.write_bytes(b"x")
    words = ["--as", "anchor", "bill", "dilute", bill, "--token", token, "--credit-note", str(note)]
    desk.text(*words, "--amount", "1.00", "--invoice", "abc", expect=2)
    assert "FINGERPRINT=AMOUNT" in desk.err
    desk.text(*words, "--amount", "2000.00", expect=3)
    assert "→" in desk.err


def test_what_was_unpaid_on_the_day_counts_what_came_off_later(desk: Desk, tmp_path: Path) -> None:
    bill, token = accepted_bill(desk)
    desk.text("localnet", "clock", "--advance", "130d")
    note = tmp_path / "note"
    note.write_bytes(b"x")
    words = ["bill", "dilute", bill, "--token", token, "--amount", "100.00", "--credit-note", str(note)]
    desk.json("supplier1", "bill", "answer", desk.json("anchor", *words)["joint"], "yes")
    steps = {one["kind"]: one["amount"] for one in desk.json("anchor", "bill", "history", bill)}
    assert (steps["due"], steps["overdue"], steps["diluted"]) == (100_000, 100_000, 10_000)


def test_a_used_bill_is_made_void_by_nobody(desk: Desk, refused: Refused) -> None:
    """use: who asked, and who answered, was first asked for a yes, and then refused by the ledger."""
    bill, root = accepted_bill(desk)
    joint = asked(desk, bill)
    assert refused("anchor", "bill", "void", bill) == "joint_open"
    desk.json("supplier1", "token", "transfer", root, "--to", "supplier2:300.00")
    assert refused("supplier1", "bill", "answer", joint, "yes") == "bill_part_used"
    desk.json("anchor", "bill", "joint", "withdraw", joint)
    assert refused("anchor", "bill", "void", bill) == "bill_part_used"


def test_nothing_comes_off_a_token_that_is_not_the_creditors(desk: Desk, refused: Refused, tmp_path: Path) -> None:
    bill, root = accepted_bill(desk)
    (tmp_path / "note").write_bytes(b"x")

    def words(token: str, amount: str) -> tuple[str, ...]:
        paper = str(tmp_path / "note")
        return "bill", "dilute", bill, "--token", token, "--amount", amount, "--credit-note", paper

    assert refused("anchor", *words(root, "1000.01")) == "amount_exceeds_tokens"
    joint = desk.json("anchor", *words(root, "1.00"))["joint"]
    assert refused("supplier1", *words(root, "1.00")) == "joint_open"
    cut = desk.json("supplier1", "token", "transfer", root, "--to", "supplier2:300.00")
    offered, rest = cut["tokens"][0]["id"], cut["remainder"]
    assert refused("supplier1", "bill", "answer", joint, "yes") == "token_already_used"
    desk.json("anchor", "bill", "joint", "withdraw", joint)
    assert refused("anchor", *words(offered, "1.00")) == "token_locked"
    paid = desk.json("supplier2", "token", "accept", offered)["token"]
    assert refused("anchor", *words(paid, "1.00")) == "token_not_the_creditors"
    assert desk.json("anchor", *words(rest, "1.00"))["joint"] != joint


def test_no_more_comes_off_an_invoice_than_stands_of_it(desk: Desk, refused: Refused, tmp_path: Path) -> None:
    paper = tmp_path / "note"
    paper.write_bytes(b"x")
    bill = bill_over(desk, "ab" * 32, "supplier1", "anchor", 100_000)
    [token] = desk.json("supplier1", "token", "list", "--bill", bill)
    words = ("bill", "dilute", bill, "--token", token["id"], "--amount", "5.00", "--credit-note", str(paper))
    assert refused("anchor", *words, "--invoice", f"{'cd' * 32}=5.00") == "part_exceeds_invoice"
    joint = desk.json("anchor", *words)["joint"]
    for language, said in {"en": ("invoices", "credit note"), "zh": ("发票", "贷项通知单")}.items():
        shown = desk.text("--as", "supplier1", "--lang", language, "bill", "joint", "show", joint)
        for one in (token["id"], "ab" * 32, "5.00 CNY", *said):
            assert one in shown, "all that is asked stands there"
    whole = desk.text("--as", "supplier1", "bill", "show", bill)
    assert "1,000.00 / 1,000.00 CNY" in whole
    assert "ab" * 32 in whole


def test_the_banks_of_a_joint_act_stand_in_it(desk: Desk) -> None:
    bill, _ = accepted_bill(desk)
    joint = desk.json("anchor", "bill", "paying-bank", bill, "--to", "bank2")["joint"]
    shown = desk.text("--as", "anchor", "--lang", "zh", "bill", "joint", "show", joint)
    assert [line.split() for line in shown.splitlines() if "兑付行" in line and "bank" in line] == [
        ["现兑付行", "bank1"], ["拟兑付行", "bank2"],
    ]  # fmt: skip


def test_a_bill_that_waits_says_when_it_ends_by_itself(desk: Desk) -> None:
    issue = ("bill", "issue", "--debtor", "anchor", "--amount", "1.00", "--due", "+120d")
    bill = desk.json("supplier1", *issue)["bill"]
    for act, who in (("confirm", "anchor"), ("accept", "supplier1")):
        row = desk.json("anchor", "bill", "show", bill)
        shown = desk.text("--as", "anchor", "--lang", "zh", "bill", "show", bill)
        assert ["自动过期日", row["expires_on"]] in [line.split() for line in shown.splitlines()]
        desk.json(who, "bill", act, bill)
    assert "自动过期日" not in desk.text("--as", "anchor", "--lang", "zh", "bill", "show", bill)


def test_a_day_of_payment_that_may_still_move_says_so(desk: Desk) -> None:
    """The calendar of its year is not decided: until then only weekends count."""
    bill, _ = accepted_bill(desk)
    final = desk.json("anchor", "bill", "show", bill)["pay_on_final"]
    shown = desk.text("--as", "anchor", "--lang", "zh", "bill", "show", bill)
    assert ["应付日已确定", "是" if final else "否"] in [line.split() for line in shown.splitlines()]
