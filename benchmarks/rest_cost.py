"""What the REST interface alone costs a transaction handed in.

    python benchmarks/rest_cost.py [--requests N] [--rounds N]

The application and the protocol of a node, in a process of its own, over a node that answers each transaction at once
as committed, with the receipt it once had. Prints processor microseconds of that process a request.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

import load
import uvicorn
import work
from chainbill_node.home.config import LimitsConfig
from chainbill_node.intake.outcomes import CameOf, Submission, Told
from chainbill_node.mempool import KnownAddresses
from chainbill_node.rest import create_app
from chainbill_node.rest.server.connection import guarded
from chainbill_node.rest.server.connection_limit import Crowd
from chainbill_node.rest.server.request_scheduling import RequestTurns
from chainbill_node.storage.chain.layout import RECEIPTS, height_key
from local_ledger import filled

from chainbill.codec import decode_trusted
from chainbill.ledger.receipt import Receipt, decode_receipt
from chainbill.ledger.transaction import decode_transaction

CONNECTIONS = 128
WARM = 500
POLL_S = 0.01


class Answered:
    """As much of `NodePort` as handing in needs."""

    def __init__(self, wires: Sequence[bytes], receipts: Sequence[Receipt]) -> None:
        self._known = {decode_transaction(wire).id: one for wire, one in zip(wires, receipts, strict=True)}

    async def submit(self, wires: Sequence[bytes], _wait_ms: int, _address: str, told: Told) -> list[Submission]:
        """Every answer, one turn of the event loop later."""
        await asyncio.sleep(0)
        told(CameOf(len(wires), 0, 0))
        ids = [decode_transaction(wire).id for wire in wires]
        return [Submission("committed", one, 1, 0, self._known[one]) for one in ids]


def serve(pipe: Connection, wires: Sequence[bytes], receipts: Sequence[bytes]) -> None:
    """What the server's process does: tell its port, then its processor seconds whenever asked."""
    node: Any = Answered(wires, [decode_receipt(one) for one in receipts])
    crowd = Crowd(10 * CONNECTIONS, 10 * CONNECTIONS, LimitsConfig().rest_body_bytes, lambda _: None)
    config = uvicorn.Config(
        create_app(node), port=0, log_level="error", access_log=False, lifespan="off", ws="none",
        http=guarded(crowd, RequestTurns(lambda: True, KnownAddresses())),
    )  # fmt: skip
    asyncio.run(_serve(uvicorn.Server(config), pipe))


async def _serve(server: uvicorn.Server, pipe: Connection) -> None:
    running = asyncio.get_running_loop().create_task(server.serve())
    while not server.started:
        await asyncio.sleep(POLL_S)
    pipe.send(server.servers[0].sockets[0].getsockname()[1])

    def tell() -> None:
        pipe.recv()
        pipe.send(time.process_time())

    asyncio.get_running_loop().add_reader(pipe.fileno(), tell)
    await running


def recorded(count: int) -> tuple[list[bytes], list[bytes]]:
    """So many transfers and their receipts."""
    with filled(count) as ledger:
        wires = ledger.transfers([token for bill in ledger.bills for token in bill][:count])
        first = ledger.height + 1
        ledger.commit(wires)
        found = [ledger.store.get(height_key(RECEIPTS, one)) or b"" for one in range(first, ledger.height + 1)]
    receipts: list[bytes] = [receipt for one in found for receipt in decode_trusted(one)]
    return wires, receipts[-count:]


def measure(requests: int, rounds: int) -> list[float]:
    """Processor seconds a request, in each round."""
    wires, receipts = recorded(requests)
    asked = [load.post(work.SUBMIT_WAITING, wire) for wire in wires]
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    server = context.Process(target=serve, args=(far, wires, receipts))
    server.start()
    try:
        api = f"http://127.0.0.1:{near.recv()}"
        load.flood([api], asked[:WARM], CONNECTIONS, load.committed)
        return [_round(near, api, asked) for _ in range(rounds)]
    finally:
        server.terminate()
        server.join()


def _round(pipe: Connection, api: str, asked: list[bytes]) -> float:
    pipe.send("used")
    before: float = pipe.recv()
    load.flood([api], asked, CONNECTIONS, load.committed)
    pipe.send("used")
    after: float = pipe.recv()
    return (after - before) / len(asked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=8_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    for found in measure(given.requests, given.rounds):
        print(f"{found * 1e6:.0f} us a request")


if __name__ == "__main__":
    main()
