"""Random histories of tokens: honest ones tile every bill, and one forged row is enough to be refused.

hypothesis prints the example that failed, in its smallest form, and the seed that repeats it.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger.token_world import TokenWorld

from chainbill.errors import Refused
from chainbill.ledger.tiling import runs, same_cents
from chainbill.ledger.whole_state import check_state

FACE = 60
HOLDERS = ("S1", "S2", "S3", "BANK")
steps = st.tuples(
    st.sampled_from(["cut", "move", "settle", "dilute", "void", "merge", "block"]),
    st.integers(0, 99),
    st.integers(0, 99),
)
ranges = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 5)).map(lambda pair: (pair[0], sum(pair))), max_size=6)


def live(world: TokenWorld) -> list[dict[str, Any]]:
    rows = [world.token(f"T{number}") for number in range(1, world.counter + 1)]
    return [row for row in rows if row["status"] == "live"]


def play(world: TokenWorld, step: tuple[str, int, int]) -> None:
    """One honest step on a token that the numbers choose; nothing if it does not apply."""
    kind, which, where = step
    tokens = live(world)
    if kind == "block":
        world.next_block()
    elif not tokens:
        return
    else:
        row = tokens[which % len(tokens)]
        if kind == "cut" and row["hi"] - row["lo"] > 1:
            world.cut(row["id"], row["lo"] + 1 + where % (row["hi"] - row["lo"] - 1))
        elif kind == "move":
            world.move(row["id"], HOLDERS[where % len(HOLDERS)])
        elif kind in ("settle", "dilute", "void"):
            world.finish(row["id"], {"settle": "settled", "dilute": "diluted", "void": "void"}[kind])
        elif kind == "merge":
            merge(world, row)


def merge(world: TokenWorld, row: dict[str, Any]) -> None:
    for other in live(world):
        same = (other["bill"], other["holder"], other["parent"]) == (row["bill"], row["holder"], row["parent"])
        if same and other["lo"] == row["hi"] and row["parent"]:
            whole = world.new(row["bill"], row["lo"], other["hi"], row["holder"], parent=row["parent"])
            world.act(world.end(row["id"], "moved"), world.end(other["id"], "moved"), whole)
            return


def new_world() -> TokenWorld:
    world = TokenWorld()
    world.bill("B1", FACE)
    world.bill("B2", FACE, debtor="OTHER", creditor="S2")
    return world


@given(st.lists(steps, max_size=40))
@settings(max_examples=150, deadline=None)
def test_leaves_tile_every_bill_after_any_honest_history(history: list[tuple[str, int, int]]) -> None:
    world = new_world()
    for step in history:
        play(world, step)
    world.next_block()
    totals = check_state(world.view)
    assert set(totals) == {"B1", "B2"}
    for one in totals.values():
        assert one.face == FACE == one.live + one.settled + one.diluted + one.void


@given(st.lists(steps, max_size=15), st.integers(0, 99), st.integers(0, 99), st.integers(-3, 3), st.integers(0, 5))
@settings(max_examples=300, deadline=None)
def test_a_forged_split_is_refused(
    history: list[tuple[str, int, int]], which: int, where: int, shift: int, forgery: int
) -> None:
    world = new_world()
    for step in history:
        play(world, step)
    tokens = [row for row in live(world) if row["hi"] - row["lo"] > 1]
    if not tokens:
        return
    row = tokens[which % len(tokens)]
    at = row["lo"] + 1 + where % (row["hi"] - row["lo"] - 1)
    low = [row["lo"], at]
    high = [at, row["hi"]]
    shift = shift or 1
    pieces = [low, high]
    if forgery == 0:
        low[1] += shift
    elif forgery == 1:
        high[0] += shift
    elif forgery == 2:
        high[1] += abs(shift)
    elif forgery == 3 or row["lo"] < abs(shift):
        pieces = [low]
    elif forgery == 4:
        pieces = [low, high, list(low)]
    else:
        low[0] -= abs(shift)
    writes = [world.new(row["bill"], lo, hi, row["holder"], parent=row["id"]) for lo, hi in pieces]
    before = world.overlay.finish(world.height)
    with pytest.raises(Refused, match="core_"):
        world.act(world.end(row["id"], "split"), *writes)
    assert world.overlay.finish(world.height) == before


@given(ranges, ranges)
@settings(max_examples=300, deadline=None)
def test_ranges_are_compared_as_a_naive_count_of_cents_would(
    ended: list[tuple[int, int]], made: list[tuple[int, int]]
) -> None:
    def cents(of: list[tuple[int, int]]) -> list[int]:
        return sorted(cent for lo, hi in of for cent in range(lo, hi))

    before, after = cents(ended), cents(made)
    once = len(set(before)) == len(before) and len(set(after)) == len(after)
    assert same_cents(ended, made) == (once and before == after)


def test_runs_join_what_touches() -> None:
    assert runs([(4, 6), (0, 2), (2, 4)]) == [(0, 6)]
    assert runs([(0, 3), (2, 4)]) is None
    assert runs([]) == []
