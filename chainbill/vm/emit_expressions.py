"""Guarded code for expressions: the check that a value is of the right kind stands beside the operation.

Every operand is evaluated once and in Python's order; what is needed twice goes into a temporary (`t1`, `t2`, ...). The
names used by the emitted code are those of `guards.GUARDS`; the author's get a prefix (`v_`, `c_`, `f_`, `T_`, `I_`).
"""

from __future__ import annotations

import re

from chainbill.vm import tree
from chainbill.vm.bounds import MAX_KEY_TEXT
from chainbill.vm.kinds import SHORT, Kinds
from chainbill.vm.native_calls import TAKE_MACHINE
from chainbill.vm.values import Value

__all__ = ["ExpressionEmitter", "invoke_name"]

_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|-?[0-9]+")
_TEXTS = ("text", "short")
_INLINE_TEXT = 512  # longer texts are compared by a guard that charges for it


class ExpressionEmitter:
    """Emits the expressions of one function. Every method returns code that is an atom: a name, literal or bracket."""

    def __init__(self, contract: tree.Contract, kinds: Kinds) -> None:
        self.contract = contract
        self.kinds = kinds
        self._temporaries = 0

    def temporary(self) -> str:
        """Return a new name."""
        self._temporaries += 1
        return f"t{self._temporaries}"

    def bind(self, code: str) -> tuple[str, str]:
        """Return (code to evaluate first, code to use afterwards)."""
        if _SIMPLE.fullmatch(code):
            return code, code
        name = self.temporary()
        return f"({name} := {code})", name

    def code(self, node: tree.Expression) -> str:
        """Return guarded code for an expression."""
        match node:
            case tree.Literal():
                return literal_code(node.value)
            case tree.Name():
                return self._name(node.name)
            case tree.ContextField():
                return _context_field(node.field)
            case tree.ListOf():
                return f"[{', '.join(self.code(item) for item in node.items)}]"
            case tree.TupleOf():
                return f"({''.join(self.code(item) + ', ' for item in node.items)})"
            case tree.MapOf():
                pairs = zip(node.keys, node.values, strict=True)
                return "{" + ", ".join(f"{self._map_key(key)}: {self.code(value)}" for key, value in pairs) + "}"
            case tree.Arithmetic():
                left, right = self.code(node.left), self.code(node.right)
                return self.arithmetic(node.operator, left, self.kinds.of(node.left), right, self.kinds.of(node.right))
            case tree.Comparison():
                return self._comparison(node)
            case tree.BoolOperation():
                return f"({f' {node.operator} '.join(self.code(item) for item in node.operands)})"
            case tree.Item():
                return f"{self.code(node.object)}[{self.index(node.index)}]"
            case _:
                return self._other(node)

    def _other(self, node: tree.Expression) -> str:
        match node:
            case tree.Negate():
                first, again = self.bind(self.code(node.operand))
                return f"(-{again} if type({first}) is int else wrong('-', {again}))"
            case tree.Not():
                return f"(not {self.code(node.operand)})"
            case tree.IsNone():
                return f"({self.code(node.operand)} is {'not ' if node.negated else ''}None)"
            case tree.Choice():
                return f"({self.code(node.yes)} if {self.code(node.test)} else {self.code(node.no)})"
            case tree.Slice():
                ends = ("None" if end is None else self.code(end) for end in (node.low, node.high))
                return f"cut(m, {self.code(node.object)}, {', '.join(ends)})"
            case tree.Call():
                return self.call(node)
            case tree.Invoke():
                arguments = "".join(self.code(item) + ", " for item in node.arguments)
                return f"invoke(m, {invoke_name(node.contract, node.function)}, ({arguments}))"
            case tree.TableCall():
                return f"m.{node.method}(T_{node.table}, {', '.join(self.code(item) for item in node.arguments)})"
        raise TypeError(type(node).__name__)

    def _name(self, name: str) -> str:
        if name in self.kinds.names:
            return f"v_{name}"
        if name in self.contract.imports:  # its value comes with the general part, when the contracts are linked
            return f"c_{name}"
        value = self.contract.constants[name]
        return f"c_{name}" if isinstance(value, (list, tuple, dict)) else literal_code(value)

    def index(self, node: tree.Expression) -> str:
        """Return code for what stands in [...]: a whole number or a text, never a boolean."""
        if self.kinds.of(node) in ("int", *_TEXTS):
            return self.code(node)
        first, again = self.bind(self.code(node))
        return f"({again} if type({first}) is int or type({again}) is str else wrong('[]', {again}))"

    def _map_key(self, node: tree.Expression) -> str:
        if self.kinds.of(node) == "short":
            return self.code(node)
        first, again = self.bind(self.code(node))
        return f"({again} if type({first}) is str and len({again}) <= {MAX_KEY_TEXT} else wrong_key({again}))"

    # --- arithmetic ---------------------------------------------------------------------------------------------------
    def arithmetic(self, operator: str, left: str, left_kind: str, right: str, right_kind: str) -> str:
        """Return code for `left operator right`, faulting on anything but two whole numbers or, for +, two alike."""
        if operator == "+" and not {left_kind, right_kind} & {"int", "any"}:
            return f"add(m, {left}, {right})"
        known_left, known_right = left_kind == "int", right_kind == "int"
        if known_left and known_right:
            return self._whole(operator, left, right, "", "")
        if known_right:
            first, again = self.bind(left)
            return self._whole(operator, again, right, f"type({first}) is int", f"no_number({operator!r}, {again})")
        if known_left and _SIMPLE.fullmatch(left):
            first, again = self.bind(right)
            return self._whole(operator, left, again, f"type({first}) is int", f"no_number({operator!r}, {again})")
        (first_left, left), (first_right, right) = self.bind(left), self.bind(right)
        test = f"type({first_left}) is type({first_right}) is int"
        other = f"add(m, {left}, {right})" if operator == "+" else f"no_number({operator!r}, {left}, {right})"
        return self._whole(operator, left, right, test, other)

    def _whole(self, operator: str, left: str, right: str, test: str, other: str) -> str:
        if operator in ("//", "%"):
            return f"({left} {operator} {right} if {test} else {other})" if test else f"({left} {operator} {right})"
        answer = self.temporary()
        bounds = f"LEAST < ({answer} := {left} {operator} {right}) < MOST"
        if not test:
            return f"({answer} if {bounds} else too_large())"
        return f"({answer} if {test} and {bounds} else {other})"

    # --- comparisons --------------------------------------------------------------------------------------------------
    def _comparison(self, node: tree.Comparison) -> str:
        parts = []
        left, left_kind = self.code(node.first), self.kinds.of(node.first)
        last = len(node.rest) - 1
        for index, (operator, operand) in enumerate(node.rest):
            if operator in ("in", "not in"):
                code, right = self._membership(operator, left, left_kind, operand, needed_again=index < last)
            else:
                right, again = self.code(operand), ""
                if index < last:
                    right, again = self.bind(right)
                code = self._compare(operator, left, left_kind, right, self.kinds.of(operand))
                right = again
            parts.append(code)
            left, left_kind = right, self.kinds.of(operand)
        return parts[0] if len(parts) == 1 else f"({' and '.join(parts)})"

    def _compare(self, operator: str, left: str, left_kind: str, right: str, right_kind: str) -> str:
        simple_left = _SIMPLE.fullmatch(left) is not None or left[0] in "'\""
        for kind, group in (("int", ("int",)), ("str", ("short",))):
            if left_kind in group and right_kind in group:
                return f"({left} {operator} {right})"
            if right_kind in group:
                first, left = self.bind(left)
                return f"({left} {operator} {right} if type({first}) is {kind} else wrong({operator!r}, {left}))"
            if left_kind in group and simple_left:
                first, right = self.bind(right)
                return f"({left} {operator} {right} if type({first}) is {kind} else wrong({operator!r}, {right}))"
        (first_left, left), (first_right, right) = self.bind(left), self.bind(right)
        if operator in ("==", "!="):
            kind = self.temporary()
            alike = f"({kind} := type({first_left})) is type({first_right})"
            test = f"{alike} and ({kind} is int or {kind} is str and len({left}) < {_INLINE_TEXT})"
            other = f"same(m, {left}, {right})"
            return f"({left} {operator} {right} if {test} else {other if operator == '==' else f'(not {other})'})"
        test = f"type({first_left}) is type({first_right}) is int"
        return f"({left} {operator} {right} if {test} else before(m, {operator!r}, {left}, {right}))"

    def _membership(
        self, operator: str, left: str, left_kind: str, operand: tree.Expression, *, needed_again: bool
    ) -> tuple[str, str]:
        alike = _alike_literals(operand)
        if alike and not needed_again:
            container = f"({''.join(literal_code(value) + ', ' for value in alike)})"
            kind = type(alike[0]).__name__
            if left_kind == ("int" if kind == "int" else "short"):
                return f"({left} {operator} {container})", ""
            first, left = self.bind(left)
            return f"({left} {operator} {container} if type({first}) is {kind} else wrong({operator!r}, {left}))", ""
        right, again = self.bind(self.code(operand))
        code = f"holds(m, {left}, {right})"
        return (code if operator == "in" else f"(not {code})"), again

    # --- calls --------------------------------------------------------------------------------------------------------
    def call(self, node: tree.Call) -> str:
        """Return code for a call of an own or imported function, a builtin or a native."""
        name = node.function
        arguments = [self.code(argument) for argument in node.arguments]
        if name in self.contract.functions or name in self.contract.imports:
            arguments += [f"v_{keyword}={self.code(value)}" for keyword, value in node.keywords]
            return f"f_{name}({', '.join(['m', *arguments])})"
        if name == "len":
            return f"len({arguments[0]})"
        if name in ("min", "max"):
            return self._least_or_most(name, node, arguments)
        if name in ("abs", "sorted"):
            return f"absolute({arguments[0]})" if name == "abs" else f"ordered(m, {arguments[0]})"
        return f"n_{name}({', '.join(['m', *arguments] if name in TAKE_MACHINE else arguments)})"

    def _least_or_most(self, name: str, node: tree.Call, arguments: list[str]) -> str:
        if len(arguments) == 1:
            return f"extreme(m, {name!r}, {arguments[0]})"
        if len(arguments) > 2:
            return f"extreme(m, {name!r}, ({', '.join(arguments)}))"
        kinds = [self.kinds.of(argument) for argument in node.arguments]
        (first_left, left), (first_right, right) = self.bind(arguments[0]), self.bind(arguments[1])
        choice = f"{right} if {right} {'<' if name == 'min' else '>'} {left} else {left}"
        if kinds == ["int", "int"] and first_left == left and first_right == right:
            return f"({choice})"
        return (
            f"(({choice}) if type({first_left}) is type({first_right}) is int"
            f" else extreme(m, {name!r}, ({left}, {right})))"
        )


def invoke_name(contract: str, function: str) -> str:
    """Return the global under which the emitted code finds a function of another contract; no two share one."""
    return f"I_{len(contract)}_{contract}_{function}"


def literal_code(value: Value) -> str:
    """Return the source of a scalar constant."""
    if type(value) is int and value < 0:
        return f"({value})"
    return repr(value)


def _context_field(field: str) -> str:
    if field in ("signers", "recent_proposers"):
        return f"m.context_list({field!r})"
    return "m.caller" if field == "caller" else f"m.context.{field}"


def _alike_literals(node: tree.Expression) -> list[Value]:
    """Return the values of a literal list or tuple of only short texts or only numbers, else nothing."""
    if not isinstance(node, (tree.ListOf, tree.TupleOf)) or not node.items:
        return []
    values = [item.value for item in node.items if isinstance(item, tree.Literal)]
    kinds = {type(value) for value in values}
    if len(values) != len(node.items) or kinds not in ({str}, {int}):
        return []
    if any(type(value) is str and len(value) > SHORT for value in values):
        return []
    return values
