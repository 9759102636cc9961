"""Microseconds of one transfer in apply_block, by stage: python benchmarks/apply_block.py [TRANSFERS] [REPEATS].

Each transfer cuts a live token and offers one part, with the product's contracts: 3 token rows, an agenda row, and the
core's range and holding rows. CPU time of this process, the best of the repeats. Stages:

    decode      wire bytes to a transaction (a node does it once, on arrival)
    verify      its Ed25519 signature (once, on arrival)
    contracts   calls in the machine, overlay reads and writes with it
    checks      the core checks and the rows they derive
    unit        what is around them: signers, context, receipts' objects, savepoints
    finish      changed rows as stored bytes
    tree        row hashes, buckets, the new root
    receipts    encoding and log tree
"""

from __future__ import annotations

import gc
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any
from unittest import mock

from chainbill.ledger.checks import CoreChecks
from chainbill.ledger.envelope import verify_signatures
from chainbill.ledger.execution import Execution
from chainbill.ledger.transaction import decode_transaction
from chainbill.state.overlay import Overlay
from chainbill.state.tree import StateTree
from chainbill.vm.machine import Machine

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from ledger.real_network import S1, S2, RealNetwork  # noqa: E402


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    network = RealNetwork()
    _, token = network.accepted_bill(count * 1_000 + 1_000)
    pieces = network.pieces(token, count, 1_000)
    wires = [transfer(network, piece) for piece in pieces]
    block = network.block(*wires)
    best: dict[str, float] = {}
    for _ in range(repeats):
        for stage, seconds in measure(network, block, wires).items():
            best[stage] = min(seconds, best.get(stage, seconds))
    applied = network.apply(block)
    assert all(receipt.ok for receipt in applied.receipts)
    print(f"{count} transfers, {len(applied.changes) / count:.1f} changed rows and {applied.receipts[-1].gas} gas each")
    for stage, seconds in best.items():
        print(f"{stage:<12}{seconds / count * 1e6:8.1f} µs")


def transfer(network: RealNetwork, token: str) -> bytes:
    arguments = {"tokens": [token], "recipients": [{"party": S2, "amount": 600}]}
    return network.wire(S1, ("token", "transfer", arguments))


def measure(network: RealNetwork, block: Any, wires: list[bytes]) -> dict[str, float]:
    """Seconds of each stage for all transfers, once."""
    spent: dict[str, float] = defaultdict(float)
    transactions = timed(spent, "decode", lambda: [decode_transaction(wire) for wire in wires])
    timed(spent, "verify", lambda: [verify_signatures(one) for one in transactions])
    known = {one.wire_id: one for one in transactions}
    network.env.verified.update(known)  # type: ignore[attr-defined]
    gc.collect()
    with (
        watch(spent, Machine, "run_taken", "contracts"),
        watch(spent, CoreChecks, "run", "checks"),
        watch(spent, Execution, "run_transaction", "unit"),
        watch(spent, Overlay, "finish", "finish"),
        watch(spent, StateTree, "stage", "tree"),
    ):
        timed(spent, "all", lambda: network.apply(block))
    network.env.verified.clear()  # type: ignore[attr-defined]
    spent["rest"] = spent["all"] - spent["unit"] - spent["finish"] - spent["tree"]
    spent["unit"] -= spent["contracts"] + spent["checks"]
    started = process_time()
    network.apply(block)
    spent["verify+all"] = process_time() - started
    return dict(spent)


def timed(spent: dict[str, float], stage: str, work: Callable[[], Any]) -> Any:
    started = process_time()
    result = work()
    spent[stage] += process_time() - started
    return result


def watch(spent: dict[str, float], owner: type, name: str, stage: str) -> Any:
    """Patch a method so that its time counts for a stage."""
    original = getattr(owner, name)

    def run(*arguments: Any, **named: Any) -> Any:
        started = process_time()
        try:
            return original(*arguments, **named)
        finally:
            spent[stage] += process_time() - started

    return mock.patch.object(owner, name, run)


if __name__ == "__main__":
    main()
