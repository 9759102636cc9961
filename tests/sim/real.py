"""The simulator over the product's ledger: application, mempool, database, snapshots, contracts on simulated disks.

Bills are issued, split, moved and settled, members come and the clock advances while nodes crash; newcomers join
through snapshots or blocks. After every block the rules of the ledger are checked, and every disk is compared with a
reference that runs the core alone. Slow beside the light ledger, so there are few such seeds.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from chainbill_node.application.protocol import ProposalRequest
from chainbill_node.consensus.timeouts import Timeouts
from chainbill_node.driver.ports import Settings
from chainbill_node.home.node_home import ledger_over
from chainbill_node.mempool import Mempool
from chainbill_node.process.adapters import LedgerPort
from ledger.ledger_kit import key, validator_keys, wire
from ledger.real_network import ANCHOR, BANKS, KEYS, PROGRAMS, S3, RealNetwork, genesis
from sim.checkers import Checkers, ViolationError
from sim.disk_checks import check_disk
from sim.disks import Disk, Shelf
from sim.newcomers import ProductNode
from sim.nodes import CrashError, SimulatedNode
from sim.plan import AnyEvent, Clock, Join, Plan, Story, Wipe, names
from sim.reference import Reference, Table
from sim.seeded import Run, draw_trouble, remembered_signatures
from sim.snapshot_lies import LIES
from sim.stories import STORIES, Client
from sim.world import World
from writes import account_at

from chainbill.errors import ChainbillError
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.envelope import verify_signatures
from chainbill.ledger.transaction import Transaction, decode_transaction
from chainbill.ledger.validators import Validator, ValidatorSet

TROUBLE_MS = 12_000
CHUNK_BYTES = 8 * 1024
PROPOSERS = 24
PAUSE_MS = 10  # scenes name their moments in milliseconds: they stay where they are when the product's pause changes
"""Enough for five validators, instead of 400 for a hundred, so that short chains can be pruned."""


def failing(network: bytes, time_ms: int) -> list[Transaction]:
    """Two transactions that write rows, among them one that stories write too, and are refused after that."""
    writes = account_at(BANKS[1]), account_at(BANKS[2])
    refused = ("bill", "accept", {"bill": "none"})
    fields = {"network": network, "valid_until_ms": time_ms + 60_000, "nonce": 10**9}
    return [
        decode_transaction(wire(one, refused, party=party, keys=(KEYS[party],), **fields))
        for party, one in zip((S3, ANCHOR), writes, strict=True)
    ]


class ProductLedger:
    """The process on a disk: ledger, mempool and the port to consensus, all of them the product's."""

    def __init__(self, node: SimulatedNode, world: RealWorld) -> None:
        self._node = node
        self.store = node.store.open("chain")
        self.shelf = Shelf(node.store)
        self._network = world.ledger_genesis.hash
        self.ledger = ledger_over(self.store, world.ledger_genesis, self.shelf)
        self.mempool = Mempool(10_000, 64 * 1024 * 1024)
        port = LedgerPort(
            self.ledger, self.mempool, max_transactions=1_000, max_bytes=1_000_000, now_ms=node.now_ms,
            on_commit=self._committed, on_plan=lambda *_: None,
        )  # fmt: skip
        self.tip, self.build_block, self._check = port.tip, port.build_block, port.check_block
        self.commit, self.load_block, self.load_validators = port.commit, port.load_block, port.load_validators

    def check_block(self, block: Block) -> str | None:
        """A plan may have come before the proposal: of this very block, of another one, or none."""
        chance = random.Random(block.id + self._node.name.encode())
        told = chance.choice(("nothing", "this", "another"))
        if told != "nothing":
            self._rehearse(block, chance, fewer=int(told == "another"))
        return self._check(block)

    def _rehearse(self, block: Block, chance: random.Random, *, fewer: int) -> None:
        """Among the candidates are some that fail, which the proposer would have left out."""
        try:
            candidates = [decode_transaction(one) for one in block.transactions][fewer:]
        except ChainbillError:
            return
        if not all(map(verify_signatures, candidates)):
            return
        header = block.header
        patient = failing(self._network, header.time_ms)
        whole = not fewer and bool(candidates)  # of nothing but what fails a block would be made of that
        for extra in [*patient, *candidates[:1]]:  # and one that stands there twice
            candidates.insert(chance.randint(0, len(candidates)), extra)
        may_leave_out = frozenset([one.id for one in patient])
        request = ProposalRequest(
            header.height, header.time_ms, header.proposer, (), candidates, 1_000_000, may_leave_out,
            block.parent_certificate,
        )  # fmt: skip
        if self.ledger.rehearse(request) == "run":
            self._check_rehearsed(block, whole=whole)

    def _check_rehearsed(self, block: Block, *, whole: bool) -> None:
        """What is kept under the block's id is what the block does; candidates that failed have left nothing behind."""
        kept = self.ledger._results.get(block.id)
        if kept is None and (block.evidence or not whole):
            return
        try:
            applied = self.ledger._apply(block)
        except ChainbillError:
            applied = None
        if kept is not None and kept != applied:
            raise ViolationError("rehearsal", f"{self._node.name} would commit what the block does not do")
        if kept is None and applied is not None and all(one.ok for one in applied.receipts[applied.opening :]):
            raise ViolationError("rehearsal", f"{self._node.name} made another block of the same transactions")

    def hand_in(self, wire: bytes) -> bool:
        """As a node admits what it is given; whether it waits for a block now."""
        transaction = decode_transaction(wire)
        try:
            self.ledger.check_tx(transaction, self._node.now_ms())
            return self.mempool.add(transaction, self._node.now_ms(), own=True)
        except ChainbillError:
            return False

    def _committed(self, block: Block, certificate: Certificate, finalized: Any) -> None:
        self.mempool.remove([receipt.id for receipt in finalized.transaction_receipts])
        self.mempool.expire(block.header.time_ms)


class RealWorld(World):
    """Four banks with the product's contracts, and room for one node more."""

    def __init__(self, plan: Plan, members: list[int]) -> None:
        self.ledger_genesis = made = genesis()
        settings = Settings(
            made.hash,
            Timeouts(),
            idle_interval_ms=10_000,
            gather_ms=PAUSE_MS,
            signer_file_limit_bytes=2_000,
        )
        voters = validator_keys()
        spare = [key(200 + number) for number in range(plan.size - len(members))]
        super().__init__(
            plan.seed, plan.size, settings=settings, start_ms=made.time_ms, names=[*voters, *spare],
            members=range(len(voters)),
        )  # fmt: skip
        self.snapshot_every, self.keep_blocks = plan.snapshot_every, plan.keep_blocks
        self.known |= {one.key: one for one in made.validators.validators}
        self.genesis = made.validators
        self.reference = Reference(self.known)
        self.checkers = Checkers(made.hash, made.validators, self.known, decide=self._decide)
        self.clients: list[Client] = []
        self.joined: dict[str, int] = {}

    @property
    def today(self) -> str:
        """The date of the ledger."""
        return Table({}, self.reference.time_ms).today

    def new_store(self, node: SimulatedNode) -> Disk:
        def point() -> None:
            if node.point("store"):
                raise CrashError

        return Disk(self.random, point, node.persisted)

    def new_ledger(self, node: SimulatedNode) -> ProductLedger:
        return ProductLedger(node, self)

    def check_disk(self, node: Any) -> None:
        """Compare what a node has on its disk with the reference. It may have died between its batch and telling us."""
        for height in range(self.reference.height + 1, node.height + 1):
            block, certificate = node.application.ledger.load_block(height)
            self.checkers.committed(node.name, block, certificate, self.now_ms)
        check_disk(node.name, node.store, node.application.ledger, self.reference, self.random)

    def _decide(self, block: Block) -> ValidatorSet:
        self.checkers.offset_ms = self.reference.clock_offset_ms  # a block goes by the clock before it
        following = self.reference.decide(block)
        for one in following.validators:
            self.known.setdefault(one.key, Validator(one.key, one.name, one.party, one.address))
        return following


class RealRun(Run):
    """A plan played on the product's ledger."""

    world: RealWorld

    def make_world(self, members: list[int]) -> World:
        self.wallet = RealNetwork()
        return RealWorld(self.plan, members)

    def make_node(self, name: str, skew_ms: int) -> SimulatedNode:
        return ProductNode(self.world, name, self.key_of(name), skew_ms=skew_ms)

    def make_liar(self, name: str, behaviour: str) -> None:
        self.processes.append(ProductNode(self.world, name, self.key_of(name), lie=behaviour))

    def act(self, event: AnyEvent) -> None:
        if isinstance(event, Story):
            client = Client(self.world, STORIES[event.story](self.world, *event.numbers), self.wallet)
            self.world.clients.append(client)
            client.go_on()

    def happen_to(self, node: SimulatedNode, event: AnyEvent) -> None:
        if isinstance(node, ProductNode) and isinstance(event, Join):
            node.newcomer = "snapshot" if event.snapshot else "blocks"
        if isinstance(node, ProductNode) and isinstance(event, Wipe):
            self.world.tell(node.name, "loses its disk")
            node.wipe("snapshot" if event.snapshot else "blocks", keeps_signer=event.keeps_signer)
            self.world.at(event.away_ms, lambda: None if node.alive else node.boot())
            return
        super().happen_to(node, event)

    def is_settled(self) -> bool:
        told = sum(isinstance(event, Story) for event in self.plan.events)
        together = {node.height for node in self.honest} == {self.world.reference.height}
        finished = len(self.world.clients) == told and all(client.done for client in self.world.clients)
        return together and finished and all(node.driver is not None for node in self.honest)

    def judge(self) -> None:
        roots = {node.application.ledger.info().app_hash for node in self.honest}
        if len(roots) != 1:
            raise ViolationError("state", "app hashes differ")


def draw(seed: int) -> Plan:
    """Stories and faults among four banks, of which one may run twice with one key."""
    chance = random.Random(f"real {seed}")
    voters = names(4)
    events: list[AnyEvent] = [*_bills(chance, 2), *_others(chance)]
    twins = (chance.choice(voters),) if chance.random() < 0.3 else ()
    second = [name + "'" for name in twins]
    events += [Clock(0, name, 700) for name in second]  # so that it proposes other blocks than the first one
    everyone = [*voters, *second]
    events += draw_trouble(chance, everyone, everyone, TROUBLE_MS, most_crashes=5)
    return Plan(seed=seed, size=4, ledger="real", twins=twins, events=tuple(events), trouble_ms=TROUBLE_MS)


def draw_joining(seed: int) -> Plan:
    """The same, with snapshots, a newcomer or a lost disk, and at times somebody who lies about snapshots."""
    chance = random.Random(f"joining {seed}")
    voters = names(4)
    liar = ((chance.choice(voters), chance.choice(LIES)),) if chance.random() < 0.6 else ()
    honest = [name for name in voters if name not in dict(liar)]
    at_ms = chance.randint(3_000, TROUBLE_MS)
    by_snapshot = chance.random() < 0.75
    events: list[AnyEvent] = [*_bills(chance, 1), Story(0, "changes", (chance.randint(4, 12),))]
    outside: tuple[str, ...] = ()
    if seed % 3 == 2:
        events.append(Wipe(at_ms, chance.choice(honest), chance.randint(100, 3_000), snapshot=by_snapshot))
    else:
        outside = ("n4",)
        events.append(Join(at_ms, "n4", snapshot=by_snapshot))
        if seed % 3 == 1:
            events.append(Story(at_ms, "member", (4,)))
    keep = 0
    if by_snapshot and chance.random() < 0.3:
        keep = 1
        events.append(Story(chance.randint(0, 2_000), "advance", (8, 5)))
    everyone = [*voters, *outside]
    events += draw_trouble(chance, [*honest, *outside], everyone, TROUBLE_MS, most_crashes=4)
    return Plan(
        seed=seed, size=len(everyone), ledger="real", outside=outside, liars=liar, events=tuple(events),
        trouble_ms=TROUBLE_MS, snapshot_every=chance.choice((4, 8)) if by_snapshot else 0, keep_blocks=keep,
    )  # fmt: skip


def _bills(chance: random.Random, count: int) -> Iterator[Story]:
    for _ in range(count):
        parts = [chance.randint(1, 100_000) for _ in range(chance.randint(1, 4))]
        yield Story(chance.randint(0, 3_000), "bill", (chance.randint(500_000, 10**9), *parts))


def _others(chance: random.Random) -> Iterator[Story]:
    total = chance.randint(100, 10**6)
    yield Story(chance.randint(0, 3_000), "invoice", (total, chance.randint(1, total - 1)))
    face = chance.randint(100, 10**6)
    yield Story(chance.randint(0, 3_000), "settlement", (face, chance.randint(1, face - 1)))
    yield Story(chance.randint(0, 6_000), "again", (chance.randint(1, 3),))


@contextmanager
def small_limits() -> Iterator[None]:
    """Chunks and kept proposers in the size of a simulated chain; contracts are compiled once for all nodes."""
    places: Sequence[tuple[str, int]] = (
        ("snapshots.stream.CHUNK_BYTES", CHUNK_BYTES), ("snapshots.stream.PROPOSERS_KEPT", PROPOSERS),
        ("snapshots.restore.PROPOSERS_KEPT", PROPOSERS), ("chain.pruning.PROPOSERS_KEPT", PROPOSERS),
    )  # fmt: skip
    with ExitStack() as stack:
        for place, value in places:
            stack.enter_context(patch(f"chainbill_node.storage.{place}", value))
        stack.enter_context(patch("chainbill_node.application.application.ProgramCache", lambda _protocols: PROGRAMS))
        yield


def play(seed: int) -> RealRun:
    """Stories, partitions and crashes; then quiet, and everything must be in, the same everywhere."""
    return play_plan(draw(seed))


def play_joining(seed: int) -> RealRun:
    """The same with a newcomer."""
    return play_plan(draw_joining(seed))


def play_plan(plan: Plan, made: Callable[[Run], object] = lambda _: None) -> RealRun:
    """Run one plan; ViolationError if a promise is broken. `made` hears of the run before it begins."""
    with remembered_signatures(), small_limits():
        run = RealRun(plan)
        made(run)
        run.play()
    return run
