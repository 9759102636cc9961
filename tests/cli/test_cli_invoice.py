"""Invoices: the two formats, what is no invoice, what is hostile, and whose invoice it is."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from chainbill_cli.failure import Failure
from chainbill_cli.invoice import (
    Identifier,
    Invoice,
    Trader,
    check_parties,
    fingerprint,
    matching_identifier,
    parse_invoice,
    read_invoice,
)  # fmt: skip
from chainbill_cli.texts import set_language
from cli.cli_fakes import BILL, PARTIES, FakeNode, Shell, ok
from hypothesis import given, settings
from hypothesis import strategies as st

from chainbill.ids import make_test_uscc

pytestmark = pytest.mark.untraced

EXAMPLES = files("chainbill_cli.demo").joinpath("examples")
UBL = EXAMPLES.joinpath("ubl-invoice.xml").read_text(encoding="utf-8")
CHINESE = EXAMPLES.joinpath("einvoice.xml").read_text(encoding="utf-8")
NAMES = 'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"'


def parsed(content: str | bytes) -> Invoice:
    return parse_invoice(content.encode() if isinstance(content, str) else content, "file.xml")


def code_of(content: str | bytes) -> str:
    """The code of the refusal, which says something in both languages."""
    details = []
    for language in ("en", "zh"):
        set_language(language)
        with pytest.raises(Failure) as caught:
            parsed(content)
        details.append(str(caught.value.problem["detail"]))
    assert "file.xml" in details[0]
    assert details[0] != details[1]
    return str(caught.value.problem["code"])


def test_ubl() -> None:
    assert parsed(UBL) == Invoice(
        format="ubl", number="2026-0417", code="", issued_on="2026-03-02", due_dates=("2026-06-30",),
        seller=Trader("Example Castings Ltd", (Identifier("vat", "XX100000017"),)),
        buyer=Trader("Example Motors AG", (Identifier("vat", "XX200000018"),)),
        currency="EUR", payable_minor=24_000_000, total_minor=24_000_000,
    )  # fmt: skip


def test_chinese() -> None:
    found = parsed(CHINESE)
    assert (found.format, found.number, found.issued_on, found.due_dates) == (
        "cn",
        "26310000000000000017",
        "2026-03-02",
        (),
    )
    assert (found.currency, found.payable_minor) == ("CNY", 100_000_000)
    assert found.seller.name == "明瑞汽车部件（示例）有限公司"
    assert found.seller.identifiers == (Identifier("uscc", make_test_uscc(found.seller.name.encode())),)


@pytest.mark.parametrize("encoding", ["gbk", "gb2312", "GB18030", "utf-8", "utf-8-sig", "utf-16"])
def test_chinese_encodings(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    content = CHINESE.replace('encoding="UTF-8"', f'encoding="{declared}"').encode(encoding)
    assert parsed(content).buyer.name == "远航新能源汽车（示例）有限公司"


def test_due_date_of_the_payment_means() -> None:
    content = UBL.replace("  <cbc:DueDate>2026-06-30</cbc:DueDate>\n", "").replace(
        "<cac:LegalMonetaryTotal>",
        "<cac:PaymentMeans><cbc:PaymentDueDate>2026-07-01+02:00</cbc:PaymentDueDate></cac:PaymentMeans><cac:LegalMonetaryTotal>",
    )
    assert parsed(content).due_dates == ("2026-07-01",)


def test_identifiers_and_their_schemes() -> None:
    lei = "529900T8BM49AURSDO55"
    uscc = make_test_uscc(b"x")
    extra = (
        '<cbc:EndpointID schemeID="0184">DK 12.34.56.78</cbc:EndpointID>'
        '<cbc:EndpointID schemeID="EM">a@b.example</cbc:EndpointID>'
        f'<cac:PartyIdentification><cbc:ID schemeID="0199">{lei}</cbc:ID></cac:PartyIdentification>'
        f"<cac:PartyIdentification><cbc:ID>{uscc.lower()}</cbc:ID></cac:PartyIdentification>"
        "<cac:PartyName><cbc:Name>Example Castings</cbc:Name></cac:PartyName>"
    )
    content = UBL.replace("<cac:PartyName><cbc:Name>Example Castings</cbc:Name></cac:PartyName>", extra)
    found = parsed(content).seller
    assert found.identifiers == (
        Identifier("vat", "XX100000017"), Identifier("lei", lei), Identifier("uscc", uscc),
        Identifier("0184", "DK12345678"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<cbc:InvoiceTypeCode>380", "<cbc:InvoiceTypeCode>381", "credit_note"),
        ("<cbc:ID>2026-0417</cbc:ID>", "", "missing"),
        ("<cbc:IssueDate>2026-03-02", "<cbc:IssueDate>2026-13-02", "bad_date"),
        ("<cbc:DueDate>2026-06-30", "<cbc:DueDate>soon", "bad_date"),
        ("EUR", "XYZ", "bad_amount"),
        ("<cbc:DocumentCurrencyCode>EUR", "<cbc:DocumentCurrencyCode>USD", "two_currencies"),
        ('EUR">240000.00</cbc:PayableAmount>', 'EUR">-240000.00</cbc:PayableAmount>', "negative"),
        ('EUR">240000.00</cbc:PayableAmount>', 'EUR">0.00</cbc:PayableAmount>', "nothing_payable"),
        ('EUR">240000.00</cbc:PayableAmount>', 'EUR">240000.005</cbc:PayableAmount>', "bad_amount"),
        ('EUR">240000.00</cbc:PayableAmount>', 'EUR">1e9</cbc:PayableAmount>', "bad_amount"),
        ('EUR">240000.00</cbc:PayableAmount>', 'EUR">99999999999999999.00</cbc:PayableAmount>', "bad_amount"),
        ("<cbc:RegistrationName>Example Castings Ltd</cbc:RegistrationName>", "", None),
        ("cac:AccountingCustomerParty", "cac:Other", "missing"),
        (NAMES, 'xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"', "not_an_invoice"),
    ],
)
def test_ubl_that_is_no_claim(old: str, new: str, code: str | None) -> None:
    assert old in UBL
    if code is None:
        assert parsed(UBL.replace(old, new)).seller.name == "Example Castings"
    else:
        assert code_of(UBL.replace(old, new)) == code


def test_trailing_zeros_are_no_further_digits() -> None:
    assert (
        parsed(UBL.replace(">240000.00</cbc:PayableAmount>", ">240000.0000</cbc:PayableAmount>")).payable_minor
        == 24_000_000
    )


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<TotalTax-includedAmount>1000000.00", "<TotalTax-includedAmount>-1000000.00", "red"),
        ("<InvoiceNumber>26310000000000000017", "<InvoiceNumber>2631", "cn_number"),
        ("<TotalTax-includedAmount>1000000.00", "<TotalTax-includedAmount>1000000.01", "cn_sum"),
        ("<IssueTime>2026-03-02 10:15:08", "<IssueTime>2026年3月2日", "bad_date"),
        ("<SellerName>明瑞汽车部件（示例）有限公司", "<SellerName> ", "missing"),
    ],
)
def test_chinese_that_is_no_claim(old: str, new: str, code: str) -> None:
    assert old in CHINESE
    assert code_of(CHINESE.replace(old, new)) == code


BOMB = "<!DOCTYPE a [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{'&' + chr(97 + n) + ';' * 1}{('&' + chr(97 + n) + ';') * 9}'>" for n in range(9)
)
HOSTILE = {
    "billion laughs": f'<?xml version="1.0"?>{BOMB}]><a>&j;</a>',
    "external entity": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "external by network": '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><a>&x;</a>',
    "external document type": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    "parameter entity": '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]><a/>',
    "empty document type": "<!DOCTYPE Invoice><Invoice/>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(name: str) -> None:
    assert code_of(HOSTILE[name]) == "hostile"


def test_hostile_files_in_a_chinese_encoding() -> None:
    content = HOSTILE["billion laughs"].replace("?>", ' encoding="GBK"?>', 1)
    assert code_of(content) == "hostile"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"%PDF-1.7 ...", "other_format"),
        (b"PK\x03\x04...", "other_format"),
        (b'{"a": 1}', "other_format"),
        (b"hello", "not_xml"),
        (b"<a>", "broken"),
        (b"<a></b>", "broken"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "broken"),
        (b'<?xml version="1.0" encoding="UTF-8"?><a>\xff\xfe</a>', "broken"),
        (b'<?xml version="1.0" encoding="GBK"?><a>\xff\xff</a>', "broken"),
        (b"<a/>", "not_an_invoice"),
        (b'<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"/>', "credit_note"),
        (b'<x:CrossIndustryInvoice xmlns:x="urn:x"/>', "cii"),
        (b"<a>" * 65 + b"</a>" * 65, "too_deep"),
        (b"<a>" + b"<b/>" * 200_001 + b"</a>", "too_deep"),
        (b"<a>" + b" " * (10 * 1024 * 1024) + b"</a>", "too_large"),
    ],
)
def test_what_is_no_invoice(content: bytes, code: str) -> None:
    assert code_of(content) == code


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_invoices_are_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([UBL, CHINESE])).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=6))
        if not content:
            break
    try:
        found = parsed(bytes(content))
    except Failure:
        return
    assert found.payable_minor > 0
    assert found.number
    assert found.seller.name


def test_identifiers_of_any_length() -> None:
    """Found by coverage-led inputs: a seller's id of more than 256 characters."""
    length = "X" * 5_000
    seller = CHINESE.split("<SellerIdNum>")[1].split("<")[0]
    assert code_of(CHINESE.replace(seller, length)) == "long_text"
    assert code_of(CHINESE.replace(seller, length[:65])) == "cn_tax_id"
    assert code_of(CHINESE.replace(seller, "9" * 65)) == "cn_tax_id"
    assert parsed(UBL.replace("XX100000017", length)).seller.identifiers == ()


def test_files(tmp_path: Path) -> None:
    for path, code in ((tmp_path, "file"), (tmp_path / "none.xml", "file")):
        with pytest.raises(Failure) as caught:
            read_invoice(path)
        assert caught.value.problem["code"] == code
    path = tmp_path / "invoice.xml"
    path.write_text(UBL, encoding="utf-8")
    assert read_invoice(path).number == "2026-0417"


SELLER = PARTIES["supplier1"]


def same_invoice(seller: str) -> str:
    """One invoice as a file may write it: its seller by the USCC, or by a VAT number before it."""
    return UBL.replace(UBL[UBL.index("<cac:PartyTaxScheme>") : UBL.index("</cac:PartyTaxScheme>")], seller, 1)


def test_one_invoice_has_one_fingerprint_however_a_file_names_its_seller() -> None:
    """It rests on the creditor's registered id; the file's own ids only say whose it is."""
    tax = "<cac:PartyTaxScheme><cbc:CompanyID>{}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
    files = [parsed(same_invoice(tax.format(number))) for number in (SELLER, "DE811122233")]
    assert files[0].seller.identifiers != files[1].seller.identifiers
    assert len({fingerprint(b"k" * 32, SELLER, one) for one in files}) == 1
    assert fingerprint(b"k" * 32, PARTIES["supplier2"], files[0]) != fingerprint(b"k" * 32, SELLER, files[0])


def test_numbers_that_differ_in_their_separators_only_by_place_are_two_invoices() -> None:
    one, other = (parsed(UBL.replace("2026-0417", number)) for number in ("2029/1-11", "2029/11-1"))
    assert fingerprint(b"k" * 32, SELLER, one) != fingerprint(b"k" * 32, SELLER, other)
    again = parsed(UBL.replace("2026-0417", "2029-1/11"))
    assert fingerprint(b"k" * 32, SELLER, again) == fingerprint(b"k" * 32, SELLER, one)


def test_a_number_that_begins_anew_each_year_does_not_collide() -> None:
    later = parsed(UBL.replace("2026-03-02", "2027-03-02").replace("2026-06-30", "2027-06-30"))
    assert fingerprint(b"k" * 32, SELLER, later) != fingerprint(b"k" * 32, SELLER, parsed(UBL))


def registered(identifiers: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "id": "919900000000000000", "names": [{"zh": "甲", "en": "A"}],
        "identifiers": [{"scheme": scheme, "value": value} for scheme, value in identifiers],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("scheme", "value", "matches"),
    [("vat", "XX100000017", True), ("id", "XX100000017", True), ("0184", "XX100000017", False), ("vat", "XX1", False)],
)
def test_a_trader_is_known_by_a_registered_identifier(scheme: str, value: str, matches: bool) -> None:
    found = matching_identifier(parsed(UBL).seller, registered([(scheme, value)]))
    assert (found is not None) == matches


def test_a_mismatch_names_both_sides() -> None:
    seller, other = registered([("vat", "XX100000017")]), registered([("vat", "XX999")])
    check_parties(parsed(UBL), seller, registered([("vat", "XX200000018")]))
    with pytest.raises(Failure) as caught:
        check_parties(parsed(UBL), seller, other)
    assert caught.value.exit_code == 3
    detail = caught.value.problem["detail"]
    assert "Example Motors AG" in detail
    assert "vat:XX999" in detail


@pytest.fixture
def with_parties(node: FakeNode) -> FakeNode:
    """supplier1 and anchor are the seller and the buyer of the UBL example."""
    for name, value in (("supplier1", "XX100000017"), ("anchor", "XX200000018")):
        party = PARTIES[name]
        node.answers[f"GET /v1/parties/{party}"] = ok({"id": party, "identifiers": [{"scheme": "vat", "value": value}]})
    node.result = {"bill": BILL}
    return node


@pytest.fixture
def ubl_file(tmp_path: Path) -> str:
    path = tmp_path / "invoice=1.xml"
    path.write_text(UBL, encoding="utf-8")
    return str(path)


def test_a_bill_over_an_invoice(shell: Shell, with_parties: FakeNode, ubl_file: str) -> None:
    shell.run("bill", "issue", "--debtor", "anchor", "--invoice", ubl_file)
    arguments = with_parties.call[2]
    assert (arguments["face"], arguments["currency"], arguments["due_on"]) == (24_000_000, "EUR", "2026-06-30")
    assert arguments["invoices"] == [
        {"fingerprint": fingerprint(b"k" * 32, SELLER, parsed(UBL)), "amount": 24_000_000, "total": 24_000_000}
    ]


def test_parts_of_an_invoice(shell: Shell, with_parties: FakeNode, ubl_file: str, tmp_path: Path) -> None:
    words = ["bill", "issue", "--debtor", "anchor"]
    shell.run(*words, "--invoice", f"{ubl_file}=1,000.00")
    assert with_parties.call[2]["face"] == 100_000
    shell.run(*words, "--invoice", ubl_file, "--amount", "5.00")
    assert (with_parties.call[2]["face"], with_parties.call[2]["invoices"][0]["amount"]) == (500, 500)
    shell.run(*words, "--invoice", f"{ubl_file}=240000.01", expect=2)
    shell.run(*words, "--invoice", ubl_file, "--amount", "240000.01", expect=2)
    shell.run(*words, "--invoice", ubl_file, "--currency", "CNY", expect=2)
    shell.run(*words, "--invoice", f"{ubl_file}=6.00", "--amount", "5.00", expect=2)
    assert "6.00 EUR" in shell.err, "of two amounts that were typed none is passed over"
    shell.run(*words, "--invoice", f"{ubl_file}=5.00", "--amount", "5.00")
    second = tmp_path / "second.xml"
    second.write_text(UBL.replace("2026-0417", "2026-0418"), encoding="utf-8")
    both = [*words, "--invoice", f"{ubl_file}=1.00", "--invoice", f"{second}=2.00"]
    shell.run(*both)
    assert with_parties.call[2]["face"] == 300
    shell.run(*both, "--amount", "4.00", expect=2)
    assert "3.00 EUR" in shell.err


def test_an_invoice_of_others_is_refused(shell: Shell, with_parties: FakeNode, ubl_file: str) -> None:
    found = shell.run("bill", "issue", "--debtor", "bank1", "--invoice", ubl_file, "-o", "json", expect=3)
    assert found["code"] == "invoice_parties_differ"
    assert not with_parties.transactions


def test_an_invoice_without_due_date_needs_one(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    invoice = parsed(CHINESE)
    for name, trader in (("supplier1", invoice.seller), ("anchor", invoice.buyer)):
        identifiers = [{"scheme": "uscc", "value": trader.identifiers[0].value}]
        node.answers[f"GET /v1/parties/{PARTIES[name]}"] = ok({"id": PARTIES[name], "identifiers": identifiers})
    path = tmp_path / "cn.xml"
    path.write_text(CHINESE, encoding="utf-8")
    shell.run("bill", "issue", "--debtor", "anchor", "--invoice", str(path), expect=2)
    assert "--due" in shell.err
    shell.run("bill", "issue", "--debtor", "anchor", "--invoice", str(path), "--due", "+4m")
    assert node.call[2]["due_on"] == "2026-07-02"


def test_invoice_show(shell: Shell, ubl_file: str) -> None:
    found = shell.run("invoice", "show", ubl_file, "-o", "json")
    assert (found["number"], found["amount"], found["currency"]) == ("2026-0417", 24_000_000, "EUR")
    assert found["seller"]["identifiers"] == [{"scheme": "vat", "value": "XX100000017"}]
    assert found["fingerprint"] is None
    named = shell.run("invoice", "show", ubl_file, "--creditor", "supplier1", "-o", "json")
    assert named["fingerprint"] == fingerprint(b"k" * 32, SELLER, parsed(UBL))
    shell.run("invoice", "show", ubl_file)
    assert "240,000.00 EUR" in shell.out
