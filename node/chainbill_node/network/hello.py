"""The first frame of a connection: which version of the messages a node speaks, which network it belongs to.

HELLO_VERSION is raised with every change of the messages (kinds, fields, bounds): nodes that would not understand each
other refuse each other here, with a reason, instead of breaking off in the middle of work.
"""

from __future__ import annotations

from chainbill import codec
from chainbill.errors import Malformed
from chainbill_node.network.limits import MAX_HELLO_BYTES

HELLO_VERSION = 2
OTHER_VERSION, OTHER_NETWORK, BAD_HELLO = "other version", "other network", "bad hello"
REFUSED_BY_PEER = "refused by peer"
MENDS = {
    OTHER_VERSION: (
        "it speaks another version of the messages between nodes: "
        "stop all nodes of the network, update them to one release, start them",
        "其节点消息版本不同：请停止全网所有节点，更新至同一版本后再启动",
    ),
    REFUSED_BY_PEER: (
        "it ended the connection before its hello, as older releases do, and nodes that have excluded this one "
        "or do not know it as a member; its log says why; if it is older: "
        "stop all nodes of the network, update them to one release, start them",
        "对方在首帧之前断开连接（较旧版本如此，已排除本节点或不认本节点为成员者亦如此），原因见对方日志；"
        "如系版本较旧：请停止全网所有节点，更新至同一版本后再启动",
    ),
}
"""Why a member that is reached does not count as connected, and what helps, in English and Chinese."""


class HelloRefused(Exception):  # noqa: N818  an answer, not a fault
    """Why a peer is refused; `version` is the one it speaks, where that is the reason."""

    def __init__(self, reason: str, version: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.version = version


def make_hello(version: int, genesis_hash: bytes, lowest: int | None) -> bytes:
    """The first frame; `lowest` is the lowest height held, None where that is not known yet."""
    return codec.encode([version, genesis_hash] if lowest is None else [version, genesis_hash, lowest])


def read_hello(frame: bytes, version: int, genesis_hash: bytes) -> int | None:
    """The lowest height that a peer says it holds, None where it does not say. Raises HelloRefused.

    The version is looked at first: what follows it may have any shape in another one.
    """
    try:
        hello = codec.decode(frame, max_bytes=MAX_HELLO_BYTES)
    except Malformed as error:
        raise HelloRefused(BAD_HELLO) from error
    if type(hello) is not list or not hello or type(hello[0]) is not int:
        raise HelloRefused(BAD_HELLO)
    if hello[0] != version:
        raise HelloRefused(OTHER_VERSION, hello[0])
    if not 2 <= len(hello) <= 3:
        raise HelloRefused(BAD_HELLO)
    if hello[1] != genesis_hash:
        raise HelloRefused(OTHER_NETWORK)
    lowest = hello[2] if len(hello) == 3 else None
    if lowest is not None and (type(lowest) is not int or lowest < 0):
        raise HelloRefused(BAD_HELLO)
    return lowest
