"""What a person relies on who signs: rows by their id, the clock, and entries of lists, as a node said them.

The client keeps these while a command runs; `second_look` has another node say them too before anybody signs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

NETWORK, RECKONED_BY = "/v1/network", ("clock", "clock_offset_ms", "date", "currencies", "withdrawn", "bids")
"""By these the dates of an act are reckoned, until when it may be handed in, and what a typed amount comes to; and
whether a quote is sealed, which nobody can do afterwards."""
WITHOUT_ID = ("/v1/parties/{party}", "/v1/invoices/{fingerprint}", "/v1/validators")
"""A party, an invoice, and the list that gives the key of a validator for its name: whole, without a cursor."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry that a node read out of a list. key: members by which it is found there again."""

    path: str
    parameters: Mapping[str, Any]
    key: tuple[str, ...]
    entry: Mapping[str, Any]
    node: str

    def found_in(self, rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
        """What another node says of the same thing in its list."""
        return next((one for one in rows if all(one.get(name) == self.entry.get(name) for name in self.key)), None)


@dataclass(frozen=True, slots=True)
class Meant:
    """The one id of a list that begins as was typed, by the word of a node: another may know more that begin so.

    ids_of: the ids that an entry of the list has.
    """

    path: str
    typed: str
    found: str
    ids_of: Callable[[Mapping[str, Any]], Iterable[str]]
    node: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def entry(self) -> Mapping[str, Any]:
        """What is compared: the typed beginning, and what it means."""
        return {self.typed: [self.found]}

    def found_in(self, rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
        """What begins so in another node's list."""
        return {self.typed: beginning_with(self.typed, rows, self.ids_of)}


def beginning_with(
    typed: str, rows: Iterable[Mapping[str, Any]], ids_of: Callable[[Mapping[str, Any]], Iterable[str]]
) -> list[str]:
    """The ids in a list that begin as was typed, each once, in order."""
    return sorted({one for row in rows for one in ids_of(row) if one.startswith(typed)})


def is_row(path: str) -> bool:
    """Whether an address is that of one object that acts name by its id, or of the validators."""
    return _rows().fullmatch(path) is not None


@cache
def _rows() -> re.Pattern[str]:
    from chainbill_contracts.declared_reads import reads

    paths = [*WITHOUT_ID, *(read.path for read in reads().values() if read.letter)]
    return re.compile("|".join(re.sub(r"\{\w+\}", "[^/]+", path) for path in paths))


def difference(path: str, first: Any, second: Any) -> str | None:
    """The first member that is not the same in two answers, but for the height at which they were read."""
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return None if first == second else ""
    names = RECKONED_BY if path == NETWORK else [name for name in {**first, **second} if name != "as_of"]
    return next((name for name in names if first.get(name, names) != second.get(name, names)), None)
