"""The worked numbers of the penetration table, and that totals always add up."""

from __future__ import annotations

import pytest
from chainbill_node.trace.anchor import trace_anchor
from chainbill_node.trace.bill import leaf_of_cent, trace_bill, trace_path, tree_of
from chainbill_node.trace.lineage import EVERYTHING, Sight, lineage_of
from chainbill_node.trace.party import trace_party
from chainbill_node.trace.shapes import ENDED_STATUSES, PENDING_STATUSES, bill_shape, names_of, outstanding
from chainbill_node.trace.tiers import TierTable
from rest.bill_book import ANCHOR, BANKS, SUPPLIERS, BillBook, is_bank, no_names, penetration_example
from rest.grouping import grouped

YUAN = 100


def column(rows: list[dict[str, object]], name: str) -> list[object]:
    return [row[name] for row in rows]


def test_the_worked_example_of_penetration_by_tier() -> None:
    book, bill = penetration_example()
    [table] = trace_anchor([(lineage_of(book.facts(bill)), EVERYTHING)], is_bank, no_names)
    rows = table["by_tier"]
    assert column(rows, "tier") == [1, 2, 3]
    assert column(rows, "reached") == [1_000_000 * YUAN, 600_000 * YUAN, 200_000 * YUAN]
    assert column(rows, "penetration") == ["1.000000", "0.600000", "0.200000"]
    assert column(rows, "held") == [250_000 * YUAN, 100_000 * YUAN, 100_000 * YUAN]
    assert column(rows, "financed") == [150_000 * YUAN, 300_000 * YUAN, 100_000 * YUAN]
    assert sum(row["amount"] for row in rows) == 1_000_000 * YUAN
    assert column(rows, "financed_ever") == [150_000 * YUAN, 300_000 * YUAN, 100_000 * YUAN]
    assert column(rows, "share_financed") == ["0.150000", "0.500000", "0.500000"]
    assert column(rows, "mean_rate") == ["3.0000", "4.0000", "6.0000"]
    assert column(rows, "parties") == [1, 1, 1]
    assert table["parties_total"] == 3
    assert table["totals"] == {
        "face": 100_000_000, "live": 100_000_000, "settled": 0, "diluted": 0, "void": 0, "bills": 1, "pending": 0,
        "ended": 0, "by_status": [{"status": "active", "bills": 1, "face": 100_000_000}],
    }  # fmt: skip


def test_settling_moves_amounts_but_not_how_far_the_credit_reached() -> None:
    book, bill = penetration_example()
    book.next_height()
    for token in book.live(bill):
        book.leaf(token, "settled")
    [table] = trace_anchor([(lineage_of(book.facts(bill)), EVERYTHING)], is_bank, no_names)
    rows = table["by_tier"]
    assert column(rows, "reached") == [100_000_000, 60_000_000, 20_000_000]
    assert column(rows, "held") == column(rows, "financed") == [0, 0, 0]
    assert column(rows, "settled") == column(rows, "amount") == [40_000_000, 40_000_000, 20_000_000]
    assert column(rows, "share_financed") == ["0.150000", "0.500000", "0.500000"]


def test_a_reversed_settlement_leaves_the_table_as_it_was() -> None:
    """`reversed` is an inner node: its cents count once, where they rest again, and its child has its whole path."""
    book, bill = penetration_example()
    before = lineage_of(book.facts(bill))
    book.next_height()
    tokens = book.live(bill)
    for token in tokens:
        book.leaf(token, "settled")
    book.next_height()
    back = {book.reverse(token): token for token in tokens}
    after = lineage_of(book.facts(bill))
    assert set(after.leaves) == set(back)
    for new, old in back.items():
        assert [step.token for step in after.steps(new)] == [step.token for step in before.steps(old)]
        assert after.children[old] == (new,)
    tables = [trace_anchor([(one, EVERYTHING)], is_bank, no_names)[0] for one in (before, after)]
    assert tables[0]["by_tier"] == tables[1]["by_tier"]
    assert tables[0]["totals"] == tables[1]["totals"]
    assert tables[0]["graph"] == tables[1]["graph"]


def test_a_return_is_not_counted_as_reached() -> None:
    book = BillBook()
    root = book.issue(ANCHOR, SUPPLIERS[0], 1_000)
    bill = str(book.token(root)["bill"])
    second, _ = book.pay(root, SUPPLIERS[1], 600)
    back = book.give_back(second)
    rows = trace_bill(lineage_of(book.facts(bill)), EVERYTHING, is_bank)["by_tier"]
    assert column(rows, "reached") == [1_000]
    book.pay(back, SUPPLIERS[2], 500)
    lineage = lineage_of(book.facts(bill))
    rows = trace_bill(lineage, EVERYTHING, is_bank)["by_tier"]
    assert column(rows, "reached") == [1_000, 500]
    [table] = trace_anchor([(lineage, EVERYTHING)], is_bank, no_names)
    moves = [(move["kind"], move["from"], move["to"], move["amount"]) for move in table["other_moves"]]
    assert moves == [
        ("return", SUPPLIERS[1], SUPPLIERS[0], 600),
        ("transfer", SUPPLIERS[0], SUPPLIERS[1], 600),
    ]
    assert all(node["party"] != SUPPLIERS[1] for node in table["graph"]["nodes"])


def test_void_cents_count_neither_as_reached_nor_in_the_denominator() -> None:
    book = BillBook()
    root = book.issue(ANCHOR, SUPPLIERS[0], 1_000)
    kept = book.issue(ANCHOR, SUPPLIERS[0], 500)
    book.pay(kept, SUPPLIERS[1], 250)
    book.leaf(root, "void")
    bills = [str(book.token(token)["bill"]) for token in (root, kept)]
    [table] = trace_anchor([(lineage_of(book.facts(bill)), EVERYTHING) for bill in bills], is_bank, no_names)
    assert column(table["by_tier"], "penetration") == ["1.000000", "0.500000"]
    assert column(table["by_tier"], "reached") == [500, 250]
    assert table["totals"]["face"] == 1_500
    assert sum(column(table["by_tier"], "amount")) == 1_500


def test_a_bill_that_was_not_accepted_is_pending_and_has_no_tree() -> None:
    book = BillBook()
    bill = book.draft(ANCHOR, SUPPLIERS[0], 700)
    trace = trace_bill(lineage_of(book.facts(bill)), EVERYTHING, is_bank)
    assert trace["tree"] is None
    assert trace["leaves"] == trace["by_tier"] == trace["hops"] == []
    assert trace["totals"] == {"face": 0, "live": 0, "settled": 0, "diluted": 0, "void": 0, "pending": 700, "ended": 0}


def test_totals_count_what_they_name() -> None:
    """reading A2: bills that ended before acceptance are not pending, and what is counted is said by status."""
    book = BillBook()
    faces = {}
    for number, status in enumerate((*PENDING_STATUSES, *ENDED_STATUSES)):
        faces[status] = 10**number
        book.change("bill", book.draft(ANCHOR, SUPPLIERS[0], faces[status]), status=status)
    root = book.issue(ANCHOR, SUPPLIERS[0], 10**8)
    book.change("bill", book.token(root)["bill"], status="overdue")
    voided = book.issue(ANCHOR, SUPPLIERS[0], 10**9)
    book.change("bill", book.token(voided)["bill"], status="void")
    book.leaf(voided, "void")
    bills = [lineage_of(book.facts(row["id"])) for _, row in book.scan("bill", "bill")]
    [table] = trace_anchor([(lineage, EVERYTHING) for lineage in bills], is_bank, no_names)
    totals = table["totals"]
    assert totals["pending"] == 111
    assert totals["ended"] == 1_111_000
    assert (totals["face"], totals["live"], totals["void"], totals["bills"]) == (1_100_000_000, 10**8, 10**9, 2)
    faces |= {"overdue": 10**8, "void": 10**9}
    assert {row["status"]: row["face"] for row in totals["by_status"]} == faces
    assert {row["bills"] for row in totals["by_status"]} == {1}
    assert sum(row["face"] for row in totals["by_status"]) == totals["face"] + totals["pending"] + totals["ended"]


def test_onward_sale_keeps_the_financed_tier_and_is_no_second_financing() -> None:
    book = BillBook()
    root = book.issue(ANCHOR, SUPPLIERS[0], 1_000_000)
    bill = str(book.token(root)["bill"])
    made, _ = book.finance(root, BANKS[0], 400_000, 30_000, 90, fee=1_000)
    book.sell_on(made, BANKS[1])
    [table] = trace_anchor([(lineage_of(book.facts(bill)), EVERYTHING)], is_bank, no_names)
    [row] = table["by_tier"]
    assert (row["financed"], row["financed_ever"], row["financings"]) == (400_000, 400_000, 1)
    assert row["mean_rate"] == "3.0000"
    # 1,000 of fee on 400,000 over 90 of 360 days is one percent a year
    assert row["mean_cost"] == "4.0000"
    assert [(bank["party"], bank["received"], bank["live"]) for bank in table["banks"]] == [
        (BANKS[0], 400_000, 0), (BANKS[1], 0, 400_000),
    ]  # fmt: skip
    assert [move["kind"] for move in table["other_moves"]] == ["sale"]


def test_rates_are_weighted_by_actual_days_whatever_the_basis_counts() -> None:
    book = BillBook()
    rest = book.issue(ANCHOR, SUPPLIERS[0], 1_000_000)
    bill = str(book.token(rest)["bill"])
    for rate, days, actual_days in ((20_000, 30, 31), (50_000, 30, 93)):
        made, rest = book.finance(rest, BANKS[0], 100_000, rate, days)
        hop = book.get("token", "hop", made) or {}
        price = {**hop["price"], "actual_days": actual_days, "basis": "30/360"}
        book.put("token", "hop", made, {**hop, "price": price})
    [row] = trace_bill(lineage_of(book.facts(bill)), EVERYTHING, is_bank)["by_tier"]
    assert row["mean_rate"] == "4.2500"  # (2 × 31 + 5 × 93) / 124


def test_means_over_fewer_than_three_financings_show_only_to_those_concerned() -> None:
    book, bill = penetration_example()
    lineage = lineage_of(book.facts(bill))
    few = Sight(frozenset(lineage.facts.tokens), frozenset(), small_means=False)
    assert column(trace_bill(lineage, few, is_bank)["by_tier"], "mean_rate") == [None, None, None]
    open_prices = TierTable(is_bank, small_means=False)
    root = BillBook()
    token = root.issue(ANCHOR, SUPPLIERS[0], 900)
    rest = token
    for _ in range(3):
        _, rest = root.finance(rest, BANKS[0], 100, 30_000, 30)
    open_prices.add(lineage_of(root.facts(str(root.token(token)["bill"]))), EVERYTHING)
    assert open_prices.rows()[0]["mean_rate"] == "3.0000"


def test_the_graph_has_no_cycle_even_where_credit_comes_back_to_a_party() -> None:
    book = BillBook()
    root = book.issue(ANCHOR, SUPPLIERS[0], 1_000)
    bill = str(book.token(root)["bill"])
    second, _ = book.pay(root, SUPPLIERS[1], 800)
    third, _ = book.pay(second, SUPPLIERS[0], 500)
    book.finance(third, BANKS[0], 200, 30_000, 10)
    [table] = trace_anchor([(lineage_of(book.facts(bill)), EVERYTHING)], is_bank, no_names)
    graph = table["graph"]
    tiers = {node["id"]: node["tier"] for node in graph["nodes"]}
    assert [(link["source"], link["target"], link["amount"]) for link in graph["links"]] == [
        (f"0:{ANCHOR}", "1:SUPPLIER1", 1_000),
        ("1:SUPPLIER1", "2:SUPPLIER2", 800),
        ("2:SUPPLIER2", "3:SUPPLIER1", 500),
        ("3:SUPPLIER1", "bank:3:BANK1", 200),
    ]
    for link in graph["links"]:
        assert tiers[link["source"]] < tiers[link["target"]] or link["target"].startswith("bank:")


def test_the_path_of_a_token_and_of_one_cent() -> None:
    book, bill = penetration_example()
    lineage = lineage_of(book.facts(bill))
    leaf = leaf_of_cent(lineage, 0)
    assert leaf is not None
    path = trace_path(lineage, leaf, EVERYTHING)
    assert [(step["party"], step["tier"], step["kind"]) for step in path["chain"]] == [
        (SUPPLIERS[0], 1, "issue"), (SUPPLIERS[1], 2, "transfer"), (SUPPLIERS[2], 3, "transfer"),
        (BANKS[0], 3, "finance"),
    ]  # fmt: skip
    assert [hop["kind"] for hop in path["hops"]] == ["issue", "transfer", "transfer", "finance"]
    assert path["path"][0]["parent"] == ""
    assert path["path"][-1]["id"] == leaf
    assert leaf_of_cent(lineage, 100_000_000) is None


def test_the_tree_folds_below_the_depth_and_counts_what_is_hidden() -> None:
    book, bill = penetration_example()
    lineage = lineage_of(book.facts(bill))
    shallow = tree_of(lineage, EVERYTHING, 1)
    assert shallow is not None
    assert shallow["children"] == []
    assert shallow["folded"] == {"amount": 100_000_000, "tokens": len(lineage.leaves)}
    own = frozenset(t for t, row in lineage.facts.tokens.items() if row["holder"] == SUPPLIERS[0])
    partial = trace_bill(lineage, Sight(own, frozenset({SUPPLIERS[0]})), is_bank)
    totals = partial["totals"]
    assert totals["live"] + totals["hidden"]["amount"] == totals["face"]
    assert totals["live"] == 25_000_000
    assert column(partial["by_tier"], "share_financed") == [None, None]
    # it knows what it passed on, and what it sold at which price, but not what happened beyond
    assert column(partial["by_tier"], "reached") == [100_000_000, 60_000_000]
    assert column(partial["by_tier"], "financed_ever") == [15_000_000, 0]
    assert {hop["kind"] for hop in partial["hops"]} == {"issue", "transfer", "finance"}
    assert len(partial["hops"]) == 3


def test_grouping_leaves_adds_up_to_the_face() -> None:
    book, bill = penetration_example()
    lineage = lineage_of(book.facts(bill))
    groups = grouped([(lineage, EVERYTHING)], ("tier", "bank"))["CNY"]
    assert sum(group["amount"] for group in groups) == 100_000_000
    assert {"tier": 2, "bank": "BANK2", "amount": 30_000_000, "tokens": 1} in groups
    hidden = grouped([(lineage, Sight(frozenset(), frozenset()))], ("tier",))["CNY"]
    assert hidden == [{"hidden": {"amount": 100_000_000, "tokens": len(lineage.leaves)}}]


def test_the_trace_of_a_party_and_of_a_bank() -> None:
    book, bill = penetration_example()
    bills = [(lineage_of(book.facts(bill)), EVERYTHING)]
    [second] = trace_party(SUPPLIERS[1], bills)
    assert second["received"] == [
        {"kind": "transfer", "from": SUPPLIERS[0], "debtor": ANCHOR, "tier": 2, "amount": 60_000_000, "count": 1}
    ]
    given = {(row["kind"], row["to"]): row for row in second["given"]}
    assert given["transfer", SUPPLIERS[2]]["amount"] == 20_000_000
    assert given["finance", BANKS[1]]["mean_rate"] == "4.0000"
    assert given["finance", BANKS[1]]["interest"] == 300_000
    assert second["holdings"]["live"] == 10_000_000
    [bank] = trace_party(BANKS[0], bills)
    assert bank["exposure"] == [{"debtor": ANCHOR, "amount": 25_000_000}]
    assert bank["concentration"] == "1.000000"
    assert bank["maturities"] == [{"month": "2026-05", "amount": 25_000_000}]
    [debtor] = trace_party(ANCHOR, bills)
    assert debtor["owed"] == 100_000_000


@pytest.mark.parametrize(
    ("status", "expected"), [("active", 100), ("overdue", 100), ("cancelled", 0), ("void", 0), ("pending_confirm", 100)]
)
def test_what_is_outstanding_on_a_bill(status: str, expected: int) -> None:
    book = BillBook()
    bill = book.draft(ANCHOR, SUPPLIERS[0], 130, status=status, settled=20, diluted=10)
    row = book.get("bill", "bill", bill)
    assert row is not None
    assert outstanding(row) == expected
    assert bill_shape(row)["outstanding"] == expected


def test_names_fall_back_to_the_other_language() -> None:
    assert names_of({"names": [{"en": "", "zh": "甲"}]}) == ("甲", "甲")
    assert names_of({"names": [{"en": "A", "zh": "甲"}, {"en": "B", "zh": ""}]}) == ("B", "B")
    assert names_of(None) == ("", "")
