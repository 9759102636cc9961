"""The consensus driver: feeds events to the pure `step` and carries out its effects, each fully before the next.

How a shell uses it:

    driver = Driver(Ports(signer_file, application, network, timers, clock, observer, key), Settings(network=...))
    driver.start()                                  # recovers the signer file; SignerFileError: refuse to start
    driver.handle(MessageReceived(peer, message))   # wire.decode(data) done by the shell; Transactions go to the
                                                    # mempool instead, Malformed drops the peer
    driver.handle(TimerFired(timer))                # what Timers.schedule was given
    driver.handle(WorkArrived())                    # the mempool went from empty to not empty
    driver.handle(PeerJoined(peer)); driver.handle(PeerLeft(peer))
    driver.waiting_for()                            # WaitingFor: height, round, step, who is missing since when

All calls come from one thread, never from inside a port. `handle` returns when everything that follows from the event
is done: signed, synced to the signer file, queued for sending, committed. Between two heights there is always a START
timer, so `handle` never recurses, and a shell's event loop gets its turn.

An exception out of `handle` ends the process (disk error, own fault). `driver.halted` gives the reason when the node
must not go on because its state has diverged from what a quorum decided (rule 8).
"""

from __future__ import annotations

from chainbill.ledger.vote import NO_ROUND
from chainbill_node import wire
from chainbill_node.consensus import gossip, waiting
from chainbill_node.consensus.company import Company
from chainbill_node.consensus.events import (
    BlockArrived,
    BlockSynced,
    OwnMessagesReported,
    ProposalReceived,
    RoundWanted,
    TimeoutFired,
    VoteReceived,
)
from chainbill_node.consensus.limits import VALIDATORS_HEARD
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.state import HeightState, Signing, Step
from chainbill_node.consensus.timeouts import Timer, TimerKind
from chainbill_node.consensus.waiting import WaitingFor
from chainbill_node.driver.answers import answer_block, answer_own, answer_proposal, answer_status
from chainbill_node.driver.catchup import Catchup
from chainbill_node.driver.engine import Engine
from chainbill_node.driver.events import DriverEvent, MessageReceived, PeerJoined, PeerLeft, TimerFired, WorkArrived
from chainbill_node.driver.inbox import Ahead, BadPeerError, checked_own, checked_proposal, fresh_votes
from chainbill_node.driver.not_signing import not_signing
from chainbill_node.driver.ports import Ports, Settings
from chainbill_node.foundation.operator_error import Pair
from chainbill_node.sync.blocks import refusal
from chainbill_node.wire.messages import (
    BlockAnswer,
    Blocks,
    Decided,
    EvidenceFound,
    Message,
    Own,
    PeerId,
    Position,
    Proposal,
    Status,
    Votes,
    WantBlock,
    WantBlocks,
    WantOwn,
    WantPosition,
    WantProposal,
)

EVIDENCE_EVERY_TICKS = 10


class Driver:
    """One node's consensus: messages and timers in, effects out through the ports."""

    def __init__(self, ports: Ports, settings: Settings) -> None:
        self._ports = ports
        self._settings = settings
        self._ahead = Ahead()
        self._catchup = Catchup(ports.application, ports.network)
        self._engine = Engine(ports, settings)
        self._heard_ms: dict[bytes, int] = {}
        self._company = Company()
        self._ticks = 0
        self._attempt = (0, 0, 0)

    @property
    def state(self) -> HeightState:
        """The state of the height at work."""
        return self._engine.state

    @property
    def rules(self) -> Rules:
        """The rules of the height at work."""
        return self._engine.rules

    @property
    def halted(self) -> str | None:
        """Why this node must not go on, None while it may."""
        return self.state.why if self.state.step is Step.HALTED else None

    def waiting_for(self) -> WaitingFor:
        """What the height at work waits for."""
        return waiting.waiting_for(self.state, self.rules, self._heard_ms)

    def not_signing(self) -> Pair | None:
        """Why this validator does not sign, in English and Chinese; None where it does, or is none."""
        return not_signing(self.state, self.rules, self._engine.recovery.positions, self._engine.floor)

    def start(self) -> None:
        """Recover the signer file and enter the height after the database's; SignerFileError: it must not be used."""
        self._engine.open()
        self._ports.timers.schedule(self._gossip_timer(), self._settings.gossip_interval_ms)

    def handle(self, event: DriverEvent) -> None:
        """Everything that follows from one event."""
        if self.halted is not None:
            return
        match event:
            case MessageReceived(peer=peer, message=message):
                self._receive_from(peer, message)
            case TimerFired(timer=timer):
                self._fire(timer)
            case WorkArrived():
                self._engine.wake()
            case PeerJoined(peer=peer):
                self._greet(peer)
            case PeerLeft(peer=peer):
                self._catchup.forget(peer)
                self._company.forget(peer)
                self._engine.recovery.forget(peer)
        if self._catchup.has_blocks or self._ahead.height == self.state.height:
            self._engine.look()

    # ---- timers ----

    def _fire(self, timer: Timer) -> None:
        if timer.kind is TimerKind.GOSSIP:
            self._tick()
        elif timer.kind is TimerKind.START:
            self._begin(timer)
        elif timer.kind is TimerKind.LOOK:
            self._engine.looked(timer)
            if timer.height == self.state.height:
                self._look()
        else:
            self._engine.step(TimeoutFired(timer, self._now_ms()))

    def _begin(self, timer: Timer) -> None:
        """Rule 11: what came early is taken first; a synced block makes a round of our own pointless."""
        self._engine.woken(timer)
        if timer.height != self.state.height:
            return
        self._look()
        self._engine.ask_for_own()
        if timer.height == self.state.height:
            self._engine.step(TimeoutFired(timer, self._now_ms()))

    def _look(self) -> bool:
        """Take the next block that was fetched, else what came early; whether there was such a block."""
        found = self._catchup.next_block(self.rules)
        if found is not None:
            peer, decided, refused = found
            if refused is None:
                self._engine.step(BlockSynced(decided.block, decided.certificate, self._now_ms()))
                self._follow()
            else:
                self._drop(peer, refused)
            return True
        early = self._ahead.take() if self._ahead.height == self.state.height else []
        for sender, message in early:
            self._receive_from(sender, message)
        return False

    def _tick(self) -> None:
        """Re-gossip: STATUS, missing blocks, own messages, evidence, block sync."""
        self._ports.timers.schedule(self._gossip_timer(), self._settings.gossip_interval_ms)
        self._ticks += 1
        send = self._ports.network.broadcast
        state = self.state
        height, round_, attempt = self._attempt
        attempt = attempt + 1 if (height, round_) == (state.height, state.round) else 0
        self._attempt = (state.height, state.round, attempt)
        send(wire.encode(gossip.status(state, self.rules, attempt)))
        for block_id in gossip.missing_blocks(state):
            send(wire.encode(WantBlock(state.height, block_id)))
        self._engine.ask_for_own()
        self._engine.ask_for_positions()
        if self._ticks % EVIDENCE_EVERY_TICKS == 0:
            for evidence in self._engine.evidence.oldest(1):
                send(wire.encode(EvidenceFound(evidence)))
        self._follow()

    def _follow(self) -> None:
        """Block sync goes on."""
        failed = self._catchup.go_on(self.state.height, self._now_ms())
        if failed is not None:
            self._drop(failed, "claimed_height_not_delivered")

    # ---- messages ----

    def _receive_from(self, peer: PeerId, message: Message) -> None:
        try:
            self._receive(peer, message)
        except BadPeerError as error:
            self._drop(peer, str(error))

    def _receive(self, peer: PeerId, message: Message) -> None:  # noqa: PLR0912  one dispatch
        match message:
            case Votes():
                self._receive_votes(peer, message)
            case Proposal():
                self._receive_proposal(peer, message)
            case Status():
                self._catchup.heard(peer, message.height - 1)
                self._follow()
                if peer in self.rules.witnesses:
                    self._company.hear(peer, message.height, message.round, self._now_ms())
                    if message.height == self.state.height and self.state.running:
                        self._leave_round(peer, message.round)
                self._answer(peer, answer_status(self.state, self.rules, self._ports.application, message))
            case Decided():
                self._receive_decided(peer, message)
            case WantBlock():
                self._answer(peer, answer_block(self.state, self._ports.application, message))
            case WantProposal():
                self._answer(peer, answer_proposal(self.state, self._ports.application, message))
            case BlockAnswer(block=block):
                if block.height == self.state.height:
                    self._engine.step(BlockArrived(block, self._now_ms()))
            case WantOwn():
                self._answer(peer, self._held_of(message))
            case Own():
                self._receive_own(peer, message)
            case WantPosition():
                self._receive_want_position(peer, message)
            case Position(height=height):
                self._catchup.heard(peer, height - 1)  # a claim like any other: who does not deliver is dropped
                self._engine.take_position(peer, message)
            case EvidenceFound(evidence=evidence):
                self._engine.take_evidence(evidence)
            case WantBlocks():
                self._catchup.serve(peer, message, self.state.height - 1)
            case Blocks():
                failed = self._catchup.receive(peer, message, self._now_ms())
                if failed is not None:
                    self._drop(failed, "claimed_height_not_delivered")
            case _:  # transactions are the mempool's; the shell has routed them
                return

    def _receive_votes(self, peer: PeerId, message: Votes) -> None:
        height = self.state.height
        if any(vote.height == height + 1 for vote in message.votes):
            self._ahead.keep(height + 1, peer, message)
        for vote in list(fresh_votes(message, self.state, self.rules)):
            if self.state.height != height:
                return
            self._heard(vote.validator)
            self._engine.step(VoteReceived(vote, self._now_ms()))

    def _receive_proposal(self, peer: PeerId, message: Proposal) -> None:
        height = self.state.height
        if message.header.height == height + 1:
            self._ahead.keep(height + 1, peer, message)
        proposal = checked_proposal(message, self.state, self.rules)
        if proposal is not None:
            self._heard(proposal.header.validator)
            self._tell_time(proposal)
            self._engine.step(ProposalReceived(proposal, self._now_ms()))

    def _tell_time(self, proposal: Proposal) -> None:
        """What the proposer's clock showed, where the block is new: one that was valid before may be long under way."""
        header = proposal.header
        if header.valid_round == NO_ROUND and header.block_id not in self.state.blocks:
            time_ms = proposal.block.header.time_ms - self.rules.clock_offset_ms
            self._engine.tell("proposal", validator=header.validator, time_ms=time_ms)

    def _receive_decided(self, peer: PeerId, message: Decided) -> None:
        """Only the certificate counts; a later height is a reason to ask."""
        if message.block.height > self.state.height:
            self._catchup.heard(peer, message.block.height)
        if message.block.height != self.state.height:
            return
        rules = self.rules
        refused = refusal(message.block, message.certificate, rules.network, rules.validators, rules.trusted_id)
        if refused is not None:
            raise BadPeerError(refused)
        self._engine.step(BlockSynced(message.block, message.certificate, self._now_ms()))

    def _receive_own(self, peer: PeerId, message: Own) -> None:
        if message.height == self.state.height and message.validator == self.rules.own:
            said = checked_own(message, self.rules)
            if said is None:
                self._engine.tell("report_set_aside", peer=peer)
                return
            self._engine.step(OwnMessagesReported(peer, said, message.whole, self._now_ms()))

    def _receive_want_position(self, peer: PeerId, wanted: WantPosition) -> None:
        """Only another validator is answered."""
        if peer not in self.rules.witnesses:
            return
        if wanted.height == self.state.height:
            self._leave_round(peer, wanted.round)
        self._answer(peer, self._engine.position(wanted))

    def _leave_round(self, peer: PeerId, wanted: int) -> None:
        """Another validator asks for a later round, or is in one."""
        state, rules = self.state, self.rules
        since_ms = self._company.since_ms(rules.validators, state.height, state.round, rules.witnesses - {peer})
        self._engine.step(RoundWanted(wanted, self._now_ms(), since_ms))

    def _held_of(self, wanted: WantOwn) -> list[Message]:
        whole = self._engine.listens_from_the_start
        return answer_own(self.state, self._ports.application, self._ahead, wanted, whole=whole)

    # ---- small things ----

    def _heard(self, validator: bytes) -> None:
        """Note when a validator's word came; those of former sets are forgotten."""
        if len(self._heard_ms) >= VALIDATORS_HEARD and validator not in self._heard_ms:
            self._heard_ms = {one: at for one, at in self._heard_ms.items() if one in self.rules.validators}
        self._heard_ms[validator] = self._now_ms()

    def _greet(self, peer: PeerId) -> None:
        messages: list[Message] = [gossip.status(self.state, self.rules, 0)]
        if self.state.signing is Signing.ASKING and self.rules.own is not None:
            messages.append(WantOwn(self.state.height, self.rules.own))
        self._answer(peer, messages)
        for data in self._engine.own_messages():
            self._ports.network.send(peer, data)

    def _answer(self, peer: PeerId, messages: list[Message]) -> None:
        for message in messages:
            self._ports.network.send(peer, wire.encode(message))

    def _drop(self, peer: PeerId, reason: str) -> None:
        self._catchup.forget(peer)
        self._engine.tell("dropped_peer", peer=peer, reason=reason)
        self._ports.network.drop(peer, reason)

    def _gossip_timer(self) -> Timer:
        return Timer(TimerKind.GOSSIP, 0, 0)

    def _now_ms(self) -> int:
        return self._ports.clock.now_ms()
