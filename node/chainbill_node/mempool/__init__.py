"""Transactions that wait for a block: pure, bounded by count and bytes, in order of arrival.

Rules: what is here has good signatures (admission saw to it); a sender's order is kept because everyone's is; a
transaction leaves when its block is committed or its time is over. Time comes in as an argument. It does not gossip.
"""

from chainbill_node.mempool.accounts import Accounts, Use
from chainbill_node.mempool.known import KnownAddresses
from chainbill_node.mempool.pool import Mempool, MempoolFull, Room, Waiting
from chainbill_node.mempool.reading import Read, Reading
from chainbill_node.mempool.unverified import Source, Unverified
from chainbill_node.mempool.verified import VerifiedTransactions
from chainbill_node.mempool.waiting_line import WaitingLine

__all__ = [
    "Accounts",
    "KnownAddresses",
    "Mempool",
    "MempoolFull",
    "Read",
    "Reading",
    "Room",
    "Source",
    "Unverified",
    "Use",
    "VerifiedTransactions",
    "Waiting",
    "WaitingLine",
]
