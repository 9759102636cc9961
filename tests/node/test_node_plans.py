"""Plans: what a proposer is about to run is run by the others meanwhile, and nothing in a plan is believed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from chainbill_node import wire
from chainbill_node.application.application import LedgerApplication
from chainbill_node.application.protocol import ProposalRequest
from chainbill_node.consensus.timeouts import Timeouts, Timer, TimerKind
from chainbill_node.driver.ports import Note
from chainbill_node.process.node import Node
from chainbill_node.process.served_node import ServedNode
from chainbill_node.process.speculation import LEAST_PLANNED, Plans
from chainbill_node.setup.local import create_local_network
from chainbill_node.wire.messages import CompactProposal, Plan
from consensus import consensus_kit
from node_chain import LocalChain
from test_node_compact import signed
from whole_nodes import connected, counted, submit
from writes import account_at

from chainbill.ledger import transition
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.header_check import make_block
from chainbill.ledger.transaction import Transaction
from chainbill.ledger.vote import VoteType, sign_vote
from chainbill.limits import MAX_BLOCK_BYTES, MAX_BLOCK_TRANSACTIONS


@pytest.fixture
def chain(tmp_path: Path) -> LocalChain:
    return LocalChain(tmp_path / "net")


def candidates(chain: LocalChain, count: int = 3) -> list[Transaction]:
    calls = [account_at(chain.party(bank)) for bank in ("bank1", "supplier1")]
    return [chain.sign("anchor", calls[number % 2]) for number in range(count)]


def request(
    chain: LocalChain, found: Iterable[Transaction], *, later_ms: int = 1_000, may_leave_out: Iterable[bytes] = ()
) -> ProposalRequest:
    return ProposalRequest(
        height=chain.ledger.info().height + 1,
        time_ms=chain.time_ms + later_ms,
        proposer=chain.key.public,
        evidence=(),
        candidates=list(found),
        max_bytes=1_000_000,
        may_leave_out=frozenset(may_leave_out),
    )


# --- the ledger


@pytest.mark.parametrize(
    ("patient", "taken", "all_fail"),
    [
        pytest.param(range(10), 5, False, id="all-that-fail-left-out"),
        pytest.param((), 10, False, id="all-that-fail-kept"),
        pytest.param((1, 2, 5), 8, False, id="some-left-out-some-kept"),
        pytest.param((0, 2, 9), 9, False, id="the-last-left-out"),
        pytest.param(range(10), 10, True, id="nothing-runs-so-all-are-kept"),
    ],
)
def test_what_a_plan_made_the_others_run_is_the_proposed_block_and_is_not_run_again(
    chain: LocalChain, monkeypatch: pytest.MonkeyPatch, patient: Iterable[int], taken: int, all_fail: bool
) -> None:
    found = candidates(chain, 20)[1::2] if all_fail else candidates(chain, 10)
    asked = request(chain, found, may_leave_out=[found[position].id for position in patient])
    block = chain.ledger.prepare_proposal(asked).block
    assert len(block.transactions) == taken
    chain.ledger._results.clear()
    fake = Fake.over(chain, found)
    fake.plans.tell(asked)
    [frame] = fake.pushed
    plan = wire.decode(frame)
    assert isinstance(plan, Plan)
    fake.plans.receive(chain.key.public.hex(), plan)
    assert fake.results == ["run"]
    assert list(chain.ledger._results) == [block.id]
    assert chain.ledger._results[block.id] == chain.ledger._apply(block)

    def again(_block: object) -> None:
        raise AssertionError("it was run already")

    monkeypatch.setattr(chain.ledger, "_apply", again)
    assert len(chain.decide(block)) == taken


def test_a_plan_says_how_large_the_block_may_be(chain: LocalChain) -> None:
    found = candidates(chain, 10)
    asked = replace(request(chain, found), max_bytes=transition.BLOCK_OVERHEAD_BYTES + 1_000)
    block = chain.ledger.prepare_proposal(asked).block
    assert 0 < len(block.transactions) < 10
    chain.ledger._results.clear()
    fake = Fake.over(chain, found)
    fake.plans.tell(asked)
    fake.plans.receive(chain.key.public.hex(), wire.decode(fake.pushed[0]))  # type: ignore[arg-type]
    assert list(chain.ledger._results) == [block.id]


def test_a_plan_says_how_much_gas_the_block_may_take(chain: LocalChain) -> None:
    """security 2: a proposer stops where its machine has worked long enough, and the others stop there too."""
    found = candidates(chain, 10)
    fake = Fake.over(chain, found)
    asked = replace(request(chain, found), max_gas=1)
    block = chain.ledger.prepare_proposal(asked).block
    assert len(block.transactions) == 1
    chain.ledger._results.clear()
    fake.plans.tell(asked)
    plan = wire.decode(fake.pushed[0])
    assert isinstance(plan, Plan)
    assert plan.max_gas == 1
    fake.plans.receive(chain.key.public.hex(), plan)
    assert block.id in chain.ledger._results


def test_a_plan_names_the_certificate_that_the_block_will_carry(chain: LocalChain) -> None:
    """The proposer may have committed the parent with other signatures than this node has."""
    chain.commit()
    found, info = candidates(chain), chain.ledger.info()
    vote = sign_vote(
        chain.key, chain.genesis.hash, type=VoteType.PRECOMMIT, height=info.height, round=1, block_id=info.block_id
    )
    theirs = Certificate.from_votes([vote]).encode()
    assert theirs != chain.ledger.parent_certificate
    for wrong in (b"x", Certificate.from_votes([replace(vote, signature=bytes(64))]).encode()):
        assert chain.ledger.rehearse(replace(request(chain, found), parent_certificate=wrong)) == "refused"
    assert chain.ledger.rehearse(replace(request(chain, found), parent_certificate=theirs)) == "run"
    [block_id] = chain.ledger._results
    env = replace(chain.ledger._env.current, parent_certificate=theirs)
    wires = [one.wire for one in found]
    at = {"protocol": 1, "time_ms": chain.time_ms + 1_000, "proposer": chain.key.public}
    assert make_block(env, chain.ledger._tree.root, transactions=wires, **at).id == block_id


def test_another_block_than_the_rehearsed_one_is_run_itself(chain: LocalChain) -> None:
    found = candidates(chain)
    assert chain.ledger.rehearse(request(chain, found[1:])) == "run"
    block = chain.propose(found[0]).block
    assert block.id in chain.ledger._results
    chain.ledger._results.pop(block.id)
    assert [receipt.ok for receipt in chain.decide(block)] == [True]


@pytest.mark.parametrize("later_ms", [0, -1_000])
def test_a_plan_for_a_block_that_breaks_a_rule_makes_no_such_block_acceptable(chain: LocalChain, later_ms: int) -> None:
    chain.commit()
    found = candidates(chain, 1)
    assert chain.ledger.rehearse(request(chain, found, later_ms=later_ms)) == "refused"
    env = chain.ledger._env.current
    wires = [one.wire for one in found]
    root = chain.ledger._tree.root
    at = {"protocol": 1, "time_ms": chain.time_ms + later_ms, "proposer": chain.key.public}
    block = make_block(env, root, transactions=wires, **at)
    assert not chain.ledger.process_proposal(block).accepted


def test_a_plan_after_a_proposal_runs_nothing(chain: LocalChain) -> None:
    found = candidates(chain)
    chain.propose(found[0])
    assert chain.ledger.rehearse(request(chain, found)) == "late"
    assert len(chain.ledger._results) == 1


# --- who is listened to, and when

PROPOSER, OTHER = "aa" * 32, "bb" * 32
IDS = tuple(bytes([number]) * 32 for number in range(10))


NOW_MS, PARENT_MS = 80, 50
CERTIFICATE = b"of the block at height 4"


def plan(height: int = 5, time_ms: int = 77) -> Plan:
    return Plan(height, time_ms, IDS, b"\x08\x00", 1_000)


class Fake:
    """As much of a node as plans need: at height 4, PROPOSER's turn is 5 and every other odd height."""

    def __init__(self, known: Iterable[bytes] = IDS) -> None:
        self.height = 4
        self.runs: list[ProposalRequest] = []
        self.pushed: list[bytes] = []
        self.verified: dict[bytes, Any] = {one: SimpleNamespace(wire_id=one, id=one) for one in known}
        self.ledger = SimpleNamespace(
            parent_certificate=CERTIFICATE,
            info=lambda: SimpleNamespace(height=self.height, time_ms=PARENT_MS),
            rehearse=self.rehearse,
            validators_of=self.validators_of,
        )
        self.results: list[str] = []
        counter = SimpleNamespace(inc=lambda: None)
        self.metrics = SimpleNamespace(plans=SimpleNamespace(labels=lambda name: self.results.append(name) or counter))
        self.clock = SimpleNamespace(now_ms=lambda: NOW_MS)
        self.driver = SimpleNamespace(rules=replace(consensus_kit.rules(), clock_drift_ms=10, clock_offset_ms=1_000))
        self.peers = SimpleNamespace(push=self.pushed.append)
        self.started, self.fault = True, None
        self.plans = Plans(self)  # type: ignore[arg-type]

    @classmethod
    def over(cls, chain: LocalChain, known: Iterable[Transaction]) -> Fake:
        """One that runs plans on a chain's own ledger."""
        fake = cls()
        fake.ledger = chain.ledger  # type: ignore[assignment]
        fake.verified = {one.wire_id: one for one in known}
        fake.driver.rules = replace(fake.driver.rules, clock_offset_ms=chain.time_ms + 1_000)
        return fake

    def rehearse(self, request: ProposalRequest) -> str:
        self.runs.append(request)
        return "run"

    def validators_of(self, _height: int) -> Any:
        def proposer(height: int, round_: int) -> Any:
            return SimpleNamespace(key=bytes.fromhex(PROPOSER if (height + round_) % 2 else OTHER))

        return SimpleNamespace(proposer=proposer)

    def arrive(self, *ids: bytes) -> None:
        found = [SimpleNamespace(wire_id=one, id=one) for one in ids]
        self.verified.update(zip(ids, found, strict=True))
        self.plans.arrived(found)  # type: ignore[arg-type]


def within_loop(work: Callable[[], None]) -> None:
    async def run() -> None:
        work()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(run())


def test_the_proposers_plan_is_run_once() -> None:
    fake = Fake()
    for _ in range(3):
        fake.plans.receive(PROPOSER, plan())
    [run] = fake.runs
    assert (run.height, run.time_ms, run.proposer) == (5, 77, bytes.fromhex(PROPOSER))
    assert (run.may_leave_out, run.max_bytes) == ({IDS[3]}, 1_000)
    assert [one.wire_id for one in run.candidates] == list(IDS)


@pytest.mark.parametrize("time_ms", [0, PARENT_MS, NOW_MS + 1_000 + 11, 2**62])
def test_a_plan_of_a_time_that_no_proposal_may_have_is_not_run(time_ms: int) -> None:
    fake = Fake()
    fake.plans.receive(PROPOSER, plan(5, time_ms))
    assert (fake.runs, fake.results) == ([], ["refused"])


@pytest.mark.parametrize("time_ms", [PARENT_MS + 1, NOW_MS + 1_000 + 10])
def test_a_plan_may_be_as_early_and_as_late_as_a_proposal(time_ms: int) -> None:
    fake = Fake()
    fake.plans.receive(PROPOSER, plan(5, time_ms))
    assert (len(fake.runs), fake.results) == (1, ["run"])


@pytest.mark.parametrize(("peer", "height"), [(OTHER, 5), (PROPOSER, 4), (PROPOSER, 7), (PROPOSER, 6), (OTHER, 6)])
def test_nobody_else_is_listened_to_and_at_no_other_height(peer: str, height: int) -> None:
    fake = Fake()
    fake.plans.receive(peer, plan(height))
    assert fake.runs == []
    fake.plans.receive(PROPOSER, plan())
    assert len(fake.runs) == 1, "and it takes nothing from the proposer"


def test_a_plan_that_comes_before_the_commit_waits_for_it() -> None:
    fake = Fake()
    fake.plans.receive(OTHER, plan(6, 77))
    fake.plans.receive(PROPOSER, plan(6, 78))  # not its turn

    def commit() -> None:
        fake.height = 5
        fake.plans.committed()
        assert fake.runs == [], "consensus ends first"

    within_loop(commit)
    assert [run.time_ms for run in fake.runs] == [77]


def test_a_plan_waits_for_transactions_that_are_on_their_way() -> None:
    fake = Fake(known=IDS[:7])
    fake.plans.receive(PROPOSER, plan())
    within_loop(lambda: fake.arrive(IDS[9], IDS[7]))
    assert fake.runs == []
    within_loop(lambda: fake.arrive(IDS[8]))
    assert [one.wire_id for one in fake.runs[0].candidates] == list(IDS)


def test_a_plan_whose_height_is_over_is_forgotten() -> None:
    fake = Fake(known=IDS[:9])
    fake.plans.receive(PROPOSER, plan())

    def late() -> None:
        fake.height = 5
        fake.plans.committed()
        fake.arrive(IDS[9])

    within_loop(late)
    assert fake.runs == []


def test_a_node_that_ends_runs_nothing_more() -> None:
    fake = Fake()
    fake.plans.receive(OTHER, plan(6, 77))

    def end() -> None:
        fake.height = 5
        fake.plans.committed()
        fake.started = False

    within_loop(end)
    assert fake.runs == []


def test_a_planned_proposal_is_waited_for_as_much_longer_as_its_run_took_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake()
    monkeypatch.setattr("chainbill_node.process.speculation.time.perf_counter", iter((10.0, 12.5)).__next__)
    due = Timer(TimerKind.PROPOSE, 5, 0)
    assert fake.plans.take_grace_s(due) == 0, "no plan was run"
    fake.plans.receive(PROPOSER, plan())
    others = [Timer(kind, 5, 0) for kind in TimerKind if kind is not TimerKind.PROPOSE]
    for other in (*others, Timer(TimerKind.PROPOSE, 5, 1), Timer(TimerKind.PROPOSE, 6, 0)):
        assert fake.plans.take_grace_s(other) == 0
    assert [fake.plans.take_grace_s(due), fake.plans.take_grace_s(due)] == [2.5, 0]


def test_few_transactions_are_not_worth_a_plan() -> None:
    fake = Fake()
    found: list[Any] = list(fake.verified.values())
    asked = ProposalRequest(5, 77, bytes(32), (), found, 1_000, frozenset([IDS[0], IDS[9]]))
    fake.plans.tell(replace(asked, candidates=found[: LEAST_PLANNED - 1]))
    assert fake.pushed == []
    fake.plans.tell(asked)
    assert [wire.decode(one) for one in fake.pushed] == [Plan(5, 77, IDS, b"\x01\x02", 1_000, CERTIFICATE)]


def test_one_dear_transaction_is_worth_a_plan() -> None:
    """The others ran half a second of a few dear ones when the proposer had, and only then."""
    fake = Fake()
    found: list[Any] = list(fake.verified.values())
    asked = ProposalRequest(5, 77, bytes(32), (), [], 1_000, frozenset())
    fake.plans.tell(asked, 0)
    assert fake.pushed == []
    fake.plans.tell(replace(asked, candidates=found[:1]), 1)
    assert [wire.decode(one) for one in fake.pushed] == [Plan(5, 77, IDS[:1], b"\x00", 1_000, CERTIFICATE)]


@pytest.mark.parametrize(("count", "max_bytes"), [(10, 2 * MAX_BLOCK_BYTES), (MAX_BLOCK_TRANSACTIONS + 1, 1_000)])
def test_a_node_with_odd_limits_tells_no_plan_that_would_cost_it_its_peers(count: int, max_bytes: int) -> None:
    fake = Fake()
    found: list[Any] = [SimpleNamespace(wire_id=bytes(32), id=bytes(32))] * count
    fake.plans.tell(ProposalRequest(5, 77, bytes(32), (), found, max_bytes, frozenset()))
    for frame in fake.pushed:
        assert isinstance(wire.decode(frame), Plan)


# --- whole nodes
async def hand_in_until_plans_are_run(nodes: Sequence[Node], network: Any, wanted: int) -> None:
    """Hand in transactions, all of which commit. A busy machine makes blocks of few, for which there are no plans."""
    while sum(counted(node, "plans", "run") for node in nodes) < wanted:
        waiting = [
            submit(ServedNode(nodes[0]), signed(network, f"bank{1 + number % 2}"), 20_000)
            for number in range(3 * LEAST_PLANNED)
        ]
        answers = await asyncio.gather(*waiting)
        assert {answer.status for answer in answers} == {"committed"}


def test_nodes_run_each_others_plans_and_agree(tmp_path: Path) -> None:
    network = create_local_network(tmp_path / "net", validators=2)

    async def main() -> None:
        async with connected(network, slow_down_proposals) as nodes:
            await hand_in_until_plans_are_run(nodes, network, 3)

    asyncio.run(main())


def test_a_long_run_of_a_plan_does_not_cost_its_proposer_the_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = create_local_network(tmp_path / "net", validators=2)
    rounds: list[int] = []
    rehearse, note = LedgerApplication.rehearse, Node.note

    def at_length(ledger: LedgerApplication, request: ProposalRequest) -> str:
        time.sleep(0.5)
        return rehearse(ledger, request)

    def watch(node: Node, told: Note) -> None:
        rounds.append(told.round)
        note(node, told)

    monkeypatch.setattr(LedgerApplication, "rehearse", at_length)
    monkeypatch.setattr(Node, "note", watch)

    def impatient(node: Node) -> None:
        node.driver._engine._settings = replace(node.driver._engine._settings, timeouts=Timeouts(propose_ms=200))
        slow_down_proposals(node)

    async def main() -> None:
        async with connected(network, impatient) as nodes:
            rounds.clear()  # they met at different moments
            await hand_in_until_plans_are_run(nodes, network, 1)

    asyncio.run(main())
    assert set(rounds) <= {-1, 0}


def slow_down_proposals(node: Node) -> None:
    """As if it took the proposer some time to run its block: here both nodes share a thread."""
    broadcast = node.peers.broadcast

    def slowly(frame: bytes, *, droppable: bool = False) -> None:
        if isinstance(wire.decode(frame), CompactProposal):
            asyncio.get_running_loop().call_later(0.05, broadcast, frame)
        else:
            broadcast(frame, droppable=droppable)

    node.peers.broadcast = slowly  # type: ignore[method-assign]
