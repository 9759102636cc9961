"""What things cost. One unit is about the time of one simple guarded operation (roughly 30 ns).

A straight stretch of code, an `if` with its dearer branch included, is paid for at once: on entry to a function, and
at the start of every turn of a loop. So a run never does more than it has paid for, and the price of a call depends
only on the functions entered and the turns taken. Work that depends on sizes is paid for where it is done.

The field's word: metering.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chainbill.vm import tree

if TYPE_CHECKING:
    from chainbill.vm.rules import CodePrices

__all__ = ["NODE_GAS", "STATEMENT_GAS", "block_gas", "expression_gas"]

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
    tree.Slice: 8,
    tree.Invoke: 25,  # beside what is handed over
    tree.TableCall: 4,
    tree.NameTarget: 0,
    tree.ItemTarget: 3,
    tree.TupleTarget: 4,
}


#: Everything else that has a price of its own: standard price, what it is, the same in Chinese.
STATEMENT_GAS: dict[str, tuple[int, str, str]] = {
    "function": (2, "entry to a function", "进入函数"),
    "turn": (1, "a turn of a loop", "循环的每一轮"),
    "own_call": (4, "call of an own function", "调用自有函数"),
    "operand": (1, "an operand of an expression", "表达式的每个操作数"),
    "assign": (1, "assignment", "赋值"),
    "augment": (4, "augmented assignment; its target counts twice", "增量赋值(目标计两次)"),
    "if": (1, "if, with its dearer branch", "if(连同较贵的分支)"),
    "for": (4, "for, beside its turns", "for(不含各轮)"),
    "return": (1, "return", "return"),
    "do": (1, "call for its effect", "调用语句"),
    "other": (1, "break, continue, pass", "break、continue、pass"),
}


def expression_gas(node: tree.Node, prices: CodePrices) -> int:
    """Return the fixed price of an expression or target, all of it evaluated."""
    operand = prices.statements["operand"]
    below = sum(operand + expression_gas(child, prices) for child in tree.children(node))
    if isinstance(node, tree.Call):
        return below + prices.calls.get(node.function, prices.statements["own_call"])
    return below + prices.nodes[type(node)]


def block_gas(body: Iterable[tree.Statement], prices: CodePrices) -> int:
    """Return the fixed price of a block without what its loops do per turn.

    By the standard prices `x = a + 1` is 6 and `y = [a, 1]` is 7.
    """
    return sum(_statement_gas(statement, prices) for statement in body)


def _statement_gas(statement: tree.Statement, prices: CodePrices) -> int:
    fixed = prices.statements
    match statement:
        case tree.Assign():
            return fixed["assign"] + expression_gas(statement.value, prices) + expression_gas(statement.target, prices)
        case tree.Augment():
            target = 2 * expression_gas(statement.target, prices)
            return fixed["augment"] + expression_gas(statement.value, prices) + target
        case tree.If():
            branches = max(block_gas(statement.body, prices), block_gas(statement.orelse, prices))
            return fixed["if"] + expression_gas(statement.test, prices) + branches
        case tree.For():
            return fixed["for"] + sum(expression_gas(part, prices) for part in statement.sequence)
        case tree.Return():
            return fixed["return"] + (0 if statement.value is None else expression_gas(statement.value, prices))
        case tree.Do():
            return fixed["do"] + expression_gas(statement.call, prices)
    return fixed["other"]
