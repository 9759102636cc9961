"""What is kept as a sum is what a reader would count: for whoever sees all of a list, and for whoever sees a part."""

from __future__ import annotations

from typing import Any

import pytest
from chainbill_node.rest import totals
from chainbill_node.rest.request_signing import sign_request
from rest.bill_book import ANCHOR, BANKS, SUPPLIERS
from rest.conftest import BASE, NOW_MS, TestClient, app_of, nonces
from rest.node_twin import TwinNode, key_of
from rest.test_rest_lists import PlainLists, book_of

READERS = (ANCHOR, SUPPLIERS[0], BANKS[0], "REGULATOR", "AUDITOR")
SEEDS = (3,)
LISTS = ("/v1/bills", "/v1/tokens", "/v1/finance/requests", "/v1/invoices")


def read(client: TestClient, reader: str, path: str) -> dict[str, Any]:
    """A list as one party sees it, all its rows on one page."""
    url = f"{path}&limit=1000"
    nonce = next(nonces).to_bytes(12, "big")
    headers = sign_request(key_of(reader), "GET", f"{BASE}{url}", created_s=NOW_MS // 1000, nonce=nonce)
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200, (reader, path, answer.text)
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scope", ["all", "some bills"])
def test_whoever_asks_a_kept_sum_is_the_counted_one(seed: int, scope: str, monkeypatch: pytest.MonkeyPatch) -> None:
    book = book_of(seed, 60)
    bills = [str(row["id"]) for _, row in book.scan("bill", "bill")]
    for party in (ANCHOR, SUPPLIERS[0], BANKS[0]):
        row = {"scope": "all" if scope == "all" else bills[:2], "from": "2026-01-01", "until": "", "status": "active"}
        book.put("audit", "grant", ("AUDITOR", party), row)
    book.next_height()
    paths: set[str] = set()
    for party in (ANCHOR, SUPPLIERS[0]):
        paths |= PlainLists(book, book.height).all(party, BANKS[0], bills[0]).keys()
    kept = 0
    node = TwinNode(book, public_reads=False)
    with app_of(node) as client:
        for reader in READERS:
            for path in sorted(paths):
                if path.split("?")[0] not in LISTS or "bill=" in path:  # of one bill: not there, or counted
                    continue
                told = read(client, reader, path)
                with monkeypatch.context() as counting:
                    counting.setattr(totals, "_sees_all_of", lambda view, party: False)
                    counted = read(client, reader, path)
                assert told == counted, (reader, path)
                assert told["count"] == len(told["data"]), (reader, path)
                kept += bool(told["count"])
    assert kept > 20
