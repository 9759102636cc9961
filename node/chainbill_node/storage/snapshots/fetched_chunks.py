"""Chunk cache of a snapshot that is being fetched: on disk, so that an interrupted fetch goes on where it was.

data/chain.chunks/manifest      what was offered and found certified
data/chain.chunks/000000 …      chunks whose hash is the one that the manifest names

Nothing here is believed: the hash of a chunk is checked when it is read, and whatever the chunks hold is checked as if
it came from a peer. A torn or foreign file counts as not there.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from chainbill.errors import ChainbillError
from chainbill_node.foundation.operator_error import Pair, room_or
from chainbill_node.storage.store import DiskError
from chainbill_node.sync.manifest import SnapshotManifest, decode_manifest
from chainbill_node.wire.limits import MAX_MANIFEST_BYTES

MANIFEST = "manifest"
MEND: Pair = (
    "look at the disk, then start again: what has been fetched is kept",
    "请检查硬盘后重新启动：已获取的部分会保留",
)


class FetchedChunks:
    """What one home has fetched of one snapshot. Raises DiskError where the disk fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def manifest(self) -> SnapshotManifest | None:
        """The snapshot whose chunks are kept, None where none are."""
        path = self._folder / MANIFEST
        try:
            if path.stat().st_size > MAX_MANIFEST_BYTES:
                return None
            return decode_manifest(path.read_bytes())
        except (OSError, ChainbillError):
            return None

    def begin(self, manifest: SnapshotManifest, data: bytes) -> int:
        """Take up a snapshot: what is kept of it stays, what is kept of another one goes. How many chunks are here."""
        kept = self.manifest()
        if kept is None or not kept.same_as(manifest):
            self.drop()
            self._write(MANIFEST, data)
        return sum((self._folder / f"{index:06d}").exists() for index in range(len(manifest.chunks)))

    def get(self, manifest: SnapshotManifest, index: int) -> bytes | None:
        """One chunk, None where it is not here, not whole, or another one."""
        try:
            chunk = (self._folder / f"{index:06d}").read_bytes()
        except OSError:
            return None
        return chunk if manifest.names(index, chunk) else None

    def put(self, index: int, chunk: bytes) -> None:
        """Keep a chunk."""
        self._write(f"{index:06d}", chunk)

    def drop(self) -> None:
        """Nothing is kept any more."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write(self, name: str, data: bytes) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished = self._folder / f"{name}.unfinished"
            unfinished.write_bytes(data)
            os.replace(unfinished, self._folder / name)
        except OSError as error:
            raise DiskError(
                (f"a chunk could not be kept ({error})", f"一个分块无法保存（{error}）"), room_or(MEND, error)
            ) from error
