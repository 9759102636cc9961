"""Tokens between suppliers: offered, accepted, refused, taken back, given back, split, put together."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from model import pieces
from model.records import Book, Hop, Lock, Token
from model.words import Guards, Id


def find(book: Book, guards: Guards, token: str) -> Token:
    guards.at("there")
    guards.need("token_unknown", token in book.tokens)
    guards.end()
    return book.tokens[token]


def offer_until(book: Book, token: Token) -> str:
    """Some business days, but not to the day of payment."""
    return min(book.calendar.later(book.today, book.parameters["offer_business_days"]), token.bill.last_offer_on)


def offers(book: Book, holder: str) -> int:
    open_ones = sum(
        1 for bill in book.bills.values() for leaf in bill.leaves
        if leaf.holder == holder and leaf.status == "live" and leaf.lock is not None and leaf.lock.kind == "offered"
    )  # fmt: skip
    return open_ones + book.kept["offer", holder]


def lock_for(book: Book, token: Token, party: str, ref: str) -> None:
    token.lock = Lock("offered", ref, offer_until(book, token), book.now)
    token.offered_to = party
    book.touched.add(token.bill.id)


def shares(tokens: list[Token], amounts: list[int]) -> list[list[tuple[int, int]]]:
    """Which recipient gets how much of which token: by due date, then by lo; recipients in their order."""
    found: list[list[tuple[int, int]]] = [[] for _ in tokens]
    at, left = 0, [token.amount for token in tokens]
    for number, amount in enumerate(amounts):
        missing = amount
        while missing and at < len(tokens):
            part = min(missing, left[at])
            if part:
                found[at].append((number, part))
            missing -= part
            left[at] -= part
            at += left[at] == 0
    return found


def transfer(
    book: Book, sender: str, people: int, tokens: list[str], recipients: list[dict[str, Any]]
) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("too_many_tokens", 1 <= len(tokens) <= 100)
    guards.need("too_many_recipients", 1 <= len(recipients) <= 200)
    for one in recipients:
        guards.amount(one["amount"])
    guards.at("there")
    guards.need("token_unknown", all(token in book.tokens for token in tokens))
    guards.at("right")
    rows = sorted(
        (book.tokens[token] for token in tokens), key=lambda row: (row.bill.due_on, row.lo, book.names[row.id])
    )
    guards.need("not_the_holder", all(row.holder == sender for row in rows))
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("locks")
    guard_each(guards, [ready(book, row) for row in rows])
    guards.need("token_named_twice", len(set(tokens)) == len(tokens))
    guards.need("currencies_differ", len({row.bill.currency for row in rows}) == 1)
    guards.at("others")
    for one in recipients:
        party = book.parties.get(one["party"])
        guards.need("party_unknown", party)
        guards.need("recipient_is_the_sender", one["party"] != sender)
        if party is not None:
            guards.need("recipient_is_a_bank", "bank" not in party.roles)
            guards.need("cannot_hold", party.may_hold)
            guards.need("party_not_active", party.acts)
    guards.at("amounts")
    amounts = [one["amount"] for one in recipients]
    guards.need("amount_exceeds_tokens", sum(amounts) <= sum(row.amount for row in rows))
    by_token = shares(rows, amounts)
    for row, parts in zip(rows, by_token, strict=True):  # who gets cents of which bill shows while they are cut
        guard_cut(guards, row, [amount for _, amount in parts])
        to = {recipients[number]["party"] for number, _ in parts}
        guards.need("recipient_is_the_debtor", row.bill.debtor not in to)
    guards.at("outcome")
    made = sum(len(parts) for parts in by_token)
    guards.need("too_many_offers", offers(book, sender) + made <= book.parameters["open_offers"])
    guards.end()
    offered: list[tuple[int, Token]] = []
    rests: list[Token] = []
    for row, parts in zip(rows, by_token, strict=True):
        if not parts:
            continue
        cents = [amount for _, amount in parts]
        whole = len(parts) == 1 and cents[0] == row.amount
        found = [row] if whole else pieces.cut(book, row, cents, "offer")
        offered += [(number, piece) for (number, _), piece in zip(parts, found, strict=False)]
        rests += found[len(parts) :]
    for number, piece in offered:
        lock_for(book, piece, recipients[number]["party"], "transfer")
    return {
        "tokens": [piece.id for _, piece in offered],
        "remainder": rests[-1].id if rests else "",
        "remainders": [rest.id for rest in rests],
    }


def ready(book: Book, row: Token) -> set[str]:
    """Why this token cannot be offered now: what it is comes before what its bill is."""
    ladder = (
        {"token_already_used": row.status == "live"},
        {
            "token_already_financed": not row.financed_tier,
            "token_locked": row.lock is None,
            "claim_open": not row.claimed,
        },
        {"bill_not_active": row.bill.status == "active", "bill_not_transferable": not row.bill.barred},
        {"too_close_to_payment": book.today <= row.bill.last_offer_on},
        {"debtor_insolvent": not book.sinks(row.bill)},
    )
    for step in ladder:
        failed = {reason for reason, holds in step.items() if not holds}
        if failed:
            return failed
    return set()


def guard_each(guards: Guards, failed: list[set[str]]) -> None:
    """Of several tokens each is looked at alone; nothing says which comes first."""
    guards.end()
    if any(failed):
        guards.refuse(*set().union(*failed))


def guard_cut(guards: Guards, row: Token, amounts: list[int]) -> None:
    """No piece below the least split of the bill; no cut, no piece."""
    rest = row.amount - sum(amounts)
    made = [amount for amount in [*amounts, rest] if amount > 0]
    guards.need("piece_too_small", len(made) < 2 or min(made) >= row.bill.min_split)


def guard_offered(book: Book, guards: Guards, token: str, sender: str) -> Token:
    row = find(book, guards, token)
    guards.at("right")
    guards.need("not_offered_to_you", row.status == "live" and row.offered_to == sender)
    return row


def accept(book: Book, sender: str, people: int, token: str) -> dict[str, Any]:
    guards = Guards()
    row = guard_offered(book, guards, token, sender)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("locks")
    guards.need("offer_of_other_kind", row.lock is None or row.lock.ref in ("transfer", "return"))
    guards.at("others")
    assert row.lock is not None
    back = row.lock.ref == "return"
    guards.need("maker_was_stopped", not book.stopped_since(row.holder, row.lock.made))
    guards.need("debtor_insolvent", back or not book.sinks(row.bill))
    guards.need("account_missing", row.bill.currency in book.parties[sender].accounts)
    guards.end()
    if back:
        hop = book.hops[row.origin]
        assert hop.taken is not None
        made = pieces.move(book, row, sender, hop.taken.tier, origin=hop.taken.origin)
        book.hops[made.id] = Hop("return", row.holder, row, row.lo, row.hi, made=book.now)
    else:
        made = pieces.move(book, row, sender, row.tier + 1)
        made.origin = made.id
        book.hops[made.id] = Hop("transfer", row.holder, row, row.lo, row.hi, made=book.now)
    return {"token": made.id}


def reject(book: Book, sender: str, people: int, token: str, reason: str) -> dict[str, Any]:
    guards = Guards()
    row = guard_offered(book, guards, token, sender)
    guard_not_agreed(book, guards, row)
    guards.end()
    return {"token": end_offer(book, row)}


def guard_not_agreed(book: Book, guards: Guards, row: Token) -> None:
    """Neither side takes back what the debtor agreed to pay early."""
    guards.at("state")
    early = row.lock is not None and row.lock.ref == "prepay"
    guards.need("prepayment_agreed", not early or book.prepayments[row.id].status != "agreed")


def end_offer(book: Book, row: Token) -> Id:
    book.touched.add(row.bill.id)
    return pieces.release(book, row).id


def recall(book: Book, sender: str, people: int, token: str) -> dict[str, Any]:
    guards = Guards()
    row = find(book, guards, token)
    guards.at("right")
    guards.need("not_the_holder", row.holder == sender)
    guards.at("state")
    guards.need("not_offered", row.status == "live" and row.offered_to)
    guard_not_agreed(book, guards, row)
    guards.end()
    book.kept["offer", sender] += 1
    return {"token": end_offer(book, row)}


def give_back(book: Book, sender: str, people: int, token: str) -> dict[str, Any]:
    guards = Guards()
    row = find(book, guards, token)
    guards.at("right")
    guards.need("not_the_holder", row.holder == sender)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("token_already_used", row.status == "live")
    hop = book.hops[row.origin]
    guards.need("nothing_to_give_back", hop.kind == "transfer")
    guards.at("locks")
    guards.need("token_locked", row.lock is None)
    guards.need("claim_open", not row.claimed)
    guards.need("token_already_financed", not row.financed_tier)
    guards.need("token_not_whole", (row.lo, row.hi) == (hop.lo, hop.hi))
    guards.at("state", late=True)
    guards.need("bill_not_active", row.bill.status == "active")
    guards.at("dates")
    guards.need("too_close_to_payment", book.today <= row.bill.last_offer_on)
    guards.at("outcome")
    guards.need("too_many_offers", offers(book, sender) < book.parameters["open_offers"])
    guards.end()
    lock_for(book, row, hop.giver, "return")
    assert row.lock is not None
    return {"token": row.id, "offered_to": hop.giver, "until": row.lock.until}


def unusable(row: Token) -> set[str]:
    """Why cents of this token are not its holder's to use now."""
    if row.status != "live":
        return {"token_already_used"}
    return {"token_locked"} if row.lock else {"claim_open"} if row.claimed else set()


def split(book: Book, sender: str, people: int, token: str, amounts: list[int]) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("too_many_pieces", 1 <= len(amounts) <= 100)
    for amount in amounts:
        guards.amount(amount)
    row = find(book, guards, token)
    guards.at("right")
    guards.need("not_the_holder", row.holder == sender)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("token_already_used", row.status == "live")
    guards.at("locks")
    guards.need("token_locked", row.lock is None)
    guards.need("claim_open", not row.claimed)
    guards.at("amounts")
    guards.need("amount_exceeds_tokens", sum(amounts) <= row.amount)
    guards.need("nothing_to_cut", len(amounts) > 1 or amounts[0] != row.amount)
    guards.need("piece_too_small", min(amounts) >= row.bill.min_split)
    guard_cut(guards, row, amounts)
    guards.end()
    return {"tokens": [piece.id for piece in pieces.cut(book, row, amounts, "split")]}


def merge(book: Book, sender: str, people: int, tokens: list[str]) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("too_few_to_merge", 2 <= len(tokens) <= 100)
    guards.at("there")
    guards.need("token_unknown", all(token in book.tokens for token in tokens))
    guards.at("right")
    rows = [book.tokens[token] for token in tokens]
    guards.need("not_the_holder", all(row.holder == sender for row in rows))
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guard_each(guards, [unusable(row) for row in rows])
    guards.at("locks")
    guards.need("token_named_twice", len(set(tokens)) == len(tokens))
    rows.sort(key=lambda row: row.lo)
    pairs = list(pairwise(rows))
    guards.need("tokens_not_neighbours", all(low.bill is high.bill and low.hi == high.lo for low, high in pairs))
    guards.need("tokens_of_different_paths", len({row.origin for row in rows}) == 1)
    guards.end()
    return {"token": pieces.merge(book, rows).id}
