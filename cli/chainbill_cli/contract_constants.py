"""What the contracts that ship with this program say, read from their source."""

from __future__ import annotations

import ast
from functools import cache
from threading import Lock
from typing import Any

_alone = Lock()


def contract_tree(contract: str) -> ast.Module:
    """The syntax tree of a contract. One thread parses at a time: CPython 3.11 counts the depth of all in one place.

    Two at once may end in "AST constructor recursion depth mismatch" (python/cpython issue 106905).
    """
    with _alone:
        return _tree(contract)


@cache
def _tree(contract: str) -> ast.Module:
    import chainbill_contracts

    return ast.parse(chainbill_contracts.source(contract))


def contract_constant(contract: str, name: str) -> Any:
    """The literal that a contract binds to a name at its top; None when there is none."""
    for statement in contract_tree(contract).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            return ast.literal_eval(statement.value)
    return None
