"""Financings in the books: requests, quotes, agreements, and the money of banks (state.md: finance)."""

from __future__ import annotations

from recompute.book import Act, Book, Quote, Receipt, Request, moment
from recompute.days import between, interest
from recompute.pieces import Bill, Hop, Price
from recompute.records import Record


def request(book: Book, record: Record) -> None:
    bill, piece = book.named(record, record.args["token"])
    reserved = bill.cut(piece, [record.args["amount"]], "finance", record.height)[0]
    name = record.result["request"]
    book.lock(bill, reserved, name, "")
    book.requests[name] = Request(
        name, record.sender, bill, reserved, tuple(record.args["banks"]), reserved.until, amount=reserved.amount
    )  # fmt: skip


def quote(book: Book, record: Record) -> None:
    """A later quote of the same bank takes the place of its earlier one."""
    asked, name = record.args, record.result["quote"]
    of = book.requests[asked["request"]]
    value_date = asked["value_date"] or record.today
    _withdraw_own(book, of, record.sender)
    book.quotes[name] = Quote(
        name, of, record.sender, asked["rate"], asked["fee"], asked["basis"], asked["interest_payer"] == "holder",
        value_date, asked["disburse_by"] or max(of.until, value_date), asked["valid_until"] or of.until,
        (asked["valid_until"] or of.until) < of.until, of.amount,
    )  # fmt: skip
    of.quotes.append(name)
    _price(book.quotes[name], of.bill, record)


def agree(book: Book, record: Record) -> None:
    """The request stands until one business day after the bank is to pay."""
    agreed = book.quotes[record.args["quote"]]
    agreed.value_date = max(agreed.value_date, record.today)
    _price(agreed, agreed.request.bill, record)
    agreed.status, agreed.agreed_net = "agreed", agreed.net
    of = agreed.request
    of.status = "agreed"
    of.agreed, of.allowed_ms = agreed.id, book.stood_ms
    of.until = of.held.until = book.calendar.after(agreed.disburse_by, 1)


def disburse(book: Book, record: Record) -> None:
    """Money for an agreement that has ended moves nothing; of a day before the debtor paid, it takes that, too."""
    told = record.args
    agreed = book.quotes[told["quote"]]
    of, bill = agreed.request, agreed.request.bill
    paid_since = [one for one in book.payments.values() if one.waits is of and one.changed_on > told["value_date"]]
    left = of.held if of.held.status == "live" else None
    ended = of.status != "agreed" or not (left or paid_since)
    assert record.result.get("unmatched", False) == ended, "money for an agreement that has ended moves nothing"
    paid = record.result["paid"]
    receipt = Receipt(
        record.sender, told["reference"], "unmatched" if ended else "finance", bill.id, paid, told["value_date"],
        moment(record), quote=agreed.id, token=record.result.get("token", ""),
    )  # fmt: skip
    book.receipts[receipt.bank, receipt.reference] = receipt
    if ended:
        return
    since = sum(one.piece.amount for one in paid_since)
    assert record.result.get("set_aside", 0) == since
    for one in paid_since:
        one.bought = True
    agreed.value_date, agreed.amount = told["value_date"], since + (left.amount if left else 0)
    _price(agreed, bill, record)
    assert paid == (told["amount"] or agreed.net)
    assert paid >= agreed.agreed_net
    agreed.paid = paid
    price = Price(
        agreed.rate, agreed.fee, agreed.interest, agreed.net, agreed.days, agreed.actual_days, agreed.basis, agreed.id
    )  # fmt: skip
    of.status = "disbursed" if left else "repaid"
    if left:
        of.result = record.result["token"]
        hop = Hop(
            "finance", left.holder, record.sender, left.tier, left.tier, left.lo, left.hi, of.result, moment(record),
            price,
        )  # fmt: skip
        bill.move(left, hop, (*left.path, hop))
    for name in of.quotes:
        if book.quotes[name].status == "offered":
            book.quotes[name].status = "lost"


def decline(book: Book, record: Record) -> None:
    of = book.requests[record.args["request"]]
    _withdraw_own(book, of, record.sender)
    of.declined.add(record.sender)
    if of.declined >= set(of.banks):
        book.end_request(of, "withdrawn", "declined")


def withdraw(book: Book, record: Record) -> None:
    book.end_request(book.requests[record.args["request"]], "withdrawn", "declined")


def decline_quote(book: Book, record: Record) -> None:
    book.quotes[record.args["quote"]].status = "declined"


def withdraw_quote(book: Book, record: Record) -> None:
    book.quotes[record.args["quote"]].status = "withdrawn"


def cancel(book: Book, record: Record) -> None:
    taken = book.quotes[record.args["quote"]]
    taken.status = "withdrawn"
    book.end_request(taken.request, "withdrawn", "lost")


def _withdraw_own(book: Book, of: Request, bank: str) -> None:
    for name in of.quotes:
        one = book.quotes[name]
        if (one.bank, one.status) == (bank, "offered"):
            one.status = "withdrawn"


def _price(one: Quote, bill: Bill, record: Record) -> None:
    """Days, interest and net, as the ledger answered them too."""
    one.days, one.interest = interest(one.amount, one.rate, one.basis, one.value_date, bill.pay_on)
    one.actual_days = between(one.value_date, bill.pay_on)
    one.net = max(0, one.amount - one.fee - (one.interest if one.by_holder else 0))
    assert (record.result["interest"], record.result["net"]) == (one.interest, one.net)
    assert record.result.get("days", one.days) == one.days


ACTS: dict[str, Act] = {
    "finance.request": request, "finance.quote": quote, "finance.agree": agree, "finance.disburse": disburse,
    "finance.decline": decline, "finance.withdraw": withdraw, "finance.decline_quote": decline_quote,
    "finance.withdraw_quote": withdraw_quote, "finance.cancel": cancel,
}  # fmt: skip
