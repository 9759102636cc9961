"""An item of the day change that fails is done and gone: what it stood for is done by hand, kind by kind.

docs/reference/day-items.md lists every kind with the act; here each of them comes about.
"""

from __future__ import annotations

from typing import Any

from contracts.expected import both, refused
from contracts.freezing import enter, freeze, frozen, order_of, ratified, release, standing
from contracts.invariants import check_all
from contracts.labels import attest, revoke, scheme
from contracts.pledging import act, enforce, offer_pledge, paid_out, pledge, row_of, told
from contracts.world import (
    AGENDAS,
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    PAPERS,
    S1,
    S2,
    S3,
    World,
    accepted_bill,
    announced_recovery,
    as_admins,
    as_two,
    ask,
    bid,
    decide_by_vote,
    issue,
    offer,
    order,
    settle,
)

from chainbill.state.keys import split_key


def fails(world: World, days: int) -> None:
    """Days go by, and every item of the day change fails: its row is gone, and nothing else."""
    world.checked = False
    world.time_ms += days * 86_400_000
    world.height += 1
    world.overlay.begin()
    for prefix in AGENDAS.values():
        for key, _ in world.overlay.scan(prefix, b"", 500):
            if split_key(key)[2][0] <= world.today:
                world.overlay.delete(key)
    world.overlay.commit()


def status(world: World, place: str, name: str) -> Any:
    return world.row(*place.split("/"), name)["status"]


def test_a_pending_bill_is_withdrawn(world: World) -> None:
    bill = issue(world)
    fails(world, 40)
    assert status(world, "bill/bill", bill) == "pending_confirm"
    world.call(S1, "bill", "withdraw", bill=bill, reason="no")
    check_all(world)


def test_a_bill_falls_due_and_becomes_overdue(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000, due_on="2026-04-01")
    refused("bill_transition", world.call, S1, "bill", "catch_up", bill=bill)
    fails(world, 30)
    assert (world.today, status(world, "bill/bill", bill)) == ("2026-04-01", "active")
    assert world.call(BANK1, "bill", "catch_up", bill=bill) == {"bill": bill, "bill_status": "due"}
    refused("bill_transition", world.call, S1, "bill", "catch_up", bill=bill)
    fails(world, 5)
    assert status(world, "bill/bill", bill) == "due"
    world.call(ANCHOR, "bill", "catch_up", bill=bill)
    assert (world.bill(bill)["status"], world.bill(bill)["overdue_on"]) == ("overdue", "2026-04-02")
    refused("not_debtor_or_creditor", world.call, S2, "bill", "catch_up", bill=bill)
    check_all(world)
    settle(world, bill, 1_000)
    check_all(world)


def test_a_bill_that_was_forgotten_for_days_is_overdue_at_once(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000, due_on="2026-04-01")
    fails(world, 45)
    world.call(S1, "bill", "catch_up", bill=bill)
    assert world.bill(bill)["status"] == "overdue"
    check_all(world)


def test_a_bill_is_left_alone_while_the_network_is_just_back(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000, due_on="2026-04-01")
    world.gap_ms = 30 * 86_400_000
    world.day("2026-04-02")
    refused("bill_transition", world.call, S1, "bill", "catch_up", bill=bill)


def test_what_was_asked_about_a_bill_is_taken_back(world: World) -> None:
    bill, _ = accepted_bill(world)
    joint = world.call(ANCHOR, "bill", "ask_void", bill=bill, reason="")["joint"]
    fails(world, 20)
    world.call(ANCHOR, "bill", "withdraw_joint", joint=joint)
    assert status(world, "bill/joint", joint) == "withdrawn"
    world.call(ANCHOR, "bill", "ask_void", bill=bill, reason="")
    check_all(world)


def test_a_request_and_a_quote_end(world: World) -> None:
    token = accepted_bill(world, face=1_000)[1]
    request = ask(world, token, BANK2, amount=1_000)["request"]
    quote = bid(world, request, BANK2)["quote"]
    fails(world, 30)
    world.call(BANK2, "finance", "withdraw_quote", quote=quote)
    world.call(S1, "finance", "withdraw", request=request)
    assert (status(world, "finance/quote", quote), status(world, "finance/request", request)) == (
        "withdrawn", "withdrawn",
    )  # fmt: skip
    assert [leaf["locks"] for leaf in world.leaves(world.token(token)["bill"])] == [[]]


def test_an_agreed_request_of_a_silent_bank_ends_once_its_time_is_over(world: World) -> None:
    bill, token = accepted_bill(world, face=100_000)
    request = ask(world, token, BANK2, amount=100_000)["request"]
    quote = bid(world, request, BANK2)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    refused("request_transition", world.call, S1, "finance", "withdraw", request=request)
    fails(world, 40)
    assert world.call(S1, "finance", "withdraw", request=request)["status"] == "expired"
    row = world.row("finance", "request", request)
    assert (row["status"], row["ended_by"], status(world, "finance/quote", quote)) == ("expired", "time", "expired")
    assert [leaf["locks"] for leaf in world.leaves(bill)] == [[]]
    check_all(world)


def test_an_agreement_whose_bank_cannot_speak_is_not_withdrawn(world: World) -> None:
    """It would be put off by the day change, and is by whoever asks too."""
    _, token = accepted_bill(world, face=100_000)
    request = ask(world, token, BANK2, amount=100_000)["request"]
    world.call(S1, "finance", "agree", quote=bid(world, request, BANK2)["quote"])
    world.call(BANK2, "party", "halt", reason="stolen")
    until = world.row("finance", "request", request)["until"]
    while world.today <= until:
        fails(world, 1)
    refused("request_transition", world.call, S1, "finance", "withdraw", request=request)


def test_an_offer_is_recalled(world: World) -> None:
    token = accepted_bill(world, face=1_000)[1]
    offered = offer(world, token, (S2, 1_000))["tokens"][0]
    fails(world, 20)
    world.call(S1, "token", "recall", token=offered)
    check_all(world)


def test_a_pledge_is_withdrawn_refused_and_released(world: World) -> None:
    offered = offer_pledge(world, accepted_bill(world, face=1_000)[1], secured=300)
    fails(world, 20)
    act(world, S1, "withdraw", offered)
    bill, token = accepted_bill(world, face=1_000, due_on=world.plus(200))
    made = pledge(world, token, secured=300, due_on=world.plus(1))
    world.day(world.plus(2))
    enforce(world, made, 300)
    fails(world, 20)
    act(world, S1, "refuse_enforcement", made)
    settle(world, bill, 400, partial=True)
    paid_out(world, bill)
    fails(world, 20)
    assert row_of(world, made)["status"] == "covered"
    act(world, BANK2, "release", made, secured=0)
    assert row_of(world, made)["status"] == "released"
    check_all(world)


def test_an_order_is_refused_and_a_freeze_released(world: World) -> None:
    token = accepted_bill(world, face=1_000)[1]
    made = freeze(world, token, 1_000)
    fails(world, 20)
    for bank in (BANK3, BANK4):
        as_two(world, bank, "legal", "refuse", order=order_of(world, made), reason="too late")
    assert standing(world, made) == "ended"
    token = accepted_bill(world, face=1_000)[1]
    made = frozen(world, token, 1_000)
    fails(world, 200)
    assert standing(world, made) == "in_force"
    release(world, made)
    assert standing(world, made) == "ended"
    entered = enter(world, "freeze", {"token": accepted_bill(world, face=1_000)[1], "amount": 1})
    fails(world, 20)
    refused("order_over", ratified, world, entered["order"])


def test_a_transfer_that_was_not_carried_out_is_entered_again(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 1_000)
    item = {"freeze": made, "amount": 0}
    first = enter(world, "transfer", item, beneficiary=S3)["order"]
    ratified(world, first)
    fails(world, 10)
    assert status(world, "legal/order", first) == "ratified"
    ratified(world, enter(world, "transfer", item, beneficiary=S3)["order"])
    world.day(world.plus(6))
    assert (standing(world, made), world.leaves(bill)[0]["holder"]) == ("ended", S3)


def test_a_payment_that_came_back_is_set_aside(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    paid = settle(world, bill, 1_000)["payments"][0]["token"]
    told(world, bill, paid, "returned", "BACK")
    fails(world, 40)
    told(world, bill, paid, "set_aside", "KEPT")
    assert world.row("settlement", "payment", [bill, paid])["status"] == "set_aside"


def test_a_proposal_a_dispute_and_a_label_are_taken_back(world: World) -> None:
    content = {"name": "pending_days", "value": 12}
    proposal = world.call(BANK1, "governance", "propose", kind="parameter", content=content)["proposal"]
    said = {"fingerprint": "1" * 64, "seller": S1, "document": "5a" * 32}
    dispute = world.call(S2, "invoice", "dispute", **said)["dispute"]
    scheme(world)
    bill, _ = accepted_bill(world)
    attest(world, bill)
    fails(world, 400)
    refused("proposal_closed", world.call, BANK2, "governance", "vote", proposal=proposal, choice="yes")
    world.call(BANK1, "governance", "withdraw", proposal=proposal)
    world.call(S2, "invoice", "withdraw_dispute", dispute=dispute)
    refused("label_transition", revoke, world, bill)


def test_a_change_and_a_recovery_are_announced_anew(world: World) -> None:
    announced = as_admins(world, S1, "set_policy", policy={"rules": []})
    fails(world, 10)
    assert status(world, "party/change", announced["change"]) == "announced"
    refused("change_closed", world.call, S1, "party", "withdraw_change", change=announced["change"])
    fails(world, 5)
    world.call(S1, "party", "withdraw_change", change=announced["change"])
    again = as_admins(world, S1, "set_policy", policy={"rules": []})
    world.day(again["acts_on"])
    assert status(world, "party/change", again["change"]) == "acted"
    first = announced_recovery(world)
    fails(world, 10)
    refused("recovery_closed", as_two, world, BANK1, "recovery", "withdraw", recovery=first["recovery"])
    fails(world, 4)
    as_two(world, BANK1, "recovery", "withdraw", recovery=first["recovery"])
    assert announced_recovery(world)["recovery"] != first["recovery"]


def test_a_status_that_nobody_ratified_is_lifted_by_vote(world: World) -> None:
    order(world, S2, "suspended")
    fails(world, 30)
    assert status(world, "party/party", S2) == "suspended"
    decide_by_vote(world, "party_status", party=S2, status="active", reason="mistaken", **PAPERS["active"])
    assert status(world, "party/party", S2) == "active"


def test_a_mandate_that_was_asked_for_is_refused(world: World) -> None:
    announced = as_admins(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    world.day(announced["acts_on"])
    fails(world, 20)
    world.call(BANK2, "party", "refuse_mandate", debtor=ANCHOR)
    assert world.row("party", "mandate", [ANCHOR, BANK2])["status"] == "ended"
    both(world, BANK3, "succession.accept", bank=BANK2)
