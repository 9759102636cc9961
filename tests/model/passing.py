"""What a new day brings: what was not answered ends, bills fall due, and are overdue after the days of grace."""

from __future__ import annotations

from model import (
    bills,
    claims,
    days,
    entries,
    financing,
    invoices,
    labels,
    pieces,
    pledges,
    prepayments,
    sales,
    settlement,
)
from model.records import Book, Pledge, Request, Token


def day(book: Book, today: str) -> None:
    """Move to a later day. What ends goes in the order of its last days.

    Of one day financings come before pledges (covered ones, enforcements, offers), these before offers, and each in the
    order of the ledger's own names; it shows in which pieces come together again, and nowhere else.
    """
    book.today = today
    book.kept.clear()
    for bill in list(book.bills.values()):
        if bill.status in bills.PENDING and bill.expires_on <= today:
            if bill.status == "pending_accept":
                invoices.free(book, bill)
            bills.close(book, bill, "expired")
        if bill.payable:
            bills.falls_due(book, bill)
    for row in book.requests.values():
        if row.under_way:
            quotes_end(book, row)
    while True:
        over: list[tuple[str, int, str, Request | Pledge | Token]]
        over = [(row.until, 0, book.names[row.id], row) for row in book.requests.values() if row.under_way]
        over += [
            (one.final_on if one.status == "covered" else one.until, PLEDGES[one.status], book.names[one.id], one)
            for one in book.pledges.values() if one.status in PLEDGES and not (one.status == "covered" and one.unpaid)
        ]  # fmt: skip
        over += [
            (leaf.lock.until, 4, book.names[leaf.id], leaf) for bill in book.bills.values() for leaf in bill.leaves
            if leaf.status == "live" and leaf.lock and leaf.lock.kind == "offered" and leaf.offered_to
        ]  # fmt: skip
        over = [one for one in over if one[0] < today]
        if not over:
            break
        ended = min(over, key=lambda one: one[:3])[3]
        if isinstance(ended, Request):
            financing.end(book, ended, "expired", "time", "expired")
        elif isinstance(ended, Pledge):
            pledge_ends(book, ended)
        else:
            book.touched.add(ended.bill.id)
            pieces.release(book, ended)
    labels.day(book)
    entries.day(book)
    sales.day(book)
    prepayments.day(book)
    claims.day(book)
    settlement.day(book)
    for payment in book.payments.values():
        if payment.status == "returned" and today > days.plus(payment.back_on, settlement.WAITS):
            pledges.payment_is(book, payment, "set_aside")
    for joint in book.joints.values():
        if joint.status == "open" and joint.until < today:
            joint.status = "lapsed"
    for dispute in book.disputes.values():
        if dispute.status == "open" and dispute.until < today:
            dispute.status = "ended"


PLEDGES = {"covered": 1, "enforcing": 2, "offered": 3}


def pledge_ends(book: Book, row: Pledge) -> None:
    if row.status == "covered":
        pledges.look(book, row)
    elif row.status == "enforcing":
        pledges.stands(row, "active")
    else:
        pledges.end(book, row, "ended")


def quotes_end(book: Book, row: Request) -> None:
    for quote in row.quotes:
        if quote.status == "offered" and quote.own_end and quote.valid_until < book.today:
            quote.status = "expired"
