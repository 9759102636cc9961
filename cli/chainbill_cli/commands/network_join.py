"""`network`: join, certify, and the block that a newcomer is told to trust. Loaded by `commands.network`."""

from __future__ import annotations

import datetime
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chainbill_cli.answers import without_as_of
from chainbill_cli.asking import asked
from chainbill_cli.causes import cause_of
from chainbill_cli.failure import Exit, Failure, fail, usage
from chainbill_cli.given_files import GENESIS_BYTES, KEY_BYTES, given_bytes
from chainbill_cli.kit import argument, option, stack
from chainbill_cli.node_answers import NOT_FOUND
from chainbill_cli.output import Column
from chainbill_cli.preview import asks
from chainbill_cli.second_look import disagreement
from chainbill_cli.session import Session, current_session
from chainbill_cli.texts import text

if TYPE_CHECKING:
    from chainbill_node.setup.certificates import Issued

JOINED = (Column("home"), Column("node_id"), Column("name"), Column("p2p"), Column("api"), Column("certified"))
JOIN = (
    argument("directory", metavar="DIR"),
    option("--name", required=True, help="network.opt_name"),
    option("--genesis", required=True, metavar="FILE", help="network.opt_genesis"),
    option("--ca", default="", metavar="DIR", help="network.opt_join_ca"),
    option("--host", default="127.0.0.1", help="network.opt_host"),
    option("--p2p-port", type=click.IntRange(1, 65535), required=True, help="network.opt_p2p_port"),
    option("--api-port", type=click.IntRange(1, 65535), required=True, help="network.opt_api_port"),
    option("--peer", "peers", multiple=True, metavar="ID@HOST:PORT", help="network.opt_peer"),
    option("--trust", default="", metavar="HEIGHT:BLOCK", help="network.opt_trust"),
)


GENESIS = "genesis"
"""What --trust says where there is nobody to ask: the genesis file alone, and every quorum that followed it."""
DAY_MS = 86_400_000
GONE = (404, 410)
TRUST = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})")
PEER = re.compile(r"[0-9a-fA-F]{64}@[^@\s]+:[0-9]{1,5}")
TRUSTED = (
    Column("trust"), Column("height", "int"), Column("block", "id"), Column("time", "time"), Column("network", "id"),
)  # fmt: skip


def trusted_block(session: Session, given: str) -> tuple[int, str]:
    """Height and block id of --trust, (0, "") for `genesis`; asked for in a terminal, needed everywhere else.

    Without it, the keys of any former quorum are enough for another past that a newcomer cannot tell from the true one.
    """
    if not given and asks(session):
        session.out.note(text("network.why_trust"))
        given = asked(text("network.ask_trust"))
    typed = "".join(given.split()).lower()
    if typed == GENESIS:
        session.out.note(text("network.trusts_genesis"))
        return 0, ""
    found = TRUST.fullmatch(typed)
    if found is None:
        raise usage("network.trust_wrong", given=given) if given else fail(Exit.USAGE, "network.trust_needed")
    return int(found[1]), found[2]


@option("--height", type=click.IntRange(1), default=None, help="network.opt_trust_height")
def trust(height: int | None) -> None:
    """Show a block for somebody who joins: HEIGHT:BLOCK, to be read out."""
    session = current_session()
    body = _same_everywhere(session, f"/v1/blocks/{height or day_old(session)}")
    session.out.note(text("network.read_out"))
    answer = {"trust": f"{body['height']}:{body['id']}", "height": body["height"], "block": body["id"],
              "time": body["time"], "network": body["network"]}  # fmt: skip
    session.out.thing(answer, TRUSTED)


def _same_everywhere(session: Session, path: str) -> dict[str, Any]:
    """A block of which no node that the home knows names another id; how many have said it is told.

    Whoever joins trusts it alone, so that one is not enough that says the same. A failure, `nodes_disagree`.
    """
    client = session.client
    first = client.get_answer(path)
    body: dict[str, Any] = without_as_of(first.body)
    said = 1
    for other in client.elsewhere(path, first.node):
        if other.status == NOT_FOUND:
            continue  # it holds no such block, or not any more
        if without_as_of(other.body)["id"] != body["id"]:
            raise disagreement(path, first, other, "id")
        said += 1
    if said == 1 and len(client.nodes) > 1:
        session.out.note(text("network.one_said_it", node=first.node))
    elif said > 1:
        session.out.note(text("network.said_it", count=said))
    return body


def day_old(session: Session) -> int:
    """The first height of the last 24 hours of block time: old enough to be in every snapshot of today.

    About log2(height) questions; what a node no longer has is older.
    """
    head = without_as_of(session.client.get("/v1/blocks/head"))
    since_ms = _ms(head["time"]) - DAY_MS
    low, high = 1, int(head["height"])
    while low < high:
        middle = (low + high) // 2
        try:
            late = _ms(without_as_of(session.client.get(f"/v1/blocks/{middle}"))["time"]) >= since_ms
        except Failure as failure:
            if failure.problem.get("status") not in GONE:
                raise
            late = False
        low, high = (low, middle) if late else (middle + 1, high)
    return low


def _ms(time: str) -> int:
    return int(datetime.datetime.fromisoformat(time).timestamp() * 1000)


def read_genesis(path: str) -> bytes:
    """The bytes of a genesis file, read before anybody is telephoned: one that is none is named."""
    from chainbill.errors import ChainbillError
    from chainbill.ledger.genesis import genesis_from_json

    content = given_bytes(path, GENESIS_BYTES)
    try:
        genesis_from_json(content)
    except ChainbillError as error:
        raise fail(Exit.FAILED, "network.no_genesis", path=path, why=cause_of(error)) from error
    return content


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
    from chainbill_node.setup.joining import JoinPlan, create_home

    from chainbill.errors import ChainbillError

    session = current_session()
    passphrase = os.environ.get("CHAINBILL_PASSPHRASE", "")
    for peer in peers:
        if PEER.fullmatch(peer) is None:
            raise usage("network.peer_wrong", given=peer)
    content = read_genesis(genesis)
    plan = JoinPlan(
        name=name,
        genesis=content,
        authority=_authority(ca) if ca else None,
        host=host,
        p2p_port=p2p_port,
        api_port=api_port,
        peers=peers,
        passphrase=passphrase,
        trusted=trusted_block(session, trust),
    )
    try:
        made = create_home(Path(directory).expanduser().absolute(), plan)
    except FileExistsError as error:
        raise fail(Exit.FAILED, "network.home_exists", path=str(error)) from error
    except (ChainbillError, OSError, ValueError) as error:
        raise fail(Exit.FAILED, "network.cannot_join", why=cause_of(error)) from error
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


def _authority(folder: str) -> Issued:
    """A CA's certificate, and its key where it lies there too."""
    from chainbill_node.setup.certificates import Issued

    key = Path(folder) / "ca.key"
    return Issued(
        given_bytes(Path(folder) / "ca.pem", KEY_BYTES),
        given_bytes(key, KEY_BYTES) if key.expanduser().exists() else b"",
    )


@argument("request", metavar="REQUEST.CSR")
@option("--ca", required=True, metavar="DIR", help="network.opt_ca")
@option("--out", required=True, metavar="FILE", help="network.opt_certificate")
def certify(request: str, ca: str, out: str) -> None:
    """Make the TLS certificate that a node asks for."""
    from chainbill_node.home.keys import write_secret
    from chainbill_node.setup.certificates import Issued, node_id_of_request
    from chainbill_node.setup.certificates import certify as make_certificate

    session = current_session()
    now = datetime.datetime.now(datetime.UTC)
    wanted = given_bytes(request, KEY_BYTES)
    issued = Issued(*(given_bytes(Path(ca) / name, KEY_BYTES) for name in ("ca.pem", "ca.key")))
    try:
        write_secret(Path(out).expanduser().absolute(), make_certificate(issued, wanted, now))
        node_id = node_id_of_request(wanted)
    except (OSError, ValueError) as error:
        raise fail(Exit.FAILED, "network.cannot_certify", path=request, why=cause_of(error)) from error
    session.out.thing({"node_id": node_id, "path": out}, [Column("node_id"), Column("path")])
