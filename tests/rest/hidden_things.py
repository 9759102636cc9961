"""What others do that a reader may not see: each brings it into a world that is ready for the reader's act.

A disturbance answers how much it brought in; what the contracts refuse is left out. Whether a reader sees it is not
said here: its reads say so (`two_worlds.read_by`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from contracts.acts_ready import ADMIN, CHECKER, MAKER, OTHER_ADMIN, PAPER, sent
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    BANKS,
    OTHER_ANCHOR,
    S1,
    S2,
    S3,
    S4,
    World,
    accepted_bill,
    administrator_keys,
    bid,
    offer,
)

from chainbill.errors import ChainbillError

Disturbance = Callable[[World, str], int]
DISTURBANCES: dict[str, Disturbance] = {}


def disturbs(function: Disturbance) -> Disturbance:
    DISTURBANCES[function.__name__] = function
    return function


def _done(act: Callable[..., Any], *given: Any, **named: Any) -> bool:
    try:
        act(*given, **named)
    except ChainbillError:
        return False
    return True


def _others_tokens(world: World, reader: str) -> Iterator[dict[str, Any]]:
    """Free live tokens of others, by id."""
    for _, row in world.rows("token", "token"):
        if row["status"] == "live" and not row["locks"] and row["holder"] != reader:
            yield row


def _but(reader: str, *parties: str) -> list[str]:
    return [party for party in parties if party != reader]


@disturbs
def tokens_are_offered(world: World, reader: str) -> int:
    done = 0
    for row in _others_tokens(world, reader):
        to = next(one for one in _but(reader, S3, S4) if one != row["holder"])
        done += _done(offer, world, row["id"], (to, row["hi"] - row["lo"]))
    return done


@disturbs
def others_banks_are_asked(world: World, reader: str) -> int:
    done = 0
    for row in _others_tokens(world, reader):
        banks = _but(reader, BANK3, BANK4)
        amount = row["hi"] - row["lo"]
        if _done(sent, world, row["holder"], "finance.request", [MAKER], token=row["id"], banks=banks, amount=amount):
            request = world.token(row["id"])["locks"][0]["ref"]
            done += sum(_done(bid, world, request, bank) for bank in banks)
    return done


@disturbs
def others_agree_on_money(world: World, reader: str) -> int:
    done = 0
    for row in _others_tokens(world, reader):
        bank, amount = _but(reader, BANK3, BANK4)[0], row["hi"] - row["lo"]
        asked = {"token": row["id"], "banks": [bank], "amount": amount}
        if _done(sent, world, row["holder"], "finance.request", [MAKER], **asked):
            quote = bid(world, world.token(row["id"])["locks"][0]["ref"], bank)["quote"]
            done += _done(sent, world, row["holder"], "finance.agree", [MAKER], quote=quote)
    return done


@disturbs
def rivals_quote(world: World, reader: str) -> int:
    return sum(
        _done(bid, world, row["id"], bank, rate=30_000)
        for _, row in world.rows("finance", "request") if row["status"] == "open" and row["holder"] != reader
        for bank in row["banks"] if bank != reader for _ in range(3)
    )  # fmt: skip


@disturbs
def rivals_decline(world: World, reader: str) -> int:
    return sum(
        _done(sent, world, bank, "finance.decline", [MAKER], request=row["id"])
        for _, row in world.rows("finance", "request") if row["status"] == "open" and row["holder"] != reader
        for bank in row["banks"] if bank != reader
    )  # fmt: skip


def _pledged(world: World, reader: str, *, accepted: bool) -> int:
    done = 0
    for row in _others_tokens(world, reader):
        bank = _but(reader, BANK4, BANK3)[0]
        told = {"pledgee": bank, "secured": 100, "due_on": world.plus(30), "contract_no": "L-9"}
        if _done(sent, world, row["holder"], "pledge.offer", [MAKER], tokens=[row["id"]], **told):
            pledge = world.token(row["id"])["locks"][0]["ref"]
            taken = {"pledge": pledge, "registration": "ZD-9"}
            done += not accepted or _done(sent, world, bank, "pledge.accept", [MAKER], **taken)
    return done


@disturbs
def pledges_are_offered(world: World, reader: str) -> int:
    return _pledged(world, reader, accepted=False)


@disturbs
def pledges_stand(world: World, reader: str) -> int:
    return _pledged(world, reader, accepted=True)


@disturbs
def tokens_are_written_off(world: World, reader: str) -> int:
    return sum(
        _done(sent, world, row["holder"], "write_off.write_off", [MAKER, CHECKER], token=row["id"], document=PAPER)
        for row in list(_others_tokens(world, reader))
    )


@disturbs
def courts_freeze(world: World, reader: str) -> int:
    done = 0
    for number, row in enumerate(list(_others_tokens(world, reader))):
        entered = {
            "kind": "freeze", "authority": "Court of H", "number": f"H-9{number}", "documents": [PAPER, PAPER],
            "issued_on": world.today, "items": [{"token": row["id"], "amount": row["hi"] - row["lo"]}], "days": 90,
            "beneficiary": "", "account": "",
        }  # fmt: skip
        done += _done(sent, world, BANK1, "legal.order", [MAKER, CHECKER], **entered)
    return done


@disturbs
def others_trade(world: World, reader: str) -> int:
    """A bill in which the reader has no part, with a financing under way."""
    seller = _but(reader, S2, S3)[0]
    token = accepted_bill(world, by=seller, debtor=OTHER_ANCHOR, creditor=seller, face=7_000)[1]
    return _done(sent, world, seller, "finance.request", [MAKER], token=token, banks=[BANK4], amount=7_000)


@disturbs
def the_one_that_leaves_holds_something(world: World, reader: str) -> int:
    leaving = [row["id"] for _, row in world.rows("party", "party") if row["status"] == "leaving"]
    return sum(_done(accepted_bill, world, by=OTHER_ANCHOR, debtor=OTHER_ANCHOR, creditor=one) for one in leaving)


@disturbs
def changes_are_announced(world: World, reader: str) -> int:
    return sum(
        _done(sent, world, party, "party.set_policy", [ADMIN, OTHER_ADMIN], policy={"rules": []})
        for party in _but(reader, S1, S2, S3, S4, *BANKS)
    )


@disturbs
def keys_are_recovered(world: World, reader: str) -> int:
    named = {"new_keys": administrator_keys(S3, 9001), "document": PAPER}
    return _done(sent, world, BANK1, "recovery.recover", [MAKER, CHECKER], party=S3, **named)


@disturbs
def others_claim_invoices(world: World, reader: str) -> int:
    """Two more sellers name the invoices that bills stand on."""
    done = 0
    for _, row in world.rows("invoice", "invoice"):
        for seller in _but(reader, S3, S4, BANK2):
            if seller in (row["seller"], row["buyer"]):
                continue
            part = [{"fingerprint": row["fingerprint"], "amount": 10, "total": row["total"]}]
            done += _done(accepted_bill, world, by=seller, debtor=OTHER_ANCHOR, creditor=seller, face=10, invoices=part)
    return done
