"""A write for tests that are about something else: one party's row is written over at once, as often as one likes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CURRENCY = "CHF"
"""Of an account that no test network opens: until its bank attests it, it is named anew at will."""


def account_at(bank: str) -> tuple[str, str, dict[str, Any]]:
    """A call by which the sender names its account at a bank, by its id; refused if that is no bank."""
    named = {"currency": CURRENCY, "bank": bank, "alg": "sha256", "digest_hex": "ab" * 32}
    return "account", "announce", named


def bank_of(party: Mapping[str, Any]) -> str | None:
    """Where that account is, in what `/v1/parties/{id}` shows; None before it was named."""
    return next((one["bank"] for one in party["accounts"] if one["currency"] == CURRENCY), None)
