"""Over random histories: totals add up, tiers sum to the face, the graph has no cycle, and nobody sees too much."""

from __future__ import annotations

from chainbill_node.trace.anchor import trace_anchor
from chainbill_node.trace.bill import trace_bill, trace_path
from chainbill_node.trace.lineage import EVERYTHING, Lineage, Sight, lineage_of
from chainbill_node.trace.shapes import Shape
from hypothesis import given, settings
from hypothesis import strategies as st
from rest.bill_book import ANCHOR, BANKS, SUPPLIERS, is_bank, no_names
from rest.grouping import grouped
from rest.histories import random_history


def naive_reached(lineage: Lineage) -> dict[int, int]:
    """Cents by the deepest tier, found by replaying each leaf's hops one by one."""
    reached: dict[int, int] = {}
    for leaf in lineage.leaves:
        holders: list[int] = []
        for token in list(lineage.ancestors(leaf))[::-1]:
            hop = lineage.facts.hops.get(token)
            if hop is None:
                continue
            if hop["kind"] == "return":
                holders.pop()
            elif hop["kind"] in ("issue", "transfer"):
                holders.append(int(hop["tier"]))
        row = lineage.token(leaf)
        for tier in range(1, max(holders) + 1):
            reached[tier] = reached.get(tier, 0) + row["hi"] - row["lo"]
    return reached


def check_table(table: Shape, face: int) -> None:
    totals, hidden = table["totals"], table["totals"].get("hidden", {"amount": 0})["amount"]
    assert totals["face"] == face
    assert totals["live"] + totals["settled"] + totals["diluted"] + totals["void"] + hidden == face
    assert sum(row["amount"] for row in table["by_tier"]) + hidden == face
    reached = [row["reached"] for row in table["by_tier"]]
    assert reached == sorted(reached, reverse=True)


@settings(max_examples=60, deadline=None, print_blob=True)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 60))
def test_totals_add_up_over_random_histories(seed: int, steps: int) -> None:
    book, bills = random_history(seed, steps)
    lineages = [(lineage_of(book.facts(bill)), EVERYTHING) for bill in bills]
    for lineage, sight in lineages:
        trace = trace_bill(lineage, sight, is_bank)
        check_table(trace, int(lineage.facts.bill["face"]))
        reached = naive_reached(lineage)
        assert {row["tier"]: row["reached"] for row in trace["by_tier"] if row["reached"]} == reached
        at = 0
        for leaf in trace["leaves"]:
            assert leaf["lo"] == at
            at = leaf["hi"]
            assert trace_path(lineage, leaf["id"], sight)["hops"][0]["kind"] == "issue"
    for table in trace_anchor(lineages, is_bank, no_names):
        face = sum(
            int(lineage.facts.bill["face"]) for lineage, _ in lineages
            if lineage.facts.bill["currency"] == table["currency"]
        )  # fmt: skip
        check_table(table, face)
        nodes = {node["id"]: node for node in table["graph"]["nodes"]}
        for link in table["graph"]["links"]:
            source, target = nodes[link["source"]], nodes[link["target"]]
            assert source["kind"] != "bank"
            assert source["tier"] + (target["kind"] == "supplier") == target["tier"]
        assert nodes[f"0:{ANCHOR}"]["passed_on"] == face
        for node in nodes.values():
            assert is_bank(node["party"]) == (node["kind"] == "bank")
            if node["kind"] == "supplier":
                parts = ("passed_on", "financed", "live", "settled", "diluted", "void")
                assert node["received"] == sum(node[part] for part in parts)


@settings(max_examples=60, deadline=None, print_blob=True)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 40), viewer=st.sampled_from(SUPPLIERS + BANKS))
def test_a_partial_view_still_adds_up_and_names_nobody_beyond_the_own_hop(seed: int, steps: int, viewer: str) -> None:
    book, bills = random_history(seed, steps)
    sighted: list[tuple[Lineage, Sight]] = []
    for bill in bills:
        lineage = lineage_of(book.facts(bill))
        own = [token for token, row in lineage.facts.tokens.items() if viewer in (row["holder"], row["offered_to"])]
        seen = frozenset(above for token in own for above in lineage.ancestors(token))
        sight = Sight(seen, frozenset({viewer}), small_means=False)
        sighted.append((lineage, sight))
        trace = trace_bill(lineage, sight, is_bank)
        check_table(trace, int(lineage.facts.bill["face"]))
        for hop in trace["hops"]:
            assert hop["token"] in seen or viewer in (hop["from"], hop["to"])
            assert hop["price"] is None or viewer in (hop["from"], hop["to"])
    for currency, groups in grouped(sighted, ("tier", "status")).items():
        total = sum(group["hidden"]["amount"] if "hidden" in group else group["amount"] for group in groups)
        assert total == sum(
            int(lineage.facts.bill["face"]) for lineage, _ in sighted if lineage.facts.bill["currency"] == currency
        )
