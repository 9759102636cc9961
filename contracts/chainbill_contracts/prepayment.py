"""Early payment at a discount (买方提前付款): a holder offers its token to the debtor for less, paid before the day.

The holder alone offers it; a debtor demands no discount. Once the debtor has agreed, its paying bank records the money
(settlement.settle_prepaid): the token settles whole, the payment is the price, and what the holder forgoes (让利) stays
on the row. The lock of the token says whether an offer or an agreement stands, so that refusing, taking back, a payment
at par and a freeze end it without knowing of prepayments; the row here hears of it on the day after its last.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    BILL_CIRCULATING,
    PREPAYMENT_STEPS,
    TOKEN_USABLE,
    is_step,
    may_lead,
    parameter,
    paying_bank_of,
    require_able,
    require_amount,
    require_capability,
    require_date,
    require_debtor_in_business,
    require_free,
    require_not_stopped_since,
    require_policy,
    require_text,
    token_of_sender,
)

prepayments = own_table("prepayment")  # token -> prepayment row: the newest offer of it to its debtor
agenda = own_table("agenda")
bills = read_table("bill", "bill")
token_rows = read_table("token", "token")


# --- acts -------------------------------------------------------------------------------------------------------------
@call
def offer_prepayment(token, price, pay_by):
    """Offer a whole free token to the debtor of its bill for early payment, as its holder.

    price: minor units, at most the amount of the token; the rest is forgone. pay_by: the last day of the debtor's
    money, from today to the last day on which tokens of the bill may be offered. The offer stands for as many business
    days as one of a transfer, and not beyond pay_by: made on Monday 2026-03-02 to pay by Thursday 03-05: until then.
    """
    require_text(token)
    require_amount(price)
    require_date(pay_by)
    row = token_of_sender(token)
    holder = require_able(ctx.party)
    require_capability("maker")
    bill = bills.get(row["bill"])
    require(bill["status"] in BILL_CIRCULATING, "bill_not_active", {"status": bill["status"]})
    require_free(row)
    possible = ctx.today <= pay_by <= bill["last_offer_on"]
    require(possible, "pay_by_not_valid", {"today": ctx.today, "pay_on": bill["pay_on"]})
    require_debtor_in_business(bill)
    amount = row["hi"] - row["lo"]
    require(price <= amount, "price_not_valid", {"amount": amount, "currency": row["currency"]})
    require_policy(holder, "prepayment.offer_prepayment", row["currency"], amount)

    days = invoke("calendar", "business_days_after", ctx.today, parameter("offer_business_days"))
    until = invoke("token", "offer_free", [token], bill["debtor"], "prepay", min(days, pay_by))
    known = prepayments.get(token)
    now = {"height": ctx.height, "transaction": ctx.transaction}
    prepayments.put(token, {
        "token": token,
        "bill": row["bill"],
        "currency": row["currency"],
        "amount": amount,
        "price": price,
        "forgone": amount - price,
        "holder": ctx.party,
        "debtor": bill["debtor"],
        "bank": paying_bank_of(bill),
        "pay_by": pay_by,
        "offered_on": ctx.today,
        "until": until,
        "status": "offered",
        "agreed_on": "",
        "value_date": "",
        "reference": "",
        "offered": now,
        "created": now if known is None else known["created"],
    })  # fmt: skip
    agenda.put([add_days(until, 1), token], {"token": token})
    facts = {"token": token, "holder": ctx.party, "debtor": bill["debtor"], "amount": amount, "price": price}
    facts["pay_by"] = pay_by
    facts["until"] = until
    emit("prepayment_offered", facts)
    return {"token": token, "until": until}


@call
def agree_prepayment(token):
    """Agree as the debtor to pay a token early at the price that its holder offers.

    It stands until the business day after pay_by, on which the debtor's bank may still record what came in time: to pay
    by Friday 2027-03-05: until Monday 03-08. Neither side takes it back; paid at par, or frozen, it is over.
    """
    require_text(token)
    row = prepayments.get(token)
    require(row is not None, "prepayment_unknown")
    require(row["debtor"] == ctx.party, "not_the_debtor")
    debtor = require_able(ctx.party)
    require_capability("maker")
    require_prepayment_step(row, "prepayment.agree_prepayment", "agreed")
    require(ctx.today <= row["until"], "prepayment_lapsed", {"until": row["until"]})
    require_not_stopped_since(row["holder"], row["offered"]["height"])
    bill = bills.get(row["bill"])
    require_debtor_in_business(bill)
    require_policy(debtor, "prepayment.agree_prepayment", row["currency"], row["price"])

    until = invoke("calendar", "business_days_after", row["pay_by"], 1)
    invoke("token", "prolong_offer", token, until)
    agenda.delete([add_days(row["until"], 1), token])
    agenda.put([add_days(until, 1), token], {"token": token})
    row["status"] = "agreed"
    row["agreed_on"] = ctx.today
    row["until"] = until
    row["bank"] = paying_bank_of(bill)
    prepayments.put(token, row)
    emit("prepayment_agreed", {
        "token": token, "holder": row["holder"], "debtor": ctx.party, "bank": row["bank"], "price": row["price"],
        "pay_by": row["pay_by"], "until": until,
    })  # fmt: skip
    return {"token": token, "until": until}


# --- what a settlement decides, and days ------------------------------------------------------------------------------
@internal("settlement")
def require_agreed(token):
    """An early payment of this token is agreed, and nothing has ended it."""
    require_prepayment_step(prepayments.get(token), "settlement.settle_prepaid", "paid")


@internal("settlement")
def prepaid(token, bank, reference, value_date):
    """The debtor's bank has recorded the price of a token that was agreed on."""
    row = prepayments.get(token)
    agenda.delete([add_days(row["until"], 1), token])
    row["status"] = "paid"
    row["bank"] = bank
    row["value_date"] = value_date
    row["reference"] = reference
    prepayments.put(token, row)


@each_day("agenda")
def on_day(date, item, row):
    """The day after its last one an offer or an agreement that led to nothing is over; its token is free since then."""
    known = prepayments.get(row["token"])
    if is_step(PREPAYMENT_STEPS, known["status"], "ended") and known["until"] < ctx.today:
        known["status"] = "ended"
        prepayments.put(row["token"], known)


def require_prepayment_step(row, act, then):
    """A prepayment that nothing has ended stands where this act may bring it to `then`: its token is locked for it.

    row: the prepayment's.
    """
    token = token_rows.get(row["token"])
    status = row["status"]
    locked = False
    for lock in token["locks"]:
        locked = locked or (lock["kind"] == "offered" and lock["ref"] == "prepay")
    if is_step(PREPAYMENT_STEPS, status, "ended") and not (locked and token["status"] in TOKEN_USABLE):
        status = "ended"
    stands = may_lead(PREPAYMENT_STEPS, act, {"status": status}, then)
    require(stands, "prepayment_transition", {"from": status, "to": then})
