"""The model: what each act does to a book, by its name on the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from model import (
    bills,
    claims,
    entries,
    financing,
    guarantees,
    invoices,
    joint,
    labels,
    pledges,
    prepayments,
    quotes,
    sales,
    settlement,
    tokens,
    write_offs,
)
from model.records import Book

ACTS: dict[str, Callable[..., dict[str, Any]]] = {
    "bill.issue": bills.issue,
    "bill.confirm": bills.confirm,
    "bill.accept": bills.accept,
    "bill.reject": bills.reject,
    "bill.withdraw": bills.withdraw,
    "bill.cancel": bills.cancel,
    "bill.ask_void": joint.ask_void,
    "bill.ask_dilution": joint.ask_dilution,
    "bill.ask_paying_bank": joint.ask_paying_bank,
    "bill.answer": joint.answer,
    "bill.withdraw_joint": joint.withdraw_joint,
    "token.transfer": tokens.transfer,
    "token.accept": tokens.accept,
    "token.reject": tokens.reject,
    "token.recall": tokens.recall,
    "token.give_back": tokens.give_back,
    "token.split": tokens.split,
    "token.merge": tokens.merge,
    "finance.request": financing.request,
    "finance.quote": quotes.quote,
    "finance.agree": quotes.agree,
    "finance.disburse": quotes.disburse,
    "finance.decline": financing.decline,
    "finance.decline_quote": quotes.decline_quote,
    "finance.withdraw": financing.withdraw,
    "finance.withdraw_quote": quotes.withdraw_quote,
    "finance.cancel": quotes.cancel,
    "pledge.offer": pledges.offer,
    "pledge.accept": pledges.accept,
    "pledge.reject": pledges.reject,
    "pledge.withdraw": pledges.withdraw,
    "pledge.release": pledges.release,
    "pledge.enforce": pledges.enforce,
    "pledge.agree_enforcement": pledges.agree_enforcement,
    "pledge.refuse_enforcement": pledges.refuse_enforcement,
    "sale.sell": sales.sell,
    "sale.buy": sales.buy,
    "prepayment.offer_prepayment": prepayments.offer,
    "prepayment.agree_prepayment": prepayments.agree,
    "settlement.settle_prepaid": prepayments.settle,
    "write_off.write_off": write_offs.write_off,
    "write_off.undo_write_off": write_offs.undo_write_off,
    "recourse.ask_recourse": claims.ask_recourse,
    "recourse.accept_recourse": claims.accept_recourse,
    "recourse.refuse_recourse": claims.refuse_recourse,
    "recourse.withdraw_recourse": claims.withdraw_recourse,
    "recourse.bought_back": claims.bought_back,
    "guarantee.give_guarantee": guarantees.give_guarantee,
    "guarantee.demand": guarantees.demand,
    "settlement.pay_guarantee": guarantees.pay_guarantee,
    "settlement.settle": settlement.settle,
    "settlement.pay_result": settlement.pay_result,
    "settlement.acknowledge": settlement.acknowledge,
    "settlement.reverse": settlement.reverse,
    "invoice.dispute": invoices.dispute,
    "invoice.uphold": invoices.uphold,
    "invoice.withdraw_dispute": invoices.withdraw_dispute,
    "invoice.examine": entries.examine,
    "entry.strike": entries.strike,
    "entry.lift": entries.lift,
    "entry.ratify_entry": entries.ratify_entry,
    "entry.refuse_entry": entries.refuse_entry,
    "label.attest": labels.attest,
    "label.revoke": labels.revoke,
}


def apply(book: Book, act: str, sender: str, people: int, arguments: dict[str, Any]) -> dict[str, Any]:
    """What the act answers; Refusal with the reasons that may be given for a no, and then nothing has changed.

    people: how many of the sender's people sign, 1 or 2 (maker and checker).
    """
    book.now += 1
    return ACTS[act](book, sender, people, **arguments)
