"""What a simulated process sees instead of a machine: time, chance, threads, sockets."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache, partial
from typing import Any
from unittest.mock import patch

import anyio.to_thread
from anyio import CancelScope
from chainbill_node.network.peers import PeerSettings, peer_settings
from chainbill_node.process.node import Node
from chainbill_node.runtime.logs import log
from chainbill_node.wire.versions import SPOKEN
from ledger.real_network import PROGRAMS
from sim.seeded import remembered_signatures
from whole import jobs
from whole.cables import Cables
from whole.loop import SimulatedLoop

from chainbill.ledger.genesis import Genesis
from chainbill.ledger.genesis_state import make_genesis_state
from chainbill.ledger.programs import ProgramCache
from chainbill.protocols import RELEASED, Protocols

PROPOSERS = 24
"""So many are kept of small chains, else nothing of them could be pruned."""
WITH_LOCKS = (
    "application.application", "application.shared_readers", "application.read_throttle", "rest.request_verifying",
    "storage.chain.reader",
)  # fmt: skip


_first_states: dict[bytes, Any] = {}


def first_state(genesis: Genesis, programs: Any) -> Any:
    """A pure function, called once for all nodes."""
    if genesis.hash not in _first_states:
        _first_states[genesis.hash] = make_genesis_state(genesis, programs)
    return _first_states[genesis.hash]


@cache
def programs_of(protocols: Protocols) -> ProgramCache:
    """Contracts are compiled once for all nodes of a release."""
    return PROGRAMS if protocols is RELEASED else ProgramCache(protocols)


def settings_of(loop: SimulatedLoop) -> Callable[..., PeerSettings]:
    """A node speaks the messages of the release that runs on its machine."""
    return lambda *given: replace(peer_settings(*given), speaks=loop.life.speaks or SPOKEN)


class Log:
    """Where the nodes' log lines go."""

    def __init__(self, loop: SimulatedLoop, told: Callable[[str, str], None]) -> None:
        self._loop = loop
        self._told = told

    def write(self, text: str) -> None:
        if text.strip():
            self._told(self._loop.life.name, text.strip()[25:])

    def flush(self) -> None:
        """Nothing is kept back."""


class Secrets:
    """`secrets` whose words come from the seed."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def token_bytes(self, count: int = 32) -> bytes:
        return self._chance.randbytes(count)

    def token_hex(self, count: int = 32) -> str:
        return self._chance.randbytes(count).hex()


class Control:
    """The control socket of a home, which nobody uses here."""

    def __init__(self, *_: object) -> None:
        pass

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass


def made_known(loop: SimulatedLoop) -> Callable[..., Node]:
    """Whoever makes a node tells its machine of it."""

    def make(*args: Any, **more: Any) -> Node:
        node = Node(*args, **more)
        loop.life.node = node
        return node

    return make


@contextmanager
def surroundings(
    loop: SimulatedLoop, cables: Cables, began_ms: int, told: Callable[[str, str], None], level: str = "warning"
) -> Iterator[None]:
    """For as long as a world lasts."""

    def wall_s() -> float:
        return began_ms / 1000 + loop.time() + loop.life.clock_s

    async def run_sync(func: Callable[..., Any], *args: Any, **_: Any) -> Any:
        await anyio.lowlevel.checkpoint()
        with CancelScope(shield=True):
            return await loop.run_in_executor(None, partial(func, *args))

    async def listen(_section: str, address: Any, _backlog: int) -> list[Any]:
        return [cables.listen(address.port)]

    clocks = {
        "time": wall_s,
        "time_ns": lambda: round(wall_s() * 1000) * 1_000_000,
        "monotonic": loop.time,
        "perf_counter": loop.time,
        "thread_time": loop.time,
        "clock_gettime_ns": lambda _clock: round(loop.time() * 1e9),
        "sleep": jobs.sleep,
    }
    with ExitStack() as stack:
        enter = stack.enter_context
        enter(remembered_signatures())
        enter(patch("chainbill_node.process.node.Node", made_known(loop)))
        for name, made in clocks.items():
            enter(patch.object(time, name, made))
        for module in WITH_LOCKS:
            enter(patch(f"chainbill_node.{module}.threading", jobs.Threading))
        enter(patch("chainbill_node.application.application.ProgramCache", programs_of))
        for module in ("node", "state_sync"):
            enter(patch(f"chainbill_node.process.{module}.peer_settings", settings_of(loop)))
        enter(patch("chainbill_node.application.application.make_genesis_state", first_state))
        enter(patch("chainbill_node.network.peers.random", loop.chance))
        for name in ("server_context", "client_context", "trust"):  # streams know who is at their other end
            enter(patch(f"chainbill_node.network.identity.{name}", lambda *_: None))
        enter(patch("chainbill_node.network.door.listen", listen))
        enter(patch("chainbill_node.rest.server.uvicorn_server.listen", listen))
        enter(patch("chainbill_node.rest.scope.secrets", Secrets(loop.chance)))
        enter(patch("chainbill_node.process.maintenance.ControlServer", Control))
        enter(patch("chainbill_node.process.speculation.LEAST_PLANNED", 1))
        for place in ("snapshots.stream", "snapshots.restore", "chain.pruning"):
            enter(patch(f"chainbill_node.storage.{place}.PROPOSERS_KEPT", PROPOSERS))
        enter(patch.object(anyio.to_thread, "run_sync", run_sync))
        stack.callback(log.configure, level="warning", json_lines=False, node="")
        log.configure(level=level, json_lines=False, node="", stream=Log(loop, told))  # type: ignore[arg-type]
        collects = gc.isenabled()
        gc.disable()
        stack.callback(gc.enable if collects else lambda: None)
        yield
