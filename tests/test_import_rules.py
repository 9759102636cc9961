"""The import rules of pyproject.toml can fail: on a copy of the code a violation of each is planted, and it breaks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("chainbill", "contracts", "node", "cli")
DIRECTION = "imports go one way: cli, node, contracts, core"
PURE = "what is pure touches no clock, chance, system or framework"
ROOMS = "the rooms of a node lie in layers, those of one line independent"
STORAGE = "snapshots are made of a chain, a chain lies in a store"
CIRCLES = "no modules of the node import each other in a circle"


class Planted(NamedTuple):
    """A line at the end of a file, the rules that it breaks, and what is said of it."""

    file: str
    line: str
    breaks: set[str]
    said: str


NODE = "node/chainbill_node"
PLANTED = {
    "the core asks the node": Planted(
        "chainbill/money.py", "import chainbill_node.foundation.slicing", {DIRECTION},
        "chainbill.money -> chainbill_node.foundation.slicing",
    ),
    "a contract has the time": Planted(
        "contracts/chainbill_contracts/bill.py", "import time", {PURE}, "chainbill_contracts.bill -> time",
    ),
    "foundation sleeps": Planted(
        f"{NODE}/foundation/slicing.py", "import asyncio", {PURE}, "chainbill_node.foundation.slicing -> asyncio",
    ),
    "consensus draws lots": Planted(
        f"{NODE}/consensus/step.py", "import random", {PURE}, "chainbill_node.consensus.step -> random",
    ),
    "storage asks REST": Planted(
        f"{NODE}/storage/memory.py", "import chainbill_node.rest.texts", {ROOMS},
        "chainbill_node.storage.memory -> chainbill_node.rest.texts",
    ),
    "the application asks REST": Planted(
        f"{NODE}/application/protocol.py", "import chainbill_node.rest.texts", {ROOMS},
        "chainbill_node.application.protocol -> chainbill_node.rest.texts",
    ),
    "what is pure writes to the log": Planted(
        f"{NODE}/sync/blocks.py", "import chainbill_node.runtime.logs", {ROOMS},
        "chainbill_node.sync.blocks -> chainbill_node.runtime.logs",
    ),
    "REST asks the whole node": Planted(
        f"{NODE}/rest/server/limits.py", "import chainbill_node.process.limits", {ROOMS},
        "chainbill_node.rest.server.limits -> chainbill_node.process.limits",
    ),
    "the mempool knows messages": Planted(
        f"{NODE}/mempool/limits.py", "import chainbill_node.wire.limits", {ROOMS},
        "chainbill_node.mempool.limits -> chainbill_node.wire.limits",
    ),
    "a file lies loose": Planted(f"{NODE}/loose.py", '"""Of no room."""', {ROOMS}, "- chainbill_node.loose"),
    "the chain knows its snapshots": Planted(
        f"{NODE}/storage/chain/layout.py", "import chainbill_node.storage.snapshots.schedule", {STORAGE},
        "chainbill_node.storage.chain.layout -> chainbill_node.storage.snapshots.schedule",
    ),
    "a file lies loose in storage": Planted(
        f"{NODE}/storage/loose.py", '"""Of no layer."""', {STORAGE}, "- chainbill_node.storage.loose",
    ),
    "a part asks the whole": Planted(
        f"{NODE}/process/status.py", "from chainbill_node.process.node import Node", {CIRCLES}, ".status -> .node",
    ),
    "a part asks the whole for its types only": Planted(
        f"{NODE}/process/speculation.py",
        "if TYPE_CHECKING:\n    from chainbill_node.process.node import Node", {CIRCLES}, ".speculation -> .node",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code and its rules, to be spoilt."""
    folder = tmp_path_factory.mktemp("code")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def broken(copy: Path) -> tuple[set[str], str]:
    """The names of the rules that do not hold there, and all that is said."""
    path = os.pathsep.join(str(copy / name) for name in (".", *FOLDERS[1:]))
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"],
        cwd=copy, env={**os.environ, "PYTHONPATH": path, "COLUMNS": "400"}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    found = set(re.findall(r"^(.+) BROKEN(?: \(.*\))?$", done.stdout, re.M))
    assert bool(found) == bool(done.returncode)
    return found, done.stdout


def test_all_rules_hold_and_each_has_a_violation_here(copy: Path) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {one["name"] for one in contracts} == set().union(*(one.breaks for one in PLANTED.values()))
    found, said = broken(copy)
    assert not found, said


@pytest.mark.parametrize("name", PLANTED)
def test_a_violation_breaks_its_rule_alone(copy: Path, name: str) -> None:
    planted = PLANTED[name]
    path = copy / planted.file
    before = path.read_text() if path.exists() else None
    path.write_text(f"{before or ''}\n{planted.line}\n")
    try:
        found, said = broken(copy)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)
    assert found - {CIRCLES} == planted.breaks - {CIRCLES}, said
    assert planted.breaks <= found, said
    assert planted.said in said


def test_each_file_of_what_is_pure_is_held_to_it(copy: Path) -> None:
    """A rule that names a package holds for all that is in it, also for a file that comes tomorrow."""
    rooms = [copy / NODE / room for room in ("consensus", "driver", "foundation", "mempool", "sync", "trace", "wire")]
    files = sorted(path for room in rooms for path in room.rglob("*.py"))
    before = {path: path.read_text() for path in files}
    try:
        for path, text in before.items():
            path.write_text(f"{text}\nimport time\n")
        found, said = broken(copy)
    finally:
        for path, text in before.items():
            path.write_text(text)
    assert found == {PURE}
    told = set(re.findall(r"(chainbill_node[.\w]*) -> time\b", said))
    modules = {".".join(path.relative_to(copy / "node").with_suffix("").parts) for path in files}
    assert told == {one.removesuffix(".__init__") for one in modules}
