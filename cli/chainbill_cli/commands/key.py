"""`key`: make, list, show, import, export and rewrap signing keys."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainbill_cli.asking import new_secret
from chainbill_cli.closest import close_names
from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.home import Profile, load_key, load_profiles, open_key, open_public, save_profiles, write_private
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.output import Column, ranked
from chainbill_cli.session import Session, current_session
from chainbill_cli.texts import text

if TYPE_CHECKING:
    from chainbill.crypto.keys import PrivateKey

FIELDS = ranked(
    "name party path public", Column("name"), Column("party", "id"), Column("public", "id"), Column("path", "path")
)
NAME = re.compile(r"^[A-Za-z0-9_-]{1,60}$")
LEAST_PASSPHRASE = 8
"""Characters below which a passphrase is said to be short (NIST SP 800-63B, 5.1.1.2)."""

key = noun("key")


@key.command("new", help="key.new")
@argument("name")
@option("--party", default="", metavar="ID", help="key.opt_party")
@option("--no-passphrase", "plain", is_flag=True, help="key.opt_plain")
@option("--force", is_flag=True, help="key.opt_force")
def new(name: str, party: str, plain: bool, force: bool) -> None:
    """Make a key."""
    from chainbill.crypto.keys import PrivateKey

    session = current_session()
    _keep(session, name, party, PrivateKey.generate(), plain=plain, force=force)


@key.command("import", help="key.import")
@argument("name")
@argument("file")
@option("--party", default="", metavar="ID", help="key.opt_party")
@option("--no-passphrase", "plain", is_flag=True, help="key.opt_plain")
@option("--force", is_flag=True, help="key.opt_force")
def import_(name: str, file: str, party: str, plain: bool, force: bool) -> None:
    """Take a key file into this home."""
    session = current_session()
    _keep(session, name, party, load_key(Path(file)), plain=plain, force=force)


def _keep(session: Session, name: str, party: str, made: PrivateKey, *, plain: bool, force: bool) -> None:
    """Write a key file and, when its party is known, a profile for it."""
    if not NAME.match(name):
        raise usage("key.bad_name", name=name)
    home = session.settings.home
    path = home / "keys" / f"{name}.pem"
    if path.exists():
        raise fail(Exit.FAILED, "error.key_exists", path=str(path))
    profiles = load_profiles(home)
    if party and name in profiles and not force:
        raise fail(Exit.FAILED, "key.profile_exists", name=name)
    identifier = session.party_id(party) if party else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, pem_of(made, "" if plain else new_passphrase()))
    if identifier:
        profiles[name] = Profile(name, identifier, path)
        save_profiles(home, profiles)
    session.out.thing(_shown(name, identifier, path, made), FIELDS)


def new_passphrase() -> str:
    """The passphrase for a new key file: CHAINBILL_PASSPHRASE, else asked for twice in a terminal."""
    found = os.environ.get("CHAINBILL_PASSPHRASE", "")
    if not found and sys.stdin.isatty():
        found = new_secret(text("key.passphrase"))
    if not found:
        raise fail(Exit.USAGE, "key.no_passphrase")
    if len(found) < LEAST_PASSPHRASE:
        current_session().out.note(text("key.short_passphrase", least=LEAST_PASSPHRASE))
    return found


def pem_of(made: PrivateKey, passphrase: str) -> bytes:
    """PKCS#8 PEM, encrypted unless the passphrase is "" (for trials)."""
    from chainbill_node.home.keys import key_file

    return key_file(made, passphrase)


def _shown(name: str, party: str, path: Path, made: PrivateKey) -> dict[str, Any]:
    return {"name": name, "party": party or None, "public": made.public.hex(), "path": str(path)}


@key.command("list", help="key.list")
def list_() -> None:
    """List profiles; public keys are shown only for files that need no passphrase."""
    session = current_session()
    rows = []
    for profile in load_profiles(session.settings.home).values():
        public = open_public(profile)
        rows.append({"name": profile.name, "party": profile.party, "public": public, "path": str(profile.key)})
    session.out.rows(rows, FIELDS)


@key.command("show", help="key.show")
@argument("name")
def show(name: str) -> None:
    """Show a key's public half."""
    session = current_session()
    path, party = find_key(session, name)
    session.out.thing(_shown(name, party, path, load_key(path)), FIELDS)


def find_key(session: Session, name: str) -> tuple[Path, str]:
    """Path and party ("" if none) of a profile's key or of a key file of this home."""
    profiles = load_profiles(session.settings.home)
    if name in profiles:
        return profiles[name].key, profiles[name].party
    path = session.settings.home / "keys" / f"{name}.pem"
    if not path.is_file():
        raise close_names(usage("key.unknown", name=name, home=str(session.settings.home)), name, profiles)
    return path, ""


@key.command("export", help="key.export")
@argument("name")
@argument("file")
def export(name: str, file: str) -> None:
    """Write a key, encrypted, to a file."""
    session = current_session()
    path, party = find_key(session, name)
    target = Path(file)
    if target.exists():
        raise fail(Exit.FAILED, "error.key_exists", path=file)
    made = load_key(path)
    write_private(target, pem_of(made, new_passphrase()))
    session.out.thing(_shown(name, party, target, made), FIELDS)


@key.command("rewrap", help="key.rewrap")
@argument("name")
def rewrap(name: str) -> None:
    """Encrypt a key file again, in place, with today's number of rounds.

    The new file is complete and on disk before it takes the place of the old one, which is gone then. The passphrase
    stays; a plain file gets one.
    """
    session = current_session()
    path, party = (Path(name), "") if name.endswith(".pem") else find_key(session, name)
    made, passphrase = open_key(path)
    write_private(path, pem_of(made, passphrase or new_passphrase()))
    session.out.thing(_shown("" if name.endswith(".pem") else name, party, path, made), FIELDS)
