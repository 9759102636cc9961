"""Pledges (质押): a holder secures a debt to a bank with tokens, and stays their holder.

No pledge stops a settlement: it changes who is paid (收款规则). The pledgee gets the low cents of what is paid on
pledged tokens, until it has what is secured; then the pledge is covered, and its lock stays until that money is paid
out and its receipt cannot be reversed any more. Enforcement (实现质权) is agreed after the debt was due, never
beforehand, and takes over cents of the nominal that is owed. A pledge keeps which cents it is on, and which live tokens
these are now.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    BILL_CIRCULATING,
    FREEZE_STANDING,
    LARGEST_AMOUNT,
    PLEDGE_STANDING,
    PLEDGE_STEPS,
    TOKEN_USABLE,
    counted,
    freezes_on,
    may_lead,
    parameter,
    require_able,
    require_active,
    require_active_bank,
    require_amount,
    require_capability,
    require_date,
    require_debtor_in_business,
    require_maker_and_checker,
    require_not_stopped,
    require_not_stopped_since,
    require_policy,
    require_reference,
    require_text,
    require_unlocked,
)

pledges = own_table("pledge")  # id -> pledge row
taken = own_table("taken")  # pledgee -> {"count"} of the pledges that it has and that are not over
agenda = own_table("agenda")
bills = read_table("bill", "bill")
tokens_read = read_table("token", "token")
parties = read_table("party", "party")
freezes_read = read_table("legal", "freeze")

MOST_PLEDGED = 20  # tokens of one pledge
MOST_PIECES_PLEDGED = 100  # what courts' orders cut them into


# --- making one -------------------------------------------------------------------------------------------------------
@call
def offer(tokens, pledgee, secured, due_on, contract_no):
    """Offer free tokens in pledge to a bank, for a debt that is due on a day (出质).

    tokens: 1 to 20 ids, of one currency. secured: minor units, up to which the pledgee is paid. contract_no: of the
    pledge contract, 1 to 64 characters. With it the holder agrees that the debtor may pay its bills early, and that
    what is paid on these cents then goes to the pledgee (CC 442, 445). The offer stands as long as one of a transfer.
    """
    many = kind_of(tokens) == "list" and 1 <= len(tokens) <= MOST_PLEDGED
    require(many, "too_many_to_pledge", {"most": MOST_PLEDGED})
    require_text(pledgee)
    require_amount(secured)
    require_date(due_on)
    require_reference(contract_no)
    rows = []
    for token in tokens:
        require_text(token)
        row = tokens_read.get(token)
        require(row is not None, "token_unknown")
        rows += [row]
    for row in rows:
        require(row["holder"] == ctx.party, "not_the_holder")
    sender = require_able(ctx.party)
    require_capability("maker")
    require_can_be_pledged(rows)
    require(due_on > ctx.today, "due_date_not_in_future", {"due_on": due_on})
    currency = rows[0]["currency"]
    for row in rows:
        require(row["currency"] == currency, "currencies_differ")
    require(pledgee != ctx.party, "recipient_is_the_sender")
    require_active_bank(pledgee)
    for row in rows:
        bill = bills.get(row["bill"])
        require(bill["debtor"] != pledgee, "pledgee_is_the_debtor", {"id": pledgee})
        require_debtor_in_business(bill)
    require_policy(sender, "pledge.offer", currency, secured)

    pledge = new_id("K")
    until = invoke("token", "offer_free", tokens, "", pledge, "")
    pledges.put(pledge, {
        "id": pledge,
        "holder": ctx.party,
        "pledgee": pledgee,
        "currency": currency,
        "secured": secured,
        "received": 0,
        "owed": 0,
        "due_on": due_on,
        "contract_no": contract_no,
        "registration": "",
        "ranges": ranges_of(rows),
        "tokens": tokens,
        "moves": [],
        "unpaid": 0,
        "final_on": "",
        "until": until,
        "status": "offered",
        "pledged_on": "",
        "ended_on": "",
        "accepted": {"height": 0, "transaction": ""},
        "ended": {"height": 0, "transaction": ""},
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    })  # fmt: skip
    plan(pledge, "offer", until)
    emit("pledge_offered", {"pledge": pledge, "holder": ctx.party, "pledgee": pledgee, "secured": secured})
    return {"pledge": pledge, "tokens": tokens, "until": until}


@call
def accept(pledge, registration):
    """Accept tokens in pledge as the bank to which they were offered.

    registration: reference of the legal registration (中登网), with which the pledge comes about (CC 445).
    """
    require_reference(registration)
    row = require_pledge(pledge)
    require(row["pledgee"] == ctx.party, "not_the_pledgee")
    bank = require_active(ctx.party)
    require_capability("maker")
    require_pledge_step(row, "pledge.accept", "active")
    require(ctx.today <= row["until"], "offer_lapsed", {"until": row["until"]})
    require_not_stopped_since(row["holder"], row["created"]["height"])
    for token in row["tokens"]:
        require_debtor_in_business(bills.get(tokens_read.get(token)["bill"]))
    require_policy(bank, "pledge.accept", row["currency"], row["secured"])
    forget(row, "offer")
    invoke("token", "take_in_pledge", row["tokens"], row["holder"], pledge)
    row["registration"] = registration
    row["pledged_on"] = ctx.today
    row["accepted"] = {"height": ctx.height, "transaction": ctx.transaction}
    row["until"] = ""
    row["status"] = "active"
    pledges.put(pledge, row)
    count_taken(row["pledgee"], 1)
    emit("pledged", {"pledge": pledge, "holder": row["holder"], "pledgee": ctx.party, "secured": row["secured"]})
    return {"pledge": pledge, "pledge_status": "active"}


@call
def reject(pledge, reason):
    """Refuse tokens that were offered in pledge; they are free again. Always open."""
    require_text(reason)
    row = require_pledge(pledge)
    require(row["pledgee"] == ctx.party, "not_the_pledgee")
    require_capability("maker")
    require_offered(row, "pledge.reject")
    end_offered(row, "pledgee", reason, False)
    return {"pledge": pledge, "pledge_status": row["status"]}


@call
def withdraw(pledge):
    """Take an offer in pledge back that was not accepted yet; the tokens are free again. Always open."""
    row = require_pledge(pledge)
    require(row["holder"] == ctx.party, "not_the_pledgor")
    require_capability("maker")
    require_offered(row, "pledge.withdraw")
    end_offered(row, "holder", "", True)
    return {"pledge": pledge, "pledge_status": row["status"]}


# --- ending one -------------------------------------------------------------------------------------------------------
@call
def release(pledge, secured):
    """Lower what a pledge secures as its pledgee; 0 ends it and frees its tokens (CC 436). Always open.

    secured: minor units, less than now. What was paid to the pledgee stays so: as much as it has received covers the
    pledge, which ends once that money is final.
    """
    require(kind_of(secured) == "int" and 0 <= secured <= LARGEST_AMOUNT, "amount_not_positive")
    row = require_pledge(pledge)
    require(row["pledgee"] == ctx.party, "not_the_pledgee")
    require_capability("maker")
    require_pledge_step(row, "pledge.release", "released")
    facts = {"secured": row["secured"], "received": row["received"], "currency": row["currency"]}
    require(secured < row["secured"], "amount_above_secured", facts)
    require_policy(parties.get(ctx.party), "pledge.release", row["currency"], row["secured"] - secured)
    row["secured"] = secured
    emit("pledge_released", {"pledge": pledge, "by": ctx.party, "secured": secured})
    freed = end_pledge(row, "released") if secured == 0 else bring_on(row)
    return {"pledge": pledge, "secured": secured, "pledge_status": row["status"], "tokens": freed}


@call
def enforce(pledge, owed):
    """Ask the holder, after the debt was due, to let cents of the nominal that is owed go to the pledgee (实现质权).

    owed: minor units, at most what is secured and not received. Open for as many business days as an offer.
    """
    require_amount(owed)
    row = require_pledge(pledge)
    require(row["pledgee"] == ctx.party, "not_the_pledgee")
    require_active(ctx.party)
    require_maker_and_checker()
    require_pledge_step(row, "pledge.enforce", "enforcing")
    for token in row["tokens"]:
        locks = tokens_read.get(token)["locks"]
        # frozen, too: a court or a settlement decides
        require(len(locks) == 1, "token_locked", {"token": token, "locks": locks})
    require(ctx.today > row["due_on"], "pledge_not_due", {"due_on": row["due_on"]})
    facts = {"secured": row["secured"], "received": row["received"], "currency": row["currency"]}
    require(owed <= row["secured"] - row["received"], "amount_above_secured", facts)
    row["owed"] = owed
    row["status"] = "enforcing"
    row["until"] = invoke("calendar", "business_days_after", ctx.today, parameter("offer_business_days"))
    pledges.put(pledge, row)
    plan(pledge, "enforcement", row["until"])
    emit("enforcement_asked", {"pledge": pledge, "by": ctx.party, "holder": row["holder"], "owed": owed})
    return {"pledge": pledge, "pledge_status": "enforcing", "until": row["until"]}


@call
def agree_enforcement(pledge):
    """Agree as the holder: cents of what is owed go to the pledgee, by due date, then lo; the rest is free (CC 438).

    What the debtor paid the pledgee since it asked counts as paid. Owed 60 of [0, 100): [0, 60) is the pledgee's.
    What a court gave to somebody else, the pledge still on it, is not the pledgor's to give away.
    """
    row = require_pledge(pledge)
    require(row["holder"] == ctx.party, "not_the_pledgor")
    for token in row["tokens"]:
        require(tokens_read.get(token)["holder"] == ctx.party, "not_the_holder", {"token": token})
    sender = require_able(ctx.party)
    require_capability("maker")
    require_pledge_step(row, "pledge.agree_enforcement", "enforced")
    require(ctx.today <= row["until"], "offer_lapsed", {"until": row["until"]})
    require_not_stopped(row["pledgee"])
    row["owed"] = min(row["owed"], row["secured"] - row["received"])
    require_policy(sender, "pledge.agree_enforcement", row["currency"], row["owed"])
    moved = take_owed(row)
    freed = end_pledge(row, "enforced")
    emit("enforced", {"pledge": pledge, "holder": ctx.party, "pledgee": row["pledgee"], "tokens": moved})
    return {"pledge": pledge, "pledge_status": "enforced", "moved": moved, "freed": freed}


@call
def refuse_enforcement(pledge):
    """Refuse as the holder; the pledge stays as it was, and a court or a settlement decides. Always open."""
    row = require_pledge(pledge)
    require(row["holder"] == ctx.party, "not_the_pledgor")
    require_capability("maker")
    require_pledge_step(row, "pledge.refuse_enforcement", "active")
    end_enforcement(row, "holder")
    return {"pledge": pledge, "pledge_status": row["status"]}


# --- what a settlement decides, and days ------------------------------------------------------------------------------
@internal("settlement")
def tokens_paid(told):
    """Cents of these tokens were paid, low ones to the pledgee: an offer ends, a pledge has received so much more.

    told: {"pledge", "received" in minor units, "payments" that the pledgee waits for, "replaced": [[token, rest]],
    "frozen": [{"holder", "amount", "freezes"}]}, what of it was frozen, see move_freezes.
    """
    row = pledges.get(told["pledge"])
    row["tokens"] = present(row["tokens"], told["replaced"])
    if row["status"] == "offered":
        end_offered(row, "bill_paid", "", False)
        return
    row["received"] += told["received"]
    row["unpaid"] += told["payments"]
    for one in told["frozen"]:
        add_move(row, one)
    if told["payments"] > 0:
        row["final_on"] = invoke("calendar", "business_days_after", ctx.today, 1)
        plan(row["id"], "covered", row["final_on"])
    bring_on(row)


@internal("settlement")
def payment_changed(pledge, received, unpaid):
    """A payment to the pledgee came back, was made again, or reached it. received, unpaid: changes of both."""
    row = pledges.get(pledge)
    row["received"] += received
    row["unpaid"] += unpaid
    bring_on(row)


@internal("legal")
def frozen(pledge):
    """A court froze a token of a pledge: an offer is over, and an enforcement too; an accepted pledge stays."""
    row = pledges.get(pledge)
    if row["status"] == "offered":
        end_offered(row, "freeze", "", False)
    elif row["status"] == "enforcing":
        end_enforcement(row, "freeze")


@internal("legal")
def tokens_cut(pledge, token, into):
    """A token of a pledge was cut or given on for a court's order: these took its place."""
    row = pledges.get(pledge)
    row["tokens"] = cut_into(row["tokens"], token, into)
    require(len(row["tokens"]) <= MOST_PIECES_PLEDGED, "too_many_freezes", {"most": MOST_PIECES_PLEDGED})
    pledges.put(pledge, row)


@internal("legal")
def tokens_joined(pledge, token):
    """Tokens of a pledge that orders had cut are one again, since these are over: it takes their place."""
    row = pledges.get(pledge)
    found = []
    for one in row["tokens"]:
        now = one if tokens_read.get(one)["status"] in TOKEN_USABLE else token
        if now not in found:
            found += [now]
    row["tokens"] = found
    pledges.put(pledge, row)


@internal("settlement")
def tokens_back(pledge, received, unpaid, tokens, frozen_cents):
    """A receipt was reversed (冲正): its payments to the pledgee are cancelled, and these tokens are locked again.

    received, unpaid: changes of both; frozen_cents: what of it was frozen, amounts below 0. What had ended because no
    cents were left, or with an enforcement, stands again; of the latter as much is secured as was not enforced. Secured
    250, enforced 150: 100.
    """
    row = pledges.get(pledge)
    row["received"] += received
    row["unpaid"] += unpaid
    for one in frozen_cents:
        add_move(row, one)
    if len(tokens) > 0:
        if row["status"] not in PLEDGE_STANDING:
            stand_again(row)
        row["tokens"] = live_among(row["tokens"]) + tokens
    bring_on(row)


@each_day("agenda")
def on_day(date, item, row):
    """The day after: an offer or an enforcement that nobody answered ends; what covers a pledge has become final."""
    found = pledges.get(row["pledge"])
    if row["step"] == "offer" and found["status"] == "offered" and found["until"] < ctx.today:
        end_offered(found, "time", "", False)
    elif row["step"] == "enforcement" and found["status"] == "enforcing" and found["until"] < ctx.today:
        end_enforcement(found, "time")
    elif row["step"] == "covered":
        bring_on(found)


# --- steps ------------------------------------------------------------------------------------------------------------
def bring_on(row):
    """Bring a pledge to where its money has it, and keep it; answers the tokens that this frees.

    Covered once the pledgee has what is secured; paid once all that money was paid out, after the last day on which its
    receipts could be reversed; active again if it came back; ended where no cents are left.
    """
    if row["status"] not in PLEDGE_STANDING:
        pledges.put(row["id"], row)
        return []
    covered = row["received"] >= row["secured"]
    final = row["unpaid"] == 0 and row["final_on"] < ctx.today
    if covered and final:
        return end_pledge(row, "paid")
    if not covered and len(row["tokens"]) == 0:
        return end_pledge(row, "ended")
    if covered and row["status"] != "covered":
        if row["status"] == "enforcing":
            end_enforcement(row, "covered")
        row["status"] = "covered"
        emit("pledge_covered", {"pledge": row["id"], "received": row["received"]})
    elif row["status"] == "covered" and not covered:
        row["status"] = "active"
        emit("pledge_reopened", {"pledge": row["id"], "received": row["received"]})
    pledges.put(row["id"], row)
    return []


def end_pledge(row, status):
    """End a pledge that was accepted; answers the tokens that are free of it now."""
    if row["status"] == "enforcing":
        forget(row, "enforcement")
    row["status"] = status
    freed = []
    if len(row["tokens"]) > 0:
        move_freezes(row)
        freed = invoke("token", "free_of_pledge", row["tokens"])
    close(row)
    count_taken(row["pledgee"], -1)
    if status in ("paid", "ended"):
        emit("pledge_ended", {"pledge": row["id"], "status": status, "by": "bill_paid", "reason": ""})
    return freed


def add_move(row, one):
    """Keep how many cents of a holder its pledgee was paid under the same freezes. one: as told in tokens_paid."""
    names = []
    for entry in one["freezes"]:
        names += [entry["freeze"]]
    if "moves" not in row:
        row["moves"] = []
    for move in row["moves"]:
        if move["holder"] == one["holder"] and move["freezes"] == names:
            move["amount"] += one["amount"]
            return
    if len(names) > 0:
        row["moves"] += [{"holder": one["holder"], "freezes": names, "amount": one["amount"]}]


def move_freezes(row):
    """Let freezes go on, on as many cents that this pledge frees as its pledgee was paid of the holder's frozen ones.

    From the high end, on what is not frozen itself; what has ended meanwhile does not move. Paid 75 of [350, 475), and
    [175, 350) is freed: [275, 350) is frozen. row: the pledge's; its tokens are cut.
    """
    for move in row["moves"] if "moves" in row else []:
        locks = locks_of(move["freezes"])
        left = move["amount"] if len(locks) > 0 else 0
        places = []
        for token in row["tokens"]:
            one = tokens_read.get(token)
            if len(freezes_on(one)) == 0 and one["holder"] == move["holder"]:
                places += [[-one["lo"], token]]
        for place in sorted(places):
            one = tokens_read.get(place[1])
            size = one["hi"] - one["lo"]
            name = place[1]
            if 0 < left < size:
                pieces = invoke("token", "cut_by_law", name, size - left)
                row["tokens"] = cut_into(row["tokens"], name, pieces)
                name = pieces[1]
            if left > 0:
                invoke("token", "keep_locks", name, one["locks"] + locks)
                left -= min(left, size)
        if len(locks) > 0:
            move["moved"] = move["amount"] - left


@internal("settlement")
def locks_of(freezes):
    """The locks of those of these freezes that stand, in order; the first runs as it does elsewhere, or from today."""
    locks = []
    for freeze in freezes:
        one = freezes_read.get(freeze)
        if one["status"] in FREEZE_STANDING and not one["over"]:
            lock = {"kind": "frozen", "ref": freeze, "since": "", "height": ctx.height, "until": ""}
            if len(locks) == 0:
                lock["since"] = ctx.today if one["since"] == "" else one["since"]
                lock["until"] = add_days(ctx.today, one["days"]) if one["until"] == "" else one["until"]
            locks += [lock]
    return locks


def cut_into(tokens, token, into):
    """Tokens with those that one of them was cut into in its place."""
    found = []
    for one in tokens:
        found += into if one == token else [one]
    return found


def take_owed(row):
    """Give the pledgee cents of nominal `owed`, and leave the row's other tokens; answers those that it has now.

    By due date, then lo; of the last token the low end (依法切分), smaller than `min_split` too. The tier stays (承接);
    a bank that holds what was never financed has it as its financed tier.
    """
    places = []
    for token in row["tokens"]:
        one = tokens_read.get(token)
        places += [[bills.get(one["bill"])["due_on"], one["lo"], token]]
    owed = row["owed"]
    moved = []
    left = []
    for place in sorted(places):
        token = place[2]
        one = tokens_read.get(token)
        if owed > 0 and owed < one["hi"] - one["lo"]:
            pieces = invoke("token", "cut_by_law", token, owed)
            token = pieces[0]
            left += [pieces[1]]
        if owed > 0:
            part = min(owed, one["hi"] - one["lo"])
            owed -= part
            if one["financing"] != "":
                invoke("finance", "bank_lost", one["financing"], part)
            invoke("write_off", "cents_given", token)
            moved += [invoke("token", "take_over", token, row["pledgee"], "enforce", {}, [])]
        else:
            left += [token]
    row["tokens"] = left
    return moved


def stand_again(row):
    """A pledge that was over stands again: cents that it was on are live. row: the pledge's."""
    if row["status"] == "enforced":
        row["secured"] -= row["owed"]
    row["owed"] = 0
    row["status"] = "active"
    row["ended_on"] = ""
    row["ended"] = {"height": 0, "transaction": ""}
    count_taken(row["pledgee"], 1)
    emit("pledge_reopened", {"pledge": row["id"], "received": row["received"]})


def end_offered(row, by, reason, taken_back):
    """End a pledge that was offered, and free its tokens. by: "pledgee", "holder", "time", "bill_paid" or "freeze"."""
    forget(row, "offer")
    invoke("token", "end_offer", row["tokens"], len(row["ranges"]), row["holder"], taken_back)
    row["status"] = "ended"
    close(row)
    emit("pledge_ended", {"pledge": row["id"], "status": "ended", "by": by, "reason": reason})


def close(row):
    """Keep a pledge that is over: it locks nothing any more, and nobody answers it."""
    row["tokens"] = []
    row["until"] = ""
    row["ended_on"] = ctx.today
    row["ended"] = {"height": ctx.height, "transaction": ctx.transaction}
    pledges.put(row["id"], row)


def end_enforcement(row, by):
    """End an enforcement to which the holder did not agree; the pledge stands as before."""
    forget(row, "enforcement")
    row["status"] = "active"
    row["owed"] = 0
    row["until"] = ""
    pledges.put(row["id"], row)
    emit("enforcement_refused", {"pledge": row["id"], "by": by})


def plan(pledge, step, until):
    """Have a pledge looked at on the day after the last one of an offer, an enforcement, or a reversal."""
    agenda.put([add_days(until, 1), step, pledge], {"pledge": pledge, "step": step})


def forget(row, step):
    """A pledge is not looked at any more on the day after its last one. row: the pledge's."""
    agenda.delete([add_days(row["until"], 1), step, row["id"]])


def count_taken(pledgee, change):
    """Keep count of the pledges that a bank has: it is not closed before they are over."""
    count = counted(taken.get(pledgee), change)
    if count > 0:
        taken.put(pledgee, {"count": count})
    else:
        taken.delete(pledgee)


def present(tokens, pairs):
    """Tokens after some were paid: in the place of each its rest, or nothing. pairs: [[token, rest or ""]]."""
    found = []
    for token in tokens:
        now = token
        for pair in pairs:
            if pair[0] == token:
                now = pair[1]
        if now != "":
            found += [now]
    return found


def live_among(tokens):
    """Those of these tokens that live: what was put together with others is gone."""
    found = []
    for token in tokens:
        if tokens_read.get(token)["status"] in TOKEN_USABLE:
            found += [token]
    return found


def ranges_of(rows):
    """Which cents tokens are: [{"bill", "lo", "hi"}], in their order."""
    ranges = []
    for row in rows:
        ranges += [{"bill": row["bill"], "lo": row["lo"], "hi": row["hi"]}]
    return ranges


# --- guards -----------------------------------------------------------------------------------------------------------
def require_can_be_pledged(rows):
    """Free tokens, each once, of bills whose tokens may be offered today. rows: theirs."""
    for row in rows:
        require(row["status"] in TOKEN_USABLE, "token_already_used", {"status": row["status"]})
        bill = bills.get(row["bill"])
        require(bill["status"] in BILL_CIRCULATING, "bill_not_active", {"status": bill["status"]})
    named = []
    for row in rows:
        require_unlocked(row)
        require(row["id"] not in named, "token_named_twice")
        named += [row["id"]]
    for row in rows:
        last = bills.get(row["bill"])["last_offer_on"]
        require(ctx.today <= last, "too_close_to_payment", {"last_offer_on": last})


def require_pledge(pledge):
    """A pledge that is there, in whatever state; answers its row."""
    row = pledges.get(pledge)
    require(row is not None, "pledge_unknown")
    return row


def require_pledge_step(row, act, then):
    """A pledge stands where this act may bring it to `then`."""
    require(may_lead(PLEDGE_STEPS, act, row, then), "pledge_transition", {"from": row["status"], "to": then})


def require_offered(row, act):
    """A pledge that waits for its pledgee."""
    require_pledge_step(row, act, "ended")
