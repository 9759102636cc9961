"""What to look at twice before a bill is issued or confirmed: in the preview, as notes, and as `warnings` in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainbill.dates import days_between, is_date
from chainbill.ledger.transaction import Call
from chainbill_cli.asking import typed_again
from chainbill_cli.contract_constants import contract_constant
from chainbill_cli.failure import Exit, Failure, fail, usage
from chainbill_cli.money_said import currency_of, said
from chainbill_cli.preview import Preview, asks
from chainbill_cli.second_key import asked_of_second
from chainbill_cli.session import Session
from chainbill_cli.texts import text

FAR_DAYS = 366
"""Days until a due date above which a person is asked whether the year is right."""
FARTHEST_DAYS = 3_653
"""Days until a due date, ten years, above which nothing is signed unless the date is confirmed by itself."""


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing to look at; `code` for programs, `detail` for people. label: under which people read it: what is in
    order and asks for something all the same is no reason to look twice.
    """

    code: str
    detail: str
    label: str = "preview.look"


def days_until(session: Session, date: str) -> int | None:
    """Days from the ledger's date; None for what is no date, and offline, where nobody knows what day it is."""
    try:
        return days_between(session.today(), date) if is_date(date) else None
    except Failure:
        return None


def of_due(days: int | None) -> list[Caution]:
    """What there is to say about a due date in so many days."""
    return [] if days is None or days <= FAR_DAYS else [Caution("far_due", text("preview.far_due", days=days))]


def of_bill(session: Session, bill: Mapping[str, Any]) -> list[Caution]:
    """What there is to say about a bill (its row, or the arguments of its issue) before the acting party signs."""
    found = of_due(days_until(session, str(bill["due_on"])))
    creditor, currency = str(bill["creditor"]), str(bill["currency"])
    if not has_account(session, creditor, currency):
        key = "preview.no_account" if creditor == session.party else "preview.creditor_no_account"
        found.append(Caution("no_account", text(key, currency=currency)))
    return found


def has_account(session: Session, party: str, currency: str) -> bool:
    """Whether a party has an attested account in this currency; True where that is not to be seen."""
    accounts = session.registered(party).get("accounts")
    if session.offline or not isinstance(accounts, list):
        return True
    return any(one.get("currency") == currency and one.get("status") == "active" for one in accounts)


def of_policy(session: Session, calls: Sequence[Call]) -> list[Caution]:
    """That the own policy wants two keys for one of the acts above an amount, where one key alone is to sign."""
    rules = _rules(session)
    if not rules or asked_of_second(calls):
        return []
    under = contract_constant("general", "ACTS_UNDER_POLICY")
    found = []
    for act, currency in ((f"{one.contract}.{one.function}", currency_of(session, one.args)) for one in calls):
        for rule in rules:
            if act in under and rule["action"] in ("any", act) and rule["currency"] == currency:
                amount = said(int(rule["above"]), currency)
                said_so = text("preview.two_above", amount=amount)
                found.append(Caution("two_keys_above", said_so, "preview.mark_well"))
    return found


def _rules(session: Session) -> list[Mapping[str, Any]]:
    """The rules of the own policy, as a node tells them; those that are none say nothing."""
    policy = session.registered(session.party).get("policy")
    found = policy.get("rules") if isinstance(policy, Mapping) else ()
    rules = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    return [one for one in rules if type(one.get("above")) is int and {"action", "currency"} <= set(one)]


def confirm_far_due(session: Session, due_on: str, *, meant: bool) -> None:
    """Sign no due date more than ten years away, unless a person types it again or --far-due says that it is meant."""
    days = days_until(session, due_on)
    if meant or days is None or days <= FARTHEST_DAYS:
        return
    if not asks(session):
        raise usage("bill.far_due", date=due_on, days=days)
    if typed_again(text("bill.far_due_again", date=due_on, days=days)) != due_on:
        raise fail(Exit.FAILED, "bill.far_due_other", code="aborted", date=due_on)


def tell(session: Session, preview: Preview | None, found: Sequence[Caution]) -> list[dict[str, str]] | None:
    """Put them into the preview, or where none is shown on stderr for people; the `warnings` of an answer in JSON."""
    for one in found:
        if preview is not None:
            if (text(one.label), one.detail) not in preview.lines:
                preview.line(one.label, one.detail)
        elif not session.settings.machine:
            session.out.note(f"{text(one.label)}{text('root.colon')}{one.detail}")
    return [{"code": one.code, "detail": one.detail} for one in found] if found and session.settings.machine else None
