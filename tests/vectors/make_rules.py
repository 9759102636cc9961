"""Vectors of rules: the table, the row, changes with the row they lead to, and changes that are refused.

`applies`: a change and the row `core/rules` "active" after it. `refused`: the reason of a change or of a set of rules.
`withdrawn`: the row after a currency was withdrawn, what then brings it back and what does not, and rows that are none.
"""

from __future__ import annotations

from typing import Any

from chainbill.codec import encode
from chainbill.errors import ChainbillError
from chainbill.ledger.rule_changes import changed, check_change
from chainbill.ledger.rules import RULES, STANDARD_RULES, Rules, rules_of_parts, rules_of_row

NOTHING: dict[str, Any] = {"changes": {}, "currencies": {}, "python": []}
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("a price", {"changes": {"gas_put": 61}}),
    ("two bounds", {"changes": {"block_transactions": 500, "replay_window_ms": 3_600_000}}),
    ("one more currency", {"currencies": {"XTS": 3}}),
    ("a currency that is taken no longer", {"currencies": {"ANG": None}}),
    ("a currency as it is", {"currencies": {"CNY": 2}}),
    ("two Pythons", {"python": ["3.11", "3.12"]}),
    ("the next Python alone", {"python": ["3.12"]}),
]
REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("nothing", {}),
    ("an unknown rule", {"changes": {"gas_speed": 1}}),
    ("below the least", {"changes": {"gas_transaction": 999_999}}),
    ("above the most", {"changes": {"gas_put": 801}}),
    ("no integer", {"changes": {"gas_put": True}}),
    ("a rule that is none", {"changes": {"gas_put": None}}),
    ("a code in small letters", {"currencies": {"xts": 3}}),
    ("five digits", {"currencies": {"XTS": 5}}),
    ("other digits of a currency in use", {"currencies": {"CNY": 3}}),
    ("Pythons in the wrong order", {"python": ["3.12", "3.11"]}),
    ("a Python twice", {"python": ["3.11", "3.11"]}),
    ("a Python with a leading zero", {"python": ["3.011"]}),
    ("nine Pythons", {"python": [f"3.{minor}" for minor in range(11, 20)]}),
    ("changes that are no map", {"changes": []}),
]


def make() -> dict[str, Any]:
    """The standard rules, and what votes make of them."""
    return {
        "rules": [
            {"name": one.name, "standard": one.standard, "least": one.least, "most": one.most, "unit": one.unit}
            for one in RULES.values()
        ],
        "row": encode(STANDARD_RULES.row()).hex(),
        "applies": [
            {
                "name": name,
                "change": NOTHING | change,
                "row": encode(changed(STANDARD_RULES, NOTHING | change).row()).hex(),
            }
            for name, change in CHANGES
        ],
        "withdrawn": _withdrawn(),
        "refused": [
            {"name": name, "change": NOTHING | change, "reason": _reason(NOTHING | change)} for name, change in REFUSED
        ],
        "refused_in_a_genesis": [
            {"name": name, "member": member, "value": value, "reason": _reason_of_parts(member, value)}
            for name, member, value in (
                ("no rules", "rules", {}),
                ("one rule too many", "rules", {**STANDARD_RULES.values, "gas_speed": 1}),
                ("one rule too few", "rules", {k: v for k, v in STANDARD_RULES.values.items() if k != "gas_put"}),
                ("no currency", "currencies", {}),
                ("no Python", "python", []),
            )
        ],
    }


def _withdrawn() -> dict[str, Any]:
    rules = changed(STANDARD_RULES, NOTHING | {"currencies": {"CNY": None}})
    same, other = NOTHING | {"currencies": {"CNY": 2}}, NOTHING | {"currencies": {"CNY": 4}}
    rows = (("taken and withdrawn", {"CNY": 2, "JPY": 0}), ("five digits", {"CNY": 5}))
    return {
        "row": encode(rules.row()).hex(),
        "applies": {"change": same, "row": encode(changed(rules, same).row()).hex()},
        "refused": {"change": other, "reason": _reason(other, rules)},
        "refused_rows": [
            {"name": name, "row": encode(row).hex(), "reason": _reason_of_row(row)}
            for name, row in [(name, rules.row() | {"withdrawn": withdrawn}) for name, withdrawn in rows]
        ],
    }


def _reason_of_row(row: dict[str, Any]) -> str:
    try:
        rules_of_row(row)
    except ChainbillError as error:
        return error.reason
    raise AssertionError("this is not refused")


def _reason(change: dict[str, Any], rules: Rules = STANDARD_RULES) -> str:
    try:
        check_change(change, rules.values)
        changed(rules, change)
    except ChainbillError as error:
        return error.reason
    raise AssertionError("this is not refused")


def _reason_of_parts(member: str, value: Any) -> str:
    parts = {**STANDARD_RULES.row(), member: value}
    try:
        rules_of_parts(parts["rules"], parts["currencies"], parts["python"])
    except ChainbillError as error:
        return error.reason
    raise AssertionError("this is not refused")
