"""Each checker of the real ledger is shown to fail once, on rows or a disk that somebody has tampered with."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from sim import real
from sim.checkers import ViolationError
from sim.disk_checks import check_disk
from sim.newcomers import ProductNode
from sim.plan import Plan, Story
from sim.reference import Rules, Table

from chainbill.codec import encode
from chainbill.state import rows
from chainbill.state.keys import row_key

PLAN = Plan(
    seed=3, size=4, ledger="real", trouble_ms=100,
    events=(Story(0, "bill", (90_000, 500)), Story(0, "settlement", (8_000, 3_000)), Story(0, "invoice", (900, 400))),
)  # fmt: skip
Rows = dict[bytes, bytes]


@pytest.fixture(scope="module")
def run() -> real.RealRun:
    return real.play_plan(PLAN)


def edit(stored: Rows, contract: str, table: str, choose: Callable[[Any], bool], **fields: Any) -> None:
    """Change fields of the first row of a table that is chosen."""
    key, row = next(found for found in Table(stored, 0).rows(contract, table) if choose(found[1]))
    at = row_key(contract, table, list(key))
    old = rows.unpack(stored[at])
    changed = {**row, **{name: value(row) if callable(value) else value for name, value in fields.items()}}
    stored[at] = rows.pack(old.since, old.salt, encode(changed))


def a_leaf(row: Any) -> bool:
    return row["status"] == "live"


BROKEN: dict[str, tuple[str, Callable[[Rows], None]]] = {
    "a cent is minted": ("face", lambda stored: edit(stored, "token", "token", a_leaf, hi=lambda row: row["hi"] + 1)),
    "a cent is lost": ("face", lambda stored: edit(stored, "token", "token", a_leaf, hi=lambda row: row["hi"] - 1)),
    "a payment to a live token": (
        "double settlement",
        lambda stored: edit(stored, "settlement", "payment", lambda _: True, amount=lambda row: row["amount"] + 1),
    ),
    "a token is its own ancestor": (
        "lineage",
        lambda stored: edit(stored, "token", "token", lambda row: row["parent"] != "", parent=lambda row: row["id"]),
    ),
    "a parent that is not there": (
        "lineage", lambda stored: edit(stored, "token", "token", lambda row: row["parent"] != "", parent="T-none"),
    ),
    "an invoice with too much on it": (
        "occupancy", lambda stored: edit(stored, "invoice", "invoice", lambda row: row["occupied"] > 0, total=1),
    ),
    "an invoice that forgets a bill": (
        "occupancy", lambda stored: edit(stored, "invoice", "invoice", lambda row: row["occupied"] > 0, occupied=0),
    ),
    "a holding that is no sum": (
        "invariants", lambda stored: edit(stored, "token", "token", a_leaf, holder="nobody"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_found(run: real.RealRun, name: str) -> None:
    checker, breaking = BROKEN[name]
    stored = dict(run.world.reference.heights[-1].rows)
    Rules().check(Table(stored, run.world.reference.time_ms))
    breaking(stored)
    with pytest.raises(ViolationError) as caught:
        Rules().check(Table(stored, run.world.reference.time_ms))
    assert caught.value.checker == checker, caught.value


def test_a_token_that_ends_twice_is_found(run: real.RealRun) -> None:
    rules = Rules()
    stored = dict(run.world.reference.heights[-1].rows)
    rules.check(Table(stored, run.world.reference.time_ms))
    edit(stored, "token", "token", lambda row: row["status"] == "settled", ended=lambda row: row["ended"] - 1)
    with pytest.raises(ViolationError, match="double settlement"):
        rules.check(Table(stored, run.world.reference.time_ms))


def without(prefix: bytes, nth: int = -1) -> Callable[[Rows], None]:
    def taking(stored: Rows) -> None:
        del stored[sorted(key for key in stored if key.startswith(prefix))[nth]]

    return taking


def without_any(space: bytes) -> Callable[[Rows], None]:
    def taking(stored: Rows) -> None:
        for key in [key for key in stored if key.startswith(space)]:
            del stored[key]

    return taking


def with_more(key: bytes) -> Callable[[Rows], None]:
    return lambda stored: stored.__setitem__(key, b"")


DAMAGED: dict[str, tuple[str, Callable[[Rows], None]]] = {
    "a row less": ("replay", without(b"stoken\0token\0")),
    "an entry less": ("indexes", without(b"iindex\0token_bill\0")),
    "an entry of no row": ("indexes", with_more(b"iindex\0token_bill\0\x02T\0")),
    "no newest block": ("kept", without(b"B")),
    "ids unknown": ("used ids", without_any(b"t")),
    "no receipts": ("receipts", without(b"R", -3)),
    "no history": ("history", without_any(b"h")),
}


def look(node: ProductNode, run: real.RealRun, times: int) -> None:
    """As after a block; which heights are looked at is left to chance."""
    for seed in range(times):
        check_disk("n0", node.store, node.application.ledger, run.world.reference, random.Random(seed))


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_disk_is_found(run: real.RealRun, name: str) -> None:
    checker, damage = DAMAGED[name]
    node = run.honest[0]
    assert isinstance(node, ProductNode)
    level = node.store.levels["chain"]
    whole = dict(level.rows)
    ledger = node.application.ledger
    try:
        damage(level.rows)
        level.touched()
        ledger.forget_readers()
        with pytest.raises(ViolationError) as caught:
            look(node, run, 20)
        assert caught.value.checker == checker, caught.value
    finally:
        level.rows.clear()
        level.rows.update(whole)
        level.touched()
        ledger.forget_readers()
        ledger.open_chain(run.world.ledger_genesis)  # what it remembered of the damaged disk counts no more
    look(node, run, 1)


def test_a_height_that_was_committed_must_be_there_after_a_crash(run: real.RealRun) -> None:
    node = real.play_plan(PLAN).honest[1]
    node.acknowledged += 1
    node.stop()
    with pytest.raises(ViolationError, match="durability"):
        node.boot()
