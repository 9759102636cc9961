"""The shapes in which bills, tokens and hops are shown: rows of the ledger with what a reader computes from them.

Amounts are integers in minor units. The fields are those of docs/reference/rest.md; a row may gain fields, and
those that a shape does not name are left out, so that what is shown is always decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainbill_contracts.declared_rows import rows

Row = Mapping[str, Any]
"""A decoded row of the ledger."""

Shape = dict[str, Any]
"""A JSON object to be shown."""

LEAF_STATUSES = ("live", "settled", "diluted", "void")
"""The statuses of tokens that are leaves of their bill's tree."""

PENDING_STATUSES = ("draft", "pending_confirm", "pending_accept")
"""The statuses of bills that wait for somebody and have no tokens yet."""

ENDED_STATUSES = ("withdrawn", "rejected", "cancelled", "expired")
"""The statuses of bills that ended before they were accepted, and never had tokens."""

BILL_STATUSES = rows()["bill/bill"].words
"""Every status of a bill, in the order of its life."""

EXITED_STATUSES = (*ENDED_STATUSES, "void")
"""The statuses of bills on which nothing is owed any more without having been paid."""


def _members(place: str, *without: str) -> tuple[str, ...]:
    return tuple(name for name in rows()[place].shown if name not in without)


_BILL = _members("bill/bill", "days_late")
_TOKEN = _members("token/token")
_HOP = _members("token/hop")


def outstanding(bill: Row) -> int:
    """Give what is still to be paid on a bill, in minor units."""
    if bill["status"] in EXITED_STATUSES:
        return 0
    return int(bill["face"]) - int(bill.get("settled", 0)) - int(bill.get("diluted", 0)) - int(bill.get("void", 0))


def bill_shape(bill: Row) -> Shape:
    """Show a bill row."""
    shape: Shape = {name: bill.get(name) for name in _BILL}
    shape["outstanding"] = outstanding(bill)
    return shape


def token_shape(token: Row, *, with_offer: bool = True) -> Shape:
    """Show a token row with its amount; to whom it is offered, its locks and claim, only to who may see them."""
    shape: Shape = {name: token.get(name) for name in _TOKEN}
    shape["amount"] = amount_of(token)
    if not with_offer:
        shape |= {"offered_to": "", "locks": [], "claim": "none"}
    return shape


def hop_shape(hop: Row, *, with_price: bool = True) -> Shape:
    """Show a hop row with its amount; a price that the reader may not see is null."""
    shape: Shape = {name: hop.get(name) for name in _HOP}
    shape["amount"] = amount_of(hop)
    shape["price"] = hop.get("price", {}) if with_price else None
    return shape


def amount_of(row: Row) -> int:
    """Give the amount of a token or hop: the number of cents in its range."""
    return int(row["hi"]) - int(row["lo"])


def resting_tier(token: Row) -> int:
    """Give the tier at which a leaf rests: where it was financed, else its holder's."""
    return int(token.get("financed_tier", 0)) or int(token["tier"])


def names_of(party: Row | None) -> tuple[str, str]:
    """Give the newest (English, Chinese) name of a party row, each falling back to the other, else ("", "")."""
    names: Sequence[Row] = party.get("names", ()) if party else ()
    if not names:
        return "", ""
    english, chinese = str(names[-1].get("en", "") or ""), str(names[-1].get("zh", "") or "")
    return english or chinese, chinese or english
