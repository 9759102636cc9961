"""What is kept around bills: grants, orders on statuses, successors of banks, disputes (state.md)."""

from __future__ import annotations

from recompute.book import Act, Book, Dispute, Grant, Order
from recompute.days import plus
from recompute.records import Record

DISPUTE_DAYS = 30


def grant(book: Book, record: Record) -> None:
    told = record.args
    scope = None if told["scope"] == "all" else frozenset(told["scope"])
    book.grants[told["auditor"], record.sender] = Grant(scope, told["first_day"], told["last_day"])


def revoke_grant(book: Book, record: Record) -> None:
    book.grants[record.args["auditor"], record.sender].active = False


def set_status(book: Book, record: Record) -> None:
    """An order acts at once, unless the last one of its kind ended without a second bank; "active" waits for one."""
    party, kind = record.args["party"], record.args["status"]
    if kind == "active" and not record.result["until"]:
        lifted = book.orders[record.result["order"]]
        if lifted.status == "entered":
            book.unratified.add((party, lifted.kind))
        lifted.status, lifted.acts = "lifted", False
        return
    acts = kind != "active" and (party, kind) not in book.unratified
    name = record.result["order"]
    book.orders[name] = Order(name, party, kind, record.result["until"], acts, book.stood_ms)


def ratify(book: Book, record: Record) -> None:
    order = book.orders[record.args["order"]]
    order.status = "ratified"
    book.unratified.discard((order.party, order.kind))
    if order.kind != "active":
        order.acts = True
        return
    for one in book.orders.values():
        if (one.party, one.kind) == (order.party, "insolvent") and one.status in ("entered", "ratified"):
            one.status, one.acts = "lifted", False


def name_successor(book: Book, record: Record) -> None:
    """Whoever is succeeded now takes nobody's place any more."""
    successor = record.args["bank"]
    book.successors = {bank: successor if one == record.sender else one for bank, one in book.successors.items()}
    book.successors[record.sender] = successor


def dispute(book: Book, record: Record) -> None:
    told = record.args
    until = plus(record.today, DISPUTE_DAYS)
    assert record.result["until"] == until
    book.disputes[record.result["dispute"]] = Dispute(record.sender, told["fingerprint"], until)


def uphold(book: Book, record: Record) -> None:
    book.disputes[record.args["dispute"]].status = "upheld"


def withdraw_dispute(book: Book, record: Record) -> None:
    book.disputes[record.args["dispute"]].status = "ended"


def halt(book: Book, record: Record) -> None:
    book.halted.add(record.sender)


def lift_halt(book: Book, record: Record) -> None:
    book.halted.discard(record.args["party"])


def nothing(book: Book, record: Record) -> None:
    """What a bank agrees to moves nothing yet."""


ACTS: dict[str, Act] = {
    "audit.grant": grant, "audit.revoke_grant": revoke_grant, "standing.set_status": set_status,
    "standing.ratify": ratify, "succession.accept": nothing, "succession.name": name_successor,
    "invoice.dispute": dispute, "invoice.uphold": uphold, "invoice.withdraw_dispute": withdraw_dispute,
    "party.halt": halt, "party.lift_halt": lift_halt,
}  # fmt: skip
