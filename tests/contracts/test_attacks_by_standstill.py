"""Attacks by who can stop the network: what was announced waits for its day while nobody can take it back."""

from __future__ import annotations

from contracts.expected import refused
from contracts.world import (
    BANK1,
    BANK3,
    S1,
    S2,
    S3,
    World,
    administrator_keys,
    announced_recovery,
    as_admins,
    as_two,
    key_of,
    order,
    private_key,
    ratify,
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
