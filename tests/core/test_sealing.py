"""Sealing: the vector of RFC 9180, key files, and envelopes of bids that say nothing to whom they are not for."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chainbill.codec import encode
from chainbill.crypto.keys import PrivateKey
from chainbill.crypto.sealing import OVERHEAD_BYTES, EncryptionKey, seal
from chainbill.errors import Malformed, Reason
from chainbill.sealed_bid import ENVELOPE_BYTES, TEXT_BYTES, Bid, opened
from chainbill.statement import statement_hash

NETWORK = bytes(range(32))
SALT = "5a" * 32
REQUEST, BANK = "R000000000000A", "919900001Y59KKFE2T"
VECTOR = {
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "skRm": "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
    "pkRm": "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
    "enc": "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
    "key": "4531685d41d65f03dc48f6b8302c05b0",
    "base_nonce": "56d890e5accaaf011cff4b7d",
    "aad": "436f756e742d30",
    "pt": "4265617574792069732074727574682c20747275746820626561757479",
    "ct": "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
}
"""RFC 9180, A.1.1 and A.1.1.1: base mode, the first encryption."""
TERMS: dict[str, Any] = {
    "rate": 38_500, "recourse": False, "basis": "act/360", "fee": 0, "value_date": "2027-03-01",
    "interest_payer": "holder",
}  # fmt: skip
LARGEST: dict[str, Any] = {
    "rate": 1_000_000, "recourse": True, "basis": "act/365f", "fee": 2**53 - 1, "value_date": "2899-12-31",
    "interest_payer": "debtor",
}  # fmt: skip


def test_hpke_is_that_of_rfc_9180() -> None:
    """A.1.1: what anybody seals with the vector's key and info opens here. Our texts have no additional data, whereas
    the vector's have "Count-0": its key and nonce are shown to be those of its ciphertext first."""
    vector = {name: bytes.fromhex(value) for name, value in VECTOR.items()}
    cipher = AESGCM(vector["key"])
    assert cipher.encrypt(vector["base_nonce"], vector["pt"], vector["aad"]) == vector["ct"]
    sealed = vector["enc"] + cipher.encrypt(vector["base_nonce"], vector["pt"], b"")
    key = EncryptionKey(vector["skRm"])
    assert key.public == vector["pkRm"]
    assert key.open(sealed, vector["info"]) == vector["pt"]


def test_what_is_sealed_opens_with_its_key_and_purpose_only() -> None:
    key = EncryptionKey.generate()
    sealed = seal(key.public, b"terms", b"for this")
    assert len(sealed) == 5 + OVERHEAD_BYTES
    assert key.open(sealed, b"for this") == b"terms"
    changed = bytes([sealed[0] ^ 1]) + sealed[1:]
    for other, text, info in (
        (EncryptionKey.generate(), sealed, b"for this"), (key, sealed, b"for that"), (key, sealed[:-1], b"for this"),
        (key, changed, b"for this"), (key, b"", b"for this"),
    ):  # fmt: skip
        with pytest.raises(Malformed) as refused:
            other.open(text, info)
        assert refused.value.reason == Reason.NOT_SEALED_SO


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(32)])
def test_nothing_is_sealed_to_what_is_no_key(public: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        seal(public, b"terms", b"")
    assert refused.value.reason == Reason.KEY_MALFORMED


@pytest.mark.parametrize("password", [b"", b"a good one"])
def test_a_key_comes_back_from_its_file(password: bytes) -> None:
    key = EncryptionKey.generate()
    pem = key.to_pem(password)
    assert (b"ENCRYPTED" in pem) is bool(password)
    assert EncryptionKey.from_pem(pem, password or None).public == key.public
    with pytest.raises(Malformed):
        EncryptionKey.from_pem(pem, None if password else b"some")
    with pytest.raises(Malformed) as refused:
        EncryptionKey.from_pem(PrivateKey.generate().to_pem(b"signs"), b"signs")
    assert refused.value.reason == Reason.KEY_FILE_MALFORMED


@pytest.mark.parametrize("terms", [TERMS, LARGEST])
def test_every_envelope_is_as_long_and_opens_to_its_bid(terms: dict[str, Any]) -> None:
    key = EncryptionKey.generate()
    bid = Bid.of(NETWORK, REQUEST, BANK, terms)
    envelope = bid.sealed_to(key.public)
    assert len(envelope) == ENVELOPE_BYTES
    assert opened(key, envelope, network=NETWORK, request=REQUEST, bank=BANK, commitment=bid.commitment) == bid


def test_the_same_terms_are_never_seen_to_be_the_same() -> None:
    key = EncryptionKey.generate()
    bids = [Bid.of(NETWORK, REQUEST, BANK, TERMS) for _ in range(20)]
    assert len({one.commitment for one in bids}) == 20
    assert len({bids[0].sealed_to(key.public) for _ in range(20)}) == 20


def test_a_bid_opens_for_its_request_its_bank_and_its_commitment_only() -> None:
    key = EncryptionKey.generate()
    bid = Bid.of(NETWORK, REQUEST, BANK, TERMS)
    envelope = bid.sealed_to(key.public)
    right: dict[str, Any] = {"network": NETWORK, "request": REQUEST, "bank": BANK, "commitment": bid.commitment}
    for name, other in (("network", bytes(32)), ("request", "R2"), ("bank", "B2"), ("commitment", "00" * 32)):
        with pytest.raises(Malformed) as refused:
            opened(key, envelope, **{**right, name: other})
        assert refused.value.reason == Reason.NOT_SEALED_SO


@pytest.mark.parametrize(
    "content",
    [
        [1], [{}, SALT], [TERMS, 5], [TERMS, "00"], [{**TERMS, "more": 1}, SALT], {"terms": TERMS}, [list(TERMS), SALT],
        *([{**TERMS, **one}, SALT] for one in (
            {"rate": -1}, {"rate": True}, {"rate": 1_000_001}, {"fee": 2**53}, {"fee": "0"}, {"recourse": 0},
            {"basis": "act/act"}, {"basis": ["act/360"]}, {"interest_payer": "all"}, {"value_date": ""},
            {"value_date": 20270301},
        )),
    ],
)  # fmt: skip
def test_what_a_bank_seals_beside_the_form_is_no_bid(content: Any) -> None:
    key = EncryptionKey.generate()
    text = encode(content)
    padded = (len(text).to_bytes(2, "big") + text).ljust(TEXT_BYTES, b"\0")
    _refused(key, padded, said_of(content))


def said_of(content: Any) -> str:
    """The commitment to what is no bid, where one can be made: that it is kept does not make it one."""
    if not isinstance(content, list) or len(content) != 2:
        return "00" * 32
    said = {"request": REQUEST, "bank": BANK, "terms": content[0], "salt": content[1]}
    return statement_hash(NETWORK, "finance", "bid", said).hex()


@pytest.mark.parametrize("text", [b"", bytes(TEXT_BYTES), b"\xff" * TEXT_BYTES, bytes(TEXT_BYTES - 1)])
def test_bytes_that_are_no_envelope_are_no_bid(text: bytes) -> None:
    _refused(EncryptionKey.generate(), text)


def test_padding_carries_nothing() -> None:
    key = EncryptionKey.generate()
    bid = Bid.of(NETWORK, REQUEST, BANK, TERMS)
    text = encode([TERMS, bid.salt])
    _refused(key, (len(text).to_bytes(2, "big") + text).ljust(TEXT_BYTES - 1, b"\0") + b"x", bid.commitment)


def _refused(key: EncryptionKey, text: bytes, commitment: str = "00" * 32) -> None:
    sealed = seal(key.public, text, encode(["bid", NETWORK, REQUEST, BANK]))
    with pytest.raises(Malformed):
        opened(key, sealed, network=NETWORK, request=REQUEST, bank=BANK, commitment=commitment)
