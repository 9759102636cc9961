"""Port adapters: the driver's ports (`driver.ports`) over the event loop, the ledger and the network.

The field's word: ports and adapters.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from chainbill.errors import ChainbillError
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.upgrades import UpgradeNeeded
from chainbill.ledger.validators import ValidatorSet
from chainbill_node import wire
from chainbill_node.application.application import INTERNAL_ERRORS, LedgerApplication
from chainbill_node.application.protocol import Finalized, ProposalRequest
from chainbill_node.consensus.timeouts import Timer
from chainbill_node.driver.ports import Tip
from chainbill_node.mempool import Mempool, Room, Use, Waiting
from chainbill_node.network.peers import PeerNetwork
from chainbill_node.runtime.logs import log
from chainbill_node.runtime.timers import Timetable
from chainbill_node.wire.compact import shortened
from chainbill_node.wire.messages import PeerId
from chainbill_node.wire.messages import Proposal as ProposalMessage

AGED_MS = 250  # a transaction that fails after waiting this long goes into the block as failed
EARLY_AGED_MS = 5_000  # the same for one that was taken before older ones
MAX_RUN_S = 0.25
FLOOD_RUN_S = 0.05  # for parties that flood, or one transaction of theirs
FAR_TOO_LONG_S = 2 * MAX_RUN_S
LEAST_GAS = 100_000  # a block with less says little about this machine
FIRST_S_A_GAS = 60e-9  # until blocks of this machine say better


OnPlan = Callable[[ProposalRequest, int], None]
"""What this node is about to run for its own proposal, and how many transactions of dear parties are in it."""
OnCommit = Callable[[Block, Certificate, Finalized], None]


class UpgradeMissing(Exception):  # noqa: N818 - the end of what this software can do, not its fault
    """The next block needs what this node lacks: it ends here, with everything it has on the disk."""

    def __init__(self, needed: UpgradeNeeded) -> None:
        super().__init__(f"{needed.said('en')} / {needed.said('zh')}")
        self.needed = needed

    def said(self, language: str) -> str:
        """What is missing and the mend, in "en" or "zh"."""
        return self.needed.said(language)


class LedgerPort:
    """The driver's `Application`: the ledger together with the mempool that feeds it."""

    def __init__(
        self,
        ledger: LedgerApplication,
        mempool: Mempool,
        *,
        max_transactions: int,
        max_bytes: int,
        now_ms: Callable[[], int],
        on_commit: OnCommit,
        on_plan: OnPlan,
        on_held: Callable[[int], None] = lambda _ms: None,
    ) -> None:
        self._ledger = ledger
        self._mempool = mempool
        self._max_transactions = max_transactions
        self._max_bytes = max_bytes
        self._now_ms = now_ms
        self._on_commit = on_commit
        self._on_plan = on_plan
        self._on_held = on_held
        self._s_a_gas = FIRST_S_A_GAS
        self._small = 0, 0.0  # gas and seconds of small blocks
        self._accounts = mempool.accounts

    def ready(self) -> bool:
        """Whether something waits that a block may take now."""
        return self._mempool.ready(self._now_ms())

    def tip(self) -> Tip:
        """The state after the last commit."""
        info = self._ledger.info()
        block_time_ms = self._now_ms() + info.clock_offset_ms
        day_due = info.next_day_ms is not None and info.next_day_ms <= block_time_ms
        return Tip(
            height=info.height,
            block_id=info.block_id,
            time_ms=info.time_ms,
            validators=self._ledger.validators_of(info.height + 1),
            has_work=info.changed_state or info.has_more_work or self.ready() or day_due,
            clock_offset_ms=info.clock_offset_ms,
        )

    def build_block(self, height: int, time_ms: int, proposer: bytes, evidence: Sequence[bytes]) -> Block | None:
        """A block of transactions that run here, the oldest, and where more wait than fit, some of every party.

        It holds what this machine runs in MAX_RUN_S, and of parties that flood what it runs in FLOOD_RUN_S (or one
        transaction): gas is the measure, and what it takes here is learned.

        One that fails in the run is left out once, because what it builds on may still be on its way; if it has
        waited, has failed before, or nothing else runs, it goes in as failed, so that its sender gets an answer.
        One that was taken before older ones is left out until it is its turn: it may build on one of those.
        None when a fault of our own keeps us from building.
        """
        now_ms = self._now_ms()
        most_gas = self._fitting_gas(MAX_RUN_S)
        flood_gas = self._fitting_gas(MAX_RUN_S if self._accounts.alone(now_ms) else FLOOD_RUN_S)
        room = Room(self._max_transactions, most_gas, self._max_bytes)
        waiting = self._mempool.candidates(room, flood_gas, now_ms)
        patient = frozenset([one.transaction.id for one in waiting if self._is_patient(one, now_ms)])
        request = ProposalRequest(
            height=height,
            time_ms=time_ms,
            proposer=proposer,
            evidence=tuple(evidence),
            candidates=[one.transaction for one in waiting],
            max_bytes=self._max_bytes,
            may_leave_out=patient,
            max_gas=most_gas,
        )
        if not evidence:
            dear = self._accounts.dear({one.party for one in request.candidates})
            self._on_plan(request, sum([one.party in dear for one in request.candidates]))
        began_s = time.perf_counter()
        try:
            proposal = self._ledger.prepare_proposal(request)
        except (ChainbillError, *INTERNAL_ERRORS) as error:
            log.error("no_block_built", height=height, why=f"{type(error).__name__}: {error}")
            return None
        self._learn(proposal.gas, time.perf_counter() - began_s)
        uses = []
        for identity, gas in proposal.left_out.items():
            one = self._mempool.get(identity)
            if one is not None:
                uses.append(Use(one.transaction.party, len(one.transaction.calls), gas, ok=False))
                one.failed_runs += not one.early
        if uses:
            self._accounts.charge(uses, now_ms)
        self._mempool.remove(proposal.never)
        return proposal.block

    def _fitting_gas(self, run_s: float) -> int:
        """How much gas this machine runs in so many seconds."""
        return int(run_s / self._s_a_gas)

    def _is_patient(self, one: Waiting, now_ms: int) -> bool:
        """Whether it is left out if it fails: not where its party floods, whose failures would be run again."""
        if one.transaction.party in self._accounts.flooding:
            return False
        waited_ms = now_ms - one.arrived_ms
        return waited_ms < EARLY_AGED_MS if one.early else not one.failed_runs and waited_ms < AGED_MS

    def _learn(self, gas: int, took_s: float) -> None:
        """Keep the mean time that a gas takes, newer blocks counting more, and at once one that took far too long:
        where a block takes longer than the others wait for a proposal, its whole round is lost.

        Small blocks are counted together, and only say that it takes less: they take most for what is not gas. Else one
        slow block, as the first after a start is on a busy machine, could keep all that follow small, and unheard.
        """
        small = gas < LEAST_GAS
        if small:
            gas, took_s = self._small[0] + gas, self._small[1] + took_s
            self._small = gas, took_s
            if gas < LEAST_GAS:
                return
            self._small = 0, 0.0
        seen_s = max(took_s / gas, 1e-9)
        if not small and took_s > FAR_TOO_LONG_S:
            self._s_a_gas = seen_s
        elif not small or seen_s < self._s_a_gas:
            self._s_a_gas += (seen_s - self._s_a_gas) / 4

    def check_block(self, block: Block) -> str | None:
        """None if the block may follow the tip, else the reason."""
        verdict = self._ledger.process_proposal(block)
        return None if verdict.accepted else verdict.reason

    def commit(self, block: Block, certificate: Certificate) -> Tip:
        """Store the block and what it brings, then tell who waits for it.

        UpgradeMissing: this node cannot run the next one, so it enters no height after this and votes in none.
        """
        finalized = self._ledger.finalize_block(block)
        self._ledger.commit(certificate)
        held_ms = self._accounts.charge(self._uses(block, finalized), self._now_ms(), self._s_a_gas)
        if held_ms:
            self._on_held(held_ms)
        self._on_commit(block, certificate, finalized)
        needed = self._ledger.upgrade_needed
        if needed is not None and needed.height <= block.height + 1:
            raise UpgradeMissing(needed)
        return self.tip()

    def _uses(self, block: Block, finalized: Finalized) -> list[Use]:
        """What the block's transactions used, whether this node's own pool had room for them or not: all nodes enter
        the same. Of a block that came by itself, long after, nothing is known here, and nobody is held for it."""
        known = map(self._ledger.verified.get, block.wire_ids)
        return [
            Use(one.party, len(one.calls), receipt.gas, receipt.ok)
            for one, receipt in zip(known, finalized.transaction_receipts, strict=False)
            if one is not None
        ]

    def load_block(self, height: int) -> tuple[Block, Certificate] | None:
        """A committed block with its certificate."""
        return self._ledger.load_block(height)

    def load_validators(self, height: int) -> ValidatorSet | None:
        """The validators that decide(d) this height."""
        info = self._ledger.info()
        return self._ledger.validators_of(height) if 1 <= height <= info.height + 2 else None


class NetworkPort:
    """The driver's `Network` over the peers' connections."""

    def __init__(self, peers: PeerNetwork) -> None:
        self._peers = peers

    def send(self, peer: PeerId, data: bytes) -> None:
        """Queue an encoded message for one peer."""
        self._peers.send(peer, data)

    def broadcast(self, data: bytes) -> None:
        """Queue an encoded message for every connected peer."""
        self._peers.broadcast(data)

    def propose(self, proposal: ProposalMessage, data: bytes) -> None:
        """Name the transactions of an own proposal by their ids, where that is shorter."""
        carries = proposal.block.transactions
        self._peers.broadcast(wire.encode(shortened(proposal)) if carries else data)

    def drop(self, peer: PeerId, reason: str) -> None:
        """Close the connection to a peer that broke a rule."""
        self._peers.drop(peer, reason)


class TimerPort:
    """The driver's `Timers` over the node's timetable."""

    def __init__(self, timetable: Timetable, fire: Callable[[Timer], None]) -> None:
        self._timetable = timetable
        self._fire = fire

    def schedule(self, timer: Timer, after_ms: int) -> None:
        """Fire once, not before `after_ms`, never from inside this call."""
        self._timetable.later(max(0, after_ms) / 1000, partial(self._fire, timer))
