"""Random lives of freezes among those of bills and pledges: no freeze stops a settlement, and every one ends."""

from __future__ import annotations

from contracts.freezing import enter
from contracts.invariants_freezes import waits
from contracts.lives import LIFE, live
from contracts.test_life_of_bills import amounts, pick
from contracts.test_life_of_pledges import PledgeLife
from contracts.world import BANK2, BANKS, S1, S2, S3, as_two, decide_by_vote
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule


class FreezeLife(PledgeLife):
    """Tokens are frozen, paid, released and transferred, by order or by time; in the end nothing is frozen."""

    @rule(number=pick, amount=amounts, days=st.integers(1, 20), kind=st.sampled_from(["freeze", "freeze", "transfer"]))
    def freeze(self, number: int, amount: int, days: int, kind: str) -> None:
        token = self.choose(number, "token", "token", "live")
        if token is None:
            return
        share = {"percent": 333_333, "up": True} if number % 5 == 0 and kind == "freeze" else None
        size = token["hi"] - token["lo"]
        item = {"token": token["id"], **(share or {"amount": size if number % 3 else min(amount, size)})}
        taker = {"beneficiary": (S1, S2, S3, BANK2)[number % 4]} if kind == "transfer" else {}
        bank = self.world.bill(token["bill"])["paying_bank"]
        self.attempt(enter, self.world, kind, item, by=bank, days=days, **taker)
        if kind == "freeze" and number % 4:  # of one bank none waits behind another that is not ratified
            newest = max(self.world.rows("legal", "order"), key=lambda pair: pair[1]["created"]["height"], default=None)
            if newest is not None:
                second = next(one for one in BANKS if one not in (bank, token["holder"], newest[1]["by"]))
                self.attempt(as_two, self.world, second, "legal", "ratify", order=newest[1]["id"])

    @rule(number=pick, amount=amounts, kind=st.sampled_from(["renew", "release", "transfer"]))
    def order_on_a_freeze(self, number: int, amount: int, kind: str) -> None:
        row = self.choose(number, "legal", "freeze", "waiting", "in_force")
        if row is None:
            return
        item = {"freeze": row["id"], **({} if kind == "renew" else {"amount": amount if number % 2 else 0})}
        more: dict[str, object] = {"days": 1 + number % 20} if kind == "renew" else {}
        if kind == "transfer":
            more = {"account": "7c" * 32} if number % 3 == 0 else {"beneficiary": (S1, S2, S3, BANK2)[number % 4]}
        bank = self.world.bill(row["bill"])["paying_bank"]
        self.attempt(enter, self.world, kind, item, by=bank, **more)

    @rule(number=pick, yes=st.sampled_from([True, True, False]))
    def decide(self, number: int, yes: bool) -> None:
        row = self.choose(number, "legal", "order", "entered")
        if row is None:
            return
        banks = [bank for bank in BANKS if bank != row["by"]]
        act, told = ("ratify", {}) if yes else ("refuse", {"reason": "no"})
        self.attempt(as_two, self.world, banks[number % 3], "legal", act, order=row["id"], **told)

    @rule(number=pick, vote=st.booleans())
    def object_to_a_transfer(self, number: int, vote: bool) -> None:
        row = self.choose(number, "legal", "order", "ratified", "objected")
        if row is None:
            return
        if row["status"] == "objected" and vote:
            self.attempt(decide_by_vote, self.world, "legal_order", order=row["id"])
            return
        freeze = self.world.row("legal", "freeze", row["items"][0]["freeze"])
        by = freeze["pledgee"] if number % 3 == 0 and freeze["pledgee"] else freeze["holder"]
        self.attempt(self.world.call, by, "legal", "object_to", order=row["id"], reason="forged")

    def teardown(self) -> None:
        """Days pass until every freeze has run out; those that waited come into force one after the other."""
        world = self.world
        for _ in range(1 + len(world.rows("legal", "freeze"))):
            world.day(world.plus(40))
        assert {row["status"] for _, row in world.rows("legal", "freeze")} <= {"ended"}
        assert not any(waits(row) for _, row in world.rows("legal", "order"))
        assert world.rows("token", "frozen") == world.rows("settlement", "held") == world.rows("legal", "agenda") == []
        self.take_to_the_court()
        super().teardown()

    def take_to_the_court(self) -> None:
        """What goes to an account that a court named is reported as paid there; nobody else can say so."""
        for (bill, token), row in self.world.rows("settlement", "payment"):
            if row["kind"] == "court" and row["status"] == "set_aside":
                told = {"bill": bill, "token": token, "status": "paid", "reference": f"C-{token}"}
                self.world.call(row["bank"], "settlement", "pay_result", **told)
            elif row["kind"] == "court" and row["status"] == "returned":
                told = {"bill": bill, "token": token, "reference": f"C-{token}"}
                self.world.call(row["bank"], "settlement", "pay_result", **told, status="instructed")
                told["reference"] = f"D-{token}"
                self.world.call(row["bank"], "settlement", "pay_result", **told, status="paid")


def test_every_freeze_comes_to_an_end_and_stops_no_settlement() -> None:
    some = settings(LIFE, max_examples=20, stateful_step_count=40)
    live(FreezeLife, some, ("freeze", "in_force", "ended"), ("freeze", "waiting", "in_force"), "bill")
