"""Onward sales for tests of the command line: what a bank holds."""

from __future__ import annotations

from cli.cli_desk import Desk, accepted_bill


def bank_token(desk: Desk, bank: str = "bank1") -> tuple[str, str]:
    """A bill of 1,000.00 that a bank has financed whole: bill and the bank's token."""
    bill, token = accepted_bill(desk)
    request = desk.json("supplier1", "finance", "request", token, "--to", bank)["request"]
    quote = desk.json(bank, "finance", "quote", request, "--rate", "3.85", "--no-recourse")["quote"]
    desk.json("supplier1", "finance", "agree", quote)
    return bill, str(desk.json(bank, "finance", "disburse", quote, "--reference", f"LOAN-{token}")["token"])
