"""The code that runs is the code in the state: from `governance/contract` rows to a linked program.

`core/program` lists the names and source hashes of the contracts that run; compiled contracts and linked programs are
kept by these hashes, so that a block looks nothing up but one small row. A cache changes no outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chainbill.errors import InternalFault, Reason
from chainbill.ledger import core_rows
from chainbill.ledger.authorisation import DecodedRows
from chainbill.protocols import PROTOCOL_1, RELEASED, Protocol, Protocols
from chainbill.state.keys import table_prefix
from chainbill.vm.compiler import compile_contract, link
from chainbill.vm.errors import ContractRejected
from chainbill.vm.natives import digest
from chainbill.vm.program import CompiledContract, Program
from chainbill.vm.rules import STANDARD_RUN, CodePrices

Identity = tuple[tuple[str, str], ...]
PriceKey = tuple[int, ...]
KEPT_PROGRAMS = 8
KEPT_CONTRACTS = 128


@dataclass(frozen=True, slots=True)
class Code:
    """By what contracts are compiled and linked at a height: the prices in their code, the functions that they call."""

    prices: CodePrices
    protocol: Protocol

    @property
    def key(self) -> tuple[PriceKey, int]:
        """Tells apart what makes another program of the same sources."""
        return self.prices.key, self.protocol.version


@dataclass(frozen=True)
class Agenda:
    """A contract's day change: its agenda table, the prefix of that table's keys, and the @each_day function."""

    contract: str
    table: str
    prefix: bytes
    function: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class EntryPoint:
    """An @init or @migrate function and the names of its arguments."""

    function: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class LoadedProgram:
    """A linked program and what the core calls in it by itself. `agendas` are in order of contract names."""

    identity: Identity
    program: Program
    agendas: tuple[Agenda, ...]
    inits: Mapping[str, EntryPoint]
    migrations: Mapping[str, EntryPoint]


STANDARD_CODE = Code(STANDARD_RUN.code, PROTOCOL_1)
"""Enough to see what a program has (its agendas); what runs is compiled by the code of its height."""


def source_hash(source: str) -> str:
    """What contracts compute as digest(source): 64 hexadecimal digits."""
    return digest(source)


class ProgramCache:
    """Compiled contracts by (name, source hash, prices) and linked programs by all of them; bounded.

    protocols: the versions of the protocol that this node has; one picks the functions that contracts call.
    """

    def __init__(self, protocols: Protocols = RELEASED) -> None:
        self.protocols = protocols
        self._contracts: dict[tuple[str, str, PriceKey], CompiledContract] = {}
        self._programs: dict[tuple[Identity, PriceKey, int], LoadedProgram] = {}

    def active(self, rows: DecodedRows, code: Code) -> LoadedProgram:
        """The program of a state by this code. InternalFault if the state does not hold one."""
        listed = rows.get(core_rows.PROGRAM)
        if listed is None:
            raise InternalFault(Reason.ROW_MALFORMED, "the state names no program")
        identity = tuple([(name, hashed) for name, hashed in listed])
        known = self._programs.get((identity, *code.key))
        if known is not None:
            return known
        sources = {name: rows.get(core_rows.contract_key(name))["source"] for name, _ in identity}
        try:
            loaded = self.build(sources, code)
        except ContractRejected as error:
            raise InternalFault(Reason.ROW_MALFORMED, f"a contract of the state does not compile: {error}") from error
        if loaded.identity != identity:
            raise InternalFault(Reason.ROW_MALFORMED, "the contracts of the state are not those of core/program")
        return loaded

    def build(self, sources: Mapping[str, str], code: Code) -> LoadedProgram:
        """The linked program of sources by name, by this code; ContractRejected says what is wrong with one."""
        identity = tuple([(name, source_hash(sources[name])) for name in sorted(sources)])
        known = self._programs.get((identity, *code.key))
        if known is not None:
            return known
        compiled = {name: self._compile(name, hashed, sources[name], code) for name, hashed in identity}
        loaded = _load(identity, link(compiled, code.protocol.natives))
        _keep(self._programs, (identity, *code.key), loaded, KEPT_PROGRAMS)
        return loaded

    def _compile(self, name: str, hashed: str, source: str, code: Code) -> CompiledContract:
        key = (name, hashed, code.prices.key)
        known = self._contracts.get(key)
        if known is None:
            known = compile_contract(name, source, code.prices)
            _keep(self._contracts, key, known, KEPT_CONTRACTS)
        return known


def _load(identity: Identity, program: Program) -> LoadedProgram:
    entries = program.entries
    agendas = [
        Agenda(contract, table, table_prefix(contract, table), function, entries[(contract, function)].parameters)
        for (contract, table), function in sorted(program.agendas.items())
    ]
    inits = _entry_points(program, "init")
    return LoadedProgram(identity, program, tuple(agendas), inits, _entry_points(program, "migrate"))


def _entry_points(program: Program, kind: str) -> dict[str, EntryPoint]:
    found = [entry for entry in program.entries.values() if entry.kind == kind]
    return {entry.contract: EntryPoint(entry.name, tuple(entry.parameters)) for entry in found}


def _keep(cache: dict[Any, Any], key: Any, value: Any, size: int) -> None:
    for oldest in list(cache)[: max(0, len(cache) - size + 1)]:  # readers of several threads may share a cache
        cache.pop(oldest, None)
    cache[key] = value
