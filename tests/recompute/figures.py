"""The figures of every read, made from the books alone (rest.md: Traces, Penetration; DOMAIN 7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from recompute.book import ACCEPTED, PENDING, Bill, Book, Hop, Piece
from recompute.days import between

Row = dict[str, Any]


def rounded(value: Fraction, digits: int) -> str:
    """As text with so many decimals, half up: 2/3 with 4 is 0.6667."""
    with localcontext() as context:
        context.prec = 60
        shifted = (2 * value.numerator * 10**digits + value.denominator) // (2 * value.denominator)
        return str(Decimal(shifted).scaleb(-digits).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def bill_row(book: Book, bill: Bill) -> Row:
    """What stands on the bill."""
    late = 0
    if bill.overdue_on:
        late = between(bill.pay_on, bill.last_money if bill.status == "settled" else book.today)
    return {
        "debtor": bill.debtor, "creditor": bill.creditor, "face": bill.face, "currency": bill.currency,
        "pay_on": bill.pay_on, "status": bill.status, "outstanding": bill.outstanding, "settled": bill.settled,
        "settled_in_time": bill.settled_in_time, "overdue_on": bill.overdue_on, "days_late": late,
    }  # fmt: skip


def leaf_rows(book: Book, bill: Bill) -> list[Row]:
    return [
        {
            "lo": piece.lo, "hi": piece.hi, "amount": piece.amount, "holder": piece.holder, "status": piece.status,
            "tier": piece.tier, "financed_tier": piece.tier if piece.financed else 0, "offered_to": piece.offered_to,
        }
        for piece in bill.pieces
    ]  # fmt: skip


def totals(bills: Iterable[Bill]) -> Row:
    """Of bills of one currency: what was accepted, by what became of it, and what waits or ended before."""
    found = {"face": 0, "live": 0, "settled": 0, "diluted": 0, "void": 0, "pending": 0, "ended": 0}
    for bill in bills:
        if bill.status in ACCEPTED:
            found["face"] += bill.face
            for piece in bill.pieces:
                found[piece.status] += piece.amount
        else:
            found["pending" if bill.status in PENDING else "ended"] += bill.face
    return found


def by_status(bills: Iterable[Bill]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for bill in bills:
        number, face = found.get(bill.status, (0, 0))
        found[bill.status] = number + 1, face + bill.face
    return found


def by_tier(book: Book, bills: list[Bill], *, penetration: bool) -> list[Row]:
    """One row a tier down to the deepest that was reached; cents that were returned never went there."""
    pieces = [piece for bill in bills for piece in bill.pieces]
    face = sum(piece.amount for piece in pieces if piece.status != "void")
    deepest = max((piece.tier for piece in pieces), default=0)
    return [_tier(book, pieces, tier, face if penetration else 0) for tier in range(1, deepest + 1)]


def _tier(book: Book, pieces: list[Piece], tier: int, face: int) -> Row:
    resting = [piece for piece in pieces if piece.tier == tier]
    live = [piece for piece in resting if piece.status == "live"]
    reached = sum(piece.amount for piece in pieces if piece.tier >= tier and piece.status != "void")
    ever = sum(piece.amount for piece in pieces if piece.financed and piece.tier == tier)
    prices = {hop.number: hop for piece in resting for hop in piece.path if hop.kind == "finance"}
    accepted = {hop.to for one in pieces for hop in one.path if hop.tier == tier and hop.kind != "finance"}
    row: Row = {
        "tier": tier, "parties": len(accepted), "reached": reached,
        "held": sum(piece.amount for piece in live if piece.holder not in book.banks),
        "financed": sum(piece.amount for piece in live if piece.holder in book.banks),
        "settled": sum(piece.amount for piece in resting if piece.status == "settled"),
        "amount": sum(piece.amount for piece in resting), "financed_ever": ever,
        "share_financed": rounded(Fraction(ever, reached or 1), 6), "mean_rate": mean_rate(prices.values()),
    }  # fmt: skip
    if face:
        row["penetration"] = rounded(Fraction(reached, face), 6)
    return row


def mean_rate(hops: Iterable[Hop]) -> str | None:
    """In percent: rates weighted by amount × actual days. 3 % of 100 for 90 days and 6 % of 100 for 30: 3.7500."""
    weights = [(hop.price[0], hop.amount * hop.price[3]) for hop in hops]
    if not sum(weight for _, weight in weights):
        return None
    mean = Fraction(sum(rate * weight for rate, weight in weights), sum(weight for _, weight in weights))
    return rounded(mean / 10_000, 4)


def parties_total(book: Book, bills: list[Bill]) -> int:
    reached = {hop.to for bill in bills for piece in bill.pieces for hop in piece.path}
    return len(reached - book.banks)


def position(book: Book, party: str, currency: str) -> Row:
    """What a party holds and owes in one currency."""
    bills = [bill for bill in book.bills.values() if bill.currency == currency]
    held = [(bill, piece) for bill in bills for piece in bill.pieces if piece.holder == party]
    exposure: dict[str, int] = defaultdict(int)
    months: dict[str, int] = defaultdict(int)
    holdings = {"live": 0, "settled": 0, "diluted": 0, "void": 0}
    for bill, piece in held:
        holdings[piece.status] += piece.amount
        if piece.status == "live":
            exposure[bill.debtor] += piece.amount
            months[bill.pay_on[:7]] += piece.amount
    live = holdings["live"]
    squares = Fraction(sum(amount**2 for amount in exposure.values()), live**2) if live else None
    return {
        "holdings": holdings, "exposure": dict(exposure), "maturities": dict(months),
        "concentration": None if squares is None else rounded(squares, 6),
        "owed": sum(bill.outstanding for bill in bills if bill.debtor == party and bill.status in ACCEPTED),
    }  # fmt: skip


def financings(book: Book, party: str, currency: str) -> tuple[int, int, int, int]:
    """What a party had financed in one currency: number, amount, interest, fees; paid or not."""
    hops = {
        hop.number: hop
        for bill in book.bills.values()
        if bill.currency == currency
        for piece in bill.pieces
        for hop in piece.path
        if hop.kind == "finance" and hop.giver == party
    }
    found = hops.values()
    return (
        len(found), sum(hop.amount for hop in found), sum(hop.price[2] for hop in found),
        sum(hop.price[1] for hop in found),
    )  # fmt: skip
