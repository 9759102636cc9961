"""Lines of a commit by what they are: source, declarations, generators, tests. Blank lines are not counted.

Usage: python benchmarks/lines.py COMMIT [COMMIT …]. One row a kind, one column a commit; `production` is all but tests.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = ("chainbill", "contracts", "node", "cli")
KINDS = ("source", "texts", "declarations", "generators", "production", "tests")


def kind_of(name: str) -> str:
    """What a file of the repository counts as, or "" for what is not counted.

    texts: modules of words that people read, and catalogues of them; declarations: rows, acts and reads.
    """
    path = PurePosixPath(name)
    top, suffix = path.parts[0], path.suffix
    if top == "tests" and suffix in {".py", ".toml"}:
        return "tests"
    if top == "docs" and len(path.parts) == 2 and suffix == ".py":
        return "generators"
    if top not in PRODUCTION or suffix not in {".py", ".toml"}:
        return ""
    if suffix == ".toml":
        return "declarations" if path.parts[-2] in {"rows", "acts", "reads"} else "texts"
    return "texts" if path.parts[-2] == "texts" else "source"


def lines_of(commit: str) -> Counter[str]:
    """Kind → lines that are not blank; `production` is all but tests."""
    names = _git("ls-tree", "-r", "--name-only", commit).decode().splitlines()
    counted: Counter[str] = Counter()
    for name in names:
        if kind := kind_of(name):
            counted[kind] += sum(1 for line in _git("show", f"{commit}:{name}").splitlines() if line.strip())
    counted["production"] = sum(counted[kind] for kind in KINDS[:4])
    return counted


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True).stdout


def main(commits: list[str]) -> int:
    """Print the table."""
    if not commits:
        print(__doc__, file=sys.stderr)
        return 2
    columns = [lines_of(commit) for commit in commits]
    print(f"{'':14}" + "".join(f"{commit[:12]:>14}" for commit in commits))
    for kind in KINDS:
        print(f"{kind:14}" + "".join(f"{column[kind]:>14,}" for column in columns))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
