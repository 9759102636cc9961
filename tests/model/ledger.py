"""The ledger's side of a run: acts sent to it under its own names, and what it knows read back under the model's."""

from __future__ import annotations

from typing import Any

from contracts.world import PAPERS, World, decide_by_vote, key_of
from model.records import Book
from model.words import Id

from chainbill.errors import Refused

UNORDERED = ("claimed_twice", "disputes")
OF_LEAVES = ("holder", "tier", "financed_tier", "status", "offered_to", "origin", "financing")


class Disagreement(Exception):  # noqa: N818
    """Ledger and model do not say the same."""


class Ledger:
    """A world, and which of its names goes with which of the model's."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.theirs: dict[Id, str] = {}
        self.ours: dict[str, Id] = {}

    def send(self, act: str, sender: str, people: int, arguments: dict[str, Any]) -> tuple[str, Any]:
        """("ok", what it answered), or (the reason for which it refused, {})."""
        contract, function = act.split(".")
        keys = [key_of(sender), key_of(sender, 1)][:people]
        try:
            return "ok", self.world.send(sender, (contract, function, self.translate(arguments)), keys=keys)[0]
        except Refused as error:
            return error.reason, {}

    def vote(self, party: str, status: str) -> None:
        decide_by_vote(self.world, "party_status", party=party, status=status, reason="vote", **PAPERS[status])

    def vote_scheme(self, scheme: str, attestors: list[str]) -> None:
        decide_by_vote(self.world, "label_scheme", scheme=scheme, attestors=attestors)

    def translate(self, value: Any) -> Any:
        if isinstance(value, Id):
            return self.theirs[value] if value else ""
        if isinstance(value, dict):
            return {name: self.translate(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.translate(one) for one in value]
        return value

    def pair(self, ours: Id, theirs: str) -> None:
        """These are two names of one thing, now and for ever."""
        known, other = self.theirs.setdefault(ours, theirs), self.ours.setdefault(theirs, ours)
        if known != theirs or other != ours:
            raise Disagreement(f"{ours} is {known} and {theirs} is {other}")

    def same(self, ours: Any, theirs: Any, where: str) -> None:
        """Two answers say the same; names that are new on both sides are paired."""
        if isinstance(ours, Id) and ours:
            if not isinstance(theirs, str) or not theirs:
                raise Disagreement(f"{where}: model {ours}, ledger {theirs!r}")
            self.pair(ours, theirs)
        elif isinstance(ours, dict):
            if not isinstance(theirs, dict) or set(ours) != set(theirs):
                raise Disagreement(f"{where}: model {ours}, ledger {theirs}")
            for name in ours:
                both = ours[name], theirs[name]
                if name in UNORDERED:
                    both = sorted(self.translate(both[0])), sorted(both[1])
                self.same(*both, f"{where}.{name}")
        elif isinstance(ours, list):
            if not isinstance(theirs, list) or len(ours) != len(theirs):
                raise Disagreement(f"{where}: model {ours}, ledger {theirs}")
            for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
                self.same(one, other, f"{where}[{number}]")
        elif ours != theirs or (type(ours) is bool and type(theirs) is not bool):
            raise Disagreement(f"{where}: model {ours!r}, ledger {theirs!r}")

    def look(self, book: Book) -> None:
        """The cents of every bill that was touched: same leaves, same holders, locks and names."""
        for name in sorted(book.touched):
            bill = book.bills[name]
            leaves = self.world.leaves(self.theirs[bill.id])
            self.same(
                [(leaf.lo, leaf.hi) for leaf in bill.leaves], [(leaf["lo"], leaf["hi"]) for leaf in leaves],
                f"cuts of {name}",
            )  # fmt: skip
            for ours, row in zip(bill.leaves, leaves, strict=True):
                self.pair(ours.id, row["id"])
                known: dict[str, Any] = {one: getattr(ours, one) for one in OF_LEAVES}
                told: dict[str, Any] = {one: row[one] for one in OF_LEAVES}
                lock = ours.lock
                known["locks"] = [(lock.kind, self.translate(lock.ref), lock.until)] if lock else []
                told["locks"] = [(one["kind"], one["ref"], one["until"]) for one in row["locks"]]
                self.same(known, told, f"token [{ours.lo}, {ours.hi}) of {name}")
        book.touched.clear()
