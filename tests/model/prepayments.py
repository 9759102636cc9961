"""Early payment at a discount: a holder takes less from the debtor, who pays before the day."""

from __future__ import annotations

from typing import Any

from model import bills, claims, days, pieces, write_offs
from model.records import Book, Lock, Prepayment
from model.settlement import payment_to
from model.tokens import find, offers
from model.words import Guards


def offer(book: Book, sender: str, people: int, token: str, price: int, pay_by: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.amount(price)
    guards.need("date_not_valid", days.is_day(pay_by))
    row = find(book, guards, token)
    bill = row.bill
    guards.at("right")
    guards.need("not_the_holder", row.holder == sender)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("bill_not_active", bill.status == "active")
    guards.need("token_already_used", row.status == "live")
    guards.at("locks")
    guards.need("token_locked", row.lock is None)
    guards.need("claim_open", not row.claimed)
    guards.at("dates")
    guards.need("pay_by_not_valid", book.today <= pay_by <= bill.last_offer_on)
    guards.at("others")
    guards.need("debtor_insolvent", not book.sinks(bill))
    guards.at("amounts")
    guards.need("price_not_valid", price <= row.amount)
    guards.at("outcome")
    guards.need("too_many_offers", offers(book, sender) < book.parameters["open_offers"])
    guards.end()
    until = min(book.calendar.later(book.today, book.parameters["offer_business_days"]), pay_by)
    row.lock, row.offered_to = Lock("offered", "prepay", until, book.now), bill.debtor
    book.prepayments[row.id] = Prepayment(
        row, price, sender, bill.debtor, bill.paying_bank, pay_by, book.today, until, row.lock
    )
    book.touched.add(bill.id)
    return {"token": row.id, "until": until}


def agree(book: Book, sender: str, people: int, token: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("there")
    guards.need("prepayment_unknown", token in book.prepayments)
    guards.end()
    one = book.prepayments[token]
    row = one.token
    guards.at("right")
    guards.need("not_the_debtor", sender == one.debtor)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("prepayment_transition", one.status == "offered" and one.stands)
    guards.at("others")
    guards.need("maker_was_stopped", not book.stopped_since(one.holder, one.lock.made))
    guards.end()
    until = book.calendar.later(one.pay_by, 1)
    row.lock = one.lock = Lock("offered", "prepay", until, one.lock.made)
    one.status, one.agreed_on, one.until, one.bank = "agreed", book.today, until, row.bill.paying_bank
    book.touched.add(row.bill.id)
    return {"token": row.id, "until": until}


def settle(book: Book, sender: str, people: int, token: str, reference: str, value_date: str) -> dict[str, Any]:
    """The token ends whole; its holder is owed the price."""
    guards = Guards()
    guards.at("form")
    guards.need("reference_not_valid", 1 <= len(reference) <= 64)
    guards.need("date_not_valid", days.is_day(value_date))
    guards.end()
    content = ("prepaid", token, value_date)
    known = book.receipts.get((sender, reference))
    guards.need("reference_used_otherwise", known is None or known[0] == content)
    guards.end()
    if known is not None:
        return {**known[1], "repeated": True}
    guards.at("there")
    guards.need("prepayment_unknown", token in book.prepayments)
    guards.end()
    one = book.prepayments[token]
    row, bill = one.token, one.token.bill
    guards.at("right")
    guards.need("not_the_paying_bank", sender == bill.paying_bank)
    guards.at("state")
    guards.need("prepayment_transition", one.status == "agreed" and one.stands)
    guards.at("dates")
    guards.need("value_date_in_future", value_date <= book.today)
    guards.need("value_date_before_agreement", one.agreed_on <= value_date)
    guards.need("value_date_after_pay_by", value_date <= one.pay_by)
    guards.end()
    row.lock, row.offered_to, row.status = None, "", "settled"
    claims.paid(book, row, row.amount, None)
    write_offs.recovered(book, row, 1)
    paid = payment_to(book, row, row.holder, one.price, sender, None, None, None)
    paid.early = True
    pieces.settle_financings(book, bill)
    bill.settled += row.amount
    if value_date <= bill.overdue_after:
        bill.settled_in_time += row.amount
    if not bill.outstanding:
        bills.close(book, bill, "settled")
        if bill.settled_in_time == bill.settled:
            bill.overdue_on = ""
    book.touched.add(bill.id)
    one.status, one.bank, one.value_date, one.reference = "paid", sender, value_date, reference
    result = {
        "payment": {"party": paid.party, "token": row.id, "amount": one.price, "status": paid.status},
        "forgone": row.amount - one.price,
        "outstanding": bill.outstanding,
        "repeated": False,
    }
    book.receipts[sender, reference] = content, result
    return result


def day(book: Book) -> None:
    """What led to nothing ends after its last day."""
    for one in book.prepayments.values():
        if one.status in ("offered", "agreed") and one.until < book.today:
            one.status = "ended"
