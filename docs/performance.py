"""The tables of performance.md and performance.zh.md, from performance.json alone, so that they cannot drift.

    python docs/performance.py      take build/bench*.json and build/disk-use.json over, write tables and plot again

`docs/generate.py --check` says whether the documents are what performance.json gives. A table stands between
`<!-- table: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build"
DATA = HERE / "performance.json"
BENCHMARKS = HERE.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import report  # noqa: E402

SOURCES = {"": "bench.json", "sustained": "bench-sustained.json", "disk_use": "disk-use.json"}
MARKED = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def document(text: str, *, zh: bool) -> str:
    """The document with the tables that performance.json gives; one without figures says how to get them."""
    found: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {}
    tables = report.shown(found, zh)
    nothing = "尚无数据。" if zh else "No figures yet."

    def fill(match: re.Match[str]) -> str:
        return f"{match[1]}\n{tables.get(match[2], nothing)}\n\n{match[3]}"

    return MARKED.sub(fill, text)


english = functools.partial(document, zh=False)
chinese = functools.partial(document, zh=True)


def take_over() -> dict[str, Any]:
    """What was measured last; a measurement that was not made again keeps its figures."""
    found: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {}
    for name, file in SOURCES.items():
        path = BUILD / file
        if path.exists():
            content = json.loads(path.read_text(encoding="utf-8"))
            found.update({name: content} if name else content)
    return found


def main() -> None:
    """Take the figures over and write everything again."""
    found = take_over()
    DATA.write_text(json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    for name, make in (("performance.md", english), ("performance.zh.md", chinese)):
        path = HERE / name
        path.write_text(make(path.read_text(encoding="utf-8")), encoding="utf-8")
        print(f"wrote docs/{name}")
    if "startup" in found:
        command = [sys.executable, str(BENCHMARKS / "plot.py"), str(DATA), str(HERE / "performance.png")]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
