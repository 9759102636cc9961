"""How an answer travels: compressed where that is asked for, and kept by its reader where it can never change.

What is read at a fixed height is the same for ever, for one reader with the same roles and grants. So its ETag is known
before anything is read: it names the network, the node (cursors are its own), the release, the address with its query,
the height, and the reader. On an open network such an answer may be kept without asking again; on a closed one its
keeper must ask every time, since a key may be revoked and a grant may end: then the ETag is another, or the gate
refuses.

Compression: answers are for the reader who signed the request, no cookie stands for it, and a foreign page can have
none sent; so lengths tell nobody what an attacker mixed in (BREACH). Small answers stay as they are.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response

import chainbill
from chainbill_node.rest.access import Viewer

LEAST_BYTES = 1_400
"""Below this an answer fits into one packet as it is."""

LEVEL = 1
"""Of gzip: a trace of 2 MB takes about 20 ms and a tenth of its size; higher levels take long for little."""

KEPT_S = 31_536_000  # a year, which stands for ever (RFC 9111)
CHANGING = frozenset({"/v1/network", "/v1/validators", "/v1/peers", "/v1/mempool"})
CHANGING_BELOW = ("/v1/blocks", "/v1/transactions")
"""Answers of this node, not of a height alone: peers, what is pending, certificates, how far back it holds blocks."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is known of an answer before it is made: whether gzip is understood, and fields for those who keep it."""

    takes_gzip: bool = False
    kept: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def response(self, content: bytes, media_type: str, headers: Mapping[str, str], status: int = 200) -> Response:
        """Answer with bytes."""
        fields = {**headers, **(self.kept if status == 200 else {})}
        if len(content) >= LEAST_BYTES:
            fields["Vary"] = "Accept-Encoding"
            if self.takes_gzip:
                content = gzip.compress(content, LEVEL, mtime=0)
                fields["Content-Encoding"] = "gzip"
        return Response(content, status, fields, media_type)


PLAIN = Reply()
"""An answer that is sent as it is and kept by nobody."""


class NotModified(Exception):  # noqa: N818 - what a reader who asks is told, not a fault
    """The reader has this answer already (304)."""

    def __init__(self, reply: Reply, height: int) -> None:
        super().__init__("not modified")
        self.headers = {**reply.kept, "Chainbill-Height": str(height), "Vary": "Accept-Encoding"}


def reply_to(request: Request, source: bytes, viewer: Viewer, height: int, *, fixed: bool, is_open: bool) -> Reply:
    """Give how a read is to be answered. Raises NotModified.

    source: names the network, and the node whose cursors are in it.
    fixed: the request names a height, or a day or time that is over. is_open: the network opens reads to everybody.
    """
    takes_gzip = accepts_gzip(request.headers.get("accept-encoding", ""))
    path = request.scope["route"].path
    if not fixed or path in CHANGING or path.startswith(CHANGING_BELOW):
        return Reply(takes_gzip)
    tag = _tag(request, source, viewer, height)
    control = f"private, max-age={KEPT_S}, immutable" if is_open else "private, no-cache"
    reply = Reply(takes_gzip, {"ETag": tag, "Cache-Control": control})
    asked = request.headers.get("if-none-match", "")
    if tag.removeprefix("W/") in {one.strip().removeprefix("W/") for one in asked.split(",")}:  # RFC 9110, 13.1.2
        raise NotModified(reply, height)
    return reply


def _tag(request: Request, source: bytes, viewer: Viewer, height: int) -> str:
    """The ETag, weak, since it is the same whatever the coding."""
    asked = (request.scope["path"], request.scope.get("query_string", b""), request.headers.get("accept", ""))
    named = repr((chainbill.__version__, source, asked, height, viewer.reads_as))
    return f'W/"{sha256(named.encode()).hexdigest()[:32]}"'


def accepts_gzip(accepted: str) -> bool:
    """Say whether an Accept-Encoding takes gzip (RFC 9110 section 12.5.3)."""
    for part in accepted.lower().split(","):
        name, _, rest = part.partition(";")
        quality = rest.strip().removeprefix("q=").strip()
        if name.strip() in ("gzip", "x-gzip"):
            return not (rest.strip() and quality.strip("0.") == "")
    return False
