"""A bill by value over random histories: its figures are those of its own tokens, whatever is recorded later."""

from __future__ import annotations

import random

from chainbill_node.trace.by_value import valued_bill, valued_facts
from hypothesis import given, settings
from hypothesis import strategies as st
from rest.bill_book import BillBook
from rest.histories import random_history

OPEN_ENDED = "9"  # later than any day here


def a_day(height: int) -> str:
    return f"{height:04d}"


def ended_history(seed: int, steps: int) -> tuple[BillBook, list[str]]:
    """Bills of which every cent ends some time: a credit note comes late, or money does."""
    book, bills = random_history(seed, steps)
    chance = random.Random(f"ends {seed}")
    for token in book.live():
        book.next_height()
        book.leaf(token, chance.choice(["settled", "diluted", "void"]))
    for bill in bills:
        book.change("bill", bill, overdue_after=OPEN_ENDED, overdue_on="")
    return book, bills


@settings(max_examples=60, deadline=None, print_blob=True)
@given(seed=st.integers(0, 2**32), steps=st.integers(2, 25))
def test_what_a_bill_owes_by_value_are_its_live_cents_by_value(seed: int, steps: int) -> None:
    """On each day, as each later height knows it. Example: of 100 cents 60 were paid in time and a credit note of a
    later month took off 40: on that day the bill owes 40, and is not settled."""
    book, bills = ended_history(seed, steps)
    chance = random.Random(f"dates {seed}")
    dated = {
        name: a_day(chance.randint(0, row["ended"])) for (name,), row in book.scan("token", "token")
        if row["status"] == "settled"
    }  # fmt: skip
    for bill in bills:
        born = int(book.facts(bill).bill["created"]["height"])
        for then in range(born, book.height + 1):
            check(book, bill, then, chance.randint(then, book.height), dated)


def check(book: BillBook, bill: str, then: int, known: int, dated: dict[str, str]) -> None:
    facts, later, day = book.facts(bill, then), book.facts(bill, known), a_day(then)
    paid = [row for name, row in later.tokens.items() if row["status"] == "settled" and dated[name] <= day]
    money = [(dated[row["id"]], row["hi"] - row["lo"]) for row in paid]
    late = [(row["lo"], row["hi"], row["ended"]) for row in paid if row["ended"] > then]
    row = valued_bill({"overdue_after": OPEN_ENDED, **facts.bill}, later.bill, day, money)
    valued = valued_facts(facts, row, (), late)
    live = sum(one["hi"] - one["lo"] for one in valued.tokens.values() if one["status"] == "live")
    assert int(row["face"]) - row["settled"] - int(row["diluted"]) - int(row["void"]) == live
    assert (row["status"] == "settled") is (live == 0), f"height {then}, as known at {known}: {live} cents are owed"
    assert (row["closed_on"] == "") is (live > 0 or not money)
