"""What the ledger will refuse of write-offs.

As `foreseen_terms`, under the contracts' reasons and in their order. A row that cannot be read says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chainbill_contracts.declared_reads import reads

from chainbill_cli.foreseen_parties import Refusal, Row, elsewhere, stopped
from chainbill_cli.foreseen_terms import Check, all_rows
from chainbill_cli.money_said import PLACES
from chainbill_cli.session import Session

WRITE_OFFS = reads()["write_offs"].path


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


CHECKS: Mapping[str, Check] = {"write_off.write_off": _write_off, "write_off.undo_write_off": _undo}
