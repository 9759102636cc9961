"""The door for other nodes: TCP connections are taken here and get their TLS handshake, few at a time.

Whoever has no certificate costs one socket for some seconds. Handshakes are bounded in all and by address; one too
many ends the oldest, not the newest: honest ones are done in milliseconds, those that stall are what is old. Rates are
bounded by address, and once more for all addresses that no member is known to have, so that strangers, however many,
leave the members' handshakes alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
import traceback
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

from chainbill_node.home.config import Address
from chainbill_node.network import limits
from chainbill_node.network.budget import Bucket
from chainbill_node.network.listening import listen
from chainbill_node.runtime.logs import log

NO_DESCRIPTORS_PAUSE_S = 0.5
Refused = Callable[[str], None]


@lru_cache(maxsize=limits.MAX_ADDRESSES)
def address_of(host: str) -> str:
    """What one sender is counted by: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped) if mapped is not None else str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)


def hang_up(accepted: socket.socket) -> None:
    """End a connection in its handshake. Not by cancelling its task: what asyncio has half set up would stay open."""
    with contextlib.suppress(OSError):  # the other side was faster
        accepted.shutdown(socket.SHUT_RDWR)


class Rates:
    """How often each address may knock, and all strangers together. Pure: the time is given."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()  # member → where it came from last
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._strangers = Bucket(limits.STRANGERS_A_SECOND, limits.STRANGERS_BURST)

    def remember(self, member: str, address: str) -> None:
        """This member came from here, or is said to be here. One certificate makes few addresses known."""
        own = self._known.setdefault(member, OrderedDict())
        self._known.move_to_end(member)
        own[address] = None
        own.move_to_end(address)
        if len(own) > limits.MAX_ADDRESSES_OF_MEMBER:
            own.popitem(last=False)
        while len(self._known) > limits.MAX_REMEMBERED_PEERS:
            self._known.popitem(last=False)

    def knows(self, address: str) -> bool:
        """Whether a member is known to have this address."""
        return any(address in own for own in self._known.values())

    def excess(self, address: str, now_s: float) -> str | None:
        """A connection came: None, or why it is one too many."""
        bucket = self._buckets.get(address)
        if bucket is None:
            bucket = self._buckets[address] = Bucket(limits.HANDSHAKES_A_SECOND, limits.HANDSHAKES_BURST)
            while len(self._buckets) > limits.MAX_ADDRESSES:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(address)
        if not bucket.take(1, now_s):
            return "too_many_connections_of_address"
        if not self.knows(address) and not self._strangers.take(1, now_s):
            return "too_many_connections"
        return None


class Door:
    """Listens, and hands each connection whose handshake is done to a protocol that `make` gives."""

    def __init__(
        self,
        host: str,
        port: int,
        context: Callable[[], ssl.SSLContext],
        make: Callable[[], asyncio.BaseProtocol],
        refused: Refused,
    ) -> None:
        self._where = (host, port)
        self._context = context
        self._make = make
        self._refused = refused
        self.rates = Rates()
        self._listeners: list[socket.socket] = []
        self._accepting: list[asyncio.Task[None]] = []
        self._shaking: dict[asyncio.Task[None], tuple[str, socket.socket]] = {}  # by age: the oldest first
        self._tasks: set[asyncio.Task[None]] = set()  # of these, and of those that were ended and are not over yet

    @property
    def handshakes(self) -> int:
        """How many are under way."""
        return len(self._shaking)

    async def open(self) -> None:
        """Listen. Raises ConfigError when the port is taken."""
        loop = asyncio.get_running_loop()
        for listener in await listen("p2p", Address(*self._where), limits.LISTEN_BACKLOG):
            self._listeners.append(listener)
            self._accepting.append(loop.create_task(self._accept(listener)))

    async def close(self) -> None:
        """Listen no more; handshakes under way are ended."""
        for accepting in self._accepting:
            accepting.cancel()
        await asyncio.gather(*self._accepting, return_exceptions=True)
        for _, accepted in self._shaking.values():
            hang_up(accepted)
        self._shaking.clear()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for listener in self._listeners:
            listener.close()
        self._listeners, self._accepting = [], []

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, peer = await loop.sock_accept(listener)
            except OSError as error:  # no descriptors left: those who stall are ended, and it goes on
                log.seldom("no_connection_accepted", why=str(error))
                self._end_one("no_descriptors")
                await asyncio.sleep(NO_DESCRIPTORS_PAUSE_S)
                continue
            address = address_of(peer[0])
            excess = self.rates.excess(address, loop.time())
            if excess is not None:
                accepted.close()
                self._turn_away(excess, address)
                continue
            self._make_room(address)
            task = loop.create_task(self._shake(accepted, address))
            self._shaking[task] = address, accepted
            self._tasks.add(task)
            task.add_done_callback(self._done)
            await asyncio.sleep(0)  # accepting does not wait while somebody is there: the loop gets its turn

    def _done(self, task: asyncio.Task[None]) -> None:
        self._shaking.pop(task, None)
        self._tasks.discard(task)

    def _make_room(self, address: str) -> None:
        if sum(one == address for one, _ in self._shaking.values()) >= limits.MAX_HANDSHAKES_PER_ADDRESS:
            self._end_one("handshake_gave_way", address)
        elif len(self._shaking) >= limits.MAX_HANDSHAKES:
            self._end_one("handshake_gave_way")

    def _end_one(self, reason: str, address: str | None = None) -> None:
        """End the oldest handshake of an address; of the stranger's that has most where none is named."""
        if address is None:
            held = [one for one, _ in self._shaking.values()]
            strangers = [one for one in held if not self.rates.knows(one)] or held
            address = max(set(strangers), key=strangers.count, default=None)
        for task, (one, accepted) in self._shaking.items():
            if one == address:
                del self._shaking[task]
                hang_up(accepted)
                self._turn_away(reason, one)
                return

    async def _shake(self, accepted: socket.socket, address: str) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(
                self._make, accepted, ssl=self._context(), ssl_handshake_timeout=limits.HANDSHAKE_WITHIN_S
            )
        except (OSError, ssl.SSLError) as error:
            late = isinstance(error, ConnectionAbortedError)
            if asyncio.current_task() in self._shaking:  # else it was ended here, and said so
                self._turn_away("handshake_too_slow" if late else "handshake_failed", address, _words(error))
            # its frames hold the transport, with 256 KiB of buffers, which holds the error: collected late, if ever
            traceback.clear_frames(error.__traceback__)

    def _turn_away(self, reason: str, address: str, what: str = "") -> None:
        facts = {"what": what} if what else {}
        log.seldom("connection_refused", why=reason, address=address, handshakes=len(self._shaking), **facts)
        self._refused(reason)


def _words(error: OSError) -> str:
    """What OpenSSL found: of a certificate in full, else its word for it."""
    found = getattr(error, "verify_message", "") or getattr(error, "reason", "") or ""
    return str(found)
