"""Vectors of blocks across changes of rules: prices, a currency, the allowed CPythons, and one that cannot be.

As in chain.json; in the block of each height its own acts come first. The change of height 9 asks for other digits of a
currency that is taken, and changes nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ledger.tiny_network import TinyNetwork

NOTHING: dict[str, Any] = {"changes": {}, "currencies": {}, "python": []}
CHANGES: list[tuple[int, dict[str, Any]]] = [
    (6, {"changes": {"gas_put": 75, "gas_call_new_id": 99}, "currencies": {"XTS": 3}}),
    (8, {"python": ["3.11", "3.12"]}),
    (9, {"currencies": {"CNY": 3}}),
    (10, {"changes": {"gas_put": 60, "block_transactions": 500}, "currencies": {"XTS": None}, "python": ["3.12"]}),
]


def played() -> TinyNetwork:
    """The decisions in the first blocks, then a bill in each."""
    network = TinyNetwork()
    for number, (start, change) in enumerate(CHANGES):
        arguments = {"name": f"G{number}", "start": start, "change": {**NOTHING, **change}}
        network.ok("S1", "governance", "change_rules", **arguments)
    while network.env.height < 12:
        network.ok("ANCHOR", "bill", "issue", debtor="ANCHOR", face=1_000)
    return network


def make() -> dict[str, Any]:
    """The genesis and its blocks, with what each came to and the rules that stand in the state after it."""
    network = played()
    blocks = []
    for block, applied in zip(network.blocks, network.results, strict=True):
        blocks.append(
            {
                "height": block.height,
                "block": block.encoded.hex(),
                "receipts": [receipt.hex() for receipt in applied.receipt_bytes],
                "receipts_root_after": applied.receipts_root.hex(),
                "app_hash_after": applied.app_hash.hex(),
                "events": [event for one in applied.receipts for event in one.events if event[0] == "core"],
                "gas": [one.gas for one in applied.receipts],
            }
        )
    rules = network.row("core", "rules", "active")
    return {
        "genesis": network.genesis.to_json(),
        "changes": [{"height": start, **NOTHING, **change} for start, change in CHANGES],
        "blocks": blocks,
        "rules_at_the_end": {
            "gas_put": rules["rules"]["gas_put"],
            "block_transactions": rules["rules"]["block_transactions"],
            "python": rules["python"],
            "XTS": rules["currencies"].get("XTS"),
        },
    }
