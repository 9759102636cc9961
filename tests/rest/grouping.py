"""Leaves of several bills grouped at once, as a trace gives them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chainbill_node.trace.anchor import LeafGroups
from chainbill_node.trace.lineage import Lineage, Sight
from chainbill_node.trace.shapes import Shape
from rest.bill_book import is_bank


def grouped(bills: Iterable[tuple[Lineage, Sight]], fields: Sequence[str]) -> dict[str, list[Shape]]:
    groups = LeafGroups(is_bank, fields)
    for lineage, sight in bills:
        groups.add(lineage, sight)
    return groups.shown()
