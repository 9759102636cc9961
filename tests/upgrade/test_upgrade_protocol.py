"""Two builds side by side across a change of the protocol: the old one says what it lacks and stops in time.

Real processes. Three of four validators have the artificial second protocol (another price, one more currency, another
function of the language), one has not. Afterwards everything is replayed from the genesis.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.home.config import ConfigError
from chainbill_node.home.verify import verify_home
from chainbill_node.main import EXIT_REFUSED, EXIT_UPGRADE
from ledger.two_protocols import BOTH, PROTOCOL_2
from node_processes import Network

NEWER = Path(__file__).parent / "newer_node.py"
OLD, NEW = "bank1", ("bank2", "bank3", "bank4")
WITHIN_S = 60.0


class Mixed(Network):
    """Nodes of today's release, and of one that has the next protocol."""

    def start_newer(self, *names: str) -> None:
        for name in names:
            home = self.nodes[name].home
            with (home / "node.log").open("ab") as output:
                self.processes[name] = subprocess.Popen(
                    [sys.executable, str(NEWER), "--home", str(home)], stdout=output, stderr=output
                )

    def done(self, alias: str, contract: str, function: str, args: dict[str, Any]) -> dict[str, Any]:
        """A transaction through a new node, in a block."""
        status, body = self.send("bank2", self.sign(alias, (contract, function, args)))
        assert (status, body["status"]) == (201, "committed"), body
        return body

    def issue(self, currency: str) -> tuple[int, dict[str, Any]]:
        arguments = {
            "debtor": self.party("anchor"), "creditor": self.party("supplier1"), "face": 1_000, "currency": currency,
            "due_on": "2090-08-31", "invoices": [], "contract_no": "C", "delivered_on": "", "terms": {},
            "reference": "",
        }  # fmt: skip
        return self.send("bank2", self.sign("supplier1", ("bill", "issue", arguments)))


@pytest.mark.e2e
def test_an_old_build_stops_before_the_height_and_the_new_ones_go_on(tmp_path: Path) -> None:
    """Formats S6: a release that changes a price could not run an older network."""
    with Mixed(tmp_path, 4, public_reads=True) as network:
        network.start(OLD)
        network.start_newer(*NEW)
        network.wait_ready()
        assert network.issue("XTS")[0] == 422
        at = _decide(network, network.height("bank2") + 14)

        def told() -> bool:
            return "protocol 2" in str(network.get(OLD, "/ready")["upgrade_needed"])

        network.wait(told, "the old node says what it lacks", WITHIN_S)
        assert network.get("bank2", "/ready")["upgrade_needed"] is None
        protocol = network.get("bank2", "/v1/network")["protocol"]
        assert (protocol["active"]["version"], protocol["next"]["from"]) == (1, at)
        assert network.get(OLD, "/ready")["ready"], "until then it takes part"

        old = network.processes.pop(OLD)
        while network.height("bank2") < at + 3:
            network.busy("bank2", 1)
        assert old.wait(30) == EXIT_UPGRADE
        said = network.log_of(OLD)
        assert "upgrade_needed" in said
        assert f"block {at} and later need protocol 2" in said.split("stopped_before_upgrade")[1]
        assert f"自区块 {at} 起需要协议 2" in said.split("stopped_before_upgrade")[1]
        assert network.nodes[OLD].node_id not in network.signers("bank2", at)
        assert network.get("bank2", "/v1/network")["protocol"]["active"]["version"] == 2
        assert network.get("bank2", "/v1/network")["currencies"]["XTS"] == 3
        assert network.issue("XTS")[0] == 201

        network.start(OLD)
        assert network.processes.pop(OLD).wait(30) == EXIT_REFUSED, "it does not begin again"
        with pytest.raises(ConfigError, match="protocol 2"):
            verify_home(network.nodes[OLD].home)
        report = verify_home(network.nodes[OLD].home, protocols=BOTH)
        assert (report.ok, report.height) == (True, at - 1), report.problems

        network.start_newer(OLD)
        network.wait(lambda: len(set(network.heads().values())) == 1, "the updated node is there again", WITHIN_S)
        network.busy("bank2", 3)
    for name in (OLD, "bank3"):
        report = verify_home(network.nodes[name].home, protocols=BOTH)
        assert report.ok, report.problems
        assert report.height > at


def _decide(network: Mixed, at: int) -> int:
    """Vote for protocol 2 from a height on."""
    content = {"version": 2, "digest": PROTOCOL_2.digest, "active_height": at}
    made = network.done("bank2", "governance", "propose", {"kind": "protocol", "content": content})
    proposal = made["results"][0]["proposal"]
    for bank in NEW:
        network.done(bank, "governance", "vote", {"proposal": proposal, "choice": "yes"})
    return at
