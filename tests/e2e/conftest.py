"""Local networks of real processes, driven through the command line. Helpers here and of the node's tests are imported
by name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "node")]


class Network:
    """A local network in its own home, and the command line to use it with."""

    def __init__(self, home: Path, user: Path) -> None:
        self.home = home
        self._environment = {**os.environ, "HOME": str(user), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}

    def command(self, *words: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """Run `chainbill WORDS` in a process of its own."""
        line = [sys.executable, "-P", "-m", "chainbill_cli.main", "--home", str(self.home), *words]
        return subprocess.run(
            line, capture_output=True, text=True, check=False, timeout=timeout_s, env=self._environment,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def json(self, *words: str, expect: int = 0) -> Any:
        """Run a command with `-o json`; its answer."""
        done = self.command(*words, "-o", "json")
        assert done.returncode == expect, f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def up(self, *options: str) -> Any:
        """Start it; the status object."""
        return self.json("localnet", "up", "--detach", *options)


@pytest.fixture
def new_home(tmp_path: Path) -> Callable[[], Network]:
    """Makes homes without a network."""
    return lambda: Network(tmp_path / "home", tmp_path)


@pytest.fixture
def new_network(tmp_path: Path) -> Iterator[Callable[..., Network]]:
    """Makes networks that are taken down after the test."""
    made: list[Network] = []

    def make(*options: str) -> Network:
        network = Network(tmp_path / f"net{len(made)}", tmp_path)
        made.append(network)
        network.up(*options)
        return network

    yield make
    for network in made:
        network.command("localnet", "reset", "--yes")
