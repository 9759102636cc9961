"""Draws docs/performance.png from build/bench.json: python benchmarks/plot.py [IN] [OUT]. Needs make .venv/.bench."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

ROOT = Path(__file__).resolve().parent.parent
READS = ("one token", "one bill", "a bill's tree", "50 tokens of a bill", "50 tokens of a holder")
INK, BLUE = "#333333", "#2b6cb0"


def panel(axes: Any, title: str, unit: str, tokens: list[int], lines: dict[str, list[float]], floor: float = 0) -> None:
    """One panel: figures over the number of tokens, both axes logarithmic where the values need it."""
    for number, (name, values) in enumerate(lines.items()):
        axes.plot(tokens, values, "o-", color=BLUE if len(lines) == 1 else f"C{number}", label=name)
    axes.set_xscale("log")
    every = [value for values in lines.values() for value in values]
    if max(every) > 20 * max(min(every), 1e-9):
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0, top=max(*every, floor) * 1.25)
    axes.set_title(title, fontsize=10, color=INK, loc="left")
    axes.set_ylabel(unit, fontsize=9)
    axes.set_xlabel("tokens", fontsize=9)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    if len(lines) > 1:
        axes.legend(fontsize=7, frameon=False)


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "bench.json"
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "docs" / "performance.png"
    points = json.loads(source.read_text(encoding="utf-8"))["startup"]
    tokens = [one["tokens"] for one in points]
    figure, axes = plt.subplots(2, 2, figsize=(10, 6.5), dpi=110)
    panel(axes[0][0], "Processor time of a transfer", "µs", tokens, {"": [one["cost_us"] for one in points]})
    panel(axes[0][1], "Start-up of a node", "s", tokens, {"": [one["start_s"] for one in points]})
    reads = {kind: [one["reads"][kind]["p50_ms"] for one in points] for kind in READS if kind in points[0]["reads"]}
    panel(axes[1][0], "Reads, p50", "ms", tokens, reads)
    panel(axes[1][1], "Disk", "MiB", tokens, {"": [one["disk_mib"] for one in points]})
    figure.tight_layout()
    figure.savefig(target, metadata={"Software": ""})
    print(target)


if __name__ == "__main__":
    main()
