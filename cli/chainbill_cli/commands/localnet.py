"""`localnet`: up, status, stop, start, clock, down, reset, logs."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

from chainbill_cli.asking import confirm
from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.localnet import layout, ports, processes, status
from chainbill_cli.localnet.clock import advance
from chainbill_cli.output import Column, ranked
from chainbill_cli.preview import asks
from chainbill_cli.session import Session, current_session
from chainbill_cli.settings import user_directory
from chainbill_cli.texts import enumerated, text
from chainbill_cli.warned import lines_of

NODE_ROWS = ranked(
    "name ready height reason api app_hash p2p pid",
    Column("name"), Column("pid", "int"), Column("api"), Column("p2p"), Column("ready"), Column("height", "int"),
    Column("app_hash", "id"), Column("reason", "prose"),
)  # fmt: skip
PROFILE_ROWS = ranked("profiles name party", Column("profiles", "prose"), Column("name"), Column("party", "id"))
CLOCK_KINDS = {"transaction": "id", "status": "status", "clock": "word"}
VALIDATORS = 4
READY_S = 60.0
FOLLOW_S = 0.3

localnet = noun("localnet")


@localnet.command("up", help="localnet.up")
@option("--validators", type=click.IntRange(1, 32), default=None, help="localnet.opt_validators")
@option("--base-port", type=click.IntRange(0, 65000), default=0, help="localnet.opt_port")
@option("--detach", is_flag=True, help="localnet.opt_detach")
@option("--closed-reads", is_flag=True, help="localnet.opt_closed")
def up(validators: int | None, base_port: int, detach: bool, closed_reads: bool) -> None:
    """Set up a local network if there is none, and start its nodes."""
    session = current_session()
    home = layout.home_of(session.settings)
    if base_port and not layout.exists(home):
        ports.check_planned(base_port, validators or VALIDATORS)
    network = _made(home, validators, base_port, closed_reads)
    try:
        ports.check(network.nodes)
        for node in network.nodes:
            processes.start(node)
        late = status.wait_running(network, network.nodes, max(READY_S, session.settings.timeout_s))
    except BaseException:
        if not detach:
            processes.stop_all(network.nodes)
        raise
    layout.point_here(home)
    found = status.describe(network)
    _print(session, found)
    if session.out.form == "table":
        _print_profiles(session, network, found["profiles"])
    usual = home == user_directory() / "localnet"
    session.out.note(text("localnet.next", home="" if usual else f" --home {home}"))
    if late:
        _tell_late(session, late)
    if not detach:
        session.out.note(text("localnet.running"))
        try:
            _until_stopped()
        finally:
            processes.stop_all(network.nodes)
    elif late:
        raise click.exceptions.Exit(int(Exit.PENDING))


def _tell_late(session: Session, late: list[layout.LocalNode]) -> None:
    session.out.note(text("localnet.late", names=enumerated(node.name for node in late)))


def _made(home: Path, validators: int | None, base_port: int, closed_reads: bool) -> layout.LocalNetwork:
    """The network of a home, made if there is none."""
    if layout.exists(home):
        network = layout.load(home)
        if validators not in (None, len(network.nodes)):
            raise fail(Exit.FAILED, "localnet.already", home=str(home), count=len(network.nodes))
        if base_port and not ports.begin_at(network.nodes, base_port):
            _made_otherwise(home, f"--base-port {base_port}")
        if closed_reads and layout.reads_are_public(home):
            _made_otherwise(home, "--closed-reads")
        return network
    if (home / "genesis.json").exists():
        raise fail(Exit.FAILED, "localnet.foreign", home=str(home))
    from chainbill_node.setup.local import create_local_network

    created = create_local_network(
        home, validators=validators or VALIDATORS, base_port=base_port, public_reads=not closed_reads,
        parameters={"bids": "sealed"},
    )  # fmt: skip
    return layout.write_down(created)


def _made_otherwise(home: Path, option: str) -> NoReturn:
    raise fail(Exit.FAILED, "localnet.already_otherwise", home=str(home), option=option)


def _until_stopped() -> None:
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    while not stopped.wait(1.0):
        pass


def _print(session: Session, found: dict[str, Any]) -> None:
    if session.settings.machine:
        session.out.json(found)
        return
    table = session.out.form == "table"
    session.out.rows(found["nodes"], [one for one in NODE_ROWS if one.path != "reason" or not table])
    if table:
        for node in found["nodes"]:
            if node.get("reason"):
                session.out.say(f"{node['name']}{text('root.colon')}{node['reason']}")
            for line in lines_of(node["name"], node):
                session.out.say(line)
        session.out.note(text("localnet.where", chain_id=found["chain_id"], home=found["home"]))


def _print_profiles(session: Session, network: layout.LocalNetwork, profiles: Mapping[str, Mapping[str, str]]) -> None:
    """Who may act here, a party a line, under its registered name."""
    registered = session_in(session, network, network.nodes[0].name).registered_names(
        one["party"] for one in profiles.values()
    )
    of_party: dict[str, list[str]] = {}
    for name, one in profiles.items():
        of_party.setdefault(one["party"], []).append(name)
    rows = [{"party": party, "name": registered(party), "profiles": names} for party, names in of_party.items()]
    session.out.rows(rows, PROFILE_ROWS)


def _network(session: Session) -> layout.LocalNetwork:
    return layout.load(layout.home_of(session.settings))


@localnet.command("status", help="localnet.status")
def status_() -> None:
    """Show the nodes and how they are."""
    session = current_session()
    _print(session, status.describe(_network(session)))


def _named(network: layout.LocalNetwork, name: str, all_of_them: str) -> layout.LocalNode:
    """The node of a name; without one it is said which there are, and which command is about all of them."""
    if not name:
        known = enumerated(one.name for one in network.nodes)
        raise fail(Exit.USAGE, "localnet.which", known=known, hint=text(all_of_them))
    return network.node(name)


@localnet.command("stop", help="localnet.stop")
@argument("name", default="", metavar="NAME")
@option("--kill", is_flag=True, help="localnet.opt_kill")
def stop(name: str, kill: bool) -> None:
    """Stop one node."""
    session = current_session()
    network = _network(session)
    processes.stop(_named(network, name, "localnet.stop_all"), kill=kill)
    _print(session, status.describe(network))


@localnet.command("start", help="localnet.start")
@argument("name", default="", metavar="NAME")
def start(name: str) -> None:
    """Start one node and wait until it is ready."""
    session = current_session()
    network = _network(session)
    node = _named(network, name, "localnet.start_all")
    ports.check([node])
    processes.start(node)
    late = status.wait_running(network, [node], max(READY_S, session.settings.timeout_s))
    _print(session, status.describe(network))
    if late:
        _tell_late(session, late)
        raise click.exceptions.Exit(int(Exit.PENDING))


@localnet.command("clock", help="localnet.clock")
@option("--to", default="", metavar="DATE", help="localnet.opt_to")
@option("--advance", "by", default="", metavar="STEP", help="localnet.opt_advance")
def clock(to: str, by: str) -> None:
    """Show the ledger's clock or move it forward; a validator's party signs for it."""
    session = current_session()
    network = _network(session)
    if to and by:
        raise usage("localnet.one_of")
    answer: dict[str, Any] = {}
    acting = session_in(session, network)
    if to or by:
        outcome = advance(acting, to=to, by=by)
        answer = {"transaction": outcome.transaction, "status": outcome.status, "height": outcome.height}
    found = acting.network
    answer.update(date=acting.today(), clock=found.get("clock"), clock_offset_ms=found.get("clock_offset_ms"))
    session.out.thing(answer, [Column(name, CLOCK_KINDS.get(name, "text")) for name in answer])


def session_in(session: Session, network: layout.LocalNetwork, profile: str = "") -> Session:
    """A session in the local network's home as a profile (default: the first validator's)."""
    from dataclasses import replace

    name = profile or session.settings.profile or network.nodes[0].name
    acting = Session(replace(session.settings, home=network.home, profile=name), transport=session.transport)
    click.get_current_context().call_on_close(acting.close)
    return acting


@localnet.command("down", help="localnet.down")
def down() -> None:
    """Stop all nodes."""
    session = current_session()
    network = _network(session)
    count = processes.stop_all(network.nodes)
    session.out.note(text("localnet.stopped", count=count))
    if session.settings.machine:
        session.out.json(status.describe(network))


@localnet.command("reset", help="localnet.reset")
def reset() -> None:
    """Stop all nodes and delete the network."""
    session = current_session()
    network = _network(session)
    if asks(session) and not confirm(text("localnet.reset_sure", home=network.home)):
        raise fail(Exit.FAILED, "error.aborted", code="aborted")
    count = processes.stop_all(network.nodes, kill=True)
    layout.remove(network.home)
    layout.forget(network.home)
    session.out.note(text("localnet.stopped", count=count))
    if session.settings.machine:
        session.out.json({"home": str(network.home), "removed": True})


@localnet.command("logs", help="localnet.logs")
@argument("name", default="")
@option("-f", "--follow", is_flag=True, help="localnet.opt_follow")
@option("-n", "--lines", type=click.IntRange(0), default=20, show_default=True, help="localnet.opt_lines")
def logs(name: str, follow: bool, lines: int) -> None:
    """Show what the nodes log."""
    network = _network(current_session())
    nodes = (network.node(name),) if name else network.nodes
    for node in nodes:
        for line in processes.log_tail(node, lines):
            click.echo(f"{node.name}  {line}")
    places = {node.name: _size(node.log_file) for node in nodes}
    while follow:
        for node in nodes:
            places[node.name] = _new_lines(node, places[node.name])
        sys.stdout.flush()
        time.sleep(FOLLOW_S)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _new_lines(node: layout.LocalNode, place: int) -> int:
    """Print whole lines written since a place; the new place."""
    if _size(node.log_file) <= place:
        return place
    with node.log_file.open("rb") as file:
        file.seek(place)
        content = file.read()
    whole = content[: content.rfind(b"\n") + 1]
    for line in whole.decode(errors="replace").splitlines():
        click.echo(f"{node.name}  {line}")
    return place + len(whole)
