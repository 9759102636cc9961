"""A chain of random but repeatable blocks: transfers, refusals, faults, day items, a new contract, a new validator.

Run as a program it prints what every block came to; the same under every hash seed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ledger import tiny_contracts
from ledger.ledger_kit import key
from ledger.tiny_network import DAY_MS, TinyNetwork, bill_of

HOLDERS = ("S1", "S2", "ANCHOR", "BANK0")


def play(seed: int, blocks: int) -> TinyNetwork:
    """The network after `blocks` blocks that the seed chose."""
    random = Random(seed)
    network = TinyNetwork()
    tokens = [bill_of(network, 10_000)[1] for _ in range(3)]
    network.ok("S1", "governance", "deploy", name="diary", source=tiny_contracts.DIARY_2, active_from=20)
    for number in range(blocks):
        wires = [one_wire(network, random, tokens) for _ in range(random.randrange(5))]
        if number == blocks // 2:
            new = {"key": key(60).public.hex(), "status": "active"}
            wires.append(network.wire("S1", ("governance", "set_validator", new)))
        ahead = random.choice((1, 1_000, 3_600_000, DAY_MS))
        block = network.block(*wires)
        if ahead < 3_600_000:
            block = network.block(*wires, time_ms=network.time_ms + ahead)
        elif not wires:
            block = network.block(time_ms=network.time_ms + ahead)
        applied = network.decide(block)
        for receipt in applied.receipts[applied.opening :]:
            for result in receipt.results:
                if isinstance(result, dict):
                    tokens += [result[name] for name in ("token", "remainder") if result.get(name)]
    return network


def one_wire(network: TinyNetwork, random: Random, tokens: list[str]) -> bytes:
    """One transaction; about half of them are refused."""
    party = random.choice(HOLDERS)
    token = random.choice(tokens[-12:])
    kind = random.randrange(8)
    if kind < 4:
        args: dict[str, Any] = {"token": token, "recipient": random.choice(HOLDERS), "amount": random.randrange(1, 900)}
        return network.wire(party, ("token", "transfer", args))
    if kind == 4:
        return network.wire(party, ("token", random.choice(("settle", "copy", "lose")), {"token": token}))
    if kind == 5:
        date = f"2026-03-{random.randrange(1, 29):02}"
        act = random.choice(("log", "fail", "again"))
        return network.wire(party, ("diary", "plan", {"date": date, "name": f"n{random.randrange(9)}", "act": act}))
    if kind == 6:
        note = ("diary", "note", {"name": f"f{random.randrange(5)}", "value": random.randrange(99)})
        return network.wire(party, note, ("diary", "context", {}))
    return network.wire(
        party, ("token", "settle_on", {"token": token, "date": f"2026-03-{random.randrange(1, 29):02}"})
    )


def digest(network: TinyNetwork) -> dict[str, Any]:
    """What every block came to, as JSON."""
    return {
        "genesis_hash": network.genesis.hash.hex(),
        "blocks": [
            {
                "block_id": block.id.hex(),
                "app_hash_after": applied.app_hash.hex(),
                "receipts_root": applied.receipts_root.hex(),
                "receipts": [
                    receipt.status + (f":{receipt.reason}" * bool(receipt.reason)) for receipt in applied.receipts
                ],
                "bytes": len(block.encoded),
            }
            for block, applied in zip(network.blocks, network.results, strict=True)
        ],
    }


if __name__ == "__main__":
    print(json.dumps(digest(play(int(sys.argv[1]), int(sys.argv[2])))))
