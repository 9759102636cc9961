"""Random lives of receipts that are reversed, among pledges, freezes, financings and offers, also in small steps."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from contracts.freezing import enter, freeze, ratified
from contracts.invariants import StatusWatch, check_all
from contracts.pledging import act, pledge
from contracts.reversing import reverse
from contracts.world import BANK1, BANK2, S2, S3, World, accepted_bill, finance, settle

from chainbill.errors import Refused

ACTS = (
    *("settle", "reverse") * 5, "freeze", "freeze", "release", "transfer", "ratify", "ratify", "pledge", "lower",
    "offer", "finance", "report", "proceed", "proceed", "day",
)  # fmt: skip
SMALL_STEPS = {"settlement": ("MOST_LEAVES_BACK = 1500", "MOST_LEAVES_BACK = 25")}


class Life:
    """One world under one seed."""

    def __init__(self, seed: int, changes: Mapping[str, tuple[str, str]] | None) -> None:
        self.rng, self.world = Random(seed), World(changes=changes)
        self.bills = [accepted_bill(self.world, face=1_000, due_on=self.world.plus(20))[0] for _ in range(2)]
        self.reversed = 0

    def some(self, contract: str, table: str, *statuses: str) -> dict[str, Any]:
        """One of the rows that stand so; Refused where there is none, as if the act had been."""
        rows = [row for _, row in self.world.rows(contract, table) if row.get("status", "") in (*statuses, "")]
        if not rows:
            raise Refused("nothing")
        return dict(self.rng.choice(rows))

    def settle(self) -> None:
        bill = self.world.bill(self.rng.choice(self.bills))
        left = bill["face"] - bill["settled"]
        amount = left if self.rng.random() < 0.4 else self.rng.randint(1, max(1, left))
        settle(self.world, bill["id"], amount, partial=True)

    def reverse(self) -> None:
        newest = self.some("settlement", "newest")
        reverse(self.world, newest["reference"], by=newest["bank"])
        self.reversed += 1

    def proceed(self) -> None:
        self.world.call(BANK1, "settlement", "proceed", bill=self.rng.choice(self.bills))

    def freeze(self) -> None:
        token = self.some("token", "token", "live")
        freeze(self.world, token["id"], self.rng.randint(1, token["hi"] - token["lo"]))

    def release(self) -> None:
        enter(self.world, "release", {"freeze": self.some("legal", "freeze", "in_force", "waiting")["id"], "amount": 0})

    def transfer(self) -> None:
        item = {"freeze": self.some("legal", "freeze", "in_force")["id"], "amount": 0}
        enter(self.world, "transfer", item, beneficiary=S3)

    def ratify(self) -> None:
        ratified(self.world, self.some("legal", "order", "entered")["id"])

    def pledge(self) -> None:
        token = self.some("token", "token", "live")
        pledge(self.world, token["id"], by=token["holder"], secured=self.rng.randint(1, 900))

    def lower(self) -> None:
        row = self.some("pledge", "pledge", "active", "covered")
        act(self.world, BANK2, "release", row["id"], secured=self.rng.choice((0, max(0, row["secured"] - 50))))

    def offer(self) -> None:
        token = self.some("token", "token", "live")
        arguments = {"tokens": [token["id"]], "recipients": [{"party": S2, "amount": token["hi"] - token["lo"]}]}
        self.world.call(token["holder"], "token", "transfer", **arguments)

    def finance(self) -> None:
        token = self.some("token", "token", "live")
        finance(self.world, token["id"], BANK2, token["hi"] - token["lo"])

    def report(self) -> None:
        row = self.some("settlement", "payment", "instructed", "returned", "paid")
        told = {
            "bill": row["bill"],
            "token": row["token"],
            "status": self.rng.choice(("paid", "returned", "instructed")),
        }
        self.world.call(row["bank"], "settlement", "pay_result", reference=f"P-{self.world.height}", **told)

    def day(self) -> None:
        self.world.day(self.world.plus(1))


@pytest.mark.parametrize("changes", [None, SMALL_STEPS], ids=["whole", "in small steps"])
@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_reversed_everything_holds(seed: int, changes: Mapping[str, tuple[str, str]] | None) -> None:
    life, watch = Life(seed, changes), StatusWatch()
    for _ in range(100):
        reason = ""
        try:
            getattr(life, life.rng.choice(ACTS))()
        except Refused as refusal:
            reason = str(refusal.reason)
        assert not reason.startswith("core_"), reason
        assert life.world.failed_items == []
        check_all(life.world)
        watch.check(life.world)
    assert life.reversed
