"""Bills (应收账款电子凭证): a debtor's acknowledged promise to pay its tier-1 supplier on a due date.

A bill is issued by creditor or debtor, confirmed by the debtor (确权), and accepted by the creditor (签收); from then
on it cannot be taken back, and its whole face is one token of tier 1. This contract keeps the promise and its dates;
who holds which cents is kept by `token`, what was paid by `settlement`.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    BILL_PAYABLE,
    BILL_PENDING,
    BILL_STEPS,
    JOINT_STEPS,
    MOST_INVOICES,
    asked_in_vain,
    counted,
    is_produced,
    is_step,
    may_lead,
    not_agreed,
    other_side,
    other_than_initiator,
    outstanding_of,
    parameter,
    paying_bank_of,
    places_kept,
    require_able,
    require_account,
    require_active,
    require_active_bank,
    require_amount,
    require_capability,
    require_currency,
    require_date,
    require_debtor_in_business,
    require_digest,
    require_fingerprint,
    require_maker_and_checker,
    require_may_hold,
    require_no_successor,
    require_not_closed,
    require_not_halted,
    require_not_stopped_since,
    require_party,
    require_policy,
    require_reference,
    require_terms,
    require_text,
    require_total,
    sum_of,
)

bills = own_table("bill")  # id -> bill row
provisional = own_table("provisional")  # [year, bill] -> {}: pay_on to be computed again when the year is decided
to_pay = own_table("to_pay")  # bank -> {"count"} of the bills that name it as their paying bank and are not closed
open_drafts = own_table("open_drafts")  # initiator, [initiator, other side] -> {"count"} of its pending bills
horizons = own_table("horizon")  # "answer" -> {"today", "until"}: how long a bill that begins to wait today may wait
joints = own_table("joint")  # id -> joint row: what one party asks and others answer
open_joints = own_table("open_joint")  # [bill, kind] -> {"joint"} that is open: one of a kind at a time
references = own_table("reference")  # [initiator, its own reference] -> {"bill", "digest" of what it was issued with}
agenda = own_table("agenda")
settlement_steps = read_table("settlement", "step")
token_rows = read_table("token", "token")
gaps = read_table("core", "gap")  # "last" -> {"date", …}: when blocks came again after the network stood still for long

BILLS_AT_ONCE = 20  # bills whose dates one step computes again: with 100 invoices each and the longest grace, one fits
STEPS_A_DAY = 100
MOST_ASKED_IN_VAIN = 20  # joint acts of one kind and bill that are taken back in one day


# --- from issue to acceptance -----------------------------------------------------------------------------------------
@call
def issue(debtor, creditor, face, currency, due_on, invoices, contract_no, delivered_on, terms, reference):
    """Issue a bill (开立; by a creditor: 发起开立申请); the debtor confirms next.

    face: minor units. due_on: date. invoices: [{"fingerprint", "amount", "total"}], none, or amounts that sum to the
    face. contract_no: text. delivered_on: date or "". terms: {"non_transferable": bool, "debtor_pays_interest": bool
    (买方付息: quotes may charge the debtor), "min_split": minor units}, each optional. reference: the initiator's own
    for this bill, or "" for none: the same content under it again answers the first bill with "repeated" True.
    """
    require(debtor != creditor, "debtor_is_creditor")
    require_currency(currency)
    require_amount(face)
    require_date(due_on)
    if delivered_on != "":
        require_date(delivered_on)
    require_text(contract_no)
    require_text(reference)
    parts = checked_invoices(invoices)
    behind = sum_of(parts)
    require(behind == 0 or behind == face, "invoices_not_the_face", {
        "face": face, "invoices": behind, "currency": currency,
    })  # fmt: skip
    conditions = require_terms(terms)
    content = ""
    if reference != "":
        require_reference(reference)
        content = digest([debtor, creditor, face, currency, due_on, parts, contract_no, delivered_on, terms])
        known = references.get([ctx.party, reference])
        if known is not None:
            facts = {"reference": reference, "bill": known["bill"]}
            require(known["digest"] == content, "reference_used_otherwise", facts)
            return {"bill": known["bill"], "repeated": True}
    require(ctx.party in (debtor, creditor), "not_debtor_or_creditor")
    require_active(ctx.party)
    require_capability("maker")
    require(due_on > ctx.today, "due_date_not_in_future", {"due_on": due_on})
    debtor_row = require_active(debtor)
    creditor_row = require_active(creditor)
    require("anchor" in debtor_row["roles"], "debtor_not_an_anchor", {"id": debtor})
    require("bank" not in creditor_row["roles"], "creditor_is_a_bank", {"id": creditor})
    require_may_hold(creditor_row)
    require_policy(debtor_row if ctx.party == debtor else creditor_row, "bill.issue", currency, face)

    expires_on = add_days(answered_until(), 1)
    row = begun(new_id("B"), debtor, creditor, face, currency, due_on, conditions, expires_on)
    row["initiator"] = ctx.party
    row["invoices"] = parts
    row["contract_no"] = contract_no
    row["delivered_on"] = delivered_on
    invoke("invoice", "check", row)
    count_drafts(row["initiator"], other_than_initiator(row), 1)
    keep_begun(row)
    if reference != "":
        references.put([ctx.party, reference], {"bill": row["id"], "digest": content})
    return {"bill": row["id"], "repeated": False}


def keep_begun(row):
    """Write a new bill with its dates, and the day on which it ends by itself. row: the bill's."""
    set_pay_dates(row)
    bills.put(row["id"], row)
    agenda.put([row["expires_on"], "expire", row["id"]], {"bill": row["id"], "step": "expire"})
    facts = {"bill": row["id"], "debtor": row["debtor"], "creditor": row["creditor"], "face": row["face"]}
    facts["currency"] = row["currency"]
    emit("issued", facts)


@internal("product")
def issue_produced(made, parts):
    """Issue the bills of an event of production, each confirmed by it; answers their ids in the order of the parts.

    made: {"product", "event", "order", "happened_on", "due_on", "paying_bank", "currency", "terms"}. parts:
    [{"supplier", "amount"}], minor units. Their suppliers agreed to the product, so none counts as a draft.
    """
    expires_on = add_days(answered_until(), 1)
    issued = []
    for part in parts:
        row = begun(
            new_id("B"), ctx.party, part["supplier"], part["amount"], made["currency"], made["due_on"], made["terms"],
            expires_on,
        )  # fmt: skip
        row["status"] = "pending_accept"
        row["paying_bank"] = made["paying_bank"]
        row["contract_no"] = made["order"]
        row["delivered_on"] = made["happened_on"]
        row["product"] = made["product"]
        row["event"] = made["event"]
        row["confirmed_on"] = ctx.today
        row["confirmed"] = {"height": ctx.height, "transaction": ctx.transaction}
        count_to_pay(row, 1)
        keep_begun(row)
        issued += [row["id"]]
    return issued


@call
def confirm(bill):
    """Confirm the debt (确权): the debtor promises to pay, and the invoices become occupied.

    The bank that accepted to be the debtor's paying bank (兑付行) will pay it, whatever becomes of that mandate.
    """
    row = require_bill(bill)
    require(row["debtor"] == ctx.party, "not_the_debtor")
    debtor = require_active(ctx.party)
    require_capability("maker")
    require_bill_step(row, "bill.confirm", "pending_accept")
    require(ctx.today < row["expires_on"], "bill_expired", {"expires_on": row["expires_on"]})
    require(ctx.today < row["pay_on"], "bill_past_due", {"pay_on": row["pay_on"]})
    require_not_closed(row["creditor"])
    require(debtor["paying_bank"] != "", "paying_bank_missing")
    require_policy(debtor, "bill.confirm", row["currency"], row["face"])
    invoke("invoice", "occupy", row)
    agenda.delete([row["expires_on"], "expire", bill])
    row["status"] = "pending_accept"
    row["paying_bank"] = paying_bank_of(debtor)
    count_to_pay(row, 1)
    row["confirmed_on"] = ctx.today
    row["confirmed"] = {"height": ctx.height, "transaction": ctx.transaction}
    row["expires_on"] = add_days(answered_until(), 1)
    bills.put(bill, row)
    agenda.put([row["expires_on"], "expire", bill], {"bill": bill, "step": "expire"})
    emit("confirmed", {"bill": bill})
    return {"bill": bill}


@call
def accept(bill):
    """Accept the bill (签收): the creditor holds the whole face as one token of tier 1. Irrevocable from here on.

    Not while the debtor has halted itself: it may have been a stolen key that confirmed.
    """
    row = require_bill(bill)
    require(row["creditor"] == ctx.party, "not_the_creditor")
    creditor = require_able(ctx.party)
    require_capability("maker")
    require(row["status"] != "pending_confirm", "bill_not_confirmed", {"bill": bill})
    require_bill_step(row, "bill.accept", "active")
    require(ctx.today < row["expires_on"], "bill_expired", {"expires_on": row["expires_on"]})
    require(ctx.today < row["pay_on"], "bill_past_due", {"pay_on": row["pay_on"]})
    require_debtor_in_business(row)
    require_not_halted(require_party(row["debtor"]))
    require_account(ctx.party, row["currency"])
    require_policy(creditor, "bill.accept", row["currency"], row["face"])
    if row["initiator"] == row["debtor"]:
        invoke("invoice", "sign", row)
    free_draft(row)
    agenda.delete([row["expires_on"], "expire", bill])
    token = invoke("token", "open_root", bill, row["debtor"], row["creditor"], row["face"], row["currency"])
    row["status"] = "active"
    row["accepted_on"] = ctx.today
    row["root_token"] = token
    bills.put(bill, row)
    agenda.put([row["pay_on"], "due", bill], {"bill": bill, "step": "due"})
    emit("accepted", {"bill": bill, "token": token})
    return {"token": token}


@call
def reject(bill, reason):
    """Refuse a bill: the debtor instead of confirming it, the creditor instead of accepting it."""
    require_text(reason)
    row = require_bill(bill)
    require(ctx.party in (row["debtor"], row["creditor"]), "not_debtor_or_creditor")
    if row["status"] == "pending_confirm":
        require(row["debtor"] == ctx.party, "not_the_debtor")
    elif row["status"] == "pending_accept":
        require(row["creditor"] == ctx.party, "not_the_creditor")
    require_capability("maker")
    require_bill_step(row, "bill.reject", "rejected")
    emit("rejected", {"bill": bill, "by": ctx.party, "reason": reason})
    return close_before_acceptance(row, "rejected")


@call
def withdraw(bill, reason):
    """Take back a bill before it is confirmed; its initiator may."""
    require_text(reason)
    row = require_bill(bill)
    require(row["initiator"] == ctx.party, "not_the_initiator")
    require_capability("maker")
    require_bill_step(row, "bill.withdraw", "withdrawn")
    emit("withdrawn", {"bill": bill, "reason": reason})
    return close_before_acceptance(row, "withdrawn")


@call
def cancel(bill, reason):
    """Take back a confirmed bill before the creditor accepts it; the debtor may."""
    require_text(reason)
    row = require_bill(bill)
    require(row["debtor"] == ctx.party, "not_the_debtor")
    require_capability("maker")
    require_bill_step(row, "bill.cancel", "cancelled")
    emit("cancelled", {"bill": bill, "reason": reason})
    return close_before_acceptance(row, "cancelled")


# --- joint acts -------------------------------------------------------------------------------------------------------
@call
def catch_up(bill):
    """Have a bill be what its day makes it, due or overdue (到期、逾期), where the day change failed to or is late.

    Debtor, creditor, or the bank that pays it. Not while bills are left alone, see left_alone_until.
    """
    row = require_bill(bill)
    sides = (row["debtor"], row["creditor"], paying_bank_of(row))
    require(ctx.party in sides, "not_debtor_or_creditor")
    require_able(ctx.party)
    require_capability("maker")
    was = row["status"]
    then = "due" if was == "active" else "overdue"
    require_bill_step(row, "bill.catch_up", then)
    if left_alone_until() == "":
        fall_due(row)
        become_overdue(row)
    require(row["status"] != was, "bill_transition", {"from": was, "to": then})
    return {"bill": bill, "bill_status": row["status"]}


@call
def ask_void(bill, reason):
    """Ask the other side to make an accepted bill void (作废): the deal did not come about, nobody owes anything.

    Debtor or creditor asks, the other answers. Only while the creditor holds every cent of the bill, free, and nothing
    was paid, diluted or financed (CC 543, 562: both sides agree; 765: never against a financier).
    """
    require_text(reason)
    row = require_bill(bill)
    require(ctx.party in (row["debtor"], row["creditor"]), "not_debtor_or_creditor")
    sender = require_able(ctx.party)
    require_capability("maker")
    require_unused(row, "bill.ask_void")
    require_no_joint(row, "void")
    asked = ask_jointly("void", row, sender, [other_side(row)], row["face"], {}, reason)
    emit("void_asked", {"joint": asked["joint"], "bill": bill, "by": ctx.party, "until": asked["until"]})
    return asked


@call
def ask_dilution(bill, token, amount, credit_note, parts, reason):
    """Ask the other side to take something off a bill (贸易扣减): goods were returned, or a credit note was agreed.

    token: the creditor's own, of tier 1, free and never financed; its high cents end. amount: minor units. credit_note:
    digest of the paper. parts: [{"fingerprint", "amount", "red"}], [] for a bill without invoices; they sum to the
    amount, or to less where invoices stand behind a part of the bill only. Each comes off the bill's part and off what
    the invoice has occupied, and off its total, unless `red`, which may be left out, names a red-letter note that took
    it off the total before. Debts between later tiers never reduce a token (CC 548, 549 (2), 765); the undisputed rest
    stays due (Decree 802, Art. 15).

    Bill 100,000.00 on I1 60,000.00 (total 80,000.00) and I2 40,000.00; 5,000.00 off I1: cents [95,000, 100,000) are
    diluted, the bill's part of I1 is 55,000.00, I1 has 55,000.00 of 75,000.00 occupied, 95,000.00 is outstanding. Had a
    red-letter note lowered I1 to 75,000.00 before, and `red` named it, I1 had 55,000.00 of 75,000.00 occupied, too.
    """
    require_amount(amount)
    require_digest(credit_note)
    require_text(reason)
    content = {"token": token, "credit_note": credit_note, "parts": checked_deductions(parts, amount)}
    row = require_bill(bill)
    claim = token_rows.get(token)
    require(claim is not None and claim["bill"] == bill, "token_unknown")
    require(ctx.party in (row["debtor"], row["creditor"]), "not_debtor_or_creditor")
    sender = require_able(ctx.party)
    require_capability("maker")
    require_owed(row)
    require_no_joint(row, "dilution")
    require_dilutable(row, amount, content)
    require_able(other_side(row))
    require_enough_to_dilute(row, amount, content)
    asked = ask_jointly("dilution", row, sender, [other_side(row)], amount, content, reason)
    facts = {"joint": asked["joint"], "bill": bill, "by": ctx.party, "until": asked["until"]}
    facts["amount"] = amount
    facts["currency"] = row["currency"]
    emit("dilution_asked", facts)
    return asked


@call
def ask_paying_bank(bill, bank, reason):
    """Ask the paying bank of an accepted bill and another bank that the other one pays it (更换兑付行); both answer.

    The debtor asks. Nobody becomes a paying bank without its own consent, and none is put aside without it. Payments
    stay with the bank that instructed them, and mandates for bills to come are what they were.

    Bill 100,000.00 of which BANK1 reported 40,000.00: from the second yes on BANK2 settles the other 60,000.00; the
    payments of the 40,000.00 are BANK1's.
    """
    require_text(reason)
    row = require_bill(bill)
    require(row["debtor"] == ctx.party, "not_the_debtor")
    sender = require_able(ctx.party)
    require_capability("maker")
    require_owed(row)
    require_no_joint(row, "paying_bank")
    content = {"from": paying_bank_of(row), "to": bank}
    require_banks(row, content)
    others = []
    for one in [content["from"], bank]:
        if one != ctx.party:  # a debtor that is one of the banks consents by asking
            others += [one]
    asked = ask_jointly("paying_bank", row, sender, others, outstanding_of(row), content, reason)
    facts = {"joint": asked["joint"], "bill": bill, "by": ctx.party, "until": asked["until"]}
    facts["from"] = content["from"]
    facts["to"] = bank
    emit("paying_bank_asked", facts)
    return asked


@call
def ask_red_letter(bill, fingerprint, new_total, red, bank, reason):
    """Ask the other side to lower an invoice's total by a red-letter note (红字发票信息确认单): goods came back.

    Debtor (who bought) or creditor (who sold) asks; the other answers, or where `bank` names the asker's own sponsor,
    that bank attests in its place, maker and checker. fingerprint: of an invoice behind the bill. new_total: minor
    units, 0 where all of it is taken back. red: fingerprint of the note. Where more is occupied than the new total, the
    first creditor gets no financing on the invoice until a dilution that names the note, a void, or other invoices
    (`ask_invoices`) bring it back. Those to whom it passed tokens on are not touched.

    Total 80,000.00 with 60,000.00 occupied, lowered to 50,000.00: 10,000.00 too much. A dilution of 10,000.00 that
    names the note leaves 50,000.00 of 50,000.00.
    """
    require_fingerprint(fingerprint)
    require_fingerprint(red)
    require(red != fingerprint, "red_letter_is_the_invoice")
    require_total(new_total)
    require_text(bank)
    require_text(reason)
    row = require_bill(bill)
    require(ctx.party in (row["debtor"], row["creditor"]), "not_debtor_or_creditor")
    sender = require_able(ctx.party)
    require_capability("maker")
    require(row["status"] in BILL_PAYABLE, "bill_not_payable", {"status": row["status"]})
    require_no_joint(row, "red_letter")
    require(bank in ("", sender["sponsor"]), "not_its_own_bank", {"id": bank})
    other = other_side(row) if bank == "" else bank
    require_able(other)
    by = invoke("invoice", "require_lower", row, fingerprint, new_total, red)
    content = {"fingerprint": fingerprint, "new_total": new_total, "red": red, "bank": bank}
    asked = ask_jointly("red_letter", row, sender, [other], by, content, reason)
    emit("red_letter_asked", {
        "joint": asked["joint"],
        "bill": bill,
        "by": ctx.party,
        "until": asked["until"],
        "fingerprint": fingerprint,
        "new_total": new_total,
    })  # fmt: skip
    return asked


@call
def ask_invoices(bill, parts, replaces, reason):
    """Ask the other side that more invoices stand behind a bill (补充发票), or others in the place of some.

    Debtor or creditor asks, the other answers: it is the seller's invoice and the buyer's debt. parts: [{"fingerprint",
    "amount", "total"}], minor units. replaces: fingerprints of invoices that leave the bill, each with more occupied
    than its total; what is behind the bill does not become less, nor more than its face less what was diluted.

    Bill 100,000.00 on I1 60,000.00 and I2 40,000.00, of which a red-letter note left 10,000.00: I3 with 40,000.00 takes
    the place of I2, of which nothing is occupied then.
    """
    checked = checked_invoices(parts)
    require(kind_of(replaces) == "list" and len(replaces) <= MOST_INVOICES, "too_many_invoices")
    for fingerprint in replaces:
        require_fingerprint(fingerprint)
    require(len(checked) > 0, "no_invoices_named")
    require_text(reason)
    row = require_bill(bill)
    require(ctx.party in (row["debtor"], row["creditor"]), "not_debtor_or_creditor")
    sender = require_able(ctx.party)
    require_capability("maker")
    require(row["status"] in BILL_PAYABLE, "bill_not_payable", {"status": row["status"]})
    require_no_joint(row, "invoices")
    require_able(other_side(row))
    invoke("invoice", "require_may_come", row, checked, replaces)
    content = {"parts": checked, "replaces": replaces}
    asked = ask_jointly("invoices", row, sender, [other_side(row)], sum_of(checked), content, reason)
    emit("invoices_asked", {"joint": asked["joint"], "bill": bill, "by": ctx.party, "until": asked["until"]})
    return asked


@call
def answer(joint, answer):
    """Answer what was asked about a bill: the last "yes" lets it take effect at once, "no" ends it. No is always open.

    Who said yes may say no as long as others have not answered, and yes once more: the newest counts. Answers `joint`,
    `bill`, `joint_status`; of a yes that is not the last `waits_for`, those who have not said it; of the last
    `bill_status`; of a dilution `token`, the rest of the token that was reduced, "" if there is none, `diluted_token`,
    the cents that ended, and `outstanding`, minor units still owed; of another paying bank `paying_bank`; of a
    red-letter note `beyond`, what is occupied beyond the new total.
    """
    require(answer in ("yes", "no"), "answer_not_valid")
    row = require_joint(joint)
    require(ctx.party in row["others"], "not_asked")
    if answer == "no":
        require_capability("maker")
        require_joint_step(row, "bill.answer", "refused")
        keep_answer(row, answer)
        return end_joint(row, "refused")
    sender = require_able(ctx.party)
    require_capability("maker")
    if row["kind"] == "red_letter" and row["content"]["bank"] != "":
        require_maker_and_checker()
    require_joint_step(row, "bill.answer", "done")
    bill = bills.get(row["bill"])
    require_state(bill, row)
    require(ctx.today <= row["until"], "joint_lapsed", {"until": row["until"]})
    require_not_stopped_since(row["by"], row["created"]["height"])
    require_consents(row)
    require_others(bill, row)
    require_policy(sender, "bill.answer", row["currency"], row["amount"])
    keep_answer(row, answer)
    waits_for = not_agreed(row)
    if len(waits_for) > 0:
        joints.put(joint, row)
        emit("joint_agreed", {"joint": joint, "bill": row["bill"], "kind": row["kind"], "by": ctx.party})
        return {"joint": joint, "bill": row["bill"], "joint_status": row["status"], "waits_for": waits_for}
    result = end_joint(row, "done")
    take_effect(bill, row, result)
    return result


def take_effect(bill, row, result):
    """Do what all have agreed to, and say in the result what came of it. bill: its row. row: the joint act's."""
    if row["kind"] == "void":
        make_void(bill)
    elif row["kind"] == "dilution":
        tokens = dilute(bill, row["amount"], row["content"])
        result["token"] = tokens["rest"]
        result["diluted_token"] = tokens["diluted"]
        result["outstanding"] = outstanding_of(bill)
    elif row["kind"] == "paying_bank":
        pay_by(bill, row["content"])
        result["paying_bank"] = row["content"]["to"]
    elif row["kind"] == "red_letter":
        result["beyond"] = lower_total(bill, row["content"])
    else:
        add_invoices(bill, row["content"])
    result["bill_status"] = bill["status"]


def require_state(bill, row):
    """The bill still stands where what was asked can take effect. bill: its row. row: the joint act's."""
    if row["kind"] == "void":
        require_unused(bill, "bill.answer")
    elif row["kind"] == "dilution":
        require_owed(bill)
        require_dilutable(bill, row["amount"], row["content"])
        require_enough_to_dilute(bill, row["amount"], row["content"])
    elif row["kind"] == "paying_bank":
        require_owed(bill)
    else:
        require(bill["status"] in BILL_PAYABLE, "bill_not_payable", {"status": bill["status"]})


def require_others(bill, row):
    """Banks and invoices stand as they did when it was asked. bill: its row. row: the joint act's."""
    if row["kind"] == "paying_bank":
        require_banks(bill, row["content"])
    elif row["kind"] == "red_letter":
        content = row["content"]
        invoke("invoice", "require_lower", bill, content["fingerprint"], content["new_total"], content["red"])
    elif row["kind"] == "invoices":
        invoke("invoice", "require_may_come", bill, row["content"]["parts"], row["content"]["replaces"])


@call
def withdraw_joint(joint):
    """Take back what was asked, before it is answered."""
    row = require_joint(joint)
    require(row["by"] == ctx.party, "not_the_asker")
    require_capability("maker")
    require_joint_step(row, "bill.withdraw_joint", "withdrawn")
    item = asked_in_vain(row["bill"], row["kind"])
    agenda.put(item, {"step": "asked", "places": places_kept(agenda.get(item))})
    return end_joint(row, "withdrawn")


def ask_jointly(kind, row, sender, others, amount, content, reason):
    """Keep what the sender asks others about a bill; it stands for so many business days.

    row: the bill's. others: the parties that answer. amount: minor units that it is about, which policies of all look
    at.
    """
    for other in others:
        require_able(other)
    require_policy(sender, "bill.ask_" + kind, row["currency"], amount)
    in_vain = agenda.get(asked_in_vain(row["id"], kind))
    facts = {"most": MOST_ASKED_IN_VAIN}
    require(in_vain is None or in_vain["places"] < MOST_ASKED_IN_VAIN, "too_many_taken_back", facts)
    joint = new_id("J")
    until = invoke("calendar", "business_days_after", ctx.today, parameter("offer_business_days"))
    joints.put(joint, {
        "id": joint,
        "kind": kind,
        "bill": row["id"],
        "by": ctx.party,
        "others": others,
        "answers": {},
        "amount": amount,
        "currency": row["currency"],
        "content": content,
        "reason": reason,
        "status": "open",
        "until": until,
        "ended_on": "",
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    })  # fmt: skip
    open_joints.put([row["id"], kind], {"joint": joint})
    agenda.put([add_days(until, 1), "joint", joint], {"joint": joint, "step": "joint"})
    return {"joint": joint, "until": until}


def end_joint(row, status):
    """End what was asked. status: "done", "refused", "withdrawn" or "lapsed"; row: the joint act's."""
    row["status"] = status
    row["ended_on"] = ctx.today
    joints.put(row["id"], row)
    open_joints.delete([row["bill"], row["kind"]])
    agenda.delete([add_days(row["until"], 1), "joint", row["id"]])
    emit("joint_ended", {"joint": row["id"], "bill": row["bill"], "kind": row["kind"], "status": status})
    return {"joint": row["id"], "bill": row["bill"], "joint_status": status}


def keep_answer(row, answer):
    """Write into what was asked how the sender answers now. row: the joint act's."""
    answers = row["answers"]
    answers[ctx.party] = {"answer": answer, "height": ctx.height, "transaction": ctx.transaction}
    row["answers"] = answers


def require_consents(row):
    """Who said yes before was not stopped since, or its yes counts no more: it is said again. row: the joint act's."""
    for other in row["others"]:
        if other in row["answers"] and other != ctx.party:
            require_not_stopped_since(other, row["answers"][other]["height"])


def require_no_joint(row, kind):
    """Nothing of this kind is asked about a bill and open. row: the bill's."""
    require(not open_joints.has([row["id"], kind]), "joint_open", {"bill": row["id"]})


def require_joint_step(row, act, then):
    """What was asked stands where this act may bring it to `then`."""
    require(may_lead(JOINT_STEPS, act, row, then), "joint_transition", {"from": row["status"], "to": then})


def require_joint(joint):
    """What was asked about a bill, whatever became of it; answers its row."""
    row = joints.get(joint)
    require(row is not None, "joint_unknown")
    if "answers" not in row:  # asked before answers were kept
        row["answers"] = {}
    return row


def require_unused(row, act):
    """Guards of a void, which hold when it is asked for and when it is agreed to, each an act. row: the bill's."""
    require_bill_step(row, act, "void")
    require(not settlement_steps.has(row["id"]), "settlement_under_way", {"bill": row["id"]})
    require(row["settled"] == 0 and row["diluted"] == 0, "bill_part_used", {"bill": row["id"]})
    invoke("token", "require_untouched", row["id"], row["creditor"])


def require_dilutable(row, amount, content):
    """What a dilution is of may be diluted, when it is asked for and when it is agreed to. row: the bill's."""
    invoke("token", "require_own_claim", content["token"], row)
    named = len(content["parts"]) == 0 or len(row["invoices"]) > 0
    require(named, "parts_not_the_invoices", {"bill": row["id"]})
    behind = sum_of(row["invoices"]) - sum_of(content["parts"])
    enough = behind <= max(0, row["face"] - row["diluted"] - amount)
    require(enough or len(content["parts"]) == 0, "parts_not_the_amount")
    require(enough, "parts_not_the_invoices", {"bill": row["id"]})


def require_enough_to_dilute(row, amount, content):
    """Token and invoices are as much as is to come off them. row: the bill's. amount: minor units."""
    claim = token_rows.get(content["token"])
    missing = amount - (claim["hi"] - claim["lo"])
    require(missing <= 0, "amount_exceeds_tokens", {"missing": missing, "currency": row["currency"]})
    invoke("invoice", "require_takes_off", row, content["parts"])


def require_owed(row):
    """A bill on which something is still to be paid, and whose money is not just being shared out. row: the bill's."""
    require(row["status"] in BILL_PAYABLE, "bill_not_payable", {"status": row["status"]})
    require(not settlement_steps.has(row["id"]), "settlement_under_way", {"bill": row["id"]})


def require_banks(row, content):
    """The bank that is asked still pays, the other one may take on something new. row: the bill's.

    A bank that another has succeeded since is asked nothing any more, and its successor was not asked.
    """
    pays = paying_bank_of(row)
    require(pays == content["from"], "bank_succeeded", {"bank": content["from"], "successor": pays})
    require(pays != content["to"], "bank_pays_already", {"bank": pays})
    require_active_bank(content["to"])
    require_no_successor(content["to"])


def dilute(row, amount, content):
    """Take an amount off a bill; answers the tokens of what is left and of what ended. row: the bill's."""
    tokens = invoke("token", "dilute", content["token"], amount)
    invoke("write_off", "cents_given", tokens["diluted"])
    row["invoices"] = invoke("invoice", "dilute", row, content["parts"])
    row["diluted"] += amount
    end_if_paid(row, ctx.today)
    bills.put(row["id"], row)
    emit("diluted", {
        "bill": row["id"],
        "amount": amount,
        "currency": row["currency"],
        "token": content["token"],
        "diluted_token": tokens["diluted"],
    })  # fmt: skip
    return tokens


def make_void(row):
    """End every cent of a bill as void, and give its invoices back. row: the bill's."""
    invoke("token", "void_all", row["id"])
    invoke("invoice", "release", row)
    invoke("guarantee", "guaranteed_closed", row["id"])
    agenda.delete([row["pay_on"], "due", row["id"]])
    count_to_pay(row, -1)
    forget_pay_dates(row)
    row["status"] = "void"
    row["void"] = row["face"]
    row["closed_on"] = ctx.today
    bills.put(row["id"], row)
    emit("voided", {"bill": row["id"], "debtor": row["debtor"], "creditor": row["creditor"], "face": row["face"]})


def pay_by(row, content):
    """Let another bank pay a bill from now on: it is promised to that one, and counted there. row: the bill's."""
    count_to_pay(row, -1)
    row["paying_bank"] = content["to"]
    count_to_pay(row, 1)
    bills.put(row["id"], row)
    emit("paying_bank_changed", {"bill": row["id"], "from": content["from"], "to": content["to"]})


def add_invoices(row, content):
    """Let invoices come to a bill, and others leave it. row: the bill's. content: {"parts", "replaces"}."""
    row["invoices"] = invoke("invoice", "exchange", row, content["parts"], content["replaces"])
    bills.put(row["id"], row)
    emit("invoices_added", {"bill": row["id"], "amount": sum_of(content["parts"]), "currency": row["currency"]})


def lower_total(row, content):
    """Lower the total of an invoice behind a bill; answers what is occupied beyond it. row: the bill's."""
    lower = invoke("invoice", "lower", row, content["fingerprint"], content["new_total"], content["red"])
    row["invoices"] = lower["parts"]
    bills.put(row["id"], row)
    return lower["beyond"]


# --- money ------------------------------------------------------------------------------------------------------------
@internal("settlement")
def record_payment(bill, amount, value_date):
    """Add a receipt of the debtor's bank to what is settled.

    Overdue is judged by value date: if receipts in time cover the bill, an overdue that was recorded is rescinded.
    """
    row = bills.get(bill)
    row["settled"] += amount
    if value_date <= row["overdue_after"]:
        row["settled_in_time"] += amount
    end_if_paid(row, value_date)
    bills.put(bill, row)
    return outstanding_of(row)


@internal("settlement")
def take_payment_back(bill, amount, value_date):
    """Take a part of a reversed receipt off what is settled; answers what is owed."""
    row = bills.get(bill)
    row["settled"] -= amount
    if value_date <= row["overdue_after"]:
        row["settled_in_time"] -= amount
    if row["status"] == "settled":
        owe_again(row)
    bills.put(bill, row)
    return outstanding_of(row)


def owe_again(row):
    """A settled bill is active, due or overdue again, by what day it is. row: the bill's.

    Payable on Monday 2027-03-08, settled on Tuesday with money of Monday, reversed on Wednesday: overdue since Tuesday.
    """
    row["status"] = "active"
    row["closed_on"] = ""
    invoke("guarantee", "guaranteed_again", row["id"])
    count_to_pay(row, 1)
    if not row["pay_on_final"] and ctx.today < row["pay_on"]:
        compute_pay_date(row)
    due_on = max(row["pay_on"], left_alone_until())
    if ctx.today < due_on:
        agenda.put([due_on, "due", row["id"]], {"bill": row["id"], "step": "due"})
    else:
        fall_due(row)


def end_if_paid(row, value_date):
    """Settle a bill of which nothing is owed any more; one all of whose money came in time was never overdue.

    Overdue since Tuesday 2027-03-09; the bank reports on Wednesday what came on Monday 03-08, the last day in time:
    settled in time is the face, and the overdue is rescinded.
    """
    ended = row["diluted"] + row["void"]
    if row["overdue_on"] != "" and row["settled_in_time"] + ended == row["face"]:
        row["overdue_on"] = ""
        emit("overdue_rescinded", {"bill": row["id"], "debtor": row["debtor"], "value_date": value_date})
    if row["settled"] + ended == row["face"]:
        row["status"] = "settled"
        invoke("guarantee", "guaranteed_closed", row["id"])
        forget_pay_dates(row)
        count_to_pay(row, -1)
        row["closed_on"] = ctx.today
        emit("settled", {"bill": row["id"]})


# --- days -------------------------------------------------------------------------------------------------------------
@internal("governance")
def compute_pay_dates(year):
    """Compute pay_on again for bills that a newly decided year touches: a first lot now, others from tomorrow on."""
    if compute_some_pay_dates(year) == BILLS_AT_ONCE:
        plan_pay_dates(year)


@each_day("agenda")
def on_day(date, item, row):
    """What a day brings: a pending bill expires, an active one falls due, an unpaid one becomes overdue."""
    if row["step"] == "joint":
        joint = joints.get(row["joint"])
        if is_step(JOINT_STEPS, joint["status"], "lapsed"):
            end_joint(joint, "lapsed")
        return
    if row["step"] == "asked":
        return
    if row["step"] == "place":
        count_drafts(row["initiator"], row["other"], -row["places"])
        return
    if row["step"] == "calendar":
        done = compute_some_pay_dates(row["year"])
        if done == BILLS_AT_ONCE and row["number"] == STEPS_A_DAY:
            plan_pay_dates(row["year"])
        return
    bill = bills.get(row["bill"])
    resume_on = left_alone_until()
    if resume_on != "":
        put_off(bill, row["step"], resume_on)
    elif row["step"] == "expire":
        expire(bill)
    elif row["step"] == "due":
        fall_due(bill)
    elif row["step"] == "overdue":
        become_overdue(bill)


def answered_until():
    """The last day on which a bill that begins to wait today is answered: so many business days on.

    Of ten: issued on Monday 2027-03-01, answered until Monday 03-15.
    """
    horizon = horizons.get("answer")
    if horizon is None or horizon["today"] != ctx.today:
        days = parameter("pending_days")
        horizon = {"today": ctx.today, "until": invoke("calendar", "business_days_after", ctx.today, days)}
        horizons.put("answer", horizon)
    return horizon["until"]


def left_alone_until():
    """The date before which bills are left alone, because the network stood still for too long; "" if it did not."""
    gap = gaps.get("last")
    if gap is None:
        return ""
    resume_on = invoke("calendar", "business_days_after", gap["date"], 1)
    if ctx.today >= resume_on:
        return ""
    return resume_on


def put_off(bill, step, resume_on):
    """Let a step of a bill come when the network has been back for a business day: nobody could act before.

    step: "expire", "due" or "overdue". resume_on: date.
    """
    if step == "expire":
        if not pending(bill):
            return
        bill["expires_on"] = resume_on
        bills.put(bill["id"], bill)
    agenda.put([resume_on, step, bill["id"]], {"bill": bill["id"], "step": step})
    emit("left_alone", {"bill": bill["id"], "step": step, "until": resume_on})


def expire(bill):
    """End a bill that nobody confirmed, or accepted, in time (过期). bill: its row."""
    if pending(bill) and bill["expires_on"] <= ctx.today:
        free_draft(bill)
        end_before_acceptance(bill, "expired")
        emit("expired", {"bill": bill["id"]})


def fall_due(bill):
    """An active bill is due (到期) on its day of payment, overdue at once where days were skipped. bill: its row."""
    if bill["status"] != "active" or ctx.today < bill["pay_on"]:
        return
    bill["status"] = "due"
    emit("due", {"bill": bill["id"]})
    late_on = add_days(bill["overdue_after"], 1)
    if late_on <= ctx.today:
        become_overdue(bill)
        return
    bills.put(bill["id"], bill)
    agenda.put([late_on, "overdue", bill["id"]], {"bill": bill["id"], "step": "overdue"})


def become_overdue(bill):
    """A due bill is overdue (逾期) after its last value date in time. bill: its row.

    Payable on Monday 2027-03-08 without grace, unpaid: overdue from Tuesday 03-09 on.
    """
    if bill["status"] == "due" and ctx.today > bill["overdue_after"]:
        bill["status"] = "overdue"
        bill["overdue_on"] = add_days(bill["overdue_after"], 1)
        bills.put(bill["id"], bill)
        emit("overdue", {"bill": bill["id"], "debtor": bill["debtor"], "outstanding": outstanding_of(bill)})


# --- ends before acceptance, and counts -------------------------------------------------------------------------------
def close_before_acceptance(row, status):
    """End a bill that was not accepted, and forget the day on which it would have expired. row: the bill's."""
    agenda.delete([row["expires_on"], "expire", row["id"]])
    if ctx.party == row["initiator"] and not is_produced(row):
        keep_place(row)
    else:
        free_draft(row)
    end_before_acceptance(row, status)
    return {"bill": row["id"], "status": status}


def end_before_acceptance(row, status):
    """Every exit gives the invoices back. row: the bill's."""
    if row["status"] == "pending_accept":
        invoke("invoice", "release", row)
        invoke("guarantee", "guaranteed_closed", row["id"])
        count_to_pay(row, -1)
    forget_pay_dates(row)
    row["status"] = status
    row["closed_on"] = ctx.today
    bills.put(row["id"], row)


def count_to_pay(row, change):
    """Keep count of what a bank has promised to pay: it, or who succeeds it, is there until the last bill is closed."""
    bank = row["paying_bank"]
    to_pay.put(bank, {"count": counted(to_pay.get(bank), change)})


def free_draft(row):
    """Give the place of a bill among its initiator's drafts back, where it has one. row: the bill's."""
    if not is_produced(row):
        count_drafts(row["initiator"], other_than_initiator(row), -1)


def keep_place(row):
    """The place of a bill that its initiator takes back itself is free again tomorrow. row: the bill's."""
    other = other_than_initiator(row)
    item = [add_days(ctx.today, 1), "place", row["initiator"], other]
    places = places_kept(agenda.get(item))
    agenda.put(item, {"step": "place", "initiator": row["initiator"], "other": other, "places": places})


def count_drafts(initiator, other, change):
    """Keep count of the bills that a party issued and that wait, in all and for one other side: both are bounded."""
    bounds = [[initiator, "open_drafts"], [[initiator, other], "open_drafts_with"]]
    for bound in bounds:
        count = counted(open_drafts.get(bound[0]), change)
        if change > 0:
            most = parameter(bound[1])
            require(count <= most, "too_many_drafts", {"parameter": bound[1], "most": most})
        if count > 0:
            open_drafts.put(bound[0], {"count": count})
        else:
            open_drafts.delete(bound[0])


def pending(bill):
    """Say whether a bill waits for the debtor or for the creditor. bill: its row."""
    return bill["status"] in BILL_PENDING


# --- dates ------------------------------------------------------------------------------------------------------------
def set_pay_dates(row):
    """pay_on: due_on rolled to a business day; final once the years of both dates were decided.

    Due on Saturday 2027-03-06 with two business days of grace: payable on Monday 03-08, last offer on Friday 03-05,
    overdue after Wednesday 03-10.
    """
    pay_on = invoke("calendar", "business_day_from", row["due_on"])
    row["pay_on"] = pay_on
    row["last_offer_on"] = invoke("calendar", "business_day_before", pay_on)
    row["overdue_after"] = invoke("calendar", "business_days_after", pay_on, parameter("grace_business_days"))
    row["pay_on_final"] = True
    for year in undecided_years(row):
        row["pay_on_final"] = False
        provisional.put([year, row["id"]], {})


def forget_pay_dates(row):
    """What has ended waits for no calendar: whoever issues and withdraws would else fill the list before true bills."""
    if not row["pay_on_final"]:
        for year in undecided_years(row):
            provisional.delete([year, row["id"]])


def undecided_years(row):
    """The years of a bill's two dates that were not decided yet."""
    return invoke("calendar", "undecided_years", [row["due_on"], row["pay_on"]])


def compute_some_pay_dates(year):
    """Compute the dates of some bills again that waited for this year's calendar; answers for how many."""
    found = provisional.scan([year], BILLS_AT_ONCE)
    for entry in found:
        provisional.delete(entry[0])
        row = bills.get(entry[0][1])
        if pending(row) or row["status"] == "active":
            compute_pay_date(row)
    return len(found)


def compute_pay_date(row):
    """Compute the dates of one bill again; a day that is over becomes no day of payment. row: the bill's."""
    before = row["pay_on"]
    pay_on = invoke("calendar", "business_day_from", row["due_on"])
    if pay_on != before and pay_on <= ctx.today:  # a day that is over cannot become the day of payment
        return
    set_pay_dates(row)
    if pay_on != before:
        if row["status"] == "active":
            agenda.delete([before, "due", row["id"]])
            agenda.put([row["pay_on"], "due", row["id"]], {"bill": row["id"], "step": "due"})
        emit("pay_on_changed", {"bill": row["id"], "from": before, "to": row["pay_on"]})
    bills.put(row["id"], row)


def plan_pay_dates(year):
    """Leave the bills of a year that are too many for today to tomorrow, in STEPS_A_DAY steps."""
    tomorrow = add_days(ctx.today, 1)
    for number in range(1, STEPS_A_DAY + 1):
        agenda.put([tomorrow, "calendar", year, number], {"step": "calendar", "year": year, "number": number})


# --- guards -----------------------------------------------------------------------------------------------------------
def require_bill_step(row, act, then):
    """A bill stands where this act may bring it to `then`."""
    require(may_lead(BILL_STEPS, act, row, then), "bill_transition", {"from": row["status"], "to": then})


def require_bill(bill):
    """A bill that is there, in whatever state; answers its row."""
    row = bills.get(bill)
    require(row is not None, "bill_unknown")
    return row


def begun(bill, debtor, creditor, face, currency, due_on, terms, expires_on):
    """A new bill that waits from today on: its row before anybody confirmed it. terms: all of them, see issue.

    expires_on: the day on which it ends where nobody answers.
    """
    return {
        "id": bill,
        "debtor": debtor, "creditor": creditor, "initiator": debtor, "paying_bank": "",
        "face": face, "currency": currency, "settled": 0, "settled_in_time": 0, "diluted": 0, "void": 0,
        "issued_on": ctx.today, "due_on": due_on, "pay_on": due_on, "pay_on_final": False,
        "last_offer_on": "", "overdue_after": "", "confirmed_on": "", "accepted_on": "", "overdue_on": "",
        "closed_on": "", "expires_on": expires_on,
        "status": "pending_confirm",
        "terms": terms, "invoices": [], "contract_no": "", "delivered_on": "", "product": "", "event": "",
        "root_token": "",
        "created": {"height": ctx.height, "transaction": ctx.transaction},
        "confirmed": {"height": 0, "transaction": ""},
    }  # fmt: skip


def checked_deductions(parts, amount):
    """What comes off which invoice, and which red-letter note says so, in the order given; no invoice twice."""
    require(kind_of(parts) == "list" and len(parts) <= MOST_INVOICES, "too_many_invoices")
    checked = []
    seen = []
    for part in parts:
        require_fingerprint(part["fingerprint"])
        require(part["fingerprint"] not in seen, "invoice_named_twice", {"fingerprint": part["fingerprint"]})
        require_amount(part["amount"])
        red = part["red"] if "red" in part else ""
        if red != "":
            require_fingerprint(red)
        seen += [part["fingerprint"]]
        checked += [{"fingerprint": part["fingerprint"], "amount": part["amount"], "red": red}]
    require(sum_of(checked) <= amount, "parts_not_the_amount")
    return checked


def checked_invoices(invoices):
    """Parts of invoices behind a bill, as they are kept; none is named twice.

    invoices: [{"fingerprint", "amount", "total"}], minor units.
    """
    require(kind_of(invoices) == "list" and len(invoices) <= MOST_INVOICES, "too_many_invoices")
    parts = []
    seen = []
    for invoice in invoices:
        fingerprint = invoice["fingerprint"]
        require_fingerprint(fingerprint)
        require(fingerprint not in seen, "invoice_named_twice", {"fingerprint": fingerprint})
        require_amount(invoice["amount"])
        require_amount(invoice["total"])
        seen += [fingerprint]
        parts += [{"fingerprint": fingerprint, "amount": invoice["amount"], "total": invoice["total"]}]
    return parts
