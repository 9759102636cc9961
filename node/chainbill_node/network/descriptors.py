"""File descriptors: as many as the system allows are asked for, and the doors are made so small that they suffice."""

from __future__ import annotations

import resource

from chainbill.limits import MAX_VALIDATORS
from chainbill_node.network.limits import MAX_HANDSHAKES, MAX_PENDING_PER_PEER
from chainbill_node.runtime.logs import log

WANTED = 65_536
OWN = 128
"""Log, database log, event loop, snapshots, backups."""
PEERS = MAX_VALIDATORS * (1 + MAX_PENDING_PER_PEER) + MAX_HANDSHAKES
LEAST_CLIENTS = 16


def allow_descriptors() -> int:
    """Raise this process's limit as far as it goes, and give it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return WANTED if soft == resource.RLIM_INFINITY else soft


def clients_within(allowed: int, wanted: int) -> int:
    """How many REST connections may be open where so many descriptors are allowed: LevelDB takes up to a fifth."""
    room = max(LEAST_CLIENTS, allowed - allowed // 5 - OWN - PEERS)
    if room < wanted:
        log.warning("few_descriptors", allowed=allowed, rest_connections=room, wanted=wanted)
    return min(room, wanted)
