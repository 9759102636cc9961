"""Indexes: pure and declarative. Each says which rows it lists, under which values, and in which order.

An entry is a key without a value: (index, values…, height the object was made, id). Entries are only ever added, so
a reader of any height filters by the row itself; the height in the key puts ids in the order of their making.
`node verify` recomputes every entry from the rows.

The field's word: secondary index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainbill.state.keys import MAX_INTEGER_PART, head_of, row_key, table_head, table_prefix

Row = Mapping[str, Any]
Part = str | int

BETWEEN = "/"
SPACE = "index"  # stands where a contract's name stands in row keys; the table is the index's name with "_" for "."


@dataclass(frozen=True, slots=True)
class Index:
    """One index: the rows of `table` are listed under the text in `field`.

    field "": all rows under no value. each "": the field is the text; "*": a list of texts; else a list of maps that
    hold it under this name. parts: the last key parts that make an id, joined by "/", which only the last may hold.
    also: fields that list it likewise, "a.b" is b of the map a. of: the field whose text follows each value; "a.b" is
    b of each of the maps in the list a.
    """

    name: str
    table: tuple[str, str]
    field: str
    each: str = ""
    parts: int = 1
    also: tuple[str, ...] = ()
    of: str = ""

    def values(self, row: Row) -> Sequence[Any]:
        """The values a row is listed under. What is no text, or cannot stand in a key, lists nothing."""
        if not self.field:
            return ("",)
        found = row.get(self.field)
        if self.also:
            named = [found, *[_inner(row, field) for field in self.also]]
            return list(dict.fromkeys([one for one in named if _fits(one)]))
        if not self.each:
            return (found,) if _fits(found) else ()
        if not isinstance(found, list | tuple):
            return ()
        if self.each != "*":
            found = [item.get(self.each) for item in found if isinstance(item, dict)]
        return [one for one in found if _fits(one)]

    def listed(self, row: Row) -> list[bytes]:
        """What entries of a row have behind the prefix: the encoded values."""
        if not self.of:
            return [text_part(value) for value in self.values(row)] if self.field else [b""]
        behind = [text_part(str(one)) for one in _behind(row, self.of)]
        return [text_part(value) + one for value in self.values(row) for one in behind]

    @property
    def prefix(self) -> bytes:
        """What all entries of this index begin with."""
        return table_prefix(SPACE, self.name.replace(".", "_"))

    def lists_alike(self, old: Row, new: Row) -> bool:
        """Whether a changed row is listed as it was, as far as its fields say so."""
        field, of = self.field, self.of.partition(".")[0]
        if (field and old.get(field) != new.get(field)) or (of and old.get(of) != new.get(of)):
            return False
        return not self.also or all(_inner(old, one) == _inner(new, one) for one in self.also)


def _inner(row: Row, field: str) -> Any:
    if "." not in field:
        return row.get(field)
    outer, _, inner = field.partition(".")
    found = row.get(outer)
    return found.get(inner) if isinstance(found, dict) else None


def _behind(row: Row, of: str) -> Sequence[Any]:
    outer, _, inner = of.partition(".")
    found = row.get(outer)
    if not inner:
        return (found,) if _fits(found) else ()
    named = [one.get(inner) for one in found if isinstance(one, dict)] if isinstance(found, list | tuple) else []
    return list(dict.fromkeys([one for one in named if _fits(one)]))


def _fits(found: Any) -> bool:
    return isinstance(found, str) and found != "" and "\0" not in found


def text_part(text: str) -> bytes:
    """A key part as row keys have it, which may be empty here."""
    return b"\x02" + text.encode("utf-8") + b"\0"


def made_at(row: Row) -> int:
    """Height the object was made at, 0 where its row does not say: then ids are in their own order."""
    created = row.get("created")
    height = created.get("height", 0) if isinstance(created, dict) else row.get("born", row.get("height", 0))
    return height if isinstance(height, int) and 0 <= height <= MAX_INTEGER_PART else 0


BILL, TOKEN, REQUEST = ("bill", "bill"), ("token", "token"), ("finance", "request")
PARTY, PAYMENT = ("party", "party"), ("settlement", "payment")
INVOICE, JOINT = ("invoice", "invoice"), ("bill", "joint")
LABEL = ("label", "label")
PRODUCT, EVENT = ("product", "product"), ("product", "event")
PLEDGE, MARK = ("pledge", "pledge"), ("write_off", "mark")
SALE, SALE_RECEIPT = ("sale", "sale"), ("sale", "receipt")
PREPAYMENT = ("prepayment", "prepayment")
CLAIM, BUYBACK = ("recourse", "claim"), ("recourse", "receipt")
GUARANTEE, DEMAND = ("guarantee", "guarantee"), ("guarantee", "demand")
ORDER, FREEZE = ("legal", "order"), ("legal", "freeze")
ENTRY = ("entry", "entry")
RECEIPT, FINANCE_RECEIPT = ("settlement", "receipt"), ("finance", "receipt")

INDEXES: tuple[Index, ...] = (
    Index("bill.all", BILL, ""),
    Index("bill.debtor", BILL, "debtor"),
    Index("bill.creditor", BILL, "creditor"),
    Index("bill.paying_bank", BILL, "paying_bank"),
    Index("bill.part", BILL, "debtor", also=("creditor", "initiator", "paying_bank", "terms.guarantor"), of="id"),
    Index("bill.invoice", BILL, "invoices", each="fingerprint"),
    Index("invoice.side", INVOICE, "seller", also=("buyer",), parts=2),
    Index("token.bill", TOKEN, "bill"),
    Index("token.holder", TOKEN, "holder"),
    Index("token.offered_to", TOKEN, "offered_to"),
    Index("token.part", TOKEN, "holder", also=("offered_to",), of="bill"),
    Index("request.holder", REQUEST, "holder"),
    Index("request.bank", REQUEST, "banks", each="*"),
    Index("request.part", REQUEST, "banks", each="*", of="bill"),
    Index("request.token", REQUEST, "token"),
    Index("party.all", PARTY, ""),
    Index("party.role", PARTY, "roles", each="*"),
    Index("party.sponsor", PARTY, "sponsor"),
    Index("change.party", ("party", "change"), "party"),
    Index("recovery.party", ("recovery", "recovery"), "party"),
    Index("party.paying_bank", PARTY, "paying_bank"),
    Index("party.asked_bank", PARTY, "asked_bank"),
    Index("joint.bill", JOINT, "bill"),
    Index("joint.by", JOINT, "by"),
    Index("joint.asked", JOINT, "others", each="*"),
    Index("joint.part", JOINT, "others", each="*", of="bill"),
    Index("label.by", LABEL, "by", parts=2),
    Index("order.by", ORDER, "by"),
    Index("order.second", ORDER, "second"),
    Index("order.refused", ORDER, "refusals", each="bank"),
    Index("order.concerned", ORDER, "concerned", each="*"),
    Index("order.beneficiary", ORDER, "beneficiary"),
    Index("order.status", ORDER, "status"),
    Index("order.bill", ORDER, "items", each="bill"),
    Index("freeze.holder", FREEZE, "holder"),
    Index("freeze.bill", FREEZE, "bill"),
    Index("entry.by", ENTRY, "by"),
    Index("entry.second", ENTRY, "second"),
    Index("entry.refused", ENTRY, "refusals", each="bank"),
    Index("entry.concerned", ENTRY, "concerned", each="*"),
    Index("entry.party", ENTRY, "party"),
    Index("entry.default", ENTRY, "default"),
    Index("entry.status", ENTRY, "status"),
    Index("pledge.holder", PLEDGE, "holder"),
    Index("pledge.pledgee", PLEDGE, "pledgee"),
    Index("pledge.bill", PLEDGE, "ranges", each="bill"),
    Index("pledge.part", PLEDGE, "pledgee", of="ranges.bill"),
    Index("guarantee.bill", GUARANTEE, "bill", parts=2),
    Index("guarantee.guarantor", GUARANTEE, "guarantor", parts=2),
    Index("guarantee.bank", GUARANTEE, "bank", parts=2),
    Index("guarantee.part", GUARANTEE, "guarantor", also=("bank",), of="bill", parts=2),
    Index("demand.bill", DEMAND, "bill", parts=2),
    Index("demand.guarantor", DEMAND, "guarantor", parts=2),
    Index("demand.holder", DEMAND, "holder", parts=2),
    Index("mark.holder", MARK, "holder"),
    Index("mark.bill", MARK, "bill"),
    Index("sale.seller", SALE, "seller"),
    Index("sale.buyer", SALE, "buyer"),
    Index("sale.bill", SALE, "bill"),
    Index("prepayment.holder", PREPAYMENT, "holder"),
    Index("prepayment.debtor", PREPAYMENT, "debtor"),
    Index("prepayment.bank", PREPAYMENT, "bank"),
    Index("prepayment.bill", PREPAYMENT, "bill"),
    Index("claim.holder", CLAIM, "holder"),
    Index("claim.asked", CLAIM, "asked"),
    Index("claim.bill", CLAIM, "bill"),
    Index("product.anchor", PRODUCT, "anchor"),
    Index("product.supplier", PRODUCT, "parts", each="supplier"),
    Index("event.anchor", EVENT, "anchor"),
    Index("event.product", EVENT, "product"),
    Index("payment.bill", PAYMENT, "bill"),
    Index("payment.party", PAYMENT, "party", parts=2),
    Index("payment.bank", PAYMENT, "bank", parts=2),
    Index("receipt.bill", RECEIPT, "bill", parts=2),
    Index("finance_receipt.bill", FINANCE_RECEIPT, "bill", parts=2),
    Index("sale_receipt.bill", SALE_RECEIPT, "bill", parts=2),
    Index("recourse_receipt.bill", BUYBACK, "bill", parts=2),
)

NAMES = frozenset(index.name for index in INDEXES)
_BY_HEAD: dict[bytes, tuple[tuple[bytes, Index, str], ...]] = {}
"""Prefix, index, and its field where the text in that is all that lists a row, as with most; else ""."""
for _index in INDEXES:
    _head = table_head(*_index.table)
    _field = "" if _index.each or _index.also or _index.of else _index.field
    _BY_HEAD[_head] = (*_BY_HEAD.get(_head, ()), (_index.prefix, _index, _field))
_HEADS = tuple(_BY_HEAD)


def is_indexed(key: bytes) -> bool:
    """Whether rows of the table of a row key are listed anywhere."""
    return key.startswith(_HEADS)


def entries_of(key: bytes, old: Row | None, new: Row | None) -> list[bytes]:
    """Entries that a change of one row adds: nothing where it is listed as it was.

    Values are decoded rows; a row that goes keeps its entries.
    """
    if new is None:
        return []
    added: list[bytes] = []
    tails: dict[int, bytes] = {}  # the same for nearly all indexes of a table
    for prefix, index, field in _BY_HEAD.get(head_of(key), ()):
        known: Sequence[bytes] = ()
        if field:
            found = new.get(field)
            if (old is not None and old.get(field) == found) or not _fits(found):
                continue
            listed = [text_part(str(found))]
        elif old is not None and index.lists_alike(old, new):
            continue
        else:
            listed = index.listed(new)
            known = () if old is None else index.listed(old)
        if not listed:
            continue
        tail = tails.get(index.parts)
        if tail is None:
            tail = tails[index.parts] = _tail(key, new, index.parts)
        added += [prefix + one + tail for one in listed if one not in known]
    return added


_HEIGHT_PART = 9  # bytes of a height in an entry: a tag and 8


def _tail(key: bytes, row: Row, parts: int) -> bytes:
    """The end of an entry: the height the object was made at, and the last parts of its row key, texts, as encoded."""
    start = len(key)
    for _ in range(parts):
        start = key.rindex(b"\0", 0, start - 1) + 1
    return b"\x01" + made_at(row).to_bytes(8, "big") + key[start:]


KEYED_BY_VALUE = frozenset({"payment.bill"})  # rows keyed by [value, id]; all others by the parts of their id
_BY_NAME = {index.name: index for index in INDEXES}


def key_of(name: str, value: Sequence[Part], identity: str) -> bytes:
    """The key of the row that an index lists under an id. Raises KeyError for an index that is not there."""
    index = _BY_NAME[name]
    parts = identity.split(BETWEEN, index.parts - 1)
    return row_key(*index.table, [*value, *parts] if name in KEYED_BY_VALUE else parts)


def value_prefix(name: str, values: Iterable[Part]) -> bytes:
    """Prefix of the entries of one value. Raises KeyError for an index that is not there."""
    if name not in NAMES:
        raise KeyError(name)
    return table_prefix(SPACE, name.replace(".", "_"), tuple(values))


def entry_key(name: str, values: Iterable[Part], made: int, identity: str) -> bytes:
    """The whole key of one entry."""
    return row_key(SPACE, name.replace(".", "_"), [*values, made, *identity.split(BETWEEN, _BY_NAME[name].parts - 1)])


def entry_id(entry: bytes, start: int) -> str:
    """The id an entry names: the text behind the height, which follows the `start` bytes of the index and its values.

    Nothing is checked, since long lists read very many: the entry is one that this program wrote.
    """
    return entry[start + _HEIGHT_PART + 1 : -1].replace(b"\0\x02", b"/").decode("utf-8")
