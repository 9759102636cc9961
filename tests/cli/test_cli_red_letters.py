"""`invoice red-letter`, `bill add-invoices`, `bill dilute --red`, on a ledger, with the files that people have."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from chainbill_cli import preview
from cli.cli_desk import Desk, Refused
from cli.test_cli_comparing import right_invoice
from cli.test_cli_invoice import CHINESE

Make = Callable[[str, str], str]


@pytest.fixture
def chinese(desk: Desk, tmp_path: Path) -> Make:
    """Files of 数电票 of supplier1 to anchor by the last digits of their number and their total."""
    ids = {name: desk.json("auditor", "party", "show", name)["id"] for name in ("supplier1", "anchor")}

    def make(number: str, total: str) -> str:
        content = re.sub("<(TotalAmWithoutTax|TotalTaxAm)>.*", "", CHINESE)
        for old, new in {
            "91990000C7N3YWYG82": ids["supplier1"], "91990000DMXNLX924E": ids["anchor"],
            "26310000000000000017": f"263100000000000000{number}", ">1000000.00<": f">{total}<",
            "2026-03-02": "2027-03-02",
        }.items():  # fmt: skip
            content = content.replace(old, new)
        path = tmp_path / f"{number}.xml"
        path.write_text(content, encoding="utf-8")
        return str(path)

    return make


def accepted(desk: Desk, *invoices: str) -> tuple[str, str]:
    words = [word for one in invoices for word in ("--invoice", one)]
    bill = str(desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--due", "+120d", *words)["bill"])
    desk.json("anchor", "bill", "confirm", bill)
    return bill, str(desk.json("supplier1", "bill", "accept", bill)["token"])


def test_the_file_of_a_note_lowers_the_invoice_and_a_dilution_names_it(
    desk: Desk, chinese: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """10,000.00 of which 6,000.00 stand behind the bill; the note takes 7,000.00 off: 3,000.00 are beyond the total."""
    bill, token = accepted(desk, f"{chinese('17', '10000.00')}=6000.00")
    note = chinese("18", "-7000.00")
    joint = desk.json("supplier1", "invoice", "red-letter", bill, "--red", note, "--reason", "退货")["joint"]
    [row] = desk.json("anchor", "bill", "joint", "list", "--kind", "red_letter")
    assert (row["amount"], row["content"]["new_total"], row["content"]["bank"]) == (700_000, 300_000, "")
    with monkeypatch.context() as patched:
        patched.setattr(preview, "person", lambda: True)
        patched.setattr(preview, "confirm", lambda *_, **__: True)
        told = desk.text("--as", "anchor", "--lang", "zh", "bill", "answer", joint, "yes")
    for said in ("红字发票", "调低金额：7,000.00 CNY", "调低后总额：3,000.00 CNY", "退货", bill):
        assert said in desk.err
    assert "超出总额的占用" in told
    assert "3,000.00" in told
    mark = desk.json("supplier1", "bill", "show", bill)["invoices"][0]["fingerprint"]
    [shown] = desk.json("anchor", "invoice", "list", "--status", "over_occupied")
    assert (shown["fingerprint"], shown["occupied"], shown["total"]) == (mark, 600_000, 300_000)
    asked = ("finance", "request", token, "--to", "bank1", "--amount", "100.00")
    assert desk.json("supplier1", *asked, expect=3)["code"] == "invoice_over_occupied"
    paper = tmp_path / "credit-note.pdf"
    paper.write_bytes(b"returned goods")
    less = ("bill", "dilute", bill, "--token", token, "--amount", "3000.00", "--credit-note", str(paper))
    red = shown["reds"][0]["red"]
    joint = desk.json("supplier1", *less, "--red", red)["joint"]
    answer = desk.json("anchor", "bill", "answer", joint, "yes")
    assert answer["outstanding"] == 300_000
    [shown] = desk.json("anchor", "invoice", "list", "--status", "occupied")
    assert (shown["occupied"], shown["total"], shown["reds"][0]["left"]) == (300_000, 300_000, 400_000)
    request = desk.json("supplier1", "finance", "request", answer["token"], "--to", "bank1", "--amount", "100.00")
    assert request["status"] == "committed"


def test_other_invoices_take_the_place_of_one(desk: Desk, chinese: Make) -> None:
    bill, _ = accepted(desk, chinese("17", "6000.00"), chinese("18", "4000.00"))
    marks = [one["fingerprint"] for one in desk.json("anchor", "bill", "show", bill)["invoices"]]
    words = ("invoice", "red-letter", bill, "--red", chinese("19", "-3000.00"))
    assert "--invoice" in desk.text("--as", "anchor", *words, expect=2) + desk.err, "which of the two is asked for"
    joint = desk.json("anchor", *words, "--invoice", marks[1][:12])["joint"]
    [asked] = desk.json("supplier1", "bill", "joint", "list", "--kind", "red_letter")
    assert (asked["amount"], asked["content"]["new_total"]) == (300_000, 100_000)
    desk.json("supplier1", "bill", "answer", joint, "yes")
    third = chinese("20", "9000.00")
    coming = ("bill", "add-invoices", bill, "--invoice", f"{third}=4000.00", "--replace", marks[1][:12])
    joint = desk.json("supplier1", *coming)["joint"]
    assert desk.json("anchor", "bill", "answer", joint, "yes")["bill_status"] == "active"
    behind = desk.json("anchor", "bill", "show", bill)["invoices"]
    assert [(one["amount"], one["total"]) for one in behind] == [(600_000, 600_000), (400_000, 900_000)]


def test_a_bill_with_all_its_invoices_takes_no_more(desk: Desk, chinese: Make, refused: Refused) -> None:
    """It was told the limits 0.00 and 0.00."""
    bill, _ = accepted(desk, chinese("17", "6000.00"))
    coming = ("bill", "add-invoices", bill, "--invoice", f"{chinese('18', '4000.00')}=1.00")
    assert refused("supplier1", *coming) == "invoices_cover_the_bill"
    desk.text("--as", "supplier1", "--lang", "zh", *coming, expect=3)
    assert "凭证的全部金额均已有发票" in desk.err
    assert "--replace" in desk.err


def test_what_another_bill_took_off_an_invoice_is_off_its_total(desk: Desk, chinese: Make, tmp_path: Path) -> None:
    """10,000.00 behind two bills; a credit note on one takes 1,000.00 off, a note on the other 2,000.00: 7,000.00."""
    invoice = chinese("17", "10000.00")
    first, token = accepted(desk, f"{invoice}=4000.00")
    second, _ = accepted(desk, f"{invoice}=4000.00")
    paper = tmp_path / "credit-note.pdf"
    paper.write_bytes(b"returned goods")
    less = ("bill", "dilute", first, "--token", token, "--amount", "1000.00", "--credit-note", str(paper))
    desk.json("anchor", "bill", "answer", desk.json("supplier1", *less)["joint"], "yes")
    joint = desk.json("supplier1", "invoice", "red-letter", second, "--red", chinese("18", "-2000.00"))["joint"]
    desk.json("anchor", "bill", "answer", joint, "yes")
    [shown] = desk.json("anchor", "invoice", "list")
    assert (shown["occupied"], shown["total"]) == (700_000, 700_000)


def test_the_sponsor_attests_by_two_people_what_its_customer_cannot_get_from_the_other_side(
    desk: Desk, chinese: Make
) -> None:
    bill, _ = accepted(desk, chinese("17", "6000.00"))
    bank = desk.json("supplier1", "party", "show", "supplier1")["sponsor"]
    words = ("invoice", "red-letter", bill, "--red", chinese("18", "-6000.00"), "--attested-by")
    assert desk.json("supplier1", *words, "bank2", expect=3)["code"] == "not_its_own_bank"
    joint = desk.json("supplier1", *words, bank)["joint"]
    answer = desk.json("bank1", "bill", "answer", joint, "yes")
    assert answer["beyond"] == 600_000
    assert desk.json("anchor", "bill", "show", bill)["invoices"][0]["total"] == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_file_that_is_no_note_is_refused_with_what_to_give(desk: Desk, chinese: Make, language: str) -> None:
    invoice = chinese("17", "6000.00")
    bill, _ = accepted(desk, invoice)
    desk.text("--as", "supplier1", "--lang", language, "invoice", "red-letter", bill, "--red", invoice, expect=1)
    assert {"en": "no red-letter note", "zh": "不是红字发票"}[language] in desk.err
    assert "--total" in desk.err


def test_a_note_of_others_is_refused(desk: Desk, chinese: Make, tmp_path: Path) -> None:
    bill, _ = accepted(desk, chinese("17", "6000.00"))
    other = Path(chinese("18", "-6000.00"))
    buyer = desk.json("auditor", "party", "show", "anchor")["id"]
    other.write_text(other.read_text(encoding="utf-8").replace(buyer, "91990000DMXNLX924E"), encoding="utf-8")
    desk.text("--as", "supplier1", "invoice", "red-letter", bill, "--red", str(other), expect=3)


def test_invoices_come_to_a_bill_in_ubl_too(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "invoice.xml"
    path.write_text(right_invoice(desk), encoding="utf-8")
    made = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "100.00", "--due", "+120d")
    desk.json("anchor", "bill", "confirm", made["bill"])
    desk.json("supplier1", "bill", "accept", made["bill"])
    joint = desk.json("supplier1", "bill", "add-invoices", made["bill"], "--invoice", f"{path}=100.00")["joint"]
    desk.json("anchor", "bill", "answer", joint, "yes")
    assert [one["amount"] for one in desk.json("anchor", "bill", "show", made["bill"])["invoices"]] == [10_000]


def test_a_note_takes_off_no_more_than_the_invoice_has(desk: Desk, chinese: Make) -> None:
    """It lowered the invoice to nothing without a word."""
    bill, _ = accepted(desk, chinese("17", "6000.00"))
    words = ("--as", "supplier1", "--lang", "zh", "invoice", "red-letter", bill, "--red", chinese("18", "-6000.01"))
    desk.text(*words, expect=2)
    for said in ("6,000.01 CNY", "6,000.00 CNY", "--total 0"):
        assert said in desk.err
    assert desk.json("supplier1", *words[4:], "--total", "0")["status"] == "committed"


def test_a_bill_without_invoices_has_none_to_lower(desk: Desk, chinese: Make) -> None:
    """It was said that nothing is no fingerprint."""
    words = ("bill", "issue", "--debtor", "anchor", "--amount", "10.00", "--due", "+90d")
    bill = desk.json("supplier1", *words)["bill"]
    red = ("invoice", "red-letter", bill, "--red", chinese("18", "-1.00"))
    desk.text("--as", "supplier1", "--lang", "zh", *red, expect=2)
    assert "未载明发票" in desk.err
    assert "add-invoices" in desk.err


def test_what_is_shown_of_a_dilution_and_an_invoice_leaves_nothing_out(
    desk: Desk, chinese: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note stood in no line of the dilution; an invoice was a row with its fingerprint cut off."""
    monkeypatch.setenv("COLUMNS", "80")
    bill, token = accepted(desk, chinese("17", "6000.00"))
    joint = desk.json("supplier1", "invoice", "red-letter", bill, "--red", chinese("18", "-1000.00"))["joint"]
    red = desk.json("anchor", "bill", "joint", "show", joint)["content"]["red"]
    desk.json("anchor", "bill", "answer", joint, "yes")
    paper = tmp_path / "note.txt"
    paper.write_text("note", encoding="utf-8")
    words = ("bill", "dilute", bill, "--token", token, "--amount", "1000.00", "--credit-note", str(paper))
    joint = desk.json("supplier1", *words, "--red", red)["joint"]
    shown = desk.text("--as", "anchor", "--lang", "zh", "bill", "joint", "show", joint)
    assert "红字发票" in shown
    assert red in shown
    [listed] = desk.json("anchor", "invoice", "list")
    shown = desk.text("--as", "anchor", "--lang", "zh", "invoice", "show", listed["fingerprint"][:8])
    assert listed["fingerprint"] in shown
    assert "5,000.00 CNY" in shown
    told = desk.text("--as", "anchor", "--lang", "zh", "invoice", "list"), desk.err
    assert "合计 已占用 6,000.00 CNY" in "".join(told)


def test_a_note_is_shown_with_the_fingerprint_by_which_acts_name_it(desk: Desk, chinese: Make) -> None:
    """The hint for its fingerprint led to a refusal, that the note is no claim."""
    shown = desk.text("--as", "supplier1", "--lang", "zh", "invoice", "show", chinese("18", "-70.00"))
    assert "调低金额  70.00 CNY" in shown
    assert "invoice red-letter" in desk.err
    bill, _ = accepted(desk, chinese("17", "100.00"))
    asked = ("invoice", "red-letter", bill, "--red", chinese("18", "-70.00"))
    joint = desk.json("supplier1", *asked)["joint"]
    red = desk.json("anchor", "bill", "joint", "show", joint)["content"]["red"]
    words = ("invoice", "show", chinese("18", "-70.00"), "--creditor", "supplier1")
    assert red in desk.text("--as", "supplier1", *words)
    assert desk.json("supplier1", *words)["off"] == 7_000
