"""From order to part to product (订单到产品): an attested event of production becomes bills to those who made it.

An anchor registers which supplier makes which part of a product, for which share of its value (物料清单). Once all of
them agree, every event of production that the attestor signed (an order, a serial number, a value) issues one bill a
part in one transaction, confirmed by it; each supplier still accepts its own. Invoices come to these bills later
(`bill.ask_invoices`), and nobody finances one before they cover it.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    PRODUCT_PRODUCING,
    PRODUCT_STEPS,
    WHOLE,
    may_lead,
    paying_bank_of,
    require_active,
    require_amount,
    require_capability,
    require_currency,
    require_date,
    require_fields,
    require_key,
    require_maker_and_checker,
    require_may_hold,
    require_party,
    require_policy,
    require_reference,
    require_terms,
    require_text,
    shared_out,
    sum_of,
)

products = own_table("product")  # id -> product row
events = own_table("event")  # id -> event row
reported = own_table("reported")  # [anchor, order, serial] -> {"event", "digest" of what was said of it}
registered = own_table("registered")  # anchor -> {"date", "count"} of the products that it registered that day
produced = own_table("produced")  # product -> {"date", "value"} of its events that day

MOST_PARTS = 100
MOST_A_DAY = 20  # products that one anchor registers in a day: each stands in the lists of all its suppliers
LONGEST_DUE_DAYS = 366


# --- what a product is made of ----------------------------------------------------------------------------------------
@call
def register(name, currency, parts, due_days, attestor, most_value, most_a_day, terms):
    """Register a product: which supplier makes which part, for which share of its value. Two people of an anchor.

    parts: 1 to 100 of {"part", "supplier", "share"}; share in 1/10,000 of a percent, together at most 100 %; a supplier
    may make several. due_days: 1 to 366 days from the event until its bills are due. attestor: {"alg", "key"}, whose
    signature every event carries. most_value, most_a_day: minor units, of one event and of all events of a day.
    terms: of its bills, as `bill.issue` takes them. Its bills need no other confirmation: these two people give it.
    """
    require_text(name)
    require(name != "", "name_missing")
    require_currency(currency)
    listed = checked_parts(parts)
    require(kind_of(due_days) == "int" and 1 <= due_days <= LONGEST_DUE_DAYS, "due_days_not_valid")
    require_fields(attestor, ("alg", "key"), ())
    require_key(attestor["alg"], attestor["key"])
    require_amount(most_value)
    require_amount(most_a_day)
    conditions = require_terms(terms)
    require_anchor()
    require_active(ctx.party)
    require_maker_and_checker()
    for supplier in suppliers_of(listed):
        require_supplier(supplier)
    count_registered()
    product = new_id("P")
    products.put(product, {
        "id": product,
        "anchor": ctx.party,
        "name": name,
        "currency": currency,
        "parts": listed,
        "agreed": [],
        "due_days": due_days,
        "attestor": attestor["key"],
        "alg": attestor["alg"],
        "most_value": most_value,
        "most_a_day": most_a_day,
        "terms": conditions,
        "status": "proposed",
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    })  # fmt: skip
    emit("product_registered", {"product": product, "anchor": ctx.party, "parts": len(listed)})
    return {"product": product}


@call
def agree(product):
    """Agree to a product as one of its suppliers; with the last one's yes its events may issue bills.

    Each of its bills is still accepted by itself, or refused.
    """
    row = require_product(product)
    require(ctx.party in suppliers_of(row["parts"]), "not_a_supplier_of_it")
    require_active(ctx.party)
    require_capability("maker")
    require_product_step(row, "product.agree", "active")
    require(ctx.party not in row["agreed"], "agreed_already", {"product": product})
    row["agreed"] = row["agreed"] + [ctx.party]
    if len(row["agreed"]) == len(suppliers_of(row["parts"])):
        row["status"] = "active"
    products.put(product, row)
    emit("product_agreed", {"product": product, "by": ctx.party, "status": row["status"]})
    return {"product": product, "product_status": row["status"]}


@call
def retire(product):
    """End a product, for good: its anchor or any of its suppliers. Its bills stay what they are. Always open."""
    row = require_product(product)
    require(ctx.party == row["anchor"] or ctx.party in suppliers_of(row["parts"]), "not_of_the_product")
    require_capability("maker")
    require_product_step(row, "product.retire", "retired")
    row["status"] = "retired"
    products.put(product, row)
    emit("product_retired", {"product": product, "by": ctx.party})
    return {"product": product, "product_status": "retired"}


# --- what is produced -------------------------------------------------------------------------------------------------
@call
def event(product, order, serial, value, happened_on, signature):
    """Issue the bills of an event of production: a part's share of the value to each supplier, all of them or none.

    order, serial: the anchor's numbers, 1 to 64 characters; the same content under them again answers the first bills
    with "repeated" True and issues nothing. value: minor units. happened_on: date; the bills are due so many days after
    it. signature: the attestor's, 128 hex digits, over the statement "event" of {"product", "order", "serial", "value",
    "happened_on"} for this network. The bills wait for their suppliers, confirmed.

    Value 123,456.79; engine 30 %, battery 20 %, tyres 3.3333 %, seats 6.6667 %: 74,074.07 in all, bills of 37,037.04,
    24,691.36, 4,115.18 and 8,230.49.
    """
    require_reference(order)
    require_reference(serial)
    require_amount(value)
    require_date(happened_on)
    require(kind_of(signature) == "text", "attestation_wrong")
    row = require_product(product)
    require(row["anchor"] == ctx.party, "not_the_anchor")
    content = digest([product, value, happened_on])
    known = reported.get([ctx.party, order, serial])
    if known is not None:
        facts = {"order": order, "serial": serial, "event": known["event"]}
        require(known["digest"] == content, "event_used_otherwise", facts)
        return {"event": known["event"], "bills": events.get(known["event"])["bills"], "repeated": True}
    anchor = require_active(ctx.party)
    require_capability("maker")
    require(row["status"] in PRODUCT_PRODUCING, "product_not_active", {"status": row["status"]})
    require(happened_on <= ctx.today, "event_in_future", {"today": ctx.today})
    due_on = add_days(happened_on, row["due_days"])
    require(due_on > ctx.today, "due_date_not_in_future", {"due_on": due_on})
    require("anchor" in anchor["roles"], "debtor_not_an_anchor", {"id": ctx.party})
    for supplier in suppliers_of(row["parts"]):
        require_supplier(supplier)
    require(anchor["paying_bank"] != "", "paying_bank_missing")
    said = {"product": product, "order": order, "serial": serial, "value": value, "happened_on": happened_on}
    require(signed_by(row["alg"], row["attestor"], "event", said, signature), "attestation_wrong")
    of_today = value_of_today(row, value)
    parts = apportioned(value, row["parts"])
    require_policy(anchor, "product.event", row["currency"], sum_of(parts))

    produced.put(product, {"date": ctx.today, "value": of_today})
    event_id = new_id("E")
    made = {"product": product, "event": event_id, "order": order, "happened_on": happened_on, "due_on": due_on}
    made["paying_bank"] = paying_bank_of(anchor)
    made["currency"] = row["currency"]
    made["terms"] = row["terms"]
    bills = invoke("bill", "issue_produced", made, parts)
    reported.put([ctx.party, order, serial], {"event": event_id, "digest": content})
    events.put(event_id, {
        "id": event_id,
        "anchor": ctx.party,
        "order": order,
        "serial": serial,
        "product": product,
        "value": value,
        "currency": row["currency"],
        "happened_on": happened_on,
        "bills": bills,
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    })  # fmt: skip
    emit("produced", {"event": event_id, "product": product, "order": order, "serial": serial, "bills": len(bills)})
    return {"event": event_id, "bills": bills, "repeated": False}


def apportioned(value, parts):
    """Share a value out: whole cents by share, then one each by largest remainder, ties by position; none gets nothing.

    parts: [{"supplier", "share"}]. Answers [{"supplier", "amount"}]; the amounts sum to value × all shares, half up.

    Value 123,456.79 at 30 %, 20 %, 3.3333 % and 6.6667 %: rounded down 74,074.05 of 74,074.07; remainders 0.7, 0.8,
    0.518 and 0.382, so battery and engine get a cent each.
    """
    whole = 0
    weights = []
    for part in parts:
        whole += part["share"]
        weights += [part["share"]]
    amounts = shared_out(value, weights, WHOLE, (2 * value * whole + WHOLE) // (2 * WHOLE))
    shares = []
    for position, part in enumerate(parts):
        require(amounts[position] > 0, "share_too_small", {"part": part["part"]})
        shares += [{"supplier": part["supplier"], "amount": amounts[position]}]
    return shares


def value_of_today(row, value):
    """The value of a product's events of today with this one more, within the bounds of both. row: the product's."""
    facts = {"value": value, "most_value": row["most_value"], "currency": row["currency"]}
    require(value <= row["most_value"], "event_too_large", facts)
    before = produced.get(row["id"])
    of_today = value
    if before is not None and before["date"] == ctx.today:
        of_today += before["value"]
    facts = {"value": of_today, "most_a_day": row["most_a_day"], "currency": row["currency"]}
    require(of_today <= row["most_a_day"], "event_too_large", facts)
    return of_today


# --- guards -----------------------------------------------------------------------------------------------------------
def checked_parts(parts):
    """The parts of a product as they are kept; their shares are at most all of it."""
    many = kind_of(parts) == "list" and 1 <= len(parts) <= MOST_PARTS
    require(many, "shares_not_valid", {"most": MOST_PARTS})
    listed = []
    whole = 0
    for part in parts:
        require_fields(part, ("part", "supplier", "share"), ())
        require_text(part["part"])
        require_text(part["supplier"])
        share = part["share"]
        require(kind_of(share) == "int" and 0 < share <= WHOLE, "shares_not_valid", {"part": part["part"]})
        require(part["supplier"] != ctx.party, "debtor_is_creditor")
        whole += share
        listed += [{"part": part["part"], "supplier": part["supplier"], "share": share}]
    require(whole <= WHOLE, "shares_not_valid")
    return listed


def suppliers_of(parts):
    """The suppliers of parts, each once, in the order of their first parts."""
    suppliers = []
    for part in parts:
        if part["supplier"] not in suppliers:
            suppliers += [part["supplier"]]
    return suppliers


def require_anchor():
    """The sender has the role of a debtor of bills."""
    require("anchor" in require_party(ctx.party)["roles"], "role_missing", {"id": ctx.party, "role": "anchor"})


def require_supplier(supplier):
    """A party that may be the first creditor of a bill, and may take on something new."""
    row = require_active(supplier)
    require("bank" not in row["roles"], "creditor_is_a_bank", {"id": supplier})
    require_may_hold(row)


def count_registered():
    """Keep count of the products that the sender registers today: there is a bound for each day."""
    before = registered.get(ctx.party)
    count = 1
    if before is not None and before["date"] == ctx.today:
        count += before["count"]
    require(count <= MOST_A_DAY, "too_many_products", {"most": MOST_A_DAY})
    registered.put(ctx.party, {"date": ctx.today, "count": count})


def require_product(product):
    """A product that is there, in whatever state; answers its row."""
    row = products.get(product)
    require(row is not None, "product_unknown")
    return row


def require_product_step(row, act, then):
    """A product stands where this act may bring it to `then`."""
    require(may_lead(PRODUCT_STEPS, act, row, then), "product_transition", {"from": row["status"], "to": then})
