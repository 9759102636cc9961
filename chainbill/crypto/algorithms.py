"""Names of algorithms, as formats carry them beside keys and digests.

One of each kind is known today. The field is there so that others (SM2 and SM3 are foreseen) can be added without a new
format; until they are, whatever names another is refused and never taken for one that is known.
"""

from __future__ import annotations

from typing import Any, Final

from chainbill.errors import Malformed, Reason

ED25519: Final = "ed25519"
"""Signatures by RFC 8032: keys of 32 bytes, signatures of 64."""
SHA256: Final = "sha256"
"""Digests by FIPS 180-4: 32 bytes."""


def as_signature_algorithm(value: Any, what: str) -> str:
    """The name of a signature algorithm that this ledger verifies; Malformed `algorithm_unknown` for any other."""
    return _known(value, what, ED25519)


def as_digest_algorithm(value: Any, what: str) -> str:
    """The name of a digest algorithm that this ledger computes; Malformed `algorithm_unknown` for any other."""
    return _known(value, what, SHA256)


def _known(value: Any, what: str, known: str) -> str:
    if type(value) is not str or value != known:
        raise Malformed(Reason.ALGORITHM_UNKNOWN, f"{what} must be {known}")
    return known
