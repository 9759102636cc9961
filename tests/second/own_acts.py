"""Ids and salts of what the ledger does by itself. Written from receipts.md and vectors/README.md, "own_acts.json"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from second import evidence, receipts, transaction
from second.keys import row_key

if TYPE_CHECKING:
    from second.genesis import Genesis
    from second.header_block import Block
    from second.receipts import Receipt


class OwnActs:
    """What waits in the state for its height or its day, and the seed, along the blocks."""

    def __init__(self, genesis: Genesis) -> None:
        self.genesis = genesis
        self.seed: bytes | None = None
        self.sets: list[tuple[int, str]] = []
        self.items: list[tuple[str, str, str]] = []  # date, contract, name

    def follow(self, block: Block, done: list[Receipt], today: str) -> list[str]:
        """Check the receipts of one block, and answer their kinds."""
        height, before = block.header.height, self.seed or self.genesis.hash
        own, units = done[: len(done) - len(block.wires)], done[len(done) - len(block.wires) :]
        ids = self._ids(block, today, [receipt.kind for receipt in own].count("migration"))
        assert [(receipt.kind, receipt.id) for receipt in own] == ids, f"block {height}"
        for receipt in own:
            nonce = receipts.day_nonce(before, receipt.id)
            public = receipt.kind in receipts.PUBLIC
            assert receipt.salt == (bytes(32) if public else receipts.salt_of(nonce, receipt.id))
        nonces = []
        for wire, receipt in zip(block.wires, units, strict=True):
            said = transaction.read(wire)
            assert (receipt.kind, receipt.id) == ("transaction", said.id)
            assert receipt.salt == receipts.salt_of(said.nonce, said.id)
            if receipt.status == "ok":
                nonces.append(said.nonce)
                self._note(said)
        if nonces:
            self.seed = receipts.next_seed(before, nonces)
        return [receipt.kind for receipt in done]

    def _ids(self, block: Block, today: str, steps: int) -> list[tuple[str, bytes]]:
        """In the order of the table; how many steps a migration takes only a machine for contracts knows."""
        height = block.header.height
        found = []
        for waiting in sorted(one for one in self.sets if one[0] <= height):
            key = row_key("governance", "contract_set", list(waiting))
            found.append(("activation", receipts.activation_id(height, key)))
            self.sets.remove(waiting)
        found += [("migration", receipts.migration_id(height, n, "diary")) for n in range(steps)]
        found += [("evidence", evidence.read(piece).id) for piece in block.evidence]
        for waits in sorted(one for one in self.items if one[0] <= today):
            date, contract, name = waits
            found.append(("day_item", receipts.day_item_id(height, row_key(contract, "agenda", [date, name]))))
            self.items.remove(waits)
        return found

    def _note(self, said: transaction.Transaction) -> None:
        for contract, function, arguments in said.calls:
            given: dict[str, Any] = dict(arguments)
            if function == "deploy":
                self.sets.append((given["active_from"], given["name"]))
            if function == "plan":
                self.items.append((given["date"], contract, given["name"]))


def local_date(genesis: Genesis, time_ms: int) -> str:
    """The network's date at a time."""
    zone = timedelta(minutes=float(str(genesis.file["zone_offset_minutes"])))
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=time_ms) + zone).date().isoformat()
