"""From Python's expression nodes to the contract language's own, by a closed table."""

from __future__ import annotations

import ast
import re

from chainbill.text_rule import is_text
from chainbill.vm import bounds, tree
from chainbill.vm.errors import ContractRejected
from chainbill.vm.grammar import ARITHMETIC, COMPARISONS, NODES, TABLE_METHODS
from chainbill.vm.messages import INSTEAD, rejected

__all__ = ["expression", "refused_node", "target"]

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


def refused_node(node: ast.AST, line: int) -> ContractRejected:
    """Return the rejection of a node that is not on the allow-list, with what to write instead."""
    name = type(node).__name__
    return rejected("not_in_the_language", line, name, instead=name if name in INSTEAD else "")


def expression(node: ast.expr, depth: int = 0) -> tree.Expression:  # noqa: PLR0912 - one arm a kind of node
    """Convert one expression; refuses what is outside the language."""
    line = node.lineno
    if type(node) not in NODES:
        raise refused_node(node, line)
    if depth >= bounds.MAX_EXPRESSION_DEPTH:
        raise rejected("expression_too_deep", line)
    below = depth + 1
    match node:
        case ast.Constant():
            return _literal(node)
        case ast.Name():
            return tree.Name(line, node.id)
        case ast.List():
            return tree.ListOf(line, tuple(expression(item, below) for item in node.elts))
        case ast.Tuple():
            return tree.TupleOf(line, tuple(expression(item, below) for item in node.elts))
        case ast.Dict():
            return _map(node, below)
        case ast.BinOp():
            return _arithmetic(node, below)
        case ast.UnaryOp():
            return _unary(node, below)
        case ast.BoolOp():
            operator = "and" if isinstance(node.op, ast.And) else "or"
            return tree.BoolOperation(line, operator, tuple(expression(item, below) for item in node.values))
        case ast.Compare():
            return _comparison(node, below)
        case ast.IfExp():
            parts = (expression(part, below) for part in (node.test, node.body, node.orelse))
            return tree.Choice(line, *parts)
        case ast.Subscript():
            return _subscript(node, below)
        case ast.Attribute():
            return _attribute(node)
        case ast.Call():
            return _call(node, below)
    raise rejected("not_in_the_language", line, type(node).__name__)


def _literal(node: ast.Constant) -> tree.Literal:
    value = node.value
    if type(value) not in (type(None), bool, int, str, bytes):
        name = "..." if value is ... else type(value).__name__
        raise rejected("not_in_the_language", node.lineno, name, instead="..." if value is ... else "")
    if type(value) is int and value >= bounds.INT_BOUND:
        raise rejected("number_not_allowed", node.lineno, "number")
    if isinstance(value, (str, bytes)) and len(value) > bounds.MAX_LITERAL_TEXT:
        raise rejected("text_too_long", node.lineno)
    # A run makes texts only out of literals, arguments and rows, which are all checked: no other code point comes in.
    # Joining and cutting may break form C, which is looked at again when a text leaves.
    if type(value) is str and not is_text(value):
        raise rejected("text_not_valid", node.lineno)
    return tree.Literal(node.lineno, value)


def _map(node: ast.Dict, depth: int) -> tree.MapOf:
    keys = []
    for key in node.keys:
        if key is None:
            raise rejected("not_in_the_language", node.lineno, "**", instead="Starred")
        keys.append(expression(key, depth))
    for key_node in keys:
        if isinstance(key_node, tree.Literal) and type(key_node.value) is not str:
            raise rejected("literal_misused", key_node.line, "a map has text keys")
    return tree.MapOf(node.lineno, tuple(keys), tuple(expression(value, depth) for value in node.values))


def _arithmetic(node: ast.BinOp, depth: int) -> tree.Expression:
    operator = ARITHMETIC.get(type(node.op))
    if operator is None:
        raise rejected("not_in_the_language", node.lineno, type(node.op).__name__)
    return tree.Arithmetic(node.lineno, operator, expression(node.left, depth), expression(node.right, depth))


def _unary(node: ast.UnaryOp, depth: int) -> tree.Expression:
    if isinstance(node.op, ast.Not):
        return tree.Not(node.lineno, expression(node.operand, depth))
    if not isinstance(node.op, ast.USub):
        raise rejected("not_in_the_language", node.lineno, type(node.op).__name__)
    operand = expression(node.operand, depth)
    if isinstance(operand, tree.Literal) and type(operand.value) is int:
        return tree.Literal(node.lineno, -operand.value)
    return tree.Negate(node.lineno, operand)


def _comparison(node: ast.Compare, depth: int) -> tree.Expression:
    operators = [COMPARISONS.get(type(op), "") for op in node.ops]
    if "is" in operators or "is not" in operators:
        right = node.comparators[0]
        if len(operators) != 1 or not (isinstance(right, ast.Constant) and right.value is None):
            raise rejected("not_in_the_language", node.lineno, "is", instead="Is")
        operand = expression(node.left, depth)
        if isinstance(operand, (tree.Literal, tree.TupleOf, tree.ListOf, tree.MapOf)):
            raise rejected("literal_misused", node.lineno, "a literal is never None")
        return tree.IsNone(node.lineno, operand, operators[0] == "is not")
    rest = tuple((op, expression(item, depth)) for op, item in zip(operators, node.comparators, strict=True))
    return tree.Comparison(node.lineno, expression(node.left, depth), rest)


def _subscript(node: ast.Subscript, depth: int) -> tree.Expression:
    looked_into = expression(node.value, depth)
    if isinstance(looked_into, (tree.Literal, tree.TupleOf, tree.ListOf, tree.MapOf)):
        raise rejected("literal_misused", node.lineno, "name the list or map first")
    if isinstance(node.slice, ast.Slice):
        if node.slice.step is not None:
            raise rejected("not_in_the_language", node.lineno, "step", instead="slice-step")
        low = None if node.slice.lower is None else expression(node.slice.lower, depth)
        high = None if node.slice.upper is None else expression(node.slice.upper, depth)
        return tree.Slice(node.lineno, looked_into, low, high)
    if isinstance(node.slice, ast.Tuple):
        raise rejected("not_in_the_language", node.lineno, "a[i, j]")
    return tree.Item(node.lineno, looked_into, expression(node.slice, depth))


def _attribute(node: ast.Attribute) -> tree.Expression:
    if not (isinstance(node.value, ast.Name) and node.value.id == "ctx"):
        raise rejected("not_in_the_language", node.lineno, f".{node.attr}", instead="Attribute")
    return tree.ContextField(node.lineno, node.attr)


def _call(node: ast.Call, depth: int) -> tree.Expression:
    line, function = node.lineno, node.func
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            raise rejected("not_in_the_language", line, "*", instead="Starred")
    keywords = []
    for keyword in node.keywords:
        if keyword.arg is None:
            raise rejected("not_in_the_language", line, "**", instead="Starred")
        keywords.append((keyword.arg, expression(keyword.value, depth)))
    arguments = tuple(expression(argument, depth) for argument in node.args)
    if isinstance(function, ast.Name):
        if function.id == "invoke":
            return _invoke(line, arguments, bool(keywords))
        return tree.Call(line, function.id, arguments, tuple(keywords))
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id != "ctx":
        if function.attr not in TABLE_METHODS:
            raise rejected("not_in_the_language", line, f".{function.attr}()", instead="Attribute")
        if keywords:
            raise rejected("arguments_wrong", line, f"{function.attr} takes no arguments by name")
        return tree.TableCall(line, function.value.id, function.attr, arguments)
    raise rejected("not_in_the_language", line, "a call of something that is not a name", instead="Attribute")


def _invoke(line: int, arguments: tuple[tree.Expression, ...], keywords: bool) -> tree.Invoke:
    names = [item.value for item in arguments[:2] if isinstance(item, tree.Literal) and type(item.value) is str]
    if len(names) != 2 or keywords:
        raise rejected("literal_needed", line, 'invoke("contract", "function", ...)')
    if any(_IDENTIFIER.fullmatch(name) is None for name in names):
        raise rejected("invoke_unknown", line, ascii(".".join(names))[:80])
    return tree.Invoke(line, names[0], names[1], arguments[2:])


def target(node: ast.expr) -> tree.Target:
    """Convert the left side of an assignment or of `for`."""
    line = node.lineno
    if isinstance(node, ast.Name):
        return tree.NameTarget(line, node.id)
    if isinstance(node, (ast.Tuple, ast.List)) and node.elts:
        return tree.TupleTarget(line, tuple(target(item) for item in node.elts))
    if isinstance(node, ast.Subscript):
        item = _subscript(node, 1)
        if isinstance(item, tree.Item):
            return tree.ItemTarget(line, item.object, item.index)
    raise refused_node(node, line)
