"""What a height's rules depend on: the validators, the own key, validity of blocks, bounds and timer lengths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chainbill.ledger.block import Block
from chainbill.ledger.validators import ValidatorSet
from chainbill_node.consensus.timeouts import Timeouts


@dataclass(frozen=True, slots=True)
class Rules:
    """Fixed for one height.

    `network`: the 32 bytes that every vote and proposal names. `own`: the own public key, None for an observer.
    `check_block`: None if the block may be committed at this height, else the reason; it gives the same answer
    every time. `clock_offset_ms` turns the own clock into block time, `clock_drift_ms` is how far ahead of that a
    proposal may lie. `trusted_id`: the block of this height that the operator knows to be right, None for any.
    """

    network: bytes
    height: int
    validators: ValidatorSet
    own: bytes | None
    check_block: Callable[[Block], str | None]
    timeouts: Timeouts
    clock_drift_ms: int
    clock_offset_ms: int = 0
    trusted_id: bytes | None = None

    @property
    def quorum(self) -> int:
        """q = 2n // 3 + 1."""
        return self.validators.quorum

    @property
    def witnesses(self) -> frozenset[str]:
        """The node ids of the other validators: the hex of the key that a connection proves."""
        return frozenset([one.key.hex() for one in self.validators.validators if one.key != self.own])

    @property
    def skip_threshold(self) -> int:
        """f + 1: this many include an honest one."""
        return self.validators.max_faulty + 1

    def proposer(self, round: int) -> bytes:  # noqa: A002  the word of the protocol
        """The public key of the proposer of a round."""
        return self.validators.proposer(self.height, round).key

    @property
    def is_validator(self) -> bool:
        """Whether this node votes at this height."""
        return self.own is not None and self.own in self.validators

    def latest_time_ms(self, now_ms: int) -> int:
        """The latest time that a proposed block may have: own block clock + drift."""
        return now_ms + self.clock_offset_ms + self.clock_drift_ms

    def time_is_acceptable(self, block: Block, now_ms: int) -> bool:
        """The clock bound, asked of a proposal in rule 2 only, never of a decided block."""
        return block.header.time_ms <= self.latest_time_ms(now_ms)
