"""From what was typed and the invoices to the arguments of `bill.issue`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chainbill_cli import described
from chainbill_cli.correcting import check_claim
from chainbill_cli.currencies import currency_code
from chainbill_cli.failure import Exit, Failure, fail, usage
from chainbill_cli.invoice import Invoice, fingerprint, read_invoice
from chainbill_cli.output import amount_text
from chainbill_cli.preview import Preview
from chainbill_cli.session import Session
from chainbill_cli.texts import enumerated, text
from chainbill_cli.values import positive_amount

SMALLEST = "min_split"
TERMS = (*described.YES_OR_NO, SMALLEST)
"""Terms of a bill: true or false but for the smallest piece, which is an amount."""


@dataclass(frozen=True, slots=True)
class Issue:
    """`bill issue` as it was typed."""

    debtor: str
    creditor: str
    amount: str
    currency: str
    due: str
    invoices: Sequence[str]
    contract_no: str
    delivered: str
    terms: Sequence[str]
    reference: str
    by_name: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """An invoice and the part of it that the bill takes, in minor units; whether that part was typed."""

    path: str
    invoice: Invoice
    amount_minor: int
    typed: bool = False


def bill_arguments(session: Session, typed: Issue) -> dict[str, Any]:
    """Arguments of `bill.issue`. Creditor and debtor are checked against the invoices by their registered ids."""
    debtor, creditor = parties_of(session, typed)
    shares = [_share(one) for one in typed.invoices]
    named = typed.currency or (shares[0].invoice.currency if shares else session.settings.currency)
    currency = currency_code(named)
    for share in shares:
        if share.invoice.currency != currency:
            raise usage("bill.invoice_currency", path=share.path, found=share.invoice.currency, expected=currency)
        check_claim(session, creditor, debtor, share.invoice, share.path, by_name=typed.by_name)
    total = sum(share.amount_minor for share in shares)
    if not typed.amount and not shares:
        raise usage("bill.no_amount")
    face = positive_amount(typed.amount, currency) if typed.amount else total
    shares = _fit(shares, face, currency)
    return {
        "debtor": debtor,
        "creditor": creditor,
        "face": face,
        "currency": currency,
        "due_on": _due_on(session, typed.due, shares),
        "invoices": [_registered_share(session, creditor, share) for share in shares],
        "contract_no": typed.contract_no,
        "delivered_on": session.date(typed.delivered) if typed.delivered else "",
        "terms": dict(_term(term, currency) for term in typed.terms),
        "reference": typed.reference.strip(),
    }


def registered_shares(
    session: Session, bill: Mapping[str, Any], typed: Sequence[str], *, by_name: Sequence[str]
) -> list[dict[str, Any]]:
    """Invoices that come to a bill, as the ledger is told of them; each is of the bill's parties and currency.

    bill: its row; offline its creditor alone is known, and nothing else is compared.
    """
    shares = [_share(one) for one in typed]
    for share in shares:
        found, expected = share.invoice.currency, bill.get("currency", share.invoice.currency)
        if found != expected:
            raise usage("bill.invoice_currency", path=share.path, found=found, expected=expected)
        debtor = str(bill.get("debtor") or "")
        check_claim(session, str(bill["creditor"]), debtor, share.invoice, share.path, by_name=by_name)
    return [_registered_share(session, str(bill["creditor"]), share) for share in shares]


def parties_of(session: Session, typed: Issue) -> tuple[str, str]:
    """Debtor and creditor: without --creditor the acting party is the creditor."""
    debtor = session.party_id(typed.debtor)
    if typed.creditor:
        return debtor, session.party_id(typed.creditor)
    if debtor == session.party:
        raise usage("bill.no_creditor")
    return debtor, session.party


def _share(typed: str) -> Share:
    """`FILE` or `FILE=AMOUNT`; a file whose own name has an equals sign is found first."""
    path, amount = typed, ""
    if not Path(typed).is_file() and "=" in typed:
        path, _, amount = typed.rpartition("=")
    invoice = read_invoice(Path(path))
    part = positive_amount(amount, invoice.currency) if amount else invoice.payable_minor
    if part > invoice.payable_minor:
        raise usage(
            "bill.invoice_over",
            amount=amount_text(part, invoice.currency),
            total=amount_text(invoice.payable_minor, invoice.currency),
        )
    return Share(path, invoice, part, typed=bool(amount))


def _fit(shares: list[Share], face: int, currency: str) -> list[Share]:
    """The shares must add up to the face; one whole invoice alone gives just the face if it is large enough."""
    if not shares:
        return shares
    if len(shares) == 1 and not shares[0].typed and face <= shares[0].amount_minor:
        return [Share(shares[0].path, shares[0].invoice, face)]
    total = sum(share.amount_minor for share in shares)
    if total != face:
        found, expected = amount_text(total, currency), amount_text(face, currency)
        raise usage("bill.invoice_sum", found=found, currency=currency, expected=expected)
    return shares


def _due_on(session: Session, typed: str, shares: Sequence[Share]) -> str:
    if typed:
        return session.date(typed)
    if not shares:
        raise usage("bill.due_needed")
    found = sorted({day for share in shares for day in share.invoice.due_dates if day > share.invoice.issued_on})
    if not found:
        raise usage("bill.no_due")
    if len(found) > 1:
        raise usage("bill.several_due", dates=enumerated(found))
    return found[0]


def _registered_share(session: Session, creditor: str, share: Share) -> dict[str, Any]:
    key = session.known.invoice_key
    if not key:
        raise fail(Exit.FAILED, "bill.invoice_key")
    return {
        "fingerprint": fingerprint(key, creditor, share.invoice),
        "amount": share.amount_minor,
        "total": share.invoice.payable_minor,
    }


def _term(typed: str, currency: str) -> tuple[str, Any]:
    """A term as the ledger holds it; the smallest piece is typed as amounts are, in major units of the bill's money."""
    name, equals, value = typed.partition("=")
    if not equals or not name:
        raise usage("bill.bad_term", value=typed)
    if name not in TERMS:
        raise usage("bill.unknown_term", name=name, known=enumerated(TERMS))
    if name == SMALLEST:
        try:
            return name, positive_amount(value, currency)
        except Failure as failure:
            failure.problem["detail"] = f"{typed}{text('root.colon')}{failure.problem['detail']}"
            raise
    if value not in ("true", "false"):
        raise usage("bill.term_value", name=name, value=value)
    return name, value == "true"


def preview_issue(session: Session, arguments: dict[str, Any]) -> Preview:
    """What a person sees before a bill is issued: all of it."""
    preview = Preview("preview.bill_issue")
    described.bill(session, preview, arguments)
    if arguments["reference"]:
        preview.line("preview.own_reference", arguments["reference"])
    return preview
