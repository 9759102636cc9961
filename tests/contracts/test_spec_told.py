"""Written from the specification: what each act tells, what a halt holds, what grants and invoices promise.

Event names of ACTS 13, 15, 16 and OFFICE 14.2, 14.3; DOMAIN 2 (accounts, auditors), 4 (invoices); AMENDMENTS 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from contracts.acts_ready import ACTS, ADMIN, AUDITOR, OTHER_ADMIN, SIGNERS, sent, world_of_people
from contracts.expected import both, refused, status, told
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    S1,
    S2,
    S3,
    World,
    accepted_bill,
    administer,
    as_admins,
    ask,
    bid,
    disburse,
    finance,
    issue,
    key_of,
    member,
    offer,
    order,
    pay,
    ratify,
    settle,
)  # fmt: skip
from contracts.world import MEMBERS as USUAL

from chainbill.errors import Refused

EVENTS = {
    "party.set_policy": "change_announced",
    "party.add_key": "change_announced",
    "party.rotate_key": "change_announced",
    "party.set_encryption_key": "change_announced",
    "party.ask_paying_bank": "change_announced",
    "party.withdraw_change": "change_ended",
    "party.halt": "halted",
    "party.lift_halt": "halt_lifted",
    "recovery.recover": "recovery_announced",
    "standing.leave": "party_leaving",
    "standing.close": "party_closed",
    "party.attest_size": "size_attested",
    "party.accept_mandate": "mandate_accepted",
    "party.refuse_mandate": "mandate_ended",
    "party.end_mandate": "mandate_ended",
    "succession.name": "successor_named",
    "invoice.dispute": "disputed",
    "invoice.uphold": "dispute_upheld",
    "invoice.withdraw_dispute": "dispute_ended",
}


@pytest.fixture
def place(backend: str) -> World:
    return world_of_people(backend)


@pytest.mark.parametrize("act", EVENTS)
def test_what_an_act_tells(place: World, act: str) -> None:
    spec = ACTS[act]
    ready = spec.ready(place)
    place.events.clear()
    sent(place, ready.sender, act, SIGNERS[spec.signs], **ready.arguments)
    contract, _ = act.split(".")
    [data] = told(place, f"{contract}.{EVENTS[act]}")
    ids = {name: value for name, value in ready.arguments.items() if isinstance(value, str) and len(value) == 18}
    if EVENTS[act] == "change_announced":  # what changes stands in the change, which the event names
        ids = {"change": data["change"], "party": ready.sender}
    assert set(ids.values()) <= set(data.values()), (ids, data)


def test_a_change_and_a_question_are_told_on_their_day(world: World) -> None:
    acts_on = as_admins(world, ANCHOR, "ask_paying_bank", bank=BANK2)["acts_on"]
    world.day(acts_on)
    assert len(told(world, "party.change_acted")) == 1
    [asked] = told(world, "party.mandate_asked")
    assert (asked["debtor"], asked["bank"]) == (ANCHOR, BANK2)


def test_an_administrator_is_told(world: World) -> None:
    administer(world, S1)
    assert told(world, "standing.administrator_named")[0]["party"] == S1


@pytest.mark.parametrize(("value_date", "late"), [("2026-03-05", False), ("2026-03-06", True), ("2026-03-09", True)])
def test_money_from_the_date_of_an_insolvency_on_is_told(world: World, value_date: str, late: bool) -> None:
    """ACTS 13: receipts are always recorded; from that date on with event paid_after_insolvency."""
    bill, _ = accepted_bill(world)
    world.day("2026-03-06")
    ratify(world, order(world, ANCHOR, "insolvent"))
    assert world.row("party", "party", ANCHOR)["insolvent_since"] == "2026-03-06"
    world.day("2026-03-09")
    settle(world, bill, 100_000_000, value_date=value_date)
    assert bool([event for event in world.topics() if event.endswith(".paid_after_insolvency")]) is late
    assert world.bill(bill)["status"] == "settled"


def test_an_insolvency_names_the_court_s_paper(world: World) -> None:
    order(world, S1, "insolvent")
    row = world.row("party", "party", S1)
    assert (row["insolvent_since"], row["insolvency_document"]) == (world.today, "5b" * 32)


# --- accounts ---------------------------------------------------------------------------------------------------------
def test_acceptance_and_financing_need_an_account(backend: str) -> None:
    """DOMAIN 2. S4 has none, neither in this currency nor in another."""
    poor = [member(one["id"], *one["roles"], accounts=[]) if one["id"] in (S2, S3) else one for one in USUAL]
    world = World(backend, members=poor)
    bill = issue(world, by=S2, creditor=S2)
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    refused("account_missing", world.call, S2, "bill", "accept", bill=bill)
    token = offer(world, accepted_bill(world)[1], (S3, 500))["tokens"][0]
    refused("account_missing", world.call, S3, "token", "accept", token=token)


def test_an_account_in_another_currency_is_none(backend: str) -> None:
    poor = [member(one["id"], *one["roles"], currencies=("EUR",)) if one["id"] == S2 else one for one in USUAL]
    world = World(backend, members=poor)
    token = offer(world, accepted_bill(world)[1], (S2, 500))["tokens"][0]
    refused("account_missing", world.call, S2, "token", "accept", token=token)


# --- a halt holds, and ends nothing -----------------------------------------------------------------------------------
def _offered(world: World) -> tuple[str, Callable[[], Any]]:
    token = offer(world, accepted_bill(world)[1], (S2, 500))["tokens"][0]
    return S1, lambda: world.call(S2, "token", "accept", token=token)


def _given_back(world: World) -> tuple[str, Callable[[], Any]]:
    token = pay(world, accepted_bill(world)[1], S2, 500)[0]
    world.call(S2, "token", "give_back", token=token)
    return S2, lambda: world.call(S1, "token", "accept", token=token)


def _requested(world: World) -> tuple[str, Callable[[], Any]]:
    request = ask(world, accepted_bill(world)[1], BANK2, amount=1_000)["request"]
    return S1, lambda: bid(world, request, BANK2)


def _quoted(world: World) -> tuple[str, Callable[[], Any]]:
    request = ask(world, accepted_bill(world)[1], BANK2, amount=1_000)["request"]
    quote = bid(world, request, BANK2)["quote"]
    return BANK2, lambda: world.call(S1, "finance", "agree", quote=quote)


def _confirmed(world: World) -> tuple[str, Callable[[], Any]]:
    bill = issue(world)
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    return ANCHOR, lambda: world.call(S1, "bill", "accept", bill=bill)


def _mandate(world: World) -> tuple[str, Callable[[], Any]]:
    world.day(as_admins(world, ANCHOR, "ask_paying_bank", bank=BANK2)["acts_on"])
    return ANCHOR, lambda: both(world, BANK2, "party.accept_mandate", debtor=ANCHOR)


def _succession(world: World) -> tuple[str, Callable[[], Any]]:
    both(world, BANK2, "succession.accept", bank=BANK1)
    return BANK2, lambda: both(world, BANK1, "succession.name", bank=BANK2)


@pytest.mark.parametrize("begun", [_offered, _given_back, _requested, _quoted, _confirmed, _mandate, _succession])
def test_nobody_takes_what_a_halted_party_began_and_all_is_there_afterwards(
    world: World, begun: Callable[[World], tuple[str, Callable[[], Any]]]
) -> None:
    """OFFICE 14.2; decision 0041, 8: a halt ends no offer, it holds it."""
    party, take = begun(world)
    world.call(party, "party", "halt", reason="a stolen card")
    refused("party_halted", take)
    as_admins(world, party, "lift_halt", party=party)
    take()


def test_a_financing_that_is_agreed_is_paid_under_a_halt(world: World) -> None:
    """AMENDMENTS 2: it is protected while the bank's money is under way; a halt is no more than a suspension."""
    request = ask(world, accepted_bill(world)[1], BANK2, amount=1_000)["request"]
    quote = bid(world, request, BANK2)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    world.call(S1, "party", "halt", reason="a stolen card")
    assert disburse(world, BANK2, quote)["token"]


def test_who_halted_goes_on_to_be_paid_into_its_account_of_before(world: World) -> None:
    """A halt ends an announced account: two stolen keys would else move the money meanwhile."""
    bill, _ = accepted_bill(world)
    before = world.row("account", "account", (S1, "CNY"))["digest"]
    account = {"currency": "CNY", "alg": "sha256", "digest_hex": "cd" * 32}
    both(world, S1, "account.announce", bank=BANK2, **account)
    world.call(BANK2, "account", "attest", party=S1, **account)
    world.call(S1, "party", "halt", reason="a stolen card")
    as_admins(world, S1, "lift_halt", party=S1)
    world.day(world.plus(10))
    settle(world, bill, 100_000_000)
    [(_, payment)] = world.rows("settlement", "payment", (bill,))
    assert payment["account"] == before


# --- auditors ---------------------------------------------------------------------------------------------------------
def grant(world: World, **fields: Any) -> Any:
    named = {"auditor": AUDITOR, "scope": "all", "first_day": world.today, "last_day": "", **fields}
    return sent(world, S1, "audit.grant", [ADMIN, OTHER_ADMIN], **named)


def test_only_auditors_are_granted_what_a_party_may_read(place: World) -> None:
    for other in (S2, BANK1, ANCHOR):
        refused("not_an_auditor", grant, place, auditor=other)
    refused("party_unknown", grant, place, auditor="91310000000000999X")


@pytest.mark.parametrize("scope", ["", "some", [], ["B"] * 501, [1], {}])
def test_a_scope_is_all_or_a_list_of_bills(place: World, scope: Any) -> None:
    with pytest.raises(Refused):
        grant(place, scope=scope)
    assert place.row("audit", "grant", (AUDITOR, S1)) is None


def test_a_grant_has_its_days_and_the_newest_counts(place: World) -> None:
    refused("date_not_valid", grant, place, first_day="2026-04-31")
    refused("date_not_valid", grant, place, first_day="2026-04-30", last_day="2026-04-29")
    grant(place, first_day="2026-04-30", last_day="2026-04-30")
    bill = issue(place)
    grant(place, scope=[bill])
    row = place.row("audit", "grant", (AUDITOR, S1))
    assert (row["scope"], row["from"], row["until"], row["status"]) == ([bill], place.today, "", "active")


def test_a_grant_names_the_keys_that_gave_it(place: World) -> None:
    grant(place)
    given_by = place.row("audit", "grant", (AUDITOR, S1))["by"]
    assert [place.row("party", "key", key)["party"] for key in given_by] == [S1, S1]
    sent(place, S1, "party.revoke_key", [ADMIN], key=given_by[0])
    assert [place.row("party", "key", key)["status"] for key in given_by] == ["revoked", "active"]


def test_a_grant_ends_at_once_and_is_given_anew(place: World) -> None:
    grant(place)
    sent(place, S1, "audit.revoke_grant", [ADMIN], auditor=AUDITOR)
    assert place.row("audit", "grant", (AUDITOR, S1))["status"] == "revoked"
    grant(place)
    assert place.row("audit", "grant", (AUDITOR, S1))["status"] == "active"
    refused("grant_unknown", sent, place, S2, "audit.revoke_grant", [ADMIN], auditor=AUDITOR)


# --- invoices ---------------------------------------------------------------------------------------------------------
ONE, TWO = "1f" * 32, "2f" * 32


def part(amount: int, total: int, fingerprint: str = ONE) -> dict[str, Any]:
    return {"fingerprint": fingerprint, "amount": amount, "total": total}


def occupied(world: World, fingerprint: str = ONE) -> tuple[int, str]:
    row = world.row("invoice", "invoice", (fingerprint, S1))
    return row["occupied"], row["status"]


def confirmed(world: World, *parts: dict[str, Any]) -> str:
    bill = issue(world, face=sum(one["amount"] for one in parts), invoices=list(parts))
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    return bill


def test_amounts_of_invoices_sum_to_the_face(world: World) -> None:
    for amounts in ([999], [1_001], [500, 501]):
        parts = [part(amount, 5_000, fingerprint) for amount, fingerprint in zip(amounts, (ONE, TWO), strict=False)]
        refused("invoices_not_the_face", issue, world, face=1_000, invoices=parts)


def test_a_bill_names_an_invoice_once(world: World) -> None:
    refused("invoice_named_twice", issue, world, face=1_000, invoices=[part(500, 1_000), part(500, 1_000)])


def test_one_invoice_stands_for_several_bills_up_to_its_total(world: World) -> None:
    first = confirmed(world, part(400, 1_000))
    assert occupied(world) == (400, "part_occupied")
    confirmed(world, part(600, 1_000), part(100, 100, TWO))
    assert [occupied(world), occupied(world, TWO)] == [(1_000, "occupied"), (100, "occupied")]
    refused("invoice_occupied", confirmed, world, part(1, 1_000))
    world.call(S1, "bill", "reject", bill=first, reason="no")
    assert occupied(world) == (600, "part_occupied")
    refused("invoice_occupied", confirmed, world, part(401, 1_000))
    confirmed(world, part(400, 1_000))


def test_more_than_its_total_is_not_even_issued_or_confirmed(world: World) -> None:
    with pytest.raises(Refused) as caught:
        confirmed(world, part(1_001, 1_000))
    assert caught.value.reason in ("invoice_occupied", "invoices_not_the_face", "fields_not_valid", "amount_too_large")


def test_two_bills_race_for_one_invoice_and_the_second_waits(world: World) -> None:
    first = issue(world, face=700, invoices=[part(700, 1_000)])
    second = issue(world, face=700, invoices=[part(700, 1_000)])
    world.call(ANCHOR, "bill", "confirm", bill=second)
    refused("invoice_occupied", world.call, ANCHOR, "bill", "confirm", bill=first)
    world.call(ANCHOR, "bill", "cancel", bill=second, reason="no")
    world.call(ANCHOR, "bill", "confirm", bill=first)


def test_neither_transfer_nor_financing_nor_return_changes_what_is_occupied(world: World) -> None:
    bill = confirmed(world, part(10_000, 10_000))
    token = world.call(S1, "bill", "accept", bill=bill)["token"]
    paid, rest = pay(world, token, S2, 4_000)
    finance(world, rest, BANK2, 2_000)
    world.call(S2, "token", "give_back", token=paid)
    world.call(S1, "token", "accept", token=paid)
    settle(world, bill, 10_000)
    assert occupied(world) == (10_000, "occupied")
    refused("invoice_occupied", confirmed, world, part(1, 10_000))


def test_whoever_financed_sees_a_dispute_in_every_answer(world: World) -> None:
    """ACTS 16; it bars nothing until an order says struck."""
    bill = confirmed(world, part(10_000, 10_000))
    token = world.call(S1, "bill", "accept", bill=bill)["token"]
    dispute = world.call(S3, "invoice", "dispute", fingerprint=ONE, seller=S1, document="5a" * 32)["dispute"]
    asked = ask(world, token, BANK2, BANK3, amount=5_000)
    quoted = bid(world, asked["request"], BANK2)
    agreed = world.call(S1, "finance", "agree", quote=quoted["quote"])
    assert [answer["disputes"] for answer in (asked, quoted, agreed)] == [[dispute]] * 3
    assert disburse(world, BANK2, quoted["quote"])["token"]


def test_a_dispute_of_a_bank_has_nobody_to_uphold_it(world: World) -> None:
    dispute = world.call(BANK3, "invoice", "dispute", fingerprint=ONE, seller=S1, document="5a" * 32)["dispute"]
    for bank in (BANK1, BANK3, BANK4):
        refused("not_the_sponsor", both, world, bank, "invoice.uphold", dispute=dispute)
    world.call(BANK3, "invoice", "withdraw_dispute", dispute=dispute)


def test_an_upheld_dispute_is_upheld_once_and_its_sponsor_takes_it_back(world: World) -> None:
    dispute = world.call(S3, "invoice", "dispute", fingerprint=ONE, seller=S1, document="5a" * 32)["dispute"]
    both(world, BANK1, "invoice.uphold", dispute=dispute)
    refused("dispute_transition", both, world, BANK1, "invoice.uphold", dispute=dispute)
    refused("not_the_sponsor", both, world, BANK2, "invoice.withdraw_dispute", dispute=dispute)
    refused("not_the_sponsor", world.call, S1, "invoice", "withdraw_dispute", dispute=dispute)
    both(world, BANK1, "invoice.withdraw_dispute", dispute=dispute)
    refused("dispute_transition", world.call, S3, "invoice", "withdraw_dispute", dispute=dispute)


# --- keys -------------------------------------------------------------------------------------------------------------
def test_a_revoked_key_signs_nothing_and_what_it_signed_stays(world: World) -> None:
    token = offer(world, accepted_bill(world)[1], (S2, 500))["tokens"][0]
    world.send(S1, ("party", "revoke_key", {"key": key_of(S1)}), keys=[key_of(S1)])
    assert world.row("party", "key", key_of(S1))["status"] == "revoked"
    assert world.call(S2, "token", "accept", token=token)["token"]


def test_one_admin_key_stays(world: World) -> None:
    world.send(S1, ("party", "revoke_key", {"key": key_of(S1)}), keys=[key_of(S1)])
    refused("last_admin_key", world.send, S1, ("party", "revoke_key", {"key": key_of(S1, 1)}), keys=[key_of(S1, 1)])
    assert status(world, S1) == "active"


def test_an_admin_takes_its_own_key_and_a_makers_and_no_other_admins(place: World) -> None:
    def revoke(number: int, *signers: int) -> Any:
        return sent(place, S1, "party.revoke_key", list(signers), key=key_of(S1, number))

    refused("second_admin_needed", revoke, OTHER_ADMIN, ADMIN)
    revoke(0, ADMIN)
    revoke(ADMIN, ADMIN)
    refused("key_already_revoked", revoke, 0, OTHER_ADMIN)
    refused("key_unknown", sent, place, S1, "party.revoke_key", [OTHER_ADMIN], key="ab" * 32)


def test_nobody_revokes_a_key_of_another_party(place: World) -> None:
    with pytest.raises(Refused) as caught:
        sent(place, S2, "party.revoke_key", [ADMIN, OTHER_ADMIN], key=key_of(S1, 0))
    assert caught.value.reason == "key_unknown", caught.value
    assert place.row("party", "key", key_of(S1, 0))["status"] == "active"
