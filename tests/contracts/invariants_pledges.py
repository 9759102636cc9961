"""What must hold of pledges after every transaction: locks, figures, counts, and that each has an end."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from chainbill.dates import add_days

if TYPE_CHECKING:
    from contracts.world import World

STANDING = ("active", "enforcing", "covered")


def check_pledges(world: World, tokens: dict[str, Any]) -> None:
    rows = {key[0]: row for key, row in world.rows("pledge", "pledge")}
    locked: dict[str, set[str]] = {}
    for token in tokens.values():
        for lock in token["locks"]:
            if lock["kind"] == "pledged" or (lock["kind"] == "offered" and not token["offered_to"]):
                locked.setdefault(lock["ref"], set()).add(token["id"])
                kind = "offered" if rows[lock["ref"]]["status"] == "offered" else "pledged"
                others = [one for one in token["locks"] if one["kind"] != "frozen"]
                assert (lock["kind"], len(others)) == (kind, 1)
    payments = [row for _, row in world.rows("settlement", "payment") if row["status"] != "cancelled"]
    agenda = {tuple(key) for key, _ in world.rows("pledge", "agenda")}
    for made, row in rows.items():
        going = row["status"] in ("offered", *STANDING)
        assert set(row["tokens"]) == locked.get(made, set()), made
        assert going or not row["tokens"]
        assert len(row["tokens"]) == len(set(row["tokens"])) <= 100
        assert len(row["ranges"]) <= 20
        for token in (tokens[one] for one in row["tokens"]):
            given = (
                world.row("token", "hop", token["origin"])["kind"] == "force"
            )  # a pledge stays on what a court gives
            assert token["holder"] == row["holder"] or given
            assert (token["currency"], token["status"]) == (row["currency"], "live")
            assert any(
                one["bill"] == token["bill"] and one["lo"] <= token["lo"] < token["hi"] <= one["hi"]
                for one in row["ranges"]
            )
        check_money(world, row, [one for one in payments if one["pledge"] == made])
        if row["status"] in ("offered", "enforcing"):
            step = "offer" if row["status"] == "offered" else "enforcement"
            assert row["until"] >= world.today
            assert (add_days(row["until"], 1), step, made) in agenda
        else:
            assert row["until"] == ""
        if row["status"] == "covered":
            waits = (add_days(row["final_on"], 1), "covered", made) in agenda
            assert row["unpaid"] > 0 or waits, "what is covered comes to an end"
    taken = Counter(row["pledgee"] for row in rows.values() if row["status"] in STANDING)
    assert {key[0]: row["count"] for key, row in world.rows("pledge", "taken")} == dict(taken)


def check_money(world: World, row: dict[str, Any], payments: list[dict[str, Any]]) -> None:
    """The pledgee has received its payments but those that came back; it is covered when it lacks nothing."""
    assert {one["party"] for one in payments} <= {row["pledgee"]}
    assert {one["kind"] for one in payments} <= {"pledge"}
    for move in row.get("moves", ()) if row["ended"]["height"] == world.height else ():  # later some may be reversed
        assert move.get("moved", 0) <= max(move["amount"], 0), "freezes go on, on as many cents as were paid of them"
    taken = row["owed"] if row["status"] == "enforced" else 0
    assert taken == 0 or taken + row["received"] <= row["secured"], "in tokens and in money no more than is secured"
    has = sum(one["amount"] for one in payments if not one["waits_since"])
    assert (row["received"], row["unpaid"]) == (has, sum(one["status"] != "paid" for one in payments))
    if row["status"] in STANDING:
        assert (row["status"] == "covered") == (row["received"] >= row["secured"])
        assert row["status"] == "covered" or row["tokens"]
    if row["status"] == "enforced":
        assert row["owed"] > 0
