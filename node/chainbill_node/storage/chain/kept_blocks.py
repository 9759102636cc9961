"""Block checks: those of a pruned or fetched store are certified, in a row, and agree with its records."""

from __future__ import annotations

from itertools import islice

from chainbill.codec import decode_trusted
from chainbill.crypto import merkle
from chainbill.crypto.merkle import Frontier
from chainbill.errors import Refused
from chainbill.ledger.block import Block, decode_block
from chainbill.ledger.certificate import decode_certificate, verify_certificate
from chainbill.ledger.genesis import Genesis
from chainbill_node.storage.chain import layout
from chainbill_node.storage.chain.database import ChainDatabase, lowest_height
from chainbill_node.storage.chain.history_log import frontier_of, log_begins, log_rows
from chainbill_node.storage.chain.layout import height_key
from chainbill_node.storage.chain.links import links_of
from chainbill_node.storage.store import Store, prefix_end
from chainbill_node.sync.manifest import certified_sets, set_at


def check_blocks(store: Store, genesis: Genesis) -> tuple[int, int]:
    """(blocks, transactions) that are kept. Refused or Malformed where one does not belong to this chain.

    The validator sets are followed from the genesis, change by change, and must be the stored ones.
    """
    database = ChainDatabase(store)
    head = database.head().height
    first = _first_held(store)
    newest = database.block_bytes(head)
    if newest is None:
        raise Refused("block_missing", f"block {head} is not there")
    anchor, certificate = decode_block(newest[0]).header, decode_certificate(newest[1])
    links = links_of(store, head + 1)
    sets = certified_sets(anchor, certificate, links, genesis)
    parent = b""
    transactions = 0
    log = frontier_of(store, max(first - 1, log_begins(store)))
    for height in range(first, head + 1):
        found = database.block_bytes(height)
        record = database.record(height)
        if found is None or record is None:
            raise Refused("block_missing", f"block {height}, its certificate or its record is not there")
        block, given = decode_block(found[0]), decode_certificate(found[1])
        if (given.height, given.block_id) != (height, block.id) or block.height != height:
            raise Refused("certificate_of_other_block", f"at height {height}")
        verify_certificate(given, genesis.hash, set_at(sets, height))
        if database.validators(height) != set_at(sets, height):
            raise Refused("validators_differ", f"the stored set of height {height} is not the certified one")
        before = database.record(height - 1)
        if parent and block.header.parent != parent:
            raise Refused("block_parent", f"block {height} does not follow block {height - 1}")
        stands = (block.header.app_hash, block.header.receipts_count, block.header.receipts_root)
        if before is not None and (before.app_hash, before.receipts_count, before.receipts_root) != stands:
            raise Refused("record_differs", f"the record of height {height - 1} is not what block {height} certifies")
        if (record.block_id, record.time_ms) != (block.id, block.header.time_ms):
            raise Refused("record_differs", f"the record of height {height} is of another block")
        kept = store.get(height_key(layout.RECEIPTS, height))
        if kept is None:
            raise Refused("receipts_missing", f"the receipts of height {height} are not there")
        receipts = decode_trusted(kept)
        if (len(receipts), merkle.root(receipts)) != (record.receipts_count, record.receipts_root):
            raise Refused("receipts_differ", f"the receipts of height {height} have another root")
        log = _grown(store, log, block)
        parent = block.id
        transactions += len(block.transactions)
    return head + 1 - first, transactions


def _first_held(store: Store) -> int:
    """From where on blocks are to be here: the lowest height that is answered for, or below it what is kept."""
    rows = (store.range(height_key(prefix, 1), prefix_end(prefix)) for prefix in (layout.BLOCK, layout.CERTIFICATE))
    held = [int.from_bytes(key[1:], "big") for found in rows for key, _ in islice(found, 1)]
    return min([max(lowest_height(store), 1), *held])


def _grown(store: Store, log: Frontier, block: Block) -> Frontier:
    """The log of block ids with one more, as its header and the stored subtrees have it. Refused where they differ.

    What lies before the log that this node began with cannot be told.
    """
    if block.height <= log.size:
        return log
    if block.header.history_root != log.root():
        raise Refused("history_differs", f"the log of block ids is not the one that block {block.height} names")
    if any(store.get(key) != root for key, root in log_rows(log, block.id)):
        raise Refused("history_differs", f"the stored log of block ids is another one at height {block.height}")
    return log.append(block.id)
