"""Attacks on prices and memory end as they should, at the same price under every hash seed and within the memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from vm.attacks import price_attacks
from vm.attacks.price_attacks import ATTACKS, GAS, MEMORY, Attack, run

from chainbill.vm.rules import STANDARD_RUN

HELD = 40 * 2**20
"""Bytes that a run holds at its worst under an allowance of 32 MiB; Python's own pieces are in it."""


def test_the_names_differ_and_are_many() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 60


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_ends_as_it_should(attack: Attack) -> None:
    """Security 11, 18: without end only as far as gas, memory and the other meters go."""
    outcome = run(attack)
    assert outcome.ends == attack.ends
    bounds = STANDARD_RUN.bounds
    assert (outcome.gas == bounds.gas_transaction) == (attack.ends == GAS)
    assert (outcome.memory == bounds.run_allocation) == (attack.ends == MEMORY)


KEEPERS = [attack for attack in ATTACKS if attack.ends == MEMORY or "kept" in attack.name or "grow" in attack.name]


@pytest.mark.parametrize("attack", KEEPERS, ids=lambda attack: attack.name)
def test_memory_is_kept(attack: Attack) -> None:
    """Security 11: put reached 127 MiB and scan 212 under an allowance of 32 MiB."""
    assert run(attack, traced=True).peak < HELD


def test_gas_is_the_same_under_every_hash_seed() -> None:
    told = []
    for seed in ("1", "4242"):
        done = subprocess.run(
            [sys.executable, Path(price_attacks.__file__)],
            env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        told.append(json.loads(done.stdout))
    assert told[0] == told[1]
    assert [name for name, *_ in told[0]] == [attack.name for attack in ATTACKS]
