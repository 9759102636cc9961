"""Pledges: tokens that secure a debt to a bank; who is paid of them, and when they are free again."""

from __future__ import annotations

from typing import Any

from model import days, pieces, write_offs
from model.records import NONE, Book, Hop, Lock, Payment, Pledge, Token
from model.tokens import offer_until, offers
from model.words import MOST, Guards

GOING = ("active", "enforcing", "covered")


def find(book: Book, guards: Guards, pledge: str) -> Pledge:
    guards.at("there")
    guards.need("pledge_unknown", pledge in book.pledges)
    guards.end()
    return book.pledges[pledge]


def of_holder(book: Book, guards: Guards, pledge: str, sender: str) -> Pledge:
    row = find(book, guards, pledge)
    guards.at("right")
    guards.need("not_the_pledgor", row.holder == sender)
    return row


def of_pledgee(book: Book, guards: Guards, pledge: str, sender: str) -> Pledge:
    row = find(book, guards, pledge)
    guards.at("right")
    guards.need("not_the_pledgee", row.pledgee == sender)
    return row


def offer(
    book: Book, sender: str, people: int, tokens: list[str], pledgee: str, secured: int, due_on: str, contract_no: str
) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("too_many_to_pledge", 1 <= len(tokens) <= 20)
    guards.amount(secured)
    guards.need("date_not_valid", days.is_day(due_on))
    guards.need("reference_not_valid", 1 <= len(contract_no) <= 64)
    guards.at("there")
    guards.need("token_unknown", all(token in book.tokens for token in tokens))
    guards.at("right")
    rows = [book.tokens[token] for token in tokens]
    guards.need("not_the_holder", all(row.holder == sender for row in rows))
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("token_already_used", all(row.status == "live" for row in rows))
    guards.need("bill_not_active", all(row.bill.status == "active" for row in rows))
    guards.at("locks")
    guards.need("token_locked", all(row.lock is None for row in rows))
    guards.need("claim_open", not any(row.claimed for row in rows))
    guards.need("token_named_twice", len(set(tokens)) == len(tokens))
    guards.at("dates")
    guards.need("too_close_to_payment", all(book.today <= row.bill.last_offer_on for row in rows))
    guards.need("due_date_not_in_future", due_on > book.today)
    guards.at("others")
    guards.need("currencies_differ", len({row.bill.currency for row in rows}) == 1)
    guards.need("recipient_is_the_sender", pledgee != sender)
    bank = book.parties.get(pledgee)
    guards.need("party_unknown", bank)
    if bank is not None:
        guards.need("not_a_bank", "bank" in bank.roles)
        guards.need("party_not_active", bank.acts)
    guards.need("pledgee_is_the_debtor", all(row.bill.debtor != pledgee for row in rows))
    guards.need("debtor_insolvent", not any(book.sinks(row.bill) for row in rows))
    guards.at("outcome")
    guards.need("too_many_offers", offers(book, sender) + len(rows) <= book.parameters["open_offers"])
    guards.end()
    until = min(offer_until(book, row) for row in rows)
    made = Pledge(book.name("K"), sender, pledgee, rows[0].bill.currency, secured, due_on, rows, until, book.now)
    book.pledges[made.id] = made
    for row in rows:
        row.lock = Lock("offered", made.id, until, book.now)
        book.touched.add(row.bill.id)
    return {"pledge": made.id, "tokens": [row.id for row in rows], "until": until}


def accept(book: Book, sender: str, people: int, pledge: str, registration: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("reference_not_valid", 1 <= len(registration) <= 64)
    row = of_pledgee(book, guards, pledge, sender)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("pledge_transition", row.status == "offered")
    guards.at("others")
    guards.need("maker_was_stopped", not book.stopped_since(row.holder, row.made))
    guards.need("debtor_insolvent", not any(book.sinks(token.bill) for token in row.tokens))
    guards.end()
    row.status, row.until = "active", ""
    for token in row.tokens:
        token.lock = Lock("pledged", row.id, "", book.now)
        row.accepted = book.now
        book.touched.add(token.bill.id)
    return {"pledge": row.id, "pledge_status": "active"}


def reject(book: Book, sender: str, people: int, pledge: str, reason: str) -> dict[str, Any]:
    guards = Guards()
    row = of_pledgee(book, guards, pledge, sender)
    guards.at("state")
    guards.need("pledge_transition", row.status == "offered")
    guards.end()
    end(book, row, "ended")
    return {"pledge": row.id, "pledge_status": "ended"}


def withdraw(book: Book, sender: str, people: int, pledge: str) -> dict[str, Any]:
    guards = Guards()
    row = of_holder(book, guards, pledge, sender)
    guards.at("state")
    guards.need("pledge_transition", row.status == "offered")
    guards.end()
    book.kept["offer", sender] += len(row.tokens)
    end(book, row, "ended")
    return {"pledge": row.id, "pledge_status": "ended"}


def release(book: Book, sender: str, people: int, pledge: str, secured: int) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("amount_not_positive", 0 <= secured <= MOST)
    row = of_pledgee(book, guards, pledge, sender)
    guards.at("state")
    guards.need("pledge_transition", row.status in GOING)
    guards.at("amounts")
    guards.need("amount_above_secured", secured < row.secured)
    guards.end()
    row.secured = secured
    freed = end(book, row, "released") if not secured else look(book, row)
    return {
        "pledge": row.id, "secured": secured, "pledge_status": row.status, "tokens": [token.id for token in freed],
    }  # fmt: skip


def enforce(book: Book, sender: str, people: int, pledge: str, owed: int) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.amount(owed)
    row = of_pledgee(book, guards, pledge, sender)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("key")
    guards.need("maker_and_checker_needed", people == 2)
    guards.at("state")
    guards.need("pledge_transition", row.status == "active")
    guards.at("dates")
    guards.need("pledge_not_due", book.today > row.due_on)
    guards.at("amounts")
    guards.need("amount_above_secured", owed <= row.short)
    guards.end()
    row.status, row.owed = "enforcing", owed
    row.until = book.calendar.later(book.today, book.parameters["offer_business_days"])
    return {"pledge": row.id, "pledge_status": "enforcing", "until": row.until}


def agree_enforcement(book: Book, sender: str, people: int, pledge: str) -> dict[str, Any]:
    guards = Guards()
    row = of_holder(book, guards, pledge, sender)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("pledge_transition", row.status == "enforcing")
    guards.at("others")
    guards.need("party_not_active", book.acts(row.pledgee))
    guards.end()
    row.owed = min(row.owed, row.short)
    left, moved, rest = row.owed, [], []
    for token in sorted(row.tokens, key=lambda one: (one.bill.due_on, one.lo, book.names[one.id])):
        part = min(left, token.amount)
        left -= part
        if not part:
            rest.append(token)
            continue
        taken = token
        if part < token.amount:
            taken, over = pieces.cut(book, token, [part], "legal")
            over.lock, token.lock = token.lock, None
            rest.append(over)
        write_offs.gone(book, taken)
        made = pieces.move(book, taken, row.pledgee, taken.tier, financed_tier=taken.financed_tier or taken.tier)
        made.origin = made.id
        if taken.financing:
            book.financed[taken.financing].lost += taken.amount
            made.financing = NONE
            pieces.settle_financings(book, taken.bill)
        book.hops[made.id] = Hop("enforce", row.holder, taken, taken.lo, taken.hi, made=book.now)
        moved.append(made)
    row.tokens = rest
    freed = end(book, row, "enforced")
    return {
        "pledge": row.id, "pledge_status": "enforced", "moved": [one.id for one in moved],
        "freed": [one.id for one in freed],
    }  # fmt: skip


def refuse_enforcement(book: Book, sender: str, people: int, pledge: str) -> dict[str, Any]:
    guards = Guards()
    row = of_holder(book, guards, pledge, sender)
    guards.at("state")
    guards.need("pledge_transition", row.status == "enforcing")
    guards.end()
    stands(row, "active")
    return {"pledge": row.id, "pledge_status": "active"}


def stands(row: Pledge, status: str) -> None:
    """It goes on, and nothing is asked of its holder any more."""
    row.status, row.owed, row.until = status, 0, ""


def end(book: Book, row: Pledge, status: str) -> list[Token]:
    """It is over: its tokens are free, whole again where an offer or a request that ended had cut them."""
    freed = []
    for token in row.tokens:
        book.touched.add(token.bill.id)
        freed.append(pieces.release(book, token))
    row.status, row.until, row.tokens = status, "", []
    return [one for at, one in enumerate(freed) if one.status == "live" and one not in freed[:at]]


def look(book: Book, row: Pledge) -> list[Token]:
    """Where its money has it now."""
    if row.status not in GOING:
        return []
    covered = row.received >= row.secured
    if covered and not row.unpaid and row.final_on < book.today:
        return end(book, row, "paid")
    if covered:
        if row.status != "covered":
            stands(row, "covered")
    elif not row.tokens:
        return end(book, row, "ended")
    elif row.status == "covered":
        row.status = "active"
    return []


# --- what settlements do ---------------------------------------------------------------------------------------------
def payees(book: Book, token: Token, part: int) -> list[tuple[str, int, Pledge | None]]:
    """Who gets the lowest cents of a token, in order: the pledgee what it lacks, then the holder."""
    pledge = under(book, token)
    if pledge is None or pledge.status == "offered":
        return [(token.holder, part, None)]
    first = min(part, pledge.short)
    found = [(pledge.pledgee, first, pledge), (token.holder, part - first, None)]
    pledge.received += first
    pledge.unpaid += first > 0
    if first:
        pledge.final_on = book.calendar.later(book.today, 1)
    return [one for one in found if one[1]]


def under(book: Book, token: Token) -> Pledge | None:
    """The pledge that locks a token, offered or accepted."""
    return book.pledges.get(token.lock.ref) if token.lock is not None else None


def paid(book: Book, row: Pledge, gone: dict[Token, Token | None]) -> None:
    """Cents of its tokens were paid. gone: each such token, and what is left of it."""
    row.tokens = [one for token in row.tokens for one in ([gone[token]] if token in gone else [token]) if one]
    if row.status == "offered":
        end(book, row, "ended")
    else:
        look(book, row)


def payment_is(book: Book, payment: Payment, status: str) -> None:
    """A payment takes another status; its pledge has received what did not come back."""
    had, open_before = payment.counts, payment.status != "paid"
    if status == "returned":
        payment.back_on = book.today
    elif status in ("instructed", "paid"):
        payment.back_on = ""
    payment.status = status
    row = payment.pledge
    if row is not None:
        row.received += payment.amount * (payment.counts - had)
        row.unpaid += (status != "paid") - open_before
        look(book, row)


def lock_again(row: Pledge | None) -> Lock | None:
    """The lock of a token that was paid under a pledge and lives again: none where that was let go, or took all."""
    if row is None or row.status in ("released", "paid"):
        return None
    if row.status == "enforced" and row.owed == row.secured:
        return None
    return Lock("pledged", row.id, "", row.accepted)


def reversed_under(book: Book, row: Pledge, gone: list[Payment], back: list[Token]) -> None:
    """Payments to its pledgee are cancelled, and tokens are under it again; an ended one stands again."""
    for payment in gone:
        row.received -= payment.amount * payment.counts
        row.unpaid -= payment.status != "paid"
    if back:
        if row.status not in GOING:
            if row.status == "enforced":
                row.secured -= row.owed
            stands(row, "active")
        row.tokens = [token for token in row.tokens if token.status == "live"] + back
    look(book, row)


def lacking(payment: Payment) -> int:
    """How much of a payment that is to be made again its payee may have."""
    row = payment.pledge
    if row is None or not payment.back_on:
        return payment.amount
    return max(0, row.short - (row.owed if row.status == "enforced" else 0))


def to_holder(book: Book, payment: Payment) -> None:
    """The pledgee has other money for it."""
    row = payment.pledge
    assert row is not None
    payment.party, payment.pledge = payment.token.holder, None
    row.unpaid -= payment.status != "paid"
    look(book, row)
