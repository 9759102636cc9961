"""What the ledger will refuse of pledges, sales, early payments, recourse and products.

As `foreseen_terms`, under the contracts' reasons and in their order. A row that cannot be read says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from chainbill_contracts.declared_reads import reads

from chainbill.crypto.algorithms import ED25519
from chainbill.dates import add_days
from chainbill.statement import verify_statement
from chainbill_cli.contract_constants import contract_constant
from chainbill_cli.described import asked_now
from chainbill_cli.failure import Failure
from chainbill_cli.foreseen_parties import Refusal, Row, elsewhere, no_bank, no_holder, stopped
from chainbill_cli.foreseen_terms import Check, all_rows
from chainbill_cli.money_said import PLACES
from chainbill_cli.session import Session, bank_in_place_of

EVENTS, SALES, CLAIMS = (reads()[name].path for name in ("production_events", "sales", "claims"))
PREPAYMENTS = reads()["prepayments"].path


# --- pledges ----------------------------------------------------------------------------------------------------------
def _offer(session: Session, pledged: Row) -> Iterator[Refusal | None]:
    named = [str(one) for one in pledged["tokens"]]
    rows = [session.object_row(PLACES["token"], one) for one in named]
    bills = [session.object_row(PLACES["bill"], str(one.get("bill") or "")) for one in rows]
    for bill in bills:
        if bill and bill["status"] not in contract_constant("general", "BILL_CIRCULATING"):
            yield "bill_not_active", {"status": bill["status"]}
    if len(set(named)) < len(named):
        yield "token_named_twice", {}
    if session.offline:
        return
    for bill in bills:
        last = bill.get("last_offer_on")
        if last and session.today() > last:
            yield "too_close_to_payment", {"last_offer_on": last}
    if pledged["due_on"] <= session.today():
        yield "due_date_not_in_future", {"due_on": pledged["due_on"]}
    if pledged["pledgee"] == session.party:
        yield "recipient_is_the_sender", {}
    yield no_bank(session.registered(str(pledged["pledgee"])))
    if pledged["pledgee"] in {bill.get("debtor") for bill in bills}:
        yield "pledgee_is_the_debtor", {"id": pledged["pledgee"]}


def _in_time(session: Session, named: Row) -> Iterator[Refusal | None]:
    """What is offered or asked is answered up to its last day."""
    row = session.object_row(PLACES["pledge"], str(named["pledge"]))
    if row.get("until") and not session.offline and session.today() > row["until"]:
        yield "offer_lapsed", {"until": row["until"]}


def _release(session: Session, named: Row) -> Iterator[Refusal | None]:
    row = session.object_row(PLACES["pledge"], str(named["pledge"]))
    if row and named["secured"] >= row["secured"]:
        yield "amount_above_secured", {name: row[name] for name in ("secured", "received", "currency")}


def _enforce(session: Session, named: Row) -> Iterator[Refusal | None]:
    row = session.object_row(PLACES["pledge"], str(named["pledge"]))
    if not row or session.offline:
        return
    if session.today() <= row["due_on"]:
        yield "pledge_not_due", {"due_on": row["due_on"]}
    if named["owed"] > row["secured"] - row["received"]:
        yield "amount_above_secured", {name: row[name] for name in ("secured", "received", "currency")}


# --- onward sales -----------------------------------------------------------------------------------------------------
def _sell(session: Session, offered: Row) -> Iterator[Refusal | None]:
    own = session.registered(session.party)
    if own and "bank" not in own.get("roles", ()):
        yield "not_a_bank", {"id": session.party}
    named = [str(one) for one in offered["tokens"]]
    rows = [session.object_row(PLACES["token"], one) for one in named]
    bills = [session.object_row(PLACES["bill"], str(one.get("bill") or "")) for one in rows]
    for bill in bills:
        if bill and bill["status"] not in contract_constant("general", "BILL_PAYABLE"):
            yield "bill_not_payable", {"status": bill["status"]}
    if len(set(named)) < len(named):
        yield "token_named_twice", {}
    if session.offline:
        return
    if offered["buyer"] == session.party:
        yield "recipient_is_the_sender", {}
    yield no_bank(session.registered(str(offered["buyer"])))
    if offered["buyer"] in {bill.get("debtor") for bill in bills}:
        yield "recipient_is_the_debtor", {}


def _buy(session: Session, paid: Row) -> Iterator[Refusal | None]:
    row = session.object_row(SALES, str(paid["token"]))
    if not row or session.offline:
        return
    if row["buyer"] != session.party:
        yield "not_the_buyer", {}
    yield elsewhere("sale/sale", "sale.buy", row["status"])
    if session.today() > row["until"]:
        yield "offer_lapsed", {"until": row["until"]}
    if paid["value_date"] > session.today():
        yield "value_date_in_future", {"today": session.today()}
    if paid["value_date"] < row["offered_on"]:
        yield "value_date_before_offer", {"offered_on": row["offered_on"]}


# --- early payment ----------------------------------------------------------------------------------------------------
def _offer_early(session: Session, offered: Row) -> Iterator[Refusal | None]:
    row = session.object_row(PLACES["token"], str(offered["token"]))
    if not row or session.offline:
        return
    if row["holder"] != session.party:
        yield "not_the_holder", {}
    bill = session.object_row(PLACES["bill"], str(row["bill"]))
    yield elsewhere("bill/bill", "prepayment.offer_prepayment", bill.get("status"))
    yield elsewhere("token/token", "prepayment.offer_prepayment", row["status"])
    if row.get("locks"):
        yield "token_locked", {"token": row["id"], "locks": row["locks"]}
    if claim_stands(session, row):
        yield "claim_open", {"token": row["id"]}
    if bill.get("pay_on") and not session.today() <= offered["pay_by"] < bill["pay_on"]:
        yield "pay_by_not_valid", {"today": session.today(), "pay_on": bill["pay_on"]}
    debtor = session.registered(str(bill.get("debtor") or ""))
    if debtor.get("status") in ("insolvent", "closed"):
        yield "debtor_insolvent", {"id": bill["debtor"], "status": debtor["status"]}
    if offered["price"] > row["amount"]:
        yield "price_not_valid", {"amount": row["amount"], "currency": row["currency"]}


def _agree_early(session: Session, named: Row) -> Iterator[Refusal | None]:
    row = session.object_row(PREPAYMENTS, str(named["token"]))
    if not row or session.offline:
        return
    if row["debtor"] != session.party:
        yield "not_the_debtor", {}
    yield elsewhere("prepayment/prepayment", "prepayment.agree_prepayment", row["status"])
    if session.today() > row["until"]:
        yield "prepayment_lapsed", {"until": row["until"]}


def _settle_early(session: Session, paid: Row) -> Iterator[Refusal | None]:
    row = session.object_row(PREPAYMENTS, str(paid["token"]))
    if not row or session.offline:
        return
    bill = session.object_row(PLACES["bill"], str(row["bill"]))
    if bill.get("paying_bank") and bank_in_place_of(session, str(bill["paying_bank"])) != session.party:
        yield "not_the_paying_bank", {}
    yield elsewhere("prepayment/prepayment", "settlement.settle_prepaid", row["status"])
    if paid["value_date"] > session.today():
        yield "value_date_in_future", {"today": session.today()}
    if paid["value_date"] < row["agreed_on"]:
        yield "value_date_before_agreement", {"agreed_on": row["agreed_on"]}
    if paid["value_date"] > row["pay_by"]:
        yield "value_date_after_pay_by", {"pay_by": row["pay_by"]}
    if session.today() > row["until"]:
        yield "prepayment_lapsed", {"until": row["until"]}


def _agreed_early(session: Session, named: Row) -> Iterator[Refusal | None]:
    """What a debtor has agreed to pay early is neither refused nor taken back."""
    token = session.object_row(PLACES["token"], str(named["token"]))
    early = token.get("offered_to") and any(lock["ref"] == "prepay" for lock in token.get("locks") or ())
    if early and session.object_row(PREPAYMENTS, str(named["token"])).get("status") == "agreed":
        yield "prepayment_agreed", {}


# --- recourse ---------------------------------------------------------------------------------------------------------
def _ask(session: Session, asked: Row) -> Iterator[Refusal | None]:
    row = session.object_row(PLACES["token"], str(asked["token"]))
    if not row or session.offline:
        return
    if row["holder"] != session.party:
        yield "not_the_holder", {}
    yield elsewhere("token/token", "recourse.ask_recourse", row["status"])
    bill = session.object_row(PLACES["bill"], str(row["bill"]))
    yield elsewhere("bill/bill", "recourse.ask_recourse", bill.get("status"))
    if asked["ground"] == "overdue" and bill and bill["status"] != "overdue":
        yield "bill_not_overdue", {"status": bill["status"]}
    hop = giver(session, row)
    if hop and not _gives_recourse(str(asked["ground"]), hop, bill):
        yield "no_recourse", {"kind": hop["kind"]}
    if row.get("locks"):
        yield "token_locked", {"token": row["id"], "locks": row["locks"]}
    if claim_stands(session, row):
        yield "claim_open", {"token": row["id"]}
    if asked["ground"] == "insolvent" and bill:
        debtor = session.registered(str(bill["debtor"]))
        if debtor and debtor["status"] != "insolvent":
            yield "debtor_not_insolvent", {"id": bill["debtor"], "status": debtor["status"]}


def giver(session: Session, token: Row) -> Row:
    """The change of ownership by which its holder has a token; {} where it cannot be seen, or where it took it back:
    then an earlier one counts.
    """
    try:
        hops = [] if session.offline else session.client.get(f"{PLACES['token']}/{token['id']}/path").get("hops") or []
    except Failure:
        return {}
    found: Row = next((hop for hop in reversed(hops) if hop["to"] == token["holder"]), {})
    return {} if found.get("undoes") or found.get("kind") in ("buyback", "return") else found


def _gives_recourse(ground: str, hop: Row, bill: Row) -> bool:
    """Whether who took a token by this hop may come back to who gave it, as far as it shows."""
    if ground == "agreed":
        return hop["kind"] in contract_constant("recourse", "GIVEN_BY")
    if hop["kind"] in ("finance", "sale"):
        return bool((hop.get("price") or {"recourse": True})["recourse"])
    return hop["kind"] == "transfer" and (not bill or bool(bill["terms"].get("transferor_liable")))


def claim_stands(session: Session, token: Row) -> bool:
    """Whether a claim of recourse stands on a token, as far as it is to be seen."""
    named = str(token.get("claim") or "none")
    claim = session.object_row(CLAIMS, named) if named != "none" else {}
    if claim.get("status") not in contract_constant("general", "CLAIM_OPEN"):
        return False
    return bool(claim["holder"] == token["holder"] and session.today() <= claim["stands_until"])


def _answered(act: str, side: str, refused: str) -> Check:
    """What is refused of an answer to a claim, or of taking it back. side: whose business that is."""

    def check(session: Session, named: Row) -> Iterator[Refusal | None]:
        row = session.object_row(CLAIMS, str(named["token"]))
        if row and row[side] != session.party:
            yield refused, {}
        if row:
            yield elsewhere("recourse/claim", act, row["status"])

    return check


def _bought_back(session: Session, paid: Row) -> Iterator[Refusal | None]:
    token = session.object_row(PLACES["token"], str(paid["token"]))
    row = session.object_row(CLAIMS, str(token.get("claim") or paid["token"]))
    if not row or session.offline:
        return
    yield elsewhere("recourse/claim", "recourse.bought_back", row["status"])
    if paid["value_date"] > session.today():
        yield "value_date_in_future", {"today": session.today()}
    if paid["value_date"] < row["answered_on"]:
        yield "value_date_before_agreement", {"agreed_on": row["answered_on"]}
    if paid["value_date"] > row["until"]:
        yield "claim_lapsed", {"until": row["until"]}
    if paid["amount"] < asked_now(row):
        yield "amount_below_asked", {"amount": asked_now(row), "currency": row["currency"]}


# --- products ---------------------------------------------------------------------------------------------------------
def _register(session: Session, made: Row) -> Iterator[Refusal | None]:
    if session.party in {part["supplier"] for part in made["parts"]}:
        yield "debtor_is_creditor", {}
    if not 1 <= made["due_days"] <= contract_constant("product", "LONGEST_DUE_DAYS"):
        yield "due_days_not_valid", {}
    own = session.registered(session.party)
    if own and "anchor" not in own.get("roles", ()):
        yield "role_missing", {"id": session.party, "role": "anchor"}
    yield stopped(own)
    yield from _suppliers(session, made["parts"])


def _suppliers(session: Session, parts: Any) -> Iterator[Refusal | None]:
    for supplier in dict.fromkeys(str(part["supplier"]) for part in parts):
        row = session.registered(supplier)
        yield stopped(row)
        if "bank" in row.get("roles", ()):
            yield "creditor_is_a_bank", {"id": supplier}
        yield no_holder(row)


def _agree(session: Session, named: Row) -> Iterator[Refusal | None]:
    row = session.object_row(PLACES["product"], str(named["product"]))
    if not row:
        return
    if session.party not in {part["supplier"] for part in row["parts"]}:
        yield "not_a_supplier_of_it", {}
    yield elsewhere("product/product", "product.agree", row["status"])
    if session.party in row["agreed"]:
        yield "agreed_already", {"product": row["id"]}


def _retire(session: Session, named: Row) -> Iterator[Refusal | None]:
    row = session.object_row(PLACES["product"], str(named["product"]))
    if row and session.party not in {row["anchor"], *(part["supplier"] for part in row["parts"])}:
        yield "not_of_the_product", {}
    yield elsewhere("product/product", "product.retire", row.get("status"))


def _event(session: Session, said: Row) -> Iterator[Refusal | None]:
    row = session.object_row(PLACES["product"], str(said["product"]))
    if not row or session.offline:
        return
    if row["anchor"] != session.party:
        yield "not_the_anchor", {}
    known = all_rows(session, EVENTS, product=row["id"])
    if any((one["order"], one["serial"]) == (said["order"], said["serial"]) for one in known):
        return  # it answers the same event again as the first
    if row["status"] != "active":
        yield "product_not_active", {"status": row["status"]}
    if said["happened_on"] > session.today():
        yield "event_in_future", {"today": session.today()}
    due_on = add_days(said["happened_on"], row["due_days"])
    if due_on <= session.today():
        yield "due_date_not_in_future", {"due_on": due_on}
    if not _attested(session, row, said):
        yield "attestation_wrong", {}
    if said["value"] > row["most_value"]:
        yield "event_too_large", {"value": said["value"], **{one: row[one] for one in ("most_value", "currency")}}


def _attested(session: Session, product: Row, said: Row) -> bool:
    """Whether the signature of an event is its product's attestor's over just what is said of it."""
    key, signature = str(product["attestor"]), str(said["signature"])
    if not re.fullmatch("[0-9a-f]{128}", signature):
        return False
    signed = {name: said[name] for name in ("product", "order", "serial", "value", "happened_on")}
    return verify_statement(
        session.network_hash, "product", "event", signed,
        algorithm=ED25519, key=bytes.fromhex(key), signature=bytes.fromhex(signature),
    )  # fmt: skip


CHECKS: Mapping[str, Check] = {
    "pledge.offer": _offer, "pledge.accept": _in_time, "pledge.agree_enforcement": _in_time,
    "pledge.release": _release, "pledge.enforce": _enforce,
    "sale.sell": _sell, "sale.buy": _buy,
    "prepayment.offer_prepayment": _offer_early, "prepayment.agree_prepayment": _agree_early,
    "settlement.settle_prepaid": _settle_early, "token.reject": _agreed_early, "token.recall": _agreed_early,
    "recourse.ask_recourse": _ask, "recourse.bought_back": _bought_back,
    "recourse.accept_recourse": _answered("recourse.accept_recourse", "asked", "not_asked"),
    "recourse.refuse_recourse": _answered("recourse.refuse_recourse", "asked", "not_asked"),
    "recourse.withdraw_recourse": _answered("recourse.withdraw_recourse", "holder", "not_the_holder"),
    "product.register": _register, "product.agree": _agree, "product.retire": _retire, "product.event": _event,
}  # fmt: skip
