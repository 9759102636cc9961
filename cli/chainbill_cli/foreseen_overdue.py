"""What the ledger will refuse of write-offs and guarantees.

As `foreseen_terms`, under the contracts' reasons and in their order. A row that cannot be read says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chainbill_contracts.declared_reads import reads

from chainbill_cli.foreseen_parties import Refusal, Row, elsewhere, stopped
from chainbill_cli.foreseen_terms import Check, all_rows
from chainbill_cli.money_said import PLACES
from chainbill_cli.session import Session

WRITE_OFFS, GUARANTEES = reads()["write_offs"].path, reads()["guarantees"].path


def _write_off(session: Session, said: Row) -> Iterator[Refusal | None]:
    yield stopped(session.registered(session.party))
    token = session.object_row(PLACES["token"], str(said["token"]))
    bill = session.object_row(PLACES["bill"], str(token.get("bill") or ""))
    yield elsewhere("bill/bill", "write_off.write_off", bill.get("status"))
    for mark in _marks(session, token, "written_off"):
        yield "write_off_transition", {"from": mark["status"], "to": "written_off"}


def _undo(session: Session, said: Row) -> Iterator[Refusal | None]:
    yield stopped(session.registered(session.party))
    token = session.object_row(PLACES["token"], str(said["token"]))
    known = list(_marks(session, token, "written_off,recovered"))
    if token and not session.offline and "written_off" not in [mark["status"] for mark in known]:
        yield "write_off_transition", {"from": known[0]["status"] if known else "none", "to": "none"}


def _marks(session: Session, token: Row, status: str) -> Iterator[Row]:
    """The sender's own marks on cents of a token."""
    found = all_rows(session, WRITE_OFFS, holder=session.party, bill=token["bill"], status=status) if token else []
    for mark in found or ():
        if mark["lo"] < token["hi"] and token["lo"] < mark["hi"]:
            yield mark


def _give(session: Session, said: Row) -> Iterator[Refusal | None]:
    party = session.registered(session.party)
    bill = session.object_row(PLACES["bill"], str(said["bill"]))
    if party and "guarantor" not in party["roles"]:
        yield "role_missing", {"id": session.party, "role": "guarantor"}
    if session.party in (bill.get("debtor"), bill.get("creditor")):
        yield "guarantor_is_a_party", {"bill": said["bill"]}
    yield stopped(party)
    yield elsewhere("bill/bill", "guarantee.give_guarantee", bill.get("status"))
    for row in _guarantees(session, said["bill"], session.party):
        yield "guarantee_transition", {"from": row["status"], "to": "active"}
    if bill.get("pay_on") and said["until"] <= bill["pay_on"]:
        yield "guarantee_period_over", {"until": said["until"], "pay_on": bill["pay_on"]}


def _demand(session: Session, said: Row) -> Iterator[Refusal | None]:
    """Of days of grace the ledger decides: a calendar counts them."""
    bill = session.object_row(PLACES["bill"], str(said["bill"]))
    token = session.object_row(PLACES["token"], str(said["token"]))
    rows = _guarantees(session, said["bill"], said["guarantor"]) if bill and not session.offline else []
    if bill and not session.offline and not rows:
        yield "guarantee_unknown", {}
    if token and token["holder"] != session.party:
        yield "not_the_holder", {}
    yield stopped(session.registered(session.party))
    for row in rows:
        yield elsewhere("guarantee/guarantee", "guarantee.demand", row["status"])
    if session.registered(str(bill.get("debtor") or "")).get("status") != "insolvent":
        yield elsewhere("bill/bill", "settlement.pay_guarantee", bill.get("status"))
    for row in rows:
        if session.today() > row["until"]:
            yield "guarantee_period_over", {"until": row["until"], "pay_on": bill["pay_on"]}


def _pay(session: Session, said: Row) -> Iterator[Refusal | None]:
    """Whose account it is, and of days of grace, the ledger decides."""
    bill = session.object_row(PLACES["bill"], str(said["bill"]))
    rows = _guarantees(session, said["bill"], said["guarantor"]) if bill and not session.offline else []
    if bill and not session.offline and not rows:
        yield "guarantee_unknown", {}
    for row in rows:
        yield elsewhere("guarantee/guarantee", "settlement.pay_guarantee", row["status"])
    yield elsewhere("bill/bill", "settlement.pay_guarantee", bill.get("status"))
    for token in said["tokens"]:
        found = session.object_row(PLACES["token"], str(token))
        yield elsewhere("token/token", "settlement.pay_guarantee", found.get("status"))


def _guarantees(session: Session, bill: str, guarantor: str) -> list[Row]:
    return all_rows(session, GUARANTEES, bill=bill, guarantor=guarantor)


CHECKS: Mapping[str, Check] = {
    "write_off.write_off": _write_off, "write_off.undo_write_off": _undo, "guarantee.give_guarantee": _give,
    "guarantee.demand": _demand, "settlement.pay_guarantee": _pay,
}  # fmt: skip
