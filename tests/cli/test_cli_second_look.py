"""A person signs what two nodes say: an act names rows by id, and a node may say anything of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from chainbill_cli import preview as previews
from chainbill_cli import second_look, session
from chainbill_cli.failure import Exit
from chainbill_cli.main import run
from chainbill_cli.relied_on import NETWORK, is_row
from cli.cli_desk import Desk
from cli.cli_fakes import an_id

LIAR, OTHER, LAGGARD = "http://liar.test", "http://other.test", "http://laggard.test"
Lie = Callable[[dict[str, Any]], object]


class Nodes(httpx.BaseTransport):
    """One ledger behind two addresses: what the liar says of rows by id is changed, the other may be away or behind."""

    def __init__(self, true: httpx.BaseTransport, lie: Lie, *, away: bool = False, behind: int = 0) -> None:
        self._true, self._lie, self._away, self._behind = true, lie, away, behind

    def close(self) -> None:
        """The true one stays."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        liar = request.url.host == httpx.URL(LIAR).host
        if not liar and self._away:
            raise httpx.ConnectError("away", request=request)
        answer = self._true.handle_request(request)
        body = json.loads(answer.content)
        if (
            request.method == "GET"
            and (request.url.path == NETWORK or is_row(request.url.path))
            and answer.status_code == 200
        ):
            if liar:
                self._lie(body)
            elif self._behind > 0 or request.url.host == httpx.URL(LAGGARD).host:
                self._behind -= 1
                body["status"] = "draft"
        return httpx.Response(answer.status_code, json=body)


@pytest.fixture
def confirm(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[Nodes], tuple[int, str, str]]:
    """The debtor confirms a bill of 1,000.00 as a person does; exit code, what was told, and the bill's status then."""
    bill = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "1000.00", "--due", "+120d")[
        "bill"
    ]
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: True)

    def act(nodes: Nodes, *more: str) -> tuple[int, str, str]:
        monkeypatch.setattr(previews, "person", lambda: True)
        line = ["--home", str(desk.home), "--as", "anchor", "--node", LIAR, *more, "bill", "confirm", bill]
        code = run(line, transport=nodes)
        told = desk.capsys.readouterr().err
        monkeypatch.setattr(previews, "person", lambda: False)
        return code, told, desk.json("anchor", "bill", "show", bill)["status"]

    return act


def smaller(body: dict[str, Any]) -> None:
    if "face" in body:
        body["face"] //= 100


LIES: dict[str, Lie] = {
    "face": smaller,
    "currency": lambda body: "currency" in body and body.update(currency="EUR"),
    "clock_offset_ms": lambda body: "clock_offset_ms" in body and body.update(clock_offset_ms=30 * 86_400_000),
    "names": lambda body: "names" in body and body.update(names=[{"zh": "别家", "en": "Other"}]),
}


@pytest.mark.parametrize("member", LIES)
def test_what_one_node_says_otherwise_is_not_signed(
    confirm: Callable[..., tuple[int, str, str]], desk: Desk, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bill of 1,000.00 was shown as one of 10.00, and confirmed; what is signed by a clock that is ahead can be kept,
    and handed in when its time has come."""
    monkeypatch.setattr(second_look, "WITHIN_S", 0.3)
    code, told, status = confirm(Nodes(desk.transport, LIES[member]), "--node", OTHER)
    assert (code, status) == (Exit.FAILED, "pending_confirm")
    assert all(part in told for part in (member, LIAR, OTHER, "nothing was signed")), told
    assert "about to be confirmed" not in told, "what may be false is not shown as if it were so"


def test_a_node_that_is_behind_for_a_moment_is_waited_for(
    confirm: Callable[..., tuple[int, str, str]], desk: Desk
) -> None:
    code, told, status = confirm(Nodes(desk.transport, lambda _: None, behind=2), "--node", OTHER)
    assert (code, status) == (Exit.OK, "pending_accept"), told


def test_one_that_stays_behind_keeps_nobody_from_signing(
    confirm: Callable[..., tuple[int, str, str]], desk: Desk
) -> None:
    nodes = Nodes(desk.transport, lambda _: None)
    code, told, status = confirm(nodes, "--node", LAGGARD, "--node", OTHER)
    assert (code, status) == (Exit.OK, "pending_accept"), told


@pytest.mark.parametrize("more", [(), ("--node", OTHER)])
def test_where_no_second_one_answers_the_first_is_believed(
    confirm: Callable[..., tuple[int, str, str]], desk: Desk, more: tuple[str, ...]
) -> None:
    code, told, status = confirm(Nodes(desk.transport, lambda _: None, away=True), *more)
    assert (code, status) == (Exit.OK, "pending_accept"), told


def test_whatever_was_said_of_a_row_is_held_against_another_node(
    confirm: Callable[..., tuple[int, str, str]], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node may lie where a figure is shown from, and say the truth when it is asked again."""
    monkeypatch.setattr(second_look, "WITHIN_S", 0.3)
    session_type = session.Session
    asked = session_type.registered

    def twice(self: Any, party: str) -> Any:
        asked(self, party)
        self.client.get(f"/v1/parties/{party}")
        return asked(self, party)

    monkeypatch.setattr(session_type, "registered", twice)
    lies = iter([True])

    def once(body: dict[str, Any]) -> None:
        if "names" in body and next(lies, False):
            body.update(names=[{"zh": "别家", "en": "Other"}])

    code, told, status = confirm(Nodes(desk.transport, once), "--node", OTHER)
    assert (code, status) == (Exit.FAILED, "pending_confirm"), told


def other_digits(body: dict[str, Any]) -> None:
    if "currencies" in body:
        body["currencies"] = {**body["currencies"], "CNY": 4}


def voted_in(body: dict[str, Any]) -> None:
    if "currencies" in body:
        body["currencies"] = {**body["currencies"], "XTS": 3}


def without_digits(desk: Desk) -> None:
    (desk.home / "currencies.json").unlink(missing_ok=True)


def run_at_the_liar(desk: Desk, lie: Lie, *line: str, more: tuple[str, ...] = ("--node", OTHER)) -> tuple[int, str]:
    code = run(["--home", str(desk.home), "--node", LIAR, *more, *line], transport=Nodes(desk.transport, lie))
    return code, desk.capsys.readouterr().err


@pytest.mark.parametrize("line", [("network", "show"), ("--as", "supplier1", "--yes", "bill", "issue", "--debtor",
                                   "anchor", "--amount", "10000.00", "--due", "+90d")])  # fmt: skip
def test_digits_that_a_home_has_from_nobody_are_those_of_two_nodes(desk: Desk, line: tuple[str, ...]) -> None:
    """The first node that a new home asked could have 10,000.00 signed as 1,000,000.00, and no honest one was taken
    afterwards, since what it had said was kept."""
    without_digits(desk)
    code, told = run_at_the_liar(desk, other_digits, *line)
    assert code == Exit.FAILED
    assert all(part in told for part in ("currencies", LIAR, OTHER)), told
    assert "CNY" not in json.loads((desk.home / "currencies.json").read_text())["currencies"]
    assert desk.json("supplier1", "bill", "list") == []


def test_digits_that_no_second_node_has_said_yet_are_not_kept(desk: Desk) -> None:
    without_digits(desk)
    assert run_at_the_liar(desk, voted_in, "network", "show")[0] == Exit.OK
    assert "XTS" not in (desk.home / "currencies.json").read_text()
    assert run_at_the_liar(desk, voted_in, "network", "show", more=())[0] == Exit.OK  # nobody else is known
    assert json.loads((desk.home / "currencies.json").read_text())["currencies"]["XTS"] == 3


def test_a_node_that_is_contrary_to_what_is_kept_is_not_passed_over(
    desk: Desk, confirm: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home that once kept a liar's digits took no honest node as a second one, and any lie went through."""
    without_digits(desk)
    run_at_the_liar(desk, other_digits, "network", "show", more=())
    assert json.loads((desk.home / "currencies.json").read_text())["currencies"]["CNY"] == 4

    def lie(body: dict[str, Any]) -> None:
        other_digits(body)
        smaller(body)

    monkeypatch.setattr(second_look, "WITHIN_S", 0.3)
    code, told, status = confirm(Nodes(desk.transport, lie), "--node", OTHER)
    assert (code, status) == (Exit.FAILED, "pending_confirm"), told
    assert "nothing was signed" in told


def ahead(body: dict[str, Any]) -> None:
    if "clock_offset_ms" in body:
        body["clock_offset_ms"] += 20 * 86_400_000


def test_a_clock_that_one_node_alone_moves_is_neither_kept_nor_signed_by(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node kept the bytes, answered that they be made again, and handed them in 20 days later: a second bill."""
    monkeypatch.setattr(second_look, "WITHIN_S", 0.3)
    kept = (desk.home / "ledger-clock.json").read_text() if (desk.home / "ledger-clock.json").exists() else ""
    line = ("--as", "supplier1", "-o", "json", "bill", "issue", "--debtor", "anchor", "--amount", "1.00", "--due",
            "+90d")  # fmt: skip
    for words in (("network", "show"), line):
        code, told = run_at_the_liar(desk, ahead, *words)
        assert code == Exit.FAILED
        assert all(part in told for part in ("clock_offset_ms", LIAR, OTHER)), told
    after = (desk.home / "ledger-clock.json").read_text() if (desk.home / "ledger-clock.json").exists() else ""
    assert after == kept
    assert desk.json("supplier1", "bill", "list") == []


def test_who_signs_offline_by_a_clock_that_is_ahead_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_at_the_liar(desk, ahead, "network", "show", more=())[0] == Exit.OK  # no other node is known
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: True)
    monkeypatch.setattr(previews, "person", lambda: True)
    kept = json.loads((desk.home / "ledger-clock.json").read_text())["clock_offset_ms"]
    line = ["--home", str(desk.home), "--as", "anchor", "bill", "confirm", an_id("B", "any"), "--offline"]
    assert run([*line, str(desk.home / "signed.tx")], transport=desk.transport) == Exit.OK
    assert f"{kept / 86_400_000:.1f}".removesuffix(".0") in desk.capsys.readouterr().err


def test_a_row_that_one_node_alone_has_not_is_asked_of_a_second_one(
    desk: Desk, confirm: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the rows of the parties a preview had no names and no warnings, and was signed."""
    monkeypatch.setattr(second_look, "WITHIN_S", 0.3)

    class Without(Nodes):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.host == httpx.URL(LIAR).host and request.url.path.startswith("/v1/parties/"):
                return httpx.Response(404, json={"type": "about:blank", "title": "none", "status": 404,
                                                 "code": "not_found", "detail": "none"})  # fmt: skip
            return super().handle_request(request)

    code, told, status = confirm(Without(desk.transport, lambda _: None), "--node", OTHER)
    assert (code, status) == (Exit.FAILED, "pending_confirm"), told
    assert "nothing was signed" in told


def test_a_node_of_another_network_says_nothing_and_stops_nobody(
    desk: Desk, confirm: Callable[..., tuple[int, str, str]]
) -> None:
    """Whoever answered on the port of one of a home's nodes stopped every preview."""

    class Elsewhere(Nodes):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = super().handle_request(request)
            if request.url.host == httpx.URL(LAGGARD).host:
                answer.headers["Chainbill-Network"] = "00" * 32
            return answer

    code, told, status = confirm(Elsewhere(desk.transport, lambda _: None), "--node", LAGGARD, "--node", OTHER)
    assert (code, status) == (Exit.OK, "pending_accept"), told
