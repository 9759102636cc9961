"""Replay and malleability: whatever is sent again, elsewhere, later, or in other bytes is refused, with its reason: at
the door (`decode`, `check_tx`) and inside a block that a dishonest proposer makes of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.application.application import LedgerApplication
from chainbill_node.storage.chain.database import ChainDatabase
from node_chain import LocalChain
from writes import account_at

from chainbill import codec
from chainbill.crypto.keys import PrivateKey
from chainbill.errors import ChainbillError, Reason
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate, verify_certificate
from chainbill.ledger.evidence import DuplicateVote, verify_evidence
from chainbill.ledger.header_check import make_block
from chainbill.ledger.transaction import (
    Call,
    Transaction,
    assemble,
    decode_body,
    decode_transaction,
    encode_body,
    sign_body,
    sign_transaction,
)
from chainbill.ledger.vote import VoteType, sign_vote, vote_sign_bytes

ORDER = 2**252 + 27742317777372353535851937790883648493
DAY_MS = 24 * 3_600_000
VECTORS = Path(__file__).parents[1] / "vectors" / "crypto_signing.json"
EDGES = json.loads(VECTORS.read_text(encoding="utf-8"))["edges"]
IDENTITY = (1).to_bytes(32, "little")
STRANGER = PrivateKey.from_seed(b"s" * 32)


@dataclass
class Ledger:
    """A chain with a transaction in it, and one that would do."""

    chain: LocalChain
    used: Transaction
    good: Transaction

    @property
    def key(self) -> PrivateKey:
        from chainbill_node.home.keys import load_private_key

        return load_private_key(self.chain.network.parties["anchor"].key)

    def body(self, **changes: Any) -> bytes:
        fields: dict[str, Any] = {
            "network": self.chain.genesis.hash,
            "party": self.chain.party("anchor"),
            "valid_until_ms": self.chain.time_ms + 600_000,
            "nonce": b"n" * 16,
            "calls": [Call(*account_at(self.chain.party("bank2")))],
            "keys": [self.key.public],
        }
        return encode_body(**{**fields, **changes})

    def signed(self, body: bytes, *keys: PrivateKey, domain: str = "tx-sign") -> bytes:
        """The body with signatures under the indexes 0, 1, … of its list, whether these keys stand there or not."""
        return assemble(body, [(index, key.sign(domain, body)) for index, key in enumerate(keys or (self.key,))])

    def of_strangers(self, *strangers: PrivateKey, beside: bool) -> bytes:
        """A body that lists keys of nobody, alone or beside the party's own, signed by all of them."""
        keys = [*strangers, *([self.key] if beside else [])]
        body = self.body(keys=[key.public for key in keys], threshold=len(keys))
        return sign_transaction(body, keys)

    def with_signature(self, change: Callable[[bytes], bytes]) -> bytes:
        """The good body with its one signature changed."""
        return assemble(self.good.body_bytes, [(0, change(self.good.signatures[0][1]))])

    def reason_at_the_door(self, wire: bytes) -> str:
        """As a node takes a transaction in: decode, verify, check."""
        try:
            self.chain.ledger.check_tx(decode_transaction(wire), self.chain.time_ms)
        except ChainbillError as error:
            return str(error.reason)
        return ""

    def block_of(self, *wires: bytes, time_ms: int = 0) -> Block:
        environment = self.chain.ledger._env.current
        return make_block(
            environment, self.chain.ledger.info().app_hash, protocol=1, time_ms=time_ms or self.chain.time_ms + 1,
            proposer=self.chain.key.public, transactions=wires,
        )  # fmt: skip

    def in_a_block(self, *wires: bytes) -> list[str]:
        """What becomes of wires in a block by the right proposer with the right roots, on a ledger without caches:
        ["block refused"], or the reasons of the receipts, "" for one that took effect.
        """
        fresh = LedgerApplication(ChainDatabase(self.chain.store))
        fresh.open_chain(self.chain.genesis)
        block = self.block_of(*wires)
        if not fresh.process_proposal(block).accepted:
            return ["block refused"]
        return [receipt.reason for receipt in fresh.finalize_block(block).transaction_receipts]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    chain = LocalChain(tmp_path_factory.mktemp("replay") / "net")
    call = account_at(chain.party("bank2"))
    used = chain.sign("anchor", call)
    assert chain.commit(used)[0].ok
    return Ledger(chain, used, chain.sign("anchor", call, nonce=b"g" * 16))


def s_plus(multiple: int) -> Callable[[Ledger], bytes]:
    def make(ledger: Ledger) -> bytes:
        def change(signature: bytes) -> bytes:
            s = int.from_bytes(signature[32:], "little") + multiple
            return signature[:32] + s.to_bytes(32, "little")

        return ledger.with_signature(change)

    return make


def longer(data: bytes) -> bytes:
    """The same value, the length of its first byte string written in more bytes than needed."""
    at = 1 if data[1] in (0xC4, 0xC5) else data.index(b"\xc4\x10")  # the body of a wire, the nonce of a body
    size = data[at + 1 : at + 2] if data[at] == 0xC4 else data[at + 1 : at + 3]
    return data[:at] + b"\xc6" + int.from_bytes(size, "big").to_bytes(4, "big") + data[at + 1 + len(size) :]


def unsorted_map(ledger: Ledger) -> bytes:
    body = ledger.body(calls=[Call("a", "b", {"x": 1, "y": 2})])
    assert body.count(b"\x82\xa1x\x01\xa1y\x02") == 1
    return ledger.signed(body.replace(b"\x82\xa1x\x01\xa1y\x02", b"\x82\xa1y\x02\xa1x\x01"))


def doubled_key(ledger: Ledger) -> bytes:
    body = ledger.body(calls=[Call("a", "b", {"x": 1, "y": 2})])
    return ledger.signed(body.replace(b"\x82\xa1x\x01\xa1y\x02", b"\x82\xa1x\x01\xa1x\x01"))


def signatures(ledger: Ledger, arrange: Callable[[list[list[Any]]], Any], threshold: int = 2) -> bytes:
    """A body of which so many of two keys must sign, with the good signatures of both in another arrangement."""
    body = ledger.body(keys=[ledger.key.public, STRANGER.public], threshold=threshold)
    listed = decode_body(body)
    return codec.encode([body, arrange([list(sign_body(listed, body, key)) for key in in_order(ledger)])])


def namesake(ledger: Ledger) -> bytes:
    """The network of the same name that began a millisecond later (formats S2)."""
    genesis = ledger.chain.genesis
    return replace(genesis, time_ms=genesis.time_ms + 1).hash


def flipped(public: bytes) -> bytes:
    return bytes([public[0] ^ 1]) + public[1:]


def in_order(ledger: Ledger) -> list[PrivateKey]:
    return sorted([ledger.key, STRANGER], key=lambda one: one.public)


NOT_CANONICAL, INVALID = Reason.CODEC_NOT_CANONICAL, Reason.SIGNATURE_INVALID
TABLE: list[tuple[str, Callable[[Ledger], bytes], str]] = [
    ("the same bytes again", lambda at: at.used.wire, Reason.TRANSACTION_REPLAYED),
    (
        "the used body with another signature beside",
        lambda at: at.signed(at.used.body_bytes, at.key, STRANGER),
        Reason.TRANSACTION_SIGNATURES,
    ),
    ("another network's of the same name", lambda at: at.signed(at.body(network=namesake(at))), Reason.NETWORK_WRONG),
    ("expired by 1 ms", lambda at: at.signed(at.body(valid_until_ms=at.chain.time_ms - 1)), Reason.TRANSACTION_EXPIRED),
    (
        "valid for 24 hours and more",
        lambda at: at.signed(at.body(valid_until_ms=at.chain.time_ms + DAY_MS + 1)),
        Reason.TRANSACTION_TOO_EARLY,
    ),
    ("S + L", s_plus(ORDER), INVALID),
    ("S + 2 L", s_plus(2 * ORDER), INVALID),
    ("S + 2^255", s_plus(2**255), INVALID),
    ("a flipped bit in R", lambda at: at.with_signature(lambda s: bytes([s[0] ^ 1]) + s[1:]), INVALID),
    (
        "the sign bit of R",
        lambda at: at.with_signature(lambda s: s[:31] + bytes([s[31] ^ 128]) + s[32:]),
        INVALID,
    ),
    ("a flipped bit in the key", lambda at: at.signed(at.body(keys=[flipped(at.key.public)])), INVALID),
    ("a key that is listed, signed by another", lambda at: at.signed(at.good.body_bytes, STRANGER), INVALID),
    ("another body under the signature", lambda at: assemble(at.body(memo="x"), list(at.good.signatures)), INVALID),
    ("signed as a vote", lambda at: at.signed(at.good.body_bytes, domain="vote"), INVALID),
    ("signed as an application", lambda at: at.signed(at.good.body_bytes, domain="application"), INVALID),
    ("a stranger's key", lambda at: at.of_strangers(STRANGER, beside=False), Reason.KEY_NOT_REGISTERED),
    ("a stranger's key beside", lambda at: at.of_strangers(STRANGER, beside=True), Reason.KEY_NOT_REGISTERED),
    ("a signature too many", lambda at: signatures(at, lambda pairs: pairs, 1), Reason.TRANSACTION_SIGNATURES),
    ("a signature taken off", lambda at: signatures(at, lambda pairs: pairs[:1]), Reason.TRANSACTION_SIGNATURES),
    (
        "a signature of a key that is not listed",
        lambda at: signatures(at, lambda pairs: [pairs[0], [2, pairs[1][1]]]),
        Reason.TRANSACTION_SIGNATURES,
    ),
    (
        "in another party's name",
        lambda at: at.signed(at.body(party=at.chain.party("supplier1"))),
        Reason.KEY_OF_OTHER_PARTY,
    ),
    ("no signature", lambda at: signatures(at, lambda pairs: []), Reason.TRANSACTION_SIGNATURES),
    ("a signature twice", lambda at: signatures(at, lambda pairs: [pairs[0], pairs[0]]), Reason.TRANSACTION_SIGNATURES),
    (
        "signatures in another order",
        lambda at: signatures(at, lambda pairs: pairs[::-1]),
        Reason.TRANSACTION_SIGNATURES,
    ),
    ("a byte behind", lambda at: at.good.wire + b"\0", Reason.CODEC_NOT_MSGPACK),
    ("a longer length", lambda at: longer(at.good.wire), NOT_CANONICAL),
    ("a longer length in the body", lambda at: at.signed(longer(at.good.body_bytes)), NOT_CANONICAL),
    ("arguments in another order", unsorted_map, NOT_CANONICAL),
    ("an argument twice", doubled_key, NOT_CANONICAL),
    ("a format of tomorrow", lambda at: at.signed(b"\x98\x03" + at.good.body_bytes[2:]), Reason.FORMAT_VERSION),
    ("format true", lambda at: at.signed(b"\x98\xc3" + at.good.body_bytes[2:]), Reason.FORMAT_VERSION),
    (
        "format 2.0",
        lambda at: at.signed(b"\x98\xca\x40\0\0\0" + at.good.body_bytes[2:]),
        Reason.CODEC_TYPE_NOT_ALLOWED,
    ),
]
SMALL_ORDER = sorted({edge["public"] for edge in EDGES if edge["name"].startswith("A = ") and "small" in edge["name"]})
NON_CANONICAL_KEYS = sorted({edge["public"] for edge in EDGES if edge["name"].startswith("A is not canonical")})


@pytest.mark.parametrize(("name", "make", "reason"), TABLE, ids=[row[0] for row in TABLE])
def test_refused_at_the_door_and_in_a_block(
    ledger: Ledger, name: str, make: Callable[[Ledger], bytes], reason: str
) -> None:
    wire = make(ledger)
    assert ledger.reason_at_the_door(wire) == reason
    of_the_state = reason in (Reason.KEY_NOT_REGISTERED, Reason.KEY_OF_OTHER_PARTY)  # what a block before may change
    assert ledger.in_a_block(wire) == [reason if of_the_state else "block refused"]


@pytest.mark.parametrize("public", SMALL_ORDER + NON_CANONICAL_KEYS)
def test_keys_that_sign_for_anybody_sign_for_nobody(ledger: Ledger, public: str) -> None:
    """With a key of small order R = identity, S = 0 fits the equation for one message in its order, or for all."""
    for nonce in range(8):
        body = ledger.body(nonce=bytes([nonce]) * 16, keys=[bytes.fromhex(public)])
        for r in (IDENTITY, bytes.fromhex(public)):
            wire = assemble(body, [(0, r + bytes(32))])
            assert ledger.reason_at_the_door(wire) == INVALID
    assert ledger.in_a_block(wire) == ["block refused"]


def test_the_edges_of_the_one_rule_hold_in_votes_too(ledger: Ledger) -> None:
    genesis, key = ledger.chain.genesis, ledger.chain.key
    fields = {"type": VoteType.PRECOMMIT, "height": 1, "round": 0, "block_id": b"b" * 32}
    vote = sign_vote(key, genesis.hash, **fields)
    assert vote.verify(genesis.hash)
    s = int.from_bytes(vote.signature[32:], "little")
    for signature in (
        vote.signature[:32] + (s + ORDER).to_bytes(32, "little"),
        IDENTITY + bytes(32),
        key.sign("tx-sign", vote_sign_bytes(genesis.hash, VoteType.PRECOMMIT, 1, 0, b"b" * 32)),
    ):
        assert not replace_vote(vote, signature=signature).verify(genesis.hash)
    for change in (
        {"type": VoteType.PREVOTE},
        {"height": 2},
        {"round": 1},
        {"block_id": b"c" * 32},
        {"block_id": None},
    ):
        assert not replace_vote(vote, **change).verify(genesis.hash)
    assert not vote.verify(bytes(32))
    assert not replace_vote(vote, validator=STRANGER.public).verify(genesis.hash)


def replace_vote(vote: Any, **changes: Any) -> Any:
    names = ("type", "height", "round", "block_id", "validator", "signature")
    return type(vote)(**{**{name: getattr(vote, name) for name in names}, **changes})


def test_certificates_and_evidence_are_no_more_malleable(ledger: Ledger) -> None:
    genesis, key = ledger.chain.genesis, ledger.chain.key
    vote = sign_vote(key, genesis.hash, type=VoteType.PRECOMMIT, height=1, round=0, block_id=b"b" * 32)
    good = Certificate.from_votes([vote])
    verify_certificate(good, genesis.hash, genesis.validators)
    public, signature = good.signatures[0]
    s = (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    for bad, chain_id in (
        (replace(good, signatures=((public, signature[:32] + s),)), genesis.hash),
        (replace(good, signatures=((public, signature), (public, signature))), genesis.hash),
        (replace(good, signatures=()), genesis.hash),
        (replace(good, signatures=((STRANGER.public, signature),)), genesis.hash),
        (replace(good, round=1), genesis.hash),
        (replace(good, height=2), genesis.hash),
        (replace(good, block_id=b"c" * 32), genesis.hash),
        (good, "elsewhere"),
    ):
        with pytest.raises(ChainbillError):
            verify_certificate(bad, chain_id, genesis.validators)
    other = sign_vote(key, genesis.hash, type=VoteType.PRECOMMIT, height=1, round=0, block_id=None)
    verify_evidence(DuplicateVote.of(vote, other), genesis.hash, genesis.validators)
    for bad_evidence, chain_id in (
        (DuplicateVote.of(vote, replace_vote(other, signature=IDENTITY + bytes(32))), genesis.hash),
        (DuplicateVote.of(vote, other), "elsewhere"),
    ):
        with pytest.raises(ChainbillError):
            verify_evidence(bad_evidence, chain_id, genesis.validators)


def test_twice_in_one_block_is_refused(ledger: Ledger) -> None:
    assert ledger.in_a_block(ledger.good.wire, ledger.good.wire) == ["block refused"]


def test_the_good_one_is_taken(ledger: Ledger) -> None:
    """The table can fail: the very same steps take the unchanged transaction, at the door and in a block."""
    assert ledger.reason_at_the_door(ledger.good.wire) == ""
    assert ledger.in_a_block(ledger.good.wire) == [""]
