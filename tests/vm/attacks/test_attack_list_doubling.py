"""A list that doubles: 40 turns make a trillion items."""

from __future__ import annotations

from vm.vm_room import assert_fault, assert_metered, go


def test_doubling_in_place_and_by_copy_ends_at_the_bound() -> None:
    assert_fault(go("x = [0]", "for i in range(40):\n    x += x", "return 1"), "list_too_long", line=5)
    assert_fault(go("x = [0]", "for i in range(40):\n    x = x + x", "return 1"), "list_too_long", line=5)
    assert_fault(go("x = (0,)", "for i in range(40):\n    x += x", "return 1"), "list_too_long", line=5)


def test_repetition_by_a_number_is_not_in_the_language() -> None:
    assert_fault(go("return [0] * 1000000000"), "wrong_type", line=3)
    assert_fault(go('return "a" * 1000000000'), "wrong_type", line=3)
    assert_fault(go('return 1000000000 * "a"'), "wrong_type", line=3)


def test_a_list_that_grows_while_it_is_gone_through_is_metered() -> None:
    assert_fault(go("x = [0]", "for y in x:\n    x += [y]", "return 1"), "list_too_long")
    assert_metered(go("x = [0]", "for y in x:\n    x += [y]", "return 1"), gas_limit=1_000)
