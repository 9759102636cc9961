"""Random lives of pledges among those of bills: no lock stops a settlement, and every pledge comes to an end."""

from __future__ import annotations

from contracts.invariants import check_all
from contracts.lives import LIFE, live
from contracts.pledging import enforce
from contracts.reversing import reverse
from contracts.test_life_of_bills import BANKS, BillLife, amounts, pick
from contracts.world import as_two, decide_by_vote, settle
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

OVER = ("paid", "released", "enforced", "ended")


class PledgeLife(BillLife):
    """Tokens are pledged, released, paid and enforced; in the end everything is paid, and nothing is left."""

    @rule(number=pick, secured=amounts, many=st.integers(1, 3), due_in=st.integers(1, 12))
    def pledge(self, number: int, secured: int, many: int, due_in: int) -> None:
        free = [row for _, row in self.world.rows("token", "token") if row["status"] == "live" and not row["locks"]]
        if not free:
            return
        first = free[number % len(free)]
        same = [one["id"] for one in free if one is not first and one["holder"] == first["holder"]]
        tokens = [first["id"], *same[: many - 1]]
        told = {"secured": secured, "due_on": self.world.plus(due_in), "contract_no": "L-1"}
        pledgee = BANKS[number % 3]
        self.attempt(
            self.world.call, first["holder"], "pledge", "offer", tokens=tokens, pledgee=pledgee, **told
        )  # fmt: skip
        offered = self.choose(0, "pledge", "pledge", "offered")
        if offered and number % 4:
            self.attempt(
                self.world.call, offered["pledgee"], "pledge", "accept", pledge=offered["id"], registration="ZD"
            )

    @rule(number=pick)
    def say_no(self, number: int) -> None:
        row = self.choose(number, "pledge", "pledge", "offered")
        if row and number % 2:
            self.attempt(self.world.call, row["holder"], "pledge", "withdraw", pledge=row["id"])
        elif row:
            self.attempt(self.world.call, row["pledgee"], "pledge", "reject", pledge=row["id"], reason="")

    @rule(number=pick, secured=st.integers(0, 400))
    def let_go(self, number: int, secured: int) -> None:
        row = self.choose(number, "pledge", "pledge", "active", "enforcing", "covered")
        if row:
            to = secured if number % 3 else 0
            self.attempt(self.world.call, row["pledgee"], "pledge", "release", pledge=row["id"], secured=to)

    @rule(number=pick, owed=amounts, yes=st.booleans())
    def ask_for_enforcement(self, number: int, owed: int, yes: bool) -> None:
        row = self.choose(number, "pledge", "pledge", "active")
        if row is None:
            return
        self.attempt(
            enforce, self.world, row["id"], max(1, min(owed, row["secured"] - row["received"])), row["pledgee"]
        )
        self.watch.check(self.world)
        if number % 2:
            act = "agree_enforcement" if yes else "refuse_enforcement"
            self.attempt(self.world.call, row["holder"], "pledge", act, pledge=row["id"])

    @rule(number=pick, status=st.sampled_from(["paid", "paid", "returned", "instructed", "set_aside"]))
    def what_became_of_a_payment(self, number: int, status: str) -> None:
        row = self.choose(number, "settlement", "payment", "instructed", "returned", "paid", "set_aside")
        if row:
            told = {"bill": row["bill"], "token": row["token"], "status": status}
            reference = f"W-{self.world.height}"
            self.attempt(self.world.call, row["bank"], "settlement", "pay_result", reference=reference, **told)

    @rule(number=pick)
    def reverse_a_receipt(self, number: int) -> None:
        found = [key for key, row in self.world.rows("settlement", "receipt") if row["status"] == "standing"]
        if found:
            bank, reference = found[number % len(found)]
            self.attempt(reverse, self.world, reference, by=bank)

    def teardown(self) -> None:
        """All are in business again, all bills are paid, and all payments: every pledge is over by itself."""
        world = self.world
        for _, party in world.rows("party", "party"):
            if party["status"] in ("suspended", "insolvent"):
                fields = {"authority": "", "number": "", "documents": ["5d" * 32]}
                decide_by_vote(world, "party_status", party=party["id"], status="active", reason="end", **fields)
        for _, bill in world.rows("bill", "bill"):
            if bill["status"] in ("active", "due", "overdue"):
                left = bill["face"] - bill["settled"] - bill["diluted"] - bill["void"]
                settle(world, bill["id"], left, by=bill["paying_bank"], reference=f"END-{bill['id']}")
        for place, row in world.rows("settlement", "payment"):
            if row["status"] not in ("paid", "cancelled"):  # the payee says that it came, whatever the bank said
                as_two(world, row["party"], "settlement", "acknowledge", bill=place[0], token=place[1])
        world.day(world.plus(10))
        assert {row["status"] for _, row in world.rows("pledge", "pledge")} <= set(OVER)
        assert world.rows("pledge", "agenda") == world.rows("pledge", "taken") == []
        assert world.failed_items == []
        check_all(world)
        super().teardown()


def test_every_pledge_comes_to_an_end_and_stops_no_settlement() -> None:
    some = settings(LIFE, max_examples=20, stateful_step_count=30)
    live(PledgeLife, some, ("pledge", "active", "covered"), "bill")
