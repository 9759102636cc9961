"""`python -m tests.model --steps 200000 [--seed N]`: the ledger and the model side by side, and what was met."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from random import SystemRandom

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from model.ledger import Disagreement  # noqa: E402
from model.play import play, table  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description="The ledger beside a model of it")
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0, help="of the first network; 0: anywhere")
    given = parser.parse_args()
    seed = given.seed or SystemRandom().randrange(10**6, 10**9)
    print(f"{given.steps:,} steps from seed {seed}", flush=True)
    try:
        print(table(play(seed, given.steps)))
    except Disagreement as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
