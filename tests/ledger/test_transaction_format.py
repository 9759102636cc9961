"""The bytes of transactions: one form, bounded, signed by exactly as many of the listed keys as the author said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger.ledger_kit import NETWORK, key, wire

from chainbill import codec
from chainbill.codec import decode, encode
from chainbill.errors import Malformed, Reason
from chainbill.ledger.envelope import verify_signatures
from chainbill.ledger.transaction import (
    Call,
    assemble,
    decode_body,
    decode_transaction,
    encode_body,
    sign_body,
    sign_transaction,
)

msgpack_read = codec._read
CALL = ("token", "accept", {"token": "T1"})
ORDER = 2**252 + 27742317777372353535851937790883648493
KEYS = sorted([key(1), key(2), key(3)], key=lambda one: one.public)
LISTED = [["ed25519", one.public] for one in KEYS]
FIELDS = {
    "format": 2, "network": NETWORK, "party": "ALICE", "valid_until_ms": 5, "nonce": bytes(16),
    "signers": [1, LISTED[:1]], "calls": [list(CALL)], "memo": "",
}  # fmt: skip


def body(**changes: Any) -> bytes:
    return encode(list({**FIELDS, **changes}.values()))


def signed(data: bytes, *indexes: int) -> bytes:
    """Signed by some of KEYS, under their index in LISTED."""
    return assemble(data, [(index, KEYS[index].sign("tx-sign", data)) for index in indexes or (0,)])


def refusal(data: bytes) -> Malformed:
    with pytest.raises(Malformed) as found:
        decode_transaction(data)
    return found.value


def test_a_transaction_reads_back() -> None:
    transaction = decode_transaction(wire(CALL, ("token", "reject", {}), keys=(key(1), key(2)), memo="附言"))
    assert transaction.calls == (Call(*CALL), Call("token", "reject", {}))
    assert (transaction.party, transaction.network, transaction.memo) == ("ALICE", NETWORK, "附言")
    assert (transaction.threshold, transaction.signers) == (2, sorted([key(1).public, key(2).public]))
    assert transaction.keys == tuple([("ed25519", public) for public in transaction.signers])
    assert verify_signatures(transaction)


def test_a_maker_need_not_know_which_checker_will_sign() -> None:
    """The body lists the maker and all checkers, two sign: the id is the same whoever the second is."""
    maker, *checkers = KEYS
    data = decode_transaction(wire(CALL, keys=(maker, checkers[0]), listed=(checkers[1],))).body_bytes
    first, second = [decode_transaction(sign_transaction(data, [maker, one])) for one in checkers]
    assert first.id == second.id
    assert first.wire_id != second.wire_id
    assert (first.signers, second.signers) == ([KEYS[0].public, KEYS[1].public], [KEYS[0].public, KEYS[2].public])
    assert verify_signatures(first)
    assert verify_signatures(second)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": 1}, Reason.FORMAT_VERSION),
        ({"format": 3}, Reason.FORMAT_VERSION),
        ({"format": True}, Reason.FORMAT_VERSION),
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
        ({"valid_until_ms": 2**63}, Reason.SHAPE_WRONG),
        ({"valid_until_ms": True}, Reason.SHAPE_WRONG),
        ({"party": ""}, Reason.SHAPE_WRONG),
        ({"network": NETWORK[:31]}, Reason.SHAPE_WRONG),
        ({"network": "local"}, Reason.SHAPE_WRONG),
        ({"signers": LISTED[:1]}, Reason.SHAPE_WRONG),
        ({"signers": [1, []]}, Reason.TRANSACTION_KEYS),
        ({"signers": [1, LISTED[:1] * 17]}, Reason.TRANSACTION_KEYS),
        ({"signers": [0, LISTED[:1]]}, Reason.TRANSACTION_KEYS),
        ({"signers": [2, LISTED[:1]]}, Reason.TRANSACTION_KEYS),
        ({"signers": [True, LISTED[:1]]}, Reason.TRANSACTION_KEYS),
        ({"signers": [1, LISTED[1::-1]]}, Reason.TRANSACTION_KEYS),
        ({"signers": [1, LISTED[:1] * 2]}, Reason.TRANSACTION_KEYS),
        ({"signers": [1, [LISTED[0][:1]]]}, Reason.SHAPE_WRONG),
        ({"signers": [1, [["ed25519", bytes(31)]]]}, Reason.SHAPE_WRONG),
        ({"signers": [1, [["sm2", bytes(32)]]]}, Reason.ALGORITHM_UNKNOWN),
        ({"signers": [1, [[0, bytes(32)]]]}, Reason.ALGORITHM_UNKNOWN),
    ],
)
def test_a_body_out_of_its_bounds_is_refused(changes: dict[str, Any], reason: Reason) -> None:
    assert refusal(signed(body(**changes))).reason == reason


def test_the_bounds_themselves_are_taken() -> None:
    sixteen = sorted([["ed25519", key(number).public] for number in range(1, 17)])
    changes = {"signers": [1, sixteen], "calls": [list(CALL)] * 100, "memo": "m" * 256, "valid_until_ms": 2**63 - 1}
    data = body(**changes)
    transaction = decode_transaction(assemble(data, [(15, bytes(64))]))
    assert (len(transaction.keys), len(transaction.calls), transaction.signers) == (16, 100, [sixteen[15][1]])


def test_bytes_of_format_1_are_told_so() -> None:
    """What was signed before says so, and is not called a wrong shape."""
    old = encode([1, "local", "ALICE", 5, bytes(16), [list(CALL)], ""])
    pairs = [[KEYS[0].public, KEYS[0].sign("tx-sign", old)]]
    error = refusal(encode([old, pairs]))
    assert error.reason == Reason.FORMAT_VERSION
    assert "made for format 1" in error.detail


def test_exactly_as_many_of_the_listed_keys_sign_as_the_body_says() -> None:
    """formats S1: none more, none less, none twice, none that is not listed."""
    data = body(signers=[2, LISTED])
    assert verify_signatures(decode_transaction(signed(data, 0, 2)))
    pairs = [[index, KEYS[index].sign("tx-sign", data)] for index in range(3)]
    for entries in (
        [],
        pairs[:1],
        pairs,
        pairs[1::-1],
        [pairs[0], pairs[0]],
        [pairs[0], [3, pairs[1][1]]],
        [[-1, pairs[0][1]], pairs[1]],
        [[False, pairs[0][1]], pairs[1]],
        [[KEYS[0].public, pairs[0][1]], pairs[1]],
    ):
        assert refusal(encode([data, entries])).reason == Reason.TRANSACTION_SIGNATURES
    assert refusal(encode([data, [pairs[0], [1, bytes(63)]]])).reason == Reason.SHAPE_WRONG
    assert refusal(encode([data, [pairs[0], [1]]])).reason == Reason.SHAPE_WRONG


def test_who_signs_is_listed_and_as_many_as_the_body_says() -> None:
    data = body(signers=[2, LISTED[:2]])
    for keys in ([KEYS[0]], [KEYS[0], KEYS[0]], KEYS, [KEYS[0], KEYS[2]]):
        with pytest.raises(Malformed, match="transaction_signatures"):
            sign_transaction(data, keys)
    with pytest.raises(Malformed, match="does not list the key"):
        sign_body(decode_body(data), data, KEYS[2])


def test_a_signature_counts_for_its_own_key_only() -> None:
    data = body(signers=[1, LISTED])
    assert not verify_signatures(decode_transaction(assemble(data, [(1, KEYS[0].sign("tx-sign", data))])))


def test_every_signature_must_be_good() -> None:
    data = body(signers=[2, LISTED])
    good = [(index, KEYS[index].sign("tx-sign", data)) for index in range(2)]
    assert verify_signatures(decode_transaction(assemble(data, good)))
    assert not verify_signatures(decode_transaction(assemble(data, [good[0], (1, bytes(64))])))
    assert not verify_signatures(decode_transaction(assemble(data, [(0, bytes(64)), good[1]])))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"ALICE", b"ALICF"),
        (NETWORK, bytes(32)),
        (LISTED[0][1], bytes(32)),
        (b"\x92\x01", b"\x92\x02"),
    ],
    ids=["party", "network", "a key that may sign", "how many sign"],
)
def test_a_changed_body_is_no_longer_signed(old: bytes, new: bytes) -> None:
    """formats S1, S2: what is signed covers the network, the keys that may sign and how many of them must."""
    data = body(signers=[1, LISTED])
    assert data.count(old) == 1
    changed = data.replace(old, new)
    signature = KEYS[1].sign("tx-sign", data)
    pairs = [(1, signature), (2, signature)][: decode_body(changed).threshold]
    assert verify_signatures(decode_transaction(assemble(data, [(1, signature)])))
    assert not verify_signatures(decode_transaction(assemble(changed, pairs)))


def test_a_signature_of_another_domain_does_not_count() -> None:
    data = body()
    assert not verify_signatures(decode_transaction(assemble(data, [(0, KEYS[0].sign("vote", data))])))


def test_a_signature_has_one_form_only() -> None:
    """S + L satisfies the same equation; the rule refuses it, so nobody can make a second wire id."""
    transaction = decode_transaction(wire(CALL))
    signature = transaction.signatures[0][1]
    larger = (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    again = assemble(transaction.body_bytes, [(0, signature[:32] + larger)])
    assert not verify_signatures(decode_transaction(again))


def test_another_encoding_of_the_same_body_is_refused() -> None:
    longer = wire(CALL).replace(b"\xa5ALICE", b"\xd9\x05ALICE")
    with pytest.raises(Malformed):
        decode_transaction(longer)


def test_a_transaction_is_bounded() -> None:
    with pytest.raises(Malformed, match="codec_too_large"):
        decode_transaction(wire(("token", "accept", {"text": "x" * 65_536})))


def test_the_items_of_a_body_are_bounded_whatever_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """65 KB of empty maps took 32 ms to read, before anybody had looked at a signature (security 1)."""
    most = [["a", "b", {"c": [0] * 1_980}]]
    assert decode_transaction(signed(body(calls=most))).calls[0].args == most[0][2]
    found = refusal(signed(body(calls=[["a", "b", {"c": [0] * 1_981}]])))
    assert (found.reason, found.fields) == (Reason.CODEC_TOO_MANY_ITEMS, {"most": 2_000})
    flood = body(calls=[["a", "b", {"c": [{}] * 64_900}]])
    built: list[int] = []
    monkeypatch.setattr("chainbill.codec._read", lambda data: built.append(len(data)) or msgpack_read(data))
    for read, data in ((decode_body, flood), (decode_transaction, signed(flood))):
        with pytest.raises(Malformed, match="codec_too_many_items"):
            read(data)
    assert max(built) < 200


def test_a_body_is_checked_before_it_is_signed() -> None:
    fields = {"network": NETWORK, "party": "A", "valid_until_ms": 1, "nonce": bytes(16), "keys": [KEYS[0].public]}
    with pytest.raises(Malformed, match="transaction_calls"):
        encode_body(**fields, calls=[])
    with pytest.raises(Malformed, match="transaction_keys"):
        encode_body(**fields, calls=[Call(*CALL)], threshold=2)


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
