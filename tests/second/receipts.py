"""Receipts. Written from receipts.md."""

from __future__ import annotations

from dataclasses import dataclass

from second import log_tree
from second.codec import decode, encode
from second.hashing import tagged
from second.refused import must
from second.shapes import MAX_63, integer, items, mapping, octets, of_format, text

MAX_BYTES = 8_388_608
KINDS = ("genesis", "protocol", "rules", "activation", "migration", "evidence", "day_item", "transaction", "tick")
PUBLIC = ("protocol", "rules", "evidence", "tick")
STATUSES = ("ok", "refused", "fault", "out_of_gas")


@dataclass(frozen=True)
class Receipt:
    """What became of one unit of work."""

    kind: str
    id: bytes
    salt: bytes
    status: str
    reason: str
    details: dict[str, object]
    results: list[object]
    events: list[tuple[str, str, dict[str, object]]]
    gas: int

    @property
    def bytes(self) -> bytes:
        """canon([2, kind, …])."""
        events = [list(event) for event in self.events]
        head: list[object] = [2, self.kind, self.id, self.salt, self.status, self.reason]
        return encode([*head, self.details, self.results, events, self.gas])

    @property
    def leaf(self) -> bytes:
        """Its leaf under receipts_root."""
        return log_tree.leaf_hash(self.bytes)


def _event(value: object) -> tuple[str, str, dict[str, object]]:
    contract, topic, fields = items(value, 3)
    return text(contract), text(topic), mapping(fields)


def read(data: bytes) -> Receipt:
    """A receipt, or the reason why this is none."""
    _, kind, id_, salt, status, reason, details, results, events, gas = of_format(decode(data, MAX_BYTES), 10)
    must(text(kind) in KINDS, "shape_wrong", "a kind")
    must(text(status) in STATUSES, "shape_wrong", "a status")
    return Receipt(
        text(kind),
        octets(id_),
        octets(salt),
        text(status),
        text(reason),
        mapping(details),
        items(results),
        [_event(event) for event in items(events)],
        integer(gas, 0, MAX_63),
    )


def salt_of(nonce: bytes, unit_id: bytes) -> bytes:
    """The salt under which a receipt is hashed."""
    return tagged("receipt-salt", nonce, unit_id)


def day_nonce(seed: bytes, unit_id: bytes) -> bytes:
    """The nonce of what the ledger does by itself."""
    return tagged("day-nonce", seed, unit_id)


def next_seed(seed: bytes, nonces: list[bytes]) -> bytes:
    """The row core/seed after a block in which transactions with these nonces took effect."""
    return tagged("day-seed", seed, *nonces) if nonces else seed


def height_bytes(height: int) -> bytes:
    """A height in the id of a unit."""
    return height.to_bytes(8, "big")


def protocol_id(height: int) -> bytes:
    """Of a protocol version that begins."""
    return tagged("protocol-begins", height_bytes(height))


def rules_id(height: int, index: int) -> bytes:
    """Of a change of rules."""
    return tagged("rules", height_bytes(height), index.to_bytes(4, "big"))


def activation_id(height: int, set_key: bytes) -> bytes:
    """Of a set of contracts whose height has come (as blocks-and-certificates.md has it)."""
    return tagged("activation", height_bytes(height), set_key)


def migration_id(height: int, index: int, contract: str) -> bytes:
    """Of a step of a migration."""
    return tagged("migration", height_bytes(height), index.to_bytes(4, "big"), contract.encode())


def day_item_id(height: int, agenda_key: bytes) -> bytes:
    """Of an item of the agenda."""
    return tagged("day-item", height_bytes(height), agenda_key)


def genesis_id(genesis_hash: bytes, contract: str) -> bytes:
    """Of an @init function."""
    return tagged("genesis-init", genesis_hash, contract.encode())


def in_order(receipts: list[Receipt]) -> bool:
    """Whether the kinds stand in the order of the table."""
    places = [KINDS.index(receipt.kind) for receipt in receipts]
    return places == sorted(places)
