"""The simulator over the real ledger and the product's contracts: bills are issued, split and moved while nodes crash.

After every block of every node the whole state is checked (faces tiled, holdings, lineage), and at the end all nodes
have the same app hash. Slow beside the light ledger, so there are few such seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

from chainbill_node.consensus.timeouts import Timeouts
from chainbill_node.driver_ports import Settings, Tip
from ledger.ledger_kit import CHAIN, validator_keys
from ledger.real_network import ANCHOR, S1, S2, S3, RealNetwork, genesis
from sim.checkers import Checkers, ViolationError
from sim.nodes import SimulatedNode
from sim.seeded import HEAL_WITHIN_MS, remembered_signatures
from sim.world import Links, World

from chainbill.errors import ChainbillError
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.header_check import make_block
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Transaction, decode_transaction
from chainbill.ledger.transition import Applied, apply_block, prepare
from chainbill.ledger.validators import ValidatorSet

STORIES = 4
TROUBLE_MS = 12_000
Call = tuple[str, str, str, dict[str, Any]]
"""(party, contract, function, arguments)."""


class RealStore(RealNetwork):
    """A node's database: state, tree and blocks of the real ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.certificates: list[Certificate] = []
        self.receipts: dict[bytes, Receipt] = {}

    @property
    def tip(self) -> Any:
        """What the simulated node looks at: `.height`."""
        return Tip(len(self.blocks), self.env.parent, self.env.parent_time_ms, self.env.validators, False)

    def members(self, height: int) -> ValidatorSet | None:
        """The validators of a height; this network's do not change."""
        return self.genesis.validators if 1 <= height <= len(self.blocks) + 2 else None


class RealLedger:
    """The Application port over `apply_block` and `prepare`."""

    def __init__(self, store: RealStore) -> None:
        self.store = store
        self.mempool: list[bytes] = []
        self._results: dict[bytes, Applied | str] = {}

    @property
    def committed(self) -> set[bytes]:
        return {wire for block in self.store.blocks for wire in block.transactions}

    def tip(self) -> Tip:
        tip: Tip = self.store.tip
        applied = self.store.applied
        has_work = bool(self.mempool) or applied.has_more_work or applied.changed_state
        return Tip(tip.height, tip.block_id, tip.time_ms, tip.validators, has_work)

    def build_block(self, height: int, time_ms: int, proposer: bytes, evidence: Sequence[bytes]) -> Block | None:
        store = self.store
        candidates: list[Transaction] = [decode_transaction(wire) for wire in self.mempool]
        made = prepare(
            store.view,
            store.tree,
            candidates,
            store.env,
            time_ms=time_ms,
            proposer=proposer,
            evidence=evidence,
            max_bytes=1_000_000,
        )
        left_out = [transaction.wire for transaction, _ in made.left_out]
        if not left_out:
            self._results[made.block.id] = made.applied
            return made.block
        header = made.block.header
        wires = [*made.block.transactions, *left_out]
        return make_block(
            store.env,
            store.tree.root,
            time_ms=header.time_ms,
            proposer=header.proposer,
            transactions=wires,
            evidence=made.block.evidence,
        )

    def check_block(self, block: Block) -> str | None:
        if block.id not in self._results:
            try:
                self._results[block.id] = apply_block(self.store.view, self.store.tree, block, self.store.env)
            except ChainbillError as error:
                self._results[block.id] = str(error)
        found = self._results[block.id]
        return found if isinstance(found, str) else None

    def commit(self, block: Block, certificate: Certificate) -> Tip:
        self.check_block(block)
        applied = self._results[block.id]
        if isinstance(applied, str):
            raise AssertionError(applied)
        done = self.store.decide(block, applied)
        self.store.certificates.append(certificate)
        self.store.receipts.update({receipt.id: receipt for receipt in done.receipts[done.opening :]})
        self.mempool = [wire for wire in self.mempool if wire not in block.transactions]
        self._results.clear()
        return self.tip()

    def load_block(self, height: int) -> tuple[Block, Certificate] | None:
        known = 1 <= height <= len(self.store.certificates)
        return (self.store.blocks[height - 1], self.store.certificates[height - 1]) if known else None

    def load_validators(self, height: int) -> ValidatorSet | None:
        return self.store.members(height)


class RealWorld(World):
    """Four banks with the product's contracts."""

    def __init__(self, seed: int) -> None:
        settings = Settings(CHAIN, Timeouts(), idle_interval_ms=10_000)
        keys = validator_keys()
        made = genesis()
        super().__init__(seed, len(keys), settings=settings, start_ms=made.time_ms, names=keys)
        self.known = {one.key: one for one in made.validators.validators}
        self.genesis = made.validators
        self.checkers = Checkers(CHAIN, made.validators, self.known)
        self.clients: list[Client] = []

    def new_store(self) -> RealStore:
        return RealStore()

    def new_ledger(self, store: RealStore) -> RealLedger:
        return RealLedger(store)


class Client:
    """Somebody who acts, waits until the act is in a block of any node, and acts again with what it gave."""

    def __init__(self, world: RealWorld, story: Generator[Call, Any, None], wallet: RealNetwork) -> None:
        self.world = world
        self.story = story
        self.wallet = wallet
        self.waits_for: Transaction | None = None
        self.done = False

    def act(self, result: Any = None) -> None:
        try:
            party, contract, function, arguments = self.story.send(result)
        except StopIteration:
            self.done = True
            return
        wire = self.wallet.wire(party, (contract, function, arguments))
        self.waits_for = decode_transaction(wire)
        self.world.submit(wire)
        self.world.at(100, self.look)

    def look(self) -> None:
        """Any honest node's word will do."""
        for node in self.world.nodes.values():
            receipt = node.store.receipts.get(self.waits_for.id) if self.waits_for is not None else None
            if receipt is not None:
                if not receipt.ok:
                    raise ViolationError("story", f"an act failed: {receipt.reason} {receipt.details}")
                self.act(receipt.results[0])
                return
        self.world.at(100, self.look)


def life_of_a_bill(face: int, parts: Sequence[int]) -> Generator[Call, Any, None]:
    """Issue, confirm, accept; then pay on in parts, tier by tier; a third payment is refused."""
    issue = {
        "debtor": ANCHOR, "creditor": S1, "face": face, "currency": "CNY", "due_on": "2026-08-31", "invoices": [],
        "contract_no": "C-1", "delivered_on": "2026-02-01", "terms": {},
    }  # fmt: skip
    bill = (yield S1, "bill", "issue", issue)["bill"]
    yield ANCHOR, "bill", "confirm", {"bill": bill}
    token = (yield S1, "bill", "accept", {"bill": bill})["token"]
    for number, part in enumerate(parts):
        paid = yield S1, "token", "transfer", {"tokens": [token], "recipients": [{"party": S2, "amount": part}]}
        token = paid["remainder"]
        if number == 2:
            yield S2, "token", "reject", {"token": paid["tokens"][0], "reason": "not ours"}
            return
        held = (yield S2, "token", "accept", {"token": paid["tokens"][0]})["token"]
        onward = {"tokens": [held], "recipients": [{"party": S3, "amount": max(1, part // 2)}]}
        passed = yield S2, "token", "transfer", onward
        yield S3, "token", "accept", {"token": passed["tokens"][0]}


def play(seed: int) -> RealWorld:
    """Stories, partitions and crashes; then quiet, and everything must be in, the same everywhere."""
    world = RealWorld(seed)
    random = world.random
    nodes = [SimulatedNode(world, world.names[key.public], key) for key in world.keys]
    wallet = RealNetwork()
    wallet.time_ms = world.start_ms
    for _ in range(STORIES):
        parts = [random.randint(1, 100_000) for _ in range(random.randint(1, 4))]
        world.clients.append(Client(world, life_of_a_bill(random.randint(500_000, 10**9), parts), wallet))
    with remembered_signatures():
        for node in nodes:
            node.boot()
        for client in world.clients:
            world.at(random.randint(0, 3_000), client.act)
        _plan_trouble(world, nodes)
        world.run(TROUBLE_MS)
        world.links = Links()
        for node in nodes:
            node.crash_in, node.restart_after_ms = None, 100
            if not node.alive:
                node.boot()
            world.connect(node.name)
        if not world.run(HEAL_WITHIN_MS, until=_settled(world, nodes)):
            raise ViolationError("liveness", f"heights {[node.height for node in nodes]}")
    roots = {node.store.tree.root for node in nodes}
    if len(roots) != 1:
        raise ViolationError("state", "app hashes differ")
    return world


def _settled(world: RealWorld, nodes: list[SimulatedNode]) -> Callable[[], bool]:
    return lambda: all(client.done for client in world.clients) and len({node.height for node in nodes}) == 1


def _plan_trouble(world: RealWorld, nodes: list[SimulatedNode]) -> None:
    random = world.random

    def doom(node: SimulatedNode) -> None:
        node.restart_after_ms = random.randint(50, 2_000)
        node.crash_in = random.randint(0, 20)

    def cut() -> None:
        names = [node.name for node in nodes]
        random.shuffle(names)
        at = random.randint(0, 4)
        world.links = Links(random.choice((0.0, 0.2)), 0.1, random.choice((5, 200)), [set(names[:at]), set(names[at:])])

    for _ in range(random.randint(1, 5)):
        node = random.choice(nodes)
        world.at(random.randint(0, TROUBLE_MS), lambda node=node: doom(node))  # type: ignore[misc]
    for _ in range(random.randint(0, 3)):
        world.at(random.randint(0, TROUBLE_MS), cut)
