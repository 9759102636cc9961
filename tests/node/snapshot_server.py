"""Peers that serve one snapshot over real TLS to a joining process, honestly or not, and note what they are asked."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from authorities import make_node_certificate
from chainbill_node import wire
from chainbill_node.network.identity import Identity, TlsFiles
from chainbill_node.network.peers import Member, PeerNetwork, PeerSettings
from chainbill_node.setup.certificates import Issued
from chainbill_node.setup.ports import LOOPBACK, free_ports
from chainbill_node.sync.manifest import SnapshotManifest, chunk_hash
from chainbill_node.wire.messages import Chunk, Snapshots, WantChunk, WantSnapshots

Answer = Callable[[int], bytes | None]


def recut(manifest: SnapshotManifest, chunks: Sequence[bytes], size: int) -> tuple[SnapshotManifest, list[bytes]]:
    """The same snapshot in smaller chunks, so that a small state has many."""
    stream = b"".join(chunks)
    cut = [stream[start : start + size] for start in range(0, len(stream), size)]
    return dataclasses.replace(manifest, chunks=tuple(map(chunk_hash, cut)), size=len(stream)), cut


class Server:
    """One peer. `answer(index)` gives a chunk, None when it is gone; it may raise TimeoutError to stay silent.

    It offers its snapshot a little later than those with a lower number.
    """

    def __init__(
        self, folder: Path, authority: Issued, genesis: bytes, number: int, manifest: SnapshotManifest, answer: Answer
    ) -> None:
        self.node_id = f"{number:02x}".rjust(64, "f")
        self.asked: list[int] = []
        self._number = number
        [self.port] = free_ports(1)
        self._manifest = manifest
        self._answer = answer
        self._genesis = genesis
        folder.mkdir(parents=True)
        now = datetime.datetime.now(datetime.UTC)
        issued = make_node_certificate(authority, self.node_id, LOOPBACK, now)
        self._paths = (folder / "ca.pem", folder / "node.pem", folder / "node.key")
        contents = (authority.certificate, issued.certificate, issued.key)
        for path, content in zip(self._paths, contents, strict=True):
            path.write_bytes(content)
        self.guests: dict[str, Member] = {}
        self._network: PeerNetwork | None = None

    @property
    def address(self) -> str:
        return f"{self.node_id}@{LOOPBACK}:{self.port}"

    async def start(self) -> None:
        identity = Identity(TlsFiles(*self._paths), self.node_id)
        settings = PeerSettings(self.node_id, LOOPBACK, self.port, self._genesis, identity)
        self._network = PeerNetwork(
            settings, lambda: self.guests, self._frame, lambda _: None, lambda _: None
        )  # fmt: skip
        await self._network.start()

    async def stop(self) -> None:
        if self._network is not None:
            await self._network.stop()

    def _frame(self, peer: str, frame: bytes) -> None:
        assert self._network is not None
        message = wire.decode(frame)
        if isinstance(message, WantSnapshots):
            offer = wire.encode(Snapshots((self._manifest.encode(),)))
            delay_s = 0.1 * self._number
            asyncio.get_running_loop().call_later(delay_s, self._network.send, peer, offer)
        elif isinstance(message, WantChunk):
            self.asked.append(message.index)
            try:
                data = self._answer(message.index)
            except TimeoutError:
                return
            self._network.send(peer, wire.encode(Chunk(message.height, message.index, data)))


class Serving:
    """Servers on an event loop of their own, in a thread."""

    def __init__(self, servers: Sequence[Server]) -> None:
        self._servers = servers
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Serving:
        self._thread.start()
        for one in self._servers:
            asyncio.run_coroutine_threadsafe(one.start(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._servers:
            asyncio.run_coroutine_threadsafe(one.stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
