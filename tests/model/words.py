"""How the model says no: reasons by stage, and a set of them where nothing says which comes first."""

from __future__ import annotations

from typing import Any, NoReturn

STAGES = (
    "form", "there", "right", "sender", "key", "state", "locks", "dates", "others", "amounts", "policy", "outcome",
)  # fmt: skip
MOST = 2**53 - 1


class Id(str):
    """A name that the model gave; the ledger has another one for the same thing."""

    __slots__ = ()


class Refusal(Exception):  # noqa: N818
    """The act is refused, for one of these reasons: within a stage the order is nobody's promise."""

    def __init__(self, reasons: set[str]) -> None:
        self.reasons = frozenset(reasons)
        super().__init__(", ".join(sorted(reasons)))


class Guards:
    """Guards of one act, stage by stage: all of a stage are looked at, the first stage that has a failure speaks."""

    def __init__(self) -> None:
        self._failed: set[str] = set()
        self._stage = -1

    def at(self, stage: str, *, late: bool = False) -> None:
        """Begin a stage, or go on with it. `late`: decision 0075 names this act as one where it is out of order."""
        place = STAGES.index(stage)
        if place != self._stage:
            self.end()
        assert late or place >= self._stage, f"{stage} comes after a later stage"
        self._stage = place

    def need(self, reason: str, holds: object) -> None:
        if not holds:
            self._failed.add(reason)

    def end(self) -> None:
        if self._failed:
            raise Refusal(self._failed)

    def refuse(self, *reasons: str) -> NoReturn:
        self.end()
        raise Refusal(set(reasons))

    def amount(self, amount: object) -> None:
        """A positive number of minor units."""
        self.need("amount_not_positive", type(amount) is int and amount > 0)
        self.need("amount_too_large", type(amount) is not int or amount <= MOST)


def is_hex64(text: Any) -> bool:
    return type(text) is str and len(text) == 64 and all(sign in "0123456789abcdef" for sign in text)
