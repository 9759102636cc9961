"""Kept sums: of each value of an index, by status and currency, how many rows there are and what they add up to.

Pure and declarative. A row counts under the values that it has now, so that a list without other filters has its count
and sum from a few rows, whatever its length. Sums have a history like rows of the state: key (name, value, status,
currency) → stored row of count and sum, none where the count is 0. `node verify` recomputes them from the rows.

The field's word: materialized aggregate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from chainbill.limits import MAX_AMOUNT
from chainbill.state.history import history_key
from chainbill.state.keys import head_of, table_head, table_prefix
from chainbill.state.rows import pack, unpack, value
from chainbill.state.view import RowChange
from chainbill_node.storage.chain import layout
from chainbill_node.storage.chain.indexes import (
    BILL,
    INDEXES,
    INVOICE,
    PARTY,
    PAYMENT,
    REQUEST,
    SPACE,
    TOKEN,
    Index,
    Row,
    text_part,
)

Share = tuple[str, str, int]
"""What a row adds: its status, a currency ("": it has no amount), an amount in minor units."""
_Place = tuple[bytes, str, str, str]
"""Where a share counts: prefix of the sum, value, status, currency."""
Get = Callable[[bytes], bytes | None]
Measure = Callable[[Row], Any]


def _face(row: Row) -> Any:
    return row["face"]


def _range(row: Row) -> Any:
    return row["hi"] - row["lo"]


def _amount(row: Row) -> Any:
    return row["amount"]


def _occupied(row: Row) -> Any:
    return row["occupied"]


def _nothing(_: Row) -> Any:
    return 0


@dataclass(frozen=True, slots=True)
class Sum:
    """Sums of the rows of a table by the text in `field` ("": of all), or by each text of a list (`each` "*")."""

    name: str
    table: tuple[str, str]
    field: str
    amount: Measure
    each: str = ""

    @property
    def values(self) -> Callable[[Row], Iterable[str]]:
        """The values a row counts under, as an index lists them."""
        return Index(self.name, self.table, self.field, self.each).values

    @property
    def prefix(self) -> bytes:
        """What all keys of these sums begin with."""
        return table_prefix(SPACE, self.name.replace(".", "_"))

    def share(self, row: Row) -> Share | None:
        """What a row adds; None for one whose fields are not what they should be, which no list counts either."""
        try:
            status, currency, amount = row["status"], row.get("currency", ""), self.amount(row)
        except (LookupError, TypeError, AttributeError):
            return None
        if not (isinstance(status, str) and isinstance(currency, str)) or "\0" in status or "\0" in currency:
            return None
        return (status, currency, amount) if type(amount) is int and 0 <= amount <= MAX_AMOUNT else None


SUMS: tuple[Sum, ...] = (
    Sum("bill.all", BILL, "", _face),
    Sum("bill.debtor", BILL, "debtor", _face),
    Sum("bill.creditor", BILL, "creditor", _face),
    Sum("token.all", TOKEN, "", _range),
    Sum("request.all", REQUEST, "", _amount),
    Sum("request.holder", REQUEST, "holder", _amount),
    Sum("party.all", PARTY, "", _nothing),
    Sum("party.role", PARTY, "roles", _nothing, "*"),
    Sum("payment.all", PAYMENT, "", _amount),
    Sum("payment.party", PAYMENT, "party", _amount),
    Sum("payment.bank", PAYMENT, "bank", _amount),
    Sum("invoice.all", INVOICE, "", _occupied),
    Sum("invoice.seller", INVOICE, "seller", _occupied),
    Sum("invoice.buyer", INVOICE, "buyer", _occupied),
)

_Counted = tuple[Sum, bytes, Callable[[Row], Iterable[str]]]
_BY_HEAD: dict[bytes, tuple[_Counted, ...]] = {}
for _sum in SUMS:
    _head = table_head(*_sum.table)
    _BY_HEAD[_head] = (*_BY_HEAD.get(_head, ()), (_sum, _sum.prefix, _sum.values))
HEADS = tuple(_BY_HEAD)
_ALL = ("",)

DIGEST_BYTES = 8
DIGEST = sha256(
    repr([
        [(one.name, one.table, one.field, one.each, one.parts, one.also, one.of) for one in INDEXES],
        [(one.name, one.table, one.field, one.each, one.amount.__name__) for one in SUMS],
    ]).encode()
).digest()[:DIGEST_BYTES]  # fmt: skip
"""Names what is declared here and among the indexes: rows that another release derived are made anew."""


def prefix_of(name: str, values: Iterable[str]) -> bytes:
    """What the sums of one value begin with; of `all` the value is ""."""
    return table_prefix(SPACE, name.replace(".", "_")) + b"".join(map(text_part, tuple(values) or ("",)))


class SumChange:
    """What one block, or many rows, change of the sums: counted up by what a key is made of, then written at once."""

    def __init__(self) -> None:
        self._changes: dict[_Place, list[int]] = {}

    def __len__(self) -> int:
        return len(self._changes)

    def add(self, key: bytes, row: Row, sign: int) -> None:
        """Count a row of the state in (1) or out (−1)."""
        for one, prefix, values_of in _BY_HEAD.get(head_of(key), ()):
            share = one.share(row)
            if share is None:
                continue
            status, currency, amount = share
            for name in set(values_of(row)) if one.field else _ALL:
                place = prefix, name, status, currency
                change = self._changes.get(place)
                if change is None:
                    change = self._changes[place] = [0, 0]
                change[0] += sign
                change[1] += sign * amount

    def add_changes(self, changes: Iterable[RowChange]) -> None:
        """Count what a block changed."""
        for key, old_raw, new_raw, old, new in changes:
            if not key.startswith(HEADS):
                continue
            if old_raw is not None:
                self.add(key, value(old_raw) if old is None else old, -1)
            if new_raw is not None:
                self.add(key, value(new_raw) if new is None else new, 1)

    def rows(self, get: Get, height: int, *, with_history: bool) -> tuple[list[tuple[bytes, bytes]], list[bytes]]:
        """(puts, deletes) that bring the sums in a store, read by `get`, up to date with `height`."""
        puts: list[tuple[bytes, bytes]] = []
        deletes: list[bytes] = []
        for (prefix, *texts), (count, amount) in self._changes.items():
            if not count and not amount:
                continue
            key = prefix + b"".join(map(text_part, texts))
            held = get(layout.SUM + key)
            counted = (0, 0) if held is None else read_sum(held)
            if held is not None and with_history:
                puts.append((layout.SUM_HISTORY + history_key(key, height - 1), held))
            if counted[0] + count:
                puts.append((layout.SUM + key, written(height, counted[0] + count, counted[1] + amount)))
            else:
                deletes.append(layout.SUM + key)
        return puts, deletes


def written(height: int, count: int, amount: int) -> bytes:
    """Stored row of a sum: height of its last write, no salt, count (8 bytes) ‖ sum (16 bytes), big endian."""
    return pack(height, b"", count.to_bytes(8, "big") + amount.to_bytes(16, "big"))


def read_sum(raw: bytes) -> tuple[int, int]:
    """(count, sum) of a stored row."""
    content = unpack(raw).value_bytes
    return int.from_bytes(content[:8], "big"), int.from_bytes(content[8:], "big")


@dataclass(frozen=True, slots=True)
class Mark:
    """Which derived rows a store holds: made by which declarations, up to which height, from which height on."""

    digest: bytes
    height: int
    since: int

    def encode(self) -> bytes:
        """digest ‖ height ‖ since."""
        return self.digest + layout.height_bytes(self.height) + layout.height_bytes(self.since)

    @classmethod
    def read(cls, get: Get) -> Mark | None:
        """The mark of a store, None where nothing was derived."""
        raw = get(layout.DERIVED_KEY)
        if raw is None:
            return None
        digest, rest = raw[:DIGEST_BYTES], raw[DIGEST_BYTES:]
        return cls(digest, int.from_bytes(rest[:8], "big"), int.from_bytes(rest[8:], "big"))

    def stands_at(self, height: int) -> bool:
        """Whether the rows are those of this release, up to a height."""
        return self.digest == DIGEST and self.height == height


Sums = Mapping[tuple[str, str], tuple[int, int]]
"""(status, currency) → (count, sum)."""


def grouped(rows: Iterable[tuple[bytes, bytes]], prefix: bytes) -> Sums:
    """Sums of one value, from the rows behind its prefix."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for key, raw in rows:
        status, currency = key[len(prefix) + 1 : -1].decode("utf-8").split("\0\x02")
        found[status, currency] = read_sum(raw)
    return found
