"""Identifiers, amounts, interest and dates: the small functions that every client needs too."""

from __future__ import annotations

from typing import Any

from chainbill import dates, ids, money

USCC = [
    "91350100M000100Y43",
    "91110000600037341L",
    "911100001000044477",
    "91440300708461136T",
    "91350100M000100Y44",
    "x",
]
LEI = ["529900T8BM49AURSDO55", "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R13", "529900t8bm49aursdo55"]
IDENTIFIERS = [" 9135-0100 m000100y43 ", "ｄｅ１２３．４５６", "甲乙 丙", "straße", "ﬁ-1"]
AMOUNTS = [("1,000,000.00", "CNY"), ("0.01", "CNY"), ("5", "JPY"), ("1.234", "KWD"), ("90071992547409.91", "CNY")]
INTEREST = [
    (100_000_000, 20_000, 90, 360),
    (25_000_000, 38_500, 120, 360),
    (1, 1, 1, 360),
    (100_000_000, 38_500, 0, 365),
]


def make() -> dict[str, Any]:
    return {
        "object_ids": [
            {"prefix": prefix, "seed": seed.hex(), "id": ids.make_id(prefix, seed)}
            for prefix, seed in (("B", b""), ("T", b"seed"), ("Q", bytes(32)))
        ],
        "uscc": [{"text": text, "valid": ids.valid_uscc(text)} for text in USCC],
        "lei": [{"text": text, "valid": ids.valid_lei(text)} for text in LEI],
        "normalised": [{"text": text, "is": ids.normalise_identifier(text)} for text in IDENTIFIERS],
        "amounts": [
            {"text": text, "currency": currency, "minor": minor, "in_words": money.chinese_uppercase(minor, currency)}
            for text, currency in AMOUNTS
            for minor in [money.parse_amount(text, currency)]
        ],
        "interest": [
            {
                "amount": amount,
                "rate": rate,
                "days": days,
                "basis": basis,
                "is": money.interest_minor(amount, rate, days, basis),
            }
            for amount, rate, days, basis in INTEREST
        ],
        "days_30_360": [
            {"first": first, "last": last, "days": dates.days_30_360(first, last)}
            for first, last in (
                ("2027-01-31", "2027-02-28"),
                ("2027-01-30", "2027-03-31"),
                ("2027-02-28", "2027-03-31"),
            )
        ],
    }
