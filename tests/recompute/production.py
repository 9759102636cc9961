"""Products, and what events of production issue (state.md: product)."""

from __future__ import annotations

from recompute.book import Act, Book, Event, Product, moment
from recompute.days import plus
from recompute.pieces import Bill
from recompute.records import Record

WHOLE = 1_000_000


def register(book: Book, record: Record) -> None:
    name = record.result["product"]
    parts = tuple((one["part"], one["supplier"], one["share"]) for one in record.args["parts"])
    book.products[name] = Product(name, record.sender, parts, record.args["currency"], record.args["due_days"])


def agree(book: Book, record: Record) -> None:
    product = book.products[record.args["product"]]
    product.agreed.append(record.sender)
    if set(product.agreed) == product.suppliers:
        product.status = "active"
    assert record.result["product_status"] == product.status


def retire(book: Book, record: Record) -> None:
    book.products[record.args["product"]].status = "retired"


def report(book: Book, record: Record) -> None:
    """One bill a part, confirmed; the same event again issues none."""
    said, product = record.args, book.products[record.args["product"]]
    numbers = (record.sender, said["order"], said["serial"])
    if numbers in book.events:
        assert (record.result["repeated"], record.result["bills"]) == (True, book.events[numbers].bills)
        return
    names = record.result["bills"]
    book.events[numbers] = Event(record.result["event"], product, said["serial"], said["value"], names)
    due_on = plus(said["happened_on"], product.due_days)
    pay_on = book.calendar.rolled(due_on)
    faces = zip(names, product.parts, shared_out(said["value"], product), strict=True)
    for name, (_, supplier, _), face in sorted(faces):  # of one height: lists have them by id
        book.bills[name] = Bill(
            name, record.sender, supplier, record.sender, face, product.currency, due_on, pay_on,
            book.calendar.after(pay_on, book.rules.grace_business_days), book.unanswered_on(), (), moment(record),
            status="pending_accept", paying_bank=book.payer(book.mandates[record.sender]), confirmed_on=record.today,
            confirmed=moment(record),
        )  # fmt: skip


def shared_out(value: int, product: Product) -> list[int]:
    """Whole cents, then one each to those that lost most by rounding, the first of equals first."""
    exact = [value * share for _, _, share in product.parts]
    amounts = [one // WHOLE for one in exact]
    missing = (sum(exact) + WHOLE // 2) // WHOLE - sum(amounts)
    for place in sorted(range(len(exact)), key=lambda one: -(exact[one] % WHOLE))[:missing]:
        amounts[place] += 1
    return amounts


ACTS: dict[str, Act] = {
    "product.register": register, "product.agree": agree, "product.retire": retire, "product.event": report,
}  # fmt: skip
