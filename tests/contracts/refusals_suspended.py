"""Refusals of what waits for an agreed financing whose bank's money may be under way."""

from __future__ import annotations

from contracts.freezing import enter, freeze
from contracts.refusals import refuses
from contracts.world import BANK1, BANK2, S1, S2, World, accepted_bill, ask, bid, disburse, settle


def _agreed(world: World) -> tuple[str, str, str]:
    """(bill, token, quote) of an agreement of today."""
    bill, token = accepted_bill(world, face=1_000)
    request = ask(world, token, BANK2, amount=1_000)["request"]
    quote = bid(world, request, BANK2, rate=0)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    return bill, token, quote


@refuses("agreement_suspended")
def money_of_the_day_of_a_freeze(world: World) -> None:
    _, token, quote = _agreed(world)
    freeze(world, token, 1)
    disburse(world, BANK2, quote)


@refuses("freeze_suspends")
def give_cents_of_an_agreed_token(world: World) -> None:
    _, token, _ = _agreed(world)
    made = freeze(world, token, 300)
    enter(world, "transfer", {"freeze": made, "amount": 0}, beneficiary=S2)


@refuses("freeze_suspends")
def release_a_part_of_an_agreed_token(world: World) -> None:
    _, token, _ = _agreed(world)
    made = freeze(world, token, 300)
    enter(world, "release", {"freeze": made, "amount": 100})


@refuses("payment_awaits_financing")
def instruct_what_waits_for_a_bank(world: World) -> None:
    bill, token, _ = _agreed(world)
    settle(world, bill, 1_000)
    world.call(BANK1, "settlement", "pay_result", bill=bill, token=token, status="instructed", reference="P-1")
