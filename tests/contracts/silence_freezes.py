"""Orders of courts on which nobody says anything any more: they lapse, and freezes run out."""

from __future__ import annotations

from contracts.freezing import freeze, frozen, objected, order_status, ratified, standing, transfer_of
from contracts.silence import QuietWorld, waits
from contracts.world import BANK2, BANK3, BANK4, S1, accepted_bill


@waits("legal_order", "entered", silent="second")
def an_order_lapses_by_itself(world: QuietWorld) -> None:
    token = accepted_bill(world, face=100)[1]
    made = freeze(world, token, 100)
    world.silent = (BANK2, BANK3, BANK4)
    world.day(world.plus(10))
    assert world.token(token)["locks"] == []
    assert standing(world, made) == "ended"


@waits("legal_order", "ratified", silent="party")
def a_transfer_acts_where_nobody_objects(world: QuietWorld) -> None:
    token = accepted_bill(world, face=100)[1]
    order = transfer_of(world, frozen(world, token, 100))
    ratified(world, order)
    world.silent = (S1,)
    world.day(world.plus(10))
    assert order_status(world, order) == "carried_out"


@waits("legal_order", "objected", silent="voters")
def a_transfer_that_was_objected_to_ends_where_nobody_votes(world: QuietWorld) -> None:
    token = accepted_bill(world, face=100)[1]
    order = transfer_of(world, frozen(world, token, 100))
    ratified(world, order)
    objected(world, order)
    world.silent = (BANK2, BANK3, BANK4)
    world.day(world.plus(20))
    assert order_status(world, order) == "stopped"


@waits("freeze", "in_force", silent="bank")
def a_freeze_runs_out(world: QuietWorld) -> None:
    token = accepted_bill(world, face=100)[1]
    made = frozen(world, token, 100)
    world.day(world.plus(91))
    assert standing(world, made) == "ended"


@waits("freeze", "waiting", silent="bank")
def one_that_waits_comes_into_force_and_runs_out(world: QuietWorld) -> None:
    token = accepted_bill(world, face=100)[1]
    frozen(world, token, 100)
    made = frozen(world, token, 100)
    world.day(world.plus(91))
    assert standing(world, made) == "in_force"
    world.day(world.plus(91))
    assert standing(world, made) == "ended"
