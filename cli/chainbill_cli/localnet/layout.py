"""What a local network consists of, as its home says it."""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainbill.limits import INVOICE_KEY_BYTES
from chainbill_cli.causes import cause_of
from chainbill_cli.digits import FILE as CURRENCIES
from chainbill_cli.failure import Exit, fail
from chainbill_cli.home import LOCAL_STATE, NETWORK, PROFILES, KnownNetwork, Profile, save_network, save_profiles
from chainbill_cli.ledger_clock import FILE as CLOCK
from chainbill_cli.second_key import CHECKER
from chainbill_cli.settings import Settings, pointer_file, user_directory
from chainbill_cli.texts import enumerated

if TYPE_CHECKING:
    from chainbill_node.setup.network import CreatedNetwork

STATE = LOCAL_STATE
OWN_NAMES = ("nodes", "parties", "ca", "genesis.json", "accounts", "bids", PROFILES, NETWORK, STATE, CLOCK, CURRENCIES)
"""What `reset` removes; nothing else in the home is touched."""


@dataclass(frozen=True, slots=True)
class LocalNode:
    """One node: name, addresses and home."""

    name: str
    api: str
    p2p: str
    home: Path

    @property
    def pid_file(self) -> Path:
        """File with the process id of the running node."""
        return self.home / "node.pid"

    @property
    def log_file(self) -> Path:
        """File that takes what the node prints."""
        return self.home / "node.log"


@dataclass(frozen=True, slots=True)
class LocalNetwork:
    """A local network."""

    home: Path
    chain_id: str
    nodes: tuple[LocalNode, ...]

    def node(self, name: str) -> LocalNode:
        """The node of this name."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise fail(Exit.USAGE, "localnet.no_such_node", name=name, known=enumerated(one.name for one in self.nodes))


def home_of(settings: Settings) -> Path:
    """The home of the local network: the one named, else the one started last, else the usual place."""
    if settings.sources["home"] == "given":
        return settings.home
    try:
        pointed = Path(pointer_file().read_text(encoding="utf-8").strip())
    except OSError:
        pointed = user_directory() / "localnet"
    return pointed if (pointed / STATE).is_file() else user_directory() / "localnet"


def load(home: Path) -> LocalNetwork:
    """The local network of a home; a failure that says how to make one if there is none."""
    path = home / STATE
    if not path.is_file():
        raise fail(Exit.FAILED, "localnet.none", home=str(home), hint="chainbill localnet up --detach")
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        nodes = tuple(
            LocalNode(str(one["name"]), str(one["api"]), str(one["p2p"]), home / str(one["home"]))
            for one in content["nodes"]
        )
        return LocalNetwork(home, str(content["chain_id"]), nodes)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise fail(Exit.FAILED, "error.home_file", path=str(path), why=cause_of(error)) from error


def exists(home: Path) -> bool:
    """Whether there is a local network in a home."""
    return (home / STATE).is_file()


def reads_are_public(home: Path) -> bool:
    """Whether the network of a home was made with open reads."""
    try:
        genesis = json.loads((home / "genesis.json").read_text(encoding="utf-8"))
        return bool(genesis["public_reads"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise fail(Exit.FAILED, "error.home_file", path=str(home / "genesis.json"), why=cause_of(error)) from error


def write_down(created: CreatedNetwork) -> LocalNetwork:
    """Make a created network usable from its home: profiles, names, addresses, invoice key, what was set up."""
    home = created.directory
    nodes = tuple(LocalNode(node.name, node.api, node.p2p, node.home) for node in created.nodes)
    save_profiles(home, _profiles(created))
    save_network(
        home,
        KnownNetwork(
            chain_id=created.genesis.chain_id,
            nodes=tuple((node.name, node.api) for node in nodes),
            names=tuple((name, one.party) for name, one in created.parties.items()),
            invoice_key=secrets.token_bytes(INVOICE_KEY_BYTES),
            network=created.genesis.hash,
        ),
    )
    content = {
        "chain_id": created.genesis.chain_id,
        "nodes": [
            {"name": one.name, "api": one.api, "p2p": one.p2p, "home": str(one.home.relative_to(home))} for one in nodes
        ],
    }
    (home / STATE).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return LocalNetwork(home, created.genesis.chain_id, nodes)


def _profiles(created: CreatedNetwork) -> dict[str, Profile]:
    """A profile for every party, NAME-checker for its second person, and `anchor2`, short for `anchor-checker`."""
    found = {name: Profile(name, one.party, one.key) for name, one in created.parties.items()}
    for name, one in created.parties.items():
        if one.checker is not None:
            found[name + CHECKER] = Profile(name + CHECKER, one.party, one.checker)
    if "anchor" + CHECKER in found:
        found["anchor2"] = Profile("anchor2", found["anchor"].party, found["anchor" + CHECKER].key)
    return found


def point_here(home: Path) -> None:
    """Remember this home as that of the local network started last."""
    path = pointer_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{home}\n", encoding="utf-8")
    except OSError:
        return  # a home directory that cannot be written to: --home or CHAINBILL_HOME names the network instead


def forget(home: Path) -> None:
    """Forget that this was the local network started last."""
    path = pointer_file()
    try:
        if path.read_text(encoding="utf-8").strip() == str(home):
            path.unlink()
    except OSError:
        return


def remove(home: Path) -> None:
    """Delete what `up` made in a home, and the home if nothing else is in it."""
    for name in OWN_NAMES:
        path = home / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if home.is_dir() and not any(home.iterdir()):
        home.rmdir()
