"""Broken protocols that once lived through the suites: planted by others than those who wrote the tests.

Each is a one-place patch of production code, as in `mutants`; `test_sim_lived` names what kills it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from chainbill_node.application.environment import EnvKeeper
from chainbill_node.consensus import signer_memory
from chainbill_node.consensus.signer_memory import Recovered
from chainbill_node.driver.driver import Driver
from chainbill_node.driver.engine import Engine
from chainbill_node.storage.snapshots.restore import SnapshotTaker
from msgspec import structs
from sim.mutants import Mutant

from chainbill.ledger.environment import BlockEnv
from chainbill.ledger.vote import ProposalHeader, Vote


def older_lock_wins() -> AbstractContextManager[Any]:
    """Of the locks in a signer file the first one counts after a restart."""
    read = signer_memory._of_height

    def first(height: int, records: list[Any]) -> Recovered:
        locks = [record for record in records if record[0] == signer_memory.RecordKind.LOCK]
        whole = read(height, records)
        return structs.replace(whole, lock=read(height, locks[:1]).lock) if locks else whole

    return patch.object(signer_memory, "_of_height", first)


def early_messages_not_verified() -> AbstractContextManager[Any]:
    """What came a height early is believed when its turn comes."""
    look = Driver._look

    def trusting(self: Driver) -> bool:
        with patch.object(Vote, "verify", lambda *_: True), patch.object(ProposalHeader, "verify", lambda *_: True):
            return look(self)

    return patch.object(Driver, "_look", trusting)


def evidence_judged_by_todays_set() -> AbstractContextManager[Any]:
    """Whether who misbehaved was a validator is asked of those who are validators now."""
    take = Engine.take_evidence

    def of_today(self: Engine, data: bytes) -> None:
        with patch.object(self._ports.application, "load_validators", lambda height: self.rules.validators):
            take(self, data)

    return patch.object(Engine, "take_evidence", of_today)


def evidence_in_blocks_judged_by_todays_set() -> AbstractContextManager[Any]:
    """The same where a block is checked."""
    return patch.object(EnvKeeper, "_validators_at", lambda self, height: self.current.validators)


def reach_of_a_snapshot_not_checked() -> AbstractContextManager[Any]:
    """A snapshot may leave out used ids of the last day."""
    return patch.object(SnapshotTaker, "_check_reach", lambda self, last: None)


def snapshot_forgets_the_next_day() -> AbstractContextManager[Any]:
    """After a snapshot a node does not know when the next day begins."""
    record = SnapshotTaker._head_record
    return patch.object(SnapshotTaker, "_head_record", lambda self, last: replace(record(self, last), next_day_ms=None))


def new_set_acts_a_height_early() -> AbstractContextManager[Any]:
    """What a block changes acts from the next height on."""
    after = BlockEnv.after

    def early(self: BlockEnv, *given: Any, **told: Any) -> BlockEnv:
        return replace(after(self, *given, **told), validators=told["next_validators"])

    return patch.object(BlockEnv, "after", early)


MUTANTS: dict[str, Mutant] = {
    mutant.__name__.replace("_", " "): mutant
    for mutant in (
        older_lock_wins,
        early_messages_not_verified,
        evidence_judged_by_todays_set,
        evidence_in_blocks_judged_by_todays_set,
        reach_of_a_snapshot_not_checked,
        snapshot_forgets_the_next_day,
        new_set_acts_a_height_early,
    )
}
