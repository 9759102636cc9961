"""A request as it is put to one node after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chainbill_cli.failure import usage


@dataclass(frozen=True, slots=True)
class Asked:
    """Method, path, query, and what is handed in. identifier: hex of the transaction that it is, "" for others."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    identifier: str = ""


def checked_address(node: str) -> str:
    """The address of a node's REST interface; a usage error for what can be none."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(node)
        right = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        right = False
    if not right or any(character.isspace() for character in node):
        raise usage("error.node_address", value=node)
    return node
