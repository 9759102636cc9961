"""Whether the ports that the nodes of a local network listen at are free, asked before any of them starts.

A node whose port another program has ends at once, and what answers there is somebody else.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from chainbill_cli.failure import Exit, fail
from chainbill_cli.localnet import processes, status
from chainbill_cli.localnet.layout import LocalNode
from chainbill_cli.texts import text


def check(nodes: Iterable[LocalNode]) -> None:
    """A failure that names the first taken port of the nodes that do not run yet."""
    for node in nodes:
        if processes.pid_of(node) is None:
            for address in (node.api, node.p2p):
                where = urlsplit(address if "//" in address else f"//{address}")
                _check(node.name, str(where.hostname), int(where.port or 0), speaks_http=address == node.api)


def begin_at(nodes: Sequence[LocalNode], first: int) -> bool:
    """Whether a network was made from port `first` on, two ports a node."""
    taken = [urlsplit(f"//{one.partition('//')[2] or one}").port for node in nodes for one in (node.api, node.p2p)]
    return taken == list(range(first, first + 2 * len(nodes)))


def check_planned(first: int, validators: int) -> None:
    """The same for a network that is to be made from port `first` on, two ports a node."""
    from chainbill_node.setup.ports import LOOPBACK

    for place in range(2 * validators):
        _check(f"bank{place // 2 + 1}", LOOPBACK, first + place, speaks_http=place % 2 == 0)


def _check(name: str, host: str, port: int, *, speaks_http: bool) -> None:
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        who = _holder(f"http://{host}:{port}") if speaks_http else text("localnet.held_by_program")
        hint = text("localnet.port_taken_hint")
        raise fail(Exit.FAILED, "localnet.port_taken", name=name, port=port, who=who, hint=hint) from error


def _holder(api: str) -> str:
    import httpx

    with httpx.Client(trust_env=False) as http:
        return status.holder_of(http, api)
