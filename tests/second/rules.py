"""Rules of the network and how they change. Written from rules.md, whose generated table is read here, not copied."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from second.codec import encode
from second.refused import must
from second.shapes import ascending, items, mapping

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "rules.md"
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
PYTHON = re.compile(r"3\.(0|[1-9][0-9]*)", re.ASCII)

Rules = dict[str, object]  # the members rules, currencies, python; of the row withdrawn too, empty where it is missing


class Bound(NamedTuple):
    """One line of the table."""

    standard: int
    least: int
    most: int
    unit: str


def table() -> dict[str, Bound]:
    """The table of rules, as the document has it."""
    found: dict[str, Bound] = {}
    for line in DOCUMENT.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and re.fullmatch(r"`[a-z0-9_]+`", cells[0]) and re.fullmatch(r"[\d,]+", cells[1]):
            numbers = [int(cell.replace(",", "")) for cell in cells[1:4]]
            found[cells[0].strip("`")] = Bound(*numbers, cells[4])
    return found


def standard_currencies() -> dict[str, int]:
    """The last block of the document."""
    block = DOCUMENT.read_text("utf-8").split("```text\n")[-1].split("```")[0]
    return {code: int(digits) for code, digits in (pair.split(":") for pair in block.split())}


def check_members(members: Rules) -> None:
    """The members as a genesis has them, and `withdrawn` where they are those of the row."""
    bounds = table()
    rules = mapping(members["rules"])
    must(set(rules) == set(bounds), "rule_unknown", "exactly the names of the table")
    for name, value in rules.items():
        _check_rule(bounds[name], value)
    currencies = mapping(members["currencies"])
    withdrawn = mapping(members.get("withdrawn", {}))
    must(currencies and len(currencies) + len(withdrawn) <= 400, "rule_currency")
    must(not set(currencies) & set(withdrawn), "rule_currency", "taken and withdrawn")
    for code, digits in [*currencies.items(), *withdrawn.items()]:
        _check_currency(code, digits)
    _check_python(members["python"])


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_rule(bound: Bound, value: object) -> None:
    must(_whole(value), "rule_out_of_range", "an integer")
    assert isinstance(value, int)
    must(bound.least <= value <= bound.most, "rule_out_of_range", f"{bound.least} to {bound.most}")


def _check_currency(code: str, digits: object) -> None:
    must(CURRENCY.fullmatch(code) and _whole(digits), "rule_currency", code)
    assert isinstance(digits, int)
    must(0 <= digits <= 4, "rule_currency", code)


def _check_python(value: object) -> None:
    must(isinstance(value, list) and 1 <= len(value) <= 8, "rule_python")
    assert isinstance(value, list)
    found = [PYTHON.fullmatch(version) if isinstance(version, str) else None for version in value]
    must(all(found), "rule_python", "3.N")
    minors = [int(match[1]) for match in found if match]
    must(ascending(minors), "rule_python", "each once, ascending")


def changed(members: Rules, change: dict[str, object]) -> Rules:
    """The members after a change, or the reason why there can be no such change."""
    must(set(change) == {"changes", "currencies", "python"}, "shape_wrong")
    changes, currencies, python = mapping(change["changes"]), mapping(change["currencies"]), items(change["python"])
    must(changes or currencies or python, "rule_change_empty")
    bounds = table()
    for name, value in changes.items():
        must(name in bounds, "rule_unknown", name)
        _check_rule(bounds[name], value)
    taken, withdrawn = dict(mapping(members["currencies"])), dict(mapping(members.get("withdrawn", {})))
    for code, digits in currencies.items():
        if digits is None:
            must(CURRENCY.fullmatch(code), "rule_currency", code)
            if code in taken:
                withdrawn[code] = taken.pop(code)
            continue
        _check_currency(code, digits)
        must((taken | withdrawn).get(code, digits) == digits, "rule_currency", f"other digits of {code}")
        taken[code] = digits
        withdrawn.pop(code, None)
    if python:
        _check_python(python)
    after: Rules = {
        "rules": mapping(members["rules"]) | changes,
        "currencies": taken,
        "python": python or members["python"],
        "withdrawn": withdrawn,
    }
    check_members(after)
    return after


def row_bytes(members: Rules) -> bytes:
    """The value of core/rules "active"."""
    return encode({"withdrawn": {}, **members})
