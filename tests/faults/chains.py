"""A chain as a database holds it, for the checker of client histories."""

from __future__ import annotations

from chainbill_node.storage.chain import layout
from chainbill_node.storage.chain.records import HeightRecord
from chainbill_node.storage.store import Readable, prefix_end
from faults.history import BlockSeen

from chainbill import codec
from chainbill.ledger.block import decode_block
from chainbill.ledger.receipt import decode_receipt
from chainbill.ledger.transaction import decode_transaction


def chain_in(store: Readable) -> list[BlockSeen]:
    """All blocks of a store that keeps them all."""
    seen = []
    for key, data in store.range(layout.BLOCK, prefix_end(layout.BLOCK)):
        block = decode_block(data)
        height = int.from_bytes(key[1:], "big")
        record = HeightRecord.decode(store.get(layout.height_key(layout.RECORD, height)) or b"")
        ids = [decode_transaction(one).id for one in block.transactions]
        raw = codec.decode(store.get(layout.height_key(layout.RECEIPTS, height)) or b"")
        receipts = {one.id: one for one in map(decode_receipt, raw)}
        refused = frozenset(one.hex() for one in ids if not receipts[one].ok)
        seen.append(BlockSeen(block.id.hex(), record.app_hash.hex(), tuple(one.hex() for one in ids), refused))
    return seen
