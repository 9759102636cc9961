"""Locks of tokens by what they are for: their words, and the commands that end them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chainbill_cli.texts import in_language, text, word_said

OFFERS = ("transfer", "return", "sale", "prepay")
"""What a token is offered for, as its lock says; any other one names the pledge that is offered."""
PREPAY = "prepay"
OFFERED = "offered"
AGREED = "agreed"
"""A member that only this program gives to a lock: the early payment that it is for is agreed."""


def lock_word(lock: Mapping[str, Any]) -> str:
    """The word of a lock, behind `value.lock_`: `pledged`; of an offer, what it is one of: `offered_sale`."""
    if lock["kind"] != OFFERED or "ref" not in lock:
        return str(lock["kind"])
    if lock["ref"] == PREPAY and lock.get(AGREED):
        return "agreed_prepay"
    return f"{OFFERED}_{lock['ref'] if lock['ref'] in OFFERS else 'pledge'}"


def lock_said(lock: Any) -> str:
    """A lock in words, in a list or behind a label. lock: its row, or its kind alone."""
    return word_said("lock_", lock_word(lock) if isinstance(lock, Mapping) else lock)


def lock_told(lock: Mapping[str, Any]) -> dict[str, Any]:
    """A lock as a refusal names it: what it is by its word; `ref` only where it names an object."""
    said = {name: one for name, one in lock.items() if name != "ref" or one not in OFFERS}
    return {**said, "kind": lock_said(lock)}


def is_prepay(token: Mapping[str, Any]) -> bool:
    """Whether a token is offered to its debtor for early payment, or that is agreed: it goes to nobody."""
    return any((lock["kind"], lock["ref"]) == (OFFERED, PREPAY) for lock in token.get("locks") or ())


def freed_by(locks: Any, token: str) -> Iterator[str]:
    """What ends each of these locks: a command of who may, with the id that it takes. token: "" where none is told."""
    for lock in locks if isinstance(locks, list | tuple) else ():
        if isinstance(lock, Mapping):
            named = str(lock["ref"]) if lock["ref"] not in OFFERS else token
            yield text(FREED_BY[lock_word(lock)], id=named or in_language("TOKEN"))


FREED_BY = {
    "offered_transfer": "lock.offered_transfer", "offered_return": "lock.offered_return",
    "offered_sale": "lock.offered_sale", "offered_pledge": "lock.offered_pledge",
    "offered_prepay": "lock.offered_prepay", "agreed_prepay": "lock.offered_prepay",
    "in_finance": "lock.in_finance", "pledged": "lock.pledged", "frozen": "lock.frozen",
}  # fmt: skip
"""The word of a lock → what ends it."""
