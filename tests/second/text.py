"""The one rule of texts, and identifiers as they are compared. Written from encoding.md, "Texts"."""

from __future__ import annotations

import unicodedata

from second.refused import RefusedError, must
from second.unicode_14 import allowed, problem

MAX_COMPARED = 256


def check(text: str) -> None:
    """Each code point is allowed, and the whole is in form C; the first code point that is not decides the reason."""
    check_code_points(text)
    must(text.isascii() or unicodedata.is_normalized("NFC", text), "codec_text_not_nfc", text)


def check_code_points(text: str) -> None:
    """Each code point is allowed; form C is not asked for."""
    for position, character in enumerate(text, 1):
        if reason := problem(ord(character)):
            raise RefusedError(reason, f"U+{ord(character):04X} at {position}")


def form_kc(text: str) -> str:
    """Normalisation form KC."""
    return unicodedata.normalize("NFKC", text)


def upper(text: str) -> str:
    """The full mapping of 14.0: where an upper case is no allowed code point, that capital came later."""
    return "".join(c.upper() if all(allowed(ord(u)) for u in c.upper()) else c for c in text)


def compared(text: str) -> str:
    """Form KC, upper case, form KC."""
    return form_kc(upper(form_kc(text)))


def is_letter(character: str) -> bool:
    """Category L."""
    return unicodedata.category(character)[0] == "L"


def is_digit(character: str) -> bool:
    """Category Nd."""
    return unicodedata.category(character) == "Nd"


def plain_identifier(text: str) -> str:
    """An identifier as it is compared: only letters and decimal digits stay."""
    must(len(text) <= MAX_COMPARED, "identifier_malformed", "256 characters")
    check_code_points(text)
    return form_kc("".join(c for c in compared(text) if is_letter(c) or is_digit(c)))
