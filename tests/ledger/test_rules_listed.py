"""Every number that bounds or prices something is either form or a rule, in the decision record and nowhere twice."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

from chainbill import limits
from chainbill.ledger.rules import RULES
from chainbill.vm import bounds, gas, grammar

RECORD = Path(__file__).resolve().parents[2] / "docs/decisions/0024-rules-change-by-height.md"
UNITS = {"KIB", "MIB", "HOUR_MS", "DAY_MS"}
WRITTEN_AS = {"gas_call_": "gas_call_NAME", "gas_node_": "gas_node_NAME", "gas_statement_": "gas_statement_NAME"}


def numbers(module: ModuleType) -> set[str]:
    return {name for name, value in vars(module).items() if name.isupper() and type(value) is int} - UNITS


def listed(title: str) -> set[str]:
    """The names in the lists that follow a title of the record."""
    part = RECORD.read_text(encoding="utf-8").split(f"*{title}*:", 1)[1].split("\n\n*", 1)[0]
    lists = re.findall(r"^(?:- |  ).*$", part, re.M)
    return set(re.findall(r"`([A-Za-z_]+)`", "\n".join(lists)))


def beside() -> set[str]:
    """Bounds that a module of the core declares for itself."""
    found = set()
    for path in (RECORD.parents[2] / "chainbill").rglob("*.py"):
        if path not in {Path(limits.__file__), Path(bounds.__file__)}:
            found |= set(re.findall(r"^(MAX_[A-Z_]+)(?:: Final)? = [\d(]", path.read_text(encoding="utf-8"), re.M))
    return found


def test_every_bound_of_form_stands_in_the_first_list() -> None:
    assert listed("Form") == numbers(limits) | numbers(bounds) | beside()


def test_every_rule_stands_in_the_second_list() -> None:
    written = set()
    for name in RULES:
        family = [whole for prefix, whole in WRITTEN_AS.items() if name.startswith(prefix)]
        written.add(family[0] if family else name)
    assert listed("Rules") == written


def test_no_number_is_in_both() -> None:
    assert not {name.lower() for name in listed("Form")} & set(RULES)


def test_every_price_of_the_language_is_a_rule_and_stands_nowhere_else() -> None:
    assert not numbers(gas)
    named = {**grammar.BUILTINS, **grammar.NATIVES, **grammar.STATEMENTS}
    assert {f"gas_call_{name}" for name in named} == {name for name in RULES if name.startswith("gas_call_")}
    assert len([name for name in RULES if name.startswith("gas_node_")]) == len(gas.NODE_GAS)
    assert {f"gas_statement_{name}" for name in gas.STATEMENT_GAS} == {
        name for name in RULES if name.startswith("gas_statement_")
    }
    assert all(signature.gas == RULES[f"gas_call_{name}"].standard for name, signature in named.items())
