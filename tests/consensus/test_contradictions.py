"""Whoever contradicts itself before a height is decided is reported, and nobody else, in whatever order it speaks."""

from __future__ import annotations

import random

import pytest
from chainbill_node.consensus.effects import Commit, ReportEvidence
from chainbill_node.consensus.events import VoteReceived
from consensus.consensus_kit import KEYS, NETWORK, NOW_MS, PRECOMMIT, PREVOTE, Height, block, proposal, validators, vote

from chainbill.ledger.evidence import verify_evidence
from chainbill.ledger.vote import NO_ROUND, VoteType

ROUNDS = 3
BLOCKS = [block(bytes([number])) for number in range(3)]
VALUES = [None, *BLOCKS]


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
            height.proposed(proposal(who, round_, value, valid_round))
            said.setdefault((KEYS[who].public, VoteType.PROPOSAL, round_), set()).add((value.id, valid_round))
        else:
            who, kind, value = chance.randint(1, 3), chance.choice([PREVOTE, PRECOMMIT]), chance.choice(VALUES)
            height.feed(VoteReceived(vote(who, kind, round_, value), NOW_MS))
            said.setdefault((KEYS[who].public, kind, round_), set()).add(value.id if value else None)
    found = [effect.evidence for effect in height.of(ReportEvidence)]
    for one in found:
        verify_evidence(one, NETWORK, validators())
    accused = {(one.first.validator, getattr(one.first, "type", VoteType.PROPOSAL), one.first.round) for one in found}
    assert accused == {what for what, values in said.items() if len(values) > 1}
