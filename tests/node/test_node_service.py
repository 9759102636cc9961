"""A whole node of one validator inside the test's own event loop, as the REST interface sees it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import secrets
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.foundation.unavailable import Busy
from chainbill_node.home.keys import load_private_key
from chainbill_node.home.node_home import open_home
from chainbill_node.mempool import MempoolFull
from chainbill_node.network.hello import OTHER_VERSION
from chainbill_node.process.node import Node
from chainbill_node.process.served_node import ServedNode
from chainbill_node.process.status import node_status
from chainbill_node.runtime.logs import EventLog, forward_logging, log
from chainbill_node.setup.local import create_local_network
from chainbill_node.storage.leveldb import NO_ROW
from chainbill_node.storage.store import DiskError
from chainbill_node.wire.versions import SPOKEN, WireRange
from whole_nodes import submit
from writes import account_at

from chainbill.errors import Malformed, Refused
from chainbill.ledger.transaction import Call, assemble, decode_transaction, encode_body, sign_transaction


class Running:
    """A started node, its port, and a signer for the anchor."""

    def __init__(self, node: Node, network: Any) -> None:
        self.node = node
        self.port = ServedNode(node)
        self.network = network

    def sign(self, bank: str, *, seconds: int = 600) -> bytes:
        party = self.network.parties["anchor"]
        key = load_private_key(party.key)
        body = encode_body(
            network=self.network.genesis.hash,
            party=party.party,
            valid_until_ms=time.time_ns() // 1_000_000 + seconds * 1_000,
            nonce=secrets.token_bytes(16),
            calls=[Call(*account_at(self.network.parties[bank].party))],
            keys=[key.public],
        )
        return sign_transaction(body, [key])


def run(tmp_path: Path, act: Callable[[Running], Coroutine[Any, Any, None]]) -> None:
    network = create_local_network(tmp_path / "net", validators=1)
    opened = open_home(network.nodes[0].home)

    async def main() -> None:
        node = Node(network.nodes[0].home, opened)
        await node.start()
        try:
            async with asyncio.timeout(60):
                await act(Running(node, network))
        finally:
            await node.stop()

    try:
        asyncio.run(main())
    finally:
        opened.close()


def test_submit_waits_answers_again_and_reads(tmp_path: Path) -> None:
    async def act(running: Running) -> None:
        port = running.port
        wire = running.sign("bank2")
        first = await submit(port, wire, 10_000)
        assert (first.status, first.repeated) == ("committed", False)
        again = await submit(port, wire, 0)
        assert (again.height, again.index, again.repeated) == (first.height, first.index, True)
        both = await asyncio.gather(*(submit(port, wire, 10_000) for wire in [running.sign("bank1")] * 3))
        assert len({(one.height, one.index) for one in both}) == 1
        refused = await submit(port, running.sign("supplier1"), 10_000)
        assert refused.receipt is not None
        assert refused.receipt.reason == "not_a_bank"
        reader = port.reader(None)
        assert reader.transaction(first.id).wire == wire
        assert (await port.simulate(running.sign("bank2"), "")).ok
        status = port.status()
        assert status.ready, status.reason
        assert status.height == port.reader(None).height >= 2
        assert port.validators(1).keys == (bytes.fromhex(status.validator_key),)
        assert port.peers() == []
        assert port.mempool_ids() == []
        text = port.metrics()[0].decode()
        assert f"chainbill_consensus_height {status.height}.0" in text
        assert "chainbill_consensus_refused_txs_total 1.0" in text

    run(tmp_path, act)


def test_below_the_trusted_block_a_node_is_not_ready(tmp_path: Path) -> None:
    """security 22: what came with a snapshot is not called right before the block that the operator knows is there."""

    async def act(running: Running) -> None:
        node = running.node
        config = node.config
        for height, ready in ((9_999, False), (0, True)):
            sync = replace(config.sync, trusted_height=height, trusted_block="ab" * 32 if height else "")
            node.config = replace(config, sync=sync)
            status = node_status(node)
            assert status.ready is ready, status.reason
            assert ("below the block that the operator trusts, 9999" in status.reason) is not ready
            assert ("所信任的区块高度 9999" in status.reason_zh) is not ready

    run(tmp_path, act)


def test_what_is_not_admitted_is_said_at_once(tmp_path: Path) -> None:
    async def act(running: Running) -> None:
        port = running.port
        with pytest.raises(Malformed):
            await submit(port, b"?", 0)
        with pytest.raises(Refused, match="transaction_expired"):
            await submit(port, running.sign("bank2", seconds=-5), 1_000)
        good = decode_transaction(running.sign("bank2"))
        signature = good.signatures[0][1]
        with pytest.raises(Malformed, match="signature_invalid"):
            await submit(port, assemble(good.body_bytes, [(0, bytes(64))]), 1_000)
        assert (await submit(port, assemble(good.body_bytes, [(0, signature)]), 10_000)).status == "committed"

    run(tmp_path, act)


def test_a_wait_that_is_over_is_pending_and_an_expired_one_is_refused(tmp_path: Path) -> None:
    async def act(running: Running) -> None:
        node, port = running.node, running.port
        await submit(port, running.sign("bank2"), 10_000)
        node.started = False  # consensus hears nothing: nothing is committed
        wire = running.sign("bank1")
        pending = await submit(port, wire, 50)
        assert pending.status == "pending"
        assert port.mempool_ids() == [pending.id]
        waiting = asyncio.create_task(submit(port, wire, 10_000))
        await asyncio.sleep(0.05)
        node.waiters.committed(1, (), decode_transaction(wire).valid_until_ms)
        assert not waiting.done(), "a block of its last moment may carry it"
        node.waiters.committed(1, (), decode_transaction(wire).valid_until_ms + 1)
        with pytest.raises(Refused, match="transaction_expired"):
            await waiting
        node.mempool.remove([pending.id])

        def full(*_: object, **__: object) -> bool:
            raise MempoolFull("mempool_full", "no room")

        node.mempool.add = full  # type: ignore[method-assign]
        with pytest.raises(Busy):
            await submit(port, running.sign("bank1"), 50)

    run(tmp_path, act)


def test_a_fault_of_our_own_at_admission_refuses_and_the_node_goes_on(tmp_path: Path) -> None:
    async def act(running: Running) -> None:
        node = running.node
        honest = node.ledger.check_tx

        def broken(*_: object) -> None:
            raise RecursionError("deep")

        node.ledger.check_tx = broken  # type: ignore[method-assign]
        with pytest.raises(Exception, match="internal"):
            await submit(running.port, running.sign("bank2"), 1_000)
        node.ledger.check_tx = honest  # type: ignore[method-assign]
        assert (await submit(running.port, running.sign("bank2"), 10_000)).status == "committed"

    run(tmp_path, act)


def test_a_disk_error_at_a_commit_ends_the_node(tmp_path: Path) -> None:
    async def act(running: Running) -> None:
        node = running.node
        await submit(running.port, running.sign("bank2"), 10_000)
        height = node.ledger.info().height

        def failing(*_: object) -> None:
            raise node_error

        node_error = DiskError(("no space left", "磁盘已满"), ("make room", "清理空间"))
        node.ledger._database.store.write = failing  # type: ignore[method-assign]
        pending = await submit(running.port, running.sign("bank1"), 300)
        assert pending.status == "pending"
        assert node.stopped.is_set()
        assert node.fault is node_error
        assert node.ledger.info().height <= height + 1
        status = running.port.status()
        assert not status.ready
        assert "make room" in status.faulty_part

    run(tmp_path, act)


def test_a_disk_error_seen_by_a_reading_thread_ends_the_node(tmp_path: Path) -> None:
    async def act(running: Running) -> None:
        store: Any = running.node.ledger._database.store
        await asyncio.to_thread(store.failed, NO_ROW, OSError("no such device"))
        await asyncio.wait_for(running.node.stopped.wait(), 5)
        assert isinstance(running.node.fault, DiskError)

    run(tmp_path, act)


def test_what_is_handed_to_logging_reaches_the_nodes_log(capfd: pytest.CaptureFixture[str]) -> None:
    """The reads of regulators and auditors are logged through `logging`: without this they went nowhere."""
    before = logging.getLogger().handlers[:]
    try:
        forward_logging()
        forward_logging()
        log.configure(level="info", json_lines=False, node="bank1")
        logging.getLogger("chainbill.rest.access").info("party=%s GET /v1/bills", "REGULATOR")
        logging.getLogger("uvicorn.access").info("not this")
        try:
            raise ValueError("two\nlines")
        except ValueError as error:
            logging.getLogger("chainbill.rest").error("request failed", exc_info=error)
    finally:
        logging.getLogger().handlers = before
        logging.getLogger("chainbill.rest").setLevel(logging.NOTSET)
        log.configure(level="warning", json_lines=False, node="")
    read, fault = capfd.readouterr().err.splitlines()
    assert read.endswith("INFO    bank1 chainbill.rest.access what=party=REGULATOR GET /v1/bills")
    assert "ERROR   bank1 chainbill.rest what=request failed" in fault


def test_a_warning_that_strangers_can_cause_is_written_now_and_then() -> None:
    stream = io.StringIO()
    written = EventLog()
    written.configure(level="info", json_lines=True, node="bank1", stream=stream)
    for _ in range(1_000):
        written.seldom("client_dropped", why="slow_request")
    written._seldom["client_dropped"] = (-10.0, 999)
    written.seldom("client_dropped", why="slow_request")
    first, last = map(json.loads, stream.getvalue().splitlines())
    assert ("left_out" in first, last["left_out"]) == (False, 999)


def test_the_log_is_one_line_an_event() -> None:
    stream = io.StringIO()
    written = EventLog()
    written.configure(level="info", json_lines=True, node="bank1", stream=stream)
    written.debug("hidden")
    written.info("committed", height=3, block=b"\x01\x02", words="一\n二")
    line = json.loads(stream.getvalue())
    assert (line["event"], line["height"], line["block"], line["node"]) == ("committed", 3, "0102", "bank1")
    text = io.StringIO()
    written.configure(level="info", json_lines=False, node="bank1", stream=text)
    written.error("node_fault", what="two\nlines")
    assert text.getvalue().count("\n") == 1
    for form in (True, False):  # a path that a stranger asks for stands in the log, and somebody looks at it
        shown = io.StringIO()
        written.configure(level="info", json_lines=form, node="bank1", stream=shown)
        written.error("chainbill.rest", what="GET /\x1b[2J\u202e\x9b\u2028 福")
        assert shown.getvalue().rstrip("\n").isprintable()
        assert "\\u001b[2J" in shown.getvalue()


def test_who_speaks_another_version_of_the_messages_is_named_with_the_mend(tmp_path: Path) -> None:
    network = create_local_network(tmp_path / "net", validators=2)

    async def main() -> None:
        with contextlib.ExitStack() as stack:
            opened = [stack.enter_context(contextlib.closing(open_home(node.home))) for node in network.nodes]
            nodes = [Node(node.home, home) for node, home in zip(network.nodes, opened, strict=True)]
            older = nodes[1].peers
            older._settings = replace(older._settings, speaks=WireRange(1, SPOKEN.lowest - 1))
            for node in nodes:
                await node.start()
            try:
                async with asyncio.timeout(20):
                    while not all(OTHER_VERSION in node.peers.unmet.reasons.values() for node in nodes):
                        await asyncio.sleep(0.01)
                status = node_status(nodes[0])
            finally:
                for node in nodes:
                    await node.stop()
        assert not status.ready
        assert (
            "; bank2: it speaks no version of the messages between nodes that this node speaks: update" in status.reason
        )
        assert "；bank2：双方没有共同的节点消息版本：请更新较旧的一方" in status.reason_zh

    asyncio.run(main())
