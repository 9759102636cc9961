"""Recourse (追索): a holder comes back to whom it has a token from, who takes the token back and pays (回购).

Who is asked is whoever gave the token to the holder by the last hop of its path; he may ask the hop before him, in
turn. A bank comes back where it bought with recourse, a supplier where the terms of the bill make transferors liable,
and anybody on the ground that both agree. The claim is on cents: what the debtor pays meanwhile lowers what is asked,
and a token that is paid, given to somebody else by a court or a guarantor, or dead otherwise, has none any more. It
locks the token for all but settlement and courts.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    BILL_OVERDUE,
    BILL_PAYABLE,
    CLAIM_OPEN,
    CLAIM_STEPS,
    TOKEN_USABLE,
    is_step,
    may_lead,
    require_able,
    require_account,
    require_amount,
    require_capability,
    require_date,
    require_digest,
    require_new_reference,
    require_not_closed,
    require_not_stopped,
    require_party,
    require_policy,
    require_reference,
    require_text,
    require_unlocked,
    successor_of,
    token_of_sender,
)

claims = own_table("claim")  # token on which it was asked -> claim row: the newest claim of it
receipts = own_table("receipt")  # [bank, reference] -> what was paid, so that a payment counts once
agenda = own_table("agenda")
bills = read_table("bill", "bill")
token_rows = read_table("token", "token")
hops = read_table("token", "hop")
parties = read_table("party", "party")

CLAIM_DAYS = 30  # that a claim stands, from the day after it was asked
GROUNDS = ("overdue", "insolvent", "agreed")
GIVEN_BY = ("transfer", "finance", "sale")  # hops that are undone: for what a court or a guarantor decided nobody paid


# --- acts -------------------------------------------------------------------------------------------------------------
@call
def ask_recourse(token, ground, amount, document):
    """Ask whoever gave this token to its holder to take it back and pay (追索), as the holder.

    ground: "overdue", once the business day after the day of payment is over (Friday 2027-03-05: from Tuesday 03-09);
    "insolvent", where the debtor is (BL 46); "agreed", at any time, whether or not anything gives recourse (CC 766).
    amount: minor units with interest, not bounded by the token. document: digest of the demand. It stands for 30 days.
    """
    require_text(token)
    require(ground in GROUNDS, "ground_unknown")
    require_amount(amount)
    require_digest(document)
    row = token_of_sender(token)
    sender = require_able(ctx.party)
    require_capability("maker")
    bill = bills.get(row["bill"])
    require(row["status"] in TOKEN_USABLE, "token_already_used", {"status": row["status"]})
    require(bill["status"] in BILL_PAYABLE, "bill_not_payable", {"status": bill["status"]})
    if ground == "overdue":
        require_overdue(bill)
    hop = hops.get(row["origin"])
    given = hop["kind"] in GIVEN_BY if ground == "agreed" else gives_recourse(hop, bill)
    require(given, "no_recourse", {"kind": hop["kind"]})
    require_unlocked(row)
    if ground == "overdue":
        claimed_from = invoke("calendar", "business_days_after", bill["pay_on"], 1)
        require(ctx.today > claimed_from, "recourse_too_early", {"pay_on": bill["pay_on"]})
    if ground == "insolvent":
        status = parties.get(bill["debtor"])["status"]
        require(status == "insolvent", "debtor_not_insolvent", {"id": bill["debtor"], "status": status})
    require_not_closed(hop["from"])
    if "bank" not in sender["roles"]:
        require_account(ctx.party, row["currency"])
    require_policy(sender, "recourse.ask_recourse", row["currency"], amount)

    until = add_days(ctx.today, CLAIM_DAYS)
    known = claims.get(token)
    now = {"height": ctx.height, "transaction": ctx.transaction}
    claims.put(token, {
        "token": token,
        "bill": row["bill"],
        "currency": row["currency"],
        "principal": row["hi"] - row["lo"],
        "holder": ctx.party,
        "asked": hop["from"],
        "hop": row["origin"],
        "ground": ground,
        "amount": amount,
        "document": document,
        "left": row["hi"] - row["lo"],
        "now": token,
        "asked_on": ctx.today,
        "until": until,
        "stands_until": until,
        "status": "recourse_asked",
        "answered_on": "",
        "bought_back_on": "",
        "value_date": "",
        "paid": 0,
        "reference": "",
        "returned": "",
        "claimed": now,
        "agreed": {"height": 0, "transaction": ""},
        "ended": {"height": 0, "transaction": ""},
        "created": now if known is None else known["created"],
    })  # fmt: skip
    agenda.put([add_days(until, 1), token], {"token": token})
    invoke("token", "put_under_claim", token)
    emit("recourse_asked", {"token": token, "holder": ctx.party, "asked": hop["from"], "amount": amount})
    return {"token": token, "asked": hop["from"], "ground": ground, "amount": amount, "until": until}


@call
def accept_recourse(token):
    """Agree as the party that was asked to take the token back, and to pay what was asked, less what the debtor pays.

    The money is to leave within the 30 days of the claim, and its bank says so by the next business day.
    """
    claim = claims.get(require_claim(token)["claim"])
    require(claim["asked"] == ctx.party, "not_asked")
    sender = require_able(ctx.party)
    require_capability("maker")
    require_claim_step(claim, "recourse.accept_recourse", "recourse_agreed")
    require_ground_stands(claim)
    asked = still_asked(claim)
    require_policy(sender, "recourse.accept_recourse", claim["currency"], asked)
    agenda.delete([add_days(claim["until"], 1), claim["token"]])
    claim["status"] = "recourse_agreed"
    claim["answered_on"] = ctx.today
    claim["agreed"] = {"height": ctx.height, "transaction": ctx.transaction}
    claim["stands_until"] = invoke("calendar", "business_days_after", claim["until"], 1)
    claims.put(claim["token"], claim)
    agenda.put([add_days(claim["stands_until"], 1), claim["token"]], {"token": claim["token"]})
    emit("recourse_agreed", {"token": token, "holder": claim["holder"], "asked": ctx.party})
    return {"token": token, "claim_status": "recourse_agreed", "amount": asked, "until": claim["until"]}


@call
def refuse_recourse(token, reason):
    """Refuse as the party that was asked; the holder may ask again, or go to court. Always open."""
    require_text(reason)
    claim = claims.get(require_claim(token)["claim"])
    require(claim["asked"] == ctx.party, "not_asked")
    require_capability("maker")
    require_claim_step(claim, "recourse.refuse_recourse", "refused")
    end_claim(claim, "refused")
    emit("recourse_refused", {"token": token, "holder": claim["holder"], "asked": ctx.party, "reason": reason})
    return {"token": token, "claim_status": "refused"}


@call
def withdraw_recourse(token):
    """Take a claim back as the holder, also one that was agreed to; the token is free again. Always open."""
    claim = claims.get(require_claim(token)["claim"])
    require(claim["holder"] == ctx.party, "not_the_holder")
    require_capability("maker")
    require_claim_step(claim, "recourse.withdraw_recourse", "withdrawn")
    end_claim(claim, "withdrawn")
    emit("recourse_withdrawn", {"token": token, "holder": ctx.party, "asked": claim["asked"]})
    return {"token": token, "claim_status": "withdrawn"}


@call
def bought_back(token, reference, value_date, amount):
    """Record that the party which was asked has paid: the token goes back to it in the same step (回购).

    By the holder where it is a bank, else by the bank of its account. reference: its own, used once. value_date: from
    the day of the agreement to today. amount: minor units, at least what is asked now. Tier, path and financing are
    those that the receiver had; a financing that is undone is repaid.
    """
    require_text(token)
    require_reference(reference)
    require_date(value_date)
    require_amount(amount)
    content = digest(["buyback", token, value_date, amount])
    known = receipts.get([ctx.party, reference])
    if known is not None:
        require(known["digest"] == content, "reference_used_otherwise", {"reference": reference})
        result = known["result"]
        result["repeated"] = True
        return result
    require_new_reference(reference)
    row = require_claim(token)
    claim = claims.get(row["claim"])
    require(bank_of(claim) == ctx.party, "not_the_holders_bank")
    bank = require_not_stopped(ctx.party)
    require_capability("maker")
    require_claim_step(claim, "recourse.bought_back", "bought_back")
    require(row["status"] in TOKEN_USABLE, "token_already_used", {"status": row["status"]})
    require(len(row["locks"]) == 0, "token_locked", {"token": token, "locks": row["locks"]})
    require(row["hi"] - row["lo"] == claim["left"], "claim_in_pieces", {"token": token})
    require(value_date <= ctx.today, "value_date_in_future", {"today": ctx.today})
    agreed_on = claim["answered_on"]
    require(agreed_on <= value_date, "value_date_before_agreement", {"agreed_on": agreed_on})
    require(value_date <= claim["until"], "claim_lapsed", {"until": claim["until"]})
    require_not_closed(claim["asked"])
    asked = still_asked(claim)
    require(amount >= asked, "amount_below_asked", {"amount": asked, "currency": claim["currency"]})
    require_policy(bank, "recourse.bought_back", claim["currency"], amount)

    undone = hops.get(row["origin"])["kind"]
    invoke("write_off", "cents_paid", claim["bill"], [token])
    returned = invoke("token", "undo_move", token, "buyback")
    if undone == "finance":
        invoke("finance", "bank_repaid", row["financing"], row["hi"] - row["lo"])
    claim["status"] = "bought_back"
    claim["bought_back_on"] = ctx.today
    claim["value_date"] = value_date
    claim["paid"] = amount
    claim["reference"] = reference
    claim["returned"] = returned
    claims.put(claim["token"], claim)
    result = {"token": returned, "repeated": False}
    receipts.put([ctx.party, reference], {
        "digest": content,
        "claimed": token,
        "bill": claim["bill"],
        "amount": amount,
        "value_date": value_date,
        "kind": "buyback",
        "result": result,
        "height": ctx.height,
        "transaction": ctx.transaction,
    })  # fmt: skip
    emit("bought_back", {"token": returned, "from": claim["holder"], "to": claim["asked"], "claimed": token})
    return result


# --- what a settlement decides, and days ------------------------------------------------------------------------------
@internal("settlement", "legal")
def cents_gone(claim, rest, amount):
    """Cents of a claimed token were paid, or a court gave them away: less is asked; where nothing is left, it is over.

    rest: the token of what is left, "" where nothing is or other pieces are. amount: minor units.
    """
    row = claims.get(claim)
    row["left"] -= amount
    if rest != "":
        row["now"] = rest
    claims.put(claim, row)
    if row["left"] == 0 and row["status"] in CLAIM_OPEN:
        end_claim(row, "expired")
        emit("recourse_over", {"token": claim, "holder": row["holder"], "asked": row["asked"]})


@internal("settlement")
def cents_back(claim, amount):
    """A receipt was reversed (冲正) that had paid cents of a claimed token: what lapsed with it stays lapsed."""
    row = claims.get(claim)
    row["left"] += amount
    claims.put(claim, row)


@each_day("agenda")
def on_day(date, item, row):
    """The day after its last one a claim that led to nothing is over; it has locked nothing since."""
    claim = claims.get(row["token"])
    if is_step(CLAIM_STEPS, claim["status"], "expired") and claim["stands_until"] < ctx.today:
        claim["status"] = "expired"
        claims.put(claim["token"], claim)


# --- what a claim rests on --------------------------------------------------------------------------------------------
def require_claim(token):
    """A token on which a claim was made, or what was left of one after a payment; answers its row."""
    require_text(token)
    row = token_rows.get(token)
    require(row is not None, "token_unknown")
    require(row["claim"] != "none", "claim_unknown")
    return row


def require_claim_step(claim, act, then):
    """A claim stands where this act may bring it to `then`; one past its days is over before the day change ends it."""
    status = claim["status"]
    if status in CLAIM_OPEN and claim["stands_until"] < ctx.today:
        status = "expired"
    require(may_lead(CLAIM_STEPS, act, {"status": status}, then), "claim_transition", {"from": status, "to": then})


def require_overdue(bill):
    """A bill is overdue. bill: its row."""
    require(bill["status"] in BILL_OVERDUE, "bill_not_overdue", {"status": bill["status"]})


def gives_recourse(hop, bill):
    """Say whether who took a token by this hop may come back to who gave it. Rows of both."""
    if hop["kind"] in ("finance", "sale"):
        return hop["price"]["recourse"]
    liable = "transferor_liable" in bill["terms"] and bill["terms"]["transferor_liable"]
    return hop["kind"] == "transfer" and liable


def require_ground_stands(claim):
    """A bill that was overdue when the claim was made still is: payment or a reversal may have changed that."""
    if claim["ground"] == "overdue":
        require_overdue(bills.get(claim["bill"]))


def still_asked(claim):
    """What is asked now, in minor units: less what the debtor has paid since. claim: its row.

    Asked 100,320.83 on 100,000.00, of which the debtor has paid 30,000.00: 70,320.83.
    """
    return max(claim["amount"] - claim["principal"] + claim["left"], 0)


def bank_of(claim):
    """The bank that says whether the holder was paid: itself, or the one with its account. claim: its row."""
    holder = require_party(claim["holder"])
    if "bank" in holder["roles"]:
        return claim["holder"]
    return successor_of(require_account(claim["holder"], claim["currency"])["bank"])


def end_claim(claim, status):
    """A claim is over without a payment. claim: its row."""
    claim["status"] = status
    claim["ended"] = {"height": ctx.height, "transaction": ctx.transaction}
    if claim["answered_on"] == "":
        claim["answered_on"] = ctx.today
    claims.put(claim["token"], claim)
    agenda.delete([add_days(claim["stands_until"], 1), claim["token"]])
