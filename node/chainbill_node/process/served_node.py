"""REST adapter: the node as the REST interface sees it (`rest.ports.NodePort`).

`reader` and `status` may be called from worker threads: readers hold a snapshot of the store that later
commits do not touch.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager

from chainbill.ledger.genesis import Genesis
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.validators import ValidatorSet
from chainbill_node.application.read_throttle import Enough
from chainbill_node.intake.outcomes import Answer, Told, unheard
from chainbill_node.intake.submission import HandingIn
from chainbill_node.process.node import Node
from chainbill_node.process.status import node_status
from chainbill_node.rest.ports import NodeStatus, PeerInfo, holders
from chainbill_node.storage.ledger_reader import Pruned, Reader


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

    def reading(self, source: str, enough: Enough) -> AbstractContextManager[None]:
        """Say that what is read in here, also in threads, is for a source; raises MakesRoom where it was enough."""
        return self._node.ledger.reading(source, enough)

    def next_of(self, sources: Collection[str]) -> str:
        """Say which of these sources reads next: who has used least."""
        return self._node.ledger.next_of(sources)

    async def submit(self, wires: Sequence[bytes], wait_ms: int, address: str, told: Told = unheard) -> list[Answer]:
        """Admit transactions, pass them on, and wait up to `wait_ms` for their commits; an answer for each."""
        return await HandingIn(self._node, wires, wait_ms, address, told).run()

    async def simulate(self, wire: bytes, address: str) -> Receipt:
        """Check a transaction as when it is handed in, and run it on the newest state without keeping anything."""
        return await self._node.trying_out.run(wire, address)

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
