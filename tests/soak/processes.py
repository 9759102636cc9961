"""Real nodes: memory under load, kills at random moments, replays compared, and the bad wire between namespaces."""

from __future__ import annotations

import itertools
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import losses
from chainbill_node.home.verify import verify_home
from clients import Clients, chain_on_disk
from history import find_faults
from node_processes import Network
from soak.tally import Deadline, Tally

ROOT = Path(__file__).resolve().parents[2]
NETWORK_TEST = "tests/faults/test_faults_network.py"
EPOCH_S = 240.0
LOSSES_TEST = "tests/faults/test_faults_losses.py"
LOADED = ("idle", "loaded")
NETWORK_LEAST_S = 40.0
RECOVERY_LEAST_S = 20.0
GROWTH_ALLOWED = 0.15
GROWTH_FREE_BYTES = 32 * 1024 * 1024
TAIL_S = 25.0


def run(tally: Tally, base: int, seconds: float) -> None:
    """Memory for a third of the time, kills until four fifths of it, then the wire; all within `seconds`."""
    deadline = Deadline.after(seconds)
    chance = random.Random(base)
    tally.attempt("memory runs", lambda: memory(tally, seconds * 0.33), f"make soak SEED={base}")
    while deadline.left_s > seconds * 0.25 + TAIL_S:
        epoch_s = min(EPOCH_S, deadline.left_s - seconds * 0.25 - TAIL_S)
        tally.attempt("kill networks", lambda epoch_s=epoch_s: kills(tally, chance, epoch_s), f"make soak SEED={base}")
    if deadline.left_s > NETWORK_LEAST_S:
        wire(tally, base, deadline.left_s)


def recoveries(tally: Tally, base: int, seconds: float) -> None:
    """Validators lose something on real processes; one of `losses.ALL` after the other, idle and under load in turn."""
    deadline = Deadline.after(seconds)
    for number in itertools.count(base):
        name, size = losses.ALL[number // 2 % len(losses.ALL)]
        if deadline.left_s < RECOVERY_LEAST_S:
            return
        with tempfile.TemporaryDirectory(prefix="chainbill-soak-") as folder:
            told = f"CHAINBILL_SEED={number} pytest -m slow {LOSSES_TEST} -k '{name}-{size}-{LOADED[number % 2]}'"
            chance = random.Random(number)
            play = partial(losses.play, name, size, Path(folder), chance, loaded=bool(number % 2))
            tally.attempt("recovery drills on real nodes", play, told)


def finish(tally: Tally, network: Network, clients: Clients, verified: str) -> None:
    """Stop all nodes; their chains, the whole history, and one replay from the genesis must fit."""
    network.wait(lambda: len(set(network.heads().values())) == 1, "agreement", 60)
    heads = network.heads()
    ended = [network.stop(name) for name in list(network.processes)]
    if any(ended):
        raise AssertionError(f"nodes ended with {ended}")
    chains = {name: chain_on_disk(network.nodes[name].home) for name in network.nodes}
    faults = find_faults(clients.events, chains, {}) + clients.strange
    if faults:
        raise AssertionError("\n".join(faults[:10]))
    report = verify_home(network.nodes[verified].home)
    if not report.ok or report.app_hash.hex() != heads[verified][1]:
        raise AssertionError(f"replay of {verified}: {report.problems[:5]}")
    tally.tried("client events checked", len(clients.events))
    tally.tried("acknowledged transactions, each there once on every node", len(clients.acknowledged))
    tally.tried("blocks replayed from genesis and compared", report.blocks)


def memory(tally: Tally, seconds: float) -> None:
    """Four nodes under load; their own memory in the last third is hardly above that in the third before.

    Pages of LevelDB's tables are left out: they follow the database, and the kernel takes them back when it must.
    """
    deadline = Deadline.after(seconds)
    with tempfile.TemporaryDirectory(prefix="chainbill-soak-") as folder, Network(Path(folder) / "net", 4) as network:
        network.start()
        network.wait_ready()
        samples: dict[str, list[int]] = {name: [] for name in network.nodes}
        with Clients(network) as clients:
            while not deadline.over:
                for name, process in network.processes.items():
                    samples[name].append(own_bytes(process.pid))
                time.sleep(min(1.0, max(0.01, deadline.left_s)))
        finish(tally, network, clients, "bank1")
    for name, values in samples.items():
        third = len(values) // 3
        before, after = (statistics.median(part) for part in (values[third : 2 * third], values[2 * third :]))
        tally.notes.append(
            f"own memory of {name}: {values[0] / 2**20:.0f} MiB at first, {before / 2**20:.0f} in the second third, "
            f"{after / 2**20:.0f} in the last"
        )
        if after > before * (1 + GROWTH_ALLOWED) + GROWTH_FREE_BYTES:
            raise AssertionError(tally.notes[-1])
    tally.tried("memory samples", sum(map(len, samples.values())))


def own_bytes(pid: int) -> int:
    """RssAnon of a process."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(pid)


def kills(tally: Tally, chance: random.Random, seconds: float) -> None:
    """kill −9 of one to four nodes at random moments under load, over and over."""
    deadline = Deadline.after(seconds)
    with tempfile.TemporaryDirectory(prefix="chainbill-soak-") as folder, Network(Path(folder) / "net", 4) as network:
        network.start()
        network.wait_ready()
        with Clients(network) as clients:
            while not deadline.over:
                time.sleep(chance.uniform(0, 1.5))
                victims = chance.sample(sorted(network.nodes), chance.choice((1, 1, 1, 2, 2, 3, 4)))
                for name in victims:
                    network.kill(name)
                time.sleep(chance.uniform(0, 1))
                for name in victims:
                    network.start(name)
                if chance.random() < 0.3:  # again while it starts
                    time.sleep(chance.uniform(0, 2))
                    network.kill(victims[0])
                    tally.tried("kill −9")
                    network.start(victims[0])
                before = len(clients.acknowledged)
                network.wait_ready()
                network.wait(lambda before=before: len(clients.acknowledged) > before, "going on")
                tally.tried("kill −9", len(victims))
        finish(tally, network, clients, chance.choice(sorted(network.nodes)))


def wire(tally: Tally, base: int, seconds: float) -> None:
    """The scenarios of the bad wire, each for as long as the time allows."""
    trouble_s = max(2.0, (seconds - NETWORK_LEAST_S) / 4.5)
    environment = {**os.environ, "CHAINBILL_TROUBLE_S": f"{trouble_s:.0f}", "CHAINBILL_SEED": str(base)}
    line = [sys.executable, "-m", "pytest", NETWORK_TEST, "-q", "-s", "-p", "no:cacheprovider", "--timeout", "7200"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        try:
            told = process.communicate()[0]
        except BaseException:  # its nodes and namespaces go with it only if it may clean up
            process.send_signal(signal.SIGINT)
            process.wait(30)
            raise
    if process.returncode:
        repeat = f"CHAINBILL_TROUBLE_S={trouble_s:.0f} CHAINBILL_SEED={base} {' '.join(line[1:4])}"
        tally.found("network scenarios", AssertionError(told[-1_500:]), repeat)
    elif "skipped" in told:
        tally.notes.append(next(one for one in told.splitlines() if one.startswith("SKIPPED")))
    else:
        tally.tried("network scenarios on real nodes", 4)
        tally.notes += [f"bad wire: {one.lstrip('.')}" for one in told.splitlines() if "heights" in one]
