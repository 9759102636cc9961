"""What a network commits: under full load, at half of it, at 500 a second, with ten calls in a transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from operator import truediv
from statistics import median
from typing import Any

import ceiling
from ceiling import Ceiling
from figures import latency_ms
from running import BATCH, SETTLE_S, Rate, Running, cores_for
from work import transfers

FIXED_PER_S = 500
FIXED_S = 10
PACED_S = 6
CALLS = 10
CALL_BATCH = 25
ROUNDS = 5
ROUNDS_OF_MANY = 3
MANY_VALIDATORS = 7
SINGLES_PART = 3  # singles are slower: a third of the transfers

Found = dict[str, Any]


def run(validators: int, transfers: int, work: ceiling.Work) -> Found:
    """All figures of a network of so many validators, each full load between two measurements of the ceiling."""
    cores = cores_for(validators)
    with Running(validators, cores=cores) as net:
        return _measure(net, transfers, lambda: ceiling.measure(work, validators, cores=cores))


def _measure(net: Running, transfers: int, highest: Callable[[], Ceiling]) -> Found:
    rounds = ROUNDS if net.validators < MANY_VALIDATORS else ROUNDS_OF_MANY
    fixed = FIXED_S * FIXED_PER_S if net.validators == 4 else 0
    ten = transfers if net.validators == 4 else 0
    singles = max(transfers // SINGLES_PART, 200)
    warm = transfers // 10
    tokens = net.tokens(warm + (rounds + 1) * (transfers + singles) + min(fixed, 2 * transfers) + ten)
    take = _Taker(tokens)
    net.flood(take.wires(net, warm), BATCH)  # what is compiled and cached at first use
    before = net.rss(), net.disk(), net.total()
    loads = {"batched": (BATCH, transfers), "single": (1, singles)}
    found = _beside(net, take, loads, highest, rounds)
    for name, (batch, count) in loads.items():
        half = found[name]["committed_per_s"] / 2
        waits = net.paced(take.wires(net, max(batch, min(count, int(half * PACED_S)))), batch, half)
        found[name] |= {**latency_ms(waits), "load_per_s": round(half, 1)}
    if fixed:
        time.sleep(SETTLE_S)
        waits = net.paced(take.wires(net, min(fixed, 2 * transfers)), 1, FIXED_PER_S)
        found["at_500_per_s"] = {**latency_ms(waits), "load_per_s": FIXED_PER_S, "transactions": len(waits)}
    found["memory_disk"] = _memory_disk(net, *before)
    if ten:
        time.sleep(SETTLE_S)
        rate = net.flood(take.wires(net, ten, CALLS), CALL_BATCH)
        found["ten_calls"] = {**line(rate), "calls_per_s": round(rate.per_s * CALLS, 1), "calls_a_transaction": CALLS}
    net.check()
    return found


def _beside(
    net: Running,
    take: _Taker,
    loads: dict[str, tuple[int, int]],
    highest: Callable[[], Ceiling],
    rounds: int,
) -> Found:
    """Every load in every round, and the ceiling before and after each, while the network rests."""
    seen: dict[str, list[tuple[Rate, Ceiling, Ceiling]]] = {name: [] for name in loads}
    before = highest()
    for _ in range(rounds):
        for name, (batch, count) in loads.items():
            wires = take.wires(net, count)
            time.sleep(SETTLE_S)
            rate = net.flood(wires, batch)
            time.sleep(SETTLE_S)
            after = highest()
            seen[name].append((rate, before, after))
            before = after
    return {name: typical(several, net.validators) for name, several in seen.items()}


def typical(several: Sequence[tuple[Rate, Ceiling, Ceiling]], validators: int) -> Found:
    """The medians over rounds. The machine's speed drifts, so each rate is divided by the mean of its two ceilings."""
    ceilings = [(before.committed_per_s + after.committed_per_s) / 2 for _, before, after in several]
    cpu_s = [(before.cpu_s_per_tx + after.cpu_s_per_tx) / 2 * validators for _, before, after in several]
    rates = [rate for rate, _, _ in several]
    per_s, used = [rate.per_s for rate in rates], [rate.cpu_s for rate in rates]
    return {
        "committed_per_s": round(median(per_s), 1),
        "ceiling_per_s": round(median(ceilings), 1),
        "ratio_to_ceiling": round(median(map(truediv, per_s, ceilings)), 3),
        "cpu_s_per_tx": round(median(used), 7),
        "ceiling_cpu_s_per_tx": round(median(cpu_s), 7),
        "cpu_ratio": round(median(map(truediv, cpu_s, used)), 3),
        "client_cpu_s_per_tx": round(median(rate.client_cpu_s for rate in rates), 7),
        "rounds": [
            {
                "committed_per_s": round(rate.per_s, 1),
                "ceiling_per_s": round(highest, 1),
                "cpu_s_per_tx": round(rate.cpu_s, 7),
                "blocks": rate.blocks,
                "seconds": round(rate.seconds, 2),
            }
            for rate, highest in zip(rates, ceilings, strict=True)
        ],
    }


def _memory_disk(net: Running, rss: list[int], disk: int, total: int) -> Found:
    """Resident memory of a node, and what a transaction added to it and to one node's disk (its log included)."""
    count = net.total() - total
    after = net.rss()
    return {
        "transactions": count,
        "rss_mib": round(max(after) / 2**20, 1),
        "rss_growth_bytes_per_tx": round((sum(after) - sum(rss)) / len(after) / count, 1),
        "disk_bytes_per_tx": round((net.disk() - disk) / count, 1),
    }


def line(rate: Rate) -> Found:
    """The figures of a full load."""
    return {
        "committed_per_s": round(rate.per_s, 1),
        "cpu_s_per_tx": round(rate.cpu_s, 7),
        "client_cpu_s_per_tx": round(rate.client_cpu_s, 7),
        "blocks": rate.blocks,
        "seconds": round(rate.seconds, 2),
    }


class _Taker:
    """Tokens that wait for their transfer, signed just before they are sent."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens

    def wires(self, net: Running, count: int, calls: int = 1) -> list[bytes]:
        taken, self._tokens = self._tokens[:count], self._tokens[count:]
        return transfers(net.network, taken, calls)
