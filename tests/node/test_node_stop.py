"""After a node has stopped nothing of it is left: no timer, no task, no thread."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path
from typing import Any

import httpx
from chainbill_node import wire as node_wire
from chainbill_node.home import open_home
from chainbill_node.rest_server import RestServer
from chainbill_node.service import Node
from chainbill_node.setup.local import create_local_network
from chainbill_node.wire.messages import WantBlocks
from test_node_service import Running

KIND = {"Content-Type": "application/msgpack"}


def timers() -> list[str]:
    """What the loop will do later."""
    scheduled: list[asyncio.TimerHandle] = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]
    return [repr(one) for one in scheduled if not one.cancelled()]


def test_nothing_of_two_nodes_at_work_is_left_when_they_have_stopped(tmp_path: Path) -> None:
    """`_refresh` was done each second for ever, and timers of consensus rang in a node that had stopped."""
    network = create_local_network(tmp_path / "net", validators=2)
    threads = set(threading.enumerate())

    async def at_work(nodes: list[Node], client: httpx.AsyncClient) -> list[asyncio.Task[Any]]:
        """Commits, trials that wait for their turn, questions that wait for their answer, clients that wait."""
        one, other = nodes
        async with asyncio.timeout(60):
            while not (one.peers.connected and other.peers.connected and one.ledger.info().height):
                await asyncio.sleep(0.01)
        signing = Running(one, network)
        trials = [client.post("/v1/transactions/simulate", content=signing.sign("bank1"), headers=KIND)
                  for _ in range(3)]  # fmt: skip
        waits = [client.post("/v1/transactions?wait=committed&timeout=50", content=signing.sign("bank2"), headers=KIND)]
        running = [asyncio.create_task(each) for each in (*trials, *waits)]
        for _ in range(20):
            other.peers.send(one.node_id, node_wire.encode(WantBlocks(1, 1)))
        await asyncio.sleep(0.3)
        return running

    async def main() -> None:
        assert not timers()
        with contextlib.ExitStack() as stack:
            opened = [stack.enter_context(contextlib.closing(open_home(node.home))) for node in network.nodes]
            nodes = [Node(node.home, home) for node, home in zip(network.nodes, opened, strict=True)]
            rest = RestServer(nodes[0], opened[0].key.seed)
            for node in nodes:
                await node.start()
            await rest.start()
            client = httpx.AsyncClient(base_url=network.nodes[0].api, timeout=60)
            running = await at_work(nodes, client)
            await rest.stop()
            for node in nodes:
                await node.stop()
            for one in running[:-1]:
                one.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            assert running[-1].result().status_code in (201, 202)
            await client.aclose()
            await asyncio.sleep(0.05)
            assert timers() == []
            assert asyncio.all_tasks() == {asyncio.current_task()}
        left = set(threading.enumerate()) - threads
        assert [one.name for one in left if not one.name.startswith(("asyncio", "AnyIO"))] == []  # of the loop itself

    asyncio.run(main())
