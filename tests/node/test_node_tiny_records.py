"""A member that says next to nothing in very many records of TLS: over real TLS, counted.

Of 2.7 MB of key updates a node read for five seconds, in which it committed nothing and answered nobody: no byte of
them is one of a message, so no budget knew of them. Records of one byte of a message are the same at a smaller scale.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from pathlib import Path

import pytest
from authorities import make_authority
from certificate_kit import now
from chainbill_node.network import budget
from chainbill_node.network.hello import make_hello
from chainbill_node.network.tls import client_context
from chainbill_node.setup.certificates import Issued
from chainbill_node.setup.ports import LOOPBACK, free_ports
from test_node_network import GENESIS, Peer, members_at, until


@pytest.fixture(scope="module")
def authority() -> Issued:
    return make_authority("test", now())


class Member:
    """A member's certificate in hands that choose each record."""

    def __init__(self, folder: Path) -> None:
        self._came, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = client_context(folder / "ca.pem", folder / "node.pem", folder / "node.key").wrap_bio(
            self._came, self._out
        )

    async def connect(self, port: int) -> None:
        self._reader, self._writer = await asyncio.open_connection(LOOPBACK, port)
        while True:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._flush()
                self._came.write(await self._reader.read(65536))
        self._flush()

    def _flush(self) -> None:
        self._writer.write(self._out.read())

    def send(self, data: bytes, size: int) -> None:
        """In records of so many bytes."""
        for at in range(0, len(data), size):
            self._tls.write(data[at : at + size])
        self._flush()

    async def is_let_go(self) -> bool:
        with contextlib.suppress(ConnectionError):
            while await asyncio.wait_for(self._reader.read(65536), 10):
                pass
        await self.close()
        return True

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()


def framed(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


@pytest.mark.parametrize("says_hello", [True, False])
def test_who_sends_many_records_for_few_bytes_is_kept_out(
    tmp_path: Path, authority: Issued, monkeypatch: pytest.MonkeyPatch, says_hello: bool
) -> None:
    monkeypatch.setattr(budget, "BESIDE_BURST", 15_000)
    monkeypatch.setattr(budget, "BESIDE_A_SECOND", 1)

    async def run() -> None:
        ports = free_ports(2)
        members = members_at(ports)
        target = Peer(tmp_path / "bb", authority, "bb", ports[1], members)
        Peer(tmp_path / "aa", authority, "aa", ports[0], members)  # its files
        await target.network.start()
        hostile = Member(tmp_path / "aa")
        await hostile.connect(ports[1])
        if says_hello:
            hostile.send(framed(make_hello(GENESIS, None)), 1_000)
            await until(lambda: target.network.connected == ["aa"])
        hostile.send(framed(bytes(900))[:-1], 1)
        assert await hostile.is_let_go()
        assert "too_many_records" in target.refused
        assert target.network.connected == []
        again = Member(tmp_path / "aa")
        await again.connect(ports[1])
        assert await again.is_let_go()
        assert "excluded" in target.refused
        await target.network.stop()

    asyncio.run(run())


def test_messages_as_nodes_send_them_are_beside_nothing(
    tmp_path: Path, authority: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand of 40 bytes, each in a record of its own, and one of four million; cut by the network anywhere."""
    monkeypatch.setattr(budget, "BESIDE_A_SECOND", 1)
    monkeypatch.setattr(budget, "BESIDE_BURST", 64 * 1024)

    async def run() -> None:
        ports = free_ports(2)
        members = members_at(ports)
        target = Peer(tmp_path / "bb", authority, "bb", ports[1], members)
        Peer(tmp_path / "aa", authority, "aa", ports[0], members)
        await target.network.start()
        member = Member(tmp_path / "aa")
        await member.connect(ports[1])
        member.send(framed(make_hello(GENESIS, None)), 1_000)
        for _ in range(1_000):
            member.send(framed(bytes(40)), 44)
        member.send(framed(bytes(4_000_000)), 16_384)
        member.send(framed(b"last"), 8)
        await until(lambda: ("aa", b"last") in target.heard)
        assert target.refused == []
        assert target.network.connected == ["aa"]
        await member.close()
        await target.network.stop()

    asyncio.run(run())
