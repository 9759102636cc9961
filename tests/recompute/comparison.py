"""What the REST interface answers at a height, held against the books after the records up to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from recompute import figures
from recompute.book import ACCEPTED, Book
from recompute.histories import ANCHORS, BANKS, CALENDAR, CURRENCIES, SUPPLIERS, History

Get = Callable[[str], dict[str, Any]]
Found = list[str]
PAGE = 8
"""Entries a page: small enough that most lists have several."""


def book_at(history: History, height: int, today: str) -> Book:
    book = Book(CALENDAR, frozenset(history.party(alias) for alias in BANKS))
    for record in history.records:
        if record.height <= height:
            book.keep(record)
    book.day(today)
    return book


def differences(get: Get, history: History, height: int, today: str) -> Found:
    """Each figure that is not the one of the books: where, what was shown, what it should be."""
    book = book_at(history, height, today)
    found: Found = []

    def same(where: str, shown: Any, wanted: Any) -> None:
        if shown != wanted:
            found.append(f"at {height}, {where}: shown {shown!r}, by the books {wanted!r}")

    def read(path: str) -> dict[str, Any]:
        return get(f"{path}{'&' if '?' in path else '?'}at={height}")

    for name in book.bills:
        _bill(read, same, book, name)
    for alias in ANCHORS:
        _anchor(read, same, book, history.party(alias))
    for alias in (*ANCHORS, *SUPPLIERS, *BANKS):
        _party(read, same, book, history.party(alias))
    _lists(read, same, book, history)
    return found


def _fit(shown: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: shown.get(name) for name in wanted}


def _bill(read: Get, same: Callable[..., None], book: Book, name: str) -> None:
    bill = book.bills[name]
    trace, row = read(f"/v1/trace/bills/{name}"), figures.bill_row(book, bill)
    same(f"bill {name}", _fit(read(f"/v1/bills/{name}"), row), row)
    same(f"bill of trace {name}", _fit(trace["bill"], row), row)
    same(f"totals of {name}", trace["totals"], figures.totals([bill]))
    leaves = figures.leaf_rows(book, bill)
    same(f"leaves of {name}", [_fit(leaf, leaves[0]) for leaf in trace["leaves"]], leaves)
    tiers = figures.by_tier(book, [bill], penetration=False)
    same(f"by_tier of {name}", [_fit(tier, tiers[0]) for tier in trace["by_tier"]], tiers)
    same(f"parties of {name}", trace["parties_total"], figures.parties_total(book, [bill]))


def _anchor(read: Get, same: Callable[..., None], book: Book, anchor: str) -> None:
    shown = {one["currency"]: one for one in read(f"/v1/trace/anchors/{anchor}")["currencies"]}
    own = [bill for bill in book.bills.values() if bill.debtor == anchor]
    same("currencies of the anchor", set(shown), {bill.currency for bill in own})
    for currency, table in shown.items():
        bills = [bill for bill in own if bill.currency == currency]
        wanted = figures.totals(bills) | {"bills": sum(bill.status in ACCEPTED for bill in bills)}
        same(f"totals in {currency}", _fit(table["totals"], wanted), wanted)
        statuses = {one["status"]: (one["bills"], one["face"]) for one in table["totals"]["by_status"]}
        same(f"by_status in {currency}", statuses, figures.by_status(bills))
        tiers = figures.by_tier(book, bills, penetration=True)
        same(f"by_tier in {currency}", [_fit(tier, tiers[0]) for tier in table["by_tier"]], tiers)
        same(f"parties in {currency}", table["parties_total"], figures.parties_total(book, bills))


def _party(read: Get, same: Callable[..., None], book: Book, party: str) -> None:
    shown = {one["currency"]: one for one in read(f"/v1/trace/parties/{party}")["currencies"]}
    for currency in CURRENCIES:
        wanted = figures.position(book, party, currency)
        if currency not in shown:
            same(f"position of {party} in {currency}", wanted["holdings"], dict.fromkeys(wanted["holdings"], 0))
            same(f"debt of {party} in {currency}", wanted["owed"], 0)
            continue
        table = shown[currency]
        table["exposure"] = {one["debtor"]: one["amount"] for one in table["exposure"]}
        table["maturities"] = {one["month"]: one["amount"] for one in table["maturities"]}
        same(f"position of {party} in {currency}", _fit(table, wanted), wanted)
        given = [one for one in table["given"] if one["kind"] == "finance"]
        added = tuple(sum(one[name] for one in given) for name in ("count", "amount", "interest", "fees"))
        same(f"financings of {party} in {currency}", added, figures.financings(book, party, currency))


def _lists(read: Get, same: Callable[..., None], book: Book, history: History) -> None:
    def listed(path: str, amounts: list[tuple[str, int]]) -> None:
        sums: dict[str, int] = {}
        for currency, amount in amounts:
            sums[currency] = sums.get(currency, 0) + amount
        shown = read(f"{path}&limit={PAGE}")
        count, total, rows, following = shown["count"], shown["sum"], shown["data"], shown["next"]
        while following:
            shown = read(f"{path}&limit={PAGE}&after={following}")
            rows, following = rows + shown["data"], shown["next"]
        names = {row["id"] for row in rows}
        same(path, (count, len(rows), len(names), total), (len(amounts), len(amounts), len(amounts), sums))

    def summed(path: str, currency: str, amount: int) -> None:
        same(f"sum of {path}", read(path)["sum"].get(currency, 0), amount)

    bills = list(book.bills.values())
    for anchor in map(history.party, ANCHORS):
        own = [bill for bill in bills if bill.debtor == anchor]
        listed(f"/v1/bills?debtor={anchor}", [(bill.currency, bill.face) for bill in own])
        for status in sorted({bill.status for bill in bills}):
            rows = [(bill.currency, bill.face) for bill in own if bill.status == status]
            listed(f"/v1/bills?debtor={anchor}&status={status}", rows)
        for lock in ("offered", "in_finance"):
            held = [
                (bill.currency, piece.amount) for bill in own for piece in bill.pieces
                if piece.lock and (piece.lock in ("transfer", "return")) == (lock == "offered")
            ]  # fmt: skip
            listed(f"/v1/tokens?debtor={anchor}&lock={lock}", held)
    for tier in (1, 2, 3):
        rows = [(bill.currency, bill.face) for bill in bills if any(piece.tier >= tier for piece in bill.pieces)]
        listed(f"/v1/bills?reached_tier={tier}", rows)
    for bill in bills:
        if bill.pieces:
            summed(f"/v1/tokens?bill={bill.id}&limit=1", bill.currency, bill.face)
    pieces = [(bill, piece) for bill in bills for piece in bill.pieces]
    for alias in (*SUPPLIERS, *BANKS):
        party = history.party(alias)
        for status in ("live", "settled"):
            mine = [(b.currency, p.amount) for b, p in pieces if (p.holder, p.status) == (party, status)]
            listed(f"/v1/tokens?holder={party}&status={status}", mine)
        for status in ("open", "agreed"):
            asked = [
                (bill.currency, piece.amount) for bill, piece in pieces
                if piece.holder == party and (one := book.requests.get(piece.lock)) and one.status == status
            ]  # fmt: skip
            listed(f"/v1/finance/requests?holder={party}&status={status}", asked)
        listed(f"/v1/offers?to={party}", [(b.currency, p.amount) for b, p in pieces if p.offered_to == party])
        listed(f"/v1/payments?party={party}", [
            (b.currency, p.amount) for b, p in pieces if (p.holder, p.status) == (party, "settled")
        ])  # fmt: skip
