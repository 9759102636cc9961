"""Losses of validators on real processes: what each takes, and how it has to end (docs/reference/backup.md)."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from chainbill_node.home.verify import verify_home
from clients import Clients, judge
from node_processes import Network
from writes import account_at

WRITERS = ("anchor", "supplier1")
TOGETHER_S = 180.0


class Scene:
    """One network, those that lose something, and one that loses nothing, to which clients speak.

    loaded: clients write and read all the time, and their history is judged at the end; else transactions come one by
    one, and only where nothing else makes the network go on.
    """

    def __init__(self, folder: Path, size: int, chance: random.Random, *, lost: int, loaded: bool) -> None:
        self.folder = folder
        self.network = Network(folder / "net", size)
        self.lost = chance.sample(sorted(self.network.nodes), lost)
        self.kept = next(name for name in sorted(self.network.nodes) if name not in self.lost)
        self._loaded = loaded
        self._clients = Clients(self.network, WRITERS, pause_s=0.2, nodes=(self.kept,))

    def play(self, loss: Callable[[Scene], None]) -> None:
        """The loss, and what has to come after it."""
        with self.network:
            self.network.start()
            self.come_together()
            with self._clients if self._loaded else contextlib.nullcontext():
                self.go_on(2)
                loss(self)
                self.come_together()
                self.go_on(2)
            if self._loaded:
                judge(self.network, self._clients)
            self.network.wait(lambda: len(set(self.network.heads().values())) == 1, "agreement")
            assert not any("consensus_evidence" in self.network.log_of(name) for name in self.network.nodes)
            ended = [self.network.stop(name) for name in list(self.network.processes)]
            assert not any(ended), ended
            report = verify_home(self.network.nodes[self.lost[0]].home)
            assert report.ok, report.problems

    def go_on(self, count: int) -> None:
        """So many more transactions, committed."""
        if not self._loaded:
            self.network.busy(self.kept, count)
            return
        wanted = len(self._clients.acknowledged) + count
        self.network.wait(lambda: len(self._clients.acknowledged) >= wanted, "going on")

    def come_together(self) -> None:
        """All are ready, so that all sign. Four and more need blocks for it, which an idle network does not make."""
        network, until = self.network, time.monotonic() + TOGETHER_S
        while not all(self._is_ready(name) for name in network.nodes):
            if time.monotonic() > until:
                told = {name: network.get(name, "/ready").get("reason") for name in network.processes}
                raise AssertionError(f"not all sign again: {told}")
            if not self._loaded and len(network.nodes) > 3 and self._is_ready(self.kept):
                network.send(self.kept, network.sign("anchor", account_at(network.party("bank1"))), 1)
            time.sleep(0.2)

    def _is_ready(self, name: str) -> bool:
        with contextlib.suppress(OSError):
            return bool(self.network.get(name, "/ready").get("ready"))
        return False

    def lose(self, *parts: str) -> None:
        """What these had in these folders is gone; they run no more."""
        for name in self.lost:
            if name in self.network.processes:
                self.network.kill(name)
            for part in parts:
                shutil.rmtree(self.network.nodes[name].home / part)

    def command(self, name: str, *words: str) -> None:
        """`chainbill` in the home of a node."""
        line = [sys.executable, "-m", "chainbill_cli.main", "--home", str(self.network.nodes[name].home), *words]
        done = subprocess.run(line, capture_output=True, text=True, timeout=120, env={**os.environ, "LANG": "C.UTF-8"})
        assert done.returncode == 0, done.stdout + done.stderr


def data(scene: Scene) -> None:
    """The signer file is whole and stays in use."""
    scene.lose("data")
    scene.network.start(*scene.lost)


def data_and_signer(scene: Scene) -> None:
    scene.lose("data", "signer")
    scene.network.start(*scene.lost, arguments=("--signer-lost",))


def signer(scene: Scene) -> None:
    scene.lose("signer")
    scene.network.start(*scene.lost, arguments=("--signer-lost",))


def all_lose_data_but_one(scene: Scene) -> None:
    """All die at once; what only signer files hold is signed again, byte for byte."""
    for name in list(scene.network.processes):
        scene.network.kill(name)
    scene.lose("data")
    scene.network.start()


def old_backup(scene: Scene) -> None:
    for name in scene.lost:
        scene.command(name, "node", "backup", str(scene.folder / f"{name}.tar"))
    scene.go_on(3)
    scene.lose("data", "signer")
    for name in scene.lost:
        scene.command(name, "node", "restore", str(scene.folder / f"{name}.tar"))
    scene.network.start(*scene.lost)


def old_image(scene: Scene) -> None:
    """The whole home comes back as it was: data and signer file fit each other, and both are old."""
    network = scene.network
    for name in scene.lost:
        network.kill(name)
        without = shutil.ignore_patterns("*.sock")
        shutil.copytree(network.nodes[name].home, scene.folder / f"{name}.image", ignore=without)
        network.start(name)
    scene.come_together()
    scene.go_on(3)
    for name in scene.lost:
        network.kill(name)
        shutil.rmtree(network.nodes[name].home)
        shutil.copytree(scene.folder / f"{name}.image", network.nodes[name].home)
    network.start(*scene.lost)


def one(_size: int) -> int:
    return 1


def two(_size: int) -> int:
    return 2


def all_but_one(size: int) -> int:
    return size - 1


LOSSES: dict[str, tuple[Callable[[Scene], None], Callable[[int], int], tuple[int, ...]]] = {
    "one loses its data": (data, one, (2, 3, 4, 7)),
    "one loses data and signer file": (data_and_signer, one, (2, 3, 4, 7)),
    "one loses its signer file": (signer, one, (2, 3, 4, 7)),
    "two lose their data": (data, two, (4, 7)),
    "two lose data and signer file": (data_and_signer, two, (7,)),
    "one gets a backup back": (old_backup, one, (2, 3, 4, 7)),
    "one gets an old image back": (old_image, one, (2, 3, 4, 7)),
    "all lose their data but one": (all_lose_data_but_one, all_but_one, (2, 3, 4, 7)),
}
"""By name: what is lost, by how many of so many validators, and of how many."""
ALL = [(name, size) for name, (_, _, sizes) in LOSSES.items() for size in sizes]


def play(name: str, size: int, folder: Path, chance: random.Random, *, loaded: bool) -> None:
    """One loss on one network."""
    loss, count, _ = LOSSES[name]
    Scene(folder, size, chance, lost=count(size), loaded=loaded).play(loss)
