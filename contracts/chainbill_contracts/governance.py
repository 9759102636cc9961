"""Governance (治理): what the validators decide together, by vote, and nothing else.

A proposal is accepted once validators for more than two thirds of the seats said yes (quorum ⌊2n/3⌋ + 1 of the n
active validators), and acts in that moment. Contracts, parameters, validators, the calendar, and parties that no
sponsor may bring in change only so. The core writes the validators, contracts and parameters of the genesis before this
contract begins.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    PROPOSAL_STEPS,
    VALIDATOR_SEATED,
    VALIDATOR_WAITING,
    counted,
    may_begin,
    parameter,
    places_kept,
    require_bank,
    require_capability,
    require_fields,
    require_key,
    require_label_name,
    require_not_closed,
    require_party,
    require_text,
)

contracts = own_table("contract")  # name -> the code that runs; written by the core
contract_sets = own_table("contract_set")  # [height, proposal] -> what changes together from that height on
sources = own_table("source")  # hash -> {"source", "stored_by", "named"}: code that was stored or proposed
stored = own_table("stored")  # party -> {"hashes"}: sources it has stored, oldest first
rule_changes = own_table("rule_change")  # proposal -> {"changes", "currencies", "python"}; the core checks it
next_rules = own_table("rules_next")  # [height, proposal] -> the same, decided; the core takes it up at its height
protocol_changes = own_table("protocol_change")  # proposal -> {"version", "digest", "from"}; the core checks it
next_protocols = own_table("protocol_next")  # "next" -> the same, decided; the core takes it up at its height
validators = own_table("validator")  # public key in hex -> {"alg", "name", "party", "address", "status"}
readiness = own_table("ready")  # public key in hex -> {"height"}
parameters = own_table("parameter")  # name -> {"value"}
proposals = own_table("proposal")  # id -> proposal row
clocks = own_table("clock")  # "offset" -> {"offset_ms"}, of an adjustable clock
label_schemes = own_table("label_scheme")  # scheme -> {"scheme", "attestors"}; one that is retired has no row
open_proposals = own_table("open_proposals")  # party -> {"count"} of its proposals that are open
agenda = own_table("agenda")

MOST_SEATS = 100
MOST_CANDIDATES = 3  # that one party has proposed and that are not decided
MOST_ROWS = 500  # of seats and candidates together
MOST_PARAMETERS = 100
MOST_IN_A_SET = 64  # contracts
MOST_SCHEMES = 100  # of labels, at one time
MOST_ATTESTORS = 20  # of one scheme
MOST_SETS = 16  # that wait for their heights
MOST_STORED = 64  # sources of one party
LAST_DATE = "2899-12-31"  # of an adjustable clock
LONGEST_NAME = 64
LONGEST_ADVANCE_MS = 315576000000  # ten years

# kind -> its fields, those of them that may be left out, and how large it may be: see require_size
CONTENT = {
    "calendar": [["year", "holidays", "workdays"], [], 10000],
    "dispute": [["dispute"], [], 200],
    "contracts": [["contracts", "active_height"], ["removed", "replaces"], 20000],
    "identifier": [["scheme", "value", "party"], [], 1000],
    "label_scheme": [["scheme", "attestors"], [], 2000],
    "legal_order": [["order"], [], 200],
    "observer_add": [["alg", "key", "name", "party", "address", "proof"], [], 1000],
    "parameter": [["name", "value"], [], 200],
    "party": [["statement", "signatures"], [], 30000],
    "party_administrator": [["party", "keys", "authority", "number", "documents"], [], 20000],
    "party_claim": [["statement", "signatures"], [], 30000],
    "party_close": [["party"], [], 200],
    "party_recover": [["party", "new_keys", "document"], [], 20000],
    "party_status": [["party", "status", "reason", "authority", "number", "documents"], [], 3000],
    "protocol": [["version", "digest", "active_height"], [], 200],
    "rules": [["changes", "currencies", "python", "active_height"], [], 20000],
    "successor": [["bank", "successor"], [], 400],
    "validator_add": [["alg", "key", "name", "party", "address", "proof"], [], 1000],
    "validator_remove": [["key"], [], 200],
}
DEEPEST = 8  # maps and lists in one another, in the content of a proposal

# name, default, smallest, largest; or name, default, words that it may be
PARAMETERS = [
    ["account_change_business_days", 2, 1, 30],
    ["bids", "clear", ["clear", "sealed"]],
    ["gap_limit_ms", 7200000, 600000, 604800000],
    ["grace_business_days", 0, 0, 30],
    ["min_split", 1, 1, 100000000],
    ["offer_business_days", 5, 1, 60],
    ["open_disputes", 20, 1, 1000],
    ["open_drafts", 10000, 10, 10000000],
    ["open_drafts_with", 1000, 10, 1000000],
    ["open_offers", 10000, 100, 100000000],
    ["open_orders", 200, 10, 100000],
    ["open_proposals", 20, 1, 1000],
    ["open_requests", 1000, 10, 100000],
    ["pending_days", 10, 1, 90],
    ["proposal_days", 30, 1, 365],
    ["sponsored_parties", 100000, 10, 10000000],
]


# --- acts, and days ---------------------------------------------------------------------------------------------------
@init
def begin():
    """Check the parameters that the genesis sets, and give every other one its default."""
    for entry in parameters.scan([], MOST_PARAMETERS):
        if entry[0][0] != "clock_offset_ms":  # the core's own, of an adjustable clock
            check_parameter(entry[0][0], entry[1]["value"])
    for entry in PARAMETERS:
        if not parameters.has(entry[0]):
            parameters.put(entry[0], {"value": entry[1]})


@call
def propose(kind, content):
    """Propose a change; the sender's own vote is a vote of its own.

    kind and content: "contracts" {"contracts": [{"name", "hash", "source"}], "removed": [name], "replaces",
    "active_height"}, contracts that come, change or go together; "parameter" {"name", "value"};
    "validator_add", "observer_add" {"alg", "key", "name", "party", "address", "proof"}, the proof being the key's own
    signature for purpose "seat" over the other five; "validator_remove" {"key"}, also of an observer; "party" an
    application as in party.register, of sponsor ""; "party_status" {"party", "status", "reason",
    "authority", "number", "documents"} as in standing.set_status; "party_administrator" {"party", "keys", "authority",
    "number", "documents"} as in standing.name_administrator; "party_close" {"party"}; "party_recover" {"party",
    "new_keys", "document"} as in recovery.recover; "party_claim" an application under an id that others are registered
    under; "identifier" {"scheme", "value", "party"}, to whom an identifier belongs that two claim;
    "successor" {"bank", "successor"}: a bank that has accepted stands in the place of one that is stopped, leaving or
    gone; "dispute" {"dispute"}: a dispute of an invoice that is not right ends; "label_scheme" {"scheme", "attestors"}:
    who attests labels under a scheme from now on, at most 20 parties; nobody, to retire it; "legal_order" {"order"}: a
    court's transfer to which somebody objected acts all the same;
    "calendar" {"year", "holidays", "workdays"};
    "rules" {"changes": {name: value}, "currencies": {code: digits, or None to take none}, "python": versions or [],
    "active_height"}; "protocol" {"version", "digest", "active_height"}, the active one to call a decided one off. alg:
    "ed25519"; hash: digest(source). A source that was stored before may be left out, and so may removed and replaces:
    the proposal of a set that waits, and is not to take effect.
    """
    require(kind_of(kind) == "text" and kind in CONTENT, "kind_unknown")
    require_fields(content, CONTENT[kind][0], CONTENT[kind][1])
    if kind != "contracts":  # of a set is kept what names its sources, and that is measured
        require_size(content, CONTENT[kind][2])
    require_seat()
    require_capability("admin")
    content = checked_content(kind, content)
    count_proposals(ctx.party, 1)
    proposal = new_id("G")
    if kind == "validator_add" and not validators.has(content["key"]):
        keep_validator(content, "candidate", ctx.party, proposal)
    expires_on = add_days(ctx.today, parameter("proposal_days"))
    proposals.put(proposal, {
        "id": proposal,
        "kind": kind,
        "content": content,
        "proposer": ctx.party,
        "votes": {},
        "status": "open",
        "expires_on": expires_on,
        "created": {"height": ctx.height, "transaction": ctx.transaction},
    })  # fmt: skip
    if kind == "rules":
        rule_changes.put(proposal, change_of_rules(content))
    elif kind == "protocol":
        protocol_changes.put(proposal, named_protocol(content))
    agenda.put([expires_on, proposal], {"proposal": proposal})
    emit("proposed", {"proposal": proposal, "kind": kind, "by": ctx.party})
    return {"proposal": proposal}


@call
def store_source(source):
    """Store the source of a contract, for a set to name by its hash: a set may be larger than a transaction.

    Of MOST_STORED sources of the sender the oldest gives way to a new one. A source stays as long as any seat has it
    stored or a proposal names it.
    """
    require(kind_of(source) == "text", "text_expected")
    require_seat()
    require_capability("admin")
    hashed = digest(source)
    row = stored.get(ctx.party)
    hashes = [] if row is None else row["hashes"]
    if hashed not in hashes:
        if len(hashes) == MOST_STORED:
            let_go(hashes[0])
            hashes = hashes[1:]
        kept = source_row(hashed, source)
        kept["stored_by"] += [ctx.party]
        sources.put(hashed, kept)
        stored.put(ctx.party, {"hashes": hashes + [hashed]})
        emit("source_stored", {"hash": hashed, "by": ctx.party})
    return {"hash": hashed}


@call
def vote(proposal, choice):
    """Vote "yes" or "no"; a vote may be changed while the proposal is open. The deciding vote puts it into effect."""
    require(choice in ("yes", "no"), "choice_unknown")
    row = proposals.get(proposal)
    require(row is not None, "proposal_unknown")
    require_seat()
    require_capability("admin")
    require(may_begin(PROPOSAL_STEPS, "governance.vote", row), "proposal_closed", {"status": row["status"]})
    require(ctx.today < row["expires_on"], "proposal_closed", {"status": "expired"})
    row["votes"][ctx.party] = choice
    active = active_validators()
    yes = seats_of(active, row["votes"], "yes")
    no = seats_of(active, row["votes"], "no")
    needed = quorum(len(active))
    if yes >= needed:
        row["status"] = "accepted"
        put_into_effect(row)
    elif no > len(active) - needed:
        row["status"] = "rejected"
        drop(row)
    if row["status"] != "open":
        agenda.delete([row["expires_on"], proposal])
        count_proposals(row["proposer"], -1)
        emit("decided", {"proposal": proposal, "kind": row["kind"], "status": row["status"]})
    proposals.put(proposal, row)
    emit("voted", {"proposal": proposal, "by": ctx.party, "choice": choice, "yes": yes, "no": no, "needed": needed})
    return {"proposal": proposal, "status": row["status"], "yes": yes, "no": no, "needed": needed}


@call
def withdraw(proposal):
    """Take an own proposal back before it is decided, such as one that cannot be put into effect any more."""
    row = proposals.get(proposal)
    require(row is not None, "proposal_unknown")
    require(row["proposer"] == ctx.party, "not_the_proposer", {"id": row["proposer"]})
    require_capability("admin")
    require(may_begin(PROPOSAL_STEPS, "governance.withdraw", row), "proposal_closed", {"status": row["status"]})
    agenda.delete([row["expires_on"], proposal])
    item = [add_days(ctx.today, 1), "place", ctx.party]
    agenda.put(item, {"party": ctx.party, "places": places_kept(agenda.get(item))})
    close_open(row, "withdrawn")
    return {"proposal": proposal, "status": "withdrawn"}


@call
def ready():
    """Say that the sender's validators to be are up and have caught up; counts for the next blocks."""
    found = []
    for entry in validators.scan([], MOST_ROWS):
        if entry[1]["party"] == ctx.party and entry[1]["status"] in VALIDATOR_WAITING:
            found += [entry[0][0]]
    require(len(found) > 0, "no_candidate_of_sender")
    require_capability("maker")
    for key in found:
        readiness.put(key, {"height": ctx.height})
    return {"validators": found}


@call
def advance_clock(milliseconds, to_ms):
    """Move the clock of a test or demo forward, by `milliseconds` or up to the time `to_ms`; the other is 0."""
    require(ctx.clock == "adjustable", "clock_not_adjustable")
    require(kind_of(milliseconds) == "int" and kind_of(to_ms) == "int", "clock_step_not_valid")
    step = milliseconds
    if to_ms != 0:
        require(milliseconds == 0, "clock_step_not_valid")
        step = to_ms - ctx.time_ms
    require(step > 0 and step <= LONGEST_ADVANCE_MS, "clock_step_not_valid", {"milliseconds": step})
    require(date_of(ctx.time_ms + step) <= LAST_DATE, "clock_step_not_valid", {"milliseconds": step})
    require_seat()
    require_capability("maker")
    offset = 0
    row = clocks.get("offset")
    if row is not None:
        offset = row["offset_ms"]
    clocks.put("offset", {"offset_ms": offset + step})
    emit("clock_advanced", {"milliseconds": step, "offset_ms": offset + step})
    return {"offset_ms": offset + step}


@each_day("agenda")
def on_day(date, item, row):
    """Close a proposal that was not decided in time, and free places that were kept until this day."""
    if "places" in row:
        count_proposals(row["party"], -row["places"])
        return
    proposal = proposals.get(row["proposal"])
    if proposal["status"] == "open" and proposal["expires_on"] <= ctx.today:
        count_proposals(proposal["proposer"], -1)
        close_open(proposal, "expired")


def close_open(proposal, status):
    """End a proposal that the votes did not decide."""
    proposal["status"] = status
    drop(proposal)
    proposals.put(proposal["id"], proposal)
    emit("decided", {"proposal": proposal["id"], "kind": proposal["kind"], "status": status})


# --- what may be proposed ---------------------------------------------------------------------------------------------
def checked_content(kind, content):
    """Refuse at once what could never be put into effect; answers what is kept of the content."""
    if kind == "contracts":
        return checked_set(content)
    if kind == "parameter":
        check_parameter(content["name"], content["value"])
    elif kind == "validator_add" or kind == "observer_add":
        check_candidate(kind, content)
    elif kind == "validator_remove":
        row = validators.get(content["key"])
        require(row is not None and row["status"] in VALIDATOR_SEATED, "validator_unknown")
    elif kind == "party":
        invoke("party", "check_application", content)
    elif kind == "party_status":
        invoke("standing", "check_status_vote", content)
    elif kind == "party_administrator":
        invoke("standing", "check_administrator_vote", content)
    elif kind == "party_close":
        invoke("standing", "check_close", content["party"])
    elif kind == "party_recover":
        invoke("recovery", "check_recovery", content["party"], content["new_keys"], content["document"])
    elif kind == "party_claim":
        invoke("recovery", "check_claim", content)
    elif kind == "identifier":
        invoke("party", "check_identifier", content["scheme"], content["value"], content["party"])
    elif kind == "successor":
        invoke("succession", "check_successor", content["bank"], content["successor"])
    elif kind == "dispute":
        invoke("invoice", "check_end", content["dispute"])
    elif kind == "legal_order":
        invoke("legal", "check_order_vote", content["order"])
    elif kind == "label_scheme":
        check_scheme(content["scheme"], content["attestors"])
    elif kind == "rules" or kind == "protocol":
        require_later_height(content["active_height"])
    elif kind == "calendar":
        invoke("calendar", "check_year", content["year"], content["holidays"], content["workdays"])
    return content


def require_size(content, most):
    """At most so many characters of names and texts together, and 9 for every other value, DEEPEST in one another.

    {"name": "pending_days", "value": 12}: 9 for the map, 4 and 5 for its names, 12 for the text, 9 for the number: 39.
    """
    level = [content]
    size = 0
    for depth in range(DEEPEST):
        below = []
        for one in level:
            kind = kind_of(one)
            size += len(one) if kind in ("text", "bytes") else 9
            require(size <= most, "content_too_large", {"most": most})
            if kind == "list":
                below += one
            elif kind == "map":
                for name in sorted(one):
                    size += len(name)
                    below += [one[name]]
        level = below
    require(len(level) == 0, "content_too_large", {"deepest": DEEPEST})


def count_proposals(party, change):
    """Keep count of a party's open proposals, up to a governed number."""
    count = counted(open_proposals.get(party), change)
    if change > 0:
        most = parameter("open_proposals")
        require(count <= most, "too_many_proposals", {"most": most})
    if count > 0:
        open_proposals.put(party, {"count": count})
    else:
        open_proposals.delete(party)


def checked_set(content):
    """Refuse a set that does not fit together with what runs; answers it with its hashes alone.

    Examined together: a signature and those who call it may change in one set, which neither could alone.
    """
    removed = content["removed"] if "removed" in content else []
    replaces = content["replaces"] if "replaces" in content else ""
    require(kind_of(content["contracts"]) == "list" and kind_of(removed) == "list", "set_not_valid")
    named = []
    changed = {}
    for entry in content["contracts"]:
        require_fields(entry, ["name", "hash"], ["source"])
        name = entry["name"]
        require(kind_of(name) == "text" and len(name) >= 1 and len(name) <= LONGEST_NAME, "contract_name_not_valid")
        require(name not in changed, "set_not_valid", {"name": name})
        changed[name] = source_of(entry)
        named += [{"name": name, "hash": entry["hash"]}]
    height = content["active_height"]
    kept = {"contracts": named, "removed": removed, "replaces": replaces, "active_height": height}
    require_size(kept, CONTENT["contracts"][2])
    if len(named) + len(removed) == 0:  # nothing but taking back a set that waits
        require(replaces != "", "set_not_valid")
        kept["active_height"] = 0
    else:
        require(len(named) + len(removed) <= MOST_IN_A_SET, "set_not_valid")
        require("governance" not in removed, "governance_stays")
        problem = set_problem(changed, removed)
        require(problem is None, "source_refused", problem)
        require_later_height(height)
    require_room_among_sets(kept)
    for entry in named:
        name_source(entry["hash"])
    return kept


def source_of(entry):
    """The source of a set's entry, from the proposal itself or stored before; what came with it is stored."""
    if "source" in entry:
        require(kind_of(entry["source"]) == "text", "text_expected")
        require(digest(entry["source"]) == entry["hash"], "hash_not_of_source")
        if not sources.has(entry["hash"]):
            sources.put(entry["hash"], source_row(entry["hash"], entry["source"]))
        return entry["source"]
    row = sources.get(entry["hash"])
    require(row is not None, "source_unknown", {"name": entry["name"], "hash": entry["hash"]})
    return row["source"]


def source_row(hashed, source):
    """The row of a source under its hash, or a new one that nobody has stored and no proposal names."""
    row = sources.get(hashed)
    return {"source": source, "stored_by": [], "named": 0} if row is None else row


def name_source(hashed):
    """A source that a proposal names stays, whoever stored it."""
    row = sources.get(hashed)
    row["named"] += 1
    sources.put(hashed, row)


def forget_source(hashed):
    """A proposal that failed names its source no more."""
    row = sources.get(hashed)
    row["named"] -= 1
    keep_or_drop(hashed, row)


def let_go(hashed):
    """The sender has this source stored no more."""
    row = sources.get(hashed)
    others = []
    for party in row["stored_by"]:
        if party != ctx.party:
            others += [party]
    row["stored_by"] = others
    keep_or_drop(hashed, row)


def keep_or_drop(hashed, row):
    """A source goes with the last seat that has it stored and the last proposal that names it, accepted or open."""
    if len(row["stored_by"]) + row["named"] > 0:
        sources.put(hashed, row)
    else:
        sources.delete(hashed)


def require_room_among_sets(content):
    """Sets that wait change different contracts: none undoes a part of another. One that is replaced goes whole."""
    names = names_of(content)
    waiting = contract_sets.scan([], MOST_SETS)
    found = content["replaces"] == ""
    for entry in waiting:
        if entry[0][1] == content["replaces"]:
            found = True
        else:
            for name in names_of(entry[1]):
                facts = {"name": name, "set": entry[0][1], "active_height": entry[0][0]}
                require(name not in names, "set_overlaps", facts)
    require(found, "set_unknown", {"set": content["replaces"]})
    require(content["replaces"] != "" or len(waiting) < MOST_SETS, "too_many_sets")


def names_of(set_of_contracts):
    """The names of all contracts that a set changes, brings or takes away."""
    names = set_of_contracts["removed"][:]
    for entry in set_of_contracts["contracts"]:
        names += [entry["name"]]
    return names


def require_later_height(height):
    """A height that leaves a block for the vote: later than the next one."""
    require(kind_of(height) == "int", "height_not_in_future")
    require(height > ctx.height + 1, "height_not_in_future", {"height": ctx.height})


def change_of_rules(content):
    """What a decided change of rules is, as the core reads it."""
    return {"changes": content["changes"], "currencies": content["currencies"], "python": content["python"]}


def named_protocol(content):
    """The version of the protocol that a proposal names, as the core reads it."""
    return {"version": content["version"], "digest": content["digest"], "from": content["active_height"]}


def check_parameter(name, value):
    """A governed parameter that there is, with a value within its bounds: see PARAMETERS."""
    for entry in PARAMETERS:
        if entry[0] == name and kind_of(entry[2]) == "list":
            require(value in entry[2], "parameter_out_of_range", {"words": entry[2]})
            return
        if entry[0] == name:
            require(kind_of(value) == "int", "parameter_out_of_range", {"least": entry[2], "most": entry[3]})
            in_range = value >= entry[2] and value <= entry[3]
            require(in_range, "parameter_out_of_range", {"least": entry[2], "most": entry[3]})
            return
    require(False, "parameter_unknown")


def check_scheme(scheme, attestors):
    """A scheme of labels by its name, and who attests under it: registered parties, each once; none for one there is.

    There are at most MOST_SCHEMES at one time; one that is retired makes room.
    """
    require_label_name(scheme)
    listed = kind_of(attestors) == "list" and len(attestors) <= MOST_ATTESTORS
    require(listed, "attestors_not_valid", {"most": MOST_ATTESTORS})
    named = []
    for attestor in attestors:
        require_text(attestor)
        require(attestor not in named, "attestors_not_valid", {"id": attestor})
        require_not_closed(attestor)
        named += [attestor]
    known = label_schemes.has(scheme)
    require(known or len(attestors) > 0, "label_scheme_unknown", {"scheme": scheme})
    full = not known and len(label_schemes.scan([], MOST_SCHEMES)) == MOST_SCHEMES
    require(not full, "too_many_schemes", {"most": MOST_SCHEMES})


def check_candidate(kind, content):
    """An observer follows without a vote and may be of any party; it stays one until it is voted in as a validator.

    Whoever has the key agrees to this seat: a stranger would else have the votes of a node that is not its own counted.
    """
    key = content["key"]
    require_key(content["alg"], key)
    known = validators.get(key)
    is_observer = known is not None and known["status"] == "observer"
    require(known is None or (is_observer and kind == "validator_add"), "validator_exists")
    if kind == "observer_add":
        require_party(content["party"])
    else:
        require_bank(content["party"])
    require_text(content["name"])
    require_text(content["address"])
    require(len(content["name"]) >= 1 and len(content["name"]) <= LONGEST_NAME, "text_too_long")
    require(len(active_validators()) < MOST_SEATS, "too_many_validators")
    require(count_candidates() < MOST_CANDIDATES, "too_many_candidates")
    seat = {}
    for name in ("alg", "key", "name", "party", "address"):
        seat[name] = content[name]
    signed = signed_by(content["alg"], key, "seat", seat, content["proof"])
    require(signed, "possession_not_proved", {"id": content["party"], "key": key})


# --- what a decision does ---------------------------------------------------------------------------------------------
def put_into_effect(proposal):
    """Do what was accepted, in this moment. proposal: its row.

    Guards that looked at the content when it was proposed look again: the world went on since.
    """
    kind = proposal["kind"]
    content = proposal["content"]
    if kind == "contracts":
        plan_set(proposal["id"], content)
    elif kind == "rules":
        require(content["active_height"] > ctx.height, "height_not_in_future", {"height": ctx.height})
        rule_changes.delete(proposal["id"])
        next_rules.put([content["active_height"], proposal["id"]], change_of_rules(content))
        emit("rules_decided", content)
    elif kind == "protocol":
        require(content["active_height"] > ctx.height, "height_not_in_future", {"height": ctx.height})
        protocol_changes.delete(proposal["id"])
        next_protocols.put("next", named_protocol(content))
        emit("protocol_decided", content)
    elif kind == "parameter":
        parameters.put(content["name"], {"value": content["value"]})
    elif kind == "observer_add":
        require(not validators.has(content["key"]), "validator_exists")
        require(len(validators.scan([], MOST_ROWS)) < MOST_ROWS, "too_many_validators")
        require_not_closed(content["party"])
        keep_validator(content, "observer", "", "")
    elif kind == "validator_add":
        row = validators.get(content["key"])
        require(row is not None and row["status"] in VALIDATOR_WAITING, "validator_unknown")
        require_not_closed(content["party"])
        keep_validator(content, "active", row["proposer"], row["proposal"])
        require(len(active_validators()) <= MOST_SEATS, "too_many_validators")
        require_live_quorum()
    elif kind == "validator_remove":
        row = validators.get(content["key"])
        require(row is not None and row["status"] in VALIDATOR_SEATED, "validator_unknown")
        validators.delete(content["key"])
        require_live_quorum()
    elif kind == "party":
        invoke("party", "admit", content)
    elif kind == "party_status":
        invoke("standing", "vote_status", content)
    elif kind == "party_administrator":
        invoke("standing", "vote_administrator", content)
    elif kind == "party_close":
        invoke("standing", "vote_close", content["party"])
    elif kind == "party_recover":
        invoke("recovery", "recover_by_vote", content["party"], content["new_keys"], content["document"])
    elif kind == "party_claim":
        invoke("recovery", "claim_by_vote", content)
    elif kind == "identifier":
        invoke("party", "give_identifier", content["scheme"], content["value"], content["party"])
    elif kind == "successor":
        invoke("succession", "decide_successor", content["bank"], content["successor"])
    elif kind == "dispute":
        invoke("invoice", "end_by_vote", content["dispute"])
    elif kind == "legal_order":
        invoke("legal", "vote_order", content["order"])
    elif kind == "label_scheme":
        decide_scheme(content["scheme"], content["attestors"])
    elif kind == "calendar":
        invoke("calendar", "decide_year", content["year"], content["holidays"], content["workdays"])
        invoke("bill", "compute_pay_dates", content["year"])


def decide_scheme(scheme, attestors):
    """Attestors of a scheme are these from now on; without any it is retired. Labels that exist stay as they are."""
    check_scheme(scheme, attestors)
    if len(attestors) > 0:
        label_schemes.put(scheme, {"scheme": scheme, "attestors": attestors})
    else:
        label_schemes.delete(scheme)
    emit("label_scheme_decided", {"scheme": scheme, "attestors": attestors})


def plan_set(proposal, content):
    """From its height on a set takes effect whole; the core examines it again there, with what runs by then."""
    names = names_of(content)
    if len(names) > 0:
        require(content["active_height"] > ctx.height, "height_not_in_future", {"height": ctx.height})
    require_room_among_sets(content)
    for entry in contract_sets.scan([], MOST_SETS):
        if entry[0][1] == content["replaces"]:
            contract_sets.delete(entry[0])
    if len(names) > 0:
        planned = {"contracts": content["contracts"], "removed": content["removed"]}
        contract_sets.put([content["active_height"], proposal], planned)
    emit("set_decided", {
        "set": proposal,
        "contracts": content["contracts"],
        "removed": content["removed"],
        "replaces": content["replaces"],
        "active_height": content["active_height"],
    })  # fmt: skip


def keep_validator(content, status, proposer, proposal):
    """Write down a seat. status: "candidate", "observer" or "active". proposer, proposal: "" for none."""
    validators.put(content["key"], {
        "alg": content["alg"],
        "name": content["name"],
        "party": content["party"],
        "address": content["address"],
        "status": status,
        "proposer": proposer,
        "proposal": proposal,
    })  # fmt: skip


def count_candidates():
    """How many undecided candidates the sender has proposed: nobody may fill the list for all others."""
    count = 0
    for entry in validators.scan([], MOST_ROWS):
        if entry[1]["status"] == "candidate" and entry[1]["proposer"] == ctx.party:
            count += 1
    return count


def drop(proposal):
    """What a proposal that failed leaves behind: a candidate is none any more, nor is a change; its sources go."""
    if proposal["kind"] == "rules":
        rule_changes.delete(proposal["id"])
    elif proposal["kind"] == "protocol":
        protocol_changes.delete(proposal["id"])
    elif proposal["kind"] == "contracts":
        for entry in proposal["content"]["contracts"]:
            forget_source(entry["hash"])
    elif proposal["kind"] == "validator_add":
        key = proposal["content"]["key"]
        row = validators.get(key)
        if row is not None and row["status"] == "candidate" and row["proposal"] == proposal["id"]:
            validators.delete(key)
            readiness.delete(key)


def require_live_quorum():
    """Refuse a validator set of which too few are known to be up: it could not decide anything any more.

    Up is who proposed one of the last 4n blocks, and who was a candidate and said `ready` in one of them: of 4
    validators 3, in the last 16 blocks.
    """
    active = active_validators()
    require(len(active) > 0, "last_validator")
    recent = ctx.recent_proposers
    oldest = ctx.height - 4 * len(active)
    live = 0
    for validator in active:
        said = readiness.get(validator["key"])
        if validator["key"] in recent or (said is not None and said["height"] >= oldest):
            live += 1
    require(live >= quorum(len(active)), "too_few_live_validators", {"live": live, "needed": quorum(len(active))})


# --- seats ------------------------------------------------------------------------------------------------------------
def active_validators():
    """The seats that vote: [{"key", "party"}]."""
    active = []
    for entry in validators.scan([], MOST_ROWS):
        if entry[1]["status"] == "active":
            active += [{"key": entry[0][0], "party": entry[1]["party"]}]
    return active


def seats_of(active, votes, choice):
    """How many seats the parties have that voted this way. votes: party -> "yes" or "no"."""
    seats = 0
    for validator in active:
        if validator["party"] in votes and votes[validator["party"]] == choice:
            seats += 1
    return seats


def quorum(count):
    """How many of `count` seats decide: more than two thirds, ⌊2n/3⌋ + 1. Of 4 seats 3, of 5 seats 4, of 7 seats 5."""
    return 2 * count // 3 + 1


def require_seat():
    """The sender has a seat that votes."""
    for validator in active_validators():
        if validator["party"] == ctx.party:
            return
    require(False, "not_a_validators_party")
