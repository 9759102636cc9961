"""Changes, halts and recoveries by command, over the real contracts: what two people announce and one stops."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.cli_desk import Desk


def paper(tmp_path: Path) -> str:
    path = tmp_path / "paper.pdf"
    path.write_bytes(b"a paper that the sponsor relies on")
    return str(path)


def test_changes_are_listed_and_taken_back_by_one(desk: Desk) -> None:
    announced = desk.json("anchor", "party", "policy", "--clear")
    (row,) = desk.json("anchor", "party", "change", "list")
    assert (row["id"], row["kind"], row["status"]) == (announced["change"], "set_policy", "announced")
    assert row["acts_on"] == announced["acts_on"]
    assert len(row["by"]) == 2, "both people of the home signed"
    assert "policy" in desk.text("--as", "bank1", "party", "change", "list", "anchor"), "its sponsor"
    taken = desk.json("anchor-checker", "party", "change", "withdraw", announced["change"].lower())
    assert (taken["status"], taken["change_status"]) == ("committed", "withdrawn")
    (row,) = desk.json("anchor", "party", "change", "list", "--status", "withdrawn")
    assert row["id"] == announced["change"]
    assert desk.json("anchor", "party", "change", "withdraw", row["id"], expect=3)["code"] == "change_closed"


@pytest.mark.parametrize(("language", "said"), [("en", "maker, checker"), ("zh", "经办、复核")])
def test_a_list_of_changes_says_what_would_change(desk: Desk, language: str, said: str) -> None:
    """Kind and date alone told nobody whose key was coming, or above which amount two people sign from then on."""
    missing = desk.json("anchor", "party", "key", "add", "newcomer", "--capability", "maker,checker", expect=2)
    assert "chainbill key new newcomer" in missing["detail"]
    wrong = desk.json("anchor", "party", "key", "add", "newcomer", "--capability", "maker,boss", expect=2)
    assert wrong["code"] == "bad_capability"
    desk.text("key", "new", "newcomer", "--no-passphrase")
    added = desk.json("anchor", "party", "key", "add", "newcomer", "--capability", "maker,checker")
    desk.json("anchor", "party", "policy", "--rule", "bill.confirm:CNY:1000000")
    old = desk.json("anchor", "party", "show", "anchor")["keys"][0]["key"]
    desk.text("key", "new", "other", "--no-passphrase")
    new = desk.json("anchor", "party", "rotate-key", "--new", "other")["key"]
    told = desk.text("--as", "anchor", "--lang", language, "-o", "wide", "party", "change", "list")
    assert {key for key in (added["key"], old, new) if key not in told} == set()
    assert said in told
    assert "1,000,000.00 CNY" in told


def test_a_party_halts_itself_and_its_sponsor_lifts_it(desk: Desk) -> None:
    halted = desk.json("supplier1-checker", "party", "halt", "--reason", "key stolen")["halted_on"]
    assert desk.json("anchor", "party", "show", "supplier1")["halted_on"] == halted
    assert halted in desk.text("--as", "anchor", "party", "show", "supplier1"), "a person is told too"
    issue = ["bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "+120d"]
    assert desk.json("supplier1", *issue, expect=3)["code"] in ("party_halted", "party_not_active")
    desk.json("anchor", "party", "halt", "supplier1", expect=2)
    desk.json("bank1", "party", "halt", "supplier1", "--lift")
    desk.json("supplier1", *issue)


def test_a_sponsor_recovers_lost_keys_and_one_admin_vetoes(desk: Desk, tmp_path: Path) -> None:
    for name in ("fresh", "clerk"):
        desk.text("key", "new", name, "--no-passphrase")
    says = ["--party", "supplier1", "--capability", "maker"]
    proof = tmp_path / "clerk.json"
    proof.write_text(desk.text("party", "key", "prove", "clerk", *says, "-o", "json"), encoding="utf-8")
    recover = ["party", "recover", "supplier1", "--key", "fresh", "--key", str(proof), "--document", paper(tmp_path)]
    assert desk.json("bank2", *recover, expect=3)["code"] == "not_the_sponsor"
    announced = desk.json("bank1", *recover)
    (row,) = desk.json("supplier1", "party", "recovery", "list")
    assert (row["id"], row["kind"], row["acts_on"]) == (announced["recovery"], "recover", announced["acts_on"])
    desk.json("bank1", "party", "recovery", "withdraw", row["id"])
    announced = desk.json("bank1", *recover)
    desk.text("localnet", "clock", "--to", announced["acts_on"])
    keys = desk.json("bank1", "party", "show", "supplier1")["keys"]
    assert [one["capabilities"] for one in keys] == [["maker", "checker", "admin"], ["maker"]]
    again = desk.json("bank1", *recover)
    fresh = desk.json("bank1", "party", "show", "supplier1")["keys"][0]["key"]
    assert fresh in json.dumps(desk.json("bank1", "party", "recovery", "list", "supplier1"))
    veto = ["party", "recovery", "veto", again["recovery"]]
    assert desk.json("supplier1", *veto, expect=4)["code"] == "key_not_active"


def test_a_veto_leaves_the_keys_to_a_vote(desk: Desk, tmp_path: Path) -> None:
    desk.text("key", "new", "fresh", "--no-passphrase")
    document = paper(tmp_path)
    recover = ["party", "recover", "supplier1", "--key", "fresh", "--document", document]
    desk.json("supplier1-checker", "party", "recovery", "veto", desk.json("bank1", *recover)["recovery"])
    assert desk.json("bank1", *recover, expect=3)["code"] == "recovery_vetoed"
    proposed = desk.json("bank1", "governance", "propose", "party_recover", "supplier1", document, "fresh")["proposal"]
    desk.json("bank1", "governance", "vote", proposed, "yes")
    (row,) = desk.json("supplier1", "party", "recovery", "list", "--status", "announced")
    assert row["announced_by"] == ""


def test_an_identifier_is_given_by_vote(desk: Desk) -> None:
    words = ["governance", "propose", "identifier", "vat", "CN 12", "supplier1"]
    proposed = desk.json("bank1", *words)["proposal"]
    desk.json("bank1", "governance", "vote", proposed, "yes")
    assert {"scheme": "vat", "value": "CN12"} in desk.json("bank1", "party", "show", "supplier1")["identifiers"]


@pytest.mark.parametrize("wrong", ['{"proof": "ab"}', "[]"])
def test_a_file_that_proves_nothing_is_refused_here(desk: Desk, tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "proof.json"
    path.write_text(wrong, encoding="utf-8")
    words = ["party", "recover", "supplier1", "--key", str(path), "--document", paper(tmp_path)]
    desk.text("--as", "bank1", *words, expect=2)
    assert "key prove" in desk.err


@pytest.mark.parametrize("words", [["change", "withdraw"], ["recovery", "veto"], ["recovery", "withdraw"]])
def test_what_is_no_id_of_a_change_is_refused_before_it_is_sent(desk: Desk, words: list[str]) -> None:
    for typed in ("x", "BANANA", "B" + "0" * 17, "C" + "0" * 17):
        assert "transaction" not in desk.json("anchor", "party", *words, typed, expect=2)
        assert "transaction" not in desk.err
    announced = desk.json("anchor", "party", "policy", "--clear")["change"]
    if words[0] == "change":
        assert desk.json("anchor", "party", *words, announced[:8])["status"] == "committed"
    else:
        assert desk.json("anchor", "party", *words, announced[:8], expect=2)["code"] == "id_whole"
