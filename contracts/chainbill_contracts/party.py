"""Parties (参与方): who takes part, who vouched for them, which keys sign for them, and which bank pays for them.

A party comes in through an application that every key in it signs and that a sponsor bank attests (KYC); banks,
regulators and auditors come in by a vote of the validators. An identifier belongs to one party only. Where parties are
paid is in `account`, who stands in the place of a bank in `succession`.

A key is {"alg", "key", "capabilities", "unit", "operator", "certificate"}: alg "ed25519", key in hex, unit the branch
that it belongs to, operator the salted hash of its holder's staff number, certificate the digest of its certificate;
the last three may be "". Keys of one operator are one person. Whoever brings in a key shows that it can sign with it.

Nobody alone takes a party's place: what its admins decide about keys and policy needs two people where it has two, is
announced, and acts after 72 hours, in which one admin alone may take it back.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    ACTS_UNDER_POLICY,
    CHANGE_STEPS,
    KEY_SIGNING,
    LARGEST_AMOUNT,
    MANDATE_STEPS,
    admins_of,
    counted,
    is_hex_of_32_bytes,
    is_one_person,
    key_to_seal_to,
    keys_that_signed,
    may_lead,
    parameter,
    require_able,
    require_active,
    require_active_bank,
    require_admins,
    require_bank,
    require_capability,
    require_date,
    require_digest,
    require_fields,
    require_key,
    require_known_currency,
    require_maker_and_checker,
    require_no_successor,
    require_not_closed,
    require_not_halted,
    require_not_stopped,
    require_party,
    require_sponsor,
    require_text,
    successor_of,
)

parties = own_table("party")  # id -> party row
keys = own_table("key")  # public key in hex -> the key without it, and {"party", "status", "since"}
identifiers = own_table("identifier")  # [scheme, value] -> {"party"}
reserved = own_table("reserved")  # [scheme, value] -> {"party"}: by vote, for an id that is not registered yet
formers = own_table("former")  # party -> what it had before its administrator: see give_to_administrator
changes = own_table("change")  # id -> change row
sponsored = own_table("sponsored")  # bank -> {"count"} of the parties that it vouches for
pays_for = own_table("pays_for")  # bank -> {"count"} of the debtors whose mandate it has accepted
mandates = own_table("mandate")  # [debtor, bank] -> mandate row
agenda = own_table("agenda")

CAPABILITIES = ["maker", "checker", "admin"]
KEY_FIELDS = ["alg", "key", "capabilities", "unit", "operator", "certificate"]
STATEMENT = ["id", "name_zh", "name_en", "roles", "identifiers", "keys", "accounts", "sponsor", "until"]
MOST_APPLICATIONS = 200
MOST_NAMES = 50  # of one party, one after the other
MOST_KEYS = 20
MOST_IDENTIFIERS = 20
MOST_RULES = 50
MOST_CHANGES = 10  # of a party that are announced
LONGEST_SCHEME = 32
STANDING_FIELDS = ("status", "stopped_at", "insolvent_since", "insolvency_document", "administered_on", "leaving_since")


# --- coming in, names and identifiers ---------------------------------------------------------------------------------
@init
def begin(members):
    """Take the parties that are there when the network begins.

    members: statements as in `register`, without "until", with "paying_bank" (party or "") and "policy" ({"rules":
    […]}). Nobody signs them: all agree to the genesis as a whole. Banks stand before those whose accounts they keep.
    """
    for member in members:
        admit_party(member, member["roles"], member["sponsor"])
        if member["sponsor"] != "":
            count_sponsored(member["sponsor"], 1)
    for member in members:
        row = parties.get(member["id"])
        check_policy_rules(member["policy"])
        row["policy"] = member["policy"]
        if member["paying_bank"] != "":
            require_bank(member["paying_bank"])
            keep_mandate(row, member["paying_bank"], "active")
        parties.put(row["id"], row)
    for member in members:
        invoke("account", "open_at_their_banks", member["id"], member["accounts"])


@call
def register(applications):
    """Attest applications and so register the applicants (准入登记): maker and checker of their sponsor bank.

    applications: up to 200 of {"statement", "signatures": [{"key", "signature"}]}. A statement is {"id", "name_zh",
    "name_en", "roles", "identifiers": [{"scheme", "value"}], "keys": [key], "accounts": [{"currency", "bank", "alg",
    "digest"}], "sponsor", "until"}, and may have "encryption_key", see set_encryption_key; sponsor is the bank that may
    attest it, until the last day on which it may. Each of its keys signs it for purpose "application", in their order.
    Accounts at the sponsor are attested with it.
    """
    require(kind_of(applications) == "list", "batch_size")
    require(len(applications) >= 1 and len(applications) <= MOST_APPLICATIONS, "batch_size")
    require_active_bank(ctx.party)
    require_maker_and_checker()
    registered = []
    for application in applications:
        statement = application["statement"]
        require_application(application, ctx.party)
        require_sponsored_roles(statement["roles"])
        admit_party(statement, statement["roles"], ctx.party)
        invoke("account", "open_all", statement["id"], statement["accounts"], ctx.party)
        registered += [statement["id"]]
    count_sponsored(ctx.party, len(registered))
    return {"parties": registered}


@internal("governance")
def check_application(application):
    """Refuse at once an application that a vote could not admit."""
    require_application(application, "")
    require_new_identity(application["statement"]["id"])
    require_statement(application["statement"])


@internal("governance")
def admit(application):
    """Admit a party by vote: a bank, a regulator or an auditor may come in only this way."""
    require_application(application, "")
    statement = application["statement"]
    admit_party(statement, statement["roles"], "")
    invoke("account", "open_all", statement["id"], statement["accounts"], "")


@call
def add_identifier(party, scheme, value):
    """Attest one more identifier of a party: maker and checker of its sponsor."""
    plain_identifier(scheme, value)
    row = require_sponsored(party)
    require_maker_and_checker()
    require_not_closed(party)
    require(len(row["identifiers"]) < MOST_IDENTIFIERS, "too_many_identifiers")
    row["identifiers"] += [take_identifier(party, scheme, value)]
    parties.put(party, row)
    return {"party": party}


@call
def give_up_identifier(scheme, value):
    """Let go of an identifier of the sender, whoever attested it; never of its own id. Two admins where it has two."""
    plain = plain_identifier(scheme, value)
    require(holder_of(scheme, plain) == ctx.party, "identifier_unknown", {"scheme": scheme, "value": plain})
    require_admins(require_able(ctx.party))
    require(plain != ctx.party, "identity_stays", {"id": ctx.party})
    release_identifier(ctx.party, scheme, plain)
    emit("identifier_given_up", {"party": ctx.party, "scheme": scheme, "value": plain})
    return {"party": ctx.party}


@call
def rename(party, name_zh, name_en):
    """Attest a new name of a party: maker and checker of its sponsor.

    Of MOST_NAMES the oldest gives way, and stays in the history of this row.
    """
    require_name(name_zh, name_en)
    row = require_sponsored(party)
    require_maker_and_checker()
    require_not_closed(party)
    add_name(row, name_zh, name_en)
    parties.put(party, row)
    emit("renamed", {"party": party, "zh": name_zh, "en": name_en})
    return {"party": party}


@each_day("agenda")
def on_day(date, item, row):
    """Let an announced change act; end what a bank was asked and did not answer."""
    if "change" in row:
        on_day_of_change(row["change"], row["step"])
    else:
        on_day_of_mandate(row["mandate"])


# --- keys and admin acts ----------------------------------------------------------------------------------------------
@call
def set_policy(policy):
    """Say which acts above which amount need a maker and a checker (经办/复核), two different keys; after 72 hours.

    policy: {"rules": [{"action", "currency", "above"}]}; action is one of ACTS_UNDER_POLICY, above in minor units.
    """
    check_policy_rules(policy)
    row = require_able(ctx.party)
    require_admins(row)
    return announce_change(row, "set_policy", {"policy": policy})


@call
def add_key(key, proof):
    """Give the sender one more key, after 72 hours. proof: its signature, see require_possession."""
    require_key_entry(key)
    row = require_able(ctx.party)
    require_admins(row)
    require_possession(ctx.party, key, proof)
    require_room_for_key(row, key)
    return announce_change(row, "add_key", {"key": key})


@call
def rotate_key(old, new, proof):
    """Put a new key with the same capabilities in the place of an old one, after 72 hours.

    old: in hex; proof: signature of the new key, see require_possession.
    """
    require_key_entry(new)
    entry = require_key_of(ctx.party, old)
    row = require_able(ctx.party)
    require_admins(row)
    require_signing(entry)
    require_possession(ctx.party, new, proof)
    require(new["capabilities"] == entry["capabilities"], "rotation_changes_capabilities")
    require_free_key(ctx.party, new)
    return announce_change(row, "rotate_key", {"old": old, "new": new})


@call
def set_encryption_key(key):
    """Name the X25519 key to which others seal what only the sender shall read, after 72 hours.

    key: 32 bytes in hex, or "" for none.
    """
    require(key == "" or is_hex_of_32_bytes(key), "key_not_valid")
    row = require_able(ctx.party)
    require_admins(row)
    return announce_change(row, "set_encryption_key", {"key": key})


@call
def revoke_key(key):
    """Take a key away at once; what it signed before stays valid. One key with `admin` must remain.

    An admin alone takes away a key that is no admin's, and its own; the key of another admin needs two. What the key
    had announced and has not acted comes to nothing, whoever else signed it: who trusts it announces it anew.
    """
    entry = require_key_of(ctx.party, key)
    row = require_party(ctx.party)
    require_capability("admin")
    require_signing(entry)
    if "admin" in entry["capabilities"] and key not in keys_that_signed():
        require_admins(row)
    end_key(row, key)
    require(len(admins_of(row)) > 0, "last_admin_key")
    parties.put(ctx.party, row)
    for change in row["changes"]:
        announced = changes.get(change)
        if key in announced["by"]:
            end_change(announced, "lapsed")
    invoke("account", "end_announced", ctx.party, key)
    warn_of_few_admin_keys(row)
    return {"key": key}


@call
def withdraw_change(change):
    """Take back what was announced and has not acted, nor on any of ten days: one admin of the party."""
    row = changes.get(change)
    require(row is not None, "change_unknown")
    require(row["party"] == ctx.party, "not_your_change")
    require_capability("admin")
    may_end = may_lead(CHANGE_STEPS, "party.withdraw_change", row, "withdrawn")
    require(may_end, "change_closed", {"status": row["status"]})
    require(not row["acts_on"] <= ctx.today < add_days(row["acts_on"], 10), "change_closed", {"status": "acted"})
    end_change(row, "withdrawn")
    return {"change": change, "status": "withdrawn"}


@call
def halt(reason):
    """Stop the sender at once (停用): one admin; only acts that are always open go on until the halt is lifted.

    Whose halt others lifted does not halt the party again alone, where it has two people as admins.
    Accounts that were announced and do not act yet come to nothing, or two stolen keys would move the money meanwhile.
    """
    require_text(reason)
    row = require_party(ctx.party)
    require_capability("admin")
    require_not_halted(row)
    if row["halted_by"] != "" and not others_signed(row["halted_by"]):
        require_admins(row)
    row["halted_by"] = admin_who_signed()
    row["halted_on"] = ctx.today
    parties.put(ctx.party, row)
    invoke("account", "end_announced", ctx.party, "")
    emit("halted", {"party": ctx.party, "reason": reason})
    return {"party": ctx.party, "halted_on": ctx.today}


@call
def lift_halt(party):
    """Lift a halt: the party's admins, two where it has two, or the maker and checker of its sponsor."""
    row = require_party(party)
    if party == ctx.party:
        require_admins(row)
    else:
        require_sponsor(row)
        require_active(ctx.party)
        require_maker_and_checker()
    require(row["halted_on"] != "", "not_halted")
    if party == ctx.party and row["halted_by"] in keys_that_signed():
        row["halted_by"] = ""
    row["halted_on"] = ""
    parties.put(party, row)
    emit("halt_lifted", {"party": party, "by": ctx.party})
    return {"party": party}


@internal("governance")
def check_identifier(scheme, value, party):
    """Refuse at once what a vote on an identifier could not do; answers who has it, "" for nobody."""
    row = parties.get(party)
    plain = plain_identifier(scheme, value)
    holder = holder_of(scheme, plain)
    require(holder != party, "identifier_taken", {"id": party, "scheme": scheme, "value": plain})
    require(plain != holder, "identifier_is_an_id", {"id": holder})
    if row is None:
        require_new_identity(party)
    else:
        require(len(row["identifiers"]) < MOST_IDENTIFIERS, "too_many_identifiers")
    return holder


@internal("governance")
def give_identifier(scheme, value, party):
    """Give an identifier that two claim to the party that the vote named; the other one loses it.

    For an id that is not registered it is kept: else whoever took a company's own id would keep it out for good.
    """
    holder = check_identifier(scheme, value, party)
    plain = plain_identifier(scheme, value)
    if holder != "":
        release_identifier(holder, scheme, plain)
    reserved.put([scheme, plain], {"party": party})
    row = parties.get(party)
    if row is not None:
        row["identifiers"] += [take_identifier(party, scheme, plain)]
        parties.put(party, row)
    emit("identifier_decided", {"scheme": scheme, "value": plain, "party": party, "from": holder})


# --- what the contract recovery decides -------------------------------------------------------------------------------
@internal("recovery", "standing")
def check_new_keys(party, new_keys):
    """Refuse keys that could not take the place of a party's; answers them without their proofs.

    new_keys: [{"key", "proof"}], see require_possession; one is an admin's.
    """
    row = require_party(party)
    require(kind_of(new_keys) == "list", "no_key")
    listed = []
    for entry in new_keys:
        require_fields(entry, ["key", "proof"], [])
        listed += [entry["key"]]
    require_listed_keys(party, listed)
    for number, entry in enumerate(new_keys):
        key = entry["key"]
        require_possession(party, key, entry["proof"])
        for other in listed[:number]:
            require(other["key"] != key["key"], "key_taken", {"key": key["key"]})
        if key["key"] not in row["keys"]:
            require_free_key(party, key)
    return listed


@internal("recovery")
def replace_keys(party, listed):
    """Let new keys take the place of all others, with which all ends that they announced and that has not acted."""
    put_in_place(parties.get(party), listed)


@internal("recovery")
def check_claim(application):
    """Refuse an application that could not take over the party of its id: its keys sign it, a bank sponsors it."""
    statement = application["statement"]
    require_application(application, statement["sponsor"])
    row = require_party(statement["id"])
    require(row["sponsor"] != "", "party_without_sponsor", {"id": row["id"]})
    require_active_bank(statement["sponsor"])
    require_sponsored_roles(statement["roles"])
    require_statement(statement)


@internal("recovery")
def become(statement):
    """Let a party be what an application says; its bills, tokens and status stay, but a closed one is active again.

    An identifier that another party has is left out: a vote of its own decides about it, and cannot stop this one.
    """
    party = statement["id"]
    require_bank(statement["sponsor"])
    require_not_closed(statement["sponsor"])
    row = put_in_place(parties.get(party), statement["keys"])
    row["policy"] = {"rules": []}
    row["halted_on"] = ""
    end_mandates(row)  # the banks agreed to pay for somebody else
    if row["status"] == "closed":
        row["status"] = "active"
        row["leaving_since"] = ""
        emit("reopened", {"party": party})
    else:
        count_sponsored(row["sponsor"], -1)
    count_sponsored(statement["sponsor"], 1)
    row["sponsor"] = statement["sponsor"]
    row["roles"] = statement["roles"]
    row["encryption_key"] = key_to_seal_to(statement)
    add_name(row, statement["name_zh"], statement["name_en"])
    for known in row["identifiers"]:
        identifiers.delete([known["scheme"], known["value"]])
    row["identifiers"] = [take_identifier(party, scheme_of(party), party)]
    for identifier in statement["identifiers"]:
        plain = plain_identifier(identifier["scheme"], identifier["value"])
        if is_free_for(party, identifier["scheme"], plain):
            row["identifiers"] += [take_identifier(party, identifier["scheme"], plain)]
    parties.put(party, row)
    invoke("account", "forget", party)
    invoke("account", "open_all", party, statement["accounts"], row["sponsor"])


def require_listed_keys(party, listed):
    """1 to MOST_KEYS keys, one an admin's: without one nobody could change them later."""
    require(kind_of(listed) == "list" and len(listed) >= 1, "no_key")
    require(len(listed) <= MOST_KEYS, "too_many_keys")
    admins = 0
    for key in listed:
        require_key_entry(key)
        if "admin" in key["capabilities"]:
            admins += 1
    require(admins >= 1, "no_admin_key", {"id": party})


def put_in_place(row, listed):
    """Let new keys take the place of all others of a party; answers its row as it is then."""
    end_under_former_keys(row)
    for key in listed:
        take_key(row, key)
    parties.put(row["id"], row)
    warn_of_few_admin_keys(row)
    return row


def end_under_former_keys(row):
    """End a party's keys, and all under them that has not acted. row: the party's, changed and not yet stored."""
    for key in row["keys"]:
        end_key(row, key)
    for change in row["changes"]:
        end_change(changes.get(change), "lapsed")
    row["changes"] = []
    invoke("account", "end_announced", row["id"], "")
    if row["asked_bank"] != "":
        keep_mandate(row, row["asked_bank"], "ended")
    row["encryption_key"] = ""


# --- keys -------------------------------------------------------------------------------------------------------------
def admin_who_signed():
    """The first of the signers that is an admin, in hex."""
    for signer in ctx.signers:
        if "admin" in signer["capabilities"]:
            return signer["key"]


def others_signed(key):
    """Say whether an admin signed who is another person than the one of this key.

    Once it is another party's, that party says whose it is: then it stands for itself alone.
    """
    entry = keys.get(key)
    operator = entry["operator"] if entry["party"] == ctx.party else ""
    for signer in ctx.signers:
        if "admin" in signer["capabilities"]:
            if not is_one_person(signer, {"key": key, "operator": operator}):
                return True
    return False


def announce_change(row, kind, content):
    """Announce what the admins of the sender decided: it acts once 72 hours are over. row: its party row.

    Announced on Friday 2027-03-05, it can be taken back until Monday 03-08 and acts on Tuesday 03-09.
    """
    require(len(row["changes"]) < MOST_CHANGES, "too_many_changes", {"most": MOST_CHANGES})
    change = new_id("C")
    acts_on = add_days(invoke("calendar", "end_of_72_hours", ctx.today), 1)
    changes.put(change, {
        "id": change,
        "party": row["id"],
        "kind": kind,
        "content": content,
        "by": keys_that_signed(),
        "announced_on": ctx.today,
        "acts_on": acts_on,
        "allowed_ms": invoke("calendar", "stood_ms"),
        "status": "announced",
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    })  # fmt: skip
    row["changes"] += [change]
    parties.put(row["id"], row)
    plan_change(changes.get(change))
    emit("change_announced", {"party": row["id"], "change": change, "kind": kind, "acts_on": acts_on})
    return {"change": change, "acts_on": acts_on}


def plan_change(row):
    """Have an announced change looked at twice on its day: it acts, or it ends. row: the change's."""
    for step in ("act", "end"):
        agenda.put([row["acts_on"], "change", row["created"]["height"], row["id"], step], {
            "change": row["id"], "step": step,
        })  # fmt: skip


def forget_change(row):
    """A change is looked at no more on its day. row: the change's."""
    for step in ("act", "end"):
        agenda.delete([row["acts_on"], "change", row["created"]["height"], row["id"], step])


def put_off_change(row, later):
    """A change acts later, and can be taken back until then."""
    forget_change(row)
    row["acts_on"] = later["acts_on"]
    row["allowed_ms"] = later["allowed_ms"]
    changes.put(row["id"], row)
    plan_change(row)
    told = {"party": row["party"], "change": row["id"], "kind": row["kind"], "acts_on": row["acts_on"]}
    emit("change_put_off", told)


def on_day_of_change(change, step):
    """A change acts under the guards of its day; one that these refuse comes to nothing, and the next step ends it."""
    row = changes.get(change)
    if row["status"] != "announced":
        return
    later = invoke("calendar", "after_standstill", row["acts_on"], row["allowed_ms"])
    if later["acts_on"] > ctx.today:
        put_off_change(row, later)
        return
    if step == "end":
        end_change(row, "lapsed")
        return
    act_on(require_party(row["party"]), row["kind"], row["content"])
    close_change(row, "acted")
    emit("change_acted", {"party": row["party"], "change": change, "kind": row["kind"]})


def act_on(row, kind, content):
    """Do what was announced. row: the party's row."""
    party = row["id"]
    require_able(party)
    if kind == "set_policy":
        check_policy_rules(content["policy"])
        row["policy"] = content["policy"]
        emit("policy_set", {"party": party, "rules": len(row["policy"]["rules"])})
        warn_of_few_admin_keys(row)
    elif kind == "add_key":
        take_key(row, content["key"])
    elif kind == "rotate_key":
        capabilities = end_key(row, content["old"])
        require(content["new"]["capabilities"] == capabilities, "rotation_changes_capabilities")
        take_key(row, content["new"])
    elif kind == "set_encryption_key":
        row["encryption_key"] = content["key"]
        emit("encryption_key_set", {"party": party, "key": content["key"]})
    elif kind == "ask_paying_bank":
        require_active(party)
        ask_bank(row, content["bank"])
    parties.put(party, row)


def end_change(row, status):
    """End a change that has not acted, and say so. row: the change's."""
    close_change(row, status)
    emit("change_ended", {"party": row["party"], "change": row["id"], "kind": row["kind"], "status": status})


def close_change(row, status):
    """Write a change with its new status; its party's row lists it no more. row: the change's."""
    row["status"] = status
    changes.put(row["id"], row)
    party = parties.get(row["party"])
    still_open = []
    for change in party["changes"]:
        if change != row["id"]:
            still_open += [change]
    party["changes"] = still_open
    parties.put(party["id"], party)
    forget_change(row)


# --- what the contract standing decides -------------------------------------------------------------------------------
@call
def attest_size(party, size, document):
    """Attest the size of a party (企业规模): "small" (micro to medium), "large", "public", or "" for none."""
    require(size in ("", "small", "large", "public"), "size_unknown")
    require_digest(document)
    row = require_sponsored(party)
    require_not_closed(party)
    row["size"] = size
    parties.put(party, row)
    emit("size_attested", {"party": party, "size": size, "document": document, "by": ctx.party})
    return {"party": party, "size": size}


@internal("standing")
def keep_standing(party, decided):
    """Write into a party's row what its standing decides. decided: the row with STANDING_FIELDS as they are to be."""
    row = parties.get(party)
    for name in STANDING_FIELDS:
        row[name] = decided[name]
    parties.put(party, row)


@internal("standing")
def give_to_administrator(party, listed):
    """Let an administrator's keys and, once he announces them, his accounts take the place of a party's.

    The party's own keys rest: they sign for nobody, and nobody else takes them. With its active accounts, encryption
    key and policy they are kept for the day on which the insolvency is lifted.
    """
    row = parties.get(party)
    former = formers.get(party)
    if former is None:
        former = {"keys": keys_of(row), "encryption_key": row["encryption_key"], "policy": row["policy"]}
        formers.put(party, former)
    row = put_in_place(row, listed)
    for entry in former["keys"]:
        if entry[0] not in row["keys"] and keys.get(entry[0])["party"] == party:
            entry[1]["status"] = "resting"
            keys.put(entry[0], entry[1])
    invoke("account", "rest", party)


@internal("standing")
def give_back(party):
    """Give a party back what it had before its administrator, whose keys and accounts end with the insolvency."""
    former = formers.get(party)
    formers.delete(party)
    row = parties.get(party)
    end_under_former_keys(row)
    for entry in former["keys"]:
        public, key = entry[0], entry[1]
        if keys.get(public)["party"] == party:  # revoked by the administrator, a key is free for others
            keys.put(public, key)
            row["keys"] += [public]
            emit("key_added", {"party": party, "key": public, "capabilities": key["capabilities"]})
    row["encryption_key"], row["policy"] = former["encryption_key"], former["policy"]
    parties.put(party, row)
    invoke("account", "give_back", party)
    warn_of_few_admin_keys(row)


def keys_of(row):
    """The keys of a party and what they are: [key in hex, key row]. row: the party's."""
    found = []
    for key in row["keys"]:
        found += [[key, keys.get(key)]]
    return found


@internal("standing")
def end_party(party):
    """Close a party: no key signs for it any more, and its sponsor vouches for one less."""
    row = parties.get(party)
    end_under_former_keys(row)
    end_mandates(row)
    row["status"] = "closed"
    parties.put(party, row)
    if row["sponsor"] != "":
        count_sponsored(row["sponsor"], -1)


def count_sponsored(bank, change):
    """Keep count of the parties that a bank vouches for, up to a governed number."""
    count = counted(sponsored.get(bank), change)
    if change > 0:
        most = parameter("sponsored_parties")
        require(count <= most, "too_many_sponsored", {"most": most})
    sponsored.put(bank, {"count": count})


# --- coming in --------------------------------------------------------------------------------------------------------
def admit_party(statement, roles, sponsor):
    """Register a party as its statement says. roles: as it has them from now on; sponsor: a bank, or "" for a vote."""
    party = statement["id"]
    require_new_identity(party)
    require_name(statement["name_zh"], statement["name_en"])
    require_roles(roles)
    row = {
        "id": party,
        "names": [{"zh": statement["name_zh"], "en": statement["name_en"], "from": ctx.today}],
        "roles": roles,
        "status": "active",
        "sponsor": sponsor,
        "paying_bank": "",
        "asked_bank": "",
        "identifiers": [],
        "policy": {"rules": []},
        "keys": [],
        "encryption_key": key_to_seal_to(statement),
        "changes": [],
        "halted_on": "",
        "halted_by": "",
        "size": "",
        "stopped_at": 0,
        "insolvent_since": "",
        "insolvency_document": "",
        "administered_on": "",
        "leaving_since": "",
        "since": ctx.today,
    }
    require(len(statement["identifiers"]) < MOST_IDENTIFIERS, "too_many_identifiers")
    row["identifiers"] += [take_identifier(party, scheme_of(party), party)]
    for identifier in statement["identifiers"]:
        row["identifiers"] += [take_identifier(party, identifier["scheme"], identifier["value"])]
    require_listed_keys(party, statement["keys"])
    for entry in statement["keys"]:
        take_key(row, entry)
    parties.put(party, row)
    emit("registered", {"party": party, "sponsor": sponsor, "roles": roles})


def require_roles(roles):
    """A list of roles that there are, one at least."""
    require(kind_of(roles) == "list" and len(roles) >= 1 and len(roles) <= 6, "role_unknown")
    for role in roles:
        require(role in ("anchor", "supplier", "bank", "guarantor", "regulator", "auditor"), "role_unknown")


def require_sponsored_roles(roles):
    """Roles that a sponsor may bring in."""
    require_roles(roles)
    for role in roles:
        require(role in ("anchor", "supplier", "guarantor"), "role_needs_a_vote", {"role": role})


def require_new_identity(party):
    """An id that is valid, written in the one way that there is, and not registered: a USCC or a LEI."""
    require(kind_of(party) == "text", "identity_not_valid")
    require(normalise_identifier(party) == party, "identity_not_valid", {"id": party})
    require(valid_uscc(party) or valid_lei(party), "identity_not_valid", {"id": party})
    require(not parties.has(party), "party_exists", {"id": party})


def require_statement(statement):
    """What a vote decides on could come about: names, identifiers and accounts are what they must be."""
    require_name(statement["name_zh"], statement["name_en"])
    listed = statement["identifiers"]
    require(kind_of(listed) == "list" and len(listed) < MOST_IDENTIFIERS, "too_many_identifiers")
    for identifier in listed:
        plain_identifier(identifier["scheme"], identifier["value"])
    key_to_seal_to(statement)
    invoke("account", "check", statement["accounts"])


def require_application(application, sponsor):
    """An application to this sponsor that is not too old and that each of its keys signed; "" is the validators."""
    require_fields(application, ["statement", "signatures"], [])
    statement, signatures = application["statement"], application["signatures"]
    require_fields(statement, STATEMENT, ["encryption_key"])
    named = statement["sponsor"]
    require(named == sponsor, "application_for_another_sponsor", {"id": statement["id"], "sponsor": named})
    require_date(statement["until"])
    late = {"id": statement["id"], "until": statement["until"]}
    require(ctx.today <= statement["until"], "application_expired", late)
    require_listed_keys(statement["id"], statement["keys"])
    require(len(signatures) <= len(statement["keys"]), "too_many_signatures", {"id": statement["id"]})
    for number, key in enumerate(statement["keys"]):
        lacking = {"id": statement["id"], "key": key["key"]}
        require(number < len(signatures) and signatures[number]["key"] == key["key"], "possession_not_proved", lacking)
        signature = signatures[number]["signature"]
        signed = signed_by(key["alg"], key["key"], "application", statement, signature)
        require(signed, "possession_not_proved", lacking)


def require_possession(party, key, proof):
    """The new key signed what it is to be, for this party: purpose "key", {"party"} and all that a key says."""
    require_key_entry(key)
    statement = {"party": party}
    for name in KEY_FIELDS:
        statement[name] = key[name]
    signed = signed_by(key["alg"], key["key"], "key", statement, proof)
    require(signed, "possession_not_proved", {"id": party, "key": key["key"]})


def require_key_entry(key):
    """A key as it is listed: all its fields, each of its kind; see the head of this contract."""
    require_fields(key, KEY_FIELDS, [])
    require_key(key["alg"], key["key"])
    capabilities = key["capabilities"]
    require(kind_of(capabilities) == "list", "capability_unknown")
    require(len(capabilities) >= 1 and len(capabilities) <= len(CAPABILITIES), "capability_unknown")
    for capability in capabilities:
        require(capability in CAPABILITIES, "capability_unknown")
    require_text(key["unit"])
    for name in ("operator", "certificate"):
        require(key[name] == "" or is_hex_of_32_bytes(key[name]), "key_digest_not_valid", {"field": name})


def scheme_of(party):
    """The scheme that a party's id is an identifier of: "uscc" (GB 32100-2015) or "lei" (ISO 17442)."""
    if valid_uscc(party):
        return "uscc"
    return "lei"


def take_identifier(party, scheme, value):
    """Give a party an identifier that nobody has; answers {"scheme", "value"}, as its row lists it."""
    plain = plain_identifier(scheme, value)
    taken = {"id": party, "scheme": scheme, "value": plain}
    require(is_free_for(party, scheme, plain), "identifier_taken", taken)
    reserved.delete([scheme, plain])
    identifiers.put([scheme, plain], {"party": party})
    return {"scheme": scheme, "value": plain}


def plain_identifier(scheme, value):
    """The one way to write an identifier."""
    require(kind_of(scheme) == "text" and len(scheme) >= 1 and len(scheme) <= LONGEST_SCHEME, "scheme_not_valid")
    require_text(scheme)
    for character in scheme:
        require(character in "abcdefghijklmnopqrstuvwxyz0123456789-_.:", "scheme_not_valid", {"scheme": scheme})
    require_text(value)
    plain = normalise_identifier(value)
    require(len(plain) >= 3, "identifier_too_short", {"scheme": scheme, "value": value})
    if scheme == "uscc":
        require(valid_uscc(plain), "identifier_not_valid", {"scheme": scheme, "value": plain})
    if scheme == "lei":
        require(valid_lei(plain), "identifier_not_valid", {"scheme": scheme, "value": plain})
    return plain


def holder_of(scheme, plain):
    """The party that an identifier belongs to, "" for nobody."""
    found = identifiers.get([scheme, plain])
    if found is None:
        return ""
    return found["party"]


def is_free_for(party, scheme, plain):
    """Say whether nobody has this identifier, and no vote keeps it for another party."""
    kept = reserved.get([scheme, plain])
    return not identifiers.has([scheme, plain]) and (kept is None or kept["party"] == party)


def release_identifier(party, scheme, plain):
    """Take an identifier from a party. plain: as plain_identifier writes it."""
    identifiers.delete([scheme, plain])
    row = parties.get(party)
    kept = []
    for identifier in row["identifiers"]:
        if identifier["scheme"] != scheme or identifier["value"] != plain:
            kept += [identifier]
    row["identifiers"] = kept
    parties.put(party, row)


def take_key(row, key):
    """Give a party a key that is nobody's. row: the party's, changed and not stored; key: as it is listed."""
    require_key_entry(key)
    require_room_for_key(row, key)
    public = key["key"]
    row["keys"] += [public]
    entry = {"party": row["id"], "status": "active", "since": ctx.today}
    for name in KEY_FIELDS:
        if name != "key":
            entry[name] = key[name]
    keys.put(public, entry)
    emit("key_added", {"party": row["id"], "key": public, "capabilities": key["capabilities"]})


def require_room_for_key(row, key):
    """A party may get this key: it is free for it, and the party has less than MOST_KEYS."""
    require_free_key(row["id"], key)
    require(len(row["keys"]) < MOST_KEYS, "too_many_keys")


def require_free_key(party, key):
    """A key is one party's at a time; once revoked it is free for whoever shows that it can sign with it."""
    known = keys.get(key["key"])
    free = known is None or known["status"] == "revoked" or (known["status"] == "resting" and known["party"] == party)
    require(free, "key_taken", {"key": key["key"]})


def require_key_of(party, key):
    """A key that is or was this party's, in whatever state; answers its row."""
    entry = keys.get(key)
    require(entry is not None and entry["party"] == party, "key_unknown")
    return entry


def require_signing(entry):
    """The key of this row signs for its party."""
    require(entry["status"] in KEY_SIGNING, "key_already_revoked")


def end_key(row, key):
    """Take a key from a party; answers its capabilities. row: the party's, changed and not stored."""
    entry = require_key_of(row["id"], key)
    require_signing(entry)
    entry["status"] = "revoked"
    keys.put(key, entry)
    kept = []
    for one in row["keys"]:
        if one != key:
            kept += [one]
    row["keys"] = kept
    emit("key_revoked", {"party": row["id"], "key": key})
    return entry["capabilities"]


def warn_of_few_admin_keys(row):
    """Say when a party has fewer than two admin keys: one that is lost then needs a recovery. row: the party's."""
    if len(admins_of(row)) < 2:
        emit("few_admin_keys", {"party": row["id"]})


def check_policy_rules(policy):
    """A policy of rules that there are: {"rules": [{"action", "currency", "above" in minor units}]}."""
    require_fields(policy, ["rules"], [])
    rules = policy["rules"]
    require(kind_of(rules) == "list" and len(rules) <= MOST_RULES, "policy_not_valid")
    for rule in rules:
        require_fields(rule, ["action", "currency", "above"], [])
        require(kind_of(rule["action"]) == "text", "policy_not_valid")
        require(rule["action"] in ACTS_UNDER_POLICY, "policy_act_unknown", {"acts": ACTS_UNDER_POLICY})
        require_known_currency(rule["currency"])
        require(kind_of(rule["above"]) == "int", "policy_not_valid")
        require(rule["above"] >= 0 and rule["above"] <= LARGEST_AMOUNT, "policy_not_valid")


def require_sponsored(party):
    """A party that the sender vouches for, with a maker's key; answers its row."""
    row = require_party(party)
    require_sponsor(row)
    require_not_stopped(ctx.party)
    require_capability("maker")
    return row


def add_name(row, name_zh, name_en):
    """A party's newest name; else a sponsor alone filled the list, and the next one could not attest the true name."""
    if len(row["names"]) == MOST_NAMES:
        row["names"] = row["names"][1:]
    row["names"] += [{"zh": name_zh, "en": name_en, "from": ctx.today}]


def require_name(name_zh, name_en):
    """A name in Chinese, in English, or in both; "" for none."""
    require(kind_of(name_zh) == "text" and kind_of(name_en) == "text", "name_missing")
    require(len(name_zh) + len(name_en) >= 1, "name_missing")
    require_text(name_zh)
    require_text(name_en)


# --- paying bank ------------------------------------------------------------------------------------------------------
# A debtor asks, the bank accepts: nobody becomes a paying bank without its own consent. The mandate that was accepted
# last counts for the bills that the debtor confirms from then on; each keeps its bank, whatever becomes of the mandate.
@call
def ask_paying_bank(bank):
    """Ask a bank to pay the bills that the sender will confirm (兑付委托), after 72 hours; its consent decides."""
    row = require_active(ctx.party)
    require_admins(row)
    require("anchor" in row["roles"], "debtor_not_an_anchor", {"id": ctx.party})
    require_askable(row, bank)
    return announce_change(row, "ask_paying_bank", {"bank": bank})


@call
def accept_mandate(debtor):
    """Accept as a bank to pay the bills that a debtor will confirm; it takes the place of an earlier mandate."""
    mandate = require_mandate(debtor)
    require_active_bank(ctx.party)
    require_maker_and_checker()
    require_mandate_step(mandate, "party.accept_mandate", "active")
    late = {"from": "asked", "to": "active", "until": mandate["until"]}
    require(ctx.today <= mandate["until"], "mandate_transition", late)
    require_no_successor(ctx.party)
    row = parties.get(debtor)
    require_not_halted(row)
    if row["paying_bank"] != "":
        keep_mandate(row, row["paying_bank"], "ended")
    keep_mandate(row, ctx.party, "active")
    parties.put(debtor, row)
    return {"debtor": debtor, "bank": ctx.party, "status": "active"}


@call
def refuse_mandate(debtor):
    """Refuse as a bank to pay the bills of a debtor that asked."""
    mandate = require_mandate(debtor)
    require_capability("maker")
    require_mandate_step(mandate, "party.refuse_mandate", "ended")
    row = parties.get(debtor)
    keep_mandate(row, ctx.party, "ended")
    parties.put(debtor, row)
    return {"debtor": debtor, "bank": ctx.party, "status": "ended"}


@call
def end_mandate(debtor):
    """End as its paying bank the mandate of a debtor: it confirms no more bills; those confirmed keep their bank."""
    row = parties.get(debtor)
    bank = "" if row is None else row["paying_bank"]
    require(bank != "" and successor_of(bank) == ctx.party, "mandate_unknown")
    require_maker_and_checker()
    keep_mandate(row, bank, "ended")
    parties.put(debtor, row)
    return {"debtor": debtor, "bank": bank, "status": "ended"}


def require_mandate(debtor):
    """What a debtor asked of the sender, whatever became of it."""
    mandate = mandates.get([debtor, ctx.party])
    require(mandate is not None, "mandate_unknown")
    return mandate


def require_mandate_step(mandate, act, then):
    """A mandate stands where this act may bring it to `then`."""
    require(may_lead(MANDATE_STEPS, act, mandate, then), "mandate_transition", {"from": mandate["status"], "to": then})


def require_askable(row, bank):
    """A bank that this debtor may ask now. row: the debtor's."""
    mandate = mandates.get([row["id"], bank])
    if mandate is not None:
        require_mandate_step(mandate, "party.ask_paying_bank", "asked")
    require_active_bank(bank)
    require_no_successor(bank)


def ask_bank(row, bank):
    """Ask a bank; what another one was asked and has not answered ends. row: the debtor's."""
    require_askable(row, bank)
    if row["asked_bank"] != "":
        keep_mandate(row, row["asked_bank"], "ended")
    keep_mandate(row, bank, "asked")


def end_mandates(row):
    """End what a debtor asked of its banks and what they accepted. row: the debtor's."""
    for bank in [row["asked_bank"], row["paying_bank"]]:
        if bank != "":
            keep_mandate(row, bank, "ended")


def keep_mandate(row, bank, status):
    """Write a mandate in its new status, and in the debtor's row which bank counts and which one is asked."""
    debtor = row["id"]
    mandate = mandates.get([debtor, bank])
    if mandate is None:
        mandate = {"status": "", "asked_on": ctx.today, "from": "", "until": ""}
    if mandate["status"] == "asked":
        agenda.delete([add_days(mandate["until"], 1), "mandate", debtor, bank])
        row["asked_bank"] = ""
    if row["paying_bank"] == bank:
        row["paying_bank"] = ""
        pays_for.put(bank, {"count": counted(pays_for.get(bank), -1)})
    if status == "asked":
        until = invoke("calendar", "business_days_after", ctx.today, parameter("offer_business_days"))
        mandate = {"status": "", "asked_on": ctx.today, "from": "", "until": until}
        agenda.put([add_days(until, 1), "mandate", debtor, bank], {"mandate": [debtor, bank]})
        row["asked_bank"] = bank
        emit("mandate_asked", {"debtor": debtor, "bank": bank, "until": until})
    elif status == "active":
        mandate["from"], mandate["until"] = ctx.today, ""
        row["paying_bank"] = bank
        pays_for.put(bank, {"count": counted(pays_for.get(bank), 1)})
        emit("mandate_accepted", {"debtor": debtor, "bank": bank})
    else:
        mandate["until"] = ctx.today
        emit("mandate_ended", {"debtor": debtor, "bank": bank})
    mandate["status"] = status
    mandates.put([debtor, bank], mandate)


def on_day_of_mandate(place):
    """What a bank was asked and did not answer ends."""
    row = parties.get(place[0])
    mandate = mandates.get(place)
    if mandate["status"] == "asked" and mandate["until"] < ctx.today:
        keep_mandate(row, place[1], "ended")
        parties.put(place[0], row)
