"""What the REST interface needs from a node: narrow protocols, so that an in-memory twin can stand in for it.

Threads: the interface answers reads from worker threads. ``NodePort.reader`` and every method of a ``Reader`` must
therefore be safe to call outside the event loop's thread, and one reader must give one consistent height even while
blocks are committed beside it (a storage snapshot does this). ``NodePort.submit`` is awaited on the event loop.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chainbill_node.foundation.node_warning import NodeWarning
from chainbill_node.intake.outcomes import Answer, Told, unheard

if TYPE_CHECKING:
    from chainbill.ledger.genesis import Genesis
    from chainbill.ledger.receipt import Receipt
    from chainbill.ledger.validators import ValidatorSet
    from chainbill_node.application.read_throttle import Enough
    from chainbill_node.storage.ledger_reader import Reader


@dataclass(frozen=True, slots=True)
class PeerInfo:
    """One other node of the network as this node sees it now. ``lowest_height``: what it held when it connected."""

    node_id: str
    name: str
    address: str
    connected: bool
    height: int
    since_ms: int
    lowest_height: int | None = None


def holders(peers: Iterable[PeerInfo], height: int) -> list[PeerInfo]:
    """Give the connected peers that hold a height, those that hold most first."""
    found = [one for one in peers if one.connected and one.lowest_height is not None and one.lowest_height <= height]
    return sorted(found, key=lambda one: (one.lowest_height or 0, one.name))


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """Where the node stands. ``reason`` and ``reason_zh`` say why when it is not ready; both empty when it is.

    ``lowest_height`` is the lowest height that can still be read; ``waiting_for`` names validators whose votes are
    missing; ``since_ms`` is since when (Unix time) the node has stood at this step. ``faulty_part`` names the part
    of the node that failed ("" when all work), for ``/health``. ``upgrade`` and ``upgrade_zh`` say from which height
    on this node lacks a protocol version or an allowed CPython, and the mend ("" when nothing is decided). ``warnings``
    is what will stop it, ready or not, if nobody acts.
    """

    ready: bool
    reason: str
    reason_zh: str
    height: int
    round: int
    step: str
    waiting_for: tuple[str, ...]
    since_ms: int
    app_hash: bytes
    lowest_height: int
    peers_connected: int
    peers_known: int
    mempool_transactions: int
    mempool_bytes: int
    name: str
    validator_key: str
    syncing: bool = False
    faulty_part: str = ""
    upgrade: str = ""
    upgrade_zh: str = ""
    warnings: tuple[NodeWarning, ...] = ()


class NodePort(Protocol):
    """The node as the REST interface sees it."""

    @property
    def genesis(self) -> Genesis:
        """The genesis of the network the node belongs to."""

    def reader(self, at: int | None) -> Reader:
        """Open the ledger at a height (None: the newest). Raises Pruned or Future."""

    def reading(self, source: str, enough: Enough) -> AbstractContextManager[None]:
        """Say that what is read in here, also in threads, is for a source: long reads of several take turns.

        Raises MakesRoom in a read of which `enough` says, of its processor seconds, that it makes room.
        """

    def next_of(self, sources: Collection[str]) -> str:
        """Say which of these sources reads next: who has used least, of those that used the same the first."""

    async def submit(self, wires: Sequence[bytes], wait_ms: int, address: str, told: Told = unheard) -> list[Answer]:
        """Check and pass on signed transactions and wait up to ``wait_ms`` for their commits (0: do not wait).

        address: what the client is counted by. told: hears as soon as it is known what came of some of them.

        An answer for each in its place: Malformed or Refused (core errors) when it is not admitted, Busy when the node
        takes no more. None of these is raised.
        """

    async def simulate(self, wire: bytes, address: str) -> Receipt:
        """Check a transaction as when it is handed in, and run it on the newest state without keeping anything.

        address: what the client is counted by. Raises Malformed or Refused when it would not be admitted,
        TooManyTries when too much is tried out.
        """

    def status(self) -> NodeStatus:
        """Say where the node stands."""

    def validators(self, height: int) -> ValidatorSet:
        """Give the validators that decide this height."""

    def peers(self) -> list[PeerInfo]:
        """Give the other nodes known here."""

    def mempool_ids(self) -> list[bytes]:
        """Give the ids of transactions waiting to be put into a block, oldest first."""

    def metrics(self) -> tuple[bytes, str]:
        """Give the metrics exposition and its content type."""
