"""One unit of work: calls that take effect together or not at all, with the core checks behind them.

The field's word: atomicity.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from chainbill.errors import ChainbillError, InternalFault, Malformed, Reason, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.checks import CoreChecks
from chainbill.ledger.receipt import Kind, Receipt, Status, receipt_salt
from chainbill.ledger.transaction import Transaction
from chainbill.state.overlay import Overlay
from chainbill.vm.context import Context
from chainbill.vm.errors import ContractFault, OutOfGas
from chainbill.vm.machine import Machine

TEXTS = ("en", "zh")
Work = Callable[[Machine], list[Any]]


class Unit(msgspec.Struct, frozen=True):
    """What tells one unit from another: its kind and id (32 bytes), the nonce of its salts, its context and gas.

    The nonce salts closed rows and the receipt. base_gas counts as used before the calls begin.
    """

    kind: Kind
    id: bytes
    nonce: bytes
    context: Context
    gas_limit: int
    base_gas: int = 0


def run_unit(overlay: Overlay, checks: CoreChecks, machine: Machine, unit: Unit, work: Work) -> Receipt:
    """Run `work` on a fresh machine; its writes stay only if it and the core checks go through.

    A refusal, a contract fault or running out of gas makes a failed receipt. Anything else is our own mistake:
    the writes are undone and InternalFault is raised.
    """
    overlay.begin()
    try:
        overlay.set_nonce(unit.nonce)
        results = work(machine)
        checks.run()
    except (Refused, Malformed) as error:
        overlay.rollback()
        return failed_receipt(unit, error, machine.meter.used)
    except Exception as error:
        overlay.rollback()
        if isinstance(error, InternalFault):
            raise
        raise InternalFault(Reason.INTERNAL, f"{type(error).__name__} while running {unit.id.hex()}") from error
    overlay.commit()
    events = [[contract, topic, fields] for contract, topic, fields in machine.events]
    salt = receipt_salt(unit.nonce, unit.id)
    return Receipt(unit.kind.value, unit.id, salt, Status.OK.value, "", {}, results, events, machine.meter.used)


def failed_receipt(unit: Unit, error: ChainbillError, gas: int) -> Receipt:
    """The receipt of a unit that had no effect."""
    return _failed(unit.kind, unit.id, unit.nonce, error, gas)


def failed_transaction(transaction: Transaction, error: ChainbillError, gas: int) -> Receipt:
    """The receipt of a transaction that had no effect, or never became a unit."""
    return _failed(Kind.TRANSACTION, transaction.id, transaction.nonce, error, gas)


def _failed(kind: Kind, unit_id: bytes, nonce: bytes, error: ChainbillError, gas: int) -> Receipt:
    """Texts for people stay out of it: they may differ between versions."""
    if isinstance(error, OutOfGas):
        status = Status.OUT_OF_GAS
    elif isinstance(error, ContractFault):
        status = Status.FAULT
    else:
        status = Status.REFUSED
    details = {name: value for name, value in error.fields.items() if name not in TEXTS}
    salt = receipt_salt(nonce, unit_id)
    return Receipt(kind.value, unit_id, salt, status.value, error.reason, details, [], [], gas)


def with_core_event(receipt: Receipt, topic: str, facts: dict[str, Any]) -> Receipt:
    """The receipt with an event of the core's own added; a failure's event carries its reason too."""
    if not receipt.ok:
        facts = {**facts, "reason": receipt.reason}
    events = [*receipt.events, [core_rows.CORE, topic, facts]]
    return msgspec.structs.replace(receipt, events=events)
