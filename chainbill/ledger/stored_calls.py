"""Calls that an approval has stored, run by the core in the transaction that completes it (two persons, four eyes).

Contracts cannot call by names that they keep, so the contract named `approval`, and no other, may ask the core to.
While one of its functions runs as a call of a transaction it writes one row of its own table `run`:

    approval/run "calls" → {"calls": [[contract, function, {argument: value, …}], …], "signers": [key in hex, …]}

After that call the core takes the row away and runs the calls in this transaction: for its party, under the rules of
this height, on the same gas, with those of the signers whose keys are active. All or nothing: a refusal undoes the
approval too. Reference: docs/reference/core-checks.md.

The field's word: dual control.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, Protocol

from msgspec.structs import replace

from chainbill.codec import encode_trusted
from chainbill.errors import ChainbillError, Malformed, Reason, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.authorisation import signer_of
from chainbill.ledger.open_acts import check_standing
from chainbill.ledger.transaction import Call, read_call
from chainbill.limits import MAX_CALLS, MAX_TRANSACTION_BYTES, MAX_TRANSACTION_KEYS
from chainbill.state.overlay import Overlay
from chainbill.vm.context import Signer
from chainbill.vm.errors import ContractFault, OutOfGas
from chainbill.vm.machine import Machine

APPROVAL: Final = "approval"
FIELDS: Final = {"calls", "signers"}
ACTIVE: Final = "active"
HEX_DIGITS: Final = frozenset("0123456789abcdef")
KEY_DIGITS: Final = 64


class Rows(Protocol):
    """Decoded rows by key."""

    def get(self, key: bytes) -> Any:
        """The row, None if there is none."""


def run_call(machine: Machine, overlay: Overlay, call: Call) -> Any:
    """Run one call of a transaction, and what it asked the core to run: its answer, with their `results` added.

    Its arguments are those that the machine has taken: copied, and paid for.
    Raises what the calls raise. What a stored call raises names it: `call` (number from 0), and for a refusal
    `contract` and `function`; a fault says itself where it was.
    """
    if call.contract != APPROVAL:
        return machine.run_taken(call.contract, call.function, call.args, "call")
    if overlay.get(core_rows.ASKED_CALLS) is not None:
        raise _wrong("an earlier call left a request that is not this act's")
    answer = machine.run_taken(call.contract, call.function, call.args, "call")
    asked = overlay.get(core_rows.ASKED_CALLS)
    if asked is None:
        return answer
    if type(answer) is not dict:
        raise _wrong("an act that asks for calls answers with a map")
    overlay.delete(core_rows.ASKED_CALLS)
    outer = machine.context
    calls, signers = asked_calls(asked, outer.party, {signer["key"] for signer in outer.signers}, overlay)
    machine.meter.used += machine.prices.gas_get * len(asked["signers"])
    check_standing(outer.party, overlay.get(core_rows.party_key(outer.party)), calls)
    machine.context = replace(outer, signers=signers)
    results = [_run_stored(machine, number, stored) for number, stored in enumerate(calls)]
    machine.context = outer
    return {**answer, "results": results}


def _run_stored(machine: Machine, number: int, call: Call) -> Any:
    try:
        return machine.call(call.contract, call.function, call.args)
    except ChainbillError as error:
        error.fields["call"] = number
        if not isinstance(error, (ContractFault, OutOfGas)):
            error.fields.update(contract=call.contract, function=call.function)
        raise


def asked_calls(row: Any, party: str, signed: Collection[str], rows: Rows) -> tuple[list[Call], list[Signer]]:
    """The calls and signers that a row of `approval/run` asks for; Refused with core_approval unless all of this holds.

    Exactly the two fields; 1 to 100 calls of the form of a transaction's, of at most 64 KiB together and none of
    contract `approval`; 1 to 16 distinct keys of `party`, of which those that are not active are left out, and of which
    one at least signed this transaction (`signed`: its signers, in hex).
    """
    if type(row) is not dict or set(row) != FIELDS:
        raise _wrong("the row has calls and signers, and nothing else")
    return _calls(row["calls"]), _signers(row["signers"], party, signed, rows)


def _calls(calls: Any) -> list[Call]:
    if type(calls) is not list or not 1 <= len(calls) <= MAX_CALLS:
        raise _wrong(f"calls are a list of 1 to {MAX_CALLS}")
    if len(encode_trusted(calls)) > MAX_TRANSACTION_BYTES:
        raise _wrong(f"calls have at most {MAX_TRANSACTION_BYTES} bytes")
    try:
        found = [read_call(call) for call in calls]
    except Malformed as error:
        raise _wrong(error.detail) from None
    if any(call.contract == APPROVAL for call in found):
        raise _wrong("an approval runs no act of approvals")
    return found


def _signers(keys: Any, party: str, signed: Collection[str], rows: Rows) -> list[Signer]:
    if type(keys) is not list or not 1 <= len(keys) <= MAX_TRANSACTION_KEYS:
        raise _wrong(f"signers are a list of 1 to {MAX_TRANSACTION_KEYS} keys")
    signers: list[Signer] = []
    for key in keys:
        named = type(key) is str and len(key) == KEY_DIGITS and HEX_DIGITS.issuperset(key)
        row = rows.get(core_rows.PARTY_KEYS + core_rows.text_part(key)) if named else None
        if type(row) is not dict or row.get("party") != party:
            raise _wrong("a signer is a key of the party")
        if row.get("status") == ACTIVE:
            signers.append(signer_of(key, row))
    if len(set(keys)) != len(keys):
        raise _wrong("each signer stands once")
    if not any(signer["key"] in signed for signer in signers):
        raise _wrong("one of the signers signed this transaction")
    return signers


def _wrong(detail: str) -> Refused:
    return Refused(Reason.CORE_APPROVAL, detail)
