"""What parties ask each other about a bill (state.md: joint acts): another bank, a lower invoice, more invoices."""

from __future__ import annotations

from recompute.book import Act, Book, Invoice, Joint, moment
from recompute.pieces import Bill
from recompute.records import Record


def ask_paying_bank(book: Book, record: Record) -> None:
    bill = book.bills[record.args["bill"]]
    now, then = book.payer(bill.paying_bank), record.args["bank"]
    _ask(
        book,
        record,
        Joint(bill, record.sender, frozenset({now, then} - {record.sender}), "", bill.outstanding, now, then),
    )


def ask_red_letter(book: Book, record: Record) -> None:
    bill = book.bills[record.args["bill"]]
    total = book.invoices[record.args["fingerprint"], bill.creditor].total
    by = total - record.args["new_total"]
    _ask(book, record, Joint(bill, record.sender, _other_side(bill, record), "", by, told=record.args))


def ask_invoices(book: Book, record: Record) -> None:
    bill = book.bills[record.args["bill"]]
    comes = sum(one["amount"] for one in record.args["parts"])
    _ask(book, record, Joint(bill, record.sender, _other_side(bill, record), "", comes, told=record.args))


def _ask(book: Book, record: Record, joint: Joint) -> None:
    joint.until = book.calendar.after(record.today, book.rules.offer_business_days)
    assert record.result["until"] == joint.until
    book.joints[record.result["joint"]] = joint


def _other_side(bill: Bill, record: Record) -> frozenset[str]:
    return frozenset({bill.debtor, bill.creditor} - {record.sender})


def answer(book: Book, record: Record) -> None:
    """The last yes lets it take effect, one no ends it."""
    joint = book.joints[record.args["joint"]]
    if record.args["answer"] == "no":
        joint.status = "refused"
        return
    joint.agreed.add(record.sender)
    if joint.agreed != joint.others:
        return
    joint.status = "done"
    if joint.then:
        joint.bill.paying_bank = joint.then
        joint.bill.moved.append((moment(record), joint.now, joint.then))
    elif "red" in joint.told:
        _lower(book, joint)
        lowered = book.invoices[joint.told["fingerprint"], joint.bill.creditor]
        assert record.result["beyond"] == max(0, lowered.occupied - lowered.total)
    else:
        _exchange(book, joint)


def _lower(book: Book, joint: Joint) -> None:
    bill, mark, total = joint.bill, joint.told["fingerprint"], joint.told["new_total"]
    book.invoices[mark, bill.creditor].total = total
    bill.invoices = tuple((one, part, total if one == mark else known) for one, part, known in bill.invoices)


def _exchange(book: Book, joint: Joint) -> None:
    """Some leave the bill, and are free of it; others come."""
    bill, leaving = joint.bill, joint.told["replaces"]
    for mark in leaving:
        del book.invoices[mark, bill.creditor].bills[bill.id]
    come = tuple((one["fingerprint"], one["amount"], one["total"]) for one in joint.told["parts"])
    for mark, amount, total in come:
        invoice = Invoice(mark, bill.creditor, bill.debtor, bill.currency, total)
        book.invoices.setdefault((mark, bill.creditor), invoice).bills[bill.id] = amount
    bill.invoices = (*(one for one in bill.invoices if one[0] not in leaving), *come)


def withdraw(book: Book, record: Record) -> None:
    book.joints[record.args["joint"]].status = "withdrawn"


ACTS: dict[str, Act] = {
    "bill.ask_paying_bank": ask_paying_bank, "bill.ask_red_letter": ask_red_letter,
    "bill.ask_invoices": ask_invoices, "bill.answer": answer, "bill.withdraw_joint": withdraw,
}  # fmt: skip
