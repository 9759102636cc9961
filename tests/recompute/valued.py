"""The books by value date (rest.md: By value date): a day with the money dated up to it, also what was recorded later.

The day's own books say who held what at its end; those of a later height say which cents money was for. What comes of
both are books again: figures by value are made of them as any others are.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace

from recompute.book import Book, Payment, Receipt
from recompute.pieces import ACCEPTED, Bill, Hop, Piece
from recompute.sight import Reader, Sight, sees_payment, sees_receipt, sight


@dataclass
class Valued:
    """A bill by value. lies_in: by id() of a piece, in which token of the later books it lies: its place there."""

    bill: Bill
    lies_in: dict[int, int] = field(default_factory=dict)

    def end(self, leaf: Piece, status: str, height: int) -> Piece:
        """Another piece in the place of a leaf, that has ended; the leaf itself stays as it is in its own books."""
        over = replace(leaf, status=status, ended=height, lock="", offered_to="", until="")
        self.lies_in[id(over)] = self.lies_in[id(leaf)]
        tokens, pieces = self.bill.tokens, self.bill.pieces
        self.bill.tokens = [over if one is leaf else one for one in tokens]
        self.bill.pieces = [over if one is leaf else one for one in pieces]
        return over

    def cut(self, over: Piece, pieces: list[tuple[Piece, int]]) -> None:
        """Put pieces in the place of a leaf that has ended, each with the token of the later books that it lies in."""
        self.lies_in |= {id(piece): place for piece, place in pieces}
        news = [piece for piece, _ in pieces]
        self.bill.tokens += news
        rest = [one for one in self.bill.pieces if one is not over]
        self.bill.pieces = sorted([*rest, *news], key=lambda one: one.lo)


def book_by_value(then: Book, known: Book, day: str) -> tuple[Book, dict[str, Valued]]:
    """The books of a day's end with what is known later of money dated up to the day, and each bill by its id."""
    valued = {name: _bill(then, known, bill, day) for name, bill in then.bills.items()}
    book = copy(then)
    book.today = day
    book.bills = {name: one.bill for name, one in valued.items()}
    return book, valued


def _bill(then: Book, known: Book, bill: Bill, day: str) -> Valued:
    found = replace(bill, pieces=list(bill.pieces), tokens=list(bill.tokens))
    valued = Valued(found, {id(piece): place for place, piece in enumerate(bill.tokens)})
    if bill.status not in ACCEPTED:
        return valued
    later = known.bills[bill.id]
    _figures(found, later, known, day)
    for hop in _late_financings(then, known, bill, day):
        _finance(valued, later, hop)
    late = [
        payment for name, payment in known.payments.items()
        if payment.bill is later and name not in then.payments and payment.receipt.value_date <= day
    ]  # fmt: skip
    for leaf in [piece for piece in found.pieces if piece.status == "live"]:
        _pay(valued, leaf, sorted((one.piece for one in late), key=lambda piece: piece.lo))
    return valued


def _figures(bill: Bill, later: Bill, known: Book, day: str) -> None:
    """What stands on the bill: the money dated up to the day, as far as it was shared out."""
    money = [
        (one.receipt.value_date, one.piece.amount) for one in known.payments.values()
        if one.bill is later and one.receipt.value_date <= day
    ]  # fmt: skip
    bill.settled = sum(amount for _, amount in money)
    bill.settled_in_time = sum(amount for date, amount in money if date <= bill.overdue_after)
    bill.last_money = max((date for date, _ in money), default="")
    bill.overdue_on = later.overdue_on if later.overdue_on and later.overdue_on <= day else ""
    bill.closed_on = bill.last_money if bill.settled == bill.face else ""
    if bill.settled == bill.face:
        bill.status = "settled"
    elif bill.overdue_on:
        bill.status = "overdue"
    elif bill.status == "overdue":
        bill.status = "due"


def _late_financings(then: Book, known: Book, bill: Bill, day: str) -> list[Hop]:
    tokens = {
        one.token for name, one in known.receipts.items()
        if (one.kind, one.bill) == ("finance", bill.id) and one.value_date <= day and name not in then.receipts
    }  # fmt: skip
    return [hop for hop in known.bills[bill.id].hops if hop.token in tokens]


def _finance(valued: Valued, later: Bill, hop: Hop) -> None:
    """The cents of a financing are taken out of the leaf that they lay in at the end of the day."""
    place = next(place for place, piece in enumerate(later.tokens) if piece.hop is hop)
    [leaf] = [one for one in valued.bill.pieces if one.lo <= hop.lo and hop.hi <= one.hi and one.status == "live"]
    whole = (leaf.lo, leaf.hi) == (hop.lo, hop.hi)
    within = valued.lies_in[id(leaf)]
    over = valued.end(leaf, "moved" if whole else "split", hop.at.height)
    made = Piece(hop.lo, hop.hi, hop.to, (*leaf.path, hop), over, hop.at.height, hop, name=hop.token)
    rests = [(_part(leaf, over, lo, hi), within) for lo, hi in ((leaf.lo, hop.lo), (hop.hi, leaf.hi)) if lo < hi]
    valued.cut(over, [*rests, (made, place)])


def _pay(valued: Valued, leaf: Piece, paid: list[Piece]) -> None:
    """Cents of a leaf that money dated up to the day has paid are settled in the hands of the leaf's holder."""
    cents = [(max(one.lo, leaf.lo), min(one.hi, leaf.hi), one.ended) for one in paid]
    cents = [one for one in cents if one[0] < one[1]]
    if not cents:
        return
    height = max(ended for _, _, ended in cents)
    if cents[0][:2] == (leaf.lo, leaf.hi):
        valued.end(leaf, "settled", height)
        return
    within = valued.lies_in[id(leaf)]
    over = valued.end(leaf, "split", height)
    pieces, lo = [], leaf.lo
    for first, last, ended in cents:
        if lo < first:
            pieces.append(_part(leaf, over, lo, first))
        part = _part(leaf, over, first, last)
        pieces.append(replace(part, status="settled", ended=ended, lock="", offered_to=""))
        lo = last
    if lo < leaf.hi:
        pieces.append(_part(leaf, over, lo, leaf.hi))
    valued.cut(over, [(one, within) for one in pieces])


def _part(leaf: Piece, over: Piece, lo: int, hi: int) -> Piece:
    """A piece without a token of its own has the id TOKEN:lo-hi."""
    token = leaf.name.partition(":")[0]
    return replace(leaf, lo=lo, hi=hi, parent=over, hop=None, name=f"{token}:{lo}-{hi}" if token else "")


def sights(then: Book, known: Book, valued: dict[str, Valued], reader: Reader) -> dict[str, Sight]:
    """What shows both at the end of the day and where the rest is known."""
    found: dict[str, Sight] = {}
    for name, one in valued.items():
        early, late = sight(then, reader, then.bills[name]), sight(known, reader, known.bills[name])
        if early is not None and late is not None:
            found[name] = Sight(one.bill) if early.tokens is None else _sight(one, early, late)
    return found


def _sight(valued: Valued, early: Sight, late: Sight) -> Sight:
    """A token shows at the later height by itself, or through the leaves of its cents."""
    then, known = early.bill, late.bill
    unseen = [piece for piece in known.pieces if not late.sees(piece)]

    def shows(piece: Piece) -> bool:
        place = valued.lies_in[id(piece)]
        if place < len(then.tokens) and not early.sees(then.tokens[place]):
            return False
        hidden = any(one.lo < piece.hi and piece.lo < one.hi for one in unseen)
        return late.sees(known.tokens[place]) or not hidden

    shown = frozenset(id(piece) for piece in valued.bill.tokens if shows(piece))
    return Sight(valued.bill, early.parties & late.parties, shown, early.offers)


def receipts(known: Book, reader: Reader, day: str) -> list[Receipt]:
    """Those that are known of money dated up to a day."""
    return [one for one in known.receipts.values() if one.value_date <= day and sees_receipt(known, reader, one)]


def payments(then: Book, known: Book, reader: Reader, shown: dict[str, Sight], day: str) -> list[Payment]:
    """Payments of such money: as they stood at the end of the day, and those recorded later as they were made."""
    return [
        then.payments[name] if name in then.payments
        else replace(one, status=one.made, changed_on=known.days[one.piece.ended], last_reference="")
        for name, one in known.payments.items()
        if one.receipt.value_date <= day and sees_payment(known, reader, one, shown)
    ]  # fmt: skip
