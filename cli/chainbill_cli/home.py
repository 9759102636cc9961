"""Files of a home: profiles, key files, and what is known of the network.

`profiles.toml`: one table a profile, `party` (its id) and `key` (path, relative to the home). `network.json`:
`{"chain_id", "network", "nodes": [{"name", "api"}], "names": {name: party id}, "invoice_key": hex}`; names stand for
parties, `network` is the hash of the genesis, for which transactions are signed.
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from chainbill_cli.causes import cause_of
from chainbill_cli.closest import close_names
from chainbill_cli.failure import Exit, Failure, fail, usage
from chainbill_cli.texts import enumerated

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainbill.crypto.keys import PrivateKey
    from chainbill.crypto.sealing import EncryptionKey

Key = TypeVar("Key")

_TYPED: list[str] = []
"""Passphrases that opened a file in this run, so that nobody is asked for one twice."""
PROFILES = "profiles.toml"
NETWORK = "network.json"
LOCAL_STATE = "localnet.json"


@dataclass(frozen=True, slots=True)
class Profile:
    """Who acts: the name of the profile, the party's id, its key file."""

    name: str
    party: str
    key: Path


@dataclass(frozen=True, slots=True)
class KnownNetwork:
    """What a home knows of its network. network: 32 bytes, the hash of its genesis, or b"" where it is not known."""

    chain_id: str = ""
    nodes: tuple[tuple[str, str], ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    invoice_key: bytes = b""
    network: bytes = b""

    def party_of(self, name: str) -> str:
        """The party that a name stands for, "" if none."""
        return dict(self.names).get(name, "")

    def name_of(self, party: str) -> str:
        """The name of a party, else its id."""
        return next((name for name, known in self.names if known == party), party)


def load_profiles(home: Path) -> dict[str, Profile]:
    """All profiles of a home by name."""
    path = home / PROFILES
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return {
            name: Profile(name, str(entry["party"]), home / Path(str(entry["key"])).expanduser())
            for name, entry in content.items()
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise fail(Exit.FAILED, "error.home_file", path=str(path), why=cause_of(error)) from error


def save_profiles(home: Path, profiles: dict[str, Profile]) -> None:
    """Write the profiles of a home, key paths relative where they lie inside it."""
    import tomli_w

    home.mkdir(parents=True, exist_ok=True)
    content = {
        profile.name: {"party": profile.party, "key": _relative(profile.key, home)} for profile in profiles.values()
    }
    (home / PROFILES).write_text(tomli_w.dumps(content), encoding="utf-8")


def _relative(path: Path, home: Path) -> str:
    return str(path.relative_to(home)) if path.is_relative_to(home) else str(path)


def is_local(home: Path) -> bool:
    """Whether a home is that of a local network, whose nodes its user starts and stops."""
    return (home / LOCAL_STATE).is_file()


def load_network(home: Path) -> KnownNetwork:
    """What the home knows of its network; nothing when there is no file."""
    path = home / NETWORK
    if not path.is_file():
        return KnownNetwork()
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return KnownNetwork(
            chain_id=str(content.get("chain_id", "")),
            nodes=tuple((str(node["name"]), str(node["api"])) for node in content.get("nodes", ())),
            names=tuple((str(name), str(party)) for name, party in content.get("names", {}).items()),
            invoice_key=bytes.fromhex(str(content.get("invoice_key", ""))),
            network=bytes.fromhex(str(content.get("network", ""))),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise fail(Exit.FAILED, "error.home_file", path=str(path), why=cause_of(error)) from error


def save_network(home: Path, known: KnownNetwork) -> None:
    """Write what the home knows of its network, readable only by its user (it holds the invoice key)."""
    content = {
        "chain_id": known.chain_id,
        "network": known.network.hex(),
        "nodes": [{"name": name, "api": api} for name, api in known.nodes],
        "names": dict(known.names),
        "invoice_key": known.invoice_key.hex(),
    }
    home.mkdir(parents=True, exist_ok=True)
    write_private(home / NETWORK, (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode())


def find_profile(home: Path, name: str) -> Profile:
    """The profile of this name; a failure that names those of nearly this name if there is none."""
    profiles = load_profiles(home)
    if not name:
        raise fail(Exit.NOT_PERMITTED, "error.no_profile", known=enumerated(profiles))
    if name not in profiles:
        missing = usage("error.profile_unknown", name=name, home=str(home), known=enumerated(profiles))
        raise close_names(missing, name, profiles)
    return profiles[name]


def begin() -> None:
    """Forget what was typed in an earlier run."""
    _TYPED.clear()


def load_key(path: Path) -> PrivateKey:
    """The key of a file; asks for the passphrase in a terminal, else takes CHAINBILL_PASSPHRASE."""
    return open_key(path)[0]


def open_public(profile: Profile) -> str | None:
    """The public key of a profile in hex; None where its file needs a passphrase, never asked for, or is gone."""
    try:
        return None if b"ENCRYPTED" in profile.key.read_bytes() else load_key(profile.key).public.hex()
    except (OSError, Failure):
        return None


def open_key(path: Path) -> tuple[PrivateKey, str]:
    """The key of a file, and the passphrase that opened it, "" for a plain one; asks as `load_key`."""
    from chainbill.crypto.keys import PrivateKey

    return _opened(path, PrivateKey.from_pem)  # type: ignore[arg-type]


def load_encryption_key(path: Path) -> EncryptionKey:
    """The key of a file that opens what is sealed to its party; asks as `load_key`."""
    from chainbill.crypto.sealing import EncryptionKey

    return _opened(path, EncryptionKey.from_pem)[0]


def _opened(path: Path, read: Callable[[bytes, bytes | None], Key]) -> tuple[Key, str]:
    """What a file holds, and the passphrase that opened it. read: makes a key of PEM and passphrase."""
    import sys

    from chainbill.errors import ChainbillError
    from chainbill_cli.given_files import KEY_BYTES, given_bytes

    try:
        content = given_bytes(path, KEY_BYTES)
    except Failure as failure:
        if isinstance(failure.__cause__, FileNotFoundError):
            raise fail(Exit.NOT_PERMITTED, "error.key_missing", path=str(path)) from failure
        raise
    typed: str | None = None
    if b"ENCRYPTED" in content:
        typed = os.environ.get("CHAINBILL_PASSPHRASE", _that_opens(content, read))
        if typed is None and sys.stdin.isatty():
            import click

            typed = click.prompt(f"{path.name}", hide_input=True, err=True)
        if typed is None:
            raise fail(Exit.NOT_PERMITTED, "error.key_locked", path=str(path))
    try:
        key = read(content, None if typed is None else typed.encode())
    except (ChainbillError, ValueError, TypeError) as error:
        if typed is None:  # there was no passphrase to be wrong
            raise fail(Exit.FAILED, "error.no_key_file", path=str(path)) from error
        raise fail(Exit.NOT_PERMITTED, "error.key_wrong", path=str(path)) from error
    if typed:
        _TYPED.append(typed)
    return key, typed or ""


def _that_opens(content: bytes, read: Callable[[bytes, bytes | None], Key]) -> str | None:
    """A passphrase that opened another file of this run and opens this one, too."""
    from chainbill.errors import ChainbillError

    for typed in dict.fromkeys(_TYPED):
        try:
            read(content, typed.encode())
        except (ChainbillError, ValueError):
            continue
        return typed
    return None


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its user can read (mode 0600), whole or not at all, also when the power fails."""
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
