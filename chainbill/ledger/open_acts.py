"""Acts that are always open: what a party may do although it is suspended or insolvent.

To say no, to take back, to let go and to revoke harms nobody, and a settlement must never wait for the standing of the
bank that reports it. Everything else begins something, and a party that is not active begins nothing. The table is part
of the protocol, for acts to come too: what a suspended party may do must not hang on one forgotten line of a contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from chainbill.errors import Reason, Refused
from chainbill.ledger.transaction import Call

FREE_STATUSES: Final = frozenset({"active", "leaving"})
"""Here contracts alone decide; a leaving party has to bring to an end what it began."""
OPEN_STATUSES: Final = frozenset({"suspended", "insolvent"})
"""Here only the acts below are open. In every other status (closed) no act is."""

ALWAYS_OPEN: Final = frozenset(
    {
        # saying no, taking back, letting go
        "bill.reject", "bill.withdraw", "bill.cancel", "bill.withdraw_joint",
        "token.reject", "token.recall",
        "finance.decline", "finance.decline_quote", "finance.withdraw", "finance.withdraw_quote", "finance.cancel",
        "recourse.refuse_recourse", "recourse.withdraw_recourse",
        "pledge.reject", "pledge.withdraw", "pledge.release", "pledge.refuse_enforcement",
        "legal.refuse", "legal.object_to", "entry.refuse_entry", "entry.object_to_entry", "invoice.withdraw_dispute",
        "product.retire", "label.revoke", "approval.reject", "approval.withdraw", "recovery.withdraw",
        "governance.withdraw",
        # protecting oneself
        "party.revoke_key", "audit.revoke_grant", "party.refuse_mandate", "party.withdraw_change",
        "party.halt", "party.lift_halt", "recovery.veto", "standing.object_to", "standing.stay",
        # money that has moved is recorded
        "settlement.settle", "settlement.settle_prepaid", "settlement.proceed", "settlement.pay_result",
        "settlement.reverse",
        # a seat counts towards every quorum until a vote takes it away
        "governance.vote", "governance.ready",
    }
)  # fmt: skip
OPEN_ANSWERS: Final = {"bill.answer": ("answer", "no")}
"""Acts that are open with one value of one argument only."""


def is_open(call: Call) -> bool:
    """Whether this act is open in a status of OPEN_STATUSES."""
    act = f"{call.contract}.{call.function}"
    if act in OPEN_ANSWERS:
        argument, value = OPEN_ANSWERS[act]
        return call.args.get(argument) == value
    return act in ALWAYS_OPEN


def is_administered(row: Any) -> bool:
    """Whether a party's row is that of an insolvent party whose keys are an administrator's: contracts decide."""
    return type(row) is dict and row.get("status") == "insolvent" and row.get("administered_on", "") != ""


def is_halted(row: Any) -> bool:
    """Whether a party's row says that it halted itself: it then sends open acts only, whatever its status allows."""
    return type(row) is dict and row.get("halted_on", "") != ""


def check_standing(party: str, row: Any, calls: Sequence[Call]) -> None:
    """Refused with party_not_active or party_halted unless a party with this row may send all of these calls.

    The refusal names party, status ("" where it is not registered) and, of the first call that is not open, its number
    from 0, contract and function.
    """
    status = _status(row)
    free = status in FREE_STATUSES or is_administered(row)
    if free and not is_halted(row):
        return
    for number, call in enumerate(calls):
        if not (free or status in OPEN_STATUSES) or not is_open(call):
            reason = Reason.PARTY_HALTED if free else Reason.PARTY_NOT_ACTIVE
            raise _refused(reason, party, status, call=number, contract=call.contract, function=call.function)


def check_some_standing(party: str, row: Any) -> None:
    """Refused with party_not_active where a party with this row may send nothing at all, whatever the calls are."""
    status = _status(row)
    if status not in FREE_STATUSES and status not in OPEN_STATUSES:
        raise _refused(Reason.PARTY_NOT_ACTIVE, party, status)


def _status(row: Any) -> str:
    """ "" where the party is not registered."""
    status = row.get("status") if type(row) is dict else ""
    return status if type(status) is str else ""


def _refused(reason: Reason, party: str, status: str, **place: str | int) -> Refused:
    return Refused(reason, "a party in this status does not send this act", party=party, status=status, **place)
