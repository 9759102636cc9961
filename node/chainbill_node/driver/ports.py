"""The driver's ports: what the world outside must offer to the consensus driver.

Every call is a plain call that returns when its work is done; a port never calls the driver back from inside a
call. The simulator implements them in memory, the node's shell over asyncio, LevelDB, TLS and a real file. An
exception out of `SignerFile` or `Application` ends the process: a disk error is never retried.

The field's word: ports and adapters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.validators import ValidatorSet
from chainbill.ledger.vote import VoteKey
from chainbill_node.consensus.timeouts import Timeouts, Timer
from chainbill_node.wire.messages import PeerId, Proposal


@dataclass(frozen=True, slots=True)
class Tip:
    """Where the application stands after its last commit (height 0: genesis).

    `block_id` and `time_ms` are the last block's (genesis hash and genesis time at height 0), the base of the
    next header. `validators` decide height + 1. `has_work`: the next block has something to do without any new
    transaction arriving (waiting transactions, day work, or a state change that still needs its proof block).
    `clock_offset_ms` is added to the own clock to get block time (an adjustable clock; 0 anywhere else).
    """

    height: int
    block_id: bytes
    time_ms: int
    validators: ValidatorSet
    has_work: bool
    clock_offset_ms: int = 0


class SignerFile(Protocol):
    """The append-only file of own signed messages (docs/reference/signer-file.md)."""

    def read(self) -> bytes:
        """The whole content, once at start."""
        ...

    def append(self, frames: bytes) -> None:
        """Append, then fdatasync, then return. OSError ends the process."""
        ...

    def rewrite(self, frames: bytes) -> None:
        """Replace the whole content: new file, fsync, rename over the old one, fsync the folder. Atomic."""
        ...


class Application(Protocol):
    """The ledger as consensus sees it; the node adapts its ABCI-shaped application to this."""

    def tip(self) -> Tip:
        """The state after the last commit."""
        ...

    def build_block(self, height: int, time_ms: int, proposer: bytes, evidence: Sequence[bytes]) -> Block | None:
        """A complete block for `height` = tip height + 1 with exactly this time and proposer (prepare_proposal).

        `evidence` is what the pool holds, verified, oldest first; what is recorded already or too old is left out.
        None if an internal error keeps it from building one: the round then passes to the next proposer.
        """
        ...

    def check_block(self, block: Block) -> str | None:
        """None if the block may follow the tip, else the reason (process_proposal); remembered by block id.

        Everything but the clock bound: parent, height, time after the parent, roots, hashes of the validator
        sets, execution. An internal error while executing is a reason too.
        """
        ...

    def commit(self, block: Block, certificate: Certificate) -> Tip:
        """Finalize and store block, certificate and state in one synced batch; the new tip."""
        ...

    def load_block(self, height: int) -> tuple[Block, Certificate] | None:
        """A committed block with its certificate, None where it is unknown or pruned."""
        ...

    def load_validators(self, height: int) -> ValidatorSet | None:
        """The validators that decide(d) this height (evidence is checked against them), None where unknown."""
        ...


class Network(Protocol):
    """Sending. Loss is allowed: an absent or slow peer loses messages, re-gossip makes up for it."""

    def send(self, peer: PeerId, data: bytes) -> None:
        """Queue an encoded message for one peer."""
        ...

    def broadcast(self, data: bytes) -> None:
        """Queue an encoded message for every connected peer."""
        ...

    def propose(self, proposal: Proposal, data: bytes) -> None:
        """Queue an own proposal for every connected peer: `data`, its encoding, or a form that the peers restore."""
        ...

    def drop(self, peer: PeerId, reason: str) -> None:
        """Close the connection to a peer that broke a rule, and say why."""
        ...


class Timers(Protocol):
    """One-shot timers; the driver never cancels one, it ignores those that no longer matter."""

    def schedule(self, timer: Timer, after_ms: int) -> None:
        """Hand `TimerFired(timer)` to the driver once, not before `after_ms` ms, never from inside this call."""
        ...


class Clock(Protocol):
    """The wall clock."""

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        ...


NoteKind = Literal[
    "started", "round", "signed", "resent", "built", "committed", "synced", "refused_block", "evidence", "dropped_peer",
    "report_set_aside", "proposal", "asking", "abstaining", "safe_height", "halted",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """One trace event: what happened, for logs, metrics and transcripts."""

    kind: NoteKind
    height: int
    round: int
    fields: Mapping[str, object]


class Observer(Protocol):
    """Receives trace events; must return at once."""

    def note(self, note: Note) -> None:
        """Take one trace event."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """All ports of one driver. `key` is None on a node that never signs (an observer)."""

    signer_file: SignerFile
    application: Application
    network: Network
    timers: Timers
    clock: Clock
    observer: Observer
    key: VoteKey | None


@dataclass(frozen=True, slots=True)
class Settings:
    """How this node runs. Times in ms. `network`: the 32 bytes of the genesis hash.

    `clock_drift_ms`: how far two right clocks may be apart; `message_delay_ms`: how long a proposal may be under way
    (see `Rules.untimely`). `gather_ms`: how long after a commit
    the next block waits for transactions that came in meanwhile. `idle_interval_ms`: an empty block after that much
    silence, 0 for never. `safe_height`: the operator's word after the signer file was lost or does not fit the
    database: sign from this height on. `trusted`: a height and the id (32 bytes) of the block at it that the operator
    knows to be right: another one is not taken, whoever has signed it.
    """

    network: bytes
    timeouts: Timeouts = field(default_factory=Timeouts)
    clock_drift_ms: int = 10_000
    message_delay_ms: int = 30_000
    gather_ms: int = 20
    idle_interval_ms: int = 60_000
    gossip_interval_ms: int = 1_000
    signer_file_limit_bytes: int = 8 * 1024 * 1024
    safe_height: int | None = None
    trusted: tuple[int, bytes] | None = None
