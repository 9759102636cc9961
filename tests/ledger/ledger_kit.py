"""Keys, validators and small formats that tests of the ledger share."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.rules import BlockRules, Rules
from chainbill.ledger.transaction import Call, encode_body, sign_transaction
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.rule import rules_of

CHAIN = "test-chain"
NETWORK = bytes(range(32))
"""A network's 32 bytes, where no genesis is at hand."""


def key(number: int) -> PrivateKey:
    """The same private key for the same number."""
    return PrivateKey.from_seed(bytes([number]) * 32)


def validator_keys(count: int = 4) -> list[PrivateKey]:
    """Keys of validators, in the order of their set."""
    return sorted((key(100 + number) for number in range(count)), key=lambda one: one.public)


def validators(count: int = 4) -> ValidatorSet:
    """A set of `count` validators."""
    named = enumerate(validator_keys(count))
    return ValidatorSet.of([Validator(one.public, f"bank{n}", f"BANK{n}", f"127.0.0.1:{7000 + n}") for n, one in named])


def wire(
    *calls: tuple[str, str, dict[str, Any]],
    party: str = "ALICE",
    keys: tuple[PrivateKey, ...] = (key(1),),
    valid_until_ms: int = 1_000_000,
    nonce: int = 0,
    network: bytes = NETWORK,
    listed: tuple[PrivateKey, ...] = (),
    memo: str = "",
) -> bytes:
    """A signed transaction; listed: keys that may sign beside `keys`, which all do."""
    body = encode_body(
        network=network,
        party=party,
        valid_until_ms=valid_until_ms,
        nonce=nonce.to_bytes(16, "big"),
        calls=[Call(*call) for call in calls],
        keys=[one.public for one in (*keys, *listed)],
        threshold=len(set(keys)),
        memo=memo,
    )
    return sign_transaction(body, keys)


def set_block_rules(monkeypatch: pytest.MonkeyPatch, **values: int) -> None:
    """Let every ledger run by these rules of a block, also such as no vote may make."""

    def changed(rules: Rules) -> BlockRules:
        standing = BlockRules(**{one.name: rules.values[one.name] for one in rules_of(BlockRules)})
        return dataclasses.replace(standing, **values)

    monkeypatch.setattr(Rules, "block", property(changed))
