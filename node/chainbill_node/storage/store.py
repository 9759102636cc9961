"""Store interface: the narrow waist under the database, an ordered map of bytes with synced batches and snapshots.

`LevelStore` keeps it on disk, `MemoryStore` is its twin for tests and for replays. Keys and values are bytes;
iteration is in byte order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Protocol

from chainbill_node.foundation.operator_error import OperatorError, Pair

FETCH_AGAIN: Pair = (
    "move the data directory away (keep keys/ and signer/), set sync.from_snapshot = true in node.toml and start: "
    "the node fetches the chain again",
    "移走 data/ 目录（保留 keys/ 与 signer/），在 node.toml 中设 sync.from_snapshot = true 后启动：节点将重新同步",
)
WALK_ROWS = 512
"""Rows of a long walk that are read at once."""


class DiskError(OperatorError):
    """The disk or the database on it failed; the process must end."""


class Readable(Protocol):
    """Reads of one moment."""

    def get(self, key: bytes) -> bytes | None:
        """Value of `key`, None where there is none."""

    def range(self, start: bytes, stop: bytes, *, reverse: bool = False) -> Iterator[tuple[bytes, bytes]]:
        """Rows with start ≤ key < stop, in byte order, or backwards."""


class Snapshot(Readable, Protocol):
    """Reads of the moment the snapshot was taken, whatever is written later."""

    def close(self) -> None:
        """Give the snapshot back; reading after it is an error."""


class Store(Readable, Protocol):
    """The whole store: reads of now, atomic writes, snapshots."""

    def write(self, puts: Sequence[tuple[bytes, bytes]], deletes: Sequence[bytes] = ()) -> None:
        """All or nothing, on the disk when it returns. Raises DiskError; then the process must end."""

    def compact(self, start: bytes, stop: bytes) -> None:
        """Give back the room of what was deleted with start ≤ key < stop. Raises DiskError."""

    def snapshot(self) -> Snapshot:
        """A view that later writes do not change."""

    def close(self) -> None:
        """Close; a second call does nothing."""


def walk(source: Readable, start: bytes, stop: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The rows of a long range, for whoever takes his time: no range is open between two pieces of it.

    As long as an iterator of LevelDB is open, the memory and the tables of the moment it was made stay, beside all that
    they have been written to since.
    """
    while True:
        piece = list(islice(source.range(start, stop), WALK_ROWS))
        yield from piece
        if len(piece) < WALK_ROWS:
            return
        start = piece[-1][0] + b"\0"


def prefix_end(prefix: bytes) -> bytes:
    """The smallest key greater than every key that begins with `prefix` (which is not all 0xff)."""
    stripped = prefix.rstrip(b"\xff")
    if not stripped:
        raise ValueError("a prefix of only 0xff bytes has no end")
    return stripped[:-1] + bytes((stripped[-1] + 1,))
