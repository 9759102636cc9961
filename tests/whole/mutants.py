"""Broken nodes: one-place patches of production code, each switched on alone, of which a generic checker must tell."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager
from hashlib import sha256
from typing import Any
from unittest.mock import patch

import plyvel
from chainbill_node.application.environment import UsedIds
from chainbill_node.application.shared_readers import SnapshotReaders
from chainbill_node.mempool import Mempool
from chainbill_node.network.peers import PeerNetwork
from chainbill_node.process.peer_messages import Traffic
from chainbill_node.rest import reading, replies
from chainbill_node.rest.gate import Gate
from chainbill_node.runtime.timers import Timetable
from chainbill_node.storage.chain import layout
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.leveldb import LevelStore
from whole.loop import LIFE

from chainbill.ledger import execution, transition
from chainbill.ledger.in_force import in_force

Mutant = Callable[[], AbstractContextManager[Any]]


def answered_before_it_is_on_the_disk() -> AbstractContextManager[Any]:
    """Who waits for a commit is told while the batch is not synced."""

    def careless(self: LevelStore, puts: Any, deletes: Any = ()) -> None:
        with self._db.write_batch(transaction=True, sync=False) as batch:
            for key in deletes:
                batch.delete(key)
            for key, value in puts:
                batch.put(key, value)

    return patch.object(LevelStore, "write", careless)


def half_a_block_for_a_moment() -> AbstractContextManager[Any]:
    """The rows of the state come to the disk a little later than what else a block brings."""
    write_block = ChainDatabase.write_block

    def in_two(self: ChainDatabase, write: Any) -> None:
        whole = self.store.write

        def split(puts: Any, deletes: Any = ()) -> None:
            state = [one for one in puts if one[0][:1] == layout.STATE]
            whole([one for one in puts if one[0][:1] != layout.STATE], deletes)
            asyncio.get_running_loop().call_later(0.05, whole, state)

        with patch.object(self.store, "write", split):
            write_block(self, write)

    return patch.object(ChainDatabase, "write_block", in_two)


def waiters_forgotten_when_a_peer_comes() -> AbstractContextManager[Any]:
    """Whoever waits for a commit is not told of it once a peer has come back."""
    peer_up = Traffic.peer_up

    def forgetful(self: Traffic, peer: str) -> None:
        self._node.waiters._waiting.clear()
        peer_up(self, peer)

    return patch.object(Traffic, "peer_up", forgetful)


def a_retry_is_run_again() -> AbstractContextManager[Any]:
    """Nobody remembers which transactions stand in blocks."""
    return patch.object(UsedIds, "__call__", lambda _self, _identity: False)


def keys_remembered() -> AbstractContextManager[Any]:
    """Who was let in once is let in for good."""
    let_in = Gate._viewer

    def remembering(self: Gate, key: str) -> Any:
        known = self.__dict__.setdefault("known", {})
        if key not in known:
            known[key] = let_in(self, key)
        return known[key]

    return patch.object(Gate, "_viewer", remembering)


def pages_of_the_newest_height() -> AbstractContextManager[Any]:
    """A further page goes on behind the last entry, but at the height of now."""
    view_at = reading.view_at

    def newest(request: Any, rest: Any, viewer: Any, at: str | None) -> Any:
        found = view_at(request, rest, viewer, at)
        if "after" in request.query_params and at is not None:
            found.reader = rest.node.reader(None)
        return found

    return patch.object(reading, "view_at", newest)


def day_items_run_twice_after_a_start() -> AbstractContextManager[Any]:
    """A process that was started again does what is due on a day twice."""
    run_due_items = execution.run_due_items

    def twice(overlay: Any, loaded: Any, today: str, gas_left: int, run_item: Any) -> Any:
        def run(agenda: Any, key: bytes, row: Any) -> Any:
            run_item(agenda, key, row)
            return run_item(agenda, key, row)

        life = LIFE.get(None)
        again = life is not None and life.number > 1
        return run_due_items(overlay, loaded, today, gas_left, run if again else run_item)

    return patch.object(execution, "run_due_items", twice)


def taken_and_forgotten() -> AbstractContextManager[Any]:
    """Of the transactions that a node has taken some are not in its pool."""
    add = Mempool.add

    def forgetful(self: Mempool, transaction: Any, now_ms: int, **more: Any) -> Any:
        added = add(self, transaction, now_ms, **more)
        if transaction.id[0] % 2:
            self.remove([transaction.id])
        return added

    return patch.object(Mempool, "add", forgetful)


def readers_kept_over_a_commit() -> AbstractContextManager[Any]:
    """Of every two commits one does not end the reader of the height before."""
    committed, count = SnapshotReaders.committed, itertools.count()

    def kept(self: SnapshotReaders, transactions: int) -> None:
        if next(count) % 2:
            committed(self, transactions)

    return patch.object(SnapshotReaders, "committed", kept)


def disk_errors_passed_over() -> AbstractContextManager[Any]:
    """A block that could not be written counts as written."""

    def careless(self: LevelStore, puts: Any, deletes: Any = ()) -> None:
        try:
            with self._db.write_batch(transaction=True, sync=True) as batch:
                for key in deletes:
                    batch.delete(key)
                for key, value in puts:
                    batch.put(key, value)
        except (plyvel.Error, OSError):
            return

    return patch.object(LevelStore, "write", careless)


def answers_kept_by_their_address() -> AbstractContextManager[Any]:
    """The ETag of an answer does not say of which height it is."""

    def tag(request: Any, *_: Any) -> str:
        return f'W/"{sha256(request.scope["path"].encode()).hexdigest()[:32]}"'

    return patch.object(replies, "_tag", tag)


def timers_lost() -> AbstractContextManager[Any]:
    """One timer in thirty does not ring."""
    later, count = Timetable.later, itertools.count(1)

    def losing(self: Timetable, after_s: float, act: Any) -> None:
        if next(count) % 30:
            later(self, after_s, act)

    return patch.object(Timetable, "later", losing)


def newest_messages_to_all() -> AbstractContextManager[Any]:
    """A peer that speaks an older version is sent what only newer ones understand."""

    def send(self: PeerNetwork, connection: Any, frame: bytes, *, droppable: bool) -> bool:
        return bool(connection.send(frame, droppable=droppable))

    return patch.object(PeerNetwork, "_send", send)


def older_protocol_after_a_start() -> AbstractContextManager[Any]:
    """A process that was started again goes over to the next protocol a height late."""

    def late(view: Any, height: int, protocols: Any) -> Any:
        life = LIFE.get(None)
        found = in_force(view, height, protocols)
        again = life is not None and life.number > 1 and found.begins is not None and found.begins.start == height
        return in_force(view, height - 1, protocols) if again else found

    return patch.object(transition, "in_force", late)


MUTANTS: dict[str, Mutant] = {
    made.__name__.replace("_", " "): made
    for made in (
        answered_before_it_is_on_the_disk, half_a_block_for_a_moment, waiters_forgotten_when_a_peer_comes,
        a_retry_is_run_again, keys_remembered, pages_of_the_newest_height, day_items_run_twice_after_a_start,
        taken_and_forgotten, readers_kept_over_a_commit, disk_errors_passed_over, answers_kept_by_their_address,
        timers_lost, newest_messages_to_all,
        older_protocol_after_a_start,
    )
}  # fmt: skip
