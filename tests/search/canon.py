"""When two states of a node are one for the search, and what a node may forget between two events.

A node forgets what it has heard, except its own words: whatever was said may come to it again at any time, so it can do
all that it could have done, and now and then more. Why nothing is lost by that, nor by what is not compared:
docs/decisions/0067.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from chainbill_node.consensus.book import Book, RoundBook, Tally
from chainbill_node.consensus.opening import own_message
from chainbill_node.consensus.signer_frames import SignerFileError
from chainbill_node.consensus.signer_memory import recover_memory
from chainbill_node.consensus.state import Step
from chainbill_node.wire.messages import Choice, Proposal
from msgspec.structs import replace
from search.nodes import Held, Node
from search.words import NOW_MS, Language
from sim.world import NETWORK

from chainbill.ledger.vote import NO_ROUND

COMPARED = {
    "round", "step", "locked", "valid", "signing", "resume_round", "first_round", "why",
}  # fmt: skip
SET_ASIDE = {
    "height": "there is one",
    "book": "only the own words are kept, and they are compared as what was sent",
    "blocks": "every block is here: one that is not is a vote for it that comes later",
    "asked_blocks": "as above",
    "received_ms": "time stands still: every proposal is timely",
    "now_ms": "time stands still",
    "started_ms": "time stands still",
    "round_ms": "time stands still",
    "prevote_armed": "any timer may fire at any time",
    "precommit_armed": "any timer may fire at any time",
    "answered": "whoever asks is answered at once, and has heard nothing meanwhile",
    "knowing": "as above",
    "listened": "as above",
    "own_messages": "read in the signer file",
    "wake": "a height that has begun is awake",
    "noticed": "any timer may fire at any time",
}
"""Each field of a state is compared or set aside for a reason (test_search_canon)."""


def forgetful(held: Held, node: Node) -> Held:
    """What is held, without what was heard."""
    state = replace(
        held.state, book=only_own(held.state.book, node.rules.own or b""), blocks=node.blocks, asked_blocks=frozenset(),
        received_ms={}, now_ms=NOW_MS, started_ms=NOW_MS, round_ms=NOW_MS, prevote_armed=False, precommit_armed=False,
        answered=frozenset(), knowing=frozenset(), listened=False, noticed=False,
    )  # fmt: skip
    return Held(
        state, held.file, held.signer, held.has_signed, held.sent, held.restarts, held.decided,
        tuple(sorted(set(held.faults))),
    )  # fmt: skip


def only_own(book: Book, own: bytes) -> Book:
    """The own messages of a book."""
    rounds = {}
    for number, here in book.rounds.items():
        proposals = tuple([header for header in here.proposals if header.validator == own])
        prevotes, precommits = _own_votes(here.prevotes, own), _own_votes(here.precommits, own)
        if proposals or prevotes.senders or precommits.senders:
            rounds[number] = RoundBook(proposals, prevotes, precommits)
    return Book(rounds)


def _own_votes(tally: Tally, own: bytes) -> Tally:
    if own not in tally.senders:
        return Tally()
    return Tally(
        {value: {own: votes[own]} for value, votes in tally.by_value.items() if own in votes}, {own: tally.senders[own]}
    )


def key(held: Held, node: Node) -> Hashable:
    """Two nodes with the same key can do the same, as far as the search goes."""
    language, state = node.language, held.state
    told = still_told(held, language)
    if held.decided is not None:  # what comes after it belongs to the next height
        return (held.decided[0], told, held.restarts, held.faults)
    valid = choice_key(state.valid, language)
    if state.valid_round < state.round and not node.proposes_after(state.round - 1):
        valid = None
    back = remembered(held.file, node) if held.restarts < language.bounds.restarts else None
    begun = state.step > Step.WAIT
    return (
        state.round, int(state.step), choice_key(state.locked, language), valid, int(state.signing), state.why,
        0 if begun else state.resume_round, 0 if begun else state.first_round, back, told, held.restarts, held.faults,
    )  # fmt: skip


def still_told(held: Held, language: Language) -> int:
    """The words of a node that can still make a difference to others: nil of a past round brings nobody anywhere that a
    timer does not."""
    gone = language.nil_before[language.bounds.rounds if held.decided is not None else max(0, held.state.round)]
    return held.sent & ~gone


def choice_key(choice: Choice | None, language: Language) -> tuple[int, int] | None:
    """Which of the prevotes stand behind it makes no difference: all were said, and can be heard again."""
    return None if choice is None else (language.value(choice.block.id), choice.round)


@lru_cache(maxsize=65_536)
def remembered(file: bytes, node: Node) -> Hashable:
    """What a signer file gives back after a restart: the last round with what was signed there, lock, valid value."""
    language = node.language
    try:
        memory = recover_memory(file, NETWORK, node.key.public)
    except SignerFileError as error:
        return (error.reason, file)
    last = max([round_ for round_, _ in memory.messages], default=NO_ROUND)
    bits = 0
    for (round_, _), data in memory.messages.items():
        if round_ == last:
            message = own_message(data)
            bits |= language.bit[language.word_of(message.header if isinstance(message, Proposal) else message)]
    valid = choice_key(memory.valid, language) if node.proposes_after(last - 1) else None
    return (last, bits, choice_key(memory.lock, language), valid, memory.height, memory.whole_bytes == len(file))
