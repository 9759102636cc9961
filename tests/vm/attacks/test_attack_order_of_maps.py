"""The order in which a map was filled must not show: rows come back sorted, fresh maps do not."""

from __future__ import annotations

from itertools import permutations

import pytest
from vm.vm_room import answer, assert_fault, go, plain

from chainbill.vm import ContractFault
from chainbill.vm.values import copy_in


def test_a_map_is_gone_through_only_in_sorted_order() -> None:
    error = assert_fault(go('for k in {"b": 1, "a": 2}:\n    pass'), "wrong_type", line=3)
    assert "sorted(map)" in error.detail
    assert_fault(go('for i, k in enumerate({"b": 1}):\n    pass'), "wrong_type", line=3)
    assert_fault(go('for i, k in enumerate({"b": 1}, 1):\n    pass'), "wrong_type", line=3)
    body = go("x = []", 'for k in sorted({"b": 1, "a": 2}):\n    x += [k]', "return x")
    assert answer(body) == plain(body) == ["a", "b"]


def test_equal_maps_are_equal_in_any_order_and_so_are_their_hashes() -> None:
    body = go('x = {"a": 1, "b": [2]}', 'y = {"b": [2], "a": 1}', "return [x == y, digest(x) == digest(y)]")
    assert answer(body) == plain(body) == [True, True]


def test_which_difference_is_met_first_does_not_depend_on_the_order() -> None:
    for left in ('{"a": 1, "b": "x"}', '{"b": "x", "a": 1}'):
        assert answer(go(f'return {left} == {{"b": 5, "a": 2}}')) is False
        assert_fault(go(f'return {left} == {{"b": 5, "a": 1}}'), "wrong_type", line=3)


def test_which_of_several_faults_is_met_does_not_depend_on_the_order() -> None:
    faults = ['"a": 18446744073709551616', '"b": t', '"c": {"d": ["e", u]}']
    found = set()
    for order in permutations(faults):
        body = '@call\ndef go(t, u):\n    u = [u + t]\n    emit("x", {' + ", ".join(order) + "})"
        with pytest.raises(ContractFault) as caught:
            answer(body, {"t": "\u0301", "u": "e"})
        found.add(caught.value.reason)
    assert found == {"number_not_storable"}


def test_a_value_is_as_large_in_any_order() -> None:
    one, other = {"a": "x" * 100, "b": [1, 2], "应": b"y"}, {"应": b"y", "b": [1, 2], "a": "x" * 100}
    assert copy_in(one)[1] == copy_in(other)[1]
