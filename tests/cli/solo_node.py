"""One validator in this process: the real ledger and contracts behind the real REST interface, without consensus."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import httpx
from chainbill_node.application.application import LedgerApplication
from chainbill_node.application.protocol import ProposalRequest
from chainbill_node.application.read_throttle import Enough
from chainbill_node.intake.outcomes import Answer, Submission, Told, unheard
from chainbill_node.rest.app import create_app
from chainbill_node.rest.ports import NodeStatus, PeerInfo
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.ledger_reader import Reader
from chainbill_node.storage.memory import MemoryStore

from chainbill.errors import ChainbillError, Reason, Refused
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.envelope import verify_signatures
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Transaction, decode_transaction
from chainbill.ledger.validators import ValidatorSet

MOST_BLOCKS_AT_ONCE = 500


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class SoloNode:
    """Commits every transaction at once in a block of its own; answers as a node of its network would."""

    genesis: Genesis
    ledger: LedgerApplication = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = LedgerApplication(ChainDatabase(MemoryStore()))
        self.ledger.init_chain(self.genesis)
        self.block([])

    def block(self, candidates: list[Transaction]) -> None:
        """Commit a block, and the empty ones that follow from it."""
        for _ in range(MOST_BLOCKS_AT_ONCE):
            info = self.ledger.info()
            time_ms = max(now_ms() + info.clock_offset_ms, info.time_ms + 1)
            proposer = self.ledger.validators_of(info.height + 1).proposer(info.height + 1, 0).key
            request = ProposalRequest(info.height + 1, time_ms, proposer, (), candidates, 2**20)
            block = self.ledger.prepare_proposal(request).block
            self.ledger.finalize_block(block)
            self.ledger.commit(Certificate(block.header.height, 0, block.id, ((proposer, bytes(64)),)))
            candidates = []
            info = self.ledger.info()
            day_due = info.next_day_ms is not None and info.next_day_ms <= now_ms() + info.clock_offset_ms
            if not (info.changed_state or info.has_more_work or day_due):
                return
        raise AssertionError("work without an end")

    def reader(self, at: int | None) -> Reader:
        return self.ledger.reader(at)

    def reading(self, source: str, enough: Enough) -> AbstractContextManager[None]:
        return self.ledger.reading(source, enough)

    def next_of(self, sources: Collection[str]) -> str:
        return self.ledger.next_of(sources)

    async def submit(self, wires: Sequence[bytes], wait_ms: int, address: str, told: Told = unheard) -> list[Answer]:
        return [self._submit(wire) for wire in wires]

    def _submit(self, wire: bytes) -> Answer:
        try:
            return self._committed(wire)
        except ChainbillError as error:
            return error

    def _committed(self, wire: bytes) -> Submission:
        transaction = decode_transaction(wire)
        repeated = self.ledger.is_used(transaction.id)
        if not repeated:
            if not verify_signatures(transaction):
                raise Refused(Reason.SIGNATURE_INVALID, "a signature is wrong")
            self.ledger.check_tx(transaction, now_ms())
            self.block([transaction])
        record = self.ledger.reader(None).transaction(transaction.id)
        assert record is not None
        return Submission("committed", transaction.id, record.height, record.index, record.receipt, repeated=repeated)

    async def simulate(self, wire: bytes, address: str) -> Receipt:
        return self.ledger.simulate(self.ledger.checked(wire, now_ms()), now_ms())

    def status(self) -> NodeStatus:
        info = self.ledger.info()
        return NodeStatus(
            ready=True, reason="", reason_zh="", height=info.height, round=0, step="wait", waiting_for=(),
            since_ms=info.time_ms, app_hash=info.app_hash, lowest_height=0, peers_connected=0, peers_known=0,
            mempool_transactions=0, mempool_bytes=0, name="bank1", validator_key="00",
        )  # fmt: skip

    def validators(self, height: int) -> ValidatorSet:
        return self.ledger.validators_of(height)

    def peers(self) -> list[PeerInfo]:
        return []

    def mempool_ids(self) -> list[bytes]:
        return []

    def metrics(self) -> tuple[bytes, str]:
        return b"", "text/plain"


class SoloTransport(httpx.BaseTransport):
    """Speaks with the interface of a node in this process. The event loop lives in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def serve(self, genesis: Genesis) -> None:
        """Begin a network of this genesis."""
        self.node = SoloNode(genesis)
        self._asgi = httpx.ASGITransport(app=create_app(self.node), raise_app_exceptions=True)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(self._ask(request), self._loop).result(60)

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        asked = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        answer = await self._asgi.handle_async_request(asked)
        content = b"".join([part async for part in answer.stream])  # type: ignore[union-attr]
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)

    def end(self) -> None:
        """Stop the event loop."""

        async def finish() -> None:
            await self._loop.shutdown_default_executor()

        asyncio.run_coroutine_threadsafe(finish(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def close(self) -> None:
        """Clients come and go; the node stays."""
