"""Indexes: pure and declarative. Each says which rows it lists, under which values, and in which order.

An entry is a key without a value: (index, values…, height the object was made, id). Entries are only ever added, so
a reader of any height filters by the row itself; the height in the key puts ids in the order of their making.
`node verify` recomputes every entry from the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chainbill.errors import Malformed
from chainbill.state.keys import head_of, row_key, split_key, table_head, table_prefix

Row = Mapping[str, Any]
Part = str | int
Values = tuple[Part, ...]

SPACE = "index"  # stands where a contract's name stands in row keys; the table is the index's name with "_" for "."


@dataclass(frozen=True, slots=True)
class Index:
    """One index. `values` gives the values (each a tuple of key parts) a row is listed under, none or several."""

    name: str
    table: tuple[str, str]
    values: Callable[[Row], Sequence[Values]]

    def entries(self, key: bytes, row: Row) -> list[bytes]:
        """Index keys of one row with its row key."""
        return self._keys(self.values(row), key, row)

    def added(self, key: bytes, old: Row | None, new: Row) -> list[bytes]:
        """Index keys that a change of a row adds: nothing where it is listed as it was."""
        values = self.values(new)
        if old is not None:
            if values == self.values(old):
                return []
            known = frozenset(self.values(old))
            values = [one for one in values if one not in known]
        return self._keys(values, key, new)

    def _keys(self, values: Sequence[Values], key: bytes, row: Row) -> list[bytes]:
        if not values:
            return []
        tail = b"\x01" + made_at(row).to_bytes(8, "big") + _last_part(key)
        heads = [_encoded(self.name, one) for one in values]
        return [head + tail for head in heads if head is not None]


@lru_cache(maxsize=4096)
def _encoded(name: str, values: Values) -> bytes | None:
    """Encoded index name and values; None for values that no key can hold: such a row is not listed under them."""
    try:
        return table_prefix(SPACE, name.replace(".", "_"), values)
    except Malformed:
        return None


def _last_part(key: bytes) -> bytes:
    """The last part of a row key, a text, as it is encoded."""
    return key[key.rindex(b"\0", 0, -1) + 1 :]


def made_at(row: Row) -> int:
    """Height the object was made at, 0 where its row does not say: then ids are in their own order."""
    created = row.get("created")
    height = created.get("height", 0) if isinstance(created, Mapping) else row.get("born", row.get("height", 0))
    return height if isinstance(height, int) and height >= 0 else 0


def _field(name: str) -> Callable[[Row], Sequence[Values]]:
    def values(row: Row) -> Sequence[Values]:
        value = row.get(name, "")
        return ((value,),) if isinstance(value, str) and value else ()

    return values


def _each(name: str, inner: str = "") -> Callable[[Row], Sequence[Values]]:
    def values(row: Row) -> Sequence[Values]:
        items = row.get(name, ())
        listed = [item.get(inner) if inner and isinstance(item, Mapping) else item for item in items]
        return tuple([(item,) for item in listed if isinstance(item, str)])

    return values


def _all(_row: Row) -> Sequence[Values]:
    return ((),)


BILL, TOKEN, HOP = ("bill", "bill"), ("token", "token"), ("token", "hop")
REQUEST, QUOTE = ("finance", "request"), ("finance", "quote")
PARTY, PAYMENT = ("party", "party"), ("settlement", "payment")

INDEXES: tuple[Index, ...] = (
    Index("bill.all", BILL, _all),
    Index("bill.debtor", BILL, _field("debtor")),
    Index("bill.creditor", BILL, _field("creditor")),
    Index("bill.invoice", BILL, _each("invoices", "fingerprint")),
    Index("token.bill", TOKEN, _field("bill")),
    Index("token.holder", TOKEN, _field("holder")),
    Index("token.offered_to", TOKEN, _field("offered_to")),
    Index("token.parent", TOKEN, _field("parent")),
    Index("request.holder", REQUEST, _field("holder")),
    Index("request.bank", REQUEST, _each("banks")),
    Index("request.token", REQUEST, _field("token")),
    Index("quote.request", QUOTE, _field("request")),
    Index("hop.bill", HOP, _field("bill")),
    Index("party.all", PARTY, _all),
    Index("party.sponsor", PARTY, _field("sponsor")),
    Index("payment.bill", PAYMENT, _field("bill")),
)

NAMES = frozenset(index.name for index in INDEXES)
_BY_TABLE: dict[tuple[str, str], tuple[Index, ...]] = {}
for _index in INDEXES:
    _BY_TABLE[_index.table] = (*_BY_TABLE.get(_index.table, ()), _index)
_BY_HEAD = {table_head(*table): indexes for table, indexes in _BY_TABLE.items()}


def indexes_of(key: bytes) -> tuple[Index, ...]:
    """The indexes over the table of a row key."""
    return _BY_HEAD.get(head_of(key), ())


def entries_of(key: bytes, old: Row | None, new: Row | None) -> set[bytes]:
    """Entries that a change of one row adds. Values are decoded rows; a row that goes keeps its entries."""
    added: set[bytes] = set()
    if new is not None:
        for index in indexes_of(key):
            added.update(index.added(key, old, new))
    return added


KEYED_BY_VALUE = frozenset({"payment.bill"})  # rows keyed by [value, id]; all others by [id]
_TABLES = {index.name: index.table for index in INDEXES}


def table_of(name: str) -> tuple[str, str]:
    """(contract, table) whose rows an index lists. Raises KeyError for an index that is not there."""
    return _TABLES[name]


def value_prefix(name: str, values: Iterable[Part]) -> bytes:
    """Prefix of the entries of one value. Raises KeyError for an index that is not there."""
    if name not in NAMES:
        raise KeyError(name)
    return table_prefix(SPACE, name.replace(".", "_"), tuple(values))


def entry_key(name: str, values: Iterable[Part], made: int, identity: str) -> bytes:
    """The whole key of one entry."""
    return row_key(SPACE, name.replace(".", "_"), [*values, made, identity])


def entry_id(entry: bytes) -> str:
    """The id an entry names."""
    return str(split_key(entry)[2][-1])
