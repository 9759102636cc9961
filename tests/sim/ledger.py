"""A light ledger for the simulator: a hash chain with validator changes, checked as strictly as the real one.

Transactions are bytes: `V+` or `V-` and a public key change the validators from height h + 2 on, `bad` is invalid,
anything else changes the state. The store is the node's database: it outlives a crash, everything else here does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chainbill_node.driver.ports import Tip

from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.merkle import Frontier
from chainbill.errors import ChainbillError
from chainbill.ledger.block import Block, Header, evidence_root, parent_certificate_hash, tx_root
from chainbill.ledger.certificate import Certificate, decode_certificate, verify_certificate
from chainbill.ledger.envelope import wire_id_of
from chainbill.ledger.evidence import decode_evidence, verify_evidence
from chainbill.ledger.validators import Validator, ValidatorSet

GENESIS_TIME_MS = 1_000_000
GENESIS_ID = tagged_hash("genesis", b"simulated")
RECEIPTS = bytes(32)


@dataclass(frozen=True, slots=True)
class State:
    """After a height: what the next header needs. `validators` decide height + 1, `following` height + 2.

    `certificate`: of this height, decided by `deciders`; `history`: the log of the block ids up to it.
    """

    height: int
    block_id: bytes
    time_ms: int
    app_hash: bytes
    validators: ValidatorSet
    following: ValidatorSet
    needs_proof: bool = False
    certificate: bytes | None = None
    deciders: ValidatorSet | None = None
    history: Frontier = field(default_factory=Frontier)


@dataclass(slots=True)
class Store:
    """The database of one node: committed blocks with certificates and the states after them."""

    states: list[State]
    blocks: list[tuple[Block, Certificate]] = field(default_factory=list)
    recorded: set[tuple[bytes, int, int, int]] = field(default_factory=set)

    @classmethod
    def genesis(cls, validators: ValidatorSet) -> Store:
        return cls([State(0, GENESIS_ID, GENESIS_TIME_MS, tagged_hash("state", b""), validators, validators)])

    @property
    def tip(self) -> State:
        return self.states[-1]

    @property
    def height(self) -> int:
        return self.states[-1].height

    def crash(self) -> None:
        """Everything here is synced."""


def after(state: State, block: Block, known: dict[bytes, Validator]) -> State:
    """The state after a block."""
    changes = [wire for wire in block.transactions if wire[:2] in (b"V+", b"V-")]
    members = {validator.key: validator for validator in state.following.validators}
    for wire in changes:
        if wire[:2] == b"V+" and wire[2:34] in known:
            members[wire[2:34]] = known[wire[2:34]]
        elif wire[:2] == b"V-" and len(members) > 1:
            members.pop(wire[2:34], None)
    app_hash = state.app_hash
    if block.transactions:
        app_hash = tagged_hash("state", state.app_hash, block.header.tx_root)
    return State(
        block.height,
        block.id,
        block.header.time_ms,
        app_hash,
        state.following,
        ValidatorSet.of(members.values()),
        needs_proof=bool(block.transactions),
        deciders=state.validators,
        history=state.history.append(block.id),
    )


def build(
    state: State, network: bytes, time_ms: int, proposer: bytes, wires: Sequence[bytes], evidence: Sequence[bytes]
) -> Block:
    """A block that may follow a state."""
    header = Header(
        network=network,
        height=state.height + 1,
        time_ms=time_ms,
        protocol=1,
        proposer=proposer,
        parent=state.block_id,
        parent_certificate=parent_certificate_hash(state.certificate),
        tx_count=len(wires),
        tx_root=tx_root([wire_id_of(wire) for wire in wires]),
        evidence_count=len(evidence),
        evidence_root=evidence_root(evidence),
        app_hash=state.app_hash,
        receipts_count=0,
        receipts_root=RECEIPTS,
        history_root=state.history.root(),
        validators_hash=state.validators.hash(),
        next_validators_hash=state.following.hash(),
    )
    return Block(header, tuple(wires), tuple(evidence), state.certificate)


class LightLedger:
    """The Application port over a Store; the mempool is lost in a crash."""

    def __init__(self, store: Store, network: bytes, known: dict[bytes, Validator]) -> None:
        self.store = store
        self._network = network
        self._known = known
        self.mempool: list[bytes] = []
        self.committed: set[bytes] = {wire for block, _ in store.blocks for wire in block.transactions}
        self._verdicts: dict[bytes, str | None] = {}

    def tip(self) -> Tip:
        state = self.store.tip
        return Tip(
            state.height, state.block_id, state.time_ms, state.validators, state.needs_proof or bool(self.mempool)
        )

    def hand_in(self, wire: bytes) -> bool:
        """A client's transaction; whether it is new."""
        fresh = wire not in self.mempool and wire not in self.committed
        if fresh:
            self.mempool.append(wire)
        return fresh

    def build_block(self, height: int, time_ms: int, proposer: bytes, evidence: Sequence[bytes]) -> Block | None:
        state = self.store.tip
        if height != state.height + 1:
            raise AssertionError("a block was asked for at another height")
        fresh = [data for data in evidence if decode_evidence(data).key not in self.store.recorded]
        return build(state, self._network, time_ms, proposer, self.mempool[:20], fresh)

    def check_block(self, block: Block) -> str | None:
        if block.id not in self._verdicts:
            self._verdicts[block.id] = self._refusal(block)
        return self._verdicts[block.id]

    def commit(self, block: Block, certificate: Certificate) -> Tip:
        if self._refusal(block) is not None:
            raise AssertionError("an invalid block was committed")
        self.store.blocks.append((block, certificate))
        following = after(self.store.tip, block, self._known)
        self.store.states.append(replace(following, certificate=certificate.encode()))
        self.store.recorded.update(decode_evidence(data).key for data in block.evidence)
        self.committed.update(block.transactions)
        self.mempool = [wire for wire in self.mempool if wire not in self.committed]
        self._verdicts.clear()
        return self.tip()

    def load_block(self, height: int) -> tuple[Block, Certificate] | None:
        return self.store.blocks[height - 1] if 1 <= height <= len(self.store.blocks) else None

    def load_validators(self, height: int) -> ValidatorSet | None:
        if height == len(self.store.states) + 1:
            return self.store.tip.following
        return self.store.states[height - 1].validators if 1 <= height <= len(self.store.states) else None

    def _refusal(self, block: Block) -> str | None:
        state, header = replace(self.store.tip, certificate=block.parent_certificate), block.header
        wanted = build(state, self._network, header.time_ms, header.proposer, block.transactions, block.evidence)
        if header != wanted.header:
            return "header"
        if not self._is_certified(state):
            return "block_parent_certificate"
        if header.time_ms <= state.time_ms:
            return "block_time"
        if header.proposer not in state.validators:
            return "block_proposer"
        if any(wire.startswith(b"bad") or wire in self.committed for wire in block.transactions):
            return "transaction"
        if len(set(block.transactions)) != len(block.transactions):
            return "transaction"
        return self._evidence_refusal(block)

    def _is_certified(self, state: State) -> bool:
        """Whether the certificate of the parent that a block carries is one."""
        if state.certificate is None or state.deciders is None:
            return state.height == 0 and state.certificate is None
        try:
            certificate = decode_certificate(state.certificate)
            verify_certificate(certificate, self._network, state.deciders)
        except ChainbillError:
            return False
        return (certificate.height, certificate.block_id) == (state.height, state.block_id)

    def _evidence_refusal(self, block: Block) -> str | None:
        keys = []
        for data in block.evidence:
            try:
                evidence = decode_evidence(data)
                validators = self.load_validators(evidence.height)
                if validators is None:
                    return "evidence"
                verify_evidence(evidence, self._network, validators)
            except ChainbillError as error:
                return error.reason
            keys.append(evidence.key)
        known = len(set(keys)) != len(keys) or any(key in self.store.recorded for key in keys)
        return "evidence_known" if known else None
