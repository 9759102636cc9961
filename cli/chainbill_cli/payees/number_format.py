"""Whether a spreadsheet shows a cell as what it holds (number formats: ECMA-376, part 1, 18.8.31).

A format may write digits of its own, scale, round or hide: `"1,000.00"` shows 9,000,000 as 1,000.00, and `0,` as 9,000.
"""

from __future__ import annotations

import re

PART = re.compile(r'"(?P<quoted>[^"]*)"|[\\!*](?P<one>.)|_.|\[(?P<bracket>[^\]]*)\]')
"""What is no placeholder: literal texts, a character that fills, a gap; a colour, currency or condition."""
NUMBER = re.compile(r"[^\d#?.,%/E@+()-]*(?:General|[#0?,]*[#0?](?:\.(?P<decimals>[#0?]*))?)[^\d#?.,%/E@+()-]*")
TELLING = frozenset(".,-．，%％kKmMwW")
"""Beside digits and such as 万, what a reader takes for a part of a number."""


def shows(said: str, number_format: str | None, *, is_number: bool) -> bool:
    """Whether this format shows a cell for what it is. said: the amount above zero, or the text, that it holds."""
    if number_format is None or number_format in {"General", "@"}:
        return True
    sections = PART.sub("", number_format).split(";")
    own = 0
    if not is_number:
        own = 3 if len(sections) > 3 else next((at for at, one in enumerate(sections) if "@" in one), -1)
    for part in PART.finditer(number_format):
        literal = part["quoted"] or part["one"] or ""
        tells = any(one in TELLING or one.isnumeric() for one in literal)
        if any(one in (part["bracket"] or "") for one in "<>="):
            return False
        if tells and PART.sub("", number_format[: part.start()]).count(";") == own:
            return False
    if not is_number:
        return own < 0 or sections[own].strip() == "@"
    found = NUMBER.fullmatch(sections[0])
    if found is None:
        return False
    return "General" in sections[0] or len(said.partition(".")[2]) <= len(found["decimals"] or "")
