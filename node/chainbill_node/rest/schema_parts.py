"""The building stones of the answers' JSON schemas, and the shapes that many answers share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]
NETWORK_FIELD = "chainbill-network"
"""The header field of every answer that names the network by its genesis hash in hex."""

TEXT: Schema = {"type": "string"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
INTEGER: Schema = {"type": "integer", "minimum": -(2**53 - 1), "maximum": 2**53 - 1}
MAYBE_INTEGER: Schema = {**INTEGER, "type": ["integer", "null"]}
COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
BOOLEAN: Schema = {"type": "boolean"}
AMOUNT: Schema = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1, "description": "Minor units."}
TOTAL: Schema = {"type": "integer", "minimum": 0, "description": "Minor units, added up exactly: may exceed 2^53 - 1."}
DATE: Schema = {
    "type": "string", "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$",
    "description": "A date of the network's zone, 2027-03-31; empty where there is none.",
}  # fmt: skip
MAYBE_DATE: Schema = {**DATE, "type": ["string", "null"]}
TIME: Schema = {"type": "string", "format": "date-time", "description": "RFC 3339 in UTC with milliseconds."}
TIME_MS: Schema = {
    "type": "integer", "minimum": 0, "maximum": 253_402_300_799_999,
    "description": "Milliseconds since 1970-01-01T00:00:00Z, up to the end of the year 9999.",
}  # fmt: skip
CURRENCY: Schema = {"type": "string", "pattern": "^([A-Z]{3})?$", "description": "An alphabetic code of ISO 4217."}
HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "32 bytes in hexadecimal digits."}
HEX: Schema = {"type": "string", "pattern": "^([0-9a-f]{2})*$", "description": "Bytes in hexadecimal digits."}
BASE64: Schema = {"type": "string", "format": "byte", "description": "Bytes, base64 (RFC 4648 section 4)."}
RATIO: Schema = {"type": ["string", "null"], "description": "A fraction with 6 decimals; null where there is none."}
PERCENT: Schema = {"type": ["string", "null"], "description": "Percent with 4 decimals; null where there is none."}
ANYTHING: Schema = {"description": "Any JSON value."}


def obj(required: Mapping[str, Schema], **optional: Schema) -> Schema:
    """An object with these members; those of `optional` may be left out."""
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def row(required: Mapping[str, Schema], **optional: Schema) -> Schema:
    """An object that is a row of the ledger as it stands there; a row may gain fields (docs/reference/state.md)."""
    return obj(required, **optional) | {"additionalProperties": True}


def array(items: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": items}


def map_of(values: Schema) -> Schema:
    """A map of such values under any names."""
    return {"type": "object", "additionalProperties": values}


def words(*known: str) -> Schema:
    """One of these words."""
    return {"type": "string", "enum": list(known)}


def ref(name: str) -> Schema:
    """The named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(schema: Schema) -> Schema:
    """It, or null."""
    return {"oneOf": [schema, {"type": "null"}]}


def same(schema: Schema, *names: str) -> dict[str, Schema]:
    """The same schema under several names."""
    return dict.fromkeys(names, schema)


def extended(schema: Schema, required: Mapping[str, Schema], **optional: Schema) -> Schema:
    """An object schema with more members."""
    wanted = [*schema["required"], *(name for name in required if name not in schema["required"])]
    return schema | {"required": wanted, "properties": {**schema["properties"], **required, **optional}}


def answer(schema: Schema) -> Schema:
    """What is answered: the members and the height that they are true at."""
    return extended(schema, {"as_of": ref("AsOf")})


def list_of(items: Schema, required: Mapping[str, Schema] | None = None, **optional: Schema) -> Schema:
    """The answer of a list, with further members."""
    page = {
        "data": array(items), "count": COUNT, "sum": map_of(TOTAL), "next": MAYBE_TEXT, "as_of": ref("AsOf"),
    }  # fmt: skip
    return obj({**page, **(required or {})}, count_complete=BOOLEAN, **optional)


_HEIGHT = {"height": COUNT, "date": DATE, "block_id": HASH, "app_hash": maybe(HASH)}
AS_OF = obj(_HEIGHT, basis=words("value"), valued_on=DATE, known_at=obj(_HEIGHT))
CREATED = obj({"height": COUNT, "transaction": TEXT})
HIDDEN = obj({"amount": AMOUNT, "tokens": COUNT})
NAMED_PARTY = obj({"id": TEXT, "name_en": TEXT, "name_zh": TEXT})
WIRE = {"wire": BASE64}

PROBLEM = obj(
    {
        **same(TEXT, "type", "title"), "status": INTEGER, **same(TEXT, "detail", "instance", "code", "hint"),
        "errors": array(obj({"parameter": TEXT, "code": TEXT, "detail": TEXT})), "request_id": TEXT,
    },
    details={"type": "object"}, cause=TEXT, transaction=TEXT, height=COUNT, index=COUNT,
    outcome=words("refused", "fault", "out_of_gas"), repeated=BOOLEAN, lowest_height=COUNT,
    held_by=array(obj({**same(TEXT, "name", "id", "address"), "lowest_height": MAYBE_INTEGER})),
)  # fmt: skip
