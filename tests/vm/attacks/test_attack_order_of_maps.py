"""The order in which a map was filled must not show: rows come back sorted, fresh maps do not."""

from __future__ import annotations

from vm.vm_room import answer, assert_fault, go, plain


def test_a_map_is_gone_through_only_in_sorted_order() -> None:
    error = assert_fault(go('for k in {"b": 1, "a": 2}:\n    pass'), "wrong_type", line=3)
    assert "sorted(map)" in error.detail
    assert_fault(go('for i, k in enumerate({"b": 1}):\n    pass'), "wrong_type", line=3)
    body = go("x = []", 'for k in sorted({"b": 1, "a": 2}):\n    x += [k]', "return x")
    assert answer(body) == plain(body) == ["a", "b"]


def test_equal_maps_are_equal_in_any_order_and_so_are_their_hashes() -> None:
    body = go('x = {"a": 1, "b": [2]}', 'y = {"b": [2], "a": 1}', "return [x == y, digest(x) == digest(y)]")
    assert answer(body) == plain(body) == [True, True]


def test_which_difference_is_met_first_does_not_depend_on_the_order() -> None:
    for left in ('{"a": 1, "b": "x"}', '{"b": "x", "a": 1}'):
        assert answer(go(f'return {left} == {{"b": 5, "a": 2}}')) is False
        assert_fault(go(f'return {left} == {{"b": 5, "a": 1}}'), "wrong_type", line=3)
