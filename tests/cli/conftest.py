from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chainbill_cli import digits, moments, texts
from chainbill_cli import home as homes
from chainbill_cli import preview as previews
from chainbill_cli.localnet import layout
from chainbill_node.setup.local import create_local_network
from cli.cli_desk import Desk, Refused
from cli.cli_fakes import FakeNode, Shell, make_home
from cli.solo_node import SoloTransport


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each test has a home of its own, and none sees the user's language or colours."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    texts.set_language("en")
    moments.begin(lambda: moments.ZONE_OFFSET_MINUTES)
    digits.begin(tmp_path, lambda: "", lambda: None)


@pytest.fixture
def node() -> FakeNode:
    return FakeNode()


@pytest.fixture
def shell(tmp_path: Path, node: FakeNode, capsys: pytest.CaptureFixture[str]) -> Shell:
    found = Shell(tmp_path / "home", node, capsys)
    found.keys = make_home(found.home)
    return found


@pytest.fixture
def new_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Desk]]:
    made: list[SoloTransport] = []

    def make(*, public_reads: bool = True, bids: str = "clear") -> Desk:
        created = create_local_network(
            tmp_path / "net", validators=1, public_reads=public_reads, parameters={"bids": bids}
        )
        layout.write_down(created)
        made.append(SoloTransport())
        made[-1].serve(created.genesis)
        return Desk(tmp_path / "net", made[-1], capsys)

    yield make
    for transport in made:
        transport.end()


@pytest.fixture
def seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run a command as a person at a terminal does, and say yes; what was shown before."""

    def run(who: str, *words: str, language: str = "en") -> str:
        with monkeypatch.context() as patched:
            patched.setattr(previews, "person", lambda: True)
            patched.setattr(previews, "confirm", lambda *_, **__: True)
            desk.text("--as", who, "--lang", language, *words)
        return desk.err

    return run


@pytest.fixture
def desk(new_desk: Callable[..., Desk]) -> Desk:
    return new_desk()


@pytest.fixture
def refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Refused:
    """A command as a person types it is refused unasked and unsigned; with --yes the ledger says the same of it."""

    def run(who: str, *words: str) -> str:
        with monkeypatch.context() as at_terminal:
            at_terminal.setattr(previews, "person", lambda: True)
            at_terminal.setattr(previews, "confirm", lambda *_, **__: pytest.fail("asked"))
            at_terminal.setattr(homes, "load_key", lambda *_: pytest.fail("a key was asked for"))
            desk.text("--as", who, *words, expect=3)
            foreseen = desk.err.partition(": ")[2].splitlines()
        said = desk.json(who, *words, expect=3)
        assert not [line for line in foreseen if line not in desk.err], "the ledger says it otherwise"
        return str(said["code"])

    return run
