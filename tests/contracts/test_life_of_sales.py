"""Random lives of sales among those of pledges and bills: no offer stops a settlement, and every one ends."""

from __future__ import annotations

from typing import Any

from contracts.lives import LIFE, live
from contracts.selling import buy, sell
from contracts.test_life_of_bills import BANKS, pick
from contracts.test_life_of_pledges import PledgeLife
from contracts.world import finance
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule


class SaleLife(PledgeLife):
    """Banks sell what they hold, buy, refuse and take back; in the end everything is paid, and nothing is for sale."""

    @rule(number=pick)
    def financed_at_once(self, number: int) -> None:
        row = self.choose(number, "token", "token", "live")
        if row and row["holder"] not in BANKS:
            self.attempt(finance, self.world, row["id"], BANKS[number % 3], row["hi"] - row["lo"])

    @rule(number=pick, many=st.integers(1, 3), recourse=st.booleans())
    def sell(self, number: int, many: int, recourse: bool) -> None:
        held = [row for _, row in self.world.rows("token", "token") if row["status"] == "live"]
        held = [row for row in held if row["holder"] in BANKS and (not row["locks"] or number % 5 == 0)]
        if held:
            seller = held[number % len(held)]["holder"]
            tokens = [row["id"] for row in held if row["holder"] == seller][:many]
            buyer = BANKS[number % 3]
            self.attempt(sell, self.world, *tokens, by=seller, buyer=buyer, recourse=recourse)

    @rule(number=pick, amount=st.integers(0, 400))
    def buy(self, number: int, amount: int) -> None:
        row = self.choose(number, "sale", "sale", "offered", "ended") if number % 4 == 0 else self.on_offer(number)
        if row:
            reference = f"B-{number % 7}"
            self.attempt(buy, self.world, row["token"], by=row["buyer"], amount=amount, reference=reference)

    @rule(number=pick)
    def no_sale(self, number: int) -> None:
        row = self.on_offer(number)
        if row and number % 2:
            self.attempt(self.world.call, row["buyer"], "token", "reject", token=row["token"], reason="")
        elif row:
            self.attempt(self.world.call, row["seller"], "token", "recall", token=row["token"])

    def on_offer(self, number: int) -> dict[str, Any] | None:
        rows = [row for _, row in self.world.rows("sale", "sale") if row["status"] == "offered"]
        return rows[number % len(rows)] if rows else None

    def teardown(self) -> None:
        """As of pledges; afterwards nothing is for sale."""
        super().teardown()
        assert {row["status"] for _, row in self.world.rows("sale", "sale")} <= {"bought", "ended"}
        assert self.world.rows("sale", "agenda") == []


def test_every_sale_comes_to_an_end_and_stops_no_settlement() -> None:
    some = settings(LIFE, max_examples=20, stateful_step_count=30)
    live(SaleLife, some, ("sale", "offered", "bought"), "bill")
