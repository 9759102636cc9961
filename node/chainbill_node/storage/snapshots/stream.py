"""Snapshot stream: one zlib stream of length-framed canonical records, cut into equal chunks.

    [0, header]                       of heights without a block, ascending: evidence may name them for seven days
    [1, block, certificate, count]    blocks of the last 24 hours and at least 400, ascending; `count` receipts follow
    [2, receipt]                      one receipt of the block before it
    [3, row key, stored row]          the rows of the state, ascending
    [4]                               the end

Whatever is read is bounded before it is unpacked; nothing here decides what to believe (`restore` does).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from chainbill.codec import decode, decode_trusted, encode
from chainbill.errors import Malformed
from chainbill.ledger.block import header_of
from chainbill.ledger.environment import PROPOSERS_KEPT
from chainbill.limits import KEPT_HEADERS_MS, KEPT_IDS_MS, MAX_VALUE_BYTES
from chainbill_node.storage.chain import layout
from chainbill_node.storage.chain.layout import height_key
from chainbill_node.storage.chain.records import HeightRecord
from chainbill_node.storage.store import Readable, prefix_end, walk
from chainbill_node.wire.limits import CHUNK_BYTES

HEADER, BLOCK, RECEIPT, ROW, END = range(5)
LENGTH_BYTES = 4
STEP_BYTES = 256 * 1024
PIECE_BYTES = 64 * 1024  # packed without a breath: some milliseconds


def records_of(source: Readable) -> Iterator[list[Any]]:
    """The records of the newest height of a source that no commit changes meanwhile."""
    head = int.from_bytes(source.get(layout.HEAD_KEY) or b"", "big")
    newest = _time_at(source, head)
    if newest is None:
        raise ValueError("the source has no newest height")
    first_header = min(_first_after(source, newest - KEPT_HEADERS_MS, head), max(1, head - PROPOSERS_KEPT))
    first_block = min(_first_after(source, newest - KEPT_IDS_MS, head), max(1, head - PROPOSERS_KEPT))
    for height in range(max(1, first_header), head + 1):
        block = source.get(height_key(layout.BLOCK, height))
        if block is None or height < first_block:
            header = source.get(height_key(layout.HEADER, height)) if block is None else None
            if block is not None:
                yield [HEADER, header_of(block).fields()]
            elif header is not None:
                yield [HEADER, decode_trusted(header)]
            continue
        certificate = source.get(height_key(layout.CERTIFICATE, height)) or b""
        receipts = decode_trusted(source.get(height_key(layout.RECEIPTS, height)) or b"\x90")
        yield [BLOCK, block, certificate, len(receipts)]
        for receipt in receipts:
            yield [RECEIPT, receipt]
    for key, raw in walk(source, layout.STATE, prefix_end(layout.STATE)):
        yield [ROW, key[1:], raw]
    yield [END]


def _time_at(source: Readable, height: int) -> int | None:
    raw = source.get(height_key(layout.RECORD, height))
    return None if raw is None else HeightRecord.decode(raw).time_ms


def _first_after(source: Readable, time_ms: int, head: int) -> int:
    """The newest height whose block is not younger than a time: what is above it is younger. Times ascend."""
    low, high = 0, head
    while low < high:
        middle = (low + high + 1) // 2
        found = _time_at(source, middle)
        if found is None or found <= time_ms:
            low = middle
        else:
            high = middle - 1
    return low


def chunks_of(records: Iterable[list[Any]]) -> Iterator[bytes]:
    """Packed records in pieces of CHUNK_BYTES; b"" now and then in between, when the caller may take a breath."""
    packer = zlib.compressobj(1)
    ready = bytearray()
    raw = bytearray()
    for record in records:
        data = encode(record)
        raw += len(data).to_bytes(LENGTH_BYTES, "big")
        raw += data
        if len(raw) < PIECE_BYTES:
            continue
        ready += packer.compress(raw)
        raw.clear()
        while len(ready) >= CHUNK_BYTES:
            yield bytes(ready[:CHUNK_BYTES])
            del ready[:CHUNK_BYTES]
        yield b""
    ready += packer.compress(raw) + packer.flush()
    for start in range(0, len(ready), CHUNK_BYTES):
        yield bytes(ready[start : start + CHUNK_BYTES])


class RecordReader:
    """Chunks in, records out. Malformed: what comes is no such stream. `unpacked`: bytes so far."""

    def __init__(self) -> None:
        self.unpacked = 0
        self._unpacker = zlib.decompressobj()
        self._ready = bytearray()

    def feed(self, chunk: bytes) -> Iterator[list[Any]]:
        """The records that this chunk completes; at most one step is unpacked at a time."""
        pending = chunk
        while pending:
            try:
                data = self._unpacker.decompress(pending, STEP_BYTES)
            except zlib.error as error:
                raise Malformed("snapshot_malformed", f"a chunk cannot be unpacked ({error})") from error
            self._ready += data
            self.unpacked += len(data)
            pending = self._unpacker.unconsumed_tail
            yield from self._whole()

    def _whole(self) -> Iterator[list[Any]]:
        start = 0
        while len(self._ready) - start >= LENGTH_BYTES:
            size = int.from_bytes(self._ready[start : start + LENGTH_BYTES], "big")
            if size > MAX_VALUE_BYTES:
                raise Malformed("snapshot_malformed", f"a record of {size} bytes")
            end = start + LENGTH_BYTES + size
            if len(self._ready) < end:
                break
            record = decode(bytes(self._ready[start + LENGTH_BYTES : end]), max_bytes=MAX_VALUE_BYTES)
            start = end
            if type(record) is not list or not record:
                raise Malformed("snapshot_malformed", "a record is no list")
            yield record
        del self._ready[:start]
