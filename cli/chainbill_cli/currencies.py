"""Which currency an amount is typed in: that of the object it is paid for, never one that merely was named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainbill import money
from chainbill.errors import ChainbillError
from chainbill_cli.digits import known
from chainbill_cli.failure import usage
from chainbill_cli.session import Session


def currency_code(typed: str) -> str:
    """A code in capitals, standard or taken by the network; a failure for one that is not known."""
    code = typed.strip().upper()
    try:
        money.minor_digits(code, known(code))
    except ChainbillError as error:
        raise usage("error.currency", value=typed) from error
    return code


def currency_for(session: Session, typed: str, found: Mapping[str, Any]) -> str:
    """The currency of an object that was read; naming another one is refused.

    found: the object, or {} offline. Then the currency must be named, on the line or as a kept setting, because an
    amount typed in another currency's units would be another amount.
    """
    code = currency_code(typed) if typed else ""
    if found.get("currency"):
        own = str(found["currency"])
        if code and code != own:
            raise usage("error.currency_differs", typed=code, currency=own)
        return own
    if not code and session.settings.sources.get("currency", "default") == "default":
        raise usage("error.currency_offline")
    session.named_currency = code or currency_code(session.settings.currency)
    return session.named_currency
