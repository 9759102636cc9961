"""Sources that make the parser run out of stack or memory, long before anything runs."""

from __future__ import annotations

import pytest
from vm.vm_room import assert_rejected, contract, go

from chainbill.vm import compile_contract


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("-" * 30_000 + "1", "line_too_long"),
        ("-" * 1_900 + "1", "statement_too_long"),
        ("not " * 400 + "x", "statement_too_long"),
        ("(" * 900 + ")" * 900, "brackets_too_deep"),
        ("[" * 33 + "]" * 33, "brackets_too_deep"),
        ('{"a": ' * 40 + "1" + "}" * 40, "brackets_too_deep"),
        ("x" + "[0]" * 101, "statement_too_long"),
        ("f" + "()" * 101, "statement_too_long"),
        ("x" + ".a" * 101, "statement_too_long"),
        ("1" + " + 1" * 101, "statement_too_long"),
        ("1" + " + 1" * 60, "expression_too_deep"),
        ("1 if x else " * 60 + "1", "statement_too_long"),
        ("lambda: " * 100 + "1", "not_in_the_language"),
        ("x if y else " * 45 + "1", "expression_too_deep"),
    ],
)
def test_deep_expressions_are_refused(expression: str, reason: str) -> None:
    assert_rejected(go(f"return {expression}"), reason, line=3)


def test_a_statement_over_many_lines_is_still_one_statement() -> None:
    assert_rejected(go("return (" + "\n-" * 150 + "1)"), "statement_too_long")


def test_deep_blocks_and_long_elif_chains_are_refused() -> None:
    deep = "".join("    " * depth + "if x:\n" for depth in range(1, 60)) + "    " * 60 + "pass"
    assert_rejected(f"def go(x):\n{deep}", "blocks_too_deep")
    chain = "    if x == 0:\n        pass\n" + "".join(f"    elif x == {n}:\n        pass\n" for n in range(1, 52))
    assert_rejected(f"def go(x):\n{chain}", "too_many_elif")


def test_else_if_ladders_count_together() -> None:
    lines, indent = ["def go(x):"], 1
    for _ in range(12):
        lines.append("    " * indent + "if x == 0:\n" + "    " * (indent + 1) + "pass")
        lines += ["    " * indent + f"elif x == {n}:\n" + "    " * (indent + 1) + "pass" for n in range(1, 40)]
        lines.append("    " * indent + "else:")
        indent += 1
    lines.append("    " * indent + "pass")
    assert_rejected("\n".join(lines), "too_many_elif")


def deepest() -> str:
    """Everything at its bound at once."""
    operand = "[" * 29 + "x" + "]" * 29
    expression = " and ".join([" + ".join(["x"] * 30), f"{operand} == {operand}", *["x in y"] * 30])
    lines = ["def go(x, y):"]
    for depth in range(1, 16):
        lines += ["    " * depth + f"if {expression}:"]
    lines += ["    " * 16 + "if x == 0:", "    " * 17 + "pass"]
    lines += ["    " * 16 + f"elif x == {n}:\n" + "    " * 17 + "pass" for n in range(1, 51)]
    return "\n".join(lines)


def test_the_deepest_source_that_is_accepted_compiles_also_from_a_deep_stack() -> None:
    def dive(depth: int) -> str:
        return compile_contract("trial", contract(deepest())).guarded if depth == 0 else dive(depth - 1)

    assert dive(700) == dive(0)
