"""The state along the blocks of two files of vectors: what their small acts do, and what the core adds to them.

Written from blocks-and-certificates.md ("Genesis", "Effects of a block"), core-checks.md, rules.md and
state-and-proofs.md. It runs no contracts: each act in the blocks is one function here, read off its source.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from second import core_checks, log_tree, program, rows, state_tree
from second.identifiers import object_id
from second.keys import row_key
from second.receipts import next_seed
from second.refused import RefusedError
from second.rules import changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from second.core_checks import Key
    from second.genesis import Genesis
    from second.header_block import Header
    from second.receipts import Receipt
    from second.transaction import Transaction

ZERO = {"version": 1, "active_from": 0}


def genesis_rows(genesis: Genesis, receipts_count: int, receipts_root: bytes) -> dict[Key, Any]:
    """The state of height 0; what the one `@init` of the chain writes is written by hand."""
    file = genesis.file
    found: dict[Key, Any] = {}
    for v in genesis.validators.validators:
        fields = {"alg": v.alg, "name": v.name, "party": v.party, "address": v.address, "status": "active"}
        found["governance", "validator", (v.key.hex(),)] = fields
    sources = {str(contract["name"]): str(contract["source"]) for contract in genesis.contracts}
    for name, source in sources.items():
        found["governance", "contract", (name,)] = {"source": source, "hash": program.source_hash(source), **ZERO}
    rules: dict[str, object] = {name: file[name] for name in ("rules", "currencies", "python")}
    found["core", "rules", ("active",)] = {**rules, "withdrawn": {}}
    found["core", "protocol", ("active",)] = {**genesis.protocol, "from": 0}
    found["core", "program", ("active",)] = program.row(sources)
    init: Any = file["init"]
    for member in init["party"]["members"]:
        found["party", "party", (member["id"],)] = {"id": member["id"], "status": "active"}
        for key in member["keys"]:
            row = {"party": member["id"], "capabilities": ["maker"], "status": "active"}
            found["party", "key", (key,)] = row
    found["core", "receipts", ("last",)] = {"height": 0, "count": receipts_count, "root": receipts_root}
    return found


class State:
    """Rows, and the salts of those with closed fields."""

    def __init__(self, genesis: Genesis, first: Header) -> None:
        self.rows = genesis_rows(genesis, first.receipts_count, first.receipts_root)
        self.salts: dict[Key, bytes] = {}
        self.first_seed = genesis.hash
        self.zone = timedelta(minutes=float(str(genesis.file["zone_offset_minutes"])))

    def tree(self) -> state_tree.Tree:
        """The tree over the rows after what was applied last."""
        return state_tree.Tree(
            {
                state_tree.key_hash(row_key(*key)): rows.row_hash(key[0], key[1], row, self.salts.get(key, b""))
                for key, row in self.rows.items()
            }
        )

    def apply(self, header: Header, units: list[tuple[Transaction, Receipt]], receipts: list[Receipt]) -> list[str]:
        """One block: its transactions, the seed, the row of its receipts. Answers the keys of the rows that changed."""
        before = dict(self.rows)
        self._change_rules(header.height)
        today = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=header.time_ms) + self.zone).date()
        done = [said for said, receipt in units if receipt.status == "ok"]
        for said in done:
            self._put(_Acts(self.rows, said, header.height).run(), said.nonce, header.height, today.isoformat())
        if done:
            old = self.rows.get(("core", "seed", ("day",)), self.first_seed)
            self.rows["core", "seed", ("day",)] = next_seed(old, [said.nonce for said in done])
        if receipts:
            root = log_tree.root_of_leaves([receipt.leaf for receipt in receipts])
            row = {"height": header.height, "count": len(receipts), "root": root}
            self.rows["core", "receipts", ("last",)] = row
        keys = before.keys() | self.rows.keys()
        return sorted(row_key(*key).hex() for key in keys if before.get(key) != self.rows.get(key))

    def _change_rules(self, height: int) -> None:
        """First thing in a block: changes whose height has come, in key order; one that fits no longer just goes."""
        waiting = [key for key in self.rows if key[:2] == ("governance", "rules_next") and int(key[2][0]) <= height]
        for key in sorted(waiting, key=lambda k: row_key(*k)):
            with suppress(RefusedError):
                self.rows["core", "rules", ("active",)] = changed(
                    self.rows["core", "rules", ("active",)], self.rows[key]
                )
            del self.rows[key]

    def _put(self, writes: dict[Key, Any], nonce: bytes, height: int, today: str) -> None:
        derived = core_checks.derive(height, today, self.rows, writes)
        for key, row in (writes | derived).items():
            if row is None:
                self.rows.pop(key)
                continue
            self.rows[key] = row
            if rows.has_closed_fields(key[0], key[1], row):
                self.salts[key] = rows.salt_of(nonce, row_key(*key))


class _Acts:
    """The calls of one transaction on the rows before it."""

    def __init__(self, before: dict[Key, Any], said: Transaction, height: int) -> None:
        self.before = before
        self.writes: dict[Key, Any] = {}
        self.said = said
        self.height = height
        self.numbers: Iterator[int] = count(1)

    def run(self) -> dict[Key, Any]:
        for contract, function, arguments in self.said.calls:
            getattr(self, f"{contract}_{function}")(**arguments)
        return self.writes

    def new_id(self, kind: str) -> str:
        return object_id(kind, self.said.id + next(self.numbers).to_bytes(4, "big"))

    def get(self, contract: str, table: str, part: str) -> dict[str, Any]:
        key = contract, table, (part,)
        return dict(self.writes.get(key, self.before.get(key, {})))

    def put(self, contract: str, table: str, parts: list[Any], row: Any) -> None:
        self.writes[contract, table, tuple(parts)] = row

    def bill_issue(self, debtor: str, face: int) -> None:
        bill = self.new_id("B")
        row = {"id": bill, "debtor": debtor, "currency": "CNY", "face": face, "status": "pending_accept"}
        self.put("bill", "bill", [bill], row)

    def bill_accept(self, bill: str) -> None:
        row = self.get("bill", "bill", bill) | {"status": "active"}
        self.put("bill", "bill", [bill], row)
        self.made(bill, 0, row["face"], "", self.said.party)

    def made(self, bill: str, lo: int, hi: int, parent: str, holder: str) -> str:
        token = self.new_id("T")
        row = {"id": token, "bill": bill, "currency": "CNY", "lo": lo, "hi": hi, "holder": holder, "offered_to": ""}
        row |= {"tier": 1, "financed_tier": 0, "parent": parent, "financing": "", "status": "live", "locks": []}
        row |= {"born": self.height, "ended": 0, "reversed_at": 0, "claim": "none"}
        self.put("token", "token", [token], row)
        return token

    def token_transfer(self, token: str, recipient: str, amount: int) -> None:
        row = self.get("token", "token", token)
        at = row["lo"] + amount
        paid = self.made(row["bill"], row["lo"], at, token, recipient)
        if at < row["hi"]:
            self.made(row["bill"], at, row["hi"], token, self.said.party)
        self.put("token", "token", [token], row | {"status": "split", "ended": self.height})
        hop = {"token": paid, "from": self.said.party, "to": recipient, "price": {}, "height": self.height}
        self.put("token", "hop", [paid], hop)

    def token_settle_on(self, token: str, date: str) -> None:
        self.put("token", "agenda", [date, token], {"token": token})

    def diary_plan(self, date: str, name: str, act: str) -> None:
        self.put("diary", "agenda", [date, name], {"act": act})

    def diary_note(self, name: str, value: int) -> None:
        self.put("diary", "fact", [name], {"value": value})

    def diary_context(self) -> None:
        """It only answers."""

    def governance_deploy(self, name: str, source: str, active_from: int) -> None:
        hashed = program.source_hash(source)
        self.put("governance", "source", [hashed], {"source": source})
        row = {"contracts": [{"name": name, "hash": hashed}], "removed": []}
        self.put("governance", "contract_set", [active_from, name], row)

    def governance_change_rules(self, name: str, start: int, change: dict[str, Any]) -> None:
        self.put("governance", "rules_next", [start, name], change)

    def governance_set_validator(self, key: str, status: str) -> None:
        new = {"alg": "ed25519", "name": "new", "party": self.said.party, "address": ""}
        self.put(
            "governance", "validator", [key], (self.get("governance", "validator", key) or new) | {"status": status}
        )
