"""Joint acts: a bill made void, something taken off it, another bank that pays it; one asks, the others answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from model import bills, invoices, pieces, write_offs
from model.records import Bill, Book, Joint, Token
from model.words import Guards, Id, is_hex64

MOST_LEAVES = 200
MOST_TAKEN_BACK = 20


def other_side(bill: Bill, sender: str) -> str:
    return bill.debtor if sender == bill.creditor else bill.creditor


def open_one(book: Book, bill: Bill, kind: str) -> bool:
    return any(one.bill is bill and one.kind == kind and one.status == "open" for one in book.joints.values())


def ask(book: Book, sender: str, bill: Bill, kind: str, others: list[str], content: dict[str, Any]) -> dict[str, Any]:
    until = book.calendar.later(book.today, book.parameters["offer_business_days"])
    made = Joint(book.name("J"), kind, bill, sender, others, content, until, book.now)
    book.joints[made.id] = made
    return {"joint": made.id, "until": until}


def guard_asking(book: Book, guards: Guards, bill: Bill, kind: str) -> None:
    guards.need("joint_open", not open_one(book, bill, kind))


def guard_room(book: Book, guards: Guards, bill: Bill, kind: str) -> None:
    guards.at("outcome")
    guards.need("too_many_taken_back", book.kept["joint", bill.id, kind] < MOST_TAKEN_BACK)
    guards.end()


# --- void ------------------------------------------------------------------------------------------------------------
def unused(bill: Bill) -> bool:
    """Does the creditor hold every cent, free, and was nothing paid, diluted or financed?"""
    return len(bill.leaves) <= MOST_LEAVES and all(
        leaf.free and leaf.holder == bill.creditor and leaf.tier == 1 and not leaf.financed_tier for leaf in bill.leaves
    )


def ask_void(book: Book, sender: str, people: int, bill: str, reason: str) -> dict[str, Any]:
    guards = Guards()
    row = bills.find(book, guards, bill)
    guards.at("right")
    guards.need("not_debtor_or_creditor", sender in (row.debtor, row.creditor))
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guard_asking(book, guards, row, "void")
    guard_void(guards, row)
    guards.at("others")
    guards.need("party_not_active", book.acts(other_side(row, sender)))
    guard_room(book, guards, row, "void")
    return ask(book, sender, row, "void", [other_side(row, sender)], {})


def guard_void(guards: Guards, bill: Bill) -> None:
    guards.need("bill_transition", bill.status == "active")
    guards.need("bill_part_used", bill.status != "active" or unused(bill))


def do_void(book: Book, joint: Joint) -> dict[str, Any]:
    bill = joint.bill
    for leaf in bill.leaves:
        leaf.status = "void"
    bill.void = bill.face
    book.touched.add(bill.id)
    invoices.free(book, bill)
    bills.close(book, bill, "void")
    return {}


# --- dilution --------------------------------------------------------------------------------------------------------
def ask_dilution(
    book: Book, sender: str, people: int, bill: str, token: str, amount: int, credit_note: str,
    parts: list[dict[str, Any]], reason: str,
) -> dict[str, Any]:  # fmt: skip
    guards = Guards()
    guards.at("form")
    guards.amount(amount)
    guards.need("document_not_valid", is_hex64(credit_note))
    for part in parts:
        guards.need("fingerprint_not_valid", is_hex64(part["fingerprint"]))
        guards.amount(part["amount"])
    guards.need("invoice_named_twice", len({part["fingerprint"] for part in parts}) == len(parts))
    guards.need("parts_not_the_amount", not parts or sum(part["amount"] for part in parts) == amount)
    guards.at("there")
    guards.need("bill_unknown", bill in book.bills)
    guards.need("token_unknown", token in book.tokens and book.tokens[token].bill.id == bill)
    guards.end()
    row, cents = book.bills[bill], book.tokens[token]
    guards.at("right")
    guards.need("not_debtor_or_creditor", sender in _sides(row))
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guard_asking(book, guards, row, "dilution")
    guard_dilution(book, guards, row, cents, amount, parts, other_side(row, sender))
    guard_room(book, guards, row, "dilution")
    content = {"token": cents, "amount": amount, "parts": parts}
    return ask(book, sender, row, "dilution", [other_side(row, sender)], content)


def _sides(bill: Bill) -> tuple[str, str]:
    return bill.debtor, bill.creditor


def guard_dilution(
    book: Book, guards: Guards, bill: Bill, token: Token, amount: int, parts: list[dict[str, Any]], other: str
) -> None:
    """From the state of the bill on."""
    guards.need("bill_not_payable", bill.payable)
    guards.need("token_already_used", token.status == "live")
    own = token.holder == bill.creditor and token.tier == 1 and not token.financing
    guards.need("token_not_the_creditors", own)
    guards.at("locks")
    guards.need("token_locked", token.lock is None)
    guards.need("claim_open", not token.claimed)
    guards.at("others")
    guards.need("party_not_active", book.acts(other))
    of_bill = {part.fingerprint: part.amount for part in bill.parts}
    guards.need("parts_not_the_invoices", bool(parts) == bool(bill.parts))
    guards.at("amounts")
    guards.need("amount_exceeds_tokens", amount <= token.amount)
    for part in parts:
        guards.need("part_exceeds_invoice", part["amount"] <= of_bill.get(part["fingerprint"], 0))
    guards.end()


def do_dilution(book: Book, joint: Joint) -> dict[str, Any]:
    bill, token, amount = joint.bill, joint.content["token"], joint.content["amount"]
    rest, ended = Id(""), token
    if amount < token.amount:
        left, ended = pieces.cut(book, token, [token.amount - amount], "dilution")
        rest = left.id
    write_offs.gone(book, ended)
    ended.status = "diluted"
    book.touched.add(bill.id)
    bill.diluted += amount
    invoices.lower(book, bill, joint.content["parts"])
    if not bill.outstanding:
        bills.close(book, bill, "settled")
        if bill.settled_in_time == bill.settled:
            bill.overdue_on = ""
    return {"token": rest, "diluted_token": ended.id, "outstanding": bill.outstanding}


# --- another paying bank ---------------------------------------------------------------------------------------------
def ask_paying_bank(book: Book, sender: str, people: int, bill: str, bank: str, reason: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("there")
    guards.need("bill_unknown", bill in book.bills)
    guards.end()
    row = book.bills[bill]
    guards.at("right")
    guards.need("not_the_debtor", sender == row.debtor)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guard_asking(book, guards, row, "paying_bank")
    guard_paying_bank(book, guards, row, bank, "")
    guards.need("party_not_active", row.paying_bank == sender or book.acts(row.paying_bank))
    guard_room(book, guards, row, "paying_bank")
    others = [one for one in (row.paying_bank, bank) if one != sender]
    return ask(book, sender, row, "paying_bank", others, {"to": bank, "from": row.paying_bank})


def guard_paying_bank(book: Book, guards: Guards, bill: Bill, bank: str, sender: str) -> None:
    guards.need("bill_not_payable", bill.payable)
    guards.at("others")
    if bank not in book.parties:
        guards.refuse("party_unknown")
    guards.need("not_a_bank", "bank" in book.parties[bank].roles)
    guards.need("party_not_active", bank == sender or book.acts(bank))
    guards.need("bank_pays_already", bank != bill.paying_bank or not bill.paying_bank)


def do_paying_bank(book: Book, joint: Joint) -> dict[str, Any]:
    joint.bill.paying_bank = joint.content["to"]
    return {"paying_bank": joint.content["to"]}


DO: dict[str, Callable[[Book, Joint], dict[str, Any]]] = {
    "void": do_void, "dilution": do_dilution, "paying_bank": do_paying_bank,
}  # fmt: skip


# --- the answer ------------------------------------------------------------------------------------------------------
def answer(book: Book, sender: str, people: int, joint: str, answer: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("answer_not_valid", answer in ("yes", "no"))
    row = find(book, guards, joint)
    guards.at("right")
    guards.need("not_asked", sender in row.others)
    guards.at("sender")
    guards.need("party_not_active", answer == "no" or book.acts(sender))
    guards.at("state")
    guards.need("joint_transition", row.status == "open")
    if answer == "no":
        guards.end()
        row.status = "refused"
        return {"joint": row.id, "bill": row.bill.id, "joint_status": "refused"}
    guard_again(book, guards, row, sender)
    row.answers[sender] = "yes", book.now
    waits = [one for one in row.others if one not in row.answers]
    if waits:
        return {"joint": row.id, "bill": row.bill.id, "joint_status": "open", "waits_for": waits}
    row.status = "done"
    result = DO[row.kind](book, row)
    return {"joint": row.id, "bill": row.bill.id, "joint_status": "done", "bill_status": row.bill.status, **result}


def guard_again(book: Book, guards: Guards, row: Joint, sender: str) -> None:
    """All guards of the asking run again with each yes; the asker must not have been stopped since."""
    if row.status == "open":
        if row.kind == "void":
            guard_void(guards, row.bill)
        elif row.kind == "dilution":
            content = row.content
            guard_dilution(book, guards, row.bill, content["token"], content["amount"], content["parts"], sender)
        else:
            guard_paying_bank(book, guards, row.bill, row.content["to"], sender)
    guards.at("others", late=True)
    guards.need("maker_was_stopped", not book.stopped_since(row.by, row.made))
    for other, (_, made) in row.answers.items():  # a yes of before a stop counts no more: it is said again
        guards.need("maker_was_stopped", other == sender or not book.stopped_since(other, made))
    guards.end()


def find(book: Book, guards: Guards, joint: str) -> Joint:
    guards.at("there")
    guards.need("joint_unknown", joint in book.joints)
    guards.end()
    return book.joints[joint]


def withdraw_joint(book: Book, sender: str, people: int, joint: str) -> dict[str, Any]:
    guards = Guards()
    row = find(book, guards, joint)
    guards.at("right")
    guards.need("not_the_asker", sender == row.by)
    guards.at("state")
    guards.need("joint_transition", row.status == "open")
    guards.end()
    row.status = "withdrawn"
    book.kept["joint", row.bill.id, row.kind] += 1
    return {"joint": row.id, "bill": row.bill.id, "joint_status": "withdrawn"}
