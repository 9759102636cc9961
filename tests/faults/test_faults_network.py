"""Four real nodes in network namespaces: partitions, loss, delay, reordering and doubled frames; no fork, and blocks
again once frames get through. One history over all scenarios, checked at the end of each.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import tomli_w
from bad_wire import BadWire, NotPermittedError, Quality
from chainbill_node.home.config import FILE_NAME, ConsensusConfig
from chainbill_node.setup.local import local_plan
from chainbill_node.setup.network import create_network
from clients import Clients, judge
from node_processes import Network

pytestmark = pytest.mark.e2e

NODES = 4
HEALED = Quality()
TROUBLE_S = float(os.environ.get("CHAINBILL_TROUBLE_S", "4"))
SEED = int(os.environ.get("CHAINBILL_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)
GOES_ON_WITHIN_S = 45
CONSENSUS = ConsensusConfig(propose_timeout_ms=500, propose_growth_ms=200, vote_timeout_ms=300, vote_growth_ms=100)


class SpacedNetwork(Network):
    """Each node in its own namespace, its REST interface on the untouched wire."""

    def __init__(self, directory: Path, wire: BadWire) -> None:
        plan = local_plan(validators=NODES, consensus=CONSENSUS)
        placed = [
            replace(one, host=wire.address(number), p2p_port=26656, api_port=26657)
            for number, one in enumerate(plan.validators, 1)
        ]
        self.created = create_network(directory, replace(plan, validators=tuple(placed)))
        self.spaces, self.nodes, self.processes = {}, {}, {}
        for number, node in enumerate(self.created.nodes, 1):
            path = node.home / FILE_NAME
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            content["rest"]["host"] = wire.client_address(number)
            path.write_text(tomli_w.dumps(content), encoding="utf-8")
            self.nodes[node.name] = replace(node, api=f"http://{wire.client_address(number)}:26657")
            self.spaces[node.name] = wire.namespace(number)

    def start(self, *names: str, environment: dict[str, str] | None = None) -> None:
        for name in names or tuple(self.nodes):
            home = self.nodes[name].home
            line = ["ip", "netns", "exec", self.spaces[name], sys.executable, "-m", "chainbill_node.main"]
            with (home / "node.log").open("ab") as output:
                self.processes[name] = subprocess.Popen(
                    [*line, "--home", str(home)],
                    stdout=output,
                    stderr=output,
                    env={**os.environ, **(environment or {})},
                )


class Trial:
    """The running network, its wire and its clients."""

    def __init__(self, network: SpacedNetwork, wire: BadWire, clients: Clients) -> None:
        self.network = network
        self.wire = wire
        self.clients = clients

    def acknowledged(self) -> int:
        return len(self.clients.acknowledged)

    def heights(self) -> list[int]:
        return [self.network.height(name) for name in self.network.nodes]

    def goes_on(self) -> None:
        """The wire is whole: every node takes part again and answers come."""
        self.wire.quality = HEALED
        before, height = self.acknowledged(), max(self.heights())
        self.network.wait(lambda: self.acknowledged() > before + 5, "answers after healing", GOES_ON_WITHIN_S)
        self.network.wait(lambda: min(self.heights()) > height, "every node after healing", GOES_ON_WITHIN_S)


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    print(f"repeat with CHAINBILL_SEED={SEED} CHAINBILL_TROUBLE_S={TROUBLE_S}")
    wire = BadWire(NODES, 64 + os.getpid() % 150, SEED)
    try:
        wire.__enter__()
    except NotPermittedError as error:
        pytest.skip(f"network namespaces are not permitted here: {error}")
    try:
        with SpacedNetwork(tmp_path_factory.mktemp("spaces") / "net", wire) as network:
            network.start()
            network.wait_ready()
            with Clients(network, pause_s=0.02) as clients:
                yield Trial(network, wire, clients)
            wire.quality = HEALED
            print(judge(network, clients), dict(wire.counted))
            for name in network.nodes:
                assert "evidence" not in network.log_of(name), "an honest node contradicted itself"
    finally:
        wire.__exit__()


def groups(*of: set[int]) -> tuple[frozenset[int], ...]:
    return tuple(frozenset(one) for one in of)


def test_two_against_two_stands_still_and_goes_on(trial: Trial) -> None:
    trial.wire.quality = Quality(cut=groups({1, 2}, {3, 4}))
    time.sleep(1)  # what was under way
    before = trial.heights()
    time.sleep(TROUBLE_S)
    assert max(trial.heights()) <= max(before) + 1, "no side has a quorum"
    trial.goes_on()


def test_three_go_on_without_the_fourth_and_it_catches_up(trial: Trial) -> None:
    trial.wire.quality = Quality(cut=groups({1, 2, 3}, {4}))
    before, alone = trial.acknowledged(), trial.network.height("bank4")
    trial.network.wait(lambda: trial.acknowledged() > before + 5, "three of four going on", GOES_ON_WITHIN_S)
    time.sleep(TROUBLE_S / 2)
    assert trial.network.height("bank4") <= alone + 1
    trial.goes_on()


def test_loss_delay_reordering_and_doubling(trial: Trial) -> None:
    trial.wire.quality = Quality(loss=0.05, double=0.1, least_ms=10, most_ms=80)
    before = trial.acknowledged()
    time.sleep(TROUBLE_S)
    trial.network.wait(lambda: trial.acknowledged() > before, "an answer over a bad wire", GOES_ON_WITHIN_S)
    trial.goes_on()


def test_partitions_that_move_over_a_bad_wire(trial: Trial) -> None:
    chance = random.Random(SEED)
    until = time.monotonic() + 1.5 * TROUBLE_S
    while time.monotonic() < until:
        numbers = chance.sample(range(1, NODES + 1), NODES)
        at = chance.randint(1, NODES - 1)
        trial.wire.quality = Quality(
            loss=chance.choice((0.0, 0.1, 0.3)),
            double=0.1,
            least_ms=0,
            most_ms=chance.choice((5, 50, 300)),
            cut=groups(set(numbers[:at]), set(numbers[at:])),
        )
        time.sleep(chance.uniform(0.2, 1.5))
    trial.goes_on()
