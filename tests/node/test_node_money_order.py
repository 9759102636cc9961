"""In whatever order a bank reports the money of a bill, and whenever: all that is read of the bill is the same.

Money counts by the day on which it came (DOMAIN 5), and banks report it when they get to it.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.storage.leveldb import LevelStore
from node_chain import LocalChain
from rest.conftest import TestClient
from served_chain import client_of
from test_node_payments import ZONE, hours_until

from chainbill.dates import start_of_day_ms

MONEY = {"2026-12-31": 30_000_00, "2027-01-02": 20_000_00, "2027-01-04": 50_000_00}
"""What came on which day; the bills fall due on 31 December."""
ORDERS = tuple(itertools.permutations(MONEY))
DAYS = ("2026-12-31", "2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04", "2027-01-05")
Desk = tuple[TestClient, dict[tuple[str, ...], str]]


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Bills by the order in which their money was reported, all of it on 5 January."""
    with tempfile.TemporaryDirectory() as folder:
        store = LevelStore(Path(folder) / "db", create=True, buffer_bytes=1 << 20)
        chain = LocalChain(Path(folder) / "net", store)
        bills = {order: chain.trade() for order in ORDERS}
        chain.time_ms = start_of_day_ms("2026-12-30", ZONE)
        chain.commit()
        hours_until(chain, "2027-01-05")
        for number, (order, bill) in enumerate(bills.items()):
            for date in order:
                what = {"bill": bill, "amount": MONEY[date], "reference": f"{number} of {date}", "value_date": date}
                chain.call("bank1", "settlement", "settle", {**what, "partial": True})
        with client_of(chain) as client:
            yield client, bills
        store.close()


def read(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def without_names(row: dict[str, Any]) -> dict[str, Any]:
    """What is said of a bill but for its id, how it came into being, and when its row was changed."""
    names = (
        "status", "outstanding", "settled", "settled_in_time", "overdue_on", "overdue_after", "pay_on", "closed_on",
        "days_late",
    )  # fmt: skip
    return {name: row[name] for name in names}


def of_bill(client: TestClient, bill: str, when: str) -> list[Any]:
    """The bill and its totals alone, in its list and in its trace, and what its history says of money."""
    listed = next(row for row in read(client, f"/v1/bills?limit=1000&{when}")["data"] if row["id"] == bill)
    trace = read(client, f"/v1/trace/bills/{bill}?{when}")
    return [*map(without_names, (read(client, f"/v1/bills/{bill}?{when}"), listed, trace["bill"])), trace["totals"]]


@pytest.mark.parametrize("when", ["", *[f"basis=value&at={day}" for day in DAYS]], ids=lambda one: one or "now")
def test_a_bill_says_the_same_in_whatever_order_its_money_was_reported(desk: Desk, when: str) -> None:
    client, bills = desk
    said = {order: of_bill(client, bill, when) for order, bill in bills.items()}
    in_turn = said[ORDERS[0]]
    assert {order: one for order, one in said.items() if one != in_turn} == {}
    last = "2027-01-05" if not when else when[-10:]
    late = {"2026-12-31": 0, "2027-01-01": 1, "2027-01-02": 2, "2027-01-03": 3}.get(last, 4)
    came = sum(amount for date, amount in MONEY.items() if date <= last)
    assert (in_turn[0]["settled"], in_turn[0]["days_late"]) == (came, late)


def test_money_is_told_with_its_own_days_in_whatever_order_it_was_reported(desk: Desk) -> None:
    client, bills = desk
    for order, bill in bills.items():
        past = read(client, f"/v1/bills/{bill}/history?limit=1000")["data"]
        received = {one["value_date"]: (one["amount"], one["days_late"]) for one in past if one["kind"] == "received"}
        assert received == {
            date: (amount, {"2026-12-31": 0, "2027-01-02": 2, "2027-01-04": 4}[date]) for date, amount in MONEY.items()
        }, order
