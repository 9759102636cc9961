"""Speculative execution: all run a height's transactions at once, since the proposer first says what it will run.

Without this the others would wait until the proposer has run its block, and then run it while the proposer waits. The
plan binds nobody and nothing in it is believed: a node makes the block of it as if it were the proposer, keeps the
result under that block's id, and when this very block is proposed, has run it already. Any other proposal is run as
ever. Only the proposer of a height's first round is listened to, once, so a lie costs one run of a block.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from chainbill.ledger.transaction import Transaction
from chainbill.limits import MAX_BLOCK_BYTES, MAX_BLOCK_TRANSACTIONS
from chainbill_node import wire
from chainbill_node.application.application import LedgerApplication
from chainbill_node.application.protocol import ProposalRequest
from chainbill_node.consensus.gossip import bits_at, has_bit
from chainbill_node.consensus.timeouts import Timer, TimerKind
from chainbill_node.driver.driver import Driver
from chainbill_node.mempool import VerifiedTransactions
from chainbill_node.network.peers import PeerNetwork
from chainbill_node.runtime.clock import SystemClock
from chainbill_node.runtime.metrics import Metrics
from chainbill_node.wire.messages import Plan

LEAST_PLANNED = 8
"""Fewer transactions are run faster than a plan is told, unless they are dear."""


@dataclass(frozen=True, slots=True)
class _Short:
    """A plan of which transactions are still on their way."""

    plan: Plan
    proposer: str
    missing: set[bytes]


class PlanningParts(Protocol):
    """The parts of a node that run a block ahead."""

    clock: SystemClock
    ledger: LedgerApplication
    verified: VerifiedTransactions
    driver: Driver
    peers: PeerNetwork
    metrics: Metrics
    started: bool
    fault: BaseException | None


class Plans:
    """The plans of one node: told as a proposer, followed as another validator or an observer."""

    def __init__(self, node: PlanningParts) -> None:
        self._node = node
        self._taken = 0  # the height of which a plan was taken last
        self._early: tuple[str, Plan] | None = None  # of the height after the one at work
        self._short: _Short | None = None
        self._ran = (0, 0.0)  # the height whose plan was run last, and how long that took, in seconds

    def tell(self, request: ProposalRequest, dear: int = 0) -> None:
        """This node is about to make its own proposal so. A block with evidence is not told: a plan has none.

        dear: so many are of parties whose transactions use much: one of them may take long.
        """
        candidates = request.candidates
        if not (1 if dear else LEAST_PLANNED) <= len(candidates) <= MAX_BLOCK_TRANSACTIONS:
            return
        patient = [at for at, one in enumerate(candidates) if one.id in request.may_leave_out]
        plan = Plan(
            request.height,
            request.time_ms,
            tuple([one.wire_id for one in candidates]),
            bits_at(patient, len(candidates)),
            min(request.max_bytes, MAX_BLOCK_BYTES),
            self._node.ledger.parent_certificate,
            request.max_gas,
        )
        self._node.peers.push(wire.encode(plan))

    def receive(self, peer: str, plan: Plan) -> None:
        """A plan of a peer whose turn it is: run it, or keep it for after the commit if it is of the next height."""
        node = self._node
        ahead = plan.height - node.ledger.info().height
        if ahead not in (1, 2) or self._taken >= plan.height or not self._is_proposer(peer, plan.height):
            return
        if ahead > 1:
            self._early = (peer, plan)
            return
        self._taken = plan.height
        missing = {one for one in plan.wire_ids if one not in node.verified}
        if missing:
            self._short = _Short(plan, peer, missing)
        else:
            self._run(peer, plan)

    def arrived(self, transactions: Iterable[Transaction]) -> None:
        """Signatures were verified here: a plan may be whole now."""
        short = self._short
        if short is None:
            return
        short.missing.difference_update([one.wire_id for one in transactions])
        if not short.missing:
            self._short = None
            asyncio.get_running_loop().call_soon(self._run, short.proposer, short.plan)

    def committed(self) -> None:
        """A block is on the disk: the plan of the next height may have come before it."""
        self._short = None
        early, self._early = self._early, None
        if early is not None:  # consensus first ends what it is doing
            asyncio.get_running_loop().call_soon(self.receive, *early)

    def take_grace_s(self, timer: Timer) -> float:
        """So much longer than its timer says a planned proposal is waited for, given once: as long as its run took.

        Its proposer was at work all that time too, and this node could not have heard of it.
        """
        height, took_s = self._ran
        if (timer.kind, timer.height, timer.round) != (TimerKind.PROPOSE, height, 0):
            return 0.0
        self._ran = (0, 0.0)
        return took_s

    def _is_proposer(self, peer: str, height: int) -> bool:
        return self._node.ledger.validators_of(height).proposer(height, 0).key.hex() == peer

    def _may_be_proposed(self, plan: Plan) -> bool:
        """Whether this node would prevote a proposal of this time: far ahead, it may bring the work of many days."""
        node = self._node
        late = node.driver.rules.untimely(plan.time_ms, 0, node.clock.now_ms())
        return node.ledger.info().time_ms < plan.time_ms and late is None

    def _run(self, proposer: str, plan: Plan) -> None:
        node = self._node
        found = [one for one in map(node.verified.get, plan.wire_ids) if one is not None]
        late = plan.height != node.ledger.info().height + 1
        if late or len(found) < len(plan.wire_ids) or node.fault is not None or not node.started:
            return
        if not self._may_be_proposed(plan):
            node.metrics.plans.labels("refused").inc()
            return
        request = ProposalRequest(
            height=plan.height,
            time_ms=plan.time_ms,
            proposer=bytes.fromhex(proposer),
            evidence=(),
            candidates=found,
            max_bytes=plan.max_bytes,
            may_leave_out=frozenset([one.id for at, one in enumerate(found) if has_bit(plan.may_leave_out, at)]),
            parent_certificate=plan.parent_certificate,
            max_gas=plan.max_gas,
        )
        began_s = time.perf_counter()
        result = node.ledger.rehearse(request)
        self._ran = (plan.height, time.perf_counter() - began_s)
        node.metrics.plans.labels(result).inc()
