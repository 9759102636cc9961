"""Network time: what time it is for a node whose own clock may be off, and what it may say for good of a transaction's.

The ledger's time is that of its blocks. A node whose clock is off by more than right clocks are (`clock_drift_ms`) goes
by the others' clocks where it judges what clients hand in; where it does not know yet, it refuses nothing for good.
"""

from __future__ import annotations

from typing import Protocol

from chainbill.errors import ChainbillError, Reason, Refused
from chainbill.ledger.envelope import Envelope
from chainbill_node.application.application import LedgerApplication
from chainbill_node.driver.ports import Note
from chainbill_node.foundation.node_warning import NodeWarning
from chainbill_node.foundation.operator_error import Pair
from chainbill_node.foundation.unavailable import Busy, ClockNotKnown
from chainbill_node.home.config import NodeConfig
from chainbill_node.intake.clock_offset import CLOCK_MEND, OwnClock, clock_off
from chainbill_node.runtime.clock import SystemClock
from chainbill_node.runtime.metrics import Metrics

BY_THE_CLOCK = (Reason.TRANSACTION_EXPIRED, Reason.TRANSACTION_TOO_EARLY)
ASK_AGAIN_S = 5


class TimeParts(Protocol):
    """The parts of a node that its time is judged by."""

    node_id: str
    config: NodeConfig
    clock: SystemClock
    ledger: LedgerApplication
    metrics: Metrics


class Timekeeping:
    """Over the own clock and what is heard of the others'."""

    def __init__(self, node: TimeParts) -> None:
        self._node = node
        self._heard = OwnClock()

    def hear(self, note: Note) -> None:
        """A proposal of another validator has come in."""
        validator, time_ms = note.fields["validator"], note.fields["time_ms"]
        if isinstance(validator, bytes) and isinstance(time_ms, int):
            validators = self._node.ledger.validators_of(note.height)
            self._heard.hear(validator, time_ms, self._node.clock.steady_ms(), validators)

    def look(self) -> None:
        """Once a second, see `OwnClock.look`."""
        self._heard.look(self._node.clock.steady_ms())

    def off_ms(self) -> int | None:
        """How far the own clock is ahead of those of the other validators; below 0: behind. None: not known yet."""
        node = self._node
        validators = node.ledger.validators_of(node.ledger.info().height + 1)
        own = bytes.fromhex(node.node_id)
        return self._heard.off_ms(validators, own, node.clock.now_ms(), node.clock.steady_ms())

    def now_ms(self) -> int:
        """What time it is: by the own clock, or where that is known to be off, by those of the others."""
        off_ms = self.off_ms()
        return self._node.clock.now_ms() - (off_ms if off_ms is not None and self._is_off(off_ms) else 0)

    def _is_off(self, off_ms: int) -> bool:
        """Whether two right clocks are never so far apart."""
        return abs(off_ms) > self._node.config.consensus.clock_drift_ms

    def is_known(self) -> bool:
        """Whether the other validators' clocks, or that there is none, bear out what `now_ms` says."""
        return self.off_ms() is not None

    def in_time(self, error: ChainbillError, envelope: Envelope) -> ChainbillError | Busy:
        """What a client is told of a refusal: nothing for good that the own clock alone says."""
        if not isinstance(error, Refused) or error.reason not in BY_THE_CLOCK or self.is_known():
            return error
        if envelope.valid_until_ms <= self._node.ledger.info().time_ms:
            return error  # no block is ever dated earlier than this one
        return ClockNotKnown("only this node's own clock says so", ASK_AGAIN_S)

    def keeps_from_signing(self) -> Pair | None:
        """Why a validator with this clock votes for none of the others' blocks; None where it does, or is none."""
        node, off_ms = self._node, self.off_ms()
        consensus = node.config.consensus
        validators = node.ledger.validators_of(node.ledger.info().height + 1)
        if off_ms is None or bytes.fromhex(node.node_id) not in validators:
            return None
        if -consensus.clock_drift_ms <= off_ms <= consensus.clock_drift_ms + consensus.message_delay_ms:
            return None
        (what, what_zh), (mend, mend_zh) = clock_off(off_ms).what, CLOCK_MEND
        return (
            f"{what}, so it votes for none of their blocks: {mend}",
            f"{what_zh}，因此不对其区块投票：{mend_zh}",
        )

    def warnings(self) -> list[NodeWarning]:
        """That the own clock is off."""
        off_ms = self.off_ms()
        self._node.metrics.clock_ahead.set((off_ms or 0) / 1000)
        return [clock_off(off_ms)] if off_ms is not None and self._is_off(off_ms) else []
