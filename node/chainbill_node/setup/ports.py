"""Ports for networks that live on one machine."""

from __future__ import annotations

import errno
import os
import secrets
import socket
from collections import deque
from itertools import chain

LOOPBACK = "127.0.0.1"
FIRST, LAST = 20_000, 32_767
"""Below 32,768, where Linux begins to take ports for outgoing connections: a port that stands in the configuration of
a node which is down is not given to somebody's client meanwhile."""

HELD = 64
_held: deque[int] = deque()
"""File descriptors of what keeps the ports taken last from other processes, until nodes listen there."""


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface on which nobody listens, and which no other process was given a moment ago.

    Errors: OSError, if there are none.
    """
    found: list[int] = []
    begin = secrets.randbelow(LAST + 1 - FIRST) + FIRST
    for port in chain(range(begin, LAST + 1), range(FIRST, begin)):
        if len(found) == count:
            break
        if _take(port):
            found.append(port)
    if len(found) < count:
        raise OSError(errno.EADDRINUSE, f"no {count} free ports between {FIRST} and {LAST}")
    return found


def _take(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            return False
        return _hold(port)


def _hold(port: int) -> bool:
    """Whether this process has the port's name now: a socket of the abstract namespace, which ends with the process.

    Systems that have no such names hold nothing.
    """
    name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        name.bind(f"\0chainbill-port-{port}")
    except OSError as failure:
        name.close()
        return failure.errno != errno.EADDRINUSE
    _held.append(name.detach())
    if len(_held) > HELD:
        os.close(_held.popleft())
    return True
