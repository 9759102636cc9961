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

from chainbill_node import wire
from chainbill_node.consensus import gossip, waiting
from chainbill_node.consensus.events import (
    BlockArrived,
    BlockSynced,
    OwnMessagesReported,
    ProposalReceived,
    TimeoutFired,
    VoteReceived,
)
from chainbill_node.consensus.limits import VALIDATORS_HEARD
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.state import HeightState, Signing, Step
from chainbill_node.consensus.timeouts import Timer, TimerKind
from chainbill_node.consensus.waiting import WaitingFor
from chainbill_node.driver_catchup import Catchup
from chainbill_node.driver_effects import Engine
from chainbill_node.driver_events import DriverEvent, MessageReceived, PeerJoined, PeerLeft, TimerFired, WorkArrived
from chainbill_node.driver_inbox import Ahead, BadPeerError, checked_own, checked_proposal, fresh_votes
from chainbill_node.driver_peers import answer_block, answer_own, answer_proposal, answer_status
from chainbill_node.driver_ports import PeerId, Ports, Settings
from chainbill_node.sync.blocks import refusal
from chainbill_node.wire.messages import (
    BlockAnswer,
    Blocks,
    Decided,
    EvidenceFound,
    Message,
    Own,
    Proposal,
    Status,
    Votes,
    WantBlock,
    WantBlocks,
    WantOwn,
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

    def start(self) -> None:
        """Recover the signer file and enter the height after the database's; SignerFileError: it must not be used."""
        self._engine.open()
        self._ports.timers.schedule(self._gossip_timer(), self._settings.gossip_interval_ms)

    def handle(self, event: DriverEvent) -> None:
        """Everything that follows from one event."""
        if self.halted is not None:
            return
        match event:
            case MessageReceived(peer=peer, message=message, verified=verified):
                self._receive_from(peer, message, verified=verified)
            case TimerFired(timer=timer):
                self._fire(timer)
            case WorkArrived():
                self._engine.wake()
            case PeerJoined(peer=peer):
                self._greet(peer)
            case PeerLeft(peer=peer):
                self._catchup.forget(peer)
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
        for sender, message, verified in early:
            self._receive_from(sender, message, verified=verified)
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
        self._engine.find_safe_height(self._catchup.claims)
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

    def _receive_from(self, peer: PeerId, message: Message, *, verified: bool) -> None:
        try:
            self._receive(peer, message, verified=verified)
        except BadPeerError as error:
            self._drop(peer, str(error))

    def _receive(self, peer: PeerId, message: Message, *, verified: bool) -> None:  # noqa: PLR0912  one dispatch
        match message:
            case Votes():
                self._receive_votes(peer, message, verified=verified)
            case Proposal():
                self._receive_proposal(peer, message, verified=verified)
            case Status():
                self._catchup.heard(peer, message.height - 1)
                self._follow()
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

    def _receive_votes(self, peer: PeerId, message: Votes, *, verified: bool) -> None:
        height = self.state.height
        if any(vote.height == height + 1 for vote in message.votes):
            self._ahead.keep(height + 1, peer, message, verified=verified)
        for vote in list(fresh_votes(message, self.state, self.rules, verified=verified)):
            if self.state.height != height:
                return
            self._heard(vote.validator)
            self._engine.step(VoteReceived(vote, self._now_ms()))

    def _receive_proposal(self, peer: PeerId, message: Proposal, *, verified: bool) -> None:
        height = self.state.height
        if message.header.height == height + 1:
            self._ahead.keep(height + 1, peer, message, verified=verified)
        proposal = checked_proposal(message, self.state, self.rules, verified=verified)
        if proposal is not None:
            self._heard(proposal.header.validator)
            self._engine.step(ProposalReceived(proposal, self._now_ms()))

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
