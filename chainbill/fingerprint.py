"""The fingerprint of an invoice: what a ledger knows it by, without its number, date or content.

    HMAC-SHA256(consortium key, canon([2, creditor, number, code, year]))          32 bytes, as 64 hex digits

Without the key nobody can try out numbers. It rests on the creditor's *registered* id, not on what a file calls the
seller: one invoice written twice, once with a tax number and once without, has one fingerprint. Reference:
docs/reference/invoices.md.

The field's word: keyed hash.
"""

from __future__ import annotations

import hmac
import unicodedata

from chainbill.codec import encode
from chainbill.dates import is_date
from chainbill.errors import Malformed, Reason
from chainbill.ids import valid_lei, valid_uscc
from chainbill.limits import FORMAT, INVOICE_KEY_BYTES, MAX_IDENTIFIER_TEXT
from chainbill.text_rule import check_code_points, upper_case

SEPARATOR = "-"


def invoice_fingerprint(key: bytes, creditor: str, number: str, code: str, issued_on: str) -> str:
    """64 hex digits for the invoice with this number that the creditor issued in the year of `issued_on` (ISO date).

    key: the consortium's, 32 bytes. creditor: the id under which the party is registered, a USCC or LEI. code: the
    Chinese invoice code of older invoices, "" for all others. Malformed: key_malformed, identifier_malformed (the
    creditor), date_malformed, invoice_number_malformed, or what the text rule says.
    """
    if len(key) != INVOICE_KEY_BYTES:
        raise Malformed(Reason.KEY_MALFORMED, f"the key of invoices has {INVOICE_KEY_BYTES} bytes, not {len(key)}")
    if not (valid_uscc(creditor) or valid_lei(creditor)):
        raise Malformed(Reason.IDENTIFIER_MALFORMED, f"{creditor!r} is no registered id, a USCC or LEI")
    if not is_date(issued_on):
        raise Malformed(Reason.DATE_MALFORMED, f"{issued_on!r} is no date of issue")
    plain = plain_number(number)
    if not plain:
        raise Malformed(Reason.INVOICE_NUMBER_MALFORMED, "the number has neither letter nor digit", number=number)
    content = encode([FORMAT, creditor, plain, plain_number(code), int(issued_on[:4])])
    return hmac.digest(key, content, "sha256").hex()


def plain_number(text: str) -> str:
    """How invoice numbers are compared: NFKC, upper case, letters and digits, with one "-" for each run of separators.

    Letters (category L) stay, decimal digits (Nd) of any script become 0-9, marks (M) and invisible format characters
    (Cf) are left out; whatever else there is separates. Separators before and behind count for nothing.
    "№ 2029/1 – 11" gives "NO-2029-1-11", so that 2029/1-11 and 2029/11-1 differ and "2029/1-11" and "2029-1/11" do not.
    """
    if len(text) > MAX_IDENTIFIER_TEXT:
        raise Malformed(Reason.INVOICE_NUMBER_MALFORMED, f"longer than {MAX_IDENTIFIER_TEXT} characters")
    check_code_points(text)  # the rest differs by whose tables are asked
    kept: list[str] = []
    for char in unicodedata.normalize("NFKC", upper_case(unicodedata.normalize("NFKC", text))):
        category = unicodedata.category(char)
        if category == "Nd":
            kept.append(str(unicodedata.decimal(char)))
        elif category[0] == "L":
            kept.append(char)
        elif category[0] != "M" and category != "Cf":
            kept.append(" ")
    return unicodedata.normalize("NFKC", SEPARATOR.join("".join(kept).split()))
