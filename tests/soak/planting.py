"""Planted faults, each in a process of its own: the test that is named for it must fail."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from planted.planting import ROOT, Fault, faults
from soak.tally import Tally


def each(tally: Tally) -> Iterator[None]:
    """One at a time; after the last one from the first again."""
    for fault in itertools.cycle(one for one in faults() if one.killed_by):
        tally.attempt("planted faults", partial(is_killed, fault), f"python -m tests.planted '{fault.name}'")
        yield


def is_killed(fault: Fault) -> None:
    """AssertionError where it lives."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.planted", fault.name], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
