"""Everything that both sides know, laid side by side: bills, requests, quotes, joint acts, payments, invoices, sums."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from model.ledger import Ledger
from model.pieces import tiles
from model.records import Book

OWED = ("instructed", "returned", "set_aside")


def everything(book: Book, ledger: Ledger) -> None:
    """Disagreement where the two differ in any figure, date or status."""
    world = ledger.world
    for bill in book.bills.values():
        row = world.bill(ledger.theirs[bill.id])
        ours = {
            "status": bill.status, "settled": bill.settled, "settled_in_time": bill.settled_in_time,
            "diluted": bill.diluted, "void": bill.void, "pay_on": bill.pay_on, "last_offer_on": bill.last_offer_on,
            "overdue_after": bill.overdue_after, "overdue_on": bill.overdue_on, "closed_on": bill.closed_on,
            "accepted_on": bill.accepted_on, "confirmed_on": bill.confirmed_on, "expires_on": bill.expires_on,
            "paying_bank": bill.paying_bank, "face": bill.face,
            "invoices": [vars(one) for one in bill.parts],
        }  # fmt: skip
        ledger.same(ours, {name: row[name] for name in ours}, f"bill {bill.id}")
        if bill.leaves:
            assert tiles(bill), f"the model's own leaves of {bill.id}"
            book.touched.add(bill.id)
    ledger.look(book)
    financing(book, ledger)
    others(book, ledger)
    sums(book, ledger)


def financing(book: Book, ledger: Ledger) -> None:
    for asked in book.requests.values():
        row = ledger.world.row("finance", "request", ledger.theirs[asked.id])
        ours: dict[str, Any] = {
            "status": asked.status, "ended_by": asked.ended_by, "until": asked.until, "holder": asked.holder,
            "lost": asked.lost,
        }  # fmt: skip
        if asked.under_way:
            ours |= {"amount": asked.amount, "token": asked.token.id}
        ledger.same(ours, {name: row[name] for name in ours}, f"request {asked.id}")
    for quote in book.quotes.values():
        row = ledger.world.row("finance", "quote", ledger.theirs[quote.id])
        ours = {
            "status": quote.status, "interest": quote.interest, "net": quote.net, "agreed_on": quote.agreed_on,
            "agreed_net": quote.agreed_net, "paid": quote.paid, "unmatched": quote.unmatched, "amount": quote.amount,
        }  # fmt: skip
        ledger.same(ours, {name: row[name] for name in ours}, f"quote {quote.id}")


def others(book: Book, ledger: Ledger) -> None:
    world = ledger.world
    for joint in book.joints.values():
        row = world.row("bill", "joint", ledger.theirs[joint.id])
        ledger.same(
            {"status": joint.status, "until": joint.until, "others": joint.others},
            {name: row[name] for name in ("status", "until", "others")},
            f"joint {joint.id}",
        )
    for dispute in book.disputes.values():
        row = world.row("invoice", "dispute", ledger.theirs[dispute.id])
        ledger.same(dispute.status, row["status"], f"dispute {dispute.id}")
    for entry in book.entries.values():
        row = world.row("entry", "entry", ledger.theirs[entry.id])
        told = {name: row[name] for name in ("status", "until", "lifts", "dispute", "by")}
        ledger.same({name: getattr(entry, name) for name in told}, told, f"entry {entry.id}")
    for (bill, scheme), label in book.labels.items():
        row = world.row("label", "label", [ledger.theirs[bill.id], scheme])
        ledger.same(vars(label), {name: row[name] for name in vars(label)}, f"label {scheme} of {bill.id}")
    ledger.same(len(book.labels), len(world.rows("label", "label")), "labels")
    for pledge in book.pledges.values():
        row = world.row("pledge", "pledge", ledger.theirs[pledge.id])
        told = {
            "status": pledge.status, "secured": pledge.secured, "received": pledge.received, "owed": pledge.owed,
            "unpaid": pledge.unpaid, "final_on": pledge.final_on, "until": pledge.until, "holder": pledge.holder,
            "pledgee": pledge.pledgee, "tokens": [token.id for token in pledge.tokens],
        }  # fmt: skip
        ledger.same(told, {name: row[name] for name in told}, f"pledge {pledge.id}")
    after_financing(book, ledger)
    payments = {tuple(key): row for key, row in world.rows("settlement", "payment")}
    ours = {
        (ledger.theirs[one.bill.id], ledger.theirs[one.token.id]): (
            one.party, one.amount, one.bank, one.status, ledger.theirs[one.pledge.id] if one.pledge else "",
            one.back_on, one.early,
        )
        for one in book.payments.values()
    }  # fmt: skip
    theirs = {
        key: (
            row["party"],
            row["amount"],
            row["bank"],
            row["status"],
            row["pledge"],
            row["waits_since"],
            row["kind"] == "prepaid",
        )
        for key, row in payments.items()
    }
    ledger.same(ours, theirs, "payments")
    invoices = {tuple(key): row for key, row in world.rows("invoice", "invoice")}
    ledger.same(
        {
            place: (
                one.buyer, one.currency, one.total, one.occupied, sorted(ledger.theirs[bill] for bill in one.bills),
                one.status,
            )
            for place, one in book.invoices.items()
        },
        {
            place: (row["buyer"], row["currency"], row["total"], row["occupied"], sorted(row["bills"]), row["status"])
            for place, row in invoices.items()
        },
        "invoices",
    )  # fmt: skip


def after_financing(book: Book, ledger: Ledger) -> None:
    world = ledger.world
    for sale in book.sales.values():
        row = world.row("sale", "sale", ledger.theirs[sale.token.id])
        ours = {name: value for name, value in vars(sale).items() if name != "lock"} | {"token": sale.token.id}
        ledger.same(ours, {name: row[name] for name in ours}, f"sale of {sale.token.id}")
    ledger.same(len(book.sales), len(world.rows("sale", "sale")), "sales")
    for early in book.prepayments.values():
        row = world.row("prepayment", "prepayment", ledger.theirs[early.token.id])
        ours = {name: value for name, value in vars(early).items() if name != "lock"} | {"token": early.token.id}
        ours |= {"amount": early.token.amount, "forgone": early.token.amount - early.price}
        ledger.same(ours, {name: row[name] for name in ours}, f"early payment of {early.token.id}")
    ledger.same(len(book.prepayments), len(world.rows("prepayment", "prepayment")), "early payments")
    for guarantee in book.guarantees.values():
        row = world.row("guarantee", "guarantee", [guarantee.guarantor, ledger.theirs[guarantee.bill.id]])
        ours = {name: value for name, value in vars(guarantee).items() if name != "made"}
        ours |= {"bill": guarantee.bill.id, "amount": guarantee.bill.face}
        ledger.same(ours, {name: row[name] for name in ours}, f"guarantee of {guarantee.bill.id}")
    for (guarantor, token), demand in book.demands.items():
        row = world.row("guarantee", "demand", [guarantor, ledger.theirs[demand.token.id]])
        ours = {"token": demand.token.id, "holder": demand.holder, "demanded_on": demand.demanded_on}
        ledger.same(ours, {name: row[name] for name in ours}, f"demand for {token}")
    for claim in book.claims.values():
        row = world.row("recourse", "claim", ledger.theirs[claim.token.id])
        ours = {**vars(claim), "token": claim.token.id, "now": claim.now.id, "principal": claim.token.amount}
        ledger.same(ours, {name: row[name] for name in ours}, f"claim on {claim.token.id}")
    ledger.same(len(book.claims), len(world.rows("recourse", "claim")), "claims")
    for mark in book.marks.values():
        row = world.row("write_off", "mark", ledger.theirs[mark.token.id])
        ours = {**vars(mark), "token": mark.token.id, "amount": mark.amount}
        ledger.same(ours, {name: row[name] for name in ours}, f"write-off of {mark.token.id}")
    ledger.same(len(book.marks), len(world.rows("write_off", "mark")), "write-offs")


def sums(book: Book, ledger: Ledger) -> None:
    """Who holds, owes, is to be paid and is to pay how much: the sums that the core derives by itself."""
    held: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])

    def add(party: str, currency: str, role: str, amount: int) -> None:
        place = held[party, currency, role]
        place[0] += 1
        place[1] += amount

    for bill in book.bills.values():
        for leaf in bill.leaves:
            if leaf.status == "live":
                add(leaf.holder, bill.currency, "holder", leaf.amount)
                add(bill.debtor, bill.currency, "debtor", leaf.amount)
    for one in book.guarantees.values():
        if one.status == "active":
            add(one.guarantor, one.bill.currency, "guarantor", one.bill.face)
    for payment in book.payments.values():
        if payment.status in OWED:
            add(payment.party, payment.bill.currency, "payee_open", payment.amount)
            add(payment.bank, payment.bill.currency, "paying_bank_open", payment.amount)
    theirs = {tuple(key): list(row) for key, row in ledger.world.rows("core", "holding")}
    ledger.same(dict(held), theirs, "sums")
