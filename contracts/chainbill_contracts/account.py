"""Accounts (结算账户): where each party is paid, by currency.

An account is kept as a salted hash: its content is known to its bank and to the paying bank alone. Its bank attests
that name and number belong together; a change is announced and acts two business days later, so that nobody redirects a
payment unseen.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    ACCOUNT_KEPT,
    DIGEST_ALGORITHM,
    PARTY_GOING,
    is_hex_of_32_bytes,
    keys_that_signed,
    parameter,
    require_able,
    require_active_bank,
    require_bank,
    require_capability,
    require_fields,
    require_known_currency,
    require_maker_and_checker,
)

accounts = own_table("account")  # [party, currency] -> account row
known_currencies = own_table("currency")  # code -> {}, of every account that was opened: it may be withdrawn later
formers = own_table("former")  # party -> {"accounts"}: [place, row] of those that acted before its administrator
agenda = own_table("agenda")
parties = read_table("party", "party")
holdings = read_table("core", "holding")
recovery_places = read_table("recovery", "place")  # party -> {"open", "vetoed"}: open is "" where no recovery waits

MOST_ACCOUNTS = 20


@call
def announce(currency, bank, alg, digest_hex):
    """Name a settlement account (结算账户), or announce that it changes.

    The account's bank attests it. A first account acts from then on, and needs maker and checker where money in its
    currency is coming already; a change needs both, acts two business days later and is announced by an event, so that
    nobody redirects a payment unseen.
    """
    account = {"currency": currency, "bank": bank, "alg": alg, "digest": digest_hex}
    status = check_account(account)["status"]
    require_able(ctx.party)
    require_capability("maker")
    require(status != "closed", "party_not_active", {"id": bank, "status": status})
    known = accounts.get([ctx.party, currency])
    if known is None or known["status"] != "active":
        room = known is not None or len(accounts.scan([ctx.party], MOST_ACCOUNTS)) < MOST_ACCOUNTS
        require(room, "too_many_accounts")
        if is_owed(ctx.party, currency):
            require_maker_and_checker()
        open_account(ctx.party, account, "", keys_that_signed())
        return {"party": ctx.party, "currency": currency, "from": ctx.today}
    require_maker_and_checker()
    wait = parameter("account_change_business_days")
    acts_on = invoke("calendar", "business_days_after", ctx.today, wait)
    known["next"] = {
        "bank": bank,
        "alg": alg,
        "digest": digest_hex,
        "from": acts_on,
        "allowed_ms": invoke("calendar", "stood_ms"),
        "attested": False,
        "by": keys_that_signed(),
    }
    accounts.put([ctx.party, currency], known)
    plan(ctx.party, currency, acts_on)
    emit("account_change_announced", {"party": ctx.party, "currency": currency, "bank": bank, "from": acts_on})
    return {"party": ctx.party, "currency": currency, "from": acts_on}


@call
def attest(party, currency, alg, digest_hex):
    """Confirm as the account's bank that name and number belong together (户名一致).

    alg, digest_hex: of the account that the bank was shown; where another one has taken its place, nothing is attested.
    A first account of a party that is stopped or is to get new keys does not begin to act: whoever stole the keys would
    be paid by it afterwards, too.
    """
    require_active_bank(ctx.party)  # whose account it is, is no stranger's business
    require_capability("maker")
    row = accounts.get([party, currency])
    require(row is not None, "account_unknown")
    require(row["status"] in ACCOUNT_KEPT, "nothing_to_attest")
    shown = row if row["status"] == "announced" else row["next"]
    require(shown is not None, "nothing_to_attest")
    require(shown["bank"] == ctx.party, "not_the_accounts_bank")
    require(shown["alg"] == alg and shown["digest"] == digest_hex, "nothing_to_attest")
    if row["status"] == "announced":
        require(may_move_account(party), "account_cannot_begin", {"id": party})
        row["status"] = "active"
        row["from"] = ctx.today
    else:
        require(not row["next"]["attested"], "nothing_to_attest")
        row["next"]["attested"] = True
        row = account_of_today(party, currency, row)
    accounts.put([party, currency], row)
    emit("account_attested", {"party": party, "currency": currency, "bank": ctx.party})
    return {"party": party, "currency": currency}


@each_day("agenda")
def on_day(date, item, row):
    """Let a change act that its bank has attested."""
    account = accounts.get([row["party"], row["currency"]])
    if account is None:  # it went with a claim
        return
    accounts.put([row["party"], row["currency"]], account_of_today(row["party"], row["currency"], account))


# --- what the contract party decides ----------------------------------------------------------------------------------
@internal("party")
def check(opened):
    """Refuse accounts that could not be opened together: [{"currency", "bank", "alg", "digest"}]."""
    require(kind_of(opened) == "list" and len(opened) <= MOST_ACCOUNTS, "too_many_accounts")
    currencies = []
    for account in opened:
        check_account(account)
        require(account["currency"] not in currencies, "account_exists")
        currencies += [account["currency"]]


@internal("party")
def open_all(party, opened, attested_by):
    """Open the accounts of an application, which all its keys signed; those at `attested_by` are attested with it."""
    require(len(opened) <= MOST_ACCOUNTS, "too_many_accounts")
    for account in opened:
        open_account(party, account, attested_by, [])


@internal("party")
def open_at_their_banks(party, opened):
    """Open the accounts of a member of a genesis: to it all agree, each bank too."""
    for account in opened:
        open_account(party, account, account["bank"], [])


@internal("party")
def forget(party):
    """Nothing stays of a party's accounts: it is somebody else's."""
    for entry in accounts.scan([party], MOST_ACCOUNTS):
        accounts.delete(entry[0])


@internal("party")
def rest(party):
    """The accounts of a party end while an administrator is paid for it; those that acted are kept for it."""
    if not formers.has(party):
        acted = []
        for entry in accounts.scan([party], MOST_ACCOUNTS):
            if entry[1]["status"] == "active":
                acted += [entry]
        formers.put(party, {"accounts": acted})
    end_accounts(party)


@internal("party")
def give_back(party):
    """The accounts of before act again, and those of the administrator end."""
    end_accounts(party)
    for entry in formers.get(party)["accounts"]:
        place, account = entry[0], entry[1]
        account["next"] = None
        accounts.put(place, account)
        told = {"party": party, "currency": place[1], "bank": account["bank"], "status": account["status"]}
        emit("account_opened", told)
    formers.delete(party)


def end_accounts(party):
    """All accounts of a party are ended."""
    for entry in accounts.scan([party], MOST_ACCOUNTS):
        entry[1]["status"] = "ended"
        accounts.put(entry[0], entry[1])


def is_owed(party, currency):
    """Say whether a party holds tokens, or waits for payments, in this currency."""
    return holdings.has([party, currency, "holder"]) or holdings.has([party, currency, "payee_open"])


# --- one account ------------------------------------------------------------------------------------------------------
def open_account(party, account, attested_by, by):
    """A first account: active at once if its own bank vouches for it here, else announced until the bank attests.

    by: the keys in hex that announced it; none of a registration, which all keys signed.
    """
    check_account(account)
    place = [party, account["currency"]]
    known = accounts.get(place)
    require(known is None or known["status"] != "active", "account_exists")
    if not known_currencies.has(account["currency"]):
        known_currencies.put(account["currency"], {})
    status = "announced"
    if account["bank"] == attested_by:
        status = "active"
    accounts.put(place, account_row(account, status, by))
    told = {"party": party, "currency": account["currency"], "bank": account["bank"], "status": status}
    emit("account_opened", told)


@internal("party")
def end_announced(party, key):
    """Accounts of a party that were announced and do not act yet come to nothing; those that act stay.

    key: only those that this key announced; "" for all.
    """
    for entry in accounts.scan([party], MOST_ACCOUNTS):
        place, account = entry[0], entry[1]
        waiting = account if account["status"] == "announced" else account["next"]
        if waiting is not None and (key == "" or key in waiting["by"]):
            if account["status"] == "announced":
                account["status"] = "ended"
            account["next"] = None
            accounts.put(place, account)
            emit("account_change_ended", {"party": party, "currency": place[1]})


def account_of_today(party, currency, account):
    """An account after a change whose day has come: acted if it is attested, else as it was.

    While the party is stopped or is to get new keys the change comes to nothing: it acts after two business days and
    a recovery after 72 hours, so two stolen keys would else move the money before they end. Example: keys are stolen
    and name an account on Monday, the sponsor announces a recovery; on Wednesday the account stays as it was.
    """
    change = account["next"]
    if change is None or change["from"] > ctx.today:
        return account
    later = invoke("calendar", "after_standstill", change["from"], change["allowed_ms"])
    if later["acts_on"] > ctx.today:
        return put_off(party, currency, account, later)
    if not change["attested"]:
        return account
    if may_move_account(party):
        return changed_account(party, account)
    account["next"] = None
    emit("account_change_ended", {"party": party, "currency": currency})
    return account


def put_off(party, currency, account, later):
    """A change acts later, and can be replaced or ended until then."""
    account["next"]["from"] = later["acts_on"]
    account["next"]["allowed_ms"] = later["allowed_ms"]
    plan(party, currency, later["acts_on"])
    emit("account_change_put_off", {"party": party, "currency": currency, "from": later["acts_on"]})
    return account


def plan(party, currency, acts_on):
    """Have the day `acts_on` look at an account: a change that its bank attested acts then."""
    agenda.put([acts_on, party, currency], {"party": party, "currency": currency})


def may_move_account(party):
    """Say whether an account of this party may begin to act: it is not stopped, and is to get no new keys."""
    row = parties.get(party)
    recovery = recovery_places.get(party)
    recovering = recovery is not None and recovery["open"] != ""
    administered = row["status"] == "insolvent" and row["administered_on"] != ""
    able = row["status"] in PARTY_GOING or administered
    return able and row["halted_on"] == "" and not recovering


def changed_account(party, account):
    """The account after its change, as its row is from today on."""
    change = account["next"]
    emit("account_changed", {"party": party, "bank": change["bank"], "digest": change["digest"]})
    return account_row(change, "active", change["by"])


def account_row(account, status, by):
    """An account's row from today on. account: {"bank", "alg", "digest"}; by: the keys in hex that announced it."""
    return {
        "bank": account["bank"],
        "alg": account["alg"],
        "digest": account["digest"],
        "from": ctx.today,
        "status": status,
        "by": by,
        "next": None,
    }


def check_account(account):
    """What an account must be; answers the row of its bank, which is too large to be read twice."""
    require_fields(account, ["currency", "bank", "alg", "digest"], [])
    require_known_currency(account["currency"])
    require(account["alg"] == DIGEST_ALGORITHM, "algorithm_unknown")
    require(is_hex_of_32_bytes(account["digest"]), "account_digest_not_valid")
    return require_bank(account["bank"])
