"""What is accepted where a node listens sends at once."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from chainbill_node.home.config import Address, ConfigError, NodeConfig, RestConfig
from chainbill_node.network.listening import listen
from chainbill_node.process.port_check import check_free
from chainbill_node.setup.ports import LOOPBACK


def test_what_is_accepted_waits_for_no_acknowledgement() -> None:
    """Each answer after the first of a connection took 43 ms: its body waited until its head was acknowledged."""

    async def run() -> int:
        [listener] = await listen("rest", Address(LOOPBACK, 0), 5)
        with listener, socket.create_connection(listener.getsockname()[:2]):
            accepted, _ = await asyncio.get_running_loop().sock_accept(listener)
            with accepted:
                return accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    assert asyncio.run(run())


class Answers(BaseHTTPRequestHandler):
    """A node of another network, or another program, by what `said` is."""

    said: bytes = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Chainbill-Network", "ab" * 32)
        self.send_header("Content-Length", str(len(self.said)))
        self.end_headers()
        self.wfile.write(self.said)

    def log_message(self, *_: object) -> None:
        return


@contextlib.contextmanager
def taken(said: bytes) -> Iterator[int]:
    """A port at which somebody answers."""
    handler = type("Taken", (Answers,), {"said": said})
    with ThreadingHTTPServer((LOOPBACK, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize(
    ("said", "named"),
    [(b'{"ready": true, "name": "bank7"}', True), (b'{"ready": false}', True), (b"<html>", False), (b"[]", False)],
)
def test_who_holds_a_port_is_named_where_it_is_a_node(said: bytes, named: bool) -> None:
    with taken(said) as port:
        config = NodeConfig("bank1", rest=RestConfig(LOOPBACK, port))
        with pytest.raises(ConfigError) as refused:
            asyncio.run(check_free(config))
    for language in ("en", "zh"):
        text = refused.value.said(language)
        assert f"{LOOPBACK}:{port}" in text
        assert "rest.port" in text
        assert ("ab" * 32 in text) is named
        assert ("bank7" in text) is (b"bank7" in said)


def test_of_the_door_of_other_nodes_it_is_only_said_that_it_is_taken() -> None:
    with taken(b'{"ready": true, "name": "bank7"}') as port:
        config = NodeConfig("bank1", p2p=Address(LOOPBACK, port))
        with pytest.raises(ConfigError, match="p2p: ") as refused:
            asyncio.run(check_free(config))
    assert "bank7" not in str(refused.value)


def test_a_program_that_says_nothing_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainbill_node.process.port_check.ASK_WITHIN_S", 0.2)
    with socket.create_server((LOOPBACK, 0)) as silent:
        config = NodeConfig("bank1", rest=RestConfig(LOOPBACK, silent.getsockname()[1]))
        with pytest.raises(ConfigError, match="another program"):
            asyncio.run(check_free(config))


def test_free_ports_stay_free() -> None:
    with socket.create_server((LOOPBACK, 0)) as one:
        port = one.getsockname()[1]
    config = NodeConfig("bank1", rest=RestConfig(LOOPBACK, port))
    asyncio.run(check_free(config))
    asyncio.run(check_free(config))
