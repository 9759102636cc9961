"""security 1 and 5: at the door a stranger costs an envelope and a look-up, and a peer that sends rubbish its place.

Counted, never timed: what is verified, what is opened, and how often the event loop has its turn.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from chainbill_node import wire as node_wire
from chainbill_node.foundation.unavailable import Busy
from chainbill_node.home.keys import load_private_key
from chainbill_node.intake import admission as admission_module
from chainbill_node.intake.outcomes import Submission
from chainbill_node.mempool import Source, Unverified
from chainbill_node.process.node import Node
from chainbill_node.process.proposals import READ, UNDER_WAY, UNREAD, Copies, Memory
from chainbill_node.process.served_node import ServedNode
from chainbill_node.setup.local import create_local_network
from chainbill_node.wire.limits import MAX_PROPOSALS_A_HEIGHT, MAX_PROPOSALS_A_ROUND
from chainbill_node.wire.messages import Proposal, Transactions
from test_node_rest_guard import Served, serve
from test_node_service import Running, run
from whole_nodes import connected
from writes import account_at

from chainbill.codec import encode
from chainbill.crypto.keys import PrivateKey
from chainbill.errors import Malformed, Reason, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.block import Block
from chainbill.ledger.envelope import read_envelope
from chainbill.ledger.transaction import Call, encode_body, sign_transaction
from chainbill.ledger.vote import ProposalHeader, sign_proposal

pytestmark = pytest.mark.untraced

STRANGER = PrivateKey.from_seed(b"stranger".ljust(32))
HEAVY = account_at("x" * 64_000)


@dataclass
class Counted:
    """How many signatures were verified and how many transactions opened."""

    verified: int = 0
    opened: list[bytes] = field(default_factory=list)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    counted = Counted()
    check, open_ = admission_module.check_signatures, admission_module.open_envelope

    def checked(envelope: Any) -> None:
        counted.verified += 1
        check(envelope)

    def opened(envelope: Any) -> Any:
        counted.opened.append(envelope.wire_id)
        return open_(envelope)

    monkeypatch.setattr(admission_module, "check_signatures", checked)
    monkeypatch.setattr(admission_module, "open_envelope", opened)
    return counted


def signed(network: Any, alias: str, *calls: tuple[str, str, dict[str, Any]], key: PrivateKey | None = None,
           genesis: bytes = b"") -> bytes:  # fmt: skip
    """A transaction in the name of a party, by its own key unless another one is given."""
    party = network.parties[alias]
    key = key or load_private_key(party.key)
    calls = calls or (account_at(network.parties["bank1"].party),)
    body = encode_body(
        network=genesis or network.genesis.hash,
        party=party.party,
        valid_until_ms=time.time_ns() // 1_000_000 + 600_000,
        nonce=secrets.token_bytes(16),
        calls=[Call(*call) for call in calls],
        keys=[key.public],
    )
    return sign_transaction(body, [key])


def forged(wire: bytes) -> bytes:
    return wire[:-1] + bytes([wire[-1] ^ 1])


def altered(node: Node, key: bytes, **fields: Any) -> None:
    """From now on a row of the newest state says something else at this node's door."""
    rows = node.ledger._rows
    get = rows.get

    def read(asked: bytes) -> Any:
        row = get(asked)
        return {**row, **fields} if asked == key else row

    rows.get = read  # type: ignore[method-assign]


def told(answer: object) -> tuple[str, set[str]]:
    """The reason of an answer and the names of what it tells besides."""
    assert isinstance(answer, Malformed | Refused), answer
    return answer.reason, set(answer.fields)


# --- clients


def test_a_strangers_eight_megabytes_cost_no_signature_and_no_body(tmp_path: Path, work: Counted) -> None:
    """The loop has its turn all the while."""

    async def act(running: Running) -> None:
        wires = [signed(running.network, "anchor", HEAVY, key=STRANGER) for _ in range(125)]
        assert sum(map(len, wires)) > 8_000_000
        turns = 0

        async def beside() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        other = asyncio.get_running_loop().create_task(beside())
        answers = await running.port.submit(wires, 10_000, "1.2.3.4")
        other.cancel()
        assert {told(answer)[0] for answer in answers} == {Reason.KEY_NOT_REGISTERED}
        assert (work.verified, work.opened) == (0, [])
        assert turns >= 60, "two of them at a time"
        assert len(running.node.unverified) == running.node.unverified.bytes == len(running.node.waiters) == 0

    run(tmp_path, act)


def test_the_same_through_the_real_door(tmp_path: Path, work: Counted) -> None:
    """Over HTTP: an answer for each in its place, and others are served."""

    async def act(served: Served) -> None:
        wires = [signed(served.network, "anchor", HEAVY, key=STRANGER) for _ in range(125)]
        good = signed(served.network, "anchor")
        headers = {"Content-Type": "application/msgpack"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}", timeout=30) as client:
            flood = asyncio.create_task(
                client.post("/v1/transactions/batch", content=encode(wires), headers=headers)
            )  # fmt: skip
            answer = await client.post("/v1/transactions?wait=committed", content=good, headers=headers)
            flooded = await flood
        assert answer.status_code == 201
        assert flooded.status_code == 200
        assert {one["code"] for one in flooded.json()["data"]} == {"key_not_registered"}
        assert work.verified == len(work.opened) == 1
        assert not served.node.unverified._of

    serve(tmp_path, act)


def test_a_stranger_learns_nothing_but_what_it_wrote_itself(tmp_path: Path, work: Counted) -> None:
    """An unknown key, another party's, an unknown party, one that is suspended: one answer, no signature verified."""

    async def act(running: Running) -> None:
        network = running.network
        suspended = network.parties["supplier1"].party
        altered(running.node, core_rows.party_key(suspended), status="suspended")
        bank = load_private_key(network.parties["bank2"].key)
        wires = [
            signed(network, "anchor", key=STRANGER),
            signed(network, "anchor", key=bank),
            signed(network, "supplier1", key=STRANGER),
            signed(network, "supplier1", key=bank),
            signed(network, "anchor", key=STRANGER).replace(
                network.parties["anchor"].party.encode(), b"NOBODY".ljust(18, b"X")
            ),
        ]
        answers = await running.port.submit(wires, 1_000, "here")
        assert [told(answer) for answer in answers] == [(Reason.KEY_NOT_REGISTERED, {"key"})] * 5
        shown = [answer.fields["key"] for answer in answers if isinstance(answer, Refused)]
        assert set(shown) == {STRANGER.public.hex(), bank.public.hex()}
        assert work.verified == 0

    run(tmp_path, act)


def test_what_stands_against_a_key_is_told_to_its_holder_only(tmp_path: Path, work: Counted) -> None:
    async def act(running: Running) -> None:
        network = running.network
        anchor = network.parties["anchor"]
        key = load_private_key(anchor.key)
        altered(running.node, core_rows.party_key_key(key.public), status="revoked")
        wire = signed(network, "anchor", HEAVY)
        answers = await running.port.submit([wire, forged(wire)], 1_000, "here")
        assert [told(answer)[0] for answer in answers] == [Reason.KEY_NOT_ACTIVE, Reason.SIGNATURE_INVALID]
        assert (work.verified, work.opened) == (2, []), "the body of neither is read"

    run(tmp_path, act)


PLACE = {"call", "contract", "function"}


@pytest.mark.parametrize(
    ("changed", "opened", "reason", "fields"),
    [
        ({"status": "suspended"}, 1, Reason.PARTY_NOT_ACTIVE, PLACE),
        ({"status": "insolvent"}, 1, Reason.PARTY_NOT_ACTIVE, PLACE),
        ({"halted_on": "2026-03-02"}, 1, Reason.PARTY_HALTED, PLACE),
        ({"status": "closed"}, 0, Reason.PARTY_NOT_ACTIVE, set()),
    ],
)
def test_a_party_that_is_not_active_hands_in_nothing_but_open_acts(
    tmp_path: Path, work: Counted, changed: dict[str, Any], opened: int, reason: Reason, fields: set[str]
) -> None:
    """security 2: transactions of a suspended supplier went in, and held everybody's commits."""

    async def act(running: Running) -> None:
        network = running.network
        running.node.started = False
        altered(running.node, core_rows.party_key(network.parties["supplier1"].party), **changed)
        flood = signed(network, "supplier1", ("finance", "request", {"token": "T1"}))
        harmless = signed(network, "supplier1", ("token", "reject", {"token": "T1", "reason": "no"}))
        shut, open_ = await running.port.submit([flood, harmless], 0, "here")
        assert told(shut) == (reason, {"party", "status"} | fields)
        assert isinstance(open_, Submission) == bool(opened)
        assert len(running.node.mempool) == opened
        assert len(work.opened) == 2 * opened

    run(tmp_path, act)


def test_one_clients_flood_leaves_the_others_their_share_and_gives_it_back(tmp_path: Path) -> None:
    """Nothing is verified meanwhile: what waits takes up its sender's share, even under another party's name."""

    async def act(running: Running) -> None:
        node, network = running.node, running.network
        node.started = False
        node.unverified = Unverified(90, 10**9)
        waiting, node.admission._start = node.admission._start, lambda: None  # type: ignore[method-assign]
        flood = [forged(signed(network, "anchor")) for _ in range(60)]
        flooding = asyncio.get_running_loop().create_task(running.port.submit(flood, 0, "flood"))
        while len(node.admission) < 30:
            await asyncio.sleep(0.01)
        few = [signed(network, "anchor") for _ in range(15)]
        honest = asyncio.get_running_loop().create_task(running.port.submit(few, 0, "honest"))
        while len(node.admission) < 45:
            await asyncio.sleep(0.01)
        assert node.unverified._of[Source("flood", network.parties["anchor"].party)].count == 30
        node.admission._start = waiting  # type: ignore[method-assign]
        node.admission.hurry()
        assert {type(answer) for answer in await honest} == {Submission}
        kinds = [type(answer) for answer in await flooding]
        assert kinds == [Malformed] * 30 + [Busy] * 30
        assert (len(node.unverified), node.unverified.bytes, node.pace._inside) == (0, 0, {})

    run(tmp_path, act)


def test_a_client_that_hangs_up_at_the_door_gives_its_room_back(tmp_path: Path) -> None:
    async def act(running: Running) -> None:
        node = running.node
        node.started = False
        wires = [running.sign("bank2") for _ in range(200)]
        node.pace._free = lambda _source: 0  # type: ignore[method-assign]
        node.pace._next = lambda: None  # type: ignore[method-assign]
        request = asyncio.get_running_loop().create_task(running.port.submit(wires, 60_000, "here"))
        while len(node.pace) == 0:
            await asyncio.sleep(0.01)
        assert len(node.unverified) >= 184
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        while node.pace._inside:
            await asyncio.sleep(0.01)
        assert (len(node.unverified), node.unverified.bytes) == (0, 0)

    run(tmp_path, act)


# --- peers


def excluded(node: Node, peer: Node) -> tuple[float, str]:
    """How long a peer was last kept out, and why."""
    _, seconds, why = node.peers._exclusions._known.get(peer.node_id, (0.0, 0.0, ""))
    return seconds, why


async def until(condition: Callable[[], Any], within_s: float = 60.0) -> None:
    """It comes true in the end: what never does fails the test instead of holding it."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.01)


def pair(tmp_path: Path, act: Callable[[Any, Node, Node], Any]) -> None:
    """Two nodes that know each other."""
    network = create_local_network(tmp_path / "net", validators=2)

    async def main() -> None:
        async with connected(network) as (one, other):
            await act(network, one, other)

    asyncio.run(main())


def send(sender: Node, receiver: Node, *wires: bytes) -> None:
    assert sender.peers.send(receiver.node_id, node_wire.encode(Transactions(wires)))


def test_transactions_of_another_network_cost_a_peer_its_connection_each_time_for_longer(
    tmp_path: Path, work: Counted
) -> None:
    """security 5: three frames of them stalled the other validators for 44 s, and the sender stayed."""

    async def act(network: Any, one: Node, other: Node) -> None:
        wires = tuple([signed(network, "anchor", HEAVY, genesis=bytes(32)) for _ in range(20)])
        frame = node_wire.encode(Transactions(wires))
        for seconds in (1.0, 2.0):
            while excluded(other, one)[0] < seconds:  # again once it is back
                one.peers.send(other.node_id, frame)
                await asyncio.sleep(0.05)
            assert excluded(other, one)[1].startswith("network_wrong")
        await until(lambda: other.peers.connected and one.peers.connected)
        assert (work.verified, work.opened) == (0, [])

    pair(tmp_path, act)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda wire: wire[:-1], "codec_not_msgpack"),
        (forged, "signature_invalid"),
    ],
)
def test_what_no_honest_node_passes_on_costs_a_peer_its_connection(
    tmp_path: Path, spoil: Callable[[bytes], bytes], why: str
) -> None:
    async def act(network: Any, one: Node, other: Node) -> None:
        wires = [signed(network, "anchor") for _ in range(150)]
        send(one, other, *wires[:140], spoil(wires[140]))
        await until(lambda: excluded(other, one)[1].startswith(why))
        await until(lambda: other.peers.connected and one.peers.connected)

    pair(tmp_path, act)


def unreadable(network: Any) -> bytes:
    """Well signed, and its calls are none."""
    key = load_private_key(network.parties["anchor"].key)
    party = network.parties["anchor"].party
    until_ms = time.time_ns() // 1_000_000 + 600_000
    body = encode([2, network.genesis.hash, party, until_ms, secrets.token_bytes(16),
                   [1, [["ed25519", key.public]]], [["a", "b", {"c": [{}] * 3_000}]], ""])  # fmt: skip
    return encode([body, [[0, key.sign("tx-sign", body)]]])


def test_a_well_signed_transaction_that_cannot_be_read_costs_a_peer_its_connection(tmp_path: Path) -> None:
    async def act(network: Any, one: Node, other: Node) -> None:
        send(one, other, unreadable(network))
        await until(lambda: excluded(other, one)[1] == Reason.CODEC_TOO_MANY_ITEMS)
        await until(lambda: other.peers.connected and one.peers.connected)

    pair(tmp_path, act)


def test_a_key_that_was_revoked_meanwhile_costs_an_honest_peer_nothing(tmp_path: Path, work: Counted) -> None:
    """It was good when it was passed on; nor does one of a party that this node has not heard of yet."""

    async def act(network: Any, one: Node, other: Node) -> None:
        key = load_private_key(network.parties["anchor"].key)
        altered(other, core_rows.party_key_key(key.public), status="revoked")
        send(one, other, signed(network, "anchor"), signed(network, "anchor", key=STRANGER))
        count = other.metrics.turned_away.labels("admission", "key_not_active")._value
        await until(lambda: count.get() == 1)
        assert other.metrics.turned_away.labels("admission", "key_not_registered")._value.get() == 1
        assert excluded(other, one) == (0.0, "")
        assert other.peers.connected == [one.node_id]
        assert work.verified == 0
        other.ledger._rows.forget()

    pair(tmp_path, act)


# --- proposals


def proposal(node: Node, key: PrivateKey, wires: tuple[bytes, ...], round_: int | None = None) -> Proposal:
    """By the validator with this key, in the first round that is its turn; its header says nothing of what was run."""
    height = node.ledger.info().height + 1
    validators = node.ledger.validators_of(height)
    mine = next(number for number in range(9) if validators.proposer(height, number).key == key.public)
    draft = Block(_header(height, key, node.genesis.hash, wires), wires)
    header = sign_proposal(key, node.genesis.hash, height=height, round=mine if round_ is None else round_,
                           block_id=draft.id)  # fmt: skip
    return Proposal(header, draft, ())


def _header(height: int, key: PrivateKey, network: bytes, wires: tuple[bytes, ...]) -> Any:
    from ledger.ledger_kit import header

    from chainbill.ledger.block import tx_root
    from chainbill.ledger.envelope import wire_id_of

    return header(network=network, height=height, proposer=key.public, tx_count=len(wires),
                  tx_root=tx_root([wire_id_of(one) for one in wires]))  # fmt: skip


@pytest.mark.parametrize("case", ["foreign", "unreadable"])
def test_a_proposal_with_what_no_honest_node_proposes_goes_no_further_than_its_sender(
    tmp_path: Path, work: Counted, case: str
) -> None:
    """Nobody who got it holds it, so nobody passes it on and is taken for an offender."""

    async def act(network: Any, one: Node, other: Node) -> None:
        driven: list[object] = []
        drive = other.drive
        other.drive = lambda event: driven.append(event) or drive(event)  # type: ignore[method-assign]
        bad = signed(network, "anchor", HEAVY, genesis=bytes(32)) if case == "foreign" else unreadable(network)
        key = load_private_key(network.nodes[0].home / "keys/validator.pem")
        message = proposal(other, key, (bad, signed(network, "anchor")))
        assert one.peers.send(other.node_id, node_wire.encode(message))
        await until(lambda: excluded(other, one)[0] == 1.0)
        why = "network_wrong" if case == "foreign" else "codec_too_many_items"
        assert excluded(other, one)[1].startswith(why)
        assert not [event for event in driven if getattr(event, "message", None) == message]
        await until(lambda: other.peers.connected and one.peers.connected)

    pair(tmp_path, act)


@pytest.mark.parametrize("hangs_up", [True, False])
def test_who_sends_a_proposal_first_takes_it_from_nobody(tmp_path: Path, hangs_up: bool) -> None:
    """A member that hung up while its copy was read, or left out the prevotes, had all other copies thrown away."""
    network = create_local_network(tmp_path / "net", validators=3)

    async def act(first: Node, reader: Node, second: Node) -> None:
        driven: list[str] = []
        drive = reader.drive

        def noted(event: Any) -> None:
            if isinstance(getattr(event, "message", None), Proposal):
                driven.append(event.peer)
            drive(event)

        examine = reader.proposals._examine
        kept: list[Any] = []
        reader.drive = noted  # type: ignore[method-assign]
        reader.proposals._examine = lambda *given: kept.append(given)  # type: ignore[method-assign]
        key = load_private_key(network.nodes[0].home / "keys/validator.pem")
        frame = node_wire.encode(proposal(reader, key, (signed(network, "anchor"),)))
        assert first.peers.send(reader.node_id, frame)
        await until(lambda: kept)
        assert second.peers.send(reader.node_id, frame)
        assert second.peers.send(reader.node_id, frame)
        await until(lambda: len(reader.proposals._copies._others) == 1)
        reader.proposals._examine = examine  # type: ignore[method-assign]
        if hangs_up:
            first.peers._connections[reader.node_id].abort("hangs up")  # and comes again soon
            await until(lambda: first.node_id not in reader.peers.connected)
        examine(*kept[0])
        await until(lambda: second.node_id in driven)
        assert driven == [second.node_id] if hangs_up else [first.node_id, second.node_id]
        assert not reader.proposals._copies._first
        assert not reader.proposals._copies._others

    async def main() -> None:
        async with connected(network) as (first, reader, second):
            await act(first, reader, second)

    asyncio.run(main())


@pytest.mark.parametrize("under_way", [True, False])
def test_who_sends_a_transaction_to_one_node_first_keeps_it_from_no_other(tmp_path: Path, under_way: bool) -> None:
    """What had come from a peer was not passed on when a client handed it in, and waited for this node's turn."""
    network = create_local_network(tmp_path / "net", validators=3)

    async def act(first: Node, reader: Node, second: Node) -> None:
        nodes = first, reader, second
        for node in nodes:
            node.started = False  # nothing is proposed meanwhile
        wire = signed(network, "anchor")
        identity = read_envelope(wire).id
        start = reader.admission._start
        if under_way:
            reader.admission._start = lambda: None  # type: ignore[method-assign]
        send(first, reader, wire)
        await until(lambda: len(reader.admission) if under_way else identity in reader.mempool)
        asked = asyncio.create_task(ServedNode(reader).submit([wire], 0, "here"))
        await asyncio.sleep(0.05)
        if under_way:
            reader.admission._start = start  # type: ignore[method-assign]
            start()
        await asked
        await until(lambda: identity in second.mempool, 5)
        for node in nodes:
            node.started = True

    async def main() -> None:
        async with connected(network) as (first, reader, second):
            await act(first, reader, second)

    asyncio.run(main())


def word(round_: int, block_id: bytes, height: int = 1) -> ProposalHeader:
    return ProposalHeader(height, round_, block_id, -1, bytes(32), bytes(64))


def test_a_proposal_is_read_once_whoever_sends_it() -> None:
    memory = Memory()
    first = word(0, b"A" * 32)
    assert memory.of(first) == UNREAD
    assert memory.begin(first)
    assert memory.of(first) == UNDER_WAY
    memory.end(first, "")
    assert memory.of(first) == READ
    assert memory.begin(word(0, b"B" * 32))
    memory.end(word(0, b"B" * 32), "network_wrong")
    assert memory.of(word(0, b"B" * 32)) == "network_wrong"
    assert memory.first_of("peer", first)
    assert not memory.first_of("peer", first)
    assert memory.first_of("other", first), "one that sends it again takes nothing from the others"


def test_of_each_peer_its_first_copy_is_kept_with_the_block_that_is_read() -> None:
    copies, blocks, vote = Copies(), cast(Any, ("read", "sent")), cast(Any, "vote")
    read, sent = (Proposal(word(0, b"A" * 32), block, ()) for block in blocks)
    again = replace(sent, prevotes=(vote,))
    copies.begin(read)
    copies.keep("peer", sent)
    copies.keep("peer", again)
    assert copies.take(read.header) == [("peer", replace(sent, block=blocks[0]))]


def test_proposals_are_remembered_within_bounds() -> None:
    memory = Memory()
    different = [memory.begin(word(0, bytes([number]) * 32)) for number in range(20)]
    assert sum(different) == MAX_PROPOSALS_A_ROUND
    assert all(memory.begin(word(number, bytes(32))) for number in range(1, 500)), "however many rounds it takes"
    assert len(memory._heights[1]) == MAX_PROPOSALS_A_HEIGHT
    for number in range(3_000):
        memory.first_of(f"peer{number % 9}", word(number, bytes(32)))
    assert len(memory._sent[1]) == MAX_PROPOSALS_A_HEIGHT * MAX_PROPOSALS_A_ROUND
    memory.begin(word(0, bytes(32), height=3))
    assert set(memory._heights) == {3}
    assert not memory._sent


def test_an_envelope_of_the_largest_transaction_is_one_of_a_heavy_one(tmp_path: Path) -> None:
    """The fixture is what it says: nearly as large as a transaction may be."""
    network = create_local_network(tmp_path / "net", validators=1)
    assert 64_000 < len(read_envelope(signed(network, "anchor", HEAVY)).wire) < 65_536
