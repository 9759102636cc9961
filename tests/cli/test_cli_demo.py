"""The demo: who takes part, which due date it takes, and its story on a stage without processes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chainbill_cli.demo import cast, ending, stage
from chainbill_cli.localnet import layout, processes, status
from chainbill_cli.main import run
from chainbill_node.setup.network import create_network
from cli.solo_node import SoloTransport


@pytest.fixture
def killed() -> list[str]:
    """Names of the nodes that a story has stopped."""
    return []


@pytest.fixture
def no_processes(monkeypatch: pytest.MonkeyPatch, killed: list[str]) -> Iterator[SoloTransport]:
    """The stage without processes: one node in this process answers for all."""
    transport = SoloTransport()

    def build(home: Path, scene: cast.Scene, validators: int) -> layout.LocalNetwork:
        created = create_network(home, stage.plan_of(scene, validators))
        transport.serve(created.genesis)
        return layout.write_down(created)

    monkeypatch.setattr(stage, "build", build)
    monkeypatch.setattr(stage, "wait_ready", lambda _: None)
    monkeypatch.setattr(status, "wait_ready", lambda *_: None)
    monkeypatch.setattr(status, "ready_of", lambda *_: {"ready": True, "height": transport.node.ledger.info().height})
    monkeypatch.setattr(processes, "pid_of", lambda node: 4711)
    monkeypatch.setattr(processes, "stop", lambda node, **_: killed.append(node.name))
    monkeypatch.setattr(processes, "start", lambda node: 4712)
    monkeypatch.setattr(processes, "stop_all", lambda *_, **__: 0)
    yield transport
    transport.end()


EXAMPLES = Path(stage.__file__).parent / "examples"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], ["no cent is financed twice", "and refuses", "SIGKILL", "to the cent", "90 days", "The others carry on"]),
        (
            ["--lang", "zh", "--invoice", str(EXAMPLES / "ubl-invoice.xml")],
            ["拒收", "与票面分毫不差", "2026-06-30", "EUR"],
        ),
        (["--validators", "2"], ["story waits for it to come back"]),
    ],
)
def test_demo(
    no_processes: SoloTransport,
    killed: list[str],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    words: list[str],
    told: list[str],
) -> None:
    kept = tmp_path / "kept"
    code = run(["demo", "-o", "json", "--keep", str(kept), *words], transport=no_processes)
    out, err = capsys.readouterr()
    assert code == 0, err
    summary = json.loads(out)
    assert sum(one["amount"] for one in summary["payments"]) == summary["face"]
    assert {one["status"] for one in summary["payments"]} == {"paid"}
    assert [row["tier"] for row in summary["by_tier"]] == [1, 2, 3]
    assert sum(row["amount"] for row in summary["by_tier"]) == summary["face"]
    joined = " ".join(err.split())
    for part in told:
        assert part in joined.replace(" ", "") or part in joined, part
    assert f"--home {kept}" in err
    assert len(killed) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        # 600,000.00 at 4.20 % for 30 days of 360: 2,100.00
        ([], ["602,100.00 CNY, principal 600,000.00, interest 2,100.00 for 30 days", "came back", "to the cent"]),
        (
            ["--lang", "zh", "--invoice", str(EXAMPLES / "ubl-invoice.xml")],
            ["逾期", "退汇", "解除冻结", "与票面分毫不差"],
        ),
    ],
)
def test_trouble_is_told_to_the_cent(
    no_processes: SoloTransport,
    killed: list[str],
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    told: list[str],
) -> None:
    code = run(["demo", "--story", "trouble", "-o", "json", *words], transport=no_processes)
    out, err = capsys.readouterr()
    assert code == 0, err
    summary = json.loads(out)
    assert sum(one["amount"] for one in summary["payments"]) == summary["face"]
    assert {one["status"] for one in summary["payments"]} == {"paid"}
    assert [row["tier"] for row in summary["by_tier"]] == [1, 2]
    assert [row["held"] for row in summary["by_tier"]] == [0, 0]
    joined = " ".join(err.split())
    for part in told:
        assert part in joined.replace(" ", "") or part in joined, part
    assert not killed


def invoice_with(**changes: Any) -> Any:
    from dataclasses import replace

    return replace(cast.scene_of("").invoice, **changes)


@pytest.mark.parametrize(
    ("due_on", "expected", "said"),
    [("", "2026-05-31", False), ("2026-03-02", "2026-05-31", False), ("2026-03-05", "2026-03-05", True),
     ("2026-03-20", "2026-03-20", True)],
)  # fmt: skip
def test_due_date_of_the_demo(monkeypatch: pytest.MonkeyPatch, due_on: str, expected: str, said: bool) -> None:
    invoice = invoice_with(due_dates=(due_on,) if due_on else ())
    monkeypatch.setattr(cast, "parse_invoice", lambda *_: invoice)
    scene = cast.scene_of("")
    assert (scene.due_on, scene.due_said) == (expected, said)


@pytest.mark.parametrize(
    ("issued_on", "due_on", "told"),
    [
        ("2026-03-02", "", False),
        ("2026-03-02", "2026-03-01", False),
        ("2026-03-02", "2026-03-02", False),
        ("2026-03-02", "2026-03-03", True),
        ("2026-03-06", "2026-03-07", True),  # Friday, paid on Monday: offers stand until Friday
        ("2026-03-07", "2026-03-08", False),  # Saturday, paid on Monday: the last business day is over
        ("2026-03-07", "2026-03-09", False),
        ("2026-03-07", "2026-03-10", True),
    ],
)
def test_the_invoice_s_due_date_counts_if_a_business_day_is_left(issued_on: str, due_on: str, told: bool) -> None:
    assert cast.leaves_a_business_day(issued_on, due_on) is told


def test_too_small_an_invoice(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    invoice = invoice_with(payable_minor=99)
    monkeypatch.setattr(cast, "parse_invoice", lambda *_: invoice)
    assert run(["demo"]) == 1
    assert "too small" in capsys.readouterr().err


def test_everybody_has_an_id_of_their_own() -> None:
    everyone = cast.cast_of(cast.scene_of("").invoice, 4)
    assert len({one.party for one in everyone}) == len(everyone) == 11
    buyer = next(one for one in everyone if one.alias == "anchor")
    assert buyer.party == cast.scene_of("").invoice.buyer.identifiers[0].value
    assert buyer.identifiers == ()
    ubl = cast.scene_of(str(EXAMPLES / "ubl-invoice.xml"))
    seller = next(one for one in cast.cast_of(ubl.invoice, 1) if one.alias == "supplier1")
    assert seller.identifiers == (("vat", "XX100000017"),)
    assert seller.party == cast.test_uscc("Example Castings Ltd")


def test_the_commands_to_go_on_with_can_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make demo` leaves the shell without the command: what it said last was answered by "command not found"."""
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("sys.prefix", str(Path.cwd() / ".venv"))
    assert ending.activation() == ". .venv/bin/activate"
    monkeypatch.setattr("sys.prefix", "/opt/chain bill")
    assert ending.activation() == ". '/opt/chain bill/bin/activate'"
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/chainbill")
    assert ending.activation() == ""
