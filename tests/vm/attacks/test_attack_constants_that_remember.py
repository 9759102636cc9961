"""State kept between transactions in a module constant, outside the ledger."""

from __future__ import annotations

import pytest
from vm.vm_room import answer, assert_fault, assert_rejected, go, plain

STATE = 'SEEN = [1]\nMAP = {"n": 0, "inner": {"a": [1]}}\n'


@pytest.mark.parametrize(
    "change",
    [
        "x = SEEN\nx += [2]",
        "x = SEEN\nx[0] = 2",
        'x = MAP\nx["n"] = 1',
        'x = MAP["inner"]\nx["a"] = 1',
        'x = MAP["inner"]["a"]\nx += [2]',
        'x = MAP["inner"]["a"]\nx[0] += 1',
        'x = MAP\nx["n"] += 1',
        "for x in [SEEN]:\n    x += [1]",
        "x = [SEEN]\ny = x[:1][0]\ny += [1]",
        'MAP["n"] = 1',
        "SEEN[0] = 1",
        "SEEN[0] += 1",
    ],
)
def test_a_constant_cannot_change(change: str) -> None:
    assert_fault(STATE + go(change), "constant_changed")


def test_copies_of_constants_are_ordinary_values() -> None:
    body = STATE + go("x = SEEN[:]", "x += [2]", "y = SEEN + [3]", "y += [4]", "return [x, y, SEEN, MAP]")
    assert answer(body) == plain(body) == [[1, 2], [1, 3, 4], [1], {"n": 0, "inner": {"a": [1]}}]


def test_a_constant_that_was_stored_comes_back_as_an_ordinary_value() -> None:
    body = (
        'rows = own_table("row")\n'
        + STATE
        + go('rows.put("a", MAP)', 'x = rows.get("a")', 'x["n"] += 1', "return [x, MAP]")
    )
    assert answer(body) == plain(body) == [{"n": 1, "inner": {"a": [1]}}, {"n": 0, "inner": {"a": [1]}}]


def test_global_and_default_arguments_are_refused() -> None:
    assert_rejected(go("global x"), "not_in_the_language", line=3)
    assert_rejected("def go(x=[]):\n    pass", "parameters_not_plain", line=1)
    assert_rejected("def go(x: int):\n    pass", "parameters_not_plain", line=1)
    assert_rejected("def go(*x):\n    pass", "parameters_not_plain", line=1)
    assert_rejected("def go(a, /):\n    pass", "not_in_the_language", line=1)
