"""Validator sets. Written from blocks-and-certificates.md, "Validators", and light-client.md, "Fields"."""

from __future__ import annotations

from typing import NamedTuple

from second.codec import decode, encode
from second.hashing import tagged
from second.refused import must
from second.shapes import ascending, items, octets, text

MAX_VALIDATORS = 100


class Validator(NamedTuple):
    """Who decides blocks."""

    alg: str
    key: bytes
    name: str
    party: str
    address: str


def read_validator(value: object) -> Validator:
    """[alg, key, name, party, address]."""
    alg, key, name, party, address = items(value, 5)
    must(text(alg) == "ed25519", "algorithm_unknown", str(alg))
    return Validator(text(alg), octets(key), text(name), text(party), text(address))


class ValidatorSet:
    """1 to 100 validators, ascending by key."""

    def __init__(self, validators: list[Validator]) -> None:
        self.validators = validators
        self.keys = [v.key for v in validators]
        must(1 <= len(validators) <= MAX_VALIDATORS, "shape_wrong", "1 to 100 validators")
        must(ascending(self.keys), "shape_wrong", "keys ascend")

    @property
    def bytes(self) -> bytes:
        """canon([[alg, key, name, party, address], …])."""
        return encode([list(v) for v in self.validators])

    @property
    def hash(self) -> bytes:
        """What headers name."""
        return tagged("validators", self.bytes)

    @property
    def quorum(self) -> int:
        """⌊2n / 3⌋ + 1."""
        return 2 * len(self.validators) // 3 + 1

    @property
    def max_faulty(self) -> int:
        """⌊(n − 1) / 3⌋."""
        return (len(self.validators) - 1) // 3

    def proposer(self, height: int, round_: int) -> bytes:
        """Number (height + round) mod n."""
        return self.keys[(height + round_) % len(self.keys)]


def read_set(data: bytes) -> ValidatorSet:
    """A set from its canonical bytes."""
    return ValidatorSet([read_validator(value) for value in items(decode(data))])
