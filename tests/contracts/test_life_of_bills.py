"""Random lives of bills: whatever parties, banks and days do, the invariants hold and only printed steps are taken."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from contracts.invariants import StatusWatch, check_all
from contracts.lives import LIFE, live
from contracts.reversing import reverse
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    OTHER_ANCHOR,
    S1,
    S2,
    S3,
    S4,
    World,
    as_two,
    bid,
    decide_by_vote,
    disburse,
    issue,
    key_of,
    offer,
    settle,
    stands_for,
)  # fmt: skip
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chainbill.errors import Refused
from chainbill.vm.errors import ContractFault

SUPPLIERS = (S1, S2, S3, S4)
BANKS = (BANK1, BANK2, BANK3)
FACE = 1_000
amounts = st.integers(1, FACE) | st.sampled_from([1, 2, 3, 333, 500, FACE])
pick = st.integers(0, 1_000_000)


class BillLife(RuleBasedStateMachine):
    """Tries acts of every kind; an act may be refused, but never end in a fault."""

    backend = "plain"
    changes: Mapping[str, tuple[str, str]] = MappingProxyType({})
    reached: frozenset[tuple[str, str, str]] = frozenset()

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.backend, changes=self.changes)
        self.watch = StatusWatch()
        self.done = 0

    def attempt(self, act: Any, *arguments: Any, **named: Any) -> None:
        try:
            act(*arguments, **named)
            self.done += 1
        except Refused as refusal:
            if isinstance(refusal, ContractFault) or refusal.reason.startswith("core_"):
                raise

    def choose(self, number: int, contract: str, table: str, *statuses: str) -> dict[str, Any] | None:
        rows = [row for _, row in self.world.rows(contract, table) if row["status"] in statuses]
        return rows[number % len(rows)] if rows else None

    @initialize(due_in=st.integers(12, 40))
    def begin(self, due_in: int) -> None:
        self.issue(1, FACE, due_in)
        self.answer(0, yes=True)
        self.answer(0, yes=True)

    @rule(number=pick, amount=amounts, due_in=st.integers(1, 40))
    def issue(self, number: int, amount: int, due_in: int) -> None:
        creditor, debtor = SUPPLIERS[number % 2], (ANCHOR, OTHER_ANCHOR)[number // 2 % 2]
        invoice = {"fingerprint": f"{number // 8 % 2:064x}", "amount": amount, "total": FACE}
        invoices = [invoice] if number % 3 else []
        by = (creditor, debtor)[number // 4 % 2]
        self.attempt(
            issue, self.world, by, debtor=debtor, creditor=creditor, face=amount, invoices=invoices,
            due_on=self.world.plus(due_in), terms={"debtor_pays_interest": True},
        )  # fmt: skip

    @rule(number=pick, yes=st.booleans())
    def answer(self, number: int, yes: bool) -> None:
        bill = self.choose(number, "bill", "bill", "pending_confirm", "pending_accept")
        if bill is None:
            return
        confirming = bill["status"] == "pending_confirm"
        party = bill["debtor"] if confirming else bill["creditor"]
        if yes:
            self.attempt(self.world.call, party, "bill", "confirm" if confirming else "accept", bill=bill["id"])
        elif number % 2:
            self.attempt(self.world.call, party, "bill", "reject", bill=bill["id"], reason="")
        elif confirming:
            self.attempt(self.world.call, bill["initiator"], "bill", "withdraw", bill=bill["id"], reason="")
        else:
            self.attempt(self.world.call, bill["debtor"], "bill", "cancel", bill=bill["id"], reason="")

    @rule(number=pick, by_debtor=st.booleans(), end=st.sampled_from(["yes", "yes", "no", "withdraw", ""]))
    def ask_and_answer(self, number: int, by_debtor: bool, end: str) -> None:
        bill = self.choose(number, "bill", "bill", "active", "due", "overdue")
        if bill is None:
            return
        asks = bill["debtor"] if by_debtor else bill["creditor"]
        token = next((one for one in self.world.leaves(bill["id"]) if one["status"] == "live"), None)
        if token and number % 2:
            amount = 1 + number % (token["hi"] - token["lo"])
            parts = [{"fingerprint": bill["invoices"][0]["fingerprint"], "amount": amount}] if bill["invoices"] else []
            told = {"token": token["id"], "amount": amount, "credit_note": "5e" * 32, "parts": parts, "reason": ""}
            self.attempt(self.world.call, asks, "bill", "ask_dilution", bill=bill["id"], **told)
        else:
            self.attempt(self.world.call, asks, "bill", "ask_void", bill=bill["id"], reason="")
        joint = self.choose(number, "bill", "joint", "open")
        if joint and end == "withdraw":
            self.attempt(self.world.call, joint["by"], "bill", "withdraw_joint", joint=joint["id"])
        elif joint and end:
            self.attempt(self.world.call, joint["others"][0], "bill", "answer", joint=joint["id"], answer=end)

    @rule(number=pick, parts=st.lists(st.tuples(st.sampled_from(SUPPLIERS), amounts), min_size=1, max_size=3))
    def transfer(self, number: int, parts: list[tuple[str, int]]) -> None:
        token = self.choose(number, "token", "token", "live")
        if token:
            self.attempt(offer, self.world, token["id"], *parts)

    @rule(number=pick, party=st.sampled_from(SUPPLIERS), amount=amounts)
    def transfer_several(self, number: int, party: str, amount: int) -> None:
        token = self.choose(number, "token", "token", "live")
        if token:
            held = [row["id"] for _, row in self.world.rows("token", "token") if row["holder"] == token["holder"]]
            rows = [self.world.token(one) for one in held]
            free = [row["id"] for row in rows if row["status"] == "live" and not row["locks"]]
            self.attempt(
                self.world.call, token["holder"], "token", "transfer",
                tokens=free[:4], recipients=[{"party": party, "amount": amount}],
            )  # fmt: skip

    @rule(number=pick, act=st.sampled_from(["accept", "accept", "accept", "reject", "recall"]))
    def answer_offer(self, number: int, act: str) -> None:
        offered = [row for _, row in self.world.rows("token", "token") if row["offered_to"]]
        if offered:
            token = offered[number % len(offered)]
            party = token["holder"] if act == "recall" else token["offered_to"]
            more = {"reason": "no"} if act == "reject" else {}
            self.attempt(self.world.call, party, "token", act, token=token["id"], **more)

    @rule(number=pick, accepted=st.booleans())
    def give_back(self, number: int, accepted: bool) -> None:
        rows = [row for _, row in self.world.rows("token", "token") if row["status"] == "live" and row["tier"] > 1]
        if rows:
            token = rows[number % len(rows)]["id"]
            self.attempt(self.world.call, self.world.token(token)["holder"], "token", "give_back", token=token)
            if accepted and self.world.token(token)["offered_to"]:
                self.attempt(self.world.call, self.world.token(token)["offered_to"], "token", "accept", token=token)

    @rule(number=pick, parts=st.lists(amounts, min_size=1, max_size=3))
    def split(self, number: int, parts: list[int]) -> None:
        token = self.choose(number, "token", "token", "live")
        if token:
            self.attempt(self.world.call, token["holder"], "token", "split", token=token["id"], amounts=parts)

    @rule(number=pick, count=st.integers(2, 4))
    def merge(self, number: int, count: int) -> None:
        live = sorted(
            (row for _, row in self.world.rows("token", "token") if row["status"] == "live"),
            key=lambda row: (row["bill"], row["lo"]),
        )
        if live:
            start = number % len(live)
            some = [row["id"] for row in live[start : start + count]]
            self.attempt(self.world.call, live[start]["holder"], "token", "merge", tokens=some[::-1])

    @rule(number=pick, amount=amounts, banks=st.lists(st.sampled_from(BANKS), min_size=1, max_size=3, unique=True))
    def ask(self, number: int, amount: int, banks: list[str]) -> None:
        token = self.choose(number, "token", "token", "live")
        if token:
            amount = min(amount, token["hi"] - token["lo"])
            self.attempt(
                self.world.call, token["holder"], "finance", "request", token=token["id"], banks=banks, amount=amount
            )

    @rule(number=pick, bank=st.sampled_from(BANKS), rate=st.integers(0, 200_000), wait=st.integers(0, 4))
    def quote(self, number: int, bank: str, rate: int, wait: int) -> None:
        request = self.choose(number, "finance", "request", "open")
        for asked in [bank] if number % 2 or not request else request["banks"]:
            if request:
                self.attempt(
                    bid, self.world, request["id"], asked, rate=rate, value_date=self.world.plus(wait // 2),
                    disburse_by=self.world.plus(wait), basis=("act/360", "act/365f", "30/360")[number % 3],
                    interest_payer=("holder", "debtor")[number % 2],
                    valid_until=self.world.today if number % 5 == 0 else "",
                )  # fmt: skip

    @rule(
        number=pick,
        act=st.sampled_from(["agree"] * 3 + ["decline_quote", "withdraw_quote", "cancel", "withdraw", "decline"]),
    )
    def decide(self, number: int, act: str) -> None:
        quote = self.choose(number, "finance", "quote", "offered", "agreed")
        if quote:
            holder = self.world.row("finance", "request", quote["request"])["holder"]
            party = quote["bank"] if act in ("withdraw_quote", "cancel", "decline") else holder
            what = {"request": quote["request"]} if act in ("withdraw", "decline") else {"quote": quote["id"]}
            what |= {"reason": ""} if act == "cancel" else {}
            self.attempt(self.world.call, party, "finance", act, **what)

    @rule(number=pick)
    def disburse(self, number: int) -> None:
        quote = self.choose(number, "finance", "quote", "agreed", "expired")
        if quote:
            self.attempt(disburse, self.world, quote["bank"], quote["id"])

    @rule(number=pick, share=st.integers(1, 12), late=st.integers(0, 3))
    def settle(self, number: int, share: int, late: int) -> None:
        bill = self.choose(number, "bill", "bill", "active", "due", "overdue")
        if bill:
            left = bill["face"] - bill["settled"] - bill["diluted"]
            amount = left if share > 10 else max(1, left * share // 12)
            date = max(bill["accepted_on"], self.world.plus(-late))
            by = stands_for(self.world, bill["paying_bank"])
            self.attempt(settle, self.world, bill["id"], amount, partial=True, value_date=date, by=by)

    @rule(number=pick, status=st.sampled_from(["paid", "returned", "instructed"]))
    def report(self, number: int, status: str) -> None:
        payment = self.choose(number, "settlement", "payment", "instructed", "returned", "set_aside", "paid")
        if payment:
            place = {"bill": payment["bill"], "token": payment["token"]}
            self.attempt(
                self.world.call,
                stands_for(self.world, payment["bank"]),
                "settlement",
                "pay_result",
                **place,
                status=status,
                reference=f"P{number}",
            )

    @rule(number=pick)
    def reverse_a_receipt(self, number: int) -> None:
        newest = self.world.rows("settlement", "newest")
        if newest:
            row = newest[number % len(newest)][1]
            self.attempt(reverse, self.world, row["reference"], by=row["bank"])

    @rule(number=pick, by=st.sampled_from(SUPPLIERS), act=st.sampled_from(["dispute", "withdraw_dispute", "uphold"]))
    def dispute(self, number: int, by: str, act: str) -> None:
        if act == "dispute":
            said = {"fingerprint": f"{number // 8 % 2:064x}", "seller": SUPPLIERS[number % 2], "document": "d" * 64}
            self.attempt(self.world.call, by, "invoice", "dispute", **said)
            return
        found = self.choose(number, "invoice", "dispute", "open", "upheld", "ended")
        if found and act == "withdraw_dispute":
            self.attempt(self.world.call, found["by"], "invoice", act, dispute=found["id"])
        elif found:
            keys = [key_of(BANK1), key_of(BANK1, 1)]
            self.attempt(self.world.send, BANK1, ("invoice", act, {"dispute": found["id"]}), keys=keys)

    @rule(days=st.integers(1, 6), gap=st.booleans())
    def wait(self, days: int, gap: bool) -> None:
        self.world.gap_ms = 7_200_001 if gap else 0
        self.world.day(self.world.plus(days))
        assert not [item for item in self.world.failed_items if not self.may_fail(*item)]

    def may_fail(self, item: list[Any], why: str) -> bool:
        """Whether day work of this kind may come to nothing; here none may."""
        del item, why
        return False

    @invariant()
    def everything_holds(self) -> None:
        if not self.world.checked:  # else it was asked behind each act
            check_all(self.world)
        self.watch.check(self.world)

    def teardown(self) -> None:
        type(self).reached |= self.watch.seen


class WholeBillLife(BillLife):
    """Beside them what a reference names, what a payee says itself, and what a vote ends."""

    @rule(number=pick, amount=amounts)
    def issue_under_a_reference(self, number: int, amount: int) -> None:
        self.attempt(self.issue_as, f"R{number % 5}", SUPPLIERS[number % 2], amount, self.world.plus(20))

    @rule(number=pick, other=st.booleans())
    def issue_again(self, number: int, other: bool) -> None:
        """The same again makes no bill and answers the first; something else under its reference is refused."""
        issued = self.world.rows("bill", "reference")
        if issued:
            [initiator, reference], row = issued[number % len(issued)]
            bill, before = self.world.bill(row["bill"]), len(self.world.rows("bill", "bill"))
            said = (reference, initiator, bill["face"] + other, bill["due_on"])
            if other:
                with pytest.raises(Refused, match="reference_used_otherwise"):
                    self.issue_as(*said)
            else:
                assert self.issue_as(*said) == row["bill"]
            assert len(self.world.rows("bill", "bill")) == before

    def issue_as(self, reference: str, creditor: str, face: int, due_on: str) -> str:
        named = {"debtor": ANCHOR, "creditor": creditor, "face": face, "due_on": due_on}
        return issue(self.world, creditor, reference=reference, **named)

    @rule(number=pick)
    def acknowledge(self, number: int) -> None:
        payment = self.choose(number, "settlement", "payment", "instructed", "returned", "paid")
        if payment:
            place = {"bill": payment["bill"], "token": payment["token"]}
            self.attempt(as_two, self.world, payment["party"], "settlement", "acknowledge", **place)

    @rule(number=pick)
    def vote_on_a_dispute(self, number: int) -> None:
        found = self.choose(number, "invoice", "dispute", "open", "upheld", "ended")
        if found:
            self.attempt(decide_by_vote, self.world, "dispute", dispute=found["id"])


def test_invariants_hold_in_random_lives(backend: str) -> None:
    machine: Any = type(f"BillLifeOn{backend}", (WholeBillLife,), {"backend": backend})
    live(machine, LIFE, "bill", "token")
