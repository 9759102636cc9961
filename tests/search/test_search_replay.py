"""What the search finds happens in the simulator, too: with real signatures, the whole driver and its own checkers."""

from __future__ import annotations

import pytest
from search.stories import FOLDER, STORIES, find, played, story


@pytest.mark.parametrize("file", STORIES)
def test_what_was_found_happens_in_the_simulator(file: str) -> None:
    mutant, only, checker = STORIES[file]
    space, found = find(mutant, only)
    fired, _ = played(mutant, space, found)
    assert fired == checker
    assert story(space, found, mutant) == (FOLDER / f"{file}.txt").read_text(encoding="utf-8"), (
        "read the difference; then: python -m tests.search --write"
    )
    assert played("", space, found)[0] == "", "the unbroken protocol passes"


def test_no_transcript_is_left_over() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == sorted(STORIES)
