"""The debtor's money: who is paid how many cents, and what becomes of each payment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from model import bills, claims, days, pieces, pledges, write_offs
from model.records import Bill, Book, Lock, Money, Payment, Pledge, Request, Token
from model.words import Guards

STEPS = {
    "instructed": ("paid", "returned"),
    "returned": ("instructed", "set_aside"),
    "set_aside": ("instructed",),
    "paid": ("returned",),
}
WAITS = 30
"""Days after which what came back is set aside."""


def share(amounts: list[int], money: int) -> list[int]:
    """Money over amounts in proportion: rounded down, then a cent each by largest remainder, ties by place."""
    whole = sum(amounts)
    parts = [amount * money // whole for amount in amounts]
    by_rest = sorted(range(len(amounts)), key=lambda at: (-(amounts[at] * money % whole), at))
    for at in by_rest[: money - sum(parts)]:
        parts[at] += 1
    return parts


def settle(
    book: Book, sender: str, people: int, bill: str, amount: int, reference: str, value_date: str, partial: bool
) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.amount(amount)
    guards.need("partial_not_said", type(partial) is bool)
    guards.need("reference_not_valid", 1 <= len(reference) <= 64)
    guards.need("date_not_valid", days.is_day(value_date))
    guards.end()
    content = ("settlement", bill, amount, value_date)
    known = book.receipts.get((sender, reference))
    guards.need("reference_used_otherwise", known is None or known[0] == content)
    guards.end()
    if known is not None:
        gone = {} if book.money[sender, reference].stands else {"reversed": True}
        return {**known[1], "repeated": True, **gone}
    row = bills.find(book, guards, bill)
    guards.at("right")
    guards.need("not_the_paying_bank", sender == row.paying_bank)
    guards.at("state")
    guards.need("bill_not_payable", row.payable)
    guards.at("dates")
    guards.need("value_date_in_future", value_date <= book.today)
    guards.need("value_date_before_acceptance", row.accepted_on <= value_date)
    guards.at("amounts")
    guards.need("amount_exceeds_outstanding", amount <= row.outstanding)
    guards.need("amount_below_outstanding", partial or amount >= row.outstanding)
    standing = [one for one in book.money.values() if one.bill is row and one.stands]
    guards.need("too_many_receipts", amount >= row.outstanding or len(standing) < 100)
    guards.end()
    paid = pay(book, row, amount, sender)
    row.settled += amount
    if value_date <= row.overdue_after:
        row.settled_in_time += amount
    if not row.outstanding:
        bills.close(book, row, "settled")
        if row.settled_in_time == row.settled:
            row.overdue_on = ""
    result = {
        "payments": [
            {"party": one.party, "token": one.token.id, "amount": one.amount, "status": one.status} for one in paid
        ],
        "outstanding": row.outstanding,
        "complete": True,
        "repeated": False,
    }
    book.receipts[sender, reference] = content, result
    until = book.calendar.later(book.today, 1)
    book.money[sender, reference] = Money(row, sender, reference, amount, value_date, until, paid, book.today)
    return result


def reverse(book: Book, sender: str, people: int, reference: str, reason: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("reference_not_valid", 1 <= len(reference) <= 64)
    guards.need("text_not_one_line", "\n" not in reason)
    guards.at("there")
    money = book.money.get((sender, reference))
    early = book.receipts.get((sender, reference), ("",))[0][:1] == ("prepaid",)
    guards.need("receipt_unknown", money is not None or early)
    guards.end()
    if early:
        guards.at("key")
        guards.need("maker_and_checker_needed", people == 2)
        guards.at("dates")
        guards.refuse("reversal_too_late")
    assert money is not None
    guards.at("key")
    guards.need("maker_and_checker_needed", people == 2)
    guards.at("state")
    guards.need("receipt_transition", money.stands)
    last = [one for one in book.money.values() if one.bill is money.bill and one.stands][-1:]
    guards.need("reversal_not_newest", last == [money])
    guards.need("payment_already_paid", not any(one.status == "paid" or one.bought for one in money.payments))
    guards.at("dates")
    guards.need("reversal_too_late", book.today <= money.until)
    guards.end()
    money.stands = False
    back = take_back(book, money)
    bill = money.bill
    bill.settled -= money.amount
    if money.value_date <= bill.overdue_after:
        bill.settled_in_time -= money.amount
    if bill.status == "settled":
        bills.owed_again(book, bill)
    for guarantee in book.guarantees.values():
        if guarantee.bill is bill and money.entered_on <= guarantee.until:
            guarantee.late_until = book.calendar.later(book.today, 1)
    return {
        "bill": bill.id, "tokens": [one.id for one in back], "outstanding": bill.outstanding, "complete": True,
    }  # fmt: skip


def take_back(book: Book, money: Money) -> list[Token]:
    """All cents live again in their hands, under the pledges they were under, and no payment is made."""
    made = []
    for payment in sorted(money.payments, key=lambda one: one.token.lo):
        write_offs.recovered(book, payment.token, -1)
        claims.unpaid(payment.token)
        token = pieces.again(book, payment.token)
        token.lock = lock_again(payment)
        made.append(token)
    back = [pieces.rejoin(book, token) for token in made if token.status == "live"]
    for token in back:
        for asked in book.requests.values():
            if token.status == "live" and token.lock is not None and token.lock.ref == asked.id:
                asked.token = token
    for row in {one.id: one for p in money.payments for one in (p.under, p.pledge) if one}.values():
        locked = [token for token in back if token.lock is not None and token.lock.ref == row.id]
        pledges.reversed_under(book, row, [one for one in money.payments if one.pledge is row], locked)
    for payment in money.payments:
        payment.status, payment.back_on, payment.asked = "cancelled", "", None
    for financing, asked in book.financed.items():
        owed = any(leaf.financing == financing and leaf.status == "live" for leaf in money.bill.leaves)
        if asked.status in ("repaid", "ended") and owed:
            asked.status = "disbursed"
    return back


def pay(book: Book, bill: Bill, money: int, bank: str) -> list[Payment]:
    """Each live token's payee gets its share; locks stay on what is left of a token."""
    live = [leaf for leaf in bill.leaves if leaf.status == "live"]
    found = []
    told: dict[Pledge, dict[Token, Token | None]] = {}
    for token, part in zip(live, share([leaf.amount for leaf in live], money), strict=True):
        if not part:
            continue
        pledge, payees = pledges.under(book, token), pledges.payees(book, token, part)
        held = None if pledge is None or pledge.status == "offered" else pledge
        ended, rest = [token], None
        asked = asked_for(book, token)
        if part < token.amount or len(payees) > 1:
            ended = pieces.cut(book, token, [amount for _, amount, _ in payees], "payment")
        if part < token.amount:
            rest = ended.pop()
            if token.lock is None or token.lock.ref not in ("sale", "prepay"):  # what is left of these is free
                rest.lock, rest.offered_to = token.lock, token.offered_to
            if asked is not None:
                asked.token = rest
        else:
            paid_whole(asked)
        claims.paid(book, token, part, rest)
        token.lock, token.offered_to = None, ""
        for piece, (party, amount, secured) in zip(ended, payees, strict=True):
            piece.status = "settled"
            write_offs.recovered(book, piece, 1)
            found.append(payment_to(book, piece, party, amount, bank, secured, held, asked))
        if pledge is not None:
            told.setdefault(pledge, {})[token] = rest
    book.touched.add(bill.id)
    for one in sorted(told, key=lambda one: book.names[one.id]):
        pledges.paid(book, one, told[one])
    pieces.settle_financings(book, bill)
    return found


def asked_for(book: Book, token: Token) -> Request | None:
    """The request that a token is locked for."""
    return next((one for one in book.requests.values() if one.token is token and one.under_way), None)


def paid_whole(asked: Request | None) -> None:
    """Nothing is left of a token: what was asked for it is over, and what was agreed on it waits for its bank."""
    if asked is not None and asked.status == "open":
        asked.status, asked.ended_by = "expired", "bill_paid"
        for quote in asked.quotes:
            if quote.status in ("offered", "agreed"):
                quote.status = "expired"


def payment_to(
    book: Book,
    piece: Token,
    party: str,
    amount: int,
    bank: str,
    secured: Pledge | None,
    under: Pledge | None,
    asked: Request | None,
) -> Payment:
    """What a bank owes for a token that was paid. asked: what the token was locked for."""
    status = "set_aside" if book.parties[party].status == "insolvent" else "instructed"
    made = Payment(piece.bill, piece, party, amount, bank, status, secured, under=under, on=book.today)
    made.look = days.plus(book.today, 1)
    if asked is not None and asked.status == "agreed":
        made.status, made.asked = "set_aside", asked
    book.payments[piece.id] = made
    return made


def turn(payment: Payment) -> None:
    """What waited for an agreement is its bank's or its holder's once that is over."""
    asked = payment.asked
    if asked is not None and asked.status != "agreed":
        assert asked.agreed is not None
        payment.asked = None
        if payment.bought:
            payment.party = asked.agreed.bank


def day(book: Book) -> None:
    """Money that waited for an agreement goes out on the day after that is over, but not to who is insolvent.

    It is looked at each day. Where days went by without a block, what was to be done on an earlier one comes first.
    """
    for payment in book.payments.values():
        waited = payment.asked is not None
        late = payment.asked is not None and payment.asked.ended_by == "time" and payment.asked.until >= payment.look
        payment.look = days.plus(book.today, 1)
        if not late:
            turn(payment)
        if waited and payment.asked is None and book.parties[payment.party].status != "insolvent":
            payment.status = "instructed"


def lock_again(payment: Payment) -> Lock | None:
    """The lock of a token that was paid and lives again: that of an agreement which stands, or of its pledge."""
    asked = payment.asked
    if asked is not None and asked.status == "agreed":
        return Lock("in_finance", asked.id, asked.until, asked.made)
    return pledges.lock_again(payment.under)


def pay_result(
    book: Book, sender: str, people: int, bill: str, token: str, status: str, reference: str
) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("reference_not_valid", 1 <= len(reference) <= 64)
    guards.end()
    content = ("payment", bill, token, status)
    known = book.receipts.get((sender, reference))
    guards.need("reference_used_otherwise", known is None or known[0] == content)
    guards.end()
    if known is not None:
        return {**known[1], "repeated": True}
    guards.at("there")
    row = book.payments.get(token)
    guards.need("not_the_instructing_bank", row is not None and row.bill.id == bill and row.bank == sender)
    guards.at("state")
    assert row is not None
    guards.need("payment_transition", status in STEPS.get(row.status, ()) and not row.said)
    guards.need("payment_awaits_financing", row.asked is None or row.asked.status != "agreed")
    guards.at("dates")
    guards.need("set_aside_too_early", status != "set_aside" or book.today > days.plus(row.back_on, WAITS))
    guards.at("others")
    lacks = pledges.lacking(row)
    turned = replace(row)
    turn(turned)
    payee = turned.party if lacks else row.token.holder
    waits = status == "instructed" and book.parties[payee].status == "insolvent"
    guards.need("administrator_account_missing", not waits)
    guards.at("amounts")
    guards.need("payment_above_secured", status != "instructed" or lacks in (0, row.amount) or lacks > row.amount)
    guards.end()
    turn(row)
    if status == "instructed" and not lacks:
        pledges.to_holder(book, row)
    pledges.payment_is(book, row, status)
    result = {"bill": row.bill.id, "token": row.token.id, "status": status, "repeated": False}
    book.receipts[sender, reference] = content, result
    return result


def acknowledge(book: Book, sender: str, people: int, bill: str, token: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("there")
    row: Payment | None = book.payments.get(token)
    guards.need("not_the_payee", row is not None and row.bill.id == bill and row.party == sender)
    guards.end()
    assert row is not None
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("key")
    guards.need("maker_and_checker_needed", people == 2)
    guards.at("state")
    guards.need("payment_transition", row.status not in ("paid", "cancelled"))
    guards.need("payment_awaits_financing", row.asked is None)
    guards.end()
    row.said = True
    pledges.payment_is(book, row, "paid")
    return {"bill": row.bill.id, "token": row.token.id, "status": "paid"}
