"""What a test leaves out of a node's answer, put in as its schema has it: clients take whole answers only."""

from __future__ import annotations

from typing import Any

from chainbill_cli.asked import Asked
from chainbill_cli.expected_answers import IDENTIFIED, route_of, schema_of
from chainbill_node.rest.schemas import SCHEMAS

PATTERNS = {"^[0-9a-f]{64}$": "ab" * 32}
PLAIN: dict[str, Any] = {"string": "", "integer": 0, "boolean": False, "null": None, "array": [], "object": {}}


def whole(asked: Asked, body: Any) -> Any:
    """The answer to a request with every member that there must be."""
    schema = schema_of(asked)
    if schema is None or not isinstance(body, dict):
        return body
    template, names = route_of(asked.path)
    made = filled(schema, body)
    if template in IDENTIFIED and asked.method == "GET" and names[0] not in {"head"}:
        _name(made, body, list(IDENTIFIED[template][0]), names[0])
    return made


def _name(made: Any, given: Any, parts: list[str], called: str) -> None:
    """Say in an answer what it is about, where the test does not."""
    first, *others = parts
    if not isinstance(made, dict):
        return
    if others:
        _name(made[first], given.get(first, {}), others, called)
    elif first not in given:
        made[first] = int(called) if type(made[first]) is int and called.isdecimal() else called


def filled(schema: Any, value: Any) -> Any:
    while "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    for one in schema.get("anyOf") or schema.get("oneOf") or ():
        if value is not None:
            return filled(one, value)
    if isinstance(value, list):
        return [filled(schema.get("items", {}), one) for one in value]
    if not isinstance(value, dict):
        return value
    known, others = schema.get("properties", {}), schema.get("additionalProperties")
    found = {name: filled(known.get(name) or (others if isinstance(others, dict) else {}), one)
             for name, one in value.items()}  # fmt: skip
    return {name: plain(known[name]) for name in schema.get("required", ()) if name not in found} | found


def plain(schema: Any) -> Any:
    """The plainest value of a schema."""
    while "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    if "oneOf" in schema or "anyOf" in schema:
        return None
    kinds = schema.get("type", "null")
    if isinstance(kinds, list):
        return None
    if kinds == "object":
        return filled(schema, {})
    if kinds == "string":
        if schema.get("format") == "date-time":
            return "2026-03-02T00:00:00.000Z"
        return schema["enum"][0] if "enum" in schema else PATTERNS.get(schema.get("pattern", ""), "")
    return PLAIN[kinds]
