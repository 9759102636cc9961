"""Where the processor time of a transaction goes, by stage, on a network of nodes with timers (`timed_node`)."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import Any

from figures import ratio
from running import BATCH, SETTLE_S, Running, cores_for
from timed_node import FILE
from work import transfers

WRITE_WITHIN_S = 10.0


def run(validators: int, count: int) -> dict[str, Any]:
    """Microseconds of all nodes together a transaction, in batches; `unaccounted`: what no stage has."""
    with Running(validators, cores=cores_for(validators), timed=True) as net:
        tokens = net.tokens(count + count // 10)
        net.flood(transfers(net.network, tokens[count:]), BATCH)
        time.sleep(SETTLE_S)
        before, used = _accounts(net), net.cpu_s()
        rate = net.flood(transfers(net.network, tokens[:count]), BATCH)
        time.sleep(SETTLE_S)  # the proof block belongs to it
        after, used = _accounts(net), net.cpu_s() - used
    per_tx = {
        stage: sum(one["stages"].get(stage, 0.0) for one in after)
        - sum(one["stages"].get(stage, 0.0) for one in before)
        for stage in sorted({name for one in after for name in one["stages"]})
    }
    stages = {stage: round(seconds / count * 1e6, 1) for stage, seconds in per_tx.items()}
    counted = used / count * 1e6
    return {
        "transactions": count,
        "committed_per_s": round(rate.per_s, 1),
        "stages_us_per_tx": dict(sorted(stages.items(), key=lambda one: -one[1])),
        "os_us_per_tx": round(counted, 1),
        "unaccounted_us_per_tx": round(counted - sum(stages.values()), 1),
        "accounted_share": ratio(sum(stages.values()), counted),
        "names_not_found": sorted({name for one in after for name in one["missing"]}),
    }


def _accounts(net: Running) -> list[dict[str, Any]]:
    """What each node has written down now."""
    found = []
    for node in net.network.nodes:
        path = node.home / FILE
        known = json.loads(path.read_text())["written"] if path.exists() else 0
        os.kill(net.processes[node.name].pid, signal.SIGUSR2)
        until = time.monotonic() + WRITE_WITHIN_S
        while True:
            if path.exists():
                content: dict[str, Any] = json.loads(path.read_text())
                if content["written"] > known:
                    break
            if time.monotonic() > until:
                raise RuntimeError(f"{node.name} writes no stages")
            time.sleep(0.01)
        found.append(content)
    return found
