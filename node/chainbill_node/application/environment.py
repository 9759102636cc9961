"""Block environment: what the next block is applied in, kept up block by block, rebuilt from the database at start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from chainbill.ledger import core_rows
from chainbill.ledger.admission import clock_offset_ms
from chainbill.ledger.block import Block
from chainbill.ledger.environment import PROPOSERS_KEPT, BlockEnv
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.programs import ProgramCache
from chainbill.ledger.transaction import Transaction
from chainbill.ledger.transition import Applied
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.state import rows
from chainbill.state.keys import split_key
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.chain.history_log import frontier_of
from chainbill_node.storage.chain.records import HeightRecord

MEMBER_STATUSES = ("active", "candidate", "observer")
MAX_MEMBERS = 1000
MOST_REMEMBERED = 65_536


class UsedIds:
    """Which transaction ids stand in blocks. That one does not is remembered until a block takes it: the same id is
    asked for on arrival, at admission and again in its block. The newest state must be committed through `committed`.
    """

    def __init__(self, stored: Callable[[bytes], bool], *, most: int = MOST_REMEMBERED) -> None:
        self._stored = stored
        self._most = most
        self._unused: set[bytes] = set()

    def __call__(self, identity: bytes) -> bool:
        """True when the id is used up."""
        if identity in self._unused:
            return False
        if self._stored(identity):
            return True
        if len(self._unused) >= self._most:
            self._unused.clear()
        self._unused.add(identity)
        return False

    def committed(self, ids: Iterable[bytes]) -> None:
        """These stand in a block now."""
        self._unused.difference_update(ids)


class EnvKeeper:
    """The `BlockEnv` of the next height. `verified`: transactions with signatures that were verified here."""

    def __init__(self, genesis: Genesis, database: ChainDatabase, head: HeightRecord, programs: ProgramCache) -> None:
        self._database = database
        self.is_used = UsedIds(database.is_used)
        height = head.height
        self.current = BlockEnv(
            genesis=genesis,
            programs=programs,
            previous=database.header(height) if height else None,
            receipts_root=head.receipts_root,
            receipts_count=head.receipts_count,
            parent_certificate=database.certificate_bytes(height),
            parent_validators=database.validators(max(height, 1)),
            history=frontier_of(database.store, height),
            validators=database.validators(height + 1),
            next_validators=database.validators(height + 2),
            recent_proposers=self._proposers(height),
            seen=self.is_used,
            validators_at=self._validators_at,
            time_at=self._time_at,
        )
        self.clock_offset_ms = clock_offset_ms(self._database.view)

    @property
    def verified(self) -> Mapping[bytes, Transaction]:
        """By wire id."""
        return self.current.verified

    @verified.setter
    def verified(self, known: Mapping[bytes, Transaction]) -> None:
        self.current = replace(self.current, verified=known)

    def advance(self, block: Block, applied: Applied, certificate: bytes) -> None:
        """Go on to the height after a committed block."""
        self.is_used.committed(applied.used_ids)
        self.current = self.current.after(
            block,
            certificate,
            receipts_root=applied.receipts_root,
            receipts_count=applied.receipts_count,
            next_validators=applied.next_validators,
        )
        if self.current.genesis.clock == "adjustable":
            self.clock_offset_ms = clock_offset_ms(self._database.view)

    def block_time(self, now_ms: int) -> int:
        """The time a block made now would have at least."""
        return max(now_ms + self.clock_offset_ms, self.current.parent_time_ms + 1)

    def members(self) -> list[Validator]:
        """Rows of validators and candidates."""
        found = []
        for key, raw in self._database.view.scan(core_rows.VALIDATORS, b"", MAX_MEMBERS):
            row = rows.value(raw)
            if row.get("status") in MEMBER_STATUSES:
                public = bytes.fromhex(str(split_key(key)[2][0]))
                fields = [row.get("alg"), public, str(row["name"]), str(row["party"]), str(row.get("address", ""))]
                found.append(Validator.from_fields(fields))
        return found

    def _proposers(self, height: int) -> tuple[bytes, ...]:
        """Proposers of the last headers, newest last: enough of them for a set that grows."""
        proposers = []
        for at in range(max(1, height - PROPOSERS_KEPT + 1), height + 1):
            found = self._database.header(at)
            if found is not None:
                proposers.append(found.proposer)
        return tuple(proposers)

    def _validators_at(self, height: int) -> ValidatorSet | None:
        return self._database.validators(height) if height >= 1 else None

    def _time_at(self, height: int) -> int | None:
        record = self._database.record(height)
        return None if record is None else record.time_ms
