"""What was found as transcripts, in the form of those of the simulator: tests/search/transcripts/*.txt.

`python -m tests.search --write` writes them again.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from search.broken import BROKEN, name
from search.replay import replayed
from search.search import Found, breadth_first
from search.space import Space
from search.words import cheap_signatures
from sim.seeded import remembered_signatures

FOLDER = Path(__file__).resolve().parent / "transcripts"
STORIES = {
    "no-lock": ("no lock", "agreement", "agreement"),
    "no-signer-guard": ("no signer guard", "", "one signature"),
    "quorum-minus-one": ("quorum minus one", "agreement", "certificate"),
    "no-domain-tag": ("no domain tag", "", "forgery"),
    "anyone-is-a-witness": ("anyone is a witness", "", "one signature"),
}
"""By file: the broken protocol, the promise that is looked for, and the simulator's checker that fires."""


def find(mutant: str, only: str) -> tuple[Space, Found]:
    """The nearest state in which a promise is broken."""
    broken = next(one for one in BROKEN if name(one) == mutant)
    with broken.mutant(), cheap_signatures():
        space = Space(broken.bounds)
        report = breadth_first(space, only=only)
    if report.found is None:
        raise AssertionError(f"{mutant} lives")
    return space, report.found


def played(mutant: str, space: Space, found: Found) -> tuple[str, list[str]]:
    """The moves in the simulator, under the broken protocol, or the real one where `mutant` is empty."""
    broken = next((one for one in BROKEN if name(one) == mutant), None)
    with remembered_signatures():
        if broken is None:
            return replayed(space, found)
        with broken.mutant():
            return replayed(space, found)


def story(space: Space, found: Found, mutant: str) -> str:
    """The transcript of what was found."""
    _, log = played(mutant, space, found)
    text = f"The search found: {'; '.join(found.broken)}. Within: {space.bounds}. Nothing arrives but what is told."
    broken = next((one for one in BROKEN if name(one) == mutant), None)
    if broken is not None:
        text += f" Here the protocol is broken: {mutant}. {(broken.mutant.__doc__ or '').strip()}"
    head = "\n".join(textwrap.wrap(text, 110, initial_indent="# ", subsequent_indent="# "))
    return "\n".join([head, "# Columns: virtual ms, who, what.", "", *log, ""])


def write() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for file, (mutant, only, _) in STORIES.items():
        space, found = find(mutant, only)
        (FOLDER / f"{file}.txt").write_text(story(space, found, mutant), encoding="utf-8")
