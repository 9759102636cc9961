"""Written from the specification: how long what was announced waits, and that no standstill is part of a wait.

ACTS 0 (72 hours), OFFICE 14.2 and 14.3, DOMAIN 2 (accounts), AMENDMENTS 1 and 15; decision 0041, 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from contracts.expected import both, refused, status
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    S1,
    S2,
    S3,
    S4,
    World,
    accepted_bill,
    administrator_keys,
    announced_recovery,
    as_admins,
    as_two,
    ask,
    bid,
    disburse,
    issue,
    key_of,
    offer,
    order,
    private_key,
    proof_of,
    ratify,
    settle,
)  # fmt: skip
from contracts.world import a_key as key_listed

from chainbill.errors import Refused

HOUR = 3_600_000
SPRING = [{"year": 2027, "holidays": [f"2027-03-{day:02d}" for day in range(9, 17)], "workdays": []}]
"""Eight days of holidays from Tuesday 2027-03-09 to Tuesday 03-16."""


class Waiting(NamedTuple):
    """begin: announces it; acted: whether it has acted."""

    begin: Callable[[World], Any]
    acted: Callable[[World], bool]


def _active(world: World, number: int) -> bool:
    row = world.row("party", "key", private_key(number).public.hex())
    return bool(row) and row["status"] == "active"


def _change(world: World) -> None:
    key = key_listed(private_key(8201).public.hex())
    as_admins(world, S1, "add_key", key=key, proof=proof_of(S1, key, private_key(8201)))


def _administrator(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    court = {"authority": "Court of H", "number": "H-1", "documents": ["5e" * 32]}
    named = both(world, BANK1, "standing.name_administrator", party=S1, keys=administrator_keys(S1, 8202), **court)
    ratify(world, named)


def _leaving(world: World) -> None:
    world.send(S4, ("standing", "leave", {"party": S4}), keys=[key_of(S4), key_of(S4, 1)])


def _closes(world: World) -> bool:
    try:
        both(world, BANK1, "standing.close", party=S4)
    except Refused as error:
        if error.reason != "leaving_under_way":
            raise
        return False
    return True


def _account(world: World) -> None:
    account = {"currency": "CNY", "alg": "sha256", "digest_hex": "cd" * 32}
    both(world, S1, "account.announce", bank=BANK2, **account)
    world.call(BANK2, "account", "attest", party=S1, **account)


def _moved(world: World) -> bool:
    return bool(world.row("account", "account", (S1, "CNY"))["digest"] == "cd" * 32)


WAITS = {
    "change": Waiting(_change, lambda world: _active(world, 8201)),
    "recovery": Waiting(lambda world: announced_recovery(world), lambda world: _active(world, 8101)),
    "administrator": Waiting(_administrator, lambda world: _active(world, 8202)),
    "leaving": Waiting(_leaving, _closes),
}
"""What waits for 72 hours."""
MONDAY_TO_FRIDAY = {**dict.fromkeys(WAITS, "2027-03-01"), "account": "2027-03-03"}
"""When each is announced to act on Friday 2027-03-05."""
ALL_WAITS = {**WAITS, "account": Waiting(_account, _moved)}


def days(world: World, *dates: str, gap_ms: int = 0) -> None:
    """The days that come, each after a standstill of so long."""
    for date in dates:
        world.gap_ms = gap_ms
        world.day(date)


@pytest.mark.parametrize("kind", WAITS)
@pytest.mark.parametrize(
    ("today", "not_yet", "acts"),
    [
        ("2027-03-05", "2027-03-08", "2027-03-09"),  # Friday: to Monday
        ("2027-03-01", "2027-03-04", "2027-03-05"),  # within a week: the third day after
        ("2027-03-06", "2027-03-09", "2027-03-10"),  # Saturday: Monday is a business day within
    ],
)
def test_72_hours(backend: str, kind: str, today: str, not_yet: str, acts: str) -> None:
    world = World(backend, today=today)
    WAITS[kind].begin(world)
    world.day(not_yet)
    assert not WAITS[kind].acted(world)
    world.day(acts)
    assert WAITS[kind].acted(world)


@pytest.mark.parametrize("kind", WAITS)
def test_72_hours_are_never_only_holidays(backend: str, kind: str) -> None:
    """Monday, the last business day before eight days of holidays: to Wednesday 03-17, the first one after."""
    world = World(backend, today="2027-03-08", calendar=SPRING)
    WAITS[kind].begin(world)
    world.day("2027-03-17")
    assert not WAITS[kind].acted(world)
    world.day("2027-03-18")
    assert WAITS[kind].acted(world)


@pytest.mark.parametrize("kind", ALL_WAITS)
def test_a_short_standstill_each_day_is_one_day_more(backend: str, kind: str) -> None:
    """To act on Friday 03-05; the network stands still for two hours and a second each day: Saturday."""
    world = World(backend, today=MONDAY_TO_FRIDAY[kind])
    ALL_WAITS[kind].begin(world)
    for date in ("2027-03-02", "2027-03-03", "2027-03-04", "2027-03-05"):
        if date > MONDAY_TO_FRIDAY[kind]:
            days(world, date, gap_ms=2 * HOUR + 1_000)
    assert not ALL_WAITS[kind].acted(world)
    days(world, "2027-03-06", gap_ms=2 * HOUR + 1_000)
    assert ALL_WAITS[kind].acted(world)


@pytest.mark.parametrize("kind", ALL_WAITS)
def test_a_gap_up_to_the_limit_is_time_that_runs(backend: str, kind: str) -> None:
    world = World(backend, today=MONDAY_TO_FRIDAY[kind])
    ALL_WAITS[kind].begin(world)
    for date in ("2027-03-02", "2027-03-03", "2027-03-04", "2027-03-05"):
        if date > MONDAY_TO_FRIDAY[kind]:
            days(world, date, gap_ms=2 * HOUR)
    assert ALL_WAITS[kind].acted(world)


@pytest.mark.parametrize("kind", WAITS)
def test_a_long_standstill_is_made_up_for(backend: str, kind: str) -> None:
    """To act on Tuesday 03-09; 70 hours still from Saturday on are three days: Friday 03-12."""
    world = World(backend, today="2027-03-05")
    WAITS[kind].begin(world)
    days(world, "2027-03-09", gap_ms=70 * HOUR)
    assert not WAITS[kind].acted(world)
    days(world, "2027-03-10", "2027-03-11")
    assert not WAITS[kind].acted(world)
    days(world, "2027-03-12")
    assert WAITS[kind].acted(world)


@pytest.mark.parametrize("kind", WAITS)
def test_a_standstill_of_before_prolongs_nothing(backend: str, kind: str) -> None:
    world = World(backend, today="2027-02-24")
    days(world, "2027-03-01", gap_ms=70 * HOUR)
    WAITS[kind].begin(world)
    days(world, "2027-03-05")
    assert WAITS[kind].acted(world)


def test_what_a_standstill_prolonged_is_still_taken_back(backend: str) -> None:
    """A thief who stops the network gains nothing: on the day after it everybody may still say no."""
    world = World(backend, today="2027-03-05")
    change = as_admins(world, S1, "set_policy", policy={"rules": []})["change"]
    recovery = announced_recovery(world)["recovery"]
    days(world, "2027-03-09", gap_ms=70 * HOUR)
    world.call(S1, "party", "withdraw_change", change=change)
    world.call(S2, "recovery", "veto", recovery=recovery)


def test_an_account_waits_for_two_business_days(backend: str) -> None:
    """Announced on Friday it takes money from Tuesday on."""
    world = World(backend, today="2027-03-05")
    _account(world)
    world.day("2027-03-08")
    assert not _moved(world)
    world.day("2027-03-09")
    assert _moved(world)


def test_an_account_waits_for_two_business_days_behind_holidays(backend: str) -> None:
    """Announced on the last business day before the holidays: 03-17 is the first, 03-18 the second after it."""
    world = World(backend, today="2027-03-08", calendar=SPRING)
    _account(world)
    world.day("2027-03-17")
    assert not _moved(world)
    world.day("2027-03-18")
    assert _moved(world)


# --- periods of business days -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("confirmed", [False, True])
def test_a_bill_waits_ten_business_days_for_its_answer(backend: str, confirmed: bool) -> None:
    """AMENDMENTS 15: Monday 2027-03-01 is answered up to Monday 03-15."""
    world = World(backend, today="2027-03-01")
    bill = issue(world)
    if confirmed:
        world.call(ANCHOR, "bill", "confirm", bill=bill)
    pending = world.bill(bill)["status"]
    world.day("2027-03-15")
    assert world.bill(bill)["status"] == pending
    world.day("2027-03-16")
    assert world.bill(bill)["status"] == "expired"


def test_a_confirmation_begins_ten_days_of_its_own(backend: str) -> None:
    world = World(backend, today="2027-03-01")
    bill = issue(world)
    world.day("2027-03-12")
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    world.day("2027-03-26")
    world.call(S1, "bill", "accept", bill=bill)


def test_holidays_are_no_part_of_the_ten_days(backend: str) -> None:
    world = World(backend, today="2027-03-08", calendar=SPRING)
    bill = issue(world)
    world.day("2027-03-30")
    assert world.bill(bill)["status"] == "pending_confirm"
    world.day("2027-03-31")
    assert world.bill(bill)["status"] == "expired"


def test_an_offer_stands_for_five_business_days(backend: str) -> None:
    world = World(backend, today="2027-03-05", calendar=SPRING)
    token = accepted_bill(world)[1]
    offered, later = offer(world, token, (S2, 500), (S3, 500))["tokens"]
    world.day("2027-03-22")  # 03-08, 17, 18, 19 and 22 are the five
    world.call(S2, "token", "accept", token=offered)
    world.day("2027-03-23")
    refused("not_offered_to_you", world.call, S3, "token", "accept", token=later)


def test_an_offer_ends_the_business_day_before_payment(backend: str) -> None:
    world = World(backend, today="2027-03-01")
    token = accepted_bill(world, due_on="2027-03-08")[1]
    offered = offer(world, token, (S2, 500))["tokens"][0]
    world.day("2027-03-05")
    world.call(S2, "token", "accept", token=offered)
    world.day("2027-03-06")
    refused("too_close_to_payment", offer, world, world.leaves(world.token(token)["bill"])[1]["id"], (S2, 500))


def test_a_bank_s_receipt_counts_until_one_business_day_after_the_last_day(backend: str) -> None:
    """Disburse by Friday: recorded on Monday it still counts, on Tuesday it is unmatched."""
    for day, unmatched in (("2027-03-08", False), ("2027-03-09", True)):
        world = World(backend, today="2027-03-01")
        token = accepted_bill(world)[1]
        request = ask(world, token, BANK2, amount=1_000)["request"]
        quote = bid(world, request, BANK2, disburse_by="2027-03-05", valid_until="2027-03-05")["quote"]
        world.call(S1, "finance", "agree", quote=quote)
        world.day(day)
        assert disburse(world, BANK2, quote, value_date="2027-03-05").get("unmatched", False) is unmatched


def test_a_bill_is_overdue_from_the_day_after_payment(backend: str) -> None:
    world = World(backend, today="2027-03-01")
    bill, _ = accepted_bill(world, due_on="2027-04-09")
    world.day("2027-04-09")
    assert world.bill(bill)["status"] == "due"
    world.day("2027-04-10")
    assert (world.bill(bill)["status"], world.bill(bill)["overdue_on"]) == ("overdue", "2027-04-10")


def test_a_receipt_of_a_value_date_in_time_takes_the_overdue_back(backend: str) -> None:
    world = World(backend, today="2027-03-01")
    bill, _ = accepted_bill(world, due_on="2027-04-09")
    world.day("2027-04-12")
    settle(world, bill, 100_000_000, value_date="2027-04-09")
    assert (world.bill(bill)["status"], world.bill(bill)["overdue_on"]) == ("settled", "")


def test_a_mandate_is_answered_in_five_business_days_behind_holidays(backend: str) -> None:
    world = World(backend, today="2027-03-02", calendar=SPRING)
    acts = as_admins(world, ANCHOR, "ask_paying_bank", bank=BANK2)["acts_on"]
    assert acts == "2027-03-06"
    world.day(acts)
    world.day("2027-03-22")  # 03-08, 17, 18, 19, 22
    as_two(world, BANK2, "party", "accept_mandate", debtor=ANCHOR)


def test_consent_to_succeed_holds_thirty_days(backend: str) -> None:
    for day, late in (("2027-03-31", False), ("2027-04-01", True)):
        world = World(backend, today="2027-03-01")
        both(world, BANK2, "succession.accept", bank=BANK1)
        world.day(day)
        if late:
            refused("not_taken_over", both, world, BANK1, "succession.name", bank=BANK2)
        else:
            both(world, BANK1, "succession.name", bank=BANK2)


def test_a_suspension_of_one_bank_ends_after_ten_business_days_behind_holidays(backend: str) -> None:
    world = World(backend, today="2027-03-08", calendar=SPRING)
    until = order(world, S1, "suspended")["until"]
    assert until == "2027-03-30"
    world.day(until)
    assert status(world, S1) == "suspended"
    world.day("2027-03-31")
    assert status(world, S1) == "active"


def test_what_one_bank_alone_did_and_nobody_kept_is_told(world: World) -> None:
    """AMENDMENTS 1: a lapsed suspension or order is an alert."""
    entered = order(world, S1, "suspended")
    world.events.clear()
    world.day(world.plus(15))
    told = [data["party"] for _, _, data in world.events if data.get("order") == entered["order"]]
    assert told[:1] == [S1]
