"""Orders of courts and authorities (法律文书): a freeze, its renewal and release, and a forced transfer.

A bank that assists (协助执行行) enters what the paper says. A freeze acts at once, everything that gives somebody money
or cents at ratification by a second bank, and what nobody ratifies within 72 hours is as if it had never been. A freeze
bars its holder and stops no settlement: what is paid on frozen cents is set aside (留存). Several freezes on the same
cents stand in the order in which they were entered: the first is in force, the others wait (轮候) and come into force
by themselves, piece by piece. What a freeze is on now is found by its id: live tokens, and money that is set aside.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    FREEZE_IN_FORCE,
    FREEZE_STANDING,
    LARGEST_AMOUNT,
    LEGAL_ORDER_STANDING,
    LEGAL_ORDER_STEPS,
    TOKEN_USABLE,
    WHOLE,
    counted,
    freezes_on,
    may_lead,
    parameter,
    paying_bank_of,
    pledge_of,
    replaced_by,
    require_active,
    require_amount,
    require_bank,
    require_date,
    require_digest,
    require_fields,
    require_maker_and_checker,
    require_not_stopped_since,
    require_reference,
    require_text,
    successor_of,
)

orders = own_table("order")  # id -> order row
freezes = own_table("freeze")  # id -> freeze row
used = own_table("used")  # digest of authority, number, kind and items -> {"order"}
failed = own_table("failed")  # [bank, bill, holder] -> {"until"}: its freeze of this was not ratified
open_orders = own_table("open_orders")  # bank -> {"count"} of the orders that it entered and that wait
agenda = own_table("agenda")
bills = read_table("bill", "bill")
tokens_read = read_table("token", "token")
frozen = read_table("token", "frozen")
held = read_table("settlement", "held")
payments = read_table("settlement", "payment")
requests_read = read_table("finance", "request")
pledges_read = read_table("pledge", "pledge")
parties = read_table("party", "party")
validators_read = read_table("governance", "validator")

MOST_ITEMS = 100
MOST_FREEZES = 20  # on one token
MOST_DAYS = 1095  # three years (CP 485)
MOST_PAPERS = 2  # the ruling, and the notice to assist
MOST_STANDING = 500  # what ends when an order is entered: requests with their quotes, pledges with their tokens
MOST_LIFTED = 200  # pieces that one run looks at or frees, of all its freezes; the rest follows on the next day
MOST_NODES = 500
DAYS_WITHOUT_FREEZE = 7  # in which a bank freezes nothing again that no second bank ratified


# --- acts -------------------------------------------------------------------------------------------------------------
@call
def order(kind, authority, number, documents, issued_on, items, days, beneficiary, account):
    """Enter an order as the bank that assists: bank that pays the bill, or the holder's sponsor. Two people.

    kind: "freeze" (冻结), "renew" (续冻), "release" (解冻) or "transfer" (司法划转). documents: digests of one or two
    papers, the ruling (裁定书) and the notice to assist (协助执行通知书). items: 1 to 100 of
      freeze: {"token", "amount"} or {"token", "percent", "up"}: the high cents of a live token; days 1 to 1,095.
        percent in 1/10,000 of a percent; up: whether a broken cent is rounded up. It acts at once.
      renew: {"freeze"} in force; days from today. It acts at once, and never shortens.
      release: {"freeze", "amount"}, 0 for all, low end first; at ratification.
      transfer: {"freeze", "amount"} in force, 0 for all, high end first, at ratification; or {"token", "amount"} with
        days: that freezes at once, and what is in force is transferred at ratification.
    beneficiary: of a transfer, a party of the ledger; or "" and account, the digest of an account outside, which only
    money takes that is set aside. Else both "", and days 0 where there is no freeze to run.
    """
    require_paper(authority, number, documents, issued_on)
    require_items(kind, items, days)
    require_beneficiary(kind, beneficiary, account)
    places = []
    for item in items:
        places += [place_of(item)]
    require_may_assist(places, beneficiary, "")
    require_active(ctx.party)
    require_maker_and_checker()
    require_places(kind, places)
    require(issued_on <= ctx.today, "order_in_future", {"today": ctx.today})
    if beneficiary != "":
        require_can_take(places, beneficiary)
    amounts = []
    for number_of, item in enumerate(items):
        amounts += [amount_of(kind, item, places[number_of])]
    content = digest([authority, number, kind, items])
    require_not_used(used.get(content))
    require_little_standing(places)

    count_orders(ctx.party, 1)
    entered = new_order(kind, [authority, number, documents, issued_on], days, beneficiary, account)
    used.put(content, {"order": entered["id"]})
    made = []
    if "token" in items[0]:
        made = freeze_tokens(entered, places, amounts)
    entered["items"] = items_kept(places, amounts, made)
    entered["concerned"] = concerned(places)
    entered["freezes"] = made
    if kind == "renew":
        for place in places:
            renew_until(place["freeze"], entered)
    orders.put(entered["id"], entered)
    plan(add_days(entered["until"], 1), "order", entered["id"])
    emit("ordered", {"order": entered["id"], "kind": kind, "by": ctx.party, "until": entered["until"]})
    return {"order": entered["id"], "freezes": made, "until": entered["until"]}


@call
def ratify(order):
    """Ratify another bank's order as the second bank (复核行): what it froze stays, what it gives is given now.

    Second is a bank of another house, which is neither holder, pledgee nor beneficiary.
    """
    entered = require_second(order)
    require_active(ctx.party)
    require_maker_and_checker()
    require_legal_step(entered, "legal.ratify", "ratified")
    until = add_days(end_today(entered)["acts_on"], -1)
    require(ctx.today <= until, "order_over", {"until": until})
    require_not_stopped_since(entered["by"], entered["created"]["height"])
    entered["status"] = "ratified"
    entered["second"] = ctx.party
    entered["ratified_on"] = ctx.today
    close(entered)
    done = take_effect(entered)
    emit("ratified", {"order": order, "kind": entered["kind"], "second": ctx.party})
    return {"order": order, "order_status": "ratified", "tokens": done["tokens"], "payments": done["payments"]}


@call
def refuse(order, reason):
    """Refuse another bank's order as the second bank: it is as if it had never been. Two people. Always open.

    What it ended, an offer or a request, stays ended.
    """
    require_text(reason)
    entered = require_second(order)
    require_maker_and_checker()
    require_legal_step(entered, "legal.refuse", "refused")
    entered["second"] = ctx.party
    emit("order_refused", {"order": order, "kind": entered["kind"], "by": ctx.party, "reason": reason})
    undo(entered, "refused")
    return {"order": order, "order_status": "refused"}


# --- days -------------------------------------------------------------------------------------------------------------
@each_day("agenda")
def on_day(date, item, row):
    """Let an order lapse that nobody ratified in time, or free what a freeze is on that has run out.

    Not while days are left of an order on which the network stood still. What a late day change has not freed yet is
    set aside if it is paid meanwhile, and instructed once it is free.
    """
    if row["step"] == "order":
        entered = orders.get(row["id"])
        later = end_today(entered)
        if later["acts_on"] > ctx.today:
            entered["until"] = add_days(later["acts_on"], -1)
            entered["allowed_ms"] = later["allowed_ms"]
            orders.put(entered["id"], entered)
            plan(later["acts_on"], "order", entered["id"])
            emit("order_put_off", {"order": entered["id"], "until": entered["until"]})
        else:
            emit("order_lapsed", {"order": entered["id"], "kind": entered["kind"], "by": entered["by"]})
            undo(entered, "lapsed")
        return
    found = freezes.get(row["id"])
    if found["status"] in FREEZE_STANDING:
        lift_due(found, MOST_LIFTED)


def end_today(entered):
    """When an order that waits has lapsed, as things stand today: {"acts_on", "allowed_ms"}."""
    return invoke("calendar", "after_standstill", add_days(entered["until"], 1), entered["allowed_ms"])


def plan(date, step, name):
    """Have an order or a freeze looked at on a day."""
    agenda.put([date, step, name], {"step": step, "id": name})


# --- what an order does -----------------------------------------------------------------------------------------------
def new_order(kind, papers, days, beneficiary, account):
    """The row of a new order, not stored. papers: [authority, number, documents, issued_on]."""
    return {
        "id": new_id("O"),
        "kind": kind,
        "authority": papers[0],
        "number": papers[1],
        "documents": papers[2],
        "issued_on": papers[3],
        "by": ctx.party,
        "second": "",
        "items": [],
        "freezes": [],
        "concerned": [],
        "days": days,
        "beneficiary": beneficiary,
        "account": account,
        "entered_on": ctx.today,
        "ratified_on": "",
        "until": invoke("calendar", "end_of_72_hours", ctx.today),
        "allowed_ms": invoke("calendar", "stood_ms"),
        "status": "entered",
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    }


def items_kept(places, amounts, made):
    """What an order is on, as it is kept: [{"freeze", "token", "bill", "currency", "amount"}].

    token: the one that was named, "" of an item that names a freeze. amount: minor units, 0 for all of a freeze.
    """
    kept = []
    for number, place in enumerate(places):
        kept += [{
            "freeze": made[number] if len(made) > 0 else place["freeze"],
            "token": place["token"],
            "bill": place["bill"],
            "currency": place["currency"],
            "amount": amounts[number],
        }]  # fmt: skip
    return kept


def concerned(places):
    """The holders, pledgees and paying banks of what an order is on, each once: they see it."""
    found = []
    for place in places:
        for party in (place["holder"], place["pledgee"], paying_bank_of(bills.get(place["bill"]))):
            if party != "" and party not in found:
                found += [party]
    return found


def close(entered):
    """Keep an order that waits for nobody any more, and give its place back."""
    count_orders(entered["by"], -1)
    agenda.delete([add_days(entered["until"], 1), "order", entered["id"]])
    orders.put(entered["id"], entered)


def count_orders(bank, change):
    """Keep count of the orders of a bank that wait for a second one, up to a governed number."""
    count = counted(open_orders.get(bank), change)
    if change > 0:
        most = parameter("open_orders")
        require(count <= most, "too_many_orders", {"most": most})
    if count > 0:
        open_orders.put(bank, {"count": count})
    else:
        open_orders.delete(bank)


def undo(entered, status):
    """End an order that was not ratified, and what it did at once. status: "refused" or "lapsed"."""
    entered["status"] = status
    close(entered)
    until = add_days(ctx.today, DAYS_WITHOUT_FREEZE)
    for freeze in entered["freezes"]:
        row = freezes.get(freeze)
        failed.put([entered["by"], row["bill"], row["holder"]], {"until": until})
    lift_all(entered["freezes"])
    room = MOST_LIFTED
    if entered["kind"] == "renew":
        for item in entered["items"]:
            row = freezes.get(item["freeze"])
            if row["renewal"] == entered["id"]:
                row["renewal"] = ""
                row["renewed_until"] = ""
                freezes.put(row["id"], row)
                room -= lift_due(row, room)


def take_effect(entered):
    """Do what an order does at its ratification; answers {"tokens", "payments"} that went to its beneficiary."""
    done = {"tokens": [], "payments": []}
    released = []
    room = MOST_LIFTED
    for item in entered["items"]:
        row = freezes.get(item["freeze"])
        if entered["kind"] == "renew" and row["renewal"] == entered["id"] and row["status"] in FREEZE_STANDING:
            room -= renew(row, room)
        elif entered["kind"] == "release" and row["status"] in FREEZE_STANDING:
            if item["amount"] == 0:
                released += [row["id"]]
            else:
                room -= release_cents(row, item["amount"], room)
        elif entered["kind"] == "transfer" and row["status"] in FREEZE_STANDING:
            room -= transfer_cents(entered, row, item["amount"], done, room)
    lift_all(released)
    return done


# --- freezes ----------------------------------------------------------------------------------------------------------
def freeze_tokens(entered, places, amounts):
    """Freeze the high cents of tokens; answers the freezes. What else stood on these tokens ends, but for a pledge.

    All are locked whole before anything ends: so nothing that an end frees is joined with them.
    """
    made = []
    for number, place in enumerate(places):
        made += [freeze_whole(entered, place, amounts[number])]
    pledges = []
    for place in places:
        for lock in place["locks"]:
            if lock["kind"] == "in_finance":
                invoke("finance", "end_by_order", lock["ref"])
        if place["pledged_to"] != "" and place["pledged_to"] not in pledges:
            pledges += [place["pledged_to"]]
            invoke("pledge", "frozen", place["pledged_to"])
    for number, place in enumerate(places):
        narrow(freezes.get(made[number]), place["token"])
    return made


def freeze_whole(entered, place, amount):
    """Make a freeze on the highest `amount` cents of a token, and lock all of it at first; answers its id."""
    token = tokens_read.get(place["token"])
    waits = len(freezes_on(token)) > 0
    until = add_days(ctx.today, entered["days"])
    row = {
        "id": new_id("F"),
        "order": entered["id"],
        "bill": token["bill"],
        "currency": token["currency"],
        "holder": token["holder"],
        "pledgee": place["pledgee"],
        "lo": token["hi"] - amount,
        "hi": token["hi"],
        "days": entered["days"],
        "since": "" if waits else ctx.today,
        "until": "" if waits else until,
        "renewal": "",
        "renewed_until": "",
        "runs_until": "",
        "over": False,
        "status": "waiting" if waits else "in_force",
        "ended_on": "",
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    }
    freezes.put(row["id"], row)
    plan(add_days(until, 1), "freeze", row["id"])
    kept = []
    for lock in token["locks"]:
        if token["offered_to"] == "" or lock["kind"] != "offered":
            kept += [lock]
    lock = {"kind": "frozen", "ref": row["id"], "since": row["since"], "height": ctx.height, "until": row["until"]}
    invoke("token", "keep_locks", place["token"], kept + [lock])
    emit("frozen", {
        "freeze": row["id"], "order": entered["id"], "holder": row["holder"], "amount": amount, "status": row["status"]
    })  # fmt: skip
    return row["id"]


def narrow(row, token):
    """Cut off what is below the cents of a freeze, and free that of it."""
    found = tokens_read.get(token)
    if found["lo"] < row["lo"]:
        low = cut_off(found, row["lo"] - found["lo"])[0]
        keep_without(tokens_read.get(low), row["id"])


def cut_off(token, amount):
    """Cut the lowest `amount` cents off a token, and tell its pledge; answers [low, high], ids. token: its row."""
    pieces = invoke("token", "cut_by_law", token["id"], amount)
    pledge = pledge_of(token)
    if pledge != "":
        invoke("pledge", "tokens_cut", pledge, token["id"], pieces)
    return pieces


def keep_without(token, freeze):
    """Take one freeze off a token and let the next one come into force. token: its row.

    What no freeze is on any more is joined with its neighbours: free ones, or those of the same pledge.
    """
    locks = []
    first = True
    for lock in token["locks"]:
        if lock["kind"] == "frozen" and lock["ref"] != freeze:
            if first and lock["since"] == "":
                turned = come_into_force(lock["ref"])
                lock["since"] = turned["since"]
                lock["until"] = turned["until"]
            first = False
        if lock["kind"] != "frozen" or lock["ref"] != freeze:
            locks += [lock]
    invoke("token", "keep_locks", token["id"], locks)
    if not first:
        return
    joined = invoke("token", "free_by_law", token["id"])
    if len(locks) > 0 and joined != token["id"]:
        invoke("pledge", "tokens_joined", locks[0]["ref"], joined)


def keep_money_without(payment, freeze):
    """Take one freeze off money that is set aside, likewise; without any it is instructed. payment: its row."""
    kept = []
    for entry in payment["freezes"]:
        if entry["freeze"] != freeze:
            turns = len(kept) == 0 and entry["since"] == ""
            kept += [come_into_force(entry["freeze"]) if turns else entry]
    invoke("settlement", "keep_freezes", payment["bill"], payment["token"], kept)


def come_into_force(freeze):
    """A freeze that waited is the first on a piece now: there it runs its own days from today (SR 26).

    Answers {"freeze", "since", "until"} of this piece.
    """
    row = freezes.get(freeze)
    until = add_days(ctx.today, row["days"])
    if row["status"] == "waiting":
        row["status"] = "in_force"
        row["since"] = ctx.today
        emit("freeze_in_force", {"freeze": freeze, "holder": row["holder"], "until": until})
    row["until"] = max(row["until"], until)
    freezes.put(freeze, row)
    plan(add_days(until, 1), "freeze", freeze)
    return {"freeze": freeze, "since": ctx.today, "until": until}


def lift_due(row, room):
    """Free of a freeze what it has run out on, and end it where nothing is left; answers how many pieces it looked at.

    One that waits is looked at again after as many days as it would run: all its cents may have been paid to a pledgee.
    row: the freeze's. room: the most pieces to look at; where there are as many, it is looked at again tomorrow.
    """
    renewed = row["renewal"] != "" and row["renewed_until"] >= ctx.today
    renewed = renewed or runs_until(row) >= ctx.today
    pieces = some_pieces(row["id"], room)
    for piece in pieces:
        if row["status"] == "waiting" and piece["until"] != "":
            wake(row, piece["until"])
        ran_out = piece["until"] != "" and piece["until"] < ctx.today and not renewed
        if row["over"] or ran_out:
            lift(row["id"], piece)
    end_or_keep(freezes.get(row["id"]), len(pieces) == room)
    return len(pieces)


def wake(row, until):
    """A freeze that waited is the first on cents that a pledge set free, and runs there until a day: it is in force."""
    row["status"] = "in_force"
    row["since"] = add_days(until, -row["days"])
    row["until"] = until
    freezes.put(row["id"], row)
    emit("freeze_in_force", {"freeze": row["id"], "holder": row["holder"], "until": until})
    if until >= ctx.today:
        plan(add_days(until, 1), "freeze", row["id"])


def lift_all(names):
    """End freezes on everything that they are on, live cents first, so that nothing more is set aside under them.

    What one run does not free follows on the next days, freeze by freeze. names: the freezes, of one order.
    """
    over = []
    for freeze in names:
        row = freezes.get(freeze)
        if row["status"] in FREEZE_STANDING:
            row["over"] = True
            freezes.put(freeze, row)
            over += [freeze]
    room = MOST_LIFTED
    for freeze in over:
        for piece in live_pieces(freeze, room):
            lift(freeze, piece)
            room -= 1
    for freeze in over:
        for piece in money_pieces(freeze, room):
            lift(freeze, piece)
            room -= 1
    for freeze in over:
        end_or_keep(freezes.get(freeze), True)


def lift(freeze, piece):
    """Take a freeze off one piece. piece: see pieces_of."""
    if piece["money"]:
        keep_money_without(payments.get([piece["bill"], piece["token"]]), freeze)
    else:
        keep_without(tokens_read.get(piece["token"]), freeze)


def end_or_keep(row, more):
    """End a freeze that is on nothing any more; else keep it, and look at it again. more: tomorrow. row: its row."""
    if len(frozen.scan([row["id"]], 1)) + len(held.scan([row["id"]], 1)) == 0:
        row["status"] = "ended"
        row["ended_on"] = ctx.today
        row["renewal"] = ""
        row["renewed_until"] = ""
        emit("freeze_ended", {"freeze": row["id"], "holder": row["holder"]})
    elif more:
        plan(add_days(ctx.today, 1), "freeze", row["id"])
    elif row["until"] < ctx.today:  # it waits on all that it is on
        plan(add_days(ctx.today, row["days"] + 1), "freeze", row["id"])
    freezes.put(row["id"], row)


def pieces_of(freeze):
    """What a freeze is on now, by its cents: [{"bill", "token", "lo", "amount", "until", "first", "money"}].

    until: of the freeze on it, "" where it waits; first: whether it is in force there; money: set aside, else live
    cents. As many as MOST_LIFTED and one more, live ones first.
    """
    found = some_pieces(freeze, MOST_LIFTED + 1)
    places = []
    for number, piece in enumerate(found):
        places += [[piece["bill"], piece["lo"], number]]
    pieces = []
    for place in sorted(places):
        pieces += [found[place[2]]]
    return pieces


def some_pieces(freeze, most):
    """What a freeze is on, `most` pieces of it, live ones first: see pieces_of."""
    found = live_pieces(freeze, most)
    return found + money_pieces(freeze, most - len(found))


def live_pieces(freeze, most):
    """The live tokens that a freeze is on, `most` of them: see pieces_of."""
    found = []
    for entry in frozen.scan([freeze], most) if most > 0 else []:
        token = tokens_read.get(entry[0][1])
        found += [piece_of(freeze, token, freezes_on(token), False)]
    return found


def money_pieces(freeze, most):
    """The payments that are set aside under a freeze, `most` of them: see pieces_of."""
    found = []
    for entry in held.scan([freeze], most) if most > 0 else []:
        payment = payments.get([entry[0][1], entry[0][2]])
        found += [piece_of(freeze, tokens_read.get(payment["token"]), payment["freezes"], True)]
    return found


def piece_of(freeze, token, standing, money):
    """One piece of a freeze: see pieces_of. token: its row. standing: the freezes on it, in their order."""
    until = ""
    for entry in standing:
        if entry["freeze"] == freeze:
            until = entry["until"]
    return {
        "bill": token["bill"],
        "token": token["id"],
        "lo": token["lo"],
        "amount": token["hi"] - token["lo"],
        "until": until,
        "first": standing[0]["freeze"] == freeze,
        "money": money,
    }


# --- renewal, release and transfer ------------------------------------------------------------------------------------
def renew_until(freeze, entered):
    """Let a freeze not end before an order that renews it is decided."""
    row = freezes.get(freeze)
    row["renewal"] = entered["id"]
    row["renewed_until"] = add_days(ctx.today, entered["days"])
    freezes.put(freeze, row)


def renew(row, room):
    """Let a freeze run longer on what it is in force on, to the later of both days; answers how many pieces that took.

    row: the freeze's. room: the most pieces to write; the others run on by the row of the freeze, see lift_due.
    """
    until = row["renewed_until"]
    pieces = some_pieces(row["id"], room)
    for piece in pieces:
        if piece["first"] and piece["until"] < until:
            if piece["money"]:
                payment = payments.get([piece["bill"], piece["token"]])
                payment["freezes"][0]["until"] = until
                invoke("settlement", "keep_freezes", piece["bill"], piece["token"], payment["freezes"])
            else:
                locks = tokens_read.get(piece["token"])["locks"]
                for lock in locks:
                    if lock["ref"] == row["id"]:
                        lock["until"] = until
                invoke("token", "keep_locks", piece["token"], locks)
    row["renewal"] = ""
    row["renewed_until"] = ""
    row["runs_until"] = max(runs_until(row), until)
    row["until"] = max(row["until"], until)
    freezes.put(row["id"], row)
    plan(add_days(row["until"], 1), "freeze", row["id"])
    emit("freeze_renewed", {"freeze": row["id"], "holder": row["holder"], "until": row["until"]})
    return len(pieces)


def runs_until(row):
    """The day to which a freeze was renewed, "" where it never was. row: the freeze's."""
    return row["runs_until"] if "runs_until" in row else ""


def release_cents(row, amount, room):
    """Free the lowest `amount` cents of what a freeze is on; answers how many pieces these are. row: the freeze's."""
    left = amount
    parts = parts_of(row["id"], amount, False, room)
    for piece in parts:
        part = min(left, piece["amount"])
        left -= part
        if part < piece["amount"]:
            piece["token"] = cut_off(tokens_read.get(piece["token"]), part)[0]
        lift(row["id"], piece)
    require(left == 0, "amount_above_frozen", {"missing": left, "currency": row["currency"]})
    end_or_keep(freezes.get(row["id"]), False)
    return len(parts)


def transfer_cents(entered, row, amount, done, room):
    """Give the highest cents on which a freeze is in force to the beneficiary of an order: all of them with amount 0.

    done: see take_effect; it grows. Of a freeze that the order made itself and that waits, nothing is given. Answers
    how many pieces these are, `room` at most.
    """
    left = amount
    touched = [row["id"]]
    parts = parts_of(row["id"], amount, True, room)
    for piece in parts:
        part = piece["amount"] if amount == 0 else min(left, piece["amount"])
        left -= part
        for name in give(entered, piece, part, done):
            if name not in touched:
                touched += [name]
    own = row["id"] in entered["freezes"]
    require(left <= 0 or own, "amount_above_frozen", {"missing": left, "currency": row["currency"]})
    for name in touched:
        end_or_keep(freezes.get(name), False)
    return len(parts)


def give(entered, piece, amount, done):
    """Give the highest `amount` cents of a piece to the beneficiary; answers the freezes that end on them."""
    if piece["money"]:
        payment = payments.get([piece["bill"], piece["token"]])
        ended = payment["freezes"]
        invoke(
            "settlement", "give_by_order", piece["bill"], piece["token"], entered["beneficiary"], entered["account"],
            entered["id"],
        )  # fmt: skip
        payment = payments.get([piece["bill"], piece["token"]])
        told = {"token": piece["token"], "amount": amount, "status": payment["status"]}
        told["party"] = payment["party"]
        done["payments"] += [told]
    else:
        require_registered(entered["beneficiary"])
        token = tokens_read.get(piece["token"])
        if amount < piece["amount"]:
            token = tokens_read.get(cut_off(token, piece["amount"] - amount)[1])
        ended = freezes_on(token)
        pledge = pledge_of(token)
        kept = []
        for lock in token["locks"]:
            if lock["kind"] == "pledged":
                kept += [lock]
        if token["financing"] != "":
            invoke("finance", "bank_lost", token["financing"], amount)
        invoke("write_off", "cents_given", token["id"])
        given = invoke("token", "take_over", token["id"], entered["beneficiary"], "force", {}, kept)
        if pledge != "":
            invoke("pledge", "tokens_cut", pledge, token["id"], [given])
        emit("forced", {"order": entered["id"], "token": given, "from": token["holder"], "to": entered["beneficiary"]})
        done["tokens"] += [given]
    names = []
    for entry in ended:
        names += [entry["freeze"]]
    return names


def parts_of(freeze, amount, from_above, room):
    """The pieces that hold the lowest `amount` cents of a freeze; of the highest that are in force, those from above.

    All of them with amount 0. A part of money that is set aside is none: it is given or freed payment by payment. Of
    more than MOST_LIFTED pieces it knows the live ones and as many payments, and it needs `room` of them at most.
    """
    pieces = pieces_of(freeze)
    found = []
    left = amount
    for number in range(len(pieces)):
        piece = pieces[len(pieces) - 1 - number] if from_above else pieces[number]
        if (piece["first"] or not from_above) and (amount == 0 or left > 0):
            whole = amount == 0 or left >= piece["amount"] or not piece["money"]
            require(whole, "payment_in_part", {"amount": piece["amount"], "currency": freezes.get(freeze)["currency"]})
            left -= piece["amount"]
            found += [piece]
    known = amount == 0 or left <= 0 or len(pieces) <= MOST_LIFTED
    require(known and len(found) <= room, "order_too_large", {"most": MOST_LIFTED})
    return found


# --- what an order names ----------------------------------------------------------------------------------------------
def place_of(item):
    """What one item is on: {"token", "freeze", "bill", "currency", "holder", "pledgee", "pledged_to", "locks", "row"}.

    token, freeze: ids, "" for the one that it does not name; pledged_to: the pledge that the token is under or offered
    for; locks: those of the token; row: the token's or the freeze's.
    """
    if "token" in item:
        row = tokens_read.get(item["token"])
        require(row is not None, "token_unknown")
        pledge = pledge_of(row)
        for lock in row["locks"]:
            if lock["kind"] == "offered" and row["offered_to"] == "":
                pledge = lock["ref"]
        pledgee = pledges_read.get(pledge)["pledgee"] if pledge != "" else ""
        names = {"token": item["token"], "freeze": "", "pledgee": pledgee, "pledged_to": pledge, "locks": row["locks"]}
    else:
        row = freezes.get(item["freeze"])
        require(row is not None, "freeze_unknown")
        names = {"token": "", "freeze": item["freeze"], "pledgee": row["pledgee"], "pledged_to": "", "locks": []}
    names["row"] = row
    names["bill"] = row["bill"]
    names["currency"] = row["currency"]
    names["holder"] = row["holder"]
    return names


def amount_of(kind, item, place):
    """The amount of an item in minor units, 0 for all; what it names is there."""
    if "token" in item:
        size = place["row"]["hi"] - place["row"]["lo"]
        amount = item["amount"] if "amount" in item else share_of(size, item["percent"], item["up"])
        require(amount > 0, "amount_not_positive")
        missing = {"missing": amount - size, "currency": place["currency"]}
        require(amount <= size, "amount_exceeds_tokens", missing)
        return amount
    if kind == "renew" or item["amount"] == 0:
        return 0
    there = 0
    for piece in parts_of(item["freeze"], item["amount"], kind == "transfer", MOST_LIFTED):
        there += piece["amount"]
    missing = {"missing": item["amount"] - there, "currency": place["currency"]}
    require(item["amount"] <= there, "amount_above_frozen", missing)
    return item["amount"]


def share_of(size, percent, up):
    """A share of cents: 33.3333 % of 10,000,001 is 3,333,330.33, and up 3,333,331. percent: 1/10,000 of a percent."""
    return (size * percent + (WHOLE - 1 if up else 0)) // WHOLE


# --- guards -----------------------------------------------------------------------------------------------------------
def require_paper(authority, number, documents, issued_on):
    """The paper of an order: who issued it, its number, digests of one or two documents, and its day."""
    require_reference(authority)
    require_reference(number)
    many = kind_of(documents) == "list" and 1 <= len(documents) <= MOST_PAPERS
    require(many, "documents_needed", {"least": 1})
    for document in documents:
        require_digest(document)
    require_date(issued_on)


def require_items(kind, items, days):
    """Items that fit the kind of an order, each object once, and days where something freezes."""
    require(kind in ("freeze", "renew", "release", "transfer"), "order_kind_unknown")
    many = kind_of(items) == "list" and 1 <= len(items) <= MOST_ITEMS
    require(many, "order_empty", {"most": MOST_ITEMS})
    named = []
    for item in items:
        require(kind_of(item) == "map", "order_empty", {"most": MOST_ITEMS})
        by_token = "token" in item and kind in ("freeze", "transfer")
        if by_token and "percent" in item and kind == "freeze":
            require_fields(item, ("token", "percent", "up"), ())
            share = (
                kind_of(item["percent"]) == "int" and 1 <= item["percent"] <= WHOLE and kind_of(item["up"]) == "bool"
            )
            require(share, "order_empty", {"most": MOST_ITEMS})
        elif by_token:
            require_fields(item, ("token", "amount"), ())
            require_amount(item["amount"])
        elif kind == "renew":
            require_fields(item, ("freeze",), ())
        else:
            require(kind != "freeze", "order_empty", {"most": MOST_ITEMS})
            require_fields(item, ("freeze", "amount"), ())
            amount = item["amount"]
            require(kind_of(amount) == "int" and 0 <= amount <= LARGEST_AMOUNT, "amount_not_positive")
        alike = ("token" in item) == ("token" in items[0])
        name = item["token"] if by_token else item["freeze"]
        require_text(name)
        require(alike and name not in named, "order_empty", {"most": MOST_ITEMS})
        named += [name]
    runs = kind in ("freeze", "renew") or "token" in items[0]
    fits = kind_of(days) == "int" and (1 <= days <= MOST_DAYS if runs else days == 0)
    require(fits, "freeze_too_long", {"most": MOST_DAYS if runs else 0})


def require_beneficiary(kind, beneficiary, account):
    """A transfer names a party of the ledger or an account outside; no other order names either."""
    require_text(beneficiary)
    require_text(account)
    if account != "":
        require_digest(account)
    one = (beneficiary == "") != (account == "")
    require(one if kind == "transfer" else beneficiary + account == "", "beneficiary_not_said")


def require_may_assist(places, beneficiary, first):
    """The sender may enter this order, or ratify it as the second bank. first: who entered it, "" when it is entered.

    Who enters it pays the bill or sponsors the holder, for every item; where no bank is left that may, one with a seat
    does. Neither bank is of the house of a holder, a pledgee or the beneficiary; the second is of another one. What
    takes the other banks out of the way is the item's own: where the beneficiary alone does, one with a seat transfers
    what is frozen already, and freezes nothing.
    """
    facts = {"id": ctx.party}
    require_bank(ctx.party)
    house = successor_of(ctx.party)
    for place in places:
        barred = houses_of([beneficiary, place["holder"], place["pledgee"]])
        require(house not in barred, "not_the_acting_bank", facts)
    if first != "":
        require(successor_of(first) != house, "not_the_acting_bank", facts)
        return
    seats = None
    for place in places:
        own = houses_of([place["holder"], place["pledgee"]])
        banks = [paying_bank_of(bills.get(place["bill"])), successor_of(parties.get(place["holder"])["sponsor"])]
        able = []
        left = []
        for bank in banks:
            if bank != "" and successor_of(bank) not in own and parties.get(bank)["status"] == "active":
                able += [bank]
                if successor_of(bank) not in houses_of([beneficiary]):
                    left += [bank]
        if len(able) == 0 or len(left) == 0 and place["freeze"] != "":
            if seats is None:
                seats = banks_with_a_seat()
            left = seats
        require(ctx.party in left, "not_the_acting_bank", facts)


def houses_of(named):
    """The houses of some parties: themselves, or the banks that stand in their place now. named: ids, "" for none."""
    found = []
    for party in named:
        if party != "":
            found += [successor_of(party)]
    return found


def banks_with_a_seat():
    """The parties whose nodes are active validators."""
    found = []
    for entry in validators_read.scan([], MOST_NODES):
        if entry[1]["status"] == "active":
            found += [entry[1]["party"]]
    return found


def require_second(order):
    """An order that the sender may ratify or refuse as the second bank; answers its row."""
    entered = orders.get(order)
    require(entered is not None, "order_unknown")
    places = []
    for item in entered["items"]:
        row = freezes.get(item["freeze"])
        places += [{"holder": row["holder"], "pledgee": row["pledgee"]}]
    require_may_assist(places, entered["beneficiary"], entered["by"])
    return entered


def require_not_used(known):
    """A paper counts once; one that was refused or lapsed is as if it had never been. known: the row of its digest."""
    if known is not None:
        status = orders.get(known["order"])["status"]
        require(status not in LEGAL_ORDER_STANDING, "order_used", {"order": known["order"]})


def require_legal_step(entered, act, then):
    """An order stands where this act may bring it to `then`."""
    require(
        may_lead(LEGAL_ORDER_STEPS, act, entered, then), "order_transition", {"from": entered["status"], "to": then}
    )


def require_places(kind, places):
    """Live tokens with room for a freeze more; freezes that stand, and are in force for what needs that."""
    for place in places:
        row = place["row"]
        if place["token"] != "":
            require(row["status"] in TOKEN_USABLE, "token_already_used", {"status": row["status"]})
            require_not_again(row)
        else:
            needed = FREEZE_STANDING if kind == "release" else FREEZE_IN_FORCE
            then = "in_force" if kind == "renew" else "ended"
            step = {"from": row["status"], "to": then}
            require(row["status"] in needed and not row["over"], "freeze_transition", step)
            open_one = row["renewal"] if kind == "renew" else ""
            require(open_one == "", "order_open", {"order": open_one})
    for place in places:
        if place["token"] != "":
            require(len(freezes_on(place["row"])) < MOST_FREEZES, "too_many_freezes", {"most": MOST_FREEZES})
            require_none_waits(place["row"])


def require_not_again(token):
    """One bank alone makes no freeze last: its house freezes nothing of this holder on this bill for some days after a
    freeze that nobody ratified. token: its row.
    """
    house = successor_of(ctx.party)
    until = ""
    for bank in replaced_by(house) + [house]:  # what stood alone then may be of one house now
        known = failed.get([bank, token["bill"], token["holder"]])
        if known is not None:
            until = max(until, known["until"])
    require(until < ctx.today, "freeze_too_soon", {"until": until})


def require_none_waits(token):
    """No freeze of the sender's house on a token waits for its ratification. token: its row."""
    house = successor_of(ctx.party)
    for entry in freezes_on(token):
        first = orders.get(freezes.get(entry["freeze"])["order"])
        waits = first["status"] == "entered" and successor_of(first["by"]) == house
        require(not waits, "order_open", {"order": first["id"]})


def require_can_take(places, beneficiary):
    """The beneficiary is registered, may take on something new, and is the debtor of none of these bills."""
    require_registered(beneficiary)
    for place in places:
        debtor = bills.get(place["bill"])["debtor"]
        require(debtor != beneficiary, "recipient_is_the_debtor")


def require_registered(beneficiary):
    """Live cents go to a party of the ledger that may take on something new."""
    row = parties.get(beneficiary)
    there = row is not None and row["status"] == "active"
    require(there, "beneficiary_unregistered", {"id": beneficiary})


def require_little_standing(places):
    """What ends with these freezes is not too much for one transaction."""
    work = 0
    for place in places:
        for lock in place["locks"]:
            if lock["kind"] == "in_finance":
                work += 1 + len(requests_read.get(lock["ref"])["quotes"])
        if place["pledged_to"] != "":
            work += len(pledges_read.get(place["pledged_to"])["tokens"])
    require(work <= MOST_STANDING, "order_too_large", {"most": MOST_STANDING})
