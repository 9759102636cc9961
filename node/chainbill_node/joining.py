"""State sync: an empty home gets the newest snapshot of another node before it is opened.

One peer's snapshot is taken at a time, a few chunks ahead; a peer that stalls, lies or has none any more is left for
the next one. Where nobody has a snapshot the home stays empty and block sync begins at block 1. The new database stands
beside its place until it is whole; the signer file then allows no signature until the peers have shown a safe height.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
from pathlib import Path

from chainbill.crypto.keys import PrivateKey
from chainbill.errors import Malformed
from chainbill.ledger.genesis import Genesis
from chainbill_node import wire
from chainbill_node.backup import follow_only
from chainbill_node.config import NodeConfig, load_config
from chainbill_node.engine.application import LedgerApplication
from chainbill_node.engine.snapshot_calls import SnapshotCalls, snapshot_info
from chainbill_node.home import load_genesis
from chainbill_node.logs import log
from chainbill_node.network.peers import Member, PeerNetwork, configured_peers, peer_settings
from chainbill_node.setup.keys import load_private_key
from chainbill_node.storage.database import ChainDatabase
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.storage.lock import HomeLock
from chainbill_node.storage.signer_file import sync_folder
from chainbill_node.sync.manifest import SnapshotManifest, decode_manifest
from chainbill_node.wire.messages import Chunk, Message, Snapshots, WantChunk, WantSnapshots

FETCHING = "chain.fetching"
SCRATCH = "chain.scratch"
AHEAD = 4
CHUNK_WITHIN_S = 15.0
GATHER_S = 1.0  # how long to wait for more offers after the first
EMPTY_S = 3.0  # how long to wait for an offer after somebody said that it has none

Offer = tuple[str, SnapshotManifest, bytes]


def fetch_first(home: Path, log_level: str | None = None) -> None:
    """Fetch a snapshot into an empty home whose configuration says so. Raises ConfigError or DiskError."""
    config = load_config(home)
    data = home / config.files.data
    if not config.sync.from_snapshot or (data / "chain").exists():
        return
    genesis = load_genesis(home, config)
    key = load_private_key(home / config.files.validator_key)
    lock = HomeLock(home)
    try:
        log.configure(level=log_level or config.log.level, json_lines=config.log.form == "json", node=config.name)
        height = asyncio.run(Joining(home, config, genesis, key).run())
        if height is not None:
            follow_only(home / config.files.signer, genesis.chain_id, key.public, height)
            (data / FETCHING).rename(data / "chain")
            sync_folder(data)
            log.info("snapshot_taken", height=height)
    finally:
        for leftover in (data / FETCHING, data / SCRATCH):
            shutil.rmtree(leftover, ignore_errors=True)
        lock.close()


class Joining:
    """One attempt to get a snapshot."""

    def __init__(self, home: Path, config: NodeConfig, genesis: Genesis, key: PrivateKey) -> None:
        self._config = config
        self._genesis = genesis
        self._data = home / config.files.data
        self._own = key.public.hex()
        found = {
            one.key.hex(): Member(one.key.hex(), one.name, one.address) for one in genesis.validators.validators
        } | configured_peers(config.sync.peers)
        self._members = {name: one for name, one in found.items() if name != self._own}
        self._offers: asyncio.Queue[list[Offer]] = asyncio.Queue(64)
        self._chunks: asyncio.Queue[tuple[str, Chunk]] = asyncio.Queue(64)
        self._peers = PeerNetwork(
            peer_settings(home, config, self._own, genesis.hash),
            lambda: self._members,
            self._frame,
            lambda peer: self._send(peer, WantSnapshots()),
            lambda _peer: None,
        )

    async def run(self) -> int | None:
        """The height of the snapshot that lies in FETCHING now, None where there is none to be had."""
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await self._peers.start()
        try:
            for peer, manifest, data in await self._gather():
                if await self._fetch(peer, manifest, data):
                    return manifest.height
        finally:
            await self._peers.stop()
        log.info("no_snapshot", why="nobody offers one that can be used; blocks are fetched from the first one on")
        return None

    def _send(self, peer: str, message: Message) -> None:
        self._peers.send(peer, wire.encode(message))

    def _frame(self, peer: str, frame: bytes) -> None:
        try:
            message = wire.decode(frame)
            if isinstance(message, Snapshots):
                self._offers.put_nowait([(peer, decode_manifest(one), one) for one in message.manifests])
            elif isinstance(message, Chunk):
                self._chunks.put_nowait((peer, message))
        except Malformed as error:
            self._peers.drop(peer, str(error))
        except asyncio.QueueFull:
            self._peers.drop(peer, "too many answers")

    async def _gather(self) -> list[Offer]:
        """Offers, highest first; waits for the first one, then a little for better ones."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + self._config.sync.wait_ms / 1000
        found: list[Offer] = []
        answers = 0
        while answers < len(self._members) and loop.time() < until_s:
            try:
                async with asyncio.timeout_at(until_s):
                    found += await self._offers.get()
            except TimeoutError:
                break
            answers += 1
            until_s = min(until_s, loop.time() + (GATHER_S if found else EMPTY_S))
        return sorted(found, key=lambda offer: -offer[1].height)

    async def _fetch(self, peer: str, manifest: SnapshotManifest, data: bytes) -> bool:
        """Take one snapshot of one peer. False: it would not do, and nothing of it is left."""
        stores: list[LevelStore] = []

        def fresh(name: str) -> LevelStore:
            shutil.rmtree(self._data / name, ignore_errors=True)
            self._data.mkdir(parents=True, exist_ok=True, mode=0o700)
            stores.append(LevelStore(self._data / name, create=True))
            return stores[-1]

        try:
            calls = SnapshotCalls(None, lambda: fresh(SCRATCH), self._trusted())
            ledger = LedgerApplication(ChainDatabase(fresh(FETCHING)), calls)
            offered = ledger.offer_snapshot(self._genesis, snapshot_info(data, manifest.height, len(manifest.chunks)))
            why = await self._take(peer, manifest, ledger) if offered.accepted else offered.reason
        finally:
            for store in stores:
                store.close()
        if why:
            log.warning("snapshot_refused", peer=peer, height=manifest.height, why=why)
            self._peers.drop(peer, why)
        return not why

    async def _take(self, peer: str, manifest: SnapshotManifest, ledger: LedgerApplication) -> str:
        """Every chunk in order, some asked for ahead; "" when it is whole, else why not."""
        count = len(manifest.chunks)
        early: dict[int, bytes] = {}
        asked = 0
        for index in range(count):
            while asked < min(count, index + AHEAD):
                self._send(peer, WantChunk(manifest.height, asked))
                asked += 1
            while index not in early:
                try:
                    async with asyncio.timeout(CHUNK_WITHIN_S):
                        sender, chunk = await self._chunks.get()
                except TimeoutError:
                    return f"chunk {index} did not come"
                if sender != peer or chunk.height != manifest.height or not index <= chunk.index < asked:
                    continue
                if chunk.data is None:
                    return f"chunk {chunk.index} is not there any more"
                early[chunk.index] = chunk.data
            answer = ledger.apply_snapshot_chunk(index, early.pop(index))
            if not answer.accepted:
                return answer.reason
            await asyncio.sleep(0)
        return "" if count else "it has no chunks"

    def _trusted(self) -> tuple[int, bytes] | None:
        given = self._config.sync
        return (given.trusted_height, bytes.fromhex(given.trusted_block)) if given.trusted_height else None
