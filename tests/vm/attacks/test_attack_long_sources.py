"""Sources that are merely too much."""

from __future__ import annotations

from time import process_time

import pytest
from vm.vm_room import assert_rejected, go


def test_size_lines_and_tokens_are_bounded_before_anything_else() -> None:
    assert_rejected("X = 1\n" * 20_000, "source_too_large")
    assert_rejected("#" * 66_000, "source_too_large")
    assert_rejected("# 应" * 17_000, "source_too_large")
    assert_rejected("#\n" * 5_000 + "X = 1", "too_many_lines")
    assert_rejected("X = [" + "[],\n" * 3_000 + "]\nY = [" + "1,2,3,4,5,6,7,8,\n" * 960 + "]", "too_many_tokens")
    assert_rejected(f'X = "{"a" * 1_990}"\nY = """' + ("b" * 1_000 + "\n") * 5 + '"""', "text_too_long")


def test_functions_parameters_and_names_are_bounded() -> None:
    assert_rejected("\n".join(f"def f{n}():\n    pass" for n in range(201)), "too_many_functions")
    assert_rejected(f"def go({', '.join(f'p{n}' for n in range(33))}):\n    pass", "too_many_names")
    assert_rejected(go(*[f"x{n} = {n}" for n in range(129)]), "too_many_names")


@pytest.mark.parametrize("name", ["x" * 65, "_x", "__builtins__"])
def test_names_are_short_and_do_not_begin_with_an_underscore(name: str) -> None:
    assert_rejected(go(f"{name} = 1"), "name_not_allowed", line=3)


def test_sharing_does_not_multiply_constants() -> None:
    assert_rejected("A = [1, 2]\nB = [A, A]\n", "constant_not_literal", line=2)


def test_a_short_source_that_becomes_a_long_program_is_refused_in_time() -> None:
    dense = "def f(a):\n" + ("    a = " + "+".join(["a"] * 30) + "\n") * 390
    start = process_time()
    assert_rejected(dense, "too_many_operations")
    assert process_time() - start < 3
