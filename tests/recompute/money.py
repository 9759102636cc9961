"""Settlement in the books: the debtor's money shared out, in steps where there are many leaves, and each payee's
payment (state.md: settlement)."""

from __future__ import annotations

from recompute.book import Act, Book, Payment, Receipt, Step, moment
from recompute.days import plus
from recompute.pieces import Bill, Piece
from recompute.records import Record


def settle(book: Book, record: Record) -> None:
    told = record.args
    bill = book.bills[told["bill"]]
    receipt = Receipt(
        record.sender, told["reference"], "settlement", bill.id, told["amount"], told["value_date"], moment(record)
    )  # fmt: skip
    book.receipts[receipt.bank, receipt.reference] = receipt
    _go_on(book, bill, Step(receipt, bill.outstanding), record)


def proceed(book: Book, record: Record) -> None:
    """The payments are those of the bank that reported the money, whoever goes on."""
    bill = book.bills[record.args["bill"]]
    _go_on(book, bill, book.steps.pop(bill.id), record)


def pay_result(book: Book, record: Record) -> None:
    told = record.args
    payment = book.payments[told["bill"], told["token"]]
    book.turn(payment)
    payment.status, payment.changed_on, payment.last_reference = told["status"], record.today, told["reference"]
    receipt = Receipt(
        record.sender, told["reference"], "payment", told["bill"], payment.piece.amount, record.today, moment(record),
        token=told["token"], status=told["status"],
    )  # fmt: skip
    book.receipts[receipt.bank, receipt.reference] = receipt


def acknowledge(book: Book, record: Record) -> None:
    payment = book.payments[record.args["bill"], record.args["token"]]
    payment.status, payment.changed_on, payment.acknowledged = "paid", record.today, moment(record)


def _go_on(book: Book, bill: Bill, step: Step, record: Record) -> None:
    """Pay the next leaves. A step ends where so many leaves are behind it, or live ones of so much work."""
    whole = step.receipt.amount == step.outstanding
    most = book.rules.leaves_at_once if whole else book.rules.leaves_at_once_in_part
    live: list[Piece] = []
    number = work = 0
    end = step.next
    for piece in [piece for piece in bill.pieces if piece.lo >= step.next]:
        if number >= most or work >= most:
            break
        number, end = number + 1, piece.hi
        if piece.status == "live":
            live.append(piece)
            work += _work(book, piece)
    cents = sum(piece.amount for piece in live)
    share = cents if whole else _share(step, cents)
    parts = in_proportion([piece.amount for piece in live], share)
    answered = list(record.result["payments"])
    for piece, part in zip(live, parts, strict=True):
        if part:
            _pay(book, bill, piece, part, step.receipt, answered.pop(0), record)
    assert not answered, "each payee's part"
    bill.settled += share
    value_date = step.receipt.value_date
    bill.last_money = max(bill.last_money, value_date)
    if value_date <= bill.overdue_after:
        bill.settled_in_time += share
    if bill.settled == bill.face:
        bill.status, bill.closed_on = "settled", record.today
    if bill.settled_in_time == bill.face:
        bill.overdue_on = ""
    assert record.result["outstanding"] == bill.outstanding
    step.next, step.seen = end, step.seen + cents
    complete = bill.outstanding == 0 or end == bill.face
    assert record.result["complete"] == complete
    if not complete:
        book.steps[bill.id] = step


def _work(book: Book, piece: Piece) -> int:
    """A leaf is one, an offered one two, a financed one five; one that a request holds two and the request's quotes."""
    of = book.requests.get(piece.lock)
    if of is not None:
        return 2 + len(of.quotes)
    if piece.financed_tier:
        return 5
    return 2 if piece.offered_to else 1


def _share(step: Step, cents: int) -> int:
    """What of a part payment falls to a step: all steps together pay just its amount."""
    amount, whole = step.receipt.amount, step.outstanding
    return (step.seen + cents) * amount // whole - step.seen * amount // whole


def in_proportion(amounts: list[int], share: int) -> list[int]:
    """Largest remainder, ties by place: 10 over 3, 3 and 3 is 4, 3 and 3."""
    whole = sum(amounts)
    if not whole:
        return []
    parts = [amount * share // whole for amount in amounts]
    order = sorted(range(len(amounts)), key=lambda one: (-(amounts[one] * share % whole), one))
    for one in order[: share - sum(parts)]:
        parts[one] += 1
    return parts


def _pay(
    book: Book, bill: Bill, piece: Piece, part: int, receipt: Receipt, answered: dict[str, str], record: Record
) -> None:
    of = book.requests.get(piece.lock)
    paid, rest = bill.pay(piece, part, record.height)
    waits = of is not None and of.status == "agreed"
    if of and rest:
        of.held, of.amount = rest, rest.amount
    elif of and not waits:
        book.end_request(of, "expired", "expired")
    status = "set_aside" if waits or book.insolvent(paid.holder) else "instructed"
    assert (paid.holder, part, status) == (answered["party"], answered["amount"], answered["status"]), (
        "each payee's part"
    )
    assert paid.name in ("", answered["token"])
    paid.name = answered["token"]
    payment = Payment(bill, paid.name, paid, receipt.bank, receipt, status, record.today, status)
    if waits:
        payment.waits, payment.look = of, plus(record.today, 1)
    book.payments[bill.id, paid.name] = payment
    _repay(book, bill, paid)


def _repay(book: Book, bill: Bill, paid: Piece) -> None:
    """A financing is repaid when the debtor has paid the last of its cents."""
    if not paid.financed_tier:
        return
    hop = paid.path[-1]
    if all(one.status == "settled" for one in bill.pieces if one.path[-1] is hop):
        [of] = [one for one in book.requests.values() if one.result == hop.token]
        of.status = "repaid"


ACTS: dict[str, Act] = {
    "settlement.settle": settle, "settlement.proceed": proceed, "settlement.pay_result": pay_result,
    "settlement.acknowledge": acknowledge,
}  # fmt: skip
