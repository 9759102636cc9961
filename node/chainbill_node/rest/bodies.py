"""What is handed in: bodies read with a bound, and the transactions taken out of them."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from starlette.requests import Request

from chainbill.codec import decode
from chainbill.errors import Malformed
from chainbill.limits import MAX_TRANSACTION_BYTES
from chainbill_node.rest.json_door import json_object
from chainbill_node.rest.problems import Problem

MSGPACK_TYPES = frozenset({"application/msgpack", "application/x-msgpack", "application/vnd.msgpack"})
JSON_TYPE = "application/json"
MAX_BATCH_BYTES = 8 * 1024 * 1024
MAX_SINGLE_BYTES = 2 * MAX_TRANSACTION_BYTES
"""Base64 in JSON takes a third more than the bytes."""


async def read_body(request: Request, limit: int) -> bytes:
    """Read a body of at most ``limit`` bytes.

    Problem body_too_large (413): nothing more is read then. Problem body_malformed (400): the client has gone.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared[:18]) > limit:
        raise Problem(413, "body_too_large", fields={"limit": limit})
    content, more = bytearray(), True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "body_malformed", fields={"problem": "incomplete"})
        content += message.get("body", b"")
        if len(content) > limit:
            raise Problem(413, "body_too_large", fields={"limit": limit})
        more = message.get("more_body", False)
    return bytes(content)


def transaction_in(media_type: str, body: bytes) -> bytes:
    """Give the wire bytes of the transaction in a body: msgpack as it is, or JSON {"transaction": base64}."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind == JSON_TYPE:
        return _from_json(body)
    if kind not in MSGPACK_TYPES:
        fields = {"value": kind[:80] or "-", "known": "application/msgpack, application/json"}
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
    """Give the wires of a batch: a msgpack array of transactions as bytes."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind not in MSGPACK_TYPES:
        fields = {"value": kind[:80] or "-", "known": "application/msgpack"}
        raise Problem(415, "media_type_unsupported", fields=fields)
    try:
        found: Any = decode(body, max_bytes=MAX_BATCH_BYTES, max_items=1 + most)
    except Malformed as error:
        raise Problem(400, "body_malformed", fields={"problem": error.reason}) from None
    wires = [one for one in found if isinstance(one, bytes)] if isinstance(found, list) else []
    if not isinstance(found, list) or len(wires) != len(found) or not 1 <= len(wires) <= most:
        raise Problem(400, "body_malformed", fields={"problem": f"1…{most} × bin"})
    return wires
