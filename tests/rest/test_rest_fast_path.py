"""Handing in by the short way gives what the framework's way gives, for good, bad and unusual requests."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import pytest
from chainbill_node.foundation.unavailable import Busy
from chainbill_node.rest import create_app, fast_path
from rest.conftest import app_of
from rest.node_twin import TwinNode, wire_of
from starlette.types import Message

from chainbill.codec import encode
from chainbill.errors import InternalFault, Reason, Refused

PATH = "/v1/transactions"
MSGPACK = "application/msgpack"
BATCH = encode([wire_of(), b"\x00", wire_of(functions=("a", "b"))])
BODIES: list[tuple[str, bytes, str]] = [
    (PATH, wire_of(), MSGPACK),
    (PATH, b"", MSGPACK),
    (PATH, b"\xff" * 100, MSGPACK),
    (PATH, bytes(200_000), MSGPACK),
    (PATH, wire_of(), "text/plain"),
    (PATH, b'{"transaction": 5}', "application/json"),
    (PATH, b'{"transaction": "", "transaction": ""}', "application/json"),
    (f"{PATH}/batch", BATCH, MSGPACK),
    (f"{PATH}/batch", b"\x90", MSGPACK),
    (f"{PATH}/batch", BATCH, "application/json"),
]
OUTCOMES: list[Any] = [
    "committed",
    "pending",
    Refused(Reason.KEY_NOT_REGISTERED, "nobody has this key", key="ab"),
    Busy("the pool is full", 7),
    InternalFault(Reason.SHAPE_WRONG, "a bug"),
    RuntimeError("a bug"),
]
QUERIES = ["", "?wait=committed", "?timeout=5", "?wait=committed&timeout=60", "?wait=accepted&timeout=0"]


@pytest.mark.parametrize("outcome", OUTCOMES, ids=str)
@pytest.mark.parametrize(("path", "body", "media_type"), BODIES, ids=str)
def test_both_ways_answer_alike(
    node: TwinNode, outcome: Any, path: str, body: bytes, media_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Content-Type": media_type, "X-Request-Id": "request-0001", "Accept-Language": "zh"}
    if outcome != "committed":
        node.outcome = outcome
    other = copy.deepcopy(node)
    with app_of(node) as short, app_of(other) as long:
        for query in QUERIES:
            answer = short.post(path + query, content=body, headers=headers)
            with monkeypatch.context() as patch:
                patch.setattr(fast_path, "_ROUTES", {})
                expected = long.post(path + query, content=body, headers=headers)
            assert (answer.status_code, answer.content) == (expected.status_code, expected.content)
            assert answer.headers == expected.headers


@pytest.mark.parametrize(
    "query", ["wait=", "wait=forever", "timeout=61", "timeout=-1", "timeout=1&timeout=2", "wiat=committed", "timeout="]
)
def test_what_is_unusual_is_left_to_the_framework(query: str) -> None:
    assert fast_path._QUERY.fullmatch(query.encode()) is None


@pytest.mark.parametrize("query", [b"", b"timeout=007"], ids=["short way", "framework's way"])
def test_a_client_that_goes_away_in_the_middle_of_a_body_is_no_fault_of_ours(
    node: TwinNode, query: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    parts: list[Message] = [
        {"type": "http.request", "body": b"\x92", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return parts.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http", "method": "POST", "path": PATH, "query_string": query, "root_path": "",
        "headers": [(b"content-type", MSGPACK.encode())],
    }  # fmt: skip
    asyncio.run(create_app(node)(scope, receive, send))
    assert sent[0]["status"] == 400
    assert b"incomplete" in sent[1]["body"]
    assert not caplog.records
