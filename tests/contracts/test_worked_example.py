"""The worked example of the reference, and the tier example, to the cent."""

from __future__ import annotations

from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    S1,
    S2,
    S3,
    World,
    ask,
    bid,
    disburse,
    finance,
    issue,
    offer,
    pay,
    settle,
)


def test_the_worked_example_comes_out_to_the_cent(world: World) -> None:
    bill = issue(world)
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    token = world.call(S1, "bill", "accept", bill=bill)["token"]
    assert world.bill(bill)["status"] == "active"
    first = world.token(token)
    assert (first["lo"], first["hi"], first["tier"], first["holder"]) == (0, 100_000_000, 1, S1)
    assert world.row("token", "hop", token)["kind"] == "issue"

    offered = offer(world, token, (S2, 30_000_000), (S3, 20_000_001))
    assert world.token(offered["remainder"])["hi"] - world.token(offered["remainder"])["lo"] == 49_999_999
    received = world.call(S2, "token", "accept", token=offered["tokens"][0])["token"]
    assert world.token(received)["tier"] == 2

    asked = ask(world, received, BANK1, BANK2, amount=25_000_000)
    bid(world, asked["request"], BANK1, rate=40_000)
    pay_on = world.bill(bill)["pay_on"]
    assert pay_on == world.plus(120)
    quoted = bid(world, asked["request"], BANK2, rate=38_500)
    assert (quoted["interest"], quoted["net"], quoted["days"]) == (320_833, 24_679_167, 120)
    world.call(S2, "finance", "agree", quote=quoted["quote"])
    financed = disburse(world, BANK2, quoted["quote"], reference="PAY-001")
    assert world.token(financed["token"])["holder"] == BANK2
    assert world.token(financed["token"])["financed_tier"] == 2

    paid = settle(world, bill, 100_000_000, reference="PAY-002")
    amounts = sorted((entry["party"], entry["amount"]) for entry in paid["payments"])
    assert amounts == sorted([(S1, 49_999_999), (S1, 20_000_001), (S2, 5_000_000), (BANK2, 25_000_000)])
    assert world.bill(bill)["status"] == "settled"
    assert world.row("finance", "request", asked["request"])["status"] == "repaid"
    assert settle(world, bill, 100_000_000, reference="PAY-002")["repeated"] is True


def test_the_tier_example_follows_from_hops_and_tokens(world: World) -> None:
    bill = issue(world, due_on=world.plus(90))
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    token = world.call(S1, "bill", "accept", bill=bill)["token"]
    second, rest = pay(world, token, S2, 60_000_000)
    finance(world, rest, BANK1, 15_000_000, rate=30_000)
    third, rest = pay(world, second, S3, 20_000_000)
    refused = offer(world, rest, (S3, 5_000_000))
    rest = world.call(S3, "token", "reject", token=refused["tokens"][0], reason="not agreed")["token"]
    assert world.token(rest)["hi"] - world.token(rest)["lo"] == 40_000_000
    finance(world, rest, BANK1, 30_000_000, rate=40_000)
    finance(world, third, BANK2, 10_000_000, rate=60_000)

    reached: dict[int, set[tuple[int, int]]] = {1: set(), 2: set(), 3: set()}
    for _, hop in world.rows("token", "hop"):
        if hop["kind"] in ("issue", "transfer"):
            reached[hop["tier"]].add((hop["lo"], hop["hi"]))
    assert [sum(hi - lo for lo, hi in reached[tier]) for tier in (1, 2, 3)] == [100_000_000, 60_000_000, 20_000_000]
    held, financed = {1: 0, 2: 0, 3: 0}, {1: 0, 2: 0, 3: 0}
    for leaf in world.leaves(bill):
        where = financed if leaf["financed_tier"] else held
        where[leaf["financed_tier"] or leaf["tier"]] += leaf["hi"] - leaf["lo"]
    assert held == {1: 25_000_000, 2: 10_000_000, 3: 10_000_000}
    assert financed == {1: 15_000_000, 2: 30_000_000, 3: 10_000_000}
