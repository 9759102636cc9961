"""The figures of every read, made from the books alone (rest.md: Traces, Penetration; read-access.md: Hidden)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from recompute.book import Book
from recompute.days import WHOLE, between
from recompute.pieces import ACCEPTED, LEAVES, PENDING, Bill, Hop, Piece
from recompute.sight import Sight

Row = dict[str, Any]
FEW = 3
"""A mean over fewer financings does not show to auditors."""


def rounded(value: Fraction, digits: int) -> str:
    """As text with so many decimals, half up: 2/3 with 4 is 0.6667."""
    with localcontext() as context:
        context.prec = 60
        shifted = (2 * value.numerator * 10**digits + value.denominator) // (2 * value.denominator)
        return str(Decimal(shifted).scaleb(-digits).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def ratio(part: int, whole: int) -> str | None:
    return rounded(Fraction(part, whole), 6) if whole else None


def bill_row(book: Book, bill: Bill) -> Row:
    """What stands on the bill."""
    late = 0
    if bill.overdue_on:
        late = between(bill.pay_on, bill.last_money if bill.status == "settled" else book.today)
    return {
        "debtor": bill.debtor, "creditor": bill.creditor, "initiator": bill.initiator, "face": bill.face,
        "paying_bank": bill.paying_bank, "currency": bill.currency, "issued_on": bill.issued.date,
        "confirmed_on": bill.confirmed_on, "accepted_on": bill.accepted_on, "closed_on": bill.closed_on,
        "pay_on": bill.pay_on, "overdue_after": bill.overdue_after, "status": bill.status,
        "outstanding": bill.outstanding, "settled": bill.settled, "diluted": 0, "void": 0,
        "settled_in_time": bill.settled_in_time, "overdue_on": bill.overdue_on, "days_late": max(0, late),
    }  # fmt: skip


def token_row(piece: Piece, seen: Sight) -> Row:
    return {
        "lo": piece.lo, "hi": piece.hi, "amount": piece.amount, "holder": piece.holder, "status": piece.status,
        "tier": piece.tier, "financed_tier": piece.financed_tier, "born": piece.born, "ended": piece.ended,
        "financing": piece.path[-1].token if piece.financed_tier else "",
        "offered_to": piece.offered_to if seen.sees_offer(piece) else "",
    }  # fmt: skip


def hop_row(hop: Hop, seen: Sight) -> Row:
    price: Row = {}
    if hop.price:
        price = {name: getattr(hop.price, name) for name in hop.price._fields}
    return {
        "kind": hop.kind, "from": hop.giver, "to": hop.to, "tier": hop.tier, "financed_tier": hop.financed_tier,
        "lo": hop.lo, "hi": hop.hi, "amount": hop.amount, "token": hop.token, "height": hop.at.height,
        "date": hop.at.date, "transaction": hop.at.transaction, "price": price if seen.sees_price(hop) else None,
    }  # fmt: skip


def tree(seen: Sight) -> Row | None:
    """The first token with what came of it, as far as it shows; what is hidden stands where it lies."""
    bill = seen.bill
    if not bill.tokens:
        return None
    below: dict[int, list[Piece]] = {}
    for piece in bill.tokens:
        if piece.parent is not None:
            below.setdefault(id(piece.parent), []).append(piece)

    def under(piece: Piece) -> tuple[list[Piece], list[Piece]]:
        """The nearest tokens below that show, and the leaves that lie under none of them."""
        shown: list[Piece] = []
        hidden: list[Piece] = []
        for one in below.get(id(piece), []):
            if seen.sees(one):
                shown.append(one)
                continue
            deeper, leaves = under(one)
            shown += deeper
            hidden += leaves or ([one] if one.status in LEAVES else [])
        return shown, hidden

    def node(piece: Piece) -> Row:
        row = token_row(piece, seen)
        shown, hidden = under(piece)
        row["children"] = [node(one) for one in sorted(shown, key=lambda one: (one.lo, one.born, one.hi))]
        if hidden:
            row["hidden"] = {"amount": sum(one.amount for one in hidden), "tokens": len(hidden)}
        return row

    return node(next(piece for piece in bill.tokens if piece.parent is None))


def totals(seen: Iterable[Sight]) -> Row:
    """Of bills of one currency: what was accepted, by what became of it, and what waits or ended before."""
    found: Row = {"face": 0, "live": 0, "settled": 0, "diluted": 0, "void": 0, "pending": 0, "ended": 0}
    amount = tokens = 0
    partial = False
    for one in seen:
        partial = partial or one.tokens is not None
        if one.bill.status not in ACCEPTED:
            found["pending" if one.bill.status in PENDING else "ended"] += one.bill.face
            continue
        found["face"] += one.bill.face
        for piece in one.leaves:
            found[piece.status] += piece.amount
        amount, tokens = amount + one.hidden[0], tokens + one.hidden[1]
    if partial:
        found["hidden"] = {"amount": amount, "tokens": tokens}
    return found


def by_status(bills: Iterable[Bill]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for bill in bills:
        number, face = found.get(bill.status, (0, 0))
        found[bill.status] = number + 1, face + bill.face
    return found


def by_tier(book: Book, seen: Sequence[Sight], *, penetration: bool, auditor: bool = False) -> list[Row]:
    """One row a tier down to the deepest that shows; cents that were returned never went there."""
    leaves = [(one, piece) for one in seen for piece in one.bill.pieces]
    paths = [(piece, [hop for hop in piece.path if one.sees_hop(hop)], one) for one, piece in leaves]
    tiers = {hop.tier for _, path, _ in paths for hop in path}
    tiers |= {piece.tier for one, piece in leaves if one.sees(piece)}
    face = sum(piece.amount for _, piece in leaves)
    complete = not any(one.hidden[1] for one in seen)
    rows = []
    for tier in range(1, max(tiers, default=0) + 1):
        row = _tier(book, leaves, paths, tier, auditor)
        row["share_financed"] = ratio(row["financed_ever"], row["reached"]) if complete else None
        if penetration:
            row["penetration"] = ratio(row["reached"], face) if complete else None
        rows.append(row)
    return rows


def _tier(
    book: Book, leaves: list[tuple[Sight, Piece]], paths: list[tuple[Piece, list[Hop], Sight]], tier: int, auditor: bool
) -> Row:
    resting = [piece for one, piece in leaves if piece.tier == tier and one.sees(piece)]
    live = [piece for piece in resting if piece.status == "live"]
    taken = [(piece, [hop for hop in path if hop.kind != "finance"]) for piece, path, _ in paths]
    ever = [
        (piece, hop, one) for piece, path, one in paths for hop in path if (hop.kind, hop.tier) == ("finance", tier)
    ]
    prices = {hop.token: hop for _, hop, one in ever if one.sees_price(hop)}
    return {
        "tier": tier, "parties": len({hop.to for _, path in taken for hop in path if hop.tier == tier}),
        "reached": sum(piece.amount for piece, path in taken if any(hop.tier >= tier for hop in path)),
        "held": sum(piece.amount for piece in live if piece.holder not in book.banks),
        "financed": sum(piece.amount for piece in live if piece.holder in book.banks),
        "settled": sum(piece.amount for piece in resting if piece.status == "settled"), "diluted": 0, "void": 0,
        "amount": sum(piece.amount for piece in resting),
        "financed_ever": sum(piece.amount for piece, _, _ in ever), **means(prices.values(), auditor=auditor),
        "financings": len(prices),
    }  # fmt: skip


def means(hops: Iterable[Hop], *, auditor: bool = False) -> Row:
    """In percent a year: rates weighted by amount × actual days, and the same with fees, spread over the days by the
    year of their basis. 100 at 3 % for 90 days of Act/360 with a fee of 1: 3.0000, and 3 % + 1/100 × 360/90 = 7.0000.
    """
    priced = [(hop.amount, hop.price) for hop in hops if hop.price]
    weight = sum(amount * price.actual_days for amount, price in priced)
    if not weight or (auditor and len(priced) < FEW):
        return {"mean_rate": None, "mean_cost": None}
    rates = sum(price.rate * amount * price.actual_days for amount, price in priced)
    fees = sum(price.fee * (365 if price.basis == "act/365f" else 360) * WHOLE for _, price in priced)
    return {
        "mean_rate": rounded(Fraction(rates, weight) / 10_000, 4),
        "mean_cost": rounded(Fraction(rates + fees, weight) / 10_000, 4),
    }


def parties_total(seen: Iterable[Sight]) -> int:
    return len({
        hop.to for one in seen for piece in one.bill.pieces for hop in piece.path
        if hop.kind != "finance" and one.sees_hop(hop)
    })  # fmt: skip


def grouped(seen: Iterable[Sight]) -> dict[tuple[str, int, str], tuple[int, int]]:
    """Leaves that show added up by currency, tier and status."""
    found: dict[tuple[str, int, str], tuple[int, int]] = {}
    for one in seen:
        for piece in one.leaves:
            key = (one.bill.currency, piece.tier, piece.status)
            amount, number = found.get(key, (0, 0))
            found[key] = amount + piece.amount, number + 1
    return found
