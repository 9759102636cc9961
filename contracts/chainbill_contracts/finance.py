"""Financing (融资): a holder asks banks for money now, banks quote, the holder agrees to one, that bank pays.

The discount is computed here, in whole numbers and once: interest = amount × rate × days / basis, half up to the minor
unit, days from the value date to the day of payment. A token moves to the bank in the same step in which its payment is
recorded. Credit lines are a bank's own business and are not kept here.

Rivals run validators. Where the parameter `bids` says "sealed" they learn no terms before a quote is agreed to, and of
the other quotes never: a quote says a salted hash of its terms, which come encrypted to the holder's key, and who
agrees opens them (密封报价). Open are the bank, the amount asked for, the last days, and a label that is asked for.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    BILL_CIRCULATING,
    LABEL_HELD,
    LARGEST_AMOUNT,
    PARTY_STOPPED,
    QUOTE_BINDING,
    QUOTE_STANDING,
    QUOTE_STEPS,
    REQUEST_ASKING,
    REQUEST_STEPS,
    REQUEST_WAITING,
    WHOLE,
    counted,
    frozen_since,
    has_keys_for,
    interest_half_up,
    is_hex_of,
    is_suspended,
    may_lead,
    paid_since,
    parameter,
    places_kept,
    require_able,
    require_account,
    require_active_bank,
    require_amount,
    require_capability,
    require_date,
    require_debtor_in_business,
    require_fields,
    require_label_name,
    require_new_reference,
    require_not_stopped,
    require_not_stopped_since,
    require_party,
    require_policy,
    require_reference,
    require_text,
    rest_of,
    sum_of,
    suspensions,
)

requests = own_table("request")  # id -> request row
quotes = own_table("quote")  # id -> quote row
receipts = own_table("receipt")  # [bank, reference] -> what was paid, so that a payment counts once
live_quotes = own_table("live_quote")  # [holder, bank] -> {"count"} of the bank's quotes that are offered or agreed
financed = own_table("financed")  # `financing` of a bank's tokens: the one it paid for -> {"request", "outstanding"}
open_requests = own_table("open_requests")  # holder -> {"count"} of its requests that are open or agreed
claimed = own_table("claimed")  # [bank, reference] of the debtor's money that a financing bank has some of -> {}
agenda = own_table("agenda")
bills = read_table("bill", "bill")
parties = read_table("party", "party")
token_rows = read_table("token", "token")
label_schemes = read_table("governance", "label_scheme")
labels = read_table("label", "label")
standings = read_table("standing", "standing")
orders = read_table("standing", "order")
governed = read_table("governance", "parameter")

MOST_BANKS = 20
MOST_QUOTES = 10  # of one bank for one request
TAKEN_BACK = ("holder", "bank_cancelled")  # ends of a request that holder and one bank can make again and again
MOST_UNMATCHED = 10  # receipts for one agreement that has ended
TERMS = ("rate", "recourse", "basis", "fee", "value_date", "interest_payer")
SEALED_BYTES = 304  # of every envelope, so that its length tells nothing: a key of 32, 256 of text, a tag of 16


# --- acts -------------------------------------------------------------------------------------------------------------
@call
def request(token, banks, amount):
    """Ask one or several banks to finance a token, whole or in part (融资申请).

    amount: minor units; a part is cut off for it. The token is locked until the request ends.
    """
    require_amount(amount)
    require(kind_of(banks) == "list" and len(banks) >= 1 and len(banks) <= MOST_BANKS, "too_many_banks")
    row = token_rows.get(token)
    require(row is not None, "token_unknown")
    require(row["holder"] == ctx.party, "not_the_holder")
    sender = require_able(ctx.party)
    require_capability("maker")
    bill = bills.get(row["bill"])
    require(bill["status"] in BILL_CIRCULATING, "bill_not_active", {"status": bill["status"]})
    require(ctx.today <= bill["last_offer_on"], "too_close_to_payment", {"last_offer_on": bill["last_offer_on"]})
    asked = []
    for bank in banks:
        require(bank not in asked, "bank_named_twice", {"id": bank})
        require_active_bank(bank)
        asked += [bank]
    require(bill["debtor"] not in asked, "bank_is_the_debtor", {"id": bill["debtor"]})
    require_debtor_in_business(bill)
    known = invoke("invoice", "require_financeable", bill, ctx.party, "", "")
    if bids_are_sealed():
        require_encryption_key(ctx.party)
    require_account(ctx.party, row["currency"])
    require_policy(sender, "finance.request", row["currency"], amount)

    request_id = new_id("R")
    days = parameter("offer_business_days")
    until = min(invoke("calendar", "business_days_after", ctx.today, days), bill["last_offer_on"])
    reserved = invoke("token", "reserve", token, amount, request_id, until)
    requests.put(request_id, {
        "id": request_id, "holder": ctx.party, "token": reserved["token"], "bill": row["bill"],
        "currency": row["currency"], "amount": amount, "banks": asked, "status": "open", "ended_by": "",
        "quotes": [], "agreed_quote": "", "until": until, "allowed_ms": 0, "held_days": 0, "lost": 0,
        "suspended_on": "", "suspended_by": [], "set_aside": [], "declined": [],
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    })  # fmt: skip
    plan_end(request_id, until)
    count_requests(ctx.party, 1)
    emit("requested", {"request": request_id, "token": reserved["token"], "amount": amount, "banks": asked})
    if len(known["claimed_twice"]) + len(known["disputes"]) + len(known["marks"]) > 0:
        emit("invoices_in_doubt", {
            "request": request_id,
            "banks": asked,
            "claimed_twice": known["claimed_twice"],
            "disputes": known["disputes"],
            "over_occupied": known["over_occupied"],
            "struck": known["struck"],
        })  # fmt: skip
    return {
        "request": request_id,
        "token": reserved["token"],
        "remainder": reserved["remainder"],
        "claimed_twice": known["claimed_twice"],
        "disputes": known["disputes"],
        "over_occupied": known["over_occupied"],
        "struck": known["struck"],
    }


@call
def quote(request, rate, recourse, basis, fee, value_date, disburse_by, valid_until, interest_payer, needs_label):
    """Quote for a request (报价); a later quote of the same bank takes the place of its earlier one.

    rate: 1/10,000 of a percent a year. recourse: bool. basis: "act/360", "act/365f" or "30/360". fee: minor units.
    value_date: "" for today. disburse_by, valid_until: "" for the end of the request, disburse_by for value_date where
    that is later. interest_payer: "holder", or "debtor" (买方付息), where the bill's terms that the debtor confirmed
    say so. needs_label: {} for none, or {"scheme", "grade"}: agree and disburse ask for this label of the bill.
    """
    terms = {"rate": rate, "recourse": recourse, "basis": basis, "fee": fee, "interest_payer": interest_payer}
    require_terms_of_quote(terms)
    require_dates_or_none([value_date, disburse_by, valid_until])
    require_need(needs_label)
    row = require_request(request)
    bank = require_may_quote(row, needs_label)
    require(not bids_are_sealed(), "bids_sealed")
    terms["value_date"] = value_date if value_date != "" else ctx.today
    disburse_by = disburse_by if disburse_by != "" else max(row["until"], terms["value_date"])
    offer = new_offer(row, disburse_by, valid_until, needs_label)
    require_days_of_quote(offer, row, terms["value_date"])
    bill = bills.get(row["bill"])
    require_payer(terms, bill)
    require_still_in_business(row, bill)
    known = invoke("invoice", "require_examined", bill, row["holder"], ctx.party, "")
    set_terms(offer, terms)
    price(offer, offer["value_date"])
    require_net(offer)
    keep_offer(offer, row, bank)
    emit("quoted", {"quote": offer["id"], "request": request, "bank": ctx.party, "rate": rate, "net": offer["net"]})
    return priced(offer, known)


@call
def seal(request, commitment, envelope, disburse_by, valid_until, needs_label):
    """Quote for a request with terms that its holder alone can read (密封报价); else as `quote`.

    commitment: see commitment_to. envelope: SEALED_BYTES in hex, in which the holder finds terms and salt by its key
    (HPKE). disburse_by, valid_until: "" for the end of the request.
    """
    require(is_hex_of(commitment, 32) and is_hex_of(envelope, SEALED_BYTES), "envelope_not_valid")
    require_dates_or_none([disburse_by, valid_until])
    require_need(needs_label)
    row = require_request(request)
    bank = require_may_quote(row, needs_label)
    offer = new_offer(row, disburse_by if disburse_by != "" else row["until"], valid_until, needs_label)
    require_days_of_quote(offer, row, ctx.today)
    bill = bills.get(row["bill"])
    require_still_in_business(row, bill)
    known = invoke("invoice", "require_examined", bill, row["holder"], ctx.party, "")
    offer["sealed_to"] = require_encryption_key(row["holder"])
    offer["commitment"] = commitment
    offer["envelope"] = envelope
    keep_offer(offer, row, bank)
    emit("sealed", {"quote": offer["id"], "request": request, "bank": ctx.party})
    return {
        "quote": offer["id"],
        "claimed_twice": known["claimed_twice"],
        "disputes": known["disputes"],
        "over_occupied": known["over_occupied"],
        "struck": known["struck"],
    }


@call
def agree(quote):
    """Agree to one quote (确认融资). The others stay until the bank has paid; then they are lost."""
    offer = require_quote(quote)
    sender = require_may_agree(offer, "finance.agree")
    require("commitment" not in offer, "terms_not_as_sealed")
    return take_up(offer, sender)


@call
def agree_sealed(quote, terms, salt):
    """Agree to one sealed quote and open it: everybody may read its terms from now on; else as `agree`.

    terms: a map of TERMS, as `quote` takes them, value_date a day. salt: 32 bytes in hex. Both are in the envelope.
    """
    require_fields(terms, TERMS, ())
    require_terms_of_quote(terms)
    require_date(terms["value_date"])
    require(is_hex_of(salt, 32), "envelope_not_valid")
    offer = require_quote(quote)
    sender = require_may_agree(offer, "finance.agree_sealed")
    sealed = "commitment" in offer and offer["commitment"] == commitment_to(offer, terms, salt)
    require(sealed, "terms_not_as_sealed")
    require(terms["value_date"] <= offer["disburse_by"], "value_date_not_in_order")
    set_terms(offer, terms)
    offer["salt"] = salt
    return take_up(offer, sender)


@call
def disburse(quote, reference, value_date, amount, registration):
    """Record that the bank paid (放款): the token moves to it in the same step.

    reference: the bank's own, used once. value_date: from the day of agreement to today; another one than quoted
    computes the interest again, and so does a part that the debtor paid since: the bank gets what is left. Where a
    court froze the token since, or the debtor paid some of it, money of an earlier day counts: the bank gets the token
    free of that freeze, and of the debtor's money what was set aside; "token" is "" where that is all. amount:
    minor units paid, 0 for the net computed here; below the agreed net needs a new agreement. registration: reference
    of the legal registration (中登网), kept as recorded.
    """
    require_reference(reference)
    require_text(quote)
    require_date(value_date)
    require(kind_of(amount) == "int" and amount >= 0 and amount <= LARGEST_AMOUNT, "amount_not_positive")
    require_text(registration)
    content = digest(["finance", quote, value_date, amount, registration])
    known = receipts.get([ctx.party, reference])
    if known is not None:
        require(known["digest"] == content, "reference_used_otherwise", {"reference": reference})
        result = known["result"]
        result["repeated"] = True
        return result
    require_new_reference(reference)
    offer = require_quote(quote)
    require(offer["bank"] == ctx.party, "not_the_quoting_bank")
    bank = require_not_stopped(ctx.party)
    require_capability("maker")
    row = requests.get(offer["request"])
    if agreement_ended(offer, row, value_date):
        require(value_date <= ctx.today, "value_date_in_future", {"today": ctx.today})
        return keep_unmatched(offer, reference, value_date, amount, content)
    require(offer["status"] in QUOTE_BINDING, "quote_not_agreed", {"status": offer["status"]})
    agreed = may_lead(REQUEST_STEPS, "finance.disburse", row, "disbursed")
    require(agreed, "quote_not_agreed", {"status": row["status"]})
    require(offer["agreed_on"] <= value_date, "value_date_before_agreement", {"agreed_on": offer["agreed_on"]})
    require(value_date <= ctx.today, "value_date_in_future", {"today": ctx.today})
    left = not is_suspended(row) or value_date < frozen_since(row)
    require(left, "agreement_suspended", {"suspended_on": frozen_since(row)})
    require_holder_may_be_financed(row, value_date)
    bill = bills.get(offer["bill"])
    require_debtor_may_be_bought(bill, value_date)
    invoke("invoice", "require_financeable", bill, row["holder"], ctx.party, value_date)
    require_label(offer, value_date)
    require_policy(bank, "finance.disburse", offer["currency"], offer["amount"])
    rest = rest_of(row)
    meanwhile = paid_since(row, value_date)
    if value_date != offer["value_date"] or offer["amount"] != rest + sum_of(meanwhile):
        offer["amount"] = rest + sum_of(meanwhile)
        price(offer, value_date)
        offer["net"] = max(offer["net"], 0)  # of a small rest the fee may be more than all
    paid = amount if amount > 0 else offer["net"]
    agreed = {"paid": paid, "agreed_net": offer["agreed_net"], "currency": offer["currency"]}
    require(paid >= offer["agreed_net"], "amount_below_agreed_net", agreed)
    require(
        paid >= offer["net"], "amount_below_net", {"paid": paid, "net": offer["net"], "currency": offer["currency"]}
    )

    token = take(row, rest, meanwhile, offer)
    offer["value_date"] = value_date
    offer["paid"] = paid
    offer["reference"] = reference
    offer["registration"] = registration
    offer["result_token"] = token
    quotes.put(quote, offer)
    count_live_quote(offer, row["holder"], -1)
    close_quotes(row, quote, "lost")
    forget_end(row["id"], row["until"])
    count_requests(row["holder"], -1)
    row["status"] = "disbursed" if rest > 0 else "repaid"
    requests.put(row["id"], row)
    result = {"token": token, "interest": offer["interest"], "net": offer["net"], "paid": paid, "repeated": False}
    if len(meanwhile) > 0:
        result["set_aside"] = sum_of(meanwhile)
    keep_receipt(reference, content, offer, "finance", paid, value_date, result)
    emit("disbursed", {"quote": quote, "token": token, "bank": ctx.party, "holder": row["holder"], "paid": paid})
    return result


def take(row, rest, meanwhile, offer):
    """Give the sender what is left of an agreement, and what the debtor paid since; answers its token, "" for none.

    row: of the request. rest: minor units of its token. meanwhile: see paid_since. offer: the quote's row.
    """
    for money in meanwhile:
        claimed.put([money["bank"], money["reference"]], {})
    if rest == 0:
        return ""
    invoke("write_off", "cents_given", row["token"])
    token = invoke("token", "finance_to", row["token"], ctx.party, price_of(offer))
    financed.put(token, {"request": row["id"], "outstanding": rest})
    return token


@call
def decline(request):
    """Decline a request as one of the banks asked; once all have declined, the token is free again."""
    row = require_request(request)
    require(ctx.party in row["banks"], "bank_not_asked")
    require_capability("maker")
    require_request_open(row)
    require(ctx.party not in row["declined"], "bank_has_declined")
    replace_own_offer(row)
    row["declined"] += [ctx.party]
    emit("declined", {"request": request, "bank": ctx.party})
    token = row["token"]
    if len(row["declined"]) == len(row["banks"]):
        token = end_request(row, "withdrawn", "all_banks_declined", "declined")
    else:
        requests.put(request, row)
    return {"request": request, "status": row["status"], "token": token}


@call
def decline_quote(quote):
    """Say no to one quote; the request stays open for others."""
    offer = require_quote(quote)
    require(requests.get(offer["request"])["holder"] == ctx.party, "not_the_holder")
    require_capability("maker")
    require_quote_step(offer, "finance.decline_quote", "declined")
    set_quote_status(offer, "declined")
    return {"quote": quote, "status": "declined"}


@call
def withdraw(request):
    """Take a request back before a quote was agreed; quotes that were made are declined.

    An agreed one too, once its time is over and the day change has not ended it.
    """
    row = require_request(request)
    require(row["holder"] == ctx.party, "not_the_holder")
    require_capability("maker")
    waits = is_suspended(row) and row["ended_by"] == ""  # for an order of a court, which has an end
    if row["status"] == "agreed" and not waits and end_of_agreement(row)["until"] < ctx.today:
        token = end_request(row, "expired", "time", "expired")
        return {"request": request, "status": "expired", "token": token}
    require_request_step(row, "finance.withdraw", "withdrawn")
    token = end_request(row, "withdrawn", "holder", "declined")
    return {"request": request, "status": "withdrawn", "token": token}


@call
def withdraw_quote(quote):
    """Take a quote back that the holder has not agreed to."""
    offer = require_quote(quote)
    require(offer["bank"] == ctx.party, "not_the_quoting_bank")
    require_capability("maker")
    require_quote_step(offer, "finance.withdraw_quote", "withdrawn")
    set_quote_status(offer, "withdrawn")
    return {"quote": quote, "status": "withdrawn", "token": requests.get(offer["request"])["token"]}


@call
def cancel(quote, reason):
    """Cancel a financing that was agreed (取消融资): the token is free, and its holder asks again.

    It asks for as many people as to pay, whatever the policy says of it beside: the bank's money may have left already,
    and the holder would keep both. reason: kept with the quote, for the holder.
    """
    require_text(reason)
    offer = require_quote(quote)
    require(offer["bank"] == ctx.party, "not_the_quoting_bank")
    require_capability("maker")
    row = requests.get(offer["request"])
    require_quote_step(offer, "finance.cancel", "withdrawn")
    require(row["status"] == "agreed", "quote_transition", {"from": row["status"], "to": "withdrawn"})
    for act in ("finance.disburse", "finance.cancel"):
        require_policy(parties.get(ctx.party), act, offer["currency"], offer["amount"])
    offer["reason"] = reason
    set_quote_status(offer, "withdrawn")
    end_request(row, "withdrawn", "bank_cancelled", "lost")  # the holder chose another
    emit("cancelled", {"quote": quote, "request": row["id"], "bank": ctx.party, "reason": reason})
    return {"quote": quote, "status": "withdrawn"}  # what the token is joined with is its holder's business


# --- what a settlement decides, and days ------------------------------------------------------------------------------
@internal("settlement")
def token_paid(request, rest, amount, money):
    """The debtor paid cents of a token in a request, which goes on for the rest, on new quotes or as agreed.

    rest, amount: the token of what is left and its minor units, "" and 0 for nothing: then a request that is open is
    over. money: {"bank", "reference", "on", "amount"} of what was paid. Says whether it is set aside: an agreement
    waits for its bank, whose money may have left before that day.
    """
    row = requests.get(request)
    waits = row["status"] == "agreed"
    if waits:
        row["set_aside"] = (row["set_aside"] if "set_aside" in row else []) + [money]
        requests.put(request, row)
    if rest == row["token"]:  # another share of the same cents
        return waits
    if rest != "":
        row["token"] = rest
        row["amount"] = amount
        requests.put(request, row)
        emit("request_reduced", {"request": request, "token": rest, "amount": amount})
    elif not waits and row["status"] in REQUEST_WAITING:
        forget_end(request, row["until"])
        count_requests(row["holder"], -1)
        close_quotes(row, "", "expired")
        row["status"] = "expired"
        row["ended_by"] = "bill_paid"
        requests.put(request, row)
        emit("request_ended", {"request": request, "status": "expired", "by": "bill_paid"})
    return waits


@internal("settlement")
def token_back(request, token, amount, bank, reference):
    """A receipt was reversed that had paid cents of an agreement: they are in this token, and set aside no more."""
    row = requests.get(request)
    left = []
    for money in row["set_aside"]:
        if money["bank"] != bank or money["reference"] != reference:
            left += [money]
    row["set_aside"] = left
    row["token"] = token
    row["amount"] = amount
    requests.put(request, row)


@internal("legal")
def suspend(request, freeze):
    """A court froze the token of a request: one that is open is over, an agreed one is suspended; says whether it is.

    Until the order is decided only money of an earlier day than the freeze is recorded.
    """
    row = requests.get(request)
    if row["status"] in REQUEST_ASKING:
        end_request(row, "withdrawn", "freeze", "expired")
        return False
    if not is_suspended(row):
        put_off(row)  # for the days on which the network stood still before
        forget_end(request, row["until"])
        row["suspended_on"] = ctx.today
    row["suspended_by"] = suspensions(row) + [{"freeze": freeze, "on": ctx.today}]
    requests.put(request, row)
    emit("agreement_suspended", {"quote": row["agreed_quote"], "request": request, "since": ctx.today})
    return True


@internal("legal")
def resume(request, freeze):
    """A freeze is over that suspended an agreement: it stands as before, longer by the days that it lost.

    Unless another freeze suspends it too, or an order that was ratified ended it. To Wednesday 2027-03-03, frozen on
    Tuesday and free again on Saturday: four days, Sunday 03-07, so to Monday 03-08.
    """
    row = requests.get(request)
    if row["status"] != "agreed":
        return
    kept = []
    for one in suspensions(row):
        if one["freeze"] != freeze:
            kept += [one]
    row["suspended_by"] = kept
    requests.put(request, row)
    if len(kept) > 0 or row["ended_by"] != "":
        return
    lost = days_between(row["suspended_on"], ctx.today)
    until = invoke("calendar", "business_days_after", add_days(row["until"], lost - 1), 1)
    row["suspended_on"] = ""
    if until < ctx.today:  # it had run out when it was frozen
        end_request(row, "expired", "time", "expired")
        return
    row["allowed_ms"] = max(row["allowed_ms"], invoke("calendar", "stood_ms"))
    stand_until(row, until)
    emit("agreement_resumed", {"quote": row["agreed_quote"], "request": request, "until": until})


@internal("legal")
def end_by_order(request):
    """The order was ratified that suspends an agreement: it ends, but for money of an earlier day.

    Until its last day that is recorded as if there had been no freeze; its token stays as it is.
    """
    row = requests.get(request)
    if row["status"] == "agreed" and row["ended_by"] == "":
        row["ended_by"] = "freeze"
        requests.put(request, row)
        if row["until"] >= ctx.today:
            plan_end(request, row["until"])
        emit("agreement_stopped", {"quote": row["agreed_quote"], "request": request, "until": row["until"]})


@internal("legal")
def still_suspended(request):
    """Say whether a freeze suspends an agreement still: it has brought no money, nobody ended it, nor has time."""
    row = requests.get(request)
    end_in_time(row)
    return row["status"] == "agreed"


@internal("settlement", "recourse")
def bank_repaid(financing, amount):
    """Cents that a bank had financed were paid by the debtor, or bought back."""
    owe(financing, -amount)


@internal("settlement")
def bank_owed_again(financing, amount):
    """A receipt was reversed that had paid cents which a bank had financed."""
    owe(financing, amount)


@internal("legal", "pledge")
def bank_lost(financing, amount):
    """A court gave cents away that a bank had financed, or they went to its pledgee: that bank is owed them no more."""
    request = requests.get(financed.get(financing)["request"])
    request["lost"] = lost(request) + amount
    requests.put(request["id"], request)
    owe(financing, -amount)


def owe(financing, change):
    """Keep what a bank is owed of a financing: with nothing left that is repaid, or ended where it lost some of it."""
    row = financed.get(financing)
    row["outstanding"] += change
    financed.put(financing, row)
    request = requests.get(row["request"])
    status = "disbursed"
    if row["outstanding"] == 0:
        status = "repaid" if lost(request) == 0 else "ended"
    if request["status"] == status:
        return
    request["status"] = status
    requests.put(row["request"], request)
    if status == "repaid":
        emit("repaid", {"request": row["request"]})
    elif status == "ended":
        emit("financing_ended", {"request": row["request"], "lost": lost(request)})
    else:
        emit("owed_again", {"request": row["request"]})


def lost(row):
    """What a bank lost of what it financed, minor units. row: of the request."""
    return row["lost"] if "lost" in row else 0


@each_day("agenda")
def on_day(date, item, row):
    """Let quotes and requests expire that nobody took up in time, and free places that were kept until this day."""
    if row["kind"] == "place":
        count_requests(row["holder"], -row["places"])
        return
    if row["kind"] == "quote":
        offer = quotes.get(row["id"])
        if offer["status"] == "offered" and offer["valid_until"] < ctx.today:
            set_quote_status(offer, "expired")
        return
    end_in_time(requests.get(row["id"]))


# --- quoting and agreeing, in clear and sealed ------------------------------------------------------------------------
def new_offer(row, disburse_by, valid_until, needs_label):
    """The row of a new quote of the sender, without terms. row: of the request. valid_until: "" for its end."""
    return {
        "id": new_id("Q"),
        "request": row["id"],
        "bank": ctx.party,
        "token": row["token"],
        "bill": row["bill"],
        "currency": row["currency"],
        "amount": row["amount"],
        "needs_label": needs_label,
        "disburse_by": disburse_by,
        "valid_until": valid_until if valid_until != "" else row["until"],
        "pay_on": bills.get(row["bill"])["pay_on"],
        "status": "offered",
        "agreed_on": "",
        "agreed_net": 0,
        "paid": 0,
        "registration": "",
        "reference": "",
        "result_token": "",
        "unmatched": 0,
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    }


def set_terms(offer, terms):
    """Put the terms into a quote: those of TERMS, by which it is priced."""
    for name in TERMS:
        offer[name] = terms[name]


def keep_offer(offer, row, bank):
    """Write down a new quote of the sender, in the place of its earlier one. row: of the request. bank: its party."""
    require_policy(bank, "finance.quote", row["currency"], row["amount"])
    require(replace_own_offer(row) < MOST_QUOTES, "too_many_quotes")
    quotes.put(offer["id"], offer)
    count_live_quote(offer, row["holder"], 1)
    row["quotes"] += [offer["id"]]
    requests.put(row["id"], row)
    if offer["valid_until"] < row["until"]:
        agenda.put([add_days(offer["valid_until"], 1), "quote", offer["id"]], {"kind": "quote", "id": offer["id"]})


def commitment_to(offer, terms, salt):
    """What a sealed quote says of its terms: the hash of a statement of this network, for purpose "bid".

    The salt is 32 random bytes, or rivals would try out all likely terms; request and bank are in it, or one bank could
    make the bid of another its own.
    """
    said = {"request": offer["request"], "bank": offer["bank"], "terms": terms, "salt": salt}
    return statement_hash("bid", said)


def take_up(offer, sender):
    """Let the agreement of the sender to a quote stand, whose terms are known now. sender: its party row."""
    row = requests.get(offer["request"])
    last_day = min(offer["valid_until"], offer["disburse_by"])
    require(ctx.today <= last_day, "quote_expired", {"valid_until": last_day})
    require_not_stopped_since(ctx.party, row["created"]["height"])
    require_not_stopped(offer["bank"])
    require_not_stopped_since(offer["bank"], offer["created"]["height"])
    bill = bills.get(offer["bill"])
    require_payer(offer, bill)
    require_debtor_in_business(bill)
    known = invoke("invoice", "require_financeable", bill, ctx.party, "", "")
    require_label(offer, "")
    require_account(ctx.party, row["currency"])
    same = offer["amount"] == row["amount"]
    facts = {"quoted": offer["amount"], "open": row["amount"], "currency": row["currency"]}
    require(same, "quote_amount_outdated", facts)
    require_policy(sender, "finance.agree", row["currency"], row["amount"])
    offer["pay_on"] = bill["pay_on"]
    offer["value_date"] = max(offer["value_date"], ctx.today)
    price(offer, offer["value_date"])
    require_net(offer)
    offer["status"] = "agreed"
    offer["agreed_on"] = ctx.today
    offer["agreed_net"] = offer["net"]
    quotes.put(offer["id"], offer)
    forget_end(row["id"], row["until"])
    row["status"] = "agreed"
    row["agreed_quote"] = offer["id"]
    row["allowed_ms"] = invoke("calendar", "stood_ms")
    stand_until(row, invoke("calendar", "business_days_after", offer["disburse_by"], 1))
    emit("agreed", {"quote": offer["id"], "request": row["id"], "bank": offer["bank"], "net": offer["net"]})
    return priced(offer, known)


# --- the discount -----------------------------------------------------------------------------------------------------
def price(offer, value_date):
    """Compute days, interest and net of a quote for a value date.

    100,000.00 at 3.85 % on act/360 with a fee of 100.00, from 2027-03-01 to payment on 2027-06-29: 120 days, interest
    1,283.33, net 98,616.67; where the debtor pays the interest 99,900.00.
    """
    require(value_date < offer["pay_on"], "value_date_not_before_payment", {"pay_on": offer["pay_on"]})
    actual_days = days_between(value_date, offer["pay_on"])
    days = actual_days
    year = 360
    if offer["basis"] == "30/360":
        days = days_30_360(value_date, offer["pay_on"])
    if offer["basis"] == "act/365f":
        year = 365
    interest = interest_half_up(offer["amount"], offer["rate"], days, year)
    net = offer["amount"] - offer["fee"]
    if offer["interest_payer"] == "holder":
        net -= interest
    offer["days"] = days
    offer["actual_days"] = actual_days
    offer["interest"] = interest
    offer["net"] = net


def require_net(offer):
    """The holder gets something: interest and fee are less than the amount. offer: the quote's row."""
    require(offer["net"] > 0, "net_not_positive", {"net": offer["net"], "currency": offer["currency"]})


def price_of(offer):
    """What the hop of a financing tells of its price. offer: the quote's row."""
    return {
        "rate": offer["rate"],
        "days": offer["days"],
        "actual_days": offer["actual_days"],
        "interest": offer["interest"],
        "fee": offer["fee"],
        "net": offer["net"],
        "basis": offer["basis"],
        "recourse": offer["recourse"],
        "interest_payer": offer["interest_payer"],
        "quote": offer["id"],
    }


def priced(offer, known):
    """What a bank that quotes, and a holder that agrees, is answered. known: see invoice.alerts."""
    return {
        "quote": offer["id"],
        "interest": offer["interest"],
        "net": offer["net"],
        "days": offer["days"],
        "claimed_twice": known["claimed_twice"],
        "disputes": known["disputes"],
        "over_occupied": known["over_occupied"],
        "struck": known["struck"],
    }


# --- ends -------------------------------------------------------------------------------------------------------------
def end_in_time(row):
    """End a request whose last day is over, but for an agreement that waits for an order of a court. row: its row."""
    if is_suspended(row) and row["ended_by"] == "":
        return
    if row["status"] == "agreed":
        put_off(row)
    if row["status"] in REQUEST_WAITING and row["until"] < ctx.today:
        if row["ended_by"] == "freeze":
            end_request(row, "withdrawn", "freeze", "expired")
        else:
            end_request(row, "expired", "time", "expired")


def end_request(row, status, by, quote_status):
    """End a request that leads to no financing; answers the token that is free again."""
    forget_end(row["id"], row["until"])
    if by in TAKEN_BACK:
        keep_place(row["holder"])
    else:
        count_requests(row["holder"], -1)
    close_quotes(row, "", quote_status)
    row["status"] = status
    row["ended_by"] = by
    requests.put(row["id"], row)
    emit("request_ended", {"request": row["id"], "status": status, "by": by})
    return invoke("token", "release", row["token"]) if rest_of(row) > 0 else row["token"]


def keep_place(holder):
    """The place of a request that was taken back is free again tomorrow."""
    item = [add_days(ctx.today, 1), "place", holder]
    agenda.put(item, {"kind": "place", "holder": holder, "places": places_kept(agenda.get(item))})


def count_requests(holder, change):
    """Keep count of a holder's requests that are open or agreed, up to a governed number."""
    count = counted(open_requests.get(holder), change)
    if change > 0:
        most = parameter("open_requests")
        require(count <= most, "too_many_open_requests", {"most": most})
    if count > 0:
        open_requests.put(holder, {"count": count})
    else:
        open_requests.delete(holder)


def close_quotes(row, except_quote, status):
    """End the quotes still open, without events: an answer that a bank gets must not tell of its rivals' quotes."""
    for quote_id in row["quotes"]:
        offer = quotes.get(quote_id)
        if quote_id != except_quote and offer["status"] in QUOTE_STANDING:
            offer["status"] = status
            quotes.put(quote_id, offer)
            count_live_quote(offer, row["holder"], -1)


def set_quote_status(offer, status):
    """End a quote, and say so. offer: the quote's row."""
    offer["status"] = status
    quotes.put(offer["id"], offer)
    count_live_quote(offer, requests.get(offer["request"])["holder"], -1)
    emit("quote_ended", {"quote": offer["id"], "status": status})


def count_live_quote(offer, holder, change):
    """Count the quotes of a bank to a party that are offered or agreed: they bar it from orders on the party."""
    row = live_quotes.get([holder, offer["bank"]])
    count = change
    if row is not None:
        count += row["count"]
    if count > 0:
        live_quotes.put([holder, offer["bank"]], {"count": count})
    else:
        live_quotes.delete([holder, offer["bank"]])


def replace_own_offer(row):
    """Withdraw the sender's open quote; answers how many it has made for this request."""
    made = 0
    for quote_id in row["quotes"]:
        offer = quotes.get(quote_id)
        if offer["bank"] == ctx.party:
            made += 1
            if offer["status"] == "offered":
                set_quote_status(offer, "withdrawn")
    return made


def plan_end(request_id, until):
    """Have a request looked at on the day after its last."""
    agenda.put([add_days(until, 1), "request", request_id], {"kind": "request", "id": request_id})


def forget_end(request_id, until):
    """A request is not looked at any more on the day after this last one."""
    agenda.delete([add_days(until, 1), "request", request_id])


def stand_until(row, until):
    """Let an agreement, and the lock of its token, stand until this day."""
    row["until"] = until
    requests.put(row["id"], row)
    plan_end(row["id"], until)
    if rest_of(row) > 0:
        invoke("token", "extend_reservation", row["token"], until)


def put_off(row):
    """Let an agreement stand longer whose bank could not say that its money has left."""
    end = end_of_agreement(row)
    if end["until"] > row["until"] and end["until"] >= ctx.today:
        forget_end(row["id"], row["until"])
        row["allowed_ms"] = end["allowed_ms"]
        row["held_days"] = end["held_days"]
        stand_until(row, end["until"])
        emit("agreement_put_off", {"quote": row["agreed_quote"], "request": row["id"], "until": row["until"]})


def end_of_agreement(row):
    """The last day of an agreement as things stand today: {"until", "allowed_ms", "held_days"}. row: of its request.

    A bank whose money has left must be able to say so, or the holder has money and token. Days on which the network
    stood still are no part of the agreement, and none ends it on which the bank cannot speak, whoever stopped it, for
    as many business days as an offer stands: longer would lock the holder's token for a bank that halts itself.
    To Monday 2027-03-08, and the network stood still for 30 hours of it, two days: to Wednesday 03-10.
    """
    later = invoke("calendar", "after_standstill", add_days(row["until"], 1), row["allowed_ms"])
    end = {
        "until": add_days(later["acts_on"], -1),
        "allowed_ms": later["allowed_ms"],
        "held_days": row["held_days"],
    }
    if is_held(row):
        most = parameter("offer_business_days")
        for number in range(most):
            if end["until"] < ctx.today and end["held_days"] < most:
                end["until"] = invoke("calendar", "business_days_after", end["until"], 1)
                end["held_days"] += 1
    return end


def is_held(row):
    """Say whether the bank of an agreement cannot record its money today and may again. row: of the request.

    It is suspended, insolvent or halted, or one of its admins took away the keys that it needs for that.
    """
    offer = quotes.get(row["agreed_quote"])
    bank = parties.get(offer["bank"])
    if bank["status"] == "closed":
        return False
    stopped = bank["status"] in PARTY_STOPPED or bank["halted_on"] != ""
    return stopped or not has_keys_for(bank, "finance.disburse", offer["currency"], offer["amount"])


def agreement_ended(offer, row, value_date):
    """Say whether an agreement has run out for money of this value date.

    Where the day change has much to do it comes late. Until then the token is locked, and money that left while the
    agreement stood counts; later money does not. To Monday 2027-03-08: said late on Tuesday, money of Monday counts.
    """
    if offer["agreed_on"] == "" or offer["status"] != "agreed":
        return offer["agreed_on"] != "" and offer["status"] == "expired"
    if row["status"] != "agreed":  # it brought its money, and that ends nothing
        return False
    if rest_of(row) + sum_of(paid_since(row, value_date)) == 0:
        return True
    if is_suspended(row):
        return row["ended_by"] != "" and value_date >= frozen_since(row)
    return ctx.today > row["until"] and value_date > end_of_agreement(row)["until"]


def keep_unmatched(offer, reference, value_date, amount, content):
    """A payment for an agreement that has ended: it is flagged, and nothing moves."""
    require(offer["unmatched"] < MOST_UNMATCHED, "too_many_unmatched", {"most": MOST_UNMATCHED})
    offer["unmatched"] += 1
    quotes.put(offer["id"], offer)
    result = {"token": "", "interest": 0, "net": 0, "paid": amount, "repeated": False, "unmatched": True}
    keep_receipt(reference, content, offer, "unmatched", amount, value_date, result)
    emit("receipt_unmatched", {"quote": offer["id"], "bank": ctx.party, "reference": reference, "amount": amount})
    return result


def keep_receipt(reference, content, offer, kind, amount, value_date, result):
    """Write down a payment of the sender under its reference, so that it counts once.

    content: digest of what was said. kind: "finance", or "unmatched" where nothing moved. amount: minor units.
    """
    receipts.put([ctx.party, reference], {
        "digest": content, "quote": offer["id"], "bill": offer["bill"], "amount": amount,
        "value_date": value_date, "kind": kind, "result": result, "height": ctx.height,
        "transaction": ctx.transaction,
    })  # fmt: skip


# --- who may ----------------------------------------------------------------------------------------------------------
def require_terms_of_quote(terms):
    """The terms of a quote are each of their kind, but for value_date."""
    rate, fee = terms["rate"], terms["fee"]
    require(kind_of(rate) == "int" and rate >= 0 and rate <= WHOLE, "rate_not_valid")
    require(kind_of(terms["recourse"]) == "bool", "recourse_not_said")
    require(terms["basis"] in ("act/360", "act/365f", "30/360"), "basis_unknown")
    require(kind_of(fee) == "int" and fee >= 0 and fee <= LARGEST_AMOUNT, "fee_not_valid")
    require(terms["interest_payer"] in ("holder", "debtor"), "interest_payer_unknown")


def require_dates_or_none(dates):
    """Each is a date, or "" for what is usual."""
    for date in dates:
        if date != "":
            require_date(date)


def require_may_quote(row, needs_label):
    """The sender may quote for this request today; answers its party row. row: the request's."""
    require_scheme_there(needs_label)
    require(ctx.party in row["banks"], "bank_not_asked")
    bank = require_active_bank(ctx.party)
    require_capability("maker")
    require_request_open(row)
    require(ctx.party not in row["declined"], "bank_has_declined")
    return bank


def require_days_of_quote(offer, row, value_date):
    """The days of a quote come one after the other, within its request and before payment. row: of the request."""
    require(ctx.today <= offer["valid_until"] <= row["until"], "validity_not_in_request", {"until": row["until"]})
    require(ctx.today <= value_date <= offer["disburse_by"], "value_date_not_in_order")
    require(offer["disburse_by"] < offer["pay_on"], "disburse_by_too_late", {"pay_on": offer["pay_on"]})


def require_payer(terms, bill):
    """The debtor pays the interest of a quote only where the bill says that it does. terms: with interest_payer."""
    consents = terms["interest_payer"] == "holder" or bill["terms"]["debtor_pays_interest"]
    require(consents, "debtor_does_not_pay_interest", {"bill": bill["id"]})


def require_still_in_business(row, bill):
    """Neither the holder was stopped since it asked, nor is the debtor. row: of the request."""
    require_not_stopped_since(row["holder"], row["created"]["height"])
    require_debtor_in_business(bill)


def bids_are_sealed():
    """Say whether banks seal their quotes (密封报价). A network that is older than the parameter has no row of it."""
    row = governed.get("bids")
    return row is not None and row["value"] == "sealed"


def require_encryption_key(party):
    """A party to whom others can seal; answers its key in hex."""
    key = parties.get(party)["encryption_key"]
    require(key != "", "encryption_key_missing", {"id": party})
    return key


def require_may_agree(offer, act):
    """The sender asked for this quote, and both stand where this act leads on; answers its party row."""
    row = requests.get(offer["request"])
    require(row["holder"] == ctx.party, "not_the_holder")
    sender = require_able(ctx.party)
    require_capability("maker")
    require_request_step(row, act, "agreed")
    require_quote_step(offer, act, "agreed")
    return sender


def require_request(request_id):
    """A request for financing that is there, in whatever state; answers its row."""
    row = requests.get(request_id)
    require(row is not None, "request_unknown")
    return row


def require_request_step(row, act, then):
    """A request stands where this act may bring it to `then`."""
    require(may_lead(REQUEST_STEPS, act, row, then), "request_transition", {"from": row["status"], "to": then})


def require_quote_step(offer, act, then):
    """A quote stands where this act may bring it to `then`."""
    require(may_lead(QUOTE_STEPS, act, offer, then), "quote_transition", {"from": offer["status"], "to": then})


def require_request_open(row):
    """A request that banks may answer today. row: the request's."""
    require(row["status"] in REQUEST_ASKING, "request_not_open", {"status": row["status"]})
    require(ctx.today <= row["until"], "request_expired", {"until": row["until"]})


def require_quote(quote_id):
    """A quote that is there, in whatever state; answers its row."""
    offer = quotes.get(quote_id)
    require(offer is not None, "quote_unknown")
    return offer


def require_holder_may_be_financed(row, value_date):
    """A holder that became insolvent after it asked gets no more money; what was paid on an earlier day counts."""
    holder = require_party(row["holder"])
    if holder["status"] == "insolvent" and holder["stopped_at"] >= row["created"]["height"]:
        since = holder["insolvent_since"]
        require(had_left(holder, value_date), "holder_insolvent", {"id": row["holder"], "insolvent_since": since})


def require_need(needs_label):
    """What a quote asks for of labels: nothing, {}, or one of a scheme and a grade."""
    require(kind_of(needs_label) == "map", "fields_not_valid", {"needed": ["scheme", "grade"]})
    if len(needs_label) > 0:
        require_fields(needs_label, ("scheme", "grade"), ())
        require_label_name(needs_label["scheme"])
        require_label_name(needs_label["grade"])


def require_scheme_there(needs_label):
    """Of a scheme that is there."""
    if len(needs_label) > 0:
        known = label_schemes.has(needs_label["scheme"])
        require(known, "label_scheme_unknown", {"scheme": needs_label["scheme"]})


def require_label(offer, value_date):
    """The label that a quote asks for stands on its bill: this scheme, this grade as it is written, not past its end.

    value_date: of money that has left, "" before. What is said of the label since counts from the day after: money of
    that day, or of an earlier one, had left when its bank could not know. offer: the quote's row.
    """
    if "needs_label" not in offer or len(offer["needs_label"]) == 0:
        return
    needed = offer["needs_label"]
    label = labels.get([offer["bill"], needed["scheme"]])
    day = value_date if value_date != "" else ctx.today
    stands = label is not None and label["grade"] == needed["grade"]
    stands = stands and label["status"] in LABEL_HELD and day <= label["until"]
    left = label is not None and value_date != "" and value_date <= label["said_on"]
    require(stands or left, "label_missing", {"scheme": needed["scheme"], "grade": needed["grade"]})


def require_debtor_may_be_bought(bill, value_date):
    """The debtor of this bill is in business, or became insolvent after the money had left."""
    debtor = require_party(bill["debtor"])
    if debtor["status"] != "insolvent" or not had_left(debtor, value_date):
        require_debtor_in_business(bill)


def had_left(row, value_date):
    """Say whether money of this value date left before a party was insolvent. row: the insolvent party's.

    On an earlier day, whoever says that it is insolvent; where one bank alone says so, on that day too: what no second
    bank or vote keeps is as if it had never been. Else a sponsor that sees the money of another bank arrive stopped its
    receipt, until the agreement had run out and the holder had both.
    """
    since = row["insolvent_since"]
    order = orders.get(standings.get(row["id"])["insolvent"])
    return value_date < since or (order["status"] == "entered" and value_date == since)
