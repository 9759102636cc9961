"""Source to tree: bounds first, then Python's parser in a fresh thread, then the allow-list.

The thread has a stack and a recursion depth of its own, so the outcome does not depend on who asks. With the bounds of
`scan` no accepted source comes near that depth; a test compiles the deepest one.
"""

from __future__ import annotations

import ast
import gc
import sys
import threading
import warnings
from collections.abc import Callable
from typing import TypeVar

from chainbill.vm import bounds, tree
from chainbill.vm.expressions import expression, refused_node, target
from chainbill.vm.grammar import ARITHMETIC, DECORATORS, NODES
from chainbill.vm.messages import rejected
from chainbill.vm.scan import check_source

__all__ = ["FunctionSource", "in_fresh_thread", "module_body", "statements"]

_Answer = TypeVar("_Answer")
_alone = threading.Lock()
FEATURE_VERSION = (3, 11)


def in_fresh_thread(work: Callable[[], _Answer]) -> _Answer:
    """Run `work` on an empty stack of fixed size and answer or raise what it does.

    One at a time, and without warnings: Python warns of `"abc"["x"]`, and where it is told to make errors of warnings,
    a node would refuse a contract that others take.
    """
    answers: list[_Answer] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(work())
        except BaseException as error:  # carried over to the caller's thread
            errors.append(error)

    with _alone, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if sys.getrecursionlimit() < bounds.PARSE_RECURSION_LIMIT:
            sys.setrecursionlimit(bounds.PARSE_RECURSION_LIMIT)
        before = threading.stack_size(bounds.PARSE_STACK_BYTES)
        try:
            thread = threading.Thread(target=run, name="contract-parser", daemon=True)
            thread.start()
        finally:
            threading.stack_size(before)
        thread.join()
    if errors:
        raise errors[0]
    return answers[0]


def module_body(source: str) -> tuple[str, list[ast.stmt]]:
    """Return the docstring and what follows the prelude line. Runs inside `in_fresh_thread`."""
    check_source(source)
    try:
        module = _parsed(source)
    except SyntaxError as error:
        raise rejected("syntax_error", error.lineno or 0, str(error.msg)) from None
    except (ValueError, MemoryError, RecursionError) as error:
        raise rejected("syntax_error", 0, type(error).__name__) from None
    body = module.body
    docstring = _docstring(body)
    if not docstring:
        raise rejected("docstring_missing", 1)
    if len(body) < 2 or not _is_prelude(body[1]):
        raise rejected("prelude_missing", body[1].lineno if len(body) > 1 else 1)
    return docstring, body[2:]


def _parsed(source: str) -> ast.Module:
    """Parse while nothing is collected: a finalizer may parse as well (one that logs a traceback does).

    CPython 3.11 counts the depth of both in one place, and the outer one ends in a SystemError (its issue 106905).
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(source, filename="<contract>", mode="exec", feature_version=FEATURE_VERSION)
    finally:
        if collects:
            gc.enable()


def _docstring(body: list[ast.stmt]) -> str:
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and type(first.value.value) is str:
        return first.value.value.strip()
    return ""


def _is_prelude(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.ImportFrom)
        and node.module == "chainbill.vm.prelude"
        and node.level == 0
        and [(alias.name, alias.asname) for alias in node.names] == [("*", None)]
    )


class FunctionSource:
    """Convert one top-level function."""

    def __init__(self, node: ast.FunctionDef) -> None:
        self.node = node

    def convert(self) -> tree.Function:
        """Return the function; refuses decorators, parameters and statements outside the language."""
        node = self.node
        kind, names = self._kind()
        body = list(node.body)
        docstring = _docstring(body)
        if docstring:
            body = body[1:]
        return tree.Function(
            node.lineno, node.name, kind, names, self._parameters(), docstring, statements(body, 0, docstring != "")
        )

    def _kind(self) -> tuple[str, tuple[str, ...]]:
        decorators = self.node.decorator_list
        if not decorators:
            return "private", ()
        mark = decorators[0]
        if len(decorators) > 1:
            raise rejected("decorator_not_allowed", mark.lineno, "several at once")
        if isinstance(mark, ast.Name) and mark.id in DECORATORS and mark.id not in ("internal", "each_day"):
            return mark.id, ()
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id in ("internal", "each_day"):
            names = tuple(
                argument.value
                for argument in mark.args
                if isinstance(argument, ast.Constant) and type(argument.value) is str
            )
            if not names or len(names) != len(mark.args) or mark.keywords:
                raise rejected("literal_needed", mark.lineno, f"@{mark.func.id}(...)")
            return mark.func.id, names
        raise rejected("decorator_not_allowed", mark.lineno, ast.unparse(mark)[:40])

    def _parameters(self) -> tuple[str, ...]:
        arguments, node = self.node.args, self.node
        plain = not (
            arguments.posonlyargs
            or arguments.kwonlyargs
            or arguments.vararg
            or arguments.kwarg
            or arguments.defaults
            or arguments.kw_defaults
            or node.returns
            or any(argument.annotation for argument in arguments.args)
        )
        if not plain:
            raise rejected("parameters_not_plain", node.lineno, node.name)
        return tuple(argument.arg for argument in arguments.args)


def statements(nodes: list[ast.stmt], depth: int, may_be_empty: bool = False) -> tuple[tree.Statement, ...]:
    """Convert a block."""
    if depth > bounds.MAX_BLOCK_NESTING:
        raise rejected("blocks_too_deep", nodes[0].lineno)
    if not nodes and may_be_empty:
        return ()
    return tuple(_statement(node, depth) for node in nodes)


def _statement(node: ast.stmt, depth: int) -> tree.Statement:  # noqa: PLR0912 - one arm a kind of node
    line = node.lineno
    if type(node) not in NODES:
        raise refused_node(node, line)
    match node:
        case ast.Assign():
            if len(node.targets) != 1:
                raise rejected("not_in_the_language", line, "a = b = c", instead="chained-assignment")
            return tree.Assign(line, target(node.targets[0]), expression(node.value))
        case ast.AugAssign():
            return _augment(node)
        case ast.If():
            # an elif is an If alone in orelse: it stands beside its if, not below it
            beside = len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)
            orelse = statements(node.orelse, depth if beside else depth + 1) if node.orelse else ()
            return tree.If(line, expression(node.test), statements(node.body, depth + 1), orelse)
        case ast.For():
            return _for(node, depth)
        case ast.Break():
            return tree.Break(line)
        case ast.Continue():
            return tree.Continue(line)
        case ast.Pass():
            return tree.Pass(line)
        case ast.Return():
            return tree.Return(line, None if node.value is None else expression(node.value))
        case ast.Expr():
            effect = expression(node.value)
            if not isinstance(effect, (tree.Call, tree.Invoke, tree.TableCall)):
                raise rejected("statement_without_effect", line, type(effect).__name__)
            return tree.Do(line, effect)
        case ast.FunctionDef():
            raise rejected("not_in_the_language", line, "def inside a function", instead="nested-function")
    raise rejected("not_in_the_language", line, type(node).__name__)


def _augment(node: ast.AugAssign) -> tree.Augment:
    operator = ARITHMETIC.get(type(node.op))
    if operator is None:
        raise rejected("not_in_the_language", node.lineno, type(node.op).__name__)
    left = target(node.target)
    if isinstance(left, tree.TupleTarget):
        raise rejected("syntax_error", node.lineno, "augmented assignment to several")
    return tree.Augment(node.lineno, operator, left, expression(node.value))


def _for(node: ast.For, depth: int) -> tree.For:
    if node.orelse:
        raise rejected("not_in_the_language", node.lineno, "for ... else", instead="for-else")
    source, kind = node.iter, "items"
    if isinstance(source, ast.Call) and isinstance(source.func, ast.Name) and source.func.id in ("range", "enumerate"):
        kind = source.func.id
        if source.keywords or any(isinstance(argument, ast.Starred) for argument in source.args):
            raise rejected("arguments_wrong", node.lineno, f"{kind} takes plain arguments")
        if not 1 <= len(source.args) <= (3 if kind == "range" else 2):
            raise rejected("arguments_wrong", node.lineno, f"{kind} takes 1 to {3 if kind == 'range' else 2} arguments")
        sequence = tuple(expression(argument, 1) for argument in source.args)
    else:
        sequence = (expression(source),)
    return tree.For(node.lineno, target(node.target), kind, sequence, statements(node.body, depth + 1))
