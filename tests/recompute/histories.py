"""Random, mostly legal histories on the real ledger: LevelDB below, the REST interface above, days with holidays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from chainbill_node.config import FilesConfig
from chainbill_node.engine.application import LedgerApplication
from chainbill_node.setup.keys import load_private_key
from chainbill_node.setup.local import account_for, local_parties, local_plan
from chainbill_node.setup.network import create_network
from chainbill_node.setup.plan import PartyPlan
from chainbill_node.storage.database import ChainDatabase
from chainbill_node.storage.leveldb import LevelStore
from node_chain import START_MS, LocalChain
from recompute.book import Record
from recompute.days import Calendar, plus

from chainbill.crypto.keys import PrivateKey
from chainbill.dates import date_of
from chainbill.ids import make_test_uscc

DAY_MS = 24 * 3_600_000
ZONE = 480
CURRENCIES = ("CNY", "JPY", "USD")
SUPPLIERS = ("supplier1", "supplier2", "supplier3")
BANKS = ("bank1", "bank2")
ANCHORS = ("anchor", "anchor2")
MONTH_END = "2026-10-31"
"""A Saturday: what is due then is paid in November."""
HOLIDAYS = tuple(f"2026-10-{day:02}" for day in range(1, 8))
WORKDAYS = ("2026-09-27", "2026-10-10")
CALENDAR = Calendar(frozenset(HOLIDAYS), frozenset(WORKDAYS))
BASES = ("act/360", "act/365f", "30/360")


def with_second_anchor(parties: tuple[PartyPlan, ...]) -> tuple[PartyPlan, ...]:
    """The parties and one more like the anchor, so that what a party holds is owed by two."""
    [first] = [one for one in parties if one.alias == ANCHORS[0]]
    alias = ANCHORS[1]
    accounts = tuple(account_for(alias, "bank1", currency) for currency in CURRENCIES)
    keys = {"key": PrivateKey.generate(), "checker": PrivateKey.generate()}
    return (*parties, replace(first, alias=alias, party=make_test_uscc(alias.encode()), accounts=accounts, **keys))


class Chain(LocalChain):
    """A chain of one validator on disk with three currencies; it knows holidays and may stand still overnight."""

    def __init__(self, directory: Path) -> None:
        year = {"year": 2026, "holidays": list(HOLIDAYS), "workdays": list(WORKDAYS)}
        plan = local_plan(validators=1, genesis_time_ms=START_MS, parameters={"gap_limit_ms": 7 * DAY_MS})
        plan = replace(plan, parties=with_second_anchor(local_parties(1, currencies=CURRENCIES)), calendar=(year,))
        self.network = create_network(directory / "network", plan)
        self.genesis = self.network.genesis
        self.key = load_private_key(self.network.nodes[0].home / FilesConfig().validator_key)
        self.store = LevelStore(directory / "chain", create=True)
        self.ledger = LedgerApplication(ChainDatabase(self.store))
        self.ledger.init_chain(self.genesis)
        self.time_ms = START_MS

    @property
    def today(self) -> str:
        return date_of(self.time_ms + 1_000, ZONE)


class History:
    """Acts that the seed chose, and the records of those that went through."""

    def __init__(self, directory: Path, seed: int, acts: int) -> None:
        self.random = Random(seed)
        self.chain = Chain(directory)
        self.records: list[Record] = []
        self.refused: list[str] = []
        self.issued: dict[str, int] = {}
        self.heights: list[tuple[int, str]] = []
        self.number = 0
        self.plays: list[Callable[[], None]] = [
            self.issue, self.issue, self.answer_bill, self.answer_bill, self.answer_bill, self.transfer, self.transfer,
            self.answer_offer, self.answer_offer, self.give_back, self.give_back, self.split, self.merge,
            self.request, self.request, self.quote, self.quote, self.agree, self.agree, self.agree, self.disburse,
            self.disburse, self.disburse, self.end_request, self.settle, self.settle, self.pay_result,
        ]  # fmt: skip
        while len(self.heights) < acts:
            if self.random.random() < 0.06:
                self.pass_days(self.random.choice((1, 1, 1, 2, 3, 6)))
            self.random.choice(self.plays)()

    def party(self, alias: str) -> str:
        return self.chain.party(alias)

    def alias(self, party: str) -> str:
        return next(alias for alias, one in self.chain.network.parties.items() if one.party == party)

    def rows(self, contract: str, table: str) -> list[dict[str, Any]]:
        """Rows of the state: only what to try next is chosen by them, nothing is checked against them."""
        found = [row for _, row in self.chain.ledger.reader(None).scan(contract, table, limit=10_000)]
        return sorted(found, key=self.place)

    def place(self, row: dict[str, Any]) -> tuple[int, ...]:
        """Where a row stands among those of its table: the same for every run of a seed, although ids differ."""
        if "created" in row:
            return (row["created"]["height"],)
        if "born" in row:
            return (row["born"], self.issued[row["bill"]], row["lo"], row["hi"])
        return self.place(self.ledger_row("token", "token", row["token"]))

    def ledger_row(self, contract: str, table: str, key: str) -> dict[str, Any]:
        row = self.chain.ledger.reader(None).get(contract, table, key)
        assert row is not None
        return row  # type: ignore[no-any-return]

    def act(self, alias: str, act: str, **args: Any) -> None:
        """Hand in one call in a block of its own."""
        contract, function = act.split(".")
        named = [args["token"]] if act.startswith(("token.", "finance.request")) and "token" in args else []
        named += args.get("tokens", [])
        live = {row["id"]: row for row in self.rows("token", "token")} if named else {}
        places = {one: (live[one]["bill"], live[one]["lo"], live[one]["hi"]) for one in named}
        today = self.chain.today
        [receipt] = self.chain.commit(self.chain.sign(alias, (contract, function, args)))
        height = self.chain.ledger.info().height
        if receipt.ok:
            self.records.append(Record(height, today, self.party(alias), act, args, places, receipt.results[0]))
            if act == "bill.issue":
                self.issued[receipt.results[0]["bill"]] = height
        else:
            self.refused.append(f"{act}: {receipt.reason}")
        self.heights.append((height, today))

    def pass_days(self, days: int) -> None:
        self.chain.time_ms += days * DAY_MS
        self.chain.commit()
        while self.chain.ledger.info().has_more_work:
            self.chain.commit()
        self.heights.append((self.chain.ledger.info().height, date_of(self.chain.time_ms, ZONE)))

    def pick(self, rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any] | None:
        fit = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
        return self.random.choice(fit) if fit else None

    def free_token(self) -> dict[str, Any] | None:
        holders = {self.party(alias) for alias in SUPPLIERS}
        rows = [row for row in self.rows("token", "token") if row["status"] == "live" and not row["locks"]]
        return self.pick([row for row in rows if row["holder"] in holders])

    def share(self, amount: int) -> int:
        return self.random.choice((amount, max(1, amount // 2), self.random.randint(1, amount)))

    def reference(self) -> str:
        self.number += 1
        return f"REF-{self.number}"

    # --- what may be tried ---
    def issue(self) -> None:
        creditor = self.random.choice(SUPPLIERS)
        debtor = self.random.choice(ANCHORS)
        by = self.random.choice((creditor, debtor))
        face = self.random.choice((self.random.randint(1, 99), self.random.randint(1_000, 10**11)))
        terms = self.random.choice(({}, {}, {"debtor_pays_interest": True}, {"non_transferable": True}))
        due_on = plus(self.chain.today, self.random.choice((6, 12, 25, 50, 100)))
        if self.random.random() < 0.25 and self.chain.today < MONTH_END:
            due_on = MONTH_END
        self.act(
            by, "bill.issue", debtor=self.party(debtor), creditor=self.party(creditor), face=face,
            currency=self.random.choice(CURRENCIES), due_on=due_on, invoices=[], contract_no="", delivered_on="",
            terms=terms, reference="",
        )  # fmt: skip

    def answer_bill(self) -> None:
        bills = self.rows("bill", "bill")
        bill = self.pick([one for one in bills if one["status"].startswith("pending")])
        if bill is None:
            return
        creditor, by_debtor = self.alias(bill["creditor"]), bill["status"] == "pending_confirm"
        who = self.alias(bill["debtor"]) if by_debtor else creditor
        chance = self.random.random()
        if chance < 0.84:
            self.act(who, "bill.confirm" if by_debtor else "bill.accept", bill=bill["id"])
        elif chance < 0.92:
            self.act(who, "bill.reject", bill=bill["id"], reason="")
        elif by_debtor:
            self.act(self.alias(bill["initiator"]), "bill.withdraw", bill=bill["id"], reason="")
        else:
            self.act(self.alias(bill["debtor"]), "bill.cancel", bill=bill["id"], reason="")

    def transfer(self) -> None:
        token = self.free_token()
        if token is None:
            return
        rows = [row for row in self.rows("token", "token") if row["status"] == "live" and not row["locks"]]
        same = [row for row in rows if row["holder"] == token["holder"] and row["currency"] == token["currency"]]
        several = list({row["lo"]: row for row in same}.values())[:3]  # of one lo, ids would decide which is first
        tokens = self.random.choice(([token], several))
        amount = self.share(sum(row["hi"] - row["lo"] for row in tokens))
        others = [alias for alias in SUPPLIERS if self.party(alias) != token["holder"]]
        first = self.random.randint(1, amount)
        payees = [{"party": self.party(others[0]), "amount": first}]
        if amount > first:
            payees.append({"party": self.party(others[-1]), "amount": amount - first})
        self.random.shuffle(payees)
        self.act(self.alias(token["holder"]), "token.transfer", tokens=[row["id"] for row in tokens], recipients=payees)

    def answer_offer(self) -> None:
        token = self.pick([row for row in self.rows("token", "token") if row["offered_to"]], status="live")
        if token is None:
            return
        chance = self.random.random()
        if chance < 0.7:
            self.act(self.alias(token["offered_to"]), "token.accept", token=token["id"])
        elif chance < 0.8:
            self.act(self.alias(token["offered_to"]), "token.reject", token=token["id"], reason="")
        elif chance < 0.9:
            self.act(self.alias(token["holder"]), "token.recall", token=token["id"])

    def give_back(self) -> None:
        rows = [row for row in self.rows("token", "token") if row["status"] == "live" and not row["locks"]]
        token = self.pick([row for row in rows if row["tier"] > 1 and not row["financed_tier"]])
        if token is not None:
            self.act(self.alias(token["holder"]), "token.give_back", token=token["id"])

    def split(self) -> None:
        token = self.free_token()
        if token is not None:
            amounts = [self.share(token["hi"] - token["lo"])]
            self.act(self.alias(token["holder"]), "token.split", token=token["id"], amounts=amounts)

    def merge(self) -> None:
        rows = [row for row in self.rows("token", "token") if row["status"] == "live" and not row["locks"]]
        pairs = [
            (one, other) for one in rows for other in rows
            if (one["bill"], one["hi"], one["origin"]) == (other["bill"], other["lo"], other["origin"])
        ]  # fmt: skip
        if pairs:
            one, other = self.random.choice(pairs)
            self.act(self.alias(one["holder"]), "token.merge", tokens=[other["id"], one["id"]])

    def request(self) -> None:
        token = self.free_token()
        if token is None:
            return
        banks = [self.party(alias) for alias in self.random.sample(BANKS, self.random.randint(1, 2))]
        amount = self.share(token["hi"] - token["lo"])
        self.act(self.alias(token["holder"]), "finance.request", token=token["id"], banks=banks, amount=amount)

    def quote(self) -> None:
        request = self.pick(self.rows("finance", "request"), status="open")
        if request is None:
            return
        self.act(
            self.alias(self.random.choice(request["banks"])), "finance.quote", request=request["id"],
            rate=self.random.randint(0, 200_000), recourse=self.random.random() < 0.5, basis=self.random.choice(BASES),
            fee=self.random.choice((0, request["amount"] // 1_000, request["amount"] // 30)),
            value_date="", disburse_by="", valid_until="",
            interest_payer=self.random.choice(("holder", "holder", "holder", "debtor")),
        )  # fmt: skip

    def agree(self) -> None:
        quote = self.pick(self.rows("finance", "quote"), status="offered")
        if quote is not None:
            holder = next(row for row in self.rows("finance", "request") if row["id"] == quote["request"])["holder"]
            self.act(self.alias(holder), "finance.agree", quote=quote["id"])

    def disburse(self) -> None:
        quotes = [row for row in self.rows("finance", "quote") if row["status"] == "agreed"]
        unpaid = [row for row in quotes if not row["reference"]]
        quote = self.pick(quotes if self.random.random() < 0.1 else unpaid)  # a second payment moves nothing
        if quote is not None:
            self.act(
                self.alias(quote["bank"]), "finance.disburse", quote=quote["id"], reference=self.reference(),
                value_date=self.random.choice((self.chain.today, quote["agreed_on"])), amount=0, registration="",
            )  # fmt: skip

    def end_request(self) -> None:
        request = self.pick(self.rows("finance", "request"), status="open")
        if request is None or self.random.random() < 0.5:
            return
        if self.random.random() < 0.5:
            self.act(self.alias(request["holder"]), "finance.withdraw", request=request["id"])
        else:
            self.act(self.alias(self.random.choice(request["banks"])), "finance.decline", request=request["id"])

    def settle(self) -> None:
        payable = ("active", "due", "overdue", "overdue")
        bill = self.pick(self.rows("bill", "bill"), status=self.random.choice(payable))
        if bill is None:
            return
        amount = self.share(bill["face"] - bill["settled"])
        value_date = self.random.choice((self.chain.today, max(bill["accepted_on"], bill["pay_on"])))
        self.act(
            "bank1", "settlement.settle", bill=bill["id"], amount=amount, reference=self.reference(),
            value_date=min(value_date, self.chain.today), partial=True,
        )  # fmt: skip

    def pay_result(self) -> None:
        payment = self.pick(self.rows("settlement", "payment"), status="instructed")
        if payment is not None:
            self.act(
                "bank1", "settlement.pay_result", bill=payment["bill"], token=payment["token"],
                status=self.random.choice(("paid", "returned")), reference=self.reference(),
            )  # fmt: skip
