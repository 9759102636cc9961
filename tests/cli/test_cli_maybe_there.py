"""How a write ends that nobody answers for good: pending wherever a node may have it, failed only where none can."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import httpx
import pytest
from chainbill_cli import writing
from cli.cli_fakes import BILL, FakeNode, Shell, problem


def away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def lost(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("gone", request=request)


ANSWERS = {
    "away": away,
    "lost": lost,
    "busy": lambda _: problem(503, "busy"),
    "share": lambda _: problem(429, "mempool_party_share"),
    "fails": lambda _: problem(500, "internal"),
    "there": lambda _: httpx.Response(202, json={"id": "00", "status": "pending"}),
}
MAY_HAVE_IT = {"lost", "fails", "there"}
"""Bytes had left, or the node has it."""
LATER = ("busy", "share", "away")


@pytest.mark.parametrize("said", [[*begun, last] for *begun, last in product(ANSWERS, ANSWERS, LATER)], ids=" ".join)
def test_it_is_pending_exactly_where_a_node_may_have_it(
    shell: Shell, node: FakeNode, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    """Two nodes are asked in turn, and go on saying the last of these; whoever repeats what failed pays twice."""
    clock = {"s": 0.0}
    monkeypatch.setattr(writing, "deadline_in", lambda seconds: seconds)
    monkeypatch.setattr(writing, "left_until", lambda deadline: max(0.0, deadline - clock["s"]))
    monkeypatch.setattr(writing, "time", SimpleNamespace(sleep=lambda s: clock.update(s=clock["s"] + s)))
    heard: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(said[min(len(heard), len(said) - 1)])
        given: httpx.Response = ANSWERS[heard[-1]](request)
        return given

    node.answers["POST /v1/transactions"] = answer
    shell.run("bill", "confirm", BILL, "-o", "json", "--timeout", "1", expect=None)
    pending = '"status": "pending"' in shell.out
    assert pending == bool(MAY_HAVE_IT & set(heard)), (heard, shell.out, shell.err)
