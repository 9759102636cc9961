"""Transfers a second on a network of real nodes on this machine, quickly, for work on the hot path.

    python benchmarks/throughput.py [--validators 4] [--transfers 4000] [--batch 50] [--singles] [--profile DIR]

TLS between nodes, every signature verified by each node, synced commits, the load client on the same cores. Prints
figures, asserts only that every transfer took effect exactly once and that all nodes agree. `bench.py` measures more.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from pathlib import Path

from chainbill_node.main import PROFILE_VARIABLE
from running import Rate, Running
from work import transfers


def show(name: str, rate: Rate, count: int) -> None:
    print(f"{name}: {count} in {rate.seconds:.2f} s: {rate.per_s:.0f}/s, {rate.blocks} blocks")
    print(
        f"  CPU of the nodes: {rate.cpu_s * 1e6:.0f} us a transfer, all together; client {rate.client_cpu_s * 1e6:.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--validators", type=int, default=4)
    parser.add_argument("--transfers", type=int, default=4_000)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--singles", action="store_true", help="also one transaction a request")
    parser.add_argument("--profile", type=Path, help="folder for a cProfile of the first node's event loop")
    given = parser.parse_args()
    environment = {}
    if given.profile:
        given.profile.mkdir(parents=True, exist_ok=True)
        environment = {PROFILE_VARIABLE: str(given.profile.resolve() / "node")}
    with Running(given.validators, environment=environment) as net:
        print(f"{given.validators} validators ready after {net.ready_after_s:.1f} s, {os.cpu_count()} cores")
        singles = given.transfers // 4 if given.singles else 0
        wires = transfers(net.network, net.tokens(given.transfers + singles))
        first = net.pids[0]
        if given.profile:
            os.kill(first, signal.SIGUSR1)
        show(f"batches of {given.batch}", net.flood(wires[: given.transfers], given.batch), given.transfers)
        if singles:
            show("one a request", net.flood(wires[given.transfers :], 1), singles)
        if given.profile:
            os.kill(first, signal.SIGUSR1)
            time.sleep(1)
        net.check()
        print("all nodes at the same height and state")


if __name__ == "__main__":
    main()
