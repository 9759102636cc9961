"""Entries of banks (银行登记): a debtor in default (违约记录), and an invoice that is struck (剔除). No court papers.

The bank that vouches for a party enters it and names what it goes by: the public list, or a dispute that was upheld. So
far it means nothing: it acts once a second bank of another house ratifies it within 72 hours, else it lapses. Taking
one back is an entry, too. A default is read by everybody who is registered and ends by itself after 12 months; who
issues by rules reads it there. A struck invoice bars new financing for its seller, and nobody who took a token on.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    DEFAULT_IN_FORCE,
    DISPUTE_UPHELD,
    ENTRY_RATIFIED,
    ENTRY_STANDING,
    ENTRY_STEPS,
    HOUSES_THAT_REFUSE,
    banks_with_a_seat,
    counted,
    houses_of,
    may_lead,
    parameter,
    paying_bank_of,
    refused_too,
    require_active,
    require_bank,
    require_digest,
    require_maker_and_checker,
    require_not_closed,
    require_not_stopped_since,
    require_party,
    require_text,
    successor_of,
)

entries = own_table("entry")  # id -> entry row
defaults = own_table("default")  # [debtor, kind] -> default row: the newest
waiting = own_table("waiting")  # [kind, what it is on…] -> {"entry"} that waits for a second bank
open_entries = own_table("open_entries")  # bank -> {"count"} of the entries that it made and that wait
agenda = own_table("agenda")
parties = read_table("party", "party")
disputes = read_table("invoice", "dispute")
invoices = read_table("invoice", "invoice")

DEFAULTS = ("bond_default", "persistent")
MONTHS_IN_FORCE = 12


# --- acts -------------------------------------------------------------------------------------------------------------
@call
def enter_default(debtor, default, document):
    """Enter that a debtor is in default, as its sponsor or the bank that pays for it. Two people.

    default: "bond_default" (债券违约) or "persistent" (票据持续逾期). document: digest of the public list.
    Ratified on 2027-03-05 it stands to 2028-03-05, or until it is lifted.
    """
    require(kind_of(default) == "text" and default in DEFAULTS, "default_unknown")
    require_digest(document)
    row = require_party(debtor)
    require_acting_bank(banks_of(row, "default"), [debtor])
    require_active(ctx.party)
    require_maker_and_checker()
    known = defaults.get([debtor, default])
    stands = known is not None and known["status"] in DEFAULT_IN_FORCE
    require(not stands, "entry_stands", {"entry": known["entry"] if stands else ""})
    require_none_open(["default", debtor, default])
    require_not_closed(debtor)
    return enter(new_entry("default", debtor, [debtor], document, {"default": default}))


@call
def strike(dispute, document):
    """Enter that an invoice is struck, as the sponsor of its seller: of a dispute of it that was upheld. Two people.

    document: digest of the bank's own finding. Once ratified, nobody confirms a bill on it or finances its seller.
    """
    require_text(dispute)
    require_digest(document)
    said = disputes.get(dispute)
    require(said is not None, "dispute_unknown")
    invoice = invoices.get([said["fingerprint"], said["seller"]])
    require(invoice is not None, "invoice_unknown", {"fingerprint": said["fingerprint"]})
    sides = each_once([said["seller"], invoice["buyer"], said["by"]])
    require_acting_bank(banks_of(require_party(said["seller"]), "struck"), sides)
    require_active(ctx.party)
    require_maker_and_checker()
    require_upheld(said)
    require_none_open(["struck", said["fingerprint"], said["seller"]])
    struck = invoice["status"] == "struck"
    require(not struck, "entry_stands", {"entry": invoice["struck_by"] if struck else ""})
    what = {"dispute": dispute, "fingerprint": said["fingerprint"]}
    return enter(new_entry("struck", said["seller"], sides, document, what))


@call
def lift(lifts, document):
    """Enter that a default is over, or that an invoice stands again, as who may enter the one it lifts. Two people.

    lifts: the entry. document: digest of the paper that says so.
    """
    require_digest(document)
    lifted = require_entry(lifts)
    require_acting_bank(banks_of(require_party(lifted["party"]), lifted["kind"]), lifted["concerned"])
    require_active(ctx.party)
    require_maker_and_checker()
    require_can_be_lifted(lifted)
    require_none_open(["lift", lifts])
    what = {"lifts": lifts}
    for name in ("default", "dispute", "fingerprint"):
        what[name] = lifted[name]
    return enter(new_entry("lift", lifted["party"], lifted["concerned"], document, what))


@call
def ratify_entry(entry):
    """Ratify another bank's entry as the second bank (复核行): it acts from now on. Two people.

    Second is a bank of another house that is no side of it. Entered on Friday 2027-03-05: until Monday 03-08.
    """
    entered = require_second_bank(entry)
    require_active(ctx.party)
    require_maker_and_checker()
    require_entry_step(entered, "entry.ratify_entry", "ratified")
    if entered["kind"] == "struck":
        require_upheld(disputes.get(entered["dispute"]))
    elif entered["kind"] == "lift":
        require_can_be_lifted(entries.get(entered["lifts"]))
    until = add_days(end_today(entered)["acts_on"], -1)
    require(ctx.today <= until, "entry_over", {"until": until})
    require_not_stopped_since(entered["by"], entered["created"]["height"])
    forget(entered)
    count_open(entered["by"], -1)
    entered["status"] = "ratified"
    entered["second"] = ctx.party
    entered["ratified_on"] = ctx.today
    entered["until"] = add_months(ctx.today, MONTHS_IN_FORCE) if entered["kind"] == "default" else ""
    if entered["kind"] == "default":
        begin_default(entered)
    elif entered["kind"] == "struck":
        invoke("invoice", "strike_out", entered["fingerprint"], entered["party"], entry)
    else:
        end(entries.get(entered["lifts"]), "lifted")
    entries.put(entry, entered)
    emit("entry_ratified", {"entry": entry, "kind": entered["kind"], "second": ctx.party})
    return {"entry": entry, "entry_status": "ratified", "until": entered["until"]}


@call
def refuse_entry(entry, reason):
    """Refuse another bank's entry as a second bank, and say why. Two people. Always open.

    Banks of HOUSES_THAT_REFUSE houses end it: one alone keeps nothing off the ledger that another would ratify.
    """
    require_text(reason)
    require(reason != "", "reason_needed")
    entered = require_second_bank(entry)
    require_maker_and_checker()
    require_entry_step(entered, "entry.refuse_entry", "refused")
    entered["refusals"] = refused_too(entered["refusals"], reason)
    if len(entered["refusals"]) == HOUSES_THAT_REFUSE:
        forget(entered)
        count_open(entered["by"], -1)
        entered["status"] = "refused"
        entered["second"] = ctx.party
    entries.put(entry, entered)
    emit("entry_refused", {
        "entry": entry, "kind": entered["kind"], "by": ctx.party, "reason": reason,
        "refusals": len(entered["refusals"]),
    })  # fmt: skip
    return {"entry": entry, "entry_status": entered["status"], "until": entered["until"]}


@call
def object_to_entry(entry, reason):
    """Object to an entry as the party that it is on: any key may, once. Always open.

    It ends nothing. Who reads the default reads the objection beside it, and who is to ratify sees it.
    """
    require_text(reason)
    require(reason != "", "reason_needed")
    entered = require_entry(entry)
    require(ctx.party == entered["party"], "entry_on_another_party", {"id": entered["party"]})
    standing = entered["status"] in ENTRY_STANDING and entered["kind"] != "lift"
    require(standing, "entry_transition", {"from": entered["status"], "to": "objected"})
    require(entered["objected_on"] == "", "objection_made", {"objected_on": entered["objected_on"]})
    entered["objected_on"] = ctx.today
    entered["objection"] = reason
    entries.put(entry, entered)
    if entered["kind"] == "default" and entered["status"] in ENTRY_RATIFIED:
        begin_default(entered)
    emit("entry_objected", {"entry": entry, "party": ctx.party, "kind": entered["kind"], "reason": reason})
    return {"entry": entry, "entry_status": entered["status"], "objected_on": ctx.today}


# --- days -------------------------------------------------------------------------------------------------------------
@each_day("agenda")
def on_day(date, item, row):
    """Let an entry lapse that nobody ratified in time, or a default end after its months.

    The first not while days are left on which the network stood still, and nobody could ratify.
    """
    entered = entries.get(row["entry"])
    if entered["status"] in ENTRY_RATIFIED:
        end(entered, "expired")
        return
    later = end_today(entered)
    forget(entered)
    if later["acts_on"] > ctx.today:
        entered["until"] = add_days(later["acts_on"], -1)
        entered["allowed_ms"] = later["allowed_ms"]
        wait(entered)
        emit("entry_put_off", {"entry": entered["id"], "until": entered["until"]})
        return
    count_open(entered["by"], -1)
    entered["status"] = "lapsed"
    entries.put(entered["id"], entered)
    emit("entry_lapsed", {"entry": entered["id"], "kind": entered["kind"], "by": entered["by"]})


def end_today(entered):
    """When an entry that waits has lapsed, as things stand today: {"acts_on", "allowed_ms"}."""
    return invoke("calendar", "after_standstill", add_days(entered["until"], 1), entered["allowed_ms"])


# --- what waits -------------------------------------------------------------------------------------------------------
def new_entry(kind, party, sides, document, what):
    """The row of a new entry, not stored. party: whom it is on. sides: see `concerned`. what: {field: value} beside."""
    return {
        "id": new_id("N"),
        "kind": kind,
        "party": party,
        "default": what["default"] if "default" in what else "",
        "dispute": what["dispute"] if "dispute" in what else "",
        "fingerprint": what["fingerprint"] if "fingerprint" in what else "",
        "lifts": what["lifts"] if "lifts" in what else "",
        "concerned": sides,
        "document": document,
        "by": ctx.party,
        "second": "",
        "refusals": [],
        "objected_on": "",
        "objection": "",
        "entered_on": ctx.today,
        "ratified_on": "",
        "ended_on": "",
        "until": invoke("calendar", "end_of_72_hours", ctx.today),
        "allowed_ms": invoke("calendar", "stood_ms"),
        "status": "entered",
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    }


def enter(entered):
    """Keep a new entry until a second bank says something of it."""
    count_open(ctx.party, 1)
    wait(entered)
    emit("entered", {
        "entry": entered["id"], "kind": entered["kind"], "party": entered["party"], "by": ctx.party,
        "until": entered["until"],
    })  # fmt: skip
    return {"entry": entered["id"], "until": entered["until"]}


def wait(entered):
    """Keep an entry that waits, have it looked at on its day, and keep others off what it is on."""
    waiting.put(place_of(entered), {"entry": entered["id"]})
    agenda.put([add_days(entered["until"], 1), entered["id"]], {"entry": entered["id"]})
    entries.put(entered["id"], entered)


def forget(entered):
    """An entry does not wait any more, or to another day. entered: its row, as it waited; it is not stored."""
    waiting.delete(place_of(entered))
    agenda.delete([add_days(entered["until"], 1), entered["id"]])


def place_of(entered):
    """What an entry is on, as a key of `waiting`."""
    if entered["kind"] == "default":
        return ["default", entered["party"], entered["default"]]
    if entered["kind"] == "struck":
        return ["struck", entered["fingerprint"], entered["party"]]
    return ["lift", entered["lifts"]]


def count_open(bank, change):
    """Keep count of the entries of a bank that wait for a second one, up to as many as orders of courts."""
    count = counted(open_entries.get(bank), change)
    if change > 0:
        most = parameter("open_orders")
        require(count <= most, "too_many_entries", {"most": most})
    if count > 0:
        open_entries.put(bank, {"count": count})
    else:
        open_entries.delete(bank)


# --- what an entry does -----------------------------------------------------------------------------------------------
def begin_default(entered):
    """Show a default to everybody who is registered, for its months. entered: its row, ratified."""
    known = defaults.get([entered["party"], entered["default"]])
    defaults.put([entered["party"], entered["default"]], {
        "debtor": entered["party"],
        "kind": entered["default"],
        "entry": entered["id"],
        "document": entered["document"],
        "by": entered["by"],
        "second": entered["second"],
        "from": entered["ratified_on"],
        "until": entered["until"],
        "objected_on": entered["objected_on"],
        "objection": entered["objection"],
        "ended_on": "",
        "status": "in_force",
        "created": entered["created"] if known is None else known["created"],
    })  # fmt: skip
    agenda.put([add_days(entered["until"], 1), entered["id"]], {"entry": entered["id"]})


def end(entered, status):
    """A ratified entry is over. status: "lifted" or "expired"."""
    entered["status"] = status
    entered["ended_on"] = ctx.today
    entries.put(entered["id"], entered)
    if entered["kind"] == "struck":
        invoke("invoice", "put_back", entered["fingerprint"], entered["party"])
    else:
        agenda.delete([add_days(entered["until"], 1), entered["id"]])
        row = defaults.get([entered["party"], entered["default"]])
        row["status"] = status
        row["ended_on"] = ctx.today
        defaults.put([entered["party"], entered["default"]], row)
    emit("entry_ended", {"entry": entered["id"], "kind": entered["kind"], "party": entered["party"], "status": status})


# --- guards -----------------------------------------------------------------------------------------------------------
def banks_of(row, kind):
    """The banks that enter something on a party: its sponsor, and of a default the bank that pays for it, too.

    row: the party's. kind: of the entry that is made, or that is lifted.
    """
    banks = [successor_of(row["sponsor"])]
    if kind == "default":
        banks += [paying_bank_of(row)]
    return banks


def require_acting_bank(banks, sides):
    """The sender is one of these banks, or where none of them may, a bank with a seat. Nobody enters its own matter.

    banks: ids, "" for none. sides: the parties whose matter it is.
    """
    facts = {"id": ctx.party}
    require_bank(ctx.party)
    barred = houses_of(sides)
    require(successor_of(ctx.party) not in barred, "not_the_entering_bank", facts)
    able = []
    for bank in banks:
        if bank != "" and successor_of(bank) not in barred and parties.get(bank)["status"] == "active":
            able += [bank]
    if len(able) == 0:
        able = banks_with_a_seat()
    require(ctx.party in able, "not_the_entering_bank", facts)


def require_second_bank(entry):
    """An entry that the sender may ratify or refuse as the second bank; answers its row."""
    entered = require_entry(entry)
    require_bank(ctx.party)
    barred = houses_of(entered["concerned"] + [entered["by"]])
    require(successor_of(ctx.party) not in barred, "not_the_entering_bank", {"id": ctx.party})
    return entered


def require_entry(entry):
    """An entry that is there, in whatever state; answers its row."""
    row = entries.get(entry)
    require(row is not None, "entry_unknown")
    return row


def require_entry_step(entered, act, then):
    """An entry stands where this act may bring it to `then`."""
    require(may_lead(ENTRY_STEPS, act, entered, then), "entry_transition", {"from": entered["status"], "to": then})


def require_can_be_lifted(lifted):
    """A default in force, or an entry by which an invoice is struck now. lifted: its row."""
    stands = lifted["kind"] != "lift" and lifted["status"] in ENTRY_RATIFIED
    require(stands, "entry_transition", {"from": lifted["status"], "to": "lifted"})


def require_upheld(dispute):
    """A dispute behind which the sponsor of who raised it stands. dispute: its row."""
    require(dispute["status"] in DISPUTE_UPHELD, "dispute_not_upheld", {"status": dispute["status"]})


def require_none_open(place):
    """No entry on the same waits for a second bank. place: a key of `waiting`."""
    known = waiting.get(place)
    require(known is None, "entry_open", {"entry": "" if known is None else known["entry"]})


def each_once(named):
    """Ids, each once, in their order."""
    found = []
    for one in named:
        if one not in found:
            found += [one]
    return found
