"""Starts a real node with a fault built in: `python odd_node.py --fault KIND … -- --home DIR`. Only tests use it.

--clock-offset-ms N          its wall clock is N ms off
--clock-file PATH            its wall clock is off by the number in this file, read at every look: it can jump
--fail SITE --at N --errno E the Nth use of SITE fails: append, append_short, fdatasync, fsync, rename, batch,
                             batch_after (written, then reported as failed)
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import plyvel
from chainbill_node import clock, main
from chainbill_node.storage import leveldb, signer_file

SITES = ("append", "append_short", "fdatasync", "fsync", "rename", "batch", "batch_after")


class FailingSystem:
    """Stands in for `os` in the module of the signer file: the Nth use of one call fails."""

    def __init__(self, site: str, at: int, code: int) -> None:
        self._call = {"append": "write", "append_short": "write"}.get(site, site)
        self._short = site == "append_short"
        self._left = at
        self._code = code

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name != self._call:
            return real

        def call(*arguments: Any) -> Any:
            self._left -= 1
            if self._left > 0:
                return real(*arguments)
            if self._short and self._left == 0 and len(arguments[1]) > 1:
                self._left = 1  # half of it is written, the rest fails
                return real(arguments[0], arguments[1][: len(arguments[1]) // 2])
            raise OSError(self._code, os.strerror(self._code))

        return call


def failing_write(at: int, code: int, *, after: bool) -> Any:
    """LevelStore.write whose Nth batch fails before or after it is on the disk."""
    real = leveldb.LevelStore.write
    left = [at]

    def write(self: Any, puts: Sequence[tuple[bytes, bytes]], deletes: Sequence[bytes] = ()) -> None:
        left[0] -= 1
        if left[0] <= 0:
            if after:
                real(self, puts, deletes)
            raise self.failed(f"a block could not be written ({plyvel.IOError(os.strerror(code))})")
        real(self, puts, deletes)

    return write


def odd_clock(offset_ms: int, path: Path | None) -> Any:
    def now_ms(_self: Any) -> int:
        jump_ms = int(path.read_text() or 0) if path is not None else 0
        return time.time_ns() // 1_000_000 + offset_ms + jump_ms

    return now_ms


def inject(given: argparse.Namespace) -> None:
    if given.clock_offset_ms or given.clock_file:
        clock.SystemClock.now_ms = odd_clock(given.clock_offset_ms, given.clock_file)
    code = getattr(errno, given.errno)
    if given.fail in ("batch", "batch_after"):
        leveldb.LevelStore.write = failing_write(given.at, code, after=given.fail == "batch_after")
    elif given.fail:
        signer_file.os = FailingSystem(given.fail, given.at, code)


def run(words: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clock-offset-ms", type=int, default=0)
    parser.add_argument("--clock-file", type=Path)
    parser.add_argument("--fail", choices=SITES)
    parser.add_argument("--at", type=int, default=1)
    parser.add_argument("--errno", choices=("EIO", "ENOSPC"), default="EIO")
    at = words.index("--")
    inject(parser.parse_args(words[:at]))
    return main.main(words[at + 1 :])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
