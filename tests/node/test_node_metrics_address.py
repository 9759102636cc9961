"""The operator's own address of a running node, and the names that its interface answers for (security 20)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
from chainbill_node.home.config import Address, RestConfig
from chainbill_node.home.node_home import open_home
from chainbill_node.process.node import Node
from chainbill_node.process.served_node import ServedNode
from chainbill_node.rest.server.uvicorn_server import RestServer
from chainbill_node.setup.local import create_local_network
from chainbill_node.setup.ports import free_ports

HOST = "127.0.0.1"


def ask(tmp_path: Path, *, public_reads: bool, asked: list[tuple[str, str, str]]) -> list[tuple[int, Any]]:
    """Answers of one validator: to (port "rest" or "metrics", path, Host)."""
    network = create_local_network(tmp_path / "net", validators=1, public_reads=public_reads)
    opened = open_home(network.nodes[0].home)
    [port] = free_ports(1)
    rest = opened.config.rest
    object.__setattr__(opened.config, "rest", RestConfig(rest.host, rest.port, "ledger.example, other.example"))
    object.__setattr__(opened.config, "metrics", Address(HOST, port))
    ports = {"rest": rest.port, "metrics": port}

    async def main() -> list[tuple[int, Any]]:
        node = Node(network.nodes[0].home, opened)
        server = RestServer(node, ServedNode(node), opened.key.seed)
        await node.start()
        await server.start()
        answers: list[tuple[int, Any]] = []
        try:
            async with httpx.AsyncClient(timeout=10) as client:
                for where, path, host in asked:
                    answer = await client.get(f"http://{HOST}:{ports[where]}{path}", headers={"Host": host})
                    json = "json" in answer.headers["content-type"]
                    answers.append((answer.status_code, answer.json() if json else answer.text))
        finally:
            await server.stop()
            await node.stop()
        return answers

    try:
        return asyncio.run(main())
    finally:
        opened.close()


def test_a_closed_network_names_nobody_at_its_public_address(tmp_path: Path) -> None:
    public, inside, ready, told, elsewhere = ask(tmp_path, public_reads=False, asked=[
        ("rest", "/metrics", "localhost"), ("metrics", "/metrics", "localhost"), ("rest", "/ready", "localhost"),
        ("metrics", "/ready", "localhost"), ("metrics", "/v1/network", "localhost"),
    ])  # fmt: skip
    assert (public[0], public[1]["code"]) == (401, "signature_required")
    assert "chainbill_consensus_height" in inside[1]
    assert "chainbill_rest_body_bytes 0.0" in inside[1]
    assert set(ready[1]) == {"ready", "reason"}
    assert told[1]["name"] == "bank1"
    assert (elsewhere[0], elsewhere[1]["code"]) == (404, "route_unknown")


def test_an_open_network_goes_on_as_before(tmp_path: Path) -> None:
    metrics, ready = ask(
        tmp_path, public_reads=True, asked=[("rest", "/metrics", "localhost"), ("rest", "/ready", "localhost")]
    )
    assert "chainbill_consensus_height" in metrics[1]
    assert ready[1]["name"] == "bank1"


def test_the_operator_takes_no_place_of_a_client_s(tmp_path: Path) -> None:
    """Of the one connection that the public address may hold, nor would clients take the operator's."""
    network = create_local_network(tmp_path / "net", validators=1)
    opened = open_home(network.nodes[0].home)
    [port] = free_ports(1)
    object.__setattr__(opened.config, "metrics", Address(HOST, port))
    object.__setattr__(opened.config.limits, "rest_connections", 1)

    async def main() -> None:
        node = Node(network.nodes[0].home, opened)
        server = RestServer(node, ServedNode(node), opened.key.seed)
        await node.start()
        await server.start()
        try:
            async with httpx.AsyncClient(timeout=10) as client, httpx.AsyncClient(timeout=10) as operator:
                for _ in range(2):
                    assert (await client.get(f"http://{HOST}:{opened.config.rest.port}/version")).status_code == 200
                    assert (await operator.get(f"http://{HOST}:{port}/metrics")).status_code == 200
            assert node.metrics.turned_away.labels("rest", "too_many_connections")._value.get() == 0
        finally:
            await server.stop()
            await node.stop()

    try:
        asyncio.run(main())
    finally:
        opened.close()


def test_a_node_answers_for_its_own_names(tmp_path: Path) -> None:
    hosts = ["127.0.0.1:1", "localhost:7", "ledger.example", "other.example:443", "10.1.2.3", "rebound.example", "x"]
    answers = ask(tmp_path, public_reads=True, asked=[("rest", "/version", host) for host in hosts])
    assert [status for status, _ in answers] == [200] * 5 + [421] * 2
    assert ask(tmp_path / "b", public_reads=True, asked=[("metrics", "/metrics", "rebound.example")])[0][0] == 421
