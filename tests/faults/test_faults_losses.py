"""Recovery drills on real processes: two quick ones; `make soak PART=drills` plays all, idle and under load."""

from __future__ import annotations

import os
import random
from pathlib import Path

import losses
import pytest

pytestmark = pytest.mark.e2e
LOADED = ("idle", "loaded")
SEED = int(os.environ.get("CHAINBILL_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)


QUICK = [("one loses data and signer file", 2, True), ("two lose data and signer file", 7, False)]
ALL = [(name, size, loaded) for name, size in losses.ALL for loaded in (False, True)]


@pytest.mark.parametrize(
    ("name", "size", "loaded"),
    [
        pytest.param(*one, id=f"{one[0]}-{one[1]}-{LOADED[one[2]]}", marks=() if one in QUICK else (pytest.mark.slow,))
        for one in ALL
    ],
)
def test_the_network_goes_on_by_itself(name: str, size: int, loaded: bool, tmp_path: Path) -> None:
    print(f"repeat with CHAINBILL_SEED={SEED}")
    losses.play(name, size, tmp_path, random.Random(SEED), loaded=loaded)
