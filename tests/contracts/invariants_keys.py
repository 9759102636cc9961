"""What must hold of keys, of what is announced and of what an insolvency took: in each state and from step to step."""

from __future__ import annotations

from typing import Any, NamedTuple

from contracts.world import World, stands_for

from chainbill.dates import add_days

FIELDS = {
    "add_key": ("key", "key"), "rotate_key": ("key", "new"), "set_policy": ("policy", "policy"),
    "set_encryption_key": ("encryption_key", "key"),
}  # fmt: skip
"""What a change of a kind changes of a party, and which field of its content is the new value."""


DAY_MS = 86_400_000


class Waits(NamedTuple):
    """Something that was announced: of whom, what it changes, from which day on, the keys that signed it, to what.

    id: of what waits from its announcement on, "" where `since` already takes in that the network stood still.
    """

    party: str
    what: str
    since: str
    by: list[str]
    values: list[Any]
    id: str = ""


def check_keys(world: World) -> None:
    """Both sides of each pair of tables say the same, and the agenda names what waits and nothing else."""
    parties = {key[0]: row for key, row in world.rows("party", "party")}
    formers = {key[0]: row for key, row in world.rows("party", "former")}
    for [key], row in world.rows("party", "key"):
        assert (row["status"] == "active") == (key in parties[row["party"]]["keys"]), key
        if row["status"] == "resting":
            assert key in [one for one, _ in formers[row["party"]]["keys"]]
    in_force = {key[0] for key, row in world.rows("standing", "standing") if row["administrator"]}
    assert in_force == set(formers) == {key[0] for key, _ in world.rows("account", "former")}
    assert in_force == {party for party, row in parties.items() if row["administered_on"]}
    waiting = [row for _, row in world.rows("party", "change") if row["status"] == "announced"]
    for party, row in parties.items():
        assert sorted(row["changes"]) == sorted(change["id"] for change in waiting if change["party"] == party)
        assert row["status"] != "closed" or not (row["keys"] or row["changes"] or row["paying_bank"])
    announced = [row for _, row in world.rows("recovery", "recovery") if row["status"] == "announced"]
    assert {row["party"]: row["id"] for row in announced} == {
        key[0]: row["open"] for key, row in world.rows("recovery", "place") if row["open"]
    }
    steps = ("act", "end")
    expected = {
        "party": {(row["acts_on"], row["id"], step) for row in waiting for step in steps},
        "recovery": {(row["acts_on"], row["id"], step) for row in announced for step in steps},
    }
    found = {
        "party": {(key[0], key[3], key[4]) for key, _ in world.rows("party", "agenda") if key[1] == "change"},
        "recovery": {(key[0], key[1], key[2]) for key, _ in world.rows("recovery", "agenda")},
    }
    assert found == expected
    assert all(date > world.today for dates in expected.values() for date, _, _ in dates)
    check_seats(world)


def check_seats(world: World) -> None:
    """Each candidate is that of one open proposal, each open proposal ends on a day to come."""
    going = {row["id"]: row for _, row in world.rows("governance", "proposal") if row["status"] == "open"}
    agenda = {(key[0], key[1]) for key, row in world.rows("governance", "agenda") if "places" not in row}
    places = [(key, row) for key, row in world.rows("governance", "agenda") if "places" in row]
    assert all(key[1:] == ["place", row["party"]] and row["places"] > 0 for key, row in places), "taken back today"
    assert agenda == {(row["expires_on"], proposal) for proposal, row in going.items()}
    for table in ("rule_change", "protocol_change"):
        assert {key[0] for key, _ in world.rows("governance", table)} <= set(going)
    for [key], row in world.rows("governance", "validator"):
        if row["status"] == "candidate":
            assert going[row["proposal"]]["content"]["key"] == key


class KeyWatch:
    """Sees from step to step that nothing of a party changes which was not told three days before, or came back."""

    def __init__(self) -> None:
        self.revoked: set[str] = set()
        """Keys that their party revoked, until they are somebody's again."""
        self._before: dict[str, Any] = {}
        self._stood: dict[str, int] = {}
        """For how long the network had stood still in all when something was announced."""

    def check(self, world: World, voted: bool) -> None:
        """voted: whether a vote was decided in this step."""
        now = _picture(world)
        stood_ms = (world.row("core", "gap", "last") or {"stood_ms": 0})["stood_ms"]
        for one in now["waiting"]:
            self._stood.setdefault(one.id, stood_ms)
        if self._before:
            for party, row in now["parties"].items():
                self._check_party(world, party, self._before["parties"][party], row, now["recovering"])
            self._check_orders(now, voted)
        self.revoked -= {key[0] for key, row in world.rows("party", "key") if row["status"] == "active"}
        assert not self.revoked & {key for one in now["waiting"] for key in one.by}
        self._before = now

    def _check_party(
        self, world: World, party: str, was: dict[str, Any], row: dict[str, Any], now_recovering: set[str]
    ) -> None:
        former = self._before["formers"].get(party)
        back = former is not None and world.row("party", "former", party) is None
        for what in ("key", "policy", "encryption_key", "account"):
            told = [
                value
                for one in self._before["waiting"]
                for value in one.values
                if (one.party, one.what) == (party, what) and world.today >= self._since(world, one)
            ]
            kept = [] if not back else former[what]
            for value in row[what]:
                assert value in was[what] or value in kept or value in told, (party, what, value)
        if party in now_recovering and party in self._before["recovering"]:
            moved = [one for one in row["account"] if one not in was["account"]]
            assert back or not moved, (party, "an account moves while its keys are to be recovered", moved)
        if back and row["status"] != "closed":  # whose keys end in the same moment
            mine = [key for key in former["key"] if world.row("party", "key", key)["party"] == party]
            assert row["key"] == mine
            assert (row["policy"], row["account"]) == (former["policy"], former["account"])
            assert row["encryption_key"] in (former["encryption_key"], [])

    def _since(self, world: World, one: Waits) -> str:
        """The first day on which it may act: no standstill is part of the three days, part of a day is a whole one."""
        gap = world.row("core", "gap", "last")
        if gap is None or not one.id:
            return one.since
        return add_days(one.since, -((self._stood[one.id] - gap["stood_ms"]) // DAY_MS))

    def _check_orders(self, now: dict[str, Any], voted: bool) -> None:
        for order, row in now["orders"].items():
            before = self._before["orders"].get(order, {"status": "entered"})
            if before["status"] == "entered" and row["status"] == "ratified" and row["second"]:
                first, second = (self._before["house"][bank] for bank in (row["by"], row["second"]))
                assert first != second, "a second bank of another house"
            by_vote = before["status"] == "ratified" and before["second"] == ""
            if by_vote and row["status"] != "ratified" and row["kind"] in ("suspended", "insolvent"):
                assert voted or now["parties"][row["party"]]["status"] in ("leaving", "closed"), "a vote alone lifts it"


def _picture(world: World) -> dict[str, Any]:
    parties = {}
    for [party], row in world.rows("party", "party"):
        accounts = [
            (key[1], one["bank"], one["digest"])
            for key, one in world.rows("account", "account", (party,))
            if one["status"] == "active"
        ]
        parties[party] = {
            "status": row["status"], "key": row["keys"], "policy": [row["policy"]], "account": accounts,
            "encryption_key": [row["encryption_key"]] if row["encryption_key"] else [],
        }  # fmt: skip
    formers = {}
    for [party], row in world.rows("party", "former"):
        acted = world.row("account", "former", party)["accounts"]
        formers[party] = {
            "key": [key for key, _ in row["keys"]], "policy": [row["policy"]],
            "encryption_key": [row["encryption_key"]] if row["encryption_key"] else [],
            "account": [(place[1], one["bank"], one["digest"]) for place, one in acted],
        }  # fmt: skip
    return {
        "parties": parties, "formers": formers, "waiting": _waiting(world),
        "orders": {key[0]: row for key, row in world.rows("standing", "order")},
        "house": {bank: stands_for(world, bank) for bank in parties},
        "recovering": {key[0] for key, row in world.rows("recovery", "place") if row["open"]},
    }  # fmt: skip


def _waiting(world: World) -> list[Waits]:
    found = []
    for _, row in world.rows("party", "change"):
        if row["status"] == "announced" and row["kind"] in FIELDS:
            what, name = FIELDS[row["kind"]]
            value = row["content"][name]
            value = value["key"] if what == "key" else value
            found.append(Waits(row["party"], what, _not_before(row["announced_on"]), row["by"], [value], row["id"]))
    for _, row in world.rows("recovery", "recovery"):
        if row["status"] == "announced":
            keys = [key["key"] for key in row["content"]["keys"]]
            found.append(Waits(row["party"], "key", _not_before(row["announced_on"]), [], keys, row["id"]))
    for _, row in world.rows("standing", "order"):
        if row["kind"] == "administrator" and row["status"] == "ratified":
            keys = [key["key"] for key in row["keys"]]
            found.append(Waits(row["party"], "key", _not_before(row["ratified_on"]), [], keys, row["id"]))
    for [party, currency], row in world.rows("account", "account"):
        if row["status"] == "announced":  # a first one acts with its attestation
            found.append(Waits(party, "account", world.today, row["by"], [(currency, row["bank"], row["digest"])]))
        elif row["next"]:
            named = (currency, row["next"]["bank"], row["next"]["digest"])
            found.append(Waits(party, "account", row["next"]["from"], row["next"]["by"], [named]))
    return found


def _not_before(told: str) -> str:
    """The first day on which what was told may act: three calendar days are over."""
    return add_days(told, 4)
