"""Random lives in which paying banks change and hand over, also in mid-settlement: all is paid in the end."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from contracts.lives import LIFE, live
from contracts.test_life_of_bills import BillLife, pick
from contracts.world import (
    ANCHOR,
    BANKS,
    OTHER_ANCHOR,
    as_admins,
    as_two,
    settle,
    stands_for,
    two_people,
)  # fmt: skip
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

SHORT_STEPS = (
    "MOST_LEAVES = 1500  # in one step of a settlement\nMOST_LEAVES_IN_PART = 750",
    "MOST_LEAVES = 3\nMOST_LEAVES_IN_PART = 2",
)
debtors = st.sampled_from([ANCHOR, OTHER_ANCHOR])
banks = st.sampled_from(BANKS)


class PayingLife(BillLife):
    """A life of bills whose settlements take steps of two or three tokens."""

    changes = MappingProxyType({"token": SHORT_STEPS})
    handed_over_in_steps = 0
    moved = 0

    def may_fail(self, item: list[Any], why: str) -> bool:
        """What was decided three days ago may not fit any more: it comes to nothing, and says so."""
        return item[:2] == ["party", "change"] and why.startswith(("mandate_transition", "bank_succeeded"))

    @rule(debtor=debtors, bank=banks, answered=st.booleans())
    def ask_bank(self, debtor: str, bank: str, answered: bool) -> None:
        self.attempt(as_admins, self.world, debtor, "ask_paying_bank", bank=bank)
        if answered:
            self.wait(5, gap=False)
            self.watch.check(self.world)
            self.attempt(two_people, self.world, bank, "accept_mandate", debtor=debtor)

    @rule(number=pick, act=st.sampled_from(["accept_mandate"] * 3 + ["refuse_mandate", "end_mandate"]))
    def answer_debtor(self, number: int, act: str) -> None:
        rows = [(key, row) for key, row in self.world.rows("party", "mandate") if row["status"] != "ended"]
        asked = [key for key, row in rows if row["status"] == ("active" if act == "end_mandate" else "asked")]
        if asked and (act != "end_mandate" or number % 4 == 0):
            debtor, bank = asked[number % len(asked)]
            self.attempt(two_people, self.world, stands_for(self.world, bank), act, debtor=debtor)

    @rule(number=pick, bank=banks, ends=st.sampled_from(["yes", "yes", "no", "withdraw", ""]))
    def move_to_another_bank(self, number: int, bank: str, ends: str) -> None:
        bill = self.choose(number, "bill", "bill", "active", "due", "overdue")
        if bill is not None:
            asks = {"bill": bill["id"], "bank": bank, "reason": ""}
            self.attempt(self.world.call, bill["debtor"], "bill", "ask_paying_bank", **asks)
        rows = [row for _, row in self.world.rows("bill", "joint") if row["kind"] == "paying_bank"]
        joint = next((row for row in rows if row["status"] == "open"), None)
        if joint and ends == "withdraw":
            self.attempt(self.world.call, joint["by"], "bill", "withdraw_joint", joint=joint["id"])
        for other in joint["others"] if joint and ends in ("yes", "no") else ():
            self.attempt(self.world.call, other, "bill", "answer", joint=joint["id"], answer=ends)

    @rule(bank=banks, successor=banks, named=st.booleans())
    def hand_over(self, bank: str, successor: str, named: bool) -> None:
        for _, step in self.world.rows("settlement", "step")[:1]:
            bank = step["bank"]
        self.attempt(as_two, self.world, successor, "succession", "accept", bank=bank)
        if named:
            under_way = {row["bank"] for _, row in self.world.rows("settlement", "step")}
            self.attempt(as_two, self.world, bank, "succession", "name", bank=successor)
            type(self).handed_over_in_steps += bank in under_way and stands_for(self.world, bank) != bank

    @rule(number=pick, began=st.booleans())
    def go_on(self, number: int, began: bool) -> None:
        steps = self.world.rows("settlement", "step")
        if steps:
            [bill], step = steps[number % len(steps)]
            by = step["bank"] if began else stands_for(self.world, self.world.bill(bill)["paying_bank"])
            assert self.world.call(by, "settlement", "proceed", bill=bill)

    @invariant()
    def mandates_hold(self) -> None:
        """Who counts and who is asked is said twice, the same; a bill's bank was fixed when it was confirmed, and is
        another one only where both banks said yes."""
        rows = {tuple(key): row["status"] for key, row in self.world.rows("party", "mandate")}
        for debtor in (ANCHOR, OTHER_ANCHOR):
            party = self.world.row("party", "party", debtor)
            for status, field in (("active", "paying_bank"), ("asked", "asked_bank")):
                found = [bank for (whose, bank), now in rows.items() if (whose, now) == (debtor, status)]
                assert found == [party[field]] * bool(party[field])
        for [bank], row in self.world.rows("succession", "successor"):
            assert self.world.row("succession", "successor", row["successor"]) is None
            assert bank in self.world.row("succession", "predecessor", row["successor"])["banks"]
        for bank in BANKS:
            confirmed = [row for _, row in self.world.rows("bill", "bill") if row["paying_bank"] == bank]
            kept = self.world.row("bill", "to_pay", bank) or {"count": 0}
            assert kept["count"] == len([row for row in confirmed if row["closed_on"] == ""])
            mandates = self.world.row("party", "pays_for", bank) or {"count": 0}
            assert mandates["count"] == len([one for (_, of), one in rows.items() if (of, one) == (bank, "active")])
        for _, bill in self.world.rows("bill", "bill"):
            fixed = self.fixed.setdefault(bill["id"], bill["paying_bank"])
            if fixed not in ("", bill["paying_bank"]):
                assert (stands_for(self.world, fixed), bill["paying_bank"]) in self.agreed(bill["id"])
                type(self).moved += 1
            assert (bill["paying_bank"] != "") == (bill["confirmed_on"] != "")
            self.fixed[bill["id"]] = bill["paying_bank"]

    def agreed(self, bill: str) -> list[tuple[str, str]]:
        """From which bank to which a bill moved with the consent of both."""
        rows = [row for _, row in self.world.rows("bill", "joint") if (row["bill"], row["status"]) == (bill, "done")]
        return [
            (row["content"]["from"], row["content"]["to"])
            for row in rows
            if row["kind"] == "paying_bank" and all(row["answers"][one]["answer"] == "yes" for one in row["others"])
        ]

    def __init__(self) -> None:
        super().__init__()
        self.fixed: dict[str, str] = {}

    def teardown(self) -> None:
        """No dead end: whoever handed over to whom, each bill and each payment comes to its end."""
        for _, bill in self.world.rows("bill", "bill"):
            if bill["status"] in ("active", "due", "overdue"):
                self.settle_whole(bill["id"])
        while any(row["status"] == "set_aside" for _, row in self.world.rows("settlement", "payment")):
            self.world.day(self.world.plus(1))  # an agreed financing has its days
        for (bill, token), payment in self.world.rows("settlement", "payment"):
            steps = {"returned": ["instructed", "paid"], "instructed": ["paid"]}.get(payment["status"], [])
            assert steps or payment["status"] in ("paid", "cancelled")
            for number, status in enumerate(steps):
                self.world.call(
                    stands_for(self.world, payment["bank"]), "settlement", "pay_result", bill=bill, token=token,
                    status=status, reference=f"END-{token}-{number}",
                )  # fmt: skip
                self.watch.check(self.world)
        self.everything_holds()
        super().teardown()

    def settle_whole(self, bill: str) -> None:
        by = stands_for(self.world, self.world.bill(bill)["paying_bank"])
        while True:
            while self.world.row("settlement", "step", bill):
                self.world.call(by, "settlement", "proceed", bill=bill)
            row = self.world.bill(bill)
            if row["status"] == "settled":
                return
            settle(self.world, bill, row["face"] - row["settled"] - row["diluted"], by=by, reference=f"END-{bill}")


def test_every_cent_is_paid_whoever_hands_over_to_whom() -> None:
    """security 13: a bank that went in the middle of a settlement left it standing."""
    machine: Any = type("PayingLifeOnPlain", (PayingLife,), {})
    live(machine, LIFE, "bill", "token", "mandate")
    assert machine.moved, "no bill moved to another bank"
