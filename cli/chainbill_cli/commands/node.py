"""`node`: start, status, wait, verify, backup, restore, certificates, renew, revoke, seat."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import click

from chainbill_cli.causes import cause_of
from chainbill_cli.client import deadline_in, left_until
from chainbill_cli.commands import node_certificates, node_keep
from chainbill_cli.commands.node_keep import asked_node, node_home
from chainbill_cli.failure import Exit, fail
from chainbill_cli.kit import noun, option
from chainbill_cli.output import Column, amount_text
from chainbill_cli.session import Session, current_session
from chainbill_cli.texts import label, text
from chainbill_cli.warned import lines_of

STATUS = (
    Column("name"), Column("ready"), Column("reason"), Column("height", "int"), Column("round", "int"),
    Column("step", "step"), Column("waiting_for", "list"), Column("upgrade_needed"), Column("since", "time"),
    Column("app_hash", "id"),
    Column("peers.connected", "int"), Column("mempool.transactions", "int"),
)  # fmt: skip
VERIFIED = (
    Column("ok"), Column("chain_id"), Column("height", "int"), Column("app_hash", "id"), Column("transactions", "int"),
    Column("bills", "int", "column.bills_accepted"), Column("totals"), Column("problems"),
)  # fmt: skip
POLL_S = 0.2
WATCH_S = 1.0

node = noun("node")
node.command("backup", help="node.backup")(node_keep.backup)
node.command("restore", help="node.restore")(node_keep.restore)
node.command("renew", help="node.renew")(node_certificates.renew)
node.command("certificates", help="node.certificates")(node_certificates.certificates)
node.command("revoke", help="node.revoke")(node_certificates.revoke)
node.command("seat", help="node.seat")(node_keep.seat)


@node.command("start", help="node.start")
@option("--safe-height", type=click.IntRange(1), default=None, help="node.opt_safe")
@option("--signer-lost", is_flag=True, help="node.opt_lost")
def start(safe_height: int | None, signer_lost: bool) -> None:
    """Run a node in the foreground until SIGTERM or Ctrl-C."""
    from chainbill_node.main import run

    code = run(node_home(current_session()), safe_height=safe_height, signer_lost=signer_lost, said=cause_of)
    if code:
        raise click.exceptions.Exit(code)


@node.command("status", help="node.status")
@option("--watch", is_flag=True, help="node.opt_watch")
def status(watch: bool) -> None:
    """Where a node stands; exit 1 when it is not ready."""
    session = asked_node(current_session())
    if watch and session.out.form == "json":
        session.out.form = "jsonl"
    while True:
        found = session.client.ask_ready()
        if watch and session.out.form == "table":
            session.out.say(_line(found))
        else:
            session.out.thing(found, STATUS)
            _warn(session, found)
        if not watch:
            if not found.get("ready"):
                raise click.exceptions.Exit(int(Exit.FAILED))
            return
        time.sleep(WATCH_S)


def _warn(session: Session, found: Mapping[str, Any]) -> None:
    for line in lines_of(found.get("name"), found) if session.out.form == "table" else ():
        session.out.say(line)


def _line(found: dict[str, Any]) -> str:
    if found.get("reason"):
        return text("node.still", name=found.get("name"), height=found.get("height"), reason=found["reason"])
    return f"{found.get('name')}  {found.get('height')}  {found.get('step')}  {str(found.get('app_hash'))[:16]}"


@node.command("wait", help="node.wait")
@option("--height", type=click.IntRange(0), required=True, help="option.height")
def wait(height: int) -> None:
    """Wait until a node has a height; the time-out is exit 6."""
    session = asked_node(current_session())
    deadline = deadline_in(session.settings.timeout_s)
    while True:
        found = session.client.ask_ready()
        if int(found.get("height") or 0) >= height:
            session.out.thing(found, STATUS)
            return
        if left_until(deadline) <= 0:
            raise fail(Exit.PENDING, "node.wait_pending", code="pending", height=found.get("height", 0), wanted=height)
        time.sleep(min(POLL_S, left_until(deadline)))


@node.command("verify", help="node.verify")
def verify() -> None:
    """Replay the data of a node that does not run; exit 1 when anything differs."""
    from chainbill_node.home.config import ConfigError
    from chainbill_node.home.verify import verify_home
    from chainbill_node.storage.store import DiskError

    session = current_session()
    home = node_home(session)
    try:
        report = verify_home(home, _progress(session))
    except (ConfigError, DiskError, OSError) as error:
        raise fail(Exit.FAILED, "node.cannot_verify", home=str(home), why=cause_of(error)) from error
    problems = [{"height": one.height, "what": one.what, "detail": one.detail} for one in report.problems]
    answer = {
        "ok": report.ok, "chain_id": report.chain_id, "height": report.height, "app_hash": report.app_hash.hex(),
        "blocks": report.blocks, "transactions": report.transactions, "rows": report.rows, "bills": report.bills,
        "totals": report.totals, "problems": problems,
    }  # fmt: skip
    told = {**answer, "totals": totals_told(report.totals)} if session.out.form == "table" else answer
    session.out.thing(told, VERIFIED)
    if not report.ok:
        session.out.note(text("node.differs", count=len(problems)))
        raise click.exceptions.Exit(int(Exit.FAILED))
    session.out.note(text("node.verified", height=report.height))


def totals_told(totals: Mapping[str, Mapping[str, int]]) -> str:
    """What the bills add up to, in major units of each currency."""
    return text("root.semicolon").join(
        f"{currency}{text('root.colon')}"
        + text("root.comma").join(
            f"{label(name, 'column')} {amount_text(minor, currency)}" for name, minor in amounts.items()
        )
        for currency, amounts in totals.items()
    )


def _progress(session: Session) -> Callable[[int, int], None] | None:
    """Tell how far it is, to a person."""
    import sys

    if session.settings.quiet or not sys.stderr.isatty():
        return None

    def tell(height: int, newest: int) -> None:
        if height % 100 == 0 or height == newest:
            end = "\n" if height == newest else ""
            print(f"\r{height} / {newest}", end=end, file=sys.stderr, flush=True)

    return tell
