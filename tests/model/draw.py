"""What is drawn in all acts: somebody, something, a sum, a day; mostly right, now and then wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

from model import days
from model.network import PARTIES
from model.records import Bill, Book, Token
from model.words import MOST

One = TypeVar("One")
WRONG = 0.06


class Draw:
    """Chance over one book."""

    def __init__(self, rng: Random, book: Book) -> None:
        self.rng, self.book = rng, book
        self.references: list[tuple[str, str, dict[str, Any]]] = []
        """What was sent under a reference: act, sender, arguments."""
        self.numbered = 0
        self.known: Callable[[Token], bool] = lambda token: True
        """Does the ledger have a name for it? Not for pieces that came and went within one act."""

    def chance(self, often: float) -> bool:
        return self.rng.random() < often

    def one(self, of: Sequence[One]) -> One:
        return self.rng.choice(of)

    def wrong(self) -> bool:
        return self.chance(WRONG)

    def sender(self, right: str) -> str:
        return self.one(PARTIES) if self.wrong() else right

    def party(self, of: Sequence[str]) -> str:
        """One of these; or anybody, or nobody."""
        if self.wrong():
            return self.one((*PARTIES, "91310000000000999X"))
        return self.one(of)

    def amount(self, most: int) -> int:
        """Up to so many cents; also too many, or none."""
        if self.wrong():
            return self.one((0, -1, most + 1, most + 1000, MOST + 1))
        kind = self.rng.random()
        if kind < 0.3 or most < 2:
            return most
        return self.rng.randint(1, most) if kind < 0.8 else self.rng.randint(1, min(most, 30))

    def day(self, first: int, last: int) -> str:
        """A day from so many to so many days from today on."""
        if self.chance(0.02):
            return self.one(("2026-02-30", "soon", "20260401"))
        return days.plus(self.book.today, self.rng.randint(first, last))

    def digest(self) -> str:
        return self.one(("ab", "AB" * 32)) if self.chance(0.04) else "ab" * 32

    def reference(self) -> str:
        if self.chance(0.02):
            return self.one(("", "r" * 65))
        self.numbered += 1
        return f"REF-{self.numbered}"

    def bill(self, *statuses: str) -> Bill | None:
        """A bill, most often of these statuses."""
        bills = list(self.book.bills.values())
        right = [bill for bill in bills if bill.status in statuses]
        return self.some(right, bills)

    def some(self, right: Sequence[One], others: Sequence[One]) -> One | None:
        if right and not self.wrong():
            return self.one(right[-25:])
        return self.one(others) if others and self.chance(0.25) else None

    def leaf(self, *, free: bool) -> Token | None:
        """A live token, most often free or not; or one that ended."""
        live = [leaf for bill in self.book.bills.values() if bill.payable for leaf in bill.leaves]
        live = [leaf for leaf in live if leaf.status == "live"]
        if self.chance(0.03) and self.book.tokens:
            return self.one(
                [token for token in list(self.book.tokens.values())[-60:] if self.known(token)] or live or [None]
            )
        return self.some([leaf for leaf in live if leaf.free == free], live)
