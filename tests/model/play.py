"""The machine: the ledger and the model do the same random acts, and must say the same after each."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from contracts.world import BANK3, BANK4
from model import (
    compare,
    draw_claims,
    draw_early,
    draw_entries,
    draw_guarantee,
    draw_labels,
    draw_money,
    draw_pledge,
    draw_sale,
    draw_trade,
    passing,
    standing,
)
from model.acts import ACTS, apply
from model.days import plus
from model.draw import Draw
from model.ledger import Disagreement, Ledger
from model.network import FIRMS, begin
from model.records import Book
from model.words import Id, Refusal

Drawn = Callable[[Draw], Any]
ACTS_DRAWN: dict[str, tuple[int, Drawn]] = {
    "bill.issue": (7, draw_trade.issue),
    "bill.confirm": (7, draw_trade.confirm),
    "bill.accept": (8, draw_trade.accept_bill),
    "bill.reject": (1, draw_trade.reject_bill),
    "bill.withdraw": (1, draw_trade.withdraw_bill),
    "bill.cancel": (1, draw_trade.cancel),
    "bill.ask_void": (1, draw_trade.ask_void),
    "bill.ask_dilution": (3, draw_trade.ask_dilution),
    "bill.ask_paying_bank": (2, draw_trade.ask_paying_bank),
    "bill.answer": (6, draw_trade.answer),
    "bill.withdraw_joint": (1, draw_trade.withdraw_joint),
    "token.transfer": (12, draw_trade.transfer),
    "token.accept": (12, draw_trade.accept_token),
    "token.reject": (3, draw_trade.reject_token),
    "token.recall": (3, draw_trade.recall),
    "token.give_back": (3, draw_trade.give_back),
    "token.split": (3, draw_trade.split),
    "token.merge": (4, draw_trade.merge),
    "finance.request": (8, draw_money.request),
    "finance.quote": (9, draw_money.quote),
    "finance.agree": (6, draw_money.agree),
    "finance.disburse": (7, draw_money.disburse),
    "finance.decline": (2, draw_money.decline),
    "finance.decline_quote": (1, draw_money.decline_quote),
    "finance.withdraw": (2, draw_money.withdraw),
    "finance.withdraw_quote": (1, draw_money.withdraw_quote),
    "finance.cancel": (1, draw_money.cancel),
    "pledge.offer": (6, draw_pledge.offer),
    "pledge.accept": (6, draw_pledge.accept),
    "pledge.reject": (1, draw_pledge.reject),
    "pledge.withdraw": (1, draw_pledge.withdraw),
    "pledge.release": (2, draw_pledge.release),
    "pledge.enforce": (3, draw_pledge.enforce),
    "pledge.agree_enforcement": (2, draw_pledge.agree_enforcement),
    "pledge.refuse_enforcement": (1, draw_pledge.refuse_enforcement),
    "sale.sell": (5, draw_sale.sell),
    "sale.buy": (5, draw_sale.buy),
    "prepayment.offer_prepayment": (5, draw_early.offer),
    "prepayment.agree_prepayment": (4, draw_early.agree),
    "settlement.settle_prepaid": (4, draw_early.settle),
    "write_off.write_off": (4, draw_sale.write_off),
    "write_off.undo_write_off": (1, draw_sale.undo_write_off),
    "recourse.ask_recourse": (5, draw_claims.ask),
    "recourse.accept_recourse": (5, draw_claims.accept),
    "recourse.refuse_recourse": (1, draw_claims.refuse),
    "recourse.withdraw_recourse": (1, draw_claims.withdraw),
    "recourse.bought_back": (5, draw_claims.bought_back),
    "guarantee.give_guarantee": (5, draw_guarantee.give),
    "guarantee.demand": (3, draw_guarantee.demand),
    "settlement.pay_guarantee": (5, draw_guarantee.pay),
    "settlement.settle": (6, draw_money.settle),
    "settlement.pay_result": (4, draw_money.pay_result),
    "settlement.acknowledge": (2, draw_money.acknowledge),
    "settlement.reverse": (3, draw_money.reverse),
    "invoice.dispute": (1, draw_trade.dispute),
    "invoice.uphold": (1, draw_trade.uphold),
    "invoice.withdraw_dispute": (1, draw_trade.withdraw_dispute),
    "invoice.examine": (2, draw_entries.examine),
    "entry.strike": (2, draw_entries.strike),
    "entry.lift": (1, draw_entries.lift),
    "entry.ratify_entry": (3, draw_entries.ratify),
    "entry.refuse_entry": (1, draw_entries.refuse),
    "label.attest": (3, draw_labels.attest),
    "label.revoke": (1, draw_labels.revoke),
}
MOODS: tuple[tuple[str, ...], ...] = (
    (), (), (), ("bill.issue",), ("finance.request", "finance.withdraw"), ("finance.quote", "finance.agree"),
    ("bill.ask_void", "bill.withdraw_joint"), ("token.transfer", "token.recall"), ("invoice.dispute",),
    ("bill.ask_dilution", "bill.answer"), ("finance.agree", "finance.disburse", "settlement.settle"),
    ("label.attest", "label.revoke", "finance.quote"),
    ("invoice.dispute", "invoice.uphold", "entry.strike", "entry.ratify_entry", "invoice.examine", "finance.quote"),
    ("pledge.offer", "pledge.accept", "settlement.settle", "settlement.pay_result"),
    ("token.transfer", "token.recall", "token.merge", "finance.request", "finance.withdraw"),
    ("finance.request", "finance.quote", "finance.agree", "finance.disburse", "sale.sell", "sale.buy"),
    ("sale.sell", "sale.buy", "write_off.write_off", "settlement.settle", "settlement.reverse"),
    ("write_off.write_off", "write_off.undo_write_off", "settlement.settle", "settlement.reverse", "token.split"),
    ("token.transfer", "token.accept", "recourse.ask_recourse", "recourse.accept_recourse", "recourse.bought_back"),
    ("finance.quote", "finance.agree", "finance.disburse", "sale.sell", "sale.buy", "recourse.ask_recourse"),
    ("recourse.ask_recourse", "recourse.accept_recourse", "settlement.settle", "settlement.reverse", "sale.sell"),
    ("guarantee.give_guarantee", "settlement.pay_guarantee", "pledge.offer", "pledge.accept", "token.transfer"),
    ("guarantee.give_guarantee", "settlement.pay_guarantee", "write_off.write_off", "recourse.ask_recourse"),
    ("prepayment.offer_prepayment", "prepayment.agree_prepayment", "settlement.settle_prepaid", "token.transfer"),
    ("prepayment.offer_prepayment", "prepayment.agree_prepayment", "settlement.settle", "settlement.reverse"),
    ("pledge.accept", "pledge.enforce"), ("settlement.settle", "settlement.reverse"),
    ("pledge.offer", "pledge.accept", "settlement.settle", "settlement.reverse", "pledge.enforce"),
)  # fmt: skip
"""What one network does more of than others."""
STEPS = 300
"""Acts in one network: then another one begins, with its own parameters."""
DAY, VOTE, SCHEME, ALL = 0.05, 0.008, 0.003, 0.04


class Run:
    """One network under one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = Random(seed)
        world, self.book = begin(self.rng)
        self.ledger = Ledger(world)
        self.book.names = self.ledger.theirs
        self.draw = Draw(self.rng, self.book)
        self.draw.known = lambda token: token.id in self.ledger.theirs
        mood = self.rng.choice(MOODS)
        self.weights = [weight * (6 if act in mood else 1) for act, (weight, _) in ACTS_DRAWN.items()]
        self.met: Counter[tuple[str, str]] = Counter()
        self.story: list[tuple[set[str], str]] = []
        for _ in range(3):
            self.decide_scheme()

    def play(self, steps: int) -> Counter[tuple[str, str]]:
        try:
            for _ in range(steps):
                self.step()
            compare.everything(self.book, self.ledger)
        except Disagreement as error:
            raise Disagreement(f"{error}\n{self.told()}") from None
        return self.met

    def step(self) -> None:
        chance = self.rng.random()
        if chance < DAY:
            self.pass_days(self.rng.choice((1, 1, 1, 1, 2, 3, 7, 15)))
        elif chance < DAY + VOTE:
            self.vote()
        elif chance < DAY + VOTE + SCHEME:
            self.decide_scheme()
        else:
            self.act()
        if self.rng.random() < ALL:
            compare.everything(self.book, self.ledger)

    def pass_days(self, count: int) -> None:
        today = plus(self.book.today, count)
        self.ledger.world.day(today)
        passing.day(self.book, today)
        self.tell(set(), f"day {today}")
        self.met["day", "ok"] += 1
        if self.ledger.world.failed_items:
            raise Disagreement(f"items of the day that failed: {self.ledger.world.failed_items}")
        compare.everything(self.book, self.ledger)

    def vote(self) -> None:
        """Stop a firm or a bank by vote, or end that. A bank with an agreed financing is left alone: see the README."""
        parties = self.book.parties
        stopped = [one for one in parties.values() if not one.acts]
        if stopped and self.rng.random() < 0.7:
            party, status = self.rng.choice(stopped).id, "active"
        else:
            party = self.rng.choice((*FIRMS, BANK3, BANK4))
            if any(one.bank == party and one.status == "agreed" for one in self.book.quotes.values()):
                return
            status = self.rng.choice(("suspended", "insolvent"))
        if parties[party].status == status or (not parties[party].acts and status != "active"):
            return
        self.ledger.vote(party, status)
        self.book.now += 1
        standing.voted(self.book, party, status)
        self.tell(set(), f"vote: {party} {status}")
        self.met["vote", status] += 1

    def decide_scheme(self) -> None:
        """Change by vote who attests under a scheme; nobody, to retire it."""
        scheme = self.rng.choice(draw_labels.SCHEMES)
        attestors = self.rng.sample(draw_labels.ATTESTORS, self.rng.choice((1, 2, 2)))
        if scheme in self.book.schemes and self.rng.random() < 0.2:
            attestors = []
        self.ledger.vote_scheme(scheme, attestors)
        self.book.now += 1
        if attestors:
            self.book.schemes[scheme] = tuple(attestors)
        else:
            del self.book.schemes[scheme]
        self.tell(set(), f"vote: {scheme} is attested by {attestors}")
        self.met["vote", "label_scheme"] += 1

    def act(self) -> None:
        sent = None
        while sent is None:
            act = self.rng.choices(list(ACTS_DRAWN), self.weights)[0]
            sent = ACTS_DRAWN[act][1](self.draw)
        sender, people, arguments = sent
        if self.rng.random() < 0.01:
            arguments = {
                name: f"{value[:1]}{16 * '0'}X" if isinstance(value, Id) else value for name, value in arguments.items()
            }
        said, theirs = self.ledger.send(act, sender, people, arguments)
        try:
            ours = apply(self.book, act, sender, people, arguments)
        except Refusal as refusal:
            self.tell(bills_in(self.book, arguments), f"{act} by {sender} x{people} {arguments} -> {said}")
            self.met[act, said] += 1
            if said not in refusal.reasons:
                raise Disagreement(
                    f"{act}: model refuses for {sorted(refusal.reasons)}, ledger says {said}: {theirs}"
                ) from None
            return
        about = self.book.touched | bills_in(self.book, arguments)
        self.tell(about, f"{act} by {sender} x{people} {arguments} -> {said} {theirs}, model {ours}")
        self.met[act, said] += 1
        if said != "ok":
            raise Disagreement(f"{act}: model allows it, ledger refuses for {said}")
        self.ledger.same(ours, theirs, act)
        self.ledger.look(self.book)

    def tell(self, bills: set[str], what: str) -> None:
        self.story.append((bills, what))

    def told(self) -> str:
        """What led there: acts about the bills of the last one, days and votes."""
        last = self.story[-1][0] if self.story else set()
        lines = [what for bills, what in self.story if not bills or not last or bills & last]
        return "\n".join([f"seed {self.seed}, step {len(self.story)}", *lines[-60:]])


def bills_in(book: Book, value: Any) -> set[str]:
    """The bills that arguments are about."""
    if isinstance(value, Id):
        for rows in (book.tokens, book.payments, book.joints):
            if value in rows:
                return {rows[value].bill.id}
        if value in book.requests:
            return {book.requests[value].token.bill.id}
        if value in book.pledges:
            return {token.bill.id for token in book.pledges[value].tokens}
        if value in book.quotes:
            return {book.quotes[value].request.token.bill.id}
        return {value}
    if isinstance(value, dict):
        value = list(value.values())
    return set().union(*(bills_in(book, one) for one in value)) if isinstance(value, list) else set()


def reasons() -> set[str]:
    """Every reason for which the model refuses, as its own text has them."""
    found = set()
    for path in Path(__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("need", "refuse")
            ):
                found |= {one.value for one in node.args if isinstance(one, ast.Constant)}
    return found | {"amount_not_positive", "amount_too_large"}


def table(met: Counter[tuple[str, str]]) -> str:
    """What was done, by act and by reason; and what was never met."""
    lines = []
    for act in sorted({act for act, _ in met}):
        said = {what: count for (name, what), count in met.items() if name == act}
        line = ", ".join(f"{what} {count:,}" for what, count in sorted(said.items()) if what != "ok")
        lines.append(f"{act:<26} {said.get('ok', 0):>9,}  {line}")
    never = sorted(set(ACTS) - {act for act, what in met if what == "ok"})
    unmet = sorted(reasons() - {what for _, what in met})
    lines.append(f"acts that never succeeded: {', '.join(never) or 'none'}")
    lines.append(f"reasons that were never met: {', '.join(unmet) or 'none'}")
    return "\n".join(lines)


def play(seed: int, steps: int) -> Counter[tuple[str, str]]:
    """So many steps, in networks of STEPS each; the seed of each is the one before and one."""
    met: Counter[tuple[str, str]] = Counter()
    while steps > 0:
        met += Run(seed).play(min(steps, STEPS))
        seed, steps = seed + 1, steps - STEPS
    return met
