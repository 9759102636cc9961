"""What one member can make the others do by itself: votes without a reason. Over real TLS; counted, not timed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from chainbill_node import wire
from chainbill_node.consensus import receive
from chainbill_node.consensus.state import Step
from chainbill_node.home.keys import load_private_key
from chainbill_node.process.node import Node
from chainbill_node.process.served_node import ServedNode
from chainbill_node.setup.local import create_local_network
from chainbill_node.wire.messages import Votes
from test_node_gate import signed, until
from whole_nodes import connected, submit

from chainbill.crypto.keys import PrivateKey
from chainbill.errors import Reason, Refused
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


def test_what_the_others_could_not_admit_yet_reaches_them_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A party's first transaction, handed in where the block that registers it was first: the others had turned it
    away, nobody offered it again, and it waited 10 s for each height until the turn of the node that had it.
    """
    monkeypatch.setattr(receive, "LONE_START_MS", 3_600_000)

    async def main() -> None:
        network = create_local_network(tmp_path / "net", validators=4)
        async with connected(network) as nodes:
            height = nodes[0].ledger.info().height + 1
            first = nodes[0].ledger.validators_of(height).proposer(height, 0).key.hex()
            one = next(node for node in nodes if node.node_id != first)  # it is not its turn
            for node in nodes:
                if node is not one:
                    _late(node)
            await asyncio.wait_for(submit(ServedNode(one), signed(network, "anchor"), 60_000), 20)

    asyncio.run(main())


class NotYet(set[bytes]):
    def add(self, one: bytes) -> None:
        pass


def _late(node: Node) -> None:
    """The block before is on its disk only after the next message of another node."""
    screen = node.ledger.screen

    def once(*_: object) -> Refused:
        node.ledger.screen = screen  # type: ignore[method-assign]
        node.traffic._hopeless = NotYet()  # the block that comes a moment later clears it
        return Refused(Reason.KEY_NOT_REGISTERED, "not yet")

    node.ledger.screen = once  # type: ignore[method-assign]
