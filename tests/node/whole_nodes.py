"""Whole nodes in the test's own event loop: real homes, ledgers, TLS between them, no processes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from chainbill_node.home.node_home import open_home
from chainbill_node.intake.outcomes import Submission
from chainbill_node.process.node import Node
from chainbill_node.process.served_node import ServedNode

WITHIN_S = 200


@contextlib.asynccontextmanager
async def connected(network: Any, prepare: Callable[[Node], None] = lambda _: None) -> AsyncIterator[list[Node]]:
    """The nodes of a network, each prepared once started, connected, and at rest after their first block; at the end
    all agree and are stopped.

    TimeoutError: it took longer than WITHIN_S.
    """
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(contextlib.closing(open_home(node.home))) for node in network.nodes]
        nodes = [Node(node.home, home) for node, home in zip(network.nodes, opened, strict=True)]
        for node in nodes:
            await node.start()
            prepare(node)
        try:
            async with asyncio.timeout(WITHIN_S):
                while not all(node.peers.connected and _rests(node) for node in nodes):
                    await asyncio.sleep(0.01)
                yield nodes
                while len({node.ledger.info().height for node in nodes}) > 1:
                    await asyncio.sleep(0.01)
            assert len({node.ledger.info().app_hash for node in nodes}) == 1
        finally:
            for node in nodes:
                await node.stop()


def _rests(node: Node) -> bool:
    """The block that carries the genesis state is behind it: what a test says of its next height stays true."""
    info = node.ledger.info()
    return not (info.changed_state or info.has_more_work)


def counted(node: Node, name: str, result: str) -> float:
    """A node's counter `chainbill_consensus_NAME_total` of one result."""
    text = node.metrics.exposition()[0].decode()
    line = f'chainbill_consensus_{name}_total{{result="{result}"}}'
    return sum(float(one.split()[-1]) for one in text.splitlines() if one.startswith(line))


async def submit(port: ServedNode, wire: bytes, wait_ms: int) -> Submission:
    """Hand in one transaction as a request of its own; what it is answered is raised where it was not taken."""
    [answer] = await port.submit([wire], wait_ms, "here")
    if isinstance(answer, Exception):
        raise answer
    return answer
