"""Gas that can be dodged: by early exits, by many calls, by failing."""

from __future__ import annotations

import pytest
from vm.vm_room import Room, go

from chainbill.vm import Machine, Meter, OutOfGas


def test_the_same_call_costs_the_same_whatever_ran_before() -> None:
    room = Room("@call\ndef go(n):\n    x = 0\n    for i in range(n):\n        x += i\n    return x")
    room.run({"n": 10})
    first = room.meter.used
    room.run({"n": 1000})
    room.run({"n": 10})
    assert room.meter.used == first


def test_calls_of_one_transaction_share_one_meter() -> None:
    room = Room("@call\ndef go(n):\n    for i in range(n):\n        pass")
    meter = Meter(gas_limit=10_000)
    machine = Machine(room.program, room.rows, room.context, meter, b"")
    used = []
    for _ in range(3):
        machine.call("trial", "go", {"n": 500})
        used.append(meter.used)
    assert used == [used[0], 2 * used[0], 3 * used[0]]
    with pytest.raises(OutOfGas):
        machine.call("trial", "go", {"n": 10_000})
    assert meter.used == 10_000


def test_events_and_writes_of_one_transaction_are_counted_together() -> None:
    room = Room('rows = own_table("row")\n' + go('emit("a", {})', "rows.put(1, 1)"))
    machine = Machine(room.program, room.rows, room.context, Meter(event_limit=2), b"")
    machine.call("trial", "go", {})
    machine.call("trial", "go", {})
    with pytest.raises(OutOfGas) as caught:
        machine.call("trial", "go", {})
    assert caught.value.reason == "too_many_events"


def test_the_dearer_branch_is_paid_for() -> None:
    cheap = "@call\ndef go(x):\n    if x:\n        return 1\n    return 2"
    dear = cheap.replace("return 1", "return 1 + 2 * 3 - 4 + 5 * 6 - 7 + 8")
    one, two = Room(cheap), Room(dear)
    one.run({"x": False})
    two.run({"x": False})
    assert two.meter.used > one.meter.used


def test_every_turn_of_a_loop_costs_something() -> None:
    for body in ("pass", "continue", "if i == -1:\n    break"):
        used = []
        for n in (10, 1010):
            room = Room(go(f"for i in range({n}):\n    " + body.replace("\n", "\n    ")))
            room.run()
            used.append(room.meter.used)
        assert used[1] - used[0] >= 1000


def test_arguments_and_answers_are_paid_by_size() -> None:
    body = "@call\ndef go(x):\n    return x"
    room = Room(body)
    room.run({"x": "a"})
    small = room.meter.used
    room.run({"x": "a" * 10_000})
    assert room.meter.used - small > 2_000
