"""A switch in user space between network namespaces that cuts, loses, delays, reorders and doubles Ethernet frames.

Each node lives in a namespace of its own. Its `eth0` is one end of a veth pair; the other end is held by a raw socket
here, and every frame between nodes goes through this thread: what `tc netem` does, without its kernel module, seeded,
and per pair. A second veth pair, untouched, lets clients reach each node. Needs root (CAP_NET_ADMIN, CAP_SYS_ADMIN,
CAP_NET_RAW) and the `ip` command of iproute2.
"""

from __future__ import annotations

import contextlib
import heapq
import random
import select
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

ETH_P_ALL = 3
PACKET_OUTGOING = 4
LONGEST_WAIT_S = 0.02
NO_OFFLOAD = """
import fcntl, socket, struct, array
control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for command in (0x17, 0x1F, 0x24, 0x2C):  # transmit checksums, TSO, GSO, GRO: frames leave whole, as on a real wire
    value = array.array("B", struct.pack("II", command, 0))
    try:
        fcntl.ioctl(control, 0x8946, struct.pack("16sP", b"eth0", value.buffer_info()[0]))
    except OSError as error:
        if command == 0x17:
            raise SystemExit(f"checksum offload cannot be turned off: {error}")
"""


@dataclass(frozen=True, slots=True)
class Quality:
    """How a wire is. `cut`: groups of node numbers; frames pass inside a group only. Delays are drawn per frame, so
    that frames overtake each other."""

    loss: float = 0.0
    double: float = 0.0
    least_ms: float = 0.0
    most_ms: float = 0.0
    cut: tuple[frozenset[int], ...] = ()

    def connected(self, one: int, other: int) -> bool:
        return not self.cut or any(one in group and other in group for group in self.cut)


class NotPermittedError(Exception):
    """This machine does not let us make namespaces; the text says what is missing."""


def run(*words: str) -> None:
    """One command; NotPermittedError with its words when it fails."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPermittedError(f"`{' '.join(words)}`: {done.stderr.strip() or done.stdout.strip()}")


@dataclass(slots=True)
class BadWire:
    """Namespaces cbN-1 … cbN-n with addresses 10.S.0.i among each other and 10.S.i.2 for clients."""

    count: int
    tag: int
    seed: int
    quality: Quality = field(default_factory=Quality)
    counted: Counter[str] = field(default_factory=Counter)
    _sockets: dict[socket.socket, int] = field(default_factory=dict)
    _thread: threading.Thread | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def namespace(self, number: int) -> str:
        return f"cb{self.tag}-{number}"

    def address(self, number: int) -> str:
        """Where the other nodes find a node."""
        return f"10.{self.tag}.0.{number}"

    def client_address(self, number: int) -> str:
        """Where clients find a node."""
        return f"10.{self.tag}.{number}.2"

    def __enter__(self) -> BadWire:
        if shutil.which("ip") is None:
            raise NotPermittedError("the command `ip` is missing (apt-get install iproute2)")
        try:
            for number in range(1, self.count + 1):
                self._make(number)
        except NotPermittedError:
            self._remove()
            raise
        self._thread = threading.Thread(target=self._forward, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        for one in self._sockets:
            one.close()
        self._remove()

    def _make(self, number: int) -> None:
        space, wire, client = self.namespace(number), f"w{self.tag}-{number}", f"c{self.tag}-{number}"
        run("ip", "netns", "add", space)
        run("ip", "link", "add", wire, "type", "veth", "peer", "name", "eth0", "netns", space)
        run("ip", "link", "add", client, "type", "veth", "peer", "name", "eth1", "netns", space)
        run("ip", "-n", space, "link", "set", "eth0", "address", f"02:00:00:00:{self.tag:02x}:{number:02x}")
        run("ip", "-n", space, "addr", "add", f"{self.address(number)}/24", "dev", "eth0")
        run("ip", "-n", space, "addr", "add", f"{self.client_address(number)}/24", "dev", "eth1")
        run("ip", "addr", "add", f"10.{self.tag}.{number}.1/24", "dev", client)
        for name in ("lo", "eth0", "eth1"):
            run("ip", "-n", space, "link", "set", name, "up")
        for name in (wire, client):
            run("ip", "link", "set", name, "up")
        run("ip", "netns", "exec", space, sys.executable, "-c", NO_OFFLOAD)
        try:
            raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        except OSError as error:
            raise NotPermittedError(f"raw sockets: {error}") from error
        raw.bind((wire, 0))
        raw.setblocking(False)
        self._sockets[raw] = number

    def _remove(self) -> None:
        for number in range(1, self.count + 1):  # the veth pairs go with the namespace
            with contextlib.suppress(NotPermittedError):
                run("ip", "netns", "del", self.namespace(number))

    def _forward(self) -> None:
        chance = random.Random(self.seed)
        waiting: list[tuple[float, int, socket.socket, int, bytes]] = []
        order = 0
        by_number = {number: one for one, number in self._sockets.items()}
        while not self._stop.is_set():
            now = time.monotonic()
            while waiting and waiting[0][0] <= now:
                _, _, target, source, frame = heapq.heappop(waiting)
                self._put(target, source, frame)
            left = waiting[0][0] - now if waiting else LONGEST_WAIT_S
            for one in select.select(list(self._sockets), [], [], min(max(left, 0), LONGEST_WAIT_S))[0]:
                for frame in self._taken(one):
                    for number in self._targets(self._sockets[one], frame):
                        quality = self.quality
                        if chance.random() < quality.loss:
                            self.counted["lost"] += 1
                            continue
                        for _ in range(2 if chance.random() < quality.double else 1):
                            order += 1
                            delay_s = chance.uniform(quality.least_ms, quality.most_ms) / 1000
                            entry = (time.monotonic() + delay_s, order, by_number[number], self._sockets[one], frame)
                            heapq.heappush(waiting, entry)

    def _taken(self, one: socket.socket) -> list[bytes]:
        taken: list[bytes] = []
        with contextlib.suppress(BlockingIOError):
            while len(taken) < 64:
                frame, where = one.recvfrom(65_536)
                if where[2] != PACKET_OUTGOING:
                    taken.append(frame)
        return taken

    def _targets(self, source: int, frame: bytes) -> Sequence[int]:
        others = [number for number in range(1, self.count + 1) if number != source]
        return others if frame[0] & 1 else [number for number in others if number == frame[5]]

    def _put(self, target: socket.socket, source: int, frame: bytes) -> None:
        if not self.quality.connected(source, self._sockets[target]):
            self.counted["cut off"] += 1
            return
        with contextlib.suppress(BlockingIOError):
            target.send(frame)
            self.counted["passed"] += 1
