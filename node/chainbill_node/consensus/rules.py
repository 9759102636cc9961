"""What a height's rules depend on: the validators, the own key, validity of blocks, bounds and timer lengths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from chainbill.ledger.block import Block
from chainbill.ledger.validators import ValidatorSet
from chainbill_node.consensus.timeouts import Timeouts

TIME_AHEAD = "block_time_ahead"
TIME_BEHIND = "block_time_behind"
MOST_DOUBLINGS = 30
"""Of the delay that is allowed: 2**30 times 30 s is a thousand years."""


@dataclass(frozen=True)
class Rules:
    """Fixed for one height.

    `network`: the 32 bytes that every vote and proposal names. `own`: the own public key, None for an observer.
    `check_block`: None if the block may be committed at this height, else the reason; it gives the same answer
    every time. `clock_offset_ms` turns the own clock into block time, `clock_drift_ms` is how far two right clocks may
    be apart, `message_delay_ms` how long a proposal may take from its proposer's clock to here: see `untimely`.
    `trusted_id`: the block of this height that the operator knows to be right, None for any.
    """

    network: bytes
    height: int
    validators: ValidatorSet
    own: bytes | None
    check_block: Callable[[Block], str | None]
    timeouts: Timeouts
    clock_drift_ms: int
    message_delay_ms: int = 30_000
    clock_offset_ms: int = 0
    trusted_id: bytes | None = None

    @property
    def quorum(self) -> int:
        """q = 2n // 3 + 1."""
        return self.validators.quorum

    @cached_property
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

    def untimely(self, time_ms: int, round: int, received_ms: int) -> str | None:  # noqa: A002  the word of the protocol
        """Why a new proposal of this time is refused; None if it is timely. `received_ms` is by the own clock.

        Proposer-based timestamps (PBTS, CometBFT v1, spec/consensus/proposer-based-timestamp), predicate `timely`:
        received − message delay − precision ≤ time ≤ received + precision, precision being `clock_drift_ms`.
        Asked in rule 2 only, never of a value with a quorum of prevotes or of a decided block.
        Example with 10 s and 30 s, received at 12:00:00 in round 0: from 11:59:20 to 12:00:10.
        """
        ahead_ms = time_ms - received_ms - self.clock_offset_ms
        if ahead_ms > self.clock_drift_ms:
            return f"{TIME_AHEAD}: {ahead_ms} ms ahead of this node's clock"
        if -ahead_ms > self.clock_drift_ms + self.delay_allowed_ms(round):
            return f"{TIME_BEHIND}: {-ahead_ms} ms behind this node's clock"
        return None

    def delay_allowed_ms(self, round: int) -> int:  # noqa: A002  the word of the protocol
        """How long a proposal of `round` may be under way.

        Doubles with each round after f: by then an honest proposer has had its turn, and the bound may be too narrow
        for this network. Example with n = 4 (f = 1) and 30 s: 30, 30, 60, 120 s; an hour in round 8.
        """
        return self.message_delay_ms << min(max(0, round - self.validators.max_faulty), MOST_DOUBLINGS)
