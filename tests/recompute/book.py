"""The books kept anew from the transactions alone: bills, and who holds which cents by which path.

Nothing of the product is used: a record is a call that went through, with its date and what it was told. Ids name
cents: a record says where the tokens that it names lay, and the book insists on having just such a piece there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count, pairwise
from typing import Any, NamedTuple

from recompute.days import Calendar, between, interest, plus

PENDING_DAYS = 10
OFFER_BUSINESS_DAYS = 5
PENDING = ("pending_confirm", "pending_accept")
ACCEPTED = ("active", "due", "overdue", "settled")


class Record(NamedTuple):
    """A call that went through. places: {token named in it: (bill, lo, hi)}; result: what the ledger answered."""

    height: int
    today: str
    sender: str
    act: str
    args: dict[str, Any]
    places: dict[str, tuple[str, int, int]]
    result: dict[str, Any]


@dataclass(frozen=True)
class Hop:
    """A change of owner that counts. price: of a financing (bank's rate, fee, interest, actual days), else empty."""

    kind: str
    giver: str
    to: str
    tier: int
    number: int
    amount: int
    price: tuple[int, int, int, int] = (0, 0, 0, 0)


@dataclass
class Piece:
    """A leaf of a bill. cut: (number, kind, end of what was cut) of the cut that made it, None after
    any move. lock: what holds it."""

    lo: int
    hi: int
    holder: str
    path: tuple[Hop, ...]
    status: str = "live"
    cut: tuple[int, str, int] | None = None
    lock: str = ""
    offered_to: str = ""
    until: str = ""

    @property
    def amount(self) -> int:
        return self.hi - self.lo

    @property
    def tier(self) -> int:
        return self.path[-1].tier

    @property
    def financed(self) -> bool:
        return self.path[-1].kind == "finance"

    @property
    def free(self) -> bool:
        return self.status == "live" and not self.lock


@dataclass
class Bill:
    """What was promised, and its pieces by lo once it was accepted."""

    id: str
    debtor: str
    creditor: str
    face: int
    currency: str
    due_on: str
    pay_on: str
    expires_on: str
    status: str = "pending_confirm"
    settled: int = 0
    settled_in_time: int = 0
    overdue_on: str = ""
    last_money: str = ""
    pieces: list[Piece] = field(default_factory=list)

    @property
    def outstanding(self) -> int:
        return self.face - self.settled if self.status in (*PENDING, *ACCEPTED) else 0


@dataclass
class Request:
    """An application for a financing; quotes: {id: what was quoted, with value date and pay_on}."""

    holder: str
    bill: str
    lo: int
    banks: tuple[str, ...]
    until: str
    status: str = "open"
    declined: set[str] = field(default_factory=set)
    quotes: set[str] = field(default_factory=set)


class Book:
    """The books after a number of records; `banks`: ids of banks."""

    def __init__(self, calendar: Calendar, banks: frozenset[str]) -> None:
        self.calendar, self.banks = calendar, banks
        self.bills: dict[str, Bill] = {}
        self.requests: dict[str, Request] = {}
        self.quotes: dict[str, dict[str, Any]] = {}
        self.numbers = count()
        self.today = ""

    def keep(self, record: Record) -> None:
        """Enter one record."""
        self.day(record.today)
        act: Callable[[Record], None] = getattr(self, record.act.replace(".", "_"))
        act(record)
        for bill in self.bills.values():
            assert not bill.pieces or [piece.lo for piece in bill.pieces] + [bill.face] == [
                0, *(piece.hi for piece in bill.pieces)
            ], "pieces tile the face"  # fmt: skip

    def day(self, today: str) -> None:
        """What a new day brings: offers and requests end, bills expire, fall due, become overdue."""
        if today == self.today:
            return
        self.today = today
        for request in self.requests.values():
            if request.status in ("open", "agreed") and request.until < today:
                self._end_request(request, "expired")
        for bill in self.bills.values():
            for piece in [piece for piece in bill.pieces if piece.lock in ("transfer", "return")]:
                if piece.until < today:
                    self._free(bill, piece)
            if bill.status in PENDING and bill.expires_on <= today:
                bill.status = "expired"
            if bill.status == "active" and bill.pay_on <= today:
                bill.status = "due"
            if bill.status == "due" and bill.pay_on < today:
                bill.status, bill.overdue_on = "overdue", plus(bill.pay_on, 1)

    # --- bills ---
    def bill_issue(self, record: Record) -> None:
        asked, name = record.args, record.result["bill"]
        self.bills[name] = Bill(
            name, asked["debtor"], asked["creditor"], asked["face"], asked["currency"], asked["due_on"],
            self.calendar.rolled(asked["due_on"]), plus(record.today, PENDING_DAYS),
        )  # fmt: skip

    def bill_confirm(self, record: Record) -> None:
        bill = self.bills[record.args["bill"]]
        bill.status, bill.expires_on = "pending_accept", plus(record.today, PENDING_DAYS)

    def bill_accept(self, record: Record) -> None:
        bill = self.bills[record.args["bill"]]
        bill.status = "active"
        first = Hop("issue", bill.debtor, bill.creditor, 1, next(self.numbers), bill.face)
        bill.pieces = [Piece(0, bill.face, bill.creditor, (first,))]

    def bill_reject(self, record: Record) -> None:
        self.bills[record.args["bill"]].status = "rejected"

    def bill_withdraw(self, record: Record) -> None:
        self.bills[record.args["bill"]].status = "withdrawn"

    def bill_cancel(self, record: Record) -> None:
        self.bills[record.args["bill"]].status = "cancelled"

    # --- tokens ---
    def token_transfer(self, record: Record) -> None:
        lots = [self._named(record, token) for token in record.args["tokens"]]
        lots.sort(key=lambda lot: (lot[0].due_on, lot[1].lo))
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
            cut = self._cut(bill, piece, [part for _, part in shares], "offer")
            for offered, (party, _) in zip(cut, shares, strict=False):
                self._lock(bill, offered, "transfer", party)
        assert not owed

    def token_accept(self, record: Record) -> None:
        bill, piece = self._named(record, record.args["token"])
        assert piece.offered_to == record.sender
        if piece.lock == "return":
            path = piece.path[:-1]
        else:
            hop = Hop("transfer", piece.holder, record.sender, piece.tier + 1, next(self.numbers), piece.amount)
            path = (*piece.path, hop)
        self._swap(bill, piece, Piece(piece.lo, piece.hi, record.sender, path))

    def token_reject(self, record: Record) -> None:
        self._free(*self._named(record, record.args["token"]))

    token_recall = token_reject

    def token_give_back(self, record: Record) -> None:
        bill, piece = self._named(record, record.args["token"])
        self._lock(bill, piece, "return", piece.path[-1].giver)

    def token_split(self, record: Record) -> None:
        self._cut(*self._named(record, record.args["token"]), record.args["amounts"], "split")

    def token_merge(self, record: Record) -> None:
        named = sorted((self._named(record, token) for token in record.args["tokens"]), key=lambda one: one[1].lo)
        bill, first = named[0]
        assert all(piece.path == first.path for _, piece in named)
        end = named[-1][1].hi
        undone = first.cut is not None and end <= first.cut[2]  # the token that was cut covers all of it
        whole = replace(first, hi=end, cut=first.cut if undone else None)
        self._swap(bill, [piece for _, piece in named], whole)

    # --- financing ---
    def finance_request(self, record: Record) -> None:
        bill, piece = self._named(record, record.args["token"])
        reserved = self._cut(bill, piece, [record.args["amount"]], "finance")[0]
        self._lock(bill, reserved, record.result["request"], "")
        self.requests[record.result["request"]] = Request(
            record.sender, bill.id, reserved.lo, tuple(record.args["banks"]), reserved.until
        )

    def finance_quote(self, record: Record) -> None:
        request = self.requests[record.args["request"]]
        bill, piece = self._reserved(record.args["request"])
        value_date = record.args["value_date"] or record.today
        quote = {**record.args, "bank": record.sender, "amount": piece.amount, "value_date": value_date}
        quote["disburse_by"] = quote["disburse_by"] or max(request.until, value_date)
        self.quotes[record.result["quote"]] = quote
        request.quotes.add(record.result["quote"])
        self._priced(quote, bill, record)

    def finance_agree(self, record: Record) -> None:
        quote = self.quotes[record.args["quote"]]
        bill, piece = self._reserved(quote["request"])
        quote["value_date"] = max(quote["value_date"], record.today)
        self._priced(quote, bill, record)
        request = self.requests[quote["request"]]
        request.status = "agreed"
        request.until = piece.until = self.calendar.after(quote["disburse_by"], 1)

    def finance_disburse(self, record: Record) -> None:
        quote = self.quotes[record.args["quote"]]
        ended = self.requests[quote["request"]].status != "agreed"
        assert record.result.get("unmatched", False) == ended, "money for an agreement that has ended moves nothing"
        if ended:
            return
        bill, piece = self._reserved(quote["request"])
        quote["value_date"], quote["amount"] = record.args["value_date"], piece.amount
        self._priced(quote, bill, record)
        price = (quote["rate"], quote["fee"], quote["interest"], between(quote["value_date"], bill.pay_on))
        hop = Hop("finance", piece.holder, record.sender, piece.tier, next(self.numbers), piece.amount, price)
        self._swap(bill, piece, Piece(piece.lo, piece.hi, record.sender, (*piece.path, hop)))
        self.requests[quote["request"]].status = "disbursed"

    def finance_decline(self, record: Record) -> None:
        request = self.requests[record.args["request"]]
        request.declined.add(record.sender)
        if request.declined >= set(request.banks):
            self._end_request(request, "withdrawn")

    def finance_withdraw(self, record: Record) -> None:
        self._end_request(self.requests[record.args["request"]], "withdrawn")

    # --- money ---
    def settlement_settle(self, record: Record) -> None:
        """Every live piece is paid in proportion, low cents first; largest remainder, ties by lo."""
        bill, amount = self.bills[record.args["bill"]], record.args["amount"]
        live = [piece for piece in bill.pieces if piece.status == "live"]
        outstanding = sum(piece.amount for piece in live)
        assert outstanding == bill.outstanding
        parts = [piece.amount * amount // outstanding for piece in live]
        order = sorted(range(len(live)), key=lambda one: (-(live[one].amount * amount % outstanding), live[one].lo))
        for one in order[: amount - sum(parts)]:
            parts[one] += 1
        paid = [(piece.holder, part) for piece, part in zip(live, parts, strict=True) if part]
        assert paid == [(one["party"], one["amount"]) for one in record.result["payments"]], "each payee's part"
        for piece, part in zip(live, parts, strict=True):
            self._pay(bill, piece, part)
        bill.settled += amount
        bill.last_money = max(bill.last_money, record.args["value_date"])
        if record.args["value_date"] <= bill.pay_on:
            bill.settled_in_time += amount
        if bill.settled == bill.face:
            bill.status = "settled"
        if bill.settled_in_time == bill.face:
            bill.overdue_on = ""

    def settlement_pay_result(self, record: Record) -> None:
        """What became of a payment moves no cent."""

    # --- pieces ---
    def _named(self, record: Record, token: str) -> tuple[Bill, Piece]:
        name, lo, hi = record.places[token]
        bill = self.bills[name]
        [piece] = [piece for piece in bill.pieces if (piece.lo, piece.hi, piece.status) == (lo, hi, "live")]
        return bill, piece

    def _reserved(self, request: str) -> tuple[Bill, Piece]:
        bill = self.bills[self.requests[request].bill]
        [piece] = [piece for piece in bill.pieces if piece.lock == request]
        return bill, piece

    def _swap(self, bill: Bill, old: Piece | list[Piece], *new: Piece) -> None:
        olds = old if isinstance(old, list) else [old]
        kept = [piece for piece in bill.pieces if not any(piece is one for one in olds)]
        bill.pieces = sorted([*kept, *new], key=lambda piece: piece.lo)

    def _cut(self, bill: Bill, piece: Piece, amounts: list[int], kind: str) -> list[Piece]:
        """Cut off `amounts` from the low end; the rest is a further piece. The whole is not cut."""
        if amounts == [piece.amount]:
            return [piece]
        ends = [piece.lo + sum(amounts[: number + 1]) for number in range(len(amounts))]
        bounds = [piece.lo, *ends, *([piece.hi] if ends[-1] < piece.hi else [])]
        cut = (next(self.numbers), kind, piece.hi)
        pieces = [Piece(lo, hi, piece.holder, piece.path, cut=cut) for lo, hi in pairwise(bounds)]
        self._swap(bill, piece, *pieces)
        return pieces

    def _lock(self, bill: Bill, piece: Piece, lock: str, to: str) -> None:
        assert piece.free
        until = self.calendar.after(self.today, OFFER_BUSINESS_DAYS)
        piece.lock, piece.offered_to, piece.until = lock, to, min(until, self.calendar.before(bill.pay_on))

    def _free(self, bill: Bill, piece: Piece) -> None:
        """A lock ends: what was cut for it is joined with its free neighbours of the same cut."""
        piece.lock = piece.offered_to = piece.until = ""
        if piece.cut is None or piece.cut[1] not in ("offer", "finance"):
            return
        at = next(number for number, one in enumerate(bill.pieces) if one is piece)
        first = last = at
        while first > 0 and self._joins(piece, bill.pieces[first - 1]):
            first -= 1
        while last + 1 < len(bill.pieces) and self._joins(piece, bill.pieces[last + 1]):
            last += 1
        run = bill.pieces[first : last + 1]
        if len(run) > 1:
            self._swap(bill, run, replace(piece, lo=run[0].lo, hi=run[-1].hi))

    @staticmethod
    def _joins(piece: Piece, other: Piece) -> bool:
        return other.free and other.cut == piece.cut and other.holder == piece.holder

    def _pay(self, bill: Bill, piece: Piece, part: int) -> None:
        if part == piece.amount:
            request = self.requests.get(piece.lock)
            if request:
                request.status = "expired"
            piece.status, piece.lock, piece.offered_to = "settled", "", ""
        elif part:
            cut = (next(self.numbers), "payment", piece.hi)
            middle = piece.lo + part
            paid = Piece(piece.lo, middle, piece.holder, piece.path, "settled", cut)
            self._swap(bill, piece, paid, replace(piece, lo=middle, cut=cut))

    def _end_request(self, request: Request, status: str) -> None:
        name = next(name for name, one in self.requests.items() if one is request)
        request.status = status
        self._free(*self._reserved(name))

    @staticmethod
    def _priced(quote: dict[str, Any], bill: Bill, record: Record) -> None:
        """Interest and net, as the ledger answered them too."""
        days, owed = interest(quote["amount"], quote["rate"], quote["basis"], quote["value_date"], bill.pay_on)
        quote["interest"] = owed
        net = quote["amount"] - quote["fee"] - (owed if quote["interest_payer"] == "holder" else 0)
        assert (record.result["interest"], record.result["net"]) == (owed, net)
        assert record.result.get("days", days) == days
