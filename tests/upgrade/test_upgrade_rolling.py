"""A running network is updated one node after the other, under load: from the release that `base` names to today's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.home.verify import verify_home
from node_processes import Network
from releases import TODAY, Release, base_release
from test_node_kills import Flow

pytestmark = pytest.mark.e2e
VALIDATORS = 4
BLOCKS = 6  # that are made in the absence of one node


@pytest.fixture(scope="module")
def base() -> Release:
    return base_release()


@pytest.fixture
def network(base: Release, tmp_path: Path) -> Iterator[Any]:
    """A network that the earlier release made, and whose nodes all run it."""
    directory = tmp_path / "net"
    with Network(directory, VALIDATORS, created=base.create_network(directory, VALIDATORS)) as made:
        made.start(environment=base.environment)
        made.wait_ready()
        yield made


def change(network: Any, flow: Flow, name: str, release: Release) -> None:
    """Stop one node, let the others go on without it, start it with another release, and wait until it signs."""
    assert network.stop(name) == 0
    others = [one for one in network.processes if one != name]
    away_at = network.height(others[0])
    acknowledged = len(flow.acknowledged)
    network.wait(lambda: network.height(others[0]) >= away_at + BLOCKS, "blocks without one node")
    assert len(flow.acknowledged) > acknowledged, "clients are served meanwhile"
    network.start(name, environment=release.environment)
    network.wait_ready(name)
    key, back_at = network.nodes[name].node_id, network.height(name)
    network.wait(
        lambda: any(key in network.signers(others[0], height) for height in last_blocks(network, others[0], back_at)),
        f"a signature of {name}",
    )


def last_blocks(network: Any, name: str, since: int) -> range:
    newest = network.height(name)
    return range(max(since, newest - 5), newest + 1)


def check_nothing_is_lost(network: Any, flow: Flow) -> None:
    assert flow.strange == []
    network.wait(lambda: len(set(network.heads().values())) == 1, "agreement")
    for name in network.nodes:
        for identity, height in flow.acknowledged.items():
            found = network.get(name, f"/v1/transactions/{identity}")
            assert (found["status"], found["height"]) == ("committed", height), name


def test_the_two_releases_are_two_sets_of_files(base: Release) -> None:
    assert base.folder_of_code() == base.folder
    assert TODAY.folder_of_code() != base.folder


def test_a_network_is_updated_one_node_after_the_other(base: Release, network: Any) -> None:
    with Flow(network) as flow:
        for name in network.nodes:
            change(network, flow, name, TODAY)
    check_nothing_is_lost(network, flow)
    assert len(flow.acknowledged) > VALIDATORS * BLOCKS
    assert [network.stop(name) for name in list(network.processes)] == [0] * VALIDATORS
    report = verify_home(network.nodes["bank3"].home)
    assert report.ok, report.problems
    assert report.transactions >= len(flow.acknowledged)


def test_a_node_goes_back_to_the_release_before(base: Release, network: Any) -> None:
    """Possible where the data's format is the same; else the earlier release says so and leaves it alone."""
    with Flow(network) as flow:
        change(network, flow, "bank2", TODAY)
        change(network, flow, "bank2", base)
    check_nothing_is_lost(network, flow)
