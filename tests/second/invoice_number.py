"""Invoice numbers as they are compared. Written from invoices.md, "How numbers are compared"."""

from __future__ import annotations

import unicodedata

from second.refused import must
from second.text import check_code_points, compared, form_kc, is_digit, is_letter

MAX_CHARACTERS = 256


def plain_invoice_number(text: str) -> str:
    """An invoice number, or code: every run of separators is one "-"."""
    must(len(text) <= MAX_CHARACTERS, "invoice_number_malformed", "longer than 256 characters")
    check_code_points(text)
    folded = compared(text)
    out: list[str] = []
    for c in folded:
        category = unicodedata.category(c)
        if is_letter(c):
            out.append(c)
        elif is_digit(c):
            out.append(str(unicodedata.digit(c)))
        elif category[0] == "M" or category == "Cf":
            continue
        elif out and out[-1] != "-":
            out.append("-")
    return form_kc("".join(out).strip("-"))
