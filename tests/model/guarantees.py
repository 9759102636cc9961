"""Guarantees: a party answers for a bill beside its debtor, and has the tokens that it pays."""

from __future__ import annotations

from typing import Any

from model import bills, claims, days, pieces, pledges, settlement, write_offs
from model.records import Bill, Book, Demand, Guarantee, Hop, Payment, Pledge, Token
from model.words import Guards, Id, is_hex64

MOST = 10


def give_guarantee(book: Book, sender: str, people: int, bill: str, until: str, resolution: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("date_not_valid", days.is_day(until))
    guards.need("document_not_valid", is_hex64(resolution))
    row = bills.find(book, guards, bill)
    guards.at("right")
    guards.need("role_missing", "guarantor" in book.parties[sender].roles)
    guards.need("guarantor_is_a_party", sender not in (row.debtor, row.creditor))
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("key")
    guards.need("maker_and_checker_needed", people == 2)
    guards.at("state")
    guards.need("bill_takes_no_guarantee", row.status in ("pending_accept", "active"))
    guards.need("guarantee_transition", (sender, row.id) not in book.guarantees)
    guards.at("dates")
    guards.need("guarantee_period_over", until > row.pay_on)
    guards.at("others")
    guards.need("account_missing", row.currency in book.parties[sender].accounts)
    guards.at("outcome")
    given = [one for one in book.guarantees.values() if one.bill is row]
    guards.need("too_many_guarantors", len(given) < MOST)
    guards.end()
    bank = book.parties[sender].accounts[row.currency]
    book.guarantees[sender, row.id] = Guarantee(sender, row, bank, until, resolution, book.today, book.now)
    return {"bill": row.id, "guarantor": sender, "until": until}


def waits(book: Book, bill: Bill) -> bool:
    """Is it still to be seen whether the debtor's money came in time?"""
    return book.today <= book.calendar.later(bill.pay_on, 1)


def of_guarantor(book: Book, token: Token, guarantor: str) -> bool:
    """Is it this guarantor's, or did one pay it, or take it over where another is asked? Sold on it stays so."""
    origin = token.origin
    while token.holder != guarantor:
        hop, taker = book.hops[origin], book.tokens[origin].holder
        given = book.guarantees.get((taker, token.bill.id))
        if hop.kind == "guarantee" or (taker != guarantor and given is not None and given.made <= hop.made):
            return True
        if hop.taken is None or hop.kind not in ("sale", "enforce", "force"):
            return False
        origin = hop.taken.origin
    return True


def demand(book: Book, sender: str, people: int, bill: str, guarantor: str, token: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("there")
    guards.need("bill_unknown", bill in book.bills)
    guards.need("guarantee_unknown", (guarantor, bill) in book.guarantees)
    guards.need("token_unknown", token in book.tokens and book.tokens[token].bill.id == bill)
    guards.end()
    row, guarantee = book.bills[bill], book.guarantees[guarantor, Id(bill)]
    cents = book.tokens[token]
    guards.at("right")
    guards.need("not_the_holder", cents.holder == sender)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("guarantee_transition", guarantee.status == "active")
    guards.need("token_already_used", cents.status == "live")
    guards.need("token_of_a_guarantor", not of_guarantor(book, cents, guarantor))
    guards.need("bill_not_overdue", row.status == "overdue" or book.sinks(row))
    guards.at("dates")
    guards.need("bill_overdue_too_short", not waits(book, row) or book.sinks(row))
    guards.need("guarantee_period_over", book.today <= max(guarantee.until, guarantee.late_until))
    guards.end()
    said = book.demands.setdefault((guarantor, token), Demand(cents, sender, book.today))
    return {"bill": row.id, "guarantor": guarantor, "demanded_on": said.demanded_on}


def pay_guarantee(
    book: Book, sender: str, people: int, bill: str, guarantor: str, tokens: list[str], reference: str, value_date: str
) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("too_many_tokens", 1 <= len(tokens) <= 100)
    guards.need("reference_not_valid", 1 <= len(reference) <= 64)
    guards.need("date_not_valid", days.is_day(value_date))
    guards.end()
    content = ("guarantee", bill, guarantor, repr(tokens), value_date)
    known = book.receipts.get((sender, reference))
    guards.need("reference_used_otherwise", known is None or known[0] == content)
    guards.end()
    if known is not None:
        return {**known[1], "repeated": True}
    guards.at("there")
    guards.need("bill_unknown", bill in book.bills)
    guards.need("guarantee_unknown", (guarantor, bill) in book.guarantees)
    guards.need("token_unknown", all(one in book.tokens and book.tokens[one].bill.id == bill for one in tokens))
    guards.end()
    row, guarantee = book.bills[bill], book.guarantees[guarantor, Id(bill)]
    rows = [book.tokens[token] for token in tokens]
    guards.at("right")
    guards.need("not_the_guarantors_bank", book.parties[guarantor].accounts.get(row.currency) == sender)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("guarantee_transition", guarantee.status == "active")
    guards.need("bill_not_overdue", row.status == "overdue")
    guards.need("token_already_used", all(one.status == "live" for one in rows))
    guards.need("token_of_a_guarantor", not any(of_guarantor(book, one, guarantor) for one in rows))
    guards.at("locks")
    guards.need("token_named_twice", len(set(tokens)) == len(tokens))
    guards.at("dates")
    guards.need("bill_overdue_too_short", not waits(book, row))
    guards.need("value_date_in_future", value_date <= book.today)
    guards.need("value_date_before_overdue", value_date > row.pay_on)
    guards.end()
    paid, made = take_over(book, guarantee, rows, sender)
    guarantee.paid += sum(one.amount for one in rows)
    result = {
        "payments": [
            {"party": one.party, "token": one.token.id, "amount": one.amount, "status": one.status} for one in paid
        ],
        "tokens": [one.id for one in made],
        "repeated": False,
    }
    book.receipts[sender, reference] = content, result
    return result


def take_over(book: Book, by: Guarantee, rows: list[Token], bank: str) -> tuple[list[Payment], list[Token]]:
    """Whoever is to be paid of tokens is paid in full; the guarantor has them, free of all that was on them."""
    found, made = [], []
    told: dict[Pledge, dict[Token, Token | None]] = {}
    for token in sorted(rows, key=lambda one: one.lo):
        pledge, payees = pledges.under(book, token), pledges.payees(book, token, token.amount)
        asked = settlement.asked_for(book, token)
        ended = [token]
        if len(payees) > 1:
            ended = pieces.cut(book, token, [amount for _, amount, _ in payees], "payment")
        settlement.paid_whole(asked)
        claims.paid(book, token, token.amount, None)
        token.lock, token.offered_to = None, ""
        for piece, (party, amount, secured) in zip(ended, payees, strict=True):
            write_offs.recovered(book, piece, 1)
            held = None if pledge is None or pledge.status == "offered" else pledge
            payment = settlement.payment_to(book, piece, party, amount, bank, secured, held, asked)
            found.append(payment)
            taken = pieces.move(book, piece, by.guarantor, piece.tier, financed_tier=0, financing="")
            taken.origin = taken.id
            book.hops[taken.id] = Hop("guarantee", piece.holder, piece, piece.lo, piece.hi, made=book.now)
            made.append(taken)
        if pledge is not None:
            told.setdefault(pledge, {})[token] = None
    for one in sorted(told, key=lambda one: book.names[one.id]):
        pledges.paid(book, one, told[one])
    pieces.settle_financings(book, by.bill)
    return found, made
