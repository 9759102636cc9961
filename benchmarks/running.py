"""A network of real node processes on this machine: TLS between nodes, every signature verified by each, synced
commits. Nothing but the nodes' REST interface and what the operating system counts is read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import load
import work
from chainbill_node.setup.local import create_local_network
from chainbill_node.setup.network import CreatedNetwork
from cores import started_on
from processes import cpu_seconds, disk_bytes, rss_bytes

HERE = Path(__file__).resolve().parent
TOTAL = "chainbill_consensus_total_txs_total"
REFUSED = "chainbill_consensus_refused_txs_total"
READY_WITHIN_S = 120.0
AGREE_WITHIN_S = 30.0
STOP_WITHIN_S = 30.0
BATCH = 50
SETTLE_S = 1.0  # between two loads
FORGOTTEN_S = 40.0  # what a node enters for a party loses a sixth a second: less than a thousandth is left
FLOOD_CONNECTIONS = {1: 128}  # by transactions a request
BATCH_CONNECTIONS = 8


@dataclass(frozen=True)
class Rate:
    """Under full load: transactions a second, processor seconds of all nodes and of the load client a transaction."""

    per_s: float
    cpu_s: float
    client_cpu_s: float
    blocks: int
    seconds: float


@dataclass
class Running:
    """One network in a folder of its own, stopped and removed at the end.

    cores: on which the nodes run, None for all. timed: the nodes count processor time by stage (`stages`).
    environment: more variables for the nodes. made: a network that is there already, instead of a new one.
    """

    validators: int
    cores: set[int] | None = None
    timed: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    made: CreatedNetwork | None = None

    def __enter__(self) -> Self:
        self._own_cores = os.sched_getaffinity(0)
        if self.cores is not None:  # the load client keeps off them
            os.sched_setaffinity(0, self._own_cores - self.cores or self._own_cores)
        self.folder = Path(tempfile.mkdtemp(prefix="chainbill-bench-"))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        try:
            self.network = self.made or create_local_network(
                self.folder / "net", validators=self.validators, parameters=work.ROOM
            )
            self.apis = [node.api for node in self.network.nodes]
            began = time.perf_counter()
            for node in self.network.nodes:
                self.start(node.name, node.home)
            for node in self.network.nodes:
                wait_ready(node.api, node.home)
            self.ready_after_s = time.perf_counter() - began
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in list(self.processes):
            self.stop(name, wait=False)
        for process in self.processes.values():
            ended(process)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.sched_setaffinity(0, self._own_cores)

    def start(self, name: str, home: Path, *more: str) -> subprocess.Popen[bytes]:
        """Start the node of a home."""
        process = start_node(home, *more, cores=self.cores, timed=self.timed, environment=self.environment)
        self.processes[name] = process
        return process

    def stop(self, name: str, *, wait: bool = True) -> None:
        """Ask a node to end."""
        process = self.processes[name]
        if process.poll() is None:
            process.terminate()
        if wait:
            ended(process)
            del self.processes[name]

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self.processes.values()]

    def cpu_s(self) -> float:
        """Processor seconds of all nodes."""
        return sum(map(cpu_seconds, self.pids))

    def rss(self) -> list[int]:
        """Resident bytes of each node."""
        return [rss_bytes(pid) for pid in self.pids]

    def disk(self) -> int:
        """Bytes on the disk of the first node's data."""
        return disk_bytes(self.network.nodes[0].home / "data")

    def height(self, number: int = 0) -> int:
        return int(load.read(self.apis[number], "/ready")["height"])

    def total(self, name: str = TOTAL, number: int = 0) -> int:
        """A counter of one node since it started."""
        return metric(self.apis[number], name)

    def tokens(self, count: int) -> list[str]:
        """Tokens to transfer, once the nodes have forgotten what their making used: a supplier that has just cut
        thousands off floods, and is asked to wait."""
        made = work.make_tokens(self.apis[0], self.network, count)
        time.sleep(FORGOTTEN_S)
        return made

    def flood(self, wires: Sequence[bytes], batch: int, apis: Sequence[str] | None = None) -> Rate:
        """As much as the network takes, until everything is committed at the first node.

        Batches are answered once they are admitted, but the last of each connection, which tells when all is done, and
        single transactions once they are committed.
        """
        single = batch == 1
        connections = FLOOD_CONNECTIONS.get(batch, BATCH_CONNECTIONS)
        early = 0 if single else max(0, len(wires) - connections * batch)
        requests = work.batches(wires[:early], batch, wait=False) + work.batches(wires[early:], batch, wait=True)
        before, height = self.total(), self.height()
        used, own = self.cpu_s(), time.process_time()
        check = load.committed if single else load.none_refused
        outcome = load.flood(apis or self.apis, requests, connections, check)
        own = time.process_time() - own
        done = outcome.ended_s if self.total() >= before + len(wires) else self._wait(before + len(wires))
        used = self.cpu_s() - used
        seconds = done - outcome.began_s
        count = len(wires)
        return Rate(count / seconds, used / count, own / count, self.height() - height, seconds)

    def _wait(self, total: int) -> float:
        until = time.perf_counter() + 120
        while self.total() < total:
            if time.perf_counter() > until:
                raise RuntimeError("transfers were lost")
            time.sleep(0.02)
        return time.perf_counter()

    def paced(self, wires: Sequence[bytes], batch: int, per_s: float, connections: int = 256) -> list[float]:
        """So many transactions a second, evenly; seconds from when each request was due until its commit."""
        check = load.committed if batch == 1 else load.none_refused
        requests = work.batches(wires, batch, wait=True)
        return load.paced(self.apis, requests, per_s / batch, connections, check).waits_s

    def check(self) -> None:
        """All nodes come to the same height and state, and nothing was refused. Raises RuntimeError."""
        until = time.monotonic() + AGREE_WITHIN_S
        while True:
            ready = [load.read(api, "/ready") for api in self.apis]
            heads = {(one["height"], one["app_hash"]) for one in ready}
            if len(heads) == 1:
                break
            if time.monotonic() > until:
                raise RuntimeError(f"nodes differ: {heads}")
            time.sleep(0.2)
        if self.total(REFUSED):
            raise RuntimeError("a transfer was refused in a block")


def cores_for(validators: int) -> set[int] | None:
    """One validator has one core, so that the load client is on the others; more share all."""
    return {0} if validators == 1 and (os.cpu_count() or 1) > 1 else None


def start_node(
    home: Path,
    *more: str,
    cores: set[int] | None = None,
    timed: bool = False,
    environment: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """One node process of the program that this process runs (-P: not of the folder it happens to stand in).

    timed: with stage timers, which it writes down on SIGUSR2 (`timed_node`).
    """
    program = [str(HERE / "timed_node.py")] if timed else ["-P", "-m", "chainbill_node.main"]
    command = [sys.executable, *program, "--home", str(home), "--log-level", "warning", *more]
    with (home / "node.log").open("ab") as log, started_on(cores):
        return subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **(environment or {})})


def ended(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a process that was asked to; kill it if it does not listen."""
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_ready(api: str, home: Path) -> None:
    """Until a node says that it is ready. Raises RuntimeError with the end of its log."""
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        try:
            status, body = load.ask(api, load.get("/ready"))
            if status == 200 and json.loads(body)["ready"]:
                return
        except OSError:
            pass
        time.sleep(0.02)
    raise RuntimeError(f"{home.name} is not ready: {(home / 'node.log').read_text()[-2000:]}")


def metric(api: str, name: str) -> int:
    """One counter of a node's /metrics."""
    _, body = load.ask(api, load.get("/metrics"))
    return int(float(next(line.split()[1] for line in body.decode().splitlines() if line.startswith(name + " "))))
