"""Random lives of overdue bills: guarantors pay, holders write off, courts freeze, money comes and is reversed; and no
settlement is ever stopped, and all comes to an end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from contracts.guaranteeing import GUARANTOR, SECOND, demand, guarantee
from contracts.invariants import StatusWatch, check_all
from contracts.test_life_of_reversals import Life
from contracts.world import BANK1, BANK2, S2, World, accepted_bill, finance, offer, settle
from contracts.writing_off import undo, write_off

from chainbill.errors import Refused
from contracts import guaranteeing

BEGIN = ("finance", "pledge", "pay", "freeze", "guarantee", "day")
ACTS = (
    *("settle", "reverse", "pay_for_debtor") * 3, *("write_off", "undo") * 2, "demand", "split", "merge", "freeze",
    "release", "transfer", "ratify", "ratify", "lower", "report", "proceed", "day",
)  # fmt: skip
SMALL_STEPS = {"settlement": ("MOST_LEAVES_BACK = 1500", "MOST_LEAVES_BACK = 25")}


class OverdueLife(Life):
    """One world under one seed: bills pass on while they may, and are overdue then."""

    def __init__(self, seed: int, changes: Mapping[str, tuple[str, str]] | None) -> None:
        super().__init__(seed, changes)
        self.world = World(changes=changes, members=guaranteeing.members())
        self.bills = [accepted_bill(self.world, face=1_000, due_on="2026-03-09")[0] for _ in range(2)]
        self.paid = self.marked = 0

    def guarantee(self) -> None:
        guarantee(self.world, self.rng.choice(self.bills), self.rng.choice((GUARANTOR, SECOND)))

    def finance(self) -> None:
        token = self.some("token", "token", "live")
        finance(self.world, token["id"], BANK2, self.rng.randint(1, token["hi"] - token["lo"]))

    def pay(self) -> None:
        token = self.some("token", "token", "live")
        made = offer(self.world, token["id"], (S2, self.rng.randint(1, token["hi"] - token["lo"])))
        self.world.call(S2, "token", "accept", token=made["tokens"][0])

    def pay_for_debtor(self) -> None:
        row = self.some("guarantee", "guarantee", "active")
        live = [one for one in self.world.leaves(row["bill"]) if one["status"] == "live"]
        tokens = [one["id"] for one in self.rng.sample(live, min(len(live), self.rng.randint(1, 3)))]
        guaranteeing.pay(self.world, row["bill"], *tokens, guarantor=row["guarantor"])
        self.paid += 1

    def demand(self) -> None:
        row, token = self.some("guarantee", "guarantee", "active"), self.some("token", "token", "live")
        demand(self.world, row["bill"], token["id"], guarantor=row["guarantor"])

    def write_off(self) -> None:
        token = self.some("token", "token", "live")
        write_off(self.world, token["id"], token["holder"])
        self.marked += 1

    def undo(self) -> None:
        token = self.some("token", "token", "live", "settled")
        undo(self.world, token["id"], token["holder"])

    def split(self) -> None:
        token = self.some("token", "token", "live")
        self.world.call(token["holder"], "token", "split", token=token["id"], amounts=[self.rng.randint(1, 50)])

    def merge(self) -> None:
        token = self.some("token", "token", "live")
        beside = [one for one in self.world.leaves(token["bill"]) if one["lo"] == token["hi"]]
        named = [token["id"], *[one["id"] for one in beside]]
        self.world.call(token["holder"], "token", "merge", tokens=named)


def check_marks(world: World) -> None:
    """What is recovered of a mark is what was paid of its cents since, by the debtor or a guarantor."""
    marks = [row for _, row in world.rows("write_off", "mark")]
    for mark in marks:
        if mark["status"] == "none":
            continue
        paid = sum(
            max(0, min(mark["hi"], token["hi"]) - max(mark["lo"], token["lo"]))
            for _, token in world.rows("token", "token")
            if token["origin"] == mark["origin"] and (token["status"] == "settled" or _bought(world, token))
        )
        assert mark["recovered"] == paid
        assert (mark["status"] == "recovered") == (paid == mark["amount"])
    standing = [row for row in marks if row["status"] != "none"]
    assert {row["token"] for _, row in world.rows("write_off", "filed")} == {row["token"] for row in standing}
    counts = {key[0]: row["count"] for key, row in world.rows("write_off", "written")}
    assert counts == {bill: sum(row["bill"] == bill for row in standing) for bill in {row["bill"] for row in standing}}


def _bought(world: World, token: dict[str, Any]) -> bool:
    hop = world.row("token", "hop", token["into"][0]) if token["status"] == "moved" else None
    return bool(hop) and hop["kind"] == "guarantee"


@pytest.mark.parametrize("changes", [None, SMALL_STEPS], ids=["whole", "in small steps"])
@pytest.mark.parametrize("seed", range(8))
def test_whatever_becomes_of_overdue_bills_everything_holds(
    seed: int, changes: Mapping[str, tuple[str, str]] | None
) -> None:
    life, watch = OverdueLife(seed, changes), StatusWatch()
    world = life.world
    for act in [life.rng.choice(BEGIN[:-1]) for _ in range(12)] + ["day"] * 10:
        _try(life, act, watch)
    for _ in range(70):
        _try(life, life.rng.choice(ACTS), watch)
        check_marks(world)
    for bill in life.bills:  # whatever stands on its tokens, the debtor can pay, and then nothing is owed
        while world.row("settlement", "step", bill):
            world.call(BANK1, "settlement", "proceed", bill=bill)
        left = world.bill(bill)["face"] - world.bill(bill)["settled"]
        if left:
            assert settle(world, bill, left)["complete"]
        assert world.bill(bill)["status"] == "settled"
    check_all(world)
    check_marks(world)
    assert {row["status"] for _, row in world.rows("guarantee", "guarantee")} <= {"ended"}
    assert all(row["status"] != "written_off" for _, row in world.rows("write_off", "mark"))
    assert life.paid or life.marked


def _try(life: OverdueLife, act: str, watch: StatusWatch) -> None:
    reason = ""
    try:
        getattr(life, act)()
    except Refused as refusal:
        reason = str(refusal.reason)
    assert not reason.startswith("core_"), reason
    assert life.world.failed_items == []
    check_all(life.world)
    watch.check(life.world)
