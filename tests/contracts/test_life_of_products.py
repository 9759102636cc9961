"""Random lives of products among those of bills: every event is exact, and what it issued is financed once covered."""

from __future__ import annotations

from typing import Any

from contracts.lives import LIFE, live
from contracts.products import attested, described
from contracts.test_life_of_bills import SUPPLIERS, BillLife, pick
from contracts.world import ANCHOR, OTHER_ANCHOR, as_two
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

WHOLE = 1_000_000
ANCHORS = (ANCHOR, OTHER_ANCHOR)
shares = st.lists(st.integers(1, 400_000), min_size=1, max_size=4)


class ProductLife(BillLife):
    """Products are registered, agreed to and retired, and events reported, some of them twice."""

    @rule(number=pick, of=shares, most=st.sampled_from([500, 2_000, 50_000]))
    def register(self, number: int, of: list[int], most: int) -> None:
        parts = [
            {"part": f"part {place}", "supplier": SUPPLIERS[(number + place) % 2], "share": share}
            for place, share in enumerate(of)
        ]
        told = described(parts, due_days=20 + number % 20, most_value=most, most_a_day=most * 2)
        self.attempt(as_two, self.world, ANCHORS[number % 2], "product", "register", **told)

    @rule(number=pick)
    def agree(self, number: int) -> None:
        product = self.choose(number, "product", "product", "proposed", "active")
        for supplier in SUPPLIERS[:2] if product else ():
            self.attempt(self.world.call, supplier, "product", "agree", product=product["id"])

    @rule(number=pick)
    def retire(self, number: int) -> None:
        product = self.choose(number, "product", "product", "proposed", "active", "retired")
        if product and number % 4 == 0:
            by = product["anchor"] if number % 3 else SUPPLIERS[number % 2]
            self.attempt(self.world.call, by, "product", "retire", product=product["id"])

    @rule(number=pick, value=st.integers(1, 3_000), ago=st.integers(0, 25))
    def produce(self, number: int, value: int, ago: int) -> None:
        product = self.choose(number, "product", "product", "active", "proposed")
        if product:
            happened_on = self.world.plus(-ago)
            said = attested(self.world, product["id"], f"V{number % 20}", value, happened_on=happened_on)
            before = len(self.world.rows("bill", "bill"))
            self.attempt(self.world.call, product["anchor"], "product", "event", **said)
            issued = len(self.world.rows("bill", "bill")) - before
            assert issued in (0, len(product["parts"]))

    @rule(number=pick, much=st.integers(1, 3_000))
    def let_invoices_come(self, number: int, much: int) -> None:
        bills = [row for _, row in self.world.rows("bill", "bill") if row["product"] and row["status"] == "active"]
        if bills:
            bill = bills[number % len(bills)]
            behind = sum(part["amount"] for part in bill["invoices"])
            amount = bill["face"] - bill["diluted"] - behind if number % 3 else much
            part = {"fingerprint": f"{number:064x}", "amount": max(1, amount), "total": max(1, amount)}
            given = {"bill": bill["id"], "parts": [part], "replaces": [], "reason": ""}
            self.attempt(self.world.call, bill["debtor"], "bill", "ask_invoices", **given)
            joint = self.world.row("bill", "open_joint", [bill["id"], "invoices"])
            if joint:
                told = {"joint": joint["joint"], "answer": "yes"}
                self.attempt(self.world.call, bill["creditor"], "bill", "answer", **told)

    @invariant()
    def every_event_is_exact_and_issued_once(self) -> None:
        bills = {row["id"]: row for _, row in self.world.rows("bill", "bill")}
        named: list[str] = []
        of_today: dict[str, int] = {}
        for _, event in self.world.rows("product", "event"):
            product = self.world.row("product", "product", event["product"])
            assert event["value"] <= product["most_value"]
            made = [bills[name] for name in event["bills"]]
            named += event["bills"]
            whole = sum(part["share"] for part in product["parts"])
            assert sum(row["face"] for row in made) == (2 * event["value"] * whole + WHOLE) // (2 * WHOLE)
            for row, part in zip(made, product["parts"], strict=True):
                assert (row["creditor"], row["debtor"]) == (part["supplier"], product["anchor"])
                assert 0 <= row["face"] - event["value"] * part["share"] // WHOLE <= 1
                assert (row["product"], row["event"]) == (product["id"], event["id"])
            if made[0]["issued_on"] == self.world.today:
                of_today[product["id"]] = of_today.get(product["id"], 0) + event["value"]
        assert sorted(named) == sorted(name for name, row in bills.items() if row["event"])
        for name, value in of_today.items():
            assert value <= self.world.row("product", "product", name)["most_a_day"]

    @invariant()
    def nothing_uncovered_is_asked_for_or_financed(self) -> None:
        """Nothing takes invoices back that cover a bill, so it is enough to look at how they stand."""
        for _, request in self.world.rows("finance", "request"):
            bill = self.world.bill(request["bill"])
            if bill["product"]:
                behind = sum(part["amount"] for part in bill["invoices"])
                assert behind == bill["face"] - bill["diluted"]

    @invariant()
    def who_agreed_is_a_supplier(self) -> None:
        for _, row in self.world.rows("product", "product"):
            suppliers = list(dict.fromkeys(part["supplier"] for part in row["parts"]))
            assert sorted(set(row["agreed"])) == sorted(row["agreed"])
            assert set(row["agreed"]) <= set(suppliers)
            assert row["status"] != "active" or set(row["agreed"]) == set(suppliers)


def test_events_are_exact_and_what_they_issued_is_financed_once_covered(backend: str) -> None:
    machine: Any = type(f"ProductLifeOn{backend}", (ProductLife,), {"backend": backend})
    some = settings(LIFE, max_examples=15)
    live(machine, some, ("product", "proposed", "active"), ("product", "active", "retired"), "bill")
