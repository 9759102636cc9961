"""kill −9 of each of four nodes in turn while transactions flow: nothing acknowledged is lost, nobody disagrees."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.home.verify import verify_home
from node_processes import Network
from writes import account_at

pytestmark = pytest.mark.e2e

PAUSE_S = 1.0


class Flow:
    """Clients that hand in transactions at the nodes that run, and keep what was acknowledged.

    act: from a bank's id to the call that they send.
    """

    def __init__(self, network: Network, act: Callable[[str], tuple[str, str, dict[str, Any]]] = account_at) -> None:
        self.network = network
        self.act = act
        self.acknowledged: dict[str, int] = {}
        self.strange: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(3)]

    def __enter__(self) -> Flow:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        alias = ("anchor", "supplier1", "supplier2")[number]
        count = 0
        while not self._stop.is_set():
            names = list(self.network.processes)
            name = names[(number + count) % len(names)]
            bank = self.network.party(("bank1", "bank2")[count % 2])
            count += 1
            wire = self.network.sign(alias, self.act(bank))
            try:
                status, body = self.network.send(name, wire, timeout_s=5)
            except OSError:
                continue  # the node was killed under the request: nobody was told anything
            if status in (200, 201):
                self.acknowledged[body["id"]] = body["height"]
            elif status not in (202, 503):
                self.strange.append(f"{status} {body}")


def test_each_node_is_killed_once_while_transactions_flow(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 4) as network:
        network.start()
        network.wait_ready()
        with Flow(network) as flow:
            for name in list(network.nodes):
                time.sleep(PAUSE_S)
                network.kill(name)
                before = len(flow.acknowledged)
                network.wait(lambda before=before: len(flow.acknowledged) > before + 3, "blocks without one node")
                network.start(name)
                network.wait_ready(name)
        assert flow.strange == []
        assert len(flow.acknowledged) > 20
        network.wait(lambda: len(set(network.heads().values())) == 1, "agreement")
        for name in network.nodes:
            for identity, height in flow.acknowledged.items():
                found = network.get(name, f"/v1/transactions/{identity}")
                assert (found["status"], found["height"]) == ("committed", height)
        assert [network.stop(name) for name in list(network.processes)] == [0, 0, 0, 0]
        report = verify_home(network.nodes["bank3"].home)
        assert report.ok, report.problems
        assert report.transactions >= len(flow.acknowledged)
