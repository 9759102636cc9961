"""Status of parties, coming and going, by command, against the real ledger and contracts in this process."""

from __future__ import annotations

import hashlib

import pytest
from chainbill_cli import preview as previews
from cli.cli_desk import Desk, accepted_bill

COURT = ["--authority", "Court of H", "--number", "H-2026-17"]


@pytest.fixture
def papers(desk: Desk) -> list[str]:
    """Two papers, each with its option."""
    words = []
    for name in ("acceptance", "administrator"):
        path = desk.home / f"{name}.pdf"
        path.write_bytes(name.encode())
        words += ["--document", str(path)]
    return words


def status(desk: Desk, party: str) -> str:
    return str(desk.json("auditor", "party", "show", party)["status"])


def test_a_suspension_by_one_bank_is_ratified_by_another_and_lifted(desk: Desk, papers: list[str]) -> None:
    """security 9."""
    made = desk.json("bank1", "party", "suspend", "supplier1", *papers[:2], "--reason", "review")
    assert (made["status"], made["party_status"]) == ("committed", "suspended")
    assert len(desk.json("bank1", "tx", "show", made["transaction"])["signers"]) == 2, "maker and checker"
    shown = desk.json("supplier2", "party", "show", "supplier1")["standing"]
    assert (shown["order"], shown["reason"], shown["ratified"]) == (made["order"], "review", False)
    assert shown["until"] == made["until"] > shown["since"]
    for language, heading in (("en", "ratify by"), ("zh", "确认截止")):
        sheet = desk.text("--lang", language, "party", "show", "supplier1")
        assert {made["order"], made["until"], "review"} <= set(sheet.split()), "why, and until when"
        assert heading in sheet
        assert heading not in desk.text("--lang", language, "party", "show", "supplier2"), "nothing stands against it"
    found = desk.json("bank2", "party", "order", made["order"])
    assert found["documents"] == [hashlib.sha256(b"acceptance").hexdigest()]
    desk.json("supplier1", "party", "object", made["order"], "--reason", "a rival's word")
    assert desk.json("bank1", "party", "ratify", made["order"], expect=3)["code"] == "entered_by_own_house"
    assert desk.json("bank2", "party", "ratify", made["order"][:8])["party_status"] == "suspended"
    assert desk.json("supplier2", "party", "show", "supplier1")["standing"]["until"] == ""
    [listed] = desk.json("bank2", "party", "orders", "--party", "supplier1", "--status", "ratified")
    assert (listed["second"], listed["objected_on"] != "") == (desk.json("bank2", "party", "show", "bank2")["id"], True)
    for language, word in (("en", "ratified"), ("zh", "已确认")):
        assert word in desk.text("--as", "bank2", "--lang", language, "party", "orders")
        assert word in desk.text("--as", "bank2", "--lang", language, "party", "order", made["order"])
    assert desk.json("bank1", "party", "lift", "supplier1", *papers[:2])["party_status"] == "active"


def test_what_is_signed_and_what_came_of_it_are_said_in_words(
    desk: Desk, papers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A suspension was previewed, and shown afterwards, as "suspended" in Chinese too."""
    shown: list[previews.Preview] = []
    made = desk.json("bank1", "party", "suspend", "supplier1", *papers[:2])
    monkeypatch.setattr(previews, "person", lambda: True)
    monkeypatch.setattr(previews.Preview, "ask", lambda preview, _session: shown.append(preview))
    desk.text("--as", "bank1", "--lang", "zh", "party", "suspend", "supplier3", *papers[:2])
    assert ("此后状态", "已暂停") in shown[0].lines
    desk.text("--as", "bank2", "--lang", "zh", "party", "size", "supplier2", "small", *papers[:2])
    assert shown[1].lines.count(("规模", "中小微")) == 1, "said once"
    sheet = desk.text("--as", "bank1", "--lang", "zh", "tx", "show", made["transaction"])
    assert "状态 已暂停" in sheet
    assert "suspended" not in sheet


def test_an_administrator_takes_over_by_two_banks(desk: Desk, papers: list[str]) -> None:
    assert desk.json("bank1", "party", "insolvent", "supplier1", *COURT, *papers[:2], expect=3)["code"] == (
        "documents_needed"
    )
    made = desk.json("bank1", "party", "insolvent", "supplier1", *COURT, *papers)
    assert made["party_status"] == "insolvent"
    for name in ("trustee", "trustee2"):
        desk.text("key", "new", name, "--no-passphrase")
    words = ["party", "administrator", "supplier1", *COURT, *papers[:2], "--key", "trustee", "--key", "trustee2"]
    assert desk.json("bank1", *words, expect=3)["code"] == "insolvency_not_ratified"
    desk.json("bank2", "party", "ratify", made["order"])
    named = desk.json("bank1", *words)
    shown = desk.json("bank2", "party", "order", named["order"])
    assert (shown["kind"], len(shown["keys"])) == ("administrator", 2)
    ratified = desk.json("bank2", "party", "ratify", named["order"])
    assert not desk.json("bank1", "party", "show", "supplier1")["administered_on"]
    desk.text("localnet", "clock", "--to", ratified["acts_on"])
    row = desk.json("bank1", "party", "show", "supplier1")
    assert row["administered_on"] == ratified["acts_on"]
    assert sorted(one["key"] for one in row["keys"]) == sorted(one["key"] for one in shown["keys"])


def test_a_key_of_an_administrator_kept_elsewhere_needs_its_proof(desk: Desk, papers: list[str]) -> None:
    words = ["party", "administrator", "supplier1", *COURT, *papers[:2]]
    desk.json("bank1", *words, "--key", "ab" * 32, expect=2)
    desk.text("key", "new", "elsewhere", "--no-passphrase")
    said = ["party", "key", "prove", "elsewhere", "--party", "supplier1", "--capability", "admin"]
    file = desk.home / "proof.json"
    file.write_text(desk.text("-o", "json", *said), encoding="utf-8")
    assert desk.json("bank1", *words, "--key", str(file), expect=3)["code"] == "insolvency_not_ratified"


def test_a_party_leaves_and_is_closed_once_nothing_is_open(desk: Desk) -> None:
    bill, token = accepted_bill(desk, "100.00")
    assert desk.json("supplier1", "party", "leave")["party_status"] == "leaving"
    [held] = desk.json("supplier1", "party", "open-items")["holdings"]
    assert (held["role"], held["count"], held["sum"]) == ("holder", 1, 10_000)
    assert desk.json("bank1", "party", "offboard", "supplier1", "--check")["holdings"] == [held]
    assert "tokens held" in desk.text("--as", "supplier1", "party", "open-items")
    assert desk.json("bank1", "party", "close", "supplier1", expect=3)["code"] == "leaving_under_way"
    desk.text("localnet", "clock", "--advance", "4d")
    refused = desk.json("bank1", "party", "close", "supplier1", expect=3)
    assert refused["code"] == "open_items"
    desk.json("bank1", "bill", "settle", bill, "--amount", "100.00", "--reference", "S-1")
    desk.json("bank1", "bill", "payment", bill, token, "--status", "paid", "--reference", "P-1")
    assert desk.json("supplier1", "party", "open-items")["holdings"] == []
    assert desk.json("bank1", "party", "close", "supplier1")["party_status"] == "closed"
    assert status(desk, "supplier1") == "closed"


def test_the_sponsor_attests_a_size(desk: Desk, papers: list[str]) -> None:
    assert desk.json("bank1", "party", "size", "supplier1", "small", *papers[:2])["size"] == "small"
    assert desk.json("bank1", "party", "show", "supplier1")["size"] == "small"
    assert desk.json("bank1", "party", "size", "supplier1", "none", *papers[:2])["size"] == ""


def test_a_vote_suspends_a_bank(desk: Desk, papers: list[str]) -> None:
    words = ["governance", "propose", "party-status", "bank2", "suspended", *papers[:2], "--reason", "fraud"]
    proposal = desk.json("bank1", *words)["proposal"]
    shown = desk.text("--as", "bank1", "--lang", "en", "governance", "show", proposal)
    assert "status of a party" in shown or "party_status" in shown
    refused = desk.json("bank1", "governance", "propose", "party-close", "bank2", expect=3)
    assert refused["code"] == "party_transition", "an active bank leaves first"
    assert desk.json("bank1", "governance", "propose", "party_status", "bank2", expect=2)
    desk.text("key", "new", "trustee", "--no-passphrase")
    words = ["governance", "propose", "party_administrator", "bank2", "trustee", *papers[:2], *COURT]
    assert desk.json("bank1", *words, expect=3)["code"] == "insolvency_not_ratified"
    taken = desk.json("bank1", "governance", "withdraw", proposal)
    assert taken["decision"] == "withdrawn"


def test_orders_and_proposals_are_listed_newest_first(desk: Desk, papers: list[str]) -> None:
    """By id, the order of a list said nothing."""
    made = [desk.json("bank1", "party", "suspend", "supplier1", *papers[:2])["order"]]
    for _ in range(2):
        made.append(desk.json("bank1", "party", "insolvent", "supplier1", *COURT, *papers)["order"])
        if len(made) == 2:
            desk.json("bank1", "party", "lift", "supplier1", *papers[:2])
    assert [row["id"] for row in desk.json("bank1", "party", "orders")] == made[::-1]
    assert [row["id"] for row in desk.json("bank1", "party", "orders", "--limit", "2")] == made[:0:-1]
    proposed = [
        desk.json("bank1", "governance", "propose", "parameter", "min_split", str(100 + number))["proposal"]
        for number in range(4)
    ]
    assert [row["id"] for row in desk.json("bank1", "governance", "list")] == proposed[::-1]
    told = desk.text("--as", "bank1", "--lang", "zh", "governance", "list", "--limit", "2")
    assert proposed[3] in told
    assert proposed[0] not in told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_ratifies_sees_papers_before_signing(
    desk: Desk, papers: list[str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = desk.json("bank1", "party", "insolvent", "supplier1", *COURT, *papers, "--reason", "unpaid")
    shown: list[previews.Preview] = []
    monkeypatch.setattr(previews, "person", lambda: True)
    monkeypatch.setattr(previews.Preview, "ask", lambda preview, _session: shown.append(preview))
    desk.text("--as", "bank2", "--lang", language, "party", "ratify", made["order"])
    said = [value for _, value in shown[0].lines]
    assert {"Court of H", "H-2026-17", "unpaid", hashlib.sha256(b"administrator").hexdigest()} <= set(said)
    desk.text("--as", "bank1", "--lang", language, "party", "lift", "supplier1", *papers[:2])
    for act in ("leave", "stay", "leave"):
        desk.text("--as", "supplier2", "--lang", language, "party", act)
    desk.text("localnet", "clock", "--advance", "4d")
    desk.text("--as", "bank2", "--lang", language, "party", "close", "supplier2")
    assert [preview.title for preview in shown[1:]] == [
        "preview.party_active", "preview.party_leave", "preview.party_stay", "preview.party_leave",
        "act.standing_close_asks",
    ]  # fmt: skip
