"""Two commits in alternating runs here: python benchmarks/pair.py BASE [HEAD] [--rounds 5] [--transfers N] [--own].

Each gets a git worktree in build/pair/ and is measured by the scripts that lie here now, in turns (A B B A A B …), so
that whatever else the machine does meets both. Prints the ratio head ÷ base of every figure: the median over the
rounds, the lowest and the highest. Where a lock file differs the commit gets a virtual environment of its own.
--own measures each commit by its own scripts: across a change of format one set of scripts cannot write for both.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from figures import ratio, spread, table

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "build" / "pair"
PACKAGES = (".", "contracts", "node", "cli")
LOCK = "requirements.lock"
RUN_WITHIN_S = 600
LEAST_ROUNDS = 3  # fewer say nothing about the spread
LOWER_IS_BETTER = ("cpu", "_ms")


def checked_out(revision: str) -> tuple[str, Path]:
    """(short name of the commit, a worktree of it)."""
    commit = _git("rev-parse", "--short=12", f"{revision}^{{commit}}")
    folder = PLACE / commit
    if not folder.exists():
        _git("worktree", "add", "--detach", "--force", str(folder), commit)
    return commit, folder


def remove(folder: Path) -> None:
    """Take a worktree away again."""
    if folder.exists():
        _git("worktree", "remove", "--force", str(folder))


def python_of(folder: Path) -> Path:
    """The interpreter with what the commit's lock file names."""
    if (folder / LOCK).read_bytes() == (ROOT / LOCK).read_bytes():
        return Path(sys.executable)
    subprocess.run(["make", ".venv/.dev"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder / ".venv" / "bin" / "python"


def measured(folder: Path, python: Path, transfers: int, *, own: bool) -> dict[str, float]:
    """One run of the commit in a worktree, by the scripts beside this one or by its own."""
    scripts = folder / "benchmarks" if own else Path(__file__).parent
    paths = os.pathsep.join(str((folder / part).resolve()) for part in PACKAGES)
    done = subprocess.run(
        [python, scripts / "pair_run.py", str(transfers)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
        timeout=RUN_WITHIN_S,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if not all(Path(one).is_relative_to(folder) for one in found.pop("program").split()):
        raise RuntimeError("another commit was measured than was asked for")
    return found


def order(rounds: int) -> list[str]:
    """Whose turn it is: A B, B A, A B, …"""
    return [who for number in range(rounds) for who in ("base head" if number % 2 == 0 else "head base").split()]


def compared(base: list[dict[str, float]], head: list[dict[str, float]]) -> list[tuple[Any, ...]]:
    """Rows: figure, median of base and of head, median ratio, its lowest and highest, better or worse."""
    rows = []
    for name in (name for name in base[0] if name in head[0]):
        ratios = [ratio(mine[name], theirs[name]) for theirs, mine in zip(base, head, strict=True)]
        middle, low, high = spread(ratios)
        falling = any(part in name for part in LOWER_IS_BETTER)
        sure = len(ratios) >= LEAST_ROUNDS and (low > 1 or high < 1)
        word = "±" if not sure else "better" if (middle < 1) == falling else "worse"
        medians = (spread([one[name] for one in runs])[0] for runs in (base, head))
        rows.append((name, *medians, f"{middle:.2f}", f"{low:.2f} … {high:.2f}", word))
    return rows


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("head", nargs="?", default="HEAD")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--transfers", type=int, default=1_500)
    parser.add_argument("--own", action="store_true")
    given = parser.parse_args()
    commits = {name: checked_out(getattr(given, name)) for name in ("base", "head")}
    pythons = {name: python_of(folder) for name, (_, folder) in commits.items()}
    runs: dict[str, list[dict[str, float]]] = {"base": [], "head": []}
    try:
        for who in order(given.rounds):
            runs[who].append(measured(commits[who][1], pythons[who], given.transfers, own=given.own))
            print(f"{who} {commits[who][0]}: {runs[who][-1]}", file=sys.stderr, flush=True)
    finally:
        for _, folder in commits.values():
            remove(folder)
    head = ("figure", f"base {commits['base'][0]}", f"head {commits['head'][0]}", "head ÷ base", "lowest … highest", "")
    print(table(head, compared(runs["base"], runs["head"])))


if __name__ == "__main__":
    main()
