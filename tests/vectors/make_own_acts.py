"""Vectors of what the ledger does by itself: an activation, migration steps, evidence and day items in one block.

As in chain.json; with them the ids and salts of such receipts are made anew from the blocks alone.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ledger import tiny_contracts
from ledger.ledger_kit import validator_keys
from ledger.tiny_network import DAY_MS, TinyNetwork

from chainbill.ledger import core_rows
from chainbill.ledger.evidence import DuplicateVote
from chainbill.ledger.vote import VoteType, sign_vote
from chainbill.state import rows

ACTIVE_FROM = 4
ACTS = ("fail", "log")


def played() -> TinyNetwork:
    """Facts and plans, then a block a day later in which everything falls due, then one that certifies it."""
    network = TinyNetwork()
    notes = [("diary", "note", {"name": f"f{number}", "value": number}) for number in range(3)]
    assert network.run("S1", *notes).ok
    times = {1: network.time_ms}
    network.env = replace(network.env, validators_at=lambda height: network.genesis.validators, time_at=times.get)
    source = tiny_contracts.DIARY_2
    network.ok("S1", "governance", "deploy", name="diary", source=source, active_from=ACTIVE_FROM)
    plans = [network.wire("S2", ("diary", "plan", {"date": "2026-02-26", "name": act, "act": act})) for act in ACTS]
    network.decide(network.block(*plans))
    note = "diary", "note", {"name": "f9", "value": 9}
    late = network.wire("S1", note, valid_until_ms=network.time_ms + DAY_MS + 1)
    network.decide(network.block(late, time_ms=network.time_ms + DAY_MS, evidence=[_evidence(network)]))
    network.ok("S1", "diary", "version")
    return network


def _evidence(network: TinyNetwork) -> bytes:
    signer, blocks = validator_keys()[0], (None, bytes([7]) * 32)
    votes = [
        sign_vote(signer, network.genesis.hash, type=VoteType.PREVOTE, height=1, round=0, block_id=one)
        for one in blocks
    ]
    return DuplicateVote.of(*votes).encode()


def make() -> dict[str, Any]:
    """The genesis and its blocks, with the receipts of each and the row core/seed "day" after it."""
    network = played()
    seed: bytes | None = None
    blocks = []
    for block, applied in zip(network.blocks, network.results, strict=True):
        for change in applied.changes:
            if change.key == core_rows.DAY_SEED and change.new_raw is not None:
                seed = rows.value(change.new_raw)
        blocks.append(
            {
                "height": block.height,
                "block": block.encoded.hex(),
                "receipts": [receipt.hex() for receipt in applied.receipt_bytes],
                "seed_after": None if seed is None else seed.hex(),
            }
        )
    return {"genesis": network.genesis.to_json(), "blocks": blocks}
