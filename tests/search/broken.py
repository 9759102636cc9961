"""Protocols that are broken in one place of `step`, of the signer or of what carries out effects: the search must find
each. Those of the simulator's that it can see, and more of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from chainbill_node import wire
from chainbill_node.consensus import receive, rounds, signer_memory, voting
from chainbill_node.consensus.book import Tally
from chainbill_node.consensus.effects import SignAndSend
from chainbill_node.consensus.rounds import Outcome, conclude
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.signer_memory import RecordKind, Recovered
from chainbill_node.consensus.state import HeightState, Step
from chainbill_node.driver.engine import Engine
from chainbill_node.driver.ports import Tip
from chainbill_node.driver.signer import Signer
from chainbill_node.wire.messages import Choice, Proposal, Votes
from msgspec.structs import replace
from search.words import QUORUM, Bounds
from sim import mutants

from chainbill.ledger.block import decode_block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.validators import ValidatorSet
from chainbill.ledger.vote import NO_ROUND, Vote, VoteType

Patch = AbstractContextManager[Any]


def rule(old: Callable[..., Any], new: Callable[..., Any]) -> Patch:
    return patch.object(voting, "RULES", tuple([new if one is old else one for one in voting.RULES]))


def older_lock_wins_on_restart() -> Patch:
    """Of two locks in the signer file the first one is taken."""
    of_height = signer_memory._of_height

    def first_lock(height: int, records: list[Any]) -> Recovered:
        found = of_height(height, records)
        for record in records:
            if record[0] == RecordKind.LOCK:
                votes = tuple([Vote.from_fields(vote) for vote in record[4]])
                return signer_memory.replace(found, lock=Choice(decode_block(record[3]), record[2], votes))
        return found

    return patch.object(signer_memory, "_of_height", first_lock)


def lock_of_the_file_not_taken() -> Patch:
    """A lock is written, and not read."""
    of_height = signer_memory._of_height
    return patch.object(
        signer_memory,
        "_of_height",
        lambda height, records: signer_memory.replace(of_height(height, records), lock=None),
    )


def lock_written_after_its_message() -> Patch:
    """The lock's frame stands behind that of its precommit: a crash may leave the one without the other."""
    append = Signer._append
    return patch.object(Signer, "_append", lambda self, records, height=0: append(self, records[::-1], height))


def sent_before_it_is_stored() -> Patch:
    """A message is on the wire before it is on the disk."""
    sign_and_send = Engine._sign_and_send

    def hasty(self: Engine, effect: SignAndSend) -> Any:
        assert self._signer is not None
        message = self._signer._message(self.state.height, effect.message)
        data = wire.encode(message if isinstance(message, Proposal) else Votes((message,)))
        self._ports.network.broadcast(data)
        return sign_and_send(self, effect)

    return patch.object(Engine, "_sign_and_send", hasty)


def first_lock_stays() -> Patch:
    """Rule 5 precommits, but a lock that is there is not replaced."""

    def keeping(state: HeightState, rules: Rules) -> Outcome | None:
        outcome = lock(state, rules)
        if outcome is None or state.locked is None:
            return outcome
        return replace(outcome[0], locked=state.locked), outcome[1]

    lock = voting.lock
    return rule(lock, keeping)


def lock_ends_with_its_round() -> Patch:
    """Whoever starts a round is free again."""
    start = rounds.start_round

    def free(state: HeightState, number: int, rules: Rules) -> Outcome:
        return start(replace(state, locked=None), number, rules)

    return mutants._several(
        patch.object(voting, "start_round", free), patch("chainbill_node.consensus.step.start_round", free)
    )


def valid_round_not_compared() -> Patch:
    """Rule 3 prevotes what was valid in any earlier round, also in one before the lock."""
    return rule(voting.prevote_again, again(compare=lambda locked, valid: True))


def valid_round_compared_by_one_too_few() -> Patch:
    """Rule 3 takes a quorum of the round before the lock's for newer than the lock."""
    return rule(voting.prevote_again, again(compare=lambda locked, valid: locked <= valid + 1))


def valid_round_believed() -> Patch:
    """Rule 3 does not count the prevotes of the round that a proposal names."""
    return rule(voting.prevote_again, again(compare=lambda locked, valid: locked <= valid, count=lambda *_: QUORUM))


def valid_round_backed_by_prevotes_for_anything() -> Patch:
    """Rule 3 counts who has prevoted in the round that a proposal names, whatever for."""
    return rule(
        voting.prevote_again,
        again(compare=lambda locked, valid: locked <= valid, count=lambda votes, _: len(votes.senders)),
    )


def again(
    compare: Callable[[int, int], bool], *, count: Callable[[Tally, bytes], int] = Tally.count
) -> Callable[..., Any]:
    """Rule 3 with another comparison, or counting otherwise."""

    def changed(state: HeightState, rules: Rules) -> Outcome | None:
        if state.step is not Step.PROPOSE:
            return None
        for header in state.book.at(state.round).proposals:
            block = state.blocks.get(header.block_id)
            if block is None or not NO_ROUND < header.valid_round < state.round:
                continue
            if count(state.book.at(header.valid_round).prevotes, header.block_id) < rules.quorum:
                continue
            free = compare(state.locked_round, header.valid_round) or state.is_locked_on(block.id)
            return voting._prevote(state, block, rules.check_block(block), accept=free)
        return None

    return changed


def new_block_prevoted_in_spite_of_the_lock() -> Patch:
    """Rule 2 does not look at the lock."""
    prevote_new = voting.prevote_new

    def free(state: HeightState, rules: Rules) -> Outcome | None:
        outcome = prevote_new(replace(state, locked=None), rules)
        return outcome and (replace(outcome[0], locked=state.locked), outcome[1])

    return rule(prevote_new, free)


def prevotes_of_an_earlier_round_lock() -> Patch:
    """Rule 5 counts the prevotes of any round, and locks in the present one."""
    lock = voting.lock

    def careless(state: HeightState, rules: Rules) -> Outcome | None:
        outcome = lock(state, rules)
        for number, here in state.book.rounds.items():
            if outcome is None and number < state.round and here.prevotes.quorum_block(rules.quorum):
                book = state.book.keep({number})
                moved = replace(state, book=type(book)({state.round: book.at(number)}))
                found = lock(moved, rules)
                outcome = found and (replace(found[0], book=state.book), found[1])
        return outcome

    return rule(lock, careless)


def precommits_counted_over_rounds() -> Patch:
    """Rule 8 counts precommits for a block of all rounds together."""

    def mixed(state: HeightState, rules: Rules) -> Outcome | None:
        for block_id, block in state.blocks.items():
            votes = {
                vote.validator: vote
                for here in state.book.rounds.values()
                for vote in here.precommits.votes(block_id)
            }  # fmt: skip
            if len(votes) >= rules.quorum:
                last = max(vote.round for vote in votes.values())
                signatures = tuple(sorted((key, vote.signature) for key, vote in votes.items()))
                return conclude(
                    state, rules, block, Certificate(state.height, last, block_id, signatures), synced=False
                )
        return None

    return rule(voting.decide, mixed)


def prevotes_counted_as_precommits() -> Patch:
    """Rule 8 decides on a quorum of prevotes."""

    def hasty(state: HeightState, rules: Rules) -> Outcome | None:
        for here in state.book.rounds.values():
            block_id = here.prevotes.quorum_block(rules.quorum)
            if block_id is not None and block_id in state.blocks:
                votes = here.prevotes.votes(block_id)
                cast = [Vote(VoteType.PRECOMMIT, *[getattr(one, name) for name in VOTE_FIELDS]) for one in votes]
                return conclude(state, rules, state.blocks[block_id], Certificate.from_votes(cast), synced=False)
        return None

    return rule(voting.decide, hasty)


def what_others_show_is_not_compared() -> Patch:
    """Whoever answers lacks nothing of ours, whatever it shows."""
    take = receive.take_report
    return patch(
        "chainbill_node.consensus.step.take_report",
        lambda state, report, rules: take(state, dataclasses.replace(report, messages=()), rules),
    )


def set_acts_a_height_late() -> Patch:
    """A height is decided by those that decided the one before."""
    enter = Engine._enter

    def late(self: Engine, tip: Tip) -> None:
        before = self._ports.application.load_validators(tip.height) or tip.validators
        enter(self, dataclasses.replace(tip, validators=before))

    return patch.object(Engine, "_enter", late)


def anybody_votes() -> Patch:
    """Nobody asks whether whoever votes or proposes is a validator."""
    return patch.object(ValidatorSet, "__contains__", lambda self, key: True)


VOTE_FIELDS = ("height", "round", "block_id", "validator", "signature")


@dataclass(frozen=True)
class Broken:
    """How a broken protocol is found. bounds: within which; broken: the promise that is broken first. deep: by walks
    that are led, since the nearest such state lies far."""

    mutant: Callable[[], Patch]
    bounds: Bounds
    broken: str
    deep: bool = False


LOCK_RULE = "lock rule: a prevote against the lock"
NO_QUORUM = "lock rule: a precommit without a quorum of prevotes"
FORGERY = "forgery: decided without a quorum of precommits"
ONE_ROUND = Bounds(0, 1, 0)
TWO_ROUNDS = Bounds(0, 2, 0)
OLDER_FILES = Bounds(0, 1, 1, older=True)
SET_CHANGED = Bounds(0, 1, 0, former=True)
BROKEN: tuple[Broken, ...] = (
    Broken(mutants.no_lock, TWO_ROUNDS, LOCK_RULE),
    Broken(mutants.lock_not_persisted, Bounds(0, 2, 1), LOCK_RULE),
    Broken(mutants.no_signer_guard, Bounds(0, 1, 1), "one signature"),
    Broken(mutants.signer_file_not_written, ONE_ROUND, "persist before speaking"),
    Broken(mutants.torn_frame_left_in_place, Bounds(0, 1, 2, torn=True), "recovery"),
    Broken(mutants.quorum_minus_one, ONE_ROUND, NO_QUORUM),
    Broken(mutants.duplicate_signer_counted, ONE_ROUND, NO_QUORUM),
    Broken(mutants.no_domain_tag, ONE_ROUND, FORGERY),
    Broken(mutants.certificate_not_checked, ONE_ROUND, "certificate"),
    Broken(mutants.wrong_proposer_accepted, Bounds(3, 1, 0), "turn"),
    Broken(mutants.nil_quorum_unlocks, Bounds(2, 3, 0), LOCK_RULE, deep=True),
    Broken(older_lock_wins_on_restart, Bounds(2, 3, 1), LOCK_RULE, deep=True),
    Broken(lock_of_the_file_not_taken, Bounds(0, 2, 1), LOCK_RULE),
    Broken(lock_written_after_its_message, Bounds(0, 2, 1), LOCK_RULE),
    Broken(sent_before_it_is_stored, ONE_ROUND, "persist before speaking"),
    Broken(first_lock_stays, Bounds(2, 3, 0), LOCK_RULE, deep=True),
    Broken(lock_ends_with_its_round, TWO_ROUNDS, LOCK_RULE),
    Broken(valid_round_not_compared, Bounds(2, 3, 0), LOCK_RULE, deep=True),
    Broken(valid_round_compared_by_one_too_few, Bounds(2, 3, 0), LOCK_RULE, deep=True),
    Broken(valid_round_believed, Bounds(1, 2, 0), LOCK_RULE),
    Broken(valid_round_backed_by_prevotes_for_anything, Bounds(1, 2, 0), LOCK_RULE),
    Broken(new_block_prevoted_in_spite_of_the_lock, TWO_ROUNDS, LOCK_RULE),
    Broken(prevotes_of_an_earlier_round_lock, TWO_ROUNDS, NO_QUORUM),
    Broken(precommits_counted_over_rounds, TWO_ROUNDS, "certificate"),
    Broken(prevotes_counted_as_precommits, ONE_ROUND, "certificate"),
    Broken(mutants.peers_not_asked, OLDER_FILES, "one signature"),
    Broken(mutants.anyone_is_a_witness, OLDER_FILES, "one signature"),
    Broken(what_others_show_is_not_compared, OLDER_FILES, "one signature"),
    Broken(anybody_votes, SET_CHANGED, NO_QUORUM),
    Broken(set_acts_a_height_late, SET_CHANGED, NO_QUORUM),
)


def name(broken: Broken) -> str:
    return broken.mutant.__name__.replace("_", " ")
