"""Recovery (密钥恢复与主体主张): new keys for a party that lost its own, and a party for whom it belongs to.

Either is announced and acts after 72 hours, so that nobody is taken over unseen. What the sponsor announces any admin
key of the party vetoes; after a veto, and where there is no sponsor, the validators decide by vote, which has no veto.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    RECOVERY_STEPS,
    are_keys_of,
    keys_that_signed,
    may_lead,
    require_active,
    require_capability,
    require_digest,
    require_maker_and_checker,
    require_party,
    require_sponsor,
)

recoveries = own_table("recovery")  # id -> recovery row
places = own_table("place")  # party -> {"open": id of what is under way or "", "vetoed": whether a vote alone may}
agenda = own_table("agenda")
standings = read_table("standing", "standing")
orders = read_table("standing", "order")


@call
def recover(party, new_keys, document):
    """Let new keys take the place of all keys of a party after 72 hours (密钥恢复): maker and checker of its sponsor.

    new_keys: [{"key", "proof"}] as in party.add_key, one an admin's at least. Until then any admin key of the party
    vetoes. It acts only if the sponsor is active by then and the keys that announced it are still its own. document:
    digest of the paper on which the sponsor relies, 64 hex digits.
    """
    require_digest(document)
    row = require_party(party)
    require_sponsor(row)
    require_active(ctx.party)
    require_maker_and_checker()
    place = place_of(party)
    require(not place["vetoed"], "recovery_vetoed")
    require(place["open"] == "", "recovery_under_way", {"recovery": place["open"]})
    listed = checked_keys(party, new_keys)
    return announce(party, "recover", {"keys": listed, "document": document}, ctx.party, keys_that_signed())


@call
def veto(recovery):
    """Refuse what the sponsor announced: any admin key of the party. Then only a vote recovers its keys."""
    row = require_recovery(recovery)
    require(row["party"] == ctx.party, "not_your_recovery")
    require_capability("admin")
    require_announced(row, "recovery.veto", "vetoed")
    require(row["announced_by"] != "", "vote_has_no_veto")
    end(row, "vetoed")
    places.put(ctx.party, {"open": "", "vetoed": True})
    return {"recovery": recovery, "status": "vetoed"}


@call
def withdraw(recovery):
    """Take back what the sender announced and has not acted: a maker of the sponsor."""
    row = require_recovery(recovery)
    require(row["announced_by"] == ctx.party, "not_your_recovery")
    require_capability("maker")
    require_announced(row, "recovery.withdraw", "withdrawn")
    end(row, "withdrawn")
    return {"recovery": recovery, "status": "withdrawn"}


@internal("governance")
def check_recovery(party, new_keys, document):
    """Refuse at once a recovery that a vote could not bring about."""
    require_digest(document)
    checked_keys(party, new_keys)


@internal("governance")
def recover_by_vote(party, new_keys, document):
    """Recover the keys of a party by vote. It ends what is under way there, and nobody vetoes it."""
    require_digest(document)
    listed = checked_keys(party, new_keys)
    give_way(party)
    announce(party, "recover", {"keys": listed, "document": document}, "", [])


@internal("governance")
def check_claim(application):
    """Refuse at once a claim that a vote could not grant."""
    invoke("party", "check_claim", application)
    require_not_administered(application["statement"]["id"])


@internal("governance")
def claim_by_vote(application):
    """Give a party to whom it belongs: a false sponsor had registered others under its id (主体主张).

    Keys, sponsor, names, roles, identifiers and accounts are then those of the application, policy and encryption key
    none, and what the former keys announced comes to nothing. A closed party is active again: whoever closed a false
    one, or its own, leaves the id to whom it belongs.
    """
    invoke("party", "check_claim", application)
    statement = application["statement"]
    require_not_administered(statement["id"])
    give_way(statement["id"])
    announce(statement["id"], "claim", {"statement": statement}, "", [])


@each_day("agenda")
def on_day(date, item, row):
    """A recovery acts under the guards of its day; where these refuse it, the next step ends it."""
    recovery = recoveries.get(row["recovery"])
    if recovery["status"] != "announced":
        return
    later = invoke("calendar", "after_standstill", recovery["acts_on"], recovery["allowed_ms"])
    if later["acts_on"] > ctx.today:
        put_off(recovery, later)
        return
    if row["step"] == "end":
        end(recovery, "lapsed")
        return
    party = recovery["party"]
    if recovery["kind"] == "recover":
        require_keys_may_change(party)
        if recovery["announced_by"] != "":
            require_announcer(recovery)
        invoke("party", "replace_keys", party, recovery["content"]["keys"])
    else:
        require_not_administered(party)
        invoke("party", "become", recovery["content"]["statement"])
    end(recovery, "acted")
    places.delete(party)


def require_announcer(recovery):
    """Who announced a recovery could do so today: it sponsors the party, is active, and has the keys that signed."""
    bank = recovery["announced_by"]
    require(require_party(recovery["party"])["sponsor"] == bank, "not_the_sponsor", {"id": recovery["party"]})
    require_active(bank)
    require(are_keys_of(bank, recovery["by"]), "key_already_revoked")


def checked_keys(party, new_keys):
    """New keys that could take the place of a party's, without their proofs: see party.check_new_keys."""
    require_keys_may_change(party)
    return invoke("party", "check_new_keys", party, new_keys)


def require_keys_may_change(party):
    """Neither sponsor nor vote gives new keys to a party whose administrator names them, or that is closed."""
    status = require_not_administered(party)["status"]
    require(status != "closed", "party_not_active", {"id": party, "status": status})


def require_not_administered(party):
    """An insolvency that a second bank or a vote keeps: its administrator names the keys. Answers the party's row.

    One that nobody ratified stops nothing here: else a false sponsor alone made lapse what the validators decided.
    """
    row = require_party(party)
    standing = standings.get(party)
    if standing is not None and standing["insolvent"] != "":
        ratified = orders.get(standing["insolvent"])["status"] == "ratified"
        require(not ratified, "party_not_active", {"id": party, "status": row["status"]})
    return row


def announce(party, kind, content, by, signed):
    """Announce new keys of a party: they act once 72 hours are over. by: the sponsor, or "" for a vote.

    Announced on Friday 2027-03-05, it can be vetoed until Monday 03-08 and acts on Tuesday 03-09.
    """
    recovery = new_id("C")
    acts_on = add_days(invoke("calendar", "end_of_72_hours", ctx.today), 1)
    recoveries.put(recovery, {
        "id": recovery,
        "party": party,
        "kind": kind,
        "content": content,
        "announced_by": by,
        "by": signed,
        "announced_on": ctx.today,
        "acts_on": acts_on,
        "allowed_ms": invoke("calendar", "stood_ms"),
        "status": "announced",
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    })  # fmt: skip
    place = place_of(party)
    place["open"] = recovery
    places.put(party, place)
    plan(recovery, acts_on)
    emit("recovery_announced", {"party": party, "recovery": recovery, "kind": kind, "by": by, "acts_on": acts_on})
    return {"recovery": recovery, "acts_on": acts_on}


def plan(recovery, acts_on):
    """Have a recovery looked at twice on its day: it acts, or it ends."""
    for step in ("act", "end"):
        agenda.put([acts_on, recovery, step], {"recovery": recovery, "step": step})


def put_off(row, later):
    """A recovery acts later, and can be vetoed until then."""
    forget(row)
    row["acts_on"] = later["acts_on"]
    row["allowed_ms"] = later["allowed_ms"]
    recoveries.put(row["id"], row)
    plan(row["id"], row["acts_on"])
    told = {"party": row["party"], "recovery": row["id"], "kind": row["kind"], "acts_on": row["acts_on"]}
    emit("recovery_put_off", told)


def forget(row):
    """A recovery is looked at no more on its day. row: the recovery's."""
    for step in ("act", "end"):
        agenda.delete([row["acts_on"], row["id"], step])


def give_way(party):
    """What is under way for a party gives way to a later vote."""
    place = place_of(party)
    if place["open"] != "":
        end(recoveries.get(place["open"]), "withdrawn")


def end(row, status):
    """End what is under way for a party, and say so. row: the recovery's."""
    row["status"] = status
    recoveries.put(row["id"], row)
    place = place_of(row["party"])
    place["open"] = ""
    places.put(row["party"], place)
    forget(row)
    emit("recovery_ended", {"party": row["party"], "recovery": row["id"], "kind": row["kind"], "status": status})


def place_of(party):
    """What is under way for a party, and whether a vote alone may: {"open", "vetoed"}."""
    place = places.get(party)
    if place is None:
        return {"open": "", "vetoed": False}
    return place


def require_recovery(recovery):
    """A recovery that is there, in whatever state; answers its row."""
    row = recoveries.get(recovery)
    require(row is not None, "recovery_unknown")
    return row


def require_announced(row, act, then):
    """A recovery stands where this act may bring it to `then`; its day has not come, or nothing came of it for ten."""
    require(may_lead(RECOVERY_STEPS, act, row, then), "recovery_closed", {"status": row["status"]})
    require(not row["acts_on"] <= ctx.today < add_days(row["acts_on"], 10), "recovery_closed", {"status": "acted"})
