"""The way into the pool: gathered, verified once, in order; bad signatures and floods are turned away."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from chainbill_node.intake import admission as admission_module
from chainbill_node.intake.admission import Admission, Found, Outcome, Verified
from chainbill_node.intake.commit_waiters import Waiters
from chainbill_node.intake.limits import MAX_LISTENERS
from chainbill_node.mempool import MempoolFull, Source
from chainbill_node.mempool import reading as reading_module
from test_node_mempool import TEN, transaction

from chainbill.errors import ChainbillError, Malformed, Reason, Refused
from chainbill.ledger.envelope import Envelope
from chainbill.ledger.transaction import Transaction, assemble, decode_transaction, open_envelope

HERE = Source("here", "P")


def forged() -> Transaction:
    good = TEN[0]
    signature = good.signatures[0][1]
    return decode_transaction(assemble(good.body_bytes, [(0, signature[:-1] + bytes([signature[-1] ^ 1]))]))


async def admit(arrivals: Sequence[Transaction], **options: int) -> tuple[list[list[bytes]], dict[bytes, Outcome]]:
    batches: list[list[bytes]] = []

    def accept(batch: Sequence[Verified]) -> list[Outcome]:
        batches.append([one.transaction.id for one in batch])
        return [None for _ in batch]

    settings = {"gather_ms": 2, "gather_count": 4, "threads": 2, **options}
    admission = Admission(accept, **settings)
    outcomes: dict[bytes, Outcome] = {}
    waiting = set()
    for one in arrivals:
        heard = asyncio.get_running_loop().create_future()

        def done(outcome: Outcome, one: Transaction = one, heard: asyncio.Future[None] = heard) -> None:
            outcomes[one.wire_id] = outcome
            if not heard.done():
                heard.set_result(None)

        if admission.offer(one, source=HERE, own=True, done=done):
            waiting.add(heard)
    async with asyncio.timeout(20):
        await asyncio.gather(*waiting)
    assert len(admission) == 0
    admission.close()
    assert not admission.offer(TEN[0], source=HERE, own=True)
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


def test_calls_are_read_after_the_signatures_and_only_of_those_that_are_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """security 1: what a stranger sends costs its envelope, and nothing of its calls is built."""
    opened: list[bytes] = []

    def counted(envelope: Envelope) -> Transaction:
        opened.append(envelope.wire_id)
        return open_envelope(envelope)

    monkeypatch.setattr(admission_module, "open_envelope", counted)
    bad = forged()
    asyncio.run(admit([TEN[1], bad, TEN[2]]))
    assert opened == [TEN[1].wire_id, TEN[2].wire_id]


def test_what_stands_against_a_transaction_is_told_to_whoever_holds_the_key_and_to_nobody_else() -> None:
    async def act() -> None:
        admission = Admission(lambda batch: [None] * len(batch), gather_ms=1, gather_count=10, threads=1)
        bar = Refused(Reason.KEY_NOT_ACTIVE, "revoked")
        heard: list[Outcome] = []
        admission.offer(TEN[1], source=HERE, own=True, bar=bar, done=heard.append)
        admission.offer(forged(), source=HERE, own=True, bar=bar, done=heard.append)
        async with asyncio.timeout(20):
            while len(heard) < 2:
                await asyncio.sleep(0.01)
        assert heard[0] is bar
        assert isinstance(heard[1], Malformed)
        assert heard[1].reason == Reason.SIGNATURE_INVALID
        admission.close()

    asyncio.run(act())


def test_transactions_of_a_block_are_read_past_those_who_wait() -> None:
    """Each is good, or it is said why not, and none of them waits for the queue."""

    async def act() -> None:
        admission = Admission(lambda batch: [None] * len(batch), gather_ms=60_000, gather_count=1_000, threads=1)
        admission.offer(TEN[3], source=HERE, own=True)
        found: list[Found] = []
        wires = [TEN[1].wire, forged().wire, b"?", TEN[2].wire]
        pieces = admission.examine(wires, TEN[1].network, found.extend)
        foreign = admission.examine([TEN[1].wire], b"another network".ljust(32), found.extend)
        assert (pieces, foreign) == (1, 1)
        async with asyncio.timeout(20):
            while len(found) < 5:
                await asyncio.sleep(0.01)
        assert [found[0], found[3]] == [TEN[1], TEN[2]]
        reasons = [one.reason for one in found if isinstance(one, Malformed)]
        assert reasons == [Reason.SIGNATURE_INVALID, Reason.SHAPE_WRONG, Reason.NETWORK_WRONG]
        assert admission.has(TEN[3].wire_id)
        admission.close()

    asyncio.run(act())


def test_a_batch_is_bounded_in_transactions_and_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission_module, "BATCH_TRANSACTIONS", 4)
    batches, outcomes = asyncio.run(admit(TEN, gather_count=1_000))
    assert [len(batch) for batch in batches] == [4, 4, len(TEN) - 8]
    assert set(outcomes.values()) == {None}
    monkeypatch.setattr(admission_module, "BATCH_BYTES", 2 * len(TEN[0].wire))
    batches, _ = asyncio.run(admit(TEN, gather_count=1_000))
    assert max(len(batch) for batch in batches) == 2


def test_who_comes_behind_a_flood_is_in_the_next_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Security 1: batches were made in order of arrival, and everybody waited for all that one address had sent."""
    monkeypatch.setattr(admission_module, "BATCH_TRANSACTIONS", 4)

    async def act() -> list[list[bytes]]:
        batches: list[list[bytes]] = []

        def accept(batch: Sequence[Verified]) -> list[Outcome]:
            batches.append([one.transaction.id for one in batch])
            return [None for _ in batch]

        admission = Admission(accept, gather_ms=1, gather_count=1_000, threads=1)
        for one in TEN[:8]:
            admission.offer(one, source=Source("flood", "P"), own=True)
        admission.offer(TEN[8], source=Source("flood", "another party there"), own=True)
        admission.offer(TEN[9], source=Source("elsewhere", "P"), own=True)
        async with asyncio.timeout(20):
            while len(admission):
                await asyncio.sleep(0.005)
        admission.close()
        return batches

    batches = asyncio.run(act())
    assert batches[0] == [TEN[0].id, TEN[1].id, TEN[8].id, TEN[9].id], "in order of arrival within the batch"
    assert [identity for batch in batches[1:] for identity in batch] == [one.id for one in TEN[2:8]]


def test_who_took_little_is_read_while_those_who_took_much_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody waited for the batch of a flood, and for the pause after it, at each node on the way."""
    monkeypatch.setattr(admission_module, "BATCH_TRANSACTIONS", 2)
    monkeypatch.setattr(admission_module, "PAUSE_AFTER_BATCH", 1e9)
    monkeypatch.setattr(reading_module, "LIGHT_S", 1e-9)

    async def act() -> None:
        accepted: list[bytes] = []

        def accept(batch: Sequence[Verified]) -> list[Outcome]:
            accepted.extend(one.transaction.id for one in batch)
            return [None for _ in batch]

        admission = Admission(accept, gather_ms=1, gather_count=1_000, threads=1)
        flood, elsewhere = Source("here", "flood"), Source("elsewhere", "flood")
        for one in TEN[:5]:
            admission.offer(one, source=flood, own=True)
        admission.offer(TEN[5], source=elsewhere, own=True)
        async with asyncio.timeout(20):
            while len(accepted) < 4:  # two before anything is known of it, and two before the first pause
                await asyncio.sleep(0.005)
            admission.offer(TEN[6], source=Source("here", "quiet"), own=True)
            while len(accepted) < 5:
                await asyncio.sleep(0.005)
        assert accepted[-1] == TEN[6].id
        assert accepted[:2] == [TEN[0].id, TEN[5].id], "in turn"
        assert accepted[2:4] == [TEN[1].id, TEN[2].id]
        assert [admission.has(one.wire_id) for one in TEN[:7]].count(True) == 2
        admission.close()

    asyncio.run(act())


def test_known_addresses_are_read_before_strangers_who_pause_for_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bad signatures from 200 addresses were each of a source that had taken little, and read without a pause."""
    monkeypatch.setattr(admission_module, "BATCH_TRANSACTIONS", 2)
    monkeypatch.setattr(admission_module, "PAUSE_AFTER_STRANGERS", 1e9)
    monkeypatch.setattr(reading_module, "LIGHT_S", 0.0)  # who is known took much, too

    async def act() -> None:
        accepted: list[bytes] = []

        def accept(batch: Sequence[Verified]) -> list[Outcome]:
            accepted.extend(one.transaction.id for one in batch)
            return [None for _ in batch]

        strangers = {"a", "b", "c", "new"}
        admission = Admission(
            accept, gather_ms=1, gather_count=1_000, threads=1, stranger=lambda address: address in strangers
        )
        for one, address in zip(TEN, "abcabc", strict=False):
            admission.offer(one, source=Source(address, "P"), own=True)
        async with asyncio.timeout(20):
            while len(accepted) < 2:
                await asyncio.sleep(0.005)
            strangers.remove("c")
            admission.offer(TEN[6], source=Source("c", "P"), own=True)  # behind what it has sent before
            admission.offer(TEN[7], source=Source("known", "P"), own=True)
            admission.offer(TEN[8], source=Source("a peer", "P"), own=False)
            while len(accepted) < 4:
                await asyncio.sleep(0.005)
        assert accepted == [TEN[0].id, TEN[1].id, TEN[7].id, TEN[8].id]
        assert len(admission) == 5
        admission.close()

    asyncio.run(act())


@pytest.mark.parametrize(
    ("wanted", "sizes"),
    [(("P", "Q"), [7, 1]), ((), [2]), (("P",), [2])],
    ids=["all are wanted", "none is", "one of a party that floods is among them"],
)
def test_what_blocks_are_short_of_is_read_in_larger_batches_and_without_a_pause(
    wanted: tuple[str, ...], sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a block is run no further batch begins: where batches were small, blocks were as small."""
    monkeypatch.setattr(admission_module, "BATCH_TRANSACTIONS", 2)
    monkeypatch.setattr(admission_module, "BATCHES_AT_ONCE", 4)
    monkeypatch.setattr(admission_module, "PAUSE_AFTER_BATCH", 1e9)
    monkeypatch.setattr(reading_module, "LIGHT_S", 0.0)

    async def act() -> list[int]:
        batches: list[int] = []

        def accept(batch: Sequence[Verified]) -> list[Outcome]:
            batches.append(len(batch))
            return [None for _ in batch]

        admission = Admission(
            accept, gather_ms=1, gather_count=1_000, threads=1, wanted=lambda party: party in wanted
        )  # fmt: skip
        for one in TEN[:6]:
            admission.offer(one, source=Source("here", "P"), own=True)
        admission.offer(TEN[6], source=Source("here", "Q"), own=True)
        async with asyncio.timeout(20):
            while not batches:
                await asyncio.sleep(0.005)
            admission.offer(TEN[7], source=Source("here", "P"), own=True)
            while len(batches) < len(sizes):
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        admission.close()
        return batches

    assert asyncio.run(act()) == sizes


def test_a_bad_signature_is_followed_by_the_pause_whoever_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission_module, "PAUSE_AFTER_BATCH", 1e9)
    monkeypatch.setattr(reading_module, "LIGHT_S", 0.0)

    async def act() -> None:
        admission = Admission(
            lambda batch: [None for _ in batch], gather_ms=1, gather_count=10, threads=1, wanted=lambda _: True
        )
        heard: list[Outcome] = []
        admission.offer(forged(), source=HERE, own=True, done=heard.append)
        async with asyncio.timeout(20):
            while not heard:
                await asyncio.sleep(0.005)
        assert isinstance(heard[0], Malformed)
        admission.offer(TEN[1], source=HERE, own=True)
        await asyncio.sleep(0.05)
        assert admission.has(TEN[1].wire_id)
        admission.close()

    asyncio.run(act())


def test_what_finds_no_room_when_its_turn_has_come_is_not_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    """While it waited the pool filled up with what its party floods with."""
    verified: list[bytes] = []

    def counted(envelope: Envelope) -> None:
        verified.append(envelope.wire_id)

    monkeypatch.setattr(admission_module, "check_signatures", counted)

    async def act() -> None:
        full = MempoolFull("mempool_party_share", "")
        admission = Admission(
            lambda batch: [None for _ in batch], gather_ms=1, gather_count=10, threads=1,
            no_room=lambda envelope: full if envelope.wire_id == TEN[1].wire_id else None,
        )  # fmt: skip
        heard: list[Outcome] = []
        for one in TEN[:3]:
            admission.offer(one, source=HERE, own=True, done=heard.append)
        async with asyncio.timeout(20):
            while len(heard) < 3:
                await asyncio.sleep(0.005)
        assert heard == [None, full, None]
        assert verified == [TEN[0].wire_id, TEN[2].wire_id]
        admission.close()

    asyncio.run(act())


def test_who_waits_for_a_transaction_of_a_block_waits_for_what_is_being_verified_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Security 1: a proposal waited for those of its transactions that stood at the end of a flood."""
    monkeypatch.setattr(admission_module, "BATCH_TRANSACTIONS", 2)

    async def act() -> None:
        admission = Admission(lambda batch: [None] * len(batch), gather_ms=60_000, gather_count=100, threads=1)
        for one in TEN[:4]:
            admission.offer(one, source=HERE, own=True)
        assert not any(admission.listen(one.wire_id, lambda _: None) for one in TEN[:4])
        admission.hurry()
        assert [admission.listen(one.wire_id, lambda _: None) for one in TEN[:4]] == [True, True, False, False]
        admission.close()

    asyncio.run(act())


async def _many_listeners() -> None:
    admission = Admission(lambda batch: [None for _ in batch], gather_ms=10_000, gather_count=10_000, threads=1)
    listeners = [
        admission.offer(transaction(500), source=HERE, own=False, done=lambda _: None) for _ in range(MAX_LISTENERS + 5)
    ]
    assert sum(listeners) == MAX_LISTENERS
    assert not admission.listen(transaction(500).wire_id, lambda _: None)
    assert not admission.listen(bytes(32), lambda _: None)
    admission.close()


def test_listeners_are_bounded() -> None:
    asyncio.run(_many_listeners())


def test_one_of_thousands_that_wait_for_the_same_is_found_at_once() -> None:
    """A batch may name a transaction 200 times, and 10,000 may wait for it: who left first after coming last was looked
    for among all of them, 1.7 s of the event loop in all."""
    compared = 0

    class Listener:
        def __call__(self, _outcome: object) -> None: ...

        def __hash__(self) -> int:
            return id(self)

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return self is other

    waiters = Waiters(most=2_000)
    listeners = [Listener() for _ in range(1_000)]
    assert all(waiters.add(b"a", one, "one", 10) for one in listeners)
    for one in reversed(listeners):
        waiters.drop(b"a", one, "one")
    assert len(waiters) == 0
    assert compared < 10 * len(listeners)


def test_those_who_wait_for_a_commit_are_bounded_and_hear_once() -> None:
    waiters = Waiters(most=4)
    heard: list[object] = []
    assert waiters.add(b"a", heard.append, "one", 10)
    assert waiters.add(b"a", heard.append, "one", 10)
    assert not waiters.add(b"a", heard.append, "one", 10), "as many as it would leave"
    assert waiters.add(b"b", heard.append, "two", 20)
    assert not waiters.add(b"c", heard.append, "two", 30)
    waiters.committed(1, (), 10)
    assert heard == [], "a block of its last moment may carry it"
    waiters.committed(2, (), 11)
    assert [getattr(one, "reason", "") for one in heard] == ["transaction_expired"] * 2
    waiters.drop(b"a", heard.append, "one")
    waiters.drop(b"a", heard.append, "one")
    assert len(waiters) == 1
    assert waiters.add(b"c", heard.append, "one", 30)
    waiters.close()
    assert heard[2:] == [None, None]
