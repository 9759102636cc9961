"""Each way a contract can be wrong, with the reason and the line that its author is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from vm.vm_room import assert_rejected, go

from chainbill.vm.grammar_document import contract_language_document

TABLE = 'rows = own_table("row")\n'
HELPER = "def f(a, b):\n    return a\n\n\n"

CASES: list[tuple[str, str, int]] = [
    ("def go(a, a):\n    pass", "name_twice", 1),
    ("@init\ndef a():\n    pass\n\n\n@init\ndef b():\n    pass", "name_twice", 2),
    (go("x = range(3)"), "only_in_for", 3),
    (go("return len(range(3))"), "only_in_for", 3),
    (go("x = enumerate([1])"), "only_in_for", 3),
    (HELPER + go("return f(1)"), "arguments_wrong", 7),
    (HELPER + go("return f(1, 2, 3)"), "arguments_wrong", 7),
    (HELPER + go("return f(1, c=2)"), "arguments_wrong", 7),
    (HELPER + go("return f(1, a=2)"), "arguments_wrong", 7),
    (HELPER + go("return f(1, b=2, b=3)"), "arguments_wrong", 7),
    (go("return len()"), "arguments_wrong", 3),
    (go("return len(a=1)"), "arguments_wrong", 3),
    (go("return new_id()"), "arguments_wrong", 3),
    (go('require("reason")'), "arguments_wrong", 3),
    (go('emit("topic")'), "arguments_wrong", 3),
    (TABLE + go("return rows.get()"), "arguments_wrong", 4),
    (TABLE + go("rows.put(1)"), "arguments_wrong", 4),
    (TABLE + go("return rows.get(key=1)"), "arguments_wrong", 4),
    (TABLE + "def go(rows):\n    return rows.get(1)", "constant_assigned", 2),
    (go("x = {}", 'return x.get("a")'), "not_in_the_language", 4),
    (go("return nothing.get(1)"), "not_in_the_language", 3),
    (go('x = invoke("a", "f", 1)', 'return invoke("a", "f", 1, 2)'), "arguments_wrong", 4),
    (go("for i in range():\n    pass"), "arguments_wrong", 3),
    (go("for i in range(1, 2, 3, 4):\n    pass"), "arguments_wrong", 3),
    (go("for i in range(stop=3):\n    pass"), "arguments_wrong", 3),
    (go("for i in enumerate([], 1, 2):\n    pass"), "arguments_wrong", 3),
    (go("return +1"), "not_in_the_language", 3),
    (go("return 5 @ 3"), "not_in_the_language", 3),
    (go("return 1 is None"), "literal_misused", 3),
    (go("return [] is None"), "literal_misused", 3),
    (go("return [1][0]"), "literal_misused", 3),
    (go('return "abc"[0]'), "literal_misused", 3),
    (go("x = [1]", "return x[0, 1]"), "not_in_the_language", 4),
    (go("x = [1]", "x[0:1] = [2]"), "not_in_the_language", 4),
    (go("() = [1]"), "not_in_the_language", 3),
    (go("a.b = 1"), "not_in_the_language", 3),
    (go("(a, b) += 1"), "syntax_error", 3),
    (go("return ctx"), "not_a_value", 3),
    (go("return ctx()"), "not_a_function", 3),
    (go("return ctx.get(1)"), "not_in_the_language", 3),
    (go("return len"), "not_a_value", 3),
    (go("return call(1)"), "not_a_function", 3),
    (TABLE + go("return rows"), "not_a_value", 4),
    (TABLE + go("return rows(1)"), "not_a_function", 4),
    ("X = 5\n" + go("return X(1)"), "not_a_function", 4),
    ("X = {1: 2}", "literal_misused", 1),
    ("K = 1\nX = {K: 2}", "literal_misused", 2),
    ("X = 1 // 0", "constant_not_literal", 1),
    ('X = "a" + "b"', "constant_not_literal", 1),
    ("X = 1 < 2", "constant_not_literal", 1),
    ("X = Y", "constant_not_literal", 1),
    (f"X = {2**255} * 2 * 2", "number_not_allowed", 1),
    ("X, Y = 1, 2", "statement_not_at_top", 1),
    ("X += 1", "statement_not_at_top", 1),
    ("t = own_table()", "table_wrong", 1),
    ('t = own_table("a", "b")', "table_wrong", 1),
    ('t = read_table("a")', "table_wrong", 1),
    ('t = read_table("a", name="b")', "table_wrong", 1),
    ('digest = own_table("a")', "name_reserved", 1),
    ("def digest():\n    pass", "name_reserved", 1),
    ("@internal()\ndef go():\n    pass", "literal_needed", 1),
    ("@internal(a)\ndef go():\n    pass", "literal_needed", 1),
    ('@internal("a", key="b")\ndef go():\n    pass', "literal_needed", 1),
    (go("def inner():\n    pass"), "not_in_the_language", 3),
    (go('require(True, "reason that is ' + "x" * 60 + '")'), "literal_needed", 3),
    (go('require(True, "原因")'), "literal_needed", 3),
    (go('return "' + "x" * 900 + '" + """' + ("y" * 900 + "\n") * 5 + '"""'), "text_too_long", 0),
]


@pytest.mark.parametrize(("body", "reason", "line"), CASES, ids=range(len(CASES)))
def test_it_is_refused_with_reason_and_line(body: str, reason: str, line: int) -> None:
    error = assert_rejected(body, reason, line=line if line else None)
    if error.fields["line"]:
        assert error.detail.startswith(f"line {error.fields['line']}: ")
        assert error.fields["zh"].startswith(f"第 {error.fields['line']} 行:")


def test_the_reference_is_fresh() -> None:
    path = Path(__file__).resolve().parents[2] / "docs" / "reference" / "contract-language.md"
    text = path.read_text(encoding="utf-8")
    assert contract_language_document(text) == text, "run `python docs/generate.py`"
