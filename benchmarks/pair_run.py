"""One run for `pair`: prints one line of JSON with the figures of the program that PYTHONPATH names."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path

import chainbill_node
from figures import latency_ms
from running import BATCH, SETTLE_S, Running, cores_for
from work import transfers

import chainbill

PACED_PER_S, PACED_S = 100, 5


def main(count: int) -> dict[str, float | str]:
    found: dict[str, float | str] = {"program": f"{chainbill.__file__} {chainbill_node.__file__}"}
    for validators in (1, 4):
        singles, paced = count // 3, PACED_PER_S * PACED_S
        with Running(validators, cores=cores_for(validators)) as net:
            wires = transfers(net.network, net.tokens(count // 5 + count + singles + paced))
            net.flood(wires[: count // 5], BATCH)
            del wires[: count // 5]
            loads = ("batched", BATCH, wires[:count]), ("single", 1, wires[count : count + singles])
            for name, batch, part in loads:
                time.sleep(SETTLE_S)
                rate = net.flood(part, batch)
                found[f"{name_of(validators)}, {name}, tx/s"] = round(rate.per_s, 1)
                found[f"{name_of(validators)}, {name}, cpu µs/tx"] = round(rate.cpu_s * 1e6, 1)
            time.sleep(SETTLE_S)
            waits = latency_ms(net.paced(wires[count + singles :], 1, PACED_PER_S))
            for name in ("p50_ms", "p99_ms"):
                found[f"{name_of(validators)} at {PACED_PER_S}/s, {name}"] = waits[name]
            net.check()
    with contextlib.suppress(ImportError):  # a commit whose inner parts have other names has the other figures
        found["in one process, cpu µs/tx"] = _in_process()
    return found


def name_of(validators: int) -> str:
    """In words."""
    return f"{validators} validator{'s' * (validators > 1)}"


def _in_process() -> float:
    """The work of a transfer in one process on 10⁴ tokens: the figure that other work on the machine changes least."""
    import growing_cost
    import local_ledger

    with tempfile.TemporaryDirectory(prefix="chainbill-pair-") as folder:
        ledger = local_ledger.LocalLedger(Path(folder) / "net")
        ledger.fill(10_000)
        ledger.close()
        cost = growing_cost.cost_of(ledger)
        ledger.close()
    return round(cost.whole_s * 1e6, 1)


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1])), ensure_ascii=False))
