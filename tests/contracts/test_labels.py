"""Labels: who attests, how long they hold, and what a quote that asks for one makes of it."""

from __future__ import annotations

import pytest
from chainbill_contracts.declared_rows import rows
from contracts.expected import refused
from contracts.invariants import check_all
from contracts.labels import A_PLUS, BLUE, GREEN, PAPER, agreed, attest, label, needing, revoke, scheme
from contracts.refusals_governance import propose, vote
from contracts.silence import QuietWorld, waits
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    S1,
    S3,
    World,
    accepted_bill,
    as_two,
    ask,
    bid,
    decide_by_vote,
    disburse,
    issue,
    order,
    uscc,
)

from chainbill.state.keys import row_key

DAY_MS = 86_400_000


@pytest.fixture
def world(backend: str) -> World:
    return World(backend)


def agree(world: World, quote: str) -> None:
    world.call(S1, "finance", "agree", quote=quote)


def test_a_label_says_what_its_attestor_said_and_moves_nothing(world: World) -> None:
    scheme(world, BANK3, S3)
    bill, token = accepted_bill(world)
    before = world.token(token)
    assert attest(world, bill, S3) == {"bill": bill, "scheme": GREEN}
    created = label(world, bill).pop("created")
    assert label(world, bill) == {
        "bill": bill, "scheme": GREEN, "grade": "A+", "document": PAPER, "by": S3, "until": world.plus(10),
        "said_on": world.today, "status": "active", "created": created,
    }  # fmt: skip
    assert world.token(token) == before
    check_all(world)


def test_a_quote_that_asks_for_a_label_is_agreed_to_and_paid_once_it_stands(world: World) -> None:
    scheme(world)
    bill, quote = needing(world)
    assert world.row("finance", "quote", quote)["needs_label"] == A_PLUS
    refused("label_missing", agree, world, quote)
    attest(world, bill, grade="A")
    refused("label_missing", agree, world, quote)
    attest(world, bill)
    agree(world, quote)
    assert disburse(world, BANK2, quote)["repeated"] is False
    check_all(world)


def test_a_quote_that_asks_for_none_needs_none(world: World) -> None:
    bill, token = accepted_bill(world)
    quote = bid(world, ask(world, token, BANK2, amount=1_000)["request"], BANK2)["quote"]
    assert world.row("finance", "quote", quote)["needs_label"] == {}
    agree(world, quote)
    disburse(world, BANK2, quote)
    assert bill


def test_a_quote_that_was_made_before_there_were_labels_needs_none(world: World) -> None:
    scheme(world)
    quote = needing(world)[1]
    row = world.row("finance", "quote", quote)
    world.overlay.put(row_key("finance", "quote", quote), {name: row[name] for name in row if name != "needs_label"})
    agree(world, quote)
    disburse(world, BANK2, quote)


def test_a_label_of_another_bill_or_scheme_is_another_label(world: World) -> None:
    scheme(world)
    scheme(world, name=BLUE)
    bill, quote = needing(world)
    attest(world, accepted_bill(world)[0])
    attest(world, bill, scheme=BLUE)
    refused("label_missing", agree, world, quote)


def test_a_label_holds_through_its_last_day_whether_or_not_the_day_change_came(world: World) -> None:
    scheme(world)
    bill, quote = needing(world)
    attest(world, bill, until=world.plus(1))
    world.day(world.plus(1))
    last = world.time_ms
    world.time_ms += DAY_MS
    assert label(world, bill)["status"] == "active", "the item has not run"
    refused("label_missing", agree, world, quote)
    refused("label_transition", revoke, world, bill)
    world.time_ms = last
    agree(world, quote)
    world.day(world.plus(1))
    assert label(world, bill)["status"] == "expired"
    refused("label_transition", revoke, world, bill)
    disburse(world, BANK2, quote, value_date=world.plus(-1))


def test_a_label_until_today_stands_today(world: World) -> None:
    scheme(world)
    bill, quote = needing(world)
    attest(world, bill, until=world.today)
    agree(world, quote)


def test_attested_again_the_later_word_stands_until_its_own_end(world: World) -> None:
    scheme(world, BANK3, BANK4)
    bill = accepted_bill(world)[0]
    attest(world, bill, until=world.plus(2))
    attest(world, bill, BANK4, grade="B", until=world.plus(5))
    assert len(world.rows("label", "agenda")) == 1
    world.day(world.plus(4))
    row = label(world, bill)
    assert (row["status"], row["grade"], row["by"]) == ("active", "B", BANK4)
    world.day(world.plus(2))
    assert label(world, bill)["status"] == "expired"
    assert world.rows("label", "agenda") == []
    attest(world, bill)
    assert (label(world, bill)["status"], label(world, bill)["by"]) == ("active", BANK3)


def test_what_was_revoked_is_attested_again(world: World) -> None:
    scheme(world)
    bill, quote = needing(world)
    attest(world, bill)
    assert revoke(world, bill) == {"bill": bill, "scheme": GREEN}
    assert (label(world, bill)["status"], world.rows("label", "agenda")) == ("revoked", [])
    refused("label_missing", agree, world, quote)
    world.day(world.plus(11))
    assert label(world, bill)["status"] == "revoked"
    attest(world, bill)
    assert label(world, bill)["status"] == "active"


def test_whoever_attested_and_every_attestor_now_takes_it_back(world: World) -> None:
    scheme(world, BANK3, BANK4)
    bill = accepted_bill(world)[0]
    attest(world, bill)
    revoke(world, bill, BANK4)
    attest(world, bill)
    scheme(world, BANK4)
    refused("not_an_attestor", attest, world, bill)
    revoke(world, bill)
    attest(world, bill, BANK4)
    refused("not_an_attestor", revoke, world, bill)


def test_a_scheme_that_is_retired_leaves_its_labels(world: World) -> None:
    scheme(world)
    bill, quote = needing(world)
    attest(world, bill)
    decide_by_vote(world, "label_scheme", scheme=GREEN, attestors=[])
    assert world.row("governance", "label_scheme", GREEN) is None
    refused("label_scheme_unknown", attest, world, bill)
    agree(world, quote)
    revoke(world, bill)
    scheme(world, BANK4)
    assert world.row("governance", "label_scheme", GREEN) == {"scheme": GREEN, "attestors": [BANK4]}


def test_a_vote_looks_again_at_whom_it_names(world: World) -> None:
    proposal = propose(world, "label_scheme", scheme=GREEN, attestors=[S3])
    vote(world, proposal, BANK1, BANK2)
    world.overlay.put(row_key("party", "party", S3), {**world.row("party", "party", S3), "status": "closed"})
    refused("party_not_active", vote, world, proposal, BANK3)


def test_schemes_are_so_many_at_one_time(world: World) -> None:
    for number in range(100):
        world.overlay.put(
            row_key("governance", "label_scheme", f"{number}"), {"scheme": f"{number}", "attestors": [S3]}
        )
    refused("too_many_schemes", scheme, world)
    scheme(world, BANK3, name="7")
    decide_by_vote(world, "label_scheme", scheme="9", attestors=[])
    scheme(world)


def test_a_scheme_has_so_many_attestors(world: World) -> None:
    for attestors in ("x", [S1] * 2, [uscc(9_000 + number) for number in range(21)]):
        refused("attestors_not_valid", propose, world, "label_scheme", scheme=GREEN, attestors=attestors)


def test_names_are_short_and_on_one_line(world: World) -> None:
    for name in ("", "x" * 65, "a:b", "a\nb", "a\tb", 7):
        refused("label_name_not_valid", propose, world, "label_scheme", scheme=name, attestors=[S3])
    scheme(world, name="x" * 64)
    scheme(world)
    bill, token = accepted_bill(world)
    request = ask(world, token, BANK2, amount=1_000)["request"]
    for wrong in ({"scheme": "", "grade": "A"}, {"scheme": GREEN, "grade": "a:b"}):
        refused("label_name_not_valid", bid, world, request, BANK2, needs_label=wrong)
    for wrong in ("green", [], {"scheme": GREEN}, {**A_PLUS, "more": 1}):
        refused("fields_not_valid", bid, world, request, BANK2, needs_label=wrong)
    attest(world, bill, grade="x" * 64)


def test_a_bill_that_does_not_circulate_is_not_labelled(world: World) -> None:
    scheme(world)
    bill = issue(world, ANCHOR)
    refused("bill_not_active", attest, world, bill)
    paid = accepted_bill(world)[0]
    attest(world, paid)
    world.day(world.bill(paid)["pay_on"])
    refused("bill_not_active", attest, world, paid)
    revoked = label(world, paid)
    assert revoked["status"] == "expired"


def test_so_many_labels_of_one_bill_and_each_may_be_attested_again(world: World) -> None:
    bill = accepted_bill(world)[0]
    for number in range(21):
        scheme(world, name=f"{number}")
    for number in range(20):
        attest(world, bill, scheme=f"{number}")
    refused("too_many_labels", attest, world, bill, scheme="20")
    revoke(world, bill, name="0")
    refused("too_many_labels", attest, world, bill, scheme="20")
    attest(world, bill, scheme="0", grade="B")
    attest(world, accepted_bill(world)[0], scheme="20")


def test_one_alone_attests_nothing_and_a_suspended_attestor_only_takes_back(world: World) -> None:
    scheme(world, S3)
    bill = accepted_bill(world)[0]
    told = {"scheme": GREEN, "grade": "A+", "document": PAPER, "until": world.plus(3)}
    refused("maker_and_checker_needed", world.call, S3, "label", "attest", bill=bill, **told)
    attest(world, bill, S3)
    order(world, S3, "suspended")
    refused("party_not_active", attest, world, bill, S3)
    revoke(world, bill, S3)


def test_a_label_that_is_gone_before_the_money_left_keeps_it_back(world: World) -> None:
    bill, quote = agreed(world)
    world.day(world.plus(1))
    revoke(world, bill)
    world.day(world.plus(1))
    refused("label_missing", disburse, world, BANK2, quote)
    attest(world, bill)
    disburse(world, BANK2, quote)


@pytest.mark.parametrize("how", ["revoked", "of another grade", "over"])
def test_money_that_left_while_the_label_stood_counts(world: World, how: str) -> None:
    """attack: holder and attestor let a bank pay, and take the label back before it can say so."""
    bill, quote = agreed(world, disburse_by=world.plus(5))
    if how == "over":
        attest(world, bill, until=world.today)
    paid_on = world.today
    world.day(world.plus(1))
    if how == "revoked":
        revoke(world, bill)
    elif how == "of another grade":
        attest(world, bill, grade="C")
    last = paid_on if how == "over" else world.today
    world.day(world.plus(1))
    refused("label_missing", disburse, world, BANK2, quote, value_date=world.today)
    assert disburse(world, BANK2, quote, value_date=last)["repeated"] is False
    check_all(world)


def test_a_label_that_was_given_anew_with_another_end_still_stands(world: World) -> None:
    bill, quote = agreed(world)
    world.day(world.plus(1))
    attest(world, bill, until=world.plus(30))
    world.day(world.plus(1))
    disburse(world, BANK2, quote)


def test_a_bank_takes_back_what_waits_for_a_label(world: World) -> None:
    scheme(world)
    _, quote = needing(world)
    world.call(BANK2, "finance", "withdraw_quote", quote=quote)
    assert world.row("finance", "quote", quote)["status"] == "withdrawn"


def test_steps_are_those_of_the_specification() -> None:
    steps = {(step.before, step.after) for step in rows()["label/label"].steps}
    assert steps >= {("active", "revoked"), ("active", "expired")}


@waits("label", "active", silent="its attestor")
def a_label_ends_by_itself(world: QuietWorld) -> None:
    scheme(world)
    bill = accepted_bill(world)[0]
    as_two(world, BANK3, "label", "attest", bill=bill, scheme=GREEN, grade="A", document=PAPER, until=world.plus(2))
    world.silent = (BANK3,)
    world.day(world.plus(3))
    assert label(world, bill)["status"] == "expired"
