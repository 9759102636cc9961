"""A tiny ledger of rows for storage tests: the core's overlay and tree over a chain database, without blocks' rules."""

from __future__ import annotations

from typing import Any

from chainbill_node.storage.chain.database import BlockWrite, ChainDatabase
from chainbill_node.storage.chain.history_log import frontier_of
from chainbill_node.storage.chain.reader import HeightReader
from chainbill_node.storage.chain.records import HeightRecord
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.store import Store
from ledger.ledger_kit import header

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.block import Block, tx_root
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.envelope import wire_id_of
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.state.keys import row_key
from chainbill.state.overlay import Overlay

GENESIS_HASH = b"g" * 32
VALIDATORS = ValidatorSet.of([Validator(PrivateKey.from_seed(b"v" * 32).public, "bank1", "P1", "127.0.0.1:1")])


class RowChain:
    """Heights made of row edits: {(contract, table, key): row or None}."""

    def __init__(self, store: Store | None = None) -> None:
        self.store = store or MemoryStore()
        self.database = ChainDatabase(self.store)
        if self.database.empty:
            from chainbill.state.tree import StateTree

            self.tree = StateTree()
            delta = self.tree.stage(self.database.view, ())
            record = HeightRecord(0, GENESIS_HASH, 1_000, delta.root, 0, b"r" * 32, True, False, None)
            self.database.write_genesis(GENESIS_HASH, record, (), delta, VALIDATORS)
        else:
            self.tree = self.database.build_tree()
        self.history: list[dict[tuple[str, str, Any], Any]] = [{}]

    @property
    def height(self) -> int:
        return self.database.head().height

    def commit(
        self, edits: dict[tuple[str, str, Any], Any], *, wires: tuple[bytes, ...] = (), ids: tuple[bytes, ...] = ()
    ) -> HeightRecord:
        height = self.height + 1
        overlay = Overlay(self.database.view)
        overlay.begin()
        overlay.set_nonce(b"n" * 16)
        rows = dict(self.history[-1])
        for (contract, table, key), row in edits.items():
            encoded = row_key(contract, table, list(key) if isinstance(key, tuple) else key)
            if row is None:
                overlay.delete(encoded)
                rows.pop((contract, table, key), None)
            else:
                overlay.put(encoded, row)
                rows[contract, table, key] = row
        overlay.commit()
        changes = overlay.finish(height)
        delta = self.tree.stage(self.database.view, changes)
        empty = bytes(32)
        root, log = tx_root([wire_id_of(wire) for wire in wires]), frontier_of(self.store, height - 1)
        named = header(network=GENESIS_HASH, height=height, time_ms=1_000 + height, tx_count=len(wires), tx_root=root)
        block = Block(named, wires)
        record = HeightRecord(height, block.id, named.time_ms, delta.root, len(ids), empty, bool(changes), False, None)
        self.database.write_block(
            BlockWrite(
                record=record,
                block=block.encoded,
                certificate=Certificate(height, 0, block.id, ()).encode(),
                history=log,
                receipts=tuple(receipt_bytes(one) for one in ids),
                transaction_ids=ids,
                changes=changes,
                delta=delta,
                next_validators=VALIDATORS,
            )
        )
        self.tree.commit(delta)
        self.history.append(rows)
        return record

    def reader(self, height: int) -> HeightReader:
        return HeightReader(self.store.snapshot(), height, self.height, lambda at, key: (at, key))


def receipt_bytes(identity: bytes) -> bytes:
    return Receipt("transaction", identity, bytes(32), "ok", "", {}, [], [], 1).encode()
