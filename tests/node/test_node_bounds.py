"""Everything that can grow in a running node is named here with its bound; a collection that is not named fails."""

from __future__ import annotations

import ast
import asyncio
import importlib
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from chainbill_node.consensus.evidence_pool import EvidencePool
from chainbill_node.consensus.limits import (
    EVIDENCE_OF_ONE,
    EVIDENCE_REMEMBERED,
    EVIDENCE_WAITING,
    PEERS_AHEAD,
    PROPOSALS_AHEAD_PER_PEER,
    VALIDATORS_HEARD,
    VOTES_AHEAD_PER_PEER,
)
from chainbill_node.driver.driver import Driver
from chainbill_node.driver.inbox import Ahead
from chainbill_node.network.budget import Exclusions
from chainbill_node.network.limits import MAX_REMEMBERED_PEERS
from chainbill_node.network.peers import PeerNetwork
from chainbill_node.network.unmet import Unmet
from chainbill_node.network.vouching import Vouching
from chainbill_node.wire.messages import Votes

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.evidence import DuplicateVote, Evidence
from chainbill.ledger.vote import Vote, VoteType, sign_vote

pytestmark = pytest.mark.untraced

NODE = Path(__file__).resolve().parents[2] / "node" / "chainbill_node"

ONE_REQUEST = "lives as long as one request, one block, one message or one start"
BY_MEMBERS = "at most one for each node of the on-chain set, which is bounded by limits.MAX_VALIDATORS and governance"
BOUNDS = {
    "intake.admission.Admission._heavy": "mempool.unverified: home.config.LimitsConfig.mempool_transactions",
    "intake.admission.Admission._light": "mempool.unverified: home.config.LimitsConfig.mempool_transactions",
    "intake.admission.Admission._strangers": "mempool.unverified: home.config.LimitsConfig.mempool_transactions",
    "intake.admission.Admission._by_wire": "mempool.unverified: home.config.LimitsConfig.mempool_transactions",
    "intake.admission.Arrival.done": "intake.limits.MAX_LISTENERS",
    "consensus.book.Book.rounds": "consensus.limits.ROUNDS_KEPT",
    "consensus.book.Book.far": BY_MEMBERS,
    "consensus.book.Tally.by_value": "consensus.limits.VALUES_PER_SENDER",
    "consensus.book.Tally.senders": BY_MEMBERS,
    "consensus.company.Company.said": BY_MEMBERS,
    "consensus.evidence_pool.EvidencePool.waiting": "consensus.limits.EVIDENCE_WAITING",
    "consensus.state.HeightState.blocks": "consensus.limits.ROUNDS_KEPT",
    "consensus.state.HeightState.received_ms": "consensus.limits.ROUNDS_KEPT",
    "consensus.signer_memory.Recovered.messages": ONE_REQUEST,
    "consensus.signer_memory.Recovered.earlier": "by the file: driver.ports.Settings.signer_file_limit_bytes",
    "driver.driver.Driver._heard_ms": "consensus.limits.VALIDATORS_HEARD",
    "driver.catchup.Catchup._waiting": "wire.limits.MAX_BLOCKS_IN_BATCH",
    "driver.inbox.Ahead._by_peer": "consensus.limits.PEERS_AHEAD",
    "driver.recovery.Recovery.positions": BY_MEMBERS,
    "application.application.LedgerApplication._results": "application.application.KEPT_RESULTS",
    "application.cached_view.Generations._young": "application.cached_view.KEPT_BUCKET_BYTES",
    "application.cached_view.Generations._old": "application.cached_view.KEPT_BUCKET_BYTES",
    "application.cached_view.CachedView._firsts": "application.cached_view.KEPT_FIRSTS",
    "application.cached_view.DecodedRows._known": "application.cached_view.KEPT_DECODED",
    "application.environment.UsedIds._unused": "application.environment.MOST_REMEMBERED",
    "runtime.free_space.Rate._samples": "runtime.free_space.SAMPLES",
    "foundation.fair_queue.InTurn._of": "by whose it is: backpressure: mempool.unverified: "
    "home.config.LimitsConfig.mempool_transactions; rate_limit: intake.limits.TRY_WAITING, "
    "intake.limits.STRANGERS_WAITING; request_scheduling: by two: home.config.LimitsConfig.rest_connections",
    "process.state_sync.Joining._stores": "by two: the new database and its scratch",
    "runtime.logs.EventLog._seldom": "by event: words of the program",
    "mempool.accounts.Accounts._of": "mempool.accounts.MAX_ACCOUNTS",
    "mempool.known.KnownAddresses._credit": "mempool.limits.MAX_KNOWN_ADDRESSES",
    "mempool.reading.Reading._of": "mempool.reading.MAX_READ_SOURCES",
    "mempool.waiting_line.WaitingLine._queues": "mempool.unverified: home.config.LimitsConfig.mempool_transactions",
    "mempool.pool.Mempool._waiting": "home.config.LimitsConfig.mempool_transactions",
    "mempool.pool.Mempool._shares": "home.config.LimitsConfig.mempool_transactions",
    "mempool.verified.VerifiedTransactions._known": "home.config.LimitsConfig.mempool_transactions",
    "runtime.metrics.Metrics._named": BY_MEMBERS,
    "network.budget.Budgets._known": "network.limits.MAX_REMEMBERED_PEERS",
    "network.budget.Exclusions._known": "network.limits.MAX_REMEMBERED_PEERS",
    "network.connection.Connection._input": "network.limits.MAX_FRAME_BYTES",
    "network.connection.Connection._output": "network.limits.CLOSE_ABOVE_BYTES",
    "network.door.Rates._known": "network.limits.MAX_REMEMBERED_PEERS",
    "network.door.Rates._buckets": "network.limits.MAX_ADDRESSES",
    "network.door.Door._listeners": ONE_REQUEST,
    "network.door.Door._accepting": ONE_REQUEST,
    "network.door.Door._shaking": "network.limits.MAX_HANDSHAKES",
    "network.door.Door._tasks": "network.limits.MAX_HANDSHAKES, and those ended, for some turns of the loop",
    "network.peers.PeerNetwork._connections": BY_MEMBERS,
    "network.peers.PeerNetwork._pending": "network.limits.MAX_PENDING_PER_PEER",
    "network.peers.PeerNetwork._dialling": BY_MEMBERS,
    "network.unmet.Unmet._of": BY_MEMBERS,
    "network.peers.PeerNetwork.since_ms": "network.limits.MAX_REMEMBERED_PEERS",
    "mempool.unverified.Unverified._of": "home.config.LimitsConfig.mempool_transactions: entries at nothing are gone",
    "intake.backpressure.Pace._inside": "mempool.unverified: home.config.LimitsConfig.mempool_transactions",
    "intake.submission.HandingIn._answers": ONE_REQUEST,
    "intake.submission.HandingIn._listening": ONE_REQUEST,
    "intake.submission.HandingIn._not_offered": ONE_REQUEST,
    "intake.clock_offset.OwnClock._ahead": BY_MEMBERS,
    "process.proposals.Copies._first": "wire.limits.MAX_PROPOSALS_A_HEIGHT",
    "process.proposals.Copies._others": BY_MEMBERS,
    "process.proposals.Memory._heights": "by three heights: wire.limits.MAX_PROPOSALS_A_HEIGHT of each",
    "process.proposals.Memory._sent": "by three heights: wire.limits.MAX_PROPOSALS_A_HEIGHT of each, a few times",
    "process.speculation._Short.missing": "by its plan: the wire takes at most MAX_BLOCK_TRANSACTIONS ids",
    "process.peer_requests.Questions._waiting": "process.limits.MAX_QUESTIONS_WAITING",
    "application.read_throttle.LongReads._sources": "application.read_throttle.MAX_SOURCES; "
    "and those at work: rest.places.PLACES",
    "rest.fair_reads._Received._seen": ONE_REQUEST,
    "rest.fair_reads._Received._taken": ONE_REQUEST,
    "rest.places.Places._held": "rest.places.PLACES",
    "rest.places.Places._queues": "rest.places.MAX_WAITING",
    "rest.places.Places._waiting": "rest.places.MAX_WAITING",
    "rest.request_verifying.ReplayGuard._held": "rest.request_verifying.MAX_NONCES",
    "rest.request_verifying.ReplayGuard._seen": "rest.request_verifying.MAX_NONCES",
    "rest.lists._Counting._sums": ONE_REQUEST,
    "rest.valued_view.ValuedView._bills": ONE_REQUEST,
    "rest.valued_view.ValuedView._past": ONE_REQUEST,
    "rest.valued_view.ValuedView._valued_sights": ONE_REQUEST,
    "rest.parts.TokensOfBill.rows": ONE_REQUEST,
    "rest.view.View._counted": ONE_REQUEST,
    "rest.view.KeptLineages._of": "rest.view.KEPT_TOKENS, and the one in use",
    "rest.view.View._sights": ONE_REQUEST,
    "rest.view.View._parties": ONE_REQUEST,
    "rest.view.View._pay_as": ONE_REQUEST,
    "rest.problems.Problem.fields": ONE_REQUEST,
    "rest.problems.Problem.errors": ONE_REQUEST,
    "rest.problems.Problem.members": ONE_REQUEST,
    "rest.problems.Problem.headers": ONE_REQUEST,
    "rest.texts.Texts._entries": ONE_REQUEST,
    "rest.hosts.AllowedHosts._always": "rest.hosts.MAX_REMEMBERED_HOSTS",
    "rest.server.connection_limit.Crowd._here": "home.config.LimitsConfig.rest_connections",
    "rest.server.connection_limit.Crowd._of": "home.config.LimitsConfig.rest_connections",
    "rest.server.request_scheduling.RequestTurns._begins": "by two: home.config.LimitsConfig.rest_connections",
    "rest.server.body_memory.BodyRoom._held": "home.config.LimitsConfig.rest_connections",
    "rest.server.body_memory.BodyRoom._of": "home.config.LimitsConfig.rest_connections",
    "rest.server.body_memory.BodyRoom._seen": "home.config.LimitsConfig.rest_connections",
    "rest.server.body_memory.BodyRoom._unfinished": "home.config.LimitsConfig.rest_connections",
    "rest.server.body_memory.BodyRoom._waiting": "home.config.LimitsConfig.rest_connections",
    "storage.chain.sums.SumChange._changes": ONE_REQUEST,  # many rows: storage.chain.derived.BATCH_ROWS
    "storage.chain.batch.Batch.puts": ONE_REQUEST,
    "storage.chain.batch.Batch.deletes": ONE_REQUEST,
    "storage.chain.rebuild.StateRebuild._entries": ONE_REQUEST,
    "storage.chain.rebuild.StateRebuild._puts": "storage.chain.rebuild.BATCH_ROWS",
    "storage.snapshots.folder.SnapshotFolder._manifests": "home.config.StorageConfig.keep_snapshots",
    "storage.snapshots.stream.RecordReader._ready": "storage.snapshots.stream.STEP_BYTES",
    "storage.snapshots.restore.SnapshotTaker._puts": "storage.snapshots.restore.BATCH_BYTES",
    "storage.snapshots.restore.SnapshotTaker._receipts": ONE_REQUEST,
    "storage.writeback.Writeback._sizes": "storage.writeback.NEWEST",
    "sync.blocks.SyncState.claims": "sync.blocks.MAX_PEERS",
    "sync.blocks.SyncState.pace_ms": "sync.blocks.MAX_PEERS",
    "sync.blocks.SyncState.strikes": "sync.blocks.MAX_PEERS",
    "sync.snapshots.StateSync._answered": BY_MEMBERS,
    "sync.snapshots.StateSync._liars": BY_MEMBERS,
    "sync.snapshots.StateSync._peers": BY_MEMBERS,
    "sync.snapshots.StateSync._snapshots": "sync.snapshots.MAX_SNAPSHOTS",
    "sync.snapshots._Taking.asked": "sync.snapshots.AHEAD",
    "sync.snapshots._Taking.here": "sync.snapshots.AHEAD",
    "sync.snapshots._Taking.pace_ms": BY_MEMBERS,
    "runtime.timers.Timetable._entered": "one for each wait of the program, "
    "and one for each step of consensus, for seconds",
    "process.peer_messages.Traffic._hopeless": "process.limits.MAX_HOPELESS",
    "process.peer_messages.Traffic.peer_heights": BY_MEMBERS,
    "process.warning_monitor.Watch._told_ms": "by key: foundation.node_warning.KEYS",
    "intake.commit_waiters.Waiters._of": "intake.limits.MAX_WAITERS",
    "intake.commit_waiters.Waiters._until": "intake.limits.MAX_WAITERS",
    "intake.commit_waiters.Waiters._waiting": "intake.limits.MAX_WAITERS",
}  # fmt: skip
MAKERS = {"dict", "list", "set", "deque", "OrderedDict", "defaultdict", "Counter", "Queue", "bytearray"}


def makes_collection(value: ast.expr | None) -> bool:
    """{} [] set() deque() bytearray() asyncio.Queue() …, or a field with such a factory."""
    match value:
        case ast.Dict(keys=[]) | ast.List(elts=[]):
            return True
        case ast.Call(func=ast.Name(id=name)) if name in MAKERS:
            return True
        case ast.Call(func=ast.Attribute(attr=name)) if name in MAKERS:
            return True
        case ast.Call(func=ast.Name(id="field"), keywords=keywords):
            return any(
                one.arg == "default_factory" and isinstance(one.value, ast.Name) and one.value.id in MAKERS
                for one in keywords
            )
    return False


def collections_of(path: Path) -> set[str]:
    module = str(path.relative_to(NODE).with_suffix("")).replace("/", ".")
    found = set()
    for owner in ast.walk(ast.parse(path.read_text())):
        if not isinstance(owner, ast.ClassDef):
            continue
        for node in ast.walk(owner):
            targets: list[ast.expr] = []
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, ast.AnnAssign):
                targets = [node.target]
            if not targets or not makes_collection(node.value):  # type: ignore[attr-defined]
                continue
            for target in targets:
                if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self":
                    found.add(f"{module}.{owner.name}.{target.attr}")
                elif isinstance(target, ast.Name) and node in owner.body:
                    found.add(f"{module}.{owner.name}.{target.id}")
    return found


def grow() -> set[str]:
    """What a long-lived object holds; the records of consensus, wire and trace are values of one height or request."""
    skipped = {"trace", "setup"}
    paths = [path for path in NODE.rglob("*.py") if path.relative_to(NODE).parts[0] not in skipped]
    return set().union(*map(collections_of, paths))


def test_every_collection_has_a_bound_that_exists() -> None:
    found = grow()
    unnamed = {
        one for one in found - BOUNDS.keys() if "prometheus" not in one and not one.startswith("runtime.metrics.")
    }
    assert not unnamed, f"bound it, in a limits module, test that, and name it here: {sorted(unnamed)}"
    gone = {one for one in BOUNDS.keys() - found if not importable(one)}
    assert not gone, f"no longer there: {sorted(gone)}"


def importable(name: str) -> bool:
    """Whether module and class of an entry exist."""
    module, owner, _ = name.rsplit(".", 2)
    return hasattr(importlib.import_module(f"chainbill_node.{module}"), owner)


@pytest.mark.parametrize("bound", sorted(set(BOUNDS.values())))
def test_every_bound_that_is_named_exists(bound: str) -> None:
    if " " in bound:
        return
    module, _, name = bound.rpartition(".")
    try:
        owner = importlib.import_module(f"chainbill_node.{module}")
    except ModuleNotFoundError:
        module, _, section = module.rpartition(".")
        owner = getattr(importlib.import_module(f"chainbill_node.{module}"), section)()
    assert int(getattr(owner, name)) > 0


# --- filled


KEY = PrivateKey.from_seed(b"k" * 32)


def vote(height: int, number: int, value: bytes = bytes(32)) -> Vote:
    return Vote(VoteType.PREVOTE, height, number, value, KEY.public, bytes(64))


def misdeed(height: int) -> Evidence:
    key = PrivateKey.from_seed(bytes([height // EVIDENCE_OF_ONE % 250]).ljust(32))
    one, other = (
        sign_vote(key, "test", type=VoteType.PREVOTE, height=height, round=0, block_id=bytes([byte]) * 32)
        for byte in (1, 2)
    )
    return DuplicateVote.of(one, other)


def test_evidence_waits_and_is_remembered_up_to_a_bound() -> None:
    pool = EvidencePool()
    for height in range(1, EVIDENCE_WAITING + 20):
        pool = pool.add(misdeed(height))
    assert len(pool.waiting) == EVIDENCE_WAITING
    for height in range(1, EVIDENCE_REMEMBERED + 20):
        pool = pool.settle((misdeed(height).encode(),))
    assert len(pool.settled) == EVIDENCE_REMEMBERED
    assert not pool.waiting


def test_messages_of_the_next_height_are_bounded_by_peer_and_in_all() -> None:
    ahead = Ahead()
    for peer in range(PEERS_AHEAD + 10):
        for number in range(3):
            votes = tuple(vote(7, 300 * number + at) for at in range(VOTES_AHEAD_PER_PEER // 2))
            ahead.keep(7, f"peer{peer}", Votes(votes))
    taken = ahead.take()
    assert len({peer for peer, _ in taken}) == PEERS_AHEAD
    assert len(taken) == 2 * PEERS_AHEAD
    assert PROPOSALS_AHEAD_PER_PEER == 2
    assert ahead.take() == []


def test_who_was_heard_is_forgotten_with_the_set(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver.__new__(Driver)
    driver._heard_ms = {}
    monkeypatch.setattr(Driver, "rules", type("Rules", (), {"validators": {b"new"}}))
    monkeypatch.setattr(Driver, "_now_ms", lambda _self: 1)
    for number in range(VALIDATORS_HEARD):
        driver._heard(b"old%d" % number)
    driver._heard(b"new")
    assert set(driver._heard_ms) == {b"new"}


def test_peers_that_are_away_are_remembered_up_to_a_bound() -> None:
    out = Exclusions()
    for number in range(3 * MAX_REMEMBERED_PEERS):
        out.exclude(f"peer{number}", "why", 0.0)
    assert len(out._known) == MAX_REMEMBERED_PEERS
    assert out.reason(f"peer{3 * MAX_REMEMBERED_PEERS - 1}", 0.5) == "why"

    async def refreshed() -> int:
        peers = PeerNetwork.__new__(PeerNetwork)
        peers.unmet = Unmet()
        peers.unmet.note("gone", "why", asyncio.get_running_loop().time())
        peers.since_ms = {f"peer{number}": number for number in range(3 * MAX_REMEMBERED_PEERS)}
        peers._stopping, peers._connections, peers._pending = False, {}, set()
        settings = type("Settings", (), {"node_id": "a", "identity": MagicMock()})()
        peers._members, peers._settings = dict, settings  # type: ignore[assignment]
        peers.vouching = Vouching(settings.identity)
        peers.refresh()
        assert not peers.unmet.reasons
        assert f"peer{3 * MAX_REMEMBERED_PEERS - 1}" in peers.since_ms
        return len(peers.since_ms)

    assert asyncio.run(refreshed()) == MAX_REMEMBERED_PEERS


def test_a_peer_may_send_ten_seconds_of_each_rate_at_once() -> None:
    """docs/reference/wire.md says so."""
    from chainbill_node.network import limits

    for rate in ("FRAMES", "BYTES", "QUESTIONS", "VOTES", "TRANSACTIONS"):
        assert getattr(limits, f"{rate}_BURST") == 10 * getattr(limits, f"{rate}_A_SECOND"), rate
