"""Compact proposals between two whole nodes in the test's own event loop: restored, and asked for where short."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.home import open_home
from chainbill_node.node_port import ServedNode
from chainbill_node.service import Node
from chainbill_node.setup.keys import load_private_key
from chainbill_node.setup.local import create_local_network

from chainbill.ledger.transaction import Call, encode_body, sign_transaction


def signed(network: Any, bank: str) -> bytes:
    party = network.parties["anchor"]
    body = encode_body(
        chain_id=network.genesis.chain_id,
        party=party.party,
        valid_until_ms=time.time_ns() // 1_000_000 + 600_000,
        nonce=secrets.token_bytes(16),
        calls=[Call("party", "set_paying_bank", {"bank": network.parties[bank].party})],
    )
    return sign_transaction(body, [load_private_key(party.key)])


@pytest.mark.parametrize("gossip", [True, False], ids=["transactions-passed-on", "transactions-lost"])
def test_a_block_is_decided_whether_or_not_its_transactions_came_before(tmp_path: Path, *, gossip: bool) -> None:
    network = create_local_network(tmp_path / "net", validators=2)

    async def main() -> None:
        with contextlib.ExitStack() as stack:
            opened = [stack.enter_context(contextlib.closing(open_home(node.home))) for node in network.nodes]
            nodes = [Node(node.home, home) for node, home in zip(network.nodes, opened, strict=True)]
            for node in nodes:
                await node.start()
                if not gossip:
                    lose_transactions(node)
            try:
                async with asyncio.timeout(60):
                    while not all(node.peers.connected for node in nodes):
                        await asyncio.sleep(0.01)
                    for turn in range(8):
                        answer = await ServedNode(nodes[turn % 2]).submit(signed(network, "bank2"), 20_000)
                        assert answer.status == "committed"
                    while len({node.ledger.info().height for node in nodes}) > 1:
                        await asyncio.sleep(0.01)
                assert len({node.ledger.info().app_hash for node in nodes}) == 1
                found = {result: sum(count(node, result) for node in nodes) for result in ("restored", "short")}
                assert found["restored"] > 0 if gossip else found["short"] > 0, found
            finally:
                for node in nodes:
                    await node.stop()

    asyncio.run(main())


def lose_transactions(node: Node) -> None:
    """Nothing that may be lost leaves this node."""
    broadcast = node.peers.broadcast

    def lossy(frame: bytes, *, droppable: bool = False) -> None:
        if not droppable:
            broadcast(frame)

    node.peers.broadcast = lossy  # type: ignore[method-assign]


def count(node: Node, result: str) -> float:
    text = node.metrics.exposition()[0].decode()
    lines = [line for line in text.splitlines() if line.startswith("chainbill_consensus_compact_proposals_total{")]
    return sum(float(line.split()[1]) for line in lines if f'"{result}"' in line)
