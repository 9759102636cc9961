"""Succession (承继): which bank pays in the place of one that leaves, or is stopped or gone.

A bank that leaves names who pays in its place, or the validators do by vote; never without the successor's consent.
Each row names the bank that stands in the place now, so that one look finds it, however many succeeded one another.
"""

from chainbill.vm.prelude import *
from chainbill_contracts.general import (
    are_keys_of,
    keys_that_signed,
    replaced_by,
    require_active_bank,
    require_bank,
    require_maker_and_checker,
    require_no_successor,
    require_not_stopped,
)

successors = own_table("successor")  # bank -> {"named", "successor", "from"}
predecessors = own_table("predecessor")  # bank -> {"banks"}: those in whose place it stands
successions = own_table("succession")  # [bank, successor] -> {"banks", "until", "by"}: what the successor has accepted
agenda = own_table("agenda")

MOST_PREDECESSORS = 20
DAYS_OF_SUCCESSION = 30


@call
def accept(bank):
    """Agree as a bank to pay in another's place (承继) what that one is to pay, if it or a vote names the sender.

    Consent holds for DAYS_OF_SUCCESSION days, for the banks in whose place the other one stands by now, and as long as
    the keys that gave it are the sender's.
    """
    require_bank(bank)
    require_active_bank(ctx.party)
    require_maker_and_checker()
    require(bank != ctx.party, "succession_too_long")
    require_no_successor(bank)
    require_no_successor(ctx.party)
    known = successions.get([bank, ctx.party])
    if known is not None:
        agenda.delete([add_days(known["until"], 1), "succession", bank, ctx.party])
    until = add_days(ctx.today, DAYS_OF_SUCCESSION)
    successions.put([bank, ctx.party], {"banks": replaced_by(bank), "until": until, "by": keys_that_signed()})
    agenda.put([add_days(until, 1), "succession", bank, ctx.party], {"succession": [bank, ctx.party]})
    emit("succession_accepted", {"bank": bank, "successor": ctx.party, "until": until})
    return {"bank": bank, "successor": ctx.party, "until": until}


@call
def name(bank):
    """Name the bank that pays from now on in the sender's place (承继行); it has accepted before."""
    require_bank(ctx.party)
    require_not_stopped(ctx.party)
    require_maker_and_checker()
    require_succession(ctx.party, bank)
    keep_successor(ctx.party, bank)
    return {"bank": ctx.party, "successor": bank}


@internal("governance")
def check_successor(bank, successor):
    """Refuse at once a successor that a vote could not name."""
    require_out_of_business(bank)
    require_succession(bank, successor)


@internal("governance")
def decide_successor(bank, successor):
    """Name by vote who pays in the place of a bank that is stopped, leaving or gone."""
    require_out_of_business(bank)
    require_succession(bank, successor)
    keep_successor(bank, successor)


@each_day("agenda")
def on_day(date, item, row):
    """Consent that nobody took up in time ends."""
    successions.delete(row["succession"])


def require_succession(bank, successor):
    """A bank that may stand in another's place from now on: it accepted, and neither has a successor."""
    require_bank(bank)
    require_no_successor(bank)
    require_active_bank(successor)
    require_no_successor(successor)
    accepted = successions.get([bank, successor])
    taken = accepted is not None and ctx.today <= accepted["until"] and accepted["banks"] == replaced_by(bank)
    taken = taken and are_keys_of(successor, accepted["by"])
    require(taken, "not_taken_over", {"bank": bank, "successor": successor})
    together = len(replaced_by(bank)) + 1 + len(replaced_by(successor))
    require(together <= MOST_PREDECESSORS, "succession_too_long")


def require_out_of_business(bank):
    """A bank in business names its successor itself: no vote takes its debtors and its money under way from it."""
    status = require_bank(bank)["status"]
    require(status != "active", "bank_in_business", {"id": bank})


def keep_successor(bank, successor):
    """All in whose place the bank stands, and the bank itself, have the successor from now on.

    A named B before, and B names C: C stands in the place of A and B.
    """
    successions_until = successions.get([bank, successor])["until"]
    agenda.delete([add_days(successions_until, 1), "succession", bank, successor])
    successions.delete([bank, successor])
    for one in replaced_by(bank):
        row = successors.get(one)
        row["successor"] = successor
        successors.put(one, row)
    successors.put(bank, {"named": successor, "successor": successor, "from": ctx.today})
    predecessors.put(successor, {"banks": replaced_by(successor) + replaced_by(bank) + [bank]})
    predecessors.delete(bank)
    emit("successor_named", {"bank": bank, "successor": successor})
