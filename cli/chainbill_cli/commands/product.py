"""`product`: which supplier makes which part, and events of production that issue bills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chainbill.statement import sign_statement
from chainbill_cli import described, production
from chainbill_cli.answers import answer_write, without_as_of
from chainbill_cli.commands.party_keys import named_key
from chainbill_cli.failure import Exit, Failure, usage
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.lookup import PRODUCT, not_found, object_id, read
from chainbill_cli.money_said import said as said_in
from chainbill_cli.output import Column
from chainbill_cli.plain_acts import plain_commands
from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.preview import Preview, asks
from chainbill_cli.second_look import look_again
from chainbill_cli.session import Session, current_session
from chainbill_cli.shapes import fields_of
from chainbill_cli.signed_shown import complete
from chainbill_cli.texts import bracketed, text
from chainbill_cli.when import When
from chainbill_cli.writing import Outcome, Writing, call, write, writes

product = noun("product")


@product.command("register", help="product.register")
@argument("file", metavar="FILE")
@writes
def register(session: Session, writing: Writing, file: str) -> None:
    """An anchor registers a product from a file."""
    arguments = production.product_of(session, file)
    preview = None
    if asks(session):
        preview = Preview("preview.product_register").line("column.name", arguments["name"])
        shown = {**arguments, "attestor": arguments["attestor"]["key"]}
        described.product(session, preview, shown)
    outcome = write(session, writing, [call("product", "register", **arguments)], preview)
    answer_write(session, outcome, "product")


@product.command("attest", help="product.attest")
@argument("file", metavar="FILE")
@option("--key", "name", required=True, metavar="NAME", help="product.opt_attest_key")
def attest(file: str, name: str) -> None:
    """The attestor signs the event in a file."""
    session = current_session()
    said, currency = production.event_of(session, file)
    if asks(session):  # others may have made the file, and what is signed makes bills
        row = _seen(session, said["product"])
        told = _event_preview("preview.product_attest", session, said, currency, row)
        complete(session, told, [call("product", "event", **said, signature="")], "").ask(session)
    elif not production.names_its_day(file):
        look_again(session)  # which day it is, is one node's word
    private = named_key(session, name).private
    if private is None:
        raise usage("product.key_not_here", value=name)
    network = session.known.network or session.network_hash
    signature = sign_statement(private, network, "product", "event", said).hex()
    production.sign_file(file, said["happened_on"], signature)
    session.out.thing({"file": file, "signature": signature}, [Column("file"), Column("signature", "id")])


@product.command("event", help="product.event")
@argument("file", metavar="FILE")
@writes
def event(session: Session, writing: Writing, file: str) -> None:
    """The anchor reports an attested event of production, which issues its bills."""
    said, currency = production.event_of(session, file)
    signature = production.signature_of(file)
    if not signature:
        raise usage("product.not_attested", path=file)
    row = {} if session.offline else read(session, PRODUCT, said["product"])
    if row and row["currency"] != currency:
        raise usage("product.other_currency", path=file, found=currency, expected=row["currency"])
    preview = _event_preview("preview.product_event", session, said, currency, row) if asks(session) else None
    outcome = write(session, writing, [call("product", "event", **said, signature=signature)], preview)
    answer_write(session, _with_amounts(session, outcome, said["value"], row), "event", "bills", "repeated")


def _seen(session: Session, identifier: str) -> dict[str, Any]:
    """The product as nodes show it, {} where it is not to be seen; without a node, what is known here must do."""
    try:
        return read(session, PRODUCT, identifier)
    except Failure as failure:
        if failure.exit_code is Exit.UNREACHABLE and session.known.network:
            session.offline = True
        elif not not_found(failure):
            raise
        return {}


def _event_preview(
    title: str, session: Session, said: Mapping[str, Any], currency: str, row: Mapping[str, Any]
) -> Preview:
    """What is said of an event, and of its product what can be seen."""
    preview = Preview(title).line("column.product", said["product"])
    if row:
        preview.line("column.name", row["name"])
    else:
        preview.line("preview.look", text("preview.not_seen", id=said["product"]))
    preview.line("column.order_no", said["order"]).line("column.serial", said["serial"])
    preview.money("column.event_value", said["value"], currency)
    preview.line("column.happened_on", said["happened_on"])
    if row:
        described.issued(session, preview, row, said, production.apportioned(said["value"], row["parts"]))
    return preview


def _with_amounts(session: Session, outcome: Outcome, value: int, product: Mapping[str, Any]) -> Outcome:
    """The outcome as people read it: each bill with its amount; its parts and its bills are in one order."""
    bills = outcome.result.get("bills")
    if session.out.form in {"json", "jsonl"} or not bills or len(bills) != len(product.get("parts") or ()):
        return outcome
    amounts = production.apportioned(value, product["parts"])
    told = [bracketed(one, said_in(much, str(product["currency"]))) for one, much in zip(bills, amounts, strict=True)]
    return replace(outcome, results=({**outcome.result, "bills": told},))


@product.command("show", help="read.product")
@argument("product")
@option("--at", type=When(), metavar="WHEN", default=None, help="option.at")
def show(product: str, at: str | None) -> None:
    """Show a product, its parts and its terms in words."""
    session = current_session()
    body = without_as_of(session.client.get(f"{PRODUCT.path}/{object_id(session, PRODUCT, product)}", at=at))
    session.out.learn({str(one["supplier"]): None for one in body["parts"]})
    parts = [described.part_said(one, session.out.name_of(str(one["supplier"]))) for one in body["parts"]]
    told = {**body, "parts": parts, "terms": described.terms_said(body["terms"], str(body["currency"]))}
    session.out.thing(told if session.out.form in {"table", "wide"} else body, fields_of("product"))


plain_commands(product)
plain_reads(product)
