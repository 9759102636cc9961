"""The state of one height, and what a value locked or valid means.

Algorithm 1, lines 1-9: round, step, lockedValue, lockedRound, validValue, validRound, and the messages received.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from chainbill.ledger.block import Block
from chainbill.ledger.vote import NO_ROUND
from chainbill_node.consensus.book import Book
from chainbill_node.wire.messages import Choice


class Step(IntEnum):
    """Where a validator is. WAIT: before the first round; the last two are ends."""

    WAIT = 0
    PROPOSE = 1
    PREVOTE = 2
    PRECOMMIT = 3
    DECIDED = 4
    HALTED = 5


class Signing(IntEnum):
    """Whether this node may sign at this height.

    ASKING: not before its peers have said what they hold of its own; ABSTAINING: never at this height (not a
    validator, no key, a file that lacks an own message, or below the operator's safe height).
    """

    ASKING = 0
    ALLOWED = 1
    ABSTAINING = 2


Said = tuple[int, int, bytes | None, int]
"""What a message says, without who and by which signature bytes: (type, round, value, valid round)."""


class HeightState(msgspec.Struct, frozen=True):
    """Everything a validator knows and holds at one height.

    `now_ms` is the wall clock of the event at hand, `started_ms` and `round_ms` those of the height's and the round's
    start; `received_ms`: when the proposal of a block in a round was first received. `wake`: there is a reason to
    start; `noticed`: there may be one, see `receive.noticed`. `resume_round`: where to start; `first_round`: what was
    signed in earlier rounds is not known, and nothing is signed there. `answered`: the validators (node ids) that have
    said what they hold of our own messages; `knowing`: those of them that have listened
    since the height began; `listened`: we have waited long enough for one that knows more. `own_messages`: what the
    signer file holds of this height (see `receive.said`). `why`: the reason of abstaining or of a halt.
    """

    height: int
    round: int = NO_ROUND
    step: Step = Step.WAIT
    locked: Choice | None = None
    valid: Choice | None = None
    book: Book = Book()
    blocks: dict[bytes, Block] = {}
    received_ms: dict[tuple[int, bytes], int] = {}
    prevote_armed: bool = False
    precommit_armed: bool = False
    asked_blocks: frozenset[bytes] = frozenset()
    signing: Signing = Signing.ALLOWED
    answered: frozenset[str] = frozenset()
    knowing: frozenset[str] = frozenset()
    listened: bool = False
    own_messages: frozenset[Said] = frozenset()
    resume_round: int = 0
    first_round: int = 0
    wake: bool = False
    noticed: bool = False
    now_ms: int = 0
    started_ms: int = 0
    round_ms: int = 0
    why: str = ""

    @property
    def locked_round(self) -> int:
        """LockedRound, −1 for none."""
        return NO_ROUND if self.locked is None else self.locked.round

    @property
    def valid_round(self) -> int:
        """ValidRound, −1 for none."""
        return NO_ROUND if self.valid is None else self.valid.round

    def is_locked_on(self, block_id: bytes) -> bool:
        """Whether lockedValue is this block."""
        return self.locked is not None and self.locked.block.id == block_id

    @property
    def running(self) -> bool:
        """Whether a round is under way."""
        return Step.PROPOSE <= self.step <= Step.PRECOMMIT
