"""A closed network with every kind of bill, money in time, late and told late: what tests of reading look at.

It is written from docs/reference alone; every figure that a test expects of it is worked out by hand.

| bill | face | is |
|---|---|---|
| main | CNY 10,000.00 | due on a Saturday: 4,000.00 paid in time, 3,000.00 two days late, the rest four |
| told | CNY 500.00 | paid on its day, which its bank told on the 16th |
| unpaid | CNY 333.33 | overdue to the end |
| yen, dinar | JPY 12,345, BHD 1,234.567 | of a creditor whose name has quotes and Chinese |
| waiting, withdrawn, rejected, cancelled, expired | CNY 1.00 to 5.00 | never accepted |
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from chainbill_node.setup.local import account_for
from chainbill_node.setup.plan import PartyPlan
from chainbill_node.storage.leveldb import LevelStore
from node_chain import LocalChain
from rest.conftest import TestClient
from served_chain import client_of, get_as

from chainbill.crypto.keys import PrivateKey
from chainbill.dates import start_of_day_ms
from chainbill.ids import make_test_uscc
from chainbill.limits import HOUR_MS

ZONE = 480
FACE = 10_000_00
STRANGE_EN, STRANGE_ZH = 'O\'Neil "Best", Ltd; A\\B', '=“甲”，"乙"；公司'


def more_parties() -> list[PartyPlan]:
    """A creditor of a strange name, a party of two roles, a second bank and a second auditor."""

    def one(alias: str, zh: str, en: str, *roles: str, currencies: tuple[str, ...] = ()) -> PartyPlan:
        bank = "bank1" if currencies else ""
        return PartyPlan(
            alias, make_test_uscc(alias.encode()), zh, en, roles, PrivateKey.generate(), PrivateKey.generate(),
            sponsor=bank, paying_bank=bank if "anchor" in roles else "",
            accounts=tuple(account_for(alias, "bank1", currency) for currency in currencies),
        )  # fmt: skip

    return [
        one("strange", STRANGE_ZH, STRANGE_EN, "supplier", currencies=("CNY", "JPY", "BHD", "USD")),
        one("both", "双重公司", "Both Roles", "anchor", "supplier", currencies=("CNY", "JPY", "BHD", "USD")),
        one("otherbank", "另一银行", "Other Bank", "bank"),
        one("auditor9", "审计九", "Auditor Nine", "auditor"),
    ]


@dataclass
class World:
    chain: LocalChain
    client: TestClient
    bills: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def height(self) -> int:
        return self.chain.ledger.info().height

    def id(self, alias: str) -> str:
        return self.chain.party(alias)

    def ask(self, who: str, path: str, **headers: str) -> httpx.Response:
        return get_as(self.client, self.chain, who, path, **headers)

    def get(self, path: str, who: str = "regulator") -> Any:
        answer = self.ask(who, path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()

    def problem(self, path: str, status: int, who: str = "regulator", **headers: str) -> Any:
        answer = self.ask(who, path, **headers)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def rows(self, path: str, who: str = "regulator", limit: int = 1000) -> list[Any]:
        """All rows of a list, page by page."""
        found: list[Any] = []
        after = ""
        for _ in range(5_000):
            page = self.get(f"{path}{'&' if '?' in path else '?'}limit={limit}{after}", who)
            assert len(page["data"]) <= limit
            found += page["data"]
            if page["next"] is None:
                return found
            assert page["data"], "a page without rows says there is more"
            after = f"&after={page['next']}"
        raise AssertionError(f"{path}: pages never end")

    def call(self, who: str, act: str, **arguments: Any) -> Any:
        return self.chain.call(who, *act.split("."), arguments)

    def two(self, who: str, act: str, **arguments: Any) -> None:
        """An act that two people of a party sign."""
        self.chain.call_as_two(who, *act.split("."), arguments)

    def issue(
        self, name: str, creditor: str, debtor: str, face: int, due_on: str, currency: str = "CNY", **more: Any
    ) -> str:
        self.bills[name] = self.call(
            creditor, "bill.issue", **({
                "debtor": self.id(debtor), "creditor": self.id(creditor), "face": face, "currency": currency,
                "due_on": due_on, "invoices": [], "contract_no": "", "delivered_on": "", "terms": {}, "reference": "",
            } | more)
        )["bill"]  # fmt: skip
        return self.bills[name]

    def accepted(self, name: str, creditor: str, debtor: str, face: int, due_on: str, currency: str = "CNY") -> str:
        bill = self.issue(name, creditor, debtor, face, due_on, currency)
        self.call(debtor, "bill.confirm", bill=bill)
        self.tokens[name] = self.call(creditor, "bill.accept", bill=bill)["token"]
        return bill

    def transfer(self, who: str, token: str, *to: tuple[str, int]) -> Any:
        recipients = [{"party": self.id(alias), "amount": amount} for alias, amount in to]
        return self.call(who, "token.transfer", tokens=[token], recipients=recipients)

    def settle(self, name: str, amount: int, reference: str, value_date: str, *, partial: bool = False) -> Any:
        return self.call("bank1", "settlement.settle", bill=self.bills[name], amount=amount, reference=reference,
                         value_date=value_date, partial=partial)  # fmt: skip

    def mark(self, name: str) -> None:
        self.at[name] = self.height

    def until(self, date: str, *, jump: bool = False) -> None:
        """To 09:00 of a day; hour by hour, since after a longer gap the ledger leaves bills alone."""
        wanted = start_of_day_ms(date, ZONE) + 9 * HOUR_MS
        while self.chain.time_ms < wanted:
            self.chain.time_ms = (wanted if jump else min(wanted, self.chain.time_ms + HOUR_MS)) - 1_000
            self.chain.commit()


def make_chain(folder: Path, **options: Any) -> LocalChain:
    store = LevelStore(folder / "db", create=True, buffer_bytes=1 << 20)
    return LocalChain(folder / "net", store, extra_parties=more_parties(), **options)


@contextlib.contextmanager
def served(*, public_reads: bool) -> Iterator[World]:
    """A new chain behind the real interface, in a folder of its own; nothing has happened on it yet."""
    with tempfile.TemporaryDirectory() as folder:
        chain = make_chain(Path(folder), public_reads=public_reads)
        with client_of(chain) as client:
            yield World(chain, client)
        chain.store.close()


def live_out(world: World) -> None:
    """The life of the bills above, from Monday 2026-09-21, 22:13, to Friday 2026-10-16."""
    for _ in range(3):
        world.chain.commit()
    world.mark("empty")
    world.accepted("main", "supplier1", "anchor", FACE, "2026-10-10")
    world.mark("one")
    made = world.transfer(
        "supplier1", world.tokens["main"], *[("supplier2", 1_000_00)] * 3, *[("supplier3", 1_000_00)] * 3
    )
    world.mark("offered")
    passed = [world.call("supplier2", "token.accept", token=token)["token"] for token in made["tokens"][:3]]
    world.call("supplier3", "token.accept", token=made["tokens"][3])
    world.call("supplier3", "token.reject", token=made["tokens"][4], reason="not ours")
    world.mark("accepted")
    asked = world.call("supplier2", "finance.request", token=passed[0], banks=[world.id("bank1"),
    world.id("otherbank")],
                       amount=1_000_00)  # fmt: skip
    world.tokens["financed"] = asked["token"]
    world.made["request"] = asked["request"]
    quote = {"request": asked["request"], "rate": 36_500, "recourse": False, "basis": "act/360", "fee": 1_00,
             "value_date": "", "disburse_by": "", "valid_until": "", "interest_payer": "holder",
             "needs_label": {}}  # fmt: skip
    world.made["lost"] = world.call("otherbank", "finance.quote", **quote | {"basis": "30/360", "fee": 0})
    world.made["quote"] = world.call("bank1", "finance.quote", **quote)
    world.call("supplier2", "finance.agree", quote=world.made["quote"]["quote"])
    world.made["disbursed"] = world.call("bank1", "finance.disburse", quote=world.made["quote"]["quote"],
    reference="FIN-1",
                                         value_date="2026-09-21", amount=0, registration="ZD-1")  # fmt: skip
    world.mark("financed")
    world.accepted("told", "supplier1", "anchor", 500_00, "2026-10-12")
    world.accepted("unpaid", "supplier1", "anchor", 333_33, "2026-10-12")
    world.accepted("yen", "strange", "both", 12_345, "2026-12-31", "JPY")
    world.accepted("dinar", "strange", "both", 1_234_567, "2026-12-31", "BHD")
    world.issue("waiting", "supplier1", "anchor", 1_00, "2026-12-31", reference="PO-1")
    world.issue("withdrawn", "supplier1", "anchor", 2_00, "2026-12-31", reference="PO-2")
    world.call("supplier1", "bill.withdraw", bill=world.bills["withdrawn"], reason="wrong")
    world.issue("rejected", "supplier2", "both", 3_00, "2026-12-31", reference="PO-1")
    world.call("both", "bill.reject", bill=world.bills["rejected"], reason="not ours")
    world.issue("cancelled", "supplier2", "both", 4_00, "2026-12-31")
    world.call("both", "bill.confirm", bill=world.bills["cancelled"])
    world.call("both", "bill.cancel", bill=world.bills["cancelled"], reason="twice")
    world.two("supplier2", "audit.grant", auditor=world.id("auditor"), scope="all", first_day="2026-09-21", last_day="")
    world.two("supplier1", "audit.grant", auditor=world.id("auditor9"), scope=[world.bills["told"]],
               first_day="2026-09-21", last_day="")  # fmt: skip
    world.mark("traded")
    world.until("2026-10-05", jump=True)
    world.bills["expired"] = world.bills.pop("waiting")
    world.issue("waiting", "supplier1", "anchor", 5_00, "2026-12-31")
    world.until("2026-10-11", jump=True)
    world.until("2026-10-12")
    world.mark("due")
    world.settle("main", 4_000_00, "PAY-1", "2026-10-12", partial=True)
    world.mark("in_time")
    world.until("2026-10-15")
    world.settle("main", 3_000_00, "PAY-2", "2026-10-14", partial=True)
    world.mark("late")
    world.until("2026-10-16")
    world.settle("main", 3_000_00, "PAY-3", "2026-10-16")
    world.settle("told", 500_00, "PAY-4", "2026-10-12")
    world.chain.commit()
    world.mark("end")
