"""Recourse: a holder comes back to whoever gave it a token, which pays and has the token again."""

from __future__ import annotations

from typing import Any

from model import days, pieces, write_offs
from model.records import Book, Claim, Hop, Token
from model.tokens import find
from model.words import Guards, is_hex64

DAYS = 30
GROUNDS = ("overdue", "insolvent", "agreed")


GIVEN_BY = ("transfer", "finance", "sale")
"""What somebody agreed to and was paid for, and can therefore be taken back."""


def gives_recourse(book: Book, token: Token) -> bool:
    """Does the change of owner that gave its holder the token give recourse by itself?"""
    hop = book.hops[token.origin]
    return hop.recourse or (hop.kind == "transfer" and token.bill.transferor_liable)


def ask_recourse(
    book: Book, sender: str, people: int, token: str, ground: str, amount: int, document: str
) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("ground_unknown", ground in GROUNDS)
    guards.amount(amount)
    guards.need("document_not_valid", is_hex64(document))
    row = find(book, guards, token)
    bill = row.bill
    guards.at("right")
    guards.need("not_the_holder", row.holder == sender)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("token_already_used", row.status == "live")
    guards.need("bill_not_overdue", ground != "overdue" or bill.status == "overdue")
    hop = book.hops[row.origin]
    guards.need("no_recourse", gives_recourse(book, row) or (ground == "agreed" and hop.kind in GIVEN_BY))
    guards.at("locks")
    guards.need("token_locked", row.lock is None)
    guards.need("claim_open", not row.claimed)
    guards.at("dates")
    guards.need("recourse_too_early", ground != "overdue" or book.today > book.calendar.later(bill.pay_on, 1))
    guards.at("others")
    guards.need("debtor_not_insolvent", ground != "insolvent" or book.sinks(bill))
    guards.end()
    until = days.plus(book.today, DAYS)
    made = Claim(row, sender, hop.giver, row.origin, ground, amount, document, book.today, until, until, row)
    made.left = row.amount
    book.claims[row.id] = row.claim = made
    book.touched.add(bill.id)
    return {"token": row.id, "asked": hop.giver, "ground": ground, "amount": amount, "until": until}


def find_claim(book: Book, guards: Guards, token: str) -> tuple[Token, Claim]:
    """A token, and the last claim that its holder made on its cents."""
    row = find(book, guards, token)
    guards.need("claim_unknown", row.claim)
    guards.end()
    assert row.claim is not None
    return row, row.claim


def accept_recourse(book: Book, sender: str, people: int, token: str) -> dict[str, Any]:
    guards = Guards()
    row, claim = find_claim(book, guards, token)
    guards.at("right")
    guards.need("not_asked", sender == claim.asked)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("claim_transition", claim.status == "recourse_asked")
    guards.end()
    claim.status, claim.answered_on = "recourse_agreed", book.today
    claim.stands_until = book.calendar.later(claim.until, 1)
    return {
        "token": row.id, "claim_status": claim.status, "amount": claim.due, "until": claim.until,
    }  # fmt: skip


def refuse_recourse(book: Book, sender: str, people: int, token: str, reason: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("text_not_one_line", "\n" not in reason)
    row, claim = find_claim(book, guards, token)
    guards.at("right")
    guards.need("not_asked", sender == claim.asked)
    guards.at("state")
    guards.need("claim_transition", claim.status == "recourse_asked")
    guards.end()
    claim.status, claim.answered_on = "refused", book.today
    return {"token": row.id, "claim_status": claim.status}


def withdraw_recourse(book: Book, sender: str, people: int, token: str) -> dict[str, Any]:
    guards = Guards()
    row, claim = find_claim(book, guards, token)
    guards.at("right")
    guards.need("not_the_holder", sender == claim.holder)
    guards.at("state")
    guards.need("claim_transition", claim.open)
    guards.end()
    claim.status, claim.answered_on = "withdrawn", claim.answered_on or book.today
    return {"token": row.id, "claim_status": claim.status}


def bought_back(
    book: Book, sender: str, people: int, token: str, reference: str, value_date: str, amount: int
) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("reference_not_valid", 1 <= len(reference) <= 64)
    guards.need("date_not_valid", days.is_day(value_date))
    guards.amount(amount)
    guards.end()
    content = ("buyback", token, value_date, amount)
    known = book.receipts.get((sender, reference))
    guards.need("reference_used_otherwise", known is None or known[0] == content)
    guards.end()
    if known is not None:
        return {**known[1], "repeated": True}
    row, claim = find_claim(book, guards, token)
    guards.at("right")
    holder = book.parties[claim.holder]
    bank = claim.holder if "bank" in holder.roles else holder.accounts.get(row.bill.currency)
    guards.need("not_the_holders_bank", sender == bank)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("claim_transition", claim.status == "recourse_agreed")
    guards.need("token_already_used", row.status == "live")
    guards.at("locks")
    guards.need("token_locked", row.lock is None)
    guards.at("dates")
    guards.need("value_date_in_future", value_date <= book.today)
    guards.need("value_date_before_agreement", claim.answered_on <= value_date)
    guards.need("claim_lapsed", value_date <= claim.until)
    guards.at("amounts")
    guards.need("amount_below_asked", amount >= claim.due)
    guards.end()
    write_offs.recovered(book, row, 1)
    earlier = book.hops[row.origin].taken
    assert earlier is not None
    made = pieces.move(
        book, row, claim.asked, earlier.tier, origin=earlier.origin, financing=earlier.financing,
        financed_tier=earlier.financed_tier,
    )  # fmt: skip
    book.hops[made.id] = Hop("buyback", claim.holder, row, row.lo, row.hi, made=book.now)
    pieces.settle_financings(book, row.bill)
    claim.status, claim.bought_back_on, claim.value_date, claim.paid = "bought_back", book.today, value_date, amount
    claim.reference, claim.returned = reference, made.id
    result = {"token": made.id, "repeated": False}
    book.receipts[sender, reference] = content, result
    return result


def paid(book: Book, token: Token, cents: int, rest: Token | None) -> None:
    """The debtor paid cents of a claimed token; rest: what is left of it."""
    claim = token.claim
    if claim is not None:
        claim.left -= cents
        claim.now = rest or claim.now
        if claim.open and not claim.left:
            claim.status, claim.answered_on = "expired", claim.answered_on or book.today


def unpaid(token: Token) -> None:
    """A payment was taken back: what lapsed stays so, but the cents of a claim that stands are owed again."""
    if token.claim is not None:
        token.claim.left += token.amount


def day(book: Book) -> None:
    """A claim that came to nothing is over after its last day."""
    for claim in book.claims.values():
        if claim.open and claim.stands_until < book.today:
            claim.status = "expired"
