"""What a list costs a node when its reader sees a part of each bill: memory and processor time of the first page.

    python benchmarks/sight_cost.py [--tokens N] [--rounds N]

A closed ledger of one validator with N tokens of supplier1, a hundred a bill of one debtor, of each bill one passed on
to supplier2, behind the application of the REST interface in this process. Prints, of each list as each of three
parties reads it, the processor milliseconds of the quickest answer and the most memory that an answer held at once.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import time
import tracemalloc
from dataclasses import replace
from typing import Any

import httpx
import work
from chainbill_node.home.keys import load_private_key
from chainbill_node.rest import create_app
from chainbill_node.rest.request_signing import sign_request
from list_cost import Reading
from local_ledger import BLOCK, LocalLedger, filled

BASE = "http://127.0.0.1"
READERS = ("anchor", "supplier1", "supplier2")
LISTS = ("/v1/bills", "/v1/bills?reached_tier=1", "/v1/tokens?status=live", "/v1/trace/anchors/{anchor}")
_nonces = itertools.count(1)


class Closed(Reading):
    """Likewise, and every read must be signed."""

    def __init__(self, ledger: LocalLedger) -> None:
        super().__init__(ledger)
        self.genesis = replace(ledger.network.genesis, public_reads=False)


def pass_on(ledger: LocalLedger) -> None:
    """Of each bill one token goes to supplier2, whole."""
    ledger.commit(ledger.transfers([tokens[0] for tokens in ledger.bills], work.OFFERED_MINOR), size=BLOCK)


async def ask(client: httpx.AsyncClient, ledger: LocalLedger, alias: str, path: str) -> Any:
    """The answer to one signed read."""
    key = load_private_key(ledger.network.parties[alias].key)
    nonce = next(_nonces).to_bytes(12, "big")
    headers = sign_request(key, "GET", f"{BASE}{path}", created_s=int(time.time()), nonce=nonce)
    answer = await client.get(path, headers=headers)
    answer.raise_for_status()
    return answer.json()


async def measure(ledger: LocalLedger, rounds: int) -> None:
    """Print a line for each list and reader."""
    node: Any = Closed(ledger)
    transport = httpx.ASGITransport(app=create_app(node))
    async with httpx.AsyncClient(transport=transport, base_url=BASE, timeout=None) as client:
        for path, alias in itertools.product(LISTS, READERS):
            address = path.replace("{anchor}", ledger.anchor.party)
            best = float("inf")
            for _ in range(rounds):
                began = time.process_time()
                await ask(client, ledger, alias, address)
                best = min(best, (time.process_time() - began) * 1000)
            tracemalloc.start()
            body = await ask(client, ledger, alias, address)
            held = tracemalloc.get_traced_memory()[1] / 2**20
            tracemalloc.stop()
            print(f"{best:10.1f} ms {held:8.1f} MiB  {body.get('count', '–'):>8}  {alias:<10} {path}", flush=True)


def main() -> None:
    """Make the ledger and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    with filled(asked.tokens) as ledger:
        pass_on(ledger)
        asyncio.run(measure(ledger, asked.rounds))


if __name__ == "__main__":
    main()
