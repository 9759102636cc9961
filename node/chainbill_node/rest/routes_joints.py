"""Joint acts: what one party asks about a bill and others answer."""

from __future__ import annotations

from collections.abc import Iterator

from chainbill_node.rest.declared import declared_list, declared_object
from chainbill_node.rest.lists import every, from_index
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

router = router_of("bills", "/v1")


def _concerned(view: View) -> Iterator[str]:
    """Give what the parties read for ask or are asked: what others ask each other costs nobody else a read."""
    for party in sorted(view.viewer.reads_for()):
        for index in ("joint.by", "joint.asked"):
            yield from every(from_index(view.reader, index, (party,)))


def sees_joint(view: View, row: Row) -> bool:
    """Say whether a joint act shows: to who asks and who answers, and to those who read for one of them."""
    sides = {str(row["by"]), *map(str, row["others"])}
    return view.viewer.everything or not view.viewer.reads_for(str(row["bill"])).isdisjoint(sides)


declared_list(router, "joints", sees=sees_joint, concerned=_concerned)
declared_object(router, "joint", sees=sees_joint)
