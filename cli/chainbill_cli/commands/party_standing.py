"""`party`: suspension, insolvency, leaving and closing. Loaded by `commands.party`."""

from __future__ import annotations

from typing import Any

from chainbill_cli.answers import answer_write, without_as_of
from chainbill_cli.call_text import key_said
from chainbill_cli.commands.party_changes import new_key
from chainbill_cli.documents import document_digest
from chainbill_cli.kit import argument, option, stack
from chainbill_cli.output import Column, ranked
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session, current_session
from chainbill_cli.texts import bracketed, text
from chainbill_cli.word_choice import WordChoice
from chainbill_cli.writing import Outcome, Writing, call, write, writes

ITEM_ROWS = ranked(
    "role currency count sum",
    Column("role", "word", "column.open_as"), Column("currency"), Column("count", "int"), Column("sum", "amount"),
)  # fmt: skip
ANSWER = ("order", "party", "party_status", "until", "acts_on")
REASON = option("--reason", default="", metavar="TEXT", help="party.opt_reason")
DOCUMENTS = option("--document", "documents", multiple=True, required=True, metavar="FILE", help="party.opt_documents")
COURT = stack(
    [
        option("--authority", required=True, metavar="COURT", help="party.opt_authority"),
        option("--number", required=True, metavar="NUMBER", help="party.opt_number"),
        DOCUMENTS,
    ]
)


@argument("party")
@DOCUMENTS
@REASON
@writes
def suspend(session: Session, writing: Writing, party: str, documents: tuple[str, ...], reason: str) -> None:
    """The sponsor suspends a party."""
    _order(session, writing, party, "suspended", documents, reason=reason)


@argument("party")
@COURT
@REASON
@writes
def insolvent(session: Session, writing: Writing, party: str, documents: tuple[str, ...], **said: str) -> None:
    """The sponsor records that a court has opened bankruptcy."""
    _order(session, writing, party, "insolvent", documents, **said)


@argument("party")
@DOCUMENTS
@REASON
@writes
def lift(session: Session, writing: Writing, party: str, documents: tuple[str, ...], reason: str) -> None:
    """Lift a status."""
    _order(session, writing, party, "active", documents, reason=reason)


def _order(
    session: Session, writing: Writing, typed: str, status: str, documents: tuple[str, ...], **said: str
) -> None:
    party = session.party_id(typed)
    arguments = {"authority": "", "number": "", **said, "documents": [document_digest(path) for path in documents]}
    preview = None
    if asks(session):
        preview = Preview(f"preview.party_{status}").party(session, "column.party", party)
        _status(session, preview, party, status)
        _papers(preview, documents, arguments)
    change = call("standing", "set_status", party=party, status=status, **arguments)
    _answered(session, write(session, writing, [change], preview))


def _answered(session: Session, outcome: Outcome) -> None:
    """The order, and that another bank has to ratify it where its status waits for that."""
    answer_write(session, outcome, *ANSWER)
    if outcome.result.get("order") and outcome.result.get("until"):
        told = {name: str(outcome.result[name]) for name in ("order", "until")}
        session.out.note(text("party.ratify_then", **told))


def _status(session: Session, preview: Preview, party: str, then: str) -> None:
    """The party's status now and then; and that the end of an insolvency waits for another bank."""
    now = str(session.registered(party).get("status") or "")
    if now:
        preview.line("preview.status_now", text(f"value.{now}"))
    preview.line("preview.status_then", text(f"value.{then}"))
    if (now, then) == ("insolvent", "active"):
        preview.line("preview.mark_well", text("party.lift_waits"))


def _papers(preview: Preview, paths: tuple[str, ...], said: dict[str, Any]) -> None:
    for name in ("reason", "authority", "number"):
        if said.get(name):
            preview.line("column.case_number" if name == "number" else f"column.{name}", said[name])
    for path, digest in zip(paths, said["documents"], strict=True):
        preview.line("column.document", bracketed(path, digest))


@argument("party")
@option(
    "--key", "keys", required=True, multiple=True, metavar="NAME[=maker,checker,admin]|FILE", help="party.opt_new_key"
)
@COURT
@writes
def administrator(
    session: Session,
    writing: Writing,
    party: str,
    *,
    keys: tuple[str, ...],
    documents: tuple[str, ...],
    authority: str,
    number: str,
) -> None:
    """The sponsor names an administrator's keys for an insolvent party."""
    whom = session.party_id(party)
    listed = [new_key(session, whom, typed) for typed in keys]
    said: dict[str, Any] = {"authority": authority, "number": number}
    said["documents"] = [document_digest(path) for path in documents]
    preview = None
    if asks(session):
        preview = Preview("preview.party_administrator").party(session, "column.party", whom)
        for one in listed:
            preview.line("column.key", key_said(one["key"]))
        _papers(preview, documents, said)
    change = call("standing", "name_administrator", party=whom, keys=listed, **said)
    _answered(session, write(session, writing, [change], preview))


@argument("party", default="")
@writes
def leave(session: Session, writing: Writing, party: str) -> None:
    """Begin to leave."""
    _go(session, writing, "leave", session.party_id(party) if party else session.party)


@writes
def stay(session: Session, writing: Writing) -> None:
    """Take back that the own party leaves."""
    preview = Preview("preview.party_stay").party(session, "column.party", session.party) if asks(session) else None
    answer_write(session, write(session, writing, [call("standing", "stay")], preview), "party", "party_status")


@argument("party", default="")
@option("--check", is_flag=True, help="party.opt_check")
@writes
def offboard(session: Session, writing: Writing, party: str, *, check: bool) -> None:
    """Begin to leave, or list what is still open."""
    whom = session.party_id(party) if party else session.party
    if check:
        _show_open(session, whom)
    else:
        _go(session, writing, "leave", whom)


def _go(session: Session, writing: Writing, function: str, party: str) -> None:
    preview = None
    if asks(session):
        preview = Preview(f"preview.party_{function}").party(session, "column.party", party)
    outcome = write(session, writing, [call("standing", function, party=party)], preview)
    answer_write(session, outcome, "party", "party_status")
    session.out.note(text("party.leaving_then", party=party))


@argument("party", default="")
def open_items(party: str) -> None:
    """List what of a party is still open."""
    session = current_session()
    _show_open(session, session.party_id(party) if party else session.party)


COUNTED = ("sponsored", "seats", "debtors", "bills")


def _show_open(session: Session, party: str) -> None:
    found = without_as_of(session.client.get(f"/v1/parties/{party}/open-items"))
    if session.out.form in {"json", "jsonl"}:
        session.out.json(found)
        return
    rows = list(found["holdings"])
    rows += [{"role": name, "count": found[name]} for name in COUNTED if found[name]]
    session.out.rows(rows, ITEM_ROWS)
    if not rows:
        session.out.note(text("party.nothing_open"))


@argument("party")
@argument("size", type=WordChoice(["small", "large", "public", "none"], "value.size_"))
@option("--document", required=True, metavar="FILE", help="party.opt_size_document")
@writes
def size(session: Session, writing: Writing, party: str, size: str, document: str) -> None:
    """The sponsor attests how large a party's business is."""
    whom, digest = session.party_id(party), document_digest(document)
    preview = None
    if asks(session):
        preview = Preview("preview.party_size").party(session, "column.party", whom)
        preview.line("column.size", text(f"value.size_{size}")).line("column.document", bracketed(document, digest))
    arguments = {"party": whom, "size": "" if size == "none" else size, "document": digest}
    answer_write(
        session, write(session, writing, [call("party", "attest_size", **arguments)], preview), "party", "size"
    )
