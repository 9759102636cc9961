"""Two, then three peers over real TLS on the loopback interface: who may come in, framing, slow peers, reconnecting."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from chainbill_node.network import connection as connection_module
from chainbill_node.network.connection import Connection
from chainbill_node.network.peers import Member, PeerNetwork, PeerSettings
from chainbill_node.network.tls import client_context, node_id_of, server_context
from chainbill_node.setup.certificates import Issued, make_authority, make_node_certificate
from chainbill_node.setup.local import LOOPBACK, free_ports

NOW = datetime.datetime.now(datetime.UTC)
IDS = ["aa", "bb", "cc"]


class Peer:
    """One node's network with what it heard."""

    def __init__(self, folder: Path, authority: Issued, node_id: str, port: int, members: dict[str, Member],
                 genesis: bytes = b"g" * 32, certificate_id: str = "") -> None:  # fmt: skip
        folder.mkdir()
        issued = make_node_certificate(authority, certificate_id or node_id, LOOPBACK, NOW)
        paths = (folder / "ca.pem", folder / "node.pem", folder / "node.key")
        for path, content in zip(paths, (authority.certificate, issued.certificate, issued.key), strict=True):
            path.write_bytes(content)
        self.heard: list[tuple[str, bytes]] = []
        self.changes: list[tuple[str, str]] = []
        settings = PeerSettings(node_id, LOOPBACK, port, genesis, server_context(*paths), client_context(*paths))
        self.network = PeerNetwork(
            settings,
            lambda: members,
            lambda peer, frame: self.heard.append((peer, frame)),
            lambda peer: self.changes.append(("up", peer)),
            lambda peer: self.changes.append(("down", peer)),
        )


def members_at(ports: list[int]) -> dict[str, Member]:
    return {name: Member(name, name, f"{LOOPBACK}:{port}") for name, port in zip(IDS, ports, strict=False)}


async def until(done: Callable[[], bool], timeout_s: float = 10.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not done():
            await asyncio.sleep(0.01)


@pytest.fixture(scope="module")
def authority() -> Issued:
    return make_authority("test", NOW)


def test_three_peers_meet_and_hear_each_other_in_order(tmp_path: Path, authority: Issued) -> None:
    async def run() -> None:
        ports = free_ports(3)
        members = members_at(ports)
        peers = [Peer(tmp_path / name, authority, name, port, members) for name, port in zip(IDS, ports, strict=True)]
        for peer in peers:
            await peer.network.start()
        await until(lambda: all(len(peer.network.connected) == 2 for peer in peers))
        for number in range(100):
            peers[0].network.broadcast(b"%d" % number)
        peers[2].network.send("aa", b"x" * 1_000_000)
        await until(lambda: len(peers[1].heard) == 100 and len(peers[2].heard) == 100 and bool(peers[0].heard))
        assert [frame for _, frame in peers[1].heard] == [b"%d" % number for number in range(100)]
        assert peers[0].heard == [("cc", b"x" * 1_000_000)]
        for peer in peers:
            await peer.network.stop()

    asyncio.run(run())


def test_a_peer_that_comes_back_is_connected_again(tmp_path: Path, authority: Issued) -> None:
    async def run() -> None:
        ports = free_ports(2)
        members = members_at(ports)
        first = Peer(tmp_path / "aa", authority, "aa", ports[0], members)
        second = Peer(tmp_path / "bb", authority, "bb", ports[1], members)
        await first.network.start()
        await second.network.start()
        await until(lambda: first.network.connected == ["bb"])
        await second.network.stop()
        await until(lambda: first.network.connected == [])
        again = Peer(tmp_path / "bb2", authority, "bb", ports[1], members)
        await again.network.start()
        await until(lambda: first.network.connected == ["bb"] and again.network.connected == ["aa"])
        assert first.changes == [("up", "bb"), ("down", "bb"), ("up", "bb")]
        first.network.drop("bb", "test")
        await until(lambda: first.changes.count(("up", "bb")) == 3)
        await first.network.stop()
        await again.network.stop()

    asyncio.run(run())


async def stays_alone(inside: Peer, outside: Peer) -> None:
    await inside.network.start()
    await outside.network.start()
    await asyncio.sleep(0.6)
    assert inside.network.connected == []
    assert outside.network.connected == []
    await inside.network.stop()
    await outside.network.stop()


def test_a_certificate_of_another_authority_stays_outside(tmp_path: Path, authority: Issued) -> None:
    async def run() -> None:
        ports = free_ports(2)
        members = members_at(ports)
        inside = Peer(tmp_path / "in", authority, "bb", ports[1], members)
        outside = Peer(tmp_path / "out", make_authority("other", NOW), "aa", ports[0], members)
        await stays_alone(inside, outside)

    asyncio.run(run())


def test_a_certificate_of_a_node_that_is_no_member_stays_outside(tmp_path: Path, authority: Issued) -> None:
    async def run() -> None:
        ports = free_ports(2)
        members = members_at(ports)
        only_itself = {"bb": members["bb"]}
        inside = Peer(tmp_path / "in", authority, "bb", ports[1], only_itself)
        outside = Peer(tmp_path / "out", authority, "aa", ports[0], members)
        await stays_alone(inside, outside)

    asyncio.run(run())


def test_a_member_cannot_pose_as_another_one(tmp_path: Path, authority: Issued) -> None:
    async def run() -> None:
        ports = free_ports(2)
        members = members_at(ports)
        dialler = Peer(tmp_path / "aa", authority, "aa", ports[0], members)
        liar = Peer(tmp_path / "bb", authority, "bb", ports[1], members, certificate_id="cc")
        await stays_alone(dialler, liar)

    asyncio.run(run())


def test_another_genesis_stays_outside(tmp_path: Path, authority: Issued) -> None:
    async def run() -> None:
        ports = free_ports(2)
        members = members_at(ports)
        inside = Peer(tmp_path / "in", authority, "aa", ports[0], members)
        outside = Peer(tmp_path / "out", authority, "bb", ports[1], members, genesis=b"o" * 32)
        await stays_alone(inside, outside)

    asyncio.run(run())


def test_a_plain_connection_gets_nowhere(tmp_path: Path, authority: Issued) -> None:
    async def run() -> None:
        ports = free_ports(2)
        peer = Peer(tmp_path / "aa", authority, "aa", ports[0], members_at(ports))
        await peer.network.start()
        reader, writer = await asyncio.open_connection(LOOPBACK, ports[0])
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        try:
            answer = await reader.read(1000)
        except ConnectionError:
            answer = b""
        assert answer == b"" or answer[0] == 0x15  # nothing, or a TLS alert
        writer.close()
        assert peer.network.connected == []
        await peer.network.stop()

    asyncio.run(run())


class Sink:
    """A transport and listener in memory."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.reasons: list[str] = []
        self.aborted = False
        self.buffered = 0

    def opened(self, _connection: Connection) -> None: ...

    def received(self, _connection: Connection, frame: bytes) -> None:
        self.frames.append(frame)

    def closed(self, _connection: Connection, reason: str) -> None:
        self.reasons.append(reason)

    def get_extra_info(self, _name: str) -> dict[str, object]:
        return {"subjectAltName": (("URI", "urn:chainbill:node:aa"),)}

    def get_write_buffer_size(self) -> int:
        return self.buffered

    def write(self, _data: bytes) -> None: ...

    def abort(self) -> None:
        self.aborted = True


def opened() -> tuple[Connection, Sink]:
    sink = Sink()
    made = Connection(sink, dialled=False)
    made.connection_made(sink)  # type: ignore[arg-type]
    return made, sink


def test_frames_are_cut_wherever_the_stream_breaks() -> None:
    async def run() -> None:
        made, sink = opened()
        frames = [b"", b"a", b"b" * 300]
        stream = b"".join(len(one).to_bytes(4, "big") + one for one in frames)
        for at in range(len(stream)):
            made.data_received(stream[at : at + 1])
        made.data_received(stream)
        assert sink.frames == frames * 2

    asyncio.run(run())


def test_an_oversized_frame_ends_the_connection_before_it_is_kept() -> None:
    async def run() -> None:
        made, sink = opened()
        made.data_received((connection_module.MAX_FRAME_BYTES + 1).to_bytes(4, "big"))
        assert sink.aborted
        made.connection_lost(None)
        assert sink.reasons == [f"frame of {connection_module.MAX_FRAME_BYTES + 1} bytes"]

    asyncio.run(run())


def test_a_slow_peer_loses_gossip_first_and_then_its_connection() -> None:
    async def run() -> None:
        made, sink = opened()
        sink.buffered = connection_module.DROP_ABOVE_BYTES + 1
        assert not made.send(b"gossip", droppable=True)
        assert made.send(b"vote")
        sink.buffered = connection_module.CLOSE_ABOVE_BYTES + 1
        assert not made.send(b"vote")
        assert sink.aborted

    asyncio.run(run())


def test_a_certificate_names_exactly_one_node() -> None:
    one = ("URI", "urn:chainbill:node:aa")
    assert node_id_of({"subjectAltName": (("DNS", "x"), one)}) == "aa"
    assert node_id_of({"subjectAltName": (one, ("URI", "urn:chainbill:node:bb"))}) is None
    assert node_id_of({"subjectAltName": (("URI", "urn:other:aa"),)}) is None
    assert node_id_of(None) is None
