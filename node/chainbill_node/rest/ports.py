"""What the REST interface needs from a node: narrow protocols, so that an in-memory twin can stand in for it.

Threads: the interface answers reads from worker threads. ``NodePort.reader`` and every method of a ``Reader`` must
therefore be safe to call outside the event loop's thread, and one reader must give one consistent height even while
blocks are committed beside it (a storage snapshot does this). ``NodePort.submit`` is awaited on the event loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from chainbill.errors import ChainbillError

if TYPE_CHECKING:
    from chainbill.ledger.block import Block, Header
    from chainbill.ledger.certificate import Certificate
    from chainbill.ledger.genesis import Genesis
    from chainbill.ledger.receipt import Receipt
    from chainbill.ledger.validators import ValidatorSet

Value = Any
"""A decoded row or field: None, bool, int, str, bytes, list or dict with text keys."""

KeyPart = str | int
"""One part of a table key."""

SCAN_LIMIT = 1_000
"""How many rows or ids one ``scan`` or ``index`` call gives unless told otherwise."""


class HeightNotHeld(Exception):  # noqa: N818 - an outcome a reader is told about, not a fault
    """The height asked for cannot be read here; ``lowest`` and ``head`` name what can, ``held_by`` who has it."""

    def __init__(self, height: int, lowest: int, head: int, held_by: Sequence[PeerInfo] = ()) -> None:
        super().__init__(f"height {height} is not between {lowest} and {head}")
        self.held_by = tuple(held_by)
        self.height = height
        self.lowest = lowest
        self.head = head


class Pruned(HeightNotHeld):
    """The height lies below the lowest retained one (410)."""


class Future(HeightNotHeld):
    """The height lies above the newest committed one (404)."""


class Busy(Exception):  # noqa: N818 - an outcome a client is told about, not a fault
    """The node takes no more transactions at the moment; ``retry_after_s`` says when to come back (503).

    ``party``: no more of this party, which has its share waiting already; others are taken (429).
    """

    def __init__(self, detail: str, retry_after_s: int = 1, *, party: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.party = party


class TooManyTries(Exception):  # noqa: N818 - an outcome a client is told about, not a fault
    """More is tried out than the node has room for (503), or by this address or party alone (429, ``of_one``)."""

    def __init__(self, retry_after_s: int, *, of_one: bool) -> None:
        super().__init__("of one" if of_one else "in all")
        self.retry_after_s = retry_after_s
        self.of_one = of_one


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """A committed transaction: where it is, its wire bytes, and what came of it."""

    height: int
    index: int
    wire: bytes
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Submission:
    """What came of handing in a transaction.

    ``committed``: it is in block ``height`` at ``index``; ``receipt`` says whether the ledger carried it out (its
    status may still be refused). ``pending``: admitted and not yet in a block when the wait was over.
    ``repeated``: it had been committed before this call.
    """

    status: Literal["committed", "pending"]
    id: bytes
    height: int | None = None
    index: int | None = None
    receipt: Receipt | None = None
    repeated: bool = False


Answer: TypeAlias = Submission | ChainbillError | Busy
"""What comes of one transaction that a client hands in: an error where it is not admitted, Busy to come back later."""


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
    on this node lacks a protocol version or an allowed CPython, and the mend ("" when nothing is decided).
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


class Reader(Protocol):
    """The ledger as it was after one height. Rows come decoded; callers never edit them."""

    @property
    def height(self) -> int:
        """The height everything read here is true at."""

    def get(self, contract: str, table: str, key: KeyPart | Sequence[KeyPart]) -> Value | None:
        """Give the row at the key, or None."""

    def get_evenly(self, contract: str, table: str, key: KeyPart | Sequence[KeyPart]) -> Value | None:
        """Likewise, with the same reads of the store whether there is a row or none."""

    def scan(
        self,
        contract: str,
        table: str,
        leading: Sequence[KeyPart] = (),
        after: Sequence[KeyPart] | None = None,
        limit: int = SCAN_LIMIT,
    ) -> list[tuple[list[KeyPart], Value]]:
        """Give rows in key order whose key begins with ``leading`` and lies behind ``after`` (full key parts)."""

    def keys(
        self,
        contract: str,
        table: str,
        after: Sequence[KeyPart] | None = None,
        limit: int = SCAN_LIMIT,
        leading: Sequence[KeyPart] = (),
    ) -> list[list[KeyPart]]:
        """Give the keys of a table that begin with ``leading`` in their order, those behind ``after`` (all parts)."""

    def index(self, name: str, value: Sequence[KeyPart], after: str = "", limit: int = SCAN_LIMIT) -> list[str]:
        """Give ids filed under ``value`` in the index's order, those behind id ``after``.

        Entries are never removed and may be younger than the height: read the row and filter by it.
        """

    def sums(self, name: str, value: Sequence[str] = ()) -> Mapping[tuple[str, str], tuple[int, int]] | None:
        """Give (status, currency) → (count, sum) kept of an index's value at this height; None where none are kept."""

    def header(self, height: int) -> Header | None:
        """Give the header of any held height up to the node's head, or None."""

    def block(self, height: int) -> Block | None:
        """Give the block of a height, or None."""

    def certificate(self, height: int) -> tuple[Certificate, bool] | None:
        """Give the certificate of a height and whether it is agreed: that in the next block, else the node's own."""

    def history_proof(self, height: int, size: int) -> tuple[list[bytes], list[bytes]]:
        """Give the inclusion of block ``height`` in the first ``size`` ids, and the consistency of its log with them.

        The log that block ``height`` names has the ids before it; of block 1 it is empty, and the second proof too.
        Raises Pruned or Future.
        """

    def block_height(self, block_id: bytes) -> int | None:
        """Give the height of the block with this id, or None."""

    def transaction(self, tx_id: bytes) -> TransactionRecord | None:
        """Give the committed transaction with this id, or None."""

    def receipts(self, height: int) -> list[bytes] | None:
        """Give the canonical receipts of a height (0: the genesis'), the ledger's own first; None where not held."""

    def app_hash_at(self, height: int) -> bytes | None:
        """Give the state root after a height (certified by the next header), or None."""

    def receipts_root_at(self, height: int) -> bytes | None:
        """Give the root over the receipts of a height (certified by the next header), or None."""

    def prove(self, key: bytes) -> Any:
        """Give a proof of inclusion or absence of a row key in the state after this height."""


class NodePort(Protocol):
    """The node as the REST interface sees it."""

    @property
    def genesis(self) -> Genesis:
        """The genesis of the network the node belongs to."""

    def reader(self, at: int | None) -> Reader:
        """Open the ledger at a height (None: the newest). Raises Pruned or Future."""

    def reading(self, source: str) -> AbstractContextManager[None]:
        """Say that what is read in here, also in threads, is for a source: long reads of several take turns."""

    async def submit(self, wires: Sequence[bytes], wait_ms: int, address: str) -> list[Answer]:
        """Check and pass on signed transactions and wait up to ``wait_ms`` for their commits (0: do not wait).

        address: what the client is counted by.

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
