"""The tests of who signs can fail: each broken core lets a block through that changes who signed, or for which network.

A proposer makes these blocks of another's transaction (formats S1, S2). The sound core refuses each of them whole; a
core with one rule taken out takes it, so the rule is what holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ledger.ledger_kit import key
from ledger.tiny_network import PARTIES, TinyNetwork, genesis

from chainbill.codec import decode, encode
from chainbill.crypto.signing import verify
from chainbill.errors import Malformed
from chainbill.ledger import authorisation, envelope, transition
from chainbill.ledger.envelope import Head
from chainbill.ledger.transaction import Transaction, assemble, decode_transaction

ISSUE = ("bill", "issue", {"debtor": "ANCHOR", "face": 1000})
MAKER, CHECKER, STRANGER = PARTIES["S1"], key(9), key(77)
ELSEWHERE = bytes(32)

Patch = Callable[[pytest.MonkeyPatch], None]


def network() -> TinyNetwork:
    """A network in which S1 has two keys."""
    members = [{"id": "S1", "keys": [MAKER.public.hex(), CHECKER.public.hex()]}]
    return TinyNetwork(genesis(init={"party": {"members": members}}))


# --- what a proposer makes of it ------------------------------------------------------------------
def added(at: TinyNetwork) -> bytes:
    """One key must sign, and the signature of another listed key stands beside it."""
    body = decode_transaction(at.wire("S1", ISSUE, keys=[MAKER], listed=(CHECKER,))).body_bytes
    listed = sorted([MAKER, CHECKER], key=lambda one: one.public)
    return assemble(body, [(index, one.sign("tx-sign", body)) for index, one in enumerate(listed)])


def stripped(at: TinyNetwork) -> bytes:
    """Two keys must sign, and the second signature is taken off."""
    good = decode_transaction(at.wire("S1", ISSUE, keys=[MAKER, CHECKER]))
    return assemble(good.body_bytes, good.signatures[:1])


def of_a_stranger(at: TinyNetwork) -> bytes:
    """The author's signature is replaced by that of a key which the body does not list."""
    body = decode_transaction(at.wire("S1", ISSUE)).body_bytes
    return encode([body, [[STRANGER.public, STRANGER.sign("tx-sign", body)]]])


def of_another_listed_key(at: TinyNetwork) -> bytes:
    """The signature of the first key stands under the index of the second."""
    good = decode_transaction(at.wire("S1", ISSUE, listed=(CHECKER,)))
    index, signature = good.signatures[0]
    return assemble(good.body_bytes, [(1 - index, signature)])


def of_a_namesake(at: TinyNetwork) -> bytes:
    """Well signed, for another network."""
    return at.wire("S1", ISSUE, network=ELSEWHERE)


def carried_over(at: TinyNetwork) -> bytes:
    """Signed for another network, and the network in the body replaced."""
    foreign = decode_transaction(at.wire("S1", ISSUE, network=ELSEWHERE))
    return assemble(foreign.body_bytes.replace(ELSEWHERE, at.genesis.hash), foreign.signatures)


# --- cores with one rule taken out ----------------------------------------------------------------
def count(how: Callable[[int, int], bool]) -> Patch:
    """A core that counts the signatures otherwise: how(given, asked)."""

    def read(value: Any, body: Head) -> tuple[tuple[int, bytes], ...]:
        if not how(len(value), body.threshold):
            raise Malformed("transaction_signatures")
        return tuple([(index, signature) for index, signature in value])

    return lambda patch: patch.setattr(envelope, "_read_signatures", read)


def any_signer(patch: pytest.MonkeyPatch) -> None:
    """A core that takes signatures with their keys, listed or not, as format 1 did."""
    patch.setattr(envelope, "_read_signatures", lambda value, _: tuple([(one[0], one[1]) for one in value]))
    patch.setattr(Transaction, "signers", property(lambda self: [public for public, _ in self.signatures]))

    def verified(one: Transaction) -> bool:
        return all(verify(public, "tx-sign", one.body_bytes, signature) for public, signature in one.signatures)

    patch.setattr(authorisation, "verify_signatures", verified)


def any_listed_key(patch: pytest.MonkeyPatch) -> None:
    """A core that verifies a signature with whichever listed key fits."""

    def verified(one: Transaction) -> bool:
        fits = [
            any(verify(k, "tx-sign", one.body_bytes, signature) for _, k in one.keys) for _, signature in one.signatures
        ]
        return all(fits)

    patch.setattr(authorisation, "verify_signatures", verified)


def network_not_compared(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transition, "check_network", lambda *_: None)


def network_not_signed(patch: pytest.MonkeyPatch) -> None:
    """A core in which the network is left out of what is signed: every network's signature fits."""

    def verified(one: Transaction) -> bool:
        said = one.body_bytes.replace(one.network, ELSEWHERE)
        return all(verify(one.keys[index][1], "tx-sign", said, signature) for index, signature in one.signatures)

    patch.setattr(authorisation, "verify_signatures", verified)


MUTANTS: dict[str, tuple[Patch, Callable[[TinyNetwork], bytes], str]] = {
    "more signatures than asked": (count(lambda given, asked: given >= asked), added, "transaction_signatures"),
    "fewer signatures than asked": (count(lambda given, asked: given <= asked), stripped, "transaction_signatures"),
    "a signer that is not listed": (any_signer, of_a_stranger, "transaction_signatures"),
    "a signature of another listed key": (any_listed_key, of_another_listed_key, "signature_invalid"),
    "the network is not compared": (network_not_compared, of_a_namesake, "network_wrong"),
    "the network is left out of the signature": (network_not_signed, carried_over, "signature_invalid"),
}


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_core_without_the_rule_takes_what_the_sound_one_refuses(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant, attack, reason = MUTANTS[name]
    at = network()
    wire = attack(at)
    with pytest.raises(Malformed, match=f"^{reason}"):
        at.apply(at.block(wire))
    mutant(monkeypatch)
    assert at.apply(at.block(wire)).used_ids == (decode_transaction(wire).id,)


def test_the_authors_bytes_commit_after_every_attack() -> None:
    """formats S1: no attack uses up the id."""
    for _, attack, reason in MUTANTS.values():
        at = network()
        changed = attack(at)
        with pytest.raises(Malformed, match=f"^{reason}"):
            at.apply(at.block(changed))
        at.nonce -= 1
        keys = [MAKER, CHECKER] if attack is stripped else [MAKER]
        listed = (CHECKER,) if attack in (added, of_another_listed_key) else ()
        own = at.wire("S1", ISSUE, keys=keys, listed=listed)
        assert (decode(changed)[0] == decode(own)[0]) is (attack is not of_a_namesake)
        assert at.decide(at.block(own)).receipts[-1].ok
