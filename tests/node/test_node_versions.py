"""Versions of the messages: what two ranges have in common, and that no peer is sent what it does not speak."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from authorities import make_authority, make_node_certificate
from chainbill_node import wire
from chainbill_node.network.hello import make_hello, read_hello
from chainbill_node.network.identity import Identity, TlsFiles
from chainbill_node.network.peers import PeerNetwork, PeerSettings
from chainbill_node.setup.certificates import Issued
from chainbill_node.setup.ports import LOOPBACK, free_ports
from chainbill_node.wire.messages import Kind, Transactions, WantBlocks, WantSnapshots
from chainbill_node.wire.versions import LIFETIMES, SPOKEN, Lifetime, WireRange, kind_of, spoken
from hypothesis import given
from hypothesis import strategies as st
from test_node_network import GENESIS, NOW, members_at, until

from chainbill import codec

NEW_KIND = 99
NEW = codec.encode([NEW_KIND, "of version 4"])
RETIRED = codec.encode([98, "until version 3"])
OLD = wire.encode(WantBlocks(1, 2))
WITH_NEW = {**LIFETIMES, NEW_KIND: Lifetime(since=4), 98: Lifetime(until=3)}
ranges = st.tuples(st.integers(1, 20), st.integers(0, 9)).map(lambda one: WireRange(one[0], one[0] + one[1]))


@given(ranges, ranges)
def test_two_nodes_use_the_highest_version_that_both_speak(one: WireRange, other: WireRange) -> None:
    both = set(range(one.lowest, one.highest + 1)) & set(range(other.lowest, other.highest + 1))
    assert one.common(other) == other.common(one) == max(both, default=None)


@given(ranges, ranges)
def test_both_sides_of_a_hello_come_to_the_same_version(one: WireRange, other: WireRange) -> None:
    if one.common(other) is not None:
        theirs = read_hello(make_hello(GENESIS, None, one), GENESIS, other)
        ours = read_hello(make_hello(GENESIS, None, other), GENESIS, one)
        assert theirs.version == ours.version == one.common(other)


@pytest.mark.parametrize(("lowest", "highest"), [(2, 1), (0, 1), (-1, -1)])
def test_a_range_that_is_none_is_refused(lowest: int, highest: int) -> None:
    with pytest.raises(ValueError, match="no versions"):
        WireRange(lowest, highest)


def test_every_kind_has_a_lifetime_within_what_this_release_speaks() -> None:
    assert set(LIFETIMES) == {int(kind) for kind in Kind}
    for life in LIFETIMES.values():
        assert any(version in life for version in range(SPOKEN.lowest, SPOKEN.highest + 1))


def test_the_kind_of_a_message_is_its_second_byte() -> None:
    for message in (WantBlocks(1, 2), WantSnapshots(), Transactions((b"x" * 3000,))):
        frame = wire.encode(message)
        assert kind_of(frame) == codec.decode(frame)[0]
        assert spoken(frame, SPOKEN.highest)
        assert not spoken(frame, SPOKEN.lowest - 1)
    for frame in (b"", b"\x91", b"\x91\xcc\x80", b"\x80\x05", b"\x90\x05", b"\xdc\x00\x01"):
        assert kind_of(frame) == -1
        assert not spoken(frame, SPOKEN.highest)


class Speaker:
    """A node's network that speaks a range, and what it heard and refused."""

    def __init__(self, folder: Path, authority: Issued, node_id: str, ports: list[int], speaks: WireRange) -> None:
        folder.mkdir()
        issued = make_node_certificate(authority, node_id, LOOPBACK, NOW)
        paths = (folder / "ca.pem", folder / "node.pem", folder / "node.key")
        for path, content in zip(paths, (authority.certificate, issued.certificate, issued.key), strict=True):
            path.write_bytes(content)
        self.heard: list[bytes] = []
        self.refused: list[str] = []
        members = members_at(ports)
        port = int(members[node_id].address.rpartition(":")[2])
        settings = PeerSettings(node_id, LOOPBACK, port, GENESIS, Identity(TlsFiles(*paths), node_id), speaks)
        self.network = PeerNetwork(
            settings,
            lambda: members,
            lambda _peer, frame: self.heard.append(frame),
            lambda _peer: None,
            lambda _peer: None,
            on_refused=self.refused.append,
            spoken=lambda frame, version: spoken(frame, version, WITH_NEW),
        )


def test_a_new_message_goes_only_to_peers_that_know_it(tmp_path: Path) -> None:
    async def run() -> None:
        authority, ports = make_authority("test", NOW), free_ports(3)
        speaks = {"aa": WireRange(3, 4), "bb": WireRange(3, 4), "cc": WireRange(3, 3)}
        nodes = {name: Speaker(tmp_path / name, authority, name, ports, speaks[name]) for name in speaks}
        for node in nodes.values():
            await node.network.start()
        await until(lambda: all(len(node.network.connected) == 2 for node in nodes.values()))
        newer, older = nodes["aa"].network, nodes["cc"].network
        assert {peer: one.version for peer, one in newer._connections.items()} == {"bb": 4, "cc": 3}
        assert older._connections["aa"].version == 3
        newer.broadcast(NEW)
        newer.broadcast(RETIRED)
        newer.broadcast(OLD)
        assert not newer.send("cc", NEW)
        assert not newer.send("bb", RETIRED)
        await until(lambda: OLD in nodes["bb"].heard and OLD in nodes["cc"].heard)
        assert nodes["bb"].heard == [NEW, OLD]
        assert nodes["cc"].heard == [RETIRED, OLD]
        await nodes["cc"].network.stop()
        await until(lambda: newer.connected == ["bb"])
        for name in ("aa", "bb"):
            await nodes[name].network.stop()

    asyncio.run(run())


def test_who_sends_what_was_not_agreed_loses_the_connection(tmp_path: Path) -> None:
    async def run() -> None:
        authority, ports = make_authority("test", NOW), free_ports(2)
        honest = Speaker(tmp_path / "aa", authority, "aa", ports, WireRange(3, 3))
        liar = Speaker(tmp_path / "bb", authority, "bb", ports, WireRange(3, 9))
        await honest.network.start()
        await liar.network.start()
        await until(lambda: honest.network.connected == ["bb"] and liar.network.connected == ["aa"])
        liar.network._connections["aa"].version = 4  # it takes no notice of what both agreed on
        assert liar.network.send("aa", NEW)
        await until(lambda: honest.refused == ["message_of_other_version"])
        assert honest.heard == []
        await honest.network.stop()
        await liar.network.stop()

    asyncio.run(run())
