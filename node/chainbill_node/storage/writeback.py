"""Writeback: what LevelDB writes out goes to the disk as it comes.

LevelDB syncs a table once it is whole, and memory that is written out is one table of up to 256 MiB. Where the file
system has a journal, every commit waits behind that, also those of other programs on the same disk. So a thread looks
at the newest tables and syncs those that grew; then little is left for LevelDB's own sync. Nothing depends on it.
"""

from __future__ import annotations

import os
from pathlib import Path

EVERY_S = 0.2
NEWEST = 3  # the table of memory that is written out, that of a merge beside it, and one that has just become whole
TABLE = ".ldb"


class Writeback:
    """Syncs the tables of one database while they grow: `look` is to be called every EVERY_S."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sizes = self._newest()

    def look(self) -> list[Path]:
        """Sync the newest tables that grew since the last look, and name them.

        An error is left to LevelDB, which syncs them too: Linux tells every open descriptor of one (errseq_t, since
        4.13), so that this one takes nothing from LevelDB's.
        """
        before, self._sizes = self._sizes, self._newest()
        return [path for path, size in self._sizes.items() if size > before.get(path, 0) and _sync(path)]

    def _newest(self) -> dict[Path, int]:
        """The newest tables and how large each is."""
        try:
            numbers = [int(name.removesuffix(TABLE)) for name in os.listdir(self._folder) if name.endswith(TABLE)]
        except (OSError, ValueError):
            return {}
        newest = [self._folder / f"{number:06}{TABLE}" for number in sorted(numbers)[-NEWEST:]]
        return {path: _size(path) for path in newest}


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # thrown away just now
        return 0


def _sync(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        return False
    return True
