"""A bill and the tokens of it: ranges of its cents that are cut, moved, joined and paid (state.md: token)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

PENDING = ("pending_confirm", "pending_accept")
ACCEPTED = ("active", "due", "overdue", "settled")
LEAVES = ("live", "settled")


class Price(NamedTuple):
    """What a financing cost, as its hop says it."""

    rate: int
    fee: int
    interest: int
    net: int
    days: int
    actual_days: int
    basis: str
    quote: str


class Moment(NamedTuple):
    """Where a change was recorded."""

    height: int
    date: str
    transaction: str


@dataclass(frozen=True)
class Hop:
    """A change of owner. lo, hi: its cents; token: the id of the token that it made."""

    kind: str
    giver: str
    to: str
    tier: int
    financed_tier: int
    lo: int
    hi: int
    token: str
    at: Moment
    price: Price | None = None

    @property
    def amount(self) -> int:
        return self.hi - self.lo


@dataclass(eq=False)
class Piece:
    """A token. path: the hops that count, returns undone; hop: the one that made it, None for a cut or a join; parent:
    the token it came from, or that was cut. lock: "transfer", "return" or the request that holds it; name: its id, as
    far as a call or an answer has told it; apart: merged below a cut from what were no pieces of this cut."""

    lo: int
    hi: int
    holder: str
    path: tuple[Hop, ...]
    parent: Piece | None
    born: int
    hop: Hop | None = None
    status: str = "live"
    ended: int = 0
    cut_for: str = ""
    lock: str = ""
    offered_to: str = ""
    until: str = ""
    name: str = ""
    apart: bool = False

    @property
    def amount(self) -> int:
        return self.hi - self.lo

    @property
    def tier(self) -> int:
        return self.path[-1].tier

    @property
    def financed_tier(self) -> int:
        return self.path[-1].financed_tier

    @property
    def free(self) -> bool:
        return self.status == "live" and not self.lock

    def above(self) -> Iterator[Piece]:
        """Itself and its parents up to the first."""
        one: Piece | None = self
        while one is not None:
            yield one
            one = one.parent


@dataclass(eq=False)
class Bill:
    """What was promised, and its tokens once it was accepted: `pieces` are the leaves by lo, `tokens` all of them."""

    id: str
    debtor: str
    creditor: str
    initiator: str
    face: int
    currency: str
    due_on: str
    pay_on: str
    overdue_after: str
    expires_on: str
    invoices: tuple[tuple[str, int, int], ...]
    issued: Moment
    status: str = "pending_confirm"
    paying_bank: str = ""
    confirmed_on: str = ""
    confirmed: Moment | None = None
    accepted_on: str = ""
    closed_on: str = ""
    closed_at: int = 0
    settled: int = 0
    settled_in_time: int = 0
    overdue_on: str = ""
    last_money: str = ""
    moved: list[tuple[Moment, str, str]] = field(default_factory=list)
    """When another bank came to pay it, in the place of which, and which."""
    pieces: list[Piece] = field(default_factory=list)
    tokens: list[Piece] = field(default_factory=list)

    @property
    def outstanding(self) -> int:
        return self.face - self.settled if self.status in (*PENDING, *ACCEPTED) else 0

    @property
    def hops(self) -> list[Hop]:
        """Every change of owner, also those that a return undid."""
        return [piece.hop for piece in self.tokens if piece.hop]

    def begin(self, piece: Piece) -> None:
        self.pieces, self.tokens = [piece], [piece]

    def swap(self, olds: list[Piece], news: list[Piece], status: str, height: int) -> None:
        """End tokens and put others in the place of their cents."""
        for one in olds:
            one.status, one.ended, one.lock, one.offered_to = status, height, "", ""
        kept = [piece for piece in self.pieces if not any(piece is one for one in olds)]
        self.pieces = sorted([*kept, *news], key=lambda piece: piece.lo)
        self.tokens += news
        assert [piece.lo for piece in self.pieces] + [self.face] == [0, *(piece.hi for piece in self.pieces)], (
            "a tiling"
        )

    def cut(self, piece: Piece, amounts: list[int], cut_for: str, height: int) -> list[Piece]:
        """Cut off `amounts` from the low end; the rest is a further piece. The whole is not cut."""
        if amounts == [piece.amount]:
            return [piece]
        ends = [piece.lo + sum(amounts[: number + 1]) for number in range(len(amounts))]
        bounds = [piece.lo, *ends, *([piece.hi] if ends[-1] < piece.hi else [])]
        pieces = [Piece(lo, hi, piece.holder, piece.path, piece, height) for lo, hi in pairwise(bounds)]
        piece.cut_for = cut_for
        self.swap([piece], pieces, "split", height)
        return pieces

    def move(self, piece: Piece, hop: Hop, path: tuple[Hop, ...]) -> None:
        """Give a piece to the one to whom the hop goes."""
        moved = Piece(piece.lo, piece.hi, hop.to, path, piece, hop.at.height, hop, name=hop.token)
        self.swap([piece], [moved], "moved", hop.at.height)

    def join(self, run: list[Piece], height: int) -> None:
        """Make one token of neighbours; its parent is the token that was cut, so it is one of that one's pieces."""
        first = run[0]
        whole = Piece(first.lo, run[-1].hi, first.holder, first.path, first.parent, height)
        self.swap(run, [whole], "moved", height)

    def free(self, piece: Piece, height: int, *, joins: bool) -> None:
        """A lock ends: what was cut for it is joined with its free neighbours of the same cut, where it may be."""
        piece.lock = piece.offered_to = piece.until = ""
        if not joins or piece.apart or piece.parent is None or piece.parent.cut_for not in ("offer", "finance"):
            return
        at = next(number for number, one in enumerate(self.pieces) if one is piece)
        first = last = at
        while first > 0 and self._joins(piece, self.pieces[first - 1]):
            first -= 1
        while last + 1 < len(self.pieces) and self._joins(piece, self.pieces[last + 1]):
            last += 1
        if first < last:
            self.join(self.pieces[first : last + 1], height)

    @staticmethod
    def _joins(piece: Piece, other: Piece) -> bool:
        of_this_cut = other.parent is piece.parent and other.hop is None and not other.apart
        return of_this_cut and other.free and other.holder == piece.holder

    def pay(self, piece: Piece, part: int, height: int) -> tuple[Piece, Piece | None]:
        """Low cents are paid: the token that ended so, and the rest with the locks of before."""
        if part == piece.amount:
            piece.status, piece.ended, piece.lock, piece.offered_to = "settled", height, "", ""
            return piece, None
        middle = piece.lo + part
        paid = Piece(piece.lo, middle, piece.holder, piece.path, piece, height, status="settled", ended=height)
        rest = replace(piece, lo=middle, parent=piece, born=height, hop=None, cut_for="", name="")
        piece.cut_for = "payment"
        self.swap([piece], [paid, rest], "split", height)
        return paid, rest
