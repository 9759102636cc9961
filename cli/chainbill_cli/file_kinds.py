"""What a file is by how it begins, to say so where another kind is expected."""

from __future__ import annotations

import re

BEGINNINGS = (
    (b"%PDF", "PDF"), (b"PK\x03\x04", "OFD / ZIP"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"), (b"{\\rtf", "RTF"), (b"-----BEGIN ", "PEM"),
)  # fmt: skip
JSON = re.compile(rb'\{|\[\s*[\[\]{"]')
HTML = re.compile(rb"<!doctype html|<html", re.IGNORECASE)
BLANK = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
"""What may stand before the text of a file: byte order marks, the zeros of UTF-16, spaces."""


def kind_of(content: bytes) -> str:
    """What these bytes are ("PDF", "JPEG", "JSON", "XML"), "" for any other text, perhaps a table."""
    kind = next((kind for start, kind in BEGINNINGS if content.startswith(start)), "")
    if kind:
        return kind
    begun = content.lstrip(BLANK)[:256].replace(b"\0", b"")
    if JSON.match(begun):
        return "JSON"
    if begun.startswith(b"<"):
        return "HTML" if HTML.match(begun) else "XML"
    return ""
