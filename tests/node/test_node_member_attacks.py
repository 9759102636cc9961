"""A member that keeps to every rule of form and tries to cost others all the same: by coming back, by rounds without
end, by transactions that only its proposals hold, by an address that is another's. Over real TLS; counted, not timed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from authorities import make_authority
from chainbill_node import wire
from chainbill_node.consensus.limits import ROUND_WINDOW
from chainbill_node.home.keys import load_private_key
from chainbill_node.network import budget
from chainbill_node.network.budget import Budget, Budgets
from chainbill_node.network.peers import Member
from chainbill_node.process.node import Node
from chainbill_node.process.peer_messages import signatures_in
from chainbill_node.process.status import height_of_others
from chainbill_node.setup.certificates import Issued
from chainbill_node.setup.local import create_local_network
from chainbill_node.setup.ports import LOOPBACK, free_ports
from chainbill_node.wire.messages import Choice, Position, WantPosition
from consensus.consensus_kit import KEYS, validators
from ledger.ledger_kit import header
from test_node_gate import STRANGER, Counted, excluded, pair, proposal, send, signed, until, work
from test_node_network import NOW, Peer, members_at
from whole_nodes import connected

from chainbill.crypto.keys import PrivateKey
from chainbill.errors import Refused
from chainbill.ledger.block import Block, tx_root
from chainbill.ledger.envelope import Envelope, read_envelope, wire_id_of
from chainbill.ledger.vote import VoteType, sign_vote

pytestmark = pytest.mark.untraced

__all__ = ["work"]


@pytest.fixture(scope="module")
def authority() -> Issued:
    return make_authority("test", NOW)


@contextlib.asynccontextmanager
async def two_peers(folder: Path, authority: Issued) -> AsyncIterator[tuple[Peer, Peer]]:
    """Two nodes' networks that know each other; they dial at once."""
    ports = free_ports(2)
    members = members_at(ports)
    one, other = [
        Peer(folder / name, authority, name, port, members) for name, port in zip(members, ports, strict=True)
    ]  # fmt: skip
    await one.network.start()
    await other.network.start()
    yield one, other
    await one.network.stop()
    await other.network.stop()


def test_who_hangs_up_and_comes_back_has_used_what_it_used(tmp_path: Path, authority: Issued) -> None:
    """9,900 votes, a new connection, 9,900 votes: each connection had a budget of its own."""

    async def run() -> None:
        async with two_peers(tmp_path, authority) as (_, other):
            for turn in range(1, 4):
                await until(lambda turn=turn: other.changes.count(("up", "aa")) == turn)  # type: ignore[misc]
                if other.network.votes("aa", budget.VOTES_BURST // 2 - 100):
                    await until(lambda: other.network.connected == ["aa"])
                    other.network._connections["aa"].abort("hung up")
                    await until(lambda turn=turn: other.changes.count(("down", "aa")) == turn)  # type: ignore[misc]
            assert "too_many_votes" in other.refused

    asyncio.run(run())


def test_who_connects_all_the_time_is_kept_out_for_a_while() -> None:
    """Each connection is greeted with what waits here: that is megabytes where much waits."""
    known = Budgets()
    told = [known.of("a").connection(0.0) for _ in range(budget.CONNECTIONS_BURST + 1)]
    assert set(told[:-1]) == {None}
    assert told[-1] == "too_many_connections_of_peer"
    assert known.of("b").connection(0.0) is None
    assert known.of("a").connection(1.0) is None


def test_who_hangs_up_all_the_time_is_greeted_up_to_a_rate(
    tmp_path: Path, authority: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same over real connections, with less of a burst."""
    monkeypatch.setattr(budget, "CONNECTIONS_BURST", 3)
    monkeypatch.setattr(budget, "CONNECTIONS_A_SECOND", 0.001)

    async def run() -> None:
        async with two_peers(tmp_path, authority) as (_, other):
            for turn in range(1, 4):
                await until(lambda turn=turn: other.changes.count(("up", "aa")) == turn)  # type: ignore[misc]
                other.network._connections["aa"].abort("hung up")
            await until(lambda: "too_many_connections_of_peer" in other.refused)
            assert other.changes.count(("up", "aa")) == 3

    asyncio.run(run())


def test_what_peers_used_is_remembered_within_bounds() -> None:
    known = Budgets()
    for number in range(3 * budget.MAX_REMEMBERED_PEERS):
        assert known.of("a").frame(1, 0.0) is None
        known.of(f"peer{number}")
    assert len(known._known) == budget.MAX_REMEMBERED_PEERS
    assert known.of("a") is known.of("a")


def test_an_address_that_is_another_members_breaks_no_connection(tmp_path: Path, authority: Issued) -> None:
    """A member whose address on the chain is that of another one: all who dial it said hello to that other one, which
    took it for a restart and gave up the connection it had with them."""

    async def run() -> None:
        ports = free_ports(2)
        members = members_at(ports)
        members["cc"] = Member("cc", "cc", f"{LOOPBACK}:{ports[1]}")  # where bb is
        one = Peer(tmp_path / "aa", authority, "aa", ports[0], members)
        other = Peer(tmp_path / "bb", authority, "bb", ports[1], members)
        await other.network.start()
        await one.network.start()
        await until(lambda: other.network.connected == ["aa"])
        await asyncio.sleep(1.5)  # some more tries to reach cc
        assert other.changes == [("up", "aa")]
        assert one.changes == [("up", "bb")]
        await one.network.stop()
        await other.network.stop()

    asyncio.run(run())


def test_a_proposal_of_a_round_that_is_far_is_not_read(tmp_path: Path, work: Counted) -> None:
    """One a round, and of rounds there is no end: each had all its transactions verified past those who wait."""

    async def main() -> None:
        network = create_local_network(tmp_path / "net", validators=4)
        async with connected(network) as nodes:
            one, other = nodes[:2]
            key = load_private_key(network.nodes[0].home / "keys/validator.pem")
            first = proposal(other, key, ()).header.round
            held = []
            for number in range(10):
                message = proposal(other, key, (signed(network, "anchor"),), first + 8 * ROUND_WINDOW + 4 * number)
                held.extend(message.block.wire_ids)
                assert one.peers.send(other.node_id, wire.encode(message))
            last = signed(network, "anchor")
            send(one, other, last)
            await until(lambda: other.ledger.is_used(read_envelope(last).id))
            assert not any(wire_id in node.verified for wire_id in held for node in nodes)
            assert work.verified <= len(nodes)
            assert excluded(other, one) == (0.0, "")

    asyncio.run(main())


def test_transactions_that_only_its_proposals_hold_are_verified_for_a_peer_up_to_a_rate(
    tmp_path: Path, work: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "UNREAD_BURST", 100)
    monkeypatch.setattr(budget, "UNREAD_A_SECOND", 1)

    async def act(network: Any, one: Node, other: Node) -> None:
        key = load_private_key(network.nodes[0].home / "keys/validator.pem")
        first = proposal(other, key, ()).header.round
        for round_ in (first, first + 2):
            message = proposal(other, key, tuple([signed(network, "anchor") for _ in range(70)]), round_)
            assert one.peers.send(other.node_id, wire.encode(message))
        await until(lambda: excluded(other, one)[1] == "too_many_unread")
        assert work.verified <= 70
        await until(lambda: other.peers.connected and one.peers.connected)

    pair(tmp_path, act)


def screened(node: Node) -> list[bytes]:
    """The wire ids of which a node looks at more than the bytes, from now on."""
    found: list[bytes] = []
    screen = node.ledger.screen

    def looked(envelope: Envelope, now_ms: int) -> Refused | None:
        found.append(envelope.wire_id)
        return screen(envelope, now_ms)

    node.ledger.screen = looked  # type: ignore[method-assign]
    return found


@pytest.mark.parametrize("are_used", [False, True])
def test_transactions_that_a_peer_sends_in_vain_are_looked_at_up_to_a_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, are_used: bool
) -> None:
    """4,700 a second by keys that nobody knows were below all rates, and cost the loop 0.1 ms each: on a busy machine
    others' commits took 11.6 s instead of 0.8, and reads 14.7 instead of 0.01. So did what had been in a block."""
    monkeypatch.setattr(budget, "IN_VAIN_BURST", 40)
    monkeypatch.setattr(budget, "IN_VAIN_A_SECOND", 0.001)

    async def act(network: Any, one: Node, other: Node) -> None:
        good = signed(network, "anchor")
        if are_used:
            monkeypatch.setattr(other.ledger, "is_used", lambda identity: identity != read_envelope(good).id)
        found = screened(other)
        key = None if are_used else STRANGER
        for _ in range(3):
            send(one, other, *[signed(network, "anchor", key=key) for _ in range(200)])
        count = other.metrics.turned_away.labels("admission", "too_many_in_vain")._value
        await until(lambda: count.get() == 3 * 200 - 40)
        assert len(found) == 40
        assert excluded(other, one) == (0.0, "")
        if are_used:
            monkeypatch.undo()
        other.peers.budgets.of(one.node_id)._in_vain._full_at_s = 0.0  # time goes by
        send(one, other, good)
        await until(lambda: wire_id_of(good) in found)
        await until(lambda: other.ledger.is_used(read_envelope(good).id))

    pair(tmp_path, act)


def test_who_asks_where_others_are_asks_as_often_as_others_may_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer may hold a whole block, that which is locked; and the prevotes for such a block are to be verified."""
    monkeypatch.setattr(budget, "QUESTIONS_BURST", 20)
    monkeypatch.setattr(budget, "QUESTIONS_A_SECOND", 1)

    async def act(_network: Any, one: Node, other: Node) -> None:
        height = other.ledger.info().height
        for _ in range(40):
            one.peers.send(other.node_id, wire.encode(WantPosition(height, 0)))
        await until(lambda: excluded(other, one)[1] == "too_many_questions")
        await until(lambda: other.peers.connected and one.peers.connected)

    pair(tmp_path, act)
    key = PrivateKey.generate()
    votes = [
        sign_vote(key, bytes(32), type=VoteType.PREVOTE, height=5, round=number, block_id=None) for number in range(3)
    ]  # fmt: skip
    block = Block(header(height=5, tx_count=0, tx_root=tx_root([])), ())
    assert signatures_in(Position(5, 3, 3, Choice(block, 2, tuple(votes)))) == 3
    assert signatures_in(Position(5, 3)) == 0


def test_a_member_with_an_address_that_cannot_be_is_dialled_once_it_is_mended(
    tmp_path: Path, authority: Issued
) -> None:
    """A port above 65535 ended the dialling of this member for as long as the node ran."""

    async def run() -> None:
        ports = free_ports(2)
        members = members_at(ports)
        right = members["bb"]
        members["bb"] = Member("bb", "bb", f"{LOOPBACK}:99999")
        one = Peer(tmp_path / "aa", authority, "aa", ports[0], members)
        other = Peer(tmp_path / "bb", authority, "bb", ports[1], members)
        await other.network.start()
        await one.network.start()
        await asyncio.sleep(0.2)
        members["bb"] = right
        await until(lambda: one.network.connected == ["bb"])
        await one.network.stop()
        await other.network.stop()

    asyncio.run(run())


def test_what_was_too_much_of_one_peer_is_read_when_another_sends_it(
    tmp_path: Path, work: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a proposer that has used up its rate would have its proposal read by nobody who heard of it that way."""
    monkeypatch.setattr(budget, "UNREAD_BURST", 100)
    monkeypatch.setattr(budget, "UNREAD_A_SECOND", 1)

    async def main() -> None:
        network = create_local_network(tmp_path / "net", validators=3)
        async with connected(network) as (one, two, other):
            other.drive = lambda _event: None  # type: ignore[method-assign]  # the height stays
            key = load_private_key(network.nodes[0].home / "keys/validator.pem")
            first = proposal(other, key, ()).header.round
            messages = [
                wire.encode(proposal(other, key, tuple([signed(network, "anchor") for _ in range(70)]), round_))
                for round_ in (first, first + 3)
            ]
            for message in messages:
                assert one.peers.send(other.node_id, message)
            await until(lambda: excluded(other, one)[1] == "too_many_unread")
            await until(lambda: len(work.opened) == 70)
            assert two.peers.send(other.node_id, messages[1])
            await until(lambda: len(work.opened) == 140)

    asyncio.run(main())


def test_no_third_proposal_of_a_round_is_read(tmp_path: Path, work: Counted) -> None:
    """Two are evidence, and consensus keeps no third; eight had all their transactions verified."""

    async def act(network: Any, one: Node, other: Node) -> None:
        key = load_private_key(network.nodes[0].home / "keys/validator.pem")
        held = [signed(network, "anchor") for _ in range(5)]
        for wire_ in held:
            assert one.peers.send(other.node_id, wire.encode(proposal(other, key, (wire_,))))
        last = signed(network, "anchor")
        send(one, other, last)
        await until(lambda: other.ledger.is_used(read_envelope(last).id))
        assert len(set(work.opened) & {wire_id_of(one) for one in held}) <= 2

    pair(tmp_path, act)


def test_each_new_excess_has_its_name() -> None:
    one = Budget()
    assert {one.unread(10_000, 0.0) for _ in range(budget.UNREAD_BURST // 10_000 + 1)} == {None, "too_many_unread"}


@pytest.mark.parametrize(
    ("claims", "height"),
    [
        ({}, 0),
        ({1: 10**9, 2: 812, 3: 812}, 812),
        ({1: 812, 2: 811, 3: 7}, 811),
        ({1: 10**9}, 10**9),  # nobody else is there, and too few for a block
        ({"observer": 10**9, 1: 812, 2: 812}, 812),
        ({"one": 812, "two": 10**9, "three": 811}, 812),  # a set of validators that this node has left behind
    ],
)
def test_one_that_lies_about_its_height_makes_no_other_node_late(claims: dict[Any, int], height: int) -> None:
    """One STATUS with height 10^9 made every node answer "catching up" to /ready, and none said any more that the
    network stands still."""
    members = validators()
    assert (len(members), members.max_faulty) == (4, 1)
    named = {KEYS[who].public.hex() if isinstance(who, int) else who: said for who, said in claims.items()}
    assert height_of_others(named, members) == height
