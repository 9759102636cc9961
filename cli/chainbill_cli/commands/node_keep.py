"""`node`: backup, restore, seat. Loaded by `commands.node`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from chainbill_cli.causes import cause_of
from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.kit import argument, option
from chainbill_cli.output import Column
from chainbill_cli.session import Session, current_session
from chainbill_cli.texts import text

KEPT = (
    Column("path"), Column("height", "int"), Column("app_hash", "id"), Column("rows", "int"), Column("bytes", "int"),
)  # fmt: skip
SEAT = (
    Column("key", "id"), Column("name"), Column("party", "party"), Column("address"), Column("alg"),
    Column("proof", "id"),
)  # fmt: skip


def node_home(session: Session) -> Path:
    """The node's home that was named."""
    if session.settings.sources["home"] != "given":
        raise fail(Exit.USAGE, "node.no_home")
    return session.settings.home


def asked_node(session: Session) -> Session:
    """Who asks how a node is: without --node, in a node's home, that node; else the nodes that the home knows."""
    from chainbill_node.home.config import FILE_NAME, ConfigError, load_config

    home = session.settings.home
    if session.settings.nodes or not (home / FILE_NAME).is_file():
        return session
    try:
        rest = load_config(home).rest
    except ConfigError as error:
        raise fail(Exit.FAILED, "node.cannot_ask", why=cause_of(error), home=str(home)) from error
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(rest.host, rest.host)
    api = f"http://[{host}]:{rest.port}" if ":" in host else f"http://{host}:{rest.port}"
    asking = Session(replace(session.settings, nodes=(api,)), transport=session.transport)
    click.get_current_context().call_on_close(asking.close)
    return asking


@argument("file", metavar="FILE")
def backup(file: str) -> None:
    """Write the chain of a home to a file, while its node runs or not."""
    from chainbill_node.home.backup import backup_home

    session = current_session()
    home = node_home(session)
    target = Path(file).expanduser().absolute()
    done = carried_out(lambda: backup_home(home, target), "node.cannot_backup", home=str(home))
    session.out.thing(asdict(done), KEPT)
    session.out.note(text("node.backed_up", path=done.path, height=done.height))


@argument("file", metavar="FILE")
def restore(file: str) -> None:
    """Put a backup into a home without data."""
    from chainbill_node.home.backup import restore_home

    session = current_session()
    home = node_home(session)
    archive = Path(file).expanduser().absolute()
    if archive.exists() and not archive.is_file():  # a pipe would be waited for
        raise fail(Exit.FAILED, "error.not_a_file", path=str(archive))
    done = carried_out(lambda: restore_home(home, archive), "node.cannot_restore", home=str(home), file=str(archive))
    session.out.thing(asdict(done), KEPT)
    session.out.note(text("node.restored", height=done.height))


@option("--party", required=True, metavar="PARTY", help="node.opt_party")
@option("--name", default="", metavar="NAME", help="node.opt_name")
@option("--address", default="", metavar="HOST:PORT", help="node.opt_address")
def seat(party: str, name: str, address: str) -> None:
    """Sign with a node's key the seat, or the place as an observer, that is to be proposed for it."""
    from chainbill_node.setup.seat import seat_of_home

    from chainbill.ids import normalise_identifier, valid_lei, valid_uscc

    session = current_session()
    home = node_home(session)
    whom = normalise_identifier(party)
    if not valid_uscc(whom) and not valid_lei(whom):
        raise usage("party.bad_id", value=party)
    found = carried_out(lambda: seat_of_home(home, whom, name, address), "node.cannot_sign_seat", home=str(home))
    session.out.thing(found, SEAT)
    session.out.note(text("node.seat_signed"))


def carried_out(work: Callable[[], Any], key: str, **fields: str) -> Any:
    """Do it; what an operator can mend becomes the failure `key`, with the cause as its `why`."""
    from chainbill_node.home.config import ConfigError
    from chainbill_node.home.control_socket import ControlError
    from chainbill_node.storage.chain.archive import ArchiveError
    from chainbill_node.storage.store import DiskError

    from chainbill.errors import ChainbillError

    try:
        return work()
    except FileExistsError as error:
        raise fail(Exit.FAILED, "node.in_the_way", path=str(error)) from error
    except (ArchiveError, ChainbillError, ConfigError, ControlError, DiskError, OSError, ValueError) as error:
        raise fail(Exit.FAILED, key, why=cause_of(error), **fields) from error
