"""Receipts: read back, refused where they are none, and not to be guessed from their hashes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger.tiny_network import TinyNetwork
from vectors.make_receipt import _bad, _good

from chainbill.codec import encode
from chainbill.crypto import merkle
from chainbill.crypto.keys import PrivateKey
from chainbill.errors import Malformed
from chainbill.ledger.receipt import NO_SALT, Kind, Receipt, decode_receipt, receipt_salt
from chainbill.ledger.transaction import decode_transaction


@pytest.mark.parametrize("one", _good(), ids=lambda one: f"{one.kind} {one.status}")
def test_a_receipt_reads_back(one: Receipt) -> None:
    assert decode_receipt(one.encode()) == one


def test_there_is_an_example_of_each_kind() -> None:
    assert {one.kind for one in _good()} == set(Kind)


@pytest.mark.parametrize(("name", "raw"), _bad(), ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_none_is_refused(name: str, raw: bytes) -> None:
    with pytest.raises(Malformed):
        decode_receipt(raw)


def test_an_old_receipt_is_refused_in_words() -> None:
    """formats S6: receipts carried no version."""
    old = encode([bytes(32), "ok", "", {}, [], [], 5])
    with pytest.raises(Malformed, match="made for format 1") as caught:
        decode_receipt(old)
    assert caught.value.reason == "format_version"


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32))
def test_the_salt_is_of_nonce_and_id(nonce: bytes, unit_id: bytes) -> None:
    salt = receipt_salt(nonce, unit_id)
    assert salt != receipt_salt(bytes(16) if nonce != bytes(16) else b"1" * 16, unit_id)
    assert salt not in (NO_SALT, receipt_salt(nonce, unit_id[::-1] + b"x"))


def test_who_does_not_know_the_nonce_cannot_try_out_what_a_transaction_did() -> None:
    """formats S5: hashes of receipts are shown to all who check a root; without a salt an amount could be guessed."""
    network = TinyNetwork()
    issue = ("bill", "issue", {"debtor": "ANCHOR", "face": 1000})
    for calls, status in ((issue, "ok"), (("bill", "issue", {"debtor": "S1", "face": 0}), "refused")):
        wire = network.wire("ANCHOR", calls)
        network.decide(network.block(wire))
        transaction, receipt = decode_transaction(wire), network.applied.receipts[-1]
        assert (receipt.kind, receipt.id, receipt.status) == ("transaction", transaction.id, status)
        assert receipt.salt == receipt_salt(transaction.nonce, transaction.id)
        known = receipt.fields()
        guesses = [encode([*known[:3], salt, *known[4:]]) for salt in (NO_SALT, receipt_salt(b"", transaction.id))]
        leaf = merkle.leaf_hash(network.applied.receipt_bytes[-1])
        assert leaf not in [merkle.leaf_hash(guess) for guess in guesses]


def test_a_transaction_that_never_ran_has_a_salt_too() -> None:
    network = TinyNetwork()
    wire = network.wire("ANCHOR", ("bill", "issue", {"debtor": "ANCHOR", "face": 1}), keys=[PrivateKey.generate()])
    network.decide(network.block(wire))
    transaction, receipt = decode_transaction(wire), network.applied.receipts[-1]
    assert receipt.reason == "key_not_registered"
    assert receipt.salt == receipt_salt(transaction.nonce, transaction.id)
