"""The golden vectors as data: which file a test reads, and that no member of it goes unread."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(__file__).parent.parent / "vectors"
READERS: dict[str, str] = {}  # file → the test that reads it
REMARKS = {"name", "why", "note"}


class Vectors(dict[str, Any]):
    """A file of vectors that knows which of its members were asked for."""

    def __init__(self, name: str) -> None:
        super().__init__(json.loads((FOLDER / name).read_text("utf-8")))
        self.asked: set[str] = set()

    def __getitem__(self, member: str) -> Any:
        self.asked.add(member)
        return super().__getitem__(member)

    def each(self, member: str, *names: str) -> Iterator[dict[str, Any]]:
        """The entries of a list, each of which has no other members than these and a remark."""
        entries = self[member]
        assert entries, f"{member} is empty"
        for entry in entries:
            assert set(entry) <= REMARKS | set(names), f"{member} says more: {set(entry) - REMARKS - set(names)}"
            yield entry

    def unread(self) -> set[str]:
        """Members that nobody asked for."""
        return set(self) - self.asked - REMARKS


def reads(name: str) -> Callable[[Callable[[Vectors], None]], Callable[[], None]]:
    """Mark a test as the reader of a file, hand it the file, and see that it asked for every member."""

    def mark(test: Callable[[Vectors], None]) -> Callable[[], None]:
        assert name not in READERS
        READERS[name] = test.__name__

        def run() -> None:
            found = Vectors(name)
            test(found)
            assert not found.unread(), f"{name}: nobody read {found.unread()}"

        run.__name__ = test.__name__
        run.__module__ = test.__module__
        return run

    return mark


def unhex(value: Any) -> Any:
    """Bytes of hexadecimal digits; null stays."""
    return None if value is None else bytes.fromhex(value)


def value_of(written: Any) -> Any:
    """A value of codec.json: bytes, large integers and maps are written as {"bytes"}, {"int"}, {"map"}."""
    if isinstance(written, list):
        return [value_of(item) for item in written]
    if isinstance(written, dict):
        ((kind, inside),) = written.items()
        if kind == "bytes":
            return bytes.fromhex(inside)
        return int(inside) if kind == "int" else {key: value_of(item) for key, item in inside}
    return written
