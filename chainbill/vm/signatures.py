"""What a function's own code says of its arguments and its results: kinds it asks for, words, members, rows, guards.

Read off the tree, never declared beside it, so that it cannot differ from what runs. It is what the code shows and no
more: an argument of which nothing is known has no kinds. Calls of helpers and of the general part are followed, what is
invoked in other contracts is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chainbill.vm import tree
from chainbill.vm.program import CompiledContract

__all__ = ["arguments_of", "results_of"]

GUARDS = ("require_", "checked_")
"""Helpers of which the first sentence of the docstring says what they let pass."""

NATIVE_KINDS = {"currency_digits": "text", "is_date": "text", "normalise_identifier": "text", "digest": ""}
"""Native → the kind of its first argument, "" for any."""

DEEPEST = 5  # calls that are followed, one in another


@dataclass
class Facts:
    """What is known of one argument."""

    kinds: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    rows: set[str] = field(default_factory=set)
    checks: list[str] = field(default_factory=list)
    looped: bool = False  # a list, or a text gone through by its characters

    def add(self, other: Facts) -> None:
        """Take over what another place says."""
        self.kinds |= other.kinds
        self.words |= other.words
        self.members |= other.members
        self.rows |= other.rows
        self.looped |= other.looped
        self.checks += [check for check in other.checks if check not in self.checks]

    def shape(self, name: str) -> dict[str, Any]:
        """As it is shown; what names a row is a text, what is looped over a list, where nothing else is said."""
        kinds = sorted(self.kinds) or (["text"] if self.rows else ["list"] if self.looped else [])
        return {
            "name": name, "kinds": kinds, "words": sorted(self.words), "members": sorted(self.members),
            "row_of": sorted(self.rows), "checks": self.checks,
        }  # fmt: skip


@dataclass(frozen=True)
class Program:
    """A contract, with the general part that it is linked with."""

    compiled: CompiledContract
    general: CompiledContract | None

    def home_of(self, function: str) -> Program | None:
        """Where a helper stands: here, or in the general part if it is imported."""
        if function in self.compiled.contract.functions:
            return self
        if self.general is not None and function in self.compiled.contract.imports:
            return Program(self.general, None) if function in self.general.contract.functions else None
        return None


def arguments_of(compiled: CompiledContract, general: CompiledContract | None, name: str) -> list[dict[str, Any]]:
    """Facts of each argument of a function, in order: name, kinds, words, members, row_of, checks."""
    program, function = Program(compiled, general), compiled.contract.functions[name]
    return [_facts(program, function.body, parameter, DEEPEST).shape(parameter) for parameter in function.parameters]


def results_of(compiled: CompiledContract, general: CompiledContract | None, name: str) -> list[str] | None:
    """Names of the members of the map that a function answers with; None where that does not show."""
    return _results(Program(compiled, general), name, DEEPEST)


def _results(program: Program, name: str, depth: int) -> list[str] | None:
    body = [*_walk(program.compiled.contract.functions[name].body)]
    returned = [node.value for node in body if isinstance(node, tree.Return)]
    maps = {
        node.target.name: node.value
        for node in body
        if isinstance(node, tree.Assign) and isinstance(node.target, tree.NameTarget)
        and isinstance(node.value, tree.MapOf)
    }  # fmt: skip
    names: set[str] = set()
    for value in returned:
        shown = maps.get(value.name) if isinstance(value, tree.Name) else value
        if isinstance(shown, tree.MapOf):
            names |= {str(key.value) for key in shown.keys if isinstance(key, tree.Literal)}
            continue
        home = program.home_of(shown.function) if isinstance(shown, tree.Call) and depth else None
        found = _results(home, shown.function, depth - 1) if home and isinstance(shown, tree.Call) else None
        if found is None:
            return None
        names |= set(found)
    return sorted(names) if returned else None


def _facts(program: Program, body: tuple[tree.Statement, ...], name: str, depth: int) -> Facts:
    """What a body says of a name, until it stands for something else."""
    found = Facts()
    for node in _walk(body):
        ends = isinstance(node, tree.Assign) and isinstance(node.target, tree.NameTarget) and node.target.name == name
        for one in _below(node) if ends else (node,):
            _note(found, program.compiled, one, name)
            if isinstance(one, tree.Call) and depth:
                _follow(found, program, one, name, depth)
            if isinstance(one, tree.For) and _names(one.sequence, name) and isinstance(one.target, tree.NameTarget):
                found.add(_facts(program, one.body, one.target.name, depth))
        if ends:
            break
    return found


def _names(expressions: tuple[tree.Expression, ...], name: str) -> bool:
    """Whether a list or tuple that is written out has the name in it."""
    written = [one.items for one in expressions if isinstance(one, tree.ListOf | tree.TupleOf)]
    return any(isinstance(item, tree.Name) and item.name == name for items in written for item in items)


def _note(found: Facts, compiled: CompiledContract, node: tree.Node, name: str) -> None:
    match node:
        case tree.Comparison():
            _compared(found, node, name)
        case tree.TableCall(table=table, method="get" | "has", arguments=(tree.Name(name=key), *_)) if key == name:
            declared = compiled.contract.tables[table]
            found.rows.add(f"{declared.contract or compiled.contract.name}.{declared.name}")
        case tree.TableCall(method="get" | "has", arguments=(tree.ListOf() as key, *_)) if _names((key,), name):
            found.kinds.add("text")
        case tree.Item(object=tree.Name(name=whole), index=tree.Literal(value=str(member))) if whole == name:
            found.kinds.add("map")
            found.members.add(member)
        case tree.For(kind="items", sequence=(tree.Name(name=whole),)) if whole == name:
            found.looped = True
        case tree.Call(function=native, arguments=(tree.Name(name=given), *_)) if given == name:
            if kind := NATIVE_KINDS.get(native):
                found.kinds.add(kind)
        case _:
            pass


def _compared(found: Facts, node: tree.Comparison, name: str) -> None:
    """`kind_of(x) == "int"` names a kind, `x in ("yes", "no")` words, `x > 0` a number."""
    for operator, other in node.rest:
        values = [one.value for one in (other.items if isinstance(other, tree.TupleOf | tree.ListOf) else (other,))
                  if isinstance(one, tree.Literal)]  # fmt: skip
        match node.first:
            case tree.Call(function="kind_of", arguments=(tree.Name(name=given),)) if given == name:
                found.kinds |= {str(value) for value in values}
            case tree.Name(name=given) if given == name:
                texts = {value for value in values if isinstance(value, str)}
                found.kinds |= {"text"} if texts else set()
                found.words |= texts if operator == "in" else set()
                found.kinds |= {"int"} if any(type(value) is int for value in values) else set()
            case _:
                pass


def _follow(known: Facts, program: Program, call: tree.Call, name: str, depth: int) -> None:
    """Take over what a helper says of the argument that it is given."""
    home = program.home_of(call.function)
    if home is None:
        return
    called = home.compiled.contract.functions[call.function]
    for parameter, argument in [*zip(called.parameters, call.arguments, strict=False), *call.keywords]:
        if isinstance(argument, tree.Name) and argument.name == name:
            said = _facts(home, called.body, parameter, depth - 1)
            if called.name.startswith(GUARDS) and called.docstring and parameter == called.parameters[0]:
                said.checks = [_sentence(called.docstring, home.compiled.contract.constants)]
            known.add(said)


def _sentence(docstring: str, constants: Mapping[str, Any]) -> str:
    """The first sentence or half of one, with the values of the constants that it names."""
    sentence = docstring.partition("; ")[0].partition(". ")[0].rstrip(".")
    return re.sub(r"[A-Z][A-Z_]+", lambda match: str(constants.get(match[0], match[0])), sentence)


def _walk(nodes: tuple[tree.Statement, ...]) -> Iterator[tree.Node]:
    """Every node of a body, in the order of the source."""
    for node in nodes:
        yield from _below(node)


def _below(node: tree.Node) -> Iterator[tree.Node]:
    yield node
    for child in tree.children(node):
        yield from _below(child)
