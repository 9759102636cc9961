"""Onward sale (再转让): a bank that holds tokens sells them to another bank, which says so once it has paid.

Both banks agree on a price outside. The ledger keeps its digest, with a salt that the two alone know, whether there is
recourse, and the receipt, with which the token moves; its tier and its financing stay. Who may pay for whom, nothing of
it stops: what the debtor pays, a court freezes or either bank ends is over, and the lock of the token says so at once
(`token.reject`, `token.recall`); the row here hears of it on the day after its last.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    BILL_PAYABLE,
    LARGEST_AMOUNT,
    SALE_STEPS,
    TOKEN_USABLE,
    is_hex_of_32_bytes,
    is_step,
    may_lead,
    parameter,
    require_active,
    require_active_bank,
    require_capability,
    require_date,
    require_new_reference,
    require_not_stopped,
    require_not_stopped_since,
    require_policy,
    require_reference,
    require_text,
    require_unlocked,
)

sales = own_table("sale")  # token -> sale row: the newest offer of it to a bank
receipts = own_table("receipt")  # [bank, reference] -> what was paid, so that a payment counts once
agenda = own_table("agenda")
bills = read_table("bill", "bill")
token_rows = read_table("token", "token")

MOST_SOLD = 100  # tokens in one offer


@call
def sell(tokens, buyer, recourse, price):
    """Offer tokens for sale to another bank (再转让), as the bank that holds them; each is bought by itself.

    tokens: 1 to 100 ids, of one currency. recourse: bool, whether the buyer may come back to the seller. price: digest
    of [salt, amount], which the seller opens to the buyer outside. The offer stands for as many business days as one of
    a transfer, also where the bill is due or overdue by then, and whether or not its tokens may be transferred.
    """
    require(kind_of(tokens) == "list" and 1 <= len(tokens) <= MOST_SOLD, "too_many_tokens")
    require_text(buyer)
    require(kind_of(recourse) == "bool", "recourse_not_said")
    require(is_hex_of_32_bytes(price), "price_digest_not_valid")
    rows = []
    for token in tokens:
        require_text(token)
        row = token_rows.get(token)
        require(row is not None, "token_unknown")
        rows += [row]
    for row in rows:
        require(row["holder"] == ctx.party, "not_the_holder")
    seller = require_not_stopped(ctx.party)
    require("bank" in seller["roles"], "not_a_bank", {"id": ctx.party})
    require_capability("maker")
    require_can_be_sold(rows)
    require(buyer != ctx.party, "recipient_is_the_sender")
    require_active_bank(buyer)
    for row in rows:
        require(bills.get(row["bill"])["debtor"] != buyer, "recipient_is_the_debtor")
    total = 0
    for row in rows:
        require(row["currency"] == rows[0]["currency"], "currencies_differ")
        total += row["hi"] - row["lo"]
    require_policy(seller, "sale.sell", rows[0]["currency"], total)

    until = invoke("calendar", "business_days_after", ctx.today, parameter("offer_business_days"))
    invoke("token", "offer_free", tokens, buyer, "sale", until)
    for row in rows:
        keep_offer(row, buyer, recourse, price, until)
        agenda.put([add_days(until, 1), row["id"]], {"token": row["id"]})
    facts = {"tokens": tokens, "seller": ctx.party, "buyer": buyer, "amount": total, "until": until}
    emit("sale_offered", facts)
    return {"tokens": tokens, "buyer": buyer, "until": until}


@call
def buy(token, reference, value_date, amount, registration):
    """Record as the buyer that it paid: the token moves to it in the same step.

    reference: the buyer's own, used once. value_date: from the day of the offer to today. amount: minor units paid, 0
    where the ledger is not told. registration: reference of the legal registration (中登网), kept as recorded.
    """
    require_text(token)
    require_reference(reference)
    require_date(value_date)
    require(kind_of(amount) == "int" and 0 <= amount <= LARGEST_AMOUNT, "amount_not_positive")
    require_text(registration)
    content = digest(["sale", token, value_date, amount, registration])
    known = receipts.get([ctx.party, reference])
    if known is not None:
        require(known["digest"] == content, "reference_used_otherwise", {"reference": reference})
        result = known["result"]
        result["repeated"] = True
        return result
    require_new_reference(reference)
    row = sales.get(token)
    require(row is not None, "sale_unknown")
    require(row["buyer"] == ctx.party, "not_the_buyer")
    buyer = require_active(ctx.party)
    require_capability("maker")
    require_stands(row)
    require(ctx.today <= row["until"], "offer_lapsed", {"until": row["until"]})
    require(value_date <= ctx.today, "value_date_in_future", {"today": ctx.today})
    require(row["offered_on"] <= value_date, "value_date_before_offer", {"offered_on": row["offered_on"]})
    require_not_stopped_since(row["seller"], row["offered"]["height"])
    require_policy(buyer, "sale.buy", row["currency"], row["amount"])

    invoke("write_off", "cents_given", token)
    price = {"price": row["price_doc"], "amount": amount, "recourse": row["recourse"]}
    bought = invoke("token", "take_over", token, ctx.party, "sale", price, [])
    row["status"] = "bought"
    row["bought_on"] = ctx.today
    row["value_date"] = value_date
    row["paid"] = amount
    row["reference"] = reference
    row["registration"] = registration
    row["bought_token"] = bought
    sales.put(token, row)
    result = {"token": bought, "repeated": False}
    receipts.put([ctx.party, reference], {
        "digest": content,
        "sold": token,
        "bill": row["bill"],
        "amount": amount,
        "value_date": value_date,
        "kind": "sale",
        "result": result,
        "height": ctx.height,
        "transaction": ctx.transaction,
    })  # fmt: skip
    emit("bought", {"token": bought, "offered": token, "seller": row["seller"], "buyer": ctx.party})
    return result


@each_day("agenda")
def on_day(date, item, row):
    """The day after its last one an offer that nobody took is over; its token was free since it lapsed or was ended."""
    sale = sales.get(row["token"])
    if is_step(SALE_STEPS, sale["status"], "ended") and sale["until"] < ctx.today:
        sale["status"] = "ended"
        sales.put(row["token"], sale)


def keep_offer(row, buyer, recourse, price, until):
    """Keep the terms of an offer, in the place of those of an earlier one. row: the token's."""
    known = sales.get(row["id"])
    now = {"height": ctx.height, "transaction": ctx.transaction}
    sales.put(row["id"], {
        "token": row["id"],
        "bill": row["bill"],
        "currency": row["currency"],
        "amount": row["hi"] - row["lo"],
        "seller": ctx.party,
        "buyer": buyer,
        "recourse": recourse,
        "price_doc": price,
        "offered_on": ctx.today,
        "until": until,
        "status": "offered",
        "bought_on": "",
        "value_date": "",
        "paid": 0,
        "reference": "",
        "registration": "",
        "bought_token": "",
        "offered": now,
        "created": now if known is None else known["created"],
    })  # fmt: skip


def require_can_be_sold(rows):
    """Free tokens, each once, of bills on which something is to be paid. rows: theirs."""
    for row in rows:
        require(row["status"] in TOKEN_USABLE, "token_already_used", {"status": row["status"]})
        bill = bills.get(row["bill"])
        require(bill["status"] in BILL_PAYABLE, "bill_not_payable", {"status": bill["status"]})
    named = []
    for row in rows:
        require_unlocked(row)
        require(row["id"] not in named, "token_named_twice")
        named += [row["id"]]


def require_stands(row):
    """An offer for sale that nothing has ended: its token is still locked for it. row: the sale's."""
    status = row["status"]
    if status == "offered" and not offered_as(token_rows.get(row["token"]), "sale"):
        status = "ended"
    stands = may_lead(SALE_STEPS, "sale.buy", {"status": status}, "bought")
    require(stands, "sale_transition", {"from": status, "to": "bought"})


def offered_as(row, ref):
    """Say whether a token lives and is offered for this: "transfer", "return" or "sale". row: the token's."""
    for lock in row["locks"]:
        if lock["kind"] == "offered" and lock["ref"] == ref:
            return row["status"] in TOKEN_USABLE
    return False
