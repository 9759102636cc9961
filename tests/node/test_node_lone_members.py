"""What one member can make the others do by itself: votes without a reason. Over real TLS; counted, not timed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from chainbill_node import wire
from chainbill_node.consensus import receive
from chainbill_node.consensus.state import Step
from chainbill_node.node_port import ServedNode
from chainbill_node.service import Node
from chainbill_node.setup.keys import load_private_key
from chainbill_node.setup.local import create_local_network
from chainbill_node.wire.messages import Votes
from test_node_gate import signed, until
from whole_nodes import connected, submit

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.vote import VoteType, sign_vote

LATER = 3


def nil(node: Node, key: PrivateKey, height: int, round_: int = 0) -> bytes:
    return wire.encode(
        Votes((sign_vote(key, node.genesis.hash, type=VoteType.PREVOTE, height=height, round=round_, block_id=None),))
    )


@pytest.mark.parametrize("round_", [0, 5, 500])
def test_the_votes_of_one_validator_start_no_height_at_once(tmp_path: Path, round_: int) -> None:
    """One made empty blocks as fast as the network could, by nothing but votes for the next height."""

    async def main() -> None:
        network = create_local_network(tmp_path / "net", validators=4)
        async with connected(network) as nodes:
            one, *others = nodes
            key = load_private_key(network.nodes[0].home / "keys/validator.pem")
            before = one.ledger.info().height
            for height in range(before + 1, before + 1 + LATER):
                one.peers.broadcast(nil(one, key, height, round_))
            await until(lambda: all(key.public in node.driver.state.book.senders() for node in others))
            assert {node.driver.state.step for node in others} == {Step.WAIT}
            # with real work all of them go on, past what was voted for early
            for _ in range(LATER):
                await submit(ServedNode(others[0]), signed(network, "anchor"), 60_000)
            await until(lambda: min(node.ledger.info().height for node in nodes) >= before + LATER)

    asyncio.run(main())


def test_a_lone_reason_starts_a_height_all_the_same_only_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "LONE_START_MS", 200)

    async def main() -> None:
        network = create_local_network(tmp_path / "net", validators=4)
        async with connected(network) as nodes:
            key = load_private_key(network.nodes[0].home / "keys/validator.pem")
            before = nodes[0].ledger.info().height
            nodes[0].peers.broadcast(nil(nodes[0], key, before + 1))
            await until(lambda: min(node.ledger.info().height for node in nodes) > before)

    asyncio.run(main())


def test_two_of_four_have_a_reason(tmp_path: Path) -> None:
    async def main() -> None:
        network = create_local_network(tmp_path / "net", validators=4)
        async with connected(network) as nodes:
            before = nodes[0].ledger.info().height
            for node, made in zip(nodes[:2], network.nodes[:2], strict=True):
                node.peers.broadcast(nil(node, load_private_key(made.home / "keys/validator.pem"), before + 1))
            await until(lambda: min(node.ledger.info().height for node in nodes) > before)

    asyncio.run(main())
