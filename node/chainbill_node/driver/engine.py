"""Consensus engine of one height: its state, `step`, and the effects carried out through the driver's ports."""

from __future__ import annotations

from collections import deque
from typing import assert_never

from msgspec.structs import replace

from chainbill.errors import ChainbillError, InternalFault
from chainbill.ledger.block import Block
from chainbill.ledger.evidence import Evidence, decode_evidence, verify_evidence
from chainbill.ledger.vote import VoteType
from chainbill.limits import MAX_EVIDENCE
from chainbill_node import wire
from chainbill_node.consensus.effects import (
    Abstain,
    AskForBlock,
    AskForOwnMessages,
    BuildBlock,
    Commit,
    Effect,
    Halt,
    KeepValid,
    ReportEvidence,
    ScheduleTimeout,
    SignAndSend,
    TellRefused,
)
from chainbill_node.consensus.events import BlockBuilt, Event, OwnMessageStored, SigningFound
from chainbill_node.consensus.evidence_pool import EvidencePool
from chainbill_node.consensus.opening import BELOW_SAFE_HEIGHT, open_height, own_message
from chainbill_node.consensus.receive import OWN_MESSAGE_MISSING
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.state import HeightState, Signing
from chainbill_node.consensus.step import step
from chainbill_node.consensus.timeouts import Timer, TimerKind
from chainbill_node.driver.answers import answer_position
from chainbill_node.driver.inbox import BadPeerError
from chainbill_node.driver.ports import Note, NoteKind, Ports, Settings, Tip
from chainbill_node.driver.recovery import Recovery, is_to_ask_again
from chainbill_node.driver.signer import Signer, check_reachable
from chainbill_node.sync.blocks import BLOCK_NOT_TRUSTED
from chainbill_node.wire.messages import EvidenceFound, PeerId, Position, Proposal, WantBlock, WantOwn, WantPosition


class Engine:
    """Runs one height after the other. It does not know where messages come from."""

    state: HeightState
    rules: Rules

    def __init__(self, ports: Ports, settings: Settings) -> None:
        self._ports = ports
        self._settings = settings
        self._signer: Signer | None = None
        self._has_signed = False
        self._woken_height = self._looking_height = 0
        self._asking_height = 0
        self._opened_height = 0
        self._tip: Tip
        self.recovery = Recovery(settings.safe_height)
        self.evidence = EvidencePool()

    def open(self) -> None:
        """Recover the signer file and enter the height after the application's tip."""
        tip = self._ports.application.tip()
        key = self._ports.key
        if key is not None:
            limit = self._settings.signer_file_limit_bytes
            self._signer = Signer(self._ports.signer_file, key, self._settings.network, limit)
            check_reachable(self._settings.safe_height, tip)
            self._signer.open(tip.height, self._settings.safe_height)
        self._opened_height = tip.height + 1
        self._enter(tip)
        self.tell("started")
        self.ask_for_own()
        for data in self.own_messages():
            self._ports.network.broadcast(data)

    @property
    def listens_from_the_start(self) -> bool:
        """Whether this process has run since before its height began: only then does it hold all that it was sent."""
        return self.state.height > self._opened_height

    def own_messages(self) -> tuple[bytes, ...]:
        """What this node has signed at this height, as it was sent: for peers that connect, and after a restart."""
        if self._signer is None:
            return ()
        memory = self._signer.memory.at(self.state.height)
        return tuple(memory.messages.values()) if memory.height == self.state.height else ()

    def wake(self) -> None:
        """There is a reason to start this height: through a timer, so that nothing recurses, one at a time."""
        if self._woken_height != self.state.height and not self.state.running:
            self._woken_height = self.state.height
            self._ports.timers.schedule(Timer(TimerKind.START, self.state.height, 0), 0)

    def woken(self, timer: Timer) -> None:
        """A START timer has fired: the next reason needs a new one."""
        if timer.height == self.state.height:
            self._woken_height = 0

    def look(self) -> None:
        """There is something to look at that came for this height, which is no reason to start it by itself."""
        if self._looking_height != self.state.height:
            self._looking_height = self.state.height
            self._ports.timers.schedule(Timer(TimerKind.LOOK, self.state.height, 0), 0)

    def looked(self, timer: Timer) -> None:
        """A LOOK timer has fired: the next thing needs a new one."""
        if timer.height == self.state.height:
            self._looking_height = 0

    def ask_for_own(self) -> None:
        """Before the first signature after a start: what do the peers hold of this node's own messages?"""
        if self.state.signing is Signing.ASKING:
            self._perform(AskForOwnMessages())

    def step(self, event: Event) -> None:
        """One event and all its effects, and what follows from those."""
        pending: deque[Event] = deque([event])
        while pending:
            height, round_ = self.state.height, self.state.round
            self.state, effects = step(self.state, pending.popleft(), self.rules)
            if self.state.round != round_:
                self.tell("round")
            for effect in effects:
                following = self._perform(effect)
                if following is not None:
                    pending.append(following)
            if self.state.height != height:
                return

    @property
    def floor(self) -> int:
        """From which height on this validator will sign; 0 where nothing is known of that."""
        return 0 if self._signer is None else self._signer.memory.signs_from

    @property
    def forgetful(self) -> bool:
        """Whether this validator signs nothing because it does not know what it signed before."""
        return self._signer is not None and self._signer.memory.unknown and self.rules.is_validator

    def ask_for_positions(self) -> None:
        """Once a second, while it is not known what was signed before: how far are the others? And while this node
        signs in later rounds only: come there."""
        if self.forgetful:
            self._broadcast(self.recovery.wanted(self.state.height))
            self.come_back()
        elif self.state.first_round > 0 and self.state.running:
            self._broadcast(WantPosition(self.state.height, self.state.first_round))

    def take_position(self, peer: PeerId, position: Position) -> None:
        """Another validator has said how far it has signed. BadPeerError for a lock that nothing stands behind."""
        if not self.forgetful or peer not in self.rules.witnesses:
            return
        if self.recovery.take(peer, position, self.rules, self._check):
            self.come_back()

    def come_back(self) -> None:
        """Sign again, as soon as it is known from where on nothing can be signed twice."""
        signer, own = self._signer, self.rules.own
        if signer is None or own is None or not self.forgetful:
            return
        height = self.state.height
        found = self.recovery.look(self.rules, own, self._ports.application.load_validators(height + 1))
        if found is None:
            return
        signer.sign_from(found.height, found.round, found.locked)
        self.recovery.end()
        self.tell("safe_height", sign_from=found.height, from_round=found.round)
        if found.height == height:
            self.step(SigningFound(found.round, found.locked, self._ports.clock.now_ms()))
        else:
            self.state = replace(self.state, why=BELOW_SAFE_HEIGHT)

    def position(self, wanted: WantPosition) -> list[wire.Message]:
        """How far this validator has signed, for one that has lost its memory."""
        return [] if self._signer is None else answer_position(self.state, self._signer.memory, wanted)

    def take_evidence(self, data: bytes) -> None:
        """Evidence from a peer: into the pool if it proves what it says. BadPeerError if it does not: honest nodes pass
        on what they have verified, and verifying takes as long as for two votes."""
        try:
            evidence = decode_evidence(data)
            validators = self._ports.application.load_validators(evidence.height)
            if validators is None or self.evidence.add(evidence) is self.evidence:
                return
            verify_evidence(evidence, self._settings.network, validators)
        except ChainbillError as error:
            raise BadPeerError("evidence_bad") from error
        self._keep_evidence(evidence)

    def tell(self, kind: NoteKind, **fields: object) -> None:
        """A trace event."""
        self._ports.observer.note(Note(kind, self.state.height, self.state.round, fields))

    # ---- effects ----

    def _perform(self, effect: Effect) -> Event | None:  # noqa: PLR0912  one dispatch
        match effect:
            case SignAndSend():
                return self._sign_and_send(effect)
            case KeepValid(valid=valid):
                if self._signer is not None:
                    self._signer.keep_valid(self.state.height, valid)
            case ScheduleTimeout(timer=timer, after_ms=after_ms):
                self._ports.timers.schedule(timer, after_ms)
            case BuildBlock(round=round_):
                return self._build(round_)
            case AskForBlock(block_id=block_id):
                self._broadcast(WantBlock(self.state.height, block_id))
            case AskForOwnMessages():
                if self._asking_height != self.state.height:
                    self._asking_height = self.state.height
                    self.tell("asking")
                if self.rules.own is not None:
                    self._broadcast(WantOwn(self.state.height, self.rules.own))
            case Commit():
                self._commit(effect)
            case ReportEvidence(evidence=evidence):
                if self._keep_evidence(evidence):
                    self._broadcast(EvidenceFound(evidence.encode()))
            case TellRefused(block_id=block_id, reason=reason):
                self.tell("refused_block", block_id=block_id, reason=reason)
            case Abstain(reason=reason):
                self.tell("abstaining", reason=reason)
                if self._signer is not None and reason == OWN_MESSAGE_MISSING:
                    self._signer.forget()
            case Halt(reason=reason):
                self.tell("halted", reason=reason)
            case _:
                assert_never(effect)
        return None

    def _sign_and_send(self, effect: SignAndSend) -> Event | None:
        """Sign, append, sync; only then send, and count it (persist before speaking)."""
        if self._signer is None:
            raise InternalFault("signer_missing", "a node without a key was asked to sign")
        signed = self._signer.sign(self.state.height, effect.message, effect.lock)
        self._has_signed = True
        if isinstance(signed.message, Proposal):
            self._ports.network.propose(signed.message, signed.data)
        else:
            self._ports.network.broadcast(signed.data)
        self.tell("resent" if signed.repeated else "signed", message=signed.message)
        return OwnMessageStored(signed.message, self._ports.clock.now_ms())

    def _build(self, round_: int) -> Event | None:
        """Rule 1: a proposal that is in the signer file is sent again; else max(clock, parent + 1) is its time."""
        signer, own = self._signer, self.rules.own
        if signer is None or own is None:
            return None
        now_ms = self._ports.clock.now_ms()
        data = signer.stored(self.state.height, round_, VoteType.PROPOSAL)
        if data is not None:
            self._ports.network.broadcast(data)
            return OwnMessageStored(own_message(data), now_ms)
        time_ms = max(now_ms + self._tip.clock_offset_ms, self._tip.time_ms + 1)
        waiting = self.evidence.oldest(MAX_EVIDENCE)
        block = self._ports.application.build_block(self.state.height, time_ms, own, waiting)
        if block is None:
            return None
        self.evidence = self.evidence.refuse(waiting, block.evidence, self.state.height)
        self.tell("built", block_id=block.id)
        return BlockBuilt(round_, block, now_ms)

    def _commit(self, effect: Commit) -> None:
        """The signer file names the height, then the database batch is synced, then the height's frames may go."""
        height = self.state.height
        if self._signer is not None:
            if effect.synced:
                self._signer.compare(height, effect.certificate)
            self._signer.before_commit(height)
        tip = self._ports.application.commit(effect.block, effect.certificate)
        if tip.height != height:
            raise InternalFault("commit_height", f"committed {height}, the application says {tip.height}")
        if self._signer is not None:
            self._signer.after_commit(height)
        self.tell("synced" if effect.synced else "committed", block=effect.block, certificate=effect.certificate)
        self.evidence = self.evidence.settle(effect.block.evidence)
        self._enter(tip)

    def _enter(self, tip: Tip) -> None:
        """A new height: nothing runs until there is work, the idle interval ends, or a message arrives (rule 11).

        Work that is there already waits a moment for what came in while the last block ran.
        """
        self._tip = tip
        trusted = self._settings.trusted
        own = None if self._ports.key is None else self._ports.key.public
        self.rules = Rules(
            self._settings.network,
            tip.height + 1,
            tip.validators,
            own,
            self._check,
            self._settings.timeouts,
            self._settings.clock_drift_ms,
            self._settings.message_delay_ms,
            tip.clock_offset_ms,
            trusted[1] if trusted is not None and trusted[0] == tip.height + 1 else None,
        )
        self._doubt_floor(tip)
        memory = None if self._signer is None else self._signer.memory.at(self.rules.height)
        self.state = open_height(self.rules, memory, ask=not self._has_signed)
        self._woken_height = self._looking_height = 0
        if self.state.wake:
            self.wake()
            return
        pause_ms = self._settings.gather_ms if tip.has_work else self._settings.idle_interval_ms
        if pause_ms > 0 or tip.has_work:
            self._ports.timers.schedule(Timer(TimerKind.START, self.state.height, 0), pause_ms)

    def _doubt_floor(self, tip: Tip) -> None:
        """What was found out at the last height may say nothing of this one."""
        if self._signer is None or self._signer.memory.floor is None:
            return
        before = self._ports.application.load_validators(tip.height)
        if is_to_ask_again(self._signer.memory, tip.height + 1, before, tip.validators):
            self._signer.forget()

    def _check(self, block: Block) -> str | None:
        """Validity: first what the operator knows, then what the application finds."""
        if self.rules.trusted_id not in (None, block.id):
            return BLOCK_NOT_TRUSTED
        return self._ports.application.check_block(block)

    def _keep_evidence(self, evidence: Evidence) -> bool:
        pool = self.evidence.add(evidence)
        if pool is self.evidence:
            return False
        self.evidence = pool
        self.tell("evidence", evidence=evidence)
        return True

    def _broadcast(self, message: wire.Message) -> None:
        self._ports.network.broadcast(wire.encode(message))
