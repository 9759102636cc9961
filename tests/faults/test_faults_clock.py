"""Clocks that are an hour wrong, and clocks that jump: no fork, no block whose time a quorum found too far off, a
refusal that says why; and liveness while the wrong clocks are fewer than a third.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from chainbill_node.consensus.timeouts import Timeouts
from chainbill_node.driver.ports import Settings
from chainbill_node.wire.messages import Proposal, Votes
from clients import Clients, judge, start_odd
from history import Submitted
from node_processes import Network
from sim.byzantine import Liar
from sim.checkers import ViolationError
from sim.ledger import build
from sim.mutants import MUTANTS
from sim.nodes import SimulatedNode
from sim.world import NETWORK, World
from writes import account_at

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.transaction import decode_transaction
from chainbill.ledger.vote import VoteType, sign_proposal

HOUR_MS = 3_600_000
SEEDS = 25


def world_of(seed: int, count: int, skews_ms: dict[int, int]) -> tuple[World, list[SimulatedNode]]:
    world = World(seed, count)
    nodes = [
        SimulatedNode(world, world.names[key.public], key, skew_ms=skews_ms.get(number, 0))
        for number, key in enumerate(world.keys)
    ]
    for node in nodes:
        node.boot()
    return world, nodes


def commit(world: World, nodes: list[SimulatedNode], names: list[bytes], for_ms: int = 300_000) -> None:
    """Hand in and wait until all nodes have everything; the world's checkers watch every block and signature."""
    for name in names:
        world.submit(name)
        done = world.run(for_ms, until=lambda name=name: all(name in node.application.committed for node in nodes))
        assert done, [node.driver.waiting_for().text("en", node.now_ms()) for node in nodes if node.driver]


@pytest.mark.untraced
@pytest.mark.parametrize("skew_ms", [HOUR_MS, -HOUR_MS])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_one_of_four_an_hour_wrong(seed: int, skew_ms: int) -> None:
    world, nodes = world_of(seed, 4, {seed % 4: skew_ms})
    commit(world, nodes, [b"tx%d" % number for number in range(8)])
    refused = [line for line in world.log if "wanting" in line]
    assert refused
    assert all("time" in line or "clock" in line for line in refused), refused


class WrongTime(Liar):
    """A proposer that answers each transaction with a block of a wrong time, if it is its turn, and votes for that."""

    def __init__(self, world: World, name: str, key: PrivateKey, ahead_ms: int) -> None:
        super().__init__(world, name, key, "wrong time")
        self.ahead_ms = ahead_ms
        self.proposed = 0

    def submit(self, transaction: bytes) -> None:
        parent = max((node.store for node in self.world.nodes.values() if node.honest), key=lambda one: one.tip.height)
        height = parent.tip.height + 1
        if parent.tip.validators.proposer(height, 0).key != self.key.public:
            return
        time_ms = max(self.world.now_ms + self.ahead_ms, parent.tip.time_ms + 1)
        network = self.world.settings.network
        block = build(parent.tip, network, time_ms, self.key.public, (transaction,), ())
        header = sign_proposal(self.key, network, height=height, round=0, block_id=block.id)
        votes = [self._vote(kind, height, 0, block.id) for kind in (VoteType.PREVOTE, VoteType.PRECOMMIT)]
        for peer in self.peers():
            self._send(peer, Proposal(header, block))
            self._send(peer, Votes(tuple(votes)))
        self.proposed += 1


@pytest.mark.untraced
@pytest.mark.parametrize("ahead_ms", [HOUR_MS, -HOUR_MS])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_proposer_of_a_wrong_time_never_gets_its_block_in(seed: int, ahead_ms: int) -> None:
    """security 15: on a quiet network, where a block may be as old as its parent; the others go on."""
    world = World(seed, 4, settings=Settings(NETWORK, Timeouts(), idle_interval_ms=0))
    wrong = 1 + seed % 2 * 2  # a transaction makes two blocks, so the odd heights, 1, 3, 5, …, begin with one
    nodes = [
        SimulatedNode(world, world.names[key.public], key) for number, key in enumerate(world.keys) if number != wrong
    ]
    liar = WrongTime(world, f"n{wrong}", world.keys[wrong], ahead_ms)
    for node in nodes:
        node.boot()
    print(f"seed {seed}: n{wrong} is {ahead_ms} ms ahead")
    for number in range(9):
        world.run(60_000)
        commit(world, nodes, [b"tx%d" % number])
    assert liar.proposed > 1
    assert all(block.header.proposer != liar.key.public for block in world.checkers.decided.values())


@pytest.mark.untraced
@pytest.mark.parametrize("seed", range(SEEDS))
def test_clocks_that_jump(seed: int) -> None:
    """Every second or so one clock of seven jumps somewhere within an hour; at most two are wrong at a time."""
    world, nodes = world_of(seed, 7, {})
    chance = random.Random(seed)

    def jump() -> None:
        wrong = chance.sample(nodes, 2)
        for node in nodes:
            node.skew_ms = chance.randint(-HOUR_MS, HOUR_MS) if node in wrong else 0

    for moment in range(0, 20_000, 1_000):
        world.at(moment + chance.randint(0, 900), jump)
    commit(world, nodes, [b"tx%d" % number for number in range(12)])


def test_too_many_wrong_clocks_stand_still_and_do_not_fork() -> None:
    """All four apart by hours: nothing forks; with the clocks mended it goes on."""
    world, nodes = world_of(5, 4, {0: -2 * HOUR_MS, 1: 0, 2: 2 * HOUR_MS, 3: 4 * HOUR_MS})
    world.submit(b"tx0")
    world.run(60_000)
    for node in nodes:
        node.skew_ms = 0
    commit(world, nodes, [b"tx1"])


@pytest.mark.e2e
def test_a_real_node_whose_clock_jumps_by_an_hour(tmp_path: Path) -> None:
    """It says so itself, is not ready, and refuses no good transaction for good; the others go on."""
    clock = tmp_path / "clock"
    clock.write_text(str(HOUR_MS))
    with Network(tmp_path / "net", 4) as network:
        network.start("bank1", "bank2", "bank3")
        start_odd(network, "bank4", "--clock-file", str(clock))
        network.wait_ready("bank1", "bank2", "bank3")
        with Clients(network, nodes=("bank1", "bank2", "bank3")) as clients:
            for jump_ms in (HOUR_MS, -HOUR_MS, 0):
                temporary = tmp_path / "clock.new"
                temporary.write_text(str(jump_ms))
                temporary.rename(clock)
                before = len(clients.acknowledged)
                network.wait(lambda jump_ms=jump_ms: knows(network, jump_ms), "what it says of its own clock")
                assert_takes_what_is_good(network, clients, jump_ms)
                network.wait(lambda before=before: len(clients.acknowledged) > before + 8, "going on")
                if jump_ms > 0:  # on a busy machine it takes a while until its turn to propose comes
                    network.wait(lambda: "refused_block" in said(network), "a refusal of a block from the future")
            for name in ("bank1", "bank2", "bank3"):
                assert "clock_off" not in network.log_of(name)
        print(judge(network, clients))
        assert "node_fault" not in said(network) + network.log_of("bank4")
        assert network.log_of("bank4").count("node_warning key=clock_off") >= 1
        assert "node_warning_over key=clock_off" in network.log_of("bank4")


def knows(network: Network, jump_ms: int) -> bool:
    """Whether bank4 says of its clock, at /ready and by its warning, what is true."""
    found = network.get("bank4", "/ready")
    warnings = [one for one in found["warnings"] if one["key"] == "clock_off"]
    if not jump_ms:
        return bool(found["ready"] and not warnings)
    how = "ahead of" if jump_ms > 0 else "behind"
    return (
        not found["ready"]
        and f"s {how} those of most other validators" in found["reason"]
        and "chronyc" in found["reason"]
        and len(warnings) == 1
        and abs(warnings[0]["fields"]["ahead_ms"] - jump_ms) < 60_000
    )


def assert_takes_what_is_good(network: Network, clients: Clients, jump_ms: int) -> None:
    """Through bank4: what is good for ten minutes, and for a day less half an hour; what has expired it refuses."""
    deed = account_at(network.party("bank1"))
    for minutes in (10, 23.5 * 60):
        wire = network.sign("auditor", deed, minutes=minutes)
        identity = decode_transaction(wire).id.hex()
        clients.events.append(Submitted(time.monotonic(), "auditor", "bank4", identity))
        status, body = network.send("bank4", wire)
        assert status in (201, 202), (jump_ms, minutes, body)
    status, body = network.send("bank4", network.sign("auditor", deed, minutes=-1))
    assert (status, body["code"]) == (422, "transaction_expired"), (jump_ms, body)


def said(network: Network) -> str:
    """The logs of the nodes with a right clock."""
    return "".join(network.log_of(name) for name in ("bank1", "bank2", "bank3"))


def test_the_runs_can_fail() -> None:
    """Without the clock bound a block an hour ahead gets through, and the checker of times says so."""
    world, nodes = world_of(0, 4, {0: HOUR_MS})
    with MUTANTS["clock bound not asked"](), pytest.raises(ViolationError, match="time"):
        commit(world, nodes, [b"tx%d" % number for number in range(8)])
    with MUTANTS["past not bounded"](), pytest.raises(AssertionError):
        test_a_proposer_of_a_wrong_time_never_gets_its_block_in(0, -HOUR_MS)
