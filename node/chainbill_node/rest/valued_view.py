"""The ledger by value date: two axes, the day that figures are of, and the height at which receipts are known.

What was recorded up to the end of the day is read at the day's last height; receipts are read at the later one, and
count where they stand and their value date is not after the day: what was reversed since never came. A bill, a token,
a receipt shows where it shows at both.

The field's word: bitemporal data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chainbill.dates import date_of
from chainbill_node.rest.access import Viewer
from chainbill_node.rest.lists import every, from_index
from chainbill_node.rest.payments import (
    BETWEEN,
    OF_THE_DEBTOR,
    RECEIPT_TABLES,
    money_of_bill,
    receipts_of_bill,
    settled_by,
    stands,
)
from chainbill_node.rest.ports import NodePort
from chainbill_node.rest.replies import Reply
from chainbill_node.rest.view import KeptLineages, View
from chainbill_node.storage.ledger_reader import KeyPart, Reader
from chainbill_node.trace.by_value import Dated, Paid, Seen, unpaid_again, valued_bill, valued_facts, valued_sight
from chainbill_node.trace.lineage import EVERYTHING, Lineage, Sight, lineage_of
from chainbill_node.trace.shapes import Row

RECEIPTS = tuple((contract, "receipt") for contract in RECEIPT_TABLES)


class ValuedView(View):
    """A view of a day by value date. `reader` is of the last height of the day, `known` of where receipts are known."""

    by_value = True

    def __init__(self, node: NodePort, readers: tuple[Reader, Reader], viewer: Viewer, reply: Reply, day: str) -> None:
        super().__init__(node, readers[0], viewer, reply)
        self._recorded = View(node, readers[0], viewer)
        self._known = View(node, readers[1], viewer)
        self._day = day
        self._bills: dict[str, Row | None] = {}
        self._valued = KeptLineages()
        self._valued_sights: dict[str, Sight | None] = {}
        self._past: dict[int, Reader] = {}

    @property
    def day(self) -> str:
        """The day that figures are of."""
        return self._day

    @property
    def known(self) -> View:
        """Where receipts are known."""
        return self._known

    def as_of(self) -> dict[str, Any]:
        """Give both dates: what is recorded at the height, by value up to the day, as known at the other height."""
        return super().as_of() | {"basis": "value", "valued_on": self._day, "known_at": self._known.as_of()}

    def row(self, contract: str, table: str, key: KeyPart | Sequence[KeyPart]) -> Row | None:
        """Give a row of the day; of bills, receipts and payments with the money dated up to it."""
        if (contract, table) == ("bill", "bill"):
            return self._bill(str(key if isinstance(key, str | int) else key[0]))
        if (contract, table) in RECEIPTS:
            found = self._known.row(contract, table, key)
            return found if found is not None and stands(found) and found["value_date"] <= self._day else None
        if (contract, table) == ("settlement", "payment"):
            return self._payment(key)
        return super().row(contract, table, key)

    def lineage(self, bill_id: str) -> Lineage:
        """Read a bill with all its tokens by value; Problem trace_too_large (400)."""
        found = self._valued.take(bill_id)
        if found is None:
            facts, bill = self._recorded.lineage(bill_id).facts, self._bill(bill_id) or {}
            facts = unpaid_again(facts, self._known.lineage(bill_id).facts)
            found = lineage_of(valued_facts(facts, bill, self._financed(bill_id), list(self._paid(bill_id))))
        self._valued.keep(bill_id, found)
        return found

    def sight(self, bill_id: str) -> Sight | None:
        """Give what the viewer sees of a bill: what shows at both heights."""
        if self.viewer.everything:
            return EVERYTHING
        if bill_id not in self._valued_sights:
            self._valued_sights[bill_id] = self._valued_sight(bill_id)
        return self._valued_sights[bill_id]

    def _valued_sight(self, bill_id: str) -> Sight | None:
        early, late = self._recorded.sight(bill_id), self._known.sight(bill_id)
        if early is None or late is None:
            return None
        then, known = Seen(self._recorded.lineage(bill_id).facts, early), Seen(self._known.lineage(bill_id).facts, late)
        return valued_sight(then, known, self.lineage(bill_id).facts)

    def _bill(self, bill_id: str) -> Row | None:
        if bill_id not in self._bills:
            row = self._recorded.row("bill", "bill", bill_id)
            known = self._known.row("bill", "bill", bill_id) if row is not None else None
            valued = row if row is None or known is None else valued_bill(row, known, self._day, self._money(known))
            self._bills[bill_id] = valued
        return self._bills[bill_id]

    def _money(self, known: Row) -> list[Dated]:
        """Give the debtor's money dated up to the day; of a settlement under way what its steps have shared out, of a
        reversal what they have left."""
        bill_id = str(known["id"])
        money = [(str(row["value_date"]), settled_by(row)) for _, row in money_of_bill(self._known, bill_id)]
        step = self._known.row("settlement", "step", bill_id)
        if step is not None:
            money.append((str(step["value_date"]), int(known["settled"]) - sum(amount for _, amount in money)))
        return [one for one in money if one[0] <= self._day]

    def _financed(self, bill_id: str) -> Iterator[tuple[Row, Row]]:
        """Give the tokens that financings made which were recorded after the day and are dated up to it."""
        for _, receipt in receipts_of_bill(self, bill_id):
            if receipt["kind"] != "finance" or int(receipt["height"]) <= self.height:
                continue
            name = str(receipt["result"]["token"])
            token, hop = self._known.row("token", "token", name), self._known.row("token", "hop", name)
            if token is not None and hop is not None:
                yield token, hop

    def _paid(self, bill_id: str) -> Iterator[Paid]:
        """Give the cents that were settled after the day by money dated up to it."""
        then, now = self._recorded.row("bill", "bill", bill_id), self._known.row("bill", "bill", bill_id)
        if then is None or now is None:
            return
        receipts = dict(receipts_of_bill(self._known, bill_id))
        if then["settled"] == now["settled"] and all(map(stands, receipts.values())):
            return
        counted = {
            name for name, row in receipts.items() if row["kind"] in OF_THE_DEBTOR and row["value_date"] <= self._day
        }  # fmt: skip
        for name in every(from_index(self._known.reader, "payment.bill", (bill_id,))):
            payment = self._known.row("settlement", "payment", (bill_id, name))
            if payment is None or f"{payment['bank']}{BETWEEN}{payment['reference']}" not in counted:
                continue
            token = self._known.row("token", "token", name)
            if token is not None and token["status"] == "settled" and int(token["ended"]) > self.height:
                yield int(token["lo"]), int(token["hi"]), int(token["ended"])

    def _payment(self, key: KeyPart | Sequence[KeyPart]) -> Row | None:
        """Give a payment of money dated up to the day, as it stood at its end; one recorded later as it was made."""
        known = self._known.row("settlement", "payment", key)
        if known is None or known["status"] == "cancelled":
            return None
        receipt = self._known.row("settlement", "receipt", (str(known["bank"]), str(known["reference"])))
        if receipt is None or receipt["value_date"] > self._day:
            return None
        then = self._recorded.row("settlement", "payment", key)
        if then is not None:
            return then
        token = self._known.row("token", "token", str(known["token"])) or {}
        made: Row | None = self._at(int(token["ended"])).get("settlement", "payment", key)
        return made

    def _at(self, height: int) -> Reader:
        if height not in self._past:
            self._past[height] = self.node.reader(height)
        return self._past[height]


def day_of(node: NodePort, reader: Reader) -> str:
    """Give the date of a reader's height in the network's zone."""
    header = reader.header(reader.height)
    return date_of(header.time_ms if header else node.genesis.time_ms, node.genesis.zone_offset_minutes)
