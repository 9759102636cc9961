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

__all__ = [
    "NAMES", "CAPABILITIES", "STAGES", "genesis_init", "listed_key", "money_details", "reasons", "source", "sources",
]  # fmt: skip

#: In the order in which a genesis lists and begins them.
NAMES = (
    "account", "audit", "bill", "calendar", "entry", "finance", "general", "governance", "guarantee", "invoice",
    "label", "legal", "party", "pledge", "prepayment", "product", "recourse", "recovery", "sale", "settlement",
    "standing", "succession", "token", "write_off",
)  # fmt: skip

#: In which order an act asks: what is said by itself, whether what it names is there, whether that is the sender's
#: business, whether the sender may act, whether the right people signed, where the row stands, what holds it, what day
#: it is, how the others stand, how much it is, what the sender's own policy asks, and what would come of it.
STAGES = (
    "form", "there", "right", "sender", "key", "state", "locks", "dates", "others", "amounts", "policy", "outcome",
)  # fmt: skip

#: What a key may do: make, check, and decide about the party itself.
CAPABILITIES = ("maker", "checker", "admin")


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
def reasons() -> Mapping[str, Mapping[str, Any]]:
    """The texts of every refusal: reason → {"stage", "en", "zh", "hint_en", "hint_zh"}; a hint names the next remedy.

    "stage": one of STAGES, or those of them at which it may come.
    "money": the details that are amounts in minor units, of the detail "currency"; left out where there are none.
    """
    return tomllib.loads((files(__package__) / "reasons.toml").read_text(encoding="utf-8"))


def money_details(reason: str) -> frozenset[str]:
    """Which details of a refusal are amounts in minor units of its detail "currency"."""
    return frozenset(reasons().get(reason, {}).get("money", ()))


def listed_key(
    public: str,
    capabilities: Sequence[str] = CAPABILITIES,
    *,
    unit: str = "",
    operator: str = "",
    certificate: str = "",
) -> dict[str, Any]:
    """A key as applications and the acts on keys list it.

    public, operator (salted hash of the holder's staff number), certificate (digest of it): 64 hex digits, the last two
    or ""; unit: the branch that the key belongs to, or "".
    """
    return {
        "alg": "ed25519",
        "key": public,
        "capabilities": list(capabilities),
        "unit": unit,
        "operator": operator,
        "certificate": certificate,
    }


def genesis_init(
    members: Sequence[Mapping[str, Any]], calendar: Sequence[Mapping[str, Any]] = ()
) -> dict[str, dict[str, Any]]:
    """The `init` part of a genesis: contract → arguments of its @init function.

    members: {"id", "name_zh", "name_en", "roles", "identifiers": [{"scheme", "value"}],
    "keys": [see listed_key], "accounts": [{"currency", "bank", "alg", "digest"}], "sponsor", "paying_bank",
    "policy": {"rules": […]}}.
    calendar: {"year", "holidays", "workdays"}, dates as ISO text.
    """
    return {
        "calendar": {"calendar": [dict(year) for year in calendar]},
        "governance": {},
        "party": {"members": [dict(member) for member in members]},
    }
