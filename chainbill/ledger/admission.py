"""Answers before anything is in a block: may a transaction wait for one, and what would it do now.

The field's word: admission control.
"""

from __future__ import annotations

from collections.abc import Sequence

from chainbill.errors import Malformed, Reason, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.authorisation import (
    DecodedRows,
    check_known,
    check_network,
    check_sender,
    check_signatures,
    check_window,
    signers_of,
)
from chainbill.ledger.envelope import Envelope
from chainbill.ledger.environment import BlockEnv
from chainbill.ledger.execution import Execution, base_gas
from chainbill.ledger.open_acts import check_some_standing
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Transaction
from chainbill.ledger.units import failed_transaction
from chainbill.state.overlay import Overlay
from chainbill.state.view import View
from chainbill.vm.context import Signer


def screen(rows: DecodedRows, envelope: Envelope, env: BlockEnv, now_ms: int) -> Refused | None:
    """What can be said of a transaction before its signatures are verified and its calls are read: some look-ups.

    Malformed: it is for another network. Refused with key_not_registered: a stranger sent it. An answer: it will be
    refused for this in any case, which is told to whoever proves to hold the keys, and to nobody else. None: go on.
    """
    check_network(envelope, env.genesis.hash)
    inactive = check_known(envelope, rows)
    if inactive is not None:
        return inactive
    try:
        check_window(envelope, now_ms, rows.get(core_rows.RULES)["rules"]["replay_window_ms"])
        check_some_standing(envelope.party, rows.get(core_rows.party_key(envelope.party)))
    except Refused as error:
        return error
    return None


def admit(rows: DecodedRows, transaction: Transaction, env: BlockEnv, now_ms: int) -> None:
    """Raise Malformed or Refused unless the transaction could be run in a block at `now_ms`; its calls are not run.

    rows: of the newest state. Signatures are verified unless the wire id is in `env.verified`.
    """
    check_network(transaction, env.genesis.hash)
    check_window(transaction, now_ms, rows.get(core_rows.RULES)["rules"]["replay_window_ms"])
    if env.seen(transaction.id):
        raise Refused(Reason.TRANSACTION_REPLAYED, "the transaction was used before")
    if transaction.wire_id not in env.verified:
        check_signatures(transaction)
    signers_of(transaction, rows)


def simulate(
    view: View,
    transaction: Transaction,
    env: BlockEnv,
    time_ms: int,
    signers: Sequence[Signer] | None = None,
) -> Receipt:
    """The receipt that a transaction would have as the only one of a block at `time_ms`; nothing is kept.

    signers: stand in for the signatures of a transaction that is not signed yet. Day items that are due and contracts
    whose height has come are not run first.
    """
    run = Execution(view, env, time_ms=time_ms, proposer=env.validators.proposer(env.height, 0).key)
    try:
        check_network(transaction, env.genesis.hash)
        if signers is None:
            signers = signers_of(transaction, run.overlay)
        else:
            check_sender(transaction, run.overlay)
    except (Refused, Malformed) as error:
        return failed_transaction(transaction, error, base_gas(transaction, run.rules))
    return run.run_calls(transaction, signers)


def clock_offset_ms(view: View) -> int:
    """How far the adjustable clock of the network is ahead of real time, in ms; 0 where it is not adjustable."""
    row = Overlay(view).get(core_rows.CLOCK_OFFSET)
    return 0 if row is None else int(row["offset_ms"])
