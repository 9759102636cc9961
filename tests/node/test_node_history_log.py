"""The log of block ids on disk: its proofs are those of the plain tree, from wherever a node began."""

from __future__ import annotations

import pytest
from chainbill_node.storage.chain import layout
from chainbill_node.storage.chain.history_log import HistoryLog, frontier_of, log_rows, peak_rows
from chainbill_node.storage.chain.layout import height_bytes
from chainbill_node.storage.ledger_reader import Future, Pruned
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.store import DiskError
from log_nodes import nodes_of

from chainbill.crypto.merkle import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    root,
    verify_consistency,
    verify_inclusion,
)

COUNT = 40
IDS = [bytes([number]) * 32 for number in range(COUNT)]


def grown(begins: int) -> MemoryStore:
    """A store whose log began as a snapshot of so many ids (0: with the genesis) and went on to COUNT."""
    store = MemoryStore()
    log = Frontier()
    for one in IDS[:begins]:
        log = log.append(one)
    if begins:
        store.write([*peak_rows(log), (layout.LOG_KEY, height_bytes(begins))])
    for height, one in enumerate(IDS[begins:], begins + 1):
        store.write([*log_rows(log, one), (layout.HEAD_KEY, height_bytes(height))])
        log = log.append(one)
    return store


@pytest.mark.parametrize("begins", [0, 1, 5, 8, 31, 32, 39])
def test_proofs_are_those_of_the_plain_tree(begins: int) -> None:
    store, node = grown(begins), nodes_of(IDS)
    log = HistoryLog(store)
    assert log.lowest_height == begins + 1
    for size in range(begins + 1, COUNT + 1):
        assert frontier_of(store, size).root() == root(IDS[:size])
        for height in range(begins + 1, size + 1):
            proof = log.inclusion(height, size)
            assert proof == inclusion_proof(node, height - 1, size)
            assert verify_inclusion(root(IDS[:size]), IDS[height - 1], height - 1, size, proof)
        for first in range(max(begins, 1), size + 1):
            proof = log.consistency(first, size)
            assert proof == consistency_proof(node, first, size)
            assert verify_consistency(root(IDS[:first]), first, root(IDS[:size]), size, proof)


def test_it_says_from_which_height_on_it_can_prove() -> None:
    log = HistoryLog(grown(8))
    for ask in (lambda: log.inclusion(8, 20), lambda: log.consistency(7, 20)):
        with pytest.raises(Pruned):
            ask()
    for ask in (lambda: log.inclusion(9, COUNT + 1), lambda: log.consistency(9, COUNT + 1)):
        with pytest.raises(Future):
            ask()
    with pytest.raises(Pruned):
        HistoryLog(grown(0)).inclusion(0, 5)
    with pytest.raises(Pruned):
        HistoryLog(grown(0)).consistency(0, 5)


def test_a_missing_row_is_told_as_damage() -> None:
    store = grown(0)
    store.write([], [key for key, _ in store.range(layout.LOG, layout.LOG + b"\xff")][:1])
    with pytest.raises(DiskError, match="missing"):
        frontier_of(store, 1)


def test_a_block_costs_two_rows_on_average() -> None:
    rows = list(grown(0).range(layout.LOG, layout.LOG + b"\xff"))
    assert len(rows) < 2 * COUNT
