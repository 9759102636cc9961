"""Labels on closed networks: who sees a bill sees its labels, an attestor its own, and everybody the schemes."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest
from rest.bill_book import ANCHOR, SUPPLIERS, BillBook
from rest.conftest import app_of, signed_get
from rest.node_twin import TwinNode, key_of

S1, S4 = SUPPLIERS[0], SUPPLIERS[3]
GREEN, BLUE = "green", "蓝/色"


@pytest.fixture
def labelled(example: tuple[BillBook, str]) -> tuple[BillBook, str, str]:
    """A bill with two labels, and one that ANCHOR's bill to another is not; the other bill's id last."""
    book, bill = example
    other = str(book.token(book.issue(ANCHOR, S4, 5_000))["bill"])
    for name, scheme, by, status in (
        (bill, GREEN, "BANK9", "active"), (bill, BLUE, "BANK8", "revoked"), (other, GREEN, "BANK9", "active"),
    ):  # fmt: skip
        book.put("label", "label", (name, scheme), {
            "bill": name, "scheme": scheme, "grade": "A+", "document": "ab" * 32, "by": by, "until": "2026-02-01",
            "said_on": "2026-01-05", "status": status, "created": {"height": book.height, "transaction": ""},
        })  # fmt: skip
    for scheme in (GREEN, BLUE):
        book.put("governance", "label_scheme", scheme, {"scheme": scheme, "attestors": ["BANK9"]})
    return book, bill, other


def read(book: BillBook, who: str, path: str) -> httpx.Response:
    with app_of(TwinNode(book, public_reads=False)) as client:
        return signed_get(client, who, path)


def listed(book: BillBook, who: str, path: str) -> list[tuple[str, str]]:
    body = read(book, who, path).json()
    assert body["count"] == len(body["data"])
    return [(row["bill"], row["scheme"]) for row in body["data"]]


def test_who_sees_a_bill_sees_its_labels(labelled: tuple[BillBook, str, str]) -> None:
    book, bill, other = labelled
    own = sorted([(bill, BLUE), (bill, GREEN)])
    every = sorted([*own, (other, GREEN)])
    for who, found in ((S1, own), (S4, [(other, GREEN)]), (ANCHOR, every), ("REGULATOR", every), ("AUDITOR", [])):
        assert sorted(listed(book, who, "/v1/labels")) == found, who
    assert sorted(listed(book, S1, f"/v1/labels?bill={bill}")) == own
    assert read(book, S1, f"/v1/labels?bill={other}").status_code == 404
    assert listed(book, S1, f"/v1/labels?bill={bill}&status=revoked") == [(bill, BLUE)]
    assert listed(book, ANCHOR, f"/v1/labels?scheme={quote(BLUE)}") == [(bill, BLUE)]


def test_an_attestor_sees_what_it_attested_and_no_more_of_the_bill(labelled: tuple[BillBook, str, str]) -> None:
    book, bill, other = labelled
    book.party("BANK8", "bank", key=key_of("BANK8").public.hex())
    assert listed(book, "BANK8", "/v1/labels") == [(bill, BLUE)]
    assert listed(book, "BANK8", "/v1/labels?by=BANK8") == [(bill, BLUE)]
    assert listed(book, "BANK8", f"/v1/labels?by={ANCHOR}") == []
    assert read(book, "BANK8", f"/v1/bills/{bill}").status_code == 404
    assert other


def test_a_grant_shows_the_labels_of_its_bills(labelled: tuple[BillBook, str, str]) -> None:
    book, bill, _ = labelled
    row = {"scope": [bill], "from": "2026-01-01", "until": "", "status": "active"}
    book.put("audit", "grant", ("AUDITOR", ANCHOR), row)
    assert sorted(listed(book, "AUDITOR", "/v1/labels")) == sorted([(bill, BLUE), (bill, GREEN)])


def test_everybody_sees_the_schemes(labelled: tuple[BillBook, str, str]) -> None:
    book, _, _ = labelled
    for who in (S1, S4, "AUDITOR"):
        rows = read(book, who, "/v1/label-schemes").json()["data"]
        assert {row["scheme"]: row["attestors"] for row in rows} == {GREEN: ["BANK9"], BLUE: ["BANK9"]}
        assert read(book, who, f"/v1/label-schemes?attestor={ANCHOR}").json()["data"] == []
    book.put("governance", "label_scheme", GREEN, {"scheme": GREEN, "attestors": ["BANK9", ANCHOR]})
    assert [row["scheme"] for row in read(book, S4, f"/v1/label-schemes?attestor={ANCHOR}").json()["data"]] == [GREEN]
