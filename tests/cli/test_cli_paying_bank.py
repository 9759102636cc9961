"""Who pays, by command, against the real ledger and contracts in this process."""

from __future__ import annotations

from cli.cli_desk import Desk, accepted_bill


def test_a_bank_is_asked_accepts_pays_and_hands_over(desk: Desk) -> None:
    """security 13."""
    bill, _ = accepted_bill(desk)
    bank = {name: desk.json("regulator", "party", "show", name)["id"] for name in ("bank1", "bank2")}
    announced = desk.json("anchor", "party", "paying-bank", "ask", "bank2")
    assert desk.json("bank2", "party", "paying-bank", "list") == []
    desk.text("localnet", "clock", "--to", announced["acts_on"])
    [asked] = desk.json("bank2", "party", "paying-bank", "list", "--status", "asked")
    assert (asked["bank"], asked["from"]) == (bank["bank2"], "")
    assert "asked" in desk.text("--as", "bank2", "party", "paying-bank", "list")
    accepted = desk.json("bank2", "party", "paying-bank", "accept", "anchor")
    assert (accepted["status"], accepted["mandate_status"]) == ("committed", "active")
    assert len(desk.json("bank2", "tx", "show", accepted["transaction"])["signers"]) == 2, "maker and checker"
    banks = {one["status"]: one["bank"] for one in desk.json("anchor", "party", "paying-bank", "list")}
    assert banks == {"active": bank["bank2"], "ended": bank["bank1"]}
    assert desk.json("anchor", "bill", "show", bill)["paying_bank"] == bank["bank1"]
    refused = desk.json("bank2", "bill", "settle", bill, "--amount", "1000.00", "--reference", "PAY-1", expect=3)
    assert refused["code"] == "not_the_paying_bank"
    desk.json("bank2", "party", "successor", "accept", "bank1")
    named = desk.json("bank1", "party", "successor", "name", "bank2")
    assert (named["bank"], named["successor"]) == (bank["bank1"], bank["bank2"])
    assert desk.json("supplier1", "party", "show", "bank1")["successor"]["successor"] == bank["bank2"]
    assert (
        desk.json("bank2", "bill", "settle", bill, "--amount", "1000.00", "--reference", "PAY-1")["status"]
        == "committed"
    )


def test_a_refusal_names_the_command_or_the_option_that_mends_it(desk: Desk) -> None:
    """A hint of the ledger names an act of a contract; people have commands."""
    desk.text("--as", "bank2", "party", "paying-bank", "accept", "anchor", expect=3)
    assert "party paying-bank ask BANK" in desk.err
    desk.text("--as", "bank2", "party", "paying-bank", "list", "--status", "wrong", expect=2)
    assert "asked, active, ended" in desk.err
