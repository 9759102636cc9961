"""The REST interface in the node's own event loop: uvicorn without signal handlers of its own.

What tells all about the node (metrics, why it is not ready) has an address of its own where `node.toml` names one, and
a small crowd of its own: who floods the interface takes nothing from monitoring.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import uvicorn

from chainbill_node.config import Address, LimitsConfig
from chainbill_node.descriptors import allow_descriptors, clients_within
from chainbill_node.limits import (
    ACCEPTED_AT_ONCE,
    KEEP_ALIVE_S,
    METRICS_BODY_BYTES,
    METRICS_CONNECTIONS,
    WAITING_CONNECTIONS,
)
from chainbill_node.listening import listen
from chainbill_node.node_port import ServedNode
from chainbill_node.rest.app import create_app, create_operations_app
from chainbill_node.rest.cursors import cursor_key
from chainbill_node.rest.hosts import AllowedHosts
from chainbill_node.rest.reading import RestOptions
from chainbill_node.rest_crowd import Crowd
from chainbill_node.rest_guard import guarded
from chainbill_node.rest_turns import RequestTurns
from chainbill_node.service import Node

if TYPE_CHECKING:
    from starlette.types import ASGIApp

START_POLL_S = 0.005
AFTER_A_COMMIT_MS = 1_000
"""So long after a block the next one is expected."""
STOP_TIMEOUT_S = 3


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are main's business."""
        yield


class _Listener:
    """One application where a section of the configuration says."""

    def __init__(self, app: ASGIApp, section: str, address: Address, crowd: Crowd, turns: RequestTurns) -> None:
        self._server = _Server(
            uvicorn.Config(
                app,
                backlog=ACCEPTED_AT_ONCE,  # asyncio takes so many in one turn, as long as anybody waits
                host=address.host,
                port=address.port,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=STOP_TIMEOUT_S,
                timeout_keep_alive=KEEP_ALIVE_S,
                http=guarded(crowd, turns),
                ws="none",
                proxy_headers=False,  # an address is that of the connection: a field can name any
                log_level="error",
            )
        )
        self._section = section
        self._crowd, self._turns = crowd, turns
        self._address = address
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen. Raises ConfigError when the port is taken."""
        sockets = await listen(self._section, self._address, WAITING_CONNECTIONS)
        self._task = asyncio.get_running_loop().create_task(self._server.serve(sockets))
        while not self._server.started:
            if self._task.done():
                self._task.result()
                raise OSError(f"the server of [{self._section}] ended at once")
            await asyncio.sleep(START_POLL_S)
        for one in sockets:  # the queue of the system stays long
            one.listen(WAITING_CONNECTIONS)

    async def stop(self) -> None:
        """End the open requests and stop listening."""
        if self._task is not None:
            self._server.should_exit = True
            self._turns.close()
            await asyncio.gather(self._task, return_exceptions=True)
        self._crowd.close()


def hosts_of(node: Node) -> AllowedHosts:
    """The names that a node answers for: where it listens, those of its configuration, and how the ledger knows it."""
    config = node.config

    def announced() -> str:
        member = node.members().get(node.node_id)
        return "" if member is None else member.address

    return AllowedHosts((config.rest.host, config.metrics.host, *config.rest.allowed_hosts.split(",")), announced)


def _of_address(most: int, limits: LimitsConfig) -> int:
    """Of `most` connections the same part as is configured of all."""
    of_address, of_all = limits.rest_connections_per_address, max(1, limits.rest_connections)
    return max(1, most * min(of_address, of_all) // of_all)


class RestServer:
    """Serves one node's API, and its operator's address. secret: of the node; the key of its cursors comes from it."""

    def __init__(self, node: Node, secret: bytes) -> None:
        self._node = node
        config, limits = node.config, node.config.limits
        most = clients_within(allow_descriptors(), limits.rest_connections)

        def busy() -> bool:
            """Blocks are being made: something waits for one, or one has just been made."""
            waits = len(node.mempool) or len(node.admission)
            return bool(waits) or node.clock.now_ms() - node.last_commit_ms < AFTER_A_COMMIT_MS

        def refused(reason: str) -> None:
            node.metrics.turned_away.labels("rest", reason).inc()

        self.crowd = Crowd(most, _of_address(most, limits), limits.rest_body_bytes, refused)
        node.metrics.rest_body_bytes.set_function(lambda: self.crowd.bodies.bytes)
        served, hosts = ServedNode(node), hosts_of(node)
        options = RestOptions(hosts=hosts, cursor_key=cursor_key(secret))
        self._listeners = [_Listener(create_app(served, options), "rest", config.rest, self.crowd, RequestTurns(busy))]
        if config.metrics.port:
            few = Crowd(METRICS_CONNECTIONS, METRICS_CONNECTIONS, METRICS_BODY_BYTES, refused)
            inside = create_operations_app(served, hosts)
            self._listeners.append(_Listener(inside, "metrics", config.metrics, few, RequestTurns(busy)))

    async def start(self) -> None:
        """Listen. Raises ConfigError when a port is taken."""
        for one in self._listeners:
            await one.start()

    async def stop(self) -> None:
        """End the open requests and stop listening. Threads that read are through with the store then.

        Who waits for a commit is told that it is not decided: only the node's own end is near.
        """
        self._node.waiters.close()
        self._node.ledger.end_reads()
        await asyncio.gather(*[one.stop() for one in self._listeners])
