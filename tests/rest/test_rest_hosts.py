"""For which hosts a node answers, and that pages of other sites hand in nothing (security 20)."""

from __future__ import annotations

import pytest
from chainbill_node.rest.hosts import ANY_HOST, AllowedHosts, host_name
from rest.conftest import app_of
from rest.node_twin import TwinNode, wire_of

NAMES = AllowedHosts(("node.bank.example", " ledger.bank.example. ", ""), lambda: "10.9.8.7:7001")


@pytest.mark.parametrize("host", [
    "localhost", "localhost:9999", "LOCALHOST:1", "bank1.localhost:8080", "127.0.0.1:7000", "10.0.0.1", "[::1]:7000",
    "[fe80::1]", "node.bank.example", "Node.Bank.Example:7000", "node.bank.example.", "ledger.bank.example:1",
])  # fmt: skip
def test_its_own_names_figures_and_localhost_through_any_tunnel(host: str) -> None:
    assert NAMES.allow(host)


@pytest.mark.parametrize("host", [
    "rebound.example", "localhost.example", "127.0.0.1.example:7000", "127.0.0.1x", "", ":7000", "[]", "notlocalhost",
    "node.bank.example.evil.example", "xn--node.bank.example", "node.bank.example@evil.example", "0x7f000001", "*",
])  # fmt: skip
def test_names_of_strangers(host: str) -> None:
    """security 20: no Host was refused, so a page of a stranger could read through a visitor's browser."""
    assert not NAMES.allow(host)


def test_the_announced_name_may_change() -> None:
    announced = ["first.example:7001"]
    hosts = AllowedHosts((), lambda: announced[0])
    assert hosts.allow("first.example:7000")
    announced[0] = "second.example:7001"
    assert (hosts.allow("first.example:7000"), hosts.allow("second.example")) == (False, True)
    assert not AllowedHosts(()).allow("")
    assert ANY_HOST.allow("whatever.example")
    assert host_name("[::1]:80") == "::1"


@pytest.mark.parametrize("path", ["/", "/v1/network", "/openapi.json", "/ready", "/nothing", "/v1/transactions"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_is_answered_to_another_name(node: TwinNode, method: str, path: str) -> None:
    with app_of(node, hosts=NAMES) as client:
        answer = client.request(
            method, path, headers={"Host": "rebound.example"}, content=b"x" if method == "POST" else b""
        )
        assert (answer.status_code, answer.json()["code"]) == (421, "host_not_allowed")
        assert "rest.allowed_hosts" in answer.json()["hint"]
        chinese = client.get(path, headers={"Host": "rebound.example", "Accept-Language": "zh"}).json()
        assert "rest.allowed_hosts" in chinese["hint"]
        assert "主机名" in chinese["title"]
    assert node.mempool_ids() == []


def test_a_name_that_the_ledger_no_longer_gives_is_answered_no_more() -> None:
    """security 20: who gets the old name of a member must not get the node behind it with it."""
    known = ["bank1.example:7000"]
    hosts = AllowedHosts((), lambda: known[0])
    assert hosts.answers(b"bank1.example")
    known[0] = "bank1.example.org:7000"
    assert not hosts.answers(b"bank1.example")
    assert hosts.answers(b"bank1.example.org:8080")


def test_two_hosts_are_none(node: TwinNode) -> None:
    with app_of(node, hosts=NAMES) as client:
        lines = [("Host", "localhost"), ("Host", "rebound.example")]
        assert client.get("/version", headers=lines).status_code == 421  # type: ignore[arg-type]
        assert client.get("/version", headers={"Host": "localhost:1"}).status_code == 200


@pytest.mark.parametrize(("origin", "status"), [
    ("http://localhost:7000", 202), ("https://localhost:7000", 202), ("http://localhost:7001", 403),
    ("http://rebound.example", 403), ("null", 403), ("", 403), ("localhost:7000", 403),
])  # fmt: skip
def test_a_page_of_another_site_hands_nothing_in(node: TwinNode, origin: str, status: int) -> None:
    with app_of(node, hosts=NAMES) as client:
        headers = {"Host": "localhost:7000", "Origin": origin, "Content-Type": "application/msgpack"}
        answer = client.post("/v1/transactions", content=wire_of(), headers=headers)
        assert answer.status_code == status
        assert "access-control-allow-origin" not in answer.headers
        if status == 403:
            assert answer.json()["code"] == "origin_not_allowed"
        assert client.get("/version", headers=headers).status_code == 200  # reads: browsers keep the answer back
