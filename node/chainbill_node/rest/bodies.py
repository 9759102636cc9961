"""What is handed in: bodies read with a bound, and the transactions taken out of them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable

from starlette.requests import Request

from chainbill.limits import MAX_TRANSACTION_BYTES
from chainbill_node.rest.json_door import json_object
from chainbill_node.rest.problems import Problem

MSGPACK_TYPES = frozenset({"application/msgpack", "application/x-msgpack", "application/vnd.msgpack"})
JSON_TYPE = "application/json"
_BIN = {b"\xc4": (1, 0), b"\xc5": (2, 1 << 8), b"\xc6": (4, 1 << 16)}
"""First byte of a byte string: bytes of its length, and the least that is written so."""
MAX_BATCH_BYTES = 8 * 1024 * 1024
MAX_SINGLE_BYTES = 2 * MAX_TRANSACTION_BYTES
"""Base64 in JSON takes a third more than the bytes."""
MAX_OTHER_BYTES = 4 * 1024
"""Where no body is asked for."""

_BOUNDS = {
    "/v1/transactions": MAX_SINGLE_BYTES,
    "/v1/transactions/simulate": MAX_SINGLE_BYTES,
    "/v1/transactions/batch": MAX_BATCH_BYTES,
}


def body_bound(method: str, path: str) -> int:
    """How many bytes of a body an address takes; known from the first line of a request on."""
    return _BOUNDS.get(path, MAX_OTHER_BYTES) if method == "POST" else MAX_OTHER_BYTES


def declared_length(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """The Content-Length of a request, 0 where there is none."""
    value = next((value for name, value in headers if name == b"content-length"), b"")
    return int(value[:18]) if value.isdigit() else 0


def too_large(method: str, path: str, length: bytes) -> Problem | None:
    """The 413 for a request whose Content-Length announces a larger body than its address takes."""
    limit = body_bound(method, path)
    if not length.isdigit() or int(length[:18]) <= limit:
        return None
    return Problem(413, "body_too_large", fields={"limit": limit})


async def read_body(request: Request) -> bytes:
    """Read the body of a request.

    Problem body_too_large (413): nothing more is read then. Problem body_malformed (400): the client has gone.
    """
    limit = body_bound(request.method, request.scope["path"])
    parts: list[bytes] = []
    count, more = 0, True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "body_malformed", fields={"problem": "incomplete"})
        parts.append(message.get("body", b""))
        count += len(parts[-1])
        if count > limit:
            raise Problem(413, "body_too_large", fields={"limit": limit})
        more = message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def transaction_in(media_type: str, body: bytes) -> bytes:
    """Give the wire bytes of the transaction in a body: msgpack as it is, or JSON {"transaction": base64}."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind == JSON_TYPE:
        return _from_json(body)
    if kind not in MSGPACK_TYPES:
        fields = {"value": kind[:80] or "-", "known": ("application/msgpack", "application/json")}
        raise Problem(415, "media_type_unsupported", fields=fields)
    if not body:
        raise Problem(400, "body_malformed", fields={"problem": "empty"})
    return body


def _from_json(body: bytes) -> bytes:
    text = json_object(body, ("transaction",)).get("transaction")
    if not isinstance(text, str) or not text:
        raise Problem(400, "body_malformed", fields={"problem": '"transaction"'})
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Problem(400, "body_malformed", fields={"problem": "base64"}) from None


def batch_in(media_type: str, body: bytes, most: int) -> list[bytes]:
    """Give the wires of a batch: a msgpack array of transactions as bytes, each in its shortest form.

    The body is copied once, into the wires: 8 MiB take some 2 ms.
    """
    kind = media_type.partition(";")[0].strip().lower()
    if kind not in MSGPACK_TYPES:
        fields = {"value": kind[:80] or "-", "known": ("application/msgpack",)}
        raise Problem(415, "media_type_unsupported", fields=fields)
    wires = _byte_strings(body, most)
    if wires is None:
        raise Problem(400, "body_malformed", fields={"problem": f"1…{most} × bin"})
    return wires


def _byte_strings(body: bytes, most: int) -> list[bytes] | None:
    """The members of an encoded list of 1 to `most` byte strings; None for anything else, or a longer form of it."""
    head = body[:1]
    if b"\x91" <= head <= b"\x9f":
        count, at = head[0] - 0x90, 1
    elif head == b"\xdc":
        count, at = int.from_bytes(body[1:3], "big"), 3
        if count < 16:
            return None
    else:
        return None
    if count > most:
        return None
    wires = []
    for _ in range(count):
        width, least = _BIN.get(body[at : at + 1], (0, 0))
        start = at + 1 + width
        size = int.from_bytes(body[at + 1 : start], "big")
        at = start + size
        if not width or size < least or at > len(body):
            return None
        wires.append(body[start:at])
    return wires if at == len(body) else None
