"""`token write-off`: mark an overdue token as written off, or take that back."""

from __future__ import annotations

from typing import Any

from chainbill_cli import described
from chainbill_cli.answers import answer_write
from chainbill_cli.documents import document_digest
from chainbill_cli.failure import usage
from chainbill_cli.kit import Noun, argument, option
from chainbill_cli.lookup import TOKEN, object_id, read_token
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.texts import bracketed, text
from chainbill_cli.writing import Writing, call, write, writes


def add_write_off(noun: Noun) -> None:
    """Give a noun the command."""

    @noun.command("write-off", help="write_off.write_off")
    @argument("token")
    @option("--document", metavar="FILE", default="", help="write_off.opt_document")
    @option("--undo", is_flag=True, help="write_off.opt_undo")
    @option("--reason", metavar="TEXT", default="", help="write_off.opt_reason")
    @writes
    def write_off(session: Session, writing: Writing, token: str, *, document: str, undo: bool, reason: str) -> None:
        """The holder of an overdue token marks it, or takes the mark back."""
        if undo == bool(document) or (reason and not undo):
            raise usage("write_off.either")
        function = "undo_write_off" if undo else "write_off"
        told: dict[str, Any] = {"reason": reason} if undo else {"document": document_digest(document)}
        acting = "" if undo else session.party
        identifier = object_id(session, TOKEN, token)
        preview = None
        if not session.offline:
            found = read_token(session, identifier, acting=acting)
            identifier = str(found["id"])
            preview = _shown(session, function, found) if asks(session) else None
        if preview and reason:
            preview.line("column.reason", reason)
        if preview and document:
            preview.line("column.document", bracketed(document, told["document"]))
        outcome = write(session, writing, [call("write_off", function, token=identifier, **told)], preview)
        answer_write(session, outcome, "token")


def _shown(session: Session, function: str, found: dict[str, Any]) -> Preview:
    preview = Preview(f"preview.token_{function}")
    described.token(session, preview, found)
    if function == "write_off":
        preview.line("preview.mark_well", text("write_off.no_figure"))
    return preview
