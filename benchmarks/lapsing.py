"""A morning on which many offers lapse, on real nodes: python benchmarks/lapsing.py [--offers 3000] [--validators 4].

One supplier has so many open offers, the clock moves past their end, and a bystander hands in one transaction a second
until all have lapsed. Prints how long each of the bystander's waits, and of the blocks of that morning what each held
and how long after the one before it came: what falls due is bounded a block, so nobody should wait for all of it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from typing import Any

import load
import work
from running import Running

PARTS = 100  # offers cut off one token
ROUND_S = 1.0
WITHIN_S = 600.0


def offers(net: Running, count: int) -> None:
    """Hand in so many offers, all cut off a few tokens: each one that lapses looks at what lies beside it."""
    supplier, other = work.Sender(net.network, "supplier1"), work.Sender(net.network, "supplier2")
    tokens = work.make_tokens(net.apis[0], net.network, -(-count // PARTS))
    recipients = [{"party": other.party, "amount": work.AMOUNT_MINOR // PARTS}] * PARTS
    calls = [("token", "transfer", {"tokens": [token], "recipients": recipients}) for token in tokens]
    for call in calls:
        work.results(net.apis[0], [supplier.sign(call)])


def morning(net: Running, days: int) -> list[float]:
    """Move the clock so far and ask for a block each second: seconds that each transaction of the bystander waited."""
    operator, bystander = work.Sender(net.network, "bank1"), work.Sender(net.network, "anchor")
    offset_ms = days * 86_400_000
    clock = ("governance", "advance_clock", {"milliseconds": offset_ms, "to_ms": 0})
    work.results(net.apis[0], [operator.sign(clock)])
    waits: list[float] = []
    until = time.monotonic() + WITHIN_S
    supplier = work.Sender(net.network, "supplier3")
    while time.monotonic() < until:
        began = time.monotonic()
        now_ms = time.time_ns() // 1_000_000 + offset_ms
        call = work.issue_call(bystander.party, supplier.party, 100, now_ms / 1000)
        status, body = load.ask(net.apis[1], load.post(work.SUBMIT_WAITING, bystander.sign(call, now_ms=now_ms)))
        load.committed(status, body)
        waits.append(time.monotonic() - began)
        print(f"  waited {waits[-1]:.2f} s", flush=True)
        if not left(net):
            return waits
        time.sleep(max(0.0, ROUND_S - waits[-1]))
    raise RuntimeError("offers were still open after the time given")


def left(net: Running) -> bool:
    """Whether the newest block was made for day work, so that more may be due."""
    return bool(day_items(net, net.height()))


def day_items(net: Running, height: int) -> int:
    return int(load.read(net.apis[0], f"/v1/blocks/{height}/receipts?limit=1")["own"])


def blocks(net: Running, first: int, last: int) -> list[dict[str, Any]]:
    """Of each block: height, milliseconds since the one before, round of its certificate, transactions, day items."""
    found, before = [], 0
    for height in range(first, last + 1):
        block = load.read(net.apis[0], f"/v1/blocks/{height}")
        found.append(
            {
                "height": height,
                "after_ms": block["time_ms"] - before if before else 0,
                "round": block["certificate"]["round"],
                "transactions": len(block["transactions"]),
                "items": day_items(net, height),
            }
        )
        before = block["time_ms"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offers", type=int, default=3_000)
    parser.add_argument("--validators", type=int, default=4)
    parser.add_argument("--days", type=int, default=60)
    given = parser.parse_args()
    with Running(given.validators) as net:
        offers(net, given.offers)
        first = net.height()
        used = net.cpu_s()
        waits = morning(net, given.days)
        for one in blocks(net, first, net.height()):
            print(json.dumps(one))
        print(f"{given.offers} offers lapsed; CPU of all nodes {net.cpu_s() - used:.1f} s")
        print(f"waits: {len(waits)}, median {statistics.median(waits):.2f} s, longest {max(waits):.2f} s")


if __name__ == "__main__":
    main()
