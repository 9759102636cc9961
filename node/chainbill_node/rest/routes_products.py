"""Products: which supplier makes which part, and what was produced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chainbill_node.rest.asked import sees_product
from chainbill_node.rest.declared import Asked, declared_list, declared_object
from chainbill_node.rest.lists import Names, every, from_index, from_names
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

router = router_of("bills", "/v1")


def _concerned(view: View) -> Iterator[str]:
    """Give those of the anchors and suppliers that the parties read for are."""
    for party in sorted(view.viewer.reads_for()):
        for index in ("product.anchor", "product.supplier"):
            yield from every(from_index(view.reader, index, (party,)))


def _of_supplier(view: View, asked: Asked) -> Names | None:
    if asked["supplier"] is None:
        return None
    return from_names(every(from_index(view.reader, "product.supplier", (asked["supplier"],))))


def _has_part(view: View, asked: Asked, row: Row) -> bool:
    """Say whether a supplier that was asked for makes a part that the viewer sees."""
    supplier = asked["supplier"]
    return supplier is None or any(part["supplier"] == supplier for part in _shape(view, row)["parts"])


def _shape(view: View, row: Row) -> dict[str, Any]:
    """Show a product: to a supplier its own parts, and how many others there are."""
    if view.viewer.is_or_reads_for(str(row["anchor"])):
        return dict(row)
    parts = [part for part in row["parts"] if view.viewer.is_or_reads_for(str(part["supplier"]))]
    agreed = [party for party in row["agreed"] if view.viewer.is_or_reads_for(str(party))]
    return {**row, "parts": parts, "agreed": agreed, "hidden": {"parts": len(row["parts"]) - len(parts)}}


def sees_event(view: View, row: Row) -> bool:
    """Say whether an event of production shows: to the anchor that reported it."""
    return view.viewer.is_or_reads_for(str(row["anchor"]))


def _own_events(view: View) -> Iterator[str]:
    for party in sorted(view.viewer.reads_for()):
        yield from every(from_index(view.reader, "event.anchor", (party,)))


declared_list(
    router, "products", sees=sees_product, shape=_shape, fits=_has_part, names=_of_supplier, concerned=_concerned
)
declared_object(router, "product", sees=sees_product, shape=_shape)
declared_list(router, "production_events", sees=sees_event, concerned=_own_events)
declared_object(router, "production_event", sees=sees_event)
