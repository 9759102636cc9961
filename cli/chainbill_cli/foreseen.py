"""What the ledger will refuse whoever signs it, seen before a person is asked and before any key is: the wrong party,
the wrong status, too little.

The rules are the contracts' and stand there; here are those whose answer can be read beside the preview, under the
ledger's own reasons. What cannot be read is left to the ledger, and so is a payment reported under a reference that it
knows already, which it answers as before. `--yes` asks no question, and so leaves everything to the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chainbill.ledger.transaction import Call
from chainbill_cli.failure import Exit, Failure
from chainbill_cli.money_said import PLACES
from chainbill_cli.session import Session
from chainbill_cli.texts import language, text

Row = Mapping[str, Any]
Rule = Callable[[Row, str], "Refusal | None"]
"""The row that an act names, and the acting party → what the ledger will say, None where this rule has nothing."""
Refusal = tuple[str, dict[str, Any]]


def _is(field: str, reason: str) -> Rule:
    """The acting party must be the one that the row names; a row that names nobody says nothing."""
    return lambda row, party: (reason, {}) if row.get(field) not in (None, "", party) else None


def _among(field: str, reason: str, *, out: bool = False) -> Rule:
    """The acting party must be one of those that the row lists; out: must not be."""
    return lambda row, party: (reason, {}) if field in row and (party in (row[field] or ())) is out else None


def _in(statuses: str, reason: str, to: str = "", *, of: str = "status") -> Rule:
    """The row must be in one of these statuses; to: the one that the act would bring it to."""

    def rule(row: Row, _: str) -> Refusal | None:
        now = str(row.get(of) or "")
        if not now or now in statuses.split():
            return None
        return reason, {"from": now, "to": to} if to else {"status": now}

    return rule


def _free(row: Row, _: str) -> Refusal | None:
    locks = row.get("locks")
    return ("token_locked", {"locks": locks}) if locks else None


def _offered(row: Row, _: str) -> Refusal | None:
    return ("not_offered", {}) if row.get("offered_to") == "" else None


def _offered_to(row: Row, party: str) -> Refusal | None:
    return ("not_offered_to_you", {}) if row.get("offered_to", party) != party else None


def _confirmed(row: Row, _: str) -> Refusal | None:
    return ("bill_not_confirmed", {"bill": row.get("id")}) if row.get("status") == "pending_confirm" else None


def _to_reject(row: Row, party: str) -> Refusal | None:
    waits_for = {"pending_confirm": DEBTOR, "pending_accept": CREDITOR}.get(str(row.get("status")))
    if waits_for is not None:
        return waits_for(row, party)
    return ("not_debtor_or_creditor", {}) if party not in (row.get("debtor"), row.get("creditor")) else None


DEBTOR, CREDITOR = _is("debtor", "not_the_debtor"), _is("creditor", "not_the_creditor")
HOLDER, QUOTING = _is("holder", "not_the_holder"), _is("bank", "not_the_quoting_bank")
ASKED, NOT_DECLINED = _among("banks", "bank_not_asked"), _among("declined", "bank_has_declined", out=True)
LIVE = _in("live", "token_already_used")
OPEN = _in("open", "request_not_open")
BILL, TOKEN, TOKENS, REQUEST, QUOTE = "bill", "token", "tokens", "request", "quote"
RULES: Mapping[tuple[str, str], tuple[str, tuple[Rule, ...]]] = {
    ("bill", "confirm"): (BILL, (DEBTOR, _in("pending_confirm", "bill_transition", "pending_accept"))),
    ("bill", "accept"): (BILL, (CREDITOR, _confirmed, _in("pending_accept", "bill_transition", "active"))),
    ("bill", "reject"): (BILL, (_to_reject, _in("pending_confirm pending_accept", "bill_transition", "rejected"))),
    ("bill", "withdraw"): (
        BILL,
        (_is("initiator", "not_the_initiator"), _in("pending_confirm", "bill_transition", "withdrawn")),
    ),
    ("bill", "cancel"): (BILL, (DEBTOR, _in("pending_accept", "bill_transition", "cancelled"))),
    ("settlement", "settle"): (
        BILL,
        (_is("paying_bank", "not_the_paying_bank"), _in("active due overdue", "bill_not_payable")),
    ),
    ("token", "transfer"): (TOKENS, (HOLDER, LIVE, _free)),
    ("token", "merge"): (TOKENS, (HOLDER, LIVE, _free)),
    ("token", "split"): (TOKEN, (HOLDER, LIVE, _free)),
    ("token", "accept"): (TOKEN, (LIVE, _offered_to)),
    ("token", "reject"): (TOKEN, (LIVE, _offered_to)),
    ("token", "recall"): (TOKEN, (HOLDER, _offered)),
    ("token", "give_back"): (TOKEN, (HOLDER, LIVE, _free)),
    ("finance", "request"): (TOKEN, (HOLDER, LIVE, _free)),
    ("finance", "quote"): (REQUEST, (ASKED, OPEN, NOT_DECLINED)),
    ("finance", "decline"): (REQUEST, (ASKED, OPEN, NOT_DECLINED)),
    ("finance", "withdraw"): (REQUEST, (HOLDER, _in("open", "request_transition", "withdrawn"))),
    ("finance", "agree"): (
        QUOTE,
        (
            HOLDER,
            _in("open", "request_transition", "agreed", of="request_status"),
            _in("offered", "quote_transition", "agreed"),
        ),
    ),
    ("finance", "decline_quote"): (QUOTE, (HOLDER, _in("offered", "quote_transition", "declined"))),
    ("finance", "withdraw_quote"): (QUOTE, (QUOTING, _in("offered agreed", "quote_transition", "withdrawn"))),
    ("finance", "disburse"): (QUOTE, (QUOTING, _in("agreed expired", "quote_not_agreed"))),
}
"""Of each act: which argument names the row, and what is asked of it in the contract's order."""


def refuse_foreseen(session: Session, calls: Sequence[Call]) -> None:
    """Refuse what the ledger will refuse, in its words, before anybody is asked to sign it."""
    for one in calls:
        found = _foreseen(session, one)
        if found is not None and not _reported_before(session, one):
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
    return _of_arguments(session, one)


def _row(session: Session, named: str, identifier: str) -> Row:
    """What stands under an id; of a quote also what its request says: for whom, of which bill, and its status."""
    row = session.object_row(PLACES[TOKEN if named == TOKENS else named], identifier)
    if named != QUOTE or not row:
        return row
    request = session.object_row(PLACES[REQUEST], str(row.get("request") or ""))
    said: Row = {name: request[name] for name in ("holder", "bill") if name in request}
    return {**row, **said, "request_status": request.get("status")}


def _of_arguments(session: Session, one: Call) -> Refusal | None:
    """Whether there is too little for it, or an amount of a settlement that is not meant as a part."""
    if (one.contract, one.function) == ("bill", "issue"):
        return _of_issue(session, one.args)
    amount = one.args.get("amount")
    if type(amount) is not int:
        return None
    act = (one.contract, one.function)
    if act == ("finance", "request"):
        row = session.object_row(PLACES[TOKEN], str(one.args["token"]))
        held = int(row.get("amount", amount))
        lacking = {"missing": amount - held, "currency": row.get("currency")}
        return ("amount_exceeds_tokens", lacking) if amount > held else None
    if act == ("settlement", "settle"):
        row = session.object_row(PLACES[BILL], str(one.args["bill"]))
        left = int(row.get("outstanding", amount))
        said = {"outstanding": left, "currency": row.get("currency")}
        if amount > left:
            return "amount_exceeds_outstanding", said
        if amount < left and not one.args.get("partial"):
            return "amount_below_outstanding", said
    return None


def _of_issue(session: Session, bill: Row) -> Refusal | None:
    """Whether a new bill is the sender's to issue, and is due later than today."""
    if bill["debtor"] == bill["creditor"]:
        return "debtor_is_creditor", {}
    if session.party not in (bill["debtor"], bill["creditor"]):
        return "not_debtor_or_creditor", {}
    if bill["reference"]:
        return None  # the ledger may know it: it answers the same bill again as the first
    if not session.offline and bill["due_on"] <= session.today():
        return "due_date_not_in_future", {"due_on": bill["due_on"]}
    roles = session.registered(bill["debtor"]).get("roles")
    return ("debtor_not_an_anchor", {"id": bill["debtor"]}) if roles and "anchor" not in roles else None


def _reported_before(session: Session, one: Call) -> bool:
    """Whether the ledger knows this reference on the bill: it answers a second report of a payment as the first."""
    reference = one.args.get("reference")
    if not reference or (BILL not in one.args and QUOTE not in one.args):
        return False
    named = QUOTE if QUOTE in one.args else BILL
    bill = one.args.get(BILL) or _row(session, named, str(one.args[named])).get(BILL)
    try:
        return any(row["reference"] == reference for row in session.client.pages("/v1/receipts", bill=bill, kind="all"))
    except Failure:
        return True  # it cannot be read here: the ledger decides


def of_payment(session: Session, row: Row, status: str) -> None:
    """As `refuse_foreseen`, of what is reported of a payment. row: the payment; status: "received" by its payee."""
    now = str(row.get("status") or "")
    if status == "received":
        if row.get("party") not in (None, session.party):
            raise foreseen("not_the_payee", {"id": row["party"]})
        if now == "paid":
            raise foreseen("payment_transition", {"from": now, "to": "paid"})
    elif row.get("bank") and session.party not in (row["bank"], session.registered(row["bank"]).get("successor")):
        raise foreseen("not_the_paying_bank", {})


def foreseen(reason: str, details: dict[str, Any]) -> Failure:
    """That the ledger will refuse for this reason of the contracts, in its words."""
    from chainbill_contracts import reasons

    said = reasons()[reason]
    tongue = "zh" if language() == "zh" else "en"
    problem = {"type": "about:blank", "title": text("error.refused_here"), "status": 422, "code": reason,
               "detail": said[tongue], "hint": said[f"hint_{tongue}"]}  # fmt: skip
    return Failure(Exit.REFUSED, {**problem, "details": details} if details else problem)
