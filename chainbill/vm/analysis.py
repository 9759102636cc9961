"""Resolve every name of a contract before anything runs, and note what each function calls, writes and refuses.

The field's word: static analysis.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from chainbill.vm import bounds, tree
from chainbill.vm.context import CONTEXT_FIELDS
from chainbill.vm.grammar import BUILTINS, GENERAL, NATIVES, RESERVED, STATEMENTS, TABLE_METHODS, Signature
from chainbill.vm.messages import rejected

__all__ = ["CallShape", "Facts", "analyse", "literal_text"]

WRITING_NATIVES = frozenset(("new_id",))


@dataclass(frozen=True, slots=True)
class CallShape:
    """How a call hands over its arguments; whether they are the parameters of an import shows when it is linked."""

    line: int
    count: int  # by position
    names: tuple[str, ...]  # by name

    def fits(self, parameters: tuple[str, ...]) -> bool:
        """Say whether every parameter gets exactly one argument."""
        given = [*parameters[: self.count], *self.names]
        return self.count <= len(parameters) and sorted(given) == sorted(parameters)


@dataclass(slots=True)
class Facts:
    """What one function does, apart from what it calls."""

    names: set[str] = field(default_factory=set)
    calls: dict[str, int] = field(default_factory=dict)  # own function -> first line
    imported_calls: dict[str, list[CallShape]] = field(default_factory=dict)  # imported function -> its calls
    imported_values: dict[str, int] = field(default_factory=dict)  # imported constant -> first line
    invokes: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)  # target -> (line, arguments)
    writes: bool = False
    reasons: dict[str, None] = field(default_factory=dict)
    topics: dict[str, None] = field(default_factory=dict)
    depth: int = 0  # functions inside one another below this one, itself counted


def analyse(contract: tree.Contract) -> dict[str, Facts]:
    """Check all functions of a contract; raises ContractRejected."""
    facts = {}
    for function in contract.functions.values():
        facts[function.name] = _FunctionCheck(contract, function).run()
    _check_kinds(contract)
    _check_calls(contract, facts)
    if contract.name == GENERAL:
        _check_general_part(contract, facts)
    return facts


def _check_general_part(contract: tree.Contract, facts: dict[str, Facts]) -> None:
    """What every contract may import acts with each one's rights, so it may look and refuse, and nothing else."""
    for table in contract.tables.values():
        if not table.contract:
            raise rejected("general_part_acts", table.line, table.variable)
    for function in contract.functions.values():
        fact = facts[function.name]
        if function.kind != "private" or fact.writes or fact.invokes:
            raise rejected("general_part_acts", function.line, function.name)


def _check_kinds(contract: tree.Contract) -> None:
    agendas: set[str] = set()
    own = {table.name for table in contract.tables.values() if not table.contract}
    for function in contract.functions.values():
        if function.kind in ("init", "migrate"):
            if any(other.kind == function.kind and other is not function for other in contract.functions.values()):
                raise rejected("name_twice", function.line, f"@{function.kind}")
        elif function.kind == "each_day":
            agenda = function.kind_names[0]
            if len(function.kind_names) != 1 or agenda not in own or agenda in agendas:
                raise rejected("day_function_wrong", function.line, agenda)
            if function.parameters != ("date", "item", "row"):
                raise rejected("day_function_wrong", function.line, function.name)
            agendas.add(agenda)


def _check_calls(contract: tree.Contract, facts: dict[str, Facts]) -> None:
    """Find circles in the call graph, and how deep calls go; no recursion of our own."""
    state: dict[str, int] = {}
    for start, first in facts.items():
        path: list[tuple[str, list[str]]] = [(start, list(first.calls))] if start not in state else []
        if path:
            state[start] = 1
        while path:
            name, left = path[-1]
            if left:
                callee = left.pop()
                if state.get(callee) == 1:
                    circle = [step for step, _ in path]
                    circle = [*circle[circle.index(callee) :], callee]
                    raise rejected("recursion", facts[name].calls[callee], " -> ".join(circle))
                if callee not in state:
                    state[callee] = 1
                    path.append((callee, list(facts[callee].calls)))
                continue
            path.pop()
            state[name] = 2
            fact = facts[name]
            fact.depth = 1 + max((facts[callee].depth for callee in fact.calls), default=0)
            fact.writes = fact.writes or any(facts[callee].writes for callee in fact.calls)
            if fact.depth > bounds.MAX_CALL_DEPTH:
                raise rejected("calls_too_deep", contract.functions[name].line, name)
    for function in contract.functions.values():
        if function.kind == "view" and facts[function.name].writes:
            raise rejected("view_writes", function.line, function.name)


def literal_text(node: tree.Expression, contract: tree.Contract, what: str) -> str:
    """Return the text of a literal or of a text constant; anything else is refused."""
    value = node.value if isinstance(node, tree.Literal) else None
    if isinstance(node, tree.Name):
        value = contract.constants.get(node.name)
    if type(value) is not str or not 0 < len(value) <= bounds.MAX_NAME_LENGTH or not value.isascii():
        raise rejected("literal_needed", node.line, what)
    return value


def _shape_of(node: tree.Call) -> CallShape:
    return CallShape(node.line, len(node.arguments), tuple(name for name, _ in node.keywords))


class _FunctionCheck:
    """Names and shapes of one function."""

    def __init__(self, contract: tree.Contract, function: tree.Function) -> None:
        self.contract = contract
        self.function = function
        self.facts = Facts()
        self.loops = 0

    def run(self) -> Facts:
        function, facts = self.function, self.facts
        for name in function.parameters:
            self._define(name, function.line)
        if len(facts.names) != len(function.parameters):
            raise rejected("name_twice", function.line, function.name)
        self._collect(function.body)
        if len(facts.names) > bounds.MAX_LOCALS or len(function.parameters) > bounds.MAX_PARAMETERS:
            raise rejected("too_many_names", function.line)
        self._block(function.body)
        return facts

    def _define(self, name: str, line: int) -> None:
        if name in RESERVED:
            raise rejected("name_reserved", line, name)
        if name in self.contract.constants or name in self.contract.tables:
            raise rejected("constant_assigned", line, name)
        if name in self.contract.imports:
            raise rejected("name_twice", line, name)
        self.facts.names.add(name)

    def _collect(self, body: Iterable[tree.Statement]) -> None:
        for statement in body:
            match statement:
                case tree.Assign() | tree.Augment():
                    self._collect_target(statement.target)
                case tree.For():
                    self._collect_target(statement.target)
                    self._collect(statement.body)
                case tree.If():
                    self._collect(statement.body)
                    self._collect(statement.orelse)

    def _collect_target(self, target: tree.Target) -> None:
        if isinstance(target, tree.NameTarget):
            self._define(target.name, target.line)
        elif isinstance(target, tree.TupleTarget):
            for part in target.targets:
                self._collect_target(part)

    # --- statements ---------------------------------------------------------------------------------------------------
    def _block(self, body: Iterable[tree.Statement]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, statement: tree.Statement) -> None:
        match statement:
            case tree.Assign() | tree.Augment():
                self._value(statement.value)
                self._target(statement.target)
            case tree.If():
                self._value(statement.test)
                self._block(statement.body)
                self._block(statement.orelse)
            case tree.For():
                for part in statement.sequence:
                    self._value(part)
                self._target(statement.target)
                self.loops += 1
                self._block(statement.body)
                self.loops -= 1
            case tree.Return() if statement.value is not None:
                self._value(statement.value)
            case tree.Break() | tree.Continue() if not self.loops:
                raise rejected("syntax_error", statement.line, "break or continue outside a loop")
            case tree.Do():
                self._effect(statement.call)

    def _target(self, target: tree.Target) -> None:
        if isinstance(target, tree.TupleTarget):
            for part in target.targets:
                self._target(part)
        elif isinstance(target, tree.ItemTarget):
            self._value(target.object)
            self._value(target.index)

    def _effect(self, call: tree.Call | tree.Invoke | tree.TableCall) -> None:
        if isinstance(call, tree.TableCall):
            self._table_call(call, is_statement=True)
        elif isinstance(call, tree.Call) and call.function in STATEMENTS and call.function not in self.facts.names:
            self._require_or_emit(call)
        else:
            if isinstance(call, tree.Call) and call.function in BUILTINS:
                raise rejected("statement_without_effect", call.line, f"{call.function}(...)")
            self._value(call)

    def _require_or_emit(self, call: tree.Call) -> None:
        self._arity(call, STATEMENTS[call.function])
        facts = self.facts
        if call.function == "require":
            facts.reasons[literal_text(call.arguments[1], self.contract, "the reason of require")] = None
            rest = (call.arguments[0], *call.arguments[2:])
        else:
            facts.topics[literal_text(call.arguments[0], self.contract, "the topic of emit")] = None
            facts.writes = True
            rest = call.arguments[1:]
        for argument in rest:
            self._value(argument)

    # --- expressions --------------------------------------------------------------------------------------------------
    def _value(self, node: tree.Expression) -> None:
        match node:
            case tree.Name():
                self._name(node)
            case tree.ContextField():
                if node.field not in CONTEXT_FIELDS:
                    raise rejected("name_unknown", node.line, f"ctx.{node.field}")
            case tree.Call():
                self._call(node)
            case tree.TableCall():
                self._table_call(node, is_statement=False)
            case tree.Invoke():
                self._invoke(node)
            case _:
                for child in tree.children(node):
                    self._value(child)  # type: ignore[arg-type]

    def _name(self, node: tree.Name) -> None:
        name, contract = node.name, self.contract
        if name in self.facts.names or name in contract.constants:
            return
        if name in contract.imports:
            self.facts.imported_values.setdefault(name, node.line)
            return
        if name in contract.tables or name in contract.functions or name in RESERVED or name in NATIVES:
            raise rejected("not_a_value", node.line, name)
        raise rejected("name_unknown", node.line, name)

    def _call(self, node: tree.Call) -> None:
        name = node.function
        if name in self.facts.names:
            raise rejected("not_a_function", node.line, name)
        if name in self.contract.functions:
            self._own_call(node)
        elif name in self.contract.imports:
            self.facts.imported_calls.setdefault(name, []).append(_shape_of(node))
        elif name in ("range", "enumerate"):
            raise rejected("only_in_for", node.line, name)
        elif name in STATEMENTS:
            raise rejected("value_expected", node.line, name)
        elif name in BUILTINS or name in NATIVES:
            self._arity(node, BUILTINS.get(name) or NATIVES[name])
            self.facts.writes = self.facts.writes or name in WRITING_NATIVES
        elif name in RESERVED or name in self.contract.tables or name in self.contract.constants:
            raise rejected("not_a_function", node.line, name)
        else:
            raise rejected("name_unknown", node.line, f"function {name}")
        for argument in node.arguments:
            self._value(argument)
        for _, argument in node.keywords:
            self._value(argument)

    def _arity(self, node: tree.Call, signature: Signature) -> None:
        count = len(node.arguments)
        if node.keywords or not signature.least <= count <= signature.most:
            raise rejected("arguments_wrong", node.line, f"{node.function}: write {signature.example}")

    def _own_call(self, node: tree.Call) -> None:
        parameters = self.contract.functions[node.function].parameters
        if not _shape_of(node).fits(parameters):
            raise rejected("arguments_wrong", node.line, f"{node.function} takes ({', '.join(parameters)})")
        self.facts.calls.setdefault(node.function, node.line)

    def _table_call(self, node: tree.TableCall, *, is_statement: bool) -> None:
        table = self.contract.tables.get(node.table)
        if table is None or node.table in self.facts.names:
            raise rejected("not_in_the_language", node.line, f"{node.table}.{node.method}()", instead="Attribute")
        writes = node.method in ("put", "delete")
        if writes and table.contract:
            raise rejected("table_not_own", node.line, node.table)
        if writes and not is_statement:
            raise rejected("value_expected", node.line, f"{node.table}.{node.method}")
        if not writes and is_statement:
            raise rejected("statement_without_effect", node.line, f"{node.table}.{node.method}(...)")
        if len(node.arguments) != TABLE_METHODS[node.method]:
            raise rejected("arguments_wrong", node.line, f"{node.method} takes {TABLE_METHODS[node.method]} arguments")
        self.facts.writes = self.facts.writes or writes
        for argument in node.arguments:
            self._value(argument)

    def _invoke(self, node: tree.Invoke) -> None:
        found = self.facts.invokes.setdefault((node.contract, node.function), (node.line, len(node.arguments)))
        if found[1] != len(node.arguments):
            raise rejected("arguments_wrong", node.line, f"{node.contract}.{node.function}")
        for argument in node.arguments:
            self._value(argument)
