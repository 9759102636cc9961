"""What parties ask each other about a bill (state.md: joint acts): that another bank pays it."""

from __future__ import annotations

from recompute.book import Act, Book, Joint, moment
from recompute.records import Record


def ask_paying_bank(book: Book, record: Record) -> None:
    bill = book.bills[record.args["bill"]]
    now, then = book.payer(bill.paying_bank), record.args["bank"]
    others = frozenset({now, then} - {record.sender})
    until = book.calendar.after(record.today, book.rules.offer_business_days)
    assert record.result["until"] == until
    book.joints[record.result["joint"]] = Joint(bill, record.sender, others, now, then, until, bill.outstanding)


def answer(book: Book, record: Record) -> None:
    """The last yes lets the other bank pay, one no ends it."""
    joint = book.joints[record.args["joint"]]
    if record.args["answer"] == "no":
        joint.status = "refused"
        return
    joint.agreed.add(record.sender)
    if joint.agreed == joint.others:
        joint.status = "done"
        joint.bill.paying_bank = joint.then
        joint.bill.moved.append((moment(record), joint.now, joint.then))


def withdraw(book: Book, record: Record) -> None:
    book.joints[record.args["joint"]].status = "withdrawn"


ACTS: dict[str, Act] = {
    "bill.ask_paying_bank": ask_paying_bank, "bill.answer": answer, "bill.withdraw_joint": withdraw,
}  # fmt: skip
