"""Debtor and bank compare the invoice's file with the bill before they sign, on the real ledger."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from chainbill_cli.demo.cast import Scene, cast_of
from chainbill_cli.failure import Failure
from chainbill_cli.invoice import check_parties, parse_invoice
from chainbill_cli.main import run
from cli.cli_desk import Desk, sent
from cli.test_cli_invoice import UBL

pytestmark = pytest.mark.untraced

MINE = "XX100000017"


VAT = re.compile(r"<cac:PartyTaxScheme>.*?</cac:PartyTaxScheme>", re.DOTALL)


def right_invoice(desk: Desk) -> str:
    """An invoice of supplier1 to anchor."""
    ids = {name: desk.json("auditor", "party", "show", name)["id"] for name in ("supplier1", "anchor")}
    right = UBL.replace(MINE, ids["supplier1"]).replace("XX200000018", ids["anchor"]).replace("EUR", "CNY")
    return right.replace("2026-03-02", "2027-03-02").replace("2026-06-30", "2027-06-30")


@pytest.fixture
def invoice(desk: Desk, tmp_path: Path) -> Callable[..., str]:
    """Files of invoices of supplier1 to anchor; `replaced` are pairs of old and new text."""
    right = right_invoice(desk)
    made: list[Path] = []

    def make(*replaced: tuple[str, str]) -> str:
        content = right
        for old, new in replaced:
            assert old in content
            content = content.replace(old, new)
        made.append(tmp_path / f"{len(made)}.xml")
        made[-1].write_text(content, encoding="utf-8")
        return str(made[-1])

    return make


def issued(desk: Desk, *files: str, due: str = "+120d") -> str:
    words = [word for file in files for word in ("--invoice", file)]
    return str(desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--due", due, *words)["bill"])


def code_of(desk: Desk, who: str, *words: str) -> str:
    found = desk.json(who, *words, expect=3)
    chinese = desk.json(who, "--lang", "zh", *words, expect=3)
    assert found["detail"] != chinese["detail"]
    return str(found["code"])


def test_the_debtor_compares_before_it_confirms(desk: Desk, invoice: Callable[..., str]) -> None:
    """Case "the debtor confirms blind": the file must be the bill's invoice, over its total, of its parties."""
    file = invoice()
    bill = issued(desk, file)
    wrong = {
        "invoice_not_of_the_bill": invoice(("2026-0417", "2026-0418")),
        "invoice_total_differs": invoice((">240000.00</cbc:P", ">240000.01</cbc:P")),
    }
    for code, other in wrong.items():
        assert code_of(desk, "anchor", "bill", "confirm", bill, "--invoice", other) == code
    bank = desk.json("auditor", "party", "show", "bank1")["id"]
    anchor = desk.json("auditor", "party", "show", "anchor")["id"]
    stranger = invoice((anchor, bank))
    assert code_of(desk, "anchor", "bill", "confirm", bill, "--invoice", stranger) == "invoice_parties_differ"
    assert desk.json("auditor", "bill", "show", bill)["status"] == "pending_confirm"
    answer = desk.json("anchor", "bill", "confirm", bill, "--invoice", file)
    [said] = answer["compared"]
    row = desk.json("auditor", "bill", "show", bill)
    assert (row["status"], row["invoices"][0]["fingerprint"]) == ("pending_accept", said["fingerprint"])
    assert (said["number"], said["date"]) == ("2026-0417", "2027-03-02")


def test_every_invoice_of_a_bill_is_compared(desk: Desk, invoice: Callable[..., str]) -> None:
    files = [invoice(), invoice(("2026-0417", "2026-0418"))]
    bill = issued(desk, *files)
    assert code_of(desk, "anchor", "bill", "confirm", bill, "--invoice", files[0]) == "invoices_not_compared"
    words = [word for file in files for word in ("--invoice", file)]
    assert len(desk.json("anchor", "bill", "confirm", bill, *words)["compared"]) == 2


def test_a_bill_over_a_fingerprint_of_no_file_is_not_confirmed_blindly(desk: Desk, invoice: Callable[..., str]) -> None:
    """Case: fingerprints that belong to no file were confirmed. A bill without invoices is said to be one."""
    parties = {name: desk.json("auditor", "party", "show", name)["id"] for name in ("supplier1", "anchor")}
    made = sent(
        desk, "supplier1", "bill.issue", debtor=parties["anchor"], creditor=parties["supplier1"], face=24_000_000,
        currency="CNY", due_on="2027-06-30", contract_no="", delivered_on="", terms={}, reference="",
        invoices=[{"fingerprint": "ab" * 32, "amount": 24_000_000, "total": 24_000_000}],
    )  # fmt: skip
    file = invoice()
    assert code_of(desk, "anchor", "bill", "confirm", made["bill"], "--invoice", file) == "invoice_not_of_the_bill"
    words = ["bill", "issue", "--debtor", "anchor", "--amount", "5.00", "--due", "+120d"]
    plain = desk.json("supplier1", *words)["bill"]
    assert code_of(desk, "anchor", "bill", "confirm", plain, "--invoice", file) == "bill_without_invoices"


def test_one_invoice_is_financed_once_however_its_file_is_written(desk: Desk, invoice: Callable[..., str]) -> None:
    """Case f02: a second bill over the same invoice, whose file names a VAT number before the id, is refused."""
    first = invoice()
    bill = issued(desk, first)
    desk.json("anchor", "bill", "confirm", bill, "--invoice", first)
    seller = desk.json("auditor", "party", "show", "supplier1")["id"]
    other = "<cbc:CompanyID>DE811122233</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
    more = f"</cac:PartyTaxScheme><cac:PartyTaxScheme><cbc:CompanyID>{seller}</cbc:CompanyID>"
    again = invoice((f"<cbc:CompanyID>{seller}</cbc:CompanyID>", other + more), ("2026-0417", "２０２６ — 0417"))
    second = issued(desk, again, due="+90d")
    rows = [desk.json("auditor", "bill", "show", one)["invoices"] for one in (bill, second)]
    assert rows[0][0]["fingerprint"] == rows[1][0]["fingerprint"]
    for words in ([], ["--invoice", again]):
        assert code_of(desk, "anchor", "bill", "confirm", second, *words) == "invoice_occupied"


def test_a_bank_compares_before_it_quotes(desk: Desk, invoice: Callable[..., str]) -> None:
    """The bank that was asked sees the bill's fingerprints, and compares the file that the holder gave it."""
    file = invoice()
    bill = issued(desk, file)
    desk.json("anchor", "bill", "confirm", bill)
    token = desk.json("supplier1", "bill", "accept", bill)["token"]
    request = desk.json("supplier1", "finance", "request", token, "--to", "bank1")["request"]
    words = ["finance", "quote", request, "--rate", "3.85", "--no-recourse"]
    assert code_of(desk, "bank1", *words, "--invoice", invoice(("2026-0417", "X1"))) == "invoice_not_of_the_bill"
    answer = desk.json("bank1", *words, "--invoice", file)
    assert answer["compared"][0]["path"] == file
    desk.json("supplier1", "finance", "agree", answer["quote"])
    paid = ["finance", "disburse", answer["quote"], "--reference", "P-1"]
    other = invoice(("2026-0417", "X1"))
    assert code_of(desk, "bank1", *paid, "--invoice", other) == "invoice_not_of_the_bill", "and before it pays"
    desk.json("bank1", *paid, "--invoice", file, "--offline", "signed.tx", expect=2)
    assert desk.json("bank1", *paid, "--invoice", file)["compared"] == answer["compared"]


def test_a_home_can_demand_the_comparison(desk: Desk, invoice: Callable[..., str]) -> None:
    """`config set compare on`: nothing that rests on invoices is confirmed or quoted without their files."""
    file = invoice()
    bill = issued(desk, file)
    desk.text("config", "set", "compare", "maybe", expect=2)
    desk.text("config", "set", "compare", "on")
    assert code_of(desk, "anchor", "bill", "confirm", bill) == "invoices_not_compared"
    desk.json("anchor", "bill", "confirm", bill, "--offline", "signed.tx", expect=2)
    desk.json("anchor", "bill", "confirm", bill, "--invoice", file)
    token = desk.json("supplier1", "bill", "accept", bill)["token"]
    request = desk.json("supplier1", "finance", "request", token, "--to", "bank1")["request"]
    words = ["finance", "quote", request, "--rate", "3.85", "--no-recourse"]
    assert code_of(desk, "bank1", *words) == "invoices_not_compared"
    desk.text("config", "set", "compare", "off")
    assert desk.json("bank1", *words)["quote"]


def test_what_was_compared_is_in_the_preview(
    desk: Desk, invoice: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from chainbill_cli import preview
    from chainbill_cli.commands import bill as command

    def yes(*_: Any, **__: Any) -> bool:
        return True

    file = invoice()
    bill = issued(desk, file)
    for module in (preview, command):
        monkeypatch.setattr(module, "asks", lambda session: not session.settings.machine)
    monkeypatch.setattr(preview, "confirm", yes)
    desk.text("--as", "anchor", "bill", "confirm", bill, "--invoice", file)
    assert f"{file}: number 2026-0417 of 2027-03-02" in desk.err
    assert "the invoices are due on 2027-06-30" in desk.err, "the bill has another due date"


CORRECTS = (
    "<cac:BillingReference><cac:InvoiceDocumentReference>{}</cac:InvoiceDocumentReference></cac:BillingReference>"
)
TYPE = "<cbc:InvoiceTypeCode>380"
SUPPLIER = "  <cac:AccountingSupplierParty>"


@pytest.mark.parametrize("dated", [True, False], ids=["with the original's date", "without"])
def test_a_corrected_invoice_waits_for_the_bill_on_its_original(
    desk: Desk, invoice: Callable[..., str], dated: bool
) -> None:
    """Case "corrected invoices": a 384 beside its original occupied both. The debtor's comparison sees it too."""
    said = "<cbc:ID>2026/0417</cbc:ID>" + ("<cbc:IssueDate>2027-03-02</cbc:IssueDate>" if dated else "")
    kind = (TYPE, "<cbc:InvoiceTypeCode>384")
    corrected = invoice(kind, (SUPPLIER, CORRECTS.format(said) + SUPPLIER), ("<cbc:ID>2026-0417<", "<cbc:ID>K-9<"))
    words = ["bill", "issue", "--debtor", "anchor", "--due", "+120d", "--invoice"]
    assert desk.json("supplier1", *words, invoice(kind), expect=1)["code"] == "original_unknown"
    original = invoice()
    bill = issued(desk, original)
    assert code_of(desk, "supplier1", *words, corrected) == "original_taken"
    desk.json("anchor", "bill", "confirm", bill)
    assert code_of(desk, "supplier1", *words, corrected) == "original_taken"
    desk.json("supplier1", *words, corrected, "--offline", "signed.tx", expect=2)
    desk.json("anchor", "bill", "cancel", bill)
    second = issued(desk, corrected)
    again = issued(desk, original)
    assert code_of(desk, "anchor", "bill", "confirm", second, "--invoice", corrected) == "original_taken"
    desk.json("supplier1", "bill", "withdraw", again)
    assert desk.json("anchor", "bill", "confirm", second, "--invoice", corrected)["compared"]


def test_that_no_bill_stands_on_the_original_is_not_the_word_of_one_node(
    desk: Desk, invoice: Callable[..., str]
) -> None:
    """A node in front of a bank's left the bill on the original out: one claim was financed twice."""
    kind = (TYPE, "<cbc:InvoiceTypeCode>384")
    said = "<cbc:ID>2026/0417</cbc:ID><cbc:IssueDate>2027-03-02</cbc:IssueDate>"
    corrected = invoice(kind, (SUPPLIER, CORRECTS.format(said) + SUPPLIER), ("<cbc:ID>2026-0417<", "<cbc:ID>K-9<"))
    bill = issued(desk, invoice())

    class LeftOut(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = desk.transport.handle_request(request)
            if request.url.host != "liar.test" or request.url.path != "/v1/bills":
                return answer
            return httpx.Response(200, json={**json.loads(answer.content), "data": [], "count": 0, "sum": []})

    line = ["--home", str(desk.home), "--as", "supplier1", "--yes", "-o", "json", "--node", "http://liar.test",
            "--node", "http://other.test", "bill", "issue", "--debtor", "anchor", "--due", "+120d"]  # fmt: skip
    run([*line, "--invoice", corrected], transport=LeftOut())
    told = json.loads(desk.capsys.readouterr().out)
    assert (told["code"], bill in told["detail"]) == ("original_taken", True), told


def test_a_party_without_identifier_is_confirmed_by_name_on_record(desk: Desk, invoice: Callable[..., str]) -> None:
    """Case "parties without any identifier": EN 16931 asks for name and address of a buyer only."""
    nameless = invoice()
    content = VAT.sub("", Path(nameless).read_text())
    Path(nameless).write_text(content)
    words = ["bill", "issue", "--debtor", "anchor", "--due", "+120d", "--invoice", nameless]
    assert code_of(desk, "supplier1", *words) == "invoice_party_by_name"
    assert "--by-name seller" in desk.err or "--by-name seller" in desk.out
    assert code_of(desk, "supplier1", *words, "--by-name", "seller") == "invoice_party_by_name"
    made = desk.json("supplier1", *words, "--by-name", "seller", "--by-name", "buyer", "--memo", "May")
    kept = desk.json("auditor", "tx", "show", made["transaction"])
    assert "May; invoice parties by name: buyer, seller" in str(kept)
    confirm = ["bill", "confirm", made["bill"], "--invoice", nameless]
    assert code_of(desk, "anchor", *confirm) == "invoice_party_by_name"
    assert desk.json("anchor", *confirm, "--by-name", "seller", "--by-name", "buyer")["compared"]


def test_a_name_never_stands_against_an_identifier(desk: Desk, invoice: Callable[..., str]) -> None:
    """attack: the registered name over somebody else's id. Under a strange scheme only that name counts."""
    anchor = desk.json("auditor", "party", "show", "anchor")
    own = f"<cbc:CompanyID>{anchor['id']}</cbc:CompanyID>"
    registered = (">Example Motors AG<", f">{anchor['names'][-1]['en']}<")
    both = ["--by-name", "seller", "--by-name", "buyer"]
    words = ["bill", "issue", "--debtor", "anchor", "--due", "+120d", *both, "--invoice"]
    bank = desk.json("auditor", "party", "show", "bank1")["id"]
    assert code_of(desk, "supplier1", *words, invoice((anchor["id"], bank), registered)) == "invoice_parties_differ"
    foreign = (own, '<cbc:CompanyID schemeID="0192">998877665</cbc:CompanyID>')
    assert code_of(desk, "supplier1", *words, invoice(foreign)) == "invoice_parties_differ"
    assert desk.json("supplier1", *words, invoice(foreign, registered))["bill"]


def test_the_demo_takes_an_invoice_whose_parties_have_names_only() -> None:
    """The demo registers both under the names of the file, so they match by these names."""
    content = VAT.sub("", UBL)
    scene = Scene(parse_invoice(content.encode(), "file.xml"), "2026-06-30", due_said=True)
    plans = {one.alias: one for one in cast_of(scene.invoice, 4)}
    pair = [
        {"id": one.party, "names": [{"zh": one.name_zh, "en": one.name_en}], "identifiers": []}
        for one in (plans["supplier1"], plans["anchor"])
    ]
    with pytest.raises(Failure):
        check_parties(scene.invoice, *pair)
    check_parties(scene.invoice, *pair, by_name=("seller", "buyer"))


PAYEE = "<cac:PayeeParty><cac:PartyName><cbc:Name>Rapid Factor Ltd</cbc:Name></cac:PartyName></cac:PayeeParty>"
REFUSED = {
    "factored": (TYPE, "<cbc:InvoiceTypeCode>393", "assigned"),
    "proforma": (TYPE, "<cbc:InvoiceTypeCode>325", "no_claim"),
    "payee": ("<cac:LegalMonetaryTotal>", f"{PAYEE}<cac:LegalMonetaryTotal>", "other_payee"),
    "corrected": (TYPE, "<cbc:InvoiceTypeCode>384", "original_unknown"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_every_command_that_reads_an_invoice_refuses_alike(desk: Desk, invoice: Callable[..., str], kind: str) -> None:
    """Decision 0047: who reads the file refuses, whichever command reads it."""
    good = Path(invoice()).read_text(encoding="utf-8")
    bill = issued(desk, invoice())
    desk.json("anchor", "bill", "confirm", bill)
    token = desk.json("supplier1", "bill", "accept", bill)["token"]
    request = desk.json("supplier1", "finance", "request", token, "--to", "bank1")["request"]
    waiting = issued(desk, invoice(("<cbc:ID>2026-0417<", "<cbc:ID>W-1<")))
    old, new, code = REFUSED[kind]
    assert good.count(old) == 1
    bad = desk.home / "bad.xml"
    bad.write_text(good.replace(old, new), encoding="utf-8")
    readers = [
        ("supplier1", "bill", "issue", "--debtor", "anchor", "--due", "+120d", "--invoice", str(bad)),
        ("anchor", "bill", "confirm", waiting, "--invoice", str(bad)),
        ("bank1", "finance", "quote", request, "--rate", "3.85", "--no-recourse", "--invoice", str(bad)),
        ("supplier1", "invoice", "show", str(bad)),
        ("supplier1", "demo", "--invoice", str(bad)),
    ]
    for who, *words in readers:
        assert desk.json(who, *words, expect=1)["code"] == code, words
