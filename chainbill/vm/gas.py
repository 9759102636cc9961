"""What things cost. One unit is about the time of one simple guarded operation (roughly 30 ns).

A straight stretch of code, an `if` with its dearer branch included, is paid for at once: on entry to a function, and
at the start of every turn of a loop. So a run never does more than it has paid for, and the price of a call depends
only on the functions entered and the turns taken. Work that depends on sizes is paid for where it is done.
"""

from __future__ import annotations

from collections.abc import Iterable

from chainbill.vm import tree
from chainbill.vm.grammar import BUILTINS, NATIVES, STATEMENTS

__all__ = ["block_gas", "expression_gas"]

GET_GAS = 30  # and 1 a node copied
PUT_GAS = 60  # and 1 for every BYTES_A_GAS
DELETE_GAS = 40
SCAN_GAS = 60  # and ROW_GAS a row, and 1 a node copied
ROW_GAS = 20
EMIT_GAS = 30
INVOKE_GAS = 25
CALL_GAS = 4
CONTEXT_LIST_GAS = 30
SOURCE_CHARACTER_GAS = 20  # of a source that source_problem looks at
GUARDED_BYTE_GAS = 5  # of the guarded code that it compiles
COMPARE_GAS = 8  # a pair of values inside lists and maps that are compared or looked through
BYTES_A_GAS = 8
HASH_BYTES_A_GAS = 4

NODE_GAS: dict[type, int] = {
    tree.Literal: 0,
    tree.Name: 0,
    tree.ContextField: 1,
    tree.ListOf: 4,
    tree.TupleOf: 2,
    tree.MapOf: 6,
    tree.Negate: 2,
    tree.Not: 1,
    tree.Arithmetic: 3,
    tree.Comparison: 3,
    tree.IsNone: 1,
    tree.BoolOperation: 1,
    tree.Choice: 1,
    tree.Item: 1,
    tree.Slice: 4,
    tree.Invoke: INVOKE_GAS,
    tree.TableCall: 4,
    tree.NameTarget: 0,
    tree.ItemTarget: 3,
    tree.TupleTarget: 4,
}


def expression_gas(node: tree.Node) -> int:
    """Return the fixed price of an expression or target, all of it evaluated."""
    below = sum(1 + expression_gas(child) for child in tree.children(node))
    if isinstance(node, tree.Call):
        name = node.function
        known = BUILTINS.get(name) or NATIVES.get(name) or STATEMENTS.get(name)
        return below + (CALL_GAS if known is None else known.gas)
    return below + NODE_GAS[type(node)]


def block_gas(body: Iterable[tree.Statement]) -> int:
    """Return the fixed price of a block without what its loops do per turn."""
    return sum(_statement_gas(statement) for statement in body)


def _statement_gas(statement: tree.Statement) -> int:
    match statement:
        case tree.Assign():
            return 1 + expression_gas(statement.value) + expression_gas(statement.target)
        case tree.Augment():
            return 4 + expression_gas(statement.value) + 2 * expression_gas(statement.target)
        case tree.If():
            branches = max(block_gas(statement.body), block_gas(statement.orelse))
            return 1 + expression_gas(statement.test) + branches
        case tree.For():
            return 4 + sum(expression_gas(part) for part in statement.sequence)
        case tree.Return():
            return 1 + (0 if statement.value is None else expression_gas(statement.value))
        case tree.Do():
            return 1 + expression_gas(statement.call)
    return 1
