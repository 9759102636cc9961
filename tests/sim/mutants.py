"""Broken protocols: one-place patches of production code, each switched on alone.

A suite that lets one of them live is no suite. `MUTANTS` maps a name to a context manager; the text scripts
pass without it, and a generic checker must fire with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from chainbill_node.consensus import opening, receive, rounds, voting
from chainbill_node.consensus.book import Tally
from chainbill_node.consensus.effects import BuildBlock
from chainbill_node.consensus.rules import TIME_AHEAD, TIME_BEHIND, Rules
from chainbill_node.consensus.timeouts import Timeouts
from chainbill_node.driver.driver import Driver
from chainbill_node.driver.signer import Signer
from msgspec.structs import replace

from chainbill.codec import encode
from chainbill.ledger.evidence import DuplicateVote
from chainbill.ledger.validators import ValidatorSet
from chainbill.ledger.vote import Vote
from chainbill.limits import FORMAT

Mutant = Callable[[], AbstractContextManager[Any]]


def _rule_replaced(old: Callable[..., Any], new: Callable[..., Any]) -> AbstractContextManager[Any]:
    return patch.object(voting, "RULES", tuple([new if rule is old else rule for rule in voting.RULES]))


def no_lock() -> AbstractContextManager[Any]:
    """Rule 5 without its lock: precommit, but stay free to prevote anything."""

    def unlocked(state: Any, rules: Rules) -> Any:
        outcome = lock(state, rules)
        return outcome and (replace(outcome[0], locked=None), outcome[1])

    lock = voting.lock
    return _rule_replaced(lock, unlocked)


def lock_not_persisted() -> AbstractContextManager[Any]:
    """The precommit goes to the signer file, what it locks does not."""
    sign = Signer.sign
    return patch.object(Signer, "sign", lambda self, height, unsigned, lock: sign(self, height, unsigned, None))


def no_signer_guard() -> AbstractContextManager[Any]:
    """Nobody looks whether this (height, round, type) was signed before."""
    return patch.object(Signer, "stored", lambda self, height, round_, kind: None)


def signer_file_not_written() -> AbstractContextManager[Any]:
    """Speaking without persisting."""
    return patch.object(Signer, "_append", lambda self, records, height=0: None)


def torn_frame_left_in_place() -> AbstractContextManager[Any]:
    """An incomplete last frame is ignored when reading, but stays in the file."""
    opened = Signer.open

    def careless(self: Any, database_height: int, safe_height: int | None) -> None:
        file = self._file
        self._file = type("Deaf", (), {"read": file.read, "append": file.append, "rewrite": lambda *_: None})()
        try:
            opened(self, database_height, safe_height)
        finally:
            self._file = file

    return patch.object(Signer, "open", careless)


def first_vote_wins() -> AbstractContextManager[Any]:
    """Of an equivocation only the half that came first is kept, also from a proposal's set."""
    add = Tally.add

    def first_only(self: Tally, vote: Vote, *, capped: bool) -> Tally:
        return self if vote.validator in self.senders else add(self, vote, capped=capped)

    return patch.object(Tally, "add", first_only)


def no_regossip() -> AbstractContextManager[Any]:
    """STATUS is never answered."""
    return patch("chainbill_node.driver.driver.answer_status", lambda *_: [])


def quorum_minus_one() -> AbstractContextManager[Any]:
    """One vote fewer is enough."""
    return patch.object(ValidatorSet, "quorum", property(lambda self: 2 * len(self) // 3))


class Counted(dict[bytes, Vote]):
    """Votes by sender, with how often one came again."""

    again = 0

    def __len__(self) -> int:
        return super().__len__() + self.again


def duplicate_signer_counted() -> AbstractContextManager[Any]:
    """A vote that comes twice counts twice: the inbox lets it through and the tally adds it."""

    def counting(self: Tally, vote: Vote, *, capped: bool) -> Tally:
        before = self.by_value.get(vote.block_id, {})
        after = add(self, vote, capped=capped)
        if vote.validator in before or isinstance(before, Counted):
            votes = Counted({**before, vote.validator: vote})
            votes.again = getattr(before, "again", 0) + (vote.validator in before)
            after = Tally({**after.by_value, vote.block_id: votes}, after.senders)
        return after

    add = Tally.add
    known = patch("chainbill_node.driver.inbox.is_known", lambda vote, state: False)
    return _several(patch.object(Tally, "add", counting), known)


def no_domain_tag() -> AbstractContextManager[Any]:
    """What is signed does not say whether it is a prevote or a precommit."""

    def untyped(network: bytes, kind: object, height: int, round_: int, block_id: bytes | None) -> bytes:
        return encode([FORMAT, network, height, round_, block_id])

    return _several(
        patch("chainbill.ledger.vote.vote_sign_bytes", untyped),
        patch("chainbill.ledger.certificate.vote_sign_bytes", untyped),
    )


def certificate_not_checked() -> AbstractContextManager[Any]:
    """Block sync takes a certificate for granted."""
    return patch("chainbill_node.sync.blocks.verify_certificate", lambda *_: None)


def evidence_counted_twice() -> AbstractContextManager[Any]:
    """A misdeed is known by its signatures, not by who, where and what."""
    values = property(
        lambda self: (self.first.validator, self.first.block_id, self.second.block_id, int(self.first.type))
    )
    return patch.object(DuplicateVote, "key", values)


def wrong_proposer_accepted() -> AbstractContextManager[Any]:
    """Any validator may propose in any round."""
    take = receive.take_proposal

    def anyone(state: Any, proposal: Any, rules: Rules) -> Any:
        of_another = [one for one in state.book.at(proposal.header.round).proposals if one.validator != by(proposal)]
        if of_another:  # two of one round by two validators are no misdeed
            return state, ()
        with patch.object(Rules, "proposer", lambda self, number: by(proposal)):
            return take(state, proposal, rules)

    def by(proposal: Any) -> bytes:
        validator: bytes = proposal.header.validator
        return validator

    return patch("chainbill_node.consensus.step.take_proposal", anyone)


def exponential_timers() -> AbstractContextManager[Any]:
    """Each round takes twice as long as the one before, without a cap."""
    return patch.object(Timeouts, "length_ms", lambda self, kind, number: 500 * 2 ** min(number, 40))


def valid_value_forgotten() -> AbstractContextManager[Any]:
    """A proposer always proposes something new."""
    return patch.object(rounds, "propose", lambda state: BuildBlock(state.round))


def peers_not_asked() -> AbstractContextManager[Any]:
    """After a start a node signs at once."""
    signing = opening._signing
    return patch.object(opening, "_signing", lambda rules, memory, *, ask: signing(rules, memory, ask=False))


def anyone_is_a_witness() -> AbstractContextManager[Any]:
    """Any peer's word that it holds nothing counts."""

    class Everybody(frozenset[str]):
        def __contains__(self, peer: object) -> bool:
            return True

    witnesses = Rules.__dict__["witnesses"].func
    return patch.object(Rules, "witnesses", property(lambda self: Everybody(witnesses(self))))


def forgetful_witnesses_never_count() -> AbstractContextManager[Any]:
    """Only those count that have listened since the height began, also when nobody has."""
    report = receive.take_report

    def strict(state: Any, report_: Any, rules: Rules) -> Any:
        return report(state, report_, rules) if report_.whole else (state, ())

    return patch("chainbill_node.consensus.step.take_report", strict)


def clock_bound_not_asked() -> AbstractContextManager[Any]:
    """A proposal may come from the future."""
    return _bound_without(TIME_AHEAD)


def past_not_bounded() -> AbstractContextManager[Any]:
    """A proposal may come from long ago, if it is only after its parent."""
    return _bound_without(TIME_BEHIND)


def allowed_delay_never_grows() -> AbstractContextManager[Any]:
    """Where proposals take longer than the bound, they always do."""
    return patch.object(Rules, "delay_allowed_ms", lambda self, number: self.message_delay_ms)


def _bound_without(side: str) -> AbstractContextManager[Any]:
    untimely = Rules.untimely

    def one_sided(self: Rules, time_ms: int, number: int, received_ms: int) -> str | None:
        found = untimely(self, time_ms, number, received_ms)
        return None if found is not None and found.startswith(side) else found

    return patch.object(Rules, "untimely", one_sided)


def no_prevote_timer() -> AbstractContextManager[Any]:
    """Rule 4 is missing."""
    return _rule_replaced(voting.arm_prevote_timer, lambda state, rules: None)


def no_precommit_timer() -> AbstractContextManager[Any]:
    """Rule 7 is missing."""
    return _rule_replaced(voting.arm_precommit_timer, lambda state, rules: None)


def no_skipping() -> AbstractContextManager[Any]:
    """Rule 9 is missing."""
    return _rule_replaced(voting.skip, lambda state, rules: None)


def nil_quorum_unlocks() -> AbstractContextManager[Any]:
    """Rule 6 drops the lock."""

    def unlocking(state: Any, rules: Rules) -> Any:
        outcome = precommit_nil(state, rules)
        return outcome and (replace(outcome[0], locked=None), outcome[1])

    precommit_nil = voting.precommit_nil
    return _rule_replaced(precommit_nil, unlocking)


def commit_not_named_first() -> AbstractContextManager[Any]:
    """The signer file does not name a height before the database has it."""
    return patch.object(Signer, "before_commit", lambda self, height: None)


def no_block_sync() -> AbstractContextManager[Any]:
    """Nobody asks for the blocks it missed."""
    return patch.object(Driver, "_follow", lambda self: None)


@contextmanager
def _several(*patches: AbstractContextManager[Any]) -> Iterator[None]:
    with ExitStack() as stack:
        for one in patches:
            stack.enter_context(one)
        yield


MUTANTS: dict[str, Mutant] = {
    mutant.__name__.replace("_", " "): mutant
    for mutant in (
        no_lock,
        lock_not_persisted,
        no_signer_guard,
        signer_file_not_written,
        torn_frame_left_in_place,
        first_vote_wins,
        no_regossip,
        quorum_minus_one,
        duplicate_signer_counted,
        no_domain_tag,
        certificate_not_checked,
        evidence_counted_twice,
        wrong_proposer_accepted,
        exponential_timers,
        valid_value_forgotten,
        peers_not_asked,
        anyone_is_a_witness,
        forgetful_witnesses_never_count,
        clock_bound_not_asked,
        past_not_bounded,
        allowed_delay_never_grows,
        no_prevote_timer,
        no_precommit_timer,
        no_skipping,
        nil_quorum_unlocks,
        commit_not_named_first,
        no_block_sync,
    )
}
