"""Vectors of the transition: small contracts, blocks by their bytes, and what each came to.

A client in another language checks hashes, roots and certificates with them; one that runs contracts, everything.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ledger.random_chain import play


def make() -> dict[str, Any]:
    """A genesis file and the blocks that follow it."""
    network = play(11, 9)
    return {
        "genesis": network.genesis.to_json(),
        "genesis_hash": network.genesis.hash.hex(),
        "blocks": [
            {
                "height": block.height,
                "block_id": block.id.hex(),
                "block": block.encoded.hex(),
                "receipts": [receipt.hex() for receipt in applied.receipt_bytes],
                "receipts_count_after": applied.receipts_count,
                "receipts_root_after": applied.receipts_root.hex(),
                "app_hash_after": applied.app_hash.hex(),
                "next_validators_hash_after": applied.next_validators.hash().hex(),
                "changed_rows": [change.key.hex() for change in applied.changes],
            }
            for block, applied in zip(network.blocks, network.results, strict=True)
        ],
        "newest_certificate": (network.env.parent_certificate or b"").hex(),
    }
