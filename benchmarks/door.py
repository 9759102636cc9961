"""What the door for transactions costs, and for how long it holds the event loop.

    .venv/bin/python benchmarks/door.py [--rounds N]

A node of one validator in this process, consensus standing still. For each kind of transaction: processor microseconds
of the event loop's thread and of the whole process for one that is handed in, alone and in requests of 200 or 8 MB, and
the longest that one turn of the loop took (processor milliseconds of its thread, the smallest of the rounds). Run it
twice, in two checkouts, to compare two commits.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from chainbill_node.home.keys import load_private_key
from chainbill_node.home.node_home import open_home
from chainbill_node.process.node import Node
from chainbill_node.process.served_node import ServedNode
from chainbill_node.setup.local import create_local_network

from chainbill.codec import encode_trusted
from chainbill.crypto.keys import PrivateKey

MAX_REQUEST = 200
MAX_REQUEST_BYTES = 8_270_000
HOUR_MS = 3_600_000


class Kind(NamedTuple):
    """One kind of transaction: what it is, its calls, whether its key is a registered one, and how many a request."""

    name: str
    calls: list[Any]
    known: bool
    most: int


def kinds(bank: str) -> list[Kind]:
    """Those that are handed in every day, and the worst that somebody may make."""
    usual = [["party", "set_paying_bank", {"bank": bank}]]
    worst = [["party", "set_paying_bank", {"bank": [{}] * 64_900}]]
    text = [["party", "set_paying_bank", {"bank": "应收账款" * 5_350}]]
    items = [["party", "set_paying_bank", {"bank": [{}] * 1_970 + ["x" * 63_000]}]]
    return [
        Kind("usual, alone", usual, known=True, most=1),
        Kind("usual, 200 a request", usual, known=True, most=MAX_REQUEST),
        Kind("stranger's, usual, 200 a request", usual, known=False, most=MAX_REQUEST),
        Kind("stranger's, 64,900 empty maps", worst, known=False, most=MAX_REQUEST),
        Kind("stranger's, 64 KB of Chinese text", text, known=False, most=MAX_REQUEST),
        Kind("member's, 64,900 empty maps", worst, known=True, most=MAX_REQUEST),
        Kind("member's, 64 KB, 1,985 items", items, known=True, most=MAX_REQUEST),
    ]


def signed(network: Any, kind: Kind) -> bytes:
    """One of a kind, in the anchor's name; its form is not checked."""
    party = network.parties["anchor"]
    key = load_private_key(party.key) if kind.known else PrivateKey.from_seed(bytes(32))
    until_ms = time.time_ns() // 1_000_000 + HOUR_MS
    head = [2, network.genesis.hash, party.party, until_ms, secrets.token_bytes(16), [1, [["ed25519", key.public]]]]
    body = encode_trusted([*head, kind.calls, ""])
    return encode_trusted([body, [[0, key.sign("tx-sign", body)]]])


def request(network: Any, kind: Kind) -> list[bytes]:
    """As many as go into one."""
    size = len(signed(network, kind))
    return [signed(network, kind) for _ in range(min(kind.most, MAX_REQUEST_BYTES // size))]


class Turns:
    """The longest turn of the event loop, in processor seconds of its thread."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Between every two callbacks the clock is read."""
        run: Callable[..., Any] = asyncio.events.Handle._run

        def timed(handle: asyncio.Handle) -> None:
            began_s = time.thread_time()
            run(handle)
            self.longest_s = max(self.longest_s, time.thread_time() - began_s)

        asyncio.events.Handle._run = timed  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            asyncio.events.Handle._run = run  # type: ignore[method-assign]


async def measure(node: Node, wires: list[bytes]) -> tuple[float, float, float]:
    """(loop µs, process µs, longest turn ms) of one request, µs a transaction."""
    turns = Turns()
    port = ServedNode(node)
    with turns.watched():
        await asyncio.sleep(0)
        loop_s, all_s = time.thread_time(), time.process_time()
        await port.submit(wires, 0, "127.0.0.1")
        loop_s, all_s = time.thread_time() - loop_s, time.process_time() - all_s
        await asyncio.sleep(0)  # the turn that ends the request counts too
    node.mempool.remove(node.mempool.ids())
    return loop_s / len(wires) * 1e6, all_s / len(wires) * 1e6, turns.longest_s * 1e3


async def run(network: Any, opened: Any, rounds: int) -> None:
    """Print one line a kind: the smallest of the rounds."""
    node = Node(network.nodes[0].home, opened)
    await node.start()
    node.started = False
    print(f"{'handed in':36}{'bytes':>8}{'loop µs':>10}{'all µs':>10}{'longest turn ms':>17}")
    try:
        for kind in kinds(network.parties["bank1"].party):
            found = [await measure(node, request(network, kind)) for _ in range(rounds)]
            size = len(signed(network, kind))
            loop_us, all_us, turn_ms = (min(column) for column in zip(*found, strict=True))
            print(f"{kind.name:36}{size:8}{loop_us:10.1f}{all_us:10.1f}{turn_ms:17.2f}")
    finally:
        await node.stop()


def main() -> None:
    """Make a network, open its node, measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="chainbill-door-") as folder:
        network = create_local_network(Path(folder) / "net", validators=1)
        with contextlib.closing(open_home(network.nodes[0].home)) as opened:
            asyncio.run(run(network, opened, rounds))


if __name__ == "__main__":
    main()
