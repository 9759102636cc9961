"""From what was typed and a file of payees to the recipients of `token.transfer`, and what is shown before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainbill_cli import described
from chainbill_cli.contract_constants import contract_constant
from chainbill_cli.failure import usage
from chainbill_cli.output import amount_text
from chainbill_cli.preview import Preview
from chainbill_cli.session import Session
from chainbill_cli.texts import bracketed, enumerated, text
from chainbill_cli.values import positive_amount, recipient_value

if TYPE_CHECKING:
    from chainbill_cli.payees import Payees


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer as it will be signed. tokens: rows; recipients: [{"party", "amount"}]; payees: of the file, if any."""

    tokens: Sequence[dict[str, Any]]
    currency: str
    recipients: list[dict[str, Any]]
    payees: Payees | None = None

    @property
    def total(self) -> int:
        """What all recipients get, in minor units."""
        return sum(one["amount"] for one in self.recipients)


def read_transfer(
    session: Session, tokens: Sequence[dict[str, Any]], currency: str, *, to: Sequence[str], payees: str, total: str
) -> Transfer:
    """Recipients as typed, then those of the file; refused where they are too many or come to too much."""
    recipients = []
    for party, amount in map(recipient_value, to):
        recipients.append({"party": session.party_id(party), "amount": positive_amount(amount, currency)})
    file = None
    if payees:
        from chainbill_cli.payees import payees_of_file

        file = payees_of_file(Path(payees), currency, session.party_id)
        recipients += [{"party": one.party, "amount": one.amount} for one in file.payees]
    if not recipients:
        raise usage("error.nothing_to_pay")
    transfer = Transfer(tokens, currency, recipients, file)
    most = contract_constant("token", "MOST_RECIPIENTS")
    if len(recipients) > most:
        raise usage("payees.too_many", count=len(recipients), most=most)
    _check_total(transfer, total)
    if not session.offline:
        _check_held(transfer)
    return transfer


def _check_total(transfer: Transfer, typed: str) -> None:
    if typed and positive_amount(typed, transfer.currency) != transfer.total:
        found = amount_text(transfer.total, transfer.currency)
        raise usage("payees.total_differs", found=found, currency=transfer.currency, wanted=typed)


def _check_held(transfer: Transfer) -> None:
    held = sum(one["amount"] for one in transfer.tokens)
    if transfer.total > held:
        asked, has = amount_text(transfer.total, transfer.currency), amount_text(held, transfer.currency)
        raise usage("token.too_much", asked=asked, held=has, currency=transfer.currency)


def preview_transfer(session: Session, transfer: Transfer) -> Preview:
    """A line a recipient, the control total, what is odd about the file, and what remains."""
    preview = Preview("preview.token_transfer")
    for bill in sorted({one["bill"] for one in transfer.tokens}):
        described.of_bill(session, preview, bill)
    for recipient in transfer.recipients:
        preview.payee(session, "preview.to", recipient["party"], recipient["amount"], transfer.currency)
    if len(transfer.recipients) > 1:
        preview.line("preview.payees", str(len(transfer.recipients)))
    preview.money("preview.total", transfer.total, transfer.currency)
    if transfer.payees is not None:
        _odd(session, preview, transfer.payees)
    left = sum(one["amount"] for one in transfer.tokens) - transfer.total
    return preview.money("preview.remains", left, transfer.currency)


def _odd(session: Session, preview: Preview, file: Payees) -> None:
    """What a person should look at: columns that were not read, and parties that are paid on several lines."""
    if file.unread:
        preview.line("preview.unread_columns", enumerated(file.unread))
    for party, lines in file.twice.items():
        where = text("preview.lines", lines=enumerated(lines))
        preview.line("preview.paid_twice", bracketed(session.registered_name(party), where))
