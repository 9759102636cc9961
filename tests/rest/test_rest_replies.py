"""How answers travel: kept where they cannot change, for one reader only; compressed; HEAD.

reading REST: ETag and caching where `at` is fixed, bound to the reader; gzip; HEAD.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx
import pytest
from chainbill_node.rest.replies import LEAST_BYTES, accepts_gzip
from rest.bill_book import ANCHOR, SUPPLIERS, BillBook
from rest.conftest import BASE, NOW_MS, TestClient, app_of, nonces, signed_get
from rest.node_twin import TwinNode, key_of

from chainbill.crypto.keys import PrivateKey

S1, S2 = SUPPLIERS[:2]


def grant(book: BillBook, **changed: object) -> None:
    row = {"scope": "all", "from": "2026-01-01", "until": "", "status": "active", **changed}
    book.put("audit", "grant", ("AUDITOR", S2), row)


def test_what_is_read_at_a_fixed_height_may_be_kept(client: TestClient, example: tuple[BillBook, str]) -> None:
    for at in ("3", "0", "2026-01-05"):
        first = client.get(f"/v1/bills?at={at}")
        assert first.headers["cache-control"] == "private, max-age=31536000, immutable"
        again = client.get(f"/v1/bills?at={at}", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["chainbill-height"] == first.headers["chainbill-height"]
        assert client.get(f"/v1/bills?at={at}", headers={"If-None-Match": '"other"'}).json() == first.json()
    tags = {client.get(path).headers["etag"] for path in ("/v1/bills?at=3", "/v1/bills?at=2", "/v1/tokens?at=3")}
    assert len(tags) == 3


@pytest.mark.parametrize(
    "path", ["/v1/bills", "/v1/network?at=3", "/v1/blocks?at=3", "/v1/validators?at=3", "/v1/mempool?at=3", "/version"]
)
def test_what_may_change_is_kept_by_nobody(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def test_a_day_is_fixed_once_a_block_of_a_later_one_is_there(example: tuple[BillBook, str]) -> None:
    book, _ = example
    node = TwinNode(book)
    with app_of(node) as client:
        newest = client.get("/v1/bills").json()["as_of"]["date"]
        assert "etag" not in client.get(f"/v1/bills?at={newest}").headers
        while client.get("/v1/bills").json()["as_of"]["date"] == newest:
            book.next_height()
        assert "etag" in client.get(f"/v1/bills?at={newest}").headers


def test_the_pages_behind_a_cursor_are_fixed(client: TestClient) -> None:
    first = client.get("/v1/tokens?limit=1")
    assert "etag" not in first.headers
    assert "etag" in client.get(f"/v1/tokens?limit=1&after={first.json()['next']}").headers


def test_a_refusal_is_kept_by_nobody(client: TestClient) -> None:
    answer = client.get("/v1/bills/B404?at=3")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert "etag" not in answer.headers


def test_on_a_closed_network_what_is_kept_is_its_reader_s(closed: TestClient) -> None:
    answers = {who: signed_get(closed, who, "/v1/bills?at=7") for who in ("REGULATOR", ANCHOR, S1)}
    assert {one.headers["cache-control"] for one in answers.values()} == {"private, no-cache"}
    assert len({one.headers["etag"] for one in answers.values()}) == 3
    for who, other in ((S1, ANCHOR), (ANCHOR, S1)):
        theirs = answers[other].headers["etag"]
        assert signed_get(closed, who, "/v1/bills?at=7", If_None_Match=theirs).status_code == 200
        assert signed_get(closed, who, "/v1/bills?at=7", If_None_Match=answers[who].headers["etag"]).status_code == 304
    assert closed.get("/v1/bills?at=7", headers={"If-None-Match": answers[S1].headers["etag"]}).status_code == 401


def test_a_grant_that_ends_ends_what_was_kept_by_it(example: tuple[BillBook, str]) -> None:
    book, bill = example
    path = f"/v1/trace/bills/{bill}?at=7"
    grant(book)
    height = book.height
    with app_of(TwinNode(book, public_reads=False)) as client:
        kept = signed_get(client, "AUDITOR", path)
        assert kept.status_code == 200
        tag = kept.headers["etag"]
        assert signed_get(client, "AUDITOR", path, If_None_Match=tag).status_code == 304
        book.next_height()
        grant(book, scope=[bill])
        assert signed_get(client, "AUDITOR", path, If_None_Match=tag).status_code == 200, "another grant, asked anew"
        grant(book, status="revoked")
        assert signed_get(client, "AUDITOR", path, If_None_Match=tag).status_code == 404
        assert height < book.height


def test_a_key_that_is_revoked_reads_nothing_that_was_kept(example: tuple[BillBook, str]) -> None:
    book, _ = example
    key = key_of(S1).public.hex()
    with app_of(TwinNode(book, public_reads=False)) as client:
        tag = signed_get(client, S1, "/v1/bills?at=7").headers["etag"]
        book.put("party", "key", key, {**(book.get("party", "key", key) or {}), "status": "revoked"})
        assert signed_get(client, S1, "/v1/bills?at=7", If_None_Match=tag).status_code == 401


def raw(client: TestClient, path: str, coding: str) -> tuple[httpx.Headers, bytes]:
    """The fields, and the body as it travelled."""

    async def ask() -> tuple[httpx.Headers, bytes]:
        async with client._http.stream("GET", path, headers={"Accept-Encoding": coding}) as answer:
            return answer.headers, b"".join([part async for part in answer.aiter_raw()])

    return client._loop.run_until_complete(ask())


@pytest.mark.parametrize("path", ["/v1/trace/bills/{}", "/v1/tokens?status=all", "/v1/trace/bills/{}?group_by=tier"])
def test_large_answers_are_compressed_where_that_is_asked_for(
    client: TestClient, example: tuple[BillBook, str], path: str
) -> None:
    plain_fields, plain = raw(client, path.format(example[1]), "identity")
    assert "content-encoding" not in plain_fields
    assert len(plain) >= LEAST_BYTES
    fields, packed = raw(client, path.format(example[1]), "br, gzip;q=0.8")
    assert (fields["content-encoding"], fields["vary"]) == ("gzip", "Accept-Encoding")
    assert plain_fields["vary"] == "Accept-Encoding"
    assert int(fields["content-length"]) == len(packed) < len(plain) / 2
    assert gzip.decompress(packed) == plain


def test_small_answers_stay_as_they_are(client: TestClient, example: tuple[BillBook, str]) -> None:
    fields, content = raw(client, "/v1/bills?limit=1&status=void", "gzip")
    assert "content-encoding" not in fields
    assert json.loads(content)["count"] == 0


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip", True), ("br;q=1.0, gzip;q=0.5", True), ("GZIP", True), ("", False), ("identity", False),
        ("gzip;q=0", False), ("gzip;q=0.000", False), ("gzip; q=0.1", True), ("*", False), ("gzipped", False),
    ],
)  # fmt: skip
def test_who_takes_gzip(accepted: str, *, taken: bool) -> None:
    assert accepts_gzip(accepted) is taken


@pytest.mark.parametrize("path", ["/v1/bills", "/v1/tokens?status=all&at=3", "/health", "/v1/bills/B404", "/nowhere"])
def test_head_has_the_fields_of_get_and_no_body(client: TestClient, path: str) -> None:
    got, head = client.get(path), client.request("HEAD", path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    ignored = {"x-request-id", "content-length", "content-type"} if got.status_code >= 400 else {"x-request-id"}
    assert _fields(head, ignored) == _fields(got, ignored)


def _fields(answer: httpx.Response, ignored: set[str]) -> dict[str, Any]:
    return {name: value for name, value in answer.headers.items() if name not in ignored}


def test_a_signed_head_is_signed_as_head(closed: TestClient) -> None:
    from chainbill_node.rest.request_signing import sign_request

    key: PrivateKey = key_of(S1)
    for method, status in (("HEAD", 200), ("GET", 401)):
        headers = sign_request(
            key, method, f"{BASE}/v1/bills", created_s=NOW_MS // 1000, nonce=next(nonces).to_bytes(12, "big")
        )
        assert closed.request("HEAD", "/v1/bills", headers=headers).status_code == status


def test_what_takes_no_get_takes_no_head(client: TestClient) -> None:
    assert client.request("HEAD", "/v1/transactions").status_code == 405
