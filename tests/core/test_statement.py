"""What is signed outside a transaction: for one network, one contract, one purpose, and for nothing else."""

from __future__ import annotations

import pytest

from chainbill import statement
from chainbill.codec import encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.keys import PrivateKey
from chainbill.crypto.signing import verify_digest
from chainbill.errors import Malformed
from chainbill.statement import (
    PURPOSES,
    sign_statement,
    statement_bytes,
    statement_hash,
    verify_statement,
)

NETWORK = bytes(range(32))
KEY = PrivateKey.from_seed(b"k" * 32)
STATEMENT = {"id": "A", "until": "2026-12-31"}
SIGNED = (NETWORK, "party", "application", STATEMENT)


def test_the_hash_is_over_network_contract_purpose_and_statement() -> None:
    data = encode([1, NETWORK, "party", "application", STATEMENT])
    assert statement_bytes(*SIGNED) == data
    assert statement_hash(*SIGNED) == tagged_hash("statement", data)


def test_a_signature_is_over_the_hash() -> None:
    signature = sign_statement(KEY, *SIGNED)
    assert verify_digest(KEY.public, statement_hash(*SIGNED), signature)
    assert verify_statement(*SIGNED, algorithm="ed25519", key=KEY.public, signature=signature)


@pytest.mark.parametrize(
    "other",
    [
        (bytes(32), *SIGNED[1:]),
        (NETWORK, "party", "key", STATEMENT),
        (NETWORK, "finance", "bid", STATEMENT),
        (*SIGNED[:3], {**STATEMENT, "until": "2027-12-31"}),
    ],
    ids=["network", "purpose", "contract", "statement"],
)
def test_what_is_signed_for_one_passes_for_no_other(other: tuple[bytes, str, str, object]) -> None:
    """formats S3: an application bound neither its network nor what it is for."""
    assert statement_hash(*other) != statement_hash(*SIGNED)
    assert not verify_statement(*other, algorithm="ed25519", key=KEY.public, signature=sign_statement(KEY, *SIGNED))


def test_an_algorithm_that_is_not_known_signs_nothing() -> None:
    assert not verify_statement(*SIGNED, algorithm="sm2", key=KEY.public, signature=sign_statement(KEY, *SIGNED))
    assert not verify_statement(*SIGNED, algorithm="", key=KEY.public, signature=sign_statement(KEY, *SIGNED))


def test_a_statement_is_no_transaction_and_no_vote() -> None:
    data = statement_bytes(*SIGNED)
    for domain in ("tx-sign", "vote", "proposal"):
        assert not verify_statement(*SIGNED, algorithm="ed25519", key=KEY.public, signature=KEY.sign(domain, data))


def test_purposes_are_declared() -> None:
    for contract, purposes in PURPOSES.items():
        for purpose in purposes:
            statement_hash(NETWORK, contract, purpose, {})
    for contract, purpose in (("party", "bid"), ("token", "application"), ("party", ""), ("", "")):
        with pytest.raises(Malformed, match="purpose_unknown"):
            statement_hash(NETWORK, contract, purpose, {})


def test_a_network_has_32_bytes() -> None:
    for network in (b"", bytes(31), bytes(33), "00" * 32):
        with pytest.raises(Malformed, match="shape_wrong"):
            statement_hash(network, "party", "key", {})  # type: ignore[arg-type]


@pytest.mark.parametrize("left_out", [1, 2, 3], ids=["network", "contract", "purpose"])
def test_a_form_that_leaves_one_out_is_found(left_out: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutants: what was signed for another network, contract or purpose passes once the form does not name it."""
    others = {
        1: (bytes(32), *SIGNED[1:]),
        2: (NETWORK, "finance", "application", STATEMENT),
        3: (NETWORK, "party", "key", STATEMENT),
    }
    monkeypatch.setitem(PURPOSES, "finance", ("bid", "application"))  # so that the contract alone differs

    def passes() -> bool:
        signature = sign_statement(KEY, *others[left_out])
        return verify_statement(*SIGNED, algorithm="ed25519", key=KEY.public, signature=signature)

    assert not passes()

    def shorter(*said: object) -> bytes:
        fields = [1, *said]
        del fields[left_out]
        return encode(fields)

    monkeypatch.setattr(statement, "statement_bytes", shorter)
    assert passes()
