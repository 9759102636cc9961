"""Attacks that ask by acts what reads do not show: what became of a token, who was paid, how far a bill is.

Who passed a token on knows the id of the one that its recipient got (the hop names it). Reads answer 404 for it from
then on, but an act of a stranger was refused in another way after each of its ends.
"""

from __future__ import annotations

from typing import Any

import pytest
from contracts.expected import refused
from contracts.world import ANCHOR, BANK2, S1, S2, S3, World, accepted_bill, as_two, issue, pay, settle


@pytest.mark.parametrize("act", ["accept", "reject"])
def test_who_passed_a_token_on_is_not_told_what_became_of_it(world: World, act: str) -> None:
    """attack: a supplier tries to take the tokens of its customers, and hears which of them were used or paid."""
    bill, token = accepted_bill(world, face=100)
    kept, token = pay(world, token, S2, 10)
    cut, token = pay(world, token, S2, 10)
    moved, _ = pay(world, token, S2, 10)
    world.call(S2, "token", "split", token=cut, amounts=[4])
    pay(world, moved, S3, 10)
    more = {} if act == "accept" else {"reason": ""}
    for token in (kept, cut, moved):
        assert refused("not_offered_to_you", world.call, S1, "token", act, token=token, **more) == {}
    settle(world, bill, 100)
    assert world.token(kept)["status"] == "settled"
    assert refused("not_offered_to_you", world.call, S1, "token", act, token=kept, **more) == {}


@pytest.mark.parametrize("act", ["acknowledge", "pay_result"])
def test_who_was_paid_for_a_token_is_told_to_no_stranger(world: World, act: str) -> None:
    """attack: a bank or a supplier asks by an act whether a token was held until it was paid, and by whom."""
    bill, token = accepted_bill(world, face=100)
    paid = pay(world, token, S2, 10)[0]
    party, reason = (S1, "not_the_payee") if act == "acknowledge" else (BANK2, "not_the_instructing_bank")
    more: dict[str, Any] = {} if act == "acknowledge" else {"status": "paid", "reference": "X"}
    ask = {"bill": bill, "token": paid, **more}
    before = refused(reason, as_two, world, party, "settlement", act, **ask)
    settle(world, bill, 100)
    assert refused(reason, as_two, world, party, "settlement", act, **ask) == before == {}


def test_how_far_a_bill_is_is_told_to_no_stranger(world: World) -> None:
    bill = issue(world)
    for step in ((ANCHOR, "confirm"), (S1, "accept"), None):
        assert refused("not_debtor_or_creditor", world.call, S3, "bill", "reject", bill=bill, reason="") == {}
        if step is not None:
            world.call(step[0], "bill", step[1], bill=bill)
