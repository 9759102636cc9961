"""The body of a node's answer as JSON or text, within bounds of size, time and count, or why it is none."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any, NoReturn

from chainbill_cli.causes import cause_of
from chainbill_cli.texts import text

if TYPE_CHECKING:
    import httpx

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes of an answer, unpacked: what says more is no node."""
MOST_VALUES = 4_000_000
"""Values in the JSON of an answer: an honest one of the largest size takes some 16 bytes for each."""
LONGEST_NUMBER = 80
"""Digits of a number in the JSON of an answer."""
PACKED = frozenset({"", "identity", "gzip"})
"""How an answer may be packed: once, so that a part of it unpacks to no more than a thousand times its size."""
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
"""An escape that is half of a character: JSON can say one half alone, which no text holds (RFC 8259 section 8.2)."""


class Unusable(Exception):  # noqa: N818  told as it is, then the next node is asked
    """An answer that cannot be used, in words of the language in use. maybe_done: what was asked may be done."""

    def __init__(self, why: str, *, maybe_done: bool = True) -> None:
        super().__init__(why)
        self.maybe_done = maybe_done


def read_body(response: httpx.Response, deadline: float) -> Any:
    """The decoded JSON, or the text where the answer says that it is no JSON. Unusable: no end, too large, not JSON."""
    packed = response.headers.get("content-encoding", "").strip().lower()
    if packed not in PACKED:
        raise Unusable(text("answer.packed", kind=packed[:40]))
    said = _whole(response, deadline)
    if "json" not in response.headers.get("content-type", ""):
        return said.decode("utf-8", "replace")
    if said.count(b",") + said.count(b"[") + said.count(b"{") > MOST_VALUES:
        raise Unusable(text("answer.many", most=MOST_VALUES))
    try:
        read = json.loads(
            said.decode(),
            object_pairs_hook=_each_once,
            parse_int=_whole_number,
            parse_float=_not_whole,
            parse_constant=_not_whole,
        )
        if _SURROGATE.search(said):
            json.dumps(read, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise Unusable(text("answer.half_character")) from error
    except (ValueError, RecursionError) as error:
        raise Unusable(cause_of(error)) from error
    return read


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object none of whose members is given twice: readers may take one or the other."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise Unusable(text("answer.twice", member=next(name for name in names if names.count(name) > 1)[:80]))
    return found


def _whole_number(written: str) -> int:
    """No figure of a ledger is nearly as long as Python itself would read."""
    if len(written) > LONGEST_NUMBER:
        raise Unusable(text("answer.long_number", count=len(written)))
    return int(written)


def _not_whole(written: str) -> NoReturn:
    """Nothing that a ledger says is a fraction."""
    raise Unusable(text("answer.number", value=written[:80]))


def _whole(response: httpx.Response, deadline: float) -> bytes:
    said = bytearray()
    for part in response.iter_bytes():
        said += part
        if len(said) > LARGEST_ANSWER:
            raise Unusable(text("answer.large", most=LARGEST_ANSWER // 1024**2))
        if time.monotonic() >= deadline:
            raise Unusable(text("answer.slow"))
    return bytes(said)
