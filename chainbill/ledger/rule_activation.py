"""What a block does first: it writes the protocol and the rules of its height into the state, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import ChainbillError
from chainbill.ledger import core_rows
from chainbill.ledger.receipt import NO_SALT, Kind, Receipt, Status
from chainbill.ledger.units import with_core_event

if TYPE_CHECKING:
    from chainbill.ledger.execution import Execution


def take_up_rules(run: Execution) -> list[Receipt]:
    """Write the rules of this block into the state where they changed: one receipt a change, with an event."""
    receipts = _take_up_protocol(run)
    for number, due in enumerate(run.in_force.due):
        unit_id = tagged_hash("rules", run.height.to_bytes(8, "big") + number.to_bytes(4, "big"))
        receipt = _receipt(Kind.RULES, unit_id, due.problem)
        topic = "rules_changed" if due.problem is None else "rules_change_failed"
        receipts.append(with_core_event(receipt, topic, dict(due.change)))
        run.overlay.delete(due.key)
    if receipts:
        run.overlay.put(core_rows.RULES, run.rules.row())
    return receipts


def _take_up_protocol(run: Execution) -> list[Receipt]:
    begins = run.in_force.begins
    if begins is None:
        return []
    run.overlay.put(core_rows.PROTOCOL, begins.row())
    run.overlay.delete(core_rows.NEXT_PROTOCOL)
    unit_id = tagged_hash("protocol-begins", run.height.to_bytes(8, "big"))
    return [with_core_event(_receipt(Kind.PROTOCOL, unit_id, None), "protocol_changed", begins.row())]


def _receipt(kind: Kind, unit_id: bytes, problem: ChainbillError | None) -> Receipt:
    """Of what everybody may see; nothing is paid for it."""
    if problem is None:
        return Receipt(kind.value, unit_id, NO_SALT, Status.OK.value, "", {}, [], [], 0)
    return Receipt(kind.value, unit_id, NO_SALT, Status.REFUSED.value, problem.reason, dict(problem.fields), [], [], 0)
