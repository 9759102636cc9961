"""A rule: a number that decides what a block does, declared once with what a vote may make of it.

Rules are state (`core/rules`), in full in the genesis, changed by vote at a height. Bounds of form, which a decoder
needs before it knows a state, are none: they belong to the format (`limits`, `vm.bounds`). See docs/reference/rules.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, cast

_MARK = "rule"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name in genesis and state, what new networks get, the bounds of a vote, its unit, what it is of.

    `least` and `most` keep a network able to vote again: no vote can make the next one too dear or too large.
    """

    name: str
    standard: int
    least: int
    most: int
    unit: str
    english: str
    chinese: str


def rule(standard: int, least: int, most: int, *texts: str) -> Any:
    """The default of a dataclass field that is a rule; its name is the rule's. texts: unit, English, Chinese."""
    return field(default=standard, metadata={_MARK: (least, most, *texts)})


def rules_of(declared: type[Any]) -> tuple[Rule, ...]:
    """The rules that a dataclass declares, in order."""
    return tuple([Rule(one.name, cast(int, one.default), *one.metadata[_MARK]) for one in fields(declared)])
