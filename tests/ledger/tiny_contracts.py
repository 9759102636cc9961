"""Contracts that do just enough to move a ledger, for tests of the transition alone."""

from __future__ import annotations

HEAD = "from chainbill.vm.prelude import *\n"

PARTY = f'''"""Parties and keys."""
{HEAD}
parties = own_table("party")
keys = own_table("key")


@init
def begin(members):
    for member in members:
        parties.put(member["id"], {{"id": member["id"], "status": "active"}})
        for key in member["keys"]:
            keys.put(key, {{"party": member["id"], "capabilities": ["maker"], "status": "active"}})


@call
def set_status(party, status):
    parties.put(party, {{"id": party, "status": status}})


@call
def retire(key):
    row = keys.get(key)
    row["status"] = "revoked"
    keys.put(key, row)
'''

BILL = f'''"""Bills."""
{HEAD}
bills = own_table("bill")


@call
def issue(debtor, face):
    bill = new_id("B")
    bills.put(bill, {{"id": bill, "debtor": debtor, "currency": "CNY", "face": face, "status": "pending_accept"}})
    return {{"bill": bill}}


@call
def accept(bill):
    row = bills.get(bill)
    require(row is not None, "bill_unknown", {{"bill": bill}})
    row["status"] = "active"
    bills.put(bill, row)
    return {{"token": invoke("token", "open_root", bill, row["face"])}}


@call
def grow(bill, face):
    row = bills.get(bill)
    row["face"] = face
    bills.put(bill, row)
'''

TOKEN = f'''"""Tokens; `mint` and `lose` break the rules on purpose."""
{HEAD}
tokens = own_table("token")
hops = own_table("hop")
agenda = own_table("agenda")
holdings = read_table("core", "holding")


@internal("bill")
def open_root(bill, face):
    return made(bill, 0, face, "", ctx.party)


@call
def transfer(token, recipient, amount):
    row = tokens.get(token)
    require(row is not None, "token_unknown")
    require(row["holder"] == ctx.party, "not_the_holder")
    require(row["status"] == "live", "token_already_used")
    require(amount > 0 and amount <= row["hi"] - row["lo"], "amount_exceeds_token")
    at = row["lo"] + amount
    paid = made(row["bill"], row["lo"], at, token, recipient)
    rest = ""
    if at < row["hi"]:
        rest = made(row["bill"], at, row["hi"], token, ctx.party)
    end(row, "split")
    hops.put(paid, {{"token": paid, "from": ctx.party, "to": recipient, "price": {{}}, "height": ctx.height}})
    emit("transferred", {{"token": paid, "from": ctx.party, "to": recipient, "amount": amount}})
    return {{"token": paid, "remainder": rest}}


@call
def settle(token):
    end(tokens.get(token), "settled")


@call
def settle_on(token, date):
    agenda.put([date, token], {{"token": token}})


@each_day("agenda")
def on_day(date, item, row):
    end(tokens.get(row["token"]), "settled")
    emit("settled", {{"token": item[0], "date": date}})


@call
def mint(token, amount):
    row = tokens.get(token)
    end(row, "split")
    return {{"token": made(row["bill"], row["lo"], row["hi"] + amount, token, ctx.party)}}


@call
def copy(token):
    row = tokens.get(token)
    return {{"token": made(row["bill"], row["lo"], row["hi"], token, ctx.party)}}


@call
def lose(token):
    end(tokens.get(token), "split")


@view
def balance(party):
    row = holdings.get([party, "CNY", "holder"])
    if row is None:
        return 0
    return row[1]


def made(bill, lo, hi, parent, holder):
    token = new_id("T")
    tokens.put(token, {{
        "id": token, "bill": bill, "currency": "CNY", "lo": lo, "hi": hi, "holder": holder, "offered_to": "", "tier": 1,
        "financed_tier": 0, "parent": parent, "financing": "", "status": "live", "locks": [], "born": ctx.height,
        "ended": 0, "reversed_at": 0, "claim": "none",
    }})
    return token


def end(row, status):
    row["status"] = status
    row["ended"] = ctx.height
    tokens.put(row["id"], row)
'''

GOVERNANCE = f'''"""Everything that governance may do, without a vote."""
{HEAD}
validators = own_table("validator")
contract_sets = own_table("contract_set")
sources = own_table("source")
contracts = own_table("contract")
clocks = own_table("clock")
next_protocols = own_table("protocol_next")
next_rules = own_table("rules_next")


@call
def change_protocol(version, digest, start):
    next_protocols.put("next", {{"version": version, "digest": digest, "from": start}})


@call
def change_rules(name, start, change):
    next_rules.put([start, name], change)


@call
def deploy(name, source, active_from):
    plan(name, [{{"name": name, "source": source}}], [], active_from)


@call
def deploy_set(proposal, changed, removed, active_from):
    plan(proposal, changed, removed, active_from)


@call
def put_set(key, row):
    contract_sets.put(key, row)


def plan(proposal, changed, removed, active_from):
    entries = []
    for contract in changed:
        hashed = digest(contract["source"])
        sources.put(hashed, {{"source": contract["source"]}})
        entries += [{{"name": contract["name"], "hash": hashed}}]
    contract_sets.put([active_from, proposal], {{"contracts": entries, "removed": removed}})


@call
def overwrite(name, source):
    contracts.put(name, {{"source": source, "hash": "", "version": 9, "active_from": 0}})


@call
def set_validator(key, status):
    row = validators.get(key)
    if row is None:
        row = {{"alg": "ed25519", "name": "new", "party": ctx.party, "address": "", "status": status}}
    row["status"] = status
    validators.put(key, row)


@call
def set_clock(offset_ms):
    clocks.put("offset", {{"offset_ms": offset_ms}})
'''

DIARY = f'''"""Plans for days to come; `version` and `migrate` come with the second version."""
{HEAD}
agenda = own_table("agenda")
done = own_table("done")
facts = own_table("fact")


@call
def plan(date, name, act):
    agenda.put([date, name], {{"act": act}})


@call
def note(name, value):
    facts.put(name, {{"value": value}})


@call
def context():
    return {{
        "party": ctx.party, "height": ctx.height, "time_ms": ctx.time_ms, "today": ctx.today, "gap_ms": ctx.gap_ms,
        "signers": ctx.signers, "proposer": ctx.proposer, "recent": ctx.recent_proposers, "clock": ctx.clock,
        "transaction": ctx.transaction, "chain_id": ctx.chain_id,
    }}


@call
def spin(turns):
    total = 0
    for i in range(turns):
        total += i
    return total


@call
def fail(key):
    table = {{}}
    return table[key]


@each_day("agenda")
def on_day(date, item, row):
    require(row["act"] != "fail", "planned_to_fail", {{"name": item[0]}})
    if row["act"] == "spin":
        for i in range(100000):
            if i < 0:
                return
    if row["act"] == "cancel":
        agenda.delete([date, "zz"])
    if row["act"] == "again":
        agenda.put([add_days(ctx.today, 1), item[0]], {{"act": "log"}})
    done.put(item[0], {{"date": date, "today": ctx.today, "height": ctx.height}})
'''

DIARY_2 = DIARY.replace(
    "@call\ndef note(",
    '''@migrate
def count_facts(cursor):
    """One fact a step: value × 10."""
    at = 0
    if cursor is not None:
        at = cursor
    rows = facts.scan([], 1000)
    if at >= len(rows):
        return None
    key = rows[at][0][0]
    row = rows[at][1]
    require(row["value"] != 13, "unlucky")
    facts.put(key, {"value": row["value"] * 10})
    return at + 1


@call
def version():
    return 2


@call
def note(''',
)

ALL = {"bill": BILL, "diary": DIARY, "governance": GOVERNANCE, "party": PARTY, "token": TOKEN}
