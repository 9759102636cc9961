"""Invoices that say a thing twice: one file, two numbers, and so two fingerprints for one claim. They are refused."""

from __future__ import annotations

import pytest
from chainbill_cli.failure import Failure
from chainbill_cli.invoice import parse_invoice
from chainbill_cli.texts import set_language
from cli.test_cli_invoice import CHINESE, UBL

UBL_ONCE = (
    "<cbc:ID>2026-0417</cbc:ID>", "<cbc:IssueDate>2026-03-02</cbc:IssueDate>",
    "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>", "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>",
    '<cbc:PayableAmount currencyID="EUR">240000.00</cbc:PayableAmount>',
)  # fmt: skip
CHINESE_ONCE = (
    "<InvoiceNumber>26310000000000000017</InvoiceNumber>", "<IssueTime>2026-03-02 10:15:08</IssueTime>",
    "<TotalTax-includedAmount>1000000.00</TotalTax-includedAmount>",
)  # fmt: skip
CASES = [(UBL, one) for one in UBL_ONCE] + [(CHINESE, one) for one in CHINESE_ONCE]


def refused(content: str) -> str:
    set_language("zh")
    try:
        with pytest.raises(Failure) as failure:
            parse_invoice(content.encode(), "i.xml")
    finally:
        set_language("en")
    assert failure.value.problem["hint"]
    return str(failure.value.problem["detail"])


@pytest.mark.parametrize(("content", "one"), CASES)
def test_what_stands_twice_is_refused(content: str, one: str) -> None:
    """attack: the first was taken in silence, of two type codes the one that is not a corrected invoice's."""
    assert content.count(one) == 1
    name = one[1:].partition(">")[0].partition(" ")[0]
    said = refused(content.replace(one, one.replace("2", "1").replace("380", "384") + one))
    assert said == f"i.xml：{name} 出现多次，不同的读取方可能取其中不同的一处"


@pytest.mark.parametrize(("content", "one"), CASES)
def test_what_holds_elements_is_no_text(content: str, one: str) -> None:
    assert "其中却含有其他元素" in refused(content.replace(one, one.replace("</", "<x>1</x></", 1)))


@pytest.mark.parametrize("side", ["AccountingSupplierParty", "AccountingCustomerParty"])
def test_two_parties_of_one_role_are_refused(side: str) -> None:
    begin, end = UBL.index(f"<cac:{side}>"), UBL.index(f"</cac:{side}>") + len(f"</cac:{side}>")
    assert "出现多次" in refused(UBL[:begin] + UBL[begin:end] + UBL[begin:])


def test_a_long_number_is_not_cut() -> None:
    """Two numbers that differ behind the 256th character had one fingerprint."""
    assert "ID 超过 256 个字符" in refused(UBL.replace(">2026-0417<", f">{'A' * 257}<"))
    assert parse_invoice(UBL.replace(">2026-0417<", f">{'A' * 256}<").encode()).number == "A" * 256


def test_a_comment_inside_a_text_says_nothing() -> None:
    assert parse_invoice(UBL.replace(">2026-0417<", ">2026-<!-- x -->0417<").encode()).number == "2026-0417"
