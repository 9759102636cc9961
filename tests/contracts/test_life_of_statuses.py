"""Random lives of bills whose parties are suspended, insolvent, administered, and leave: nothing gets stuck."""

from __future__ import annotations

from typing import Any

from contracts.lives import LIFE, live
from contracts.test_life_of_bills import SUPPLIERS, WholeBillLife, pick
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    administrator_keys,
    as_two,
    order,
    ratify,
    settle,
    stands_for,
)  # fmt: skip
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

COURT = {"authority": "Court of H", "number": "H-1", "documents": ["5e" * 32]}
PARTIES = (*SUPPLIERS, ANCHOR)


class StatusLife(WholeBillLife):
    """Orders, ratifications and administrators between the acts of a bill's life; at the end all money is paid out."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = 1_000

    @rule(party=st.sampled_from(PARTIES), status=st.sampled_from(["suspended", "insolvent", "active"]))
    def order(self, party: str, status: str) -> None:
        self.attempt(order, self.world, party, status)

    @rule(number=pick, bank=st.sampled_from([BANK2, BANK3]))
    def ratify(self, number: int, bank: str) -> None:
        entered = self.choose(number, "standing", "order", "entered")
        if entered:
            self.attempt(ratify, self.world, {"order": entered["id"]}, by=bank)

    @rule(party=st.sampled_from(PARTIES))
    def administrator(self, party: str) -> None:
        self.keys += 1
        keys = administrator_keys(party, self.keys)
        self.attempt(as_two, self.world, BANK1, "standing", "name_administrator", party=party, keys=keys, **COURT)

    @rule(bank=st.sampled_from([BANK2, BANK3]))
    def halt(self, bank: str) -> None:
        """A bank halts itself, or lifts that."""
        halted = self.world.row("party", "party", bank)["halted_on"]
        if halted:
            self.attempt(as_two, self.world, bank, "party", "lift_halt", party=bank)
        else:
            self.attempt(self.world.call, bank, "party", "halt", reason="")

    @rule(party=st.sampled_from(PARTIES))
    def leave(self, party: str) -> None:
        self.attempt(as_two, self.world, party, "standing", "leave", party=party)

    @rule(party=st.sampled_from(PARTIES))
    def close(self, party: str) -> None:
        self.attempt(as_two, self.world, BANK1, "standing", "close", party=party)

    @rule(party=st.sampled_from(PARTIES))
    def account(self, party: str) -> None:
        """An administrator, or a party whose account ended with one, names an account; its bank attests it."""
        account = {"currency": "CNY", "bank": BANK1, "alg": "sha256", "digest_hex": "cd" * 32}
        self.attempt(as_two, self.world, party, "account", "announce", **account)
        self.watch.check(self.world)
        named = {"alg": "sha256", "digest_hex": "cd" * 32}
        self.attempt(self.world.call, BANK1, "account", "attest", party=party, currency="CNY", **named)

    def teardown(self) -> None:
        self.everything_ends()
        super().teardown()

    def everything_ends(self) -> None:
        """No dead end: every lock and every order that waits ends, every bill is settled, every payment is paid."""
        world = self.world
        for bank in (BANK2, BANK3):
            if world.row("party", "party", bank)["halted_on"]:
                self.halt(bank)
        for _ in range(3):
            self.wait(20, gap=False)
            self.watch.check(world)
        live = [row for _, row in world.rows("token", "token") if row["status"] == "live"]
        assert not [row for row in live if row["locks"]]
        assert not [row for _, row in world.rows("standing", "order") if row["status"] == "entered"]
        for _, bill in world.rows("bill", "bill"):
            left = bill["face"] - bill["settled"] - bill["diluted"]
            if bill["status"] in ("active", "due", "overdue"):
                settle(world, bill["id"], left, by=stands_for(world, bill["paying_bank"]), reference=f"E-{bill['id']}")
        for place, payment in world.rows("settlement", "payment"):
            if payment["status"] != "cancelled":
                self.pay_out(place, payment)
        self.everything_holds()
        assert {row["status"] for _, row in world.rows("settlement", "payment")} <= {"paid", "cancelled"}

    def pay_out(self, place: list[Any], payment: dict[str, Any]) -> None:
        """Bring one payment to its payee, with an administrator and an account of his where it waits for them."""
        world, party = self.world, payment["party"]
        waits = payment["status"] in ("set_aside", "returned")  # to be instructed, for the first time or again
        if waits and world.row("party", "party", party)["status"] == "insolvent":
            if world.row("party", "party", party)["administered_on"] == "":
                self.keys += 1
                keys = administrator_keys(party, self.keys)
                named = as_two(world, BANK1, "standing", "name_administrator", party=party, keys=keys, **COURT)
                ratify(world, named)
                self.watch.check(world)
                world.day(world.row("standing", "order", named["order"])["acts_on"])
                self.watch.check(world)
            if world.row("account", "account", [party, "CNY"])["status"] != "active":
                self.account(party)
        steps = {"returned": ["instructed", "paid"], "set_aside": ["instructed", "paid"], "instructed": ["paid"]}
        for number, status in enumerate(steps.get(payment["status"], [])):
            world.call(
                stands_for(world, payment["bank"]), "settlement", "pay_result", bill=place[0], token=place[1],
                status=status, reference=f"E-{place[1]}-{number}",
            )  # fmt: skip
            self.watch.check(world)


def test_invariants_hold_and_nothing_gets_stuck(backend: str) -> None:
    machine: Any = type(f"StatusLifeOn{backend}", (StatusLife,), {"backend": backend})
    live(machine, settings(LIFE, max_examples=60), "bill", "order", "party")
