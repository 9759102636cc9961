"""Receipts, payments, due and overdue over REST: real contracts, real storage, days that pass.

reading A4: each receipt and payment one row, steps of the calendar in the history, days late by value date.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.storage.leveldb import LevelStore
from node_chain import LocalChain
from rest.conftest import TestClient
from served_chain import client_of

from chainbill.dates import date_of, start_of_day_ms
from chainbill.limits import HOUR_MS

ZONE = 480
FACE = 100_000_00


def hours_until(chain: LocalChain, date: str) -> None:
    """Hour by hour to 09:00 of a day: after a longer gap the ledger leaves bills alone."""
    wanted = start_of_day_ms(date, ZONE) + 9 * HOUR_MS
    while chain.time_ms < wanted:
        chain.time_ms = min(wanted, chain.time_ms + HOUR_MS) - 1_000
        chain.commit()


@dataclass
class Paid:
    """Two bills: `late` is paid in part in time and the rest four days late, `rescinded` in time but recorded late."""

    chain: LocalChain
    client: TestClient
    late: str
    rescinded: str
    token2: str

    def get(self, path: str) -> Any:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def settle(self, bill: str, amount: int, reference: str, value_date: str, *, partial: bool = False) -> Any:
        arguments = {"bill": bill, "amount": amount, "reference": reference, "value_date": value_date}
        return self.chain.call("bank1", "settlement", "settle", {**arguments, "partial": partial})


@pytest.fixture(scope="module")
def paid() -> Iterator[Paid]:
    with tempfile.TemporaryDirectory() as folder:
        store = LevelStore(Path(folder) / "db", create=True, buffer_bytes=1 << 20)
        chain = LocalChain(Path(folder) / "net", store)
        late, rescinded = chain.trade(), chain.trade()
        with client_of(chain) as client:
            made = Paid(chain, client, late, rescinded, "")
            offers = made.get(f"/v1/offers?to={chain.party('supplier2')}")["data"]
            token = next(one["id"] for one in offers if one["bill"] == late)
            made.token2 = chain.call("supplier2", "token", "accept", {"token": token})["token"]
            chain.time_ms = start_of_day_ms("2026-12-30", ZONE)
            chain.commit()
            hours_until(chain, "2026-12-31")
            made.settle(late, 30_000_00, "PAY-1", "2026-12-31", partial=True)
            hours_until(chain, "2027-01-05")
            made.settle(late, 70_000_00, "PAY-2", "2027-01-04")
            made.settle(rescinded, FACE, "PAY-3", "2026-12-31")
            payments = made.get(f"/v1/payments?bill={late}&party={chain.party('supplier2')}")["data"]
            payments.sort(key=lambda payment: payment["amount"])
            for payment, status in zip(payments, ("paid", "returned"), strict=True):
                report = {"bill": late, "token": payment["token"], "status": status, "reference": f"OUT-{status}"}
                chain.call("bank1", "settlement", "pay_result", report)
            yield made
        store.close()


def steps(paid: Paid, bill: str, at: str = "") -> list[tuple[str, str, int]]:
    found = paid.get(f"/v1/bills/{bill}/history?limit=1000{at}")["data"]
    return [(step["kind"], step["date"], step.get("amount", 0)) for step in found]


def test_due_and_overdue_are_steps_of_a_bill(paid: Paid) -> None:
    """reading A4: with the days, what was unpaid on them, and each receipt with its value date."""
    kinds = [
        (kind, date, amount) for kind, date, amount in steps(paid, paid.late) if kind not in ("settled", "transfer")
    ]
    today = date_of(paid.chain.time_ms, ZONE)
    assert [one[0] for one in kinds[:3]] == ["created", "confirm", "issue"]
    assert sorted(kinds[3:]) == sorted([
        ("due", "2026-12-31", FACE), ("received", "2026-12-31", 30_000_00), ("overdue", "2027-01-01", 70_000_00),
        ("received", today, 70_000_00), ("payment_paid", today, 12_000_00), ("payment_returned", today, 28_000_00),
    ])  # fmt: skip
    dates = [date for _, date, _ in steps(paid, paid.late)]
    assert dates == sorted(dates)
    received = [step for step in paid.get(f"/v1/bills/{paid.late}/history")["data"] if step["kind"] == "received"]
    assert [(one["value_date"], one["days_late"], one["reference"]) for one in received] == [
        ("2026-12-31", 0, "PAY-1"), ("2027-01-04", 4, "PAY-2"),
    ]  # fmt: skip
    settled = [step for step in paid.get(f"/v1/bills/{paid.late}/history")["data"] if step["kind"] == "settled"]
    assert {step["value_date"] for step in settled} == {"2026-12-31", "2027-01-04"}


def test_money_comes_before_what_it_settles(paid: Paid) -> None:
    """reading A4: a receipt stood between the leaves that it settled, for both have the height of one transaction."""
    found = paid.get(f"/v1/bills/{paid.late}/history?limit=1000")["data"]
    settled = 0
    for height in sorted({step["height"] for step in found if step["kind"] == "received"}):
        kinds = [step["kind"] for step in found if step["height"] == height]
        assert kinds == ["received", *["settled"] * (len(kinds) - 1)], height
        settled += len(kinds) - 1
    assert settled > 2, "no receipt settled several leaves"
    paid_out = [place for place, step in enumerate(found) if step["kind"].startswith("payment_")]
    assert min(paid_out) > max(place for place, step in enumerate(found) if step["kind"] == "settled")


def test_money_in_time_takes_overdue_back(paid: Paid) -> None:
    """reading A4: overdue is judged by value date, whenever the money was recorded."""
    bill = paid.get(f"/v1/bills/{paid.rescinded}")
    assert (bill["status"], bill["overdue_on"], bill["days_late"]) == ("settled", "", 0)
    assert [kind for kind, _, _ in steps(paid, paid.rescinded)].count("overdue") == 0
    before = paid.get(f"/v1/bills/{paid.rescinded}?at=2027-01-04")
    assert (before["status"], before["overdue_on"], before["days_late"]) == ("overdue", "2027-01-01", 4)
    assert ("overdue", "2027-01-01", FACE) in steps(paid, paid.rescinded, "&at=2027-01-04")


def test_how_late_a_bill_is_follows_the_day_until_it_is_paid(paid: Paid) -> None:
    """reading A4: days late, in the bill, its lists and its trace, at each height."""
    for at, late in (("2026-12-31", 0), ("2027-01-01", 1), ("2027-01-03", 3), ("2027-01-05", 4)):
        for path in (f"/v1/bills/{paid.late}?at={at}", f"/v1/trace/bills/{paid.late}?at={at}"):
            found = paid.get(path)
            assert found.get("bill", found)["days_late"] == late, path
    listed = paid.get("/v1/bills?status=overdue&at=2027-01-03")["data"]
    assert {row["id"]: row["days_late"] for row in listed} == {paid.late: 3, paid.rescinded: 3}
    assert paid.get(f"/v1/bills/{paid.late}")["overdue_on"] == "2027-01-01"


def test_each_receipt_is_one_row(paid: Paid) -> None:
    """reading A4: money of debtors unless other kinds are asked for; every filter, page by page."""
    bank, anchor = paid.chain.party("bank1"), paid.chain.party("anchor")
    whole = paid.get("/v1/receipts")
    assert [row["reference"] for row in whole["data"]] == ["PAY-1", "PAY-2", "PAY-3"]
    assert (whole["count"], whole["sum"]) == (3, {"CNY": 2 * FACE})
    first = whole["data"][0]
    assert first == {
        "id": f"{bank}/PAY-1", "bank": bank, "reference": "PAY-1", "kind": "settlement", "bill": paid.late, "token": "",
        "quote": "", "amount": 30_000_00, "currency": "CNY", "value_date": "2026-12-31", "recorded_on": "2026-12-31",
        "height": first["height"], "transaction": first["transaction"], "status": "standing", "days_late": 0,
        "reversible_until": "2027-01-01", "reversed_on": "", "reason": "",
    }  # fmt: skip
    for query, references in (
        (f"bank={bank}", ["PAY-1", "PAY-2", "PAY-3"]), (f"bill={paid.late}", ["PAY-1", "PAY-2"]),
        (f"debtor={anchor}&value_from=2027-01-01", ["PAY-2"]), ("value_to=2026-12-31", ["PAY-1", "PAY-3"]),
        ("kind=payment", ["OUT-paid", "OUT-returned"]), ("kind=finance,unmatched", []), ("currency=EUR", []),
        ("kind=all", ["OUT-paid", "OUT-returned", "PAY-1", "PAY-2", "PAY-3"]),
        (f"bank={paid.chain.party('bank2')}", []), ("kind=all&at=2026-12-31", ["PAY-1"]),
    ):  # fmt: skip
        page = paid.get(f"/v1/receipts?{query}&limit=1")
        assert page["count"] == len(references), query
        seen = [row["reference"] for row in page["data"]]
        while page["next"]:
            page = paid.get(f"/v1/receipts?{query}&limit=1&after={page['next']}")
            seen += [row["reference"] for row in page["data"]]
        assert seen == references, query


def test_each_payment_is_one_row(paid: Paid) -> None:
    """reading A4: who is paid what, by which receipt, and what became of it."""
    supplier1, supplier2 = paid.chain.party("supplier1"), paid.chain.party("supplier2")
    whole = paid.get("/v1/payments")
    assert whole["sum"] == {"CNY": 2 * FACE}
    assert sum(row["amount"] for row in whole["data"]) == 2 * FACE
    assert whole["count"] == len({row["id"] for row in whole["data"]})
    mine = paid.get(f"/v1/payments?party={supplier2}")
    assert {(row["amount"], row["status"], row["value_date"]) for row in mine["data"]} == {
        (12_000_00, "paid", "2026-12-31"), (28_000_00, "returned", "2027-01-04"),
    }  # fmt: skip
    assert mine["sum"] == {"CNY": 40_000_00}
    assert {row["reference"] for row in mine["data"]} == {"PAY-1", "PAY-2"}
    for query, amount in (
        (f"party={supplier1}", 160_000_00), (f"bill={paid.late}", FACE), (f"party={supplier2}&status=paid", 12_000_00),
        ("status=returned,paid", 40_000_00), (f"bank={paid.chain.party('bank1')}&status=instructed", 160_000_00),
        (f"bank={paid.chain.party('bank2')}", 0), ("currency=EUR", 0),
        (f"bill={paid.late}&party={supplier1}", 60_000_00),
        (f"token={mine['data'][0]['token']}", mine["data"][0]["amount"]), ("at=2026-12-31", 30_000_00),
    ):  # fmt: skip
        page = paid.get(f"/v1/payments?{query}&limit=1")
        total, seen = page["sum"], [row["id"] for row in page["data"]]
        while page["next"]:
            page = paid.get(f"/v1/payments?{query}&limit=1&after={page['next']}")
            seen += [row["id"] for row in page["data"]]
        assert total.get("CNY", 0) == amount, query
        assert len(seen) == len(set(seen)) == page["count"], query
