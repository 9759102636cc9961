"""Slices of work for `slices`, of the program and the ledgers that PYTHONPATH names: one for each line of input."""

from __future__ import annotations

import gc
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import thread_time

from ledger.real_network import S1, S2, RealNetwork
from local_ledger import PIECE_MINOR, LocalLedger

from chainbill.ledger.transaction import decode_transaction

SMALL, LARGE = 20, 250  # transfers in a slice of `apply` and of `commit`
FILLED = 10_000
Work = Callable[[], float]
"""One slice; processor seconds a transfer."""


def applying() -> Work:
    """`apply_block` over and over on one state."""
    network = RealNetwork()
    _, token = network.accepted_bill((SMALL + 1) * 1_000)
    to = [{"party": S2, "amount": 600}]
    pieces = network.pieces(token, SMALL, 1_000)
    wires = [network.wire(S1, ("token", "transfer", {"tokens": [one], "recipients": to})) for one in pieces]
    block = network.block(*wires)
    known = {one.wire_id: one for one in map(decode_transaction, wires)}
    network.env.verified.update(known)  # type: ignore[attr-defined]
    if not all(receipt.ok for receipt in network.apply(block).receipts):
        raise RuntimeError("a transfer was refused")

    def work() -> float:
        began_s = thread_time()
        network.apply(block)
        return (thread_time() - began_s) / SMALL

    return work


def committing(folder: Path, turns: int) -> Work:
    """A block of transfers, and of what they left, over and over."""
    ledger = LocalLedger(folder)
    ledger.fill(FILLED)
    tokens = [bill.pop() for bill in ledger.bills for _ in range(1 + LARGE // len(ledger.bills))][:LARGE]
    amount = PIECE_MINOR // (turns + 2)

    def work() -> float:
        nonlocal tokens
        wires = ledger.transfers(tokens, amount)
        began_s = thread_time()
        answers = ledger.commit(wires, verify=True)
        spent_s = thread_time() - began_s
        tokens = [answer["remainder"] for answer in answers]
        return spent_s / LARGE

    return work


def serve(turns: int) -> None:
    """A process of one commit: a slice of the work that each line of its input names, until that ends."""
    with tempfile.TemporaryDirectory(prefix="chainbill-slices-") as folder:
        works = {"apply": applying(), "commit": committing(Path(folder) / "net", turns)}
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        print(json.dumps("ready"), flush=True)
        for line in sys.stdin:
            print(json.dumps(works[line.strip()]()), flush=True)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
