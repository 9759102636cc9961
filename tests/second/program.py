"""The program of a state. Written from contract-language.md, "Sets"; whether sources compile is not looked at."""

from __future__ import annotations

import ast

from second.codec import encode
from second.hashing import tagged
from second.keys import row_key

GENERAL = "general"
KEY = row_key("core", "program", ["active"])


def source_hash(source: str) -> str:
    """digest(source)."""
    return tagged("contract-digest", encode(source)).hex()


def row(sources: dict[str, str]) -> list[list[str]]:
    """[[name, hash], …] in order of names."""
    return [[name, source_hash(sources[name])] for name in sorted(sources)]


def invoked(source: str) -> set[str]:
    """The contracts that a source invokes; their names are literal."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "invoke"]
    return {str(name.value) for name in named if isinstance(name, ast.Constant)}


def linked_order(sources: dict[str, str]) -> list[str]:
    """The general part first, then what each contract invokes before itself."""
    found = [GENERAL] if GENERAL in sources else []

    def visit(name: str) -> None:
        if name not in found:
            for other in sorted(invoked(sources[name]), reverse=True):
                visit(other)
            found.append(name)

    for name in sorted(sources):
        visit(name)
    return found


def not_there(running: dict[str, str], contracts: dict[str, str], removed: list[str]) -> str | None:
    """The first name that cannot be removed: it does not run, or the same set changes it."""
    return next((name for name in removed if name not in running or name in contracts), None)
