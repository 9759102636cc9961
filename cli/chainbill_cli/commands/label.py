"""`label`: attest, revoke, list, schemes."""

from __future__ import annotations

from typing import Any

from chainbill_cli import described, labels
from chainbill_cli.answers import answer_write
from chainbill_cli.documents import document_digest
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.lookup import BILL, object_id
from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.texts import bracketed
from chainbill_cli.writing import Writing, call, write, writes

label = noun("label")


@label.command("attest", help="labels.attest")
@argument("bill")
@option("--scheme", metavar="NAME", required=True, help="labels.opt_scheme")
@option("--grade", metavar="GRADE", required=True, help="labels.opt_grade")
@option("--document", metavar="FILE", required=True, help="labels.opt_document")
@option("--until", metavar="DATE", required=True, help="labels.opt_until")
@writes
def attest(
    session: Session, writing: Writing, bill: str, *, scheme: str, grade: str, document: str, until: str
) -> None:
    """An attestor says a grade of a bill, until a day."""
    arguments: dict[str, Any] = {
        "bill": object_id(session, BILL, bill),
        "scheme": scheme.strip(),
        "grade": grade.strip(),
        "document": document_digest(document),
        "until": session.date(until),
    }
    preview = None
    if asks(session):
        preview = _about(session, "preview.label_attest", arguments)
        preview.line("column.grade", arguments["grade"])
        preview.line("column.document", bracketed(document, arguments["document"]))
        preview.line("column.label_until", arguments["until"])
    outcome = write(session, writing, [call("label", "attest", **arguments)], preview)
    answer_write(session, outcome, "bill", "scheme")


@label.command("revoke", help="labels.revoke")
@argument("bill")
@option("--scheme", metavar="NAME", required=True, help="labels.opt_scheme")
@writes
def revoke(session: Session, writing: Writing, bill: str, scheme: str) -> None:
    """An attestor takes a label back."""
    arguments = {"bill": object_id(session, BILL, bill), "scheme": scheme.strip()}
    preview = _about(session, "preview.label_revoke", arguments) if asks(session) else None
    outcome = write(session, writing, [call("label", "revoke", **arguments)], preview)
    answer_write(session, outcome, "bill", "scheme")


def _about(session: Session, title: str, arguments: dict[str, Any]) -> Preview:
    """The bill as far as it shows, what stands on it, and the scheme. An attestor need not see a bill."""
    preview = Preview(title)
    described.named_objects(session, preview, {"bill": arguments["bill"]})
    labels.tell_labels(session, preview, arguments["bill"])
    return preview.line("column.label_scheme", arguments["scheme"])


plain_reads(label)
