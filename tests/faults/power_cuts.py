"""What a power cut leaves of a folder: of each file what was synced of it, under names that the folder has kept or not.

Inside `PowerCuts` every call that makes something durable, or gives a file a name, is watched. Before and after each
the caller is shown what the disk may hold at that moment: names as they were at the folder's last sync, or as they are
seen now; of all files, or only of the first or the last that is not synced, the content that was last synced (nothing
where it never was), or with half of what came after it. Of every other write the disk takes the first half only and
says so, as POSIX lets it: whoever takes that for the whole hands out what is torn.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any
from unittest.mock import patch

Image = dict[str, bytes]
WATCHED = ("write", "fsync", "fdatasync", "rename", "replace", "link", "unlink", "mkdir")


class PowerCuts:
    """Watches a folder and what is in it. `cut` is given each image: file contents by name relative to the folder."""

    def __init__(self, folder: Path, cut: Callable[[Image], None]) -> None:
        self.count = 0
        self._folder = folder
        self._cut = cut
        self._patches = ExitStack()
        self._looking = False
        self._half = False
        self._handles: dict[int, int] = {}  # by inode; open, so that no inode is used a second time
        self._synced: dict[int, bytes] = {}
        self._kept: dict[int, dict[str, int]] = {}  # by a folder's inode: inodes by name, as of its last sync

    def __enter__(self) -> PowerCuts:
        for path in (self._folder, *self._folder.rglob("*")):
            self._keep(self._handle(path.stat().st_ino, path))
        for name in WATCHED:
            self._patches.enter_context(patch.object(os, name, self._watched(name, getattr(os, name))))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, where: TracebackType | None) -> None:
        self._patches.close()
        if kind is None:
            self._look()
        for handle in self._handles.values():
            os.close(handle)

    def _watched(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any, **more: Any) -> Any:
            if self._looking:
                return call(*given, **more)
            self._look()
            if name == "write":
                given = self._taken(*given)
            result = call(*given, **more)
            if name in ("fsync", "fdatasync"):
                self._keep(given[0])
            self._look()
            return result

        return watched

    def _taken(self, descriptor: int, data: bytes) -> tuple[int, bytes]:
        """What the disk takes of a write."""
        self._half = not self._half
        return descriptor, data[: (len(data) + 1) // 2] if self._half else data

    def _keep(self, descriptor: int) -> None:
        """This file or folder is synced."""
        state = os.fstat(descriptor)
        if stat.S_ISDIR(state.st_mode):
            self._kept[state.st_ino] = {entry.name: entry.inode() for entry in os.scandir(descriptor)}
        else:
            self._synced[state.st_ino] = _content(self._handles[state.st_ino])

    def _look(self) -> None:
        self._looking = True
        try:
            for image in self._images():
                self.count += 1
                self._cut(image)
        finally:
            self._looking = False

    def _images(self) -> list[Image]:
        for path in self._folder.rglob("*"):
            self._handle(path.stat().st_ino, path)
        names = self._named(self._folder.stat().st_ino, kept=False)
        contents = {inode: _content(self._handles[inode]) for inode in names.values()}
        torn = [inode for inode in names.values() if contents[inode] != self._synced.get(inode, b"")]
        images: list[Image] = []
        kept = self._named(self._folder.stat().st_ino, kept=True)
        images.append({name: self._synced.get(inode, b"") for name, inode in kept.items()})
        for lost in (torn, torn[:1], torn[-1:]):
            for half in (False, True):
                left = {**contents, **{inode: self._left(inode, contents[inode], half=half) for inode in lost}}
                images.append({name: left[inode] for name, inode in names.items()})
        return [image for number, image in enumerate(images) if image not in images[:number]]

    def _left(self, inode: int, content: bytes, *, half: bool) -> bytes:
        synced = self._synced.get(inode, b"")
        more = content[len(synced) :] if half and content.startswith(synced) else b""
        return synced + more[: len(more) // 2]

    def _named(self, inode: int, under: str = "", *, kept: bool) -> dict[str, int]:
        """Inodes of files by name, in this folder and in those below it."""
        found: dict[str, int] = {}
        seen = {entry.name: entry.inode() for entry in os.scandir(self._handles[inode])}
        for name, child in sorted((self._kept.get(inode, {}) if kept else seen).items()):
            if stat.S_ISDIR(os.fstat(self._handles[child]).st_mode):
                found |= self._named(child, f"{under}{name}/", kept=kept)
            else:
                found[under + name] = child
        return found

    def _handle(self, inode: int, path: Path) -> int:
        if inode not in self._handles:
            self._handles[inode] = os.open(path, os.O_RDONLY)
        return self._handles[inode]


def _content(descriptor: int) -> bytes:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)


def laid_out(image: Image, folder: Path) -> Path:
    """The image as real files in a new folder."""
    for name, content in image.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder
