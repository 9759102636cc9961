"""Percentiles, ratios and tables: the pure part of the benchmarks."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

COUNT_WORDS = {1: "one_validator", 4: "four_validators", 7: "seven_validators"}


def word_for(validators: int) -> str:
    """The name of a network of so many validators in bench.json."""
    return COUNT_WORDS.get(validators, f"{validators}_validators")


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest value that `percent` of a hundred values do not exceed (nearest rank). Raises ValueError."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def latency_ms(waits_s: Sequence[float]) -> dict[str, float]:
    """p50, p99 and the longest of waits in seconds, in ms."""
    return {
        "p50_ms": round(percentile(waits_s, 50) * 1000, 2),
        "p99_ms": round(percentile(waits_s, 99) * 1000, 2),
        "max_ms": round(max(waits_s) * 1000, 2),
    }


def ratio(part: float, whole: float, digits: int = 3) -> float:
    """part ÷ whole, 0 where there is no whole."""
    return round(part / whole, digits) if whole else 0.0


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """(median, lowest, highest)."""
    return statistics.median(values), min(values), max(values)


def thirds(values: Sequence[float]) -> tuple[float, float, float]:
    """The medians of the first, the middle and the last third. Raises ValueError for fewer than three."""
    if len(values) < 3:
        raise ValueError("a third of fewer than three values")
    size = len(values) // 3
    parts = values[:size], values[size : len(values) - size], values[len(values) - size :]
    first, middle, last = (statistics.median(part) for part in parts)
    return first, middle, last


def is_flat(values: Sequence[float], allowed: float, slack: float = 0.0) -> bool:
    """Whether the last third is at most `allowed` (0.1: ten percent) and `slack` above the middle one."""
    _, middle, last = thirds(values)
    return last <= middle * (1 + allowed) + slack


def number(value: Any) -> str:
    """A figure as people read it: three significant digits or whole thousands; everything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or value == 0:
        return f"{value:,.0f}"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(size)))}f}" if size >= 0.001 else f"{value:.2g}"


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table, also readable as plain text: first column to the left, the others to the right."""
    cells = [list(head), *([number(cell) for cell in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(head))]

    def line(row: Sequence[str]) -> str:
        padded = [row[0].ljust(widths[0]), *(one.rjust(width) for one, width in zip(row[1:], widths[1:], strict=True))]
        return "| " + " | ".join(padded) + " |"

    marks = ["-" * widths[0], *("-" * (width - 1) + ":" if width > 1 else ":" for width in widths[1:])]
    return "\n".join([line(cells[0]), "| " + " | ".join(marks) + " |", *map(line, cells[1:])])


def picked(found: Mapping[str, Any], path: str) -> Any:
    """The value at "a.b.c", None where something on the way is missing."""
    here: Any = found
    for name in path.split("."):
        if not isinstance(here, Mapping) or name not in here:
            return None
        here = here[name]
    return here
