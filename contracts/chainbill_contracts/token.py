"""Tokens (子凭证): who holds which cents of a bill.

A token is a range [lo, hi) of its bill's cents. Cents are never made or lost here: every function ends tokens and
makes the same ranges again under another holder or status; rows are never deleted. A token's `origin` names the token
that the last change of ownership made, and the hop of that token says who gave it to whom; a cut or a merge keeps the
origin. What this contract does not do: money. Finance and settlement move tokens through the functions that only they
may call.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    MOST_STEPS_UP,
    OFFERS_OF_ALL,
    TOKEN_USABLE,
    claim_on,
    counted,
    cut_of,
    cut_token,
    freezes_on,
    holders_shares,
    is_free,
    made,
    new_lock,
    parameter,
    placed_by_due_date,
    placed_by_lo,
    places_kept,
    pledge_of,
    replaced,
    require_able,
    require_account,
    require_active,
    require_amount,
    require_bill_open_for_offers,
    require_capability,
    require_debtor_in_business,
    require_free,
    require_may_hold,
    require_not_stopped_since,
    require_party,
    require_policy,
    require_text,
    shared_out,
    token_of_sender,
    work_of_paying,
)

token_rows = own_table("token")  # id -> token row; ranges, parents and endings are guarded by the core
hops = own_table("hop")  # id of the token that a change of ownership made -> hop row
open_offers = own_table("open_offers")  # holder -> {"count"} of its tokens that are offered
frozen = own_table("frozen")  # [freeze, token] -> {}: the live tokens that a freeze is on
horizons = own_table("horizon")  # "offer" -> {"today", "until"}: how long an offer made today may stand
agenda = own_table("agenda")
bills = read_table("bill", "bill")
pledges = read_table("pledge", "pledge")
ranges = read_table("core", "range")
prepayments = read_table("prepayment", "prepayment")
steps = read_table("settlement", "step")

MOST_TOKENS = 100  # in one transfer or merge
MOST_RECIPIENTS = 200
MOST_PIECES = 100
MOST_LEAVES = 1500  # in one step of a settlement
MOST_LEAVES_IN_PART = 750  # whose paid cents become tokens of their own
MOST_LEAVES_OF_UNUSED = 200


# --- what the contract bill decides -----------------------------------------------------------------------------------
@internal("bill")
def open_root(bill, debtor, creditor, face, currency):
    """Make the first token of an accepted bill: its whole face, tier 1."""
    token = new_id("T")
    like = {"bill": bill, "currency": currency, "tier": 1, "financed_tier": 0, "origin": token, "financing": ""}
    root = made(like, token, 0, face, "", creditor)
    keep(root)
    keep_hop(root, "issue", debtor, {}, "")
    return token


@internal("bill")
def require_untouched(bill, creditor):
    """Refuse unless the creditor holds every cent of a bill, free; nobody has any of them, or financed it."""
    for leaf in leaves_of(bill):
        unused = is_free(leaf) and leaf["holder"] == creditor and leaf["tier"] == 1 and leaf["financing"] == ""
        require(unused, "bill_part_used", {"bill": bill})


@internal("bill")
def void_all(bill):
    """End all cents of a bill as void (作废)."""
    for leaf in leaves_of(bill):
        end_leaf(leaf, "void")


@internal("bill")
def require_own_claim(token, bill):
    """Refuse unless a token of this bill is the creditor's own claim on its debtor, and free. bill: its row."""
    row = token_rows.get(token)
    own = row["holder"] == bill["creditor"] and row["tier"] == 1 and row["financing"] == ""
    require(own, "token_not_the_creditors", {"token": token})
    require_free(row)


@internal("bill")
def dilute(token, amount):
    """End the high cents of a token as diluted (贸易扣减).

    amount: minor units. Answers {"rest", "diluted"}: the token of what is left, "" where nothing is, and of what ended.
    """
    row = token_rows.get(token)
    if amount == row["hi"] - row["lo"]:
        end_leaf(row, "diluted")
        return {"rest": "", "diluted": token}
    rest = made(row, new_id("T"), row["lo"], row["hi"] - amount, token, row["holder"])
    off = made(row, new_id("T"), row["hi"] - amount, row["hi"], token, row["holder"])
    keep(rest)
    end_leaf(off, "diluted")
    end_cut(row, [rest["id"], off["id"]], "dilution")
    return {"rest": rest["id"], "diluted": off["id"]}


# --- acts of holders --------------------------------------------------------------------------------------------------
@call
def transfer(tokens, recipients):
    """Offer cents of one or several of the sender's tokens to one or many recipients (转让).

    tokens: ids, used by due date, then by lo, of two bills then by id. recipients: [{"party", "amount" in minor
    units}], served in this order. Each recipient accepts, rejects, or lets the offer lapse; what is left stays with the
    sender.
    """
    require(kind_of(tokens) == "list" and len(tokens) >= 1 and len(tokens) <= MOST_TOKENS, "too_many_tokens")
    require(len(recipients) >= 1 and len(recipients) <= MOST_RECIPIENTS, "too_many_recipients")
    total = 0
    for recipient in recipients:
        require_amount(recipient["amount"])
        total += recipient["amount"]
    rows = []
    for token in tokens:
        rows += [token_of_sender(token)]
    sender = require_able(ctx.party)
    require_capability("maker")
    lots = lots_of(rows)
    for recipient in recipients:
        require_recipient(recipient["party"])
    require_policy(sender, "token.transfer", lots[0]["row"]["currency"], total)

    offered = []
    for recipient in recipients:
        due = recipient["amount"]
        for lot in lots:
            part = min(due, lot["end"] - lot["at"])
            if part > 0:
                offered += [offer(lot, part, recipient["party"])]
                due -= part
        require(due == 0, "amount_exceeds_tokens", {"missing": due, "currency": lots[0]["row"]["currency"]})

    count_offers(ctx.party, len(offered))
    remainders = []
    for lot in lots:
        if len(lot["pieces"]) > 0:
            remainders += keep_remainder(lot)
    remainder = remainders[0] if len(remainders) > 0 else ""
    return {"tokens": offered, "remainder": remainder, "remainders": remainders}


@call
def accept(token):
    """Accept an offered token; the recipient of a transfer is one tier further down. A return restores the tier."""
    row = require_offered_to_sender(token)
    lock = row["locks"][0]
    receiver = require_able(ctx.party) if lock["ref"] == "return" else require_active(ctx.party)
    require_capability("maker")
    require(lock["ref"] in ("transfer", "return"), "offer_of_other_kind", {"ref": lock["ref"]})
    require(ctx.today <= lock["until"], "offer_lapsed", {"until": lock["until"]})
    require_not_stopped_since(row["holder"], lock["height"])
    if lock["ref"] != "return":
        require_debtor_in_business(bills.get(row["bill"]))
    require_policy(receiver, "token.accept", row["currency"], row["hi"] - row["lo"])
    require_account(ctx.party, row["currency"])
    agenda.delete([add_days(lock["until"], 1), "offer", token])
    count_offers(row["holder"], -1)
    if lock["ref"] == "return":
        return {"token": take_return(row)}
    child = made(row, new_id("T"), row["lo"], row["hi"], token, ctx.party)
    child["tier"] += 1
    child["origin"] = child["id"]
    end(row, "moved", [child["id"]])
    keep(child)
    keep_hop(child, "transfer", row["holder"], {}, "")
    emit("accepted", {"token": child["id"], "offered": token, "from": row["holder"], "to": ctx.party})
    return {"token": child["id"]}


@call
def reject(token, reason):
    """Refuse an offered token; it stays with who offered it. A suspended party may do this too."""
    require_text(reason)
    row = require_offered_to_sender(token)
    require_capability("maker")
    require_not_agreed(row)
    emit("rejected", {"token": token, "from": row["holder"], "by": ctx.party, "reason": reason})
    count_offers(row["holder"], -1)
    return {"token": lift_offer(row)}


@call
def recall(token):
    """Take back an offer that was not yet accepted (撤回)."""
    row = token_rows.get(token)
    require(row is not None, "token_unknown")
    require(row["holder"] == ctx.party, "not_the_holder")
    require_capability("maker")
    require(row["offered_to"] != "", "not_offered")
    require_not_agreed(row)
    emit("recalled", {"token": token, "by": ctx.party, "to": row["offered_to"]})
    keep_place(ctx.party)
    return {"token": lift_offer(row)}


@call
def give_back(token):
    """Offer a token back to the party it came from (return), while it is whole, unlocked and was never financed."""
    row = token_of_sender(token)
    giver = require_able(ctx.party)
    require_capability("maker")
    hop = hops.get(row["origin"])
    require(hop["kind"] == "transfer", "nothing_to_give_back", {"kind": hop["kind"]})
    require_free(row)
    first = token_rows.get(row["origin"])
    require(first["lo"] == row["lo"] and first["hi"] == row["hi"], "token_not_whole")
    until = offer_until(require_bill_open_for_offers(row["bill"]))
    require_policy(giver, "token.give_back", row["currency"], row["hi"] - row["lo"])
    lock_offer(row, hop["from"], "return", until)
    count_offers(ctx.party, 1)
    return {"token": token, "offered_to": hop["from"], "until": until}


@call
def split(token, amounts):
    """Cut a token into pieces of the given amounts (拆分); what is left is a further piece."""
    require(kind_of(amounts) == "list" and len(amounts) >= 1 and len(amounts) <= MOST_PIECES, "too_many_pieces")
    for amount in amounts:
        require_amount(amount)
    row = token_of_sender(token)
    require_able(ctx.party)
    require_capability("maker")
    require_free(row)
    least = bills.get(row["bill"])["terms"]["min_split"]
    pieces = []
    at = row["lo"]
    for amount in amounts:
        missing = at + amount - row["hi"]
        require(missing <= 0, "amount_exceeds_tokens", {"missing": missing, "currency": row["currency"]})
        pieces += [cut(row, at, at + amount, least)]
        at += amount
    if at < row["hi"]:
        pieces += [cut(row, at, row["hi"], least)]
    require(len(pieces) >= 2, "nothing_to_cut")
    end_cut(row, pieces, "split")
    emit("split", {"token": token, "pieces": pieces})
    return {"tokens": pieces}


@call
def merge(tokens):
    """Put together pieces that a cut made: neighbours with the same origin. The parent is the token that was cut."""
    require(kind_of(tokens) == "list" and len(tokens) >= 2 and len(tokens) <= MOST_TOKENS, "too_few_to_merge")
    rows = []
    for token in tokens:
        rows += [token_of_sender(token)]
    require_able(ctx.party)
    require_capability("maker")
    pieces = []
    for row in rows:
        require_free(row)
        pieces = placed_by_lo(pieces, row)
    for number in range(1, len(pieces)):
        left = pieces[number - 1]
        right = pieces[number]
        require(left["bill"] == right["bill"] and left["hi"] == right["lo"], "tokens_not_neighbours")
        require(left["origin"] == right["origin"], "tokens_of_different_paths")
    require(not steps.has(pieces[0]["bill"]), "settlement_under_way", {"bill": pieces[0]["bill"]})
    joined = join(pieces, cut_token(pieces[0], pieces[len(pieces) - 1]["hi"]))
    emit("merged", {"token": joined["id"], "pieces": tokens})
    return {"token": joined["id"]}


# --- what the contracts finance and settlement decide -----------------------------------------------------------------
@internal("finance")
def reserve(token, amount, request, until):
    """Lock cents of the sender's token for a financing request, cutting them off first if they are not the whole."""
    row = token_of_sender(token)
    require_free(row)
    require(row["financed_tier"] == 0, "token_already_financed")
    lock = new_lock("in_finance", request, until)
    if amount == row["hi"] - row["lo"]:
        row["locks"] = [lock]
        keep(row)
        return {"token": token, "remainder": ""}
    missing = amount - row["hi"] + row["lo"]
    require(missing < 0, "amount_exceeds_tokens", {"missing": missing, "currency": row["currency"]})
    least = bills.get(row["bill"])["terms"]["min_split"]
    require(amount >= least, "piece_too_small", {"min_split": least, "currency": row["currency"]})
    piece = made(row, new_id("T"), row["lo"], row["lo"] + amount, token, row["holder"])
    piece["locks"] = [lock]
    keep(piece)
    rest = cut(row, row["lo"] + amount, row["hi"], least)
    end_cut(row, [piece["id"], rest], "finance")
    return {"token": piece["id"], "remainder": rest}


@internal("finance")
def extend_reservation(token, until):
    """Keep the lock of an agreed financing until another date."""
    row = token_rows.get(token)
    row["locks"][0]["until"] = until
    keep(row)


@internal("finance")
def release(token):
    """End the lock of a financing request and rejoin what was cut for it; answers the token that is free now."""
    return freed_of([token], "in_finance")[0]


@internal("finance")
def finance_to(token, bank, price):
    """Give a reserved token to the bank that paid for it; its tier stays, and is its financed tier from now on."""
    row = token_rows.get(token)
    child = made(row, new_id("T"), row["lo"], row["hi"], token, bank)
    child["financed_tier"] = row["tier"]
    child["origin"] = child["id"]
    child["financing"] = child["id"]
    end(row, "moved", [child["id"]])
    keep(child)
    keep_hop(child, "finance", row["holder"], price, "")
    return child["id"]


@internal("pledge", "prepayment", "sale")
def offer_free(tokens, recipient, ref, until):
    """Lock free tokens of the sender as offered; answers the last day of the offer.

    recipient: who may refuse each by itself (`reject`), and of whom it may be taken back (`recall`); "" where another
    contract ends the offer as a whole (`end_offer`). ref: "sale", "prepay", or the pledge. until: "" for that of a
    transfer.
    """
    if until == "":
        for token in tokens:
            last = offer_until(bills.get(token_rows.get(token)["bill"]))
            until = last if until == "" else min(until, last)
    for token in tokens:
        row = token_rows.get(token)
        if recipient != "":
            lock_offer(row, recipient, ref, until)
        else:
            row["locks"] = [new_lock("offered", ref, until)]
            keep(row)
    count_offers(ctx.party, len(tokens))
    return until


@internal("prepayment")
def prolong_offer(token, until):
    """Let an offer that was agreed to stand until another day."""
    row = token_rows.get(token)
    lift_offer_place(row)
    row["locks"][0]["until"] = until
    keep(row)
    agenda.put([add_days(until, 1), "offer", token], {"token": token})


@internal("pledge")
def end_offer(tokens, places, holder, taken_back):
    """Free tokens that were offered as a whole, those of them that were not paid; answers those that are free now.

    places: of all that were offered, which are free again; tomorrow where the holder has taken them back itself.
    """
    if taken_back:
        item = [add_days(ctx.today, 1), "place", holder]
        kept = agenda.get(item)
        if kept is not None:
            places += kept["places"]
        agenda.put(item, {"holder": holder, "places": places})
    else:
        count_offers(holder, -places)
    return freed_of(tokens, "offered")


@internal("pledge")
def take_in_pledge(tokens, holder, pledge):
    """Lock tokens that were offered in pledge for as long as the pledge stands."""
    for token in tokens:
        row = token_rows.get(token)
        row["locks"] = [new_lock("pledged", pledge, "")]
        keep(row)
    count_offers(holder, -len(tokens))


@internal("pledge")
def free_of_pledge(tokens):
    """Free tokens of their pledge; answers those that are free now, whole again where they were cut."""
    return freed_of(tokens, "pledged")


@internal("legal", "pledge")
def keep_locks(token, locks):
    """Put these locks on a live token in the place of its own; an offer to another party that goes with them is over.

    Nothing is rejoined (`free_by_law`), so that what is locked now stays the token that was named.
    """
    row = token_rows.get(token)
    if row["offered_to"] != "":
        lift_offer_place(row)
        emit("lapsed", {"token": row["id"], "holder": row["holder"], "to": row["offered_to"]})
        row["offered_to"] = ""
        count_offers(row["holder"], -1)
    unlock(row)
    row["locks"] = locks
    keep(row)


@internal("legal", "pledge")
def cut_by_law(token, amount):
    """Cut the lowest `amount` cents off a token (依法切分): [low, high], ids, both under its locks."""
    return legal_cut(token_rows.get(token), amount)["into"]


@internal("legal")
def free_by_law(token):
    """Rejoin a token that no freeze is on any more with neighbours locked alike; answers the one that is there now."""
    return rejoin(token_rows.get(token))


@internal("legal", "pledge", "sale")
def take_over(token, party, kind, price, locks):
    """Give a token to whom it falls without its holder's transfer (承接): the tier stays; answers the new token.

    kind, price: of the hop. locks: of those it has, the ones that stay; an offer of it is over. What a bank holds so at
    a tier where nothing was financed has that as its financed tier; what no bank holds has none. What a court or an
    enforcement takes from a bank, or a guarantor pays it for, is no longer what that one financed.
    """
    row = token_rows.get(token)
    if row["offered_to"] != "":
        lift_offer_place(row)
        count_offers(row["holder"], -1)
    return given_on(row, party, kind, price, locks)


@internal("settlement")
def pay_for_debtor(tokens, guarantor):
    """Give whole tokens to a guarantor who has paid them in full (保证), free of locks and claims; nothing is settled.

    Whoever the payee rule names is paid, and what stood on the tokens ends, as in a settlement. Answers what `pay_all`
    does; beside each part that was paid stands in "taken" what the guarantor has of it.
    """
    rows = []
    amounts = []
    for token in tokens:
        row = token_rows.get(token)
        rows += [row]
        amounts += [row["hi"] - row["lo"]]
    return pay_all(rows, amounts, guarantor)


@internal("settlement")
def settle_one(token):
    """End a whole token whose holder takes less than its amount for it (提前付款); answers what `pay_all` does."""
    row = token_rows.get(token)
    lift_offer_place(row)
    row["offered_to"] = ""
    row["locks"] = []
    count_offers(row["holder"], -1)
    return pay_all([row], [row["hi"] - row["lo"]], "")


@internal("recourse")
def put_under_claim(token):
    """Lock a token of the sender for a claim of recourse, which bears its name, until that has ended."""
    row = token_rows.get(token)
    row["claim"] = token
    keep(row)


@internal("recourse")
def undo_move(token, kind):
    """Give a token back to the party it came from, see undo; answers the new token."""
    return undo(token_rows.get(token), kind)


@internal("settlement")
def settle_whole(bill, start, share):
    """End the live cents of a bill from `start` on, as many leaves as one step takes: the debtor has paid all of them.

    No lock stops this; an offer or a request on a token that is paid lapses and its holder is paid. share: 1, or 2
    where as much again is written elsewhere. `next` is the cent where the next step goes on, the face when all is done.
    """
    found = leaves_from(bill, start, bills.get(bill)["face"], MOST_LEAVES // share)
    amounts = []
    for leaf in found["live"]:
        amounts += [leaf["hi"] - leaf["lo"]]
    done = pay_all(found["live"], amounts, "")
    return {"paid": done["paid"], "pledges": done["pledges"], "next": found["next"], "seen": 0}


@internal("settlement")
def settle_part(bill, start, share, seen, amount, outstanding):
    """End a part of every live token of a bill, in proportion to its amount: cents [lo, lo + part) of each.

    The rest of each token stays live with the same locks. One step takes the leaves from `start` on, as many as it
    may. Its share of `amount` follows from the live cents that earlier steps have `seen` and from its own: what all
    of them come to, rounded down, less what those before came to. So the steps together pay exactly `amount`: 100 of
    300 outstanding, in steps of 100 and 200 cents: 100 × 100 // 300 = 33, then 300 × 100 // 300 − 33 = 67.
    """
    found = leaves_from(bill, start, bills.get(bill)["face"], MOST_LEAVES_IN_PART // share)
    live = 0
    for leaf in found["live"]:
        live += leaf["hi"] - leaf["lo"]
    share = (seen + live) * amount // outstanding - seen * amount // outstanding
    done = {"paid": [], "pledges": []}
    if share > 0:
        amounts = []
        for leaf in found["live"]:
            amounts += [leaf["hi"] - leaf["lo"]]
        done = pay_all(found["live"], shared_out(share, amounts, live, share), "")
    return {"paid": done["paid"], "pledges": done["pledges"], "next": found["next"], "seen": seen + live}


@internal("settlement")
def take_back(taken):
    """Let cents live again whose receipt is reversed (冲正): each settled token has a live child, like it in all else.

    taken: [{"token", "locks" that come back}], by lo. What a payment alone had cut is one token again. Answers
    {"tokens": ids, "pledged": [[pledge, token]], "next": the cent above all of them}.
    """
    children = []
    for one in taken:
        row = token_rows.get(one["token"])
        child = made(row, new_id("T"), row["lo"], row["hi"], row["id"], row["holder"])
        child["locks"] = one["locks"]
        row["status"] = "reversed"
        row["reversed_at"] = ctx.height
        row["into"] = [child["id"]]
        keep(row)
        keep(child)
        put_in_place(child, row)
        children += [child["id"]]
    back = {"tokens": [], "pledged": [], "next": 0}
    for child in children:
        row = token_rows.get(child)
        if row["status"] in TOKEN_USABLE:  # and not joined with one before
            row = token_rows.get(rejoin(row))
            back["tokens"] += [row["id"]]
            back["next"] = row["hi"]
            if pledge_of(row) != "":
                back["pledged"] += [[pledge_of(row), row["id"]]]
    return back


@each_day("agenda")
def on_day(date, item, row):
    """Let an offer lapse that nobody answered (逾期未签收退回), and free places that were kept until this day."""
    if "places" in row:
        count_offers(row["holder"], -row["places"])
        return
    token = token_rows.get(row["token"])
    if token["status"] == "live" and token["offered_to"] != "" and token["locks"][0]["until"] < ctx.today:
        emit("lapsed", {"token": token["id"], "holder": token["holder"], "to": token["offered_to"]})
        token["offered_to"] = ""
        token["locks"] = []
        count_offers(token["holder"], -1)
        rejoin(token)


# --- offers -----------------------------------------------------------------------------------------------------------
def lots_of(rows):
    """Tokens that may be offered, in the order in which they are used: by due date, then by lo."""
    lots = []
    for row in rows:
        require_free(row)
        require(row["financed_tier"] == 0, "token_already_financed")
        require(not bills.get(row["bill"])["terms"]["non_transferable"], "bill_not_transferable")
        bill = require_bill_open_for_offers(row["bill"])
        require_debtor_in_business(bill)
        lots = placed_by_due_date(lots, {
            "row": row, "at": row["lo"], "end": row["hi"], "bill": bill, "until": offer_until(bill), "pieces": [],
        })  # fmt: skip
    for number in range(1, len(lots)):
        before = lots[number - 1]["row"]
        require(before["currency"] == lots[number]["row"]["currency"], "currencies_differ")
        require(before["id"] != lots[number]["row"]["id"], "token_named_twice")
    return lots


def offer(lot, amount, recipient):
    """Offer the next cents of a lot to a recipient, cut off where they are not the whole; answers the token.

    amount: minor units. Of [0, 100) with 30 offered before, 20 are [30, 50).
    """
    row = lot["row"]
    require(recipient != lot["bill"]["debtor"], "recipient_is_the_debtor")
    lo = lot["at"]
    lot["at"] += amount
    if amount == row["hi"] - row["lo"]:
        lock_offer(row, recipient, "transfer", lot["until"])
        return row["id"]
    least = lot["bill"]["terms"]["min_split"]
    require(amount >= least, "piece_too_small", {"min_split": least, "currency": row["currency"]})
    piece = made(row, new_id("T"), lo, lo + amount, row["id"], row["holder"])
    lot["pieces"] += [piece["id"]]
    lock_offer(piece, recipient, "transfer", lot["until"])
    return piece["id"]


def keep_remainder(lot):
    """End the token of a lot that was cut, and keep what is left of it; answers [] or [the rest's id]."""
    row = lot["row"]
    rest = []
    if lot["at"] < lot["end"]:
        rest = [cut(row, lot["at"], lot["end"], lot["bill"]["terms"]["min_split"])]
    end_cut(row, lot["pieces"] + rest, "offer")
    return rest


def lock_offer(row, recipient, ref, until):
    """Lock a token for whom it is offered to, until the offer lapses. ref: "transfer" or "return". row: the token's."""
    row["offered_to"] = recipient
    row["locks"] = [new_lock("offered", ref, until)]
    keep(row)
    agenda.put([add_days(until, 1), "offer", row["id"]], {"token": row["id"]})
    amount = row["hi"] - row["lo"]
    emit("offered", {"token": row["id"], "from": row["holder"], "to": recipient, "amount": amount, "until": until})


def lift_offer(row):
    """Free a token that was offered, and rejoin it with what it was cut from; answers the token that is free now."""
    lift_offer_place(row)
    row["offered_to"] = ""
    row["locks"] = []
    return rejoin(row)


def lift_offer_place(row):
    """An offer that is over is not looked at any more on the day after its last. row: the token's."""
    agenda.delete([add_days(row["locks"][0]["until"], 1), "offer", row["id"]])


def count_offers(holder, change):
    """Keep count of a holder's open offers, up to a governed number."""
    count = counted(open_offers.get(holder), change)
    if change > 0:
        most = parameter("open_offers")
        require(count <= most, "too_many_offers", {"most": most})
    if count > 0:
        open_offers.put(holder, {"count": count})
    else:
        open_offers.delete(holder)


def keep_place(holder):
    """The place of an offer that its holder takes back itself is free again tomorrow."""
    item = [add_days(ctx.today, 1), "place", holder]
    agenda.put(item, {"holder": holder, "places": places_kept(agenda.get(item))})


def offer_until(bill):
    """The last day of an offer made today: five business days on, at latest the business day before payment.

    Offered on Friday 2027-03-05: until Friday 03-12; of a bill that is payable on Wednesday 03-10, until Tuesday 03-09.
    """
    horizon = horizons.get("offer")
    if horizon is None or horizon["today"] != ctx.today:
        days = parameter("offer_business_days")
        horizon = {"today": ctx.today, "until": invoke("calendar", "business_days_after", ctx.today, days)}
        horizons.put("offer", horizon)
    return min(horizon["until"], bill["last_offer_on"])


def take_return(row):
    """The token goes back to the party that it came from. row: the token's."""
    back = undo(row, "return")
    emit("returned", {"token": back, "offered": row["id"], "from": row["holder"], "to": ctx.party})
    return back


def undo(row, kind):
    """Give a token back to the party it came from, with what it had there: tier, path, financing; answers the new one.

    kind: of the hop, whose `undoes` names the origin that is taken back. row: the token's; nothing locks the new one.
    """
    earlier = token_rows.get(token_rows.get(row["origin"])["parent"])
    child = made(row, new_id("T"), row["lo"], row["hi"], row["id"], hops.get(row["origin"])["from"])
    for field in ["tier", "origin", "financing", "financed_tier"]:
        child[field] = earlier[field]
    end(row, "moved", [child["id"]])
    keep(child)
    keep_hop(child, kind, row["holder"], {}, row["origin"])
    return child["id"]


# --- cuts -------------------------------------------------------------------------------------------------------------
def keep(row):
    """Write a token. row: the token's."""
    token_rows.put(row["id"], row)
    for lock in row["locks"]:
        if lock["kind"] == "frozen":
            frozen.put([lock["ref"], row["id"]], {})


def unlock(row):
    """Take all locks off a token that is kept next. row: the token's."""
    for lock in row["locks"]:
        if lock["kind"] == "frozen":
            frozen.delete([lock["ref"], row["id"]])
    row["locks"] = []


def keep_hop(row, kind, giver, price, undoes):
    """Record a change of ownership under the token that it made; `undoes` names the origin that a return takes back."""
    hops.put(row["id"], {
        "bill": row["bill"], "token": row["id"], "kind": kind, "from": giver, "to": row["holder"],
        "lo": row["lo"], "hi": row["hi"], "tier": row["tier"], "financed_tier": row["financed_tier"],
        "height": ctx.height, "transaction": ctx.transaction, "date": ctx.today, "price": price,
        "undoes": undoes,
    })  # fmt: skip


def cut(row, lo, hi, least):
    """Make cents [lo, hi) of a token a token of their own; answers its id. least: minor units of a piece at least."""
    require(hi - lo >= least, "piece_too_small", {"min_split": least, "currency": row["currency"]})
    piece = made(row, new_id("T"), lo, hi, row["id"], row["holder"])
    keep(piece)
    return piece["id"]


def end_cut(row, pieces, reason):
    """End a token that was cut. row: the token's.

    reason: "offer", "finance", "split", "payment", "dilution" or "legal".
    """
    row["cut_for"] = reason
    end(row, "split", pieces)


def legal_cut(row, amount):
    """Cut the lowest `amount` cents off a token for what the law decides (依法切分), smaller than `min_split` too.

    Both pieces keep the locks; answers the row of the token that was cut, whose `into` names low and high.
    """
    low = made(row, new_id("T"), row["lo"], row["lo"] + amount, row["id"], row["holder"])
    low["locks"] = row["locks"]
    keep(low)
    high = keep_rest(row, amount)
    end_cut(row, [low["id"], high], "legal")
    return row


def given_on(row, party, kind, price, locks):
    """Make a token another party's, without its holder's transfer; answers the new token. row: see take_over."""
    child = made(row, new_id("T"), row["lo"], row["hi"], row["id"], party)
    if "bank" not in require_party(party)["roles"]:
        child["financed_tier"] = 0
    elif child["financed_tier"] == 0:
        child["financed_tier"] = row["tier"]
    if kind in ("force", "enforce", "guarantee"):
        child["financing"] = ""
    child["origin"] = child["id"]
    child["locks"] = locks
    end(row, "moved", [child["id"]])
    keep(child)
    keep_hop(child, kind, row["holder"], price, "")
    return child["id"]


def freed_of(tokens, kind):
    """Lift a kind of lock from tokens, and rejoin what was cut; answers those that are there now."""
    found = []
    for token in tokens:
        row = token_rows.get(token)
        locks = []
        for lock in row["locks"]:
            if lock["kind"] != kind:
                locks += [lock]
        row["locks"] = locks
        found += [rejoin(row)]
    freed = []
    for token in found:
        if token_rows.get(token)["status"] in TOKEN_USABLE and token not in freed:
            freed += [token]
    return freed


def end(row, status, into):
    """End a token as split or moved; `into` names the tokens that its cents went to."""
    row["status"] = status
    row["ended"] = ctx.height
    row["offered_to"] = ""
    unlock(row)
    row["into"] = into
    keep(row)


def rejoin(row):
    """Store a token that is free again, joined with its neighbours of one holder and lock; not if its holder cut it."""
    keep(row)
    for step in range(MOST_STEPS_UP):
        parent = cut_of(row)
        cut_for = parent["cut_for"] if parent is not None and parent["status"] == "split" else ""
        if cut_for not in ("offer", "finance", "legal", "payment"):
            break
        run = free_run(parent["into"], row)
        if len(run) < 2 or steps.has(row["bill"]):  # a settlement goes on at a cent where a token must begin
            break
        joined = join(run, parent)
        put_in_place(joined, parent)
        emit("rejoined", {"token": joined["id"], "from": row["id"]})
        row = joined
        if row["hi"] - row["lo"] < parent["hi"] - parent["lo"]:
            break  # the next look would find the same pieces
    return row["id"]


def free_run(siblings, row):
    """The longest run of neighbours locked as `row` is among the pieces of one cut, which come in the order of cents.

    [10, 20) is free again between [0, 10), which is offered, and [20, 30), which is free: [10, 20) and [20, 30). What
    has ended is passed over: of [0, 10), an ended [10, 20), and [10, 30), which it became a part of, the two that live.
    """
    run = []
    reached = False
    for sibling in siblings:
        if sibling == row["id"]:
            other = row
        else:
            other = token_rows.get(sibling)
        alike = other["locks"] == row["locks"] and other["holder"] == row["holder"] and claim_on(other) == claim_on(row)
        if other["status"] in TOKEN_USABLE and alike:
            if len(run) > 0 and run[len(run) - 1]["hi"] != other["lo"]:
                if reached:
                    return run
                run = []
            run += [other]
            reached = reached or sibling == row["id"]
        elif reached and other["status"] in TOKEN_USABLE:
            return run
    if reached:
        return run
    return []


def put_in_place(row, gone):
    """Let a token stand where one of the same cents stood among the pieces that a payment or an order had cut.

    Orders cut what others have cut: [0, 1000) at 700, [0, 700) at 500; what is [0, 700) again joins [700, 1000). Rows
    of both.
    """
    parent = cut_of(row)
    if parent is not None and parent["status"] == "split" and parent["cut_for"] in ("payment", "legal"):
        parent["into"] = replaced(parent["into"], [gone], row["id"])
        keep(parent)


def join(pieces, parent):
    """End neighbouring pieces and make one token of them, in their place among the pieces of the cut."""
    first = pieces[0]
    joined = made(first, new_id("T"), first["lo"], pieces[len(pieces) - 1]["hi"], parent["id"], first["holder"])
    joined["locks"] = first["locks"]
    for piece in pieces:
        end(piece, "moved", [joined["id"]])
    keep(joined)
    parent["into"] = replaced(parent["into"], pieces, joined["id"])
    keep(parent)
    return joined


def leaves_of(bill):
    """The leaves of a bill that nobody used much: refused above so many."""
    found = ranges.scan([bill], MOST_LEAVES_OF_UNUSED + 1)
    require(len(found) <= MOST_LEAVES_OF_UNUSED, "bill_part_used", {"bill": bill})
    leaves = []
    for entry in found:
        leaves += [token_rows.get(entry[1][1])]
    return leaves


# --- settlement -------------------------------------------------------------------------------------------------------
def leaves_from(bill, start, face, most):
    """The live tokens among a bill's leaves: a walk by lo from `start` to the last cent, or as far as one step goes."""
    live = []
    lo = start
    work = 0
    for step in range(most):
        if lo == face or work >= most:
            break
        leaf = ranges.get([bill, lo])
        require(leaf is not None, "settle_in_its_own_transaction")
        row = token_rows.get(leaf[1])
        require(row["status"] not in ("split", "moved", "reversed"), "settle_in_its_own_transaction")
        if row["status"] == "live":
            live += [row]
            work += work_of_paying(row)
        lo = leaf[0]
    return {"live": live, "next": lo}


def pay_all(leaves, amounts, taker):
    """Pay of each token its amount, 0 for nothing; an offer that ends with that gives its place back.

    taker: "", or the guarantor to whom the tokens go. Answers {"paid": see pay, "pledges": see tell_pledge}.
    """
    paid = []
    offers = {}
    told = {}
    for number in range(len(amounts)):
        leaf = leaves[number]
        amount = amounts[number]
        if amount > 0:
            if leaf["offered_to"] != "" and ends_offer(leaf, amount):
                offers[leaf["holder"]] = offers[leaf["holder"]] + 1 if leaf["holder"] in offers else 1
            paid += pay(leaf, amount, told, taker)
    for holder in sorted(offers):
        count_offers(holder, -offers[holder])
    pledged = []
    for pledge in sorted(told):
        pledged += [told[pledge]]
    return {"paid": paid, "pledges": pledged}


def payees_of(row, amount, told):
    """Who is paid the lowest `amount` cents of a token, in the order of cents (收款规则).

    Answers [{"party", "amount", "pledge", "freezes" that stand on it, where there are any}]. Of a pledged token the
    pledgee gets the low cents, up to what the pledge is short of; the holder gets the rest, and where the token is
    frozen that is set aside. told: pledge -> what this step has paid it so far, see tell_pledge.

    Short of 250 with 300 paid on [0, 350): the pledgee 250, the holder 50.
    """
    pledge = pledge_of(row)
    freezes = freezes_on(row)
    if pledge == "":
        return holders_shares(row, amount, freezes)
    terms = pledges.get(pledge)
    short = terms["secured"] - terms["received"]
    if pledge in told:
        short -= told[pledge]["received"]
    share = min(amount, max(short, 0))
    shares = []
    if share > 0:
        shares += [{"party": terms["pledgee"], "amount": share, "pledge": pledge}]
    if share < amount:
        shares += holders_shares(row, amount - share, freezes)
    return shares


def pay(row, amount, told, taker):
    """End paid cents of one token, a settled token for each payee, and say whom the debtor's bank owes them to.

    Answers [{"token", "party", "amount", "pledge" of the payee, "under": the pledge of the token, "beside": the freezes
    on it, "freezes", "financing", "request" and its "locked_since", "rest", "rest_amount", "taken"}], from "freezes" on
    where there is such a thing. told: see payees_of. taker: see pay_all; to it the paid tokens are moved in the place
    of being settled.
    """
    whole = amount == row["hi"] - row["lo"]
    plain = len(row["locks"]) == 0 and row["financing"] == "" and row["claim"] == "none"
    if whole and plain and taker == "":  # most are: they take no more than they must
        end_leaf(row, "settled")
        return [{"token": row["id"], "party": row["holder"], "amount": amount, "pledge": "", "under": ""}]
    shares = payees_of(row, amount, told)
    common = {"under": pledge_of(row), "beside": freezes_on(row)}
    if row["financing"] != "":
        common["financing"] = row["financing"]
    if row["claim"] != "none":
        common["claim"] = row["claim"]
    offered_until = ""
    pledge = pledge_of(row)
    for lock in row["locks"]:
        if lock["kind"] == "in_finance":
            common["request"] = lock["ref"]
            common["locked_since"] = lock["since"]
        if lock["kind"] == "offered":
            if row["offered_to"] == "":
                pledge = lock["ref"]
            else:
                offered_until = lock["until"]
                agenda.delete([add_days(offered_until, 1), "offer", row["id"]])
    if offered_until != "" and ends_offer(row, amount):
        emit("lapsed", {"token": row["id"], "holder": row["holder"], "to": row["offered_to"]})
        row["offered_to"] = ""
        offered_until = ""
        row["locks"] = []
    if whole and len(shares) == 1:
        end_paid(row, taker)
        pieces = [row["id"]]
        rest = ""
    else:
        pieces = paid_pieces(row, shares, taker)
        rest = ""
        if not whole:
            rest = keep_rest(row, amount)
            common["rest"] = rest
            common["rest_amount"] = row["hi"] - row["lo"] - amount
            if offered_until != "":
                agenda.put([add_days(max(offered_until, ctx.today), 1), "offer", rest], {"token": rest})
        end_cut(row, pieces + [rest] if rest != "" else pieces, "payment" if taker == "" else "legal")
    if pledge != "":
        tell_pledge(told, pledge, row, rest, shares, common["beside"])
    paid = []
    for number in range(len(shares)):
        entry = {"token": pieces[number]}
        for name in sorted(shares[number]):
            entry[name] = shares[number][name]
        for name in sorted(common):
            entry[name] = common[name]
        if taker != "":
            entry["taken"] = token_rows.get(pieces[number])["into"][0]
        paid += [entry]
    return paid


def tell_pledge(told, pledge, row, rest, shares, freezes):
    """Keep what a pledge is to hear of a paid token, in `told`.

    pledge -> {"pledge", "received" in minor units, "payments" to the pledgee, "replaced": [[token, its rest or ""]],
    "frozen": [{"holder", "amount", "freezes"}] of what the pledgee got}. row: the token's; freezes: on it.
    """
    if pledge not in told:
        told[pledge] = {"pledge": pledge, "received": 0, "payments": 0, "replaced": [], "frozen": []}
    for share in shares:
        if share["pledge"] != "":
            told[pledge]["received"] += share["amount"]
            told[pledge]["payments"] += 1
            told[pledge]["frozen"] += [{"holder": row["holder"], "amount": share["amount"], "freezes": freezes}]
    told[pledge]["replaced"] += [[row["id"], rest]]


def ends_offer(row, amount):
    """Say whether the offer of a token to a party ends where this much of it is paid. row: the token's."""
    return amount == row["hi"] - row["lo"] or row["locks"][0]["ref"] in OFFERS_OF_ALL


def paid_pieces(row, shares, taker):
    """Make a token that was paid of each payee's cents, from the lowest on; answers their ids. Its holder held it."""
    pieces = []
    at = row["lo"]
    for share in shares:
        piece = made(row, new_id("T"), at, at + share["amount"], row["id"], row["holder"])
        at += share["amount"]
        end_paid(piece, taker)
        pieces += [piece["id"]]
    return pieces


def end_paid(row, taker):
    """End a token that was paid: settled, or given to who paid it for the debtor. row: the token's."""
    if taker == "":
        end_leaf(row, "settled")
    else:
        given_on(row, taker, "guarantee", {}, [])


def keep_rest(row, amount):
    """Make a token of the cents above the lowest `amount`, under the same locks; answers its id."""
    rest = made(row, new_id("T"), row["lo"] + amount, row["hi"], row["id"], row["holder"])
    rest["offered_to"] = row["offered_to"]
    rest["locks"] = row["locks"]
    keep(rest)
    return rest["id"]


def end_leaf(row, status):
    """End a token whose cents end with it: settled, diluted or void."""
    row["status"] = status
    row["ended"] = ctx.height
    row["offered_to"] = ""
    unlock(row)
    keep(row)


# --- who may ----------------------------------------------------------------------------------------------------------
def require_offered_to_sender(token):
    """A token that is offered to the sender; answers its row."""
    row = token_rows.get(token)
    require(row is not None, "token_unknown")
    require(row["offered_to"] == ctx.party, "not_offered_to_you")  # what became of it is no stranger's business
    return row


def require_not_agreed(row):
    """What a debtor has agreed to pay early is neither refused nor taken back. row: an offered token's."""
    known = prepayments.get(row["id"]) if row["locks"][0]["ref"] == "prepay" else None
    require(known is None or known["status"] != "agreed", "prepayment_agreed")


def require_recipient(party):
    """A party that may be owed, and is not the sender: a bank comes in by financing alone."""
    require(party != ctx.party, "recipient_is_the_sender")
    row = require_active(party)
    require("bank" not in row["roles"], "recipient_is_a_bank", {"id": party})
    require_may_hold(row)
