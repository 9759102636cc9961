"""Fingerprints of invoices, how their numbers are compared, and what has none."""

from __future__ import annotations

from typing import Any

from chainbill.codec import encode
from chainbill.errors import ChainbillError
from chainbill.fingerprint import invoice_fingerprint, plain_number
from chainbill.ids import make_test_uscc

KEY = bytes(range(32))
CREDITOR = make_test_uscc(b"creditor")
LEI = "5493001KJTIIGC8Y1R12"
DAY = "2027-03-01"
NUMBERS = [
    "2026-0417", " 2026 - 0417 ", "2029/1-11", "2029/11-1", "2029-1/11", "re_77", "RE77", "№ 7",
    "２０２６－１", "٢٠٢٦/١",
    "straße 1", "a\u0301b", "\u1100\u0301\u1161", "\u1112\u0301\u1161\u200d\u11ab", "e\u0301", "\u019b1",
    "x\u200b1", "发票—001", "---1---", "½", "24332000000012345678",
]  # fmt: skip
REFUSED = [
    ("key of 31 bytes", KEY[:31], CREDITOR, "1", "", DAY),
    ("creditor by a VAT number", KEY, "DE811122233", "1", "", DAY),
    ("creditor in lower case", KEY, CREDITOR.lower(), "1", "", DAY),
    ("creditor with a wrong check character", KEY, CREDITOR[:-1] + ("0" if CREDITOR[-1] != "0" else "1"), "1", "", DAY),
    ("no number", KEY, CREDITOR, "", "", DAY),
    ("a number of separators", KEY, CREDITOR, " -/- ", "", DAY),
    ("a number of 257 characters", KEY, CREDITOR, "1" * 257, "", DAY),
    ("a code of 257 characters", KEY, CREDITOR, "1", "1" * 257, DAY),
    ("a number with a code point that no text has", KEY, CREDITOR, "1\u202e", "", DAY),
    ("a number with a letter that 14.0 does not assign", KEY, CREDITOR, "1\ua7dc", "", DAY),
    ("no date", KEY, CREDITOR, "1", "", "2027"),
    ("a date that is none", KEY, CREDITOR, "1", "", "2027-02-29"),
]


def case(creditor: str, number: str, code: str, issued_on: str) -> dict[str, Any]:
    content = encode([2, creditor, plain_number(number), plain_number(code), int(issued_on[:4])])
    return {
        "creditor": creditor,
        "number": number,
        "code": code,
        "issued_on": issued_on,
        "content": content.hex(),
        "fingerprint": invoice_fingerprint(KEY, creditor, number, code, issued_on),
    }


def refusal(name: str, key: bytes, creditor: str, number: str, code: str, issued_on: str) -> dict[str, str]:
    found = {
        "name": name,
        "key": key.hex(),
        "creditor": creditor,
        "number": number,
        "code": code,
        "issued_on": issued_on,
    }
    try:
        invoice_fingerprint(key, creditor, number, code, issued_on)
    except ChainbillError as error:
        return {**found, "reason": error.reason}
    raise AssertionError(f"{name} has a fingerprint")


def make() -> dict[str, Any]:
    return {
        "key": KEY.hex(),
        "numbers": [{"number": number, "plain": plain_number(number)} for number in NUMBERS],
        "fingerprints": [
            case(CREDITOR, "2026-0417", "", DAY),
            case(CREDITOR, "2026/0417", "", "2027-12-31"),
            case(CREDITOR, "2026-0417", "", "2028-01-01"),
            case(CREDITOR, "00123456", "044001900111", DAY),
            case(LEI, "2026-0417", "", DAY),
        ],
        "refused": [refusal(*one) for one in REFUSED],
    }
