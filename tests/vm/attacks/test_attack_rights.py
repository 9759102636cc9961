"""Functions reached by those they are not meant for."""

from __future__ import annotations

import pytest
from vm.vm_room import Room, assert_rejected, build, go

from chainbill.vm import ContractFault, ContractRejected

TOKEN = """
rows = own_table("row")


@init
def start():
    rows.put("a", 1)


@call
def pay():
    return 1


@internal("finance")
def move():
    return [ctx.caller, ctx.party]


@view
def show():
    return ctx.caller


@migrate
def change():
    pass


def helper():
    return 1
"""


@pytest.mark.parametrize("function", ["start", "move", "show", "change", "helper", "nothing", "f_pay", "__class__"])
def test_a_transaction_reaches_only_call_functions(function: str) -> None:
    room = Room(token=TOKEN)
    with pytest.raises(ContractFault) as caught:
        room.run(name="token", function=function)
    assert caught.value.reason == "unknown_function"


@pytest.mark.parametrize("function", ["start", "pay", "change", "helper", "move"])
def test_a_contract_reaches_only_internal_for_it_and_view(function: str) -> None:
    with pytest.raises(ContractRejected) as caught:
        build(token=TOKEN, trial=go(f'return invoke("token", "{function}")'))
    assert caught.value.reason == "invoke_not_allowed"


def test_the_named_contract_may() -> None:
    room = Room(token=TOKEN, finance=go('return [invoke("token", "move"), invoke("token", "show"), ctx.caller]'))
    assert room.run(name="finance") == [["finance", "P"], "finance", ""]


def test_a_view_writes_nothing_not_even_through_others() -> None:
    table = 'rows = own_table("row")\n'
    assert_rejected(table + '@view\ndef go():\n    rows.put("a", 1)', "view_writes")
    assert_rejected(table + '@view\ndef go():\n    f()\n\n\ndef f():\n    rows.delete("a")', "view_writes")
    assert_rejected('@view\ndef go():\n    emit("a", {})', "view_writes")
    assert_rejected('@view\ndef go():\n    return new_id("T")', "view_writes")
    with pytest.raises(ContractRejected) as caught:
        build(
            a=table + '@internal("b")\ndef f():\n    rows.put("a", 1)',
            b='@view\ndef go():\n    return invoke("a", "f")',
        )
    assert caught.value.reason == "view_writes"


@pytest.mark.parametrize("args", [{}, {"a": 1}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "x": 2}])
def test_arguments_are_exactly_those_of_the_function(args: dict[str, int]) -> None:
    with pytest.raises(ContractFault) as caught:
        Room("@call\ndef go(a, b):\n    return a").run(args)
    assert caught.value.reason == "bad_arguments"
