"""From source to a compiled contract, and from compiled contracts to a program."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from functools import partial
from types import CodeType
from typing import Any

from chainbill.errors import InternalFault
from chainbill.vm.analysis import analyse
from chainbill.vm.bounds import MAX_GUARDED_BYTES
from chainbill.vm.emit import TOO_LARGE, constant_globals, emit_contract
from chainbill.vm.emit_expressions import invoke_name
from chainbill.vm.errors import ContractRejected
from chainbill.vm.grammar import GENERAL
from chainbill.vm.guards import GUARDS
from chainbill.vm.linker import check_links
from chainbill.vm.machine import invoke
from chainbill.vm.messages import rejected
from chainbill.vm.module import read_contract
from chainbill.vm.native_calls import NATIVE_CALLS
from chainbill.vm.parser import in_fresh_thread
from chainbill.vm.program import CompiledContract, Entry, Pay, Problem, Program, TableRef, file_name
from chainbill.vm.rules import STANDARD_RUN, CodePrices
from chainbill.vm.values import freeze

__all__ = ["compile_contract", "link"]


def compile_contract(
    name: str, source: str, prices: CodePrices = STANDARD_RUN.code, pay: Pay = lambda _: None
) -> CompiledContract:
    """Compile one contract by itself; `prices` are written into its guarded code. What `pay` raises is raised.

    Raises ContractRejected: reason, detail with the line; fields contract, line, en, zh.
    """
    if type(source) is not str:
        raise rejected("syntax_error", 0, "the source is not text", contract=name)
    try:
        return in_fresh_thread(partial(_compile, name, source, prices, pay))
    except ContractRejected as error:
        error.fields["contract"] = name
        raise


def _compile(name: str, source: str, prices: CodePrices, pay: Pay) -> CompiledContract:
    contract = read_contract(name, source)
    facts = analyse(contract)
    emitted = emit_contract(contract, facts, prices)
    pay(emitted.size)
    guarded = "\n".join([*emitted.text, ""])
    try:
        code = compile(guarded, file_name(name), "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise InternalFault("machine_error", f"the guarded code of {name} does not compile: {error}") from error
    return CompiledContract(name, source, contract, facts, guarded, emitted.size, prices, code, tuple(emitted.lines))


def link(
    contracts: Mapping[str, CompiledContract], natives: Mapping[str, Callable[..., Any]] = NATIVE_CALLS
) -> Program:
    """Fit contracts together: what they import, tables they read, functions they invoke, no circles.

    Raises ContractRejected. natives: the functions of the language, by the names that emitted code calls them by.
    """
    order = check_links(contracts)
    _check_functions(contracts, natives)
    entries: dict[tuple[str, str], Entry] = {}
    agendas: dict[tuple[str, str], str] = {}
    spaces: dict[str, dict[str, Any]] = {}
    for name, compiled in contracts.items():
        space = spaces[name] = {**GUARDS, **natives, "invoke": invoke}
        space.update((key, freeze(value)) for key, value in constant_globals(compiled.contract.constants).items())
        days = {f.kind_names[0]: f.name for f in compiled.contract.functions.values() if f.kind == "each_day"}
        agendas.update(((name, table), function) for table, function in days.items())
        for table in compiled.contract.tables.values():
            ref = TableRef(table.contract or name, table.name, not table.contract and table.name in days)
            space[f"T_{table.variable}"] = ref
        exec(compiled.code, space)  # guarded code, made by emit from the checked tree
        for function in compiled.contract.functions.values():
            if function.kind != "private":
                entries[name, function.name] = Entry(
                    name,
                    function.name,
                    function.kind,
                    function.kind_names,
                    function.parameters,
                    space[f"f_{function.name}"],
                )
    for name, compiled in contracts.items():
        spaces[name].update(_imports(compiled, contracts, spaces))
        for fact in compiled.facts.values():
            for contract, function_name in fact.invokes:
                spaces[name][invoke_name(contract, function_name)] = entries[contract, function_name]
    prices = next((one.prices for one in contracts.values()), STANDARD_RUN.code)
    return Program(dict(contracts), entries, agendas, order, prices, frozenset(natives), _examine)


def _check_functions(contracts: Mapping[str, CompiledContract], natives: Container[str]) -> None:
    """Refuse a contract that calls a function which the protocol of the height does not have yet."""
    for name, compiled in contracts.items():
        for code in compiled.code.co_consts:
            for called in code.co_names if isinstance(code, CodeType) else ():
                if called.startswith("n_") and called not in natives:
                    raise rejected("name_unknown", 0, f"function {called.removeprefix('n_')}", contract=name)


def _imports(
    compiled: CompiledContract, contracts: Mapping[str, CompiledContract], spaces: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Functions and constants of the general part, under the names that the importing contract's code has for them.

    The functions keep the space of the general part: its tables and constants are its own, and a fault in one names its
    file and line. The machine goes on for the contract that called.
    """
    found: dict[str, Any] = {}
    for name in compiled.contract.imports:
        constants = contracts[GENERAL].contract.constants
        if name in constants:
            found[f"c_{name}"] = freeze(constants[name])
        else:
            found[f"f_{name}"] = spaces[GENERAL][f"f_{name}"]
    return found


def _examine(program: Program, sources: Mapping[str, str], removed: Sequence[str], pay: Pay) -> Problem | None:
    """What is wrong; a source that is refused is paid for as a byte of guarded code for each character."""
    try:
        changed = dict(program.contracts)
        for name in removed:
            if changed.pop(name, None) is None or name in sources:
                raise rejected("contract_not_there", 0, name, contract=name)
        for name in sorted(sources):
            try:
                changed[name] = compile_contract(name, sources[name], program.prices, pay)
            except ContractRejected as error:
                pay(MAX_GUARDED_BYTES if error.reason == TOO_LARGE else len(sources[name]))
                raise
        check_links(changed)
        _check_functions(changed, program.natives)
    except ContractRejected as error:
        return {"problem": error.reason, "contract": error.fields["contract"], "line": error.fields["line"]}
    return None
