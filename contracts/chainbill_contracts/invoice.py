"""Invoices (发票): how much of each invoice stands behind bills. No cent of an invoice is financed twice.

An invoice is known by its keyed fingerprint and its seller; number, date and content stay with seller and buyer. What
others do under the same fingerprint is another invoice to the ledger, and an alert. Its occupied amount is taken when
the buyer confirms a bill of this seller, given back by every exit of that bill, and is never taken beyond the invoice's
total. A red-letter note may lower the total below it, and two banks may strike it after a dispute: then nothing of it
is financed for its seller any more.

Two must sign before an invoice is held against others: as long as the seller has signed for none of the bills on it, a
claim of another buyer that the seller did sign takes its place. Who knows of a wrong invoice says so by a dispute.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    DISPUTE_STEPS,
    counted,
    is_produced,
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
    sum_of,
)

invoices = own_table("invoice")  # [fingerprint, seller] -> invoice row
sellers = own_table("seller")  # [fingerprint, seller] -> {}, while anything of this invoice is occupied
lowered = own_table("lowered")  # [fingerprint, seller] -> {}: a credit note took something off its total, for good
disputes = own_table("dispute")  # id -> dispute row
disputed = own_table("disputed")  # [fingerprint, seller] -> {"disputes"}: ids of those that are open or upheld
open_disputes = own_table("open_disputes")  # party -> {"count"}: disputes of it that are open
examinations = own_table("examination")  # [bank, bill] -> examination row
agenda = own_table("agenda")
bills = read_table("bill", "bill")
requests = read_table("finance", "request")

MOST_BILLS = 200  # that share one invoice at a time
MOST_SELLERS = 10  # of one fingerprint that an alert names
MOST_DISPUTES = 20  # of one invoice, open or upheld
MOST_BEHIND_BILL = 100  # invoices
MOST_REDS = 20  # red-letter notes of one invoice
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
        take_up(bill, part)


def take_up(bill, part):
    """Take a part of an invoice for a bill. bill: its row. part: {"fingerprint", "amount", "total"}."""
    row = row_for(bill, part)
    fingerprint = part["fingerprint"]
    require_room(row, part)
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


def require_room(row, part):
    """What a part takes of an invoice is free, and no bound is reached. row: the invoice's, see row_for."""
    fingerprint = part["fingerprint"]
    require(row["status"] != "struck", "invoice_struck", {"fingerprints": [fingerprint]})
    require(row["status"] != "over_occupied", "invoice_over_occupied", {"fingerprints": [fingerprint]})
    facts = {"fingerprint": fingerprint, "total": row["total"], "occupied": row["occupied"]}
    facts["amount"] = part["amount"]
    facts["currency"] = row["currency"]
    require(row["occupied"] + part["amount"] <= row["total"], "invoice_occupied", facts)
    require(len(row["bills"]) < MOST_BILLS, "invoice_has_too_many_bills", {"fingerprint": fingerprint})


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
        give_back(bill, part)


def give_back(bill, part):
    """Give back what a bill took of one invoice, if it still stands there. bill: its row. part: the bill's."""
    row = invoices.get([part["fingerprint"], bill["creditor"]])
    if bill["id"] in row["bills"]:
        row["occupied"] -= part["amount"]
        row["bills"] = without(row["bills"], bill["id"])
        if seller_signed(bill):
            row["signed"] -= 1
        keep(row)
        emit("released", change_of(row, bill, part))


# --- what comes off invoices, and what comes to a bill ----------------------------------------------------------------
@internal("bill")
def require_takes_off(bill, parts):
    """A dilution takes no more off an invoice than stands of it in the bill, nor than the red-letter note or total has.

    bill: its row. parts: [{"fingerprint", "amount", "red"}]; red may be missing where it was asked long ago.
    """
    for part in parts:
        fingerprint = part["fingerprint"]
        stands = part_of(bill, fingerprint)
        facts = {"fingerprint": fingerprint, "amount": stands, "currency": bill["currency"]}
        require(part["amount"] <= stands, "part_exceeds_invoice", facts)
        row = invoices.get([fingerprint, bill["creditor"]])
        if red_of(part) == "":
            left = row["total"]
        else:
            left = left_of(row, part["red"])
            require(left >= 0, "red_letter_unknown", {"red": part["red"]})
        facts["amount"] = left
        require(part["amount"] <= left, "part_exceeds_invoice", facts)


@internal("bill")
def dilute(bill, parts):
    """Take something off what a bill occupies of invoices, and off their totals; answers the parts that are left.

    So no room is gained: what comes off cannot be promised, and financed, once more. What a red-letter note took off a
    total before does not come off it twice.
    """
    stay = []
    for one in bill["invoices"]:
        off = 0
        red = ""
        for part in parts:
            if part["fingerprint"] == one["fingerprint"]:
                off = part["amount"]
                red = red_of(part)
        if off > 0:
            take_off(bill, one, off, red)
        if one["amount"] > off:
            total = one["total"] - off if red == "" else one["total"]
            stay += [{"fingerprint": one["fingerprint"], "amount": one["amount"] - off, "total": total}]
    return stay


def take_off(bill, part, off, red):
    """Take an amount off an invoice behind a bill. part: the bill's. off: minor units. red: the note, "" for none."""
    row = invoices.get([part["fingerprint"], bill["creditor"]])
    lowered.put([part["fingerprint"], bill["creditor"]], {})
    row["occupied"] -= off
    if red == "":
        row["total"] -= off
    else:
        row["reds"] = counted_against(reds_of(row), red, off)
    if part["amount"] == off:
        row["bills"] = without(row["bills"], bill["id"])
        row["signed"] -= 1
    keep(row)
    emit("diluted", change_of(row, bill, {"amount": off}))


@internal("bill")
def require_lower(bill, fingerprint, new_total, red):
    """A red-letter note may lower an invoice behind a bill so. Answers by how much, in minor units. bill: its row."""
    require(part_of(bill, fingerprint) > 0, "invoice_not_of_bill", {"fingerprint": fingerprint})
    row = invoices.get([fingerprint, bill["creditor"]])
    require(left_of(row, red) < 0, "red_letter_used", {"red": red})
    facts = {"fingerprint": fingerprint, "total": row["total"], "currency": row["currency"]}
    require(new_total < row["total"], "total_not_lower", facts)
    require(len(reds_of(row)) < MOST_REDS, "too_many_red_letters", {"most": MOST_REDS})
    return row["total"] - new_total


@internal("bill")
def lower(bill, fingerprint, new_total, red):
    """Lower the total of an invoice by a red-letter note (红字发票), for good.

    Answers {"beyond", "parts"}: what is occupied beyond the total, in minor units, and the bill's parts. Of a total of
    80,000.00 with 60,000.00 occupied: lowered to 75,000.00 nothing is beyond it, lowered to 50,000.00 10,000.00 are.
    """
    row = invoices.get([fingerprint, bill["creditor"]])
    by = row["total"] - new_total
    row["reds"] = reds_of(row) + [{"red": red, "new_total": new_total, "left": by, "on": ctx.today}]
    row["total"] = new_total
    lowered.put([fingerprint, bill["creditor"]], {})
    keep(row)
    parts = []
    for one in bill["invoices"]:
        if one["fingerprint"] == fingerprint:
            one["total"] = new_total
        parts += [one]
    beyond = max(0, row["occupied"] - new_total)
    facts = change_of(row, bill, {"amount": by})
    facts["total"] = new_total
    facts["red"] = red
    facts["beyond"] = beyond
    emit("total_lowered", facts)
    return {"beyond": beyond, "parts": parts}


@internal("bill")
def require_may_come(bill, parts, replaces):
    """Invoices may come to a bill, and over-occupied or struck ones leave it.

    No less is behind it then, nor more than is owed.

    bill: its row. parts: [{"fingerprint", "amount", "total"}]. replaces: fingerprints.
    """
    behind = 0
    leaves = 0
    stay = 0
    for one in bill["invoices"]:
        behind += one["amount"]
        if one["fingerprint"] in replaces:
            leaves += one["amount"]
        else:
            stay += 1
    for fingerprint in replaces:
        require(part_of(bill, fingerprint) > 0, "invoice_not_of_bill", {"fingerprint": fingerprint})
        over = invoices.get([fingerprint, bill["creditor"]])["status"] in ("over_occupied", "struck")
        require(over, "invoice_not_over_occupied", {"fingerprint": fingerprint})
    comes = 0
    for part in parts:
        new = part_of(bill, part["fingerprint"]) == 0
        require(new, "invoice_behind_bill_already", {"fingerprint": part["fingerprint"]})
        comes += part["amount"]
        require_room(row_for(bill, part), part)
    most = bill["face"] - bill["diluted"] - behind + leaves
    require(most > 0, "invoices_cover_the_bill", {"bill": bill["id"]})
    facts = {"least": leaves, "most": most, "amount": comes, "currency": bill["currency"]}
    require(leaves <= comes <= most, "invoices_not_the_rest", facts)
    require(stay + len(parts) <= MOST_BEHIND_BILL, "bill_has_too_many_invoices", {"most": MOST_BEHIND_BILL})


@internal("bill")
def exchange(bill, parts, replaces):
    """Let invoices come to a bill, and others leave it; answers its parts then. parts: [{"fingerprint", …}]."""
    stay = []
    for one in bill["invoices"]:
        if one["fingerprint"] in replaces:
            give_back(bill, one)
        else:
            stay += [one]
    for part in parts:
        take_up(bill, part)
    return stay + parts


def part_of(bill, fingerprint):
    """What stands of an invoice in a bill, in minor units; 0 where it does not. bill: its row."""
    for one in bill["invoices"]:
        if one["fingerprint"] == fingerprint:
            return one["amount"]
    return 0


def red_of(part):
    """The red-letter note that a part of a dilution names, "" for none; an older one has no word of it."""
    return part["red"] if "red" in part else ""


def left_of(row, red):
    """For how much a red-letter note can still be named by dilutions, in minor units; -1 where it is not known."""
    for one in reds_of(row):
        if one["red"] == red:
            return one["left"]
    return -1


def reds_of(row):
    """The red-letter notes of an invoice, the first one first. row: the invoice's; an older one has no word of any."""
    return row["reds"] if "reds" in row else []


def counted_against(reds, red, amount):
    """The notes of an invoice after a dilution has named one of them: what it can still be named for is less."""
    found = []
    for one in reds:
        if one["red"] == red:
            one["left"] -= amount
        found += [one]
    return found


@view
def alerts(seller, fingerprints):
    """What those who finance should know of invoices: others that name them as theirs too, disputes, what bars some.

    Answers {"claimed_twice": [fingerprint], "disputes": [id] that are open or upheld, "over_occupied": [fingerprint],
    "over_since": date, "struck": [fingerprint], "struck_since": date, "marks": [text]}. Dates: the first on which one
    was, "" where none is. marks: one for each that is over-occupied or struck, another one each time that it is.
    """
    known = {
        "claimed_twice": [], "disputes": [], "over_occupied": [], "over_since": "", "struck": [], "struck_since": "",
        "marks": [],
    }  # fmt: skip
    for fingerprint in fingerprints:
        if len(others_beside(seller, fingerprint)) > 0:
            known["claimed_twice"] += [fingerprint]
        said = disputed.get([fingerprint, seller])
        if said is not None:
            known["disputes"] += said["disputes"]
        row = invoices.get([fingerprint, seller])
        status = "" if row is None else row["status"]
        if status == "over_occupied":
            known["over_occupied"] += [fingerprint]
            known["over_since"] = first_of(known["over_since"], row["over_since"])
            known["marks"] += [fingerprint + row["over_since"]]
        elif status == "struck":
            known["struck"] += [fingerprint]
            known["struck_since"] = first_of(known["struck_since"], row["struck_on"])
            known["marks"] += [row["struck_by"]]
    return known


def first_of(date, other):
    """The earlier of two days. date: "" where none is known yet."""
    return other if date == "" else min(date, other)


# --- what is struck, and who looked at it -----------------------------------------------------------------------------
@call
def examine(request, document):
    """Record as a bank that was asked that it looked into invoices which are over-occupied or struck (审查记录).

    Whoever took a token on from the first creditor could not know of it: such a holder is financed all the same, by a
    bank that did look. document: digest of its finding. It holds for all requests on the bill; what is said of an
    invoice later wants another look.
    """
    require_digest(document)
    asked = requests.get(request)
    require(asked is not None, "request_unknown")
    require(ctx.party in asked["banks"], "bank_not_asked")
    require_active(ctx.party)
    require_capability("maker")
    bill = bills.get(asked["bill"])
    known = alerts(bill["creditor"], fingerprints_of(bill))
    require(len(known["marks"]) > 0, "nothing_to_examine", {"bill": bill["id"]})
    examinations.put([ctx.party, bill["id"]], {
        "bank": ctx.party,
        "bill": bill["id"],
        "document": document,
        "fingerprints": known["struck"] + known["over_occupied"],
        "marks": known["marks"],
        "examined_on": ctx.today,
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    })  # fmt: skip
    emit("examined", {"bill": bill["id"], "bank": ctx.party})
    return {"bill": bill["id"], "fingerprints": known["struck"] + known["over_occupied"]}


@internal("finance")
def require_financeable(bill, holder, bank, value_date):
    """Invoices cover the bill of an event of production, and let its holder be financed. Answers their alerts.

    Its first creditor is not financed while one of them is struck, or occupied beyond its total. bill: its row. bank:
    that has paid, "" where the holder asks or agrees. value_date: of money that has left, "" before; up to the day of
    the entry or the red-letter note it counts, as the bank could not know either.
    """
    require(is_covered(bill), "invoices_missing", {"bill": bill["id"]})
    if holder != bill["creditor"]:
        return require_examined(bill, holder, bank, value_date)
    known = alerts(bill["creditor"], fingerprints_of(bill))
    struck = bars(known["struck_since"], value_date)
    require(not struck, "invoice_struck", {"fingerprints": known["struck"]})
    over = bars(known["over_since"], value_date)
    require(not over, "invoice_over_occupied", {"fingerprints": known["over_occupied"]})
    return known


@internal("finance")
def require_examined(bill, holder, bank, value_date):
    """A bank looked into invoices that are struck or over-occupied before it finances whoever took a token on.

    Answers their alerts. bank: "" for none that is to have looked; the rest as for require_financeable.
    """
    known = alerts(bill["creditor"], fingerprints_of(bill))
    barred = bars(known["struck_since"], value_date) or bars(known["over_since"], value_date)
    if holder != bill["creditor"] and bank != "" and barred:
        row = examinations.get([bank, bill["id"]])
        for mark in known["marks"]:
            require(row is not None and mark in row["marks"], "examination_missing", {"bill": bill["id"]})
    return known


def bars(since, value_date):
    """Say whether what is known since a day, "" for nothing, concerns money of a value date, "" before it has left."""
    return since != "" and (value_date == "" or since < value_date)


def is_covered(bill):
    """Say whether invoices stand behind all that a bill is for, or it began otherwise than by an event of production.

    Bill 100,000.00 of which 5,000.00 was diluted: invoices of 95,000.00 in all.
    """
    return not is_produced(bill) or sum_of(bill["invoices"]) == bill["face"] - bill["diluted"]


def fingerprints_of(bill):
    """The invoices behind a bill. bill: its row."""
    found = []
    for part in bill["invoices"]:
        found += [part["fingerprint"]]
    return found


@internal("entry")
def strike_out(fingerprint, seller, entry):
    """Strike an invoice (剔除): two banks say that it is not what its seller said. entry: which one says so."""
    row = invoices.get([fingerprint, seller])
    row["struck_by"] = entry
    row["struck_on"] = ctx.today
    keep(row)
    emit("struck", {"fingerprint": fingerprint, "seller": seller, "buyer": row["buyer"], "entry": entry})


@internal("entry")
def put_back(fingerprint, seller):
    """Let an invoice stand again that was struck: its status is what is occupied of it."""
    row = invoices.get([fingerprint, seller])
    entry = row["struck_by"]
    row["struck_by"] = ""
    row["struck_on"] = ""
    keep(row)
    emit("put_back", {"fingerprint": fingerprint, "seller": seller, "buyer": row["buyer"], "entry": entry})


# --- its row ----------------------------------------------------------------------------------------------------------
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
            "reds": [],
            "over_since": "",
            "struck_by": "",
            "struck_on": "",
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
    if row["status"] == "struck":
        return False
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
    if row["occupied"] <= row["total"]:
        row["over_since"] = ""
    elif over_since_of(row) == "":
        row["over_since"] = ctx.today
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


def over_since_of(row):
    """Since when more of an invoice is occupied than its total, "" if it is not; an older row has no word of it."""
    return row["over_since"] if "over_since" in row else ""


def status_of(row):
    """What of an invoice is occupied: nothing, a part, all, or more. Of 600.00 with 600.00 occupied: "occupied".

    A struck one is that, whatever is occupied of it.
    """
    if "struck_by" in row and row["struck_by"] != "":
        return "struck"
    if row["occupied"] == 0:
        return "registered"
    if row["occupied"] < row["total"]:
        return "part_occupied"
    return "occupied" if row["occupied"] == row["total"] else "over_occupied"


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
