"""Statements: whatever is signed or committed to outside a transaction has this one form.

    h = H("statement", canon([1, network, contract, purpose, statement]))

network: the 32 bytes of the genesis hash; contract and purpose: the names under which PURPOSES declares who reads the
statement and what for; statement: any canonical value, mostly a map. A signature is Ed25519 over the 32 bytes of h, so
what is signed for one network, contract or purpose passes for no other (docs/reference/hashing-and-signing.md).
"""

from __future__ import annotations

from typing import Any, Final

from chainbill.codec import encode
from chainbill.crypto.algorithms import ED25519
from chainbill.crypto.hashing import HASH_BYTES, tagged_hash
from chainbill.crypto.keys import PrivateKey
from chainbill.crypto.signing import verify
from chainbill.errors import Malformed, Reason

DOMAIN: Final = "statement"
STATEMENT_VERSION: Final = 1
PURPOSES: Final = {
    "party": ("application", "key", "read-token"),
    "finance": ("bid",),
    "governance": ("seat",),
    "product": ("event",),
}
"""Contract → what statements are made for. Nothing else is signed or committed to outside a transaction."""


def statement_bytes(network: bytes, contract: str, purpose: str, statement: Any) -> bytes:
    """What is hashed. Malformed: the network has not 32 bytes, the contract declares no such purpose, or no value."""
    if type(network) is not bytes or len(network) != HASH_BYTES:
        raise Malformed(Reason.SHAPE_WRONG, f"network must be {HASH_BYTES} bytes")
    if purpose not in PURPOSES.get(contract, ()):
        raise Malformed(Reason.PURPOSE_UNKNOWN, f"contract {contract} has no statements for {purpose}")
    return encode([STATEMENT_VERSION, network, contract, purpose, statement])


def statement_hash(network: bytes, contract: str, purpose: str, statement: Any) -> bytes:
    """The 32 bytes that are signed, or that commit to a statement that is told later."""
    return tagged_hash(DOMAIN, statement_bytes(network, contract, purpose, statement))


def sign_statement(key: PrivateKey, network: bytes, contract: str, purpose: str, statement: Any) -> bytes:
    """64 bytes: the key's signature."""
    return key.sign(DOMAIN, statement_bytes(network, contract, purpose, statement))


def verify_statement(
    network: bytes, contract: str, purpose: str, statement: Any, *, algorithm: str, key: bytes, signature: bytes
) -> bool:
    """Is it the key's signature? Never for an algorithm that is not known; Malformed as `statement_bytes`."""
    message = statement_bytes(network, contract, purpose, statement)
    return algorithm == ED25519 and verify(key, DOMAIN, message, signature)
