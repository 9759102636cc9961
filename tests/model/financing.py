"""Requests for financing: asked, declined, taken back, ended."""

from __future__ import annotations

from typing import Any

from model import pieces
from model.entries import guard_struck
from model.invoices import alerts
from model.records import Book, Lock, Request
from model.tokens import find, guard_cut, offer_until
from model.words import Guards


def requests(book: Book, holder: str) -> int:
    open_ones = sum(1 for one in book.requests.values() if one.holder == holder and one.under_way)
    return open_ones + book.kept["request", holder]


def request(book: Book, sender: str, people: int, token: str, banks: list[str], amount: int) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("too_many_banks", 1 <= len(banks) <= 20)
    guards.amount(amount)
    row = find(book, guards, token)
    guards.at("right")
    guards.need("not_the_holder", row.holder == sender)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("bill_not_active", row.bill.status == "active")
    guards.at("dates")
    guards.need("too_close_to_payment", book.today <= row.bill.last_offer_on)
    guards.at("others")
    guards.need("bank_named_twice", len(set(banks)) == len(banks))
    guards.need("debtor_insolvent", not book.sinks(row.bill))
    guards.need("account_missing", row.bill.currency in book.parties[sender].accounts)
    guard_struck(book, guards, row.bill, sender)
    for bank in banks:
        party = book.parties.get(bank)
        guards.need("party_unknown", party)
        guards.need("bank_is_the_debtor", bank != row.bill.debtor)
        if party is not None:
            guards.need("not_a_bank", "bank" in party.roles)
            guards.need("party_not_active", party.acts)
    guards.at("locks", late=True)  # the token looks at its own rows when it is locked and cut
    guards.need("token_already_used", row.status == "live")
    guards.need("token_locked", row.lock is None)
    guards.need("claim_open", not row.claimed)
    guards.need("token_already_financed", not row.financed_tier)
    guards.at("amounts")
    guards.need("amount_exceeds_tokens", amount <= row.amount)
    guard_cut(guards, row, [amount])
    guards.at("outcome")
    guards.need("too_many_open_requests", requests(book, sender) < book.parameters["open_requests"])
    guards.end()
    rest = ""
    if amount < row.amount:
        row, left = pieces.cut(book, row, [amount], "finance")
        rest = left.id
    made = Request(book.name("R"), sender, row, list(banks), offer_until(book, row), book.now)
    row.lock = Lock("in_finance", made.id, made.until, book.now)
    book.requests[made.id] = made
    book.touched.add(row.bill.id)
    return {"request": made.id, "token": row.id, "remainder": rest, **alerts(book, row.bill)}


def find_request(book: Book, guards: Guards, request: str) -> Request:
    guards.at("there")
    guards.need("request_unknown", request in book.requests)
    guards.end()
    return book.requests[request]


def end(book: Book, row: Request, status: str, ended_by: str, quotes: str) -> str:
    """A request ends without money: its token is free, quotes that still stood end with it."""
    row.status, row.ended_by = status, ended_by
    for quote in row.quotes:
        if quote.status in ("offered", "agreed"):
            quote.status = quotes
    if row.token.status != "live":
        return row.token.id
    book.touched.add(row.token.bill.id)
    return pieces.release(book, row.token).id


def decline(book: Book, sender: str, people: int, request: str) -> dict[str, Any]:
    guards = Guards()
    row = find_request(book, guards, request)
    guards.at("right")
    guards.need("bank_not_asked", sender in row.banks)
    guards.at("state")
    guards.need("request_not_open", row.status == "open")
    guards.need("bank_has_declined", sender not in row.declined)
    guards.end()
    row.declined.append(sender)
    for quote in row.quotes:
        if quote.bank == sender and quote.status == "offered":
            quote.status = "withdrawn"
    token: str = row.token.id
    if len(row.declined) == len(row.banks):
        token = end(book, row, "withdrawn", "all_banks_declined", "declined")
    return {"request": row.id, "status": row.status, "token": token}


def withdraw(book: Book, sender: str, people: int, request: str) -> dict[str, Any]:
    guards = Guards()
    row = find_request(book, guards, request)
    guards.at("right")
    guards.need("not_the_holder", sender == row.holder)
    guards.at("state")
    guards.need("request_transition", row.status == "open")
    guards.end()
    book.kept["request", sender] += 1
    token = end(book, row, "withdrawn", "holder", "declined")
    return {"request": row.id, "status": row.status, "token": token}
