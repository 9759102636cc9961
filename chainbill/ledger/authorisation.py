"""Who may send a transaction, and when: network, window, replay, signatures, keys, standing of the party.

What an active party may do with its keys is up to the contracts: they see the signers and their capabilities.

The field's word: replay protection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from chainbill.errors import Malformed, Reason, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.envelope import Envelope, verify_signatures
from chainbill.ledger.open_acts import check_standing
from chainbill.ledger.transaction import Transaction
from chainbill.vm.context import Signer

ACTIVE = "active"


class DecodedRows(Protocol):
    """Decoded rows by key: an overlay."""

    def get(self, key: bytes) -> Any:
        """The row, None if there is none."""


def check_network(transaction: Envelope, network: bytes) -> None:
    """Malformed unless the transaction is for this network, which its genesis hash names."""
    if transaction.network != network:
        theirs, ours = transaction.network.hex(), network.hex()
        raise Malformed(Reason.NETWORK_WRONG, f"the transaction is for {theirs}, this is {ours}")


def check_window(transaction: Envelope, time_ms: int, window_ms: int) -> None:
    """Refused unless time_ms ≤ valid_until_ms < time_ms + window_ms, the rule replay_window_ms."""
    if transaction.valid_until_ms < time_ms:
        raise Refused(Reason.TRANSACTION_EXPIRED, "it was valid until an earlier time")
    if transaction.valid_until_ms >= time_ms + window_ms:
        raise Refused(Reason.TRANSACTION_TOO_EARLY, "it may be valid for less than replay_window_ms from now")


def check_signatures(transaction: Envelope) -> None:
    """Malformed unless every signature is good."""
    if not verify_signatures(transaction):
        raise Malformed(Reason.SIGNATURE_INVALID, "a signature is bad")


def check_known(transaction: Envelope, rows: DecodedRows) -> Refused | None:
    """Refused with key_not_registered unless every key that signed is registered for the party.

    For the time before signatures are verified: whoever sent the bytes learns nothing about other parties' keys. The
    answer, key_not_active, is for the holder of the key.
    """
    inactive = None
    for public_key in transaction.signers:
        row = rows.get(core_rows.party_key_key(public_key))
        if type(row) is not dict or row.get("party") != transaction.party:
            raise Refused(Reason.KEY_NOT_REGISTERED, "the signing key is not registered", key=public_key.hex())
        if row.get("status") != ACTIVE:
            inactive = _not_active(public_key)
    return inactive


def signers_of(transaction: Transaction, rows: DecodedRows) -> list[Signer]:
    """The signing keys as contracts see them; Refused unless all are active keys of a party that may send this.

    A key that is only listed need not be one: a checker whose key was revoked meanwhile does not harm the others.
    """
    party = transaction.party
    signers: list[Signer] = []
    for public_key in transaction.signers:
        row = rows.get(core_rows.party_key_key(public_key))
        if type(row) is not dict:
            raise Refused(Reason.KEY_NOT_REGISTERED, "the signing key is not registered", key=public_key.hex())
        if row.get("party") != party:
            raise Refused(Reason.KEY_OF_OTHER_PARTY, "the signing key is another party's", key=public_key.hex())
        if row.get("status") != ACTIVE:
            raise _not_active(public_key)
        signers.append(signer_of(public_key.hex(), row))
    check_sender(transaction, rows)
    return signers


def _not_active(public_key: bytes) -> Refused:
    return Refused(Reason.KEY_NOT_ACTIVE, "the signing key is not active", key=public_key.hex())


def check_sender(transaction: Transaction, rows: DecodedRows) -> None:
    """Refused with party_not_active unless the party's standing allows each of the calls."""
    party = transaction.party
    check_standing(party, rows.get(core_rows.party_key(party)), transaction.calls)


def signer_of(key: str, row: Mapping[str, Any]) -> Signer:
    """A signing key as contracts see it, from its row."""
    return {
        "key": key,
        "capabilities": row.get("capabilities", []),
        "operator": row.get("operator", ""),
        "unit": row.get("unit", ""),
    }
