"""Changes of rules: what a vote may ask for, and what the rules are after it.

A row `governance/rules_next` [height, proposal] → {"changes": {name: value}, "currencies": {code: digits or none},
"python": [version, …] or []} takes effect first thing in the block of its height (`in_force`); what it does not name
stays.
"""

from __future__ import annotations

from collections.abc import Container
from types import MappingProxyType
from typing import Any

from chainbill.errors import Reason, Refused
from chainbill.ledger.rules import Rules, check_currency, check_python_list, check_value
from chainbill.ledger.shapes import as_list, as_map, bad_shape
from chainbill.state.keys import split_key

MAX_CHANGES = 200


def active_from(key: bytes) -> int:
    """The height at which a row of `governance/rules_next` takes effect."""
    return int(split_key(key)[2][0])


def check_change(change: Any, known: Container[str]) -> None:
    """Refused or Malformed unless these are changes that a vote may make; whether they fit the rules is seen later.

    known: names of the rules that the network has.
    """
    row = as_map(change, "a change of rules")
    if set(row) != {"changes", "currencies", "python"}:
        raise bad_shape("a change of rules", "a map of changes, currencies and python")
    values, currencies = as_map(row["changes"], "changes"), as_map(row["currencies"], "currencies")
    python = as_list(row["python"], "python")
    if not values and not currencies and not python:
        raise Refused(Reason.RULE_CHANGE_EMPTY, "a change of rules names at least one")
    if len(values) + len(currencies) > MAX_CHANGES:
        raise bad_shape("a change of rules", f"at most {MAX_CHANGES} changes")
    for name, value in values.items():
        if name not in known:
            raise Refused(Reason.RULE_UNKNOWN, f"no rule of this network is named {name[:64]!r}", name=name[:64])
        check_value(name, value)
    for code, digits in currencies.items():
        check_currency(code, 0 if digits is None else digits)
    if python:
        check_python_list(python)


def changed(rules: Rules, change: Any) -> Rules:
    """The rules after a change. Refused where the minor digits of a currency would become others.

    Nor may it come back with others after it was withdrawn: 1,000 of a bill in CNY would be 10 yuan, then 0.1.
    """
    check_change(change, rules.values)
    taken, withdrawn = dict(rules.currencies), dict(rules.withdrawn)
    for code, digits in change["currencies"].items():
        if digits is None:
            if code in taken:
                withdrawn[code] = taken.pop(code)
            continue
        before = withdrawn.pop(code, taken.get(code, digits))
        if before != digits:
            detail = f"{code} has {before} minor digits here; amounts on the ledger are in them"
            raise Refused(Reason.RULE_CURRENCY, detail, currency=code)
        taken[code] = digits
    return Rules(
        MappingProxyType({**rules.values, **change["changes"]}),
        MappingProxyType(taken),
        tuple(change["python"]) or rules.python,
        MappingProxyType(withdrawn),
    )
