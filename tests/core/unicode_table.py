"""Write chainbill/unicode_14.py again, from the Unicode 14.0 tables of CPython 3.11.

    python3.11 tests/core/unicode_table.py --write

`table()` is its text; a test compares the two wherever Python has Unicode 14.0.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

TABLE = Path(__file__).parents[2] / "chainbill" / "unicode_14.py"
VERSION = "14.0.0"
CODE_POINTS = 0x110000
BIDI_CONTROLS = frozenset((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
UNSEEN = frozenset((
    *(0x115F, 0x1160, 0x3164, 0xFFA0, 0x17B4, 0x17B5, 0x2028, 0x2029, *range(0x2061, 0x2065), *range(0x206A, 0x2070)),
    *(0xFEFF, *range(0xFFF9, 0xFFFC), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B)),
    *(0xE0001, *range(0xE0020, 0xE0080)),
))  # fmt: skip
PER_LINE = 9

HEAD = '''"""The code points that a text may hold: 144,556 of Unicode 14.0, in 703 ranges (docs/reference/encoding.md).

Made once by `python3.11 tests/core/unicode_table.py --write`; never from the tables of the Python that runs.
"""

from __future__ import annotations

from typing import Final

RANGES: Final = """
'''
TAIL = '''
"""
"""First and last of each range in hexadecimal, ascending; one number where they are the same."""
'''


def allowed(code: int) -> bool:
    """Whether the rule of docs/reference/encoding.md lets a text hold this code point, by this Python's tables."""
    category = unicodedata.category(chr(code))
    shown = code not in BIDI_CONTROLS and code not in UNSEEN
    return category not in ("Cn", "Cs", "Co") and (category != "Cc" or code in (9, 10)) and shown


def ranges() -> list[tuple[int, int]]:
    """The allowed code points as (first, last), by this Python's tables."""
    found: list[tuple[int, int]] = []
    for code in filter(allowed, range(CODE_POINTS)):
        if found and found[-1][1] == code - 1:
            found[-1] = found[-1][0], code
        else:
            found.append((code, code))
    return found


def table() -> str:
    """The module's text."""
    written = [f"{low:04X}" if low == high else f"{low:04X}-{high:04X}" for low, high in ranges()]
    lines = [" ".join(written[start : start + PER_LINE]) for start in range(0, len(written), PER_LINE)]
    return HEAD + "\n".join(lines) + TAIL


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"] or unicodedata.unidata_version != VERSION:
        sys.exit(f"{__doc__}\nThis Python has Unicode {unicodedata.unidata_version}.")
    TABLE.write_text(table(), encoding="utf-8")
