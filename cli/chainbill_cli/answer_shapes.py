"""Whether a node's answer has the shape that a schema of the OpenAPI document says, before it is believed.

Of JSON schema (draft 2020-12) what `chainbill_node.rest.schema_parts` is made of, and bounds that no schema says. Not
held against a node: members that nobody described, and words that this program does not know, which a newer one may
say; they are shown as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chainbill_node.rest.schema_parts import DATE, TIME, Schema
from chainbill_node.rest.schemas import SCHEMAS

from chainbill.dates import is_date
from chainbill_cli.texts import text

DEEPEST = 420
"""Levels of objects and lists in an answer: a tree of tokens may have 200 levels of two."""
DEEPEST_FREE = 64
"""Levels of a value of which no shape is known: twice what the ledger keeps."""
LARGEST = 10**30
"""Above any sum of amounts that a ledger can hold."""
KINDS: Mapping[str, type] = {
    "string": str, "integer": int, "boolean": bool, "null": type(None), "array": list, "object": dict,
}  # fmt: skip
Place = tuple[str | int, ...]
Link = tuple["Link | None", str | int]
"""A member, and below it the one that it stands in."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """The first member that does not fit: where it stands, and why in the language in use."""

    place: Place
    why: str

    def __str__(self) -> str:
        where = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in self.place).lstrip(".")
        return f"{where[:120] or '.'}{text('root.colon')}{self.why}"


def _written(schema: Schema) -> Callable[[str], bool] | None:
    """How a text of the schema is checked; None where it may be any."""
    if schema.get("format") == TIME["format"]:
        return _is_time
    pattern = schema.get("pattern")
    if pattern == DATE["pattern"]:
        return lambda value: not value or is_date(value)
    if pattern is None:
        return None
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def _is_time(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


class Shape:
    """A schema, read once. Parts of it are read when they are first needed, since a schema may hold itself.

    plain: the types of values of which nothing more has to be looked at.
    """

    __slots__ = ("_known", "_parts", "_schema", "choices", "high", "kinds", "low", "plain", "required", "written")

    def __init__(self, schema: Schema) -> None:
        names = schema.get("type", ())
        self._schema = schema
        self._parts: tuple[Shape, Shape] | None = None
        self._known: dict[str, Shape] | None = None
        self.kinds = frozenset(KINDS[name] for name in ([names] if isinstance(names, str) else names))
        self.low, self.high = schema.get("minimum", -LARGEST), schema.get("maximum", LARGEST)
        self.required: tuple[str, ...] = tuple(schema.get("required", ()))
        self.choices: tuple[Schema, ...] = tuple(schema.get("anyOf") or schema.get("oneOf") or ())
        self.written = _written(schema)
        taken = (self.kinds or frozenset(KINDS.values())) - {int, list, dict}
        self.plain = frozenset() if self.choices else taken - {str} if self.written else taken

    @property
    def known(self) -> dict[str, Shape]:
        """The described members of an object."""
        if self._known is None:
            self._known = {name: shape_of(one) for name, one in self._schema.get("properties", {}).items()}
        return self._known

    @property
    def parts(self) -> tuple[Shape, Shape]:
        """(an entry of the list, a member of the object that is not described)."""
        if self._parts is None:
            others = self._schema.get("additionalProperties")
            self._parts = shape_of(self._schema.get("items", {})), shape_of(others if isinstance(others, dict) else {})
        return self._parts

    def wrong(self, value: Any) -> str | None:
        """What is wrong with a value, whatever stands in it."""
        if self.kinds and type(value) not in self.kinds:
            wanted = " | ".join(name for name, kind in KINDS.items() if kind in self.kinds)
            found = next((name for name, kind in KINDS.items() if kind is type(value)), "number")
            return text("answer.kind", wanted=wanted, found=found)
        if type(value) is int and not self.low <= value <= self.high:
            return text("answer.range")
        if self.written is not None and type(value) is str and not self.written(value):
            return text("answer.pattern")
        return None


_shapes: dict[int, tuple[Schema, Shape]] = {}
"""By the identity of the schema, which is kept with it."""


def shape_of(schema: Schema) -> Shape:
    """The shape of a schema, made once."""
    while "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    if not schema or schema.keys() == {"description"}:
        return ANY
    if id(schema) not in _shapes:
        _shapes[id(schema)] = schema, Shape(schema)
    return _shapes[id(schema)][1]


ANY = Shape({})


def misfit(schema: Schema, value: Any) -> Misfit | None:
    """The first member of a decoded JSON value that does not fit; None where all do."""
    waiting: list[tuple[Shape, Any, Link | None, int, int]] = [(shape_of(schema), value, None, 0, 0)]
    while waiting:
        shape, found, link, depth, free = waiting.pop()
        if depth > DEEPEST or free > DEEPEST_FREE:
            return Misfit(_place(link)[:3], text("answer.deep"))
        if shape.choices:
            chosen = _chosen(shape.choices, found)
            if isinstance(chosen, Misfit):
                return Misfit((*_place(link), *chosen.place), chosen.why)
            continue
        why = shape.wrong(found)
        if why is not None:
            return Misfit(_place(link), why)
        if type(found) not in {dict, list}:
            continue
        missing = next((name for name in shape.required if name not in found), None)
        if missing is not None:
            return Misfit((*_place(link), missing), text("answer.missing"))
        for member, one, inner in _members(shape, found):
            if type(inner) in one.plain:
                continue
            if type(inner) in {dict, list} or one.choices:
                waiting.append((one, inner, (link, member), depth + 1, free + 1 if one is ANY else 0))
            elif (why := one.wrong(inner)) is not None:
                return Misfit((*_place(link), member), why)
    return None


def _members(shape: Shape, value: dict[str, Any] | list[Any]) -> Iterator[tuple[str | int, Shape, Any]]:
    """Each member or entry with its shape; ANY for what is not described."""
    entry, others = shape.parts
    if isinstance(value, list):
        return ((number, entry, inner) for number, inner in enumerate(value))
    known = shape.known
    return ((name, known.get(name, others), inner) for name, inner in value.items())


def _chosen(choices: tuple[Schema, ...], value: Any) -> Misfit | None:
    """None where one of the schemas fits, else what fits least badly: the misfit that is deepest inside."""
    wrong = []
    for one in choices:
        found = misfit(one, value)
        if found is None:
            return None
        wrong.append(found)
    return max(wrong, key=lambda one: len(one.place))


def _place(link: Link | None) -> Place:
    found: list[str | int] = []
    while link is not None:
        link, name = link
        found.append(name)
    return tuple(reversed(found))
