"""What a node says of a transaction's time while it does not know whether its own clock is right, and of that clock."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.foundation.unavailable import ClockNotKnown
from chainbill_node.home.keys import load_private_key
from chainbill_node.home.node_home import open_home
from chainbill_node.process.node import Node
from chainbill_node.process.served_node import ServedNode
from chainbill_node.process.status import node_status
from chainbill_node.setup.local import create_local_network
from whole_nodes import submit
from writes import account_at

from chainbill.errors import Refused
from chainbill.ledger.authorisation import check_window
from chainbill.ledger.transaction import Call, decode_transaction, encode_body, sign_transaction

HOUR_MS = 3_600_000
DAY_S = 86_400


def signed(network: Any, seconds: float) -> bytes:
    """A transaction that is valid so long, by this machine's clock."""
    party = network.parties["anchor"]
    key = load_private_key(party.key)
    body = encode_body(
        network=network.genesis.hash,
        party=party.party,
        valid_until_ms=time.time_ns() // 1_000_000 + int(seconds * 1_000),
        nonce=secrets.token_bytes(16),
        calls=[Call(*account_at(network.parties["bank1"].party))],
        keys=[key.public],
    )
    return sign_transaction(body, [key])


def run(tmp_path: Path, validators: int, act: Any) -> None:
    network = create_local_network(tmp_path / "net", validators=validators)

    async def main() -> None:
        with contextlib.closing(open_home(network.nodes[0].home)) as opened:
            node = Node(network.nodes[0].home, opened)
            await node.start()
            try:
                async with asyncio.timeout(60):
                    await act(node, network)
            finally:
                await node.stop()

    asyncio.run(main())


def test_while_nobody_bears_its_clock_out_a_node_refuses_nothing_for_good(tmp_path: Path) -> None:
    async def act(node: Node, network: Any) -> None:
        port = ServedNode(node)
        assert node.time.off_ms() is None
        real = node.clock.now_ms
        node.clock.now_ms = lambda: real() + HOUR_MS  # type: ignore[method-assign]
        for seconds in (600, HOUR_MS // 1_000 + DAY_S + 60):  # good for ten minutes; for too long also by this clock
            with pytest.raises(ClockNotKnown):
                await submit(port, signed(network, seconds), 0)
            with pytest.raises(ClockNotKnown):
                await port.simulate(signed(network, seconds), "")
        with pytest.raises(Refused, match="transaction_expired"):  # before the newest block
            await submit(port, signed(network, -DAY_S), 0)
        waiting = asyncio.create_task(submit(port, signed(network, HOUR_MS // 1_000 + 600), 60_000))
        while not len(node.mempool):
            await asyncio.sleep(0.01)
        [identity] = port.mempool_ids()
        node.mempool.remove([identity])
        await asyncio.sleep(0.05)
        assert not waiting.done(), "others may still put it into a block"
        waiting.cancel()

    run(tmp_path, 2, act)


def test_an_observer_or_a_clock_a_little_off_is_ready_and_warns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(node: Node, network: Any) -> None:
        drift_ms, delay_ms = node.config.consensus.clock_drift_ms, node.config.consensus.message_delay_ms
        for off_ms, ready, warned in (
            (0, True, []),
            (drift_ms, True, []),
            (drift_ms + 1_000, True, ["clock_off"]),
            (drift_ms + delay_ms, True, ["clock_off"]),
            (drift_ms + delay_ms + 1_000, False, ["clock_off"]),
            (-drift_ms - 1_000, False, ["clock_off"]),
        ):
            monkeypatch.setattr(node.time, "off_ms", lambda off_ms=off_ms: off_ms)
            node.watch.look(node.clock.now_ms())
            status = node_status(node)
            assert status.ready is ready, (off_ms, status.reason)
            assert [one.key for one in status.warnings if one.key == "clock_off"] == warned
            assert ("chronyc" in status.reason) is ("本机时钟" in status.reason_zh) is (not ready)
            assert (node.time.now_ms() - node.clock.now_ms() < -drift_ms) is (off_ms > drift_ms)
        validators = node.ledger.validators_of
        monkeypatch.setattr(type(validators(1)), "__contains__", lambda *_: False)
        assert node.time.keeps_from_signing() is None, "an observer signs nothing"

    run(tmp_path, 1, act)


def test_no_clock_says_that_a_transaction_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is told that it is over hands in another one. A block that was proposed in time and locked comes again
    after any standstill, with the time that it had: only a committed block that is later says that it is over."""

    async def act(node: Node, network: Any) -> None:
        port, drift_ms = ServedNode(node), node.config.consensus.clock_drift_ms
        monkeypatch.setattr(node.time, "is_known", lambda: True)
        wires = [signed(network, drift_ms / 1_000 + seconds) for seconds in range(2, 60, 4)]
        told = [asyncio.create_task(submit(port, wire, 60_000)) for wire in wires]
        while len(node.mempool) < len(wires):
            await asyncio.sleep(0.01)
        now_ms = node.time.now_ms() + 2 * drift_ms + 20_000
        monkeypatch.setattr(node.time, "now_ms", lambda: now_ms)
        node.traffic.sweep()
        await asyncio.sleep(0.05)
        left = set(node.mempool.ids())
        slowest_ms = now_ms - drift_ms  # the date of a new block by the slowest of honest clocks
        for wire, task in zip(wires, told, strict=True):
            carried = may_stand(wire, slowest_ms, HOUR_MS * 24)
            assert (decode_transaction(wire).id in left) is carried, (
                "it keeps its room as long as a new block may take it"
            )
            assert not task.done()
        assert 3 < len(left) < len(wires) - 3
        late_ms = decode_transaction(wires[len(wires) // 2]).valid_until_ms
        node.waiters.committed(1, (), late_ms)
        await asyncio.sleep(0.05)
        assert [task.done() for task in told] == [decode_transaction(wire).valid_until_ms < late_ms for wire in wires]
        for task in told:
            task.cancel()
        for ended in await asyncio.gather(*told, return_exceptions=True):
            assert isinstance(ended, asyncio.CancelledError) or getattr(ended, "reason", "") == "transaction_expired"

    run(tmp_path, 2, act)


def may_stand(wire: bytes, block_time_ms: int, window_ms: int) -> bool:
    try:
        check_window(decode_transaction(wire), block_time_ms, window_ms)
    except Refused:
        return False
    return True
