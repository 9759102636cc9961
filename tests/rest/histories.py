"""Random histories of bills for property tests: the same seed gives the same history."""

from __future__ import annotations

import random
from collections.abc import Callable

from rest.bill_book import ANCHOR, BANKS, SUPPLIERS, BillBook, is_bank


def random_history(
    seed: int, steps: int, beside: Callable[[BillBook, random.Random], None] = lambda *_: None
) -> tuple[BillBook, list[str]]:
    """Make bills and let their tokens travel, be financed, returned, sold on, settled and diluted.

    `beside` is done at every step, with the same chance: what else a history has.
    """
    choice = random.Random(seed)
    book = BillBook()
    bills: list[str] = []
    for _ in range(steps):
        book.next_height()
        beside(book, choice)
        live = book.live()
        act = choice.choice(["issue", "pay", "pay", "pay", "offer", "reject", "finance", "back", "sale", "end"])
        if act == "issue" or not live:
            currency = choice.choice(["CNY", "EUR"])
            root = book.issue(ANCHOR, choice.choice(SUPPLIERS), choice.randint(1, 10_000), currency)
            bills.append(str(book.token(root)["bill"]))
            continue
        token = choice.choice(live)
        row = book.token(token)
        amount = choice.randint(1, row["hi"] - row["lo"])
        bank, free = is_bank(row["holder"]), not row["locks"]
        other = choice.choice([supplier for supplier in SUPPLIERS if supplier != row["holder"]])
        if act == "pay" and free and not bank:
            book.pay(token, other, amount)
        elif act == "offer" and free and not bank:
            book.offer(token, other, amount)
        elif act == "reject" and not free:
            book.reject(token)
        elif act == "finance" and free and not bank:
            book.finance(token, choice.choice(BANKS), amount, choice.randint(1, 90_000), choice.randint(0, 200))
        elif act == "back" and free and (book.get("token", "hop", token) or {}).get("kind") == "transfer":
            book.give_back(token)
        elif act == "sale" and bank:
            book.sell_on(token, choice.choice(BANKS))
        elif act == "end" and free:
            book.leaf(book.cut(token, amount)[0], choice.choice(["settled", "diluted"]))
    return book, bills
