"""Which test files try an act most of all, read off the tests of the contracts without running them.

A test function tries an act if it names it (`"sale.sell"`, or the words `"sale"` and `"sell"`, or the function alone
where no other contract has one of that name) or calls a function of the tests that does. The world that all tests share
does not count: everybody issues bills.

A file of 10 tests of which 8 try the act counts 8 x 8 / 10 = 6.4; one of 40 of which 10 do counts 2.5 and comes behind.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from chainbill_contracts.declared_acts import acts

TESTS = Path(__file__).resolve().parent.parent / "tests" / "contracts"
SHARED = frozenset({"world", "conftest"})
"""Modules whose functions bring every test to where it begins."""
MOST = 3


@cache
def tested() -> Mapping[str, tuple[str, ...]]:
    """Act → names of at most MOST test files, the one that tries it most first."""
    modules = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(TESTS.glob("*.py"))}
    tried = {name: dict(_tried(tree)) for name, tree in modules.items()}
    helpers = {
        (name, function): one
        for name, functions in tried.items()
        if not name.startswith("test_") and name not in SHARED
        for function, one in functions.items()
    }
    scores: dict[str, Counter[str]] = defaultdict(Counter)
    for name, tree in modules.items():
        if not name.startswith("test_"):
            continue
        known = _imported(tree, helpers) | tried[name]
        tests = [one for one in _functions(tree) if one.name.startswith("test_") or _refuses(one)]
        counted = Counter(act for test in tests for act in _reached(test, known))
        for act, times in counted.items():
            scores[act][name] = times * times * 1000 // len(tests)
    return {act: tuple(name for name, _ in scores[act].most_common(MOST)) for act in acts()}


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in tree.body if isinstance(node, ast.FunctionDef))


def _refuses(function: ast.FunctionDef) -> bool:
    """Whether it provokes a refusal for the table of all of them."""
    return any(
        isinstance(one, ast.Call) and getattr(one.func, "id", "") == "refuses" for one in function.decorator_list
    )


def _tried(tree: ast.Module) -> Iterator[tuple[str, frozenset[str]]]:
    """The functions of a module with the acts that each tries by itself or through its neighbours."""
    functions = {one.name: one for one in _functions(tree)}
    named = {name: _named(one) for name, one in functions.items()}
    for name, one in functions.items():
        yield name, named[name].union(*(named[called] for called in _called(one) if called in named))


def _imported(tree: ast.Module, helpers: Mapping[tuple[str, str], frozenset[str]]) -> dict[str, frozenset[str]]:
    """The helpers that a module imports, as it calls them."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                place = (node.module.rpartition(".")[2], name.name)
                if place in helpers:
                    found[name.asname or name.name] = helpers[place]
    return found


def _reached(test: ast.FunctionDef, known: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return _named(test).union(*(known[name] for name in _called(test) if name in known))


def _called(function: ast.FunctionDef) -> frozenset[str]:
    return frozenset(node.id for node in ast.walk(function) if isinstance(node, ast.Name))


def _named(function: ast.FunctionDef) -> frozenset[str]:
    """The acts that a function names."""
    words = {one.value for one in ast.walk(function) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    spelled = _spelled()
    return frozenset(
        act for act, (contract, name) in spelled.items()
        if act in words or (name in words and (contract in words or _alone(name)))
    )  # fmt: skip


@cache
def _spelled() -> Mapping[str, tuple[str, str]]:
    """Act → its contract and its function."""
    return {act: (act.split(".")[0], act.split(".")[1]) for act in acts()}


@cache
def _alone(name: str) -> bool:
    """Whether one contract alone has a function of this name, and it is no common word."""
    return "_" in name and [function for _, function in _spelled().values()].count(name) == 1
