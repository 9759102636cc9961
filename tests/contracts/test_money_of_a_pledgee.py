"""What a pledgee has received, in whatever order its payments are made, come back, wait and are made again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from contracts.invariants import check_all
from contracts.pledging import act, enforce, pledge, row_of, told
from contracts.world import BANK2, S1, World, accepted_bill, as_two, settle

from chainbill.errors import Refused

NEXT = {
    "instructed": ("paid", "returned"),
    "paid": ("returned",),
    "returned": ("instructed", "set_aside"),
    "set_aside": ("instructed",),
}
"""What a bank may say next of a payment that stands so."""


def paths(status: str, steps: int) -> Iterator[tuple[str, ...]]:
    """All that can become of a payment in so many steps."""
    if steps == 0:
        yield ()
    else:
        for after in NEXT[status]:
            yield from ((after, *rest) for rest in paths(after, steps - 1))


def become(world: World, bill: str, token: str, status: str) -> None:
    """Money that came back is set aside by its day, after the 30 in which it waits; else the bank says it."""
    if status == "set_aside":
        world.day(world.plus(31))
    else:
        told(world, bill, token, status, f"W-{world.height}")
    assert world.row("settlement", "payment", [bill, token])["status"] == status


@pytest.mark.parametrize("path", list(paths("instructed", 5)), ids=" ".join)
@pytest.mark.parametrize("secured", [100, 250])
def test_a_pledgee_has_received_what_did_not_come_back(world: World, path: tuple[str, ...], secured: int) -> None:
    """Covered by it or not; and the payee may say at any time that it came."""
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=secured)
    paid = settle(world, bill, 100, partial=True)["payments"][0]
    assert (paid["party"], paid["amount"]) == (BANK2, 100)
    there = True
    for status in path:
        become(world, bill, paid["token"], status)
        there = status in ("paid", "instructed")
        if row_of(world, made)["status"] != "paid":
            assert row_of(world, made)["received"] == (100 if there else 0)
        check_all(world)
    if path[-1] != "paid":
        as_two(world, BANK2, "settlement", "acknowledge", bill=bill, token=paid["token"])
        assert row_of(world, made)["received"] == 100
    check_all(world)
    settle(world, bill, 900)
    got = sum(row["amount"] for _, row in world.rows("settlement", "payment") if row["party"] == BANK2)
    assert got == min(secured, 1_000)
    assert S1 in {row["party"] for _, row in world.rows("settlement", "payment")}
    check_all(world)


@pytest.mark.parametrize(("owed", "payee"), [(150, BANK2), (200, ""), (250, S1)])
def test_a_pledgee_has_in_tokens_and_in_money_what_is_secured(world: World, owed: int, payee: str) -> None:
    """100 came back, and it takes tokens: the 100 are its own where it lacks as much, the holder's where it has all."""
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=250)
    paid = settle(world, bill, 100, partial=True)["payments"][0]
    told(world, bill, paid["token"], "returned", "W-1")
    world.day(world.plus(31))
    enforce(world, made, owed)
    act(world, S1, "agree_enforcement", made)
    check_all(world)
    if not payee:  # nobody shares one payment out
        with pytest.raises(Refused, match="payment_above_secured"):
            told(world, bill, paid["token"], "instructed", "W-2")
        return
    told(world, bill, paid["token"], "instructed", "W-2")
    assert world.row("settlement", "payment", [bill, paid["token"]])["party"] == payee
    check_all(world)
