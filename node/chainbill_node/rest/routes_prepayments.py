"""Early payments at a discount: tokens that holders offer to their debtors for less, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from chainbill.dates import days_between
from chainbill_node.rest.declared import declared, declared_list
from chainbill_node.rest.lists import every, from_index
from chainbill_node.rest.problems import not_found
from chainbill_node.rest.reading import Opened
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.ratios import yearly_rate
from chainbill_node.trace.shapes import Row

router = router_of("bills", "/v1")

STANDING = ("offered", "agreed")
"""The statuses out of which an end of the token's lock leads at once."""


def sees_prepayment(view: View, row: Row) -> bool:
    """Say whether an early payment shows: to holder and debtor, to the bank that pays the bill now and the one that has
    paid it, and to who reads for one of these parties in full.
    """
    bill = view.row("bill", "bill", str(row["bill"])) or {}
    banks = (view.paying_bank(bill), str(row["bank"]) if row["status"] == "paid" else "")
    return view.viewer.is_or_reads_for(str(row["holder"]), str(row["debtor"]), *filter(None, banks))


def prepayment_now(view: View, row: Row) -> Row:
    """Give an early payment as it stands: over as soon as its token is not locked for it any more, whatever ended it.

    Its contract writes so on the day after the last one, since tokens know of none. ``yearly_rate`` is what it costs,
    by ``days_early``: those from the day of the money, before it is paid from the last one for it, to that of payment.
    """
    since = str(row["value_date"] or row["pay_by"])
    bill = view.row("bill", "bill", str(row["bill"])) or {"pay_on": since}
    days = days_between(since, str(bill["pay_on"]))
    rate = yearly_rate(int(row["forgone"]), int(row["price"]), days)
    row = {**row, "yearly_rate": rate, "days_early": max(days, 0)}
    if row["status"] not in STANDING:
        return row
    locks = (view.row("token", "token", str(row["token"])) or {"locks": ()})["locks"]
    stands = any((lock["kind"], lock["ref"]) == ("offered", "prepay") for lock in locks)
    return row if stands else {**row, "status": "ended"}


def _concerned(view: View) -> Iterator[str]:
    """Give those of the parties read for, and those that they are to pay as banks."""
    for party in sorted(view.viewer.reads_for()):
        for index in ("prepayment.holder", "prepayment.debtor"):
            yield from every(from_index(view.reader, index, (party,)))
        for bank in view.pays_as(party) if view.is_bank(party) else ():
            yield from every(from_index(view.reader, "prepayment.bank", (bank,)))


declared_list(router, "prepayments", sees=sees_prepayment, now=prepayment_now, concerned=_concerned)


@declared(router, "prepayment")
def prepayment(view: Opened, token_id: str) -> Response:
    """Show the newest offer of a token for early payment. One that does not show costs what none costs."""
    row = view.row("prepayment", "prepayment", token_id)
    nobodys = {"bill": token_id, "status": "", "holder": token_id, "debtor": token_id}
    if not sees_prepayment(view, row or nobodys) or row is None:
        raise not_found("prepayment", token_id, view.height)
    return view.answer(dict(prepayment_now(view, row)))
