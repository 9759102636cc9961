"""Canonical bytes as they are: what a verifier hashes, as bytes or in JSON."""

from __future__ import annotations

import base64
from typing import Annotated, Literal

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from chainbill_node.rest.view import View

MSGPACK = "application/msgpack"
Form = Annotated[
    Literal["json", "wire"],
    Query(description="wire: the canonical bytes, as application/msgpack, or base64 where Accept names JSON only."),
]


def base64_text(content: bytes) -> str:
    """Write bytes as text (RFC 4648 section 4)."""
    return base64.b64encode(content).decode()


def wire_answer(request: Request, view: View, content: bytes, **fields: str | int) -> Response:
    """Answer with canonical bytes; with {"wire": base64} and the fields where JSON and no msgpack is asked for."""
    accepted = request.headers.get("accept", "").lower()
    if "application/json" in accepted and "msgpack" not in accepted:
        answer = view.answer({"wire": base64_text(content), **fields})
    else:
        answer = Response(content, 200, {"Chainbill-Height": str(view.height)}, MSGPACK)
    answer.headers.add_vary_header("Accept")
    return answer
