"""Cases of invoices from public trouble elsewhere: claims of others, remarks for ids, several days, wrapped files."""

from __future__ import annotations

from pathlib import Path

import pytest
from chainbill_cli.demo.cast import scene_of
from chainbill_cli.failure import Failure
from chainbill_cli.invoice import Identifier
from cli.cli_fakes import PARTIES, FakeNode, Shell, ok
from cli.test_cli_invoice import CHINESE, UBL, code_of, parsed

TOTAL = "  <cac:LegalMonetaryTotal>"
TYPE = "<cbc:InvoiceTypeCode>380"
ANCHOR = ["bill", "issue", "--debtor", "anchor"]


def before_total(extra: str) -> str:
    assert UBL.count(TOTAL) == 1
    return UBL.replace(TOTAL, extra + TOTAL)


def payee(name: str = "", identifier: str = "", scheme: str = "") -> str:
    named = f"<cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName>" if name else ""
    told = f'<cbc:ID schemeID="{scheme}">{identifier}</cbc:ID>' if scheme else f"<cbc:ID>{identifier}</cbc:ID>"
    known = f"<cac:PartyIdentification>{told}</cac:PartyIdentification>" if identifier else ""
    return before_total(f"<cac:PayeeParty>{known}{named}</cac:PayeeParty>")


@pytest.fixture
def registered_pair(node: FakeNode) -> FakeNode:
    for name, value in (("supplier1", "XX100000017"), ("anchor", "XX200000018")):
        shape = {"id": PARTIES[name], "identifiers": [{"scheme": "vat", "value": value}]}
        node.answers[f"GET /v1/parties/{PARTIES[name]}"] = ok(shape)
    return node


def saved(folder: Path, content: str, name: str = "invoice.xml") -> str:
    (folder / name).write_text(content, encoding="utf-8")
    return str(folder / name)


@pytest.mark.parametrize(
    ("kind", "code"),
    [("393", "assigned"), ("501", "assigned"), ("472", "assigned"), ("473", "assigned"), ("325", "no_claim"),
     ("751", "no_claim"), ("381", "credit_note"), ("502", "credit_note"), ("503", "credit_note")],
)  # fmt: skip
def test_what_its_seller_has_no_claim_from(kind: str, code: str) -> None:
    """Cases f05, f07: factored invoices, proforma invoices and credit notes, self-billed ones too."""
    assert code_of(UBL.replace(TYPE, f"<cbc:InvoiceTypeCode>{kind}")) == code


@pytest.mark.parametrize("kind", ["380", "389", "386", "326", "877"])
def test_claims_of_other_types_are_taken(kind: str) -> None:
    assert parsed(UBL.replace(TYPE, f"<cbc:InvoiceTypeCode>{kind}")).number == "2026-0417"


@pytest.mark.parametrize(
    "content",
    [payee("Rapid Factor Ltd"), payee("Rapid Factor Ltd", "529900T8BM49AURSDO55"), payee(identifier="FACTOR-1"),
     payee("Rapid Factor Ltd", "XX100000018", "VAT"), payee("Example Castings", "XX999", "VAT")],
    ids=["by name", "by LEI", "by id alone", "by VAT id", "the seller's name with another's VAT id"],
)  # fmt: skip
def test_a_payee_that_is_somebody_else_is_refused(content: str) -> None:
    """Case f06: BG-10 names whom the claim was assigned to."""
    assert code_of(content) == "other_payee"


@pytest.mark.parametrize(
    "content",
    [payee("EXAMPLE  Castings Ltd."), payee("Example Castings"), payee("Another Writing", "XX 1000 00017"),
     payee(identifier="DE98ZZZ09999999999", scheme="SEPA")],
    ids=["its registered name", "its trading name", "its id", "only what its bank calls it"],
)  # fmt: skip
def test_a_payee_that_is_the_seller_is_taken(content: str) -> None:
    assert parsed(content) == parsed(UBL)


@pytest.mark.parametrize("scheme", ["TAX", "FC", "OTHER", ""])
def test_a_remark_under_another_tax_scheme_is_no_identifier(scheme: str) -> None:
    """Case f01: "approved for F-tax" and a number behind it say nothing of who the seller is."""
    first = "<cac:PartyTaxScheme>"
    told = f"<cac:TaxScheme><cbc:ID>{scheme}</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
    for remark in ("Godkänd för F-skatt", "XX100000099"):
        extra = f"{first}<cbc:CompanyID>{remark}</cbc:CompanyID>{told}"
        assert parsed(UBL.replace(first, extra + first, 1)).seller.identifiers == (Identifier("vat", "XX100000017"),)


def test_a_tax_number_with_a_scheme_of_its_own_is_an_identifier() -> None:
    first = "<cac:PartyTaxScheme>"
    tax = "<cac:TaxScheme><cbc:ID>{}</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
    number = '<cbc:CompanyID schemeID="0151">51 824 753 556</cbc:CompanyID>'
    found = parsed(UBL.replace(first, f"{first}{number}{tax.format('TAX')}{first}", 1)).seller.identifiers
    assert found[0] == Identifier("0151", "51824753556")
    gst = parsed(UBL.replace("<cbc:ID>VAT</cbc:ID>", "<cbc:ID>GST</cbc:ID>"))
    assert gst.seller.identifiers == (Identifier("gst", "XX100000017"),)


def test_a_plus_sign_is_part_of_a_number() -> None:
    """Case f18."""
    assert parsed(UBL.replace('EUR">240000.00</cbc:P', 'EUR">+240000.00</cbc:P')).payable_minor == 24_000_000
    assert code_of(UBL.replace('EUR">240000.00</cbc:P', 'EUR">++1.00</cbc:P')) == "bad_amount"
    assert code_of(UBL.replace('EUR">240000.00</cbc:P', 'EUR">+</cbc:P')) == "bad_amount"


def wrapped(*invoices: str, name: str = "StandardBusinessDocument") -> str:
    bare = [one[one.index("<Invoice " if one is UBL else "<EInvoice") :] for one in invoices]
    space = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    return f'<s:{name} xmlns:s="{space}"><s:Header/>{"".join(bare)}</s:{name}>'


def test_wrapped_invoices_are_read_or_said() -> None:
    """Case f17: the invoice in a Standard Business Document is read; what is wrapped otherwise is said."""
    assert parsed(wrapped(UBL)) == parsed(UBL)
    assert parsed(wrapped(CHINESE)) == parsed(CHINESE)
    assert code_of(wrapped(UBL, UBL)) == "several_inside"
    assert code_of(wrapped(UBL, name="Bag")) == "one_inside"
    assert code_of(f"<Bag>{wrapped(UBL)}</Bag>") == "one_inside"
    assert code_of("<Bag><x/></Bag>") == "not_an_invoice"


def means(*days: str) -> str:
    told = "".join(
        f"<cac:PaymentMeans><cbc:PaymentDueDate>{day}</cbc:PaymentDueDate></cac:PaymentMeans>" for day in days
    )
    return before_total(told).replace("  <cbc:DueDate>2026-06-30</cbc:DueDate>\n", "")


def test_several_due_dates_are_asked_for(shell: Shell, registered_pair: FakeNode, tmp_path: Path) -> None:
    """Case f09: no day is taken silently, neither of one invoice nor of several."""
    file = saved(tmp_path, means("2026-09-30", "2026-06-30", "2026-06-30"))
    assert parsed(means("2026-09-30", "2026-06-30")).due_dates == ("2026-06-30", "2026-09-30")
    shell.run(*ANCHOR, "--invoice", file, expect=2)
    assert "2026-06-30, 2026-09-30" in shell.err
    shell.run(*ANCHOR, "--invoice", f"{file}=1000.00", "--due", "2026-09-30")
    assert registered_pair.call[2]["due_on"] == "2026-09-30"
    assert shell.run("invoice", "show", file, "-o", "json")["due_on"] == "2026-06-30, 2026-09-30"
    two = [saved(tmp_path, UBL), saved(tmp_path, means("2026-07-31").replace("2026-0417", "2026-0418"), "b.xml")]
    shell.run(*ANCHOR, "--invoice", two[0], "--invoice", two[1], expect=2)
    assert "2026-06-30, 2026-07-31" in shell.err


def test_due_dates_of_instalments_and_of_the_demo(tmp_path: Path) -> None:
    terms = "<cac:PaymentTerms><cbc:InstallmentDueDate>2026-08-31</cbc:InstallmentDueDate></cac:PaymentTerms>"
    content = before_total(terms)
    assert parsed(content).due_dates == ("2026-06-30", "2026-08-31")
    file = saved(tmp_path, content)
    with pytest.raises(Failure) as caught:
        scene_of(file)
    assert caught.value.problem["code"] == "several_due"
