"""The standing of parties (参与方状态): who is suspended or insolvent, who leaves, and who is closed.

Nobody alone brings a lasting status about: what one bank orders acts at once, because a court's order or a fraud does
not wait, but a second bank ratifies it or it lapses as if it had never been. An insolvent party's keys change only so,
too, and 72 hours after that: two banks with forged papers would else have a party, keys and accounts in one block. What
a vote decided or kept, only a vote lifts. Nothing here stops a settlement. What each status stops is asked in the acts
themselves, by the guards of the general part.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    PARTY_STEPS,
    PARTY_STOPPED,
    STANDING_ORDER_STANDING,
    STANDING_ORDER_STEPS,
    counted,
    is_step,
    may_lead,
    replaced_by,
    require_able,
    require_active,
    require_admins,
    require_bank,
    require_capability,
    require_digest,
    require_maker_and_checker,
    require_not_stopped,
    require_party,
    require_text,
    successor_of,
)

orders = own_table("order")  # id -> order row
standings = own_table("standing")  # party -> its orders that are open and that are in force; few parties have a row
agenda = own_table("agenda")
parties = read_table("party", "party")
sponsored = read_table("party", "sponsored")
pays_for = read_table("party", "pays_for")
to_pay = read_table("bill", "to_pay")
holdings = read_table("core", "holding")
validators = read_table("governance", "validator")
live_quotes = read_table("finance", "live_quote")
pledges_taken = read_table("pledge", "taken")

SUSPENSION_BUSINESS_DAYS = 10
MOST_HOLDINGS = 1000  # rows of one party: currencies and roles
MOST_VALIDATORS = 500


# --- acts -------------------------------------------------------------------------------------------------------------
@call
def set_status(party, status, reason, authority, number, documents):
    """Order that a party is "suspended" (暂停) or "insolvent" (破产), or lift that with "active"; its sponsor may.

    documents: digests of the papers: one; for "insolvent" the court's acceptance (受理裁定) and its naming of an
    administrator (指定管理人决定书), with authority, the court, and number, which are else "". Both act at once and end
    by themselves, a suspension after SUSPENSION_BUSINESS_DAYS and an insolvency after 72 hours, unless a second bank
    ratifies them or a vote keeps them. After one that was not ratified the next of its kind acts at its ratification
    only. Who set a status lifts it alone, but for a ratified insolvency: lifting that is ratified too. What a vote set
    or kept, only a vote lifts.
    """
    require(status in ("suspended", "insolvent", "active"), "status_unknown")
    require_papers(status, reason, authority, number, documents)
    row = require_party(party)
    standing = standing_of(party)
    if status == "active":
        require_no_vote(row, standing)
    lifted = lifted_alone(row, standing) if status == "active" else None
    if lifted is None:
        require(row["sponsor"] == ctx.party, "not_the_sponsor", {"id": party})
    else:
        require(lifted["by"] == ctx.party, "not_who_set_it", {"id": party, "order": lifted["id"]})
    require_not_stopped(ctx.party)
    require_maker_and_checker()
    require_step(row, "standing.set_status", status)
    require_unbarred(party)
    if lifted is not None:
        end_order(row, standing, lifted, "lifted")
        return {"order": lifted["id"], "party": party, "party_status": row["status"], "until": ""}
    if row["status"] == "leaving" and status == "active":
        require_left_freely(standing)
        row["leaving_since"] = ""
        keep_standing(row, standing)
        return {"order": "", "party": party, "party_status": row["status"], "until": ""}
    papers = {"reason": reason, "authority": authority, "number": number, "documents": documents, "keys": []}
    return enter_order(row, standing, status, papers)


@call
def name_administrator(party, keys, authority, number, documents):
    """Order that an administrator's keys take the place of an insolvent party's (管理人接管); its sponsor may.

    keys: 1 to MOST_KEYS of {"key": key, "proof": its signature, see require_possession}. documents: digests of the
    court's papers, one or two. A second bank ratifies it within 72 hours. It acts when 72 hours more are over, in which
    any admin key of the party may object: that stops it, and then only a vote names an administrator. When it acts, the
    party's keys rest, its accounts end, and the administrator does all but issue, confirm and accept a transfer.
    Ratified on Friday 2027-03-05 it can be stopped until Monday 03-08 and acts on Tuesday 03-09.
    """
    require_papers("administrator", "", authority, number, documents)
    row = require_party(party)
    listed = invoke("party", "check_new_keys", party, keys)
    require(row["sponsor"] == ctx.party, "not_the_sponsor", {"id": party})
    require_not_stopped(ctx.party)
    require_maker_and_checker()
    standing = standing_of(party)
    require_ratified_insolvency(party, standing)
    require(not standing["objected"], "administrator_objected", {"id": party})
    require_unbarred(party)
    papers = {"reason": "", "authority": authority, "number": number, "documents": documents, "keys": listed}
    return enter_order(row, standing, "administrator", papers)


@call
def ratify(order):
    """Ratify an order on a party's status as the second bank (复核确认): a suspension or an insolvency then stays.

    Second is a bank of another house: neither who ordered it, nor who stands in that one's place, nor its predecessor.
    """
    entered = require_order(order)
    require_bank(ctx.party)
    one_house = successor_of(entered["by"]) == successor_of(ctx.party)
    require(not one_house, "entered_by_own_house", {"id": ctx.party, "order": order})
    require_active(ctx.party)
    require_maker_and_checker()
    require_order_step(entered, "standing.ratify", "ratified")
    until = add_days(end_today(entered)["acts_on"], -1)
    require(ctx.today <= until, "status_order_over", {"until": until})
    require_unbarred(entered["party"])
    row = require_party(entered["party"])
    standing = standing_of(row["id"])
    if entered["kind"] == "active":
        require_no_vote(row, standing)
    ratify_order(row, standing, entered, ctx.party)
    answer = {"order": order, "party": row["id"], "party_status": row["status"], "status": "ratified"}
    answer["acts_on"] = entered["acts_on"]
    return answer


@call
def object_to(order, reason):
    """Object to an order on the sender's status: any admin key may, once; regulators see it.

    It stops an administrator whom two banks named, until his keys are in place; else nothing changes.
    """
    require_text(reason)
    entered = require_order(order)
    require(entered["party"] == ctx.party, "order_on_another_party", {"id": entered["party"]})
    require_capability("admin")
    require(entered["status"] in STANDING_ORDER_STANDING, "status_order_over", {"until": entered["until"]})
    require(entered["objected_on"] == "", "objection_made", {"objected_on": entered["objected_on"]})
    entered["objected_on"] = ctx.today
    orders.put(order, entered)
    emit("status_objected", {"order": order, "party": ctx.party, "kind": entered["kind"], "reason": reason})
    standing = standing_of(ctx.party)
    if standing["open"]["administrator"] == order and entered["by"] != "":
        standing["objected"] = True
        end_order(require_party(ctx.party), standing, entered, "stopped")
    return {"order": order, "party": ctx.party}


@call
def leave(party):
    """Begin to leave (退出): nothing new begins from here on. party: the sender, or one that it sponsors.

    A suspended or insolvent party leaves once nothing of it is open any more, and only a vote takes that back. One that
    its sponsor lets leave may stay; then the sponsor lets it leave no more.
    """
    row = require_party(party)
    if party == ctx.party:
        require_admins(require_able(party))
    else:
        require(row["sponsor"] == ctx.party, "not_the_sponsor", {"id": party})
        require_not_stopped(ctx.party)
        require_maker_and_checker()
    require_step(row, "standing.leave", "leaving")
    standing = standing_of(party)
    if row["status"] != "active":
        require_nothing_open(party)
    elif party != ctx.party:
        require(not standing["stays"], "party_stays", {"id": party})
    standing["left_from"] = row["status"]
    standing["left_stood_ms"] = invoke("calendar", "stood_ms")
    standing["stays"] = False
    row["leaving_since"] = ctx.today
    close_standing(row, standing)
    keep_standing(row, standing)
    emit("party_leaving", {"party": party, "by": ctx.party})
    return {"party": party, "party_status": row["status"]}


@call
def stay():
    """Take back that the sender leaves, whoever said so (撤回退出): any admin key of it, until it is closed."""
    row = require_party(ctx.party)
    require_capability("admin")
    require_step(row, "standing.stay", "active")
    standing = standing_of(ctx.party)
    require_left_freely(standing)
    standing["stays"] = True
    row["leaving_since"] = ""
    keep_standing(row, standing)
    return {"party": ctx.party, "party_status": row["status"]}


@call
def close(party):
    """Close a leaving party of which nothing is open (注销); its sponsor may. Its keys end with it.

    Not within 72 hours after it began to leave, in which it may stay: Friday 2027-03-05, closed from Tuesday 03-09 on.
    """
    row = require_party(party)
    require(row["sponsor"] == ctx.party, "not_the_sponsor", {"id": party})
    require_not_stopped(ctx.party)
    require_maker_and_checker()
    require_step(row, "standing.close", "closed")
    until = invoke("calendar", "end_of_72_hours", row["leaving_since"])
    later = invoke("calendar", "after_standstill", add_days(until, 1), standing_of(party)["left_stood_ms"])
    until = add_days(later["acts_on"], -1)
    require(ctx.today > until, "leaving_under_way", {"id": party, "until": until})
    close_party(row, ctx.party)
    return {"party": party, "party_status": "closed"}


@view
def open_items(party):
    """What of a party is still open and keeps it from being closed (未了事项); "open" counts the kinds.

    holdings: [{"currency", "role", "count", "sum" in minor units}], its live tokens, debts and payments as the core
    counts them. sponsored: parties. seats: validators, observers, and candidates that it proposed itself. debtors:
    parties whose mandate it has; bills: those that it is to pay. Both are counted in the place of others too, and are 0
    once a successor stands in its own. pledges: that it has, and that are not over.
    """
    require_party(party)
    return items_of(party)


# --- votes, and days --------------------------------------------------------------------------------------------------
@internal("governance")
def check_status_vote(content):
    """Refuse at once a change of status that a vote could not bring about."""
    require(content["status"] in ("suspended", "insolvent", "active"), "status_unknown")
    require_papers(content["status"], content["reason"], content["authority"], content["number"], content["documents"])
    row = require_party(content["party"])
    if kept_by_vote(standing_of(row["id"]), content["status"]) == "":
        require_step(row, "vote party_status", content["status"])


@internal("governance")
def vote_status(content):
    """Set a party's status by vote, keep what banks ordered, or lift whatever stands."""
    row = require_party(content["party"])
    standing = standing_of(row["id"])
    status = content["status"]
    if status == "active":
        require_step(row, "vote party_status", status)
        row["leaving_since"] = ""
        close_standing(row, standing)
        keep_standing(row, standing)
    elif kept_by_vote(standing, status) != "":
        ratify_order(row, standing, orders.get(kept_by_vote(standing, status)), "")
    else:
        require_step(row, "vote party_status", status)
        ratify_order(row, standing, new_order(row, status, content, ""), "")


def kept_by_vote(standing, status):
    """The order of banks that a vote on this status keeps; "" if it sets a new one, or lifts."""
    if status == "active":
        return ""
    waiting = standing["open"][status]
    return standing[status] if waiting == "" else waiting


@internal("governance")
def check_administrator_vote(content):
    """Refuse at once an administrator that a vote could not name."""
    require_papers("administrator", "", content["authority"], content["number"], content["documents"])
    require_ratified_insolvency(content["party"], standing_of(require_party(content["party"])["id"]))
    invoke("party", "check_new_keys", content["party"], content["keys"])


@internal("governance")
def vote_administrator(content):
    """Name the administrator of an insolvent party by vote: of a bank, or where the sponsor does not act.

    It acts 72 hours later, too, nobody objects, and it takes the place of one whom banks named and who waits.
    """
    row = require_party(content["party"])
    standing = standing_of(row["id"])
    require_ratified_insolvency(row["id"], standing)
    if standing["open"]["administrator"] != "":
        end_order(row, standing, orders.get(standing["open"]["administrator"]), "lapsed")
    standing["objected"] = False
    papers = {
        "reason": "",
        "authority": content["authority"],
        "number": content["number"],
        "documents": content["documents"],
        "keys": invoke("party", "check_new_keys", row["id"], content["keys"]),
    }
    ratify_order(row, standing, new_order(row, "administrator", papers, ""), "")


@internal("governance")
def check_close(party):
    """Refuse at once to close a party that a vote could not close as things stand."""
    require_step(require_party(party), "vote party_close", "closed")
    require_nothing_open(party)


@internal("governance")
def vote_close(party):
    """Close a party of which nothing is open by vote: a bank, a regulator, an auditor. It leaves, or it is stopped."""
    row = require_party(party)
    require_step(row, "vote party_close", "closed")
    close_party(row, "")


@each_day("agenda")
def on_day(date, item, row):
    """Let an administrator's keys act, or an order lapse that nobody ratified in time, as if it had never been.

    Neither while days are left that the network stood still, in which nobody could object or ratify. An administrator
    whom the guards of the day refuse comes to nothing: the next step ends it. Regulators are told by the events.
    """
    order = orders.get(row["order"])
    party = parties.get(order["party"])
    standing = standing_of(party["id"])
    if standing["open"][order["kind"]] != order["id"]:
        return
    later = end_today(order)
    if later["acts_on"] > ctx.today:
        put_off(party, standing, order, later)
        return
    if row["step"] == "act":
        close_order(standing, order)
        put_in_force(party, standing, order)
        keep_standing(party, standing)
    else:
        end_order(party, standing, order, "lapsed")


def put_off(row, standing, order, later):
    """An administrator acts later, and can be objected to until then; any other order can be ratified for longer."""
    close_order(standing, order)
    waits = order["acts_on"] != ""
    if waits:
        order["acts_on"] = later["acts_on"]
    else:
        order["until"] = add_days(later["acts_on"], -1)
    order["allowed_ms"] = later["allowed_ms"]
    open_order(standing, order)
    keep_standing(row, standing)
    if waits:
        emit("administrator_put_off", {"order": order["id"], "party": row["id"], "acts_on": order["acts_on"]})
    else:
        emit("status_put_off", {"order": order["id"], "party": row["id"], "until": order["until"]})


def end_today(order):
    """When an order that waits acts, or has lapsed, as things stand today: {"acts_on", "allowed_ms"}."""
    return invoke("calendar", "after_standstill", day_of_end(order), order["allowed_ms"])


# --- orders -----------------------------------------------------------------------------------------------------------
# An order is entered by one bank and ratified by another; a party's standing says which are open
# and which are in force, and the status of the party follows from those in force.
def enter_order(row, standing, kind, papers):
    """Enter an order of the sender on a party; it acts at once where it may. papers: see new_order."""
    known = standing["open"][kind]
    require(known == "", "status_order_open", {"order": known})
    order = new_order(row, kind, papers, ctx.party)
    order["at_once"] = kind in ("suspended", "insolvent") and kind not in standing["unratified"]
    order["until"] = invoke("calendar", "end_of_72_hours", ctx.today)
    if kind == "suspended" and order["at_once"]:
        order["until"] = invoke("calendar", "business_days_after", ctx.today, SUSPENSION_BUSINESS_DAYS)
    open_order(standing, order)
    emit("status_ordered", {
        "order": order["id"], "party": row["id"], "kind": kind, "by": ctx.party, "until": order["until"]
    })  # fmt: skip
    if order["at_once"]:
        put_in_force(row, standing, order)
    keep_standing(row, standing)
    return {"order": order["id"], "party": row["id"], "party_status": row["status"], "until": order["until"]}


def new_order(row, kind, papers, by):
    """The row of a new order, not stored. by: a bank, or "" for a vote.

    papers: {"reason", "authority", "number", "documents", "keys"}, keys only of an administrator.
    """
    return {
        "id": new_id("S"),
        "party": row["id"],
        "kind": kind,
        "reason": papers["reason"],
        "authority": papers["authority"],
        "number": papers["number"],
        "documents": papers["documents"],
        "keys": papers["keys"] if "keys" in papers else [],
        "by": by,
        "second": "",
        "status": "entered",
        "at_once": False,
        "entered_on": ctx.today,
        "ratified_on": "",
        "until": ctx.today,
        "acts_on": "",
        "allowed_ms": invoke("calendar", "stood_ms"),
        "stopped_at": 0,
        "objected_on": "",
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    }


def ratify_order(row, standing, order, second):
    """second: the bank that ratifies, "" for a vote. What was entered now stays until it is lifted."""
    kind = order["kind"]
    if kind == "administrator":
        require_ratified_insolvency(row["id"], standing)
    in_force = kind in standing and standing[kind] == order["id"]
    order["status"] = "ratified"
    order["second"] = second
    order["ratified_on"] = ctx.today
    close_order(standing, order)
    kept = []
    for one in standing["unratified"]:
        if one != kind:
            kept += [one]
    standing["unratified"] = kept
    if kind == "administrator":
        order["acts_on"] = add_days(invoke("calendar", "end_of_72_hours", ctx.today), 1)
        order["allowed_ms"] = invoke("calendar", "stood_ms")
        open_order(standing, order)
    elif in_force:
        standing["stopped_at"] = max(standing["stopped_at"], order["stopped_at"])
    else:
        put_in_force(row, standing, order)
    keep_standing(row, standing)
    emit("status_ratified", {
        "order": order["id"], "party": row["id"], "kind": kind, "second": second, "acts_on": order["acts_on"]
    })  # fmt: skip


def put_in_force(row, standing, order):
    """Let an order act: the party's status, or its keys, follow from it. row: the party's, not stored."""
    kind = order["kind"]
    if kind == "active":  # of an insolvency; a suspension beneath it stays
        if standing["insolvent"] != "":
            end_order(row, standing, orders.get(standing["insolvent"]), "lifted")
        return
    order["stopped_at"] = ctx.height
    orders.put(order["id"], order)
    if order["status"] == "ratified":
        standing["stopped_at"] = ctx.height
    standing[kind] = order["id"]
    if kind == "insolvent":
        row["insolvent_since"] = ctx.today
        row["insolvency_document"] = order["documents"][0]
    elif kind == "administrator":
        row["administered_on"] = ctx.today
        invoke("party", "give_to_administrator", row["id"], order["keys"])
        emit("administrator_named", {"party": row["id"], "order": order["id"], "keys": len(order["keys"])})


def end_order(row, standing, order, status):
    """End what is in force, or an order that waits. status: "lapsed", "lifted" or "stopped"."""
    kind = order["kind"]
    if order["status"] == "entered" and order["at_once"] and kind not in standing["unratified"]:
        standing["unratified"] += [kind]
    order["status"] = status
    close_order(standing, order)
    if kind in standing and standing[kind] == order["id"]:
        standing[kind] = ""
        if kind == "insolvent":
            end_insolvency(row, standing)
    keep_standing(row, standing)
    tell_of_end(order)


def end_insolvency(row, standing):
    """With an insolvency ends its administrator, who is none of the next one, and what waits to be decided about it."""
    row["insolvent_since"] = ""
    row["insolvency_document"] = ""
    row["administered_on"] = ""
    for kind in ("active", "administrator"):
        if standing["open"][kind] != "":
            waiting = orders.get(standing["open"][kind])
            waiting["status"] = "lapsed"
            close_order(standing, waiting)
            tell_of_end(waiting)
    if standing["administrator"] != "":
        former = orders.get(standing["administrator"])
        former["status"] = "lifted"
        orders.put(former["id"], former)
        standing["administrator"] = ""
        invoke("party", "give_back", row["id"])
        tell_of_end(former)


def tell_of_end(order):
    """Say how an order ended. order: its row."""
    told = {"order": order["id"], "party": order["party"], "kind": order["kind"], "by": order["by"]}
    if order["status"] == "lapsed":
        emit("status_lapsed", told)
    elif order["status"] == "stopped":
        emit("status_stopped", told)
    else:
        emit("status_lifted", told)


def open_order(standing, order):
    """Keep an order that waits: for a second bank, or once it is ratified for the day on which it acts."""
    orders.put(order["id"], order)
    standing["open"][order["kind"]] = order["id"]
    for step in steps_of(order):
        agenda.put([day_of_end(order), "order", order["id"], step], {"order": order["id"], "step": step})


def close_order(standing, order):
    """Keep an order that waits no more."""
    orders.put(order["id"], order)
    if standing["open"][order["kind"]] == order["id"]:
        standing["open"][order["kind"]] = ""
        for step in steps_of(order):
            agenda.delete([day_of_end(order), "order", order["id"], step])


def steps_of(order):
    """What its last day brings: it acts, if it may; and what then still waits ends."""
    return ["end"] if order["acts_on"] == "" else ["act", "end"]


def day_of_end(order):
    """The day on which an order that waits acts, or the day after its last one, on which it lapses."""
    return add_days(order["until"], 1) if order["acts_on"] == "" else order["acts_on"]


def close_standing(row, standing):
    """Lift both orders that may be in force."""
    for kind in ("suspended", "insolvent"):
        if standing[kind] != "":
            end_order(row, standing, orders.get(standing[kind]), "lifted")


def standing_of(party):
    """The orders on a party that are open and in force; of most parties there is none, and no row."""
    row = standings.get(party)
    if row is None:
        row = {"suspended": "", "insolvent": "", "administrator": "", "unratified": [], "left_from": "", "stays": False}
        row["objected"] = False  # to an administrator whom banks named: the next one is voted
        row["left_stood_ms"] = 0  # for how long the network had stood still in all when it began to leave
        row["stopped_at"] = 0  # height of the last stop that two banks or a vote decided
        row["open"] = {"suspended": "", "insolvent": "", "active": "", "administrator": ""}
    return row


def keep_standing(row, standing):
    """Keep both rows; the status is that of the gravest order in force, else whether the party is leaving.

    Suspended, then insolvent: "insolvent"; the insolvency ends: "suspended"; that ends, too: "leaving" if it left.
    """
    status = "active" if row["leaving_since"] == "" else "leaving"
    for kind in ("suspended", "insolvent"):
        if standing[kind] != "":
            status = kind
    row["stopped_at"] = standing["stopped_at"]
    for kind in ("suspended", "insolvent"):  # in force, and perhaps to lapse as if it had never been
        if standing[kind] != "":
            row["stopped_at"] = max(row["stopped_at"], orders.get(standing[kind])["stopped_at"])
    if status != row["status"]:
        require(is_step(PARTY_STEPS, row["status"], status), "party_transition", {"from": row["status"], "to": status})
        emit("status_changed", {"party": row["id"], "from": row["status"], "to": status, "by": ctx.party})
    row["status"] = status
    invoke("party", "keep_standing", row["id"], row)
    standings.put(row["id"], standing)


def lifted_alone(row, standing):
    """The order that whoever entered it may lift without a second bank; None if there is no such one."""
    if row["status"] not in PARTY_STOPPED:
        return None
    order = orders.get(standing[row["status"]])
    if order["kind"] == "insolvent" and order["status"] == "ratified":
        return None
    return order


def close_party(row, by):
    """Close a party of which nothing is open, and end the orders on it. by: a bank, or "" for a vote."""
    require_nothing_open(row["id"])
    standing = standing_of(row["id"])
    if row["status"] != "leaving":
        row["leaving_since"] = ctx.today
        close_standing(row, standing)
    for kind in sorted(standing["open"]):
        if standing["open"][kind] != "":
            end_order(row, standing, orders.get(standing["open"][kind]), "lapsed")
    invoke("party", "end_party", row["id"])
    emit("status_changed", {"party": row["id"], "from": "leaving", "to": "closed", "by": ctx.party})
    emit("party_closed", {"party": row["id"], "by": by})


# --- what is open -----------------------------------------------------------------------------------------------------
def items_of(party):
    """What of a party is open: see open_items."""
    found = []
    for entry in holdings.scan([party], MOST_HOLDINGS):
        place, share = entry[0], entry[1]
        found += [{"currency": place[1], "role": place[2], "count": share[0], "sum": share[1]}]
    seats = 0
    for entry in validators.scan([], MOST_VALIDATORS):
        if entry[1]["party"] == party and (entry[1]["status"] != "candidate" or entry[1]["proposer"] == party):
            seats += 1
    debtors = 0
    bills = 0
    for bank in paying_as(party):
        debtors += counted(pays_for.get(bank), 0)
        bills += counted(to_pay.get(bank), 0)
    return {
        "party": party,
        "holdings": found,
        "sponsored": counted(sponsored.get(party), 0),
        "seats": seats,
        "debtors": debtors,
        "bills": bills,
        "pledges": counted(pledges_taken.get(party), 0),
    }


def paying_as(bank):
    """Itself and the banks in whose place it pays; none once another stands in its own."""
    if successor_of(bank) != bank:
        return []
    return replaced_by(bank) + [bank]


def require_nothing_open(party):
    """Nothing of a party is open any more."""
    items = items_of(party)
    count = len(items["holdings"]) + items["sponsored"] + items["seats"] + items["debtors"] + items["bills"]
    count += items["pledges"]
    require(count == 0, "open_items", items)


# --- guards -----------------------------------------------------------------------------------------------------------
def require_left_freely(standing):
    """The party was neither suspended nor insolvent when it began to leave: leaving is no way round a second bank."""
    was = standing["left_from"]
    require(was == "active", "left_while_stopped", {"status": was})


def require_order(order):
    """An order that is there, in whatever state; answers its row."""
    row = orders.get(order)
    require(row is not None, "status_order_unknown")
    return row


def require_order_step(order, act, then):
    """An order stands where this act may bring it to `then`."""
    step = {"from": order["status"], "to": then}
    require(may_lead(STANDING_ORDER_STEPS, act, order, then), "status_order_transition", step)


def require_step(row, act, then):
    """A party stands where this act, or a vote of this kind, may bring it to `then`. row: its party row."""
    require(may_lead(PARTY_STEPS, act, row, then), "party_transition", {"from": row["status"], "to": then})


def require_papers(kind, reason, authority, number, documents):
    """The papers of an order: court and number where a court decided, and as many documents as it has."""
    require_text(reason)
    require_text(authority)
    require_text(number)
    most = 2 if kind in ("insolvent", "administrator") else 1
    least = 2 if kind == "insolvent" else 1
    require(kind_of(documents) == "list" and least <= len(documents) <= most, "documents_needed", {"least": least})
    for document in documents:
        require_digest(document)
    by_court = kind in ("insolvent", "administrator")
    require((authority != "" and number != "") or not by_court, "court_not_named")


def require_ratified_insolvency(party, standing):
    """A party whose insolvency two banks or a vote decided. standing: the party's."""
    order = standing["insolvent"]
    ratified = order != "" and orders.get(order)["status"] == "ratified"
    require(ratified, "insolvency_not_ratified", {"id": party})


def require_unbarred(party):
    """The sender has nothing to win or lose by this party's status: it is another one, without a quote under way.

    Quotes of those in whose place it stands are its own.
    """
    require(ctx.party != party, "side_of_the_matter", {"id": ctx.party})
    quoted = False
    for bank in replaced_by(ctx.party) + [ctx.party]:
        quoted = quoted or live_quotes.has([party, bank])
    require(not quoted, "quote_to_the_party", {"id": ctx.party, "party": party})


def require_no_vote(row, standing):
    """The status in force was neither set nor kept by a vote: that, only a vote lifts."""
    if row["status"] in PARTY_STOPPED:
        order = orders.get(standing[row["status"]])
        voted = order["status"] == "ratified" and order["second"] == ""
        require(not voted, "voted_status", {"id": row["id"], "order": order["id"]})
