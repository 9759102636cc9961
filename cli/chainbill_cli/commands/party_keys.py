"""`party`: rotate-key, key add, key revoke. Loaded by `commands.party`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from chainbill_cli.answers import answer_write
from chainbill_cli.commands.key import find_key
from chainbill_cli.failure import usage
from chainbill_cli.home import Profile, load_key, load_profiles, save_profiles
from chainbill_cli.kit import Noun, argument, option
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.texts import text
from chainbill_cli.writing import Writing, call, write, writes

if TYPE_CHECKING:
    from chainbill.crypto.keys import PrivateKey

CAPABILITIES = ("maker", "checker", "admin")
PUBLIC_KEY = re.compile(r"^[0-9a-fA-F]{64}$")

key = Noun("key", help="party.key", context_settings={"help_option_names": ["-h", "--help"]})


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A key that a party is to have: of this home by name (then `private` is there), or a public key in hex."""

    name: str
    public: str
    capabilities: tuple[str, ...]
    private: PrivateKey | None


def named_key(session: Session, typed: str) -> NamedKey:
    """The key of `NAME[=maker,checker,admin]`; without capabilities it has all three."""
    name, equals, listed = typed.partition("=")
    capabilities = tuple(dict.fromkeys(one.strip() for one in listed.split(","))) if equals else CAPABILITIES
    if not set(capabilities) <= set(CAPABILITIES):
        raise usage("party.bad_capability", value=listed, known=", ".join(CAPABILITIES))
    if PUBLIC_KEY.match(name):
        return NamedKey(name, name.lower(), capabilities, None)
    private = load_key(find_key(session, name)[0])
    return NamedKey(name, private.public.hex(), capabilities, private)


def add_profile(session: Session, name: str, party: str) -> None:
    """From now on the key's name is a profile that acts for the party."""
    profiles = load_profiles(session.settings.home)
    if name not in profiles:
        profiles[name] = Profile(name, party, find_key(session, name)[0])
        save_profiles(session.settings.home, profiles)


@option("--new", "name", required=True, metavar="NAME", help="party.opt_new")
@writes
def rotate_key(session: Session, writing: Writing, name: str) -> None:
    """Put a new key in the place of the acting profile's; the profile signs with it after the commit."""
    path = find_key(session, name)[0]
    new, old = load_key(path).public.hex(), session.key.public.hex()
    preview = None
    if asks(session):
        preview = _preview(session, "preview.party_rotate").line("preview.key_old", old).line("preview.key", new)
    outcome = write(session, writing, [call("party", "rotate_key", old=old, new=new)], preview)
    if outcome.status == "committed":
        profiles = load_profiles(session.settings.home)
        profiles[session.profile.name] = Profile(session.profile.name, session.party, path)
        save_profiles(session.settings.home, profiles)
        session.out.note(text("party.key_now", name=session.profile.name, path=str(path)))
    answer_write(session, outcome, key=new)


@key.command("add", help="party.key_add")
@argument("name", metavar="NAME|PUBLIC_KEY")
@option(
    "--capability",
    "capabilities",
    type=click.Choice(CAPABILITIES),
    multiple=True,
    required=True,
    help="party.opt_capability",
)
@writes
def add(session: Session, writing: Writing, name: str, capabilities: tuple[str, ...]) -> None:
    """Give the acting party one more key; a key of this home becomes a profile of the party."""
    found = named_key(session, f"{name}={','.join(capabilities)}")
    preview = None
    if asks(session):
        preview = _preview(session, "preview.party_key_add").line("preview.key", found.public)
        preview.line("preview.capabilities", ", ".join(found.capabilities))
    change = call("party", "add_key", key=found.public, capabilities=list(found.capabilities))
    outcome = write(session, writing, [change], preview)
    if outcome.status == "committed" and found.private is not None:
        add_profile(session, found.name, session.party)
    answer_write(session, outcome, key=found.public)


@key.command("revoke", help="party.key_revoke")
@argument("name", metavar="NAME|PUBLIC_KEY")
@writes
def revoke(session: Session, writing: Writing, name: str) -> None:
    """Take a key of the acting party away."""
    found = named_key(session, name)
    preview = None
    if asks(session):
        preview = _preview(session, "preview.party_key_revoke").line("preview.key", found.public)
    outcome = write(session, writing, [call("party", "revoke_key", key=found.public)], preview)
    answer_write(session, outcome, key=found.public)


def _preview(session: Session, title: str) -> Preview:
    return Preview(title).party(session, "preview.party", session.party)
