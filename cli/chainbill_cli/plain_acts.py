"""Commands of acts that are about one object, made from their declarations: find it, show it, ask, sign, answer.

How the id of an object is typed, and what a preview says of it, stands here once for each kind of object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from chainbill_contracts.declared_acts import Act, Plain, acts
from chainbill_contracts.declared_reads import reads

from chainbill_cli import described, lookup, orders_told
from chainbill_cli.answers import answer_results, answer_write
from chainbill_cli.call_text import key_said
from chainbill_cli.failure import Failure
from chainbill_cli.kit import Function, Noun, argument, option
from chainbill_cli.lookup import Kind, object_id, read_bill, read_token
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.texts import label, text, word_said
from chainbill_cli.writing import Writing, call, write, writes


def plain_commands(noun: Noun) -> None:
    """Give a noun, and the groups that it has, the commands of the plain acts that begin with its name."""
    for act in acts().values():
        if act.plain is not None and act.command.split()[0] == noun.name:
            _add(noun, act, act.plain)


def _add(noun: Noun, act: Act, told: Plain) -> None:
    _, *groups, name, typed_as = act.command.split()
    for word in groups:
        below = noun.commands[word]
        assert isinstance(below, Noun), act.command
        noun = below
    key = f"act.{act.place.replace('.', '_')}"
    contract, function = act.place.split(".")

    def run(session: Session, writing: Writing, named: str, **reason: str) -> None:
        identifier = FOUND[told.on](session, named)
        preview = None
        if asks(session):
            preview = _shown(session, Preview(f"{key}_asks"), told.on, told.argument, identifier)
        if preview and reason.get("reason"):
            preview.line("column.reason", reason["reason"])
        outcome = write(session, writing, [call(contract, function, **{told.argument: identifier}, **reason)], preview)
        if told.answers is None:
            answer_results(session, outcome)
            return
        known = told.argument in told.answers and told.argument not in outcome.result
        answer_write(session, outcome, *told.answers, **({told.argument: identifier} if known else {}))

    takes = argument("named", metavar=typed_as)
    noun.command(name, help=f"{key}_help")(takes(REASON[told.reason](writes(run))))


def _as_it_is(function: Function) -> Function:
    return function


REASON: Mapping[str, Callable[[Any], Any]] = {
    "": _as_it_is,
    "may": option("--reason", default="", metavar="TEXT", help="option.reason"),
    "must": option("--reason", required=True, metavar="TEXT", help="option.reason"),
}


def _object(kind: Kind, session: Session, typed: str) -> str:
    return object_id(session, kind, typed)


FOUND: Mapping[str, Callable[[Session, str], str]] = {
    "bill": partial(_object, lookup.BILL),
    "token": partial(_object, lookup.TOKEN),
    "joint": partial(_object, lookup.JOINT),
    "claim": partial(_object, lookup.CLAIM),
    "dispute": partial(_object, lookup.DISPUTE),
    "entry": partial(_object, lookup.ENTRY),
    "pledge": partial(_object, lookup.PLEDGE),
    "prepayment": partial(_object, lookup.PREPAYMENT),
    "product": partial(_object, lookup.PRODUCT),
    "change": partial(_object, lookup.CHANGE),
    "recovery": partial(_object, lookup.RECOVERY),
    "order": partial(_object, lookup.STATUS_ORDER),
    "party": Session.party_id,
}
"""Kind of an object → its id from what was typed."""


def _bill(session: Session, preview: Preview, identifier: str) -> None:
    described.bill(session, preview, read_bill(session, identifier))


def _token(session: Session, preview: Preview, identifier: str) -> None:
    described.token(session, preview, read_token(session, identifier))


def _joint(session: Session, preview: Preview, identifier: str) -> None:
    found = lookup.read(session, lookup.JOINT, identifier)
    described.joint(session, preview, found, read_bill(session, found["bill"]))


def _claim(session: Session, preview: Preview, identifier: str) -> None:
    described.claim(session, preview, lookup.read(session, lookup.CLAIM, identifier))


def _dispute(session: Session, preview: Preview, identifier: str) -> None:
    described.dispute(session, preview, lookup.read(session, lookup.DISPUTE, identifier))


def _entry(session: Session, preview: Preview, identifier: str) -> None:
    preview.line("column.entry", identifier)
    described.entry(session, preview, lookup.read(session, lookup.ENTRY, identifier))


def _pledge(session: Session, preview: Preview, identifier: str) -> None:
    described.pledge(
        session, preview.line("column.pledge", identifier), lookup.read(session, lookup.PLEDGE, identifier)
    )


def _prepayment(session: Session, preview: Preview, identifier: str) -> None:
    described.prepayment(session, preview, lookup.read(session, lookup.PREPAYMENT, identifier))


def _product(session: Session, preview: Preview, identifier: str) -> None:
    found = lookup.read(session, lookup.PRODUCT, identifier)
    preview.line("column.name", found["name"]).party(session, "column.anchor", found["anchor"])
    described.product(session, preview, found)


def _order(session: Session, preview: Preview, identifier: str) -> None:
    """As the ledger holds it: the papers, and the keys of an administrator."""
    if identifier.startswith(lookup.COURT_ORDER.letter):
        orders_told.of_order(session, preview, lookup.read(session, lookup.COURT_ORDER, identifier))
        return
    found = lookup.read(session, lookup.STATUS_ORDER, identifier)
    preview.party(session, "column.party", found["party"])
    preview.line("column.kind", word_said("", found["kind"])).party(session, "column.ordered_by", found["by"])
    for key in found["keys"]:
        preview.line("column.key", key_said(key))
    for name in ("reason", "authority", "number"):
        if found[name]:
            preview.line("column.case_number" if name == "number" else f"column.{name}", found[name])
    for digest in found["documents"]:
        preview.line("column.document", digest)


def _announced(name: str, session: Session, preview: Preview, identifier: str) -> None:
    """What a change or recovery of the acting party would do, and when; a sponsor's of others is not looked for."""
    from chainbill_cli.commands.party_changes import said_of

    preview.line(label(name, "preview"), identifier)
    path = reads()[ANNOUNCED[name]].path.format(party=session.party)
    try:
        found = next((one for one in session.client.pages(path) if one["id"] == identifier), None)
    except Failure:
        return
    if found is None:
        return
    told = said_of(session, found)
    preview.party(session, "column.party", str(found["party"])).line("column.kind", told["kind"])
    preview.line("column.content", told["content"]).line("column.acts_on", str(found["acts_on"]))


ANNOUNCED = {"change": "changes", "recovery": "recoveries"}
READ: Mapping[str, Callable[[Session, Preview, str], None]] = {
    "bill": _bill, "token": _token, "claim": _claim, "joint": _joint, "dispute": _dispute, "order": _order,
    "entry": _entry, "pledge": _pledge, "prepayment": _prepayment, "product": _product,
    **{name: partial(_announced, name) for name in ANNOUNCED},
}  # fmt: skip
"""Kinds of objects that a node is asked about, to show what is signed."""


def named_objects(session: Session, preview: Preview, given: Mapping[str, Any]) -> None:
    """What stands on the ledger under every id that an act names, also of what is no money: a checker sees the same of
    a file as who made it. Said so where it cannot be seen from here.
    """
    described.named_objects(session, preview, given)
    for item in given.get("items") or ():
        orders_told.of_item(session, preview, str(given["kind"]), item, int(given["days"]))
    for name in (one for one in BESIDE_MONEY if given.get(one)):
        try:
            BESIDE_MONEY[name](session, preview, str(given[name]))
        except Failure:
            preview.line("preview.look", text("preview.not_seen", id=given[name]))


def _proposal(session: Session, preview: Preview, identifier: str) -> None:
    from chainbill_cli.commands.governance import content_lines, find

    found = find(session, identifier)
    content_lines(session, preview, str(found["kind"]), found.get("content"))


BESIDE_MONEY: Mapping[str, Callable[[Session, Preview, str], None]] = {
    "joint": _joint, "dispute": _dispute, "order": _order, "proposal": _proposal, "entry": _entry, "lifts": _entry,
}  # fmt: skip
"""Arguments that name an object of no amount, and how it is told."""


def _shown(session: Session, preview: Preview, on: str, argument: str, identifier: str) -> Preview | None:
    """The preview with the object; None where a node would have to be asked and none is."""
    if on == "party":
        return preview.party(session, label(argument, "preview"), identifier)
    if on not in READ:
        return preview.line(label(on, "preview"), identifier)
    if session.offline:
        return None
    READ[on](session, preview, identifier)
    return preview
