"""Compact proposals between two whole nodes in the test's own event loop: restored, and asked for where short."""

from __future__ import annotations

import asyncio
import secrets
import time
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.home.keys import load_private_key
from chainbill_node.process.node import Node
from chainbill_node.process.served_node import ServedNode
from chainbill_node.setup.local import create_local_network
from whole_nodes import connected, counted, submit
from writes import account_at

from chainbill.ledger.transaction import Call, encode_body, sign_transaction


def signed(network: Any, bank: str) -> bytes:
    party = network.parties["anchor"]
    key = load_private_key(party.key)
    body = encode_body(
        network=network.genesis.hash,
        party=party.party,
        valid_until_ms=time.time_ns() // 1_000_000 + 600_000,
        nonce=secrets.token_bytes(16),
        calls=[Call(*account_at(network.parties[bank].party))],
        keys=[key.public],
    )
    return sign_transaction(body, [key])


@pytest.mark.parametrize("gossip", [True, False], ids=["transactions-passed-on", "transactions-lost"])
def test_a_block_is_decided_whether_or_not_its_transactions_came_before(tmp_path: Path, *, gossip: bool) -> None:
    network = create_local_network(tmp_path / "net", validators=2)

    def prepare(node: Node) -> None:
        if not gossip:
            lose_transactions(node)

    async def main() -> None:
        async with connected(network, prepare) as nodes:
            for turn in range(8):
                answer = await submit(ServedNode(nodes[turn % 2]), signed(network, "bank2"), 20_000)
                assert answer.status == "committed"
        found = {
            result: sum(counted(node, "compact_proposals", result) for node in nodes)
            for result in ("restored", "short")
        }
        assert found["restored"] > 0 if gossip else found["short"] > 0, found

    asyncio.run(main())


def lose_transactions(node: Node) -> None:
    """Nothing that may be lost leaves this node."""
    broadcast = node.peers.broadcast

    def lossy(frame: bytes, *, droppable: bool = False) -> None:
        if not droppable:
            broadcast(frame)

    node.peers.broadcast = lossy  # type: ignore[method-assign]
