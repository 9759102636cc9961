"""What a call of a contract says, as a person reads it: parties by name, amounts in major units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainbill_cli.output import amount_text
from chainbill_cli.session import Session
from chainbill_cli.texts import has_text, text

AMOUNTS = frozenset({"face", "amount", "amounts", "total", "fee", "above", "min_split"})
"""Arguments of the contracts, and members of their lists and maps, that are amounts in minor units."""
PARTIES = frozenset(
    {"debtor", "creditor", "party", "bank", "banks", "to", "holder", "paying_bank", "sponsor", "successor"}
)


def call_text(session: Session, call: Mapping[str, Any]) -> str:
    """A call in one line, as a node or a file gives it: contract.function and the arguments that say something."""
    given = call.get("arguments", call.get("args")) or {}
    said = [
        f"{name} {argument_text(session, name, value, given)}"
        for name, value in given.items()
        if value not in ("", [], {})
    ]
    return (
        f"{call['contract']}.{call['function']}: {', '.join(said)}"
        if said
        else f"{call['contract']}.{call['function']}"
    )


def words_said(kind: str, words: Any) -> str:
    """Words of the ledger in the language in use. kind: "role" or "capability"."""
    keys = [(str(word), f"value.{kind}_{word}") for word in words or ()]
    return ", ".join(text(key) if has_text(key) else word for word, key in keys)


def argument_text(session: Session, name: str, value: Any, beside: Mapping[str, Any]) -> str:
    """An argument, or a member of one. beside: what stands next to it and may name the currency.

    Most acts name the object that an amount is of, and no currency: the amount is then marked as minor units, because
    nobody here can know how many of them make one.
    """
    if isinstance(value, Mapping):
        around = {**beside, **value}
        return ", ".join(f"{part} {argument_text(session, part, one, around)}" for part, one in sorted(value.items()))
    if isinstance(value, list | tuple):
        return "; ".join(argument_text(session, name, one, beside) for one in value)
    if name in AMOUNTS and type(value) is int:
        currency = str(beside.get("currency") or "")
        return f"{amount_text(value, currency)} {currency}" if currency else text("value.minor_units", amount=value)
    if name in PARTIES and isinstance(value, str):
        known = session.known.name_of(value)
        return value if known == value else f"{known} ({value})"
    if isinstance(value, bool):
        return text("value.yes") if value else text("value.no")
    return value.hex() if isinstance(value, bytes) else str(value)
