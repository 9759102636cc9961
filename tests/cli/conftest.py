from __future__ import annotations

from pathlib import Path

import pytest
from chainbill_cli import texts
from cli.cli_fakes import FakeNode, Shell, make_home


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the user's home, language or settings."""
    for name in ("CHAINBILL_HOME", "CHAINBILL_NODE", "CHAINBILL_AS", "CHAINBILL_OUTPUT", "CHAINBILL_LANG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    texts.set_language("en")


@pytest.fixture
def node() -> FakeNode:
    return FakeNode()


@pytest.fixture
def shell(tmp_path: Path, node: FakeNode, capsys: pytest.CaptureFixture[str]) -> Shell:
    found = Shell(tmp_path / "home", node, capsys)
    found.keys = make_home(found.home)
    return found
