"""Random faults of one place in the contracts: which of them no test sees is told, for somebody to judge.

A fault that changes nothing cannot be seen, so one that lives is a note and no finding.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator

from planted import sweep
from planted.planting import ROOT
from soak.tally import Tally

NAME = "mutants of contracts"
AT_ONCE = 10


def drawn(tally: Tally, base: int, *, alone: bool) -> Iterator[None]:
    """Some of the next seed a turn.

    Where tests or contracts are new, it is found out first which tests reach what; that takes many minutes, so only a
    soak of this part alone does it.
    """
    missing = "" if sweep.PYTHON.is_file() else "there is no CPython 3.12 (make second-python)"
    if not missing and not alone and sweep.to_look_at("contracts"):
        missing = "it is not known which tests reach what (make soak PART=mutants finds out)"
    if missing:
        tally.notes.append(f"{NAME}: left out, as {missing}")
    while missing:
        yield
    for seed in itertools.count(base):
        words = ["--seed", str(seed), "--count", str(AT_ONCE), "--module", "contracts/"]
        tally.attempt(NAME, lambda words=words: run(tally, words), f"python -m tests.planted.sweep {' '.join(words)}")
        yield


def run(tally: Tally, words: list[str]) -> None:
    """AssertionError where the tests could not be run; what lives is noted with its difference."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.planted.sweep", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    tally.tried(NAME, AT_ONCE - 1)
    tally.notes += told(done.stderr)


def told(printed: str) -> list[str]:
    """Of what a sweep printed the mutants that live, each with its difference."""
    found: list[str] = []
    lives = False
    for line in printed.splitlines():
        if line.startswith(" " * 7):
            if lives:
                found[-1] += "\n" + line
            continue
        lives = line[5:].startswith(("alive", "not reached"))
        if lives:
            found.append(line[5:])
    return found
