"""Nothing that a client sends is answered with a 5xx: random values for every parameter that the OpenAPI names."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest.bill_book import ANCHOR, BANKS, SUPPLIERS, penetration_example
from rest.conftest import TestClient, app_of, with_parties
from rest.node_twin import TwinNode

pytestmark = pytest.mark.untraced

BOOK, BILL = penetration_example()
CLIENT: TestClient = app_of(TwinNode(with_parties(BOOK)))
DOCUMENT: dict[str, Any] = CLIENT.get("/openapi.json").json()
READS = sorted(path for path, operations in DOCUMENT["paths"].items() if "get" in operations)
WRITES = sorted(path for path, operations in DOCUMENT["paths"].items() if "post" in operations)

likely = st.sampled_from([
    BILL, *BOOK.live(), ANCHOR, *SUPPLIERS[:2], BANKS[0], "head", "1", "0", "-1", "2026", "live", "all", "CNY", "json",
    "csv", "graph", "tier,bank", "2026-01-05", "2026-13-45", "2026-01-05T00:00:00Z", "0001-01-01", "9999-12-31",
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "", " ", "\x00", "a" * 300, "中文", "9" * 30,
    "WzEsIngiLCIiLDEse30sdHJ1ZV0",
])  # fmt: skip
values = likely | st.text(max_size=20) | st.integers().map(str)


@settings(max_examples=250, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
@given(path=st.sampled_from(READS), data=st.data())
def test_no_read_is_answered_with_a_fault(path: str, data: st.DataObject) -> None:
    query: dict[str, str] = {}
    filled = path
    for parameter in DOCUMENT["paths"][path]["get"].get("parameters", ()):
        if parameter["in"] == "path":
            drawn = quote(data.draw(values).encode("utf-8", "replace"), safe="")
            filled = filled.replace(f"{{{parameter['name']}}}", drawn)
        elif data.draw(st.booleans()):
            query[parameter["name"]] = data.draw(values)
    answer = CLIENT.get(f"{filled}?{urlencode(query, errors='replace')}")
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"]


@settings(max_examples=150, deadline=None, print_blob=True)
@given(
    path=st.sampled_from(WRITES), body=st.binary(max_size=200) | st.text(max_size=50).map(str.encode),
    kind=st.sampled_from(["application/msgpack", "application/json", "text/plain", "", "application/json; charset=x"]),
)  # fmt: skip
def test_no_body_is_answered_with_a_fault(path: str, body: bytes, kind: str) -> None:
    answer = CLIENT.post(path, content=body, headers={"Content-Type": kind})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["code"]


@settings(max_examples=150, deadline=None, print_blob=True)
@given(
    name=st.sampled_from(["Accept-Language", "X-Request-Id", "Signature-Input", "Signature", "Content-Digest", "Host"]),
    value=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60),
)  # fmt: skip
def test_no_header_is_answered_with_a_fault(name: str, value: str) -> None:
    with app_of(TwinNode(BOOK, public_reads=False)) as closed:
        given = {"Signature-Input": 'a=("@method");created=1', "Signature": "a=:AA==:"} | {name: value.strip()}
        answer = closed.get("/v1/bills", headers=given)
        assert answer.status_code == 401, answer.text
