"""Outsiders at the door of a node: sockets opened, handshakes begun and left, rates; members get in meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import ssl
import time
from asyncio.sslproto import SSLProtocol
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from authorities import make_authority
from chainbill_node.network import limits
from chainbill_node.network.certificate import NodeCertificate
from chainbill_node.network.connection import Connection
from chainbill_node.network.door import Door, Rates, address_of
from chainbill_node.setup.certificates import Issued
from chainbill_node.setup.ports import LOOPBACK, free_ports
from node_processes import Network
from test_node_hostile import Hostile, works
from test_node_network import IDS, NOW, Peer, members_at, until

pytestmark = pytest.mark.untraced


def knock(port: int, source: str, data: bytes = b"") -> socket.socket:
    """A connection from another loopback address, with the beginning of a handshake or nothing."""
    plain = socket.create_connection((LOOPBACK, port), timeout=5, source_address=(source, 0))
    if data:
        plain.sendall(data)
    return plain


def ended(one: socket.socket) -> bool:
    """Whether the other side has let go."""
    one.setblocking(False)
    try:
        while one.recv(65_536):
            pass
        return True
    except BlockingIOError:
        return False
    except OSError:
        return True


def client_hello() -> bytes:
    """The first flight of TLS, after which an outsider falls silent."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    shaking = context.wrap_bio(incoming, outgoing)
    with pytest.raises(ssl.SSLWantReadError):
        shaking.do_handshake()
    return outgoing.read()


@pytest.fixture(scope="module")
def authority() -> Issued:
    return make_authority("test", NOW)


def test_those_who_stall_give_way_and_members_get_in(
    tmp_path: Path, authority: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HANDSHAKE_WITHIN_S", 1.0)

    async def run() -> None:
        ports = free_ports(2)
        inside = Peer(tmp_path / "bb", authority, "bb", ports[1], members_at(ports))
        refused: list[str] = []
        inside.network._on_refused = refused.append
        inside.network._door._refused = refused.append
        await inside.network.start()
        door = inside.network._door
        sockets = []
        for number in range(4 * limits.MAX_HANDSHAKES):  # from many addresses, some with a first flight
            source = f"127.0.{number % 40 + 1}.7"
            sockets.append(await asyncio.to_thread(knock, ports[1], source, client_hello() if number % 2 else b""))
            assert door.handshakes <= limits.MAX_HANDSHAKES
        assert "handshake_gave_way" in refused
        outside = Peer(tmp_path / "aa", authority, "aa", ports[0], members_at(ports))
        await outside.network.start()
        await until(lambda: inside.network.connected == ["aa"])
        await until(lambda: door.handshakes == 0, 5)
        assert "handshake_too_slow" in refused
        await until(lambda: all(map(ended, sockets)), 5)
        for one in sockets:
            one.close()
        await outside.network.stop()
        await inside.network.stop()

    asyncio.run(run())


def test_one_address_has_few_handshakes_and_its_newest_goes_on(
    tmp_path: Path, authority: Issued
) -> None:  # fmt: skip
    async def run() -> None:
        ports = free_ports(2)
        inside = Peer(tmp_path / "bb", authority, "bb", ports[1], members_at(ports))
        await inside.network.start()
        door = inside.network._door
        twice = range(2 * limits.MAX_HANDSHAKES_PER_ADDRESS)
        sockets = [await asyncio.to_thread(knock, ports[1], LOOPBACK) for _ in twice]
        await until(lambda: sum(map(ended, sockets)) >= limits.MAX_HANDSHAKES_PER_ADDRESS)
        assert door.handshakes <= limits.MAX_HANDSHAKES_PER_ADDRESS
        assert not ended(sockets[-1])
        # a member behind the same address as those who stall
        outside = Peer(tmp_path / "aa", authority, "aa", ports[0], members_at(ports))
        await outside.network.start()
        await until(lambda: inside.network.connected == ["aa"])
        for one in sockets:
            one.close()
        await outside.network.stop()
        await inside.network.stop()

    asyncio.run(run())


def test_a_member_that_says_no_hello_costs_two_connections(tmp_path: Path, authority: Issued) -> None:
    async def run() -> None:
        ports = free_ports(3)
        members = members_at(ports)
        inside = Peer(tmp_path / "bb", authority, "bb", ports[1], {name: members[name] for name in ("aa", "bb", "cc")})
        hostile = Peer(tmp_path / "cc", authority, "cc", ports[2], members)
        refused: list[str] = []
        inside.network._on_refused = refused.append
        await inside.network.start()

        class Mute(asyncio.Protocol):
            pass

        loop = asyncio.get_running_loop()
        for _ in range(70):  # once this filled the places of all others
            await loop.create_connection(Mute, LOOPBACK, ports[1], ssl=hostile.network._settings.identity.client)
            assert len(inside.network._pending) <= limits.MAX_PENDING_PER_PEER
        assert "too_many_without_hello" in refused
        honest = Peer(tmp_path / "aa", authority, "aa", ports[0], members)
        await honest.network.start()
        await until(lambda: "aa" in inside.network.connected)
        await honest.network.stop()
        await inside.network.stop()

    asyncio.run(run())


def test_the_rates_by_address_and_of_all_strangers() -> None:
    rates = Rates()
    rates.remember("member", "10.0.0.1")
    from_one = [rates.excess("10.9.9.9", 0.0) for _ in range(limits.HANDSHAKES_BURST + 1)]
    assert from_one[-1] == "too_many_connections_of_address"
    assert set(from_one[:-1]) == {None}
    for number in range(limits.STRANGERS_BURST):
        rates.excess(f"10.1.{number // 200}.{number % 200}", 0.0)
    assert rates.excess("10.2.2.2", 0.0) == "too_many_connections"
    assert rates.excess("10.0.0.1", 0.0) is None, "a member's address has a rate of its own"
    for number in range(3 * limits.MAX_ADDRESSES):
        rates.excess(f"a{number}", 0.0)
        rates.remember(f"b{number}", "10.0.0.2")
    assert len(rates._buckets) == limits.MAX_ADDRESSES
    assert len(rates._known) == limits.MAX_REMEMBERED_PEERS


def test_one_certificate_makes_few_addresses_known() -> None:
    """From 512 addresses it had 10,000 handshakes a second past the bound for strangers, and no member was known."""
    rates = Rates()
    rates.remember("member", "10.0.0.1")
    for number in range(600):
        rates.remember("liar", f"10.1.{number // 200}.{number % 200}")
    assert rates.knows("10.0.0.1")
    assert sum(rates.knows(f"10.1.{number // 200}.{number % 200}") for number in range(600)) == (
        limits.MAX_ADDRESSES_OF_MEMBER
    )


def test_what_one_sender_is_counted_by() -> None:
    assert address_of("10.1.2.3") == address_of("::ffff:10.1.2.3") == "10.1.2.3"
    assert address_of("2001:db8:1:2::1") == address_of("2001:db8:1:2:ffff::9")
    assert address_of("2001:db8:1:2::1") != address_of("2001:db8:1:3::1")
    assert address_of("fe80::1%eth0") == address_of("fe80::2")
    assert address_of("name.example") == "name.example"


def test_without_descriptors_the_oldest_handshake_ends_and_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        refused: list[str] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        [port] = free_ports(1)
        door = Door(LOOPBACK, port, lambda: context, asyncio.Protocol, refused.append)
        loop = asyncio.get_running_loop()
        real, failing = loop.sock_accept, {"now": False}

        async def accept(listener: socket.socket) -> object:
            accepted = await real(listener)
            if failing["now"]:
                failing["now"] = False
                accepted[0].close()
                raise OSError(24, "Too many open files")
            return accepted

        monkeypatch.setattr(loop, "sock_accept", accept)
        await door.open()
        first = knock(port, LOOPBACK)
        await until(lambda: door.handshakes == 1)
        failing["now"] = True
        knock(port, LOOPBACK).close()
        await until(lambda: "no_descriptors" in refused)
        await until(lambda: ended(first))
        second = knock(port, LOOPBACK)
        await until(lambda: door.handshakes == 1)
        for one in (first, second):
            one.close()
        await door.close()

    asyncio.run(run())


async def door_with_a_handshake(turns: int, refused: list[str]) -> tuple[Door, socket.socket]:
    """An open door at which one handshake has been under way for so many turns of the loop, and its client."""
    [port] = free_ports(1)
    door = Door(LOOPBACK, port, lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), asyncio.Protocol, refused.append)
    await door.open()
    client = knock(port, LOOPBACK)
    while not door.handshakes:
        await asyncio.sleep(0)
    for _ in range(turns):
        await asyncio.sleep(0)
    return door, client


@pytest.mark.parametrize("turns", range(4))
def test_a_handshake_ended_as_it_begins_leaves_no_socket_open(turns: int) -> None:
    """At whichever turn of the loop the door closes; a socket left open fails the test as a ResourceWarning."""

    async def run() -> None:
        refused: list[str] = []
        door, one = await door_with_a_handshake(turns, refused)
        await door.close()
        assert ended(one)
        assert door.handshakes == 0
        assert refused == []
        one.close()

    asyncio.run(run())


@pytest.mark.parametrize("turns", range(4))
def test_the_door_waits_for_a_handshake_that_was_ended_just_before(turns: int) -> None:
    """One that gave way is no longer among those under way, and yet its task has something to clear away."""

    async def run() -> None:
        door, one = await door_with_a_handshake(turns, [])
        [task] = door._shaking
        door._end_one("handshake_gave_way")
        assert door.handshakes == 0
        await door.close()
        assert task.done()
        assert ended(one)
        one.close()

    asyncio.run(run())


def test_all_queues_together_are_bounded(tmp_path: Path, authority: Issued, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        ports = free_ports(2)
        members = members_at(ports)
        peers = [Peer(tmp_path / name, authority, name, port, members) for name, port in zip(IDS, ports, strict=False)]
        for peer in peers:
            await peer.network.start()
        await until(lambda: all(len(peer.network.connected) == 1 for peer in peers))
        refused: list[str] = []
        peers[0].network._on_refused = refused.append
        monkeypatch.setattr(limits, "MAX_QUEUED_BYTES", 1_000_000)
        for _ in range(4):
            peers[0].network.send("bb", bytes(8_000_000))
        peers[0].network.refresh()
        assert refused == ["too_slow"]
        for peer in peers:
            await peer.network.stop()

    asyncio.run(run())


def test_before_the_hello_only_a_hello_fits() -> None:
    async def run() -> None:
        class Nobody:
            def shown(self, der: bytes) -> NodeCertificate:
                raise AssertionError

            def opened(self, connection: Connection) -> None: ...

            def received(self, connection: Connection, frame: bytes) -> None: ...

            def closed(self, connection: Connection, reason: str) -> None: ...

        one = Connection(Nobody(), dialled=False)
        one._open = True
        one.data_received((limits.MAX_HELLO_BYTES + 1).to_bytes(4, "big"))
        assert one.offence == "frame_too_large"
        greeted = Connection(Nobody(), dialled=False)
        greeted._open = greeted.greeted = True
        greeted.data_received((limits.MAX_HELLO_BYTES + 1).to_bytes(4, "big"))
        assert not greeted.offence

    asyncio.run(run())


# --- a real node


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("door") / "net", 4) as running:
        running.start("bank1", "bank2", "bank3")
        running.wait_ready("bank1", "bank2", "bank3")
        yield running


@pytest.mark.e2e
def test_hundreds_of_sockets_of_outsiders_do_not_keep_a_member_out(network: Network) -> None:
    """While outsiders hold the door of bank1, a member comes in there, transactions are committed, few sockets stay."""
    port = int(network.nodes["bank1"].p2p.rpartition(":")[2])
    pid = network.processes["bank1"].pid
    hello = client_hello()
    sockets, most = [], 0
    before = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    for number in range(600):
        sockets.append(knock(port, f"127.0.{number % 50 + 1}.9", hello if number % 3 else b""))
        if number % 100 == 50:
            most = max(most, len(list(Path(f"/proc/{pid}/fd").iterdir())) - before)
        if number == 400:
            member = Hostile(network, "bank4", "bank1")
            network.wait(lambda: member_is_up(network), "the member to be let in")
            member.close()
            assert works(network) < 15
    assert most <= limits.MAX_HANDSHAKES + 40, "sockets of outsiders pile up"
    assert works(network) < 15
    log = network.log_of("bank1")
    assert "connection_refused why=" in log
    metrics = httpx.get(network.nodes["bank1"].api + "/metrics").text
    assert 'chainbill_turned_away_total{at="p2p",reason="too_many_connections"}' in metrics
    for one in sockets:
        one.close()
    time.sleep(0.2)
    network.wait(lambda: len(list(Path(f"/proc/{pid}/fd").iterdir())) <= before + 8, "the sockets to be closed", 15)


def member_is_up(network: Network) -> bool:
    return f"peer_up peer={network.nodes['bank4'].node_id}" in network.log_of("bank1")


@pytest.mark.parametrize("way", ["no certificate", "left in the middle", "no TLS"])
def test_a_handshake_that_failed_leaves_nothing_behind(tmp_path: Path, authority: Issued, way: str) -> None:
    """attack: a stranger's handshakes left 256 KiB each, in cycles that a node with few new objects seldom collects:
    1,400 of them, half a minute's, took 250 MiB."""

    async def run() -> None:
        ports = free_ports(2)
        inside = Peer(tmp_path / "bb", authority, "bb", ports[1], members_at(ports))
        await inside.network.start()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

        said = {"left in the middle": client_hello(), "no TLS": b"GET / HTTP/1.1\r\n\r\n"}.get(way, b"")

        def shake() -> None:
            one = knock(ports[1], LOOPBACK, said)
            one.settimeout(2)
            with contextlib.suppress(OSError):
                if way == "no certificate":
                    one = context.wrap_socket(one)
                if way != "left in the middle":
                    one.recv(10)
            one.close()

        for _ in range(12):
            await asyncio.to_thread(shake)
        await until(lambda: inside.network._door.handshakes == 0, 5)
        await asyncio.sleep(0.05)
        left = [one for one in gc.get_objects() if isinstance(one, SSLProtocol)]
        assert len(left) <= 1, "the last one's task may not be over"
        await inside.network.stop()

    gc.collect()
    gc.disable()
    try:
        asyncio.run(run())
    finally:
        gc.enable()
