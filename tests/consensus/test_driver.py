"""The driver: what it believes of peers, in which order it does things, and where it stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import pytest
from chainbill_node import wire
from chainbill_node.consensus.limits import LONE_START_MS
from chainbill_node.consensus.state import Signing, Step
from chainbill_node.consensus.timeouts import Timer, TimerKind
from chainbill_node.driver.driver import Driver
from chainbill_node.driver.events import DriverEvent, MessageReceived, PeerJoined, PeerLeft, TimerFired, WorkArrived
from chainbill_node.driver.ports import Note, NoteKind, Ports, Settings, Tip
from chainbill_node.driver.signer import new_signer_file
from chainbill_node.wire.messages import (
    BlockAnswer,
    Blocks,
    Decided,
    EvidenceFound,
    Message,
    Own,
    Position,
    Proposal,
    Status,
    Transactions,
    Votes,
    WantBlock,
    WantBlocks,
    WantOwn,
    WantPosition,
)
from consensus.consensus_kit import (
    KEYS,
    NETWORK,
    NOW_MS,
    PRECOMMIT,
    PREVOTE,
    MemoryFile,
    block,
    certificate,
    proposal,
    validators,
    vote,
)
from sim.ledger import LightLedger, Store

from chainbill.errors import InternalFault
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.evidence import DuplicateVote
from chainbill.ledger.vote import Vote

A = block(b"A")
BANKS = tuple(key.public.hex() for key in KEYS)
"""Ids of nodes; the first four are validators."""


class Desk(LightLedger):
    """One driver with everything it touches, and a list of what it did in order."""

    def __init__(self, own: int | None = 0, count: int = 4, **settings: int) -> None:
        known = {one.key: one for one in validators(7).validators}
        super().__init__(Store.genesis(validators(count)), NETWORK, known)
        self.did: list[str] = []
        self.clock_ms = NOW_MS
        self.sent: list[tuple[str, Message]] = []
        self.timers: list[tuple[Timer, int]] = []
        self.dropped: list[tuple[str, str]] = []
        self.notes: list[Note] = []
        self.file = MemoryFile(b"" if own is None else new_signer_file(NETWORK, KEYS[own].public))
        key = None if own is None else KEYS[own]
        self.driver = Driver(Ports(self, self, self, self, self, self, key), Settings(NETWORK, **settings))  # type: ignore[arg-type]

    # ports

    def read(self) -> bytes:
        return self.file.read()

    def append(self, frames: bytes) -> None:
        self.did.append("append")
        self.file.append(frames)

    def rewrite(self, frames: bytes) -> None:
        self.did.append("rewrite")
        self.file.rewrite(frames)

    def send(self, peer: str, data: bytes) -> None:
        self.did.append("send")
        self.sent.append((peer, wire.decode(data)))

    def broadcast(self, data: bytes) -> None:
        self.send("*", data)

    def propose(self, proposal: Proposal, data: bytes) -> None:
        assert wire.decode(data) == proposal
        self.broadcast(data)

    def drop(self, peer: str, reason: str) -> None:
        self.dropped.append((peer, reason))

    def schedule(self, timer: Timer, after_ms: int) -> None:
        self.timers.append((timer, after_ms))

    def now_ms(self) -> int:
        return self.clock_ms

    def note(self, note: Note) -> None:
        assert note.kind in get_args(NoteKind)
        self.notes.append(note)

    def commit(self, block: Block, certificate: Certificate) -> Tip:
        self.did.append("commit")
        return super().commit(block, certificate)

    def build_block(self, height: int, time_ms: int, proposer: bytes, evidence: Sequence[bytes]) -> Block | None:
        self.did.append("build")
        return super().build_block(height, time_ms, proposer, evidence)

    # play

    def begin(self) -> Desk:
        """Started, answered by two peers, woken."""
        self.driver.start()
        if self.driver.rules.own is not None:
            for peer in sorted(self.driver.rules.witnesses)[:2]:
                self.hear(Own(1, self.driver.rules.own), peer)
        return self.fire(TimerKind.START, 1)

    def hear(self, message: Message, peer: str = "p1") -> Desk:
        return self.event(MessageReceived(peer, message))

    def fire(self, kind: TimerKind, height: int, round_: int = 0) -> Desk:
        return self.event(TimerFired(Timer(kind, height, round_)))

    def event(self, event: DriverEvent) -> Desk:
        self.driver.handle(event)
        return self

    def of(self, kind: type) -> list[tuple[str, Message]]:
        return [(peer, message) for peer, message in self.sent if isinstance(message, kind)]

    def told(self, kind: str) -> list[Note]:
        return [note for note in self.notes if note.kind == kind]


def test_persist_before_speaking_and_count_only_then() -> None:
    desk = Desk().begin()
    desk.did.clear()
    desk.hear(proposal(1, 0, A))
    assert desk.did == ["append", "send"]
    assert desk.driver.state.book.at(0).prevotes.count(A.id) == 1


def test_a_failing_disk_ends_everything_before_anything_is_said() -> None:
    desk = Desk().begin()
    desk.sent.clear()

    def full(frames: bytes) -> None:
        raise OSError(28, "no space left")

    desk.append = full  # type: ignore[method-assign]
    with pytest.raises(OSError, match="no space left"):
        desk.hear(proposal(1, 0, A))
    assert desk.sent == []


def test_the_proposer_builds_signs_sends_in_that_order_with_a_time_after_its_parent() -> None:
    desk = Desk(1)
    desk.store.states[0] = type(desk.store.tip)(**{**_fields(desk.store.tip), "time_ms": NOW_MS + 5})
    desk.begin()
    assert [what for what in desk.did if what in ("build", "append")][:2] == ["build", "append"]
    sent = desk.of(Proposal)[0][1]
    assert isinstance(sent, Proposal)
    assert sent.block.header.time_ms == NOW_MS + 6


def test_the_signer_file_names_a_height_before_the_database_has_it() -> None:
    desk = Desk().begin()
    desk.did.clear()
    desk.hear(Decided(A, certificate(A, (1, 2, 3))))
    assert [what for what in desk.did if what in ("append", "commit")] == ["append", "commit"]
    assert desk.store.tip.height == 1


def test_the_first_signature_waits_for_the_peers_answers() -> None:
    desk = Desk()
    desk.driver.start()
    desk.fire(TimerKind.START, 1).hear(proposal(1, 0, A))
    assert desk.driver.state.signing is Signing.ASKING
    assert desk.of(WantOwn)
    desk.hear(Own(1, KEYS[0].public), BANKS[1]).hear(Own(1, KEYS[0].public), BANKS[1])
    assert not desk.of(Votes)
    desk.hear(Own(1, KEYS[0].public), BANKS[2])
    assert len(desk.of(Votes)) == 1


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_only_other_validators_are_witnesses_of_what_was_signed(count: int) -> None:
    """security 14: two ids that are no validators let a node with a rolled-back signer file sign."""
    desk = Desk(0, count)
    desk.driver.start()
    needed = {1: 0, 2: 1, 3: 2, 4: 2}[count]
    strangers = (*BANKS[4:], BANKS[0], "observer", "")
    for stranger in strangers * 2:
        assert (desk.driver.state.signing is Signing.ALLOWED) is (needed == 0)
        desk.hear(Own(1, KEYS[0].public), stranger)
    for number in range(needed):
        assert desk.driver.state.signing is Signing.ASKING
        desk.hear(Own(1, KEYS[0].public), BANKS[number + 1])
    assert desk.driver.state.signing is Signing.ALLOWED


def test_a_stranger_that_shows_a_signature_is_believed_for_it_is_signed() -> None:
    """security 14: an observer informs, though it does not release."""
    desk = Desk()
    desk.driver.start()
    desk.hear(Own(1, KEYS[0].public, (), (vote(0, PREVOTE, 0, A),)), BANKS[6])
    assert desk.driver.state.signing is Signing.ABSTAINING


def test_who_has_started_in_this_height_does_not_count_while_one_that_knows_may_speak() -> None:
    """security 14: peers that have forgotten everything hold nothing of anybody."""
    desk = Desk()
    desk.driver.start()
    in_part = Own(1, KEYS[0].public, whole=False)
    desk.hear(in_part, BANKS[1]).hear(in_part, BANKS[2]).hear(in_part, BANKS[2])
    assert [timer for timer, _ in desk.timers].count(Timer(TimerKind.LISTEN, 1, 0)) == 1
    assert desk.driver.state.signing is Signing.ASKING
    desk.hear(Own(1, KEYS[0].public, (), (vote(0, PREVOTE, 0, A),)), BANKS[3])
    desk.fire(TimerKind.LISTEN, 1)
    assert desk.driver.state.signing is Signing.ABSTAINING


@pytest.mark.parametrize(
    ("count", "in_part", "whole", "at_once", "later"),
    [
        (2, 1, 0, True, True), (3, 2, 0, True, True), (3, 1, 0, False, False), (3, 0, 1, False, False),
        (3, 1, 1, True, True), (4, 3, 0, True, True), (4, 2, 0, False, True), (4, 1, 1, False, True),
        (4, 1, 0, False, False), (4, 0, 1, False, False), (4, 0, 2, True, True), (4, 0, 0, False, False),
    ],
)  # fmt: skip
def test_after_a_power_cut_nobody_knows_and_the_network_goes_on(
    count: int, in_part: int, whole: int, at_once: bool, later: bool
) -> None:
    """security 14: of 4 validators, two that have forgotten are enough after a while, all three at once."""
    desk = Desk(0, count)
    desk.driver.start()
    for number in range(in_part + whole):
        desk.hear(Own(1, KEYS[0].public, whole=number >= in_part), BANKS[number + 1])
    assert (desk.driver.state.signing is Signing.ALLOWED) is at_once
    desk.fire(TimerKind.LISTEN, 2).fire(TimerKind.LISTEN, 1)
    assert (desk.driver.state.signing is Signing.ALLOWED) is later


def test_a_witness_that_has_restarted_takes_back_that_it_knows() -> None:
    desk = Desk()
    desk.driver.start()
    desk.hear(Own(1, KEYS[0].public), BANKS[1]).hear(Own(1, KEYS[0].public, whole=False), BANKS[1])
    desk.hear(Own(1, KEYS[0].public), BANKS[2])
    assert desk.driver.state.signing is Signing.ASKING


def test_an_own_message_that_the_file_lacks_shows_that_what_was_signed_is_not_known() -> None:
    desk = Desk()
    desk.driver.start()
    desk.hear(Own(1, KEYS[0].public, (), (vote(0, PREVOTE, 0, A),))).hear(Own(1, KEYS[0].public), BANKS[2])
    desk.fire(TimerKind.START, 1).hear(proposal(1, 0, A))
    assert desk.driver.state.signing is Signing.ABSTAINING
    assert not desk.of(Votes)
    assert desk.told("abstaining")[0].fields["reason"] == "own_message_missing"
    desk.hear(Decided(A, certificate(A, (1, 2, 3))))
    assert desk.driver.state.signing is Signing.ABSTAINING
    for bank in BANKS[1:]:
        desk.hear(Position(2, -1), bank)
    assert desk.driver.not_signing() is not None
    assert desk.told("safe_height")[0].fields == {"sign_from": 4, "from_round": 0}


def test_a_fetched_certificate_with_a_signature_that_the_file_does_not_know_shows_it_too() -> None:
    desk = Desk().begin()
    desk.hear(Decided(A, certificate(A, (0, 1, 2))))
    assert desk.driver.state.signing is Signing.ABSTAINING
    for answers in range(3):
        said = desk.driver.not_signing()
        assert said is not None
        for text in said:  # no word helps while no two of the others are there
            assert ("--safe-height 2" in text, f" {2 - answers}" in text) == (answers == 2, answers < 2)
        desk.hear(Position(2, 0), BANKS[answers + 1])


def test_one_alone_whose_file_goes_not_back_to_its_data_is_told_that_there_are_no_others() -> None:
    """The data are lost; the signer file is whole, but has grown large and holds the last heights only."""
    desk = Desk(0, 1)
    desk.file.rewrite(new_signer_file(NETWORK, KEYS[0].public, 9))
    desk.driver.start()
    english, chinese = desk.driver.not_signing() or ("", "")
    assert ("only validator" in english, "--safe-height 1" in english, "唯一" in chinese) == (True, True, True)


def test_only_another_validator_is_told_a_position_and_with_a_lock_only_where_it_asked_us_to_be() -> None:
    desk = Desk().begin()
    desk.hear(proposal(1, 0, A))
    for bank in (1, 2, 3):
        desk.hear(Votes((vote(bank, PREVOTE, 0, A),)))
    desk.sent.clear()
    desk.hear(WantPosition(1), "a stranger")
    assert not desk.of(Position)
    desk.hear(WantPosition(1), BANKS[1]).hear(WantPosition(1, 0), BANKS[1]).hear(WantPosition(1, 2), BANKS[1])
    bare, locked, elsewhere = [message for _, message in desk.of(Position)]
    assert bare == elsewhere == Position(1, 0)
    assert isinstance(locked, Position)
    assert locked.locked is not None
    assert (locked.round, locked.locked.block.id, len(locked.locked.prevotes)) == (0, A.id, 3)


def test_who_does_not_know_yet_whether_its_signer_file_is_the_newest_says_nothing() -> None:
    """Attack: after a power cut for all it was taken for one that has forgotten, by a validator that had lost its disk
    and had its operator's word: that one signed again in round 0, where it had signed before."""
    desk = Desk()
    desk.driver.start()
    desk.hear(WantPosition(1), BANKS[1])
    assert not desk.of(Position)
    desk.hear(Own(1, KEYS[0].public), BANKS[1]).hear(Own(1, KEYS[0].public), BANKS[2])
    desk.hear(WantPosition(1), BANKS[1])
    assert [message for _, message in desk.of(Position)] == [Position(1, -1)]


def test_a_report_with_a_forgery_counts_for_nothing_and_costs_an_honest_relay_nothing() -> None:
    """Attack: who is a height behind passes on what it has not verified, so a forged vote of a restarted validator
    made it drop its honest peers."""
    desk = Desk()
    desk.driver.start()
    for bank in BANKS[1:]:
        desk.hear(Own(1, KEYS[0].public, (), (vote(1, PREVOTE, 0, A),)), bank)
    assert not desk.dropped
    assert desk.driver.state.signing is Signing.ASKING
    desk.hear(Own(1, KEYS[0].public), BANKS[1]).hear(Own(1, KEYS[0].public), BANKS[2])
    desk.hear(Own(1, KEYS[0].public), BANKS[3])
    assert desk.driver.state.signing is Signing.ALLOWED


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (Votes((type(vote(1, PREVOTE, 0, A))(PRECOMMIT, *_rest),)), "vote_signature_bad")
        for _rest in [(1, 0, A.id, KEYS[1].public, vote(1, PREVOTE, 0, A).signature)]
    ]
    + [
        (Proposal(proposal(1, 0, A).header, block(b"B")), None),
        (proposal(2, 1, A, 0, (vote(1, PREVOTE, 0, A), vote(1, PREVOTE, 0, A))), "proposal_prevotes_bad"),
        (proposal(2, 1, A, 0, (vote(5, PREVOTE, 0, A),)), "proposal_prevotes_bad"),
        (Decided(A, certificate(A, (0, 1))), "certificate_quorum"),
        (Decided(A, certificate(block(b"B"))), "certificate_of_other_block"),
    ],
)
def test_lies_are_answered_with_the_door(message: Message, reason: str | None) -> None:
    desk = Desk().begin()
    try:
        message = wire.decode(wire.encode(message))
    except Exception:
        assert reason is None, "only the block that is not the header's is stopped by the decoder"
        return
    desk.hear(message, "liar")
    assert desk.dropped == [("liar", reason)]
    assert desk.store.tip.height == 0


def test_strangers_votes_and_other_heights_are_ignored() -> None:
    desk = Desk().begin()
    before = desk.driver.state.book
    for number, height in ((5, 1), (1, 3), (1, 2)):
        desk.hear(Votes((vote(number, PREVOTE, 0, A, height=height),)))
    assert desk.driver.state.book == before
    assert desk.dropped == []


def test_a_signature_that_is_known_already_is_not_verified_again(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk().begin()
    good = Votes((vote(1, PREVOTE, 0, A),))
    desk.hear(good)
    monkeypatch.setattr("chainbill.ledger.vote.verify", lambda *_: False)
    desk.hear(good)
    assert desk.dropped == [], "the very same vote is known already"


def test_what_came_early_is_verified_in_its_turn() -> None:
    desk = Desk().begin()
    forged = type(vote(1, PREVOTE, 0, None))(PREVOTE, 2, 0, None, KEYS[1].public, bytes(64))
    desk.hear(Votes((forged,)), "forger")
    desk.hear(Decided(A, certificate(A)))
    desk.fire(TimerKind.LOOK, 2)
    assert desk.driver.state.book.at(0).senders() == set()
    assert desk.dropped == [("forger", "vote_signature_bad")]


def test_messages_of_the_next_height_wait_for_their_turn() -> None:
    desk = Desk().begin()
    desk.hear(Votes((vote(1, PREVOTE, 0, None, height=2), vote(2, PREVOTE, 0, None, height=2))))
    desk.hear(Decided(A, certificate(A)))
    assert desk.driver.state.height == 2
    assert (Timer(TimerKind.LOOK, 2, 0), 0) in desk.timers
    desk.fire(TimerKind.LOOK, 2)
    assert desk.driver.state.book.at(0).prevotes.count(None) == 2
    assert desk.driver.state.wake, "two of four have a reason"


def test_one_vote_for_the_next_height_starts_it_only_later() -> None:
    """A validator made empty blocks without end, by a vote for each height before the others were there."""
    desk = Desk(idle_interval_ms=0).begin()
    desk.hear(Votes(tuple([vote(1, PREVOTE, round_, None, height=2) for round_ in (0, 1, 600)])))
    desk.hear(Decided(A, certificate(A)))
    desk.timers.clear()
    desk.fire(TimerKind.LOOK, 2)
    assert not desk.driver.state.wake
    assert desk.timers == [(Timer(TimerKind.START, 2, 0), LONE_START_MS)], "once, however much it says"
    desk.fire(TimerKind.START, 2)
    assert desk.driver.state.wake


def test_what_waits_for_the_next_height_is_bounded_by_peer() -> None:
    desk = Desk().begin()
    for round_ in range(2_000):
        desk.hear(Votes((vote(1, PREVOTE, round_, None, height=2),)) if round_ < 5 else _cheap(round_))
    desk.hear(Decided(A, certificate(A)))
    assert len(desk.driver._ahead.take()) <= 400


def test_heights_are_glued_by_a_timer_and_wait_a_moment_for_what_came_in_meanwhile() -> None:
    desk = Desk(idle_interval_ms=7_000).begin()
    desk.hear(Decided(A, certificate(A)))
    assert desk.driver.state.step is Step.WAIT
    assert desk.timers[-1] == (Timer(TimerKind.START, 2, 0), 20), "block 1 changed the state: its proof block follows"
    assert (Timer(TimerKind.START, 2, 0), 0) not in desk.timers
    desk.event(WorkArrived())
    desk.event(WorkArrived())
    assert desk.timers.count((Timer(TimerKind.START, 2, 0), 0)) == 1, "one start at a time"


def test_a_height_with_work_waits_a_moment_after_a_start_too_and_not_where_work_comes() -> None:
    desk = Desk(idle_interval_ms=7_000)
    working = replace(desk.tip(), has_work=True)
    desk.tip = lambda: working
    desk.driver.start()
    assert (Timer(TimerKind.START, 1, 0), 20) in desk.timers
    assert (Timer(TimerKind.START, 1, 0), 0) not in desk.timers
    desk.event(WorkArrived())
    assert (Timer(TimerKind.START, 1, 0), 0) in desk.timers


def test_an_idle_height_starts_when_the_interval_ends_or_work_arrives() -> None:
    desk = Desk(idle_interval_ms=7_000)
    desk.driver.start()
    assert (Timer(TimerKind.START, 1, 0), 7_000) in desk.timers
    desk.event(WorkArrived())
    assert (Timer(TimerKind.START, 1, 0), 0) in desk.timers
    quiet = Desk(idle_interval_ms=0)
    quiet.driver.start()
    assert [timer.kind for timer, _ in quiet.timers] == [TimerKind.GOSSIP]


def test_a_network_of_one_commits_without_recursion() -> None:
    desk = Desk(0, count=1)
    desk.mempool = [b"one"]
    desk.driver.start()
    assert desk.store.tip.height == 0, "only through a timer"
    for height in range(1, 4):
        desk.mempool.append(b"tx%d" % height)
        desk.fire(TimerKind.START, height)
        assert desk.store.tip.height == height


def test_gossip_repeats_and_counts_its_attempts() -> None:
    desk = Desk().begin()
    for _ in range(3):
        desk.fire(TimerKind.GOSSIP, 0)
    attempts = [message.attempt for _, message in desk.of(Status) if isinstance(message, Status)]
    assert attempts == [0, 1, 2] or attempts == [1, 2, 3]
    assert desk.timers.count((Timer(TimerKind.GOSSIP, 0, 0), 1_000)) == 4


def test_a_status_from_behind_gets_decided_one_from_ahead_is_asked() -> None:
    desk = Desk().begin().hear(Decided(A, certificate(A)))
    desk.sent.clear()
    desk.hear(Status(1, 0, (), ()), "late")
    assert [(peer, type(message)) for peer, message in desk.sent] == [("late", Decided)]
    desk.hear(Status(50, 0, (), ()), "early")
    assert ("early", WantBlocks(2, 32)) in desk.sent


def test_batches_are_applied_one_by_one_through_timers_and_a_forged_one_is_refused() -> None:
    source = Desk().begin().hear(Decided(A, certificate(A)))
    second = source.build_block(2, NOW_MS + 1, KEYS[2].public, ())
    assert second is not None
    desk = Desk().begin().hear(Status(50, 0, (), ()), "source")
    for forged, height in ((True, 1), (False, 2)):
        signers = (0, 1) if forged else (0, 1, 2)
        batch = Blocks(1, (Decided(A, certificate(A)), Decided(second, certificate(second, signers))))
        if not forged:
            batch = Blocks(2, batch.blocks[1:])
        desk.hear(batch, "source")
        for _ in range(3):
            desk.fire(TimerKind.START, desk.driver.state.height)
        assert desk.store.tip.height == height
        assert desk.dropped == [("source", "certificate_quorum")]
        desk.hear(Status(50, 0, (), ()), "source")


def test_batches_nobody_asked_for_and_disordered_ones() -> None:
    desk = Desk().begin().hear(Blocks(1, (Decided(A, certificate(A)),)), "stranger")
    desk.fire(TimerKind.START, 1)
    assert desk.store.tip.height == 0
    desk.hear(Status(50, 0, (), ()), "source").hear(Blocks(1, (Decided(A, certificate(A)),) * 2), "source")
    assert desk.dropped == [("source", "sync_batch_out_of_order")]


def test_blocks_are_served_in_bounded_batches() -> None:
    desk = Desk().begin().hear(Decided(A, certificate(A)))
    desk.sent.clear()
    desk.hear(WantBlocks(1, 32), "late").hear(WantBlocks(9, 32), "late").hear(WantBlock(1, A.id), "late")
    assert desk.sent[0] == ("late", Blocks(1, (Decided(A, certificate(A)),)))
    assert desk.sent[1] == ("late", Blocks(9, ()))
    assert desk.sent[2] == ("late", Decided(A, certificate(A)))


def test_an_undecided_block_is_given_by_its_id() -> None:
    desk = Desk().begin().hear(proposal(1, 0, A))
    desk.sent.clear()
    desk.hear(WantBlock(1, A.id), "peer").hear(WantBlock(1, bytes(32)), "peer")
    assert desk.sent == [("peer", BlockAnswer(A))]


def test_evidence_is_verified_kept_once_and_passed_on() -> None:
    desk = Desk().begin()
    proof = DuplicateVote.of(vote(3, PREVOTE, 0, A), vote(3, PREVOTE, 0, None))
    forged = DuplicateVote(proof.first, type(proof.second)(PREVOTE, 1, 0, A.id, KEYS[3].public, bytes(64)))
    desk.hear(EvidenceFound(forged.encode()), "liar").hear(EvidenceFound(b"rubbish"), "babbler")
    assert desk.told("evidence") == []
    assert desk.dropped == [("liar", "evidence_bad"), ("babbler", "evidence_bad")], "each costs two votes"
    desk.hear(EvidenceFound(proof.encode())).hear(EvidenceFound(proof.encode()))
    assert len(desk.told("evidence")) == 1
    for _ in range(10):
        desk.fire(TimerKind.GOSSIP, 0)
    assert desk.of(EvidenceFound) == [("*", EvidenceFound(proof.encode()))]


def test_evidence_that_a_block_had_room_for_and_did_not_take_waits_no_more() -> None:
    """It is recorded already, or too old, and stood before others for ever."""
    desk = Desk(0, count=1)
    desk.mempool = [b"one"]
    desk.driver.start()
    desk.fire(TimerKind.START, 1)
    for round_ in (0, 1):
        proof = DuplicateVote.of(vote(0, PREVOTE, round_, A), vote(0, PREVOTE, round_, None))
        desk.hear(EvidenceFound(proof.encode()))
    [known, new] = desk.driver._engine.evidence.waiting.values()
    build = desk.build_block
    desk.build_block = lambda at, time, by, _: build(at, time, by, (new,))  # type: ignore[method-assign]
    desk.mempool.append(b"two")
    desk.fire(TimerKind.START, 2)
    assert desk.store.tip.height == 2
    assert known != new
    assert desk.driver._engine.evidence.waiting == {}


def test_a_diverged_node_stops_for_good() -> None:
    desk = Desk().begin()
    wrong = type(A)(type(A.header)(**{**_fields(A.header), "app_hash": bytes(32)}), A.transactions, ())
    desk.hear(Decided(wrong, certificate(wrong)))
    assert desk.driver.halted == "header"
    assert desk.told("halted")
    desk.did.clear()
    desk.hear(proposal(1, 0, A)).fire(TimerKind.GOSSIP, 0)
    assert desk.did == []


def test_only_the_block_that_the_operator_knows_is_taken() -> None:
    """security 22: another block at the trusted height is a lie, however many have signed it."""
    other = block(b"B")
    desk = Desk(trusted=(1, other.id)).begin()  # type: ignore[arg-type]
    desk.hear(Decided(A, certificate(A)), "liar")
    assert desk.dropped == [("liar", f"block_not_trusted: height 1 is {A.id.hex()} here")]
    desk.hear(Status(5, 0, (), ()), "other").hear(Blocks(1, (Decided(A, certificate(A)),)), "other")
    desk.fire(TimerKind.START, 1)
    assert [peer for peer, _ in desk.dropped] == ["liar", "other"]
    assert desk.store.tip.height == 0
    desk.hear(Decided(other, certificate(other)), "honest")
    assert desk.store.tip.height == 1
    second = Desk(trusted=(2, other.id)).begin().hear(Decided(A, certificate(A)))  # type: ignore[arg-type]
    assert second.store.tip.height == 1, "other heights are not asked"


def test_votes_of_a_former_quorum_do_not_decide_against_the_trusted_block() -> None:
    """security 22: the same where the block comes with live votes; such a node stops."""
    desk = Desk(trusted=(1, block(b"B").id)).begin()  # type: ignore[arg-type]
    desk.hear(proposal(1, 0, A))
    [(_, said)] = [one for one in desk.of(Votes) if isinstance(one[1], Votes)][:1]
    assert isinstance(said, Votes)
    assert said.votes[0].block_id is None
    desk.hear(Votes(tuple(vote(who, PRECOMMIT, 0, A) for who in (1, 2, 3))))
    assert desk.driver.halted == "block_not_trusted"
    assert desk.store.tip.height == 0


def test_peers_come_and_go() -> None:
    desk = Desk()
    desk.driver.start()
    desk.sent.clear()
    desk.event(PeerJoined("new"))
    assert [type(message) for _, message in desk.sent] == [Status, WantOwn]
    desk.event(PeerLeft("new")).hear(Transactions((b"x",)))
    assert desk.dropped == []


def test_an_observer_needs_no_signer_file_and_follows() -> None:
    desk = Desk(None).begin().hear(proposal(1, 0, A))
    desk.hear(Votes(tuple(vote(number, PRECOMMIT, 0, A) for number in (0, 1, 2))))
    assert desk.store.tip.height == 1
    assert not desk.of(Votes)
    assert "append" not in desk.did


def test_a_restart_sends_the_identical_bytes_again() -> None:
    desk = Desk().begin().hear(proposal(1, 0, A))
    before = desk.of(Votes)
    again = Desk()
    again.file = desk.file
    again.driver.start()
    assert again.of(Votes) == before
    again.event(PeerJoined("late"))
    assert again.of(Votes)[1:] == [("late", message) for _, message in before], "a peer that connects hears them too"
    assert again.driver.waiting_for().reason == "asking_peers_for_own_messages"


def test_a_proposal_with_a_bad_signature_costs_the_connection() -> None:
    desk = Desk().begin()
    good = proposal(1, 0, A)
    forged = type(good.header)(1, 0, A.id, -1, KEYS[1].public, bytes(64))
    desk.hear(Proposal(forged, A), "liar")
    assert desk.dropped == [("liar", "proposal_signature_bad")]
    late = Desk().begin().hear(proposal(2, 1, A, 0, (_bad_vote(),)), "liar")
    assert late.dropped == [("liar", "vote_signature_bad")]


def test_a_restarted_validator_is_told_what_it_said_wherever_we_stand() -> None:
    desk = Desk().begin().hear(proposal(1, 0, A)).hear(Votes((vote(3, PREVOTE, 0, A),)))
    ahead = block(b"C", proposer=2)
    header = proposal(2, 0, ahead).header
    early = type(header)(2, 0, ahead.id, -1, KEYS[2].public, header.signature)
    desk.hear(Votes((vote(3, PREVOTE, 0, None, height=2),)), "p2").hear(Proposal(early, ahead), "p2")
    for height in (1, 2, 7):
        desk.sent.clear()
        desk.hear(WantOwn(height, KEYS[3].public), "n3")
        answer = desk.sent[0][1]
        assert isinstance(answer, Own)
        assert not answer.whole, "it has started at height 1 itself"
        assert [one.height for one in answer.votes] == ([height] if height < 7 else [])
    desk.sent.clear()
    desk.hear(WantOwn(2, KEYS[2].public), "n2")
    assert desk.sent == [("n2", Own(2, KEYS[2].public, (early,), (), whole=False))]
    desk.hear(Decided(A, certificate(A))).sent.clear()
    for height, whole in ((2, True), (3, True), (4, False)):
        desk.hear(WantOwn(height, KEYS[3].public), "n3")
        assert desk.sent.pop() == ("n3", Own(height, KEYS[3].public, whole=whole)), "it was there from the start"
    desk.hear(WantOwn(1, KEYS[3].public), "n3")
    assert desk.sent == [("n3", Decided(A, certificate(A)))]


def test_only_so_many_proposals_and_peers_may_wait_for_the_next_height() -> None:
    desk = Desk().begin()
    header = proposal(2, 0, A).header
    for number in range(4):
        desk.hear(Proposal(type(header)(2, number, A.id, -1, KEYS[2].public, header.signature), A), "one")
    for number in range(300):
        desk.hear(_cheap(number), f"peer{number}")
    waiting = desk.driver._ahead.take()
    assert sum(isinstance(message, Proposal) for _, message in waiting) == 2
    assert len({peer for peer, _ in waiting}) == 256


def test_who_cannot_build_leaves_the_round_to_its_timeout() -> None:
    desk = Desk(1)
    desk.build_block = lambda *_: None  # type: ignore[method-assign, assignment]
    desk.begin().fire(TimerKind.PROPOSE, 1)
    assert not desk.of(Proposal)
    assert [message.votes[0].block_id for _, message in desk.of(Votes) if isinstance(message, Votes)] == [None]


def test_a_proposer_that_restarts_sends_its_stored_proposal_and_builds_nothing() -> None:
    desk = Desk(1).begin()
    again = Desk(1)
    again.file = desk.file
    again.begin()
    assert "build" not in again.did
    assert {message for _, message in again.of(Proposal)} == {message for _, message in desk.of(Proposal)}


def test_an_application_that_commits_something_else_ends_the_process() -> None:
    desk = Desk().begin()
    tip = desk.tip()
    desk.commit = lambda *_: tip  # type: ignore[method-assign]
    with pytest.raises(InternalFault, match="commit_height"):
        desk.hear(Decided(A, certificate(A)))


def test_a_silent_liar_about_its_height_is_dropped_in_the_end() -> None:
    desk = Desk().begin()
    desk.clock_ms = NOW_MS
    for _ in range(3):
        desk.hear(Status(10**9, 0, (), ()), "liar")
        desk.clock_ms += 6_000
        desk.fire(TimerKind.GOSSIP, 0)
    assert desk.dropped == [("liar", "claimed_height_not_delivered")]


def test_a_decided_block_from_far_ahead_is_only_a_reason_to_ask() -> None:
    desk = Desk().begin()
    far = type(A)(type(A.header)(**{**_fields(A.header), "height": 9}), A.transactions, ())
    desk.hear(Decided(far, certificate(far)), "early").fire(TimerKind.GOSSIP, 0)
    assert ("early", WantBlocks(1, 9)) in desk.sent
    assert desk.store.tip.height == 0


def _bad_vote() -> Vote:
    return Vote(PREVOTE, 1, 0, A.id, KEYS[1].public, bytes(64))


def _fields(value: object) -> dict[str, object]:
    from dataclasses import fields

    return {one.name: getattr(value, one.name) for one in fields(value)}  # type: ignore[arg-type]


def _cheap(round_: int) -> Votes:
    """A vote of the next height with a signature that nobody has looked at yet."""
    return Votes((type(vote(1, PREVOTE, 0, A))(PREVOTE, 2, round_, None, KEYS[1].public, bytes(64)),))


def test_a_forged_block_does_not_take_the_start_of_a_height_away() -> None:
    """It lay there when START fired, which went to refusing it: nothing was left that would start the height."""
    desk = Desk().begin().hear(proposal(1, 0, A)).hear(Decided(A, certificate(A)))  # it has signed: asks nobody
    second = desk.build_block(2, NOW_MS + 1, KEYS[2].public, ())
    assert second is not None
    desk.hear(Status(50, 0, (), ()), "liar")
    desk.hear(Blocks(2, (Decided(second, certificate(second, (0, 1))),)), "liar")
    desk.fire(TimerKind.START, 2)
    assert desk.dropped == [("liar", "certificate_quorum")]
    assert desk.driver.state.running
