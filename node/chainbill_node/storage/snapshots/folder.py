"""Snapshot folder: made beside the running node from a LevelDB snapshot, served in chunks.

data/snapshots/HEIGHT/manifest       canonical manifest; a folder gets its name last, so that it is whole
data/snapshots/HEIGHT/000000 …       chunks of one MiB
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chainbill.errors import ChainbillError
from chainbill_node.storage.signer_file import sync_folder
from chainbill_node.storage.snapshots.manifest import manifest_of
from chainbill_node.storage.snapshots.stream import chunks_of, records_of
from chainbill_node.storage.store import Readable
from chainbill_node.sync.manifest import SnapshotManifest, chunk_hash, decode_manifest

MANIFEST = "manifest"
UNFINISHED = ".unfinished"
BREATHS = 9  # as long as a piece of work took, for a breath after it
LONGEST_BREATH_S = 0.1


@dataclass(frozen=True, slots=True)
class WrittenChunks:
    """Chunks of a snapshot whose header is not certified yet."""

    height: int
    size: int
    hashes: tuple[bytes, ...]


class SnapshotFolder:
    """The snapshots of one node. Making one runs in a thread; everything else is quick."""

    def __init__(self, folder: Path, keep: int) -> None:
        self._folder = folder
        self._keep = keep
        self._manifests: dict[int, tuple[SnapshotManifest, bytes]] = {}
        for found in sorted(folder.glob("*")) if folder.is_dir() else ():
            if found.suffix == UNFINISHED:
                shutil.rmtree(found, ignore_errors=True)
            else:
                self._adopt(found)

    def _adopt(self, found: Path) -> None:
        try:
            data = (found / MANIFEST).read_bytes()
            manifest = decode_manifest(data)
        except (OSError, ChainbillError):
            shutil.rmtree(found, ignore_errors=True)
            return
        self._manifests[manifest.height] = (manifest, data)

    def manifests(self) -> list[tuple[SnapshotManifest, bytes]]:
        """Newest first, with their canonical bytes."""
        return [self._manifests[height] for height in sorted(self._manifests, reverse=True)]

    def chunk(self, height: int, index: int) -> bytes | None:
        """One chunk, None where there is none.

        One that the disk has torn (chunks are not synced) or changed is never sent: whoever gets it takes this node for
        a liar. Then the whole snapshot goes; the next one is made in its time.
        """
        found = self._manifests.get(height)
        if found is None or not 0 <= index < len(found[0].chunks):
            return None
        try:
            chunk = (self._folder / str(height) / f"{index:06d}").read_bytes()
        except OSError:
            return None
        if not found[0].names(index, chunk):
            self._drop(height)
            return None
        return chunk

    def write(self, source: Readable, height: int, go_on: Callable[[], bool]) -> WrittenChunks | None:
        """Write the chunks of a source that stands still at `height`; None when `go_on` said no. Raises OSError.

        Takes a breath nine times as long as each piece of work took, at most
        LONGEST_BREATH_S, so that it has about a tenth of one core.
        """
        folder = self._folder / f"{height}{UNFINISHED}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        hashes: list[bytes] = []
        size = 0
        began_s = time.perf_counter()
        for chunk in chunks_of(records_of(source)):
            if not go_on():
                shutil.rmtree(folder, ignore_errors=True)
                return None
            if chunk:
                (folder / f"{len(hashes):06d}").write_bytes(chunk)
                hashes.append(chunk_hash(chunk))
                size += len(chunk)
            time.sleep(min(LONGEST_BREATH_S, BREATHS * (time.perf_counter() - began_s)))
            began_s = time.perf_counter()
        return WrittenChunks(height, size, tuple(hashes))

    def finish(self, written: WrittenChunks, source: Readable, network: bytes) -> bool:
        """Give it its manifest once the next height is committed; False as long as it is not. Raises OSError."""
        manifest = manifest_of(source, written.height, written.size, written.hashes, network=network)
        if manifest is None:
            return False
        unfinished = self._folder / f"{written.height}{UNFINISHED}"
        data = manifest.encode()
        (unfinished / MANIFEST).write_bytes(data)
        target = self._folder / str(written.height)
        shutil.rmtree(target, ignore_errors=True)
        unfinished.rename(target)
        sync_folder(self._folder)
        self._manifests[written.height] = (manifest, data)
        for height in sorted(self._manifests, reverse=True)[self._keep :]:
            self._drop(height)
        return True

    def _drop(self, height: int) -> None:
        del self._manifests[height]
        shutil.rmtree(self._folder / str(height), ignore_errors=True)
