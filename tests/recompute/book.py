"""The books kept anew from the transactions alone: bills and who holds which cents by which path.

Nothing of the product is used: a record is a call that went through, with its date and what it was told. Ids name
cents: a record says where the tokens that it names lay, and the book insists on having just such a piece there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from recompute.days import Calendar, plus
from recompute.pieces import PENDING, Bill, Hop, Moment, Piece
from recompute.records import Block, Record

Act = Callable[["Book", Record], None]
DAY_MS = 86_400_000
DAYS_RETURNED = 30
"""After so many days what came back to a bank is set aside."""


@dataclass(frozen=True)
class Rules:
    """What the network's genesis says: days of offers and of waiting, grace, the gap, how many leaves a step pays."""

    offer_business_days: int = 5
    pending_days: int = 10
    grace_business_days: int = 0
    gap_limit_ms: int = 7_200_000
    leaves_at_once: int = 1_500
    leaves_at_once_in_part: int = 750


@dataclass(eq=False)
class Request:
    """An application for a financing. held: the piece that it reserves, while it is open or agreed."""

    id: str
    holder: str
    bill: Bill
    held: Piece
    banks: tuple[str, ...]
    until: str
    status: str = "open"
    amount: int = 0
    agreed: str = ""
    allowed_ms: int = 0
    held_days: int = 0
    declined: set[str] = field(default_factory=set)
    quotes: list[str] = field(default_factory=list)
    result: str = ""

    @property
    def under_way(self) -> bool:
        return self.status in ("open", "agreed")


@dataclass(eq=False)
class Quote:
    """What a bank offered for a request, and what became of it. ends_before: by itself, before the request does."""

    id: str
    request: Request
    bank: str
    rate: int
    fee: int
    basis: str
    by_holder: bool
    value_date: str
    disburse_by: str
    valid_until: str
    ends_before: bool
    amount: int
    days: int = 0
    actual_days: int = 0
    interest: int = 0
    net: int = 0
    agreed_net: int = 0
    paid: int = 0
    status: str = "offered"


@dataclass(eq=False)
class Receipt:
    """What a bank reported under a reference of its own."""

    bank: str
    reference: str
    kind: str
    bill: str
    amount: int
    value_date: str
    at: Moment
    token: str = ""
    quote: str = ""
    status: str = ""


@dataclass(eq=False)
class Payment:
    """What a payee is owed for a token that was paid. made: with which status; waits: for the bank of an agreed
    request, to be looked at on a day; to: that bank, where its money had left before."""

    bill: Bill
    token: str
    piece: Piece
    bank: str
    receipt: Receipt
    status: str
    changed_on: str
    made: str
    last_reference: str = ""
    acknowledged: Moment | None = None
    waits: Request | None = None
    look: str = ""
    bought: bool = False
    to: str = ""

    @property
    def party(self) -> str:
        return self.to or self.piece.holder

    @property
    def owed(self) -> bool:
        return self.status != "paid"


@dataclass(eq=False)
class Step:
    """A settlement of many leaves that goes on at cent `next`; `seen`: live cents below it when the money came."""

    receipt: Receipt
    outstanding: int
    next: int = 0
    seen: int = 0


@dataclass(eq=False)
class Grant:
    """What a party lets an auditor see. scope: bill ids, None for all."""

    scope: frozenset[str] | None
    first: str
    until: str
    active: bool = True


@dataclass(eq=False)
class Order:
    """An order on a party's status."""

    id: str
    party: str
    kind: str
    until: str
    acts: bool
    allowed_ms: int = 0
    status: str = "entered"


@dataclass(eq=False)
class Invoice:
    """What is occupied of an invoice of a seller; `bills`: those that occupy it."""

    fingerprint: str
    seller: str
    buyer: str
    currency: str
    total: int
    bills: dict[str, int] = field(default_factory=dict)

    @property
    def occupied(self) -> int:
        return sum(self.bills.values())


@dataclass(eq=False)
class Dispute:
    """What a party says against an invoice."""

    by: str
    fingerprint: str
    until: str
    status: str = "open"


@dataclass(eq=False)
class Joint:
    """What is asked about a bill: another bank than the one that pays it `now` pays it `then`, or what `told` says of
    its invoices. amount: what it is about, as it stood when it was asked."""

    bill: Bill
    by: str
    others: frozenset[str]
    until: str
    amount: int
    now: str = ""
    then: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)
    agreed: set[str] = field(default_factory=set)
    status: str = "open"


@dataclass(eq=False)
class Product:
    """Which supplier makes which part for which share: (part, supplier, share) each."""

    id: str
    anchor: str
    parts: tuple[tuple[str, str, int], ...]
    currency: str
    due_days: int
    agreed: list[str] = field(default_factory=list)
    status: str = "proposed"

    @property
    def suppliers(self) -> set[str]:
        return {supplier for _, supplier, _ in self.parts}


@dataclass(eq=False)
class Event:
    """What was produced, and the bills that it issued."""

    id: str
    product: Product
    serial: str
    value: int
    bills: list[str]


@dataclass(eq=False)
class Label:
    """What an attestor says of a bill under a scheme, and when something was said of it last."""

    grade: str
    by: str
    until: str
    said_on: str
    status: str = "active"


class Book:
    """The books after a number of records. banks: ids of banks; mandates: debtor → the bank that accepted to pay."""

    def __init__(
        self,
        calendar: Calendar,
        rules: Rules,
        banks: frozenset[str],
        mandates: Mapping[str, str],
        acts: Mapping[str, Act],
    ) -> None:
        self.calendar, self.rules, self.banks, self.acts = calendar, rules, banks, acts
        self.mandates = dict(mandates)
        self.bills: dict[str, Bill] = {}
        self.requests: dict[str, Request] = {}
        self.quotes: dict[str, Quote] = {}
        self.receipts: dict[tuple[str, str], Receipt] = {}
        self.payments: dict[tuple[str, str], Payment] = {}
        self.steps: dict[str, Step] = {}
        self.grants: dict[tuple[str, str], Grant] = {}
        self.orders: dict[str, Order] = {}
        self.unratified: set[tuple[str, str]] = set()
        self.successors: dict[str, str] = {}
        self.invoices: dict[tuple[str, str], Invoice] = {}
        self.disputes: dict[str, Dispute] = {}
        self.joints: dict[str, Joint] = {}
        self.products: dict[str, Product] = {}
        self.events: dict[tuple[str, str, str], Event] = {}
        self.labels: dict[tuple[str, str], Label] = {}
        self.today, self.height, self.time_ms, self.quiet_until = "", 0, 0, ""
        self.stood_ms = 0
        self.days: dict[int, str] = {}
        self.halted: set[str] = set()

    def keep(self, record: Record) -> None:
        """Enter one record."""
        self.acts[record.act](self, record)

    def block(self, block: Block) -> None:
        """A block came: after a long gap bills are left alone until the next business day; a new day has its own."""
        if self.time_ms and block.time_ms - self.time_ms > self.rules.gap_limit_ms:
            self.quiet_until = self.calendar.after(block.today, 1)
            self.stood_ms += block.time_ms - self.time_ms
        self.height, self.time_ms = block.height, block.time_ms
        self.days[block.height] = block.today
        if block.today != self.today:
            self.today = block.today
            self._day()

    def _day(self) -> None:
        """What a new day brings: offers, quotes, requests and orders end, bills expire, fall due, become overdue."""
        for quote in self.quotes.values():
            if quote.status == "offered" and quote.ends_before and quote.valid_until < self.today:
                quote.status = "expired"
        for request in self.requests.values():
            if request.status == "agreed" and request.until < self.today:
                self._put_off(request)
            if request.under_way and request.until < self.today:
                self.end_request(request, "expired", "expired")
        for bill in self.bills.values():
            for piece in [piece for piece in bill.pieces if piece.lock in ("transfer", "return")]:
                if piece.until < self.today:
                    self.free(bill, piece)
        if self.today >= self.quiet_until:
            self._day_of_bills()
        for order in self.orders.values():
            if order.status == "entered" and order.until < self.today:
                order.until, order.allowed_ms = self._stood(order.until, order.allowed_ms)
            if order.status == "entered" and order.until < self.today:
                order.status, order.acts = "lapsed", False
                self.unratified.add((order.party, order.kind))
        for dispute in self.disputes.values():
            if dispute.status == "open" and dispute.until < self.today:
                dispute.status = "ended"
        for label in self.labels.values():
            if label.status == "active" and label.until < self.today:
                label.status = "expired"
        for payment in self.payments.values():
            if payment.status == "returned" and self.today > plus(payment.changed_on, DAYS_RETURNED):
                payment.status, payment.changed_on = "set_aside", self.today
            self._look_at(payment)
        for joint in self.joints.values():
            if joint.status == "open" and joint.until < self.today:
                joint.status = "lapsed"

    def _look_at(self, payment: Payment) -> None:
        """Money that waited for an agreed request goes out on the day after that is over. What was to be done on an
        earlier day, where days went by without a block, comes first."""
        if payment.waits is None:
            return
        late, payment.look = (
            payment.waits.status == "expired" and payment.waits.until >= payment.look,
            plus(self.today, 1),
        )
        if late or not self.turn(payment):
            return
        if not self.insolvent(payment.party):
            payment.status, payment.changed_on = "instructed", self.today

    def turn(self, payment: Payment) -> bool:
        """What waited is the bank's or the holder's once the request is over; whether it is."""
        if payment.waits is None or payment.waits.status == "agreed":
            return False
        if payment.bought:
            payment.to = self.quotes[payment.waits.agreed].bank
        payment.waits = None
        return True

    def _put_off(self, request: Request) -> None:
        """An agreement waits for days on which the network stood still, and for some on which its bank is halted. One
        that would not stand today even so ends with the last day that it had."""
        until, allowed_ms = self._stood(request.until, request.allowed_ms)
        held_days = request.held_days
        while until < self.today and self.quotes[request.agreed].bank in self.halted:
            if held_days == self.rules.offer_business_days:
                break
            held_days += 1
            until = self.calendar.after(until, 1)
        if until >= self.today:
            request.until, request.allowed_ms, request.held_days = until, allowed_ms, held_days
            request.held.until = until

    def _stood(self, last: str, allowed_ms: int) -> tuple[str, int]:
        """A last day, and what it allows for, put off by whole days that the network stood still since."""
        days = max(0, -((allowed_ms - self.stood_ms) // DAY_MS))
        return self.calendar.put_off(last, days), allowed_ms + days * DAY_MS

    def _day_of_bills(self) -> None:
        for bill in self.bills.values():
            if bill.status in PENDING and bill.expires_on <= self.today:
                self.end_bill(bill, "expired")
            if bill.status == "active" and bill.pay_on <= self.today:
                bill.status = "due"
            if bill.status == "due" and bill.overdue_after < self.today:
                bill.status, bill.overdue_on = "overdue", plus(bill.overdue_after, 1)

    # --- what several acts share ---
    def payer(self, bank: str) -> str:
        """The bank itself or the one that stands in its place."""
        return self.successors.get(bank, bank)

    def insolvent(self, party: str) -> bool:
        return any(order.acts for order in self.orders.values() if (order.party, order.kind) == (party, "insolvent"))

    def status_of(self, party: str) -> str:
        acting = {order.kind for order in self.orders.values() if order.party == party and order.acts}
        return next((kind for kind in ("insolvent", "suspended") if kind in acting), "active")

    def end_bill(self, bill: Bill, status: str) -> None:
        """A bill ends before it was accepted: what it occupied of invoices is free again."""
        bill.status, bill.closed_on, bill.closed_at = status, self.today, self.height
        for invoice in self.invoices.values():
            invoice.bills.pop(bill.id, None)

    def named(self, record: Record, token: str) -> tuple[Bill, Piece]:
        """The live piece that a record names."""
        name, lo, hi = record.places[token]
        bill = self.bills[name]
        [piece] = [piece for piece in bill.pieces if (piece.lo, piece.hi, piece.status) == (lo, hi, "live")]
        assert piece.name in ("", token)
        piece.name = token
        return bill, piece

    def unanswered_on(self) -> str:
        """A bill waits so many business days for its answer; on the day after it ends."""
        return plus(self.calendar.after(self.today, self.rules.pending_days), 1)

    def lock(self, bill: Bill, piece: Piece, lock: str, to: str) -> None:
        """Offers and requests stand so many business days, the last on the business day before the payment."""
        assert piece.free
        until = self.calendar.after(self.today, self.rules.offer_business_days)
        piece.lock, piece.offered_to, piece.until = lock, to, min(until, self.calendar.before(bill.pay_on))

    def free(self, bill: Bill, piece: Piece) -> None:
        """While a settlement goes on in steps nothing is joined."""
        bill.free(piece, self.height, joins=bill.id not in self.steps)

    def end_request(self, request: Request, status: str, others: str) -> None:
        """A request ends without a financing; its quotes that stand become `others`, an agreed one what it became."""
        for name in request.quotes:
            if self.quotes[name].status in ("offered", "agreed"):
                self.quotes[name].status = others
        request.status = status
        if request.held.status == "live":
            self.free(request.bill, request.held)

    def leaves(self) -> Iterator[tuple[Bill, Piece]]:
        return ((bill, piece) for bill in self.bills.values() for piece in bill.pieces)


def moment(record: Record) -> Moment:
    return Moment(record.height, record.today, record.transaction)


# --- bills ---
def issue(book: Book, record: Record) -> None:
    asked, name = record.args, record.result["bill"]
    pay_on = book.calendar.rolled(asked["due_on"])
    parts = tuple((one["fingerprint"], one["amount"], one["total"]) for one in asked["invoices"])
    book.bills[name] = Bill(
        name, asked["debtor"], asked["creditor"], record.sender, asked["face"], asked["currency"], asked["due_on"],
        pay_on, book.calendar.after(pay_on, book.rules.grace_business_days),
        book.unanswered_on(), parts, moment(record),
    )  # fmt: skip


def confirm(book: Book, record: Record) -> None:
    """The debtor's bank, or who stands in its place by now, will pay; the invoices are occupied."""
    bill = book.bills[record.args["bill"]]
    bill.status, bill.confirmed_on, bill.confirmed = "pending_accept", record.today, moment(record)
    bill.expires_on = book.unanswered_on()
    bill.paying_bank = book.payer(book.mandates[bill.debtor])
    for fingerprint, amount, total in bill.invoices:
        invoice = Invoice(fingerprint, bill.creditor, bill.debtor, bill.currency, total)
        book.invoices.setdefault((fingerprint, bill.creditor), invoice).bills[bill.id] = amount


def accept_bill(book: Book, record: Record) -> None:
    bill = book.bills[record.args["bill"]]
    bill.status, bill.accepted_on = "active", record.today
    token = record.result["token"]
    first = Hop("issue", bill.debtor, bill.creditor, 1, 0, 0, bill.face, token, moment(record))
    bill.begin(Piece(0, bill.face, bill.creditor, (first,), None, record.height, first, name=token))


def ends(status: str) -> Act:
    return lambda book, record: book.end_bill(book.bills[record.args["bill"]], status)


# --- tokens ---
def transfer(book: Book, record: Record) -> None:
    """Tokens are used by due date, then by lo; recipients are served in their order."""
    lots = sorted(
        (book.named(record, token) for token in record.args["tokens"]), key=lambda lot: (lot[0].due_on, lot[1].lo)
    )
    owed = [(one["party"], one["amount"]) for one in record.args["recipients"]]
    for bill, piece in lots:
        shares: list[tuple[str, int]] = []
        left = piece.amount
        while owed and left:
            party, due = owed.pop(0)
            part = min(due, left)
            left -= part
            shares.append((party, part))
            if part < due:
                owed.insert(0, (party, due - part))
        if not shares:
            continue
        cut = bill.cut(piece, [part for _, part in shares], "offer", record.height)
        for offered, (party, _) in zip(cut, shares, strict=False):
            book.lock(bill, offered, "transfer", party)
    assert not owed


def accept(book: Book, record: Record) -> None:
    """A transfer is one tier further down; a return takes back the transfer by which the token came."""
    bill, piece = book.named(record, record.args["token"])
    assert piece.offered_to == record.sender
    back = piece.lock == "return"
    path = piece.path[:-1]
    kind, tier = ("return", path[-1].tier) if back else ("transfer", piece.tier + 1)
    hop = Hop(
        kind, piece.holder, record.sender, tier, 0, piece.lo, piece.hi, record.result["token"], moment(record)
    )  # fmt: skip
    bill.move(piece, hop, path if back else (*piece.path, hop))


def unlock(book: Book, record: Record) -> None:
    book.free(*book.named(record, record.args["token"]))


def give_back(book: Book, record: Record) -> None:
    bill, piece = book.named(record, record.args["token"])
    book.lock(bill, piece, "return", piece.path[-1].giver)


def split(book: Book, record: Record) -> None:
    bill, piece = book.named(record, record.args["token"])
    bill.cut(piece, record.args["amounts"], "split", record.height)


def merge(book: Book, record: Record) -> None:
    """The parent of what is merged is the nearest token above that covers all of it."""
    named = sorted((book.named(record, token) for token in record.args["tokens"]), key=lambda one: one[1].lo)
    bill, first = named[0]
    run = [piece for _, piece in named]
    assert all(piece.path == first.path for piece in run)
    above = next(one for one in first.above() if one is not first and one.hi >= run[-1].hi)
    whole = Piece(first.lo, run[-1].hi, first.holder, first.path, above, record.height)
    whole.apart = not any(piece.parent is above and piece.hop is None and not piece.apart for piece in run)
    bill.swap(run, [whole], "moved", record.height)


ACTS: dict[str, Act] = {
    "bill.issue": issue, "bill.confirm": confirm, "bill.accept": accept_bill, "bill.reject": ends("rejected"),
    "bill.withdraw": ends("withdrawn"), "bill.cancel": ends("cancelled"), "token.transfer": transfer,
    "token.accept": accept, "token.reject": unlock, "token.recall": unlock, "token.give_back": give_back,
    "token.split": split, "token.merge": merge,
}  # fmt: skip
