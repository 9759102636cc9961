"""Over random histories, heights and readers: what a closed network answers adds up and never shows a stranger."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rest.bill_book import ANCHOR, BANKS, SUPPLIERS
from rest.conftest import TestClient, app_of, signed_get, with_parties
from rest.histories import random_history
from rest.node_twin import TwinNode

pytestmark = pytest.mark.untraced

EVERYBODY = (ANCHOR, "REGULATOR", *SUPPLIERS, *BANKS)
MOVES = ("issue", "transfer", "return", "finance", "sale")


@settings(max_examples=12, deadline=None, print_blob=True)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 25), who=st.sampled_from(EVERYBODY), back=st.integers(0, 8))
def test_what_is_shown_and_hidden_adds_up(seed: int, steps: int, who: str, back: int) -> None:
    book, _ = random_history(seed, steps)
    with_parties(book)
    height = max(1, book.height - back)
    with app_of(TwinNode(book, public_reads=False)) as client:
        listed = signed_get(client, who, f"/v1/bills?at={height}&limit=1000").json()
        assert listed["sum"] == _sums(listed["data"], "face")
        faces: dict[str, int] = {}
        for bill in listed["data"]:
            trace = signed_get(client, who, f"/v1/trace/bills/{bill['id']}?at={height}").json()
            hidden = trace["totals"].get("hidden", {"amount": 0, "tokens": 0})
            assert sum(leaf["amount"] for leaf in trace["leaves"]) + hidden["amount"] == bill["face"]
            assert sum(row["amount"] for row in trace["by_tier"]) + hidden["amount"] == bill["face"]
            faces[bill["currency"]] = faces.get(bill["currency"], 0) + bill["face"]
        for table in signed_get(client, who, f"/v1/trace/anchors/{ANCHOR}?at={height}").json()["currencies"]:
            hidden = table["totals"].get("hidden", {"amount": 0, "tokens": 0})
            assert table["totals"]["face"] == faces[table["currency"]]
            assert sum(row["amount"] for row in table["by_tier"]) + hidden["amount"] == table["totals"]["face"]
        tokens = signed_get(client, who, f"/v1/tokens?status=live&at={height}&limit=1000").json()
        assert tokens["sum"] == _sums(tokens["data"], "amount")


@settings(max_examples=12, deadline=None, print_blob=True)
@given(seed=st.integers(0, 2**32), steps=st.integers(5, 25), who=st.sampled_from(EVERYBODY), limit=st.integers(1, 4))
def test_the_pages_of_a_list_are_the_list(seed: int, steps: int, who: str, limit: int) -> None:
    book, _ = random_history(seed, steps)
    with_parties(book)
    lists = (
        "/v1/bills?status=active", "/v1/tokens?status=all", f"/v1/tokens?holder={who}", f"/v1/offers?from={who}",
        f"/v1/tokens?debtor={ANCHOR}", f"/v1/parties/{who}/bills?", f"/v1/parties/{who}/tokens?", "/v1/parties?",
    )  # fmt: skip
    with app_of(TwinNode(book, public_reads=False)) as client:
        for path in lists:
            whole = signed_get(client, who, f"{path}&limit=1000").json()
            page = signed_get(client, who, f"{path}&limit={limit}").json()
            shown = page["data"]
            while page["next"]:
                assert (page["count"], page["sum"]) == (whole["count"], whole["sum"])
                page = signed_get(client, who, f"{path}&limit={limit}&after={page['next']}").json()
                shown += page["data"]
            assert shown == whole["data"]
            assert len(shown) == whole["count"]


@settings(max_examples=4, deadline=None, print_blob=True)
@given(seed=st.integers(0, 2**32), steps=st.integers(15, 25))
def test_no_other_question_shows_what_the_trace_of_a_bill_hides(seed: int, steps: int) -> None:
    """Whoever asks for one token, one cent or the history is told of no hop, holder or price beyond the trace's."""
    book, bills = random_history(seed, steps)
    for number, bill in enumerate(bills):  # the only readers from whom a part between root and leaves is hidden
        book.change("bill", bill, paying_bank=BANKS[number % len(BANKS)])
    with_parties(book)
    with app_of(TwinNode(book, public_reads=False)) as client:
        for who in EVERYBODY:
            for row in signed_get(client, who, "/v1/bills?limit=1000").json()["data"]:
                _asks_otherwise(client, who, row["id"])


def _asks_otherwise(client: TestClient, who: str, bill: str) -> None:
    trace = signed_get(client, who, f"/v1/trace/bills/{bill}").json()
    hops = {hop["token"]: hop for hop in trace["hops"]}
    for leaf in trace["leaves"]:
        for address in (f"/v1/tokens/{leaf['id']}/path", f"/v1/trace/bills/{bill}?cent={leaf['lo']}"):
            told = signed_get(client, who, address).json()
            assert [hop for hop in told["hops"] if hops.get(hop["token"]) != hop] == [], (who, address)
            assert {step["party"] for step in told["chain"]} <= {hop["to"] for hop in told["hops"]}, (who, address)
    past = signed_get(client, who, f"/v1/bills/{bill}/history?limit=1000").json()["data"]
    assert {step["token"] for step in past if step["kind"] in MOVES} <= set(hops), who


def _sums(rows: list[dict[str, object]], name: str) -> dict[str, int]:
    sums: dict[str, int] = {}
    for row in rows:
        sums[str(row["currency"])] = sums.get(str(row["currency"]), 0) + int(row[name])  # type: ignore[call-overload]
    return dict(sorted(sums.items()))
