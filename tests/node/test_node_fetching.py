"""State sync of a real process: killed in the middle it goes on with what it had; liars and stallers are left."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tomli_w
from authorities import make_authority
from chainbill_node import wire
from chainbill_node.home.config import config_content, load_config
from chainbill_node.home.keys import load_private_key
from chainbill_node.home.node_home import load_genesis, stopped_store
from chainbill_node.process import state_sync
from chainbill_node.process.state_sync import CHUNKS, Joining
from chainbill_node.setup.joining import JoinPlan, create_home
from chainbill_node.setup.ports import LOOPBACK, free_ports
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.snapshots.fetched_chunks import FetchedChunks
from chainbill_node.storage.store import DiskError
from chainbill_node.sync.manifest import decode_manifest
from chainbill_node.sync.snapshots import StateSync
from chainbill_node.wire.messages import WantSnapshots
from snapshot_server import Answer, Server, Serving, recut
from test_node_snapshots import Made, edit, large_rows, make, repacked

CHUNK_BYTES = 1_500


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("fetching"))


class Joiner:
    """A new home, the peers it knows, and its process."""

    def __init__(self, made: Made, folder: Path) -> None:
        self.made, self.folder = made, folder
        self.manifest, self.chunks = recut(made.manifest, made.chunks(), CHUNK_BYTES)
        assert len(self.chunks) >= 12
        self.authority = make_authority("test", datetime.datetime.now(datetime.UTC))
        self.home = folder / "new"
        self.servers: list[Server] = []
        self.process: subprocess.Popen[bytes] | None = None

    def server(self, answer: Answer | None = None, **changes: Any) -> Server:
        """A peer; `changes` lie in its manifest."""
        manifest = dataclasses.replace(self.manifest, **changes)
        number = len(self.servers) + 1
        genesis = self.made.chain.genesis.hash
        honest: Answer = self.chunks.__getitem__
        self.servers.append(
            Server(self.folder / f"server{number}", self.authority, genesis, number, manifest, answer or honest)
        )
        return self.servers[-1]

    def make_home(self) -> None:
        api, p2p = free_ports(2)
        genesis = (self.made.chain.network.directory / "genesis.json").read_bytes()
        peers = tuple(one.address for one in self.servers)
        joined = create_home(
            self.home, JoinPlan("new", genesis, self.authority, LOOPBACK, p2p, api, peers)
        )  # fmt: skip
        for one in self.servers:
            from chainbill_node.network.peers import Member

            one.guests = {joined.node_id: Member(joined.node_id, "new", joined.p2p)}
        content = config_content(load_config(self.home))
        content["sync"]["wait_ms"] = 8_000
        (self.home / "node.toml").write_text(tomli_w.dumps(content), encoding="utf-8")

    def start(self) -> None:
        with (self.home / "node.log").open("ab") as output:
            line = [sys.executable, "-m", "chainbill_node.main", "--home", str(self.home)]
            self.process = subprocess.Popen(line, stdout=output, stderr=output)

    def log(self) -> str:
        return (self.home / "node.log").read_text(encoding="utf-8")

    def wait(self, done: Callable[[], bool], what: str, timeout_s: float = 30.0) -> None:
        until = time.monotonic() + timeout_s
        while not done():
            assert time.monotonic() < until, f"{what}\n{self.log()}"
            time.sleep(0.02)

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        os.kill(self.process.pid, number)
        return self.process.wait(20)

    def root(self) -> bytes:
        """The state root of what is in the home now, built from its rows."""
        with stopped_store(self.home) as (_, _, store):
            database = ChainDatabase(store)
            database.build_tree()
            head = database.head()
            assert head.height == self.manifest.height
            return head.app_hash


@pytest.fixture
def joiner(made: Made, tmp_path: Path) -> Any:
    one = Joiner(made, tmp_path)
    yield one
    if one.process is not None and one.process.poll() is None:
        one.process.kill()
        one.process.wait()


def held(chunks: list[bytes], last: int) -> Answer:
    """Silent from chunk `last` on, until the test says otherwise."""

    def answer(index: int) -> bytes | None:
        if index >= last:
            raise TimeoutError
        return chunks[index]

    return answer


@pytest.mark.e2e
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_killed_in_the_middle_it_goes_on_with_the_chunks_it_had(joiner: Joiner, how: int) -> None:
    half = len(joiner.chunks) // 2
    server = joiner.server(held(joiner.chunks, half))
    joiner.make_home()
    kept = joiner.home / "data" / CHUNKS
    with Serving(joiner.servers):
        joiner.start()
        joiner.wait(lambda: (kept / f"{half - 1:06d}").exists(), "half of it")
        assert joiner.stop(how) == (0 if how == signal.SIGTERM else -signal.SIGKILL)
        assert not (joiner.home / "data/chain").exists(), "there is never half a state"
        (kept / "000001").write_bytes(b"torn")  # a damaged one is fetched again
        server._answer = joiner.chunks.__getitem__
        server.asked.clear()
        joiner.start()
        joiner.wait(lambda: "snapshot_taken" in joiner.log(), "the snapshot")
        assert sorted(set(server.asked)) == [1, *range(half, len(joiner.chunks))]
        joiner.wait(lambda: "node_started" in joiner.log(), "the node")
        joiner.stop()
    assert f"kept={half}" in joiner.log()
    assert joiner.root() == joiner.manifest.anchor.app_hash
    assert not kept.exists()


@pytest.mark.e2e
def test_when_nobody_offers_the_begun_snapshot_any_more_it_begins_anew(joiner: Joiner) -> None:
    half = len(joiner.chunks) // 2
    server = joiner.server(held(joiner.chunks, half))
    joiner.make_home()
    kept = joiner.home / "data" / CHUNKS
    with Serving(joiner.servers):
        joiner.start()
        joiner.wait(lambda: (kept / f"{half - 1:06d}").exists(), "half of it")
        joiner.stop(signal.SIGKILL)
        server._manifest, chunks = recut(joiner.made.manifest, joiner.made.chunks(), CHUNK_BYTES + 7)
        server._answer = chunks.__getitem__
        server.asked.clear()
        joiner.start()
        joiner.wait(lambda: "snapshot_taken" in joiner.log(), "the snapshot")
        assert sorted(set(server.asked)) == list(range(len(chunks)))
        joiner.stop()
    assert "snapshot_begun_anew" in joiner.log()
    assert joiner.root() == joiner.manifest.anchor.app_hash


@pytest.mark.e2e
def test_liars_are_left_for_the_next_peer_and_what_was_right_stays(joiner: Joiner) -> None:
    chunks = joiner.chunks
    anchor = dataclasses.replace(joiner.manifest.anchor, app_hash=bytes(32))
    stranger = joiner.server(anchor=anchor)  # a header that no quorum signed
    lie, lying_chunks = repacked(joiner.made, edit(3, lambda record: [[3, record[1], record[2][:-1] + b"\0"]], 5))
    rows = joiner.server()
    rows._manifest = dataclasses.replace(joiner.manifest, **_content(lie.metadata))
    rows._answer = lying_chunks.__getitem__
    gone = joiner.server(lambda index: None if index >= 4 else chunks[index])
    damaged = joiner.server(lambda index: chunks[index][:-1] + b"x" if index >= 8 else chunks[index])
    honest = joiner.server()
    joiner.make_home()
    with Serving(joiner.servers):
        joiner.start()
        joiner.wait(lambda: "snapshot_taken" in joiner.log(), "the snapshot")
        joiner.wait(lambda: "node_started" in joiner.log(), "the node")
        joiner.stop()
    log = joiner.log()
    assert joiner.root() == joiner.manifest.anchor.app_hash
    for one, reason in ((stranger, "snapshot_certificate"), (rows, "snapshot_")):
        lines = [line for line in log.splitlines() if "snapshot_refused" in line and one.node_id in line]
        assert all(reason in line for line in lines)
        assert lines or not one.asked, "what more peers offer than may lie goes first"
    assert not stranger.asked
    for one, event, reason in (
        (gone, "snapshot_peer_left", "snapshot_chunk_gone"),
        (damaged, "snapshot_refused", "snapshot_chunk:"),
    ):
        assert one.asked
        left = [line for line in log.splitlines() if f"{event} peer={one.node_id}" in line]
        assert left
        assert reason in left[0]
    asked = len(gone.asked) + len(damaged.asked) + len(honest.asked)
    assert asked <= len(chunks) + 4 * 4, "what was right is not fetched again"


def _content(metadata: bytes) -> dict[str, Any]:
    from chainbill_node.sync.manifest import decode_manifest

    manifest = decode_manifest(metadata)
    return {"chunks": manifest.chunks, "size": manifest.size}


def test_what_is_kept_is_checked_again(made: Made, tmp_path: Path) -> None:
    manifest, chunks = recut(made.manifest, made.chunks(), CHUNK_BYTES)
    kept = FetchedChunks(tmp_path / "kept")
    assert kept.manifest() is None
    assert kept.begin(manifest, manifest.encode()) == 0
    kept.put(0, chunks[1])
    assert kept.get(manifest, 0) is None
    kept.put(0, chunks[0])
    kept.put(3, chunks[3])
    assert kept.begin(manifest, manifest.encode()) == 2
    assert (kept.get(manifest, 0), kept.get(manifest, 1)) == (chunks[0], None)
    path = tmp_path / "kept/000000"
    path.write_bytes(chunks[0][:-1])
    assert kept.get(manifest, 0) is None
    (tmp_path / "kept/manifest").write_bytes(b"\xc1")
    assert kept.manifest() is None
    assert kept.begin(manifest, manifest.encode()) == 0, "whose chunks these are is not known any more"
    other, _ = recut(made.manifest, made.chunks(), 900)
    kept.put(2, chunks[2])
    assert kept.begin(other, other.encode()) == 0


def joining_of(joiner: Joiner) -> Joining:
    joiner.make_home()
    config = load_config(joiner.home)
    key = load_private_key(joiner.home / config.files.validator_key)
    return Joining(joiner.home, config, load_genesis(joiner.home, config), key)


def test_what_nobody_vouches_for_never_takes_more_than_is_free(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    joining = joining_of(Joiner(made, tmp_path))
    info, chunks = repacked(made, large_rows(200, 60_000, random.Random(1).randbytes))
    manifest, chunks = recut(decode_manifest(info.metadata), chunks, 500_000)
    free = manifest.size * 5 // 2
    monkeypatch.setattr(state_sync.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    refused, most = joining.begin(manifest, manifest.encode(), vouched=False), 0
    for index, chunk in enumerate(chunks):
        if not refused:
            joining.keep(index, chunk)
            refused = joining.take(index, chunk)
            most = max(most, sum([one.stat().st_size for one in joining._data.rglob("*") if one.is_file()]))
    assert most <= free
    assert "snapshot_room" in refused


@pytest.mark.parametrize("told", ["_on_up", "_on_down", "_on_message"])
def test_a_disk_error_ends_it_whatever_of_the_network_led_to_it(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    joining = joining_of(Joiner(made, tmp_path))

    def fail(*_: object) -> None:
        raise DiskError(("no room", "没有空间"), ("mend", "请处理"))

    for name in ("joined", "gone", "receive"):
        monkeypatch.setattr(StateSync, name, fail)
    frame = [wire.encode(WantSnapshots())] if told == "_on_message" else []
    getattr(joining._peers, told)("peer", *frame)
    with pytest.raises(DiskError, match="no room"):
        asyncio.run(joining.run())


def test_when_it_is_stopped_the_connections_that_end_lead_to_no_other_snapshot(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    joining = joining_of(Joiner(made, tmp_path))
    gone: list[str] = []
    monkeypatch.setattr(StateSync, "gone", lambda self, peer, now_ms: gone.append(peer))
    stop = joining._peers.stop

    async def stop_and_lose_the_peer() -> None:
        joining._peers._on_down("second")
        await stop()

    async def run() -> None:
        task = asyncio.create_task(joining.run())
        await asyncio.sleep(0.05)
        joining._peers._on_down("first")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    monkeypatch.setattr(joining._peers, "stop", stop_and_lose_the_peer)
    asyncio.run(run())
    assert gone == ["first"]
