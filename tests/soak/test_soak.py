"""A soak counts what it did, and a finding is told with the command that repeats it and ends it with exit code 1."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "node"), str(TESTS / "faults")]

from recompute import reading  # noqa: E402
from search import soaking  # noqa: E402
from search.broken import BROKEN, name  # noqa: E402
from search.words import Bounds  # noqa: E402
from sim import real, seeded, twins  # noqa: E402
from sim.checkers import ViolationError  # noqa: E402
from sim.mutants import MUTANTS  # noqa: E402
from soak import __main__ as soak  # noqa: E402
from soak import counts, guided, mutants, numbered, planting, prices, processes, pure  # noqa: E402
from soak import tally as tally_of  # noqa: E402
from soak.numbered import Lane  # noqa: E402
from soak.tally import Tally  # noqa: E402

pytestmark = pytest.mark.untraced


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a handful of each."""
    monkeypatch.setattr(numbered, "SEEDS_AT_ONCE", 1)
    monkeypatch.setattr(pure, "FUZZ_AT_ONCE", 50)
    monkeypatch.setattr(pure, "TORN_AT_ONCE", 20)
    monkeypatch.setattr(real, "play", lambda seed: None)
    monkeypatch.setattr(real, "play_joining", lambda seed: None)
    monkeypatch.setattr(reading, "play", lambda seed: None)
    monkeypatch.setattr(guided, "AT_ONCE_S", 1)
    monkeypatch.setattr(soaking, "AT_ONCE_S", 0.05)
    monkeypatch.setattr(soaking, "CONTAINED", (Bounds(1, 1, 0),))
    monkeypatch.setattr(soaking, "LADDER", (Bounds(1, 1, 0), Bounds(0, 1, 0)))
    monkeypatch.setattr(soaking, "DEEP", ((2, 0),))
    monkeypatch.setattr(prices, "REPETITIONS", 1)
    monkeypatch.setattr(planting, "is_killed", lambda fault: None)
    monkeypatch.setattr(mutants, "run", lambda tally, words: None)
    monkeypatch.setattr(pure, "held", lambda number: None)


def test_every_part_gets_its_turn(quick: None) -> None:
    tally = pure.run(1_000, 0.0)
    assert tally.findings == []
    assert set(tally.counts) >= {
        "simulator seeds", numbered.HEALED, "Twins scenarios", "real-ledger seeds", "state-sync seeds",
        "decoder inputs", "recovery drills", "planted faults", "whole-node seeds",
        "recomputed histories", "torn signer files", prices.NAME, soaking.STATES,
    }  # fmt: skip


def test_who_is_asked_to_end_ends_with_what_was_played(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally_of._asked_to_end, "value", tally_of._asked_to_end.value)
    tally_of.end_now()
    tally = pure.run(1_000, 3_600.0, "twins")
    assert tally.counts["Twins scenarios"] > 0


@pytest.mark.parametrize(("part", "what"), [("twins", {"Twins scenarios"}), ("drills", {"recovery drills"})])
def test_one_part_gets_all_the_time(quick: None, part: str, what: set[str]) -> None:
    tally = pure.run(1_000, 0.5, part)
    assert tally.findings == []
    assert tally.counts.keys() == what


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


def searched(turns: int) -> Tally:
    """Each hand of the search gets so many turns."""
    tally = Tally()
    hands = [make(tally, 1_000) for make in (soaking.searched, soaking.led_walks, soaking.contained)]
    for _ in range(turns):
        for hand in hands:
            next(hand)
    return tally


def test_the_search_tells_what_it_has_searched_and_what_it_finds(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soaking, "RUNS_AT_ONCE", 5)
    tally = searched(2)
    assert tally.findings == []
    assert tally.counts.keys() == {soaking.STATES, soaking.WALKS, soaking.RUNS}
    assert tally.notes[0].startswith(f"{soaking.LADDER[0]}: ")
    broken = next(one for one in BROKEN if name(one) == "quorum minus one")
    with broken.mutant():
        told = soak.summary(searched(1), 1_000, 0.5)
    assert "lock rule: a precommit without a quorum of prevotes" in told
    assert "repeat: python -m tests.search --turn " in told
    assert "says PRECOMMIT" in told


def test_a_finding_is_shrunk(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twins, "play", lambda number: None)
    with MUTANTS["quorum minus one"]():
        tally = pure.run(40, 1.0)
    told = soak.summary(tally, 40, 1.0)
    assert "[lock]" in told
    assert "shrunk from" in told
    assert "repeat: python -m tests.sim --plan '{" in told
    for kind in ("light", "led", "healing"):
        assert told.count(f"({kind}), shrunk from") <= numbered.SHRUNK


def test_without_atheris_the_soak_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    tally = Tally()
    next(guided.inputs(tally, 1))
    assert "atheris is not installed" in tally.notes[0]
    assert guided.NAME not in tally.counts


def test_a_turn_that_does_not_end_is_told_and_the_soak_goes_on(tmp_path: Path) -> None:
    """On a machine that was full it ended the whole lane, and what that lane had played was lost."""
    tally = Tally()
    guided.one_turn(tally, tmp_path, 5, seconds=0, longer=0.001)
    [finding] = tally.findings
    assert "TimeoutExpired" in finding
    assert "-seed=5" in finding


def test_a_mutant_that_lives_is_told_with_its_difference_and_is_no_finding() -> None:
    printed = "\n".join(
        (
            "   0 killed      contracts/a.py:3 drop a call: tests/a.py::test_b (1 of 9)",
            "   1 alive       contracts/a.py:5 one off:  (9 of 9)",
            "       -    x = 1",
            "       +    x = 2",
            "1 alive, 1 killed",
        )
    )
    [only] = mutants.told(printed)
    assert only.startswith("alive       contracts/a.py:5 one off")
    assert only.endswith("-    x = 1\n       +    x = 2")


def test_two_lanes_share_the_numbers_and_the_next_soak_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    played: list[int] = []
    monkeypatch.setattr(numbered, "SEEDS_AT_ONCE", 1)
    monkeypatch.setattr(twins, "play", played.append)
    built, kept = tmp_path / "build" / "counts.json", tmp_path / "counts.json"
    for _ in range(2):
        tally, begins = Tally(), counts.all_counts(built, kept).next
        for at in (0, 1):
            one = Tally()
            turns = numbered.scenarios(one, Lane(begins, 0, at, 2))
            next(turns)
            next(turns)
            tally.merge(one)
        counts.write(built, counts.read(built).with_soak(30, dict(tally.counts), tally.reached))
    assert sorted(played) == list(range(40))
    assert counts.read(built).different == {numbered.TWINS: 40}
    assert counts.keep(built, kept) == counts.read(kept)
    assert not built.exists()
    assert counts.all_counts(built, kept).next == {"twins": 40}
    assert "different ones in 2 soaks of 60 minutes together" in counts.read(kept).told()


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


def nothing(base: int, seconds: float, part: str, lane: Lane) -> Tally:
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
