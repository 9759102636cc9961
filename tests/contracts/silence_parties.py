"""Parties, banks that were asked, votes and disputes that wait for somebody who says nothing any more."""

from __future__ import annotations

from contracts.silence import COURT, DIGESTS, QuietWorld, waits
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    OTHER_ANCHOR,
    PAPERS,
    S1,
    S2,
    VALIDATORS,
    administrator_keys,
    as_admins,
    as_two,
    change,
    key_of,
    name_successor,
    order,
    ratify,
    seat,
)

ADMIN = [key_of(S1, 1)]


# --- parties --------------------------------------------------------------------------------------------------------
@waits("party", "active", silent="customer", frees="sponsored")
def a_sponsor_lets_its_customer_leave_and_closes_it(world: QuietWorld) -> None:
    world.silent = (S2,)
    as_two(world, BANK1, "standing", "leave", party=S2)
    world.day(world.plus(5))
    as_two(world, BANK1, "standing", "close", party=S2)
    assert world.status(S2) == "closed"


@waits("party", "active", silent="customer that stayed", frees="sponsored")
def a_vote_ends_what_stays_and_says_no_more(world: QuietWorld) -> None:
    as_two(world, BANK1, "standing", "leave", party=S2)
    world.send(S2, ("standing", "stay", {}), keys=[key_of(S2, 1)])
    world.silent = (S2,)
    world.vote("party_status", party=S2, status="suspended", reason="", **PAPERS["suspended"])
    world.vote("party_close", party=S2)
    assert world.status(S2) == "closed"


@waits("party", "leaving", silent="sponsor")
def a_vote_closes_who_left(world: QuietWorld) -> None:
    world.silent = (BANK1,)
    as_two(world, S2, "standing", "leave", party=S2)
    world.vote("party_close", party=S2)
    assert world.status(S2) == "closed"


@waits("party", "suspended", silent="sponsor")
@waits("order", "ratified", silent="sponsor")
def a_vote_lifts_what_nobody_lifts(world: QuietWorld) -> None:
    ratify(world, order(world, S2, "suspended"))
    world.silent = (BANK1,)
    world.vote("party_status", party=S2, status="active", reason="", **PAPERS["active"])
    assert world.status(S2) == "active"


@waits("party", "insolvent", silent="sponsor")
def a_vote_names_the_administrator(world: QuietWorld) -> None:
    ratify(world, order(world, S2, "insolvent"))
    world.silent = (BANK1,)
    world.vote("party_administrator", party=S2, keys=administrator_keys(S2, 905), **COURT)
    world.day(world.plus(4))
    assert world.row("party", "party", S2)["administered_on"] == world.today
    world.vote("party_status", party=S2, status="active", reason="", **PAPERS["active"])
    assert world.status(S2) == "active"


@waits("party", "insolvent", silent="debtor that objected")
def a_vote_names_him_after_an_objection(world: QuietWorld) -> None:
    ratify(world, order(world, S1, "insolvent"))
    named = as_two(
        world, BANK1, "standing", "name_administrator", party=S1, keys=administrator_keys(S1, 905), **COURT
    )  # fmt: skip
    world.send(S1, ("standing", "object_to", {"order": named["order"], "reason": ""}), keys=ADMIN)
    world.silent = (S1,)
    world.vote("party_administrator", party=S1, keys=administrator_keys(S1, 906), **COURT)
    world.day(world.plus(4))
    assert world.row("party", "party", S1)["administered_on"] == world.today


@waits("order", "entered", silent="second bank")
def an_order_that_nobody_ratifies_lapses(world: QuietWorld) -> None:
    world.silent = (BANK2, BANK3, BANK4)
    order(world, S1, "insolvent")
    world.day(world.plus(5))
    assert world.status(S1) == "active"


@waits("recovery", "announced", silent="sponsor")
def new_keys_act_by_their_day(world: QuietWorld) -> None:
    found = as_two(
        world, BANK1, "recovery", "recover", party=S1, new_keys=administrator_keys(S1, 907), document="d" * 64
    )  # fmt: skip
    world.silent = (BANK1,)
    world.day(found["acts_on"])
    assert world.row("recovery", "recovery", found["recovery"])["status"] == "acted"


@waits("key", "active", silent="second admin and sponsor")
def a_vote_gives_keys_to_who_lost_an_admin(world: QuietWorld) -> None:
    """A halt that one of two admins began, too: nobody else of the party is there to lift it."""
    world.send(S1, ("party", "halt", {"reason": ""}), keys=ADMIN)
    world.silent = (BANK1,)
    new = administrator_keys(S1, 908, 909)
    world.vote("party_recover", party=S1, new_keys=new, document="d" * 64)
    world.day(world.plus(4))
    world.send(S1, ("party", "lift_halt", {"party": S1}), keys=[one["key"]["key"] for one in new])
    assert world.row("party", "party", S1)["halted_on"] == ""


@waits("key", "active", silent="admin that halted its party")
def the_sponsor_lifts_a_halt(world: QuietWorld) -> None:
    world.send(S1, ("party", "halt", {"reason": ""}), keys=ADMIN)
    world.silent = (S1,)
    as_two(world, BANK1, "party", "lift_halt", party=S1)
    assert world.row("party", "party", S1)["halted_on"] == ""


@waits("change", "announced", silent="admins")
def a_change_acts_by_its_day(world: QuietWorld) -> None:
    announced = as_admins(world, S1, "set_policy", policy={"rules": []})
    world.silent = (S1,)
    world.day(announced["acts_on"])
    assert world.row("party", "change", announced["change"])["status"] == "acted"


# --- banks that were asked ------------------------------------------------------------------------------------------
@waits("mandate", "asked", silent="bank")
def a_debtor_asks_another_bank_or_waits(world: QuietWorld) -> None:
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    world.silent = (BANK2,)
    change(world, ANCHOR, "ask_paying_bank", bank=BANK3)
    assert world.row("party", "mandate", [ANCHOR, BANK2])["status"] == "ended"
    world.silent = (BANK2, BANK3)
    world.day(world.plus(12))
    assert world.row("party", "party", ANCHOR)["asked_bank"] == ""


@waits("mandate", "active", silent="debtor", frees="debtors")
def a_bank_ends_a_mandate(world: QuietWorld) -> None:
    world.silent = (ANCHOR, OTHER_ANCHOR)
    for debtor in world.silent:
        as_two(world, BANK1, "party", "end_mandate", debtor=debtor)
    assert world.open_items(BANK1)["debtors"] == 0


@waits("mandate", "active", silent="bank")
def a_debtor_takes_another_bank(world: QuietWorld) -> None:
    world.silent = (BANK1,)
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    as_two(world, BANK2, "party", "accept_mandate", debtor=ANCHOR)
    assert world.row("party", "party", ANCHOR)["paying_bank"] == BANK2


@waits("mandate", "active", silent="successor that has agreed")
def a_bank_names_another_successor(world: QuietWorld) -> None:
    as_two(world, BANK2, "succession", "accept", bank=BANK1)
    world.silent = (BANK2,)
    name_successor(world, BANK1, BANK3)
    world.day(world.plus(40))
    assert world.rows("succession", "succession") == []


@waits("account", "announced", silent="the account's bank")
def a_party_names_an_account_elsewhere(world: QuietWorld) -> None:
    world.silent = (BANK2,)
    for currency in ("USD", "CNY"):  # a first one; a change
        for bank in (BANK2, BANK3):
            as_two(world, S1, "account", "announce", currency=currency, bank=bank, **DIGESTS)
        world.call(BANK3, "account", "attest", party=S1, currency=currency, **DIGESTS)
    world.day(world.plus(4))
    assert {world.row("account", "account", [S1, currency])["bank"] for currency in ("USD", "CNY")} == {BANK3}


# --- votes and disputes ---------------------------------------------------------------------------------------------
@waits("dispute", "open", silent="who raised it")
def a_dispute_ends_by_itself(world: QuietWorld) -> None:
    world.call(S2, "invoice", "dispute", fingerprint="2" * 64, seller=S1, document="d" * 64)
    world.silent = (S2,)
    world.day(world.plus(31))
    assert world.view("invoice", "alerts", seller=S1, fingerprints=["2" * 64])["disputes"] == []


@waits("dispute", "upheld", silent="who raised it and its sponsor")
def a_vote_ends_a_dispute(world: QuietWorld) -> None:
    found = world.call(S2, "invoice", "dispute", fingerprint="2" * 64, seller=S1, document="d" * 64)["dispute"]
    as_two(world, BANK1, "invoice", "uphold", dispute=found)
    world.silent = (S2, BANK1)
    world.vote("dispute", dispute=found)
    assert world.view("invoice", "alerts", seller=S1, fingerprints=["2" * 64])["disputes"] == []


@waits("proposal", "open", silent="the others", frees="seats")
@waits("validator", "candidate", silent="the others", frees="seats")
def a_proposal_is_taken_back_or_expires(world: QuietWorld) -> None:
    world.silent = (BANK1, BANK2, BANK3)
    for late in (False, True):
        proposal = world.call(BANK4, "governance", "propose", kind="validator_add", content=seat(party=BANK4))
        if late:
            world.day(world.plus(31))
        else:
            world.call(BANK4, "governance", "withdraw", proposal=proposal["proposal"])
        assert world.open_items(BANK4)["seats"] == 1


@waits("validator", "observer", silent="its bank", frees="seats")
def a_vote_takes_a_seat_away(world: QuietWorld) -> None:
    world.vote("observer_add", **seat(party=BANK4))
    world.silent = (BANK4,)
    world.vote("validator_remove", key=seat(party=BANK4)["key"])
    world.vote("validator_remove", key=VALIDATORS[3])
    assert world.open_items(BANK4)["seats"] == 0
