"""What a rule named when it refused, told to people: labels and words in the language in use, parties by name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from chainbill_contracts.declared_rows import rows

from chainbill_cli.acts import ACTS, act_said, in_commands
from chainbill_cli.locks import lock_told
from chainbill_cli.output import Names
from chainbill_cli.texts import has_text, label, language, text, texts_of

FAMILIES = {
    "proposal": "proposal_", "vote": "proposal_", "change": "change_", "recovery": "change_", "mandate": "mandate_",
    "status_order": "order_", "objection": "order_", "dispute": "dispute_", "entry": "entry_",
    "order": "legal_order_", "freeze": "freeze_", "token_locked": "lock_", "joint": "joint_",
}  # fmt: skip
"""How refusals begin whose statuses have words of their own, and how the keys of these words begin."""
AREAS = {"pledge_not_due": "pledge", "event_": "product", "label_": "label", "not_an_attestor": "label"}
"""How refusals begin that are of one contract, whose headings their members are called by."""
WORDS = frozenset({"status", "from", "to", "role", "roles", "capability", "kind", "lock", "locks", "ref"})
"""Members that are words of the ledger."""


def detail_lines(details: Mapping[str, Any], code: str, name_of: Names) -> Iterator[str]:
    """A line a member that says something; the act that was refused as the command that asks for it."""
    act = f"{details.get('contract')}.{details.get('function')}"
    if act in ACTS:
        details = {name: value for name, value in details.items() if name not in {"contract", "function"}}
        yield f"{text('detail.command')}{text('root.colon')}{in_commands(act)}"
    for name, value in details.items():
        if value not in ("", None, []) and not _tells_nothing(name, details, code):
            yield f"{_called(name, details, code)}{text('root.colon')}{_said(name, value, code, name_of)}"


def _called(name: str, details: Mapping[str, Any], code: str) -> str:
    """What a member is called; a value above the limit of a day is that of all its events."""
    if code == "event_too_large" and name == "value" and "most_a_day" in details:
        return text("detail.of_today")
    return label(name, *(f"column.{area}" for start, area in AREAS.items() if code.startswith(start)))


def _tells_nothing(name: str, details: Mapping[str, Any], code: str) -> bool:
    """The first call, since most transactions have no other; the status of a party that halted itself, which is that
    of before; and the state asked for where it is the present one."""
    return (
        (name == "call" and details[name] == 0)
        or (name == "status" and code == "party_halted")
        or (name == "to" and details[name] == details.get("from"))
    )


def _said(name: str, value: Any, code: str, name_of: Names) -> str:
    if isinstance(value, bool):
        return text("value.yes") if value else text("value.no")
    if isinstance(value, list | tuple):
        comma = "root.semicolon" if any(isinstance(one, Mapping) for one in value) else "root.list_comma"
        return text(comma).join(_said(name, one, code, name_of) for one in value)
    if isinstance(value, Mapping):
        told = lock_told(value) if name == "locks" and value.get("kind") else value
        said = {part: one for part, one in told.items() if one != ""}
        return text("root.comma").join(f"{label(part)} {_said(part, one, code, name_of)}" for part, one in said.items())
    if isinstance(value, str):
        if name == "acts":
            return act_said(value)
        if name == "problem":
            return _problem(value)
        return word(value, code) if name in WORDS else name_of(value)
    return json.dumps(value, ensure_ascii=False)


def _problem(reason: str) -> str:
    """What the compiler of contracts found, in its own words, without the name that a receipt does not keep."""
    from chainbill.vm.messages import REJECTIONS

    said = REJECTIONS.get(reason, (reason, reason))[language() == "zh"]
    return re.sub(r" ?[`'\"]?\{\w+\}[`'\"]?", " …", said).replace("  ", " ").strip()


@cache
def _declared() -> Mapping[str, str]:
    """Refusals of acts that look where a row stands, and the family of its words, where it has one."""
    return {one.refused: row.family for row in rows().values() for one in row.asked.values() if row.family}


def word(value: str, code: str = "") -> str:
    """A word of the ledger in the language in use: of the family of the refusal, else of any."""
    family = _declared().get(code) or next((keys for start, keys in FAMILIES.items() if code.startswith(start)), "")
    for key in (f"value.{family}{value}", f"value.{value}", f"value.role_{value}", f"value.capability_{value}"):
        if has_text(key):
            return text(key)
    others = [key for key in texts_of("value") if key.endswith(f"_{value}")]
    return text(others[0]) if others else value
