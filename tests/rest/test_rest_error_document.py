"""errors.md: every code of the interface and every reason of the core in one row, with the status a server gives.

formats M4: codes stood under a wrong status, and one stood in no row.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from chainbill_contracts import reasons
from chainbill_node.foundation.unavailable import Busy, ClockNotKnown, Ending, TooManyTries
from chainbill_node.rest import request_verifying
from chainbill_node.rest.hosts import AllowedHosts
from chainbill_node.rest.places import NoPlace
from chainbill_node.rest.problems import problem_of
from chainbill_node.rest.request_verifying import SignatureRefused
from chainbill_node.rest.texts import SOURCES, load_texts
from rest.bill_book import ANCHOR, penetration_example
from rest.conftest import TestClient, app_of, signed_get, with_parties
from rest.node_twin import TwinNode, key_of, wire_of

from chainbill.errors import ChainbillError, Malformed, Reason, Refused

ROOT = Path(__file__).resolve().parents[2]
MSGPACK = {"Content-Type": "application/msgpack"}
JSON = {"Content-Type": "application/json"}
ROW = re.compile(r"^\| `([a-z_]+)` \| ([^|]+) \|", re.MULTILINE)


def parts_of(name: str) -> tuple[str, str]:
    """What stands of interface and core, and of the contracts, whose reasons all are 422."""
    before, _, contracts = (ROOT / "docs/reference" / name).read_text().partition("<!-- codes: contracts -->")
    return before.partition("<!-- codes: stages -->")[0], contracts


def rows_of(name: str) -> list[tuple[str, str]]:
    """(code, status) of each row of the document's tables of codes."""
    return [(code, status.strip()) for code, status in ROW.findall(parts_of(name)[0])]


ROWS = rows_of("errors.md")
STATUS = dict(ROWS)
REASONS = {reason.value for reason in Reason}
INTERFACE = {code: status for code, status in ROWS if code not in REASONS and status.isdigit()}


def test_each_reason_and_each_code_has_exactly_one_row() -> None:
    codes = {code for code in load_texts().codes() if not code.startswith(("parameter_", "kind_", "reason_"))}
    members = {"type", "title", "status", "detail", "instance", "code", "hint", "errors", "request_id"}
    counted = Counter(code for code, _ in ROWS if code not in members)
    assert set(counted) >= REASONS
    assert {code for code, count in counted.items() if count != 1} == set()
    assert set(INTERFACE) <= codes
    chinese = [(code, status) for code, status in rows_of("errors.zh.md") if status.isdigit()]
    assert chinese == [(code, status) for code, status in ROWS if status.isdigit()]


def test_no_code_of_the_interface_is_a_reason_too() -> None:
    """A reason's text was hidden behind that of the signature of a read, which had the same code."""
    assert SOURCES[-1] == ("chainbill_node.rest", "messages.toml")
    assert not set(INTERFACE) & REASONS
    assert not set(INTERFACE) & set(reasons())


@pytest.mark.parametrize("name", ["errors.md", "errors.zh.md"])
def test_each_reason_of_the_contracts_has_one_row_with_its_stage(name: str) -> None:
    told = [(code, re.findall(r"\w+", stages)) for code, stages in ROW.findall(parts_of(name)[1])]
    stages = {
        reason: [texts["stage"]] if isinstance(texts["stage"], str) else texts["stage"]
        for reason, texts in reasons().items()
    }
    assert told == sorted(stages.items())


def _node(**options: Any) -> TwinNode:
    return TwinNode(with_parties(penetration_example()[0]), **options)


def _busy(error: Exception) -> Callable[[TestClient, TwinNode], httpx.Response]:
    def ask(client: TestClient, node: TwinNode) -> httpx.Response:
        node.outcome = error
        return client.post("/v1/transactions", content=wire_of(), headers=MSGPACK)

    return ask


def _tried(error: TooManyTries) -> Callable[[TestClient, TwinNode], httpx.Response]:
    def ask(client: TestClient, node: TwinNode) -> httpx.Response:
        node.outcome = error
        answer = client.post("/v1/transactions/simulate", content=wire_of(), headers=MSGPACK)
        assert answer.headers["Retry-After"] == "2"
        return answer

    return ask


def _crowded(error: NoPlace) -> Callable[[TestClient, TwinNode], httpx.Response]:
    def ask(client: TestClient, node: TwinNode) -> httpx.Response:
        node.outcome = error
        answer = client.get("/v1/bills")
        assert answer.headers["Retry-After"] == "2"
        return answer

    return ask


def _cursor_of_another_list(client: TestClient, node: TwinNode) -> httpx.Response:
    cursor = client.get("/v1/tokens?limit=1").json()["next"]
    return client.get(f"/v1/parties?limit=1&after={cursor}")


def _get(path: str) -> Callable[[TestClient, TwinNode], httpx.Response]:
    return lambda client, _node: client.get(path)


def _post(path: str = "/v1/transactions", **rest: Any) -> Callable[[TestClient, TwinNode], httpx.Response]:
    return lambda client, _node: client.post(path, **rest)


OPEN: dict[str, Callable[[TestClient, TwinNode], httpx.Response]] = {
    "bad_at": _get("/v1/bills?at=soon"),
    "bad_cursor": _get("/v1/bills?after=x"),
    "bad_parameter": _get("/v1/bills?limit=0"),
    "before_genesis": _get("/v1/bills?at=2020-01-01"),
    "body_malformed": _post(content=b"", headers=MSGPACK),
    "body_too_large": _post(content=bytes(200_000), headers=MSGPACK),
    "cursor_mismatch": _cursor_of_another_list,
    "height_in_future": _get("/v1/bills?at=999"),
    "known_before_at": _get("/v1/bills?basis=value&at=2026-01-06&known_at=0"),
    "height_pruned": _get("/v1/bills?at=1"),
    "internal_fault": _busy(RuntimeError("a bug")),
    "json_member_twice": _post(content=b'{"transaction": "", "transaction": ""}', headers=JSON),
    "json_member_unknown": _post(content=b'{"memo": ""}', headers=JSON),
    "json_number_not_integer": _post(content=b'{"transaction": 1.5}', headers=JSON),
    "json_number_range": _post(content=b'{"transaction": 9007199254740992}', headers=JSON),
    "media_type_unsupported": _post(content=b"x", headers={"Content-Type": "text/plain"}),
    "mempool_party_share": _busy(Busy("16 wait", party="S")),
    "method_not_allowed": lambda client, _: client.request("DELETE", "/v1/bills"),
    "reads_busy": _crowded(NoPlace(of_one=False)),
    "reads_share": _crowded(NoPlace(of_one=True)),
    "tries_busy": _tried(TooManyTries(2, of_one=False)),
    "tries_share": _tried(TooManyTries(2, of_one=True)),
    "node_busy": _busy(Busy("full")),
    "node_ending": _busy(Ending(disk=False)),
    "node_ending_disk": _busy(Ending(disk=True)),
    "clock_not_known": _busy(ClockNotKnown("its own clock alone")),
    "not_found": _get("/v1/bills/B404"),
    "route_unknown": _get("/nowhere"),
    "read_too_large": _get(f"/v1/parties/{ANCHOR}/bills"),
    "trace_too_large": _get(f"/v1/trace/anchors/{ANCHOR}"),
    "unknown_parameter": _get("/v1/bills?debotr=x"),
}
"""Code → a request that is answered with it, where reads are open."""


def _simulate_as(who: str, wire: bytes) -> Callable[[TestClient, TwinNode], httpx.Response]:
    def ask(client: TestClient, _node: TwinNode) -> httpx.Response:
        from rest.conftest import BASE, NOW_MS, nonces, sign_request

        path, nonce = "/v1/transactions/simulate", next(nonces).to_bytes(12, "big")
        signed = sign_request(
            key_of(who), "POST", f"{BASE}{path}", created_s=NOW_MS // 1000, nonce=nonce, body=wire
        )  # fmt: skip
        return client.post(path, content=wire, headers=signed | MSGPACK)

    return ask


def _of_another_name(_client: TestClient, node: TwinNode) -> httpx.Response:
    with app_of(node, hosts=AllowedHosts(())) as client:
        return client.get("/version")


def _party_that_is(status: str) -> Callable[[TestClient, TwinNode], httpx.Response]:
    def ask(client: TestClient, node: TwinNode) -> httpx.Response:
        row = node.book.get("party", "party", ANCHOR, node.book.height)
        node.book.put("party", "party", ANCHOR, {**row, "status": status})
        return signed_get(client, ANCHOR, "/v1/network")

    return ask


def _key_that_is_revoked(client: TestClient, node: TwinNode) -> httpx.Response:
    key = key_of(ANCHOR).public.hex()
    row = node.book.get("party", "key", key, node.book.height)
    node.book.put("party", "key", key, {**row, "status": "revoked"})
    return signed_get(client, ANCHOR, "/v1/network")


CLOSED: dict[str, Callable[[TestClient, TwinNode], httpx.Response]] = {
    "host_not_allowed": _of_another_name,
    "origin_not_allowed": lambda client, _node: client.post(
        "/v1/transactions", headers={"Origin": "https://x.example"}
    ),
    "not_permitted": _simulate_as("SUPPLIER1", wire_of("SUPPLIER2")),
    "party_may_not_read": _party_that_is("closed"),
    "reader_key_inactive": _key_that_is_revoked,
    "reader_key_unknown": lambda client, _: signed_get(client, "STRANGER", "/v1/network"),
    "request_signature_invalid": lambda client, _: signed_get(
        client, ANCHOR, "/v1/network", Signature="chainbill=:AAAA:"
    ),
    "signature_required": _get("/v1/network"),
    "signature_time": lambda client, _: signed_get(client, ANCHOR, "/v1/network", created_s=1),
}
"""Likewise, where reads are closed."""


@pytest.mark.parametrize("code", sorted(OPEN | CLOSED))
def test_a_server_answers_with_the_status_of_the_document(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if code == "trace_too_large":
        monkeypatch.setattr("chainbill_node.rest.view.MAX_READ", 3)
    if code == "read_too_large":
        monkeypatch.setattr("chainbill_node.rest.lists.MAX_READ", 0)
    node = _node(public_reads=code in OPEN, lowest=2 if code == "height_pruned" else 0)
    with app_of(node) as client:
        answer = (OPEN | CLOSED)[code](client, node)
        assert (answer.json()["code"], str(answer.status_code)) == (code, STATUS[code])


def test_every_code_of_the_interface_is_provoked_here() -> None:
    refused = set(re.findall(r'SignatureRefused\("(\w+)"', Path(request_verifying.__file__).read_text()))
    for code in refused:
        problem = problem_of(SignatureRefused(code))
        assert problem is not None
        assert str(problem.status) == STATUS[code]
    assert set(INTERFACE) == set(OPEN) | set(CLOSED) | refused


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_refusal_at_the_door_has_the_status_of_the_document(reason: str) -> None:
    kinds: dict[str, type[ChainbillError]] = {"400": Malformed, "422": Refused}
    for status in STATUS[reason].split(", "):
        if status in kinds:
            node = _node()
            node.outcome = kinds[status](reason, "in words")
            answer = asyncio.run(_handed_in(node))
            assert (answer.json()["code"], answer.status_code) == (reason, int(status))


async def _handed_in(node: TwinNode) -> httpx.Response:
    transport = httpx.ASGITransport(app=_app(node), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://node.test") as client:
        return await client.post("/v1/transactions", content=wire_of(), headers=MSGPACK)


def _app(node: TwinNode) -> Any:
    from chainbill_node.rest import create_app

    return create_app(node)
