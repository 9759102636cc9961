"""The first frame of a connection: which versions of the messages a node speaks, which network it belongs to.

    hello = canon([3, lowest version, highest version, network, lowest height or nil, …])

The 3 is the form of this frame and stays; what later releases append is passed over, so that every release can read who
speaks and refuse in words. Where a certificate does not count, its holder is told so instead:

    refusal = canon(["refused", why, Unix seconds that belong to it, …])

`network` is the genesis hash, 32 bytes. Both sides then use the highest version that both
speak (`wire.versions`).
"""

from __future__ import annotations

from dataclasses import dataclass

from chainbill import codec
from chainbill.errors import Malformed
from chainbill_node.network.certificate import Fault, Refusal
from chainbill_node.network.limits import MAX_HELLO_BYTES
from chainbill_node.wire.versions import SPOKEN, WireRange

HELLO_FORM = 3
REFUSED = "refused"
LEAST_FIELDS = 5
LATEST_S = 253_402_300_799  # the last second of the year 9999
OTHER_VERSION, OTHER_NETWORK, BAD_HELLO = "other version", "other network", "bad hello"
REFUSED_BY_PEER = "refused by peer"
OTHER_ISSUER = "certificate of another issuer"
MENDS = {
    OTHER_VERSION: (
        "it speaks no version of the messages between nodes that this node speaks: update the older of the two, "
        "release by release, one node after the other",
        "双方没有共同的节点消息版本：请更新较旧的一方，按发布顺序逐版、逐节点更新",
    ),
    REFUSED_BY_PEER: (
        "it ended the connection before its hello, as nodes do that have excluded this one or do not know it as a "
        "member, and releases before 1.0; its log says why",
        "对方在首帧之前断开连接（已排除本节点或不认本节点为成员者如此，1.0 之前的版本亦如此），原因见对方日志",
    ),
    OTHER_ISSUER: (
        "its certificate is signed neither by the key that the state names for it nor by a CA in tls/ca.pem: "
        "whoever runs it makes one with `chainbill node renew`",
        "其证书既不是由链上状态所载的该节点密钥签发，也不是由 tls/ca.pem 中的 CA 签发："
        "请其运营方用 `chainbill node renew` 制作证书",
    ),
}
"""Why a member that is reached does not count as connected, and what helps, in English and Chinese."""


class HelloRefused(Exception):  # noqa: N818  an answer, not a fault
    """Why a peer is refused; `spoken` names the versions it speaks, where that is the reason ("?": unreadable here)."""

    def __init__(self, reason: str, spoken: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.spoken = spoken


@dataclass(frozen=True, slots=True)
class Hello:
    """What a peer said of itself: the version to use with it, and the lowest height it holds, None where not known."""

    version: int
    lowest_height: int | None


def make_hello(network: bytes, lowest_height: int | None, spoken: WireRange = SPOKEN) -> bytes:
    """The first frame of a node of `network` that speaks `spoken` and holds blocks from `lowest_height` on."""
    return codec.encode([HELLO_FORM, spoken.lowest, spoken.highest, network, lowest_height])


def read_hello(frame: bytes, network: bytes, spoken: WireRange = SPOKEN) -> Hello:
    """What the peer says, and the version for both. Raises HelloRefused; the versions are looked at first."""
    try:
        hello = codec.decode(frame, max_bytes=MAX_HELLO_BYTES)
    except Malformed as error:
        raise HelloRefused(BAD_HELLO) from error
    if type(hello) is not list or not hello or type(hello[0]) is not int:
        raise HelloRefused(BAD_HELLO)
    if hello[0] != HELLO_FORM:  # 1 and 2 were hellos of format 1 and named one version
        raise HelloRefused(OTHER_VERSION, str(hello[0]) if 0 < hello[0] < HELLO_FORM else "?")
    if len(hello) < LEAST_FIELDS or not all(_is_count(field, least=1) for field in hello[1:3]) or hello[1] > hello[2]:
        raise HelloRefused(BAD_HELLO)
    theirs = WireRange(hello[1], hello[2])
    version = spoken.common(theirs)
    if version is None:
        raise HelloRefused(OTHER_VERSION, str(theirs))
    if hello[3] != network:
        raise HelloRefused(OTHER_NETWORK)
    if hello[4] is not None and not _is_count(hello[4], least=0):
        raise HelloRefused(BAD_HELLO)
    return Hello(version, hello[4])


def make_refusal(refusal: Refusal) -> bytes:
    """Instead of a hello: why the peer's certificate does not count here. Older releases read a bad hello."""
    return codec.encode([REFUSED, str(refusal.fault), refusal.at_s])


def read_refusal(frame: bytes) -> Refusal | None:
    """Why the peer does not take this node's certificate; None where the frame is something else, or says a reason that
    this release does not know."""
    try:
        said = codec.decode(frame, max_bytes=MAX_HELLO_BYTES)
    except Malformed:
        return None
    if type(said) is not list or len(said) < 3 or said[0] != REFUSED or said[1] not in list(Fault):
        return None
    return Refusal(Fault(said[1]), said[2]) if _is_count(said[2], least=0) and said[2] <= LATEST_S else None


def _is_count(value: object, *, least: int) -> bool:
    return type(value) is int and least <= value <= 2**63 - 1
