"""HTTP server: the REST interface in the node's own event loop, uvicorn without signal handlers of its own.

What tells all about the node (metrics, why it is not ready) has an address of its own where `node.toml` names one, and
a small crowd of its own: who floods the interface takes nothing from monitoring.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sized
from typing import TYPE_CHECKING, Protocol

import uvicorn

from chainbill_node.application.application import LedgerApplication
from chainbill_node.foundation.unavailable import Ending
from chainbill_node.home.config import Address, LimitsConfig, NodeConfig
from chainbill_node.intake.commit_waiters import Waiters
from chainbill_node.mempool import KnownAddresses
from chainbill_node.network.descriptors import allow_descriptors, clients_within
from chainbill_node.network.listening import listen
from chainbill_node.network.peers import Member
from chainbill_node.rest.app import create_app, create_operations_app
from chainbill_node.rest.cursors import cursor_key
from chainbill_node.rest.hosts import AllowedHosts
from chainbill_node.rest.ports import NodePort
from chainbill_node.rest.reading import RestOptions
from chainbill_node.rest.server.connection import guarded
from chainbill_node.rest.server.connection_limit import Crowd
from chainbill_node.rest.server.limits import (
    ACCEPTED_AT_ONCE,
    KEEP_ALIVE_S,
    METRICS_BODY_BYTES,
    METRICS_CONNECTIONS,
    WAITING_CONNECTIONS,
)
from chainbill_node.rest.server.request_scheduling import RequestTurns
from chainbill_node.runtime.clock import SystemClock
from chainbill_node.runtime.metrics import Metrics

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
                server_header=False,  # who asks need not know what serves
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


class ServerParts(Protocol):
    """The parts of a node that its server is steered by; what it answers comes through a `NodePort`."""

    node_id: str
    config: NodeConfig
    clock: SystemClock
    ledger: LedgerApplication
    waiters: Waiters
    known_addresses: KnownAddresses
    metrics: Metrics
    last_commit_ms: int

    @property
    def mempool(self) -> Sized:
        """What waits for a block."""

    @property
    def admission(self) -> Sized:
        """What waits to be verified."""

    def members(self) -> Mapping[str, Member]:
        """Nodes that may connect."""

    def ending(self) -> Ending:
        """What is told to clients from when this node is to end."""


def hosts_of(node: ServerParts) -> AllowedHosts:
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
    """Serves one node's API, and its operator's address. secret: the node's; the key of its cursors comes from it."""

    def __init__(self, node: ServerParts, served: NodePort, secret: bytes) -> None:
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
        hosts = hosts_of(node)
        options = RestOptions(hosts=hosts, cursor_key=cursor_key(secret))
        turns = RequestTurns(busy, node.known_addresses)
        self._listeners = [_Listener(create_app(served, options), "rest", config.rest, self.crowd, turns)]
        if config.metrics.port:
            few = Crowd(METRICS_CONNECTIONS, METRICS_CONNECTIONS, METRICS_BODY_BYTES, refused)
            inside = create_operations_app(served, hosts)
            self._listeners.append(
                _Listener(inside, "metrics", config.metrics, few, RequestTurns(busy, KnownAddresses()))
            )

    async def start(self) -> None:
        """Listen. Raises ConfigError when a port is taken."""
        for one in self._listeners:
            await one.start()

    async def stop(self) -> None:
        """End the open requests and stop listening. Threads that read are through with the store then.

        Who waits for a commit is told that it is not decided: only the node's own end is near.
        """
        self._node.waiters.close()
        self._node.ledger.end_reads(self._node.ending())
        await asyncio.gather(*[one.stop() for one in self._listeners])
