"""How a silence is survived: what waits, who says nothing any more, and the way out that needs no word of that side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.world import BANKS, World

Changes = Mapping[str, tuple[str, str]]
COURT = {"authority": "Court of H", "number": "H-2026-18", "documents": ["5e" * 32]}
DIGESTS = {"alg": "sha256", "digest_hex": "cd" * 32}


class QuietWorld(World):
    """A network in which some are silent: an act of theirs is a fault of the test."""

    silent: tuple[str, ...] = ()

    def send(self, party: str, *calls: tuple[str, str, dict[str, Any]], keys: list[str] | None = None) -> list[Any]:
        assert party not in self.silent, f"{party} says nothing any more: {calls}"
        return super().send(party, *calls, keys=keys)

    def vote(self, kind: str, **content: Any) -> None:
        """Have the banks that still speak decide something."""
        speaking = [bank for bank in BANKS if bank not in self.silent]
        proposal = self.call(speaking[0], "governance", "propose", kind=kind, content=content)["proposal"]
        said = [self.call(bank, "governance", "vote", proposal=proposal, choice="yes") for bank in speaking[:3]]
        assert said[-1]["status"] == "accepted"

    def open_items(self, party: str) -> dict[str, Any]:
        return dict(self.view("standing", "open_items", party=party))

    def holdings(self, party: str) -> set[str]:
        """In which roles a party has something open."""
        return {one["role"] for one in self.open_items(party)["holdings"]}

    def status(self, party: str) -> str:
        return str(self.row("party", "party", party)["status"])


Way = Callable[[QuietWorld], None]


@dataclass(frozen=True)
class Wait:
    kind: str
    status: str
    silent: str
    frees: str
    way: Way
    changes: Changes | None

    @property
    def name(self) -> str:
        return f"{self.kind} {self.status}, {self.silent} silent: {self.way.__name__}"


WAITS: list[Wait] = []


def waits(
    kind: str, status: str, *, silent: str, frees: str = "", changes: Changes | None = None
) -> Callable[[Way], Way]:  # fmt: skip
    """Say in what status what waits, for whom in words, and which open item this way out takes from who is kept.

    changes: of contracts, as a world takes them.
    """

    def add(way: Way) -> Way:
        WAITS.append(Wait(kind, status, silent, frees, way, changes))
        return way

    return add
