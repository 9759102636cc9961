"""Other systems, and one validator with the whole machine as they have it, in turns: the machine's speed drifts."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Any

import rates
from compare import NotHereError, ethereum, postgres
from running import SETTLE_S, Running
from work import transfers

WARM = 300
ROUNDS = 3
LOADS = ("batched", "single")

Found = dict[str, Any]


def run(count: int, own: int) -> Found:
    """By system: what it is, and the medians of its rounds. count, own: transfers of the others and of chainbill."""
    systems: dict[str, Callable[[], Found]] = {
        "chainbill": partial(_chainbill, own),
        "postgres": partial(postgres.run, count),
        "anvil": partial(ethereum.run, count),
    }
    several: dict[str, list[Found]] = {name: [] for name in systems}
    missing: Found = {}
    for _ in range(ROUNDS):
        for name, measure in systems.items():
            if name in missing:
                continue
            try:
                several[name].append(measure())
            except (NotHereError, RuntimeError, OSError, subprocess.SubprocessError) as error:
                if name == "chainbill":
                    raise
                missing[name] = {"not_here": " ".join(str(error).split())[:200]}
    return {name: missing.get(name) or typical(several[name]) for name in systems}


def typical(several: Sequence[Found]) -> Found:
    """The median of each figure over the rounds."""
    first = several[0]
    return first | {
        load: {name: median([one[load][name] for one in several]) for name in first[load]} for load in LOADS
    }


def _chainbill(count: int) -> Found:
    with Running(1) as net:
        wires = transfers(net.network, net.tokens(WARM + 2 * count))
        net.flood(wires[:WARM], postgres.MANY)
        found = {}
        parts = wires[WARM : WARM + count], wires[WARM + count :]
        for load, size, part in zip(LOADS, (postgres.MANY, 1), parts, strict=True):
            time.sleep(SETTLE_S)
            found[load] = rates.line(net.flood(part, size))
        net.check()
    return found
