"""A network that stands still says so: height, round, whose votes are missing, since when; and goes on afterwards."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from chainbill_cli.localnet.layout import LocalNode
from chainbill_cli.localnet.status import node_status
from clients import Clients, fetch, judge
from node_processes import Network

pytestmark = pytest.mark.e2e


def metrics(network: Network, name: str) -> str:
    with urllib.request.urlopen(network.nodes[name].api + "/metrics", timeout=10) as answer:
        return str(answer.read().decode())


def value(text: str, series: str) -> float:
    found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
    assert found, f"{series} is not among the metrics"
    return float(found[1])


def shown_by_localnet(network: Network, name: str) -> dict[str, Any]:
    """The line of `localnet status` for one node."""
    node = network.nodes[name]
    local = LocalNode(name, node.api, node.p2p, node.home)
    local.pid_file.write_text(str(network.processes[name].pid))
    with httpx.Client() as client:
        return node_status(client, local)


def test_two_of_four_stopped_and_everything_says_who_is_missing(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 4) as network:
        network.start()
        network.wait_ready()
        with Clients(network) as clients:
            network.wait(lambda: len(clients.acknowledged) > 3, "the first answers")
            stopped_at = time.time()
            for name in ("bank3", "bank4"):
                network.kill(name)
            network.wait(lambda: not network.get("bank1", "/ready")["ready"], "standing still")
            time.sleep(2.5)
            ready = network.get("bank1", "/ready")
            assert "2 of 3 validators connected" in ready["reason"], ready
            chinese = fetch(network.nodes["bank1"].api + "/ready", "zh")["reason"]
            assert all(name in ready["reason"] and name in chinese for name in ("bank3", "bank4"))
            assert f"height {ready['height'] + 1}" in ready["reason"]
            assert "停滞" in chinese
            assert set(ready["waiting_for"]) <= {"bank3", "bank4"}, "only those that are away are waited for"
            since = datetime.fromisoformat(ready["since"]).timestamp()
            assert stopped_at - 10 < since < time.time()
            assert isinstance(ready["round"], int)

            line = [sys.executable, "-m", "chainbill_cli.main", "--node", network.nodes["bank1"].api, "node", "status"]
            told = subprocess.run(line, capture_output=True, text=True, check=False, timeout=30)
            assert told.returncode == 1
            assert all(word in " ".join(told.stdout.split()) for word in ("bank3", "bank4", "validators connected"))

            shown = shown_by_localnet(network, "bank1")
            assert all(word in shown["reason"] for word in ("bank3", "bank4", f"height {ready['height'] + 1}"))
            assert isinstance(shown["round"], int)
            assert datetime.fromisoformat(shown["since"]).timestamp() == since
            assert set(shown["waiting_for"]) <= {"bank3", "bank4"}

            text = metrics(network, "bank1")
            for name in ("bank3", "bank4"):
                assert value(text, f'chainbill_consensus_missing_validator{{validator="{name}"}}') == 1
            assert value(text, 'chainbill_consensus_missing_validator{validator="bank2"}') == 0
            assert 2 <= value(text, "chainbill_consensus_standing_still_seconds") < 60
            assert value(text, "chainbill_consensus_height") == ready["height"]

            log = network.log_of("bank1")
            told_in_log = [one for one in log.splitlines() if "standing_still" in one]
            assert told_in_log, log[-1000:]
            assert all(
                word in told_in_log[-1] for word in ("bank3", "bank4", f"height={ready['height'] + 1}", "round=")
            )
            network.start("bank3", "bank4")
            network.wait_ready()
            before = len(clients.acknowledged)
            network.wait(lambda: len(clients.acknowledged) > before + 3, "going on")
        print(judge(network, clients))
        text = metrics(network, "bank1")
        assert value(text, "chainbill_consensus_standing_still_seconds") == 0
        assert value(text, 'chainbill_consensus_missing_validator{validator="bank3"}') == 0
        network.wait(lambda: "going_on" in network.log_of("bank1"), "a line that it goes on", 5)
