"""Which texts the ledger has: a rule that gives the same verdict on every machine (docs/reference/encoding.md).

A text is valid if each of its code points is in the table of Unicode 14.0 (`unicode_14`: assigned, no private use, no
noncharacter, no control but LF and TAB, no bidi control, none that shows nothing and that no script needs) and it is
in normalisation form C. Form C is left to Python's
own tables: for code points that are assigned in 14.0 no later version may change it (UAX #15 section 3).

Worked: "a U+1E08F U+0316" is form C by the tables of 14.0, where U+1E08F has no class yet, and is not by those of
15.0. Here it is refused by either, because 14.0 does not assign U+1E08F.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple
from unicodedata import is_normalized

from chainbill.errors import Malformed, Reason
from chainbill.unicode_14 import RANGES

LAST = 0x10FFFF
_PLANE_1, _PLANE_2 = 0x1_0000, 0x2_0000
_CONTROLS = frozenset((*range(0x20), *range(0x7F, 0xA0)))
_BIDI_CONTROLS = frozenset((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_UNSEEN = frozenset((
    *(0x115F, 0x1160, 0x3164, 0xFFA0, 0x17B4, 0x17B5, 0x2028, 0x2029, *range(0x2061, 0x2065), *range(0x206A, 0x2070)),
    *(0xFEFF, *range(0xFFF9, 0xFFFC), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B)),
    *(0xE0001, *range(0xE0020, 0xE0080)),
))  # fmt: skip
"""Fillers, line and paragraph separator, invisible operators, obsolete controls, byte order mark, annotations, tags."""
_PLAIN_ASCII = b"\t\n" + bytes(range(0x20, 0x7F))


def check_text(text: str) -> None:
    """Malformed unless `text` is valid: the first code point that is not allowed decides, form C is looked at last."""
    if text.isascii():
        if not _is_plain(text):
            _refuse(text)
        return
    if _searches().suspect(text) is not None:
        _refuse(text)
    if not is_normalized("NFC", text):
        raise Malformed(Reason.CODEC_TEXT_NOT_NFC, "text must be in Unicode normalisation form C")


def is_text(text: str) -> bool:
    """Whether `text` is valid."""
    try:
        check_text(text)
    except Malformed:
        return False
    return True


def check_code_points(text: str) -> None:
    """Malformed unless every code point of `text` is allowed; form C is not asked for."""
    if not (text.isascii() and _is_plain(text)):
        _refuse(text)


def first_refused(text: str) -> int | None:
    """The index of the first code point that is not allowed.

    A set of ranges beyond U+FFFF is gone through one by one for each character (350 in plane 1), below it is a bitmap:
    so what is in plane 1 is moved down before it is searched, 15 ns a character instead of 500.
    """
    searches = _searches()
    found = searches.outside_plane_1(text)
    at = len(text) if found is None else found.start()
    moved = "".join(searches.parts_of_plane_1(text))
    if moved:
        units = bytearray(moved.encode("utf-32-le"))
        units[2::4] = bytes(len(moved))
        found = searches.in_plane_1(units.decode("utf-32-le", "surrogatepass"))
        if found is not None:
            at = min(at, text.index(moved[found.start()]))
    return at if at < len(text) else None


def upper_case(text: str) -> str:
    """The full upper case of allowed text as in Unicode 14.0: "straße" gives "STRASSE".

    A letter may gain a capital later: U+019B is its own upper case in 14.0, and U+A7DC in 16.0. Such a capital is never
    in the table of 14.0, so the letter stays as it is.
    """
    raised = text.upper()
    if raised.isascii() or first_refused(raised) is None:
        return raised
    return "".join([one if first_refused(one.upper()) is not None else one.upper() for one in text])


def allowed_ranges() -> Iterator[tuple[int, int]]:
    """The allowed code points, as (first, last) in ascending order."""
    for written in RANGES.split():
        low, _, high = written.partition("-")
        yield int(low, 16), int(high or low, 16)


def _is_plain(text: str) -> bool:
    """Whether an ASCII text has no control but LF and TAB."""
    return text.isprintable() or not text.encode("ascii").translate(None, _PLAIN_ASCII)


class _Searches(NamedTuple):
    suspect: Callable[[str], re.Match[str] | None]
    """The first code point that is refused or beyond U+FFFF."""
    outside_plane_1: Callable[[str], re.Match[str] | None]
    in_plane_1: Callable[[str], re.Match[str] | None]
    """The first that is refused of plane 1, moved down to U+0000."""
    parts_of_plane_1: Callable[[str], list[str]]


@lru_cache(maxsize=1)
def _searches() -> _Searches:
    """Compiled when the first text beyond ASCII comes: 10 ms."""
    refused = list(_refused_ranges())
    first, second = _within(refused, 0, _PLANE_1 - 1), _within(refused, _PLANE_1, _PLANE_2 - 1)
    beyond = _within(refused, _PLANE_2, LAST)
    return _Searches(
        _one_of([*first, (_PLANE_1, LAST)]).search,
        _one_of([*first, *beyond]).search,
        _one_of([(low - _PLANE_1, high - _PLANE_1) for low, high in second]).search,
        re.compile("[\U00010000-\U0001ffff]+").findall,
    )


def _refused_ranges() -> Iterator[tuple[int, int]]:
    following = 0
    for low, high in allowed_ranges():
        if low > following:
            yield following, low - 1
        following = high + 1
    yield following, LAST


def _within(ranges: Iterable[tuple[int, int]], low: int, high: int) -> list[tuple[int, int]]:
    return [(max(first, low), min(last, high)) for first, last in ranges if first <= high and last >= low]


def _one_of(ranges: Iterable[tuple[int, int]]) -> re.Pattern[str]:
    return re.compile("[" + "".join([f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges]) + "]")


def _refuse(text: str) -> None:
    """Malformed if a code point of `text` is not allowed: names the first and says where it stands."""
    at = first_refused(text)
    if at is None:
        return
    code, position = ord(text[at]), at + 1
    fields = {"code_point": f"U+{code:04X}", "position": position}
    it = f"U+{code:04X}, character {position} of a text, is"
    if 0xD800 <= code <= 0xDFFF:
        raise Malformed(Reason.CODEC_TEXT_NOT_UNICODE, f"{it} half of a surrogate pair", fields)
    if code in _CONTROLS:
        raise Malformed(Reason.CODEC_TEXT_CONTROL, f"{it} a control character", fields)
    if code in _BIDI_CONTROLS:
        raise Malformed(Reason.CODEC_TEXT_BIDI, f"{it} a control of the writing direction", fields)
    if code in _UNSEEN:
        raise Malformed(Reason.CODEC_TEXT_UNSEEN, f"{it} one that shows nothing", fields)
    raise Malformed(Reason.CODEC_TEXT_NOT_ASSIGNED, f"{it} no character of Unicode 14.0", fields)
