"""What a network commits: under full load, at half of it, at 500 a second, with ten calls in a transaction."""

from __future__ import annotations

import time
from typing import Any

import ceiling
from figures import latency_ms, ratio
from running import BATCH, SETTLE_S, Rate, Running, cores_for
from work import transfers

FIXED_PER_S = 500
FIXED_S = 10
PACED_S = 6
CALLS = 10
CALL_BATCH = 25
SINGLES_PART = 3  # singles are slower: a third of the transfers

Found = dict[str, Any]


def run(validators: int, transfers: int, work: ceiling.Work) -> Found:
    """All figures of a network of so many validators, beside the better of two ceilings, measured before and after."""
    cores = cores_for(validators)
    first = ceiling.measure(work, validators, cores=cores)
    with Running(validators, cores=cores) as net:
        found = _measure(net, transfers)
    second = ceiling.measure(work, validators, cores=cores)
    highest = max(first, second, key=lambda one: one.committed_per_s)
    for name in ("batched", "single"):
        line = found[name]
        line["ceiling_per_s"] = round(highest.committed_per_s, 1)
        line["ratio_to_ceiling"] = ratio(line["committed_per_s"], highest.committed_per_s)
        line["ceiling_cpu_s_per_tx"] = round(highest.cpu_s_per_tx * validators, 7)
        line["cpu_ratio"] = ratio(highest.cpu_s_per_tx * validators, line["cpu_s_per_tx"])
    return found


def _measure(net: Running, transfers: int) -> Found:
    fixed = FIXED_S * FIXED_PER_S if net.validators == 4 else 0
    ten = transfers if net.validators == 4 else 0
    singles = max(transfers // SINGLES_PART, 200)
    warm = transfers // 10
    tokens = net.tokens(warm + 2 * transfers + 2 * singles + min(fixed, 2 * transfers) + ten)
    take = _Taker(tokens)
    net.flood(take.wires(net, warm), BATCH)  # what is compiled and cached at first use
    before = net.rss(), net.disk(), net.total()
    found: Found = {}
    for name, batch, count in (("batched", BATCH, transfers), ("single", 1, singles)):
        time.sleep(SETTLE_S)
        rate = net.flood(take.wires(net, count), batch)
        time.sleep(SETTLE_S)
        half = rate.per_s / 2
        waits = net.paced(take.wires(net, max(batch, min(count, int(half * PACED_S)))), batch, half)
        found[name] = {**line(rate), **latency_ms(waits), "load_per_s": round(half, 1)}
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
