"""What a contract offers, read off its tree: for the REST interface and for people."""

from __future__ import annotations

from typing import Any

from chainbill.vm.program import CompiledContract
from chainbill.vm.signatures import arguments_of, results_of

__all__ = ["describe"]


def describe(compiled: CompiledContract, general: CompiledContract | None = None) -> dict[str, Any]:
    """Return name, docstring, imports, functions, tables, reads, constants, reasons, topics; helpers are counted in.

    With the general part that it is linked with, the reasons and results of what is imported are counted in too.
    """
    contract, facts = compiled.contract, compiled.facts
    of_imports = _reasons_of_imports(compiled, general)
    functions = []
    for function in contract.functions.values():
        if function.kind == "private":
            continue
        reached = _reached(compiled, function.name)
        functions.append(
            {
                "name": function.name,
                "kind": function.kind,
                "for": list(function.kind_names),
                "arguments": list(function.parameters),
                "parameters": arguments_of(compiled, general, function.name),
                "results": results_of(compiled, general, function.name),
                "docstring": function.docstring,
                "reasons": sorted({reason for name in reached for reason in (*facts[name].reasons, *of_imports[name])}),
                "topics": sorted({topic for name in reached for topic in facts[name].topics}),
                "invokes": sorted({".".join(target) for name in reached for target in facts[name].invokes}),
            }
        )
    return {
        "name": contract.name,
        "docstring": contract.docstring,
        "imports": sorted(contract.imports),
        "functions": functions,
        "tables": sorted(table.name for table in contract.tables.values() if not table.contract),
        "reads": sorted(f"{table.contract}.{table.name}" for table in contract.tables.values() if table.contract),
        "constants": dict(contract.constants),
        "reasons": sorted({reason for name in facts for reason in (*facts[name].reasons, *of_imports[name])}),
        "topics": sorted({topic for fact in facts.values() for topic in fact.topics}),
    }


def _reasons_of_imports(compiled: CompiledContract, general: CompiledContract | None) -> dict[str, set[str]]:
    """Function of the contract → reasons with which an imported function that it calls may refuse."""
    found: dict[str, set[str]] = {name: set() for name in compiled.facts}
    if general is None:
        return found
    for name, fact in compiled.facts.items():
        for called in fact.imported_calls:
            for reached in _reached(general, called):
                found[name].update(general.facts[reached].reasons)
    return found


def _reached(compiled: CompiledContract, start: str) -> set[str]:
    reached, waiting = {start}, [start]
    while waiting:
        for callee in compiled.facts[waiting.pop()].calls:
            if callee not in reached:
                reached.add(callee)
                waiting.append(callee)
    return reached
