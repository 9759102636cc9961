"""Many values that are each within bounds."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress

from vm.vm_room import Room, assert_metered, go

from chainbill.vm import OutOfGas


def test_memory_is_bounded_by_gas_and_allowance() -> None:
    body = go(
        "x = []",
        "for i in range(10000):\n    y = [0]\n    for j in range(13):\n        y += y\n    x += [y]",
        "return 1",
    )
    compiled = Room(body)
    tracemalloc.start()
    try:
        with suppress(OutOfGas):
            compiled.run()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40 * 2**20


def test_small_values_are_bounded_too() -> None:
    nested = (
        "x = []\nfor i in range(10000000):\n    y = []\n    for j in range(9999):\n        y += [[[]]]\n    x += [y]"
    )
    tracemalloc.start()
    try:
        assert_metered(go(nested), reason="out_of_memory_allowance")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40 * 2**20
