"""The golden transcripts are what the code does today, byte for byte."""

from __future__ import annotations

import pytest
from sim.transcripts import FOLDER, names, transcript


@pytest.mark.parametrize("name", names())
def test_a_transcript_is_up_to_date(name: str) -> None:
    golden = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert transcript(name) == golden, "read the difference; then: python -m tests.sim --write"


def test_no_transcript_is_left_over() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == sorted(names())
