"""Orders of courts and authorities (法律文书): a freeze, its renewal and release, and a forced transfer.

A bank that assists (协助执行行) enters what the paper says. A freeze acts at once, a release when a second bank agrees,
and a transfer 72 hours after that, in which holder and pledgee may object: then only a vote carries it out. What
nobody ratifies within 72 hours is as if it had never been. A freeze bars its holder and stops no settlement: what is
paid on frozen cents is set aside (留存). Several freezes on the same cents stand in the order in which they were
entered: the first is in force, the others wait (轮候) and come into force by themselves, piece by piece. What a freeze
is on now is found by its id: live tokens, and money that is set aside.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    FREEZE_IN_FORCE,
    FREEZE_STANDING,
    HOUSES_THAT_REFUSE,
    LEGAL_ORDER_STANDING,
    LEGAL_ORDER_STEPS,
    LEGAL_ORDER_UNRATIFIED,
    TOKEN_USABLE,
    banks_with_a_seat,
    counted,
    freezes_on,
    houses_of,
    items_kept,
    may_lead,
    named_by,
    parameter,
    paying_bank_of,
    piece_of,
    pledge_of,
    refused_too,
    replaced_by,
    require_active,
    require_bank,
    require_beneficiary,
    require_items,
    require_maker_and_checker,
    require_may_hold,
    require_not_stopped_since,
    require_paper,
    require_text,
    runs_until,
    share_of,
    sides_of,
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
steps_read = read_table("settlement", "step")
requests_read = read_table("finance", "request")
quotes_read = read_table("finance", "quote")
pledges_read = read_table("pledge", "pledge")
parties = read_table("party", "party")

MOST_FREEZES = 20  # on one token
MOST_WAITING = 5  # orders of one house that wait and keep a freeze from ending by its date
MOST_STANDING = 500  # what ends when an order is entered: requests with their quotes, pledges with their tokens
MOST_LIFTED = 200  # pieces that one run looks at or frees, of all its freezes; the rest follows on the next day
DAYS_WITHOUT_FREEZE = 7  # in which a bank freezes nothing again that no second bank ratified
BUSINESS_DAYS_FOR_A_VOTE = 10  # on a transfer to which somebody objected


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
      transfer: {"freeze", "amount"} in force, 0 for all, high end first, 72 hours after ratification; or {"token",
        "amount"} with days: that freezes at once, and what is in force is transferred then. Until then the freeze does
        not end by its date, and the cents are cut off the rest of it.
    beneficiary: of a transfer, a party of the ledger; or "" and account, the digest of an account outside, which only
    money takes that is set aside. Else both "", and days 0 where there is no freeze to run.
    """
    require_paper(authority, number, documents, issued_on)
    require_items(kind, items, days)
    require_beneficiary(kind, beneficiary, account)
    places = []
    for item in items:
        places += [named_by(item)]
    require_may_assist(places, beneficiary, "")
    require_active(ctx.party)
    require_maker_and_checker()
    require_places(kind, places)
    require(issued_on <= ctx.today, "order_in_future", {"today": ctx.today})
    if kind == "transfer":
        require_can_take(places, beneficiary)
    amounts = []
    for number_of, item in enumerate(items):
        amounts += [amount_of(kind, item, places[number_of], account != "")]
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
    entered["concerned"] = sides_of(places)
    entered["freezes"] = made
    for number_of, place in enumerate(places):
        if place["freeze"] != "" and kind in ("renew", "transfer"):
            hold(freezes.get(place["freeze"]), entered["id"])
        if place["freeze"] != "" and kind == "transfer" and amounts[number_of] > 0:
            set_apart(place["freeze"], amounts[number_of], account != "")
    await_day(entered)
    emit("ordered", {"order": entered["id"], "kind": kind, "by": ctx.party, "until": entered["until"]})
    return {"order": entered["id"], "freezes": made, "until": entered["until"]}


@call
def ratify(order):
    """Ratify another bank's order as the second bank (复核行): what it froze stays, and what it says is done.

    Second is a bank of another house, which is neither holder, pledgee nor beneficiary, and of which the order suspends
    no agreed financing. What a transfer gives is given 72 hours later. Ratified on Friday 2027-03-05 it can be objected
    to until Monday 03-08 and acts on Tuesday 03-09.
    """
    entered = require_second(order)
    require_active(ctx.party)
    require_maker_and_checker()
    require_legal_step(entered, "legal.ratify", "ratified")
    until = add_days(end_today(entered)["acts_on"], -1)
    require(ctx.today <= until, "order_over", {"until": until})
    require_not_stopped_since(entered["by"], entered["created"]["height"])
    close(entered)
    count_orders(entered["by"], -1)
    entered["second"] = ctx.party
    entered["ratified_on"] = ctx.today
    decide(entered)
    end_financings(entered)
    if entered["kind"] != "transfer":
        take_effect(entered)
    emit("ratified", {
        "order": order, "kind": entered["kind"], "second": ctx.party, "acts_on": entered["acts_on"]
    })  # fmt: skip
    return {"order": order, "order_status": "ratified", "acts_on": entered["acts_on"]}


@call
def refuse(order, reason):
    """Refuse another bank's order as a second bank, and say why. Two people. Always open.

    Banks of HOUSES_THAT_REFUSE houses end it: it is then as if it had never been. Until the next one does, or the 72
    hours are over, it stands, and another bank may ratify it: one bank alone frees nothing that a court froze. What the
    order ended, an offer or a request, stays ended.
    """
    require_text(reason)
    require(reason != "", "reason_needed")
    entered = require_second(order)
    require_maker_and_checker()
    require_legal_step(entered, "legal.refuse", "refused")
    entered["refusals"] = refused_too(entered["refusals"], reason)
    orders.put(order, entered)
    emit("order_refused", {
        "order": order, "kind": entered["kind"], "by": ctx.party, "reason": reason,
        "refusals": len(entered["refusals"]),
    })  # fmt: skip
    if len(entered["refusals"]) == HOUSES_THAT_REFUSE:
        entered["second"] = ctx.party
        undo(entered, "refused")
    return {"order": order, "order_status": entered["status"], "until": entered["until"]}


@call
def object_to(order, reason):
    """Object to a transfer that banks ratified, as a holder or pledgee of what it is on: any key may. Always open.

    It stops the transfer, and regulators see it. What it is on stays frozen while a vote may carry it out all the same,
    for BUSINESS_DAYS_FOR_A_VOTE; to what a vote decided nobody objects.
    """
    require_text(reason)
    entered = orders.get(order)
    require(entered is not None, "order_unknown")
    own = ""
    for item in entered["items"]:
        row = freezes.get(item["freeze"])
        sides = [row["holder"], row["pledgee"]]
        if ctx.party in sides or ctx.party in houses_of(sides):
            own = row["id"]
    require(own != "", "not_a_side_of_the_order")
    require_legal_step(entered, "legal.object_to", "objected")
    require(entered["acts_on"] != "", "order_transition", {"from": entered["status"], "to": "objected"})
    require(entered["objected_on"] == "", "objection_made", {"objected_on": entered["objected_on"]})
    close(entered)
    entered["status"] = "objected"
    entered["objected_by"] = ctx.party
    entered["objected_on"] = ctx.today
    entered["acts_on"] = ""
    entered["until"] = invoke("calendar", "business_days_after", ctx.today, BUSINESS_DAYS_FOR_A_VOTE)
    entered["allowed_ms"] = invoke("calendar", "stood_ms")
    await_day(entered)
    emit("order_objected", {
        "order": order, "freeze": own, "party": ctx.party, "reason": reason, "until": entered["until"]
    })  # fmt: skip
    return {"order": order, "order_status": "objected", "until": entered["until"]}


# --- votes, and days --------------------------------------------------------------------------------------------------
@internal("governance")
def check_order_vote(order):
    """Refuse at once a vote on an order that waits for none."""
    require_objected(order)


@internal("governance")
def vote_order(order):
    """Let a transfer act to which somebody objected: 72 hours later, as any other."""
    entered = require_objected(order)
    close(entered)
    decide(entered)
    emit("order_voted", {"order": order, "acts_on": entered["acts_on"]})


@each_day("agenda")
def on_day(date, item, row):
    """Let an order lapse that nobody ratified in time, carry out a transfer, or free what a freeze has run out on.

    Not while days are left of an order on which the network stood still. What a late day change has not freed yet is
    set aside if it is paid meanwhile, and instructed once it is free. A transfer that could not be carried out, by
    "act", is stopped by what comes after that, "order".
    """
    if row["step"] == "freeze":
        if freezes.get(row["id"])["status"] in FREEZE_STANDING:
            lift_due(bring_on(row["id"]), MOST_LIFTED)
        return
    entered = orders.get(row["id"])
    later = end_today(entered)
    if later["acts_on"] > ctx.today:
        put_off(entered, later)
    elif row["step"] == "act":
        carry_out(entered)
    elif entered["status"] == "entered":
        emit("order_lapsed", {"order": entered["id"], "kind": entered["kind"], "by": entered["by"]})
        undo(entered, "lapsed")
    else:
        emit("order_stopped", {"order": entered["id"], "kind": entered["kind"], "by": entered["by"]})
        entered["status"] = "stopped"
        close(entered)
        let_go(entered)


def put_off(entered, later):
    """Let an order wait for longer. later: {"acts_on", "allowed_ms"}, from when on it does no more."""
    close(entered)
    entered["allowed_ms"] = later["allowed_ms"]
    until = add_days(later["acts_on"], -1)
    if entered["acts_on"] == "":
        entered["until"] = until
    else:
        entered["acts_on"] = later["acts_on"]
    await_day(entered)
    emit("order_put_off", {"order": entered["id"], "until": until})


def end_today(entered):
    """When an order that waits acts, or has lapsed, as things stand today: {"acts_on", "allowed_ms"}."""
    return invoke("calendar", "after_standstill", day_of_end(entered), entered["allowed_ms"])


def day_of_end(entered):
    """The day on which a transfer acts, or the day after the last one of an order that waits for somebody."""
    return entered["acts_on"] if entered["acts_on"] != "" else add_days(entered["until"], 1)


def plan(date, step, name):
    """Have an order or a freeze looked at on a day."""
    agenda.put([date, step, name], {"step": step, "id": name})


# --- what an order does -----------------------------------------------------------------------------------------------
def new_order(kind, papers, days, beneficiary, account):
    """The row of a new order, not stored. papers: [authority, number, documents, issued_on]."""
    return {
        "id": new_id("O"), "kind": kind, "authority": papers[0], "number": papers[1], "documents": papers[2],
        "issued_on": papers[3], "by": ctx.party, "second": "", "items": [], "freezes": [], "concerned": [],
        "days": days, "beneficiary": beneficiary, "account": account, "refusals": [], "objected_by": "",
        "objected_on": "", "entered_on": ctx.today, "ratified_on": "", "acts_on": "",
        "until": invoke("calendar", "end_of_72_hours", ctx.today), "allowed_ms": invoke("calendar", "stood_ms"),
        "status": "entered", "created": {"height": ctx.height, "transaction": ctx.transaction},
    }  # fmt: skip


def decide(entered):
    """Keep an order that is ratified; a transfer waits for its day, and what it is on stays frozen until then."""
    entered["status"] = "ratified"
    if entered["kind"] == "transfer":
        entered["acts_on"] = add_days(invoke("calendar", "end_of_72_hours", ctx.today), 1)
        entered["allowed_ms"] = invoke("calendar", "stood_ms")
        for item in entered["items"]:
            row = freezes.get(item["freeze"])
            if entered["id"] not in row["held_by"] and row["status"] in FREEZE_STANDING:
                hold(row, entered["id"])
        await_day(entered)
    else:
        orders.put(entered["id"], entered)


def await_day(entered):
    """Keep an order that waits, and have it looked at on its day."""
    orders.put(entered["id"], entered)
    for step in steps_of(entered):
        plan(day_of_end(entered), step, entered["id"])


def close(entered):
    """Keep an order that waits no more."""
    for step in steps_of(entered):
        agenda.delete([day_of_end(entered), step, entered["id"]])
    orders.put(entered["id"], entered)


def steps_of(entered):
    """What the day of an order brings: a transfer acts, if it may; and what then still waits ends."""
    return ["act", "order"] if entered["acts_on"] != "" else ["order"]


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
    count_orders(entered["by"], -1)
    until = add_days(ctx.today, DAYS_WITHOUT_FREEZE)
    for freeze in entered["freezes"]:
        row = freezes.get(freeze)
        failed.put([entered["by"], row["bill"], row["holder"]], {"until": until})
    lift_all(entered["freezes"])
    let_go(entered)


def end_financings(entered):
    """End the agreed financings of tokens that a ratified order froze.

    Until money of an earlier day can be said no more, such a token stays as it is, and a transfer of it waits.
    """
    for freeze in entered["freezes"]:
        financing = suspended_by(freezes.get(freeze))
        if financing != "":
            invoke("finance", "end_by_order", financing)
            bring_on(freeze)


def take_effect(entered):
    """Do what an order does at its ratification."""
    released = []
    room = MOST_LIFTED
    for item in entered["items"]:
        row = bring_on(item["freeze"])
        if entered["kind"] == "renew" and row["status"] in FREEZE_STANDING:
            room -= renew(row, entered, room)
        elif entered["kind"] == "release" and row["status"] in FREEZE_STANDING:
            if item["amount"] == 0:
                released += [row["id"]]
            else:
                room -= release_cents(row, item["amount"], room)
    lift_all(released)
    if entered["kind"] == "renew":
        let_go(entered)


def carry_out(entered):
    """Give what can be given of what a transfer is on, and say how much; what one run does not give follows tomorrow.

    So does all while a reversal is under way of money that it is on.
    """
    room = MOST_LIFTED
    later = False
    for item in entered["items"]:
        done = transfer_cents(entered, item, room)
        room -= done["pieces"]
        later = later or done["later"]
    close(entered)
    if later:
        entered["acts_on"] = add_days(ctx.today, 1)
        await_day(entered)
        return
    entered["status"] = "carried_out"
    orders.put(entered["id"], entered)
    let_go(entered)
    for item in entered["items"]:
        emit("transferred", {
            "order": entered["id"], "freeze": item["freeze"], "to": entered["beneficiary"], "amount": item["given"],
            "of": item["given"] if item["amount"] == 0 else item["amount"],
        })  # fmt: skip


# --- freezes ----------------------------------------------------------------------------------------------------------
def freeze_tokens(entered, places, amounts):
    """Freeze the high cents of tokens; answers the freezes. What else stood on these tokens ends, but for a pledge.

    All are locked whole before anything ends: so nothing that an end frees is joined with them. An agreed financing is
    suspended: its token stays whole under both locks.
    """
    made = []
    for number, place in enumerate(places):
        made += [freeze_whole(entered, place, amounts[number])]
    pledges = []
    for number, place in enumerate(places):
        for lock in place["locks"]:
            if lock["kind"] == "in_finance" and invoke("finance", "suspend", lock["ref"], made[number]):
                row = freezes.get(made[number])
                row["suspends"] = lock["ref"]
                freezes.put(row["id"], row)
                plan(add_days(ctx.today, 1), "freeze", row["id"])
        if place["pledged_to"] != "" and place["pledged_to"] not in pledges:
            pledges += [place["pledged_to"]]
            invoke("pledge", "frozen", place["pledged_to"])
    for freeze in made:
        narrow(freezes.get(freeze))
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
        "held_by": [entered["id"]] if entered["kind"] == "transfer" else [],
        "runs_until": "",
        "over": False,
        "suspends": "",
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


def narrow(row):
    """Take a freeze off the cents below its own; nothing while it suspends an agreed financing. row: the freeze's.

    Several that suspended one financing are on all of its token: [0, 1,000) under F1 of [600, 1,000) and F2 of
    [300, 1,000). F1 leaves [0, 600), where F2 comes into force; F2 leaves [0, 300).
    """
    if suspended_by(row) != "":
        return
    for piece in live_pieces(row["id"], MOST_LIFTED):
        token = tokens_read.get(piece["token"])
        if token["bill"] == row["bill"] and token["lo"] < row["lo"]:
            name = token["id"]
            if row["lo"] < token["hi"]:
                name = cut_off(token, row["lo"] - token["lo"])[0]
            keep_without(tokens_read.get(name), row["id"])


def suspended_by(row):
    """The agreed financing that a freeze suspends, "" if none. row: the freeze's."""
    return row["suspends"] if "suspends" in row else ""


def bring_on(freeze):
    """See whether the financing that a freeze suspends is over: then it is on its own cents only. Answers its row."""
    row = freezes.get(freeze)
    financing = suspended_by(row)
    if financing == "":
        return row
    plan(add_days(ctx.today, 1), "freeze", freeze)  # money that waited may have gone to the bank by then
    if invoke("finance", "still_suspended", financing):
        return row
    row["suspends"] = ""
    freezes.put(freeze, row)
    narrow(row)
    return freezes.get(freeze)


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
    renewed = runs_until(row) >= ctx.today or is_held(row)
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
        row["held_by"] = []
        if suspended_by(row) != "":
            invoke("finance", "resume", row["suspends"], row["id"])
            row["suspends"] = ""
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


# --- renewal, release and transfer ------------------------------------------------------------------------------------
def hold(row, order):
    """Let a freeze not end by its date before an order on it has come to its end. row: the freeze's."""
    row["held_by"] = row["held_by"] + [order]
    freezes.put(row["id"], row)


def is_held(row):
    """Say whether an order that waits keeps a freeze today: one that renews it as long as it would. row: its row."""
    for name in row["held_by"]:
        entered = orders.get(name)
        if entered["kind"] == "transfer" or add_days(entered["entered_on"], entered["days"]) >= ctx.today:
            return True
    return False


def let_go(entered):
    """Let freezes end by their dates again that an order kept, and end those that have run out.

    Where no second bank ratified it, no other order of its house that waits keeps them either: else one bank alone kept
    a freeze for ever, by one order after the other.
    """
    room = MOST_LIFTED
    for item in entered["items"]:
        row = freezes.get(item["freeze"])
        gone = [entered["id"]]
        if entered["status"] in LEGAL_ORDER_UNRATIFIED:
            gone += waiting_of(row, entered["by"])
        kept = []
        for name in row["held_by"]:
            if name not in gone:
                kept += [name]
        if len(kept) < len(row["held_by"]):
            row["held_by"] = kept
            freezes.put(row["id"], row)
            if not row["over"]:  # of what is over lift_all has freed as much as one run does
                room -= lift_due(row, room)


def waiting_of(row, bank):
    """The orders of a bank's house that keep a freeze, and that no second bank has ratified. row: the freeze's."""
    found = []
    for name in row["held_by"]:
        entered = orders.get(name)
        if entered["status"] == "entered" and successor_of(entered["by"]) == successor_of(bank):
            found += [name]
    return found


def renew(row, entered, room):
    """Let a freeze run longer on what it is in force on, to the later of both days; answers how many pieces that took.

    Another order may have renewed it meanwhile: the longest wins. row: the freeze's. room: the most pieces to write;
    the others run on by its row, see lift_due.
    """
    until = add_days(entered["entered_on"], entered["days"])
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
    row["runs_until"] = max(runs_until(row), until)
    row["until"] = max(row["until"], until)
    freezes.put(row["id"], row)
    plan(add_days(row["until"], 1), "freeze", row["id"])
    emit("freeze_renewed", {"freeze": row["id"], "holder": row["holder"], "until": row["until"]})
    return len(pieces)


def release_cents(row, amount, room):
    """Free the lowest `amount` cents of what a freeze is on; answers how many pieces these are. row: the freeze's."""
    left = amount
    parts = parts_of(row["id"], amount, False, False, room)
    for piece in parts:
        part = min(left, piece["amount"])
        left -= part
        if part < piece["amount"]:
            piece["token"] = cut_off(tokens_read.get(piece["token"]), part)[0]
        lift(row["id"], piece)
    require(left == 0, "amount_above_frozen", {"missing": left, "currency": row["currency"]})
    end_or_keep(freezes.get(row["id"]), False)
    return len(parts)


def awaits_financing(piece):
    """Say whether money is set aside for an agreed financing that has not been told yet whose it is."""
    row = payments.get([piece["bill"], piece["token"]]) if piece["money"] else None
    return row is not None and "request" in row and row["request"] != ""


def set_apart(freeze, amount, to_account):
    """Cut the highest cents of a freeze, those of a transfer, off the rest: what is paid on them is a payment apart."""
    left = amount
    for piece in parts_of(freeze, amount, True, to_account, MOST_LIFTED):
        if left < piece["amount"]:
            cut_off(tokens_read.get(piece["token"]), piece["amount"] - left)
        left -= piece["amount"]


def transfer_cents(entered, item, room):
    """Give the highest cents on which a freeze is in force to the beneficiary of an order: all of them with amount 0.

    What does not fit is left: a payment that is more than what is still to be given, live cents where the beneficiary
    is active no more. item: of the order; it says how much was given. Answers {"pieces": how many, `room` at most,
    "later": whether there is more to give, but not today}.
    """
    row = bring_on(item["freeze"])
    pieces = pieces_of(row["id"]) if row["status"] in FREEZE_STANDING else []
    able = parties.get(entered["beneficiary"])["status"] if entered["beneficiary"] != "" else ""
    if suspended_by(row) != "":
        return {"pieces": 0, "later": True}
    all_of_it = item["amount"] == 0
    touched = [row["id"]]
    given = 0
    later = False
    for number in range(len(pieces)):
        piece = pieces[len(pieces) - 1 - number]
        left = piece["amount"] if all_of_it else item["amount"] - item["given"]
        fits = left >= piece["amount"] and able != "closed" if piece["money"] else left > 0 and able == "active"
        if piece["first"] and fits:
            step = steps_read.get(piece["bill"])
            later = later or given == room or (step is not None and "reversal" in step) or awaits_financing(piece)
            if not later:
                part = min(left, piece["amount"])
                item["given"] += part
                given += 1
                for name in give(entered, piece, part):
                    if name not in touched:
                        touched += [name]
    for name in touched:
        end_or_keep(freezes.get(name), False)
    return {"pieces": given, "later": later or (given > 0 and len(pieces) > MOST_LIFTED)}


def give(entered, piece, amount):
    """Give the highest `amount` cents of a piece to the beneficiary; answers the freezes that end on them."""
    if piece["money"]:
        ended = payments.get([piece["bill"], piece["token"]])["freezes"]
        invoke(
            "settlement", "give_by_order", piece["bill"], piece["token"], entered["beneficiary"], entered["account"],
            entered["id"],
        )  # fmt: skip
    else:
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
        if token["claim"] != "none":
            invoke("recourse", "cents_gone", token["claim"], "", amount)
        invoke("write_off", "cents_given", token["id"])
        given = invoke("token", "take_over", token["id"], entered["beneficiary"], "force", {}, kept)
        if pledge != "":
            invoke("pledge", "tokens_cut", pledge, token["id"], [given])
        emit("forced", {"order": entered["id"], "token": given, "from": token["holder"], "to": entered["beneficiary"]})
    names = []
    for entry in ended:
        names += [entry["freeze"]]
    return names


def parts_of(freeze, amount, from_above, only_money, room):
    """The pieces that hold the lowest `amount` cents of a freeze; of the highest that are in force, those from above.

    All of them with amount 0; only_money: of what is set aside. A part of money that is set aside is none: it is given
    or freed payment by payment. Of more than MOST_LIFTED pieces it knows the live ones and as many payments, and it
    needs `room` of them at most.
    """
    pieces = pieces_of(freeze)
    found = []
    left = amount
    for number in range(len(pieces)):
        piece = pieces[len(pieces) - 1 - number] if from_above else pieces[number]
        if (piece["first"] or not from_above) and (piece["money"] or not only_money) and (amount == 0 or left > 0):
            whole = amount == 0 or left >= piece["amount"] or not piece["money"]
            require(whole, "payment_in_part", {"amount": piece["amount"], "currency": freezes.get(freeze)["currency"]})
            left -= piece["amount"]
            found += [piece]
    known = amount == 0 or left <= 0 or len(pieces) <= MOST_LIFTED
    require(known and len(found) <= room, "order_too_large", {"most": MOST_LIFTED})
    return found


# --- what an order names ----------------------------------------------------------------------------------------------
def amount_of(kind, item, place, to_account):
    """The amount of an item in minor units, 0 for all; what it names is there. to_account: money alone goes there."""
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
    for piece in parts_of(item["freeze"], item["amount"], kind == "transfer", to_account, MOST_LIFTED):
        there += piece["amount"]
    missing = {"missing": item["amount"] - there, "currency": place["currency"]}
    require(item["amount"] <= there, "amount_above_frozen", missing)
    return item["amount"]


# --- guards -----------------------------------------------------------------------------------------------------------
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
        require(house not in barred, "side_of_the_matter", facts)
    if first != "":
        require(successor_of(first) != house, "entered_by_own_house", facts)
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


def require_second(order):
    """An order that the sender may ratify or refuse as the second bank; answers its row."""
    entered = orders.get(order)
    require(entered is not None, "order_unknown")
    places = []
    for item in entered["items"]:
        row = freezes.get(item["freeze"])
        places += [{"holder": row["holder"], "pledgee": row["pledgee"]}]
        financing = suspended_by(row)
        if financing != "":  # its bank has this token once the order is refused
            agreed = quotes_read.get(requests_read.get(financing)["agreed_quote"])
            places += [{"holder": agreed["bank"], "pledgee": ""}]
    require_may_assist(places, entered["beneficiary"], entered["by"])
    return entered


def require_not_used(known):
    """A paper counts once; one that was refused or lapsed is as if it had never been. known: the row of its digest."""
    if known is not None:
        status = orders.get(known["order"])["status"]
        require(status not in LEGAL_ORDER_STANDING, "order_used", {"order": known["order"]})


def require_objected(order):
    """A transfer to which somebody objected, and which waits for a vote; answers its row."""
    entered = orders.get(order)
    require(entered is not None, "order_unknown")
    require_legal_step(entered, "vote legal_order", "ratified")
    return entered


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
            if kind != "release":
                require_few_wait(row)
            require_cents_apart(kind, place)
    for place in places:
        if place["token"] != "":
            require(len(freezes_on(place["row"])) < MOST_FREEZES, "too_many_freezes", {"most": MOST_FREEZES})
            require_none_waits(place["row"])


def require_cents_apart(kind, place):
    """What a freeze is on can be given, or freed in part, once no agreed financing has the same token. place: its."""
    financing = suspended_by(place["row"])
    gives = kind == "transfer" or kind == "release" and place["amount"] > 0
    until = requests_read.get(financing)["until"] if financing != "" else ""
    require(financing == "" or not gives, "freeze_suspends", {"until": until})


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


def require_few_wait(row):
    """Few orders of the sender's house wait that keep this freeze. Those of others bar nothing. row: the freeze's."""
    mine = waiting_of(row, ctx.party)
    require(len(mine) < MOST_WAITING, "order_open", {"order": mine[0] if len(mine) > 0 else ""})


def require_none_waits(token):
    """No freeze of the sender's house on a token waits for its ratification. token: its row."""
    house = successor_of(ctx.party)
    for entry in freezes_on(token):
        first = orders.get(freezes.get(entry["freeze"])["order"])
        waits = first["status"] == "entered" and successor_of(first["by"]) == house
        require(not waits, "order_open", {"order": first["id"]})


def require_can_take(places, beneficiary):
    """The beneficiary is registered, may own a token and take on something new, and is no side of what it gets.

    Given to their own holder, cents would be free of the freezes of other courts. To an account outside ("") goes only
    money that is set aside, which there is.
    """
    if beneficiary == "":
        for place in places:
            money = place["freeze"] != "" and len(money_pieces(place["freeze"], 1)) > 0
            require(money, "beneficiary_unregistered", {"id": ""})
        return
    require_registered(beneficiary)
    row = parties.get(beneficiary)
    if "bank" not in row["roles"]:
        require_may_hold(row)
    for place in places:
        debtor = bills.get(place["bill"])["debtor"]
        require(debtor != beneficiary, "recipient_is_the_debtor")
        own = successor_of(place["holder"]) == successor_of(beneficiary)
        require(not own, "beneficiary_is_the_holder", {"id": beneficiary})


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
