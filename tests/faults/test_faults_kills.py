"""kill −9 at random moments under load: six processes of four, one or two at a time; nothing acknowledged is lost."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from chainbill_node.home.verify import verify_home
from clients import Clients, judge
from node_processes import Network

pytestmark = pytest.mark.e2e

KILLS = int(os.environ.get("CHAINBILL_KILLS", "6"))
SEED = int(os.environ.get("CHAINBILL_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)


def test_killed_at_random_moments(tmp_path: Path) -> None:
    print(f"repeat with CHAINBILL_SEED={SEED} CHAINBILL_KILLS={KILLS}")
    chance = random.Random(SEED)
    killed = 0
    with Network(tmp_path / "net", 4) as network:
        network.start()
        network.wait_ready()
        with Clients(network) as clients:
            while killed < KILLS:
                time.sleep(chance.uniform(0.0, 0.8))
                victims = chance.sample(sorted(network.nodes), min(chance.choice((1, 1, 2)), KILLS - killed))
                for name in victims:
                    network.kill(name)
                killed += len(victims)
                time.sleep(chance.uniform(0.0, 0.8))
                for name in victims:
                    network.start(name)
                before = len(clients.acknowledged)
                network.wait_ready()
                network.wait(lambda before=before: len(clients.acknowledged) > before + 3, "going on")
        counted = judge(network, clients)
        assert len(clients.acknowledged) > 5 * KILLS
        assert [network.stop(name) for name in list(network.processes)] == [0, 0, 0, 0]
        report = verify_home(network.nodes[chance.choice(sorted(network.nodes))].home)
        assert report.ok, report.problems
    print(f"{killed} kills, {counted}")
