"""Validator sets: who signs blocks, who proposes, and how many make a quorum.

Every validator weighs one. With n validators at most f = (n − 1) // 3 may be faulty and a quorum is
q = 2n // 3 + 1 (arXiv 1807.04938, section 2): two quorums share an honest validator.

The field's word: validator set reconfiguration.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from chainbill.codec import encode
from chainbill.crypto.algorithms import ED25519, as_signature_algorithm
from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import Malformed, Reason
from chainbill.ledger.shapes import as_bytes, as_list, as_text
from chainbill.limits import MAX_TEXT, MAX_VALIDATORS

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Validator:
    """One validator: its public key (32 bytes), its name, its party's id, its network address (host:port or "").

    alg: the algorithm of its key and signatures.
    """

    key: bytes
    name: str
    party: str
    address: str
    alg: str = ED25519

    def fields(self) -> list[Any]:
        """The canonical list [alg, key, name, party, address]."""
        return [self.alg, self.key, self.name, self.party, self.address]

    @classmethod
    def from_fields(cls, value: Any) -> Validator:
        """Read the canonical list; Malformed if it is none."""
        alg, key, name, party, address = as_list(value, "validator", length=5)
        as_signature_algorithm(alg, "validator alg")
        return cls(
            as_bytes(key, "validator key", length=KEY_BYTES),
            as_text(name, "validator name", at_most=MAX_TEXT),
            as_text(party, "validator party", at_most=MAX_TEXT),
            as_text(address, "validator address", at_most=MAX_TEXT),
            alg,
        )


@dataclass(frozen=True)
class ValidatorSet:
    """The validators of one height, sorted by key, at least one, all keys distinct."""

    validators: tuple[Validator, ...]

    def __post_init__(self) -> None:
        keys = [validator.key for validator in self.validators]
        if not 1 <= len(keys) <= MAX_VALIDATORS:
            raise Malformed(Reason.SHAPE_WRONG, f"a set has 1 to {MAX_VALIDATORS} validators")
        if any(left >= right for left, right in pairwise(keys)):
            raise Malformed(Reason.SHAPE_WRONG, "validators are distinct and sorted by key")

    @classmethod
    def of(cls, validators: Iterable[Validator]) -> ValidatorSet:
        """A set from validators in any order."""
        return cls(tuple(sorted(validators, key=lambda validator: validator.key)))

    def __len__(self) -> int:
        return len(self.validators)

    def __contains__(self, key: object) -> bool:
        return key in self._positions

    @cached_property
    def _positions(self) -> dict[bytes, int]:
        return {validator.key: position for position, validator in enumerate(self.validators)}

    @property
    def quorum(self) -> int:
        """How many validators decide: 2n // 3 + 1, of 4 validators 3, of 6 validators 5."""
        return 2 * len(self.validators) // 3 + 1

    @property
    def max_faulty(self) -> int:
        """How many may be faulty: (n − 1) // 3, of 4 validators 1, of 6 validators 1."""
        return (len(self.validators) - 1) // 3

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The public keys, sorted."""
        return tuple(validator.key for validator in self.validators)

    def index(self, key: bytes) -> int:
        """The position of a key, −1 if it is not in the set."""
        return self._positions.get(key, -1)

    def get(self, key: bytes) -> Validator | None:
        """The validator with this key."""
        position = self._positions.get(key)
        return None if position is None else self.validators[position]

    def proposer(self, height: int, round: int) -> Validator:  # noqa: A002  the word of the protocol
        """Who proposes at this height and round: they take turns in the order of their keys.

        Of 4 validators at height 7 the last one in round 0, since 7 % 4 = 3, and the first one in round 1.
        """
        return self.validators[(height + round) % len(self.validators)]

    @cached_property
    def _hash(self) -> bytes:
        return tagged_hash("validators", encode(self.fields()))

    def hash(self) -> bytes:
        """H("validators", canonical list of the validators' lists): what headers carry."""
        return self._hash

    def fields(self) -> list[Any]:
        """The canonical list of the validators' lists."""
        return [validator.fields() for validator in self.validators]

    @classmethod
    def from_fields(cls, value: Any) -> ValidatorSet:
        """Read the canonical list; Malformed if it is none."""
        entries = as_list(value, "validators", at_most=MAX_VALIDATORS)
        return cls(tuple([Validator.from_fields(entry) for entry in entries]))
