"""The drills of docs/reference/certificates.md, line by line, on four real nodes: all ended; a TLS key is lost."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from chainbill_node.home.keys import load_private_key
from chainbill_node.network.certificate import date_said, read_certificate_file
from chainbill_node.setup.certificates import make_own_certificate
from node_processes import Network

pytestmark = pytest.mark.e2e
DOCUMENT = Path(__file__).resolve().parents[2] / "docs/reference/certificates.md"
HOUR = datetime.timedelta(hours=1)


def drill_lines(number: int) -> list[str]:
    block = DOCUMENT.read_text(encoding="utf-8").split("```drill\n")[number].partition("```")[0]
    return [line for line in block.splitlines() if not line.startswith("#")]


def begun(number: int, home: Path, fingerprint: str = "") -> subprocess.Popen[str]:
    """The lines of a drill at one node, in a shell of their own."""
    command = " && ".join(drill_lines(number)).replace("NODE", str(home)).replace("FINGERPRINT", fingerprint)
    return subprocess.Popen(
        command.replace("chainbill ", f"{sys.executable} -m chainbill_cli.main "), shell=True,
        env={**os.environ, "CHAINBILL_LANG": "en"}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def done(network: Network, *running: subprocess.Popen[str]) -> list[str]:
    """What they print. Nodes that run are told to look at once, not within ten seconds."""
    said = [one.communicate(timeout=60)[0] for one in running]
    assert not any(one.returncode for one in running), said
    for process in network.processes.values():
        process.send_signal(signal.SIGHUP)
    return said


def let_all_end(network: Network) -> datetime.datetime:
    """Certificates that ended an hour ago, as if so much time had gone by."""
    ended = datetime.datetime.now(datetime.UTC) - HOUR
    for node in network.nodes.values():
        key = load_private_key(node.home / "keys/validator.pem")
        issued = make_own_certificate(key, "127.0.0.1", ended - 24 * HOUR, ended)
        (node.home / "tls/node.pem").write_bytes(issued.certificate)
        (node.home / "tls/node.key").write_bytes(issued.key)
        (node.home / "tls/seen.json").unlink(missing_ok=True)
    return ended


def fingerprint_of(network: Network, name: str) -> str:
    return read_certificate_file((network.nodes[name].home / "tls/node.pem").read_bytes()).fingerprint


def reason(network: Network, name: str, language: str) -> str:
    request = urllib.request.Request(network.nodes[name].api + "/ready", headers={"Accept-Language": language})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return str(error.read().decode())


def test_the_way_back_after_all_certificates_have_ended(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 4) as network:
        network.start()
        network.wait_ready()
        before = network.busy("bank1", 1)
        assert [network.stop(name) for name in list(network.processes)] == [0, 0, 0, 0]
        ended = let_all_end(network)
        network.start("bank1", "bank2", "bank3")
        said = f"certificate ended on {date_said(ended.timestamp())}"
        for name in network.processes:
            network.wait(lambda name=name: said in reason(network, name, "en"), f"the reason at {name}")
            assert f"已于 {date_said(ended.timestamp())} 到期" in reason(network, name, "zh")
            assert "certificate_ends" in [one["key"] for one in network.get(name, "/ready")["warnings"]]
            assert said in network.log_of(name)
        done(network, *(begun(1, node.home) for node in network.nodes.values()))
        network.start("bank4")  # renewed before it was started, the others while they ran
        network.wait_ready()
        assert network.busy("bank4", 1) > before
        network.wait(lambda: len(set(network.heads().values())) == 1, "agreement")
        assert network.get("bank4", f"/v1/blocks/{before}")["height"] == before
        assert [network.stop(name) for name in list(network.processes)] == [0, 0, 0, 0]


@pytest.mark.slow
def test_a_lost_key_is_shut_out_by_the_others_until_its_node_renews(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 4) as network:
        network.start()
        network.wait_ready()
        lost = fingerprint_of(network, "bank4")
        done(network, *(begun(2, network.nodes[name].home, lost) for name in ("bank1", "bank2", "bank3")))
        network.wait(lambda: "revoked there" in reason(network, "bank4", "en"), "the reason at bank4")
        height = network.busy("bank2", 2)
        assert "why=certificate_revoked" in network.log_of("bank1")
        [said] = done(network, begun(1, network.nodes["bank4"].home))
        assert "bank4" in said
        network.wait(lambda: network.height("bank4") >= height, "bank4 following")
        network.wait_ready()
        network.wait(lambda: len(set(network.heads().values())) == 1, "agreement")
        assert [network.stop(name) for name in list(network.processes)] == [0, 0, 0, 0]
