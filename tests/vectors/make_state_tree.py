"""State roots after a few blocks, and proofs of rows and of absences against them."""

from __future__ import annotations

from typing import Any

from chainbill.codec import encode
from chainbill.state.keys import row_key
from chainbill.state.proof import bucket_index, key_hash
from chainbill.state.rows import pack, row_hash
from chainbill.state.tree import StateTree
from chainbill.state.view import MemoryView, RowChange


def key(number: int) -> bytes:
    return row_key("bench", "row", number)


def crowded() -> list[int]:
    """Two keys that share a bucket."""
    seen: dict[int, int] = {}
    number = 0
    while True:
        index = bucket_index(key_hash(key(number)))
        if index in seen:
            return [seen[index], number]
        seen[index] = number
        number += 1


def make() -> dict[str, Any]:
    first, second = crowded()
    blocks: list[dict[int, int | None]] = [
        {},
        {first: 1},
        {second: 2, 1000: 3, 1001: 4},
        {first: 5, 1000: None},
        {first: None, second: None, 1001: None},
    ]
    tree, view = StateTree(), MemoryView()
    states = [{"writes": [], "root": tree.root.hex(), "proofs": [proof(tree, view, first)]}]
    for height, writes in enumerate(blocks, 1):
        changes = []
        for number, value in sorted(writes.items(), key=lambda item: key(item[0])):
            raw = None if value is None else pack(height, b"", encode(value))
            changes.append(RowChange(key(number), view.get(key(number)), raw))
        delta = tree.stage(view, changes)
        tree.commit(delta)
        view.apply(changes, delta)
        states.append(
            {
                "writes": [{"key": key(number).hex(), "value": value} for number, value in writes.items()],
                "root": tree.root.hex(),
                "proofs": [proof(tree, view, number) for number in (first, second, 1000, 7)],
            }
        )
    return {"note": "values are small integers; null deletes the row", "states": states}


def proof(tree: StateTree, view: MemoryView, number: int) -> dict[str, Any]:
    raw = view.get(key(number))
    found = tree.prove(view, key(number))
    return {
        "key": key(number).hex(),
        "row_hash": None if raw is None else row_hash(key(number), raw).hex(),
        "bucket": found.bucket.hex(),
        "siblings": [sibling.hex() for sibling in found.siblings],
    }
