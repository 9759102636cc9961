"""Every statement of Python that is not in the language, with what to write instead."""

from __future__ import annotations

import pytest
from vm.vm_room import assert_rejected, contract, go

from chainbill.vm import ContractRejected, compile_contract

STATEMENTS = {
    "while True:\n    pass": "range(n)",
    "import os": "only import",
    "from os import path": "only import",
    "class A:\n    pass": "maps and top-level functions",
    "with a:\n    pass": "context managers",
    "del x": "table.delete",
    "nonlocal x": "return the value",
    "async def f():\n    pass": "in order",
    "x = 1; y = 2": "one statement a line",
    "x = \\\n    1": "inside brackets",
    "x @= y": "matrix",
    "x = ...": "pass",
    "x: int = 1": "annotation",
    "match x:\n    case 1:\n        pass": "if / elif",
    "x = {1, 2}": "list or a map",
    "x = [*y]": "one by one",
    "x = {**y}": "one by one",
    "f(*x)": "one by one",
    "f(**x)": "one by one",
    "x = y = 1": "one name a line",
    "def f():\n    pass": "top of the file",
    "for x in []:\n    pass\nelse:\n    pass": "flag",
    "return x[::2]": "no step",
    "return x is y": "None only",
    "return x is True": "None only",
    "x.append(1)": "items += [x]",
    "return x.y": "row",
    "x /= 2": "//=",
    "return x / 2": "//",
    "return not x is y": "None only",
}


@pytest.mark.parametrize("statement", list(STATEMENTS))
def test_it_is_refused_with_what_to_write_instead(statement: str) -> None:
    error = assert_rejected(go(statement), "not_in_the_language")
    assert STATEMENTS[statement] in error.fields["en"]


@pytest.mark.parametrize("statement", ["1", "x", '"text"', "x == 1", "x[0]", "len([])", "rows.get(1)", "-x"])
def test_statements_without_effect_are_refused(statement: str) -> None:
    assert_rejected('rows = own_table("row")\n' + go("x = 1", statement), "statement_without_effect", line=5)


@pytest.mark.parametrize(
    "statement", ["x = rows.put(1, 1)", 'x = emit("a", {})', 'return require(True, "a")', "return rows.delete(1)"]
)
def test_calls_without_a_value_give_none(statement: str) -> None:
    assert_rejected('rows = own_table("row")\n' + go(statement), "value_expected", line=4)


@pytest.mark.parametrize("statement", ["break", "continue", "if True:\n    break"])
def test_break_stands_in_a_loop(statement: str) -> None:
    assert_rejected(go(statement), "syntax_error")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "x = 1",
        '"""Doc."""',
        '"""Doc."""\nX = 1',
        '"""Doc."""\nfrom chainbill.vm.prelude import call',
        "from chainbill.vm.prelude import *",
    ],
)
def test_a_contract_begins_with_docstring_and_prelude(source: str) -> None:
    with pytest.raises(ContractRejected) as caught:
        compile_contract("trial", source)
    assert caught.value.reason in ("docstring_missing", "prelude_missing", "not_in_the_language")


def test_the_prelude_line_stands_once() -> None:
    assert_rejected("from chainbill.vm.prelude import *\nX = 1", "statement_not_at_top", line=1)


@pytest.mark.parametrize("name", ["", "A", "a-b", "core", "x" * 41, "1a", "a.b", "a\n"])
def test_contract_names(name: str) -> None:
    assert_rejected("X = 1", "contract_name", name=name)


@pytest.mark.parametrize(
    "source",
    [
        "def go(:",
        "x = = 1",
        "if True",
        "def go():\npass",
        'x = "abc',
        "x = (1,",
        "x = 1)",
        "x = (]",
        "return 1",
        "x = 1 2",
        "$",
        "x ? y",
        "`a`",
        "0 = x",
        "f() = 1",
    ],
)
def test_what_is_not_python_is_refused(source: str) -> None:
    with pytest.raises(ContractRejected) as caught:
        compile_contract("trial", contract(source))
    assert caught.value.reason in (
        "syntax_error",
        "brackets_do_not_match",
        "not_in_the_language",
        "statement_not_at_top",
    )
