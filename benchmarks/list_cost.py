"""What the first page of a list costs a node, in processor time.

    python benchmarks/list_cost.py [--tokens N] [--rounds N]

A ledger of one validator with N live tokens of one holder, a hundred a bill of one debtor, behind the application of
the REST interface in this process. Prints processor milliseconds of an answer, the least of all rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import httpx
from chainbill_node.rest import create_app
from local_ledger import LocalLedger, filled


class Reading:
    """As much of `NodePort` as reads need."""

    def __init__(self, ledger: LocalLedger) -> None:
        self.genesis = ledger.network.genesis
        self.reader = ledger.ledger.reader

    def reading(self, _: str) -> AbstractContextManager[None]:
        """Nobody else reads."""
        return nullcontext()


async def least_ms(client: httpx.AsyncClient, path: str, rounds: int) -> tuple[float, Any]:
    """(processor milliseconds of the quickest round, the answer's body)."""
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        answer = await client.get(path)
        best = min(best, (time.process_time() - began) * 1000)
        answer.raise_for_status()
    return best, answer.json()


async def measure(ledger: LocalLedger, rounds: int) -> None:
    """Print a line a list."""
    holder, debtor = ledger.supplier.party, ledger.anchor.party
    paths = (
        f"/v1/tokens?holder={holder}",
        "/v1/tokens?status=live",
        f"/v1/tokens?debtor={debtor}&status=live",
        f"/v1/parties/{holder}/tokens",
        f"/v1/bills?debtor={debtor}&status=active",
        "/v1/tokens?status=live&tier=1",
    )
    node: Any = Reading(ledger)
    transport = httpx.ASGITransport(app=create_app(node))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for path in paths:
            used_ms, body = await least_ms(client, path, rounds)
            counted = f"{body['count']} {body.get('count_complete', True) or 'of more'}"
            print(f"{used_ms:9.1f} ms  {counted:>14}  {path.replace(holder, 'S').replace(debtor, 'A')}")


def main() -> None:
    """Make the ledger and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=22_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with filled(asked.tokens) as ledger:
        asyncio.run(measure(ledger, asked.rounds))


if __name__ == "__main__":
    main()
