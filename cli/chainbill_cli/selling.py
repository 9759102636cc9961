"""`sale`: sell, buy, which stand under `token`, too. Loaded by both nouns.

The ledger has the digest of a price alone; price and salt stay in the seller's home, and are printed for the buyer.
"""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path
from typing import Any

from chainbill.vm.natives import digest
from chainbill_cli import described
from chainbill_cli.answers import answer_write
from chainbill_cli.causes import cause_of
from chainbill_cli.currencies import currency_for
from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.home import write_private
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.lookup import SALE, TOKEN, object_id, read, read_token
from chainbill_cli.money_said import said
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.texts import enumerated, text
from chainbill_cli.values import positive_amount
from chainbill_cli.writing import Writing, call, write, writes

SALT_BYTES = 32
SALT = re.compile(r"[0-9a-f]{64}")

sale = noun("sale")


@sale.command("sell", help="sale.sell")
@argument("tokens", nargs=-1, required=True)
@option("--to", "buyer", metavar="BANK", required=True, help="sale.opt_to")
@option("--price", metavar="AMOUNT", required=True, help="sale.opt_price")
@option("--recourse/--no-recourse", default=None, help="sale.opt_recourse")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@writes
def sell(
    session: Session, writing: Writing, tokens: tuple[str, ...], *, buyer: str, price: str, recourse: bool | None,
    currency: str,
) -> None:  # fmt: skip
    """A bank offers tokens that it holds to another bank."""
    if recourse is None:
        raise usage("sale.recourse_needed")
    found = [{} if session.offline else read_token(session, one, acting=session.party) for one in tokens]
    codes = sorted({currency_for(session, currency, one) for one in found})
    if len(codes) > 1:
        raise usage("token.different_currencies", found=enumerated(codes))
    minor, salt = positive_amount(price, codes[0]), secrets.token_hex(SALT_BYTES)
    named = [one.get("id") or object_id(session, TOKEN, typed) for typed, one in zip(tokens, found, strict=True)]
    arguments: dict[str, Any] = {
        "tokens": named, "buyer": session.party_id(buyer), "recourse": recourse, "price": digest([salt, minor]),
    }  # fmt: skip
    preview = None
    if asks(session):
        preview = Preview("preview.sale_sell")
        for one in found:
            if one:
                described.token(session, preview, one)
        preview.party(session, "column.bought_by", arguments["buyer"]).money("column.price", minor, codes[0])
        preview.line("column.recourse", text("value.with_recourse" if recourse else "value.without_recourse"))
        preview.line("column.price_doc", arguments["price"])

    def keep() -> None:
        path = _keep_price(session, {"salt": salt, "amount": minor, "currency": codes[0], "tokens": named})
        session.out.note(text("sale.kept", path=str(path)))

    outcome = write(session, writing, [call("sale", "sell", **arguments)], preview, before=keep)
    opened = {"price_doc": arguments["price"], "salt": salt}
    answer_write(session, outcome, "tokens", "until=answer_until", currency=codes[0], **opened)


def _keep_price(session: Session, kept: dict[str, Any]) -> Path:
    """Keep what opens the digest of a price, readable by its user alone. The file bears the digest."""
    folder = session.settings.home / "prices"
    path = folder / f"{digest([kept['salt'], kept['amount']])}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_private(path, (json.dumps(kept, ensure_ascii=False, indent=2) + "\n").encode())
    except OSError as error:
        raise fail(Exit.FAILED, "error.file_write", path=str(path), why=cause_of(error)) from error
    return path


@sale.command("buy", help="sale.buy")
@argument("named", metavar="TOKEN")
@option("--reference", metavar="REF", required=True, help="option.reference")
@option("--registration", metavar="REF", default="", help="sale.opt_registration")
@option("--value-date", metavar="DATE", default="today", show_default=True, help="option.value_date")
@option("--amount", metavar="AMOUNT", default="", help="sale.opt_amount")
@option("--price", metavar="AMOUNT", default="", help="sale.opt_opened")
@option("--salt", metavar="HEX", default="", help="sale.opt_salt")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@writes
def buy(session: Session, writing: Writing, named: str, *, currency: str, **typed: str) -> None:
    """The buyer has paid; the token moves to it."""
    identifier = object_id(session, SALE, named)
    found = {} if session.offline else read(session, SALE, identifier)
    code = currency_for(session, currency, found) if found or typed["amount"] or typed["price"] else ""
    opened = _opened(found, typed["price"], typed["salt"], code)
    arguments: dict[str, Any] = {
        "token": identifier,
        "reference": typed["reference"],
        "value_date": session.date(typed["value_date"]),
        "amount": positive_amount(typed["amount"], code) if typed["amount"] else 0,
        "registration": typed["registration"],
    }
    preview = None
    if asks(session) and found:
        preview = Preview("preview.sale_buy")
        described.sale(session, preview, found)
        if opened:
            preview.money("column.price", opened, code).line("preview.compared", text("sale.opened"))
        else:
            preview.line("column.price", text("sale.not_opened"))
        if arguments["amount"]:
            preview.money("column.paid", arguments["amount"], code)
        if opened and arguments["amount"] not in (0, opened):
            preview.line("preview.look", text("sale.other_amount", price=said(opened, code)))
        preview.line("column.value_date", arguments["value_date"]).line("column.reference", typed["reference"])
        if typed["registration"]:
            preview.line("preview.registration", typed["registration"])
    outcome = write(session, writing, [call("sale", "buy", **arguments)], preview)
    answer_write(session, outcome, "token", "repeated", currency=code)


def _opened(found: dict[str, Any], price: str, salt: str, code: str) -> int:
    """The price that the seller opened, in minor units, where it is what was offered; 0 where none is told."""
    if not price and not salt:
        return 0
    if not price or not SALT.fullmatch(salt.strip().lower()):
        raise usage("sale.price_and_salt")
    minor = positive_amount(price, code)
    if found and digest([salt.strip().lower(), minor]) != found["price_doc"]:
        raise usage("sale.price_differs", price=said(minor, code))
    return minor
