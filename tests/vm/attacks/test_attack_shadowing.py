"""A name that means one thing when it is checked and another when it runs."""

from __future__ import annotations

import pytest
from vm.vm_room import answer, assert_rejected, go, plain


@pytest.mark.parametrize(
    "name",
    [
        "call",
        "require",
        "emit",
        "invoke",
        "own_table",
        "ctx",
        "len",
        "min",
        "max",
        "sorted",
        "range",
        "internal",
        "view",
    ],
)
def test_names_of_the_language_cannot_be_assigned_or_defined(name: str) -> None:
    assert_rejected(go(f"{name} = 1"), "name_reserved", line=3)
    assert_rejected(f"def {name}():\n    pass", "name_reserved", line=1)
    assert_rejected(f"{name} = 1", "name_reserved", line=1)
    assert_rejected(f"def go({name}):\n    pass", "name_reserved", line=1)
    assert_rejected(go(f"for {name} in [1]:\n    pass"), "name_reserved", line=3)


def test_a_table_or_constant_cannot_become_a_local_name() -> None:
    assert_rejected('tokens = own_table("token")\n' + go("tokens = 1"), "constant_assigned", line=4)
    assert_rejected("LIMIT = 1\n" + go("LIMIT += 1"), "constant_assigned", line=4)


def test_a_second_definition_does_not_replace_the_first() -> None:
    assert_rejected("def go():\n    pass\n\n\n" + go("pass"), "name_twice")
    assert_rejected("X = 1\nX = 2", "name_twice", line=2)
    assert_rejected('a = own_table("t")\nb = own_table("t")', "name_twice", line=2)


def test_a_local_name_hides_a_function_as_in_python_and_cannot_be_called() -> None:
    body = "@call\ndef go(digest):\n    return digest + quote(1)\n\n\ndef quote(quote):\n    return quote + 1"
    assert answer(body, {"digest": 5}) == plain(body, {"digest": 5}) == 7
    assert_rejected("def go(quote):\n    return quote(1)\n\n\ndef quote(x):\n    return x", "not_a_function", line=2)


def test_the_names_of_the_guarded_code_are_not_those_of_the_author() -> None:
    body = go(
        "m, t1, type, refuse, spent, MOST, v_x, f_go, T_a = 1, 2, 3, 4, 5, 6, 7, 8, 9",
        "return [m + t1, type, refuse, spent, MOST, v_x, f_go, T_a]",
    )
    assert answer(body) == plain(body) == [3, 3, 4, 5, 6, 7, 8, 9]
