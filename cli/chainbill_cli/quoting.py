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
TERMS = frozenset({"amount", "basis", "fee", "interest_payer", "pay_on", "rate", "value_date"})
"""Members of a quote that its figures come from."""


def priced(arguments: Mapping[str, Any], request: Mapping[str, Any], pay_on: str, today: str) -> dict[str, Any]:
    """A quote as it would stand on the ledger: the arguments with what is left out filled in, days, interest and net.

    Half up, in minor units: 100,000.00 at 3.85 % for 120 days act/360 is 1,283.33.
    """
    value_date = arguments["value_date"] or today
    figures = _figures(arguments, int(request["amount"]), value_date, pay_on)
    net = figures["net"]
    if figures["days"] <= 0:
        raise fail(
            Exit.REFUSED, "finance.nothing_left", code="value_date_not_before_payment", date=value_date, pay_on=pay_on
        )
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
        **figures,
    }


def paid_out(quote: Mapping[str, Any], request: Mapping[str, Any], value_date: str) -> dict[str, Any]:
    """An agreed quote as `finance.disburse` will record it.

    Another value date than quoted computes the interest again, and so does a part that the debtor paid since, up to
    this day: what he paid later is set aside for the bank, which buys it, too. Other quotes stay as they are, for the
    ledger prices them no more, and so does one that a node shows in parts only.
    """
    row = dict(quote)
    if row.get("status") != "agreed" or not row.keys() >= TERMS or row["basis"] not in YEARS:
        return row
    paid = request.get("set_aside")
    amount = sum(left_to_buy(row, request, value_date)) if paid else int(request.get("amount") or row["amount"])
    if value_date == row["value_date"] and amount == row["amount"]:
        return row
    figures = _figures(row, amount, value_date, str(row["pay_on"]))
    return {**row, **figures, "amount": amount, "value_date": value_date, "net": max(figures["net"], 0)}


def left_to_buy(quote: Mapping[str, Any], request: Mapping[str, Any], value_date: str) -> tuple[int, int]:
    """Of an agreed quote, what the debtor has not paid, and what he paid after a day: minor units of both."""
    money = [one for one in request.get("set_aside") or () if isinstance(one, Mapping)]
    rest = int(quote["amount"]) - sum(int(one["amount"]) for one in money)
    return rest, sum(int(one["amount"]) for one in money if str(one["on"]) > value_date)


def _figures(terms: Mapping[str, Any], amount: int, value_date: str, pay_on: str) -> dict[str, int]:
    """Days, interest and net of an amount under the terms of a quote."""
    basis = str(terms["basis"])
    days = days_30_360(value_date, pay_on) if basis == "30/360" else days_between(value_date, pay_on)
    interest = interest_minor(amount, int(terms["rate"]), max(days, 0), YEARS[basis])
    net = amount - int(terms["fee"]) - (interest if terms["interest_payer"] == "holder" else 0)
    return {"days": days, "interest": interest, "net": net}
