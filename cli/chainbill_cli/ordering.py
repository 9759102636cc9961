"""`order`: freeze, renew, release, transfer, ratify, refuse, object; so are freeze, unfreeze, force of `token`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainbill import money
from chainbill.errors import ChainbillError
from chainbill_cli import applying, orders_told
from chainbill_cli.answers import answer_write
from chainbill_cli.contract_constants import contract_constant
from chainbill_cli.currencies import currency_for
from chainbill_cli.documents import document_digest
from chainbill_cli.failure import usage
from chainbill_cli.kit import argument, noun, option, stack
from chainbill_cli.lookup import COURT_ORDER, FREEZE, TOKEN, object_id, read, read_token
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.texts import bracketed, enumerated, word_said
from chainbill_cli.values import positive_amount
from chainbill_cli.writing import Writing, call, write, writes

order = noun("order")
Row = Mapping[str, Any]
SHARE = re.compile(r"[0-9.]+%")
ANSWER = ("order=court_order", "freezes", "until=ratify_by")


_papers = stack(
    [
        option("--authority", metavar="COURT", required=True, help="order.opt_authority"),
        option("--number", metavar="NUMBER", required=True, help="order.opt_number"),
        option("--document", "documents", metavar="FILE", multiple=True, required=True, help="order.opt_document"),
        option("--issued", metavar="DATE", default="today", show_default=True, help="order.opt_issued"),
        option("--currency", metavar="CODE", default="", help="option.currency_check"),
    ]
)
"""The options of an order's paper, and of the currency in which its amounts are typed."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The paper of an order as it was typed. documents: paths of files."""

    authority: str
    number: str
    documents: tuple[str, ...]
    issued: str
    currency: str


@dataclass(frozen=True, slots=True)
class Item:
    """What an order is on: the item as it is sent, and its currency, "" where nobody can say it."""

    sent: dict[str, Any]
    currency: str


@order.command("freeze", help="order.freeze")
@argument("items", metavar="TOKEN[:AMOUNT]", nargs=-1, required=True)
@option("--days", type=int, required=True, help="order.opt_days")
@option("--round-up", is_flag=True, help="order.opt_round_up")
@_papers
@writes
def freeze(
    session: Session, writing: Writing, items: tuple[str, ...], *, days: int, round_up: bool, **said: Any
) -> None:
    """Freeze cents of tokens: all of one, an amount, or a share of it."""
    paper = Paper(**said)
    found = [_token_item(session, typed, paper.currency, round_up=round_up) for typed in items]
    _enter(session, writing, "freeze", paper, found, days=days)


@order.command("renew", help="order.renew")
@argument("freezes", metavar="FREEZE", nargs=-1, required=True)
@option("--days", type=int, required=True, help="order.opt_days")
@_papers
@writes
def renew(session: Session, writing: Writing, freezes: tuple[str, ...], *, days: int, **said: Any) -> None:
    """Let freezes run longer."""
    paper = Paper(**said)
    found = [_freeze_item(session, typed, None, paper.currency) for typed in freezes]
    _enter(session, writing, "renew", paper, found, days=days)


@order.command("release", help="order.release")
@argument("freezes", metavar="FREEZE", nargs=-1, required=True)
@option("--amount", metavar="AMOUNT", default="", help="order.opt_release_amount")
@_papers
@writes
def release(session: Session, writing: Writing, freezes: tuple[str, ...], *, amount: str, **said: Any) -> None:
    """Release freezes, all of what they are on or an amount of each."""
    paper = Paper(**said)
    found = [_freeze_item(session, typed, amount, paper.currency) for typed in freezes]
    _enter(session, writing, "release", paper, found)


@order.command("transfer", help="order.transfer")
@argument("items", metavar="FREEZE|TOKEN[:AMOUNT]", nargs=-1, required=True)
@option("--amount", metavar="AMOUNT", default="", help="order.opt_transfer_amount")
@option("--to", "beneficiary", metavar="PARTY", default="", help="order.opt_to")
@option("--account", metavar="FILE|DIGEST", default="", help="order.opt_account")
@option("--days", type=int, default=0, help="order.opt_transfer_days")
@_papers
@writes
def transfer(
    session: Session, writing: Writing, items: tuple[str, ...], *, amount: str, beneficiary: str, account: str,
    days: int, **said: Any,
) -> None:  # fmt: skip
    """Transfer what is frozen, or freeze tokens and transfer them."""
    paper = Paper(**said)
    if bool(beneficiary) == bool(account):
        raise usage("order.to_or_account")
    found = [_taken(session, typed, amount, paper.currency) for typed in items]
    goes_to: dict[str, str] = {"beneficiary": session.party_id(beneficiary)} if beneficiary else {}
    if account:
        goes_to["account"] = applying.shown_account(account, found[0].currency or paper.currency).digest
    _enter(session, writing, "transfer", paper, found, days=days, **goes_to)


@order.command("ratify", help="order.ratify")
@argument("named", metavar="ORDER")
@writes
def ratify(session: Session, writing: Writing, named: str) -> None:
    """The second bank ratifies."""
    identifier, preview = _shown(session, named, "preview.order_ratify")
    outcome = write(session, writing, [call("legal", "ratify", order=identifier)], preview)
    answer_write(session, outcome, "order_status", "order=court_order", "acts_on")


@order.command("refuse", help="order.refuse")
@argument("named", metavar="ORDER")
@option("--reason", metavar="TEXT", required=True, help="order.opt_reason")
@writes
def refuse(session: Session, writing: Writing, named: str, reason: str) -> None:
    """The second bank refuses."""
    identifier, preview = _shown(session, named, "preview.order_refuse")
    if preview:
        preview.line("column.reason", reason)
    outcome = write(session, writing, [call("legal", "refuse", order=identifier, reason=reason)], preview)
    answer_write(session, outcome, "order_status", "order=court_order", "until=ratify_by")


@order.command("object", help="order.object")
@argument("named", metavar="ORDER")
@option("--reason", metavar="TEXT", required=True, help="order.opt_objection")
@writes
def object_to(session: Session, writing: Writing, named: str, reason: str) -> None:
    """A holder or pledgee objects to a transfer."""
    identifier, preview = _shown(session, named, "preview.order_object")
    if preview:
        preview.line("column.reason", reason)
    outcome = write(session, writing, [call("legal", "object_to", order=identifier, reason=reason)], preview)
    answer_write(session, outcome, "order_status", "order=court_order", "until=vote_until")


def _enter(
    session: Session, writing: Writing, kind: str, paper: Paper, found: Sequence[Item], *, days: int = 0,
    beneficiary: str = "", account: str = "",
) -> None:  # fmt: skip
    """Show an order and enter it."""
    codes = sorted({one.currency for one in found if one.currency})
    if len(codes) > 1:
        raise usage("token.different_currencies", found=enumerated(codes))
    arguments: dict[str, Any] = {
        "kind": kind, "authority": paper.authority, "number": paper.number,
        "documents": [document_digest(path) for path in paper.documents], "issued_on": session.date(paper.issued),
        "items": [one.sent for one in found], "days": days, "beneficiary": beneficiary, "account": account,
    }  # fmt: skip
    preview = None
    if asks(session):
        seizes = kind == "transfer" and "token" in found[0].sent
        preview = Preview("preview.order_seizure" if seizes else f"preview.order_{kind}")
        preview.line("column.kind", word_said("paper_", kind))
        preview.line("column.authority", paper.authority).line("column.case_number", paper.number)
        preview.line("column.paper_issued_on", str(arguments["issued_on"]))
        for path, digest in zip(paper.documents, arguments["documents"], strict=True):
            preview.line("column.document", bracketed(path, digest))
        for one in found:
            orders_told.of_item(session, preview, kind, one.sent, days)
        if days:
            preview.line(orders_told.days_called(kind), str(days))
        if beneficiary:
            preview.party(session, "column.beneficiary", beneficiary)
        if account:
            preview.line("column.account", account)
    outcome = write(session, writing, [call("legal", "order", **arguments)], preview)
    answer_write(session, outcome, *ANSWER, currency=codes[0] if codes else "")


def _token_item(session: Session, typed: str, currency: str, *, round_up: bool = False) -> Item:
    """A token, all of it or an amount or a share: TOKEN, TOKEN:120000.00, TOKEN:33.3333%."""
    named, _, part = (one.strip() for one in typed.partition(":"))
    row: Row = {} if session.offline else read_token(session, named)
    identifier = str(row.get("id") or object_id(session, TOKEN, named))
    if SHARE.fullmatch(part):
        return Item({"token": identifier, "percent": _percent(part), "up": round_up}, str(row.get("currency", "")))
    if not part and not row:
        raise usage("order.amount_offline")
    code = currency_for(session, currency, row)
    minor = positive_amount(part, code) if part else int(row["amount"])
    return Item({"token": identifier, "amount": minor}, code)


def _freeze_item(session: Session, typed: str, amount: str | None, currency: str) -> Item:
    """A freeze; amount: of it, "" for all, None where none is named."""
    identifier = object_id(session, FREEZE, typed)
    row: Row = {} if session.offline else read(session, FREEZE, identifier)
    sent: dict[str, Any] = {"freeze": identifier}
    code = str(row.get("currency", ""))
    if amount:
        code = currency_for(session, currency, row)
        sent["amount"] = positive_amount(amount, code)
    elif amount is not None:
        sent["amount"] = 0
    return Item(sent, code)


def _taken(session: Session, typed: str, amount: str, currency: str) -> Item:
    """What a transfer takes: of a freeze, or of a token."""
    if typed.strip().upper().startswith(FREEZE.letter):
        named, _, part = typed.partition(":")
        return _freeze_item(session, named, part or amount, currency)
    return _token_item(session, typed if ":" in typed or not amount else f"{typed}:{amount}", currency)


def _percent(typed: str) -> int:
    """A share in 1/10,000 of a percent: 333,333 of 33.3333%."""
    try:
        found = money.parse_rate(typed.removesuffix("%"))
    except ChainbillError as error:
        raise usage("order.share", value=typed) from error
    if not 0 < found <= contract_constant("general", "WHOLE"):
        raise usage("order.share", value=typed)
    return found


def _shown(session: Session, typed: str, title: str) -> tuple[str, Preview | None]:
    """The order that was meant, and the preview of it where a person is asked."""
    identifier = object_id(session, COURT_ORDER, typed)
    if not asks(session):
        return identifier, None
    preview = Preview(title).line("column.court_order", identifier)
    if not session.offline:
        orders_told.of_order(session, preview, read(session, COURT_ORDER, identifier))
    return identifier, preview
