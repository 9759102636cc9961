"""Guarantees (保证): a guarantor answers for the whole face of a bill, jointly and severally with its debtor.

Its words are those of the act `give_guarantee` (连带责任保证, CC 686, 688). It comes about when it is recorded, by the
creditor's silence (CC 685), follows the bill's tokens (CC 547), and nobody lets it go; the ledger is the
guarantor's notice of every transfer (CC 696). It ends when the bill is closed, and stands again where that is reversed.
A demand proves that a holder asked in time (CC 693). What the guarantor pays is recorded by the bank of its account
(settlement.pay_guarantee): it takes over whole tokens, and the debtor then owes it (CC 700).
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    BILL_OVERDUE,
    BILL_WARRANTABLE,
    GUARANTEE_STANDING,
    TOKEN_USABLE,
    require_able,
    require_account,
    require_active,
    require_capability,
    require_date,
    require_digest,
    require_maker_and_checker,
    require_party,
    require_text,
)

guarantees = own_table("guarantee")  # [guarantor, bill] -> guarantee
given = own_table("given")  # bill -> {"guarantors"} of it
demands = own_table("demand")  # [guarantor, token] -> demand of who held the token
bills = read_table("bill", "bill")
tokens_read = read_table("token", "token")
hops = read_table("token", "hop")
parties = read_table("party", "party")

MOST_GUARANTORS = 10  # of one bill
MOST_HANDS = 100  # through which a token went since it was last passed on as payment, or financed


# --- acts -------------------------------------------------------------------------------------------------------------
@call
def give_guarantee(bill, until, resolution):
    """Guarantee a bill (提供保证) as a party with the role of guarantor, until a day behind its payment: by two people.

    The sender guarantees the debtor's whole promise on this bill, its full face, to whoever holds its tokens, jointly
    and severally with the debtor (连带责任保证): once the bill is overdue a holder may claim from it at once. until:
    the last day on which a holder may demand, usually six months behind the day of payment (CC 692). resolution: digest
    of the company's own resolution (公司决议), which the creditor is to have looked at (SI 7).
    """
    require_digest(resolution)
    require_date(until)
    row = bills.get(bill)
    require(row is not None, "bill_unknown")
    require("guarantor" in require_party(ctx.party)["roles"], "role_missing", {"id": ctx.party, "role": "guarantor"})
    require(ctx.party not in (row["debtor"], row["creditor"]), "guarantor_is_a_party", {"bill": bill})
    require_active(ctx.party)
    require_maker_and_checker()
    require(row["status"] in BILL_WARRANTABLE, "bill_takes_no_guarantee", {"status": row["status"]})
    known = guarantees.get([ctx.party, bill])
    if known is not None:
        require(False, "guarantee_transition", {"from": known["status"], "to": "active"})
    require(until > row["pay_on"], "guarantee_period_over", {"until": until, "pay_on": row["pay_on"]})
    account = require_account(ctx.party, row["currency"])
    listed = guarantors_of(bill)
    require(len(listed) < MOST_GUARANTORS, "too_many_guarantors", {"most": MOST_GUARANTORS})

    guarantees.put([ctx.party, bill], {
        "guarantor": ctx.party,
        "bill": bill,
        "currency": row["currency"],
        "amount": row["face"],
        "paid": 0,
        "bank": account["bank"],
        "until": until,
        "late_until": "",
        "document": resolution,
        "given_on": ctx.today,
        "ended_on": "",
        "status": "active",
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    })  # fmt: skip
    given.put(bill, {"guarantors": listed + [ctx.party]})
    emit("guaranteed", {"bill": bill, "guarantor": ctx.party, "amount": row["face"], "until": until})
    return {"bill": bill, "guarantor": ctx.party, "until": until}


@call
def demand(bill, guarantor, token):
    """Demand of a guarantor that it pays (主张保证责任), as the holder of a token of the bill; it proves that in time.

    Possible until the guarantee's last day, once the bill is overdue and the next business day is over, or at once
    where its debtor is insolvent: payable on Monday 2027-03-08, from Wednesday 03-10 on. Where a receipt that was
    recorded by that last day is reversed, until the next business day. Said again for the same token it answers the
    first day.
    """
    require_text(bill)
    row = guarantees.get([guarantor, bill])
    require(row is not None, "guarantee_unknown")
    held = tokens_read.get(token)
    require(held is not None and held["bill"] == bill, "token_unknown")
    require(held["holder"] == ctx.party, "not_the_holder")
    require_able(ctx.party)
    require_capability("maker")
    require(row["status"] in GUARANTEE_STANDING, "guarantee_transition", {"status": row["status"]})
    require(held["status"] in TOKEN_USABLE, "token_already_used", {"status": held["status"]})
    require_payable(held, guarantor)
    owed = bills.get(bill)
    if parties.get(owed["debtor"])["status"] != "insolvent":
        require(owed["status"] in BILL_OVERDUE, "bill_not_overdue", {"status": owed["status"]})
        last = invoke("calendar", "business_days_after", owed["pay_on"], 1)  # what came on it may still be recorded
        require(ctx.today > last, "bill_overdue_too_short", {"until": last})
    until = max(row["until"], row["late_until"])
    require(ctx.today <= until, "guarantee_period_over", {"until": until, "pay_on": owed["pay_on"]})
    known = demands.get([guarantor, token])
    if known is None:
        known = {
            "guarantor": guarantor,
            "token": token,
            "bill": bill,
            "holder": ctx.party,
            "currency": held["currency"],
            "amount": held["hi"] - held["lo"],
            "demanded_on": ctx.today,
            "created": {"height": ctx.height, "transaction": ctx.transaction},
        }
        demands.put([guarantor, token], known)
        told = {"bill": bill, "guarantor": guarantor, "holder": ctx.party, "token": token}
        told["amount"] = known["amount"]
        emit("demanded", told)
    return {"bill": bill, "guarantor": guarantor, "demanded_on": known["demanded_on"]}


# --- what others decide -----------------------------------------------------------------------------------------------
@internal("settlement")
def require_all_payable(tokens, guarantor):
    """Tokens that this guarantor may pay. tokens: ids."""
    for token in tokens:
        require_payable(tokens_read.get(token), guarantor)


@internal("settlement")
def guarantor_paid(bill, guarantor, amount):
    """The guarantor has paid holders of a bill. amount: minor units."""
    row = guarantees.get([guarantor, bill])
    row["paid"] += amount
    guarantees.put([guarantor, bill], row)


@internal("bill")
def guaranteed_closed(bill):
    """A bill is closed: its guarantees end."""
    for guarantor in guarantors_of(bill):
        bring_to(guarantor, bill, "ended", ctx.today)
        emit("guarantee_ended", {"bill": bill, "guarantor": guarantor})


@internal("bill")
def guaranteed_again(bill):
    """A bill is open again, since a receipt was reversed: so are its guarantees."""
    for guarantor in guarantors_of(bill):
        bring_to(guarantor, bill, "active", "")
        emit("guarantee_reopened", {"bill": bill, "guarantor": guarantor})


@internal("settlement")
def demanded_late(bill, since):
    """A receipt is reversed: who could not demand because of it may do so on the next business day still.

    since: the day on which it was recorded. One of after the last day gives nobody time.
    """
    for guarantor in guarantors_of(bill):
        row = guarantees.get([guarantor, bill])
        if since <= row["until"]:
            row["late_until"] = invoke("calendar", "business_days_after", ctx.today, 1)
            guarantees.put([guarantor, bill], row)


# --- steps ------------------------------------------------------------------------------------------------------------
def bring_to(guarantor, bill, status, ended_on):
    """Bring a guarantee to another status."""
    row = guarantees.get([guarantor, bill])
    row["status"] = status
    row["ended_on"] = ended_on
    guarantees.put([guarantor, bill], row)


def require_payable(row, guarantor):
    """A token that this guarantor may be asked to pay: not its own, nor one that is another guarantor's to bear.

    row: the token's.
    """
    borne = by_guarantor(row, guarantor)
    require(row["holder"] != guarantor and not borne, "token_of_a_guarantor", {"token": row["id"]})


def by_guarantor(row, guarantor):
    """Did a guarantor pay this token, or another one take it over as a guarantor? row: the token's.

    What a guarantor pays or takes over it bears (SI 13, 14), also where it, or a court, has given it on since.
    """
    origin = row["origin"]
    for step in range(MOST_HANDS):
        hop = hops.get(origin)
        own = guarantees.get([hop["to"], row["bill"]])
        other = hop["to"] != guarantor and own is not None and own["created"]["height"] <= hop["height"]
        if other or hop["kind"] == "guarantee":
            return True
        if hop["kind"] not in ("sale", "enforce", "force"):
            return False
        origin = tokens_read.get(tokens_read.get(origin)["parent"])["origin"]
    return True


def guarantors_of(bill):
    """The guarantors of a bill, in the order in which they came."""
    row = given.get(bill)
    return [] if row is None else row["guarantors"]
