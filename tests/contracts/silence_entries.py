"""Entries of banks on which nobody says anything any more: they lapse, and defaults run out."""

from __future__ import annotations

from contracts.entering import enter_default, entry
from contracts.silence import QuietWorld, waits
from contracts.world import BANK2, BANK3, BANK4


@waits("entry", "entered", silent="second")
def an_entry_lapses_by_itself(world: QuietWorld) -> None:
    entered = enter_default(world)
    world.silent = (BANK2, BANK3, BANK4)
    world.day(world.plus(10))
    assert entry(world, entered)["status"] == "lapsed"
