"""What happens in the demo, chapter by chapter, up to where the credit has reached tier 3."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from chainbill.money import format_rate
from chainbill_cli import sealing
from chainbill_cli.demo.cast import DAYS_WHEN_NONE, Scene, party_id_of
from chainbill_cli.demo.stage import Stage
from chainbill_cli.demo.teller import Teller
from chainbill_cli.invoice import check_parties, fingerprint
from chainbill_cli.localnet import processes, status
from chainbill_cli.lookup import BILL, QUOTE, REQUEST
from chainbill_cli.output import amount_text
from chainbill_cli.quoting import priced
from chainbill_cli.texts import text
from chainbill_cli.writing import call

TIER_2_SHARE = 60
"""Percent of the face that tier 1 pays on to tier 2."""
REFUSED_SHARE = 5
RATES = {"bank2": 38_500, "bank3": 41_000}
LATER_RATE = 45_000
VICTIM_AFTER = 4
"""From four validators on, one may fail and the others carry on."""


@dataclass
class Story:
    """The demo as it goes on: the scene, the stage, the teller, and what came of it so far."""

    scene: Scene
    stage: Stage
    teller: Teller
    bill: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    invoice_part: dict[str, Any] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        """The invoice's currency."""
        return self.scene.invoice.currency

    @property
    def face(self) -> int:
        """Face of the bill in minor units."""
        return self.scene.invoice.payable_minor

    def money(self, minor: int) -> str:
        """An amount in major units."""
        return amount_text(minor, self.currency)

    def name(self, alias: str) -> str:
        """The registered name of a party."""
        return self.stage.reader.registered_name(self.stage.party(alias))

    def tell_invoice(self) -> None:
        """The invoice and its parties."""
        invoice, teller = self.scene.invoice, self.teller
        teller.chapter("demo.c_invoice")
        teller.say(
            "demo.invoice", seller=invoice.seller.name, buyer=invoice.buyer.name, number=invoice.number,
            date=invoice.issued_on, amount=self.money(self.face), currency=self.currency,
        )  # fmt: skip
        if self.scene.due_said:
            teller.say("demo.due_said", due=self.scene.due_on)
        else:
            teller.say("demo.due_taken", days=DAYS_WHEN_NONE, due=self.scene.due_on)
        for trader in (invoice.seller, invoice.buyer):
            party = party_id_of(trader)
            if all(one.value != party for one in trader.identifiers):
                teller.say("demo.test_id", name=trader.name, id=party)

    def tell_bill(self) -> None:
        """Issue, confirm, accept; a second bill over the same invoice is refused."""
        stage, teller = self.stage, self.teller
        teller.chapter("demo.c_bill")
        seller = stage.actor("supplier1")
        pair = (seller.registered(seller.party), seller.registered(stage.party("anchor")))
        check_parties(self.scene.invoice, *pair, by_name=("seller", "buyer"))
        print_ = fingerprint(seller.known.invoice_key, seller.party, self.scene.invoice)
        self.invoice_part = {"fingerprint": print_, "amount": self.face, "total": self.face}
        self.bill = self._issue()
        teller.fact("demo.issued", who=self.name("supplier1"), bill=self.bill)
        stage.act("anchor", call("bill", "confirm", bill=self.bill))
        teller.fact("demo.confirmed", who=self.name("anchor"))
        accepted = stage.act("supplier1", call("bill", "accept", bill=self.bill))
        self.tokens["supplier1"] = str(accepted.result["token"])
        pay_on = stage.get(f"/v1/bills/{self.bill}")["pay_on"]
        teller.fact(
            "demo.accepted", who=self.name("supplier1"), amount=self.money(self.face), currency=self.currency,
            pay_on=pay_on,
        )  # fmt: skip
        second = self._issue()
        problem = stage.refusal("anchor", call("bill", "confirm", bill=second))
        stage.act("anchor", call("bill", "reject", bill=second, reason=""))
        teller.warn("demo.twice", who=self.name("anchor"), why=problem.get("detail"))

    def _issue(self) -> str:
        outcome = self.stage.act(
            "supplier1",
            call(
                "bill", "issue", debtor=self.stage.party("anchor"), creditor=self.stage.party("supplier1"),
                face=self.face, currency=self.currency, due_on=self.scene.due_on, invoices=[self.invoice_part],
                contract_no="", delivered_on="", terms={}, reference="",
            ),
        )  # fmt: skip
        return str(outcome.result["bill"])

    def tell_tiers(self) -> None:
        """Tier 1 pays tier 2, tier 2 pays tier 3, one recipient refuses."""
        self.teller.chapter("demo.c_tiers")
        second = self.face * TIER_2_SHARE // 100
        refused = self.face * REFUSED_SHARE // 100
        offers = self.transfer("supplier1", {"supplier2": second, "supplier4": refused})
        self.accept("supplier2", "supplier1", offers["supplier2"], second, tier=2)
        self.stage.act("supplier4", call("token", "reject", token=offers["supplier4"], reason=""))
        self.teller.warn(
            "demo.refuses", who=self.name("supplier4"), owner=self.name("supplier1"), amount=self.money(refused),
            currency=self.currency,
        )  # fmt: skip
        third = second // 3
        offers = self.transfer("supplier2", {"supplier3": third})
        self.accept("supplier3", "supplier2", offers["supplier3"], third, tier=3)
        self.amounts.update(supplier2=second - third, supplier3=third)

    def transfer(self, giver: str, parts: dict[str, int]) -> dict[str, str]:
        """A party offers parts of its token to others; what each was offered."""
        recipients = [{"party": self.stage.party(alias), "amount": amount} for alias, amount in parts.items()]
        outcome = self.stage.act(giver, call("token", "transfer", tokens=[self.tokens[giver]], recipients=recipients))
        if outcome.result.get("remainder"):
            self.tokens[giver] = str(outcome.result["remainder"])
        return dict(zip(parts, (str(one) for one in outcome.result["tokens"]), strict=True))

    def accept(self, taker: str, giver: str, offered: str, amount: int, *, tier: int) -> None:
        """A party accepts what it was offered."""
        outcome = self.stage.act(taker, call("token", "accept", token=offered))
        self.tokens[taker] = str(outcome.result["token"])
        self.teller.fact(
            "demo.paid_on", who=self.name(giver), to=self.name(taker), amount=self.money(amount),
            currency=self.currency, tier=tier,
        )  # fmt: skip

    def tell_finance(self) -> None:
        """Tier 2 asks two banks, both quote, the better one disburses without recourse."""
        self.teller.chapter("demo.c_finance")
        amount = max(1, self.amounts["supplier2"] // 2)
        request = self.request("supplier2", ("bank2", "bank3"), amount)
        banks = " / ".join(self.name(bank) for bank in RATES)
        self.teller.say(
            "demo.asked", who=self.name("supplier2"), banks=banks, amount=self.money(amount), currency=self.currency
        )
        quotes = {bank: self.quote(bank, request, rate, recourse=False) for bank, rate in RATES.items()}
        self.take("supplier2", "bank2", quotes["bank2"], "DEMO-FIN-1")

    def request(self, holder: str, banks: tuple[str, ...], amount: int) -> str:
        """A holder asks banks; the request's id."""
        asked = [self.stage.party(bank) for bank in banks]
        outcome = self.stage.act(
            holder, call("finance", "request", token=self.tokens[holder], banks=asked, amount=amount)
        )
        return str(outcome.result["request"])

    def quote(self, bank: str, request: str, rate: int, *, recourse: bool) -> dict[str, Any]:
        """A bank seals a quote; the result with the id of the quote, and what it comes to."""
        session = self.stage.actor(bank)
        asked = session.object_row(REQUEST.path, request)
        pay_on = str(session.object_row(BILL.path, str(asked["bill"]))["pay_on"])
        offer = {
            "request": request, "rate": rate, "recourse": recourse, "basis": "act/360", "fee": 0, "value_date": "",
            "disburse_by": "", "valid_until": "", "interest_payer": "holder", "needs_label": {},
        }  # fmt: skip
        bid = sealing.bid_of(session, offer, session.today())
        act = call("finance", "seal", **sealing.seal_arguments(bid, offer, sealing.key_of_holder(session, asked)))
        sealing.keep(session, bid)
        outcome = self.stage.act(bank, act)
        result = {**outcome.result, **priced(offer, asked, pay_on, session.today())}
        self.teller.say(
            "demo.quoted", bank=self.name(bank), rate=format_rate(rate), days=result["days"],
            recourse=text("value.with_recourse" if recourse else "value.without_recourse"),
            interest=self.money(result["interest"]), net=self.money(result["net"]),
        )  # fmt: skip
        return result

    def take(self, holder: str, bank: str, quote: dict[str, Any], reference: str) -> None:
        """The holder agrees, the bank pays, the token moves."""
        session = self.stage.actor(holder)
        bid = sealing.opened(session, session.object_row(QUOTE.path, quote["quote"]))
        act = call("finance", "agree_sealed", quote=quote["quote"], terms=dict(bid.terms), salt=bid.salt)
        self.stage.act(holder, act)
        paid = call(
            "finance", "disburse", quote=quote["quote"], reference=reference, value_date=self.stage.actor(bank).today(),
            amount=0, registration=f"ZD-{reference}",
        )  # fmt: skip
        self.stage.act(bank, paid)
        self.teller.fact(
            "demo.agreed", who=self.name(holder), bank=self.name(bank), net=self.money(quote["net"]),
            currency=self.currency,
        )  # fmt: skip

    def tell_crash(self) -> None:
        """The last validator is killed; the others finance tier 3 with recourse; it comes back and catches up."""
        self.teller.chapter("demo.c_crash")
        nodes = self.stage.network.nodes
        victim = nodes[-1]
        bank, pid = self.name(victim.name), processes.pid_of(victim)
        processes.stop(victim, kill=True)
        self.teller.warn("demo.killed", bank=bank, pid=pid)
        carries_on = len(nodes) >= VICTIM_AFTER
        if not carries_on:
            self.teller.say("demo.cannot_carry_on")
            self._bring_back()
        amount = max(1, self.amounts["supplier3"] // 2)
        if carries_on:
            self.teller.say(
                "demo.carries_on", who=self.name("supplier3"), bank=self.name("bank3"), amount=self.money(amount),
                currency=self.currency,
            )  # fmt: skip
        request = self.request("supplier3", ("bank3",), amount)
        offer = self.quote("bank3", request, LATER_RATE, recourse=True)
        self.take("supplier3", "bank3", offer, "DEMO-FIN-2")
        if carries_on:
            self._bring_back()

    def _bring_back(self) -> None:
        victim = self.stage.network.nodes[-1]
        began = time.monotonic()
        processes.start(victim)
        status.wait_ready(self.stage.network, [victim], 60.0)
        head = int(self.stage.get("/v1/network")["as_of"]["height"])
        height = self.wait_for_height(victim.api, head)
        seconds = time.monotonic() - began
        self.teller.fact("demo.back", bank=self.name(victim.name), height=height, seconds=seconds)

    @staticmethod
    def wait_for_height(api: str, height: int) -> int:
        """Wait until a node has a height (at most a minute); the height it has."""
        import httpx

        deadline = time.monotonic() + 60
        with httpx.Client(trust_env=False) as http:
            while True:
                said = status.ready_of(http, api) or {}
                if int(said.get("height") or 0) >= height or time.monotonic() > deadline:
                    return int(said.get("height") or 0)
                time.sleep(0.1)
