"""JSON from outside, read so that it means one thing (RFC 8259 leaves open what a member given twice means).

An object's members are known and each is there once, and numbers are integers within ±(2^53-1), the range that every
JSON reader holds exactly (RFC 7493, I-JSON, section 2.2 and 2.3). What is not so is refused by name, never mended.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, NoReturn

from chainbill_node.rest.problems import Problem

MAX_NUMBER = 2**53 - 1
_MAX_DIGITS = len(str(MAX_NUMBER))
_SHOWN = 80


def json_object(body: bytes, members: Collection[str]) -> dict[str, Any]:
    """Read an object that has no members but these. Problem 400:

    body_malformed: not UTF-8, not JSON, nested beyond the reader's stack, or no object;
    json_member_twice (also deeper), json_member_unknown (at the top), json_number_not_integer (a fraction or exponent,
    NaN, Infinity), json_number_range. The first that is met while reading decides; unknown members come last.
    """
    try:
        found = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_each_once,
            parse_int=_integer,
            parse_float=_no_integer,
            parse_constant=_no_integer,
        )
    except (ValueError, RecursionError):
        raise Problem(400, "body_malformed", fields={"problem": "JSON"}) from None
    if type(found) is not dict:
        raise Problem(400, "body_malformed", fields={"problem": "JSON"})
    for name in found:
        if name not in members:
            fields = {"member": _shown(name), "known": sorted(members)}
            raise Problem(400, "json_member_unknown", fields=fields)
    return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise Problem(400, "json_member_twice", fields={"member": _shown(name)})
            seen.add(name)
    return found


def _integer(written: str) -> int:
    """Looks at the length first: no number is too long to be refused quickly."""
    if len(written.lstrip("-")) > _MAX_DIGITS or abs(int(written)) > MAX_NUMBER:
        raise Problem(400, "json_number_range", fields={"value": written[:_SHOWN]})
    return int(written)


def _no_integer(written: str) -> NoReturn:
    raise Problem(400, "json_number_not_integer", fields={"value": written[:_SHOWN]})


def _shown(name: str) -> str:
    """A member's name that can be written in an answer, even if it holds half of a surrogate pair."""
    return name[:_SHOWN].encode("utf-8", "replace").decode("utf-8")
