"""JSON schemas of rows, made from what `chainbill_contracts.declared_rows` says of their fields and words.

What stands in no row, such as the names of parties that a reader may see, is added where an answer is described.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainbill_contracts.declared_rows import Field, rows

from chainbill_node.rest.schema_parts import (
    AMOUNT,
    ANYTHING,
    BOOLEAN,
    COUNT,
    CREATED,
    CURRENCY,
    DATE,
    INTEGER,
    TEXT,
    Schema,
    array,
    map_of,
    obj,
    row,
    same,
    words,
)

LOCK = row(same(TEXT, "kind", "ref"))
IDENTIFIER = row(same(TEXT, "scheme", "value"))
SHARE = row({"fingerprint": TEXT, **same(AMOUNT, "amount", "total")})
NAME = row(same(TEXT, "en", "zh"))

OF_KIND: Mapping[str, Schema] = {
    "currency": CURRENCY, "amount": AMOUNT, "count": COUNT, "height": COUNT, "milliseconds": COUNT, "integer": INTEGER,
    "rate": INTEGER, "date": DATE, "yes_no": BOOLEAN, "lock": LOCK, "identifier": IDENTIFIER, "share": SHARE,
    "name": NAME, "created": CREATED, "map": map_of(ANYTHING), "any": ANYTHING,
}  # fmt: skip
"""Kind of a field → its schema; the others are texts."""


ENTRIES: Mapping[str, Schema] = {
    "finance/request.set_aside": row({"on": DATE, "amount": AMOUNT}),
    "product/product.parts": row({**same(TEXT, "part", "supplier"), "share": COUNT}),
}
"""Field of a row that lists maps → the schema of one; the others may be any."""


def row_schema(place: str, *, closed: bool = False, **own: Schema) -> Schema:
    """The schema of a declared row as REST shows it.

    closed: it is shown with these members and no other. own: members of this schema in the place of declared ones.
    """
    declared = rows()[place]
    members = {name: own.get(name) or _schema(declared.fields[name], declared.words, ENTRIES.get(f"{place}.{name}"))
               for name in declared.shown}  # fmt: skip
    optional = {name: one for name, one in members.items() if declared.fields[name].optional}
    required = {name: one for name, one in members.items() if name not in optional}
    return (obj if closed else row)(required, **optional)


def _schema(field: Field, statuses: tuple[str, ...], entry: Schema | None) -> Schema:
    said = field.words or (statuses if field.kind == "status" else ())
    schema = entry or (words(*said) if said else OF_KIND.get(field.kind, TEXT))
    if field.listed:
        schema = array(schema)
    if field.late:
        schema = schema | {"type": [schema["type"], "null"]}
    told = " ".join(part for part in (field.en, schema.get("description", "")) if part)
    return schema | ({"description": told} if told else {})
