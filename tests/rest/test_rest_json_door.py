"""JSON that could mean two things is refused by name on every route that takes it (formats M5)."""

from __future__ import annotations

import base64
from itertools import product
from urllib.parse import quote

import pytest
from chainbill_node.rest.bodies import batch_in
from chainbill_node.rest.json_door import MAX_NUMBER, json_object
from chainbill_node.rest.problems import Problem
from hypothesis import given
from hypothesis import strategies as st
from rest.conftest import TestClient
from rest.node_twin import wire_of

from chainbill.codec import encode

ROUTES = ("/v1/transactions", "/v1/transactions?wait=committed", "/v1/transactions/simulate")
GOOD = '"transaction": "' + base64.b64encode(wire_of()).decode() + '"'
OTHER = '"transaction": "' + base64.b64encode(wire_of(nonce=1)).decode() + '"'
REFUSED = {
    "a member twice": (f"{{{GOOD}, {OTHER}}}", "json_member_twice", "transaction"),
    "a member twice, alike": (f"{{{GOOD}, {GOOD}}}", "json_member_twice", "transaction"),
    "a member twice, one with an escape": (f'{{{GOOD}, "transacti\\u006fn": ""}}', "json_member_twice", "transaction"),
    "a member twice further in": (f'{{{GOOD}, "x": [{{"a": 1, "a": 1}}]}}', "json_member_twice", "a"),
    "an unknown member": (f'{{{GOOD}, "memo": "paid"}}', "json_member_unknown", "memo"),
    "an unknown member alone": ('{"Transaction": ""}', "json_member_unknown", "Transaction"),
    "an unknown member that is half a pair": (f'{{{GOOD}, "\\ud800": 1}}', "json_member_unknown", "?"),
    "2^53": (f'{{{GOOD}, "x": 9007199254740992}}', "json_number_range", "9007199254740992"),
    "-2^53": (f'{{{GOOD}, "x": [-9007199254740992]}}', "json_number_range", "-9007199254740992"),
    "5,000 digits": (f'{{{GOOD}, "x": {"9" * 5_000}}}', "json_number_range", "9" * 80),
    "a fraction": (f'{{{GOOD}, "x": 1.0}}', "json_number_not_integer", "1.0"),
    "an exponent": (f'{{{GOOD}, "x": 1e3}}', "json_number_not_integer", "1e3"),
    "NaN": ('{"transaction": NaN}', "json_number_not_integer", "NaN"),
    "Infinity": ('{"transaction": Infinity}', "json_number_not_integer", "Infinity"),
    "-Infinity": ('{"transaction": -Infinity}', "json_number_not_integer", "-Infinity"),
    "a number for the transaction": ('{"transaction": 5}', "body_malformed", "transaction"),
    "a list": (f"[{{{GOOD}}}]", "body_malformed", "JSON"),
    "two values": (f"{{{GOOD}}} {{}}", "body_malformed", "JSON"),
    "UTF-16": (f"{{{GOOD}}}".encode("utf-16"), "body_malformed", "JSON"),
    "a byte order mark": (f"\ufeff{{{GOOD}}}", "body_malformed", "JSON"),
    "100,000 lists deep": ("[" * 100_000, "body_malformed", "JSON"),
}


@pytest.mark.parametrize(("body", "code", "named"), REFUSED.values(), ids=REFUSED)
def test_json_of_two_meanings_is_refused_by_name(client: TestClient, body: str | bytes, code: str, named: str) -> None:
    for route, language in product(ROUTES, ("en", "zh")):
        headers = {"Content-Type": "application/json", "Accept-Language": language}
        answer = client.post(route, content=body, headers=headers)
        assert answer.headers["content-type"] == "application/problem+json"
        document = answer.json()
        assert (answer.status_code, document["code"]) == (400, code)
        assert named in document["detail"]
        assert document["title"]
        assert document["hint"]
        assert (document["title"][0] >= "\u4e00") == (language == "zh")


def test_the_plain_object_is_taken(client: TestClient) -> None:
    for route in ROUTES[:2]:
        answer = client.post(route, content=f" {{ {GOOD} }}\n", headers={"Content-Type": "application/json"})
        assert answer.status_code in (200, 201, 202), answer.text


def test_a_batch_takes_no_json(client: TestClient) -> None:
    answer = client.post(
        "/v1/transactions/batch", content=f"[{{{GOOD}}}]", headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type_unsupported")


def test_a_batch_of_many_small_things_is_refused_before_it_is_read(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """8 MB of empty maps took 4 s (security 1)."""
    monkeypatch.setattr("chainbill.codec._read", None)
    headers = {"Content-Type": "application/msgpack"}
    for head in (b"\xdd\x00\x0f\x42\x40", b"\xdc\x00\xc8", b"\x9f"):
        answer = client.post("/v1/transactions/batch", content=head + b"\x80" * 1_000_000, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "body_malformed")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\x90", b"\xc4\x01a", b"\x91", b"\x91\xc4", b"\x91\xc4\x02a", b"\x91\xc4\x01ab", b"\x92\xc4\x01a",
        b"\x91\xa1a", b"\x91\xc5\x00\x01a", b"\x91\xc6\x00\x00\x01\x00" + bytes(256), b"\xdc\x00\x01\xc4\x01a",
        b"\xdd\x00\x00\x00\x01\xc4\x01a",
        b"\xdc\x00\xc9" + b"\xc4\x01a" * 201,
    ],
)  # fmt: skip
def test_a_batch_has_one_form(body: bytes) -> None:
    with pytest.raises(Problem):
        batch_in("application/msgpack", body, 200)


@pytest.mark.parametrize("sizes", [[0], [1, 255, 256, 65_535, 65_536], [3] * 15, [3] * 16, [3] * 200])
def test_a_batch_is_read_as_the_codec_would(sizes: list[int]) -> None:
    wires = [bytes([place % 256]) * size for place, size in enumerate(sizes)]
    assert batch_in("application/msgpack", encode(wires), 200) == wires


@pytest.mark.parametrize("text", ["e\u0301", "\U0001e08f", "\ue000", "\x7f", "a\u202e"])
def test_a_text_that_no_row_can_hold_finds_nothing(client: TestClient, text: str) -> None:
    """By no tables but the ledger's own: what Python finds printable differs by its version (formats S4)."""
    found = client.get("/v1/bills", params={"debtor": text})
    assert (found.status_code, found.json()["code"]) == (404, "not_found")
    found = client.get("/v1/bills", params={"invoice": text})
    assert (found.status_code, found.json()["code"]) == (400, "bad_parameter")
    assert client.get(f"/v1/bills/{quote(text)}").status_code == 404


def code_of(body: bytes) -> str:
    try:
        json_object(body, ("a", "b"))
    except Problem as problem:
        return problem.code
    return ""


@given(st.integers(-(2**60), 2**60))
def test_numbers_are_taken_within_2_53(number: int) -> None:
    expected = "" if -MAX_NUMBER <= number <= MAX_NUMBER else "json_number_range"
    assert code_of(b'{"a": %d}' % number) == expected
    assert code_of(b'{"a": %d.5}' % number) == "json_number_not_integer"


@pytest.mark.parametrize("number", [MAX_NUMBER, -MAX_NUMBER, 0])
def test_the_bounds_are_taken(number: int) -> None:
    assert json_object(b'{"a": %d, "b": [{"c": -0}]}' % number, ("a", "b")) == {"a": number, "b": [{"c": 0}]}


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_a_problem(body: bytes) -> None:
    code_of(body)
    code_of(b'{"a": ' + body + b"}")
