"""What a court or an enforcement takes from a bank that financed it is owed in that bank's books no more."""

from __future__ import annotations

from typing import Any

from contracts.freezing import acted, enter, frozen, transfer
from contracts.invariants import check_all
from contracts.pledging import act, enforce, pledge
from contracts.world import BANK1, BANK2, BANK3, BANK4, S3, World, accepted_bill, as_two, finance, settle


def financed(world: World, face: int = 1_000) -> tuple[str, str, str]:
    """A bill of which BANK2 financed all: (bill, its token, the request)."""
    bill, token = accepted_bill(world, face=face)
    made, _ = finance(world, token, BANK2, face)
    return bill, made, str(world.row("finance", "financed", made)["request"])


def stands(world: World, made: str, request: str) -> tuple[str, int, int]:
    """Status of the request, what was lost of it and what is outstanding."""
    row = world.row("finance", "request", request)
    return row["status"], row["lost"], world.row("finance", "financed", made)["outstanding"]


def told(world: World, topic: str) -> list[dict[str, Any]]:
    return [fields for contract, name, fields in world.events if (contract, name) == ("finance", topic)]


def test_a_financing_whose_cents_a_court_gave_away_is_ended_and_not_repaid(world: World) -> None:
    bill, made, request = financed(world)
    assert stands(world, made, request) == ("disbursed", 0, 1_000)
    [given] = transfer(world, frozen(world, made, 1_000), 0, S3)["tokens"]
    assert stands(world, made, request) == ("ended", 1_000, 0)
    assert told(world, "financing_ended") == [{"request": request, "lost": 1_000}]
    assert (world.token(given)["financing"], world.token(given)["financed_tier"]) == ("", 0)
    check_all(world)
    settle(world, bill, 1_000)
    assert stands(world, made, request) == ("ended", 1_000, 0), "what the debtor pays now is no longer this bank's"
    assert told(world, "repaid") == []
    check_all(world)


def test_what_is_left_of_it_is_repaid_and_the_whole_is_ended(world: World) -> None:
    bill, made, request = financed(world)
    transfer(world, frozen(world, made, 400), 0, S3)
    assert stands(world, made, request) == ("disbursed", 400, 600)
    check_all(world)
    settle(world, bill, 1_000)
    assert stands(world, made, request) == ("ended", 400, 0)
    assert told(world, "repaid") == []
    check_all(world)


def test_a_bank_that_a_court_gives_it_to_has_financed_nothing(world: World) -> None:
    bill, made, request = financed(world)
    row = enter(world, "transfer", {"freeze": frozen(world, made, 1_000), "amount": 0}, beneficiary=BANK3)
    [given] = acted(world, row["order"], by=BANK4)["tokens"]
    assert (world.token(given)["financing"], world.token(given)["financed_tier"]) == ("", 1)
    assert stands(world, made, request) == ("ended", 1_000, 0)
    settle(world, bill, 1_000)
    check_all(world)


def test_an_enforcement_ends_the_financing_of_the_bank_that_had_pledged_it(world: World) -> None:
    bill, made, request = financed(world)
    given = pledge(world, made, by=BANK2, pledgee=BANK3, secured=700)
    world.day(world.plus(31))
    enforce(world, given, 700, by=BANK3)
    act(world, BANK2, "agree_enforcement", given)
    assert stands(world, made, request) == ("disbursed", 700, 300)
    check_all(world)
    settle(world, bill, 1_000)
    assert stands(world, made, request) == ("ended", 700, 0)
    check_all(world)


def test_a_reversed_receipt_owes_again_what_was_not_lost(world: World) -> None:
    bill, made, request = financed(world)
    transfer(world, frozen(world, made, 400), 0, S3)
    settle(world, bill, 1_000, reference="SET-1")
    as_two(world, BANK1, "settlement", "reverse", reference="SET-1", reason="another debtor's")
    assert stands(world, made, request) == ("disbursed", 400, 600)
    check_all(world)
    settle(world, bill, 1_000)
    assert stands(world, made, request) == ("ended", 400, 0)
    check_all(world)


def test_what_is_repaid_whole_is_repaid_and_owed_again_when_that_is_reversed(world: World) -> None:
    bill, made, request = financed(world)
    settle(world, bill, 1_000, reference="SET-1")
    assert stands(world, made, request) == ("repaid", 0, 0)
    as_two(world, BANK1, "settlement", "reverse", reference="SET-1", reason="another debtor's")
    assert stands(world, made, request) == ("disbursed", 0, 1_000)
