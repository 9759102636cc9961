"""Texts as they go to a screen or into a log: what could move a cursor, turn a line or hide shows as what it is.

The ledger holds no such text (`text_rule`), but whoever shows one need not have it from the ledger: a node that lies, a
path that a stranger asks for. Kept is what a text of the ledger may hold, but for line feed and tab.
"""

from __future__ import annotations

import json

from chainbill.text_rule import first_refused

REPLACEMENT = "\ufffd"


def shown(text: str, keep: str = "") -> str:
    """Text for people, on one line: a sign for each character that is not shown. "a ESC b" gives "a \ufffd b".

    keep: these of line feed and tab stay.
    """
    return text if _is_fit(text, keep) else "".join([REPLACEMENT if _unfit(one, keep) else one for one in text])


def escaped(text: str, keep: str = "") -> str:
    """The same with an escape of JSON for each (RFC 8259 section 7): ESC gives \\u001b.

    In the text of a JSON value only strings can hold such characters, so its meaning stays.
    """
    return text if _is_fit(text, keep) else "".join([_escape(one) if _unfit(one, keep) else one for one in text])


def _escape(one: str) -> str:
    return json.dumps(one)[1:-1]


def _is_fit(text: str, keep: str) -> bool:
    """Python calls fillers printable that show nothing (U+3164), so that only of ASCII its word is taken."""
    if text.isascii() and text.isprintable():
        return True
    return first_refused(text) is None and all(one in keep or one not in text for one in "\t\n")


def _unfit(one: str, keep: str) -> bool:
    return one not in keep if one in "\t\n" else first_refused(one) is not None
