"""What a preview shows that is not signed, because a node alone says it: whose word stands behind which figure.

Signed are a call's arguments. Names, balances and the figures of a bill that is named by its id come from the node that
was asked; a false one is found out by nobody but the reader. Where a node is met for the first time, its clock and the
minor digits of its own currencies cannot be held against anything either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chainbill.ledger.transaction import Call
from chainbill.limits import DAY_MS
from chainbill_cli import digits
from chainbill_cli.home import is_local
from chainbill_cli.moments import moment_said
from chainbill_cli.money_said import currency_of
from chainbill_cli.preview import Preview
from chainbill_cli.session import Session
from chainbill_cli.texts import enumerated, label, text
from chainbill_cli.validity import until_text

CALLED = {
    "bill.ask_invoices.parts": "preview.comes",
    "bill.ask_invoices.replaces": "preview.leaves",
    "bill.ask_paying_bank.bank": "column.bank_then",
    "bill.ask_red_letter.bank": "column.attested_by",
    "bill.ask_red_letter.red": "preview.red_letter",
    "bill.ask_red_letter.new_total": "preview.total_then",
    "bill.ask_dilution.parts": "preview.invoice",
    "bill.ask_dilution.red": "preview.red_letter",
    "legal.order.issued_on": "column.paper_issued_on",
    "legal.order.days": "column.freeze_days",
    "legal.order.number": "column.case_number",
    **dict.fromkeys(("legal.ratify.order", "legal.refuse.order", "legal.object_to.order"), "column.court_order"),
    "entry.enter_default.document": "column.public_list",
    "entry.strike.document": "column.finding",
    "entry.lift.document": "column.lifted_by",
    "invoice.examine.document": "column.finding",
    "settlement.pay_result.status": "preview.then",
    "pledge.release.secured": "preview.secured_then",
    "recourse.bought_back.amount": "column.paid",
    "sale.sell.buyer": "column.bought_by",
    "sale.sell.price": "column.price_doc",
    "sale.buy.amount": "column.paid",
    "standing.set_status.status": "preview.status_then",
    "standing.set_status.number": "column.case_number",
    "standing.name_administrator.number": "column.case_number",
    "party.rename.name_zh": "preview.new_name",
    "party.rename.name_en": "preview.new_name",
    **dict.fromkeys(
        (f"party.{act}.{name}" for act in ("add_identifier", "give_up_identifier") for name in ("scheme", "value")),
        "preview.identifier",
    ),
    "party.register.applications": "preview.applicant",
    "party.rotate_key.new": "column.key",
    "recovery.recover.new_keys": "column.key",
    "audit.grant.scope": "preview.grant_bills",
}
"""Arguments whose line in the preview is called otherwise than their name is."""


def tell(session: Session, preview: Preview, calls: Sequence[Call]) -> None:
    """Add to a preview what of the calls is signed, and what a node alone says."""
    if session.offline:
        if ahead := session.clock_ahead_ms():
            days = round(ahead / DAY_MS, 1)
            preview.line("preview.clock", text("preview.clock_kept", days=f"{days:g}"))
        return
    for code in dict.fromkeys(currency_of(session, one.args) for one in calls):
        if code in digits.first_told():
            told = text("preview.digits_told", currency=code, digits=digits.first_told()[code])
            preview.line("preview.digits", told)
    if session.network.get("clock_offset_ms") and not is_local(session.settings.home):
        preview.line("preview.clock", text("preview.clock_told", time=moment_said(until_text(session.now_ms()))))
    names = dict.fromkeys(_named(name, one) for one in calls for name in _says(one.args))
    signed = enumerated(names) or text("preview.act_alone")
    preview.line("preview.signed", text("preview.signed_alone", what=signed, node=session.client.in_order[0]))


def _named(name: str, one: Call) -> str:
    """What the line of a preview calls an argument: a bank's reference is not a debtor's own."""
    act = f"{one.contract}.{one.function}.{name}"
    if act == "legal.order.days" and one.args["kind"] == "renew":
        return text("column.renewal_days")
    if act in CALLED:
        return text(CALLED[act])
    if name == "reference":
        return text("preview.own_reference" if one.contract == "bill" else "column.reference")
    return label(name, f"column.{one.contract}")


def _says(arguments: Mapping[str, Any]) -> Iterator[str]:
    """The names of the arguments that say anything; of recipients and parts what else is signed of them."""
    for name, value in arguments.items():
        if value is False or name in {"rate", "fee"} or value not in ("", None, 0, [], {}):
            yield name
        parts = [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []
        yield from (part for part in ("amount", "red") if any(one.get(part) for one in parts))
