"""Invoices (发票): how much of each invoice stands behind bills. No cent of an invoice is financed twice.

An invoice is known by its keyed fingerprint and its seller; number, date and content stay with seller and buyer. What
others do under the same fingerprint is another invoice to the ledger, and an alert. Its occupied amount is taken when
the buyer confirms a bill of this seller, given back by every exit of that bill, and never exceeds the invoice's total.

Two must sign before an invoice is held against others: as long as the seller has signed for none of the bills on it, a
claim of another buyer that the seller did sign takes its place. Who knows of a wrong invoice says so by a dispute.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    DISPUTE_STEPS,
    counted,
    may_lead,
    parameter,
    places_kept,
    require_able,
    require_active,
    require_capability,
    require_digest,
    require_fingerprint,
    require_maker_and_checker,
    require_party,
    require_sponsor,
)

invoices = own_table("invoice")  # [fingerprint, seller] -> invoice row
sellers = own_table("seller")  # [fingerprint, seller] -> {}, while anything of this invoice is occupied
lowered = own_table("lowered")  # [fingerprint, seller] -> {}: a credit note took something off its total, for good
disputes = own_table("dispute")  # id -> dispute row
disputed = own_table("disputed")  # [fingerprint, seller] -> {"disputes"}: ids of those that are open or upheld
open_disputes = own_table("open_disputes")  # party -> {"count"}: disputes of it that are open
agenda = own_table("agenda")

MOST_BILLS = 200  # that share one invoice at a time
MOST_SELLERS = 10  # of one fingerprint that an alert names
MOST_DISPUTES = 20  # of one invoice, open or upheld
DISPUTE_DAYS = 30


# --- occupation -------------------------------------------------------------------------------------------------------
@internal("bill")
def check(bill):
    """Refuse a bill over invoices that it could not occupy as things stand. bill: its row."""
    for part in bill["invoices"]:
        row_for(bill, part)


@internal("bill")
def occupy(bill):
    """Take its parts of invoices for a bill that the buyer confirms (占用). bill: its row.

    Of an invoice of 600.00 with 400.00 occupied a bill takes 200.00, and no cent more (CC 768: one receivable, several
    financiers).
    """
    for part in bill["invoices"]:
        row = row_for(bill, part)
        fingerprint = part["fingerprint"]
        facts = {"fingerprint": fingerprint, "total": row["total"], "occupied": row["occupied"]}
        facts["amount"] = part["amount"]
        facts["currency"] = row["currency"]
        require(row["occupied"] + part["amount"] <= row["total"], "invoice_occupied", facts)
        require(len(row["bills"]) < MOST_BILLS, "invoice_has_too_many_bills", {"fingerprint": fingerprint})
        row["occupied"] += part["amount"]
        row["bills"] += [bill["id"]]
        if seller_signed(bill):
            row["signed"] += 1
        keep(row)
        emit("occupied", change_of(row, bill, part))
        others = others_beside(row["seller"], fingerprint)
        if len(others) > 0:
            emit("claimed_twice", {
                "fingerprint": fingerprint,
                "bill": bill["id"],
                "seller": row["seller"],
                "buyer": row["buyer"],
                "sellers": len(others) + 1,
            })  # fmt: skip


@internal("bill")
def sign(bill):
    """Note that the seller accepts a bill which the buyer issued; refused if its place was taken meanwhile."""
    for part in bill["invoices"]:
        row = invoices.get([part["fingerprint"], bill["creditor"]])
        require(bill["id"] in row["bills"], "invoice_of_others", {"fingerprint": part["fingerprint"]})
        row["signed"] += 1
        keep(row)


@internal("bill")
def release(bill):
    """Give back what a bill took, when it ends before acceptance or is made void."""
    for part in bill["invoices"]:
        row = invoices.get([part["fingerprint"], bill["creditor"]])
        if bill["id"] in row["bills"]:
            row["occupied"] -= part["amount"]
            row["bills"] = without(row["bills"], bill["id"])
            if seller_signed(bill):
                row["signed"] -= 1
            keep(row)
            emit("released", change_of(row, bill, part))


@internal("bill")
def dilute(bill, fingerprint, amount, gone):
    """Take something off what a bill occupies of an invoice, and off its total. gone: nothing of it is left there.

    So no room is gained: what comes off cannot be promised, and financed, once more.
    """
    row = invoices.get([fingerprint, bill["creditor"]])
    lowered.put([fingerprint, bill["creditor"]], {})
    row["occupied"] -= amount
    row["total"] -= amount
    if gone:
        row["bills"] = without(row["bills"], bill["id"])
        row["signed"] -= 1
    keep(row)
    emit("diluted", change_of(row, bill, {"amount": amount}))


@view
def alerts(seller, fingerprints):
    """What those who finance should know of invoices: others that name them as theirs too, and disputes.

    Answers {"claimed_twice": [fingerprint], "disputes": [id]}, disputes that are open or upheld.
    """
    claimed_twice = []
    found = []
    for fingerprint in fingerprints:
        if len(others_beside(seller, fingerprint)) > 0:
            claimed_twice += [fingerprint]
        said = disputed.get([fingerprint, seller])
        if said is not None:
            found += said["disputes"]
    return {"claimed_twice": claimed_twice, "disputes": found}


def row_for(bill, part):
    """The invoice of a bill's part as this bill finds it: its row, or a new one where nothing stands against it."""
    fingerprint = part["fingerprint"]
    row = invoices.get([fingerprint, bill["creditor"]])
    if begins_anew(row, bill):
        return {
            "fingerprint": fingerprint,
            "seller": bill["creditor"],
            "buyer": bill["debtor"],
            "currency": bill["currency"],
            "total": part["total"],
            "occupied": 0,
            "bills": [],
            "signed": 0,
            "status": "registered",
        }
    require(row["buyer"] == bill["debtor"], "invoice_of_others", {"fingerprint": fingerprint})
    require(row["currency"] == bill["currency"], "invoice_currency_differs", {"fingerprint": fingerprint})
    same = row["total"] == part["total"]
    facts = {"fingerprint": fingerprint, "total": row["total"], "currency": row["currency"]}
    require(same, "invoice_total_differs", facts)
    return row


def begins_anew(row, bill):
    """Say whether an invoice is what this bill says of it: nothing stands against it, and no credit note lowered it."""
    if row is None:
        return True
    if row["occupied"] > 0 and not gives_way(row, bill):
        return False
    return not lowered.has([row["fingerprint"], row["seller"]])


def gives_way(row, bill):
    """Say whether a claim to which the seller never agreed stands against one of another buyer that it signed."""
    return row["signed"] == 0 and row["buyer"] != bill["debtor"] and seller_signed(bill)


def seller_signed(bill):
    """Say whether the seller has signed for a bill: it issued or accepted it. bill: its row."""
    return bill["initiator"] == bill["creditor"] or bill["accepted_on"] != ""


def others_beside(seller, fingerprint):
    """Others under whose name the same fingerprint is occupied, as many as an alert names."""
    found = []
    for entry in sellers.scan([fingerprint], MOST_SELLERS + 1):
        if entry[0][1] != seller:
            found += [entry[0][1]]
    return found


def keep(row):
    """Write an invoice with the status that follows from what is occupied of it. row: the invoice's."""
    place = [row["fingerprint"], row["seller"]]
    row["status"] = status_of(row)
    if row["occupied"] > 0:
        sellers.put(place, {})
    else:
        sellers.delete(place)
    invoices.put(place, row)


def change_of(row, bill, part):
    """What is told of a change of an invoice. bill: its row. part: {"amount"}, minor units."""
    return {
        "fingerprint": row["fingerprint"],
        "seller": row["seller"],
        "bill": bill["id"],
        "amount": part["amount"],
        "occupied": row["occupied"],
    }


def status_of(row):
    """What of an invoice is occupied: nothing, a part, or all. Of 600.00 with 600.00 occupied: "occupied"."""
    if row["occupied"] == 0:
        return "registered"
    if row["occupied"] < row["total"]:
        return "part_occupied"
    return "occupied"


def without(entries, entry):
    """A list without one of its entries."""
    rest = []
    for one in entries:
        if one != entry:
            rest += [one]
    return rest


# --- disputes ---------------------------------------------------------------------------------------------------------
@call
def dispute(fingerprint, seller, document):
    """Say that an invoice is not what it is said to be (异议). It blocks nothing; those who finance see it.

    document: digest of the paper that says why. The invoice need not be on the ledger, so nobody learns whether it is,
    and its true seller may speak first. It ends by itself after 30 days; its sponsor may uphold it.
    """
    require_fingerprint(fingerprint)
    require_digest(document)
    require_party(seller)
    require_able(ctx.party)
    require_capability("maker")
    said = disputes_of(fingerprint, seller)
    for other in said:
        mine = disputes.get(other)["by"] == ctx.party
        require(not mine, "dispute_exists", {"dispute": other})
    require(len(said) < MOST_DISPUTES, "too_many_disputes_of_invoice", {"most": MOST_DISPUTES})
    count_open(ctx.party, 1)
    dispute_id = new_id("D")
    until = add_days(ctx.today, DISPUTE_DAYS)
    disputes.put(dispute_id, {
        "id": dispute_id,
        "fingerprint": fingerprint,
        "seller": seller,
        "by": ctx.party,
        "document": document,
        "until": until,
        "status": "open",
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    })  # fmt: skip
    disputed.put([fingerprint, seller], {"disputes": said + [dispute_id]})
    agenda.put([add_days(until, 1), dispute_id], {"dispute": dispute_id})
    emit("disputed", {
        "dispute": dispute_id, "fingerprint": fingerprint, "seller": seller, "by": ctx.party, "until": until,
    })  # fmt: skip
    return {"dispute": dispute_id, "until": until}


@call
def uphold(dispute):
    """Stand behind a dispute as the sponsor of the party that raised it: it stays until one of both takes it back.

    Where it is not right and neither does, the validators end it by vote.
    """
    row = require_dispute(dispute)
    require_sponsor(require_party(row["by"]))
    require_active(ctx.party)
    require_maker_and_checker()
    require_dispute_step(row, "invoice.uphold", "upheld")
    free_place(row)
    close(row, "upheld")
    emit("dispute_upheld", {"dispute": dispute, "by": ctx.party})
    return {"dispute": dispute, "dispute_status": "upheld"}


@call
def withdraw_dispute(dispute):
    """Take a dispute back: the party that raised it, or its sponsor that upheld it, maker and checker."""
    row = require_dispute(dispute)
    if row["status"] == "upheld" and row["by"] != ctx.party:
        require_sponsor(require_party(row["by"]))
        require_maker_and_checker()
    else:
        require(row["by"] == ctx.party, "not_the_disputing_party")
        require_capability("maker")
    require_dispute_step(row, "invoice.withdraw_dispute", "ended")
    if row["status"] == "open":
        keep_place(row["by"])
    end_dispute(row)
    return {"dispute": dispute, "dispute_status": "ended"}


@internal("governance")
def check_end(dispute):
    """Refuse at once a dispute that a vote could not end."""
    require_dispute_step(require_dispute(dispute), "vote dispute", "ended")


@internal("governance")
def end_by_vote(dispute):
    """End by vote a dispute that nobody takes back: who raised it and its sponsor may both be wrong."""
    row = require_dispute(dispute)
    require_dispute_step(row, "vote dispute", "ended")
    free_place(row)
    end_dispute(row)


@each_day("agenda")
def on_day(date, item, row):
    """End a dispute that nobody upheld in time, and free places that were kept until this day."""
    if "places" in row:
        count_open(row["by"], -row["places"])
        return
    found = disputes.get(row["dispute"])
    if found["status"] == "open" and found["until"] < ctx.today:
        free_place(found)
        end_dispute(found)


def end_dispute(row):
    """End a dispute, which those who finance see no more. row: the dispute's."""
    place = [row["fingerprint"], row["seller"]]
    left = without(disputed.get(place)["disputes"], row["id"])
    if len(left) > 0:
        disputed.put(place, {"disputes": left})
    else:
        disputed.delete(place)
    close(row, "ended")
    emit("dispute_ended", {"dispute": row["id"], "by": row["by"]})


def close(row, status):
    """Write a dispute with its new status; one that was open does not end by itself any more."""
    if row["status"] == "open":
        agenda.delete([add_days(row["until"], 1), row["id"]])
    row["status"] = status
    disputes.put(row["id"], row)


def free_place(row):
    """Give the place of a dispute among the open ones of its party back, where it is open. row: the dispute's."""
    if row["status"] == "open":
        count_open(row["by"], -1)


def keep_place(party):
    """The place of a dispute that its party takes back itself is free again tomorrow."""
    item = [add_days(ctx.today, 1), "place", party]
    agenda.put(item, {"by": party, "places": places_kept(agenda.get(item))})


def count_open(party, change):
    """Keep count of a party's open disputes, up to a governed number."""
    count = counted(open_disputes.get(party), change)
    if change > 0:
        most = parameter("open_disputes")
        require(count <= most, "too_many_disputes", {"most": most})
    if count > 0:
        open_disputes.put(party, {"count": count})
    else:
        open_disputes.delete(party)


def disputes_of(fingerprint, seller):
    """The disputes of an invoice that are open or upheld, their ids."""
    row = disputed.get([fingerprint, seller])
    return [] if row is None else row["disputes"]


def require_dispute(dispute):
    """A dispute that is there, in whatever state; answers its row."""
    row = disputes.get(dispute)
    require(row is not None, "dispute_unknown")
    return row


def require_dispute_step(row, act, then):
    """A dispute stands where this act, or a vote, may bring it to `then`."""
    require(may_lead(DISPUTE_STEPS, act, row, then), "dispute_transition", {"from": row["status"], "to": then})
