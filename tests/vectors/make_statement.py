"""Vectors of statements: what is hashed and signed outside transactions, and signatures that must not count."""

from __future__ import annotations

from typing import Any

from chainbill.codec import encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.keys import PrivateKey
from chainbill.errors import Malformed
from chainbill.statement import (
    PURPOSES,
    sign_statement,
    statement_bytes,
    statement_hash,
    verify_statement,
)

NETWORK = bytes(range(100, 132))
KEY, OTHER = (PrivateKey.from_seed(bytes([number]) * 32) for number in (1, 2))
STATEMENT = {"id": "91310000775785552L", "sponsor": "", "until": "2026-12-31"}
SUBJECT = (NETWORK, "party", "application")


def make() -> dict[str, Any]:
    """Hashes and signatures for every purpose, what passes for none, and purposes that are not there."""
    return {
        "key": {"seed": KEY.seed.hex(), "alg": "ed25519", "public": KEY.public.hex()},
        "accepted": [
            _accepted(contract, purpose, statement)
            for contract, purposes in PURPOSES.items()
            for purpose in purposes
            for statement in (STATEMENT, {})
        ],
        "not_verified": [_not_verified(name, *rest) for name, *rest in _wrong()],
        "examples": [_application(), _new_key()],
        "refused": [_refused("party", "bid"), _refused("token", "application"), _refused("party", "")],
    }


def _accepted(contract: str, purpose: str, statement: Any) -> dict[str, Any]:
    subject = (NETWORK, contract, purpose)
    return {
        "network": NETWORK.hex(),
        "contract": contract,
        "purpose": purpose,
        "statement": statement,
        "bytes": statement_bytes(*subject, statement).hex(),
        "hash": statement_hash(*subject, statement).hex(),
        "signature": sign_statement(KEY, *subject, statement).hex(),
    }


def _key(key: PrivateKey, *capabilities: str, operator: str = "") -> dict[str, Any]:
    return {
        "alg": "ed25519", "key": key.public.hex(), "capabilities": list(capabilities), "unit": "", "operator": operator,
        "certificate": "",
    }  # fmt: skip


def _application() -> dict[str, Any]:
    """What party.register takes: a statement that both its keys sign, in the order in which it lists them."""
    statement = {
        "id": "91310000775785552L", "name_zh": "示例公司", "name_en": "Example", "roles": ["supplier"],
        "identifiers": [{"scheme": "lei", "value": "529900T8BM49AURSDO55"}],
        "keys": [_key(KEY, "maker", "admin"), _key(OTHER, "checker", operator="ab" * 32)],
        "accounts": [{"currency": "CNY", "bank": "91350211M000100Y43", "alg": "sha256", "digest": "cd" * 32}],
        "sponsor": "91350211M000100Y43", "until": "2026-12-31",
    }  # fmt: skip
    signed = [(one.public.hex(), _signature(one, "application", statement)) for one in (KEY, OTHER)]
    signatures = [{"key": key, "signature": signature} for key, signature in signed]
    return {
        "name": "an application", **_hashed("application", statement),
        "application": {"statement": statement, "signatures": signatures},
    }  # fmt: skip


def _new_key() -> dict[str, Any]:
    """What party.add_key takes: a key, and its own signature over what it is to be."""
    key = _key(OTHER, "checker")
    statement = {"party": "91310000775785552L", **key}
    arguments = {"key": key, "proof": _signature(OTHER, "key", statement)}
    return {"name": "a key that is added", **_hashed("key", statement), "statement": statement, "arguments": arguments}


def _signature(key: PrivateKey, purpose: str, statement: Any) -> str:
    return sign_statement(key, NETWORK, "party", purpose, statement).hex()


def _hashed(purpose: str, statement: Any) -> dict[str, str]:
    found = statement_hash(NETWORK, "party", purpose, statement)
    return {"network": NETWORK.hex(), "contract": "party", "purpose": purpose, "hash": found.hex()}


def _wrong() -> list[tuple[str, str, bytes]]:
    old = KEY.sign("application", encode(STATEMENT))
    bare = KEY.sign("statement", encode(STATEMENT))
    return [
        ("signed for another network", "ed25519", sign_statement(KEY, bytes(32), *SUBJECT[1:], STATEMENT)),
        ("signed for another purpose", "ed25519", sign_statement(KEY, NETWORK, "party", "key", STATEMENT)),
        ("signed for another contract", "ed25519", sign_statement(KEY, NETWORK, "finance", "bid", STATEMENT)),
        ("another statement was signed", "ed25519", sign_statement(KEY, *SUBJECT, {**STATEMENT, "sponsor": "X"})),
        ("signed by another key", "ed25519", sign_statement(OTHER, *SUBJECT, STATEMENT)),
        ("signed as in format 1", "ed25519", old),
        ("the statement alone was signed", "ed25519", bare),
        ("an algorithm that is reserved", "sm2", sign_statement(KEY, *SUBJECT, STATEMENT)),
        ("a signature cut short", "ed25519", sign_statement(KEY, *SUBJECT, STATEMENT)[:63]),
    ]


def _not_verified(name: str, algorithm: str, signature: bytes) -> dict[str, Any]:
    assert not verify_statement(*SUBJECT, STATEMENT, algorithm=algorithm, key=KEY.public, signature=signature), name
    return {
        "name": name,
        "alg": algorithm,
        "network": NETWORK.hex(),
        "contract": SUBJECT[1],
        "purpose": SUBJECT[2],
        "statement": STATEMENT,
        "hash": tagged_hash("statement", statement_bytes(*SUBJECT, STATEMENT)).hex(),
        "signature": signature.hex(),
    }


def _refused(contract: str, purpose: str) -> dict[str, Any]:
    try:
        statement_hash(NETWORK, contract, purpose, STATEMENT)
    except Malformed as error:
        return {"contract": contract, "purpose": purpose, "reason": error.reason}
    message = f"{contract} {purpose} was accepted"
    raise AssertionError(message)
