"""Every height is judged by its own validators: blocks that carry their parent's certificate, evidence, and what a
pruned chain certifies its sets by; on a chain whose set grows and shrinks, over LevelDB, also after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.application.application import LedgerApplication
from chainbill_node.application.protocol import ProposalRequest
from chainbill_node.home.verify import verify_store
from chainbill_node.storage.chain import pruning
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.chain.pruning import Pruner
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.snapshots import restore, stream
from chainbill_node.storage.snapshots.folder import SnapshotFolder
from chainbill_node.sync.manifest import SnapshotManifest, trusted_sets
from ledger import tiny_network
from ledger.ledger_kit import key, validator_keys, validators
from ledger.tiny_network import TinyNetwork
from served_chain import TinyChain, reopened
from test_node_snapshots import Made, taken

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.block import Block, decode_block, parent_certificate_hash
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.evidence import DuplicateVote
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Transaction
from chainbill.ledger.vote import VoteType, sign_vote
from chainbill.limits import DAY_MS

pytestmark = pytest.mark.untraced

OLD = validator_keys(4)
LEAVER, NEWCOMER = OLD[0], key(60)
ALL = {one.public: one for one in (*OLD, NEWCOMER)}


class Changing(TinyChain):
    """Four validators at first. Each block is decided by another quorum of those of its height."""

    def __init__(self, directory: Path) -> None:
        self.genesis = tiny_network.genesis(validators=validators(4), public_reads=True)
        self.key = OLD[1]
        self.store = LevelStore(directory, create=True)
        self.ledger = LedgerApplication(ChainDatabase(self.store))
        self.ledger.init_chain(self.genesis)
        self.time_ms = tiny_network.START_MS
        self._wires = TinyNetwork(self.genesis)
        self._shift = cycle(range(5))
        self.sets: dict[int, set[bytes]] = {}

    def certified(self, block: Block) -> Certificate:
        self.sets[block.height] = {one.key for one in self.ledger.validators_of(block.height).validators}
        quorums = self.quorums(block)
        return quorums[next(self._shift) % len(quorums)]

    def quorums(self, block: Block) -> list[Certificate]:
        """By each quorum of neighbours among the validators of the block's height."""
        now = self.ledger.validators_of(block.height)
        said: dict[str, Any] = {"type": VoteType.PRECOMMIT, "height": block.height, "round": 0, "block_id": block.id}
        votes = [sign_vote(ALL[one.key], self.genesis.hash, **said) for one in now.validators]
        turned = [votes[start:] + votes[:start] for start in range(len(votes))]
        return [Certificate.from_votes(one[: now.quorum]) for one in turned]

    def decide(self, block: Block) -> tuple[Receipt, ...]:
        """A proposer that decided the parent with other precommits is believed, too."""
        parent = self.ledger.load_block(block.height - 1)
        for certificate in [] if parent is None else self.quorums(parent[0]):
            other = certificate.encode()
            header = replace(block.header, parent_certificate=parent_certificate_hash(other))
            theirs = decode_block(Block(header, block.transactions, block.evidence, other).encoded)
            verdict = self.ledger.process_proposal(theirs)
            assert verdict.accepted, f"height {block.height}: {verdict}"
        return super().decide(block)

    def set_status(self, who: PrivateKey, status: str) -> None:
        self.call("S1", "governance", "set_validator", {"key": who.public.hex(), "status": status})

    def proposed(self, evidence: bytes, *transactions: Transaction) -> Block:
        request = ProposalRequest(
            height=self.ledger.info().height + 1,
            time_ms=self.time_ms + 1_000,
            proposer=self.key.public,
            evidence=(evidence,),
            candidates=transactions,
            max_bytes=1_000_000,
        )
        block: Block = self.ledger.prepare_proposal(request).block
        return block


def changed(directory: Path, kind: type[Changing] = Changing, times: int = 1) -> Changing:
    """A chain whose set has grown, shrunk, and grown and shrunk again, so many times."""
    made = kind(directory)
    changes = ((NEWCOMER, "active"), (LEAVER, "removed"), (LEAVER, "active"), (NEWCOMER, "removed"))
    for who, status in times * changes:
        made.set_status(who, status)
        for _ in range(3):
            made.commit()
    assert len({frozenset(one) for one in made.sets.values()}) == 3
    return made


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Changing]:
    made = changed(tmp_path_factory.mktemp("chain") / "db")
    yield made
    made.store.close()


class Restarted(Changing):
    """The process ends after every height."""

    def decide(self, block: Block) -> tuple[Receipt, ...]:
        receipts = super().decide(block)
        reopened(self, self.store.path)
        return receipts


def test_after_a_restart_at_any_height_the_next_block_is_judged_as_without(tmp_path: Path) -> None:
    """Also where the set is another than the parent's: whoever was in that one may have certified it."""
    chain, other = changed(tmp_path / "one", Restarted), changed(tmp_path / "two")
    assert chain.ledger.info() == other.ledger.info()
    for one in (chain, other):
        one.store.close()


def twice(network: bytes, who: PrivateKey, height: int) -> bytes:
    """Two prevotes of one validator, the misdeed."""
    said: dict[str, Any] = {"type": VoteType.PREVOTE, "height": height, "round": 0}
    votes = [sign_vote(who, network, **said, block_id=block) for block in (None, bytes([7]) * 32)]
    return DuplicateVote.of(*votes).encode()


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("who", [LEAVER, NEWCOMER, OLD[1]], ids=["who left and came", "who came and left", "a member"])
def test_evidence_counts_where_its_signer_was_a_validator_at_that_height(
    chain: Changing, who: PrivateKey, restarted: bool
) -> None:
    if restarted:
        reopened(chain, chain.store.path)
    took = {}
    for height in chain.sets:
        proof = twice(chain.genesis.hash, who, height)
        block = chain.proposed(proof)
        took[height] = bool(block.evidence)
        if block.evidence:
            assert chain.ledger.process_proposal(block).accepted
    assert took == {height: who.public in members for height, members in chain.sets.items()}


def test_wherever_pruning_stands_the_sets_are_certified_to_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what stays a home is verified, and a newcomer follows a snapshot's links from the genesis."""
    for module in (pruning, stream, restore):
        monkeypatch.setattr(module, "PROPOSERS_KEPT", 2)
    monkeypatch.setattr(pruning, "HEIGHTS_A_STEP", 1)
    chain = changed(tmp_path / "db")
    changes = chain.ledger.info().height
    chain.time_ms += 2 * DAY_MS
    for _ in range(3):
        chain.commit()
    pruner, lowest = Pruner(chain.store, 2), [0]
    while lowest[-1] < changes:
        pruner.step()
        chain.ledger.forget_readers()
        lowest.append(chain.ledger.lowest_height)
        assert lowest[-1] > lowest[-2], "nothing more was pruned"
        report = verify_store(MemoryStore(dict(chain.store.range(b"", b"\xff"))), chain.genesis)
        assert report.ok, (lowest[-1], report.problems)
        trusted = trusted_sets(snapshot_of(chain, tmp_path / str(lowest[-1])), chain.genesis)
        followed = {at: {one.key for one in found.validators} for at, found in trusted.items()}
        for at, members in chain.sets.items():
            since = max(height for height in followed if height <= at)
            assert followed[since] == members, (lowest[-1], at)
    chain.store.close()


def snapshot_of(chain: Changing, directory: Path) -> SnapshotManifest:
    folder = SnapshotFolder(directory, 1)
    source, height = chain.store.snapshot(), chain.ledger.info().height
    chain.commit()
    written = folder.write(source, height, lambda: True)
    assert written is not None
    assert folder.finish(written, chain.store, chain.genesis.hash)
    return folder.manifests()[0][0]


class Photographed(Changing):
    """Makes a snapshot of every height."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.pictures: list[Made] = []

    def decide(self, block: Block) -> tuple[Receipt, ...]:
        source, height = self.store.snapshot(), block.height - 1
        receipts = super().decide(block)
        if height:
            folder = SnapshotFolder(self.store.path.parent / str(height), 1)
            written = folder.write(source, height, lambda: True)
            assert written is not None
            assert folder.finish(written, self.store, self.genesis.hash)
            self.pictures.append(Made(self, folder, height, ""))
        return receipts


def test_at_whatever_height_a_snapshot_was_made_a_newcomer_goes_on_from_it(tmp_path: Path) -> None:
    """Wherever around it the set changes."""
    chain = changed(tmp_path / "db", Photographed)
    assert isinstance(chain, Photographed)
    end = chain.ledger.info()
    assert [made.height for made in chain.pictures] == list(range(1, end.height))
    for made in chain.pictures:
        ledger, _, refused = taken(made)
        assert refused == "", made.height
        for height in range(made.height + 1, end.height + 1):
            block, certificate = chain.ledger.load_block(height) or pytest.fail("a block is gone")
            assert ledger.validators_of(height) == chain.ledger.validators_of(height), (made.height, height)
            ledger.finalize_block(block)
            ledger.commit(certificate)
        assert ledger.info() == end, made.height
    chain.store.close()


class Daily(Changing):
    """A block a day: what is older than the last ones is in no snapshot."""

    def decide(self, block: Block) -> tuple[Receipt, ...]:
        receipts = super().decide(block)
        self.time_ms += DAY_MS
        return receipts


@pytest.mark.parametrize("prunes", [False, True])
def test_who_began_from_a_snapshot_has_whole_ones_to_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prunes: bool
) -> None:
    """From each newcomer's own snapshot begins the next one, a height later; the set changes on the way."""
    for module in (pruning, stream, restore):
        monkeypatch.setattr(module, "PROPOSERS_KEPT", 4 * len(ALL))
    chain = changed(tmp_path / "db", Daily, times=2)
    decided = [chain.ledger.load_block(height + 1) or pytest.fail("gone") for height in range(len(chain.sets))]
    store = MemoryStore()
    ledger = LedgerApplication(ChainDatabase(store))
    ledger.init_chain(chain.genesis)
    for height in range(1, len(decided)):
        while (head := ledger.info().height) <= height:
            source = store.snapshot()
            block, certificate = decided[head]
            ledger.finalize_block(block)
            ledger.commit(certificate)
        folder = SnapshotFolder(tmp_path / str(height), 1)
        written = folder.write(source, height, lambda: True)
        assert written is not None
        assert folder.finish(written, store, chain.genesis.hash)
        ledger, store, refused = taken(Made(chain, folder, height, ""))
        assert refused == "", height
        assert ledger.info().height == height
        while prunes and Pruner(store, 2).step():
            ledger.forget_readers()
        report = verify_store(MemoryStore(dict(store.range(b"", b"\xff"))), chain.genesis)
        assert report.ok, (height, report.problems)
    assert min(start for start in chain.sets if ledger.load_block(start)) > 8, "two changes are older than its blocks"
    for number in range(height + 1, len(chain.sets) + 1):
        assert ledger.validators_of(number) == chain.ledger.validators_of(number)
    chain.store.close()
