"""On a closed network no filter, list or lock tells what a reader may not see."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from chainbill_contracts.declared_reads import reads, word_filters
from rest.bill_book import ANCHOR, SUPPLIERS, BillBook
from rest.conftest import TestClient
from rest.test_rest_access import ReadAs, _request

S1, S2, S3, S4, S5, S6 = SUPPLIERS


def held_by(example: tuple[BillBook, str], party: str) -> str:
    book, bill = example
    return next(token for token in book.live(bill) if book.token(token)["holder"] == party)


@pytest.mark.parametrize("who", [ANCHOR, S1])
def test_bills_cannot_be_asked_for_by_hidden_holders(read_as: ReadAs, who: str) -> None:
    assert read_as(who, "/v1/bills").json()["count"] == 1
    for path in (f"/v1/bills?holder={S3}", f"/v1/parties/{S3}/bills"):
        assert read_as(who, path).json()["count"] == 0, path
    assert read_as(who, f"/v1/trace/parties/{S3}").json()["currencies"] == []


def test_what_shows_of_a_party_is_still_found(read_as: ReadAs) -> None:
    for path in (f"/v1/bills?holder={S3}", f"/v1/parties/{S3}/bills", f"/v1/parties/{ANCHOR}/bills"):
        assert read_as(S3, path).json()["count"] == 1, path
        assert read_as("REGULATOR", path).json()["count"] == 1, path
    assert read_as(S2, f"/v1/parties/{S3}/bills").json()["count"] == 1  # its own hop led there
    assert read_as(S2, f"/v1/parties/{S1}/bills").json()["count"] == 1  # upstream
    assert read_as("BANK3", f"/v1/bills?holder={S3}").json()["count"] == 1  # it will pay


def test_who_was_asked_to_finance_does_not_show_in_the_bills_of_a_bank(
    read_as: ReadAs, example: tuple[BillBook, str]
) -> None:
    _request(example[0], "R1", S3, held_by(example, S3), ["BANK4"])
    assert read_as(S1, "/v1/parties/BANK4/bills").json()["count"] == 0
    assert read_as("BANK4", "/v1/parties/BANK4/bills").json()["count"] == 1


def test_requests_cannot_be_asked_for_by_rival_banks(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    _request(example[0], "R1", S3, held_by(example, S3), ["BANK4", "BANK1"])
    for who, bank, count in (("BANK4", "BANK1", 0), ("BANK4", "BANK4", 1), (S3, "BANK1", 1), ("REGULATOR", "BANK1", 1)):
        assert read_as(who, f"/v1/finance/requests?bank={bank}").json()["count"] == count, (who, bank)


def test_sponsors_do_not_show_through_the_filter(read_as: ReadAs) -> None:
    for who, shown in (
        ("BANK1", {ANCHOR, *SUPPLIERS}),
        ("REGULATOR", {ANCHOR, *SUPPLIERS}),
        (S1, {S1}),
        ("BANK2", set()),
    ):
        found = read_as(who, "/v1/parties?sponsor=BANK1").json()["data"]
        assert {row["id"] for row in found} == shown, who


def test_offers_and_locks_show_to_those_they_concern(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    book, bill = example
    token = held_by(example, S3)
    lock = {"kind": "in_finance", "ref": "R1", "since": "", "until": ""}
    book.change_token(token, locks=[lock])
    _request(book, "R1", S3, token, ["BANK4"])

    def leaf(who: str) -> dict[str, Any]:
        found = read_as(who, f"/v1/trace/bills/{bill}").json()["leaves"]
        return dict(next(one for one in found if one["id"] == token))

    for who, shown in ((S3, [lock]), ("BANK4", [lock]), ("REGULATOR", [lock]), ("BANK3", [])):
        assert leaf(who)["locks"] == shown, who
        assert read_as(who, f"/v1/tokens/{token}").json()["locks"] == shown, who
        assert read_as(who, f"/v1/tokens?bill={bill}&lock=in_finance").json()["count"] == len(shown), who


def test_open_offers_of_others_do_not_show_to_the_paying_bank(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    piece, _ = example[0].offer(held_by(example, S1), S5, 100)
    for path in (f"/v1/offers?to={S5}", f"/v1/offers?from={S1}"):
        for who, count in ((S5, 1), (S1, 1), ("REGULATOR", 1), ("BANK3", 0), (S3, 0)):
            assert read_as(who, path).json()["count"] == count, (who, path)
    assert read_as("BANK3", f"/v1/tokens/{piece}").json()["offered_to"] == ""


WORDS = {place: told.words for place, told in word_filters().items()}
NAMED = [
    f"{read.path}?{one.name}={{}}"
    for read in reads().values()
    for one in read.filters.values()
    if one.kind in {"party", "bank", "bill", "token"}
]


@pytest.mark.parametrize(("route", "parameter"), sorted(WORDS))
def test_a_word_that_no_object_can_have_is_refused(
    read_as: ReadAs, example: tuple[BillBook, str], route: str, parameter: str
) -> None:
    path = route.format(bill_id=example[1], party=S3)
    for word in WORDS[route, parameter]:
        assert read_as("REGULATOR", f"{path}?{parameter}={word}").status_code == 200, word
    for wrong in ("nonsense", "active,nonsense", "Live"):
        answer = read_as("REGULATOR", f"{path}?{parameter}={wrong}")
        assert answer.status_code == 400
        [error] = answer.json()["errors"]
        assert error["parameter"] == parameter
        assert all(word in error["detail"] for word in WORDS[route, parameter])


def test_every_filter_by_a_word_says_its_words(client: TestClient) -> None:
    """A filter that is missing in WORDS takes any word, and lists nothing for a mistyped one."""
    filters = {
        (path, one["name"])
        for path, methods in client.get("/openapi.json").json()["paths"].items()
        for told in methods.values()
        for one in told.get("parameters", ())
        if one["in"] == "query"
    }
    by_words = {name for _, name in WORDS}
    assert {one for one in filters if one[1] in by_words} == set(WORDS), "declared in reads/"


@pytest.mark.parametrize("path", NAMED)
@pytest.mark.parametrize("who", ["REGULATOR", S3])
def test_a_filter_that_names_nothing_is_refused(read_as: ReadAs, path: str, who: str) -> None:
    """reading REST: a mistyped id must not read as "nothing is owed"."""
    for wrong in (f"{S3}X", "B00000000000000404", "T404", "%20", "x" * 70, "a%00b"):
        answer = read_as(who, path.format(wrong))
        assert answer.status_code in (400, 404), wrong
        assert answer.status_code == 400 or answer.json()["code"] == "not_found"
        assert answer.json()["hint"]


@pytest.mark.parametrize("wrong", ["CNX", "cny", "", "CNY,EUR"])
def test_a_currency_that_the_ledger_cannot_have_is_refused(read_as: ReadAs, wrong: str) -> None:
    """reading REST: likewise of a currency; one that no bill is in yet lists nothing."""
    answer = read_as("REGULATOR", f"/v1/bills?currency={wrong}")
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["parameter"] == "currency"
    assert "CNY" in error["detail"]
    assert read_as("REGULATOR", "/v1/bills?currency=JPY").json()["count"] == 0


@pytest.mark.parametrize("path", ["/v1/bills?invoice={}", "/v1/disputes?fingerprint={}"])
def test_a_fingerprint_is_a_name_that_anything_may_stand_under(read_as: ReadAs, path: str) -> None:
    """reading REST: one under which nothing shows lists nothing; what can be no fingerprint is refused."""
    assert read_as("REGULATOR", path.format("0" * 64)).json()["count"] == 0
    for wrong in ("f1", "0" * 63, "0" * 65, "F" * 64, "g" * 64, ""):
        answer = read_as("REGULATOR", path.format(wrong))
        assert answer.status_code == 400, wrong
        assert [error["code"] for error in answer.json()["errors"]] == ["parameter_fingerprint"]


def test_several_parties_are_read_by_name_at_once(read_as: ReadAs) -> None:
    """reading REST: a page shows many names; each was a question of its own."""
    page = read_as(S3, f"/v1/parties?id={S5},{ANCHOR},{S5}").json()
    assert [row["id"] for row in page["data"]] == sorted((ANCHOR, S5))
    assert page["count"] == 2
    assert read_as(S3, f"/v1/parties?id={S5},{ANCHOR}&role=anchor").json()["count"] == 1
    assert read_as(S3, f"/v1/parties?id={ANCHOR},{S5}X").json()["code"] == "not_found"
    assert read_as(S3, f"/v1/parties?id={','.join([S5] * 600)}").status_code == 400


def test_a_party_is_listed_under_the_sponsor_that_it_has(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    """The entry of a sponsor before stays in the index; the row decides."""
    example[0].next_height()
    example[0].party(S1, "supplier", sponsor="BANK2")
    for bank, there in (("BANK1", False), ("BANK2", True)):
        found = {row["id"] for row in read_as("REGULATOR", f"/v1/parties?sponsor={bank}").json()["data"]}
        assert (S1 in found) is there, bank


def test_a_bill_is_found_by_its_initiators_own_reference(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    """Only the initiator and supervisors are told what stands under it: others could try references out."""
    book, bill = example
    book.put("bill", "reference", (S1, "PO-17"), {"bill": bill, "digest": ""})
    found = f"/v1/bills?initiator={S1}&reference=PO-17"
    for who, path, count in (
        (S1, "/v1/bills?reference=PO-17", 1), (S1, found, 1), ("REGULATOR", found, 1),
        (ANCHOR, "/v1/bills?reference=PO-17", 0), (ANCHOR, found, 0), ("BANK3", found, 0),
        (S1, "/v1/bills?reference=PO-18", 0), (S1, "/v1/bills?reference=PO-17&status=settled", 0),
        (S1, f"/v1/bills?initiator={S1}", 1), (ANCHOR, f"/v1/bills?initiator={S1}", 1),
        ("REGULATOR", f"/v1/bills?initiator={S2}", 0),
    ):  # fmt: skip
        page = read_as(who, path).json()
        assert (page["count"], [row["id"] for row in page["data"]]) == (count, [bill] * count), (who, path)


def test_a_reference_alone_needs_its_initiator(client: TestClient) -> None:
    answer = client.get("/v1/bills?reference=PO-17")
    assert answer.status_code == 400
    assert [(error["parameter"], error["code"]) for error in answer.json()["errors"]] == [
        ("initiator", "parameter_one_of")
    ]


def test_a_bill_or_token_of_others_is_no_filter(read_as: ReadAs, example: tuple[BillBook, str]) -> None:
    """A filter tells no more of what is there than its own address does."""
    token = held_by(example, S3)
    for path in (f"/v1/tokens?bill={example[1]}", f"/v1/finance/requests?bill={example[1]}"):
        assert read_as(S5, path).status_code == 404
        assert read_as(S3, path).status_code == 200
    assert read_as(S1, f"/v1/finance/requests?token={token}").status_code == 404


def test_the_kinds_of_proposals_are_those_of_the_contract() -> None:
    """A kind that the contract gains must be one that a filter takes."""
    source = (Path(__file__).resolve().parents[2] / "contracts/chainbill_contracts/governance.py").read_text()
    [content] = (
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "CONTENT"
    )
    assert isinstance(content, ast.Dict)
    assert {ast.literal_eval(key) for key in content.keys if key} == set(WORDS["/v1/governance/proposals", "kind"])
