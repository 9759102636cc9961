"""Onward sales: a bank offers tokens to another bank, which pays outside and says so."""

from __future__ import annotations

from typing import Any

from model import days, pieces, write_offs
from model.records import Book, Hop, Lock, Sale
from model.tokens import offers
from model.words import MOST, Guards, is_hex64


def sell(
    book: Book, sender: str, people: int, tokens: list[str], buyer: str, recourse: bool, price: str
) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("too_many_tokens", 1 <= len(tokens) <= 100)
    guards.need("recourse_not_said", type(recourse) is bool)
    guards.need("price_digest_not_valid", is_hex64(price))
    guards.at("there")
    guards.need("token_unknown", all(token in book.tokens for token in tokens))
    guards.at("right")
    rows = [book.tokens[token] for token in tokens]
    guards.need("not_the_holder", all(row.holder == sender for row in rows))
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.need("not_a_bank", "bank" in book.parties[sender].roles)
    guards.at("state")
    guards.need("token_already_used", all(row.status == "live" for row in rows))
    guards.need("bill_not_payable", all(row.bill.payable for row in rows))
    guards.at("locks")
    guards.need("token_locked", all(row.lock is None for row in rows))
    guards.need("claim_open", not any(row.claimed for row in rows))
    guards.need("token_named_twice", len(set(tokens)) == len(tokens))
    guards.at("others")
    guards.need("currencies_differ", len({row.bill.currency for row in rows}) == 1)
    guards.need("recipient_is_the_sender", buyer != sender)
    bank = book.parties.get(buyer)
    guards.need("party_unknown", bank)
    if bank is not None:
        guards.need("not_a_bank", "bank" in bank.roles)
        guards.need("party_not_active", bank.acts)
    guards.need("recipient_is_the_debtor", all(row.bill.debtor != buyer for row in rows))
    guards.at("outcome")
    guards.need("too_many_offers", offers(book, sender) + len(rows) <= book.parameters["open_offers"])
    guards.end()
    until = book.calendar.later(book.today, book.parameters["offer_business_days"])
    for row in rows:
        row.lock, row.offered_to = Lock("offered", "sale", until, book.now), buyer
        book.sales[row.id] = Sale(row, sender, buyer, recourse, price, book.today, until, row.lock)
        book.touched.add(row.bill.id)
    return {"tokens": [row.id for row in rows], "buyer": buyer, "until": until}


def buy(
    book: Book, sender: str, people: int, token: str, reference: str, value_date: str, amount: int, registration: str
) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("reference_not_valid", 1 <= len(reference) <= 64)
    guards.need("date_not_valid", days.is_day(value_date))
    guards.need("amount_not_positive", 0 <= amount <= MOST)
    guards.end()
    content = ("sale", token, value_date, amount, registration)
    known = book.receipts.get((sender, reference))
    guards.need("reference_used_otherwise", known is None or known[0] == content)
    guards.end()
    if known is not None:
        return {**known[1], "repeated": True}
    guards.at("there")
    guards.need("sale_unknown", token in book.sales)
    guards.end()
    sale = book.sales[token]
    row = sale.token
    guards.at("right")
    guards.need("not_the_buyer", sender == sale.buyer)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("sale_transition", row.status == "live" and row.lock is sale.lock)
    guards.at("dates")
    guards.need("value_date_before_offer", sale.offered_on <= value_date)
    guards.need("value_date_in_future", value_date <= book.today)
    guards.at("others")
    guards.need("maker_was_stopped", not book.stopped_since(sale.seller, sale.lock.made))
    guards.end()
    write_offs.gone(book, row)
    made = pieces.move(book, row, sender, row.tier, financed_tier=row.financed_tier or row.tier)
    made.origin = made.id
    book.hops[made.id] = Hop("sale", sale.seller, row, row.lo, row.hi, sale.recourse, made=book.now)
    sale.status, sale.bought_on, sale.value_date, sale.paid = "bought", book.today, value_date, amount
    sale.reference, sale.registration, sale.bought_token = reference, registration, made.id
    result = {"token": made.id, "repeated": False}
    book.receipts[sender, reference] = content, result
    return result


def day(book: Book) -> None:
    """An offer that nobody took ends after its last day."""
    for sale in book.sales.values():
        if sale.status == "offered" and sale.until < book.today:
            sale.status = "ended"
