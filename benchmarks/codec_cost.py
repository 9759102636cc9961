"""What reading canonical bytes costs: µs a transaction, for the kinds of content that differ in what is looked at.

    .venv/bin/python benchmarks/codec_cost.py

CPU time of the best of 7 rounds; run it twice, in two checkouts, to compare two commits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from chainbill.codec import decode, encode

ROUNDS = 7
ROUND_S = 0.25
BODY = [2, bytes(32), "91310000775785552L", 1_772_000_000_000, bytes(16), [1, [["ed25519", bytes(32)]]]]


def contents() -> Iterator[tuple[str, Any]]:
    """(what it is, a body) for each kind."""
    transfer = {"token": "T0123456789ABCDEF0", "to": "91350100M000100Y43", "amount": 100_000_000, "until": "2027-03-31"}
    invoice = {"number": "24312000000012345678", "code": "", "date": "2027-01-31", "amount": 1_000_000, "year": 2027}
    issue = {
        **transfer,
        "name": "福建省阳光供应链管理有限公司",
        "address": "福州市鼓楼区五四路 128 号",
        "invoices": [invoice] * 5,
    }
    yield "one transfer", [*BODY, [["token", "offer", transfer]], ""]
    yield "one issue with Chinese names", [*BODY, [["bill", "issue", issue]], "采购合同 2027-01"]
    yield "50 transfers", [*BODY, [["token", "offer", {**transfer, "amount": count}] for count in range(50)], ""]
    yield "60 KB of ASCII text", [*BODY, [["governance", "propose", {"source": "amount = 1\n" * 5_500}]], ""]
    yield "60 KB of Chinese text", [*BODY, [["governance", "propose", {"source": "应收账款" * 5_000}]], ""]
    yield "60 KB of letters beyond U+FFFF", [*BODY, [["governance", "propose", {"source": "\U000118df" * 15_000}]], ""]


def microseconds(work: Callable[[], object]) -> float:
    """CPU time of one call in µs, of the best round."""
    best = float("inf")
    for _ in range(ROUNDS):
        done, start = 0, time.process_time()
        while (used := time.process_time() - start) < ROUND_S:
            for _ in range(20):
                work()
            done += 20
        best = min(best, used / done * 1e6)
    return best


def main() -> None:
    """Print one line a kind."""
    print(f"{'content':34}{'bytes':>8}{'decode µs':>11}{'encode µs':>11}")
    for name, value in contents():
        data = encode(value)
        reading = microseconds(partial(decode, data))
        writing = microseconds(partial(encode, value))
        print(f"{name:34}{len(data):8}{reading:11.2f}{writing:11.2f}")


if __name__ == "__main__":
    main()
