"""What the ledger will refuse whoever signs it, seen before a person is asked and before any key is: the wrong party,
the wrong status, too little.

The rules are the contracts' and stand there; here are those whose answer can be read beside the preview, under the
ledger's own reasons. What cannot be read is left to the ledger, and so is a payment reported under a reference that it
knows already, which it answers as before. `--yes` asks no question, and so leaves everything to the ledger.

The field's word: preflight check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chainbill.errors import Refused
from chainbill.ledger.open_acts import check_standing
from chainbill.ledger.transaction import Call
from chainbill_cli import foreseen_claims, foreseen_orders, foreseen_overdue, foreseen_terms
from chainbill_cli.failure import Exit, Failure
from chainbill_cli.foreseen_parties import Refusal, Row, elsewhere, of_parties, reported_so
from chainbill_cli.foreseen_terms import of_checks
from chainbill_cli.money_said import PLACES
from chainbill_cli.session import Session, bank_in_place_of
from chainbill_cli.texts import language, text

Rule = Callable[[Row, str], "Refusal | None"]
"""The row that an act names, and the acting party → what the ledger will say, None where this rule has nothing."""


def _is(field: str, reason: str) -> Rule:
    """The acting party must be the one that the row names; a row that names nobody says nothing."""
    return lambda row, party: (reason, {}) if row.get(field) not in (None, "", party) else None


def _among(field: str, reason: str, *, out: bool = False) -> Rule:
    """The acting party must be one of those that the row lists; out: must not be."""
    return lambda row, party: (reason, {}) if field in row and (party in (row[field] or ())) is out else None


def _stands(place: str, act: str, *, of: str = "status", more: str | None = None) -> Rule:
    """The row must stand where the act may begin, as it is declared. more: a status that the ledger takes, too."""
    return lambda row, _: None if row.get(of) == more else elsewhere(place, act, row.get(of))


def _free(row: Row, _: str) -> Refusal | None:
    locks = row.get("locks")
    if locks:
        return "token_locked", {"token": row.get("id"), "locks": locks}
    return ("claim_open", {"token": row.get("id")}) if row.get("claim_stands") else None


def _offered(row: Row, _: str) -> Refusal | None:
    return ("not_offered", {}) if row.get("offered_to") == "" else None


def _for_transfer(row: Row, _: str) -> Refusal | None:
    refs = [str(one["ref"]) for one in row.get("locks") or () if one["kind"] == "offered"]
    other = next((one for one in refs if one in (SALE, PREPAY)), "")
    return ("offer_of_other_kind", {"ref": other}) if other else None


def _offered_to(row: Row, party: str) -> Refusal | None:
    return ("not_offered_to_you", {}) if row.get("offered_to", party) != party else None


def _confirmed(row: Row, _: str) -> Refusal | None:
    return ("bill_not_confirmed", {"bill": row.get("id")}) if row.get("status") == "pending_confirm" else None


def _to_reject(row: Row, party: str) -> Refusal | None:
    if party not in (row.get("debtor"), row.get("creditor")):
        return "not_debtor_or_creditor", {}
    waits_for = {"pending_confirm": DEBTOR, "pending_accept": CREDITOR}.get(str(row.get("status")))
    return waits_for(row, party) if waits_for is not None else None


def _unpaid(row: Row, _: str) -> Refusal | None:
    """An agreed quote whose request is agreed no more was paid out."""
    paid = row.get("status") == "agreed" and row.get("request_status") not in (None, "agreed")
    return ("quote_transition", {"from": row["request_status"], "to": "withdrawn"}) if paid else None


def _side(row: Row, party: str) -> Refusal | None:
    return None if party in (row.get("debtor", party), row.get("creditor", party)) else ("not_debtor_or_creditor", {})


DEBTOR, CREDITOR = _is("debtor", "not_the_debtor"), _is("creditor", "not_the_creditor")
PLEDGOR, PLEDGEE = _is("holder", "not_the_pledgor"), _is("pledgee", "not_the_pledgee")
HOLDER, QUOTING = _is("holder", "not_the_holder"), _is("bank", "not_the_quoting_bank")
ASKED, NOT_DECLINED = _among("banks", "bank_not_asked"), _among("declined", "bank_has_declined", out=True)
LIVE = _stands("token/token", "token.transfer")
OPEN = _stands("finance/request", "finance.quote")
ACTIVE: Row = {"status": "active", "halted_on": ""}
"""The row of a sender that cannot be read: the ledger decides."""
PLEDGE = "pledge"
SALE = "sale"
PREPAY = "prepay"
BILL, JOINT, TOKEN, TOKENS, REQUEST, QUOTE = "bill", "joint", "token", "tokens", "request", "quote"
AGREES = (
    QUOTE,
    (
        HOLDER,
        _stands("finance/request", "finance.agree", of="request_status"),
        _stands("finance/quote", "finance.agree"),
    ),
)
READ_AT: Mapping[str, str] = {**PLACES, JOINT: "/v1/joints"}
RULES: Mapping[tuple[str, str], tuple[str, tuple[Rule, ...]]] = {
    ("bill", "confirm"): (BILL, (DEBTOR, _stands("bill/bill", "bill.confirm"))),
    ("bill", "accept"): (BILL, (CREDITOR, _confirmed, _stands("bill/bill", "bill.accept"))),
    ("bill", "reject"): (BILL, (_to_reject, _stands("bill/bill", "bill.reject"))),
    ("bill", "withdraw"): (
        BILL,
        (_is("initiator", "not_the_initiator"), _stands("bill/bill", "bill.withdraw")),
    ),
    ("bill", "cancel"): (BILL, (DEBTOR, _stands("bill/bill", "bill.cancel"))),
    ("bill", "ask_void"): (BILL, (_side, _stands("bill/bill", "bill.ask_void"))),
    ("bill", "ask_dilution"): (BILL, (_side, _stands("bill/bill", "bill.ask_dilution"))),
    ("bill", "ask_paying_bank"): (BILL, (DEBTOR, _stands("bill/bill", "bill.ask_paying_bank"))),
    ("bill", "ask_red_letter"): (BILL, (_side, _stands("bill/bill", "bill.ask_red_letter"))),
    ("bill", "ask_invoices"): (BILL, (_side, _stands("bill/bill", "bill.ask_invoices"))),
    ("bill", "answer"): (JOINT, (_among("others", "not_asked"), _stands("bill/joint", "bill.answer"))),
    ("bill", "withdraw_joint"): (
        JOINT,
        (_is("by", "not_the_asker"), _stands("bill/joint", "bill.withdraw_joint")),
    ),
    ("pledge", "offer"): (TOKENS, (HOLDER, LIVE, _free)),
    ("pledge", "accept"): (PLEDGE, (PLEDGEE, _stands("pledge/pledge", "pledge.accept"))),
    ("pledge", "reject"): (PLEDGE, (PLEDGEE, _stands("pledge/pledge", "pledge.reject"))),
    ("pledge", "withdraw"): (PLEDGE, (PLEDGOR, _stands("pledge/pledge", "pledge.withdraw"))),
    ("pledge", "release"): (PLEDGE, (PLEDGEE, _stands("pledge/pledge", "pledge.release"))),
    ("pledge", "enforce"): (PLEDGE, (PLEDGEE, _stands("pledge/pledge", "pledge.enforce"))),
    ("pledge", "agree_enforcement"): (PLEDGE, (PLEDGOR, _stands("pledge/pledge", "pledge.agree_enforcement"))),
    ("pledge", "refuse_enforcement"): (PLEDGE, (PLEDGOR, _stands("pledge/pledge", "pledge.refuse_enforcement"))),
    ("sale", "sell"): (TOKENS, (HOLDER, LIVE, _free)),
    ("settlement", "settle"): (
        BILL,
        (_is("paying_bank", "not_the_paying_bank"), _stands("bill/bill", "settlement.settle")),
    ),
    ("token", "transfer"): (TOKENS, (HOLDER, LIVE, _free)),
    ("token", "merge"): (TOKENS, (HOLDER, LIVE, _free)),
    ("token", "split"): (TOKEN, (HOLDER, LIVE, _free)),
    ("token", "accept"): (TOKEN, (_offered_to, _for_transfer)),
    ("token", "reject"): (TOKEN, (_offered_to,)),
    ("token", "recall"): (TOKEN, (HOLDER, _offered)),
    ("token", "give_back"): (TOKEN, (HOLDER, LIVE, _free)),
    ("write_off", "write_off"): (TOKEN, (HOLDER, LIVE)),
    ("write_off", "undo_write_off"): (TOKEN, (HOLDER,)),
    ("finance", "request"): (TOKEN, (HOLDER, LIVE, _free)),
    ("finance", "quote"): (REQUEST, (ASKED, OPEN, NOT_DECLINED)),
    ("finance", "seal"): (REQUEST, (ASKED, OPEN, NOT_DECLINED)),
    ("finance", "decline"): (REQUEST, (ASKED, OPEN, NOT_DECLINED)),
    ("finance", "withdraw"): (REQUEST, (HOLDER, _stands("finance/request", "finance.withdraw"))),
    ("finance", "agree"): AGREES,
    ("finance", "agree_sealed"): AGREES,
    ("finance", "decline_quote"): (QUOTE, (HOLDER, _stands("finance/quote", "finance.decline_quote"))),
    ("finance", "withdraw_quote"): (QUOTE, (QUOTING, _stands("finance/quote", "finance.withdraw_quote"))),
    ("finance", "cancel"): (QUOTE, (QUOTING, _stands("finance/quote", "finance.cancel"), _unpaid)),
    ("finance", "disburse"): (QUOTE, (QUOTING, _stands("finance/quote", "finance.disburse", more="expired"))),
}
"""Of each act: which argument names the row, and what is asked of it in the contract's order."""
SAID_AGAIN: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "settlement.settle": (("settlement",), ("amount", "value_date")),
    "settlement.pay_result": (("payment",), ()),
    "finance.disburse": (("finance", "unmatched"), ("value_date",)),
    "settlement.settle_prepaid": (("prepaid",), ("token", "value_date")),
    "sale.buy": (("sale",), ("amount", "value_date")),
    "recourse.bought_back": (("buyback",), ("amount", "value_date")),
}
"""Of each report under a reference: the kinds of its receipt, and what stands there as it was said."""


def refuse_foreseen(session: Session, calls: Sequence[Call]) -> None:
    """Refuse what the ledger will refuse, in its words, before anybody is asked to sign it."""
    try:
        check_standing(session.party, {**ACTIVE, **session.registered(session.party)}, calls)
    except Refused as error:
        raise foreseen(str(error.reason), error.fields or {}) from error
    for one in calls:
        found = _foreseen(session, one)
        known = _under_reference(session, one.args)
        if _otherwise(session, one, known or ()):
            raise foreseen("reference_used_otherwise", {"reference": one.args["reference"]})
        if found is not None and known == []:
            raise foreseen(*found)


def _foreseen(session: Session, one: Call) -> Refusal | None:
    named, rules = RULES.get((one.contract, one.function), ("", ()))
    value = one.args.get(named)
    for identifier in value if isinstance(value, list | tuple) else [value] if value else []:
        row = _row(session, named, str(identifier))
        for rule in rules if row else ():
            said = rule(row, session.party)
            if said is not None:
                return said
    act = f"{one.contract}.{one.function}"
    tables = (foreseen_terms.CHECKS, foreseen_claims.CHECKS, foreseen_overdue.CHECKS, foreseen_orders.CHECKS)
    found = (of_checks(checks, session, act, one.args) for checks in tables)
    known = next((said for said in found if said is not None), None)
    return known or of_parties(session, act, one.args)


def _row(session: Session, named: str, identifier: str) -> Row:
    """What stands under an id; of a quote also what its request says: for whom, of which bill, and its status; of a
    bill the bank that pays it now."""
    row = session.object_row(READ_AT[TOKEN if named == TOKENS else named], identifier)
    if named in (TOKEN, TOKENS) and foreseen_claims.claim_stands(session, row):
        return {**row, "claim_stands": True}
    if named == BILL and row.get("paying_bank"):
        return {**row, "paying_bank": bank_in_place_of(session, str(row["paying_bank"]))}
    if named != QUOTE or not row:
        return row
    request = session.object_row(PLACES[REQUEST], str(row.get("request") or ""))
    said: Row = {name: request[name] for name in ("holder", "bill") if name in request}
    return {**row, **said, "request_status": request.get("status")}


def _under_reference(session: Session, reported: Mapping[str, Any]) -> list[Row] | None:
    """What banks reported under this reference on the bill; None where it cannot be read here: the ledger decides."""
    reference = reported.get("reference")
    named = next((one for one in (QUOTE, BILL, TOKEN) if one in reported), "")
    if not reference or not named:
        return []
    bill = reported.get(BILL) or _row(session, named, str(reported[named])).get(BILL)
    if session.offline:
        return None
    try:
        rows = session.client.pages("/v1/receipts", bill=bill, kind="all")
        return [row for row in rows if row["reference"] == reference]
    except Failure:
        return None


def _otherwise(session: Session, one: Call, known: Sequence[Row]) -> bool:
    """Whether the acting bank reported anything else under the reference than this: the ledger takes it once."""
    kinds, members = SAID_AGAIN.get(f"{one.contract}.{one.function}", ((), ()))
    own = [row for row in known if kinds and row.get("bank") == session.party]
    return any(row["kind"] not in kinds or any(row[name] != one.args[name] for name in members) for row in own)


NOT_OF_THIS_KIND = {("set_aside", "paid", False), ("set_aside", "instructed", True)}
"""Steps of a payment, and whether a court named the account that it goes to: only such a one is paid as it is."""


def of_payment(session: Session, row: Row, status: str, reference: str = "") -> None:
    """As `refuse_foreseen`, of what is reported of a payment. row: the payment; status: "received" by its payee."""
    now = str(row.get("status") or "")
    if status == "received":
        if row.get("party") not in (None, session.party):
            raise foreseen("not_the_payee", {})
        if now == "paid":
            raise foreseen("payment_transition", {"from": now, "to": "paid"})
    elif row.get("bank") and session.party not in (row["bank"], bank_in_place_of(session, str(row["bank"]))):
        raise foreseen("not_the_instructing_bank", {})
    elif _under_reference(session, {BILL: row.get(BILL), "reference": reference}) != []:
        return
    if row.get("request"):
        asked = session.object_row("/v1/finance/requests", str(row["request"]))
        if asked.get("status") == "agreed":
            raise foreseen("payment_awaits_financing", {"until": str(asked.get("until") or "")})
    if row.get("freezes"):
        raise foreseen("payment_frozen", {"freeze": row["freezes"][0]["freeze"]})
    to_court = row.get("kind") == "court"
    if status != "received" and (not reported_so(now, status) or (now, status, to_court) in NOT_OF_THIS_KIND):
        raise foreseen("payment_transition", {"from": now, "to": status})


def of_reversal(session: Session, row: Row, reference: str) -> None:
    """As `refuse_foreseen`, of a receipt that is to be reversed. row: the receipt, {} where there is none."""
    if not row:
        raise foreseen("receipt_unknown", {"reference": reference})
    if row.get("status") == "reversed":
        raise foreseen("receipt_transition", {"from": "reversed", "to": "reversed"})
    if row.get("kind") in ("guarantee", "prepaid"):
        raise foreseen("reversal_too_late", {"until": row["value_date"]})
    bill = str(row["bill"])
    standing = _as_far_as_read(session, "/v1/receipts", bill=bill, kind="settlement", status="standing")
    if any(one["height"] > row["height"] for one in standing if one["id"] != row["id"]):
        raise foreseen("reversal_not_newest", {"bill": bill})
    payments = _as_far_as_read(session, "/v1/payments", bill=bill, bank=str(row["bank"]))
    if any(one["reference"] == reference and one["status"] == "paid" for one in payments):
        raise foreseen("payment_already_paid", {"bill": bill})
    if session.today() > row["reversible_until"]:
        raise foreseen("reversal_too_late", {"until": row["reversible_until"]})


def _as_far_as_read(session: Session, path: str, **asked: Any) -> list[Row]:
    """A list of a node; [] where it cannot be read here: the ledger decides."""
    try:
        return list(session.client.pages(path, **asked))
    except Failure:
        return []


def foreseen(reason: str, details: dict[str, Any]) -> Failure:
    """That the ledger will refuse for this reason of the contracts, in its words."""
    from chainbill_node.rest.texts import load_texts

    said = load_texts().say(reason, "zh" if language() == "zh" else "en", details)
    problem = {"type": "about:blank", "title": text("error.refused_here"), "status": 422, "code": reason,
               "detail": said.detail, "hint": said.hint}  # fmt: skip
    return Failure(Exit.REFUSED, {**problem, "details": details} if details else problem)
