"""What a node warns of in its answer at /ready, which nobody has checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chainbill_cli.texts import text


def warnings_of(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each warning in the language that was asked for, and what mends it; nothing where an older node answers."""
    warnings = said.get("warnings")
    for one in warnings if isinstance(warnings, list) else ():
        if isinstance(one, dict) and one.get("text"):
            yield str(one["text"]), str(one.get("mend") or "")


def lines_of(name: object, said: Mapping[str, Any]) -> Iterator[str]:
    """The warnings of a node of this name, and under each what mends it."""
    for warning, mend in warnings_of(said):
        yield text("note.node_warns", name=name, warning=warning)
        if mend:
            yield f"  → {mend}"
