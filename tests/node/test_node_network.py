"""Two, then three peers over real TLS on the loopback interface: who may come in, framing, slow peers, reconnecting."""

from __future__ import annotations

import asyncio
import datetime
import io
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from authorities import make_authority, make_node_certificate
from chainbill_node.network import connection as connection_module
from chainbill_node.network import limits
from chainbill_node.network.certificate import NodeCertificate, read_certificate
from chainbill_node.network.connection import Connection
from chainbill_node.network.hello import (
    BAD_HELLO,
    HELLO_FORM,
    OTHER_NETWORK,
    OTHER_VERSION,
    REFUSED_BY_PEER,
    Hello,
    HelloRefused,
    make_hello,
    read_hello,
)
from chainbill_node.network.identity import Identity, TlsFiles
from chainbill_node.network.peers import Member, PeerNetwork, PeerSettings
from chainbill_node.runtime.logs import log
from chainbill_node.setup.certificates import Issued
from chainbill_node.setup.ports import LOOPBACK, free_ports
from chainbill_node.wire.versions import SPOKEN, WireRange

from chainbill import codec

pytestmark = pytest.mark.untraced

NOW = datetime.datetime.now(datetime.UTC)
IDS = ["aa", "bb", "cc"]
GENESIS = b"g" * 32
CERTIFICATE = ssl.PEM_cert_to_DER_cert(
    make_node_certificate(make_authority("test", NOW), "aa", LOOPBACK, NOW).certificate.decode()
)


class Peer:
    """One node's network with what it heard."""

    def __init__(self, folder: Path, authority: Issued, node_id: str, port: int, members: dict[str, Member],
                 genesis: bytes = GENESIS, certificate_id: str = "", speaks: WireRange = SPOKEN) -> None:  # fmt: skip
        folder.mkdir()
        issued = make_node_certificate(authority, certificate_id or node_id, LOOPBACK, NOW)
        paths = (folder / "ca.pem", folder / "node.pem", folder / "node.key")
        for path, content in zip(paths, (authority.certificate, issued.certificate, issued.key), strict=True):
            path.write_bytes(content)
        self.heard: list[tuple[str, bytes]] = []
        self.changes: list[tuple[str, str]] = []
        self.refused: list[str] = []
        identity = Identity(TlsFiles(*paths), certificate_id or node_id)
        settings = PeerSettings(node_id, LOOPBACK, port, genesis, identity, speaks)
        self.network = PeerNetwork(
            settings,
            lambda: members,
            lambda peer, frame: self.heard.append((peer, frame)),
            lambda peer: self.changes.append(("up", peer)),
            lambda peer: self.changes.append(("down", peer)),
            on_refused=self.refused.append,
            spoken=lambda _frame, _version: True,  # what is sent here are no messages
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
        assert set(inside.refused) == set(outside.refused) == {"other_network"}
        assert inside.network.unmet.reasons == {"bb": OTHER_NETWORK}

    asyncio.run(run())


@pytest.mark.parametrize(("dials", "answers"), [((3, 4), (5, 6)), ((5, 6), (3, 4))])
def test_nodes_without_a_common_version_refuse_each_other_at_the_hello_and_say_what_to_do(
    tmp_path: Path, authority: Issued, dials: tuple[int, int], answers: tuple[int, int]
) -> None:
    async def run() -> None:
        ports = free_ports(2)
        members = members_at(ports)
        ours, theirs = WireRange(*dials), WireRange(*answers)
        dialler = Peer(tmp_path / "aa", authority, "aa", ports[0], members, speaks=ours)
        other = Peer(tmp_path / "bb", authority, "bb", ports[1], members, speaks=theirs)
        told = io.StringIO()
        log.configure(level="warning", json_lines=False, node="n", stream=told)
        await dialler.network.start()
        await other.network.start()
        await until(
            lambda: (
                (dialler.network.unmet.reasons, other.network.unmet.reasons)
                == ({"bb": OTHER_VERSION}, {"aa": OTHER_VERSION})
            )
        )
        await asyncio.sleep(1.0)
        assert dialler.changes == other.changes == [], "it never counts as connected"
        assert set(dialler.refused) == set(other.refused) == {"other_version"}, "refused, not shut out for an offence"
        assert len(other.refused) < 6, "it is dialled less and less often"
        assert "peer_dropped" not in told.getvalue()
        pairs = (f"theirs={theirs} ours={ours}", f"theirs={ours} ours={theirs}")
        assert any(pair in told.getvalue() for pair in pairs)
        assert all(mend in told.getvalue() for mend in ("update the older of the two", "请更新较旧的一方"))

        await other.network.stop()
        updated = Peer(tmp_path / "new", authority, "bb", ports[1], members, speaks=ours)
        await updated.network.start()
        await until(lambda: dialler.network.connected == ["bb"] and updated.network.connected == ["aa"])
        assert not dialler.network.unmet.reasons
        await dialler.network.stop()
        await updated.network.stop()

    try:
        asyncio.run(run())
    finally:
        log.configure(level="warning", json_lines=False, node="")


def test_who_ends_the_connection_before_its_hello_is_told_of_and_dialled_less_and_less(
    tmp_path: Path, authority: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As nodes of version 1 do when they answer: they refuse before what they say is sent."""

    async def run() -> None:
        ports = free_ports(2)
        members = members_at(ports)
        dialler = Peer(tmp_path / "aa", authority, "aa", ports[0], members)
        older = Peer(tmp_path / "bb", authority, "bb", ports[1], members)
        opened: list[Connection] = []
        monkeypatch.setattr(older.network, "opened", lambda one: (opened.append(one), one._transport.abort()))
        await dialler.network.start()
        await older.network.start()
        await until(lambda: dialler.network.unmet.reasons == {"bb": REFUSED_BY_PEER})
        await asyncio.sleep(1.0)
        assert len(opened) < 6
        monkeypatch.undo()
        await until(lambda: dialler.network.connected == ["bb"])
        assert not dialler.network.unmet.reasons
        await dialler.network.stop()
        await older.network.stop()

    asyncio.run(run())


def hello(*fields: object) -> bytes:
    return codec.encode(list(fields))


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (hello(2, GENESIS), OTHER_VERSION),
        (hello(1, GENESIS, 7), OTHER_VERSION),
        (hello(HELLO_FORM + 1, "of another shape", []), OTHER_VERSION),
        (hello(HELLO_FORM, 1, SPOKEN.lowest - 1, GENESIS, None), OTHER_VERSION),
        (hello(HELLO_FORM, SPOKEN.highest + 1, SPOKEN.highest + 9, GENESIS, None), OTHER_VERSION),
        (hello(HELLO_FORM, 3, 3, b"o" * 32, None), OTHER_NETWORK),
        (hello(HELLO_FORM, 3, 3, "local", None), OTHER_NETWORK),
        (hello(HELLO_FORM, 4, 3, GENESIS, None), BAD_HELLO),
        (hello(HELLO_FORM, 0, 3, GENESIS, None), BAD_HELLO),
        (hello(HELLO_FORM, True, 3, GENESIS, None), BAD_HELLO),
        (hello(HELLO_FORM, 3, "3", GENESIS, None), BAD_HELLO),
        (hello(HELLO_FORM, 3, 2**63, GENESIS, None), BAD_HELLO),
        (hello(HELLO_FORM, 3, 3, GENESIS), BAD_HELLO),
        (hello(HELLO_FORM, 3, 3, GENESIS, -1), BAD_HELLO),
        (hello(HELLO_FORM, 3, 3, GENESIS, True), BAD_HELLO),
        (hello(HELLO_FORM), BAD_HELLO),
        (hello(True, GENESIS), BAD_HELLO),
        (hello(), BAD_HELLO),
        (codec.encode({}), BAD_HELLO),
        (b"GET / HTTP/1.1", BAD_HELLO),
        (bytes(2_000), BAD_HELLO),
    ],
)
def test_what_is_no_hello_of_this_network_and_version_says_why(frame: bytes, reason: str) -> None:
    with pytest.raises(HelloRefused) as refused:
        read_hello(frame, GENESIS)
    assert refused.value.reason == reason
    assert (refused.value.spoken is not None) == (reason == OTHER_VERSION)


@pytest.mark.parametrize("lowest", [None, 0, 77])
def test_a_hello_is_read_as_it_was_said(lowest: int | None) -> None:
    assert read_hello(make_hello(GENESIS, lowest), GENESIS) == Hello(SPOKEN.highest, lowest)


def test_what_later_releases_append_to_a_hello_is_passed_over() -> None:
    frame = hello(HELLO_FORM, 3, 9, GENESIS, 77, {"new": [1, 2]}, "more")
    assert read_hello(frame, GENESIS) == Hello(SPOKEN.highest, 77)


def test_a_peer_that_says_nothing_is_let_go_and_the_reference_says_when(
    tmp_path: Path, authority: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    """formats M6: the silence after which a connection ends stood in no document."""
    reference = (Path(__file__).parents[2] / "docs" / "reference" / "wire.md").read_text(encoding="utf-8")
    assert f"nothing came for **{limits.SILENCE_S:.0f} s** is ended (`silent`)" in reference

    async def run() -> None:
        ports = free_ports(2)
        members = members_at(ports)
        listening = Peer(tmp_path / "aa", authority, "aa", ports[0], members)
        talking = Peer(tmp_path / "bb", authority, "bb", ports[1], members)
        await listening.network.start()
        await talking.network.start()
        await until(lambda: listening.network.connected == ["bb"] and talking.network.connected == ["aa"])
        monkeypatch.setattr(limits, "SILENCE_S", 0.4)
        for _ in range(10):
            talking.network.send("aa", b"status")
            await asyncio.sleep(0.1)
            listening.network.refresh()
        assert listening.changes == [("up", "bb")], "who says something stays"
        await asyncio.sleep(0.5)
        listening.network.refresh()
        await until(lambda: ("down", "bb") in listening.changes)
        await listening.network.stop()
        await talking.network.stop()

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

    def shown(self, der: bytes) -> NodeCertificate:
        return read_certificate(der)

    def opened(self, _connection: Connection) -> None: ...

    def received(self, _connection: Connection, frame: bytes) -> None:
        self.frames.append(frame)

    def closed(self, _connection: Connection, reason: str) -> None:
        self.reasons.append(reason)

    def get_extra_info(self, name: str) -> object:
        return self if name == "ssl_object" else None

    def getpeercert(self, _binary: bool) -> bytes:
        return CERTIFICATE

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
