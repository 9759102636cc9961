"""Guarded code for a whole contract: new Python source made from the contract language's own tree.

Each function takes the machine `m` first. Gas for a straight stretch is taken on entry and per turn of a loop. The
emitted source keeps, line by line, the author's line it came from, so that a fault can name it.

The field's word: source-to-source compilation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chainbill.vm import tree
from chainbill.vm.analysis import Facts, literal_text
from chainbill.vm.bounds import MAX_GUARDED_BYTES
from chainbill.vm.emit_expressions import ExpressionEmitter
from chainbill.vm.gas import block_gas
from chainbill.vm.kinds import Kinds
from chainbill.vm.messages import rejected
from chainbill.vm.room import block_room
from chainbill.vm.rules import CodePrices
from chainbill.vm.values import Value

__all__ = ["TOO_LARGE", "Emitted", "emit_contract"]

TOO_LARGE = "too_many_operations"


@dataclass(slots=True)
class Emitted:
    """Guarded source and, for each of its lines, the author's line."""

    text: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=lambda: [0])  # lines[n] belongs to line n of the text, from 1
    size: int = 0  # without the digits of prices, so that no vote on them makes a contract too large that runs

    def add(self, indent: int, code: str, line: int, price_digits: int = 0) -> None:
        """Append one line; refuses what becomes too large."""
        self.text.append("\t" * indent + code)
        self.lines.append(line)
        self.size += indent + len(code) + 1 - price_digits
        if self.size > MAX_GUARDED_BYTES:
            raise rejected("too_many_operations")


def emit_contract(contract: tree.Contract, facts: Mapping[str, Facts], prices: CodePrices) -> Emitted:
    """Return guarded code for all functions, callees before callers."""
    out = Emitted()
    answers: dict[str, str] = {}
    for function in sorted(contract.functions.values(), key=lambda item: (facts[item.name].depth, item.name)):
        kinds = Kinds(function, contract.constants, answers)
        _FunctionEmitter(contract, function, kinds, prices, out).run()
        answers[function.name] = kinds.answer
    return out


def _is_text_literal(node: tree.Expression) -> bool:
    return isinstance(node, tree.Literal) and type(node.value) is str


class _FunctionEmitter:
    """Emits the statements of one function."""

    def __init__(
        self, contract: tree.Contract, function: tree.Function, kinds: Kinds, prices: CodePrices, out: Emitted
    ) -> None:
        self.contract = contract
        self.function = function
        self.kinds = kinds
        self.prices = prices
        self.out = out
        self.values = ExpressionEmitter(contract, kinds)

    def run(self) -> None:
        function = self.function
        parameters = ", ".join(["m", *(f"v_{name}" for name in function.parameters)])
        self.out.add(0, f"def f_{function.name}({parameters}):", function.line)
        entry = self.prices.statements["function"]
        self._charge(1, entry, function.body, function.line)
        self._block(function.body, 1)

    def _charge(self, indent: int, entry: int, body: tuple[tree.Statement, ...], line: int) -> None:
        """Emit what takes gas and memory for a straight stretch; `entry` is the price of coming to it."""
        gas, room = entry + block_gas(body, self.prices), block_room(body)
        self.out.add(indent, f"m.gas -= {gas}", line, len(str(gas)))
        if room:
            self.out.add(indent, f"m.room -= {room}", line)
        self.out.add(indent, f"if m.gas < 0{' or m.room < 0' if room else ''}: spent(m)", line)

    def _block(self, body: Iterable[tree.Statement], indent: int) -> None:
        for statement in body:
            self._statement(statement, indent)

    def _statement(self, statement: tree.Statement, indent: int) -> None:
        line = statement.line
        match statement:
            case tree.Assign():
                self._assign(statement, indent)
            case tree.Augment():
                self._augment(statement, indent)
            case tree.If():
                self._if(statement, indent, "if")
            case tree.For():
                self._for(statement, indent)
            case tree.Return():
                value = "" if statement.value is None else f" {self.values.code(statement.value)}"
                self.out.add(indent, f"return{value}", line)
            case tree.Do():
                self._do(statement.call, indent)
            case tree.Break() | tree.Continue() | tree.Pass():
                self.out.add(indent, type(statement).__name__.lower(), line)

    # --- assignment ---------------------------------------------------------------------------------------------------
    def _assign(self, statement: tree.Assign, indent: int) -> None:
        target, value = statement.target, statement.value
        if isinstance(target, tree.TupleTarget):
            names = [f"v_{part.name}" for part in target.targets if isinstance(part, tree.NameTarget)]
            alike = isinstance(value, tree.TupleOf) and len(value.items) == len(target.targets) == len(names)
            if alike and len(names) > 1:
                self.out.add(indent, f"{', '.join(names)} = {self.values.code(value)}", statement.line)
                return
        self._store(target, self.values.code(value), indent)

    def _store(self, target: tree.Target, code: str, indent: int) -> None:
        """Emit the assignment of a value whose code is evaluated exactly once, first."""
        line = target.line
        if isinstance(target, tree.NameTarget):
            self.out.add(indent, f"v_{target.name} = {code}", line)
        elif isinstance(target, tree.TupleTarget):
            whole = self.values.temporary()
            self.out.add(indent, f"{whole} = parts({code}, {len(target.targets)})", line)
            for index, part in enumerate(target.targets):
                self._store(part, f"{whole}[{index}]", indent)
        elif _is_text_literal(target.index):
            self.out.add(indent, f"{self.values.code(target.object)}[{self.values.code(target.index)}] = {code}", line)
        else:
            value = self.values.temporary()
            self.out.add(indent, f"{value} = {code}", line)
            place = f"{self.values.code(target.object)}, {self.values.code(target.index)}"
            self.out.add(indent, f"put_item(m, {place}, {value})", line)

    def _augment(self, statement: tree.Augment, indent: int) -> None:
        target, value_kind = statement.target, self.kinds.of(statement.value)
        if isinstance(target, tree.NameTarget):
            kind = self.kinds.names.get(target.name, "any")
            code = self._augmented(statement, f"v_{target.name}", kind, value_kind)
            self.out.add(indent, f"v_{target.name} = {code}", statement.line)
            return
        holder, old = self.values.temporary(), self.values.temporary()
        self.out.add(indent, f"{holder} = {self.values.code(target.object)}", statement.line)
        key = self.values.code(target.index)
        if not _is_text_literal(target.index):
            name = self.values.temporary()
            self.out.add(indent, f"{name} = {self.values.index(target.index)}", statement.line)
            key = name
        self.out.add(indent, f"{old} = {holder}[{key}]", statement.line)
        code = self._augmented(statement, old, "any", value_kind)
        if _is_text_literal(target.index):
            self.out.add(indent, f"{holder}[{key}] = {code}", statement.line)
        else:
            self.out.add(indent, f"put_item(m, {holder}, {key}, {code})", statement.line)

    def _augmented(self, statement: tree.Augment, old: str, old_kind: str, value_kind: str) -> str:
        value = self.values.code(statement.value)
        if statement.operator == "+" and "int" not in (old_kind, value_kind):
            if value_kind != "any" or old_kind != "any":
                return f"extend(m, {old}, {value})"
            first, again = self.values.bind(value)
            answer = self.values.temporary()
            test = f"type({old}) is type({first}) is int and LEAST < ({answer} := {old} + {again}) < MOST"
            return f"({answer} if {test} else extend(m, {old}, {again}))"
        return self.values.arithmetic(statement.operator, old, old_kind, value, value_kind)

    # --- branches and loops -------------------------------------------------------------------------------------------
    def _if(self, statement: tree.If, indent: int, word: str) -> None:
        self.out.add(indent, f"{word} {self.values.code(statement.test)}:", statement.line)
        self._block(statement.body, indent + 1)
        orelse = statement.orelse
        if len(orelse) == 1 and isinstance(orelse[0], tree.If):
            self._if(orelse[0], indent, "elif")
        elif orelse:
            self.out.add(indent, "else:", orelse[0].line)
            self._block(orelse, indent + 1)

    def _for(self, statement: tree.For, indent: int) -> None:
        target, line = statement.target, statement.line
        sequence = self._sequence(statement)
        pair = statement.kind == "enumerate" and isinstance(target, tree.TupleTarget) and len(target.targets) == 2
        parts = target.targets if pair and isinstance(target, tree.TupleTarget) else (target,)
        heads = [f"v_{part.name}" if isinstance(part, tree.NameTarget) else self.values.temporary() for part in parts]
        self.out.add(indent, f"for {', '.join(heads)} in {sequence}:", line)
        turn = self.prices.statements["turn"]
        self._charge(indent + 1, turn, statement.body, line)
        for part, head in zip(parts, heads, strict=True):
            if not isinstance(part, tree.NameTarget):
                self._store(part, head, indent + 1)
        self._block(statement.body, indent + 1)

    def _sequence(self, statement: tree.For) -> str:
        codes = [self.values.code(part) for part in statement.sequence]
        kinds = [self.kinds.of(part) for part in statement.sequence]
        if statement.kind == "range":
            if kinds == ["int"]:
                return f"range({codes[0]})"
            return f"span({', '.join(codes)})"
        items = codes[0] if kinds[0] == "list" else f"items({codes[0]})"
        if statement.kind == "items":
            return items
        return f"enumerate({items})" if len(codes) == 1 else f"numbered({items}, {codes[1]})"

    # --- calls for their effect ---------------------------------------------------------------------------------------
    def _do(self, call: tree.Call | tree.Invoke | tree.TableCall, indent: int) -> None:
        if isinstance(call, tree.Call) and call.function == "require" and "require" not in self.contract.functions:
            self._require(call, indent)
        elif isinstance(call, tree.Call) and call.function == "emit":
            topic = literal_text(call.arguments[0], self.contract, "topic")
            self.out.add(indent, f"m.emit({topic!r}, {self.values.code(call.arguments[1])})", call.line)
        else:
            self.out.add(indent, self.values.code(call), call.line)

    def _require(self, call: tree.Call, indent: int) -> None:
        reason = literal_text(call.arguments[1], self.contract, "reason")
        test = self.values.code(call.arguments[0])
        if len(call.arguments) == 2:
            self.out.add(indent, f"if not {test}: refuse(m, {reason!r})", call.line)
            return
        holds = self.values.temporary()
        self.out.add(indent, f"{holds} = {test}", call.line)
        details = self.values.temporary()
        self.out.add(indent, f"{details} = {self.values.code(call.arguments[2])}", call.line)
        self.out.add(indent, f"if not {holds}: refuse(m, {reason!r}, {details})", call.line)


def constant_globals(constants: Mapping[str, Value]) -> dict[str, Value]:
    """Return the lists, tuples and maps among the constants under the names the emitted code uses."""
    return {f"c_{name}": value for name, value in constants.items() if isinstance(value, (list, tuple, dict))}
