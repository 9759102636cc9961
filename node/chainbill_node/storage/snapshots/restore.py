"""Snapshot restore: every record is checked on the way, and the whole before anything is put to use.

Believed is only what hangs together with the certified header: blocks and headers by their parents up to it, receipts
by the roots in the next header, rows by the state root. `since` of a row is not hashed: it only says from when on a row
can be read here, and nothing below the snapshot's height is.
"""

from __future__ import annotations

from typing import Any

from chainbill.crypto import merkle
from chainbill.dates import start_of_day_ms
from chainbill.errors import Malformed, Refused
from chainbill.ledger.block import Block, Header, decode_block
from chainbill.ledger.certificate import decode_certificate, verify_certificate
from chainbill.ledger.days import next_date
from chainbill.ledger.environment import PROPOSERS_KEPT
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.programs import STANDARD_CODE, ProgramCache
from chainbill.ledger.shapes import as_bytes, as_int, as_list
from chainbill.ledger.transaction import decode_transaction
from chainbill.limits import (
    KEPT_HEADERS_MS,
    KEPT_IDS_MS,
    MAX_BLOCK_BYTES,
    MAX_CERTIFICATE_BYTES,
    MAX_KEY_BYTES,
    MAX_RECEIPT_BYTES,
    MAX_ROW_BYTES,
)
from chainbill.state.overlay import Overlay
from chainbill.state.rows import unpack
from chainbill_node.storage.chain import layout
from chainbill_node.storage.chain.database import LiveView
from chainbill_node.storage.chain.history_log import peak_rows
from chainbill_node.storage.chain.layout import height_bytes, height_key
from chainbill_node.storage.chain.rebuild import StateRebuild
from chainbill_node.storage.chain.records import HeightRecord, encode_validators
from chainbill_node.storage.snapshots.stream import BLOCK, END, HEADER, RECEIPT, ROW, RecordReader
from chainbill_node.storage.store import Store
from chainbill_node.sync.manifest import SnapshotManifest, set_at, trusted_sets

BATCH_BYTES = 4 * 1024 * 1024
SLACK = 512
HEIGHT_RECEIPTS_BYTES = 384 * 1024 * 1024
"""Receipts of one height that are in memory until the next header names their root. A height's gas by the standard
rules, 16, 8 and 20 million (the block, its last transaction, day work), makes 352 MB at 8 bytes a gas."""


class SnapshotTaker:
    """Fills an empty store. `scratch` is a second empty store that may be thrown away afterwards.

    trusted: (height, block id) that the operator knows to be right, None: the genesis is enough. Where that height lies
    above the snapshot, block sync holds the chain against it later; where it lies below, the snapshot cannot show it.
    room: how many bytes it may unpack to, None: any number. A chunk of a megabyte may hold a gigabyte.
    """

    def __init__(
        self,
        manifest: SnapshotManifest,
        genesis: Genesis,
        store: Store,
        scratch: Store,
        *,
        trusted: tuple[int, bytes] | None = None,
        room: int | None = None,
    ) -> None:
        self.manifest = manifest
        self._room = room
        self._genesis = genesis
        self._store = store
        self._trusted = trusted
        self._sets = trusted_sets(manifest, genesis)
        self._rebuild = StateRebuild(scratch, store)
        self._reader = RecordReader()
        self._check_room(manifest.size)
        self._puts: list[tuple[bytes, bytes]] = []
        self._put_bytes = 0
        self._next_chunk = 0
        self._size = 0
        self._last: Header | None = None
        self._first_header: Header | None = None
        self._first_block: Header | None = None
        self._receipts: list[bytes] = []
        self._receipts_due = 0
        self._receipts_bytes = 0
        self._last_key = b""
        self._rows = 0
        self._ended = False

    @property
    def missing(self) -> int | None:
        """The chunk to give next, None when all are there."""
        return self._next_chunk if self._next_chunk < len(self.manifest.chunks) else None

    @property
    def has_its_size(self) -> bool:
        """Whether the chunks have as many bytes as the manifest says."""
        return self._size == self.manifest.size

    def take(self, index: int, chunk: bytes) -> None:
        """The next chunk. Raises Malformed or Refused: the snapshot is none, and the store is to be thrown away."""
        if index != self._next_chunk or not self.manifest.names(index, chunk):
            raise Refused("snapshot_chunk", f"chunk {index} is not the one that the manifest names")
        self._next_chunk += 1
        self._size += len(chunk)
        for record in self._reader.feed(chunk):
            self._check_room(self._reader.unpacked)
            self._record(record)

    def _check_room(self, size: int) -> None:
        if self._room is not None and size > self._room:
            raise Refused(
                "snapshot_room",
                f"it takes more than the {self._room} bytes that there is room for on this disk: it is false, or the "
                "disk too small for this chain",
            )

    def _record(self, record: list[Any]) -> None:
        kind = as_int(record[0], "record kind", high=END)
        if self._ended or (self._receipts_due and kind != RECEIPT):
            raise Malformed("snapshot_malformed", "a record where none belongs")
        if kind == ROW:
            self._row(record)
        elif kind == BLOCK and not self._rows:
            self._block(record)
        elif kind == RECEIPT and self._receipts_due:
            self._receipt(record)
        elif kind == HEADER and not self._rows and self._first_block is None:
            self._chain(Header.from_fields(as_list(record, "header record", length=2)[1]))
            self._put(height_key(layout.HEADER, self._at.height), self._at.encode())
        elif kind == END:
            self._ended = True
        else:
            raise Malformed("snapshot_malformed", "a record where none belongs")

    @property
    def _at(self) -> Header:
        if self._last is None:
            raise Malformed("snapshot_malformed", "it holds no header")
        return self._last

    def _chain(self, header: Header) -> None:
        """One header further: it names the one before as its parent, and what came of that."""
        before = self._last
        if before is None:
            self._first_header = header
            if self._trusted is not None and self._trusted[0] < header.height:
                raise Refused(
                    "snapshot_not_trusted",
                    f"its headers begin at height {header.height}, above the block that the operator trusts, "
                    f"{self._trusted[0]}: take a newer one from `chainbill network trust`",
                )
        elif (header.height, header.parent) != (before.height + 1, before.id):
            raise Refused("snapshot_headers", f"header {header.height} does not follow the one before it")
        else:
            self._close_height(before, header)
        if self._trusted is not None and self._trusted[0] == header.height and self._trusted[1] != header.id:
            raise Refused(
                "snapshot_not_trusted", f"block {header.height} is {header.id.hex()}, not the one the operator trusts"
            )
        self._last = header

    def _close_height(self, header: Header, following: Header) -> None:
        """Record of a height, from its header and the next one, and the receipts against their root."""
        receipts = (len(self._receipts), merkle.root(self._receipts))
        if self._first_block is not None and (following.receipts_count, following.receipts_root) != receipts:
            raise Refused("snapshot_receipts", f"the receipts of height {header.height} have another root")
        if self._first_block is not None:
            self._put(height_key(layout.RECEIPTS, header.height), layout.pack_list(self._receipts))
        self._receipts, self._receipts_bytes = [], 0
        record = HeightRecord(
            height=header.height,
            block_id=header.id,
            time_ms=header.time_ms,
            app_hash=following.app_hash,
            receipts_count=following.receipts_count,
            receipts_root=following.receipts_root,
            changed_state=following.app_hash != header.app_hash,
            has_more_work=False,
            next_day_ms=None,
        )
        self._put(height_key(layout.RECORD, header.height), record.encode())
        self._put(layout.BLOCK_ID + header.id, height_bytes(header.height))

    def _block(self, record: list[Any]) -> None:
        _, data, certificate, count = as_list(record, "block record", length=4)
        block = decode_block(as_bytes(data, "block", at_most=MAX_BLOCK_BYTES))
        self._chain(block.header)
        self._first_block = self._first_block or block.header
        self._check(block, as_bytes(certificate, "certificate", at_most=MAX_CERTIFICATE_BYTES))
        self._receipts_due = as_int(count, "receipts", high=100_000)
        height = block.height
        self._put(height_key(layout.BLOCK, height), block.encoded)
        self._put(height_key(layout.CERTIFICATE, height), certificate)
        for place, wire in enumerate(block.signed):
            identity = decode_transaction(wire).id
            self._put(layout.TRANSACTION + identity, layout.pack_location(height, place))

    def _check(self, block: Block, certificate: bytes) -> None:
        given = decode_certificate(certificate)
        if (given.height, given.block_id) != (block.height, block.id):
            raise Refused("snapshot_certificate", f"the certificate is not of block {block.height}")
        verify_certificate(given, self._genesis.hash, set_at(self._sets, block.height))

    def _receipt(self, record: list[Any]) -> None:
        receipt = as_bytes(as_list(record, "receipt", length=2)[1], "receipt", at_most=MAX_RECEIPT_BYTES)
        self._receipts_bytes += len(receipt)
        if self._receipts_bytes > HEIGHT_RECEIPTS_BYTES:
            raise Refused("snapshot_receipts", f"more than {HEIGHT_RECEIPTS_BYTES} bytes of receipts of one height")
        self._receipts.append(receipt)
        self._receipts_due -= 1

    def _row(self, record: list[Any]) -> None:
        _, key, raw = as_list(record, "row record", length=3)
        as_bytes(key, "row key", at_most=MAX_KEY_BYTES)
        as_bytes(raw, "row", at_most=MAX_ROW_BYTES + SLACK)
        if key <= self._last_key or unpack(raw).since > self.manifest.height:
            raise Malformed("snapshot_malformed", "rows are out of order, or of a later height")
        self._last_key = key
        self._rows += 1
        self._rebuild.add(key, raw)

    def _put(self, key: bytes, value: bytes) -> None:
        self._puts.append((key, value))
        self._put_bytes += len(key) + len(value)
        if self._put_bytes >= BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        self._store.write(self._puts)
        self._puts, self._put_bytes = [], 0

    def finish(self) -> HeightRecord:
        """All chunks are there: check what only the whole can show, then make it a chain. Raises Refused."""
        anchor, last = self.manifest.anchor, self._at
        if not self._ended or self.missing is not None:
            raise Refused("snapshot_incomplete", "chunks are missing")
        if not self.has_its_size:
            raise Malformed("snapshot_malformed", "its chunks have another size than it says")
        if last.height != anchor.height - 1:
            raise Refused("snapshot_headers", "its blocks do not reach its height")
        self._chain(anchor)
        self._check_reach(last)
        if self._rebuild.finish() != anchor.app_hash:
            raise Refused("snapshot_root", "its rows do not have the certified state root")
        record = self._head_record(last)
        for start, validators in self._sets.items():
            self._put(height_key(layout.VALIDATORS, start), encode_validators(validators))
        for link in self.manifest.links:
            fields = [link.header.fields(), link.certificate.fields()]
            self._put(height_key(layout.LINK, link.header.height + 1), layout.pack_link(fields))
        self._put(height_key(layout.RECORD, record.height), record.encode())
        self._put(layout.FORMAT_KEY, layout.FORMAT)
        self._put(layout.GENESIS_KEY, self._genesis.hash)
        self._put(layout.LOWEST_KEY, height_bytes(record.height))
        self._put(layout.LOG_KEY, height_bytes(record.height))
        for key, peak in peak_rows(self.manifest.history):
            self._put(key, peak)
        self._put(layout.HEAD_KEY, height_bytes(record.height))
        self._flush()
        return record

    def _check_reach(self, last: Header) -> None:
        """Used ids of 24 hours, headers of seven days, proposers of the last heights: or all there ever were."""
        height = last.height
        for first, age_ms in ((self._first_block, KEPT_IDS_MS), (self._first_header, KEPT_HEADERS_MS)):
            if first is None:
                raise Refused("snapshot_reach", "it holds no blocks")
            old_enough = first.time_ms <= last.time_ms - age_ms and first.height <= max(1, height - PROPOSERS_KEPT)
            if not old_enough and (first.height != 1 or first.parent != self._genesis.hash):
                raise Refused("snapshot_reach", f"its history begins too late, at height {first.height}")

    def _head_record(self, last: Header) -> HeightRecord:
        overlay = Overlay(LiveView(self._store))
        day = next_date(overlay, ProgramCache().active(overlay, STANDARD_CODE))
        anchor = self.manifest.anchor
        return HeightRecord(
            height=last.height,
            block_id=last.id,
            time_ms=last.time_ms,
            app_hash=anchor.app_hash,
            receipts_count=anchor.receipts_count,
            receipts_root=anchor.receipts_root,
            changed_state=anchor.app_hash != last.app_hash,
            has_more_work=False,
            next_day_ms=None if day is None else start_of_day_ms(day, self._genesis.zone_offset_minutes),
        )
