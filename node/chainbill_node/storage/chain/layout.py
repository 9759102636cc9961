"""Key layout of the database: one prefix byte says what a row is (docs/reference/storage.md).

Heights are 8 bytes big endian, bucket numbers 3, so that byte order is number order. A part of a split bucket lies
beside it: bucket number ‖ a bit 1 and the bits of the way to it, as big-endian bytes.
"""

from __future__ import annotations

from typing import Any

from chainbill import codec
from chainbill.state.buckets import BUCKETS

STATE = b"s"  # row key → stored row (since ‖ salt ‖ value)
BUCKET = b"b"  # bucket number, or that and the way to a part → row of the node (chainbill/state/buckets.py)
LEAF = b"l"  # bucket number → hash of the bucket, absent where it is empty
HISTORY = b"h"  # history key (row key ‖ 00 ‖ last height) → stored row that was overwritten
INDEX = b"i"  # index key (see indexes) → nothing
SUM = b"S"  # key of a sum (see sums) → stored row of [count, sum]
SUM_HISTORY = b"P"  # history key of a sum → stored row that was overwritten
BLOCK = b"B"  # height → block bytes
CERTIFICATE = b"C"  # height → certificate bytes
RECEIPTS = b"R"  # height → canonical list of receipt bytes, those of the ledger's own acts first; also of height 0
RECORD = b"H"  # height → HeightRecord
TRANSACTION = b"t"  # transaction id → height ‖ index; an id that is here is used up
BLOCK_ID = b"k"  # block id → height
VALIDATORS = b"V"  # height → validator set that acts from that height on
HEADER = b"E"  # height → header of a block that is not kept any more, or never was here
LINK = b"T"  # height → what certifies the validator set that acts from there on, where its block is not kept
LOG = b"N"  # level ‖ index → root of a full subtree of the log of block ids (see history_log)
META = b"m"  # name → value

FORMAT_KEY = META + b"format"
GENESIS_KEY = META + b"genesis"
HEAD_KEY = META + b"head"
LOWEST_KEY = META + b"lowest"  # the lowest height that can be read, absent while it is 0
BLOCKS_KEY = META + b"blocks"  # the lowest height whose block is kept, absent before anything was taken away
HEADERS_KEY = META + b"headers"  # the lowest height whose header is kept, likewise
LOG_KEY = META + b"log"  # the height whose snapshot this node began from, absent where it began with the genesis
DERIVED_KEY = META + b"derived"  # which index entries and sums are here (see sums.Mark)
FORMAT = b"2"  # raised with every change of what is written: a release that does not know it leaves the data alone

HEIGHT_BYTES = 8
BUCKET_BYTES = 3


def height_bytes(height: int) -> bytes:
    """8 bytes big endian."""
    return height.to_bytes(HEIGHT_BYTES, "big")


def height_key(prefix: bytes, height: int) -> bytes:
    """Key of a row kept once a height."""
    return prefix + height.to_bytes(HEIGHT_BYTES, "big")


def bucket_key(prefix: bytes, node: int) -> bytes:
    """Key of the row of a bucket, of a part of one, or of a bucket's hash, by node (chainbill/state/buckets.py)."""
    return prefix + bucket_place(node)


def bucket_place(node: int) -> bytes:
    """The same without its prefix."""
    if node < 2 * BUCKETS:
        return (node - BUCKETS).to_bytes(BUCKET_BYTES, "big")
    below = node.bit_length() - BUCKETS.bit_length()
    way = node & (1 << below) - 1 | 1 << below
    return ((node >> below) - BUCKETS).to_bytes(BUCKET_BYTES, "big") + way.to_bytes(below // 8 + 1, "big")


def pack_location(height: int, index: int) -> bytes:
    """Where a transaction is: height ‖ its place in the block (4 bytes)."""
    return height.to_bytes(HEIGHT_BYTES, "big") + index.to_bytes(4, "big")


def unpack_location(raw: bytes) -> tuple[int, int]:
    """(height, place in the block)."""
    return int.from_bytes(raw[:HEIGHT_BYTES], "big"), int.from_bytes(raw[HEIGHT_BYTES:], "big")


def pack_link(fields: list[Any]) -> bytes:
    """Canonical [header, certificate] of the height that names a new validator set."""
    return codec.encode(fields)


def pack_list(items: list[bytes] | tuple[bytes, ...]) -> bytes:
    """Canonical list of byte strings."""
    return codec.encode_trusted(items)
