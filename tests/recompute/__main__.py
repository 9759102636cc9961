"""`python -m recompute FIRST LAST`: the histories of these seeds, and how many figures of each kind were compared."""

from __future__ import annotations

import sys
from collections import Counter

from recompute import reading

TELL = 25
"""After so many histories a run says how far it has come."""


def main(first: int, last: int) -> int:
    """Play the seeds from first to last; how many histories had a disagreement."""
    counted: Counter[str] = Counter()
    bad = 0
    for seed in range(first, last + 1):
        try:
            counted += reading.play(seed)
        except Exception as error:  # what the books or the ledger stumble over is told with its seed, too
            bad += 1
            print(f"seed {seed}: {type(error).__name__}: {str(error)[:2_000]}", flush=True)
        played = seed - first + 1
        if played % TELL == 0 or seed == last:
            figures = f"{sum(counted.values())} figures: {dict(counted)}"
            print(f"{played} histories, {bad} with a disagreement, {figures}", flush=True)
    return bad


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]), int(sys.argv[2])) else 0)
