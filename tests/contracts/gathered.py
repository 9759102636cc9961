"""Cases are gathered from where they stand: files of one kind of case, or the file of the act that they are about."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

REFUSES, WAITS_FOR = "\n@refuses(", "\n@waits("
"""What a case is marked with: `refusals.py`, `silence.py`."""


def load(mark: str) -> None:
    """Import every file beside this one that marks cases so."""
    found = [one for one in sorted(Path(__file__).parent.glob("*.py")) if mark in one.read_text(encoding="utf-8")]
    assert found, mark
    for one in found:
        import_module(f"contracts.{one.stem}")
