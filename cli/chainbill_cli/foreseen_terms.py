"""What the ledger will refuse of the arguments of acts with money: dates, banks, recipients, pieces.

As `foreseen`, under whose reasons and in whose order. A row that cannot be read says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from chainbill.errors import Refused
from chainbill.ledger.rules import check_currency, check_python_list, check_value
from chainbill_cli import labels
from chainbill_cli.agreements import counts_no_more
from chainbill_cli.contract_constants import contract_constant
from chainbill_cli.failure import Failure
from chainbill_cli.foreseen_parties import Refusal, Row, elsewhere, no_bank, no_holder, stopped
from chainbill_cli.quoting import paid_out
from chainbill_cli.session import Session

Check = Callable[[Session, Row], Iterator["Refusal | None"]]
"""The session and an act's arguments → what the ledger will say, in its order; None where one has nothing."""


def _bill(session: Session, identifier: Any) -> Row:
    return session.object_row("/v1/bills", str(identifier or ""))


def _issue(session: Session, bill: Row) -> Iterator[Refusal | None]:
    """Whether a new bill is the sender's to issue, due later than today, between two that may be parties to it."""
    if bill["debtor"] == bill["creditor"]:
        yield "debtor_is_creditor", {}
    seen: set[str] = set()
    for one in bill["invoices"]:
        if one["fingerprint"] in seen:
            yield "invoice_named_twice", {"fingerprint": one["fingerprint"]}
        seen.add(one["fingerprint"])
    if session.party not in (bill["debtor"], bill["creditor"]):
        yield "not_debtor_or_creditor", {}
    if bill["reference"]:
        return  # the ledger may know it: it answers the same bill again as the first
    debtor, creditor = session.registered(bill["debtor"]), session.registered(bill["creditor"])
    yield stopped(debtor if session.party == bill["debtor"] else creditor)
    if not session.offline and bill["due_on"] <= session.today():
        yield "due_date_not_in_future", {"due_on": bill["due_on"]}
    yield stopped(debtor)
    yield stopped(creditor)
    if debtor and "anchor" not in debtor.get("roles", ()):
        yield "debtor_not_an_anchor", {"id": bill["debtor"]}
    if "bank" in creditor.get("roles", ()):
        yield "creditor_is_a_bank", {"id": bill["creditor"]}
    yield no_holder(creditor)


def _accept(session: Session, accepted: Row) -> Iterator[Refusal | None]:
    """Whether the creditor can be paid in the currency of a bill, as far as its accounts are to be seen."""
    bill, own = _bill(session, accepted["bill"]), session.registered(session.party)
    if not bill or "accounts" not in own or stopped(session.registered(str(bill["debtor"]))):
        return
    if not any((one["currency"], one["status"]) == (bill["currency"], "active") for one in own["accounts"]):
        yield "account_missing", {"currency": bill["currency"]}


def _request(session: Session, asked: Row) -> Iterator[Refusal | None]:
    token = session.object_row("/v1/tokens", str(asked["token"]))
    bill = _bill(session, token.get("bill"))
    if bill and bill.get("status") != "active":
        yield "bill_not_active", {"status": bill.get("status")}
    own = session.registered(session.party)
    if own.get("encryption_key") == "" and session.network.get("bids") == "sealed":
        yield "encryption_key_missing", {"id": session.party}
    banks: Sequence[str] = asked["banks"]
    for place, bank in enumerate(banks):
        if bank in banks[:place]:
            yield "bank_named_twice", {"id": bank}
        yield no_bank(session.registered(bank))
    if bill.get("debtor") in banks:
        yield "bank_is_the_debtor", {"id": bill["debtor"]}
    held = int(token.get("amount") or asked["amount"])
    if asked["amount"] > held:
        yield "amount_exceeds_tokens", {"missing": asked["amount"] - held, "currency": token.get("currency")}
    if token and asked["amount"] < held:
        yield _too_small(token, _least(session, token), asked["amount"], held - asked["amount"])


def _quote(session: Session, offer: Row) -> Iterator[Refusal | None]:
    request = session.object_row("/v1/finance/requests", str(offer["request"]))
    bill, until = _bill(session, request.get("bill")), str(request.get("until") or "")
    yield no_bank(session.registered(session.party))
    yield from labels.unknown_scheme(session, offer.get("needs_label") or {})
    if session.offline or not until:
        return
    today = session.today()
    valued = offer.get("value_date") or today
    last = offer.get("disburse_by") or max(until, valued)
    if not today <= (offer.get("valid_until") or until) <= until:
        yield "validity_not_in_request", {"until": until}
    if not today <= valued <= last:
        yield "value_date_not_in_order", {}
    if bill and last >= bill["pay_on"]:
        yield "disburse_by_too_late", {"pay_on": bill["pay_on"]}
    if bill and offer.get("interest_payer") == "debtor" and not bill["terms"].get("debtor_pays_interest"):
        yield "debtor_does_not_pay_interest", {"bill": bill["id"]}


def _agree(session: Session, agreed: Row) -> Iterator[Refusal | None]:
    if not session.offline:
        yield from labels.missing(session, session.object_row("/v1/finance/quotes", str(agreed["quote"])))


def _valued(session: Session, money: Row, since: Any, reason: str, member: str) -> Iterator[Refusal | None]:
    """Whether a value date lies from the day on which money may have moved to today."""
    day = str(money.get("value_date") or "")
    if since and day and day < since:
        yield reason, {member: since}
    if day and not session.offline and day > session.today():
        yield "value_date_in_future", {"today": session.today()}


def _disburse(session: Session, money: Row) -> Iterator[Refusal | None]:
    offer = session.object_row("/v1/finance/quotes", str(money["quote"]))
    yield from _valued(session, money, offer.get("agreed_on"), "value_date_before_agreement", "agreed_on")
    if offer.get("status") != "agreed" or "agreed_net" not in offer:
        return
    yield from labels.missing(session, offer, str(money["value_date"]))
    asked = session.object_row("/v1/finance/requests", str(offer.get("request") or ""))
    if counts_no_more(offer, asked, str(money["value_date"])):
        return  # it is written down as unmatched
    since = str(asked.get("suspended_on") or "")
    if since and str(money["value_date"]) >= since:
        yield "agreement_suspended", {"suspended_on": since}
    net = int(paid_out(offer, asked, str(money["value_date"])).get("net") or 0)
    paid = int(money["amount"]) or net
    said = {"paid": paid, "currency": offer.get("currency")}
    if paid < offer["agreed_net"]:
        yield "amount_below_agreed_net", {**said, "agreed_net": offer["agreed_net"]}
    if paid < net:
        yield "amount_below_net", {**said, "net": net}


def _settle(session: Session, money: Row) -> Iterator[Refusal | None]:
    bill = _bill(session, money["bill"])
    yield from _valued(session, money, bill.get("accepted_on"), "value_date_before_acceptance", "accepted_on")
    amount = int(money["amount"])
    left = int(bill.get("outstanding", amount))
    said = {"outstanding": left, "currency": bill.get("currency")}
    if amount > left:
        yield "amount_exceeds_outstanding", said
    if amount < left and not money.get("partial"):
        yield "amount_below_outstanding", said


def _least(session: Session, token: Row) -> int:
    """The smallest piece of a token in minor units; 1 where its bill is not to be seen."""
    return int((_bill(session, token.get("bill")).get("terms") or {}).get("min_split") or 1)


def _too_small(token: Row, least: int, *pieces: int) -> Refusal | None:
    """What is said of the pieces of a token, of which one is smaller than its bill allows."""
    small = [one for one in pieces if 0 < one < least]
    return ("piece_too_small", {"min_split": least, "currency": token["currency"]}) if small else None


def _transfer(session: Session, offers: Row) -> Iterator[Refusal | None]:
    rows = [session.object_row("/v1/tokens", str(one)) for one in offers.get("tokens") or ()]
    for row in rows:
        if row.get("financed_tier"):
            yield "token_already_financed", {}
        if (_bill(session, row.get("bill")).get("terms") or {}).get("non_transferable"):
            yield "bill_not_transferable", {}
    yield from _recipients(session, offers)
    if len(rows) == 1 and rows[0]:  # of several it depends on the order in which they are used
        [row], amounts = rows, [int(one["amount"]) for one in offers.get("recipients") or ()]
        debtor = _bill(session, row.get("bill")).get("debtor")
        for one in offers.get("recipients") or ():
            if one["party"] == debtor:
                yield "recipient_is_the_debtor", {}
        if amounts and amounts != [row["amount"]]:
            yield _too_small(row, _least(session, row), *amounts, row["amount"] - sum(amounts))


def _recipients(session: Session, offers: Row) -> Iterator[Refusal | None]:
    for one in offers.get("recipients") or ():
        party = str(one["party"])
        if party == session.party:
            yield "recipient_is_the_sender", {}
        row = session.registered(party)
        yield stopped(row)
        if "bank" in row.get("roles", ()):
            yield "recipient_is_a_bank", {"id": party}
        yield no_holder(row)


def _split(session: Session, cut: Row) -> Iterator[Refusal | None]:
    token = session.object_row("/v1/tokens", str(cut["token"]))
    held, taken = int(token.get("amount") or 0), 0
    for amount in cut.get("amounts") or ():
        taken += amount
        if held and taken > held:
            yield "amount_exceeds_tokens", {"missing": taken - held, "currency": token.get("currency")}
    if held and taken == held and len(cut["amounts"]) == 1:
        yield "nothing_to_cut", {}
    if held:
        yield _too_small(token, _least(session, token), *cut["amounts"], held - taken)


def _merge(session: Session, joined: Row) -> Iterator[Refusal | None]:
    rows = [session.object_row("/v1/tokens", str(one)) for one in joined.get("tokens") or ()]
    if len(rows) < 2:
        yield "too_few_to_merge", {}
    if not all("lo" in row for row in rows):
        return
    rows.sort(key=lambda row: int(row["lo"]))
    if any(left["bill"] != right["bill"] or left["hi"] != right["lo"] for left, right in pairwise(rows)):
        yield "tokens_not_neighbours", {}


def _asked(session: Session, bill: str, kind: str) -> Refusal | None:
    """What is said where a joint act of this kind is open on the bill."""
    found = all_rows(session, "/v1/joints", bill=bill, kind=kind, status="open")
    return ("joint_open", {"bill": bill}) if found else None


def all_rows(session: Session, path: str, **asked: Any) -> list[Row]:
    """All entries of a list; none where they cannot be read."""
    try:
        return [] if session.offline else list(session.client.pages(path, **asked))
    except Failure:
        return []  # it cannot be read here: the ledger decides


def _unused(session: Session, bill: Row) -> Iterator[Refusal | None]:
    """Whether the creditor still holds all of a bill, free, as far as its tokens are to be seen."""
    said = "bill_part_used", {"bill": bill.get("id")}
    if bill.get("settled") or bill.get("diluted"):
        yield said
    for one in all_rows(session, f"/v1/bills/{bill['id']}/tokens", status="live") if bill else ():
        if one["locks"] or not _own_claim(one, bill):
            yield said


def _own_claim(token: Row, bill: Row) -> bool:
    """Whether a token is its creditor's claim on its debtor, never financed."""
    return token["holder"] == bill["creditor"] and token["tier"] == 1 and not token["financing"]


def _dilutable(session: Session, bill: Row, amount: int, content: Row) -> Iterator[Refusal | None]:
    """Whether an amount can come off a token of a bill, and off its invoices. content: token and parts."""
    token = session.object_row("/v1/tokens", str(content["token"]))
    if not bill or not token:
        return
    if token["bill"] != bill["id"]:
        yield "token_unknown", {}
    if not _own_claim(token, bill):
        yield "token_not_the_creditors", {"token": token["id"]}
    yield elsewhere("token/token", "bill.ask_dilution", token["status"])
    if token["locks"]:
        yield "token_locked", {"token": token["id"], "locks": token["locks"]}
    if amount > token["amount"]:
        yield "amount_exceeds_tokens", {"missing": amount - token["amount"], "currency": token["currency"]}
    parts = content["parts"]
    behind = sum(one["amount"] for one in bill["invoices"]) - sum(one["amount"] for one in parts)
    if parts and not bill["invoices"]:
        yield "parts_not_the_invoices", {"bill": bill["id"]}
    if behind > bill["face"] - bill["diluted"] - amount:
        yield ("parts_not_the_amount", {}) if parts else ("parts_not_the_invoices", {"bill": bill["id"]})
    stands = {one["fingerprint"]: one["amount"] for one in bill["invoices"]}
    for part in content["parts"]:
        left = stands.get(part["fingerprint"], 0)
        if left < part["amount"]:
            told = {"fingerprint": part["fingerprint"], "amount": left, "currency": bill["currency"]}
            yield "part_exceeds_invoice", told


def _ask_void(session: Session, asked: Row) -> Iterator[Refusal | None]:
    yield from _unused(session, _bill(session, asked["bill"]))
    yield _asked(session, asked["bill"], "void")


def _ask_dilution(session: Session, asked: Row) -> Iterator[Refusal | None]:
    if sum(part["amount"] for part in asked.get("parts") or ()) > asked["amount"]:
        yield "parts_not_the_amount", {}
    yield from _dilutable(session, _bill(session, asked["bill"]), asked["amount"], asked)
    yield _asked(session, asked["bill"], "dilution")


def _ask_once(kind: str, session: Session, asked: Row) -> Iterator[Refusal | None]:
    yield _asked(session, asked["bill"], kind)


def _ask_invoices(session: Session, asked: Row) -> Iterator[Refusal | None]:
    """Whether any of a bill has no invoice yet, where none is to be replaced."""
    yield _asked(session, asked["bill"], "invoices")
    bill = _bill(session, asked["bill"])
    behind = {one["fingerprint"]: int(one["amount"]) for one in bill.get("invoices") or ()}
    new = not asked["replaces"] and not any(one["fingerprint"] in behind for one in asked["parts"])
    if bill and new and sum(behind.values()) >= bill["face"] - bill["diluted"]:
        yield "invoices_cover_the_bill", {"bill": bill["id"]}


def _answer(session: Session, given: Row) -> Iterator[Refusal | None]:
    """A yes takes effect, or waits to: what was asked must still be possible. A no is always open."""
    asked = session.object_row("/v1/joints", str(given["joint"])) if given["answer"] == "yes" else {}
    bill = _bill(session, asked.get("bill"))
    if not asked or not bill:
        return
    if asked["kind"] == "void":
        yield elsewhere("bill/bill", "bill.ask_void", bill["status"])
        yield from _unused(session, bill)
        return
    yield elsewhere("bill/bill", f"bill.ask_{asked['kind']}", bill["status"])
    if asked["kind"] == "dilution":
        yield from _dilutable(session, bill, asked["amount"], asked["content"])


def _rules(content: Row) -> Refusal | None:
    """What the core says of the values of a change of rules."""
    try:
        for name, value in content["changes"].items():
            check_value(name, value)
        for code, digits in content["currencies"].items():
            check_currency(code, 0 if digits is None else digits)
        if content["python"]:
            check_python_list(content["python"])
    except Refused as error:
        return str(error.reason), dict(error.fields or {})
    return None


def _propose(session: Session, asked: Row) -> Iterator[Refusal | None]:
    """Whether whoever proposes has a seat, and a parameter is one, within its bounds."""
    try:
        seats = [] if session.offline else session.client.get("/v1/validators")["data"]
    except Failure:
        seats = []
    if seats and session.party not in {one["party"] for one in seats}:
        yield "not_a_validators_party", {}
    if asked["kind"] == "rules":
        yield _rules(asked["content"])
    if asked["kind"] != "parameter":
        return
    known = {name: bounds for name, _, *bounds in contract_constant("governance", "PARAMETERS")}
    name, value = asked["content"]["name"], asked["content"]["value"]
    if name not in known:
        yield "parameter_unknown", {}
        return
    if len(known[name]) == 1:
        if value not in known[name][0]:
            yield "parameter_out_of_range", {"words": list(known[name][0])}
        return
    least, most = known[name]
    if type(value) is not int or not least <= value <= most:
        yield "parameter_out_of_range", {"least": least, "most": most}


CHECKS: Mapping[str, Check] = {
    "bill.ask_void": _ask_void, "bill.ask_dilution": _ask_dilution,
    **{f"bill.ask_{kind}": partial(_ask_once, kind) for kind in ("paying_bank", "red_letter")},
    "bill.ask_invoices": _ask_invoices,
    "bill.answer": _answer, "governance.propose": _propose,
    "label.attest": labels.to_attest, "label.revoke": labels.to_revoke,
    "bill.accept": _accept, "bill.issue": _issue, "finance.request": _request, "finance.quote": _quote,
    "finance.seal": _quote, "finance.agree": _agree, "finance.agree_sealed": _agree, "finance.disburse": _disburse,
    "settlement.settle": _settle, "token.transfer": _transfer, "token.split": _split, "token.merge": _merge,
}  # fmt: skip


def of_checks(checks: Mapping[str, Check], session: Session, act: str, arguments: Row) -> Refusal | None:
    """What the ledger will say of the arguments of an act, by its check among these."""
    said = checks[act](session, arguments) if act in checks else ()
    return next((one for one in said if one is not None), None)
