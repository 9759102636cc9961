"""Faults of one place by rule, as people plant them: an operand left out, a bound moved by one, a call that is missing,
another field of the same row.

Told as those of `round_*.toml`: text of one file that stands there once, and what stands there instead.
"""

from __future__ import annotations

import ast
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from planted.planting import CONTRACTS, ROOT, Fault

AREAS = (
    "contracts/chainbill_contracts",
    *(f"node/chainbill_node/{room}" for room in ("consensus", "driver", "storage", "mempool", "sync")),
    "node/chainbill_node/application",
    "chainbill/ledger",
    "chainbill/state",
    "node/chainbill_node/rest",
)
"""Files of the product, and folders with all that is in them."""
OUTSIDE = ("__init__.py", "declared_acts.py", "declared_reads.py", "declared_rows.py")
"""Of the contracts' folder what hands them out and what is told about them: no contracts."""
Ops = dict[type[ast.cmpop], type[ast.cmpop]]
EDGES: Ops = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
REVERSE: Ops = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OTHERS = {"min": "max", "max": "min", "any": "all", "all": "any"}
PLAIN = ast.Name | ast.Attribute | ast.Subscript
ALIKE = (
    ("amount", "secured", "received", "owed", "unpaid", "settled", "face", "total", "occupied", "lo", "hi"),
    ("holder", "pledgee", "debtor", "creditor", "party", "bank", "by", "payer", "payee", "initiator", "sponsor"),
    (
        "due_on",
        "until",
        "pledged_on",
        "ended_on",
        "final_on",
        "acts_on",
        "closed_on",
        "from_date",
        "date",
        "effective_on",
    ),
    ("created", "accepted", "ended"),
)
NEAR = {field: [one for one in alike if one != field] for alike in ALIKE for field in alike}
"""Fields that somebody may take for one another: of those a row has these are tried first."""
SETS = (ast.BitOr, ast.BitAnd, ast.Sub)
UNHEARD = ("log", "_log", "logger", "metrics", "_metrics")
"""Receivers of calls that nobody but an operator misses."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Change(NamedTuple):
    """Instead of the text of `node` stands `text`."""

    kind: str
    node: ast.expr | ast.stmt
    text: str


def mutants(seed: int, count: int, module: str = "") -> list[Fault]:
    """That many, drawn in turn from every kind, no two alike, of the files whose path has `module` in it."""
    chance = random.Random(f"sweep {seed}")
    kinds: dict[str, list[tuple[str, str, Change]]] = defaultdict(list)
    for file in files():
        text = (ROOT / file).read_text(encoding="utf-8")
        for change in changes(text, of_module=file.startswith(CONTRACTS)) if module in file else ():
            kinds[change.kind].append((file, text, change))
    for drawn in kinds.values():
        chance.shuffle(drawn)
    chosen: dict[tuple[str, str], Fault] = {}
    while len(chosen) < count and (left := [kind for kind in sorted(kinds) if kinds[kind]]):
        fault = _told(*kinds[chance.choice(left)].pop())
        if fault is not None:
            chosen.setdefault((fault.file, fault.broken), fault)
    return list(chosen.values())


def files() -> list[str]:
    """All that get faults."""
    found = [[ROOT / area] if area.endswith(".py") else sorted((ROOT / area).rglob("*.py")) for area in AREAS]
    inside = (path for area in found for path in area if not (CONTRACTS in str(path) and path.name in OUTSIDE))
    return [str(path.relative_to(ROOT)) for path in inside]


def changes(text: str, *, of_module: bool = False) -> Iterator[Change]:
    """All that this file's functions can have; `of_module`: and the numbers that it names, where all is run anew."""
    tree = ast.parse(text)
    fields = _fields(tree)
    for function in _outermost(tree):
        yield from _changes(function, fields)
    for node in tree.body if of_module else ():
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and type(node.value.value) is int:
            yield from _of_numbers(node.value)


def line_of(fault: Fault) -> int:
    """The line of the sound text where the first difference is, from 1."""
    same = next(i for i, (a, b) in enumerate(zip(fault.before, fault.after + "\0", strict=False)) if a != b)
    return fault.sound.count("\n", 0, fault.sound.index(fault.before) + same) + 1


def _told(file: str, text: str, change: Change) -> Fault | None:
    """In whole lines, with as many above them as make it the only such place. None: it would not compile."""
    lines = text.encode().splitlines(keepends=True)
    first, last = change.node.lineno - 1, (change.node.end_lineno or 0) - 1
    start = sum(map(len, lines[:first])) + change.node.col_offset
    stop = sum(map(len, lines[:last])) + (change.node.end_col_offset or 0)
    raw = text.encode()
    broken = (raw[:start] + change.text.encode() + raw[stop:]).decode()
    try:
        compile(broken, file, "exec")
    except SyntaxError:
        return None
    above, below = text.splitlines(keepends=True), broken.splitlines(keepends=True)
    after = len(below) - (len(above) - 1 - last)
    while text.count(before := "".join(above[first : last + 1])) != 1:
        first -= 1
    name = f"{file.rpartition('/')[2].removesuffix('.py')}:{change.node.lineno} {change.kind}"
    return Fault(name, file, before, "".join(below[first:after]), "")


def _outermost(tree: ast.Module | ast.ClassDef) -> Iterator[Function]:
    for node in tree.body:
        if isinstance(node, Function):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from _outermost(node)


def _fields(tree: ast.Module) -> dict[str, list[str]]:
    """By the name of a row the fields of it that this file knows."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(ast.Name(row), ast.Constant(str(field))):
                found[row].add(field)
    return {row: sorted(fields) for row, fields in found.items()}


def _changes(function: Function, fields: Mapping[str, Sequence[str]]) -> Iterator[Change]:
    inner = [node for statement in function.body for node in _walk(statement)]
    if not any(isinstance(node, ast.Return) and node.value is not None for node in inner):
        for statement in function.body[1:]:
            yield Change("return early", statement, "return")
    for node in inner:
        yield from _of_rows(node, fields)
        yield from _of_statements(node)
        yield from _of_calls(node)
        if isinstance(node, ast.expr):
            yield from _of_expressions(node)
    yield from _of_names(function, inner)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """All that is in it, without what is only told: types, the words of errors, of the log and of texts."""
    if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr) or _is_log(node):
        return
    yield node
    annotation = getattr(node, "annotation", None)
    for child in ast.iter_child_nodes(node):
        if child is not annotation:
            yield from _walk(child)


def _of_statements(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.If(test, [ast.Return() | ast.Raise() | ast.Continue() | ast.Break(), *_]):
            yield Change("negate a guard", test, f"not ({ast.unparse(test)})")
            yield Change("drop a guard", test, "False")
        case ast.If(test):
            yield Change("one branch", test, "True")
            yield Change("one branch", test, "False")
        case ast.Expr(ast.Call() | ast.Await()) if not _is_log(node.value):
            yield Change("drop a call", node, "pass")
        case ast.AugAssign(target, value=value):
            yield Change("drop a call", node, "pass")
            yield Change("set instead of add", node, f"{ast.unparse(target)} = {ast.unparse(value)}")
        case ast.Continue():
            yield Change("leave the loop", node, "break")
        case ast.Break():
            yield Change("leave the loop", node, "continue")
        case ast.Delete():
            yield Change("drop a call", node, "pass")
        case ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield Change("drop an assignment", node, "pass")


def _is_log(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and any(name in UNHEARD for name in ast.unparse(node.func).split("."))


def _of_calls(node: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.Call):
        return
    name = ast.unparse(node.func)
    if name in OTHERS:
        yield Change("the other of two functions", node.func, OTHERS[name])
    for place, keyword in enumerate(node.keywords):
        if keyword.arg and (name == "replace" or keyword.arg in ("reverse", "default", "sync", "key")):
            left = [*node.keywords[:place], *node.keywords[place + 1 :]]
            yield Change("drop a keyword", node, ast.unparse(ast.Call(node.func, node.args, left)))
    for place in range(len(node.args) - 1):
        if all(isinstance(one, ast.Name | ast.Attribute) for one in node.args[place : place + 2]):
            args = [*node.args[:place], node.args[place + 1], node.args[place], *node.args[place + 2 :]]
            yield Change("swap arguments", node, ast.unparse(ast.Call(node.func, args, node.keywords)))


def _of_expressions(node: ast.expr) -> Iterator[Change]:
    match node:
        case ast.BoolOp(op, values):
            for place in range(len(values)):
                left: ast.expr = ast.BoolOp(op, [*values[:place], *values[place + 1 :]])
                yield Change("drop an operand", node, f"({ast.unparse(left)})")
            yield Change("and for or", node, f"({ast.unparse(ast.BoolOp(_other(op), values))})")
        case ast.Compare(left, ops, rights):
            for place, op in enumerate(ops):
                for kind, others in (("move an edge", EDGES), ("the reverse", REVERSE)):
                    if type(op) in others:
                        told = [*ops[:place], others[type(op)](), *ops[place + 1 :]]
                        yield Change(kind, node, f"({ast.unparse(ast.Compare(left, told, rights))})")
        case ast.BinOp(one, ast.Add() | ast.Sub() | ast.FloorDiv() | ast.Mult()) if not _is_text(one):
            yield Change("one off", node, f"({ast.unparse(node)} + 1)")
            yield Change("one off", node, f"({ast.unparse(node)} - 1)")
            if isinstance(node.op, ast.Add | ast.Sub):
                other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
                yield Change("plus for minus", node, f"({ast.unparse(ast.BinOp(one, other, node.right))})")
        case ast.Constant(int(_)):
            yield from _of_numbers(node)
        case ast.Subscript(_, ast.Slice(lower, upper)):
            for bound in (lower, upper):
                if bound is not None:
                    yield Change("one off", bound, f"{ast.unparse(bound)} + 1")
        case ast.Subscript(_, ast.Constant(0)):
            yield Change("the other end", node.slice, "-1")
        case ast.Subscript(_, ast.UnaryOp(ast.USub(), ast.Constant(1))):
            yield Change("the other end", node.slice, "0")
        case ast.IfExp(test, body, orelse):
            yield Change("one branch", node, f"({ast.unparse(body)})")
            yield Change("one branch", node, f"({ast.unparse(orelse)})")
    if isinstance(node, ast.BinOp) and isinstance(node.op, SETS) and isinstance(node.right, ast.Set | ast.Name):
        yield Change("drop an operand of a set", node, f"({ast.unparse(node.left)})")
    if isinstance(node, ast.List | ast.Tuple) and len(node.elts) > 2 and isinstance(node.ctx, ast.Load):
        for place in range(len(node.elts)):
            yield Change(
                "drop an element",
                node,
                ast.unparse(type(node)([*node.elts[:place], *node.elts[place + 1 :]], node.ctx)),
            )
    if isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp):
        for part in node.generators:
            for test in part.ifs:
                yield Change("drop a filter", test, "True")


def _of_numbers(node: ast.Constant) -> Iterator[Change]:
    if type(node.value) is int:  # not a truth
        for number in (node.value - 1, node.value + 1):
            yield Change("another number", node, f"({number})" if number < 0 else str(number))


def _of_rows(node: ast.AST, fields: Mapping[str, Sequence[str]]) -> Iterator[Change]:
    """Another field of the same row; two fields that have each other's value."""
    match node:
        case ast.Subscript(ast.Name(row), ast.Constant(str(field)) as place):
            others = [one for one in fields[row] if one != field]
            for other in NEAR.get(field, ()) if set(NEAR.get(field, ())) & set(others) else others[:1] + others[-1:]:
                if other in others:
                    yield Change("another field", place, f'"{other}"')
        case ast.Dict(keys, values):
            for place in range(len(keys) - 1):
                one, two = values[place : place + 2]
                if isinstance(one, PLAIN) and isinstance(two, PLAIN) and None not in keys:
                    told = ast.Dict(keys, [*values[:place], two, one, *values[place + 2 :]])
                    yield Change("each other's value", node, ast.unparse(told))


def _other(op: ast.boolop) -> ast.boolop:
    return ast.Or() if isinstance(op, ast.And) else ast.And()


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and not isinstance(node.value, int))


def _of_names(function: Function, inner: Sequence[ast.AST]) -> Iterator[Change]:
    """A parameter for another one of the same annotation."""
    same: dict[str, list[str]] = defaultdict(list)
    for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
        if one.annotation is not None:
            same[ast.unparse(one.annotation)].append(one.arg)
    nexts = {name: names[(i + 1) % len(names)] for names in same.values() for i, name in enumerate(names)}
    for node in inner:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and nexts.get(node.id, node.id) != node.id:
            yield Change("its neighbour", node, nexts[node.id])
