"""`tx`: build, sign, send, show, wait, decode."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from chainbill_cli.answers import answer_results, without_as_of
from chainbill_cli.client import deadline_in, left_until
from chainbill_cli.failure import Failure, usage
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.lookup import not_found
from chainbill_cli.output import Column
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session, current_session
from chainbill_cli.transactions import read_parts, shown, store, with_signature
from chainbill_cli.values import json_value
from chainbill_cli.writing import VALID_FOR_MS, Writing, committed, hand_in, pending, writes

FIELDS = (
    Column("id", "id"), Column("status", "status"), Column("height", "int"), Column("party", "party"), Column("calls"),
    Column("result"), Column("reason"), Column("valid_until"), Column("memo"), Column("signers"), Column("valid"),
)  # fmt: skip
POLL_S = 0.3

tx = noun("tx")


@tx.command("build", help="tx.build")
@option("--call", "calls", nargs=2, multiple=True, required=True, metavar="CONTRACT.FUNCTION JSON", help="tx.opt_call")
@option("--party", default="", metavar="PARTY", help="tx.opt_party")
@option("--memo", default="", help="option.memo")
@option("--out", default="", metavar="FILE", help="tx.opt_out")
def build(calls: tuple[tuple[str, str], ...], party: str, memo: str, out: str) -> None:
    """Build an unsigned transaction."""
    from chainbill.ledger.transaction import encode_body

    session = current_session()
    body = encode_body(
        chain_id=str(session.network["chain_id"]),
        party=session.party_id(party) if party else session.party,
        valid_until_ms=session.now_ms() + VALID_FOR_MS,
        nonce=os.urandom(16),
        calls=[_call(name, arguments) for name, arguments in calls],
        memo=memo,
    )
    store(session, body, [], out)


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
    body, signatures = read_parts(file)
    store(session, body, with_signature(session, body, signatures), out or (file if file != "-" else ""))


@tx.command("send", help="tx.send")
@argument("file")
@writes
def send(session: Session, writing: Writing, file: str) -> None:
    """Hand in a signed transaction."""
    from chainbill.ledger.transaction import assemble

    body, signatures = read_parts(file)
    if not signatures:
        raise usage("tx.unsigned")
    if asks(session) and not writing.dry_run:
        _preview_send(session, shown(body, signatures)).ask(session)
    outcome = hand_in(session, writing, assemble(body, signatures))
    answer_results(session, outcome)


def _preview_send(session: Session, said: dict[str, Any]) -> Preview:
    preview = Preview("preview.tx_send").party(session, "preview.party", str(said["party"]))
    for one in said["calls"]:
        arguments = json.dumps(one["arguments"], ensure_ascii=False, default=str)
        preview.line("preview.call", f"{one['contract']}.{one['function']} {arguments}")
    return preview.line("column.valid_until", str(said["valid_until"]))


@tx.command("decode", help="tx.decode")
@argument("file")
def decode(file: str) -> None:
    """What a transaction says, and whether its signatures are good."""
    session = current_session()
    body, signatures = read_parts(file)
    session.out.thing(shown(body, signatures), FIELDS)


@tx.command("show", help="tx.show")
@argument("transaction")
def show(transaction: str) -> None:
    """Show a transaction."""
    session = current_session()
    body = without_as_of(session.client.get(f"/v1/transactions/{transaction.strip().lower()}"))
    session.out.thing(body, FIELDS)


@tx.command("wait", help="tx.wait")
@argument("transaction")
def wait(transaction: str) -> None:
    """Wait until a transaction is committed; still pending at the time-out is exit 6."""
    session = current_session()
    identifier = transaction.strip().lower()
    deadline = deadline_in(session.settings.timeout_s)
    while True:
        body = _now(session, identifier)
        if body.get("height") is not None:
            outcome = committed(body, identifier)
            answer_results(session, outcome)
            return
        if left_until(deadline) <= 0:
            raise pending(identifier)
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
