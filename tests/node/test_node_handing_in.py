"""Transactions of one request: an answer for each in its place, whatever becomes of the others."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.foundation.unavailable import Busy
from chainbill_node.intake import backpressure, submission
from chainbill_node.intake.commit_waiters import Waiters
from chainbill_node.intake.outcomes import Submission
from chainbill_node.mempool.limits import LEAST_SHARE_TRANSACTIONS
from test_node_service import Running, run

from chainbill.errors import ChainbillError, Malformed, Refused
from chainbill.ledger.transaction import assemble, decode_transaction


def unsigned(wire: bytes) -> bytes:
    one = decode_transaction(wire)
    return assemble(one.body_bytes, [(index, bytes(64)) for index, _ in one.signatures])


def test_each_has_its_answer_in_its_place(tmp_path: Path) -> None:
    async def act(running: Running) -> None:
        known = running.sign("bank2")
        await running.port.submit([known], 10_000, "here")
        good, other = running.sign("bank1"), running.sign("bank2")
        wires = [b"?", good, known, running.sign("bank1", seconds=-5), good, unsigned(other), running.sign("supplier1")]
        answers = await running.port.submit(wires, 10_000, "here")
        bad, first, repeated, expired, second, forged, refused = answers
        assert isinstance(bad, Malformed)
        assert isinstance(expired, Refused)
        assert isinstance(forged, Malformed)
        assert isinstance(first, Submission)
        assert (first.status, first.repeated) == ("committed", False)
        assert second == first
        assert isinstance(repeated, Submission)
        assert repeated.repeated
        assert isinstance(refused, Submission)
        assert refused.receipt is not None
        assert refused.receipt.reason == "not_a_bank"
        assert len(running.node.waiters) == 0
        assert running.node.pace._inside == {}

    run(tmp_path, act)


def test_of_a_request_that_is_not_waited_for_all_are_pending_once_admitted(tmp_path: Path) -> None:
    async def act(running: Running) -> None:
        running.node.started = False  # consensus hears nothing: nothing is committed
        wires = [running.sign("bank2") for _ in range(30)]
        answers = await running.port.submit(wires, 0, "here")
        identities = [decode_transaction(wire).id for wire in wires]
        assert answers == [Submission("pending", identity) for identity in identities]
        assert running.port.mempool_ids() == identities
        assert len(running.node.waiters) == 0

    run(tmp_path, act)


def test_what_was_committed_at_the_door_is_no_replay_also_where_nobody_more_may_listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who listens hears of the block before it is refused; without that the ledger is asked again."""

    async def act(running: Running) -> None:
        node, wire = running.node, running.sign("bank2")
        identity, enter = decode_transaction(wire).id, node.pace.enter

        async def meanwhile(*given: Any) -> None:
            monkeypatch.setattr(node.pace, "enter", enter)
            assert await running.port.submit([wire], 0, "there") == [Submission("pending", identity)]
            while not node.ledger.is_used(identity):
                await asyncio.sleep(0.01)
            await enter(*given)

        monkeypatch.setattr(node.waiters, "_most", 0)
        monkeypatch.setattr(node.pace, "enter", meanwhile)
        [answer] = await running.port.submit([wire], 0, "here")
        assert isinstance(answer, Submission)
        assert (answer.status, answer.id) == ("committed", identity)

    run(tmp_path, act)


def test_what_the_door_does_not_let_in_is_busy_and_the_rest_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "DOOR_WITHIN_S", 0.2)
    monkeypatch.setattr(backpressure, "LEAST_WAITING", 20)

    async def act(running: Running) -> None:
        running.node.started = False
        answers = await running.port.submit([running.sign("bank2") for _ in range(30)], 0, "here")
        kinds = [type(answer) for answer in answers]
        assert kinds == [Submission] * 20 + [Busy] * 10
        assert running.node.metrics.turned_away.labels("admission", "too_long_at_the_door")._value.get() == 10
        assert running.node.pace._inside == {}

    assert LEAST_SHARE_TRANSACTIONS < 20
    run(tmp_path, act)


def test_a_client_that_hangs_up_leaves_nothing_behind_but_what_it_handed_in(tmp_path: Path) -> None:
    async def act(running: Running) -> None:
        running.node.started = False
        wires = [running.sign("bank2") for _ in range(5)]
        request = asyncio.create_task(running.port.submit(wires, 60_000, "here"))
        while len(running.node.mempool) < 5:
            await asyncio.sleep(0.01)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        assert len(running.node.waiters) == 0
        assert running.node.pace._inside == {}
        assert len(running.port.mempool_ids()) == 5

    run(tmp_path, act)


def test_who_waits_for_one_transaction_over_and_over_bars_nobody_else(tmp_path: Path) -> None:
    """The same transaction was waited for twenty thousand times, and everybody else was turned away."""

    async def act(running: Running) -> None:
        running.node.started = False
        running.node.waiters = Waiters(most=16)
        again, others = running.sign("bank2"), [running.sign("bank1") for _ in range(3)]
        waiting = [asyncio.create_task(running.port.submit([again], 60_000, "flood")) for _ in range(40)]
        while len(running.node.waiters) < 8 or not len(running.node.mempool):
            await asyncio.sleep(0.01)
        waiting += [asyncio.create_task(running.port.submit([one], 60_000, "here")) for one in others]
        while len(running.node.mempool) < 4:
            await asyncio.sleep(0.01)
        answers = [one.result()[0] for one in waiting if one.done()]
        assert [type(one) for one in answers] == [Busy] * 32
        for number in range(8):  # where nobody can wait any more, transactions are taken
            waiting += [asyncio.create_task(running.port.submit([again], 60_000, f"{number}")) for _ in range(9)]
        await asyncio.sleep(0.1)
        assert len(running.node.waiters) == 16
        [answer] = await running.port.submit([running.sign("bank1")], 0, "there")
        assert isinstance(answer, Submission)
        running.node.waiters.close()
        await asyncio.gather(*waiting)
        assert len(running.node.waiters) == 0

    run(tmp_path, act)


@pytest.mark.parametrize("count", [1, 60])
def test_what_was_refused_is_gone_without_a_search_for_cycles(tmp_path: Path, count: int) -> None:
    """An error held the frame in which it was found, which held it: after a flood the collector ran for 0.5 s."""

    async def act(running: Running) -> None:
        wires = [running.sign("supplier1", seconds=-5) for _ in range(count)]
        await running.port.submit([running.sign("bank1")], 10_000, "here")
        gc.collect()
        gc.disable()
        try:
            answers = await running.port.submit(wires, 0, "flood")
            refused = [weakref.ref(answer) for answer in answers]
            assert [one() for one in refused if not isinstance(one(), Refused)] == []
            answers.clear()
            async with asyncio.timeout(10):
                while any(one() is not None for one in refused):
                    await asyncio.sleep(0.01)
        finally:
            gc.enable()

    run(tmp_path, act)


def test_pieces_of_batches_of_strangers_take_turns_and_those_of_others_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred transactions of an unknown key from each of 200 addresses held the loop for seconds."""
    monkeypatch.setattr(submission, "SLICE_TRANSACTIONS", 1)
    monkeypatch.setattr(submission, "STRANGERS_BURST_S", 0)
    order: list[str] = []
    original = submission.HandingIn._look_at_piece

    def look(self: submission.HandingIn, piece: Any, queues: Any) -> None:
        order.append(self._address)
        time.sleep(0.001)
        original(self, piece, queues)

    async def act(running: Running) -> None:
        running.node.started = False
        running.node.known_addresses.admitted("supplier", 1)
        monkeypatch.setattr(submission.HandingIn, "_look_at_piece", look)
        flood = [asyncio.create_task(running.port.submit([b"?"] * 3, 0, f"{number}")) for number in range(40)]
        await asyncio.sleep(0)
        supplier = asyncio.create_task(
            running.port.submit([running.sign("bank2"), running.sign("bank1")], 0, "supplier")
        )
        newcomer = asyncio.create_task(running.port.submit([running.sign("bank2"), running.sign("bank1")], 0, "new"))
        assert [type(one) for one in await supplier + await newcomer] == [Submission] * 4
        assert order.index("supplier") < 3
        strangers = [one for one in order if one != "supplier"]
        assert strangers.index("new") <= 41
        assert max(map(strangers[:41].count, strangers)) <= 2, "in turn"
        assert all(isinstance(one, Malformed) for answers in await asyncio.gather(*flood) for one in answers)

    run(tmp_path, act)


def test_batches_of_strangers_that_are_too_many_are_told_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "STRANGERS_WAITING_OF_ONE", 3)
    monkeypatch.setattr(submission, "STRANGERS_SHARE", 1e-3)
    monkeypatch.setattr(submission, "STRANGERS_BURST_S", 0)

    async def act(running: Running) -> None:
        many = [asyncio.create_task(running.port.submit([b"?"] * 2, 0, "one")) for _ in range(20)]
        answers = [one for answers in await asyncio.gather(*many) for one in answers]
        assert {type(one) for one in answers} == {Malformed, Busy}
        assert running.node.metrics.turned_away.labels("admission", "too_many_strangers")._value.get() > 0

    run(tmp_path, act)


def test_a_node_that_ends_tells_those_who_wait_that_nothing_is_decided(tmp_path: Path) -> None:
    async def act(running: Running) -> None:
        running.node.started = False
        request = asyncio.create_task(running.port.submit([running.sign("bank2"), b"?"], 60_000, "here"))
        while len(running.node.waiters) < 1 or not len(running.node.mempool):
            await asyncio.sleep(0.01)
        running.node.waiters.close()
        pending, bad = await request
        assert isinstance(pending, Submission)
        assert pending.status == "pending"
        assert isinstance(bad, ChainbillError)

    run(tmp_path, act)
