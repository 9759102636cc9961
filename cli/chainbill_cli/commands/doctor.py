"""`doctor`: check this installation; every finding names its fix. Exit 1 when something is wrong."""

from __future__ import annotations

import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from typing import Any

import click

from chainbill_cli.causes import cause_of
from chainbill_cli.failure import Exit, Failure
from chainbill_cli.home import Profile, is_local, load_profiles
from chainbill_cli.kit import Command
from chainbill_cli.output import Column, ranked
from chainbill_cli.session import Session, current_session
from chainbill_cli.texts import enumerated, text
from chainbill_cli.warned import warnings_of

ROWS = ranked("check finding fix", Column("check"), Column("finding", "prose"), Column("fix", "prose"))
PACKAGES = ("plyvel", "nacl", "cryptography", "msgpack", "fastapi", "uvicorn", "defusedxml", "httpx", "openpyxl")
SUPPORTED = ("3.11", "3.12")
LEAST_FREE_MIB = 500
MOST_CLOCK_S = 30


@click.command("doctor", cls=Command, help="root.doctor")
def doctor() -> None:
    """Check this installation."""
    session = current_session()
    rows: list[dict[str, Any]] = []
    for name, check in CHECKS.items():
        found = list(check(session))
        for finding, fix in found:
            rows.append({"check": text(f"doctor.{name}"), "ok": False, "finding": finding, "fix": fix})
        if not found:
            rows.append({"check": text(f"doctor.{name}"), "ok": True, "finding": text("doctor.ok"), "fix": ""})
    session.out.rows(rows, ROWS)
    if not all(row["ok"] for row in rows):
        raise click.exceptions.Exit(int(Exit.FAILED))


def _python(session: Session) -> Iterator[tuple[str, str]]:
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    allowed = _allowed_pythons(session)
    if sys.implementation.name != "cpython" or running not in allowed:
        version = f"{sys.implementation.name} {running}"
        yield text("doctor.python_bad", version=version, allowed=enumerated(allowed)), text("doctor.python_fix")


def _allowed_pythons(session: Session) -> list[str]:
    """The CPython minor versions of the network's rules; where no node answers, those that chainbill runs on."""
    try:
        return [str(one) for one in session.network["python"]]
    except (Failure, KeyError, TypeError):
        return list(SUPPORTED)


def _packages(session: Session) -> Iterator[tuple[str, str]]:
    del session
    for name in PACKAGES:
        try:
            import_module(name)
        except ImportError as error:
            yield text("doctor.package_bad", name=name, why=cause_of(error)), text("doctor.package_fix")


def _home(session: Session) -> Iterator[tuple[str, str]]:
    if not load_profiles(session.settings.home):
        yield text("doctor.home_none", home=str(session.settings.home)), text("doctor.home_fix")


def _keys(session: Session) -> Iterator[tuple[str, str]]:
    for profile in load_profiles(session.settings.home).values():
        if not profile.key.is_file():
            yield text("doctor.key_missing", path=str(profile.key)), text("doctor.key_missing_fix")
        elif stat.S_IMODE(profile.key.stat().st_mode) & 0o077:
            path = str(profile.key)
            yield text("doctor.key_mode", path=path), text("doctor.key_mode_fix", path=path)
        else:
            yield from _weak(profile)


def _weak(profile: Profile) -> Iterator[tuple[str, str]]:
    from chainbill.crypto.key_files import KDF_ROUNDS, rounds_of

    rounds = rounds_of(profile.key.read_bytes())
    if rounds is not None and rounds < KDF_ROUNDS:
        found = text("doctor.key_weak", path=str(profile.key), rounds=f"{rounds:,}")
        yield found, text("doctor.key_weak_fix", name=profile.name)


def _nodes(session: Session) -> Iterator[tuple[str, str]]:
    import httpx

    from chainbill_cli.localnet.status import SAID_NETWORK, ready_of
    from chainbill_cli.node_answers import other_network

    fix = "doctor.node_fix" if is_local(session.settings.home) else "doctor.node_fix_remote"
    if not session.client.nodes:
        yield text("doctor.no_nodes"), text("doctor.no_nodes_fix")
    with httpx.Client(trust_env=False) as http:
        for node in session.client.nodes:
            said = ready_of(http, node, _signs(session, node))
            known = session.client.network
            if said is None:
                yield text("doctor.node_away", node=node), text(fix)
            elif known and said[SAID_NETWORK] not in ("", known):
                other = other_network(node, said[SAID_NETWORK], known)
                yield str(other.problem["detail"]), text("doctor.no_nodes_fix")
            elif not said.get("ready"):
                yield text("doctor.node_still", node=node, why=said.get("reason", "")), text(fix)
            for warning, mend in warnings_of(said or {}):
                yield text("doctor.node_still", node=node, why=warning), mend


def _signs(session: Session, node: str) -> Callable[[str], Mapping[str, str]] | None:
    """How a read of a node of a local network is signed, by its own bank: a closed one tells strangers nothing."""
    from chainbill_cli.localnet import layout, status

    if not is_local(session.settings.home):
        return None
    network = layout.load(session.settings.home)
    found = next((one for one in network.nodes if one.api == node), None)
    return None if found is None else partial(status.signed_of, network, found)


def _clock(session: Session) -> Iterator[tuple[str, str]]:
    """By the Date header of the first node that answers."""
    from email.utils import parsedate_to_datetime

    import httpx

    for node in session.client.nodes:
        try:
            answered = httpx.get(f"{node}/version", timeout=3.0, trust_env=False).headers.get("date")
        except httpx.HTTPError:
            continue
        if answered:
            off = abs(int(time.time() - parsedate_to_datetime(answered).timestamp()))
            if off > MOST_CLOCK_S:
                yield text("doctor.clock_off", seconds=off), text("doctor.clock_fix")
        return


def _space(session: Session) -> Iterator[tuple[str, str]]:
    place = session.settings.home
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free // 1024 // 1024
    if free < LEAST_FREE_MIB:
        yield text("doctor.space_low", free=free, home=str(place)), text("doctor.space_fix")


CHECKS = {
    "python": _python, "packages": _packages, "home": _home, "keys": _keys, "nodes": _nodes, "clock": _clock,
    "space": _space,
}  # fmt: skip
