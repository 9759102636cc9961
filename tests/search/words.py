"""What can be said at one height by four validators, one of which is faulty: the finite language of the search.

A word is what a message says without who says it: (type, round, value, valid round). Each has a number, and what a
node has said is a set of words, held as bits. Signatures are a stand-in at the edge (`cheap_signatures`): a hash over
key and message, which nobody has but who signs, and which the real checks of signatures compare.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple
from unittest.mock import patch

from chainbill_node.sync.blocks import refusal
from chainbill_node.wire.messages import Proposal
from sim.ledger import GENESIS_TIME_MS, Store, build
from sim.world import NETWORK, keys

from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.ledger.vote import NO_ROUND, ProposalHeader, Vote, VoteType, sign_proposal, sign_vote

VALIDATORS = 4
QUORUM = 3
HEIGHT = 1
NIL = -1
FORMER = VALIDATORS
"""The place of the former validator, behind those that vote."""
NOW_MS = GENESIS_TIME_MS + 1_000
VOTES = (VoteType.PREVOTE, VoteType.PRECOMMIT)


class Word(NamedTuple):
    """`value` is the number of a block, NIL for nil; `valid_round` −1 but for proposals of what was valid."""

    type: VoteType
    round: int
    value: int
    valid_round: int = NO_ROUND


@dataclass(frozen=True)
class Bounds:
    """How far a search goes. turn: the round in which the faulty validator proposes (3: later than all others).

    rounds: how many there are, from 0. restarts: of all honest nodes together. torn: a crash may leave half a frame.
    older: a restart may find any older copy of the signer file, or one that says that it was lost. former: somebody who
    voted until the height before, and votes no more, says what it likes beside the faulty validator.
    """

    turn: int = 0
    rounds: int = 2
    restarts: int = 0
    torn: bool = False
    older: bool = False
    former: bool = False

    def __str__(self) -> str:
        text = f"faulty proposer of round {self.turn}, rounds 0 to {self.rounds - 1}, restarts: {self.restarts}"
        more = {"torn writes": self.torn, "older or lost signer files": self.older, "a former validator": self.former}
        return ", ".join([text, *[what for what, is_so in more.items() if is_so]])


class CheapKey:
    """A key of consensus with the stand-in signature."""

    def __init__(self, public: bytes) -> None:
        self.public = public

    def sign(self, domain: str, message: bytes) -> bytes:
        return hashlib.blake2b(self.public + domain.encode() + b"|" + message, digest_size=64).digest()


@cache
def cheap_verify(public: bytes, domain: str, message: bytes, signature: bytes) -> bool:
    return CheapKey(public).sign(domain, message) == signature


@contextmanager
def cheap_signatures() -> Iterator[None]:
    """All checks of consensus signatures compare the stand-in."""
    with ExitStack() as stack:
        for place in ("vote", "certificate"):
            stack.enter_context(patch(f"chainbill.ledger.{place}.verify", cheap_verify))
        yield


class Language:
    """Validators, blocks and words of a bound. `faulty`: the place of the faulty validator, `honest`: the others'."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.publics = [key.public for key in keys(VALIDATORS)]
        self.keys = [CheapKey(public) for public in self.publics]
        self.validators = ValidatorSet.of([Validator(key, f"n{n}", "", "") for n, key in enumerate(self.publics)])
        self.faulty = self.proposer(bounds.turn)
        self.honest = [place for place in range(VALIDATORS) if place != self.faulty]
        self.before = self._set_before()
        self.blocks, self.born = self._make_blocks()
        self.value_of = {block.id: number for number, block in enumerate(self.blocks)}
        self.words = self._make_words()
        self.number = {word: number for number, word in enumerate(self.words)}
        self.nil_before = [self._nil_before(round_) for round_ in range(bounds.rounds + 1)]
        self.bit = {word: 1 << number for number, word in enumerate(self.words)}

    def _set_before(self) -> ValidatorSet:
        """Who decided the height before: the former validator in the place of an honest one that has just come in."""
        if not self.bounds.former:
            return self.validators
        joined = self.publics[self.honest[-1]]
        key = (int.from_bytes(joined, "big") + 1).to_bytes(32, "big")  # nothing between: the others keep their turns
        self.keys.append(CheapKey(key))
        others = [one for one in self.validators.validators if one.key != joined]
        return ValidatorSet.of([Validator(key, "former", "", ""), *others])

    @staticmethod
    def proposer(round_: int) -> int:
        """The place of the proposer of a round of height 1."""
        return (HEIGHT + round_) % VALIDATORS

    def _make_blocks(self) -> tuple[list[Block], list[int]]:
        """One block for each honest proposer, two for the faulty one; and the first round in which one can be meant."""
        state = Store.genesis(self.validators).tip
        made: list[tuple[int, bytes, int]] = []
        for round_ in range(self.bounds.rounds):
            place = self.proposer(round_)
            names = (b"one", b"other") if place == self.faulty else (b"own",)
            made += [(place, name, round_) for name in names]
        if self.bounds.turn >= self.bounds.rounds:
            made.append((self.faulty, b"one", 0))
        blocks = [build(state, NETWORK, NOW_MS, self.publics[place], (name,), ()) for place, name, _ in made]
        return blocks, [born for _, _, born in made]

    def _make_words(self) -> list[Word]:
        rounds = range(self.bounds.rounds)
        words = [
            Word(kind, round_, value)
            for kind in VOTES
            for round_ in rounds
            for value in (NIL, *range(len(self.blocks)))
            if value == NIL or self.born[value] <= round_
        ]
        for round_ in rounds:
            for value, born in enumerate(self.born):
                if born <= round_:
                    words += [Word(VoteType.PROPOSAL, round_, value, valid) for valid in range(NO_ROUND, round_)]
        return words

    def _nil_before(self, round_: int) -> int:
        """The votes for nil of all earlier rounds, as bits."""
        return sum([1 << at for at, word in enumerate(self.words) if word.value == NIL and word.round < round_])

    def own_block(self, place: int) -> Block:
        """What an honest proposer builds; it has one turn in four rounds."""
        return next(block for block in self.blocks if block.header.proposer == self.publics[place])

    def block_id(self, value: int) -> bytes | None:
        return None if value == NIL else self.blocks[value].id

    def value(self, block_id: bytes | None) -> int:
        return NIL if block_id is None else self.value_of[block_id]

    @cache  # noqa: B019  one language a search
    def vote(self, place: int, word: Word) -> Vote:
        """The vote of a validator."""
        block_id = self.block_id(word.value)
        return sign_vote(
            self.keys[place], NETWORK, type=word.type, height=HEIGHT, round=word.round, block_id=block_id
        )  # fmt: skip

    @cache  # noqa: B019
    def proposal(self, place: int, word: Word, prevoters: tuple[int, ...] = ()) -> Proposal:
        """The proposal of a validator, with the prevotes of others for its value in its valid round."""
        block = self.blocks[word.value]
        header = sign_proposal(
            self.keys[place], NETWORK, height=HEIGHT, round=word.round, block_id=block.id, valid_round=word.valid_round
        )
        said = Word(VoteType.PREVOTE, word.valid_round, word.value)
        return Proposal(header, block, tuple([self.vote(one, said) for one in sorted(prevoters)]))

    def messages(self, place: int, bits: int) -> tuple[ProposalHeader | Vote, ...]:
        """What a validator has signed, of a set of words."""
        return tuple([
            self.proposal(place, word).header if word.type is VoteType.PROPOSAL else self.vote(place, word)
            for word in self.said(bits)
        ])  # fmt: skip

    def relabelled(self, place: int, word: Word) -> Vote:
        """The vote as the other type, with its signature as it is."""
        vote = self.vote(place, word)
        kind = VOTES[0] if vote.type is VOTES[1] else VOTES[1]
        return Vote(kind, vote.height, vote.round, vote.block_id, vote.validator, vote.signature)

    @cached_property
    def types_are_signed(self) -> bool:
        """Whether a signature says of which type the vote is: if not, a forger passes on one as the other."""
        return not self.relabelled(self.honest[0], Word(VOTES[0], 0, NIL)).verify(NETWORK)

    @cached_property
    def lone_certificates_are_refused(self) -> bool:
        """Whether a certificate that the faulty validator alone has signed is no certificate."""
        vote = self.vote(self.faulty, Word(VOTES[1], self.born[0], 0))
        return refusal(self.blocks[0], Certificate.from_votes([vote]), NETWORK, self.validators) is not None

    def word_of(self, message: Vote | ProposalHeader) -> Word:
        """What a message says."""
        if isinstance(message, Vote):
            return Word(message.type, message.round, self.value(message.block_id))
        return Word(VoteType.PROPOSAL, message.round, self.value(message.block_id), message.valid_round)

    def said(self, bits: int) -> list[Word]:
        """The words of a set."""
        return [word for number, word in enumerate(self.words) if bits >> number & 1]

    def name(self, value: int) -> str:
        return "nil" if value == NIL else chr(ord("A") + value)

    def told(self, word: Word) -> str:
        """A word as it is read: PREVOTE A (round 1)."""
        earlier = "" if word.valid_round == NO_ROUND else f", valid since round {word.valid_round}"
        return f"{word.type.name} {self.name(word.value)} (round {word.round}{earlier})"
