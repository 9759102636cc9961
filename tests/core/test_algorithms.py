"""Names of algorithms in formats: one of each kind is known, every other one is refused by name."""

import pytest

from chainbill.crypto.algorithms import ED25519, SHA256, as_digest_algorithm, as_signature_algorithm
from chainbill.errors import Malformed


def test_the_known_algorithms_are_taken() -> None:
    assert as_signature_algorithm("ed25519", "alg") == ED25519
    assert as_digest_algorithm("sha256", "hash") == SHA256


@pytest.mark.parametrize("given", ["", "sm2", "sm3", "ED25519", "sha-256", b"ed25519", 1, None, True, ["ed25519"]])
def test_every_other_name_is_refused(given: object) -> None:
    for read in (as_signature_algorithm, as_digest_algorithm):
        with pytest.raises(Malformed, match="algorithm_unknown"):
            read(given, "alg")


def test_a_digest_is_no_signature_algorithm_and_a_signature_no_digest() -> None:
    with pytest.raises(Malformed, match="algorithm_unknown"):
        as_signature_algorithm("sha256", "alg")
    with pytest.raises(Malformed, match="algorithm_unknown"):
        as_digest_algorithm("ed25519", "hash")
