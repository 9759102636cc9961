"""Every act of the contracts, ready to be sent, with who signs it as the specification says, and why that is enough.

The one table of what is expected of each act: a line is judged by a person, and all tests of who may what go by it.

From ACTS 0, 13, 15 and 16, OFFICE 14, AMENDMENTS 1, and decisions 0032 and 0041 where they depart from it.
The people of these worlds have one capability each, so that a test can take each of them away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from contracts.products import PARTS, attested, described
from contracts.sealing import agree_arguments, bid_for, give_key, seal_arguments
from contracts.world import (
    ALL,
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANKS,
    MEMBERS,
    PAPERS,
    S1,
    S2,
    S3,
    S4,
    World,
    a_key,
    accepted_bill,
    administrator_keys,
    ask,
    bid,
    issue,
    key_of,
    member,
    offer,
    order,
    pay,
    private_key,
    proof_of,
    ratify,
    seat,
    settle,
    signed_application,
    uscc,
)  # fmt: skip

from chainbill.sealed_bid import Bid

MAKER, CHECKER, ADMIN, OTHER_ADMIN, ALONE, ALONE_TOO = range(6)
"""The people of a party by the numbers of their keys; the last two keys are one person, who may do everything."""
ONE_PERSON = "0e" * 32
PAPER = "5a" * 32
AUDITOR = uscc(301)
GUARANTOR = uscc(71)
NEWCOMER = uscc(500)

SIGNERS = {"M": [MAKER], "MC": [MAKER, CHECKER], "A": [ADMIN], "AA": [ADMIN, OTHER_ADMIN], "any": [CHECKER]}
"""Who signs what: a maker; maker and checker; one admin; two admins; any key of the party."""


UNDER_POLICY = "its party's policy asks for a second person above an amount, and that may be 0"
UNDER_CLEAR = "its party's policy for the same act in clear asks for a second person above an amount"
SAYS_NO = "takes back or refuses what has not come about, and can be offered anew"
TAKES_AWAY = "an admin who is the first to see a theft does not wait for a second one; nothing begins with it"
DECIDED_BY_BANKS = "one bank's word among those of a quorum, which it may change as long as nothing is decided"
TWO = ""
"""Why one key alone is enough for an act; other reasons stand beside theirs."""


def people(party: str) -> list[dict[str, Any]]:
    """The keys of a party whose people have one capability each."""
    single = [
        a_key(key_of(party, number), [what]) for number, what in enumerate(("maker", "checker", "admin", "admin"))
    ]
    return single + [a_key(key_of(party, number), ALL, operator=ONE_PERSON) for number in (ALONE, ALONE_TOO)]


def members() -> list[dict[str, Any]]:
    """The usual parties, an auditor and a guarantor, with such people in each."""
    auditor = {**MEMBERS[0], "id": AUDITOR, "roles": ["auditor"], "accounts": []}
    return [{**one, "keys": people(one["id"])} for one in [*MEMBERS, auditor, member(GUARANTOR, "guarantor")]]


def world_of_people(backend: str) -> World:
    """The usual network with such people."""
    return World(backend, members=members())


def sent(world: World, party: str, act: str, signers: list[int], /, **arguments: Any) -> Any:
    """Send an act, contract.function, that these people of the party sign."""
    contract, function = act.split(".")
    return world.send(party, (contract, function, arguments), keys=[key_of(party, number) for number in signers])[0]


def voted(world: World, kind: str, content: dict[str, Any]) -> str:
    """Have three of four banks vote for something; the proposal."""
    proposal = sent(world, BANK2, "governance.propose", [ADMIN], kind=kind, content=content)["proposal"]
    for bank in BANKS[1:]:
        sent(world, bank, "governance.vote", [ADMIN], proposal=proposal, choice="yes")
    return str(proposal)


def stopped(world: World, party: str) -> None:
    """Suspend a party as it can be: by its sponsor, or a bank by vote."""
    if party in BANKS:
        voted(world, "party_status", {"party": party, "status": "suspended", "reason": "review", **PAPERS["suspended"]})
    else:
        order(world, party, "suspended")


class Ready(NamedTuple):
    """An act that its sender can send now."""

    sender: str
    arguments: dict[str, Any]


class Spec(NamedTuple):
    """signs: a name of SIGNERS; alone: why one key is enough, TWO where it is not; ready: brings a world to where the
    act can be sent; open: always open (ACTS 0).
    """

    signs: str
    alone: str
    ready: Callable[[World], Ready]
    open: bool = False


def _quoted(world: World) -> tuple[str, str]:
    token = accepted_bill(world)[1]
    request = ask(world, token, BANK2, BANK3, amount=1_000)["request"]
    return request, bid(world, request, BANK2)["quote"]


def _issue(world: World) -> Ready:
    return Ready(S1, {
        "debtor": ANCHOR, "creditor": S1, "face": 5_000, "currency": "CNY", "due_on": world.plus(120), "invoices": [],
        "contract_no": "C-1", "delivered_on": "", "terms": {}, "reference": "",
    })  # fmt: skip


def _issued(sender: str, world: World, **fields: Any) -> Ready:
    return Ready(sender, {"bill": issue(world), **fields})


def _confirmed(sender: str, world: World, **fields: Any) -> Ready:
    bill = issue(world)
    sent(world, ANCHOR, "bill.confirm", [MAKER], bill=bill)
    return Ready(sender, {"bill": bill, **fields})


def _behind(world: World) -> Ready:
    """A bill whose day has come without the day change."""
    bill = accepted_bill(world, due_on=world.plus(20))[0]
    world.time_ms += 25 * 86_400_000
    return Ready(S1, {"bill": bill})


def _dilution(world: World) -> Ready:
    bill, token = accepted_bill(world)
    return Ready(S1, {
        "bill": bill, "token": token, "amount": 500, "credit_note": "5e" * 32, "parts": [], "reason": "",
    })  # fmt: skip


def _red_letter(world: World) -> Ready:
    bill, _ = accepted_bill(world, face=1_000, invoices=[{"fingerprint": "1" * 64, "amount": 1_000, "total": 2_000}])
    return Ready(S1, {
        "bill": bill, "fingerprint": "1" * 64, "new_total": 1_500, "red": "a" * 64, "bank": "", "reason": "",
    })  # fmt: skip


def _invoices(world: World) -> Ready:
    part = {"fingerprint": "2" * 64, "amount": 500, "total": 500}
    return Ready(S1, {"bill": accepted_bill(world)[0], "parts": [part], "replaces": [], "reason": ""})


def _joint(sender: str, world: World, **fields: Any) -> Ready:
    """What the debtor asks the creditor."""
    bill = accepted_bill(world)[0]
    asked = sent(world, ANCHOR, "bill.ask_void", [MAKER], bill=bill, reason="")
    return Ready(sender, {"joint": asked["joint"], **fields})


def _transfer(world: World) -> Ready:
    token = accepted_bill(world)[1]
    return Ready(S1, {"tokens": [token], "recipients": [{"party": S2, "amount": 500}]})


def _offered(sender: str, world: World, **fields: Any) -> Ready:
    return Ready(sender, {"token": offer(world, accepted_bill(world)[1], (S2, 500))["tokens"][0], **fields})


def _merge(world: World) -> Ready:
    token = accepted_bill(world)[1]
    return Ready(S1, {"tokens": sent(world, S1, "token.split", [MAKER], token=token, amounts=[500])["tokens"]})


def _quote(world: World) -> Ready:
    request = ask(world, accepted_bill(world)[1], BANK2, BANK3, amount=1_000)["request"]
    return Ready(BANK2, {
        "request": request, "rate": 38_500, "recourse": False, "basis": "act/360", "fee": 0, "value_date": "",
        "disburse_by": "", "valid_until": "", "interest_payer": "holder", "needs_label": {},
    })  # fmt: skip


def _seal(world: World) -> Ready:
    give_key(world)
    request = ask(world, accepted_bill(world)[1], BANK2, BANK3, amount=1_000)["request"]
    return Ready(BANK2, seal_arguments(_bid(world, request), envelope="5e" * 304))


def _agree_sealed(world: World) -> Ready:
    ready = _seal(world)
    quote = sent(world, BANK2, "finance.seal", [MAKER], **ready.arguments)["quote"]
    return Ready(S1, agree_arguments(quote, _bid(world, ready.arguments["request"])))


def _bid(world: World, request: str) -> Bid:
    """The same in every world."""
    return replace(bid_for(world, request, BANK2), salt=PAPER)


def _cancel(world: World) -> Ready:
    quote = _quoted(world)[1]
    sent(world, S1, "finance.agree", [MAKER], quote=quote)
    return Ready(BANK2, {"quote": quote, "reason": "no"})


def _disburse(world: World) -> Ready:
    quote = _quoted(world)[1]
    sent(world, S1, "finance.agree", [MAKER], quote=quote)
    money = {"reference": "P-1", "value_date": world.today, "amount": 0, "registration": "ZD-1"}
    return Ready(BANK2, {"quote": quote, **money})


def _settle(world: World) -> Ready:
    bill = accepted_bill(world, face=5_000)[0]
    money = {"amount": 5_000, "reference": "R-1", "value_date": world.today, "partial": False}
    return Ready(BANK1, {"bill": bill, **money})


def _recorded(world: World) -> Ready:
    settle_call = _settle(world)
    sent(world, settle_call.sender, "settlement.settle", [MAKER], **settle_call.arguments)
    return Ready(settle_call.sender, {"reference": settle_call.arguments["reference"], "reason": "wrong"})


def _proceed(world: World) -> Ready:
    bill, rest = accepted_bill(world)
    for _ in range(4):
        rest = offer(world, rest, *[(S2, 10)] * 100)["remainder"]
    assert not settle(world, bill, 1_000_000, partial=True)["complete"]
    return Ready(BANK1, {"bill": bill})


def _paid(sender: str, world: World, **fields: Any) -> Ready:
    bill, token = accepted_bill(world, face=5_000)
    settle(world, bill, 5_000)
    return Ready(sender, {"bill": bill, "token": token, **fields})


def _disputed(sender: str, world: World, *, by: str = S3) -> Ready:
    named = {"fingerprint": "1f" * 32, "seller": S1, "document": PAPER}
    return Ready(sender, {"dispute": sent(world, by, "invoice.dispute", [MAKER], **named)["dispute"]})


def _to_pledge(world: World) -> Ready:
    return Ready(S1, {
        "tokens": [accepted_bill(world, face=5_000)[1]], "pledgee": BANK2, "secured": 1_000, "due_on": world.plus(30),
        "contract_no": "L-1",
    })  # fmt: skip


def _pledge_offered(sender: str, world: World, **fields: Any) -> Ready:
    offered = sent(world, S1, "pledge.offer", [MAKER], **_to_pledge(world).arguments)
    return Ready(sender, {"pledge": offered["pledge"], **fields})


def _pledged(sender: str, world: World, **fields: Any) -> Ready:
    made = _pledge_offered(BANK2, world, registration="ZD-2").arguments
    sent(world, BANK2, "pledge.accept", [MAKER], **made)
    return Ready(sender, {"pledge": made["pledge"], **fields})


def _pledge_due(world: World) -> Ready:
    ready = _pledged(BANK2, world, owed=500)
    world.day(world.plus(31))
    return ready


def _enforcing(sender: str, world: World) -> Ready:
    ready = _pledge_due(world)
    sent(world, BANK2, "pledge.enforce", [MAKER, CHECKER], **ready.arguments)
    return Ready(sender, {"pledge": ready.arguments["pledge"]})


def _to_sell(world: World) -> Ready:
    request = ask(world, accepted_bill(world, face=5_000)[1], BANK2, amount=5_000)["request"]
    quoted = bid(world, request, BANK2)["quote"]
    sent(world, S1, "finance.agree", [MAKER], quote=quoted)
    paid = {"reference": "LOAN-9", "value_date": world.today, "amount": 0, "registration": "ZD-9"}
    held = sent(world, BANK2, "finance.disburse", [MAKER], quote=quoted, **paid)["token"]
    return Ready(BANK2, {"tokens": [held], "buyer": BANK3, "recourse": True, "price": PAPER})


def _offered_for_sale(world: World) -> Ready:
    [token] = sent(world, BANK2, "sale.sell", [MAKER], **_to_sell(world).arguments)["tokens"]
    paid = {"reference": "BUY-1", "value_date": world.today, "amount": 0, "registration": "ZD-3"}
    return Ready(BANK3, {"token": token, **paid})


def _to_prepay(world: World) -> Ready:
    token = accepted_bill(world, face=5_000)[1]
    return Ready(S1, {"token": token, "price": 4_900, "pay_by": world.today})


def _to_agree_prepayment(world: World) -> Ready:
    ready = _to_prepay(world)
    sent(world, S1, "prepayment.offer_prepayment", [MAKER], **ready.arguments)
    return Ready(ANCHOR, {"token": ready.arguments["token"]})


def _to_settle_prepaid(world: World) -> Ready:
    ready = _to_agree_prepayment(world)
    sent(world, ANCHOR, "prepayment.agree_prepayment", [MAKER], **ready.arguments)
    return Ready(BANK1, {**ready.arguments, "reference": "EP-1", "value_date": world.today})


def _to_claim(world: World) -> Ready:
    token = _offered_for_sale(world).arguments["token"]
    paid = {"token": token, "reference": "BUY-2", "value_date": world.today, "amount": 0, "registration": "ZD-3"}
    bought = sent(world, BANK3, "sale.buy", [MAKER], **paid)["token"]
    return Ready(BANK3, {"token": bought, "ground": "agreed", "amount": 5_010, "document": PAPER})


def _claimed(sender: str, world: World, **more: Any) -> Ready:
    ready = _to_claim(world)
    sent(world, BANK3, "recourse.ask_recourse", [MAKER], **ready.arguments)
    return Ready(sender, {"token": ready.arguments["token"], **more})


def _to_buy_back(world: World) -> Ready:
    token = _claimed(BANK2, world).arguments["token"]
    sent(world, BANK2, "recourse.accept_recourse", [MAKER], token=token)
    return Ready(BANK3, {"token": token, "reference": "BACK-1", "value_date": world.today, "amount": 5_010})


def _to_take(world: World) -> Ready:
    token = accepted_bill(world, face=5_000)[1]
    return Ready(BANK1, {
        "kind": "transfer", "authority": "Court of H", "number": "H-1", "documents": [PAPER, PAPER],
        "issued_on": world.today, "items": [{"token": token, "amount": 2_000}], "days": 90, "beneficiary": S3,
        "account": "",
    })  # fmt: skip


def _taken(sender: str, world: World, **fields: Any) -> Ready:
    entered = sent(world, BANK1, "legal.order", [MAKER, CHECKER], **_to_take(world).arguments)
    return Ready(sender, {"order": entered["order"], **fields})


def _to_object_to(sender: str, world: World, **fields: Any) -> Ready:
    entered = _taken(sender, world, **fields)
    sent(world, BANK3, "legal.ratify", [MAKER, CHECKER], order=entered.arguments["order"])
    return entered


def _product(sender: str, world: World) -> Ready:
    told = sent(world, ANCHOR, "product.register", [MAKER, CHECKER], **described(PARTS[:2]))
    return Ready(sender, {"product": told["product"]})


def _event(world: World) -> Ready:
    product = _product(S1, world).arguments["product"]
    for supplier in (S1, S2):
        sent(world, supplier, "product.agree", [MAKER], product=product)
    return Ready(ANCHOR, attested(world, product))


def _in_default(sender: str, world: World, **fields: Any) -> Ready:
    named = {"debtor": ANCHOR, "default": "persistent", "document": PAPER}
    entered = sent(world, BANK1, "entry.enter_default", [MAKER, CHECKER], **named)
    return Ready(sender, {"entry": entered["entry"], **fields})


def _to_lift(world: World) -> Ready:
    entry = _in_default(BANK2, world).arguments["entry"]
    sent(world, BANK2, "entry.ratify_entry", [MAKER, CHECKER], entry=entry)
    return Ready(BANK1, {"lifts": entry, "document": PAPER})


def _to_strike(world: World) -> Ready:
    part = {"fingerprint": "1f" * 32, "amount": 5_000, "total": 5_000}
    accepted_bill(world, face=5_000, invoices=[part])
    ready = _disputed(BANK1, world)
    sent(world, BANK1, "invoice.uphold", [MAKER, CHECKER], **ready.arguments)
    return Ready(BANK1, {**ready.arguments, "document": PAPER})


def _to_examine(world: World) -> Ready:
    ready = _to_strike(world)
    token = next(row["id"] for _, row in world.rows("token", "token") if row["status"] == "live")
    request = ask(world, token, BANK2, amount=1_000)["request"]
    entry = sent(world, BANK1, "entry.strike", [MAKER, CHECKER], **ready.arguments)["entry"]
    sent(world, BANK2, "entry.ratify_entry", [MAKER, CHECKER], entry=entry)
    return Ready(BANK2, {"request": request, "document": PAPER})


def _label(world: World) -> Ready:
    voted(world, "label_scheme", {"scheme": "green", "attestors": [BANK3]})
    named = {"bill": accepted_bill(world)[0], "scheme": "green"}
    return Ready(BANK3, {**named, "grade": "A+", "document": PAPER, "until": world.plus(10)})


def _labelled(world: World) -> Ready:
    ready = _label(world)
    sent(world, BANK3, "label.attest", [MAKER, CHECKER], **ready.arguments)
    return Ready(BANK3, {name: ready.arguments[name] for name in ("bill", "scheme")})


def _overdue(world: World) -> Ready:
    token = accepted_bill(world, due_on=world.plus(7))[1]
    world.day(world.plus(8))
    return Ready(S1, {"token": token, "document": PAPER})


def _written_off(world: World) -> Ready:
    ready = _overdue(world)
    sent(world, S1, "write_off.write_off", [MAKER, CHECKER], **ready.arguments)
    return Ready(S1, {"token": ready.arguments["token"], "reason": ""})


def _guarantee(world: World, bill: str = "") -> Ready:
    bill = bill or accepted_bill(world, due_on=world.plus(7))[0]
    return Ready(GUARANTOR, {"bill": bill, "until": world.plus(200), "resolution": PAPER})


def _demand(world: World) -> Ready:
    bill, token = accepted_bill(world, due_on=world.plus(7))
    sent(world, GUARANTOR, "guarantee.give_guarantee", [MAKER, CHECKER], **_guarantee(world, bill).arguments)
    world.day(world.plus(9))
    return Ready(S1, {"bill": bill, "guarantor": GUARANTOR, "token": token})


def _guaranteed(world: World) -> Ready:
    named = _demand(world).arguments
    told = {"bill": named["bill"], "guarantor": GUARANTOR, "tokens": [named["token"]]}
    return Ready(BANK1, {**told, "reference": "G-1", "value_date": world.today})


def _register(world: World) -> Ready:
    private = private_key(7001)
    statement = {
        "id": NEWCOMER, "name_zh": "新公司", "name_en": "New", "roles": ["supplier"], "identifiers": [],
        "keys": [a_key(private.public.hex())], "accounts": [], "sponsor": BANK1, "until": "2026-12-31",
    }  # fmt: skip
    return Ready(BANK1, {"applications": [signed_application(statement, private)]})


def _add_key(world: World) -> Ready:
    key = a_key(private_key(7002).public.hex(), ["maker"])
    return Ready(S1, {"key": key, "proof": proof_of(S1, key, private_key(7002))})


def _rotate_key(world: World) -> Ready:
    new = a_key(private_key(7003).public.hex(), ["maker"])
    return Ready(S1, {"old": key_of(S1, MAKER), "new": new, "proof": proof_of(S1, new, private_key(7003))})


def _change(world: World) -> Ready:
    return Ready(
        S1, {"change": sent(world, S1, "party.set_policy", [ADMIN, OTHER_ADMIN], policy={"rules": []})["change"]}
    )


def _halted(world: World) -> Ready:
    sent(world, S1, "party.halt", [ADMIN], reason="a stolen card")
    return Ready(S1, {"party": S1})


def _asked(sender: str, world: World) -> Ready:
    told = sent(world, ANCHOR, "party.ask_paying_bank", [ADMIN, OTHER_ADMIN], bank=BANK2)
    world.day(told["acts_on"])
    return Ready(sender, {"debtor": ANCHOR})


def _recover(world: World) -> Ready:
    return Ready(BANK1, {"party": S2, "new_keys": administrator_keys(S2, 7004), "document": PAPER})


def _recovery(sender: str, world: World) -> Ready:
    told = sent(world, BANK1, "recovery.recover", [MAKER, CHECKER], **_recover(world).arguments)
    return Ready(sender, {"recovery": told["recovery"]})


def _ordered(sender: str, world: World, **fields: Any) -> Ready:
    return Ready(sender, {"order": order(world, S1, "suspended")["order"], **fields})


def _administrator(world: World) -> Ready:
    ratify(world, order(world, S1, "insolvent"))
    court = {"authority": "Court of H", "number": "H-1", "documents": [PAPER]}
    return Ready(BANK1, {"party": S1, "keys": administrator_keys(S1, 7005), **court})


def _leaving(sender: str, world: World, **fields: Any) -> Ready:
    sent(world, S4, "standing.leave", [ADMIN, OTHER_ADMIN], party=S4)
    world.day("2026-03-09")
    return Ready(sender, fields)


def _account(sender: str, world: World) -> Ready:
    account = {"currency": "CNY", "alg": "sha256", "digest_hex": "cd" * 32}
    if sender == S1:
        return Ready(S1, {"bank": BANK2, **account})
    sent(world, S1, "account.announce", [MAKER, CHECKER], bank=BANK2, **account)
    return Ready(BANK2, {"party": S1, **account})


def _succeeded(world: World) -> Ready:
    sent(world, BANK2, "succession.accept", [MAKER, CHECKER], bank=BANK1)
    return Ready(BANK1, {"bank": BANK2})


def _grant(world: World) -> Ready:
    return Ready(S1, {"auditor": AUDITOR, "scope": "all", "first_day": world.today, "last_day": ""})


def _granted(world: World) -> Ready:
    sent(world, S1, "audit.grant", [ADMIN, OTHER_ADMIN], **_grant(world).arguments)
    return Ready(S1, {"auditor": AUDITOR})


def _proposal(world: World, **fields: Any) -> Ready:
    content = {"name": "pending_days", "value": 12}
    proposed = sent(world, BANK1, "governance.propose", [ADMIN], kind="parameter", content=content)
    return Ready(BANK1, {"proposal": proposed["proposal"], **fields})


def _candidate(world: World) -> Ready:
    sent(world, BANK1, "governance.propose", [ADMIN], kind="validator_add", content=seat())
    return Ready(BANK1, {})


def _given(sender: str, **arguments: Any) -> Callable[[World], Ready]:
    return lambda world: Ready(sender, arguments)


def _own_token(world: World) -> Ready:
    return Ready(S2, {"token": pay(world, accepted_bill(world)[1], S2, 500)[0]})


ACTS: dict[str, Spec] = {
    "bill.issue": Spec("M", UNDER_POLICY, _issue),
    "bill.confirm": Spec("M", UNDER_POLICY, partial(_issued, ANCHOR)),
    "bill.accept": Spec("M", UNDER_POLICY, partial(_confirmed, S1)),
    "bill.reject": Spec("M", SAYS_NO, partial(_confirmed, S1, reason="no"), open=True),
    "bill.withdraw": Spec("M", SAYS_NO, partial(_issued, S1, reason="no"), open=True),
    "bill.catch_up": Spec("M", "it says what the day says", _behind),
    "bill.cancel": Spec("M", SAYS_NO, partial(_confirmed, ANCHOR, reason="no"), open=True),
    "bill.ask_void": Spec(
        "M", UNDER_POLICY, lambda world: Ready(S1, {"bill": accepted_bill(world)[0], "reason": "no"})
    ),
    "bill.ask_dilution": Spec("M", UNDER_POLICY, _dilution),
    "bill.ask_paying_bank": Spec(
        "M", UNDER_POLICY, lambda world: Ready(ANCHOR, {"bill": accepted_bill(world)[0], "bank": BANK2, "reason": ""})
    ),
    "bill.ask_red_letter": Spec("M", UNDER_POLICY, _red_letter),
    "bill.ask_invoices": Spec("M", UNDER_POLICY, _invoices),
    "bill.answer": Spec("M", UNDER_POLICY, partial(_joint, S1, answer="yes")),
    "bill.withdraw_joint": Spec("M", SAYS_NO, partial(_joint, ANCHOR), open=True),
    "token.transfer": Spec("M", UNDER_POLICY, _transfer),
    "token.accept": Spec("M", UNDER_POLICY, partial(_offered, S2)),
    "token.reject": Spec("M", SAYS_NO, partial(_offered, S2, reason="no"), open=True),
    "token.recall": Spec("M", SAYS_NO, partial(_offered, S1), open=True),
    "token.give_back": Spec("M", UNDER_POLICY, _own_token),
    "token.split": Spec(
        "M",
        "the same cents of the same holder",
        lambda world: Ready(S1, {"token": accepted_bill(world)[1], "amounts": [500]}),
    ),
    "token.merge": Spec("M", "the same cents of the same holder", _merge),
    "finance.request": Spec(
        "M",
        UNDER_POLICY,
        lambda world: Ready(S1, {"token": accepted_bill(world)[1], "banks": [BANK2], "amount": 1_000}),
    ),
    "finance.quote": Spec("M", UNDER_POLICY, _quote),
    "finance.agree": Spec("M", UNDER_POLICY, lambda world: Ready(S1, {"quote": _quoted(world)[1]})),
    "finance.seal": Spec("M", UNDER_CLEAR, _seal),
    "finance.agree_sealed": Spec("M", UNDER_CLEAR, _agree_sealed),
    "finance.disburse": Spec("M", UNDER_POLICY, _disburse),
    "finance.cancel": Spec("M", UNDER_POLICY, _cancel, open=True),
    "finance.decline": Spec("M", SAYS_NO, lambda world: Ready(BANK3, {"request": _quoted(world)[0]}), open=True),
    "finance.decline_quote": Spec("M", SAYS_NO, lambda world: Ready(S1, {"quote": _quoted(world)[1]}), open=True),
    "finance.withdraw": Spec("M", SAYS_NO, lambda world: Ready(S1, {"request": _quoted(world)[0]}), open=True),
    "finance.withdraw_quote": Spec("M", SAYS_NO, lambda world: Ready(BANK2, {"quote": _quoted(world)[1]}), open=True),
    "settlement.settle_prepaid": Spec("M", UNDER_POLICY, _to_settle_prepaid, open=True),
    "settlement.settle": Spec("M", UNDER_POLICY, _settle, open=True),
    "settlement.proceed": Spec("M", "goes on with what the bank has reported", _proceed, open=True),
    "settlement.pay_result": Spec("M", UNDER_POLICY, partial(_paid, BANK1, status="paid", reference="R-2"), open=True),
    "settlement.acknowledge": Spec("MC", TWO, partial(_paid, S1)),
    "settlement.reverse": Spec("MC", TWO, _recorded, open=True),
    "invoice.dispute": Spec(
        "M",
        "a mark that stops nothing, ends by itself, and of which 20 may be open",
        _given(S3, fingerprint="1f" * 32, seller=S1, document=PAPER),
    ),
    "invoice.examine": Spec("M", "says what the bank itself has found, and moves nothing", _to_examine),
    "entry.enter_default": Spec("MC", TWO, _given(BANK1, debtor=ANCHOR, default="bond_default", document=PAPER)),
    "entry.strike": Spec("MC", TWO, _to_strike),
    "entry.lift": Spec("MC", TWO, _to_lift),
    "entry.ratify_entry": Spec("MC", TWO, partial(_in_default, BANK2)),
    "entry.refuse_entry": Spec("MC", TWO, partial(_in_default, BANK2, reason="no"), open=True),
    "entry.object_to_entry": Spec("any", TAKES_AWAY, partial(_in_default, ANCHOR, reason="not so"), open=True),
    "invoice.uphold": Spec("MC", TWO, partial(_disputed, BANK1)),
    "invoice.withdraw_dispute": Spec("M", SAYS_NO, partial(_disputed, S3), open=True),
    "product.register": Spec("MC", TWO, _given(ANCHOR, **described(PARTS[:2]))),
    "product.agree": Spec(
        "M", "each of its bills is accepted by itself, and any supplier retires it", partial(_product, S1)
    ),
    "product.retire": Spec("M", SAYS_NO, partial(_product, S1), open=True),
    "product.event": Spec("M", UNDER_POLICY, _event),
    "label.attest": Spec("MC", TWO, _label),
    "label.revoke": Spec("M", SAYS_NO, _labelled, open=True),
    "guarantee.give_guarantee": Spec("MC", TWO, _guarantee),
    "guarantee.demand": Spec("M", "says what its own claim is, and moves nothing", _demand),
    "settlement.pay_guarantee": Spec("M", UNDER_POLICY, _guaranteed),
    "write_off.write_off": Spec("MC", TWO, _overdue),
    "write_off.undo_write_off": Spec("MC", TWO, _written_off),
    "party.register": Spec("MC", TWO, _register),
    "party.add_identifier": Spec("MC", TWO, _given(BANK1, party=S1, scheme="vat", value="X123456789")),
    "party.give_up_identifier": Spec(
        "AA",
        TWO,
        lambda world: (
            sent(world, BANK1, "party.add_identifier", [MAKER, CHECKER], party=S1, scheme="vat", value="X123456789"),
            Ready(S1, {"scheme": "vat", "value": "X123456789"}),
        )[1],
    ),
    "party.rename": Spec("MC", TWO, _given(BANK1, party=S1, name_zh="新名", name_en="New name")),
    "party.set_policy": Spec("AA", TWO, _given(S1, policy={"rules": []})),
    "party.add_key": Spec("AA", TWO, _add_key),
    "party.rotate_key": Spec("AA", TWO, _rotate_key),
    "party.set_encryption_key": Spec("AA", TWO, _given(S1, key="09" * 32)),
    "party.revoke_key": Spec("A", TAKES_AWAY, _given(S1, key=key_of(S1, MAKER)), open=True),
    "party.withdraw_change": Spec("A", TAKES_AWAY, _change, open=True),
    "party.halt": Spec("A", TAKES_AWAY, _given(S1, reason="a stolen card"), open=True),
    "legal.order": Spec("MC", TWO, _to_take),
    "legal.ratify": Spec("MC", TWO, partial(_taken, BANK2)),
    "legal.refuse": Spec("MC", TWO, partial(_taken, BANK2, reason="no"), open=True),
    "legal.object_to": Spec("any", TAKES_AWAY, partial(_to_object_to, S1, reason="not so"), open=True),
    "recourse.ask_recourse": Spec("M", UNDER_POLICY, _to_claim),
    "recourse.accept_recourse": Spec("M", UNDER_POLICY, partial(_claimed, BANK2)),
    "recourse.refuse_recourse": Spec("M", SAYS_NO, partial(_claimed, BANK2, reason="no"), open=True),
    "recourse.withdraw_recourse": Spec("M", SAYS_NO, partial(_claimed, BANK3), open=True),
    "recourse.bought_back": Spec("M", UNDER_POLICY, _to_buy_back),
    "prepayment.offer_prepayment": Spec("M", UNDER_POLICY, _to_prepay),
    "prepayment.agree_prepayment": Spec("M", UNDER_POLICY, _to_agree_prepayment),
    "sale.sell": Spec("M", UNDER_POLICY, _to_sell),
    "sale.buy": Spec("M", UNDER_POLICY, _offered_for_sale),
    "pledge.offer": Spec("M", UNDER_POLICY, _to_pledge),
    "pledge.accept": Spec("M", UNDER_POLICY, partial(_pledge_offered, BANK2, registration="ZD-2")),
    "pledge.reject": Spec("M", SAYS_NO, partial(_pledge_offered, BANK2, reason="no"), open=True),
    "pledge.withdraw": Spec("M", SAYS_NO, partial(_pledge_offered, S1), open=True),
    "pledge.release": Spec("M", UNDER_POLICY, partial(_pledged, BANK2, secured=0), open=True),
    "pledge.enforce": Spec("MC", TWO, _pledge_due),
    "pledge.agree_enforcement": Spec("M", UNDER_POLICY, partial(_enforcing, S1)),
    "pledge.refuse_enforcement": Spec("M", SAYS_NO, partial(_enforcing, S1), open=True),
    "party.lift_halt": Spec("AA", TWO, _halted, open=True),
    "party.attest_size": Spec(
        "M",
        "a mark for which no act asks; the sponsor attests another",
        _given(BANK1, party=S1, size="small", document=PAPER),
    ),
    "party.ask_paying_bank": Spec("AA", TWO, _given(ANCHOR, bank=BANK2)),
    "party.accept_mandate": Spec("MC", TWO, partial(_asked, BANK2)),
    "party.refuse_mandate": Spec("M", SAYS_NO, partial(_asked, BANK2), open=True),
    "party.end_mandate": Spec("MC", TWO, _given(BANK1, debtor=ANCHOR)),
    "recovery.recover": Spec("MC", TWO, _recover),
    "recovery.veto": Spec("A", TAKES_AWAY, partial(_recovery, S2), open=True),
    "recovery.withdraw": Spec("M", SAYS_NO, partial(_recovery, BANK1), open=True),
    "standing.set_status": Spec(
        "MC", TWO, _given(BANK1, party=S1, status="suspended", reason="review", **PAPERS["suspended"])
    ),
    "standing.name_administrator": Spec("MC", TWO, _administrator),
    "standing.ratify": Spec("MC", TWO, partial(_ordered, BANK2)),
    "standing.object_to": Spec("A", TAKES_AWAY, partial(_ordered, S1, reason="not so"), open=True),
    "standing.leave": Spec("AA", TWO, _given(S4, party=S4)),
    "standing.stay": Spec("A", TAKES_AWAY, partial(_leaving, S4), open=True),
    "standing.close": Spec("MC", TWO, partial(_leaving, BANK1, party=S4)),
    "account.announce": Spec("MC", TWO, partial(_account, S1)),
    "account.attest": Spec(
        "M", "the party announced it, a change with two people, and the bank names its digest", partial(_account, BANK2)
    ),
    "succession.accept": Spec("MC", TWO, _given(BANK2, bank=BANK1)),
    "succession.name": Spec("MC", TWO, _succeeded),
    "audit.grant": Spec("AA", TWO, _grant),
    "audit.revoke_grant": Spec("A", TAKES_AWAY, _granted, open=True),
    "governance.propose": Spec(
        "A", DECIDED_BY_BANKS, _given(BANK1, kind="parameter", content={"name": "pending_days", "value": 12})
    ),
    "governance.vote": Spec("A", DECIDED_BY_BANKS, partial(_proposal, choice="yes"), open=True),
    "governance.withdraw": Spec("A", TAKES_AWAY, _proposal, open=True),
    "governance.ready": Spec("M", "says of an own node that it runs", _candidate, open=True),
    "governance.store_source": Spec("A", DECIDED_BY_BANKS, _given(BANK1, source="x = 1\n")),
    "governance.advance_clock": Spec(
        "M", "the clock of a test or demo network alone", _given(BANK1, milliseconds=1_000, to_ms=0)
    ),
}
