"""The part that parties have in a bill, found by the indexes of parts: under (party, bill), so without the bill.

A reader without a part costs the same few look-ups whatever it asks for: nothing tells it how large a bill is, or
whether it is there at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from chainbill_node.rest.lists import every, from_index
from chainbill_node.storage.ledger_reader import Reader
from chainbill_node.trace.shapes import LEAF_STATUSES, Row

PARTS = ("bill.part", "token.part", "guarantee.part")
"""Who a bill names; who holds, held or was offered a token of it; who guarantees it, and the bank of that account."""

PARTS_OF_BANKS = ("request.part", "joint.part", "pledge.part")
"""Which banks were asked to finance a token of it; who was asked something about it; to whom cents were pledged."""

FEW = 8
"""So many parties are looked up one by one; for a reader of more, the tokens of a bill are looked through."""


def has_part(reader: Reader, bill_id: str, parties: Iterable[str], banks: Iterable[str], pay_as: Iterable[str]) -> bool:
    """Say whether a party has or had a part in a bill, or a bank of `pay_as` was to pay it; no row is read.

    banks: those of the parties that are, since some parts are had by banks alone.

    Entries are never removed and may be younger than the height: what the rows say is for `access.sight_of`.
    """
    looks = [(name, party) for party in parties for name in PARTS] + [(PARTS[0], bank) for bank in pay_as]
    looks += [(name, bank) for bank in banks for name in PARTS_OF_BANKS]
    return any(reader.index(name, (party, bill_id), "", 1) for name, party in dict.fromkeys(looks))


class TokensOfBill:
    """Tokens of one bill at one height, each read when it is needed; `count` hears of each that is read.

    `rows`: those that were read one by one, by id, None for what is no token of the bill.
    """

    def __init__(self, reader: Reader, bill_id: str, count: Callable[[], None]) -> None:
        self.bill = bill_id
        self.rows: dict[str, Row | None] = {}
        self._reader = reader
        self._count = count

    def get(self, token_id: str) -> Row | None:
        """Give a token of the bill, None for what is none."""
        if token_id not in self.rows:
            self.rows[token_id] = self._read(token_id)
        return self.rows[token_id]

    def of(self, parties: frozenset[str]) -> Iterator[str]:
        """Give the tokens that one of the parties holds, held at their end or is offered, some of them twice."""
        if len(parties) > FEW:
            yield from (str(row["id"]) for row in self._all() if not parties.isdisjoint(_ends(row)))
            return
        for party in sorted(parties):
            for token_id in every(from_index(self._reader, "token.part", (party, self.bill))):
                row = self.get(token_id)
                if row is not None and party in _ends(row):
                    yield token_id

    def leaves(self) -> Iterator[str]:
        """Give all leaves of the bill."""
        return (str(row["id"]) for row in self._all() if row["status"] in LEAF_STATUSES)

    def _all(self) -> Iterator[Row]:
        for token_id in every(from_index(self._reader, "token.bill", (self.bill,))):
            row = self._read(token_id)
            if row is not None:
                yield row

    def _read(self, token_id: str) -> Row | None:
        self._count()
        row: Row | None = self._reader.get("token", "token", token_id)
        return row if row is not None and row["bill"] == self.bill else None


def _ends(row: Row) -> tuple[str, str]:
    return row["holder"], row["offered_to"]
