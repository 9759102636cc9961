"""Compiled contracts, and a program: contracts that fit together and can run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

from chainbill.state.keys import table_prefix
from chainbill.vm import tree
from chainbill.vm.analysis import Facts
from chainbill.vm.rules import CodePrices

__all__ = ["CompiledContract", "Entry", "Program", "TableRef", "file_name"]


def file_name(contract: str) -> str:
    """Return the file name that frames of a contract's guarded code carry."""
    return f"<contract {contract}>"


@dataclass(frozen=True, slots=True)
class CompiledContract:
    """One contract: its source, tree, facts and guarded code. Not runnable before it is linked."""

    name: str
    source: str
    contract: tree.Contract
    facts: Mapping[str, Facts]
    guarded: str  # the emitted source, for reading
    size: int  # of the guarded code in bytes, the digits of its prices left out
    prices: CodePrices  # that stand in the guarded code
    code: CodeType
    lines: tuple[int, ...]  # line of the guarded code -> line of the source


class TableRef:
    """A table as emitted code sees it."""

    __slots__ = ("contract", "head", "is_agenda", "keys", "name")

    def __init__(self, contract: str, name: str, is_agenda: bool) -> None:
        self.contract = contract
        self.name = name
        self.is_agenda = is_agenda
        self.head: bytes = table_prefix(contract, name)
        self.keys: dict[str, bytes] = {}  # encoded text keys: a cache that changes no answer


@dataclass(slots=True)
class Entry:
    """A function that can be run from outside its contract."""

    contract: str
    name: str
    kind: str
    callers: tuple[str, ...]
    parameters: tuple[str, ...]
    run: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Program:
    """Contracts linked together."""

    contracts: Mapping[str, CompiledContract]
    entries: Mapping[tuple[str, str], Entry]
    agendas: Mapping[tuple[str, str], str]  # (contract, table) -> function
    prices: CodePrices
    check: Callable[[Program, str, str], tuple[str, int]]

    def examine(self, name: str, source: str) -> tuple[str, int]:
        """Return "" if `source` could take the place of contract `name` here, else why not; and its guarded size."""
        return self.check(self, name, source)

    def problem(self, name: str, source: str) -> str:
        """Return "" if `source` could take the place of contract `name` in this program, else the reason why not."""
        return self.check(self, name, source)[0]
