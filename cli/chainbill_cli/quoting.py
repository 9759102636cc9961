"""What a quote comes to, before it is given: the figures of `finance.quote`, computed as the contract does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainbill.dates import days_30_360, days_between
from chainbill.money import interest_minor
from chainbill_cli.failure import Exit, fail
from chainbill_cli.output import amount_text

YEARS = {"act/360": 360, "act/365f": 365, "30/360": 360}
"""Days of a year by basis."""


def priced(arguments: Mapping[str, Any], request: Mapping[str, Any], pay_on: str, today: str) -> dict[str, Any]:
    """A quote as it would stand on the ledger: the arguments with what is left out filled in, days, interest and net.

    Half up, in minor units: 100,000.00 at 3.85 % for 120 days act/360 is 1,283.33.
    """
    value_date = arguments["value_date"] or today
    basis = str(arguments["basis"])
    days = days_30_360(value_date, pay_on) if basis == "30/360" else days_between(value_date, pay_on)
    if days <= 0:
        raise fail(
            Exit.REFUSED, "finance.nothing_left", code="value_date_not_before_payment", date=value_date, pay_on=pay_on
        )
    amount = int(request["amount"])
    interest = interest_minor(amount, arguments["rate"], days, YEARS[basis])
    net = amount - arguments["fee"] - (interest if arguments["interest_payer"] == "holder" else 0)
    if net <= 0:
        currency = str(request["currency"])
        said = f"{amount_text(net, currency)} {currency}"
        raise fail(Exit.REFUSED, "finance.nothing_paid_out", code="net_not_positive", net=said)
    until = str(request.get("until") or "")
    return {
        **arguments,
        "value_date": value_date,
        "disburse_by": arguments["disburse_by"] or max(until, value_date),
        "valid_until": arguments["valid_until"] or until,
        "pay_on": pay_on,
        "days": days,
        "interest": interest,
        "net": net,
    }
