"""Pruning: what is old goes, nothing younger than a day, and what stays answers as before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli_w
from chainbill_node.application.application import LedgerApplication
from chainbill_node.application.snapshot_calls import SnapshotCalls, snapshot_info
from chainbill_node.home.config import config_content, load_config
from chainbill_node.home.verify import verify_home, verify_store
from chainbill_node.rest import create_app
from chainbill_node.rest.ports import PeerInfo, holders
from chainbill_node.storage.chain import pruning
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.chain.pruning import Pruner
from chainbill_node.storage.ledger_reader import Pruned
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.snapshots import restore, stream
from chainbill_node.storage.snapshots.folder import SnapshotFolder
from cli.solo_node import SoloNode
from node_chain import LocalChain
from node_processes import Network
from rest.conftest import TestClient
from writes import account_at

from chainbill.limits import DAY_MS, HOUR_MS
from chainbill.state.keys import row_key
from chainbill.state.proof import verify_proof
from chainbill.state.rows import row_hash

PROPOSERS = 5


@pytest.fixture(autouse=True)
def _few_proposers(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (pruning, stream, restore):
        monkeypatch.setattr(module, "PROPOSERS_KEPT", PROPOSERS)


def grown(directory: Path, hours: int) -> tuple[LocalChain, str]:
    """A chain with a bill, then a block with a change every hour."""
    chain = LocalChain(directory / "net")
    bill = chain.trade()
    for hour in range(hours):
        chain.time_ms += HOUR_MS
        pay(chain, hour)
    return chain, bill


def pay(chain: LocalChain, number: int) -> None:
    bank = chain.party("bank1" if number % 2 else "bank2")
    chain.commit(chain.sign("anchor", account_at(bank)))


def pruned(chain: LocalChain, keep: int = 1) -> Pruner:
    pruner = Pruner(chain.store, keep)
    for _ in range(100):
        if not pruner.step():
            break
    chain.ledger.forget_readers()
    return pruner


def history_heights(chain: LocalChain) -> list[int]:
    return [int.from_bytes(key[-8:], "big") for key, _ in chain.store.range(b"h", b"i")]


def test_nothing_younger_than_a_day_goes(tmp_path: Path) -> None:
    chain, _ = grown(tmp_path, 40)
    head = chain.ledger.info()
    pruned(chain)
    lowest = chain.ledger.lowest_height
    assert lowest > 5
    reader = chain.ledger.reader(lowest)
    assert reader.header(lowest).time_ms <= head.time_ms - DAY_MS < reader.header(lowest + 1).time_ms
    assert min(history_heights(chain)) >= lowest
    for height in range(lowest, head.height + 1):
        assert chain.ledger.load_block(height) is not None
        assert chain.ledger.reader(height).receipts(height) is not None
    assert chain.ledger.load_block(lowest - 1) is None
    assert reader.header(lowest - 1) is not None  # for evidence
    with pytest.raises(Pruned) as caught:
        chain.ledger.reader(lowest - 1)
    assert caught.value.lowest == lowest


def test_so_many_blocks_stay_as_were_asked_for(tmp_path: Path) -> None:
    chain, _ = grown(tmp_path, 40)
    pruned(chain, 30)
    assert chain.ledger.lowest_height == chain.ledger.info().height - 30
    before = chain.ledger.lowest_height
    pruned(chain, 0)
    assert chain.ledger.lowest_height == before


def test_the_room_of_blocks_that_went_is_given_back_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain, _ = grown(tmp_path, 40)
    merged: list[tuple[bytes, bytes]] = []
    monkeypatch.setattr(chain.store, "compact", lambda start, stop: merged.append((start, stop)), raising=True)
    monkeypatch.setattr(pruning, "HEIGHTS_A_STEP", 3)
    monkeypatch.setattr(pruning, "HEIGHTS_A_MERGE", 10)
    pruned(chain)
    lowest = chain.ledger.lowest_height
    reached = [int.from_bytes(stop[1:], "big") for start, stop in merged if start[:1] == b"B"]
    assert len(reached) == lowest // 10
    assert all(height % 10 < 3 for height in reached), "as soon as ten heights more are gone"
    assert {start[:1] for start, _ in merged} == {stop[:1] for _, stop in merged}
    assert len(merged) == 3 * len(reached)


def test_what_is_kept_answers_as_before(tmp_path: Path) -> None:
    chain, bill = grown(tmp_path, 40)
    head = chain.ledger.info().height
    party = chain.party("anchor")

    def answers(height: int) -> Any:
        reader = chain.ledger.reader(height)
        return (
            reader.get("bill", "bill", bill), reader.scan("token", "token"), reader.scan("token", "hop"),
            reader.get("party", "party", party), reader.index("bill.debtor", [party]), reader.app_hash_at(height),
        )  # fmt: skip

    before = {height: answers(height) for height in range(head - 20, head + 1)}
    pruned(chain)
    assert chain.ledger.lowest_height <= head - 20
    assert {height: answers(height) for height in before} == before
    key = row_key("bill", "bill", bill)
    reader = chain.ledger.reader(head - 3)
    raw = reader.raw(key)
    assert raw is not None
    assert verify_proof(reader.app_hash_at(head - 3) or b"", key, row_hash(key, raw), reader.prove(key))


def test_headers_stay_for_seven_days(tmp_path: Path) -> None:
    chain, _ = grown(tmp_path, 30)
    for day in range(9):
        chain.time_ms += DAY_MS
        pay(chain, day)
    head = chain.ledger.info()
    pruned(chain)
    kept = [int.from_bytes(key[1:], "big") for key, _ in chain.store.range(b"E", b"F")]
    records = [int.from_bytes(key[1:], "big") for key, _ in chain.store.range(b"H", b"I")]
    oldest = chain.ledger.reader(None).header(kept[0])
    assert oldest is not None
    assert oldest.time_ms <= head.time_ms - 7 * DAY_MS
    assert kept[0] > 20
    assert min(one for one in records if one) == kept[0]


def test_a_pruned_node_goes_on_starts_again_and_is_verified(tmp_path: Path) -> None:
    chain, _ = grown(tmp_path, 40)
    pruner = pruned(chain)
    for hour in range(3):
        chain.time_ms += HOUR_MS
        pay(chain, hour)
        pruner.step()
    again = LedgerApplication(ChainDatabase(chain.store))
    again.open_chain(chain.genesis)
    assert again.info() == chain.ledger.info()
    assert again._env.current.recent_proposers[-3:] == chain.ledger._env.current.recent_proposers[-3:]
    report = verify_store(chain.store, chain.genesis)
    assert report.ok, report.problems
    chain.ledger.forget_readers()
    assert report.blocks == report.height - chain.ledger.lowest_height + 1


def test_verifying_finds_what_was_changed(tmp_path: Path) -> None:
    chain, _ = grown(tmp_path, 40)
    pruned(chain)
    head = chain.ledger.info().height
    rows = dict(chain.store.range(b"", b"\xff"))
    for prefix in (b"sbill\0bill", b"B", b"C", b"R", b"H", b"V"):
        found = [key for key in rows if key.startswith(prefix)]
        key = b"H" + (head - 2).to_bytes(8, "big") if prefix == b"H" else found[len(found) // 2]
        middle = len(rows[key]) // 2
        damaged = rows[key][:middle] + bytes((rows[key][middle] ^ 1,)) + rows[key][middle + 1 :]
        assert not verify_store(MemoryStore({**rows, key: damaged}), chain.genesis).ok, prefix
    for prefix in (b"iindex\0token_bill", b"b", b"l", b"stoken", b"B"):
        key = max(key for key in rows if key.startswith(prefix) and (rows[key] or prefix[:1] == b"i"))
        fewer = {name: value for name, value in rows.items() if name != key}
        assert not verify_store(MemoryStore(fewer), chain.genesis).ok, prefix
    for key in (b"b" + bytes(3) + b"\x02", b"l" + bytes(3)):
        assert not verify_store(MemoryStore({**rows, key: bytes(64)}), chain.genesis).ok, key


def test_a_pruned_node_serves_snapshots_and_the_newcomer_can_too(tmp_path: Path) -> None:
    chain, _ = grown(tmp_path, 40)
    pruned(chain)
    store: Any = chain.store
    for generation in range(2):
        ledger = LedgerApplication(ChainDatabase(store))
        ledger.open_chain(chain.genesis)
        chain.ledger, chain.store = ledger, store
        folder = SnapshotFolder(tmp_path / f"snapshots{generation}", 1)
        source, height = store.snapshot(), ledger.info().height
        chain.time_ms += HOUR_MS
        pay(chain, generation)
        written = folder.write(source, height, lambda: True)
        assert written is not None
        assert folder.finish(written, store, chain.genesis.hash)
        manifest, data = folder.manifests()[0]
        store = MemoryStore()
        taker = LedgerApplication(ChainDatabase(store), SnapshotCalls(None, MemoryStore))
        answer = taker.offer_snapshot(chain.genesis, snapshot_info(data, height, len(manifest.chunks)))
        for index in range(len(manifest.chunks)):
            assert answer.accepted, answer.reason
            answer = taker.apply_snapshot_chunk(index, folder.chunk(height, index) or b"")
        assert answer.accepted, answer.reason
        report = verify_store(store, chain.genesis)
        assert report.ok, report.problems


def test_a_newcomer_answers_for_nothing_from_before_its_snapshot_however_much_it_prunes(tmp_path: Path) -> None:
    """It has blocks of a day before it, but no rows: at each height that it says it can be read at it reads as who
    began with the first block, and at none below that."""
    chain, bill = grown(tmp_path, 30)
    folder = SnapshotFolder(tmp_path / "snapshots", 1)
    source, began = chain.store.snapshot(), chain.ledger.info().height
    chain.time_ms += HOUR_MS
    pay(chain, 0)
    written = folder.write(source, began, lambda: True)
    assert written is not None
    assert folder.finish(written, chain.store, chain.genesis.hash)
    manifest, data = folder.manifests()[0]
    store: Any = MemoryStore()
    newcomer = LedgerApplication(ChainDatabase(store), SnapshotCalls(None, MemoryStore))
    assert newcomer.offer_snapshot(chain.genesis, snapshot_info(data, began, len(manifest.chunks))).accepted
    for index in range(len(manifest.chunks)):
        assert newcomer.apply_snapshot_chunk(index, folder.chunk(began, index) or b"").accepted
    block = chain.ledger.load_block(began + 1)
    assert block is not None
    newcomer.finalize_block(block[0])
    newcomer.commit(block[1])
    for hour in range(40):
        chain.time_ms += HOUR_MS
        pay(chain, hour)
        decided = chain.ledger.load_block(chain.ledger.info().height)
        assert decided is not None
        newcomer.finalize_block(decided[0])
        newcomer.commit(decided[1])
        Pruner(store, 1).step()
        newcomer.forget_readers()
        lowest, head = newcomer.lowest_height, newcomer.info().height
        assert began <= lowest <= head
        with pytest.raises(Pruned):
            newcomer.reader(lowest - 1)
        for one in {lowest, (lowest + head) // 2, head}:
            theirs, ours = chain.ledger.reader(one), newcomer.reader(one)
            assert ours.scan("account", "account") == theirs.scan("account", "account")
            assert ours.get("bill", "bill", bill) == theirs.get("bill", "bill", bill)
    assert newcomer.lowest_height > began, "it has pruned its own heights since"


@pytest.mark.e2e
def test_a_running_node_prunes_and_names_the_lowest_height(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 1) as network:
        home = network.nodes["bank1"].home
        content = config_content(load_config(home))
        content["storage"]["keep_blocks"] = 1  # which means 400
        (home / "node.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
        network.start()
        network.wait_ready()
        height = 0
        while height < 410:
            bank = network.party("bank1" if height % 4 else "bank2")
            status, body = network.send("bank1", network.sign("anchor", account_at(bank)))
            assert status in (201, 422), body
            height = network.height("bank1")
        ahead = ("governance", "advance_clock", {"milliseconds": 30 * HOUR_MS, "to_ms": 0})
        status, body = network.send("bank1", network.sign("bank1", ahead))
        assert status == 201, body
        bank = network.party("bank1")
        network.send("bank1", network.sign("anchor", account_at(bank), minutes=31 * 60))
        network.wait(lambda: network.get("bank1", "/ready")["lowest_height"] > 5, "pruning")
        lowest = network.get("bank1", "/ready")["lowest_height"]
        for path in ("/v1/blocks/1", f"/v1/parties/{network.party('anchor')}?at=1"):
            answer = network.get("bank1", path)
            assert (answer["status"], answer["code"]) == (410, "height_pruned"), answer
            assert answer["lowest_height"] >= lowest
        assert network.get("bank1", f"/v1/parties/{network.party('anchor')}?at={lowest + 5}")["as_of"]
        assert network.stop("bank1") == 0
        network.start("bank1")
        network.wait_ready("bank1")
        assert network.stop("bank1") == 0
        report = verify_home(home)
        assert report.ok, report.problems


def test_a_pruned_node_shows_state_and_lineage_of_what_it_keeps_and_who_has_the_rest(tmp_path: Path) -> None:
    """Through the REST interface: the same trace as before pruning, and 410 with the nodes that hold more below it."""
    chain, bill = grown(tmp_path, 40)
    node = SoloNode.__new__(SoloNode)
    node.genesis, node.ledger = chain.genesis, chain.ledger
    peers = [
        PeerInfo("ab", "archive", "10.0.0.9:26656", True, 50, 0, 0),
        PeerInfo("cd", "also", "x:1", True, 50, 0, 45),
    ]

    def reader(at: int | None) -> Any:
        try:
            return chain.ledger.reader(at)
        except Pruned as error:
            error.held_by = tuple(holders(peers, error.height))
            raise

    node.reader = reader  # type: ignore[method-assign]
    with TestClient(create_app(node)) as client:
        lowest_then = chain.ledger.info().height - 5
        paths = [
            f"{path}{'&' if '?' in path else '?'}at={lowest_then}"
            for path in (f"/v1/trace/bills/{bill}", f"/v1/bills/{bill}", f"/v1/tokens?bill={bill}")
        ]
        before = [client.get(path).json() for path in paths]
        assert before[0]["tree"]
        pruned(chain)
        assert [client.get(path).json() for path in paths] == before
        lowest = chain.ledger.lowest_height
        assert lowest > 5
        for path in (f"/v1/trace/bills/{bill}?at=3", f"/v1/bills/{bill}?at=3"):
            body = client.get(path).json()
            assert (body["status"], body["code"], body["lowest_height"]) == (410, "height_pruned", lowest)
            assert [one["name"] for one in body["held_by"]] == ["archive"]
