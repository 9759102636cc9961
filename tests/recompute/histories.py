"""Random, mostly legal histories on the real ledger, and the records of what went through."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from recompute import plays_joint, plays_labels, plays_money, plays_office, plays_products, plays_trade
from recompute.book import Rules
from recompute.chain import DAY_MS, ZONE, Chain
from recompute.records import Block, Record

from chainbill.dates import date_of

GOVERNED = {
    "offer_business_days": (5, 5, 3, 8), "pending_days": (10, 10, 4), "grace_business_days": (0, 0, 1, 3),
    "gap_limit_ms": (7 * DAY_MS, 7 * DAY_MS, 2 * DAY_MS),
}  # fmt: skip
STEPS = ((1_500, 750), (4, 2))
"""Leaves that one step of a settlement pays: as the contracts have it, and so few that ordinary bills take several."""
REFERENCES = (*4 * ("REF-{}",), "00{}", "={}+1", "2026-{}", "@{}")
BESIDE = 0.15
"""How often something is tried that leaves the other draws as they are."""
DAYS_AT_ONCE = (1, 1, 1, 1, 2, 2, 3, 6, 11)


def rules_of(seed: int) -> Rules:
    """The rules of the network of a seed."""
    chance = Random(f"rules {seed}")
    whole, part = STEPS[seed % len(STEPS)]
    chosen = {name: chance.choice(values) for name, values in GOVERNED.items()}
    return Rules(**chosen, leaves_at_once=whole, leaves_at_once_in_part=part)


class History:
    """Acts that the seed chose, the records of those that went through, and every block with its day."""

    def __init__(self, directory: Path, seed: int, acts: int) -> None:
        self.random = Random(seed)
        self.aside = Random(f"aside {seed}")
        self.made = Random(f"made {seed}")
        self.labelled = Random(f"labelled {seed}")
        self.rules = rules_of(seed)
        self.chain = Chain(directory, self.rules)
        self.names = {one.party: name for name, one in self.chain.network.parties.items()}
        self.records: list[Record] = []
        self.refused: list[str] = []
        self.issued: dict[str, int] = {}
        self.blocks: list[Block] = []
        self.number = 0
        plays = [*3 * plays_trade.PLAYS, *3 * plays_money.PLAYS, *plays_office.PLAYS]
        tried = 0
        while tried < acts:
            if self.random.random() < 0.07:
                self.pass_days(self.random.choice(DAYS_AT_ONCE))
            before = len(self.blocks)
            self.random.choice(plays)(self)
            tried += len(self.blocks) > before
            if self.aside.random() < BESIDE:
                plays_joint.move(self)
            if self.made.random() < BESIDE:
                plays_products.move(self)
            if self.labelled.random() < BESIDE:
                plays_labels.move(self)

    def party(self, alias: str) -> str:
        return self.chain.party(alias)

    def name_of(self, party: str) -> str:
        """How the parties of a history are called, "" for nobody."""
        return self.names.get(party, party)

    def rows(self, contract: str, table: str) -> list[dict[str, Any]]:
        """Rows of the state: only what to try next is chosen by them, nothing is checked against them.

        Without the bills that events of production issued, and their tokens.
        """
        found = [row for _, row in self.chain.ledger.reader(None).scan(contract, table, limit=10_000)]
        of_events = {row["id"] for row in self.issued_by_events()} if contract in {"bill", "token"} else set()
        return sorted((row for row in found if not {row.get("id"), row.get("bill")} & of_events), key=self.place)

    def issued_by_events(self) -> list[dict[str, Any]]:
        """The bills that events of production issued, in an order that is the same for every run of a seed."""
        found = [row for _, row in self.chain.ledger.reader(None).scan("bill", "bill", limit=10_000) if row["event"]]
        order = {bill: number for one in self.records for number, bill in enumerate(one.result.get("bills") or ())}
        return sorted(found, key=lambda row: (row["created"]["height"], order[row["id"]]))

    def place(self, row: dict[str, Any]) -> tuple[int, ...]:
        """Where a row stands among those of its table: the same for every run of a seed, although ids differ."""
        if "created" in row:
            return (row["created"]["height"],)
        if "born" in row:
            return (row["born"], self.issued[row["bill"]], row["lo"], row["hi"])
        return self.place(self.row("token", "token", row["token"]) or {})

    def row(self, contract: str, table: str, key: Any) -> dict[str, Any] | None:
        return self.chain.ledger.reader(None).get(contract, table, key)  # type: ignore[no-any-return]

    def act(self, party: str, act: str, /, **args: Any) -> dict[str, Any] | None:
        """Hand in one call in a block of its own; what the ledger answered, None where it refused."""
        contract, function = act.split(".")
        named = [args["token"]] if act.startswith(("token.", "finance.request")) and "token" in args else []
        rows = [self.row("token", "token", one) for one in [*named, *args.get("tokens", [])]]
        places = {one["id"]: (one["bill"], one["lo"], one["hi"]) for one in rows if one}
        today = self.chain.today
        transaction = self.chain.signed(party, contract, function, args)
        [receipt] = self.chain.commit(transaction)
        height = self.chain.ledger.info().height
        self.blocks.append(Block(height, today, self.chain.time_ms))
        if not receipt.ok:
            self.refused.append(f"{act}: {receipt.reason}")
            return None
        result = receipt.results[0]
        self.records.append(Record(height, today, party, act, args, places, result, transaction.id.hex()))
        if act == "bill.issue":
            self.issued[result["bill"]] = height
        return result  # type: ignore[no-any-return]

    def pass_days(self, days: int) -> None:
        self.chain.time_ms += days * DAY_MS
        more = True
        while more:
            self.chain.commit()
            info = self.chain.ledger.info()
            self.blocks.append(Block(info.height, date_of(self.chain.time_ms, ZONE), self.chain.time_ms))
            more = info.has_more_work

    def pick(self, rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any] | None:
        fit = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
        return self.random.choice(fit) if fit else None

    def share(self, amount: int) -> int:
        return self.random.choice((amount, max(1, amount // 2), self.random.randint(1, amount)))

    def reference(self) -> str:
        """A bank's own number of a payment: now and then one that a spreadsheet would take for something else."""
        self.number += 1
        return REFERENCES[self.number % len(REFERENCES)].format(self.number)

    def payer(self, bank: str) -> str:
        """The bank, or the one that stands in its place."""
        row = self.row("succession", "successor", bank)
        return str(row["successor"]) if row else bank
