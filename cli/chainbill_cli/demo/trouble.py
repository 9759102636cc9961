"""The demo's second story: the debtor pays late. Recourse, a court's freeze, money that comes back, all to the cent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from chainbill.dates import add_days, days_between
from chainbill.money import interest_minor
from chainbill_cli.demo.ending import PAYMENTS
from chainbill_cli.demo.story import TIER_2_SHARE, Story
from chainbill_cli.failure import Exit, fail
from chainbill_cli.localnet.clock import advance_quietly
from chainbill_cli.texts import text
from chainbill_cli.writing import call

RATE = 42_000
"""1/10,000 of a percent: of the financing, and of the days that the debtor is late."""
DAYS_LATE = 30
BASIS_DAYS = 360
FREEZE_DAYS = 90


@dataclass
class Trouble:
    """The second story as it goes on; bill, tokens and names are those of the first one's beginning."""

    story: Story
    references: int = 0
    payments: list[dict[str, Any]] = field(default_factory=list)

    def tell(self) -> list[dict[str, Any]]:
        """From the bill to the last cent; the payments as they end."""
        self.tell_financed()
        self.tell_recourse()
        freeze = self.tell_freeze()
        self.tell_paid_late()
        self.tell_returned()
        self.tell_released(freeze)
        return self.tell_exact()

    def tell_financed(self) -> None:
        """Tier 1 pays tier 2, whose bank finances it with recourse."""
        story = self.story
        story.teller.chapter("trouble.c_financed")
        amount = story.face * TIER_2_SHARE // 100
        offers = story.transfer("supplier1", {"supplier2": amount})
        story.accept("supplier2", "supplier1", offers["supplier2"], amount, tier=2)
        request = story.request("supplier2", ("bank2",), amount)
        story.take("supplier2", "bank2", story.quote("bank2", request, RATE, recourse=True), "TROUBLE-1")
        story.tokens["bank2"] = self._held_by("bank2")
        story.amounts = {"supplier1": story.face - amount, "supplier2": amount}

    def _held_by(self, alias: str) -> str:
        found = self.story.stage.get(
            "/v1/tokens", bill=self.story.bill, holder=self.story.stage.party(alias), status="live"
        )
        return str(found["data"][0]["id"])

    def _to(self, date: str) -> None:
        advance_quietly(self.story.stage.actor("bank1"), to=date)
        self.story.stage.forget_dates()
        self.story.teller.say("demo.clock", date=self.story.stage.reader.today())

    def tell_recourse(self) -> None:
        """The day of payment passes; the bank asks tier 2, which buys back with the interest of the days."""
        story, stage, teller = self.story, self.story.stage, self.story.teller
        teller.chapter("trouble.c_late")
        pay_on = str(stage.get(f"/v1/bills/{story.bill}")["pay_on"])
        self._to(add_days(pay_on, DAYS_LATE))
        teller.warn("trouble.overdue", who=story.name("anchor"), pay_on=pay_on)
        principal = story.amounts["supplier2"]
        late = days_between(pay_on, stage.reader.today())
        asked = principal + interest_minor(principal, RATE, late, BASIS_DAYS)
        claim = call(
            "recourse", "ask_recourse", token=story.tokens["bank2"], ground="overdue", amount=asked,
            document=hashlib.sha256(b"demand").hexdigest(),
        )  # fmt: skip
        stage.act("bank2", claim)
        teller.fact(
            "trouble.asked", who=story.name("bank2"), whom=story.name("supplier2"), amount=story.money(asked),
            currency=story.currency, principal=story.money(principal), interest=story.money(asked - principal),
            days=late,
        )  # fmt: skip
        stage.act("supplier2", call("recourse", "accept_recourse", token=story.tokens["bank2"]))
        paid = call(
            "recourse", "bought_back", token=story.tokens["bank2"], reference=self._reference(),
            value_date=stage.actor("bank2").today(), amount=asked,
        )  # fmt: skip
        story.tokens["supplier2"] = str(stage.act("bank2", paid).result["token"])
        teller.fact(
            "trouble.bought_back", who=story.name("supplier2"), amount=story.money(asked), currency=story.currency
        )

    def _reference(self) -> str:
        self.references += 1
        return f"TROUBLE-OUT-{self.references}"

    def _order(self, kind: str, item: dict[str, Any], **given: Any) -> dict[str, Any]:
        """An order that bank1 enters and bank3 ratifies; what entering it answered."""
        stage = self.story.stage
        arguments = {
            "kind": kind, "authority": text("trouble.court"), "number": f"2026-{kind}",
            "documents": [hashlib.sha256(kind.encode()).hexdigest()], "issued_on": stage.reader.today(),
            "items": [item], "days": 0, "beneficiary": "", "account": "", **given,
        }  # fmt: skip
        entered = dict(stage.act("bank1", call("legal", "order", **arguments)).result)
        stage.act("bank3", call("legal", "ratify", order=entered["order"]))
        return entered

    def tell_freeze(self) -> str:
        """A court freezes half of what tier 1 kept; the freeze."""
        story, teller = self.story, self.story.teller
        teller.chapter("trouble.c_freeze")
        amount = max(1, story.amounts["supplier1"] // 2)
        item = {"token": story.tokens["supplier1"], "amount": amount}
        entered = self._order("freeze", item, days=FREEZE_DAYS)
        story.amounts["frozen"] = amount
        teller.fact(
            "trouble.frozen", bank=story.name("bank1"), second=story.name("bank3"), amount=story.money(amount),
            currency=story.currency, who=story.name("supplier1"), days=FREEZE_DAYS,
        )  # fmt: skip
        return str(entered["freezes"][0])

    def tell_paid_late(self) -> None:
        """The debtor pays after all; what is frozen is set aside."""
        story, stage, teller = self.story, self.story.stage, self.story.teller
        teller.chapter("trouble.c_paid")
        settle = call(
            "settlement", "settle", bill=story.bill, amount=story.face, reference="TROUBLE-PAY-1",
            value_date=stage.actor("bank1").today(), partial=False,
        )  # fmt: skip
        self.payments = [dict(one) for one in stage.act("bank1", settle).result["payments"]]
        teller.fact(
            "demo.settled", bank=story.name("bank1"), who=story.name("anchor"), amount=story.money(story.face),
            currency=story.currency, reference="TROUBLE-PAY-1",
        )  # fmt: skip
        teller.say("trouble.instructed")
        self._table()

    def tell_returned(self) -> None:
        """One payment comes back and is made again; what is not set aside is paid."""
        story, teller = self.story, self.story.teller
        teller.chapter("trouble.c_returned")
        first = next(one for one in self.payments if one["status"] == "instructed")
        self._report(first, "returned")
        teller.warn(
            "trouble.returned", who=self.story.stage.reader.registered_name(str(first["party"])),
            amount=story.money(int(first["amount"])), currency=story.currency,
        )  # fmt: skip
        self._report(first, "instructed")
        for one in self.payments:
            if one["status"] == "instructed":
                self._report(one, "paid")
        teller.say("trouble.paid_again")
        self._table()

    def tell_released(self, freeze: str) -> None:
        """The court lets go; what was set aside goes to the holder."""
        story, teller = self.story, self.story.teller
        teller.chapter("trouble.c_released")
        self._order("release", {"freeze": freeze, "amount": 0})
        teller.fact("trouble.released", bank=story.name("bank3"), amount=story.money(story.amounts["frozen"]),
                    currency=story.currency)  # fmt: skip
        for one in self.payments:
            if one["status"] == "set_aside":
                self._report(one, "paid")

    def tell_exact(self) -> list[dict[str, Any]]:
        """Every cent of the face reached who was to have it; the payments."""
        story, stage = self.story, self.story.stage
        shown = stage.get("/v1/payments", bill=story.bill)["data"]
        self.payments = [dict(one) for one in shown]
        self._table()
        paid = sum(int(one["amount"]) for one in self.payments if one["status"] == "paid")
        if paid != story.face:
            raise fail(Exit.FAILED, "demo.not_exact", paid=story.money(paid), face=story.money(story.face))
        story.teller.fact(
            "demo.exact", count=len(self.payments), amount=story.money(paid), currency=story.currency
        )  # fmt: skip
        return self.payments

    def _report(self, payment: dict[str, Any], status: str) -> None:
        act = call(
            "settlement", "pay_result", bill=self.story.bill, token=payment["token"], status=status,
            reference=self._reference(),
        )  # fmt: skip
        payment["status"] = self.story.stage.act("bank1", act).result["status"]

    def _table(self) -> None:
        rows = [{**one, "currency": self.story.currency} for one in self.payments]
        self.story.teller.table(rows, PAYMENTS)
