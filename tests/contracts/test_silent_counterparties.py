"""Who says nothing any more keeps nobody: for all that waits, the way out that needs no word of who is silent.

Each case brings about what waits, lets one side fall silent for good, and ends it without an act of that side. Two
tables say what there is to wait for, so that a new status or a new open item asks for its case: the steps of the
reference, and what `standing.open_items` counts.
"""

from __future__ import annotations

import pytest
from contracts.gathered import WAITS_FOR, load
from contracts.invariants import STEPS, check_all
from contracts.silence import WAITS, QuietWorld, Wait
from contracts.world import S1, World

load(WAITS_FOR)

ASKS_NOBODY = {
    ("account", "active"): "it acts; a change of it is the case beside it",
    ("account", "ended"): "the party announces another",
    ("bill", "active"): "its day comes",
    ("bill", "due"): "its day comes",
    ("bill", "settled"): "over, as long as its bank does not take the receipt back",
    ("claim", "expired"): "over: the holder may ask again",
    ("claim", "refused"): "likewise",
    ("claim", "withdrawn"): "likewise",
    ("default", "expired"): "over: another may be recorded",
    ("default", "in_force"): "it ends by itself after twelve months",
    ("default", "lifted"): "over, likewise",
    ("entry", "ratified"): "a default ends by itself; for a struck invoice see there",
    ("grant", "active"): "the party that gave it ends it",
    ("grant", "revoked"): "over",
    ("guarantee", "active"): "it ends with its bill",
    ("guarantee", "ended"): "over, as long as no receipt of its bill is taken back",
    ("invoice", "occupied"): "every exit of its bills gives it back",
    ("invoice", "over_occupied"): "its bills are paid all the same; financing waits for what both sides agree to",
    ("invoice", "part_occupied"): "every exit of its bills gives it back",
    ("invoice", "registered"): "over",
    ("invoice", "struck"): "its bills are paid all the same; another invoice takes its place, or banks lift it",
    ("key", "resting"): "back with the end of the insolvency, by a vote if by nobody else",
    ("key", "revoked"): "over",
    ("label", "expired"): "over",
    ("label", "revoked"): "over",
    ("mandate", "ended"): "over",
    ("mark", "none"): "over",
    ("mark", "recovered"): "over, as long as no receipt of it is taken back",
    ("mark", "written_off"): "it stays so until money comes, or until its holder takes it back",
    ("party", "closed"): "over",
    ("payment", "paid"): "over, as long as the money does not come back",
    ("pledge", "ended"): "over, as long as the receipt that left no cents is not taken back",
    ("pledge", "enforced"): "over, likewise",
    ("product", "active"): "its anchor reports events or not, and any side retires it",
    ("receipt", "standing"): "it stays so",
    ("request", "disbursed"): "the bank has its token; what is left is the debtor's to pay",
    ("request", "ended"): "over, likewise: what was lost of it comes from nobody",
    ("request", "repaid"): "over, as long as no receipt of it is taken back",
    ("prepayment", "ended"): "over: the token is free, and the holder may offer it again",
    ("sale", "ended"): "over: the token is free, and the seller may offer it again",
    ("token", "settled"): "over, likewise",
}
"""Statuses out of which a step leads and in which nobody waits for another's word."""
CLAIMS = {
    "holder": "who holds what a debtor does not pay is owed that, and stays: no silence ends a claim",
    "debtor": "who owes it, likewise",
}
"""Open items that a silence leaves open, and why that is right: none of them waits for a word."""


@pytest.mark.parametrize("wait", [pytest.param(one, id=one.name) for one in WAITS])
def test_nobody_is_kept_by_silence(backend: str, wait: Wait) -> None:
    """attack: one side says no more, and the other never closes, leaves, is succeeded or has its token back."""
    world = QuietWorld("plain" if wait.changes else backend, changes=wait.changes)
    wait.way(world)
    assert world.failed_items == []
    check_all(world)


def test_all_that_waits_has_a_way_out() -> None:
    """A status out of which a step leads is somebody's to wait in: it has a case, or a reason why nobody waits."""
    waiting = {(kind, before) for kind, steps in STEPS.items() for before, _ in steps}
    cases = {(one.kind, one.status) for one in WAITS}
    assert cases | set(ASKS_NOBODY) == waiting
    assert not cases & set(ASKS_NOBODY)


def test_all_that_keeps_a_party_open_has_a_way_out() -> None:
    items = set(World().view("standing", "open_items", party=S1)) - {"party", "holdings"}
    roles = {"holder", "debtor", "payee_open", "paying_bank_open"}
    freed = {one.frees for one in WAITS if one.frees}
    assert freed | set(CLAIMS) == items | roles
    assert not freed & set(CLAIMS)
