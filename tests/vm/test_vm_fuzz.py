"""Anything may be handed to anything: the machine answers, faults or runs out of gas, and never breaks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vm.vm_room import HEAD, Room

from chainbill.errors import ChainbillError
from chainbill.vm import ContractFault, ContractRefused, ContractRejected, OutOfGas, compile_contract
from chainbill.vm.grammar import BUILTINS, NATIVES

pytestmark = pytest.mark.untraced

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.sampled_from(
        [0, 1, -1, 2, 1000, 2**53, "2026-01-31", "2024-02-29", "0001-01-01", "9999-12-31", "T", "CNY", "0" * 64]
    ),
    st.text(max_size=12),
    st.binary(max_size=8),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)
ONE = """
rows = own_table("row")
agenda = own_table("agenda")
theirs = read_table("core", "range")


@each_day("agenda")
def on_day(date, item, row):
    pass


@call
def go(a, b, c):
    {}
"""
#: One statement a line; `;` is a new line, and after `for ...:` the first one is its body.
STATEMENTS = """
return a + b
return a - b
return a * b
return a // b
return a % b
return -a
return not a
return a == b
return a != b
return a < b
return a >= b
return a < b < c
return a in b
return a not in b
return a and b or c
return a if b else c
return a[b]
return a[b:c]
return a[:b]
return [a, b, {"k": c}]
return {a: b}
return sorted([a, b, c])
return min(a, b)
return max([a, b])
return rows.scan(a, b)
return theirs.scan(a, b)
emit("x", a)
emit("x", {"a": a, "b": [b]})
require(a, "no", b)
agenda.put(a, b)
a[b] = c; return a
a[b] += c; return a
a["x"] = b; return a
a["x"] += b; return a
a += b; return a
a -= b; return a
b, c = a; return b
b, (a, c) = a; return b
rows.put(a, b); return rows.get(a)
rows.delete(a); return rows.has(b)
a = [a]; a[0] = a; return a == [b]
a = a + b; a = a + a; return a + c
for x in a:; b = x; return b
for x, y in a:; b = y; return b
for x in range(a):; break
for x in range(a, b):; break
for x in range(a, b, c):; break
for x, y in enumerate(a):; c = y; return c
for x, y in enumerate(a, b):; c = y; return c
for x in enumerate(a):; c = x; return c
for a[b] in c:; pass; return a
"""
CALLS = [
    f"return {name}({', '.join('abc'[:count])})"
    for name, of in {**BUILTINS, **NATIVES}.items()
    for count in range(of.least, min(of.most, 3) + 1)
    if name not in ("range", "enumerate")
]


def written(line: str) -> str:
    """Return the statements of a line, indented."""
    return line.replace(":; ", ":\n        ").replace("; ", "\n    ")


ROOMS = {line: Room(ONE.format(written(line))) for line in [*STATEMENTS.strip().split("\n"), *CALLS]}


def is_allowed(error: ChainbillError) -> bool:
    """Say whether a run may end like this."""
    return isinstance(error, (ContractFault, OutOfGas)) or (isinstance(error, ContractRefused) and error.reason == "no")


@pytest.mark.parametrize("line", list(ROOMS))
@settings(max_examples=60, deadline=None)
@given(a=values, b=values, c=values)
def test_every_operation_takes_anything(line: str, a: Any, b: Any, c: Any) -> None:
    ended: ChainbillError | None = None
    try:
        ROOMS[line].run({"a": a, "b": b, "c": c}, gas_limit=200_000)
    except ChainbillError as error:
        ended = error
    assert ended is None or is_allowed(ended), ended


def compiles(source: str) -> bool:
    """Compile; a refusal carries its texts, anything but a refusal is an error of the machine."""
    try:
        compile_contract("trial", source)
    except ContractRejected as error:
        return not (error.fields["en"] and error.fields["zh"])
    return True


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_as_a_source_is_refused(text: str) -> None:
    assert not compiles(text)
    compiles(HEAD + text)


PIECES = """
def f(a): | return | a | b | ( | ) | [ | ] | { | } | : | , | = | + | - | == | < | in | not | is | None | if | else
elif | for | "x" | 1 | ctx | . | party | rows | get | own_table | require | emit | invoke | @call | @view
len | and | or | * | // | % | += | pass | break | ' | # | \\ |
"""
WORDS = [word.strip(" ") or "    " for line in PIECES.strip().split("\n") for word in line.split("|")]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, "\n", "\n    "]), max_size=60), st.sampled_from(["", " "]))
def test_any_row_of_words_as_a_source_is_refused_or_compiled(pieces: list[str], glue: str) -> None:
    compiles(HEAD + glue.join(pieces) + "\n")
