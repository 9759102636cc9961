"""What an invoice is refused for: the field in words first, its code behind it, and a next step."""

from __future__ import annotations

import re

import pytest
from chainbill_cli.failure import Failure
from chainbill_cli.invoice import parse_invoice
from chainbill_cli.texts import set_language
from cli.test_cli_invoice import CHINESE, UBL

CODE = re.compile(r"BT-\d+|c[ab]c:\w+|[A-Z][a-z]+[A-Z]\w*")
BRACKETS = re.compile(r"（[^（）]*）|\([^()]*\)")
PAYABLE = '<cbc:PayableAmount currencyID="EUR">240000.00'
CN_TOTAL = "<TotalTax-includedAmount>1000000.00"


def refusal(content: str, language: str) -> dict[str, str]:
    set_language(language)
    try:
        with pytest.raises(Failure) as refused:
            parse_invoice(content.encode(), "i.xml")
    finally:
        set_language("en")
    return refused.value.problem


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("content", "old", "new", "field"), [
    (UBL, "<cbc:ID>2026-0417</cbc:ID>", "", "发票号码"),
    (UBL, "<cbc:IssueDate>2026-03-02", "<cbc:IssueDate>", "开票日期"),
    (UBL, "<cbc:IssueDate>2026-03-02", "<cbc:IssueDate>2026-13-02", "开票日期"),
    (UBL, "<cbc:DueDate>2026-06-30", "<cbc:DueDate>soon", "到期日"),
    (UBL, "<cbc:DocumentCurrencyCode>EUR", "<cbc:DocumentCurrencyCode>", "币种"),
    (UBL, "<cbc:DocumentCurrencyCode>EUR", "<cbc:DocumentCurrencyCode>USD", "待付金额"),
    (UBL, PAYABLE, PAYABLE.replace("240000.00", "1e9"), "待付金额"),
    (UBL, PAYABLE, PAYABLE.replace("240000.00", "-1"), "待付金额"),
    (UBL, PAYABLE, PAYABLE.replace("240000.00", "0.00"), "待付金额"),
    (UBL, PAYABLE, PAYABLE.replace("240000.00", ""), "待付金额"),
    (UBL, "cac:AccountingCustomerParty", "cac:Other", "购买方名称"),
    (UBL, "cac:AccountingSupplierParty", "cac:Other", "销售方名称"),
    (CHINESE, "<InvoiceNumber>26310000000000000017", "<InvoiceNumber>2631", "发票号码"),
    (CHINESE, "<IssueTime>2026-03-02 10:15:08", "<IssueTime>soon", "开票日期"),
    (CHINESE, CN_TOTAL, CN_TOTAL.replace("00.00", "00.01"), "价税合计"),
    (CHINESE, CN_TOTAL, CN_TOTAL.replace("1000000.00", ""), "价税合计"),
    (CHINESE, "<SellerName>明瑞汽车部件（示例）有限公司", "<SellerName> ", "销售方名称"),
    (CHINESE, "<SellerIdNum>", f"<SellerIdNum>{'9' * 60}", "销售方税号"),
])  # fmt: skip
def test_a_field_is_named_in_words_before_its_code(content: str, old: str, new: str, field: str, language: str) -> None:
    """An accountant read that `BT-2` was no date, or that `IssueTime` was missing."""
    assert old in content
    problem = refusal(content.replace(old, new), language)
    said = problem["detail"]
    assert CODE.search(said), "the code stands behind it"
    assert not CODE.search(BRACKETS.sub("", said)), said
    assert language == "en" or field in said
    assert not re.search(r"[\u4e00-\u9fff] [\u4e00-\u9fff]", said)
    assert problem["hint"]


def test_an_assigned_invoice_has_a_next_step() -> None:
    factored = UBL.replace("<cbc:InvoiceTypeCode>380", "<cbc:InvoiceTypeCode>393")
    assert "未转让的发票" in refusal(factored, "zh")["hint"]


def test_the_date_that_is_wrong_is_called_as_the_file_calls_it() -> None:
    """A file without `IssueTime` was told that its `IssueTime` is no date."""
    issued = re.search("<IssueTime>[^<]*</IssueTime>", CHINESE)
    assert issued
    without = re.sub("<RequestTime>[^<]*</RequestTime>", "", CHINESE.replace(issued[0], ""))
    assert "IssueTime" in refusal(without, "zh")["detail"], "where there is neither, the first one is meant"
    dated = without.replace("</BasicInformation>", "<RequestTime>soon</RequestTime></BasicInformation>", 1)
    said = refusal(dated, "zh")["detail"]
    assert "RequestTime" in said
    assert "IssueTime" not in said
