"""The general part (总则): guards and limits that all contracts share. Each stands here once and means one thing.

A guard refuses or answers the row it looked at; none writes. Guards that concern one contract alone stand in that one;
what bills and tokens look up, and how a new row of theirs looks, stands here, too, for whoever builds upon them.
"""

from chainbill.vm.prelude import *

parties = read_table("party", "party")
keys = read_table("party", "key")
accounts = read_table("account", "account")
known_currencies = read_table("account", "currency")
successors = read_table("succession", "successor")
predecessors = read_table("succession", "predecessor")
parameters = read_table("governance", "parameter")
bills = read_table("bill", "bill")
token_rows = read_table("token", "token")
requests = read_table("finance", "request")
finance_receipts = read_table("finance", "receipt")
settlement_receipts = read_table("settlement", "receipt")
sale_receipts = read_table("sale", "receipt")
pledges = read_table("pledge", "pledge")
claims = read_table("recourse", "claim")
buybacks = read_table("recourse", "receipt")
validators = read_table("governance", "validator")
freezes_read = read_table("legal", "freeze")

LARGEST_AMOUNT = 9007199254740991  # minor units: 2**53 - 1, which every JSON reader keeps exactly
RANKS = 9007199254740992  # above every number of parts that something is shared out to
WHOLE = 1_000_000  # 100 % in 1/10,000 of a percent, of a rate or a share
LONGEST_TEXT = 200  # characters, of a reason, a name or a number of a document
LONGEST_REFERENCE = 64  # characters, of a party's own reference of a payment or a bill
MOST_INVOICES = 100  # behind a bill, or named at once
MOST_STEPS_UP = 50  # from a token, for the one that was cut
OFFERS_OF_ALL = ("sale", "prepay")  # refs of offers that end where a part of the token is paid
WORK_OF_FINANCED = 5  # free tokens: see work_of_paying
WORK_OF_PLEDGED = 5  # likewise: two payees, and the row of the pledge
MOST_ITEMS = 100  # of an order of a court
MOST_DAYS = 1095  # of a freeze: three years (CP 485)
MOST_NODES = 500
HOUSES_THAT_REFUSE = 2  # what waits for a second bank ends then
MOST_PAPERS = 2  # of an order: the ruling, and the notice to assist
CODE = 3  # letters of the code of a currency
KEY_ALGORITHM = "ed25519"  # of keys and signatures; sm2 is foreseen and refused until every node computes it
DIGEST_ALGORITHM = "sha256"  # of digests; sm3 likewise
ACTS_UNDER_POLICY = [
    "any", "bill.accept", "bill.answer", "bill.ask_dilution", "bill.ask_invoices", "bill.ask_paying_bank",
    "bill.ask_red_letter", "bill.ask_void", "bill.confirm", "bill.issue", "finance.agree", "finance.cancel",
    "finance.disburse", "finance.quote", "finance.request", "pledge.accept", "pledge.agree_enforcement", "pledge.offer",
    "pledge.release", "prepayment.agree_prepayment", "prepayment.offer_prepayment", "product.event",
    "recourse.accept_recourse", "recourse.ask_recourse", "recourse.bought_back", "sale.buy", "sale.sell",
    "settlement.pay_guarantee", "settlement.pay_result", "settlement.settle", "settlement.settle_prepaid",
    "token.accept", "token.give_back", "token.transfer",
]  # fmt: skip


# --- who signs --------------------------------------------------------------------------------------------------------
def require_capability(capability):
    """One of the keys that signed has this capability: "maker", "checker" or "admin"."""
    for signer in ctx.signers:
        if capability in signer["capabilities"]:
            return
    require(False, "capability_missing", {"capability": capability})


def require_maker_and_checker():
    """Two people signed with two keys, one as maker (经办), one as checker (复核)."""
    require(are_maker_and_checker(ctx.signers), "maker_and_checker_needed")


def are_maker_and_checker(signers):
    """Say whether among these signers are a maker and a checker who are two people."""
    for maker in signers:
        if "maker" in maker["capabilities"]:
            for checker in signers:
                if "checker" in checker["capabilities"] and not is_one_person(maker, checker):
                    return True
    return False


def is_one_person(one, other):
    """Say whether two signers are one key, or keys of one operator; where none is named, another key is another."""
    if one["key"] == other["key"]:
        return True
    return one["operator"] != "" and one["operator"] == other["operator"]


def require_admins(row):
    """An admin of the sender signed, and where it has two people as admins, two of them. row: its party row."""
    require_capability("admin")
    if are_two_people(admins_of(row)):
        signed = []
        for signer in ctx.signers:
            if "admin" in signer["capabilities"]:
                signed += [signer]
        require(are_two_people(signed), "second_admin_needed")


def admins_of(row):
    """The active admin keys of a party: [{"key", "operator"}]. row: its party row."""
    admins = []
    for key in row["keys"]:
        entry = keys.get(key)
        if "admin" in entry["capabilities"]:
            admins += [{"key": key, "operator": entry["operator"]}]
    return admins


def are_two_people(signers):
    """Say whether these keys belong to more than one person."""
    for signer in signers:
        if not is_one_person(signer, signers[0]):
            return True
    return False


def keys_that_signed():
    """The keys that signed, in hex."""
    signed = []
    for signer in ctx.signers:
        signed += [signer["key"]]
    return signed


def are_keys_of(party, signed):
    """Say whether all these keys are a party's still: what waits ends with the keys that began it. signed: in hex."""
    for key in signed:
        entry = keys.get(key)
        if entry["party"] != party or entry["status"] != "active":
            return False
    return True


def require_policy(sender, action, currency, amount):
    """The sender's own policy lets one key do this; above its limit maker and checker sign. sender: its party row."""
    if is_above_limit(sender, action, currency, amount):
        require_maker_and_checker()


def is_above_limit(row, action, currency, amount):
    """Say whether a party's own policy asks maker and checker for this. row: its party row.

    Above 50,000.00: one person does 50,000.00 alone, and two do 50,000.01.
    """
    for rule in row["policy"]["rules"]:
        if rule["action"] in ("any", action) and rule["currency"] == currency and amount > rule["above"]:
            return True
    return False


def has_keys_for(row, action, currency, amount):
    """Say whether the keys that a party has are enough for this act of a maker, by its own policy. row: its party row.

    One admin takes away any key that is no admin's, so it need not have them.
    """
    makers = 0
    signers = []
    for key in row["keys"]:
        entry = keys.get(key)
        signers += [{"key": key, "capabilities": entry["capabilities"], "operator": entry["operator"]}]
        if "maker" in entry["capabilities"]:
            makers += 1
    return makers > 0 and (are_maker_and_checker(signers) or not is_above_limit(row, action, currency, amount))


# --- parties ----------------------------------------------------------------------------------------------------------
def require_party(party):
    """A registered party, in whatever state; answers its row."""
    row = parties.get(party)
    require(row is not None, "party_unknown", {"id": party})
    return row


def require_not_closed(party):
    """A registered party that is still there, in whatever other state; answers its row."""
    row = require_party(party)
    require(row["status"] != "closed", "party_not_active", {"id": party, "status": row["status"]})
    return row


def require_active(party):
    """A party that may take on something new: neither stopped nor leaving; answers its row."""
    return require_status(party, ("active",))


def require_not_stopped(party):
    """A party that may bring to an end what it began, a leaving one too; answers its row."""
    return require_status(party, PARTY_GOING)


def require_able(party):
    """A party that may dispose of what it has: not stopped, or insolvent and in an administrator's hands (管理人)."""
    row = require_party(party)
    if row["status"] == "insolvent" and row["administered_on"] != "":
        require_not_halted(row)
        return row
    return require_status(party, PARTY_GOING)


def require_status(party, statuses):
    """A registered party in one of these statuses that has not halted itself; answers its row."""
    row = require_party(party)
    require(row["status"] in statuses, "party_not_active", {"id": party, "status": row["status"]})
    require_not_halted(row)
    return row


def require_not_halted(row):
    """The party of this row has not halted itself."""
    require(row["halted_on"] == "", "party_halted", {"id": row["id"], "halted_on": row["halted_on"]})


def require_not_stopped_since(party, height):
    """What this party offered or asked for at this height may be taken: it was not stopped since, and is not halted.

    A halt is no end, since one admin halts alone: behind it the party recalls what it does not mean (always open).
    """
    row = parties.get(party)
    require_not_halted(row)
    require(row["stopped_at"] < height, "maker_was_stopped", {"id": party, "status": row["status"]})


def require_debtor_in_business(bill):
    """The debtor of this bill may still get further creditors: it is neither insolvent nor closed. bill: its row."""
    status = parties.get(bill["debtor"])["status"]
    require(status not in ("insolvent", "closed"), "debtor_insolvent", {"id": bill["debtor"], "status": status})


def require_may_hold(row):
    """The party of this row may be owed: it is a supplier or an anchor. A bank comes in by financing alone."""
    require("supplier" in row["roles"] or "anchor" in row["roles"], "cannot_hold", {"id": row["id"]})


def require_bank(party):
    """A registered bank, in whatever state; answers its row."""
    row = require_party(party)
    require("bank" in row["roles"], "not_a_bank", {"id": party})
    return row


def require_active_bank(party):
    """A bank that may act now; answers its row. What it is comes before the state it is in."""
    require_bank(party)
    return require_active(party)


def require_account(party, currency):
    """A party that can be paid in this currency; answers its account."""
    account = accounts.get([party, currency])
    require(account is not None and account["status"] == "active", "account_missing", {"currency": currency})
    return account


def require_sponsor(row):
    """The sender is the bank that vouches for the party of this row."""
    require(row["sponsor"] == ctx.party, "not_the_sponsor", {"id": row["id"]})


def sum_of(parts):
    """What parts sum to, in minor units. parts: [{"amount"}]: of invoices behind a bill, of a product."""
    total = 0
    for part in parts:
        total += part["amount"]
    return total


def successor_of(bank):
    """The bank that stands in a bank's place now: itself, or the last of those that succeeded it (承继行)."""
    row = successors.get(bank)
    return bank if row is None else row["successor"]


def replaced_by(bank):
    """The banks in whose place this one stands."""
    row = predecessors.get(bank)
    return [] if row is None else row["banks"]


def require_no_successor(bank):
    """A bank in whose place another stands is asked nothing any more: the other one is."""
    successor = successor_of(bank)
    require(successor == bank, "bank_succeeded", {"bank": bank, "successor": successor})


def paying_bank_of(row):
    """The bank that pays now (兑付行), "" if there is none. row: of a bill, or of a debtor for bills to come."""
    return successor_of(row["paying_bank"])


# --- values -----------------------------------------------------------------------------------------------------------
def require_amount(amount):
    """A positive amount of minor units."""
    require(kind_of(amount) == "int" and amount > 0, "amount_not_positive")
    require(amount <= LARGEST_AMOUNT, "amount_too_large")


def require_currency(currency):
    """The code of a currency that this network takes: new bills are made in no other."""
    require(kind_of(currency) == "text" and currency_digits(currency) >= 0, "currency_unknown")


def require_known_currency(currency):
    """The code of a currency that this network takes, or in which it has accounts: bills in one withdrawn live on."""
    require(kind_of(currency) == "text", "currency_unknown")
    known = currency_digits(currency) >= 0 or (len(currency) == CODE and known_currencies.has(currency))
    require(known, "currency_unknown")


def require_date(date):
    """An ISO date."""
    require_text(date)
    require(is_date(date), "date_not_valid", {"date": date})


def require_text(text):
    """A text for people on one line, of at most LONGEST_TEXT characters; it may be empty."""
    require(kind_of(text) == "text", "text_expected")
    require(len(text) <= LONGEST_TEXT, "text_too_long")
    require("\n" not in text and "\t" not in text, "text_not_one_line")


def require_reference(reference):
    """A party's own reference, of 1 to LONGEST_REFERENCE characters."""
    require(kind_of(reference) == "text", "reference_not_valid")
    require(len(reference) >= 1 and len(reference) <= LONGEST_REFERENCE, "reference_not_valid")
    require_text(reference)


def require_new_reference(reference):
    """A reference under which the sender has recorded no money of any kind."""
    used = finance_receipts.has([ctx.party, reference]) or settlement_receipts.has([ctx.party, reference])
    used = used or sale_receipts.has([ctx.party, reference]) or buybacks.has([ctx.party, reference])
    require(not used, "reference_used_otherwise", {"reference": reference})


def require_label_name(name):
    """The name of a scheme of labels, or a grade: 1 to LONGEST_REFERENCE characters on one line, without ":"."""
    text = kind_of(name) == "text" and 1 <= len(name) <= LONGEST_REFERENCE
    require(text and ":" not in name and "\n" not in name and "\t" not in name, "label_name_not_valid")


def require_fingerprint(fingerprint):
    """The keyed fingerprint of an invoice. One writing only, or one invoice could stand behind bills under two."""
    require(is_hex_of_32_bytes(fingerprint), "fingerprint_not_valid")


def require_digest(document):
    """The digest of a paper that is kept outside, in hex."""
    require(is_hex_of_32_bytes(document), "document_not_valid")


def require_fields(value, needed, optional):
    """A map of these fields and no others; those of `optional` may be left out."""
    require(kind_of(value) == "map", "fields_not_valid", {"needed": needed})
    for name in needed:
        require(name in value, "fields_not_valid", {"missing": name})
    for name in sorted(value):
        require(name in needed or name in optional, "fields_not_valid", {"unknown": name[:LONGEST_REFERENCE]})


def require_key(alg, key):
    """A public key of Ed25519: 32 bytes in small hexadecimal digits."""
    require(alg == KEY_ALGORITHM, "algorithm_unknown")
    require(is_hex_of_32_bytes(key), "key_not_valid")


def key_to_seal_to(statement):
    """The X25519 key that a statement of a party names, to which others seal what it alone shall read; "" for none."""
    key = statement["encryption_key"] if "encryption_key" in statement else ""
    require(key == "" or is_hex_of_32_bytes(key), "key_not_valid")
    return key


def is_hex_of_32_bytes(text):
    """Say whether this is the one way to write 32 bytes: 64 small hexadecimal digits."""
    return is_hex_of(text, 32)


def is_hex_of(text, size):
    """Say whether this is the one way to write so many bytes: two small hexadecimal digits each."""
    if kind_of(text) != "text" or len(text) != 2 * size:
        return False
    for digit in text:
        if digit not in "0123456789abcdef":
            return False
    return True


# --- orders -----------------------------------------------------------------------------------------------------------
def placed_by_due_date(lots, lot):
    """Lots with one more, in the order of their use."""
    place = 0
    for other in lots:
        if used_before(other, lot):
            place += 1
    return lots[:place] + [lot] + lots[place:]


def used_before(one, other):
    """Say whether one lot is used before another: it is due first, else it has the lower cents, else the lower id."""
    if one["bill"]["due_on"] != other["bill"]["due_on"]:
        return one["bill"]["due_on"] < other["bill"]["due_on"]
    if one["at"] != other["at"]:
        return one["at"] < other["at"]
    return one["row"]["id"] <= other["row"]["id"]


def placed_by_lo(rows, row):
    """Tokens with one more, in the order of their cents. rows: theirs."""
    place = 0
    for other in rows:
        if other["lo"] <= row["lo"]:
            place += 1
    return rows[:place] + [row] + rows[place:]


def replaced(siblings, pieces, joined):
    """The pieces of a cut after some were joined, in their order: of [a, b, c] with a and b joined [joined, c]."""
    ended = []
    for piece in pieces:
        ended += [piece["id"]]
    result = []
    for sibling in siblings:
        if sibling not in ended:
            result += [sibling]
        elif joined not in result:
            result += [joined]
    return result


def shared_out(value, weights, whole, total):
    """Share `total` out by weights: whole cents of value × weight ÷ whole, then one each by largest remainder.

    Ties by position. 33 by 50, 30 and 20 of 100: 16.5, 9.9 and 6.6. Whole cents are 16, 9 and 6, two are left, and the
    remainders .9 and .6 are the largest: 16, 10 and 7.
    """
    parts = []
    ranks = []
    left = total
    for weight in weights:
        product = value * weight
        parts += [product // whole]
        left -= product // whole
        ranks += [product % whole * RANKS + RANKS - len(parts)]
    if left > 0:
        lowest = sorted(ranks)[len(ranks) - left]
        for number in range(len(parts)):
            if ranks[number] >= lowest:
                parts[number] += 1
    return parts


# --- financing --------------------------------------------------------------------------------------------------------
def is_suspended(row):
    """Say whether a court froze the token of an agreement, which is not over yet. row: of its request."""
    return row["status"] == "agreed" and "suspended_on" in row and row["suspended_on"] != ""


def suspensions(row):
    """The freezes that suspend an agreement: [{"freeze", "on": the day of its entry}]. row: of its request."""
    return row["suspended_by"] if "suspended_by" in row else []


def frozen_since(row):
    """The day from which on money is too late for an agreement that is suspended. row: of its request."""
    freezes = suspensions(row)
    return freezes[0]["on"] if len(freezes) > 0 else row["suspended_on"]


def rest_of(row):
    """What the debtor has not paid of the token of a request, in minor units. row: the request's."""
    return row["amount"] if token_rows.get(row["token"])["status"] in TOKEN_USABLE else 0


def paid_since(row, value_date):
    """What the debtor paid of an agreement after a day, and is set aside: [{"bank", "reference", "on", "amount"}].

    row: of its request. value_date: the day on which the bank's own money left.
    """
    found = []
    for money in row["set_aside"] if "set_aside" in row else []:
        if money["on"] > value_date:
            found += [money]
    return found


def interest_half_up(amount, rate, days, year):
    """Interest in minor units, half up: amount × rate × days / (WHOLE × year).

    amount: minor units. rate: 1/10,000 of a percent a year. days: as the basis counts. year: 360 or 365.
    100,000.00 at 3.85 % for 120 days of 360: 10,000,000 × 38,500 × 120 / 360,000,000 = 128,333.3, so 1,283.33.
    """
    whole = WHOLE * year
    return (2 * amount * rate * days + whole) // (2 * whole)


# --- locks ------------------------------------------------------------------------------------------------------------
def pledge_of(row):
    """The pledge that a token is under, "" if none. row: the token's."""
    for lock in row["locks"]:
        if lock["kind"] == "pledged":
            return lock["ref"]
    return ""


def freezes_on(row):
    """The freezes on a token, in their order: [{"freeze", "since", "until"}], "" and "" of one that waits."""
    freezes = []
    for lock in row["locks"]:
        if lock["kind"] == "frozen":
            freezes += [{"freeze": lock["ref"], "since": lock["since"], "until": lock["until"]}]
    return freezes


def holders_shares(row, amount, freezes):
    """What the holder is paid of `amount` cents of a token, in the order of cents: one share, see holders_share.

    But freezes that suspend an agreed financing are on all of its token, each for its own cents: of [0, 1,000) under
    F1 of [600, 1,000) the holder gets 600 freely and 400 under F1. The first that is on some cents is in force there.
    """
    begins = []
    cuts = [row["lo"] + amount]
    for one in freezes:
        freeze = freezes_read.get(one["freeze"])
        apart = "suspends" in freeze and freeze["suspends"] != ""
        begins += [freeze["lo"] if apart else row["lo"]]
        if apart and row["lo"] < freeze["lo"] < row["lo"] + amount and freeze["lo"] not in cuts:
            cuts += [freeze["lo"]]
    shares = []
    at = row["lo"]
    for cut in sorted(cuts):
        on = []
        for number, one in enumerate(freezes):
            if begins[number] <= at:
                on += [one]
        if len(on) > 0 and on[0]["since"] == "":
            until = add_days(ctx.today, freezes_read.get(on[0]["freeze"])["days"])
            on[0] = {"freeze": on[0]["freeze"], "since": ctx.today, "until": until}
        shares += [holders_share(row, cut - at, on)]
        at = cut
    return shares


def holders_share(row, amount, freezes):
    """What the holder is paid of a token: freely, or as far as these freezes let it."""
    share = {"party": row["holder"], "amount": amount, "pledge": ""}
    if len(freezes) > 0:
        share["freezes"] = freezes
    return share


# --- bills ------------------------------------------------------------------------------------------------------------
def asked_in_vain(bill, kind):
    """Where on the agenda of tomorrow it stands how often this was taken back today: whom it names has it for good."""
    return [add_days(ctx.today, 1), "asked", bill, kind]


def require_terms(terms):
    """Terms that are known, each of its kind; answers all of them, with what holds where one is left out."""
    require(kind_of(terms) == "map", "terms_not_valid")
    known = 0
    result = {
        "non_transferable": False,
        "debtor_pays_interest": False,
        "transferor_liable": False,
        "min_split": parameter("min_split"),
    }
    for name in ["non_transferable", "debtor_pays_interest", "transferor_liable"]:
        if name in terms:
            require(kind_of(terms[name]) == "bool", "terms_not_valid")
            result[name] = terms[name]
            known += 1
    if "min_split" in terms:
        require_amount(terms["min_split"])
        result["min_split"] = max(result["min_split"], terms["min_split"])
        known += 1
    require(len(terms) == known, "terms_not_valid")
    return result


def outstanding_of(row):
    """What is still owed on a bill, in minor units. row: the bill's."""
    return row["face"] - row["settled"] - row["diluted"] - row["void"]


def other_than_initiator(row):
    """The side of a bill that did not issue it. row: the bill's."""
    return row["creditor"] if row["initiator"] == row["debtor"] else row["debtor"]


def is_produced(row):
    """Say whether a bill was issued by an event of production; an older one has no word of it. row: the bill's."""
    return "product" in row and row["product"] != ""


def not_agreed(row):
    """Those who were asked and have not said yes. row: the joint act's; who says no ends it."""
    waits_for = []
    for other in row["others"]:
        if other not in row["answers"]:
            waits_for += [other]
    return waits_for


def other_side(row):
    """The debtor where the creditor sends, the creditor where the debtor does. row: the bill's."""
    return row["creditor"] if ctx.party == row["debtor"] else row["debtor"]


def require_total(total):
    """The total of an invoice after a red-letter note: 0 where nothing of it is left."""
    require(kind_of(total) == "int" and total >= 0 and total <= LARGEST_AMOUNT, "total_not_valid")


# --- tokens -----------------------------------------------------------------------------------------------------------
def made(like, token, lo, hi, parent, holder):
    """A new live token: bill, currency, tier, origin and financing as the token it comes from.

    A claim of recourse goes with its cents as long as they are its holder's.
    """
    claim = like["claim"] if "claim" in like and like["holder"] == holder else "none"
    return {
        "id": token, "bill": like["bill"], "currency": like["currency"], "lo": lo, "hi": hi, "holder": holder,
        "offered_to": "", "tier": like["tier"], "financed_tier": like["financed_tier"], "parent": parent,
        "origin": like["origin"], "financing": like["financing"], "status": "live", "locks": [],
        "born": ctx.height, "ended": 0, "reversed_at": 0, "claim": claim,
    }  # fmt: skip


def new_lock(kind, ref, until):
    """A lock from today on. kind: "offered" or "in_finance". until: its last day."""
    return {"kind": kind, "ref": ref, "since": ctx.today, "height": ctx.height, "until": until}


def is_free(row):
    """Say whether a token lives, nothing locks it and no claim stands on it. row: the token's."""
    return row["status"] in TOKEN_USABLE and len(row["locks"]) == 0 and claim_on(row) == ""


def require_free(row):
    """A token that its holder may use: it lives, nothing locks it, no claim stands on it. row: the token's."""
    require(row["status"] in TOKEN_USABLE, "token_already_used", {"status": row["status"]})
    require_unlocked(row)


def require_unlocked(row):
    """Neither a lock nor a claim of recourse stands on a token. row: the token's."""
    require(len(row["locks"]) == 0, "token_locked", {"token": row["id"], "locks": row["locks"]})
    require(claim_on(row) == "", "claim_open", {"token": row["id"]})


def claim_on(row):
    """The claim of recourse that stands on a token, "" if there is none. row: the token's."""
    if row["claim"] == "none":
        return ""
    claim = claims.get(row["claim"])
    stands = claim["status"] in CLAIM_OPEN and claim["holder"] == row["holder"] and ctx.today <= claim["stands_until"]
    return row["claim"] if stands else ""


def token_of_sender(token):
    """A token of the sender, in whatever state; answers its row."""
    row = token_rows.get(token)
    require(row is not None, "token_unknown")
    require(row["holder"] == ctx.party, "not_the_holder")
    return row


def require_bill_open_for_offers(bill_id):
    """A bill whose tokens may still be offered today; answers its row."""
    bill = bills.get(bill_id)
    require(bill["status"] in BILL_CIRCULATING, "bill_not_active", {"status": bill["status"]})
    require(ctx.today <= bill["last_offer_on"], "too_close_to_payment", {"last_offer_on": bill["last_offer_on"]})
    return bill


def cut_of(row):
    """The token among whose pieces this one stands, nothing if there is none.

    What is above it with the same cents was reversed, or all its pieces are this one again.
    """
    above = row
    for step in range(MOST_STEPS_UP):
        if above["parent"] == "":
            return None
        above = token_rows.get(above["parent"])
        whole = above["lo"] == row["lo"] and above["hi"] == row["hi"]
        if not whole or above["status"] not in ("reversed", "split"):
            return above
    return None


def cut_token(first, hi):
    """The nearest token above `first` that covers everything up to `hi`; far up, their common origin.

    [0, 100) was cut at 40, and [40, 100) at 70. Of [40, 70) and [70, 100) it is [40, 100); of [0, 40) and [40, 70) it
    is [0, 100).
    """
    row = first
    for step in range(MOST_STEPS_UP):
        row = token_rows.get(row["parent"])
        if row["hi"] >= hi:
            return row
    return token_rows.get(first["origin"])


def work_of_paying(row):
    """What it takes at most to pay a token, in free tokens of its holder.

    1,500 free tokens take 24 of the 32 MiB that a run may use. A request ends together with its quotes. A financing
    that is repaid is written with all banks and quotes of its request: 20 and 200 of them take 77 KiB, a free token 16.
    """
    for lock in row["locks"]:
        if lock["kind"] == "in_finance":
            freezes = len(row["locks"]) - 1  # each for its own cents: a piece each, with those before it
            return 2 + len(requests.get(lock["ref"])["quotes"]) + freezes * (freezes + 1)
        if lock["kind"] in ("pledged", "frozen") or row["offered_to"] == "":
            return WORK_OF_PLEDGED + len(row["locks"]) - 1  # each freeze on it is a row more, or two
    work = 1
    if row["financing"] != "" or row["claim"] != "none":
        work = WORK_OF_FINANCED
    return work if row["offered_to"] == "" else work + 1


# --- counts -----------------------------------------------------------------------------------------------------------
def counted(row, change):
    """A kept count after a change: how many rows one party has open that nobody else agreed to. row: None for 0.

    A place that its party gives back itself counts until the day after: else it would make, and take back at once, as
    many as there are blocks, and whom they name would find them in its lists for ever.
    """
    return change if row is None else row["count"] + change


def places_kept(row):
    """The places that are free again tomorrow, with one more. row: the agenda's of that day, None for none."""
    return 1 if row is None else row["places"] + 1


# --- parameters -------------------------------------------------------------------------------------------------------
def parameter(name):
    """The value of a governed parameter."""
    return parameters.get(name)["value"]


# --- statuses ---------------------------------------------------------------------------------------------------------
# Where a row may stand and what leads on is declared in rows/*.toml; `python docs/generate.py` writes it here. A table
# of steps says act -> where the row stands -> where the act may bring it, and under "" what a day, a vote or another
# row's step brings about. Statuses that count alike have a name of their own.
def may_begin(steps, act, row):
    """Say whether a row stands where this act may begin. steps: the table of its row."""
    return row["status"] in steps[act]


def may_lead(steps, act, row, then):
    """Say whether this act may bring a row from where it stands to another status. steps: the table of its row."""
    return may_begin(steps, act, row) and then in steps[act][row["status"]]


def is_step(steps, now, then):
    """Say whether anything brings a row from one status to another. steps: the table of its row."""
    for act in sorted(steps):
        if now in steps[act] and then in steps[act][now]:
            return True
    return False


# --- orders of courts -------------------------------------------------------------------------------------------------
def named_by(item):
    """What one item is on: {"token", "freeze", "bill", "currency", "holder", "pledgee", "pledged_to", "locks", "row"}.

    token, freeze: ids, "" for the one that it does not name; pledged_to: the pledge that the token is under or offered
    for; locks: those of the token; row: the token's or the freeze's.
    """
    if "token" in item:
        row = token_rows.get(item["token"])
        require(row is not None, "token_unknown")
        pledge = pledge_of(row)
        for lock in row["locks"]:
            if lock["kind"] == "offered" and row["offered_to"] == "":
                pledge = lock["ref"]
        pledgee = pledges.get(pledge)["pledgee"] if pledge != "" else ""
        names = {"token": item["token"], "freeze": "", "pledgee": pledgee, "pledged_to": pledge, "locks": row["locks"]}
    else:
        row = freezes_read.get(item["freeze"])
        require(row is not None, "freeze_unknown")
        names = {"token": "", "freeze": item["freeze"], "pledgee": row["pledgee"], "pledged_to": "", "locks": []}
        names["amount"] = item["amount"] if "amount" in item else 0
    names["row"] = row
    names["bill"] = row["bill"]
    names["currency"] = row["currency"]
    names["holder"] = row["holder"]
    return names


def items_kept(places, amounts, made):
    """What an order is on, as it is kept: [{"freeze", "token", "bill", "currency", "amount", "given"}].

    token: the one that was named, "" of an item that names a freeze. amount: minor units, 0 for all of a freeze; given:
    how much a transfer has given of it.
    """
    kept = []
    for number, place in enumerate(places):
        kept += [{
            "freeze": made[number] if len(made) > 0 else place["freeze"],
            "token": place["token"],
            "bill": place["bill"],
            "currency": place["currency"],
            "amount": amounts[number],
            "given": 0,
        }]  # fmt: skip
    return kept


def runs_until(row):
    """The day to which a freeze was renewed, "" where it never was. row: the freeze's."""
    return row["runs_until"] if "runs_until" in row else ""


def sides_of(places):
    """The holders, pledgees and paying banks of what an order is on, each once: they see it."""
    found = []
    for place in places:
        for party in (place["holder"], place["pledgee"], paying_bank_of(bills.get(place["bill"]))):
            if party != "" and party not in found:
                found += [party]
    return found


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


def share_of(size, percent, up):
    """A share of cents: 33.3333 % of 10,000,001 is 3,333,330.33, and up 3,333,331. percent: 1/10,000 of a percent."""
    return (size * percent + (WHOLE - 1 if up else 0)) // WHOLE


def piece_of(freeze, token, standing, money):
    """One piece of a freeze: see legal.pieces_of. token: its row. standing: the freezes on it, in their order."""
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


def banks_with_a_seat():
    """The parties whose nodes are active validators."""
    found = []
    for entry in validators.scan([], MOST_NODES):
        if entry[1]["status"] == "active":
            found += [entry[1]["party"]]
    return found


def refused_too(refusals, reason):
    """The refusals of what waits for a second bank, with the sender's; each house says so once."""
    for one in refusals:
        require(successor_of(one["bank"]) != successor_of(ctx.party), "refusal_made", {"bank": one["bank"]})
    return refusals + [{"bank": ctx.party, "reason": reason, "refused_on": ctx.today}]


def houses_of(named):
    """The houses of some parties: themselves, or the banks that stand in their place now. named: ids, "" for none."""
    found = []
    for party in named:
        if party != "":
            found += [successor_of(party)]
    return found


# <steps>
# fmt: off
ACCOUNT_KEPT = ("announced", "active")
GRANT_STEPS = {"audit.revoke_grant": {"active": ("revoked",)}, "": {"revoked": ("active",)}}
BILL_STEPS = {
    "bill.accept": {"pending_accept": ("active",)}, "bill.answer": {"active": ("void",)},
    "bill.ask_void": {"active": ("void",)}, "bill.cancel": {"pending_accept": ("cancelled",)},
    "bill.catch_up": {"active": ("due", "overdue"), "due": ("overdue",)},
    "bill.confirm": {"pending_confirm": ("pending_accept",)},
    "bill.reject": {"pending_confirm": ("rejected",), "pending_accept": ("rejected",)},
    "bill.withdraw": {"pending_confirm": ("withdrawn",)},
    "": {
        "pending_confirm": ("expired",), "pending_accept": ("expired",), "active": ("settled",), "due": ("settled",),
        "overdue": ("settled",), "settled": ("active", "due", "overdue"),
    },
}
BILL_PENDING = ("pending_confirm", "pending_accept")
BILL_CIRCULATING = ("active",)
BILL_PAYABLE = ("active", "due", "overdue")
BILL_OVERDUE = ("overdue",)
BILL_WARRANTABLE = ("pending_accept", "active")
JOINT_STEPS = {
    "bill.answer": {"open": ("done", "refused")}, "bill.withdraw_joint": {"open": ("withdrawn",)},
    "": {"open": ("lapsed",)},
}
ENTRY_STEPS = {
    "entry.ratify_entry": {"entered": ("ratified",)}, "entry.refuse_entry": {"entered": ("refused",)},
    "": {"entered": ("lapsed",), "ratified": ("lifted", "expired")},
}
ENTRY_STANDING = ("entered", "ratified")
ENTRY_RATIFIED = ("ratified",)
DEFAULT_IN_FORCE = ("in_force",)
REQUEST_STEPS = {
    "finance.agree": {"open": ("agreed",)}, "finance.agree_sealed": {"open": ("agreed",)},
    "finance.disburse": {"agreed": ("disbursed",)},
    "finance.withdraw": {"open": ("withdrawn",), "agreed": ("expired",)},
    "": {
        "open": ("expired",), "agreed": ("repaid", "withdrawn"), "disbursed": ("repaid", "ended"),
        "ended": ("disbursed",), "repaid": ("disbursed",),
    },
}
REQUEST_ASKING = ("open",)
REQUEST_WAITING = ("open", "agreed")
REQUEST_PAID = ("disbursed", "repaid", "ended")
QUOTE_STEPS = {
    "finance.agree": {"offered": ("agreed",)}, "finance.agree_sealed": {"offered": ("agreed",)},
    "finance.cancel": {"agreed": ("withdrawn",)}, "finance.decline_quote": {"offered": ("declined",)},
    "finance.withdraw_quote": {"offered": ("withdrawn",)},
    "": {"offered": ("expired", "lost"), "agreed": ("expired",)},
}
QUOTE_STANDING = ("offered", "agreed")
QUOTE_BINDING = ("agreed",)
PROPOSAL_STEPS = {
    "governance.vote": {"open": ("accepted", "rejected")}, "governance.withdraw": {"open": ("withdrawn",)},
    "": {"open": ("expired",)},
}
VALIDATOR_WAITING = ("candidate", "observer")
VALIDATOR_SEATED = ("observer", "active")
GUARANTEE_STANDING = ("active",)
DISPUTE_STEPS = {
    "invoice.uphold": {"open": ("upheld",)}, "invoice.withdraw_dispute": {"open": ("ended",), "upheld": ("ended",)},
    "vote dispute": {"open": ("ended",), "upheld": ("ended",)},
}
DISPUTE_UPHELD = ("upheld",)
LABEL_STEPS = {
    "label.revoke": {"active": ("revoked",)},
    "": {"active": ("expired",), "revoked": ("active",), "expired": ("active",)},
}
LABEL_HELD = ("active", "expired")
LEGAL_ORDER_STEPS = {
    "legal.object_to": {"ratified": ("objected",)}, "legal.ratify": {"entered": ("ratified",)},
    "legal.refuse": {"entered": ("refused",)}, "vote legal_order": {"objected": ("ratified",)},
    "": {"entered": ("lapsed",), "ratified": ("carried_out", "stopped"), "objected": ("stopped",)},
}
LEGAL_ORDER_STANDING = ("entered", "ratified", "objected", "carried_out")
LEGAL_ORDER_UNRATIFIED = ("refused", "lapsed")
FREEZE_STANDING = ("waiting", "in_force")
FREEZE_IN_FORCE = ("in_force",)
PARTY_STEPS = {
    "standing.close": {"leaving": ("closed",)},
    "standing.leave": {"active": ("leaving",), "suspended": ("leaving",), "insolvent": ("leaving",)},
    "standing.set_status": {
        "active": ("suspended", "insolvent"), "suspended": ("active", "insolvent"), "insolvent": ("active",),
        "leaving": ("active", "suspended", "insolvent"),
    },
    "standing.stay": {"leaving": ("active",)},
    "vote party_close": {"leaving": ("closed",), "suspended": ("closed",), "insolvent": ("closed",)},
    "vote party_status": {
        "active": ("suspended", "insolvent"), "suspended": ("active", "insolvent"), "insolvent": ("active",),
        "leaving": ("active", "suspended", "insolvent"),
    },
    "": {"insolvent": ("suspended",), "closed": ("active",)},
}
PARTY_GOING = ("active", "leaving")
PARTY_STOPPED = ("suspended", "insolvent")
KEY_SIGNING = ("active",)
CHANGE_STEPS = {"party.withdraw_change": {"announced": ("withdrawn",)}, "": {"announced": ("acted", "lapsed")}}
MANDATE_STEPS = {
    "party.accept_mandate": {"asked": ("active",)}, "party.ask_paying_bank": {"ended": ("asked",)},
    "party.refuse_mandate": {"asked": ("ended",)}, "": {"active": ("ended",)},
}
PLEDGE_STEPS = {
    "pledge.accept": {"offered": ("active",)}, "pledge.agree_enforcement": {"enforcing": ("enforced",)},
    "pledge.enforce": {"active": ("enforcing",)}, "pledge.refuse_enforcement": {"enforcing": ("active",)},
    "pledge.reject": {"offered": ("ended",)},
    "pledge.release": {"active": ("released",), "enforcing": ("released",), "covered": ("released",)},
    "pledge.withdraw": {"offered": ("ended",)},
    "": {
        "active": ("covered", "ended", "paid"), "enforcing": ("covered", "ended", "paid"),
        "covered": ("paid", "active", "ended"), "ended": ("active",), "enforced": ("active",),
    },
}
PLEDGE_STANDING = ("active", "enforcing", "covered")
PLEDGE_RETURNING = ("active", "enforcing", "covered", "ended", "enforced")
PREPAYMENT_STEPS = {
    "prepayment.agree_prepayment": {"offered": ("agreed",)}, "settlement.settle_prepaid": {"agreed": ("paid",)},
    "": {"offered": ("ended",), "agreed": ("ended",), "ended": ("offered",)},
}
PRODUCT_STEPS = {
    "product.agree": {"proposed": ("active",)}, "product.retire": {"proposed": ("retired",), "active": ("retired",)},
}
PRODUCT_PRODUCING = ("active",)
CLAIM_STEPS = {
    "recourse.accept_recourse": {"recourse_asked": ("recourse_agreed",)},
    "recourse.bought_back": {"recourse_agreed": ("bought_back",)},
    "recourse.refuse_recourse": {"recourse_asked": ("refused",)},
    "recourse.withdraw_recourse": {"recourse_asked": ("withdrawn",), "recourse_agreed": ("withdrawn",)},
    "": {
        "recourse_asked": ("expired",), "recourse_agreed": ("expired",), "refused": ("recourse_asked",),
        "withdrawn": ("recourse_asked",), "expired": ("recourse_asked",),
    },
}
CLAIM_OPEN = ("recourse_asked", "recourse_agreed")
RECOVERY_STEPS = {
    "recovery.veto": {"announced": ("vetoed",)}, "recovery.withdraw": {"announced": ("withdrawn",)},
    "": {"announced": ("acted", "lapsed")},
}
SALE_STEPS = {"sale.buy": {"offered": ("bought",)}, "": {"offered": ("ended",), "ended": ("offered",)}}
SETTLEMENT_RECEIPT_STEPS = {"settlement.reverse": {"standing": ("reversed",)}}
PAYMENT_STEPS = {
    "settlement.acknowledge": {"instructed": ("paid",), "returned": ("paid",), "set_aside": ("paid",)},
    "settlement.pay_result": {
        "instructed": ("paid", "returned"), "paid": ("returned",), "returned": ("set_aside", "instructed"),
        "set_aside": ("instructed", "paid"),
    },
    "": {"instructed": ("cancelled",), "returned": ("cancelled",), "set_aside": ("cancelled",)},
}
STANDING_ORDER_STEPS = {
    "standing.ratify": {"entered": ("ratified",)},
    "": {"entered": ("lapsed", "stopped", "lifted"), "ratified": ("stopped", "lapsed", "lifted")},
}
STANDING_ORDER_STANDING = ("entered", "ratified")
TOKEN_USABLE = ("live",)
MARK_STEPS = {
    "write_off.undo_write_off": {"written_off": ("none",)},
    "": {"none": ("written_off",), "written_off": ("recovered",), "recovered": ("written_off",)},
}
# fmt: on
# <end>
