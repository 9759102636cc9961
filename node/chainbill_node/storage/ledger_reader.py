"""Read port: the ledger as it was after one height, and why a height cannot be read.

`storage.chain.reader` implements it over a snapshot of the store, tests over dictionaries. A reader is safe to call
outside the event loop's thread, and gives one consistent height even while blocks are committed beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from chainbill.ledger.block import Block, Header
    from chainbill.ledger.certificate import Certificate
    from chainbill.ledger.receipt import Receipt

Value = Any
"""A decoded row or field: None, bool, int, str, bytes, list or dict with text keys."""

KeyPart = str | int
"""One part of a table key."""

SCAN_LIMIT = 1_000
"""How many rows or ids one ``scan`` or ``index`` call gives unless told otherwise."""


class Holder(Protocol):
    """As much of a peer as is told to those who ask for a height that is not here."""

    @property
    def node_id(self) -> str:
        """Its node id."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def address(self) -> str:
        """HOST:PORT that it listens at for peers."""

    @property
    def lowest_height(self) -> int | None:
        """The lowest height it held when it connected, None where that is not known."""


class HeightNotHeld(Exception):  # noqa: N818 - an outcome a reader is told about, not a fault
    """The height asked for cannot be read here; ``lowest`` and ``head`` name what can, ``held_by`` who has it."""

    def __init__(self, height: int, lowest: int, head: int, held_by: Sequence[Holder] = ()) -> None:
        super().__init__(f"height {height} is not between {lowest} and {head}")
        self.held_by: Sequence[Holder] = tuple(held_by)
        self.height = height
        self.lowest = lowest
        self.head = head


class Pruned(HeightNotHeld):
    """The height lies below the lowest retained one (410)."""


class Future(HeightNotHeld):
    """The height lies above the newest committed one (404)."""


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """A committed transaction: where it is, its wire bytes, and what came of it."""

    height: int
    index: int
    wire: bytes
    receipt: Receipt


class Reader(Protocol):
    """The ledger as it was after one height. Rows come decoded; callers never edit them."""

    @property
    def height(self) -> int:
        """The height everything read here is true at."""

    def get(self, contract: str, table: str, key: KeyPart | Sequence[KeyPart]) -> Value | None:
        """Give the row at the key, or None."""

    def get_evenly(self, contract: str, table: str, key: KeyPart | Sequence[KeyPart]) -> Value | None:
        """Likewise, with the same reads of the store whether there is a row or none."""

    def written(self, contract: str, table: str, key: KeyPart | Sequence[KeyPart]) -> int | None:
        """Give the height of the block that wrote the row at the key, or None; above `lowest_height` it is certain."""

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
