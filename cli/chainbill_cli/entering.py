"""`order default`, `order strike`, `order lift`: entries of banks; what is done with them stands in `entry`."""

from __future__ import annotations

from typing import Any

from chainbill_contracts.declared_rows import rows

from chainbill_cli import described
from chainbill_cli.answers import answer_write
from chainbill_cli.documents import document_digest
from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.kit import Noun, argument, option
from chainbill_cli.lookup import DISPUTE, ENTRY, object_id, read
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.texts import bracketed, word_said
from chainbill_cli.word_choice import WordChoice
from chainbill_cli.writing import Writing, call, write, writes

KINDS = rows()["entry/default"].fields["kind"].words
ANSWER = ("entry", "until=ratify_by")


def add_entries(order: Noun) -> None:
    """Give `order` the commands by which banks enter what is no paper of a court."""
    order.command("default", help="entry.default")(default)
    order.command("strike", help="entry.strike")(strike)
    order.command("lift", help="entry.lift")(lift)


@argument("debtor", metavar="PARTY")
@option("--kind", type=WordChoice(KINDS, "value.breach_"), required=True, help="entry.opt_kind")
@option("--document", metavar="FILE", required=True, help="entry.opt_list")
@writes
def default(session: Session, writing: Writing, debtor: str, *, kind: str, document: str) -> None:
    """The sponsor or paying bank enters that a debtor is in default."""
    arguments: dict[str, Any] = {
        "debtor": session.party_id(debtor), "default": kind, "document": document_digest(document),
    }  # fmt: skip
    preview = None
    if asks(session):
        preview = Preview("preview.entry_default").party(session, "column.debtor", arguments["debtor"])
        preview.line("column.default", word_said("breach_", kind))
        preview.line("column.public_list", bracketed(document, arguments["document"]))
    outcome = write(session, writing, [call("entry", "enter_default", **arguments)], preview)
    answer_write(session, outcome, *ANSWER)


@argument("named", metavar="DISPUTE")
@option("--document", metavar="FILE", required=True, help="entry.opt_finding")
@writes
def strike(session: Session, writing: Writing, named: str, *, document: str) -> None:
    """The sponsor of an invoice's seller enters that the invoice is struck."""
    arguments = {"dispute": object_id(session, DISPUTE, named), "document": document_digest(document)}
    preview = None
    if asks(session):
        preview = Preview("preview.entry_strike").line("column.dispute", arguments["dispute"])
        if not session.offline:
            described.dispute(session, preview, read(session, DISPUTE, arguments["dispute"]))
        preview.line("column.finding", bracketed(document, arguments["document"]))
    outcome = write(session, writing, [call("entry", "strike", **arguments)], preview)
    answer_write(session, outcome, *ANSWER)


@argument("named", metavar="PARTY|DISPUTE|ENTRY")
@option("--kind", type=WordChoice(KINDS, "value.breach_"), default=None, help="entry.opt_kind_lifted")
@option("--document", metavar="FILE", required=True, help="entry.opt_paper")
@writes
def lift(session: Session, writing: Writing, named: str, *, kind: str | None, document: str) -> None:
    """Who may enter a default or strike an invoice enters that it is over."""
    arguments = {"lifts": _lifted(session, named, kind), "document": document_digest(document)}
    preview = None
    if asks(session):
        preview = Preview("preview.entry_lift").line("column.lifts", arguments["lifts"])
        if not session.offline:
            described.entry(session, preview, read(session, ENTRY, arguments["lifts"]))
        preview.line("column.lifted_by", bracketed(document, arguments["document"]))
    outcome = write(session, writing, [call("entry", "lift", **arguments)], preview)
    answer_write(session, outcome, *ANSWER)


def _lifted(session: Session, typed: str, kind: str | None) -> str:
    """The entry that is meant: by its id, as the default of a party, or as what struck the invoice of a dispute."""
    if kind is not None:
        debtor = session.party_id(typed)
        found = list(session.client.pages("/v1/defaults", debtor=debtor, kind=kind, status="in_force"))
        if not found:
            raise fail(Exit.FAILED, "entry.no_default", code="not_found", party=debtor, kind=word_said("breach_", kind))
        session.client.rely_on("/v1/defaults", found[0], "entry", debtor=debtor, kind=kind, status="in_force")
        return str(found[0]["entry"])
    letter = typed.strip()[:1].upper()
    if letter == ENTRY.letter:
        return object_id(session, ENTRY, typed)
    if letter != DISPUTE.letter:
        raise usage("entry.lift_what")
    dispute = object_id(session, DISPUTE, typed)
    seller = str(read(session, DISPUTE, dispute)["seller"])
    asked: dict[str, Any] = {"party": seller, "kind": "struck", "status": "ratified"}
    for one in session.client.pages("/v1/entries", **asked):
        if one["dispute"] == dispute:
            session.client.rely_on("/v1/entries", one, "id", **asked)
            return str(one["id"])
    raise fail(Exit.FAILED, "entry.no_strike", code="not_found", dispute=dispute)
