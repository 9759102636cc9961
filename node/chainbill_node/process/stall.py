"""Stall detection: metrics and log say that the network stands still: height, round, missing votes, since when.

`/ready` and `node status` say the same from `process.status`. One line when it begins, one every half minute, one
when it is over.

The field's word: liveness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chainbill_node.process.status import StatusParts, node_status
from chainbill_node.runtime.logs import log
from chainbill_node.runtime.metrics import Metrics

if TYPE_CHECKING:
    from chainbill.ledger.validators import Validator
    from chainbill_node.rest.ports import NodeStatus

LOOKS_BEFORE_TOLD = 2  # a second without a peer at a start is not worth a line
TOLD_AGAIN_MS = 30_000


class StallParts(StatusParts, Protocol):
    """The parts of a node whose status is told as metrics."""

    metrics: Metrics


class StandingStill:
    """Looked at once a second by the node; remembers what it has told."""

    def __init__(self, node: StallParts) -> None:
        self._node = node
        self._looks = 0
        self._told_ms: int | None = None
        self._since_ms = 0

    def measure(self) -> tuple[NodeStatus, set[str] | None]:
        """Set the metrics. Where the node stands, and who is missing; None while it goes on."""
        node = self._node
        status = node_status(node)
        stands = node.started and not status.ready and not status.syncing
        missing = self._missing(status.waiting_for) if stands else set()
        now_ms = node.clock.now_ms()
        node.metrics.standing(
            {_name(one): _name(one) in missing for one in self._validators()},
            max(0, now_ms - status.since_ms) / 1000 if stands else 0.0,
        )
        return status, missing if stands else None

    def look(self) -> None:
        """Set the metrics; write a line where one is due."""
        status, missing = self.measure()
        now_ms = self._node.clock.now_ms()
        if missing is None:
            self._looks = 0
            self._over(status.height, now_ms)
            return
        self._looks += 1
        due = self._told_ms is None or now_ms - self._told_ms >= TOLD_AGAIN_MS
        if self._looks >= LOOKS_BEFORE_TOLD and due:
            self._since_ms = status.since_ms if self._told_ms is None else self._since_ms
            self._told_ms = now_ms
            names = ",".join(sorted(missing))
            log.warning(
                "standing_still", height=status.height + 1, round=status.round, step=status.step, waiting_for=names,
                since_ms=status.since_ms, why=status.reason, why_zh=status.reason_zh,
            )  # fmt: skip

    def _over(self, height: int, now_ms: int) -> None:
        if self._told_ms is not None:
            log.info("going_on", height=height, after_s=max(0, now_ms - self._since_ms) // 1000)
        self._told_ms = None

    def _validators(self) -> tuple[Validator, ...]:
        return self._node.ledger.validators_of(self._node.ledger.info().height + 1).validators

    def _missing(self, waiting_for: tuple[str, ...]) -> set[str]:
        """Who is waited for, and where too few are connected for a block, who is not connected."""
        node = self._node
        connected = {node.node_id, *node.peers.connected}
        away = [one for one in self._validators() if one.key.hex() not in connected]
        quorum = node.ledger.validators_of(node.ledger.info().height + 1).quorum
        names = {_name(one) for one in away}
        return names if len(self._validators()) - len(away) < quorum else set(waiting_for)


def _name(validator: Validator) -> str:
    return validator.name or validator.key.hex()[:8]
