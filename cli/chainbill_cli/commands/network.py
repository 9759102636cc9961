"""`network`: init, join, trust, certify, show."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainbill_cli.commands import network_join
from chainbill_cli.endings import core_failure
from chainbill_cli.failure import Exit, Failure, fail
from chainbill_cli.home import KnownNetwork, Profile, save_network, save_profiles
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.network_file import read_plan, wrong
from chainbill_cli.output import Column, ranked
from chainbill_cli.session import Session, current_session
from chainbill_cli.texts import text

if TYPE_CHECKING:
    from chainbill_node.setup.plan import NetworkPlan

NETWORK = (
    Column("chain_id"), Column("date", "date"), Column("clock", "word"), Column("public_reads"), Column("bids", "word"),
    Column("validators", "int"), Column("quorum", "int"), Column("network", "id"),
)  # fmt: skip
PARTS = {"validator_set": "/v1/validators", "peers": "/v1/peers"}
"""What `network show` adds for programs: who decides, with keys and addresses, and the nodes that the node knows."""
VALIDATOR_ROWS = ranked(
    "name party address key", Column("name"), Column("party", "party"), Column("address"), Column("key", "id")
)
MADE = ranked("name api p2p home", Column("name"), Column("api"), Column("p2p"), Column("home", "path"))

network = noun("network")
network.command("join", help="network.join")(network_join.join)
network.command("trust", help="network.trust")(network_join.trust)
network.command("certify", help="network.certify")(network_join.certify)


@network.command("init", help="network.init")
@argument("file", metavar="NETWORK.TOML")
@option("--out", required=True, metavar="DIR", help="network.opt_out")
def init(file: str, out: str) -> None:
    """Write a whole network: nodes' homes with signer files, parties' keys, genesis."""
    import secrets

    from chainbill_node.setup.network import create_network

    from chainbill.errors import ChainbillError

    session = current_session()
    target = Path(out).expanduser().absolute()
    passphrase = os.environ.get("CHAINBILL_PASSPHRASE", "")
    plan = read_plan(Path(file), genesis_time_ms=time.time_ns() // 1_000_000, passphrase=passphrase)
    try:
        if not (target / "genesis.json").exists():
            try_genesis(plan)
        created = create_network(target, plan)
    except FileExistsError as error:
        raise fail(Exit.FAILED, "network.exists", path=str(target)) from error
    except KeyError as error:
        raise wrong(Path(file), text("network.no_alias", what=error.args[0])) from error
    except ChainbillError as error:
        raise wrong(Path(file), f"{core_failure(error)} {error.detail}".strip()) from error
    save_profiles(target, {name: Profile(name, one.party, one.key) for name, one in created.parties.items()})
    nodes = tuple((node.name, node.api) for node in created.nodes)
    names = tuple((name, one.party) for name, one in created.parties.items())
    known = KnownNetwork(plan.chain_id, nodes, names, secrets.token_bytes(32), created.genesis.hash)
    save_network(target, known)
    for name, one in created.parties.items():
        save_profiles(one.key.parent, {name: Profile(name, one.party, one.key)})
        save_network(one.key.parent, known)
    if not passphrase:
        session.out.note(text("network.plain_keys"))
    session.out.note(text("network.hand_out", path=str(target)))
    answer: dict[str, Any] = {
        "chain_id": plan.chain_id,
        "home": str(target),
        "network": created.genesis.hash.hex(),
        "nodes": [{"name": one.name, "home": str(one.home), "api": one.api, "p2p": one.p2p} for one in created.nodes],
    }
    whole = (Column("nodes"),) if session.out.form != "table" else ()
    session.out.thing(answer, [Column("chain_id"), Column("home"), Column("network", "id"), *whole])
    if not whole:
        session.out.rows(answer["nodes"], MADE)


def try_genesis(plan: NetworkPlan) -> None:
    """Make the state that a plan's genesis leads to, and forget it: what contracts refuse is known before a start."""
    from chainbill_node.setup.network import make_genesis

    from chainbill.ledger.genesis_state import make_genesis_state
    from chainbill.ledger.programs import ProgramCache

    make_genesis_state(make_genesis(plan, {party.alias: bytes(16) for party in plan.parties}), ProgramCache())


@network.command("show", help="network.show")
def show() -> None:
    """Show the network and its validators."""
    session = current_session()
    found = session.network
    if session.settings.machine:
        parts = {name: _listed(session, path) for name, path in PARTS.items()}
        session.out.json({**found, **{name: rows for name, rows in parts.items() if rows is not None}})
        return
    session.out.thing(found, NETWORK)
    if session.out.form != "csv":
        session.out.rows(session.client.get("/v1/validators")["data"], VALIDATOR_ROWS)


def _listed(session: Session, path: str) -> list[dict[str, Any]] | None:
    """The rows of a list as the node gives them; None where the reader may not see them."""
    try:
        rows: list[dict[str, Any]] = session.client.get(path)["data"]
    except Failure as failure:
        if failure.exit_code is Exit.NOT_PERMITTED:
            return None
        raise
    return rows
