"""What the specification says of suspension, insolvency and administrators, one test a rule (decision 0031)."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.expected import both, door, refused, status, told
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
    a_key,
    accepted_bill,
    add_key,
    administer,
    administrator_keys,
    an_account,
    as_admins,
    ask,
    bid,
    decide_by_vote,
    disburse,
    finance,
    issue,
    key_of,
    offer,
    order,
    pay,
    private_key,
    proof_of,
    ratify,
    settle,
)  # fmt: skip

HOLIDAYS = [{"year": 2026, "holidays": [f"2026-03-{day:02d}" for day in range(7, 15)], "workdays": []}]
COURT = {"authority": "Court of H", "number": "H-2026-18", "documents": ["5e" * 32]}
MINE = [key_of(S1), key_of(S1, 1)]


# --- who orders, and with which papers --------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["suspended", "insolvent"])
def test_only_the_sponsor_orders_a_status(world: World, kind: str) -> None:
    refused("not_the_sponsor", order, world, S1, kind, by=BANK2)
    assert status(world, S1) == "active"


@pytest.mark.parametrize("kind", ["suspended", "insolvent"])
def test_a_maker_alone_orders_no_status(world: World, kind: str) -> None:
    papers = {"authority": "Court of H", "number": "1", "documents": ["5a" * 32, "5b" * 32]}
    if kind == "suspended":
        papers = {"authority": "", "number": "", "documents": ["5a" * 32]}
    arguments = {"party": S1, "status": kind, "reason": "r", **papers}
    refused("maker_and_checker_needed", world.call, BANK1, "standing", "set_status", **arguments)


@pytest.mark.parametrize(
    ("kind", "papers", "code"),
    [
        ("suspended", {"documents": []}, "documents_needed"),
        ("suspended", {"documents": ["5a" * 32, "5b" * 32]}, "documents_needed"),
        ("suspended", {"documents": ["no digest"]}, "document_not_valid"),
        ("insolvent", {"documents": ["5a" * 32]}, "documents_needed"),
        ("insolvent", {"documents": ["5a" * 32] * 3}, "documents_needed"),
        ("insolvent", {"authority": ""}, "court_not_named"),
        ("insolvent", {"number": ""}, "court_not_named"),
        ("active", {"documents": []}, "documents_needed"),
    ],
)
def test_papers_of_an_order(world: World, kind: str, papers: dict[str, Any], code: str) -> None:
    refused(code, order, world, S1, kind, **papers)


@pytest.mark.parametrize("kind", ["closed", "leaving", "pending", "", "administrator"])
def test_no_other_status_is_ordered(world: World, kind: str) -> None:
    arguments = {"party": S1, "status": kind, "reason": "r", "authority": "", "number": "", "documents": ["5a" * 32]}
    refused("status_unknown", both, world, BANK1, "standing.set_status", **arguments)


def test_an_order_on_nobody(world: World) -> None:
    refused("party_unknown", order, world, "9131000000000099X", "suspended")


# --- suspension -------------------------------------------------------------------------------------------------------
def test_a_suspension_acts_at_once_and_ends_after_ten_business_days(world: World) -> None:
    """Monday 2026-03-02: it holds until Monday 03-16, and on 03-17 nothing is left of it but an alert."""
    entered = order(world, S1, "suspended")
    assert (entered["party_status"], entered["until"]) == ("suspended", "2026-03-16")
    world.day("2026-03-16")
    assert status(world, S1) == "suspended"
    before = len(world.events)
    world.day("2026-03-17")
    assert status(world, S1) == "active"
    assert world.row("standing", "order", entered["order"])["status"] == "lapsed"
    assert any(S1 in str(event) for event in world.events[before:])


def test_a_ratified_suspension_stays(world: World) -> None:
    ratify(world, order(world, S1, "suspended"))
    world.day("2026-06-01")
    assert status(world, S1) == "suspended"


def test_a_vote_keeps_a_suspension(world: World) -> None:
    entered = order(world, S1, "suspended")
    papers = {"authority": "", "number": "", "documents": ["5a" * 32]}
    decide_by_vote(world, "party_status", party=S1, status="suspended", reason="kept", **papers)
    world.day("2026-06-01")
    assert status(world, S1) == "suspended"
    assert world.row("standing", "order", entered["order"])["status"] == "ratified"


def test_the_next_suspension_acts_at_its_ratification_only(world: World) -> None:
    """The worked example: suspended anew on 03-17 until 03-20, s1 is active until bank2 ratifies."""
    order(world, S1, "suspended")
    world.day("2026-03-17")
    again = order(world, S1, "suspended")
    assert (status(world, S1), again["until"]) == ("active", "2026-03-20")
    ratify(world, again)
    assert status(world, S1) == "suspended"


def test_lifting_on_the_ninth_day_is_no_way_round(world: World) -> None:
    order(world, S1, "suspended")
    world.day("2026-03-13")
    order(world, S1, "active")
    assert status(world, S1) == "active"
    order(world, S1, "suspended")
    assert status(world, S1) == "active"


def test_an_order_ratified_too_late(world: World) -> None:
    entered = order(world, S1, "suspended")
    world.day("2026-03-17")
    refused("status_order_transition", ratify, world, entered)


def test_one_order_of_a_kind_is_open_at_a_time(world: World) -> None:
    order(world, S1, "suspended")
    refused("party_transition", order, world, S1, "suspended")
    world.day("2026-03-17")
    order(world, S1, "suspended")
    refused("status_order_open", order, world, S1, "suspended")


# --- who is barred ----------------------------------------------------------------------------------------------------
def test_who_entered_does_not_ratify(world: World) -> None:
    refused("entered_by_own_house", ratify, world, order(world, S1, "suspended"), by=BANK1)


def test_no_party_but_a_bank_ratifies(world: World) -> None:
    refused("not_a_bank", ratify, world, order(world, S1, "suspended"), by=S2)


def test_a_maker_alone_does_not_ratify(world: World) -> None:
    entered = order(world, S1, "suspended")
    refused("maker_and_checker_needed", world.call, BANK2, "standing", "ratify", order=entered["order"])


@pytest.mark.parametrize("bank", [BANK1, BANK2])
def test_a_bank_with_an_open_quote_orders_and_ratifies_nothing(world: World, bank: str) -> None:
    _, token = accepted_bill(world)
    request = ask(world, token, bank, amount=1_000)["request"]
    quote = bid(world, request, bank)["quote"]
    if bank == BANK1:
        refused("quote_to_the_party", order, world, S1, "suspended")
        world.call(bank, "finance", "withdraw_quote", quote=quote)
        order(world, S1, "suspended")
    else:
        entered = order(world, S1, "suspended")
        refused("quote_to_the_party", ratify, world, entered)
        ratify(world, entered, by=BANK3)


def test_a_bank_about_to_lose_orders_nothing(world: World) -> None:
    """Its quote stands beside an agreed one until the other bank has paid: an order would win the token back."""
    _, token = accepted_bill(world)
    request = ask(world, token, BANK1, BANK2, amount=1_000)["request"]
    bid(world, request, BANK1)
    world.call(S1, "finance", "agree", quote=(agreed := bid(world, request, BANK2)["quote"]))
    refused("quote_to_the_party", order, world, S1, "insolvent")
    disburse(world, BANK2, agreed)
    order(world, S1, "insolvent")


def test_a_bank_is_suspended_by_vote_only(world: World) -> None:
    refused("not_the_sponsor", order, world, BANK3, "suspended", by=BANK1)
    papers = {"authority": "", "number": "", "documents": ["5a" * 32]}
    decide_by_vote(world, "party_status", party=BANK3, status="suspended", reason="r", **papers)
    assert status(world, BANK3) == "suspended"


# --- objecting --------------------------------------------------------------------------------------------------------
def test_any_admin_key_objects_once_and_nothing_else_changes(world: World) -> None:
    entered = order(world, S1, "suspended")
    arguments = {"order": entered["order"], "reason": "unfounded"}
    door(world, S1, "standing.object_to", **arguments)
    before = len(world.events)
    world.call(S1, "standing", "object_to", **arguments)
    assert len(world.events) == before + 1
    assert world.row("standing", "order", entered["order"])["objected_on"] == world.today
    assert status(world, S1) == "suspended"
    refused("objection_made", world.call, S1, "standing", "object_to", **arguments)
    refused("order_on_another_party", world.call, S2, "standing", "object_to", **arguments)


# --- lifting ----------------------------------------------------------------------------------------------------------
def test_who_set_a_suspension_lifts_it_alone_ratified_or_not(world: World) -> None:
    order(world, S1, "suspended")
    order(world, S1, "active")
    assert status(world, S1) == "active"
    ratify(world, order(world, S2, "suspended"))
    order(world, S2, "active")
    assert status(world, S2) == "active"


def test_nobody_else_lifts_a_voted_suspension(world: World) -> None:
    papers = {"authority": "", "number": "", "documents": ["5a" * 32]}
    decide_by_vote(world, "party_status", party=S1, status="suspended", reason="r", **papers)
    refused("voted_status", order, world, S1, "active")
    decide_by_vote(world, "party_status", party=S1, status="active", reason="r", **papers)
    assert status(world, S1) == "active"


def test_a_ratified_insolvency_is_lifted_by_two_banks(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    lifting = order(world, S1, "active")
    assert status(world, S1) == "insolvent"
    refused("entered_by_own_house", ratify, world, lifting, by=BANK1)
    ratify(world, lifting)
    assert status(world, S1) == "active"
    row = world.row("party", "party", S1)
    assert (row["insolvent_since"], row["insolvency_document"]) == ("", "")


def test_a_suspension_stands_beneath_an_insolvency(world: World) -> None:
    ratify(world, order(world, S1, "suspended"))
    order(world, S1, "insolvent")
    assert status(world, S1) == "insolvent"
    world.day("2026-03-06")
    assert status(world, S1) == "suspended"


# --- insolvency -------------------------------------------------------------------------------------------------------
def test_an_insolvency_acts_at_once_and_lapses_after_72_hours(world: World) -> None:
    entered = order(world, S1, "insolvent")
    assert (status(world, S1), entered["until"]) == ("insolvent", "2026-03-05")
    row = world.row("party", "party", S1)
    assert (row["insolvent_since"], row["insolvency_document"]) == ("2026-03-02", "5b" * 32)
    world.day("2026-03-05")
    assert status(world, S1) == "insolvent"
    world.day("2026-03-06")
    assert status(world, S1) == "active"
    assert world.row("party", "party", S1)["insolvent_since"] == ""


@pytest.mark.parametrize(("today", "until"), [("2026-03-06", "2026-03-16"), ("2026-03-05", "2026-03-08")])
def test_72_hours_over_holidays(backend: str, today: str, until: str) -> None:
    """Holidays from 03-07 to 03-14, then a Sunday: after Friday the first business day is 03-16; after Thursday it is
    Friday, and the third day is 03-08."""
    world = World(backend, today, calendar=HOLIDAYS)
    assert order(world, S1, "insolvent")["until"] == until


def test_72_hours_from_friday_to_monday(backend: str) -> None:
    assert order(World(backend, "2026-03-06"), S1, "insolvent")["until"] == "2026-03-09"


def test_money_is_set_aside_from_entry_on_and_instructed_to_the_administrator_only(world: World) -> None:
    """AMENDMENTS 1: from entry on payments begin as set_aside; BL 17: the money waits for his account."""
    bill, token = accepted_bill(world)
    pay(world, token, S2, 40_000_000)
    order(world, S1, "insolvent")
    settle(world, bill, 100_000_000)
    payments = {row["party"]: row for _, row in world.rows("settlement", "payment", (bill,))}
    assert payments[S1]["status"] == "set_aside"
    assert payments[S2]["status"] == "instructed"
    again = {"bill": bill, "token": payments[S1]["token"], "status": "instructed", "reference": "P-1"}
    refused("administrator_account_missing", world.call, BANK1, "settlement", "pay_result", **again)
    paid = {**again, "status": "paid"}
    refused("payment_transition", world.call, BANK1, "settlement", "pay_result", **paid)


def test_money_goes_to_the_account_that_the_administrator_announced(world: World) -> None:
    bill, _ = accepted_bill(world)
    keys = administer(world, S1)
    assert world.row("account", "account", [S1, "CNY"])["status"] == "ended"
    settle(world, bill, 100_000_000)
    [(_, payment)] = world.rows("settlement", "payment", (bill,))
    assert payment["status"] == "set_aside"
    again = {"bill": bill, "token": payment["token"], "status": "instructed", "reference": "P-1"}
    refused("administrator_account_missing", world.call, BANK1, "settlement", "pay_result", **again)
    account = an_account("CNY", BANK1, digest="cd" * 32)
    named = {"currency": "CNY", "bank": BANK1, "alg": "sha256", "digest_hex": account["digest"]}
    world.send(S1, ("account", "announce", named), keys=keys)
    refused("administrator_account_missing", world.call, BANK1, "settlement", "pay_result", **again)
    attested = {"party": S1, "currency": "CNY", "alg": "sha256", "digest_hex": account["digest"]}
    world.call(BANK1, "account", "attest", **attested)
    world.call(BANK1, "settlement", "pay_result", **again)
    row = world.row("settlement", "payment", [bill, payment["token"]])
    assert (row["status"], row["account"]) == ("instructed", "cd" * 32)


# --- an administrator -------------------------------------------------------------------------------------------------
def name(world: World, party: str = S1, by: str = BANK1, **fields: Any) -> dict[str, Any]:
    arguments = {"party": party, "keys": administrator_keys(party, 901), **COURT, **fields}
    return dict(both(world, by, "standing.name_administrator", **arguments))


def test_keys_change_72_hours_after_the_ratification_and_never_before(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    entered = name(world)
    assert all(world.row("party", "key", key)["status"] == "active" for key in MINE)
    assert world.row("party", "party", S1)["administered_on"] == ""
    acts_on = ratify(world, entered)["acts_on"]
    world.day(world.plus(3))
    assert all(world.row("party", "key", key)["status"] == "active" for key in MINE)
    world.day(acts_on)
    assert all(world.row("party", "key", key)["status"] == "resting" for key in MINE)
    row = world.row("party", "party", S1)
    assert row["keys"] == [administrator_keys(S1, 901)[0]["key"]["key"]]
    assert row["administered_on"] == world.today


def test_an_administrator_that_nobody_ratifies_takes_nothing(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    entered = name(world)
    world.day("2026-03-06")
    assert world.row("standing", "order", entered["order"])["status"] == "lapsed"
    assert all(world.row("party", "key", key)["status"] == "active" for key in MINE)
    refused("status_order_transition", ratify, world, entered)


def test_an_administrator_needs_a_ratified_insolvency(world: World) -> None:
    refused("insolvency_not_ratified", name, world)
    order(world, S1, "insolvent")
    refused("insolvency_not_ratified", name, world)


def test_who_names_an_administrator_and_how(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    refused("not_the_sponsor", name, world, by=BANK2)
    refused("court_not_named", name, world, authority="")
    refused("court_not_named", name, world, number="")
    refused("documents_needed", name, world, documents=[])
    refused("no_key", name, world, keys=[])
    foreign = administrator_keys(S2, 901)
    refused("possession_not_proved", name, world, keys=foreign)
    entered = name(world)
    refused("entered_by_own_house", ratify, world, entered, by=BANK1)
    refused("status_order_open", name, world)


def test_an_administrator_does_all_but_issue_confirm_and_accept_a_transfer(world: World) -> None:
    _, token = accepted_bill(world)
    _, other = accepted_bill(world, creditor=S2, by=S2)
    pending = issue(world)
    keys = administer(world, S1)
    door(world, S1, "token.transfer")
    arguments = {
        "debtor": ANCHOR, "creditor": S1, "face": 100, "currency": "CNY", "due_on": world.plus(60), "invoices": [],
        "contract_no": "C", "delivered_on": "", "terms": {}, "reference": "",
    }  # fmt: skip

    def issue_by_administrator() -> None:
        world.send(S1, ("bill", "issue", arguments), keys=keys)

    refused("party_not_active", issue_by_administrator)
    refused("party_not_active", offer, world, other, (S1, 100))
    recipients = [{"party": S3, "amount": 1_000}]
    world.send(S1, ("token", "transfer", {"tokens": [token], "recipients": recipients}), keys=keys)
    world.send(S1, ("bill", "withdraw", {"bill": pending, "reason": "r"}), keys=keys)
    assert world.bill(pending)["status"] == "withdrawn"


def test_old_keys_end_what_they_announced(world: World) -> None:
    """A change of account that old keys announced does not act under the administrator."""
    named = {"currency": "CNY", "bank": BANK2, "alg": "sha256", "digest_hex": "ee" * 32}
    both(world, S1, "account.announce", **named)
    administer(world, S1)
    attested = {"party": S1, "currency": "CNY", "alg": "sha256", "digest_hex": "ee" * 32}
    refused("nothing_to_attest", world.call, BANK2, "account", "attest", **attested)
    world.day(world.plus(10))
    assert world.row("account", "account", [S1, "CNY"])["status"] == "ended"
    assert world.failed_items == []


# --- what a status stops ----------------------------------------------------------------------------------------------
STARTS = [
    "bill.issue", "bill.confirm", "bill.accept", "token.transfer", "token.accept", "token.split", "token.merge",
    "token.give_back", "finance.request", "finance.quote", "finance.agree", "finance.disburse", "party.register",
    "account.attest", "party.add_key", "party.set_policy", "standing.set_status", "standing.ratify",
    "invoice.dispute", "governance.propose", "party.ask_paying_bank", "party.accept_mandate",
]  # fmt: skip
OPEN = [
    "bill.reject", "bill.withdraw", "token.reject", "token.recall", "finance.decline", "finance.decline_quote",
    "finance.withdraw", "finance.withdraw_quote", "invoice.withdraw_dispute", "recovery.veto", "party.halt",
    "party.revoke_key", "party.withdraw_change", "settlement.settle", "settlement.proceed", "settlement.pay_result",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["suspended", "insolvent"])
def test_a_stopped_party_starts_nothing_and_may_always_say_no(world: World, kind: str) -> None:
    order(world, S1, kind)
    for act in STARTS:
        refused("party_not_active", door, world, S1, act)
    for act in OPEN:
        door(world, S1, act)


def lift(world: World, kind: str, entered: dict[str, Any]) -> None:
    """Ratify what was ordered and lift it again; banks that have no quote do."""
    ratify(world, entered, by=BANK4)
    lifting = order(world, S1, "active")
    if kind == "insolvent":
        ratify(world, lifting, by=BANK4)


@pytest.mark.parametrize("kind", ["suspended", "insolvent"])
def test_offers_of_a_stopped_holder_are_not_taken_also_once_it_is_active_again(world: World, kind: str) -> None:
    _, token = accepted_bill(world)
    offered = offer(world, token, (S2, 1_000))["tokens"][0]
    entered = order(world, S1, kind)
    refused("maker_was_stopped", world.call, S2, "token", "accept", token=offered)
    lift(world, kind, entered)
    assert status(world, S1) == "active"
    refused("maker_was_stopped", world.call, S2, "token", "accept", token=offered)
    world.call(S1, "token", "recall", token=offered)


def test_offers_to_a_stopped_recipient(world: World) -> None:
    _, token = accepted_bill(world)
    order(world, S2, "suspended")
    refused("party_not_active", offer, world, token, (S2, 1_000))


@pytest.mark.parametrize("kind", ["suspended", "insolvent"])
def test_requests_of_a_stopped_holder_are_not_taken(world: World, kind: str) -> None:
    """A bank without a quote orders; the others' quotes cannot be agreed, and no new one is made."""
    _, token = accepted_bill(world)
    request = ask(world, token, BANK2, BANK3, amount=1_000)["request"]
    quote = bid(world, request, BANK2)["quote"]
    entered = order(world, S1, kind)
    refused("maker_was_stopped", bid, world, request, BANK3)
    lift(world, kind, entered)
    refused("maker_was_stopped", world.call, S1, "finance", "agree", quote=quote)


def test_an_agreed_financing_counts_for_a_value_date_before_the_insolvency(world: World) -> None:
    _, token = accepted_bill(world)
    request = ask(world, token, BANK2, amount=100_000_000)["request"]
    quote = bid(world, request, BANK2, disburse_by=world.plus(2))["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    agreed_on = world.today
    world.day(world.plus(1))
    ratify(world, order(world, S1, "insolvent"), by=BANK3)
    refused("holder_insolvent", disburse, world, BANK2, quote)
    new = disburse(world, BANK2, quote, value_date=agreed_on)["token"]
    assert world.token(new)["holder"] == BANK2


@pytest.mark.parametrize("kind", ["suspended", "insolvent"])
def test_a_stopped_debtor_gets_no_new_bills(world: World, kind: str) -> None:
    pending = issue(world)
    order(world, ANCHOR, kind)
    refused("party_not_active", issue, world)
    refused("party_not_active", door, world, ANCHOR, "bill.confirm", bill=pending)


def test_bills_of_a_suspended_debtor_move_on(world: World) -> None:
    """Suspension of a debtor stops issue and confirm only."""
    _, token = accepted_bill(world)
    order(world, ANCHOR, "suspended")
    received, rest = pay(world, token, S2, 1_000)
    finance(world, rest, BANK2, 5_000)
    assert world.token(received)["holder"] == S2


def test_nobody_new_takes_bills_of_an_insolvent_debtor(world: World) -> None:
    _, first = accepted_bill(world)
    offered = offer(world, first, (S2, 1_000))
    _, second = accepted_bill(world)
    open_request = ask(world, second, BANK2, BANK3, amount=1_000)
    quote = bid(world, open_request["request"], BANK2)["quote"]
    _, third = accepted_bill(world)
    agreed_request = ask(world, third, BANK2, amount=1_000)["request"]
    agreed = bid(world, agreed_request, BANK2)["quote"]
    world.call(S1, "finance", "agree", quote=agreed)
    _, fourth = accepted_bill(world)
    back, _ = pay(world, fourth, S2, 1_000)
    confirmed = issue(world)
    world.call(ANCHOR, "bill", "confirm", bill=confirmed)
    ratify(world, order(world, ANCHOR, "insolvent"), by=BANK3)
    refused("debtor_insolvent", world.call, S1, "bill", "accept", bill=confirmed)
    refused("debtor_insolvent", world.call, S2, "token", "accept", token=offered["tokens"][0])
    refused("debtor_insolvent", offer, world, offered["remainder"], (S2, 1_000))
    refused("debtor_insolvent", ask, world, offered["remainder"], BANK2, amount=1_000)
    refused("debtor_insolvent", bid, world, open_request["request"], BANK3)
    refused("debtor_insolvent", world.call, S1, "finance", "agree", quote=quote)
    refused("debtor_insolvent", disburse, world, BANK2, agreed)
    world.call(S2, "token", "give_back", token=back)
    returned = world.call(S1, "token", "accept", token=back)["token"]
    assert world.token(returned)["holder"] == S1
    world.call(S1, "bill", "reject", bill=confirmed, reason="insolvent")


def test_a_receipt_after_an_insolvency_is_recorded_and_told(world: World) -> None:
    """BL 16, 32: receipts are always recorded; from that date on with event paid_after_insolvency."""
    bill, _ = accepted_bill(world)
    early = world.today
    world.day(world.plus(1))
    order(world, ANCHOR, "insolvent")
    settle(world, bill, 1_000_000, partial=True, value_date=early)
    assert told(world, "settlement.paid_after_insolvency") == []
    pay_on = world.bill(bill)["pay_on"]
    settle(world, bill, 99_000_000)
    assert len(told(world, "settlement.paid_after_insolvency")) == 1
    assert (world.bill(bill)["status"], world.bill(bill)["pay_on"]) == ("settled", pay_on)


@pytest.mark.parametrize("kind", ["suspended", "insolvent"])
def test_a_stopped_bank_still_settles_and_reports(world: World, kind: str) -> None:
    bill, _ = accepted_bill(world)
    papers = {"authority": "Court", "number": "1", "documents": ["5a" * 32, "5b" * 32]}
    if kind == "suspended":
        papers = {"authority": "", "number": "", "documents": ["5a" * 32]}
    decide_by_vote(world, "party_status", party=BANK1, status=kind, reason="r", **papers)
    for act in ("party.register", "account.attest", "finance.quote", "finance.disburse", "standing.set_status"):
        refused("party_not_active", door, world, BANK1, act)
    door(world, BANK1, "settlement.settle")
    settle(world, bill, 100_000_000)
    [(_, payment)] = world.rows("settlement", "payment", (bill,))
    result = {"bill": bill, "token": payment["token"], "status": "paid", "reference": "P-9"}
    world.call(BANK1, "settlement", "pay_result", **result)
    assert world.bill(bill)["status"] == "settled"


# --- money that is under way when a status changes --------------------------------------------------------------------
def report(world: World, payment: dict[str, Any], state: str, reference: str) -> Any:
    arguments = {"bill": payment["bill"], "token": payment["token"], "status": state, "reference": reference}
    return world.call(BANK1, "settlement", "pay_result", **arguments)


def test_a_payment_that_came_back_goes_to_no_account_of_before(world: World) -> None:
    """BL 17: what comes back after the insolvency waits for the administrator's account, whatever stood there."""
    bill, _ = accepted_bill(world)
    settle(world, bill, 100_000_000)
    [(_, payment)] = world.rows("settlement", "payment", (bill,))
    report(world, payment, "returned", "P-1")
    ratify(world, order(world, S1, "insolvent"))
    refused("administrator_account_missing", report, world, payment, "instructed", "P-2")
    keys = administrator_keys(S1, 901, 902)
    world.day(ratify(world, name(world, keys=keys))["acts_on"])
    refused("administrator_account_missing", report, world, payment, "instructed", "P-2")
    named = {"currency": "CNY", "bank": BANK1, "alg": "sha256", "digest_hex": "cd" * 32}
    world.send(S1, ("account", "announce", named), keys=[one["key"]["key"] for one in keys])
    world.call(BANK1, "account", "attest", party=S1, currency="CNY", alg="sha256", digest_hex="cd" * 32)
    report(world, payment, "instructed", "P-2")
    assert world.row("settlement", "payment", [bill, payment["token"]])["account"] == "cd" * 32


def test_set_aside_money_is_instructed_once_the_insolvency_is_over(world: World) -> None:
    bill, _ = accepted_bill(world)
    order(world, S1, "insolvent")
    settle(world, bill, 100_000_000)
    [(_, payment)] = world.rows("settlement", "payment", (bill,))
    world.day("2026-03-06")
    assert status(world, S1) == "active"
    report(world, payment, "instructed", "P-1")
    report(world, payment, "paid", "P-2")
    assert world.row("settlement", "payment", [bill, payment["token"]])["status"] == "paid"


def test_a_return_that_a_stopped_party_offered_is_not_taken(world: World) -> None:
    _, token = accepted_bill(world)
    back, _ = pay(world, token, S2, 1_000)
    world.call(S2, "token", "give_back", token=back)
    order(world, S2, "suspended")
    refused("maker_was_stopped", world.call, S1, "token", "accept", token=back)
    assert world.call(S1, "token", "reject", token=back, reason="stopped")


def test_what_old_keys_announced_does_not_act_under_an_administrator(world: World) -> None:
    new = a_key(private_key(77).public.hex())
    proof = proof_of(S1, new, private_key(77))
    change = as_admins(world, S1, "add_key", key=new, proof=proof)["change"]
    recovering = {"party": S1, "new_keys": administrator_keys(S1, 78), "document": "5a" * 32}
    recovery = both(world, BANK1, "recovery.recover", **recovering)["recovery"]
    ratify(world, order(world, S1, "insolvent"))
    ratify(world, name(world))
    world.day(world.plus(10))
    assert world.row("party", "change", change)["status"] == "lapsed"
    assert world.row("recovery", "recovery", recovery)["status"] == "lapsed"
    assert world.row("party", "party", S1)["keys"] == [administrator_keys(S1, 901)[0]["key"]["key"]]
    refused("party_not_active", both, world, BANK1, "recovery.recover", **recovering)


def test_an_objection_needs_an_admin(world: World) -> None:
    add_key(world, S1, 5, ["maker"])
    entered = order(world, S1, "suspended")
    arguments = {"order": entered["order"], "reason": "r"}

    def by_maker() -> None:
        world.send(S1, ("standing", "object_to", arguments), keys=[private_key(5).public.hex()])

    refused("capability_missing", by_maker)


@pytest.mark.parametrize("fields", [{"amount": 0}, {"amount": 100_000_000}])
def test_a_financing_of_an_insolvent_holder_with_any_amount(world: World, fields: dict[str, Any]) -> None:
    _, token = accepted_bill(world)
    request = ask(world, token, BANK2, amount=100_000_000)["request"]
    quote = bid(world, request, BANK2)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    ratify(world, order(world, S1, "insolvent"), by=BANK3)
    refused("holder_insolvent", disburse, world, BANK2, quote, **fields)
    assert world.token(token)["holder"] == S1


def test_a_party_is_not_registered_under_a_stopped_sponsor(world: World) -> None:
    papers = {"authority": "", "number": "", "documents": ["5a" * 32]}
    decide_by_vote(world, "party_status", party=BANK1, status="suspended", reason="r", **papers)
    refused("party_not_active", door, world, BANK1, "party.register")
    refused("party_not_active", door, world, BANK1, "recovery.recover")


def test_a_suspended_payee_is_paid_as_ever(world: World) -> None:
    bill, _ = accepted_bill(world)
    ratify(world, order(world, S1, "suspended"))
    settle(world, bill, 100_000_000)
    [(_, payment)] = world.rows("settlement", "payment", (bill,))
    assert payment["status"] == "instructed"


def test_a_bank_that_paid_an_agreed_financing_is_not_hurt_by_a_suspension(world: World) -> None:
    """AMENDMENTS 2: an agreed financing is protected while the bank's money is under way."""
    _, token = accepted_bill(world)
    request = ask(world, token, BANK2, amount=100_000_000)["request"]
    quote = bid(world, request, BANK2)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    order(world, S1, "suspended")
    assert world.token(disburse(world, BANK2, quote)["token"])["holder"] == BANK2


def test_another_administrator_takes_two_banks_too(world: World) -> None:
    [first] = administer(world, S1, 901)
    entered = name(world, keys=administrator_keys(S1, 905))
    assert world.row("party", "party", S1)["keys"] == [first]
    world.day(ratify(world, entered)["acts_on"])
    assert world.row("party", "party", S1)["keys"] == [private_key(905).public.hex()]


def test_a_bank_s_administrator_is_voted(world: World) -> None:
    papers = {"authority": "Court", "number": "1", "documents": ["5a" * 32, "5b" * 32]}
    decide_by_vote(world, "party_status", party=BANK4, status="insolvent", reason="r", **papers)
    refused("not_the_sponsor", name, world, party=BANK4, keys=administrator_keys(BANK4, 901))
    keys = administrator_keys(BANK4, 901)
    decide_by_vote(world, "party_administrator", party=BANK4, keys=keys, **COURT)
    world.day(world.plus(4))
    assert world.row("party", "party", BANK4)["keys"] == [private_key(901).public.hex()]


def test_nothing_is_lifted_where_nothing_stands(world: World) -> None:
    refused("party_transition", order, world, S1, "active")


def test_a_suspended_party_that_becomes_insolvent_keeps_what_came_first(world: World) -> None:
    """Both orders are of one bank alone: each ends at its own time, and neither outlives two banks' silence."""
    order(world, S1, "suspended")
    order(world, S1, "insolvent")
    world.day("2026-03-06")
    assert status(world, S1) == "suspended"
    world.day("2026-03-17")
    assert status(world, S1) == "active"


def test_an_administrator_finances_and_is_paid(world: World) -> None:
    """The administrator does all but issue, confirm and accept a transfer: he asks, agrees, and takes a return."""
    _, first = accepted_bill(world)
    received, _ = pay(world, first, S2, 1_000)
    _, token = accepted_bill(world)
    keys = administer(world, S1)

    def act(contract: str, function: str, **arguments: Any) -> Any:
        return world.send(S1, (contract, function, arguments), keys=keys)[0]

    refused("account_missing", act, "finance", "request", token=token, banks=[BANK2], amount=1_000)
    act("account", "announce", currency="CNY", bank=BANK1, alg="sha256", digest_hex="cd" * 32)
    world.call(BANK1, "account", "attest", party=S1, currency="CNY", alg="sha256", digest_hex="cd" * 32)
    world.call(S2, "token", "give_back", token=received)
    assert world.token(act("token", "accept", token=received)["token"])["holder"] == S1
    request = act("finance", "request", token=token, banks=[BANK2], amount=1_000)["request"]
    quote = bid(world, request, BANK2)["quote"]
    act("finance", "agree", quote=quote)
    assert world.token(disburse(world, BANK2, quote)["token"])["holder"] == BANK2
