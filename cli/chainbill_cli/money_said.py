"""Which figures of what the ledger takes and says are money, and in which currency: the one place that knows.

Arguments and results go by their names, details of a refusal by what its reason says of them. The currency stands
beside a figure, or is that of the bill, token, request or quote that the act names; where nobody can tell it, the
figure is shown as minor units and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chainbill_cli.output import amount_text
from chainbill_cli.texts import text

if TYPE_CHECKING:
    from chainbill_cli.session import Session

AMOUNTS = frozenset(
    {
        "above", "amount", "amounts", "face", "fee", "interest", "min_split", "net", "outstanding", "paid",
        "beyond", "new_total", "secured", "received", "owed", "short", "most_value", "most_a_day", "rest_amount",
        "settled", "total", "diluted", "void", "agreed_net", "given", "set_aside", "price", "forgone",
    }
)  # fmt: skip
"""Names of arguments and results of the contracts, and of members of their lists and maps, that are minor units."""
PLACES = {
    "bill": "/v1/bills", "token": "/v1/tokens", "tokens": "/v1/tokens", "request": "/v1/finance/requests",
    "quote": "/v1/finance/quotes", "product": "/v1/products", "pledge": "/v1/pledges", "freeze": "/v1/freezes",
}  # fmt: skip
"""Arguments that name an object of one currency, and where it is read."""


def is_amount(name: str, beside: Mapping[str, Any]) -> bool:
    """Whether a member is minor units; a `value` is where it is what an event is worth. beside: what stands next."""
    return name in AMOUNTS or (name == "value" and "serial" in beside)


def said(minor: int, currency: str) -> str:
    """An amount and its currency as a person reads them; minor units that say so where the currency is not known."""
    return f"{amount_text(minor, currency)} {currency}" if currency else text("value.minor_units", amount=minor)


def details_said(reason: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """The details of a refusal, those that are money as a person reads them, with their currency beside them."""
    from chainbill_contracts import money_details

    money = money_details(reason)
    if not money:
        return dict(details)
    currency = str(details.get("currency") or "")
    return {
        name: said(one, currency) if name in money and type(one) is int else one
        for name, one in details.items()
        if name != "currency"
    }


def currency_of(session: Session, *named: Mapping[str, Any]) -> str:
    """The currency that some arguments or results speak of; "" where they name none and nothing that has one.

    What an act names is read from a node once; where none answers, or it may not be seen, it is the one that the
    amounts were typed in, and unknown where none was named.
    """
    for one in named:
        if isinstance(one.get("currency"), str) and one["currency"]:
            return str(one["currency"])
    for path, identifier in _objects(named):
        row = session.object_row(path, identifier)
        if row.get("currency"):
            return str(row["currency"])
    return session.named_currency


def _objects(named: Sequence[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    items = [item for one in named for item in one.get("items") or () if isinstance(item, Mapping)]
    for one in (*named, *items):
        for name, path in PLACES.items():
            value = one.get(name)
            first = value[0] if isinstance(value, list | tuple) and value else value
            if isinstance(first, str) and first:
                yield path, first
