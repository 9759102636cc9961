"""State sync: an empty home gets the newest snapshot of another node before it is opened.

One snapshot is taken at a time, a few chunks ahead; a peer that stalls, lies or has none any more is left for the next
one. Chunks that are the ones the manifest names are kept on disk: a fetch that was interrupted, by whatever, goes on
with them as long as somebody offers the same snapshot, and begins anew with another one where nobody does. The database
is made of them from its beginning each time, beside its place until it is whole, so that there is never half a state.
Where nobody has a snapshot the home stays empty and block sync begins at block 1. The signer file then allows no
signature until the peers have shown a safe height.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
from dataclasses import dataclass, field
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
from chainbill_node.limits import CHUNK_WITHIN_S, CHUNKS_AHEAD, MAX_ANSWERS_WAITING, MAX_OFFERS
from chainbill_node.logs import log
from chainbill_node.network.peers import Member, PeerNetwork, configured_peers, peer_settings
from chainbill_node.setup.keys import load_private_key
from chainbill_node.storage.database import ChainDatabase
from chainbill_node.storage.fetched_chunks import FetchedChunks, same_snapshot
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.storage.lock import HomeLock
from chainbill_node.storage.signer_file import sync_folder
from chainbill_node.sync.manifest import SnapshotManifest, decode_manifest
from chainbill_node.wire.messages import Chunk, Message, Snapshots, WantChunk, WantSnapshots

FETCHING = "chain.fetching"
SCRATCH = "chain.scratch"
CHUNKS = "chain.chunks"
GATHER_S = 1.0  # how long to wait for more offers after the first
EMPTY_S = 3.0  # how long to wait for an offer after somebody said that it has none

Offer = tuple[str, SnapshotManifest, bytes]


@dataclass(slots=True)
class _Snapshot:
    """One snapshot and the peers that offer it."""

    manifest: SnapshotManifest
    data: bytes
    peers: list[str]


@dataclass(slots=True)
class _Fetching:
    """A snapshot under way; `asked`: chunks that were asked for and have not come."""

    offer: _Snapshot
    asked: set[int] = field(default_factory=set)


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
            shutil.rmtree(data / CHUNKS, ignore_errors=True)
            log.info("snapshot_taken", height=height)
    except asyncio.CancelledError:
        log.info("fetching_stopped", why="asked to stop; what was fetched is kept for the next start")
        raise SystemExit(0) from None
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
        self._kept = FetchedChunks(self._data / CHUNKS)
        self._own = key.public.hex()
        found = {
            one.key.hex(): Member(one.key.hex(), one.name, one.address) for one in genesis.validators.validators
        } | configured_peers(config.sync.peers)
        self._members = {name: one for name, one in found.items() if name != self._own}
        self._offers: asyncio.Queue[list[Offer]] = asyncio.Queue(MAX_ANSWERS_WAITING)
        self._chunks: asyncio.Queue[tuple[str, Chunk]] = asyncio.Queue(MAX_ANSWERS_WAITING)
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
            for offer in self._in_order(await self._gather()):
                if await self._fetch(offer):
                    return offer.manifest.height
        finally:
            await self._peers.stop()
        self._kept.drop()
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
            self._peers.drop(peer, "too_many_answers")

    async def _gather(self) -> list[Offer]:
        """Offers; waits for the first one, then a little for better ones."""
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
        return found

    def _in_order(self, found: list[Offer]) -> list[_Snapshot]:
        """The snapshot of which something is kept first, then the highest; each with all peers that offer it."""
        snapshots: list[_Snapshot] = []
        for peer, manifest, data in found[:MAX_OFFERS]:
            same = next((one for one in snapshots if same_snapshot(one.manifest, manifest)), None)
            if same is None:
                snapshots.append(_Snapshot(manifest, data, [peer]))
            elif peer not in same.peers:
                same.peers.append(peer)
        kept = self._kept.manifest()
        if kept is not None and not any(same_snapshot(one.manifest, kept) for one in snapshots):
            log.info("snapshot_begun_anew", height=kept.height, why="nobody offers the one that was begun any more")
            kept = None
        return sorted(
            snapshots, key=lambda one: (kept is None or not same_snapshot(one.manifest, kept), -one.manifest.height)
        )

    async def _fetch(self, offer: _Snapshot) -> bool:
        """Take one snapshot of the peers that offer it. False: it would not do, and no database is left of it."""
        stores: list[LevelStore] = []

        def fresh(name: str) -> LevelStore:
            shutil.rmtree(self._data / name, ignore_errors=True)
            self._data.mkdir(parents=True, exist_ok=True, mode=0o700)
            stores.append(LevelStore(self._data / name, create=True))
            return stores[-1]

        manifest = offer.manifest
        try:
            calls = SnapshotCalls(None, lambda: fresh(SCRATCH), self._trusted())
            ledger = LedgerApplication(ChainDatabase(fresh(FETCHING)), calls)
            info = snapshot_info(offer.data, manifest.height, len(manifest.chunks))
            offered = ledger.offer_snapshot(self._genesis, info)
            why = offered.reason
            if offered.accepted:
                here = self._kept.begin(manifest, offer.data)
                log.info("snapshot_fetching", height=manifest.height, chunks=len(manifest.chunks), kept=here)
                why = await self._take(offer, ledger)
        finally:
            for store in stores:
                store.close()
        if why:
            log.warning("snapshot_refused", height=manifest.height, why=why, peers=",".join(offer.peers))
            for peer in offer.peers:
                self._peers.drop(peer, why)
        return not why

    async def _take(self, offer: _Snapshot, ledger: LedgerApplication) -> str:
        """Every chunk in order, those that are kept first; "" when it is whole, else why not."""
        count = len(offer.manifest.chunks)
        fetching = _Fetching(offer)
        for index in range(count):
            chunk = self._kept.get(offer.manifest, index)
            if chunk is None:
                chunk = await self._ask(fetching, index)
            if chunk is None:
                return "nobody has the rest of it"
            answer = ledger.apply_snapshot_chunk(index, chunk)
            if not answer.accepted:  # the hash was right: the manifest itself is a lie
                self._kept.drop()
                return answer.reason
            await asyncio.sleep(0)
        return "" if count else "it has no chunks"

    async def _ask(self, fetching: _Fetching, index: int) -> bytes | None:
        """One chunk that is not here, from the first peer that has it; those that stall or lie are left."""
        offer = fetching.offer
        while offer.peers:
            peer = offer.peers[0]
            for ahead in range(index, min(len(offer.manifest.chunks), index + CHUNKS_AHEAD)):
                if ahead not in fetching.asked and self._kept.get(offer.manifest, ahead) is None:
                    fetching.asked.add(ahead)
                    self._send(peer, WantChunk(offer.manifest.height, ahead))
            why = await self._answer(fetching, peer, index)
            if why is None:
                return self._kept.get(offer.manifest, index)
            log.warning("snapshot_peer_left", peer=peer, height=offer.manifest.height, why=why)
            self._peers.drop(peer, why)
            offer.peers.remove(peer)
            fetching.asked.clear()
        return None

    async def _answer(self, fetching: _Fetching, peer: str, index: int) -> str | None:
        """Wait until a chunk is kept; None then, else why its peer is no good."""
        manifest = fetching.offer.manifest
        try:
            async with asyncio.timeout(CHUNK_WITHIN_S):
                while index in fetching.asked:
                    sender, chunk = await self._chunks.get()
                    if sender != peer or chunk.height != manifest.height or chunk.index not in fetching.asked:
                        continue
                    if chunk.data is None:
                        return f"snapshot_chunk_gone: {chunk.index}"
                    if not self._kept.put(manifest, chunk.index, chunk.data):
                        return f"snapshot_chunk: {chunk.index} is not the one that the manifest names"
                    fetching.asked.discard(chunk.index)
        except TimeoutError:
            return f"snapshot_chunk_late: {index}"
        return None

    def _trusted(self) -> tuple[int, bytes] | None:
        given = self._config.sync
        return (given.trusted_height, bytes.fromhex(given.trusted_block)) if given.trusted_height else None
