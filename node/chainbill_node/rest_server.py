"""The REST interface in the node's own event loop: uvicorn without signal handlers of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import uvicorn

from chainbill_node.descriptors import allow_descriptors, clients_within
from chainbill_node.limits import KEEP_ALIVE_S
from chainbill_node.node_port import ServedNode
from chainbill_node.rest import RestOptions, create_app
from chainbill_node.rest.hosts import AllowedHosts
from chainbill_node.rest_guard import Crowd, guarded
from chainbill_node.service import Node

START_POLL_S = 0.005
STOP_TIMEOUT_S = 3


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are main's business."""
        yield


def hosts_of(node: Node) -> AllowedHosts:
    """The names that a node answers for: where it listens, those of its configuration, and how the ledger knows it."""
    rest = node.config.rest

    def announced() -> str:
        member = node.members().get(node.node_id)
        return "" if member is None else member.address

    return AllowedHosts((rest.host, *rest.allowed_hosts.split(",")), announced)


class RestServer:
    """Serves one node's API."""

    def __init__(self, node: Node) -> None:
        address, limits = node.config.rest, node.config.limits
        most = clients_within(allow_descriptors(), limits.rest_connections)
        self.crowd = Crowd(
            most,
            min(most, limits.rest_connections_per_address),
            limits.rest_body_bytes,
            lambda reason: node.metrics.turned_away.labels("rest", reason).inc(),
        )
        node.metrics.rest_body_bytes.set_function(lambda: self.crowd.bodies.bytes)
        self._server = _Server(
            uvicorn.Config(
                create_app(ServedNode(node), RestOptions(hosts=hosts_of(node))),
                host=address.host,
                port=address.port,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=STOP_TIMEOUT_S,
                timeout_keep_alive=KEEP_ALIVE_S,
                http=guarded(self.crowd),
                ws="none",
                log_level="error",
            )
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        self._task = asyncio.get_running_loop().create_task(self._serve())
        while not self._server.started:
            if self._task.done():
                self._task.result()
                raise OSError("the API did not start")
            await asyncio.sleep(START_POLL_S)

    async def _serve(self) -> None:
        try:
            await self._server.serve()
        except SystemExit as error:  # uvicorn exits when it cannot bind
            raise OSError(f"the API port is taken or not allowed ({error.code})") from error

    async def stop(self) -> None:
        """End the open requests and stop listening."""
        if self._task is not None:
            self._server.should_exit = True
            await asyncio.gather(self._task, return_exceptions=True)
