"""The way into the pool: gathered, verified once, in order; bad signatures and floods are turned away."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from chainbill_node.admission import Admission, Arrival, Outcome
from chainbill_node.limits import MAX_LISTENERS
from chainbill_node.waiters import Waiters
from test_node_mempool import TEN, transaction

from chainbill.errors import ChainbillError
from chainbill.ledger.transaction import Transaction, assemble, decode_transaction


def forged() -> Transaction:
    good = TEN[0]
    signature = good.signatures[0][1]
    return decode_transaction(assemble(good.body_bytes, [(0, signature[:-1] + bytes([signature[-1] ^ 1]))]))


async def admit(arrivals: Sequence[Transaction], **options: int) -> tuple[list[list[bytes]], dict[bytes, Outcome]]:
    batches: list[list[bytes]] = []

    def accept(batch: Sequence[Arrival]) -> list[Outcome]:
        batches.append([one.transaction.id for one in batch])
        return [None for _ in batch]

    settings = {"gather_ms": 2, "gather_count": 4, "threads": 2, "max_waiting": 100, **options}
    admission = Admission(accept, **settings)
    outcomes: dict[bytes, Outcome] = {}
    waiting = set()
    for one in arrivals:
        heard = asyncio.get_running_loop().create_future()

        def done(outcome: Outcome, one: Transaction = one, heard: asyncio.Future[None] = heard) -> None:
            outcomes[one.wire_id] = outcome
            if not heard.done():
                heard.set_result(None)

        if admission.offer(one, own=True, done=done):
            waiting.add(heard)
    async with asyncio.timeout(20):
        await asyncio.gather(*waiting)
    assert len(admission) == 0
    admission.close()
    assert not admission.offer(TEN[0], own=True)
    return batches, outcomes


def test_all_come_through_in_the_order_of_arrival() -> None:
    batches, outcomes = asyncio.run(admit(TEN))
    assert [identity for batch in batches for identity in batch] == [one.id for one in TEN]
    assert len(batches) < len(TEN)
    assert set(outcomes.values()) == {None}


def test_a_bad_signature_is_turned_away_and_the_others_pass() -> None:
    bad = forged()
    batches, outcomes = asyncio.run(admit([TEN[1], bad, TEN[2]]))
    assert [identity for batch in batches for identity in batch] == [TEN[1].id, TEN[2].id]
    refusal = outcomes[bad.wire_id]
    assert isinstance(refusal, ChainbillError)
    assert refusal.reason == "signature_invalid"


def test_the_same_bytes_are_verified_once_and_every_listener_hears() -> None:
    batches, outcomes = asyncio.run(admit([TEN[1], TEN[1], TEN[1]]))
    assert batches == [[TEN[1].id]]
    assert outcomes == {TEN[1].wire_id: None}


def test_more_than_may_wait_are_not_taken() -> None:
    many = [transaction(number) for number in range(30)]
    _batches, outcomes = asyncio.run(admit(many, max_waiting=10, gather_count=1000, gather_ms=50))
    assert len(outcomes) == 10


async def _many_sources() -> None:
    admission = Admission(
        lambda batch: [None for _ in batch], gather_ms=10_000, gather_count=10_000, threads=1, max_waiting=100
    )
    taken = [admission.offer(transaction(number), own=False, source="flood") for number in range(200)]
    assert sum(taken) == 50
    assert admission.offer(transaction(500), own=False, source="honest")
    listeners = [admission.offer(transaction(500), own=False, done=lambda _: None) for _ in range(MAX_LISTENERS + 5)]
    assert sum(listeners) == MAX_LISTENERS
    admission.close()


def test_one_source_leaves_room_for_others_and_listeners_are_bounded() -> None:
    asyncio.run(_many_sources())


def test_those_who_wait_for_a_commit_are_bounded_and_hear_once() -> None:
    waiters = Waiters(most=3)
    heard: list[object] = []
    assert waiters.add(b"a", heard.append)
    assert waiters.add(b"a", heard.append)
    assert waiters.add(b"b", heard.append)
    assert not waiters.add(b"c", heard.append)
    error = ChainbillError("transaction_expired")
    waiters.refused(b"a", error)
    assert heard == [error, error]
    waiters.drop(b"a", heard.append)
    waiters.drop(b"a", heard.append)
    assert len(waiters) == 1
    assert waiters.add(b"c", heard.append)
    waiters.close()
    assert heard == [error, error, None, None]
