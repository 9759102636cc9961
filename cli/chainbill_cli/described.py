"""Bills, tokens, requests and quotes as the lines of a preview: everything that a signature binds or relies on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainbill.dates import days_between
from chainbill.money import format_rate
from chainbill_cli.call_text import need_said
from chainbill_cli.cautions import days_until, of_due
from chainbill_cli.locks import is_prepay
from chainbill_cli.money_said import PLACES, said
from chainbill_cli.preview import Preview
from chainbill_cli.session import Session, bank_in_place_of
from chainbill_cli.texts import bracketed, enumerated, label, text, word_said

DOUBTS = ("claimed_twice", "disputes", "over_occupied", "struck")
"""What is known against the invoices behind a bill."""
YES_OR_NO = ("non_transferable", "debtor_pays_interest", "transferor_liable")
"""Terms of a bill that say something where they hold."""
Row = Mapping[str, Any]


def due(session: Session, preview: Preview, due_on: str, pay_on: str = "") -> None:
    """The due date with the days until then, the day of payment where it is another, and whether it is very far."""
    left = days_until(session, due_on)
    phrase = "preview.in_days" if left is None or left >= 0 else "preview.days_ago"
    preview.line("column.due_on", due_on if left is None else text(phrase, date=due_on, days=abs(left)))
    if pay_on and pay_on != due_on:
        preview.line("column.pay_on", pay_on)
    for one in of_due(left):
        preview.line("preview.look", one.detail)


def terms(preview: Preview, agreed: Mapping[str, Any], currency: str) -> None:
    """The terms that a bill stands under, each that says anything."""
    for one in terms_said(agreed, currency):
        preview.line("column.terms", one)


def terms_said(agreed: Mapping[str, Any], currency: str) -> list[str]:
    """Each term that says anything, in words."""
    found = [text(f"preview.term_{name}") for name in YES_OR_NO if agreed.get(name)]
    least = agreed.get("min_split")
    if type(least) is int and least > 1:
        found.append(text("preview.term_min_split", amount=said(least, currency)))
    known = {*YES_OR_NO, "min_split"}
    return found + [f"{name}{text('root.colon')}{value}" for name, value in agreed.items() if name not in known]


def bill(session: Session, preview: Preview, row: Row) -> None:
    """A whole bill."""
    if row.get("id"):
        preview.line("column.bill", str(row["id"]))
    preview.party(session, "column.debtor", str(row["debtor"])).party(session, "column.creditor", str(row["creditor"]))
    preview.money("column.face", int(row["face"]), str(row["currency"]))
    due(session, preview, str(row["due_on"]), str(row.get("pay_on") or ""))
    _trade(preview, row)
    terms(preview, row.get("terms") or {}, str(row["currency"]))
    if row.get("paying_bank"):
        preview.party(session, "column.paying_bank", str(row["paying_bank"]))
        in_its_place = bank_in_place_of(session, str(row["paying_bank"]))
        if in_its_place != row["paying_bank"]:
            preview.party(session, "column.pays_now", in_its_place)


def joint(session: Session, preview: Preview, row: Row, of: Row) -> None:
    """A joint act: what is asked, by whom and why, and the bill that it is about."""
    preview.line("preview.asked", word_said("asks_", row["kind"])).party(session, "column.by", str(row["by"]))
    if row["reason"]:
        preview.line("column.reason", str(row["reason"]))
    content = row["content"]
    if row["kind"] == "paying_bank":
        preview.party(session, "column.bank_now", str(content["from"]))
        preview.party(session, "column.bank_then", str(content["to"]))
        preview.money("preview.still_owed", row["amount"], row["currency"])
    elif row["kind"] == "red_letter":
        preview.line("preview.invoice", str(content["fingerprint"])).line("preview.red_letter", str(content["red"]))
        preview.money("preview.lowered_by", row["amount"], row["currency"])
        preview.money("preview.total_then", int(content["new_total"]), row["currency"])
        if content["bank"]:
            preview.party(session, "column.attested_by", str(content["bank"]))
    elif row["kind"] == "invoices":
        for part in content["parts"]:
            preview.invoice(part, row["currency"], "preview.comes")
        for one in content["replaces"]:
            preview.line("preview.leaves", str(one))
    elif content:
        preview.line("column.token", str(content["token"])).money("column.amount", row["amount"], row["currency"])
        preview.line("column.credit_note", str(content["credit_note"]))
        for part in content["parts"]:
            preview.line("preview.invoice", f"{part['fingerprint']} {said(part['amount'], row['currency'])}")
            if part.get("red"):
                preview.line("preview.red_letter", str(part["red"]))
    preview.line("column.answer_until", str(row["until"]))
    bill(session, preview, of)


def _trade(preview: Preview, row: Row) -> None:
    """The trade behind a bill: contract, delivery, invoices."""
    for name in ("contract_no", "delivered_on"):
        if row.get(name):
            preview.line(label(name, "preview"), str(row[name]))
    for one in row.get("invoices") or ():
        preview.invoice(one, str(row["currency"]))


def token(session: Session, preview: Preview, row: Row) -> None:
    """A token, and the bill that it is of."""
    preview.line("column.token", str(row.get("id") or "")).party(session, "column.holder", str(row["holder"]))
    back = any(one["ref"] == "return" for one in row.get("locks") or ())
    if row.get("offered_to") and not is_prepay(row):
        preview.party(session, "column.given_back_to" if back else "column.offered_to", str(row["offered_to"]))
    preview.money("column.amount", int(row["amount"]), str(row["currency"]))
    if row.get("tier"):
        preview.line("column.tier", str(row["tier"]))
    if back:
        preview.line("preview.mark_well", text("token.is_return"))
    of_bill(session, preview, str(row.get("bill") or ""))


def of_bill(session: Session, preview: Preview, identifier: str) -> None:
    """Debtor, dates and terms of the bill behind a token or a request; nothing where it cannot be seen."""
    found = session.object_row(PLACES["bill"], identifier) if identifier else {}
    if not found:
        return
    preview.line("column.bill", identifier).party(session, "column.debtor", str(found["debtor"]))
    due(session, preview, str(found["due_on"]), str(found.get("pay_on") or ""))
    terms(preview, found.get("terms") or {}, str(found["currency"]))


def request(session: Session, preview: Preview, row: Row) -> None:
    """A financing request, and what is known against it."""
    preview.party(session, "column.holder", str(row["holder"])).line("column.token", str(row.get("token") or ""))
    preview.money("column.amount", int(row["amount"]), str(row["currency"]))
    of_bill(session, preview, str(row.get("bill") or ""))
    if row.get("until"):
        preview.line("preview.request_until", str(row["until"]))
    doubts(preview, row)


def quote(session: Session, preview: Preview, row: Row) -> None:
    """A quote with every figure and every deadline."""
    currency = str(row["currency"])
    preview.party(session, "column.bank", str(row["bank"]))
    preview.money("column.amount", int(row["amount"]), currency)
    price(preview, row, currency)


def price(preview: Preview, row: Row, currency: str) -> None:
    """Rate, days, interest, fee, who pays it, what is paid out, recourse and the deadlines."""
    preview.line("preview.days", str(row.get("days") or 0))
    for name in ("interest", "net"):
        preview.money(label(name, "preview"), int(row.get(name) or 0), currency)
    price_asked(preview, row, currency)
    if row.get("pay_on"):
        preview.line("column.pay_on", str(row["pay_on"]))


def price_asked(preview: Preview, row: Row, currency: str) -> None:
    """What a bank says of a price itself: rate and basis, fee, who pays the interest, recourse, deadlines."""
    from chainbill.money import format_rate

    preview.line("column.rate", f"{format_rate(int(row.get('rate') or 0))}% {row.get('basis') or ''}".strip())
    preview.money("column.fee", int(row.get("fee") or 0), currency)
    if row.get("interest_payer"):
        preview.line("column.interest_payer", word_said("payer_", row["interest_payer"]))
    if row.get("needs_label"):
        preview.line("column.needs_label", need_said(row["needs_label"]))
    recourse = "value.with_recourse" if row.get("recourse") else "value.without_recourse"
    preview.line("column.recourse", text(recourse))
    for name in ("value_date", "disburse_by", "valid_until"):
        if row.get(name):
            preview.line(label(name, "preview"), str(row[name]))


def doubts(preview: Preview, row: Row) -> None:
    """What is known against the invoices behind a bill."""
    for name in DOUBTS:
        if row.get(name):
            preview.line(f"column.{name}", enumerated(row[name]))


def pledge(session: Session, preview: Preview, row: Row) -> None:
    """A pledge: both sides, what it secures and what of that was received, the debt, and the tokens."""
    currency = str(row["currency"])
    preview.party(session, "column.holder", str(row["holder"])).party(session, "column.pledgee", str(row["pledgee"]))
    for name in ("secured", "received", "owed"):
        if row[name] or name == "secured":
            preview.money(label(name, "preview"), int(row[name]), currency)
    preview.line("column.debt_due_on", str(row["due_on"])).line("column.contract_no", str(row["contract_no"]))
    for one in row["tokens"]:
        found = session.object_row(PLACES["token"], str(one))
        if found:
            token(session, preview, found)
        else:
            preview.line("column.token", str(one))
    if row["until"]:
        preview.line("column.answer_until", str(row["until"]))


def sale(session: Session, preview: Preview, row: Row) -> None:
    """An offer for sale: both banks, what is sold, with recourse or without, until when."""
    preview.line("column.token", str(row["token"])).party(session, "column.sold_by", str(row["seller"]))
    preview.party(session, "column.bought_by", str(row["buyer"]))
    preview.money("column.amount", int(row["amount"]), str(row["currency"]))
    preview.line("column.recourse", text("value.with_recourse" if row["recourse"] else "value.without_recourse"))
    of_bill(session, preview, str(row["bill"]))
    if row["status"] == "offered":
        preview.line("column.answer_until", str(row["until"]))


def prepayment(session: Session, preview: Preview, row: Row, paid_on: str = "") -> None:
    """An early payment: who offers what for how much, what that costs a year, and until when. paid_on: of the money."""
    preview.line("column.token", str(row["token"])).party(session, "column.holder", str(row["holder"]))
    preview.money("column.amount", int(row["amount"]), str(row["currency"]))
    early_price(session, preview, row, paid_on or str(row["pay_by"]))
    of_bill(session, preview, str(row["bill"]))
    preview.line("column.pay_by", str(row["pay_by"]))
    if row["status"] == "offered":
        preview.line("column.answer_until", str(row["until"]))


def early_price(session: Session, preview: Preview, row: Row, since: str) -> None:
    """What is paid early, what is forgone, and that as a yearly rate, as a node tells it.

    row: price, forgone, currency and bill; since: the day of the money, before it is paid the last one for it.
    """
    from chainbill_node.trace.ratios import yearly_rate

    forgone, price = int(row["forgone"]), int(row["price"])
    preview.money("column.price", price, str(row["currency"]))
    preview.money("column.forgone", forgone, str(row["currency"]))
    pay_on = str(session.object_row(PLACES["bill"], str(row["bill"])).get("pay_on") or since)
    days = max(days_between(since, pay_on), 0)
    rate = format_rate(yearly_rate(forgone, price, days))
    preview.line("column.yearly_rate", text("prepay.yearly_rate", rate=rate, days=days, since=since, pay_on=pay_on))


def claim(session: Session, preview: Preview, row: Row) -> None:
    """A claim of recourse: who asks whom for what, principal and interest apart, and what the debtor has paid since."""
    currency, principal = str(row["currency"]), int(row["principal"])
    preview.line("column.token", str(row["token"]))
    if row["now"] != row["token"]:
        preview.line("column.token_now", str(row["now"]))
    preview.party(session, "column.claimant", str(row["holder"]))
    preview.party(session, "column.claimed_from", str(row["asked"]))
    preview.line("column.ground", word_said("ground_", row["ground"]))
    preview.money("column.claimed_amount", int(row["amount"]), currency)
    preview.money("column.principal", min(principal, int(row["amount"])), currency)
    if int(row["amount"]) > principal:
        preview.money("column.interest_asked", int(row["amount"]) - principal, currency)
    if int(row["left"]) < principal:
        preview.money("column.asked_now", asked_now(row), currency)
    of_bill(session, preview, str(row["bill"]))
    preview.line("column.claim_until", str(row["until"]))


def asked_now(row: Row) -> int:
    """What a claim asks for now, in minor units: less what the debtor has paid since. As the contract computes it."""
    return max(int(row["amount"]) - int(row["principal"]) + int(row["left"]), 0)


def dispute(session: Session, preview: Preview, row: Row) -> None:
    """A dispute: of which invoice, by whom, of whose, and the paper that says why."""
    preview.line("column.fingerprint", str(row["fingerprint"]))
    preview.party(session, "column.by", str(row["by"])).party(session, "column.seller", str(row["seller"]))
    preview.line("column.document", str(row["document"]))


def default_said(row: Row) -> str:
    """A default of a party in words: of what, from when to when, and whether the party objects."""
    said = bracketed(word_said("breach_", row["kind"]), f"{row['from']}–{row['until']}")
    return said if not row["objected_on"] else enumerated([said, text("entry.objected", day=row["objected_on"])])


def entry(session: Session, preview: Preview, row: Row) -> None:
    """An entry of a bank: what it says of whom, by what, who made it, and what the party says to it."""
    preview.line("column.kind", word_said("entered_", row["kind"]))
    preview.party(session, "column.debtor" if row["default"] else "column.seller", str(row["party"]))
    if row["default"]:
        preview.line("column.default", word_said("breach_", row["default"]))
    for name in ("dispute", "fingerprint", "lifts", "document"):
        if row[name]:
            preview.line(f"column.{name}", str(row[name]))
    preview.party(session, "column.entered_by", str(row["by"]))
    if row["status"] == "entered":
        preview.line("column.ratify_by", str(row["until"]))
    if row["objected_on"]:
        preview.line("column.objection", bracketed(row["objection"], row["objected_on"]))


TELLERS = {"pledge": pledge, "bill": bill, "token": token, "request": request, "quote": quote}


def named_objects(session: Session, preview: Preview, given: Mapping[str, Any]) -> None:
    """What stands on the ledger under the ids that an act names; said so where it cannot be seen from here."""
    for name, path in PLACES.items():
        value = given.get(name)
        for identifier in value if isinstance(value, list | tuple) else [value] if value else []:
            row = session.object_row(path, str(identifier))
            if row:
                TELLERS["token" if name == "tokens" else name](session, preview, row)
            else:
                preview.line("preview.look", text("preview.not_seen", id=identifier))
    if given.get("quote") and not given.get("request"):
        asked = session.object_row(PLACES["quote"], str(given["quote"])).get("request")
        row = session.object_row(PLACES["request"], str(asked)) if asked else {}
        if row:
            request(session, preview, row)


def product(session: Session, preview: Preview, row: Row) -> None:
    """A product: its parts and suppliers, its limits, and whose signature its events carry."""
    currency = str(row["currency"])
    parts(session, preview, row["parts"])
    preview.line("column.due_days", str(row["due_days"]))
    preview.money("column.most_value", int(row["most_value"]), currency)
    preview.money("column.most_a_day", int(row["most_a_day"]), currency)
    preview.line("column.attestor", str(row["attestor"]))
    terms(preview, row["terms"], currency)


def parts(session: Session, preview: Preview, found: Sequence[Row]) -> None:
    """Each part of a product with its supplier and its share in percent."""
    for part in found:
        preview.line("column.part", part_said(part, session.registered_name(str(part["supplier"])), told_id=True))


def issued(session: Session, preview: Preview, row: Row, event: Row, amounts: Sequence[int]) -> None:
    """The bills of an event of a product (row): each supplier's amount, what they come to, when they are due."""
    from chainbill.dates import add_days

    currency = str(row["currency"])
    for part, amount in zip(row["parts"], amounts, strict=True):
        told = part_said(part, session.registered_name(str(part["supplier"])), told_id=True)
        preview.line("column.part", f"{told} {said(amount, currency)}")
    preview.money("preview.bills_total", sum(amounts), currency)
    due(session, preview, add_days(str(event["happened_on"]), int(row["due_days"])))
    terms(preview, row["terms"], currency)


def part_said(part: Row, name: str, *, told_id: bool = False) -> str:
    """A part of a product in one line: what it is, who makes it (told_id: by its id, too), its share in percent."""
    share, supplier = f"{format_rate(int(part['share']))}%", str(part["supplier"])
    more = enumerated([supplier, share]) if told_id and name != supplier else share
    return f"{part['part']}{text('root.colon')}{bracketed(name, more)}"
