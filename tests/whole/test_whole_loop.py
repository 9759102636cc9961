"""The simulated loop: whole nodes serve a transaction and a read in it, and a seed repeats a run to the last step."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from ledger.ledger_kit import wire
from ledger.real_network import ANCHOR, BANKS, KEYS
from whole.http import ask
from whole.world import REST_PORT, World
from writes import account_at, bank_of

pytestmark = pytest.mark.untraced


def one_of_each(seed: int, size: int, home: Path) -> str:
    """A transaction at the first node and a read at the last; the digest of every step of every process."""
    world = World(seed, size, home)

    async def acts() -> None:
        for machine in world.machines.values():
            machine.start()
        await asyncio.sleep(2)
        handed_in = wire(
            account_at(BANKS[1]), party=ANCHOR, keys=(KEYS[ANCHOR],), network=world.genesis.hash,
            valid_until_ms=world.genesis.time_ms + 600_000,
        )  # fmt: skip
        fields = {"content-type": "application/x-msgpack"}
        answer = await ask(REST_PORT, "POST", "/v1/transactions?wait=committed", handed_in, fields)
        assert answer.status == 201
        assert answer.json["height"] == 2
        await asyncio.sleep(1)
        read = await ask(REST_PORT + size - 1, "GET", f"/v1/parties/{ANCHOR}")
        assert bank_of(read.json) == BANKS[1]
        assert read.json["as_of"]["height"] >= 2

    world.run(acts)
    assert world.loop.complaints == []
    return world.digest


@pytest.mark.parametrize("size", [1, 4])
def test_a_seed_repeats_a_run_to_the_last_step(size: int, tmp_path: Path) -> None:
    first = one_of_each(size, size, tmp_path / "first")
    assert one_of_each(size, size, tmp_path / "again") == first
    assert one_of_each(size + 1, size, tmp_path / "other") != first
