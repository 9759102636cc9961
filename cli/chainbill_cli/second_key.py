"""The second signature: which acts ask for one, and the other key of this home that gives it.

An act asks for a second person where its contract says so: the function, or a guard that it calls, may refuse with
`maker_and_checker_needed` or `second_admin_needed`. It stands there once and is read from the source, so that a new act
is signed by two without a word here. A party's own policy asks above an amount only, and only the party knows; so
`require_policy` does not count.

The field's word: dual control.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from chainbill_cli import home as homes
from chainbill_cli.contract_constants import contract_tree
from chainbill_cli.failure import Failure

if TYPE_CHECKING:
    from chainbill.crypto.keys import PrivateKey
    from chainbill.ledger.transaction import Call
    from chainbill_cli.session import Session

CHECKER = "-checker"
"""NAME-checker is the profile of the second person of NAME's party, on local networks for every party."""
REFUSALS = {"maker_and_checker_needed": "checker", "second_admin_needed": "admin"}
"""The refusals by which contracts ask for a second person, and what the key of this person must be able to do."""
DEPENDS_ON_AMOUNT = "require_policy"


def asked_of_second(calls: Iterable[Call]) -> frozenset[str]:
    """What the second key must be able to do for these calls: "checker", "admin", both, or nothing."""
    return frozenset().union(*(_asked(one.contract).get(one.function, frozenset()) for one in calls))


@cache
def _asked(contract: str) -> Mapping[str, frozenset[str]]:
    """What every function of a contract asks of a second key; {} for a contract that this program does not ship."""
    import chainbill_contracts

    if contract not in chainbill_contracts.NAMES:
        return {}
    functions: dict[str, ast.FunctionDef] = {}
    for name in dict.fromkeys(("general", contract)):
        functions.update({one.name: one for one in contract_tree(name).body if isinstance(one, ast.FunctionDef)})
    return {name: frozenset(_refusals(name, functions, set())) for name in functions}


def _refusals(name: str, functions: Mapping[str, ast.FunctionDef], seen: set[str]) -> set[str]:
    if name in seen or name == DEPENDS_ON_AMOUNT:
        return set()
    seen.add(name)
    found: set[str] = set()
    for node in ast.walk(functions[name]):
        if isinstance(node, ast.Constant) and node.value in REFUSALS:
            found.add(REFUSALS[node.value])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in functions:
            found |= _refusals(node.func.id, functions, seen)
    return found


def second_key(session: Session, calls: Iterable[Call]) -> PrivateKey | None:
    """The key of another profile of the acting party in this home that may sign these calls as the second person.

    None where no call asks for one, or none here fits: then the acting key signs alone and the ledger says what lacks.
    """
    wanted = asked_of_second(calls)
    if not wanted or session.offline:
        return None
    rows = active_keys(session)
    own = rows.get(session.key.public.hex())
    for profile in _others(session) if own is not None else ():
        try:
            key = homes.load_key(profile.key)
        except Failure:
            continue  # locked or gone: this person is not here, and signs elsewhere
        row = rows.get(key.public.hex())
        if row is not None and key.public != session.key.public and _fits(wanted, own, row):
            return key
    return None


def active_keys(session: Session) -> dict[str, Mapping[str, Any]]:
    """The acting party's active keys as a node knows them: public key in hex → row."""
    rows = session.registered(session.party).get("keys") or ()
    return {str(row["key"]): row for row in rows if row["status"] == "active"}


def _others(session: Session) -> list[homes.Profile]:
    """The other profiles of the acting party in this home, NAME-checker first."""
    profiles = homes.load_profiles(session.settings.home).values()
    found = [one for one in profiles if one.party == session.party and one.name != session.profile.name]
    return sorted(found, key=lambda one: one.name != session.profile.name + CHECKER)


def _fits(wanted: frozenset[str], own: Mapping[str, Any] | None, other: Mapping[str, Any]) -> bool:
    mine, theirs = (own or {}).get("capabilities", ()), other["capabilities"]
    two = ("maker" in mine and "checker" in theirs) or ("checker" in mine and "maker" in theirs)
    admins = "admin" in mine and "admin" in theirs
    return (two or "checker" not in wanted) and (admins or "admin" not in wanted)
