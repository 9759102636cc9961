"""The contracts of chainbill: one readable Python file each, in the contract language.

Rules: a contract writes only its own tables; what all share stands once, in the general part (`general.py`), which they
import from; each refusal has one named reason, with its texts in `reasons.toml`. This
package only hands out sources, texts and the arguments of a genesis; the code that runs is the code in a network's
state. Reference: docs/reference/state.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["NAMES", "genesis_init", "reasons", "source", "sources"]

#: In the order in which a genesis lists and begins them.
NAMES = ("bill", "calendar", "finance", "general", "governance", "invoice", "party", "settlement", "token")


@cache
def source(name: str) -> str:
    """The source of one contract, by its name; KeyError if there is none."""
    if name not in NAMES:
        raise KeyError(name)
    return (files(__package__) / f"{name}.py").read_text(encoding="utf-8")


def sources() -> dict[str, str]:
    """The sources of all contracts by name, as a genesis takes them."""
    return {name: source(name) for name in NAMES}


@cache
def reasons() -> Mapping[str, Mapping[str, str]]:
    """The texts of every refusal: reason → {"en", "zh", "hint_en", "hint_zh"}; a hint names the next remedy."""
    return tomllib.loads((files(__package__) / "reasons.toml").read_text(encoding="utf-8"))


def genesis_init(
    members: Sequence[Mapping[str, Any]], calendar: Sequence[Mapping[str, Any]] = ()
) -> dict[str, dict[str, Any]]:
    """The `init` part of a genesis: contract → arguments of its @init function.

    members: {"id", "name_zh", "name_en", "roles", "identifiers": [{"scheme", "value"}],
    "keys": [{"key", "capabilities"}], "accounts": [{"currency", "bank", "digest"}], "sponsor", "paying_bank",
    "policy": {"rules": […]}}.
    calendar: {"year", "holidays", "workdays"}, dates as ISO text.
    """
    return {
        "calendar": {"calendar": [dict(year) for year in calendar]},
        "governance": {},
        "party": {"members": [dict(member) for member in members]},
    }
