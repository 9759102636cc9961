"""A history read at random heights: each figure that is not the one of the books."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random
from typing import Any

from recompute.comparison import differences
from recompute.histories import History
from served_chain import client_of

ACTS = 150
HEIGHTS = 6


def compared(directory: Path, seed: int) -> History:
    """Make a history of the seed and read it at some heights and at the newest; AssertionError where figures differ."""
    history = History(directory, seed, ACTS)
    chosen = [*Random(seed).sample(history.heights, HEIGHTS), history.heights[-1]]
    try:
        with client_of(history.chain) as client:

            def get(path: str) -> Any:
                answer = client.get(path)
                assert answer.status_code == 200, (path, answer.text)
                return answer.json()

            for height, today in chosen:
                found = differences(get, history, height, today)
                assert not found, f"seed {seed}: {found}"
    finally:
        history.chain.store.close()
    return history


def play(seed: int) -> None:
    """The same in a folder of its own that goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="chainbill-recompute-") as folder:
        compared(Path(folder), seed)
