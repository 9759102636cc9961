"""How many different scenarios all soaks have played, and where the next one goes on: `python -m tests.soak.counts`.

What the soaks of this working copy have played is in build/soak-counts.json; what is kept with the project, for a
release note to quote, in tests/soak/counts.json. `--keep` adds the first to the second.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "build" / "soak-counts.json"
KEPT = ROOT / "tests" / "soak" / "counts.json"


class Counts(msgspec.Struct, omit_defaults=True):
    """`different`: scenarios by name, each played once; `next`: by kind the first number that nobody has played."""

    soaks: int = 0
    minutes: float = 0.0
    different: dict[str, int] = {}
    next: dict[str, int] = {}

    def with_soak(self, minutes: float, different: dict[str, int], reached: dict[str, int]) -> Counts:
        """After another soak, which has played the numbers below `reached`."""
        return self.added(Counts(1, minutes, different, reached))

    def added(self, other: Counts) -> Counts:
        """Both together: each began where the one before had ended."""
        names = sorted({*self.different, *other.different})
        kinds = sorted({*self.next, *other.next})
        return Counts(
            self.soaks + other.soaks,
            round(self.minutes + other.minutes, 1),
            {name: self.different.get(name, 0) + other.different.get(name, 0) for name in names},
            {kind: max(self.next.get(kind, 0), other.next.get(kind, 0)) for kind in kinds},
        )

    def told(self) -> list[str]:
        """Lines for people."""
        width = max(map(len, self.different), default=0)
        head = f"different ones in {self.soaks} soaks of {self.minutes:,.0f} minutes together"
        return [head, *[f"  {name:<{width}}  {count:>14,}" for name, count in self.different.items()]]


def read(path: Path) -> Counts:
    """What a file holds; nothing where there is none."""
    return msgspec.json.decode(path.read_bytes(), type=Counts) if path.exists() else Counts()


def write(path: Path, counts: Counts) -> None:
    """Replace a file."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(counts), indent=2) + b"\n")


def all_counts(built: Path = BUILT, kept: Path = KEPT) -> Counts:
    """What was played here and elsewhere."""
    return read(kept).added(read(built))


def keep(built: Path = BUILT, kept: Path = KEPT) -> Counts:
    """Add what was played here to what is kept; here it begins at nothing again."""
    counts = all_counts(built, kept)
    write(kept, counts)
    built.unlink(missing_ok=True)
    return counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m tests.soak.counts", description=__doc__)
    parser.add_argument("--keep", action="store_true")
    print("\n".join((keep() if parser.parse_args().keep else all_counts()).told()))
