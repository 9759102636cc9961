"""The bytes of transactions: one form, bounded, signed by distinct keys over exactly the body."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger.ledger_kit import CHAIN, key, wire

from chainbill.codec import decode, encode
from chainbill.errors import Malformed, Reason
from chainbill.ledger.transaction import Call, assemble, decode_transaction, encode_body, verify_signatures

CALL = ("token", "accept", {"token": "T1"})
ORDER = 2**252 + 27742317777372353535851937790883648493


def body(**changes: Any) -> list[Any]:
    fields = {
        "version": 1, "chain_id": CHAIN, "party": "ALICE", "valid_until_ms": 5, "nonce": bytes(16),
        "calls": [list(CALL)], "memo": "",
    }  # fmt: skip
    return list({**fields, **changes}.values())


def signed(fields: list[Any]) -> bytes:
    data = encode(fields)
    return assemble(data, [(key(1).public, key(1).sign("tx-sign", data))])


def test_a_transaction_reads_back() -> None:
    transaction = decode_transaction(wire(CALL, ("token", "reject", {}), keys=(key(1), key(2)), memo="附言"))
    assert transaction.calls == (Call(*CALL), Call("token", "reject", {}))
    assert (transaction.party, transaction.chain_id, transaction.memo) == ("ALICE", CHAIN, "附言")
    assert [public for public, _ in transaction.signatures] == sorted([key(1).public, key(2).public])
    assert verify_signatures(transaction)


def test_the_id_is_of_the_body_and_the_wire_id_of_the_signatures_too() -> None:
    one, both = decode_transaction(wire(CALL)), decode_transaction(wire(CALL, keys=(key(1), key(2))))
    assert one.id == both.id
    assert one.wire_id != both.wire_id


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"version": 2}, Reason.TRANSACTION_VERSION),
        ({"version": True}, Reason.TRANSACTION_VERSION),
        ({"calls": []}, Reason.TRANSACTION_CALLS),
        ({"calls": [list(CALL)] * 101}, Reason.TRANSACTION_CALLS),
        ({"calls": {}}, Reason.TRANSACTION_CALLS),
        ({"calls": [["token", "accept"]]}, Reason.SHAPE_WRONG),
        ({"calls": [["token", "accept", []]]}, Reason.SHAPE_WRONG),
        ({"calls": [["", "accept", {}]]}, Reason.SHAPE_WRONG),
        ({"calls": [["t" * 41, "accept", {}]]}, Reason.SHAPE_WRONG),
        ({"memo": "附" * 86}, Reason.TRANSACTION_MEMO),
        ({"memo": None}, Reason.TRANSACTION_MEMO),
        ({"nonce": bytes(15)}, Reason.SHAPE_WRONG),
        ({"valid_until_ms": -1}, Reason.SHAPE_WRONG),
        ({"valid_until_ms": True}, Reason.SHAPE_WRONG),
        ({"party": ""}, Reason.SHAPE_WRONG),
        ({"chain_id": "c" * 65}, Reason.SHAPE_WRONG),
    ],
)
def test_a_body_out_of_its_bounds_is_refused(changes: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(Malformed) as refusal:
        decode_transaction(signed(body(**changes)))
    assert refusal.value.reason == reason


def test_signatures_are_distinct_sorted_and_at_least_one() -> None:
    data = encode(body())
    pairs = sorted((key(number).public, key(number).sign("tx-sign", data)) for number in (1, 2))
    backwards = encode([data, [list(pair) for pair in reversed(pairs)]])
    twice = encode([data, [list(pairs[0]), list(pairs[0])]])
    for broken in (backwards, twice, encode([data, []])):
        with pytest.raises(Malformed, match="transaction_signatures"):
            decode_transaction(broken)


def test_a_changed_body_is_no_longer_signed() -> None:
    transaction = decode_transaction(wire(CALL))
    forged = assemble(transaction.body_bytes.replace(b"ALICE", b"ALICF"), list(transaction.signatures))
    assert not verify_signatures(decode_transaction(forged))


def test_a_signature_of_another_domain_does_not_count() -> None:
    data = encode(body())
    assert not verify_signatures(decode_transaction(assemble(data, [(key(1).public, key(1).sign("vote", data))])))


def test_a_signature_has_one_form_only() -> None:
    """S + L satisfies the same equation; the rule refuses it, so nobody can make a second wire id."""
    transaction = decode_transaction(wire(CALL))
    public, signature = transaction.signatures[0]
    larger = (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    again = assemble(transaction.body_bytes, [(public, signature[:32] + larger)])
    assert not verify_signatures(decode_transaction(again))


def test_another_encoding_of_the_same_body_is_refused() -> None:
    longer = wire(CALL).replace(b"\xa5ALICE", b"\xd9\x05ALICE")
    with pytest.raises(Malformed):
        decode_transaction(longer)


def test_a_transaction_is_bounded() -> None:
    with pytest.raises(Malformed, match="codec_too_large"):
        decode_transaction(wire(("token", "accept", {"text": "x" * 65_536})))


def test_a_body_is_checked_before_it_is_signed() -> None:
    with pytest.raises(Malformed, match="transaction_calls"):
        encode_body(chain_id=CHAIN, party="A", valid_until_ms=1, nonce=bytes(16), calls=[])


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_random_bytes_are_malformed_never_an_accident(data: bytes) -> None:
    with pytest.raises(Malformed):
        decode_transaction(data)


@given(st.integers(0, 400), st.integers(0, 255))
@settings(max_examples=300, deadline=None)
def test_one_changed_byte_never_leaves_a_good_transaction(position: int, value: int) -> None:
    data = wire(CALL)
    changed = bytearray(data)
    changed[position % len(data)] = value
    if bytes(changed) == data:
        return
    try:
        transaction = decode_transaction(bytes(changed))
    except Malformed:
        return
    assert encode(decode(bytes(changed))) == bytes(changed)
    assert not verify_signatures(transaction)
