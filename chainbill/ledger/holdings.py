"""Holdings by role: in which capacity a party has how much, as count and sum, so that a list is provably complete.

    core/holding [party, currency, role] → [count, sum]        minor units; no row where the count is 0

Every share of a party follows from one row, so the sums move with the rows that a unit changed and cost what the change
costs. A new role needs one function from a row to its shares, here, and its table in SHARES; the whole-state check then
recomputes it too.

What a party holds becomes what it is owed when a bill is paid. So what it takes must leave room for both together: else
a payee whose payments are never reported could fill its sum, and no bill of which it holds a cent could be settled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from chainbill.errors import Reason
from chainbill.ledger import core_rows
from chainbill.ledger.token_rules import Row, broken
from chainbill.limits import MAX_AMOUNT
from chainbill.state.keys import table_prefix
from chainbill.state.overlay import Overlay

HOLDER: Final = "holder"
DEBTOR: Final = "debtor"
PAYEE_OPEN: Final = "payee_open"
PAYING_BANK_OPEN: Final = "paying_bank_open"
GUARANTOR: Final = "guarantor"

PAYMENTS = table_prefix("settlement", "payment")
GUARANTEES = table_prefix("guarantee", "guarantee")
OPEN_PAYMENTS: Final = frozenset({"instructed", "returned", "set_aside"})
"""Statuses in which the paying bank still owes the money: not known to have arrived, come back, or waiting."""

Share = tuple[str, str, str, int]
"""Party, currency, role, amount."""


def token_shares(token: Row, debtor: str) -> tuple[Share, Share]:
    """The shares of a live token: its holder's and its debtor's."""
    currency, amount = token["currency"], token["hi"] - token["lo"]
    return (token["holder"], currency, HOLDER, amount), (debtor, currency, DEBTOR, amount)


def payment_shares(row: Any) -> tuple[Share, ...]:
    """The shares of a payment's row: what the payee is owed, and what its bank owes; none once it is paid or void.

    Refused with core_row_schema unless an open payment names party, bank, currency (text) and amount (minor units).
    """
    if type(row) is not dict:
        raise broken(Reason.CORE_ROW_SCHEMA, "a payment's row is a map")
    if row.get("status") not in OPEN_PAYMENTS:
        return ()
    currency, amount = _text(row, "currency"), row.get("amount")
    if type(amount) is not int or not 0 < amount <= MAX_AMOUNT:
        raise broken(Reason.CORE_ROW_SCHEMA, "an open payment has a positive amount")
    return (
        (_text(row, "party"), currency, PAYEE_OPEN, amount),
        (_text(row, "bank"), currency, PAYING_BANK_OPEN, amount),
    )


def guarantee_shares(row: Any) -> tuple[Share, ...]:
    """The share of a guarantee's row: what its guarantor answers for; none once it has ended.

    Refused with core_row_schema unless one that is active names guarantor, currency (text) and amount (minor units).
    """
    if type(row) is not dict:
        raise broken(Reason.CORE_ROW_SCHEMA, "a guarantee's row is a map")
    if row.get("status") != "active":
        return ()
    amount = row.get("amount")
    if type(amount) is not int or not 0 < amount <= MAX_AMOUNT:
        raise broken(Reason.CORE_ROW_SCHEMA, "an active guarantee has a positive amount")
    return ((_text(row, "guarantor"), _text(row, "currency"), GUARANTOR, amount),)


def _text(row: Row, name: str) -> str:
    text = row.get(name)
    if type(text) is not str or not text:
        raise broken(Reason.CORE_ROW_SCHEMA, f"{name} of what is open is text")
    return text


SHARES: dict[bytes, Callable[[Any], tuple[Share, ...]]] = {PAYMENTS: payment_shares, GUARANTEES: guarantee_shares}
"""Tables other than tokens whose rows give shares: the prefix of their keys, and how."""


class HoldingChange:
    """What one unit changes of holdings: shares that came and went, added up, then written at once."""

    def __init__(self, overlay: Overlay) -> None:
        self._overlay = overlay
        self._changes: dict[tuple[str, str, str], list[int]] = {}

    def add(self, shares: tuple[Share, ...], sign: int) -> None:
        """Count shares in (sign 1) or out (sign −1)."""
        for party, currency, role, amount in shares:
            change = self._changes.setdefault((party, currency, role), [0, 0])
            change[0] += sign
            change[1] += sign * amount

    def add_row(self, table: bytes, old: Any, new: Any) -> None:
        """Count what a changed row of a table in SHARES gave and gives now."""
        shares = SHARES[table]
        if old is not None:
            self.add(shares(old), -1)
        if new is not None:
            self.add(shares(new), 1)

    def write(self) -> None:
        """Bring `core/holding` up to date.

        Refused with core_holdings if a sum exceeds 2^53 − 1, or what a party holds grows until it does with PAYEE_OPEN.
        """
        for holding, (count, total) in self._changes.items():
            if count or total:
                self._write_one(holding, count, total)
        for (party, currency, role), (_, total) in self._changes.items():
            if role == HOLDER and total > 0:
                roles = (HOLDER, PAYEE_OPEN)
                _require_amount(sum(self._held(party, currency, one)[1] for one in roles), party)

    def _held(self, party: str, currency: str, role: str) -> list[int]:
        held: list[int] = self._overlay.get(core_rows.holding_key(party, currency, role)) or [0, 0]
        return held

    def _write_one(self, holding: tuple[str, str, str], count: int, total: int) -> None:
        key = core_rows.holding_key(*holding)
        held = self._held(*holding)
        count, total = held[0] + count, held[1] + total
        _require_amount(total, holding[0])
        if count:
            self._overlay.put_checked(key, [count, total])
        else:
            self._overlay.delete(key)


def _require_amount(total: int, party: str) -> None:
    if not 0 <= total <= MAX_AMOUNT:
        raise broken(Reason.CORE_HOLDINGS, "a sum exceeds the largest amount", party=party)
