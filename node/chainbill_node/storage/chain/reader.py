"""Height reader: the ledger after one height, from a snapshot: safe from any thread, untouched by later commits.

The field's word: snapshot isolation.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from time import thread_time
from typing import Any

from chainbill.codec import decode_trusted
from chainbill.ledger.block import Block, Header, decode_block, header_of
from chainbill.ledger.certificate import Certificate, decode_certificate
from chainbill.ledger.receipt import decode_receipt
from chainbill.state.keys import row_key, split_key, table_prefix
from chainbill.state.rows import unpack
from chainbill_node.storage.chain import indexes, layout
from chainbill_node.storage.chain.batch import row_value
from chainbill_node.storage.chain.height_rows import HeightRows
from chainbill_node.storage.chain.history_log import HistoryLog
from chainbill_node.storage.chain.layout import height_key
from chainbill_node.storage.chain.records import HeightRecord
from chainbill_node.storage.chain.sums import Mark, Sums, grouped, prefix_of
from chainbill_node.storage.ledger_reader import SCAN_LIMIT, KeyPart, TransactionRecord
from chainbill_node.storage.store import Readable, prefix_end

Prover = Callable[[int, bytes], Any]
PIECE_ROWS = 64
"""After so many rows a read says what it used: about a millisecond."""


class HeightReader:
    """Reads of one height. `head` is the newest height of the snapshot; `prover` gives state proofs.

    `used` hears of each piece of a long read what processor time it took, in seconds; it may make the read rest.
    """

    def __init__(
        self, source: Readable, height: int, head: int, prover: Prover, used: Callable[[float], None] = lambda _: None
    ) -> None:
        self._source = source
        self._height = height
        self._head = head
        spaces = (layout.STATE, layout.HISTORY)
        self._rows = HeightRows(source, spaces, height, newest=height >= head, counted=self._one_row)
        self._prover = prover
        self._used = used
        self._piece = PIECE_ROWS
        self._thread = 0  # of the piece under way: a request may go from one thread to another
        self._began_s = 0.0

    @property
    def height(self) -> int:
        """The height everything read here is true at."""
        return self._height

    def raw(self, key: bytes) -> bytes | None:
        """Stored row of a row key at this height."""
        return self._rows.get(key)

    def get(self, contract: str, table: str, key: KeyPart | Sequence[KeyPart]) -> Any | None:
        """The row at the key, or None."""
        return self._row(contract, table, key, evenly=False)

    def get_evenly(self, contract: str, table: str, key: KeyPart | Sequence[KeyPart]) -> Any | None:
        """The row at the key, or None: with the same reads for either, so that their number tells nothing."""
        return self._row(contract, table, key, evenly=True)

    def written(self, contract: str, table: str, key: KeyPart | Sequence[KeyPart]) -> int | None:
        """The height of the block that wrote the row at the key, None where there is none."""
        raw = self._rows.get(row_key(contract, table, key if isinstance(key, str | int) else list(key)))
        return None if raw is None else unpack(raw).since

    def _row(self, contract: str, table: str, key: KeyPart | Sequence[KeyPart], *, evenly: bool) -> Any | None:
        stored = row_key(contract, table, key if isinstance(key, str | int) else list(key))
        raw = self._rows.get(stored, evenly=evenly)
        return None if raw is None else row_value(raw)

    def scan(
        self,
        contract: str,
        table: str,
        leading: Sequence[KeyPart] = (),
        after: Sequence[KeyPart] | None = None,
        limit: int = SCAN_LIMIT,
    ) -> list[tuple[list[KeyPart], Any]]:
        """Rows in key order whose key begins with `leading` and lies behind `after` (full key parts)."""
        found = self._behind_key(contract, table, leading, after)
        return [(split_key(key)[2], row_value(raw)) for key, raw in islice(found, limit)]

    def keys(
        self,
        contract: str,
        table: str,
        after: Sequence[KeyPart] | None = None,
        limit: int = SCAN_LIMIT,
        leading: Sequence[KeyPart] = (),
    ) -> list[list[KeyPart]]:
        """Keys of a table that begin with `leading` in their order, those behind `after`; no row is decoded."""
        return [split_key(key)[2] for key, _raw in islice(self._behind_key(contract, table, leading, after), limit)]

    def _behind_key(
        self, contract: str, table: str, leading: Sequence[KeyPart], after: Sequence[KeyPart] | None
    ) -> Iterator[tuple[bytes, bytes]]:
        prefix = table_prefix(contract, table, tuple(leading))
        return self._rows.behind(b"" if after is None else row_key(contract, table, list(after)), prefix)

    def index(self, name: str, value: Sequence[KeyPart], after: str = "", limit: int = SCAN_LIMIT) -> list[str]:
        """Ids filed under `value` in the order of their making, those behind id `after`.

        Entries may be younger than the height: filter by the row. Raises KeyError for an unknown index.
        """
        prefix = layout.INDEX + indexes.value_prefix(name, value)
        start = prefix if not after else self._behind(name, value, prefix, after)
        found: list[str] = []
        for key, _empty in self._source.range(start, prefix_end(prefix)):
            if len(found) >= limit:
                break
            self._one_row()
            found.append(indexes.entry_id(key, len(prefix)))
        return found

    def _behind(self, name: str, value: Sequence[KeyPart], prefix: bytes, after: str) -> bytes:
        """Where reading goes on: the entry of `after` is found through the height its row was made at."""
        live = self._source.get(layout.STATE + indexes.key_of(name, value, after))
        if live is not None:
            entry = layout.INDEX + indexes.entry_key(name, value, indexes.made_at(row_value(live)), after)
            if self._source.get(entry) is not None:
                return entry + b"\x00"
        for key, _empty in self._source.range(prefix, prefix_end(prefix)):
            self._one_row()
            if indexes.entry_id(key, len(prefix)) == after:
                return key + b"\x00"
        return prefix

    def sums(self, name: str, value: Sequence[str] = ()) -> Sums | None:
        """Sums kept of what an index lists under a value, by (status, currency); None where this height has none."""
        mark = Mark.read(self._source.get)
        if mark is None or not mark.stands_at(self._head) or self._height < mark.since:
            return None
        spaces = (layout.SUM, layout.SUM_HISTORY)
        kept = HeightRows(self._source, spaces, self._height, newest=self._height >= self._head, counted=self._one_row)
        prefix = prefix_of(name, value)
        return grouped(kept.behind(b"", prefix), prefix)

    def _one_row(self) -> None:
        self._piece -= 1
        if self._piece <= 0:
            self._end_piece()

    def _end_piece(self) -> None:
        thread = threading.get_ident()
        if thread == self._thread:
            self._used(thread_time() - self._began_s)
        self._thread, self._began_s, self._piece = thread, thread_time(), PIECE_ROWS

    def header(self, height: int) -> Header | None:
        """Header of any height held up to the node's head, also where its block is not kept, or None."""
        if height <= 0:
            return None
        raw = self._source.get(height_key(layout.BLOCK, height))
        if raw is not None:
            return header_of(raw)
        kept = self._source.get(height_key(layout.HEADER, height))
        return None if kept is None else Header.from_fields(decode_trusted(kept))

    def block(self, height: int) -> Block | None:
        """Block of a height, or None."""
        raw = self._source.get(height_key(layout.BLOCK, height)) if height > 0 else None
        return None if raw is None else decode_block(raw)

    def certificate(self, height: int) -> tuple[Certificate, bool] | None:
        """(certificate of a height, whether it is agreed): the one in the next block, else this node's own, or None."""
        following = self._source.get(height_key(layout.BLOCK, height + 1)) if height > 0 else None
        agreed = None if following is None else decode_trusted(following)[1]
        raw = self._source.get(height_key(layout.CERTIFICATE, height)) if height > 0 and agreed is None else agreed
        return None if raw is None else (decode_certificate(raw), agreed is not None)

    def history_proof(self, height: int, size: int) -> tuple[list[bytes], list[bytes]]:
        """(inclusion of block `height` in the log of the first `size` ids, consistency of the log it names with that).

        Raises Pruned for a height below those that this node can prove, Future for a size above the newest height.
        """
        log = HistoryLog(self._source)
        return log.inclusion(height, size), log.consistency(height - 1, size) if height > 1 else []

    def block_height(self, block_id: bytes) -> int | None:
        """Height of the block with this id, or None."""
        raw = self._source.get(layout.BLOCK_ID + block_id)
        return None if raw is None else int.from_bytes(raw, "big")

    def transaction(self, tx_id: bytes) -> TransactionRecord | None:
        """The committed transaction with this id, or None."""
        raw = self._source.get(layout.TRANSACTION + tx_id)
        if raw is None:
            return None
        height, place = layout.unpack_location(raw)
        block = self._source.get(height_key(layout.BLOCK, height))
        if block is None:
            return None
        wires = decode_trusted(block)[2]
        receipts = self.receipts(height) or []
        receipt = receipts[len(receipts) - len(wires) + place]  # the ledger's own come first
        return TransactionRecord(height, place, wires[place], decode_receipt(receipt))

    def receipts(self, height: int) -> list[bytes] | None:
        """Canonical receipts of a height, those of the ledger's own acts first; None where they are not held."""
        raw = self._source.get(height_key(layout.RECEIPTS, height)) if height >= 0 else None
        found: list[bytes] | None = None if raw is None else decode_trusted(raw)
        return found

    def app_hash_at(self, height: int) -> bytes | None:
        """State root after a height (certified by the next header), or None."""
        record = self._record(height)
        return None if record is None else record.app_hash

    def receipts_root_at(self, height: int) -> bytes | None:
        """Root over the receipts of a height (certified by the next header), or None."""
        record = self._record(height)
        return None if record is None else record.receipts_root

    def _record(self, height: int) -> HeightRecord | None:
        raw = self._source.get(height_key(layout.RECORD, height)) if height >= 0 else None
        return None if raw is None else HeightRecord.decode(raw)

    def prove(self, key: bytes) -> Any:
        """Proof of inclusion or absence of a row key in the state after this height."""
        return self._prover(self._height, key)
