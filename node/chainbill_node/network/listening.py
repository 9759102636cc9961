"""Listening sockets where a node's configuration says, and the words for an address that is taken."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack

from chainbill_node.home.config import Address, ConfigError


async def listen(section: str, address: Address, backlog: int) -> list[socket.socket]:
    """One socket for each address that a host has. Raises ConfigError when one of them is taken; none is open then.

    section: of node.toml, for the words of the refusal. Port 0 takes a free one.
    """
    loop = asyncio.get_running_loop()
    with ExitStack() as opened:
        found: list[socket.socket] = []
        try:
            infos = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            for family, where in dict.fromkeys([(one[0], one[4]) for one in infos]):
                one = socket.create_server(where[:2], family=family, backlog=backlog)  # type: ignore[arg-type, unused-ignore]
                found.append(opened.enter_context(one))
                one.setblocking(False)
                # what it accepts inherits this; asyncio sets it only where a socket names its protocol, and head and
                # body of an answer would wait 40 ms for each other
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise _taken(section, address, error) from error
        opened.pop_all()
    return found


def _taken(section: str, address: Address, error: OSError) -> ConfigError:
    where = f"{address.host}:{address.port}"
    return ConfigError(
        (
            f"{section}: {where} cannot be listened at ({error.strerror})",
            f"{section}：无法监听 {where}（{error.strerror}）",
        ),
        (
            f"another program may hold this port: stop it, or set another {section}.port in node.toml and tell it to "
            "whoever connects to it",
            f"该端口可能已被其他程序占用：请停止该程序，或在 node.toml 中改用其他 {section}.port，并告知连接它的各方",
        ),
    )
