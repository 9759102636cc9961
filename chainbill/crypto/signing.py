"""The one Ed25519 rule of the network (docs/reference/hashing-and-signing.md).

A signature is over H(domain, message). Accepted only if S < L, A and R are canonical and not of small order, and
the cofactorless equation S·B = R + k·A holds (RFC 8032). Libraries differ on the edges, so nothing else verifies.
"""

from __future__ import annotations

from functools import lru_cache

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from chainbill.crypto.hashing import tagged_hash

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64


def verify(public: bytes, domain: str, message: bytes, signature: bytes) -> bool:
    """Is `signature` (64 bytes) by `public` (32 bytes) over `message` in `domain`? Never raises for bad input."""
    return verify_digest(public, tagged_hash(domain, message), signature)


@lru_cache(maxsize=4096)
def verify_remembered(public: bytes, domain: str, message: bytes, signature: bytes) -> bool:
    """`verify` for the words of consensus, which come again: as votes, then in the certificate of the next block.

    What is remembered changes no answer: the same four values always have the same one. 4,096 are the votes of some ten
    heights of a hundred validators, about a megabyte.
    """
    return verify(public, domain, message, signature)


def verify_digest(public: bytes, digest: bytes, signature: bytes) -> bool:
    """The same over an already tagged hash."""
    if len(public) != PUBLIC_KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        crypto_sign_open(signature + digest, public)
    except BadSignatureError:
        return False
    return True
