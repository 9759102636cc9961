"""The same blocks give the same roots: replayed, decoded from bytes, with another cache, in another process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from ledger.random_chain import digest, one_wire, play
from ledger.tiny_network import TinyNetwork

from chainbill.ledger.block import decode_block
from chainbill.ledger.core_rows import TOKENS
from chainbill.ledger.programs import ProgramCache
from chainbill.ledger.transaction import decode_transaction
from chainbill.state.keys import split_key


@pytest.mark.parametrize("seed", range(6))
def test_a_chain_replayed_from_its_bytes_gives_the_same_roots(seed: int) -> None:
    first = play(seed, 25)
    again = TinyNetwork(first.genesis, ProgramCache())
    for block, expected in zip(first.blocks, first.results, strict=True):
        applied = again.decide(decode_block(block.encoded))
        assert applied.app_hash == expected.app_hash, f"seed {seed}, height {block.height}"
        assert applied.receipt_bytes == expected.receipt_bytes
        assert applied.next_validators == expected.next_validators
        assert applied.has_more_work == expected.has_more_work
        assert applied.next_day_ms == expected.next_day_ms
    statuses = {receipt.status for applied in first.results for receipt in applied.receipts}
    assert statuses >= {"ok", "refused"}


@pytest.mark.parametrize("seed", range(4))
def test_what_a_proposer_prepares_is_what_the_others_compute(seed: int) -> None:
    random = Random(seed)
    network = play(seed, 6)
    tokens = [str(split_key(stored)[2][0]) for stored, _ in network.view.scan(TOKENS, b"", 20)]
    for _ in range(6):
        wires = [one_wire(network, random, tokens) for _ in range(8)]
        keep = random.random() < 0.5
        prepared = network.prepare(wires, keep_failed=lambda *_, keep=keep: keep)
        assert len(prepared.block.transactions) + len(prepared.left_out) == 8
        checked = network.apply(prepared.block)
        assert checked.receipt_bytes == prepared.applied.receipt_bytes
        assert checked.changes == prepared.applied.changes
        network.decide(prepared.block, prepared.applied)


def test_signatures_verified_before_or_within_give_the_same_root() -> None:
    first = play(3, 10)
    again = TinyNetwork(first.genesis)
    for block, expected in zip(first.blocks, first.results, strict=True):
        known = {one.wire_id: one for one in map(decode_transaction, block.transactions)}
        again.env = replace(again.env, verified=known)
        assert again.decide(block).app_hash == expected.app_hash


def test_the_hash_seed_of_the_process_changes_nothing() -> None:
    program = Path(__file__).parent / "random_chain.py"
    printed = [
        subprocess.run(
            [sys.executable, str(program), "7", "20"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "4242")
    ]
    assert printed[0] == printed[1]
    assert json.loads(printed[0]) == digest(play(7, 20))


def test_refusing_a_block_leaves_the_next_one_unharmed() -> None:
    network = play(1, 5)
    good = network.block(network.wire("S1", ("diary", "context", {})))
    for broken in (network.block(app_hash=bytes(32)), network.block(b"junk")):
        with pytest.raises(Exception, match=r"block_app_hash|shape_wrong"):
            network.apply(broken)
    assert network.decide(good).receipts[-1].ok
