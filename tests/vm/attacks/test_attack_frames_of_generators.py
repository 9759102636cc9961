"""A generator's frame leads to the caller's globals."""

from __future__ import annotations

import pytest
from vm.vm_room import assert_rejected, go


@pytest.mark.parametrize(
    "expression", ["(x for x in [1])", "[x for x in [1]]", "{x: x for x in []}", "[x for x in [1] if x]"]
)
def test_comprehensions_and_generators_are_refused(expression: str) -> None:
    assert_rejected(go(f"return {expression}"), "not_in_the_language", line=3)


@pytest.mark.parametrize("statement", ["yield 1", "x = yield", "yield from [1]", "await x"])
def test_yield_and_await_are_refused(statement: str) -> None:
    assert_rejected(go(statement), "not_in_the_language", line=3)


def test_a_frame_cannot_be_named() -> None:
    assert_rejected(go("return g.gi_frame.f_back.f_globals"), "not_in_the_language", line=3)
