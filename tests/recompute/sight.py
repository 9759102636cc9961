"""What a reader sees of a bill (read-access.md): its tokens and the path to them, hops from and to it, its prices."""

from __future__ import annotations

from dataclasses import dataclass

from recompute.book import Book, Event, Joint, Payment, Product, Receipt, Request
from recompute.pieces import Bill, Hop, Piece


@dataclass(frozen=True)
class Reader:
    """Who reads. everything: a regulator; auditor: it reads for those that granted it access, by the newest day."""

    party: str = ""
    everything: bool = False
    grants: tuple[tuple[str, frozenset[str] | None], ...] = ()
    auditor: bool = False

    def reads_for(self, bill: str) -> frozenset[str]:
        granted = {party for party, scope in self.grants if scope is None or bill in scope}
        return frozenset(granted if self.auditor else {self.party})

    def end_of(self, of: Request, book: Book) -> str:
        """The last day of a request; of an agreement it shows to its holder and its bank, to others "" does."""
        agreed = book.quotes[of.agreed].bank if of.agreed else ""
        sees = self.everything or not agreed or self.reads_for(of.bill.id) & {of.holder, agreed}
        return of.until if sees else ""


def auditor_of(newest: Book, party: str) -> Reader:
    """The auditor with the grants that are in force on the newest day, whatever day is read."""
    grants = tuple(
        (giver, one.scope) for (auditor, giver), one in newest.grants.items()
        if auditor == party and one.active and one.first <= newest.today <= (one.until or "9999")
    )  # fmt: skip
    return Reader(party, grants=grants, auditor=True)


@dataclass(frozen=True)
class Sight:
    """What shows of one bill; tokens: None for all of them."""

    bill: Bill
    parties: frozenset[str] = frozenset()
    tokens: frozenset[int] | None = None
    offers: frozenset[int] = frozenset()

    def sees(self, piece: Piece) -> bool:
        return self.tokens is None or id(piece) in self.tokens

    def sees_offer(self, piece: Piece) -> bool:
        return self.tokens is None or bool({piece.holder, piece.offered_to} & self.parties) or id(piece) in self.offers

    def sees_hop(self, hop: Hop) -> bool:
        if self.tokens is None or self.concerned(hop):
            return True
        return any(self.sees(piece) for piece in self.bill.tokens if piece.hop is hop)

    def concerned(self, hop: Hop) -> bool:
        return bool({hop.giver, hop.to} & self.parties)

    def sees_price(self, hop: Hop) -> bool:
        return self.tokens is None or self.concerned(hop)

    @property
    def leaves(self) -> list[Piece]:
        return [piece for piece in self.bill.pieces if self.sees(piece)]

    @property
    def hops(self) -> list[Hop]:
        return [hop for hop in self.bill.hops if self.sees_hop(hop)]

    @property
    def hidden(self) -> tuple[int, int]:
        """Cents and leaf tokens that do not show."""
        unseen = [piece for piece in self.bill.pieces if not self.sees(piece)]
        return sum(piece.amount for piece in unseen), len(unseen)


def sight(book: Book, reader: Reader, bill: Bill) -> Sight | None:
    """None: the reader has no part in the bill."""
    if reader.everything:
        return Sight(bill)
    parties = reader.reads_for(bill.id)
    asked = {id(of.held) for of in book.requests.values() if of.bill is bill and parties & set(of.banks)}
    own = [one for one in bill.tokens if {one.holder, one.offered_to} & parties or id(one) in asked]
    to_pay = {one.then for one in book.joints.values() if one.bill is bill and one.status == "open"}
    named = bool({bill.debtor, bill.creditor, bill.initiator, *to_pay} & parties)
    pays = bool(bill.paying_bank) and book.payer(bill.paying_bank) in parties
    if not (own or named or pays):
        return None
    shown = {id(above) for one in own for above in one.above()}
    if named or pays:
        shown |= {id(one) for one in bill.tokens if one.parent is None}
    if pays:
        shown |= {id(one) for one in bill.pieces}
    return Sight(bill, parties, frozenset(shown), frozenset(asked))


def sights(book: Book, reader: Reader) -> dict[str, Sight]:
    found = {name: sight(book, reader, bill) for name, bill in book.bills.items()}
    return {name: one for name, one in found.items() if one is not None}


def sees_request(reader: Reader, of: Request) -> bool:
    return reader.everything or bool(reader.reads_for(of.bill.id) & {of.holder, *of.banks})


def sees_joint(reader: Reader, joint: Joint) -> bool:
    return reader.everything or bool(reader.reads_for(joint.bill.id) & {joint.by, *joint.others})


def sees_product(reader: Reader, product: Product) -> bool:
    """Its anchor and its suppliers, and who reads for them in full."""
    return reader.everything or bool(reader.reads_for("") & {product.anchor, *product.suppliers})


def sees_event(reader: Reader, event: Event) -> bool:
    """Its anchor alone, and who reads for it in full."""
    return reader.everything or event.product.anchor in reader.reads_for("")


def sees_payment(book: Book, reader: Reader, payment: Payment, shown: dict[str, Sight]) -> bool:
    """The payee, the bank that instructed it and who stands in its place, those who see the token."""
    if reader.everything:
        return True
    if reader.reads_for(payment.bill.id) & {payment.party, payment.bank, book.payer(payment.bank)}:
        return True
    return payment.bill.id in shown and shown[payment.bill.id].sees(payment.piece)


def sees_receipt(book: Book, reader: Reader, receipt: Receipt) -> bool:
    """Its bank and who stands in its place; and the other side of the money."""
    if reader.everything:
        return True
    concerned = {receipt.bank, book.payer(receipt.bank)}
    bill = book.bills[receipt.bill]
    if receipt.kind == "settlement":
        paid = [one.party for one in book.payments.values() if one.receipt is receipt]
        concerned |= {bill.debtor, book.payer(bill.paying_bank), *paid}
    elif receipt.kind == "payment":
        concerned.add(book.payments[receipt.bill, receipt.token].party)
    else:
        concerned.add(book.quotes[receipt.quote].request.holder)
    return bool(reader.reads_for(receipt.bill) & concerned)
