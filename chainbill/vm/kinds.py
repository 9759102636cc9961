"""Which kind of value an expression surely has, so that checks can be left out where they cannot fail.

Kinds: int, bool, short (text of at most 64 characters), text, bytes, list, tuple, map, none, and any (not known).
A name has a kind only if everything ever assigned to it in the function has it.

The field's word: type inference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chainbill.vm import tree
from chainbill.vm.grammar import BUILTINS, NATIVES
from chainbill.vm.values import Value

__all__ = ["Kinds", "kind_of_value"]

SHORT = 64
_INT_FIELDS = frozenset(("height", "time_ms", "gap_ms", "zone_offset_minutes"))
_LIST_FIELDS = frozenset(("signers", "recent_proposers"))


def kind_of_value(value: Value) -> str:
    """Return the kind of a constant."""
    if type(value) is str:
        return "short" if len(value) <= SHORT else "text"
    names = {bool: "bool", int: "int", bytes: "bytes", list: "list", tuple: "tuple", dict: "map", type(None): "none"}
    return names[type(value)]


def _join(one: str, other: str) -> str:
    if one == other or not one:
        return other
    if not other:
        return one
    return "text" if {one, other} == {"short", "text"} else "any"


class Kinds:
    """Kinds of the names of one function."""

    def __init__(self, function: tree.Function, constants: Mapping[str, Value], answers: Mapping[str, str]) -> None:
        self.constants = constants
        self.answers = answers  # own functions that were seen before, by what they answer
        self.names: dict[str, str] = dict.fromkeys(function.parameters, "any")
        before: dict[str, str] | None = None
        while before != self.names:
            before = dict(self.names)
            self._block(function.body)
        self.answer = self._answer(function)

    def _answer(self, function: tree.Function) -> str:
        if not function.body or not isinstance(function.body[-1], tree.Return):
            return "any"
        found = ""
        for statement in _returns(function.body):
            found = _join(found, "none" if statement.value is None else self.of(statement.value))
        return found

    def _block(self, body: Iterable[tree.Statement]) -> None:
        for statement in body:
            match statement:
                case tree.Assign():
                    self._assign(statement.target, self.of(statement.value), statement.value)
                case tree.Augment():
                    self._augment(statement)
                case tree.If():
                    self._block(statement.body)
                    self._block(statement.orelse)
                case tree.For():
                    self._for(statement)
                    self._block(statement.body)

    def _assign(self, target: tree.Target, kind: str, value: tree.Expression | None = None) -> None:
        if isinstance(target, tree.NameTarget):
            self.names[target.name] = _join(self.names.get(target.name, ""), kind)
        elif isinstance(target, tree.TupleTarget):
            parts = value.items if isinstance(value, tree.TupleOf) and len(value.items) == len(target.targets) else ()
            for index, part in enumerate(target.targets):
                self._assign(part, self.of(parts[index]) if parts else "any", parts[index] if parts else None)

    def _augment(self, statement: tree.Augment) -> None:
        if isinstance(statement.target, tree.NameTarget):
            before = self.names.get(statement.target.name, "")
            self._assign(
                statement.target, self.arithmetic(statement.operator, before or "any", self.of(statement.value))
            )

    def _for(self, statement: tree.For) -> None:
        target = statement.target
        if statement.kind == "range":
            self._assign(target, "int")
        elif statement.kind == "enumerate" and isinstance(target, tree.TupleTarget) and len(target.targets) == 2:
            self._assign(target.targets[0], "int")
            self._assign(target.targets[1], "any")
        else:
            self._assign(target, "any")

    @staticmethod
    def arithmetic(operator: str, left: str, right: str) -> str:
        """Return the kind of an arithmetic result, given that it has one."""
        if operator != "+" or "int" in (left, right):
            return "int"
        for kind in ("list", "tuple", "bytes"):
            if kind in (left, right):
                return kind
        return "text" if left in ("text", "short") or right in ("text", "short") else "any"

    def of(self, node: tree.Expression) -> str:
        """Return the kind of an expression, given that it has a value at all."""
        match node:
            case tree.Literal():
                return kind_of_value(node.value)
            case tree.Name():
                if node.name in self.names:
                    return self.names[node.name] or "any"
                return kind_of_value(self.constants[node.name]) if node.name in self.constants else "any"
            case tree.Arithmetic():
                return self.arithmetic(node.operator, self.of(node.left), self.of(node.right))
            case tree.BoolOperation():
                found = ""
                for operand in node.operands:
                    found = _join(found, self.of(operand))
                return found
            case tree.Choice():
                return _join(self.of(node.yes), self.of(node.no))
            case tree.Slice():
                kind = self.of(node.object)
                return kind if kind in ("text", "short", "bytes", "list", "tuple") else "any"
            case tree.Call():
                return self._call(node)
            case tree.TableCall():
                return {"has": "bool", "scan": "list"}.get(node.method, "any")
            case tree.ContextField():
                return "int" if node.field in _INT_FIELDS else "list" if node.field in _LIST_FIELDS else "short"
        return _FIXED.get(type(node), "any")

    def _call(self, node: tree.Call) -> str:
        name = node.function
        if name in self.answers:
            return self.answers[name]
        if name in ("min", "max") and len(node.arguments) > 1:
            found = ""
            for argument in node.arguments:
                found = _join(found, self.of(argument))
            return found if found != "bool" else "any"
        known = BUILTINS.get(name) or NATIVES.get(name)
        return known.answer if known is not None else "any"


_FIXED: dict[type, str] = {
    tree.ListOf: "list",
    tree.TupleOf: "tuple",
    tree.MapOf: "map",
    tree.Negate: "int",
    tree.Not: "bool",
    tree.Comparison: "bool",
    tree.IsNone: "bool",
}


def _returns(body: Iterable[tree.Statement]) -> list[tree.Return]:
    found: list[tree.Return] = []
    for statement in body:
        if isinstance(statement, tree.Return):
            found.append(statement)
        elif isinstance(statement, tree.If):
            found += _returns(statement.body) + _returns(statement.orelse)
        elif isinstance(statement, tree.For):
            found += _returns(statement.body)
    return found
