"""`pledge`: offer, accept, release, enforce, which stand under `token`, too. Loaded by both nouns."""

from __future__ import annotations

from typing import Any

from chainbill_cli import described
from chainbill_cli.answers import answer_write
from chainbill_cli.currencies import currency_for
from chainbill_cli.failure import usage
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.lookup import PLEDGE, TOKEN, object_id, read, read_token
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.texts import enumerated
from chainbill_cli.values import amount_minor, positive_amount
from chainbill_cli.writing import Writing, call, write, writes

pledge = noun("pledge")


@pledge.command("offer", help="pledge.offer")
@argument("tokens", nargs=-1, required=True)
@option("--to", "pledgee", metavar="BANK", required=True, help="pledge.opt_to")
@option("--secured", metavar="AMOUNT", required=True, help="pledge.opt_secured")
@option("--due", metavar="DATE", required=True, help="pledge.opt_due")
@option("--contract", "contract_no", metavar="NUMBER", required=True, help="pledge.opt_contract")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@writes
def offer(
    session: Session, writing: Writing, tokens: tuple[str, ...], *, pledgee: str, secured: str, due: str,
    contract_no: str, currency: str,
) -> None:  # fmt: skip
    """The holder offers tokens in pledge to a bank."""
    found = [{} if session.offline else read_token(session, one, acting=session.party) for one in tokens]
    codes = sorted({currency_for(session, currency, one) for one in found})
    if len(codes) > 1:
        raise usage("token.different_currencies", found=enumerated(codes))
    minor = positive_amount(secured, codes[0])
    named = [one.get("id") or object_id(session, TOKEN, typed) for typed, one in zip(tokens, found, strict=True)]
    arguments: dict[str, Any] = {
        "tokens": named, "pledgee": session.party_id(pledgee), "secured": minor, "due_on": session.date(due),
        "contract_no": contract_no,
    }  # fmt: skip
    preview = None
    if asks(session):
        preview = Preview("preview.pledge_offer")
        for one in found:
            if one:
                described.token(session, preview, one)
        preview.party(session, "column.pledgee", arguments["pledgee"]).money("column.secured", minor, codes[0])
        preview.line("column.debt_due_on", arguments["due_on"]).line("column.contract_no", contract_no)
    outcome = write(session, writing, [call("pledge", "offer", **arguments)], preview)
    answer_write(session, outcome, "pledge", "tokens", "until=answer_until", currency=codes[0])


@pledge.command("accept", help="pledge.accept")
@argument("named", metavar="PLEDGE")
@option("--registration", metavar="REF", required=True, help="pledge.opt_registration")
@writes
def accept(session: Session, writing: Writing, named: str, registration: str) -> None:
    """The pledgee accepts."""
    identifier, preview = _shown(session, named, "preview.pledge_accept")
    if preview:
        preview.line("column.registration", registration)
    act = call("pledge", "accept", pledge=identifier, registration=registration)
    answer_write(session, write(session, writing, [act], preview), "pledge_status", "pledge")


@pledge.command("release", help="pledge.release")
@argument("named", metavar="PLEDGE")
@option("--secured", metavar="AMOUNT", default="0", show_default=True, help="pledge.opt_release")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@writes
def release(session: Session, writing: Writing, named: str, *, secured: str, currency: str) -> None:
    """The pledgee lowers what is secured, or frees the tokens."""
    identifier, code = _of_currency(session, named, currency if secured != "0" or currency else "0")
    minor = amount_minor(secured, code) if code else 0
    _, preview = _shown(session, identifier, "preview.pledge_lower" if minor else "preview.pledge_release")
    if preview and code:
        preview.money("preview.secured_then", minor, code)
    outcome = write(session, writing, [call("pledge", "release", pledge=identifier, secured=minor)], preview)
    answer_write(session, outcome, "pledge_status", "pledge", "secured", "tokens", currency=code)


@pledge.command("enforce", help="pledge.enforce")
@argument("named", metavar="PLEDGE")
@option("--owed", metavar="AMOUNT", required=True, help="pledge.opt_owed")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@writes
def enforce(session: Session, writing: Writing, named: str, *, owed: str, currency: str) -> None:
    """The pledgee asks the holder to let cents of what is owed go to it."""
    identifier, code = _of_currency(session, named, currency)
    minor = positive_amount(owed, code)
    _, preview = _shown(session, identifier, "preview.pledge_enforce")
    if preview:
        preview.money("column.owed", minor, code)
    outcome = write(session, writing, [call("pledge", "enforce", pledge=identifier, owed=minor)], preview)
    answer_write(session, outcome, "pledge_status", "pledge", "until=answer_until", currency=code)


def _of_currency(session: Session, typed: str, currency: str) -> tuple[str, str]:
    """The pledge that was meant and its currency; "" offline where no amount is typed, "0"."""
    identifier = object_id(session, PLEDGE, typed)
    if session.offline and currency == "0":
        return identifier, ""
    found = {} if session.offline else read(session, PLEDGE, identifier)
    return identifier, currency_for(session, "" if currency == "0" else currency, found)


def _shown(session: Session, typed: str, title: str) -> tuple[str, Preview | None]:
    """The pledge that was meant, and the preview of it where a person is asked."""
    identifier = object_id(session, PLEDGE, typed)
    if not asks(session):
        return identifier, None
    preview = Preview(title).line("column.pledge", identifier)
    if not session.offline:
        described.pledge(session, preview, read(session, PLEDGE, identifier))
    return identifier, preview
