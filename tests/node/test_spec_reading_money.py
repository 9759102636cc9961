"""Money, days and figures as docs/reference/rest.md and state.md promise them; every figure is worked out by hand.

The main bill: 10,000.00 due on Saturday the 10th, payable on Monday the 12th, held by supplier1 (6,000.00), supplier2
(2,000.00), supplier3 (1,000.00) and bank1 (1,000.00). Paid: 4,000.00 on the 12th, 3,000.00 on the 14th (told on the
15th), 3,000.00 on the 16th. `told`: 500.00 paid on the 12th, told on the 16th. `unpaid`: 333.33.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from spec_world import FACE, World, live_out, served

LARGEST = 2**53 - 1
INTEREST = 19_015_198_426_675
"""Of the largest amount at 1 % for 76 days of act/360: 9,007,199,254,740,991 × 76 ÷ 36,000 = 19,015,198,426,675.425…"""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with served(public_reads=True) as made:
        live_out(made)
        yield made


def figures(bill: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(
        bill[name]
        for name in ("status", "outstanding", "settled", "settled_in_time", "overdue_on", "days_late", "closed_on")
    )


NOT_PAID = {"told": 500_00, "unpaid": 333_33}
RECORDED = {
    ("main", "2026-10-11"): ("active", FACE, 0, 0, "", 0, ""),
    ("main", "2026-10-12"): ("due", 6_000_00, 4_000_00, 4_000_00, "", 0, ""),
    ("main", "2026-10-13"): ("overdue", 6_000_00, 4_000_00, 4_000_00, "2026-10-13", 1, ""),
    ("main", "2026-10-14"): ("overdue", 6_000_00, 4_000_00, 4_000_00, "2026-10-13", 2, ""),
    ("main", "2026-10-15"): ("overdue", 3_000_00, 7_000_00, 4_000_00, "2026-10-13", 3, ""),
    ("main", "2026-10-16"): ("settled", 0, FACE, 4_000_00, "2026-10-13", 4, "2026-10-16"),
    ("told", "2026-10-12"): ("due", 500_00, 0, 0, "", 0, ""),
    ("told", "2026-10-13"): ("overdue", 500_00, 0, 0, "2026-10-13", 1, ""),
    ("told", "2026-10-15"): ("overdue", 500_00, 0, 0, "2026-10-13", 3, ""),
    ("told", "2026-10-16"): ("settled", 0, 500_00, 500_00, "", 0, "2026-10-16"),
    ("unpaid", "2026-10-12"): ("due", 333_33, 0, 0, "", 0, ""),
    ("unpaid", "2026-10-16"): ("overdue", 333_33, 0, 0, "2026-10-13", 4, ""),
}  # fmt: skip
VALUED = {
    ("main", "2026-10-11", ""): ("active", FACE, 0, 0, "", 0, ""),
    ("main", "2026-10-12", ""): ("due", 6_000_00, 4_000_00, 4_000_00, "", 0, ""),
    ("main", "2026-10-13", ""): ("overdue", 6_000_00, 4_000_00, 4_000_00, "2026-10-13", 1, ""),
    ("main", "2026-10-14", ""): ("overdue", 3_000_00, 7_000_00, 4_000_00, "2026-10-13", 2, ""),
    ("main", "2026-10-14", "2026-10-14"): ("overdue", 6_000_00, 4_000_00, 4_000_00, "2026-10-13", 2, ""),
    ("main", "2026-10-14", "2026-10-15"): ("overdue", 3_000_00, 7_000_00, 4_000_00, "2026-10-13", 2, ""),
    ("main", "2026-10-16", ""): ("settled", 0, FACE, 4_000_00, "2026-10-13", 4, "2026-10-16"),
    ("told", "2026-10-11", ""): ("active", 500_00, 0, 0, "", 0, ""),
    ("told", "2026-10-12", ""): ("settled", 0, 500_00, 500_00, "", 0, "2026-10-12"),
    ("told", "2026-10-12", "2026-10-15"): ("due", 500_00, 0, 0, "", 0, ""),
    ("told", "2026-10-13", ""): ("settled", 0, 500_00, 500_00, "", 0, "2026-10-12"),
    ("told", "2026-10-13", "2026-10-13"): ("overdue", 500_00, 0, 0, "2026-10-13", 1, ""),
    ("told", "2026-10-16", ""): ("settled", 0, 500_00, 500_00, "", 0, "2026-10-12"),
    ("unpaid", "2026-10-13", ""): ("overdue", 333_33, 0, 0, "2026-10-13", 1, ""),
    ("unpaid", "2026-10-12", ""): ("due", 333_33, 0, 0, "", 0, ""),
}  # fmt: skip


@pytest.mark.parametrize(("name", "day"), RECORDED)
def test_a_bill_day_by_day_as_recorded(world: World, name: str, day: str) -> None:
    for tail in (f"at={day}", f"at={day}&basis=recorded"):
        assert figures(world.get(f"/v1/bills/{world.bills[name]}?{tail}")) == RECORDED[name, day]
    [listed] = [row for row in world.rows(f"/v1/bills?at={day}", limit=3) if row["id"] == world.bills[name]]
    assert figures(listed) == RECORDED[name, day], "in its list"


@pytest.mark.parametrize(("name", "day", "known"), VALUED)
def test_a_bill_day_by_day_by_value(world: World, name: str, day: str, known: str) -> None:
    tail = f"basis=value&at={day}" + (f"&known_at={known}" if known else "")
    found = world.get(f"/v1/bills/{world.bills[name]}?{tail}")
    assert figures(found) == VALUED[name, day, known]
    as_of = found["as_of"]
    assert (as_of["basis"], as_of["valued_on"], as_of["date"]) == ("value", day, day)
    assert as_of["known_at"]["height"] == (
        world.get(f"/v1/bills?at={known}&limit=1")["as_of"]["height"] if known else world.height
    )
    [listed] = [row for row in world.rows(f"/v1/bills?{tail}", limit=3) if row["id"] == world.bills[name]]
    assert figures(listed) == VALUED[name, day, known], "in its list"
    trace = world.get(f"/v1/trace/bills/{world.bills[name]}?{tail}")
    totals = trace["totals"]
    assert totals["face"] == sum(totals[part] for part in ("live", "settled", "diluted", "void"))
    assert (totals["live"], totals["settled"]) == VALUED[name, day, known][1:3]
    edges = sorted((leaf["lo"], leaf["hi"]) for leaf in trace["leaves"])
    assert (edges[0][0], edges[-1][1]) == (0, totals["face"])
    assert all(one[1] == two[0] for one, two in pairwise(edges)), "the leaves tile the face"


def test_statuses_by_value_are_filtered_and_counted(world: World) -> None:
    for tail, expected in (
        ("at=2026-10-13", {"main", "told", "unpaid"}), ("basis=value&at=2026-10-13", {"main", "unpaid"}),
        ("basis=value&at=2026-10-13&known_at=2026-10-13", {"main", "told", "unpaid"}), ("basis=value&at=2026-10-12",
        set()),
        ("basis=value&at=2026-10-16", {"unpaid"}), ("at=2026-10-16", {"unpaid"}),
    ):  # fmt: skip
        found = world.get(f"/v1/bills?status=overdue&{tail}")
        assert {row["id"] for row in found["data"]} == {world.bills[name] for name in expected}, tail
        assert found["count"] == len(expected)
        faces = {"main": FACE, "told": 500_00, "unpaid": 333_33}
        assert found["sum"] == ({"CNY": sum(faces[name] for name in expected)} if expected else {})
        assert [row["id"] for row in world.rows(f"/v1/bills?status=overdue&{tail}", limit=1)] == [
            row["id"] for row in found["data"]
        ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "1 2 3 4"), ("kind=settlement", "1 2 3 4"), ("kind=all", "F 1 2 3 4"), ("kind=finance", "F"),
        ("kind=payment", ""), ("kind=unmatched", ""), ("bill={main}", "1 2 3"), ("bill={main}&kind=all", "F 1 2 3"),
        ("bill={unpaid}&kind=all", ""), ("debtor={anchor}", "1 2 3 4"), ("debtor={both}", ""), ("bank={bank1}",
        "1 2 3 4"),
        ("bank={otherbank}&kind=all", ""), ("value_from=2026-10-12&value_to=2026-10-12", "1 4"),
        ("value_from=2026-10-13", "2 3"), ("value_to=2026-10-11&kind=all", "F"), ("value_from=2026-10-17", ""),
        ("value_from=2026-10-16&value_to=2026-10-12", ""), ("currency=JPY", ""), ("currency=CNY&kind=all", "F 1 2 3 4"),
        ("at=2026-10-11&kind=all", "F"), ("at=2026-10-12", "1"), ("at=2026-10-14", "1"), ("at=2026-10-15", "1 2"),
        ("basis=value&at=2026-10-12", "1 4"), ("basis=value&at=2026-10-14", "1 2 4"),
        ("basis=value&at=2026-10-14&known_at=2026-10-15", "1 2"),
        ("basis=value&at=2026-10-14&known_at=2026-10-14", "1"), ("basis=value&at=2026-10-16", "1 2 3 4"),
        ("basis=value&at=2026-09-21&kind=all", "F"), ("basis=value&at=2026-10-13&kind=all", "F 1 4"),
    ],
)  # fmt: skip
def test_receipts(world: World, query: str, expected: str) -> None:
    amounts = {"F": 996_87, "1": 4_000_00, "2": 3_000_00, "3": 3_000_00, "4": 500_00}
    for alias in ("anchor", "both", "bank1", "otherbank"):
        query = query.replace(f"{{{alias}}}", world.id(alias))
    for name in ("main", "unpaid"):
        query = query.replace(f"{{{name}}}", world.bills[name])
    wanted = expected.split()
    found = world.get(f"/v1/receipts?{query}&limit=1000".replace("?&", "?"))
    assert sorted((row["reference"][4:], row["amount"]) for row in found["data"]) == sorted(
        ("1" if one == "F" else one, amounts[one]) for one in wanted
    )
    assert found["count"] == len(wanted)
    money = sum(amounts[one] for one in wanted if one != "F")
    by_kind = ({"settlement": {"CNY": money}} if money else {}) | (
        {"finance": {"CNY": 996_87}} if "F" in wanted else {}
    )
    if "kind=all" in query:
        assert (found["sum"], found["sum_by_kind"]) == ({}, by_kind)
    else:
        assert found["sum"] == ({"CNY": sum(amounts[one] for one in wanted)} if wanted else {})
    for row in found["data"]:
        assert row["id"] == f"{row['bank']}/{row['reference']}"
        assert row["days_late"] == {"PAY-2": 2, "PAY-3": 4}.get(row["reference"], 0)
    assert [row["id"] for row in world.rows(f"/v1/receipts?{query}".rstrip("?"), limit=1)] == [
        row["id"] for row in found["data"]
    ]


SHARES = {"supplier1": (2_400_00, 1_800_00, 1_800_00), "supplier2": (800_00, 600_00, 600_00),
          "supplier3": (400_00, 300_00, 300_00), "bank1": (400_00, 300_00, 300_00)}  # fmt: skip
"""What each receipt of the main bill pays to whom: in proportion to 6 : 2 : 1 : 1."""


@pytest.mark.parametrize(
    ("tail", "paid"),
    [
        ("at=2026-10-11", 0), ("at=2026-10-12", 1), ("at=2026-10-14", 1), ("at=2026-10-15", 2), ("at=2026-10-16", 3),
        ("basis=value&at=2026-10-11", 0), ("basis=value&at=2026-10-13", 1), ("basis=value&at=2026-10-14", 2),
        ("basis=value&at=2026-10-14&known_at=2026-10-14", 1), ("basis=value&at=2026-10-16", 3),
    ],
)  # fmt: skip
def test_payments_share_each_receipt_in_proportion(world: World, tail: str, paid: int) -> None:
    main = world.bills["main"]
    for alias, shares in SHARES.items():
        found = world.get(f"/v1/payments?bill={main}&party={world.id(alias)}&{tail}&limit=1000")
        by_receipt: Counter[str] = Counter()
        for row in found["data"]:
            by_receipt[row["reference"]] += row["amount"]
            assert row["id"] == f"{row['bill']}/{row['token']}"
            assert (
                row["value_date"]
                == {"PAY-1": "2026-10-12", "PAY-2": "2026-10-14", "PAY-3": "2026-10-16"}[row["reference"]]
            )
            assert (row["status"], row["bank"]) == ("instructed", world.id("bank1"))
        assert by_receipt == {f"PAY-{number + 1}": share for number, share in enumerate(shares[:paid])}
        assert found["sum"] == ({"CNY": sum(shares[:paid])} if paid else {})
        assert found["count"] == len(found["data"])
    whole = world.get(f"/v1/payments?bill={main}&{tail}")
    assert whole["sum"] == ({"CNY": sum(sum(shares[:paid]) for shares in SHARES.values())} if paid else {})


def test_the_history_of_a_bill_tells_money_and_days(world: World) -> None:
    told = world.rows(f"/v1/bills/{world.bills['main']}/history", limit=2)
    steps = [(row["kind"], row["date"], row.get("amount")) for row in told]
    assert steps[:3] == [
        ("created", "2026-09-21", FACE),
        ("confirm", "2026-09-21", FACE),
        ("issue", "2026-09-21", FACE),
    ]
    assert [step for step in steps if step[0] in ("due", "overdue", "received")] == [
        ("due", "2026-10-12", FACE), ("received", "2026-10-12", 4_000_00), ("overdue", "2026-10-13", 6_000_00),
        ("received", "2026-10-15", 3_000_00), ("received", "2026-10-16", 3_000_00),
    ]  # fmt: skip
    received = [(row["value_date"], row["days_late"]) for row in told if row["kind"] == "received"]
    assert received == [("2026-10-12", 0), ("2026-10-14", 2), ("2026-10-16", 4)]
    assert sum(row["amount"] for row in told if row["kind"] == "settled") == FACE
    for name, kinds in (("told", []), ("unpaid", [("overdue", "2026-10-13", 333_33)])):
        rows = world.rows(f"/v1/bills/{world.bills[name]}/history")
        assert [(row["kind"], row["date"], row["amount"]) for row in rows if row["kind"] == "overdue"] == kinds
    before = world.rows(f"/v1/bills/{world.bills['told']}/history?at=2026-10-15")
    assert ("overdue", "2026-10-13", 500_00) in [(row["kind"], row["date"], row.get("amount")) for row in before]


def test_totals_of_an_anchor_add_up_to_what_was_issued(world: World) -> None:
    """Bills that were withdrawn or expired are no debt; one that waits is `pending`, apart from what is owed."""
    faces = {"main": FACE, "told": 500_00, "unpaid": 333_33, "waiting": 5_00, "expired": 1_00, "withdrawn": 2_00}
    for tail, waiting, ended, live in (
        ("at=2026-10-12", {"waiting"}, {"expired", "withdrawn"}, 6_833_33),
        ("at=2026-10-14", {"waiting"}, {"expired", "withdrawn"}, 6_833_33),
        ("at=2026-10-16", {"waiting"}, {"expired", "withdrawn"}, 333_33),
        ("basis=value&at=2026-10-14", {"waiting"}, {"expired", "withdrawn"}, 3_333_33),
        ("basis=value&at=2026-10-14&known_at=2026-10-14", {"waiting"}, {"expired", "withdrawn"}, 6_833_33),
    ):  # fmt: skip
        [table] = world.get(f"/v1/trace/anchors/{world.id('anchor')}?{tail}")["currencies"]
        totals = table["totals"]
        accepted = FACE + 833_33
        assert (totals["face"], totals["bills"], totals["live"], totals["settled"]) == (
            accepted,
            3,
            live,
            accepted - live,
        ), tail
        assert totals["pending"] == sum(faces[name] for name in waiting), tail
        assert totals["ended"] == sum(faces[name] for name in ended), tail
        assert sum(row["face"] for row in totals["by_status"]) == totals["face"] + totals["pending"] + totals["ended"]
        assert sum(row["bills"] for row in totals["by_status"]) == 6
        for row in totals["by_status"]:
            listed = world.get(f"/v1/bills?debtor={world.id('anchor')}&status={row['status']}&{tail}")
            assert (listed["count"], listed["sum"]) == (row["bills"], {"CNY": row["face"]}), (tail, row)
        assert sum(row["amount"] for row in table["by_tier"]) == totals["face"]
        tiers = {row["tier"]: (row["reached"], row["penetration"], row["amount"]) for row in table["by_tier"]}
        assert tiers == {1: (accepted, "1.000000", accepted - 4_000_00), 2: (4_000_00, "0.369231", 4_000_00)}, tail


def test_figures_of_the_financing(world: World) -> None:
    """1,000.00 at 3.65 % for 21 days of act/360: 2.129166… is 2.13; with a fee of 1.00 it costs 5.3643 % a year."""
    [hop] = [row for row in world.rows(f"/v1/bills/{world.bills['main']}/history") if row["kind"] == "finance"]
    price = hop["price"]
    assert (price["rate"], price["days"], price["actual_days"], price["interest"], price["fee"], price["net"]) == (
        36_500, 21, 21, 2_13, 1_00, 996_87,
    )  # fmt: skip
    tier = world.get(f"/v1/trace/bills/{world.bills['main']}")["by_tier"][1]
    assert (tier["financed_ever"], tier["share_financed"], tier["financings"]) == (1_000_00, "0.250000", 1)
    assert (tier["mean_rate"], tier["mean_cost"]) == ("3.6500", "5.3643")
    quotes = [world.get(f"/v1/finance/quotes/{world.made[name]['quote']}") for name in ("quote", "lost")]
    assert [(quote["status"], quote["interest"], quote["net"], quote["days"]) for quote in quotes] == [
        ("agreed", 2_13, 996_87, 21), ("lost", 2_13, 997_87, 21),
    ]  # fmt: skip


@pytest.mark.parametrize("day", ["2026-10-05", "2026-10-14"])
def test_a_party_reads_what_it_holds_in_each_currency(world: World, day: str) -> None:
    found = world.get(f"/v1/trace/parties/{world.id('strange')}?at={day}")
    assert [row["currency"] for row in found["currencies"]] == ["BHD", "JPY"]
    for row in found["currencies"]:
        assert row["holdings"]["live"] == {"BHD": 1_234_567, "JPY": 12_345}[row["currency"]]
        assert row["exposure"] == [{"debtor": world.id("both"), "amount": row["holdings"]["live"]}]
        assert row["maturities"] == [{"month": "2026-12", "amount": row["holdings"]["live"]}]
        assert row["concentration"] == "1.000000"
    tokens = world.get(f"/v1/tokens?holder={world.id('strange')}&at={day}")
    assert (tokens["count"], tokens["sum"]) == (2, {"JPY": 12_345, "BHD": 1_234_567})
    bills = world.get(f"/v1/bills?debtor={world.id('both')}&status=active&at={day}")
    assert (bills["count"], bills["sum"]) == (2, {"JPY": 12_345, "BHD": 1_234_567})


QUOTES = [
    # amount, rate in 1/10,000 of a percent, basis, value date, fee → days, interest, net; payable on 2026-12-30
    (12_345, 50_000, "act/360", "2026-10-16", 0, 75, 129, 12_216),  # 12,345 × 5 % × 75/360 = 128.59375
    (12_345, 50_000, "act/365f", "2026-10-16", 0, 75, 127, 12_218),  # × 75/365 = 126.8356
    (12_345, 50_000, "30/360", "2026-10-16", 45, 74, 127, 12_173),  # 2 months 14 days; × 74/360 = 126.8791
    (12_345, 50_000, "30/360", "2026-10-17", 0, 73, 125, 12_220),  # × 73/360 = 125.1645
    (240, 10_000, "act/360", "2026-10-16", 0, 75, 1, 239),  # 240 × 1 % × 75/360 = 0.5 exactly: up
    (239, 10_000, "act/360", "2026-10-16", 0, 75, 0, 239),  # 0.49792: down
    (12_345, 0, "act/360", "2026-10-16", 5, 75, 0, 12_340),
    (1, 1, "act/360", "2026-10-16", 0, 75, 0, 1),
]  # fmt: skip


def test_quotes_are_computed_to_the_unit(world: World) -> None:
    """In yen, without minor digits: half up to the yen."""
    world.accepted("quoted", "strange", "both", 12_345, "2026-12-30", "JPY")
    token = world.tokens["quoted"]
    for amount, rate, basis, value_date, fee, days, interest, net in QUOTES:
        asked = world.call("strange", "finance.request", token=token, banks=[world.id("bank1")], amount=amount)
        terms = {"request": asked["request"], "rate": rate, "recourse": False, "basis": basis, "fee": fee,
                 "value_date": value_date, "disburse_by": "", "valid_until": "",
                 "interest_payer": "holder", "needs_label": {}}  # fmt: skip
        made = world.call("bank1", "finance.quote", **terms)
        assert (made["days"], made["interest"], made["net"]) == (days, interest, net), (amount, rate, basis)
        kept = world.get(f"/v1/finance/quotes/{made['quote']}")
        assert (kept["days"], kept["interest"], kept["net"], kept["fee"]) == (days, interest, net, fee)
        assert (kept["amount"], kept["currency"], kept["pay_on"], kept["basis"]) == (amount, "JPY", "2026-12-30", basis)
        detail = world.get(f"/v1/finance/requests/{asked['request']}")
        assert [quote["net"] for quote in detail["quotes"]] == [net]
        world.call("strange", "finance.withdraw", request=asked["request"])
        [token] = [row["id"] for row in world.get(f"/v1/tokens?bill={world.bills['quoted']}&status=live")["data"]]
    assert world.get(f"/v1/tokens/{token}")["amount"] == 12_345, "the pieces are joined again"


def test_the_largest_amount_is_read_to_the_cent(world: World) -> None:
    """2^53 − 1 is the most that every JSON reader knows; beyond it a sum must not be a number that is wrong."""
    world.accepted("largest", "strange", "both", LARGEST, "2026-12-31", "USD")
    bill = world.get(f"/v1/bills/{world.bills['largest']}")
    assert (bill["face"], bill["outstanding"]) == (LARGEST, LARGEST)
    for path in (f"/v1/tokens?holder={world.id('strange')}", f"/v1/bills?creditor={world.id('strange')}"):
        assert world.get(path)["sum"]["USD"] == LARGEST
    [table] = [
        table
        for table in world.get(f"/v1/trace/anchors/{world.id('both')}")["currencies"]
        if table["currency"] == "USD"
    ]
    assert (table["totals"]["face"], table["by_tier"][0]["penetration"]) == (LARGEST, "1.000000")
    asked = world.call(
        "strange", "finance.request", token=world.tokens["largest"], banks=[world.id("bank1")], amount=LARGEST
    )
    made = world.call("bank1", "finance.quote", request=asked["request"], rate=10_000, recourse=False,
    basis="act/360", fee=0,
                      value_date="2026-10-16", disburse_by="", valid_until="", interest_payer="holder",
                      needs_label={})  # fmt: skip
    assert (made["interest"], made["net"]) == (INTEREST, LARGEST - INTEREST)


def test_a_sum_beyond_the_largest_amount_is_no_wrong_number(world: World) -> None:
    for number in range(2):
        world.issue(f"huge{number}", "strange", "both", LARGEST - number, "2026-12-31", "USD")
    answer = world.ask("regulator", f"/v1/bills?creditor={world.id('strange')}&currency=USD&status=pending_confirm")
    assert answer.status_code == 200
    assert answer.json()["sum"] == {"USD": 2 * LARGEST - 1}
