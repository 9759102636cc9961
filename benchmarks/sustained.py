"""A long run: python benchmarks/sustained.py [--minutes 30] [--warm-up 5] [--share 0.8] [--rate TX/S].

Four validators work for some minutes as fast as they can, until memory and disk are as they are in use. Then they say
how much they take, get a share of it for so long, in the same batches at fixed times, and say again how much they take.
Every minute: transactions a second, latency, memory and file descriptors of the nodes. At the end the first, the middle
and the last third beside each other, and whether each is flat: the last third at most a tenth above the middle. Memory
is the nodes' own; the mapped tables of LevelDB follow the database and are shown beside it. So is the processor time
of a small piece of work that is always the same, once a second: where that takes longer, the machine has become slower,
not the program.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any

import load
from chainbill_node.runtime.periodic import Periodic
from figures import is_flat, latency_ms, table, thirds
from processes import memory_bytes, open_files
from running import BATCH, SETTLE_S, Running
from speed import EVERY_S, Speed
from work import Sender, batches, transfers

MINUTE_S = 60.0
PROBE = 2_000
LEAST_SAMPLES = 6
ALLOWED = 0.1
SLICE_S = 10  # signed ahead for so long
CONNECTIONS = 256
FIGURES = ("p50_ms", "p99_ms", "own_mib", "descriptors", "tx_per_s", "fixed_work_us")
SLACK = {"p50_ms": 2.0, "p99_ms": 20.0, "own_mib": 10.0, "descriptors": 4.0, "fixed_work_us": 0.0}


def run(given: argparse.Namespace) -> dict[str, Any]:
    """Samples of each window."""
    minutes: float = given.minutes
    speed = Speed()
    with Running(4) as net, Periodic(speed.look, EVERY_S, "speed"):
        warmed = _warm_up(net, given.warm_up * 60)
        wires = transfers(net.network, net.tokens(PROBE + PROBE // 10))
        net.flood(wires[PROBE:], BATCH)
        time.sleep(SETTLE_S)
        highest = net.flood(wires[:PROBE], BATCH).per_s
        per_s = given.rate or given.share * highest
        print(f"{highest:.0f}/s at most; {per_s:.0f}/s from now on", flush=True)
        tokens = net.tokens(max(BATCH, int(per_s * SLICE_S / BATCH) * BATCH))
        samples: list[dict[str, float]] = []
        until = time.monotonic() + minutes * 60
        while time.monotonic() < until:
            speed.taken()
            sample, tokens = _window(net, tokens, per_s, min(given.window, minutes * 60 / LEAST_SAMPLES))
            samples.append({**sample, "fixed_work_us": speed.taken()})
            print(f"{len(samples):>4}  {samples[-1]}", flush=True)
        time.sleep(SETTLE_S)
        at_the_end = net.flood(transfers(net.network, tokens[:PROBE]), BATCH).per_s
        print(f"{at_the_end:.0f}/s at most after it", flush=True)
        net.check()
    return {
        "warm_up_minutes": given.warm_up,
        "warm_up_transactions": warmed,
        "highest_per_s": round(highest, 1),
        "highest_at_the_end_per_s": round(at_the_end, 1),
        "load_per_s": round(per_s, 1),
        "minutes": minutes,
        "samples": samples,
    }


def _warm_up(net: Running, seconds: float) -> int:
    """As many transfers as the network takes in that time; how many."""
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        net.flood(transfers(net.network, net.tokens(PROBE)), BATCH)
        count += PROBE
    return count


def _window(net: Running, tokens: list[str], per_s: float, seconds: float) -> tuple[dict[str, float], list[str]]:
    """Slices until the time is over; what is left of the tokens."""
    began, count = time.monotonic(), 0
    waits: list[float] = []
    while not waits or time.monotonic() < began + seconds:
        count += len(tokens)
        more, tokens = _slice(net, tokens, per_s)
        waits += more
    took = time.monotonic() - began
    own, mapped = zip(*map(memory_bytes, net.pids), strict=True)
    return {
        "seconds": round(took, 1),
        "tx_per_s": round(count / took, 1),
        **latency_ms(waits),
        "own_mib": round(statistics.fmean(own) / 2**20, 1),
        "mapped_mib": round(statistics.fmean(mapped) / 2**20, 1),
        "descriptors": max(map(open_files, net.pids)),
        "disk_mib": round(net.disk() / 2**20, 1),
    }, tokens


def _slice(net: Running, tokens: list[str], per_s: float) -> tuple[list[float], list[str]]:
    """One transfer of a cent of each token at the fixed rate: waits, and the tokens that stay with the sender."""
    supplier, other = Sender(net.network, "supplier1"), Sender(net.network, "supplier2").party
    call = {"recipients": [{"party": other, "amount": 1}]}
    wires = [supplier.sign(("token", "transfer", {"tokens": [token], **call})) for token in tokens]
    answers: list[bytes] = []

    def keep(status: int, body: bytes) -> None:
        load.ok(status, body)
        answers.append(body)

    outcome = load.paced(net.apis, batches(wires, BATCH, wait=True), per_s / BATCH, CONNECTIONS, keep)
    items = [item for body in answers for item in json.loads(body)["data"]]
    if len(items) != len(tokens) or not all(item.get("status") == "committed" for item in items):
        raise RuntimeError("a transfer was refused or not committed in time")
    return outcome.waits_s, [item["result"]["remainder"] for item in items]


def _flat(name: str, values: list[float]) -> bool:
    """Whether a figure stays as it is; the rate must not fall, everything else must not rise."""
    if name == "tx_per_s":
        return is_flat([-value for value in values], -ALLOWED)
    return is_flat(values, ALLOWED, SLACK[name])


def rows(samples: list[dict[str, float]]) -> list[tuple[Any, ...]]:
    """Figure, its three thirds, flat or not."""
    found = []
    for name in FIGURES:
        values = [sample[name] for sample in samples]
        word = "flat" if _flat(name, values) else "NOT flat"
        found.append((name, *(f"{value:.1f}" for value in thirds(values)), word))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--warm-up", type=float, default=5, help="minutes")
    parser.add_argument("--share", type=float, default=0.8, help="of the highest rate")
    parser.add_argument("--rate", type=float, help="transactions a second, instead")
    parser.add_argument("--window", type=float, default=MINUTE_S, help="seconds a sample stands for")
    parser.add_argument("--out", type=Path, default=Path("build/bench-sustained.json"))
    given = parser.parse_args()
    if given.minutes * 60 < LEAST_SAMPLES * SLICE_S:
        parser.error(f"--minutes is {LEAST_SAMPLES * SLICE_S / 60:g} at least: {LEAST_SAMPLES} samples of {SLICE_S} s")
    found = run(given)
    found["thirds"] = rows(found["samples"])
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(found, indent=2) + "\n")
    print(table(("", "first third", "middle", "last", ""), found["thirds"]))


if __name__ == "__main__":
    main()
