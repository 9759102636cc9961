"""At which price a token was paid early: whose business that is, and what a receipt of it settled."""

from __future__ import annotations

import pytest
from chainbill_node.rest.payments import settled_by
from chainbill_node.trace.ratios import yearly_rate
from rest import matrix_world
from rest.bill_book import BillBook
from rest.matrix_world import ROLES, World

pytestmark = pytest.mark.untraced


def test_the_payment_shows_to_holder_and_debtor_and_not_to_who_sees_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bank that was asked to finance the token sees it, and what was paid on it at par."""
    at_par = matrix_world.paid

    def early(book: BillBook, bill: str, token: str, party: str, bank: str) -> str:
        name = at_par(book, bill, token, party, bank)
        row = book.get("settlement", "payment", (bill, token)) or {}
        book.put("settlement", "payment", (bill, token), {**row, "kind": "prepaid"})
        return name

    monkeypatch.setattr(matrix_world, "paid", early)
    world = World(granted=False)
    found = {role for role in ROLES if world.cell(role, "GET", "/v1/payments", "own", "payment") == "200+"}
    world.close()
    assert found == {"owner", "anchor", "regulator"}


def test_what_it_settled_is_what_was_paid_and_what_was_forgone() -> None:
    assert settled_by({"amount": 98, "result": {"forgone": 2}}) == 100
    assert settled_by({"amount": 98, "result": {}}) == settled_by({"amount": 98}) == 98


def test_the_worked_number_of_the_yearly_rate() -> None:
    """98,500.00 for 100,000.00, 60 days early: 9.2640 % a year; nothing where it is not early."""
    assert yearly_rate(150_000, 9_850_000, 60) == 92_640
    assert yearly_rate(6_666_668, 3_333_333, 120) == 6_083_335
    assert yearly_rate(26_500, 10_000, 101) == 9_576_733
    assert yearly_rate(150_000, 9_850_000, 0) == yearly_rate(0, 10_000_000, 60) == 0
