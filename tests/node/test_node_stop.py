"""After a node has stopped nothing of it is left: no timer, no task, no thread."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path
from typing import Any

import httpx
import plyvel
from chainbill_node import wire as node_wire
from chainbill_node.home.node_home import open_home
from chainbill_node.process.node import Node
from chainbill_node.process.served_node import ServedNode
from chainbill_node.rest.server.uvicorn_server import RestServer
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
            rest = RestServer(nodes[0], ServedNode(nodes[0]), opened[0].key.seed)
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


class FullDisk:
    """A database whose writes fail from now on, as LevelDB says it."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def write_batch(self, **_: object) -> Any:
        raise plyvel.IOError(b"IO error: 000003.log: No space left on device")


def test_open_requests_are_told_why_when_the_disk_is_full(tmp_path: Path) -> None:
    """reliability 6: they ended with a traceback, or as if too many waited."""
    network = create_local_network(tmp_path / "net", validators=1)
    said: list[tuple[str, int, str]] = []

    async def ask(client: httpx.AsyncClient, signing: Running, path: str) -> None:
        """Over and over, until there is nobody, or the connection that was kept is closed under the next request."""
        with contextlib.suppress(httpx.TransportError):
            while True:
                if path.startswith("/v1/transactions"):
                    answer = await client.post(path, content=signing.sign("bank2"), headers=KIND)
                else:
                    answer = await client.get(path)
                body = answer.json()
                said.append((path, answer.status_code, str(body.get("code") or body.get("reason") or "")))

    async def main() -> None:
        with contextlib.closing(open_home(network.nodes[0].home)) as opened:
            node = Node(network.nodes[0].home, opened)
            rest = RestServer(node, ServedNode(node), opened.key.seed)
            await node.start()
            await rest.start()
            paths = ["/v1/transactions?wait=committed&timeout=50"] * 4 + ["/v1/bills", "/v1/parties", "/ready"]
            async with httpx.AsyncClient(base_url=network.nodes[0].api, timeout=20) as client, asyncio.timeout(60):
                asking = [asyncio.create_task(ask(client, Running(node, network), path)) for path in paths]
                while not any(status == 201 for _, status, _ in said):
                    await asyncio.sleep(0.01)
                opened.store._db = FullDisk(opened.store._db)
                await node.stopped.wait()
                while not any(status == 503 for path, status, _ in said if path == "/ready"):
                    await asyncio.sleep(0.01)
                await rest.stop()
                await asyncio.gather(*asking)
            await node.stop()

    asyncio.run(main())
    assert {(status, code) for path, status, code in said if path != "/ready" and status != 200} <= {
        (201, ""), (202, ""), (503, "node_ending_disk")
    }  # fmt: skip
    assert (503, "node_ending_disk") in {one[1:] for one in said}
    [reason] = {code for path, status, code in said if (path, status) == ("/ready", 503)}
    assert "the disk is full, and nothing is lost" in reason
    assert "b'" not in reason
