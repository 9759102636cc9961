"""Quotes: what a bank offers, what the holder agrees to, what the bank's money then moves."""

from __future__ import annotations

from typing import Any

from model import days, labels, pieces
from model.entries import guard_struck
from model.financing import end, find_request
from model.invoices import alerts
from model.records import Book, Hop, Quote
from model.words import Guards, Id

MOST_QUOTES = 10
MOST_UNMATCHED = 10


def quote(
    book: Book, sender: str, people: int, request: str, rate: int, recourse: bool, basis: str, fee: int,
    value_date: str, disburse_by: str, valid_until: str, interest_payer: str, needs_label: Any,
) -> dict[str, Any]:  # fmt: skip
    guards = Guards()
    guards.at("form")
    guards.need("rate_not_valid", type(rate) is int and 0 <= rate <= 1_000_000)
    guards.need("recourse_not_said", type(recourse) is bool)
    guards.need("basis_unknown", basis in days.YEAR)
    guards.need("fee_not_valid", type(fee) is int and fee >= 0)
    guards.need("interest_payer_unknown", interest_payer in ("holder", "debtor"))
    guards.need("date_not_valid", all(not day or days.is_day(day) for day in (value_date, disburse_by, valid_until)))
    labels.guard_need(book, guards, needs_label)
    row = find_request(book, guards, request)
    bill = row.token.bill
    guards.at("right")
    guards.need("bank_not_asked", sender in row.banks)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("request_not_open", row.status == "open")
    guards.need("bank_has_declined", sender not in row.declined)
    guards.at("dates")
    value_date, disburse_by = value_date or book.today, disburse_by or max(row.until, value_date)
    valid_until = valid_until or row.until
    guards.need("value_date_not_in_order", book.today <= value_date <= disburse_by)
    guards.need("disburse_by_too_late", disburse_by < bill.pay_on)
    guards.need("value_date_not_before_payment", value_date < bill.pay_on)
    guards.need("validity_not_in_request", book.today <= valid_until <= row.until)
    guards.at("others")
    guards.need("maker_was_stopped", not book.stopped_since(row.holder, row.made))
    guards.need("debtor_insolvent", not book.sinks(bill))
    guards.need("debtor_does_not_pay_interest", interest_payer == "holder" or bill.debtor_pays_interest)
    if row.holder != bill.creditor:
        guard_struck(book, guards, bill, row.holder, sender)
    guards.at("amounts")
    if value_date < bill.pay_on:
        count = days.interest_days(basis, value_date, bill.pay_on)
        cost = days.interest(row.amount, rate, count, basis)
        net = row.amount - fee - (cost if interest_payer == "holder" else 0)
        guards.need("net_not_positive", net > 0)
    guards.at("outcome")
    guards.need("too_many_quotes", sum(1 for one in row.quotes if one.bank == sender) < MOST_QUOTES)
    guards.end()
    for one in row.quotes:
        if one.bank == sender and one.status == "offered":
            one.status = "withdrawn"
    made = Quote(
        book.name("Q"), row, sender, row.amount, rate, recourse, basis, fee, interest_payer, value_date, disburse_by,
        valid_until, valid_until < row.until, book.now, count, cost, net, needs_label,
    )  # fmt: skip
    row.quotes.append(made)
    book.quotes[made.id] = made
    return {"quote": made.id, "interest": cost, "net": net, "days": count, **alerts(book, bill)}


def find(book: Book, guards: Guards, quote: str) -> Quote:
    guards.at("there")
    guards.need("quote_unknown", quote in book.quotes)
    guards.end()
    return book.quotes[quote]


def agree(book: Book, sender: str, people: int, quote: str) -> dict[str, Any]:
    guards = Guards()
    row = find(book, guards, quote)
    asked, bill = row.request, row.request.token.bill
    guards.at("right")
    guards.need("not_the_holder", sender == asked.holder)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("request_transition", asked.status == "open")
    guards.need("quote_transition", row.status == "offered")
    guards.at("dates")
    guards.need("quote_expired", book.today <= row.valid_until and book.today <= row.disburse_by)
    guards.at("others")
    guards.need("maker_was_stopped", not book.stopped_since(row.bank, row.made))
    guards.need("maker_was_stopped", not book.stopped_since(asked.holder, asked.made))
    guards.need("party_not_active", book.acts(row.bank))
    guards.need("debtor_insolvent", not book.sinks(bill))
    guard_struck(book, guards, bill, sender)
    labels.guard_label(book, guards, row, bill)
    guards.at("amounts")
    guards.need("quote_amount_outdated", row.amount == asked.amount)
    guards.end()
    # money leaves on the day of agreement at the earliest, so a value date before it has passed
    row.value_date = max(row.value_date, book.today)
    row.days = days.interest_days(row.basis, row.value_date, bill.pay_on)
    row.interest = days.interest(row.amount, row.rate, row.days, row.basis)
    row.net = row.amount - row.fee - (row.interest if row.payer == "holder" else 0)
    row.status, row.agreed_on, row.agreed_net = "agreed", book.today, row.net
    asked.status, asked.agreed = "agreed", row
    asked.until = book.calendar.later(row.disburse_by, 1)
    assert asked.token.lock is not None
    asked.token.lock.until = asked.until
    return {"quote": row.id, "interest": row.interest, "net": row.net, "days": row.days, **alerts(book, bill)}


def disburse(
    book: Book, sender: str, people: int, quote: str, reference: str, value_date: str, amount: int, registration: str
) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("reference_not_valid", 1 <= len(reference) <= 64)
    guards.need("date_not_valid", days.is_day(value_date))
    guards.need("amount_not_positive", amount >= 0)
    guards.end()
    content = ("finance", quote, value_date, amount, registration)
    known = book.receipts.get((sender, reference))
    guards.need("reference_used_otherwise", known is None or known[0] == content)
    guards.end()
    if known is not None:
        return {**known[1], "repeated": True}
    row = find(book, guards, quote)
    asked, bill = row.request, row.request.token.bill
    guards.at("right")
    guards.need("not_the_quoting_bank", sender == row.bank)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    # what the bank pays on an agreement that has ended, or that it has paid, is written down; nothing moves
    late = row.agreed_on != "" and row.status == "expired"
    meanwhile = [one for one in book.payments.values() if one.asked is asked and one.on > value_date]
    whole = asked.left + sum(one.amount for one in meanwhile)
    late = late or (asked.status == "agreed" and row.status == "agreed" and whole == 0)
    guards.need("quote_not_agreed", asked.status == row.status == "agreed" or late)
    guards.at("dates")
    guards.need("value_date_in_future", value_date <= book.today)
    guards.need("value_date_before_agreement", late or row.agreed_on <= value_date)
    guards.need("value_date_not_before_payment", late or value_date < bill.pay_on)
    if late:
        guards.at("outcome")
        guards.need("too_many_unmatched", row.unmatched < MOST_UNMATCHED)
        guards.end()
        row.unmatched += 1
        return receipt(book, sender, reference, content, {
            "token": Id(""), "interest": 0, "net": 0, "paid": amount, "repeated": False, "unmatched": True,
        })  # fmt: skip
    guards.at("others")
    holder, debtor = book.parties[asked.holder], book.parties[bill.debtor]
    guards.need("holder_insolvent", holder.status != "insolvent" or value_date < holder.insolvent_since)
    guards.need("debtor_insolvent", debtor.status != "insolvent" or value_date < debtor.insolvent_since)
    guard_struck(book, guards, bill, asked.holder, sender, value_date)
    labels.guard_label(book, guards, row, bill, value_date)
    guards.at("amounts")
    count = days.interest_days(row.basis, value_date, bill.pay_on)
    cost = days.interest(whole, row.rate, count, row.basis)
    net = max(0, whole - row.fee - (cost if row.payer == "holder" else 0))
    paid = amount or net
    guards.need("amount_below_net", paid >= net)
    guards.need("amount_below_agreed_net", paid >= row.agreed_net)
    guards.need("net_not_positive", net > 0 or whole != row.amount)
    guards.end()
    token, made_id = asked.token, Id("")
    if asked.left:
        made = pieces.move(book, token, sender, token.tier, financed_tier=token.tier)
        made.origin = made.financing = made_id = made.id
        book.hops[made.id] = Hop("finance", asked.holder, token, made.lo, made.hi, row.recourse, made=book.now)
        book.financed[made.id] = asked
    row.paid, row.interest, row.net, row.amount = paid, cost, net, whole
    asked.status = "disbursed" if made_id else "repaid"
    for payment in meanwhile:
        payment.bought = True
    for other in asked.quotes:
        if other is not row and other.status == "offered":
            other.status = "lost"
    return receipt(book, sender, reference, content, {
        "token": made_id, "interest": cost, "net": net, "paid": paid, "repeated": False,
        **({"set_aside": sum(one.amount for one in meanwhile)} if meanwhile else {}),
    })  # fmt: skip


def receipt(book: Book, bank: str, reference: str, content: object, result: dict[str, Any]) -> dict[str, Any]:
    book.receipts[bank, reference] = content, result
    return result


def decline_quote(book: Book, sender: str, people: int, quote: str) -> dict[str, Any]:
    guards = Guards()
    row = find(book, guards, quote)
    guards.at("right")
    guards.need("not_the_holder", sender == row.request.holder)
    guards.at("state")
    guards.need("quote_transition", row.status == "offered")
    guards.end()
    row.status = "declined"
    return {"quote": row.id, "status": "declined"}


def withdraw_quote(book: Book, sender: str, people: int, quote: str) -> dict[str, Any]:
    guards = Guards()
    row = find(book, guards, quote)
    guards.at("right")
    guards.need("not_the_quoting_bank", sender == row.bank)
    guards.at("state")
    guards.need("quote_transition", row.status == "offered")
    guards.end()
    row.status = "withdrawn"
    return {"quote": row.id, "status": "withdrawn", "token": row.request.token.id}


def cancel(book: Book, sender: str, people: int, quote: str, reason: str) -> dict[str, Any]:
    guards = Guards()
    row = find(book, guards, quote)
    asked = row.request
    guards.at("right")
    guards.need("not_the_quoting_bank", sender == row.bank)
    guards.at("state")
    guards.need("quote_transition", row.status == "agreed" and asked.status == "agreed")
    guards.end()
    row.status = "withdrawn"
    book.kept["request", asked.holder] += 1
    end(book, asked, "withdrawn", "bank_cancelled", "lost")
    return {"quote": row.id, "status": "withdrawn"}
