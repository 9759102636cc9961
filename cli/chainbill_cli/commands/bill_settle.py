"""`bill`: settle, reverse, payment, received. Loaded by `commands.bill`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainbill_contracts.declared_reads import reads

from chainbill_cli import described
from chainbill_cli.answers import answer_write
from chainbill_cli.currencies import currency_for
from chainbill_cli.failure import Exit, Failure, fail
from chainbill_cli.foreseen import of_payment, of_reversal
from chainbill_cli.kit import argument, option
from chainbill_cli.lookup import BILL, TOKEN, object_id, read_bill
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.shapes import columns
from chainbill_cli.texts import text, word_said
from chainbill_cli.values import positive_amount
from chainbill_cli.word_choice import WordChoice
from chainbill_cli.writing import Outcome, Writing, call, write, writes

PAYMENTS, RECEIPTS = reads()["payments"], reads()["receipts"]
PAYMENT_ROWS = columns("settlement/payment", "party token amount currency status", "party amount currency status token")
PAYMENTS_MADE = columns(
    "settlement/payment",
    "party token amount currency status bank reference",
    "party amount currency status reference bank token",
)
PAYMENT_STATUSES = ("paid", "returned", "instructed", "set_aside")
"""What a bank may report."""
MOST_STEPS = 1_000
"""Steps of one settlement that a command signs; a node that always asks for one more would have it sign for ever."""
PAID_ALREADY = "payment_transition"
"""The contract's reason where a payee acknowledges what its bank has reported as paid."""
NOTHING_LEFT = "nothing_to_proceed"
"""The contract's reason when a settlement of several steps has come to its end already."""


@argument("bill")
@option("--amount", metavar="AMOUNT", required=True, help="option.amount")
@option("--reference", required=True, help="option.reference")
@option("--value-date", metavar="DATE", default="today", show_default=True, help="option.value_date")
@option("--partial", is_flag=True, help="bill.opt_partial")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@writes
def settle(
    session: Session,
    writing: Writing,
    bill: str,
    *,
    amount: str,
    reference: str,
    value_date: str,
    partial: bool,
    currency: str,
) -> None:
    """The debtor's bank reports the debtor's money."""
    identifier = object_id(session, BILL, bill)
    found = {} if session.offline else read_bill(session, identifier)
    currency = currency_for(session, currency, found)
    minor = positive_amount(amount, currency)
    arguments: dict[str, Any] = {
        "bill": identifier, "amount": minor, "reference": reference, "value_date": session.date(value_date),
        "partial": partial,
    }  # fmt: skip
    preview = None
    if asks(session) and found:
        preview = Preview("preview.bill_settle").line("column.bill", identifier)
        preview.party(session, "column.debtor", found["debtor"]).money("column.amount", minor, currency)
        preview.line("column.value_date", arguments["value_date"]).line("column.reference", reference)
        left = int(found.get("outstanding", 0)) - minor
        if left >= 0:  # more than is owed was said before, and changes nothing
            preview.money("preview.after", left, currency)
    outcome = write(session, writing, [call("settlement", "settle", **arguments)], preview)
    payments, steps = _to_the_end(session, writing, outcome, identifier, "payments")
    if outcome.result.get("repeated") and not outcome.result.get("complete", True):
        # the first answer is that of the first step alone: the ledger has the others
        known = [one for one in payments_of(session, identifier) if one["reference"] == reference]
        payments = [{name: one[name] for name in ("party", "token", "amount", "status")} for one in known]
    further = {"steps": steps} if steps else {}
    if session.out.form == "table" and payments:
        answer_write(session, outcome, "repeated", "reversed", bill=identifier, currency=currency, **further)
        session.out.rows([{**payment, "currency": currency} for payment in payments], PAYMENT_ROWS)
        return
    paid = {"payments": payments} if "payments" in outcome.result else {}
    answer_write(session, outcome, "repeated", "reversed", bill=identifier, currency=currency, **paid, **further)


@option("--reference", required=True, help="bill.opt_reversed")
@option("--reason", required=True, help="option.reason")
@writes
def reverse(session: Session, writing: Writing, reference: str, *, reason: str) -> None:
    """The bank that recorded the debtor's money takes its receipt back."""
    found: Mapping[str, Any] = {}
    act = call("settlement", "reverse", reference=reference, reason=reason)
    asked: dict[str, Any] = {"bank": session.party, "reference": reference, "kind": "settlement,guarantee,prepaid"}
    if not session.offline:
        found = next(iter(session.client.pages(RECEIPTS.path, **asked)), {})
        if _broken_off(session, found):
            act = call("settlement", "proceed", bill=str(found["bill"]))
        else:
            of_reversal(session, found, reference)
    preview = None
    if asks(session):
        preview = Preview("preview.bill_reverse").line("column.reference", reference)
        if found:
            session.client.rely_on(RECEIPTS.path, found, "id", **asked)
            described.of_bill(session, preview, str(found["bill"]))
            preview.money("column.amount", int(found["amount"]), str(found["currency"]))
            for name in ("value_date", "recorded_on", "reversible_until"):
                preview.line(f"column.{name}", str(found[name]))
        preview.line("column.reason", reason)
    outcome = write(session, writing, [act], preview)
    tokens, steps = _to_the_end(session, writing, outcome, str(outcome.result.get("bill", "")), "tokens")
    ready: dict[str, Any] = {"tokens": tokens} if tokens else {}
    if steps:
        ready |= {"steps": steps, "outstanding": None}
    answer_write(session, outcome, "bill", "outstanding", currency=str(found.get("currency", "")), **ready)


def _broken_off(session: Session, receipt: Mapping[str, Any]) -> bool:
    """Whether a receipt is reversed of which some payments are not cancelled yet: its last step did not come."""
    if receipt.get("status") != "reversed":
        return False
    payments = session.client.pages(PAYMENTS.path, bill=str(receipt["bill"]), bank=str(receipt["bank"]))
    return any(one["reference"] == receipt["reference"] and one["status"] != "cancelled" for one in payments)


def _to_the_end(
    session: Session, writing: Writing, outcome: Outcome, bill: str, named: str
) -> tuple[list[Any], list[str]]:
    """All payments of a settlement, or tokens of a reversal, going on while the ledger says it is not complete; ids of
    the further steps. named: "payments" or "tokens", as the results call them."""
    found = list(outcome.result.get(named) or ())
    steps: list[str] = []
    if outcome.status != "committed" or outcome.result.get("complete", True):
        return found, steps
    session.out.note(text("bill.settle_steps"))
    try:
        while len(steps) < MOST_STEPS:
            step = write(session, Writing(memo=writing.memo), [call("settlement", "proceed", bill=bill)], asked=True)
            steps.append(step.transaction)
            found += step.result.get(named) or ()
            if step.result.get("complete", True):
                break
        else:
            raise fail(Exit.FAILED, "bill.settle_endless", code="bad_answer", steps=len(steps))
    except Failure as failure:
        if not (outcome.result.get("repeated") and failure.problem.get("code") == NOTHING_LEFT):
            failure.problem["hint"] = text("bill.settle_again")
            raise
    return found, steps


def payments_of(session: Session, bill: str, **parameters: Any) -> list[dict[str, Any]]:
    """The payments of a bill as its history has them, with token and currency."""
    found = []
    for step in session.client.pages(f"/v1/bills/{bill}/history", **parameters):
        payment = step.get("payment")
        if isinstance(payment, Mapping):
            found.append({"token": step.get("token"), "currency": step.get("currency"), **payment})
    return found


@argument("bill")
@argument("token")
@option("--status", type=WordChoice(PAYMENT_STATUSES, "value."), required=True, help="bill.opt_payment_status")
@option("--reference", required=True, help="option.reference")
@writes
def payment(session: Session, writing: Writing, bill: str, token: str, *, status: str, reference: str) -> None:
    """The bank that pays reports what became of one payment."""
    identifier, paid = object_id(session, BILL, bill), object_id(session, TOKEN, token)
    preview = _preview_payment(session, identifier, paid, status, reference) if asks(session) else None
    arguments = {"bill": identifier, "token": paid, "status": status, "reference": reference}
    outcome = write(session, writing, [call("settlement", "pay_result", **arguments)], preview)
    answer_write(session, outcome, "repeated", bill=identifier, token=paid, payment_status=status)


@argument("bill")
@argument("token")
@writes
def received(session: Session, writing: Writing, bill: str, token: str) -> None:
    """The payee says that a payment has arrived, which its bank has not reported."""
    identifier, paid = object_id(session, BILL, bill), object_id(session, TOKEN, token)
    preview = None
    act = call("settlement", "acknowledge", bill=identifier, token=paid)
    try:
        if asks(session):
            preview = _payment_as_it_is(session, Preview("preview.bill_received"), identifier, paid, "received")
        outcome = write(session, writing, [act], preview)
    except Failure as failure:
        if failure.problem.get("code") == PAID_ALREADY:
            failure.problem["hint"] = text("bill.paid_already")  # the ledger's own remedy speaks to banks
        raise
    answer_write(session, outcome, bill=identifier, token=paid, payment_status="paid")


def _preview_payment(session: Session, bill: str, token: str, status: str, reference: str) -> Preview:
    preview = _payment_as_it_is(session, Preview("preview.bill_payment"), bill, token, status, reference=reference)
    return preview.line("preview.then", text(f"value.{status}")).line("column.reference", reference)


def _payment_as_it_is(
    session: Session, preview: Preview, bill: str, token: str, status: str, *, reference: str = ""
) -> Preview:
    preview.line("column.bill", bill).line("column.token", token)
    if not session.offline:
        found = list(session.client.pages(PAYMENTS.path, bill=bill, token=token))
        if not found:
            raise fail(Exit.FAILED, "bill.no_payment", code="not_found", token=token, bill=bill)
        session.client.rely_on(PAYMENTS.path, found[0], *PAYMENTS.key, bill=bill, token=token)
        of_payment(session, found[0], status, reference)
        preview.party(session, "preview.payee", found[0]["party"])
        preview.money("column.amount", int(found[0]["amount"]), str(found[0]["currency"]))
        preview.line("preview.now", word_said("", found[0]["status"]))
    return preview


def show_payments(session: Session, bill: Mapping[str, Any], when: Mapping[str, Any]) -> None:
    """Below a bill that was shown to a person: its payments, where there are any."""
    if not int(bill.get("settled") or 0):
        return
    by_date = when.get("basis") == "value"
    found: Sequence[Mapping[str, Any]] = (
        list(session.client.pages(PAYMENTS.path, bill=str(bill["id"]), **when))
        if by_date
        else payments_of(session, str(bill["id"]), at=when.get("at"))
    )
    if found:
        session.out.rows(found, PAYMENTS_MADE)


__all__ = ["payment", "received", "reverse", "settle", "show_payments"]
