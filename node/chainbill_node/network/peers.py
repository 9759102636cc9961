"""The peers of a node: who is dialled, who is let in, who is connected now.

Between two members the one with the smaller node id dials; a node that is not (yet) a member dials every member. A
second connection of the same peer replaces the first: the peer has restarted. Redials back off from 0.1 to 5 seconds.
"""

from __future__ import annotations

import asyncio
import random
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from chainbill_node.home.config import NodeConfig
from chainbill_node.network import limits
from chainbill_node.network.budget import Budget, Budgets, Exclusions
from chainbill_node.network.certificate import NodeCertificate
from chainbill_node.network.connection import Connection
from chainbill_node.network.door import Door, address_of
from chainbill_node.network.hello import (
    MENDS,
    OTHER_ISSUER,
    OTHER_VERSION,
    REFUSED_BY_PEER,
    HelloRefused,
    make_hello,
    read_hello,
)
from chainbill_node.network.identity import Identity, tls_files
from chainbill_node.network.unmet import Unmet
from chainbill_node.network.vouching import Vouching
from chainbill_node.runtime.logs import log
from chainbill_node.wire.versions import SPOKEN, WireRange, kind_of, spoken

FIRST_BACKOFF_S = 0.1
LAST_BACKOFF_S = 5.0
WATCH_S = 0.5  # how often a connected peer is looked at by its dialling task
DIAL_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Member:
    """One node of the on-chain set: its id (hex of its validator key), name and host:port."""

    node_id: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """How this node meets others. `network` (the genesis hash) keeps networks apart, `speaks` releases."""

    node_id: str
    host: str
    port: int
    network: bytes
    identity: Identity
    speaks: WireRange = SPOKEN


def peer_settings(home: Path, config: NodeConfig, node_id: str, network: bytes) -> PeerSettings:
    """Settings of a home. Raises ConfigError when its TLS files cannot be used."""
    return PeerSettings(
        node_id=node_id,
        host=config.p2p.host,
        port=config.p2p.port,
        network=network,
        identity=Identity(tls_files(home, config.files), node_id),
    )


def configured_peers(given: str) -> dict[str, Member]:
    """Nodes of a setting "NODE-ID@HOST:PORT, …", by id; what is no such entry is left out."""
    found = {}
    for entry in given.split(","):
        node_id, _, address = entry.strip().partition("@")
        if node_id and address:
            found[node_id] = Member(node_id, node_id[:8], address)
    return found


class PeerNetwork:
    """All connections of one node. `on_message(peer, frame)` is called once per frame, in order."""

    def __init__(
        self,
        settings: PeerSettings,
        members: Callable[[], Mapping[str, Member]],
        on_message: Callable[[str, bytes], None],
        on_up: Callable[[str], None],
        on_down: Callable[[str], None],
        *,
        on_refused: Callable[[str], None] = lambda _reason: None,
        lowest: Callable[[], int | None] = lambda: None,
        spoken: Callable[[bytes, int], bool] = spoken,
    ) -> None:
        self._settings = settings
        self.vouching = Vouching(settings.identity)
        self._members = members
        self._on_message = on_message
        self._on_up = on_up
        self._on_down = on_down
        self._connections: dict[str, Connection] = {}
        self._pending: set[Connection] = set()
        self._dialling: dict[str, asyncio.Task[None]] = {}
        self._on_refused = on_refused
        self._lowest = lowest
        self._spoken = spoken
        self._door = Door(
            settings.host, settings.port, lambda: settings.identity.server,
            lambda: Connection(self, dialled=False), on_refused,
        )  # fmt: skip
        self._stopping = False
        self._exclusions = Exclusions()
        self.budgets = Budgets()
        self.since_ms: dict[str, int] = {}
        self.unmet = Unmet()

    async def start(self) -> None:
        """Listen and begin dialling. Raises ConfigError when the port is taken."""
        await self._door.open()
        self.refresh()

    async def stop(self) -> None:
        """Close everything and wait for the dialling tasks to end."""
        self._stopping = True
        for task in self._dialling.values():
            task.cancel()
        await asyncio.gather(*self._dialling.values(), return_exceptions=True)
        self._dialling.clear()
        for connection in [*self._connections.values(), *self._pending]:
            connection.abort("stopping")
        await self._door.close()
        await asyncio.sleep(0)

    @property
    def connected(self) -> list[str]:
        """Ids of the peers that are connected and have said hello."""
        return list(self._connections)

    def lowest_of(self, peer: str) -> int | None:
        """The lowest height that a connected peer held when it connected, None where that is not known."""
        connection = self._connections.get(peer)
        return None if connection is None else connection.lowest

    def refresh(self) -> None:
        """Follow the on-chain set: dial who is new, drop who is out, drop who has been silent too long."""
        if self._stopping:
            return
        members = self._members()
        self._settings.identity.trust(members)
        now_s = asyncio.get_running_loop().time()
        self._look_at_connections(members, now_s)
        self.unmet.forget(members, now_s)
        for connection in list(self._pending):
            if now_s - connection.opened_s > limits.HELLO_WITHIN_S:
                self._refuse(connection, "no_hello")
        self._let_the_slowest_go()
        for peer, member in members.items():
            self._door.rates.remember(peer, address_of(member.address.rpartition(":")[0].strip("[]")))
        for peer in list(self.since_ms)[: max(0, len(self.since_ms) - limits.MAX_REMEMBERED_PEERS)]:
            del self.since_ms[peer]
        own = self._settings.node_id
        for peer in members:
            if peer != own and (own < peer or own not in members) and peer not in self._dialling:
                self._dialling[peer] = asyncio.get_running_loop().create_task(self._keep_dialling(peer))

    def _look_at_connections(self, members: Mapping[str, Member], now_s: float) -> None:
        for peer, connection in list(self._connections.items()):
            if not self._welcome(peer, members):
                connection.abort("not a member")
            elif (refusal := self.vouching.refused(connection, standing=True)) is not None:
                self._end_refused(connection, str(refusal.fault))
            elif now_s - connection.last_heard_s > limits.SILENCE_S:
                connection.abort("silent")
            elif connection.stalled(now_s):
                self.drop(peer, "frame_not_finished")
        unshown = self.vouching.not_shown(self._connections.values())
        if unshown is not None:
            unshown.abort("new certificate")

    def _let_the_slowest_go(self) -> None:
        """What is queued for all peers together is bounded."""
        queued = {peer: connection.queued_bytes for peer, connection in self._connections.items()}
        while sum(queued.values()) > limits.MAX_QUEUED_BYTES:
            slowest = max(queued, key=lambda peer: queued[peer])
            del queued[slowest]
            self._connections[slowest].abort("too slow")
            self._on_refused("too_slow")

    def send(self, peer: str, frame: bytes, *, droppable: bool = False) -> bool:
        """Queue a frame for one peer; False when it is not connected, does not speak it, or its queue is full."""
        connection = self._connections.get(peer)
        return connection is not None and self._send(connection, frame, droppable=droppable)

    def broadcast(self, frame: bytes, *, droppable: bool = False) -> None:
        """Queue a frame for every connected peer that speaks it."""
        for connection in list(self._connections.values()):
            self._send(connection, frame, droppable=droppable)

    def push(self, frame: bytes) -> None:
        """Broadcast a frame before this turn of the loop goes on to something long; dropped where a peer is slow."""
        self.broadcast(frame, droppable=True)
        for connection in list(self._connections.values()):
            connection.flush()

    def _send(self, connection: Connection, frame: bytes, *, droppable: bool) -> bool:
        return self._spoken(frame, connection.version) and connection.send(frame, droppable=droppable)

    def drop(self, peer: str, reason: str) -> None:
        """End the connection to a peer that broke a rule; it may come back after a while, each time a longer one."""
        connection = self._connections.get(peer)
        if connection is not None and not connection.ending:
            seconds = self._exclusions.exclude(peer, reason, asyncio.get_running_loop().time())
            log.warning("peer_dropped", peer=peer, why=reason, excluded_s=int(seconds))
            self._on_refused(re.split("[: ]", reason, maxsplit=1)[0])
            connection.abort(reason)

    def question(self, peer: str) -> bool:
        """A peer wants an answer; False when it has asked too much, then its connection is gone."""
        return self._within(peer, Budget.question)

    def votes(self, peer: str, count: int) -> bool:
        """A peer sent so many signatures of consensus; False when it is too much, then its connection is gone."""
        return self._within(peer, lambda budget, now_s: budget.votes(count, now_s))

    def transactions(self, peer: str, count: int) -> bool:
        """A peer sent so many transactions; False when it is too much, then its connection is gone."""
        return self._within(peer, lambda budget, now_s: budget.transactions(count, now_s))

    def carried(self, peer: str, count: int) -> bool:
        """A peer sent blocks with so much in them; False when it is too much, then its connection is gone."""
        return self._within(peer, lambda budget, now_s: budget.carried(count, now_s))

    def unread(self, peer: str, count: int) -> bool:
        """A peer proposed so many new transactions; False when it is too much, then its connection is gone."""
        return self._within(peer, lambda budget, now_s: budget.unread(count, now_s))

    def _within(self, peer: str, spend: Callable[[Budget, float], str | None]) -> bool:
        connection = self._connections.get(peer)
        excess = None if connection is None else spend(connection.budget, asyncio.get_running_loop().time())
        if excess is not None:
            self.drop(peer, excess)
        return connection is not None and excess is None

    def shown(self, der: bytes) -> NodeCertificate:
        """What a peer's certificate says. ValueError: it is nobody's."""
        return self.vouching.read(der)

    def opened(self, connection: Connection) -> None:
        """TLS is up: check membership, say hello."""
        excluded = self._exclusions.reason(connection.peer, asyncio.get_running_loop().time())
        if excluded is not None:
            self._on_refused("excluded")
            connection.abort(f"excluded: {excluded}")
            return
        if self._stopping or not self._welcome(connection.peer, self._members()):
            self._refuse(connection, "not a member")
            return
        refusal = self.vouching.refused(connection)
        if refusal is not None:
            self._end_refused(connection, str(refusal.fault))
            return
        connection.budget = self.budgets.of(connection.peer)
        if connection.address:
            self._door.rates.remember(connection.peer, connection.address)
        same = [one for one in self._pending if one.peer == connection.peer]
        if len(same) >= limits.MAX_PENDING_PER_PEER:
            self._refuse(min(same, key=lambda one: one.opened_s), "too_many_without_hello")
        self._pending.add(connection)
        connection.send(make_hello(self._settings.network, self._lowest(), self._settings.speaks))
        connection.flush()  # now: if the peer is refused for its hello, it hears ours all the same

    def received(self, connection: Connection, frame: bytes) -> None:
        """First frame is the hello, every later one a message."""
        if connection.greeted:
            if self._connections.get(connection.peer) is connection:
                self._take(connection, frame)
            return
        refusal = self.vouching.refused_there(connection, frame)
        if refusal is not None:
            self._end_refused(connection, str(refusal.fault))
            return
        try:
            hello = read_hello(frame, self._settings.network, self._settings.speaks)
        except HelloRefused as refused:
            self._refuse_hello(connection, refused)
            return
        connection.version, connection.lowest = hello.version, hello.lowest_height
        connection.greeted = True
        self.unmet.met(connection.peer)
        self._pending.discard(connection)
        former = self._connections.get(connection.peer)
        self._connections[connection.peer] = connection
        if former is not None:
            former.abort("replaced")
        self.since_ms[connection.peer] = time.time_ns() // 1_000_000
        if not self._within(connection.peer, Budget.connection):
            return
        self.vouching.met(connection, self._members())
        log.info("peer_up", peer=connection.peer, dialled=connection.dialled, version=connection.version)
        self._on_up(connection.peer)

    def _take(self, connection: Connection, frame: bytes) -> None:
        """One message, if it is within what a peer may send, and of the version that is spoken with it."""
        excess = connection.budget.frame(len(frame), asyncio.get_running_loop().time())
        if excess is not None:
            self.drop(connection.peer, excess)
        elif not self._spoken(frame, connection.version):
            self.drop(connection.peer, f"message_of_other_version: kind {kind_of(frame)}")
        else:
            self._on_message(connection.peer, frame)

    def _refuse_hello(self, connection: Connection, refused: HelloRefused) -> None:
        if refused.spoken is None:
            self._refuse(connection, refused.reason)
            return
        mend, mend_zh = MENDS[OTHER_VERSION]
        self._refuse(
            connection, refused.reason,
            theirs=refused.spoken, ours=str(self._settings.speaks), mend=mend, mend_zh=mend_zh,
        )  # fmt: skip

    def _refuse(self, connection: Connection, reason: str, **facts: str | int) -> None:
        log.seldom("peer_refused", peer=connection.peer, why=reason, **facts)
        self._end_refused(connection, reason)

    def _end_refused(self, connection: Connection, reason: str) -> None:
        self._on_refused(reason.replace(" ", "_"))
        self._pending.discard(connection)
        connection.abort(reason)

    def closed(self, connection: Connection, reason: str) -> None:
        """Forget it, unless another connection has taken its place."""
        self._pending.discard(connection)
        if not connection.greeted:
            why = reason if connection.ending else REFUSED_BY_PEER
            mend = connection.mend if connection.ending else self.vouching.own_fault()
            self.unmet.note(connection.peer, why, asyncio.get_running_loop().time(), mend)
            if not connection.ending:
                en, zh = mend or MENDS[REFUSED_BY_PEER]
                log.seldom("refused_by_peer", peer=connection.peer, mend=en, mend_zh=zh)
        if connection.offence:
            seconds = self._exclusions.exclude(connection.peer, connection.offence, asyncio.get_running_loop().time())
            log.warning("peer_dropped", peer=connection.peer, why=reason, excluded_s=int(seconds))
            self._on_refused(connection.offence)
        if self._connections.get(connection.peer) is connection:
            del self._connections[connection.peer]
            self.since_ms[connection.peer] = time.time_ns() // 1_000_000
            log.info("peer_down", peer=connection.peer, why=reason)
            self._on_down(connection.peer)

    def _welcome(self, peer: str, members: Mapping[str, Member]) -> bool:
        """Members are welcome; a node that is out of the set meets members only."""
        return peer in members and peer != self._settings.node_id

    async def _keep_dialling(self, peer: str) -> None:
        """Keep one peer connected as long as it is a member."""
        backoff_s = FIRST_BACKOFF_S
        while not self._stopping:
            member = self._members().get(peer)
            if member is None:
                break
            if peer not in self._connections:
                connected = await self._dial(member)
                soon = connected and peer not in self.unmet
                backoff_s = FIRST_BACKOFF_S if soon else min(backoff_s * 2, LAST_BACKOFF_S)
                pause_s = backoff_s
            else:
                backoff_s, pause_s = FIRST_BACKOFF_S, WATCH_S
            await asyncio.sleep(pause_s * random.uniform(0.75, 1.25))
        self._dialling.pop(peer, None)

    async def _dial(self, member: Member) -> bool:
        host, _, port = member.address.rpartition(":")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(DIAL_TIMEOUT_S):
                _transport, connection = await loop.create_connection(
                    lambda: Connection(self, dialled=True, wanted=member.node_id),
                    host.strip("[]"),
                    int(port),
                    ssl=self._settings.identity.client,
                )
        except (OSError, ssl.SSLError, ValueError, OverflowError, TimeoutError) as error:
            log.debug("dial_failed", peer=member.node_id, address=member.address, why=str(error))
            self.unmet.met(member.node_id)
            if isinstance(error, ssl.SSLCertVerificationError):
                self.unmet.note(member.node_id, OTHER_ISSUER, loop.time())
            return False
        return connection.peer == member.node_id
