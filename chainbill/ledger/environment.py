"""What a block is applied in: everything from the past and from the caller's memory that its effects depend on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from chainbill.crypto.merkle import Frontier
from chainbill.ledger.block import Block, Header
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.programs import ProgramCache
from chainbill.ledger.transaction import Transaction
from chainbill.ledger.validators import ValidatorSet
from chainbill.limits import KEPT_PROPOSERS_A_VALIDATOR, MAX_VALIDATORS
from chainbill.state.known_rows import KnownRows

PROPOSERS_KEPT = KEPT_PROPOSERS_A_VALIDATOR * MAX_VALIDATORS


def _no_validators(_height: int) -> ValidatorSet | None:
    return None


def _no_time(_height: int) -> int | None:
    return None


@dataclass(frozen=True)
class BlockEnv:
    """The surroundings of the block at `height`, one above `previous`.

    previous: the parent's header, None before block 1. receipts_root, receipts_count: of the parent's receipts.
    parent_certificate: the parent's certificate that this node committed it with, verified, in canonical bytes; None
    before block 1, and where another engine than the built-in one decides. parent_validators: who decided the parent.
    history: the log of the ids of all blocks before. validators: who acts at this height; next_validators: who acts at
    the next one. recent_proposers: of the last PROPOSERS_KEPT headers (all, if there are fewer), newest last; contracts
    see the last 4n of them, so that a set may grow. seen(id): whether a transaction id stands in a block of the last 24
    hours. verified: wire id → transaction whose signatures the caller has verified already. known: rows that blocks
    have read. validators_at, time_at (ms): of earlier heights, for evidence; None where that is no longer known, which
    only refuses evidence older than its seven days.
    """

    genesis: Genesis
    programs: ProgramCache
    previous: Header | None
    receipts_root: bytes
    receipts_count: int
    parent_certificate: bytes | None
    parent_validators: ValidatorSet
    history: Frontier
    validators: ValidatorSet
    next_validators: ValidatorSet
    recent_proposers: tuple[bytes, ...]
    seen: Callable[[bytes], bool]
    verified: Mapping[bytes, Transaction] = field(default_factory=dict)
    known: KnownRows = field(default_factory=KnownRows, compare=False)
    validators_at: Callable[[int], ValidatorSet | None] = _no_validators
    time_at: Callable[[int], int | None] = _no_time

    @property
    def height(self) -> int:
        """The height of the block to apply."""
        return 1 if self.previous is None else self.previous.height + 1

    @property
    def parent(self) -> bytes:
        """The id of the parent block; for block 1 the genesis hash."""
        return self.genesis.hash if self.previous is None else self.previous.id

    @property
    def parent_time_ms(self) -> int:
        """The parent's time; for block 1 the genesis time."""
        return self.genesis.time_ms if self.previous is None else self.previous.time_ms

    def after(
        self,
        block: Block,
        certificate: bytes | None,
        *,
        receipts_root: bytes,
        receipts_count: int,
        next_validators: ValidatorSet,
    ) -> BlockEnv:
        """The surroundings of the block after `block`, from what applying it gave and what certifies it."""
        return replace(
            self,
            previous=block.header,
            receipts_root=receipts_root,
            receipts_count=receipts_count,
            parent_certificate=certificate,
            parent_validators=self.validators,
            history=self.history.append(block.id),
            validators=self.next_validators,
            next_validators=next_validators,
            recent_proposers=(*self.recent_proposers, block.header.proposer)[-PROPOSERS_KEPT:],
        )
