"""`tx`: build, sign, send, show, wait, decode."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

import click

from chainbill_cli.answers import answer_results, without_as_of
from chainbill_cli.call_text import argument_text, arguments_told, call_text, result_text
from chainbill_cli.client import deadline_in, left_until
from chainbill_cli.details import detail_lines
from chainbill_cli.failure import Failure, usage
from chainbill_cli.handing_in import HandedIn, ended_truly, pending
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.lookup import not_found
from chainbill_cli.moments import moment_said
from chainbill_cli.money_said import currency_of, details_said
from chainbill_cli.output import Column
from chainbill_cli.plain_acts import named_objects
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session, current_session
from chainbill_cli.signed_shown import act_text
from chainbill_cli.signing import make_body, public_key
from chainbill_cli.texts import bracketed, label, text
from chainbill_cli.transactions import (
    Draft,
    check_network,
    check_signatures,
    check_to_sign,
    expired,
    read_draft,
    shown,
    store,
    tell_signatures,
    with_signature,
)
from chainbill_cli.validity import valid_for_ms
from chainbill_cli.values import json_value
from chainbill_cli.writing import Writing, committed, hand_in, standstill, writes

FIELDS = (
    Column("id", "id"), Column("network", "id"), Column("status", "status"),
    Column("height", "int"), Column("party", "party"), Column("calls", "list"),
    Column("result"), Column("results"), Column("reason"), Column("details", "list"),
    Column("valid_until", "time"), Column("memo"),
    Column("threshold"), Column("signers"), Column("valid", heading="column.signatures_whole"),
)  # fmt: skip
POLL_S = 0.3
ID = re.compile("[0-9a-f]{64}")

tx = noun("tx")


@tx.command("build", help="tx.build")
@option("--call", "calls", nargs=2, multiple=True, required=True, metavar="CONTRACT.FUNCTION JSON", help="tx.opt_call")
@option("--party", default="", metavar="PARTY", help="tx.opt_party")
@option("--signer", "signers", multiple=True, metavar="KEY", help="tx.opt_signer")
@option("--threshold", type=click.IntRange(1), default=1, help="tx.opt_threshold")
@option("--memo", default="", help="option.memo")
@option("--valid-for", metavar="TIME", default="", help="option.valid_for")
@option("--out", default="", metavar="FILE", help="tx.opt_out")
def build(calls: tuple[tuple[str, str], ...], party: str, signers: tuple[str, ...], memo: str, **typed: Any) -> None:
    """Build an unsigned transaction."""
    from chainbill.ledger.transaction import decode_body

    session = current_session()
    body = make_body(
        session,
        [_call(name, arguments) for name, arguments in calls],
        memo,
        [public_key(session, one) for one in signers] or [session.key.public],
        threshold=typed["threshold"],
        party=session.party_id(party) if party else "",
        valid_ms=valid_for_ms(session, typed["valid_for"], file=True),
    )
    store(session, Draft(body, decode_body(body)), typed["out"])


def _call(name: str, arguments: str) -> Any:
    from chainbill.ledger.transaction import Call

    contract, dot, function = name.partition(".")
    if not dot or not contract or not function:
        raise usage("error.bad_call")
    value = json_value(arguments)
    if not isinstance(value, dict):
        raise usage("error.bad_json", value=arguments, why="{…}")
    return Call(contract, function, value)


@tx.command("sign", help="tx.sign")
@argument("file")
@option("--out", default="", metavar="FILE", help="tx.opt_out")
def sign(file: str, out: str) -> None:
    """Add the acting profile's signature."""
    session = current_session()
    draft = read_draft(file)
    check_to_sign(session, draft)
    if asks(session) and file != "-":
        _preview(session, "preview.tx_sign", draft).ask(session)
    signed = with_signature(session, draft)
    path = out or (file if file != "-" else "")
    store(session, signed, path)
    tell_signatures(session, draft, signed, path)


@tx.command("send", help="tx.send")
@argument("file")
@writes
def send(session: Session, writing: Writing, file: str) -> None:
    """Hand in a signed transaction."""
    if writing.for_checker or writing.checkers or writing.valid_for:
        raise usage("tx.made_elsewhere")
    draft = read_draft(file)
    if not draft.complete:
        raise usage("tx.unsigned", wanted=draft.body.threshold, found=len(draft.signatures))
    check_network(session, draft)
    check_signatures(draft)
    if asks(session) and not writing.dry_run:
        _preview(session, "preview.tx_send", draft).ask(session)
    try:
        outcome = hand_in(session, writing, draft.wire)
    except Failure as failure:
        if failure.problem.get("code") == "transaction_expired":
            raise expired(draft) from failure
        raise
    answer_results(session, outcome, [one.args for one in draft.body.calls])


def _preview(session: Session, title: str, draft: Draft) -> Preview:
    """What a transaction asks for, an argument a line, so that a checker sees amounts as the maker typed them."""
    party = argument_text(session, "party", draft.body.party, {})
    preview = Preview(title).line("column.party", party)
    for one in draft.body.calls:
        preview.line("preview.call", act_text(one))
        for name, told in arguments_told(session, one.args):
            preview.line(f"  {label(name, f'column.{one.contract}')}", told)
        named_objects(session, preview, one.args)
    if draft.body.memo:
        preview.line("column.memo", draft.body.memo)
    preview.line("preview.signatures", f"{len(draft.signatures)} / {draft.body.threshold}")
    return preview.line("column.valid_until", moment_said(str(shown(draft)["valid_until"])))


@tx.command("decode", help="tx.decode")
@argument("file")
def decode(file: str) -> None:
    """What a transaction says, and whether its signatures are good."""
    session = current_session()
    session.out.thing(_told(session, shown(read_draft(file))), FIELDS)


def _given(call: Any) -> Mapping[str, Any]:
    """The arguments of a call as a node or a file shows it."""
    found = (call.get("arguments") or call.get("args")) if isinstance(call, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _told(session: Session, said: dict[str, Any]) -> dict[str, Any]:
    """A transaction as a person reads it, where no program does."""
    if session.out.form != "table" or not isinstance(said.get("calls"), list):
        return said
    calls = [one for one in said["calls"] if isinstance(one, Mapping)]
    given = [one for one in (*map(_given, calls), said.get("result")) if isinstance(one, Mapping)]
    currency = next(filter(None, (currency_of(session, one) for one in given)), "")
    told = {**said, "calls": [call_text(session, one) for one in calls]}
    if len(said.get("results") or ()) == 1:
        told.pop("results")  # of one call it is `result`
    for name in ("result", "results"):
        if name in told:
            told[name] = result_text(session, said[name], currency)
    if isinstance(said.get("details"), Mapping):
        code = str(said.get("reason") or said.get("code") or "")
        told["details"] = list(detail_lines(details_said(code, said["details"]), code, session.names.name_of))
    if said.get("reason") and said.get("detail"):
        told["reason"] = bracketed(said["detail"], said["reason"])
    return told


@tx.command("show", help="tx.show")
@argument("transaction")
def show(transaction: str) -> None:
    """Show a transaction."""
    session = current_session()
    body = without_as_of(session.client.get(f"/v1/transactions/{_whole_id(transaction)}"))
    session.out.thing(_told(session, body), FIELDS)


@tx.command("wait", help="tx.wait")
@argument("transaction")
def wait(transaction: str) -> None:
    """Wait until a transaction is committed; still pending at the time-out is exit 6."""
    session = current_session()
    identifier = _whole_id(transaction)
    with ended_truly(HandedIn(identifier)):
        body = _waited_for(session, identifier)
        answer_results(session, committed(body, identifier), [_given(one) for one in body.get("calls") or ()])


def _whole_id(typed: str) -> str:
    """A transaction's id as typed, in lower case; nothing else may be asked for, or wait for ever."""
    identifier = typed.strip().lower()
    if not ID.fullmatch(identifier):
        raise usage("tx.bad_id", value=typed)
    return identifier


def _waited_for(session: Session, identifier: str) -> dict[str, Any]:
    """A transaction once it is in a block."""
    deadline = deadline_in(session.settings.timeout_s)
    while True:
        body = _now(session, identifier)
        if body.get("height") is not None:
            return body
        if left_until(deadline) <= 0:
            raise pending(identifier, standstill(session) or ("" if body else text("tx.nowhere")))
        time.sleep(min(POLL_S, left_until(deadline)))


def _now(session: Session, identifier: str) -> dict[str, Any]:
    """What is known of a transaction now; {} when the nodes do not know it (yet)."""
    try:
        body = without_as_of(session.client.get(f"/v1/transactions/{identifier}"))
    except Failure as failure:
        if not_found(failure):
            return {}
        raise
    return body if isinstance(body, dict) else {}
