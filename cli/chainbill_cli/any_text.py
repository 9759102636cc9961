"""Output that takes any text, whatever the encoding of the terminal or file: what that lacks is written as JSON would.

A name in the ledger is any text. Where a Chinese Windows or `zh_CN.GBK` writes in GBK, one emoji in a supplier's name
would end every list in which that party stands, and the answer of a payment that was recorded.
"""

from __future__ import annotations

import codecs
import io
import json
from typing import TextIO

ESCAPED = "chainbill.escaped"


def take_any_text(stream: TextIO) -> None:
    """Let a stream write what its encoding lacks as escapes of JSON (RFC 8259 section 7): ñ as \\u00f1."""
    if isinstance(stream, io.TextIOWrapper):
        codecs.register_error(ESCAPED, _escaped)
        stream.reconfigure(errors=ESCAPED)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end
