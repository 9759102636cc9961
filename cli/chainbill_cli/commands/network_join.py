"""`network`: join, certify. Loaded by `commands.network`."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import click

from chainbill_cli.failure import Exit, fail
from chainbill_cli.kit import argument, option, stack
from chainbill_cli.output import Column
from chainbill_cli.session import current_session
from chainbill_cli.texts import text

JOINED = (Column("home"), Column("node_id"), Column("name"), Column("p2p"), Column("api"), Column("certified"))
JOIN = (
    argument("directory", metavar="DIR"),
    option("--name", required=True, help="network.opt_name"),
    option("--genesis", required=True, metavar="FILE", help="network.opt_genesis"),
    option("--ca", required=True, metavar="DIR", help="network.opt_ca"),
    option("--host", default="127.0.0.1", help="network.opt_host"),
    option("--p2p-port", type=click.IntRange(1, 65535), required=True, help="network.opt_p2p_port"),
    option("--api-port", type=click.IntRange(1, 65535), required=True, help="network.opt_api_port"),
    option("--peer", "peers", multiple=True, metavar="ID@HOST:PORT", help="network.opt_peer"),
    option("--trust", default="", metavar="HEIGHT:BLOCK", help="network.opt_trust"),
)


@stack(JOIN)
def join(
    directory: str,
    *,
    name: str,
    genesis: str,
    ca: str,
    host: str,
    p2p_port: int,
    api_port: int,
    peers: tuple[str, ...],
    trust: str,
) -> None:
    """Write the home of a node that joins a running network."""
    from chainbill_node.setup.certificates import Issued
    from chainbill_node.setup.joining import JoinPlan, create_home

    from chainbill.errors import ChainbillError

    session = current_session()
    passphrase = os.environ.get("CHAINBILL_PASSPHRASE", "")
    height, _, block = trust.partition(":")
    try:
        authority = Path(ca).expanduser()
        key = authority / "ca.key"
        plan = JoinPlan(
            name=name,
            genesis=Path(genesis).expanduser().read_bytes(),
            authority=Issued((authority / "ca.pem").read_bytes(), key.read_bytes() if key.exists() else b""),
            host=host,
            p2p_port=p2p_port,
            api_port=api_port,
            peers=peers,
            passphrase=passphrase,
            trusted=(int(height), bytes.fromhex(block).hex()) if trust else (0, ""),
        )
        made = create_home(Path(directory).expanduser().absolute(), plan)
    except FileExistsError as error:
        raise fail(Exit.FAILED, "network.home_exists", path=str(error)) from error
    except (ChainbillError, OSError, ValueError) as error:
        raise fail(Exit.FAILED, "network.cannot_join", why=str(error)) from error
    if not passphrase:
        session.out.note(text("network.plain_keys"))
    if not made.certified:
        session.out.note(text("network.ask_certificate", path=str(made.home)))
    session.out.note(text("network.ask_vote"))
    answer = {
        "home": str(made.home), "node_id": made.node_id, "name": name, "p2p": made.p2p, "api": made.api,
        "certified": made.certified,
    }  # fmt: skip
    session.out.thing(answer, JOINED)


@argument("request", metavar="REQUEST.CSR")
@option("--ca", required=True, metavar="DIR", help="network.opt_ca")
@option("--out", required=True, metavar="FILE", help="network.opt_certificate")
def certify(request: str, ca: str, out: str) -> None:
    """Make the TLS certificate that a node asks for."""
    from chainbill_node.setup.certificates import Issued, node_id_of_request
    from chainbill_node.setup.certificates import certify as make_certificate
    from chainbill_node.setup.keys import write_secret

    session = current_session()
    now = datetime.datetime.now(datetime.UTC)
    try:
        asked = Path(request).expanduser().read_bytes()
        authority = Path(ca).expanduser()
        issued = Issued((authority / "ca.pem").read_bytes(), (authority / "ca.key").read_bytes())
        write_secret(Path(out).expanduser().absolute(), make_certificate(issued, asked, now))
        node_id = node_id_of_request(asked)
    except (OSError, ValueError) as error:
        raise fail(Exit.FAILED, "network.cannot_certify", path=request, why=str(error)) from error
    session.out.thing({"node_id": node_id, "path": out}, [Column("node_id"), Column("path")])
