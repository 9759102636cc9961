"""Reads by value date: what they refuse, what shows to whom, how their pages and answers are pinned.

That the figures are right is held in tests/recompute, on the real ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from chainbill_node.rest.access import OPEN_VIEWER
from chainbill_node.rest.cursors import KEY_BYTES, Cursor, CursorSeal, query_digest
from rest.bill_book import ANCHOR, SUPPLIERS, BillBook
from rest.conftest import TestClient, app_of, signed_get, with_parties
from rest.node_twin import TwinNode
from rest.test_rest_access import ReadAs

S1, S2, S3 = SUPPLIERS[:3]
DAY = "2026-01-05"
OFFERED_AT, REJECTED_AT, PAID_AT = 2, 5, 9
"""Heights of the first day, of the next one, and of two days later."""
ROUTES = (
    "/v1/bills", "/v1/bills/{bill}", "/v1/parties/{party}/bills", "/v1/receipts", "/v1/payments",
    "/v1/trace/bills/{bill}", "/v1/trace/anchors/{party}", "/v1/trace/parties/{party}",
)  # fmt: skip
VALUED = {"overdue_after": "2026-05-06", "overdue_on": "", "settled_in_time": 0, "closed_on": ""}


def late_book() -> tuple[BillBook, str]:
    """A bill of 1,000 of which 400 were paid on the first day, as its bank tells two days later.

    S2 was offered 300 of it on the first day, and rejected them on the next.
    """
    book = with_parties(BillBook())
    root = book.issue(ANCHOR, S1, 1_000, paying_bank="BANK3", **VALUED)
    bill = str(book.token(root)["bill"])
    book.height = OFFERED_AT
    piece, rest = book.offer(root, S2, 300)
    book.height = REJECTED_AT
    book.reject(piece)
    book.height = PAID_AT
    paid, _ = book.cut(rest, 400)
    book.leaf(paid, "settled")
    book.put("settlement", "receipt", ("BANK3", "R-1"), {
        "digest": "", "bill": bill, "amount": 400, "value_date": DAY, "kind": "settlement", "result": {},
        "height": PAID_AT, "transaction": "ab" * 32,
    })  # fmt: skip
    book.put("settlement", "payment", (bill, paid), {
        "bill": bill, "token": paid, "party": S1, "account": "", "amount": 400, "currency": "CNY",
        "status": "instructed", "bank": "BANK3", "reference": "R-1", "last_reference": "", "changed_on": "2026-01-07",
    })  # fmt: skip
    return book, bill


@pytest.fixture
def late() -> tuple[BillBook, str]:
    return late_book()


@pytest.fixture
def read(late: tuple[BillBook, str]) -> Iterator[ReadAs]:
    with app_of(TwinNode(late[0], public_reads=False)) as client:
        yield lambda who, path: signed_get(client, who, path)


CURSOR_KEY = bytes(KEY_BYTES)


@pytest.fixture
def client_of_late(late: tuple[BillBook, str]) -> Iterator[TestClient]:
    with app_of(TwinNode(late[0]), cursor_key=CURSOR_KEY) as client:
        yield client


def test_money_counts_on_the_day_of_its_value_date(client_of_late: TestClient, late: tuple[BillBook, str]) -> None:
    bill = late[1]
    get = client_of_late.get
    recorded, by_value = (get(f"/v1/bills/{bill}?at={DAY}{more}").json() for more in ("", "&basis=value"))
    assert (recorded["settled"], recorded["outstanding"]) == (0, 1_000)
    assert (by_value["settled"], by_value["outstanding"]) == (400, 600)
    assert recorded["as_of"].keys() == {"height", "date", "block_id", "app_hash"}
    as_of = by_value["as_of"]
    assert (as_of["basis"], as_of["valued_on"], as_of["height"], as_of["known_at"]["height"]) == ("value", DAY, 2, 9)
    before = get(f"/v1/bills/{bill}?at={DAY}&basis=value&known_at={PAID_AT - 1}").json()
    assert (before["settled"], before["as_of"]["known_at"]["height"]) == (0, PAID_AT - 1)
    [receipt] = get(f"/v1/receipts?at={DAY}&basis=value").json()["data"]
    assert (receipt["id"], receipt["amount"]) == ("BANK3/R-1", 400)
    [payment] = get(f"/v1/payments?at={DAY}&basis=value").json()["data"]
    assert (payment["party"], payment["status"], payment["value_date"]) == (S1, "instructed", DAY)
    assert get(f"/v1/receipts?at={DAY}").json()["data"] == []


def test_a_piece_without_a_token_of_its_own_is_named_by_its_range(
    client_of_late: TestClient, late: tuple[BillBook, str]
) -> None:
    """On the day there were two tokens, of 300 and of 700; by value 400 of the latter are paid."""
    trace = client_of_late.get(f"/v1/trace/bills/{late[1]}?at={DAY}&basis=value").json()
    leaves = [(leaf["lo"], leaf["hi"], leaf["status"]) for leaf in trace["leaves"]]
    assert leaves == [(0, 300, "live"), (300, 700, "settled"), (700, 1_000, "live")]
    base = trace["leaves"][1]["id"].partition(":")[0]
    assert [leaf["id"] for leaf in trace["leaves"][1:]] == [f"{base}:300-700", f"{base}:700-1000"]
    assert trace["leaves"][1]["parent"] == base
    assert trace["totals"]["live"] + trace["totals"]["settled"] == trace["totals"]["face"] == 1_000


@pytest.mark.parametrize("route", ROUTES)
def test_by_value_shows_what_shows_at_both_heights(read: ReadAs, late: tuple[BillBook, str], route: str) -> None:
    """Who was offered a token on the day and is not concerned any more learns nothing of later money."""
    bill = late[1]
    path = f"{route.format(bill=bill, party=ANCHOR)}?at={DAY}"
    then, known = read(S2, path), read(S2, f"{path}&basis=value&known_at={PAID_AT}")
    assert then.status_code == 200
    if "{bill}" in route:
        assert known.status_code == 404
        assert read(S2, f"{path}&basis=value&known_at={OFFERED_AT}").status_code == 200
        return
    assert known.status_code == 200
    assert not tells_of_money(known)
    assert bill not in known.text
    for who in (S1, "BANK3", "REGULATOR"):  # a debtor sees neither payees nor leaves
        assert tells_of_money(read(who, f"{path}&basis=value")), who
    assert not tells_of_money(read(S3, f"{path}&basis=value"))


def tells_of_money(answer: httpx.Response) -> bool:
    return re.search(r"[:,\[][46]00\b", answer.text) is not None  # what was paid, or what is left


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("basis=booked", "parameter_choice", ("must be one of recorded, value", "须为 recorded、value 之一")),
        ("known_at=5", "parameter_by_value", ("goes with basis=value only", "只能与按起息日（basis=value）同用")),
        (
            "basis=recorded&known_at=5",
            "parameter_by_value",
            ("goes with basis", "只能与按起息日"),
        ),
    ],
)
def test_a_basis_that_cannot_be_is_refused_with_its_mend(
    client_of_late: TestClient, late: tuple[BillBook, str], route: str, query: str, code: str, said: tuple[str, str]
) -> None:
    path = route.format(bill=late[1], party=ANCHOR)
    for language, words in zip(("en", "zh"), said, strict=True):
        answer = client_of_late.get(f"{path}?{query}", headers={"Accept-Language": language})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_parameter")
        [error] = answer.json()["errors"]
        assert error["code"] == code
        assert words in error["detail"]


def test_figures_cannot_be_known_before_their_day(client_of_late: TestClient, late: tuple[BillBook, str]) -> None:
    get = client_of_late.get
    for language, words in (("en", "leave it out"), ("zh", "不填则按现在所知读取")):
        answer = get(
            f"/v1/bills?basis=value&at=2026-01-07&known_at={OFFERED_AT}", headers={"Accept-Language": language}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "known_before_at")
        assert words in answer.json()["hint"]
    assert get(f"/v1/bills?basis=value&at={DAY}&known_at=2026-01-04").json()["code"] == "before_genesis"
    assert get("/v1/bills?basis=value&known_at=99").json()["code"] == "height_in_future"
    assert get("/v1/bills?basis=value&known_at=soon").json()["code"] == "bad_at"
    assert get("/v1/tokens?basis=value").json()["code"] == "unknown_parameter"
    now = get("/v1/bills?basis=value").json()["as_of"]
    assert (now["height"], now["valued_on"], now["known_at"]["height"]) == (PAID_AT, "2026-01-07", PAID_AT)


REVERSED = {"status": "reversed", "reversed_on": "2026-01-07", "reason": "wrong"}


def reversed_book(*, at: int) -> tuple[BillBook, str]:
    """As `late_book`, the money recorded at a height; it was reversed the day after PAID_AT, and 100 recorded then."""
    book = with_parties(BillBook())
    root = book.issue(ANCHOR, S1, 1_000, paying_bank="BANK3", **VALUED, pay_on="2026-05-06")
    bill = str(book.token(root)["bill"])
    book.height = at
    paid, _ = book.cut(root, 400)
    book.leaf(paid, "settled")
    receipt = {
        "digest": "", "bill": bill, "amount": 400, "value_date": DAY, "kind": "settlement", "result": {}, "height": at,
        "transaction": "ab" * 32, "status": "standing", "reversed_on": "", "reason": "", "reversible_until": "",
        "reversal": {"height": 0, "transaction": ""},
    }  # fmt: skip
    payment = {
        "bill": bill, "token": paid, "party": S1, "account": "", "amount": 400, "currency": "CNY",
        "status": "instructed", "bank": "BANK3", "reference": "R-1", "last_reference": "", "changed_on": "2026-01-07",
    }  # fmt: skip
    book.put("settlement", "receipt", ("BANK3", "R-1"), receipt)
    book.put("settlement", "payment", (bill, paid), payment)
    book.height = PAID_AT
    reversal = {"height": PAID_AT, "transaction": "cd" * 32}
    book.put("settlement", "receipt", ("BANK3", "R-1"), {**receipt, **REVERSED, "reversal": reversal})
    book.put("settlement", "payment", (bill, paid), {**payment, "status": "cancelled"})
    again = book.reverse(paid)
    part, _ = book.cut(again, 100)
    book.leaf(part, "settled")
    book.put("settlement", "receipt", ("BANK3", "R-2"), {**receipt, "amount": 100, "height": PAID_AT})
    book.put("settlement", "payment", (bill, part), {**payment, "token": part, "amount": 100, "reference": "R-2"})
    return book, bill


@pytest.mark.parametrize("recorded_at", [OFFERED_AT, REJECTED_AT])
def test_money_that_was_reversed_never_came_by_value(recorded_at: int) -> None:
    book, bill = reversed_book(at=recorded_at)
    with app_of(TwinNode(book)) as client:
        then = f"?at={DAY}&basis=value&known_at="
        known = client.get(f"/v1/bills/{bill}{then}{PAID_AT}").json()
        assert (known["settled"], known["status"]) == (100, "active")
        trace = client.get(f"/v1/trace/bills/{bill}{then}{PAID_AT}").json()
        assert (trace["totals"]["settled"], trace["totals"]["live"]) == (100, 900)
        assert sum(leaf["amount"] for leaf in trace["leaves"]) == 1_000
        before = client.get(f"/v1/bills/{bill}{then}{REJECTED_AT}").json()
        assert before["settled"] == 400
        assert [row["reference"] for row in client.get(f"/v1/receipts{then}{PAID_AT}").json()["data"]] == ["R-2"]
        assert [row["amount"] for row in client.get(f"/v1/payments{then}{PAID_AT}").json()["data"]] == [100]
        recorded = client.get(f"/v1/receipts?bill={bill}").json()
        assert [(row["reference"], row["status"]) for row in recorded["data"]] == [
            ("R-1", "reversed"), ("R-2", "standing")
        ]  # fmt: skip
        assert recorded["sum"] == {"CNY": 100}
        assert client.get(f"/v1/receipts?bill={bill}&status=reversed").json()["sum"] == {"CNY": 400}
        [one] = client.get("/v1/receipts?bank=BANK3&reference=R-1").json()["data"]
        assert (one["reversed_on"], one["reason"]) == ("2026-01-07", "wrong")
        steps = client.get(f"/v1/bills/{bill}/history").json()["data"]
        assert [step["kind"] for step in steps if step["kind"] in ("received", "settled", "reversed")] == [
            "received", "settled", "received", "settled", "reversed"
        ]  # fmt: skip


def test_the_pages_of_a_list_by_value_pin_both_heights(client_of_late: TestClient, late: tuple[BillBook, str]) -> None:
    book, _ = late
    for number in range(3):
        book.put("settlement", "receipt", ("BANK3", f"R-{number + 2}"), {
            "digest": "", "bill": late[1], "amount": 1, "value_date": DAY, "kind": "settlement", "result": {},
            "height": PAID_AT, "transaction": "ab" * 32,
        })  # fmt: skip
    path = f"/v1/receipts?basis=value&at={DAY}&limit=1"
    page = client_of_late.get(path).json()
    shown = [page]
    while page["next"]:
        book.next_height()
        book.put("settlement", "receipt", ("BANK3", f"S-{book.height}"), {
            "digest": "", "bill": late[1], "amount": 1, "value_date": DAY, "kind": "settlement", "result": {},
            "height": book.height, "transaction": "ab" * 32,
        })  # fmt: skip
        page = client_of_late.get(f"{path}&after={page['next']}").json()
        shown.append(page)
    assert [one["data"][0]["reference"] for one in shown] == ["R-1", "R-2", "R-3", "R-4"]
    assert {(one["count"], one["sum"]["CNY"], one["as_of"]["known_at"]["height"]) for one in shown} == {(4, 403, 9)}
    query = query_digest("/v1/receipts", [("basis", "value"), ("at", DAY)])
    for known in (0, 1, 99):
        cursor = Cursor(2, query, "BANK3/R-1", 4, {}, complete=True, shown=1, known=known)
        forged = CursorSeal(CURSOR_KEY).write(cursor, OPEN_VIEWER)
        assert client_of_late.get(f"{path}&after={forged}").json()["code"] == "bad_cursor", known


def test_an_answer_by_value_may_be_kept_where_both_heights_are_fixed(client_of_late: TestClient) -> None:
    for query, kept in (
        (f"at={DAY}&known_at={PAID_AT}", True), (f"at={DAY}&known_at={DAY}", True), (f"known_at={PAID_AT}", True),
        (f"at={DAY}", False), (f"at={OFFERED_AT}", False), (f"at={DAY}&known_at=2026-01-07", False),
    ):  # fmt: skip
        headers = client_of_late.get(f"/v1/bills?basis=value&{query}").headers
        assert ("etag" in headers) is kept, query
        assert (headers["cache-control"] == "no-store") is not kept, query
