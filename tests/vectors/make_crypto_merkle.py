"""Log trees of 0 to 17 items, with a proof for every item."""

from __future__ import annotations

from typing import Any

from chainbill.crypto.merkle import inclusion_proof, root


def make() -> dict[str, Any]:
    items = [f"item {number}".encode() * number for number in range(17)]
    return {
        "items": [item.hex() for item in items],
        "trees": [
            {
                "size": size,
                "root": root(items[:size]).hex(),
                "proofs": [[part.hex() for part in inclusion_proof(items[:size], index)] for index in range(size)],
            }
            for size in range(len(items) + 1)
        ],
    }
