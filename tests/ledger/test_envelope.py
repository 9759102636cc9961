"""security 1: what surrounds a transaction's calls is read by itself, at a bounded cost, whatever the bytes are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger.ledger_kit import NETWORK, key, wire

from chainbill import codec
from chainbill.codec import encode
from chainbill.errors import Malformed, Reason
from chainbill.ledger.envelope import Head, read_envelope, verify_signatures, wire_id_of
from chainbill.ledger.transaction import assemble, decode_transaction, open_envelope
from chainbill.limits import MAX_ENVELOPE_BYTES, MAX_TRANSACTION_BYTES

CALL = ("token", "accept", {"token": "T1"})
PUBLIC = key(1).public
FIELDS: dict[str, Any] = {
    "format": 2, "network": NETWORK, "party": "ALICE", "valid_until_ms": 5, "nonce": bytes(16),
    "signers": [1, [["ed25519", PUBLIC]]], "calls": [list(CALL)], "memo": "附言",
}  # fmt: skip
SIGNATURES = [(0, bytes(64))]


def body(**changes: Any) -> bytes:
    return encode(list({**FIELDS, **changes}.values()))


def heavy(fill: bytes) -> bytes:
    """A wire of nearly 64 KiB: one argument, a list of as many values as go in."""
    frame = body(calls=[["a", "b", {"x": []}]], memo="")
    count = (MAX_TRANSACTION_BYTES - 400) // len(fill)
    data = frame.replace(b"\xa1x\x90", b"\xa1x\xdd" + count.to_bytes(4, "big") + fill * count)
    return assemble(data, SIGNATURES)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The sizes of what the codec builds values of."""
    sizes: list[int] = []
    read = codec._read

    def recorded(data: bytes) -> Any:
        sizes.append(len(data))
        return read(data)

    monkeypatch.setattr(codec, "_read", recorded)
    return sizes


def test_an_envelope_has_all_but_the_calls() -> None:
    data = wire(CALL, keys=(key(1), key(2)), memo="附言")
    envelope, transaction = read_envelope(data), decode_transaction(data)
    for name in (
        *Head.__struct_fields__,
        "wire",
        "body_bytes",
        "unread",
        "signatures",
        "signers",
        "id",
        "wire_id",
    ):
        assert getattr(envelope, name) == getattr(transaction, name), name
    assert codec.decode(b"\x92" + envelope.body_bytes[envelope.unread :]) == [[list(CALL)], "附言"]
    assert verify_signatures(envelope)
    assert open_envelope(envelope) == transaction


def test_ids_that_were_hashed_are_not_hashed_again() -> None:
    envelope = read_envelope(wire(CALL))
    identity = envelope.id
    assert open_envelope(envelope).id is identity
    known = wire_id_of(envelope.wire)
    assert read_envelope(envelope.wire, known).wire_id is known


@pytest.mark.parametrize(
    "fill", [b"\x80", b"\xc0", b"\x91\x90", b"\xa1a", b"\xc1", b"\xd4\x00\x00", b"\xcb" + bytes(8)]
)
def test_the_calls_are_not_looked_at(fill: bytes, built: list[int]) -> None:
    """65 KB of empty maps took 32 ms: 65,000 values were built before anybody had looked at the sender."""
    envelope = read_envelope(heavy(fill))
    assert sum(built) < 400
    assert envelope.party == "ALICE"
    del built[:]
    with pytest.raises(Malformed):
        open_envelope(envelope)
    assert built == []  # counted, and found too many, or none


def test_what_is_wrong_in_the_calls_is_found_when_they_are_opened() -> None:
    """Nothing passes both steps that is not canonical as a whole."""
    cases = {
        Reason.TRANSACTION_CALLS: [],
        Reason.SHAPE_WRONG: [["a", "b"]],
        Reason.CODEC_TOO_DEEP: [["a", "b", {"x": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}]],
    }
    for reason, calls in cases.items():
        data = codec.encode_trusted([*list(FIELDS.values())[:6], calls, ""])
        envelope = read_envelope(assemble(data, SIGNATURES))
        with pytest.raises(Malformed, match=reason):
            open_envelope(envelope)
    data = body().replace(b"\xa5token\xa2T1", b"\xd9\x05token\xa2T1")
    envelope = read_envelope(assemble(data, SIGNATURES))
    with pytest.raises(Malformed, match="codec_not_canonical"):
        open_envelope(envelope)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.SHAPE_WRONG),
        (b"\x92", Reason.SHAPE_WRONG),
        (b"\x92\xc5\x00\x01\x90\x90", Reason.CODEC_NOT_CANONICAL),
        (b"\x92\xc6\xff\xff\xff\xff\x90", Reason.SHAPE_WRONG),
        (b"\x90", Reason.SHAPE_WRONG),
        (b"\x92\x90\xdc\xfd\x84" + b"\x80" * 64_900, Reason.SHAPE_WRONG),
        (assemble(b"", SIGNATURES), Reason.SHAPE_WRONG),
        (assemble(b"\x98\x02", SIGNATURES), Reason.CODEC_NOT_MSGPACK),
        (assemble(b"\x98\x02\xc1", SIGNATURES), Reason.CODEC_TYPE_NOT_ALLOWED),
        (assemble(b"\x98\x02\xdd\xff\xff\xff\xff", SIGNATURES), Reason.CODEC_NOT_MSGPACK),
        (assemble(b"\x98\x02" + b"\x81\xa1a\xc0" * 5 + b"\xc0", SIGNATURES), Reason.SHAPE_WRONG),
        (assemble(b"\x80", SIGNATURES), Reason.SHAPE_WRONG),
        (assemble(b"\x90", SIGNATURES), Reason.SHAPE_WRONG),
        (assemble(b"\xdd\x00\x00\xf0\x00" + bytes(0xF000), SIGNATURES), Reason.SHAPE_WRONG),
        (assemble(b"\x98" + b"\x91" * 60_000, SIGNATURES), Reason.CODEC_TOO_MANY_ITEMS),
        (assemble(b"\x98" + b"\x91" * 50 + b"\xc0" * 6, SIGNATURES), Reason.FORMAT_VERSION),
        (assemble(body(party="P" * MAX_ENVELOPE_BYTES), SIGNATURES), Reason.CODEC_TOO_LARGE),
        (assemble(b"\xdc\x00\x08" + body()[1:], SIGNATURES), Reason.CODEC_NOT_CANONICAL),
        (assemble(body(), SIGNATURES).replace(b"\xa5ALICE", b"\xd9\x05ALICE"), Reason.CODEC_NOT_MSGPACK),
        (assemble(body().replace(b"\xa5ALICE", b"\xd9\x05ALICE"), SIGNATURES), Reason.CODEC_NOT_CANONICAL),
        (b"\xdc\x00\x02" + assemble(body(), SIGNATURES)[1:], Reason.CODEC_NOT_CANONICAL),
        (assemble(body(), SIGNATURES) + b"\x00", Reason.CODEC_NOT_MSGPACK),
        (encode([body(), [[0, bytes(64)]] * 80]), Reason.CODEC_TOO_LARGE),
        (encode([body(), [[0, bytes(64)]] * 2]), Reason.TRANSACTION_SIGNATURES),
        (bytes(MAX_TRANSACTION_BYTES + 1), Reason.CODEC_TOO_LARGE),
    ],
)
def test_what_is_no_envelope_is_told_why_and_costs_no_body(data: bytes, reason: Reason, built: list[int]) -> None:
    with pytest.raises(Malformed) as found:
        read_envelope(data)
    assert found.value.reason == reason
    assert sum(built) < MAX_ENVELOPE_BYTES


def spoiled(data: bytes, position: int, value: int) -> bytes:
    changed = bytearray(data)
    changed[position % len(data)] = value
    return bytes(changed)


@given(st.integers(0, 400), st.integers(0, 255), st.booleans())
@settings(max_examples=500, deadline=None, print_blob=True)
def test_both_steps_together_take_what_one_strict_decoding_takes(position: int, value: int, inside: bool) -> None:
    """One byte of a body or of a wire is another one: whatever is taken re-encodes to itself, whole."""
    data = assemble(spoiled(body(), position, value), SIGNATURES) if inside else spoiled(wire(CALL), position, value)
    try:
        taken = decode_transaction(data)
    except Malformed:
        return
    outer = codec.decode(data)
    fields = codec.decode(outer[0])
    assert encode([encode(fields), outer[1]]) == data
    assert fields[6] == [[call.contract, call.function, call.args] for call in taken.calls]
    assert [fields[2], fields[7]] == [taken.party, taken.memo]
