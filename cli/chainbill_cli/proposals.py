"""What the content of a proposal must be: its fields by kind as the contract takes them, each with what it holds.

Refused here, before anything is sent, is what the contract could answer with a line of its own source only: a content
that is no object, a field that is missing or unknown, a value of another kind than its field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from chainbill.dates import is_date
from chainbill_cli.contract_constants import contract_constant
from chainbill_cli.failure import Exit, Failure, fail
from chainbill_cli.texts import enumerated, text

Fits = Callable[[Any], bool]
HASH = re.compile(r"[0-9a-f]{64}")
LONGEST_SHOWN = 60


def _hash(value: Any) -> bool:
    return isinstance(value, str) and HASH.fullmatch(value) is not None


def _list_of(fits: Fits) -> Fits:
    return lambda value: isinstance(value, list) and all(map(fits, value))


def _map_with(*names: str) -> Fits:
    return lambda value: isinstance(value, dict) and set(names) <= set(value)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _whole(value: Any) -> bool:
    return type(value) is int


SHOWN_HASH = "3f" * 32
KINDS: dict[str, tuple[Fits, Any]] = {
    "text": (_text, "example"),
    "party": (lambda value: isinstance(value, str) and len(value) in (18, 20), "91310000MA1FL0008U"),
    "whole": (_whole, 812),
    "year": (_whole, 2027),
    "hash": (_hash, SHOWN_HASH),
    "hashes": (_list_of(_hash), [SHOWN_HASH]),
    "dates": (_list_of(lambda value: isinstance(value, str) and is_date(value)), ["2027-10-01"]),
    "texts": (_list_of(_text), ["example"]),
    "map": (_map_with(), {}),
    "keys": (_list_of(_map_with("key", "proof")), [{"key": {}, "proof": SHOWN_HASH}]),
    "sources": (_list_of(_map_with("name", "hash")), [{"name": "bill", "hash": SHOWN_HASH}]),
    "signatures": (_list_of(_map_with()), []),
    "any": (lambda _: True, 900),
}
"""What a field may hold: whether a value does, and an example. Their words: `value.want_…`."""
FIELDS = {
    "active_height": "whole", "version": "whole", "year": "year", "key": "hash", "digest": "hash", "document": "hash",
    "documents": "hashes", "holidays": "dates", "workdays": "dates", "python": "texts", "removed": "texts",
    "changes": "map", "currencies": "map", "statement": "map", "contracts": "sources", "new_keys": "keys",
    "keys": "keys", "signatures": "signatures", "party": "party", "bank": "party", "successor": "party", "value": "any",
    "attestors": "texts",
}  # fmt: skip
"""What a field holds where it is not a text."""
OWN = {("identifier", "value"): "text"}
"""What a field holds in one kind only."""


def kind_of_field(kind: str, name: str) -> str:
    """What a field of a kind of proposal holds."""
    return OWN.get((kind, name), FIELDS.get(name, "text"))


def example_of(kind: str) -> str:
    """The whole content of a proposal, as JSON."""
    needed, _, _ = contract_constant("governance", "CONTENT")[kind]
    return json.dumps({name: KINDS[kind_of_field(kind, name)][1] for name in needed}, ensure_ascii=False)


def check_content(kind: str, content: Any) -> None:
    """A usage error that names the field, what was expected and a whole example; kinds that are unknown here pass."""
    known: Mapping[str, Any] = contract_constant("governance", "CONTENT")
    if kind not in known:
        return
    needed, more, _ = known[kind]
    if not isinstance(content, dict):
        raise _refused(kind, "governance.content_object", fields=enumerated(needed))
    for name in needed:
        if name not in content:
            raise _refused(kind, "governance.content_missing", field=name, wanted=_wanted(kind, name))
    for name, value in content.items():
        if name not in needed and name not in more:
            raise _refused(kind, "governance.content_unknown", field=name, fields=enumerated([*needed, *more]))
        if not KINDS[kind_of_field(kind, name)][0](value):
            found = json.dumps(value, ensure_ascii=False)[:LONGEST_SHOWN]
            raise _refused(kind, "governance.content_wrong", field=name, wanted=_wanted(kind, name), found=found)
    if kind == "calendar":
        _check_days(content)


def _check_days(content: Mapping[str, Any]) -> None:
    """A usage error for a day of another year than the calendar's."""
    for name in ("holidays", "workdays"):
        for day in content[name]:
            if not day.startswith(f"{content['year']}-"):
                raise _refused("calendar", "governance.content_year", field=name, found=day, year=str(content["year"]))


def _wanted(kind: str, name: str) -> str:
    return text(f"value.want_{kind_of_field(kind, name)}")


def _refused(kind: str, key: str, **fields: str) -> Failure:
    hint = text("governance.content_example", example=example_of(kind))
    return fail(Exit.USAGE, key, hint=hint, kind=kind, **fields)
