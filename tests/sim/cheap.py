"""Signatures that cost nothing, for the light ledger's many runs: a hash under the public key in Ed25519's place.

Nobody in the simulator makes one for another's key: whoever lies signs with its own, or moves a signature to other
words, and that does not verify here either. Scripts, drills and the product's ledger sign for real.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from unittest.mock import patch

from chainbill.crypto.keys import PrivateKey


class CheapKey(PrivateKey):
    """A key whose signatures are a hash."""

    __slots__ = ()

    def sign(self, domain: str, message: bytes) -> bytes:
        """64 bytes that follow from public key, domain and message."""
        return signature(self.public, domain, message)


def signature(public: bytes, domain: str, message: bytes) -> bytes:
    """What stands for a signature."""
    return hashlib.blake2b(message, digest_size=64, key=public, person=domain.encode()).digest()


def verify(public: bytes, domain: str, message: bytes, given: bytes) -> bool:
    """Whether it is that."""
    return given == signature(public, domain, message)


@lru_cache(maxsize=64)
def keys(count: int) -> tuple[CheapKey, ...]:
    """`count` keys, sorted as validator sets are: n0 has the smallest."""
    made = [CheapKey(bytes([number + 1]) * 32) for number in range(count)]
    return tuple(sorted(made, key=lambda key: key.public))


@contextmanager
def cheap_signatures() -> Iterator[None]:
    """Votes, proposals and certificates are checked so."""
    with (
        patch("chainbill.ledger.vote.verify", verify),
        patch("chainbill.ledger.certificate.verify", verify),
        patch("sim.checkers.verify", verify),
    ):
        yield
