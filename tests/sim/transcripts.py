"""Golden transcripts: scripted runs as stories in tests/transcripts/*.txt.

`python -m tests.sim --write` writes them again; a change in them is a change in behaviour, to be read like one.
"""

from __future__ import annotations

import textwrap
from contextlib import nullcontext
from pathlib import Path

from sim.checkers import ViolationError
from sim.mutants import MUTANTS
from sim.scripts import SCENARIOS, Scene
from sim.seeded import remembered_signatures

FOLDER = Path(__file__).resolve().parent.parent / "transcripts"
FORKS = {
    "a-lost-lock-forks": ("lock-survives-a-crash", "lock not persisted"),
    "a-dropped-lock-forks": ("locked-ones-refuse-another-block", "nil quorum unlocks"),
    "an-unguarded-signer-contradicts-itself": ("same-bytes-after-a-restart", "no signer guard"),
}
"""Transcripts of broken protocols: scenario and mutant."""


def names() -> list[str]:
    """All transcripts."""
    return [*SCENARIOS, *FORKS]


def transcript(name: str) -> str:
    """The story of one run, ending with what the checkers say."""
    scenario, mutant = FORKS.get(name, (name, ""))
    play = SCENARIOS[scenario]
    text = " ".join((play.__doc__ or "").split())
    if mutant:
        text += f" Here the protocol is broken: {mutant}. {(MUTANTS[mutant].__doc__ or '').strip()}"
    verdict = "every promise holds"
    with MUTANTS[mutant]() if mutant else nullcontext(), remembered_signatures():
        try:
            log = play().log
        except ViolationError as violation:
            log = Scene.last.log
            verdict = f"a promise is broken: {violation}"
    head = "\n".join(textwrap.wrap(text, 110, initial_indent="# ", subsequent_indent="# "))
    return "\n".join([head, "# Columns: virtual ms, who, what.", "", *log, "", verdict, ""])


def write() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for name in names():
        (FOLDER / f"{name}.txt").write_text(transcript(name), encoding="utf-8")
