"""JSON that people write or are sent, read so that it means one thing, as the REST interface reads it."""

from __future__ import annotations

import json
from typing import Any

from chainbill_cli.causes import cause_of
from chainbill_cli.failure import Failure, usage
from chainbill_cli.texts import text


class _NotWhole(str):
    """A number with a point or an exponent as it was written, until the member that has it is known."""


def json_text(source: str, where: str, not_whole: str = "error.json_number") -> Any:
    """What a JSON text says. Usage failures: not JSON, a member given twice at any depth, a number that is not whole.

    where: what is named as the place, the text itself or its file. not_whole: the text for such a number, which says
    what is to be written there. A reader that took the last of two members would sign or vote for something else than
    another reader sees in the same file.
    """

    def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                raise _refusal("error.json_member_twice", where, member=name)
            refuse_parts(value, name)
            found[name] = value
        return found

    def refuse_parts(value: Any, member: str) -> None:
        if isinstance(value, _NotWhole):
            raise _refusal(not_whole, where, value=value, member=member)
        for one in value if isinstance(value, list) else ():
            refuse_parts(one, member)

    try:
        found = json.loads(source, object_pairs_hook=each_once, parse_float=_NotWhole, parse_constant=_NotWhole)
        refuse_parts(found, text("error.json_member_none"))
    except (ValueError, RecursionError) as error:
        raise usage("error.bad_json", value=where, why=cause_of(error)) from error
    return found


def _refusal(key: str, where: str, **facts: str) -> Failure:
    return usage(key, where=where, **{name: fact[:80] for name, fact in facts.items()})
