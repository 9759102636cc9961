"""An error inside the machine is ours, never the contract's: it must not look like a fault."""

from __future__ import annotations

import pytest
from vm.vm_room import Room, assert_fault, go

from chainbill.errors import InternalFault
from chainbill.vm import ContractFault, Machine, Meter

TABLE = 'rows = own_table("row")\n'


class Broken(dict):
    """Rows that fail."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get(self, key: bytes, *_: object) -> object:
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        KeyError("x"),
        TypeError("x"),
        ValueError("x"),
        MemoryError(),
        RecursionError(),
        ZeroDivisionError(),
        OSError("disk"),
        AttributeError(),
    ],
)
def test_errors_below_the_contract_are_internal(error: Exception) -> None:
    room = Room(TABLE + go("return rows.get(1)"))
    room.rows.rows = Broken(error)
    with pytest.raises(InternalFault) as caught:
        Machine(room.program, room.rows, room.context, Meter(), b"").call("trial", "go", {})
    assert caught.value.fields["line"] == 4 + 3


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("return {}[ctx.party]", "key_missing"),
        ("return [][0]", "index_out_of_range"),
        ("return 1 // 0", "division_by_zero"),
        ("return 1 % 0", "division_by_zero"),
        ("return x", "name_not_set"),
        ("y = []\nk = 0\ny[k] = 1", "index_out_of_range"),
        ("y = [1]\ny[-2] = 1", "index_out_of_range"),
        ("y = [1]\nk = 99999999999999999999\ny[k] = 1", "index_out_of_range"),
        ("return None[0]", "wrong_type"),
        ("return len(1)", "wrong_type"),
        ('y = "a"\ny["b"] = 1', "wrong_type"),
        ("y = [1]\nreturn y[99999999999999999999]", "index_out_of_range"),
    ],
)
def test_errors_of_contract_code_are_faults_with_the_line(statement: str, reason: str) -> None:
    text = (
        statement
        if "[]" not in statement and "{}" not in statement and "None[" not in statement
        else statement.replace("return ", "z = ", 1)
    )
    text = (
        text.replace("z = {}[", "z = {}\nreturn z[")
        .replace("z = [][", "z = []\nreturn z[")
        .replace("z = None[", "z = None\nreturn z[")
    )
    body = go("if ctx.height == 0:\n    x = 1", text)
    error = assert_fault(body, reason)
    assert error.fields["line"] == 3 + len(body.split("\n"))


def test_the_meter_knows_what_a_failed_run_used() -> None:
    room = Room(TABLE + go("rows.put(1, 1)", "return 1 // 0"))
    with pytest.raises(ContractFault):
        room.run()
    assert room.meter.used > 50
    assert room.meter.writes == 1


def test_what_a_guard_raises_by_itself_is_a_fault_of_the_contract() -> None:
    room = Room(go("x = [1, 2]", "return sorted(x)"))
    space = room.program.entries["trial", "go"].run.__globals__
    space["ordered"].__globals__["_room_for_items"], kept = None, space["ordered"].__globals__["_room_for_items"]
    try:
        with pytest.raises(ContractFault) as caught:
            room.run()
    finally:
        space["ordered"].__globals__["_room_for_items"] = kept
    assert (caught.value.reason, caught.value.fields["line"]) == ("wrong_type", 7)
