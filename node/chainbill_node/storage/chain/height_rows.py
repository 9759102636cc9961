"""Versioned rows, as they were after one height: live ones under one prefix, overwritten ones under another.

A row as of H is the live row if it has stood since H or before, else the first history row overwritten at H or later,
if that one stood by then (chainbill.state.history). So a key may live, have history, or both; it is read once.

The field's word: multiversion storage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import merge

from chainbill.state.history import history_key, history_prefix, read_at, split_history_key
from chainbill_node.storage.store import Readable, prefix_end

Row = tuple[bytes, bytes]


class HeightRows:
    """Reads one pair of prefixes at one height; `newest`: nothing was written since. `counted` hears of every row."""

    def __init__(
        self, source: Readable, prefixes: tuple[bytes, bytes], height: int, *, newest: bool, counted: Callable[[], None]
    ) -> None:
        self._source = source
        self._live, self._past = prefixes
        self._height = height
        self._newest = newest
        self._counted = counted

    def get(self, key: bytes, *, evenly: bool = False) -> bytes | None:
        """Stored bytes of a row, None where there was none. evenly: the source is asked as often for either."""
        self._counted()
        live = self._source.get(self._live + key)
        if self._newest:
            return live
        found = read_at(live, None, self._height)
        if found is not None and not evenly:
            return found
        overwritten = self._first_overwritten(key)
        return read_at(None, overwritten, self._height) if found is None else found

    def behind(self, after: bytes, prefix: bytes) -> Iterator[Row]:
        """Rows whose keys begin with `prefix` and are greater than `after`, a key or b"", in the order of keys.

        History of `after` itself lies at after ‖ 00 ‖ height, keys that go on from it at after ‖ 01 or 02.
        """
        return self._rows(max(prefix, after + b"\x01" if after else b""), prefix_end(prefix))

    def _rows(self, start: bytes, stop: bytes) -> Iterator[Row]:
        live = self._source.range(self._live + start, self._live + stop)
        return self._rows_of_now(live) if self._newest else self._rows_of_past(live, start, stop)

    def _rows_of_now(self, live: Iterator[Row]) -> Iterator[Row]:
        for key, raw in live:
            self._counted()
            yield key[1:], raw

    def _rows_of_past(self, live: Iterator[Row], start: bytes, stop: bytes) -> Iterator[Row]:
        overwritten = self._source.range(self._past + start, self._past + stop)
        live_keys = (key[1:] for key, _raw in live)
        history_keys = (split_history_key(key[1:])[0] for key, _raw in overwritten)
        last = b""
        for key in merge(live_keys, history_keys):
            if key == last:
                continue
            last = key
            raw = self.get(key)
            if raw is not None:
                yield key, raw

    def _first_overwritten(self, key: bytes) -> bytes | None:
        start = self._past + history_key(key, self._height)
        stop = prefix_end(self._past + history_prefix(key) + b"\x00")  # heights stay below 2^56
        for _key, raw in self._source.range(start, stop):
            return raw
        return None
