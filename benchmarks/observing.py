"""A node more on a running network: voted in as an observer, it fetches blocks or a snapshot, and serves reads."""

from __future__ import annotations

import json
import time
from pathlib import Path

import load
import tomli_w
import work
from chainbill_node.home.config import FILE_NAME, config_content, load_config
from chainbill_node.setup.joining import JoinedNode, JoinPlan, create_home
from chainbill_node.setup.ports import free_ports
from chainbill_node.setup.seat import seat_of_home
from running import Running

VOTERS = ("bank1", "bank2", "bank3")


def admit(net: Running, name: str, *, from_snapshot: bool = False) -> JoinedNode:
    """Make a home beside the network and vote its node in. It is not started, and begins with block 1 or a snapshot."""
    directory = net.network.directory
    api_port, p2p_port = free_ports(2)
    plan = JoinPlan(
        name=name,
        genesis=(directory / "genesis.json").read_bytes(),
        authority=None,
        host="127.0.0.1",
        p2p_port=p2p_port,
        api_port=api_port,
        peers=tuple(f"{node.node_id}@{node.p2p}" for node in net.network.nodes),
    )
    made = create_home(net.folder / name, plan)
    configure(made.home, "sync", "from_snapshot", from_snapshot)
    _vote_in(net, made, name)
    return made


def configure(home: Path, section: str, name: str, value: bool | int) -> None:
    """Change one setting of a node that is not running."""
    content = config_content(load_config(home))
    content[section][name] = value
    (home / FILE_NAME).write_text(tomli_w.dumps(content), encoding="utf-8")


def _vote_in(net: Running, node: JoinedNode, name: str) -> None:
    senders = [work.Sender(net.network, bank) for bank in VOTERS[: net.validators]]
    content = seat_of_home(node.home, senders[0].party, name)
    proposal = _send(net, senders[0].sign(("governance", "propose", {"kind": "observer_add", "content": content})))
    for sender in senders:
        _send(net, sender.sign(("governance", "vote", {"proposal": proposal["proposal"], "choice": "yes"})))


def _send(net: Running, wire: bytes) -> dict[str, str]:
    status, body = load.ask(net.apis[0], load.post(work.SUBMIT_WAITING, wire))
    load.committed(status, body)
    result: dict[str, str] = json.loads(body)["result"]
    return result


def wait_height(api: str, height: int, within_s: float = 300.0) -> list[tuple[float, int]]:
    """(seconds of the clock, height) of a node until it has come to a height. Raises RuntimeError."""
    seen: list[tuple[float, int]] = []
    until = time.perf_counter() + within_s
    while not seen or seen[-1][1] < height:
        if time.perf_counter() > until:
            raise RuntimeError(f"still at {seen[-1:]}, not at {height}")
        try:
            now = int(json.loads(load.ask(api, load.get("/ready"))[1])["height"])
            seen.append((time.perf_counter(), now))
        except OSError:
            pass
        time.sleep(0.02)
    return seen
