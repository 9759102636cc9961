"""Raw responses: what the HTTP server says where no application answers, made once."""

from __future__ import annotations

from functools import lru_cache

from chainbill_node.rest.problems import MEDIA_TYPE, Problem, plain_json, render
from chainbill_node.rest.texts import load_texts

MALFORMED = (
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: %d\r\n\r\n%s"
)


@lru_cache(maxsize=1)
def no_room() -> bytes:
    """The answer of a server that has no place, or no room for a body, in both languages."""
    texts = load_texts()
    english = render(_busy("too much is sent at once"), texts, "en", "", "")
    chinese = render(_busy("同时发送的内容过多"), texts, "zh", "", "")
    document = english | {name: f"{english[name]} / {chinese[name]}" for name in ("title", "detail", "hint")}
    content = plain_json(document)
    return (
        b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Type: "
        + MEDIA_TYPE.encode() + b"\r\nContent-Length: %d\r\n\r\n" % len(content) + content
    )  # fmt: skip


def _busy(words: str) -> Problem:
    return Problem(503, "node_busy", fields={"problem": words})
