"""Recovery drills in the simulator; each failure prints the seed that repeats it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sim.checkers import ViolationError
from sim.drill_kit import Drill
from sim.drill_mutants import MUTANTS
from sim.drills import DRILLS
from sim.seeded import remembered_signatures

pytestmark = pytest.mark.untraced

SEEDS = 4
KILLED_BY = {
    "the next round is safe": ("one was a round ahead", 2, 0, "one signature"),
    "another that has forgotten leads nobody": ("one was led by another", 3, 0, "one signature"),
    "what was found holds for any next set": ("others decide the next height", 3, 3, "one signature"),
    "who does not know yet has forgotten": ("a word after a power cut", 4, 9, "one signature"),
    "the lock is not taken over": ("only the lost had decided", 4, 5, "agreement"),
    "a lock is believed absent before it is asked for": ("who has locked is slow to answer", 4, 1, "agreement"),
    "who does not know counts": ("f + 1 lose data and signer file", 4, 0, "liveness"),
    "it signs at once": ("loses data and signer file", 4, 0, "liveness"),
    "an older copy stays in use": ("gets an old image back", 3, 13, "liveness"),
    "an intact file is put aside": ("two lose their data", 4, 0, "recovery"),
    "later heights are forgotten": ("the slowest alone keeps its data", 4, 9, "one signature"),
    "nobody leaves its round": ("loses data and signer file", 3, 0, "liveness"),
    "what the lost self said is held against it": ("loses data and signer file", 3, 1, "liveness"),
    "frames of the last height go": ("the slowest alone keeps its data", 3, 0, "liveness"),
}
"""By mutant: drill, validators and seed on which it was found, and the checker that fires."""


def play(name: str, size: int, seed: int) -> str:
    """The checker that fires, "" for none."""
    with remembered_signatures():
        try:
            DRILLS[name][0](Drill(size, seed, loaded=seed % 4 != 3))
        except ViolationError as violation:
            print(f"{name}, {size} validators, seed {seed}: {violation}")
            return violation.checker
    return ""


@pytest.mark.parametrize(
    ("name", "size"), [(name, size) for name, (_, sizes) in DRILLS.items() for size in sizes], ids=str
)
def test_the_network_goes_on_and_nothing_is_signed_twice(name: str, size: int) -> None:
    assert [play(name, size, seed) for seed in range(SEEDS)] == [""] * SEEDS


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_killed(mutant: str) -> None:
    name, size, seed, checker = KILLED_BY[mutant]
    with MUTANTS[mutant]():
        assert play(name, size, seed) == checker
    assert play(name, size, seed) == "", "the patch is off again"


def test_the_documents_name_each_drill_with_its_numbers_of_validators() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "what-survives-what.md").read_text(encoding="utf-8")
    assert [
        name for name, (_, sizes) in DRILLS.items() if f"| {name} | {', '.join(map(str, sizes))} |" not in page
    ] == []


def test_every_mutant_is_listed_with_its_checker() -> None:
    assert KILLED_BY.keys() == MUTANTS.keys()
