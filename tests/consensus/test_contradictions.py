"""Whoever contradicts itself before a height is decided is reported, and nobody else, in whatever order it speaks."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from chainbill_node.consensus.effects import Commit, ReportEvidence
from chainbill_node.consensus.events import VoteReceived
from consensus.consensus_kit import KEYS, NETWORK, NOW_MS, PRECOMMIT, PREVOTE, Height, block, proposal, validators, vote

from chainbill.ledger.block import Block
from chainbill.ledger.evidence import verify_evidence
from chainbill.ledger.vote import NO_ROUND, Vote, VoteType

ROUNDS = 3
BLOCKS = [block(bytes([number])) for number in range(3)]
VALUES = [None, *BLOCKS]


def prevotes_of(round_: int, value: Block, voters: Sequence[int]) -> tuple[Vote, ...]:
    """As a proposal of an earlier round's block brings them."""
    return tuple(vote(who, PREVOTE, round_, value) for who in sorted(voters, key=lambda who: KEYS[who].public))


@pytest.mark.parametrize("own", [None, 0])
@pytest.mark.parametrize("seed", range(30))
def test_whoever_contradicts_itself_is_reported_and_nobody_else(seed: int, own: int | None) -> None:
    chance = random.Random(f"contradictions {seed}")
    height = Height(own).start()
    said: dict[tuple[bytes, VoteType, int], set[object]] = {}
    for _ in range(40):
        if height.of(Commit):
            break
        round_ = chance.randrange(ROUNDS)
        if chance.random() < 0.2:
            who = next(who for who in range(4) if KEYS[who].public == height.rules.proposer(round_))
            if who == own:
                continue
            value, valid_round = chance.choice(BLOCKS), chance.choice([NO_ROUND, *range(round_)])
            voters = chance.sample(range(1, 4), chance.randint(0, 3)) if valid_round != NO_ROUND else ()
            height.proposed(proposal(who, round_, value, valid_round, prevotes_of(valid_round, value, voters)))
            proposed = said.setdefault((KEYS[who].public, VoteType.PROPOSAL, round_), set())
            if len(proposed) < 2:
                proposed.add((value.id, valid_round))
            for voter in voters if (value.id, valid_round) in proposed else ():  # a third one is not looked at
                said.setdefault((KEYS[voter].public, PREVOTE, valid_round), set()).add(value.id)
        else:
            who, kind, value = chance.randint(1, 3), chance.choice([PREVOTE, PRECOMMIT]), chance.choice(VALUES)
            height.feed(VoteReceived(vote(who, kind, round_, value), NOW_MS))
            said.setdefault((KEYS[who].public, kind, round_), set()).add(value.id if value else None)
    found = [effect.evidence for effect in height.of(ReportEvidence)]
    for one in found:
        verify_evidence(one, NETWORK, validators())
    accused = {(one.first.validator, getattr(one.first, "type", VoteType.PROPOSAL), one.first.round) for one in found}
    assert accused == {what for what, values in said.items() if len(values) > 1}
