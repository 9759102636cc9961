"""What answers at a node's address and is none, or lies: over real sockets. No answer is taken for an empty list."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from chainbill_cli import answer_bodies
from chainbill_cli import client as clients
from chainbill_cli.client import NodeClient
from chainbill_cli.failure import Failure
from cli.cli_fakes import GENESIS_HASH, PARTIES, listing

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.transaction import Call, encode_body, sign_transaction

pytestmark = pytest.mark.untraced

KEY = PrivateKey.from_seed(b"k" * 32)
CALLS = [Call("bill", "issue", {})]
TRANSACTION = sign_transaction(
    encode_body(
        network=GENESIS_HASH, party=PARTIES["anchor"], valid_until_ms=1, nonce=bytes(16), calls=CALLS,
        keys=[KEY.public], threshold=1, memo="",
    ), [KEY],
)  # fmt: skip
Say = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def answering(say: Say) -> Iterator[NodeClient]:
    class Strange(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(OSError):
                say(self)
            self.close_connection = True

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Strange)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    client = NodeClient((f"http://127.0.0.1:{server.server_address[1]}",), timeout_s=5)
    try:
        yield client
    finally:
        client.close()
        server.shutdown()
        server.server_close()
        thread.join(10)


def whole(body: bytes, status: int = 200, **fields: str) -> Say:
    def say(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        for field in ({"content-type": "application/json", "content-length": str(len(body))} | named).items():
            to.send_header(*field)
        to.end_headers()
        to.wfile.write(body)

    return say


def endless(to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.send_header("content-type", "application/json")
    to.end_headers()
    while True:
        to.wfile.write(b" " * 100_000)


def refused(client: NodeClient) -> str:
    with pytest.raises(Failure) as failure:
        list(client.pages("/v1/bills"))
    return str(failure.value.problem)


@pytest.mark.parametrize(
    "say",
    [
        whole(b"", 302, location="http://127.0.0.1:9/", content_type="text/plain"),
        whole(b"", 302, location="http://127.0.0.1:9/"),
        whole(b"<html>please log in", content_type="text/html"),
        whole(b"", content_type="text/html"),
        whole(b"[" * 200_000),
        whole(b"9" * 5_000),
    ],
)
def test_what_is_no_nodes_answer_is_not_an_empty_list(say: Say) -> None:
    with answering(say) as client:
        assert "answer that can be used" in refused(client)


def test_a_body_without_an_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_bodies, "LARGEST_ANSWER", 3 * 1024**2)
    with answering(endless) as client:
        assert "more than 3 MB" in refused(client)
    with answering(whole(gzip.compress(b" " * 8 * 1024**2), content_encoding="gzip")) as client:
        assert "more than 3 MB" in refused(client)


def test_a_body_that_comes_for_too_long_is_given_up_and_a_transaction_may_have_arrived(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clients, "WHOLE_WITHIN", 0)
    with answering(endless) as client:
        assert "does not come to an end" in refused(client)
        with pytest.raises(Failure) as failure:
            client.post_transaction(TRANSACTION)
        assert failure.value.problem["maybe_sent"]


def test_a_csv_is_taken_where_one_was_asked_for() -> None:
    with answering(whole(b"a,b\r\n", content_type="text/csv")) as client:
        assert client.get("/v1/trace/bills/B", format="csv") == "a,b\r\n"
    with answering(whole(json.dumps(listing()).encode())) as client:
        assert list(client.pages("/v1/bills")) == []


def dripping(line: bytes) -> Say:
    """Says a line of an answer's head again and again, each time soon enough for the next bytes."""

    def say(to: BaseHTTPRequestHandler) -> None:
        to.wfile.write(b"" if line.startswith(b"HTTP") else b"HTTP/1.1 200 OK\r\n")
        while True:
            to.wfile.write(line)
            to.wfile.flush()
            time.sleep(0.05)

    return say


@pytest.mark.parametrize("line", [b"HTTP/1.1 103 Early Hints\r\n\r\n", b"x: y\r\n"])
def test_a_head_that_does_not_end_is_given_up(line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "WHOLE_WITHIN", 0.2)
    with answering(dripping(line)) as client:
        assert "does not come to an end" in refused(client)
        with pytest.raises(Failure) as failure:
            client.post_transaction(TRANSACTION)
        assert failure.value.problem["maybe_sent"]


@pytest.mark.parametrize("packed", ["gzip, gzip", "br", "zstd", "deflate", "gzip"])
def test_what_is_packed_otherwise_or_not_at_all_is_told(packed: str) -> None:
    with answering(whole(b"{}", content_encoding=packed)) as client:
        assert ("it cannot be unpacked" if packed == "gzip" else f"it is packed as {packed}") in refused(client)
