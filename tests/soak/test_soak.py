"""A soak counts what it did, and a finding is told with the command that repeats it and ends it with exit code 1."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "node"), str(TESTS / "faults")]

from recompute import reading  # noqa: E402
from sim import real, seeded, twins  # noqa: E402
from sim.checkers import ViolationError  # noqa: E402
from sim.mutants import MUTANTS  # noqa: E402
from soak import __main__ as soak  # noqa: E402
from soak import guided, prices, processes, pure  # noqa: E402
from soak.tally import Tally  # noqa: E402


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a handful of each."""
    monkeypatch.setattr(pure, "SEEDS_AT_ONCE", 1)
    monkeypatch.setattr(pure, "FUZZ_AT_ONCE", 50)
    monkeypatch.setattr(pure, "TORN_AT_ONCE", 20)
    monkeypatch.setattr(real, "play", lambda seed: None)
    monkeypatch.setattr(real, "play_joining", lambda seed: None)
    monkeypatch.setattr(reading, "play", lambda seed: None)
    monkeypatch.setattr(guided, "AT_ONCE_S", 1)
    monkeypatch.setattr(prices, "REPETITIONS", 1)


def test_every_part_gets_its_turn(quick: None) -> None:
    tally = pure.run(1_000, 3.0)
    assert tally.findings == []
    assert set(tally.counts) >= {
        "simulator seeds", "Twins scenarios", "real-ledger seeds", "state-sync seeds", "decoder inputs",
        "recomputed histories", "torn signer files", prices.NAME,
    }  # fmt: skip


def test_a_finding_is_told_and_counts(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(seed: int) -> None:
        raise ViolationError("agreement", f"a fork in {seed}")

    monkeypatch.setattr(seeded, "play", broken)
    monkeypatch.setattr(twins, "play", lambda number: None)
    tally = pure.run(7_000, 0.5)
    told = soak.summary(tally, 7_000, 0.5)
    assert "[agreement] a fork in 7000" in told
    assert "repeat: python -m tests.sim 7000 -v" in told
    assert f"findings: {len(tally.findings)}" in told


def test_a_finding_is_shrunk(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twins, "play", lambda number: None)
    with MUTANTS["quorum minus one"]():
        tally = pure.run(40, 1.0)
    told = soak.summary(tally, 40, 1.0)
    assert "[certificate]" in told
    assert "shrunk from" in told
    assert "repeat: python -m tests.sim --plan '{" in told
    assert told.count("shrunk from") <= pure.SHRUNK


def test_without_atheris_the_soak_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    tally = Tally()
    next(guided.inputs(tally, 1))
    assert "atheris is not installed" in tally.notes[0]
    assert guided.NAME not in tally.counts


@pytest.mark.slow
def test_coverage_leads_to_a_planted_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("atheris", reason="installed by make soak")
    tally = Tally()
    guided.one_turn(tally, tmp_path, 5, 5)
    assert tally.counts[guided.NAME] > 1_000
    assert tally.findings == []
    monkeypatch.setenv(guided.PLANTED, "1")
    guided.one_turn(tally, tmp_path / "planted", 5, 60)
    [finding] = tally.findings
    assert "the planted fault" in finding
    assert "627567" in finding


def nothing(base: int, seconds: float) -> Tally:
    return Tally()


@pytest.mark.parametrize("finds", [False, True])
def test_the_exit_code(finds: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def found(tally: Tally, base: int, seconds: float) -> None:
        if finds:
            raise AssertionError("lost")

    monkeypatch.setattr(pure, "run", nothing)
    monkeypatch.setattr(soak, "ProcessPoolExecutor", lambda count, context: ThreadPoolExecutor(count))
    monkeypatch.setattr(processes, "run", found)
    monkeypatch.setattr(sys, "argv", ["soak", "0.1", "--seed", "5"])
    assert soak.main() == int(finds)
    assert "SEED=5" in capsys.readouterr().out
