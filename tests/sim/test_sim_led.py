"""Short plans around contested heights: what they hold, what they reach, and that the same number is the same run."""

from __future__ import annotations

import pytest
from chainbill_node import wire
from chainbill_node.wire.messages import Status, Votes
from sim import led
from sim import plan as plans
from sim.cheap import keys
from sim.findings import explain
from sim.forgeries import FORGERIES
from sim.losses import Losses
from sim.mutants import MUTANTS
from sim.plan import Crash, Join, Loss, Member, Net, OldFile, Plan
from sim.runs import judged
from sim.seeded import play_plan
from sim.seen import Seen, watching
from sim.telling import decode
from sim.world import NETWORK

from chainbill.ledger.vote import VoteType, sign_vote

SEEDS = 300
CHUNK = 25


@pytest.mark.untraced
@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_promises_hold_around_contested_heights(first: int) -> None:
    for number in range(first, first + CHUNK):
        try:
            play_plan(led.draw(number))
        except Exception as error:
            raise explain(error, "led", number) from error


def test_every_plan_is_sound_and_of_some_kind_of_fault() -> None:
    drawn = [led.draw(number) for number in range(1_000)]
    assert all(plan.sound for plan in drawn)
    assert all(plans.decode(plans.encode(plan)) == plan for plan in drawn[:50])
    events = [event for plan in drawn for event in plan.events]
    for kind in (Crash, Join, Member, Net, OldFile):
        assert sum(isinstance(event, kind) for event in events) >= 40, kind
    assert {behaviour for plan in drawn for _, behaviour in plan.liars} >= set(FORGERIES)
    assert sum(bool(plan.losses) for plan in drawn) >= 500
    assert len({plan.pace for plan in drawn}) >= 20
    assert {len(plan.voters) for plan in drawn} == {2, 3, 4, 5, 6, 7}


def test_a_plan_repeats_exactly_whoever_watches() -> None:
    plan = led.draw(11)
    before = judged(plan).log
    with watching(Seen()):
        assert judged(plan).log == before


def test_a_lost_step_takes_only_its_own_votes_away() -> None:
    key = keys(4)[0]
    votes = [
        sign_vote(key, NETWORK, type=kind, height=height, round=number, block_id=None)
        for kind in (VoteType.PREVOTE, VoteType.PRECOMMIT) for height in (1, 2) for number in (0, 1)
    ]  # fmt: skip
    data = wire.encode(Votes(tuple(votes)))
    losses = Losses([Loss("prevote", 1, 0, "n0", "n1"), Loss("status", 0, 3, "n0", "n1")])
    assert losses.pass_on("n1", "n0", data) is data
    passed = losses.pass_on("n0", "n1", data)
    assert passed is not None
    assert decode(passed) == Votes(tuple(votes[1:]))
    assert losses.pass_on("n0", "n1", wire.encode(Votes((votes[0],)))) is None
    assert losses.pass_on("n0", "n1", wire.encode(Status(7, 3, (), ()))) is None
    assert losses.pass_on("n0", "n1", wire.encode(Status(7, 2, (), ()))) is not None


def test_an_older_signer_file_is_promised_nothing_where_nobody_remembers() -> None:
    old = OldFile(100, "n0", 100, 1_000)
    assert Plan(seed=1, size=4, events=(old, Net(300, drop=1.0))).sound
    for unfair in (
        Plan(seed=1, size=4, events=(old, Crash(50, "n1", 1, 1))),
        Plan(seed=1, size=4, events=(old, Net(20, drop=0.5))),
        Plan(seed=1, size=4, events=(OldFile(100, "n0", 100, 999),)),
        Plan(seed=1, size=4, events=(old, OldFile(5_000, "n1", 1, 1_000))),
        Plan(seed=1, size=4, events=(old,), liars=(("n1", "silent"),)),
        Plan(seed=1, size=4, events=(old,), losses=(Loss("prevote", 1, 0, "n0", "n1"),)),
    ):
        assert not unfair.sound


@pytest.mark.parametrize(
    ("mutant", "checkers", "most"),
    [
        ("no lock", {"lock"}, 60),
        ("no domain tag", {"forgery", "evidence"}, 60),
        ("no signer guard", {"one signature"}, 60),
    ],
)
def test_contested_heights_kill_broken_protocols_soon(mutant: str, checkers: set[str], most: int) -> None:
    with MUTANTS[mutant]():
        assert any(judged(led.draw(number)).checker in checkers for number in range(most))
