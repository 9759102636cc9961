"""Keys, validators and small formats that tests of the ledger share."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import pytest

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.block import Block, Header, evidence_root, tx_root
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.rules import BlockRules, Rules
from chainbill.ledger.transaction import Call, encode_body, sign_transaction
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.ledger.vote import VoteType, sign_vote
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


def header(**fields: Any) -> Header:
    """A header of height 7 whose hashes name nothing, and of an empty block, but for `fields`."""
    blank: dict[str, Any] = {
        "network": NETWORK, "height": 7, "time_ms": 1_000, "protocol": 1, "proposer": bytes(32), "parent": bytes(32),
        "parent_certificate": bytes(32), "tx_count": 0, "tx_root": tx_root([]), "evidence_count": 0,
        "evidence_root": evidence_root([]), "app_hash": bytes(32), "receipts_count": 0, "receipts_root": bytes(32),
        "history_root": bytes(32), "validators_hash": bytes(32), "next_validators_hash": bytes(32),
    }  # fmt: skip
    return Header(**{**blank, **fields})


def certificate_of(block: Block, network: bytes, signers: Iterable[PrivateKey]) -> Certificate:
    """The certificate of a block by these keys, in round 0."""
    value: dict[str, Any] = {"type": VoteType.PRECOMMIT, "height": block.height, "round": 0, "block_id": block.id}
    return Certificate.from_votes([sign_vote(one, network, **value) for one in signers])


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
