"""Attacks by who can stop the network: what was announced waits for its day while nobody can take it back."""

from __future__ import annotations

import pytest
from contracts.expected import refused
from contracts.invariants import check_all
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    S1,
    S2,
    S3,
    World,
    a_key,
    accepted_bill,
    add_key,
    administrator_keys,
    announced_recovery,
    as_admins,
    as_two,
    ask,
    bid,
    disburse,
    key_of,
    order,
    private_key,
    proof_of,
    ratify,
    settle,
)

POLICY = {"rules": [{"action": "any", "currency": "CNY", "above": 5}]}
DAY_MS, HOURS_2 = 86_400_000, 7_200_001  # more than the governed limit
FRIDAY, SATURDAY, TUESDAY, WEDNESDAY = "2026-03-06", "2026-03-07", "2026-03-10", "2026-03-11"


def stand_still_until(world: World, day: str, gap_ms: int = 70 * 3_600_000) -> None:
    """No block for three days, and the first one comes on this day."""
    world.gap_ms = gap_ms
    world.day(day)


def keys_of(world: World, party: str) -> list[str]:
    keys: list[str] = world.row("party", "party", party)["keys"]
    return keys


def test_keys_do_not_change_while_nobody_could_say_no(world: World) -> None:
    """attack: a sponsor announces new keys for a customer, and with other seats stops the network for the 72
    hours of the veto. The first block gave it the keys."""
    found = announced_recovery(world)
    stand_still_until(world, found["acts_on"])
    assert keys_of(world, S2) == [key_of(S2), key_of(S2, 1)]
    assert (world.today, world.row("recovery", "recovery", found["recovery"])["acts_on"]) == (FRIDAY, TUESDAY)
    world.send(S2, ("recovery", "veto", {"recovery": found["recovery"]}), keys=[key_of(S2, 1)])
    world.day(TUESDAY)
    assert keys_of(world, S2) == [key_of(S2), key_of(S2, 1)]
    assert world.failed_items == []


def test_a_recovery_that_was_put_off_acts_once_72_hours_ran(world: World) -> None:
    found = announced_recovery(world)
    stand_still_until(world, found["acts_on"])
    world.day(world.plus(3))
    assert keys_of(world, S2) == [key_of(S2), key_of(S2, 1)]
    world.day(TUESDAY)
    assert keys_of(world, S2) == [private_key(8101).public.hex()]
    assert world.failed_items == []


def test_a_standstill_after_another_is_no_part_of_the_wait_either(world: World) -> None:
    """attack: they let a block through, and stop the network again until the keys change after all."""
    found = announced_recovery(world)
    acts_on = found["acts_on"]
    for _ in range(12):
        stand_still_until(world, acts_on)
        later = world.row("recovery", "recovery", found["recovery"])["acts_on"]
        assert later > acts_on
        acts_on = later
    assert keys_of(world, S2) == [key_of(S2), key_of(S2, 1)]
    world.send(S2, ("recovery", "veto", {"recovery": found["recovery"]}), keys=[key_of(S2, 1)])
    world.day(world.plus(10))
    assert keys_of(world, S2) == [key_of(S2), key_of(S2, 1)]


def test_who_stops_the_network_for_two_hours_a_day_puts_nothing_off_for_ever(world: World) -> None:
    """attack: a short stop each day, so that a customer whose keys are lost never gets new ones. Five stops of two
    hours are a part of one day: the last day is Friday instead of Thursday."""
    found = announced_recovery(world)
    assert found["acts_on"] == FRIDAY
    while keys_of(world, S2) == [key_of(S2), key_of(S2, 1)]:
        assert world.today < TUESDAY
        stand_still_until(world, world.plus(1), HOURS_2)
    assert world.today == SATURDAY


def test_a_minute_of_standing_still_counts_nothing(world: World) -> None:
    found = announced_recovery(world)
    while world.today < found["acts_on"]:
        stand_still_until(world, world.plus(1), HOURS_2 - 1)
    assert keys_of(world, S2) == [private_key(8101).public.hex()]


def test_a_change_of_stolen_keys_is_taken_back_after_a_standstill(world: World) -> None:
    """attack: two stolen admin keys, and a network that stands still until their change acts."""
    found = as_admins(world, S1, "set_policy", policy=POLICY)
    stand_still_until(world, found["acts_on"])
    assert world.row("party", "change", found["change"])["status"] == "announced"
    world.call(S1, "party", "withdraw_change", change=found["change"])
    other = as_admins(world, S1, "set_policy", policy=POLICY)
    assert other["acts_on"] == TUESDAY, "what was announced behind a standstill does not wait for it"
    world.day(other["acts_on"])
    assert world.row("party", "party", S1)["policy"] == POLICY


def test_a_rotation_that_was_put_off_gives_no_key_what_the_old_one_was(world: World) -> None:
    """What was announced behind the standstill acts before: the old key is an admin's by then, and the new one none."""
    old, new = private_key(8103), a_key(private_key(8104).public.hex(), ["maker"])
    key = add_key(world, S1, 8103, ["maker"])
    world.day("2026-03-09")
    rotation = as_admins(world, S1, "rotate_key", old=key, new=new, proof=proof_of(S1, new, private_key(8104)))
    stand_still_until(world, "2026-03-11", 2 * DAY_MS)
    as_admins(world, S1, "revoke_key", key=key)
    again = a_key(key, ["admin"])
    added = as_admins(world, S1, "add_key", key=again, proof=proof_of(S1, again, old))
    world.day(rotation["acts_on"])
    put_off = world.row("party", "change", rotation["change"])["acts_on"]
    assert added["acts_on"] < put_off
    world.day(added["acts_on"])
    world.day(put_off)
    assert world.row("party", "change", rotation["change"])["status"] == "lapsed"
    assert keys_of(world, S1) == [key_of(S1), key_of(S1, 1), key]


def test_an_account_of_stolen_keys_is_ended_after_a_standstill(world: World) -> None:
    """attack: two stolen keys name an account, its bank attests it, and the network stands still until it acts."""
    named = {"currency": "CNY", "bank": BANK3, "alg": "sha256", "digest_hex": "ee" * 32}
    acts_on = as_two(world, S1, "account", "announce", **named)["from"]
    attested = {"party": S1, "currency": "CNY", "alg": "sha256", "digest_hex": "ee" * 32}
    stand_still_until(world, acts_on, 2 * DAY_MS)
    world.call(BANK3, "account", "attest", **attested)
    row = world.row("account", "account", [S1, "CNY"])
    assert (world.today, row["bank"], row["next"]["from"]) == ("2026-03-04", BANK1, FRIDAY)
    world.day("2026-03-05")
    assert world.row("account", "account", [S1, "CNY"])["bank"] == BANK1
    world.day(FRIDAY)
    assert world.row("account", "account", [S1, "CNY"])["bank"] == BANK3
    assert "account.account_change_put_off" in world.topics()


def test_an_account_attested_late_acts_at_once_behind_an_old_standstill(world: World) -> None:
    named = {"currency": "CNY", "bank": BANK3, "alg": "sha256", "digest_hex": "ee" * 32}
    acts_on = as_two(world, S1, "account", "announce", **named)["from"]
    stand_still_until(world, acts_on, 2 * DAY_MS)
    world.day("2026-03-20")
    world.call(BANK3, "account", "attest", party=S1, currency="CNY", alg="sha256", digest_hex="ee" * 32)
    assert world.row("account", "account", [S1, "CNY"])["bank"] == BANK3


def test_an_administrator_of_forged_papers_is_stopped_after_a_standstill(world: World) -> None:
    """attack: two banks name an administrator and stop the network until his keys act."""
    ratify(world, order(world, S1, "insolvent"))
    court = {"authority": "Court of H", "number": "H-2026-18", "documents": ["5e" * 32]}
    keys = administrator_keys(S1, 901)
    named = as_two(world, BANK1, "standing", "name_administrator", party=S1, keys=keys, **court)
    acts_on = ratify(world, named)["acts_on"]
    stand_still_until(world, acts_on)
    assert keys_of(world, S1) == [key_of(S1), key_of(S1, 1)]
    world.send(S1, ("standing", "object_to", {"order": named["order"], "reason": "forged"}), keys=[key_of(S1, 1)])
    world.day(world.plus(7))
    assert keys_of(world, S1) == [key_of(S1), key_of(S1, 1)]
    assert world.failed_items == []


def test_nobody_is_closed_while_it_could_not_stay(world: World) -> None:
    """attack: a sponsor lets a customer leave, and stops the network while it may stay."""
    as_two(world, BANK1, "standing", "leave", party=S3)
    stand_still_until(world, FRIDAY)
    under_way = refused("leaving_under_way", as_two, world, BANK1, "standing", "close", party=S3)
    assert under_way["until"] == "2026-03-09"
    world.send(S3, ("standing", "stay", {}), keys=[key_of(S3, 1)])
    assert world.row("party", "party", S3)["status"] == "active"


# --- what somebody could still do until a day -------------------------------------------------------------------------
def agreed(world: World, **fields: str) -> tuple[str, str, int]:
    """S1 and BANK2 agree on this Monday, to be paid by the next day: (request, quote, net). It stands to Wednesday."""
    _, token = accepted_bill(world, **fields)
    request = ask(world, token, BANK2, amount=100_000_000)["request"]
    quote = bid(world, request, BANK2, disburse_by=world.plus(1))["quote"]
    return request, quote, world.call(S1, "finance", "agree", quote=quote)["net"]


def test_money_that_left_before_a_standstill_buys_its_token(world: World) -> None:
    """attack: a bank's money has left, and a holder with friends stops the network until the agreement has run out. The
    first block ended it, and the holder had money and token."""
    request, quote, net = agreed(world)
    world.events.clear()
    stand_still_until(world, "2026-03-05")
    row = world.row("finance", "request", request)
    assert (row["status"], row["until"]) == ("agreed", "2026-03-09")  # three days: Saturday, so the next business day
    assert world.token(row["token"])["locks"][0]["until"] == row["until"]
    assert world.topics() == ["finance.agreement_put_off"]
    check_all(world)
    world.day(row["until"])
    token = disburse(world, BANK2, quote, value_date="2026-03-02", amount=net)["token"]
    assert world.token(token)["holder"] == BANK2
    check_all(world)


def test_an_agreement_that_was_put_off_ends(world: World) -> None:
    request, quote, net = agreed(world)
    stand_still_until(world, "2026-03-05")
    world.day("2026-03-10")
    assert world.row("finance", "request", request)["status"] == "expired"
    assert disburse(world, BANK2, quote, value_date="2026-03-02", amount=net)["unmatched"]
    check_all(world)


def test_short_standstills_put_no_agreement_off_for_ever(world: World) -> None:
    """attack: a short stop each day, so that the holder never gets its token back."""
    request, _, _ = agreed(world)
    while world.row("finance", "request", request)["status"] == "agreed":
        assert world.today < TUESDAY
        stand_still_until(world, world.plus(1), HOURS_2)
    assert world.today == FRIDAY


def test_a_standstill_before_the_agreement_is_no_part_of_it(world: World) -> None:
    stand_still_until(world, "2026-03-09")
    request, _, _ = agreed(world)
    world.day("2026-03-12")
    assert world.row("finance", "request", request)["status"] == "expired"


def test_money_of_a_day_that_a_standstill_adds_counts_before_the_day_change_has_said_so(world: World) -> None:
    """The network stood still on the agreement's last day, and so much falls due on the next that its end waits: who
    pays on that day pays while the agreement stands."""
    request, quote, _ = agreed(world)
    stand_still_until(world, "2026-03-04")
    world.time_ms += DAY_MS
    assert (world.today, world.row("finance", "request", request)["until"]) == ("2026-03-05", "2026-03-04")
    assert disburse(world, BANK2, quote)["token"]
    check_all(world)


def test_an_agreement_outlives_the_day_of_payment_and_stops_no_settlement(world: World) -> None:
    """The network stood still over it: the bank's money is of an earlier day than the debtor's, and counts."""
    for first in ("bank", "debtor"):
        one = World(world.backend)
        request, quote, net = agreed(one, due_on="2026-03-05")
        stand_still_until(one, FRIDAY, 4 * DAY_MS)
        row = one.row("finance", "request", request)
        assert (row["status"], row["until"]) == ("agreed", "2026-03-09")
        bill = row["bill"]
        assert one.bill(bill)["pay_on"] < one.today
        paid = {"value_date": "2026-03-02", "amount": net}
        if first == "bank":
            disburse(one, BANK2, quote, **paid)
        settle(one, bill, 100_000_000)
        [(_, payment)] = one.rows("settlement", "payment", (bill,))
        assert payment["party"] == (BANK2 if first == "bank" else S1)
        if first == "debtor":
            assert disburse(one, BANK2, quote, **paid)["set_aside"] == 100_000_000
        check_all(one)
        one.day("2026-03-20")
        [(_, payment)] = one.rows("settlement", "payment", (bill,))
        assert payment["party"] == BANK2
        assert one.failed_items == []


@pytest.mark.parametrize("kind", ["suspended", "insolvent"])
def test_an_order_does_not_lapse_while_no_second_bank_could_ratify(world: World, kind: str) -> None:
    """attack: a party that becomes insolvent has friends stop the network for the 72 hours of the second bank; the
    first block let the order lapse as if it had never been, and the next one acts at its ratification only."""
    entered = order(world, S1, kind)
    assert world.row("standing", "order", entered["order"])["until"] == entered["until"]
    world.events.clear()
    stand_still_until(world, world.plus(15 if kind == "suspended" else 4))
    until = "2026-03-19" if kind == "suspended" else "2026-03-09"
    assert (world.row("party", "party", S1)["status"], world.today < until) == (kind, True)
    assert world.row("standing", "order", entered["order"])["until"] == until
    assert world.events == [("standing", "status_put_off", {"order": entered["order"], "party": S1, "until": until})]
    world.day(until)
    assert ratify(world, entered)["status"] == "ratified"
    world.day(world.plus(20))
    assert world.row("party", "party", S1)["status"] == kind
    assert world.failed_items == []


def test_an_order_is_ratified_on_a_day_that_a_standstill_adds_before_the_day_change_has_said_so(world: World) -> None:
    """Until Thursday, on which the network stood still; on Friday so much falls due that it is not put off yet."""
    entered = order(world, S1, "insolvent")
    stand_still_until(world, "2026-03-05")
    world.time_ms += DAY_MS
    assert (world.today, world.row("standing", "order", entered["order"])["until"]) == (FRIDAY, "2026-03-05")
    assert ratify(world, entered)["status"] == "ratified"


def test_a_standstill_before_its_ratification_puts_no_administrator_off(world: World) -> None:
    """He waits for 72 hours from his ratification on: what the network stood still before is no part of them."""
    ratify(world, order(world, S1, "insolvent"))
    court = {"authority": "Court of H", "number": "H-2026-18", "documents": ["5e" * 32]}
    keys = administrator_keys(S1, 901)
    named = as_two(world, BANK1, "standing", "name_administrator", party=S1, keys=keys, **court)
    stand_still_until(world, "2026-03-05")
    acts_on = ratify(world, named)["acts_on"]
    assert (world.today, acts_on) == ("2026-03-05", "2026-03-09")
    world.day(acts_on)
    assert keys_of(world, S1) == [private_key(901).public.hex()]


def test_a_standstill_before_an_order_is_no_part_of_it(world: World) -> None:
    stand_still_until(world, "2026-03-09")
    order(world, S1, "insolvent")
    world.day("2026-03-13")
    assert world.row("party", "party", S1)["status"] == "active"


def test_an_order_that_was_put_off_lapses(world: World) -> None:
    entered = order(world, S1, "insolvent")
    stand_still_until(world, FRIDAY)
    world.day(TUESDAY)
    assert world.row("party", "party", S1)["status"] == "active"
    refused("status_order_transition", ratify, world, entered)


def test_an_order_to_lift_and_an_administrator_wait_for_their_second_bank(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    lifts = order(world, S1, "active")
    court = {"authority": "Court of H", "number": "H-2026-18", "documents": ["5e" * 32]}
    keys = administrator_keys(S1, 901)
    named = as_two(world, BANK1, "standing", "name_administrator", party=S1, keys=keys, **court)
    stand_still_until(world, FRIDAY)
    assert ratify(world, named, by=BANK4)["acts_on"] == TUESDAY
    ratify(world, lifts, by=BANK3)
    assert world.row("party", "party", S1)["status"] == "active"
    world.day("2026-03-20")
    assert world.failed_items == []


def test_who_stops_the_network_for_two_hours_a_day_keeps_no_order_open(world: World) -> None:
    """attack: a bank keeps its own suspension of a customer in force by short stops."""
    order(world, S1, "suspended")
    while world.row("party", "party", S1)["status"] == "suspended":
        assert world.today < "2026-03-20"
        stand_still_until(world, world.plus(1), HOURS_2)
    assert world.today == "2026-03-19"  # ten business days to Monday the 16th, and two of 15 short stops of two hours
