"""A second ledger beside all nodes: the core in memory, fed each decided block once, and what must hold after it.

It knows nothing of databases, caches, indexes and snapshots. Whatever a node has on its disk is compared with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from chainbill_node.storage.chain import indexes
from contracts.invariants import StatusWatch, check_all
from ledger.real_network import RealNetwork
from sim.checkers import ViolationError

from chainbill.dates import date_of
from chainbill.errors import ChainbillError
from chainbill.ledger.block import Block
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.state import rows
from chainbill.state.keys import split_key, table_prefix

ACCEPTED = ("active", "due", "overdue", "settled")
TAKEN_UP = ("pending_accept", *ACCEPTED)
ZONE_MINUTES = 480


@dataclass(frozen=True)
class After:
    """What is true after a height."""

    rows: dict[bytes, bytes]
    app_hash: bytes
    time_ms: int
    receipts: tuple[Receipt, ...]
    opening: int
    ids: tuple[bytes, ...]
    next_day_ms: int | None = None


class Reference:
    """Applies blocks, remembers every height, and checks the rules of the ledger."""

    def __init__(self, known: dict[bytes, Validator]) -> None:
        self.network = network = RealNetwork()
        self.known = known
        self.sets = [network.genesis.validators, network.genesis.validators]
        network.env = replace(network.env, validators_at=self.set_at, time_at=self._time_at)
        self.heights = [After(dict(network.view.rows), network.tree.root, network.genesis.time_ms, (), 0, ())]
        self.receipts: dict[bytes, Receipt] = {}
        self.rules = Rules()
        self.entries = index_entries(self.heights[0].rows)
        self.ever_listed = set(self.entries)

    @property
    def height(self) -> int:
        return len(self.heights) - 1

    @property
    def time_ms(self) -> int:
        """Of the newest block."""
        return self.heights[-1].time_ms

    def decide(self, block: Block) -> ValidatorSet:
        """A height further; the set that acts two heights later. ViolationError: a rule of the ledger is broken."""
        network = self.network
        try:
            done = network.decide(block)
        except ChainbillError as error:
            raise ViolationError("replay", f"block {block.height} does not run on the core alone: {error}") from error
        self.heights.append(
            After(
                dict(network.view.rows),
                done.app_hash,
                block.header.time_ms,
                done.receipts,
                done.opening,
                done.used_ids,
                done.next_day_ms,
            )
        )
        self.receipts |= {receipt.id: receipt for receipt in done.receipts[done.opening :]}
        self.entries = index_entries(self.heights[-1].rows)
        self.ever_listed |= self.entries
        self.rules.check(Table(self.heights[-1].rows, block.header.time_ms))
        self.sets.append(self._next_set())
        if self.sets[-1] != done.next_validators:
            raise ViolationError("validators", f"block {block.height} names another set than its rows do")
        return self.sets[-1]

    @property
    def clock_offset_ms(self) -> int:
        """How far an adjustable clock was moved."""
        row = Table(self.heights[-1].rows, 0).row("governance", "clock", "offset")
        return 0 if row is None else int(row["offset_ms"])

    def _next_set(self) -> ValidatorSet:
        found = Table(self.heights[-1].rows, 0).rows("governance", "validator")
        active = [(bytes.fromhex(key[0]), row) for key, row in found if row["status"] == "active"]
        return ValidatorSet.of(
            [Validator(key, row["name"], row["party"], row["address"], row["alg"]) for key, row in active]
        )

    def set_at(self, height: int) -> ValidatorSet | None:
        """Who acts at a height."""
        return self.sets[height - 1] if 1 <= height <= len(self.sets) else None

    def _time_at(self, height: int) -> int | None:
        return self.heights[height].time_ms if 0 <= height <= self.height else None


class Table:
    """Rows of one height by table, as `contracts.invariants` asks for them."""

    def __init__(self, stored: dict[bytes, bytes], time_ms: int) -> None:
        self._stored = stored
        self.today = date_of(time_ms, ZONE_MINUTES) if time_ms else ""

    def rows(self, contract: str, table: str, leading: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
        prefix = table_prefix(contract, table, list(leading))
        found = sorted(key for key in self._stored if key.startswith(prefix))
        return [(tuple(split_key(key)[2]), rows.value(self._stored[key])) for key in found]

    def row(self, contract: str, table: str, key: Any) -> Any:
        parts = tuple(key) if isinstance(key, list | tuple) else (key,)
        return next((row for found, row in self.rows(contract, table) if found == parts), None)


class Rules:
    """The rules of the ledger, naively: each failure names its checker."""

    def __init__(self) -> None:
        self._watch = StatusWatch()
        self._ended: dict[str, tuple[Any, ...]] = {}
        self._payments: dict[tuple[Any, ...], int] = {}

    def check(self, table: Any) -> None:
        """Everything about one height."""
        tokens = {key[0]: row for key, row in table.rows("token", "token")}
        bills = {key[0]: row for key, row in table.rows("bill", "bill")}
        for name, found in (
            ("face", faces(tokens, bills)),
            ("double settlement", self._settlements(table, tokens)),
            ("lineage", lineage(tokens, bills)),
            ("occupancy", occupancy(table, bills)),
        ):
            for text in found:
                raise ViolationError(name, text)
        try:
            check_all(table)
            self._watch.check(table)
        except AssertionError as error:
            raise ViolationError("invariants", f"tests/contracts/invariants.py: {error}") from error

    def _settlements(self, table: Any, tokens: dict[str, Any]) -> Iterator[str]:
        """What has ended stays as it is, and is paid at most once, to the cent."""
        for name, token in tokens.items():
            if token["status"] != "live":
                ending = (token["status"], token["ended"], token["lo"], token["hi"], token["holder"])
                if self._ended.setdefault(name, ending) != ending:
                    yield f"{name} ended twice: {self._ended[name]} and {ending}"
        paid: dict[str, int] = {}
        for key, payment in table.rows("settlement", "payment"):
            paid[key[1]] = paid.get(key[1], 0) + payment["amount"]
            token = tokens.get(key[1])
            if token is None or token["status"] != "settled" or paid[key[1]] != token["hi"] - token["lo"]:
                yield f"{paid[key[1]]} were paid for {key[1]}: {token}"
            if self._payments.setdefault(key, payment["amount"]) != payment["amount"]:
                yield f"the payment for {key[1]} has become another"


def faces(tokens: dict[str, Any], bills: dict[str, Any]) -> Iterator[str]:
    """The leaves of every accepted bill tile its face: no cent is missing, none is there twice."""
    for name, bill in bills.items():
        leaves = sorted(
            (token["lo"], token["hi"])
            for token in tokens.values()
            if token["bill"] == name and token["status"] not in ("split", "moved")
        )
        if bill["status"] not in ACCEPTED:
            if leaves:
                yield f"{name} is not accepted and has tokens"
            continue
        end = 0
        for lo, hi in leaves:
            if lo != end or hi <= lo:
                yield f"{name}: cent {min(lo, end)} is in no leaf or in two"
            end = hi
        if end != bill["face"]:
            yield f"the leaves of {name} end at {end}, its face is {bill['face']}"


def lineage(tokens: dict[str, Any], bills: dict[str, Any]) -> Iterator[str]:
    """Every token descends from the one whole token of its bill, inside its parent, and nothing goes in a circle."""
    roots: dict[str, str] = {}
    for name, token in tokens.items():
        seen = [name]
        while tokens[seen[-1]]["parent"]:
            parent = tokens.get(tokens[seen[-1]]["parent"])
            if parent is None or parent["id"] in seen or parent["bill"] != token["bill"]:
                yield f"the ancestors of {name} are no line: {seen}"
                break
            if not parent["lo"] <= tokens[seen[-1]]["lo"] < tokens[seen[-1]]["hi"] <= parent["hi"]:
                yield f"{seen[-1]} reaches beyond its parent {parent['id']}"
            seen.append(parent["id"])
        if roots.setdefault(token["bill"], seen[-1]) != seen[-1]:
            yield f"{token['bill']} has two roots"
        if (tokens[seen[-1]]["lo"], tokens[seen[-1]]["hi"]) != (0, bills[token["bill"]]["face"]):
            yield f"{seen[-1]} is a root and not the whole bill"


def occupancy(table: Any, bills: dict[str, Any]) -> Iterator[str]:
    """What bills take of an invoice is what it says is taken, and never more than its total."""
    for key, invoice in table.rows("invoice", "invoice"):
        taken = sum(
            part["amount"]
            for bill in bills.values()
            if bill["status"] in TAKEN_UP
            for part in bill["invoices"]
            if (part["fingerprint"], bill["creditor"]) == tuple(key) and not gave_way(bill, invoice)
        )
        if taken != invoice["occupied"] or taken > invoice["total"]:
            yield f"bills take {taken} of invoice {key[0][:8]}: it says {invoice['occupied']} of {invoice['total']}"


def gave_way(bill: Any, invoice: Any) -> bool:
    """Whether a claim that the seller never signed lost its place to one that it did."""
    unsigned = bill["status"] == "pending_accept" and bill["initiator"] == bill["debtor"]
    return unsigned and bill["id"] not in invoice["bills"]


def index_entries(stored: dict[bytes, bytes]) -> set[bytes]:
    """Every entry that the rows of a state must have."""
    return {
        entry
        for key, raw in stored.items()
        if indexes.is_indexed(key)
        for entry in indexes.entries_of(key, None, rows.value(raw))
    }
