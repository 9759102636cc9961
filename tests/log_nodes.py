"""The hashes of a log of items in memory, for proofs from it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from chainbill.crypto.merkle import Node, leaf_hash, node_hash


def nodes_of(items: Sequence[bytes]) -> Node:
    """The full subtrees of a list in memory."""

    @cache
    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaf_hash(items[index])
        return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node
