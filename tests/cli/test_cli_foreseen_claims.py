"""As test_cli_foreseen, of pledges, products, new bills and quotes that were paid."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.cli_desk import Desk, Refused, accepted_bill
from cli.production import attestor, event_file, product_file
from cli.test_cli_comparing import right_invoice

pytestmark = pytest.mark.untraced
TOLD = ("--secured", "300.00", "--contract", "L-1")


def test_pledges(desk: Desk, refused: Refused) -> None:
    _, root = accepted_bill(desk)
    offer = ("pledge", "offer", root, *TOLD)
    assert refused("supplier1", *offer, "--to", "supplier2", "--due", "+2d") == "not_a_bank"
    assert refused("supplier1", *offer, "--to", "supplier1", "--due", "+2d") == "recipient_is_the_sender"
    assert refused("supplier1", *offer, "--to", "bank2", "--due", "today") == "due_date_not_in_future"
    twice = ("pledge", "offer", root, root, *TOLD, "--to", "bank2", "--due", "+2d")
    assert refused("supplier1", *twice) == "token_named_twice"
    made = desk.json("supplier1", *offer, "--to", "bank2", "--due", "+2d")["pledge"]
    desk.json("bank2", "pledge", "accept", made, "--registration", "ZD-2")
    assert refused("bank2", "pledge", "release", made, "--secured", "400.00") == "amount_above_secured"
    assert refused("bank2", "pledge", "enforce", made, "--owed", "1.00") == "pledge_not_due"
    desk.text("localnet", "clock", "--advance", "4d")
    assert refused("bank2", "pledge", "enforce", made, "--owed", "300.01") == "amount_above_secured"


def test_products(desk: Desk, refused: Refused, tmp_path: Path) -> None:
    desk.text("product", "list")  # its module is loaded before the keys of a home are out of reach
    key = attestor(desk)
    path = tmp_path / "product.json"

    def register(who: str, *suppliers: str, **given: object) -> str:
        return refused(who, "product", "register", product_file(path, key, suppliers or ["supplier1"], **given))

    assert register("anchor", due_days=400) == "due_days_not_valid"
    assert register("anchor", "anchor") == "debtor_is_creditor"
    assert register("anchor", "bank1") == "creditor_is_a_bank"
    assert register("supplier2") == "role_missing"
    made = desk.json("anchor", "product", "register", product_file(path, key, ["supplier1", "supplier2"]))["product"]
    assert refused("supplier3", "product", "agree", made) == "not_a_supplier_of_it"
    desk.json("supplier1", "product", "agree", made)
    assert refused("supplier1", "product", "agree", made) == "agreed_already"
    assert refused("supplier3", "product", "retire", made) == "not_of_the_product"

    def event(who: str, day: str, **given: object) -> str:
        file = event_file(tmp_path / "event.json", made, day, **given)
        desk.text("product", "attest", file, "--key", "gate")
        return refused(who, "product", "event", file)

    assert event("anchor", "today") == "product_not_active"
    desk.json("supplier2", "product", "agree", made)
    assert event("anchor", "+1d") == "event_in_future"
    assert event("anchor", "2026-01-01") == "due_date_not_in_future"
    assert event("anchor", "today", value="20000000.01") == "event_too_large"
    file = event_file(tmp_path / "event.json", made, "today")
    desk.text("product", "attest", file, "--key", "gate")
    other = {**json.loads(Path(file).read_text(encoding="utf-8")), "value": "123456.80"}
    Path(file).write_text(json.dumps(other), encoding="utf-8")
    assert refused("anchor", "product", "event", file) == "attestation_wrong"
    file = event_file(tmp_path / "event.json", made, "today")
    desk.text("product", "attest", file, "--key", "gate")
    desk.json("anchor", "product", "event", file)
    assert desk.json("anchor", "product", "event", file)["repeated"] is True
    desk.json("supplier1", "product", "retire", made)
    assert refused("supplier1", "product", "retire", made) == "product_transition"


def test_a_bill_that_cannot_be_issued(desk: Desk, refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "invoice.xml"
    path.write_text(right_invoice(desk), encoding="utf-8")
    issue = ("bill", "issue", "--debtor", "anchor", "--due", "+90d")
    assert refused("supplier1", *issue, "--invoice", str(path), "--invoice", str(path)) == "invoice_named_twice"
    for term in ("foo=1", "min_split=abc", "min_split=0", "non_transferable=1"):
        desk.text("--lang", "zh", "--as", "supplier1", *issue, "--amount", "1", "--term", term, expect=2)
        assert term.partition("=")[0] in desk.err


def test_a_quote_that_was_paid(desk: Desk, refused: Refused) -> None:
    _, root = accepted_bill(desk)
    asked = desk.json("supplier1", "finance", "request", root, "--to", "bank2")["request"]
    quote = desk.json("bank2", "finance", "quote", asked, "--rate", "3", "--no-recourse")["quote"]
    desk.json("supplier1", "finance", "agree", quote)
    for words in ((), ("--yes",)):
        desk.text("--lang", "zh", *words, "--as", "bank2", "finance", "withdraw", quote, expect=3)
        assert "chainbill finance cancel" in desk.err
        assert "已放款" not in desk.err
    desk.json("bank2", "finance", "disburse", quote, "--reference", "P-1")
    assert refused("bank2", "finance", "cancel", quote, "--reason", "x") == "quote_transition"
    desk.text("--lang", "zh", "--yes", "--as", "bank2", "finance", "cancel", quote, "--reason", "x", expect=3)
    assert "已放款" in desk.err


def test_pieces_and_terms_of_tokens(desk: Desk, refused: Refused) -> None:
    issue = ("bill", "issue", "--debtor", "anchor", "--due", "+120d", "--amount", "1000.00", "--term")
    roots = []
    for term in ("min_split=100.00", "non_transferable=true"):
        bill = desk.json("supplier1", *issue, term)["bill"]
        desk.json("anchor", "bill", "confirm", bill)
        roots.append(desk.json("supplier1", "bill", "accept", bill)["token"])
    least, tied = roots
    assert refused("supplier1", "token", "transfer", tied, "--to", "supplier2:1.00") == "bill_not_transferable"
    for amount in ("99.99", "900.01"):
        assert refused("supplier1", "token", "transfer", least, "--to", f"supplier2:{amount}") == "piece_too_small"
        assert refused("supplier1", "token", "split", least, "--amount", amount) == "piece_too_small"
        asked = ("finance", "request", least, "--to", "bank1", "--amount", amount)
        assert refused("supplier1", *asked) == "piece_too_small"
    assert refused("supplier1", "token", "transfer", least, "--to", "anchor:100.00") == "recipient_is_the_debtor"
