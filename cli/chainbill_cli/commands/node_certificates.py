"""`node`: certificates, renew, revoke. Loaded by `commands.node`."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chainbill_cli.commands.node_keep import carried_out, node_home
from chainbill_cli.failure import usage
from chainbill_cli.given_files import KEY_BYTES, given_bytes
from chainbill_cli.kit import argument, option
from chainbill_cli.output import Column, ranked
from chainbill_cli.session import current_session
from chainbill_cli.texts import text

ROWS = ranked(
    "name ends days_left fault fingerprint whose signed_by",
    Column("whose", "word"), Column("name"), Column("ends", "time"), Column("days_left", "int"),
    Column("signed_by", "word"), Column("fault", "word"), Column("fingerprint", "id"),
)  # fmt: skip
RENEWED = (
    Column("path"), Column("ends", "time"), Column("days_left", "int"), Column("signed_by", "word"),
    Column("fingerprint", "id"), Column("former_ends", "time"), Column("kept", "list"),
)  # fmt: skip
REVOKED = (Column("fingerprint"), Column("path"), Column("added"))


def certificates() -> None:
    """Show the certificates that a home knows: its own, the other nodes', the CA's."""
    from chainbill_node.setup.revoking import certificates_of

    session = current_session()
    home = node_home(session)
    found = carried_out(
        lambda: certificates_of(home, _now().timestamp()), "node.cannot_show_certificates", home=str(home)
    )
    rows = [{**asdict(one), "ends": _time(one.ends_s)} for one in found]
    session.out.rows(rows, ROWS)


@option("--request", "request", default="", metavar="FILE.CSR", help="node.opt_request")
@option("--certificate", "answer", default="", metavar="FILE.PEM", help="node.opt_certificate")
def renew(request: str, answer: str) -> None:
    """Put a new certificate of the node in place, while it runs or not."""
    from chainbill_node.setup import renewal

    session = current_session()
    home = node_home(session)
    if request and answer:
        raise usage("node.renew_one_way")
    if request:
        target = Path(request).expanduser().absolute()
        node_id = carried_out(lambda: renewal.ask(home, target), "node.cannot_renew", home=str(home))
        session.out.thing({"path": str(target), "node_id": node_id}, [Column("path"), Column("node_id", "id")])
        session.out.note(text("node.asked_certificate", path=target))
        return
    given = given_bytes(answer, KEY_BYTES) if answer else b""
    now = _now()
    done = carried_out(
        lambda: renewal.install(home, given, now) if answer else renewal.renew(home, now),
        "node.cannot_renew", home=str(home),
    )  # fmt: skip
    one = done.certificate
    shown: dict[str, Any] = {
        "path": str(done.path), "ends": _time(one.ends_s), "days_left": one.days_left(now.timestamp()),
        "signed_by": "own_key" if one.own_key else "ca", "fingerprint": one.fingerprint,
        "former_ends": None if done.former is None else _time(done.former.ends_s),
        "kept": [str(path) for path in done.kept],
    }  # fmt: skip
    session.out.thing(shown, RENEWED)
    session.out.note(text("node.renewed"))


@argument("certificate", metavar="FINGERPRINT|FILE.PEM")
@option("--note", default="", metavar="TEXT", help="node.opt_revoke_note")
def revoke(certificate: str, note: str) -> None:
    """Let a node take a certificate no more."""
    from chainbill_node.setup import revoking

    session = current_session()
    home = node_home(session)
    try:
        typed = revoking.fingerprint_of(certificate)
        fingerprint = typed or revoking.fingerprint_in(given_bytes(certificate, KEY_BYTES))
    except ValueError as error:
        raise usage("node.no_fingerprint", given=certificate) from error
    path, added = carried_out(
        lambda: revoking.revoke(home, fingerprint, note, _now()), "node.cannot_revoke", home=str(home)
    )
    session.out.thing({"fingerprint": fingerprint, "path": str(path), "added": added}, REVOKED)
    session.out.note(text("node.revoked" if added else "node.revoked_before"))


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _time(seconds: int) -> str:
    return f"{datetime.datetime.fromtimestamp(seconds, datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
