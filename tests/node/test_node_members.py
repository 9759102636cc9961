"""Members come and go on a running network: observer, validator by vote, key rotation, a bank that leaves."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from authorities import make_authority, put_authority
from chainbill_node.home.config import config_content, load_config
from chainbill_node.setup.certificates import make_request, node_id_of_request
from chainbill_node.setup.network import CreatedNode
from chainbill_node.setup.ports import free_ports
from node_processes import Network

pytestmark = pytest.mark.e2e
BANKS = ("bank1", "bank2", "bank3", "bank4")


def run(*words: str) -> Any:
    command = [sys.executable, "-m", "chainbill_cli.main", "-o", "json", *words]
    with tempfile.TemporaryDirectory() as nobody:  # no home of whoever runs the tests
        environment = {**os.environ, "HOME": nobody}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=60, env=environment)
    return json.loads(done.stdout)


def join(network: Network, folder: Path, name: str, *, ca: Path | None = None, trust: str = "genesis") -> CreatedNode:
    api, p2p = free_ports(2)
    peers = [f"--peer={node.node_id}@{node.p2p}" for node in network.nodes.values()]
    directory = network.created.directory
    made = run(
        "network", "join", str(folder), "--name", name, "--genesis", str(directory / "genesis.json"),
        *(["--ca", str(ca)] if ca else []), "--p2p-port", str(p2p), "--api-port", str(api), "--trust", trust, *peers,
    )  # fmt: skip
    node = CreatedNode(name, folder, made["api"], made["p2p"], made["node_id"])
    network.nodes[name] = node
    return node


def decide(network: Network, kind: str, voters: tuple[str, ...] = BANKS[:3], **content: Any) -> dict[str, Any]:
    """Propose and vote; the answer to the deciding vote."""
    status, body = network.send(
        "bank2", network.sign(voters[0], ("governance", "propose", {"kind": kind, "content": content}))
    )
    assert status == 201, body
    proposal = body["result"]["proposal"]
    for bank in voters:
        vote = {"proposal": proposal, "choice": "yes"}
        status, body = network.send("bank2", network.sign(bank, ("governance", "vote", vote)))
        assert status == 201, body
    return dict(body)


def keys(network: Network, via: str) -> set[str]:
    return {one["key"] for one in network.get(via, "/v1/validators")["data"]}


def test_a_node_observes_votes_and_takes_the_place_of_another(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 4) as network:
        for node in network.nodes.values():
            content = config_content(load_config(node.home))
            content["storage"] |= {"snapshot_interval": 4, "snapshot_minutes": 0}
            (node.home / "node.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
        network.start()
        network.wait_ready()
        network.busy("bank1", 6)
        read_out = run("--node", network.nodes["bank2"].api, "network", "trust")["trust"]
        new = join(network, tmp_path / "new", "new1", trust=read_out)
        member = run("--home", str(new.home), "node", "seat", "--party", network.party("bank1"))
        assert (member["key"], member["name"], member["address"]) == (new.node_id, "new1", new.p2p)
        # a stranger is not let in
        network.start("new1")
        network.wait(lambda: "why=handshake_failed" in network.log_of("bank2"), "a refusal")
        network.kill("new1")
        decide(network, "observer_add", **member)
        # an observer follows and serves reads
        network.start("new1")
        network.wait(lambda: len(set(network.heads().values())) == 1, "following")
        assert "snapshot_taken" in network.log_of("new1")
        network.wait_ready("new1")
        height = network.busy("new1", 1)
        network.wait(lambda: network.height("new1") >= height, "its own transaction")
        assert new.node_id not in keys(network, "bank2")
        # it becomes a validator by vote
        status, body = network.send("new1", network.sign("bank1", ("governance", "ready", {})))
        assert status == 201, body
        decide(network, "validator_add", **member)
        network.wait(lambda: new.node_id in keys(network, "bank2"), "a new validator")
        network.wait(lambda: new.node_id in network.signers("bank2", network.busy("bank2", 2) - 1), "its signature")
        # its bank takes the old key away: that was a rotation
        old = network.nodes["bank1"].node_id
        decide(network, "validator_remove", key=old)  # bank1 has two of the five seats now
        network.wait(lambda: old not in keys(network, "bank2"), "the old key to go")
        network.wait(lambda: "not a member" in network.get("bank1", "/ready")["reason"], "the reason at the old node")
        network.stop("bank1")
        # a bank leaves
        network.busy("bank2", 8)  # the last 4n blocks show who is up
        gone = network.nodes["bank4"].node_id
        decide(network, "validator_remove", key=gone)
        network.wait(lambda: gone not in keys(network, "bank2"), "the bank to go")
        network.stop("bank4")
        height = network.busy("new1", 3)
        assert network.signers("new1", height - 1) <= keys(network, "bank2")
        network.wait(lambda: len(set(network.heads().values())) == 1, "agreement")
        assert not any("consensus_evidence" in network.log_of(name) for name in network.processes)


def test_a_home_is_made_without_the_cas_key_and_certified_by_its_holder(tmp_path: Path) -> None:
    network = Network(tmp_path / "net", 1)
    authority = put_authority(tmp_path / "ca", make_authority("test", datetime.datetime.now(datetime.UTC)))
    public = tmp_path / "public"
    public.mkdir()
    (public / "ca.pem").write_bytes((authority / "ca.pem").read_bytes())
    node = join(network, tmp_path / "new", "new1", ca=public)
    assert not (node.home / "tls/node.pem").exists()
    made = run(
        "network", "certify", str(node.home / "tls/node.csr"), "--ca", str(authority), "--out",
        str(node.home / "tls/node.pem"),
    )  # fmt: skip
    assert made["node_id"] == node.node_id
    assert load_config(node.home).sync.from_snapshot
    from chainbill_node.network.peers import peer_settings

    peer_settings(node.home, load_config(node.home), node.node_id, bytes(32))  # the files go together
    again = ["network", "join", str(node.home), "--name", "x", "--genesis", "x", "--ca", str(public)]
    with pytest.raises(subprocess.CalledProcessError):
        run(*again, "--p2p-port", "1", "--api-port", "2")


def test_what_is_no_request_is_not_certified() -> None:
    good = make_request("ab" * 32, "127.0.0.1").certificate
    assert node_id_of_request(good) == "ab" * 32
    for bad in (b"", good[:200], make_authority("x", datetime.datetime.now(datetime.UTC)).certificate):
        with pytest.raises(ValueError):  # noqa: PT011  whatever the parser says
            node_id_of_request(bad)
