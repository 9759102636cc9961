"""The top of a contract: docstring, constants, tables, functions, each defined once."""

from __future__ import annotations

import ast
import re

from chainbill.vm import bounds, tree
from chainbill.vm.expressions import expression
from chainbill.vm.grammar import GENERAL, GENERAL_MODULE, NATIVES, RESERVED
from chainbill.vm.messages import rejected
from chainbill.vm.parser import FunctionSource, module_body
from chainbill.vm.values import Value

__all__ = ["CONTRACT_NAME", "read_contract"]

CONTRACT_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def read_contract(name: str, source: str) -> tree.Contract:
    """Parse a source into a contract; raises ContractRejected. Runs inside `in_fresh_thread`."""
    if CONTRACT_NAME.fullmatch(name) is None or name == "core":
        raise rejected("contract_name", 0, repr(name)[:60])
    docstring, body = module_body(source)
    reader = _Reader()
    if body and isinstance(body[0], ast.ImportFrom):
        reader.take_import(name, body.pop(0))
    for node in body:
        reader.take(node)
    if len(reader.functions) > bounds.MAX_FUNCTIONS:
        raise rejected("too_many_functions")
    return tree.Contract(name, docstring, reader.imports, reader.constants, reader.tables, reader.functions)


class _Reader:
    """Takes the top-level statements in order."""

    def __init__(self) -> None:
        self.imports: dict[str, int] = {}
        self.constants: dict[str, Value] = {}
        self.tables: dict[str, tree.Table] = {}
        self.functions: dict[str, tree.Function] = {}

    def take(self, node: ast.stmt) -> None:
        line = node.lineno
        if isinstance(node, ast.FunctionDef):
            self._define(node.name, line)
            self.functions[node.name] = FunctionSource(node).convert()
        elif isinstance(node, ast.Assign):
            first = node.targets[0]
            if len(node.targets) != 1 or not isinstance(first, ast.Name):
                raise rejected("statement_not_at_top", line, "this assignment")
            self._define(first.id, line)
            self._assign(first.id, node.value)
        elif isinstance(node, ast.ImportFrom) and node.module == GENERAL_MODULE:
            raise rejected("import_wrong", line, "this one stands elsewhere")
        else:
            raise rejected("statement_not_at_top", line, type(node).__name__)

    def take_import(self, contract: str, node: ast.stmt) -> None:
        """Take the names that a contract uses of the general part."""
        if not isinstance(node, ast.ImportFrom) or node.module != GENERAL_MODULE or node.level != 0:
            raise rejected("statement_not_at_top", node.lineno, type(node).__name__)
        if contract == GENERAL:
            raise rejected("import_wrong", node.lineno, contract)
        for alias in node.names:
            if alias.name == "*" or alias.asname is not None:
                raise rejected("import_wrong", alias.lineno, alias.name)
            self._define(alias.name, alias.lineno)
            self.imports[alias.name] = alias.lineno

    def _define(self, name: str, line: int) -> None:
        if name in RESERVED or name in NATIVES:
            raise rejected("name_reserved", line, name)
        if name in self.imports or name in self.constants or name in self.tables or name in self.functions:
            raise rejected("name_twice", line, name)

    def _assign(self, name: str, value: ast.expr) -> None:
        node = expression(value)
        if isinstance(node, tree.Call) and node.function in ("own_table", "read_table"):
            self.tables[name] = self._table(name, node)
        else:
            self.constants[name] = self._constant(name, node)

    def _table(self, variable: str, node: tree.Call) -> tree.Table:
        names = [item.value for item in node.arguments if isinstance(item, tree.Literal) and type(item.value) is str]
        wanted = 1 if node.function == "own_table" else 2
        if len(names) != wanted or len(node.arguments) != wanted or node.keywords:
            raise rejected("table_wrong", node.line, variable)
        if any(CONTRACT_NAME.fullmatch(name) is None for name in names):
            raise rejected("table_wrong", node.line, " ".join(names)[:60])
        contract = names[0] if wanted == 2 else ""
        for table in self.tables.values():
            if (table.contract, table.name) == (contract, names[-1]):
                raise rejected("name_twice", node.line, names[-1])
        return tree.Table(node.line, variable, contract, names[-1])

    def _constant(self, name: str, node: tree.Expression) -> Value:
        match node:
            case tree.Literal():
                return node.value
            case tree.Name() if node.name in self.constants:
                value = self.constants[node.name]
                if isinstance(value, (list, tuple, dict)):  # sharing would multiply when copied
                    raise rejected("constant_not_literal", node.line, name)
                return value
            case tree.ListOf():
                return [self._constant(name, item) for item in node.items]
            case tree.TupleOf():
                return tuple(self._constant(name, item) for item in node.items)
            case tree.MapOf():
                return self._constant_map(name, node)
            case tree.Negate():
                return self._number(name, node.line, "-", 0, self._constant(name, node.operand))
            case tree.Arithmetic():
                left, right = self._constant(name, node.left), self._constant(name, node.right)
                return self._number(name, node.line, node.operator, left, right)
        raise rejected("constant_not_literal", node.line, name)

    def _constant_map(self, name: str, node: tree.MapOf) -> Value:
        keys = [self._constant(name, key) for key in node.keys]
        if any(type(key) is not str for key in keys):
            raise rejected("literal_misused", node.line, "a map has text keys")
        return dict(zip(keys, (self._constant(name, value) for value in node.values), strict=True))

    def _number(self, name: str, line: int, operator: str, left: Value, right: Value) -> int:
        if type(left) is not int or type(right) is not int or (operator in ("//", "%") and right == 0):
            raise rejected("constant_not_literal", line, name)
        answer: int = {
            "+": lambda: left + right,
            "-": lambda: left - right,
            "*": lambda: left * right,
            "//": lambda: left // right,
            "%": lambda: left % right,
        }[operator]()
        if not -bounds.INT_BOUND < answer < bounds.INT_BOUND:
            raise rejected("number_not_allowed", line, name)
        return answer
