"""The node as the REST interface sees it (`rest.ports.NodePort`).

`reader`, `simulate` and `status` may be called from worker threads: readers hold a snapshot of the store that later
commits do not touch.
"""

from __future__ import annotations

import asyncio

from chainbill.errors import ChainbillError
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Transaction, decode_transaction
from chainbill.ledger.validators import ValidatorSet
from chainbill_node.mempool import MempoolFull
from chainbill_node.mempool.limits import DOOR_WITHIN_S
from chainbill_node.node_status import node_status
from chainbill_node.rest.ports import Busy, NodeStatus, PeerInfo, Pruned, Reader, Submission, holders
from chainbill_node.service import Node

MAX_WAIT_MS = 120_000
SHARE_RETRY_S = 2


class ServedNode:
    """`NodePort` over a running node."""

    def __init__(self, node: Node) -> None:
        self._node = node

    @property
    def genesis(self) -> Genesis:
        """The genesis of the network the node belongs to."""
        return self._node.genesis

    def reader(self, at: int | None) -> Reader:
        """The ledger at a height (None: the newest). Raises Pruned or Future."""
        try:
            return self._node.ledger.reader(at)
        except Pruned as error:
            error.held_by = tuple(holders(self.peers(), error.height))
            raise

    async def submit(self, wire: bytes, wait_ms: int) -> Submission:
        """Admit a transaction, pass it on, and wait up to `wait_ms` for its commit.

        Raises Malformed or Refused when it is not admitted, Busy when the node takes no more.
        """
        node = self._node
        transaction = decode_transaction(wire)
        repeated = self._committed(transaction.id)
        if repeated is not None:
            return repeated
        future = node.waiters.add(transaction.id)
        if future is None:
            raise Busy("too many clients wait for a commit")
        try:
            if transaction.id not in node.mempool:
                await self._admitted(transaction, wait_ms)
            if wait_ms > 0:
                async with asyncio.timeout(min(wait_ms, MAX_WAIT_MS) / 1000):
                    return await future
        except TimeoutError:
            pass
        finally:
            node.waiters.drop(transaction.id, future)
        if future.done() and not future.cancelled():
            return future.result()
        return Submission("pending", transaction.id)

    async def _admitted(self, transaction: Transaction, wait_ms: int) -> None:
        full = self._node.mempool.refusal(transaction.party, len(transaction.wire))
        if full is not None:  # no signature need be verified to know it
            self._node.traffic.turned_away(full)
            raise _busy(full)
        try:
            async with self._node.pace.turn(transaction.party, max(DOOR_WITHIN_S, min(wait_ms, MAX_WAIT_MS) / 1000)):
                await self._let_in(transaction)
        except TimeoutError:
            self._node.metrics.turned_away.labels("admission", "too_long_at_the_door").inc()
            raise Busy("more is handed in than blocks take") from None

    async def _let_in(self, transaction: Transaction) -> None:
        admitted: asyncio.Future[ChainbillError | None] = asyncio.get_running_loop().create_future()

        def done(outcome: ChainbillError | None) -> None:
            if not admitted.done():
                admitted.set_result(outcome)

        if not self._node.admission.offer(transaction, own=True, source=transaction.party, done=done):
            self._node.metrics.turned_away.labels("admission", "too_many_to_verify").inc()
            raise Busy("too many transactions wait to be verified")
        outcome = await admitted
        if isinstance(outcome, MempoolFull):
            raise _busy(outcome)
        if outcome is not None and self._committed(transaction.id) is None:
            raise outcome

    def _committed(self, identity: bytes) -> Submission | None:
        if not self._node.ledger.is_used(identity):
            return None
        record = self.reader(None).transaction(identity)
        if record is None:
            return None
        return Submission("committed", identity, record.height, record.index, record.receipt, repeated=True)

    def simulate(self, wire: bytes) -> Receipt:
        """Run a transaction on the newest state without keeping anything. Raises Malformed."""
        return self._node.ledger.simulate(wire, self._node.clock.now_ms())

    def status(self) -> NodeStatus:
        """Where the node stands."""
        return node_status(self._node)

    def validators(self, height: int) -> ValidatorSet:
        """The validators that decide this height."""
        return self._node.ledger.validators_of(height)

    def peers(self) -> list[PeerInfo]:
        """The other nodes known here."""
        node = self._node
        connected = set(node.peers.connected)
        return [
            PeerInfo(
                node_id=member.node_id,
                name=member.name,
                address=member.address,
                connected=member.node_id in connected,
                height=node.traffic.peer_heights.get(member.node_id, 0),
                since_ms=node.peers.since_ms.get(member.node_id, 0),
                lowest_height=node.peers.lowest_of(member.node_id),
            )
            for member in node.members().values()
            if member.node_id != node.node_id
        ]

    def mempool_ids(self) -> list[bytes]:
        """Ids of the transactions that wait, oldest first."""
        return self._node.mempool.ids()

    def metrics(self) -> tuple[bytes, str]:
        """The metrics exposition and its content type."""
        node = self._node
        node.metrics.mempool_size.set(len(node.mempool))
        node.metrics.mempool_bytes.set(node.mempool.bytes)
        node.metrics.validators.set(len(self.validators(node.ledger.info().height + 1)))
        node.standing.measure()
        return node.metrics.exposition()


def _busy(full: MempoolFull) -> Busy:
    """What a client is told whose transaction found no room."""
    party = str(full.fields.get("party", ""))
    return Busy(full.detail, SHARE_RETRY_S if party else 1, party=party, waiting=int(full.fields.get("count", 0)))
