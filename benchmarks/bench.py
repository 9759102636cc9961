"""How fast chainbill is on this machine, against what the machine could do at most in the same run.

    python benchmarks/bench.py [--transfers 3000] [--validators 1,4] [--out build/bench.json]

For each number of validators: the ceiling (see ceiling.py), a network of real processes under as much load as it takes
(batches of 50, then one transaction a request), and the latency from when a request was due until its commit at half
of that load. One validator and its ceiling run on one core, the load client on the others. Only the ratios of one run
can be compared: other work on the machine changes everything else.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ceiling
import throughput
from chainbill_node.setup.local import create_local_network
from chainbill_node.setup.network import CreatedNetwork

from chainbill import codec

BATCH = 50
WORDS = {1: "one_validator", 4: "four_validators", 7: "seven_validators"}
SINGLE_CONNECTIONS = 32
PACED_CONNECTIONS = 48
PACED_S = 6
SETTLE_S = 1.0
PACKAGES = ("cryptography", "pynacl", "msgspec", "plyvel", "fastapi", "uvicorn")


@dataclass(frozen=True)
class Result:
    """One line of a table. cpu_s_per_tx: of all nodes together; cpu_ratio: the ceiling's over it, which other work on
    the machine changes least."""

    committed_per_s: float
    ceiling_per_s: float
    ratio_to_ceiling: float
    cpu_ratio: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    load_per_s: float
    cpu_s_per_tx: float
    ceiling_cpu_s_per_tx: float
    blocks: int


@dataclass(frozen=True)
class Rate:
    """Under full load: transfers a second, processor seconds of all nodes a transfer, blocks."""

    per_s: float
    cpu_s: float
    blocks: int


class Bench:
    """A running network of real nodes, and the transfers that wait to be sent."""

    def __init__(self, network: CreatedNetwork, processes: list[subprocess.Popen[bytes]], wires: list[bytes]) -> None:
        self._network = network
        self._processes = processes
        self._wires = wires
        self.nodes = len(processes)

    def take(self, count: int) -> list[bytes]:
        """The next transfers."""
        taken, self._wires = self._wires[:count], self._wires[count:]
        return taken

    def flood(self, wires: list[bytes], batch: int) -> Rate:
        """As much as the network takes."""
        before, height = throughput.total(self._network, throughput.TOTAL), self._height()
        used = [throughput.cpu_seconds(one.pid) for one in self._processes]
        began = time.perf_counter()
        throughput.send_all(self._network, wires, batch, SINGLE_CONNECTIONS if batch == 1 else 8)
        done = self._wait(before + len(wires))
        seconds = sum(throughput.cpu_seconds(one.pid) for one in self._processes) - sum(used)
        return Rate(len(wires) / (done - began), seconds / len(wires), self._height() - height)

    def _wait(self, total: int) -> float:
        until = time.perf_counter() + 120
        while throughput.total(self._network, throughput.TOTAL) < total:
            if time.perf_counter() > until:
                raise RuntimeError("transfers were lost")
            time.sleep(0.01)
        return time.perf_counter()

    def paced(self, wires: list[bytes], batch: int, per_s: float) -> list[float]:
        """Requests at fixed times, whether earlier ones are answered or not; seconds from due until committed."""
        parts = [wires[at : at + batch] for at in range(0, len(wires), batch)]
        waits: list[float] = []
        faults: list[BaseException] = []
        numbers = iter(range(len(parts)))
        lock = threading.Lock()
        began = time.perf_counter() + 0.2

        def work(worker: int) -> None:
            try:
                client = throughput.Client(self._network.nodes[worker % len(self._network.nodes)].api)
                while True:
                    with lock:
                        number = next(numbers, None)
                    if number is None:
                        return
                    due = began + number * batch / per_s
                    time.sleep(max(0.0, due - time.perf_counter()))
                    send(client, parts[number])
                    waits.append(time.perf_counter() - due)
            except BaseException as error:
                faults.append(error)

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(PACED_CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]
        return waits

    def _height(self) -> int:
        return int(json.loads(throughput.Client(self._network.nodes[0].api).get("/ready"))["height"])

    def check(self) -> None:
        """All nodes agree, and nothing was refused."""
        time.sleep(2 * SETTLE_S)
        heads = set()
        for node in self._network.nodes:
            ready = json.loads(throughput.Client(node.api).get("/ready"))
            heads.add((ready["height"], ready["app_hash"]))
        if len(heads) != 1 or throughput.total(self._network, throughput.REFUSED):
            raise RuntimeError(f"nodes differ or refused a transfer: {heads}")


def send(client: throughput.Client, part: list[bytes]) -> None:
    """One request that is answered when its transfers are committed."""
    if len(part) == 1:
        client.post("/v1/transactions?wait=committed&timeout=60", part[0])
    elif client.post("/v1/transactions/batch?wait=committed&timeout=60", codec.encode(part))["refused"]:
        raise RuntimeError("a transfer was refused")


def run(validators: int, transfers: int, work: ceiling.Work) -> dict[str, Result]:
    """Ceiling, full load and half load for one number of validators."""
    cores = {0} if validators == 1 and (os.cpu_count() or 1) > 1 else None
    first = ceiling.measure(work, validators, cores=cores)
    folder = Path(tempfile.mkdtemp(prefix="chainbill-bench-"))
    network = create_local_network(folder / "net", validators=validators)
    processes = throughput.start(network, None, cores)
    try:
        throughput.wait_ready(network)
        tokens = throughput.make_tokens(network, 4 * transfers)
        bench = Bench(network, processes, throughput.transfers(network, tokens))
        bench.flood(bench.take(transfers // 10), BATCH)  # what is compiled and cached at first use
        measured = {}
        for name, batch, count in (("batched", BATCH, transfers), ("single", 1, transfers // 3)):
            time.sleep(SETTLE_S)
            measured[name] = (bench, *line(bench, batch, count))
        bench.check()
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
    second = ceiling.measure(work, validators, cores=cores)
    highest = max(first, second, key=lambda one: one.committed_per_s)
    return {name: result(highest, *figures) for name, figures in measured.items()}


def line(bench: Bench, batch: int, count: int) -> tuple[Rate, float, list[float]]:
    """Full load, then half of it: the rate, the half, and the waits at it."""
    rate = bench.flood(bench.take(count), batch)
    time.sleep(SETTLE_S)
    half = rate.per_s / 2
    waits = bench.paced(bench.take(max(batch, min(count, int(half * PACED_S)))), batch, half)
    return rate, half, waits


def result(highest: ceiling.Ceiling, bench: Bench, rate: Rate, half: float, waits: list[float]) -> Result:
    """The figures beside the ceiling: the better of the one before and the one after the network ran."""
    cuts = statistics.quantiles(waits, n=100, method="inclusive") if len(waits) > 1 else waits * 99
    return Result(
        committed_per_s=round(rate.per_s, 1),
        ceiling_per_s=round(highest.committed_per_s, 1),
        ratio_to_ceiling=round(rate.per_s / highest.committed_per_s, 3),
        cpu_ratio=round(highest.cpu_s_per_tx * bench.nodes / rate.cpu_s, 3),
        p50_ms=round(cuts[49] * 1000, 1),
        p99_ms=round(cuts[98] * 1000, 1),
        max_ms=round(max(waits) * 1000, 1),
        load_per_s=round(half, 1),
        cpu_s_per_tx=round(rate.cpu_s, 6),
        ceiling_cpu_s_per_tx=round(highest.cpu_s_per_tx, 6),
        blocks=rate.blocks,
    )


def machine() -> dict[str, Any]:
    """Where and with what this was measured."""
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    root = Path(__file__).resolve().parent.parent
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False).stdout
    return {
        "commit": commit.strip(),
        "processor": model.partition(":")[2].strip(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def show(validators: int, found: dict[str, Result]) -> None:
    print(f"\n{validators} validator{'s' * (validators > 1)}")
    print(
        f"{'':<10}{'tx/s':>8}{'ceiling':>9}{'ratio':>7}{'cpu':>6}{'at/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'max ms':>8}",
        end="",
    )
    print(f"{'us a tx':>9}{'x nodes':>9}{'blocks':>8}")
    for name, one in found.items():
        print(f"{name:<10}{one.committed_per_s:>8.0f}{one.ceiling_per_s:>9.0f}{one.ratio_to_ceiling:>7.2f}", end="")
        print(f"{one.cpu_ratio:>6.2f}", end="")
        print(f"{one.load_per_s:>8.0f}{one.p50_ms:>8.1f}{one.p99_ms:>8.1f}{one.max_ms:>8.1f}", end="")
        print(f"{one.cpu_s_per_tx * 1e6:>9.0f}{one.ceiling_cpu_s_per_tx * validators * 1e6:>9.0f}{one.blocks:>8}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transfers", type=int, default=3_000)
    parser.add_argument("--validators", default="1,4")
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    given = parser.parse_args()
    results: dict[str, Any] = {"machine": machine()}
    print("tx/s: committed under full load; at/s: load for the latencies, half of it; us a tx: processor time of all")
    print("nodes together; x nodes: the same of the ceiling's processes; cpu: the ratio of these", flush=True)
    work = ceiling.record(given.transfers)
    for validators in map(int, given.validators.split(",")):
        found = run(validators, given.transfers, work)
        show(validators, found)
        sys.stdout.flush()
        results[WORDS.get(validators, f"{validators}_validators")] = {name: asdict(one) for name, one in found.items()}
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
