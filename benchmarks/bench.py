"""How fast chainbill is on this machine, against what the machine could do at most in the same run.

    python benchmarks/bench.py [--quick] [--only rates,stages,…] [--transfers N] [--validators 1,4,7] [--out FILE]

Real node processes, real contracts, TLS, synced commits; the load client is on the same machine. The ceiling (see
`ceiling`) does the same work without network, consensus and contracts. Only ratios of one run can be compared: other
work on the machine changes everything else. Figures go to build/bench.json, `docs/performance.py` makes the tables of
the documents from it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ceiling
import comparing
import growing
import queries
import rates
import report
import stage_figures
import syncing
from figures import word_for

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("cryptography", "pynacl", "msgspec", "plyvel", "fastapi", "uvicorn")
SECTIONS = ("rates", "stages", "queries", "sync", "compare", "growth")


class Size:
    """How much of everything is done."""

    def __init__(self, transfers: int, *, quick: bool) -> None:
        self.transfers = transfers
        self.stages = max(400, transfers // 2)
        self.queries = max(300, transfers // 2)
        self.sync = transfers
        self.compared = 1_000 if quick else 4_500
        self.tokens = (10_000, 30_000) if quick else (10_000, 100_000, 1_000_000)


def machine() -> dict[str, Any]:
    """Where and with what this is measured."""
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=False)
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "commit": head.strip(),
        "uncommitted_changes": bool(changed.stdout.strip()),
        "processor": model.partition(":")[2].strip(),
        "cores": os.cpu_count(),
        "memory_gib": round(pages / 2**30, 1),
        "load_before": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
    }


class Run:
    """Results, told and kept as they come. A section that fails is noted and leaves the others standing."""

    def __init__(self, results: dict[str, Any], tell: Callable[[str], None]) -> None:
        self._results = results
        self._tell = tell

    def section(self, name: str, work: Callable[[], Any], *tables: str) -> None:
        """Measure one thing; `tables` show it."""
        try:
            self._results[name] = work()
        except (RuntimeError, OSError, ExceptionGroup, subprocess.SubprocessError) as error:
            traceback.print_exc()
            self._results.setdefault("failed", {})[name] = f"{type(error).__name__}: {error}"[:500]
            return
        for table in tables:
            self._tell(table)


def measure(results: dict[str, Any], sections: list[str], counts: list[int], size: Size, run: Run) -> None:
    """Fill the results section by section."""
    if "rates" in sections:
        work = ceiling.record(size.transfers)
        for count in counts:
            run.section(word_for(count), partial(rates.run, count, size.transfers, work), "rates", "more")
    if "stages" in sections:
        known = [count for count in counts if count < 7]
        run.section("stages", lambda: {word_for(one): stage_figures.run(one, size.stages) for one in known}, "stages")
    if "queries" in sections:
        run.section("queries", partial(queries.run, size.queries), "queries", "readers")
    if "sync" in sections:
        run.section("sync", partial(syncing.run, size.sync), "sync")
    if "compare" in sections:
        run.section("compare", partial(comparing.run, size.compared, size.transfers), "compare")
    if "growth" in sections:
        run.section("startup", partial(growing.run, size.tokens), "growth")
        if "startup" in results:
            results["growth"] = growing.ratios(results["startup"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a fifth of the work: to see that everything runs")
    parser.add_argument("--transfers", type=int, help="of each full load (3000; quick: 600)")
    parser.add_argument("--validators", default="1,4,7")
    parser.add_argument("--only", default=",".join(SECTIONS), help=",".join(SECTIONS))
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    given = parser.parse_args()
    sections = given.only.split(",")
    if set(sections) - set(SECTIONS):
        parser.error(f"sections are {', '.join(SECTIONS)}")
    size = Size(given.transfers or (600 if given.quick else 3_000), quick=given.quick)
    began = time.monotonic()
    results: dict[str, Any] = {"machine": machine(), "quick": given.quick}
    given.out.parent.mkdir(parents=True, exist_ok=True)

    def tell(name: str) -> None:
        results["took_s"] = round(time.monotonic() - began)
        given.out.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"\n[{results['took_s']} s] {name}\n{report.TABLES[name](results, False)}", flush=True)

    print(report.machine(results, False), flush=True)
    counts = [int(one) for one in given.validators.split(",")]
    measure(results, sections, counts, size, Run(results, tell))
    tell("goals")
    print(f"\n{given.out}, {results['took_s']} s", file=sys.stderr)
    if "failed" in results:
        raise SystemExit(f"failed: {results['failed']}")


if __name__ == "__main__":
    main()
