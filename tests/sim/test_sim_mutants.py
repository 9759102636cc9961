"""Every broken protocol is caught by a generic checker, on scenarios which the unbroken one passes."""

from __future__ import annotations

import pytest
from sim.mutants import MUTANTS
from sim.scripts import fired

pytestmark = pytest.mark.untraced

KILLED_BY = {
    "no lock": ("locked-ones-refuse-another-block", "agreement"),
    "lock not persisted": ("lock-survives-a-crash", "agreement"),
    "no signer guard": ("same-bytes-after-a-restart", "one signature"),
    "signer file not written": ("torn-signer-frame", "recovery"),
    "torn frame left in place": ("torn-signer-frame", "recovery"),
    "first vote wins": ("halves-of-an-equivocation", "liveness"),
    "no regossip": ("first-precommits-lost", "liveness"),
    "quorum minus one": ("two-and-two", "certificate"),
    "duplicate signer counted": ("everyone-signs-twice-delivered", "certificate"),
    "no domain tag": ("forged-precommits", "forgery"),
    "certificate not checked": ("liar-about-blocks", "certificate"),
    "evidence counted twice": ("two-proposals", "evidence"),
    "wrong proposer accepted": ("out-of-turn", "turn"),
    "exponential timers": ("nine-rounds-fail", "liveness"),
    "valid value forgotten": ("halves-of-an-equivocation", "liveness"),
    "peers not asked": ("old-copy-of-the-signer-file", "one signature"),
    "anyone is a witness": ("observers-are-no-witnesses", "one signature"),
    "forgetful witnesses never count": ("power-cut-for-all-but-one", "liveness"),
    "clock bound not asked": ("from-the-future", "time"),
    "past not bounded": ("from-the-past", "time"),
    "allowed delay never grows": ("two-clocks-ahead", "liveness"),
    "no prevote timer": ("two-and-two", "liveness"),
    "no precommit timer": ("proposer-away", "liveness"),
    "no skipping": ("laggard-skips-rounds", "liveness"),
    "nil quorum unlocks": ("locked-ones-refuse-another-block", "agreement"),
    "commit not named first": ("away-and-back", "recovery"),
    "no block sync": ("away-and-back", "liveness"),
}
"""Which checker fires, and on which script of tests/transcripts (others may fire as well)."""


@pytest.mark.parametrize("scenario", sorted({scenario for scenario, _ in KILLED_BY.values()}))
def test_the_unbroken_protocol_passes(scenario: str) -> None:
    assert fired(scenario) == ""


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_killed(mutant: str) -> None:
    scenario, checker = KILLED_BY[mutant]
    with MUTANTS[mutant]():
        found = fired(scenario)
    print(f"{mutant}: killed by the {found} checker on {scenario}")
    assert found == checker
    assert fired(scenario) == "", "the patch is off again"


def test_every_mutant_is_listed_with_its_checker() -> None:
    assert KILLED_BY.keys() == MUTANTS.keys()
    assert {checker for _, checker in KILLED_BY.values()} == {
        "agreement", "certificate", "evidence", "forgery", "liveness", "one signature", "recovery", "time", "turn",
    }  # fmt: skip
