"""What must hold of requests after every transaction: their locks, what suspends them, and the money that waits."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contracts.world import World


def check_requests(world: World, tokens: dict[str, Any]) -> None:
    """A token is locked for financing exactly while its request is open or agreed, and not all of it is paid."""
    locked = {
        lock["ref"]: token for token in tokens.values() for lock in token["locks"] if lock["kind"] == "in_finance"
    }
    requests = {key[0]: row for key, row in world.rows("finance", "request")}
    going = {key: row for key, row in requests.items() if row["status"] in ("open", "agreed")}
    paid_whole = {key for key, row in going.items() if tokens[row["token"]]["status"] != "live"}
    assert set(locked) == set(going) - paid_whole
    for request, row in going.items():
        assert request not in paid_whole or row["status"] == "agreed"
        if request in locked:
            token = locked[request]
            facts = (token["id"], token["hi"] - token["lo"], token["holder"])
            assert (row["token"], row["amount"], row["holder"]) == facts
            assert token["locks"][0]["until"] == row["until"]
        waits = row["suspended_by"] and not row["ended_by"]  # for an order of a court, which has an end
        assert waits or row["until"] >= world.today, "every lock has an end"
        assert row["held_days"] <= world.row("governance", "parameter", "offer_business_days")["value"]
        check_suspension(world, row, locked.get(request))
    for row in requests.values():
        quotes = [world.row("finance", "quote", quote) for quote in row["quotes"]]
        agreed = [quote for quote in quotes if quote["status"] == "agreed"]
        assert len(agreed) == (1 if row["status"] in ("agreed", "disbursed", "repaid", "ended") else 0)
        assert row["status"] not in ("repaid", "ended") or (row["status"] == "ended") == (row["lost"] > 0)
        assert row["status"] == "open" or not [quote for quote in quotes if quote["status"] == "offered"] or agreed
    check_waiting_money(world, requests)


def check_suspension(world: World, row: dict[str, Any], token: dict[str, Any] | None) -> None:
    """Freezes suspend an agreement and nothing else; each is on all of its token, and looked at every day."""
    on = [one["freeze"] for one in row["suspended_by"]]
    if token is not None and row["suspended_on"] != "":
        stand = [one for one in on if world.row("legal", "freeze", one)["status"] != "ended"]
        assert [lock["ref"] for lock in token["locks"][1:]] == stand
    assert not on or row["suspended_on"] != ""
    assert row["suspended_on"] == "" or (row["status"] == "agreed" and (on or row["ended_by"] == "freeze"))
    agenda = {(key[1], key[2]) for key, _ in world.rows("legal", "agenda")}
    for one in on:
        freeze = world.row("legal", "freeze", one)
        assert freeze["suspends"] == row["id"]
        assert freeze["status"] != "ended"
        assert ("freeze", one) in agenda
    assert all(one["on"] >= row["suspended_on"] for one in row["suspended_by"])


def check_waiting_money(world: World, requests: dict[str, Any]) -> None:
    """What waits for an agreement is set aside and looked at tomorrow; the request tells how much of which receipt."""
    waiting: Counter[tuple[str, str, str]] = Counter()
    agenda = {tuple(key[2:]) for key, _ in world.rows("settlement", "agenda") if key[1] == "financing"}
    for place, row in world.rows("settlement", "payment"):
        if row.get("request", "") != "":
            assert row["status"] == "set_aside"
            assert tuple(place) in agenda
            waiting[row["request"], row["bank"], row["reference"]] += row["amount"]
        if row["kind"] == "financing":
            assert (row["freezes"], row["status"] == "cancelled") == ([], False)
            assert world.row("finance", "claimed", [row["bank"], row["reference"]]) is not None
    for request, row in requests.items():
        told: Counter[tuple[str, str, str]] = Counter()
        for money in row["set_aside"]:
            told[request, money["bank"], money["reference"]] += money["amount"]
        assert row["status"] != "agreed" or told == {key: sum_ for key, sum_ in waiting.items() if key[0] == request}
