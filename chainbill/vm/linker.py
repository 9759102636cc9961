"""Do contracts fit together? Tables they read, functions they invoke, circles, depth, views that write."""

from __future__ import annotations

from collections.abc import Mapping

from chainbill.limits import MAX_CONTRACTS
from chainbill.vm import bounds
from chainbill.vm.grammar import GENERAL
from chainbill.vm.messages import rejected
from chainbill.vm.program import CompiledContract

__all__ = ["CORE_TABLES", "check_links"]

#: Tables that the core itself keeps; contracts read them with read_table("core", name).
CORE_TABLES = frozenset(("gap", "holding", "range"))
_Target = tuple[str, str]


def check_links(contracts: Mapping[str, CompiledContract]) -> tuple[str, ...]:
    """Return the contracts in linked order: the general part first, then invoked before invoking.

    Raises ContractRejected unless they fit together.
    """
    if len(contracts) > MAX_CONTRACTS:
        raise rejected("too_many_contracts", contract=max(contracts))
    for compiled in contracts.values():
        _check_tables(contracts, compiled)
        _check_imports(contracts.get(GENERAL), compiled)
        for fact in compiled.facts.values():
            for target, (line, arguments) in fact.invokes.items():
                _check_invoke(contracts, compiled.name, target, line, arguments)
    order = _contracts_in_order(contracts)
    _check_depth_and_views(contracts, order)
    return tuple(order)


def _check_tables(contracts: Mapping[str, CompiledContract], compiled: CompiledContract) -> None:
    for table in compiled.contract.tables.values():
        if not table.contract:
            continue
        what = f"{table.contract}.{table.name}"
        if table.contract == compiled.name:
            raise rejected("table_wrong", table.line, f"{what} is own_table", contract=compiled.name)
        if table.contract == "core":
            known = table.name in CORE_TABLES
        else:
            owner = contracts.get(table.contract)
            own = () if owner is None else owner.contract.tables.values()
            known = any(not other.contract and other.name == table.name for other in own)
        if not known:
            raise rejected("table_unknown", table.line, what, contract=compiled.name)


def _check_imports(general: CompiledContract | None, compiled: CompiledContract) -> None:
    """What a contract imports must be there, and be used as what it is."""
    functions = {} if general is None else general.contract.functions
    constants = {} if general is None else general.contract.constants
    for name, line in compiled.contract.imports.items():
        if name not in functions and name not in constants:
            raise rejected("import_unknown", line, name, contract=compiled.name)
    for fact in compiled.facts.values():
        for name, line in fact.imported_values.items():
            if name not in constants:
                raise rejected("not_a_value", line, name, contract=compiled.name)
        for name, shapes in fact.imported_calls.items():
            if name not in functions:
                raise rejected("not_a_function", shapes[0].line, name, contract=compiled.name)
            parameters = functions[name].parameters
            for shape in shapes:
                if not shape.fits(parameters):
                    what = f"{name} takes ({', '.join(parameters)})"
                    raise rejected("arguments_wrong", shape.line, what, contract=compiled.name)


def _check_invoke(
    contracts: Mapping[str, CompiledContract], caller: str, target: _Target, line: int, arguments: int
) -> None:
    what = ".".join(target)
    if target[0] == caller:
        raise rejected("invoke_not_allowed", line, f"{what}, which is called by its name alone,", contract=caller)
    owner = contracts.get(target[0])
    function = None if owner is None else owner.contract.functions.get(target[1])
    if function is None:
        raise rejected("invoke_unknown", line, what, contract=caller)
    if function.kind != "view" and not (function.kind == "internal" and caller in function.kind_names):
        raise rejected("invoke_not_allowed", line, what, contract=caller)
    if len(function.parameters) != arguments:
        raise rejected("arguments_wrong", line, f"{what} takes ({', '.join(function.parameters)})", contract=caller)


def _contracts_in_order(contracts: Mapping[str, CompiledContract]) -> list[str]:
    """Return the contracts, the general part first, then invoked before invoking; refuses a circle."""
    invoked = {
        name: sorted({target[0] for fact in compiled.facts.values() for target in fact.invokes})
        for name, compiled in contracts.items()
    }
    order: list[str] = [GENERAL] if GENERAL in contracts else []  # it invokes nobody
    open_names: list[str] = []
    for start in sorted(contracts):
        path = [(start, list(invoked[start]))] if start not in order else []
        while path:
            name, left = path[-1]
            if not left:
                order.append(name)
                path.pop()
                continue
            following = left.pop()
            open_names = [step for step, _ in path]
            if following in open_names:
                circle = [*open_names[open_names.index(following) :], following]
                line = min(
                    line
                    for fact in contracts[name].facts.values()
                    for target, (line, _) in fact.invokes.items()
                    if target[0] == following
                )
                raise rejected("contract_cycle", line, " -> ".join(circle), contract=name)
            if following not in order:
                path.append((following, list(invoked[following])))
    return order


def _check_depth_and_views(contracts: Mapping[str, CompiledContract], order: list[str]) -> None:
    depths: dict[_Target, int] = {}
    writes: dict[_Target, bool] = {}
    for name in order:
        compiled = contracts[name]
        for function in sorted(compiled.facts, key=lambda item: compiled.facts[item].depth):
            fact = compiled.facts[function]
            below = [(name, callee) for callee in fact.calls] + list(fact.invokes)
            below += [(GENERAL, callee) for callee in fact.imported_calls]
            depth = 1 + max((depths[target] for target in below), default=0)
            depths[name, function] = depth
            writes[name, function] = fact.writes or any(writes[target] for target in below)
            declared = compiled.contract.functions[function]
            if depth > bounds.MAX_CALL_DEPTH:
                raise rejected("calls_too_deep", declared.line, f"{name}.{function}", contract=name)
            if declared.kind == "view" and writes[name, function]:
                raise rejected("view_writes", declared.line, function, contract=name)
