"""What a sponsor attests later, whom a party lets read, quotes that are declined or taken back: on the real ledger."""

from __future__ import annotations

import pytest
from cli.cli_desk import Desk, accepted_bill


def test_a_sponsor_attests_a_new_name_and_an_identifier(desk: Desk) -> None:
    desk.json("bank1", "party", "rename", "supplier1", "--name-zh", "新名称有限公司", "--name-en", "New Name Ltd")
    desk.json("bank1", "party", "add-identifier", "supplier1", "VAT=DE811907980")
    shown = desk.json("supplier1", "party", "show", "supplier1")
    assert [one["zh"] for one in shown["names"]][-1] == "新名称有限公司"
    assert {"scheme": "vat", "value": "DE811907980"} in shown["identifiers"]
    assert "新名称有限公司" in desk.text("--lang", "zh", "party", "list")
    assert (
        desk.json("bank2", "party", "rename", "supplier1", "--name-zh", "别家", expect=3)["code"] == "not_the_sponsor"
    )


def test_one_name_stands_for_both_languages(desk: Desk) -> None:
    desk.json("bank1", "party", "rename", "supplier1", "--name-zh", "新名称有限公司")
    assert desk.json("supplier1", "party", "show", "supplier1")["names"][-1]["en"] == "新名称有限公司"
    desk.text("--as", "bank1", "party", "rename", "supplier1", expect=2)


def test_an_encryption_key_is_announced_for_later(desk: Desk) -> None:
    said = desk.json("supplier1", "party", "encryption-key", "AB" * 32)
    [row] = desk.json("supplier1", "party", "change", "list")
    assert (row["id"], row["kind"], row["acts_on"]) == (said["change"], "set_encryption_key", said["acts_on"])
    desk.json("supplier1", "party", "encryption-key", "--none")
    desk.text("--as", "supplier1", "party", "encryption-key", expect=2)
    desk.text("--as", "supplier1", "party", "encryption-key", "AB" * 32, "--none", expect=2)


@pytest.mark.parametrize("scope", [[], ["--bill"]], ids=["all", "one bill"])
def test_an_auditor_reads_what_it_is_granted_until_that_ends(desk_of_closed_reads: Desk, scope: list[str]) -> None:
    desk = desk_of_closed_reads
    bill, _ = accepted_bill(desk)
    desk.json("auditor", "bill", "show", bill, expect=1)
    desk.json("supplier1", "party", "grant", "auditor", *scope, *([bill] if scope else []), "--until", "+30d")
    assert desk.json("auditor", "bill", "show", bill)["id"] == bill
    desk.json("supplier1", "party", "grant", "auditor", "--revoke")
    desk.json("auditor", "bill", "show", bill, expect=1)
    desk.text("--as", "supplier1", "party", "grant", "auditor", "--revoke", "--until", "+1d", expect=2)


@pytest.fixture
def desk_of_closed_reads(new_desk: object) -> Desk:
    return new_desk(public_reads=False)  # type: ignore[operator, no-any-return]


def test_a_quote_is_declined_by_the_holder_or_taken_back_by_its_bank(desk: Desk) -> None:
    _, token = accepted_bill(desk)
    request = desk.json("supplier1", "finance", "request", token, "--to", "bank1", "--to", "bank2")["request"]
    quotes = {
        bank: desk.json(bank, "finance", "quote", request, "--rate", "3.85", "--no-recourse")["quote"]
        for bank in ("bank1", "bank2")
    }
    assert desk.json("bank2", "finance", "decline", quotes["bank1"], expect=3)["code"] == "not_the_holder"
    desk.json("supplier1", "finance", "decline", quotes["bank1"])
    desk.json("supplier1", "finance", "agree", quotes["bank2"])
    withdrawn = desk.json("bank2", "finance", "cancel", quotes["bank2"], "--reason", "no money")
    assert withdrawn["quote"] == quotes["bank2"]
    statuses = {one["bank"]: one["status"] for one in desk.json("supplier1", "finance", "show", request)["quotes"]}
    assert sorted(statuses.values()) == ["declined", "withdrawn"]


def test_only_a_party_with_a_candidate_says_that_it_is_ready(desk: Desk) -> None:
    assert desk.json("bank1", "governance", "ready", expect=3)["code"] == "no_candidate_of_sender"
