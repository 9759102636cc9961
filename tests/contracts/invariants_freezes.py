"""What must hold of freezes after every transaction: their order on each piece, their dates, and that each ends."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from chainbill.dates import add_days

if TYPE_CHECKING:
    from contracts.world import World

STANDING = ("waiting", "in_force")
MOST_LIFTED = 200
"""Pieces of a freeze that one day frees."""


def check_freezes(world: World, tokens: dict[str, Any]) -> None:
    rows = {key[0]: row for key, row in world.rows("legal", "freeze")}
    orders = {key[0]: row for key, row in world.rows("legal", "order")}
    agenda = {tuple(key) for key, _ in world.rows("legal", "agenda")}
    on: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    live, money = set(), set()
    for token in tokens.values():
        stack = [lock for lock in token["locks"] if lock["kind"] == "frozen"]
        assert len(stack) <= 20
        beneath = {lock["kind"] for lock in token["locks"]} - {"frozen"}
        suspended = [lock["ref"] for lock in token["locks"] if lock["kind"] == "in_finance"]
        assert not stack or beneath <= {"pledged"} or beneath == {"in_finance"}
        assert not suspended or {rows[lock["ref"]]["suspends"] for lock in stack} <= set(suspended)
        pledgees = {
            world.row("pledge", "pledge", lock["ref"])["pledgee"]
            for lock in token["locks"]
            if lock["kind"] == "pledged"
        }
        for place, lock in enumerate(stack):
            sees = set(orders[rows[lock["ref"]]["order"]]["concerned"])
            assert {token["holder"], *pledgees} <= sees, "whom an order is on sees it"
            live.add((lock["ref"], token["id"]))
            on.setdefault(lock["ref"], []).append((place, lock))
            assert token["holder"] == rows[lock["ref"]]["holder"]
    for (bill, token), payment in world.rows("settlement", "payment"):
        stack = payment.get("freezes", [])
        assert not stack or payment["status"] == "set_aside"
        for place, lock in enumerate(stack):
            money.add((lock["freeze"], bill, token))
            on.setdefault(lock["freeze"], []).append((place, lock))
            assert payment["party"] == rows[lock["freeze"]]["holder"]
    assert {tuple(key) for key, _ in world.rows("token", "frozen")} == live
    assert {tuple(key) for key, _ in world.rows("settlement", "held")} == money
    for made, row in rows.items():
        pieces = on.get(made, [])
        assert row["status"] in STANDING or not pieces
        for place, lock in pieces:
            assert (lock["since"] != "") == (lock["until"] != "") == (place == 0), "the first is in force"
            if place == 0 and not row["over"] and not row["held_by"] and len(pieces) <= MOST_LIFTED:
                assert lock["until"] >= world.today
                asked = [key[0] for key in agenda if key[1:] == ("freeze", made)]
                assert min(asked) <= add_days(lock["until"], 1), "looked at before it has run out, or on the day after"
        assert all(waits(orders[name]) for name in row["held_by"])
        if row["status"] in STANDING:
            assert any(key[1:] == ("freeze", made) for key in agenda), "it comes to an end by itself"
        assert (row["since"] == "") == (row["until"] == "")
        assert row["status"] != "in_force" or row["since"] != ""
        if orders[row["order"]]["status"] in ("refused", "lapsed"):
            assert row["over"] or row["status"] == "ended"
    waiting = Counter(row["by"] for row in orders.values() if row["status"] == "entered")
    assert {key[0]: row["count"] for key, row in world.rows("legal", "open_orders")} == waiting
    for made, row in orders.items():
        day = row["acts_on"] or add_days(row["until"], 1)
        assert ((day, "order", made) in agenda) == waits(row)
        assert ((day, "act", made) in agenda) == (waits(row) and row["acts_on"] != "")
        kept = row["kind"] in ("renew", "transfer") and row["status"] != "entered"
        for item in row["items"]:
            assert item["given"] <= item["amount"] or item["amount"] == 0
            if kept and waits(row) and rows[item["freeze"]]["status"] in STANDING:
                assert made in rows[item["freeze"]]["held_by"], "a freeze is there until what it is for is done"


def waits(order: dict[str, Any]) -> bool:
    """Whether an order waits: for a second bank, for a vote, or for its day."""
    return order["status"] in ("entered", "objected") or (order["status"] == "ratified" and order["kind"] == "transfer")
