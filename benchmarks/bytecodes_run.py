"""Bytecodes of a commit's node under two loads, for `bytecodes`: a line of JSON, of the program PYTHONPATH names."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import load
import running
import work

NODE = Path(__file__).parent / "counted_node.py"
WRITTEN = "bytecodes.json"
LOADS = {"one at a time": (1, 1), "requests of 50": (50, 4)}
"""Transactions a request, and connections: one at a time, each stands in a block of its own."""
WARM = 64
WRITTEN_WITHIN_S = 60.0
WAIT_S = 600.0


class Counted(running.Running):
    """A network of nodes that count."""

    def start(self, name: str, home: Path, *more: str) -> subprocess.Popen[bytes]:
        with (home / "node.log").open("ab") as log:
            command = [sys.executable, "-P", str(NODE), "--home", str(home), "--log-level", "warning", *more]
            self.processes[name] = subprocess.Popen(command, stdout=log, stderr=log)
        return self.processes[name]


def measured(validators: int, count: int) -> dict[str, Any]:
    """Of each load the blocks, and the bytecodes of each function, of all nodes together, a transfer."""
    found: dict[str, Any] = {}
    with Counted(validators) as net:
        wires = work.transfers(net.network, net.tokens(len(LOADS) * count + WARM))
        _flood(net, wires[:WARM], 16, 4)  # what is compiled and cached at first use
        for number, (name, (size, connections)) in enumerate(LOADS.items()):
            at = WARM + number * count
            height = net.height()
            _toggle(net)
            _flood(net, wires[at : at + count], size, connections)
            _toggle(net)
            total: Counter[str] = Counter()
            for node in net.network.nodes:
                total += _written(node.home / WRITTEN)
            blocks = net.height() - height
            found[name] = {"blocks": blocks, "bytecodes": {key: one / count for key, one in total.items()}}
        net.check()
    return found


def _toggle(net: Counted) -> None:
    for process in net.processes.values():
        os.kill(process.pid, signal.SIGUSR2)
    time.sleep(0.5)


def _flood(net: Counted, wires: Sequence[bytes], size: int, connections: int) -> None:
    check = load.committed if size == 1 else load.none_refused
    load.flood(net.apis, work.batches(wires, size, wait=True), connections, check)
    time.sleep(1)


def _written(path: Path) -> Counter[str]:
    until = time.monotonic() + WRITTEN_WITHIN_S
    while not path.exists():
        if time.monotonic() > until:
            raise RuntimeError("a node did not write what it counted")
        time.sleep(0.1)
    found = json.loads(path.read_text())
    path.unlink()
    return Counter(found)


if __name__ == "__main__":
    load.ANSWER_WITHIN_S = WAIT_S
    running.FORGOTTEN_S = 1.0  # few tokens are made
    print(json.dumps(measured(int(sys.argv[1]), int(sys.argv[2]))))
