"""The certificate of its parent that a block carries (formats M2), without which it is refused whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ledger.ledger_kit import certificate_of, key, validator_keys
from ledger.tiny_network import TinyNetwork, genesis

from chainbill.crypto import merkle
from chainbill.errors import Refused
from chainbill.ledger import header_check
from chainbill.ledger.block import Block, decode_block, parent_certificate_hash
from chainbill.ledger.certificate import Certificate, certificate_hash
from chainbill.ledger.vote import VoteType, sign_vote

KEYS = validator_keys()


@pytest.fixture
def network() -> TinyNetwork:
    """Two blocks are decided."""
    made = TinyNetwork()
    made.decide(made.block())
    made.decide(made.block())
    return made


def carrying(network: TinyNetwork, certificate: bytes | None) -> Block:
    """The next block with this certificate of its parent, as a whole that fits together."""
    header = replace(network.block().header, parent_certificate=parent_certificate_hash(certificate))
    return decode_block(Block(header, (), (), certificate).encoded)


def by(network: TinyNetwork, *signers: Any, of: int = -1, net: bytes | None = None) -> Certificate:
    return certificate_of(network.blocks[of], net or network.genesis.hash, signers)


def test_any_quorum_of_the_parents_validators_will_do(network: TinyNetwork) -> None:
    """Nodes commit with other signers, all as good: each takes the certificate that the proposer has."""
    for signers in (KEYS, KEYS[:3], KEYS[1:]):
        certificate = by(network, *signers)
        block = carrying(network, certificate.encode())
        network.apply(block)
        assert block.header.parent_certificate == certificate.hash == certificate_hash(certificate.encode())
    made = network.block()
    assert made.parent_certificate == network.env.parent_certificate is not None


BAD: dict[str, Callable[[TinyNetwork], bytes | None]] = {
    "missing": lambda net: None,
    "no certificate": lambda net: b"certificate",
    "too few": lambda net: by(net, *KEYS[:2]).encode(),
    "a stranger's": lambda net: by(net, *KEYS[:2], key(50)).encode(),
    "of another parent": lambda net: by(net, *KEYS, of=-2).encode(),
    "of another network": lambda net: by(net, *KEYS, net=bytes(32)).encode(),
    "of another engine": lambda net: replace(by(net, *KEYS), engine="cometbft").encode(),
    "of another height": lambda net: replace(by(net, *KEYS), height=3).encode(),
    "signed for another height": lambda net: signed_for(net, height=3).encode(),
    "of another round": lambda net: replace(by(net, *KEYS), round=1).encode(),
    "a signature changed": lambda net: with_bad_signature(by(net, *KEYS)).encode(),
}


def signed_for(network: TinyNetwork, height: int) -> Certificate:
    """All validators precommitted the parent's id, but as the block of another height."""
    value: dict[str, Any] = {
        "type": VoteType.PRECOMMIT,
        "height": height,
        "round": 0,
        "block_id": network.blocks[-1].id,
    }
    return Certificate.from_votes([sign_vote(one, network.genesis.hash, **value) for one in KEYS])


def with_bad_signature(one: Certificate) -> Certificate:
    (signer, signature), *rest = one.signatures
    return replace(one, signatures=((signer, bytes([signature[0] ^ 1]) + signature[1:]), *rest))


@pytest.mark.parametrize("name", BAD)
def test_a_block_without_a_good_certificate_of_its_parent_is_refused_whole(network: TinyNetwork, name: str) -> None:
    with pytest.raises(Refused, match=r"^block_parent_certificate"):
        network.apply(carrying(network, BAD[name](network)))


@pytest.mark.parametrize("name", BAD)
def test_a_ledger_that_does_not_look_at_it_would_be_told_apart(
    network: TinyNetwork, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant: the parent certificate is not checked."""
    monkeypatch.setattr(header_check, "check_parent_certificate", lambda *_: None)
    with pytest.raises(pytest.fail.Exception):
        test_a_block_without_a_good_certificate_of_its_parent_is_refused_whole(network, name)


def test_block_1_carries_none() -> None:
    network = TinyNetwork()
    first = network.block()
    assert (first.parent_certificate, first.header.parent_certificate) == (None, bytes(32))
    other = TinyNetwork()
    other.decide(other.block())
    with pytest.raises(Refused, match=r"^block_parent_certificate"):
        network.apply(carrying(network, by(other, *KEYS).encode()))


def test_the_validators_of_the_parents_height_certify_it_not_those_of_the_blocks_own() -> None:
    """A change of the set acts two heights later: the last block of the old set is certified by the old set."""
    network = TinyNetwork()
    network.decide(network.block())
    out = {"key": KEYS[3].public.hex(), "status": "left"}
    network.run("BANK0", ("governance", "set_validator", out))
    network.decide(network.block())
    assert len(network.env.validators) == 3
    assert len(network.env.parent_validators) == 4
    network.apply(carrying(network, by(network, *KEYS[1:]).encode()))
    network.decide(network.block())
    assert len(network.env.parent_validators) == 3
    with pytest.raises(Refused, match="certificate_signers"):
        network.apply(carrying(network, by(network, *KEYS[1:]).encode()))


def test_another_engine_certifies_in_blocks_of_its_own() -> None:
    network = TinyNetwork(genesis(engine="cometbft"))
    for _ in range(3):
        network.decide(network.block())
        assert network.blocks[-1].parent_certificate is None
    with pytest.raises(Refused, match=r"^block_parent_certificate"):
        network.apply(carrying(network, by(network, *KEYS).encode()))


def test_a_certificate_that_was_verified_here_is_not_verified_again(
    network: TinyNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again(*_: object) -> None:
        raise AssertionError("verified twice")

    monkeypatch.setattr("chainbill.ledger.parent_certificate.verify_certificate", again)
    network.apply(network.block())


def test_a_header_commits_to_every_block_id_before_it(network: TinyNetwork) -> None:
    """formats: history_root is RFC 9162's root over the ids of blocks 1 to h - 1."""
    network.decide(network.block())
    for number, block in enumerate(network.blocks):
        assert block.header.history_root == merkle.root([one.id for one in network.blocks[:number]])
    for wrong in (bytes(32), merkle.EMPTY_ROOT, network.blocks[-1].header.history_root):
        with pytest.raises(Refused, match=r"^block_history_root"):
            network.apply(network.block(history_root=wrong))
