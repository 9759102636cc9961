"""Products on closed networks: the anchor sees all of one, each supplier its own parts, nobody whom others supply."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from rest.bill_book import ANCHOR, SUPPLIERS, BillBook
from rest.conftest import app_of, signed_get
from rest.node_twin import TwinNode

S1, S2, S3, S4 = SUPPLIERS[:4]
OF = (("engine", S1, 300_000), ("door", S1, 20_000), ("battery", S2, 200_000), ("seats", S3, 66_667))
PARTS = [{"part": part, "supplier": supplier, "share": share} for part, supplier, share in OF]


@pytest.fixture
def book(example: tuple[BillBook, str]) -> BillBook:
    found, bill = example
    made = {"created": {"height": found.height, "transaction": ""}}
    for number, parts in enumerate((PARTS, PARTS[2:])):
        found.put("product", "product", f"P{number}", {
            "id": f"P{number}", "anchor": ANCHOR, "name": "Car", "currency": "CNY", "parts": parts, "agreed": [S2, S1],
            "due_days": 90, "attestor": "ab" * 32, "alg": "ed25519", "most_value": 9, "most_a_day": 9, "terms": {},
            "status": ("proposed", "active")[number], **made,
        })  # fmt: skip
        found.put("product", "event", f"E{number}", {
            "id": f"E{number}", "anchor": ANCHOR, "order": "O-1", "serial": f"V{number}", "product": f"P{number}",
            "value": 5, "currency": "CNY", "happened_on": "2026-01-05", "bills": [bill], **made,
        })  # fmt: skip
    return found


def read(book: BillBook, who: str, path: str, *, public: bool = False) -> httpx.Response:
    with app_of(TwinNode(book, public_reads=public)) as client:
        return signed_get(client, who, path)


def listed(book: BillBook, who: str, path: str) -> list[str]:
    body = read(book, who, path).json()
    assert body["count"] == len(body["data"])
    return [row["id"] for row in body["data"]]


def test_a_supplier_sees_its_own_parts_and_how_many_others_there_are(book: BillBook) -> None:
    shown: dict[str, Any] = read(book, S1, "/v1/products/P0").json()
    assert (shown["parts"], shown["agreed"], shown["hidden"]) == (PARTS[:2], [S1], {"parts": 2})
    for other in (S2, S3):
        assert other not in read(book, S1, "/v1/products/P0").text
        assert other not in read(book, S1, "/v1/products").text
    assert read(book, S1, "/v1/products/P1").status_code == 404
    whole = read(book, ANCHOR, "/v1/products/P0").json()
    assert (whole["parts"], whole["agreed"]) == (PARTS, [S2, S1])
    assert "hidden" not in whole
    assert "hidden" not in read(book, "REGULATOR", "/v1/products/P0").json()


def test_lists_show_what_concerns_the_reader(book: BillBook) -> None:
    for who, found in ((ANCHOR, ["P0", "P1"]), (S1, ["P0"]), (S2, ["P0", "P1"]), (S4, []), ("REGULATOR", ["P0", "P1"])):
        assert listed(book, who, "/v1/products") == found, who
        assert listed(book, who, f"/v1/products?anchor={ANCHOR}") == found, who
    assert listed(book, S2, "/v1/products?status=active") == ["P1"]
    assert listed(book, S2, "/v1/products?anchor=" + S2) == []


def test_nobody_learns_by_a_filter_who_else_makes_parts(book: BillBook) -> None:
    assert listed(book, S1, f"/v1/products?supplier={S1}") == ["P0"]
    assert listed(book, S1, f"/v1/products?supplier={S2}") == []
    assert listed(book, ANCHOR, f"/v1/products?supplier={S1}") == ["P0"]
    assert listed(book, ANCHOR, f"/v1/products?supplier={S2}") == ["P0", "P1"]
    assert listed(book, ANCHOR, f"/v1/products?supplier={S2}&status=active") == ["P1"]


def test_events_show_to_their_anchor(book: BillBook) -> None:
    assert listed(book, ANCHOR, "/v1/production-events") == ["E0", "E1"]
    assert listed(book, ANCHOR, "/v1/production-events?product=P1") == ["E1"]
    assert listed(book, "REGULATOR", f"/v1/production-events?anchor={ANCHOR}") == ["E0", "E1"]
    for who in (S1, S2, S4):
        assert listed(book, who, "/v1/production-events") == []
        shown = read(book, who, "/v1/production-events?product=P0")
        assert shown.status_code == 404 if who == S4 else shown.json()["data"] == []
        assert read(book, who, "/v1/production-events/E0").status_code == 404
    assert read(book, ANCHOR, "/v1/production-events/E0").json()["serial"] == "V0"


def test_a_mistyped_product_does_not_read_as_nothing_produced(book: BillBook) -> None:
    for typed in ("P9", "P", ""):
        answered = read(book, ANCHOR, f"/v1/production-events?product={typed}")
        assert (answered.status_code, answered.json()["code"]) == (404, "not_found"), typed
    assert read(book, S1, "/v1/production-events?product=P1").status_code == 404, "of others' parts only"


def test_an_auditor_sees_what_its_giver_sees(book: BillBook) -> None:
    row = {"scope": "all", "from": "2026-01-01", "until": "", "status": "active"}
    book.put("audit", "grant", ("AUDITOR", S1), row)
    shown = read(book, "AUDITOR", "/v1/products/P0").json()
    assert (shown["parts"], shown["hidden"]) == (PARTS[:2], {"parts": 2})
    assert listed(book, "AUDITOR", "/v1/production-events") == []
