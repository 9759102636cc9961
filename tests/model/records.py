"""What the model knows: parties, bills, tokens, requests, quotes, joint acts, invoices, payments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from model.days import Calendar
from model.words import Id

NONE = Id("")


@dataclass(eq=False)
class Party:
    id: str
    roles: tuple[str, ...]
    accounts: Mapping[str, str]
    """Currency to the bank that keeps its account in it."""
    sponsor: str = ""
    mandate: str = ""
    """The bank that agreed to pay its bills to come."""
    status: str = "active"
    stopped_at: int = 0
    insolvent_since: str = ""

    @property
    def acts(self) -> bool:
        return self.status == "active"

    @property
    def may_hold(self) -> bool:
        return "supplier" in self.roles or "anchor" in self.roles


@dataclass(eq=False)
class Part:
    """What of an invoice stands behind a bill."""

    fingerprint: str
    amount: int
    total: int


@dataclass(eq=False)
class Bill:
    id: Id
    debtor: str
    creditor: str
    initiator: str
    face: int
    currency: str
    due_on: str
    parts: list[Part]
    barred: bool
    debtor_pays_interest: bool
    transferor_liable: bool
    min_split: int
    issued_on: str
    made: int
    pay_on: str
    last_offer_on: str
    overdue_after: str
    expires_on: str
    status: str = "pending_confirm"
    paying_bank: str = ""
    confirmed_on: str = ""
    accepted_on: str = ""
    overdue_on: str = ""
    closed_on: str = ""
    settled: int = 0
    settled_in_time: int = 0
    diluted: int = 0
    void: int = 0
    leaves: list[Token] = field(default_factory=list)

    @property
    def outstanding(self) -> int:
        return self.face - self.settled - self.diluted - self.void

    @property
    def payable(self) -> bool:
        return self.status in ("active", "due", "overdue")


@dataclass
class Lock:
    kind: str
    ref: str
    until: str
    made: int


@dataclass(eq=False)
class Token:
    id: Id
    bill: Bill
    lo: int
    hi: int
    holder: str
    tier: int
    origin: Id
    parent: Token | None
    financed_tier: int = 0
    financing: Id = NONE
    status: str = "live"
    lock: Lock | None = None
    offered_to: str = ""
    cut_for: str = ""
    pieces: list[Token] = field(default_factory=list)
    """Of a token that was cut: what it was cut into, or what these were put together to."""
    place: Token | None = None
    """The cut token among whose pieces it stands."""
    claim: Claim | None = None
    """The last one that its holder made on its cents."""

    @property
    def amount(self) -> int:
        return self.hi - self.lo

    @property
    def claimed(self) -> bool:
        return self.claim is not None and self.claim.open

    @property
    def free(self) -> bool:
        return self.status == "live" and self.lock is None and not self.claimed


@dataclass(eq=False)
class Hop:
    """A change of ownership, kept under the token that it made."""

    kind: str
    giver: str
    taken: Token | None
    """The token that ended for it."""
    lo: int
    hi: int
    recourse: bool = False
    made: int = 0


@dataclass(eq=False)
class Request:
    id: Id
    holder: str
    token: Token
    banks: list[str]
    until: str
    made: int
    status: str = "open"
    ended_by: str = ""
    quotes: list[Quote] = field(default_factory=list)
    declined: list[str] = field(default_factory=list)
    agreed: Quote | None = None
    lost: int = 0
    """What an enforcement took of what it brought."""

    @property
    def amount(self) -> int:
        return self.token.amount

    @property
    def under_way(self) -> bool:
        return self.status in ("open", "agreed")

    @property
    def left(self) -> int:
        """What the debtor has not paid of it."""
        return self.token.amount if self.token.status == "live" else 0


@dataclass(eq=False)
class Quote:
    id: Id
    request: Request
    bank: str
    amount: int
    rate: int
    recourse: bool
    basis: str
    fee: int
    payer: str
    value_date: str
    disburse_by: str
    valid_until: str
    own_end: bool
    """It may end before its request does."""
    made: int
    days: int
    interest: int
    net: int
    need: dict[str, str] = field(default_factory=dict)
    """The label that it asks for, {} for none."""
    status: str = "offered"
    agreed_on: str = ""
    agreed_net: int = 0
    paid: int = 0
    unmatched: int = 0


@dataclass(eq=False)
class Joint:
    id: Id
    kind: str
    bill: Bill
    by: str
    others: list[str]
    content: dict[str, Any]
    until: str
    made: int
    status: str = "open"
    answers: dict[str, tuple[str, int]] = field(default_factory=dict)


@dataclass(eq=False)
class Invoice:
    fingerprint: str
    seller: str
    buyer: str
    currency: str
    total: int
    bills: dict[Id, int] = field(default_factory=dict)
    signed: set[Id] = field(default_factory=set)
    lowered: bool = False
    struck: tuple[Id, str] | None = None
    """By which entry, and since when."""

    @property
    def occupied(self) -> int:
        return sum(self.bills.values())

    @property
    def status(self) -> str:
        if self.struck is not None:
            return "struck"
        if not self.occupied:
            return "registered"
        return "occupied" if self.occupied == self.total else "part_occupied"


@dataclass(eq=False)
class Dispute:
    id: Id
    fingerprint: str
    seller: str
    by: str
    until: str
    status: str = "open"


@dataclass(eq=False)
class Entry:
    """An invoice of a seller is to be struck, or with `lifts` to stand again."""

    id: Id
    seller: str
    fingerprint: str
    dispute: Id
    lifts: Id
    sides: list[str]
    by: str
    until: str
    made: int
    refused_by: list[str] = field(default_factory=list)
    status: str = "entered"


@dataclass(eq=False)
class Label:
    """What an attestor says of a bill under a scheme, and when something was said of it last."""

    grade: str
    by: str
    until: str
    said_on: str
    status: str = "active"


@dataclass(eq=False)
class Pledge:
    id: Id
    holder: str
    pledgee: str
    currency: str
    secured: int
    due_on: str
    tokens: list[Token]
    until: str
    made: int
    status: str = "offered"
    accepted: int = 0
    received: int = 0
    owed: int = 0
    unpaid: int = 0
    final_on: str = ""

    @property
    def short(self) -> int:
        """What the pledgee still lacks."""
        return max(0, self.secured - self.received)


@dataclass(eq=False)
class Sale:
    """The newest offer of a token for sale to a bank."""

    token: Token
    seller: str
    buyer: str
    recourse: bool
    price_doc: str
    offered_on: str
    until: str
    lock: Lock
    """As long as the token has this one the offer stands."""
    status: str = "offered"
    bought_on: str = ""
    value_date: str = ""
    paid: int = 0
    reference: str = ""
    registration: str = ""
    bought_token: Id = NONE


@dataclass(eq=False)
class Prepayment:
    """The newest offer of a token to its debtor, to be paid early for less."""

    token: Token
    price: int
    holder: str
    debtor: str
    bank: str
    pay_by: str
    offered_on: str
    until: str
    lock: Lock
    """As long as the token has this one it stands."""
    status: str = "offered"
    agreed_on: str = ""
    value_date: str = ""
    reference: str = ""

    @property
    def stands(self) -> bool:
        return self.token.status == "live" and self.token.lock is self.lock


@dataclass(eq=False)
class Claim:
    """The newest claim of recourse on a token."""

    OPEN = ("recourse_asked", "recourse_agreed")
    token: Token
    holder: str
    asked: str
    hop: Id
    ground: str
    amount: int
    document: str
    asked_on: str
    until: str
    stands_until: str
    now: Token
    """What the last payment of the debtor left of it."""
    left: int = 0
    status: str = "recourse_asked"
    answered_on: str = ""
    bought_back_on: str = ""
    value_date: str = ""
    paid: int = 0
    reference: str = ""
    returned: Id = NONE

    @property
    def open(self) -> bool:
        return self.status in self.OPEN

    @property
    def due(self) -> int:
        """What is asked now: as much less as the debtor paid."""
        return max(0, self.amount - self.token.amount + self.left)


@dataclass(eq=False)
class Guarantee:
    """A guarantor answers for the face of a bill."""

    guarantor: str
    bill: Bill
    bank: str
    until: str
    document: str
    given_on: str
    made: int
    late_until: str = ""
    paid: int = 0
    status: str = "active"
    ended_on: str = ""


@dataclass(eq=False)
class Demand:
    """A holder asked a guarantor to pay a token."""

    token: Token
    holder: str
    demanded_on: str


@dataclass(eq=False)
class Mark:
    """Cents of a bill, of one path of holders, that their holder wrote off."""

    token: Token
    """The one that was written off."""
    holder: str
    origin: Id
    lo: int
    hi: int
    document: str
    written_on: str
    changed_on: str
    recovered: int = 0
    reason: str = ""
    status: str = "written_off"

    @property
    def amount(self) -> int:
        return self.hi - self.lo

    def on(self, token: Token) -> int:
        """How many cents of a token it is on."""
        if self.status == "none" or token.origin != self.origin or token.bill is not self.token.bill:
            return 0
        return max(0, min(self.hi, token.hi) - max(self.lo, token.lo))


@dataclass(eq=False)
class Payment:
    bill: Bill
    token: Token
    party: str
    amount: int
    bank: str
    status: str
    pledge: Pledge | None = None
    back_on: str = ""
    """The day on which it came back, until it is made again."""
    said: bool = False
    """Its payee said that it arrived."""
    under: Pledge | None = None
    """The pledge that its token was under."""
    asked: Request | None = None
    """The agreed request that it waits for."""
    on: str = ""
    """The day on which its token was paid."""
    look: str = ""
    """The day on which what waits is looked at next."""
    bought: bool = False
    """The bank of that request had paid before."""
    early: bool = False
    """At a price, before the day."""

    @property
    def counts(self) -> bool:
        """It did not come back."""
        return not self.back_on


@dataclass(eq=False)
class Money:
    """Money of a debtor that a bank recorded."""

    bill: Bill
    bank: str
    reference: str
    amount: int
    value_date: str
    until: str
    """The last day on which it may be reversed."""
    payments: list[Payment]
    entered_on: str
    stands: bool = True


@dataclass(eq=False)
class Book:
    """One network at one moment."""

    today: str
    calendar: Calendar
    parties: dict[str, Party]
    parameters: dict[str, int]
    currencies: tuple[str, ...]
    now: int = 0
    """Number of the act; what was made up to a party's last stop is dead."""
    bills: dict[str, Bill] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    hops: dict[str, Hop] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    quotes: dict[str, Quote] = field(default_factory=dict)
    joints: dict[str, Joint] = field(default_factory=dict)
    invoices: dict[tuple[str, str], Invoice] = field(default_factory=dict)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    examined: dict[tuple[str, str], set[Id]] = field(default_factory=dict)
    """By bank and bill: the entries whose struck invoices it looked into."""
    seats: tuple[str, ...] = ()
    """Banks whose nodes are validators."""
    pledges: dict[str, Pledge] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    schemes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Who attests under each scheme of labels."""
    labels: dict[tuple[Bill, str], Label] = field(default_factory=dict)
    sales: dict[str, Sale] = field(default_factory=dict)
    prepayments: dict[str, Prepayment] = field(default_factory=dict)
    guarantees: dict[tuple[str, Id], Guarantee] = field(default_factory=dict)
    """By guarantor and bill."""
    demands: dict[tuple[str, str], Demand] = field(default_factory=dict)
    """By guarantor and token."""
    claims: dict[str, Claim] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    """Write-offs, by the token that was written off."""
    financed: dict[str, Request] = field(default_factory=dict)
    """Under the token that a financing made: the request that it answered."""
    issued: dict[tuple[str, str], tuple[Any, Bill]] = field(default_factory=dict)
    receipts: dict[tuple[str, str], tuple[Any, dict[str, Any]]] = field(default_factory=dict)
    money: dict[tuple[str, str], Money] = field(default_factory=dict)
    """Money of debtors by bank and reference, in the order in which it came."""
    kept: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """Places of what its maker took back today: free tomorrow."""
    touched: set[str] = field(default_factory=set)
    """Bills whose cents were cut, moved or ended since this was last emptied."""
    named: int = 0
    names: Mapping[Id, str] = field(default_factory=dict)
    """The ledger's own, for the two places in which it goes by them: tokens alike in all else, ends of one day."""

    def name(self, letter: str) -> Id:
        self.named += 1
        return Id(f"{letter}{self.named}")

    def stopped_since(self, party: str, made: int) -> bool:
        """Was who offered or asked for something stopped after it did?"""
        return made <= self.parties[party].stopped_at

    def acts(self, party: str) -> bool:
        return party in self.parties and self.parties[party].acts

    def sinks(self, bill: Bill) -> bool:
        """Is the debtor insolvent, so that nobody new takes its bill?"""
        return self.parties[bill.debtor].status == "insolvent"
