"""What became of a transaction is the word of two nodes: one alone may keep it back, or pass on what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from chainbill_cli import outcome_look
from chainbill_cli.failure import Exit
from chainbill_cli.main import run
from cli.cli_desk import Desk

LIAR, OTHER, THIRD = "http://liar.test", "http://other.test", "http://third.test"
ISSUE = ("--as", "supplier1", "--yes", "bill", "issue", "--debtor", "anchor", "--amount", "1000.00", "--due", "+90d")
Answers = Callable[[httpx.Request, httpx.BaseTransport], httpx.Response]


class Nodes(httpx.BaseTransport):
    """One ledger behind several addresses, of which one answers in its own way what is handed in."""

    def __init__(self, true: httpx.BaseTransport, lie: Answers) -> None:
        self._true, self._lie = true, lie
        self.asked: list[tuple[str, str]] = []

    def close(self) -> None:
        """The true one stays."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, request.url.host))
        if request.method == "POST" and request.url.host == httpx.URL(LIAR).host:
            return self._lie(request, self._true)
        return self._true.handle_request(request)


def keeps_it(request: httpx.Request, true: httpx.BaseTransport) -> httpx.Response:
    """Says what the ledger would, and hands nothing in."""
    tried = httpx.Request("POST", request.url.copy_with(path="/v1/transactions/simulate", query=None),
                          content=request.content, headers=request.headers)  # fmt: skip
    said = json.loads(true.handle_request(tried).read())
    body = {"id": said["id"], "status": "committed", "height": 7, "index": 0,
            **{name: said[name] for name in ("result", "results", "events", "gas")}}  # fmt: skip
    return httpx.Response(201, json=body)


def refuses_it(request: httpx.Request, true: httpx.BaseTransport) -> httpx.Response:
    """Hands it in, and says that it was refused."""
    true.handle_request(request).read()
    body = {"type": "urn:chainbill:problem:party_unknown", "title": "Refused by the ledger", "status": 422,
            "detail": "no such party", "code": "party_unknown", "instance": "/v1/transactions", "hint": "look again",
            "errors": [], "request_id": "ab" * 16}  # fmt: skip
    return httpx.Response(422, json=body, headers={"content-type": "application/problem+json"})


def other_results(request: httpx.Request, true: httpx.BaseTransport) -> httpx.Response:
    """Hands it in, and names another bill."""
    body: dict[str, Any] = json.loads(true.handle_request(request).read())
    body["results"][0]["bill"] = body["result"]["bill"] = "BNHGJDPVG6DVQNQ6H6"
    return httpx.Response(201, json=body)


def issue(desk: Desk, lie: Answers, *more: str) -> tuple[int, str, list[dict[str, Any]], Nodes]:
    nodes = Nodes(desk.transport, lie)
    code = run(["--home", str(desk.home), "--node", LIAR, *more, *ISSUE], transport=nodes)
    told = desk.capsys.readouterr().err
    return code, told, desk.json("supplier1", "bill", "list"), nodes


OTHERS = ("--node", OTHER, "--node", THIRD)


def test_what_one_node_alone_has_in_a_block_is_pending(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bank's report of money was answered as recorded, and stood nowhere."""
    monkeypatch.setattr(outcome_look, "LEAST_S", 0.2)
    code, told, bills, _ = issue(desk, keeps_it, *OTHERS, "--timeout", "0.5")
    assert (code, bills) == (Exit.PENDING, [])
    assert all(part in told for part in (LIAR, "no other node", "chainbill tx wait")), told


def test_what_one_node_refuses_is_handed_in_at_another(desk: Desk) -> None:
    """Whoever heard a false refusal did it again, and had two bills."""
    code, told, bills, _ = issue(desk, refuses_it, *OTHERS)
    assert (code, len(bills)) == (Exit.OK, 1), told
    assert all(part in told for part in (LIAR, OTHER)), told


def test_other_results_than_the_ledgers_are_not_believed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcome_look, "LEAST_S", 0.2)
    code, told, bills, _ = issue(desk, other_results, *OTHERS, "--timeout", "2")
    assert (code, len(bills)) == (Exit.PENDING, 1)
    assert all(part in told for part in ("BNHGJDPVG6DVQNQ6H6", bills[0]["id"], LIAR, OTHER)), told


def test_a_true_refusal_is_one_at_the_second_node_too_and_nothing_is_handed_in_a_third_time(desk: Desk) -> None:
    nodes = Nodes(desk.transport, lambda request, true: true.handle_request(request))
    line = [one.replace("anchor", "supplier2") for one in ISSUE]  # no anchor
    code = run(["--home", str(desk.home), "--node", LIAR, *OTHERS, *line], transport=nodes)
    assert code == Exit.REFUSED, desk.capsys.readouterr().err
    assert [host for method, host in nodes.asked if method == "POST"] == ["liar.test", "other.test"]
    assert desk.json("supplier1", "bill", "list") == []


def test_where_nobody_else_is_known_or_answers_the_first_is_believed(desk: Desk) -> None:
    code, told, bills, _ = issue(desk, other_results)
    assert (code, len(bills)) == (Exit.OK, 1), told
