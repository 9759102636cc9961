"""A comprehension's scope leaks or hides names differently in different versions."""

from __future__ import annotations

from vm.vm_room import assert_rejected, go


def test_there_are_no_comprehensions_to_shadow_with() -> None:
    error = assert_rejected(go("x = 1", "return [x for x in [2]]"), "not_in_the_language", line=4)
    assert "items += [x]" in error.fields["en"]


def test_no_walrus_no_lambda() -> None:
    assert_rejected(go("return (x := 1)"), "not_in_the_language", line=3)
    assert_rejected(go("f = lambda x: x"), "not_in_the_language", line=3)
