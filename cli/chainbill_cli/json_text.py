"""JSON that people write or are sent, read so that it means one thing, as the REST interface reads it."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from chainbill_cli.causes import cause_of
from chainbill_cli.failure import Failure, usage


def json_text(source: str, where: str) -> Any:
    """What a JSON text says. Usage failures: not JSON, a member given twice at any depth, a number that is not whole.

    where: what is named as the place, the text itself or its file. A reader that took the last of two members would
    sign or vote for something else than another reader sees in the same file.
    """

    def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                raise _refusal("error.json_member_twice", where, member=name)
            found[name] = value
        return found

    def not_whole(written: str) -> NoReturn:
        raise _refusal("error.json_number", where, value=written)

    try:
        return json.loads(source, object_pairs_hook=each_once, parse_float=not_whole, parse_constant=not_whole)
    except (ValueError, RecursionError) as error:
        raise usage("error.bad_json", value=where, why=cause_of(error)) from error


def _refusal(key: str, where: str, **facts: str) -> Failure:
    return usage(key, where=where, **{name: fact[:80] for name, fact in facts.items()})
