"""What the machine remembers of rows between reads changes no answer and no price: it only saves walks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from vm.test_vm_parts import containers, values
from vm.vm_room import build

from chainbill import codec
from chainbill.errors import Malformed
from chainbill.state.overlay import Overlay
from chainbill.state.view import MemoryView
from chainbill.vm import Context, Machine, Meter
from chainbill.vm.bounds import LIST_SIZE, MAP_SIZE, MAX_VALUE_DEPTH, SCALAR_SIZE
from chainbill.vm.originals import Original

PROGRAM = build("""
    rows = own_table("row")


    @call
    def keep(row):
        rows.put("a", row)


    @call
    def read():
        return rows.get("a")


    @call
    def spoil():
        row = rows.get("a")
        row["deep"][0]["x"] += [7]
        row["deep"] += [8]
        row["more"] = 9
        return [row, rows.get("a")]


    @call
    def take_away():
        rows.delete("a")
    """)
ROW = {"deep": [{"x": [1]}], "text": "abc"}
OTHER = {"deep": [{"x": [2, 3]}], "text": "abcdefgh"}


def size_of(value: Any) -> int:
    """By the definition, without the bytes of the encoding."""
    if isinstance(value, dict):
        return SCALAR_SIZE + MAP_SIZE + sum(map(size_of, value.values()))
    if isinstance(value, list):
        return SCALAR_SIZE + LIST_SIZE + sum(map(size_of, value))
    return SCALAR_SIZE


@given(values)
def test_a_copy_is_equal_and_separate_and_the_size_is_that_of_all_parts(value: Any) -> None:
    try:
        stored = codec.decode(codec.encode(value, max_depth=MAX_VALUE_DEPTH))
    except Malformed:
        return
    original = Original(stored, 5)
    assert original.size == 5 + size_of(stored)
    copies = [original.copy(), original.copy()]
    assert [codec.encode(one) for one in copies] == 2 * [codec.encode(stored)]
    assert containers(copies[0]).isdisjoint(containers(copies[1]) | containers(stored))


def test_the_worked_size() -> None:
    value = {"a": [1, "xy"]}
    encoded = codec.encode(value)
    assert (len(encoded), Original(value, len(encoded)).size) == (8, 464)


class Runs:
    """Runs over one overlay, which share what they found out, or (`forget`) each begin anew."""

    def __init__(self, *, forget: bool) -> None:
        self.overlay = Overlay(MemoryView())
        self._known: dict[bytes, Original] = {}
        self._forget = forget

    def run(self, function: str, **args: Any) -> tuple[Any, int, int]:
        """(answer, gas, memory)"""
        known = {} if self._forget else self._known
        meter = Meter()
        machine = Machine(PROGRAM, self.overlay, Context(), meter, b"seed", originals=known)
        return machine.call("trial", function, args), meter.used, meter.allocated


@pytest.fixture(params=[False, True], ids=["remembered", "anew"])
def runs(request: pytest.FixtureRequest) -> Runs:
    return Runs(forget=request.param)


def test_a_row_that_a_contract_spoils_and_does_not_put_is_read_as_it_was(runs: Runs) -> None:
    runs.run("keep", row=ROW)
    spoiled = {"deep": [{"x": [1, 7]}, 8], "text": "abc", "more": 9}
    assert runs.run("spoil")[0] == [spoiled, ROW]
    assert runs.run("read")[0] == ROW


def test_a_row_that_changed_is_read_as_it_is_now(runs: Runs) -> None:
    """Also after it was undone: what is remembered is of the value, not of the key."""
    runs.run("keep", row=ROW)
    assert runs.run("read")[0] == ROW
    runs.overlay.begin()
    runs.run("keep", row=OTHER)
    assert runs.run("read")[0] == OTHER
    runs.run("take_away")
    assert runs.run("read")[0] is None
    runs.overlay.rollback()
    assert runs.run("read")[0] == ROW


def test_what_is_remembered_changes_no_price() -> None:
    acts: list[tuple[str, dict[str, Any]]] = [
        ("keep", {"row": ROW}), ("read", {}), ("read", {}), ("spoil", {}),
        ("keep", {"row": OTHER}), ("read", {}), ("take_away", {}), ("read", {}), ("keep", {"row": ROW}),
    ]  # fmt: skip
    remembered, anew = Runs(forget=False), Runs(forget=True)
    assert [remembered.run(name, **args) for name, args in acts] == [anew.run(name, **args) for name, args in acts]
