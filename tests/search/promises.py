"""What holds in every state, whatever the rules are: computed from what was said alone, with numbers of its own."""

from __future__ import annotations

from collections.abc import Sequence

from search.words import NIL, QUORUM, Language, Word

from chainbill.ledger.vote import NO_ROUND, VoteType

FAULTY_ONES = 1


class Promises:
    """The promises of one language; each method gives the names of those that are broken, for the most none."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def of_step(
        self, before: int, after: int, others: Sequence[int], decided: tuple[int, int] | None
    ) -> tuple[str, ...]:
        """An honest node that had said `before` has said `after`, while the others have said `others`."""
        said = self._language.said(after & ~before)
        everybody = (after, *others)
        broken: list[str] = []
        for word in said:
            earlier = [one for one in self._language.said(after) if one != word]
            if word.type is VoteType.PRECOMMIT and word.value != NIL:
                if self._prevotes(everybody, word.round, word.value) < QUORUM:
                    broken.append("lock rule: a precommit without a quorum of prevotes")
            elif word.type is VoteType.PREVOTE and word.value != NIL and not self._is_free(word, earlier, everybody):
                broken.append("lock rule: a prevote against the lock")
            elif word.valid_round != NO_ROUND and self._prevotes(everybody, word.valid_round, word.value) < QUORUM:
                broken.append("lock rule: a proposal as valid that was not")
        if decided is not None:
            broken += self._of_decision(everybody, *decided)
        return tuple(broken)

    def looks_at(self, before: int, after: int, decided: tuple[int, int] | None) -> int:
        """The words of others on which the answer of `of_step` depends, as bits."""
        said = {word.value for word in self._language.said(after & ~before) if word.value != NIL}
        bits = sum([
            self._language.bit[word] for word in self._language.words
            if word.type is VoteType.PREVOTE and word.value in said
        ])  # fmt: skip
        if decided is not None:
            value, round_ = decided
            bits |= sum([
                self._language.bit[word] for word in self._language.words
                if word.value == value
                and ((word.type, word.round) == (VoteType.PRECOMMIT, round_) or word.type is VoteType.PROPOSAL)
            ])  # fmt: skip
        return bits

    def _is_free(self, word: Word, earlier: Sequence[Word], everybody: Sequence[int]) -> bool:
        """Whether a prevote does not contradict the last precommit for a block, or a later quorum explains it."""
        locks = [
            one for one in earlier
            if one.type is VoteType.PRECOMMIT and one.value != NIL and one.round < word.round
        ]  # fmt: skip
        if not locks:
            return True
        lock = max(locks, key=lambda one: one.round)
        if lock.value == word.value:
            return True
        return any(
            self._prevotes(everybody, round_, word.value) >= QUORUM for round_ in range(lock.round, word.round)
        )  # fmt: skip

    def _of_decision(self, everybody: Sequence[int], value: int, round_: int) -> list[str]:
        language = self._language
        broken = []
        if self._votes(everybody, Word(VoteType.PRECOMMIT, round_, value)) < QUORUM:
            broken.append("forgery: decided without a quorum of precommits")
        proposer = language.publics.index(language.blocks[value].header.proposer)
        turn = next((one for one in range(round_ + 1) if language.proposer(one) == proposer), None)
        if turn is None:
            broken.append("turn")
        elif proposer != language.faulty and not self._has_said(everybody, Word(VoteType.PROPOSAL, turn, value)):
            broken.append("validity: decided what its proposer never proposed")
        return broken

    def _prevotes(self, everybody: Sequence[int], round_: int, value: int) -> int:
        return self._votes(everybody, Word(VoteType.PREVOTE, round_, value))

    def _votes(self, everybody: Sequence[int], word: Word) -> int:
        """Who may have said it: the faulty validator has said everything."""
        bit = self._language.bit.get(word, 0)
        return FAULTY_ONES + sum(said & bit != 0 for said in everybody)

    def _has_said(self, everybody: Sequence[int], word: Word) -> bool:
        bit = self._language.bit[word]
        return any(said & bit for said in everybody)
