"""The debtor's money: who is paid how many cents, and what becomes of each payment."""

from __future__ import annotations

from typing import Any

from model import bills, days, pieces, pledges
from model.records import Bill, Book, Payment, Pledge, Token
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
        return {**known[1], "repeated": True}
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
    return result


def pay(book: Book, bill: Bill, money: int, bank: str) -> list[Payment]:
    """Each live token's payee gets its share; locks stay on what is left of a token."""
    live = [leaf for leaf in bill.leaves if leaf.status == "live"]
    found = []
    told: dict[Pledge, dict[Token, Token | None]] = {}
    for token, part in zip(live, share([leaf.amount for leaf in live], money), strict=True):
        if not part:
            continue
        pledge, payees = pledges.under(book, token), pledges.payees(book, token, part)
        ended, rest = [token], None
        asked = next((one for one in book.requests.values() if one.token is token and one.under_way), None)
        if part < token.amount or len(payees) > 1:
            ended = pieces.cut(book, token, [amount for _, amount, _ in payees], "payment")
        if part < token.amount:
            rest = ended.pop()
            rest.lock, rest.offered_to = token.lock, token.offered_to
            if asked is not None:
                asked.token = rest
        elif asked is not None:
            asked.status, asked.ended_by = "expired", "bill_paid"
            for quote in asked.quotes:
                if quote.status in ("offered", "agreed"):
                    quote.status = "expired"
        token.lock, token.offered_to = None, ""
        for piece, (party, amount, secured) in zip(ended, payees, strict=True):
            piece.status = "settled"
            status = "set_aside" if book.parties[party].status == "insolvent" else "instructed"
            payment = Payment(bill, piece, party, amount, bank, status, secured)
            book.payments[piece.id] = payment
            found.append(payment)
        if pledge is not None:
            told.setdefault(pledge, {})[token] = rest
    book.touched.add(bill.id)
    for one in sorted(told, key=lambda one: book.names[one.id]):
        pledges.paid(book, one, told[one])
    repay(book, bill)
    return found


def repay(book: Book, bill: Bill) -> None:
    """A request is repaid when the last cent that it brought is paid."""
    for made, asked in book.financed.items():
        left = any(leaf.financing == made and leaf.status == "live" for leaf in bill.leaves)
        if asked.status == "disbursed" and asked.token.bill is bill and not left:
            asked.status = "repaid"


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
    guards.need("payment_transition", status in STEPS[row.status] and not row.said)
    guards.at("dates")
    guards.need("set_aside_too_early", status != "set_aside" or book.today > days.plus(row.back_on, WAITS))
    guards.at("others")
    lacks = pledges.lacking(row)
    payee = row.party if lacks else row.token.holder
    waits = status == "instructed" and book.parties[payee].status == "insolvent"
    guards.need("administrator_account_missing", not waits)
    guards.at("amounts")
    guards.need("payment_above_secured", status != "instructed" or lacks in (0, row.amount) or lacks > row.amount)
    guards.end()
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
    guards.need("payment_transition", row.status != "paid")
    guards.end()
    row.said = True
    pledges.payment_is(book, row, "paid")
    return {"bill": row.bill.id, "token": row.token.id, "status": "paid"}
