"""What a person relies on who signs: rows by their id, the clock, and entries of lists, as a node said them.

The client keeps these while a command runs; `second_look` has another node say them too before anybody signs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

NETWORK, CLOCK = "/v1/network", ("clock", "clock_offset_ms", "date")
"""By these the dates of an act are reckoned, and until when it may be handed in."""
WITHOUT_ID = ("/v1/parties/{party}", "/v1/validators")
"""A party, and the list that gives the key of a validator for its name: whole, without cursor or height of its own."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry that a node read out of a list. key: members by which it is found there again."""

    path: str
    parameters: Mapping[str, Any]
    key: tuple[str, ...]
    entry: Mapping[str, Any]
    node: str

    def is_again(self, other: Mapping[str, Any]) -> bool:
        """Whether this is what another node says of the same thing."""
        return all(other.get(name) == self.entry.get(name) for name in self.key)


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
    names = CLOCK if path == NETWORK else [name for name in {**first, **second} if name != "as_of"]
    return next((name for name in names if first.get(name, names) != second.get(name, names)), None)
