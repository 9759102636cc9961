"""Addresses that handed in something good lately: what their credit is worth, and that strangers leave no trace."""

from __future__ import annotations

from chainbill_node.mempool import KnownAddresses
from chainbill_node.mempool.limits import MOST_CREDIT


def test_a_good_transaction_is_worth_one_that_was_refused() -> None:
    known = KnownAddresses()
    assert "supplier" not in known
    known.admitted("supplier", 2)
    known.refused("supplier", 1)
    assert "supplier" in known
    known.refused("supplier", 1)
    assert "supplier" not in known
    known.admitted("supplier", 1)
    assert "supplier" in known


def test_however_much_was_good_credit_is_used_up_by_a_flood() -> None:
    known = KnownAddresses()
    for _ in range(10):
        known.admitted("gateway", 1_000)
    known.refused("gateway", MOST_CREDIT - 1)
    assert "gateway" in known
    known.refused("gateway", 1)
    assert "gateway" not in known


def test_strangers_take_no_entry_and_the_one_whose_good_one_is_longest_ago_gives_way() -> None:
    known = KnownAddresses(most=3)
    for number in range(3):
        known.admitted(f"{number}", 1)
    known.admitted("0", 1)
    for number in range(100):
        known.refused(f"stranger {number}", 1)
    assert all(f"{number}" in known for number in range(3))
    known.admitted("new", 1)
    assert [f"{number}" in known for number in range(3)] == [True, False, True]
