"""Constants of the contracts that ship with this program, read from their source."""

from __future__ import annotations

import ast
from typing import Any


def contract_constant(contract: str, name: str) -> Any:
    """The literal that a contract binds to a name at its top; None when there is none."""
    import chainbill_contracts

    for statement in ast.parse(chainbill_contracts.source(contract)).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            return ast.literal_eval(statement.value)
    return None
