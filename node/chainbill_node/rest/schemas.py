"""JSON schemas of the answers, for the OpenAPI description."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_INTEGER: Schema = {"type": "integer"}
_AMOUNT: Schema = {"type": "integer", "minimum": 0, "description": "Minor units"}


def _object(required: dict[str, Schema], **optional: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _amounts(*names: str) -> dict[str, Schema]:
    return dict.fromkeys(names, _AMOUNT)


_HIDDEN = _object({"amount": _AMOUNT, "tokens": _INTEGER})

_TOKEN_FIELDS: dict[str, Schema] = {
    "id": _TEXT, "bill": _TEXT, "lo": _AMOUNT, "hi": _AMOUNT, "amount": _AMOUNT, "currency": _TEXT, "holder": _TEXT,
    "offered_to": _TEXT, "tier": _INTEGER, "financed_tier": _INTEGER, "parent": _TEXT, "financing": _TEXT,
    "status": _TEXT, "locks": _array({"type": "object"}), "born": _INTEGER, "ended": _INTEGER,
    "reversed_at": _INTEGER,
}  # fmt: skip

SCHEMAS: dict[str, Schema] = {
    "AsOf": _object({"height": _INTEGER, "date": _TEXT, "block_id": _TEXT, "app_hash": _MAYBE_TEXT}),
    "Bill": _object(
        {
            "id": _TEXT, "debtor": _TEXT, "creditor": _TEXT, "face": _AMOUNT, "currency": _TEXT, "issued_on": _TEXT,
            "due_on": _TEXT, "pay_on": _TEXT, "status": _TEXT, "outstanding": _AMOUNT, "settled": _AMOUNT,
            "invoices": _array({"type": "object"}), "terms": {"type": "object"}, "created": {"type": "object"},
        }
    ),
    "Token": _object(_TOKEN_FIELDS),
    "TreeNode": _object(
        {"children": _array(_ref("TreeNode"))}, **_TOKEN_FIELDS, hidden=_HIDDEN, folded=_HIDDEN,
    ),
    "Hop": _object(
        {
            "bill": _TEXT, "token": _TEXT, "kind": _TEXT, "from": _TEXT, "to": _TEXT, "lo": _AMOUNT, "hi": _AMOUNT,
            "amount": _AMOUNT, "tier": _INTEGER, "financed_tier": _INTEGER, "height": _INTEGER, "transaction": _TEXT,
            "date": _TEXT, "price": {"type": ["object", "null"]},
        }
    ),
    "Totals": _object(
        _amounts("face", "live", "settled", "diluted", "void", "pending"), bills=_INTEGER, hidden=_HIDDEN,
    ),
    "TierRow": _object(
        {
            "tier": _INTEGER, "parties": _INTEGER,
            **_amounts("reached", "held", "financed", "settled", "diluted", "void", "amount", "financed_ever"),
            "share_financed": _MAYBE_TEXT, "financings": _INTEGER, "mean_rate": _MAYBE_TEXT, "mean_cost": _MAYBE_TEXT,
        },
        penetration=_MAYBE_TEXT,
    ),
    "BillTrace": _object(
        {
            "bill": _ref("Bill"), "as_of": _ref("AsOf"), "tree": {"oneOf": [_ref("TreeNode"), {"type": "null"}]},
            "leaves": _array(_ref("Token")), "totals": _ref("Totals"), "by_tier": _array(_ref("TierRow")),
            "parties_total": _INTEGER, "hops": _array(_ref("Hop")),
        }
    ),
    "AnchorTrace": _object(
        {"anchor": {"type": "object"}, "as_of": _ref("AsOf"), "currencies": _array({"type": "object"})}
    ),
    "Submitted": _object(
        {"id": _TEXT, "status": {"enum": ["committed", "pending"]}},
        height=_INTEGER, index=_INTEGER, result={}, results=_array({}), events=_array({"type": "object"}),
        gas=_INTEGER, repeated={"type": "boolean"},
    ),
    "List": _object(
        {
            "data": _array({}), "count": _INTEGER, "sum": {"type": "object", "additionalProperties": _AMOUNT},
            "next": _MAYBE_TEXT, "as_of": _ref("AsOf"),
        },
        count_complete={"type": "boolean"},
    ),
    "Problem": _object(
        {
            "type": _TEXT, "title": _TEXT, "status": _INTEGER, "detail": _TEXT, "instance": _TEXT, "code": _TEXT,
            "hint": _TEXT, "errors": _array({"type": "object"}), "request_id": _TEXT,
        }
    ),
}  # fmt: skip

_LIST_ENDS = (
    "/bills", "/tokens", "/blocks", "/transactions", "/parties", "/offers", "/requests", "/contracts", "/proposals",
    "/history", "/validators", "/peers", "/mempool",
)  # fmt: skip


def answer_schema(path: str) -> Schema:
    """Give the schema of what a reading path answers."""
    if path == "/v1/trace/bills/{bill_id}":
        return {"anyOf": [_ref("BillTrace"), _object({"as_of": _ref("AsOf")})]}
    if path == "/v1/trace/anchors/{party}":
        return _ref("AnchorTrace")
    if path.endswith(_LIST_ENDS):
        return _list_of(path)
    named = {"/v1/bills/{bill_id}": "Bill", "/v1/tokens/{token_id}": "Token"}.get(path)
    envelope = _object({"as_of": _ref("AsOf")})
    return {"allOf": [_ref(named), envelope]} if named else envelope


def _list_of(path: str) -> Schema:
    item = "Bill" if path.endswith("/bills") else "Token" if path.endswith(("/tokens", "/offers")) else None
    if item is None:
        return _ref("List")
    return {"allOf": [_ref("List"), {"type": "object", "properties": {"data": _array(_ref(item))}}]}
