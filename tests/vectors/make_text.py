"""Texts that are valid or not, the table behind the verdicts, and digests that hold by every later Unicode too.

Run as a program it prints the digests alone, with nothing but the standard library and the text rule: so that another
Python, with later Unicode tables, can be asked (tests/core/test_text_rule.py).
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from chainbill.errors import Malformed
from chainbill.text_rule import allowed_ranges, check_text, upper_case

VALID = {
    "nothing": "",
    "ASCII with line feed and tab": "a\n\tb ~",
    "Chinese": "应收账款电子凭证",
    "composed": "é",
    "a mark that composes with nothing before it": "q\u0301",
    "beyond U+FFFF": "𠮷\U000118df😀",
    "right to left letters, without controls": "שלום",
    "joiners and variation selectors": "\U0001f468\u200d\U0001f469 \u2764\ufe0f",
    "the last that is assigned": "\U000e01ef",
}
REFUSED = {
    "NUL": "a\0",
    "escape": "\x1b[2J",
    "carriage return": "a\r\n",
    "delete": "\x7f",
    "a C1 control": "é\x85",
    "a bidi override": "福建\u202e有限公司",
    "a bidi isolate": "\u2066a\u2069",
    "a left-to-right mark": "a\u200eb",
    "an Arabic letter mark": "\u061c",
    "a line separator": "a\u2028b",
    "a paragraph separator": "a\u2029b",
    "a byte order mark": "\ufeffa",
    "a Hangul filler, the whole of a name": "\u3164",
    "an invisible operator": "a\u2063b",
    "an interlinear annotation": "a\ufff9b\ufffac\ufffb",
    "a text hidden in tags": "a\U000e0068\U000e0069",
    "a deprecated format control": "a\u206fb",
    "not assigned in any version": "\u0378",
    "assigned in 15.0, form C by the tables of 14.0 and not by those of 15.0": "a\U0001e08f\u0316",
    "private use": "\ue000",
    "private use of plane 16": "\U0010fffd",
    "a noncharacter": "\ufdd0",
    "the last of a plane": "\U0002ffff",
    "plane 1, between two that are assigned": "\U000118f3",
    "not in form C": "e\u0301",
    "not in form C: a mark before one of a lower class": "q\u0307\u0323",
    "a singleton that form C replaces": "\u212b",
    "the first code point that is refused decides": "\0\u202e",
    "code points before form C": "e\u0301\x7f",
}


def reason(text: str) -> str:
    """The reason why a text is refused, "" when it is not."""
    try:
        check_text(text)
    except Malformed as refusal:
        return refusal.reason
    return ""


def digest(lines: Iterable[str]) -> str:
    """SHA-256 of the lines in UTF-8, each with a line feed behind it."""
    hashed = sha256()
    for line in lines:
        hashed.update(line.encode() + b"\n")
    return hashed.hexdigest()


def allowed() -> list[str]:
    """All code points that a text may hold, ascending."""
    return [chr(code) for low, high in allowed_ranges() for code in range(low, high + 1)]


def pairs(letters: list[str]) -> Iterable[tuple[str, str]]:
    """Every first and second code point that occur in a canonical decomposition of two, and the Hangul jamo."""
    split = [unicodedata.decomposition(one).split() for one in letters]
    both = [(int(one[0], 16), int(one[1], 16)) for one in split if len(one) == 2 and not one[0].startswith("<")]
    firsts = sorted({first for first, _ in both} | {0x1100, 0x1112, 0xAC00, 0xAC01, 0xD788})
    seconds = sorted({second for _, second in both} | {0x1161, 0x1175, 0x1176, 0x11A7, 0x11A8, 0x11C2, 0x11C3})
    return ((chr(first), chr(second)) for first in firsts for second in seconds)


def stable() -> dict[str, Any]:
    """What must be the same by the Unicode tables of 14.0 and of every later version."""
    letters = allowed()
    normal = unicodedata.normalize
    return {
        "code_points": len(letters),
        "nfc": digest(normal("NFC", one) for one in letters),
        "nfd": digest(normal("NFD", one) for one in letters),
        "nfkc": digest(normal("NFKC", one) for one in letters),
        "nfc_of_pairs": digest(normal("NFC", first + second) for first, second in pairs(letters)),
        "combining_class": digest(str(unicodedata.combining(one)) for one in letters),
        "upper_case": digest(upper_case(one) for one in letters),
        "letters": digest(one for one in letters if unicodedata.category(one)[0] == "L"),
        "marks": digest(one for one in letters if unicodedata.category(one)[0] == "M"),
        "decimal_digits": digest(f"{one} {unicodedata.decimal(one)}" for one in letters if one.isdecimal()),
        "unseen": digest(one for one in letters if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp", "Zs")),
    }


def make() -> dict[str, Any]:
    assert not any(map(reason, VALID.values()))
    return {
        "allowed": [[low, high] for low, high in allowed_ranges()],
        "valid": [{"name": name, "utf8": text.encode().hex()} for name, text in VALID.items()],
        "refused": [
            {"name": name, "utf8": text.encode().hex(), "reason": reason(text)} for name, text in REFUSED.items()
        ],
        "stable": stable(),
    }


if __name__ == "__main__":
    print(json.dumps(stable()))
