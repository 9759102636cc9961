"""An earlier release of this repository, built as a wheel and unpacked, so that its nodes run beside today's.

`tests/upgrade/base` names the commit. It is moved on deliberately, with a line in CHANGELOG, when a release is made:
networks are updated from one release to the next, not from any commit to any other.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chainbill.ledger.genesis import genesis_from_json

ROOT = Path(__file__).resolve().parents[2]
BASE = (Path(__file__).parent / "base").read_text(encoding="ascii").strip()
CREATE = """
import json, pathlib, sys
from chainbill_node.setup.local import create_local_network
made = create_local_network(pathlib.Path(sys.argv[1]), validators=int(sys.argv[2]))
nodes = [dict(name=one.name, home=str(one.home), api=one.api, p2p=one.p2p, node_id=one.node_id) for one in made.nodes]
parties = {alias: dict(party=one.party, key=str(one.key)) for alias, one in made.parties.items()}
print(json.dumps(dict(nodes=nodes, parties=parties)))
"""

LOCATE = """
import chainbill, chainbill_contracts, chainbill_node
print(*(package.__path__[0] for package in (chainbill, chainbill_contracts, chainbill_node)))
"""


@dataclass(frozen=True)
class Release:
    """Code that processes can be started with: `environment` is what they need beside the usual one."""

    name: str
    folder: Path | None

    @property
    def environment(self) -> dict[str, str]:
        path = {} if self.folder is None else {"PYTHONPATH": str(self.folder)}
        return {"PYTHONSAFEPATH": "1", **path}  # the working folder holds today's core and must not come first

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], env={**os.environ, **self.environment}, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def folder_of_code(self) -> Path:
        """Where the packages come from: a test that runs the wrong code proves nothing."""
        found = self.run("-c", LOCATE)
        folders = {Path(one).parent for one in found.split()}
        return Path(os.path.commonpath(folders))

    def create_network(self, directory: Path, validators: int) -> Any:
        """A local network as this release makes it, in the shape of `CreatedNetwork`."""
        made = json.loads(self.run("-c", CREATE, str(directory), str(validators)))
        return SimpleNamespace(
            directory=directory,
            genesis=genesis_from_json((directory / "genesis.json").read_bytes()),
            nodes=tuple([SimpleNamespace(**{**node, "home": Path(node["home"])}) for node in made["nodes"]]),
            parties={
                alias: SimpleNamespace(party=one["party"], key=Path(one["key"]))
                for alias, one in made["parties"].items()
            },
        )


TODAY = Release("today", None)


def base_release(cache: Path = ROOT / "build" / "upgrade") -> Release:
    """The release that `base` names, built from this repository's history; kept in build/, which is not committed.

    Without history the test says so and is skipped; where CI runs it must be there, so there it fails.
    """
    folder = cache / BASE
    if not (folder / "chainbill").is_dir():
        archive = subprocess.run(["git", "archive", BASE], cwd=ROOT, capture_output=True, check=False)
        if archive.returncode != 0:
            missing = f"the commit {BASE[:12]} of tests/upgrade/base is not in the history here: git fetch --unshallow"
            if os.environ.get("CI") == "true":
                pytest.fail(missing)
            pytest.skip(missing)
        _build(archive.stdout, folder)
    return Release(BASE[:12], folder)


def _build(archive: bytes, folder: Path) -> None:
    source, wheels = folder.with_suffix(".source"), folder.with_suffix(".wheel")
    with tarfile.open(fileobj=io.BytesIO(archive)) as content:
        content.extractall(source, filter="data")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", wheels, source], check=True, timeout=300)
    (wheel,) = wheels.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", folder, wheel], check=True, timeout=300)
