"""Compiled contracts, and a program: contracts that fit together and can run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any, TypedDict

from chainbill.state.keys import table_prefix
from chainbill.vm import tree
from chainbill.vm.analysis import Facts
from chainbill.vm.rules import CodePrices

__all__ = ["CompiledContract", "Entry", "Pay", "Problem", "Program", "TableRef", "file_name"]


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


Pay = Callable[[int], None]
"""Hears of bytes of guarded code before they are compiled."""


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


class Problem(TypedDict):
    """Why a set of contracts is refused: the reason, the contract it was found in, and the line (0 if none)."""

    problem: str
    contract: str
    line: int


@dataclass(frozen=True, slots=True)
class Program:
    """Contracts linked together."""

    contracts: Mapping[str, CompiledContract]
    entries: Mapping[tuple[str, str], Entry]
    agendas: Mapping[tuple[str, str], str]  # (contract, table) -> function
    order: tuple[str, ...]  # contract names, the general part first, then invoked before invoking
    prices: CodePrices
    natives: frozenset[str]  # the functions of the language that its protocol has, by the names of emitted code
    check: Callable[[Program, Mapping[str, str], Sequence[str], Pay], Problem | None]

    def examine(
        self, sources: Mapping[str, str], removed: Sequence[str] = (), pay: Pay = lambda _: None
    ) -> Problem | None:
        """Could these sources come into this program, and the removed contracts leave it, all at once?

        Returns what is wrong, None if nothing is. pay: told of each source, before it is compiled and the next one is
        read, how many bytes of guarded code it has become; what it raises ends the examination.
        """
        return self.check(self, sources, removed, pay)
