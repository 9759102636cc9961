"""A light client on a small network whose blocks, state and validators are made up and signed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from second import ed25519, log_tree, rows, state_tree
from second.codec import encode
from second.hashing import tagged
from second.header_block import NONE, Block, Header, block_bytes
from second.keys import Part, row_key
from second.light_client import LightClient, may_hold
from second.refused import RefusedError
from second.validators import Validator, ValidatorSet
from second.vote import PREVOTE, Vote

if TYPE_CHECKING:
    from collections.abc import Callable

NETWORK = bytes([7]) * 32
START_MS = 1_772_000_000_000
SEEDS = {ed25519.public_of(bytes([n]) * 32): bytes([n]) * 32 for n in range(1, 11)}
NAMES: list[tuple[str, str, list[Part]]] = [("core", "range", ["B1", 0]), ("token", "token", ["T1"])]
VALUES: list[object] = [[1000, "T1"], {"id": "T1", "lo": 0, "hi": 1000, "holder": "S1", "offered_to": ""}]
SALT = rows.salt_of(bytes(16), row_key(*NAMES[1]))


def set_of(*numbers: int) -> ValidatorSet:
    keys = sorted(ed25519.public_of(bytes([n]) * 32) for n in numbers)
    return ValidatorSet([Validator("ed25519", key, "", "", "") for key in keys])


OLD, NEW, OTHERS = set_of(1, 2, 3, 4), set_of(2, 3, 4, 5), set_of(6, 7, 8, 9)


class Network:
    """Heights 1 and on, each decided by its set; the state is the same after each of them."""

    def __init__(self, sets: list[ValidatorSet]) -> None:
        self.sets = sets
        salts = [b"", SALT]
        hashed = [rows.row_hash(n[0], n[1], v, s) for n, v, s in zip(NAMES, VALUES, salts, strict=True)]
        places = [state_tree.key_hash(row_key(*name)) for name in NAMES]
        self.tree = state_tree.Tree(dict(zip(places, hashed, strict=True)))
        self.headers: list[Header] = []
        self.certificates: list[bytes] = []
        self.pieces = [self._evidence()]
        for height in range(1, len(sets)):
            self._make(height)

    def _evidence(self) -> bytes:
        votes = []
        for block_id in (None, bytes(32)):
            said = Vote(PREVOTE, 1, 0, block_id, OLD.keys[0], bytes(64))
            votes.append([*said[:5], ed25519.sign(SEEDS[OLD.keys[0]], tagged("vote", said.signed(NETWORK)))])
        return encode([2, 1, *votes])

    def _make(self, height: int) -> None:
        parent = self.headers[-1].id if self.headers else NETWORK
        carried = tagged("certificate", self.certificates[-1]) if self.certificates else NONE
        pieces = self.pieces if height == 2 else []
        header = Header(
            network=NETWORK,
            height=height,
            time_ms=START_MS + height * 1000,
            protocol=1,
            proposer=self.sets[height - 1].proposer(height, 0),
            parent=parent,
            parent_certificate=carried,
            tx_count=0,
            tx_root=log_tree.root([]),
            evidence_count=len(pieces),
            evidence_root=log_tree.root(pieces),
            app_hash=self.tree.root(),
            receipts_count=0,
            receipts_root=log_tree.root([]),
            history_root=log_tree.root([h.id for h in self.headers]),
            validators_hash=self.sets[height - 1].hash,
            next_validators_hash=self.sets[height].hash,
        )
        self.headers.append(header)
        self.certificates.append(self.certificate(header, self.sets[height - 1].keys))

    def certificate(self, header: Header, signers: list[bytes]) -> bytes:
        digest = tagged("vote", encode([2, 2, NETWORK, header.height, 0, header.id]))
        pairs = [[key, ed25519.sign(SEEDS[key], digest)] for key in sorted(signers)]
        return encode([2, "chainbill", header.height, 0, header.id, pairs])

    def client(self, height: int = 1, clock_ms: int = START_MS + 60_000) -> LightClient:
        given = height, self.headers[height - 1].id, self.sets[height].bytes
        return LightClient.from_header(NETWORK, self.headers[height - 1].bytes, *given, lambda: clock_ms)

    def proof(self, name: tuple[str, str, list[Part]]) -> bytes:
        entries, siblings = self.tree.proof(state_tree.key_hash(row_key(*name)))
        return encode([entries, siblings])

    def jump(self, client: LightClient, height: int, certificate: bytes | None = None) -> Header:
        leaves = [log_tree.leaf_hash(header.id) for header in self.headers[: height - 1]]
        first = client.head - 1
        consistency = log_tree.consistency_proof(leaves, first) if first else []
        header, deciding = self.headers[height - 1], self.sets[height - 1]
        inclusion = log_tree.inclusion_proof(leaves, first)
        signed = certificate or self.certificates[height - 1]
        return client.jump(header.bytes, signed, deciding.bytes, consistency, inclusion)


@pytest.fixture(scope="module")
def network() -> Network:
    return Network([OLD, OLD, OLD, NEW, NEW, NEW, OTHERS, OTHERS, OTHERS])


def failed(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(RefusedError) as caught:
        act()
    return caught.value.step, caught.value.reason


def test_it_follows_through_a_change_of_the_set(network: Network) -> None:
    client = network.client()
    for n, header in enumerate(network.headers[1:], 1):
        assert client.follow(header.bytes, network.certificates[n], network.sets[n].bytes) == header
        pieces = network.pieces if header.height == 2 else []
        if n > 1:  # who decided the trusted header itself was never shown
            client.block(header.height, block_bytes(Block(header, network.certificates[n - 1], [], pieces)))
    assert client.head == len(network.headers)


def test_a_set_that_is_not_the_certified_one(network: Network) -> None:
    client = network.client(3)
    given = network.headers[3].bytes, network.certificates[3], OLD.bytes
    assert failed(lambda: client.follow(*given)) == ("N6", "block_validators_hash")


def test_certificates(network: Network) -> None:
    header, signers = network.headers[1], OLD.keys
    for made, reason in (
        (network.certificate(header, signers[:2]), "certificate_quorum"),
        (network.certificate(header, [*signers[:2], NEW.keys[0], OTHERS.keys[0]]), "certificate_signers"),
        (network.certificates[2], "certificate_of_other_block"),
        (network.certificates[1].replace(b"chainbill", b"chainbull"), "engine_unknown"),
        (network.certificates[1][:-1] + b"\x00", "certificate_invalid"),
    ):
        assert failed(lambda m=made: network.client().follow(header.bytes, m, OLD.bytes)) == ("N8", reason)


def test_a_jump_needs_those_that_are_trusted(network: Network) -> None:
    client = network.client()
    assert failed(lambda: network.jump(client, 8)) == ("J3", "certificate_quorum")
    network.jump(client, 5)  # three of four are still there
    client.learn_next_set(NEW.bytes)
    client.follow(network.headers[5].bytes, network.certificates[5], NEW.bytes)
    client.learn_next_set(OTHERS.bytes)
    network.jump(client, 8)
    for height in range(1, 8):
        proof = log_tree.inclusion_proof([log_tree.leaf_hash(h.id) for h in network.headers[:7]], height - 1)
        assert client.earlier(height, network.headers[height - 1].bytes, proof).height == height


def test_a_jump_by_too_few_of_those_that_are_trusted(network: Network) -> None:
    shared = sorted(set(OLD.keys) & set(NEW.keys))
    few = network.certificate(network.headers[4], [key for key in NEW.keys if key != shared[0]])
    assert failed(lambda: network.jump(network.client(), 5, few)) == ("J3", "certificate_quorum")


def test_a_jump_from_too_long_ago(network: Network) -> None:
    late = network.client(1, START_MS + 1000 + 604_800_000)
    assert failed(lambda: network.jump(late, 5)) == ("J1", "trusting_period")


def test_a_header_ahead_of_time(network: Network) -> None:
    early = network.client(1, START_MS + 2000 - 10_001)
    given = network.headers[1].bytes, network.certificates[1], OLD.bytes
    assert failed(lambda: early.follow(*given)) == ("N4", "block_time")


def test_rows(network: Network) -> None:
    client = network.client()
    follow = network.headers[1].bytes, network.certificates[1], OLD.bytes
    assert failed(lambda: client.row(1, NAMES[0], VALUES[0], network.proof(NAMES[0]))) == ("S1", "height_unknown")
    client.follow(*follow)
    client.row(1, NAMES[0], VALUES[0], network.proof(NAMES[0]))
    client.row(1, NAMES[1], VALUES[1], network.proof(NAMES[1]), SALT)
    wrong = failed(lambda: client.row(1, NAMES[1], VALUES[1], network.proof(NAMES[1]), bytes(32)))
    assert wrong == ("S2", "proof_wrong")
    missing = ("core", "range", list[Part](["B1", 1]))
    client.absent(1, missing, network.proof(missing))
    assert failed(lambda: client.absent(1, NAMES[0], network.proof(NAMES[0]))) == ("S2", "proof_wrong")
    assert failed(lambda: client.absent(1, missing, encode([b"", []]))) == ("S2", "proof_malformed")


def test_evidence(network: Network) -> None:
    client = network.client()
    client.follow(network.headers[1].bytes, network.certificates[1], OLD.bytes)
    assert [piece.key for piece in client.evidence(2, network.pieces, {1: OLD.bytes})] == [OLD.keys[0]]
    assert failed(lambda: client.evidence(2, [], {})) == ("E2", "block_counts")
    assert failed(lambda: client.evidence(2, [b"\x90"], {})) == ("E2", "block_evidence_root")
    assert failed(lambda: client.evidence(2, network.pieces, {1: OTHERS.bytes})) == ("E3", "block_validators_hash")


def test_how_long_a_transaction_may_stand_somewhere() -> None:
    day = 86_400_000
    assert [may_hold(day, t) for t in (0, 1, day, day + 1)] == [False, True, True, False]
