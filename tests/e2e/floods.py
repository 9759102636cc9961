"""Floods against real nodes: of strangers, of a registered party, of a member's node. Each is bounded in its count."""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import selectors
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPConnection, HTTPException
from typing import Any

from hostile import Hostile
from node_processes import Network

from chainbill.codec import encode
from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.envelope import SIGN_DOMAIN
from chainbill.ledger.transaction import Call, encode_body, sign_transaction
from chainbill.limits import MAX_TRANSACTION_BYTES

STRANGER, MEMBER = "127.0.0.9", "127.0.0.8"
"""Addresses of this machine that floods come from; honest clients have another one."""
BATCH_BYTES, BATCH = 8 * 1024 * 1024, 200
Worker = Callable[[threading.Event, Counter[str]], None]


class Flood:
    """Workers in threads, from entering to leaving; `counted` is what they were answered, or what they did."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self.counted: Counter[str] = Counter()
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=work, args=(self._over, self.counted), daemon=True) for work in workers
        ]  # fmt: skip

    def __enter__(self) -> Flood:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


# --- over HTTP


def target(api: str) -> tuple[str, int]:
    """Host and port of a node's REST interface."""
    host, _, port = api.removeprefix("http://").rpartition(":")
    return host, int(port)


def post(api: str, body: bytes, source: str, counted: Counter[str]) -> None:
    """Hand in a batch from an address, without waiting for its commit; what is said to each counts."""
    connection = HTTPConnection(*target(api), timeout=10, source_address=(source, 0))
    try:
        headers = {"Content-Type": "application/msgpack"}
        connection.request("POST", "/v1/transactions/batch", body, headers)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        counted.update(str(one.get("code", one["status"])) for one in said.get("data", [said]))
    except (OSError, HTTPException, ValueError) as error:
        counted[type(error).__name__] += 1
    finally:
        connection.close()


def posting(api: str, bodies: Callable[[], bytes], source: str, most: int) -> Worker:
    """Hand in one batch after another, at most so many."""

    def work(over: threading.Event, counted: Counter[str]) -> None:
        for _ in range(most):
            if over.is_set():
                return
            post(api, bodies(), source, counted)

    return work


def holding(api: str, begin: bytes, piece: bytes, *, connections: int, pieces: int, pause_s: float) -> Worker:
    """Keep so many connections: each says `begin`, then so many pieces at a pace, and never ends what it says.

    One that the node ends is opened again, in all ten times as many as there are at a time.
    """

    def work(over: threading.Event, counted: Counter[str]) -> None:
        held: dict[socket.socket, tuple[bytes, int]] = {}
        opened = 0
        while not over.is_set():
            while len(held) < connections and opened < 10 * connections and not over.is_set():
                opened += 1
                with contextlib.suppress(OSError):
                    one = socket.create_connection(target(api), 5, source_address=(STRANGER, 0))
                    one.setblocking(False)
                    held[one] = begin, pieces
                    counted["opened"] += 1
            for one, (rest, left) in list(held.items()):
                try:
                    rest = rest[one.send(rest) :] if rest else rest
                    if not rest and left:
                        rest, left = piece, left - 1
                        counted["pieces"] += 1
                    held[one] = rest, left
                    if not one.recv(65536):
                        raise ConnectionResetError
                except BlockingIOError:
                    continue
                except OSError:
                    counted["ended"] += 1
                    del held[one]
                    one.close()
            over.wait(pause_s)
        for one in held:
            one.close()

    return work


def crowding(api: str, request: Callable[[], bytes], *, connections: int, addresses: int, ahead: int = 1) -> Worker:
    """From so many addresses, on each connection so many requests ahead of their answers; what is ended is opened
    again. Each status, or that a connection was ended, counts."""

    def work(over: threading.Event, counted: Counter[str]) -> None:
        ready = selectors.DefaultSelector()
        for number in range(connections):
            _Asking(api, f"127.0.1.{1 + number % addresses}", ready)
        while not over.is_set():
            for key, _ in ready.select(0.1):
                key.data.go_on(request, ahead, counted)
        for key in list(ready.get_map().values()):
            key.data.close()

    return work


class _Asking:
    """One connection of a crowd."""

    def __init__(self, api: str, address: str, ready: selectors.BaseSelector) -> None:
        self._api, self._address, self._ready = api, address, ready
        self._open()

    def _open(self) -> None:
        self._rest, self._asked = b"", 0
        self._socket = socket.socket()
        self._socket.setblocking(False)
        self._socket.bind((self._address, 0))
        self._socket.connect_ex(target(self._api))
        self._ready.register(self._socket, selectors.EVENT_READ | selectors.EVENT_WRITE, self)

    def close(self) -> None:
        self._ready.unregister(self._socket)
        self._socket.close()

    def go_on(self, request: Callable[[], bytes], ahead: int, counted: Counter[str]) -> None:
        try:
            if not self._rest and self._asked < ahead:
                self._rest = b"".join([request() for _ in range(ahead - self._asked)])
                self._asked = ahead
            if self._rest:
                self._rest = self._rest[self._socket.send(self._rest) :]
            said = self._socket.recv(65536)
            if not said:
                raise ConnectionResetError
            statuses = re.findall(rb"HTTP/1.1 (\d+)", said)
            counted.update(status.decode() for status in statuses)
            self._asked = max(0, self._asked - len(statuses))
        except BlockingIOError:
            pass
        except OSError:
            counted["ended"] += 1
            self.close()
            self._open()
            return
        asks = bool(self._rest) or self._asked < ahead
        self._ready.modify(self._socket, selectors.EVENT_READ | (selectors.EVENT_WRITE if asks else 0), self)


def http(path: str, body: bytes) -> bytes:
    """A request that posts msgpack."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/msgpack\r\nContent-Length: "
    return f"{head}{len(body)}\r\n\r\n".encode() + body


def varied(wire: bytes) -> bytes:
    """The same with another signature, which is none."""
    return wire[:-8] + secrets.token_bytes(8)


# --- what is handed in


def batches(make: Callable[[], bytes], count: int) -> Callable[[], bytes]:
    """A maker of bodies of so many transactions, each made for it."""
    return lambda: encode([make() for _ in range(count)])


def repeated(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """The largest body of one kind of transaction, made once."""
    first = make()
    count = min(BATCH, (BATCH_BYTES - 16) // (len(first) + 5))
    body = encode([first, *[make() for _ in range(count - 1)]])
    return lambda: body


class Maker:
    """Signs what an honest client would not. `until_s`: seconds for which its transactions are valid."""

    def __init__(self, network: Network, until_s: float = 60) -> None:
        self._network = network
        self._stranger = PrivateKey.generate()
        self._until_s = until_s

    def until_ms(self) -> int:
        return time.time_ns() // 1_000_000 + int(self._until_s * 1000)

    def valid(
        self, party: str, key: PrivateKey, *calls: Any, network: bytes = b"", threshold: int = 1,
        second: PrivateKey | None = None,
    ) -> bytes:  # fmt: skip
        """Of right form, signed by this key, and by a second one where there is one."""
        keys = [key] if second is None else [key, second]
        body = encode_body(
            network=network or self._network.created.genesis.hash,
            party=party,
            valid_until_ms=self.until_ms(),
            nonce=secrets.token_bytes(16),
            calls=[Call(*one) for one in calls],
            keys=[one.public for one in keys],
            threshold=max(threshold, len(keys)),
        )
        return sign_transaction(body, keys)

    def by_stranger(self, *calls: Any, network: bytes = b"") -> bytes:
        """Signed by a key that nobody knows."""
        return self.valid("nobody", self._stranger, *calls, network=network)

    def of_many_items(self, party: str, key: PrivateKey) -> bytes:
        """As long as a transaction may be, of empty maps: far more items than it may hold; well signed.

        Put together from parts: encoding 64,000 empty maps each time would slow down who floods.
        """
        few = self.valid(party, key, ("account", "announce", {"bank": ""}))
        room = MAX_TRANSACTION_BYTES - len(few) - 64
        head = encode([2, self._network.created.genesis.hash, party, self.until_ms(), secrets.token_bytes(16),
                       [1, [["ed25519", key.public]]]])[1:]  # fmt: skip
        call = encode([["account", "announce", {"bank": ""}]])
        bank = b"\xdc" + room.to_bytes(2, "big") + room * b"\x80"
        body = b"\x98" + head + call[:-1] + bank + encode("")
        return encode([body, [[0, key.sign(SIGN_DOMAIN, body)]]])


def forged(wire: bytes) -> bytes:
    """The same with a signature that is none."""
    return wire[:-1] + bytes((wire[-1] ^ 1,))


# --- between nodes


def sending(network: Network, identity: str, node: str, frames: Iterator[bytes], most: int) -> Worker:
    """As a member, send one frame after another to a node; again and again when it lets go, at most so many frames."""

    def work(over: threading.Event, counted: Counter[str]) -> None:
        left = most
        while left and not over.is_set():
            client = None
            try:
                client = Hostile(network, identity, node)
                client.drain()
                while left and not over.is_set():
                    client.send(next(frames))
                    left -= 1
                    counted["frames"] += 1
            except OSError:
                counted["let go"] += 1
                over.wait(0.1)
            finally:
                if client is not None:
                    client.close()

    return work
