"""A node for tests of the REST interface: the rows of a BillBook on the product's storage, blocks without consensus."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Any

from chainbill_node.application.read_throttle import Enough
from chainbill_node.foundation.unavailable import Busy
from chainbill_node.intake.outcomes import Answer, Submission, Told, unheard
from chainbill_node.rest.places import NoPlace
from chainbill_node.rest.ports import NodeStatus, PeerInfo, holders
from chainbill_node.storage.chain.reader import HeightReader
from chainbill_node.storage.ledger_reader import Future, Pruned, TransactionRecord
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.store import Readable, Store
from ledger.ledger_kit import header
from log_nodes import nodes_of
from msgspec import structs
from rest.bill_book import BillBook
from rest.book_disk import BookDisk

from chainbill.crypto import merkle
from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.keys import PrivateKey
from chainbill.errors import ChainbillError, Malformed
from chainbill.ledger.block import Block, Header
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Call, decode_transaction, encode_body, sign_transaction
from chainbill.ledger.validators import Validator, ValidatorSet

HOUR_MS = 3_600_000
START_MS = 1_767_571_200_000  # 2026-01-05T00:00:00Z, 08:00 in the network's zone
ZERO = bytes(32)


def key_of(name: str) -> PrivateKey:
    return PrivateKey.from_seed(name.encode().ljust(32, b"."))


def validator_set() -> ValidatorSet:
    banks = ("BANK1", "BANK2", "BANK3", "BANK4")
    return ValidatorSet.of([Validator(key_of(f"node {one}").public, one.lower(), one, "127.0.0.1:1") for one in banks])


class TwinReader(HeightReader):
    """The product's reader over the rows of a BillBook; blocks and receipts are the twin's."""

    def __init__(self, node: TwinNode, height: int) -> None:
        super().__init__(node.rows(), height, node.book.height, lambda at, key: (at, key))
        self._node = node

    def header(self, height: int) -> Header | None:
        block = self.block(height)
        return block.header if block else None

    def block(self, height: int) -> Block | None:
        return self._node.block_at(height)

    def certificate(self, height: int) -> tuple[Certificate, bool] | None:
        block = self.block(height)
        return (Certificate(height, 0, block.id, ((ZERO, bytes(64)),)), False) if block else None

    def history_proof(self, height: int, size: int) -> tuple[list[bytes], list[bytes]]:
        node = nodes_of([block.id for at in range(1, size + 1) if (block := self.block(at))])
        consistency = merkle.consistency_proof(node, height - 1, size) if height > 1 else []
        return merkle.inclusion_proof(node, height - 1, size), consistency

    def block_height(self, block_id: bytes) -> int | None:
        heights = range(1, self._node.book.height + 1)
        return next((at for at in heights if (block := self.block(at)) and block.id == block_id), None)

    def transaction(self, tx_id: bytes) -> TransactionRecord | None:
        return self._node.records.get(tx_id)

    def receipts(self, height: int) -> list[bytes] | None:
        if height < self._node.lowest:
            return None
        records = [record for record in self._node.records.values() if record.height == height]
        own = [receipt.encode() for receipt in self._node.own_receipts.get(height, ())]
        return own + [record.receipt.encode() for record in sorted(records, key=lambda record: record.index)]

    def receipts_root_at(self, height: int) -> bytes | None:
        return merkle.root(self.receipts(height) or [])

    def app_hash_at(self, height: int) -> bytes | None:
        return tagged_hash("twin-state", str(height).encode())


class TwinNode:
    """A node that commits what it is told to."""

    def __init__(
        self, book: BillBook, *, public_reads: bool = True, lowest: int = 0, store: Callable[[], Store] = MemoryStore
    ) -> None:
        self.book = book
        self.disk = BookDisk(book, store)
        self.public_reads = public_reads
        self.lowest = lowest
        self.records: dict[bytes, TransactionRecord] = {}
        self.own_receipts: dict[int, list[Receipt]] = {}
        self.waiting: list[bytes] = []
        self.addresses: list[str] = []
        self.outcome: str | Exception = "committed"
        self.ready = True
        self.fault = ""

    @cached_property
    def genesis(self) -> Genesis:
        return Genesis(
            chain_id="twin-1", time_ms=START_MS, validators=validator_set(), contracts=(),
            clock="adjustable", public_reads=self.public_reads,
        )  # fmt: skip

    def reader(self, at: int | None) -> TwinReader:
        height = self.book.height if at is None else at
        if height > self.book.height:
            raise Future(height, self.lowest, self.book.height)
        if height < self.lowest:
            raise Pruned(height, self.lowest, self.book.height, holders(self.peers(), height))
        return TwinReader(self, height)

    def reading(self, source: str, enough: Enough) -> AbstractContextManager[None]:
        self.addresses.append(source)
        if isinstance(self.outcome, NoPlace):
            raise self.outcome
        return nullcontext()

    def next_of(self, sources: Collection[str]) -> str:
        return next(iter(sources))

    def rows(self) -> Readable:
        return self.disk.snapshot()

    def block_at(self, height: int) -> Block | None:
        if not 1 <= height <= self.book.height:
            return None
        wires = [record.wire for record in self.records.values() if record.height == height]
        time_ms = START_MS + height * 6 * HOUR_MS
        made = header(network=self.genesis.hash, height=height, time_ms=time_ms, tx_count=len(wires))
        return Block(made, tuple(wires))

    def commit(self, wire: bytes, receipt: Receipt) -> TransactionRecord:
        identifier = decode_transaction(wire).id
        height = self.book.next_height()
        record = TransactionRecord(height, 0, wire, structs.replace(receipt, id=identifier))
        self.records[identifier] = record
        return record

    async def submit(self, wires: Sequence[bytes], wait_ms: int, address: str, told: Told = unheard) -> list[Answer]:
        self.addresses.append(address)
        return [self._submit(wire, wait_ms) for wire in wires]

    def _submit(self, wire: bytes, wait_ms: int) -> Answer:
        try:
            transaction = decode_transaction(wire)
        except Malformed as error:
            return error
        known = self.records.get(transaction.id)
        if known is not None:
            return Submission("committed", transaction.id, known.height, known.index, known.receipt, repeated=True)
        if isinstance(self.outcome, ChainbillError | Busy):
            return self.outcome
        if isinstance(self.outcome, Exception):
            raise self.outcome
        if wait_ms == 0 or self.outcome == "pending":
            self.waiting.append(transaction.id)
            return Submission("pending", transaction.id)
        record = self.commit(wire, self.outcome_of(wire))
        return Submission("committed", transaction.id, record.height, record.index, record.receipt)

    async def simulate(self, wire: bytes, address: str) -> Receipt:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome_of(wire)

    def outcome_of(self, wire: bytes) -> Receipt:
        transaction = decode_transaction(wire)
        if self.outcome == "refused":
            return twin_receipt(transaction.id, "refused", "token_locked", {"token": "T1"}, [], [])
        results = [{"done": call.function} for call in transaction.calls]
        return twin_receipt(transaction.id, "ok", "", {}, results, [["bill", "issued", {"bill": "B1"}]])

    def status(self) -> NodeStatus:
        return NodeStatus(
            ready=self.ready, reason="" if self.ready else "halted: 2 of 3 signatures",
            reason_zh="" if self.ready else "停滞：缺少签名", height=self.book.height, round=0, step="propose",
            waiting_for=(), since_ms=START_MS, app_hash=ZERO, lowest_height=self.lowest, peers_connected=3,
            peers_known=3, mempool_transactions=len(self.waiting), mempool_bytes=0, name="bank1",
            validator_key="00", faulty_part=self.fault,
        )  # fmt: skip

    def validators(self, height: int) -> ValidatorSet:
        return self.genesis.validators

    def peers(self) -> list[PeerInfo]:
        height = self.book.height
        return [
            PeerInfo("aa", "bank2", "127.0.0.1:2", True, height, START_MS, 3),
            PeerInfo("bb", "bank3", "127.0.0.1:3", True, height, START_MS, 0),
            PeerInfo("cc", "bank4", "127.0.0.1:4", False, height, START_MS),
        ]

    def mempool_ids(self) -> list[bytes]:
        return list(self.waiting)

    def metrics(self) -> tuple[bytes, str]:
        return b"chainbill_up 1\n", "text/plain; version=0.0.4"


def twin_receipt(identifier: bytes, status: str, reason: str, details: Any, results: Any, events: Any) -> Receipt:
    return Receipt("transaction", identifier, bytes(32), status, reason, details, results, events, 7)


def wire_of(party: str = "SUPPLIER1", functions: Sequence[str] = ("issue",), nonce: int = 1) -> bytes:
    body = encode_body(
        network=ZERO, party=party, valid_until_ms=START_MS + HOUR_MS, nonce=nonce.to_bytes(16, "big"),
        calls=[Call("bill", function, {"face": 1}) for function in functions], keys=[key_of(party).public],
    )  # fmt: skip
    return sign_transaction(body, [key_of(party)])
