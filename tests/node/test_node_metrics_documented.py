"""The reference names every metric of a node, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chainbill_node.runtime.metrics import Metrics

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def named(text: str) -> set[str]:
    """Metrics of the table, `_x` behind a name of the same family written out."""
    found: set[str] = set()
    for row in re.findall(r"^\| (`chainbill_.*?) \|", text, re.MULTILINE):
        first, *others = re.findall(r"`(\w+)", row)
        family = "_".join(first.split("_")[:2])
        found |= {first, *(one if one.startswith("chainbill_") else family + one for one in others)}
    return found


@pytest.mark.parametrize("name", ["node-operation.md", "node-operation.zh.md"])
def test_every_metric_is_in_the_reference(name: str) -> None:
    written, _ = Metrics("a-network", "node1").exposition()
    shown = {
        one for one in re.findall(r"^# TYPE (\w+)", written.decode(), re.MULTILINE) if not one.endswith("_created")
    }
    assert len(shown) > 20
    assert shown == named((REFERENCE / name).read_text(encoding="utf-8"))
